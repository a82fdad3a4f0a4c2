/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Proxies: the signals of the target, from the target and from the proxy. */

#include <string.h>

#include "proxy-common.h"

static void
test_signal_arrives_with_arguments_and_detail (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (proxy, "said::loud", G_CALLBACK (said_cb), (gpointer) "loud");
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "any");
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("any:x default:x");
  g_signal_emit_by_name (a, "said::loud", "y");
  assert_log ("loud:y any:y default:y");
  g_signal_emit_by_name (a, "said::low", "z");
  assert_log ("any:z default:z");

  g_object_unref (proxy);
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("default:x");
  assert_drop (a, "-a ~a");
}

static void
test_interface_signal (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (proxy, "topic-seen", G_CALLBACK (log_signal_cb), (gpointer) "seen");
  g_signal_emit_by_name (a, "topic-seen");
  assert_log ("seen");
  g_signal_emit_by_name (proxy, "topic-seen");
  assert_log ("seen");

  g_object_unref (proxy);
  assert_drop (a, "-a ~a");
}

static void
test_what_a_parent_type_has (void)
{
  GType type =
    g_type_register_static_simple (TEST_TYPE_SUBJECT, "TestSubjectChild", sizeof (TestSubjectClass),
                                   NULL, sizeof (TestSubject), NULL, 0);
  TestSubject *a = g_object_new (type, "name", "a", NULL);
  TestSubject *b = test_subject_new ("b");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  WeakrefProxy *others = weakref_proxy_new (b);

  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");
  g_signal_connect (others, "said", G_CALLBACK (said_cb), (gpointer) "others");
  g_signal_connect (proxy, "topic-seen", G_CALLBACK (log_signal_cb), (gpointer) "seen");
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("p:x default:x");
  g_signal_emit_by_name (others, "said", "y");
  assert_log ("others:y default:y");
  g_signal_emit_by_name (a, "topic-seen");
  assert_log ("seen");
  g_object_set (proxy, "topic", "b", "number", 2, NULL);
  assert_string (a, "topic", "b");
  assert_string (proxy, "topic", "b");
  g_assert_cmpint (get_int (proxy, "number"), ==, 2);

  g_object_unref (proxy);
  g_object_unref (others);
  assert_drop (a, "-a ~a");
  assert_drop (b, "-b ~b");
}

static void
again_cb (gpointer object, gpointer user_data)
{
  static guint n;

  test_log ("again");
  if (n++ == 0)
    g_signal_emit_by_name (object, "again");
}

static void
test_recursion_is_up_to_the_target (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  /* The signal does not recurse: an emission inside the handler restarts the one outside. */
  g_signal_connect (proxy, "again", G_CALLBACK (again_cb), NULL);
  g_signal_connect (a, "again", G_CALLBACK (log_signal_cb), (gpointer) "a");
  g_signal_emit_by_name (proxy, "again");
  assert_log ("again again a");

  g_object_unref (proxy);
  assert_drop (a, "-a ~a");
}

static void
test_emitting_on_the_proxy_emits_on_the_target (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  WeakrefProxy *other = weakref_proxy_new_full (a, NULL, NULL, NULL, NULL);

  g_signal_emit_by_name (proxy, "said", "x");
  assert_log ("default:x");

  g_signal_connect (a, "said", G_CALLBACK (said_cb), (gpointer) "target");
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "proxy");
  g_signal_connect (other, "said", G_CALLBACK (said_cb), (gpointer) "other");
  g_signal_connect_after (a, "said", G_CALLBACK (said_cb), (gpointer) "after");
  g_signal_emit_by_name (proxy, "said::loud", "x");
  assert_log ("proxy:x other:x target:x default:x after:x");

  g_object_unref (proxy);
  g_object_unref (other);
  assert_drop (a, "-a ~a");
}

static void
test_after_handlers (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect_after (proxy, "said", G_CALLBACK (said_cb), (gpointer) "after");
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "before");
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("before:x after:x default:x");
  g_signal_emit_by_name (proxy, "said", "x");
  assert_log ("before:x after:x default:x");

  g_object_unref (proxy);
  assert_drop (a, "-a ~a");
}

