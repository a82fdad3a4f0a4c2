/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/block.h>

#include "probe.h"

/* A watch that logs: "xNAME" when it severs, "!NAME" when it announces. It frees itself then. */
typedef struct
{
  WeakrefWatch watch;
  const char *name;
  GFunc then; /* called with the watch at the end of the announcement */
  gpointer then_data;
} Watch;

static void
assert_dead (WeakrefBlock *block)
{
  g_assert_true (weakref_block_is_dead (block));
  g_assert_false (weakref_block_is_alive (block));
  g_assert_null (weakref_block_dup_target (block));
}

static void
assert_alive (WeakrefBlock *block, gpointer target)
{
  gpointer got = weakref_block_dup_target (block);

  g_assert_true (got == target);
  g_object_unref (got);
  g_assert_true (weakref_block_is_alive (block));
  g_assert_false (weakref_block_is_dead (block));
}

static void
watch_free (Watch *watch)
{
  weakref_watch_clear (&watch->watch);
  g_free (watch);
}

static void
watch_sever_cb (WeakrefWatch *watch)
{
  assert_dead (watch->block);
  test_log ("x%s", ((Watch *) watch)->name);
}

static void
watch_announce_cb (WeakrefWatch *data)
{
  Watch *watch = (Watch *) data;

  assert_dead (data->block);
  test_log ("!%s", watch->name);
  if (watch->then != NULL)
    watch->then (watch, watch->then_data);
  watch_free (watch);
}

static const WeakrefWatchFuncs watch_funcs = { watch_sever_cb, watch_announce_cb };
static const WeakrefWatchFuncs mute_funcs = { NULL, watch_announce_cb };

static Watch *
watch_full (gpointer target, const char *name, WeakrefPhase phase, const WeakrefWatchFuncs *funcs)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->name = name;
  weakref_watch_start (&watch->watch, funcs, target, phase);

  return watch;
}

static Watch *
watch_new (gpointer target, const char *name)
{
  return watch_full (target, name, WEAKREF_PHASE_DISPOSE, &watch_funcs);
}

/* A GWeakNotify, TestProbeFunc, … that takes an interest in what it is about. */
static gpointer interest; /* the target, for a GFunc */

static void
interest_cb (gpointer watch, gpointer name)
{
  watch_new (interest, name);
}

static void
interest_notify_cb (gpointer name, GObject *target)
{
  test_log ("notify");
  watch_new (target, name);
}

static void
interest_dispose_cb (TestProbe *probe, gpointer name)
{
  watch_new (probe, name);
}

/* A probe that takes an interest in itself at the end of its dispose, once. */
typedef struct
{
  TestProbe parent_instance;
  const char *name;
} LateProbe;

typedef TestProbeClass LateProbeClass;

static GType late_probe_get_type (void);
G_DEFINE_TYPE (LateProbe, late_probe, TEST_TYPE_PROBE)

static void
late_probe_dispose (GObject *object)
{
  const char *name = g_steal_pointer (&((LateProbe *) object)->name);

  G_OBJECT_CLASS (late_probe_parent_class)->dispose (object);
  if (name != NULL)
    watch_new (object, name);
}

static void
late_probe_class_init (LateProbeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = late_probe_dispose;
}

static void
late_probe_init (LateProbe *self)
{
}

static TestProbe *
late_probe_new (const char *name, const char *watch_name)
{
  LateProbe *self = g_object_new (late_probe_get_type (), "name", name, NULL);

  self->name = watch_name;

  return (TestProbe *) self;
}

/* A life */

static void
test_one_block_per_life (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefBlock *one = weakref_block_get (a, WEAKREF_PHASE_DISPOSE);
  WeakrefBlock *two = weakref_block_get (a, WEAKREF_PHASE_DISPOSE);
  WeakrefBlock *other = weakref_block_get (b, WEAKREF_PHASE_DISPOSE);

  g_assert_true (one == two);
  g_assert_true (one != other);
  g_assert_cmpuint (weakref_block_get_id (one), !=, weakref_block_get_id (other));
  g_assert_cmpuint (weakref_block_get_id (one), !=, 0);
  g_assert_true (weakref_block_get_address (one) == a);
  g_assert_true (weakref_block_get_target_type (one) == TEST_TYPE_PROBE);
  assert_alive (one, a);

  g_object_unref (a);
  assert_log ("-a ~a");
  assert_dead (one);
  g_assert_true (weakref_block_get_address (one) == a);
  g_assert_true (weakref_block_get_target_type (one) == TEST_TYPE_PROBE);
  assert_alive (other, b);

  weakref_block_unref (one);
  weakref_block_unref (two);
  weakref_block_unref (other);
  g_object_unref (b);
  assert_log ("-b ~b");
}

