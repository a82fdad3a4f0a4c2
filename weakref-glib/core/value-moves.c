/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/value-moves.h>

/* Makes an entry for @object with a copy of @key. Returns two references, one for the table and one
 * for the caller. The caller holds @object. */
static WeakrefValueEntry *
entry_new_for (WeakrefValueCore *core, gconstpointer key, gpointer object)
{
  WeakrefValueProbe probe = weakref_value_entry_probe (core, key);
  WeakrefValueEntry *entry = weakref_value_entry_new (&probe, object);

  weakref_entry_init (&entry->base, &core->base, object);

  return weakref_entry_ref (entry);
}

/* To be called outside the lock, when @entry was put into the table, or was not. Drops the
 * reference of the caller. */
static void
entry_done (WeakrefValueEntry *entry, gboolean put, gpointer object)
{
  if (put)
    weakref_value_entry_entered (entry, object);
  else
    weakref_entry_drop (&entry->base);
  weakref_entry_unref (entry);
}

/* Puts @made into the table instead of @entry. If @entry is NULL, @made is only put in; if @made is
 * NULL, @entry is only taken out. Returns FALSE if @entry had left the table or @made can't be put
 * in. Sets @old to the entry that the caller has to drop, or to NULL. */
static gboolean
core_swap_locked (WeakrefValueCore *core,
                  WeakrefValueEntry *entry,
                  WeakrefValueEntry *made,
                  WeakrefEntry **old)
{
  *old = NULL;
  if (entry != NULL && entry->base.watch.state != WEAKREF_ENTRY_IN)
    return FALSE;

  if (made != NULL)
    return weakref_value_core_put_locked (core, made, old);

  if (entry != NULL)
    *old = weakref_table_take_entry_locked (&core->base, &entry->base);

  return TRUE;
}

/* Enters @object for @key if @expected is what @key stands for now. Each of the two may be NULL,
 * which means that there is no object. Returns whether that was done. */
gboolean
weakref_value_core_replace (WeakrefValueCore *core,
                            gconstpointer key,
                            gpointer expected,
                            gpointer object)
{
  WeakrefValueProbe probe = weakref_value_entry_probe (core, key);
  /* This is made even if there is nothing to enter, because it has a copy of the key: the key of
   * the caller can't be used after foreign code has run. */
  WeakrefValueEntry *made =
    object != NULL ? entry_new_for (core, key, object) : weakref_value_entry_new (&probe, NULL);
  WeakrefValueEntry *entered = object != NULL ? made : NULL;
  gboolean again = TRUE;
  gboolean done = FALSE;

  probe = weakref_value_entry_get_probe (made);
  while (again)
    {
      WeakrefEntry *old = NULL;
      WeakrefValueEntry *entry;
      gpointer found;

      again = FALSE;
      weakref_lock (&core->base.lock);
      entry = weakref_value_core_find_locked (core, &probe);
      if (entry == NULL && expected == NULL)
        done = core_swap_locked (core, NULL, entered, &old);
      g_mutex_unlock (&core->base.lock);
      if (entry == NULL)
        break;

      found = weakref_value_entry_dup_object (entry);
      if (found == NULL)
        {
          weakref_value_entry_retire (entry);
          again = TRUE;
        }
      else if (found == expected)
        {
          weakref_lock (&core->base.lock);
          again = entry->base.watch.state != WEAKREF_ENTRY_IN;
          done = core_swap_locked (core, entry, entered, &old);
          g_mutex_unlock (&core->base.lock);
        }
      if (old != NULL)
        weakref_entry_drop (old);
      g_clear_object (&found);
      weakref_entry_unref (entry);
    }

  if (object != NULL)
    entry_done (made, done, object);
  else
    weakref_value_entry_free (made);

  return done;
}

