/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The set as a list model: what it shows, and when and where it says so. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

static char *
model_to_string (gpointer model)
{
  GString *text = g_string_new (NULL);
  guint n_items = g_list_model_get_n_items (model);
  guint i;

  for (i = 0; i < n_items; i++)
    {
      gpointer item = g_list_model_get_item (model, i);

      g_assert_nonnull (item);
      g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                              TEST_IS_PROBE (item) ? test_probe_get_name (item) : "nothing");
      g_object_unref (item);
    }
  g_assert_null (g_list_model_get_item (model, n_items));

  return g_string_free (text, FALSE);
}

#define assert_model(model, expected)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    char *assert_model_got = model_to_string (model);                                              \
    g_assert_cmpstr (assert_model_got, ==, expected);                                              \
    g_free (assert_model_got);                                                                     \
  }                                                                                                \
  G_STMT_END

static void
changed_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  test_log ("%u-%u+%u", position, removed, added);
}

#define N_PROBES 5

/* A set of "a" to "e", which logs what it announces. */
static WeakrefSet *
set_of_five (TestProbe **probes)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  guint i;

  for (i = 0; i < N_PROBES; i++)
    {
      char name[2] = { (char) ('a' + i), 0 };

      probes[i] = test_probe_new (name);
      weakref_set_add (set, probes[i]);
    }
  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);

  return set;
}

static void
clear_probes (TestProbe **probes)
{
  guint i;

  for (i = 0; i < N_PROBES; i++)
    g_clear_object (&probes[i]);
  g_free (test_log_steal ());
}

static gpointer
unref_thread (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

/* In a thread of its own, which is over when this returns. */
static void
drop_elsewhere (gpointer object)
{
  g_thread_join (g_thread_new ("drop", unref_thread, object));
}

/* A context for the sets that are made until it is popped. Since a set keeps its context, the end
 * of that, "-context ~context", tells that nothing is left of the set. */
static GMainContext *
push_context (void)
{
  GMainContext *context = g_main_context_new ();
  GSource *source = g_idle_source_new ();

  g_source_set_callback (source, NULL, test_probe_new ("context"), g_object_unref);
  g_source_attach (source, context);
  g_source_unref (source);
  g_main_context_push_thread_default (context);

  return context;
}

static void
pop_context (GMainContext *context)
{
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  assert_log ("-context ~context");
}

/* When */

static void
test_follows_calls_at_once (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (set)) == TEST_TYPE_PROBE);
  assert_model (set, "a b c d e");
  weakref_set_remove (set, probes[1]);
  assert_log ("1-1+0");
  assert_model (set, "a c d e");
  weakref_set_remove (set, probes[1]);
  weakref_set_add (set, probes[0]);
  assert_log ("");
  weakref_set_add (set, probes[1]);
  assert_log ("4-0+1");
  assert_model (set, "a c d e b");
  weakref_set_remove_all (set);
  assert_log ("0-5+0");
  assert_model (set, "");
  weakref_set_remove_all (set);
  test_iterate ();
  assert_log ("");

  g_object_unref (set);
  clear_probes (probes);
}

static void
test_announces_deaths_from_the_context (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_clear_object (&probes[1]);
  g_clear_object (&probes[2]);
  g_clear_object (&probes[4]);
  assert_log ("-b ~b -c ~c -e ~e");
  g_assert_cmpuint (weakref_set_get_size (set), ==, 2);
  /* Until then there are stand-ins, of the right type. */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 5);
  assert_model (set, "a a a d a");

  /* Neighbours together. */
  test_iterate ();
  assert_log ("1-2+0 2-1+0");
  assert_model (set, "a d");

  /* A call brings what waits before it. */
  g_clear_object (&probes[0]);
  assert_log ("-a ~a");
  probes[0] = test_probe_new ("f");
  weakref_set_add (set, probes[0]);
  assert_log ("0-1+0 1-0+1");
  assert_model (set, "d f");
  test_iterate ();
  assert_log ("");

  /* Without anybody alive they stand for nothing. */
  g_clear_object (&probes[0]);
  g_clear_object (&probes[3]);
  assert_log ("-f ~f -d ~d");
  assert_model (set, "nothing nothing");
  test_iterate ();
  assert_log ("0-2+0");
  assert_model (set, "");

  g_object_unref (set);
}

