/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-value-table-private.h>

#include <weakref-glib/core/ensure.h>

/**
 * WeakrefValueTable:
 *
 * A table from keys to objects, which does not keep the objects alive.
 *
 * Use it to find the objects that are in use: icons by name, connections by address, documents by
 * path. As long as anybody holds the object of a key, all who ask for the key get that object. When
 * its last reference is dropped, the entry is removed. [method@Weakref.ValueTable.ensure] looks an
 * object up, or creates it if there is none: only once, even if several threads ask. The usual
 * #GHashTable with a mutex and g_object_weak_ref() may return an object whose dispose has begun.
 * This table never does, unless the dispose itself inserts the object.
 *
 * The table copies its keys. They are passed as a `gconstpointer`, as to #GHashTable:
 *
 * | key type | a key is |
 * |---|---|
 * | `G_TYPE_STRING` | a `const char *` |
 * | `G_TYPE_BOOLEAN`: %TRUE or %FALSE, `CHAR`, `INT`, enums | in the pointer: GINT_TO_POINTER() |
 * | `G_TYPE_UCHAR`, `UINT`, flags | in the pointer: GUINT_TO_POINTER() |
 * | `G_TYPE_LONG`, `ULONG`, `G_TYPE_GTYPE` | in the pointer: GSIZE_TO_POINTER() |
 * | `G_TYPE_INT64`, `UINT64`, `DOUBLE` | the address of the number |
 * | `G_TYPE_FILE`, `G_TYPE_ICON`, `G_TYPE_DATE_TIME` | the #GFile, #GIcon, #GDateTime, by content |
 * | types given to `weakref_key_type_register()` | the object or boxed structure, by content |
 * | `G_TYPE_OBJECT`, other subtypes, interfaces | the object: by identity, and *held strongly* |
 * | `G_TYPE_BYTES`, `G_TYPE_VARIANT` | the #GBytes or #GVariant, compared by content |
 * | `G_TYPE_POINTER` | any pointer |
 * | `G_TYPE_VALUE` | a `const GValue *` of any of these; numbers are equal if their values are |
 *
 * Double keys are equal if they would be in a `Map` of JavaScript: NaN equals NaN, and -0 equals 0.
 * If a key is the object that it stands for, or holds it, the object stays alive until the entry is
 * removed. If a floating #GVariant becomes a key, the table sinks it. A lookup leaves it floating.
 *
 * All methods can be called from any thread at any time. A table does not keep its objects alive,
 * and the objects do not keep the table alive.
 *
 * ```c
 * g_autoptr (WeakrefValueTable) icons = weakref_value_table_new (G_TYPE_STRING);
 *
 * g_autoptr (Icon) icon = weakref_value_table_ensure (icons, "folder", load_icon_cb, NULL, &error);
 * ```
 *
 * Since: 1.0
 */
G_DEFINE_TYPE (WeakrefValueTable, weakref_value_table, G_TYPE_OBJECT)

