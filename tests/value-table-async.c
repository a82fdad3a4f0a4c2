/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Value tables: creation without waiting. */

#include "value-table-async.h"
#include "value-table-counting.h"

static void
test_creates_once (void)
{
  WeakrefValueTable *table = string_table ();
  Creator creator = { .name = "a" };
  Caller one = { .name = "one" };
  Caller two = { .name = "two" };
  Caller three = { .name = "three" };

  ask (table, "a", &creator, &one, NULL);
  assert_log ("create:a");
  ask (table, "a", &creator, &two, NULL);
  test_iterate ();
  assert_log ("");
  assert_at (table, "a", NULL);

  creator_return (&creator);
  assert_log ("");
  test_iterate ();
  assert_log ("one=a two=a");
  g_assert_true (one.object == two.object);
  assert_at (table, "a", one.object);
  /* One for each, and none of our own. */
  g_assert_cmpuint (G_OBJECT (one.object)->ref_count, ==, 2);

  /* What is there is given; later, too. */
  ask (table, "a", &creator, &three, NULL);
  assert_log ("");
  test_iterate ();
  assert_log ("three=a");
  g_assert_true (one.object == three.object);

  caller_clear (&one);
  caller_clear (&two);
  caller_clear (&three);
  assert_log ("-a ~a");
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_by_value (void)
{
  WeakrefValueTable *table = string_table ();
  Creator creator = { .name = "a", .by_value = TRUE };
  GValue value = G_VALUE_INIT;
  Caller one = { .name = "one" };

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, "a");
  weakref_value_table_ensure_value_async (table, &value, G_PRIORITY_DEFAULT, NULL, creator_value_cb,
                                          &creator, creator_freed_cb, caller_cb, &one);
  g_value_set_string (&value, "changed");
  assert_log ("create:a");
  g_assert_cmpstr (g_value_get_string (creator.value), ==, "a");
  creator_return (&creator);
  test_iterate ();
  assert_log ("one=a");
  g_assert_cmpuint (creator.n_freed, ==, 1);
  assert_at (table, "a", one.object);
  g_assert_cmpuint (G_OBJECT (one.object)->ref_count, ==, 1);
  caller_clear (&one);
  assert_log ("-a ~a");

  /* A key of the wrong type is an error of the request. */
  g_value_unset (&value);
  g_value_init (&value, G_TYPE_INT);
  weakref_value_table_ensure_value_async (table, &value, G_PRIORITY_DEFAULT, NULL, creator_value_cb,
                                          &creator, creator_freed_cb, caller_cb, &one);
  g_assert_cmpuint (creator.n_freed, ==, 2);
  test_iterate ();
  g_assert_error (one.error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);
  assert_log ("one!");
  caller_clear (&one);
  g_value_unset (&value);
  g_object_unref (table);
}

static void
test_frees_the_data (void)
{
  WeakrefValueTable *table = string_table ();
  Creator creator = { .name = "a" };
  Creator other = { .name = "other" };
  Caller one = { .name = "one" };
  Caller two = { .name = "two" };
  Caller three = { .name = "three" };

  ask (table, "a", &creator, &one, NULL);
  ask (table, "a", &other, &two, NULL);
  g_assert_cmpuint (creator.n_freed, ==, 0);
  creator_return (&creator);
  test_iterate ();
  g_assert_cmpuint (creator.n_freed, ==, 1);
  g_assert_cmpuint (other.n_freed, ==, 1);
  /* Found at once. */
  ask (table, "a", &other, &three, NULL);
  g_assert_cmpuint (other.n_freed, ==, 2);
  test_iterate ();
  assert_log ("create:a one=a two=a three=a");
  caller_clear (&one);
  caller_clear (&two);
  caller_clear (&three);
  assert_log ("-a ~a");
  g_object_unref (table);
}

