/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/table.h>

/* LOCKING. The table's lock guards its map, the state of its entries, and the fields of the tables
 * built on this that say so. Nothing foreign runs under it: no reference is taken or dropped, and
 * no callback or destroy notify is called. There are two exceptions: the equality function of
 * the user, when an entry is looked up by key, and the dup function of
 * weakref_key_table_lookup_dup(). Therefore these two functions must not use the table. The
 * lock of a block is never taken while this lock is held, and this one is never taken while the
 * lock of a block is held.
 *
 * An entry is put into the map, taken out and counted under the lock. An entry that was taken out
 * is dropped outside the lock, by weakref_entry_drop(). The table and the watch have a reference on
 * the entry, and so has a reading if the entry has left meanwhile: see reading.c. When the last of
 * them is dropped, the entry is freed with its key or value: once, and always outside the lock. */

void
weakref_table_init (WeakrefTable *table, const WeakrefTableFuncs *funcs)
{
  table->ref_count = 1;
  g_mutex_init (&table->lock);
  weakref_locks_add (&table->listed, &table->lock);
  weakref_map_init (&table->map, funcs->take_data != NULL);
  table->readings = NULL;
  table->funcs = funcs;
}

gpointer
weakref_table_ref (gpointer data)
{
  WeakrefTable *table = data;

  g_atomic_int_inc (&table->ref_count);
  return table;
}

void
weakref_table_unref (gpointer data)
{
  WeakrefTable *table = data;

  if (!g_atomic_int_dec_and_test (&table->ref_count))
    return;

  g_assert (table->map.n == 0);
  weakref_map_clear (&table->map);
  weakref_locks_remove (&table->listed);
  g_mutex_clear (&table->lock);
  table->funcs->free_table (table);
}

gpointer
weakref_entry_ref (gpointer data)
{
  WeakrefEntry *entry = data;

  g_atomic_int_inc (&entry->watch.ref_count);
  return entry;
}

static void
entry_unref_many (WeakrefEntry *entry, gint n)
{
  WeakrefTable *table = entry->table;

  if (!weakref_count_drop (&entry->watch.ref_count, n))
    return;

  table->funcs->free_entry (entry);
  weakref_table_unref (table);
}

void
weakref_entry_unref (gpointer entry)
{
  entry_unref_many (entry, 1);
}

static void
entry_out_locked (WeakrefEntry *entry)
{
  WeakrefTable *table = entry->table;

  entry->watch.state = WEAKREF_ENTRY_OUT;
  if (G_UNLIKELY (table->readings != NULL) && weakref_reading_park (table->readings, entry))
    weakref_entry_ref (entry);
  if (table->funcs->left_locked != NULL)
    table->funcs->left_locked (table, entry);
}

/* Takes out the entry at @index, or nothing if that is WEAKREF_MAP_NONE. The caller has to drop the
 * entry. */
WeakrefEntry *
weakref_table_take_locked (WeakrefTable *table, gsize index)
{
  WeakrefEntry *entry;

  if (index == WEAKREF_MAP_NONE)
    return NULL;

  entry = weakref_map_get_entry (&table->map, index);
  if (table->funcs->take_data != NULL)
    table->funcs->take_data (entry, weakref_map_get_data (&table->map, index));
  weakref_map_remove (&table->map, index);
  entry_out_locked (entry);

  return entry;
}

/* Returns the index of an entry that is in the table. */
gsize
weakref_table_find_entry_locked (WeakrefTable *table, WeakrefEntry *entry)
{
  guint32 hash = table->funcs->has_hashes ? weakref_map_get_hash (entry->hash) : entry->hash;

  return weakref_map_find_entry (&table->map, hash, entry);
}

/* Takes @entry out if it is in the table. Then it is returned, and the caller has to drop it.
 * Otherwise NULL is returned. */
WeakrefEntry *
weakref_table_take_entry_locked (WeakrefTable *table, WeakrefEntry *entry)
{
  if (entry->watch.state != WEAKREF_ENTRY_IN)
    return NULL;

  return weakref_table_take_locked (table, weakref_table_find_entry_locked (table, entry));
}

