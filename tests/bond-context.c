/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

static void
log_notify_cb (GObject *bond, GParamSpec *pspec, gpointer user_data)
{
  g_assert_false (weakref_bond_is_alive (WEAKREF_BOND (bond)));
  test_log ("%s", pspec->name);
}

static WeakrefBond *
bond_new (gpointer owner, gpointer owned, GMainContext *context)
{
  GError *error = NULL;
  WeakrefBond *self = weakref_bond_new_full (owner, owned, context, &error);

  g_assert_no_error (error);
  g_assert_true (weakref_bond_is_alive (self));
  g_signal_connect (self, "notify::alive", G_CALLBACK (log_notify_cb), NULL);

  return self;
}

static void
iterate (GMainContext *context)
{
  while (g_main_context_iteration (context, FALSE))
    ;
}

static void
test_notifies_from_the_context (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *self = bond_new (p, c, context);

  g_object_unref (p);
  g_object_unref (c);
  assert_log ("-p ~p -c ~c");
  test_iterate ();
  assert_log ("");
  iterate (context);
  assert_log ("alive");

  g_object_unref (self);
  g_main_context_unref (context);
}

static void
test_notifies_in_the_thread_without_one (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *self = bond_new (p, c, NULL);

  g_assert_true (weakref_bond_break (self));
  assert_log ("alive");

  g_object_unref (self);
  g_object_unref (p);
  g_object_unref (c);
  assert_log ("-p ~p -c ~c");
}

static void
test_is_kept_until_it_has_notified (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *self = bond_new (p, c, context);
  WeakrefRef *ref = weakref_ref_new (self);

  g_assert_true (weakref_bond_break (self));
  g_object_unref (self);
  g_assert_true (weakref_ref_is_alive (ref));
  iterate (context);
  assert_log ("alive");
  g_assert_false (weakref_ref_is_alive (ref));

  g_object_unref (ref);
  g_object_unref (p);
  g_object_unref (c);
  assert_log ("-p ~p -c ~c");
  g_main_context_unref (context);
}

static void
test_is_dropped_with_a_context_that_never_runs (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *self = bond_new (p, c, context);
  WeakrefRef *ref = weakref_ref_new (self);

  g_object_unref (self);
  g_object_unref (p);
  g_object_unref (c);
  assert_log ("-p ~p -c ~c");
  g_assert_true (weakref_ref_is_alive (ref));
  g_main_context_unref (context);
  assert_log ("");
  g_assert_false (weakref_ref_is_alive (ref));

  g_object_unref (ref);
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv, "/weakref/bond");

  test_case (notifies_from_the_context);
  test_case_as ("notifies-in-the-thread-without-a-context", notifies_in_the_thread_without_one);
  test_case (is_kept_until_it_has_notified);
  test_case (is_dropped_with_a_context_that_never_runs);

  return g_test_run ();
}
