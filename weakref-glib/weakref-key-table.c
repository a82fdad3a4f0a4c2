/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-key-table-private.h>

/**
 * WeakrefKeyTable:
 *
 * A table from objects that it does not keep alive to values.
 *
 * Use it to attach data to objects that are not yours: metadata of a file, the layout of a widget,
 * the state that you keep for a client. When the key dies, the value is freed. Unlike the data of
 * g_object_set_data(), a table is private, can be counted, iterated and dropped as a whole, and
 * works from languages. Unlike in a #GHashTable of pointers, an entry can't outlive its key, and a
 * new object at an old address does not find the value of the old object.
 *
 * The value is freed, outside every lock, when it is replaced or removed, when the key dies, or
 * with the table. If somebody iterates over the table at that moment, it is freed at the end of
 * that iteration.
 *
 * *A value that holds a reference on its key keeps both alive*, because the table holds the value.
 * The same is true if something that the value refers to holds the key, such as a closure. It ends
 * only when the entry is removed, when the table is dropped, or with g_object_run_dispose() of the
 * key.
 *
 * All methods can be called from any thread at any time. You hold the key during a call.
 *
 * ```c
 * g_autoptr (WeakrefKeyTable) notes = weakref_key_table_new (g_free);
 *
 * weakref_key_table_insert (notes, widget, g_strdup ("left of the door"));
 * const char *note = weakref_key_table_lookup (notes, widget);
 * ```
 *
 * A table that a language makes, or weakref_key_table_new_for_values(), holds values of any type,
 * each in a #GValue. The functions of C that return pointers refuse such a table. A table that
 * weakref_key_table_new() makes holds pointers.
 *
 * Since: 1.0
 */
G_DEFINE_TYPE (WeakrefKeyTable, weakref_key_table, G_TYPE_OBJECT)

/* An entry is found by the address of its key. The address is enough to identify the key: whoever
 * asks holds the key, and an entry leaves in the dispose of its key, before the memory is freed and
 * another object can get the address.
 *
 * While an entry is in the table, its value is in the map, next to the address. So a lookup does
 * not read the entry. */
typedef struct
{
  WeakrefEntry base;
  gpointer value; /* (owned) (nullable): table lock; NULL while it is in the map, or if stolen */
} Entry;

static void
entry_take_data (WeakrefEntry *entry, gpointer data)
{
  ((Entry *) entry)->value = data;
}

static void
entry_free (WeakrefEntry *data)
{
  Entry *entry = (Entry *) data;
  WeakrefKeyCore *core = (WeakrefKeyCore *) data->table;

  if (core->value_free != NULL && entry->value != NULL)
    core->value_free (entry->value);
  weakref_watch_free (&data->watch);
}

static void
core_free (WeakrefTable *table)
{
  g_free (table);
}

static const WeakrefTableFuncs table_funcs = {
  .name = "WeakrefKeyTable",
  .take_data = entry_take_data,
  .free_entry = entry_free,
  .free_table = core_free,
};

gboolean
weakref_key_core_insert (WeakrefKeyCore *core, gpointer key, gpointer value)
{
  Entry *entry = weakref_watch_alloc (key, sizeof (Entry));
  WeakrefEntry *old;
  gboolean put;

  entry->value = NULL;
  weakref_entry_init (&entry->base, &core->base, key);

  weakref_lock (&core->base.lock);
  put = weakref_table_put_locked (&core->base, &entry->base,
                                  weakref_table_find_locked (&core->base, key), (gsize) key, value,
                                  &old);
  if (!put)
    entry->value = value;
  g_mutex_unlock (&core->base.lock);

  if (!put)
    weakref_entry_drop (&entry->base);
  if (old != NULL)
    weakref_entry_drop (old);

  return old == NULL;
}

/* Takes out the entry of @key, and gives its value to the caller. */
gboolean
weakref_key_core_steal (WeakrefKeyCore *core, gpointer key, gpointer *value)
{
  WeakrefEntry *entry;

  weakref_lock (&core->base.lock);
  entry = weakref_table_take_locked (&core->base, weakref_table_find_locked (&core->base, key));
  if (entry != NULL)
    *value = g_steal_pointer (&((Entry *) entry)->value);
  g_mutex_unlock (&core->base.lock);

  if (entry == NULL)
    return FALSE;

  weakref_entry_drop (entry);
  return TRUE;
}

