/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/ensure.h>

#include <weakref-glib/weakref-error.h>

/* The living object of the probe, or NULL; then the lock is held, so that nobody can enter one
 * before the caller has done what it has to do. An entry whose object is dying is taken out. */
static gpointer
ensure_find_or_lock (WeakrefValueCore *core, const WeakrefValueEntry *probe)
{
  while (TRUE)
    {
      WeakrefValueEntry *entry;
      gpointer object;

      g_mutex_lock (&core->base.lock);
      entry = weakref_value_core_find_locked (core, probe);
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

/* Finds the living object of the probe, or waits for the flight that is on its way to it, or starts
 * one, which the caller leads. Returns the object, or NULL. */
static gpointer
ensure_begin (WeakrefValueCore *core,
              const WeakrefValueEntry *probe,
              WeakrefFlight **flight,
              gboolean *leads)
{
  gpointer object = ensure_find_or_lock (core, probe);

  *flight = NULL;
  *leads = FALSE;
  if (object != NULL)
    return object;

  *flight = weakref_flight_find_locked (core->flights, &core->kind, probe->key);
  if (*flight == NULL)
    {
      *flight = weakref_flight_start_locked (&core->flights, probe->key);
      *leads = TRUE;
    }
  else if (!weakref_flight_wait_locked (*flight, &core->base.lock))
    *flight = NULL;
  g_mutex_unlock (&core->base.lock);

  return NULL;
}

/* Enters what the leader made, unless somebody has inserted a living object meanwhile: then that is
 * the result. Takes over the reference on @object. */
static gpointer
ensure_end (WeakrefValueCore *core,
            const WeakrefValueEntry *probe,
            WeakrefFlight *flight,
            gpointer object)
{
  WeakrefValueEntry *made = NULL;
  WeakrefEntry *old = NULL;
  gpointer other = NULL;
  gboolean put = FALSE;

  if (object != NULL)
    {
      made = weakref_entry_ref (weakref_value_entry_new (probe, object));
      other = ensure_find_or_lock (core, probe);
    }
  if (object == NULL || other != NULL)
    g_mutex_lock (&core->base.lock);
  else
    put = weakref_table_put_locked (&core->base, &made->base, &old);
  weakref_flight_land_locked (&core->flights, flight, other != NULL ? other : object);
  g_mutex_unlock (&core->base.lock);

  if (put)
    weakref_value_entry_use (made, object);
  else if (made != NULL)
    weakref_entry_drop (&made->base);
  g_clear_pointer (&made, weakref_entry_unref);
  if (other != NULL)
    g_object_unref (object);

  return weakref_flight_finish (flight);
}

/* What @create gives: an object, or NULL with an error. */
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

static gpointer
core_ensure (WeakrefValueCore *core,
             gconstpointer key,
             WeakrefCreateFunc create,
             gpointer user_data,
             gboolean *created,
             GError **error)
{
  WeakrefValueEntry probe = weakref_value_entry_probe (core, key);

  while (TRUE)
    {
      GError *local_error = NULL;
      WeakrefFlight *flight;
      gboolean leads;
      gpointer object = ensure_begin (core, &probe, &flight, &leads);

      if (object != NULL)
        return object;

      if (flight == NULL)
        {
          g_set_error_literal (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION,
                               "The key was asked for from inside its own creation");
          return NULL;
        }

      if (!leads)
        {
          object = weakref_flight_finish (flight);
          if (object != NULL)
            return object;
          /* That creation failed; now it may be our turn. */
          continue;
        }

      if (created != NULL)
        *created = TRUE;
      object = ensure_create (key, create, user_data, &local_error);
      object = ensure_end (core, &probe, flight, object);
      if (object == NULL)
        g_propagate_error (error, local_error);
      return object;
    }
}

/* Sets @created, unless NULL, if @create was called. */
gpointer
weakref_value_core_ensure (WeakrefValueCore *core,
                           gconstpointer key,
                           WeakrefCreateFunc create,
                           gpointer user_data,
                           gboolean *created,
                           GError **error)
{
  gpointer object;

  /* The create function may drop the last reference on the table object. */
  weakref_table_ref (core);
  object = core_ensure (core, key, create, user_data, created, error);
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
                                 gboolean *created,
                                 GError **error)
{
  CreateValue call = { key, create, user_data };
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  if (!weakref_key_from_value (&core->kind, key, &buffer, &pointer, error))
    return NULL;

  return weakref_value_core_ensure (core, pointer, create_value_cb, &call, created, error);
}
