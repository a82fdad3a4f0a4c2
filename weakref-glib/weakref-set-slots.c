/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-set-private.h>

/* The slots of the list of a set. A slot has one of three things, which the two lowest bits of the
 * pointer tell:
 *
 *   an entry     of a member; or of an item that is still shown and no member any more, or a member
 *                at another place: then the slot has a reference on the entry
 *   a type       of an object that is dead and still shown; its entry is gone
 *   a stand-in   for such an object, made when somebody asked for it
 *
 * LOCKING. The table's lock guards the slots: see core/table.c. */

static void
stand_in_clear (gpointer data)
{
  WeakrefSetStandIn *stand_in = data;

  g_object_unref (stand_in->object);
}

void
weakref_set_slot_stand_in_unref (WeakrefSetStandIn *stand_in)
{
  g_atomic_rc_box_release_full (stand_in, stand_in_clear);
}

/* Makes a stand-in for a dead object. Takes over the reference on @object. */
WeakrefSetStandIn *
weakref_set_slot_stand_in_new (gpointer object)
{
  WeakrefSetStandIn *stand_in = g_atomic_rc_box_new (WeakrefSetStandIn);

  stand_in->object = object;
  return stand_in;
}

/* Frees slots of items that are not shown any more. */
void
weakref_set_slots_free (GPtrArray *slots)
{
  guint i;

  for (i = 0; i < slots->len; i++)
    {
      gpointer slot = g_ptr_array_index (slots, i);

      if (weakref_set_slot_get_tag (slot) == WEAKREF_SET_SLOT_ENTRY)
        weakref_entry_unref (slot);
      else if (weakref_set_slot_get_tag (slot) == WEAKREF_SET_SLOT_STAND_IN)
        weakref_set_slot_stand_in_unref (weakref_set_slot_get (slot));
    }
  g_ptr_array_set_size (slots, 0);
}

/* Tells the entry of a slot that it has another place now. */
void
weakref_set_slot_moved (gpointer slot, WeakrefPlace old, WeakrefPlace place)
{
  WeakrefSetEntry *entry = slot;

  /* If the entry was moved, this may be its old slot. */
  if (weakref_set_slot_get_tag (slot) == WEAKREF_SET_SLOT_ENTRY && entry->base.room.place == old)
    entry->base.room.place = place;
}

static void
hidden_cb (gpointer slot, gpointer user_data)
{
  GPtrArray *removed = user_data;
  WeakrefSetEntry *entry = slot;

  if (weakref_set_slot_get_tag (slot) == WEAKREF_SET_SLOT_DEAD)
    return;

  if (weakref_set_slot_get_tag (slot) == WEAKREF_SET_SLOT_ENTRY &&
      entry->base.watch.state == WEAKREF_ENTRY_OUT)
    entry->base.room.place = WEAKREF_PLACE_END;
  g_ptr_array_add (removed, slot);
}

/* Has the shown version take a step. Appends to @removed the slots that have to be freed, of items
 * that are not shown any more. */
gboolean
weakref_set_slots_step_locked (WeakrefSetList *list,
                               guint max_gap,
                               WeakrefStep *step,
                               GPtrArray *removed)
{
  if (!weakref_positions_step (&list->positions, max_gap, step, hidden_cb, removed))
    return FALSE;

  if (list->positions.n_changed == 0)
    list->moved = FALSE;

  return TRUE;
}
