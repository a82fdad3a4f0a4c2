/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/handle.h>

#include <weakref-glib/core/compat.h>

#include <string.h>

/* There is no lock here. The object may lose its last reference at any moment, also while a death
 * is delivered to it. The GWeakRef decides which of the two comes first. If it gives the object,
 * the delivery holds the object to the end. If it gives NULL, the callback does not run. Whoever
 * takes the callback frees the user data: that is the delivery, or the dispose of the object.
 *
 * MEMORY. A weak reference that everybody shares has no callback and no context, and one with a
 * callback is never shared. The handle of the first weak reference of an object is in the
 * allocation of the block. */

typedef struct
{
  WeakrefHandle base;
  WeakrefDestination *destination; /* (owned) (nullable) (atomic): set once */
  WeakrefCallback callback;
} CallbackHandle;

/* The flags of the watch. (const) */
#define HAS_CALLBACK 1u
#define MAY_BE_SHARED 2u /* it may be in the slot of its kind */

static WeakrefDeliver delivers[WEAKREF_N_SLOTS]; /* set when the class is initialized */

void
weakref_handle_set_deliver (WeakrefSlot kind, WeakrefDeliver deliver)
{
  delivers[kind] = deliver;
}

static inline gboolean
handle_is (WeakrefHandle *handle, guint8 flag)
{
  return (handle->watch.flags & flag) != 0;
}

static inline WeakrefDestination **
handle_get_destination (WeakrefHandle *handle)
{
  return handle_is (handle, HAS_CALLBACK) ? &((CallbackHandle *) handle)->destination : NULL;
}

static void
handle_unref_cb (gpointer data)
{
  weakref_handle_unref (data);
}

static void
handle_deliver (WeakrefHandle *handle)
{
  gpointer self = weakref_compat_get (&handle->self);

  if (self != NULL)
    {
      delivers[handle->watch.state](self, weakref_handle_get_callback (handle));
      g_object_unref (self);
    }
}

static gboolean
handle_deliver_cb (gpointer data)
{
  handle_deliver (data);

  return G_SOURCE_REMOVE;
}

static void
handle_announce_cb (WeakrefWatch *watch, gpointer target)
{
  WeakrefHandle *handle = (WeakrefHandle *) watch;
  WeakrefDestination **destination = handle_get_destination (handle);
  WeakrefDestination *to = destination != NULL ? g_atomic_pointer_get (destination) : NULL;

  if (to != NULL)
    {
      weakref_destination_send (to, handle_deliver_cb, handle, handle_unref_cb);
      return;
    }

  handle_deliver (handle);
  weakref_handle_unref (handle);
}

static void
handle_watch_unref_cb (WeakrefWatch *watch)
{
  weakref_handle_unref ((WeakrefHandle *) watch);
}

static const char *
handle_describe (const WeakrefWatch *watch)
{
  return watch->state == WEAKREF_SLOT_REF ? "WeakrefRef" : "WeakrefProxy";
}

static const WeakrefWatchFuncs handle_funcs = {
  NULL, handle_announce_cb, handle_watch_unref_cb, NULL, handle_describe,
};

WeakrefHandle *
weakref_handle_ref (WeakrefHandle *handle)
{
  g_atomic_int_inc (&handle->watch.ref_count);
  return handle;
}

static gpointer
handle_ref_cb (gpointer data)
{
  return weakref_handle_ref (data);
}

void
weakref_handle_unref (WeakrefHandle *handle)
{
  if (!weakref_count_drop (&handle->watch.ref_count, 1))
    return;

  /* The object has no reference on the handle any more. So it has lost its last reference, and GLib
   * has cleared the GWeakRef, or weakref_handle_discard() has. To clear it once more would take a
   * lock, and GLib before 2.80 has only one lock for all GWeakRefs. */
  if (handle_is (handle, HAS_CALLBACK))
    g_clear_pointer (handle_get_destination (handle), weakref_destination_unref);
  weakref_watch_free (&handle->watch);
}

