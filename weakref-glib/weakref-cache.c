/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-cache.h>

#include <stdatomic.h>

#include <weakref-glib/weakref-toggle-private.h>
#include <weakref-glib/weakref-value-core-private.h>

/**
 * WeakrefCache:
 *
 * A table from keys to objects that keeps some of those that nobody uses.
 *
 * Use it for what is dear to make and asked for again and again: thumbnails, parsed documents,
 * connections. Like a [class@Weakref.ValueTable], it gives all who ask for a key the same object, and
 * knows which objects are in use: they cost nothing, for they are there anyway. An object whose
 * last user lets go becomes *idle*, and is kept, until more than [property@Weakref.Cache:max-idle]
 * are idle (oldest out first), it has been idle for [property@Weakref.Cache:max-idle-seconds],
 * memory runs low, or you [method@Weakref.Cache.trim]. If it is asked for before, it is the same
 * object, in use again. The usual cache of strong references can't tell the two: it throws out
 * what is in use, and makes it a second time. With a max-idle of 0 it is just a value table.
 *
 * Keys are passed as to [class@Weakref.ValueTable].
 *
 * ```c
 * g_autoptr (WeakrefCache) thumbnails = weakref_cache_new (G_TYPE_STRING, 256);
 *
 * g_autoptr (Thumbnail) thumbnail = weakref_cache_ensure (thumbnails, path, load_cb, NULL, &error);
 * ```
 *
 * All methods can be called from any thread at any time. An object dies in the thread that puts it
 * out: the one whose object has become idle, that inserts, or trims; outside every lock, so that a
 * finalizer may use the cache. What it puts out in turn dies after it. Properties are notified in the
 * #GMainContext that was the thread-default one when the cache was made, all changes since the last
 * time together; the time limit works from there too. The notifications of
 * `max-idle`, `max-idle-seconds`, `max-tracked` and `memory-monitor` come where they are set.
 *
 * To [method@Weakref.Cache.contains] and [method@Weakref.Cache.dup_keys] it is no use of an object;
 * to get it in any other way is.
 *
 * # Languages
 *
 * A cache holds its objects by toggle references, and two toggle references on the same object silence
 * each other. GJS has one on objects of a JavaScript subclass and on those with JavaScript properties,
 * PyGObject before 3.55 on those with Python attributes. Such an object counts as in use for ever, and
 * its wrapper is kept, until [method@Weakref.Cache.trim] or a memory warning lets go of it.
 * [property@Weakref.Cache:max-tracked] bounds how many there can be.
 *
 * Since: 1.0
 */
struct _WeakrefCache
{
  GObject parent_instance;

  struct _Cache *cache; /* (owned) */
};

/* Where we listen. It is counted, so that a reference can be taken outside the lock. */
typedef struct _Monitor
{
  GMemoryMonitor *object; /* (owned) */
  gulong handler;
} Monitor;

/* LOCKING. The toggle lock guards what is said so. The table's lock is never held with it. */
typedef struct _Cache
{
  WeakrefValueCore base;
  GWeakRef self;
  GSource *source;         /* (owned) (const): in the context of the cache */
  gboolean changed;        /* toggle lock: the source will notify */
  gint max_idle;           /* (atomic): written under the toggle lock */
  guint max_idle_seconds;  /* toggle lock */
  gint max_tracked;        /* (atomic): written under the toggle lock */
  gint n_tracked;          /* (atomic): written under the toggle lock */
  GQueue idle;             /* toggle lock: oldest first */
  GQueue busy;             /* toggle lock: what is tracked and in use, longest first */
  guint64 n_evictions;     /* toggle lock */
  struct _Monitor *monitor; /* toggle lock: (owned) (nullable) */
  gboolean monitor_is_set; /* toggle lock: there is one, or shall be none */
  _Atomic guint64 n_hits;
  _Atomic guint64 n_misses;
} Cache;