static void
test_neighbours_together_in_whatever_order_they_die (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_clear_object (&probes[2]);
  g_clear_object (&probes[0]);
  g_clear_object (&probes[4]);
  g_clear_object (&probes[1]);
  assert_log ("-c ~c -a ~a -e ~e -b ~b");
  test_iterate ();
  assert_log ("0-3+0 1-1+0");
  assert_model (set, "d");

  g_object_unref (set);
  clear_probes (probes);
}

static void
test_remove_all_takes_the_dead_along (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_clear_object (&probes[3]);
  g_clear_object (&probes[1]);
  assert_log ("-d ~d -b ~b");
  weakref_set_remove_all (set);
  assert_log ("0-5+0");
  assert_model (set, "");
  test_iterate ();
  assert_log ("");

  g_object_unref (set);
  clear_probes (probes);
}

static void
test_item_that_died_and_comes_back (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  TestProbe *again = NULL;

  test_probe_resurrect (probes[1], &again, TRUE);
  g_clear_object (&probes[1]);
  assert_log ("-b");
  g_assert_false (weakref_set_contains (set, again));
  assert_model (set, "a a c d e");
  /* It is another member than it was. */
  g_assert_true (weakref_set_add (set, again));
  assert_log ("1-1+0 4-0+1");
  assert_model (set, "a c d e b");

  /* The same, without the death having been heard of by anybody. */
  test_probe_resurrect (again, &probes[1], FALSE);
  g_object_unref (again);
  g_assert_false (weakref_set_contains (set, probes[1]));
  assert_model (set, "a c d e a");
  g_assert_true (weakref_set_add (set, probes[1]));
  assert_log ("4-1+0 4-0+1");
  assert_model (set, "a c d e b");
  test_iterate ();
  assert_log ("");

  g_object_unref (set);
  clear_probes (probes);
}

static void
look_at_all_cb (TestProbe *probe, gpointer user_data)
{
  /* It is dead for everybody, but its death was not announced yet. */
  assert_model (user_data, "b b c d e");
  test_log ("looked");
}

static void
test_the_dying_do_not_stand_in (void)
{
  GMainContext *context = push_context ();
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  test_probe_set_on_dispose (probes[0], look_at_all_cb, set);
  g_clear_object (&probes[0]);
  assert_log ("-a looked ~a");
  g_assert_cmpuint (weakref_set_get_size (set), ==, 4);
  /* Nor is it announced twice. */
  g_assert_true (weakref_set_remove (set, probes[1]));
  assert_log ("0-2+0");
  assert_model (set, "c d e");

  g_object_unref (set);
  pop_context (context);
  clear_probes (probes);
}

static void
drop_next_cb (TestProbe *probe, gpointer user_data)
{
  TestProbe **next = user_data;

  g_clear_object (next);
}

/* A group dies: all are dead before the first is disposed. */
static void
look_at_none_cb (TestProbe *probe, gpointer user_data)
{
  assert_model (user_data, "nothing nothing nothing nothing nothing");
  g_assert_cmpuint (weakref_set_get_size (user_data), ==, 0);
  test_log ("looked");
}

static void
test_bonded_items_die_together (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  guint i;

  test_log_set_probes (FALSE);
  for (i = 1; i < N_PROBES; i++)
    {
      g_object_unref (weakref_bond_new (probes[i - 1], probes[i], NULL));
      test_probe_set_on_dispose (probes[i], look_at_none_cb, set);
    }
  test_probe_set_on_dispose (probes[0], look_at_none_cb, set);
  for (i = 0; i < N_PROBES; i++)
    g_clear_object (&probes[i]);
  assert_log ("looked looked looked looked looked");
  test_iterate ();
  assert_log ("0-5+0");
  assert_model (set, "");

  g_object_unref (set);
}

