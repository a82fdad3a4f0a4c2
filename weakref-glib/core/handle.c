/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/handle.h>

#include <weakref-glib/core/compat.h>

/* There is no lock here. The object may lose its last reference at any moment, also while a death
 * is delivered to it. The GWeakRef decides which of the two comes first. If it gives the object,
 * the delivery holds the object to the end. If it gives NULL, the callback does not run. Whoever
 * takes the callback frees the user data: that is the delivery, or the dispose of the object. */

static void
handle_unref_cb (gpointer data)
{
  weakref_handle_unref (data);
}

static gboolean
handle_deliver_cb (gpointer data)
{
  WeakrefHandle *handle = data;
  gpointer self = weakref_compat_get (&handle->self);

  if (self != NULL)
    {
      handle->deliver (self, &handle->callback);
      g_object_unref (self);
    }

  return G_SOURCE_REMOVE;
}

static void
handle_announce_cb (WeakrefWatch *watch)
{
  WeakrefHandle *handle = (WeakrefHandle *) watch;

  weakref_destination_send (handle->destination, handle_deliver_cb, handle, handle_unref_cb);
}

static void
handle_watch_unref_cb (WeakrefWatch *watch)
{
  weakref_handle_unref ((WeakrefHandle *) watch);
}

static const char *
handle_describe (const WeakrefWatch *watch)
{
  return ((const WeakrefHandle *) watch)->kind == WEAKREF_SLOT_REF ? "WeakrefRef" : "WeakrefProxy";
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
  if (!g_atomic_int_dec_and_test (&handle->watch.ref_count))
    return;

  weakref_watch_clear (&handle->watch);
  g_weak_ref_clear (&handle->self);
  g_clear_pointer (&handle->destination, weakref_destination_unref);
  g_free (handle);
}

WeakrefHandle *
weakref_handle_new (gpointer self, WeakrefSlot kind, WeakrefDeliver deliver)
{
  WeakrefHandle *handle = g_new0 (WeakrefHandle, 1);

  handle->watch.ref_count = 1;
  g_weak_ref_init (&handle->self, self);
  handle->kind = kind;
  handle->deliver = deliver;

  return handle;
}

/* To be called once. The destination and the callback have been set before. */
void
weakref_handle_start (WeakrefHandle *handle, gpointer target)
{
  g_atomic_int_set (&handle->watching, TRUE);
  weakref_watch_start (&weakref_handle_ref (handle)->watch, &handle_funcs, target,
                       WEAKREF_PHASE_DISPOSE);
}

/* To be called in the dispose of the object. Cancels the callback, and stops the watch. Returns
 * TRUE to exactly one caller, if the handle was started. */
gboolean
weakref_handle_stop (WeakrefHandle *handle)
{
  weakref_callback_cancel (&handle->callback);

  /* This is done at each dispose, because the first one may have come before the handle was put
   * into the slot. */
  if (handle->watch.block != NULL)
    weakref_block_swap_slot (handle->watch.block, handle->kind, handle, NULL);

  if (!g_atomic_int_compare_and_exchange (&handle->watching, TRUE, FALSE))
    return FALSE;

  weakref_watch_stop (&handle->watch);

  return TRUE;
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
      WeakrefBlock *block = weakref_block_get (target, WEAKREF_PHASE_DISPOSE);
      WeakrefHandle *old = weakref_block_dup_slot (block, kind, handle_ref_cb);

      if (old != NULL)
        self = weakref_compat_get (&old->self);
      if (self != NULL && fits != NULL && !fits (self, target))
        g_clear_object (&self);

      if (self == NULL)
        {
          WeakrefHandle *handle;

          self = create (target, &handle);
          /* This fails if another thread was first, or if the target was disposed in the meantime.
           */
          if (handle->watch.block != block || !weakref_block_swap_slot (block, kind, old, handle))
            g_clear_object (&self);
        }

      if (old != NULL)
        weakref_handle_unref (old);
      weakref_block_unref (block);
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
      gpointer self = handle->kind == kind ? weakref_compat_get (&handle->self) : NULL;

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
      if (((WeakrefHandle *) g_ptr_array_index (handles, i))->kind == kind)
        count++;
    }

  g_ptr_array_unref (handles);

  return count;
}
