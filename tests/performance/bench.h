/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/weakref-glib.h>

G_BEGIN_DECLS

/* What a benchmark prints is for run.py, which makes one table and one drawing of all. */

/* One way to do a thing @n times. What has to be made before and undone after is outside of the
 * time that counts: between bench_start() and bench_stop(). */
typedef void (*BenchFunc) (guint n, gpointer data);

/* Understands --quick: as little as it takes to see that everything runs; and --instructions, for
 * callgrind: each thing once, and nothing is printed, as run.py reads what callgrind counted. */
void bench_init (int argc, char **argv);
gboolean bench_counts_instructions (void);
guint bench_scale (guint n);
/* How often everything is done, at least, in each of the processes. */
guint bench_rounds (void);
#define bench_pick(i, n) (((guint64) (i) *7919u) % (n)) /* in an order that favours nobody */

/* The numbers below @n in disorder, the same each time. The caches foresee a stride, but not
 * this. */
guint *bench_disorder (guint n);

void bench_section (const char *title);
void bench_start (void);
double bench_stop (void); /* returns what it was, in ns */

/* Nanoseconds for one of @n, the best of several rounds. */
double bench_measure (BenchFunc func, guint n, gpointer data);
/* The same, for ours and, by turns, what is beside it; prints the row, with the most that the ratio
 * should be, or 0. Returns ours. */
double bench_compare (const char *operation,
                      guint n,
                      BenchFunc ours,
                      const char *beside,
                      BenchFunc theirs,
                      gpointer data,
                      double target);
/* With @beside NULL, a row on its own. */
void bench_row (const char *operation,
                const char *unit,
                double ours,
                const char *beside,
                double theirs,
                double target);
/* Bytes; the most that ours should be are bytes too, or 0. */
void
bench_bytes (const char *operation, double ours, const char *beside, double theirs, guint most);
/* A point of the drawing. */
void bench_point (const char *line, guint x, double y);

/* Has the caches of the CPU forget what is in them. */
void bench_forget (void);

/* Bytes in use on the heap. */
gsize bench_heap (void);

/* Objects that are there while something is measured. */
GObject **bench_objects_new (guint n);
GObject **bench_objects_new_in_disorder (guint n); /* in memory */
void bench_objects_free (GObject **objects, guint n);

/* What GLib takes to read a GWeakRef, and for the first one of an object. */
void bench_weak_ref_get (guint n, gpointer data);
void bench_weak_ref_init (guint n, gpointer data);

G_END_DECLS
