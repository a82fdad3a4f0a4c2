/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/dispatch.h>

#include <weakref-glib/core/locks.h>

void
weakref_callback_init (WeakrefCallback *callback,
                       GCallback func,
                       gpointer user_data,
                       GDestroyNotify destroy)
{
  callback->user_data = user_data;
  callback->destroy = destroy;
  __atomic_store_n (&callback->func, func, __ATOMIC_RELEASE);
}

/* Returns the function to exactly one caller, who then owns the user data and has to release it.
 * Returns NULL to all others. */
GCallback
weakref_callback_take (WeakrefCallback *callback)
{
  return weakref_callback_is_there (callback)
           ? __atomic_exchange_n (&callback->func, NULL, __ATOMIC_ACQ_REL)
           : NULL;
}

/* Returns whether the callback has not been taken yet. */
gboolean
weakref_callback_is_there (WeakrefCallback *callback)
{
  return __atomic_load_n (&callback->func, __ATOMIC_ACQUIRE) != NULL;
}

/* Frees the user data of a callback that was taken. */
void
weakref_callback_release (WeakrefCallback *callback)
{
  GDestroyNotify destroy = g_steal_pointer (&callback->destroy);
  gpointer user_data = g_steal_pointer (&callback->user_data);

  if (destroy != NULL)
    destroy (user_data);
}

/* Frees the user data without running the callback, unless the callback has been taken already. */
void
weakref_callback_cancel (WeakrefCallback *callback)
{
  if (weakref_callback_take (callback) != NULL)
    weakref_callback_release (callback);
}

/* DESTINATIONS. Who waits for a death may want to be told of it in a context. But he must not keep
 * that context. A context owns its sources, a source may own the object that is waited for, and
 * then the object would never die. GLib has no weak reference to a context. But it tells a source
 * when its context goes away: it frees the callback data of the source, while the memory of the
 * context is still there. So there is one source of ours in each context that somebody waits in.
 * The data of that source is the destination. Who waits has a reference on the destination, and
 * only the destination knows the context.
 *
 * LOCKING. The lock guards the table of destinations and their deliveries. While a thread has the
 * lock, and a destination has a source, this source and the memory of its context are there:
 * destination_closed_cb() waits for the lock before GLib frees them. GLib's lock of a context is
 * taken inside this lock. No callback runs and nothing is freed under it. */
#define destination_lock weakref_locks[WEAKREF_LOCK_DESTINATIONS]
static GHashTable *destinations; /* (owned) (nullable): lock: by the address of their context */

/* One function that is to run in the context. */
typedef struct
{
  GSourceFunc func;
  gpointer data;
  GDestroyNotify free_data;
} Delivery;

struct _WeakrefDestination
{
  gatomicrefcount ref_count; /* the source has a reference */
  gpointer context;          /* (const): the key in the table; never to be dereferenced */
  GSource *source;           /* lock: (unowned) (nullable): NULL when the context has gone */
  GQueue deliveries;         /* lock: (owned) */
};

static void
delivery_free (gpointer data)
{
  Delivery *delivery = data;

  if (delivery->free_data != NULL)
    delivery->free_data (delivery->data);
  g_free (delivery);
}

static gboolean
destination_dispatch (GSource *source, GSourceFunc callback, gpointer data)
{
  WeakrefDestination *destination = data;
  guint n;

  weakref_lock (&destination_lock);
  n = destination->deliveries.length;
  g_mutex_unlock (&destination_lock);

  /* Callbacks that are added in the meantime do not run in this call, because other sources have to
   * run, too. If a callback runs the main loop, that loop runs the callbacks that are left. */
  do
    {
      Delivery *delivery;

      weakref_lock (&destination_lock);
      delivery = g_queue_pop_head (&destination->deliveries);
      if (destination->deliveries.length == 0)
        g_source_set_ready_time (source, -1);
      g_mutex_unlock (&destination_lock);

      if (delivery != NULL)
        {
          delivery->func (delivery->data);
          delivery_free (delivery);
        }
    }
  while (n-- > 1);

  return G_SOURCE_CONTINUE;
}

