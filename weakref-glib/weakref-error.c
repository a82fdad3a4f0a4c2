/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-error.h>

/**
 * weakref_error_quark:
 *
 * Gives the error domain of the library.
 *
 * Returns: the quark
 *
 * Since: 1.0
 */
GQuark
weakref_error_quark (void)
{
  return g_quark_from_static_string ("weakref-error-quark");
}

G_DEFINE_ENUM_TYPE (WeakrefError,
                    weakref_error,
                    G_DEFINE_ENUM_VALUE (WEAKREF_ERROR_DEAD, "dead"),
                    G_DEFINE_ENUM_VALUE (WEAKREF_ERROR_KEY_TYPE, "key-type"),
                    G_DEFINE_ENUM_VALUE (WEAKREF_ERROR_RECURSION, "recursion"),
                    G_DEFINE_ENUM_VALUE (WEAKREF_ERROR_CREATE, "create"),
                    G_DEFINE_ENUM_VALUE (WEAKREF_ERROR_OWNED, "owned"),
                    G_DEFINE_ENUM_VALUE (WEAKREF_ERROR_CYCLE, "cycle"),
                    G_DEFINE_ENUM_VALUE (WEAKREF_ERROR_PROPERTY, "property"),
                    G_DEFINE_ENUM_VALUE (WEAKREF_ERROR_WOULD_BLOCK, "would-block"))
