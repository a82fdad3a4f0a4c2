/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/registry.h>

#include <stdlib.h>

#include <weakref-glib/core/locks.h>

/* All that the library keeps and nobody has ended yet, newest first.
 *
 * LOCKING. The registry owns a reference on each object; who unlinks one, owns that reference. The
 * lock guards the list and `exits_with`, is a leaf, and nothing is called under it. */
#define registry_lock weakref_locks[WEAKREF_LOCK_REGISTRY]
static WeakrefNode *registry;
static gint exit_is_handled; /* (atomic): C will call registry_exit_cb() */

/* Runs what is left and belongs to this process, newest first, whatever the functions make, end,
 * drop or switch meanwhile. What must not run waits in a list of our own until the end of the pass,
 * so that a pass takes linear time. */
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
      g_mutex_lock (&registry_lock);
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

          /* The reference that the registry had is ours. */
          again |= kept->run (object);
          g_object_unref (object);

          g_mutex_lock (&registry_lock);
        }

      /* The second list is in reverse order, so this restores the first one's. */
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
  /* An exit handler that runs after this one may add to the registry, too. */
  g_atomic_int_set (&exit_is_handled, FALSE);

  weakref_registry_run (FALSE);
}

/* Keeps @object until weakref_registry_remove(). `exits_with` and `for_binding` are set by now. */
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

  if (g_atomic_int_compare_and_exchange (&exit_is_handled, FALSE, TRUE))
    atexit (registry_exit_cb);

  g_object_ref (object);

  /* A winner takes the callback before it comes here for the lock: either it finds the link, or
   * we find the callback taken. */
  g_mutex_lock (&registry_lock);
  too_late = !g_atomic_int_get (&callback->armed);
  if (!too_late)
    weakref_list_push (&registry, &kept->node);
  g_mutex_unlock (&registry_lock);

  if (too_late)
    g_object_unref (object);
}

/* For whoever has taken the callback, and has a reference on the object. */
void
weakref_registry_remove (WeakrefKept *kept)
{
  gboolean registered;

  g_mutex_lock (&registry_lock);
  registered = kept->node.link != NULL;
  if (registered)
    weakref_list_take (&kept->node);
  g_mutex_unlock (&registry_lock);

  if (registered)
    g_object_unref (kept->object);
}

gboolean
weakref_registry_get_at_exit (WeakrefKept *kept)
{
  gboolean at_exit;

  g_mutex_lock (&registry_lock);
  at_exit = kept->exits_with == weakref_process_get_id ();
  g_mutex_unlock (&registry_lock);

  return at_exit;
}

/* Returns whether that is a change. */
gboolean
weakref_registry_set_at_exit (WeakrefKept *kept, gboolean at_exit)
{
  const gint process = weakref_process_get_id ();
  gboolean changed;

  g_mutex_lock (&registry_lock);
  changed = (kept->exits_with == process) != !!at_exit;
  kept->exits_with = at_exit ? process : 0;
  g_mutex_unlock (&registry_lock);

  return changed;
}
