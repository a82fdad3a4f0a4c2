/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-value-table.h>

#include <string.h>

#include <weakref-glib/weakref-error.h>
#include <weakref-glib/weakref-flight-private.h>
#include <weakref-glib/weakref-key-private.h>
#include <weakref-glib/weakref-table-private.h>

/**
 * WeakrefValueTable:
 *
 * A table from keys to objects that it does not keep alive.
 *
 * Use it as a cache of what is in use anyway: icons by name, connections by address, documents by
 * path. As long as anybody holds the object of a key, all who ask get that object; when the last
 * one lets go, the entry leaves. [method@Weakref.ValueTable.ensure] looks up or creates, once,
 * however many threads ask. The usual #GHashTable with a mutex and g_object_weak_ref() returns
 * objects whose dispose has begun; this table never does (unless they are entered by that dispose).
 *
 * The table copies its keys. They are passed as a `gconstpointer`, as to #GHashTable:
 *
 * | key type | a key is |
 * |---|---|
 * | `G_TYPE_STRING` | a `const char *` |
 * | `G_TYPE_BOOLEAN`, `CHAR`, `UCHAR`, `INT`, `UINT`, enums, flags | in the pointer: GINT_TO_POINTER(), GUINT_TO_POINTER() |
 * | `G_TYPE_LONG`, `ULONG`, `G_TYPE_GTYPE` | in the pointer: GSIZE_TO_POINTER() |
 * | `G_TYPE_INT64`, `UINT64`, `DOUBLE` | the address of the number |
 * | `G_TYPE_OBJECT` and its subtypes, interfaces | the object: compared by identity and *held strongly* |
 * | `G_TYPE_BYTES`, `G_TYPE_VARIANT` | the #GBytes or #GVariant, compared by content |
 * | `G_TYPE_POINTER` | any pointer |
 * | `G_TYPE_VALUE` | a `const GValue *` of any of these types; numbers are equal if their values are |
 *
 * Double keys are equal as in JavaScript's `Map`: a NaN is itself, and -0 is 0.
 *
 * All methods can be called from any thread at any time. A table does not keep its objects, its
 * entries don't keep the table.
 *
 * ```c
 * g_autoptr (WeakrefValueTable) icons = weakref_value_table_new (G_TYPE_STRING);
 *
 * g_autoptr (Icon) icon = weakref_value_table_ensure (icons, "folder", load_icon_cb, NULL, &error);
 * ```
 *
 * Since: 1.0
 */
struct _WeakrefValueTable
{
  GObject parent_instance;

  struct _ValueTable *table; /* (owned) */
};

typedef struct _ValueTable
{
  WeakrefTable base;
  WeakrefKeyKind kind;    /* (const) */
  WeakrefFlight *flights; /* table lock */
} ValueTable;

/* It is its own key in the hash table, so that the hash is computed once, and a death compares
 * pointers (a user's own equal function is asked only about another key with the same hash). To look one up, an entry on the stack will do, of which nothing but this is set:
 * table, hash and key. */
typedef struct
{
  WeakrefEntry base;
  guint hash;              /* (const) */
  gconstpointer key;       /* (owned) (const): a copy, or the data */
  WeakrefKeyBuffer data[]; /* (const): a key that is kept inside the entry */
} Entry;

G_DEFINE_TYPE (WeakrefValueTable, weakref_value_table, G_TYPE_OBJECT)

