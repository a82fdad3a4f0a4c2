/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Value tables: entries whose object is being disposed. */

#include "value-table-common.h"

static TestProbe *successor;

static void
dispose_looks_up_cb (TestProbe *probe, gpointer table)
{
  assert_at (table, "x", NULL);
  assert_empty (weakref_value_table_dup_keys (table));
  assert_empty (weakref_value_table_dup_keys_value (table));
  assert_empty (weakref_value_table_dup_values (table));
  weakref_value_table_foreach (table, log_entry_cb, NULL);
}

static void
dispose_ensures_cb (TestProbe *probe, gpointer table)
{
  successor = weakref_value_table_ensure (table, "x", create_named_cb, (gpointer) "b", NULL);
}

static void
dispose_inserts_cb (TestProbe *probe, gpointer table)
{
  successor = test_probe_new ("b");
  /* There was nothing any more. */
  g_assert_true (weakref_value_table_insert (table, "x", successor));
}

static void
test_dying_is_not_found (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "x", a);
  test_probe_set_on_dispose (a, dispose_looks_up_cb, table);
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (table);
}

static void
check_dying_is_replaced (TestProbeFunc func, const char *log)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "x", a);
  test_probe_set_on_dispose (a, func, table);
  g_object_unref (a);
  assert_log (log);
  /* The death of the old object did not remove the new one. */
  assert_at (table, "x", successor);
  assert_size (table, 1);
  g_object_unref (successor);
  assert_log ("-b ~b");
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_dying_is_replaced_by_ensure (void)
{
  check_dying_is_replaced (dispose_ensures_cb, "-a create:x ~a");
}

static void
test_dying_is_replaced_by_insert (void)
{
  check_dying_is_replaced (dispose_inserts_cb, "-a ~a");
}

static void
dispose_removes_cb (TestProbe *probe, gpointer table)
{
  g_assert_false (weakref_value_table_remove (table, "x"));
  assert_size (table, 0);
}

static void
dispose_removes_all_cb (TestProbe *probe, gpointer table)
{
  weakref_value_table_remove_all (table);
  assert_size (table, 0);
}

static void
dispose_drops_cb (TestProbe *probe, gpointer table)
{
  g_object_unref (table);
}

static void
test_dying_is_removed (void)
{
  static const TestProbeFunc funcs[] = { dispose_removes_cb, dispose_removes_all_cb };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (funcs); i++)
    {
      WeakrefValueTable *table = string_table ();
      TestProbe *a = test_probe_new ("a");

      weakref_value_table_insert (table, "x", a);
      test_probe_set_on_dispose (a, funcs[i], table);
      g_object_unref (a);
      assert_log ("-a ~a");
      assert_size (table, 0);
      g_object_unref (table);
    }
}

static void
test_dying_drops_the_table (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "x", a);
  test_probe_set_on_dispose (a, dispose_drops_cb, table);
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
unref_callback (WeakrefRef *ref, gpointer object)
{
  g_object_unref (object);
}

static void
test_callback_of_the_death_drops_the_table (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref;

  /* Its entry is announced after the ref, whose callback drops the table. */
  weakref_value_table_insert (table, "x", a);
  ref = weakref_ref_new_full (a, NULL, unref_callback, table, NULL);
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (ref);
}

static gpointer
create_resurrected_cb (gconstpointer key, gpointer object, GError **error)
{
  test_log ("create");
  return object;
}

static void
ask_from_inside_cb (gpointer table)
{
  GError *error = NULL;

  test_log ("asks");
  g_assert_null (weakref_value_table_ensure (table, "x", create_resurrected_cb, NULL, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION);
  g_clear_error (&error);
}

/* Returns an object whose last life has ended without a notification. When that is noticed, the
 * finalizer asks @table for "x". */
static TestProbe *
make_resurrected (WeakrefValueTable *table)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *again = NULL;

  g_object_unref (weakref_finalizer_new (a, ask_from_inside_cb, table, NULL));
  test_probe_resurrect (a, &again, FALSE);
  g_object_unref (a);
  assert_log ("-a");

  return again;
}

/* Without a circle that is found, the creation would wait for itself for ever. */
static void
test_finalizer_asks_in_the_middle_of_a_creation (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *again = make_resurrected (table);

  g_assert_true (weakref_value_table_ensure (table, "x", create_resurrected_cb, again, NULL) ==
                 again);
  assert_log ("create asks");
  assert_at (table, "x", again);
  g_object_unref (again);
  assert_log ("~a");
  g_object_unref (table);
}

static void
test_finalizer_asks_in_the_middle_of_a_commit (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *again = make_resurrected (table);
  gpointer found = NULL;
  g_autoptr (WeakrefReservation) reservation =
    weakref_value_table_reserve (table, "x", &found, NULL);

  g_assert_null (found);
  g_assert_true (weakref_reservation_commit (reservation, again));
  assert_log ("asks");
  assert_at (table, "x", again);
  g_object_unref (again);
  assert_log ("~a");
  g_object_unref (table);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/value-table");

  test_case_as ("dying/is-not-found", dying_is_not_found);
  test_case_as ("dying/is-replaced-by-ensure", dying_is_replaced_by_ensure);
  test_case_as ("dying/is-replaced-by-insert", dying_is_replaced_by_insert);
  test_case_as ("dying/is-removed", dying_is_removed);
  test_case_as ("dying/drops-the-table", dying_drops_the_table);
  test_case_as ("dying/callback-drops-the-table", callback_of_the_death_drops_the_table);
  test_case_as ("dying/finalizer-asks-in-the-middle-of-a-creation",
                finalizer_asks_in_the_middle_of_a_creation);
  test_case_as ("dying/finalizer-asks-in-the-middle-of-a-commit",
                finalizer_asks_in_the_middle_of_a_commit);

  return g_test_run ();
}
