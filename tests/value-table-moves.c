/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Value tables: changes that depend on what is there, and the way from an object to its key. */

#include "value-table-common.h"

static char *
dup_key (WeakrefValueTable *table, gpointer object)
{
  gpointer key = NULL;

  g_assert_true (weakref_value_table_lookup_key (table, object, &key) == (key != NULL));
  return key;
}

#define assert_key(table, object, expected)                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    char *assert_key_got = dup_key (table, object);                                                \
    g_assert_cmpstr (assert_key_got, ==, expected);                                                \
    g_free (assert_key_got);                                                                       \
  }                                                                                                \
  G_STMT_END

static void
test_lookup_key (void)
{
  WeakrefValueTable *table = string_table ();
  WeakrefValueTable *other = string_table ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  GValue value = G_VALUE_INIT;

  assert_key (table, a, NULL);
  weakref_value_table_insert (other, "elsewhere", a);
  assert_key (table, a, NULL);
  weakref_value_table_insert (table, "a", a);
  assert_key (table, a, "a");
  g_assert_true (weakref_value_table_lookup_key (table, a, NULL));
  assert_key (other, a, "elsewhere");
  assert_key (table, b, NULL);
  /* Of several, the last one. */
  weakref_value_table_insert (table, "again", a);
  assert_key (table, a, "again");
  weakref_value_table_remove (table, "again");
  assert_key (table, a, "a");

  g_assert_true (weakref_value_table_lookup_key_value (table, a, &value));
  g_assert_cmpstr (g_value_get_string (&value), ==, "a");
  g_value_unset (&value);
  g_assert_false (weakref_value_table_lookup_key_value (table, b, &value));
  g_assert_null (g_value_get_object (&value));
  g_value_unset (&value);

  /* Its place was taken. */
  weakref_value_table_insert (table, "a", b);
  assert_key (table, a, NULL);
  assert_key (table, b, "a");

  /* It was disposed, and lives on. */
  g_object_run_dispose (G_OBJECT (b));
  assert_log ("-b");
  assert_key (table, b, NULL);
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a ~b");
  g_object_unref (table);
  g_object_unref (other);
}

/* Asserts the newest key of @object, or that it has none. */
static void
assert_number (WeakrefValueTable *table, gpointer object, int expected)
{
  gpointer key = GINT_TO_POINTER (-1);

  g_assert_true (weakref_value_table_lookup_key (table, object, &key) == (expected >= 0));
  g_assert_cmpint (GPOINTER_TO_INT (key), ==, expected);
}

static void
test_lookup_key_of_many (void)
{
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_INT);
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  int i;

  /* Who has keys before anybody asks, */
  for (i = 0; i < 100; i++)
    weakref_value_table_insert (table, GINT_TO_POINTER (i), i % 2 ? a : b);
  assert_number (table, a, 99);
  /* and after that; */
  weakref_value_table_insert (table, GINT_TO_POINTER (200), b);
  assert_number (table, b, 200);
  g_assert_true (weakref_value_table_remove (table, GINT_TO_POINTER (200)));
  /* of those that are left, the newest one counts. */
  for (i = 99; i >= 0; i--)
    {
      assert_number (table, i % 2 ? a : b, i);
      g_assert_true (weakref_value_table_remove (table, GINT_TO_POINTER (i)));
    }
  assert_number (table, a, -1);
  assert_number (table, b, -1);

  /* All ways out of the table. */
  weakref_value_table_insert (table, GINT_TO_POINTER (1), a);
  weakref_value_table_insert (table, GINT_TO_POINTER (2), a);
  weakref_value_table_insert (table, GINT_TO_POINTER (2), b);
  assert_number (table, a, 1);
  assert_number (table, b, 2);
  weakref_value_table_remove_all (table);
  assert_number (table, a, -1);
  weakref_value_table_insert (table, GINT_TO_POINTER (3), a);
  g_object_run_dispose (G_OBJECT (a));
  assert_number (table, a, -1);
  weakref_value_table_insert (table, GINT_TO_POINTER (4), a);
  assert_number (table, a, 4);
  weakref_value_table_insert (table, GINT_TO_POINTER (5), b);
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_size (table, 1);
  assert_number (table, b, 5);
  g_object_unref (table);
  g_object_unref (b);
  assert_log ("-b ~b");
}

