/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include <pthread.h>

#include "probe.h"

/* Bonds, and drops the handle. */
static void
bond (gpointer owner, gpointer owned)
{
  GError *error = NULL;
  WeakrefBond *self = weakref_bond_new (owner, owned, &error);

  g_assert_no_error (error);
  g_assert_true (weakref_bond_is_alive (self));
  g_object_unref (self);
}

static void
assert_no_bond (gpointer owner, gpointer owned, int code)
{
  GError *error = NULL;

  g_assert_null (weakref_bond_new (owner, owned, &error));
  g_assert_error (error, WEAKREF_ERROR, code);
  g_error_free (error);
}

static void
assert_refers (WeakrefRef *ref, gpointer target)
{
  gpointer got = weakref_ref_get (ref);

  g_assert_true (got == target);
  g_clear_object (&got);
}

static void
log_notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  gboolean alive;

  g_object_get (object, "alive", &alive, NULL);
  test_log ("%s%s", (const char *) user_data, alive ? "!alive" : "");
}

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

/* What the owner finds in its dispose. */
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

  /* What was refused left nothing behind. */
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

  /* And can be bonded again, also the other way round. */
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
  /* What nobody else has goes at once; what somebody has is on its own. */
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
  /* It was all that kept the rest. */
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

  /* Both are dying: it makes no difference. */
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

  /* In the middle of another group's death: what dies of it comes after. */
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

  /* A new life, which can be known and bonded. */
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

  /* As an owner, which is bonded already. */
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

/* A dispose that neither goes through nor says so. */
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

  /* It is a new life, with what it has from the old one. */
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

/* Too late for anybody to say so. */
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

/* Trees */

#define DEPTH test_scale (10000, 200)
#define WIDTH test_scale (100000, 2000)

static void
assert_all_go (TestProbe **nodes, guint n, guint held)
{
  WeakrefRef *first = weakref_ref_new (nodes[0]);
  WeakrefRef *last = weakref_ref_new (nodes[n - 1]);
  guint i;

  for (i = 0; i < n; i++)
    if (i != held)
      g_object_unref (nodes[i]);
  g_assert_cmpuint (test_probe_count_alive (), ==, n);
  assert_refers (first, nodes[0]);
  assert_refers (last, nodes[n - 1]);

  g_object_unref (nodes[held]);
  g_assert_cmpuint (test_probe_count_alive (), ==, 0);
  assert_refers (first, NULL);
  assert_refers (last, NULL);
  g_object_unref (first);
  g_object_unref (last);
}

/* Goes from node to node, each held alone for a moment. */
static void
assert_all_keep_all (TestProbe **nodes, guint n)
{
  guint i;

  for (i = 1; i < n; i++)
    g_object_unref (nodes[i]);
  for (i = 1; i < n; i++)
    {
      g_object_ref (nodes[i]);
      g_object_unref (nodes[i - 1]);
    }
  g_assert_cmpuint (test_probe_count_alive (), ==, n);
  g_object_unref (nodes[n - 1]);
  g_assert_cmpuint (test_probe_count_alive (), ==, 0);
}

static TestProbe **
make_nodes (guint n)
{
  TestProbe **nodes = g_new (TestProbe *, n);
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < n; i++)
    nodes[i] = test_probe_new (NULL);

  return nodes;
}

static gpointer
deep_thread (gpointer data)
{
  TestProbe **nodes;
  guint held[] = { 0, DEPTH / 2, DEPTH - 1 };
  guint i;
  guint j;

  for (j = 0; j < G_N_ELEMENTS (held); j++)
    {
      nodes = make_nodes (DEPTH);
      /* From the top, from the bottom, and in two halves. */
      for (i = 1; i < DEPTH; i++)
        {
          if (j == 0)
            bond (nodes[i - 1], nodes[i]);
          else if (j == 1)
            bond (nodes[DEPTH - i - 1], nodes[DEPTH - i]);
          else if (i != DEPTH / 2)
            bond (nodes[i - 1], nodes[i]);
        }
      if (j == 2)
        bond (nodes[DEPTH / 2 - 1], nodes[DEPTH / 2]);
      assert_all_go (nodes, DEPTH, held[j]);
      g_free (nodes);
    }

  nodes = make_nodes (DEPTH);
  for (i = 1; i < DEPTH; i++)
    bond (nodes[i - 1], nodes[i]);
  assert_all_keep_all (nodes, DEPTH);
  g_free (nodes);

  /* Disposed from the top. */
  nodes = make_nodes (DEPTH);
  for (i = 1; i < DEPTH; i++)
    {
      bond (nodes[i - 1], nodes[i]);
      g_object_unref (nodes[i]);
    }
  g_object_run_dispose (G_OBJECT (nodes[0]));
  g_assert_cmpuint (test_probe_count_alive (), ==, 1);
  g_object_unref (nodes[0]);
  g_free (nodes);

  return NULL;
}