static void
test_deaths_within_deaths (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  test_probe_set_on_dispose (probes[0], drop_next_cb, &probes[4]);
  test_probe_set_on_dispose (probes[4], drop_next_cb, &probes[2]);
  g_clear_object (&probes[0]);
  assert_log ("-a -e -c ~c ~e ~a");
  assert_model (set, "b b b d b");
  test_iterate ();
  assert_log ("2-1+0 3-1+0 0-1+0");
  assert_model (set, "b d");

  g_object_unref (set);
  clear_probes (probes);
}

static void
test_n_items_is_notified (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  TestProbe *mirror = test_probe_new ("0");
  GBinding *binding =
    g_object_bind_property (set, "n-items", mirror, "name", G_BINDING_SYNC_CREATE);

  g_assert_nonnull (binding);
  g_assert_cmpstr (test_probe_get_name (mirror), ==, "0");
  weakref_set_add (set, a);
  g_assert_cmpstr (test_probe_get_name (mirror), ==, "1");
  g_object_unref (a);
  test_iterate ();
  g_assert_cmpstr (test_probe_get_name (mirror), ==, "0");

  g_object_unref (set);
  g_object_unref (mirror);
  assert_log ("-a ~a -0 ~0");
}

/* Handlers */

typedef enum
{
  ADD,
  REMOVE,
  REMOVE_ALL,
  DROP,
  ITERATE
} What;

typedef struct
{
  What what;
  TestProbe **probe;
} Act;

/* Acts once, at its first event. */
static void
act_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  Act *act = user_data;
  TestProbe **probe = g_steal_pointer (&act->probe);

  test_log ("(%u-%u+%u", position, removed, added);
  if (probe != NULL)
    {
      if (act->what == ADD)
        weakref_set_add (WEAKREF_SET (model), *probe);
      else if (act->what == REMOVE)
        weakref_set_remove (WEAKREF_SET (model), *probe);
      else if (act->what == REMOVE_ALL)
        weakref_set_remove_all (WEAKREF_SET (model));
      else
        g_clear_object (probe);
      if (act->what == ITERATE)
        test_iterate ();
    }
  test_log (")");
}

/* A set of "a" to "d", one handler that acts on @which, and another after it; then comes "e". */
static WeakrefSet *
begin_act (TestProbe **probes, Act *act, What what, guint which)
{
  WeakrefSet *set = set_of_five (probes);

  g_signal_handlers_disconnect_by_func (set, changed_cb, NULL);
  weakref_set_remove (set, probes[4]);
  act->what = what;
  act->probe = &probes[which];
  g_signal_connect (set, "items-changed", G_CALLBACK (act_cb), act);
  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);
  weakref_set_add (set, probes[4]);

  return set;
}

static void
end_act (WeakrefSet *set, TestProbe **probes)
{
  test_iterate ();
  assert_log ("");
  g_object_unref (set);
  clear_probes (probes);
}

static void
test_handler_may_change_the_set (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set;
  TestProbe *f = test_probe_new ("f");
  Act act;

  /* Both handlers see the events in their order, and each finds in the list what it was told. */
  set = weakref_set_new (TEST_TYPE_PROBE);
  act = (Act) { ADD, &f };
  g_signal_connect (set, "items-changed", G_CALLBACK (act_cb), &act);
  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);
  probes[0] = test_probe_new ("a");
  weakref_set_add (set, probes[0]);
  assert_log ("(0-0+1 ) 0-0+1 (1-0+1 ) 1-0+1");
  assert_model (set, "a f");
  g_object_unref (set);
  g_object_unref (f);
  g_object_unref (probes[0]);
  assert_log ("-f ~f -a ~a");

  set = begin_act (probes, &act, REMOVE, 1);
  assert_log ("(4-0+1 ) 4-0+1 (1-1+0 ) 1-1+0");
  assert_model (set, "a c d e");
  end_act (set, probes);

  /* The very item that is being announced. */
  set = begin_act (probes, &act, REMOVE, 4);
  assert_log ("(4-0+1 ) 4-0+1 (4-1+0 ) 4-1+0");
  assert_model (set, "a b c d");
  end_act (set, probes);

  set = begin_act (probes, &act, REMOVE_ALL, 0);
  assert_log ("(4-0+1 ) 4-0+1 (0-5+0 ) 0-5+0");
  assert_model (set, "");
  end_act (set, probes);
}

