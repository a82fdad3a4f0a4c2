/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

#define N 1000000

static GObject *objects[N];

static gboolean quiet;

static double
seconds_since (gint64 start)
{
  return (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC;
}

static void
row (const char *what,
     double      seconds)
{
  if (!quiet)
    g_print ("  %-50s %7.3f s  %7.0f ns each\n", what, seconds, seconds * 1e9 / N);
}

static void
make_objects (void)
{
  guint i;

  for (i = 0; i < N; i++)
    objects[i] = g_object_new (G_TYPE_OBJECT, NULL);
}

/* In an order that favours nobody. */
static void
drop_objects (void)
{
  guint i;

  for (i = 0; i < N; i++)
    g_clear_object (&objects[((guint64) i * 7919u) % N]);
}

static void
count_cb (gpointer item,
          gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
measure (void)
{
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  GListStore *store = g_list_store_new (G_TYPE_OBJECT);
  GHashTable *hash = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer item;
  gint64 start;
  guint n = 0;
  guint i;

  make_objects ();

  start = g_get_monotonic_time ();
  for (i = 0; i < N; i++)
    weakref_set_add (set, objects[i]);
  row ("add, set", seconds_since (start));
  start = g_get_monotonic_time ();
  for (i = 0; i < N; i++)
    g_list_store_append (store, objects[i]);
  row ("add, GListStore", seconds_since (start));
  start = g_get_monotonic_time ();
  for (i = 0; i < N; i++)
    g_hash_table_add (hash, objects[i]);
  row ("add, GHashTable", seconds_since (start));

  start = g_get_monotonic_time ();
  for (i = 0; i < N; i++)
    n += weakref_set_contains (set, objects[i]);
  row ("contains, set", seconds_since (start));
  start = g_get_monotonic_time ();
  for (i = 0; i < N; i++)
    n += g_hash_table_contains (hash, objects[i]);
  row ("contains, GHashTable", seconds_since (start));

  start = g_get_monotonic_time ();
  weakref_set_foreach (set, count_cb, &n);
  row ("iterate, set", seconds_since (start));
  start = g_get_monotonic_time ();
  for (i = 0; i < N; i++)
    g_object_unref (g_list_model_get_item (G_LIST_MODEL (set), ((guint64) i * 7919u) % N));
  row ("get_item at random, set", seconds_since (start));
  start = g_get_monotonic_time ();
  for (i = 0; i < N; i++)
    g_object_unref (g_list_model_get_item (G_LIST_MODEL (store), ((guint64) i * 7919u) % N));
  row ("get_item at random, GListStore", seconds_since (start));
  start = g_get_monotonic_time ();
  g_hash_table_iter_init (&iter, hash);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    count_cb (item, &n);
  row ("iterate, GHashTable", seconds_since (start));

  start = g_get_monotonic_time ();
  for (i = 0; i < N; i++)
    g_hash_table_remove (hash, objects[((guint64) i * 7919u) % N]);
  row ("remove at random, GHashTable", seconds_since (start));
  start = g_get_monotonic_time ();
  g_list_store_remove_all (store);
  row ("remove all, GListStore", seconds_since (start));

  start = g_get_monotonic_time ();
  drop_objects ();
  row ("the objects die at random, in a set", seconds_since (start));
  start = g_get_monotonic_time ();
  while (g_main_context_iteration (NULL, FALSE))
    ;
  row ("the list model hears of it", seconds_since (start));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 0);
  make_objects ();
  start = g_get_monotonic_time ();
  drop_objects ();
  row ("the same in no collection", seconds_since (start));
  g_assert_cmpuint (n, ==, 4 * N);

  g_hash_table_unref (hash);
  g_object_unref (store);
  g_object_unref (set);
}

int
main (int    argc,
      char **argv)
{
  g_print ("\nSet of 1,000,000 objects\n");

  /* The first time is for the memory. */
  quiet = TRUE;
  measure ();
  quiet = FALSE;
  measure ();

  return 0;
}
