/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-reservation.h>

#include <weakref-glib/core/ensure.h>
#include <weakref-glib/weakref-value-table-private.h>

/**
 * WeakrefReservation:
 *
 * The right, and the duty, to make the object of one key of a [class@Weakref.ValueTable].
 *
 * [method@Weakref.ValueTable.reserve] gives the object of a key, or a reservation if there is none.
 * Use it where the creation does not fit into one function: it begins in one place, and ends later
 * in another function, thread or main loop. While a key is reserved, all who ask for it wait, with
 * [method@Weakref.ValueTable.ensure], [method@Weakref.ValueTable.ensure_async] or
 * [method@Weakref.ValueTable.reserve].
 *
 * A reservation ends once, in one of three ways. It is committed with an object: all who wait get
 * the object. It fails: all who wait get the error. It is abandoned: the first one who waits makes
 * the object instead. When the last reference on it is dropped, it is abandoned. It does not keep
 * the table. If the table is gone, those who wait get the object all the same.
 *
 * All methods can be called from any thread. If a thread has to end a reservation, it must not wait
 * for the key of that reservation, or it waits for ever. The library can't detect that.
 *
 * ```c
 * g_autoptr (WeakrefReservation) reservation = weakref_value_table_reserve (table, name, &folder,
 * NULL);
 *
 * if (reservation != NULL && (folder = open_folder (name)) != NULL)
 *   weakref_reservation_commit (reservation, folder);
 * ```
 *
 * Since: 1.0
 */
struct _WeakrefReservation
{
  GObject parent_instance;

  WeakrefFlight *flight; /* (owned) (nullable) (atomic): NULL when the reservation has ended */
};

G_DEFINE_TYPE (WeakrefReservation, weakref_reservation, G_TYPE_OBJECT)

/* Gives the flight to exactly one caller, which has to end it. All others get NULL. */
static WeakrefFlight *
reservation_take (WeakrefReservation *self)
{
  WeakrefFlight *flight;

  do
    flight = g_atomic_pointer_get (&self->flight);
  while (!g_atomic_pointer_compare_and_exchange (&self->flight, flight, NULL));

  return flight;
}

/* Ends the reservation with @error, or abandons it if @error is NULL. Takes over @error. Returns
 * FALSE if it had ended before. */
static gboolean
reservation_end (WeakrefReservation *self, GError *error)
{
  WeakrefFlight *flight = reservation_take (self);

  if (flight == NULL)
    {
      g_clear_error (&error);
      return FALSE;
    }

  weakref_ensure_fail (flight, error);
  weakref_flight_unref (flight);

  return TRUE;
}

static void
weakref_reservation_dispose (GObject *object)
{
  reservation_end (WEAKREF_RESERVATION (object), NULL);

  G_OBJECT_CLASS (weakref_reservation_parent_class)->dispose (object);
}

static void
weakref_reservation_class_init (WeakrefReservationClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = weakref_reservation_dispose;
}

static void
weakref_reservation_init (WeakrefReservation *self)
{
}

/**
 * weakref_reservation_commit:
 * @self: a reservation
 * @object: (type GObject.Object) (transfer none) (not nullable): what was made
 *
 * Enters @object into the table, and gives it to all who wait.
 *
 * If somebody has inserted another object under the key in the meantime, that one stays in the
 * table, and those who wait get it instead.
 *
 * You must hold a reference on @object during the call.
 *
 * Returns: %TRUE if @object is in the table now; %FALSE if the reservation had ended before, if
 *   another object was inserted in the meantime, or if the table is gone
 *
 * Since: 1.0
 */