enum
{
  PROP_KEY_TYPE = 1,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static guint
entry_hash (gconstpointer data)
{
  return ((const Entry *) data)->hash;
}

static gboolean
entry_equal (gconstpointer a,
             gconstpointer b)
{
  const Entry *x = a;
  const Entry *y = b;

  return x == y || ((ValueTable *) y->base.table)->kind.equal (x->key, y->key);
}

static gconstpointer
entry_get_hash_key (WeakrefEntry *entry)
{
  return entry;
}

static void
entry_free (WeakrefEntry *data)
{
  Entry *entry = (Entry *) data;
  ValueTable *table = (ValueTable *) data->table;

  if (table->kind.free != NULL)
    table->kind.free ((gpointer) entry->key);
  g_free (entry);
}

static void
value_table_free (WeakrefTable *table)
{
  g_free (table);
}

static const WeakrefTableFuncs table_funcs = {
  .get_hash_key = entry_get_hash_key,
  .free_entry = entry_free,
  .free_table = value_table_free,
};

static Entry
entry_probe (ValueTable    *table,
             gconstpointer  key)
{
  return (Entry) {
    .base.table = &table->base,
    .hash = table->kind.hash (key),
    .key = key,
  };
}

static Entry *
entry_new (const Entry *probe,
           gpointer     object)
{
  ValueTable *table = (ValueTable *) probe->base.table;
  gsize size = table->kind.get_size != NULL ? table->kind.get_size (probe->key) : 0;
  Entry *entry = g_malloc (sizeof (Entry) + size);

  entry->hash = probe->hash;
  if (size != 0)
    entry->key = memcpy (entry->data, probe->key, size);
  else
    entry->key = table->kind.copy != NULL ? table->kind.copy (probe->key) : probe->key;

  weakref_entry_init (&entry->base, &table->base, object);

  return entry;
}

/* The block of what the probe finds, with a reference on it. */
static WeakrefBlock *
lookup_block_locked (ValueTable  *table,
                     const Entry *probe)
{
  Entry *entry = g_hash_table_lookup (table->base.entries, probe);

  return entry != NULL ? weakref_block_ref (entry->base.watch.block) : NULL;
}

static gpointer
block_upgrade (WeakrefBlock *block)
{
  gpointer object;

  if (block == NULL)
    return NULL;

  object = weakref_block_dup_target (block);
  weakref_block_unref (block);

  return object;
}

static gpointer
value_table_lookup (ValueTable    *table,
                    gconstpointer  key)
{
  Entry probe = entry_probe (table, key);
  WeakrefBlock *block;

  g_mutex_lock (&table->base.lock);
  block = lookup_block_locked (table, &probe);
  g_mutex_unlock (&table->base.lock);

  return block_upgrade (block);
}

/* Drops an entry that was taken out. Returns whether its object was alive. */
static gboolean
entry_drop_alive (WeakrefEntry *entry)
{
  gboolean alive = weakref_block_is_alive (entry->watch.block);

  weakref_entry_drop (entry);

  return alive;
}

static gboolean
value_table_insert (ValueTable    *table,
                    gconstpointer  key,
                    gpointer       object)
{
  Entry probe = entry_probe (table, key);
  Entry *entry = entry_new (&probe, object);
  WeakrefEntry *old;
  gboolean put;

  g_mutex_lock (&table->base.lock);
  put = weakref_table_put_locked (&table->base, &entry->base, &old);
  g_mutex_unlock (&table->base.lock);

  if (!put)
    weakref_entry_drop (&entry->base);

  return old == NULL || !entry_drop_alive (old);
}

static gboolean
value_table_remove (ValueTable    *table,
                    gconstpointer  key)
{
  Entry probe = entry_probe (table, key);
  WeakrefEntry *entry;

  g_mutex_lock (&table->base.lock);
  entry = weakref_table_take_locked (&table->base, &probe);
  g_mutex_unlock (&table->base.lock);

  return entry != NULL && entry_drop_alive (entry);
}

/* Finds the living object of the probe, or a flight that is on its way to it, or starts one, of
 * which the caller is the pilot. Returns the object, or NULL. */
static gpointer
ensure_board (ValueTable     *table,
              const Entry    *probe,
              WeakrefFlight **flight,
              gboolean       *pilot)
{
  WeakrefBlock *dying = NULL;
  gpointer object = NULL;

  *flight = NULL;
  *pilot = FALSE;

  while (object == NULL && *flight == NULL)
    {
      WeakrefBlock *block;

      g_mutex_lock (&table->base.lock);
      block = lookup_block_locked (table, probe);
      if (block == NULL || block == dying)
        {
          /* Not there, or on its way out: the entry leaves in the middle of its dispose. */
          *flight = weakref_flight_find_locked (table->flights, &table->kind, probe->key);
          if (*flight == NULL)
            {
              *flight = weakref_flight_start_locked (&table->flights, probe->key);
              *pilot = TRUE;
            }
          else if (!weakref_flight_wait_locked (*flight, &table->base.lock))
            *flight = NULL;
          g_mutex_unlock (&table->base.lock);
          g_clear_pointer (&block, weakref_block_unref);
          break;
        }
      g_mutex_unlock (&table->base.lock);

      object = weakref_block_dup_target (block);
      g_clear_pointer (&dying, weakref_block_unref);
      dying = block;
    }

  g_clear_pointer (&dying, weakref_block_unref);

  return object;
}

/* Enters what the pilot made, unless somebody has inserted a living object meanwhile: then that is
 * the result. Takes over the reference on @object. */
static gpointer
ensure_land (ValueTable    *table,
             const Entry   *probe,
             WeakrefFlight *flight,
             gpointer       object)
{
  Entry *entry = object != NULL ? entry_new (probe, object) : NULL;
  WeakrefBlock *dying = NULL;
  gpointer other = NULL;

  while (TRUE)
    {
      WeakrefBlock *block = NULL;
      WeakrefEntry *old = NULL;
      gboolean put = FALSE;

      g_mutex_lock (&table->base.lock);
      if (object != NULL && other == NULL)
        block = lookup_block_locked (table, probe);
      if (block != NULL && block != dying)
        {
          g_mutex_unlock (&table->base.lock);
          other = weakref_block_dup_target (block);
          g_clear_pointer (&dying, weakref_block_unref);
          dying = block;
          continue;
        }
      if (entry != NULL && other == NULL)
        put = weakref_table_put_locked (&table->base, &entry->base, &old);
      weakref_flight_land_locked (&table->flights, flight, other != NULL ? other : object);
      g_mutex_unlock (&table->base.lock);

      if (entry != NULL && !put)
        weakref_entry_drop (&entry->base);
      if (old != NULL)
        weakref_entry_drop (old);
      if (other != NULL)
        g_object_unref (object);
      g_clear_pointer (&block, weakref_block_unref);
      g_clear_pointer (&dying, weakref_block_unref);

      return weakref_flight_finish (flight);
    }
}

static gpointer
value_table_ensure (ValueTable        *table,
                    gconstpointer      key,
                    WeakrefCreateFunc  create,
                    gpointer           user_data,
                    GError           **error)
{
  Entry probe = entry_probe (table, key);

  while (TRUE)
    {
      GError *local_error = NULL;
      WeakrefFlight *flight;
      gboolean pilot;
      gpointer object = ensure_board (table, &probe, &flight, &pilot);

      if (object != NULL)
        return object;

      if (flight == NULL)
        {
          g_set_error_literal (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION,
                               "The key was asked for from inside its own creation");
          return NULL;
        }

      if (!pilot)
        {
          object = weakref_flight_finish (flight);
          if (object != NULL)
            return object;
          /* That creation failed; now it may be our turn. */
          continue;
        }

      object = create (key, user_data, &local_error);
      if (object != NULL && !G_IS_OBJECT (object))
        {
          object = NULL;
          if (local_error == NULL)
            g_set_error_literal (&local_error, WEAKREF_ERROR, WEAKREF_ERROR_CREATE,
                                 "The create function returned something that is not a GObject");
        }
      else if (object == NULL && local_error == NULL)
        {
          g_set_error_literal (&local_error, WEAKREF_ERROR, WEAKREF_ERROR_CREATE,
                               "The create function returned NULL and no error");
        }
      else if (object != NULL && local_error != NULL)
        {
          g_clear_object (&object);
        }

      object = ensure_land (table, &probe, flight, object);
      if (object == NULL)
        g_propagate_error (error, local_error);
      return object;
    }
}

/* The same, when the create function may drop the last reference on the table object. */
static gpointer
value_table_ensure_held (ValueTable        *table,
                         gconstpointer      key,
                         WeakrefCreateFunc  create,
                         gpointer           user_data,
                         GError           **error)
{
  gpointer object;

  weakref_table_ref (table);
  object = value_table_ensure (table, key, create, user_data, error);
  weakref_table_unref (table);

  return object;
}

static void
weakref_value_table_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  WeakrefValueTable *self = WEAKREF_VALUE_TABLE (object);
  GType key_type;

