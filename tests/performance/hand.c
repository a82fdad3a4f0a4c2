/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "hand.h"

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

/* An entry whose place is taken must not be found by its notify any more, nor be freed under
 * it. */
static void
values_notify_cb (gpointer data, GObject *where_the_object_was)
{
  HandEntry *entry = data;
  Hand *hand = entry->hand;

  g_mutex_lock (&hand->lock);
  if (g_hash_table_lookup (hand->entries, entry->key) == entry)
    g_hash_table_remove (hand->entries, entry->key);
  g_mutex_unlock (&hand->lock);
  hand_entry_free (entry);
}

void
hand_values_init (Hand *hand)
{
  g_mutex_init (&hand->lock);
  hand->entries = g_hash_table_new (g_str_hash, g_str_equal);
}

void
hand_values_insert (Hand *hand, const char *key, GObject *object)
{
  HandEntry *entry = g_new (HandEntry, 1);
  HandEntry *old;
  GObject *old_object = NULL;

  entry->hand = hand;
  entry->key = g_strdup (key);
  g_weak_ref_init (&entry->object, object);
  g_object_weak_ref (object, values_notify_cb, entry);
  g_mutex_lock (&hand->lock);
  old = g_hash_table_lookup (hand->entries, key);
  if (old != NULL)
    old_object = g_weak_ref_get (&old->object);
  g_hash_table_replace (hand->entries, entry->key, entry);
  g_mutex_unlock (&hand->lock);

  if (old_object != NULL)
    {
      g_object_weak_unref (old_object, values_notify_cb, old);
      g_object_unref (old_object);
      hand_entry_free (old);
    }
}

gpointer
hand_values_lookup (Hand *hand, const char *key)
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
keys_notify_cb (gpointer data, GObject *where_the_object_was)
{
  Hand *hand = data;
  gpointer value = NULL;

  g_mutex_lock (&hand->lock);
  g_hash_table_steal_extended (hand->entries, where_the_object_was, NULL, &value);
  g_mutex_unlock (&hand->lock);
  g_free (value);
}

void
hand_keys_init (Hand *hand)
{
  g_mutex_init (&hand->lock);
  hand->entries = g_hash_table_new (NULL, NULL);
}

void
hand_keys_insert (Hand *hand, GObject *key, gpointer value)
{
  gpointer old = NULL;
  gboolean replaced;

  g_mutex_lock (&hand->lock);
  replaced = g_hash_table_steal_extended (hand->entries, key, NULL, &old);
  g_hash_table_insert (hand->entries, key, value);
  g_mutex_unlock (&hand->lock);

  if (!replaced)
    g_object_weak_ref (key, keys_notify_cb, hand);
  g_free (old);
}

gpointer
hand_keys_lookup (Hand *hand, GObject *key)
{
  gpointer value;

  g_mutex_lock (&hand->lock);
  value = g_hash_table_lookup (hand->entries, key);
  g_mutex_unlock (&hand->lock);

  return value;
}

/* When the objects are gone. */
void
hand_clear (Hand *hand)
{
  g_hash_table_unref (hand->entries);
  g_mutex_clear (&hand->lock);
}
