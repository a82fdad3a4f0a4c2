/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/ensure.h>

#include <weakref-glib/core/flight.h>
#include <weakref-glib/core/waiting.h>
#include <weakref-glib/weakref-error.h>

/* The key of a caller can be used until foreign code runs. That code may use the memory of the key
 * for something else: a create function, and also what runs when a reference is taken or dropped.
 * From then on the key of a flight or of an entry is used. */

/* Returns the object of @key, if it is alive. Otherwise returns NULL, and sets @flight to the
 * creation of the object, with a new reference. @leads tells whether it was started in this call:
 * then the caller has to make the object. An entry whose object is dying is taken out. */
gpointer
weakref_ensure_begin (WeakrefValueCore *core,
                      gconstpointer key,
                      gboolean async,
                      WeakrefFlight **flight,
                      gboolean *leads)
{
  WeakrefValueProbe probe = weakref_value_entry_probe (core, key);
  const WeakrefValueProbe *sought = &probe;
  WeakrefFlight *mine = NULL;
  gpointer object = NULL;

  *flight = NULL;
  while (*flight == NULL)
    {
      WeakrefValueEntry *entry;

      weakref_lock (&core->base.lock);
      entry = weakref_value_core_find_locked (core, sought);
      if (entry == NULL)
        {
          *flight = weakref_flight_find_locked (core, sought);
          if (*flight == NULL && mine != NULL)
            weakref_flight_start_locked (*flight = weakref_flight_ref (mine));
        }
      g_mutex_unlock (&core->base.lock);

      if (entry != NULL)
        {
          object = weakref_value_entry_dup_object (entry);
          if (object != NULL)
            {
              weakref_entry_unref (entry);
              break;
            }
        }
      if (mine == NULL && *flight == NULL)
        {
          if (entry != NULL)
            probe = weakref_value_entry_get_probe (entry);
          mine = weakref_flight_new (&probe);
          if (async)
            weakref_flight_make_async (mine);
        }
      if (entry != NULL)
        {
          weakref_value_entry_retire (entry);
          weakref_entry_unref (entry);
        }
      if (mine != NULL)
        sought = &mine->probe;
    }

  *leads = *flight != NULL && *flight == mine;
  g_clear_pointer (&mine, weakref_flight_unref);

  return object;
}

/* Returns the object with the key of the probe, if it is alive. Otherwise returns NULL with the
 * lock held, so that nobody can enter an object before the caller does. */
static gpointer
ensure_find_or_lock (WeakrefValueCore *core, const WeakrefValueProbe *sought)
{
  while (TRUE)
    {
      WeakrefValueEntry *entry;
      gpointer object;

      weakref_lock (&core->base.lock);
      entry = weakref_value_core_find_locked (core, sought);
      if (entry == NULL)
        return NULL;
      g_mutex_unlock (&core->base.lock);

      object = weakref_value_entry_dup_object (entry);
      if (object == NULL)
        weakref_value_entry_retire (entry);
      weakref_entry_unref (entry);
      if (object != NULL)
        return object;
    }
}

/* Ends @flight without an object. Those who wait get @error; if that is NULL, they try again. Takes
 * over @error. */
void
weakref_ensure_fail (WeakrefFlight *flight, GError *error)
{
  WeakrefValueCore *core = flight->core;
  GQueue waiters = G_QUEUE_INIT;
  gboolean over;

  weakref_lock (&core->base.lock);
  over = flight->state != WEAKREF_FLIGHT_GOES_ON;
  if (!over)
    waiters = weakref_flight_end_locked (
      flight, error != NULL ? WEAKREF_FLIGHT_FAILED : WEAKREF_FLIGHT_ABANDONED, NULL, error);
  g_mutex_unlock (&core->base.lock);

  if (over)
    g_clear_error (&error);
  else
    weakref_flight_tell (flight, &waiters);
}

/* Ends @flight with the object that the leader has made, and enters it. If somebody has inserted
 * another object in the meantime, and that is alive, the other one stays and is the result. Takes
 * over the reference on @object. Returns whether @object is in the table now.
 *
 * Foreign code may run before the flight ends. For example, an earlier life of @object may have
 * ended without a notification, and then its callbacks run now. They are inside the creation. If
 * they ask for the key, they must not wait for it. */
gboolean
weakref_ensure_end (WeakrefFlight *flight, gpointer object)
{
  WeakrefValueCore *core = flight->core;
  GQueue waiters = G_QUEUE_INIT;
  gboolean put = FALSE;
  WeakrefFrame frame;
  WeakrefValueEntry *entry;
  WeakrefEntry *old;
  gpointer other;
  gpointer result;
  gboolean over;

  weakref_frame_enter (&frame, &flight->making);
  entry = weakref_flight_bind (flight, object);
  other = ensure_find_or_lock (core, &flight->probe);
  result = other != NULL ? other : object;
  if (other != NULL)
    weakref_lock (&core->base.lock);
  over = flight->state != WEAKREF_FLIGHT_GOES_ON;
  if (!over)
    {
      put = other == NULL && weakref_value_core_put_locked (core, entry, &old);
      waiters = weakref_flight_end_locked (flight, WEAKREF_FLIGHT_GAVE_OBJECT, result, NULL);
    }
  g_mutex_unlock (&core->base.lock);
  weakref_frame_leave (&frame);

  if (put)
    weakref_value_entry_entered (entry, object);
  else
    weakref_entry_drop (&entry->base);
  if (over || other != NULL)
    g_object_unref (object);
  if (over)
    g_clear_object (&other);
  else
    weakref_flight_tell (flight, &waiters);

  return put || (!over && other == object);
}

