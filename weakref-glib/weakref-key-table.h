/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEAKREF_INSIDE) && !defined(WEAKREF_COMPILATION)
#error "Only <weakref-glib/weakref-glib.h> can be included directly."
#endif

#include <gio/gio.h>
#include <weakref-glib/weakref-macros.h>

G_BEGIN_DECLS

/**
 * WeakrefKeyTableFunc: (skip)
 * @key: (type GObject.Object): a key
 * @value: its value
 * @user_data: (closure): the data given with the function
 *
 * A function that is called with each entry of a table.
 *
 * Since: 1.0
 */
typedef void (*WeakrefKeyTableFunc) (gpointer key, gpointer value, gpointer user_data);

/**
 * WeakrefKeyTableValueFunc:
 * @key: (type GObject.Object): a key
 * @value: its value
 * @user_data: (closure): the data given with the function
 *
 * A function that is called with each entry of a table.
 *
 * Since: 1.0
 */
typedef void (*WeakrefKeyTableValueFunc) (gpointer key, const GValue *value, gpointer user_data);

#define WEAKREF_TYPE_KEY_TABLE (weakref_key_table_get_type ())

WEAKREF_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WeakrefKeyTable, weakref_key_table, WEAKREF, KEY_TABLE, GObject)

WEAKREF_AVAILABLE_IN_1_0
WeakrefKeyTable *weakref_key_table_new (GDestroyNotify value_free);

WEAKREF_AVAILABLE_IN_1_0
WeakrefKeyTable *weakref_key_table_new_for_values (void);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_key_table_insert (WeakrefKeyTable *self, gpointer key, gpointer value);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_key_table_lookup (WeakrefKeyTable *self, gpointer key);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_key_table_lookup_dup (WeakrefKeyTable *self,
                                       gpointer key,
                                       GDuplicateFunc dup_func,
                                       gpointer user_data);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_key_table_lookup_extended (WeakrefKeyTable *self, gpointer key, gpointer *value);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_key_table_steal (WeakrefKeyTable *self, gpointer key);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_key_table_contains (WeakrefKeyTable *self, gpointer key);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_key_table_remove (WeakrefKeyTable *self, gpointer key);

WEAKREF_AVAILABLE_IN_1_0
void weakref_key_table_remove_all (WeakrefKeyTable *self);

WEAKREF_AVAILABLE_IN_1_0
guint weakref_key_table_get_size (WeakrefKeyTable *self);

WEAKREF_AVAILABLE_IN_1_0
GPtrArray *weakref_key_table_dup_keys (WeakrefKeyTable *self);

WEAKREF_AVAILABLE_IN_1_0
void
weakref_key_table_foreach (WeakrefKeyTable *self, WeakrefKeyTableFunc func, gpointer user_data);

/* The same for values in a GValue; languages see them under the names without "_value" */

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_key_table_insert_value (WeakrefKeyTable *self, gpointer key, const GValue *value);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_key_table_lookup_value (WeakrefKeyTable *self, gpointer key, GValue *value);

WEAKREF_AVAILABLE_IN_1_0
GValue *weakref_key_table_dup_value (WeakrefKeyTable *self, gpointer key);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_key_table_steal_value (WeakrefKeyTable *self, gpointer key, GValue *value);

WEAKREF_AVAILABLE_IN_1_0
void weakref_key_table_foreach_value (WeakrefKeyTable *self,
                                      WeakrefKeyTableValueFunc func,
                                      gpointer user_data);

G_END_DECLS
