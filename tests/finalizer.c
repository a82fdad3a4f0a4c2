/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <stdio.h>
#include <stdlib.h>

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

#define CRITICAL(pattern) g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, pattern)

static void
run_cb (gpointer user_data)
{
  test_log ("run:%s", (const char *) user_data);
}

static void
freed_cb (gpointer user_data)
{
  test_log ("free:%s", (const char *) user_data);
}

static WeakrefFinalizer *
finalizer (gpointer target, const char *name)
{
  return weakref_finalizer_new (target, run_cb, (gpointer) name, freed_cb);
}

static WeakrefFinalizer *
finalizer_full (gpointer target, GMainContext *context, WeakrefPhase phase, const char *name)
{
  return weakref_finalizer_new_full (target, context, phase, run_cb, (gpointer) name, freed_cb);
}

#define assert_over(self)                                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_false (weakref_finalizer_is_alive (self));                                            \
    g_assert_false (weakref_finalizer_run (self));                                                 \
    g_assert_false (weakref_finalizer_detach (self));                                              \
    g_assert_null (weakref_finalizer_peek (self));                                                 \
  }                                                                                                \
  G_STMT_END

/* The death */

static void
test_runs_at_the_death (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *self = finalizer (a, "1");
  gpointer target = weakref_finalizer_peek (self);

  g_assert_true (target == a);
  g_object_unref (target);
  g_assert_true (weakref_finalizer_is_alive (self));
  g_object_unref (a);
  assert_log ("-a run:1 free:1 ~a");
  assert_over (self);
  g_object_unref (self);
}

static void
test_newest_first (void)
{
  TestProbe *a = test_probe_new ("a");

  weakref_finalize (a, run_cb, (gpointer) "1", NULL);
  weakref_finalize (a, run_cb, (gpointer) "2", NULL);
  weakref_finalize (a, run_cb, (gpointer) "3", NULL);
  g_object_unref (a);
  assert_log ("-a run:3 run:2 run:1 ~a");
}

static void
test_kept_until_it_has_run (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *self = finalizer (a, "1");
  WeakrefRef *ref = weakref_ref_new (self);

  g_object_unref (self);
  g_assert_true (weakref_ref_is_alive (ref));
  g_object_unref (a);
  assert_log ("-a run:1 free:1 ~a");
  g_assert_false (weakref_ref_is_alive (ref));
  g_object_unref (ref);
}

static void
test_kept_until_it_is_detached (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *self = finalizer (a, "1");
  WeakrefRef *ref = weakref_ref_new (self);

  g_assert_true (weakref_finalizer_detach (self));
  assert_log ("free:1");
  g_object_unref (self);
  g_assert_false (weakref_ref_is_alive (ref));
  g_object_unref (ref);
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
test_does_not_keep_its_target (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *self = finalizer_full (a, NULL, WEAKREF_PHASE_FINALIZE, "1");

  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 1);
  g_object_unref (a);
  assert_log ("-a ~a run:1 free:1");
  g_object_unref (self);
}

static void
test_phases (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *early = finalizer_full (a, NULL, WEAKREF_PHASE_DISPOSE, "early");
  WeakrefFinalizer *late = finalizer_full (a, NULL, WEAKREF_PHASE_FINALIZE, "late");

  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a run:early free:early");
  assert_over (early);
  g_assert_true (weakref_finalizer_is_alive (late));

  /* In the next life. */
  g_object_unref (early);
  early = finalizer (a, "again");
  g_object_unref (a);
  assert_log ("run:again free:again ~a run:late free:late");
  assert_over (early);
  assert_over (late);
  g_object_unref (early);
  g_object_unref (late);
}

static void
test_late_phase_by_hand (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *one = finalizer_full (a, NULL, WEAKREF_PHASE_FINALIZE, "1");
  WeakrefFinalizer *two = finalizer_full (a, NULL, WEAKREF_PHASE_FINALIZE, "2");

  g_assert_true (weakref_finalizer_run (one));
  assert_log ("run:1 free:1");
  g_assert_true (weakref_finalizer_detach (two));
  assert_log ("free:2");
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (one);
  g_object_unref (two);
}