static void
test_handler_may_drop_items (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set;
  Act act;

  set = begin_act (probes, &act, DROP, 1);
  assert_log ("(4-0+1 -b ~b ) 4-0+1 (1-1+0 ) 1-1+0");
  assert_model (set, "a c d e");
  end_act (set, probes);

  set = begin_act (probes, &act, DROP, 4);
  assert_log ("(4-0+1 -e ~e ) 4-0+1 (4-1+0 ) 4-1+0");
  assert_model (set, "a b c d");
  end_act (set, probes);
}

static void
test_handler_may_run_the_context (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set;
  Act act;

  set = begin_act (probes, &act, ITERATE, 1);
  assert_log ("(4-0+1 -b ~b ) 4-0+1 (1-1+0 ) 1-1+0");
  assert_model (set, "a c d e");
  end_act (set, probes);
}

static void
drop_set_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  WeakrefSet **set = user_data;

  test_log ("drop");
  g_clear_object (set);
}

static void
test_handler_may_drop_the_set (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set;
  TestProbe *f = test_probe_new ("f");
  guint i;

  for (i = 0; i < 4; i++)
    {
      set = set_of_five (probes);
      g_signal_connect (set, "items-changed", G_CALLBACK (drop_set_cb), &set);
      if (i == 0)
        weakref_set_add (set, f);
      else if (i == 1)
        weakref_set_remove (set, probes[2]);
      else if (i == 2)
        weakref_set_remove_all (set);
      else
        {
          g_clear_object (&probes[0]);
          g_clear_object (&probes[2]);
          test_iterate ();
        }
      g_assert_null (set);
      clear_probes (probes);
    }

  g_object_unref (f);
  assert_log ("-f ~f");
}

/* The end of the set */

static void
test_nothing_is_left_of_a_set (void)
{
  GMainContext *context = push_context ();
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_object_unref (set);
  pop_context (context);
  clear_probes (probes);
}

static void
test_set_goes_with_deaths_waiting (void)
{
  GMainContext *context = push_context ();
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_clear_object (&probes[0]);
  g_clear_object (&probes[2]);
  assert_log ("-a ~a -c ~c");
  g_object_unref (set);
  pop_context (context);
  clear_probes (probes);
}

static void
test_set_goes_elsewhere_with_deaths_waiting (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_clear_object (&probes[0]);
  assert_log ("-a ~a");
  drop_elsewhere (set);
  test_iterate ();
  assert_log ("");
  clear_probes (probes);
}

static void
toggle_cb (gpointer user_data, GObject *object, gboolean is_last)
{
  test_log (is_last ? "down" : "up");
}

static void
test_death_takes_no_reference_on_the_set (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  /* A death may happen while a language collects its garbage: it must not hear of the set then, and
   * the set must not go there. */
  g_object_add_toggle_ref (G_OBJECT (set), toggle_cb, NULL);
  g_object_unref (set);
  assert_log ("down");
  g_clear_object (&probes[1]);
  g_clear_object (&probes[3]);
  assert_log ("-b ~b -d ~d");
  test_iterate ();
  assert_log ("up 1-1+0 2-1+0 down");

  g_object_remove_toggle_ref (G_OBJECT (set), toggle_cb, NULL);
  clear_probes (probes);
}

