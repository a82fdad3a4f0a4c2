/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* References: several threads at once. */

#include "ref-common.h"

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
  /* The data lives longer than the call, and a ref whose turn has not come is not called. */
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
  test_init (&argc, &argv, "/weakref/ref");

  test_case_as ("threads/called-in-the-one-that-drops", called_in_the_thread_that_drops);
  test_case_as ("threads/dropped-while-called-elsewhere", dropped_while_it_is_called_elsewhere);
  test_case_as ("threads/shared", shared_between_threads);
  test_case_as ("threads/shared-and-dropped", shared_and_dropped_by_threads);
  test_case_as ("threads/race-of-drop-and-death", race_of_drop_and_death);

  return g_test_run ();
}