static void
test_deep (void)
{
  pthread_attr_t attr;
  pthread_t thread;

  pthread_attr_init (&attr);
  g_assert_cmpint (pthread_attr_setstacksize (&attr, 1024 * 1024), ==, 0);
  g_assert_cmpint (pthread_create (&thread, &attr, deep_thread, NULL), ==, 0);
  g_assert_cmpint (pthread_join (thread, NULL), ==, 0);
  pthread_attr_destroy (&attr);
}

static void
test_wide (void)
{
  guint held[] = { 0, WIDTH / 2 };
  TestProbe **nodes;
  guint i;
  guint j;

  for (j = 0; j < G_N_ELEMENTS (held); j++)
    {
      nodes = make_nodes (WIDTH);
      for (i = 1; i < WIDTH; i++)
        bond (nodes[0], nodes[i]);
      assert_all_go (nodes, WIDTH, held[j]);
      g_free (nodes);
    }

  nodes = make_nodes (WIDTH);
  for (i = 1; i < WIDTH; i++)
    bond (nodes[0], nodes[i]);
  assert_all_keep_all (nodes, WIDTH);
  g_free (nodes);

  /* Disposed from the top. */
  nodes = make_nodes (WIDTH);
  for (i = 1; i < WIDTH; i++)
    {
      bond (nodes[0], nodes[i]);
      g_object_unref (nodes[i]);
    }
  g_object_run_dispose (G_OBJECT (nodes[0]));
  g_assert_cmpuint (test_probe_count_alive (), ==, 1);
  g_object_unref (nodes[0]);
  g_free (nodes);
}

/* A chain that is taken apart link by link, from the end that is worse. */
static void
test_taken_apart (void)
{
  guint top;
  guint i;

  for (top = 0; top < 2; top++)
    {
      TestProbe **nodes = make_nodes (DEPTH);
      WeakrefBond **bonds = g_new (WeakrefBond *, DEPTH);

      for (i = 1; i < DEPTH; i++)
        bonds[i] = weakref_bond_new (nodes[i - 1], nodes[i], NULL);
      for (i = 1; i < DEPTH; i++)
        g_assert_true (weakref_bond_break (bonds[top ? i : DEPTH - i]));
      for (i = 1; i < DEPTH; i++)
        g_object_unref (bonds[i]);
      for (i = 0; i < DEPTH; i++)
        g_object_unref (nodes[i]);
      g_free (nodes);
      g_free (bonds);
    }
}

/* A small wood, done to at random, against a model of it */

#define N_NODES 24

typedef struct
{
  TestProbe *node; /* (unowned) while alive */
  WeakrefRef *ref;
  WeakrefBond *bond;
  int parent;
  guint held;
  gboolean alive;
} Node;

static int
root_of (Node *nodes, int i)
{
  while (nodes[i].parent >= 0)
    i = nodes[i].parent;
  return i;
}

/* What the model says has died is forgotten. */
static void
settle (Node *nodes)
{
  gboolean held[N_NODES] = { FALSE };
  int roots[N_NODES];
  int i;

  for (i = 0; i < N_NODES; i++)
    {
      roots[i] = root_of (nodes, i);
      held[roots[i]] |= nodes[i].held > 0;
    }
  for (i = 0; i < N_NODES; i++)
    {
      gboolean alive = held[roots[i]];
      gpointer got;

      if (!nodes[i].alive)
        continue;
      got = weakref_ref_get (nodes[i].ref);
      g_assert_true (got == (alive ? nodes[i].node : NULL));
      g_clear_object (&got);
      g_assert_true (nodes[i].bond == NULL ||
                     weakref_bond_is_alive (nodes[i].bond) == (nodes[i].parent >= 0 && alive));
      if (!alive)
        {
          g_clear_object (&nodes[i].ref);
          g_clear_object (&nodes[i].bond);
          nodes[i].alive = FALSE;
          nodes[i].parent = -1;
        }
    }
}

