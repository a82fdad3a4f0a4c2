/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "block-common.h"

/* Watches that are allocated with the block of their target. */

static void
inside_announce_cb (WeakrefWatch *data, gpointer target)
{
  test_log ("!%s", ((Watch *) data)->name);
  weakref_watch_free (data);
}

static const WeakrefWatchFuncs inside_funcs = { watch_sever_cb, inside_announce_cb, NULL, "test",
                                                NULL };

static Watch *
alloc (gpointer target, const char *name)
{
  Watch *watch = weakref_watch_alloc (target, sizeof (Watch));

  watch->name = name;
  watch->then = NULL;

  return watch;
}

static void
start (Watch *watch, gpointer target)
{
  weakref_watch_start (&watch->watch, &inside_funcs, target, WEAKREF_PHASE_DISPOSE);
}

static void
test_first (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *first = alloc (a, "1");
  Watch *second;

  start (first, a);
  second = alloc (a, "2");
  start (second, a);
  g_assert_true (first->watch.memory == WEAKREF_MEMORY_BLOCK);
  g_assert_true (second->watch.memory == WEAKREF_MEMORY_LINK);
  g_assert_true (weakref_watch_get_block (&first->watch) ==
                 weakref_watch_get_block (&second->watch));
  assert_alive (weakref_watch_get_block (&first->watch), a);

  g_object_unref (a);
  assert_log ("-a x2 x1 !2 !1 ~a");
}

/* Two threads do so at the same time: one of the blocks is memory alone. */
static void
test_late (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *first = alloc (a, "1");
  Watch *second = alloc (a, "2");

  g_assert_true (first->watch.memory == WEAKREF_MEMORY_LINK_FOR_NOW);
  g_assert_true (second->watch.memory == WEAKREF_MEMORY_LINK_FOR_NOW);
  g_assert_null (weakref_watch_get_block (&first->watch));
  start (second, a);
  start (first, a);
  g_assert_true (second->watch.memory == WEAKREF_MEMORY_BLOCK);
  g_assert_true (first->watch.memory == WEAKREF_MEMORY_LINK);
  g_assert_true (weakref_watch_get_block (&first->watch) ==
                 weakref_watch_get_block (&second->watch));
  assert_alive (weakref_watch_get_block (&first->watch), a);

  g_object_unref (a);
  assert_log ("-a x1 x2 !1 !2 ~a");
}

static void
test_never_started (void)
{
  TestProbe *a = test_probe_new ("a");

  weakref_watch_free (&alloc (a, "1")->watch);
  weakref_watch_free (&alloc (NULL, "2")->watch);
  g_assert_null (weakref_block_peek (a, WEAKREF_PHASE_DISPOSE));

  g_object_unref (a);
  assert_log ("-a ~a");
}

/* It goes, and the block stays. */
static void
test_stopped (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *first = alloc (a, "1");
  WeakrefBlock *block;

  start (first, a);
  g_assert_true (weakref_watch_stop (&first->watch));
  weakref_watch_free (&first->watch);

  block = weakref_block_peek (a, WEAKREF_PHASE_DISPOSE);
  assert_alive (block, a);
  start (alloc (a, "2"), a);

  g_object_unref (a);
  assert_log ("-a x2 !2 ~a");
  assert_dead (block);
  weakref_block_unref (block);
}

static void
keep_cb (WeakrefWatch *data, gpointer target)
{
  test_log ("!%s", ((Watch *) data)->name);
}

/* It stays, and so does its block, with its number. */
static void
test_outlives (void)
{
  static const WeakrefWatchFuncs keep_funcs = { NULL, keep_cb, NULL, "test", NULL };
  TestProbe *a = test_probe_new ("a");
  Watch *watch = alloc (a, "1");
  guint64 id;

  weakref_watch_start (&watch->watch, &keep_funcs, a, WEAKREF_PHASE_DISPOSE);
  id = weakref_block_get_id (weakref_watch_get_block (&watch->watch));
  g_object_unref (a);
  assert_log ("-a !1 ~a");
  assert_dead (weakref_watch_get_block (&watch->watch));
  g_assert_cmpuint (weakref_block_get_id (weakref_watch_get_block (&watch->watch)), ==, id);
  weakref_watch_free (&watch->watch);
}