/* Takes out the entry of @key. Returns its object, or NULL if there was none alive. */
gpointer
weakref_value_core_steal (WeakrefValueCore *core, gconstpointer key)
{
  WeakrefEntry *entry = weakref_value_core_take (core, key);
  gpointer object;

  if (entry == NULL)
    return NULL;

  object = weakref_block_dup_target (weakref_watch_get_block (&entry->watch));
  weakref_entry_drop (entry);

  return object;
}

/* Takes out all entries of an object, whose current block is @block, or NULL if it has none. The
 * caller has to drop them. */
static void
core_take_object_locked (WeakrefValueCore *core, WeakrefBlock *block, GPtrArray *dropped)
{
  GList *list;

  if (block == NULL)
    return;

  if (core->index == NULL)
    core->index = weakref_object_index_new (&core->base);
  while ((list = weakref_object_index_get (core->index, block)) != NULL)
    g_ptr_array_add (dropped, weakref_table_take_entry_locked (&core->base, list->data));
}

/* Makes @new_key the only key of @object, which the caller holds. Returns FALSE if @object had no
 * key. Then nothing was changed. */
gboolean
weakref_value_core_rekey (WeakrefValueCore *core, gpointer object, gconstpointer new_key)
{
  WeakrefValueEntry *made = entry_new_for (core, new_key, object);
  WeakrefBlock *block = weakref_block_peek (object, WEAKREF_PHASE_DISPOSE);
  GPtrArray *dropped = g_ptr_array_new_with_free_func ((GDestroyNotify) weakref_entry_drop);
  WeakrefEntry *old = NULL;
  gboolean put = FALSE;

  weakref_lock (&core->base.lock);
  core_take_object_locked (core, block, dropped);
  if (dropped->len > 0)
    put = weakref_value_core_put_locked (core, made, &old);
  g_mutex_unlock (&core->base.lock);

  /* The new entry is entered before the old ones are dropped. So a cache tracks the object all the
   * time. */
  entry_done (made, put, object);
  g_ptr_array_unref (dropped);
  if (old != NULL)
    weakref_entry_drop (old);
  g_clear_pointer (&block, weakref_block_unref);

  return put;
}

/* Takes out all entries of @object, which the caller holds. Returns whether there were any. */
gboolean
weakref_value_core_remove_object (WeakrefValueCore *core, gpointer object)
{
  WeakrefBlock *block = weakref_block_peek (object, WEAKREF_PHASE_DISPOSE);
  GPtrArray *dropped = g_ptr_array_new_with_free_func ((GDestroyNotify) weakref_entry_drop);
  gboolean removed;

  weakref_lock (&core->base.lock);
  core_take_object_locked (core, block, dropped);
  g_mutex_unlock (&core->base.lock);

  removed = dropped->len > 0;
  g_ptr_array_unref (dropped);
  g_clear_pointer (&block, weakref_block_unref);

  return removed;
}

/* Returns the newest entry of @object, with a new reference, or NULL. The caller holds @object. */
WeakrefValueEntry *
weakref_value_core_find_object (WeakrefValueCore *core, gpointer object)
{
  WeakrefBlock *block = weakref_block_peek (object, WEAKREF_PHASE_DISPOSE);
  GPtrArray *entries = NULL;
  WeakrefValueEntry *found = NULL;
  gboolean sorted;
  GList *list;

  if (block == NULL)
    return NULL;

  do
    {
      weakref_lock (&core->base.lock);
      if (core->index == NULL)
        core->index = weakref_object_index_new (&core->base);
      if (entries != NULL)
        weakref_object_index_sort (core->index, block, entries);
      sorted = weakref_object_index_is_sorted (core->index, block);
      list = weakref_object_index_get (core->index, block);
      if (sorted && list != NULL)
        found = weakref_entry_ref (list->data);
      g_mutex_unlock (&core->base.lock);

      g_clear_pointer (&entries, g_ptr_array_unref);
      /* The newest entry is the one that began to watch the object last. The watches of the block
       * are in that order. This is done once. */
      if (!sorted)
        entries = weakref_table_find_object (&core->base, object);
    }
  while (!sorted);
  weakref_block_unref (block);

  return found;
}
