/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/flight.h>

/* From its start to its end, a flight is in the hash table `flights` of its core, whose keys are
 * probes. This hash table is made for the first flight. A flight has the entry with which its
 * object will be put into the table. So the key is copied once, before the start, and the memory of
 * the caller's key is not needed any more. */

static G_DEFINE_QUARK (weakref_glib_flight, flight)

/* Makes a flight with a copy of the probe's key. It is not started. To be called outside the lock.
 */
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

/* Says that this will be an asynchronous creation, which ends in the context of this thread. To be
 * called before the start. */
void
weakref_flight_make_async (WeakrefFlight *flight)
{
  flight->cancellable = g_cancellable_new ();
  flight->making.context = g_main_context_ref_thread_default ();
  flight->making.thread = g_thread_self ();
}

/* If @link is TRUE, the flight can be found through its cancellable from now on; if it is FALSE, no
 * longer. While the two are linked, they hold each other. */
void
weakref_flight_link_cancellable (WeakrefFlight *flight, gboolean link)
{
  g_object_set_qdata_full (G_OBJECT (flight->cancellable), flight_quark (),
                           link ? weakref_flight_ref (flight) : NULL,
                           link ? weakref_flight_unref : NULL);
}

/* Runs under GLib's lock of the qdata. */
static gpointer
flight_dup_cb (gpointer flight, gpointer user_data)
{
  return flight != NULL ? weakref_flight_ref (flight) : NULL;
}

/* Returns the creation that a request is part of, with a new reference, or NULL. It is the creation
 * that @cancellable belongs to, or else the one that this thread is inside of. */
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

/* To be called outside the lock. */
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

/* Lets the entry of the flight watch @object, and returns the entry with a new reference. The
 * caller has to put it into the table, or to drop it. The flight still has its own reference,
 * because it needs the key. To be called outside the lock. */
WeakrefValueEntry *
weakref_flight_bind (WeakrefFlight *flight, gpointer object)
{
  weakref_entry_init (&flight->entry->base, &flight->core->base, object);
  flight->bound = TRUE;

  return weakref_entry_ref (flight->entry);
}

/* Starts the flight: from now on it is found. It is for one caller, this one. */
void
weakref_flight_start_locked (WeakrefFlight *flight)
{
  WeakrefValueCore *core = flight->core;

  flight->n_callers = 1;
  if (core->flights == NULL)
    core->flights = g_hash_table_new (weakref_value_probe_hash, weakref_value_probe_equal);
  g_hash_table_insert (core->flights, &flight->probe, flight);
}

/* Returns the flight for the key of the probe, with a new reference, or NULL. The flight is for
 * this caller, too: so the caller has to wait for its end, or to leave it. */
WeakrefFlight *
weakref_flight_find_locked (WeakrefValueCore *core, const WeakrefValueProbe *probe)
{
  WeakrefFlight *flight = core->flights != NULL ? g_hash_table_lookup (core->flights, probe) : NULL;

  if (flight == NULL)
    return NULL;

  flight->n_callers++;
  return weakref_flight_ref (flight);
}

/* Waits until the flight has ended, and returns TRUE. If the thread would wait for ever, returns
 * FALSE at once. The lock is released while the thread waits. The caller has a reference on the
 * flight. */
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

/* Has @waiter told when the flight has ended. Returns FALSE with an error if that would never
 * happen, and FALSE without an error if the flight has ended already. */
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

/* Says that @waiter does not wait any more. Returns the flight that it waited for, whose reference
 * the caller takes over, or NULL if it did not wait. */
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

/* Says that the flight is no longer for this caller. When the last caller leaves an asynchronous
 * creation, the flight ends as abandoned, and its cancellable is cancelled. To be called outside
 * the lock. */
void
weakref_flight_leave (WeakrefFlight *flight)
{
  GMutex *lock = &flight->core->base.lock;
  gboolean last;

  weakref_lock (lock);
  flight->n_callers--;
  last = flight->n_callers == 0 && flight->cancellable != NULL &&
         flight->state == WEAKREF_FLIGHT_GOES_ON;
  if (last)
    weakref_flight_end_locked (flight, WEAKREF_FLIGHT_ABANDONED, NULL, NULL);
  g_mutex_unlock (lock);

  if (last)
    g_cancellable_cancel (flight->cancellable);
}

/* Ends the flight. Takes over the references on @object and @error. Returns the waiters, which the
 * caller has to tell outside the lock, with weakref_flight_tell(). */
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

/* Tells the waiters that the flight has ended. To be called outside the lock. */
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

/* Returns what a flight that has ended has given: a new reference on the object, or NULL with a
 * copy of the error. If it was abandoned, returns NULL without an error. To be called outside the
 * lock. */
gpointer
weakref_flight_dup_object (WeakrefFlight *flight, GError **error)
{
  if (flight->state == WEAKREF_FLIGHT_GAVE_OBJECT)
    return g_object_ref (flight->object);

  if (flight->state == WEAKREF_FLIGHT_FAILED)
    g_propagate_error (error, g_error_copy (flight->error));

  return NULL;
}