static void
test_block_goes_without_a_holder (void)
{
  TestProbe *a = test_probe_new ("a");

  /* The leak checkers tell. */
  weakref_block_unref (weakref_block_get (a, WEAKREF_PHASE_DISPOSE));
  weakref_block_unref (weakref_block_get (a, WEAKREF_PHASE_FINALIZE));
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
last_unref_dispose_cb (TestProbe *probe, gpointer data)
{
  WeakrefBlock *block = data;

  /* The truth comes first, the news later. */
  g_assert_null (weakref_block_dup_target (block));
  g_assert_false (weakref_block_is_alive (block));
  g_assert_false (weakref_block_is_dead (block));
}

static void
test_last_unref (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *one = watch_new (a, "1");

  watch_new (a, "2");
  watch_full (a, "mute", WEAKREF_PHASE_DISPOSE, &mute_funcs);
  watch_new (a, "3");
  test_probe_set_on_dispose (a, last_unref_dispose_cb, one->watch.block);

  g_object_unref (a);
  assert_log ("-a x3 x2 x1 !3 !mute !2 !1 ~a");
}

static void
run_dispose_dispose_cb (TestProbe *probe, gpointer data)
{
  assert_alive (data, probe);
}

static void
test_run_dispose (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *one = watch_new (a, "1");
  WeakrefBlock *first = weakref_block_ref (one->watch.block);
  WeakrefBlock *second;

  watch_new (a, "2");
  test_probe_set_on_dispose (a, run_dispose_dispose_cb, first);

  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x2 x1 !2 !1");
  assert_dead (first);

  second = weakref_block_get (a, WEAKREF_PHASE_DISPOSE);
  g_assert_true (second != first);
  g_assert_cmpuint (weakref_block_get_id (second), >, weakref_block_get_id (first));
  assert_alive (second, a);
  assert_dead (first);
  watch_new (a, "3");

  g_object_unref (a);
  assert_log ("x3 !3 ~a");
  assert_dead (second);
  weakref_block_unref (first);
  weakref_block_unref (second);
}

static void
test_resurrection_with_chaining_up (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *again = NULL;
  WeakrefBlock *first = weakref_block_ref (watch_new (a, "1")->watch.block);
  WeakrefBlock *second;

  test_probe_resurrect (a, &again, TRUE);
  g_object_unref (a);
  assert_log ("-a x1 !1");
  g_assert_true (again == a);

  second = weakref_block_get (again, WEAKREF_PHASE_DISPOSE);
  g_assert_true (second != first);
  assert_alive (second, again);
  watch_new (again, "2");

  g_object_unref (again);
  assert_log ("x2 !2 ~a");
  weakref_block_unref (first);
  weakref_block_unref (second);
}

static void
test_resurrection_without_chaining_up (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *again = NULL;
  WeakrefBlock *first = weakref_block_ref (watch_new (a, "1")->watch.block);

  test_probe_resurrect (a, &again, FALSE);
  g_object_unref (a);
  assert_log ("-a");
  g_assert_null (weakref_block_dup_target (first));
  g_assert_false (weakref_block_is_alive (first));
  /* Nobody has noticed so far … */
  g_assert_false (weakref_block_is_dead (first));

  /* … until somebody asks. */
  watch_new (again, "2");
  assert_log ("x1 !1");
  assert_dead (first);

  g_object_unref (again);
  assert_log ("x2 !2 ~a");
  weakref_block_unref (first);
}

static void
test_resurrection_noticed_at_the_end (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *again = NULL;

  watch_new (a, "1");
  test_probe_resurrect (a, &again, FALSE);
  g_object_unref (a);
  assert_log ("-a");

  g_object_unref (again);
  assert_log ("x1 !1 ~a");
}

static void
test_resurrected_many_times (void)
{
  static const char *names[] = { "1", "2", "3", "4" };
  TestProbe *a = test_probe_new ("a");
  guint64 last_id = 0;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (names); i++)
    {
      TestProbe *again = NULL;
      Watch *watch = watch_new (a, names[i]);

      g_assert_cmpuint (weakref_block_get_id (watch->watch.block), >, last_id);
      last_id = weakref_block_get_id (watch->watch.block);
      test_probe_resurrect (a, &again, i % 2);
      g_object_unref (a);
      a = again;
    }

  assert_log ("-a x1 !1 x2 !2 x3 !3 x4 !4");
  g_object_unref (a);
  assert_log ("~a");
}

/* An interest taken at odd times */

