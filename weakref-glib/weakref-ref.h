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

#define WEAKREF_TYPE_REF (weakref_ref_get_type ())

WEAKREF_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WeakrefRef, weakref_ref, WEAKREF, REF, GObject)

/**
 * WeakrefRefCallback:
 * @ref: the weak reference, whose target is dead
 * @user_data: (closure): the data given with the callback
 *
 * A function that is called once when the target of a [class@Weakref.Ref] has died.
 *
 * It runs in the thread that dropped the last reference on the target, or in the #GMainContext that
 * was given. [method@Weakref.Ref.get] gives %NULL now. The function may do anything. It may also
 * drop the last reference on @ref.
 *
 * Since: 1.0
 */
typedef void (*WeakrefRefCallback) (WeakrefRef *ref, gpointer user_data);

WEAKREF_AVAILABLE_IN_1_0
WeakrefRef *weakref_ref_new (gpointer target);

WEAKREF_AVAILABLE_IN_1_0
WeakrefRef *weakref_ref_new_full (gpointer target,
                                  GMainContext *context,
                                  WeakrefRefCallback callback,
                                  gpointer user_data,
                                  GDestroyNotify destroy);

WEAKREF_AVAILABLE_IN_1_0
void weakref_ref_start_for_binding (WeakrefRef *self, gpointer target);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_ref_get (WeakrefRef *self);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_ref_is_alive (WeakrefRef *self);

WEAKREF_AVAILABLE_IN_1_0
guint64 weakref_ref_get_id (WeakrefRef *self);

WEAKREF_AVAILABLE_IN_1_0
guint weakref_ref_hash (gconstpointer self);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_ref_equal (gconstpointer self, gconstpointer other);

WEAKREF_AVAILABLE_IN_1_0
guint weakref_count_refs (gpointer target);

WEAKREF_AVAILABLE_IN_1_0
GList *weakref_list_refs (gpointer target);

G_END_DECLS
