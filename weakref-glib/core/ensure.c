/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/ensure.h>

#include <weakref-glib/core/flight.h>
#include <weakref-glib/core/waiting.h>
#include <weakref-glib/weakref-error.h>

/* The key of a caller is good until foreign code runs: a create function may need its memory for
 * something else, and so may whatever runs when an object is taken or dropped. From there on the
 * key is that of a flight, or of an entry. */

/* The living object of @key, or NULL. Then @flight, which is the caller's to drop, is the one that
 * is on its way to it; @leads says whether it was started here, for the caller to make the object.
 * An entry whose object is dying is taken out. */
static gpointer
ensure_begin (WeakrefValueCore *core, gconstpointer key, WeakrefFlight **flight, gboolean *leads)
{
  WeakrefValueProbe probe = weakref_value_entry_probe (core, key);
  const WeakrefValueProbe *sought = &probe;
  WeakrefFlight *mine = NULL;
  gpointer object = NULL;

  *flight = NULL;
  while (*flight == NULL)
    {
      WeakrefValueEntry *entry;

      g_mutex_lock (&core->base.lock);
      entry = weakref_value_core_find_locked (core, sought);
      if (entry == NULL)
        {
          *flight = weakref_flight_find_locked (core, sought);
          if (*flight != NULL)
            weakref_flight_ref (*flight);
          else if (mine != NULL)
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

/* The living object of the probe, or NULL; then the lock is held, so that nobody can enter one
 * before the caller does. */
static gpointer
ensure_find_or_lock (WeakrefValueCore *core, const WeakrefValueProbe *sought)
{
  while (TRUE)
    {
      WeakrefValueEntry *entry;
      gpointer object;

      g_mutex_lock (&core->base.lock);
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

/* Enters what the leader made, unless somebody has inserted a living object meanwhile: then that is
 * the result. Those who wait get it, or else the error. Takes over the references on @object and
 * @error, one of which is NULL. */
static void
ensure_end (WeakrefFlight *flight, gpointer object, GError *error)
{
  WeakrefValueCore *core = flight->core;
  WeakrefValueEntry *entry;
  gpointer other;
  WeakrefEntry *old;
  gboolean put = FALSE;

  if (object == NULL)
    {
      g_mutex_lock (&core->base.lock);
      weakref_flight_end_locked (flight, WEAKREF_FLIGHT_FAILED, NULL, error);
      g_mutex_unlock (&core->base.lock);
      return;
    }

  entry = flight->entry;
  weakref_entry_init (&entry->base, &core->base, object);
  weakref_entry_ref (entry);

  other = ensure_find_or_lock (core, &flight->probe);
  if (other != NULL)
    g_mutex_lock (&core->base.lock);
  else
    put = weakref_value_core_put_locked (core, entry, &old);
  weakref_flight_end_locked (flight, WEAKREF_FLIGHT_GAVE_OBJECT, other != NULL ? other : object,
                             NULL);
  flight->entry = NULL;
  g_mutex_unlock (&core->base.lock);

  if (put)
    weakref_value_entry_entered (entry, object);
  else
    weakref_entry_drop (&entry->base);
  weakref_entry_unref (entry);
  if (other != NULL)
    g_object_unref (object);
}

/* Returns the result of @create: an object, or NULL and an error. */
static gpointer
ensure_create (gconstpointer key, WeakrefCreateFunc create, gpointer user_data, GError **error)
{
  gpointer object = create (key, user_data, error);

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

  /* The reference is ours, even if it floats, as that of a new widget does. */
  if (g_object_is_floating (object))
    g_object_ref_sink (object);

  return object;
}

/* Makes what @flight is for. */
static void
ensure_lead (WeakrefFlight *flight, WeakrefCreateFunc create, gpointer user_data)
{
  WeakrefFrame frame;
  GError *error = NULL;
  gpointer object;

  weakref_frame_enter (&frame, flight);
  object = ensure_create (flight->key, create, user_data, &error);
  weakref_frame_leave (&frame);
  ensure_end (flight, object, error);
}

static gboolean
ensure_wait (WeakrefFlight *flight, GError **error)
{
  WeakrefValueCore *core = flight->core;
  gboolean waited;

  g_mutex_lock (&core->base.lock);
  waited = weakref_flight_wait_locked (flight, error);
  g_mutex_unlock (&core->base.lock);

  return waited;
}

/* Sets @created if @create was called. */
static gpointer
core_ensure (WeakrefValueCore *core,
             gconstpointer key,
             WeakrefCreateFunc create,
             gpointer user_data,
             gboolean *created,
             GError **error)
{
  WeakrefFlight *abandoned = NULL;

  while (TRUE)
    {
      GError *local_error = NULL;
      WeakrefFlight *flight;
      gboolean leads;
      gpointer object = ensure_begin (core, key, &flight, &leads);

      g_clear_pointer (&abandoned, weakref_flight_unref);
      if (object != NULL)
        return object;

      if (leads)
        {
          *created = TRUE;
          ensure_lead (flight, create, user_data);
        }

      if (leads || ensure_wait (flight, &local_error))
        object = weakref_flight_dup_object (flight, &local_error);
      if (object != NULL || local_error != NULL)
        {
          weakref_flight_unref (flight);
          if (local_error != NULL)
            g_propagate_error (error, local_error);
          return object;
        }

      abandoned = flight;
      key = flight->key;
    }
}

gpointer
weakref_value_core_ensure (WeakrefValueCore *core,
                           gconstpointer key,
                           WeakrefCreateFunc create,
                           gpointer user_data,
                           GError **error)
{
  gboolean created = FALSE;
  gpointer object;

  /* The create function may drop the last reference on the table object. */
  weakref_table_ref (core);
  object = core_ensure (core, key, create, user_data, &created, error);
  if (created || object != NULL)
    weakref_value_core_count (core, !created);
  weakref_table_unref (core);

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
