/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"
#include "hand.h"

#define N_KEYS 10000

/* Lookups by two threads at once, beside those by one: how much longer one takes. If threads get
 * along it is 1, if they wait for each other it is 2 and more. Two threads are measured in one
 * table, and each in a table of its own, with other objects. The second is the best that several
 * locks for one table could give. Here it is the time on the clock that counts, and two CPUs are
 * needed. */

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
run (guint n_threads, LookupFunc look_up, gpointer first, gpointer second)
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
      workers[i] = (Worker) {
        look_up, i == 0 ? first : second, n, i * bench_scale (N_KEYS) / 2, &waiting, 0, 0
      };
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

/* The best of several rounds, by turns, with two tables of each kind. */
static void
compare (LookupFunc ours, gpointer *our_tables, LookupFunc theirs, gpointer *their_tables)
{
  double one[2] = { G_MAXDOUBLE, G_MAXDOUBLE };
  double shared[2] = { G_MAXDOUBLE, G_MAXDOUBLE };
  double apart[2] = { G_MAXDOUBLE, G_MAXDOUBLE };
  guint round;
  guint i;

  for (round = 0; round < bench_rounds (); round++)
    {
      for (i = 0; i < 2; i++)
        {
          LookupFunc look_up = i == 0 ? ours : theirs;
          gpointer *tables = i == 0 ? our_tables : their_tables;

          one[i] = MIN (one[i], run (1, look_up, tables[0], NULL));
          shared[i] = MIN (shared[i], run (2, look_up, tables[0], tables[0]));
          apart[i] = MIN (apart[i], run (2, look_up, tables[0], tables[1]));
        }
    }

  bench_row ("lookup by each of two threads", "ns", shared[0], "by hand", shared[1], 0);
  bench_row ("the same, beside one thread", "times", shared[0] / one[0], "by hand",
             shared[1] / one[1], 1);
  bench_row ("each in a table of its own", "ns", apart[0], "by hand", apart[1], 0);
  bench_row ("each in its own, beside one thread", "times", apart[0] / one[0], "by hand",
             apart[1] / one[1], 0);
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
  GObject **objects[2];
  gpointer tables[2];
  gpointer hands[2];
  Hand hand[2];
  guint table;
  guint n;
  guint i;

  bench_init (argc, argv);
  if (bench_counts_instructions ())
    return 0;

  n = bench_scale (N_KEYS);
  order = bench_disorder (n);
  keys = g_new (char *, n);
  for (i = 0; i < n; i++)
    keys[i] = g_strdup_printf ("some/name/of/a/thing-%u", i);
  for (table = 0; table < 2; table++)
    {
      objects[table] = bench_objects_new_in_disorder (n);
      tables[table] = weakref_value_table_new (G_TYPE_STRING);
      hands[table] = &hand[table];
      hand_values_init (&hand[table]);
      for (i = 0; i < n; i++)
        {
          weakref_value_table_insert (tables[table], keys[i], objects[table][i]);
          hand_values_insert (&hand[table], keys[i], objects[table][i]);
        }
    }

  bench_section ("Two threads, value tables of 10,000 keys");
  compare (ours_values, tables, hand_values, hands);

  for (table = 0; table < 2; table++)
    {
      bench_objects_free (objects[table], n);
      hand_clear (&hand[table]);
      g_object_unref (tables[table]);
    }
  for (i = 0; i < n; i++)
    g_free (keys[i]);
  g_free (keys);
  g_free (order);

  return 0;
}
