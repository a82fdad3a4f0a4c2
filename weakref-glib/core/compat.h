/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/toggle-flag.h>

G_BEGIN_DECLS

/* What exists only because of GLib before 2.80, and of the languages that such a GLib is used with.
 *
 * It can be deleted when GLib 2.80 is the oldest version that this library supports. That is in
 * June 2028 at the latest, when the long-term support of Debian 12 ends. Then delete this file and
 * compat.c, and the calls that the compiler complains of. weakref_compat_get() becomes
 * g_weak_ref_get(); all other calls need no replacement. compat.c says what is wrong with an old
 * GLib. */

#if GLIB_CHECK_VERSION(2, 80, 0)

static inline gboolean
weakref_compat_is_needed (void)
{
  return FALSE;
}

static inline gboolean
weakref_compat_has_python (void)
{
  return FALSE;
}

#else

/* (atomic): GLib's serial when Python was looked for, and not found. Python registers a type. So,
 * when there is Python, GLib has another serial. */
extern guint weakref_compat_types_serial;

static inline gboolean
weakref_compat_is_needed (void)
{
  return glib_major_version == 2 && glib_minor_version < 80;
}

gboolean weakref_compat_look_for_python (void);

/* Returns whether the process has Python. If so, its lock has to be taken before that of GLib. It
 * can be loaded at any time, and then types are registered. So we look again when the serial number
 * of the types has changed. */
static inline gboolean
weakref_compat_has_python (void)
{
  return G_UNLIKELY (g_type_get_type_registration_serial () !=
                     (guint) g_atomic_int_get (&weakref_compat_types_serial)) &&
         weakref_compat_look_for_python ();
}

#endif

gpointer weakref_compat_get_with_python (GWeakRef *weak_ref);
gboolean weakref_compat_has_toggle_ref (GWeakRef *weak_ref);

/* Calls g_weak_ref_get(), for objects that a language may hold by a toggle reference. The caller
 * has no lock of ours. */
static inline gpointer
weakref_compat_get (GWeakRef *weak_ref)
{
  return G_LIKELY (!weakref_compat_has_python ()) ? g_weak_ref_get (weak_ref)
                                                  : weakref_compat_get_with_python (weak_ref);
}

/* Returns the object that the GWeakRef refers to, without a reference, or NULL. It is only for what
 * weakref_compat_is_needed() says: such a GLib has the object itself in the GWeakRef, and sets it
 * to NULL under its lock. We read it without that lock. So the object may be gone, unless the
 * caller holds it; but NULL stays NULL, until somebody sets the GWeakRef again. */
static inline gpointer
weakref_compat_peek (GWeakRef *weak_ref)
{
  return g_atomic_pointer_get (&weak_ref->priv.p);
}

/* These are for toggle.c. */
gboolean weakref_compat_may_toggle (gconstpointer object);
gboolean weakref_compat_may_remove (gint n_rises, gboolean is_alone);
gboolean weakref_compat_wait_locked (GMutex *lock, gint n_rises, guint *n_waits);

G_END_DECLS