/* The dispose ends the life of which the watch is inside the block; the object lives on, with
 * another block. */
static void
test_next_life (void)
{
  TestProbe *a = test_probe_new ("a");

  start (alloc (a, "1"), a);
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x1 !1");
  start (alloc (a, "2"), a);

  g_object_unref (a);
  assert_log ("x2 !2 ~a");
}

static void
count_cb (gpointer data, gpointer user_data)
{
  ++*(guint *) user_data;
}

/* What is rare comes when there are watches already, and takes the list of them over. */
static void
test_more (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *watches[4];
  guint n = 0;
  WeakrefBlock *block;

  start (watches[0] = alloc (a, "0"), a);
  start (watches[1] = alloc (a, "1"), a);
  block = weakref_watch_get_block (&watches[0]->watch);
  g_assert_null (weakref_block_dup_slot (block, WEAKREF_SLOT_REF, NULL));
  g_assert_true (weakref_block_swap_slot (block, WEAKREF_SLOT_REF, NULL, NULL));
  g_assert_false (weakref_block_swap_slot (block, WEAKREF_SLOT_REF, a, NULL));
  g_assert_true (weakref_block_swap_slot (block, WEAKREF_SLOT_REF, NULL, &n));
  g_assert_cmpuint (weakref_block_get_id (block), !=, 0);
  start (watches[2] = alloc (a, "2"), a);
  start (watches[3] = alloc (a, "3"), a);

  weakref_block_collect (block, &inside_funcs, count_cb, &n);
  g_assert_cmpuint (n, ==, 4);
  g_assert_true (weakref_watch_stop (&watches[1]->watch));
  g_assert_true (weakref_watch_stop (&watches[3]->watch));
  weakref_watch_free (&watches[1]->watch);
  weakref_watch_free (&watches[3]->watch);
  g_assert_true (weakref_block_swap_slot (block, WEAKREF_SLOT_REF, &n, NULL));

  g_object_unref (a);
  assert_log ("-a x2 x0 !2 !0 ~a");
}

static Watch *
alloc_for_slot (WeakrefBlock *block, const char *name)
{
  Watch *watch = weakref_watch_alloc_for_slot (block, sizeof (Watch));

  watch->name = name;
  watch->then = NULL;

  return watch;
}

static void
start_in_slot (Watch *watch, gpointer target)
{
  weakref_watch_start_in_slot (&watch->watch, &inside_funcs, target, WEAKREF_SLOT_REF);
}

static gpointer
same (gpointer data)
{
  return data;
}

/* The first watch brings the slots along, which stay when it has gone. */
static void
test_slots (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *first = alloc_for_slot (NULL, "1");
  Watch *second;
  WeakrefBlock *block;
  guint64 id;

  start_in_slot (first, a);
  block = weakref_block_ref (weakref_watch_get_block (&first->watch));
  g_assert_true (weakref_watch_is_in_slot (&first->watch));
  g_assert_true (weakref_block_dup_slot (block, WEAKREF_SLOT_REF, same) == first);
  g_assert_null (weakref_block_dup_slot (block, WEAKREF_SLOT_PROXY, same));
  id = weakref_block_get_id (block);

  start_in_slot (second = alloc_for_slot (block, "2"), a);
  g_assert_false (weakref_watch_is_in_slot (&second->watch));
  g_assert_true (weakref_watch_get_block (&second->watch) == block);
  g_assert_true (weakref_block_swap_slot (block, WEAKREF_SLOT_REF, first, second));
  g_assert_true (weakref_watch_stop (&first->watch));
  weakref_watch_free (&first->watch);
  g_assert_true (weakref_block_dup_slot (block, WEAKREF_SLOT_REF, same) == second);
  g_assert_true (weakref_block_swap_slot (block, WEAKREF_SLOT_REF, second, NULL));
  g_assert_cmpuint (weakref_block_get_id (block), ==, id);

  g_object_unref (a);
  assert_log ("-a x2 !2 ~a");
  assert_dead (block);
  g_assert_cmpuint (weakref_block_get_id (block), ==, id);
  weakref_block_unref (block);
}

