/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-key-table-private.h>

/* The functions with values that are GValues. Languages see them under the names without "_value".
 *
 * The table has each GValue in a box that is counted. So a lookup takes a reference on the box
 * under the lock, and copies the GValue outside of it. */

static gpointer
value_new (const GValue *value)
{
  GValue *box = g_atomic_rc_box_new0 (GValue);

  g_value_init (box, G_VALUE_TYPE (value));
  g_value_copy (value, box);

  return box;
}

/* Copies the GValue in @box, which may be NULL, to @value. Drops the reference on @box. */
static void
value_hand_over (GValue *box, GValue *value)
{
  if (box == NULL)
    {
      g_value_init (value, G_TYPE_OBJECT);
      return;
    }

  g_value_init (value, G_VALUE_TYPE (box));
  g_value_copy (box, value);
  weakref_key_value_unref (box);
}

/**
 * weakref_key_table_insert_value: (rename-to weakref_key_table_insert)
 * @self: a table made with weakref_key_table_new_for_values()
 * @key: (type GObject.Object) (not nullable): the key
 * @value: the value; the table makes a copy
 *
 * Sets the value of @key. If there is a value already, it is replaced and freed.
 *
 * Returns: %TRUE if the key was new
 *
 * Since: 1.0
 */
gboolean
weakref_key_table_insert_value (WeakrefKeyTable *self, gpointer key, const GValue *value)
{
  g_return_val_if_fail (WEAKREF_IS_KEY_TABLE (self), FALSE);
  g_return_val_if_fail (self->core->for_values, FALSE);
  g_return_val_if_fail (G_IS_OBJECT (key), FALSE);
  g_return_val_if_fail (weakref_is_held (key), FALSE);
  g_return_val_if_fail (G_IS_VALUE (value), FALSE);

  return weakref_key_core_insert (self->core, key, value_new (value));
}

/**
 * weakref_key_table_lookup_value: (rename-to weakref_key_table_lookup)
 * @self: a table made with weakref_key_table_new_for_values()
 * @key: (type GObject.Object) (not nullable): the key
 * @value: (out caller-allocates): return location for a copy of the value, an empty #GValue; if
 *   there is none, it becomes an object that is %NULL
 *
 * Gives the value of @key, and tells whether there is one.
 *
 * Returns: %TRUE if there is an entry
 *
 * Since: 1.0
 */
gboolean
weakref_key_table_lookup_value (WeakrefKeyTable *self, gpointer key, GValue *value)
{
  GValue *found = NULL;
  gsize index;

  g_return_val_if_fail (WEAKREF_IS_KEY_TABLE (self), FALSE);
  g_return_val_if_fail (self->core->for_values, FALSE);
  g_return_val_if_fail (G_IS_OBJECT (key), FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  weakref_lock (&self->core->base.lock);
  index = weakref_table_find_locked (&self->core->base, key);
  if (index != WEAKREF_MAP_NONE)
    found = g_atomic_rc_box_acquire (weakref_map_get_data (&self->core->base.map, index));
  g_mutex_unlock (&self->core->base.lock);

  value_hand_over (found, value);

  return found != NULL;
}

/**
 * weakref_key_table_dup_value:
 * @self: a table made with weakref_key_table_new_for_values()
 * @key: (type GObject.Object) (not nullable): the key
 *
 * Copies the value of @key.
 *
 * It is for languages that can't free the content of a #GValue which they get through an argument,
 * such as GJS before 1.78.
 *
 * Returns: (transfer full) (nullable): a copy of the value, or %NULL if there is no entry; free it
 *   with g_boxed_free()
 *
 * Since: 1.0
 */
GValue *
weakref_key_table_dup_value (WeakrefKeyTable *self, gpointer key)
{
  GValue *value;

  g_return_val_if_fail (WEAKREF_IS_KEY_TABLE (self), NULL);
  g_return_val_if_fail (self->core->for_values, NULL);
  g_return_val_if_fail (G_IS_OBJECT (key), NULL);

  value = g_new0 (GValue, 1);
  if (!weakref_key_table_lookup_value (self, key, value))
    g_clear_pointer (&value, g_free);

  return value;
}

/**
 * weakref_key_table_steal_value: (rename-to weakref_key_table_steal)
 * @self: a table made with weakref_key_table_new_for_values()
 * @key: (type GObject.Object) (not nullable): the key
 * @value: (out caller-allocates): return location for the value, an empty #GValue; if there is
 *   none, it becomes an object that is %NULL
 *
 * Removes the entry of @key and gives its value, like `pop()` of a `dict` in Python.
 *
 * Returns: %TRUE if there was an entry
 *
 * Since: 1.0
 */
gboolean
weakref_key_table_steal_value (WeakrefKeyTable *self, gpointer key, GValue *value)
{
  gpointer found = NULL;

  g_return_val_if_fail (WEAKREF_IS_KEY_TABLE (self), FALSE);
  g_return_val_if_fail (self->core->for_values, FALSE);
  g_return_val_if_fail (G_IS_OBJECT (key), FALSE);
  g_return_val_if_fail (value != NULL, FALSE);

  weakref_key_core_steal (self->core, key, &found);
  value_hand_over (found, value);

  return found != NULL;
}

/**
 * weakref_key_table_foreach_value: (rename-to weakref_key_table_foreach)
 * @self: a table made with weakref_key_table_new_for_values()
 * @func: (scope call) (closure user_data): called for each entry
 * @user_data: (nullable): data for @func
 *
 * Calls @func with each entry whose key is alive.
 *
 * It goes over a snapshot of the entries, so @func may change the table. @func is called for the
 * entries that were there at the start, if their key is still alive when they come up.
 *
 * Since: 1.0
 */
void
weakref_key_table_foreach_value (WeakrefKeyTable *self,
                                 WeakrefKeyTableValueFunc func,
                                 gpointer user_data)
{
  g_return_if_fail (WEAKREF_IS_KEY_TABLE (self));
  g_return_if_fail (self->core->for_values);
  g_return_if_fail (func != NULL);

  weakref_key_core_foreach (self->core, (WeakrefKeyTableFunc) func, user_data);
}
