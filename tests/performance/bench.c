/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

#include <malloc.h>
#include <time.h>

#define ROUNDS 7

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
static void __attribute__ ((constructor))
keep_memory (void)
{
  mallopt (M_TRIM_THRESHOLD, G_MAXINT);
  mallopt (M_MMAP_MAX, 0);
}

void
bench_start (void)
{
  started = now ();
}

void
bench_stop (void)
{
  total += now () - started;
}

static double
measure_once (BenchFunc func,
              guint     n,
              gpointer  data)
{
  total = 0;
  func (n, data);

  return (double) total / n;
}

double
bench_measure (BenchFunc func,
               guint     n,
               gpointer  data)
{
  double best = G_MAXDOUBLE;
  guint i;

  for (i = 0; i < ROUNDS; i++)
    best = MIN (best, measure_once (func, n, data));

  return best;
}

void
bench_title (const char *title)
{
  g_print ("\n%-52s %10s %10s %7s\n", title, "ours", "GLib", "ratio");
}

void
bench_compare (const char *what,
               double      ours,
               double      theirs,
               double      target)
{
  g_print ("  %-50s %7.1f ns %7.1f ns %7.2f", what, ours, theirs, ours / theirs);
  if (target > 0)
    g_print ("  %s %.2f", ours / theirs <= target ? "within" : "ABOVE", target);
  g_print ("\n");
}

void
bench_compare_funcs (const char *what,
                     guint       n,
                     BenchFunc   ours,
                     BenchFunc   theirs,
                     gpointer    data,
                     double      target)
{
  double best_ours = G_MAXDOUBLE;
  double best_theirs = G_MAXDOUBLE;
  guint i;

  /* In turns, so that whatever else the machine does hits both. */
  for (i = 0; i < ROUNDS; i++)
    {
      best_theirs = MIN (best_theirs, measure_once (theirs, n, data));
      best_ours = MIN (best_ours, measure_once (ours, n, data));
    }
  bench_compare (what, best_ours, best_theirs, target);
}

void
bench_bytes (const char *what,
             double      ours,
             double      theirs)
{
  g_print ("  %-50s %8.0f B %8.0f B %7.2f\n", what, ours, theirs, ours / theirs);
}

gsize
bench_heap (void)
{
  struct mallinfo2 info = mallinfo2 ();

  return info.uordblks + info.hblkhd;
}
