/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

#define N_KEYS 100000

/* What a program writes by hand, as carefully as it can be written: a mutex, a hash table, a
 * GWeakRef for each object, and a weak notify that removes the entry. */

typedef struct
{
  GMutex lock;
  GHashTable *entries;
} Hand;

typedef struct
{
  Hand *hand;
  char *key;
  GWeakRef object;
} HandEntry;

static void
hand_entry_free (gpointer data)
{
  HandEntry *entry = data;

  g_weak_ref_clear (&entry->object);
  g_free (entry->key);
  g_free (entry);
}

static void
hand_notify_cb (gpointer  data,
                GObject  *where_the_object_was)
{
  HandEntry *entry = data;
  Hand *hand = entry->hand;

  g_mutex_lock (&hand->lock);
  g_hash_table_remove (hand->entries, entry->key);
  g_mutex_unlock (&hand->lock);
}

static void
hand_insert (Hand       *hand,
             const char *key,
             GObject    *object)
{
  HandEntry *entry = g_new (HandEntry, 1);

  entry->hand = hand;
  entry->key = g_strdup (key);
  g_weak_ref_init (&entry->object, object);
  g_object_weak_ref (object, hand_notify_cb, entry);
  g_mutex_lock (&hand->lock);
  g_hash_table_replace (hand->entries, entry->key, entry);
  g_mutex_unlock (&hand->lock);
}

static gpointer
hand_lookup (Hand       *hand,
             const char *key)
{
  HandEntry *entry;
  gpointer object = NULL;

  g_mutex_lock (&hand->lock);
  entry = g_hash_table_lookup (hand->entries, key);
  if (entry != NULL)
    object = g_weak_ref_get (&entry->object);
  g_mutex_unlock (&hand->lock);

  return object;
}

static char *keys[N_KEYS];
static GObject *objects[N_KEYS];

typedef enum { INSERT, LOOKUP, DEATH } What;

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

static void
ours_value_table (guint    n,
                  gpointer data)
{
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  What what = GPOINTER_TO_INT (data);
  guint i;

  make_objects ();
  if (what == INSERT)
    bench_start ();
  for (i = 0; i < n; i++)
    weakref_value_table_insert (table, keys[i], objects[i]);
  if (what == INSERT)
    bench_stop ();

  if (what == LOOKUP)
    {
      bench_start ();
      for (i = 0; i < n; i++)
        g_object_unref (weakref_value_table_lookup (table, keys[((guint64) i * 7919u) % N_KEYS]));
      bench_stop ();
    }

  if (what == DEATH)
    bench_start ();
  drop_objects ();
  if (what == DEATH)
    bench_stop ();
  g_object_unref (table);
}

static void
hand_value_table (guint    n,
                  gpointer data)
{
  Hand hand = { .entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                                  hand_entry_free) };
  What what = GPOINTER_TO_INT (data);
  guint i;

  make_objects ();
  if (what == INSERT)
    bench_start ();
  for (i = 0; i < n; i++)
    hand_insert (&hand, keys[i], objects[i]);
  if (what == INSERT)
    bench_stop ();

  if (what == LOOKUP)
    {
      bench_start ();
      for (i = 0; i < n; i++)
        g_object_unref (hand_lookup (&hand, keys[((guint64) i * 7919u) % N_KEYS]));
      bench_stop ();
    }

  if (what == DEATH)
    bench_start ();
  drop_objects ();
  if (what == DEATH)
    bench_stop ();
  g_hash_table_unref (hand.entries);
}

static void
ours_key_table (guint    n,
                gpointer data)
{
  WeakrefKeyTable *table = weakref_key_table_new (NULL);
  guint n_keys = GPOINTER_TO_UINT (data);
  guint i;

  make_objects ();
  for (i = 0; i < n_keys; i++)
    weakref_key_table_insert (table, objects[i], objects[i]);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      if (weakref_key_table_lookup (table, objects[((guint64) i * 7919u) % n_keys]) == NULL)
        g_error ("not found");
    }
  bench_stop ();
  drop_objects ();
  g_object_unref (table);
}

