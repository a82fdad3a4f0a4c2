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
guint64 weakref_get_id (gpointer object);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_lookup_id (guint64 id);

G_END_DECLS
