/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-value-table-private.h>

#include <weakref-glib/core/ensure.h>

/* The functions with keys that are GValues. Languages see them under the names without "_value". */

/**
 * weakref_value_table_insert_value: (rename-to weakref_value_table_insert)
 * @self: a table
 * @key: the key
 * @object: (type GObject.Object) (transfer none) (not nullable): the object
 * @error: return location for a `WEAKREF_ERROR_KEY_TYPE`
 *
 * Sets the object that @key stands for. If there is one already, it is replaced.
 *
 * Returns: %TRUE if the key was new; %FALSE also with @error set
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_insert_value (WeakrefValueTable *self,
                                  const GValue *key,
                                  gpointer object,
                                  GError **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);
  g_return_val_if_fail (G_IS_VALUE (key), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (weakref_is_held (object), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!weakref_key_from_value (&self->core->kind, key, &buffer, &pointer, error))
    return FALSE;

  return weakref_value_core_insert (self->core, pointer, object);
}

/**
 * weakref_value_table_lookup_value: (rename-to weakref_value_table_lookup)
 * @self: a table
 * @key: the key
 * @error: return location for a `WEAKREF_ERROR_KEY_TYPE`
 *
 * Gives the object that @key stands for, if it is alive.
 *
 * Returns: (transfer full) (type GObject.Object) (nullable): the object, or %NULL; %NULL without
 *   @error set means that there is none
 *
 * Since: 1.0
 */
gpointer
weakref_value_table_lookup_value (WeakrefValueTable *self, const GValue *key, GError **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);
  g_return_val_if_fail (G_IS_VALUE (key), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weakref_key_from_value (&self->core->kind, key, &buffer, &pointer, error))
    return NULL;

  return weakref_value_core_lookup (self->core, pointer);
}

/**
 * weakref_value_table_ensure_value: (rename-to weakref_value_table_ensure)
 * @self: a table
 * @key: the key
 * @create: (scope call) (closure user_data): creates the object if there is none
 * @user_data: (nullable): data for @create
 * @error: return location for an error of @create, or of the creation that was waited for, for a
 *   `WEAKREF_ERROR_KEY_TYPE`, a `WEAKREF_ERROR_CREATE`, a `WEAKREF_ERROR_RECURSION` or a
 *   `WEAKREF_ERROR_WOULD_BLOCK`
 *
 * Gives the object that @key stands for, and creates it if there is none.
 *
 * If several threads ask for a key at the same time, one of them creates the object, outside every
 * lock. The others wait for it and get the same object. If the creation fails, its caller gets the
 * error, and all who are waiting for it get it too. Whoever asks later starts a new creation.
 *
 * Returns: (transfer full) (type GObject.Object): the object, or %NULL with @error set
 *
 * Since: 1.0
 */
gpointer
weakref_value_table_ensure_value (WeakrefValueTable *self,
                                  const GValue *key,
                                  WeakrefCreateValueFunc create,
                                  gpointer user_data,
                                  GError **error)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);
  g_return_val_if_fail (G_IS_VALUE (key), NULL);
  g_return_val_if_fail (create != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return weakref_value_core_ensure_value (self->core, key, create, user_data, error);
}

/**
 * weakref_value_table_contains_value: (rename-to weakref_value_table_contains)
 * @self: a table
 * @key: the key
 * @error: return location for a `WEAKREF_ERROR_KEY_TYPE`
 *
 * Tells whether @key stands for a living object.
 *
 * Returns: %TRUE if it does
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_contains_value (WeakrefValueTable *self, const GValue *key, GError **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);
  g_return_val_if_fail (G_IS_VALUE (key), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!weakref_key_from_value (&self->core->kind, key, &buffer, &pointer, error))
    return FALSE;

  return weakref_value_core_contains (self->core, pointer);
}

/**
 * weakref_value_table_remove_value: (rename-to weakref_value_table_remove)
 * @self: a table
 * @key: the key
 * @error: return location for a `WEAKREF_ERROR_KEY_TYPE`
 *
 * Removes the entry of @key.
 *
 * Returns: %TRUE if there was one
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_remove_value (WeakrefValueTable *self, const GValue *key, GError **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);
  g_return_val_if_fail (G_IS_VALUE (key), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!weakref_key_from_value (&self->core->kind, key, &buffer, &pointer, error))
    return FALSE;

  return weakref_value_core_remove (self->core, pointer);
}

/**
 * weakref_value_table_dup_keys_value: (rename-to weakref_value_table_dup_keys)
 * @self: a table
 *
 * Copies the keys of the objects that are alive.
 *
 * Returns: (transfer container) (element-type GObject.Value) (not nullable): the keys, in no order;
 *   the array owns the copies
 *
 * Since: 1.0
 */
GPtrArray *
weakref_value_table_dup_keys_value (WeakrefValueTable *self)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);

  return weakref_value_core_dup_keys (self->core, TRUE);
}

/**
 * weakref_value_table_foreach_value: (rename-to weakref_value_table_foreach)
 * @self: a table
 * @func: (scope call) (closure user_data): called for each entry
 * @user_data: (nullable): data for @func
 *
 * Calls @func with each entry whose object is alive.
 *
 * It goes over a snapshot of the entries, so @func may change the table. @func is called for the
 * entries that were there at the start, if their object is still alive when they come up.
 *
 * Since: 1.0
 */
void
weakref_value_table_foreach_value (WeakrefValueTable *self,
                                   WeakrefValueTableValueFunc func,
                                   gpointer user_data)
{
  g_return_if_fail (WEAKREF_IS_VALUE_TABLE (self));
  g_return_if_fail (func != NULL);

  weakref_value_core_foreach_value (self->core, func, user_data);
}
