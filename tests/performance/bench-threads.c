/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"
#include "hand.h"

#define N_KEYS 10000

/* Lookups by two threads at once, beside those by one: how much longer one takes. If threads get
 * along it is 1, if they wait for each other it is 2 and more. Here it is the time on the clock
 * that counts, and two CPUs are needed. */

typedef gpointer (*LookupFunc) (gpointer table, const char *key);

typedef struct
{
  LookupFunc look_up;
  gpointer table;
  guint n;
  guint first;
  gint *waiting; /* (atomic): how many threads are still to come */
  gint64 start;  /* μs */
  gint64 end;
} Worker;

static char **keys;
static guint *order;

static gpointer
work (gpointer data)
{
  Worker *worker = data;
  guint n_keys = bench_scale (N_KEYS);
  guint i;

  g_atomic_int_dec_and_test (worker->waiting);
  while (g_atomic_int_get (worker->waiting) > 0)
    ;

  worker->start = g_get_monotonic_time ();
  for (i = 0; i < worker->n; i++)
    g_object_unref (worker->look_up (worker->table, keys[order[(worker->first + i) % n_keys]]));
  worker->end = g_get_monotonic_time ();

  return NULL;
}

/* Nanoseconds for one lookup by each of so many threads. */
static double
run (guint n_threads, LookupFunc look_up, gpointer table)
{
  gint waiting = n_threads;
  guint n = bench_scale (200000);
  Worker workers[2];
  GThread *threads[2];
  gint64 start = G_MAXINT64;
  gint64 end = 0;
  guint i;

  for (i = 0; i < n_threads; i++)
    {
      workers[i] = (Worker) { look_up, table, n, i * bench_scale (N_KEYS) / 2, &waiting, 0, 0 };
      threads[i] = g_thread_new ("bench", work, &workers[i]);
    }
  for (i = 0; i < n_threads; i++)
    {
      g_thread_join (threads[i]);
      start = MIN (start, workers[i].start);
      end = MAX (end, workers[i].end);
    }

  return (end - start) * 1000. / n;
}

/* The best of several rounds, by turns. */
static void
compare (const char *operation,
         const char *scaling,
         LookupFunc ours,
         gpointer our_table,
         LookupFunc theirs,
         gpointer their_table)
{
  double best[4] = { G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE, G_MAXDOUBLE };
  guint i;

  for (i = 0; i < bench_rounds (); i++)
    {
      best[0] = MIN (best[0], run (1, ours, our_table));
      best[1] = MIN (best[1], run (1, theirs, their_table));
      best[2] = MIN (best[2], run (2, ours, our_table));
      best[3] = MIN (best[3], run (2, theirs, their_table));
    }

  bench_row (operation, "ns", best[2], "by hand", best[3], 0);
  bench_row (scaling, "times", best[2] / best[0], "by hand", best[3] / best[1], 1);
}

static gpointer
ours_values (gpointer table, const char *key)
{
  return weakref_value_table_lookup (table, key);
}

static gpointer
hand_values (gpointer table, const char *key)
{
  return hand_values_lookup (table, key);
}

int
main (int argc, char **argv)
{
  WeakrefValueTable *values;
  GObject **objects;
  Hand hand;
  guint n;
  guint i;

  bench_init (argc, argv);
  if (bench_counts_instructions ())
    return 0;

  n = bench_scale (N_KEYS);
  order = bench_disorder (n);
  keys = g_new (char *, n);
  objects = bench_objects_new_in_disorder (n);
  values = weakref_value_table_new (G_TYPE_STRING);
  hand_values_init (&hand);
  for (i = 0; i < n; i++)
    {
      keys[i] = g_strdup_printf ("some/name/of/a/thing-%u", i);
      weakref_value_table_insert (values, keys[i], objects[i]);
      hand_values_insert (&hand, keys[i], objects[i]);
    }

  bench_section ("Two threads, one value table of 10,000 keys");
  compare ("lookup by each of two threads", "the same, beside one thread", ours_values, values,
           hand_values, &hand);

  bench_objects_free (objects, n);
  hand_clear (&hand);
  g_object_unref (values);
  for (i = 0; i < n; i++)
    g_free (keys[i]);
  g_free (keys);
  g_free (order);

  return 0;
}