static void
test_resurrected (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *again = NULL;

  weakref_finalize (a, run_cb, (gpointer) "1", NULL);
  g_object_unref (finalizer_full (a, NULL, WEAKREF_PHASE_FINALIZE, "late"));
  test_probe_resurrect (a, &again, TRUE);
  g_object_unref (a);
  assert_log ("-a run:1");
  g_object_unref (again);
  assert_log ("~a run:late free:late");
}

static void
test_peek_in_each_life (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *first = finalizer_full (a, NULL, WEAKREF_PHASE_FINALIZE, "1");
  WeakrefFinalizer *second;
  gpointer target;

  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a");
  second = finalizer_full (a, NULL, WEAKREF_PHASE_FINALIZE, "2");

  /* Both wait for the same memory; but the first one's life of it is over. */
  g_assert_null (weakref_finalizer_peek (first));
  target = weakref_finalizer_peek (second);
  g_assert_true (target == a);
  g_object_unref (target);

  g_object_unref (a);
  assert_log ("~a run:2 free:2 run:1 free:1");
  g_object_unref (first);
  g_object_unref (second);
}

/* By hand */

static void
test_run_once (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *self = finalizer (a, "1");

  g_assert_true (weakref_finalizer_run (self));
  assert_log ("run:1 free:1");
  assert_over (self);
  assert_log ("");
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (self);
}

static void
test_detach_once (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *self = finalizer (a, "1");

  g_assert_true (weakref_finalizer_detach (self));
  assert_log ("free:1");
  assert_over (self);
  assert_log ("");
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (self);
}

static WeakrefFinalizer *current;

static void
run_itself_cb (gpointer user_data)
{
  assert_over (current);
  test_log ("run");
  g_clear_object (&current);
}

