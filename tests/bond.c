/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Bonds: two objects with one lifetime, and a random forest of them against a model. */

#include "bond-common.h"

#define assert_no_bond(owner, owned, code)                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    GError *assert_no_bond_error = NULL;                                                           \
    g_assert_null (weakref_bond_new (owner, owned, &assert_no_bond_error));                        \
    g_assert_error (assert_no_bond_error, WEAKREF_ERROR, code);                                    \
    g_error_free (assert_no_bond_error);                                                           \
  }                                                                                                \
  G_STMT_END

/* A bond that logs its end. */
static WeakrefBond *
logging_bond (gpointer owner, gpointer owned, const char *name)
{
  WeakrefBond *self = weakref_bond_new (owner, owned, NULL);

  g_signal_connect (self, "notify::alive", G_CALLBACK (log_notify_cb), (gpointer) name);

  return self;
}

static void
log_cb (WeakrefRef *ref, gpointer user_data)
{
  test_log ("%s", (const char *) user_data);
}

static void
test_owner_keeps_owned (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefRef *ref = weakref_ref_new (c);

  bond (p, c);
  g_object_unref (c);
  assert_log ("");
  assert_refers (ref, c);

  g_object_unref (p);
  assert_log ("-p ~p -c ~c");
  assert_refers (ref, NULL);
  g_object_unref (ref);
}

static void
test_owned_keeps_owner (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefRef *ref = weakref_ref_new (p);

  bond (p, c);
  g_object_unref (p);
  assert_log ("");
  assert_refers (ref, p);
  g_assert_cmpstr (test_probe_get_name (p), ==, "p");

  g_object_unref (c);
  assert_log ("-p ~p -c ~c");
  assert_refers (ref, NULL);
  g_object_unref (ref);
}

static void
test_handed_to_and_fro (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  guint i;

  bond (p, c);
  g_object_unref (c);
  for (i = 0; i < 10; i++)
    {
      g_object_ref (c);
      g_object_unref (p);
      assert_log ("");
      g_object_ref (p);
      g_object_unref (c);
      assert_log ("");
    }
  g_object_unref (p);
  assert_log ("-p ~p -c ~c");
}

static void
test_tells_of_its_end (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *self = logging_bond (p, c, "end");
  gpointer owner;
  gpointer owned;

  g_object_get (self, "owner", &owner, "owned", &owned, NULL);
  g_assert_true (owner == p);
  g_assert_true (owned == c);
  g_object_unref (owner);
  g_object_unref (owned);

  g_object_unref (c);
  g_object_unref (p);
  assert_log ("-p ~p end -c ~c");
  g_assert_false (weakref_bond_is_alive (self));
  g_assert_null (weakref_bond_dup_owner (self));
  g_assert_null (weakref_bond_dup_owned (self));
  g_assert_false (weakref_bond_break (self));
  assert_log ("");
  g_assert_finalize_object (self);
}

/* The state that the owner finds in its dispose. */
static void
look_cb (TestProbe *probe, gpointer child)
{
  WeakrefRef **refs = g_object_get_data (G_OBJECT (probe), "refs");

  test_log ("%s-is-there", test_probe_get_name (child));
  assert_refers (refs[0], NULL);
  assert_refers (refs[1], NULL);
}

static void
test_dies_as_a_whole (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefRef *refs[2] = {
    weakref_ref_new_full (p, NULL, log_cb, (gpointer) "ref-p", NULL),
    weakref_ref_new_full (c, NULL, log_cb, (gpointer) "ref-c", NULL),
  };

  g_object_set_data (G_OBJECT (p), "refs", refs);
  test_probe_set_on_dispose (p, look_cb, c);
  bond (p, c);
  g_object_unref (c);
  g_object_unref (p);
  assert_log ("-p c-is-there ref-p ~p -c ref-c ~c");
  g_object_unref (refs[0]);
  g_object_unref (refs[1]);
}

static void
test_takes_floating (void)
{
  TestProbe *p = test_probe_new ("p");
  gpointer c = g_object_new (G_TYPE_INITIALLY_UNOWNED, NULL);
  gpointer d = g_object_new (G_TYPE_INITIALLY_UNOWNED, NULL);

  bond (p, c);
  g_assert_false (g_object_is_floating (c));
  assert_no_bond (d, d, WEAKREF_ERROR_CYCLE);
  g_assert_true (g_object_is_floating (d));
  g_assert_finalize_object (d);
  g_object_add_weak_pointer (c, &c);
  g_object_unref (p);
  g_assert_null (c);
  assert_log ("-p ~p");
}

