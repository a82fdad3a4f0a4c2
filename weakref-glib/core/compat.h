/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* (atomic): PyGILState_Ensure(), or NULL */
extern gpointer weakref_gil_ensure;

/* Whether g_weak_ref_get() may need it. */
static inline gboolean
weakref_gil_is_needed (void)
{
  return g_atomic_pointer_get (&weakref_gil_ensure) != NULL;
}

/* Whether anybody has a toggle reference on it, as GObject knows it. */
static inline gboolean
weakref_compat_has_toggle_ref (gconstpointer object)
{
  return (g_datalist_get_flags (&((GObject *) object)->qdata) & 0x1) != 0;
}

void weakref_gil_find (void);
gboolean weakref_gil_take (gint *state);
void weakref_gil_give_back (gint state);

G_END_DECLS
