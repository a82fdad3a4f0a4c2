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
GCancellable *weakref_cancellable_new (gpointer object);

WEAKREF_AVAILABLE_IN_1_0
GCancellable *weakref_cancellable_new_any (gpointer const *objects, gsize n_objects);

G_END_DECLS
