/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Value tables: entries come and go, and iteration. */

#include <string.h>

#include "value-table-common.h"

/* The basics */

static void
test_drops_entry_when_value_dies (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");

  g_assert_true (weakref_value_table_insert (table, "a", a));
  g_assert_true (weakref_value_table_insert (table, "b", b));
  assert_size (table, 2);
  assert_at (table, "a", a);
  assert_at (table, "b", b);
  assert_at (table, "c", NULL);

  g_object_unref (a);
  assert_log ("-a ~a");
  assert_size (table, 1);
  assert_at (table, "a", NULL);
  assert_at (table, "b", b);
  g_assert_false (weakref_value_table_remove (table, "a"));
  g_object_unref (b);
  assert_log ("-b ~b");
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_drops_entry_when_value_is_disposed (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "a", a);
  g_object_run_dispose (G_OBJECT (a));
  assert_at (table, "a", NULL);
  assert_size (table, 0);

  /* It may come back. */
  g_assert_true (weakref_value_table_insert (table, "a", a));
  assert_at (table, "a", a);
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_resurrected_is_out (void)
{
  gboolean chain_up;

  for (chain_up = FALSE; chain_up <= TRUE; chain_up++)
    {
      WeakrefValueTable *table = string_table ();
      TestProbe *a = test_probe_new ("a");
      TestProbe *again = NULL;

      weakref_value_table_insert (table, "a", a);
      test_probe_resurrect (a, &again, chain_up);
      g_object_unref (a);
      assert_log ("-a");
      assert_at (table, "a", NULL);

      /* A new life, a new entry. */
      g_assert_true (weakref_value_table_insert (table, "a", again));
      assert_at (table, "a", again);
      assert_size (table, 1);
      g_object_unref (again);
      assert_log ("~a");
      assert_at (table, "a", NULL);
      assert_size (table, 0);
      g_object_unref (table);
    }
}

static void
test_replace (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");

  g_assert_true (weakref_value_table_insert (table, "x", a));
  g_assert_false (weakref_value_table_insert (table, "x", b));
  assert_at (table, "x", b);
  assert_size (table, 1);

  /* The death of the replaced object removes no entry. */
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_at (table, "x", b);
  assert_size (table, 1);
  g_object_unref (b);
  assert_log ("-b ~b");
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_same_object_again (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  g_assert_true (weakref_value_table_insert (table, "x", a));
  g_assert_false (weakref_value_table_insert (table, "x", a));
  g_assert_true (weakref_value_table_insert (table, "y", a));
  assert_size (table, 2);
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_size (table, 0);
  assert_at (table, "x", NULL);
  assert_at (table, "y", NULL);
  g_object_unref (table);
}

static void
test_remove (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");

  weakref_value_table_insert (table, "a", a);
  weakref_value_table_insert (table, "b", b);
  g_assert_true (weakref_value_table_remove (table, "a"));
  g_assert_false (weakref_value_table_remove (table, "a"));
  g_assert_false (weakref_value_table_remove (table, "c"));
  assert_at (table, "a", NULL);
  assert_size (table, 1);
  weakref_value_table_insert (table, "a", b);
  weakref_value_table_remove_all (table);
  weakref_value_table_remove_all (table);
  assert_size (table, 0);
  assert_at (table, "b", NULL);

  g_assert_true (weakref_value_table_insert (table, "a", b));
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_at (table, "a", b);
  g_object_unref (b);
  assert_log ("-b ~b");
  g_object_unref (table);
}

static void
test_objects_outlive_the_table (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "a", a);
  g_object_unref (table);
  assert_log ("");
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
test_copies_keys (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  char key[] = "key";

  weakref_value_table_insert (table, key, a);
  key[0] = 'K';
  assert_at (table, "key", a);
  assert_at (table, "Key", NULL);
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (table);
}

static int
compare_cb (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

static void
test_dup (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  GPtrArray *keys;
  GPtrArray *values;

  weakref_value_table_insert (table, "a", a);
  weakref_value_table_insert (table, "b", b);
  weakref_value_table_insert (table, "c", b);
  keys = weakref_value_table_dup_keys (table);
  values = weakref_value_table_dup_values (table);
  g_object_unref (table);

  g_ptr_array_sort (keys, compare_cb);
  g_assert_cmpuint (keys->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (keys, 0), ==, "a");
  g_assert_cmpstr (g_ptr_array_index (keys, 1), ==, "b");
  g_assert_cmpstr (g_ptr_array_index (keys, 2), ==, "c");
  g_assert_cmpuint (values->len, ==, 3);
  g_assert_true (g_ptr_array_find (values, a, NULL));
  g_assert_true (g_ptr_array_find (values, b, NULL));

  g_object_unref (a);
  g_object_unref (b);
  assert_log ("");
  g_ptr_array_remove (values, a);
  assert_log ("-a ~a");
  g_ptr_array_unref (values);
  assert_log ("-b ~b");
  g_ptr_array_unref (keys);
}

static void
test_empty (void)
{
  WeakrefValueTable *table = string_table ();

  assert_size (table, 0);
  assert_empty (weakref_value_table_dup_keys (table));
  assert_empty (weakref_value_table_dup_keys_value (table));
  assert_empty (weakref_value_table_dup_values (table));
  weakref_value_table_foreach (table, log_entry_cb, NULL);
  weakref_value_table_remove_all (table);
  g_object_unref (table);
}

/* foreach */

static void
test_foreach (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "x", a);
  weakref_value_table_foreach (table, log_entry_cb, NULL);
  assert_log ("x=a");
  g_object_unref (a);
  weakref_value_table_foreach (table, log_entry_cb, NULL);
  assert_log ("-a ~a");
  g_object_unref (table);
}

typedef struct
{
  WeakrefValueTable *table;
  TestProbe *probes[4];
  guint n_calls;
} Walk;

static void
walk_changes_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  Walk *walk = user_data;
  guint i;

  /* The first call drops all other objects, and fills the table with new ones. */
  if (walk->n_calls++ == 0)
    {
      for (i = 0; i < G_N_ELEMENTS (walk->probes); i++)
        if (walk->probes[i] != object)
          g_clear_object (&walk->probes[i]);
      assert_size (walk->table, 1);
      for (i = 0; i < 100; i++)
        {
          char *name = g_strdup_printf ("new%u", i);

          weakref_value_table_insert (walk->table, name, object);
          g_free (name);
        }
      assert_size (walk->table, 101);
      g_assert_true (weakref_value_table_remove (walk->table, key));
      /* The key is ours until we return. */
      g_assert_cmpuint (strlen (key), ==, 1);
    }
}

static void
walk_drops_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  Walk *walk = user_data;
  guint i;

  /* Drops everything: the table, and all objects. */
  walk->n_calls++;
  g_clear_object (&walk->table);
  for (i = 0; i < G_N_ELEMENTS (walk->probes); i++)
    g_clear_object (&walk->probes[i]);
  g_assert_true (G_IS_OBJECT (object));
  g_assert_cmpuint (strlen (key), ==, 1);
}

