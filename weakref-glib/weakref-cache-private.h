/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/weakref-cache.h>

#include <stdatomic.h>

#include <weakref-glib/core/value-core.h>
#include <weakref-glib/weakref-value-table-private.h>

G_BEGIN_DECLS

/* The core of a cache: that of a value table, which also keeps idle objects. */

typedef struct _WeakrefCacheCore WeakrefCacheCore;
typedef struct _WeakrefCacheMonitor WeakrefCacheMonitor;

typedef struct
{
  guint n_idle;
  guint n_in_use;
  guint64 n_evictions;
} WeakrefCacheCounts;

struct _WeakrefCacheCore
{
  WeakrefValueCore base;
  GWeakRef cache;
  GMainContext *context;        /* (owned) (const) */
  GSource *source;              /* (owned) (const): in the context */
  gboolean changed;             /* toggle lock: the source will be woken */
  gboolean tracked;             /* toggle lock: an object was tracked since the source last ran */
  WeakrefCacheCounts told;      /* only used by the source: what it notified of last */
  guint max_idle;               /* (atomic): written under the toggle lock */
  guint max_idle_seconds;       /* (atomic): written under the toggle lock */
  guint max_tracked;            /* (atomic): written under the toggle lock */
  guint n_tracked;              /* (atomic): written under the toggle lock */
  guint n_idle;                 /* toggle lock: of the spare objects */
  GQueue spare;                 /* toggle lock: the next one to be evicted is first */
  GQueue in_use;                /* toggle lock: the next one to be examined is first */
  guint n_not_examined;         /* toggle lock: entered since an object was last examined */
  guint n_in_use_in_a_row;      /* toggle lock: of the objects that were examined last */
  guint64 n_evictions;          /* toggle lock */
  WeakrefCacheMonitor *monitor; /* toggle lock: (owned) (nullable) */
  gboolean monitor_is_set;      /* toggle lock: to a monitor, or to none */
  gboolean monitor_comes;       /* toggle lock: the next source will set the default one */
  GSource *monitor_source;      /* (owned) (nullable): in the default context */
  _Atomic guint64 n_hits;
  _Atomic guint64 n_misses;
};

struct _WeakrefCache
{
  WeakrefValueTable parent_instance;
};

struct _WeakrefCacheClass
{
  WeakrefValueTableClass parent_class;
};

static inline WeakrefCacheCore *
weakref_cache_get_core (WeakrefCache *self)
{
  return (WeakrefCacheCore *) self->parent_instance.core;
}

WeakrefCacheCore *weakref_cache_core_new (WeakrefCache *cache, guint max_idle, guint max_tracked);
void weakref_cache_core_close (WeakrefCacheCore *core);

extern const WeakrefValueFuncs weakref_cache_core_funcs;
gint64 weakref_cache_core_expire_locked (WeakrefCacheCore *core);
void weakref_cache_core_examine (WeakrefCacheCore *core, guint n, guint n_sure);

void weakref_cache_core_trim (WeakrefCacheCore *core, guint n);
gboolean weakref_cache_core_set_max_idle (WeakrefCacheCore *core, guint max_idle);
gboolean weakref_cache_core_set_max_idle_seconds (WeakrefCacheCore *core, guint max_idle_seconds);
gboolean weakref_cache_core_set_max_tracked (WeakrefCacheCore *core, guint max_tracked);
gboolean weakref_cache_core_set_monitor (WeakrefCacheCore *core,
                                         GMemoryMonitor *object,
                                         gboolean by_default);
GMemoryMonitor *weakref_cache_core_dup_monitor (WeakrefCacheCore *core);
void weakref_cache_core_await_monitor (WeakrefCacheCore *core);

G_END_DECLS
