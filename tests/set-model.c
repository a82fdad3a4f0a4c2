/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The set as a list model: what it shows, and when it announces a change. */

#include "set-model-common.h"

static void
test_follows_calls_at_once (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (set)) == TEST_TYPE_PROBE);
  assert_model (set, "a b c d e");
  weakref_set_remove (set, probes[1]);
  assert_log ("1-1+0");
  assert_model (set, "a c d e");
  weakref_set_remove (set, probes[1]);
  weakref_set_add (set, probes[0]);
  assert_log ("");
  weakref_set_add (set, probes[1]);
  assert_log ("4-0+1");
  assert_model (set, "a c d e b");
  weakref_set_remove_all (set);
  assert_log ("0-5+0");
  assert_model (set, "");
  weakref_set_remove_all (set);
  test_iterate ();
  assert_log ("");

  g_object_unref (set);
  clear_probes (probes);
}

static void
test_announces_deaths_from_the_context (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_clear_object (&probes[1]);
  g_clear_object (&probes[2]);
  g_clear_object (&probes[4]);
  assert_log ("-b ~b -c ~c -e ~e");
  g_assert_cmpuint (weakref_set_get_size (set), ==, 2);
  /* Until then there are stand-ins. */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 5);
  assert_model (set, "a ? ? d ?");

  /* Neighbours together. */
  test_iterate ();
  assert_log ("1-2+0 -? ~? -? ~? 2-1+0 -? ~?");
  assert_model (set, "a d");

  /* A call first announces what is waiting. */
  g_clear_object (&probes[0]);
  assert_log ("-a ~a");
  probes[0] = test_probe_new ("f");
  weakref_set_add (set, probes[0]);
  assert_log ("0-1+0 1-0+1");
  assert_model (set, "d f");
  test_iterate ();
  assert_log ("");

  g_clear_object (&probes[0]);
  g_clear_object (&probes[3]);
  assert_log ("-f ~f -d ~d");
  assert_model (set, "? ?");
  test_iterate ();
  assert_log ("0-2+0 -? ~? -? ~?");
  assert_model (set, "");

  g_object_unref (set);
}

static void
test_neighbours_together_in_whatever_order_they_die (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_clear_object (&probes[2]);
  g_clear_object (&probes[0]);
  g_clear_object (&probes[4]);
  g_clear_object (&probes[1]);
  assert_log ("-c ~c -a ~a -e ~e -b ~b");
  test_iterate ();
  assert_log ("0-3+0 1-1+0");
  assert_model (set, "d");

  g_object_unref (set);
  clear_probes (probes);
}

static void
test_remove_all_takes_the_dead_along (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_clear_object (&probes[3]);
  g_clear_object (&probes[1]);
  assert_log ("-d ~d -b ~b");
  weakref_set_remove_all (set);
  assert_log ("0-5+0");
  assert_model (set, "");
  test_iterate ();
  assert_log ("");

  g_object_unref (set);
  clear_probes (probes);
}

static void
test_item_that_died_and_comes_back (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  TestProbe *again = NULL;

  test_probe_resurrect (probes[1], &again, TRUE);
  g_clear_object (&probes[1]);
  assert_log ("-b");
  g_assert_false (weakref_set_contains (set, again));
  assert_model (set, "a ? c d e");
  /* It is a new member, not the old one. */
  g_assert_true (weakref_set_add (set, again));
  assert_log ("1-1+0 -? ~? 4-0+1");
  assert_model (set, "a c d e b");

  /* The same, but nobody was notified of the death. */
  test_probe_resurrect (again, &probes[1], FALSE);
  g_object_unref (again);
  g_assert_false (weakref_set_contains (set, probes[1]));
  assert_model (set, "a c d e ?");
  g_assert_true (weakref_set_add (set, probes[1]));
  /* The old one is replaced by the new one. */
  assert_log ("4-1+1 -? ~?");
  assert_model (set, "a c d e b");
  test_iterate ();
  assert_log ("");

  g_object_unref (set);
  clear_probes (probes);
}

static void
look_at_all_cb (TestProbe *probe, gpointer user_data)
{
  /* It is dead for everybody, but its death was not announced yet. */
  assert_model (user_data, "? b c d e");
  test_log ("looked");
}

