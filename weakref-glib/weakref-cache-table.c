/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-cache-private.h>

#include <weakref-glib/core/ensure.h>

/* The table that a cache is. The table of values tells the core itself what is entered and found;
 * here it is counted. */

/* Enters it; what is thereby put out may drop the cache. */
static gboolean
cache_insert (WeakrefCache *self, gconstpointer key, gpointer object)
{
  WeakrefCacheCore *core = weakref_table_ref (self->core);
  gboolean inserted = weakref_value_core_insert (&core->base, key, object);

  weakref_cache_core_changed (core);
  weakref_table_unref (core);

  return inserted;
}

/* Finds it, and counts that. */
static gpointer
cache_lookup (WeakrefCache *self, gconstpointer key)
{
  WeakrefCacheCore *core = self->core;
  gpointer object = weakref_value_core_lookup (&core->base, key);

  atomic_fetch_add_explicit (object != NULL ? &core->n_hits : &core->n_misses, 1,
                             memory_order_relaxed);

  return object;
}

/* Counts what was found or made. Takes over a reference on @core, for what was called to make it
 * may drop the cache. */
static gpointer
core_ensured (WeakrefCacheCore *core, gpointer object, gboolean created)
{
  if (created)
    {
      atomic_fetch_add_explicit (&core->n_misses, 1, memory_order_relaxed);
      weakref_cache_core_changed (core);
    }
  else if (object != NULL)
    atomic_fetch_add_explicit (&core->n_hits, 1, memory_order_relaxed);
  weakref_table_unref (core);

  return object;
}

/**
 * weakref_cache_insert: (skip)
 * @self: a cache
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
weakref_cache_insert (WeakrefCache *self, gconstpointer key, gpointer object)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (weakref_is_held (object), FALSE);

  if (!weakref_key_check (&self->core->base.kind, key, G_STRFUNC))
    return FALSE;

  return cache_insert (self, key, object);
}

/**
 * weakref_cache_insert_value: (rename-to weakref_cache_insert)
 * @self: a cache
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
weakref_cache_insert_value (WeakrefCache *self, const GValue *key, gpointer object, GError **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), FALSE);
  g_return_val_if_fail (G_IS_VALUE (key), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (weakref_is_held (object), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!weakref_key_from_value (&self->core->base.kind, key, &buffer, &pointer, error))
    return FALSE;

  return cache_insert (self, pointer, object);
}

/**
 * weakref_cache_lookup: (skip)
 * @self: a cache
 * @key: the key
 *
 * Gives the object that @key stands for, if it is alive.
 *
 * Returns: (transfer full) (type GObject.Object) (nullable): the object, or %NULL
 *
 * Since: 1.0
 */
gpointer
weakref_cache_lookup (WeakrefCache *self, gconstpointer key)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), NULL);

  if (!weakref_key_check (&self->core->base.kind, key, G_STRFUNC))
    return NULL;

  return cache_lookup (self, key);
}

