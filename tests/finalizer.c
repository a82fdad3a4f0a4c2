/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Finalizers: the death, calls that end one, properties and arguments. */

#include "finalizer-common.h"

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

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/finalizer");

  test_case (runs_at_the_death);
  test_case (newest_first);
  test_case (kept_until_it_has_run);
  test_case (kept_until_it_is_detached);
  test_case (does_not_keep_its_target);
  test_case (phases);
  test_case (late_phase_by_hand);
  test_case (resurrected);
  test_case (peek_in_each_life);
  test_case (run_once);
  test_case (detach_once);
  test_case (runs_itself);
  test_case (ends_others_of_the_same_death);
  test_case (function_drops_the_target);
  test_case (properties);
  test_case (bad_input);
  test_case (made_by_name_is_over);

  return g_test_run ();
}