  switch (prop_id)
    {
    case PROP_KEY_TYPE:
      key_type = g_value_get_gtype (value);
      if (key_type == G_TYPE_NONE)
        key_type = G_TYPE_VALUE;
      if (!weakref_key_kind_init (&self->table->kind, key_type))
        {
          g_critical ("WeakrefValueTable: there are no keys of type %s", g_type_name (key_type));
          weakref_key_kind_init (&self->table->kind, G_TYPE_VALUE);
        }
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_value_table_get_property (GObject    *object,
                                  guint       prop_id,
                                  GValue     *value,
                                  GParamSpec *pspec)
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

  weakref_table_close (&self->table->base);

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
  self->table = g_new0 (ValueTable, 1);
  weakref_table_init (&self->table->base, &table_funcs, entry_hash, entry_equal);
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
 * Makes a table with keys of your own.
 *
 * The table only ever frees what it has copied: without @key_copy there is no @key_free, and the keys
 * have to outlive the table.
 *
 * @hash and @equal run under the table's lock, and must not use the table; @key_copy and @key_free
 * don't, and may. All four can be called in any thread.
 *
 * Returns: (transfer full): a new table
 *
 * Since: 1.0
 */
WeakrefValueTable *
weakref_value_table_new_full (GHashFunc       hash,
                              GEqualFunc      equal,
                              WeakrefCopyFunc key_copy,
                              GDestroyNotify  key_free)
{
  WeakrefValueTable *self;

  g_return_val_if_fail (key_copy != NULL || key_free == NULL, NULL);

  self = g_object_new (WEAKREF_TYPE_VALUE_TABLE, NULL);
  weakref_key_kind_init_full (&self->table->kind, hash, equal, key_copy, key_free);

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

  return self->table->kind.type;
}

/**
 * weakref_value_table_insert: (skip)
 * @self: a table
 * @key: the key
 * @object: (type GObject.Object) (transfer none) (not nullable): the object
 *
 * Enters @object under @key, in place of what was there.
 *
 * You must hold a reference on @object during the call.
 *
 * Returns: %TRUE if the key was new
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_insert (WeakrefValueTable *self,
                            gconstpointer      key,
                            gpointer           object)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);

  if (!weakref_key_check (&self->table->kind, key, G_STRFUNC))
    return FALSE;

  return value_table_insert (self->table, key, object);
}

/**
 * weakref_value_table_insert_value: (rename-to weakref_value_table_insert)
 * @self: a table
 * @key: the key
 * @object: (type GObject.Object) (transfer none) (not nullable): the object
 * @error: return location for a `WEAKREF_ERROR_KEY_TYPE`
 *
 * Enters @object under @key, in place of what was there.
 *
 * Returns: %TRUE if the key was new; %FALSE also with @error set
 *
 * Since: 1.0
 */
gboolean
weakref_value_table_insert_value (WeakrefValueTable *self,
                                  const GValue      *key,
                                  gpointer           object,
                                  GError           **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);
  g_return_val_if_fail (G_IS_VALUE (key), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);

  if (!weakref_key_from_value (&self->table->kind, key, &buffer, &pointer, error))
    return FALSE;

  return value_table_insert (self->table, pointer, object);
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
weakref_value_table_lookup (WeakrefValueTable *self,
                            gconstpointer      key)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);