static void
walk_value_drops_cb (const GValue *key, gpointer object, gpointer user_data)
{
  walk_drops_cb (g_value_get_string (key), object, user_data);
}

static void
walk_init (Walk *walk)
{
  static const char *names[] = { "0", "1", "2", "3" };
  guint i;

  test_log_set_probes (FALSE);
  walk->n_calls = 0;
  walk->table = string_table ();
  for (i = 0; i < G_N_ELEMENTS (walk->probes); i++)
    {
      walk->probes[i] = test_probe_new (names[i]);
      weakref_value_table_insert (walk->table, names[i], walk->probes[i]);
    }
}

static void
test_foreach_changes_the_table (void)
{
  Walk walk;
  guint i;

  walk_init (&walk);
  weakref_value_table_foreach (walk.table, walk_changes_cb, &walk);
  g_assert_cmpuint (walk.n_calls, ==, 1);
  assert_size (walk.table, 100);
  for (i = 0; i < G_N_ELEMENTS (walk.probes); i++)
    g_clear_object (&walk.probes[i]);
  assert_size (walk.table, 0);
  g_object_unref (walk.table);
}

static void
test_foreach_drops_the_table (void)
{
  Walk walk;

  walk_init (&walk);
  weakref_value_table_foreach (walk.table, walk_drops_cb, &walk);
  g_assert_cmpuint (walk.n_calls, ==, 1);

  walk_init (&walk);
  weakref_value_table_foreach_value (walk.table, walk_value_drops_cb, &walk);
  g_assert_cmpuint (walk.n_calls, ==, 1);
}

/* Against a model */

#define N_KEYS 16

static void
test_random (void)
{
  guint n_steps = test_scale (20000, 500);
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_INT);
  TestProbe *model[N_KEYS] = { NULL }; /* (unowned) */
  TestProbe *probes[N_KEYS] = { NULL };
  guint step;
  guint i;

  test_log_set_probes (FALSE);
  for (step = 0; step < n_steps; step++)
    {
      guint key = g_test_rand_int_range (0, N_KEYS);
      guint which = g_test_rand_int_range (0, N_KEYS);
      guint size = 0;

      switch (g_test_rand_int_range (0, 5))
        {
        case 0:
        case 1:
          if (probes[which] == NULL)
            probes[which] = test_probe_new ("probe");
          g_assert_true (weakref_value_table_insert (table, GUINT_TO_POINTER (key),
                                                     probes[which]) == (model[key] == NULL));
          model[key] = probes[which];
          break;
        case 2:
          g_assert_true (weakref_value_table_remove (table, GUINT_TO_POINTER (key)) ==
                         (model[key] != NULL));
          model[key] = NULL;
          break;
        default:
          for (i = 0; i < N_KEYS; i++)
            if (model[i] == probes[which])
              model[i] = NULL;
          if (probes[which] != NULL && step % 2)
            g_object_run_dispose (G_OBJECT (probes[which]));
          g_clear_object (&probes[which]);
          break;
        }

      for (i = 0; i < N_KEYS; i++)
        {
          assert_at (table, GUINT_TO_POINTER (i), model[i]);
          size += model[i] != NULL;
        }
      assert_size (table, size);
    }

  for (i = 0; i < N_KEYS; i++)
    g_clear_object (&probes[i]);
  assert_size (table, 0);
  g_object_unref (table);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/value-table");

  test_case (drops_entry_when_value_dies);
  test_case (drops_entry_when_value_is_disposed);
  test_case (resurrected_is_out);
  test_case (replace);
  test_case (same_object_again);
  test_case (remove);
  test_case (objects_outlive_the_table);
  test_case (copies_keys);
  test_case (dup);
  test_case (empty);
  test_case_as ("foreach/entries", foreach);
  test_case_as ("foreach/changes-the-table", foreach_changes_the_table);
  test_case_as ("foreach/drops-the-table", foreach_drops_the_table);
  test_case (random);

  return g_test_run ();
}
