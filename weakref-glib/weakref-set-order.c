/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-set-private.h>

/* The set as a replacement of a GListStore: positions, and the order of the members. */

/**
 * weakref_set_find:
 * @self: a set
 * @item: (type GObject.Object) (transfer none) (not nullable): an object
 * @position: (out) (optional): where to put the position of @item in the list model
 *
 * Finds @item in the list model. It takes O(log n).
 *
 * You must hold a reference on @item during the call. Call it in the thread of the set's context:
 * elsewhere the position may be another one by the time that you have it.
 *
 * Returns: %TRUE if @item is in the set, and the list model has announced it
 *
 * Since: 1.0
 */
gboolean
weakref_set_find (WeakrefSet *self, gpointer item, guint *position)
{
  WeakrefSetList *list;
  WeakrefSetEntry *entry;
  guint found = 0;
  gboolean shown = FALSE;

  g_return_val_if_fail (WEAKREF_IS_SET (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (item), FALSE);

  list = weakref_set_get_list (self);
  weakref_lock (&list->table->lock);
  list->read = TRUE;
  entry = weakref_set_list_find_locked (list, item);
  if (entry != NULL)
    {
      weakref_entry_ref (entry);
      shown = weakref_positions_is_shown (&list->positions, entry->base.room.place);
      found = weakref_positions_find_position (&list->positions, entry->base.room.place);
    }
  g_mutex_unlock (&list->table->lock);

  if (entry == NULL)
    return FALSE;

  shown = shown && weakref_block_is_current (weakref_watch_get_block (&entry->base.watch), item);
  weakref_entry_unref (entry);
  if (shown && position != NULL)
    *position = found;

  return shown;
}

/* Moves the member @item before the one that is shown at @position. A position behind the end is
 * behind the members that are not shown yet, too. Returns FALSE if @item is no member, or is there
 * already. */
static gboolean
set_move (WeakrefSetList *list, gpointer item, guint position)
{
  WeakrefSetEntry *entry;
  gboolean moved = FALSE;

  weakref_lock (&list->table->lock);
  entry = weakref_set_list_find_locked (list, item);
  if (entry != NULL)
    {
      gboolean shown = weakref_positions_is_shown (&list->positions, entry->base.room.place);
      guint old = weakref_positions_find_position (&list->positions, entry->base.room.place);

      moved = TRUE;
      if (shown)
        {
          gboolean passes_new =
            position >= list->positions.n_shown && list->positions.n_changed > 0;

          position = MIN (position, list->positions.n_shown - 1);
          moved = old != position || passes_new;
          /* When it is taken out, the items behind it get a position that is lower by one. */
          if (moved && old <= position)
            position++;
        }
      if (moved)
        weakref_set_list_move_locked (list, entry, position);
    }
  g_mutex_unlock (&list->table->lock);

  return moved;
}

/**
 * weakref_set_insert:
 * @self: a set
 * @position: where @item shall be in the list model; behind the end, it is put at the end
 * @item: (type GObject.Object) (transfer none) (not nullable): an object of the set's item type
 *
 * Adds @item at @position, or moves it there if it is in the set already.
 *
 * ```c
 * weakref_set_insert (recent_documents, 0, document);
 * ```
 *
 * It takes O(log n). A move is announced in one emission, which removes and adds all items between
 * the old and the new position.
 *
 * You must hold a reference on @item during the call. Call it in the thread of the set's context:
 * elsewhere @position may be another one by the time that it is looked up.
 *
 * Returns: %TRUE if the item is new
 *
 * Since: 1.0
 */
gboolean
weakref_set_insert (WeakrefSet *self, guint position, gpointer item)
{
  WeakrefSetList *list;
  gboolean added;

  g_return_val_if_fail (WEAKREF_IS_SET (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (item), FALSE);
  g_return_val_if_fail (weakref_is_held (item), FALSE);

  list = weakref_set_get_list (self);
  g_return_val_if_fail (g_type_is_a (G_OBJECT_TYPE (item), list->item_type), FALSE);

  added = weakref_set_put (self, item, NULL, position);
  if (added || set_move (list, item, position))
    weakref_set_list_publish (list);

  return added;
}

typedef struct
{
  WeakrefSetEntry *entry;
  gpointer item; /* (owned) */
  WeakrefSetCompareFunc compare;
  gpointer user_data;
} Sorted;

static int
compare_sorted (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Sorted *one = a;

  return one->compare (one->item, ((const Sorted *) b)->item, one->user_data);
}

/**
 * weakref_set_sort:
 * @self: a set
 * @compare: (scope call) (closure user_data): how to compare two items
 * @user_data: (nullable): data for @compare
 *
 * Puts the members into an order, once: what is added later comes at the end again.
 *
 * Items that are equal stay in the order that they have. If the order is another one than before,
 * that is announced in one emission, which removes and adds all items. For a list that is to be
 * sorted always, use a #GtkSortListModel over the set.
 *
 * The set holds its members while it compares them. What another thread adds meanwhile comes first.
 *
 * Since: 1.0
 */
void
weakref_set_sort (WeakrefSet *self, WeakrefSetCompareFunc compare, gpointer user_data)
{
  WeakrefSetList *list;
  WeakrefReading *reading;
  GArray *sorted;
  gboolean changed = FALSE;
  guint i;

  g_return_if_fail (WEAKREF_IS_SET (self));
  g_return_if_fail (compare != NULL);

  list = weakref_set_get_list (self);
  reading = weakref_set_read (self);
  sorted = g_array_sized_new (FALSE, FALSE, sizeof (Sorted), reading->n);
  for (i = 0; i < reading->n; i++)
    {
      Sorted one = { weakref_table_get_read (reading, i), NULL, compare, user_data };

      one.item = weakref_block_dup_target (weakref_watch_get_block (&one.entry->base.watch));
      if (one.item == NULL)
        continue;
      changed = changed ||
                (sorted->len > 0 &&
                 compare_sorted (&g_array_index (sorted, Sorted, sorted->len - 1), &one, NULL) > 0);
      g_array_append_val (sorted, one);
    }

  if (changed)
    {
      /* It is stable. */
      g_qsort_with_data (sorted->data, (gint) sorted->len, sizeof (Sorted), compare_sorted, NULL);

      weakref_lock (&list->table->lock);
      for (i = 0; i < sorted->len; i++)
        {
          WeakrefSetEntry *entry = g_array_index (sorted, Sorted, i).entry;

          if (entry->base.watch.state == WEAKREF_ENTRY_IN)
            weakref_set_list_move_locked (list, entry, G_MAXUINT);
        }
      g_mutex_unlock (&list->table->lock);
    }

  for (i = 0; i < sorted->len; i++)
    g_object_unref (g_array_index (sorted, Sorted, i).item);
  g_array_unref (sorted);
  weakref_table_end_reading (reading);
  if (changed)
    weakref_set_list_publish (list);
}

/**
 * weakref_set_set_stand_in_func:
 * @self: a set
 * @func: (scope notified) (closure user_data) (destroy destroy) (nullable): what makes stand-ins,
 * or %NULL for the default
 * @user_data: (nullable): data for @func
 * @destroy: (nullable): frees @user_data
 *
 * Says what the list model gives for an object that has died until it has announced that: see the
 * description of the class.
 *
 * Set it when the set is new: it does not change what was given already.
 *
 * Since: 1.0
 */
void
weakref_set_set_stand_in_func (WeakrefSet *self,
                               WeakrefSetStandInFunc func,
                               gpointer user_data,
                               GDestroyNotify destroy)
{
  WeakrefSetMaker *maker = NULL;

  g_return_if_fail (WEAKREF_IS_SET (self));

  if (func != NULL)
    {
      maker = g_atomic_rc_box_new (WeakrefSetMaker);
      *maker = (WeakrefSetMaker) { func, user_data, destroy };
    }
  weakref_set_list_set_maker (weakref_set_get_list (self), maker);
}
