/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/registry.h>

#include <stdlib.h>

#include <weakref-glib/core/locks.h>

/* All objects that the library keeps, because nothing has ended them yet, newest first.
 *
 * LOCKING. The registry has a reference on each object in its list. The thread that takes an object
 * out of the list takes over that reference. The lock guards the list and `exits_with`. No other
 * lock is taken inside it, and no function is called under it. */
#define registry_lock weakref_locks[WEAKREF_LOCK_REGISTRY]
static WeakrefNode *registry;
static gint exit_is_handled; /* (atomic): registry_exit_cb() is registered with atexit() */

/* Runs all objects of this process that are left, newest first. The functions that run may add,
 * end and change others. What must not run is put into a second list until the end of the pass, so
 * that a pass takes linear time. If anything has run, there is another pass. */
void
weakref_registry_run (gboolean with_bindings)
{
  const gint process = weakref_process_get_id ();
  gboolean again = TRUE;

  while (again)
    {
      WeakrefNode *aside = NULL;
      WeakrefNode *node;

      again = FALSE;
      weakref_lock (&registry_lock);
      while ((node = registry) != NULL)
        {
          WeakrefKept *kept = (WeakrefKept *) node;
          gpointer object = kept->object;

          weakref_list_take (node);
          if (kept->exits_with != process || (kept->for_binding && !with_bindings))
            {
              weakref_list_push (&aside, node);
              continue;
            }
          g_mutex_unlock (&registry_lock);

          /* We have taken over the reference of the registry. */
          again |= kept->run (object);
          g_object_unref (object);

          weakref_lock (&registry_lock);
        }

      /* The second list is in reverse order. So this restores the order of the first list. */
      while ((node = aside) != NULL)
        {
          weakref_list_take (node);
          weakref_list_push (&registry, node);
        }
      g_mutex_unlock (&registry_lock);
    }
}

static void
registry_exit_cb (void)
{
  /* An exit handler that runs after this one may add to the registry. That has to call atexit()
   * again. */
  g_atomic_int_set (&exit_is_handled, FALSE);

  weakref_registry_run (FALSE);
}

/* Keeps @object until weakref_registry_take(). The caller has set `exits_with` and `for_binding`
 * before. */
void
weakref_registry_add (WeakrefKept *kept,
                      gpointer object,
                      WeakrefRunKept run,
                      WeakrefCallback *callback)
{
  gboolean too_late;

  kept->object = object;
  kept->run = run;
  kept->callback = callback;

  if (!g_atomic_int_get (&exit_is_handled) &&
      g_atomic_int_compare_and_exchange (&exit_is_handled, FALSE, TRUE))
    atexit (registry_exit_cb);

  g_object_ref (object);

  /* Who ends the object takes the callback first, and the lock later. So either it finds the object
   * in the list, or we see here that the callback has been taken. */
  weakref_lock (&registry_lock);
  too_late = !weakref_callback_is_there (callback);
  if (!too_late)
    weakref_list_push (&registry, &kept->node);
  g_mutex_unlock (&registry_lock);

  if (too_late)
    g_object_unref (object);
}

/* To be called by the thread that has taken the callback, with a reference on @object. Gives the
 * caller one more reference: that of the registry, or a new one. With it, @object stays until the
 * end of the call, even if the callback drops the first reference. */
void
weakref_registry_take (WeakrefKept *kept, gpointer object)
{
  gboolean registered;

  weakref_lock (&registry_lock);
  registered = kept->node.link != NULL;
  if (registered)
    weakref_list_take (&kept->node);
  g_mutex_unlock (&registry_lock);

  if (!registered)
    g_object_ref (object);
}

gboolean
weakref_registry_get_at_exit (WeakrefKept *kept)
{
  gboolean at_exit;

  weakref_lock (&registry_lock);
  at_exit = kept->exits_with == weakref_process_get_id ();
  g_mutex_unlock (&registry_lock);

  return at_exit;
}

/* Returns whether this has changed anything. */
gboolean
weakref_registry_set_at_exit (WeakrefKept *kept, gboolean at_exit)
{
  const gint process = weakref_process_get_id ();
  gboolean changed;

  weakref_lock (&registry_lock);
  changed = (kept->exits_with == process) != !!at_exit;
  kept->exits_with = at_exit ? process : 0;
  g_mutex_unlock (&registry_lock);

  return changed;
}
