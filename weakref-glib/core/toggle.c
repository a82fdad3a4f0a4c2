/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/toggle.h>

#include <weakref-glib/core/compat.h>
#include <weakref-glib/core/locks.h>
#include <weakref-glib/core/toggle-flag.h>

/* The only file that calls g_object_add_toggle_ref().
 *
 * INVARIANT. While a toggle is registered, it owns one toggle reference on its object, so the
 * object is not finalized. There is at most one toggle for each object. The object is *in use* if
 * its reference count is above 1. After each notification we read the count, under our lock. What
 * the notification says does not matter. Reading the count is enough:
 *
 * - After the count has fallen to 1, a notification comes. If we read 1 then, the object is idle.
 *   Otherwise somebody has taken a new reference. When that one is dropped and the count falls to 1
 *   again, another notification comes.
 * - When a thread raises the count from 1 to 2, it has to notify us before it can use its
 *   reference. The notification waits for our lock. So, while we have the lock, nobody gets an
 *   object whose count was 1 after we took the lock. There is one exception: while such a thread
 *   waits, the count is 2 already, and the g_weak_ref_get() of a third thread gets the object
 *   without a notification. weakref_block_dup_target() excludes that for all weak references of
 *   this library, see there.
 *
 * A notification may come from any thread, in any order, and after the toggle reference was
 * removed. So its object may be gone, and we use only the address, to look for a toggle. If there
 * is none, there is nothing to do. If the toggle is that of a new object at the same address, we
 * read the count once more than necessary, which does no harm.
 *
 * GLib decides whether an object ends: a reference that may be the last one is dropped outside the
 * lock. If another thread has taken a reference in the meantime, the object lives on.
 *
 * GLib before 2.80 notifies in another way, see compat.c.
 *
 * LOCKING. One lock guards all toggles, their holds, and what the owners of holds leave to it: the
 * groups of bonds, and the order in caches. Nothing foreign runs under it, and no reference is
 * taken or dropped. There is one exception: a toggle reference is added and removed under it, while
 * the thread has another reference on the object, so that nobody is notified. No other lock of ours
 * is held when it is taken, and none is taken while it is held. Holds that are released under the
 * lock end after it is unlocked. */
struct _WeakrefToggle
{
  gpointer object;    /* (owned) (const): the toggle reference, or a plain one */
  gboolean is_plain;  /* lock */
  gboolean silenced;  /* lock: when we last checked, somebody else had a toggle reference, too */
  WeakrefNode *holds; /* lock: newest first */
  guint n_changes;    /* lock: how often the list of holds has changed */
  gint n_rises;       /* lock: notified rises minus notified falls of the count; 1 at the start */
  gboolean in_use;    /* lock: what the holds were told last */
  gboolean ending;    /* lock: a thread is about to check whether the toggle is still needed */
};

/* Holds in the order in which they were released. */
typedef struct
{
  WeakrefNode *head;
  WeakrefNode **tail;
} Released;

#define toggle_lock weakref_locks[WEAKREF_LOCK_TOGGLES]
static GHashTable *toggles; /* lock: by object */
static Released released;   /* lock: the holds that were released since the lock was taken */
static GPrivate draining;   /* a Released: the holds that this thread is ending now */

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

/* Tells all holds of a change. What they do may release some holds, this one among them. */
static void
toggle_tell_locked (WeakrefToggle *toggle)
{
  WeakrefNode *node = toggle->holds;

  while (node != NULL)
    {
      WeakrefHold *hold = (WeakrefHold *) node;
      guint n_changes = toggle->n_changes;

      hold->funcs->changed_locked (hold);
      node = n_changes == toggle->n_changes ? node->next : toggle->holds;
    }
}

/* If we have only a plain reference, we are not notified, and somebody may have the object at any
 * time. */
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

/* Returns the toggle of @object, and makes it if there is none. The caller has a reference on
 * @object that is not a toggle reference. */
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

/* Frees the toggle and drops its reference on the object, unless a new hold has begun in the
 * meantime. */
static void
toggle_end (WeakrefToggle *toggle)
{
  gpointer object = g_object_ref (toggle->object);
  guint n_waits = 0;

  weakref_lock (&toggle_lock);
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
  weakref_lock (&toggle_lock);
}

