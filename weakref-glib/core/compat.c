/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/compat.h>

#include <gmodule.h>

/* Python's global lock (the GIL), for GLib before 2.80 only.
 *
 * Such a GLib has one lock for all GWeakRefs, and g_weak_ref_get() takes its reference under it. If
 * that is the second reference on an object with a toggle reference, the notification of PyGObject
 * waits for the GIL, under GLib's lock. Another thread that has the GIL and drops the wrapper of
 * any other object waits for GLib's lock: both wait for ever. So whoever is about to get an object
 * with a toggle reference takes the GIL first; he would have had to wait for it anyway.
 *
 * The functions are looked up in the process, which has them if it has PyGObject: nothing is loaded
 * or linked for this. */

typedef gint (*EnsureFunc) (void);
typedef void (*ReleaseFunc) (gint state);
typedef gint (*IsInitializedFunc) (void);

/* In the order in which they are set; who sees the last sees all. */
static gpointer gil_is_initialized; /* (atomic) */
static gpointer gil_release;        /* (atomic) */
gpointer weakref_gil_ensure;        /* (atomic) */

/* Looks for the GIL. The import of our Python override makes a table; so it is enough to call this
 * now and then, with a new table. */
void
weakref_gil_find (void)
{
  GModule *process;
  gpointer is_initialized;
  gpointer release;
  gpointer ensure;

  /* The name is that of a boxed type of PyGObject. */
  if (glib_check_version (2, 80, 0) == NULL || weakref_gil_is_needed () ||
      g_type_from_name ("PyObject") == G_TYPE_INVALID)
    return;

  process = g_module_open (NULL, 0);
  if (process != NULL && g_module_symbol (process, "Py_IsInitialized", &is_initialized) &&
      g_module_symbol (process, "PyGILState_Release", &release) &&
      g_module_symbol (process, "PyGILState_Ensure", &ensure))
    {
      /* Of several threads, all find the same. */
      g_atomic_pointer_set (&gil_is_initialized, is_initialized);
      g_atomic_pointer_set (&gil_release, release);
      g_atomic_pointer_set (&weakref_gil_ensure, ensure);
    }
  g_clear_pointer (&process, g_module_close);
}

/* Takes it if Python has not ended. A thread may that has it already. */
gboolean
weakref_gil_take (gint *state)
{
  if (!((IsInitializedFunc) g_atomic_pointer_get (&gil_is_initialized)) ())
    return FALSE;

  *state = ((EnsureFunc) g_atomic_pointer_get (&weakref_gil_ensure)) ();
  return TRUE;
}

void
weakref_gil_give_back (gint state)
{
  ((ReleaseFunc) g_atomic_pointer_get (&gil_release)) (state);
}