/* Returns the value of an entry, which may have left the table. */
static gpointer
core_get_value_locked (WeakrefKeyCore *core, Entry *entry)
{
  gsize index;

  if (entry->base.watch.state != WEAKREF_ENTRY_IN)
    return entry->value;

  index = weakref_table_find_entry_locked (&core->base, &entry->base);

  return weakref_map_get_data (&core->base.map, index);
}

void
weakref_key_value_unref (gpointer box)
{
  g_atomic_rc_box_release_full (box, (GDestroyNotify) g_value_unset);
}

/* Calls @func with each entry whose key is alive. The entry and the key are held while @func runs.
 */
void
weakref_key_core_foreach (WeakrefKeyCore *core, WeakrefKeyTableFunc func, gpointer user_data)
{
  WeakrefReading *reading = weakref_table_read (&core->base);
  guint i;

  for (i = 0; i < reading->n; i++)
    {
      Entry *entry = weakref_table_get_read (reading, i);
      gpointer key = weakref_block_dup_target (weakref_watch_get_block (&entry->base.watch));
      gpointer value;
      gboolean stolen;

      if (key == NULL)
        continue;

      weakref_lock (&core->base.lock);
      value = core_get_value_locked (core, entry);
      stolen = value == NULL && entry->base.watch.state == WEAKREF_ENTRY_OUT;
      if (core->for_values && !stolen)
        g_atomic_rc_box_acquire (value);
      g_mutex_unlock (&core->base.lock);

      if (!stolen)
        func (key, value, user_data);
      if (core->for_values && !stolen)
        weakref_key_value_unref (value);
      g_object_unref (key);
    }

  weakref_table_end_reading (reading);
}

static void
weakref_key_table_finalize (GObject *object)
{
  WeakrefKeyTable *self = WEAKREF_KEY_TABLE (object);

  weakref_table_close (&self->core->base);

  G_OBJECT_CLASS (weakref_key_table_parent_class)->finalize (object);
}

static void
weakref_key_table_class_init (WeakrefKeyTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = weakref_key_table_finalize;
}

static void
weakref_key_table_init (WeakrefKeyTable *self)
{
  self->core = g_new0 (WeakrefKeyCore, 1);
  weakref_table_init (&self->core->base, &table_funcs);
  self->core->value_free = weakref_key_value_unref;
  self->core->for_values = TRUE;
}

/**
 * weakref_key_table_new: (skip)
 * @value_free: (nullable): frees a value, or %NULL
 *
 * Makes a table whose values are pointers.
 *
 * @value_free is not called for %NULL. It can be called in any thread, and may use the table.
 *
 * Returns: (transfer full): a new table
 *
 * Since: 1.0
 */
WeakrefKeyTable *
weakref_key_table_new (GDestroyNotify value_free)
{
  WeakrefKeyTable *self = g_object_new (WEAKREF_TYPE_KEY_TABLE, NULL);

  self->core->value_free = value_free;
  self->core->for_values = FALSE;

  return self;
}

/**
 * weakref_key_table_new_for_values: (constructor) (rename-to weakref_key_table_new)
 *
 * Makes a table whose values are #GValues. Languages make this kind of table.
 *
 * Returns: (transfer full): a new table
 *
 * Since: 1.0
 */
WeakrefKeyTable *
weakref_key_table_new_for_values (void)
{
  return g_object_new (WEAKREF_TYPE_KEY_TABLE, NULL);
}

/**
 * weakref_key_table_insert: (skip)
 * @self: a table made with weakref_key_table_new()
 * @key: (type GObject.Object) (not nullable): the key
 * @value: (nullable) (transfer full): the value
 *
 * Sets the value of @key. If there is a value already, it is replaced and freed.
 *
 * Returns: %TRUE if the key was new
 *
 * Since: 1.0
 */
gboolean
weakref_key_table_insert (WeakrefKeyTable *self, gpointer key, gpointer value)
{
  g_return_val_if_fail (WEAKREF_IS_KEY_TABLE (self), FALSE);
  g_return_val_if_fail (!self->core->for_values, FALSE);
  g_return_val_if_fail (G_IS_OBJECT (key), FALSE);
  g_return_val_if_fail (weakref_is_held (key), FALSE);

  return weakref_key_core_insert (self->core, key, value);
}

