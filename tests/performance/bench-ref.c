/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

static void
nothing_cb (gpointer data, GObject *object)
{
}

static void
ref_cb (WeakrefRef *ref, gpointer user_data)
{
}

static void
finalizer_cb (gpointer user_data)
{
}

static void
ours_get (guint n, gpointer data)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  WeakrefRef *ref = weakref_ref_new (object);
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (weakref_ref_get (ref));
  bench_stop ();

  g_object_unref (ref);
  g_object_unref (object);
}

static void
ours_second (guint n, gpointer data)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  WeakrefRef *first = weakref_ref_new (object);
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (weakref_ref_new (object));
  bench_stop ();

  g_object_unref (first);
  g_object_unref (object);
}

/* What one does for a reference that can be passed around and counted. */
static void
glib_second (guint n, gpointer data)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  GWeakRef first;
  guint i;

  g_weak_ref_init (&first, object);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      GObject *holder = g_object_new (G_TYPE_OBJECT, NULL);
      GWeakRef ref;

      g_weak_ref_init (&ref, object);
      g_weak_ref_clear (&ref);
      g_object_unref (holder);
    }
  bench_stop ();

  g_weak_ref_clear (&first);
  g_object_unref (object);
}

static void
ours_life (guint n, gpointer data)
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
glib_life (guint n, gpointer data)
{
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    {
      GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
      GWeakRef ref;

      g_weak_ref_init (&ref, object);
      g_object_unref (object);
      g_weak_ref_clear (&ref);
    }
  bench_stop ();
}

/* The first interest in each of @n objects is made, and kept. */

static void
ours_first (guint n, gpointer data)
{
  GObject **objects = bench_objects_new (n);
  WeakrefRef **refs = g_new (WeakrefRef *, n);
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    refs[i] = weakref_ref_new (objects[i]);
  bench_stop ();

  for (i = 0; i < n; i++)
    g_object_unref (refs[i]);
  g_free (refs);
  bench_objects_free (objects, n);
}

/* Made and dropped, with a callback, while there is another interest. */

static void
ours_callback (guint n, gpointer data)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  WeakrefRef *other = weakref_ref_new (object);
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (weakref_ref_new_full (object, NULL, ref_cb, NULL, NULL));
  bench_stop ();

  g_object_unref (other);
  g_object_unref (object);
}

static void
ours_finalizer (guint n, gpointer data)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  WeakrefRef *other = weakref_ref_new (object);
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    {
      WeakrefFinalizer *finalizer = weakref_finalizer_new (object, finalizer_cb, NULL, NULL);

      weakref_finalizer_detach (finalizer);
      g_object_unref (finalizer);
    }
  bench_stop ();

  g_object_unref (other);
  g_object_unref (object);
}

static void
glib_callback (guint n, gpointer data)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  GWeakRef other;
  guint i;

  g_weak_ref_init (&other, object);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      GWeakRef *ref = g_new (GWeakRef, 1);

      g_weak_ref_init (ref, object);
      g_object_weak_ref (object, nothing_cb, ref);
      g_object_weak_unref (object, nothing_cb, ref);
      g_weak_ref_clear (ref);
      g_free (ref);
    }
  bench_stop ();

  g_weak_ref_clear (&other);
  g_object_unref (object);
}

static void
glib_notify (guint n, gpointer data)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  GWeakRef other;
  guint i;

  g_weak_ref_init (&other, object);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      g_object_weak_ref (object, nothing_cb, &other);
      g_object_weak_unref (object, nothing_cb, &other);
    }
  bench_stop ();

  g_weak_ref_clear (&other);
  g_object_unref (object);
}

/* One more interest in an object that has @data others is made and dropped. */

static void
ours_one_more_ref (guint n, gpointer data)
{
  guint others = GPOINTER_TO_UINT (data);
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  WeakrefRef **refs = g_new (WeakrefRef *, others);
  guint i;

  for (i = 0; i < others; i++)
    refs[i] = weakref_ref_new_full (object, NULL, ref_cb, NULL, NULL);
  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (weakref_ref_new_full (object, NULL, ref_cb, NULL, NULL));
  bench_stop ();

  for (i = 0; i < others; i++)
    g_object_unref (refs[i]);
  g_free (refs);
  g_object_unref (object);
}