/* p owns a and b, a owns c. */
static void
make_family (TestProbe *family[4])
{
  const char *names[] = { "p", "a", "b", "c" };
  guint i;

  for (i = 0; i < 4; i++)
    family[i] = test_probe_new (names[i]);
  bond (family[1], family[3]);
  bond (family[0], family[1]);
  bond (family[0], family[2]);
}

static void
test_any_node_keeps_all (void)
{
  guint held;

  for (held = 0; held < 4; held++)
    {
      TestProbe *family[4];
      guint i;

      make_family (family);
      for (i = 0; i < 4; i++)
        if (i != held)
          g_object_unref (family[i]);
      assert_log ("");
      g_object_unref (family[held]);
      assert_log ("-p ~p -b ~b -a ~a -c ~c");
    }
}

static void
test_refuses (void)
{
  TestProbe *family[4];
  TestProbe *q = test_probe_new ("q");
  guint i;

  make_family (family);
  assert_no_bond (family[0], family[0], WEAKREF_ERROR_CYCLE);
  assert_no_bond (family[1], family[1], WEAKREF_ERROR_CYCLE);
  assert_no_bond (q, q, WEAKREF_ERROR_CYCLE);
  assert_no_bond (family[1], family[0], WEAKREF_ERROR_CYCLE);
  assert_no_bond (family[3], family[0], WEAKREF_ERROR_CYCLE);
  assert_no_bond (family[0], family[1], WEAKREF_ERROR_OWNED);
  assert_no_bond (family[2], family[1], WEAKREF_ERROR_OWNED);
  assert_no_bond (q, family[3], WEAKREF_ERROR_OWNED);

  /* The bonds that were refused changed nothing. */
  g_object_unref (q);
  assert_log ("-q ~q");
  for (i = 0; i < 4; i++)
    g_object_unref (family[i]);
  assert_log ("-p ~p -b ~b -a ~a -c ~c");
}

static void
test_break_frees_the_owned (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *self = logging_bond (p, c, "end");

  g_object_unref (c);
  g_assert_true (weakref_bond_break (self));
  assert_log ("-c ~c end");
  g_assert_false (weakref_bond_break (self));
  g_object_unref (p);
  assert_log ("-p ~p");
  g_object_unref (self);
}

static void
test_break_frees_the_owner (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *self = logging_bond (p, c, "end");

  g_object_unref (p);
  g_assert_true (weakref_bond_break (self));
  assert_log ("-p ~p end");
  g_object_unref (c);
  assert_log ("-c ~c");
  g_object_unref (self);
}

static void
test_broken_objects_are_as_before (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *self = weakref_bond_new (p, c, NULL);
  WeakrefRef *ref = weakref_ref_new (c);

  g_assert_cmpuint (G_OBJECT (p)->ref_count, ==, 2);
  g_assert_cmpuint (G_OBJECT (c)->ref_count, ==, 2);
  weakref_bond_break (self);
  g_assert_finalize_object (self);
  g_assert_cmpuint (G_OBJECT (p)->ref_count, ==, 1);
  g_assert_cmpuint (G_OBJECT (c)->ref_count, ==, 1);
  assert_refers (ref, c);

  /* They can be bonded again, also with the roles exchanged. */
  bond (c, p);
  g_object_unref (p);
  assert_log ("");
  g_object_unref (c);
  assert_log ("-c ~c -p ~p");
  g_object_unref (ref);
}

static void
test_reparent (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *q = test_probe_new ("q");
  TestProbe *c = test_probe_new ("c");
  TestProbe *d = test_probe_new ("d");
  WeakrefBond *self = weakref_bond_new (p, c, NULL);

  bond (c, d);
  g_object_unref (d);
  assert_no_bond (q, c, WEAKREF_ERROR_OWNED);
  weakref_bond_break (self);
  g_object_unref (self);
  bond (q, c);
  g_object_unref (q);
  g_object_unref (p);
  assert_log ("-p ~p");
  g_object_ref (d);
  g_object_unref (c);
  assert_log ("");
  g_object_unref (d);
  assert_log ("-q ~q -c ~c -d ~d");
}

static void
test_owner_disposed_early (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  TestProbe *d = test_probe_new ("d");
  WeakrefBond *self = logging_bond (p, c, "end");

  bond (p, d);
  g_object_unref (d);
  g_object_run_dispose (G_OBJECT (p));
  /* An object that nobody else has goes at once. One that somebody has lives on alone. */
  assert_log ("-p -d ~d end");
  g_object_unref (c);
  assert_log ("-c ~c");
  g_object_unref (p);
  assert_log ("~p");
  g_object_unref (self);
}