  if (!weakref_key_check (&self->table->kind, key, G_STRFUNC))
    return NULL;

  return value_table_lookup (self->table, key);
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
weakref_value_table_lookup_value (WeakrefValueTable *self,
                                  const GValue      *key,
                                  GError           **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);
  g_return_val_if_fail (G_IS_VALUE (key), NULL);

  if (!weakref_key_from_value (&self->table->kind, key, &buffer, &pointer, error))
    return NULL;

  return value_table_lookup (self->table, pointer);
}

/**
 * weakref_value_table_ensure: (skip)
 * @self: a table
 * @key: the key
 * @create: (scope call) (closure user_data): creates the object if there is none
 * @user_data: (nullable): data for @create
 * @error: return location for an error of @create, a `WEAKREF_ERROR_CREATE` or a
 *   `WEAKREF_ERROR_RECURSION`
 *
 * Gives the object that @key stands for, and creates it if there is none.
 *
 * However many threads ask for a key at the same time, one of them creates, outside every lock, and
 * the others wait for it and get the same object. If the creation fails, its caller gets the error
 * and the next one who waits creates. If another thread inserts an object under the key while it is
 * being created, the inserted one is the result.
 *
 * To ask for a key from inside its own creation, directly or through other threads which wait for
 * each other in a circle, is a `WEAKREF_ERROR_RECURSION`. A @create that returns %NULL without an
 * error, or something that is not a #GObject, is a `WEAKREF_ERROR_CREATE`; nothing is entered then.
 *
 * Returns: (transfer full) (type GObject.Object): the object, or %NULL with @error set
 *
 * Since: 1.0
 */