static void
ours_one_more_finalizer (guint n, gpointer data)
{
  guint others = GPOINTER_TO_UINT (data);
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  guint i;

  for (i = 0; i < others; i++)
    weakref_finalize (object, finalizer_cb, NULL, NULL);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      WeakrefFinalizer *finalizer = weakref_finalizer_new (object, finalizer_cb, NULL, NULL);

      weakref_finalizer_detach (finalizer);
      g_object_unref (finalizer);
    }
  bench_stop ();

  g_object_unref (object);
}

static void
glib_one_more_notify (guint n, gpointer data)
{
  guint others = GPOINTER_TO_UINT (data);
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  char *tags = g_new (char, others + 1);
  guint i;

  for (i = 0; i < others; i++)
    g_object_weak_ref (object, nothing_cb, tags + i);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      g_object_weak_ref (object, nothing_cb, tags + others);
      g_object_weak_unref (object, nothing_cb, tags + others);
    }
  bench_stop ();

  g_object_unref (object);
  g_free (tags);
}

/* For the drawing: one of @data is dropped and made anew. Not the newest or the oldest, which is
 * the best or the worst case of one GLib or another. */

static void
ours_one_ref (guint n, gpointer data)
{
  guint others = GPOINTER_TO_UINT (data);
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  WeakrefRef **refs = g_new (WeakrefRef *, others);
  guint i;

  for (i = 0; i < others; i++)
    refs[i] = weakref_ref_new_full (object, NULL, ref_cb, NULL, NULL);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      guint j = bench_pick (i, others);

      g_object_unref (refs[j]);
      refs[j] = weakref_ref_new_full (object, NULL, ref_cb, NULL, NULL);
    }
  bench_stop ();

  for (i = 0; i < others; i++)
    g_object_unref (refs[i]);
  g_free (refs);
  g_object_unref (object);
}

static void
glib_one_notify (guint n, gpointer data)
{
  guint others = GPOINTER_TO_UINT (data);
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  char *tags = g_new (char, others);
  guint i;

  for (i = 0; i < others; i++)
    g_object_weak_ref (object, nothing_cb, tags + i);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      guint j = bench_pick (i, others);

      g_object_weak_unref (object, nothing_cb, tags + j);
      g_object_weak_ref (object, nothing_cb, tags + j);
    }
  bench_stop ();

  g_object_unref (object);
  g_free (tags);
}

static void
glib_one_weak_ref (guint n, gpointer data)
{
  guint others = GPOINTER_TO_UINT (data);
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  GWeakRef *refs = g_new (GWeakRef, others);
  guint i;

  for (i = 0; i < others; i++)
    g_weak_ref_init (&refs[i], object);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      guint j = bench_pick (i, others);

      g_weak_ref_clear (&refs[j]);
      g_weak_ref_init (&refs[j], object);
    }
  bench_stop ();

  g_object_unref (object);
  for (i = 0; i < others; i++)
    g_weak_ref_clear (&refs[i]);
  g_free (refs);
}

/* An object with @n interests dies. */

static void
ours_death (guint n, gpointer data)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  WeakrefRef **refs = g_new (WeakrefRef *, n);
  guint i;

  for (i = 0; i < n; i++)
    refs[i] = weakref_ref_new_full (object, NULL, ref_cb, NULL, NULL);
  bench_start ();
  g_object_unref (object);
  bench_stop ();

  for (i = 0; i < n; i++)
    g_object_unref (refs[i]);
  g_free (refs);
}

static void
glib_death (guint n, gpointer data)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  guint i;

  for (i = 0; i < n; i++)
    g_object_weak_ref (object, nothing_cb, NULL);
  bench_start ();
  g_object_unref (object);
  bench_stop ();
}

static void
measure_others (void)
{
  static const guint others[] = { 1000, 4000, 16000, 64000 };
  static const char *const operations[] = { "make and drop a ref, 1,000 others",
                                            "make and drop a ref, 4,000 others",
                                            "make and drop a ref, 16,000 others",
                                            "make and drop a ref, 64,000 others" };
  double first = 0;
  double last = 0;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (others); i++)
    {
      last = bench_compare (operations[i], 2000, ours_one_more_ref, "g_object_weak_ref()",
                            glib_one_more_notify, GUINT_TO_POINTER (bench_scale (others[i])), 0);
      if (i == 0)
        first = last;
    }
  bench_row ("ref, growth from 1,000 to 64,000 others", "times", last / first, NULL, 0, 2);

  first = bench_compare ("make and detach a finalizer, 1,000 others", 2000, ours_one_more_finalizer,
                         "g_object_weak_ref()", glib_one_more_notify,
                         GUINT_TO_POINTER (bench_scale (1000)), 0);
  last = bench_compare ("make and detach a finalizer, 64,000 others", 2000, ours_one_more_finalizer,
                        "g_object_weak_ref()", glib_one_more_notify,
                        GUINT_TO_POINTER (bench_scale (64000)), 0);
  bench_row ("finalizer, growth from 1,000 to 64,000 others", "times", last / first, NULL, 0, 2);
}