static void
do_something (Node *nodes, int a, int b)
{
  GError *error = NULL;
  int i;

  if (!nodes[a].alive)
    {
      nodes[a] = (Node) { test_probe_new (NULL), NULL, NULL, -1, 1, TRUE };
      nodes[a].ref = weakref_ref_new (nodes[a].node);
      return;
    }

  switch (g_test_rand_int_range (0, 16))
    {
    case 0:
    case 1:
    case 2:
      nodes[a].held++;
      g_assert_true (weakref_ref_get (nodes[a].ref) == nodes[a].node);
      break;
    case 3:
      if (nodes[a].bond != NULL)
        {
          g_assert_true (weakref_bond_break (nodes[a].bond) == (nodes[a].parent >= 0));
          g_clear_object (&nodes[a].bond);
          nodes[a].parent = -1;
        }
      break;
    case 4:
      if (nodes[a].held > 0)
        {
          g_object_run_dispose (G_OBJECT (nodes[a].node));
          g_assert_false (weakref_ref_is_alive (nodes[a].ref));
          g_object_unref (nodes[a].ref);
          nodes[a].ref = weakref_ref_new (nodes[a].node);
          nodes[a].parent = -1;
          for (i = 0; i < N_NODES; i++)
            if (nodes[i].parent == a)
              nodes[i].parent = -1;
        }
      break;
    case 5:
    case 6:
    case 7:
    case 8:
    case 9:
      if (nodes[b].alive && nodes[a].held > 0 && nodes[b].held > 0)
        {
          int code = -1;
          WeakrefBond *self = weakref_bond_new (nodes[a].node, nodes[b].node, &error);

          if (a == b)
            code = WEAKREF_ERROR_CYCLE;
          else if (nodes[b].parent >= 0)
            code = WEAKREF_ERROR_OWNED;
          else if (root_of (nodes, a) == b)
            code = WEAKREF_ERROR_CYCLE;

          if (code >= 0)
            {
              g_assert_null (self);
              g_assert_error (error, WEAKREF_ERROR, code);
              g_error_free (error);
            }
          else
            {
              g_assert_no_error (error);
              g_clear_object (&nodes[b].bond);
              nodes[b].bond = self;
              nodes[b].parent = a;
            }
        }
      break;
    default:
      if (nodes[a].held > 0)
        {
          nodes[a].held--;
          g_object_unref (nodes[a].node);
        }
    }
}

static void
test_random_wood (void)
{
  Node nodes[N_NODES] = { 0 };
  guint alive;
  guint n;
  int i;

  test_log_set_probes (FALSE);
  for (i = 0; i < N_NODES; i++)
    nodes[i].parent = -1;

  for (n = 0; n < 20000; n++)
    {
      do_something (nodes, g_test_rand_int_range (0, N_NODES), g_test_rand_int_range (0, N_NODES));
      settle (nodes);
      for (alive = 0, i = 0; i < N_NODES; i++)
        alive += nodes[i].alive;
      g_assert_cmpuint (test_probe_count_alive (), ==, alive);
    }

  for (i = 0; i < N_NODES; i++)
    while (nodes[i].held > 0)
      {
        nodes[i].held--;
        g_object_unref (nodes[i].node);
      }
  settle (nodes);
}

/* Threads */

#define N_THREADS 4
#define N_HUNTED 64

/* The family that all threads are after: a new one whenever the last has died. */
typedef struct
{
  GMutex lock;
  WeakrefRef *refs[N_HUNTED];
  GWeakRef plain[N_HUNTED];
  guint n_made;
  guint n_wanted;
  gint n_shared; /* (atomic): how often a thread had one that another one had made */
} Hunt;

