/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

static void
log_cb (WeakrefRef *ref, gpointer user_data)
{
  gpointer target = weakref_ref_get (ref);

  test_log ("%s%s", (const char *) user_data, target == NULL ? "" : "!alive");
  g_clear_object (&target);
}

static void
freed_cb (gpointer user_data)
{
  test_log ("free:%s", (const char *) user_data);
}

static WeakrefRef *
logging_ref (gpointer target, const char *name)
{
  return weakref_ref_new_full (target, NULL, log_cb, (gpointer) name, freed_cb);
}

static void
test_get (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new (a);
  gpointer got = weakref_ref_get (ref);

  g_assert_true (got == a);
  g_assert_true (weakref_ref_is_alive (ref));
  g_object_unref (got);

  g_object_unref (a);
  assert_log ("-a ~a");
  g_assert_null (weakref_ref_get (ref));
  g_assert_false (weakref_ref_is_alive (ref));
  g_object_unref (ref);
}

static void
test_shared (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *one = weakref_ref_new (a);
  WeakrefRef *two = weakref_ref_new (a);
  WeakrefRef *own = weakref_ref_new_full (a, NULL, NULL, NULL, NULL);

  g_assert_true (one == two);
  g_assert_true (own != one);
  g_assert_true (weakref_ref_equal (own, one));
  g_assert_cmpuint (weakref_ref_hash (own), ==, weakref_ref_hash (one));
  g_assert_cmpuint (weakref_count_refs (a), ==, 2);

  g_object_unref (one);
  g_object_unref (two);
  g_assert_cmpuint (weakref_count_refs (a), ==, 1);

  g_object_unref (own);
  g_object_unref (a);
  assert_log ("-a ~a");
}

/* Disposes the object when the library lets go of it, once. Here that is in the middle of looking
 * for the reference that is shared. */
static void
toggle_disposes_cb (gpointer done, GObject *object, gboolean is_last_ref)
{
  if (is_last_ref && !*(gboolean *) done)
    {
      *(gboolean *) done = TRUE;
      g_object_run_dispose (object);
    }
}

static void
test_shared_in_the_next_life (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *first = weakref_ref_new (a);
  gboolean done = TRUE;
  WeakrefRef *one;
  WeakrefRef *two;

  g_object_add_toggle_ref (G_OBJECT (a), toggle_disposes_cb, &done);
  g_object_unref (a);
  g_clear_object (&first);
  done = FALSE;

  one = weakref_ref_new (a);
  g_assert_true (done);
  two = weakref_ref_new (a);
  g_assert_true (one == two);
  g_assert_cmpuint (weakref_count_refs (a), ==, 1);
  g_object_unref (one);
  g_object_unref (two);
  g_object_remove_toggle_ref (G_OBJECT (a), toggle_disposes_cb, &done);
  assert_log ("-a ~a");
}

static void
test_newest_first (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *refs[3] = { logging_ref (a, "1"), logging_ref (a, "2"), logging_ref (a, "3") };
  guint i;

  g_object_unref (a);
  assert_log ("-a 3 free:3 2 free:2 1 free:1 ~a");
  for (i = 0; i < 3; i++)
    g_object_unref (refs[i]);
}

static void
test_dropped_ref_is_not_called (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = logging_ref (a, "1");

  g_object_unref (ref);
  assert_log ("free:1");
  g_object_unref (a);
  assert_log ("-a ~a");
}

/* Who sees what, when */

typedef struct
{
  TestProbe *probe; /* (unowned) */
  WeakrefRef *refs[4];
  WeakrefValueTable *tables[3];
  WeakrefKeyTable *keys;
  WeakrefSet *set;
  WeakrefFinalizer *finalizer;
} Witnesses;

static void
witness (Witnesses *witnesses, const char *who)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (witnesses->refs); i++)
    {
      g_assert_null (weakref_ref_get (witnesses->refs[i]));
      g_assert_false (weakref_ref_is_alive (witnesses->refs[i]));
    }
  for (i = 0; i < G_N_ELEMENTS (witnesses->tables); i++)
    {
      g_assert_null (weakref_value_table_lookup (witnesses->tables[i], "a"));
      g_assert_false (weakref_value_table_contains (witnesses->tables[i], "a"));
      g_assert_cmpuint (weakref_value_table_get_size (witnesses->tables[i]), ==, 0);
    }
  g_assert_false (weakref_key_table_contains (witnesses->keys, witnesses->probe));
  g_assert_cmpuint (weakref_key_table_get_size (witnesses->keys), ==, 0);
  g_assert_false (weakref_set_contains (witnesses->set, witnesses->probe));
  g_assert_cmpuint (weakref_set_get_size (witnesses->set), ==, 0);
  g_assert_null (weakref_finalizer_peek (witnesses->finalizer));
  test_log ("%ssaw", who);
}