/* Unlocks, and ends the holds that were released. When a hold ends, its object may die. That death
 * may release more holds, whose objects may die, and so on. The outermost call in this thread ends
 * all of them, one after the other. So a long chain of objects needs no deep stack. */
void
weakref_toggle_unlock (void)
{
  Released mine = { NULL, NULL };
  Released *outer;
  WeakrefNode *node;

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
  while ((node = mine.head) != NULL)
    {
      WeakrefHold *hold = (WeakrefHold *) node;
      WeakrefToggle *toggle = g_steal_pointer (&hold->toggle);

      mine.head = node->next;
      if (toggle != NULL)
        toggle_end (toggle);
      hold->funcs->released (hold);
    }
  g_private_set (&draining, NULL);
}

/* Returns whether somebody else has a toggle reference on @object. If we have one too, or add one,
 * that is not notified. */
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

/* Begins to hold @object, in the life whose block is @life. The caller has a reference on it.
 * Returns FALSE if the hold was not admitted. Then it has been released already. */
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
  weakref_list_push (&toggle->holds, &hold->node);
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

/* Releases the hold. It ends when the lock is unlocked. This tells the other holds on the object,
 * and what they do may release any hold on any object. So, when this returns, the caller has to
 * look again whether a hold that it knows of is still there. To release a hold twice is an error:
 * it may be in the list of the released holds already. */
void
weakref_hold_release_locked (WeakrefHold *hold)
{
  WeakrefToggle *toggle = g_steal_pointer (&hold->toggle);
  Released one = { &hold->node, &hold->node.next };

  g_assert (hold->node.link != NULL);
  weakref_list_take (&hold->node);
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

/* Returns the hold on @object, in its life @life, that has these @funcs, or NULL. */
WeakrefHold *
weakref_hold_find_locked (gconstpointer object, gconstpointer life, const WeakrefHoldFuncs *funcs)
{
  WeakrefToggle *toggle = toggle_find_locked (object);
  WeakrefNode *node;

  for (node = toggle != NULL ? toggle->holds : NULL; node != NULL; node = node->next)
    {
      WeakrefHold *hold = (WeakrefHold *) node;

      if (hold->funcs == funcs && hold->life == life)
        return hold;
    }

  return NULL;
}

/* Reads the reference count now. A thread may have raised it, and wait for the lock to notify us.
 * Returns whether the object is in use. If that is news, the holds on the object are told, and what
 * they do may release any hold, this one among them. */
gboolean
weakref_hold_refresh_locked (WeakrefHold *hold)
{
  WeakrefToggle *toggle = hold->toggle;

  toggle_update_locked (toggle);

  return toggle->in_use;
}

/* Returns whether somebody outside the library has a reference on the object. */
gboolean
weakref_hold_is_used_locked (WeakrefHold *hold)
{
  return hold->toggle->in_use;
}

/* Returns whether there is no other hold on the same object. */
gboolean
weakref_hold_is_alone_locked (WeakrefHold *hold)
{
  return hold->toggle->holds == &hold->node && hold->node.next == NULL;
}

/* Returns whether somebody else was found to have a toggle reference, when the first hold began or
 * at the last check. */
gboolean
weakref_hold_began_silenced_locked (WeakrefHold *hold)
{
  return hold->toggle->silenced;
}

/* Returns whether somebody else has a toggle reference on the object. Then nobody is notified of
 * anything, and the object looks in use. The only way to know is to remove our own toggle reference
 * for a moment. The caller has another reference on the object.
 *
 * If that is not safe at this moment with GLib before 2.80, the result is that of the last
 * check. */
gboolean
weakref_hold_is_silenced_locked (WeakrefHold *hold)
{
  WeakrefToggle *toggle = hold->toggle;

  if (!toggle->is_plain)
    {
      if (!weakref_compat_may_remove (toggle->n_rises, weakref_hold_is_alone_locked (hold)))
        return toggle->silenced;

      /* The caller has one reference, and this is another: so the count stays above 1, and nobody
       * is notified. */
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
