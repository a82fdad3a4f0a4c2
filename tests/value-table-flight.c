/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Value tables: what a creation goes by, and what those get who wait for it. */

#include "value-table-counting.h"

#include <string.h>

/* The caller's key memory */

/* One thread creates the object for the key in its buffer, and uses the buffer for another key
 * while it creates. */
typedef struct
{
  WeakrefValueTable *table;
  GValue value; /* the key, instead of the buffer */
  char buffer[16];
  TestGate reused;
  TestGate go_on;
} Reuse;

static gpointer
reuse_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Reuse *reuse = user_data;

  strcpy (reuse->buffer, "parent");
  /* The key is still the one that the caller asked for. */
  g_assert_cmpstr (key, ==, "child");
  test_gate_open (&reuse->reused);
  test_gate_wait (&reuse->go_on);
  return test_probe_new ("child");
}

static gpointer
reuse_create_value_cb (const GValue *key, gpointer user_data, GError **error)
{
  Reuse *reuse = user_data;

  g_value_set_string (&reuse->value, "parent");
  test_gate_open (&reuse->reused);
  test_gate_wait (&reuse->go_on);
  return test_probe_new ("child");
}

static gpointer
reuse_thread (gpointer data)
{
  Reuse *reuse = data;

  if (G_IS_VALUE (&reuse->value))
    return weakref_value_table_ensure_value (reuse->table, &reuse->value, reuse_create_value_cb,
                                             reuse, NULL);

  return weakref_value_table_ensure (reuse->table, reuse->buffer, reuse_create_cb, reuse, NULL);
}

static void
assert_made (WeakrefValueTable *table, const char *key, gpointer object)
{
  GValue value = G_VALUE_INIT;
  gpointer got;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, key);
  if (weakref_value_table_get_key_type (table) != G_TYPE_NONE)
    got = weakref_value_table_lookup_value (table, &value, NULL);
  else
    got = weakref_value_table_lookup (table, key);
  g_assert_true (got == object);
  g_assert_cmpstr (test_probe_get_name (got), ==, key);
  g_object_unref (got);
  g_value_unset (&value);
}

/* Takes over @table, whose keys are strings. */
static void
check_reuse (WeakrefValueTable *table)
{
  gboolean by_value = weakref_value_table_get_key_type (table) == G_TYPE_VALUE;
  GValue parent_key = G_VALUE_INIT;
  Reuse reuse = { .table = table, .buffer = "child" };
  GThread *thread;
  gpointer parent;
  gpointer child;

  g_value_init (&parent_key, G_TYPE_STRING);
  g_value_set_string (&parent_key, "parent");
  if (by_value)
    {
      g_value_init (&reuse.value, G_TYPE_STRING);
      g_value_set_string (&reuse.value, "child");
    }
  test_gate_init (&reuse.reused);
  test_gate_init (&reuse.go_on);
  thread = g_thread_new ("reuse", reuse_thread, &reuse);
  test_gate_wait (&reuse.reused);

  /* The creation that is under way is for another key. */
  if (by_value)
    parent = weakref_value_table_ensure_value (table, &parent_key, create_value_cb, NULL, NULL);
  else
    parent = weakref_value_table_ensure (table, "parent", create_cb, NULL, NULL);
  assert_log ("create:parent");
  test_gate_open (&reuse.go_on);
  child = g_thread_join (thread);

  g_assert_true (parent != child);
  assert_made (table, "parent", parent);
  assert_made (table, "child", child);
  assert_size (table, 2);

  g_object_unref (parent);
  g_object_unref (child);
  assert_log ("-parent ~parent -child ~child");
  assert_size (table, 0);
  if (by_value)
    g_value_unset (&reuse.value);
  g_value_unset (&parent_key);
  test_gate_clear (&reuse.reused);
  test_gate_clear (&reuse.go_on);
  g_object_unref (table);
}

static void
test_strings (void)
{
  check_reuse (string_table ());
}

static void
test_values (void)
{
  check_reuse (weakref_value_table_new (G_TYPE_VALUE));
}

static void
test_own_functions (void)
{
  check_reuse (weakref_value_table_new_full (g_str_hash, g_str_equal, copy_string, g_free));
}

/* A tree is made from its leaves: each creation asks for its parent, in the same buffer. */

static gpointer
create_path_cb (gconstpointer key, gpointer user_data, GError **error)
{
  char *buffer = user_data;
  char *slash = strrchr (buffer, '/');
  char *name = g_strdup (key);
  gpointer object = NULL;

  if (slash != NULL)
    {
      WeakrefValueTable **table = (WeakrefValueTable **) (buffer - sizeof (gpointer));
      gpointer parent;

      *slash = '\0';
      parent = weakref_value_table_ensure (*table, buffer, create_path_cb, buffer, error);
      if (parent != NULL)
        {
          object = test_probe_new (name);
          g_object_set_data_full (object, "parent", parent, g_object_unref);
        }
    }
  else
    object = test_probe_new (name);
  g_free (name);

  return object;
}