/* What we keep an object by. */
typedef struct
{
  WeakrefHold base;
  WeakrefValueEntry *entry; /* (owned) */
  GList link;               /* toggle lock: in one of the two queues */
  gboolean is_idle;         /* toggle lock: in which one */
  gint64 idle_since;        /* toggle lock */
} Kept;

/* What is kept with each entry. */
typedef struct
{
  Kept *kept;    /* (atomic): written under the toggle lock; NULL if it is not tracked */
  gboolean gone; /* toggle lock: the entry has left, and can't be tracked any more */
} Extra;

G_DEFINE_TYPE (WeakrefCache, weakref_cache, G_TYPE_OBJECT)

enum
{
  PROP_EVICTIONS = 1,
  PROP_HITS,
  PROP_KEY_TYPE,
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

static Cache *
kept_get_cache (Kept *kept)
{
  return (Cache *) kept->entry->base.table;
}

/* Something has changed that is notified, or that the source has to wait for. To wake a source is
 * all right under the lock: it runs nothing. */
static void
cache_changed_locked (Cache *cache)
{
  if (!cache->changed)
    {
      cache->changed = TRUE;
      g_source_set_ready_time (cache->source, 0);
    }
}

static void
cache_changed (Cache *cache)
{
  weakref_toggle_lock ();
  cache_changed_locked (cache);
  weakref_toggle_unlock ();
}

static void
cache_release_locked (Cache *cache,
                      Kept  *kept)
{
  Extra *extra = weakref_value_entry_get_extra (kept->entry);

  g_queue_unlink (kept->is_idle ? &cache->idle : &cache->busy, &kept->link);
  g_atomic_int_add (&cache->n_tracked, -1);
  g_atomic_pointer_set (&extra->kept, NULL);
  weakref_hold_release_locked (&kept->base);
}

/* Lets at most @n stay idle. */
static void
cache_shrink_locked (Cache *cache,
                     guint  n)
{
  while (cache->idle.length > n)
    {
      Kept *oldest = g_queue_peek_head (&cache->idle);

      /* Somebody may just have taken it, and wait for the lock to say so. */
      if (weakref_hold_refresh_locked (&oldest->base))
        continue;

      cache->n_evictions++;
      cache_changed_locked (cache);
      cache_release_locked (cache, oldest);
    }
}

/* Lets at most @n stay idle, and keeps nothing of what is in use now, or looks so. */
static void
cache_trim (Cache *cache,
            guint  n)
{
  Kept *kept;

  weakref_toggle_lock ();
  cache_shrink_locked (cache, n);
  while ((kept = g_queue_peek_head (&cache->busy)) != NULL)
    cache_release_locked (cache, kept);
  weakref_toggle_unlock ();
}

static gboolean
kept_admit_locked (WeakrefHold *hold)
{
  Kept *kept = (Kept *) hold;
  Cache *cache = kept_get_cache (kept);
  Extra *extra = weakref_value_entry_get_extra (kept->entry);

  if (extra->gone || extra->kept != NULL || cache->max_idle == 0 ||
      cache->n_tracked >= cache->max_tracked)
    return FALSE;

  g_atomic_pointer_set (&extra->kept, kept);
  g_atomic_int_inc (&cache->n_tracked);
  kept->link.data = kept;
  g_queue_push_tail_link (&cache->busy, &kept->link);

  return TRUE;
}

static void
kept_changed_locked (WeakrefHold *hold)
{
  Kept *kept = (Kept *) hold;
  Cache *cache = kept_get_cache (kept);
  gboolean is_idle = !weakref_hold_is_used_locked (hold);

  if (is_idle == kept->is_idle)
    return;

  kept->is_idle = is_idle;
  g_queue_unlink (is_idle ? &cache->busy : &cache->idle, &kept->link);
  g_queue_push_tail_link (is_idle ? &cache->idle : &cache->busy, &kept->link);
  cache_changed_locked (cache);

  if (is_idle)
    {
      kept->idle_since = g_get_monotonic_time ();
      cache_shrink_locked (cache, cache->max_idle);
    }
}

static void
kept_released_cb (WeakrefHold *hold)
{
  Kept *kept = (Kept *) hold;

  weakref_entry_unref (kept->entry);
  g_free (kept);
}

static const WeakrefHoldFuncs kept_funcs = {
  kept_admit_locked,
  kept_changed_locked,
  kept_released_cb,
};

/* Tracks the object, unless it is already, or must not be. */
static void
entry_used_cb (WeakrefValueEntry *entry,
               gpointer           object)
{
  Cache *cache = (Cache *) entry->base.table;
  Extra *extra = weakref_value_entry_get_extra (entry);
  Kept *kept;

  if (g_atomic_pointer_get (&extra->kept) != NULL ||
      g_atomic_int_get (&cache->max_idle) == 0 ||
      g_atomic_int_get (&cache->n_tracked) >= g_atomic_int_get (&cache->max_tracked))
    return;

  kept = g_new0 (Kept, 1);
  kept->entry = weakref_entry_ref (entry);
  weakref_hold_start (&kept->base, &kept_funcs, entry->base.watch.block, object);
}

static gboolean
entry_keeps_cb (WeakrefValueEntry *entry)
{
  Extra *extra = weakref_value_entry_get_extra (entry);

  return g_atomic_pointer_get (&extra->kept) != NULL;
}

static void
entry_let_go_cb (WeakrefValueEntry *entry)
{
  Cache *cache = (Cache *) entry->base.table;
  Extra *extra = weakref_value_entry_get_extra (entry);

  weakref_toggle_lock ();
  extra->gone = TRUE;
  if (extra->kept != NULL)
    cache_release_locked (cache, extra->kept);
  cache_changed_locked (cache);
  weakref_toggle_unlock ();
}

static void
cache_free (WeakrefValueCore *core)
{
  Cache *cache = (Cache *) core;

  g_weak_ref_clear (&cache->self);
  g_source_unref (cache->source);
}

static const WeakrefValueFuncs cache_funcs = {
  sizeof (Extra),
  entry_used_cb,
  entry_keeps_cb,
  entry_let_go_cb,
  cache_free,
};

static void
low_memory_cb (GMemoryMonitor             *monitor,
               GMemoryMonitorWarningLevel  level,
               gpointer                    cache)
{
  cache_trim (cache, 0);
}

static void
cache_core_unref (gpointer  cache,
                  GClosure *closure)
{
  weakref_table_unref (cache);
}

static void
monitor_clear (gpointer monitor)
{
  g_object_unref (((Monitor *) monitor)->object);
}

static void
monitor_unref (Monitor *monitor)
{
  g_atomic_rc_box_release_full (monitor, monitor_clear);
}

static void
cache_set_monitor (Cache          *cache,
                   GMemoryMonitor *object)
{
  Monitor *monitor = NULL;
  Monitor *old;

  if (object != NULL)
    {
      monitor = g_atomic_rc_box_new (Monitor);
      monitor->object = g_object_ref (object);
      monitor->handler = g_signal_connect_data (object, "low-memory-warning",
                                                G_CALLBACK (low_memory_cb),
                                                weakref_table_ref (cache), cache_core_unref, 0);
    }

  weakref_toggle_lock ();
  old = cache->monitor;
  cache->monitor = monitor;
  cache->monitor_is_set = TRUE;
  weakref_toggle_unlock ();

  if (old != NULL)
    {
      g_signal_handler_disconnect (old->object, old->handler);
      monitor_unref (old);
    }
}

/* Puts out what has been idle for too long, waits for the next, and notifies. */
static gboolean
cache_wake_cb (gpointer data)
{
  Cache *cache = data;
  gint64 next = -1;
  GObject *self;
  gboolean wants_monitor;
  gboolean changed;

  weakref_toggle_lock ();
  while (cache->max_idle_seconds > 0 && cache->idle.length > 0 && next < 0)
    {
      Kept *oldest = g_queue_peek_head (&cache->idle);
      gint64 end = oldest->idle_since + cache->max_idle_seconds * G_TIME_SPAN_SECOND;

      if (end <= g_source_get_time (cache->source))
        cache_shrink_locked (cache, cache->idle.length - 1);
      else
        next = end;
    }
  changed = cache->changed;
  cache->changed = FALSE;
  wants_monitor = !cache->monitor_is_set;
  g_source_set_ready_time (cache->source, next);
  weakref_toggle_unlock ();

  self = changed ? g_weak_ref_get (&cache->self) : NULL;
  if (self != NULL)
    {
      if (wants_monitor)
        {
          GMemoryMonitor *monitor = g_memory_monitor_dup_default ();

          weakref_cache_set_memory_monitor (WEAKREF_CACHE (self), monitor);
          g_object_unref (monitor);
        }

      /* Not frozen meanwhile: another thread that notifies one of the other properties at that
       * moment would notify these too, from there. */
      g_object_notify_by_pspec (self, props[PROP_N_IDLE]);
      g_object_notify_by_pspec (self, props[PROP_N_IN_USE]);
      g_object_notify_by_pspec (self, props[PROP_EVICTIONS]);
      g_object_unref (self);
    }

  return G_SOURCE_CONTINUE;
}

static gboolean
wake_dispatch (GSource     *source,
               GSourceFunc  callback,
               gpointer     user_data)
{
  return callback (user_data);
}

static GSourceFuncs wake_funcs = { NULL, NULL, wake_dispatch, NULL, NULL, NULL };

/* Counts what was found. */
static gpointer
cache_found (Cache    *cache,
             gpointer  object)
{
  atomic_fetch_add_explicit (object != NULL ? &cache->n_hits : &cache->n_misses, 1,
                             memory_order_relaxed);

  return object;
}

/* Counts what was found or made. */
static gpointer
cache_ensured (Cache    *cache,
               gpointer  object,
               gboolean  created)
{
  if (created)
    {
      cache_found (cache, NULL);
      cache_changed (cache);
    }
  else if (object != NULL)
    {
      cache_found (cache, object);
    }

  return object;
}

static gboolean
cache_insert (Cache         *cache,
              gconstpointer  key,
              gpointer       object)
{
  gboolean inserted = weakref_value_core_insert (&cache->base, key, object);

  cache_changed (cache);

  return inserted;
}

static void
weakref_cache_set_property (GObject      *object,
                            guint         prop_id,
                            const GValue *value,
                            GParamSpec   *pspec)
{
  WeakrefCache *self = WEAKREF_CACHE (object);

  switch (prop_id)
    {
    case PROP_KEY_TYPE:
      weakref_value_core_set_key_type (&self->cache->base, g_value_get_gtype (value));
      break;
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
weakref_cache_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
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
    case PROP_KEY_TYPE:
      g_value_set_gtype (value, weakref_cache_get_key_type (self));
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

  cache_set_monitor (self->cache, NULL);
  g_source_destroy (self->cache->source);
  /* Oldest first, here too. */
  cache_trim (self->cache, 0);
  weakref_table_close (&self->cache->base.base);

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
   * How many idle objects were put out.
   *
   * Since: 1.0
   */
  props[PROP_EVICTIONS] =
    g_param_spec_uint64 ("evictions", NULL, NULL, 0, G_MAXUINT64, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:hits: (getter get_hits)
   *
   * How often an object was found. It is not notified.
   *
   * Since: 1.0
   */
  props[PROP_HITS] =
    g_param_spec_uint64 ("hits", NULL, NULL, 0, G_MAXUINT64, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:key-type: (getter get_key_type)
   *
   * The type of the keys: `G_TYPE_VALUE` if they may be of any type, `G_TYPE_NONE` if the cache has
   * hash functions of its own. `G_TYPE_VALUE` is the default.
   *
   * Since: 1.0
   */
  props[PROP_KEY_TYPE] =
    g_param_spec_gtype ("key-type", NULL, NULL, G_TYPE_NONE,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:max-idle: (getter get_max_idle) (setter set_max_idle)
   *
   * How many objects that nobody uses are kept.
   *
   * Since: 1.0
   */
  props[PROP_MAX_IDLE] =
    g_param_spec_uint ("max-idle", NULL, NULL, 0, G_MAXINT, DEFAULT_MAX_IDLE,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:max-idle-seconds: (getter get_max_idle_seconds) (setter set_max_idle_seconds)
   *
   * For how long an object that nobody uses is kept, in seconds, or 0 for as long as there is room.
   *
   * It needs the #GMainContext of the cache to run.
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
    g_param_spec_uint ("max-tracked", NULL, NULL, 0, G_MAXINT, DEFAULT_MAX_TRACKED,
                       G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:memory-monitor: (getter dup_memory_monitor) (setter set_memory_monitor)
   *
   * Who says that memory runs low: then nothing is kept that is not in use. That happens in the
   * thread where it says so.
   *
   * Unless you set one, or %NULL for none, it is g_memory_monitor_dup_default(), from the first time
   * that the #GMainContext of the cache runs after an object was entered.
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
  props[PROP_MISSES] =
    g_param_spec_uint64 ("misses", NULL, NULL, 0, G_MAXUINT64, 0,
                         G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:n-idle: (getter get_n_idle)
   *
   * How many entries are kept whose objects nobody uses.
   *
   * Since: 1.0
   */
  props[PROP_N_IDLE] =
    g_param_spec_uint ("n-idle", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefCache:n-in-use: (getter get_n_in_use)
   *
   * How many entries there are whose objects are in use.
   *
   * Since: 1.0
   */
  props[PROP_N_IN_USE] =
    g_param_spec_uint ("n-in-use", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
weakref_cache_init (WeakrefCache *self)
{
  Cache *cache = weakref_value_core_new (sizeof (Cache), &cache_funcs);
  GMainContext *context = g_main_context_ref_thread_default ();

  cache->max_idle = DEFAULT_MAX_IDLE;
  cache->max_tracked = DEFAULT_MAX_TRACKED;
  g_weak_ref_init (&cache->self, self);
  cache->source = g_source_new (&wake_funcs, sizeof (GSource));
  g_source_set_static_name (cache->source, "weakref-glib cache");
  g_source_set_callback (cache->source, cache_wake_cb, weakref_table_ref (cache),
                         weakref_table_unref);
  g_source_attach (cache->source, context);
  g_main_context_unref (context);

  self->cache = cache;
}

/**
 * weakref_cache_new: (constructor)
 * @key_type: the type of the keys, see [class@Weakref.ValueTable]
 * @max_idle: how many objects that nobody uses to keep
 *
 * Makes a cache whose keys are of one type, or of any if @key_type is `G_TYPE_VALUE`.
 *
 * Returns: (transfer full): a new cache
 *
 * Since: 1.0
 */
WeakrefCache *
weakref_cache_new (GType key_type,
                   guint max_idle)
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
 * @max_idle: how many objects that nobody uses to keep
 *
 * Makes a cache with keys of your own, see weakref_value_table_new_full().
 *
 * Returns: (transfer full): a new cache
 *
 * Since: 1.0
 */
WeakrefCache *
weakref_cache_new_full (GHashFunc       hash,
                        GEqualFunc      equal,
                        WeakrefCopyFunc key_copy,
                        GDestroyNotify  key_free,
                        guint           max_idle)
{
  WeakrefCache *self;

  g_return_val_if_fail (key_copy != NULL || key_free == NULL, NULL);

  self = g_object_new (WEAKREF_TYPE_CACHE, "max-idle", max_idle, NULL);
  weakref_key_kind_init_full (&self->cache->base.kind, hash, equal, key_copy, key_free);

  return self;
}

/**
 * weakref_cache_get_key_type: (get-property key-type)
 * @self: a cache
 *
 * Gives the type of the keys.
 *
 * Returns: the type: `G_TYPE_VALUE` if they may be of any, `G_TYPE_NONE` if the table has hash
 *   functions of its own
 *
 * Since: 1.0
 */
GType
weakref_cache_get_key_type (WeakrefCache *self)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), G_TYPE_INVALID);

  return self->cache->base.kind.type;
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
weakref_cache_insert (WeakrefCache  *self,
                      gconstpointer  key,
                      gpointer       object)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (weakref_is_held (object), FALSE);

  if (!weakref_key_check (&self->cache->base.kind, key, G_STRFUNC))
    return FALSE;

  return cache_insert (self->cache, key, object);
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
weakref_cache_insert_value (WeakrefCache  *self,
                            const GValue  *key,
                            gpointer       object,
                            GError       **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), FALSE);
  g_return_val_if_fail (G_IS_VALUE (key), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (object), FALSE);
  g_return_val_if_fail (weakref_is_held (object), FALSE);

  if (!weakref_key_from_value (&self->cache->base.kind, key, &buffer, &pointer, error))
    return FALSE;

  return cache_insert (self->cache, pointer, object);
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
weakref_cache_lookup (WeakrefCache  *self,
                      gconstpointer  key)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), NULL);

  if (!weakref_key_check (&self->cache->base.kind, key, G_STRFUNC))
    return NULL;

  return cache_found (self->cache, weakref_value_core_lookup (&self->cache->base, key));
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
weakref_cache_lookup_value (WeakrefCache  *self,
                            const GValue  *key,
                            GError       **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), NULL);
  g_return_val_if_fail (G_IS_VALUE (key), NULL);

  if (!weakref_key_from_value (&self->cache->base.kind, key, &buffer, &pointer, error))
    return NULL;

  return cache_found (self->cache, weakref_value_core_lookup (&self->cache->base, pointer));
}

/**
 * weakref_cache_ensure: (skip)
 * @self: a cache
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
weakref_cache_ensure (WeakrefCache       *self,
                      gconstpointer       key,
                      WeakrefCreateFunc   create,
                      gpointer            user_data,
                      GError            **error)
{
  gboolean created = FALSE;
  gpointer object;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), NULL);
  g_return_val_if_fail (create != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  if (!weakref_key_check (&self->cache->base.kind, key, G_STRFUNC))
    return NULL;

  object = weakref_value_core_ensure (&self->cache->base, key, create, user_data, &created, error);

  return cache_ensured (self->cache, object, created);
}

/**
 * weakref_cache_ensure_value: (rename-to weakref_cache_ensure)
 * @self: a cache
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
weakref_cache_ensure_value (WeakrefCache            *self,
                            const GValue            *key,
                            WeakrefCreateValueFunc   create,
                            gpointer                 user_data,
                            GError                 **error)
{
  gboolean created = FALSE;
  gpointer object;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), NULL);
  g_return_val_if_fail (G_IS_VALUE (key), NULL);
  g_return_val_if_fail (create != NULL, NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  object = weakref_value_core_ensure_value (&self->cache->base, key, create, user_data, &created,
                                            error);

  return cache_ensured (self->cache, object, created);
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
weakref_cache_contains (WeakrefCache  *self,
                        gconstpointer  key)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), FALSE);

  if (!weakref_key_check (&self->cache->base.kind, key, G_STRFUNC))
    return FALSE;

  return weakref_value_core_contains (&self->cache->base, key);
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
weakref_cache_contains_value (WeakrefCache  *self,
                              const GValue  *key,
                              GError       **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), FALSE);
  g_return_val_if_fail (G_IS_VALUE (key), FALSE);

  if (!weakref_key_from_value (&self->cache->base.kind, key, &buffer, &pointer, error))
    return FALSE;

  return weakref_value_core_contains (&self->cache->base, pointer);
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
weakref_cache_remove (WeakrefCache  *self,
                      gconstpointer  key)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), FALSE);

  if (!weakref_key_check (&self->cache->base.kind, key, G_STRFUNC))
    return FALSE;

  return weakref_value_core_remove (&self->cache->base, key);
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
weakref_cache_remove_value (WeakrefCache  *self,
                            const GValue  *key,
                            GError       **error)
{
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), FALSE);
  g_return_val_if_fail (G_IS_VALUE (key), FALSE);

  if (!weakref_key_from_value (&self->cache->base.kind, key, &buffer, &pointer, error))
    return FALSE;

  return weakref_value_core_remove (&self->cache->base, pointer);
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

  weakref_table_clear (&self->cache->base.base);
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

  return weakref_table_get_size (&self->cache->base.base);
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

  return weakref_value_core_dup_keys (&self->cache->base, FALSE);
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

  return weakref_value_core_dup_keys (&self->cache->base, TRUE);
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

  return weakref_value_core_dup_values (&self->cache->base);
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
weakref_cache_foreach (WeakrefCache          *self,
                       WeakrefValueTableFunc  func,
                       gpointer               user_data)
{
  g_return_if_fail (WEAKREF_IS_CACHE (self));
  g_return_if_fail (func != NULL);

  weakref_value_core_foreach (&self->cache->base, func, user_data);
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
weakref_cache_foreach_value (WeakrefCache               *self,
                             WeakrefValueTableValueFunc  func,
                             gpointer                    user_data)
{
  g_return_if_fail (WEAKREF_IS_CACHE (self));
  g_return_if_fail (func != NULL);

  weakref_value_core_foreach_value (&self->cache->base, func, user_data);
}

/**
 * weakref_cache_trim:
 * @self: a cache
 * @n: how many objects may stay idle
 *
 * Puts out all idle objects but the @n that became idle last.
 *
 * What is in use is not kept any longer than that, until it is looked up again: it may be in use
 * only for a language that keeps its own toggle reference on it, and that can't be told.
 *
 * Since: 1.0
 */
void
weakref_cache_trim (WeakrefCache *self,
                    guint         n)
{
  g_return_if_fail (WEAKREF_IS_CACHE (self));

  cache_trim (self->cache, n);
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

  return g_atomic_int_get (&self->cache->max_idle);
}

/**
 * weakref_cache_set_max_idle: (set-property max-idle)
 * @self: a cache
 * @max_idle: how many objects that nobody uses to keep, at most %G_MAXINT
 *
 * Sets how many objects that nobody uses are kept, and puts out what is too many.
 *
 * With 0, it is a [class@Weakref.ValueTable]. Objects that were entered then are kept once they have
 * been looked up again.
 *
 * Since: 1.0
 */
void
weakref_cache_set_max_idle (WeakrefCache *self,
                            guint         max_idle)
{
  gboolean changed;

  g_return_if_fail (WEAKREF_IS_CACHE (self));
  g_return_if_fail (max_idle <= G_MAXINT);

  weakref_toggle_lock ();
  changed = (guint) self->cache->max_idle != max_idle;
  g_atomic_int_set (&self->cache->max_idle, max_idle);
  cache_shrink_locked (self->cache, max_idle);
  weakref_toggle_unlock ();

  if (max_idle == 0)
    cache_trim (self->cache, 0);
  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAX_IDLE]);
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
  value = self->cache->max_idle_seconds;
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
 * It needs the #GMainContext of the cache to run.
 *
 * Since: 1.0
 */
void
weakref_cache_set_max_idle_seconds (WeakrefCache *self,
                                    guint         max_idle_seconds)
{
  gboolean changed;

  g_return_if_fail (WEAKREF_IS_CACHE (self));

  weakref_toggle_lock ();
  changed = self->cache->max_idle_seconds != max_idle_seconds;
  self->cache->max_idle_seconds = max_idle_seconds;
  cache_changed_locked (self->cache);
  weakref_toggle_unlock ();

  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAX_IDLE_SECONDS]);
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

  return g_atomic_int_get (&self->cache->max_tracked);
}

/**
 * weakref_cache_set_max_tracked: (set-property max-tracked)
 * @self: a cache
 * @max_tracked: how many objects to track, at most %G_MAXINT
 *
 * Sets how many objects are tracked, idle and in use. What is too many is put out if it is idle,
 * and not kept any longer than it is in use if not.
 *
 * Since: 1.0
 */
void
weakref_cache_set_max_tracked (WeakrefCache *self,
                               guint         max_tracked)
{
  Cache *cache;
  gboolean changed;

  g_return_if_fail (WEAKREF_IS_CACHE (self));
  g_return_if_fail (max_tracked <= G_MAXINT);

  cache = self->cache;

  weakref_toggle_lock ();
  changed = (guint) cache->max_tracked != max_tracked;
  g_atomic_int_set (&cache->max_tracked, max_tracked);
  cache_shrink_locked (cache, max_tracked > cache->busy.length ? max_tracked - cache->busy.length : 0);
  while ((guint) cache->n_tracked > max_tracked)
    cache_release_locked (cache, g_queue_peek_head (&cache->busy));
  weakref_toggle_unlock ();

  if (changed)
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MAX_TRACKED]);
}

