/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the tests of the set as a list model share. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

G_BEGIN_DECLS

static inline char *
model_to_string (gpointer model)
{
  GString *text = g_string_new (NULL);
  guint n_items = g_list_model_get_n_items (model);
  guint i;

  for (i = 0; i < n_items; i++)
    {
      gpointer item = g_list_model_get_item (model, i);

      g_assert_nonnull (item);
      g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                              TEST_IS_PROBE (item) ? test_probe_get_name (item) : "nothing");
      g_object_unref (item);
    }
  g_assert_null (g_list_model_get_item (model, n_items));

  return g_string_free (text, FALSE);
}

#define assert_model(model, expected)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    char *assert_model_got = model_to_string (model);                                              \
    g_assert_cmpstr (assert_model_got, ==, expected);                                              \
    g_free (assert_model_got);                                                                     \
  }                                                                                                \
  G_STMT_END

static inline void
changed_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  test_log ("%u-%u+%u", position, removed, added);
}

/* A handler that looks at all items. */
static inline void
no_two_are_the_same_cb (
  GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  GHashTable *items = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  guint i;

  for (i = 0; i < g_list_model_get_n_items (model); i++)
    g_assert_true (g_hash_table_add (items, g_list_model_get_item (model, i)));
  g_hash_table_unref (items);
}

static inline gpointer
stand_in_cb (GType type, gpointer user_data)
{
  g_assert_true (type == TEST_TYPE_PROBE);
  return test_probe_new ("?");
}

#define N_PROBES 5

/* A set of "a" to "e", which logs what it announces. Where one is dead, there is a "?". */
static inline WeakrefSet *
set_of_five (TestProbe **probes)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  guint i;

  for (i = 0; i < N_PROBES; i++)
    {
      char name[2] = { (char) ('a' + i), 0 };

      probes[i] = test_probe_new (name);
      weakref_set_add (set, probes[i]);
    }
  weakref_set_set_stand_in_func (set, stand_in_cb, NULL, NULL);
  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);

  return set;
}

static inline void
clear_probes (TestProbe **probes)
{
  guint i;

  for (i = 0; i < N_PROBES; i++)
    g_clear_object (&probes[i]);
  g_free (test_log_steal ());
}

static inline gpointer
unref_thread (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

/* Drops @object in another thread, which has ended when this returns. */
static inline void
drop_elsewhere (gpointer object)
{
  g_thread_join (g_thread_new ("drop", unref_thread, object));
}

/* A context for the sets that are made until it is popped. Since a set keeps its context, the end
 * of that, "-context ~context", tells that nothing is left of the set. */
static inline GMainContext *
push_context (void)
{
  GMainContext *context = g_main_context_new ();
  GSource *source = g_idle_source_new ();

  g_source_set_callback (source, NULL, test_probe_new ("context"), g_object_unref);
  g_source_attach (source, context);
  g_source_unref (source);
  g_main_context_push_thread_default (context);

  return context;
}

static inline void
pop_context (GMainContext *context)
{
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  assert_log ("-context ~context");
}

G_END_DECLS
