/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/toggle.h>

#include <weakref-glib/core/compat.h>
#include <weakref-glib/core/locks.h>
#include <weakref-glib/core/toggle-flag.h>

/* The only file that calls g_object_add_toggle_ref().
 *
 * INVARIANT. While a toggle is registered, it owns one toggle reference on its object, and the
 * object is not finalized; there is one toggle at most for each object. The object is *in use* if
 * its reference count is above 1. We look at the count under our lock, after each notification;
 * what the notification says does not matter. That is enough:
 *
 * - Whenever the count falls to 1, a notification comes after that. If it reads 1, the object is
 *   idle. If not, somebody has it again, and his own fall to 1 is yet to be notified.
 * - Whenever the count rises from 1 to 2, a notification comes before the one who took the
 *   reference gets it: he has to wait for our lock. So, as long as we have the lock, an object
 *   whose count was 1 at one moment is not handed to anybody, except by a g_weak_ref_get() that
 *   finds the count already raised by another one who waits; weakref_block_dup_target() excludes
 *   that for all weak references of this library, see there.
 *
 * A notification may come from any thread, in any order, and after the reference was removed: the
 * object that comes along is only ever an address to find a toggle by. If there is none any more,
 * nothing is to be done; if there is one, of another object by now, then to look once too often
 * does no harm.
 *
 * The end of an object is left to GLib: what may be the last reference is dropped outside the
 * lock, and whoever got another one meanwhile, keeps the object.
 *
 * An old GLib notifies otherwise, and needs care: see compat.c.
 *
 * LOCKING. One lock for all toggles, their holds, and what their owners say it guards: the groups
 * of the bonds, the order in the caches. Nothing foreign runs under it, and no reference is taken
 * or dropped, except that a toggle reference is added and removed by somebody who has another one,
 * so that nobody is notified of it. It is never taken with another lock of ours held, nor another
 * one under it. Holds that were released under it end after the unlocking. */
struct _WeakrefToggle
{
  gpointer object;    /* (owned) (const): the toggle reference, or a plain one */
  gboolean is_plain;  /* lock */
  gboolean silenced;  /* lock: when last seen: somebody else has a toggle reference, too */
  WeakrefHold *holds; /* lock: newest first */
  guint n_changes;    /* lock: of the list */
  gint n_rises;       /* lock: rises minus falls; our start is a rise */
  gboolean in_use;    /* lock: what the holds know */
  gboolean ending;    /* lock: a thread is about to check whether the toggle is still needed */
};

/* Holds in the order in which they were released. */
typedef struct
{
  WeakrefHold *head;
  WeakrefHold **tail;
} Released;

#define toggle_lock weakref_locks[WEAKREF_LOCK_TOGGLES]
static GHashTable *toggles; /* lock: by object */
static Released released;   /* lock: since it was taken */
static GPrivate draining;   /* the holds that this thread is ending now */

static void
released_append (Released *list, Released *more)
{
  if (more->head == NULL)
    return;

  if (list->head == NULL)
    list->tail = &list->head;
  *list->tail = more->head;
  list->tail = more->tail;
  more->head = NULL;
}

static WeakrefToggle *
toggle_find_locked (gconstpointer object)
{
  return toggles != NULL ? g_hash_table_lookup (toggles, object) : NULL;
}

/* Tells all holds. What they do may end some of them. */
static void
toggle_tell_locked (WeakrefToggle *toggle)
{
  WeakrefHold *hold = toggle->holds;

  while (hold != NULL)
    {
      guint n_changes = toggle->n_changes;

      hold->funcs->changed_locked (hold);
      hold = n_changes == toggle->n_changes ? hold->next : toggle->holds;
    }
}

/* If we are not notified, somebody may use it at any time. */
static gboolean
toggle_is_referenced (WeakrefToggle *toggle)
{
  GObject *object = toggle->object;

  return toggle->is_plain || g_atomic_int_get ((gint *) &object->ref_count) > 1;
}

