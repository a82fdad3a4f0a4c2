/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-cache-private.h>

/* The class and its properties. The objects are kept in weakref-cache-core.c. The functions that
 * set the limits are in weakref-cache-limits.c. */

/**
 * WeakrefCache:
 *
 * A table from keys to objects, which keeps some of the objects that nobody uses.
 *
 * Use it for objects that take long to make and are asked for again and again: thumbnails, parsed
 * documents, connections. Like a [class@Weakref.ValueTable], it gives the same object to all who
 * ask for a key. It also knows which objects are in use. They cost nothing, because they would be
 * there anyway. An object whose last user drops it becomes *idle*, and the cache keeps it. An idle
 * object is evicted when more than [property@Weakref.Cache:max-idle] objects are idle (the one that
 * has been idle for longest goes first), when it has been idle for
 * [property@Weakref.Cache:max-idle-seconds], when memory is low, or when you call
 * [method@Weakref.Cache.trim]. If somebody asks for it before that, he gets the same object, and it
 * is in use again. The usual cache of strong references does not know which objects are in use: it
 * evicts an object that is in use, and makes it a second time. With a max-idle of 0 it is only a
 * value table.
 *
 * It is used through the functions of [class@Weakref.ValueTable].
 *
 * ```c
 * g_autoptr (WeakrefCache) cache = weakref_cache_new (G_TYPE_STRING, 256);
 * WeakrefValueTable *thumbnails = WEAKREF_VALUE_TABLE (cache);
 *
 * g_autoptr (Thumbnail) thumbnail =
 *   weakref_value_table_ensure (thumbnails, path, load_cb, NULL, &error);
 * ```
 *
 * All methods can be called from any thread at any time. An evicted object dies in the thread that
 * evicts it. That may be the thread whose object becomes idle, that inserts, that asks for an
 * object whose time is over, or that trims. The object dies outside every lock, so a finalizer may
 * use the cache. If its death causes another eviction, that object dies after it. `n-idle`,
 * `n-in-use` and `evictions` are notified in the #GMainContext that was the thread-default one when
 * the cache was made: each one if its value differs from the one that was notified last. A handler
 * may use the objects: if that changes a value, there is another notification. `max-idle`,
 * `max-idle-seconds`, `max-tracked` and `memory-monitor` are notified in the thread that sets them.
 *
 * To get an object by its key is a *use*. These are not uses: [method@Weakref.ValueTable.contains]
 * and [method@Weakref.ValueTable.dup_keys], which return no object, and
 * [method@Weakref.ValueTable.dup_values] and [method@Weakref.ValueTable.foreach], which look at all
 * of them. An object from the last two counts as in use as long as somebody holds it. Then it is
 * idle again, with its old place and its old time. Whoever takes a reference in another way uses
 * the object, even if it is only to call [method@Weakref.Ref.is_alive].
 *
 * To look up an object that is in use costs about as much as in a value table. When an object
 * becomes idle, or is used again, that takes a lock which all caches and bonds share. The cache has
 * a reference on each object that it tracks, until it evicts the object or is finalized.
 *
 * # Languages
 *
 * A cache holds its objects by toggle references, and two toggle references on the same object
 * silence each other. GJS has one on objects of a JavaScript subclass, on those with JavaScript
 * properties, and on those that were once connected to; PyGObject before 3.55 on those with Python
 * attributes. The cache can't know whether such an object is in use. So it counts as in use in the
 * counters, but is kept only as if it had been idle since it was last asked for: while it is one of
 * the last [property@Weakref.Cache:max-idle] ones, and at most for
 * [property@Weakref.Cache:max-idle-seconds]. With it the cache keeps its wrapper, and all that the
 * wrapper refers to. Afterwards the language's garbage collector decides. If the object is really
 * in use, it stays in the cache and is found there.
 *
 * A language may add its toggle reference at any time, and nobody is notified of that. As soon as
 * max-idle objects are in use or idle, the cache looks for such objects: when another object is
 * entered or begins to be tracked, and when the #GMainContext of the cache runs. If many objects
 * are really in use, as many others may only look so, and are kept until they are found.
 *
 * Since: 1.0
 */
G_DEFINE_TYPE (WeakrefCache, weakref_cache, WEAKREF_TYPE_VALUE_TABLE)

