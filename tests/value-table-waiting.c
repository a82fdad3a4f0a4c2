/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Value tables: nobody waits for ever. Circles of creations, asynchronous ones among them, and
 * contexts that are blocked. */

#include "value-table-async.h"
#include "value-table-counting.h"

/* A creation that asks for others before it returns, in one of several ways. */
typedef struct _Maker Maker;

typedef enum
{
  BY_ITSELF,            /* asks inside of the create function */
  IN_A_CALLBACK,        /* asks for two, the second in the callback of the first */
  WITH_ITS_CANCELLABLE, /* asks in another source, with the creation's cancellable */
} How;

struct _Maker
{
  WeakrefValueTable *table;
  const char *key;
  How how;
  Maker *asks[3]; /* of which the last one is NULL */
  guint n_asked;
  guint n_answered;
  GTask *task; /* (owned) (nullable) */
  gpointer kept[2];
};

static guint n_given; /* data of create functions */
static guint n_freed;

static void
maker_freed_cb (gpointer maker)
{
  n_freed++;
}

static void maker_ask (Maker *maker, Maker *other, GCancellable *cancellable);

static void
maker_finish (Maker *maker, GError *error)
{
  GTask *task = g_steal_pointer (&maker->task);
  guint i;

  if (task == NULL)
    {
      g_clear_error (&error);
      return;
    }

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, test_probe_new (maker->key), g_object_unref);
  for (i = 0; i < 2; i++)
    g_clear_object (&maker->kept[i]);
  g_object_unref (task);
}

static void
maker_answered_cb (GObject *table, GAsyncResult *result, gpointer data)
{
  Maker *maker = data;
  GError *error = NULL;
  gpointer object = weakref_value_table_ensure_finish (WEAKREF_VALUE_TABLE (table), result, &error);

  maker->kept[maker->n_answered++] = object;
  if (error != NULL)
    maker_finish (maker, error);
  else if (maker->asks[maker->n_asked] != NULL)
    maker_ask (maker, maker->asks[maker->n_asked], NULL);
  else if (maker->n_answered == maker->n_asked)
    maker_finish (maker, NULL);
}

static gboolean
maker_asks_later_cb (gpointer data)
{
  Maker *maker = data;

  maker_ask (maker, maker->asks[0], g_task_get_cancellable (maker->task));
  return G_SOURCE_REMOVE;
}

static void
maker_create_cb (gconstpointer key, GTask *task, gpointer data)
{
  Maker *maker = data;

  test_log ("create:%s", (const char *) key);
  maker->task = g_object_ref (task);
  if (maker->asks[0] == NULL)
    maker_finish (maker, NULL);
  else if (maker->how == WITH_ITS_CANCELLABLE)
    g_idle_add (maker_asks_later_cb, maker);
  else
    maker_ask (maker, maker->asks[0], NULL);
  if (maker->how == BY_ITSELF && maker->asks[0] != NULL && maker->asks[1] != NULL)
    maker_ask (maker, maker->asks[1], NULL);
}

static void
maker_ask (Maker *maker, Maker *other, GCancellable *cancellable)
{
  maker->n_asked++;
  n_given++;
  weakref_value_table_ensure_async (other->table, other->key, G_PRIORITY_DEFAULT, cancellable,
                                    maker_create_cb, other, maker_freed_cb, maker_answered_cb,
                                    maker);
}

static void
start (Maker *maker, Caller *caller)
{
  n_given++;
  weakref_value_table_ensure_async (maker->table, maker->key, G_PRIORITY_DEFAULT, NULL,
                                    maker_create_cb, maker, maker_freed_cb, caller_cb, caller);
}

static void
check_recursion (Maker *maker)
{
  Caller caller = { .name = "caller" };

  start (maker, &caller);
  while (!caller.called)
    g_main_context_iteration (NULL, TRUE);
  g_assert_error (caller.error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION);
  caller_clear (&caller);
  test_iterate ();
  g_assert_cmpuint (n_freed, ==, n_given);
  g_free (test_log_steal ());
}