static void
test_disposed_set_goes_on (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_object_run_dispose (G_OBJECT (set));
  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);
  weakref_set_remove (set, probes[1]);
  assert_log ("1-1+0");
  g_clear_object (&probes[0]);
  test_iterate ();
  assert_log ("-a ~a");
  assert_model (set, "c c d e");
  weakref_set_add (set, probes[1]);
  assert_log ("0-1+0 3-0+1");
  assert_model (set, "c d e b");

  g_object_unref (set);
  clear_probes (probes);
}

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
  assert_model (set, "a a c d e");
  test_iterate ();
  assert_log ("1-1+0 4-0+1");
  assert_model (set, "a c d e f");

  /* What came and went meanwhile has never been there. */
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
  /* That nobody does so is no reason for a thread that did not make the set. */
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

/* Event by event, against what is known of the items, and against a GListStore which does what the
 * events say. It has refs, for it must not hold the items. */

typedef struct
{
  TestProbe *probe; /* (owned) (nullable): NULL when dead */
  gboolean is_member;
  guint member_since; /* a number that grows with each addition */
} Item;

typedef struct
{
  WeakrefSet *set;
  GArray *items;    /* of Item */
  GArray *shown;    /* of guint, their numbers: what the events have said */
  GListStore *refs; /* the same */
  guint n_additions;
  guint n_events;
} Witness;

static guint
witness_find (Witness *self, gpointer probe)
{
  return (guint) g_ascii_strtoull (test_probe_get_name (probe), NULL, 10);
}

static Item *
witness_item (Witness *self, guint number)
{
  return &g_array_index (self->items, Item, number);
}

/* Every position shows what was announced there, if that is alive; else there is a stand-in, which
 * is a member. */
static void
witness_look (Witness *self)
{
  guint i;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->set)), ==, self->shown->len);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->refs)), ==, self->shown->len);
  for (i = 0; i < self->shown->len; i++)
    {
      Item *item = witness_item (self, g_array_index (self->shown, guint, i));
      gpointer found = g_list_model_get_item (G_LIST_MODEL (self->set), i);
      WeakrefRef *ref = g_list_model_get_item (G_LIST_MODEL (self->refs), i);
      gpointer target = weakref_ref_get (ref);

      g_assert_nonnull (found);
      g_assert_true (target == item->probe);
      if (item->probe != NULL)
        g_assert_true (found == item->probe);
      else if (TEST_IS_PROBE (found))
        g_assert_true (witness_item (self, witness_find (self, found))->is_member);
      g_clear_object (&target);
      g_object_unref (found);
      g_object_unref (ref);
    }
}

static void
witness_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  Witness *self = user_data;
  guint i;

  self->n_events++;
  /* Either of the two, and an addition comes at the end. */
  g_assert_cmpuint (position + removed, <=, self->shown->len);
  g_assert_true ((removed > 0) != (added > 0));
  if (added > 0)
    g_assert_cmpuint (position, ==, self->shown->len);

  for (i = 0; i < removed; i++)
    {
      guint number = g_array_index (self->shown, guint, position + i);

      g_assert_false (witness_item (self, number)->is_member);
    }

  if (removed > 0)
    g_array_remove_range (self->shown, position, removed);
  g_list_store_splice (self->refs, position, removed, NULL, 0);
  for (i = 0; i < added; i++)
    {
      gpointer probe = g_list_model_get_item (model, position + i);
      WeakrefRef *ref = weakref_ref_new (probe);
      guint number = witness_find (self, probe);

      g_assert_true (witness_item (self, number)->is_member);
      g_array_append_val (self->shown, number);
      g_list_store_append (self->refs, ref);
      g_object_unref (ref);
      g_object_unref (probe);
    }
  witness_look (self);
}

static void
witness_add (Witness *self, guint number)
{
  Item *item = witness_item (self, number);
  gboolean is_new = !item->is_member;

  if (is_new)
    {
      item->is_member = TRUE;
      item->member_since = self->n_additions++;
    }
  g_assert_cmpint (weakref_set_add (self->set, item->probe), ==, is_new);
}

