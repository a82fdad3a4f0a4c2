/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/value-core.h>

#include <string.h>

#include <weakref-glib/weakref-error.h>

static guint
entry_hash (gconstpointer data)
{
  return ((const WeakrefValueEntry *) data)->hash;
}

static gboolean
entry_equal (gconstpointer a, gconstpointer b)
{
  const WeakrefValueEntry *x = a;
  const WeakrefValueEntry *y = b;

  return x == y || ((WeakrefValueCore *) y->base.table)->kind.equal (x->key, y->key);
}

static gconstpointer
entry_get_hash_key (WeakrefEntry *entry)
{
  return entry;
}

static void
entry_let_go (WeakrefEntry *entry)
{
  WeakrefValueCore *core = (WeakrefValueCore *) entry->table;

  if (core->funcs->let_go != NULL)
    core->funcs->let_go ((WeakrefValueEntry *) entry);
}

static void
entry_free (WeakrefEntry *data)
{
  WeakrefValueEntry *entry = (WeakrefValueEntry *) data;
  WeakrefValueCore *core = (WeakrefValueCore *) data->table;

  if (core->kind.free != NULL)
    core->kind.free ((gpointer) entry->key);
  g_free (entry);
}

static void
core_free (WeakrefTable *table)
{
  WeakrefValueCore *core = (WeakrefValueCore *) table;

  if (core->funcs->free_core != NULL)
    core->funcs->free_core (core);
  g_free (core);
}

static const WeakrefTableFuncs table_funcs = {
  .get_hash_key = entry_get_hash_key,
  .let_go = entry_let_go,
  .free_entry = entry_free,
  .free_table = core_free,
};

static WeakrefValueEntry
entry_probe (WeakrefValueCore *core, gconstpointer key)
{
  return (WeakrefValueEntry) {
    .base.table = &core->base,
    .hash = core->kind.hash (key),
    .key = key,
  };
}

static WeakrefValueEntry *
entry_new (const WeakrefValueEntry *probe, gpointer object)
{
  WeakrefValueCore *core = (WeakrefValueCore *) probe->base.table;
  gsize size = core->kind.get_size != NULL ? core->kind.get_size (probe->key) : 0;
  gsize extra_size = core->funcs->extra_size;
  WeakrefValueEntry *entry = g_malloc (sizeof (WeakrefValueEntry) + extra_size + size);

  memset (entry->data, 0, extra_size);
  entry->hash = probe->hash;
  if (size != 0)
    entry->key = memcpy ((guint8 *) entry->data + extra_size, probe->key, size);
  else
    entry->key = core->kind.copy != NULL ? core->kind.copy (probe->key) : probe->key;

  weakref_entry_init (&entry->base, &core->base, object);

  return entry;
}

/* Whether its object is alive, without using it. */
static gboolean
entry_is_alive (WeakrefValueEntry *entry)
{
  WeakrefValueCore *core = (WeakrefValueCore *) entry->base.table;
  WeakrefBlock *block = entry->base.watch.block;

  if (core->funcs->keeps != NULL && core->funcs->keeps (entry))
    return !weakref_block_is_dead (block);

  return weakref_block_is_alive (block);
}

/* Drops an entry that was taken out. Returns whether its object was alive. */
static gboolean
entry_drop_alive (WeakrefEntry *entry)
{
  gboolean alive = entry_is_alive ((WeakrefValueEntry *) entry);

  weakref_entry_drop (entry);

  return alive;
}

static void
entry_use (WeakrefValueEntry *entry, gpointer object)
{
  WeakrefValueCore *core = (WeakrefValueCore *) entry->base.table;

  if (core->funcs->used != NULL)
    core->funcs->used (entry, object);
}

/* The object of the entry, or NULL. */
static gpointer
entry_upgrade (WeakrefValueEntry *entry)
{
  gpointer object = weakref_block_dup_target (entry->base.watch.block);

  if (object != NULL)
    entry_use (entry, object);

  return object;
}