static void
witness_cb (WeakrefRef *ref, gpointer user_data)
{
  witness (user_data, "");
}

static void
finalizer_cb (gpointer user_data)
{
  witness (user_data, "finalizer:");
}

static void
value_freed_cb (gpointer user_data)
{
  witness (user_data, "value:");
}

static void
check_all_see_the_death_first (gboolean run_dispose)
{
  TestProbe *a = test_probe_new ("a");
  Witnesses w = { .probe = a };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (w.tables); i++)
    w.tables[i] = weakref_value_table_new (G_TYPE_STRING);
  w.keys = weakref_key_table_new (value_freed_cb);
  w.set = weakref_set_new (TEST_TYPE_PROBE);

  /* Some before and some after those whose callbacks come first, and last. */
  weakref_value_table_insert (w.tables[0], "a", a);
  w.refs[0] = weakref_ref_new_full (a, NULL, witness_cb, &w, NULL);
  w.refs[1] = weakref_ref_new (a);
  weakref_value_table_insert (w.tables[1], "a", a);
  weakref_set_add (w.set, a);
  w.finalizer = weakref_finalizer_new (a, finalizer_cb, &w, NULL);
  weakref_key_table_insert (w.keys, a, &w);
  w.refs[2] = weakref_ref_new_full (a, NULL, NULL, NULL, NULL);
  w.refs[3] = weakref_ref_new_full (a, NULL, witness_cb, &w, NULL);
  weakref_value_table_insert (w.tables[2], "a", a);

  if (run_dispose)
    {
      g_object_run_dispose (G_OBJECT (a));
      assert_log ("-a saw value:saw finalizer:saw saw");
      g_object_unref (a);
      assert_log ("~a");
    }
  else
    {
      g_object_unref (a);
      assert_log ("-a saw value:saw finalizer:saw saw ~a");
    }

  for (i = 0; i < G_N_ELEMENTS (w.refs); i++)
    g_object_unref (w.refs[i]);
  for (i = 0; i < G_N_ELEMENTS (w.tables); i++)
    g_object_unref (w.tables[i]);
  g_object_unref (w.keys);
  g_object_unref (w.set);
  g_object_unref (w.finalizer);
}

static void
test_all_see_the_death_first (void)
{
  check_all_see_the_death_first (FALSE);
}

static void
test_all_see_the_disposal_first (void)
{
  check_all_see_the_death_first (TRUE);
}

static void
dispose_get_cb (TestProbe *probe, gpointer ref)
{
  gpointer got = weakref_ref_get (ref);

  test_log (got != NULL ? "got" : "gone");
  g_assert_true (weakref_ref_is_alive (ref) == (got != NULL));
  g_clear_object (&got);
}

static void
test_dead_when_the_dispose_begins (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = logging_ref (a, "1");

  test_probe_set_on_dispose (a, dispose_get_cb, ref);
  g_object_unref (a);
  assert_log ("-a gone 1 free:1 ~a");
  g_object_unref (ref);
}

static void
test_disposed_is_dead (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = logging_ref (a, "1");
  WeakrefRef *plain = weakref_ref_new (a);
  WeakrefRef *again;
  guint64 id = weakref_ref_get_id (ref);
  guint hash = weakref_ref_hash (ref);
  gpointer got;

  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a 1 free:1");
  g_assert_null (weakref_ref_get (ref));
  g_assert_null (weakref_ref_get (plain));
  g_assert_cmpuint (weakref_count_refs (a), ==, 0);

  /* The next life is another. */
  again = weakref_ref_new (a);
  g_assert_true (again != plain);
  g_assert_false (weakref_ref_equal (again, plain));
  g_assert_cmpuint (weakref_ref_get_id (again), !=, id);
  got = weakref_ref_get (again);
  g_assert_true (got == a);
  g_object_unref (got);
  g_assert_null (weakref_ref_get (ref));

  /* The old one keeps its identity. */
  g_assert_true (weakref_ref_equal (ref, plain));
  g_assert_cmpuint (weakref_ref_get_id (ref), ==, id);
  g_assert_cmpuint (weakref_ref_hash (ref), ==, hash);

  g_object_unref (a);
  assert_log ("~a");
  g_assert_null (weakref_ref_get (again));
  g_object_unref (ref);
  g_object_unref (plain);
  g_object_unref (again);
}

