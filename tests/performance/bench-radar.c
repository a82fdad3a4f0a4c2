/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

/* What the radar costs the objects that somebody takes an interest in. */

static void
live_and_die (guint n)
{
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    {
      GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
      WeakrefRef *ref = weakref_ref_new (object);

      g_object_unref (object);
      g_object_unref (ref);
    }
  bench_stop ();
}

static void
with_radar (guint n, gpointer data)
{
  weakref_radar_start ();
  live_and_die (n);
  weakref_radar_stop ();
}

static void
without_radar (guint n, gpointer data)
{
  live_and_die (n);
}

static void
check (guint n, gpointer data)
{
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    g_variant_unref (weakref_radar_check ());
  bench_stop ();
}

int
main (int argc, char **argv)
{
  GListStore *store = g_list_store_new (G_TYPE_OBJECT);
  GObject *leaked = g_object_new (G_TYPE_OBJECT, NULL);
  guint i;

  bench_init (argc, argv);

  bench_section ("Radar");
  bench_compare ("birth, first ref, death; the radar is on", bench_scale (200000), with_radar,
                 "it is off", without_radar, NULL, 0);

  for (i = 0; i < 1000; i++)
    {
      GObject *object = g_object_new (G_TYPE_OBJECT, NULL);

      g_list_store_append (store, object);
      g_object_unref (object);
    }
  weakref_radar_add_root (store);
  weakref_radar_expect_death (leaked, NULL);
  bench_row ("a check, 1,000 objects are reached", "ns",
             bench_measure (check, bench_scale (100), NULL), NULL, 0, 0);

  g_object_unref (leaked);
  g_object_unref (store);
  weakref_radar_stop ();

  return 0;
}
