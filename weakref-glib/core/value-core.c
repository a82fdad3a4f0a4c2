/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/value-core.h>

#include <string.h>

static void
entry_left (WeakrefEntry *entry)
{
  WeakrefValueCore *core = (WeakrefValueCore *) entry->table;

  if (core->funcs->left != NULL)
    core->funcs->left ((WeakrefValueEntry *) entry);
}

static void
entry_left_locked (WeakrefTable *table, WeakrefEntry *entry)
{
  WeakrefValueCore *core = (WeakrefValueCore *) table;

  if (G_UNLIKELY (core->index != NULL))
    weakref_object_index_remove (core->index, entry);
}

/* Frees an entry that watches no object: it never had one, or its watch has ended. To be called
 * outside the lock. */
void
weakref_value_entry_free (WeakrefValueEntry *entry)
{
  WeakrefValueCore *core = (WeakrefValueCore *) entry->base.table;

  if (core->kind.free != NULL)
    core->kind.free ((gpointer) weakref_value_entry_get_key (entry));
  weakref_watch_free (&entry->base.watch);
}

static void
entry_free (WeakrefEntry *entry)
{
  weakref_value_entry_free ((WeakrefValueEntry *) entry);
}

static void
core_free (WeakrefTable *table)
{
  WeakrefValueCore *core = (WeakrefValueCore *) table;

  if (core->funcs->free_core != NULL)
    core->funcs->free_core (core);
  g_clear_pointer (&core->flights, g_hash_table_unref);
  g_clear_pointer (&core->index, weakref_object_index_free);
  g_free (core);
}

static const WeakrefTableFuncs table_funcs = {
  .name = "WeakrefValueTable",
  .has_hashes = TRUE,
  .left_locked = entry_left_locked,
  .released = entry_left,
  .free_entry = entry_free,
  .free_table = core_free,
};

WeakrefValueProbe
weakref_value_entry_probe (WeakrefValueCore *core, gconstpointer key)
{
  guint32 hash = core->kind.hash (key);

  return (WeakrefValueProbe) { core, G_LIKELY (hash != 0) ? hash : 1, key };
}

/* Returns a probe with the key of @entry. */
WeakrefValueProbe
weakref_value_entry_get_probe (WeakrefValueEntry *entry)
{
  return (WeakrefValueProbe) {
    (WeakrefValueCore *) entry->base.table,
    entry->base.hash,
    weakref_value_entry_get_key (entry),
  };
}

/* These two are for hash tables whose keys are probes. */
guint
weakref_value_probe_hash (gconstpointer probe)
{
  return ((const WeakrefValueProbe *) probe)->hash;
}

gboolean
weakref_value_probe_equal (gconstpointer a, gconstpointer b)
{
  const WeakrefValueProbe *x = a;
  const WeakrefValueProbe *y = b;

  return x->hash == y->hash && x->core->kind.equal (x->key, y->key);
}

/* Makes an entry with a copy of the probe's key. It does not watch an object yet. If it is known
 * which one it will watch, that is @target, on which the caller has a reference; otherwise @target
 * is NULL. The entry does not keep the core until it watches an object, so the caller has to. To be
 * called outside the lock. */
WeakrefValueEntry *
weakref_value_entry_new (const WeakrefValueProbe *probe, gpointer target)
{
  WeakrefValueCore *core = probe->core;
  gsize size = core->kind.get_size != NULL ? core->kind.get_size (probe->key) : 0;
  WeakrefValueEntry *entry =
    weakref_watch_alloc (target, core->key_offset + (size != 0 ? size : sizeof (gpointer)));
  guint8 *where = (guint8 *) entry + core->key_offset;

  memset (weakref_value_entry_get_extra (entry), 0, core->funcs->extra_size);
  entry->base.table = &core->base;
  entry->base.hash = probe->hash;
  if (size != 0)
    memcpy (where, probe->key, size);
  else
    *(gconstpointer *) (gpointer) where =
      core->kind.copy != NULL ? core->kind.copy (probe->key) : probe->key;

  return entry;
}

