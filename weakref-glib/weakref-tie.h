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

#define WEAKREF_TYPE_TIE (weakref_tie_get_type ())

WEAKREF_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WeakrefTie, weakref_tie, WEAKREF, TIE, GObject)

/**
 * WeakrefTieFunc:
 * @tie: the tie that has ended
 * @user_data: (closure): the data given with the function
 *
 * A function that is called when the first of several objects has died.
 *
 * Since: 1.0
 */
typedef void (*WeakrefTieFunc) (WeakrefTie *tie, gpointer user_data);

WEAKREF_AVAILABLE_IN_1_0
WeakrefTie *weakref_tie_new (gpointer const *objects,
                             gsize n_objects,
                             WeakrefTieFunc func,
                             gpointer user_data,
                             GDestroyNotify destroy);

WEAKREF_AVAILABLE_IN_1_0
WeakrefTie *weakref_tie_new_full (gpointer const *objects,
                                  gsize n_objects,
                                  GMainContext *context,
                                  WeakrefPhase phase,
                                  WeakrefTieFunc func,
                                  gpointer user_data,
                                  GDestroyNotify destroy);

WEAKREF_AVAILABLE_IN_1_0
WeakrefTie *weakref_tie_new_for_binding (gpointer const *objects,
                                         gsize n_objects,
                                         GMainContext *context,
                                         WeakrefPhase phase,
                                         WeakrefTieFunc func,
                                         gpointer user_data,
                                         GDestroyNotify destroy);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_tie_break (WeakrefTie *self);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_tie_detach (WeakrefTie *self);

WEAKREF_AVAILABLE_IN_1_0
GPtrArray *weakref_tie_dup_survivors (WeakrefTie *self);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_tie_is_alive (WeakrefTie *self);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_tie_get_at_exit (WeakrefTie *self);

WEAKREF_AVAILABLE_IN_1_0
void weakref_tie_set_at_exit (WeakrefTie *self, gboolean at_exit);

G_END_DECLS