static void
test_remove_object (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");

  weakref_value_table_insert (table, "a", a);
  weakref_value_table_insert (table, "too", a);
  weakref_value_table_insert (table, "b", b);
  g_assert_true (weakref_value_table_remove_object (table, a));
  assert_at (table, "a", NULL);
  assert_at (table, "too", NULL);
  assert_at (table, "b", b);
  assert_size (table, 1);
  g_assert_false (weakref_value_table_remove_object (table, a));
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
  g_object_unref (table);
}

static void
test_rekey (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  GValue value = G_VALUE_INIT;
  GError *error = NULL;

  weakref_value_table_insert (table, "old", a);
  weakref_value_table_insert (table, "older", a);
  g_assert_true (weakref_value_table_rekey (table, a, "new"));
  assert_at (table, "old", NULL);
  assert_at (table, "older", NULL);
  assert_at (table, "new", a);
  assert_size (table, 1);
  assert_key (table, a, "new");
  /* To what it is. */
  g_assert_true (weakref_value_table_rekey (table, a, "new"));
  assert_at (table, "new", a);
  assert_size (table, 1);

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, "by value");
  g_assert_true (weakref_value_table_rekey_value (table, a, &value, &error));
  g_assert_no_error (error);
  assert_at (table, "by value", a);
  g_value_unset (&value);
  g_value_init (&value, G_TYPE_INT);
  g_assert_false (weakref_value_table_rekey_value (table, a, &value, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);
  g_clear_error (&error);
  g_value_unset (&value);
  assert_key (table, a, "by value");

  g_object_unref (a);
  assert_log ("-a ~a");
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_rekey_onto_a_taken_key (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");

  weakref_value_table_insert (table, "a", a);
  weakref_value_table_insert (table, "b", b);
  g_assert_true (weakref_value_table_rekey (table, a, "b"));
  assert_at (table, "a", NULL);
  assert_at (table, "b", a);
  assert_key (table, b, NULL);
  assert_size (table, 1);
  /* Who was put out is in nobody's way when it dies. */
  g_object_unref (b);
  assert_log ("-b ~b");
  assert_at (table, "b", a);
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_rekey_what_is_not_there (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  g_assert_false (weakref_value_table_rekey (table, a, "new"));
  assert_at (table, "new", NULL);
  weakref_value_table_insert (table, "old", a);
  /* The life that was in the table is over. */
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a");
  g_assert_false (weakref_value_table_rekey (table, a, "new"));
  assert_size (table, 0);
  g_object_unref (a);
  assert_log ("~a");
  g_object_unref (table);
}

static void
test_rekey_in_a_cache (void)
{
  WeakrefCache *cache = weakref_cache_new (G_TYPE_STRING, 2);
  WeakrefValueTable *table = WEAKREF_VALUE_TABLE (cache);
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "old", a);
  g_object_unref (a);
  g_assert_cmpuint (weakref_cache_get_n_idle (cache), ==, 1);
  a = weakref_value_table_lookup (table, "old");
  g_assert_true (weakref_value_table_rekey (table, a, "new"));
  assert_at (table, "new", a);
  g_object_unref (a);
  assert_log ("");
  g_assert_cmpuint (weakref_cache_get_n_idle (cache), ==, 1);
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 0);
  a = weakref_value_table_steal (table, "new");
  g_assert_nonnull (a);
  g_assert_cmpuint (weakref_cache_get_n_idle (cache), ==, 0);
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (cache);
}

static void
test_steal (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  GValue value = G_VALUE_INIT;

  weakref_value_table_insert (table, "a", a);
  g_assert_true (weakref_value_table_steal (table, "a") == a);
  g_object_unref (a);
  g_assert_null (weakref_value_table_steal (table, "a"));
  weakref_value_table_insert (table, "a", a);
  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, "a");
  g_assert_true (weakref_value_table_steal_value (table, &value, NULL) == a);
  g_object_unref (a);
  g_value_unset (&value);
  assert_size (table, 0);
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (table);
}

