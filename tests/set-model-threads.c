/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The set as a list model: in which thread a change is announced. */

#include "set-model-common.h"

/* Where */

static void
thread_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  g_assert_true (g_thread_self () == user_data);
}

typedef struct
{
  WeakrefSet *set;
  TestProbe *probe;
} Change;

static gpointer
change_thread (gpointer data)
{
  Change *change = data;

  g_assert_true (weakref_set_add (change->set, change->probe));
  g_assert_true (weakref_set_contains (change->set, change->probe));
  g_assert_true (weakref_set_remove (change->set, change->probe));
  g_assert_false (weakref_set_contains (change->set, change->probe));
  g_assert_true (weakref_set_add (change->set, change->probe));
  test_log ("changed");

  return NULL;
}

static void
test_changes_in_another_thread_reach_it_in_its_context (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  Change change = { set, test_probe_new ("f") };

  g_signal_connect (set, "items-changed", G_CALLBACK (thread_cb), g_thread_self ());
  g_thread_join (g_thread_new ("change", change_thread, &change));
  assert_log ("changed");
  assert_model (set, "a b c d e");
  drop_elsewhere (g_steal_pointer (&probes[1]));
  assert_log ("-b ~b");
  assert_model (set, "a ? c d e");
  test_iterate ();
  assert_log ("1-1+0 -? ~? 4-0+1");
  assert_model (set, "a c d e f");

  /* An item that was added and removed in between was never shown. */
  weakref_set_remove (set, change.probe);
  assert_log ("4-1+0");
  g_thread_join (g_thread_new ("change", change_thread, &change));
  assert_log ("changed");
  g_object_unref (change.probe);
  assert_log ("-f ~f");
  test_iterate ();
  assert_log ("");
  assert_model (set, "a c d e");

  g_object_unref (set);
  clear_probes (probes);
}

/* A thread with a context of its own, in which it makes a set. */
typedef struct
{
  WeakrefSet *set;
  TestProbe *probe;
  TestGate made;
  TestGate changed;
} Worker;

static gpointer
worker_thread (gpointer data)
{
  Worker *worker = data;
  GMainContext *context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  worker->set = weakref_set_new (TEST_TYPE_PROBE);
  g_signal_connect (worker->set, "items-changed", G_CALLBACK (changed_cb), NULL);
  g_signal_connect (worker->set, "items-changed", G_CALLBACK (thread_cb), g_thread_self ());
  test_gate_open (&worker->made);
  test_gate_wait (&worker->changed);

  assert_model (worker->set, "");
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("0-0+1");
  assert_model (worker->set, "a");
  /* It is at home here. */
  weakref_set_remove (worker->set, worker->probe);
  assert_log ("0-1+0");

  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);

  return NULL;
}

static void
test_belongs_to_the_context_it_was_made_in (void)
{
  Worker worker = { .probe = test_probe_new ("a") };
  GThread *thread;

  test_gate_init (&worker.made);
  test_gate_init (&worker.changed);
  thread = g_thread_new ("worker", worker_thread, &worker);
  test_gate_wait (&worker.made);

  weakref_set_add (worker.set, worker.probe);
  test_iterate ();
  assert_log ("");
  test_gate_open (&worker.changed);
  g_thread_join (thread);

  g_object_unref (worker.set);
  g_object_unref (worker.probe);
  assert_log ("-a ~a");
  test_gate_clear (&worker.made);
  test_gate_clear (&worker.changed);
}

static gpointer
make_thread (gpointer data)
{
  return weakref_set_new (TEST_TYPE_PROBE);
}

static void
test_follows_calls_of_whoever_runs_the_context (void)
{
  WeakrefSet *set = g_thread_join (g_thread_new ("make", make_thread, NULL));
  TestProbe *a = test_probe_new ("a");

  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);
  /* This thread did not make the set. So its call announces nothing, although no other thread runs
   * the context. */
  weakref_set_add (set, a);
  assert_log ("");
  g_assert_true (g_main_context_acquire (NULL));
  weakref_set_remove (set, a);
  weakref_set_add (set, a);
  assert_log ("0-0+1");
  g_main_context_release (NULL);

  test_iterate ();
  assert_log ("");
  g_object_unref (set);
  g_object_unref (a);
  assert_log ("-a ~a");
}

/* Threads: items come and go in others; the model is looked at all the while in its own. */

typedef struct
{
  WeakrefSet *set;
  gint running; /* (atomic) */
} Storm;

static gpointer
storm_thread (gpointer data)
{
  Storm *storm = data;
  guint n_rounds = test_scale (3000, 100);
  guint round;

  for (round = 0; round < n_rounds; round++)
    {
      TestProbe *one = test_probe_new ("p");
      TestProbe *two = test_probe_new ("q");

      weakref_set_add (storm->set, one);
      weakref_set_add (storm->set, two);
      if (round % 3 == 0)
        g_assert_true (weakref_set_remove (storm->set, two));
      g_object_unref (one);
      g_object_unref (two);
    }
  g_atomic_int_add (&storm->running, -1);

  return NULL;
}

static void
count_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  guint *n_announced = user_data;

  *n_announced += added - removed;
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, *n_announced);
}

static void
test_threads_reach_it_in_its_context (void)
{
  Storm storm = { weakref_set_new (TEST_TYPE_PROBE), 3 };
  GThread *threads[3];
  guint n_announced = 0;
  GHashTable *seen = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  guint n_stand_ins = 0;
  guint n_seen = 0;
  guint i;

  test_log_set_probes (FALSE);
  weakref_set_set_stand_in_func (storm.set, stand_in_cb, NULL, NULL);
  g_signal_connect (storm.set, "items-changed", G_CALLBACK (thread_cb), g_thread_self ());
  g_signal_connect (storm.set, "items-changed", G_CALLBACK (count_cb), &n_announced);
  for (i = 0; i < 3; i++)
    threads[i] = g_thread_new ("storm", storm_thread, &storm);

  while (g_atomic_int_get (&storm.running) > 0)
    {
      guint n = g_list_model_get_n_items (G_LIST_MODEL (storm.set));

      for (i = 0; i < n; i++)
        {
          gpointer item = g_list_model_get_item (G_LIST_MODEL (storm.set), i);

          /* No two positions give the same item. */
          g_assert_true (TEST_IS_PROBE (item));
          g_assert_true (g_hash_table_add (seen, item));
          n_seen++;
          n_stand_ins += g_str_equal (test_probe_get_name (item), "?");
        }
      g_hash_table_remove_all (seen);
      g_main_context_iteration (NULL, FALSE);
    }

  for (i = 0; i < 3; i++)
    g_thread_join (threads[i]);
  test_iterate ();
  g_assert_cmpuint (n_announced, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (storm.set)), ==, 0);
  g_assert_cmpuint (weakref_set_get_size (storm.set), ==, 0);
  g_test_message ("%u positions read, %u of them dead", n_seen, n_stand_ins);

  g_hash_table_unref (seen);
  g_object_unref (storm.set);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/set/model");

  test_case_as ("thread/changes-reach-it-in-its-context",
                changes_in_another_thread_reach_it_in_its_context);
  test_case_as ("thread/belongs-to-the-context-it-was-made-in",
                belongs_to_the_context_it_was_made_in);
  test_case_as ("thread/follows-calls-of-whoever-runs-the-context",
                follows_calls_of_whoever_runs_the_context);
  test_case_as ("thread/storm-reaches-it-in-its-context", threads_reach_it_in_its_context);

  return g_test_run ();
}
