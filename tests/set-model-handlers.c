/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The set as a list model: what a handler of "items-changed" may do. */

#include "set-model-common.h"

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

  /* Drops the item that is being announced. */
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

typedef struct
{
  GPtrArray *probes; /* those that are still to come */
  gboolean drops;    /* else adds */
} Chain;

/* Goes on at each event, as long as there are probes. */
static void
chain_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  Chain *chain = user_data;
  gpointer probe;

  if (chain->probes->len == 0)
    return;

  probe = g_ptr_array_steal_index (chain->probes, 0);
  if (chain->drops)
    g_object_unref (probe);
  else
    weakref_set_add (WEAKREF_SET (model), probe);
}

static void
test_what_handlers_change_is_announced_with_it (void)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  TestProbe *probes[10];
  TestProbe *first = test_probe_new ("p");
  Chain chain = { g_ptr_array_new (), FALSE };
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < 10; i++)
    {
      probes[i] = test_probe_new ("p");
      g_ptr_array_add (chain.probes, probes[i]);
    }
  g_signal_connect (set, "items-changed", G_CALLBACK (chain_cb), &chain);
  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);

  /* Before the call returns. */
  weakref_set_add (set, first);
  assert_log ("0-0+1 1-0+1 2-0+1 3-0+1 4-0+1 5-0+1 6-0+1 7-0+1 8-0+1 9-0+1 10-0+1");
  g_assert_false (g_main_context_pending (NULL));

  /* In the same dispatch. */
  chain.drops = TRUE;
  for (i = 0; i < 10; i++)
    g_ptr_array_add (chain.probes, probes[i]);
  g_object_unref (first);
  g_main_context_iteration (NULL, FALSE);
  assert_log ("0-1+0 0-1+0 0-1+0 0-1+0 0-1+0 0-1+0 0-1+0 0-1+0 0-1+0 0-1+0 0-1+0");
  g_assert_false (g_main_context_pending (NULL));

  g_ptr_array_unref (chain.probes);
  g_object_unref (set);
}

/* A call returns although its handlers go on and on. The context brings the rest. */
static void
test_handlers_do_not_stop_everything_else (void)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  GPtrArray *all = g_ptr_array_new_with_free_func (g_object_unref);
  Chain chain = { g_ptr_array_new (), FALSE };
  guint n = 40;
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < n; i++)
    {
      g_ptr_array_add (all, test_probe_new ("p"));
      g_ptr_array_add (chain.probes, g_ptr_array_index (all, i));
    }
  g_signal_connect (set, "items-changed", G_CALLBACK (chain_cb), &chain);
  weakref_set_add (set, g_ptr_array_steal_index (chain.probes, 0));
  g_assert_cmpuint (chain.probes->len, >, 0);
  g_assert_true (g_main_context_pending (NULL));
  test_iterate ();
  g_assert_cmpuint (chain.probes->len, ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, n);

  g_ptr_array_unref (chain.probes);
  g_object_unref (set);
  g_ptr_array_unref (all);
}

typedef struct
{
  WeakrefSet *set;
  TestProbe *probe;
} Removal;

static gpointer
remove_thread (gpointer data)
{
  Removal *removal = data;

  weakref_set_remove (removal->set, removal->probe);
  return NULL;
}

static void
remove_elsewhere_cb (
  GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  TestProbe **probe = user_data;
  Removal removal = { WEAKREF_SET (model), g_steal_pointer (probe) };

  if (removal.probe != NULL)
    g_thread_join (g_thread_new ("remove", remove_thread, &removal));
}

/* What another thread changes meanwhile does not come in the place of what the call has changed. */
static void
test_call_returns_when_its_change_is_announced (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  TestProbe *f = test_probe_new ("f");
  TestProbe *c = probes[2];

  g_signal_connect (set, "items-changed", G_CALLBACK (remove_elsewhere_cb), &c);
  g_clear_object (&probes[0]);
  assert_log ("-a ~a");
  weakref_set_add (set, f);
  assert_log ("0-1+0 1-1+0 3-0+1");

  g_object_unref (set);
  g_object_unref (f);
  clear_probes (probes);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/set/model");

  test_case_as ("handler/may-change-the-set", handler_may_change_the_set);
  test_case_as ("handler/may-drop-items", handler_may_drop_items);
  test_case_as ("handler/may-run-the-context", handler_may_run_the_context);
  test_case_as ("handler/may-drop-the-set", handler_may_drop_the_set);
  test_case_as ("handler/changes-are-announced-with-it", what_handlers_change_is_announced_with_it);
  test_case_as ("handler/may-go-on-and-on", handlers_do_not_stop_everything_else);
  test_case_as ("handler/another-thread-changes-meanwhile",
                call_returns_when_its_change_is_announced);

  return g_test_run ();
}
