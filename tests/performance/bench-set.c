/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

/* All is measured in one go, a few times: a million objects are not made so often. */

typedef enum
{
  SET_ADD,
  HASH_ADD,
  STORE_ADD,
  SET_CONTAINS,
  HASH_CONTAINS,
  SET_ITERATE,
  HASH_ITERATE,
  STORE_ITERATE,
  SET_ITEM,
  STORE_ITEM,
  SET_DROP,
  HASH_DROP,
  STORE_DROP,
  SET_DROP_DISORDERLY,
  NONE_DROP_DISORDERLY,
  N_LAPS
} Lap;

static double best[N_LAPS];
static guint n;

static void
lap (Lap which)
{
  double ns = bench_stop () / n;

  if (best[which] <= 0 || ns < best[which])
    best[which] = ns;
  bench_start ();
}

static void
count_cb (gpointer item, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
add_to_set (WeakrefSet *set, GObject **objects)
{
  guint i;

  for (i = 0; i < n; i++)
    weakref_set_add (set, objects[i]);
}

static void
drop_disorderly (GObject **objects)
{
  guint i;

  for (i = 0; i < n; i++)
    g_clear_object (&objects[bench_pick (i, n)]);
}

/* The list model of the set is told from the main context. */
static void
let_list_model_hear (WeakrefSet *set)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 0);
}

static void
measure_set (void)
{
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  GObject **objects = bench_objects_new (n);
  guint count = 0;
  guint i;

  bench_start ();
  add_to_set (set, objects);
  lap (SET_ADD);
  for (i = 0; i < n; i++)
    count += weakref_set_contains (set, objects[bench_pick (i, n)]);
  lap (SET_CONTAINS);
  weakref_set_foreach (set, count_cb, &count);
  lap (SET_ITERATE);
  g_assert_cmpuint (count, ==, 2 * n);
  for (i = 0; i < n; i++)
    g_object_unref (g_list_model_get_item (G_LIST_MODEL (set), bench_pick (i, n)));
  lap (SET_ITEM);
  for (i = 0; i < n; i++)
    g_clear_object (&objects[i]);
  let_list_model_hear (set);
  lap (SET_DROP);
  g_free (objects);

  objects = bench_objects_new (n);
  add_to_set (set, objects);
  bench_start ();
  drop_disorderly (objects);
  let_list_model_hear (set);
  lap (SET_DROP_DISORDERLY);
  g_free (objects);
  g_object_unref (set);

  objects = bench_objects_new (n);
  bench_start ();
  drop_disorderly (objects);
  lap (NONE_DROP_DISORDERLY);
  g_free (objects);
}

static void
measure_hash (void)
{
  GHashTable *hash = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  GObject **objects = bench_objects_new (n);
  GHashTableIter iter;
  gpointer item;
  guint count = 0;
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    g_hash_table_add (hash, objects[i]);
  lap (HASH_ADD);
  for (i = 0; i < n; i++)
    count += g_hash_table_contains (hash, objects[bench_pick (i, n)]);
  lap (HASH_CONTAINS);
  g_hash_table_iter_init (&iter, hash);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    count_cb (item, &count);
  lap (HASH_ITERATE);
  g_assert_cmpuint (count, ==, 2 * n);
  g_hash_table_remove_all (hash);
  lap (HASH_DROP);
  g_hash_table_unref (hash);
  g_free (objects);
}

static void
measure_store (void)
{
  GListStore *store = g_list_store_new (G_TYPE_OBJECT);
  GObject **objects = bench_objects_new (n);
  guint count = 0;
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    g_list_store_append (store, objects[i]);
  lap (STORE_ADD);
  for (i = 0; i < n; i++)
    {
      gpointer item = g_list_model_get_item (G_LIST_MODEL (store), i);

      count_cb (item, &count);
      g_object_unref (item);
    }
  lap (STORE_ITERATE);
  for (i = 0; i < n; i++)
    g_object_unref (g_list_model_get_item (G_LIST_MODEL (store), bench_pick (i, n)));
  lap (STORE_ITEM);
  for (i = 0; i < n; i++)
    g_object_unref (objects[i]);
  bench_start ();
  g_list_store_remove_all (store);
  lap (STORE_DROP);
  g_object_unref (store);
  g_free (objects);
}

static void
row (const char *operation, Lap ours, const char *beside, Lap theirs)
{
  bench_row (operation, "ns", best[ours], beside, best[theirs], 0);
}

static void
measure_bytes (void)
{
  guint n_items = bench_scale (100000);
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  GObject **objects = bench_objects_new (n_items);
  double before = bench_heap ();
  guint i;

  for (i = 0; i < n_items; i++)
    weakref_set_add (set, objects[i]);
  bench_bytes ("entry, the first of its object", (bench_heap () - before) / n_items, NULL, 0, 310);

  bench_objects_free (objects, n_items);
  g_object_unref (set);
}

int
main (int argc, char **argv)
{
  guint round;

  bench_init (argc, argv);
  if (bench_counts_instructions ())
    return 0;

  n = bench_scale (1000000);
  for (round = 0; round < (n < 1000000 ? 1 : 3); round++)
    {
      measure_hash ();
      measure_store ();
      measure_set ();
    }

  bench_section ("Set of 1,000,000 objects, for each");
  row ("add", SET_ADD, "GHashTable", HASH_ADD);
  row ("add, once more", SET_ADD, "GListStore", STORE_ADD);
  row ("contains", SET_CONTAINS, "GHashTable", HASH_CONTAINS);
  row ("iterate", SET_ITERATE, "GHashTable", HASH_ITERATE);
  row ("iterate, once more", SET_ITERATE, "GListStore", STORE_ITERATE);
  row ("get item at a position", SET_ITEM, "GListStore", STORE_ITEM);
  row ("drop all objects", SET_DROP, "GHashTable", HASH_DROP);
  row ("drop all objects, once more", SET_DROP, "GListStore", STORE_DROP);
  row ("drop all objects, in disorder", SET_DROP_DISORDERLY, "in no collection",
       NONE_DROP_DISORDERLY);
  measure_bytes ();

  return 0;
}