static void
test_runs_itself (void)
{
  TestProbe *a = test_probe_new ("a");

  current = weakref_finalizer_new (a, run_itself_cb, (gpointer) "1", freed_cb);
  g_object_unref (a);
  assert_log ("-a run free:1 ~a");

  a = test_probe_new ("a");
  current = weakref_finalizer_new (a, run_itself_cb, (gpointer) "1", freed_cb);
  /* It drops the reference that we call it through. */
  g_assert_true (weakref_finalizer_run (current));
  assert_log ("run free:1");
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
detach_others_cb (gpointer user_data)
{
  WeakrefFinalizer **others = user_data;

  test_log ("detach");
  g_assert_true (weakref_finalizer_detach (others[0]));
  g_assert_true (weakref_finalizer_run (others[1]));
}

static void
test_ends_others_of_the_same_death (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *others[] = { finalizer (a, "1"), finalizer (a, "2") };

  weakref_finalize (a, detach_others_cb, others, NULL);
  g_object_unref (a);
  assert_log ("-a detach free:1 run:2 free:2 ~a");
  assert_over (others[0]);
  assert_over (others[1]);
  g_object_unref (others[0]);
  g_object_unref (others[1]);
}

static void
test_function_drops_the_target (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *self = weakref_finalizer_new (a, g_object_unref, a, NULL);

  weakref_finalize (a, run_cb, (gpointer) "1", NULL);
  g_assert_true (weakref_finalizer_run (self));
  assert_log ("-a run:1 ~a");
  g_object_unref (self);
}

/* Contexts */

static gboolean
remove_cb (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/* Logs when the context is gone. */
static GMainContext *
logging_context (void)
{
  GMainContext *context = g_main_context_new ();
  GSource *source = g_timeout_source_new_seconds (3600);

  g_source_set_callback (source, remove_cb, (gpointer) "context", freed_cb);
  g_source_attach (source, context);
  g_source_unref (source);

  return context;
}

static void
iterate (GMainContext *context)
{
  while (g_main_context_iteration (context, FALSE))
    ;
}

static void
test_context_runs_later (void)
{
  GMainContext *context = logging_context ();
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *early = finalizer_full (a, context, WEAKREF_PHASE_DISPOSE, "early");
  WeakrefFinalizer *late = finalizer_full (a, context, WEAKREF_PHASE_FINALIZE, "late");

  g_object_unref (a);
  assert_log ("-a ~a");
  /* Not over yet: the function has still to run. */
  g_assert_true (weakref_finalizer_is_alive (early));
  g_assert_null (weakref_finalizer_peek (early));
  iterate (context);
  assert_log ("run:early free:early run:late free:late");
  assert_over (early);
  assert_over (late);
  g_object_unref (early);
  g_object_unref (late);
  g_main_context_unref (context);
  assert_log ("free:context");
}

static void
test_ended_before_the_context_runs_it (void)
{
  GMainContext *context = logging_context ();
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *one = finalizer_full (a, context, WEAKREF_PHASE_DISPOSE, "1");
  WeakrefFinalizer *two = finalizer_full (a, context, WEAKREF_PHASE_DISPOSE, "2");

  g_object_unref (a);
  assert_log ("-a ~a");
  g_assert_true (weakref_finalizer_run (one));
  assert_log ("run:1 free:1");
  g_assert_true (weakref_finalizer_detach (two));
  assert_log ("free:2");
  iterate (context);
  assert_log ("");
  g_object_unref (one);
  g_object_unref (two);
  g_main_context_unref (context);
  assert_log ("free:context");
}

static void
test_context_that_goes (void)
{
  GMainContext *context = logging_context ();
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *one = finalizer_full (a, context, WEAKREF_PHASE_DISPOSE, "1");

  g_object_unref (finalizer_full (a, context, WEAKREF_PHASE_DISPOSE, "2"));
  g_object_unref (a);
  assert_log ("-a ~a");
  g_main_context_unref (context);
  assert_log ("free:context");

  /* They stay alive, and run by hand, or at the end. */
  g_assert_true (weakref_finalizer_is_alive (one));
  g_assert_null (weakref_finalizer_peek (one));
  g_assert_true (weakref_finalizer_run (one));
  assert_log ("run:1 free:1");
  g_object_unref (one);
  weakref_finalizer_run_at_exit ();
  assert_log ("run:2 free:2");
}

static void
test_context_is_not_kept (void)
{
  GMainContext *context = logging_context ();
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *self = finalizer_full (a, context, WEAKREF_PHASE_FINALIZE, "1");

  g_main_context_unref (context);
  assert_log ("free:context");
  g_assert_true (weakref_finalizer_detach (self));
  assert_log ("free:1");
  g_object_unref (self);
  g_object_unref (a);
  assert_log ("-a ~a");
}

static gboolean
use_cb (gpointer target)
{
  return G_SOURCE_CONTINUE;
}

/* A context owns a source, which owns the target, whose finalizer would own the context. */
static void
test_target_that_a_source_of_the_context_owns_goes_with_it (void)
{
  GMainContext *context = g_main_context_new ();
  GSource *source = g_timeout_source_new_seconds (1000);
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *self = finalizer_full (a, context, WEAKREF_PHASE_DISPOSE, "1");

  g_source_set_callback (source, use_cb, a, g_object_unref);
  g_source_attach (source, context);
  g_source_unref (source);
  g_main_context_unref (context);
  assert_log ("-a ~a");
  /* There is nowhere to run any more, but by hand. */
  g_assert_true (weakref_finalizer_run (self));
  assert_log ("run:1 free:1");
  g_object_unref (self);
}

/* As a GObject */

static void
notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  test_log ("notify:%s", pspec->name);
}

static void
test_properties (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *run = finalizer (a, "run");
  WeakrefFinalizer *detached = finalizer (a, "detached");
  WeakrefFinalizer *died = finalizer (a, "died");
  gboolean alive = FALSE;
  gboolean at_exit = FALSE;

  g_object_get (run, "alive", &alive, "at-exit", &at_exit, NULL);
  g_assert_true (alive);
  g_assert_true (at_exit);
  g_assert_true (weakref_finalizer_get_at_exit (run));
  g_signal_connect (run, "notify", G_CALLBACK (notify_cb), NULL);
  g_signal_connect (detached, "notify", G_CALLBACK (notify_cb), NULL);
  g_signal_connect (died, "notify", G_CALLBACK (notify_cb), NULL);

  weakref_finalizer_set_at_exit (run, TRUE);
  assert_log ("");
  weakref_finalizer_set_at_exit (run, FALSE);
  assert_log ("notify:at-exit");
  g_object_set (run, "at-exit", FALSE, NULL);
  assert_log ("");
  g_object_set (run, "at-exit", TRUE, NULL);
  assert_log ("notify:at-exit");
  g_assert_true (weakref_finalizer_get_at_exit (run));

  weakref_finalizer_run (run);
  weakref_finalizer_run (run);
  assert_log ("run:run free:run notify:alive");
  weakref_finalizer_detach (detached);
  weakref_finalizer_detach (detached);
  assert_log ("free:detached notify:alive");
  g_object_unref (a);
  assert_log ("-a run:died free:died notify:alive ~a");
  g_object_get (run, "alive", &alive, NULL);
  g_assert_false (alive);
  g_object_unref (run);
  g_object_unref (detached);
  g_object_unref (died);
}

static void
test_bad_input (void)
{
  TestProbe *a = test_probe_new ("a");
  gpointer no_object[4] = { NULL };

  CRITICAL ("*G_IS_OBJECT (target)*");
  g_assert_null (weakref_finalizer_new (NULL, run_cb, NULL, NULL));
  CRITICAL ("*G_IS_OBJECT (target)*");
  g_assert_null (finalizer_full (no_object, NULL, WEAKREF_PHASE_DISPOSE, "1"));
  CRITICAL ("*G_IS_OBJECT (target)*");
  weakref_finalize (NULL, run_cb, NULL, NULL);
  CRITICAL ("*func != NULL*");
  g_assert_null (weakref_finalizer_new (a, NULL, NULL, NULL));
  CRITICAL ("*phase*");
  g_assert_null (finalizer_full (a, NULL, (WeakrefPhase) 2, "1"));
#define BAD(call)                                                                                  \
  CRITICAL ("*WEAKREF_IS_FINALIZER (self)*");                                                      \
  call
  BAD (g_assert_false (weakref_finalizer_run (NULL)));
  BAD (g_assert_false (weakref_finalizer_detach ((gpointer) a)));
  BAD (g_assert_null (weakref_finalizer_peek (NULL)));
  BAD (g_assert_false (weakref_finalizer_is_alive (NULL)));
  BAD (g_assert_false (weakref_finalizer_get_at_exit (NULL)));
  BAD (weakref_finalizer_set_at_exit (NULL, TRUE));
#undef BAD
  g_test_assert_expected_messages ();
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
test_made_by_name_is_over (void)
{
  WeakrefFinalizer *self = g_object_new (WEAKREF_TYPE_FINALIZER, NULL);

  /* Without a target and a function. */
  assert_over (self);
  g_object_unref (self);
}

/* Threads */

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
      /* The library has let go of it. */
      g_assert_cmpuint (G_OBJECT (disposal.self)->ref_count, ==, 1);
      g_object_unref (disposal.self);
      n_met += disposal.met;
    }
  g_test_message ("they met %u times in %u rounds", n_met, round);

  g_object_unref (other);
}

