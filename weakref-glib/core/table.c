/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/table.h>

/* LOCKING. The table's lock guards its hash table, the state of its entries, and what the tables
 * built on this say it guards. Nothing foreign runs under it: no reference is taken or dropped, no
 * callback or destroy notify is called, except a user's own hash and equality functions while an
 * entry is looked up by key, which therefore must not use the table. It is never taken with a
 * block's lock held, nor the other way round.
 *
 * An entry is put, taken and counted under the lock; what was taken is dropped outside, by
 * weakref_entry_drop(). It is freed, with its key or value, when the last of the table, the watch
 * and a snapshot lets go of it: always outside, once. */

static void
entry_displaced_cb (gpointer data)
{
  WeakrefEntry *entry = data;

  entry->table->displaced = entry;
}

void
weakref_table_init (WeakrefTable *table,
                    const WeakrefTableFuncs *funcs,
                    GHashFunc hash,
                    GEqualFunc equal)
{
  g_atomic_ref_count_init (&table->ref_count);
  g_mutex_init (&table->lock);
  weakref_locks_add (&table->listed, &table->lock);
  table->funcs = funcs;
  table->entries = g_hash_table_new_full (hash, equal, NULL, entry_displaced_cb);
}

gpointer
weakref_table_ref (gpointer data)
{
  WeakrefTable *table = data;

  g_atomic_ref_count_inc (&table->ref_count);
  return table;
}

void
weakref_table_unref (gpointer data)
{
  WeakrefTable *table = data;

  if (!g_atomic_ref_count_dec (&table->ref_count))
    return;

  g_assert (g_hash_table_size (table->entries) == 0);
  g_hash_table_unref (table->entries);
  weakref_locks_remove (&table->listed);
  g_mutex_clear (&table->lock);
  table->funcs->free_table (table);
}

gpointer
weakref_entry_ref (gpointer data)
{
  WeakrefEntry *entry = data;

  g_atomic_int_inc (&entry->ref_count);
  return entry;
}

void
weakref_entry_unref (gpointer data)
{
  WeakrefEntry *entry = data;
  WeakrefTable *table = entry->table;

  if (!g_atomic_int_dec_and_test (&entry->ref_count))
    return;

  weakref_watch_clear (&entry->watch);
  table->funcs->free_entry (entry);
  weakref_table_unref (table);
}

static void
entry_out_locked (WeakrefEntry *entry)
{
  WeakrefTable *table = entry->table;

  entry->state = WEAKREF_ENTRY_OUT;
  if (table->funcs->left_locked != NULL)
    table->funcs->left_locked (table, entry);
}

static WeakrefEntry *
watch_get_entry (WeakrefWatch *watch)
{
  return (WeakrefEntry *) ((guint8 *) watch - G_STRUCT_OFFSET (WeakrefEntry, watch));
}

static void
entry_sever_cb (WeakrefWatch *watch)
{
  WeakrefEntry *entry = watch_get_entry (watch);
  WeakrefTable *table = entry->table;

  g_mutex_lock (&table->lock);
  entry->severed = entry->state == WEAKREF_ENTRY_IN;
  if (entry->severed)
    {
      g_hash_table_remove (table->entries, table->funcs->get_hash_key (entry));
      entry_out_locked (entry);
    }
  else
    entry->state = WEAKREF_ENTRY_OUT;
  g_mutex_unlock (&table->lock);
}

static void
entry_announce_cb (WeakrefWatch *watch)
{
  WeakrefEntry *entry = watch_get_entry (watch);
  WeakrefTable *table = entry->table;

  /* Written by the sever of this very death. */
  if (entry->severed)
    {
      if (table->funcs->died != NULL)
        table->funcs->died (table, entry);
      if (table->funcs->let_go != NULL)
        table->funcs->let_go (entry);
      weakref_entry_unref (entry);
    }
  weakref_entry_unref (entry);
}

