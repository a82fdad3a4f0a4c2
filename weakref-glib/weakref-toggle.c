/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-toggle-private.h>

/* The only file that calls g_object_add_toggle_ref().
 *
 * INVARIANT. While a toggle is registered, it owns one toggle reference on its object, and the
 * object is not finalized. The object is *in use* if its reference count is above 1. We look at
 * the count under our lock, after each notification; what the notification says does not matter.
 * That is enough:
 *
 * - Whenever the count falls to 1, a notification comes after that. If it reads 1, the object is
 *   idle. If not, somebody has it again, and his own fall to 1 is yet to be notified.
 * - Whenever the count rises from 1 to 2, a notification comes before the one who took the
 *   reference gets it: he has to wait for our lock. So, as long as we have the lock, an object whose
 *   count was 1 at one moment is not handed to anybody, except by a g_weak_ref_get() that finds
 *   the count already raised by another one who waits; weakref_block_dup_target() excludes that
 *   for all weak references of this library, see there.
 *
 * A notification may come from any thread, in any order, and after the reference was removed: its
 * data is a number that is never used again, under which the toggle is found as long as it is
 * registered. Then its object may be looked at. The object pointer that comes along is never used.
 *
 * The end of an object is left to GLib: g_object_remove_toggle_ref() drops what may be the last
 * reference, and whoever got another one meanwhile, keeps the object.
 *
 * Before 2.80, g_object_unref() looks at the object once more after the count fell to 1, to find
 * out whom to notify. If we let go of the object then, it may look at freed memory. So, with such a
 * GLib, we count: as rises and falls alternate, and a rise is notified before anybody can let it
 * fall again, an object whose count is 1 has a fall to be notified as long as fewer falls than
 * rises were (the first rise being our own beginning). Until then it passes for in use. But such
 * a GLib may also lose a fall when a toggle reference is added at that moment, or notify us of a
 * rise that was somebody else's: so the one who finds a fall missing is not patient for long. What
 * remains is a fall between our decision to let go and the removal, which is next to it.
 *
 * On such a GLib, a g_weak_ref_get() notifies under GLib's own lock. A notification of a rise
 * therefore does nothing but take our lock and count.
 *
 * LOCKING. One lock for all toggles, their holds, and what their owners say it guards: the groups
 * of the bonds, the order in the caches. Nothing foreign runs under it; no reference is taken or
 * dropped and no toggle reference added or removed. It is never taken with another lock of ours
 * held; under it, only a block's lock is taken. Holds that were released under it end after the unlocking. */
struct _WeakrefToggle
{
  gpointer object;      /* (owned): the toggle reference */
  WeakrefBlock *block;  /* (owned) (const) */
  gpointer id;          /* (const): what notifications come with */
  WeakrefHold *holds;   /* lock: newest first */
  guint n_changes;      /* lock: of the list */
  gint n_falls_missing; /* lock: rises less falls */
  gboolean in_use;      /* lock: what the holds know */
};

/* Holds in the order in which they were released. */
typedef struct
{
  WeakrefHold *head;
  WeakrefHold **tail;
} Released;

static GMutex toggle_lock;
static GHashTable *toggles;        /* lock: by id */
static Released released;          /* lock: since it was taken */
static GPrivate draining;          /* what this thread is just ending */

static void
released_append (Released *list,
                 Released *more)
{
  if (more->head == NULL)
    return;

  if (list->head == NULL)
    list->tail = &list->head;
  *list->tail = more->head;
  list->tail = more->tail;
  more->head = NULL;
}

static gpointer
toggle_identity (gpointer toggle)
{
  return toggle;
}