/* The exit */

static void
test_run_at_exit (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefFinalizer *kept = finalizer (a, "kept");
  WeakrefFinalizer *two;
  GMainContext *context = g_main_context_new ();

  weakref_finalizer_set_at_exit (kept, FALSE);
  weakref_finalize (a, run_cb, (gpointer) "1", NULL);
  two = finalizer (b, "2");
  g_object_unref (finalizer_full (b, NULL, WEAKREF_PHASE_FINALIZE, "3"));
  g_object_unref (finalizer_full (b, context, WEAKREF_PHASE_DISPOSE, "4"));
  g_object_unref (weakref_finalizer_new_for_binding (a, NULL, WEAKREF_PHASE_DISPOSE, run_cb,
                                                     (gpointer) "binding", freed_cb));
  weakref_finalizer_detach (two);
  assert_log ("free:2");

  weakref_finalizer_run_at_exit ();
  assert_log ("run:binding free:binding run:4 free:4 run:3 free:3 run:1");
  weakref_finalizer_run_at_exit ();
  assert_log ("");
  g_assert_true (weakref_finalizer_is_alive (kept));

  g_object_unref (a);
  assert_log ("-a run:kept free:kept ~a");
  g_object_unref (b);
  assert_log ("-b ~b");
  g_object_unref (kept);
  g_object_unref (two);
  g_main_context_unref (context);
}

