/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Value tables: creation without waiting in several contexts and threads. */

#include "value-table-async.h"
#include "value-table-counting.h"

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
  Scene s = scene_new (counting_table ());
  GThread *thread;

  s.two.table = s.table;
  ask (s.table, "a", &s.creator, &s.one, NULL);
  thread = g_thread_new ("blocking", blocking_thread, &s.two);
  while (g_atomic_int_get (&n_compared) < 1)
    g_thread_yield ();
  if (fails)
    creator_fail (&s.creator);
  else
    creator_return (&s.creator);
  while (!s.one.called)
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  if (fails)
    {
      g_assert_error (s.two.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      assert_log ("create:a one!");
    }
  else
    {
      g_assert_no_error (s.two.error);
      assert_log ("create:a one=a");
    }
  g_assert_true (s.one.object == s.two.object);
  scene_clear (&s, fails ? "" : "-a ~a");
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
  Scene s = scene_new (counting_table ());
  GThread *thread;

  s.two.table = s.table;
  ask (s.table, "a", &s.creator, &s.one, s.cancellable);
  thread = g_thread_new ("blocking", blocking_thread, &s.two);
  while (g_atomic_int_get (&n_compared) < 1)
    g_thread_yield ();
  g_cancellable_cancel (s.cancellable);
  test_iterate ();
  assert_log ("create:a one!");
  g_assert_false (g_cancellable_is_cancelled (s.creator.cancellable));
  creator_return (&s.creator);
  test_iterate ();
  g_thread_join (thread);
  g_assert_no_error (s.two.error);
  scene_clear (&s, "-a ~a");
}

/* One thread asks, another one cancels, and a third one gets the answer. */

typedef struct
{
  WeakrefValueTable *table;
  GCancellable *cancellable;
  gint answered; /* (atomic) */
} Cancelling;

static gboolean
is_connected (GCancellable *cancellable)
{
  guint id = g_signal_lookup ("cancelled", G_TYPE_CANCELLABLE);

  return g_signal_handler_find (cancellable, G_SIGNAL_MATCH_ID, id, 0, NULL, NULL, NULL) != 0;
}

static void
no_object_cb (gconstpointer key, GTask *task, gpointer data)
{
  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "not found");
}

static void
answered_cb (GObject *table, GAsyncResult *result, gpointer data)
{
  Cancelling *cancelling = data;
  GError *error = NULL;

  g_atomic_int_set (&cancelling->answered, TRUE);
  g_assert_null (weakref_value_table_ensure_finish (WEAKREF_VALUE_TABLE (table), result, &error));
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_error_free (error);
}

static gpointer
asking_thread (gpointer data)
{
  Cancelling *cancelling = data;

  weakref_value_table_ensure_async (cancelling->table, "a", G_PRIORITY_DEFAULT,
                                    cancelling->cancellable, no_object_cb, NULL, NULL, answered_cb,
                                    cancelling);
  return NULL;
}

static gpointer
cancelling_thread (gpointer data)
{
  Cancelling *cancelling = data;

  while (!is_connected (cancelling->cancellable) && !g_atomic_int_get (&cancelling->answered))
    g_thread_yield ();
  g_cancellable_cancel (cancelling->cancellable);

  return NULL;
}

static void
test_cancelled_while_it_is_asked_for (void)
{
  guint n_rounds = test_scale (200, 20);
  guint i;

  for (i = 0; i < n_rounds; i++)
    {
      Cancelling cancelling = { string_table (), g_cancellable_new (), FALSE };
      GThread *canceller = g_thread_new ("cancelling", cancelling_thread, &cancelling);
      GThread *asker = g_thread_new ("asking", asking_thread, &cancelling);

      while (!g_atomic_int_get (&cancelling.answered))
        g_main_context_iteration (NULL, TRUE);
      g_thread_join (asker);
      g_thread_join (canceller);
      g_assert_false (is_connected (cancelling.cancellable));
      test_iterate ();
      g_assert_cmpuint (G_OBJECT (cancelling.cancellable)->ref_count, ==, 1);
      g_object_unref (cancelling.cancellable);
      g_assert_cmpuint (G_OBJECT (cancelling.table)->ref_count, ==, 1);
      g_object_unref (cancelling.table);
    }
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/value-table/async");

  test_case_as ("threads/each-in-its-context", each_in_its_context);
  test_case_as ("threads/blocking-waits-for-async", blocking_waits_for_async);
  test_case_as ("threads/blocking-keeps-the-creation", blocking_keeps_the_creation);
  test_case_as ("threads/cancelled-while-it-is-asked-for", cancelled_while_it_is_asked_for);

  return g_test_run ();
}
