/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Proxies: what the death of the target does to them. */

#include "proxy-common.h"

static void
test_handlers_are_dropped_with_their_data (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new_full (a, NULL, died_cb, (gpointer) "died", freed_cb);

  g_signal_connect_data (proxy, "said", G_CALLBACK (said_cb), (gpointer) "said", closure_freed_cb,
                         0);
  g_signal_connect_data (proxy, "said::loud", G_CALLBACK (said_cb), (gpointer) "loud",
                         closure_freed_cb, 0);
  g_signal_connect_data (proxy, "topic-seen", G_CALLBACK (log_signal_cb), (gpointer) "seen",
                         closure_freed_cb, 0);
  log_notify (proxy, "notify::alive", "p");

  assert_drop (a, "-a p:alive died free:died free:said free:loud free:seen ~a");
  assert_drop (proxy, "free:p");
}

static void
test_nothing_is_emitted_when_dead (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  int answer = -1;

  assert_drop (a, "-a ~a");
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");
  g_signal_emit_by_name (proxy, "said", "x");
  assert_log ("");
  g_signal_emit_by_name (proxy, "sum", 1, &answer);
  g_assert_cmpint (answer, ==, 0);
  g_object_unref (proxy);
}

static void
said_in_dispose_cb (TestProbe *probe, gpointer user_data)
{
  int answer;

  g_object_set (probe, "number", 99, NULL);
  g_signal_emit_by_name (probe, "said", "bye");
  g_signal_emit_by_name (probe, "first", &answer);
  test_log ("%d", answer);
}

static void
test_last_words_arrive (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");
  g_signal_connect (proxy, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (1));
  log_notify (proxy, "notify", "p");
  test_probe_set_on_dispose (TEST_PROBE (a), said_in_dispose_cb, NULL);
  assert_drop (a, "-a p:bye default:bye 1 p:alive p:target ~a");
  assert_drop (proxy, "free:p");
}

static void
test_last_question_is_not_for_a_proxy_without_handlers (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  gulong id;

  g_signal_connect (a, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (1));
  id = g_signal_connect (proxy, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (2));
  assert_emit (a, 2, "first");
  g_signal_handler_disconnect (proxy, id);
  test_probe_set_on_dispose (TEST_PROBE (a), said_in_dispose_cb, NULL);
  assert_drop (a, "-a default:bye 1 ~a");
  g_object_unref (proxy);
}

static void
test_run_dispose_is_a_death (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new_full (a, NULL, died_cb, (gpointer) "died", freed_cb);
  WeakrefProxy *shared = weakref_proxy_new (a);
  WeakrefProxy *next;

  g_signal_connect (proxy, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (1));
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a died free:died");
  assert_dead (proxy);
  assert_dead (shared);
  assert_emit (a, 0, "first");

  next = weakref_proxy_new (a);
  g_assert_true (next != shared);
  g_assert_true (weakref_proxy_is_alive (next));
  g_object_set (next, "number", 3, NULL);
  g_assert_cmpint (get_int (a, "number"), ==, 3);
  g_assert_cmpint (get_int (shared, "number"), ==, 7);

  assert_drop (a, "~a");
  assert_dead (next);
  g_object_unref (proxy);
  g_object_unref (shared);
  g_object_unref (next);
}

static void
test_resurrected_target_is_not_forwarded (void)
{
  TestSubject *a = test_subject_new ("a");
  TestProbe *again = NULL;
  WeakrefProxy *proxy = weakref_proxy_new (a);
  WeakrefProxy *next;

  log_notify (proxy, "notify", "p");
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");
  test_probe_resurrect (TEST_PROBE (a), &again, FALSE);
  g_object_unref (a);
  assert_log ("-a");
  assert_dead (proxy);
  g_object_set (again, "number", 8, NULL);
  assert_log ("");

  /* The death is announced when somebody notices it. */
  next = weakref_proxy_new (again);
  assert_log ("p:alive p:target");
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");
  g_signal_emit_by_name (again, "said", "x");
  assert_log ("default:x");

  g_object_unref (next);
  assert_drop (proxy, "free:p");
  assert_drop (again, "~a");
}

static void
test_context (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy =
    weakref_proxy_new_full (a, g_main_context_default (), died_cb, (gpointer) "died", freed_cb);

  log_notify (proxy, "notify::alive", "p");
  assert_drop (a, "-a ~a");
  assert_dead (proxy);
  test_iterate ();
  assert_log ("p:alive died free:died");
  assert_drop (proxy, "free:p");
}

static void
test_dropped_proxy_is_not_called (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new_full (a, NULL, died_cb, (gpointer) "died", freed_cb);

  assert_drop (proxy, "free:died");
  assert_drop (a, "-a ~a");

  a = test_subject_new ("a");
  proxy =
    weakref_proxy_new_full (a, g_main_context_default (), died_cb, (gpointer) "died", freed_cb);
  assert_drop (a, "-a ~a");
  assert_drop (proxy, "free:died");
  test_iterate ();
  assert_log ("");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/proxy");

  test_case (handlers_are_dropped_with_their_data);
  test_case (nothing_is_emitted_when_dead);
  test_case (last_words_arrive);
  test_case (last_question_is_not_for_a_proxy_without_handlers);
  test_case (run_dispose_is_a_death);
  test_case (resurrected_target_is_not_forwarded);
  test_case (context);
  test_case (dropped_proxy_is_not_called);

  return g_test_run ();
}
