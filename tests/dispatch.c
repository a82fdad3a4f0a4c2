/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/dispatch.h>

#include "probe.h"

static gboolean
run_cb (gpointer data)
{
  test_log ("run:%s", (const char *) data);
  return G_SOURCE_REMOVE;
}

static void
free_cb (gpointer data)
{
  test_log ("free:%s", (const char *) data);
}

static void
dispatch (GMainContext *context, const char *name)
{
  weakref_dispatch (context, run_cb, (gpointer) name, free_cb);
}

static void
test_now (void)
{
  dispatch (NULL, "1");
  assert_log ("run:1 free:1");
}

static void
test_later_in_order (void)
{
  GMainContext *context = g_main_context_new ();

  dispatch (context, "1");
  dispatch (context, "2");
  dispatch (context, "3");
  assert_log ("");

  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("run:1 free:1 run:2 free:2 run:3 free:3");
  g_assert_false (g_main_context_pending (context));
  g_main_context_unref (context);
}

static void
test_before_what_is_idle (void)
{
  GMainContext *context = g_main_context_new ();
  GSource *source = g_idle_source_new ();

  g_source_set_callback (source, run_cb, (gpointer) "idle", NULL);
  g_source_attach (source, context);
  g_source_unref (source);
  dispatch (context, "1");
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("run:1 free:1 run:idle");
  g_main_context_unref (context);
}

static void
test_never_inside_the_call (void)
{
  GMainContext *context = g_main_context_new ();

  /* g_main_context_invoke() would run it here and now. */
  g_assert_true (g_main_context_acquire (context));
  g_main_context_push_thread_default (context);
  dispatch (context, "1");
  assert_log ("");
  g_main_context_iteration (context, FALSE);
  assert_log ("run:1 free:1");
  g_main_context_pop_thread_default (context);
  g_main_context_release (context);
  g_main_context_unref (context);
}

static gboolean
again_cb (gpointer data)
{
  test_log ("again");
  dispatch (data, "2");
  return G_SOURCE_REMOVE;
}

static void
nothing_cb (gpointer data)
{
}

static void
test_from_a_callback (void)
{
  weakref_dispatch (NULL, again_cb, NULL, nothing_cb);
  assert_log ("again run:2 free:2");

  weakref_dispatch (g_main_context_default (), again_cb, g_main_context_default (), nothing_cb);
  g_main_context_iteration (NULL, FALSE);
  assert_log ("again");
  g_main_context_iteration (NULL, FALSE);
  assert_log ("run:2 free:2");
}

static void
test_context_that_goes_frees_once (void)
{
  GMainContext *context = g_main_context_new ();

  /* In no order that GLib promises. */
  dispatch (context, "1");
  dispatch (context, "1");
  assert_log ("");
  g_main_context_unref (context);
  assert_log ("free:1 free:1");
}

static gboolean
thread_cb (gpointer data)
{
  *(GThread **) data = g_thread_self ();
  return G_SOURCE_REMOVE;
}

static gpointer
iterate_thread (gpointer context)
{
  g_main_context_iteration (context, TRUE);
  return NULL;
}

static void
test_runs_in_the_thread_of_the_context (void)
{
  GMainContext *context = g_main_context_new ();
  GThread *thread = g_thread_new ("iterate", iterate_thread, context);
  GThread *ran_in = NULL;

  /* It wakes a context that sleeps. */
  weakref_dispatch (context, thread_cb, &ran_in, nothing_cb);
  g_thread_join (thread);
  g_assert_true (ran_in == thread);
  g_main_context_unref (context);
}

static gpointer
owned_thread (gpointer data)
{
  WeakrefDestination *destination = data;

  weakref_destination_send (destination, run_cb, (gpointer) "late", free_cb);
  return NULL;
}

static void
test_destination_does_not_keep_its_context (void)
{
  GMainContext *context = g_main_context_new ();
  WeakrefDestination *destination = weakref_destination_get (context);
  WeakrefDestination *same = weakref_destination_get (context);
  GSource *source = g_idle_source_new ();
  char *log;

  g_assert_true (same == destination);
  weakref_destination_unref (same);

  g_source_set_callback (source, run_cb, (gpointer) "source", free_cb);
  g_source_attach (source, context);
  g_source_unref (source);

  weakref_destination_send (destination, run_cb, (gpointer) "1", free_cb);
  g_main_context_unref (context);
  /* In no order that GLib promises. */
  log = test_log_steal ();
  g_assert_true (g_str_equal (log, "free:1 free:source") ||
                 g_str_equal (log, "free:source free:1"));
  g_free (log);

  /* It is of use to nobody, but there. */
  g_thread_join (g_thread_new ("late", owned_thread, destination));
  assert_log ("free:late");
  weakref_destination_unref (destination);

  /* Another context may have the same address. */
  context = g_main_context_new ();
  dispatch (context, "2");
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("run:2 free:2");
  g_main_context_unref (context);
}

