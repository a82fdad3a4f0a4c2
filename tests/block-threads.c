/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The block: several threads at once. */

#include "block-common.h"

/* Another thread, which meets this one in the dispose */

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
  WeakrefBlock *block = weakref_block_ref (weakref_watch_get_block (&one->watch));
  Meeting meeting;
  GThread *thread;

  meeting_init (&meeting);
  watch_new (a, "2");
  test_probe_set_on_dispose (a, meeting_dispose_cb, &meeting);
  thread = g_thread_new ("unref", unref_thread, a);
  test_gate_wait (&meeting.in_dispose);

  /* Nobody gets the object any more, although its death is not announced yet. A watch can still be
   * stopped. */
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
  assert_dead (weakref_watch_get_block (&one->watch));
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
  WeakrefBlock *block = weakref_block_ref (weakref_watch_get_block (&watch_new (a, "1")->watch));
  Meeting meeting;
  GThread *thread;

  meeting_init (&meeting);
  test_probe_set_on_dispose (a, meeting_dispose_cb, &meeting);
  thread = g_thread_new ("run-dispose", run_dispose_thread, a);
  test_gate_wait (&meeting.in_dispose);

  /* We hold it, so its life is not over before the weak notifications. */
  assert_alive (block, a);
  g_assert_true (weakref_watch_get_block (&watch_new (a, "2")->watch) == block);

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
  WeakrefBlock *block = weakref_block_ref (weakref_watch_get_block (&one->watch));
  Meeting meeting;
  GThread *thread;
  Watch *two;

  meeting_init (&meeting);
  one->then = meeting_announce_cb;
  one->then_data = &meeting;
  thread = g_thread_new ("run-dispose", run_dispose_thread, a);
  test_gate_wait (&meeting.in_dispose);

  /* A new life begins. The rest of that dispose may end it without a notification. */
  two = watch_new (a, "2");
  g_assert_true (weakref_watch_get_block (&two->watch) != block);
  assert_alive (weakref_watch_get_block (&two->watch), a);

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
count_announce_cb (WeakrefWatch *watch, gpointer target)
{
  g_atomic_int_inc (&((Count *) watch)->n_announced);
}

static const WeakrefWatchFuncs count_funcs = { count_sever_cb, count_announce_cb, NULL, "test",
                                               NULL };

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
      /* All threads watch the object, and dispose it from time to time. */
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

  /* In such a GLib, weak references in one thread and g_object_run_dispose() in another corrupt the
   * heap, also without this library: the dispose takes the list of weak notifications from the
   * object before it takes the lock. */
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

      /* The first block, and a block that replaces the one of an earlier life. */
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
  test_init (&argc, &argv, "/weakref/block");

  test_case_as ("elsewhere/stop-while-dying", stop_while_it_dies_elsewhere);
  test_case_as ("elsewhere/stop-while-announced", stop_while_it_is_announced_elsewhere);
  test_case_as ("elsewhere/interest-while-disposed", interest_while_it_is_disposed_elsewhere);
  test_case_as ("elsewhere/interest-while-announced",
                interest_while_its_disposal_is_announced_elsewhere);
  test_case_as ("race/stop-and-death", race_of_stop_and_death);
  test_case_as ("race/start-and-run-dispose", race_of_start_and_run_dispose);
  test_case_as ("race/one-block", race_for_the_block);

  return g_test_run ();
}