static void
test_interest_in_the_dispose_of_the_last_unref (void)
{
  TestProbe *a = test_probe_new ("a");

  watch_new (a, "1");
  test_probe_set_on_dispose (a, interest_dispose_cb, "2");

  /* The old life is over, and is buried by the new one. */
  g_object_unref (a);
  assert_log ("-a x1 !1 x2 !2 ~a");
}

static void
test_interest_late_in_the_dispose_of_the_last_unref (void)
{
  TestProbe *a = late_probe_new ("a", "2");

  watch_new (a, "1");
  g_object_unref (a);
  assert_log ("-a x1 !1 x2 !2 ~a");
}

static void
test_interest_in_run_dispose (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefBlock *block = weakref_block_ref (watch_new (a, "1")->watch.block);

  test_probe_set_on_dispose (a, interest_dispose_cb, "2");

  /* It is still the old life. */
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x2 x1 !2 !1");
  assert_dead (block);
  weakref_block_unref (block);

  g_object_unref (a);
  assert_log ("~a");
}

static void
test_interest_late_in_run_dispose (void)
{
  TestProbe *a = late_probe_new ("a", "2");
  WeakrefBlock *first = weakref_block_ref (watch_new (a, "1")->watch.block);
  WeakrefBlock *now;

  /* A new life. Whether the rest of the dispose ends it, is up to GLib's version; but it is
   * announced once, and never stands in the way of the next. */
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x1 !1");
  assert_dead (first);

  now = weakref_block_get (a, WEAKREF_PHASE_DISPOSE);
  g_assert_true (now != first);
  assert_alive (now, a);
  weakref_block_unref (now);
  weakref_block_unref (first);

  g_object_unref (a);
  assert_log ("x2 !2 ~a");
}

static void
test_interest_in_an_earlier_weak_notify (void)
{
  TestProbe *a = test_probe_new ("a");

  g_object_weak_ref (G_OBJECT (a), interest_notify_cb, "2");
  watch_new (a, "1");

  g_object_unref (a);
  assert_log ("-a notify x1 !1 x2 !2 ~a");
}

static void
test_interest_in_a_later_weak_notify (void)
{
  TestProbe *a = test_probe_new ("a");

  watch_new (a, "1");
  g_object_weak_ref (G_OBJECT (a), interest_notify_cb, "2");

  g_object_unref (a);
  assert_log ("-a x1 !1 notify x2 !2 ~a");
}

static void
test_interest_in_an_earlier_weak_notify_of_run_dispose (void)
{
  TestProbe *a = test_probe_new ("a");

  g_object_weak_ref (G_OBJECT (a), interest_notify_cb, "2");
  watch_new (a, "1");

  /* Still the old life. */
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a notify x2 x1 !2 !1");
  g_object_unref (a);
  assert_log ("~a");
}

static void
test_interest_in_a_later_weak_notify_of_run_dispose (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefBlock *now;

  watch_new (a, "1");
  g_object_weak_ref (G_OBJECT (a), interest_notify_cb, "2");

  /* A life that the rest of the dispose ends, without a word from GLib. */
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x1 !1 notify");

  now = weakref_block_get (a, WEAKREF_PHASE_DISPOSE);
  assert_log ("x2 !2");
  assert_alive (now, a);
  weakref_block_unref (now);

  g_object_unref (a);
  assert_log ("~a");
}

static void
test_interest_in_an_announcement (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *one;
  Watch *two;

  one = watch_new (a, "1");
  two = watch_new (a, "2");
  interest = a;
  one->then = interest_cb;
  one->then_data = (gpointer) "late1";
  two->then = interest_cb;
  two->then_data = (gpointer) "late2";

  /* It belongs to another life: it neither gets lost nor comes among those of this. */
  g_object_unref (a);
  assert_log ("-a x2 x1 !2 !1 xlate1 xlate2 !late1 !late2 ~a");
}

static void
test_interest_in_an_announcement_of_run_dispose (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *one = watch_new (a, "1");

  interest = a;
  one->then = interest_cb;
  one->then_data = (gpointer) "late";

  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x1 !1");
  watch_new (a, "2");
  assert_log ("xlate !late");
  g_object_unref (a);
  assert_log ("x2 !2 ~a");
}