static WeakrefHandle *
handle_init (gpointer memory, gpointer self, WeakrefSlot kind, guint8 flags, gint n_refs)
{
  WeakrefHandle *handle = memory;

  handle->watch.ref_count = n_refs;
  handle->watch.state = kind;
  handle->watch.flags = flags;
  g_weak_ref_init (&handle->self, self);
  if ((flags & HAS_CALLBACK) != 0)
    memset (handle + 1, 0, sizeof (CallbackHandle) - sizeof (WeakrefHandle));

  return handle;
}

/* Makes a handle with room for a callback. It has no target yet. */
WeakrefHandle *
weakref_handle_new (gpointer self, WeakrefSlot kind)
{
  return handle_init (weakref_watch_alloc (NULL, sizeof (CallbackHandle)), self, kind,
                      HAS_CALLBACK | MAY_BE_SHARED, 1);
}

/* Makes a handle with room for a callback, for an object that belongs to @target and is never
 * shared. There is a second reference, for weakref_handle_start(). */
WeakrefHandle *
weakref_handle_new_private (gpointer self, WeakrefSlot kind, gpointer target)
{
  return handle_init (weakref_watch_alloc (target, sizeof (CallbackHandle)), self, kind,
                      HAS_CALLBACK, 2);
}

/* Makes a handle without room for a callback. @block comes from weakref_handle_share(). There is a
 * second reference, for weakref_handle_start(). */
WeakrefHandle *
weakref_handle_new_shared (gpointer self, WeakrefSlot kind, WeakrefBlock *block)
{
  return handle_init (weakref_watch_alloc_for_slot (block, sizeof (WeakrefHandle)), self, kind,
                      MAY_BE_SHARED, 2);
}

/* Returns the callback, or NULL if there is no room for one. */
WeakrefCallback *
weakref_handle_get_callback (WeakrefHandle *handle)
{
  return handle_is (handle, HAS_CALLBACK) ? &((CallbackHandle *) handle)->callback : NULL;
}

/* Takes over the reference on @destination, which may be NULL. Returns FALSE if another one was set
 * before, or if there is no room for one. A death that comes at the same time may still be
 * delivered without it. */
gboolean
weakref_handle_set_destination (WeakrefHandle *handle, WeakrefDestination *destination)
{
  if (destination == NULL ||
      (handle_is (handle, HAS_CALLBACK) &&
       g_atomic_pointer_compare_and_exchange (handle_get_destination (handle), NULL, destination)))
    return TRUE;

  weakref_destination_unref (destination);
  return FALSE;
}

/* To be called once. The callback has been set before, and @target is what the handle was made for.
 * Takes over a reference on the handle, for the watch. */
void
weakref_handle_start (WeakrefHandle *handle, gpointer target)
{
  WeakrefWatch *watch = &handle->watch;

  if (!handle_is (handle, HAS_CALLBACK))
    weakref_watch_start_in_slot (watch, &handle_funcs, target, watch->state);
  else
    weakref_watch_start (watch, &handle_funcs, target, WEAKREF_PHASE_DISPOSE);
}

/* To be called in each dispose of the object. Cancels the callback, and stops the watch. */
void
weakref_handle_stop (WeakrefHandle *handle)
{
  WeakrefBlock *block = weakref_watch_get_block (&handle->watch);

  if (handle_is (handle, HAS_CALLBACK))
    weakref_callback_cancel (weakref_handle_get_callback (handle));

  /* It was never started. */
  if (block == NULL)
    return;

  /* This is done at each dispose, because the first one may have come before the handle was put
   * into the slot. */
  if (handle_is (handle, MAY_BE_SHARED))
    weakref_block_swap_slot (block, handle->watch.state, handle, NULL);

  weakref_watch_stop (&handle->watch);
}

