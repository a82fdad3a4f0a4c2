/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Bonds that a language keeps. The tests are the language: they hold both ends of such a bond, and
 * drop them when a garbage collector would. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

static const char *
get_name (gpointer probe)
{
  return probe != NULL ? test_probe_get_name (probe) : "-";
}

static void
ended_cb (gpointer owner, gpointer owned, gpointer user_data)
{
  test_log ("%s:%s,%s", (const char *) user_data, get_name (owner), get_name (owned));
}

static void
destroy_cb (gpointer user_data)
{
  test_log ("free-%s", (const char *) user_data);
}

static WeakrefBond *
start (gpointer owner, gpointer owned, const char *name, GError **error)
{
  WeakrefBond *self = g_object_new (WEAKREF_TYPE_BOND, NULL);

  g_assert_false (weakref_bond_is_alive (self));
  g_assert_false (weakref_bond_break (self));
  if (!weakref_bond_start_for_binding (self, owner, owned, NULL, ended_cb, (gpointer) name,
                                       destroy_cb, error))
    g_clear_object (&self);

  return self;
}

static void
assert_ends (WeakrefBond *self, gpointer owner, gpointer owned)
{
  gpointer got_owner = weakref_bond_dup_owner (self);
  gpointer got_owned = weakref_bond_dup_owned (self);

  g_assert_true (got_owner == owner);
  g_assert_true (got_owned == owned);
  g_assert_cmpint (weakref_bond_is_alive (self), ==, owner != NULL);
  g_clear_object (&got_owner);
  g_clear_object (&got_owned);
}

static void
assert_no_bond (gpointer owner, gpointer owned, int code)
{
  GError *error = NULL;

  g_assert_null (start (owner, owned, "x", &error));
  g_assert_error (error, WEAKREF_ERROR, code);
  g_clear_error (&error);
  assert_log ("free-x");

  g_assert_null (weakref_bond_new (owner, owned, &error));
  g_assert_error (error, WEAKREF_ERROR, code);
  g_error_free (error);
}

static void
test_holds_neither (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *self = start (p, c, "bond", NULL);

  assert_ends (self, p, c);
  g_assert_cmpuint (G_OBJECT (p)->ref_count, ==, 1);
  g_assert_cmpuint (G_OBJECT (c)->ref_count, ==, 1);
  g_assert_true (weakref_bond_break (self));
  assert_log ("bond:p,c free-bond");
  assert_ends (self, NULL, NULL);
  g_assert_false (weakref_bond_break (self));

  g_object_unref (self);
  g_object_unref (p);
  g_object_unref (c);
  assert_log ("-p ~p -c ~c");
}

/* The collector drops one after the other, in any order. */
static void
test_all_are_dead_when_the_first_dies (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  TestProbe *d = test_probe_new ("d");
  WeakrefRef *ref = weakref_ref_new (p);
  WeakrefBond *one = start (p, c, "one", NULL);
  WeakrefBond *two = start (c, d, "two", NULL);

  g_object_unref (d);
  assert_log ("-d two:-,- free-two ~d");
  g_assert_false (weakref_ref_is_alive (ref));
  assert_ends (one, NULL, NULL);
  assert_ends (two, NULL, NULL);
  g_assert_false (weakref_bond_break (one));
  g_object_unref (p);
  assert_log ("-p one:-,- free-one ~p");
  g_object_unref (c);
  assert_log ("-c ~c");

  g_object_unref (ref);
  g_object_unref (one);
  g_object_unref (two);
}

static void
test_leaves_with_an_early_dispose (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  TestProbe *d = test_probe_new ("d");
  WeakrefRef *ref = weakref_ref_new (d);
  WeakrefBond *one = start (p, c, "one", NULL);
  WeakrefBond *two = start (c, d, "two", NULL);

  g_object_run_dispose (G_OBJECT (c));
  assert_log ("-c one:p,- free-one two:-,d free-two");
  assert_ends (one, NULL, NULL);
  assert_ends (two, NULL, NULL);
  g_assert_true (weakref_ref_is_alive (ref));

  g_object_unref (ref);
  g_object_unref (one);
  g_object_unref (two);
  g_object_unref (p);
  g_object_unref (c);
  g_object_unref (d);
  assert_log ("-p ~p ~c -d ~d");
}

/* Who takes a reference in a dispose does not make an early dispose of it. */
static void
test_all_are_dead_although_the_first_is_held (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  TestProbe *held = NULL;
  WeakrefRef *ref = weakref_ref_new (p);
  WeakrefBond *self = start (p, c, "bond", NULL);

  test_probe_resurrect (c, &held, TRUE);
  g_object_unref (c);
  g_assert_true (held == c);
  assert_log ("-c bond:-,- free-bond");
  g_assert_false (weakref_ref_is_alive (ref));

  g_object_unref (p);
  assert_log ("-p ~p");
  g_object_unref (held);
  assert_log ("~c");
  g_object_unref (ref);
  g_object_unref (self);
}

static void
drop_cb (TestProbe *probe, gpointer user_data)
{
  g_object_unref (probe);
}

/* Nor does it make a death of an early dispose that others drop their references in it. */
static void
test_leaves_although_it_is_dropped (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefRef *ref = weakref_ref_new (p);
  WeakrefBond *self = start (p, c, "bond", NULL);

  test_probe_set_on_dispose (c, drop_cb, NULL);
  g_object_run_dispose (G_OBJECT (c));
  assert_log ("-c bond:p,- free-bond ~c");
  g_assert_true (weakref_ref_is_alive (ref));

  g_object_unref (p);
  assert_log ("-p ~p");
  g_object_unref (ref);
  g_object_unref (self);
}

