/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* References: callbacks that run in a main context. */

#include "ref-common.h"

static void
test_notified_once_before_the_callback (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = logging_ref (a, "1");
  WeakrefRef *plain = weakref_ref_new (a);

  g_signal_connect (ref, "notify::alive", G_CALLBACK (notify_cb), (gpointer) "1");
  g_signal_connect (plain, "notify", G_CALLBACK (notify_cb), (gpointer) "2");
  g_object_unref (a);
  assert_log ("-a notify:2 notify:1 1 free:1 ~a");
  g_object_unref (ref);
  g_object_unref (plain);
}

static void
dispose_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  test_log ("dispose");
  g_object_run_dispose (object);
}

static void
test_notification_disposes_the_ref (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = logging_ref (a, "1");

  /* Its callback would be the next one, but does not run. */
  g_signal_connect (ref, "notify::alive", G_CALLBACK (dispose_cb), NULL);
  g_object_unref (a);
  assert_log ("-a dispose free:1 ~a");
  g_object_unref (ref);
}

static void
test_context_delivers_later (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *one = weakref_ref_new_full (a, context, log_cb, (gpointer) "1", freed_cb);
  WeakrefRef *two = weakref_ref_new_full (a, context, log_cb, (gpointer) "2", freed_cb);
  WeakrefRef *now = logging_ref (a, "now");

  g_signal_connect (one, "notify::alive", G_CALLBACK (notify_cb), (gpointer) "1");
  g_object_unref (a);
  assert_log ("-a now free:now ~a");
  g_assert_false (weakref_ref_is_alive (one));
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("2 free:2 notify:1 1 free:1");

  g_object_unref (one);
  g_object_unref (two);
  g_object_unref (now);
  g_main_context_unref (context);
}

static void
start_in_context (GMainContext *context, TestProbe *target, WeakrefRef *self)
{
  if (context != NULL)
    g_main_context_push_thread_default (context);
  weakref_ref_start_for_binding (self, target);
  g_signal_connect (self, "notify::alive", G_CALLBACK (notify_cb), (gpointer) "1");
  if (context != NULL)
    g_main_context_pop_thread_default (context);
}

static void
test_context_of_the_thread_is_that_of_a_language (void)
{
  GMainContext *contexts[] = { NULL, g_main_context_new () };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (contexts); i++)
    {
      TestProbe *a = test_probe_new ("a");
      WeakrefRef *ref = g_object_new (WEAKREF_TYPE_REF, NULL);

      g_assert_false (weakref_ref_is_alive (ref));
      start_in_context (contexts[i], a, ref);
      g_assert_true (weakref_ref_is_alive (ref));
      g_object_unref (a);
      assert_log ("-a ~a");
      while (g_main_context_iteration (contexts[i], FALSE))
        ;
      assert_log ("notify:1");
      g_object_unref (ref);
    }
  g_main_context_unref (contexts[1]);
}

static void
test_is_started_once (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefRef *ref = weakref_ref_new (a);
  WeakrefRef *other = weakref_ref_new (a);

  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*ref_get_handle*");
  weakref_ref_start_for_binding (ref, b);
  g_test_assert_expected_messages ();
  g_assert_true (weakref_ref_equal (ref, other));

  g_object_unref (other);
  g_object_unref (ref);
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
}

static void
test_context_default (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref =
    weakref_ref_new_full (a, g_main_context_default (), log_cb, (gpointer) "1", NULL);

  g_object_unref (a);
  assert_log ("-a ~a");
  test_iterate ();
  assert_log ("1");
  g_object_unref (ref);
}

static void
test_ref_dropped_before_delivery_is_not_called (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new_full (a, context, log_cb, (gpointer) "1", freed_cb);

  g_signal_connect (ref, "notify::alive", G_CALLBACK (notify_cb), (gpointer) "1");
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (ref);
  assert_log ("free:1");
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("");
  g_main_context_unref (context);
}

static void
test_ref_with_context_dropped_before_the_death (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *a = test_probe_new ("a");

  g_object_unref (weakref_ref_new_full (a, context, log_cb, (gpointer) "1", freed_cb));
  assert_log ("free:1");
  g_object_unref (a);
  assert_log ("-a ~a");
  g_assert_false (g_main_context_pending (context));
  g_main_context_unref (context);
}

static gboolean
remove_cb (gpointer user_data)
{
  return G_SOURCE_REMOVE;
}

/* Logs when the context is gone: nothing else makes an idle source of it go. */
static void
log_context (GMainContext *context)
{
  GSource *source = g_idle_source_new ();

  g_source_set_callback (source, remove_cb, (gpointer) "context", freed_cb);
  g_source_attach (source, context);
  g_source_unref (source);
}

static void
test_context_that_goes_calls_nothing (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new_full (a, context, log_cb, (gpointer) "1", freed_cb);

  log_context (context);
  g_object_unref (a);
  assert_log ("-a ~a");
  /* A callback that waits in the context does not keep the context alive. */
  g_main_context_unref (context);
  assert_log ("free:context");
  g_object_unref (ref);
  assert_log ("free:1");
}

static void
test_context_is_not_kept_by_the_ref (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new_full (a, context, log_cb, (gpointer) "1", freed_cb);

  log_context (context);
  g_main_context_unref (context);
  assert_log ("free:context");
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (ref);
  assert_log ("free:1");
}

static gboolean
use_cb (gpointer target)
{
  return G_SOURCE_CONTINUE;
}

/* A thread makes a context, has a source in it that uses the target, and ends. */
static void
own_by_source (GMainContext *context, gpointer target)
{
  GSource *source = g_timeout_source_new_seconds (1000);

  g_source_set_callback (source, use_cb, target, g_object_unref);
  g_source_attach (source, context);
  g_source_unref (source);
}

static void
test_target_that_a_source_of_the_context_owns_goes_with_it (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefRef *ref = weakref_ref_new_full (a, context, log_cb, (gpointer) "1", freed_cb);
  WeakrefProxy *proxy = weakref_proxy_new_full (b, context, NULL, NULL, NULL);

  own_by_source (context, a);
  own_by_source (context, b);
  g_main_context_unref (context);
  g_assert_cmpuint (test_probe_count_alive (), ==, 0);
  g_assert_false (weakref_ref_is_alive (ref));
  g_assert_false (weakref_proxy_is_alive (proxy));
  g_free (test_log_steal ());
  g_object_unref (proxy);
  g_object_unref (ref);
  assert_log ("free:1");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/ref");

  test_case (notified_once_before_the_callback);
  test_case (notification_disposes_the_ref);
  test_case_as ("context/delivers-later", context_delivers_later);
  test_case_as ("context/default", context_default);
  test_case_as ("context/of-the-thread-is-that-of-a-language",
                context_of_the_thread_is_that_of_a_language);
  test_case_as ("context/is-started-once", is_started_once);
  test_case_as ("context/ref-dropped-before-delivery", ref_dropped_before_delivery_is_not_called);
  test_case_as ("context/ref-dropped-before-the-death", ref_with_context_dropped_before_the_death);
  test_case_as ("context/that-goes-calls-nothing", context_that_goes_calls_nothing);
  test_case_as ("context/is-not-kept", context_is_not_kept_by_the_ref);
  test_case_as ("context/target-that-a-source-of-it-owns-goes-with-it",
                target_that_a_source_of_the_context_owns_goes_with_it);

  return g_test_run ();
}