/* Checks what a creation has given: it has to be an object, or NULL with an error. Takes over the
 * reference on @object. Returns the object, or NULL with an error. */
gpointer
weakref_ensure_check (gpointer object, GError **error)
{
  if (*error != NULL)
    {
      if (object != NULL && G_IS_OBJECT (object))
        g_object_unref (object);
      return NULL;
    }

  if (object == NULL)
    {
      g_set_error_literal (error, WEAKREF_ERROR, WEAKREF_ERROR_CREATE,
                           "The create function returned NULL and no error");
      return NULL;
    }

  if (!G_IS_OBJECT (object))
    {
      g_set_error_literal (error, WEAKREF_ERROR, WEAKREF_ERROR_CREATE,
                           "The create function returned something that is not a GObject");
      return NULL;
    }

  /* We take over the reference. If it floats, as that of a new widget does, it is sunk. */
  if (g_object_is_floating (object))
    g_object_ref_sink (object);

  return object;
}

/* Creates the object of @flight in this thread, and ends the flight. */
static void
ensure_lead (WeakrefFlight *flight, WeakrefCreateFunc create, gpointer user_data)
{
  WeakrefFrame frame;
  GError *error = NULL;
  gpointer object;

  weakref_frame_enter (&frame, &flight->making);
  object = create (flight->key, user_data, &error);
  object = weakref_ensure_check (object, &error);
  weakref_frame_leave (&frame);

  if (object != NULL)
    weakref_ensure_end (flight, object);
  else
    weakref_ensure_fail (flight, error);
}

static gboolean
ensure_wait (WeakrefFlight *flight, GError **error)
{
  WeakrefValueCore *core = flight->core;
  gboolean waited;

  weakref_lock (&core->base.lock);
  waited = weakref_flight_wait_locked (flight, error);
  g_mutex_unlock (&core->base.lock);
  if (!waited)
    weakref_flight_leave (flight);

  return waited;
}

/* Returns the object of @key, perhaps after waiting for its creation. If it returns NULL, either
 * @error is set, or @flight was started and the caller is its leader. */
static gpointer
ensure_get (WeakrefValueCore *core, gconstpointer key, WeakrefFlight **flight, GError **error)
{
  WeakrefFlight *abandoned = NULL;

  while (TRUE)
    {
      GError *local_error = NULL;
      gboolean leads;
      gpointer object = weakref_ensure_begin (core, key, FALSE, flight, &leads);

      g_clear_pointer (&abandoned, weakref_flight_unref);
      if (object != NULL || leads)
        {
          weakref_value_core_count (core, object != NULL);
          return object;
        }

      if (ensure_wait (*flight, &local_error))
        object = weakref_flight_dup_object (*flight, &local_error);
      if (object != NULL || local_error != NULL)
        {
          g_clear_pointer (flight, weakref_flight_unref);
          if (object != NULL)
            weakref_value_core_count (core, TRUE);
          else
            g_propagate_error (error, local_error);
          return object;
        }

      abandoned = *flight;
      key = abandoned->key;
    }
}

/* Returns the object of @key, perhaps after waiting for its creation. If it returns NULL, either
 * @error is set, or @flight was started and the caller has to end it. */
gpointer
weakref_value_core_reserve (WeakrefValueCore *core,
                            gconstpointer key,
                            WeakrefFlight **flight,
                            GError **error)
{
  gpointer object;

  /* The creation that we wait for may drop the last reference on the table object. */
  weakref_table_ref (core);
  object = ensure_get (core, key, flight, error);
  weakref_table_unref (core);

  return object;
}

gpointer
weakref_value_core_ensure (WeakrefValueCore *core,
                           gconstpointer key,
                           WeakrefCreateFunc create,
                           gpointer user_data,
                           GError **error)
{
  gpointer object;
  WeakrefValueEntry *dead;
  WeakrefFlight *flight;

  /* In most cases the object is there. */
  object = weakref_value_core_dup_living (core, key, &dead);
  if (object != NULL)
    return object;

  /* Foreign code may have run. So the key of the caller can't be used any more. */
  if (dead != NULL)
    key = weakref_value_entry_get_key (dead);

  /* The create function may drop the last reference on the table object. */
  weakref_table_ref (core);
  object = ensure_get (core, key, &flight, error);
  if (flight != NULL)
    {
      ensure_lead (flight, create, user_data);
      object = weakref_flight_dup_object (flight, error);
      weakref_flight_unref (flight);
    }
  weakref_table_unref (core);
  if (dead != NULL)
    weakref_entry_unref (dead);

  return object;
}

typedef struct
{
  const GValue *key;
  WeakrefCreateValueFunc create;
  gpointer user_data;
} CreateValue;

static gpointer
create_value_cb (gconstpointer key, gpointer user_data, GError **error)
{
  CreateValue *call = user_data;

  return call->create (call->key, call->user_data, error);
}

gpointer
weakref_value_core_ensure_value (WeakrefValueCore *core,
                                 const GValue *key,
                                 WeakrefCreateValueFunc create,
                                 gpointer user_data,
                                 GError **error)
{
  CreateValue call = { key, create, user_data };
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  if (!weakref_key_from_value (&core->kind, key, &buffer, &pointer, error))
    return NULL;

  return weakref_value_core_ensure (core, pointer, create_value_cb, &call, error);
}
