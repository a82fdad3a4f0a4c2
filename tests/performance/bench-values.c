/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"
#include "hand.h"

#define N_KEYS 100000
#define N_TABLES 16 /* small ones */
#define N_SMALL 10  /* keys in each of those */
#define N_COLD 200  /* lookups before the caches know the table again */

static char **keys;

typedef enum
{
  INSERT,
  LOOKUP,
  LOOKUP_COLD,
  ENSURE,
  DEATH,
} What;

/* What is measured, of tables with so many keys, with objects in the order of their addresses or
 * not. */
typedef struct
{
  What what;
  guint n_keys;
  gboolean in_order;
} Case;

static GObject **
objects_new (const Case *c, guint n)
{
  return c->in_order ? bench_objects_new (n) : bench_objects_new_in_disorder (n);
}

static void
start_if (gboolean this)
{
  if (this)
    bench_start ();
}

static void
stop_if (gboolean this)
{
  if (this)
    bench_stop ();
}

static gpointer
create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  g_error ("not found: %s", (const char *) key);
  return NULL;
}

static void
ours_values (guint n, gpointer data)
{
  const Case *c = data;
  guint n_keys = bench_scale (c->n_keys);
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  GObject **objects = objects_new (c, n_keys);
  guint *order = bench_disorder (n_keys);
  guint i;

  start_if (c->what == INSERT);
  for (i = 0; i < n_keys; i++)
    weakref_value_table_insert (table, keys[i], objects[i]);
  stop_if (c->what == INSERT);

  if (c->what == LOOKUP_COLD)
    bench_forget ();
  start_if (c->what == LOOKUP || c->what == LOOKUP_COLD);
  for (i = 0; (c->what == LOOKUP || c->what == LOOKUP_COLD) && i < n; i++)
    g_object_unref (weakref_value_table_lookup (table, keys[order[i % n_keys]]));
  stop_if (c->what == LOOKUP || c->what == LOOKUP_COLD);

  start_if (c->what == ENSURE);
  for (i = 0; c->what == ENSURE && i < n; i++)
    g_object_unref (
      weakref_value_table_ensure (table, keys[order[i % n_keys]], create_cb, NULL, NULL));
  stop_if (c->what == ENSURE);

  start_if (c->what == DEATH);
  bench_objects_free (objects, n_keys);
  stop_if (c->what == DEATH);
  g_free (order);
  g_object_unref (table);
}

static void
hand_values (guint n, gpointer data)
{
  const Case *c = data;
  guint n_keys = bench_scale (c->n_keys);
  GObject **objects = objects_new (c, n_keys);
  guint *order = bench_disorder (n_keys);
  gboolean look_up = c->what == LOOKUP || c->what == LOOKUP_COLD || c->what == ENSURE;
  Hand hand;
  guint i;

  hand_values_init (&hand);
  start_if (c->what == INSERT);
  for (i = 0; i < n_keys; i++)
    hand_values_insert (&hand, keys[i], objects[i]);
  stop_if (c->what == INSERT);

  if (c->what == LOOKUP_COLD)
    bench_forget ();
  start_if (look_up);
  for (i = 0; look_up && i < n; i++)
    g_object_unref (hand_values_lookup (&hand, keys[order[i % n_keys]]));
  stop_if (look_up);

  start_if (c->what == DEATH);
  bench_objects_free (objects, n_keys);
  stop_if (c->what == DEATH);
  g_free (order);
  hand_clear (&hand);
}

static void
compare (const char *operation, What what, guint n_keys, gboolean in_order, double target)
{
  Case c = { what, n_keys, in_order };

  bench_compare (operation, what == LOOKUP_COLD ? N_COLD : N_KEYS, ours_values, "by hand",
                 hand_values, &c, target);
}

/* One object has @n keys in one table, and dies. */

static void
ours_many_keys (guint n, gpointer data)
{
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  guint i;

  for (i = 0; i < n; i++)
    weakref_value_table_insert (table, keys[i], object);
  bench_start ();
  g_object_unref (object);
  bench_stop ();
  g_object_unref (table);
}

static void
hand_many_keys (guint n, gpointer data)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  Hand hand;
  guint i;

  hand_values_init (&hand);
  for (i = 0; i < n; i++)
    hand_values_insert (&hand, keys[i], object);
  bench_start ();
  g_object_unref (object);
  bench_stop ();
  hand_clear (&hand);
}

/* Many instances, each with a table of its own. */

static void
ours_small (guint n, gpointer data)
{
  GObject **objects = bench_objects_new (N_TABLES * N_SMALL);
  guint i;

  bench_start ();
  for (; n > 0; n--)
    {
      WeakrefValueTable *tables[N_TABLES];

      for (i = 0; i < N_TABLES; i++)
        tables[i] = weakref_value_table_new (G_TYPE_STRING);
      for (i = 0; i < N_TABLES * N_SMALL; i++)
        weakref_value_table_insert (tables[i / N_SMALL], keys[i % N_SMALL], objects[i]);
      for (i = 0; i < N_TABLES * N_SMALL; i++)
        g_object_unref (weakref_value_table_lookup (tables[i / N_SMALL], keys[i % N_SMALL]));
      for (i = 0; i < N_TABLES * N_SMALL; i++)
        {
          g_object_unref (objects[i]);
          objects[i] = g_object_new (G_TYPE_OBJECT, NULL);
        }
      for (i = 0; i < N_TABLES; i++)
        g_object_unref (tables[i]);
    }
  bench_stop ();
  bench_objects_free (objects, N_TABLES * N_SMALL);
}

