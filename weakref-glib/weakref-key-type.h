/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEAKREF_INSIDE) && !defined(WEAKREF_COMPILATION)
#error "Only <weakref-glib/weakref-glib.h> can be included directly."
#endif

#include <weakref-glib/weakref-types.h>

G_BEGIN_DECLS

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_key_type_register (
  GType type, GHashFunc hash, GEqualFunc equal, WeakrefCopyFunc copy, GDestroyNotify free);

G_END_DECLS
