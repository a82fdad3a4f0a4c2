/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEAKREF_INSIDE) && !defined(WEAKREF_COMPILATION)
#error "Only <weakref-glib/weakref-glib.h> can be included directly."
#endif

#include <gio/gio.h>
#include <weakref-glib/weakref-value-table.h>

G_BEGIN_DECLS

#define WEAKREF_TYPE_CACHE (weakref_cache_get_type ())

WEAKREF_AVAILABLE_IN_1_0
WEAKREF_DECLARE_INTERNAL_TYPE (WeakrefCache, weakref_cache, WEAKREF, CACHE, WeakrefValueTable)

WEAKREF_AVAILABLE_IN_1_0
WeakrefCache *weakref_cache_new (GType key_type, guint max_idle);

WEAKREF_AVAILABLE_IN_1_0
WeakrefCache *weakref_cache_new_full (GHashFunc hash,
                                      GEqualFunc equal,
                                      WeakrefCopyFunc key_copy,
                                      GDestroyNotify key_free,
                                      guint max_idle);

/* How much is kept */

WEAKREF_AVAILABLE_IN_1_0
void weakref_cache_trim (WeakrefCache *self, guint n);

WEAKREF_AVAILABLE_IN_1_0
guint weakref_cache_get_max_idle (WeakrefCache *self);

WEAKREF_AVAILABLE_IN_1_0
void weakref_cache_set_max_idle (WeakrefCache *self, guint max_idle);

WEAKREF_AVAILABLE_IN_1_0
guint weakref_cache_get_max_idle_seconds (WeakrefCache *self);

WEAKREF_AVAILABLE_IN_1_0
void weakref_cache_set_max_idle_seconds (WeakrefCache *self, guint max_idle_seconds);

WEAKREF_AVAILABLE_IN_1_0
guint weakref_cache_get_max_tracked (WeakrefCache *self);

WEAKREF_AVAILABLE_IN_1_0
void weakref_cache_set_max_tracked (WeakrefCache *self, guint max_tracked);

WEAKREF_AVAILABLE_IN_1_0
GMemoryMonitor *weakref_cache_dup_memory_monitor (WeakrefCache *self);

WEAKREF_AVAILABLE_IN_1_0
void weakref_cache_set_memory_monitor (WeakrefCache *self, GMemoryMonitor *memory_monitor);

/* The counters */

WEAKREF_AVAILABLE_IN_1_0
guint weakref_cache_get_n_idle (WeakrefCache *self);

WEAKREF_AVAILABLE_IN_1_0
guint weakref_cache_get_n_in_use (WeakrefCache *self);

WEAKREF_AVAILABLE_IN_1_0
guint64 weakref_cache_get_hits (WeakrefCache *self);

WEAKREF_AVAILABLE_IN_1_0
guint64 weakref_cache_get_misses (WeakrefCache *self);

WEAKREF_AVAILABLE_IN_1_0
guint64 weakref_cache_get_evictions (WeakrefCache *self);

G_END_DECLS
