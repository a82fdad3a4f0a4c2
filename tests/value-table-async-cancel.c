/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Value tables: requests that are cancelled, and creations with them. */

#include "value-table-async.h"

static void
test_cancel_one_of_two (void)
{
  Scene s = scene_new (string_table ());

  /* The one who has started it goes, and is told while the creation goes on. */
  ask (s.table, "a", &s.creator, &s.one, s.cancellable);
  ask (s.table, "a", &s.creator, &s.two, NULL);
  g_cancellable_cancel (s.cancellable);
  assert_log ("create:a");
  test_iterate ();
  assert_log ("one!");
  g_assert_error (s.one.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_cancellable_is_cancelled (s.creator.cancellable));

  creator_return (&s.creator);
  test_iterate ();
  assert_log ("two=a");
  scene_clear (&s, "-a ~a");
}

static void
test_cancel_the_last (void)
{
  Scene s = scene_new (string_table ());
  Creator second = { .name = "second" };

  ask (s.table, "a", &s.creator, &s.one, s.cancellable);
  ask (s.table, "a", &s.creator, &s.two, s.other);
  g_cancellable_cancel (s.other);
  g_assert_false (g_cancellable_is_cancelled (s.creator.cancellable));
  g_cancellable_cancel (s.cancellable);
  g_assert_true (g_cancellable_is_cancelled (s.creator.cancellable));
  test_iterate ();
  assert_log ("create:a two! one!");

  /* Who comes now does not get what has been cancelled. */
  ask (s.table, "a", &second, &s.three, NULL);
  assert_log ("create:a");
  creator_return (&s.creator);
  test_iterate ();
  assert_log ("-a ~a");
  assert_at (s.table, "a", NULL);
  creator_return (&second);
  test_iterate ();
  assert_log ("three=second");
  assert_at (s.table, "a", s.three.object);
  scene_clear (&s, "-second ~second");
}

static void
test_cancelled_before (void)
{
  Scene s = scene_new (string_table ());

  g_cancellable_cancel (s.cancellable);
  ask (s.table, "a", &s.creator, &s.one, s.cancellable);
  g_assert_cmpuint (s.creator.n_freed, ==, 1);
  assert_log ("");
  test_iterate ();
  assert_log ("one!");
  g_assert_error (s.one.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  scene_clear (&s, "");
}

static void
cancel_cb (GCancellable *cancellable, gpointer other)
{
  test_log ("cancelled");
  g_cancellable_cancel (other);
}

static void
test_cancel_when_answered (void)
{
  Scene s = scene_new (string_table ());

  /* The object was handed to the caller, who has not seen it yet. */
  ask (s.table, "a", &s.creator, &s.one, s.cancellable);
  creator_return (&s.creator);
  while (s.creator.n_freed == 0)
    g_main_context_iteration (NULL, FALSE);
  assert_log ("create:a");
  g_cancellable_cancel (s.cancellable);
  test_iterate ();
  assert_log ("one! -a ~a");
  g_assert_error (s.one.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  scene_clear (&s, "");
}

static void
test_cancel_in_a_cancellation (void)
{
  Scene s = scene_new (string_table ());

  /* A handler of the creation's cancellable may do what it likes: there is no lock. */
  ask (s.table, "a", &s.creator, &s.one, s.cancellable);
  g_signal_connect (s.creator.cancellable, "cancelled", G_CALLBACK (cancel_cb), s.other);
  g_cancellable_cancel (s.cancellable);
  assert_log ("create:a cancelled");
  ask (s.table, "a", &s.creator, &s.two, s.other);
  test_iterate ();
  g_assert_error (s.one.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (s.two.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_free (test_log_steal ());
  g_task_return_error_if_cancelled (s.creator.task);
  g_clear_object (&s.creator.kept_task);
  test_iterate ();
  scene_clear (&s, "");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/value-table/async");

  test_case_as ("cancel/one-of-two", cancel_one_of_two);
  test_case_as ("cancel/the-last", cancel_the_last);
  test_case_as ("cancel/before", cancelled_before);
  test_case_as ("cancel/when-answered", cancel_when_answered);
  test_case_as ("cancel/in-a-cancellation", cancel_in_a_cancellation);

  return g_test_run ();
}
