/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/flight.h>

/* A flight is in the table's list from its start to its end. The list is a hash table from probes
 * to flights, made with the first one. The key is that of the entry by which the object will be
 * entered: it is copied once, before the start, and nobody depends on the memory of a caller's key.
 */

static G_DEFINE_QUARK (weakref_glib_flight, flight)

/* A flight that has not started, with a copy of the probe's key. Outside the lock. */
WeakrefFlight *
weakref_flight_new (const WeakrefValueProbe *probe)
{
  WeakrefFlight *flight = g_new0 (WeakrefFlight, 1);

  g_atomic_ref_count_init (&flight->ref_count);
  g_cond_init (&flight->cond);
  flight->core = weakref_table_ref (probe->core);
  flight->entry = weakref_value_entry_new (probe, NULL);
  flight->probe = weakref_value_entry_get_probe (flight->entry);
  flight->key = flight->probe.key;

  return flight;
}

/* It will be an asynchronous creation, by the calling thread and its context. Before the start. */
void
weakref_flight_make_async (WeakrefFlight *flight)
{
  flight->cancellable = g_cancellable_new ();
  flight->making.context = g_main_context_ref_thread_default ();
  flight->making.thread = g_thread_self ();
}

/* Lets it be found by its cancellable, or not any more. That is a circle of references. */
void
weakref_flight_link_cancellable (WeakrefFlight *flight, gboolean link)
{
  g_object_set_qdata_full (G_OBJECT (flight->cancellable), flight_quark (),
                           link ? weakref_flight_ref (flight) : NULL,
                           link ? weakref_flight_unref : NULL);
}

/* Runs under GLib's lock. */
static gpointer
flight_dup_cb (gpointer flight, gpointer user_data)
{
  return flight != NULL ? weakref_flight_ref (flight) : NULL;
}

/* The creation that asks: whose own cancellable it is, or inside of which the caller is. New
 * reference, or NULL. */
WeakrefFlight *
weakref_flight_dup_asker (GCancellable *cancellable)
{
  WeakrefFlight *asker = NULL;

  if (cancellable != NULL)
    asker = g_object_dup_qdata (G_OBJECT (cancellable), flight_quark (), flight_dup_cb, NULL);
  if (asker == NULL)
    {
      asker = (WeakrefFlight *) weakref_frame_get_making ();
      if (asker != NULL)
        weakref_flight_ref (asker);
    }

  return asker;
}

WeakrefFlight *
weakref_flight_ref (WeakrefFlight *flight)
{
  g_atomic_ref_count_inc (&flight->ref_count);
  return flight;
}

/* Outside the lock. */
void
weakref_flight_unref (gpointer data)
{
  WeakrefFlight *flight = data;

  if (!g_atomic_ref_count_dec (&flight->ref_count))
    return;

  if (flight->bound)
    weakref_entry_unref (flight->entry);
  else
    weakref_value_entry_free (flight->entry);
  g_clear_object (&flight->cancellable);
  g_clear_pointer (&flight->making.context, g_main_context_unref);
  g_clear_object (&flight->object);
  g_clear_error (&flight->error);
  g_cond_clear (&flight->cond);
  weakref_table_unref (flight->core);
  g_free (flight);
}

/* Gives its entry the object that was made. The entry is the caller's to put or to drop, and the
 * flight keeps it besides, for its key. Outside the lock. */
WeakrefValueEntry *
weakref_flight_bind (WeakrefFlight *flight, gpointer object)
{
  weakref_entry_init (&flight->entry->base, &flight->core->base, object);
  flight->bound = TRUE;

  return weakref_entry_ref (flight->entry);
}

/* From here on it is found. The caller is the first one that it is for. */
void
weakref_flight_start_locked (WeakrefFlight *flight)
{
  WeakrefValueCore *core = flight->core;

  flight->n_callers = 1;
  if (core->flights == NULL)
    core->flights = g_hash_table_new (weakref_value_probe_hash, weakref_value_probe_equal);
  g_hash_table_insert (core->flights, &flight->probe, flight);
}

/* A new reference, with which the caller is one of those that the flight is for: he waits, or
 * leaves. NULL if there is none. */
WeakrefFlight *
weakref_flight_find_locked (WeakrefValueCore *core, const WeakrefValueProbe *probe)
{
  WeakrefFlight *flight = core->flights != NULL ? g_hash_table_lookup (core->flights, probe) : NULL;

  if (flight == NULL)
    return NULL;

  flight->n_callers++;
  return weakref_flight_ref (flight);
}