static const char *
entry_describe (const WeakrefWatch *watch)
{
  return watch_get_entry ((WeakrefWatch *) watch)->table->funcs->name;
}

static const WeakrefWatchFuncs entry_funcs = { entry_sever_cb, entry_announce_cb, NULL,
                                               entry_describe };

/* Starts to watch @target, which the caller holds. The caller has one reference on the entry, for
 * the table. */
void
weakref_entry_init (WeakrefEntry *entry, WeakrefTable *table, gpointer target)
{
  entry->ref_count = 2; /* the other is the watch's */
  entry->table = weakref_table_ref (table);
  entry->state = WEAKREF_ENTRY_NEW;
  weakref_watch_start (&entry->watch, &entry_funcs, target, WEAKREF_PHASE_DISPOSE);
}

/* Puts @entry in, and sets @old to the one whose place it takes, or NULL; that is the caller's to
 * drop. Returns FALSE if the target died meanwhile, or the table was closed: then @entry stays out,
 * and the caller's to drop. */
gboolean
weakref_table_put_locked (WeakrefTable *table, WeakrefEntry *entry, WeakrefEntry **old)
{
  *old = NULL;
  if (entry->state != WEAKREF_ENTRY_NEW || table->closed)
    return FALSE;

  entry->state = WEAKREF_ENTRY_IN;
  table->displaced = NULL;
  g_hash_table_replace (table->entries, (gpointer) table->funcs->get_hash_key (entry), entry);
  *old = table->displaced;
  if (*old != NULL)
    entry_out_locked (*old);

  return TRUE;
}

/* Takes the entry out that is found by @hash_key; it is the caller's to drop. */
WeakrefEntry *
weakref_table_take_locked (WeakrefTable *table, gconstpointer hash_key)
{
  table->displaced = NULL;
  g_hash_table_remove (table->entries, hash_key);
  if (table->displaced != NULL)
    entry_out_locked (table->displaced);

  return table->displaced;
}

/* Lets go of an entry that is not, or no longer, in the table. */
void
weakref_entry_drop (WeakrefEntry *entry)
{
  if (entry->table->funcs->let_go != NULL)
    entry->table->funcs->let_go (entry);
  if (weakref_watch_stop (&entry->watch))
    weakref_entry_unref (entry);
  weakref_entry_unref (entry);
}

void
weakref_table_clear (WeakrefTable *table)
{
  GPtrArray *dropped = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer entry;
  guint i;

  g_mutex_lock (&table->lock);
  g_hash_table_iter_init (&iter, table->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    {
      entry_out_locked (entry);
      g_ptr_array_add (dropped, entry);
    }
  g_hash_table_remove_all (table->entries);
  g_mutex_unlock (&table->lock);

  for (i = 0; i < dropped->len; i++)
    weakref_entry_drop (g_ptr_array_index (dropped, i));
  g_ptr_array_unref (dropped);
}

/* For the end of the table object. Lets go of the table. */
void
weakref_table_close (WeakrefTable *table)
{
  g_mutex_lock (&table->lock);
  table->closed = TRUE;
  g_mutex_unlock (&table->lock);

  weakref_table_clear (table);
  weakref_table_unref (table);
}

guint
weakref_table_get_size (WeakrefTable *table)
{
  guint size;

  g_mutex_lock (&table->lock);
  size = g_hash_table_size (table->entries);
  g_mutex_unlock (&table->lock);

  return size;
}

/* All entries, with a reference on each. */
GPtrArray *
weakref_table_snapshot (WeakrefTable *table)
{
  GPtrArray *entries = g_ptr_array_new_with_free_func (weakref_entry_unref);
  GHashTableIter iter;
  gpointer entry;

  g_mutex_lock (&table->lock);
  g_hash_table_iter_init (&iter, table->entries);
  while (g_hash_table_iter_next (&iter, NULL, &entry))
    g_ptr_array_add (entries, weakref_entry_ref (entry));
  g_mutex_unlock (&table->lock);

  return entries;
}
