/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"
#include "hand.h"

#define N_LOOKUPS 100000

typedef enum
{
  INSERT,
  LOOKUP,
  DEATH
} What;

typedef struct
{
  What what;
  guint n_keys;
} Case;

/* A value, and what is asked of it and of its key when they are used: both are looked at. */

typedef struct
{
  char padding[24];
  GType type;
} Value;

static gpointer
value_new (GObject *key)
{
  Value *value = g_new0 (Value, 1);

  value->type = G_OBJECT_TYPE (key);

  return value;
}

static void
use (gpointer key, Value *value)
{
  if (value->type != G_OBJECT_TYPE (key))
    g_error ("not found");
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

static gpointer *
values_new (GObject **objects, guint n)
{
  gpointer *values = g_new (gpointer, n);
  guint i;

  for (i = 0; i < n; i++)
    values[i] = value_new (objects[i]);

  return values;
}

static void
ours_keys (guint n, gpointer data)
{
  const Case *c = data;
  guint n_keys = bench_scale (c->n_keys);
  GObject **objects = bench_objects_new_in_disorder (n_keys);
  gpointer *values = values_new (objects, n_keys);
  guint *order = bench_disorder (n_keys);
  WeakrefKeyTable *table = weakref_key_table_new (g_free);
  guint i;

  start_if (c->what == INSERT);
  for (i = 0; i < n_keys; i++)
    weakref_key_table_insert (table, objects[i], values[i]);
  stop_if (c->what == INSERT);

  start_if (c->what == LOOKUP);
  for (i = 0; c->what == LOOKUP && i < n; i++)
    {
      GObject *key = objects[order[i % n_keys]];

      use (key, weakref_key_table_lookup (table, key));
    }
  stop_if (c->what == LOOKUP);

  start_if (c->what == DEATH);
  bench_objects_free (objects, n_keys);
  stop_if (c->what == DEATH);
  g_free (values);
  g_free (order);
  g_object_unref (table);
}

static void
hand_keys (guint n, gpointer data)
{
  const Case *c = data;
  guint n_keys = bench_scale (c->n_keys);
  GObject **objects = bench_objects_new_in_disorder (n_keys);
  gpointer *values = values_new (objects, n_keys);
  guint *order = bench_disorder (n_keys);
  Hand hand;
  guint i;

  hand_keys_init (&hand);
  start_if (c->what == INSERT);
  for (i = 0; i < n_keys; i++)
    hand_keys_insert (&hand, objects[i], values[i]);
  stop_if (c->what == INSERT);

  start_if (c->what == LOOKUP);
  for (i = 0; c->what == LOOKUP && i < n; i++)
    {
      GObject *key = objects[order[i % n_keys]];

      use (key, hand_keys_lookup (&hand, key));
    }
  stop_if (c->what == LOOKUP);

  start_if (c->what == DEATH);
  bench_objects_free (objects, n_keys);
  stop_if (c->what == DEATH);
  g_free (values);
  g_free (order);
  hand_clear (&hand);
}

static void
weak_ref_get (guint n, gpointer data)
{
  const Case *c = data;
  guint n_keys = bench_scale (c->n_keys);
  GObject **objects = bench_objects_new_in_disorder (n_keys);
  guint *order = bench_disorder (n_keys);
  GWeakRef *refs = g_new (GWeakRef, n_keys);
  guint i;

  for (i = 0; i < n_keys; i++)
    g_weak_ref_init (&refs[i], objects[i]);
  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (g_weak_ref_get (&refs[order[i % n_keys]]));
  bench_stop ();
  for (i = 0; i < n_keys; i++)
    g_weak_ref_clear (&refs[i]);
  g_free (refs);
  g_free (order);
  bench_objects_free (objects, n_keys);
}

static void
compare (const char *operation, What what, guint n_keys, double target)
{
  Case c = { what, n_keys };

  bench_compare (operation, N_LOOKUPS, ours_keys, "by hand", hand_keys, &c, target);
}

static void
measure_bytes (void)
{
  guint n = bench_scale (100000);
  WeakrefKeyTable *first = weakref_key_table_new (NULL);
  WeakrefKeyTable *second = weakref_key_table_new (NULL);
  GObject **objects = bench_objects_new (n);
  double before = bench_heap ();
  double first_bytes;
  double second_bytes;
  Hand hand;
  guint i;

  for (i = 0; i < n; i++)
    weakref_key_table_insert (first, objects[i], NULL);
  first_bytes = (bench_heap () - before) / n;
  before = bench_heap ();
  for (i = 0; i < n; i++)
    weakref_key_table_insert (second, objects[i], NULL);
  second_bytes = (bench_heap () - before) / n;
  bench_objects_free (objects, n);
  g_object_unref (first);
  g_object_unref (second);

  hand_keys_init (&hand);
  objects = bench_objects_new (n);
  before = bench_heap ();
  for (i = 0; i < n; i++)
    hand_keys_insert (&hand, objects[i], NULL);
  bench_bytes ("entry, the first of its object", first_bytes, "by hand",
               (bench_heap () - before) / n, 280);
  bench_objects_free (objects, n);
  hand_clear (&hand);

  bench_bytes ("entry, not the first", second_bytes, NULL, 0, 0);
}

int
main (int argc, char **argv)
{
  Case few = { LOOKUP, 1000 };

  bench_init (argc, argv);

  bench_section ("Key table");
  compare ("lookup, 100,000 keys", LOOKUP, 100000, 1.2);
  compare ("lookup, 1,000 keys", LOOKUP, 1000, 1.05);
  bench_compare ("lookup, 1,000 keys, once more", N_LOOKUPS, ours_keys, "GWeakRef", weak_ref_get,
                 &few, 1);
  compare ("lookup, one key", LOOKUP, 1, 0);
  compare ("insert, the first interest in the object", INSERT, 100000, 2.5);
  compare ("death", DEATH, 100000, 1.8);
  measure_bytes ();

  return 0;
}