static void
hand_key_table (guint    n,
                gpointer data)
{
  GHashTable *table = g_hash_table_new (NULL, NULL);
  guint n_keys = GPOINTER_TO_UINT (data);
  GMutex lock;
  guint i;

  g_mutex_init (&lock);
  make_objects ();
  for (i = 0; i < n_keys; i++)
    g_hash_table_insert (table, objects[i], objects[i]);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      gpointer value;

      g_mutex_lock (&lock);
      value = g_hash_table_lookup (table, objects[((guint64) i * 7919u) % n_keys]);
      g_mutex_unlock (&lock);
      if (value == NULL)
        g_error ("not found");
    }
  bench_stop ();
  drop_objects ();
  g_hash_table_unref (table);
}

static void
weak_ref_get (guint    n,
              gpointer data)
{
  GWeakRef *refs = g_new (GWeakRef, N_KEYS);
  guint n_keys = GPOINTER_TO_UINT (data);
  guint i;

  make_objects ();
  for (i = 0; i < n_keys; i++)
    g_weak_ref_init (&refs[i], objects[i]);
  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (g_weak_ref_get (&refs[((guint64) i * 7919u) % n_keys]));
  bench_stop ();
  for (i = 0; i < n_keys; i++)
    g_weak_ref_clear (&refs[i]);
  drop_objects ();
  g_free (refs);
}

static void
bytes_per_entry (void)
{
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  WeakrefKeyTable *key_table = weakref_key_table_new (NULL);
  Hand hand = { .entries = g_hash_table_new_full (g_str_hash, g_str_equal, NULL,
                                                  hand_entry_free) };
  gsize before;
  double ours;
  double theirs;
  guint i;

  make_objects ();
  before = bench_heap ();
  for (i = 0; i < N_KEYS; i++)
    weakref_value_table_insert (table, keys[i], objects[i]);
  ours = (double) (bench_heap () - before) / N_KEYS;
  before = bench_heap ();
  for (i = 0; i < N_KEYS; i++)
    weakref_key_table_insert (key_table, objects[i], NULL);
  theirs = (double) (bench_heap () - before) / N_KEYS;
  g_print ("  %-50s %8.0f B\n", "one more table: an entry of a key table", theirs);
  drop_objects ();

  make_objects ();
  before = bench_heap ();
  for (i = 0; i < N_KEYS; i++)
    hand_insert (&hand, keys[i], objects[i]);
  theirs = (double) (bench_heap () - before) / N_KEYS;
  bench_bytes ("an entry of a value table, its object's first", ours, theirs);
  drop_objects ();

  g_hash_table_unref (hand.entries);
  g_object_unref (key_table);
  g_object_unref (table);
}

int
main (int    argc,
      char **argv)
{
  gpointer all = GUINT_TO_POINTER (N_KEYS);
  gpointer few = GUINT_TO_POINTER (1000);
  guint i;

  for (i = 0; i < N_KEYS; i++)
    keys[i] = g_strdup_printf ("some/name/of/a/thing-%u", i);

  bench_title ("Value table, 100,000 string keys");
  bench_compare_funcs ("lookup, beside mutex + hash + GWeakRef", N_KEYS, ours_value_table,
                       hand_value_table, GINT_TO_POINTER (LOOKUP), 1.15);
  bench_compare_funcs ("insert", N_KEYS, ours_value_table, hand_value_table,
                       GINT_TO_POINTER (INSERT), 1.3);
  bench_compare_funcs ("death", N_KEYS, ours_value_table, hand_value_table,
                       GINT_TO_POINTER (DEATH), 1.3);

  bench_title ("Key table");
  bench_compare_funcs ("lookup of 1,000, beside mutex + hash", 1000000, ours_key_table,
                       hand_key_table, few, 1.6);
  bench_compare_funcs ("lookup of 100,000, beside mutex + hash", 1000000, ours_key_table,
                       hand_key_table, all, 1.6);
  bench_compare_funcs ("lookup of 1,000, beside g_weak_ref_get", 1000000, ours_key_table,
                       weak_ref_get, few, 0);

  bench_title ("Memory");
  bytes_per_entry ();

  return 0;
}