/* Disposes the object when the library lets go of it, once. Here that is in the middle of looking
 * for its block. */
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
test_interest_in_what_is_disposed_just_now (void)
{
  TestProbe *a = test_probe_new ("a");
  gboolean done = TRUE;
  WeakrefBlock *first;
  Watch *two;

  first = weakref_block_ref (watch_new (a, "1")->watch.block);
  g_object_add_toggle_ref (G_OBJECT (a), toggle_disposes_cb, &done);
  g_object_unref (a);
  done = FALSE;

  two = watch_new (a, "2");
  assert_log ("-a x1 !1");
  g_assert_true (done);
  assert_dead (first);
  g_assert_true (two->watch.block != first);
  g_assert_false (weakref_block_is_dead (two->watch.block));

  g_object_remove_toggle_ref (G_OBJECT (a), toggle_disposes_cb, &done);
  assert_log ("x2 !2 ~a");
  weakref_block_unref (first);
}

/* Stopping */

static void
test_stopped_watch_is_not_announced (void)
{
  static const guint orders[][3] = {
    { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
  };
  static const char *names[] = { "0", "1", "2" };
  guint n_stopped;
  guint i;
  guint j;

  /* Any number of three, in any order. */
  for (i = 0; i < G_N_ELEMENTS (orders); i++)
    for (n_stopped = 0; n_stopped <= 3; n_stopped++)
      {
        TestProbe *a = test_probe_new ("a");
        GString *expected = g_string_new ("-a");
        Watch *watches[3];
        char *got;

        for (j = 0; j < 3; j++)
          watches[j] = watch_new (a, names[j]);
        for (j = 0; j < n_stopped; j++)
          {
            g_assert_true (weakref_watch_stop (&watches[orders[i][j]]->watch));
            watch_free (g_steal_pointer (&watches[orders[i][j]]));
          }
        for (j = 3; j-- > 0;)
          if (watches[j] != NULL)
            g_string_append_printf (expected, " x%u", j);
        for (j = 3; j-- > 0;)
          if (watches[j] != NULL)
            g_string_append_printf (expected, " !%u", j);
        g_string_append (expected, " ~a");

        g_object_unref (a);
        got = test_log_steal ();
        g_assert_cmpstr (got, ==, expected->str);
        g_free (got);
        g_string_free (expected, TRUE);
      }
}

static void
stop_cb (gpointer watch, gpointer other)
{
  /* Too late: it will be announced, or has been. */
  test_log (weakref_watch_stop (&((Watch *) other)->watch) ? "stopped" : "late");
}

static void
test_stop_in_an_announcement_is_too_late (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *one = watch_new (a, "1");
  Watch *two = watch_new (a, "2");

  two->then = stop_cb;
  two->then_data = one;
  g_object_unref (a);
  assert_log ("-a x2 x1 !2 late !1 ~a");
}

static void
stop_dispose_cb (TestProbe *probe, gpointer data)
{
  Watch *watch = data;

  g_assert_true (weakref_watch_stop (&watch->watch));
  watch_free (watch);
}

static void
test_stop_in_the_dispose_is_in_time (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *one = watch_new (a, "1");

  watch_new (a, "2");
  test_probe_set_on_dispose (a, stop_dispose_cb, one);
  g_object_unref (a);
  assert_log ("-a x2 !2 ~a");
}

static void
stop_all_cb (gpointer watch, gpointer others)
{
  GPtrArray *array = others;
  guint i;

  for (i = 0; i < array->len; i++)
    {
      Watch *other = g_ptr_array_index (array, i);

      g_assert_true (weakref_watch_stop (&other->watch));
      watch_free (other);
    }
  g_ptr_array_set_size (array, 0);
}

static void
test_announcement_stops_watches_of_another_target (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  GPtrArray *others = g_ptr_array_new ();
  Watch *watch = watch_new (a, "1");

  g_ptr_array_add (others, watch_new (b, "2"));
  g_ptr_array_add (others, watch_new (b, "3"));
  watch->then = stop_all_cb;
  watch->then_data = others;
  g_object_unref (a);
  assert_log ("-a x1 !1 ~a");
  g_object_unref (b);
  assert_log ("-b ~b");
  g_ptr_array_unref (others);
}

static void
unref_cb (gpointer watch, gpointer object)
{
  g_object_unref (object);
}

static void
test_deaths_nest (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  Watch *watch;

  watch_new (a, "a1");
  watch = watch_new (a, "a2");
  watch->then = unref_cb;
  watch->then_data = b;
  watch_new (b, "b1");
  g_object_unref (a);
  assert_log ("-a xa2 xa1 !a2 -b xb1 !b1 ~b !a1 ~a");
}

/* What a block is good for */

static void
test_ids_are_never_reused (void)
{
  guint n = test_scale (20000, 500);
  guint64 last_id = 0;
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < n; i++)
    {
      /* Most of them at the same address. */
      TestProbe *a = test_probe_new ("a");
      WeakrefBlock *block =
        weakref_block_get (a, i % 2 ? WEAKREF_PHASE_DISPOSE : WEAKREF_PHASE_FINALIZE);

      g_assert_cmpuint (weakref_block_get_id (block), >, last_id);
      last_id = weakref_block_get_id (block);
      weakref_block_unref (block);
      g_object_unref (a);
    }
}