static void
toggle_update_locked (WeakrefToggle *toggle)
{
  gboolean in_use = toggle_is_referenced (toggle);

  if (toggle->in_use != in_use)
    {
      toggle->in_use = in_use;
      toggle_tell_locked (toggle);
    }
}

static void
toggle_notify_cb (gpointer data, GObject *object, gboolean is_last_ref)
{
  WeakrefToggle *toggle;

  weakref_toggle_lock ();
  toggle = toggle_find_locked (object);
  if (toggle != NULL)
    {
      toggle->n_rises += is_last_ref ? -1 : 1;
      toggle_update_locked (toggle);
    }
  weakref_toggle_unlock ();
}

/* The caller has a reference on @object besides those that it may have been given as a toggle
 * reference. */
static WeakrefToggle *
toggle_get_locked (gpointer object)
{
  WeakrefToggle *toggle = toggle_find_locked (object);

  if (toggle != NULL)
    return toggle;

  toggle = g_new0 (WeakrefToggle, 1);
  toggle->object = object;
  toggle->n_rises = 1;
  toggle->in_use = TRUE;
  toggle->silenced = weakref_has_toggle_ref (object);
  toggle->is_plain = !weakref_compat_may_toggle (object);
  if (toggle->is_plain)
    g_object_ref (object);
  else
    g_object_add_toggle_ref (object, toggle_notify_cb, NULL);
  if (toggles == NULL)
    toggles = g_hash_table_new (NULL, NULL);
  g_hash_table_insert (toggles, object, toggle);

  return toggle;
}

/* Drops the object, unless somebody has begun to hold it in the meantime. */
static void
toggle_end (WeakrefToggle *toggle)
{
  gpointer object = g_object_ref (toggle->object);
  guint n_waits = 0;

  g_mutex_lock (&toggle_lock);
  while (toggle->holds == NULL &&
         weakref_compat_wait_locked (&toggle_lock, toggle->n_rises, &n_waits))
    ;
  toggle->ending = FALSE;
  if (toggle->holds == NULL)
    {
      g_hash_table_remove (toggles, object);
      if (toggle->is_plain)
        g_object_unref (object);
      else
        g_object_remove_toggle_ref (object, toggle_notify_cb, NULL);
      g_free (toggle);
    }
  g_mutex_unlock (&toggle_lock);

  g_object_unref (object);
}

void
weakref_toggle_lock (void)
{
  g_mutex_lock (&toggle_lock);
}

/* Unlocks, and drops what was released. A death may release more objects, and their deaths again
 * more. The outermost call in this thread drops all of them, one after the other. So a long chain
 * needs no deep stack. */
void
weakref_toggle_unlock (void)
{
  Released mine = { NULL, NULL };
  Released *outer;
  WeakrefHold *hold;

  released_append (&mine, &released);
  g_mutex_unlock (&toggle_lock);

  if (mine.head == NULL)
    return;

  outer = g_private_get (&draining);
  if (outer != NULL)
    {
      released_append (outer, &mine);
      return;
    }

  g_private_set (&draining, &mine);
  while ((hold = mine.head) != NULL)
    {
      WeakrefToggle *toggle = g_steal_pointer (&hold->toggle);

      mine.head = hold->next;
      if (toggle != NULL)
        toggle_end (toggle);
      hold->funcs->released (hold);
    }
  g_private_set (&draining, NULL);
}

/* Returns whether a toggle reference of somebody else keeps ours on @object from being notified, or
 * would. */
gboolean
weakref_toggle_is_foreign (gpointer object)
{
  WeakrefToggle *toggle;
  gboolean is_foreign;

  weakref_toggle_lock ();
  toggle = toggle_find_locked (object);
  is_foreign = toggle != NULL ? toggle->silenced : weakref_has_toggle_ref (object);
  weakref_toggle_unlock ();

  return is_foreign;
}

/* Begins to hold @object in its life @life. The caller has a reference to it. Returns FALSE if the
 * hold was not admitted; then it was released already. */