gpointer
weakref_value_table_ensure (WeakrefValueTable *self,
                            gconstpointer      key,
                            WeakrefCreateFunc  create,
                            gpointer           user_data,
                            GError           **error)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);
  g_return_val_if_fail (create != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weakref_key_check (&self->table->kind, key, G_STRFUNC))
    return NULL;

  return value_table_ensure_held (self->table, key, create, user_data, error);
}

typedef struct
{
  const GValue *key;
  WeakrefCreateValueFunc create;
  gpointer user_data;
} CreateValue;

static gpointer
create_value_cb (gconstpointer   key,
                 gpointer        user_data,
                 GError        **error)
{
  CreateValue *call = user_data;

  return call->create (call->key, call->user_data, error);
}

/**
 * weakref_value_table_ensure_value: (rename-to weakref_value_table_ensure)
 * @self: a table
 * @key: the key
 * @create: (scope call) (closure user_data): creates the object if there is none
 * @user_data: (nullable): data for @create
 * @error: return location for an error of @create, a `WEAKREF_ERROR_KEY_TYPE`, a
 *   `WEAKREF_ERROR_CREATE` or a `WEAKREF_ERROR_RECURSION`
 *
 * Gives the object that @key stands for, and creates it if there is none.
 *
 * However many threads ask for a key at the same time, one of them creates, outside every lock, and
 * the others wait for it and get the same object. If the creation fails, its caller gets the error
 * and the next one who waits creates.
 *
 * Returns: (transfer full) (type GObject.Object): the object, or %NULL with @error set
 *
 * Since: 1.0
 */
gpointer
weakref_value_table_ensure_value (WeakrefValueTable       *self,
                                  const GValue            *key,
                                  WeakrefCreateValueFunc   create,
                                  gpointer                 user_data,
                                  GError                 **error)
{
  CreateValue call = { key, create, user_data };
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);
  g_return_val_if_fail (G_IS_VALUE (key), NULL);
  g_return_val_if_fail (create != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weakref_key_from_value (&self->table->kind, key, &buffer, &pointer, error))
    return NULL;

  return value_table_ensure_held (self->table, pointer, create_value_cb, &call, error);
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
weakref_value_table_contains (WeakrefValueTable *self,
                              gconstpointer      key)
{
  gpointer object = weakref_value_table_lookup (self, key);

  if (object == NULL)
    return FALSE;

  g_object_unref (object);
  return TRUE;
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
weakref_value_table_contains_value (WeakrefValueTable *self,
                                    const GValue      *key,
                                    GError           **error)
{
  gpointer object = weakref_value_table_lookup_value (self, key, error);

  if (object == NULL)
    return FALSE;

  g_object_unref (object);
  return TRUE;
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
weakref_value_table_remove (WeakrefValueTable *self,
                            gconstpointer      key)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);

  if (!weakref_key_check (&self->table->kind, key, G_STRFUNC))
    return FALSE;

  return value_table_remove (self->table, key);
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
weakref_value_table_remove_value (WeakrefValueTable *self,
                                  const GValue      *key,
                                  GError           **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), FALSE);
  g_return_val_if_fail (G_IS_VALUE (key), FALSE);

  if (!weakref_key_from_value (&self->table->kind, key, &buffer, &pointer, error))
    return FALSE;

  return value_table_remove (self->table, pointer);
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

  weakref_table_clear (&self->table->base);
}

/**
 * weakref_value_table_get_size:
 * @self: a table
 *
 * Counts the entries.
 *
 * An object that is in the middle of its dispose may be counted although it can't be looked up any
 * more; its entry leaves in that dispose.
 *
 * Returns: the number of entries
 *
 * Since: 1.0
 */
guint
weakref_value_table_get_size (WeakrefValueTable *self)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), 0);

  return weakref_table_get_size (&self->table->base);
}