static void
test_blocked_handlers_count_for_none (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  gulong id = g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");

  g_signal_handler_block (proxy, id);
  g_signal_emit_by_name (a, "said", "x");
  g_signal_emit_by_name (proxy, "said", "y");
  assert_log ("default:x default:y");
  g_signal_handler_unblock (proxy, id);
  g_signal_emit_by_name (proxy, "said", "z");
  assert_log ("p:z default:z");

  g_object_unref (proxy);
  assert_drop (a, "-a ~a");
}

static void
connect_more_cb (GObject *object, const char *what, gpointer user_data)
{
  test_log ("connect");
  g_signal_connect (user_data, "said", G_CALLBACK (said_cb), (gpointer) "new");
}

/* As on the target: a handler that is connected during an emission is not called by it. */
static void
test_connecting_during_an_emission (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  gulong id;

  id = g_signal_connect (proxy, "said", G_CALLBACK (connect_more_cb), proxy);
  g_signal_emit_by_name (proxy, "said", "x");
  assert_log ("connect default:x");
  g_signal_handler_disconnect (proxy, id);
  g_signal_emit_by_name (proxy, "said", "y");
  assert_log ("new:y default:y");

  g_object_unref (proxy);
  assert_drop (a, "-a ~a");
}

static void
leave_and_emit_cb (GObject *object, const char *what, gpointer user_data)
{
  g_signal_handlers_disconnect_by_func (object, leave_and_emit_cb, user_data);
  g_signal_emit_by_name (object, "said", "nested");
  g_signal_stop_emission_by_name (object, "said");
}

static void
test_stop_after_an_emission_inside (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  /* The emission inside finds no handlers. The one outside must not end because of that. */
  g_signal_connect (proxy, "said", G_CALLBACK (leave_and_emit_cb), NULL);
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("default:nested");

  g_object_unref (proxy);
  assert_drop (a, "-a ~a");
}

static void
say_more_cb (GObject *object, const char *what, gpointer user_data)
{
  test_log ("more:%s", what);
  if (strlen (what) < 3)
    {
      char *more = g_strconcat (what, "!", NULL);

      g_signal_emit_by_name (user_data, "said", more);
      g_free (more);
    }
}

static void
test_emissions_nest (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  gulong id;

  id = g_signal_connect (proxy, "said", G_CALLBACK (say_more_cb), proxy);
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("more:x more:x! more:x!! p:x!! default:x!! p:x! default:x! p:x default:x");
  g_signal_handler_disconnect (proxy, id);

  g_signal_connect (proxy, "said", G_CALLBACK (say_more_cb), a);
  g_signal_emit_by_name (proxy, "said", "xx");
  assert_log ("p:xx more:xx p:xx! more:xx! default:xx! default:xx");

  g_object_unref (proxy);
  assert_drop (a, "-a ~a");
}

static int
plus_cb (gpointer object, int n, gpointer user_data)
{
  return n + GPOINTER_TO_INT (user_data);
}

static void
test_return_values_count (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  gulong id;

  g_signal_connect (proxy, "sum", G_CALLBACK (plus_cb), GINT_TO_POINTER (5));
  assert_emit (a, 15, "sum", 10);
  assert_emit (proxy, 15, "sum", 10);
  g_signal_connect (a, "sum", G_CALLBACK (plus_cb), GINT_TO_POINTER (1));
  assert_emit (a, 11, "sum", 10);
  assert_emit (proxy, 11, "sum", 10);

  id = g_signal_connect (proxy, "handled", G_CALLBACK (answer_cb), GINT_TO_POINTER (TRUE));
  g_signal_connect (proxy, "handled", G_CALLBACK (answer_cb), GINT_TO_POINTER (FALSE));
  assert_emit (a, TRUE, "handled");
  assert_emit (proxy, TRUE, "handled");
  g_signal_handler_disconnect (proxy, id);
  assert_emit (a, FALSE, "handled");
  assert_emit (proxy, FALSE, "handled");

  g_object_unref (proxy);
  assert_drop (a, "-a ~a");
}