gboolean
weakref_hold_start (WeakrefHold *hold,
                    const WeakrefHoldFuncs *funcs,
                    gconstpointer life,
                    gpointer object)
{
  WeakrefToggle *toggle;
  gboolean admitted;

  hold->funcs = funcs;
  hold->life = life;

  g_object_ref (object);
  weakref_toggle_lock ();
  toggle = hold->toggle = toggle_get_locked (object);
  hold->next = toggle->holds;
  hold->link = &toggle->holds;
  if (hold->next != NULL)
    hold->next->link = &hold->next;
  toggle->holds = hold;
  toggle->n_changes++;

  admitted = funcs->admit_locked (hold);
  if (admitted)
    {
      toggle_update_locked (toggle);
      toggle_tell_locked (toggle);
    }
  else
    weakref_hold_release_locked (hold);
  weakref_toggle_unlock ();
  g_object_unref (object);

  return admitted;
}

/* Ends the hold, when the lock is unlocked. */
void
weakref_hold_release_locked (WeakrefHold *hold)
{
  WeakrefToggle *toggle = g_steal_pointer (&hold->toggle);
  Released one = { hold, &hold->next };

  *hold->link = hold->next;
  if (hold->next != NULL)
    hold->next->link = hold->link;
  hold->next = NULL;
  toggle->n_changes++;

  if (toggle->holds != NULL)
    toggle_tell_locked (toggle);
  else if (!toggle->ending)
    {
      toggle->ending = TRUE;
      hold->toggle = toggle;
    }

  released_append (&released, &one);
}

/* The hold with @funcs on @object, in that @life of it. */
WeakrefHold *
weakref_hold_find_locked (gconstpointer object, gconstpointer life, const WeakrefHoldFuncs *funcs)
{
  WeakrefToggle *toggle = toggle_find_locked (object);
  WeakrefHold *hold = toggle != NULL ? toggle->holds : NULL;

  while (hold != NULL && (hold->funcs != funcs || hold->life != life))
    hold = hold->next;

  return hold;
}

/* Checks the object now, because a thread may have it, and wait for the lock to notify us. */
gboolean
weakref_hold_refresh_locked (WeakrefHold *hold)
{
  WeakrefToggle *toggle = hold->toggle;

  toggle_update_locked (toggle);

  return toggle->in_use;
}

/* Whether somebody has the object who does not hold it through us. */
gboolean
weakref_hold_is_used_locked (WeakrefHold *hold)
{
  return hold->toggle->in_use;
}

/* Whether there is no other hold on the same object. */
gboolean
weakref_hold_is_alone_locked (WeakrefHold *hold)
{
  return hold->toggle->holds == hold && hold->next == NULL;
}

/* Whether there was a toggle reference of somebody else when the first hold began. */
gboolean
weakref_hold_began_silenced_locked (WeakrefHold *hold)
{
  return hold->toggle->silenced;
}

/* Whether somebody else has a toggle reference on the object, so that nobody is notified of
 * anything, and the object looks in use. The only way to know is to take ours away for a moment.
 * The caller has a reference on the object besides.
 *
 * If an old GLib does not like that at this moment, the answer is that of the last time. */
gboolean
weakref_hold_is_silenced_locked (WeakrefHold *hold)
{
  WeakrefToggle *toggle = hold->toggle;

  if (!toggle->is_plain)
    {
      if (!weakref_compat_may_remove (toggle->n_rises, weakref_hold_is_alone_locked (hold)))
        return toggle->silenced;

      /* The caller's reference and this one are two: the count crosses nothing that is notified. */
      g_object_ref (toggle->object);
      g_object_remove_toggle_ref (toggle->object, toggle_notify_cb, NULL);
    }

  toggle->silenced = weakref_has_toggle_ref (toggle->object);
  toggle->is_plain = !weakref_compat_may_toggle (toggle->object);
  if (!toggle->is_plain)
    {
      g_object_add_toggle_ref (toggle->object, toggle_notify_cb, NULL);
      g_object_unref (toggle->object);
    }

  return toggle->silenced;
}