/* Returns whether the object of the entry is alive. That does not count as a use of the object. */
static gboolean
entry_is_alive (WeakrefValueEntry *entry)
{
  WeakrefValueCore *core = (WeakrefValueCore *) entry->base.table;

  return core->funcs->is_alive != NULL
           ? core->funcs->is_alive (entry)
           : weakref_block_is_alive (weakref_watch_get_block (&entry->base.watch));
}

/* Drops an entry that was taken out of the table. Returns whether its object was alive. */
static gboolean
entry_drop_alive (WeakrefEntry *entry)
{
  gboolean alive = entry_is_alive ((WeakrefValueEntry *) entry);

  weakref_entry_drop (entry);

  return alive;
}

/* To be called after @object was entered into the table, outside the lock. */
void
weakref_value_entry_entered (WeakrefValueEntry *entry, gpointer object)
{
  WeakrefValueCore *core = (WeakrefValueCore *) entry->base.table;

  if (core->funcs->entered != NULL)
    core->funcs->entered (entry, object);
}

/* Returns the object of the entry, or NULL if it is dead. To be called outside the lock. */
gpointer
weakref_value_entry_dup_object (WeakrefValueEntry *entry)
{
  WeakrefValueCore *core = (WeakrefValueCore *) entry->base.table;

  return core->funcs->use != NULL
           ? core->funcs->use (entry)
           : weakref_block_dup_target (weakref_watch_get_block (&entry->base.watch));
}

static inline gsize
core_find_index_locked (const WeakrefValueProbe *probe)
{
  WeakrefValueCore *core = probe->core;
  WeakrefMap *map = &core->base.map;
  gsize index = weakref_map_find (map, probe->hash);

  while (index != WEAKREF_MAP_NONE)
    {
      WeakrefValueEntry *entry = weakref_map_get_data (map, index);
      gconstpointer key = weakref_value_core_get_key (core, entry);

      if (G_LIKELY (key == probe->key || core->kind.equal (key, probe->key)))
        break;
      index = weakref_map_find_next (map, index);
    }

  return index;
}

/* Returns the entry with the key of the probe, with a new reference, or NULL. */
WeakrefValueEntry *
weakref_value_core_find_locked (WeakrefValueCore *core, const WeakrefValueProbe *probe)
{
  gsize index = core_find_index_locked (probe);

  return index != WEAKREF_MAP_NONE
           ? weakref_entry_ref (weakref_map_get_data (&core->base.map, index))
           : NULL;
}

static WeakrefValueEntry *
core_find (WeakrefValueCore *core, gconstpointer key)
{
  WeakrefValueProbe probe = weakref_value_entry_probe (core, key);
  WeakrefValueEntry *entry;

  weakref_lock (&core->base.lock);
  entry = weakref_value_core_find_locked (core, &probe);
  g_mutex_unlock (&core->base.lock);

  return entry;
}

/* Puts @entry, which watches an object, into the table. It replaces the entry that has the same
 * key, if there is one, see weakref_table_put_locked(). */
gboolean
weakref_value_core_put_locked (WeakrefValueCore *core, WeakrefValueEntry *entry, WeakrefEntry **old)
{
  WeakrefValueProbe probe = weakref_value_entry_get_probe (entry);
  gboolean put = weakref_table_put_locked (&core->base, &entry->base,
                                           core_find_index_locked (&probe), probe.hash, entry, old);

  if (put && G_UNLIKELY (core->index != NULL))
    weakref_object_index_add (core->index, &entry->base);

  return put;
}

/* Takes out an entry whose object was found dead. Without this call it would leave later, in the
 * dispose of its object. */
void
weakref_value_entry_retire (WeakrefValueEntry *entry)
{
  WeakrefTable *table = entry->base.table;
  WeakrefEntry *taken;

  weakref_lock (&table->lock);
  taken = weakref_table_take_entry_locked (table, &entry->base);
  g_mutex_unlock (&table->lock);

  if (taken != NULL)
    weakref_entry_drop (taken);
}

/* To be called when somebody has asked for the object of a key, outside the lock. */
void
weakref_value_core_count (WeakrefValueCore *core, gboolean found)
{
  if (core->funcs->asked != NULL)
    core->funcs->asked (core, found);
}