static void
check_resurrected (gboolean chain_up, const char *log_before, const char *log_after)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *back = NULL;
  WeakrefRef *ref = logging_ref (a, "1");
  WeakrefRef *again;
  gpointer got;

  test_probe_resurrect (a, &back, chain_up);
  g_object_unref (a);
  assert_log (log_before);
  g_assert_false (weakref_ref_is_alive (ref));
  g_assert_null (weakref_ref_get (ref));
  /* It is one of an earlier life. */
  g_assert_cmpuint (weakref_count_refs (back), ==, 0);
  g_assert_null (weakref_list_refs (back));

  again = weakref_ref_new (back);
  assert_log (log_after);
  got = weakref_ref_get (again);
  g_assert_true (got == back);
  g_object_unref (got);
  g_assert_false (weakref_ref_equal (ref, again));
  g_assert_null (weakref_ref_get (ref));

  g_object_unref (back);
  assert_log ("~a");
  g_assert_null (weakref_ref_get (again));
  g_object_unref (ref);
  g_object_unref (again);
}

static void
test_resurrected_with_chaining_up (void)
{
  check_resurrected (TRUE, "-a 1 free:1", "");
}

static void
test_resurrected_without_chaining_up (void)
{
  /* GLib does not tell; the next one who asks does. */
  check_resurrected (FALSE, "-a", "1 free:1");
}

/* What a callback may do */

static void
drop_own_cb (WeakrefRef *ref, gpointer user_data)
{
  WeakrefRef **location = user_data;

  g_assert_true (*location == ref);
  test_log ("drop");
  g_clear_object (location);
  /* It is still there until we return. */
  g_assert_null (weakref_ref_get (ref));
}

static void
logged_freed_cb (gpointer user_data)
{
  test_log ("freed");
}

static void
test_callback_drops_its_own_ref (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref;
  WeakrefRef *watched;

  ref = weakref_ref_new_full (a, NULL, drop_own_cb, &ref, logged_freed_cb);
  watched = logging_ref (ref, "ref");
  g_object_unref (a);
  /* The ref goes when its callback has returned, and its data before it. */
  assert_log ("-a drop freed ref free:ref ~a");
  g_assert_null (ref);
  g_object_unref (watched);
}

static void
drop_others_cb (WeakrefRef *ref, gpointer user_data)
{
  WeakrefRef **others = user_data;
  guint i;

  test_log ("drop");
  for (i = 0; others[i] != NULL; i++)
    g_clear_object (&others[i]);
}

static void
test_callback_drops_others (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefRef *others[4] = { NULL };
  WeakrefRef *ref;
  WeakrefRef *newest;

  /* Of the same target, whose turn has not come; and of another. */
  others[0] = logging_ref (a, "1");
  others[1] = logging_ref (b, "b");
  others[2] = logging_ref (a, "2");
  ref = weakref_ref_new_full (a, NULL, drop_others_cb, others, NULL);
  newest = logging_ref (a, "3");
  g_object_unref (a);
  assert_log ("-a 3 free:3 drop free:1 free:b free:2 ~a");
  g_object_unref (b);
  assert_log ("-b ~b");
  g_object_unref (ref);
  g_object_unref (newest);
}

static void
make_things_cb (WeakrefRef *ref, gpointer user_data)
{
  TestProbe *b = user_data;
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_OBJECT);
  WeakrefRef *one = weakref_ref_new (b);
  WeakrefRef *two = logging_ref (b, "two");
  TestProbe *c = test_probe_new ("c");

  weakref_value_table_insert (table, ref, b);
  weakref_value_table_insert (table, b, c);
  g_object_unref (one);
  g_object_unref (two);
  g_object_unref (c);
  g_assert_cmpuint (weakref_value_table_get_size (table), ==, 1);
  g_object_unref (table);
  test_log ("made");
}

static void
test_callback_makes_refs_and_tables (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefRef *older = logging_ref (a, "1");
  WeakrefRef *ref = weakref_ref_new_full (a, NULL, make_things_cb, b, NULL);

  g_object_unref (a);
  assert_log ("-a free:two -c ~c made 1 free:1 ~a");
  g_object_unref (b);
  assert_log ("-b ~b");
  g_object_unref (older);
  g_object_unref (ref);
}

static void
unref_cb (WeakrefRef *ref, gpointer object)
{
  g_object_unref (object);
}

static void
test_callback_drops_the_next_target (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  WeakrefRef *one = weakref_ref_new_full (a, NULL, unref_cb, b, NULL);
  WeakrefRef *two = weakref_ref_new_full (b, NULL, unref_cb, c, NULL);

  g_object_unref (a);
  assert_log ("-a -b -c ~c ~b ~a");
  g_object_unref (one);
  g_object_unref (two);
}