gboolean
weakref_reservation_commit (WeakrefReservation *self, gpointer object)
{
  WeakrefFlight *flight;
  gboolean entered;

  g_return_val_if_fail (WEAKREF_IS_RESERVATION (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (weakref_is_held (object), FALSE);

  flight = reservation_take (self);
  if (flight == NULL)
    return FALSE;

  entered = weakref_ensure_end (flight, g_object_ref (object));
  weakref_flight_unref (flight);

  return entered;
}

/**
 * weakref_reservation_fail:
 * @self: a reservation
 * @error: (not nullable): why there is no object
 *
 * Ends the reservation without an object. All who wait get a copy of @error. Whoever asks for the
 * key later can try again.
 *
 * Returns: %TRUE if this call ended it, %FALSE if it had ended before
 *
 * Since: 1.0
 */
gboolean
weakref_reservation_fail (WeakrefReservation *self, const GError *error)
{
  g_return_val_if_fail (WEAKREF_IS_RESERVATION (self), FALSE);
  g_return_val_if_fail (error != NULL, FALSE);

  return reservation_end (self, g_error_copy (error));
}

/**
 * weakref_reservation_abandon:
 * @self: a reservation
 *
 * Ends the reservation without an object and without an error. The first one who waits makes the
 * object instead, or gets a reservation. The others wait for that. When the last reference on a
 * reservation is dropped, the same happens.
 *
 * Returns: %TRUE if this call ended it, %FALSE if it had ended before
 *
 * Since: 1.0
 */
gboolean
weakref_reservation_abandon (WeakrefReservation *self)
{
  g_return_val_if_fail (WEAKREF_IS_RESERVATION (self), FALSE);

  return reservation_end (self, NULL);
}

static WeakrefReservation *
table_reserve (WeakrefValueTable *table, gconstpointer key, gpointer *object, GError **error)
{
  WeakrefFlight *flight;
  gpointer found = weakref_value_core_reserve (table->core, key, &flight, error);
  WeakrefReservation *self;

  if (object != NULL)
    *object = found;
  else
    g_clear_object (&found);
  if (flight == NULL)
    return NULL;

  self = g_object_new (WEAKREF_TYPE_RESERVATION, NULL);
  self->flight = flight;

  return self;
}

/**
 * weakref_value_table_reserve: (skip)
 * @self: a table
 * @key: the key
 * @object: (out) (optional) (nullable) (transfer full) (type GObject.Object): return location for
 * the object, or %NULL if there is none
 * @error: return location for the error of the creation that was waited for, for a
 *   `WEAKREF_ERROR_RECURSION` or a `WEAKREF_ERROR_WOULD_BLOCK`
 *
 * Gives the object that @key stands for, or the right to make it.
 *
 * If somebody else is making it, this waits for that, and fails with it. If what is waited for is
 * given up, the first of those who wait gets the reservation, or makes the object. To wait for a
 * creation inside of which the caller is, or which needs the main context that he blocks, is an
 * error as with [method@Weakref.ValueTable.ensure].
 *
 * Returns: (transfer full) (nullable): a reservation, or %NULL if @object was found, or @error is
 * set
 *
 * Since: 1.0
 */
WeakrefReservation *
weakref_value_table_reserve (WeakrefValueTable *self,
                             gconstpointer key,
                             gpointer *object,
                             GError **error)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (object != NULL)
    *object = NULL;
  if (!weakref_key_check (&self->core->kind, key, G_STRFUNC))
    return NULL;

  return table_reserve (self, key, object, error);
}

/**
 * weakref_value_table_reserve_value: (rename-to weakref_value_table_reserve)
 * @self: a table
 * @key: the key
 * @object: (out) (optional) (nullable) (transfer full) (type GObject.Object): return location for
 * the object, or %NULL if there is none
 * @error: return location for the error of the creation that was waited for, for a
 *   `WEAKREF_ERROR_KEY_TYPE`, a `WEAKREF_ERROR_RECURSION` or a `WEAKREF_ERROR_WOULD_BLOCK`
 *
 * Gives the object that @key stands for, or the right to make it.
 *
 * If somebody else is making it, this waits for that, and fails with it. If what is waited for is
 * given up, the first of those who wait gets the reservation, or makes the object.
 *
 * Returns: (transfer full) (nullable): a reservation, or %NULL if @object was found, or @error is
 * set
 *
 * Since: 1.0
 */
WeakrefReservation *
weakref_value_table_reserve_value (WeakrefValueTable *self,
                                   const GValue *key,
                                   gpointer *object,
                                   GError **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);
  g_return_val_if_fail (G_IS_VALUE (key), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (object != NULL)
    *object = NULL;
  if (!weakref_key_from_value (&self->core->kind, key, &buffer, &pointer, error))
    return NULL;

  return table_reserve (self, pointer, object, error);
}
