/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the tests of asynchronous creation share: a creator that returns when it is told to, and
 * callers that log their answers, "name=object" or "name!" for an error. */

#include "value-table-common.h"

#include <string.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name; /* of the object */
  gboolean by_value;
  guint n_asked; /* how often it was given to ask() */
  guint n_freed;
  gconstpointer key;
  const GValue *value;
  GTask *task;      /* (unowned) (nullable): to be returned */
  GTask *kept_task; /* (owned) (nullable) */
  GCancellable *cancellable;
} Creator;

typedef struct
{
  const char *name;
  gboolean drops; /* what it is given, at once */
  WeakrefValueTable *table;
  gboolean called;
  gpointer object;
  GError *error;
} Caller;

static inline void
creator_cb (gconstpointer key, GTask *task, gpointer data)
{
  Creator *creator = data;

  test_log ("create:%s", (const char *) key);
  creator->key = key;
  creator->task = creator->kept_task = g_object_ref (task);
  creator->cancellable = g_task_get_cancellable (task);
}

static inline void
creator_value_cb (const GValue *key, GTask *task, gpointer data)
{
  creator_cb (g_value_get_string (key), task, data);
  ((Creator *) data)->value = key;
}

static inline void
creator_freed_cb (gpointer data)
{
  ((Creator *) data)->n_freed++;
}

static inline void
creator_return (Creator *creator)
{
  GTask *task = g_steal_pointer (&creator->kept_task);
  TestProbe *probe = test_probe_new (creator->name);

  if (creator->by_value)
    {
      GValue value = G_VALUE_INIT;

      g_value_init (&value, G_TYPE_OBJECT);
      g_value_take_object (&value, probe);
      g_task_return_value (task, &value);
      g_value_unset (&value);
    }
  else
    g_task_return_pointer (task, probe, g_object_unref);
  g_object_unref (task);
}

static inline void
creator_fail (Creator *creator)
{
  g_task_return_new_error (creator->kept_task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "not found");
  g_clear_object (&creator->kept_task);
}

static inline gboolean
is_fatal_cb (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  return strstr (message, "finalized without ever returning") == NULL;
}

static inline void
log_others_cb (const char *domain, GLogLevelFlags level, const char *message, gpointer data)
{
  if (is_fatal_cb (domain, level, message, data))
    g_log_default_handler (domain, level, message, data);
}

/* Without returning it. Some versions of GLib have a critical for that, others do not. */
static inline void
creator_drop_task (Creator *creator)
{
  guint id =
    g_log_set_handler ("GLib-GIO", G_LOG_LEVEL_MASK | G_LOG_FLAG_FATAL, log_others_cb, NULL);

  g_test_log_set_fatal_handler (is_fatal_cb, NULL);
  g_clear_object (&creator->kept_task);
  g_test_log_set_fatal_handler (NULL, NULL);
  g_log_remove_handler ("GLib-GIO", id);
}

static inline void
caller_cb (GObject *table, GAsyncResult *result, gpointer data)
{
  Caller *caller = data;

  g_assert_false (caller->called);
  caller->called = TRUE;
  caller->object =
    weakref_value_table_ensure_finish (WEAKREF_VALUE_TABLE (table), result, &caller->error);
  if (caller->object == NULL)
    test_log ("%s!", caller->name);
  else if (TEST_IS_PROBE (caller->object))
    test_log ("%s=%s", caller->name, test_probe_get_name (caller->object));
  else
    test_log ("%s=", caller->name);
  g_assert_true ((caller->object == NULL) == (caller->error != NULL));
  if (caller->drops)
    g_clear_object (&caller->object);
}

static inline void
caller_clear (Caller *caller)
{
  g_clear_object (&caller->object);
  g_clear_error (&caller->error);
  caller->called = FALSE;
}

static inline void
ask (WeakrefValueTable *table,
     const char *key,
     Creator *creator,
     Caller *caller,
     GCancellable *cancellable)
{
  creator->n_asked++;
  weakref_value_table_ensure_async (table, key, G_PRIORITY_DEFAULT, cancellable, creator_cb,
                                    creator, creator_freed_cb, caller_cb, caller);
}

/* Three callers of one key, "a", and who creates it. */
typedef struct
{
  WeakrefValueTable *table;  /* (owned) */
  GCancellable *cancellable; /* (owned) */
  GCancellable *other;       /* (owned) */
  Creator creator;
  Caller one;
  Caller two;
  Caller three;
} Scene;

/* Takes over @table. */
static inline Scene
scene_new (WeakrefValueTable *table)
{
  return (Scene) {
    .table = table,
    .cancellable = g_cancellable_new (),
    .other = g_cancellable_new (),
    .creator = { .name = "a" },
    .one = { .name = "one" },
    .two = { .name = "two" },
    .three = { .name = "three" },
  };
}

/* Drops the objects of the callers, and asserts what is logged while it does. Whatever has
 * happened, nothing is in the table then, and each data was freed once. */
static inline void
scene_clear (Scene *scene, const char *expected)
{
  caller_clear (&scene->one);
  caller_clear (&scene->two);
  caller_clear (&scene->three);
  assert_log (expected);
  g_assert_cmpuint (scene->creator.n_freed, ==, scene->creator.n_asked);
  assert_size (scene->table, 0);
  g_object_unref (scene->table);
  g_object_unref (scene->cancellable);
  g_object_unref (scene->other);
}

G_END_DECLS
