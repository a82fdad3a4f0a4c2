/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-set-private.h>

/* What a set shows as a list model, and when it says that this has changed.
 *
 * A list model must not change in response to a call of its consumers. A death happens inside
 * somebody's unref, and that may be such a call. So there are two versions of the list, which
 * core/positions.c keeps: the *current* one has the members, and the *shown* one is what was
 * announced last. A commit makes the shown one follow, in the thread of the context, in a few
 * steps. Each step changes the shown version and announces that before the next one, so that a
 * consumer always finds what it was told.
 *
 * If nobody has read the list and nobody is connected to it, nobody can notice a change. Then it
 * follows each change at once, in any thread, and nothing is emitted.
 *
 * LOCKING. The table's lock guards all of it: see core/table.c, and weakref-set-commit.c. */

void
weakref_set_list_init (WeakrefSetList *list,
                       WeakrefTable *table,
                       gpointer self,
                       GParamSpec *n_items)
{
  list->table = table;
  list->context = g_main_context_ref_thread_default ();
  list->thread = g_thread_self ();
  g_weak_ref_init (&list->set, self);
  list->n_items = n_items;
  list->item_type = G_TYPE_OBJECT;
  list->self = self;
  weakref_positions_init (&list->positions, weakref_set_slot_moved);
}

void
weakref_set_list_clear (WeakrefSetList *list)
{
  weakref_positions_clear (&list->positions);
  g_weak_ref_clear (&list->set);
  g_main_context_unref (list->context);
  weakref_set_maker_unref (list->maker);
}

/* To be called when the entry has become a member. It goes before the item that is shown at
 * @position, or to the end.
 */
void
weakref_set_list_insert_locked (WeakrefSetList *list, WeakrefSetEntry *entry, guint position)
{
  gboolean settled = list->positions.n_changed == 0;
  WeakrefPlace before = weakref_positions_find_place (&list->positions, position);

  entry->base.room.place = weakref_positions_insert (&list->positions, before, entry);
  if (settled && !weakref_set_list_is_followed_locked (list))
    weakref_positions_show (&list->positions, entry->base.room.place);

  /* The same object may still be shown behind that place, disposed, as its own stand-in. */
  if (!settled && (entry->base.watch.flags & WEAKREF_SET_KEEPS_DEAD) != 0 &&
      before != WEAKREF_PLACE_END)
    list->moved = TRUE;
}

/* Moves the entry, a member, before the item that is shown at @position, or to the end. It is shown
 * at its old place until the next commit. */
void
weakref_set_list_move_locked (WeakrefSetList *list, WeakrefSetEntry *entry, guint position)
{
  WeakrefPlace before = weakref_positions_find_place (&list->positions, position);
  WeakrefPlace place = weakref_positions_insert (&list->positions, before, entry);
  /* This is read after the insertion, which may have moved the old slot. */
  WeakrefPlace old = entry->base.room.place;

  entry->base.room.place = place;
  if (weakref_positions_remove (&list->positions, old, FALSE))
    {
      weakref_entry_ref (entry);
      list->moved = TRUE;
    }
}

/* To be called when the entry is no member any more. */
void
weakref_set_list_remove_locked (WeakrefSetList *list, WeakrefSetEntry *entry)
{
  WeakrefPlace place = entry->base.room.place;
  gboolean at_once;

  entry->base.watch.flags &= (guint8) ~WEAKREF_SET_IS_SHOWN;
  if (list->self == NULL)
    return;

  at_once = list->positions.n_changed == 0 && !weakref_set_list_is_followed_locked (list);
  if (!weakref_positions_remove (&list->positions, place, at_once))
    {
      entry->base.room.place = WEAKREF_PLACE_END;
    }
  else if (weakref_block_is_dead (weakref_watch_get_block (&entry->base.watch)) &&
           ((entry->base.watch.flags & WEAKREF_SET_KEEPS_DEAD) == 0 || list->maker != NULL))
    {
      entry->base.watch.flags |= WEAKREF_SET_IS_SHOWN;
      entry->base.room.place = WEAKREF_PLACE_END;
      weakref_positions_set_item (
        &list->positions, place,
        weakref_set_slot_new (GSIZE_TO_POINTER (entry->type), WEAKREF_SET_SLOT_DEAD));
    }
  else
    {
      entry->base.watch.flags |= WEAKREF_SET_IS_SHOWN;
      weakref_entry_ref (entry);
    }
}

