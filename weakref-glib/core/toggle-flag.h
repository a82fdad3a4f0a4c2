/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Whether anybody has a toggle reference on @object, which the caller knows to be there.
 *
 * This is a flag of GObject's own, the same in all its versions so far (tests/cache-languages.c
 * relies on it). If it were never set any more, a cache would take for in use what only a language
 * holds; if it were always set, a cache would keep all its objects by when they were used last. */
static inline gboolean
weakref_has_toggle_ref (gconstpointer object)
{
  return (g_datalist_get_flags (&((GObject *) object)->qdata) & 0x1) != 0;
}

G_END_DECLS
