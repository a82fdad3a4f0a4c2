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
 * WeakrefSetFunc:
 * @item: (type GObject.Object): an item
 * @user_data: (closure): the data given with the function
 *
 * Is called with the items of a set, one after the other.
 *
 * Since: 1.0
 */
typedef void (*WeakrefSetFunc) (gpointer item, gpointer user_data);

#define WEAKREF_TYPE_SET (weakref_set_get_type ())

WEAKREF_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WeakrefSet, weakref_set, WEAKREF, SET, GObject)

WEAKREF_AVAILABLE_IN_1_0
WeakrefSet *weakref_set_new (GType item_type);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_set_add (WeakrefSet *self, gpointer item);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_set_remove (WeakrefSet *self, gpointer item);

WEAKREF_AVAILABLE_IN_1_0
void weakref_set_remove_all (WeakrefSet *self);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_set_contains (WeakrefSet *self, gpointer item);

WEAKREF_AVAILABLE_IN_1_0
guint weakref_set_get_size (WeakrefSet *self);

WEAKREF_AVAILABLE_IN_1_0
GPtrArray *weakref_set_dup_items (WeakrefSet *self);

WEAKREF_AVAILABLE_IN_1_0
void weakref_set_foreach (WeakrefSet *self, WeakrefSetFunc func, gpointer user_data);

WEAKREF_AVAILABLE_IN_1_0
WeakrefSet *weakref_set_union (WeakrefSet *self, WeakrefSet *other);

WEAKREF_AVAILABLE_IN_1_0
WeakrefSet *weakref_set_intersection (WeakrefSet *self, WeakrefSet *other);

WEAKREF_AVAILABLE_IN_1_0
WeakrefSet *weakref_set_difference (WeakrefSet *self, WeakrefSet *other);

WEAKREF_AVAILABLE_IN_1_0
WeakrefSet *weakref_set_symmetric_difference (WeakrefSet *self, WeakrefSet *other);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_set_is_subset (WeakrefSet *self, WeakrefSet *other);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_set_is_superset (WeakrefSet *self, WeakrefSet *other);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_set_is_disjoint (WeakrefSet *self, WeakrefSet *other);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_set_equal (WeakrefSet *self, WeakrefSet *other);

G_END_DECLS