enum
{
  PROP_KEY_TYPE = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static const WeakrefValueFuncs value_funcs = { 0 };

static void
weakref_value_table_set_property (GObject *object,
                                  guint prop_id,
                                  const GValue *value,
                                  GParamSpec *pspec)
{
  WeakrefValueTable *self = WEAKREF_VALUE_TABLE (object);

  switch (prop_id)
    {
    case PROP_KEY_TYPE:
      /* This runs once, during the construction, when the instance initializers have run. */
      if (self->core == NULL)
        self->core = weakref_value_core_new (sizeof (WeakrefValueCore), &value_funcs);
      weakref_value_core_set_key_type (self->core, g_value_get_gtype (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_value_table_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WeakrefValueTable *self = WEAKREF_VALUE_TABLE (object);

  switch (prop_id)
    {
    case PROP_KEY_TYPE:
      g_value_set_gtype (value, weakref_value_table_get_key_type (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_value_table_finalize (GObject *object)
{
  WeakrefValueTable *self = WEAKREF_VALUE_TABLE (object);

  weakref_table_close (&self->core->base);

  G_OBJECT_CLASS (weakref_value_table_parent_class)->finalize (object);
}

static void
weakref_value_table_class_init (WeakrefValueTableClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = weakref_value_table_set_property;
  object_class->get_property = weakref_value_table_get_property;
  object_class->finalize = weakref_value_table_finalize;

  /**
   * WeakrefValueTable:key-type: (getter get_key_type)
   *
   * The type of the keys: `G_TYPE_VALUE` if they may be of any type, `G_TYPE_NONE` if the table has
   * hash functions of its own. `G_TYPE_VALUE` is the default.
   *
   * Since: 1.0
   */
  props[PROP_KEY_TYPE] =
    g_param_spec_gtype ("key-type", NULL, NULL, G_TYPE_NONE,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
weakref_value_table_init (WeakrefValueTable *self)
{
}

/**
 * weakref_value_table_new: (constructor)
 * @key_type: the type of the keys, see the table above
 *
 * Makes a table whose keys are of one type, or of any if @key_type is `G_TYPE_VALUE`.
 *
 * Returns: (transfer full): a new table
 *
 * Since: 1.0
 */
WeakrefValueTable *
weakref_value_table_new (GType key_type)
{
  WeakrefKeyKind kind;

  g_return_val_if_fail (weakref_key_kind_init (&kind, key_type), NULL);

  return g_object_new (WEAKREF_TYPE_VALUE_TABLE, "key-type", key_type, NULL);
}

/**
 * weakref_value_table_new_full: (skip)
 * @hash: (scope forever) (nullable): hashes a key, or %NULL for g_direct_hash()
 * @equal: (scope forever) (nullable): compares two keys, or %NULL for g_direct_equal()
 * @key_copy: (scope forever) (nullable): copies a key for the table, or %NULL to keep the pointer
 * @key_free: (nullable): frees a copy
 *
 * Makes a table with your own functions for keys.
 *
 * The table frees only keys that it has copied. So there can be no @key_free without @key_copy.
 * Without them, the keys have to outlive the table.
 *
 * @equal runs under the lock of the table. @hash and @equal must not use the table. @key_copy and
 * @key_free run outside the lock, and may use the table. All four can be called in any thread.
 *
 * Returns: (transfer full): a new table
 *
 * Since: 1.0
 */
WeakrefValueTable *
weakref_value_table_new_full (GHashFunc hash,
                              GEqualFunc equal,
                              WeakrefCopyFunc key_copy,
                              GDestroyNotify key_free)
{
  WeakrefValueTable *self;

  g_return_val_if_fail (key_copy != NULL || key_free == NULL, NULL);

  self = g_object_new (WEAKREF_TYPE_VALUE_TABLE, NULL);
  weakref_value_core_set_key_funcs (self->core, hash, equal, key_copy, key_free);

  return self;
}

/**
 * weakref_value_table_get_key_type: (get-property key-type)
 * @self: a table
 *
 * Gives the type of the keys.
 *
 * Returns: the type: `G_TYPE_VALUE` if they may be of any, `G_TYPE_NONE` if the table has hash
 *   functions of its own
 *
 * Since: 1.0
 */
GType
weakref_value_table_get_key_type (WeakrefValueTable *self)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), G_TYPE_INVALID);

  return self->core->kind.type;
}

/**
 * weakref_value_table_insert: (skip)
 * @self: a table
 * @key: the key
 * @object: (type GObject.Object) (transfer none) (not nullable): the object
 *
 * Sets the object that @key stands for. If there is one already, it is replaced.
 *
 * You must hold a reference on @object during the call.
 *
 * Returns: %TRUE if the key was new
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_insert (WeakrefValueTable *self, gconstpointer key, gpointer object)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (weakref_is_held (object), FALSE);

  if (!weakref_key_check (&self->core->kind, key, G_STRFUNC))
    return FALSE;

  return weakref_value_core_insert (self->core, key, object);
}

/**
 * weakref_value_table_lookup: (skip)
 * @self: a table
 * @key: the key
 *
 * Gives the object that @key stands for, if it is alive.
 *
 * Returns: (transfer full) (type GObject.Object) (nullable): the object, or %NULL
 *
 * Since: 1.0
 */
gpointer
weakref_value_table_lookup (WeakrefValueTable *self, gconstpointer key)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);

  if (!weakref_key_check (&self->core->kind, key, G_STRFUNC))
    return NULL;

  return weakref_value_core_lookup (self->core, key);
}

/**
 * weakref_value_table_ensure: (skip)
 * @self: a table
 * @key: the key
 * @create: (scope call) (closure user_data): creates the object if there is none
 * @user_data: (nullable): data for @create
 * @error: return location for an error of @create, or of the creation that was waited for, for a
 *   `WEAKREF_ERROR_CREATE`, a `WEAKREF_ERROR_RECURSION` or a `WEAKREF_ERROR_WOULD_BLOCK`
 *
 * Gives the object that @key stands for, and creates it if there is none.
 *
 * If several threads ask for a key at the same time, one of them creates the object, outside every
 * lock. The others wait for it and get the same object. If the creation fails, its caller gets the
 * error, and all who are waiting for it get it too. Whoever asks later starts a new creation. If
 * another thread inserts an object for the key during the creation, the inserted object is the
 * result.
 *
 * The key is copied before @create runs, and @create gets the copy. So @create may free or change
 * the memory of @key.
 *
 * If @create asks for the key that it is creating, the result is a `WEAKREF_ERROR_RECURSION`. The
 * same happens if several creations would wait for each other in a circle. If another creation,
 * started by [method@Weakref.ValueTable.ensure_async], needs the main context that the calling
 * thread runs, to wait for it would block both: the result is a `WEAKREF_ERROR_WOULD_BLOCK`. If
 * @create returns %NULL without an error, or something that is not a #GObject, the result is a
 * `WEAKREF_ERROR_CREATE`. The table does not change then.
 *
 * Returns: (transfer full) (type GObject.Object): the object, or %NULL with @error set
 *
 * Since: 1.0
 */
gpointer
weakref_value_table_ensure (WeakrefValueTable *self,
                            gconstpointer key,
                            WeakrefCreateFunc create,
                            gpointer user_data,
                            GError **error)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);
  g_return_val_if_fail (create != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weakref_key_check (&self->core->kind, key, G_STRFUNC))
    return NULL;

  return weakref_value_core_ensure (self->core, key, create, user_data, error);
}

/**
 * weakref_value_table_contains: (skip)
 * @self: a table
 * @key: the key
 *
 * Tells whether @key stands for a living object.
 *
 * Returns: %TRUE if it does
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_contains (WeakrefValueTable *self, gconstpointer key)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);

  if (!weakref_key_check (&self->core->kind, key, G_STRFUNC))
    return FALSE;

  return weakref_value_core_contains (self->core, key);
}

/**
 * weakref_value_table_remove: (skip)
 * @self: a table
 * @key: the key
 *
 * Removes the entry of @key.
 *
 * Returns: %TRUE if there was one
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_remove (WeakrefValueTable *self, gconstpointer key)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);

  if (!weakref_key_check (&self->core->kind, key, G_STRFUNC))
    return FALSE;

  return weakref_value_core_remove (self->core, key);
}

/**
 * weakref_value_table_remove_all:
 * @self: a table
 *
 * Removes all entries.
 *
 * Since: 1.0
 */
void
weakref_value_table_remove_all (WeakrefValueTable *self)
{
  g_return_if_fail (WEAKREF_IS_VALUE_TABLE (self));

  weakref_table_clear (&self->core->base);
}

/**
 * weakref_value_table_get_size:
 * @self: a table
 *
 * Counts the entries.
 *
 * An object whose dispose is running may still be counted, although it can't be looked up any more.
 * Its entry leaves in that dispose.
 *
 * Returns: the number of entries
 *
 * Since: 1.0
 */
guint
weakref_value_table_get_size (WeakrefValueTable *self)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), 0);