/* Finds the value of @key. Returns whether there is an entry. */
static gboolean
key_table_lookup (WeakrefKeyTable *self, gpointer key, gpointer *value)
{
  gpointer found = NULL;
  gsize index;

  weakref_lock (&self->core->base.lock);
  index = weakref_table_find_locked (&self->core->base, key);
  if (index != WEAKREF_MAP_NONE)
    found = weakref_map_get_data (&self->core->base.map, index);
  g_mutex_unlock (&self->core->base.lock);

  /* The key is checked only if it was not found. What was found is an object. To read it would take
   * longer than everything else here, because its memory may not be in a processor cache. */
  g_return_val_if_fail (index != WEAKREF_MAP_NONE || G_IS_OBJECT (key), FALSE);

  if (index != WEAKREF_MAP_NONE && value != NULL)
    *value = found;

  return index != WEAKREF_MAP_NONE;
}

/**
 * weakref_key_table_lookup: (skip)
 * @self: a table
 * @key: (type GObject.Object) (not nullable): the key
 *
 * Gives the value of @key.
 *
 * The table owns the value. You can use it until it is replaced, stolen or removed, until the key
 * dies, or until the table is freed. So this function is for a table that only one thread changes
 * and reads. If another thread may change the table, it may free the value before you can use it or
 * take a reference on it. Use weakref_key_table_lookup_dup() then.
 *
 * A table of #GValues refuses it with a critical; use weakref_key_table_lookup_value() there.
 *
 * Returns: (transfer none) (nullable): the value, or %NULL if there is none
 *
 * Since: 1.0
 */
gpointer
weakref_key_table_lookup (WeakrefKeyTable *self, gpointer key)
{
  gpointer value = NULL;

  weakref_key_table_lookup_extended (self, key, &value);

  return value;
}

/**
 * weakref_key_table_lookup_dup: (skip)
 * @self: a table made with weakref_key_table_new()
 * @key: (type GObject.Object) (not nullable): the key
 * @dup_func: (nullable) (scope call) (closure user_data): makes a copy of the value, or takes a
 *   reference on it; %NULL gives the value as it is
 * @user_data: (nullable): data for @dup_func
 *
 * Gives a copy of the value of @key. It is made while no other thread can replace or free the
 * value. g_object_dup_qdata() does the same for qdata.
 *
 * @dup_func is called under the lock of the table. It must not use the table, and may only copy or
 * count, as g_strdup() and g_bytes_ref() do. It must not take a reference on a #GObject that a
 * language may have a toggle reference on, because that can call the language.
 *
 * It can be called from any thread. A table of #GValues refuses it with a critical; use
 * weakref_key_table_lookup_value() there.
 *
 * Returns: (transfer full) (nullable): what @dup_func returned, or %NULL if there is no value
 *
 * Since: 1.0
 */
gpointer
weakref_key_table_lookup_dup (WeakrefKeyTable *self,
                              gpointer key,
                              GDuplicateFunc dup_func,
                              gpointer user_data)
{
  gpointer value = NULL;
  gsize index;

  g_return_val_if_fail (WEAKREF_IS_KEY_TABLE (self), NULL);
  g_return_val_if_fail (G_IS_OBJECT (key), NULL);
  g_return_val_if_fail (!self->core->for_values, NULL);

  weakref_lock (&self->core->base.lock);
  index = weakref_table_find_locked (&self->core->base, key);
  if (index != WEAKREF_MAP_NONE)
    value = weakref_map_get_data (&self->core->base.map, index);
  if (value != NULL && dup_func != NULL)
    value = dup_func (value, user_data);
  g_mutex_unlock (&self->core->base.lock);

  return value;
}

/**
 * weakref_key_table_lookup_extended: (skip)
 * @self: a table
 * @key: (type GObject.Object) (not nullable): the key
 * @value: (out) (optional) (nullable) (transfer none): return location for the value; it is not
 *   touched if there is no entry
 *
 * Gives the value of @key, and tells whether there is one.
 *
 * The table owns the value, as with weakref_key_table_lookup(), which says how long you can use it.
 * A table of #GValues refuses it with a critical, too.
 *
 * Returns: %TRUE if there is an entry
 *
 * Since: 1.0
 */
gboolean
weakref_key_table_lookup_extended (WeakrefKeyTable *self, gpointer key, gpointer *value)
{
  g_return_val_if_fail (WEAKREF_IS_KEY_TABLE (self), FALSE);
  g_return_val_if_fail (!self->core->for_values, FALSE);

  return key_table_lookup (self, key, value);
}