static void
test_data_drops_the_next_target (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefRef *ref = weakref_ref_new_full (a, NULL, log_cb, (gpointer) "", NULL);
  WeakrefRef *holder;
  WeakrefRef *watch = logging_ref (b, "b");

  g_object_unref (ref);
  /* The data of a ref that is not called is dropped with it. */
  holder = weakref_ref_new_full (a, NULL, unref_cb, b, g_object_unref);
  g_object_unref (holder);
  assert_log ("-b b free:b ~b");
  g_object_unref (watch);
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
test_ref_to_a_ref (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *one = weakref_ref_new (a);
  WeakrefRef *two = logging_ref (one, "2");
  WeakrefRef *three = logging_ref (two, "3");

  g_object_unref (one);
  assert_log ("2 free:2");
  g_object_unref (two);
  assert_log ("3 free:3");
  g_object_unref (three);
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
test_disposed_ref_is_not_called (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = logging_ref (a, "1");
  WeakrefRef *plain = weakref_ref_new (a);
  WeakrefRef *other;

  g_object_run_dispose (G_OBJECT (ref));
  assert_log ("free:1");
  g_object_run_dispose (G_OBJECT (ref));
  assert_log ("");

  /* It is not shared any more; nobody gets a disposed one. */
  g_object_run_dispose (G_OBJECT (plain));
  other = weakref_ref_new (a);
  g_assert_true (other != plain);

  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (plain);
  g_object_unref (other);
  g_object_unref (ref);
}

static void
test_destroy_without_a_callback (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new_full (a, NULL, NULL, (gpointer) "1", freed_cb);

  g_object_unref (ref);
  g_object_unref (a);
  assert_log ("free:1 -a ~a");
}

/* A context */

static void
notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  test_log ("notify:%s%s", (const char *) user_data,
            weakref_ref_is_alive (WEAKREF_REF (object)) ? "!alive" : "");
}

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

  /* Its callback, which would be next, does not run. */
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
  /* What waits in the context does not keep it. */
  g_main_context_unref (context);
  assert_log ("free:context");
  g_object_unref (ref);
  assert_log ("free:1");
}

static void
test_context_is_kept_until_the_death (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new_full (a, context, log_cb, (gpointer) "1", freed_cb);

  log_context (context);
  g_main_context_unref (context);
  assert_log ("");
  g_object_unref (a);
  assert_log ("-a free:context ~a");
  g_object_unref (ref);
  assert_log ("free:1");
}

static void
test_context_goes_with_the_ref (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new_full (a, context, log_cb, (gpointer) "1", freed_cb);

  log_context (context);
  g_main_context_unref (context);
  g_object_unref (ref);
  assert_log ("free:1 free:context");
  g_object_unref (a);
  assert_log ("-a ~a");
}

/* As a GObject */

static void
test_alive_can_be_bound (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new (a);
  GSimpleAction *action = g_simple_action_new ("action", NULL);

  g_object_bind_property (ref, "alive", action, "enabled", G_BINDING_SYNC_CREATE);
  g_assert_true (g_action_get_enabled (G_ACTION (action)));
  g_object_unref (a);
  assert_log ("-a ~a");
  g_assert_false (g_action_get_enabled (G_ACTION (action)));
  g_object_unref (ref);
  g_object_unref (action);
}

static void
test_properties (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = g_object_new (WEAKREF_TYPE_REF, "target", a, NULL);
  WeakrefRef *none = g_object_new (WEAKREF_TYPE_REF, NULL);
  gboolean alive = FALSE;
  gpointer target = NULL;

  g_object_get (ref, "target", &target, "alive", &alive, NULL);
  g_assert_true (target == a);
  g_assert_true (alive);
  g_clear_object (&target);
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_get (ref, "target", &target, "alive", &alive, NULL);
  g_assert_null (target);
  g_assert_false (alive);

  /* Without a target it is dead from the start, and equal to none but itself. */
  g_assert_null (weakref_ref_get (none));
  g_assert_false (weakref_ref_is_alive (none));
  g_assert_cmpuint (weakref_ref_get_id (none), ==, 0);
  g_assert_true (weakref_ref_equal (none, none));
  g_assert_false (weakref_ref_equal (none, ref));
  g_object_unref (ref);
  g_object_unref (none);
}

static void
test_context_property (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *a = test_probe_new ("a");
  /* In whatever order they are given, the target comes last. */
  WeakrefRef *one = g_object_new (WEAKREF_TYPE_REF, "target", a, "context", context, NULL);
  WeakrefRef *two = g_object_new (WEAKREF_TYPE_REF, "context", NULL, "target", a, NULL);

  g_signal_connect (one, "notify::alive", G_CALLBACK (notify_cb), (gpointer) "1");
  g_signal_connect (two, "notify::alive", G_CALLBACK (notify_cb), (gpointer) "2");
  g_object_unref (a);
  assert_log ("-a notify:2 ~a");
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("notify:1");
  g_object_unref (one);
  g_object_unref (two);
  g_main_context_unref (context);
}