/* Returns the root, which keeps it for now. */
static TestProbe *
hunt_make_locked (Hunt *hunt)
{
  TestProbe *family[N_HUNTED];
  guint i;

  for (i = 0; i < N_HUNTED; i++)
    {
      family[i] = test_probe_new (NULL);
      if (i > 0)
        bond (family[(i - 1) / 2], family[i]);
      g_clear_object (&hunt->refs[i]);
      hunt->refs[i] = weakref_ref_new (family[i]);
      g_weak_ref_set (&hunt->plain[i], family[i]);
    }
  for (i = 1; i < N_HUNTED; i++)
    g_object_unref (family[i]);
  hunt->n_made++;

  return family[0];
}

static gboolean
hunt_goes_on_locked (Hunt *hunt)
{
  return hunt->n_made < hunt->n_wanted || g_atomic_int_get (&hunt->n_shared) == 0;
}

/* Long enough for the others to let go. */
static void
hunt_rest (GRand *rand)
{
  volatile guint n = g_rand_int_range (rand, 0, 1000);

  while (n > 0)
    n--;
}

static gpointer
hunt_thread (gpointer data)
{
  Hunt *hunt = data;
  GRand *rand = g_rand_new ();
  TestProbe *held = NULL;
  gboolean more = TRUE;

  while (more)
    {
      WeakrefRef *refs[N_HUNTED];
      gboolean dead = FALSE;
      guint n_had = 0;
      guint i;

      g_mutex_lock (&hunt->lock);
      for (i = 0; i < N_HUNTED; i++)
        refs[i] = g_object_ref (hunt->refs[i]);
      g_mutex_unlock (&hunt->lock);
      g_clear_object (&held);

      while (!dead)
        {
          guint n_hops = g_rand_int_range (rand, 1, 4);

          while (n_hops-- > 0 && !dead)
            {
              TestProbe *got = weakref_ref_get (refs[g_rand_int_range (rand, 0, N_HUNTED)]);

              /* All or nothing, and it stays so while one has any. */
              g_assert_true (held == NULL || got != NULL);
              g_assert_true (held == NULL || !test_probe_was_disposed (held));
              g_assert_true (got == NULL || !test_probe_was_disposed (got));
              g_clear_object (&held);
              held = got;
              dead = got == NULL;
              n_had += !dead;
            }
          g_clear_object (&held);
          hunt_rest (rand);
        }

      for (i = 0; i < N_HUNTED; i++)
        g_assert_null (weakref_ref_get (refs[i]));
      if (n_had > 0)
        g_atomic_int_inc (&hunt->n_shared);

      g_mutex_lock (&hunt->lock);
      if (hunt->refs[0] == refs[0])
        held = hunt_make_locked (hunt);
      more = hunt_goes_on_locked (hunt);
      g_mutex_unlock (&hunt->lock);

      for (i = 0; i < N_HUNTED; i++)
        g_object_unref (refs[i]);
    }

  g_clear_object (&held);
  g_rand_free (rand);

  return NULL;
}

static void
hunt_run (GThreadFunc func, guint n_wanted)
{
  Hunt hunt = { .n_wanted = n_wanted };
  guint i;

  test_log_set_probes (FALSE);
  g_mutex_init (&hunt.lock);
  for (i = 0; i < N_HUNTED; i++)
    g_weak_ref_init (&hunt.plain[i], NULL);
  g_object_unref (hunt_make_locked (&hunt));
  test_threads (N_THREADS, func, &hunt);
  g_test_message ("%u families, %d shared", hunt.n_made, g_atomic_int_get (&hunt.n_shared));

  for (i = 0; i < N_HUNTED; i++)
    {
      assert_refers (hunt.refs[i], NULL);
      g_object_unref (hunt.refs[i]);
      g_weak_ref_clear (&hunt.plain[i]);
    }
  g_mutex_clear (&hunt.lock);
}

static void
test_threads_get_all_or_nothing (void)
{
  hunt_run (hunt_thread, test_scale (600, 12));
}