enum
{
  PROP_EVICTIONS = 1,
  PROP_HITS,
  PROP_MAX_IDLE,
  PROP_MAX_IDLE_SECONDS,
  PROP_MAX_TRACKED,
  PROP_MEMORY_MONITOR,
  PROP_MISSES,
  PROP_N_IDLE,
  PROP_N_IN_USE,
  N_PROPS
};

#define DEFAULT_MAX_IDLE 64
#define DEFAULT_MAX_TRACKED 65536

static GParamSpec *props[N_PROPS];

static void
weakref_cache_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  WeakrefCache *self = WEAKREF_CACHE (object);

  switch (prop_id)
    {
    case PROP_MAX_IDLE:
      weakref_cache_set_max_idle (self, g_value_get_uint (value));
      break;
    case PROP_MAX_IDLE_SECONDS:
      weakref_cache_set_max_idle_seconds (self, g_value_get_uint (value));
      break;
    case PROP_MAX_TRACKED:
      weakref_cache_set_max_tracked (self, g_value_get_uint (value));
      break;
    case PROP_MEMORY_MONITOR:
      weakref_cache_set_memory_monitor (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_cache_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WeakrefCache *self = WEAKREF_CACHE (object);

  switch (prop_id)
    {
    case PROP_EVICTIONS:
      g_value_set_uint64 (value, weakref_cache_get_evictions (self));
      break;
    case PROP_HITS:
      g_value_set_uint64 (value, weakref_cache_get_hits (self));
      break;
    case PROP_MAX_IDLE:
      g_value_set_uint (value, weakref_cache_get_max_idle (self));
      break;
    case PROP_MAX_IDLE_SECONDS:
      g_value_set_uint (value, weakref_cache_get_max_idle_seconds (self));
      break;
    case PROP_MAX_TRACKED:
      g_value_set_uint (value, weakref_cache_get_max_tracked (self));
      break;
    case PROP_MEMORY_MONITOR:
      g_value_take_object (value, weakref_cache_dup_memory_monitor (self));
      break;
    case PROP_MISSES:
      g_value_set_uint64 (value, weakref_cache_get_misses (self));
      break;
    case PROP_N_IDLE:
      g_value_set_uint (value, weakref_cache_get_n_idle (self));
      break;
    case PROP_N_IN_USE:
      g_value_set_uint (value, weakref_cache_get_n_in_use (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_cache_finalize (GObject *object)
{
  WeakrefCache *self = WEAKREF_CACHE (object);

  weakref_cache_core_close (weakref_cache_get_core (self));

  G_OBJECT_CLASS (weakref_cache_parent_class)->finalize (object);
}

static void
weakref_cache_class_init (WeakrefCacheClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = weakref_cache_set_property;
  object_class->get_property = weakref_cache_get_property;
  object_class->finalize = weakref_cache_finalize;

  /**
   * WeakrefCache:evictions: (getter get_evictions)
   *
   * How many objects were evicted that were known to be idle.
   *
   * Since: 1.0
   */
  props[PROP_EVICTIONS] = g_param_spec_uint64 ("evictions", NULL, NULL, 0, G_MAXUINT64, 0,
                                               G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:hits: (getter get_hits)
   *
   * How often an object was found. It is not notified.
   *
   * Since: 1.0
   */
  props[PROP_HITS] = g_param_spec_uint64 ("hits", NULL, NULL, 0, G_MAXUINT64, 0,
                                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:max-idle: (getter get_max_idle) (setter set_max_idle)
   *
   * How many objects that nobody uses are kept. Only objects that are tracked can be kept: see
   * [property@Weakref.Cache:max-tracked].
   *
   * Since: 1.0
   */
  props[PROP_MAX_IDLE] =
    g_param_spec_uint ("max-idle", NULL, NULL, 0, G_MAXUINT, DEFAULT_MAX_IDLE,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:max-idle-seconds: (getter get_max_idle_seconds) (setter set_max_idle_seconds)
   *
   * For how long an object that nobody uses is kept, in seconds, or 0 for as long as there is room.
   *
   * The time limit works in the #GMainContext of the cache. If that context does not run, an object
   * that has been idle for too long is still not found: it is evicted when somebody asks for it, or
   * when another object becomes idle.
   *
   * Since: 1.0
   */
  props[PROP_MAX_IDLE_SECONDS] =
    g_param_spec_uint ("max-idle-seconds", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:max-tracked: (getter get_max_tracked) (setter set_max_tracked)
   *
   * How many objects, idle and in use, are tracked by a toggle reference. All other objects are in
   * the table too, but are not kept when nobody uses them.
   *
   * Since: 1.0
   */
  props[PROP_MAX_TRACKED] =
    g_param_spec_uint ("max-tracked", NULL, NULL, 0, G_MAXUINT, DEFAULT_MAX_TRACKED,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:memory-monitor: (getter dup_memory_monitor) (setter set_memory_monitor)
   *
   * The monitor that tells the cache that memory is low. Then the cache evicts all idle objects, in
   * the thread that emits the signal of the monitor.
   *
   * You can set a monitor, or %NULL for none. If you do not, the cache uses
   * g_memory_monitor_dup_default(). It is set some time after the first object was entered: first
   * the #GMainContext of the cache has to run, and then the default one. GLib makes that monitor
   * once in a process, never frees it, and starts its D-Bus threads for it.
   *
   * Since: 1.0
   */
  props[PROP_MEMORY_MONITOR] =
    g_param_spec_object ("memory-monitor", NULL, NULL, G_TYPE_MEMORY_MONITOR,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:misses: (getter get_misses)
   *
   * How often an object was not found, whether or not it was then created. It is not notified.
   *
   * Since: 1.0
   */
  props[PROP_MISSES] = g_param_spec_uint64 ("misses", NULL, NULL, 0, G_MAXUINT64, 0,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:n-idle: (getter get_n_idle)
   *
   * How many entries there are whose objects are kept although nobody uses them.
   *
   * Since: 1.0
   */
  props[PROP_N_IDLE] = g_param_spec_uint ("n-idle", NULL, NULL, 0, G_MAXUINT, 0,
                                          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:n-in-use: (getter get_n_in_use)
   *
   * How many entries there are whose objects are in use.
   *
   * Since: 1.0
   */
  props[PROP_N_IN_USE] = g_param_spec_uint ("n-in-use", NULL, NULL, 0, G_MAXUINT, 0,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
weakref_cache_init (WeakrefCache *self)
{
  self->parent_instance.core =
    &weakref_cache_core_new (self, DEFAULT_MAX_IDLE, DEFAULT_MAX_TRACKED)->base;
}

/**
 * weakref_cache_new: (constructor)
 * @key_type: the type of the keys, see [class@Weakref.ValueTable]
 * @max_idle: how many objects that nobody uses to keep; %G_MAXUINT for all
 *
 * Makes a cache whose keys are of one type, or of any if @key_type is `G_TYPE_VALUE`.
 *
 * Returns: (transfer full): a new cache
 *
 * Since: 1.0
 */
WeakrefCache *
weakref_cache_new (GType key_type, guint max_idle)
{
  WeakrefKeyKind kind;

  g_return_val_if_fail (weakref_key_kind_init (&kind, key_type), NULL);

  return g_object_new (WEAKREF_TYPE_CACHE, "key-type", key_type, "max-idle", max_idle, NULL);
}

/**
 * weakref_cache_new_full: (skip)
 * @hash: (scope forever) (nullable): hashes a key, or %NULL for g_direct_hash()
 * @equal: (scope forever) (nullable): compares two keys, or %NULL for g_direct_equal()
 * @key_copy: (scope forever) (nullable): copies a key for the cache, or %NULL to keep the pointer
 * @key_free: (nullable): frees a copy; must be %NULL if @key_copy is
 * @max_idle: how many objects that nobody uses to keep; %G_MAXUINT for all
 *
 * Makes a cache with your own functions for keys, see weakref_value_table_new_full().
 *
 * Returns: (transfer full): a new cache
 *
 * Since: 1.0
 */
WeakrefCache *
weakref_cache_new_full (GHashFunc hash,
                        GEqualFunc equal,
                        WeakrefCopyFunc key_copy,
                        GDestroyNotify key_free,
                        guint max_idle)
{
  WeakrefCache *self;

  g_return_val_if_fail (key_copy != NULL || key_free == NULL, NULL);

  self = g_object_new (WEAKREF_TYPE_CACHE, "max-idle", max_idle, NULL);
  weakref_value_core_set_key_funcs (self->parent_instance.core, hash, equal, key_copy, key_free);

  return self;
}