static void
witness_remove (Witness *self, guint number)
{
  Item *item = witness_item (self, number);
  gboolean was_member = item->is_member;

  item->is_member = FALSE;
  g_assert_cmpint (weakref_set_remove (self->set, item->probe), ==, was_member);
}

static void
witness_drop (Witness *self, guint number, gboolean elsewhere)
{
  Item *item = witness_item (self, number);
  TestProbe *probe = g_steal_pointer (&item->probe);

  item->is_member = FALSE;
  if (elsewhere)
    drop_elsewhere (probe);
  else
    g_object_unref (probe);
}

/* The list shows the members, in order. */
static void
witness_settle (Witness *self)
{
  guint n_members = 0;
  guint since = 0;
  guint i;

  test_iterate ();
  witness_look (self);
  for (i = 0; i < self->items->len; i++)
    n_members += witness_item (self, i)->is_member;
  g_assert_cmpuint (self->shown->len, ==, n_members);
  g_assert_cmpuint (weakref_set_get_size (self->set), ==, n_members);
  for (i = 0; i < self->shown->len; i++)
    {
      Item *item = witness_item (self, g_array_index (self->shown, guint, i));

      g_assert_true (item->is_member);
      g_assert_true (i == 0 || item->member_since > since);
      since = item->member_since;
    }
}

static void
test_event_by_event (void)
{
  Witness witness = {
    .set = weakref_set_new (TEST_TYPE_PROBE),
    .items = g_array_new (FALSE, FALSE, sizeof (Item)),
    .shown = g_array_new (FALSE, FALSE, sizeof (guint)),
    .refs = g_list_store_new (WEAKREF_TYPE_REF),
  };
  guint n_rounds = test_scale (3000, 300);
  GArray *alive = g_array_new (FALSE, FALSE, sizeof (guint));
  guint round;
  guint i;

  test_log_set_probes (FALSE);
  g_signal_connect (witness.set, "items-changed", G_CALLBACK (witness_cb), &witness);
  for (round = 0; round < n_rounds; round++)
    {
      guint which = alive->len > 0 ? g_test_rand_int_range (0, alive->len) : 0;
      guint number = alive->len > 0 ? g_array_index (alive, guint, which) : 0;
      Item item = { .probe = NULL };
      char *name;

      switch (alive->len > 0 ? g_test_rand_int_range (0, 20) : 0)
        {
        case 0:
        case 1:
        case 2:
        case 3:
        case 4:
        case 5:
          number = witness.items->len;
          name = g_strdup_printf ("%u", number);
          item.probe = test_probe_new (name);
          g_free (name);
          g_array_append_val (witness.items, item);
          g_array_append_val (alive, number);
          witness_add (&witness, number);
          break;
        case 6:
        case 7:
          witness_add (&witness, number);
          break;
        case 8:
        case 9:
          witness_remove (&witness, number);
          break;
        case 10:
          witness_settle (&witness);
          break;
        case 11:
          if (g_test_rand_int_range (0, 20) > 0)
            break;
          for (i = 0; i < witness.items->len; i++)
            witness_item (&witness, i)->is_member = FALSE;
          weakref_set_remove_all (witness.set);
          break;
        default:
          witness_drop (&witness, number, g_test_rand_int_range (0, 30) == 0);
          g_array_remove_index_fast (alive, which);
        }
      witness_look (&witness);
    }

  witness_settle (&witness);
  for (i = 0; i < alive->len; i++)
    witness_drop (&witness, g_array_index (alive, guint, i), FALSE);
  witness_settle (&witness);
  g_assert_cmpuint (witness.shown->len, ==, 0);
  g_assert_cmpuint (witness.n_events, >, n_rounds / 20);

  g_object_unref (witness.set);
  g_object_unref (witness.refs);
  g_array_unref (witness.shown);
  g_array_unref (witness.items);
  g_array_unref (alive);
}