/* Begins a reading of the members, in order. */
WeakrefReading *
weakref_set_list_read_locked (WeakrefSetList *list)
{
  WeakrefReading *reading = weakref_table_read_locked (list->table, list->positions.n_current);

  weakref_positions_copy_current (&list->positions, reading->entries);

  return reading;
}

/* To be called when the set is finalized. Nobody will read the list any more. */
void
weakref_set_list_close (WeakrefSetList *list)
{
  GPtrArray *removed = g_ptr_array_new ();
  WeakrefStep step;

  weakref_lock (&list->table->lock);
  weakref_set_slots_step_locked (list, G_MAXUINT, &step, removed);
  list->self = NULL;
  g_mutex_unlock (&list->table->lock);

  weakref_set_slots_free (removed);
  g_ptr_array_unref (removed);
  weakref_set_list_unschedule (list);
}

/* Keeps the dead object as its own stand-in, until its death is announced. We are in its dispose,
 * or somebody else holds it. A callback that ran before this may have announced the death already.
 * Then the entry has no place any more, and nothing is kept. */
static void
keep_dead (WeakrefSetList *list, WeakrefSetEntry *entry, gpointer object)
{
  WeakrefSetStandIn *stand_in;
  gboolean kept;

  weakref_lock (&list->table->lock);
  kept = entry->base.room.place != WEAKREF_PLACE_END;
  g_mutex_unlock (&list->table->lock);

  if (!kept || !weakref_is_held (object))
    return;

  stand_in = weakref_set_slot_stand_in_new (g_object_ref (object));
  weakref_lock (&list->table->lock);
  kept = entry->base.room.place != WEAKREF_PLACE_END;
  if (kept)
    {
      weakref_positions_set_item (&list->positions, entry->base.room.place,
                                  weakref_set_slot_new (stand_in, WEAKREF_SET_SLOT_STAND_IN));
      entry->base.room.place = WEAKREF_PLACE_END;
    }
  g_mutex_unlock (&list->table->lock);

  if (kept)
    weakref_entry_unref (entry);
  else
    weakref_set_slot_stand_in_unref (stand_in);
}

/* To be called when @object, the target of a member, has died, by the thread that has taken the
 * entry out. */
void
weakref_set_list_died (WeakrefSetList *list, WeakrefSetEntry *entry, gpointer object)
{
  if ((entry->base.watch.flags & WEAKREF_SET_IS_SHOWN) == 0)
    return;

  if ((entry->base.watch.flags & WEAKREF_SET_KEEPS_DEAD) != 0)
    keep_dead (list, entry, object);
  weakref_set_list_schedule (list);
}

guint
weakref_set_list_get_n_items (WeakrefSetList *list)
{
  guint n_items;

  weakref_lock (&list->table->lock);
  list->read = TRUE;
  n_items = list->positions.n_shown;
  g_mutex_unlock (&list->table->lock);

  return n_items;
}

/* Takes out a member that is found dead before it has left by itself. Its target is in its dispose
 * just now, or was resurrected by it without a notification. Returns FALSE if it was no member. */
static gboolean
retire (WeakrefSetList *list, WeakrefSetEntry *entry)
{
  gboolean retired;

  weakref_lock (&list->table->lock);
  retired = weakref_table_take_entry_locked (list->table, &entry->base) != NULL;
  g_mutex_unlock (&list->table->lock);

  if (retired)
    {
      weakref_entry_drop (&entry->base);
      weakref_set_list_schedule (list);
    }

  return retired;
}

/* Makes a stand-in for @slot, which is shown at @position. Returns FALSE if another thread has made
 * one meanwhile, or if the list has changed. */
