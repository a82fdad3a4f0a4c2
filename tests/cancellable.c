/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Cancelling with an object, waiting for its death, and finding it by its number. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  test_log ("cancelled");
}

static void
test_cancelled_by_the_death (void)
{
  TestProbe *a = test_probe_new ("a");
  GCancellable *cancellable = weakref_cancellable_new (a);

  g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled_cb), NULL);
  g_assert_false (g_cancellable_is_cancelled (cancellable));
  assert_drop (a, "-a cancelled ~a");
  g_assert_true (g_cancellable_is_cancelled (cancellable));
  g_assert_finalize_object (cancellable);
}

static void
test_cancelled_by_the_first_death (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  gpointer objects[] = { a, b };
  GCancellable *cancellable = weakref_cancellable_new_any (objects, 2);

  g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled_cb), NULL);
  assert_drop (b, "-b cancelled ~b");
  assert_drop (a, "-a ~a");
  g_assert_finalize_object (cancellable);
}

static void
test_keeps_nobody_and_is_kept_by_nobody (void)
{
  TestProbe *a = test_probe_new ("a");
  GCancellable *cancellable = weakref_cancellable_new (a);

  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 1);
  g_assert_finalize_object (cancellable);
  assert_drop (a, "-a ~a");
}

static void
test_cancelled_by_hand (void)
{
  TestProbe *a = test_probe_new ("a");
  GCancellable *cancellable = weakref_cancellable_new (a);

  g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled_cb), NULL);
  g_cancellable_cancel (cancellable);
  assert_log ("cancelled");
  assert_drop (a, "-a ~a");
  g_assert_finalize_object (cancellable);
}

static void
drop_cb (GCancellable *cancellable, gpointer data)
{
  test_log ("cancelled");
  g_object_unref (data);
}

static void
test_handler_may_drop_it (void)
{
  TestProbe *a = test_probe_new ("a");
  GCancellable *cancellable = weakref_cancellable_new (a);

  g_signal_connect (cancellable, "cancelled", G_CALLBACK (drop_cb), cancellable);
  assert_drop (a, "-a cancelled ~a");
}

typedef struct
{
  TestProbe *a;
  GCancellable *cancellable;
  gint next; /* (atomic) */
} Race;

static gpointer
race_thread (gpointer data)
{
  Race *race = data;

  g_object_unref (g_atomic_int_add (&race->next, 1) == 0 ? (gpointer) race->a
                                                         : (gpointer) race->cancellable);
  return NULL;
}

static void
test_both_dropped_by_threads (void)
{
  guint n_rounds = test_scale (2000, 20);
  guint round;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      Race race = { test_probe_new ("a"), NULL, 0 };

      race.cancellable = weakref_cancellable_new (race.a);
      test_threads (2, race_thread, &race);
      g_assert_cmpuint (test_probe_count_alive (), ==, 0);
    }
  test_log_set_probes (TRUE);
}

/* Waiting */

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer data)
{
  GError *error = NULL;

  g_assert_null (source);
  if (weakref_wait_finish (result, &error))
    test_log ("died");
  else
    test_log ("%s", error->message);
  g_clear_error (&error);
}

static void
test_wait_ends_with_the_death (void)
{
  TestProbe *a = test_probe_new ("a");

  weakref_wait_async (a, NULL, ready_cb, NULL);
  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 1);
  test_iterate ();
  assert_log ("");
  assert_drop (a, "-a ~a");
  test_iterate ();
  assert_log ("died");
}

static gboolean
unref_cb (gpointer object)
{
  g_object_unref (object);
  test_log ("dropped");

  return G_SOURCE_REMOVE;
}

/* A GTask alone would call back in the middle of the unref. */
static void
test_wait_calls_back_after_the_unref (void)
{
  TestProbe *a = test_probe_new ("a");

  weakref_wait_async (a, NULL, ready_cb, NULL);
  g_idle_add (unref_cb, a);
  test_iterate ();
  assert_log ("-a ~a dropped died");
}

static void
test_wait_is_cancelled (void)
{
  TestProbe *a = test_probe_new ("a");
  GCancellable *cancellable = g_cancellable_new ();

  weakref_wait_async (a, cancellable, ready_cb, NULL);
  g_cancellable_cancel (cancellable);
  test_iterate ();
  assert_log ("Operation was cancelled");
  weakref_wait_async (a, cancellable, ready_cb, NULL);
  test_iterate ();
  assert_log ("Operation was cancelled");
  assert_drop (a, "-a ~a");
  test_iterate ();
  g_assert_finalize_object (cancellable);
}

static void
test_wait_that_ended_lets_go_of_the_cancellable (void)
{
  TestProbe *a = test_probe_new ("a");
  GCancellable *cancellable = g_cancellable_new ();

  weakref_wait_async (a, cancellable, ready_cb, NULL);
  assert_drop (a, "-a ~a");
  test_iterate ();
  assert_log ("died");
  g_assert_finalize_object (cancellable);
}

static void
test_wait_in_another_context (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *a = test_probe_new ("a");

  g_main_context_push_thread_default (context);
  weakref_wait_async (a, NULL, ready_cb, NULL);
  g_main_context_pop_thread_default (context);
  assert_drop (a, "-a ~a");
  test_iterate ();
  assert_log ("");
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("died");
  g_main_context_unref (context);
}

