/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Iterating over a key table. */

#include "key-table-common.h"

static void
each_cb (gpointer key, gpointer value, gpointer user_data)
{
  WeakrefKeyTable *table = user_data;

  weakref_key_table_remove_all (table);
  /* It is good during the call. */
  test_log ("%s=%s", test_probe_get_name (key), value != NULL ? (const char *) value : "none");
}

static void
count_cb (gpointer key, gpointer value, gpointer user_data)
{
  weakref_key_table_remove_all (user_data);
  test_log ("%s", (const char *) value);
}

static void
test_foreach_goes_over_a_snapshot (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefKeyTable *table = weakref_key_table_new (log_free);
  GPtrArray *keys;

  weakref_key_table_insert (table, a, "1");
  keys = weakref_key_table_dup_keys (table);
  g_assert_cmpuint (keys->len, ==, 1);
  g_assert_true (g_ptr_array_index (keys, 0) == a);
  g_ptr_array_unref (keys);

  weakref_key_table_foreach (table, each_cb, table);
  assert_log ("a=1 free:1");
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 0);

  /* Whichever is the first, the other is gone when its turn comes, and gets it. */
  weakref_key_table_insert (table, a, "same");
  weakref_key_table_insert (table, b, "same");
  weakref_key_table_foreach (table, count_cb, table);
  assert_log ("same same free:same free:same");

  weakref_key_table_insert (table, a, NULL);
  weakref_key_table_foreach (table, each_cb, table);
  assert_log ("a=none");

  g_object_unref (table);
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
}

static TestProbe *pair[2];

/* Acts on the one of the two whose turn it is not, at the first call. */
static gpointer
act_on_other (gpointer key, gpointer (*act) (gpointer))
{
  guint i = key == pair[0];
  gpointer other = pair[i];

  test_log ("call");
  if (other == NULL)
    return NULL;

  pair[i] = NULL;
  return g_thread_join (g_thread_new ("act", act, other));
}

static gpointer
drop (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

static void
drop_other_cb (gpointer key, gpointer value, gpointer user_data)
{
  act_on_other (key, drop);
}

static void
test_key_may_die_in_another_thread_during_iteration (void)
{
  WeakrefKeyTable *table = weakref_key_table_new (NULL);
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < 2; i++)
    {
      pair[i] = test_probe_new ("p");
      weakref_key_table_insert (table, pair[i], "1");
    }
  weakref_key_table_foreach (table, drop_other_cb, NULL);
  assert_log ("call");
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 1);

  g_clear_object (&pair[0]);
  g_clear_object (&pair[1]);
  g_object_unref (table);
}

static WeakrefKeyTable *stolen_from;

static gpointer
steal (gpointer object)
{
  g_assert_cmpstr (weakref_key_table_steal (stolen_from, object), ==, "1");
  g_object_unref (object);
  return NULL;
}

static void
steal_other_cb (gpointer key, gpointer value, gpointer user_data)
{
  /* Not that of the other: it is somebody else's by now. */
  g_assert_cmpstr (value, ==, "1");
  act_on_other (key, steal);
}

static void
test_stolen_values_are_passed_over (void)
{
  TestProbe *kept[2];
  guint i;

  test_log_set_probes (FALSE);
  stolen_from = weakref_key_table_new (NULL);
  for (i = 0; i < 2; i++)
    {
      kept[i] = test_probe_new ("p");
      pair[i] = g_object_ref (kept[i]);
      weakref_key_table_insert (stolen_from, pair[i], "1");
    }
  weakref_key_table_foreach (stolen_from, steal_other_cb, NULL);
  assert_log ("call");
  g_assert_cmpuint (weakref_key_table_get_size (stolen_from), ==, 1);

  for (i = 0; i < 2; i++)
    {
      g_clear_object (&pair[i]);
      g_object_unref (kept[i]);
    }
  g_clear_object (&stolen_from);
}

static void
drop_table_cb (gpointer key, gpointer value, gpointer user_data)
{
  WeakrefKeyTable **table = user_data;

  g_clear_object (table);
  test_log ("%s=%s", test_probe_get_name (key), (const char *) value);
}

static void
test_iteration_may_drop_the_table (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefKeyTable *table = weakref_key_table_new (log_free);

  weakref_key_table_insert (table, a, "1");
  weakref_key_table_foreach (table, drop_table_cb, &table);
  assert_log ("a=1 free:1");
  g_object_unref (a);
  assert_log ("-a ~a");
}

/* Two iterations, one in each of two threads, which have both begun when the value is removed. */

