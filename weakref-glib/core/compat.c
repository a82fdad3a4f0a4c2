/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/compat.h>

#include <gmodule.h>

#include <weakref-glib/core/locks.h>
#include <weakref-glib/core/toggle-flag.h>

/* What GLib before 2.80 does in another way, and what is done about it:
 *
 *   g_weak_ref_get() takes its reference under a lock that all GWeakRefs share. If that is the
 *   second reference on an object with a toggle reference, the notification runs under that lock.
 *     - The notification of PyGObject waits for Python's global lock (the GIL) there. Another
 *       thread that has the GIL and drops any object waits for GLib's lock. Both wait for ever. So
 *       the GIL is taken first, see weakref_compat_get(). Who holds the object, and only asks
 *       whether its life goes on, takes no reference, see weakref_compat_peek().
 *     - Our own notification, in toggle.c, must do nothing but take our lock and count when the
 *       reference count rises.
 *
 *   The notification of a toggle reference has two steps, without a lock: a thread drops or takes a
 *   reference; then it finds out whom to notify. A thread that is between the two steps
 *     - still uses the object, although it has no reference any more if it has dropped one. So,
 *       before we remove our toggle reference, we take another reference, which keeps the count
 *       from falling to 1, and wait for such threads, see weakref_compat_wait_locked().
 *     - aborts the process if it finds two toggle references. So we never add a second one. If we
 *       have one on the object already, that one is used until it is removed. If a language has
 *       one, we add none, see weakref_compat_may_toggle().
 *
 * Two things can't be helped: a thread that is stopped between the two steps for longer than we
 * wait, and a language that adds a toggle reference to an object that has ours while another thread
 * is between the two steps. */

/* Returns whether a toggle reference can be added to @object. */
gboolean
weakref_compat_may_toggle (gconstpointer object)
{
  return !weakref_compat_is_needed () || !weakref_has_toggle_ref (object);
}

/* Returns whether our toggle reference can be removed for a moment without waiting for other
 * threads, see below. Afterwards a language may have one, and ours can't be added again. So this is
 * not done if there is more than one hold. */
gboolean
weakref_compat_may_remove (gint n_rises, gboolean is_alone)
{
  return !weakref_compat_is_needed () || (n_rises == 1 && is_alone);
}

/* Waits a moment, with @lock released, for a thread that is between the two steps of a
 * notification. @n_rises is the number of rises that were notified, minus the number of falls. It
 * is 1 if there is no such thread, because rises and falls alternate. @n_waits is 0 at the first
 * call. Returns FALSE at once if there is nothing to wait for, or after 200 calls. There has to be
 * an end: such a GLib does not notify of a fall if a toggle reference is added at the same moment,
 * and may notify us of a fall that another toggle reference caused. */
gboolean
weakref_compat_wait_locked (GMutex *lock, gint n_rises, guint *n_waits)
{
  if (!weakref_compat_is_needed () || n_rises == 1 || *n_waits == 200)
    return FALSE;

  g_mutex_unlock (lock);
  if (*n_waits < 100)
    g_thread_yield ();
  else
    g_usleep (1000);
  weakref_lock (lock);
  ++*n_waits;

  return TRUE;
}

#if !GLIB_CHECK_VERSION(2, 80, 0)

/* Functions of Python. They are looked up in the process, which has them if PyGObject is loaded. So
 * the library is not linked with Python. They are set before found_python is, and used only after
 * that was read. */
static gint (*py_is_initialized) (void);
static gint (*py_gil_state_ensure) (void);
static void (*py_gil_state_release) (gint state);

static gint found_python; /* (atomic) */
guint weakref_compat_types_serial;

/* Returns whether there is Python. It is called if types have been registered since the last look,
 * and always when there is Python. */
gboolean
weakref_compat_look_for_python (void)
{
  guint serial = g_type_get_type_registration_serial ();
  gpointer is_initialized;
  gpointer ensure;
  gpointer release;
  GModule *process;

  if (g_atomic_int_get (&found_python))
    return TRUE;

  /* The name is that of a boxed type of PyGObject. */
  if (weakref_compat_is_needed () && g_type_from_name ("PyObject") != G_TYPE_INVALID)
    {
      process = g_module_open (NULL, 0);
      weakref_lock (&weakref_locks[WEAKREF_LOCK_COMPAT]);
      if (!found_python && process != NULL &&
          g_module_symbol (process, "Py_IsInitialized", &is_initialized) &&
          g_module_symbol (process, "PyGILState_Ensure", &ensure) &&
          g_module_symbol (process, "PyGILState_Release", &release))
        {
          py_is_initialized = (gint (*) (void)) is_initialized;
          py_gil_state_ensure = (gint (*) (void)) ensure;
          py_gil_state_release = (void (*) (gint)) release;
          g_atomic_int_set (&found_python, TRUE);
        }
      g_mutex_unlock (&weakref_locks[WEAKREF_LOCK_COMPAT]);
      g_clear_pointer (&process, g_module_close);
    }

  /* The number was read before we looked. If another thread has found Python in the meantime, its
   * type was registered later, and so GLib's number is another one for ever. */
  if (!g_atomic_int_get (&found_python))
    g_atomic_int_set (&weakref_compat_types_serial, serial);

  return g_atomic_int_get (&found_python);
}

/* Calls g_weak_ref_get() with the GIL, unless Python has ended. A thread that has the GIL may take
 * it again. */
gpointer
weakref_compat_get_with_python (GWeakRef *weak_ref)
{
  gpointer object;
  gint state;

  if (!py_is_initialized ())
    return g_weak_ref_get (weak_ref);

  state = py_gil_state_ensure ();
  object = g_weak_ref_get (weak_ref);
  py_gil_state_release (state);

  return object;
}

/* Returns whether anybody has a toggle reference on the object that the GWeakRef refers to. The
 * caller knows that the object is there, although it may be in the middle of its last dispose, and
 * the GWeakRef be clear already. This is not asked for with another GLib, because
 * weakref_compat_has_python() is FALSE there. */
gboolean
weakref_compat_has_toggle_ref (GWeakRef *weak_ref)
{
  gconstpointer object = weakref_compat_peek (weak_ref);

  return object != NULL && weakref_has_toggle_ref (object);
}

#else

gpointer
weakref_compat_get_with_python (GWeakRef *weak_ref)
{
  return g_weak_ref_get (weak_ref);
}

gboolean
weakref_compat_has_toggle_ref (GWeakRef *weak_ref)
{
  return FALSE;
}

#endif
