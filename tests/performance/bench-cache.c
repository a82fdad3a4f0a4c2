/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

#define N_KEYS 10000

static char *keys[N_KEYS];
static GObject *objects[N_KEYS];

static void
make_objects (void)
{
  guint i;

  for (i = 0; i < N_KEYS; i++)
    objects[i] = g_object_new (G_TYPE_OBJECT, NULL);
}

static void
drop_objects (void)
{
  guint i;

  for (i = 0; i < N_KEYS; i++)
    g_clear_object (&objects[i]);
}

/* Lookups in a cache that keeps up to @data idle objects; then nobody else holds them. */
static void
cache_lookup (guint    n,
              gboolean in_use)
{
  WeakrefCache *cache = weakref_cache_new (G_TYPE_STRING, N_KEYS);
  guint i;

  make_objects ();
  for (i = 0; i < N_KEYS; i++)
    weakref_cache_insert (cache, keys[i], objects[i]);
  if (!in_use)
    drop_objects ();

  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (weakref_cache_lookup (cache, keys[((guint64) i * 7919u) % N_KEYS]));
  bench_stop ();

  drop_objects ();
  g_object_unref (cache);
}

static void
cache_lookup_in_use (guint    n,
                     gpointer data)
{
  cache_lookup (n, TRUE);
}

static void
cache_lookup_idle (guint    n,
                   gpointer data)
{
  cache_lookup (n, FALSE);
}

static void
table_lookup (guint    n,
              gpointer data)
{
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  guint i;

  make_objects ();
  for (i = 0; i < N_KEYS; i++)
    weakref_value_table_insert (table, keys[i], objects[i]);

  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (weakref_value_table_lookup (table, keys[((guint64) i * 7919u) % N_KEYS]));
  bench_stop ();

  drop_objects ();
  g_object_unref (table);
}

static void
cache_turnover (guint    n,
                gpointer data)
{
  WeakrefCache *cache = weakref_cache_new (G_TYPE_STRING, 16);
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    {
      GObject *object = g_object_new (G_TYPE_OBJECT, NULL);

      weakref_cache_insert (cache, keys[i % N_KEYS], object);
      g_object_unref (object);
    }
  bench_stop ();
  g_object_unref (cache);
}

static void
table_turnover (guint    n,
                gpointer data)
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

typedef enum { WIDE, DEEP } Shape;

static void
bond_all (Shape shape)
{
  guint i;

  for (i = 1; i < N_KEYS; i++)
    g_object_unref (weakref_bond_new (objects[shape == WIDE ? 0 : i - 1], objects[i], NULL));
}

static void
bond_make (guint    n,
           gpointer data)
{
  make_objects ();
  bench_start ();
  bond_all (GPOINTER_TO_INT (data));
  bench_stop ();
  drop_objects ();
}

static void
bond_drop (guint    n,
           gpointer data)
{
  guint i;

  make_objects ();
  bond_all (GPOINTER_TO_INT (data));
  for (i = 1; i < N_KEYS; i++)
    g_clear_object (&objects[i]);
  bench_start ();
  g_clear_object (&objects[0]);
  bench_stop ();
}

/* A list instead of bonds. */
static void
list_drop (guint    n,
           gpointer data)
{
  make_objects ();
  bench_start ();
  drop_objects ();
  bench_stop ();
}

/* A node is taken and dropped while the root is held. */
static void
bond_hold (guint    n,
           gpointer data)
{
  GObject *nodes[N_KEYS];
  guint i;

  make_objects ();
  bond_all (GPOINTER_TO_INT (data));
  for (i = 1; i < N_KEYS; i++)
    {
      nodes[i] = objects[i];
      g_clear_object (&objects[i]);
    }
  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (g_object_ref (nodes[1 + ((guint64) i * 7919u) % (N_KEYS - 1)]));
  bench_stop ();
  drop_objects ();
}

static void
plain_hold (guint    n,
            gpointer data)
{
  guint i;

  make_objects ();
  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (g_object_ref (objects[1 + ((guint64) i * 7919u) % (N_KEYS - 1)]));
  bench_stop ();
  drop_objects ();
}

static void
bytes_per_bond (void)
{
  gsize before;

  make_objects ();
  before = bench_heap ();
  bond_all (DEEP);
  g_print ("  %-50s %8.0f B\n", "a bond, in a chain", (double) (bench_heap () - before) / N_KEYS);
  drop_objects ();

  make_objects ();
  before = bench_heap ();
  bond_all (WIDE);
  g_print ("  %-50s %8.0f B\n", "a bond, side by side", (double) (bench_heap () - before) / N_KEYS);
  drop_objects ();
}

int
main (int    argc,
      char **argv)
{
  double in_use;
  double idle;
  guint i;

  for (i = 0; i < N_KEYS; i++)
    keys[i] = g_strdup_printf ("some/name/of/a/thing-%u", i);

  bench_title ("Cache, beside the value table; 10,000 string keys");
  bench_compare_funcs ("lookup of what is in use", 1000000, cache_lookup_in_use, table_lookup,
                       NULL, 1.3);
  bench_compare_funcs ("make, insert, drop; 16 stay idle", 100000, cache_turnover, table_turnover,
                       NULL, 0);
  in_use = bench_measure (cache_lookup_in_use, 1000000, NULL);
  idle = bench_measure (cache_lookup_idle, 1000000, NULL);
  g_print ("  %-50s %7.1f ns\n", "from idle to in use and back", idle - in_use);

  bench_title ("Bonds, beside objects on their own; 10,000 nodes");
  bench_compare_funcs ("take and drop a node of a wide tree", 1000000, bond_hold, plain_hold,
                       GINT_TO_POINTER (WIDE), 0);
  bench_compare_funcs ("take and drop a node of a deep tree", 1000000, bond_hold, plain_hold,
                       GINT_TO_POINTER (DEEP), 0);
  bench_compare_funcs ("death of a node of a wide tree", N_KEYS, bond_drop, list_drop,
                       GINT_TO_POINTER (WIDE), 0);
  bench_compare_funcs ("death of a node of a deep tree", N_KEYS, bond_drop, list_drop,
                       GINT_TO_POINTER (DEEP), 0);
  g_print ("  %-50s %7.1f ns\n", "a bond, side by side",
           bench_measure (bond_make, N_KEYS, GINT_TO_POINTER (WIDE)));
  g_print ("  %-50s %7.1f ns\n", "a bond, in a chain",
           bench_measure (bond_make, N_KEYS, GINT_TO_POINTER (DEEP)));
  bytes_per_bond ();

  return 0;
}