static void
test_wait_for_what_is_cancelled_by_the_death (void)
{
  TestProbe *a = test_probe_new ("a");
  GCancellable *cancellable = weakref_cancellable_new (a);

  /* Newest first: the wait ends by the death. */
  weakref_wait_async (a, cancellable, ready_cb, NULL);
  assert_drop (a, "-a ~a");
  test_iterate ();
  assert_log ("died");
  g_assert_finalize_object (cancellable);
}

/* Numbers */

static void
test_id_resolves_as_long_as_the_object_lives (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new (a);
  guint64 id = weakref_get_id (a);
  gpointer found = weakref_lookup_id (id);

  g_assert_cmpuint (id, !=, 0);
  g_assert_cmpuint (id, ==, weakref_ref_get_id (ref));
  g_assert_cmpuint (id, ==, weakref_get_id (a));
  g_assert_true (found == a);
  g_object_unref (found);
  assert_drop (a, "-a ~a");
  g_assert_null (weakref_lookup_id (id));
  g_object_unref (ref);
}

static void
test_id_that_nobody_asked_for (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new (a);
  gpointer found;

  g_assert_null (weakref_lookup_id (weakref_ref_get_id (ref)));
  g_assert_null (weakref_lookup_id (0));
  g_assert_null (weakref_lookup_id (G_MAXUINT64));
  found = weakref_lookup_id (weakref_get_id (a));
  g_assert_true (found == a);
  g_object_unref (found);
  g_object_unref (ref);
  assert_drop (a, "-a ~a");
}

static void
test_id_is_of_one_life (void)
{
  TestProbe *a = test_probe_new ("a");
  guint64 first = weakref_get_id (a);
  guint64 second;
  gpointer found;

  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a");
  g_assert_null (weakref_lookup_id (first));
  second = weakref_get_id (a);
  g_assert_cmpuint (second, !=, first);
  g_assert_null (weakref_lookup_id (first));
  found = weakref_lookup_id (second);
  g_assert_true (found == a);
  g_object_unref (found);
  assert_drop (a, "~a");
  g_assert_null (weakref_lookup_id (second));
}

static void
lookup_cb (WeakrefRef *ref, gpointer id)
{
  test_log ("%s", weakref_lookup_id (GPOINTER_TO_SIZE (id)) == NULL ? "gone" : "there");
}

static void
test_id_is_gone_before_any_callback (void)
{
  TestProbe *a = test_probe_new ("a");
  guint64 id = weakref_get_id (a);
  /* Newest first: this is called before the number's own watch. */
  WeakrefRef *ref = weakref_ref_new_full (a, NULL, lookup_cb, GSIZE_TO_POINTER (id), NULL);

  assert_drop (a, "-a gone ~a");
  g_object_unref (ref);
}

static gpointer
id_thread (gpointer data)
{
  guint64 id = weakref_get_id (data);
  gpointer found = weakref_lookup_id (id);

  g_assert_true (found == data);
  g_object_unref (found);
  g_object_unref (data);

  return NULL;
}

static void
test_id_asked_for_by_threads (void)
{
  guint n_rounds = test_scale (500, 10);
  guint round;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      TestProbe *a = test_probe_new ("a");
      guint64 id;
      guint i;

      for (i = 0; i < 3; i++)
        g_object_ref (a);
      test_threads (3, id_thread, a);
      id = weakref_get_id (a);
      g_object_unref (a);
      g_assert_null (weakref_lookup_id (id));
      g_assert_cmpuint (test_probe_count_alive (), ==, 0);
    }
  test_log_set_probes (TRUE);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref");

  test_case_as ("cancellable/cancelled-by-the-death", cancelled_by_the_death);
  test_case_as ("cancellable/cancelled-by-the-first-death", cancelled_by_the_first_death);
  test_case_as ("cancellable/keeps-nobody-and-is-kept-by-nobody",
                keeps_nobody_and_is_kept_by_nobody);
  test_case_as ("cancellable/cancelled-by-hand", cancelled_by_hand);
  test_case_as ("cancellable/handler-may-drop-it", handler_may_drop_it);
  test_case_as ("cancellable/both-dropped-by-threads", both_dropped_by_threads);
  test_case_as ("wait/ends-with-the-death", wait_ends_with_the_death);
  test_case_as ("wait/calls-back-after-the-unref", wait_calls_back_after_the_unref);
  test_case_as ("wait/is-cancelled", wait_is_cancelled);
  test_case_as ("wait/that-ended-lets-go-of-the-cancellable",
                wait_that_ended_lets_go_of_the_cancellable);
  test_case_as ("wait/in-another-context", wait_in_another_context);
  test_case_as ("wait/for-what-is-cancelled-by-the-death", wait_for_what_is_cancelled_by_the_death);
  test_case_as ("id/resolves-as-long-as-the-object-lives", id_resolves_as_long_as_the_object_lives);
  test_case_as ("id/that-nobody-asked-for", id_that_nobody_asked_for);
  test_case_as ("id/is-of-one-life", id_is_of_one_life);
  test_case_as ("id/is-gone-before-any-callback", id_is_gone_before_any_callback);
  test_case_as ("id/asked-for-by-threads", id_asked_for_by_threads);

  return g_test_run ();
}
