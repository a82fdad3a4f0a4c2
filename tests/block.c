/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The block: one life of an object, and its watches. */

#include "block-common.h"

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
  g_assert_null (weakref_block_get_address (one));
  weakref_block_keep_address (one, a);
  g_assert_true (weakref_block_get_address (one) == a);
  assert_alive (one, a);

  g_object_unref (a);
  assert_log ("-a ~a");
  assert_dead (one);
  g_assert_true (weakref_block_get_address (one) == a);
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

  /* First the target is dead, later that is announced. */
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
  test_probe_set_on_dispose (a, last_unref_dispose_cb, weakref_watch_get_block (&one->watch));

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
  WeakrefBlock *first = weakref_block_ref (weakref_watch_get_block (&one->watch));
  WeakrefBlock *second;

  watch_new (a, "2");
  test_probe_set_on_dispose (a, run_dispose_dispose_cb, first);

  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x2 x1 !2 !1");
  assert_dead (first);

  second = weakref_block_get (a, WEAKREF_PHASE_DISPOSE);
  g_assert_true (second != first);
  g_assert_cmpuint (weakref_block_get_id (second), !=, weakref_block_get_id (first));
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
  WeakrefBlock *first = weakref_block_ref (weakref_watch_get_block (&watch_new (a, "1")->watch));
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
  WeakrefBlock *first = weakref_block_ref (weakref_watch_get_block (&watch_new (a, "1")->watch));

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

      g_assert_cmpuint (weakref_block_get_id (weakref_watch_get_block (&watch->watch)), >, last_id);
      last_id = weakref_block_get_id (weakref_watch_get_block (&watch->watch));
      test_probe_resurrect (a, &again, i % 2);
      g_object_unref (a);
      a = again;
    }

  assert_log ("-a x1 !1 x2 !2 x3 !3 x4 !4");
  g_object_unref (a);
  assert_log ("~a");
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
  /* It is too late: the watch was announced, or will be. */
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

  /* The slots can be used after the death, too. */
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
  g_assert_true (weakref_watch_get_block (&end->watch) == block);

  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x1 !1");
  g_assert_false (weakref_block_is_dead (block));

  /* A later watch on the end of the memory has the same block. */
  watch_new (a, "2");
  g_assert_true (weakref_watch_get_block (
                   &watch_full (a, "end2", WEAKREF_PHASE_FINALIZE, &watch_funcs)->watch) == block);

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

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/block");

  test_case (one_block_per_life);
  test_case_as ("goes-without-a-holder", block_goes_without_a_holder);
  test_case (last_unref);
  test_case (run_dispose);
  test_case_as ("resurrection/with-chaining-up", resurrection_with_chaining_up);
  test_case_as ("resurrection/without-chaining-up", resurrection_without_chaining_up);
  test_case_as ("resurrection/noticed-at-the-end", resurrection_noticed_at_the_end);
  test_case_as ("resurrection/many-times", resurrected_many_times);
  test_case_as ("stop/is-not-announced", stopped_watch_is_not_announced);
  test_case_as ("stop/in-announcement-is-too-late", stop_in_an_announcement_is_too_late);
  test_case_as ("stop/in-dispose-is-in-time", stop_in_the_dispose_is_in_time);
  test_case_as ("stop/others-in-announcement", announcement_stops_watches_of_another_target);
  test_case (deaths_nest);
  test_case (ids_are_never_reused);
  test_case (slots);
  test_case_as ("collect", collect_goes_newest_first_over_its_own_kind);
  test_case_as ("finalize-phase/survives-disposal", finalize_phase_survives_disposal);
  test_case_as ("finalize-phase/survives-resurrection", finalize_phase_survives_resurrection);
  test_case_as ("finalize-phase/begun-in-dispose", finalize_phase_begun_in_the_dispose);

  return g_test_run ();
}