static void
test_owned_disposed_early (void)
{
  TestProbe *family[4];

  make_family (family);
  g_object_unref (family[0]);
  g_object_unref (family[2]);
  g_object_unref (family[3]);
  /* Only this object kept the others alive. */
  g_object_run_dispose (G_OBJECT (family[1]));
  assert_log ("-a -p ~p -c ~c -b ~b");
  /* It can begin anew. */
  family[3] = test_probe_new ("c");
  bond (family[1], family[3]);
  g_object_unref (family[1]);
  assert_log ("");
  g_object_unref (family[3]);
  assert_log ("~a -c ~c");
}

static void
break_cb (TestProbe *probe, gpointer self)
{
  test_log (weakref_bond_break (self) ? "broken" : "too-late");
}

static void
test_break_in_dispose (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *self = logging_bond (p, c, "end");

  /* Both are dying, so it makes no difference. */
  test_probe_set_on_dispose (p, break_cb, self);
  g_object_unref (c);
  g_object_unref (p);
  assert_log ("-p too-late ~p end -c ~c");
  g_object_unref (self);

  /* Only one is. */
  p = test_probe_new ("p");
  c = test_probe_new ("c");
  self = logging_bond (p, c, "end");
  test_probe_set_on_dispose (p, break_cb, self);
  g_object_unref (c);
  g_object_run_dispose (G_OBJECT (p));
  assert_log ("-p -c ~c end broken");
  g_object_unref (p);
  assert_log ("~p");
  g_object_unref (self);
}

static void
break_other_cb (GObject *object, GParamSpec *pspec, gpointer other)
{
  test_log (weakref_bond_break (other) ? "broken" : "too-late");
}

static void
break_in_ref_cb (WeakrefRef *ref, gpointer other)
{
  break_other_cb (NULL, NULL, other);
}

static void
test_break_in_callbacks (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  TestProbe *q = test_probe_new ("q");
  TestProbe *d = test_probe_new ("d");
  WeakrefBond *one = logging_bond (p, c, "one");
  WeakrefBond *two = logging_bond (q, d, "two");
  WeakrefRef *ref;

  g_signal_connect (one, "notify::alive", G_CALLBACK (break_other_cb), two);
  g_object_unref (d);
  g_object_unref (c);
  weakref_bond_break (one);
  assert_log ("-c ~c one -d ~d two broken");
  g_object_unref (one);
  g_object_unref (two);

  /* This is in the middle of another group's death. What dies because of it dies afterwards. */
  c = test_probe_new ("c");
  d = test_probe_new ("d");
  one = logging_bond (p, c, "one");
  two = logging_bond (q, d, "two");
  ref = weakref_ref_new_full (p, NULL, break_in_ref_cb, two, NULL);
  g_object_unref (d);
  g_object_unref (c);
  g_object_unref (p);
  assert_log ("-p two broken ~p one -d ~d -c ~c");
  g_object_unref (q);
  assert_log ("-q ~q");
  g_object_unref (ref);
  g_object_unref (one);
  g_object_unref (two);
}

static void
test_resurrected_owner_keeps_owned (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  TestProbe *again = NULL;

  bond (p, c);
  g_object_unref (c);
  test_probe_resurrect (p, &again, TRUE);
  g_object_unref (p);
  assert_log ("-p");
  g_assert_true (again == p);
  g_object_unref (again);
  assert_log ("~p -c ~c");
}

static void
keep_cb (TestProbe *probe, gpointer child)
{
  g_object_ref (child);
}

static void
test_owned_kept_by_owners_dispose (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefRef *ref;

  bond (p, c);
  test_probe_set_on_dispose (p, keep_cb, c);
  g_object_unref (c);
  g_object_unref (p);
  assert_log ("-p ~p");

  /* This is a new life, which can be referred to and bonded. */
  ref = weakref_ref_new (c);
  assert_refers (ref, c);
  p = test_probe_new ("p");
  bond (p, c);
  g_object_unref (p);
  assert_log ("");
  g_object_unref (c);
  assert_log ("-p ~p -c ~c");
  g_object_unref (ref);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/bond");

  test_case (owner_keeps_owned);
  test_case (owned_keeps_owner);
  test_case (handed_to_and_fro);
  test_case (tells_of_its_end);
  test_case (dies_as_a_whole);
  test_case (takes_floating);
  test_case (any_node_keeps_all);
  test_case (refuses);
  test_case (break_frees_the_owned);
  test_case (break_frees_the_owner);
  test_case (broken_objects_are_as_before);
  test_case (reparent);
  test_case (owner_disposed_early);
  test_case (owned_disposed_early);
  test_case (break_in_dispose);
  test_case (break_in_callbacks);
  test_case (resurrected_owner_keeps_owned);
  test_case (owned_kept_by_owners_dispose);

  return g_test_run ();
}