/* The context is being freed. Its callbacks do not run. */
static void
destination_closed_cb (gpointer data)
{
  WeakrefDestination *destination = data;
  GQueue deliveries;

  weakref_lock (&destination_lock);
  destination->source = NULL;
  g_hash_table_remove (destinations, destination->context);
  deliveries = destination->deliveries;
  g_queue_init (&destination->deliveries);
  g_mutex_unlock (&destination_lock);

  g_queue_clear_full (&deliveries, delivery_free);
  weakref_destination_unref (destination);
}

static WeakrefDestination *
destination_new_locked (GMainContext *context)
{
  static GSourceFuncs funcs = { NULL, NULL, destination_dispatch, NULL, NULL, NULL };
  WeakrefDestination *destination = g_new0 (WeakrefDestination, 1);

  g_atomic_ref_count_init (&destination->ref_count);
  destination->context = context;
  destination->source = g_source_new (&funcs, sizeof (GSource));
  g_source_set_static_name (destination->source, "weakref-glib callbacks");
  g_source_set_can_recurse (destination->source, TRUE);
  g_source_set_callback (destination->source, NULL, destination, destination_closed_cb);
  g_source_attach (destination->source, context);
  /* The context has a reference on it now. */
  g_source_unref (destination->source);

  return destination;
}

/* Returns the destination in @context with a new reference, or NULL if @context is NULL. The caller
 * holds @context. */
WeakrefDestination *
weakref_destination_get (GMainContext *context)
{
  WeakrefDestination *destination;

  if (context == NULL)
    return NULL;

  weakref_lock (&destination_lock);
  if (destinations == NULL)
    destinations = g_hash_table_new (NULL, NULL);
  destination = g_hash_table_lookup (destinations, context);
  if (destination == NULL)
    {
      destination = destination_new_locked (context);
      g_hash_table_insert (destinations, context, destination);
    }
  g_atomic_ref_count_inc (&destination->ref_count);
  g_mutex_unlock (&destination_lock);

  return destination;
}

/* There are no deliveries when the last reference is dropped: they are only there while there is a
 * source, and the source has a reference. */
void
weakref_destination_unref (WeakrefDestination *destination)
{
  if (g_atomic_ref_count_dec (&destination->ref_count))
    g_free (destination);
}

/* Calls @func once with @data, and frees @data after it. If @destination is NULL, that happens now.
 * Otherwise it happens later in its context, in the order of these calls. If the context goes away
 * before, @data is freed without calling @func. */
void
weakref_destination_send (WeakrefDestination *destination,
                          GSourceFunc func,
                          gpointer data,
                          GDestroyNotify free_data)
{
  Delivery *delivery;
  GSource *woken = NULL;
  gboolean sent;

  if (destination == NULL)
    {
      func (data);
      free_data (data);
      return;
    }

  delivery = g_new (Delivery, 1);
  *delivery = (Delivery) { func, data, free_data };

  weakref_lock (&destination_lock);
  sent = destination->source != NULL;
  if (sent)
    {
      g_queue_push_tail (&destination->deliveries, delivery);
      if (destination->deliveries.length == 1)
        {
          /* GLib before 2.85 uses the context of a source without a reference on it. So we wake the
           * source under our lock, which keeps the context. Later versions take a reference, which
           * may become the last one. Then the context is freed here with all its sources, and that
           * must not happen under our lock. */
          if (glib_check_version (2, 85, 0) != NULL)
            g_source_set_ready_time (destination->source, 0);
          else
            woken = g_source_ref (destination->source);
        }
    }
  g_mutex_unlock (&destination_lock);

  if (woken != NULL)
    {
      g_source_set_ready_time (woken, 0);
      g_source_unref (woken);
    }
  if (!sent)
    delivery_free (delivery);
}

/* Does the same for somebody who holds the context. */
void
weakref_dispatch (GMainContext *context, GSourceFunc func, gpointer data, GDestroyNotify free_data)
{
  WeakrefDestination *destination = weakref_destination_get (context);

  weakref_destination_send (destination, func, data, free_data);
  g_clear_pointer (&destination, weakref_destination_unref);
}