static void
test_goes_by_a_copy_of_the_key (void)
{
  WeakrefValueTable *table = string_table ();
  Creator creator = { .name = "a" };
  Creator second = { .name = "b" };
  char buffer[] = "a";
  Caller one = { .name = "one" };
  Caller two = { .name = "two" };
  Caller three = { .name = "three" };

  ask (table, buffer, &creator, &one, NULL);
  buffer[0] = 'b';
  ask (table, buffer, &second, &two, NULL);
  assert_log ("create:a create:b");
  buffer[0] = 'a';
  ask (table, buffer, &creator, &three, NULL);
  assert_log ("");
  g_assert_cmpstr (creator.key, ==, "a");
  creator_return (&creator);
  creator_return (&second);
  test_iterate ();
  assert_log ("one=a three=a two=b");
  assert_at (table, "a", one.object);
  assert_at (table, "b", two.object);
  caller_clear (&one);
  caller_clear (&two);
  caller_clear (&three);
  assert_log ("-b ~b -a ~a");
  g_object_unref (table);
}

static void
test_in_a_cache (void)
{
  WeakrefCache *cache = weakref_cache_new (G_TYPE_STRING, 1);
  WeakrefValueTable *table = WEAKREF_VALUE_TABLE (cache);
  Creator creator = { .name = "a" };
  Caller one = { .name = "one", .drops = TRUE };
  Caller two = { .name = "two", .drops = TRUE };

  ask (table, "a", &creator, &one, NULL);
  ask (table, "a", &creator, &two, NULL);
  creator_return (&creator);
  test_iterate ();
  assert_log ("create:a one=a two=a");
  /* It is idle, and kept. */
  g_assert_cmpuint (weakref_cache_get_n_idle (cache), ==, 1);
  g_assert_cmpuint (weakref_cache_get_misses (cache), ==, 1);
  g_assert_cmpuint (weakref_cache_get_hits (cache), ==, 1);
  two.called = FALSE;
  ask (table, "a", &creator, &two, NULL);
  test_iterate ();
  assert_log ("two=a");
  g_assert_cmpuint (weakref_cache_get_hits (cache), ==, 2);
  g_object_unref (cache);
  assert_log ("-a ~a");
}

/* Ends */