static void
test_what_stays_keeps_its_order (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *kept[3];
  guint i;

  for (i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      static const char *names[] = { "1", "2", "3" };

      kept[i] = finalizer (a, names[i]);
      weakref_finalizer_set_at_exit (kept[i], FALSE);
    }
  weakref_finalizer_run_at_exit ();
  assert_log ("");
  for (i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      weakref_finalizer_set_at_exit (kept[i], TRUE);
      g_object_unref (kept[i]);
    }
  weakref_finalizer_run_at_exit ();
  assert_log ("run:3 free:3 run:2 free:2 run:1 free:1");
  g_object_unref (a);
  assert_log ("-a ~a");
}

static TestProbe *others[3];
static WeakrefFinalizer *handles[3];

static void
register_another_cb (gpointer user_data)
{
  test_log ("register");
  weakref_finalize (user_data, run_cb, (gpointer) "another", NULL);
}

static void
drop_another_cb (gpointer user_data)
{
  test_log ("drop");
  g_clear_object (&others[GPOINTER_TO_INT (user_data)]);
}

static void
detach_another_cb (gpointer user_data)
{
  test_log ("detach");
  g_assert_true (weakref_finalizer_detach (handles[GPOINTER_TO_INT (user_data)]));
}

static void
keep_another_cb (gpointer user_data)
{
  test_log ("keep");
  weakref_finalizer_set_at_exit (handles[GPOINTER_TO_INT (user_data)], FALSE);
}

/* Oldest first; what is expected of them is "register another keep detach drop -b run:b ~b …". */
static void
make_busy_finalizers (TestProbe *a)
{
  weakref_finalize (a, run_cb, (gpointer) "first", NULL);
  handles[0] = finalizer (a, "kept");
  handles[1] = finalizer (a, "detached");
  others[0] = test_probe_new ("b");
  handles[2] = finalizer (others[0], "b");
  weakref_finalizer_set_at_exit (handles[2], FALSE);
  weakref_finalize (others[0], run_cb, (gpointer) "b2", NULL);
  weakref_finalize (a, drop_another_cb, GINT_TO_POINTER (0), NULL);
  weakref_finalize (a, detach_another_cb, GINT_TO_POINTER (1), NULL);
  weakref_finalize (a, keep_another_cb, GINT_TO_POINTER (0), NULL);
  weakref_finalize (a, register_another_cb, a, NULL);
}

#define BUSY                                                                                       \
  "register run:another keep detach free:detached drop -b run:b2 run:b free:b ~b run:first"

static void
test_busy_functions_keep_the_order (void)
{
  TestProbe *a = test_probe_new ("a");
  guint i;

  make_busy_finalizers (a);
  weakref_finalizer_run_at_exit ();
  assert_log (BUSY);
  g_object_unref (a);
  assert_log ("-a run:kept free:kept ~a");
  for (i = 0; i < G_N_ELEMENTS (handles); i++)
    g_clear_object (&handles[i]);
}

static void
switch_on_cb (gpointer user_data)
{
  WeakrefFinalizer **finalizer = user_data;

  test_log ("switch");
  weakref_finalizer_set_at_exit (*finalizer, TRUE);
}

static void
test_function_switches_on_what_was_passed_over (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *off;

  weakref_finalize (a, run_cb, (gpointer) "first", NULL);
  weakref_finalize (a, switch_on_cb, &off, NULL);
  off = finalizer (a, "off");
  weakref_finalizer_set_at_exit (off, FALSE);
  weakref_finalizer_run_at_exit ();
  assert_log ("switch run:first run:off free:off");
  g_object_unref (off);
  g_object_unref (a);
  assert_log ("-a ~a");
}

/* The exit of a process: what its finalizers have logged is printed last, since C runs its exit
 * handlers newest first. */

static TestProbe *survivor; /* reachable: no leak */

static void
print_log_cb (void)
{
  char *text = test_log_steal ();

  printf ("[%s]\n", text);
  g_free (text);
}

static void
begin_child (void)
{
  atexit (print_log_cb);
  survivor = test_probe_new ("a");
}

#define assert_child(log)                                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_test_trap_subprocess (NULL, 0, 0);                                                           \
    g_test_trap_assert_passed ();                                                                  \
    g_test_trap_assert_stdout ("*[" log "]\n");                                                    \
  }                                                                                                \
  G_STMT_END