/* Calls @func with each entry whose object is alive, holding both. */
static void
value_table_foreach (ValueTable            *table,
                     WeakrefValueTableFunc  func,
                     gpointer               user_data)
{
  GPtrArray *entries = weakref_table_snapshot (&table->base);
  guint i;

  for (i = 0; i < entries->len; i++)
    {
      Entry *entry = g_ptr_array_index (entries, i);
      gpointer object = weakref_block_dup_target (entry->base.watch.block);

      if (object != NULL)
        {
          func (entry->key, object, user_data);
          g_object_unref (object);
        }
    }

  g_ptr_array_unref (entries);
}

typedef struct
{
  const WeakrefKeyKind *kind;
  GPtrArray *array;
} Collect;

static void
collect_key_cb (gconstpointer key,
                gpointer      object,
                gpointer      user_data)
{
  Collect *collect = user_data;

  g_ptr_array_add (collect->array, weakref_key_copy (collect->kind, key));
}

static void
collect_key_value_cb (gconstpointer key,
                      gpointer      object,
                      gpointer      user_data)
{
  Collect *collect = user_data;

  g_ptr_array_add (collect->array, weakref_key_to_value (collect->kind, key));
}

static void
collect_object_cb (gconstpointer key,
                   gpointer      object,
                   gpointer      user_data)
{
  g_ptr_array_add (user_data, g_object_ref (object));
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
  Collect collect;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);

  collect.kind = &self->table->kind;
  collect.array = g_ptr_array_new_with_free_func (weakref_key_get_free (collect.kind));
  value_table_foreach (self->table, collect_key_cb, &collect);

  return collect.array;
}

static void
free_value_cb (gpointer value)
{
  g_boxed_free (G_TYPE_VALUE, value);
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
  Collect collect;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);

  collect.kind = &self->table->kind;
  collect.array = g_ptr_array_new_with_free_func (free_value_cb);
  value_table_foreach (self->table, collect_key_value_cb, &collect);

  return collect.array;
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
  GPtrArray *array;

  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);

  array = g_ptr_array_new_with_free_func (g_object_unref);
  value_table_foreach (self->table, collect_object_cb, array);

  return array;
}

/**
 * weakref_value_table_foreach: (skip)
 * @self: a table
 * @func: (scope call) (closure user_data): what to call
 * @user_data: (nullable): data for @func
 *
 * Calls @func with each entry whose object is alive.
 *
 * It goes over a snapshot: @func may change the table, and gets the entries that there were at the
 * start, each if its object is still alive when its turn comes.
 *
 * Since: 1.0
 */
void
weakref_value_table_foreach (WeakrefValueTable     *self,
                             WeakrefValueTableFunc  func,
                             gpointer               user_data)
{
  g_return_if_fail (WEAKREF_IS_VALUE_TABLE (self));
  g_return_if_fail (func != NULL);

  value_table_foreach (self->table, func, user_data);
}

typedef struct
{
  const WeakrefKeyKind *kind;
  WeakrefValueTableValueFunc func;
  gpointer user_data;
} ForeachValue;

static void
foreach_value_cb (gconstpointer key,
                  gpointer      object,
                  gpointer      user_data)
{
  ForeachValue *call = user_data;
  GValue *value = weakref_key_to_value (call->kind, key);

  call->func (value, object, call->user_data);
  g_boxed_free (G_TYPE_VALUE, value);
}

/**
 * weakref_value_table_foreach_value: (rename-to weakref_value_table_foreach)
 * @self: a table
 * @func: (scope call) (closure user_data): what to call
 * @user_data: (nullable): data for @func
 *
 * Calls @func with each entry whose object is alive.
 *
 * It goes over a snapshot: @func may change the table, and gets the entries that there were at the
 * start, each if its object is still alive when its turn comes.
 *
 * Since: 1.0
 */
void
weakref_value_table_foreach_value (WeakrefValueTable          *self,
                                   WeakrefValueTableValueFunc  func,
                                   gpointer                    user_data)
{
  ForeachValue call;
  ValueTable *table;

  g_return_if_fail (WEAKREF_IS_VALUE_TABLE (self));
  g_return_if_fail (func != NULL);

  /* A callback may drop the table. */
  table = weakref_table_ref (self->table);
  call = (ForeachValue) { &table->kind, func, user_data };
  value_table_foreach (table, foreach_value_cb, &call);
  weakref_table_unref (table);
}