static gpointer
count_dup (gpointer value)
{
  g_atomic_int_inc ((gint *) value);
  return value;
}

static void
test_slots (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefBlock *block = weakref_block_get (a, WEAKREF_PHASE_DISPOSE);
  gint one = 0;
  gint two = 0;

  g_assert_null (weakref_block_dup_slot (block, WEAKREF_SLOT_REF, count_dup));
  g_assert_false (weakref_block_swap_slot (block, WEAKREF_SLOT_REF, &one, &two));
  g_assert_true (weakref_block_swap_slot (block, WEAKREF_SLOT_REF, NULL, &one));
  g_assert_false (weakref_block_swap_slot (block, WEAKREF_SLOT_REF, NULL, &two));
  g_assert_true (weakref_block_dup_slot (block, WEAKREF_SLOT_REF, count_dup) == &one);
  g_assert_cmpint (one, ==, 1);
  /* They are separate. */
  g_assert_null (weakref_block_dup_slot (block, WEAKREF_SLOT_PROXY, count_dup));
  g_assert_true (weakref_block_swap_slot (block, WEAKREF_SLOT_REF, &one, &two));
  g_assert_true (weakref_block_dup_slot (block, WEAKREF_SLOT_REF, count_dup) == &two);
  g_assert_cmpint (two, ==, 1);

  /* They are good after the death too. */
  g_object_unref (a);
  assert_log ("-a ~a");
  g_assert_true (weakref_block_dup_slot (block, WEAKREF_SLOT_REF, count_dup) == &two);
  g_assert_true (weakref_block_swap_slot (block, WEAKREF_SLOT_REF, &two, NULL));
  g_assert_null (weakref_block_dup_slot (block, WEAKREF_SLOT_REF, count_dup));
  weakref_block_unref (block);
}

static void
collect_cb (gpointer watch, gpointer user_data)
{
  g_string_append_printf (user_data, "%s ", ((Watch *) watch)->name);
}

static void
test_collect_goes_newest_first_over_its_own_kind (void)
{
  TestProbe *a = test_probe_new ("a");
  GString *names = g_string_new (NULL);
  WeakrefBlock *block;

  watch_new (a, "1");
  watch_full (a, "mute", WEAKREF_PHASE_DISPOSE, &mute_funcs);
  watch_new (a, "2");
  block = weakref_block_get (a, WEAKREF_PHASE_DISPOSE);
  weakref_block_collect (block, &watch_funcs, collect_cb, names);
  g_assert_cmpstr (names->str, ==, "2 1 ");

  g_string_truncate (names, 0);
  g_object_unref (a);
  assert_log ("-a x2 x1 !2 !mute !1 ~a");
  weakref_block_collect (block, &watch_funcs, collect_cb, names);
  g_assert_cmpstr (names->str, ==, "");
  weakref_block_unref (block);
  g_string_free (names, TRUE);
}

/* The other end */

static void
test_finalize_phase_survives_disposal (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *end = watch_full (a, "end", WEAKREF_PHASE_FINALIZE, &watch_funcs);
  WeakrefBlock *block = weakref_block_get (a, WEAKREF_PHASE_FINALIZE);

  watch_new (a, "1");
  g_assert_true (end->watch.block == block);

  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x1 !1");
  g_assert_false (weakref_block_is_dead (block));

  /* A later interest in the memory is in the same memory. */
  watch_new (a, "2");
  g_assert_true (watch_full (a, "end2", WEAKREF_PHASE_FINALIZE, &watch_funcs)->watch.block ==
                 block);

  g_object_unref (a);
  assert_log ("x2 !2 ~a xend2 xend !end2 !end");
  assert_dead (block);
  weakref_block_unref (block);
}

static void
test_finalize_phase_survives_resurrection (void)
{
  TestProbe *a = test_probe_new ("a");
  guint i;

  watch_full (a, "end", WEAKREF_PHASE_FINALIZE, &watch_funcs);
  for (i = 0; i < 2; i++)
    {
      TestProbe *again = NULL;

      test_probe_resurrect (a, &again, i);
      g_object_unref (a);
      a = again;
    }
  assert_log ("-a");
  g_object_unref (a);
  assert_log ("~a xend !end");
}

static void
finalize_interest_cb (TestProbe *probe, gpointer name)
{
  watch_full (probe, name, WEAKREF_PHASE_FINALIZE, &watch_funcs);
}

