/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#include <malloc.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#define N_SAMPLES 100

typedef struct
{
  double time;
  gsize heap; /* in use; 0 under AddressSanitizer */
  gsize rss;
} Sample;

static double seconds;
static gint64 start;
static GArray *samples;

static Sample
take_sample (void)
{
  Sample sample = { (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC,
                    mallinfo2 ().uordblks + mallinfo2 ().hblkhd, 0 };
  FILE *statm = fopen ("/proc/self/statm", "r");
  unsigned long total;
  unsigned long resident;

  if (statm != NULL)
    {
      if (fscanf (statm, "%lu %lu", &total, &resident) == 2)
        sample.rss = resident * (gsize) sysconf (_SC_PAGESIZE);
      fclose (statm);
    }

  return sample;
}

/* The test takes that long. */
void
stress_memory_start (double duration)
{
  seconds = duration;
  start = g_get_monotonic_time ();
  /* Of a fixed size, lest the heap grow by it. */
  samples = g_array_sized_new (FALSE, FALSE, sizeof (Sample), 2 * N_SAMPLES);
}

/* Between two rounds. FALSE: the time is over. */
gboolean
stress_memory_sample (void)
{
  Sample sample = take_sample ();

  if (sample.time >= samples->len * seconds / N_SAMPLES)
    g_array_append_val (samples, sample);

  return sample.time < seconds;
}

/* Between rounds there is nothing of ours in the heap: what is left over must not become more. The
 * process as a whole keeps what it likes; only what never stops to grow fails. */
gboolean
stress_memory_is_flat (void)
{
  const Sample *early = &g_array_index (samples, Sample, samples->len / 4);
  const Sample *late = &g_array_index (samples, Sample, samples->len - 1);
  struct rusage usage;
  gboolean is_flat;
  guint i;

  for (i = 1; i <= 10; i++)
    {
      const Sample *sample = &g_array_index (samples, Sample, i * (samples->len - 1) / 10);

      g_print ("# after %7.1f s: heap %8.1f kB, resident %8.1f MB\n", sample->time,
               (double) sample->heap / 1024, (double) sample->rss / 1048576);
    }
  getrusage (RUSAGE_SELF, &usage);
  g_print ("# peak resident %.1f MB\n", (double) usage.ru_maxrss / 1024);

  is_flat = samples->len < 8 || (late->heap < early->heap + early->heap / 4 + 1048576 &&
                                 late->rss < 2 * early->rss + 512 * 1048576u);
  g_array_unref (samples);

  return is_flat;
}