static void
hand_small (guint n, gpointer data)
{
  GObject **objects = bench_objects_new (N_TABLES * N_SMALL);
  guint i;

  bench_start ();
  for (; n > 0; n--)
    {
      Hand *tables[N_TABLES];

      for (i = 0; i < N_TABLES; i++)
        hand_values_init (tables[i] = g_new (Hand, 1));
      for (i = 0; i < N_TABLES * N_SMALL; i++)
        hand_values_insert (tables[i / N_SMALL], keys[i % N_SMALL], objects[i]);
      for (i = 0; i < N_TABLES * N_SMALL; i++)
        g_object_unref (hand_values_lookup (tables[i / N_SMALL], keys[i % N_SMALL]));
      for (i = 0; i < N_TABLES * N_SMALL; i++)
        {
          g_object_unref (objects[i]);
          objects[i] = g_object_new (G_TYPE_OBJECT, NULL);
        }
      for (i = 0; i < N_TABLES; i++)
        {
          hand_clear (tables[i]);
          g_free (tables[i]);
        }
    }
  bench_stop ();
  bench_objects_free (objects, N_TABLES * N_SMALL);
}

/* Of @n_tables with @n_keys each. */

static double
ours_bytes (guint n_tables, guint n_keys)
{
  GObject **objects = bench_objects_new (n_tables * n_keys);
  WeakrefValueTable **tables = g_new (WeakrefValueTable *, n_tables);
  double bytes = bench_heap ();
  guint i;

  for (i = 0; i < n_tables; i++)
    tables[i] = weakref_value_table_new (G_TYPE_STRING);
  for (i = 0; i < n_tables * n_keys; i++)
    weakref_value_table_insert (tables[i / n_keys], keys[i % n_keys], objects[i]);
  bytes = bench_heap () - bytes;

  bench_objects_free (objects, n_tables * n_keys);
  for (i = 0; i < n_tables; i++)
    g_object_unref (tables[i]);
  g_free (tables);

  return bytes;
}

static double
hand_bytes (guint n_tables, guint n_keys)
{
  GObject **objects = bench_objects_new (n_tables * n_keys);
  Hand **tables = g_new (Hand *, n_tables);
  double bytes = bench_heap ();
  guint i;

  for (i = 0; i < n_tables; i++)
    hand_values_init (tables[i] = g_new (Hand, 1));
  for (i = 0; i < n_tables * n_keys; i++)
    hand_values_insert (tables[i / n_keys], keys[i % n_keys], objects[i]);
  bytes = bench_heap () - bytes;

  bench_objects_free (objects, n_tables * n_keys);
  for (i = 0; i < n_tables; i++)
    {
      hand_clear (tables[i]);
      g_free (tables[i]);
    }
  g_free (tables);

  return bytes;
}

int
main (int argc, char **argv)
{
  guint n = N_KEYS;
  guint i;

  bench_init (argc, argv);
  keys = g_new (char *, n);
  for (i = 0; i < n; i++)
    keys[i] = g_strdup_printf ("some/name/of/a/thing-%u", i);

  bench_section ("Value table, string keys");
  compare ("lookup, 100,000 keys", LOOKUP, n, FALSE, 1.05);
  compare ("ensure() of what is there, 100,000 keys", ENSURE, n, FALSE, 1.05);
  compare ("lookup, 1,000 keys", LOOKUP, 1000, FALSE, 1.1);
  compare ("ensure() of what is there, 1,000 keys", ENSURE, 1000, FALSE, 1.1);
  compare ("lookup, one key", LOOKUP, 1, FALSE, 0);
  compare ("lookup, 100,000 keys, cold", LOOKUP_COLD, n, FALSE, 0);
  compare ("insert, objects in order", INSERT, n, TRUE, 1.2);
  compare ("insert, in disorder", INSERT, n, FALSE, 1.2);
  compare ("death, objects in order", DEATH, n, TRUE, 1.05);
  compare ("death, in disorder", DEATH, n, FALSE, 1.05);
  bench_compare ("death of an object with 1,000 keys, for each", 1000, ours_many_keys, "by hand",
                 hand_many_keys, NULL, 0);
  n = bench_scale (n);
  bench_bytes ("entry, the first of its object", ours_bytes (1, n) / n, "by hand",
               hand_bytes (1, n) / n, 310);

  bench_section ("16 value tables of 10 keys each");
  bench_compare ("make, fill, look up, objects die, drop", 10, ours_small, "by hand", hand_small,
                 NULL, 1.3);
  bench_row ("all of them", "bytes", ours_bytes (N_TABLES, N_SMALL), "by hand",
             hand_bytes (N_TABLES, N_SMALL), 1.3);

  for (i = 0; i < N_KEYS; i++)
    g_free (keys[i]);
  g_free (keys);

  return 0;
}
