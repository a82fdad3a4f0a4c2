/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

#define N_KEYS bench_scale (100000)

static char **keys;

/* What a program writes by hand, if it takes care: a mutex, a hash table, and for each object a
 * GWeakRef and a weak notify that removes the entry. An entry whose place is taken must not be
 * found by its notify any more, nor be freed under it. */

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
hand_entry_free (HandEntry *entry)
{
  g_weak_ref_clear (&entry->object);
  g_free (entry->key);
  g_free (entry);
}

static void
hand_notify_cb (gpointer data, GObject *where_the_object_was)
{
  HandEntry *entry = data;
  Hand *hand = entry->hand;

  g_mutex_lock (&hand->lock);
  if (g_hash_table_lookup (hand->entries, entry->key) == entry)
    g_hash_table_remove (hand->entries, entry->key);
  g_mutex_unlock (&hand->lock);
  hand_entry_free (entry);
}

static void
hand_insert (Hand *hand, const char *key, GObject *object)
{
  HandEntry *entry = g_new (HandEntry, 1);
  HandEntry *old;
  GObject *old_object = NULL;

  entry->hand = hand;
  entry->key = g_strdup (key);
  g_weak_ref_init (&entry->object, object);
  g_object_weak_ref (object, hand_notify_cb, entry);
  g_mutex_lock (&hand->lock);
  old = g_hash_table_lookup (hand->entries, key);
  if (old != NULL)
    old_object = g_weak_ref_get (&old->object);
  g_hash_table_replace (hand->entries, entry->key, entry);
  g_mutex_unlock (&hand->lock);

  if (old_object != NULL)
    {
      g_object_weak_unref (old_object, hand_notify_cb, old);
      g_object_unref (old_object);
      hand_entry_free (old);
    }
}

static gpointer
hand_lookup (Hand *hand, const char *key)
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

static void
hand_init (Hand *hand)
{
  g_mutex_init (&hand->lock);
  hand->entries = g_hash_table_new (g_str_hash, g_str_equal);
}

static void
hand_clear (Hand *hand)
{
  g_hash_table_unref (hand->entries);
  g_mutex_clear (&hand->lock);
}

typedef enum
{
  INSERT,
  LOOKUP,
  DEATH
} What;

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

static void
ours_value_table (guint n, gpointer data)
{
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  GObject **objects = bench_objects_new (n);
  What what = GPOINTER_TO_INT (data);
  guint i;

  start_if (what == INSERT);
  for (i = 0; i < n; i++)
    weakref_value_table_insert (table, keys[i], objects[i]);
  stop_if (what == INSERT);

  start_if (what == LOOKUP);
  for (i = 0; what == LOOKUP && i < n; i++)
    g_object_unref (weakref_value_table_lookup (table, keys[bench_pick (i, n)]));
  stop_if (what == LOOKUP);

  start_if (what == DEATH);
  bench_objects_free (objects, n);
  stop_if (what == DEATH);
  g_object_unref (table);
}

static void
hand_value_table (guint n, gpointer data)
{
  GObject **objects = bench_objects_new (n);
  What what = GPOINTER_TO_INT (data);
  Hand hand;
  guint i;

  hand_init (&hand);
  start_if (what == INSERT);
  for (i = 0; i < n; i++)
    hand_insert (&hand, keys[i], objects[i]);
  stop_if (what == INSERT);

  start_if (what == LOOKUP);
  for (i = 0; what == LOOKUP && i < n; i++)
    g_object_unref (hand_lookup (&hand, keys[bench_pick (i, n)]));
  stop_if (what == LOOKUP);

  start_if (what == DEATH);
  bench_objects_free (objects, n);
  stop_if (what == DEATH);
  hand_clear (&hand);
}

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
ours_key_table (guint n, gpointer data)
{
  guint n_keys = bench_scale (GPOINTER_TO_UINT (data));
  GObject **objects = bench_objects_new (n_keys);
  WeakrefKeyTable *table = weakref_key_table_new (g_free);
  guint i;

  for (i = 0; i < n_keys; i++)
    weakref_key_table_insert (table, objects[i], value_new (objects[i]));
  bench_start ();
  for (i = 0; i < n; i++)
    {
      GObject *key = objects[bench_pick (i, n_keys)];

      use (key, weakref_key_table_lookup (table, key));
    }
  bench_stop ();
  bench_objects_free (objects, n_keys);
  g_object_unref (table);
}

