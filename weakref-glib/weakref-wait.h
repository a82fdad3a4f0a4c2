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
void weakref_wait_async (gpointer object,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer user_data);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_wait_finish (GAsyncResult *result, GError **error);

G_END_DECLS