/* Waits until it has ended, and returns TRUE, or returns FALSE at once if that would be for ever.
 * The lock is released meanwhile. The caller has a reference on the flight. */
gboolean
weakref_flight_wait_locked (WeakrefFlight *flight, GError **error)
{
  if (flight->state != WEAKREF_FLIGHT_GOES_ON)
    return TRUE;

  if (!weakref_waiting_begin (&flight->making, error))
    return FALSE;

  while (flight->state == WEAKREF_FLIGHT_GOES_ON)
    g_cond_wait (&flight->cond, &flight->core->base.lock);

  weakref_waiting_end ();

  return TRUE;
}

/* @waiter will be told when it has ended. Returns FALSE with an error if that would be never, or
 * without one if it has ended already. */
gboolean
weakref_flight_join_locked (WeakrefFlight *flight, WeakrefWaiter *waiter, GError **error)
{
  if (flight->state != WEAKREF_FLIGHT_GOES_ON)
    return FALSE;

  waiter->asking.asker = waiter->asker != NULL ? &waiter->asker->making : NULL;
  if (!weakref_asking_begin (&waiter->asking, &flight->making, error))
    return FALSE;

  waiter->flight = weakref_flight_ref (flight);
  waiter->link.data = waiter;
  g_queue_push_tail_link (&flight->waiters, &waiter->link);

  return TRUE;
}

/* @waiter does not wait any more. Returns the flight that it waited for, whose reference is the
 * caller's, or NULL if it did not wait. */
WeakrefFlight *
weakref_flight_forget_locked (WeakrefWaiter *waiter)
{
  WeakrefFlight *flight = waiter->flight;

  if (flight == NULL)
    return NULL;

  g_queue_unlink (&flight->waiters, &waiter->link);
  waiter->flight = NULL;
  weakref_asking_end (&waiter->asking);

  return flight;
}

/* The caller is none of those any more that the flight is for. When the last one of them leaves an
 * asynchronous creation, it is over, and cancelled. Outside the lock. */
void
weakref_flight_leave (WeakrefFlight *flight)
{
  GMutex *lock = &flight->core->base.lock;
  gboolean last;

  g_mutex_lock (lock);
  flight->n_callers--;
  last = flight->n_callers == 0 && flight->cancellable != NULL &&
         flight->state == WEAKREF_FLIGHT_GOES_ON;
  if (last)
    weakref_flight_end_locked (flight, WEAKREF_FLIGHT_ABANDONED, NULL, NULL);
  g_mutex_unlock (lock);

  if (last)
    g_cancellable_cancel (flight->cancellable);
}

/* Takes over the references on @object and @error. Returns those that are to be told, outside the
 * lock, by weakref_flight_tell(). */
GQueue
weakref_flight_end_locked (WeakrefFlight *flight,
                           WeakrefFlightState state,
                           gpointer object,
                           GError *error)
{
  GQueue waiters = flight->waiters;
  GList *l;

  g_hash_table_remove (flight->core->flights, &flight->probe);
  flight->object = object;
  flight->error = error;
  flight->state = state;
  g_cond_broadcast (&flight->cond);

  g_queue_init (&flight->waiters);
  for (l = waiters.head; l != NULL; l = l->next)
    {
      WeakrefWaiter *waiter = l->data;

      waiter->flight = NULL;
      weakref_asking_end (&waiter->asking);
    }
  weakref_making_end (&flight->making);

  return waiters;
}

/* Outside the lock. */
void
weakref_flight_tell (WeakrefFlight *flight, GQueue *waiters)
{
  GList *link;

  while ((link = g_queue_pop_head_link (waiters)) != NULL)
    {
      WeakrefWaiter *waiter = link->data;

      waiter->ended (waiter, flight);
      weakref_flight_unref (flight);
    }
}

/* What a flight that has ended gave: a new reference to the object, or NULL with a copy of the
 * error, or, if it was abandoned, without one. Outside the lock. */
gpointer
weakref_flight_dup_object (WeakrefFlight *flight, GError **error)
{
  if (flight->state == WEAKREF_FLIGHT_GAVE_OBJECT)
    return g_object_ref (flight->object);

  if (flight->state == WEAKREF_FLIGHT_FAILED)
    g_propagate_error (error, g_error_copy (flight->error));

  return NULL;
}