/* What the probe finds, with a reference on it. */
static WeakrefValueEntry *
lookup_locked (WeakrefValueCore *core, const WeakrefValueEntry *probe)
{
  gpointer entry = g_hash_table_lookup (core->base.entries, probe);

  return entry != NULL ? weakref_entry_ref (entry) : NULL;
}

static WeakrefValueEntry *
core_find (WeakrefValueCore *core, gconstpointer key)
{
  WeakrefValueEntry probe = entry_probe (core, key);
  WeakrefValueEntry *entry;

  g_mutex_lock (&core->base.lock);
  entry = lookup_locked (core, &probe);
  g_mutex_unlock (&core->base.lock);

  return entry;
}

gpointer
weakref_value_core_lookup (WeakrefValueCore *core, gconstpointer key)
{
  WeakrefValueEntry *entry = core_find (core, key);
  gpointer object;

  if (entry == NULL)
    return NULL;

  object = entry_upgrade (entry);
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
  WeakrefValueEntry probe = entry_probe (core, key);
  WeakrefValueEntry *entry = entry_new (&probe, object);
  gboolean report = core->funcs->used != NULL;
  WeakrefEntry *old;
  gboolean put;

  /* Once it is in, it may leave at any moment. */
  if (report)
    weakref_entry_ref (entry);

  g_mutex_lock (&core->base.lock);
  put = weakref_table_put_locked (&core->base, &entry->base, &old);
  g_mutex_unlock (&core->base.lock);

  if (!put)
    weakref_entry_drop (&entry->base);
  if (report)
    {
      if (put)
        core->funcs->used (entry, object);
      weakref_entry_unref (entry);
    }

  return old == NULL || !entry_drop_alive (old);
}

gboolean
weakref_value_core_remove (WeakrefValueCore *core, gconstpointer key)
{
  WeakrefValueEntry probe = entry_probe (core, key);
  WeakrefEntry *entry;

  g_mutex_lock (&core->base.lock);
  entry = weakref_table_take_locked (&core->base, &probe);
  g_mutex_unlock (&core->base.lock);

  return entry != NULL && entry_drop_alive (entry);
}

/* Finds the living object of the probe, or a flight that is on its way to it, or starts one, of
 * which the caller is the pilot. Returns the object, or NULL. */
static gpointer
ensure_board (WeakrefValueCore *core,
              const WeakrefValueEntry *probe,
              WeakrefFlight **flight,
              gboolean *pilot)
{
  WeakrefValueEntry *dying = NULL;
  gpointer object = NULL;

  *flight = NULL;
  *pilot = FALSE;

  while (object == NULL && *flight == NULL)
    {
      WeakrefValueEntry *entry;

      g_mutex_lock (&core->base.lock);
      entry = lookup_locked (core, probe);
      if (entry == NULL || entry == dying)
        {
          /* Not there, or on its way out: the entry leaves in the middle of its dispose. */
          *flight = weakref_flight_find_locked (core->flights, &core->kind, probe->key);
          if (*flight == NULL)
            {
              *flight = weakref_flight_start_locked (&core->flights, probe->key);
              *pilot = TRUE;
            }
          else if (!weakref_flight_wait_locked (*flight, &core->base.lock))
            *flight = NULL;
          g_mutex_unlock (&core->base.lock);
          g_clear_pointer (&entry, weakref_entry_unref);
          break;
        }
      g_mutex_unlock (&core->base.lock);

      object = entry_upgrade (entry);
      g_clear_pointer (&dying, weakref_entry_unref);
      dying = entry;
    }

  g_clear_pointer (&dying, weakref_entry_unref);

  return object;
}

/* Enters what the pilot made, unless somebody has inserted a living object meanwhile: then that is
 * the result. Takes over the reference on @object. */
