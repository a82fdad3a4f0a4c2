/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The set as a list model: the end of the set. */

#include "set-model-common.h"

static void
test_nothing_is_left_of_a_set (void)
{
  GMainContext *context = push_context ();
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_object_unref (set);
  pop_context (context);
  clear_probes (probes);
}

static void
test_set_goes_with_deaths_waiting (void)
{
  GMainContext *context = push_context ();
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_clear_object (&probes[0]);
  g_clear_object (&probes[2]);
  assert_log ("-a ~a -c ~c");
  g_object_unref (set);
  pop_context (context);
  clear_probes (probes);
}

static void
test_set_goes_elsewhere_with_deaths_waiting (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_clear_object (&probes[0]);
  assert_log ("-a ~a");
  drop_elsewhere (set);
  test_iterate ();
  assert_log ("");
  clear_probes (probes);
}

static void
toggle_cb (gpointer user_data, GObject *object, gboolean is_last)
{
  test_log (is_last ? "down" : "up");
}

static void
test_death_takes_no_reference_on_the_set (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  /* An object may die while a language collects its garbage. During that, no toggle notification of
   * the set may reach the language, and the set must not be freed there. */
  g_object_add_toggle_ref (G_OBJECT (set), toggle_cb, NULL);
  g_object_unref (set);
  assert_log ("down");
  g_clear_object (&probes[1]);
  g_clear_object (&probes[3]);
  assert_log ("-b ~b -d ~d");
  test_iterate ();
  assert_log ("up 1-1+0 2-1+0 down");

  g_object_remove_toggle_ref (G_OBJECT (set), toggle_cb, NULL);
  clear_probes (probes);
}

static void
test_disposed_set_goes_on (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_object_run_dispose (G_OBJECT (set));
  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);
  weakref_set_remove (set, probes[1]);
  assert_log ("1-1+0");
  g_clear_object (&probes[0]);
  test_iterate ();
  assert_log ("-a ~a");
  assert_model (set, "? c d e");
  weakref_set_add (set, probes[1]);
  assert_log ("0-1+0 -? ~? 3-0+1");
  assert_model (set, "c d e b");

  g_object_unref (set);
  clear_probes (probes);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/set/model");

  test_case_as ("end/nothing-is-left-of-a-set", nothing_is_left_of_a_set);
  test_case_as ("end/set-goes-with-deaths-waiting", set_goes_with_deaths_waiting);
  test_case_as ("end/set-goes-elsewhere-with-deaths-waiting",
                set_goes_elsewhere_with_deaths_waiting);
  test_case_as ("end/disposed-set-goes-on", disposed_set_goes_on);
  test_case (death_takes_no_reference_on_the_set);

  return g_test_run ();
}