gpointer
weakref_value_core_lookup (WeakrefValueCore *core, gconstpointer key)
{
  WeakrefValueEntry *entry = core_find (core, key);
  gpointer object;

  if (entry == NULL)
    {
      weakref_value_core_count (core, FALSE);
      return NULL;
    }

  if (core->funcs->use == NULL)
    object = weakref_block_dup_target (weakref_watch_get_block (&entry->base.watch));
  else
    {
      object = core->funcs->use (entry);
      weakref_value_core_count (core, object != NULL);
    }
  weakref_entry_unref (entry);

  return object;
}

/* Does the same for a caller that creates the object if there is none. Then the caller counts the
 * request, not this function. Sets @dead to the entry of @key, with a new reference, if its object
 * is dead, and otherwise to NULL. */
gpointer
weakref_value_core_dup_living (WeakrefValueCore *core, gconstpointer key, WeakrefValueEntry **dead)
{
  WeakrefValueEntry *entry = *dead = core_find (core, key);
  gpointer object;

  if (entry == NULL)
    return NULL;

  object = core->funcs->use != NULL
             ? core->funcs->use (entry)
             : weakref_block_dup_target (weakref_watch_get_block (&entry->base.watch));
  if (object == NULL)
    return NULL;

  weakref_value_core_count (core, TRUE);
  *dead = NULL;
  weakref_entry_unref (entry);

  return object;
}

gboolean
weakref_value_core_contains (WeakrefValueCore *core, gconstpointer key)
{
  WeakrefValueEntry *entry = core_find (core, key);
  gboolean alive;

  if (entry == NULL)
    return FALSE;

  alive = entry_is_alive (entry);
  weakref_entry_unref (entry);

  return alive;
}

gboolean
weakref_value_core_insert (WeakrefValueCore *core, gconstpointer key, gpointer object)
{
  WeakrefValueProbe probe = weakref_value_entry_probe (core, key);
  WeakrefValueEntry *entry = weakref_value_entry_new (&probe, object);
  gboolean report = core->funcs->entered != NULL;
  WeakrefEntry *old;
  gboolean put;

  weakref_entry_init (&entry->base, &core->base, object);

  /* When the entry is in the table, it may leave at any moment, and be freed. */
  if (report)
    weakref_entry_ref (entry);

  weakref_lock (&core->base.lock);
  put = weakref_value_core_put_locked (core, entry, &old);
  g_mutex_unlock (&core->base.lock);

  if (!put)
    weakref_entry_drop (&entry->base);
  if (report)
    {
      if (put)
        core->funcs->entered (entry, object);
      weakref_entry_unref (entry);
    }

  return old == NULL || !entry_drop_alive (old);
}

/* Takes out the entry of @key, which the caller has to drop. Returns NULL if there is none. */
WeakrefEntry *
weakref_value_core_take (WeakrefValueCore *core, gconstpointer key)
{
  WeakrefValueProbe probe = weakref_value_entry_probe (core, key);
  WeakrefEntry *entry;

  weakref_lock (&core->base.lock);
  entry = weakref_table_take_locked (&core->base, core_find_index_locked (&probe));
  g_mutex_unlock (&core->base.lock);

  return entry;
}

gboolean
weakref_value_core_remove (WeakrefValueCore *core, gconstpointer key)
{
  WeakrefEntry *entry = weakref_value_core_take (core, key);

  return entry != NULL && entry_drop_alive (entry);
}

static void
free_value_cb (gpointer value)
{
  g_boxed_free (G_TYPE_VALUE, value);
}

/* Returns the keys of the objects that are alive, as plain keys or as GValues. The array owns
 * them. */
GPtrArray *
weakref_value_core_dup_keys (WeakrefValueCore *core, gboolean as_values)
{
  WeakrefReading *reading = weakref_table_read (&core->base);
  GPtrArray *keys =
    g_ptr_array_new_with_free_func (as_values ? free_value_cb : weakref_key_get_free (&core->kind));
  guint i;

  for (i = 0; i < reading->n; i++)
    {
      WeakrefValueEntry *entry = weakref_table_get_read (reading, i);

      if (entry_is_alive (entry))
        {
          gconstpointer key = weakref_value_entry_get_key (entry);

          g_ptr_array_add (keys, as_values ? (gpointer) weakref_key_to_value (&core->kind, key)
                                           : weakref_key_copy (&core->kind, key));
        }
    }
  weakref_table_end_reading (reading);

  return keys;
}

