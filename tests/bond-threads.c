/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Bonds: several threads at once. */

#include "bond-common.h"

#define N_THREADS 4
#define N_HUNTED 64

/* The family that all threads try to get. Whenever it has died, there is a new one. */
typedef struct
{
  GMutex lock;
  WeakrefRef *refs[N_HUNTED];
  GWeakRef plain[N_HUNTED];
  guint n_made;
  guint n_wanted;
  gint n_shared; /* (atomic): how often a thread had one that another one had made */
} Hunt;

/* Returns the root, which keeps the family alive until the caller drops it. */
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

/* This takes long enough for the others to drop their references. */
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

              /* A thread gets all of them or none, and they stay alive while it has one. */
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

/* GLib's own weak references may give a member without its family, but never a dead one. */
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

/* Makes new ones, if no other thread has done so. */
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
  /* Only another bond can have been made in between. */
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

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/bond");

  test_case (threads_get_all_or_nothing);
  test_case (threads_with_plain_weak_refs);
  test_case (threads_bond_and_break);
  test_case (threads_break_while_others_drop);

  return g_test_run ();
}