/* GLib's own weak references may give a member that is on its own, but never a dead one. */
static gpointer
plain_thread (gpointer data)
{
  Hunt *hunt = data;
  GRand *rand = g_rand_new ();
  gboolean more = TRUE;

  while (more)
    {
      TestProbe *got = g_weak_ref_get (&hunt->plain[g_rand_int_range (rand, 0, N_HUNTED)]);

      if (got != NULL)
        {
          g_atomic_int_inc (&hunt->n_shared);
          g_assert_false (test_probe_was_disposed (got));
          hunt_rest (rand);
          g_assert_false (test_probe_was_disposed (got));
        }
      else
        {
          g_mutex_lock (&hunt->lock);
          got = hunt_make_locked (hunt);
          more = hunt_goes_on_locked (hunt);
          g_mutex_unlock (&hunt->lock);
        }

      g_object_unref (got);
      hunt_rest (rand);
    }

  g_rand_free (rand);

  return NULL;
}

static void
test_threads_with_plain_weak_refs (void)
{
  hunt_run (plain_thread, test_scale (600, 12));
}

typedef struct
{
  TestProbe *nodes[8];
  GMutex lock;
  WeakrefBond *bonds[8];
  gint n_bonded; /* (atomic) */
} Wood;

static gpointer
wood_thread (gpointer data)
{
  Wood *wood = data;
  /* GLib before 2.80 crashes by itself when an object is used elsewhere meanwhile. */
  gboolean share_run_dispose = glib_check_version (2, 80, 0) == NULL;
  GRand *rand = g_rand_new ();
  guint n;

  for (n = 0; n < test_scale (50000, 1000); n++)
    {
      guint a = g_rand_int_range (rand, 0, 8);
      guint b = g_rand_int_range (rand, 0, 8);
      WeakrefBond *self;

      if (share_run_dispose && g_rand_int_range (rand, 0, 200) == 0)
        g_object_run_dispose (G_OBJECT (wood->nodes[a]));
      self = weakref_bond_new (wood->nodes[a], wood->nodes[b], NULL);
      if (self == NULL)
        {
          g_mutex_lock (&wood->lock);
          self = g_steal_pointer (&wood->bonds[b]);
          g_mutex_unlock (&wood->lock);
          if (self != NULL)
            {
              weakref_bond_break (self);
              g_object_unref (self);
            }
          continue;
        }

      g_atomic_int_inc (&wood->n_bonded);
      g_mutex_lock (&wood->lock);
      if (wood->bonds[b] == NULL)
        wood->bonds[b] = g_steal_pointer (&self);
      g_mutex_unlock (&wood->lock);
      if (self != NULL)
        {
          weakref_bond_break (self);
          g_object_unref (self);
        }
    }

  g_rand_free (rand);

  return NULL;
}

static void
test_threads_bond_and_break (void)
{
  Wood wood = { .n_bonded = 0 };
  guint i;

  test_log_set_probes (FALSE);
  g_mutex_init (&wood.lock);
  for (i = 0; i < 8; i++)
    wood.nodes[i] = test_probe_new (NULL);
  test_threads (N_THREADS, wood_thread, &wood);
  g_assert_cmpint (wood.n_bonded, >, 100);

  g_assert_cmpuint (test_probe_count_alive (), ==, 8);
  for (i = 0; i < 8; i++)
    g_object_unref (wood.nodes[i]);
  g_assert_cmpuint (test_probe_count_alive (), ==, 0);
  for (i = 0; i < 8; i++)
    g_clear_object (&wood.bonds[i]);
  g_mutex_clear (&wood.lock);
}

/* Bonds come and go while others take and drop what is bonded: somebody is always in the middle of
 * a notification when the toggle references go. */
typedef struct
{
  GMutex lock;
  WeakrefRef *refs[2]; /* lock */
  WeakrefBond *bond;   /* lock */
  gint n_done;         /* (atomic): threads */
} Couple;

static void
couple_swap_bond_locked (Couple *couple, WeakrefBond **bond)
{
  WeakrefBond *old = couple->bond;

  couple->bond = *bond;
  *bond = old;
}

