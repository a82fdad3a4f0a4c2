/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Key tables: entries, their ends, and arguments. */

#include "key-table-common.h"

static void
test_insert_lookup (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefKeyTable *table = weakref_key_table_new (log_free);
  gpointer value = "untouched";

  g_assert_true (weakref_key_table_insert (table, a, "1"));
  g_assert_cmpstr (weakref_key_table_lookup (table, a), ==, "1");
  g_assert_true (weakref_key_table_contains (table, a));
  g_assert_null (weakref_key_table_lookup (table, b));
  g_assert_false (weakref_key_table_contains (table, b));
  g_assert_false (weakref_key_table_lookup_extended (table, b, &value));
  g_assert_cmpstr (value, ==, "untouched");
  g_assert_true (weakref_key_table_lookup_extended (table, a, &value));
  g_assert_cmpstr (value, ==, "1");
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 1);

  /* A NULL is a value too, and is not freed. */
  g_assert_true (weakref_key_table_insert (table, b, NULL));
  g_assert_true (weakref_key_table_lookup_extended (table, b, &value));
  g_assert_null (value);

  g_object_unref (table);
  assert_log ("free:1");
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
}

static void
test_value_is_freed_once (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefKeyTable *table = weakref_key_table_new (log_free);

  weakref_key_table_insert (table, a, "1");
  g_assert_false (weakref_key_table_insert (table, a, "2"));
  assert_log ("free:1");

  g_assert_true (weakref_key_table_remove (table, a));
  assert_log ("free:2");
  g_assert_false (weakref_key_table_remove (table, a));

  weakref_key_table_insert (table, a, "3");
  g_assert_cmpstr (weakref_key_table_steal (table, a), ==, "3");
  g_assert_null (weakref_key_table_steal (table, a));
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 0);
  assert_log ("");

  weakref_key_table_insert (table, a, "4");
  weakref_key_table_insert (table, b, "5");
  g_object_unref (a);
  assert_log ("-a free:4 ~a");
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 1);

  weakref_key_table_remove_all (table);
  assert_log ("free:5");

  weakref_key_table_insert (table, b, "6");
  g_object_unref (table);
  assert_log ("free:6");
  g_object_unref (b);
  assert_log ("-b ~b");
}

/* A value whose end uses the table that it was in. */
typedef struct
{
  WeakrefKeyTable *table; /* (unowned) */
  gpointer key;           /* (unowned) */
  const char *name;
} Busy;

static Busy *
busy_new (WeakrefKeyTable *table, gpointer key, const char *name)
{
  Busy *busy = g_new (Busy, 1);

  *busy = (Busy) { table, key, name };
  return busy;
}

static void
busy_free (gpointer data)
{
  Busy *busy = data;
  Busy *other = weakref_key_table_lookup (busy->table, busy->key);

  test_log ("%s:%u:%s", busy->name, weakref_key_table_get_size (busy->table),
            other != NULL ? other->name : "none");
  if (g_str_equal (busy->name, "insert"))
    weakref_key_table_insert (busy->table, busy->key, busy_new (busy->table, busy->key, "last"));
  g_free (busy);
}

static void
test_value_free_may_use_the_table (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefKeyTable *table = weakref_key_table_new (busy_free);

  weakref_key_table_insert (table, a, busy_new (table, a, "1"));
  weakref_key_table_insert (table, a, busy_new (table, a, "2"));
  assert_log ("1:1:2");
  weakref_key_table_remove (table, a);
  assert_log ("2:0:none");
  weakref_key_table_insert (table, a, busy_new (table, a, "insert"));
  weakref_key_table_remove (table, a);
  assert_log ("insert:0:none");
  weakref_key_table_remove_all (table);
  assert_log ("last:0:none");

  /* The key of the value that dies is not a's: a is in its dispose. */
  weakref_key_table_insert (table, a, busy_new (table, b, "3"));
  weakref_key_table_insert (table, b, busy_new (table, b, "4"));
  g_object_unref (a);
  assert_log ("-a 3:1:4 ~a");

  weakref_key_table_remove (table, b);
  assert_log ("4:0:none");

  /* Nothing gets into a table that is going. */
  weakref_key_table_insert (table, b, busy_new (table, b, "insert"));
  g_object_unref (table);
  assert_log ("insert:0:none last:0:none");
  g_object_unref (b);
  assert_log ("-b ~b");
}

