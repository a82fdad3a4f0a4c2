/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

/* References that are dropped when somebody is about to use them: they stay as long as they have
 * to, and go then. */

typedef struct
{
  gint n_called;    /* (atomic) */
  gint n_destroyed; /* (atomic) */
  gint n_gone;      /* (atomic): references whose memory was freed */
} Counts;

static void
called_cb (WeakrefRef *ref, gpointer counts)
{
  g_assert_null (weakref_ref_get (ref));
  g_atomic_int_inc (&((Counts *) counts)->n_called);
}

static void
destroyed_cb (gpointer counts)
{
  g_atomic_int_inc (&((Counts *) counts)->n_destroyed);
}

static void
gone_cb (gpointer counts)
{
  g_atomic_int_inc (&((Counts *) counts)->n_gone);
}

static WeakrefRef *
ref_new (gpointer target, Counts *counts)
{
  WeakrefRef *ref = weakref_ref_new_full (target, NULL, called_cb, counts, destroyed_cb);

  g_object_set_data_full (G_OBJECT (ref), "test-counts", counts, gone_cb);

  return ref;
}

static void
drop_cb (WeakrefRef *ref, gpointer data)
{
  WeakrefRef **other = data;

  g_clear_object (other);
}

/* The newest is called first, and drops one that is still to be called. */
static void
test_dropped_meanwhile (void)
{
  TestProbe *a = test_probe_new ("a");
  Counts counts = { 0, 0, 0 };
  WeakrefRef *other = ref_new (a, &counts);
  WeakrefRef *ref = weakref_ref_new_full (a, NULL, drop_cb, &other, NULL);

  g_object_unref (a);
  g_assert_null (other);
  g_assert_cmpint (counts.n_called, ==, 0);
  g_assert_cmpint (counts.n_destroyed, ==, 1);
  g_assert_cmpint (counts.n_gone, ==, 1);

  g_object_unref (ref);
  assert_log ("-a ~a");
}

/* The same for one that has only its notification. */
static void
test_plain_dropped_meanwhile (void)
{
  TestProbe *a = test_probe_new ("a");
  Counts counts = { 0, 0, 0 };
  WeakrefRef *plain = weakref_ref_new (a);
  WeakrefRef *ref = weakref_ref_new_full (a, NULL, drop_cb, &plain, NULL);

  g_object_set_data_full (G_OBJECT (plain), "test-counts", &counts, gone_cb);
  g_object_unref (a);
  g_assert_null (plain);
  g_assert_cmpint (counts.n_gone, ==, 1);

  g_object_unref (ref);
  assert_log ("-a ~a");
}

static void
run_dispose_cb (WeakrefRef *ref, gpointer other)
{
  g_object_run_dispose (other);
  g_object_run_dispose (other);
}

/* Disposed, and kept by somebody: it is not called, and not freed. */
static void
test_disposed_meanwhile (void)
{
  TestProbe *a = test_probe_new ("a");
  Counts counts = { 0, 0, 0 };
  WeakrefRef *other = ref_new (a, &counts);
  WeakrefRef *ref = weakref_ref_new_full (a, NULL, run_dispose_cb, other, NULL);

  g_object_unref (a);
  g_assert_cmpint (counts.n_called, ==, 0);
  g_assert_cmpint (counts.n_destroyed, ==, 1);
  g_assert_cmpint (counts.n_gone, ==, 0);
  g_assert_cmpuint (G_OBJECT (other)->ref_count, ==, 1);

  g_object_unref (other);
  g_assert_cmpint (counts.n_gone, ==, 1);
  g_object_unref (ref);
  assert_log ("-a ~a");
}

#define N_REFS 8

typedef struct
{
  TestProbe *probe;
  WeakrefRef *refs[N_REFS];
  gint waiting; /* (atomic) */
  gint stop;    /* (atomic) */
  Counts counts;
} Race;

static void
meet (Race *race)
{
  g_atomic_int_add (&race->waiting, -1);
  while (g_atomic_int_get (&race->waiting) > 0)
    g_thread_yield ();
}

static gpointer
drop_refs (gpointer data)
{
  Race *race = data;
  guint i;

  meet (race);
  for (i = 0; i < N_REFS; i++)
    g_object_unref (race->refs[i]);
  g_atomic_int_set (&race->stop, TRUE);

  return NULL;
}

static gpointer
drop_target (gpointer data)
{
  Race *race = data;

  meet (race);
  g_object_unref (race->probe);

  return NULL;
}

static gpointer
list_refs (gpointer data)
{
  Race *race = data;

  meet (race);
  while (!g_atomic_int_get (&race->stop))
    {
      GList *list = weakref_list_refs (race->probe);
      GList *l;

      for (l = list; l != NULL; l = l->next)
        g_assert_true (WEAKREF_IS_REF (l->data));
      g_list_free_full (list, g_object_unref);
    }

  return NULL;
}

static void
run_race (GThreadFunc other)
{
  guint n = test_scale (2000, 100);

  test_log_set_probes (FALSE);
  for (; n > 0; n--)
    {
      Race race = { .probe = test_probe_new ("a"), .waiting = 2 };
      GThread *thread;
      guint i;

      for (i = 0; i < N_REFS; i++)
        race.refs[i] = ref_new (race.probe, &race.counts);
      thread = g_thread_new ("race", other, &race);
      drop_refs (&race);
      g_thread_join (thread);

      g_assert_cmpint (race.counts.n_called, <=, N_REFS);
      g_assert_cmpint (race.counts.n_destroyed, ==, N_REFS);
      g_assert_cmpint (race.counts.n_gone, ==, N_REFS);
      if (other == list_refs)
        {
          g_assert_cmpint (race.counts.n_called, ==, 0);
          g_assert_cmpuint (weakref_count_refs (race.probe), ==, 0);
          g_object_unref (race.probe);
        }
    }
}

static void
test_dropped_in_death (void)
{
  run_race (drop_target);
}

static void
test_dropped_while_listed (void)
{
  run_race (list_refs);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/ref");

  g_test_add_func ("/weakref/ref/dropped-before-its-turn", test_dropped_meanwhile);
  g_test_add_func ("/weakref/ref/plain-dropped-before-its-turn", test_plain_dropped_meanwhile);
  g_test_add_func ("/weakref/ref/disposed-before-its-turn", test_disposed_meanwhile);
  g_test_add_func ("/weakref/ref/dropped-while-the-target-dies", test_dropped_in_death);
  g_test_add_func ("/weakref/ref/dropped-while-listed", test_dropped_while_listed);

  return g_test_run ();
}
