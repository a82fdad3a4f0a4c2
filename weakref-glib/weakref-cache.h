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
G_DECLARE_FINAL_TYPE (WeakrefCache, weakref_cache, WEAKREF, CACHE, GObject)

WEAKREF_AVAILABLE_IN_1_0
WeakrefCache *weakref_cache_new (GType key_type, guint max_idle);

WEAKREF_AVAILABLE_IN_1_0
WeakrefCache *weakref_cache_new_full (GHashFunc hash,
                                      GEqualFunc equal,
                                      WeakrefCopyFunc key_copy,
                                      GDestroyNotify key_free,
                                      guint max_idle);

WEAKREF_AVAILABLE_IN_1_0
GType weakref_cache_get_key_type (WeakrefCache *self);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_cache_insert (WeakrefCache *self, gconstpointer key, gpointer object);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_cache_lookup (WeakrefCache *self, gconstpointer key);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_cache_ensure (WeakrefCache *self,
                               gconstpointer key,
                               WeakrefCreateFunc create,
                               gpointer user_data,
                               GError **error);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_cache_contains (WeakrefCache *self, gconstpointer key);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_cache_remove (WeakrefCache *self, gconstpointer key);

WEAKREF_AVAILABLE_IN_1_0
void weakref_cache_remove_all (WeakrefCache *self);

WEAKREF_AVAILABLE_IN_1_0
guint weakref_cache_get_size (WeakrefCache *self);

WEAKREF_AVAILABLE_IN_1_0
GPtrArray *weakref_cache_dup_keys (WeakrefCache *self);

WEAKREF_AVAILABLE_IN_1_0
GPtrArray *weakref_cache_dup_values (WeakrefCache *self);

WEAKREF_AVAILABLE_IN_1_0
void weakref_cache_foreach (WeakrefCache *self, WeakrefValueTableFunc func, gpointer user_data);

/* The same for languages, which see them under the plain names */

WEAKREF_AVAILABLE_IN_1_0
gboolean
weakref_cache_insert_value (WeakrefCache *self, const GValue *key, gpointer object, GError **error);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_cache_lookup_value (WeakrefCache *self, const GValue *key, GError **error);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_cache_ensure_value (WeakrefCache *self,
                                     const GValue *key,
                                     WeakrefCreateValueFunc create,
                                     gpointer user_data,
                                     GError **error);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_cache_contains_value (WeakrefCache *self, const GValue *key, GError **error);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_cache_remove_value (WeakrefCache *self, const GValue *key, GError **error);

WEAKREF_AVAILABLE_IN_1_0
GPtrArray *weakref_cache_dup_keys_value (WeakrefCache *self);

WEAKREF_AVAILABLE_IN_1_0
void weakref_cache_foreach_value (WeakrefCache *self,
                                  WeakrefValueTableValueFunc func,
                                  gpointer user_data);

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

/* What it does */

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
