/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEAKREF_INSIDE) && !defined(WEAKREF_COMPILATION)
#error "Only <weakref-glib/weakref-glib.h> can be included directly."
#endif

#include <glib-object.h>
#include <weakref-glib/weakref-macros.h>

G_BEGIN_DECLS

#define WEAKREF_TYPE_BOND (weakref_bond_get_type ())

WEAKREF_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WeakrefBond, weakref_bond, WEAKREF, BOND, GObject)

WEAKREF_AVAILABLE_IN_1_0
WeakrefBond *weakref_bond_new (gpointer owner, gpointer owned, GError **error);

WEAKREF_AVAILABLE_IN_1_0
WeakrefBond *
weakref_bond_new_full (gpointer owner, gpointer owned, GMainContext *context, GError **error);

/**
 * WeakrefBondFunc:
 * @owner: (type GObject.Object) (nullable): the owner, or %NULL if it is dead
 * @owned: (type GObject.Object) (nullable): what it owned, or %NULL if it is dead
 * @user_data: (closure): the data given with the function
 *
 * A function that is called once when a bond that a language keeps has ended.
 *
 * The language need not keep the two objects together any more.
 *
 * Since: 1.0
 */
typedef void (*WeakrefBondFunc) (gpointer owner, gpointer owned, gpointer user_data);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_bond_start_for_binding (WeakrefBond *self,
                                         gpointer owner,
                                         gpointer owned,
                                         GMainContext *context,
                                         WeakrefBondFunc ended,
                                         gpointer user_data,
                                         GDestroyNotify destroy,
                                         GError **error);

WEAKREF_AVAILABLE_IN_1_0
GPtrArray *weakref_bond_list_for_binding (gpointer object);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_bond_take_over_for_binding (gpointer owner,
                                             gpointer owned,
                                             GMainContext *context,
                                             WeakrefBondFunc ended,
                                             gpointer user_data,
                                             GDestroyNotify destroy);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_bond_break (WeakrefBond *self);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_bond_is_alive (WeakrefBond *self);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_bond_dup_owner (WeakrefBond *self);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_bond_dup_owned (WeakrefBond *self);

G_END_DECLS