static gboolean
nested_cb (gpointer data)
{
  test_log ("nested");
  while (g_main_context_iteration (data, FALSE))
    ;
  test_log ("/nested");
  return G_SOURCE_REMOVE;
}

static void
test_nested_loop_goes_on (void)
{
  GMainContext *context = g_main_context_new ();

  weakref_dispatch (context, nested_cb, context, nothing_cb);
  dispatch (context, "1");
  dispatch (context, "2");
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("nested run:1 free:1 run:2 free:2 /nested");
  g_assert_false (g_main_context_pending (context));
  g_main_context_unref (context);
}

static gboolean
endless_cb (gpointer data)
{
  weakref_dispatch (data, endless_cb, data, nothing_cb);
  return G_SOURCE_REMOVE;
}

static void
test_callbacks_that_make_callbacks_leave_time_for_others (void)
{
  GMainContext *context = g_main_context_new ();
  GSource *source = g_timeout_source_new (0);

  weakref_dispatch (context, endless_cb, context, nothing_cb);
  g_source_set_callback (source, run_cb, (gpointer) "other", NULL);
  g_source_attach (source, context);
  g_source_unref (source);
  g_main_context_iteration (context, FALSE);
  g_main_context_iteration (context, FALSE);
  assert_log ("run:other");
  g_main_context_unref (context);
}

/* Sends race with the end of the context: each is either run or only freed, once. */
typedef struct
{
  WeakrefDestination *destination;
  TestGate gate;
  gint n_sent;  /* (atomic) */
  gint n_freed; /* (atomic) */
} EndRace;

static void
end_race_free_cb (gpointer data)
{
  g_atomic_int_inc (&((EndRace *) data)->n_freed);
}

static gboolean
end_race_run_cb (gpointer data)
{
  return G_SOURCE_REMOVE;
}

static gpointer
end_race_thread (gpointer data)
{
  EndRace *race = data;
  guint i;

  test_gate_wait (&race->gate);
  for (i = 0; i < 20; i++)
    {
      g_atomic_int_inc (&race->n_sent);
      weakref_destination_send (race->destination, end_race_run_cb, race, end_race_free_cb);
    }

  return NULL;
}

static void
test_context_that_goes_in_the_middle_of_a_send (void)
{
  guint n_rounds = test_scale (2000, 20);
  guint round;

  for (round = 0; round < n_rounds; round++)
    {
      EndRace race = { 0 };
      GMainContext *context = g_main_context_new ();
      GThread *thread;

      race.destination = weakref_destination_get (context);
      test_gate_init (&race.gate);
      thread = g_thread_new ("send", end_race_thread, &race);
      test_gate_open (&race.gate);
      g_main_context_iteration (context, FALSE);
      g_main_context_unref (context);
      g_thread_join (thread);
      weakref_destination_unref (race.destination);
      test_gate_clear (&race.gate);
      g_assert_cmpint (race.n_sent, ==, 20);
      g_assert_cmpint (race.n_freed, ==, 20);
    }
}

typedef struct
{
  GMainContext *context;
  gint n_run;   /* (atomic) */
  gint n_freed; /* (atomic) */
} Counts;

static gboolean
count_run_cb (gpointer data)
{
  g_atomic_int_inc (&((Counts *) data)->n_run);
  return G_SOURCE_REMOVE;
}

static void
count_free_cb (gpointer data)
{
  g_atomic_int_inc (&((Counts *) data)->n_freed);
}

#define N_THREADS 8
#define N_CALLS 100

static gpointer
count_thread (gpointer data)
{
  Counts *counts = data;
  guint i;

  for (i = 0; i < N_CALLS; i++)
    weakref_dispatch (counts->context, count_run_cb, counts, count_free_cb);

  return NULL;
}

static void
test_from_many_threads (void)
{
  Counts counts = { g_main_context_new (), 0, 0 };

  test_threads (N_THREADS, count_thread, &counts);
  g_assert_cmpint (counts.n_run, ==, 0);
  g_assert_cmpint (counts.n_freed, ==, 0);
  while (g_main_context_iteration (counts.context, FALSE))
    ;
  g_assert_cmpint (counts.n_run, ==, N_THREADS * N_CALLS);
  g_assert_cmpint (counts.n_freed, ==, N_THREADS * N_CALLS);
  g_main_context_unref (counts.context);
}

/* Callbacks that are taken */

