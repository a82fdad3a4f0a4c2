/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEAKREF_INSIDE) && !defined(WEAKREF_COMPILATION)
#error "Only <weakref-glib/weakref-glib.h> can be included directly."
#endif

#include <gio/gio.h>
#include <weakref-glib/weakref-macros.h>
#include <weakref-glib/weakref-types.h>

G_BEGIN_DECLS

#define WEAKREF_TYPE_VALUE_TABLE (weakref_value_table_get_type ())

WEAKREF_AVAILABLE_IN_1_0
WEAKREF_DECLARE_INTERNAL_TYPE (
  WeakrefValueTable, weakref_value_table, WEAKREF, VALUE_TABLE, GObject)

WEAKREF_AVAILABLE_IN_1_0
WeakrefValueTable *weakref_value_table_new (GType key_type);

WEAKREF_AVAILABLE_IN_1_0
WeakrefValueTable *weakref_value_table_new_full (GHashFunc hash,
                                                 GEqualFunc equal,
                                                 WeakrefCopyFunc key_copy,
                                                 GDestroyNotify key_free);

WEAKREF_AVAILABLE_IN_1_0
GType weakref_value_table_get_key_type (WeakrefValueTable *self);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_value_table_insert (WeakrefValueTable *self, gconstpointer key, gpointer object);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_value_table_lookup (WeakrefValueTable *self, gconstpointer key);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_value_table_ensure (WeakrefValueTable *self,
                                     gconstpointer key,
                                     WeakrefCreateFunc create,
                                     gpointer user_data,
                                     GError **error);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_value_table_contains (WeakrefValueTable *self, gconstpointer key);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_value_table_remove (WeakrefValueTable *self, gconstpointer key);

WEAKREF_AVAILABLE_IN_1_0
void weakref_value_table_remove_all (WeakrefValueTable *self);

WEAKREF_AVAILABLE_IN_1_0
guint weakref_value_table_get_size (WeakrefValueTable *self);

WEAKREF_AVAILABLE_IN_1_0
GPtrArray *weakref_value_table_dup_keys (WeakrefValueTable *self);

WEAKREF_AVAILABLE_IN_1_0
GPtrArray *weakref_value_table_dup_values (WeakrefValueTable *self);

WEAKREF_AVAILABLE_IN_1_0
void weakref_value_table_foreach (WeakrefValueTable *self,
                                  WeakrefValueTableFunc func,
                                  gpointer user_data);

/* The same for keys that are GValues; languages see them under the names without "_value" */

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_value_table_insert_value (WeakrefValueTable *self,
                                           const GValue *key,
                                           gpointer object,
                                           GError **error);

WEAKREF_AVAILABLE_IN_1_0
gpointer
weakref_value_table_lookup_value (WeakrefValueTable *self, const GValue *key, GError **error);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_value_table_ensure_value (WeakrefValueTable *self,
                                           const GValue *key,
                                           WeakrefCreateValueFunc create,
                                           gpointer user_data,
                                           GError **error);

WEAKREF_AVAILABLE_IN_1_0
gboolean
weakref_value_table_contains_value (WeakrefValueTable *self, const GValue *key, GError **error);

WEAKREF_AVAILABLE_IN_1_0
gboolean
weakref_value_table_remove_value (WeakrefValueTable *self, const GValue *key, GError **error);

WEAKREF_AVAILABLE_IN_1_0
GPtrArray *weakref_value_table_dup_keys_value (WeakrefValueTable *self);

WEAKREF_AVAILABLE_IN_1_0
void weakref_value_table_foreach_value (WeakrefValueTable *self,
                                        WeakrefValueTableValueFunc func,
                                        gpointer user_data);

/* Without waiting */

WEAKREF_AVAILABLE_IN_1_0
void weakref_value_table_ensure_async (WeakrefValueTable *self,
                                       gconstpointer key,
                                       int io_priority,
                                       GCancellable *cancellable,
                                       WeakrefCreateAsyncFunc create,
                                       gpointer create_data,
                                       GDestroyNotify create_destroy,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);

WEAKREF_AVAILABLE_IN_1_0
void weakref_value_table_ensure_value_async (WeakrefValueTable *self,
                                             const GValue *key,
                                             int io_priority,
                                             GCancellable *cancellable,
                                             WeakrefCreateAsyncValueFunc create,
                                             gpointer create_data,
                                             GDestroyNotify create_destroy,
                                             GAsyncReadyCallback callback,
                                             gpointer user_data);

WEAKREF_AVAILABLE_IN_1_0
gpointer
weakref_value_table_ensure_finish (WeakrefValueTable *self, GAsyncResult *result, GError **error);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_value_table_ensure_value_finish (WeakrefValueTable *self,
                                                  GAsyncResult *result,
                                                  GError **error);

/* Changes that depend on what is in the table */

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_value_table_replace (WeakrefValueTable *self,
                                      gconstpointer key,
                                      gpointer expected,
                                      gpointer object);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_value_table_replace_value (
  WeakrefValueTable *self, const GValue *key, gpointer expected, gpointer object, GError **error);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_value_table_steal (WeakrefValueTable *self, gconstpointer key);

WEAKREF_AVAILABLE_IN_1_0
gpointer
weakref_value_table_steal_value (WeakrefValueTable *self, const GValue *key, GError **error);

WEAKREF_AVAILABLE_IN_1_0
WeakrefReservation *weakref_value_table_reserve (WeakrefValueTable *self,
                                                 gconstpointer key,
                                                 gpointer *object,
                                                 GError **error);

WEAKREF_AVAILABLE_IN_1_0
WeakrefReservation *weakref_value_table_reserve_value (WeakrefValueTable *self,
                                                       const GValue *key,
                                                       gpointer *object,
                                                       GError **error);

/* From an object to its key */

WEAKREF_AVAILABLE_IN_1_0
gboolean
weakref_value_table_rekey (WeakrefValueTable *self, gpointer object, gconstpointer new_key);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_value_table_rekey_value (WeakrefValueTable *self,
                                          gpointer object,
                                          const GValue *new_key,
                                          GError **error);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_value_table_remove_object (WeakrefValueTable *self, gpointer object);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_value_table_lookup_key (WeakrefValueTable *self, gpointer object, gpointer *key);

WEAKREF_AVAILABLE_IN_1_0
gboolean
weakref_value_table_lookup_key_value (WeakrefValueTable *self, gpointer object, GValue *key);

G_END_DECLS