static void
test_accumulator_does_not_ask_a_proxy_without_handlers (void)
{
  TestSubject *a = test_subject_new ("a");
  TestSubject *b = test_subject_new ("b");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  WeakrefProxy *others = weakref_proxy_new (b);
  gulong id;

  /* The proxy's forwarder comes before this handler. */
  g_signal_connect (a, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (1));
  assert_emit (a, 1, "first");
  assert_emit (proxy, 1, "first");

  id = g_signal_connect (proxy, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (2));
  assert_emit (a, 2, "first");
  assert_emit (proxy, 2, "first");
  g_signal_handler_disconnect (proxy, id);
  assert_emit (a, 1, "first");

  g_object_unref (others);
  id = g_signal_connect (proxy, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (3));
  assert_emit (a, 3, "first");

  g_object_unref (proxy);
  assert_emit (a, 1, "first");
  assert_drop (a, "-a ~a");
  assert_drop (b, "-b ~b");
}

static void
test_answer_for_another_detail (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (proxy, "first::dark", G_CALLBACK (answer_cb), GINT_TO_POINTER (2));
  g_signal_connect (a, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (1));
  assert_emit (a, 2, "first::dark");
  assert_emit (a, 1, "first::light");
  assert_emit (a, 1, "first");
  assert_emit (proxy, 2, "first::dark");
  assert_emit (proxy, 1, "first::light");

  g_object_unref (proxy);
  assert_drop (a, "-a ~a");
}

static void
test_accumulator_is_the_targets (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  gulong id;

  assert_emit (a, FALSE, "agreed");
  g_signal_connect (proxy, "agreed", G_CALLBACK (answer_cb), GINT_TO_POINTER (TRUE));
  assert_emit (a, TRUE, "agreed");
  id = g_signal_connect (a, "agreed", G_CALLBACK (answer_cb), GINT_TO_POINTER (FALSE));
  assert_emit (a, FALSE, "agreed");
  assert_emit (proxy, FALSE, "agreed");
  g_signal_handler_disconnect (a, id);
  assert_emit (proxy, TRUE, "agreed");

  g_object_unref (proxy);
  assert_drop (a, "-a ~a");
}

static void
test_signal_without_hooks (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (a, "unhooked", G_CALLBACK (answer_cb), GINT_TO_POINTER (1));
  /* As documented, the proxy always gets such a signal. */
  assert_emit (a, 0, "unhooked");
  g_signal_connect (proxy, "unhooked", G_CALLBACK (answer_cb), GINT_TO_POINTER (2));
  assert_emit (a, 2, "unhooked");
  assert_emit (proxy, 2, "unhooked");

  g_object_unref (proxy);
  assert_emit (a, 1, "unhooked");
  assert_drop (a, "-a ~a");
}

static void
stop_cb (gpointer object, const char *what, gpointer user_data)
{
  test_log ("stop");
  g_signal_stop_emission_by_name (object, "said");
}

static void
test_stopping_on_the_proxy_stops_the_target (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (proxy, "said", G_CALLBACK (stop_cb), NULL);
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");
  g_signal_connect (a, "said", G_CALLBACK (said_cb), (gpointer) "a");
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("stop");
  g_signal_emit_by_name (proxy, "said", "x");
  assert_log ("stop");

  g_object_unref (proxy);
  assert_drop (a, "-a ~a");
}

static void
swapped_cb (gpointer user_data, const char *what)
{
  test_log ("%s:%s", test_probe_get_name (user_data), what);
}

static void
test_connect_object (void)
{
  TestSubject *a = test_subject_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect_object (proxy, "said", G_CALLBACK (swapped_cb), b, G_CONNECT_SWAPPED);
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("b:x default:x");
  assert_drop (b, "-b ~b");
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("default:x");

  b = test_probe_new ("b");
  g_signal_connect_object (proxy, "said", G_CALLBACK (swapped_cb), b, G_CONNECT_SWAPPED);
  assert_drop (a, "-a ~a");
  assert_drop (b, "-b ~b");
  g_object_unref (proxy);
}

static void
release_group_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  g_signal_group_set_target (user_data, NULL);
}

