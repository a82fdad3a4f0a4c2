/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

/* What everything is made of. On many objects, as what GLib takes depends on what there is. */

static void
nothing_cb (gpointer data, GObject *object)
{
}

static void
floor_weak_notify (guint n, gpointer data)
{
  GObject **objects = bench_objects_new (n);
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    g_object_weak_ref (objects[i], nothing_cb, NULL);
  bench_stop ();

  bench_objects_free (objects, n);
}

static void
floor_qdata (guint n, gpointer data)
{
  GObject **objects = bench_objects_new (n);
  GQuark quark = g_quark_from_static_string ("weakref-glib-bench");
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    {
      gpointer value = g_object_dup_qdata (objects[i], quark, NULL, NULL);

      g_object_replace_qdata (objects[i], quark, value, objects, NULL, NULL);
    }
  bench_stop ();

  bench_objects_free (objects, n);
}

static void
floor_object (guint n, gpointer data)
{
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (g_object_new (G_TYPE_OBJECT, NULL));
  bench_stop ();
}

static void
floor_mutex (guint n, gpointer data)
{
  GMutex lock;
  guint i;

  g_mutex_init (&lock);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      g_mutex_lock (&lock);
      g_mutex_unlock (&lock);
    }
  bench_stop ();
  g_mutex_clear (&lock);
}

int
main (int argc, char **argv)
{
  bench_init (argc, argv);

  bench_section ("What GLib takes for itself");
  bench_compare ("g_weak_ref_init(), the first", 10000, bench_weak_ref_init, NULL, NULL, NULL, 0);
  bench_compare ("g_weak_ref_get(), and drop it", 20000, bench_weak_ref_get, NULL, NULL, NULL, 0);
  bench_compare ("g_object_weak_ref(), the first", 10000, floor_weak_notify, NULL, NULL, NULL, 0);
  bench_compare ("qdata, read and replaced", 10000, floor_qdata, NULL, NULL, NULL, 0);
  bench_compare ("an object, made and dropped", 10000, floor_object, NULL, NULL, NULL, 0);
  bench_compare ("a mutex, locked and unlocked", 20000, floor_mutex, NULL, NULL, NULL, 0);

  return 0;
}
