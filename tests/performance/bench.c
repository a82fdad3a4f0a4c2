/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ENOUGH (G_GINT64_CONSTANT (200) * 1000 * 1000) /* ns */

static gboolean quick;
static gint64 total;
static gint64 started;

static gint64
now (void)
{
  struct timespec ts;

  /* Not the time that other processes have. */
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &ts);

  return ts.tv_sec * G_GINT64_CONSTANT (1000000000) + ts.tv_nsec;
}

/* Memory that was freed stays with the process: the first touch of a page is the kernel's cost, and
 * on a virtual machine the host's, and would drown the rest. */
static void __attribute__ ((constructor)) keep_memory (void)
{
  mallopt (M_TRIM_THRESHOLD, G_MAXINT);
  mallopt (M_MMAP_MAX, 0);
}

void
bench_init (int argc, char **argv)
{
  quick = argc > 1 && strcmp (argv[1], "--quick") == 0;
  printf ("about\tGLib %u.%u.%u\n", glib_major_version, glib_minor_version, glib_micro_version);
}

guint
bench_scale (guint n)
{
  return quick ? MIN (n, 100) : n;
}

void
bench_section (const char *title)
{
  printf ("section\t%s\n", title);
}

void
bench_start (void)
{
  started = now ();
}

double
bench_stop (void)
{
  gint64 ns = now () - started;

  total += ns;

  return ns;
}

static double
measure_once (BenchFunc func, guint n, gpointer data)
{
  total = 0;
  func (n, data);

  return (double) total / n;
}

/* Of many short rounds some are left alone by whatever else the machine does. They go by turns, so
 * that what disturbs them all hits both. Returns ours. */
static double
measure_both (BenchFunc ours, BenchFunc theirs, guint n, gpointer data, double *best_theirs)
{
  double best_ours = *best_theirs = G_MAXDOUBLE;
  gint64 end = now () + ENOUGH;
  guint i;

  n = bench_scale (n);
  for (i = 0; i < (quick ? 1 : 7) || (i < 1000 && now () < end && !quick); i++)
    {
      if (theirs != NULL)
        *best_theirs = MIN (*best_theirs, measure_once (theirs, n, data));
      best_ours = MIN (best_ours, measure_once (ours, n, data));
    }

  return best_ours;
}

double
bench_measure (BenchFunc func, guint n, gpointer data)
{
  double unused;

  return measure_both (func, NULL, n, data, &unused);
}

double
bench_compare (const char *operation,
               guint n,
               BenchFunc ours,
               const char *beside,
               BenchFunc theirs,
               gpointer data,
               double target)
{
  double best_theirs;
  double best_ours = measure_both (ours, theirs, n, data, &best_theirs);

  bench_row (operation, "ns", best_ours, beside, best_theirs, target);

  return best_ours;
}

void
bench_row (const char *operation,
           const char *unit,
           double ours,
           const char *beside,
           double theirs,
           double target)
{
  printf ("row\t%s\t%s\t%.2f\t%s\t%.2f\t%.2f\n", operation, unit, ours,
          beside != NULL ? beside : "", theirs, target);
}

void
bench_point (const char *line, guint x, double y)
{
  printf ("point\t%s\t%u\t%.2f\n", line, x, y);
}

gsize
bench_heap (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}

GObject **
bench_objects_new (guint n)
{
  GObject **objects = g_new (GObject *, n);
  guint i;

  for (i = 0; i < n; i++)
    objects[i] = g_object_new (G_TYPE_OBJECT, NULL);

  return objects;
}

void
bench_objects_free (GObject **objects, guint n)
{
  guint i;

  for (i = 0; i < n; i++)
    g_clear_object (&objects[i]);
  g_free (objects);
}