static void
measure_drawing (void)
{
  static const guint others[] = { 1, 4, 16, 64, 256, 1000, 4000, 16000, 64000 };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (others); i++)
    {
      gpointer n = GUINT_TO_POINTER (bench_scale (others[i]));

      bench_point ("WeakrefRef with a callback", others[i], bench_measure (ours_one_ref, 2000, n));
      bench_point ("g_object_weak_ref()", others[i], bench_measure (glib_one_notify, 2000, n));
      bench_point ("GWeakRef", others[i], bench_measure (glib_one_weak_ref, 2000, n));
    }
}

static void
bytes_per_ref (void)
{
  guint n = bench_scale (10000);
  GObject **objects = bench_objects_new (n);
  WeakrefRef **refs = g_new (WeakrefRef *, n);
  GWeakRef *weak_refs = g_new (GWeakRef, n);
  double before;
  double ours;
  double theirs;
  guint i;

  before = bench_heap ();
  for (i = 0; i < n; i++)
    refs[i] = weakref_ref_new (objects[i]);
  ours = (bench_heap () - before) / n;
  for (i = 0; i < n; i++)
    g_object_unref (refs[i]);
  bench_objects_free (objects, n);

  objects = bench_objects_new (n);
  before = bench_heap ();
  for (i = 0; i < n; i++)
    {
      g_weak_ref_init (&weak_refs[i], objects[i]);
      g_object_weak_ref (objects[i], nothing_cb, NULL);
    }
  theirs = (bench_heap () - before) / n + sizeof (GWeakRef);
  for (i = 0; i < n; i++)
    g_weak_ref_clear (&weak_refs[i]);
  bench_bytes ("first ref of an object", ours, "GWeakRef, weak notify", theirs, 300);

  before = bench_heap ();
  for (i = 0; i < n; i++)
    refs[i] = weakref_ref_new_full (objects[0], NULL, ref_cb, NULL, NULL);
  ours = (bench_heap () - before) / n;
  for (i = 0; i < n; i++)
    g_object_unref (refs[i]);
  before = bench_heap ();
  for (i = 0; i < n; i++)
    {
      g_weak_ref_init (&weak_refs[i], objects[0]);
      g_object_weak_ref (objects[0], nothing_cb, NULL);
    }
  theirs = (bench_heap () - before) / n + sizeof (GWeakRef);
  for (i = 0; i < n; i++)
    g_weak_ref_clear (&weak_refs[i]);
  bench_bytes ("one more ref with a callback", ours, "GWeakRef, weak notify", theirs, 130);

  bench_objects_free (objects, n);
  g_free (refs);
  g_free (weak_refs);
}

int
main (int argc, char **argv)
{
  bench_init (argc, argv);

  bench_section ("Refs and finalizers, on one object");
  bench_compare ("get the target, and drop it", 20000, ours_get, "GWeakRef", bench_weak_ref_get,
                 NULL, 1.05);
  bench_compare ("a second plain ref, and drop it", 20000, ours_second, "GWeakRef in a GObject",
                 glib_second, NULL, 1);
  bench_compare ("birth of an object, first ref, death", 10000, ours_life, "GWeakRef", glib_life,
                 NULL, 0);
  bench_compare ("the first plain ref of an object", 10000, ours_first, "GWeakRef",
                 bench_weak_ref_init, NULL, 4);
  bench_compare ("a ref with a callback, made and dropped", 10000, ours_callback,
                 "GWeakRef, weak notify", glib_callback, NULL, 3);
  bench_compare ("a finalizer, made and detached", 10000, ours_finalizer, "g_object_weak_ref()",
                 glib_notify, NULL, 3.5);
  measure_others ();
  bench_compare ("death with 1,000 callbacks, for each", 1000, ours_death, "g_object_weak_ref()",
                 glib_death, NULL, 0);
  bench_compare ("death with 16,000 callbacks, for each", 16000, ours_death, "g_object_weak_ref()",
                 glib_death, NULL, 8);
  bytes_per_ref ();
  measure_drawing ();

  return 0;
}