static void
entry_sever_cb (WeakrefWatch *watch)
{
  WeakrefEntry *entry = (WeakrefEntry *) watch;
  WeakrefTable *table = entry->table;

  weakref_lock (&table->lock);
  if (weakref_table_take_entry_locked (table, entry) != NULL)
    watch->flags |= WEAKREF_ENTRY_TAKEN_BY_DEATH;
  watch->state = WEAKREF_ENTRY_OUT;
  g_mutex_unlock (&table->lock);
}

static void
entry_announce_cb (WeakrefWatch *watch, gpointer target)
{
  WeakrefEntry *entry = (WeakrefEntry *) watch;
  WeakrefTable *table = entry->table;

  /* The flag was set when this death was severed. It says that the table's reference is ours,
   * too. */
  if ((watch->flags & WEAKREF_ENTRY_TAKEN_BY_DEATH) != 0)
    {
      if (table->funcs->died != NULL)
        table->funcs->died (table, entry, target);
      if (table->funcs->released != NULL)
        table->funcs->released (entry);
      entry_unref_many (entry, 2);
    }
  else
    weakref_entry_unref (entry);
}

static void
entry_unref_cb (WeakrefWatch *watch)
{
  weakref_entry_unref (watch);
}

static const char *
entry_describe (const WeakrefWatch *watch)
{
  return ((const WeakrefEntry *) watch)->table->funcs->name;
}

static const WeakrefWatchFuncs entry_funcs = {
  entry_sever_cb, entry_announce_cb, entry_unref_cb, NULL, entry_describe,
};

/* Starts to watch @target, on which the caller has a reference. The caller gets one reference on
 * the entry, which it gives to the table. The hash has been set, if the table has hashes. */
void
weakref_entry_init (WeakrefEntry *entry, WeakrefTable *table, gpointer target)
{
  entry->watch.ref_count = 2; /* the other is the watch's */
  entry->watch.state = WEAKREF_ENTRY_NEW;
  entry->table = weakref_table_ref (table);
  if (!table->funcs->has_hashes)
    entry->hash = weakref_map_get_hash ((gsize) target);
  weakref_watch_start (&entry->watch, &entry_funcs, target, WEAKREF_PHASE_DISPOSE);
}

/* Puts @entry into the table. If @index is not WEAKREF_MAP_NONE, it replaces the entry there. @old
 * is set to the replaced entry, which the caller has to drop, or to NULL. @tag is the hash of the
 * entry, or the address of its object. @data is what a lookup finds: the entry itself, if the table
 * has no other data. Returns FALSE if the target has died or the table was closed in the meantime.
 * Then @entry is not in the table, and the caller has to drop it. */
gboolean
weakref_table_put_locked (WeakrefTable *table,
                          WeakrefEntry *entry,
                          gsize index,
                          gsize tag,
                          gpointer data,
                          WeakrefEntry **old)
{
  *old = NULL;
  if (entry->watch.state != WEAKREF_ENTRY_NEW || table->closed)
    return FALSE;

  *old = weakref_table_take_locked (table, index);
  entry->watch.state = WEAKREF_ENTRY_IN;
  if (G_UNLIKELY (table->readings != NULL))
    weakref_reading_put (table->readings, entry);
  weakref_map_add (&table->map, tag, data, entry);

  return TRUE;
}

/* Drops an entry that was never in the table, or was taken out of it. */
void
weakref_entry_drop (WeakrefEntry *entry)
{
  if (entry->table->funcs->released != NULL)
    entry->table->funcs->released (entry);
  weakref_watch_stop (&entry->watch);
  weakref_entry_unref (entry);
}