  return weakref_table_get_size (&self->core->base);
}

/**
 * weakref_value_table_dup_keys: (skip)
 * @self: a table
 *
 * Copies the keys of the objects that are alive.
 *
 * Returns: (transfer container) (not nullable): the keys, in no order; the array owns the copies
 *
 * Since: 1.0
 */
GPtrArray *
weakref_value_table_dup_keys (WeakrefValueTable *self)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);

  return weakref_value_core_dup_keys (self->core, FALSE);
}

/**
 * weakref_value_table_dup_values:
 * @self: a table
 *
 * Gives the objects that are alive.
 *
 * Returns: (transfer container) (element-type GObject.Object) (not nullable): the objects, in no
 *   order; the array owns a reference on each
 *
 * Since: 1.0
 */
GPtrArray *
weakref_value_table_dup_values (WeakrefValueTable *self)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);

  return weakref_value_core_dup_values (self->core);
}

/**
 * weakref_value_table_foreach: (skip)
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
weakref_value_table_foreach (WeakrefValueTable *self,
                             WeakrefValueTableFunc func,
                             gpointer user_data)
{
  g_return_if_fail (WEAKREF_IS_VALUE_TABLE (self));
  g_return_if_fail (func != NULL);

  weakref_value_core_foreach (self->core, func, user_data);
}