static void
check_self (How how)
{
  WeakrefValueTable *table = string_table ();
  Maker b = { .table = table, .key = "b" };
  Maker a = { .table = table, .key = "a", .how = how };

  a.asks[0] = how == IN_A_CALLBACK ? &b : &a;
  a.asks[1] = how == IN_A_CALLBACK ? &a : NULL;
  check_recursion (&a);
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_its_own_key (void)
{
  check_self (BY_ITSELF);
  check_self (IN_A_CALLBACK);
  check_self (WITH_ITS_CANCELLABLE);
}

static void
test_circle_over_tables (void)
{
  WeakrefValueTable *tables[3] = { string_table (), string_table (), string_table () };
  How how;
  guint i;

  for (how = BY_ITSELF; how <= WITH_ITS_CANCELLABLE; how++)
    {
      Maker d = { .table = tables[0], .key = "d" };
      Maker a = { .table = tables[0], .key = "a", .how = how };
      Maker b = { .table = tables[1], .key = "b", .how = how };
      Maker c = { .table = tables[2], .key = "c", .how = how };

      a.asks[0] = &b;
      b.asks[0] = &c;
      c.asks[0] = how == IN_A_CALLBACK ? &d : &a;
      c.asks[1] = how == IN_A_CALLBACK ? &a : NULL;
      check_recursion (&a);
    }
  for (i = 0; i < 3; i++)
    {
      assert_size (tables[i], 0);
      g_object_unref (tables[i]);
    }
}

static void
test_no_circle (void)
{
  WeakrefValueTable *table = string_table ();
  Maker d = { .table = table, .key = "d" };
  Maker b = { .table = table, .key = "b", .asks = { &d } };
  Maker c = { .table = table, .key = "c", .asks = { &d } };
  Maker a = { .table = table, .key = "a", .asks = { &b, &c } };
  Caller caller = { .name = "caller" };

  /* Two ways to the same key are no circle. */
  start (&a, &caller);
  while (!caller.called)
    g_main_context_iteration (NULL, TRUE);
  g_assert_no_error (caller.error);
  caller_clear (&caller);
  test_iterate ();
  g_assert_cmpuint (n_freed, ==, n_given);
  g_free (test_log_steal ());
  assert_size (table, 0);
  g_object_unref (table);
}

/* What happens to run inside of a creation is no part of it. */

static gboolean
ask_cb (gpointer data)
{
  Maker *maker = data;

  start (maker, maker->kept[0]);
  maker->kept[0] = NULL;
  return G_SOURCE_REMOVE;
}

static gpointer
create_in_a_loop_cb (gconstpointer key, gpointer user_data, GError **error)
{
  g_idle_add (ask_cb, user_data);
  test_iterate ();
  return test_probe_new ("a");
}

static void
test_other_work_in_a_creation (void)
{
  WeakrefValueTable *table = string_table ();
  Caller caller = { .name = "caller" };
  Maker a = { .table = table, .key = "a", .kept = { &caller } };
  gpointer object = weakref_value_table_ensure (table, "a", create_in_a_loop_cb, &a, NULL);

  test_iterate ();
  assert_log ("caller=a");
  g_assert_cmpuint (n_freed, ==, n_given);
  g_assert_true (caller.object == object);
  caller_clear (&caller);
  g_object_unref (object);
  assert_log ("-a ~a");
  g_object_unref (table);
}

/* A blocking request inside of an asynchronous creation. */

static void
create_blocks_cb (gconstpointer key, GTask *task, gpointer table)
{
  GError *error = NULL;
  gpointer b = weakref_value_table_ensure (table, "b", create_cb, NULL, &error);

  g_assert_no_error (error);
  g_object_unref (b);
  g_assert_null (weakref_value_table_ensure (table, key, create_cb, NULL, &error));
  g_task_return_error (task, error);
}

static void
test_blocking_inside (void)
{
  WeakrefValueTable *table = string_table ();
  Caller caller = { .name = "caller" };

  weakref_value_table_ensure_async (table, "a", G_PRIORITY_DEFAULT, NULL, create_blocks_cb, table,
                                    NULL, caller_cb, &caller);
  test_iterate ();
  g_assert_error (caller.error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION);
  assert_log ("create:b -b ~b caller!");
  caller_clear (&caller);
  g_object_unref (table);
}

/* Blocking the context */

static void
check_would_block (WeakrefValueTable *table)
{
  GError *error = NULL;

  g_assert_null (weakref_value_table_ensure (table, "a", create_cb, NULL, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_WOULD_BLOCK);
  g_error_free (error);
}

static gboolean
check_would_block_cb (gpointer table)
{
  check_would_block (table);
  test_log ("checked");
  return G_SOURCE_REMOVE;
}

static void
test_would_block (void)
{
  WeakrefValueTable *table = string_table ();
  GMainContext *context = g_main_context_new ();
  Creator creator = { .name = "a" };
  Caller caller = { .name = "caller" };
  guint i;

  for (i = 0; i < 2; i++)
    {
      GSource *source;

      if (i == 1)
        g_main_context_push_thread_default (context);
      ask (table, "a", &creator, &caller, NULL);
      assert_log ("create:a");
      check_would_block (table);
      source = g_idle_source_new ();
      g_source_set_callback (source, check_would_block_cb, table, NULL);
      g_source_attach (source, i == 0 ? NULL : context);
      g_source_unref (source);
      while (g_main_context_iteration (i == 0 ? NULL : context, FALSE))
        ;
      assert_log ("checked");
      creator_return (&creator);
      while (g_main_context_iteration (i == 0 ? NULL : context, FALSE))
        ;
      assert_log ("caller=a");
      caller_clear (&caller);
      assert_log ("-a ~a");
      if (i == 1)
        g_main_context_pop_thread_default (context);
    }
  g_main_context_unref (context);
  g_object_unref (table);
}

/* This thread blocks for "x", which another one makes, which blocks for "a", which needs this
 * thread's context: whichever of the two begins to wait last is refused. */

typedef struct
{
  WeakrefValueTable *table; /* "a" */
  WeakrefValueTable *xs;
  TestGate creating_x;
  TestGate go_on;
  GError *error;
} Chain;

static gpointer
chain_create_x_cb (gconstpointer key, gpointer data, GError **error)
{
  Chain *chain = data;
  gpointer a;

  test_gate_open (&chain->creating_x);
  test_gate_wait (&chain->go_on);
  a = weakref_value_table_ensure (chain->table, "a", create_cb, NULL, error);
  if (a == NULL)
    return NULL;

  g_object_unref (a);
  return test_probe_new ("x");
}

static gpointer
chain_thread (gpointer data)
{
  Chain *chain = data;
  gpointer x = weakref_value_table_ensure (chain->xs, "x", chain_create_x_cb, chain, &chain->error);

  g_clear_object (&x);
  return NULL;
}

static void
check_chain (gboolean other_waits_first)
{
  Chain chain = { .table = counting_table (), .xs = string_table () };
  GMainContext *context = g_main_context_new ();
  Creator creator = { .name = "a" };
  Caller caller = { .name = "caller" };
  GError *error = NULL;
  GThread *thread;
  gpointer x;

  test_gate_init (&chain.creating_x);
  test_gate_init (&chain.go_on);
  g_main_context_push_thread_default (context);
  ask (chain.table, "a", &creator, &caller, NULL);
  thread = g_thread_new ("chain", chain_thread, &chain);
  test_gate_wait (&chain.creating_x);
  test_gate_open (&chain.go_on);
  if (other_waits_first)
    {
      while (g_atomic_int_get (&n_compared) < 1)
        g_thread_yield ();
    }
  x = weakref_value_table_ensure (chain.xs, "x", create_cb, NULL, &error);
  g_assert_null (x);
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_WOULD_BLOCK);
  g_error_free (error);

  creator_return (&creator);
  while (!caller.called)
    g_main_context_iteration (context, TRUE);
  g_thread_join (thread);
  g_clear_error (&chain.error);
  caller_clear (&caller);
  g_free (test_log_steal ());
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  test_gate_clear (&chain.creating_x);
  test_gate_clear (&chain.go_on);
  g_object_unref (chain.table);
  g_object_unref (chain.xs);
}

static void
test_would_block_through_a_thread (void)
{
  guint n_rounds = test_scale (50, 5);
  guint i;

  for (i = 0; i < n_rounds; i++)
    check_chain (i % 2);
}

/* A thread makes "x" and asks for "y"; "y" is made here, without waiting, and asks for "x". */

typedef struct
{
  WeakrefValueTable *table;
  TestGate making_x;
  TestGate go_on;
  GError *error;
} Mixed;

static gpointer
mixed_create_x_cb (gconstpointer key, gpointer data, GError **error)
{
  Mixed *mixed = data;

  test_gate_open (&mixed->making_x);
  test_gate_wait (&mixed->go_on);
  g_assert_null (weakref_value_table_ensure (mixed->table, "y", create_cb, NULL, error));
  return NULL;
}

static gpointer
mixed_thread (gpointer data)
{
  Mixed *mixed = data;

  g_assert_null (
    weakref_value_table_ensure (mixed->table, "x", mixed_create_x_cb, mixed, &mixed->error));
  return NULL;
}

static void
test_circle_with_a_thread (void)
{
  WeakrefValueTable *table = string_table ();
  Mixed mixed = { .table = table };
  Maker x = { .table = table, .key = "x" };
  Maker y = { .table = table, .key = "y", .asks = { &x } };
  Caller caller = { .name = "caller" };
  GThread *thread;

  test_gate_init (&mixed.making_x);
  test_gate_init (&mixed.go_on);
  thread = g_thread_new ("mixed", mixed_thread, &mixed);
  test_gate_wait (&mixed.making_x);
  start (&y, &caller);
  assert_log ("create:y");
  test_gate_open (&mixed.go_on);
  while (!caller.called)
    g_main_context_iteration (NULL, TRUE);
  g_thread_join (thread);
  g_assert_error (mixed.error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION);
  g_assert_error (caller.error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION);
  assert_log ("caller!");
  test_iterate ();
  g_assert_cmpuint (n_freed, ==, n_given);
  g_clear_error (&mixed.error);
  caller_clear (&caller);
  test_gate_clear (&mixed.making_x);
  test_gate_clear (&mixed.go_on);
  g_object_unref (table);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/value-table/waiting");

  test_case_as ("recursion/its-own-key", its_own_key);
  test_case_as ("recursion/circle-over-tables", circle_over_tables);
  test_case_as ("recursion/no-circle", no_circle);
  test_case_as ("recursion/other-work-in-a-creation", other_work_in_a_creation);
  test_case_as ("recursion/blocking-inside", blocking_inside);
  test_case_as ("recursion/circle-with-a-thread", circle_with_a_thread);
  test_case_as ("would-block/is-refused", would_block);
  test_case_as ("would-block/through-a-thread", would_block_through_a_thread);

  return g_test_run ();
}
