/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* For what other languages have: as bench.h measures, in C and in C++, and without GLib. The names
 * of the operations are those of bench-ref.c, next to which they go. */

#include <stdio.h>
#include <string.h>
#include <time.h>

static int quick;
static double started;
static double best;

#define FOR_ROUNDS for (int round = (best = 0, 0); round < (quick ? 1 : 50); round++)
#define SCALE(n) (quick && (n) > 100 ? 100 : (n))
/* Has the compiler believe that the value is used. */
#define KEEP(value) __asm__ volatile("" : : "r"(value) : "memory")

static void
init (int argc, char **argv)
{
  quick = argc > 1 && strcmp (argv[1], "--quick") == 0;
}

static double
now (void)
{
  struct timespec ts;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &ts);

  return ts.tv_sec * 1e9 + ts.tv_nsec;
}

static void
start (void)
{
  started = now ();
}

static void
stop (int n)
{
  double ns = (now () - started) / n;

  if (best <= 0 || ns < best)
    best = ns;
}

static void
report (const char *language, const char *operation, const char *unit, double value)
{
  printf ("other\t%s\t%s\t%s\t%.2f\n", language, operation, unit, value);
}