/* If nobody else has made them anew. */
static void
couple_make (Couple *couple, WeakrefRef *ref)
{
  TestProbe *nodes[2] = { NULL };
  WeakrefBond *bond = NULL;
  guint i;

  g_mutex_lock (&couple->lock);
  if (couple->refs[0] == ref)
    {
      for (i = 0; i < 2; i++)
        {
          nodes[i] = test_probe_new (NULL);
          g_clear_object (&couple->refs[i]);
          couple->refs[i] = weakref_ref_new (nodes[i]);
        }
      bond = weakref_bond_new (nodes[0], nodes[1], NULL);
      couple_swap_bond_locked (couple, &bond);
    }
  g_mutex_unlock (&couple->lock);

  g_clear_object (&bond);
  g_clear_object (&nodes[0]);
  g_clear_object (&nodes[1]);
}

static void
couple_get (Couple *couple, WeakrefRef *refs[2], WeakrefBond **bond)
{
  g_mutex_lock (&couple->lock);
  refs[0] = g_object_ref (couple->refs[0]);
  refs[1] = g_object_ref (couple->refs[1]);
  if (bond != NULL)
    *bond = g_object_ref (couple->bond);
  g_mutex_unlock (&couple->lock);
}

static void
couple_use (Couple *couple)
{
  WeakrefRef *refs[2];
  TestProbe *node = NULL;
  guint i;

  couple_get (couple, refs, NULL);
  for (i = 0; i < 20; i++)
    {
      node = weakref_ref_get (refs[i % 2]);
      if (node == NULL)
        break;
      g_assert_false (test_probe_was_disposed (node));
      g_object_unref (node);
    }
  if (node == NULL)
    couple_make (couple, refs[0]);
  g_object_unref (refs[0]);
  g_object_unref (refs[1]);
}

static void
couple_rebond (Couple *couple)
{
  GError *error = NULL;
  WeakrefRef *refs[2];
  WeakrefBond *bond;
  gpointer nodes[2];

  couple_get (couple, refs, &bond);
  nodes[0] = weakref_ref_get (refs[0]);
  nodes[1] = weakref_ref_get (refs[1]);
  weakref_bond_break (bond);
  g_clear_object (&bond);
  if (nodes[0] != NULL && nodes[1] != NULL)
    bond = weakref_bond_new (nodes[0], nodes[1], &error);
  /* All that can have come in between is another bond. */
  g_assert_true (error == NULL || g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_OWNED));
  g_clear_error (&error);
  if (bond != NULL)
    {
      g_mutex_lock (&couple->lock);
      if (couple->refs[0] == refs[0])
        couple_swap_bond_locked (couple, &bond);
      g_mutex_unlock (&couple->lock);
      g_clear_object (&bond);
    }
  g_clear_object (&nodes[0]);
  g_clear_object (&nodes[1]);
  g_object_unref (refs[0]);
  g_object_unref (refs[1]);
}

static gpointer
couple_use_thread (gpointer data)
{
  Couple *couple = data;
  guint n;

  for (n = 0; n < test_scale (4000, 200); n++)
    {
      couple_use (couple);
      if (n % 16 == 0)
        g_thread_yield ();
    }
  g_atomic_int_inc (&couple->n_done);

  return NULL;
}

static gpointer
couple_rebond_thread (gpointer data)
{
  Couple *couple = data;

  while (g_atomic_int_get (&couple->n_done) < N_THREADS)
    couple_rebond (couple);

  return NULL;
}

static void
test_threads_break_while_others_drop (void)
{
  Couple couple = { .bond = NULL };
  GThread *rebonders[2];
  guint i;

  test_log_set_probes (FALSE);
  g_mutex_init (&couple.lock);
  couple_make (&couple, NULL);
  for (i = 0; i < G_N_ELEMENTS (rebonders); i++)
    rebonders[i] = g_thread_new ("rebond", couple_rebond_thread, &couple);
  test_threads (N_THREADS, couple_use_thread, &couple);
  for (i = 0; i < G_N_ELEMENTS (rebonders); i++)
    g_thread_join (rebonders[i]);

  g_assert_cmpuint (test_probe_count_alive (), ==, 0);
  g_clear_object (&couple.bond);
  g_clear_object (&couple.refs[0]);
  g_clear_object (&couple.refs[1]);
  g_mutex_clear (&couple.lock);
}

/* The toggle reference of a binding */

