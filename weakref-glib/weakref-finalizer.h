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

#define WEAKREF_TYPE_FINALIZER (weakref_finalizer_get_type ())

WEAKREF_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WeakrefFinalizer, weakref_finalizer, WEAKREF, FINALIZER, GObject)

/**
 * WeakrefFinalizerFunc:
 * @user_data: (closure): the data given with the function
 *
 * A function that cleans up after an object that has died.
 *
 * Since: 1.0
 */
typedef void (*WeakrefFinalizerFunc) (gpointer user_data);

WEAKREF_AVAILABLE_IN_1_0
WeakrefFinalizer *weakref_finalizer_new (gpointer target,
                                         WeakrefFinalizerFunc func,
                                         gpointer user_data,
                                         GDestroyNotify destroy);

WEAKREF_AVAILABLE_IN_1_0
WeakrefFinalizer *weakref_finalizer_new_full (gpointer target,
                                              GMainContext *context,
                                              WeakrefPhase phase,
                                              WeakrefFinalizerFunc func,
                                              gpointer user_data,
                                              GDestroyNotify destroy);

WEAKREF_AVAILABLE_IN_1_0
WeakrefFinalizer *weakref_finalizer_new_for_binding (gpointer target,
                                                     GMainContext *context,
                                                     WeakrefPhase phase,
                                                     WeakrefFinalizerFunc func,
                                                     gpointer user_data,
                                                     GDestroyNotify destroy);

WEAKREF_AVAILABLE_IN_1_0
void weakref_finalize (gpointer target,
                       WeakrefFinalizerFunc func,
                       gpointer user_data,
                       GDestroyNotify destroy);

WEAKREF_AVAILABLE_IN_1_0
void weakref_finalizer_start_for_binding (WeakrefFinalizer *self,
                                          gpointer target,
                                          GMainContext *context,
                                          WeakrefPhase phase,
                                          WeakrefFinalizerFunc func,
                                          gpointer user_data,
                                          GDestroyNotify destroy);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_finalizer_run (WeakrefFinalizer *self);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_finalizer_detach (WeakrefFinalizer *self);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_finalizer_peek (WeakrefFinalizer *self);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_finalizer_is_alive (WeakrefFinalizer *self);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_finalizer_get_at_exit (WeakrefFinalizer *self);

WEAKREF_AVAILABLE_IN_1_0
void weakref_finalizer_set_at_exit (WeakrefFinalizer *self, gboolean at_exit);

WEAKREF_AVAILABLE_IN_1_0
void weakref_finalizer_run_at_exit (void);

G_END_DECLS