static gpointer
ensure_land (WeakrefValueCore *core,
             const WeakrefValueEntry *probe,
             WeakrefFlight *flight,
             gpointer object)
{
  WeakrefValueEntry *made = object != NULL ? weakref_entry_ref (entry_new (probe, object)) : NULL;
  WeakrefValueEntry *dying = NULL;
  gpointer other = NULL;

  while (TRUE)
    {
      WeakrefValueEntry *entry = NULL;
      WeakrefEntry *old = NULL;
      gboolean put = FALSE;

      g_mutex_lock (&core->base.lock);
      if (object != NULL && other == NULL)
        entry = lookup_locked (core, probe);
      if (entry != NULL && entry != dying)
        {
          g_mutex_unlock (&core->base.lock);
          other = entry_upgrade (entry);
          g_clear_pointer (&dying, weakref_entry_unref);
          dying = entry;
          continue;
        }
      if (made != NULL && other == NULL)
        put = weakref_table_put_locked (&core->base, &made->base, &old);
      weakref_flight_land_locked (&core->flights, flight, other != NULL ? other : object);
      g_mutex_unlock (&core->base.lock);

      if (put)
        entry_use (made, object);
      else if (made != NULL)
        weakref_entry_drop (&made->base);
      g_clear_pointer (&made, weakref_entry_unref);
      if (old != NULL)
        weakref_entry_drop (old);
      if (other != NULL)
        g_object_unref (object);
      g_clear_pointer (&entry, weakref_entry_unref);
      g_clear_pointer (&dying, weakref_entry_unref);

      return weakref_flight_finish (flight);
    }
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
  WeakrefValueEntry probe = entry_probe (core, key);

  while (TRUE)
    {
      GError *local_error = NULL;
      WeakrefFlight *flight;
      gboolean pilot;
      gpointer object = ensure_board (core, &probe, &flight, &pilot);

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

      if (created != NULL)
        *created = TRUE;
      object = ensure_create (key, create, user_data, &local_error);
      object = ensure_land (core, &probe, flight, object);
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

static void
free_value_cb (gpointer value)
{
  g_boxed_free (G_TYPE_VALUE, value);
}

/* The keys of the objects that are alive, as they are or as GValues. The array owns them. */
GPtrArray *
weakref_value_core_dup_keys (WeakrefValueCore *core, gboolean as_values)
{
  GPtrArray *entries = weakref_table_snapshot (&core->base);
  GPtrArray *keys =
    g_ptr_array_new_with_free_func (as_values ? free_value_cb : weakref_key_get_free (&core->kind));
  guint i;

  for (i = 0; i < entries->len; i++)
    {
      WeakrefValueEntry *entry = g_ptr_array_index (entries, i);

      if (entry_is_alive (entry))
        g_ptr_array_add (keys, as_values ? weakref_key_to_value (&core->kind, entry->key)
                                         : weakref_key_copy (&core->kind, entry->key));
    }
  g_ptr_array_unref (entries);

  return keys;
}

static void
collect_object_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  g_ptr_array_add (user_data, g_object_ref (object));
}

/* The objects that are alive. The array owns a reference on each. */
GPtrArray *
weakref_value_core_dup_values (WeakrefValueCore *core)
{
  GPtrArray *objects = g_ptr_array_new_with_free_func (g_object_unref);

  weakref_value_core_foreach (core, collect_object_cb, objects);

  return objects;
}

/* Calls @func with each entry whose object is alive, holding both. It may drop the table object:
 * the entries keep the core. */
void
weakref_value_core_foreach (WeakrefValueCore *core, WeakrefValueTableFunc func, gpointer user_data)
{
  GPtrArray *entries = weakref_table_snapshot (&core->base);
  guint i;

  for (i = 0; i < entries->len; i++)
    {
      WeakrefValueEntry *entry = g_ptr_array_index (entries, i);
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

/* @size bytes, zeroed, of which the core is the first. */
gpointer
weakref_value_core_new (gsize size, const WeakrefValueFuncs *funcs)
{
  WeakrefValueCore *core = g_malloc0 (size);

  weakref_table_init (&core->base, &table_funcs, entry_hash, entry_equal);
  core->funcs = funcs;

  return core;
}

/* What a construct property says: G_TYPE_NONE is the default, which is G_TYPE_VALUE. */
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
}
