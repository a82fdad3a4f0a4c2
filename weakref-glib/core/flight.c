/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/flight.h>

#include <weakref-glib/core/waiting.h>

/* A flight is in the table's list from its start to its end. The list is a hash table from probes
 * to flights, made with the first one. The key is that of the entry by which the object will be
 * entered: it is copied once, before the start, and nobody depends on the memory of a caller's key.
 */

/* Returns a flight that has not started, with a copy of the key of @probe. Outside the lock. */
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

  g_clear_pointer (&flight->entry, weakref_value_entry_free);
  g_clear_object (&flight->object);
  g_clear_error (&flight->error);
  g_cond_clear (&flight->cond);
  weakref_table_unref (flight->core);
  g_free (flight);
}

/* From here on it is found. */
void
weakref_flight_start_locked (WeakrefFlight *flight)
{
  WeakrefValueCore *core = flight->core;

  if (core->flights == NULL)
    core->flights = g_hash_table_new (weakref_value_probe_hash, weakref_value_probe_equal);
  g_hash_table_insert (core->flights, &flight->probe, flight);
}

/* Returns no new reference. A caller that uses it outside the lock has to take one. */
WeakrefFlight *
weakref_flight_find_locked (WeakrefValueCore *core, const WeakrefValueProbe *probe)
{
  return core->flights != NULL ? g_hash_table_lookup (core->flights, probe) : NULL;
}

/* Waits until the flight has ended, and returns TRUE. Returns FALSE at once if it would have to
 * wait for ever. The lock is released while it waits. The caller has a reference to the flight. */
gboolean
weakref_flight_wait_locked (WeakrefFlight *flight, GError **error)
{
  if (!weakref_waiting_begin (flight, error))
    return FALSE;

  while (flight->state == WEAKREF_FLIGHT_GOES_ON)
    g_cond_wait (&flight->cond, &flight->core->base.lock);

  weakref_waiting_end ();

  return TRUE;
}

/* Takes over the references on @object and @error. */
void
weakref_flight_end_locked (WeakrefFlight *flight,
                           WeakrefFlightState state,
                           gpointer object,
                           GError *error)
{
  g_hash_table_remove (flight->core->flights, &flight->probe);
  flight->object = object;
  flight->error = error;
  flight->state = state;
  g_cond_broadcast (&flight->cond);
}

/* Returns the result of a flight that has ended: a new reference to the object, or NULL and a copy
 * of the error. If the flight was abandoned, there is no error. Outside the lock. */
gpointer
weakref_flight_dup_object (WeakrefFlight *flight, GError **error)
{
  if (flight->state == WEAKREF_FLIGHT_GAVE_OBJECT)
    return g_object_ref (flight->object);

  if (flight->state == WEAKREF_FLIGHT_FAILED)
    g_propagate_error (error, g_error_copy (flight->error));

  return NULL;
}