static void
binding_toggle_cb (gpointer data, GObject *object, gboolean is_last_ref)
{
  test_log ("binding:%s", is_last_ref ? "weak" : "strong");
}

static void
test_with_toggle_of_a_binding (void)
{
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *self;

  /* The wrapper: alone, it is told that it is the last. */
  g_object_add_toggle_ref (G_OBJECT (c), binding_toggle_cb, NULL);
  g_object_unref (c);
  assert_log ("binding:weak");

  /* With ours, neither is told anything: late, but nothing is lost. */
  g_object_ref (c);
  assert_log ("binding:strong");
  self = weakref_bond_new (p, c, NULL);
  g_object_unref (c);
  g_object_unref (p);
  assert_log ("");

  /* When the bond is broken, the binding is in charge again. */
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
  self = weakref_bond_new (p, c, NULL);
  g_object_unref (p);
  g_object_unref (c);
  g_object_remove_toggle_ref (G_OBJECT (c), binding_toggle_cb, NULL);
  /* Before GLib 2.80, we did not dare add one; so it is late. */
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
  g_test_init (&argc, &argv, NULL);

  test_add ("/weakref/bond/owner-keeps-owned", test_owner_keeps_owned);
  test_add ("/weakref/bond/owned-keeps-owner", test_owned_keeps_owner);
  test_add ("/weakref/bond/handed-to-and-fro", test_handed_to_and_fro);
  test_add ("/weakref/bond/tells-of-its-end", test_tells_of_its_end);
  test_add ("/weakref/bond/dies-as-a-whole", test_dies_as_a_whole);
  test_add ("/weakref/bond/takes-floating", test_takes_floating);
  test_add ("/weakref/bond/any-node-keeps-all", test_any_node_keeps_all);
  test_add ("/weakref/bond/refuses", test_refuses);
  test_add ("/weakref/bond/break-frees-the-owned", test_break_frees_the_owned);
  test_add ("/weakref/bond/break-frees-the-owner", test_break_frees_the_owner);
  test_add ("/weakref/bond/broken-objects-are-as-before", test_broken_objects_are_as_before);
  test_add ("/weakref/bond/reparent", test_reparent);
  test_add ("/weakref/bond/owner-disposed-early", test_owner_disposed_early);
  test_add ("/weakref/bond/owned-disposed-early", test_owned_disposed_early);
  test_add ("/weakref/bond/bonded-late-in-run-dispose", test_bonded_late_in_run_dispose);
  test_add ("/weakref/bond/break-in-dispose", test_break_in_dispose);
  test_add ("/weakref/bond/break-in-callbacks", test_break_in_callbacks);
  test_add ("/weakref/bond/resurrected-owner-keeps-owned", test_resurrected_owner_keeps_owned);
  test_add ("/weakref/bond/owned-kept-by-owners-dispose", test_owned_kept_by_owners_dispose);
  test_add ("/weakref/bond/made-in-dispose-ends-with-it", test_made_in_dispose_ends_with_it);
  test_add ("/weakref/bond/owned-saved-by-owners-dispose", test_owned_saved_by_owners_dispose);
  test_add ("/weakref/bond/resurrected-without-a-word", test_resurrected_without_a_word);
  test_add ("/weakref/bond/deep", test_deep);
  test_add ("/weakref/bond/wide", test_wide);
  test_add ("/weakref/bond/taken-apart", test_taken_apart);
  test_add ("/weakref/bond/random-wood", test_random_wood);
  test_add ("/weakref/bond/threads-get-all-or-nothing", test_threads_get_all_or_nothing);
  test_add ("/weakref/bond/threads-with-plain-weak-refs", test_threads_with_plain_weak_refs);
  test_add ("/weakref/bond/threads-bond-and-break", test_threads_bond_and_break);
  test_add ("/weakref/bond/threads-break-while-others-drop", test_threads_break_while_others_drop);
  test_add ("/weakref/bond/with-toggle-of-a-binding", test_with_toggle_of_a_binding);
  test_add ("/weakref/bond/with-toggle-that-goes", test_with_toggle_that_goes);
  test_add ("/weakref/bond/with-toggle-that-was-there", test_with_toggle_that_was_there);

  return g_test_run ();
}