static WeakrefToggle *
toggle_find_locked (WeakrefBlock *block)
{
  return weakref_block_dup_slot (block, WEAKREF_SLOT_TOGGLE, toggle_identity);
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

static gboolean
toggle_is_referenced (WeakrefToggle *toggle)
{
  GObject *object = toggle->object;

  return g_atomic_int_get ((gint *) &object->ref_count) > 1;
}

/* Whether somebody has let the count fall to 1, and still looks at the object. */
static gboolean
toggle_misses_fall_locked (WeakrefToggle *toggle)
{
#if GLIB_CHECK_VERSION (2, 80, 0)
  return FALSE;
#else
  static gint glib_is_late = -1;

  if (glib_is_late < 0)
    glib_is_late = glib_check_version (2, 80, 0) != NULL;

  return glib_is_late && toggle->n_falls_missing > 0 && !toggle_is_referenced (toggle);
#endif
}

static void
toggle_update_locked (WeakrefToggle *toggle)
{
  gboolean in_use = toggle_is_referenced (toggle) || toggle_misses_fall_locked (toggle);

  if (toggle->in_use != in_use)
    {
      toggle->in_use = in_use;
      toggle_tell_locked (toggle);
    }
}

static WeakrefToggle *
toggle_find_by_id_locked (gpointer id)
{
  return toggles != NULL ? g_hash_table_lookup (toggles, id) : NULL;
}

static void
toggle_notify_cb (gpointer  id,
                  GObject  *object,
                  gboolean  is_last_ref)
{
  WeakrefToggle *toggle;
  guint patience = 100;

  weakref_toggle_lock ();
  toggle = toggle_find_by_id_locked (id);
  if (toggle != NULL)
    {
      toggle->n_falls_missing += is_last_ref ? -1 : 1;
      toggle_update_locked (toggle);
    }

  while (is_last_ref && toggle != NULL && toggle_misses_fall_locked (toggle))
    {
      if (patience-- == 0)
        {
          toggle->n_falls_missing = 0;
          toggle_update_locked (toggle);
          break;
        }
      weakref_toggle_unlock ();
      g_thread_yield ();
      weakref_toggle_lock ();
      toggle = toggle_find_by_id_locked (id);
    }
  weakref_toggle_unlock ();
}

/* Not yet registered. The caller holds @object. */
static WeakrefToggle *
toggle_new (WeakrefBlock *block,
            gpointer      object)
{
  static gpointer last_id;
  WeakrefToggle *toggle = g_new0 (WeakrefToggle, 1);

  toggle->object = object;
  toggle->block = weakref_block_ref (block);
  toggle->id = (gpointer) ((gsize) g_atomic_pointer_add (&last_id, 1) + 1);
  toggle->n_falls_missing = 1;
  toggle->in_use = TRUE;
  g_object_add_toggle_ref (object, toggle_notify_cb, toggle->id);

  return toggle;
}

static void
toggle_free (WeakrefToggle *toggle)
{
  g_object_remove_toggle_ref (toggle->object, toggle_notify_cb, toggle->id);
  weakref_block_unref (toggle->block);
  g_free (toggle);
}

void
weakref_toggle_lock (void)
{
  g_mutex_lock (&toggle_lock);
}

/* Unlocks, and lets go of what was released.
 *
 * A death may release more, and so on: that is done one after the other by the outermost call in
 * this thread, not one inside the other, so that a long chain takes no deep stack. */
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
        toggle_free (toggle);
      hold->funcs->released (hold);
    }
  g_private_set (&draining, NULL);
}

/* Begins to hold @object, which the caller holds too, and whose block is @block. Returns FALSE if it
 * was not admitted; then it has been released. */
gboolean
weakref_hold_start (WeakrefHold            *hold,
                    const WeakrefHoldFuncs *funcs,
                    WeakrefBlock           *block,
                    gpointer                object)
{
  WeakrefToggle *spare = NULL;
  WeakrefToggle *toggle;
  gboolean admitted;

  hold->funcs = funcs;

  weakref_toggle_lock ();
  toggle = toggle_find_locked (block);
  if (toggle == NULL)
    {
      weakref_toggle_unlock ();
      spare = toggle_new (block, object);
      weakref_toggle_lock ();
      /* Another thread may have been faster. */
      toggle = toggle_find_locked (block);
    }

  if (toggle == NULL)
    {
      if (toggles == NULL)
        toggles = g_hash_table_new (NULL, NULL);
      toggle = g_steal_pointer (&spare);
      g_hash_table_insert (toggles, toggle->id, toggle);
      weakref_block_swap_slot (block, WEAKREF_SLOT_TOGGLE, NULL, toggle);
    }

  hold->toggle = toggle;
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

  if (spare != NULL)
    toggle_free (spare);

  return admitted;
}

/* Ends the hold, when the lock is unlocked. */
void
weakref_hold_release_locked (WeakrefHold *hold)
{
  WeakrefToggle *toggle = hold->toggle;
  Released one = { hold, &hold->next };

  *hold->link = hold->next;
  if (hold->next != NULL)
    hold->next->link = hold->link;
  hold->next = NULL;
  toggle->n_changes++;

  if (toggle->holds == NULL)
    {
      g_hash_table_remove (toggles, toggle->id);
      weakref_block_swap_slot (toggle->block, WEAKREF_SLOT_TOGGLE, toggle, NULL);
    }
  else
    {
      hold->toggle = NULL;
      toggle_tell_locked (toggle);
    }

  released_append (&released, &one);
}

/* The hold with @funcs on the target of @block. */
WeakrefHold *
weakref_hold_find_locked (WeakrefBlock           *block,
                          const WeakrefHoldFuncs *funcs)
{
  WeakrefToggle *toggle = toggle_find_locked (block);
  WeakrefHold *hold = toggle != NULL ? toggle->holds : NULL;

  while (hold != NULL && hold->funcs != funcs)
    hold = hold->next;

  return hold;
}

/* Looks at the object now: somebody may have it, and wait for the lock to say so. */
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