void
weakref_table_clear (WeakrefTable *table)
{
  GPtrArray *dropped = g_ptr_array_new ();
  gsize index;
  guint i;

  weakref_lock (&table->lock);
  for (index = weakref_map_next (&table->map, WEAKREF_MAP_NONE); index != WEAKREF_MAP_NONE;
       index = weakref_map_next (&table->map, index))
    {
      WeakrefEntry *entry = weakref_map_get_entry (&table->map, index);

      if (table->funcs->take_data != NULL)
        table->funcs->take_data (entry, weakref_map_get_data (&table->map, index));
      entry_out_locked (entry);
      g_ptr_array_add (dropped, entry);
    }
  weakref_map_clear (&table->map);
  g_mutex_unlock (&table->lock);

  for (i = 0; i < dropped->len; i++)
    weakref_entry_drop (g_ptr_array_index (dropped, i));
  g_ptr_array_unref (dropped);
}

/* Closes the core when its table object is finalized, and drops the reference of that object. */
void
weakref_table_close (WeakrefTable *table)
{
  weakref_lock (&table->lock);
  table->closed = TRUE;
  g_mutex_unlock (&table->lock);

  weakref_table_clear (table);
  weakref_table_unref (table);
}

guint
weakref_table_get_size (WeakrefTable *table)
{
  guint size;

  weakref_lock (&table->lock);
  size = table->map.n;
  g_mutex_unlock (&table->lock);

  return size;
}

/* Begins a reading of @n entries, which the caller writes to it before it releases the lock. All of
 * them are in the table. Each of them can be used until the reading ends, although there is no
 * reference on it. The reading keeps the core, so the table object can be dropped meanwhile. Also
 * makes the map smaller if it is nearly empty, so that indexes found before can't be used. */
WeakrefReading *
weakref_table_read_locked (WeakrefTable *table, guint n)
{
  WeakrefReading *reading = weakref_reading_begin (&table->readings, n);

  weakref_map_trim (&table->map);
  reading->table = weakref_table_ref (table);
  return reading;
}

/* Begins a reading of all entries. */
WeakrefReading *
weakref_table_read (WeakrefTable *table)
{
  WeakrefReading *reading;
  gpointer *entries;
  gsize index;

  weakref_lock (&table->lock);
  reading = weakref_table_read_locked (table, table->map.n);
  entries = reading->entries;
  for (index = weakref_map_next (&table->map, WEAKREF_MAP_NONE); index != WEAKREF_MAP_NONE;
       index = weakref_map_next (&table->map, index))
    *entries++ = weakref_map_get_entry (&table->map, index);
  g_mutex_unlock (&table->lock);

  return reading;
}

/* Ends a reading, and frees it. Drops the entries that have left meanwhile, if no older reading has
 * them. */
void
weakref_table_end_reading (WeakrefReading *reading)
{
  WeakrefTable *table = reading->table;
  GPtrArray *dropped;
  guint i;

  weakref_lock (&table->lock);
  dropped = weakref_reading_end (&table->readings, reading);
  g_mutex_unlock (&table->lock);

  for (i = 0; dropped != NULL && i < dropped->len; i++)
    weakref_entry_unref (g_ptr_array_index (dropped, i));
  weakref_reading_free (reading);
  weakref_table_unref (table);
}

typedef struct
{
  WeakrefTable *table;
  GPtrArray *entries;
} Find;

static void
find_entry_cb (gpointer watch, gpointer data)
{
  WeakrefEntry *entry = watch;
  Find *find = data;

  if (entry->table == find->table)
    g_ptr_array_add (find->entries, weakref_entry_ref (entry));
}

/* The entries of the table that watch @object, which the caller holds, newest first, with a
 * reference on each. They may have left the table, or not have come there yet. */
GPtrArray *
weakref_table_find_object (WeakrefTable *table, gpointer object)
{
  Find find = { table, g_ptr_array_new_with_free_func (weakref_entry_unref) };
  WeakrefBlock *block = weakref_block_peek (object, WEAKREF_PHASE_DISPOSE);

  if (block != NULL)
    {
      weakref_block_collect (block, &entry_funcs, find_entry_cb, &find);
      weakref_block_unref (block);
    }

  return find.entries;
}
