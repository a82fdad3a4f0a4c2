/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Finalizers in several threads: exactly one of those who end one has an effect. */

#include "finalizer-common.h"

#define N_THREADS 8

typedef struct
{
  gint next; /* (atomic) */
  TestProbe *probe;
  WeakrefFinalizer *self;
  gint n_run;      /* (atomic): calls of the function */
  gint n_ran;      /* (atomic): who was told that it ran it */
  gint n_detached; /* (atomic): who was told that it detached it */
  gint n_freed;    /* (atomic) */
} Race;

static void
race_run_cb (gpointer user_data)
{
  Race *race = user_data;

  g_assert_cmpint (g_atomic_int_get (&race->n_freed), ==, 0);
  g_atomic_int_inc (&race->n_run);
}

static void
race_freed_cb (gpointer user_data)
{
  g_atomic_int_inc (&((Race *) user_data)->n_freed);
}

static gpointer
race_thread (gpointer data)
{
  Race *race = data;
  gint part = g_atomic_int_add (&race->next, 1) % N_THREADS;
  gpointer target;

  if (part == 0)
    g_object_unref (race->probe);
  else if (part == 1)
    {
      target = weakref_finalizer_peek (race->self);
      g_assert_true (target == NULL || !test_probe_was_disposed (target));
      g_clear_object (&target);
    }
  else if (part % 2 == 0)
    {
      if (weakref_finalizer_run (race->self))
        g_atomic_int_inc (&race->n_ran);
    }
  else
    {
      if (weakref_finalizer_detach (race->self))
        g_atomic_int_inc (&race->n_detached);
    }

  return NULL;
}

static void
test_one_winner (void)
{
  guint n_rounds = test_scale (500, 20);
  guint n_wins[3] = { 0 };
  guint round;

  test_log_set_probes (FALSE);
  /* Until each of them has won. */
  for (round = 0; round < n_rounds || n_wins[0] * n_wins[1] * n_wins[2] == 0; round++)
    {
      /* Who comes last is on the processor, and has the best chance: it changes. */
      Race race = { .next = round, .probe = test_probe_new ("a") };

      race.self = weakref_finalizer_new_full (
        race.probe, NULL, round % 2 ? WEAKREF_PHASE_DISPOSE : WEAKREF_PHASE_FINALIZE, race_run_cb,
        &race, race_freed_cb);
      test_threads (N_THREADS, race_thread, &race);
      g_assert_cmpint (race.n_freed, ==, 1);
      g_assert_cmpint (race.n_run + race.n_detached, ==, 1);
      g_assert_cmpint (race.n_ran, <=, race.n_run);
      n_wins[0] += race.n_ran;
      n_wins[1] += race.n_detached;
      n_wins[2] += race.n_run - race.n_ran;
      assert_over (race.self);
      g_assert_cmpuint (G_OBJECT (race.self)->ref_count, ==, 1);
      g_object_unref (race.self);
    }
  g_test_message ("run by hand %u, detached %u, died %u", n_wins[0], n_wins[1], n_wins[2]);
}

typedef struct
{
  gint next; /* (atomic) */
  TestProbe *probes[4];
  gint n_run; /* (atomic) */
} ExitRace;

static void
exit_race_cb (gpointer user_data)
{
  g_atomic_int_inc (&((ExitRace *) user_data)->n_run);
}

static gpointer
exit_race_thread (gpointer data)
{
  ExitRace *race = data;
  gint part = g_atomic_int_add (&race->next, 1);
  guint i;

  for (i = 0; i < 20; i++)
    {
      TestProbe *probe = test_probe_new ("b");

      weakref_finalize (race->probes[part], exit_race_cb, race, NULL);
      weakref_finalize (probe, exit_race_cb, race, NULL);
      if (part % 2)
        weakref_finalizer_run_at_exit ();
      g_object_unref (probe);
    }
  g_object_unref (race->probes[part]);

  return NULL;
}

static void
test_race_of_exit_and_death (void)
{
  guint n_rounds = test_scale (100, 5);
  guint round;
  guint i;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      ExitRace race = { 0 };

      for (i = 0; i < G_N_ELEMENTS (race.probes); i++)
        race.probes[i] = test_probe_new ("a");
      test_threads (G_N_ELEMENTS (race.probes), exit_race_thread, &race);
      g_assert_cmpint (race.n_run, ==, G_N_ELEMENTS (race.probes) * 40);
    }
}

typedef struct
{
  gint next; /* (atomic) */
  TestProbe *probe;
  WeakrefFinalizer *self;
  gboolean met; /* it was over before it was made */
  gint made;    /* (atomic) */
  gint n_run;   /* (atomic) */
} Disposal;

static void
disposal_cb (gpointer user_data)
{
  g_atomic_int_inc (&((Disposal *) user_data)->n_run);
}

static gpointer
disposal_thread (gpointer data)
{
  Disposal *disposal = data;
  gint part = g_atomic_int_add (&disposal->next, 1);

  if (part == 0)
    {
      weakref_finalizer_run_at_exit ();
    }
  else if (part == 1)
    {
      disposal->self = weakref_finalizer_new (disposal->probe, disposal_cb, disposal, NULL);
      disposal->met = !weakref_finalizer_is_alive (disposal->self);
      g_atomic_int_set (&disposal->made, TRUE);
    }
  else
    {
      while (!g_atomic_int_get (&disposal->made))
        g_object_run_dispose (G_OBJECT (disposal->probe));
    }

  return NULL;
}

static void
test_disposed_while_it_is_made (void)
{
  guint n_rounds = test_scale (10000, 5);
  Disposal ignored = { 0 };
  TestProbe *other;
  guint n_met = 0;
  guint round;
  guint i;

  if (glib_check_version (2, 80, 0) != NULL)
    {
      g_test_skip ("GLib before 2.80 crashes on its own");
      return;
    }

  /* There is so much to pass over at the exit that the new one waits at the registry, and its
   * target dies meanwhile. */
  test_log_set_probes (FALSE);
  other = test_probe_new ("b");
  for (i = 0; i < 10000; i++)
    {
      WeakrefFinalizer *self = weakref_finalizer_new (other, disposal_cb, &ignored, NULL);

      weakref_finalizer_set_at_exit (self, FALSE);
      g_object_unref (self);
    }

  for (round = 0; round < n_rounds && n_met < 300; round++)
    {
      Disposal disposal = { .probe = test_probe_new ("a") };

      test_threads (3, disposal_thread, &disposal);
      g_object_unref (disposal.probe);
      g_assert_cmpint (disposal.n_run, ==, 1);
      /* The library has no reference on it any more. */
      g_assert_cmpuint (G_OBJECT (disposal.self)->ref_count, ==, 1);
      g_object_unref (disposal.self);
      n_met += disposal.met;
    }
  g_test_message ("they met %u times in %u rounds", n_met, round);

  g_object_unref (other);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/finalizer");

  test_case_as ("threads/one-winner", one_winner);
  test_case_as ("threads/disposed-while-it-is-made", disposed_while_it_is_made);
  test_case_as ("threads/race-of-exit-and-death", race_of_exit_and_death);

  return g_test_run ();
}