static TestProbe *pair[2];

/* The value is the number of the other key. */
static void
drop_other_key (gpointer value)
{
  guint i = GPOINTER_TO_UINT (value) - 1;

  test_log ("free");
  g_clear_object (&pair[i]);
}

static void
test_value_free_may_drop_another_key (void)
{
  WeakrefKeyTable *table = weakref_key_table_new (drop_other_key);
  guint round;
  guint i;

  test_log_set_probes (FALSE);
  for (round = 0; round < 2; round++)
    {
      for (i = 0; i < 2; i++)
        {
          pair[i] = test_probe_new ("p");
          weakref_key_table_insert (table, pair[i], GUINT_TO_POINTER (2 - i));
        }
      /* The second one dies while it has left the table, but still waits for its end. */
      if (round == 0)
        weakref_key_table_remove_all (table);
      else
        g_object_unref (table);
      assert_log ("free free");
      g_assert_null (pair[0]);
      g_assert_null (pair[1]);
    }
}

static void
test_address_reuse (void)
{
  WeakrefKeyTable *table = weakref_key_table_new (NULL);
  gpointer addresses[64];
  guint reused = 0;
  guint round;

  /* GObject frees and allocates the same size: the allocator gives the address again at once. Not
   * in every environment, so count. */
  for (round = 0; round < 64; round++)
    {
      TestProbe *probe = test_probe_new ("a");
      guint i;

      for (i = 0; i < round; i++)
        reused += addresses[i] == (gpointer) probe;
      addresses[round] = probe;

      g_assert_null (weakref_key_table_lookup (table, probe));
      g_assert_true (weakref_key_table_insert (table, probe, GUINT_TO_POINTER (round + 1)));
      g_assert_cmpuint (GPOINTER_TO_UINT (weakref_key_table_lookup (table, probe)), ==, round + 1);
      g_object_unref (probe);
      g_free (test_log_steal ());
    }

  g_object_unref (table);
  if (reused == 0)
    g_test_skip ("The allocator gave no address twice");
}

static void
test_value_holding_its_key_keeps_both (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefKeyTable *table = weakref_key_table_new (g_object_unref);

  weakref_key_table_insert (table, a, g_object_ref (a));
  g_object_unref (a);
  assert_log ("");
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 1);
  /* Its dispose breaks it, */
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a ~a");
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 0);

  /* the removal of the entry, */
  a = test_probe_new ("a");
  weakref_key_table_insert (table, a, a);
  weakref_key_table_remove (table, a);
  assert_log ("-a ~a");

  /* or the end of the table. */
  a = test_probe_new ("a");
  weakref_key_table_insert (table, a, a);
  g_object_unref (table);
  assert_log ("-a ~a");
}

static void
toggle_cb (gpointer user_data, GObject *object, gboolean is_last)
{
  test_log (is_last ? "down" : "up");
}

static void
test_lookup_takes_no_reference (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefKeyTable *table = weakref_key_table_new (NULL);
  gpointer value;

  g_object_add_toggle_ref (G_OBJECT (a), toggle_cb, NULL);
  g_object_unref (a);
  assert_log ("down");
  weakref_key_table_insert (table, a, "1");
  g_free (test_log_steal ());

  g_assert_nonnull (weakref_key_table_lookup (table, a));
  g_assert_true (weakref_key_table_lookup_extended (table, a, &value));
  g_assert_true (weakref_key_table_contains (table, a));
  g_assert_nonnull (weakref_key_table_steal (table, a));
  assert_log ("");

  g_object_unref (table);
  g_object_remove_toggle_ref (G_OBJECT (a), toggle_cb, NULL);
  assert_log ("-a ~a");
}