static void
test_the_dying_are_not_shown (void)
{
  GMainContext *context = push_context ();
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  test_probe_set_on_dispose (probes[0], look_at_all_cb, set);
  g_clear_object (&probes[0]);
  assert_log ("-a looked ~a");
  g_assert_cmpuint (weakref_set_get_size (set), ==, 4);
  /* Nor is it announced twice. */
  g_assert_true (weakref_set_remove (set, probes[1]));
  assert_log ("0-2+0 -? ~?");
  assert_model (set, "c d e");

  g_object_unref (set);
  pop_context (context);
  clear_probes (probes);
}

static void
drop_next_cb (TestProbe *probe, gpointer user_data)
{
  TestProbe **next = user_data;

  g_clear_object (next);
}

/* A group dies: all are dead before the first is disposed. */
static void
look_at_none_cb (TestProbe *probe, gpointer user_data)
{
  assert_model (user_data, "? ? ? ? ?");
  g_assert_cmpuint (weakref_set_get_size (user_data), ==, 0);
  test_log ("looked");
}

static void
test_bonded_items_die_together (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  guint i;

  test_log_set_probes (FALSE);
  for (i = 1; i < N_PROBES; i++)
    {
      g_object_unref (weakref_bond_new (probes[i - 1], probes[i], NULL));
      test_probe_set_on_dispose (probes[i], look_at_none_cb, set);
    }
  test_probe_set_on_dispose (probes[0], look_at_none_cb, set);
  for (i = 0; i < N_PROBES; i++)
    g_clear_object (&probes[i]);
  assert_log ("looked looked looked looked looked");
  test_iterate ();
  assert_log ("0-5+0");
  assert_model (set, "");

  g_object_unref (set);
}

static void
test_deaths_within_deaths (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  test_probe_set_on_dispose (probes[0], drop_next_cb, &probes[4]);
  test_probe_set_on_dispose (probes[4], drop_next_cb, &probes[2]);
  g_clear_object (&probes[0]);
  assert_log ("-a -e -c ~c ~e ~a");
  assert_model (set, "? b ? d ?");
  test_iterate ();
  assert_log ("0-1+0 -? ~? 1-1+0 -? ~? 2-1+0 -? ~?");
  assert_model (set, "b d");

  g_object_unref (set);
  clear_probes (probes);
}

static void
test_n_items_is_notified (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  TestProbe *mirror = test_probe_new ("0");
  GBinding *binding =
    g_object_bind_property (set, "n-items", mirror, "name", G_BINDING_SYNC_CREATE);

  g_assert_nonnull (binding);
  g_assert_cmpstr (test_probe_get_name (mirror), ==, "0");
  weakref_set_add (set, a);
  g_assert_cmpstr (test_probe_get_name (mirror), ==, "1");
  g_object_unref (a);
  test_iterate ();
  g_assert_cmpstr (test_probe_get_name (mirror), ==, "0");

  g_object_unref (set);
  g_object_unref (mirror);
  assert_log ("-a ~a -0 ~0");
}

/* The values of a table as a list, as doc/which.md has it. */

static gpointer
create_cb (gconstpointer key, gpointer set, GError **error)
{
  TestProbe *probe = test_probe_new (key);

  g_assert_true (weakref_set_add (set, probe));
  return probe;
}

static void
test_beside_a_table (void)
{
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  TestProbe *a = weakref_value_table_ensure (table, "a", create_cb, set, NULL);
  TestProbe *b = weakref_value_table_ensure (table, "b", create_cb, set, NULL);
  TestProbe *again = weakref_value_table_ensure (table, "a", create_cb, set, NULL);

  g_assert_true (again == a);
  g_object_unref (again);
  weakref_value_table_insert (table, "other", a);
  assert_model (set, "a b");
  g_object_unref (a);
  assert_log ("-a ~a");
  test_iterate ();
  assert_model (set, "b");
  g_assert_cmpuint (weakref_value_table_get_size (table), ==, 1);
  a = weakref_value_table_ensure (table, "a", create_cb, set, NULL);
  assert_model (set, "b a");

  g_object_unref (table);
  assert_model (set, "b a");
  g_object_unref (set);
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/set/model");

  test_case (follows_calls_at_once);
  test_case (announces_deaths_from_the_context);
  test_case (neighbours_together_in_whatever_order_they_die);
  test_case (remove_all_takes_the_dead_along);
  test_case (item_that_died_and_comes_back);
  test_case (the_dying_are_not_shown);
  test_case (bonded_items_die_together);
  test_case (deaths_within_deaths);
  test_case (n_items_is_notified);
  test_case (beside_a_table);

  return g_test_run ();
}