/**
 * weakref_cache_lookup_value: (rename-to weakref_cache_lookup)
 * @self: a cache
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
weakref_cache_lookup_value (WeakrefCache *self, const GValue *key, GError **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), NULL);
  g_return_val_if_fail (G_IS_VALUE (key), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weakref_key_from_value (&self->core->base.kind, key, &buffer, &pointer, error))
    return NULL;

  return cache_lookup (self, pointer);
}

/**
 * weakref_cache_ensure: (skip)
 * @self: a cache
 * @key: the key
 * @create: (scope call) (closure user_data): creates the object if there is none
 * @user_data: (nullable): data for @create
 * @error: return location for an error of @create, or of the creation that was waited for, for a
 *   `WEAKREF_ERROR_CREATE` or a `WEAKREF_ERROR_RECURSION`
 *
 * Gives the object that @key stands for, and creates it if there is none.
 *
 * However many threads ask for a key at the same time, one of them creates, outside every lock, and
 * the others wait for it and get the same object. If the creation fails, its caller gets the error,
 * and so do all who wait for it at that moment; who comes later tries anew. If another thread
 * inserts an object under the key while it is being created, the inserted one is the result.
 *
 * The key is copied before @create runs, which gets the copy: the memory of @key may be used for
 * something else as soon as @create runs.
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
weakref_cache_ensure (WeakrefCache *self,
                      gconstpointer key,
                      WeakrefCreateFunc create,
                      gpointer user_data,
                      GError **error)
{
  WeakrefCacheCore *core;
  gboolean created = FALSE;
  gpointer object;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), NULL);
  g_return_val_if_fail (create != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weakref_key_check (&self->core->base.kind, key, G_STRFUNC))
    return NULL;

  core = weakref_table_ref (self->core);
  object = weakref_value_core_ensure (&core->base, key, create, user_data, &created, error);

  return core_ensured (core, object, created);
}

/**
 * weakref_cache_ensure_value: (rename-to weakref_cache_ensure)
 * @self: a cache
 * @key: the key
 * @create: (scope call) (closure user_data): creates the object if there is none
 * @user_data: (nullable): data for @create
 * @error: return location for an error of @create, or of the creation that was waited for, for a
 *   `WEAKREF_ERROR_KEY_TYPE`, a `WEAKREF_ERROR_CREATE` or a `WEAKREF_ERROR_RECURSION`
 *
 * Gives the object that @key stands for, and creates it if there is none.
 *
 * However many threads ask for a key at the same time, one of them creates, outside every lock, and
 * the others wait for it and get the same object. If the creation fails, its caller gets the error,
 * and so do all who wait for it at that moment; who comes later tries anew.
 *
 * Returns: (transfer full) (type GObject.Object): the object, or %NULL with @error set
 *
 * Since: 1.0
 */
gpointer
weakref_cache_ensure_value (WeakrefCache *self,
                            const GValue *key,
                            WeakrefCreateValueFunc create,
                            gpointer user_data,
                            GError **error)
{
  WeakrefCacheCore *core;
  gboolean created = FALSE;
  gpointer object;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), NULL);
  g_return_val_if_fail (G_IS_VALUE (key), NULL);
  g_return_val_if_fail (create != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  core = weakref_table_ref (self->core);
  object = weakref_value_core_ensure_value (&core->base, key, create, user_data, &created, error);

  return core_ensured (core, object, created);
}

/**
 * weakref_cache_contains: (skip)
 * @self: a cache
 * @key: the key
 *
 * Tells whether @key stands for a living object. That is no use of the object.
 *
 * Returns: %TRUE if it does
 *
 * Since: 1.0
 */
gboolean
weakref_cache_contains (WeakrefCache *self, gconstpointer key)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), FALSE);

  if (!weakref_key_check (&self->core->base.kind, key, G_STRFUNC))
    return FALSE;

  return weakref_value_core_contains (&self->core->base, key);
}

/**
 * weakref_cache_contains_value: (rename-to weakref_cache_contains)
 * @self: a cache
 * @key: the key
 * @error: return location for a `WEAKREF_ERROR_KEY_TYPE`
 *
 * Tells whether @key stands for a living object. That is no use of the object.
 *
 * Returns: %TRUE if it does
 *
 * Since: 1.0
 */
gboolean
weakref_cache_contains_value (WeakrefCache *self, const GValue *key, GError **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), FALSE);
  g_return_val_if_fail (G_IS_VALUE (key), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!weakref_key_from_value (&self->core->base.kind, key, &buffer, &pointer, error))
    return FALSE;

  return weakref_value_core_contains (&self->core->base, pointer);
}

/**
 * weakref_cache_remove: (skip)
 * @self: a cache
 * @key: the key
 *
 * Removes the entry of @key. Its object is not kept any longer.
 *
 * Returns: %TRUE if there was one
 *
 * Since: 1.0
 */
gboolean
weakref_cache_remove (WeakrefCache *self, gconstpointer key)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), FALSE);

  if (!weakref_key_check (&self->core->base.kind, key, G_STRFUNC))
    return FALSE;

  return weakref_value_core_remove (&self->core->base, key);
}