static void
test_fails_for_all_who_wait (void)
{
  WeakrefValueTable *table = string_table ();
  Creator creator = { .name = "a" };
  Caller one = { .name = "one" };
  Caller two = { .name = "two" };

  ask (table, "a", &creator, &one, NULL);
  ask (table, "a", &creator, &two, NULL);
  assert_log ("create:a");
  creator_fail (&creator);
  test_iterate ();
  assert_log ("one! two!");
  g_assert_error (one.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_error (two.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  caller_clear (&one);
  caller_clear (&two);
  assert_size (table, 0);

  /* Who comes later tries anew. */
  ask (table, "a", &creator, &one, NULL);
  assert_log ("create:a");
  creator_return (&creator);
  test_iterate ();
  assert_log ("one=a");
  caller_clear (&one);
  assert_log ("-a ~a");
  g_object_unref (table);
}

static void
test_bad_creations (void)
{
  WeakrefValueTable *table = string_table ();
  Creator creator = { .name = "a" };
  Caller one = { .name = "one" };
  static gpointer no_object[8];

  ask (table, "a", &creator, &one, NULL);
  g_task_return_pointer (g_steal_pointer (&creator.task), NULL, NULL);
  g_clear_object (&creator.kept_task);
  test_iterate ();
  g_assert_error (one.error, WEAKREF_ERROR, WEAKREF_ERROR_CREATE);
  caller_clear (&one);

  ask (table, "a", &creator, &one, NULL);
  g_task_return_pointer (g_steal_pointer (&creator.task), no_object, NULL);
  g_clear_object (&creator.kept_task);
  test_iterate ();
  g_assert_error (one.error, WEAKREF_ERROR, WEAKREF_ERROR_CREATE);
  caller_clear (&one);
  assert_log ("create:a one! create:a one!");
  assert_size (table, 0);

  ask (table, "a", &creator, &one, NULL);
  g_task_return_pointer (g_steal_pointer (&creator.task),
                         g_object_new (G_TYPE_INITIALLY_UNOWNED, NULL), g_object_unref);
  g_clear_object (&creator.kept_task);
  test_iterate ();
  g_assert_no_error (one.error);
  g_assert_false (g_object_is_floating (one.object));
  g_assert_cmpuint (G_OBJECT (one.object)->ref_count, ==, 1);
  assert_at (table, "a", one.object);
  caller_clear (&one);
  assert_log ("create:a one=");
  g_object_unref (table);
}

/* GLib 2.76 and later say themselves that a task was never returned. */
static void
test_task_that_is_dropped (void)
{
  WeakrefValueTable *table = string_table ();
  Creator creator = { .name = "a" };
  Caller one = { .name = "one" };
  Caller two = { .name = "two" };

  ask (table, "a", &creator, &one, NULL);
  ask (table, "a", &creator, &two, NULL);
  creator.task = NULL;
#if GLIB_CHECK_VERSION(2, 76, 0)
  g_test_expect_message ("GLib-GIO", G_LOG_LEVEL_CRITICAL, "*finalized without ever returning*");
#endif
  g_clear_object (&creator.kept_task);
#if GLIB_CHECK_VERSION(2, 76, 0)
  g_test_assert_expected_messages ();
#endif
  g_assert_cmpuint (creator.n_freed, ==, 1);
  test_iterate ();
  g_assert_error (one.error, WEAKREF_ERROR, WEAKREF_ERROR_CREATE);
  g_assert_error (two.error, WEAKREF_ERROR, WEAKREF_ERROR_CREATE);
  assert_log ("create:a one! two!");
  caller_clear (&one);
  caller_clear (&two);
  g_object_unref (table);
}

static void
test_dies_at_once (void)
{
  WeakrefValueTable *table = string_table ();
  Creator creator = { .name = "a" };
  Caller one = { .name = "one", .drops = TRUE };
  Caller two = { .name = "two", .drops = TRUE };
  Caller three = { .name = "three", .drops = TRUE };

  ask (table, "a", &creator, &one, NULL);
  ask (table, "a", &creator, &two, NULL);
  ask (table, "a", &creator, &three, NULL);
  creator_return (&creator);
  test_iterate ();
  /* Each was handed a living object, whatever the others did with theirs. */
  assert_log ("create:a one=a two=a three=a -a ~a");
  assert_at (table, "a", NULL);
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_insert_during_a_creation (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *b = test_probe_new ("b");
  Creator creator = { .name = "a" };
  Caller one = { .name = "one" };
  Caller two = { .name = "two" };

  ask (table, "a", &creator, &one, NULL);
  weakref_value_table_insert (table, "a", b);
  /* It need not wait for the creation. */
  ask (table, "a", &creator, &two, NULL);
  test_iterate ();
  assert_log ("create:a two=b");
  creator_return (&creator);
  test_iterate ();
  assert_log ("-a ~a one=b");
  assert_at (table, "a", b);
  caller_clear (&one);
  caller_clear (&two);
  g_object_unref (b);
  assert_log ("-b ~b");
  g_object_unref (table);
}

static void
test_table_is_kept (void)
{
  WeakrefValueTable *table = string_table ();
  WeakrefRef *ref = weakref_ref_new (table);
  Creator creator = { .name = "a" };
  Caller one = { .name = "one" };

  ask (table, "a", &creator, &one, NULL);
  g_object_unref (table);
  g_assert_true (weakref_ref_is_alive (ref));
  creator_return (&creator);
  test_iterate ();
  assert_log ("create:a one=a");
  g_assert_false (weakref_ref_is_alive (ref));
  caller_clear (&one);
  assert_log ("-a ~a");
  g_object_unref (ref);
}

static void
test_table_is_disposed (void)
{
  WeakrefValueTable *table = string_table ();
  Creator creator = { .name = "a" };
  Caller one = { .name = "one" };

  ask (table, "a", &creator, &one, NULL);
  g_object_run_dispose (G_OBJECT (table));
  creator_return (&creator);
  test_iterate ();
  assert_log ("create:a one=a");
  caller_clear (&one);
  assert_log ("-a ~a");
  g_object_unref (table);
}

/* Cancelling */

static void
test_cancel_one_of_two (void)
{
  WeakrefValueTable *table = string_table ();
  GCancellable *cancellable = g_cancellable_new ();
  Creator creator = { .name = "a" };
  Caller one = { .name = "one" };
  Caller two = { .name = "two" };

  /* The one who has started it goes, and is told while the creation goes on. */
  ask (table, "a", &creator, &one, cancellable);
  ask (table, "a", &creator, &two, NULL);
  g_cancellable_cancel (cancellable);
  assert_log ("create:a");
  test_iterate ();
  assert_log ("one!");
  g_assert_error (one.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_false (g_cancellable_is_cancelled (creator.cancellable));

  creator_return (&creator);
  test_iterate ();
  assert_log ("two=a");
  caller_clear (&one);
  caller_clear (&two);
  assert_log ("-a ~a");
  g_object_unref (cancellable);
  g_object_unref (table);
}

static void
test_cancel_the_last (void)
{
  WeakrefValueTable *table = string_table ();
  GCancellable *cancellable = g_cancellable_new ();
  GCancellable *other_cancellable = g_cancellable_new ();
  Creator creator = { .name = "a" };
  Creator second = { .name = "second" };
  Caller one = { .name = "one" };
  Caller two = { .name = "two" };
  Caller three = { .name = "three" };

  ask (table, "a", &creator, &one, cancellable);
  ask (table, "a", &creator, &two, other_cancellable);
  g_cancellable_cancel (other_cancellable);
  g_assert_false (g_cancellable_is_cancelled (creator.cancellable));
  g_cancellable_cancel (cancellable);
  g_assert_true (g_cancellable_is_cancelled (creator.cancellable));
  test_iterate ();
  assert_log ("create:a two! one!");

  /* Who comes now does not get what has been cancelled. */
  ask (table, "a", &second, &three, NULL);
  assert_log ("create:a");
  creator_return (&creator);
  test_iterate ();
  assert_log ("-a ~a");
  assert_at (table, "a", NULL);
  creator_return (&second);
  test_iterate ();
  assert_log ("three=second");
  assert_at (table, "a", three.object);
  caller_clear (&one);
  caller_clear (&two);
  caller_clear (&three);
  assert_log ("-second ~second");
  g_object_unref (cancellable);
  g_object_unref (other_cancellable);
  g_object_unref (table);
}

static void
test_cancelled_before (void)
{
  WeakrefValueTable *table = string_table ();
  GCancellable *cancellable = g_cancellable_new ();
  Creator creator = { .name = "a" };
  Caller one = { .name = "one" };

  g_cancellable_cancel (cancellable);
  ask (table, "a", &creator, &one, cancellable);
  g_assert_cmpuint (creator.n_freed, ==, 1);
  assert_log ("");
  test_iterate ();
  assert_log ("one!");
  g_assert_error (one.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  caller_clear (&one);
  g_object_unref (cancellable);
  g_object_unref (table);
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
  WeakrefValueTable *table = string_table ();
  GCancellable *cancellable = g_cancellable_new ();
  Creator creator = { .name = "a" };
  Caller one = { .name = "one" };

  /* The object was handed to the caller, who has not seen it yet. */
  ask (table, "a", &creator, &one, cancellable);
  creator_return (&creator);
  while (creator.n_freed == 0)
    g_main_context_iteration (NULL, FALSE);
  assert_log ("create:a");
  g_cancellable_cancel (cancellable);
  test_iterate ();
  assert_log ("one! -a ~a");
  g_assert_error (one.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  caller_clear (&one);
  assert_size (table, 0);
  g_object_unref (cancellable);
  g_object_unref (table);
}

static void
test_cancel_in_a_cancellation (void)
{
  WeakrefValueTable *table = string_table ();
  GCancellable *cancellable = g_cancellable_new ();
  GCancellable *other = g_cancellable_new ();
  Creator creator = { .name = "a" };
  Caller one = { .name = "one" };
  Caller two = { .name = "two" };

  /* A handler of the creation's cancellable may do what it likes: there is no lock. */
  ask (table, "a", &creator, &one, cancellable);
  g_signal_connect (creator.cancellable, "cancelled", G_CALLBACK (cancel_cb), other);
  g_cancellable_cancel (cancellable);
  assert_log ("create:a cancelled");
  ask (table, "a", &creator, &two, other);
  test_iterate ();
  g_assert_error (one.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_error (two.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_free (test_log_steal ());
  g_task_return_error_if_cancelled (creator.task);
  g_clear_object (&creator.kept_task);
  test_iterate ();
  caller_clear (&one);
  caller_clear (&two);
  g_object_unref (cancellable);
  g_object_unref (other);
  g_object_unref (table);
}

/* Contexts and threads */

typedef struct
{
  WeakrefValueTable *table;
  Creator creator;
  Caller caller;
  GMainContext *context;
  GThread *called_in;
  TestGate asked;
  TestGate go_on;
} Elsewhere;

static void
elsewhere_cb (GObject *table, GAsyncResult *result, gpointer data)
{
  Elsewhere *elsewhere = data;

  elsewhere->called_in = g_thread_self ();
  caller_cb (table, result, &elsewhere->caller);
}

static gpointer
elsewhere_thread (gpointer data)
{
  Elsewhere *elsewhere = data;

  g_main_context_push_thread_default (elsewhere->context);
  weakref_value_table_ensure_async (elsewhere->table, "a", G_PRIORITY_DEFAULT, NULL, creator_cb,
                                    &elsewhere->creator, creator_freed_cb, elsewhere_cb, elsewhere);
  test_gate_open (&elsewhere->asked);
  test_gate_wait (&elsewhere->go_on);
  while (elsewhere->called_in == NULL)
    g_main_context_iteration (elsewhere->context, TRUE);
  g_assert_true (elsewhere->called_in == g_thread_self ());
  g_main_context_pop_thread_default (elsewhere->context);

  return NULL;
}

static void
check_contexts (gboolean starts_here)
{
  Elsewhere elsewhere = {
    .table = string_table (),
    .creator = { .name = "there" },
    .caller = { .name = "there" },
  };
  Creator creator = { .name = "here" };
  Caller here = { .name = "here" };
  GThread *thread;

  elsewhere.context = g_main_context_new ();
  test_gate_init (&elsewhere.asked);
  test_gate_init (&elsewhere.go_on);
  if (starts_here)
    ask (elsewhere.table, "a", &creator, &here, NULL);
  thread = g_thread_new ("elsewhere", elsewhere_thread, &elsewhere);
  test_gate_wait (&elsewhere.asked);
  if (!starts_here)
    ask (elsewhere.table, "a", &creator, &here, NULL);
  assert_log ("create:a");
  creator_return (starts_here ? &creator : &elsewhere.creator);
  test_iterate ();
  if (starts_here)
    assert_log ("here=here");
  else
    assert_log ("");
  g_assert_null (elsewhere.called_in);
  test_gate_open (&elsewhere.go_on);
  g_thread_join (thread);
  test_iterate ();
  if (starts_here)
    assert_log ("there=here");
  else
    {
      char *log = test_log_steal ();

      g_assert_nonnull (strstr (log, "here=there"));
      g_assert_nonnull (strstr (log, "there=there"));
      g_free (log);
    }
  g_assert_true (here.object == elsewhere.caller.object);
  caller_clear (&here);
  caller_clear (&elsewhere.caller);
  g_free (test_log_steal ());
  test_gate_clear (&elsewhere.asked);
  test_gate_clear (&elsewhere.go_on);
  g_main_context_unref (elsewhere.context);
  g_object_unref (elsewhere.table);
}

static void
test_each_in_its_context (void)
{
  check_contexts (TRUE);
  check_contexts (FALSE);
}

/* A thread that blocks for what is made here. */

static gpointer
blocking_thread (gpointer data)
{
  Caller *caller = data;

  caller->object = weakref_value_table_ensure (caller->table, "a", create_cb, NULL, &caller->error);

  return NULL;
}

static void
check_blocking_waits (gboolean fails)
{
  WeakrefValueTable *table = counting_table ();
  Creator creator = { .name = "a" };
  Caller here = { .name = "here" };
  Caller there = { .name = "there", .table = table };
  GThread *thread;

  ask (table, "a", &creator, &here, NULL);
  thread = g_thread_new ("blocking", blocking_thread, &there);
  while (g_atomic_int_get (&n_compared) < 1)
    g_thread_yield ();
  if (fails)
    creator_fail (&creator);
  else
    creator_return (&creator);
  while (!here.called)
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  if (fails)
    {
      g_assert_error (there.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      assert_log ("create:a here!");
    }
  else
    {
      g_assert_no_error (there.error);
      assert_log ("create:a here=a");
    }
  g_assert_true (here.object == there.object);
  caller_clear (&here);
  caller_clear (&there);
  if (!fails)
    assert_log ("-a ~a");
  g_object_unref (table);
}

static void
test_blocking_waits_for_async (void)
{
  check_blocking_waits (FALSE);
  check_blocking_waits (TRUE);
}

static void
test_blocking_keeps_the_creation (void)
{
  WeakrefValueTable *table = counting_table ();
  GCancellable *cancellable = g_cancellable_new ();
  Creator creator = { .name = "a" };
  Caller here = { .name = "here" };
  Caller there = { .name = "there", .table = table };
  GThread *thread;

  ask (table, "a", &creator, &here, cancellable);
  thread = g_thread_new ("blocking", blocking_thread, &there);
  while (g_atomic_int_get (&n_compared) < 1)
    g_thread_yield ();
  g_cancellable_cancel (cancellable);
  test_iterate ();
  assert_log ("create:a here!");
  g_assert_false (g_cancellable_is_cancelled (creator.cancellable));
  creator_return (&creator);
  test_iterate ();
  g_thread_join (thread);
  g_assert_no_error (there.error);
  caller_clear (&here);
  caller_clear (&there);
  assert_log ("-a ~a");
  g_object_unref (cancellable);
  g_object_unref (table);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/value-table/async");

  test_case_as ("creates-once", creates_once);
  test_case_as ("by-value", by_value);
  test_case_as ("frees-the-data", frees_the_data);
  test_case_as ("goes-by-a-copy-of-the-key", goes_by_a_copy_of_the_key);
  test_case_as ("in-a-cache", in_a_cache);
  test_case_as ("end/failure-is-for-all-who-wait", fails_for_all_who_wait);
  test_case_as ("end/bad-creations", bad_creations);
  test_case_as ("end/task-that-is-dropped", task_that_is_dropped);
  test_case_as ("end/object-dies-at-once", dies_at_once);
  test_case_as ("end/insert-during-a-creation", insert_during_a_creation);
  test_case_as ("end/table-is-kept", table_is_kept);
  test_case_as ("end/table-is-disposed", table_is_disposed);
  test_case_as ("cancel/one-of-two", cancel_one_of_two);
  test_case_as ("cancel/the-last", cancel_the_last);
  test_case_as ("cancel/before", cancelled_before);
  test_case_as ("cancel/when-answered", cancel_when_answered);
  test_case_as ("cancel/in-a-cancellation", cancel_in_a_cancellation);
  test_case_as ("threads/each-in-its-context", each_in_its_context);
  test_case_as ("threads/blocking-waits-for-async", blocking_waits_for_async);
  test_case_as ("threads/blocking-keeps-the-creation", blocking_keeps_the_creation);

  return g_test_run ();
}