/* Two threads do so at the same time: one of the two is in no slot. */
static void
test_slots_late (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *first = alloc_for_slot (NULL, "1");
  Watch *second = alloc_for_slot (NULL, "2");

  start_in_slot (second, a);
  start_in_slot (first, a);
  g_assert_true (weakref_watch_get_block (&first->watch) ==
                 weakref_watch_get_block (&second->watch));
  g_assert_true (weakref_watch_is_in_slot (&second->watch));
  g_assert_false (weakref_watch_is_in_slot (&first->watch));
  g_assert_true (weakref_block_dup_slot (weakref_watch_get_block (&first->watch), WEAKREF_SLOT_REF,
                                         same) == second);
  weakref_watch_free (&alloc_for_slot (NULL, "3")->watch);
  weakref_watch_free (&alloc_for_slot (weakref_watch_get_block (&first->watch), "4")->watch);

  g_object_unref (a);
  assert_log ("-a x1 x2 !1 !2 ~a");
}

/* What was found when the memory was allocated is out of date at the start. */
static void
test_found_and_gone (void)
{
  TestProbe *a = test_probe_new ("a");
  Watch *second;

  start (alloc (a, "1"), a);
  second = alloc (a, "2");
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a x1 !1");
  start (second, a);
  assert_alive (weakref_watch_get_block (&second->watch), a);

  g_object_unref (a);
  assert_log ("x2 !2 ~a");
}

typedef struct
{
  TestProbe *probe;
  gint waiting;  /* (atomic) */
  gint n_inside; /* (atomic) */
} Race;

static gpointer
race_thread (gpointer data)
{
  Race *race = data;
  Watch *watch;

  g_atomic_int_add (&race->waiting, -1);
  while (g_atomic_int_get (&race->waiting) > 0)
    ;

  watch = alloc (race->probe, "t");
  g_atomic_int_add (&race->n_inside, watch->watch.memory == WEAKREF_MEMORY_LINK_FOR_NOW);
  start (watch, race->probe);

  return weakref_watch_get_block (&watch->watch);
}

/* Two threads are the first at the same time: they agree on one block. Until it was so often, or
 * just does not happen, as where one thread runs at a time. */
static void
test_two_threads (void)
{
  guint n_races = test_scale (200, 20);
  guint n = 0;
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; n < n_races && i < 20 * n_races; i++)
    {
      Race race = { test_probe_new ("a"), 2, 0 };
      GThread *thread = g_thread_new ("race", race_thread, &race);
      gpointer block = race_thread (&race);

      g_assert_true (g_thread_join (thread) == block);
      n += race.n_inside == 2;
      g_object_unref (race.probe);
      assert_log ("xt xt !t !t");
    }
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/block");

  g_test_add_func ("/weakref/block/first-watch-is-inside", test_first);
  g_test_add_func ("/weakref/block/inside-but-too-late", test_late);
  g_test_add_func ("/weakref/block/slots-inside", test_slots);
  g_test_add_func ("/weakref/block/slots-inside-but-too-late", test_slots_late);
  g_test_add_func ("/weakref/block/found-and-gone", test_found_and_gone);
  g_test_add_func ("/weakref/block/inside-never-started", test_never_started);
  g_test_add_func ("/weakref/block/inside-stopped", test_stopped);
  g_test_add_func ("/weakref/block/inside-outlives-the-target", test_outlives);
  g_test_add_func ("/weakref/block/inside-in-the-next-life", test_next_life);
  g_test_add_func ("/weakref/block/more-takes-the-watches-over", test_more);
  g_test_add_func ("/weakref/block/inside-from-two-threads", test_two_threads);

  return g_test_run ();
}