static void
test_replace (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  GValue value = G_VALUE_INIT;

  /* Nothing is there. */
  g_assert_false (weakref_value_table_replace (table, "x", a, b));
  assert_at (table, "x", NULL);
  g_assert_true (weakref_value_table_replace (table, "x", NULL, NULL));
  g_assert_true (weakref_value_table_replace (table, "x", NULL, a));
  assert_at (table, "x", a);
  /* Something else is there. */
  g_assert_false (weakref_value_table_replace (table, "x", NULL, b));
  g_assert_false (weakref_value_table_replace (table, "x", b, NULL));
  g_assert_false (weakref_value_table_replace (table, "x", NULL, NULL));
  assert_at (table, "x", a);
  /* It is there. */
  g_assert_true (weakref_value_table_replace (table, "x", a, b));
  assert_at (table, "x", b);
  assert_key (table, a, NULL);
  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, "x");
  g_assert_true (weakref_value_table_replace_value (table, &value, b, NULL, NULL));
  g_value_unset (&value);
  assert_at (table, "x", NULL);
  assert_size (table, 0);
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
  g_object_unref (table);
}

static void
replace_in_dispose_cb (TestProbe *probe, gpointer table)
{
  TestProbe *b = test_probe_new ("b");

  /* What is dying is nothing. */
  g_assert_true (weakref_value_table_replace (table, "x", NULL, b));
  assert_at (table, "x", b);
  g_object_unref (b);
}

static void
test_replace_what_dies (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "x", a);
  test_probe_set_on_dispose (a, replace_in_dispose_cb, table);
  g_object_unref (a);
  assert_log ("-a -b ~b ~a");
  assert_size (table, 0);
  g_object_unref (table);
}

/* Threads move one object to and fro; it is never under both keys, nor under neither. */

typedef struct
{
  WeakrefValueTable *table;
  TestProbe *object;
  guint n_rounds;
  gint done; /* (atomic) */
} Shuttle;

static gpointer
shuttle_thread (gpointer data)
{
  Shuttle *shuttle = data;
  guint i;

  for (i = 0; i < shuttle->n_rounds; i++)
    g_assert_true (weakref_value_table_rekey (shuttle->table, shuttle->object, i % 2 ? "a" : "b"));
  g_atomic_int_inc (&shuttle->done);
  return NULL;
}

static void
test_rekey_is_one_step (void)
{
  Shuttle shuttle = { string_table (), test_probe_new ("x"), test_scale (20000, 200), FALSE };
  GThread *thread;

  weakref_value_table_insert (shuttle.table, "a", shuttle.object);
  thread = g_thread_new ("shuttle", shuttle_thread, &shuttle);
  while (!g_atomic_int_get (&shuttle.done))
    {
      char *key = dup_key (shuttle.table, shuttle.object);

      /* Its key may be another one by now, but it has one. */
      g_assert_cmpuint (weakref_value_table_get_size (shuttle.table), ==, 1);
      g_free (key);
    }
  g_thread_join (thread);
  g_object_unref (shuttle.object);
  assert_log ("-x ~x");
  g_object_unref (shuttle.table);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/value-table/moves");

  test_case_as ("lookup-key", lookup_key);
  test_case_as ("lookup-key/of-many", lookup_key_of_many);
  test_case_as ("remove-object", remove_object);
  test_case_as ("rekey", rekey);
  test_case_as ("rekey/onto-a-taken-key", rekey_onto_a_taken_key);
  test_case_as ("rekey/what-is-not-there", rekey_what_is_not_there);
  test_case_as ("rekey/in-a-cache", rekey_in_a_cache);
  test_case_as ("rekey/is-one-step", rekey_is_one_step);
  test_case_as ("steal", steal);
  test_case_as ("replace", replace);
  test_case_as ("replace/what-dies", replace_what_dies);

  return g_test_run ();
}
