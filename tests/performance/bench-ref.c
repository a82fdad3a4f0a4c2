/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

static void
ours_get (guint    n,
          gpointer data)
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
glib_get (guint    n,
          gpointer data)
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

static void
ours_second (guint    n,
             gpointer data)
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

static void
glib_second (guint    n,
             gpointer data)
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
nothing_cb (gpointer  data,
            GObject  *object)
{
}

static void
ref_cb (WeakrefRef *ref,
        gpointer    user_data)
{
}

static void
finalizer_cb (gpointer user_data)
{
}

/* Makes and drops one more, with @data others there. */
static void
ours_more_refs (guint    n,
                gpointer data)
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
glib_more_refs (guint    n,
                gpointer data)
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
      /* The oldest goes: the newest is GLib's best case. */
      g_object_weak_ref (object, nothing_cb, tags + others);
      g_object_weak_unref (object, nothing_cb, tags + others);
    }
  bench_stop ();

  g_object_unref (object);
  g_free (tags);
}

static void
ours_more_finalizers (guint    n,
                      gpointer data)
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

/* An object with @n interests dies. */
static void
ours_death (guint    n,
            gpointer data)
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
glib_death (guint    n,
            gpointer data)
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
bytes_per_ref (void)
{
  enum { N = 10000 };
  static GObject *objects[N];
  static WeakrefRef *refs[N];
  static GWeakRef weak[N];
  gsize before;
  double first;
  double weak_bytes;
  guint i;

  for (i = 0; i < N; i++)
    objects[i] = g_object_new (G_TYPE_OBJECT, NULL);

  before = bench_heap ();
  for (i = 0; i < N; i++)
    refs[i] = weakref_ref_new (objects[i]);
  first = (double) (bench_heap () - before) / N;
  for (i = 0; i < N; i++)
    g_object_unref (refs[i]);
  for (i = 0; i < N; i++)
    {
      g_object_unref (objects[i]);
      objects[i] = g_object_new (G_TYPE_OBJECT, NULL);
    }

  before = bench_heap ();
  for (i = 0; i < N; i++)
    {
      g_weak_ref_init (&weak[i], objects[i]);
      g_object_weak_ref (objects[i], nothing_cb, NULL);
    }
  weak_bytes = (double) (bench_heap () - before) / N + sizeof (GWeakRef);
  for (i = 0; i < N; i++)
    g_weak_ref_clear (&weak[i]);
  bench_bytes ("first ref of an object, beside GWeakRef and notify", first, weak_bytes);

  before = bench_heap ();
  for (i = 0; i < N; i++)
    refs[i] = weakref_ref_new_full (objects[0], NULL, ref_cb, NULL, NULL);
  first = (double) (bench_heap () - before) / N;
  for (i = 0; i < N; i++)
    g_object_unref (refs[i]);
  before = bench_heap ();
  for (i = 0; i < N; i++)
    {
      g_weak_ref_init (&weak[i], objects[0]);
      g_object_weak_ref (objects[0], nothing_cb, NULL);
    }
  weak_bytes = (double) (bench_heap () - before) / N + sizeof (GWeakRef);
  bench_bytes ("one more ref with a callback", first, weak_bytes);

  for (i = 0; i < N; i++)
    {
      g_weak_ref_clear (&weak[i]);
      g_object_unref (objects[i]);
    }
}

int
main (int    argc,
      char **argv)
{
  static const guint others[] = { 1000, 4000, 16000, 64000 };
  guint i;

  bench_title ("References");
  bench_compare_funcs ("get and unref", 1000000, ours_get, glib_get, NULL, 1.15);
  bench_compare_funcs ("a second ref, beside object_new + weak_ref_init", 200000, ours_second,
                       glib_second, NULL, 1);
  for (i = 0; i < G_N_ELEMENTS (others); i++)
    {
      char *what = g_strdup_printf ("make and drop one of %u, beside weak_ref/unref", others[i]);

      bench_compare_funcs (what, 2000, ours_more_refs, glib_more_refs,
                           GUINT_TO_POINTER (others[i]), 0);
      g_free (what);
    }
  for (i = 0; i < G_N_ELEMENTS (others); i++)
    {
      char *what = g_strdup_printf ("a finalizer of %u, beside weak_ref/unref", others[i]);

      bench_compare_funcs (what, 2000, ours_more_finalizers, glib_more_refs,
                           GUINT_TO_POINTER (others[i]), 0);
      g_free (what);
    }
  for (i = 0; i < 3; i++)
    {
      char *what = g_strdup_printf ("death with %u callbacks, for each", others[i]);

      bench_compare_funcs (what, others[i], ours_death, glib_death, NULL, 0);
      g_free (what);
    }
  bytes_per_ref ();

  return 0;
}