static void
test_subclass (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *plain = weakref_ref_new (a);
  GTypeQuery query;
  WeakrefRef *ref;
  GType type;

  /* As languages do it. */
  g_type_query (WEAKREF_TYPE_REF, &query);
  type = g_type_register_static_simple (WEAKREF_TYPE_REF, "TestRefSubclass", query.class_size, NULL,
                                        query.instance_size, NULL, G_TYPE_FLAG_NONE);
  ref = g_object_new (type, "target", a, NULL);
  g_assert_true (ref != plain);
  g_assert_true (weakref_ref_equal (ref, plain));
  g_assert_cmpuint (weakref_count_refs (a), ==, 2);
  g_signal_connect (ref, "notify::alive", G_CALLBACK (notify_cb), (gpointer) "1");
  g_object_unref (plain);
  /* The shared one is never of a subclass. */
  plain = weakref_ref_new (a);
  g_assert_true (ref != plain);

  g_object_unref (a);
  assert_log ("-a notify:1 ~a");
  g_object_unref (plain);
  g_object_unref (ref);
}

static void
test_floating_target_stays_floating (void)
{
  gpointer target = g_object_new (G_TYPE_INITIALLY_UNOWNED, NULL);
  WeakrefRef *ref = weakref_ref_new (target);

  g_assert_true (g_object_is_floating (target));
  g_object_ref_sink (target);
  g_assert_true (weakref_ref_is_alive (ref));
  g_object_unref (target);
  g_assert_false (weakref_ref_is_alive (ref));
  g_object_unref (ref);
}

static void
test_refs_are_keys (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  GHashTable *table =
    g_hash_table_new_full (weakref_ref_hash, weakref_ref_equal, g_object_unref, NULL);
  WeakrefRef *other = weakref_ref_new_full (a, NULL, NULL, NULL, NULL);
  WeakrefRef *another;

  g_hash_table_insert (table, weakref_ref_new (a), (gpointer) "a");
  g_hash_table_insert (table, weakref_ref_new_full (b, NULL, NULL, NULL, NULL), (gpointer) "b");
  another = weakref_ref_new (b);
  g_assert_cmpuint (weakref_ref_hash (other), !=, weakref_ref_hash (another));
  g_assert_cmpstr (g_hash_table_lookup (table, another), ==, "b");
  g_object_unref (another);
  g_assert_cmpstr (g_hash_table_lookup (table, other), ==, "a");
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
  g_assert_cmpuint (g_hash_table_size (table), ==, 2);
  g_assert_cmpstr (g_hash_table_lookup (table, other), ==, "a");
  g_object_unref (other);
  g_hash_table_unref (table);
}

static void
test_list (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *one = logging_ref (a, "1");
  WeakrefRef *plain = weakref_ref_new (a);
  WeakrefRef *two = logging_ref (a, "2");
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GList *list;

  /* What else there is, is no ref. */
  weakref_value_table_insert (table, "a", a);
  weakref_finalize (a, freed_cb, (gpointer) "a", NULL);
  g_assert_cmpuint (weakref_count_refs (a), ==, 3);
  list = weakref_list_refs (a);
  g_assert_cmpuint (g_list_length (list), ==, 3);
  g_assert_true (list->data == two);
  g_assert_true (list->next->data == plain);
  g_assert_true (list->next->next->data == one);

  /* It holds them. */
  g_object_unref (two);
  assert_log ("");
  g_list_free_full (list, g_object_unref);
  assert_log ("free:2");
  g_assert_cmpuint (weakref_count_refs (a), ==, 2);
  g_object_unref (plain);
  g_object_unref (one);
  assert_log ("free:1");
  g_assert_null (weakref_list_refs (a));

  g_object_unref (a);
  g_object_unref (proxy);
  g_object_unref (table);
  assert_log ("-a free:a ~a");
}

static void
test_bad_input (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new (a);
  gpointer no_object[4] = { NULL };

#define CRITICAL(pattern) g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, pattern)
  CRITICAL ("*G_IS_OBJECT (target)*");
  g_assert_null (weakref_ref_new (NULL));
  CRITICAL ("*G_IS_OBJECT (target)*");
  g_assert_null (weakref_ref_new (no_object));
  CRITICAL ("*G_IS_OBJECT (target)*");
  g_assert_null (weakref_ref_new_full (NULL, NULL, log_cb, NULL, NULL));
  CRITICAL ("*G_IS_OBJECT (target)*");
  g_assert_null (weakref_ref_new_full (no_object, NULL, log_cb, NULL, NULL));
  CRITICAL ("*WEAKREF_IS_REF*");
  g_assert_null (weakref_ref_get (NULL));
  CRITICAL ("*WEAKREF_IS_REF*");
  g_assert_null (weakref_ref_get ((gpointer) a));
  CRITICAL ("*WEAKREF_IS_REF*");
  g_assert_false (weakref_ref_is_alive (NULL));
  CRITICAL ("*WEAKREF_IS_REF*");
  g_assert_cmpuint (weakref_ref_get_id ((gpointer) a), ==, 0);
  CRITICAL ("*WEAKREF_IS_REF*");
  weakref_ref_hash (NULL);
  CRITICAL ("*WEAKREF_IS_REF*");
  g_assert_false (weakref_ref_equal (ref, a));
  CRITICAL ("*WEAKREF_IS_REF*");
  g_assert_false (weakref_ref_equal (NULL, ref));
  CRITICAL ("*G_IS_OBJECT (target)*");
  g_assert_cmpuint (weakref_count_refs (no_object), ==, 0);
  CRITICAL ("*G_IS_OBJECT (target)*");
  g_assert_null (weakref_list_refs (NULL));
#undef CRITICAL
  g_test_assert_expected_messages ();

  g_object_unref (a);
  g_object_unref (ref);
  assert_log ("-a ~a");
}