typedef struct
{
  WeakrefKeyTable *table;
  TestProbe *key;
  TestGate inside;
  TestGate go_on;
} Overlap;

static void
wait_inside_cb (gpointer key, gpointer value, gpointer user_data)
{
  Overlap *overlap = user_data;

  test_gate_open (&overlap->inside);
  test_gate_wait (&overlap->go_on);
  test_log ("there:%s", (const char *) value);
}

static gpointer
wait_inside (gpointer data)
{
  Overlap *overlap = data;

  weakref_key_table_foreach (overlap->table, wait_inside_cb, overlap);
  return NULL;
}

static void
overlap_init (Overlap *overlap)
{
  overlap->table = weakref_key_table_new (log_free);
  overlap->key = test_probe_new ("a");
  test_gate_init (&overlap->inside);
  test_gate_init (&overlap->go_on);
  weakref_key_table_insert (overlap->table, overlap->key, "1");
}

static void
overlap_clear (Overlap *overlap)
{
  test_gate_clear (&overlap->inside);
  test_gate_clear (&overlap->go_on);
  g_object_unref (overlap->table);
  g_object_unref (overlap->key);
  assert_log ("-a ~a");
}

static void
remove_cb (gpointer key, gpointer value, gpointer user_data)
{
  weakref_key_table_remove (user_data, key);
  test_log ("here:%s", (const char *) value);
}

static void
test_value_waits_for_an_older_iteration (void)
{
  Overlap overlap;
  GThread *thread;

  overlap_init (&overlap);
  thread = g_thread_new ("wait", wait_inside, &overlap);
  test_gate_wait (&overlap.inside);
  weakref_key_table_foreach (overlap.table, remove_cb, overlap.table);
  assert_log ("here:1");
  test_gate_open (&overlap.go_on);
  g_thread_join (thread);
  assert_log ("there:1 free:1");
  overlap_clear (&overlap);
}

static void
begin_other_and_remove_cb (gpointer key, gpointer value, gpointer user_data)
{
  gpointer *overlap_and_thread = user_data;
  Overlap *overlap = overlap_and_thread[0];

  overlap_and_thread[1] = g_thread_new ("wait", wait_inside, overlap);
  test_gate_wait (&overlap->inside);
  remove_cb (key, value, overlap->table);
}

static void
test_value_waits_for_a_newer_iteration (void)
{
  Overlap overlap;
  gpointer overlap_and_thread[2] = { &overlap, NULL };

  overlap_init (&overlap);
  weakref_key_table_foreach (overlap.table, begin_other_and_remove_cb, overlap_and_thread);
  assert_log ("here:1");
  test_gate_open (&overlap.go_on);
  g_thread_join (overlap_and_thread[1]);
  assert_log ("there:1 free:1");
  overlap_clear (&overlap);
}

static void
insert_and_remove_cb (gpointer key, gpointer value, gpointer user_data)
{
  TestProbe *b = test_probe_new ("b");

  test_log ("call");
  weakref_key_table_insert (user_data, b, "2");
  weakref_key_table_insert (user_data, b, "3");
  weakref_key_table_remove (user_data, b);
  weakref_key_table_insert (user_data, key, "4");
  weakref_key_table_insert (user_data, key, "5");
  g_object_unref (b);
}

static void
test_value_does_not_wait_for_an_iteration_without_it (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefKeyTable *table = weakref_key_table_new (log_free);

  weakref_key_table_insert (table, a, "1");
  weakref_key_table_foreach (table, insert_and_remove_cb, table);
  assert_log ("call free:2 free:3 free:4 -b ~b free:1");

  g_object_unref (table);
  assert_log ("free:5");
  g_object_unref (a);
  assert_log ("-a ~a");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/key-table");

  test_case_as ("iteration/is-over-a-snapshot", foreach_goes_over_a_snapshot);
  test_case_as ("iteration/key-may-die-in-another-thread",
                key_may_die_in_another_thread_during_iteration);
  test_case_as ("iteration/stolen-values-are-passed-over", stolen_values_are_passed_over);
  test_case_as ("iteration/may-drop-the-table", iteration_may_drop_the_table);
  test_case_as ("iteration/value-waits/for-an-older-one", value_waits_for_an_older_iteration);
  test_case_as ("iteration/value-waits/for-a-newer-one", value_waits_for_a_newer_iteration);
  test_case_as ("iteration/value-waits/not-for-one-without-it",
                value_does_not_wait_for_an_iteration_without_it);

  return g_test_run ();
}
