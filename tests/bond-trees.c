/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Bonds: deep, wide and long trees. */

#include <pthread.h>

#include "bond-common.h"

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

/* Goes from node to node. For a moment, only one of them is held. */
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
      /* Builds the tree from the top, from the bottom, and from two halves. */
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

/* A chain whose bonds are broken one by one, from the end that takes longer. */
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

/* Random operations on some small trees, against a model of them */

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

/* Forgets what has died, according to the model. */
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

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/bond");

  test_case (deep);
  test_case (wide);
  test_case (taken_apart);
  test_case (random_wood);

  return g_test_run ();
}