static void
test_finalize_phase_begun_in_the_dispose (void)
{
  TestProbe *a = test_probe_new ("a");

  test_probe_set_on_dispose (a, finalize_interest_cb, "end");
  g_object_unref (a);
  assert_log ("-a ~a xend !end");
}

/* Another thread: the dispose is the meeting point */

typedef struct
{
  TestGate in_dispose;
  TestGate go_on;
} Meeting;

static void
meeting_dispose_cb (TestProbe *probe, gpointer data)
{
  Meeting *meeting = data;

  test_gate_open (&meeting->in_dispose);
  test_gate_wait (&meeting->go_on);
}

static void
meeting_announce_cb (gpointer watch, gpointer data)
{
  meeting_dispose_cb (NULL, data);
}

static void
meeting_init (Meeting *meeting)
{
  test_gate_init (&meeting->in_dispose);
  test_gate_init (&meeting->go_on);
}

static void
meeting_clear (Meeting *meeting)
{
  test_gate_clear (&meeting->in_dispose);
  test_gate_clear (&meeting->go_on);
}

static gpointer
unref_thread (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

static gpointer
run_dispose_thread (gpointer object)
{
  g_object_run_dispose (object);
  return NULL;
}

static void
test_stop_while_it_dies_elsewhere (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *one = watch_new (a, "1");
  WeakrefBlock *block = weakref_block_ref (one->watch.block);
  Meeting meeting;
  GThread *thread;

  meeting_init (&meeting);
  watch_new (a, "2");
  test_probe_set_on_dispose (a, meeting_dispose_cb, &meeting);
  thread = g_thread_new ("unref", unref_thread, a);
  test_gate_wait (&meeting.in_dispose);

  /* Nobody gets it any more, though the news is not out; and one can leave in time. */
  g_assert_null (weakref_block_dup_target (block));
  g_assert_false (weakref_block_is_alive (block));
  g_assert_false (weakref_block_is_dead (block));
  g_assert_true (weakref_watch_stop (&one->watch));
  watch_free (one);

  test_gate_open (&meeting.go_on);
  g_thread_join (thread);
  assert_log ("-a x2 !2 ~a");
  assert_dead (block);
  weakref_block_unref (block);
  meeting_clear (&meeting);
}

static void
test_stop_while_it_is_announced_elsewhere (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *one = watch_new (a, "1");
  Watch *two = watch_new (a, "2");
  Meeting meeting;
  GThread *thread;

  meeting_init (&meeting);
  two->then = meeting_announce_cb;
  two->then_data = &meeting;
  thread = g_thread_new ("unref", unref_thread, a);
  test_gate_wait (&meeting.in_dispose);

  assert_log ("-a x2 x1 !2");
  assert_dead (one->watch.block);
  g_assert_false (weakref_watch_stop (&one->watch));

  test_gate_open (&meeting.go_on);
  g_thread_join (thread);
  assert_log ("!1 ~a");
  meeting_clear (&meeting);
}

static void
test_interest_while_it_is_disposed_elsewhere (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefBlock *block = weakref_block_ref (watch_new (a, "1")->watch.block);
  Meeting meeting;
  GThread *thread;

  meeting_init (&meeting);
  test_probe_set_on_dispose (a, meeting_dispose_cb, &meeting);
  thread = g_thread_new ("run-dispose", run_dispose_thread, a);
  test_gate_wait (&meeting.in_dispose);

  /* We hold it; its life is not over before the weak notifications. */
  assert_alive (block, a);
  g_assert_true (watch_new (a, "2")->watch.block == block);

  test_gate_open (&meeting.go_on);
  g_thread_join (thread);
  assert_log ("-a x2 x1 !2 !1");
  assert_dead (block);
  weakref_block_unref (block);
  g_object_unref (a);
  assert_log ("~a");
  meeting_clear (&meeting);
}

static void
test_interest_while_its_disposal_is_announced_elsewhere (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *one = watch_new (a, "1");
  WeakrefBlock *block = weakref_block_ref (one->watch.block);
  Meeting meeting;
  GThread *thread;
  Watch *two;

  meeting_init (&meeting);
  one->then = meeting_announce_cb;
  one->then_data = &meeting;
  thread = g_thread_new ("run-dispose", run_dispose_thread, a);
  test_gate_wait (&meeting.in_dispose);

  /* A new life begins, which the rest of that dispose may end, silently. */
  two = watch_new (a, "2");
  g_assert_true (two->watch.block != block);
  assert_alive (two->watch.block, a);

  test_gate_open (&meeting.go_on);
  g_thread_join (thread);
  assert_log ("-a x1 !1");
  weakref_block_unref (block);
  g_object_unref (a);
  assert_log ("x2 !2 ~a");
  meeting_clear (&meeting);
}

/* Races: each watch is stopped or announced, exactly one of the two */

typedef struct
{
  WeakrefWatch watch;
  gint n_severed;   /* (atomic) */
  gint n_announced; /* (atomic) */
} Count;

static void
count_sever_cb (WeakrefWatch *watch)
{
  g_atomic_int_inc (&((Count *) watch)->n_severed);
}

static void
count_announce_cb (WeakrefWatch *watch)
{
  g_atomic_int_inc (&((Count *) watch)->n_announced);
}

static const WeakrefWatchFuncs count_funcs = { count_sever_cb, count_announce_cb };

#define N_RACERS 4
#define N_WATCHES 32

typedef struct
{
  gint next; /* (atomic): the part of this thread */
  TestProbe *probe;
  Count counts[N_RACERS][N_WATCHES];
  gint n_stopped; /* (atomic) */
} Race;

static gpointer
stop_race_thread (gpointer data)
{
  Race *race = data;
  gint part = g_atomic_int_add (&race->next, 1);
  guint i;

  if (part == 0)
    g_object_unref (race->probe);

  for (i = 0; i < N_WATCHES; i++)
    {
      Count *count = &race->counts[part][i];

      if (weakref_watch_stop (&count->watch))
        {
          g_atomic_int_inc (&race->n_stopped);
          g_assert_cmpint (g_atomic_int_get (&count->n_severed), ==, 0);
          g_assert_cmpint (g_atomic_int_get (&count->n_announced), ==, 0);
          g_atomic_int_set (&count->n_announced, -1);
        }
    }

  return NULL;
}

static void
test_race_of_stop_and_death (void)
{
  guint n_rounds = test_scale (500, 10);
  guint round;
  guint i;
  guint j;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      Race *race = g_new0 (Race, 1);

      race->probe = test_probe_new ("a");
      for (i = 0; i < N_WATCHES; i++)
        for (j = 0; j < N_RACERS; j++)
          weakref_watch_start (&race->counts[j][i].watch, &count_funcs, race->probe,
                               WEAKREF_PHASE_DISPOSE);

      test_threads (N_RACERS, stop_race_thread, race);

      for (i = 0; i < N_WATCHES; i++)
        for (j = 0; j < N_RACERS; j++)
          {
            Count *count = &race->counts[j][i];

            if (count->n_announced == -1)
              race->n_stopped--;
            else
              {
                g_assert_cmpint (count->n_severed, ==, 1);
                g_assert_cmpint (count->n_announced, ==, 1);
              }
            weakref_watch_clear (&count->watch);
          }
      g_assert_cmpint (race->n_stopped, ==, 0);
      g_free (race);
    }
}