/* Stops and drops a handle that its object does not use after all. The caller holds the object. */
void
weakref_handle_discard (WeakrefHandle *handle)
{
  weakref_handle_stop (handle);
  /* This is not g_weak_ref_clear(), because a death may be delivered at this moment. */
  g_weak_ref_set (&handle->self, NULL);
  weakref_handle_unref (handle);
}

/* Puts the handle into the slot of its kind, in place of @old. Returns FALSE if another thread was
 * first. */
static gboolean
handle_enter_slot (WeakrefHandle *handle, WeakrefHandle *old)
{
  return weakref_watch_is_in_slot (&handle->watch) ||
         weakref_block_swap_slot (weakref_watch_get_block (&handle->watch), handle->watch.state,
                                  old, handle);
}

/* Returns the object of @kind that is shared by all who ask for it, in this life of @target, with a
 * new reference. The caller holds @target. If @fits is not NULL and says that the object does not
 * fit any more, another one is made and shared from then on. */
gpointer
weakref_handle_share (gpointer target, WeakrefSlot kind, WeakrefFits fits, WeakrefCreate create)
{
  gpointer self = NULL;

  while (self == NULL)
    {
      WeakrefBlock *block = weakref_block_peek (target, WEAKREF_PHASE_DISPOSE);
      WeakrefHandle *old =
        block != NULL ? weakref_block_dup_slot (block, kind, handle_ref_cb) : NULL;

      if (old != NULL)
        self = weakref_compat_get (&old->self);
      if (self != NULL && fits != NULL && !fits (self, target))
        g_clear_object (&self);

      if (self == NULL)
        {
          WeakrefHandle *handle;

          self = create (target, block, &handle);
          /* This fails if another thread was first, or if the target was disposed in the meantime.
           */
          if ((block != NULL && weakref_watch_get_block (&handle->watch) != block) ||
              !handle_enter_slot (handle, old))
            g_clear_object (&self);
        }

      if (old != NULL)
        weakref_handle_unref (old);
      g_clear_pointer (&block, weakref_block_unref);
    }

  return self;
}

static void
handle_collect_cb (gpointer data, gpointer user_data)
{
  g_ptr_array_add (user_data, weakref_handle_ref (data));
}

static GPtrArray *
handle_collect (WeakrefBlock *block)
{
  GPtrArray *handles = g_ptr_array_new_with_free_func (handle_unref_cb);

  weakref_block_collect (block, &handle_funcs, handle_collect_cb, handles);
  weakref_block_unref (block);

  return handles;
}

/* Returns the objects of @kind that belong to the target of @block, newest first, with a reference
 * to each. Takes over @block, which may be NULL. */
GList *
weakref_handle_list (WeakrefBlock *block, WeakrefSlot kind)
{
  GPtrArray *handles;
  GList *list = NULL;
  guint i;

  if (block == NULL)
    return NULL;

  handles = handle_collect (block);
  for (i = handles->len; i > 0; i--)
    {
      WeakrefHandle *handle = g_ptr_array_index (handles, i - 1);
      gpointer self = handle->watch.state == kind ? weakref_compat_get (&handle->self) : NULL;

      if (self != NULL)
        list = g_list_prepend (list, self);
    }

  g_ptr_array_unref (handles);

  return list;
}

/* Returns the number of objects of @kind that belong to the target of @block, with those that are
 * just losing their last reference. Takes over @block, which may be NULL. */
guint
weakref_handle_count (WeakrefBlock *block, WeakrefSlot kind)
{
  GPtrArray *handles;
  guint count = 0;
  guint i;

  if (block == NULL)
    return 0;

  handles = handle_collect (block);
  for (i = 0; i < handles->len; i++)
    {
      if (((WeakrefHandle *) g_ptr_array_index (handles, i))->watch.state == kind)
        count++;
    }

  g_ptr_array_unref (handles);

  return count;
}