static void
collect_object_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  g_ptr_array_add (user_data, g_object_ref (object));
}

/* Returns the objects that are alive. The array owns a reference on each. */
GPtrArray *
weakref_value_core_dup_values (WeakrefValueCore *core)
{
  GPtrArray *objects = g_ptr_array_new_with_free_func (g_object_unref);

  weakref_value_core_foreach (core, collect_object_cb, objects);

  return objects;
}

/* Calls @func with each entry whose object is alive. The entry and the object are held while @func
 * runs. @func may drop the table object, because the reading keeps the core. */
void
weakref_value_core_foreach (WeakrefValueCore *core, WeakrefValueTableFunc func, gpointer user_data)
{
  WeakrefReading *reading = weakref_table_read (&core->base);
  guint i;

  for (i = 0; i < reading->n; i++)
    {
      WeakrefValueEntry *entry = weakref_table_get_read (reading, i);
      gpointer object = core->funcs->look_at != NULL
                          ? core->funcs->look_at (entry)
                          : weakref_block_dup_target (weakref_watch_get_block (&entry->base.watch));

      if (object != NULL)
        {
          func (weakref_value_entry_get_key (entry), object, user_data);
          g_object_unref (object);
        }
    }

  weakref_table_end_reading (reading);
}

typedef struct
{
  const WeakrefKeyKind *kind;
  WeakrefValueTableValueFunc func;
  gpointer user_data;
} ForeachValue;

static void
foreach_value_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  ForeachValue *call = user_data;
  GValue *value = weakref_key_to_value (call->kind, key);

  call->func (value, object, call->user_data);
  g_boxed_free (G_TYPE_VALUE, value);
}

void
weakref_value_core_foreach_value (WeakrefValueCore *core,
                                  WeakrefValueTableValueFunc func,
                                  gpointer user_data)
{
  ForeachValue call = { &core->kind, func, user_data };

  weakref_value_core_foreach (core, foreach_value_cb, &call);
}

/* Finds the place of the key in an entry. A string needs no alignment and begins right after the
 * hash. All other keys, and all keys after an extra, are aligned. */
static void
core_place_key (WeakrefValueCore *core)
{
  if (core->kind.get_size != NULL && core->kind.alignment == 1 && core->funcs->extra_size == 0)
    core->key_offset = G_STRUCT_OFFSET (WeakrefEntry, room);
  else
    core->key_offset = sizeof (WeakrefValueEntry) + core->funcs->extra_size;
}

/* Makes a structure of @size bytes, filled with zeros, that begins with a core. */
gpointer
weakref_value_core_new (gsize size, const WeakrefValueFuncs *funcs)
{
  WeakrefValueCore *core = g_malloc0 (size);

  weakref_table_init (&core->base, &table_funcs);
  core->funcs = funcs;

  return core;
}

/* Sets the value of the construct property "key-type". G_TYPE_NONE is its default value, and means
 * G_TYPE_VALUE here. */
void
weakref_value_core_set_key_type (WeakrefValueCore *core, GType key_type)
{
  if (key_type == G_TYPE_NONE)
    key_type = G_TYPE_VALUE;

  if (!weakref_key_kind_init (&core->kind, key_type))
    {
      g_critical ("There are no keys of type %s", g_type_name (key_type));
      weakref_key_kind_init (&core->kind, G_TYPE_VALUE);
    }
  core_place_key (core);
}

/* Has the keys hashed, compared, copied and freed by functions of the user. */
void
weakref_value_core_set_key_funcs (WeakrefValueCore *core,
                                  GHashFunc hash,
                                  GEqualFunc equal,
                                  gpointer (*copy) (gconstpointer key),
                                  GDestroyNotify free)
{
  weakref_key_kind_init_full (&core->kind, hash, equal, copy, free);
  core_place_key (core);
}
