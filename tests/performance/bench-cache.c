/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

#define N_KEYS bench_scale (10000)

static char **keys;

/* Lookups in a cache that may keep all; either somebody else has the objects, or nobody. */
static void
cache_lookup (guint n, gboolean in_use)
{
  WeakrefCache *cache = weakref_cache_new (G_TYPE_STRING, N_KEYS);
  GObject **objects = bench_objects_new (N_KEYS);
  guint i;

  for (i = 0; i < N_KEYS; i++)
    weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), keys[i], objects[i]);
  for (i = 0; !in_use && i < N_KEYS; i++)
    g_clear_object (&objects[i]);

  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (
      weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), keys[bench_pick (i, N_KEYS)]));
  bench_stop ();

  bench_objects_free (objects, N_KEYS);
  g_object_unref (cache);
}

static void
cache_lookup_in_use (guint n, gpointer data)
{
  cache_lookup (n, TRUE);
}

static void
cache_lookup_idle (guint n, gpointer data)
{
  cache_lookup (n, FALSE);
}

static void
table_lookup (guint n, gpointer data)
{
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  GObject **objects = bench_objects_new (N_KEYS);
  guint i;

  for (i = 0; i < N_KEYS; i++)
    weakref_value_table_insert (table, keys[i], objects[i]);

  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (weakref_value_table_lookup (table, keys[bench_pick (i, N_KEYS)]));
  bench_stop ();

  bench_objects_free (objects, N_KEYS);
  g_object_unref (table);
}

static void
cache_turnover (guint n, gpointer data)
{
  WeakrefCache *cache = weakref_cache_new (G_TYPE_STRING, 16);
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    {
      GObject *object = g_object_new (G_TYPE_OBJECT, NULL);

      weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), keys[i % N_KEYS], object);
      g_object_unref (object);
    }
  bench_stop ();
  g_object_unref (cache);
}

static void
table_turnover (guint n, gpointer data)
{
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    {
      GObject *object = g_object_new (G_TYPE_OBJECT, NULL);

      weakref_value_table_insert (table, keys[i % N_KEYS], object);
      g_object_unref (object);
    }
  bench_stop ();
  g_object_unref (table);
}

/* Bonds */

typedef enum
{
  WIDE,
  DEEP
} Shape;

static void
bond_all (GObject **objects, Shape shape)
{
  guint i;

  for (i = 1; i < N_KEYS; i++)
    g_object_unref (weakref_bond_new (objects[shape == WIDE ? 0 : i - 1], objects[i], NULL));
}

static void
bond_make (guint n, gpointer data)
{
  GObject **objects = bench_objects_new (N_KEYS);

  bench_start ();
  bond_all (objects, GPOINTER_TO_INT (data));
  bench_stop ();
  bench_objects_free (objects, N_KEYS);
}

static void
bond_drop (guint n, gpointer data)
{
  GObject **objects = bench_objects_new (N_KEYS);
  guint i;

  bond_all (objects, GPOINTER_TO_INT (data));
  for (i = 1; i < N_KEYS; i++)
    g_clear_object (&objects[i]);
  bench_start ();
  g_clear_object (&objects[0]);
  bench_stop ();
  g_free (objects);
}

static void
plain_drop (guint n, gpointer data)
{
  GObject **objects = bench_objects_new (N_KEYS);

  bench_start ();
  bench_objects_free (objects, N_KEYS);
  bench_stop ();
}

/* A node is taken and dropped while only the root is held. */
static void
bond_hold (guint n, gpointer data)
{
  GObject **objects = bench_objects_new (N_KEYS);
  guint i;

  bond_all (objects, GPOINTER_TO_INT (data));
  for (i = 1; i < N_KEYS; i++)
    g_object_unref (objects[i]);
  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (g_object_ref (objects[1 + bench_pick (i, N_KEYS - 1)]));
  bench_stop ();
  g_object_unref (objects[0]);
  g_free (objects);
}

static void
plain_hold (guint n, gpointer data)
{
  GObject **objects = bench_objects_new (N_KEYS);
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (g_object_ref (objects[1 + bench_pick (i, N_KEYS - 1)]));
  bench_stop ();
  bench_objects_free (objects, N_KEYS);
}

static double
bytes_per_bond (Shape shape)
{
  GObject **objects = bench_objects_new (N_KEYS);
  double before = bench_heap ();
  double bytes;

  bond_all (objects, shape);
  bytes = (bench_heap () - before) / N_KEYS;
  bench_objects_free (objects, N_KEYS);

  return bytes;
}

int
main (int argc, char **argv)
{
  gpointer wide = GINT_TO_POINTER (WIDE);
  gpointer deep = GINT_TO_POINTER (DEEP);
  double in_use;
  guint i;

  bench_init (argc, argv);
  keys = g_new (char *, N_KEYS);
  for (i = 0; i < N_KEYS; i++)
    keys[i] = g_strdup_printf ("some/name/of/a/thing-%u", i);

  bench_section ("Cache, 10,000 string keys");
  in_use = bench_compare ("lookup of what is in use", 100000, cache_lookup_in_use, "value table",
                          table_lookup, NULL, 1.3);
  bench_row ("from idle to in use and back", "ns",
             bench_measure (cache_lookup_idle, 100000, NULL) - in_use, NULL, 0, 0);
  bench_compare ("make, insert, drop; 16 stay idle", 10000, cache_turnover, "value table",
                 table_turnover, NULL, 0);

  bench_section ("Bonds, 10,000 objects in a tree, for each");
  bench_row ("bond, side by side", "ns", bench_measure (bond_make, N_KEYS, wide), NULL, 0, 0);
  bench_row ("bond, in a chain", "ns", bench_measure (bond_make, N_KEYS, deep), NULL, 0, 0);
  bench_compare ("take and drop one, side by side", 100000, bond_hold, "no bonds", plain_hold, wide,
                 0);
  bench_compare ("take and drop one, in a chain", 100000, bond_hold, "no bonds", plain_hold, deep,
                 0);
  bench_compare ("death of all, side by side", 10000, bond_drop, "no bonds", plain_drop, wide, 0);
  bench_compare ("death of all, in a chain", 10000, bond_drop, "no bonds", plain_drop, deep, 0);
  bench_row ("bond, side by side", "bytes", bytes_per_bond (WIDE), NULL, 0, 0);
  bench_row ("bond, in a chain", "bytes", bytes_per_bond (DEEP), NULL, 0, 0);

  for (i = 0; i < N_KEYS; i++)
    g_free (keys[i]);
  g_free (keys);

  return 0;
}
