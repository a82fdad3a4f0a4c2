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

WEAKREF_AVAILABLE_IN_1_0
gulong weakref_signal_connect (gpointer instance,
                               const char *detailed_signal,
                               GCallback callback,
                               gpointer user_data,
                               GDestroyNotify destroy,
                               GConnectFlags flags,
                               ...) G_GNUC_NULL_TERMINATED;

WEAKREF_AVAILABLE_IN_1_0
gulong weakref_signal_connect_closure (gpointer instance,
                                       const char *detailed_signal,
                                       GClosure *closure,
                                       GConnectFlags flags,
                                       gpointer const *objects,
                                       gsize n_objects);

G_END_DECLS