static void
hand_key_table (guint n, gpointer data)
{
  guint n_keys = bench_scale (GPOINTER_TO_UINT (data));
  GObject **objects = bench_objects_new (n_keys);
  GHashTable *table = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  GMutex lock;
  guint i;

  g_mutex_init (&lock);
  for (i = 0; i < n_keys; i++)
    g_hash_table_insert (table, objects[i], value_new (objects[i]));
  bench_start ();
  for (i = 0; i < n; i++)
    {
      GObject *key = objects[bench_pick (i, n_keys)];
      Value *value;

      g_mutex_lock (&lock);
      value = g_hash_table_lookup (table, key);
      g_mutex_unlock (&lock);
      use (key, value);
    }
  bench_stop ();
  g_hash_table_unref (table);
  g_mutex_clear (&lock);
  bench_objects_free (objects, n_keys);
}

static void
weak_ref_get (guint n, gpointer data)
{
  guint n_keys = bench_scale (GPOINTER_TO_UINT (data));
  GObject **objects = bench_objects_new (n_keys);
  GWeakRef *refs = g_new (GWeakRef, n_keys);
  guint i;

  for (i = 0; i < n_keys; i++)
    g_weak_ref_init (&refs[i], objects[i]);
  bench_start ();
  for (i = 0; i < n; i++)
    g_object_unref (g_weak_ref_get (&refs[bench_pick (i, n_keys)]));
  bench_stop ();
  for (i = 0; i < n_keys; i++)
    g_weak_ref_clear (&refs[i]);
  g_free (refs);
  bench_objects_free (objects, n_keys);
}

static void
bytes_per_entry (void)
{
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  WeakrefKeyTable *key_table = weakref_key_table_new (NULL);
  guint n = N_KEYS;
  GObject **objects = bench_objects_new (n);
  double before = bench_heap ();
  double value_bytes;
  double key_bytes;
  Hand hand;
  guint i;

  for (i = 0; i < n; i++)
    weakref_value_table_insert (table, keys[i], objects[i]);
  value_bytes = (bench_heap () - before) / n;
  before = bench_heap ();
  for (i = 0; i < n; i++)
    weakref_key_table_insert (key_table, objects[i], NULL);
  key_bytes = (bench_heap () - before) / n;
  bench_objects_free (objects, n);

  hand_init (&hand);
  objects = bench_objects_new (n);
  before = bench_heap ();
  for (i = 0; i < n; i++)
    hand_insert (&hand, keys[i], objects[i]);
  bench_row ("entry of a value table, the first of its object", "bytes", value_bytes, "by hand",
             (bench_heap () - before) / n, 0);
  bench_row ("entry of a key table, not the first of its object", "bytes", key_bytes, NULL, 0, 0);
  bench_objects_free (objects, n);

  hand_clear (&hand);
  g_object_unref (key_table);
  g_object_unref (table);
}

int
main (int argc, char **argv)
{
  /* Reading a GWeakRef has become slower in 2.80. */
  double target = glib_check_version (2, 84, 0) == NULL ? 1 : 0;
  gpointer all = GUINT_TO_POINTER (100000);
  gpointer few = GUINT_TO_POINTER (1000);
  guint i;

  bench_init (argc, argv);
  keys = g_new (char *, N_KEYS);
  for (i = 0; i < N_KEYS; i++)
    keys[i] = g_strdup_printf ("some/name/of/a/thing-%u", i);

  bench_section ("Value table, 100,000 string keys");
  bench_compare ("lookup", 100000, ours_value_table, "by hand", hand_value_table,
                 GINT_TO_POINTER (LOOKUP), 1.15);
  bench_compare ("insert", 100000, ours_value_table, "by hand", hand_value_table,
                 GINT_TO_POINTER (INSERT), 1.3);
  bench_compare ("death", 100000, ours_value_table, "by hand", hand_value_table,
                 GINT_TO_POINTER (DEATH), 1.3);

  bench_section ("Key table");
  bench_compare ("lookup in 1,000 keys", 100000, ours_key_table, "by hand", hand_key_table, few,
                 1.6);
  bench_compare ("lookup in 1,000 keys, once more", 100000, ours_key_table, "GWeakRef",
                 weak_ref_get, few, target);
  bench_compare ("lookup in 100,000 keys", 100000, ours_key_table, "by hand", hand_key_table, all,
                 1.6);

  bench_section ("Memory of the tables");
  bytes_per_entry ();

  for (i = 0; i < N_KEYS; i++)
    g_free (keys[i]);
  g_free (keys);

  return 0;
}
