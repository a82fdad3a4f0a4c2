/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Bonds: objects that are bonded or resurrected in a dispose, and the toggle reference of a
 * language binding. */

#include "bond-common.h"

/* Bonds made in the middle of a dispose */

typedef struct
{
  gpointer owner; /* NULL for the probe itself */
  gpointer owned;
  WeakrefBond *bond;
} Late;

static void
bond_late_cb (TestProbe *probe, gpointer user_data)
{
  Late *late = user_data;
  GError *error = NULL;

  late->bond = weakref_bond_new (late->owner != NULL ? late->owner : probe,
                                 late->owned != NULL ? late->owned : probe, &error);
  g_assert_no_error (error);
  test_log (weakref_bond_is_alive (late->bond) ? "bonded" : "!bonded");
}

static void
test_made_in_dispose_ends_with_it (void)
{
  TestProbe *q = test_probe_new ("q");
  TestProbe *c = test_probe_new ("c");
  Late late = { q, NULL, NULL };

  /* As what is owned. */
  test_probe_set_on_dispose (c, bond_late_cb, &late);
  g_object_unref (c);
  assert_log ("-c bonded ~c");
  g_assert_false (weakref_bond_is_alive (late.bond));
  g_assert_finalize_object (late.bond);

  /* The probe is an owner, and already bonded. */
  c = test_probe_new ("c");
  bond (q, c);
  g_object_unref (c);
  c = test_probe_new ("d");
  late = (Late) { NULL, c, NULL };
  test_probe_set_on_dispose (q, bond_late_cb, &late);
  g_object_unref (q);
  assert_log ("-q bonded ~q -c ~c");
  g_assert_false (weakref_bond_is_alive (late.bond));
  g_assert_finalize_object (late.bond);
  g_object_unref (c);
  assert_log ("-d ~d");
}

static void
test_owned_saved_by_owners_dispose (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *q = test_probe_new ("q");
  TestProbe *c = test_probe_new ("c");
  TestProbe *d = test_probe_new ("d");
  WeakrefBond *old = weakref_bond_new (p, c, NULL);
  Late late = { q, c, NULL };
  WeakrefRef *ref;

  bond (c, d);
  g_object_unref (d);
  g_object_unref (c);
  test_probe_set_on_dispose (p, bond_late_cb, &late);
  g_object_unref (p);
  assert_log ("-p bonded ~p");
  g_assert_false (weakref_bond_is_alive (old));
  g_assert_true (weakref_bond_is_alive (late.bond));
  g_object_unref (old);

  /* Its new owner keeps it, with what it owns itself; and it keeps its new owner. */
  ref = weakref_ref_new (q);
  c = weakref_bond_dup_owned (late.bond);
  g_object_unref (q);
  assert_refers (ref, q);
  assert_log ("");
  g_object_unref (c);
  assert_log ("-q ~q -c ~c -d ~d");
  g_object_unref (late.bond);
  g_object_unref (ref);
}

/* A dispose that resurrects the object and does not chain up. Nobody is notified of it. */
static void
test_resurrected_without_a_word (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  TestProbe *d = test_probe_new ("d");
  TestProbe *again = NULL;
  WeakrefBond *self = weakref_bond_new (p, c, NULL);

  g_object_unref (c);
  test_probe_resurrect (p, &again, FALSE);
  g_object_unref (p);
  assert_log ("-p");
  g_assert_false (weakref_bond_is_alive (self));

  /* This is a new life, which keeps the bonds of the old one. */
  bond (p, d);
  g_object_unref (d);
  g_object_unref (again);
  assert_log ("~p -d ~d -c ~c");
  g_object_unref (self);
}

static WeakrefBond *late_bond;

static void
bond_later_cb (gpointer owned, GObject *owner)
{
  late_bond = weakref_bond_new (owner, owned, NULL);
}

/* So late that GLib does not notify of it. */
static void
test_bonded_late_in_run_dispose (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefRef *ref = weakref_ref_new (p);

  /* After ours. */
  g_object_weak_ref (G_OBJECT (p), bond_later_cb, c);
  g_object_run_dispose (G_OBJECT (p));
  assert_log ("-p");
  g_assert_null (weakref_bond_dup_owner (late_bond));
  g_assert_null (weakref_bond_dup_owned (late_bond));
  g_assert_false (weakref_bond_is_alive (late_bond));

  g_signal_connect (late_bond, "notify::alive", G_CALLBACK (log_notify_cb), (gpointer) "end");
  g_object_unref (ref);
  ref = weakref_ref_new (p);
  assert_log ("end");
  g_object_unref (ref);
  g_object_unref (late_bond);
  g_object_unref (p);
  assert_log ("~p");
  g_object_unref (c);
  assert_log ("-c ~c");
}

/* The toggle reference of a binding */

static void
binding_toggle_cb (gpointer data, GObject *object, gboolean is_last_ref)
{
  test_log ("binding:%s", is_last_ref ? "weak" : "strong");
}

/* Such a bond says that it does not end. */
static WeakrefBond *
bond_with_warning (gpointer owner, gpointer owned)
{
  WeakrefBond *self;

  g_test_expect_message ("Weakref", G_LOG_LEVEL_WARNING, "*TestProbe*toggle reference*");
  self = weakref_bond_new (owner, owned, NULL);
  g_test_assert_expected_messages ();

  return self;
}

static void
test_with_toggle_of_a_binding (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *self;

  /* The wrapper: if it has the only reference, it is notified of that. */
  g_object_add_toggle_ref (G_OBJECT (c), binding_toggle_cb, NULL);
  g_object_unref (c);
  assert_log ("binding:weak");

  /* With ours, neither is notified. The objects go late, but none is lost. */
  g_object_ref (c);
  assert_log ("binding:strong");
  self = bond_with_warning (p, c);
  g_object_unref (c);
  g_object_unref (p);
  assert_log ("");

  /* When the bond is broken, the binding is notified again. */
  weakref_bond_break (self);
  assert_log ("-p ~p binding:weak");
  g_object_remove_toggle_ref (G_OBJECT (c), binding_toggle_cb, NULL);
  assert_log ("-c ~c");
  g_object_unref (self);
}

static void
test_with_toggle_that_goes (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");

  bond (p, c);
  g_object_add_toggle_ref (G_OBJECT (c), binding_toggle_cb, NULL);
  g_object_unref (p);
  g_object_unref (c);
  assert_log ("");
  g_object_remove_toggle_ref (G_OBJECT (c), binding_toggle_cb, NULL);
  assert_log ("-p ~p -c ~c");
}

/* It was there before ours. */
static void
test_with_toggle_that_was_there (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *self;

  g_object_add_toggle_ref (G_OBJECT (c), binding_toggle_cb, NULL);
  self = bond_with_warning (p, c);
  g_object_unref (p);
  g_object_unref (c);
  g_object_remove_toggle_ref (G_OBJECT (c), binding_toggle_cb, NULL);
  /* Before GLib 2.80 we do not add a second toggle reference. So the objects go late. */
  if (glib_check_version (2, 80, 0) != NULL)
    {
      assert_log ("");
      weakref_bond_break (self);
      assert_log ("-p ~p -c ~c");
    }
  else
    assert_log ("-p ~p -c ~c");
  g_object_unref (self);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/bond");

  test_case (bonded_late_in_run_dispose);
  test_case (made_in_dispose_ends_with_it);
  test_case (owned_saved_by_owners_dispose);
  test_case (resurrected_without_a_word);
  test_case (with_toggle_of_a_binding);
  test_case (with_toggle_that_goes);
  test_case (with_toggle_that_was_there);

  return g_test_run ();
}
