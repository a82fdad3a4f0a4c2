/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-cache-private.h>

#include <weakref-glib/core/toggle.h>

/* The functions of a cache for its limits and its counters. */

/**
 * weakref_cache_trim:
 * @self: a cache
 * @n: how many idle objects to keep
 *
 * Evicts all idle objects except the @n that became idle last.
 *
 * An object on which a language has a toggle reference of its own counts as idle here, because the
 * cache can't know whether it is in use: see [class@Weakref.Cache]. All other objects that are in
 * use stay tracked, and are kept when they become idle.
 *
 * Since: 1.0
 */
void
weakref_cache_trim (WeakrefCache *self, guint n)
{
  g_return_if_fail (WEAKREF_IS_CACHE (self));

  weakref_cache_core_trim (weakref_cache_get_core (self), n);
}

/**
 * weakref_cache_get_max_idle: (get-property max-idle)
 * @self: a cache
 *
 * Gives how many objects that nobody uses are kept.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
weakref_cache_get_max_idle (WeakrefCache *self)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), 0);

  return g_atomic_int_get (&weakref_cache_get_core (self)->max_idle);
}

/**
 * weakref_cache_set_max_idle: (set-property max-idle)
 * @self: a cache
 * @max_idle: how many objects that nobody uses to keep; %G_MAXUINT for all
 *
 * Sets how many objects that nobody uses are kept, and evicts those that are too many.
 *
 * With 0, the cache keeps nothing and works like a [class@Weakref.ValueTable]. If the limit is
 * raised later, the objects that were entered in that time are kept only after they have been
 * looked up again.
 *
 * Since: 1.0
 */
void
weakref_cache_set_max_idle (WeakrefCache *self, guint max_idle)
{
  g_return_if_fail (WEAKREF_IS_CACHE (self));

  /* An object that is evicted may drop the last reference on the cache. */
  g_object_ref (self);
  if (weakref_cache_core_set_max_idle (weakref_cache_get_core (self), max_idle))
    g_object_notify (G_OBJECT (self), "max-idle");
  g_object_unref (self);
}

/**
 * weakref_cache_get_max_idle_seconds: (get-property max-idle-seconds)
 * @self: a cache
 *
 * Gives for how long an object that nobody uses is kept.
 *
 * Returns: the time in seconds, or 0 for as long as there is room
 *
 * Since: 1.0
 */
guint
weakref_cache_get_max_idle_seconds (WeakrefCache *self)
{
  guint value;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), 0);

  weakref_toggle_lock ();
  value = weakref_cache_get_core (self)->max_idle_seconds;
  weakref_toggle_unlock ();

  return value;
}

/**
 * weakref_cache_set_max_idle_seconds: (set-property max-idle-seconds)
 * @self: a cache
 * @max_idle_seconds: the time in seconds, or 0 for as long as there is room
 *
 * Sets for how long an object that nobody uses is kept.
 *
 * The time limit works in the #GMainContext of the cache. If that context does not run, an object
 * that has been idle for too long is still not found: it is evicted when somebody asks for it, or
 * when another object becomes idle.
 *
 * Since: 1.0
 */
void
weakref_cache_set_max_idle_seconds (WeakrefCache *self, guint max_idle_seconds)
{
  g_return_if_fail (WEAKREF_IS_CACHE (self));

  if (weakref_cache_core_set_max_idle_seconds (weakref_cache_get_core (self), max_idle_seconds))
    g_object_notify (G_OBJECT (self), "max-idle-seconds");
}

/**
 * weakref_cache_get_max_tracked: (get-property max-tracked)
 * @self: a cache
 *
 * Gives how many objects are tracked, idle and in use.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
weakref_cache_get_max_tracked (WeakrefCache *self)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), 0);

  return g_atomic_int_get (&weakref_cache_get_core (self)->max_tracked);
}

/**
 * weakref_cache_set_max_tracked: (set-property max-tracked)
 * @self: a cache
 * @max_tracked: how many objects to track; %G_MAXUINT for all
 *
 * Sets how many objects are tracked, both idle and in use. If there are too many, idle objects are
 * evicted, and objects in use are no longer tracked: they will not be kept when nobody uses them.
 *
 * Since: 1.0
 */