static gboolean
make_stand_in (WeakrefSetList *list, guint position, gpointer slot, GType type, gpointer *object)
{
  WeakrefSetMaker *maker;
  WeakrefPlace place;
  WeakrefSetStandIn *stand_in;
  gboolean put;

  weakref_lock (&list->table->lock);
  maker = weakref_set_maker_ref (list->maker);
  g_mutex_unlock (&list->table->lock);

  *object = weakref_set_stand_in_new (type, list->item_type, maker);
  weakref_set_maker_unref (maker);
  stand_in = weakref_set_slot_stand_in_new (g_object_ref (*object));

  weakref_lock (&list->table->lock);
  place = weakref_positions_find_place (&list->positions, position);
  put = place != WEAKREF_PLACE_END && weakref_positions_get_item (&list->positions, place) == slot;
  if (put)
    {
      weakref_positions_set_item (&list->positions, place,
                                  weakref_set_slot_new (stand_in, WEAKREF_SET_SLOT_STAND_IN));
      if (weakref_set_slot_get_tag (slot) == WEAKREF_SET_SLOT_ENTRY)
        ((WeakrefSetEntry *) slot)->base.room.place = WEAKREF_PLACE_END;
    }
  g_mutex_unlock (&list->table->lock);

  if (!put)
    {
      weakref_set_slot_stand_in_unref (stand_in);
      g_clear_object (object);
    }
  else if (weakref_set_slot_get_tag (slot) == WEAKREF_SET_SLOT_ENTRY)
    {
      weakref_entry_unref (slot);
    }

  return put;
}

/* Returns a new reference to the item that is shown at @position, or to its stand-in. Returns NULL
 * behind the end. */
gpointer
weakref_set_list_dup_item (WeakrefSetList *list, guint position)
{
  while (TRUE)
    {
      WeakrefSetStandIn *stand_in = NULL;
      WeakrefSetEntry *entry = NULL;
      GType type = G_TYPE_INVALID;
      WeakrefPlace place;
      gpointer object;
      gpointer slot;
      gboolean found;

      weakref_lock (&list->table->lock);
      list->read = TRUE;
      place = weakref_positions_find_place (&list->positions, position);
      if (place == WEAKREF_PLACE_END)
        {
          g_mutex_unlock (&list->table->lock);
          return NULL;
        }
      slot = weakref_positions_get_item (&list->positions, place);
      if (weakref_set_slot_get_tag (slot) == WEAKREF_SET_SLOT_ENTRY)
        entry = weakref_entry_ref (slot);
      else if (weakref_set_slot_get_tag (slot) == WEAKREF_SET_SLOT_STAND_IN)
        stand_in = g_atomic_rc_box_acquire ((WeakrefSetStandIn *) weakref_set_slot_get (slot));
      else
        type = GPOINTER_TO_SIZE (weakref_set_slot_get (slot));
      g_mutex_unlock (&list->table->lock);

      if (stand_in != NULL)
        {
          object = g_object_ref (stand_in->object);
          weakref_set_slot_stand_in_unref (stand_in);
          return object;
        }

      if (entry != NULL)
        {
          object = weakref_block_dup_target (weakref_watch_get_block (&entry->base.watch));
          if (object != NULL || retire (list, entry))
            {
              weakref_entry_unref (entry);
              if (object != NULL)
                return object;
              continue;
            }
          type = ((WeakrefSetEntry *) entry)->type;
        }

      found = make_stand_in (list, position, slot, type, &object);
      g_clear_pointer (&entry, weakref_entry_unref);
      if (found)
        return object;
    }
}

/* Takes over @maker. */
void
weakref_set_list_set_maker (WeakrefSetList *list, WeakrefSetMaker *maker)
{
  WeakrefSetMaker *old;

  weakref_lock (&list->table->lock);
  old = list->maker;
  list->maker = maker;
  g_mutex_unlock (&list->table->lock);

  weakref_set_maker_unref (old);
}

/* Returns whether no other object could stand in for @item. */
gboolean
weakref_set_list_keeps_dead (WeakrefSetList *list, gpointer item)
{
  GType type = G_OBJECT_TYPE (item);

  if (g_atomic_pointer_get (&list->harmless) == type)
    return FALSE;
  if (weakref_set_stand_in_get_type (type, list->item_type) == G_TYPE_INVALID)
    return TRUE;

  g_atomic_pointer_set (&list->harmless, type);
  return FALSE;
}
