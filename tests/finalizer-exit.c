/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Finalizers at the exit of the process. */

#include <stdio.h>
#include <stdlib.h>

#include "finalizer-common.h"

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
  test_init (&argc, &argv, "/weakref/finalizer");

  test_case_as ("run-at-exit/newest-first", run_at_exit);
  test_case_as ("run-at-exit/what-stays-keeps-its-order", what_stays_keeps_its_order);
  test_case_as ("run-at-exit/busy-functions-keep-the-order", busy_functions_keep_the_order);
  test_case_as ("run-at-exit/function-switches-on-what-was-passed-over",
                function_switches_on_what_was_passed_over);
  test_case_as ("exit/newest-first", exit_runs_newest_first);
  test_case_as ("exit/leaves-what-is-not-for-it", exit_leaves_what_is_not_for_it);
  test_case_as ("exit/busy-functions-keep-the-order", exit_with_busy_functions);
  test_case_as ("exit/never-calls-a-binding", exit_never_calls_a_binding);
  test_case_as ("exit/after-the-binding", exit_after_the_binding);
  test_case_as ("exit/from-another-thread", exit_from_another_thread);
  test_case_as ("exit/handler-makes-one", exit_handler_makes_one);
  test_case_as ("exit/while-another-thread-goes-on", exit_while_another_thread_goes_on);
  test_case_as ("exit/while-a-function-runs", exit_while_a_function_runs);

  return g_test_run ();
}