/* An object that runs something in its finalize */

typedef struct
{
  GObject parent_instance;
  GFunc func;
  gpointer user_data;
} TestLast;

typedef GObjectClass TestLastClass;

static GType test_last_get_type (void);
G_DEFINE_TYPE (TestLast, test_last, G_TYPE_OBJECT)

static void
test_last_finalize (GObject *object)
{
  TestLast *self = (TestLast *) object;

  self->func (self, self->user_data);

  G_OBJECT_CLASS (test_last_parent_class)->finalize (object);
}

static void
test_last_class_init (TestLastClass *klass)
{
  klass->finalize = test_last_finalize;
}

static void
test_last_init (TestLast *self)
{
}

static void
last_interest_cb (gpointer target, gpointer user_data)
{
  WeakrefValueTable *values = weakref_value_table_new (G_TYPE_STRING);
  WeakrefKeyTable *keys = weakref_key_table_new (NULL);
  WeakrefCache *cache = weakref_cache_new (G_TYPE_STRING, 1);
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  GObject *other = g_object_new (G_TYPE_OBJECT, NULL);

#define TOO_LATE(call)                                                                             \
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*weakref_is_held*");                    \
  call
  TOO_LATE (g_assert_null (weakref_ref_new (target)));
  TOO_LATE (g_assert_null (weakref_ref_new_full (target, NULL, log_cb, NULL, NULL)));
  TOO_LATE (g_assert_cmpuint (weakref_count_refs (target), ==, 0));
  TOO_LATE (g_assert_null (weakref_list_refs (target)));
  TOO_LATE (g_assert_null (weakref_proxy_new (target)));
  TOO_LATE (g_assert_null (weakref_proxy_new_full (target, NULL, NULL, NULL, NULL)));
  TOO_LATE (g_assert_null (weakref_finalizer_new (target, freed_cb, NULL, NULL)));
  TOO_LATE (weakref_finalize (target, freed_cb, NULL, NULL));
  TOO_LATE (g_assert_false (weakref_value_table_insert (values, "a", target)));
  TOO_LATE (g_assert_false (weakref_key_table_insert (keys, target, NULL)));
  TOO_LATE (g_assert_false (weakref_set_add (set, target)));
  TOO_LATE (g_assert_false (weakref_cache_insert (cache, "a", target)));
  TOO_LATE (g_assert_null (weakref_bond_new (target, other, NULL)));
  TOO_LATE (g_assert_null (weakref_bond_new (other, target, NULL)));
#undef TOO_LATE
  g_test_assert_expected_messages ();

  g_assert_cmpuint (weakref_value_table_get_size (values), ==, 0);
  g_assert_cmpuint (weakref_key_table_get_size (keys), ==, 0);
  g_assert_cmpuint (weakref_set_get_size (set), ==, 0);
  g_object_unref (values);
  g_object_unref (keys);
  g_object_unref (cache);
  g_object_unref (set);
  g_object_unref (other);
  test_log ("%s", (const char *) user_data);
}

static void
test_no_interest_in_a_finalize (void)
{
  static const char *names[] = { "never-known", "known-before" };
  guint i;

  for (i = 0; i < 2; i++)
    {
      TestLast *last = g_object_new (test_last_get_type (), NULL);

      last->func = last_interest_cb;
      last->user_data = (gpointer) names[i];
      if (i == 1)
        g_object_unref (weakref_ref_new (last));
      g_object_unref (last);
      assert_log (names[i]);
    }
}

/* Many */

typedef struct
{
  guint n_called;
  guint n_freed;
  guint next; /* the number of the ref that is called next */
  guint *called;
} Many;

typedef struct
{
  Many *many;
  guint number;
} One;

static void
many_cb (WeakrefRef *ref, gpointer user_data)
{
  One *one = user_data;

  g_assert_cmpuint (one->number, ==, one->many->next);
  one->many->next--;
  one->many->n_called++;
  one->many->called[one->number]++;
}

static void
many_freed_cb (gpointer user_data)
{
  One *one = user_data;

  one->many->n_freed++;
  g_free (one);
}

