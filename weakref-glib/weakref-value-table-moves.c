/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-value-table-private.h>

#include <weakref-glib/core/value-moves.h>

/* Changes that depend on what is in the table, and the search for the key of an object. */

static gboolean
may_be_object (gpointer object)
{
  return object == NULL || (G_IS_OBJECT (object) && weakref_is_held (object));
}

/**
 * weakref_value_table_replace: (skip)
 * @self: a table
 * @key: the key
 * @expected: (type GObject.Object) (transfer none) (nullable): the object that the key should stand
 *   for now; %NULL for none
 * @object: (type GObject.Object) (transfer none) (nullable): the object that it shall stand for
 *   then; %NULL for none
 *
 * Compares and exchanges: if @key stands for @expected, @object replaces it, in one step.
 *
 * If @object is %NULL, the entry is only removed, if it is that of @expected. If @expected is
 * %NULL,
 * @object is only inserted, if @key stands for no object. If the object of @key is just being
 * created, @key stands for no object yet. That creation then has @object as its result. You must
 * hold a reference on both objects during the call.
 *
 * Returns: %TRUE if that was done; %FALSE if @key stands for something else
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_replace (WeakrefValueTable *self,
                             gconstpointer key,
                             gpointer expected,
                             gpointer object)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);
  g_return_val_if_fail (may_be_object (expected), FALSE);
  g_return_val_if_fail (may_be_object (object), FALSE);

  if (!weakref_key_check (&self->core->kind, key, G_STRFUNC))
    return FALSE;

  return weakref_value_core_replace (self->core, key, expected, object);
}

/**
 * weakref_value_table_replace_value: (rename-to weakref_value_table_replace)
 * @self: a table
 * @key: the key
 * @expected: (type GObject.Object) (transfer none) (nullable): the object that the key should stand
 *   for now; %NULL for none
 * @object: (type GObject.Object) (transfer none) (nullable): the object that it shall stand for
 *   then; %NULL for none
 * @error: return location for a `WEAKREF_ERROR_KEY_TYPE`
 *
 * Compares and exchanges: if @key stands for @expected, @object replaces it, in one step.
 *
 * If @object is %NULL, the entry is only removed, if it is that of @expected. If @expected is
 * %NULL,
 * @object is only inserted, if @key stands for no object.
 *
 * Returns: %TRUE if that was done; %FALSE if @key stands for something else, or @error is set
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_replace_value (
  WeakrefValueTable *self, const GValue *key, gpointer expected, gpointer object, GError **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);
  g_return_val_if_fail (G_IS_VALUE (key), FALSE);
  g_return_val_if_fail (may_be_object (expected), FALSE);
  g_return_val_if_fail (may_be_object (object), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!weakref_key_from_value (&self->core->kind, key, &buffer, &pointer, error))
    return FALSE;

  return weakref_value_core_replace (self->core, pointer, expected, object);
}

/**
 * weakref_value_table_steal: (skip)
 * @self: a table
 * @key: the key
 *
 * Removes the entry of @key, and gives its object.
 *
 * Returns: (transfer full) (type GObject.Object) (nullable): the object, or %NULL if there was none
 *
 * Since: 1.0
 */
gpointer
weakref_value_table_steal (WeakrefValueTable *self, gconstpointer key)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);

  if (!weakref_key_check (&self->core->kind, key, G_STRFUNC))
    return NULL;

  return weakref_value_core_steal (self->core, key);
}

/**
 * weakref_value_table_steal_value: (rename-to weakref_value_table_steal)
 * @self: a table
 * @key: the key
 * @error: return location for a `WEAKREF_ERROR_KEY_TYPE`
 *
 * Removes the entry of @key, and gives its object.
 *
 * Returns: (transfer full) (type GObject.Object) (nullable): the object, or %NULL; %NULL without
 *   @error set means that there was none
 *
 * Since: 1.0
 */
gpointer
weakref_value_table_steal_value (WeakrefValueTable *self, const GValue *key, GError **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);
  g_return_val_if_fail (G_IS_VALUE (key), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weakref_key_from_value (&self->core->kind, key, &buffer, &pointer, error))
    return NULL;

  return weakref_value_core_steal (self->core, pointer);
}