static void
test_exit_runs_newest_first (void)
{
  if (g_test_subprocess ())
    {
      begin_child ();
      weakref_finalize (survivor, run_cb, (gpointer) "1", freed_cb);
      weakref_finalize (survivor, run_cb, (gpointer) "2", freed_cb);
      g_object_unref (finalizer_full (survivor, NULL, WEAKREF_PHASE_FINALIZE, "3"));
      g_object_unref (
        finalizer_full (survivor, g_main_context_default (), WEAKREF_PHASE_DISPOSE, "4"));
      exit (0);
    }

  assert_child ("run:4 free:4 run:3 free:3 run:2 free:2 run:1 free:1");
}

static void
test_exit_leaves_what_is_not_for_it (void)
{
  if (g_test_subprocess ())
    {
      begin_child ();
      handles[0] = finalizer (survivor, "at-exit-false");
      weakref_finalizer_set_at_exit (handles[0], FALSE);
      handles[1] = finalizer (survivor, "detached");
      weakref_finalizer_detach (handles[1]);
      handles[2] = finalizer (survivor, "run");
      weakref_finalizer_run (handles[2]);
      others[0] = test_probe_new ("b");
      weakref_finalize (others[0], run_cb, (gpointer) "b", NULL);
      g_object_unref (others[0]);
      test_log ("exit");
      weakref_finalize (survivor, run_cb, (gpointer) "1", NULL);
      exit (0);
    }

  assert_child ("free:detached run:run free:run -b run:b ~b exit run:1");
}

static void
test_exit_with_busy_functions (void)
{
  if (g_test_subprocess ())
    {
      begin_child ();
      make_busy_finalizers (survivor);
      exit (0);
    }

  assert_child (BUSY);
}

static WeakrefFinalizer *
binding_finalizer (const char *name)
{
  return weakref_finalizer_new_for_binding (survivor, NULL, WEAKREF_PHASE_DISPOSE, run_cb,
                                            (gpointer) name, freed_cb);
}

static void
test_exit_never_calls_a_binding (void)
{
  if (g_test_subprocess ())
    {
      begin_child ();
      weakref_finalize (survivor, run_cb, (gpointer) "1", NULL);
      g_object_unref (binding_finalizer ("binding"));
      weakref_finalize (survivor, run_cb, (gpointer) "2", NULL);
      g_object_unref (binding_finalizer ("binding2"));
      exit (0);
    }

  assert_child ("run:2 run:1");
}

static void
test_exit_after_the_binding (void)
{
  if (g_test_subprocess ())
    {
      begin_child ();
      weakref_finalize (survivor, run_cb, (gpointer) "1", NULL);
      g_object_unref (binding_finalizer ("binding"));
      weakref_finalizer_run_at_exit ();
      test_log ("exit");
      weakref_finalize (survivor, run_cb, (gpointer) "2", NULL);
      exit (0);
    }

  assert_child ("run:binding free:binding run:1 exit run:2");
}

static gpointer
exit_thread (gpointer data)
{
  exit (0);
}

static void
test_exit_from_another_thread (void)
{
  if (g_test_subprocess ())
    {
      begin_child ();
      weakref_finalize (survivor, run_cb, (gpointer) "1", NULL);
      g_thread_join (g_thread_new ("exit", exit_thread, NULL));
    }

  assert_child ("run:1");
}

static void
make_late_cb (void)
{
  test_log ("late");
  weakref_finalize (survivor, run_cb, (gpointer) "2", NULL);
}

static void
test_exit_handler_makes_one (void)
{
  if (g_test_subprocess ())
    {
      begin_child ();
      /* Before the library has its own, and so called after that. */
      atexit (make_late_cb);
      weakref_finalize (survivor, run_cb, (gpointer) "1", NULL);
      exit (0);
    }

  assert_child ("run:1 late run:2");
}

static TestGate gates[2];

static gpointer
make_thread (gpointer data)
{
  test_gate_wait (&gates[0]);
  weakref_finalize (survivor, run_cb, (gpointer) "made", NULL);
  g_assert_true (weakref_finalizer_detach (handles[0]));
  test_gate_open (&gates[1]);

  return NULL;
}

static void
meet_cb (gpointer user_data)
{
  test_log ("meet");
  test_gate_open (&gates[0]);
  test_gate_wait (&gates[1]);
}