static void
test_many (void)
{
  guint n = test_scale (200000, 1000);
  TestProbe *a = test_probe_new ("a");
  WeakrefRef **refs = g_new (WeakrefRef *, n);
  Many many = { .next = n - 1, .called = g_new0 (guint, n) };
  guint i;

  /* GLib stops at 65,535. */
  for (i = 0; i < n; i++)
    {
      One *one = g_new (One, 1);

      one->many = &many;
      one->number = i;
      refs[i] = weakref_ref_new_full (a, NULL, many_cb, one, many_freed_cb);
    }
  g_assert_cmpuint (weakref_count_refs (a), ==, n);
  for (i = 0; i < n / 2; i++)
    g_object_unref (refs[i]);
  g_assert_cmpuint (many.n_freed, ==, n / 2);
  g_assert_cmpuint (weakref_count_refs (a), ==, n - n / 2);

  g_object_unref (a);
  assert_log ("-a ~a");
  g_assert_cmpuint (many.n_called, ==, n - n / 2);
  g_assert_cmpuint (many.n_freed, ==, n);
  for (i = 0; i < n; i++)
    g_assert_cmpuint (many.called[i], ==, i >= n / 2);
  for (i = n / 2; i < n; i++)
    g_object_unref (refs[i]);
  g_free (many.called);
  g_free (refs);
}

/* Threads */

static gpointer
unref_thread (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

static void
thread_cb (WeakrefRef *ref, gpointer user_data)
{
  *(GThread **) user_data = g_thread_self ();
}

static void
test_called_in_the_thread_that_drops (void)
{
  TestProbe *a = test_probe_new ("a");
  GThread *called_in = NULL;
  WeakrefRef *ref = weakref_ref_new_full (a, NULL, thread_cb, &called_in, NULL);
  GThread *thread = g_thread_new ("unref", unref_thread, a);

  g_thread_join (thread);
  g_assert_true (called_in == thread);
  assert_log ("-a ~a");
  g_object_unref (ref);
}

typedef struct
{
  TestGate in_callback;
  TestGate go_on;
} Meeting;

static void
meeting_cb (WeakrefRef *ref, gpointer user_data)
{
  Meeting *meeting = user_data;

  test_gate_open (&meeting->in_callback);
  test_gate_wait (&meeting->go_on);
  test_log ("called");
}

static void
test_dropped_while_it_is_called_elsewhere (void)
{
  TestProbe *a = test_probe_new ("a");
  Meeting meeting;
  WeakrefRef *other = logging_ref (a, "other");
  WeakrefRef *ref = weakref_ref_new_full (a, NULL, meeting_cb, &meeting, logged_freed_cb);
  GThread *thread;

  test_gate_init (&meeting.in_callback);
  test_gate_init (&meeting.go_on);
  thread = g_thread_new ("unref", unref_thread, a);
  test_gate_wait (&meeting.in_callback);
  /* The data outlives the call, and one whose turn has not come is not called. */
  g_object_unref (ref);
  g_object_unref (other);
  assert_log ("-a free:other");
  test_gate_open (&meeting.go_on);
  g_thread_join (thread);
  assert_log ("called freed ~a");
  test_gate_clear (&meeting.in_callback);
  test_gate_clear (&meeting.go_on);
}

typedef struct
{
  TestProbe *probe;
  gint next; /* (atomic) */
  WeakrefRef *refs[8];
} ShareRace;

static gpointer
share_thread (gpointer data)
{
  ShareRace *race = data;

  race->refs[g_atomic_int_add (&race->next, 1)] = weakref_ref_new (race->probe);
  return NULL;
}

static void
test_shared_between_threads (void)
{
  guint n_rounds = test_scale (300, 10);
  guint round;
  guint i;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      ShareRace race = { .probe = test_probe_new ("a") };

      test_threads (G_N_ELEMENTS (race.refs), share_thread, &race);
      for (i = 0; i < G_N_ELEMENTS (race.refs); i++)
        {
          g_assert_true (race.refs[i] == race.refs[0]);
          g_object_unref (race.refs[i]);
        }
      g_assert_cmpuint (weakref_count_refs (race.probe), ==, 0);
      g_object_unref (race.probe);
    }
}

static gpointer
share_and_drop_thread (gpointer data)
{
  ShareRace *race = data;
  guint i;

  for (i = 0; i < 20; i++)
    {
      WeakrefRef *ref = weakref_ref_new (race->probe);
      gpointer got = weakref_ref_get (ref);

      g_assert_true (got == race->probe);
      g_object_unref (got);
      g_object_unref (ref);
    }

  return NULL;
}

static void
test_shared_and_dropped_by_threads (void)
{
  guint n_rounds = test_scale (300, 10);
  guint round;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      ShareRace race = { .probe = test_probe_new ("a") };

      test_threads (4, share_and_drop_thread, &race);
      g_assert_cmpuint (weakref_count_refs (race.probe), ==, 0);
      g_object_unref (race.probe);
    }
}