static void
test_signal_group (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GSignalGroup *group = g_signal_group_new (G_OBJECT_TYPE (proxy));

  g_signal_group_connect (group, "said", G_CALLBACK (said_cb), (gpointer) "group");
  g_signal_connect (proxy, "notify::alive", G_CALLBACK (release_group_cb), group);
  g_signal_group_set_target (group, proxy);
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("group:x default:x");
  g_signal_group_block (group);
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("default:x");
  g_signal_group_unblock (group);

  assert_drop (a, "-a ~a");
  g_object_unref (group);
  g_object_unref (proxy);
}

static gboolean
is_watched (gpointer object, const char *signal)
{
  guint id = g_signal_lookup (signal, G_OBJECT_TYPE (object));

  return g_signal_has_handler_pending (object, id, 0, TRUE);
}

static void
test_forwarders_go_with_the_proxy (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 1);
  g_assert_cmpuint (G_OBJECT (proxy)->ref_count, ==, 1);
  g_assert_true (is_watched (a, "said"));

  g_object_unref (proxy);
  g_assert_false (is_watched (a, "said"));
  g_assert_false (is_watched (a, "first"));
  g_assert_false (is_watched (a, "notify"));
  assert_drop (a, "-a ~a");
}

static void
drop_cb (gpointer object, const char *what, gpointer user_data)
{
  test_log ("drop");
  g_object_unref (user_data);
}

static void
test_last_references_go_inside_a_handler (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (proxy, "said", G_CALLBACK (drop_cb), proxy);
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("drop default:x");

  proxy = weakref_proxy_new (a);
  g_signal_connect (proxy, "said", G_CALLBACK (drop_cb), a);
  g_signal_emit_by_name (proxy, "said", "x");
  assert_log ("drop default:x -a ~a");
  assert_dead (proxy);
  g_object_unref (proxy);
}

static gpointer
drop_thread (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

static void
drop_elsewhere_cb (gpointer object, const char *what, gpointer user_data)
{
  test_log ("drop");
  g_thread_join (g_thread_new ("test", drop_thread, user_data));
}

static int
drop_elsewhere_and_answer_cb (gpointer object, gpointer user_data)
{
  drop_elsewhere_cb (object, NULL, user_data);
  return 0;
}

static void
test_dropped_by_another_thread_in_an_emission (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new_full (a, NULL, NULL, NULL, NULL);
  WeakrefProxy *next = weakref_proxy_new_full (a, NULL, NULL, NULL, NULL);

  /* While its own handler runs, and before its turn has come. */
  g_signal_connect (proxy, "said", G_CALLBACK (drop_elsewhere_cb), proxy);
  g_signal_connect (proxy, "said", G_CALLBACK (drop_elsewhere_cb), next);
  g_signal_connect (next, "said", G_CALLBACK (said_cb), (gpointer) "next");
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("drop drop default:x");

  /* While the forwarder of a signal that returns a value is not blocked. */
  proxy = weakref_proxy_new (a);
  g_signal_connect (proxy, "first", G_CALLBACK (drop_elsewhere_and_answer_cb), proxy);
  assert_emit (a, 0, "first");
  assert_log ("drop");
  g_assert_false (is_watched (a, "said"));
  g_assert_false (is_watched (a, "first"));

  assert_drop (a, "-a ~a");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/proxy");

  test_case (signal_arrives_with_arguments_and_detail);
  test_case (interface_signal);
  test_case (what_a_parent_type_has);
  test_case (recursion_is_up_to_the_target);
  test_case (emitting_on_the_proxy_emits_on_the_target);
  test_case (after_handlers);
  test_case (blocked_handlers_count_for_none);
  test_case (connecting_during_an_emission);
  test_case (stop_after_an_emission_inside);
  test_case (emissions_nest);
  test_case (return_values_count);
  test_case (accumulator_does_not_ask_a_proxy_without_handlers);
  test_case (answer_for_another_detail);
  test_case (accumulator_is_the_targets);
  test_case (signal_without_hooks);
  test_case (stopping_on_the_proxy_stops_the_target);
  test_case (connect_object);
  test_case (signal_group);
  test_case (forwarders_go_with_the_proxy);
  test_case (last_references_go_inside_a_handler);
  test_case (dropped_by_another_thread_in_an_emission);

  return g_test_run ();
}