static void
test_exit_while_another_thread_goes_on (void)
{
  if (g_test_subprocess ())
    {
      begin_child ();
      test_gate_init (&gates[0]);
      test_gate_init (&gates[1]);
      weakref_finalize (survivor, run_cb, (gpointer) "1", NULL);
      handles[0] = finalizer (survivor, "detached");
      weakref_finalize (survivor, meet_cb, NULL, NULL);
      g_thread_unref (g_thread_new ("make", make_thread, NULL));
      exit (0);
    }

  assert_child ("meet free:detached run:made run:1");
}

static void
stay_cb (gpointer user_data)
{
  test_log ("running");
  test_gate_open (&gates[0]);
  /* For ever. */
  test_gate_wait (&gates[1]);
}

static gpointer
run_thread (gpointer finalizer)
{
  weakref_finalizer_run (finalizer);
  return NULL;
}

static void
test_exit_while_a_function_runs (void)
{
  if (g_test_subprocess ())
    {
      begin_child ();
      test_gate_init (&gates[0]);
      test_gate_init (&gates[1]);
      weakref_finalize (survivor, run_cb, (gpointer) "1", NULL);
      handles[0] = weakref_finalizer_new (survivor, stay_cb, (gpointer) "stays", freed_cb);
      g_thread_unref (g_thread_new ("run", run_thread, handles[0]));
      test_gate_wait (&gates[0]);
      exit (0);
    }

  /* It is neither run again nor waited for. */
  assert_child ("running run:1");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) test_add ("/weakref/finalizer/" path, func)
  ADD ("runs-at-the-death", test_runs_at_the_death);
  ADD ("newest-first", test_newest_first);
  ADD ("kept-until-it-has-run", test_kept_until_it_has_run);
  ADD ("kept-until-it-is-detached", test_kept_until_it_is_detached);
  ADD ("does-not-keep-its-target", test_does_not_keep_its_target);
  ADD ("phases", test_phases);
  ADD ("late-phase-by-hand", test_late_phase_by_hand);
  ADD ("resurrected", test_resurrected);
  ADD ("peek-in-each-life", test_peek_in_each_life);
  ADD ("run-once", test_run_once);
  ADD ("detach-once", test_detach_once);
  ADD ("runs-itself", test_runs_itself);
  ADD ("ends-others-of-the-same-death", test_ends_others_of_the_same_death);
  ADD ("function-drops-the-target", test_function_drops_the_target);
  ADD ("context/runs-later", test_context_runs_later);
  ADD ("context/ended-before-it-runs", test_ended_before_the_context_runs_it);
  ADD ("context/that-goes", test_context_that_goes);
  ADD ("context/is-not-kept", test_context_is_not_kept);
  ADD ("context/target-that-a-source-of-it-owns-goes-with-it",
       test_target_that_a_source_of_the_context_owns_goes_with_it);
  ADD ("properties", test_properties);
  ADD ("bad-input", test_bad_input);
  ADD ("made-by-name-is-over", test_made_by_name_is_over);
  ADD ("threads/one-winner", test_one_winner);
  ADD ("threads/disposed-while-it-is-made", test_disposed_while_it_is_made);
  ADD ("threads/race-of-exit-and-death", test_race_of_exit_and_death);
  ADD ("run-at-exit/newest-first", test_run_at_exit);
  ADD ("run-at-exit/what-stays-keeps-its-order", test_what_stays_keeps_its_order);
  ADD ("run-at-exit/busy-functions-keep-the-order", test_busy_functions_keep_the_order);
  ADD ("run-at-exit/function-switches-on-what-was-passed-over",
       test_function_switches_on_what_was_passed_over);
  ADD ("exit/newest-first", test_exit_runs_newest_first);
  ADD ("exit/leaves-what-is-not-for-it", test_exit_leaves_what_is_not_for_it);
  ADD ("exit/busy-functions-keep-the-order", test_exit_with_busy_functions);
  ADD ("exit/never-calls-a-binding", test_exit_never_calls_a_binding);
  ADD ("exit/after-the-binding", test_exit_after_the_binding);
  ADD ("exit/from-another-thread", test_exit_from_another_thread);
  ADD ("exit/handler-makes-one", test_exit_handler_makes_one);
  ADD ("exit/while-another-thread-goes-on", test_exit_while_another_thread_goes_on);
  ADD ("exit/while-a-function-runs", test_exit_while_a_function_runs);
#undef ADD

  return g_test_run ();
}