static void
hold_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  GListStore *view = user_data;
  guint i;

  g_list_store_splice (view, position, removed, NULL, 0);
  for (i = 0; i < added; i++)
    {
      gpointer item = g_list_model_get_item (model, position + i);

      g_list_store_insert (view, position + i, item);
      g_object_unref (item);
    }
}

static void
test_view_that_holds_its_items_keeps_them (void)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  GListStore *view = g_list_store_new (TEST_TYPE_PROBE);
  TestProbe *a = test_probe_new ("a");

  g_signal_connect (set, "items-changed", G_CALLBACK (hold_cb), view);
  weakref_set_add (set, a);
  g_object_unref (a);
  test_iterate ();
  assert_model (set, "a");

  /* The view lets go of it, being told that it was removed. */
  weakref_set_remove (set, a);
  assert_log ("-a ~a");
  assert_model (set, "");
  assert_model (view, "");

  g_object_unref (view);
  g_object_unref (set);
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
  guint n_nothing = 0;
  guint n_seen = 0;
  guint i;

  test_log_set_probes (FALSE);
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

          g_assert_nonnull (item);
          n_seen++;
          n_nothing += !TEST_IS_PROBE (item);
          g_object_unref (item);
        }
      g_main_context_iteration (NULL, FALSE);
    }

  for (i = 0; i < 3; i++)
    g_thread_join (threads[i]);
  test_iterate ();
  g_assert_cmpuint (n_announced, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (storm.set)), ==, 0);
  g_assert_cmpuint (weakref_set_get_size (storm.set), ==, 0);
  g_test_message ("%u positions read, %u of them with nothing alive", n_seen, n_nothing);

  g_object_unref (storm.set);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) test_add ("/weakref/set/model/" path, func)
  ADD ("follows-calls-at-once", test_follows_calls_at_once);
  ADD ("announces-deaths-from-the-context", test_announces_deaths_from_the_context);
  ADD ("neighbours-together-in-whatever-order-they-die",
       test_neighbours_together_in_whatever_order_they_die);
  ADD ("remove-all-takes-the-dead-along", test_remove_all_takes_the_dead_along);
  ADD ("item-that-died-and-comes-back", test_item_that_died_and_comes_back);
  ADD ("the-dying-do-not-stand-in", test_the_dying_do_not_stand_in);
  ADD ("bonded-items-die-together", test_bonded_items_die_together);
  ADD ("deaths-within-deaths", test_deaths_within_deaths);
  ADD ("n-items-is-notified", test_n_items_is_notified);
  ADD ("handler/may-change-the-set", test_handler_may_change_the_set);
  ADD ("handler/may-drop-items", test_handler_may_drop_items);
  ADD ("handler/may-run-the-context", test_handler_may_run_the_context);
  ADD ("handler/may-drop-the-set", test_handler_may_drop_the_set);
  ADD ("end/nothing-is-left-of-a-set", test_nothing_is_left_of_a_set);
  ADD ("end/set-goes-with-deaths-waiting", test_set_goes_with_deaths_waiting);
  ADD ("end/set-goes-elsewhere-with-deaths-waiting", test_set_goes_elsewhere_with_deaths_waiting);
  ADD ("end/disposed-set-goes-on", test_disposed_set_goes_on);
  ADD ("death-takes-no-reference-on-the-set", test_death_takes_no_reference_on_the_set);
  ADD ("thread/changes-reach-it-in-its-context",
       test_changes_in_another_thread_reach_it_in_its_context);
  ADD ("thread/belongs-to-the-context-it-was-made-in", test_belongs_to_the_context_it_was_made_in);
  ADD ("thread/follows-calls-of-whoever-runs-the-context",
       test_follows_calls_of_whoever_runs_the_context);
  ADD ("thread/storm-reaches-it-in-its-context", test_threads_reach_it_in_its_context);
  ADD ("event-by-event", test_event_by_event);
  ADD ("view-that-holds-its-items-keeps-them", test_view_that_holds_its_items_keeps_them);
#undef ADD

  return g_test_run ();
}
