/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#ifdef HAVE_CALLGRIND
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_ZERO_STATS
#define CALLGRIND_START_INSTRUMENTATION
#define CALLGRIND_STOP_INSTRUMENTATION
#define CALLGRIND_DUMP_STATS_AT(text) ((void) (text))
#endif

#define ENOUGH (G_GINT64_CONSTANT (100) * 1000 * 1000) /* ns */

static gboolean quick;
static gboolean counts_instructions;
static char *section;
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
  counts_instructions = argc > 1 && strcmp (argv[1], "--instructions") == 0;
  if (!counts_instructions)
    printf ("about\tGLib %u.%u.%u\n", glib_major_version, glib_minor_version, glib_micro_version);
}

gboolean
bench_counts_instructions (void)
{
  return counts_instructions;
}

guint
bench_scale (guint n)
{
  if (counts_instructions)
    return MIN (n, 2000);

  return quick ? MIN (n, 100) : n;
}

guint
bench_rounds (void)
{
  return quick || counts_instructions ? 1 : 3;
}

guint *
bench_disorder (guint n)
{
  GRand *rand = g_rand_new_with_seed (1);
  guint *order = g_new (guint, n);
  guint i;

  for (i = 0; i < n; i++)
    {
      guint j = g_rand_int_range (rand, 0, i + 1);

      order[i] = order[j];
      order[j] = i;
    }
  g_rand_free (rand);

  return order;
}

void
bench_section (const char *title)
{
  g_free (section);
  section = g_strdup (title);
  if (!counts_instructions)
    printf ("section\t%s\n", title);
}

void
bench_start (void)
{
  CALLGRIND_START_INSTRUMENTATION;
  started = now ();
}

double
bench_stop (void)
{
  gint64 ns = now () - started;

  CALLGRIND_STOP_INSTRUMENTATION;

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
  for (i = 0; i < bench_rounds () || (i < 1000 && now () < end && !quick); i++)
    {
      if (theirs != NULL)
        *best_theirs = MIN (*best_theirs, measure_once (theirs, n, data));
      best_ours = MIN (best_ours, measure_once (ours, n, data));
    }

  return best_ours;
}

/* Once, and a dump of callgrind's under a name of which run.py makes a row. */
static void
count_instructions (const char *operation,
                    const char *beside,
                    const char *whose,
                    BenchFunc func,
                    guint n,
                    gpointer data)
{
  char *name;

  n = bench_scale (n);
  name = g_strdup_printf ("%s\t%s\t%s\t%s\t%u", section, operation, beside, whose, n);
  CALLGRIND_ZERO_STATS;
  func (n, data);
  CALLGRIND_DUMP_STATS_AT (name);
  g_free (name);
}

double
bench_measure (BenchFunc func, guint n, gpointer data)
{
  double unused;

  if (counts_instructions)
    return 1;

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
  double best_ours;

  if (counts_instructions)
    {
      count_instructions (operation, beside != NULL ? beside : "", "ours", ours, n, data);
      if (theirs != NULL)
        count_instructions (operation, beside, "theirs", theirs, n, data);
      return 1;
    }

  best_ours = measure_both (ours, theirs, n, data, &best_theirs);
  bench_row (operation, "ns", best_ours, beside, theirs != NULL ? best_theirs : 0, target);

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
  if (counts_instructions)
    return;

  printf ("row\t%s\t%s\t%.2f\t%s\t%.2f\t%.2f\n", operation, unit, ours,
          beside != NULL ? beside : "", theirs, target);
}

void
bench_bytes (const char *operation, double ours, const char *beside, double theirs, guint most)
{
  if (counts_instructions)
    return;

  printf ("row\t%s\tbytes\t%.2f\t%s\t%.2f\t%u B\n", operation, ours, beside != NULL ? beside : "",
          theirs, most);
}

void
bench_point (const char *line, guint x, double y)
{
  if (counts_instructions)
    return;

  printf ("point\t%s\t%u\t%.2f\n", line, x, y);
}

void
bench_forget (void)
{
  static char *memory;
  gsize size = quick || counts_instructions ? 4096 : 64 << 20;
  gsize i;

  if (memory == NULL)
    memory = g_malloc0 (size);
  for (i = 0; i < size; i += 64)
    memory[i]++;
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

GObject **
bench_objects_new_in_disorder (guint n)
{
  GObject **objects = bench_objects_new (n);
  GObject **result = g_new (GObject *, n);
  guint *order = bench_disorder (n);
  guint i;

  for (i = 0; i < n; i++)
    result[i] = objects[order[i]];
  g_free (order);
  g_free (objects);

  return result;
}

void
bench_objects_free (GObject **objects, guint n)
{
  guint i;

  for (i = 0; i < n; i++)
    g_clear_object (&objects[i]);
  g_free (objects);
}

void
bench_weak_ref_get (guint n, gpointer data)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  GWeakRef ref;
  guint i;

  g_weak_ref_init (&ref, object);
  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (g_weak_ref_get (&ref));
  bench_stop ();

  g_weak_ref_clear (&ref);
  g_object_unref (object);
}

void
bench_weak_ref_init (guint n, gpointer data)
{
  GObject **objects = bench_objects_new (n);
  GWeakRef *refs = g_new (GWeakRef, n);
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    g_weak_ref_init (&refs[i], objects[i]);
  bench_stop ();

  for (i = 0; i < n; i++)
    g_weak_ref_clear (&refs[i]);
  g_free (refs);
  bench_objects_free (objects, n);
}