static void
test_has_one_owner_and_no_cycles (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  TestProbe *d = test_probe_new ("d");
  WeakrefBond *one = weakref_bond_new (a, b, NULL);
  WeakrefBond *two = start (b, c, "two", NULL);
  WeakrefBond *three = weakref_bond_new (c, d, NULL);

  assert_no_bond (a, a, WEAKREF_ERROR_CYCLE);
  assert_no_bond (d, a, WEAKREF_ERROR_CYCLE);
  assert_no_bond (c, a, WEAKREF_ERROR_CYCLE);
  assert_no_bond (d, b, WEAKREF_ERROR_OWNED);
  assert_no_bond (a, c, WEAKREF_ERROR_OWNED);
  assert_no_bond (a, d, WEAKREF_ERROR_OWNED);
  assert_ends (one, a, b);
  assert_ends (two, b, c);
  assert_ends (three, c, d);
  g_assert_true (weakref_bond_break (two));
  assert_log ("two:b,c free-two");

  g_object_unref (one);
  g_object_unref (two);
  g_object_unref (three);
  g_object_unref (a);
  assert_log ("");
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
  g_object_unref (c);
  g_object_unref (d);
  assert_log ("-c ~c -d ~d");
}

static void
test_is_taken_over (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  TestProbe *d = test_probe_new ("d");
  WeakrefBond *one = weakref_bond_new (p, c, NULL);
  WeakrefBond *two = weakref_bond_new (c, d, NULL);
  GPtrArray *list = weakref_bond_list_for_binding (d);

  g_assert_cmpuint (list->len, ==, 4);
  g_assert_true (list->pdata[0] == p && list->pdata[1] == c);
  g_assert_true (list->pdata[2] == c && list->pdata[3] == d);
  g_ptr_array_unref (list);

  g_assert_true (
    weakref_bond_take_over_for_binding (p, c, NULL, ended_cb, (gpointer) "one", destroy_cb));
  g_assert_true (
    weakref_bond_take_over_for_binding (c, d, NULL, ended_cb, (gpointer) "two", destroy_cb));
  g_assert_false (
    weakref_bond_take_over_for_binding (c, d, NULL, ended_cb, (gpointer) "again", destroy_cb));
  assert_log ("free-again");
  assert_ends (one, p, c);
  assert_ends (two, c, d);
  g_assert_cmpuint (G_OBJECT (c)->ref_count, ==, 1);
  list = weakref_bond_list_for_binding (d);
  g_assert_cmpuint (list->len, ==, 0);
  g_ptr_array_unref (list);

  g_assert_true (weakref_bond_break (one));
  assert_log ("one:p,c free-one");
  g_object_unref (p);
  assert_log ("-p ~p");
  g_object_unref (c);
  assert_log ("-c two:-,- free-two ~c");
  g_object_unref (d);
  assert_log ("-d ~d");

  g_object_unref (one);
  g_object_unref (two);
}

static void
test_tells_in_the_context (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *self = g_object_new (WEAKREF_TYPE_BOND, NULL);

  g_assert_true (weakref_bond_start_for_binding (self, p, c, context, ended_cb, (gpointer) "bond",
                                                 destroy_cb, NULL));
  g_assert_true (weakref_bond_break (self));
  assert_log ("");
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("bond:p,c free-bond");

  g_object_unref (self);
  g_object_unref (p);
  g_object_unref (c);
  assert_log ("-p ~p -c ~c");
  g_main_context_unref (context);
}

/* Of what is not bonded at all, and was never of interest, there is nothing to list. */
static void
test_lists_nothing_of_others (void)
{
  TestProbe *p = test_probe_new ("p");
  GPtrArray *list = weakref_bond_list_for_binding (p);

  g_assert_cmpuint (list->len, ==, 0);
  g_ptr_array_unref (list);
  g_object_unref (p);
  assert_log ("-p ~p");
}

static gpointer
bond_thread (gpointer data)
{
  gpointer *ends = data;
  guint i;

  for (i = 0; i < test_scale (2000, 20); i++)
    {
      WeakrefBond *self = g_object_new (WEAKREF_TYPE_BOND, NULL);

      if (weakref_bond_start_for_binding (self, ends[i % 2], ends[1 - i % 2], NULL, ended_cb,
                                          (gpointer) "bond", NULL, NULL))
        weakref_bond_break (self);
      g_object_unref (self);
      /* GLib before 2.80 does not protect its list of weak references in there. */
      if (i % 100 == 0 && glib_check_version (2, 80, 0) == NULL)
        g_object_run_dispose (ends[0]);
    }

  return NULL;
}

static void
test_threads_bond_and_break (void)
{
  gpointer ends[2] = { test_probe_new ("p"), test_probe_new ("c") };

  test_threads (4, bond_thread, ends);
  g_free (test_log_steal ());
  g_object_unref (ends[0]);
  g_object_unref (ends[1]);
  g_free (test_log_steal ());
}

int
main (int argc, char *argv[])
{
  test_init (&argc, &argv, "/weakref/bond/binding");

  test_case (holds_neither);
  test_case (all_are_dead_when_the_first_dies);
  test_case (leaves_with_an_early_dispose);
  test_case (all_are_dead_although_the_first_is_held);
  test_case (leaves_although_it_is_dropped);
  test_case (has_one_owner_and_no_cycles);
  test_case (is_taken_over);
  test_case (tells_in_the_context);
  test_case (lists_nothing_of_others);
  test_case (threads_bond_and_break);

  return g_test_run ();
}