static gpointer
start_race_thread (gpointer data)
{
  Race *race = data;
  gint part = g_atomic_int_add (&race->next, 1);
  guint i;

  for (i = 0; i < N_WATCHES; i++)
    {
      /* All of them dispose it now and then, and watch it all the time. */
      if (i % N_RACERS == (guint) part)
        g_object_run_dispose (G_OBJECT (race->probe));
      weakref_watch_start (&race->counts[part][i].watch, &count_funcs, race->probe,
                           i % 4 == 3 ? WEAKREF_PHASE_FINALIZE : WEAKREF_PHASE_DISPOSE);
    }

  return NULL;
}

static void
test_race_of_start_and_run_dispose (void)
{
  guint n_rounds = test_scale (300, 10);
  guint round;
  guint i;
  guint j;

  /* There the weak references of one thread and g_object_run_dispose() in another corrupt the heap
   * without us: the dispose takes the list of them off the object first, and its lock then. */
  if (glib_check_version (2, 80, 0) != NULL)
    {
      g_test_skip ("GLib before 2.80 crashes on its own");
      return;
    }

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      Race *race = g_new0 (Race, 1);

      race->probe = test_probe_new ("a");
      test_threads (N_RACERS, start_race_thread, race);
      g_object_unref (race->probe);

      for (i = 0; i < N_WATCHES; i++)
        for (j = 0; j < N_RACERS; j++)
          {
            g_assert_cmpint (race->counts[j][i].n_severed, ==, 1);
            g_assert_cmpint (race->counts[j][i].n_announced, ==, 1);
            weakref_watch_clear (&race->counts[j][i].watch);
          }
      g_free (race);
    }
}

typedef struct
{
  gint next; /* (atomic) */
  TestProbe *probe;
  WeakrefBlock *blocks[8];
} GetRace;

