/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-cache-private.h>

/* The class. What it does is in other files: weakref-cache-core.c keeps the objects, and
 * weakref-cache-limits.c has the user say how many. */

/**
 * WeakrefCache:
 *
 * A table from keys to objects that keeps some of those that nobody uses.
 *
 * Use it for what is dear to make and asked for again and again: thumbnails, parsed documents,
 * connections. Like a [class@Weakref.ValueTable], it gives all who ask for a key the same object,
 * and knows which objects are in use: they cost nothing, for they are there anyway. An object whose
 * last user drops it becomes *idle*, and is kept, until more than [property@Weakref.Cache:max-idle]
 * are idle (oldest out first), it has been idle for [property@Weakref.Cache:max-idle-seconds],
 * memory runs low, or you [method@Weakref.Cache.trim]. If it is asked for before, it is the same
 * object, in use again. The usual cache of strong references can't tell the two: it throws out what
 * is in use, and makes it a second time. With a max-idle of 0 it is just a value table.
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
 * All methods can be called from any thread at any time. An object dies in the thread that puts it
 * out: the one whose object has become idle, that inserts, looks for it when its time is over, or
 * trims; outside every lock, so that a finalizer may use the cache. What it puts out in turn dies
 * after it. `n-idle`, `n-in-use` and `evictions` are notified in the #GMainContext that was the
 * thread-default one when the cache was made: each if its value differs from the one that was told
 * last. What a handler does there is told in the same way, so it may take the objects. The
 * notifications of `max-idle`, `max-idle-seconds`, `max-tracked` and `memory-monitor` come where
 * they are set.
 *
 * To get an object by its key is a *use*. To look at all of them is none: not
 * [method@Weakref.ValueTable.contains] and [method@Weakref.ValueTable.dup_keys], which take no
 * object, and not [method@Weakref.ValueTable.dup_values] and [method@Weakref.ValueTable.foreach]
 * either. While somebody holds what they give, it counts as in use; then it is idle where it was,
 * and for as long as it was. Whoever takes a reference elsewhere uses the object, if only to ask
 * [method@Weakref.Ref.is_alive].
 *
 * To look up an object that is in use costs about as much as in a value table. When one becomes
 * idle, or is used again, that takes a lock which all caches and bonds have in common. The cache
 * has a reference on each object that it tracks, until it puts the object out, or goes itself.
 *
 * # Languages
 *
 * A cache holds its objects by toggle references, and two toggle references on the same object
 * silence each other. GJS has one on objects of a JavaScript subclass, on those with JavaScript
 * properties, and on those that were once connected to; PyGObject before 3.55 on those with Python
 * attributes. Of such an object it can't be told whether it is in use. So it counts as in use, and
 * is kept, with its wrapper and all that is in that, as if it were idle since it was last asked
 * for: among the last [property@Weakref.Cache:max-idle] ones, and at most for
 * [property@Weakref.Cache:max-idle-seconds]. Afterwards the language's garbage collector decides.
 * If the object is really in use, it stays in the cache, and is found there.
 *
 * The toggle reference of a language may come at any time, and nobody is told of it. It is looked
 * for when another object is entered or used anew, and when the #GMainContext of the cache runs, as
 * soon as max-idle objects are in use or kept. Among many that are really in use, there can be as
 * many that only look so, and are kept.
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
   * How many objects were put out that were known to be idle.
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
   * How many objects that nobody uses are kept, of those that are tracked: see
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
   * It works from the #GMainContext of the cache. Where that does not run, what is idle for too
   * long is not found either: it is put out when somebody asks for it, or when something becomes
   * idle.
   *
   * Since: 1.0
   */
  props[PROP_MAX_IDLE_SECONDS] =
    g_param_spec_uint ("max-idle-seconds", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:max-tracked: (getter get_max_tracked) (setter set_max_tracked)
   *
   * How many objects, idle and in use, are tracked by a toggle reference. The others are just in
   * the table: they are gone when nobody uses them.
   *
   * Since: 1.0
   */
  props[PROP_MAX_TRACKED] =
    g_param_spec_uint ("max-tracked", NULL, NULL, 0, G_MAXUINT, DEFAULT_MAX_TRACKED,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:memory-monitor: (getter dup_memory_monitor) (setter set_memory_monitor)
   *
   * Who says that memory runs low: then nothing is kept that is not in use. That happens in the
   * thread where it says so.
   *
   * Unless you set one, or %NULL for none, it becomes g_memory_monitor_dup_default() after an
   * object was entered, as soon as the #GMainContext of the cache has run, and then the default
   * one. GLib makes that monitor once in a process, for good, and starts its D-Bus threads for it.
   *
   * Since: 1.0
   */
  props[PROP_MEMORY_MONITOR] =
    g_param_spec_object ("memory-monitor", NULL, NULL, G_TYPE_MEMORY_MONITOR,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:misses: (getter get_misses)
   *
   * How often an object was not found, made or not. It is not notified.
   *
   * Since: 1.0
   */
  props[PROP_MISSES] = g_param_spec_uint64 ("misses", NULL, NULL, 0, G_MAXUINT64, 0,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:n-idle: (getter get_n_idle)
   *
   * How many entries are kept whose objects nobody uses.
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
 * Makes a cache with keys of your own, see weakref_value_table_new_full().
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