void
weakref_cache_set_max_tracked (WeakrefCache *self, guint max_tracked)
{
  g_return_if_fail (WEAKREF_IS_CACHE (self));

  g_object_ref (self);
  if (weakref_cache_core_set_max_tracked (weakref_cache_get_core (self), max_tracked))
    g_object_notify (G_OBJECT (self), "max-tracked");
  g_object_unref (self);
}

/**
 * weakref_cache_dup_memory_monitor: (get-property memory-monitor)
 * @self: a cache
 *
 * Gives the monitor that tells the cache that memory is low.
 *
 * Returns: (transfer full) (nullable): the memory monitor, or %NULL
 *
 * Since: 1.0
 */
GMemoryMonitor *
weakref_cache_dup_memory_monitor (WeakrefCache *self)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), NULL);

  return weakref_cache_core_dup_monitor (weakref_cache_get_core (self));
}

/**
 * weakref_cache_set_memory_monitor: (set-property memory-monitor)
 * @self: a cache
 * @memory_monitor: (nullable): a memory monitor, or %NULL
 *
 * Sets the monitor that tells the cache that memory is low.
 *
 * Since: 1.0
 */
void
weakref_cache_set_memory_monitor (WeakrefCache *self, GMemoryMonitor *memory_monitor)
{
  g_return_if_fail (WEAKREF_IS_CACHE (self));
  g_return_if_fail (memory_monitor == NULL || G_IS_MEMORY_MONITOR (memory_monitor));

  weakref_cache_core_set_monitor (weakref_cache_get_core (self), memory_monitor, FALSE);
  g_object_notify (G_OBJECT (self), "memory-monitor");
}

/**
 * weakref_cache_get_n_idle: (get-property n-idle)
 * @self: a cache
 *
 * Counts the entries whose objects nobody uses.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
weakref_cache_get_n_idle (WeakrefCache *self)
{
  guint value;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), 0);

  weakref_toggle_lock ();
  value = weakref_cache_get_core (self)->n_idle;
  weakref_toggle_unlock ();

  return value;
}

/**
 * weakref_cache_get_n_in_use: (get-property n-in-use)
 * @self: a cache
 *
 * Counts the entries whose objects are in use.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint
weakref_cache_get_n_in_use (WeakrefCache *self)
{
  guint n_idle = weakref_cache_get_n_idle (self);
  guint size = weakref_value_table_get_size (WEAKREF_VALUE_TABLE (self));

  /* Another thread may have changed the table between the two numbers. */
  return size > n_idle ? size - n_idle : 0;
}

/**
 * weakref_cache_get_hits: (get-property hits)
 * @self: a cache
 *
 * Counts how often an object was found: by a lookup, or by an `ensure()` that did not have to
 * create it.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint64
weakref_cache_get_hits (WeakrefCache *self)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), 0);

  return atomic_load_explicit (&weakref_cache_get_core (self)->n_hits, memory_order_relaxed);
}

/**
 * weakref_cache_get_misses: (get-property misses)
 * @self: a cache
 *
 * Counts how often an object was not found: by a lookup, or by an `ensure()` that had to create it.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint64
weakref_cache_get_misses (WeakrefCache *self)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), 0);

  return atomic_load_explicit (&weakref_cache_get_core (self)->n_misses, memory_order_relaxed);
}

/**
 * weakref_cache_get_evictions: (get-property evictions)
 * @self: a cache
 *
 * Counts how many idle objects were evicted. An object whose entry was removed is not counted.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint64
weakref_cache_get_evictions (WeakrefCache *self)
{
  guint64 value;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), 0);

  weakref_toggle_lock ();
  value = weakref_cache_get_core (self)->n_evictions;
  weakref_toggle_unlock ();

  return value;
}