/**
 * weakref_value_table_rekey: (skip)
 * @self: a table
 * @object: (type GObject.Object) (transfer none) (not nullable): an object of the table
 * @new_key: the key that it shall have
 *
 * Makes @new_key the only key of @object, in one step. At no moment has @object no key, or both the
 * old and the new one.
 *
 * If @new_key stands for another object, @object replaces it, as with
 * [method@Weakref.ValueTable.insert]. You must hold a reference on @object during the call.
 *
 * Returns: %TRUE if that was done; %FALSE if @object was not in the table: then nothing was changed
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_rekey (WeakrefValueTable *self, gpointer object, gconstpointer new_key)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (weakref_is_held (object), FALSE);

  if (!weakref_key_check (&self->core->kind, new_key, G_STRFUNC))
    return FALSE;

  return weakref_value_core_rekey (self->core, object, new_key);
}

/**
 * weakref_value_table_rekey_value: (rename-to weakref_value_table_rekey)
 * @self: a table
 * @object: (type GObject.Object) (transfer none) (not nullable): an object of the table
 * @new_key: the key that it shall have
 * @error: return location for a `WEAKREF_ERROR_KEY_TYPE`
 *
 * Makes @new_key the only key of @object, in one step. At no moment has @object no key, or both the
 * old and the new one.
 *
 * If @new_key stands for another object, @object replaces it.
 *
 * Returns: %TRUE if that was done; %FALSE if @object was not in the table, or @error is set: then
 *   nothing was changed
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_rekey_value (WeakrefValueTable *self,
                                 gpointer object,
                                 const GValue *new_key,
                                 GError **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (weakref_is_held (object), FALSE);
  g_return_val_if_fail (G_IS_VALUE (new_key), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!weakref_key_from_value (&self->core->kind, new_key, &buffer, &pointer, error))
    return FALSE;

  return weakref_value_core_rekey (self->core, object, pointer);
}

/**
 * weakref_value_table_remove_object:
 * @self: a table
 * @object: (type GObject.Object) (transfer none) (not nullable): an object
 *
 * Removes all entries of @object, whatever their keys are.
 *
 * The time that it takes grows with the number of these entries. It does not depend on the size of
 * the table, or on what else refers to @object. See [method@Weakref.ValueTable.lookup_key] for the
 * index that makes this possible. You must hold a reference on @object during the call.
 *
 * Returns: %TRUE if there were any
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_remove_object (WeakrefValueTable *self, gpointer object)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (weakref_is_held (object), FALSE);

  return weakref_value_core_remove_object (self->core, object);
}

/**
 * weakref_value_table_lookup_key: (skip)
 * @self: a table
 * @object: (type GObject.Object) (transfer none) (not nullable): an object
 * @key: (out) (optional) (nullable) (transfer full): return location for a copy of its key, to be
 *   freed as those of [method@Weakref.ValueTable.dup_keys] are; not touched if there is none
 *
 * Gives the key of @object. If it has several keys, this is the newest one.
 *
 * It takes constant time. The first call of this function, of [method@Weakref.ValueTable.rekey] or
 * of [method@Weakref.ValueTable.remove_object] makes an index of the table for that. From then on
 * the table needs more memory for each entry. You must hold a reference on @object during the call.
 *
 * Returns: %TRUE if @object is in the table
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_lookup_key (WeakrefValueTable *self, gpointer object, gpointer *key)
{
  WeakrefValueEntry *entry;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (weakref_is_held (object), FALSE);

  entry = weakref_value_core_find_object (self->core, object);
  if (entry == NULL)
    return FALSE;

  if (key != NULL)
    *key = weakref_key_copy (&self->core->kind, weakref_value_entry_get_key (entry));
  weakref_entry_unref (entry);

  return TRUE;
}

/**
 * weakref_value_table_lookup_key_value: (rename-to weakref_value_table_lookup_key)
 * @self: a table
 * @object: (type GObject.Object) (transfer none) (not nullable): an object
 * @key: (out caller-allocates): return location for a copy of its key, an empty #GValue; if there
 *   is none, it becomes an object that is %NULL
 *
 * Gives the key of @object. If it has several keys, this is the newest one.
 *
 * Returns: %TRUE if @object is in the table
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_lookup_key_value (WeakrefValueTable *self, gpointer object, GValue *key)
{
  WeakrefValueEntry *entry;
  GValue *value;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (weakref_is_held (object), FALSE);
  g_return_val_if_fail (key != NULL && !G_IS_VALUE (key), FALSE);

  entry = weakref_value_core_find_object (self->core, object);
  if (entry == NULL)
    {
      g_value_init (key, G_TYPE_OBJECT);
      return FALSE;
    }

  value = weakref_key_to_value (&self->core->kind, weakref_value_entry_get_key (entry));
  weakref_entry_unref (entry);
  g_value_init (key, G_VALUE_TYPE (value));
  g_value_copy (value, key);
  g_boxed_free (G_TYPE_VALUE, value);

  return TRUE;
}