static void
test_callback_is_taken_once (void)
{
  WeakrefCallback callback = { 0 };

  /* There is none. */
  g_assert_true (weakref_callback_take (&callback) == NULL);
  g_assert_false (weakref_callback_is_there (&callback));
  weakref_callback_cancel (&callback);

  weakref_callback_init (&callback, G_CALLBACK (run_cb), (gpointer) "1", free_cb);
  assert_log ("");
  g_assert_true (weakref_callback_is_there (&callback));
  g_assert_true (weakref_callback_take (&callback) == G_CALLBACK (run_cb));
  g_assert_true (weakref_callback_take (&callback) == NULL);
  g_assert_false (weakref_callback_is_there (&callback));
  /* Who took it has it. */
  weakref_callback_cancel (&callback);
  assert_log ("");
  weakref_callback_release (&callback);
  assert_log ("free:1");
  weakref_callback_cancel (&callback);
  assert_log ("");
}

static void
test_callback_is_cancelled_once (void)
{
  WeakrefCallback callback = { 0 };

  weakref_callback_init (&callback, G_CALLBACK (run_cb), (gpointer) "1", free_cb);
  weakref_callback_cancel (&callback);
  assert_log ("free:1");
  weakref_callback_cancel (&callback);
  g_assert_true (weakref_callback_take (&callback) == NULL);
  g_assert_false (weakref_callback_is_there (&callback));
  assert_log ("");
}

static void
test_callback_without_destroy (void)
{
  WeakrefCallback callback = { 0 };

  weakref_callback_init (&callback, G_CALLBACK (run_cb), (gpointer) "1", NULL);
  weakref_callback_cancel (&callback);
  assert_log ("");
}

static void
null_free_cb (gpointer data)
{
  g_assert_null (data);
  test_log ("free");
}

static void
test_callback_frees_null_data (void)
{
  WeakrefCallback callback = { 0 };

  /* As GLib does it: the notify is called for NULL too. */
  weakref_callback_init (&callback, G_CALLBACK (run_cb), NULL, null_free_cb);
  weakref_callback_cancel (&callback);
  assert_log ("free");
}

static void
cancel_cb (gpointer data)
{
  test_log ("free");
  weakref_callback_cancel (data);
  weakref_callback_release (data);
}

static void
test_callback_freed_from_its_own_destroy (void)
{
  WeakrefCallback callback = { 0 };

  weakref_callback_init (&callback, G_CALLBACK (run_cb), &callback, cancel_cb);
  weakref_callback_cancel (&callback);
  assert_log ("free");
}

typedef struct
{
  WeakrefCallback callback;
  gint next;    /* (atomic) */
  gint n_taken; /* (atomic) */
  gint n_freed; /* (atomic) */
} TakeRace;

static void
race_free_cb (gpointer data)
{
  g_atomic_int_inc (&((TakeRace *) data)->n_freed);
}

static gpointer
take_thread (gpointer data)
{
  TakeRace *race = data;

  if (g_atomic_int_add (&race->next, 1) % 2 == 0)
    weakref_callback_cancel (&race->callback);
  else if (weakref_callback_take (&race->callback) != NULL)
    {
      g_atomic_int_inc (&race->n_taken);
      weakref_callback_release (&race->callback);
    }

  return NULL;
}

static void
test_callback_raced_for (void)
{
  guint n_rounds = test_scale (300, 10);
  guint round;

  for (round = 0; round < n_rounds; round++)
    {
      TakeRace race = { 0 };

      weakref_callback_init (&race.callback, G_CALLBACK (run_cb), &race, race_free_cb);
      test_threads (N_THREADS, take_thread, &race);
      g_assert_cmpint (race.n_taken, <=, 1);
      g_assert_cmpint (race.n_freed, ==, 1);
    }
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/dispatch");

  test_case (now);
  test_case (later_in_order);
  test_case (before_what_is_idle);
  test_case (never_inside_the_call);
  test_case (from_a_callback);
  test_case (context_that_goes_frees_once);
  test_case (runs_in_the_thread_of_the_context);
  test_case (from_many_threads);
  test_case (destination_does_not_keep_its_context);
  test_case (nested_loop_goes_on);
  test_case (callbacks_that_make_callbacks_leave_time_for_others);
  test_case (context_that_goes_in_the_middle_of_a_send);
  test_case_as ("callback/taken-once", callback_is_taken_once);
  test_case_as ("callback/cancelled-once", callback_is_cancelled_once);
  test_case_as ("callback/without-destroy", callback_without_destroy);
  test_case_as ("callback/frees-null-data", callback_frees_null_data);
  test_case_as ("callback/freed-from-its-own-destroy", callback_freed_from_its_own_destroy);
  test_case_as ("callback/raced-for", callback_raced_for);

  return g_test_run ();
}