static void
test_nested_creation_in_the_same_memory (void)
{
  struct
  {
    WeakrefValueTable *table;
    char buffer[16];
  } path = { string_table (), "a/b/c" };
  GError *error = NULL;
  gpointer c =
    weakref_value_table_ensure (path.table, path.buffer, create_path_cb, path.buffer, &error);

  g_assert_no_error (error);
  assert_size (path.table, 3);
  assert_at (path.table, "a/b/c", c);
  g_object_unref (c);
  assert_log ("-a/b/c ~a/b/c -a/b ~a/b -a ~a");
  assert_size (path.table, 0);
  g_object_unref (path.table);
}

/* What is dying is dropped before its successor is made; that may run code of the user's. */

static char *freed_into;

static void
free_key_cb (gpointer key)
{
  if (freed_into != NULL)
    strcpy (freed_into, "other");
  g_free (key);
}

static gpointer
unref_thread (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

typedef struct
{
  TestGate there;
  TestGate go_on;
} Meeting;

static void
meeting_dispose_cb (TestProbe *probe, gpointer user_data)
{
  Meeting *meeting = user_data;

  test_gate_open (&meeting->there);
  test_gate_wait (&meeting->go_on);
}

static void
test_freeing_another_key (void)
{
  WeakrefValueTable *table =
    weakref_value_table_new_full (g_str_hash, g_str_equal, copy_string, free_key_cb);
  TestProbe *old = test_probe_new ("old");
  char buffer[16] = "key";
  Meeting meeting;
  GThread *thread;
  gpointer object;

  test_gate_init (&meeting.there);
  test_gate_init (&meeting.go_on);
  weakref_value_table_insert (table, "key", old);
  test_probe_set_on_dispose (old, meeting_dispose_cb, &meeting);
  thread = g_thread_new ("unref", unref_thread, old);
  test_gate_wait (&meeting.there);
  assert_log ("-old");

  freed_into = buffer;
  object = weakref_value_table_ensure (table, buffer, create_cb, NULL, NULL);
  g_assert_cmpstr (buffer, ==, "other");
  freed_into = NULL;
  assert_log ("create:key");
  assert_at (table, "key", object);
  assert_at (table, "other", NULL);

  test_gate_open (&meeting.go_on);
  g_thread_join (thread);
  assert_log ("~old");
  g_object_unref (object);
  assert_log ("-key ~key");
  test_gate_clear (&meeting.there);
  test_gate_clear (&meeting.go_on);
  g_object_unref (table);
}

/* Failure */

#define N_THREADS 16

typedef struct
{
  WeakrefValueTable *table;
  gint n_created; /* (atomic) */
  gint n_failed;  /* (atomic) */
} Failure;

static gpointer
create_fails_for_all_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Failure *failure = user_data;

  g_atomic_int_inc (&failure->n_created);
  while (g_atomic_int_get (&n_compared) < N_THREADS - 1)
    g_thread_yield ();
  return create_fails_cb (key, NULL, error);
}

static gpointer
failure_thread (gpointer data)
{
  Failure *failure = data;
  GError *error = NULL;

  g_assert_null (
    weakref_value_table_ensure (failure->table, "a", create_fails_for_all_cb, failure, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpstr (error->message, ==, "not found");
  g_error_free (error);
  g_atomic_int_inc (&failure->n_failed);

  return NULL;
}

static void
test_fails_for_all_who_wait (void)
{
  guint n_rounds = test_scale (20, 2);
  guint round;

  for (round = 0; round < n_rounds; round++)
    {
      Failure failure = { .table = counting_table () };
      gpointer a;

      test_threads (N_THREADS, failure_thread, &failure);
      g_assert_cmpint (failure.n_created, ==, 1);
      g_assert_cmpint (failure.n_failed, ==, N_THREADS);
      assert_size (failure.table, 0);

      /* Who comes later tries anew. */
      a = weakref_value_table_ensure (failure.table, "a", create_cb, NULL, NULL);
      assert_log ("create:a");
      assert_at (failure.table, "a", a);
      g_object_unref (a);
      assert_log ("-a ~a");
      g_object_unref (failure.table);
    }
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/value-table/flight");

  test_case_as ("goes-by-a-copy-of-the-key/strings", strings);
  test_case_as ("goes-by-a-copy-of-the-key/values", values);
  test_case_as ("goes-by-a-copy-of-the-key/own-functions", own_functions);
  test_case_as ("goes-by-a-copy-of-the-key/nested-creation-in-the-same-memory",
                nested_creation_in_the_same_memory);
  test_case_as ("goes-by-a-copy-of-the-key/freeing-another-key", freeing_another_key);
  test_case_as ("failure/is-for-all-who-wait", fails_for_all_who_wait);

  return g_test_run ();
}
