/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/weakref-glib.h>

G_BEGIN_DECLS

/* One way to do a thing @n times. What has to be made before and undone after is outside of the
 * time that counts: between bench_start() and bench_stop(). */
typedef void (*BenchFunc) (guint    n,
                           gpointer data);

void   bench_start   (void);
void   bench_stop    (void);

/* Nanoseconds for one of @n, the best of several rounds. */
double bench_measure (BenchFunc   func,
                      guint       n,
                      gpointer    data);

void   bench_title   (const char *title);
/* A line of the table: ours beside what plain GLib takes for the same, and the most that the
 * ratio should be, 0 for none. */
void   bench_compare (const char *what,
                      double      ours,
                      double      theirs,
                      double      target);
void   bench_compare_funcs (const char *what,
                            guint       n,
                            BenchFunc   ours,
                            BenchFunc   theirs,
                            gpointer    data,
                            double      target);
void   bench_bytes   (const char *what,
                      double      ours,
                      double      theirs);

/* Bytes in use on the heap. */
gsize  bench_heap    (void);

G_END_DECLS