typedef struct
{
  gint next; /* (atomic) */
  TestProbe *probe;
  WeakrefRef *refs[2][16];
  gint n_called; /* (atomic) */
  gint n_freed;  /* (atomic) */
} DropRace;

static void
race_cb (WeakrefRef *ref, gpointer user_data)
{
  DropRace *race = user_data;

  g_atomic_int_inc (&race->n_called);
  g_assert_null (weakref_ref_get (ref));
}

static void
race_freed_cb (gpointer user_data)
{
  g_atomic_int_inc (&((DropRace *) user_data)->n_freed);
}

static gpointer
drop_race_thread (gpointer data)
{
  DropRace *race = data;
  gint part = g_atomic_int_add (&race->next, 1);
  guint i;

  if (part == 2)
    g_object_unref (race->probe);
  else
    for (i = 0; i < 16; i++)
      g_object_unref (race->refs[part][i]);

  return NULL;
}

static void
test_race_of_drop_and_death (void)
{
  guint n_rounds = test_scale (500, 10);
  guint round;
  guint i;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      DropRace race = { .probe = test_probe_new ("a") };

      for (i = 0; i < 16; i++)
        {
          race.refs[0][i] = weakref_ref_new_full (race.probe, NULL, race_cb, &race, race_freed_cb);
          race.refs[1][i] = weakref_ref_new_full (race.probe, NULL, race_cb, &race, race_freed_cb);
        }
      test_threads (3, drop_race_thread, &race);
      g_assert_cmpint (race.n_called, <=, 32);
      g_assert_cmpint (race.n_freed, ==, 32);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) test_add ("/weakref/ref/" path, func)
  ADD ("get", test_get);
  ADD ("shared", test_shared);
  ADD ("shared-in-the-next-life", test_shared_in_the_next_life);
  ADD ("newest-first", test_newest_first);
  ADD ("dropped-ref-is-not-called", test_dropped_ref_is_not_called);
  ADD ("all-see-the-death-first", test_all_see_the_death_first);
  ADD ("all-see-the-disposal-first", test_all_see_the_disposal_first);
  ADD ("dead-when-the-dispose-begins", test_dead_when_the_dispose_begins);
  ADD ("disposed-is-dead", test_disposed_is_dead);
  ADD ("resurrected/with-chaining-up", test_resurrected_with_chaining_up);
  ADD ("resurrected/without-chaining-up", test_resurrected_without_chaining_up);
  ADD ("callback/drops-its-own-ref", test_callback_drops_its_own_ref);
  ADD ("callback/drops-others", test_callback_drops_others);
  ADD ("callback/makes-refs-and-tables", test_callback_makes_refs_and_tables);
  ADD ("callback/drops-the-next-target", test_callback_drops_the_next_target);
  ADD ("callback/data-drops-the-next-target", test_data_drops_the_next_target);
  ADD ("ref-to-a-ref", test_ref_to_a_ref);
  ADD ("disposed-ref-is-not-called", test_disposed_ref_is_not_called);
  ADD ("destroy-without-a-callback", test_destroy_without_a_callback);
  ADD ("notified-once-before-the-callback", test_notified_once_before_the_callback);
  ADD ("notification-disposes-the-ref", test_notification_disposes_the_ref);
  ADD ("context/delivers-later", test_context_delivers_later);
  ADD ("context/default", test_context_default);
  ADD ("context/ref-dropped-before-delivery", test_ref_dropped_before_delivery_is_not_called);
  ADD ("context/ref-dropped-before-the-death", test_ref_with_context_dropped_before_the_death);
  ADD ("context/that-goes-calls-nothing", test_context_that_goes_calls_nothing);
  ADD ("context/kept-until-the-death", test_context_is_kept_until_the_death);
  ADD ("context/goes-with-the-ref", test_context_goes_with_the_ref);
  ADD ("alive-can-be-bound", test_alive_can_be_bound);
  ADD ("properties", test_properties);
  ADD ("context/property", test_context_property);
  ADD ("subclass", test_subclass);
  ADD ("floating-target-stays-floating", test_floating_target_stays_floating);
  ADD ("refs-are-keys", test_refs_are_keys);
  ADD ("list", test_list);
  ADD ("bad-input", test_bad_input);
  ADD ("no-interest-in-a-finalize", test_no_interest_in_a_finalize);
  ADD ("many", test_many);
  ADD ("threads/called-in-the-one-that-drops", test_called_in_the_thread_that_drops);
  ADD ("threads/dropped-while-called-elsewhere", test_dropped_while_it_is_called_elsewhere);
  ADD ("threads/shared", test_shared_between_threads);
  ADD ("threads/shared-and-dropped", test_shared_and_dropped_by_threads);
  ADD ("threads/race-of-drop-and-death", test_race_of_drop_and_death);
#undef ADD

  return g_test_run ();
}