static void
test_disposed_key_starts_anew (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefKeyTable *table = weakref_key_table_new (log_free);

  weakref_key_table_insert (table, a, "1");
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a free:1");
  g_assert_false (weakref_key_table_contains (table, a));

  g_assert_true (weakref_key_table_insert (table, a, "2"));
  g_assert_cmpstr (weakref_key_table_lookup (table, a), ==, "2");
  g_object_unref (a);
  assert_log ("free:2 ~a");
  g_object_unref (table);
}

static void
test_bad_input (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefKeyTable *pointers = weakref_key_table_new (NULL);
  WeakrefKeyTable *values = weakref_key_table_new_for_values ();
  GValue value = G_VALUE_INIT;
  GValue no_value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT);

#define BAD(pattern, call)                                                                         \
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, pattern);                                \
  call
  BAD ("*insert*G_IS_OBJECT (key)*",
       g_assert_false (weakref_key_table_insert (pointers, NULL, "")));
  BAD ("*insert*KEY_TABLE (self)*", g_assert_false (weakref_key_table_insert (NULL, a, "")));
  BAD ("*lookup*G_IS_OBJECT (key)*", g_assert_null (weakref_key_table_lookup (pointers, NULL)));
  BAD ("*G_IS_OBJECT (key)*", g_assert_false (weakref_key_table_contains (pointers, NULL)));
  BAD ("*remove*G_IS_OBJECT (key)*", g_assert_false (weakref_key_table_remove (pointers, NULL)));
  BAD ("*steal*G_IS_OBJECT (key)*", g_assert_null (weakref_key_table_steal (pointers, NULL)));
  BAD ("*foreach*func*", weakref_key_table_foreach (pointers, NULL, NULL));
  BAD ("*remove_all*KEY_TABLE (self)*", weakref_key_table_remove_all (NULL));
  BAD ("*get_size*KEY_TABLE (self)*", g_assert_cmpuint (weakref_key_table_get_size (NULL), ==, 0));
  BAD ("*dup_keys*KEY_TABLE (self)*", g_assert_null (weakref_key_table_dup_keys (NULL)));

  /* Values and tables of pointers, and the other way round. */
  BAD ("*insert_value*for_values*",
       g_assert_false (weakref_key_table_insert_value (pointers, a, &value)));
  BAD ("*lookup_value*for_values*",
       g_assert_false (weakref_key_table_lookup_value (pointers, a, &no_value)));
  BAD ("*dup_value*for_values*", g_assert_null (weakref_key_table_dup_value (pointers, a)));
  BAD ("*steal_value*for_values*",
       g_assert_false (weakref_key_table_steal_value (pointers, a, &no_value)));
  BAD ("*foreach_value*for_values*", weakref_key_table_foreach_value (pointers, NULL, NULL));
  BAD ("*insert*for_values*", g_assert_false (weakref_key_table_insert (values, a, "")));
  BAD ("*steal*for_values*", g_assert_null (weakref_key_table_steal (values, a)));
  BAD ("*insert_value*G_IS_VALUE (value)*",
       g_assert_false (weakref_key_table_insert_value (values, a, &no_value)));
#undef BAD
  g_test_assert_expected_messages ();
  g_assert_cmpuint (weakref_key_table_get_size (pointers), ==, 0);
  g_assert_cmpuint (weakref_key_table_get_size (values), ==, 0);

  g_object_unref (pointers);
  g_object_unref (values);
  g_object_unref (a);
  assert_log ("-a ~a");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/key-table");

  test_case (insert_lookup);
  test_case (value_is_freed_once);
  test_case (value_free_may_use_the_table);
  test_case (value_free_may_drop_another_key);
  test_case (address_reuse);
  test_case (value_holding_its_key_keeps_both);
  test_case (lookup_takes_no_reference);
  test_case (disposed_key_starts_anew);
  test_case (bad_input);

  return g_test_run ();
}