/**
 * weakref_key_table_steal: (skip)
 * @self: a table made with weakref_key_table_new()
 * @key: (type GObject.Object) (not nullable): the key
 *
 * Removes the entry of @key without freeing its value.
 *
 * Returns: (transfer full) (nullable): the value, or %NULL if there is none
 *
 * Since: 1.0
 */
gpointer
weakref_key_table_steal (WeakrefKeyTable *self, gpointer key)
{
  gpointer value = NULL;

  g_return_val_if_fail (WEAKREF_IS_KEY_TABLE (self), NULL);
  g_return_val_if_fail (!self->core->for_values, NULL);
  g_return_val_if_fail (G_IS_OBJECT (key), NULL);

  weakref_key_core_steal (self->core, key, &value);

  return value;
}

/**
 * weakref_key_table_contains:
 * @self: a table
 * @key: (type GObject.Object) (not nullable): the key
 *
 * Tells whether there is an entry for @key.
 *
 * Returns: %TRUE if there is
 *
 * Since: 1.0
 */
gboolean
weakref_key_table_contains (WeakrefKeyTable *self, gpointer key)
{
  g_return_val_if_fail (WEAKREF_IS_KEY_TABLE (self), FALSE);

  return key_table_lookup (self, key, NULL);
}

/**
 * weakref_key_table_remove:
 * @self: a table
 * @key: (type GObject.Object) (not nullable): the key
 *
 * Removes the entry of @key and frees its value.
 *
 * Returns: %TRUE if there was one
 *
 * Since: 1.0
 */
gboolean
weakref_key_table_remove (WeakrefKeyTable *self, gpointer key)
{
  WeakrefEntry *entry;

  g_return_val_if_fail (WEAKREF_IS_KEY_TABLE (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (key), FALSE);

  weakref_lock (&self->core->base.lock);
  entry = weakref_table_take_locked (&self->core->base,
                                     weakref_table_find_locked (&self->core->base, key));
  g_mutex_unlock (&self->core->base.lock);

  if (entry == NULL)
    return FALSE;

  weakref_entry_drop (entry);
  return TRUE;
}

/**
 * weakref_key_table_remove_all:
 * @self: a table
 *
 * Removes all entries and frees their values.
 *
 * Since: 1.0
 */
void
weakref_key_table_remove_all (WeakrefKeyTable *self)
{
  g_return_if_fail (WEAKREF_IS_KEY_TABLE (self));

  weakref_table_clear (&self->core->base);
}

/**
 * weakref_key_table_get_size:
 * @self: a table
 *
 * Counts the entries.
 *
 * A key whose dispose is running may still be counted. Its entry leaves in that dispose.
 *
 * Returns: the number of entries
 *
 * Since: 1.0
 */
guint
weakref_key_table_get_size (WeakrefKeyTable *self)
{
  g_return_val_if_fail (WEAKREF_IS_KEY_TABLE (self), 0);

  return weakref_table_get_size (&self->core->base);
}

static void
collect_key_cb (gpointer key, gpointer value, gpointer user_data)
{
  g_ptr_array_add (user_data, g_object_ref (key));
}

/**
 * weakref_key_table_dup_keys:
 * @self: a table
 *
 * Gives the keys that are alive.
 *
 * Returns: (transfer container) (element-type GObject.Object) (not nullable): the keys, in no
 *   order; the array owns a reference on each
 *
 * Since: 1.0
 */
GPtrArray *
weakref_key_table_dup_keys (WeakrefKeyTable *self)
{
  GPtrArray *array;

  g_return_val_if_fail (WEAKREF_IS_KEY_TABLE (self), NULL);

  array = g_ptr_array_new_with_free_func (g_object_unref);
  weakref_key_core_foreach (self->core, collect_key_cb, array);

  return array;
}

/**
 * weakref_key_table_foreach: (skip)
 * @self: a table
 * @func: (scope call) (closure user_data): called for each entry
 * @user_data: (nullable): data for @func
 *
 * Calls @func with each entry whose key is alive.
 *
 * It goes over a snapshot of the entries, so @func may change the table. @func is called for the
 * entries that were there at the start, if their key is still alive when they come up. It can use
 * the value during the call, unless @func or another thread steals it. A #GValue is always held
 * during the call.
 *
 * Since: 1.0
 */
void
weakref_key_table_foreach (WeakrefKeyTable *self, WeakrefKeyTableFunc func, gpointer user_data)
{
  g_return_if_fail (WEAKREF_IS_KEY_TABLE (self));
  g_return_if_fail (func != NULL);

  weakref_key_core_foreach (self->core, func, user_data);
}