/**
 * weakref_cache_dup_memory_monitor: (get-property memory-monitor)
 * @self: a cache
 *
 * Gives who says that memory runs low.
 *
 * Returns: (transfer full) (nullable): the memory monitor, or %NULL
 *
 * Since: 1.0
 */
GMemoryMonitor *
weakref_cache_dup_memory_monitor (WeakrefCache *self)
{
  GMemoryMonitor *object;
  Monitor *monitor;

  g_return_val_if_fail (WEAKREF_IS_CACHE (self), NULL);

  weakref_toggle_lock ();
  monitor = self->cache->monitor;
  if (monitor != NULL)
    g_atomic_rc_box_acquire (monitor);
  weakref_toggle_unlock ();

  if (monitor == NULL)
    return NULL;

  object = g_object_ref (monitor->object);
  monitor_unref (monitor);

  return object;
}

/**
 * weakref_cache_set_memory_monitor: (set-property memory-monitor)
 * @self: a cache
 * @memory_monitor: (nullable): a memory monitor, or %NULL
 *
 * Sets who says that memory runs low.
 *
 * Since: 1.0
 */
void
weakref_cache_set_memory_monitor (WeakrefCache   *self,
                                  GMemoryMonitor *memory_monitor)
{
  g_return_if_fail (WEAKREF_IS_CACHE (self));
  g_return_if_fail (memory_monitor == NULL || G_IS_MEMORY_MONITOR (memory_monitor));

  cache_set_monitor (self->cache, memory_monitor);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_MEMORY_MONITOR]);
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
  value = self->cache->idle.length;
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
  guint size = weakref_cache_get_size (self);

  /* Other threads may be in between. */
  return size > n_idle ? size - n_idle : 0;
}

/**
 * weakref_cache_get_hits: (get-property hits)
 * @self: a cache
 *
 * Counts how often an object was found: by a lookup, or by an ensure that did not create.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint64
weakref_cache_get_hits (WeakrefCache *self)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), 0);

  return atomic_load_explicit (&self->cache->n_hits, memory_order_relaxed);
}

/**
 * weakref_cache_get_misses: (get-property misses)
 * @self: a cache
 *
 * Counts how often an object was not found: by a lookup, or by an ensure that did create.
 *
 * Returns: the number
 *
 * Since: 1.0
 */
guint64
weakref_cache_get_misses (WeakrefCache *self)
{
  g_return_val_if_fail (WEAKREF_IS_CACHE (self), 0);

  return atomic_load_explicit (&self->cache->n_misses, memory_order_relaxed);
}

/**
 * weakref_cache_get_evictions: (get-property evictions)
 * @self: a cache
 *
 * Counts how many idle objects were put out; not those that were removed.
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
  value = self->cache->n_evictions;
  weakref_toggle_unlock ();

  return value;
}
