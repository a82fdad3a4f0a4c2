/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Finalizers that run in a main context. */

#include "finalizer-common.h"

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

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/finalizer");

  test_case_as ("context/runs-later", context_runs_later);
  test_case_as ("context/ended-before-it-runs", ended_before_the_context_runs_it);
  test_case_as ("context/that-goes", context_that_goes);
  test_case_as ("context/is-not-kept", context_is_not_kept);
  test_case_as ("context/target-that-a-source-of-it-owns-goes-with-it",
                target_that_a_source_of_the_context_owns_goes_with_it);

  return g_test_run ();
}