/**
 * weakref_cache_remove_value: (rename-to weakref_cache_remove)
 * @self: a cache
 * @key: the key
 * @error: return location for a `WEAKREF_ERROR_KEY_TYPE`
 *
 * Removes the entry of @key. Its object is not kept any longer.
 *
 * Returns: %TRUE if there was one
 *
 * Since: 1.0
 */
gboolean
weakref_cache_remove_value (WeakrefCache *self, const GValue *key, GError **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), FALSE);
  g_return_val_if_fail (G_IS_VALUE (key), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  if (!weakref_key_from_value (&self->core->base.kind, key, &buffer, &pointer, error))
    return FALSE;

  return weakref_value_core_remove (&self->core->base, pointer);
}

/**
 * weakref_cache_remove_all:
 * @self: a cache
 *
 * Removes all entries. Their objects are not kept any longer.
 *
 * Since: 1.0
 */
void
weakref_cache_remove_all (WeakrefCache *self)
{
  g_return_if_fail (WEAKREF_IS_CACHE (self));

  weakref_table_clear (&self->core->base.base);
}

/**
 * weakref_cache_get_size:
 * @self: a cache
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
weakref_cache_get_size (WeakrefCache *self)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), 0);

  return weakref_table_get_size (&self->core->base.base);
}

/**
 * weakref_cache_dup_keys: (skip)
 * @self: a cache
 *
 * Copies the keys of the objects that are alive. That is no use of the objects.
 *
 * Returns: (transfer container) (not nullable): the keys, in no order; the array owns the copies
 *
 * Since: 1.0
 */
GPtrArray *
weakref_cache_dup_keys (WeakrefCache *self)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), NULL);

  return weakref_value_core_dup_keys (&self->core->base, FALSE);
}

/**
 * weakref_cache_dup_keys_value: (rename-to weakref_cache_dup_keys)
 * @self: a cache
 *
 * Copies the keys of the objects that are alive. That is no use of the objects.
 *
 * Returns: (transfer container) (element-type GObject.Value) (not nullable): the keys, in no order;
 *   the array owns the copies
 *
 * Since: 1.0
 */
GPtrArray *
weakref_cache_dup_keys_value (WeakrefCache *self)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), NULL);

  return weakref_value_core_dup_keys (&self->core->base, TRUE);
}

/**
 * weakref_cache_dup_values:
 * @self: a cache
 *
 * Gives the objects that are alive.
 *
 * Returns: (transfer container) (element-type GObject.Object) (not nullable): the objects, in no
 *   order; the array owns a reference on each
 *
 * Since: 1.0
 */
GPtrArray *
weakref_cache_dup_values (WeakrefCache *self)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), NULL);

  return weakref_value_core_dup_values (&self->core->base);
}

/**
 * weakref_cache_foreach: (skip)
 * @self: a cache
 * @func: (scope call) (closure user_data): what to call
 * @user_data: (nullable): data for @func
 *
 * Calls @func with each entry whose object is alive.
 *
 * It goes over a snapshot: @func may change the cache, and gets the entries that there were at the
 * start, each if its object is still alive when its turn comes.
 *
 * Since: 1.0
 */
void
weakref_cache_foreach (WeakrefCache *self, WeakrefValueTableFunc func, gpointer user_data)
{
  g_return_if_fail (WEAKREF_IS_CACHE (self));
  g_return_if_fail (func != NULL);

  weakref_value_core_foreach (&self->core->base, func, user_data);
}

/**
 * weakref_cache_foreach_value: (rename-to weakref_cache_foreach)
 * @self: a cache
 * @func: (scope call) (closure user_data): what to call
 * @user_data: (nullable): data for @func
 *
 * Calls @func with each entry whose object is alive.
 *
 * It goes over a snapshot: @func may change the cache, and gets the entries that there were at the
 * start, each if its object is still alive when its turn comes.
 *
 * Since: 1.0
 */
void
weakref_cache_foreach_value (WeakrefCache *self,
                             WeakrefValueTableValueFunc func,
                             gpointer user_data)
{
  g_return_if_fail (WEAKREF_IS_CACHE (self));
  g_return_if_fail (func != NULL);

  weakref_value_core_foreach_value (&self->core->base, func, user_data);
}