static gpointer
get_race_thread (gpointer data)
{
  GetRace *race = data;

  race->blocks[g_atomic_int_add (&race->next, 1)] =
    weakref_block_get (race->probe, WEAKREF_PHASE_DISPOSE);
  return NULL;
}

static void
test_race_for_the_block (void)
{
  guint n_rounds = test_scale (300, 10);
  guint round;
  guint life;
  guint i;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      TestProbe *probe = test_probe_new ("a");

      /* The first one, and one in place of that of an earlier life. */
      for (life = 0; life < 2; life++)
        {
          GetRace race = { .probe = probe };

          test_threads (G_N_ELEMENTS (race.blocks), get_race_thread, &race);
          for (i = 0; i < G_N_ELEMENTS (race.blocks); i++)
            {
              g_assert_true (race.blocks[i] == race.blocks[0]);
              assert_alive (race.blocks[i], probe);
            }
          g_object_run_dispose (G_OBJECT (probe));
          for (i = 0; i < G_N_ELEMENTS (race.blocks); i++)
            weakref_block_unref (race.blocks[i]);
        }
      g_object_unref (probe);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) test_add ("/weakref/block/" path, func)
  ADD ("one-block-per-life", test_one_block_per_life);
  ADD ("goes-without-a-holder", test_block_goes_without_a_holder);
  ADD ("last-unref", test_last_unref);
  ADD ("run-dispose", test_run_dispose);
  ADD ("resurrection/with-chaining-up", test_resurrection_with_chaining_up);
  ADD ("resurrection/without-chaining-up", test_resurrection_without_chaining_up);
  ADD ("resurrection/noticed-at-the-end", test_resurrection_noticed_at_the_end);
  ADD ("resurrection/many-times", test_resurrected_many_times);
  ADD ("interest/in-dispose-of-last-unref", test_interest_in_the_dispose_of_the_last_unref);
  ADD ("interest/late-in-dispose-of-last-unref",
       test_interest_late_in_the_dispose_of_the_last_unref);
  ADD ("interest/in-run-dispose", test_interest_in_run_dispose);
  ADD ("interest/late-in-run-dispose", test_interest_late_in_run_dispose);
  ADD ("interest/in-earlier-weak-notify", test_interest_in_an_earlier_weak_notify);
  ADD ("interest/in-later-weak-notify", test_interest_in_a_later_weak_notify);
  ADD ("interest/in-earlier-weak-notify-of-run-dispose",
       test_interest_in_an_earlier_weak_notify_of_run_dispose);
  ADD ("interest/in-later-weak-notify-of-run-dispose",
       test_interest_in_a_later_weak_notify_of_run_dispose);
  ADD ("interest/in-announcement", test_interest_in_an_announcement);
  ADD ("interest/in-announcement-of-run-dispose", test_interest_in_an_announcement_of_run_dispose);
  ADD ("interest/in-what-is-disposed-just-now", test_interest_in_what_is_disposed_just_now);
  ADD ("stop/is-not-announced", test_stopped_watch_is_not_announced);
  ADD ("stop/in-announcement-is-too-late", test_stop_in_an_announcement_is_too_late);
  ADD ("stop/in-dispose-is-in-time", test_stop_in_the_dispose_is_in_time);
  ADD ("stop/others-in-announcement", test_announcement_stops_watches_of_another_target);
  ADD ("deaths-nest", test_deaths_nest);
  ADD ("ids-are-never-reused", test_ids_are_never_reused);
  ADD ("slots", test_slots);
  ADD ("collect", test_collect_goes_newest_first_over_its_own_kind);
  ADD ("finalize-phase/survives-disposal", test_finalize_phase_survives_disposal);
  ADD ("finalize-phase/survives-resurrection", test_finalize_phase_survives_resurrection);
  ADD ("finalize-phase/begun-in-dispose", test_finalize_phase_begun_in_the_dispose);
  ADD ("elsewhere/stop-while-dying", test_stop_while_it_dies_elsewhere);
  ADD ("elsewhere/stop-while-announced", test_stop_while_it_is_announced_elsewhere);
  ADD ("elsewhere/interest-while-disposed", test_interest_while_it_is_disposed_elsewhere);
  ADD ("elsewhere/interest-while-announced",
       test_interest_while_its_disposal_is_announced_elsewhere);
  ADD ("race/stop-and-death", test_race_of_stop_and_death);
  ADD ("race/start-and-run-dispose", test_race_of_start_and_run_dispose);
  ADD ("race/one-block", test_race_for_the_block);
#undef ADD

  return g_test_run ();
}
