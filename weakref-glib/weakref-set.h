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
 * A function that is called with each item of a set.
 *
 * Since: 1.0
 */
typedef void (*WeakrefSetFunc) (gpointer item, gpointer user_data);

/**
 * WeakrefSetCompareFunc:
 * @a: (type GObject.Object): an item
 * @b: (type GObject.Object): another item
 * @user_data: (closure): the data given with the function
 *
 * A function that compares two items of a set. It has the signature of a #GCompareDataFunc.
 *
 * Returns: less than, equal to, or greater than 0, if @a comes before, with, or after @b
 *
 * Since: 1.0
 */
typedef int (*WeakrefSetCompareFunc) (gconstpointer a, gconstpointer b, gpointer user_data);

/**
 * WeakrefSetStandInFunc:
 * @type: the type of an object that was in the set and is dead
 * @user_data: (closure): the data given with the function
 *
 * A function that makes an object which stands in for a dead one, until the list model has
 * announced the death.
 *
 * It is called once for each dead object that somebody asks for with
 * [method@Gio.ListModel.get_item], in that thread.
 *
 * Returns: (transfer full) (type GObject.Object): a new object of the set's item type
 *
 * Since: 1.0
 */
typedef gpointer (*WeakrefSetStandInFunc) (GType type, gpointer user_data);

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
gboolean weakref_set_find (WeakrefSet *self, gpointer item, guint *position);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_set_insert (WeakrefSet *self, guint position, gpointer item);

WEAKREF_AVAILABLE_IN_1_0
void weakref_set_sort (WeakrefSet *self, WeakrefSetCompareFunc compare, gpointer user_data);

WEAKREF_AVAILABLE_IN_1_0
void weakref_set_set_stand_in_func (WeakrefSet *self,
                                    WeakrefSetStandInFunc func,
                                    gpointer user_data,
                                    GDestroyNotify destroy);

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
