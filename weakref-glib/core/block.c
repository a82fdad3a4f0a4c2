/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/block-private.h>

#include <stdatomic.h>

#include <weakref-glib/core/compat.h>
#include <weakref-glib/core/toggle-flag.h>
#include <weakref-glib/core/toggle.h>

/* The control block: what the library knows of one life of one object.
 *
 * It is made when the first weak interest is taken, found through the target's qdata, shared by
 * all who are interested, and outlives the target. Who has a reference on it:
 *
 *   the target's qdata          until it is replaced by the next life's block, or destroyed
 *   the target's weak notify    until it has run
 *   each watch                  until it is cleared
 *   who looks at it just now
 *
 * A life ends in a dispose. Then the block is dead for ever, and an interest that is taken in the
 * same object later starts a new block. GLib announces the end of a life in two ways, which do not
 * always agree:
 *
 *                              GWeakRef reads NULL       weak notify runs
 *   last g_object_unref()      before the dispose        in the dispose
 *   g_object_run_dispose()     after the dispose         in the dispose
 *   a dispose that resurrects
 *   without chaining up        before the dispose        not in this life
 *   an interest taken inside
 *   g_object_run_dispose()     after the dispose         not in this life
 *
 * So the notify clears the GWeakRef itself, first thing; and weakref_block_get(), whose caller
 * holds the object, takes a GWeakRef that reads NULL for a life that ended without a notify. It
 * kills the old block on the spot and starts a new one.
 *
 * A group of bonded objects ends the lives of all its members before the first is disposed: see
 * weakref_block_dup_target(). There too, a weak interest that somebody takes after that starts a
 * new block.
 *
 * A block of WEAKREF_PHASE_FINALIZE lives as long as the memory: it ends when the qdata is
 * destroyed. It is a block of its own, under a quark of its own, so that a watch is linked to one
 * block for all its life.
 *
 * MEMORY. There may be a million of them, so what is rarely needed is apart:
 *
 *   block  watches ----------------> the newest watch -> the next one -> …
 *   block  watches -> more  watches -> the newest watch -> …
 *                           slots, id
 *
 * What is in More is made when it is first asked for, and then has the list, too: the lowest bit of
 * the pointer in the block says so. The first table entry of an object is in the allocation of its
 * block, behind it: that is one allocation less, and what a lookup reads is together. The memory
 * goes with the last of the two.
 *
 * LOCKING. The lock of a block guards its list of watches, what is in More, and the step from
 * living to dead. It is one of a few that all blocks share. It is a leaf: nothing is called under
 * it, except the dup function of weakref_block_dup_slot(), which only counts. GLib's own qdata lock
 * is held while weakref_block_lookup() adds a reference to the block (block_dup_cb()), and that
 * does nothing but count.
 *
 * The block never removes its weak notify (g_object_weak_unref() is O(n), and corrupts the heap
 * inside a weak notify before GLib 2.85), and no weak notify is added per watch. */

static G_DEFINE_QUARK (weakref_glib_block, block)
static G_DEFINE_QUARK (weakref_glib_finalize_block, finalize_block)

static WeakrefBlockHook block_hook; /* (atomic) (nullable) */

void
weakref_block_set_hook (WeakrefBlockHook hook)
{
  g_atomic_pointer_set (&block_hook, hook);
}

static inline void
block_tell_hook (WeakrefBlock *block, gboolean alive)
{
  WeakrefBlockHook hook = g_atomic_pointer_get (&block_hook);

  if (G_UNLIKELY (hook != NULL) && block->phase == WEAKREF_PHASE_DISPOSE)
    hook (block, alive);
}

/* Locks the block, which has WeakrefMore then. */
static WeakrefMore *
block_lock_more (WeakrefBlock *block)
{
  WeakrefMore *made;
  WeakrefMore *more;

  weakref_block_lock (block);
  more = weakref_block_peek_more_locked (block);
  if (more != NULL)
    return more;
  weakref_block_unlock (block);

  made = g_new0 (WeakrefMore, 1);
  weakref_block_lock (block);
  more = weakref_block_peek_more_locked (block);
  if (more == NULL)
    {
      more = g_steal_pointer (&made);
      weakref_list_move (&more->watches, &block->watches.first);
      block->watches.more = (gsize) more + 1;
    }
  /* Only memory, which nobody has seen. */
  g_free (made);

  return more;
}

/* With all the references that it starts with, for the qdata, for the caller of
 * weakref_block_get(), for the weak notify: before it can be found, since nothing else keeps it
 * from going away when another thread disposes the target, and a third replaces the block. */
void
weakref_block_init (WeakrefBlock *block, gpointer target, WeakrefPhase phase)
{
  block->watches.first = NULL;
  block->address = target;
  block->ref_count = phase == WEAKREF_PHASE_DISPOSE ? 3 : 2;
  atomic_init (&block->dead, FALSE);
  atomic_init (&block->bonds, WEAKREF_BONDS_NONE);
  block->phase = phase;
  g_weak_ref_init (&block->target, target);
}

WeakrefBlock *
weakref_block_ref (WeakrefBlock *block)
{
  g_atomic_int_inc (&block->ref_count);
  return block;
}

static void
block_free (WeakrefBlock *block)
{
  g_assert (*weakref_block_get_watches_locked (block) == NULL);
  /* A dead one has been cleared. */
  if (!block->dead)
    g_weak_ref_clear (&block->target);
  g_free (weakref_block_peek_more_locked (block));
  g_free (block);
}

void
weakref_block_unref (WeakrefBlock *block)
{
  if (g_atomic_int_dec_and_test (&block->ref_count))
    block_free (block);
}

/* Ends the life. Idempotent; of several threads exactly one gets the watches. */
static void
block_kill (WeakrefBlock *block)
{
  WeakrefNode *watches;
  WeakrefNode *node;
  WeakrefNode *next;

  /* First clear the GWeakRef. From here on nobody gets the target. So a thread that sees one watch
   * dead sees all of them dead. */
  g_weak_ref_set (&block->target, NULL);

  weakref_block_lock (block);
  atomic_store_explicit (&block->dead, TRUE, memory_order_release);
  watches = g_steal_pointer (weakref_block_get_watches_locked (block));
  weakref_block_unlock (block);
  block_tell_hook (block, FALSE);

  /* The list belongs to this thread now: weakref_watch_stop() does not touch it when the block is
   * dead. */
  for (node = watches; node != NULL; node = node->next)
    {
      WeakrefWatch *watch = (WeakrefWatch *) node;

      if (weakref_watch_get_funcs (watch)->sever != NULL)
        weakref_watch_get_funcs (watch)->sever (watch);
    }

  for (node = watches; node != NULL; node = next)
    {
      WeakrefWatch *watch = (WeakrefWatch *) node;

      next = node->next;
      weakref_watch_get_funcs (watch)->announce (watch);
    }
}

static void
block_notify_cb (gpointer data, GObject *where_the_object_was)
{
  WeakrefBlock *block = data;

  block_kill (block);
  weakref_block_unref (block);
}

static void
block_qdata_destroy_cb (gpointer data)
{
  WeakrefBlock *block = data;

  if (block->phase == WEAKREF_PHASE_FINALIZE)
    block_kill (block);
  weakref_block_unref (block);
}

/* Runs under GLib's lock. */
static gpointer
block_dup_cb (gpointer data, gpointer user_data)
{
  return data != NULL ? weakref_block_ref (data) : NULL;
}

/* Whether this is the block of the life that @target is in now; the caller holds it. */
gboolean
weakref_block_is_current (WeakrefBlock *block, gpointer target)
{
  gboolean current;

  if (block->phase == WEAKREF_PHASE_FINALIZE)
    return TRUE;

  weakref_compat_ref (target);
  current = weakref_block_is_alive (block);
  weakref_compat_unref (target);

  return current;
}

static GQuark
block_get_quark (WeakrefPhase phase)
{
  return phase == WEAKREF_PHASE_DISPOSE ? block_quark () : finalize_block_quark ();
}

/* Returns the block in the qdata, with a new reference. It is the block of this life, until its
 * death is announced, or that of an earlier life, dead or not. */
WeakrefBlock *
weakref_block_lookup (gpointer target, WeakrefPhase phase)
{
  return g_object_dup_qdata (target, block_get_quark (phase), block_dup_cb, NULL);
}

/* Whether there is a block of this life or an earlier one. */
gboolean
weakref_block_exists (gpointer target)
{
  return g_object_get_qdata (target, block_get_quark (WEAKREF_PHASE_DISPOSE)) != NULL;
}

/* The block of @target, which the caller holds, if anybody took an interest in this life of it.
 * Returns a new reference. */
WeakrefBlock *
weakref_block_peek (gpointer target, WeakrefPhase phase)
{
  WeakrefBlock *block = weakref_block_lookup (target, phase);

  if (block != NULL && !weakref_block_is_current (block, target))
    g_clear_pointer (&block, weakref_block_unref);

  return block;
}

/* Has @block found through the qdata of @target instead of @old, which is NULL or no longer
 * current. Returns FALSE if another thread was first. Takes the reference on @old. */
gboolean
weakref_block_publish (WeakrefBlock *block, WeakrefBlock *old, gpointer target)
{
  GDestroyNotify old_destroy;

  if (!g_object_replace_qdata (target, block_get_quark (block->phase), old, block,
                               block_qdata_destroy_cb, &old_destroy))
    {
      if (old != NULL)
        weakref_block_unref (old);
      return FALSE;
    }

  if (block->phase == WEAKREF_PHASE_DISPOSE)
    g_object_weak_ref (target, block_notify_cb, block);
  block_tell_hook (block, TRUE);

  if (old != NULL)
    {
      block_kill (old);
      old_destroy (old);
      weakref_block_unref (old);
    }

  return TRUE;
}

/* The block of @target, which the caller holds; made if need be. Returns a new reference. */
WeakrefBlock *
weakref_block_get (gpointer target, WeakrefPhase phase)
{
  while (TRUE)
    {
      WeakrefBlock *old = weakref_block_lookup (target, phase);
      WeakrefBlock *block;

      if (old != NULL && weakref_block_is_current (old, target))
        return old;

      block = g_new (WeakrefBlock, 1);
      weakref_block_init (block, target, phase);
      if (weakref_block_publish (block, old, target))
        return block;

      block_free (block);
    }
}

/* Apart, and so is block_settle(): weakref_block_dup_target() is short without them. */
static G_NO_INLINE gpointer
block_dup_target_with_python (WeakrefBlock *block)
{
  gboolean has_toggle_ref;

  /* A block becomes dead only under its lock, which we have. As long as it is not dead, the object
   * exists, although it may be in the middle of its last dispose. */
  weakref_block_lock (block);
  has_toggle_ref = !block->dead && weakref_has_toggle_ref (block->address);
  weakref_block_unlock (block);

  return has_toggle_ref ? weakref_compat_get_with_python (&block->target)
                        : g_weak_ref_get (&block->target);
}

static G_NO_INLINE gpointer
block_settle (WeakrefBlock *block, gpointer target)
{
  if (target == NULL)
    return NULL;

  weakref_toggle_lock ();
  weakref_toggle_unlock ();
  if (block->bonds == WEAKREF_BONDS_ENDED)
    g_clear_object (&target);

  return target;
}

/* A new reference to the target, or NULL. The one way there is.
 *
 * Objects that are bonded die together: a group that nobody holds is ended as a whole, under the
 * toggle lock, and its members are disposed one after the other. From that moment on, nobody
 * shall get any of them. So, with the reference in hand, and before anything else, we ask: either
 * the group, which looks at the reference counts of its members, has seen our reference and goes
 * on, or we see that it has ended, and come too late. The lock is there to let the group
 * finish when it is just looking. */
gpointer
weakref_block_dup_target (WeakrefBlock *block)
{
  gpointer target;

  if (block->bonds == WEAKREF_BONDS_ENDED)
    return NULL;

  target = G_LIKELY (!weakref_compat_has_python ()) ? g_weak_ref_get (&block->target)
                                                    : block_dup_target_with_python (block);
  if (G_UNLIKELY (block->bonds != WEAKREF_BONDS_NONE))
    return block_settle (block, target);

  return target;
}

/* Whether weakref_block_dup_target() would give the target: the answer to users. */
gboolean
weakref_block_is_alive (WeakrefBlock *block)
{
  gpointer target;

  if (weakref_block_is_dead (block))
    return FALSE;

  target = weakref_block_dup_target (block);
  if (target == NULL)
    return FALSE;

  g_object_unref (target);
  return TRUE;
}

/* Whether the death was noticed. This is fast and takes no reference, but it is late while a
 * dispose runs. */
gboolean
weakref_block_is_dead (WeakrefBlock *block)
{
  return block->dead;
}

/* A number that no other life has had or will have. */
guint64
weakref_block_get_id (WeakrefBlock *block)
{
  static _Atomic guint64 last_id;
  WeakrefMore *more = block_lock_more (block);
  guint64 id;

  if (more->id == 0)
    more->id = atomic_fetch_add_explicit (&last_id, 1, memory_order_relaxed) + 1;
  id = more->id;
  weakref_block_unlock (block);

  return id;
}

/* The address of the target, for lookups by somebody who holds an object at that address: until a
 * block is dead, the object at its address is its target. Never to be dereferenced. */
gconstpointer
weakref_block_get_address (WeakrefBlock *block)
{
  return block->address;
}

/* Under the toggle lock. */
void
weakref_block_set_bonds (WeakrefBlock *block, WeakrefBonds bonds)
{
  block->bonds = bonds;
}

/* Returns what is in the slot, after @dup has copied it. @dup must do nothing but count a
 * reference. */
gpointer
weakref_block_dup_slot (WeakrefBlock *block, WeakrefSlot slot, gpointer (*dup) (gpointer))
{
  gpointer value = NULL;
  WeakrefMore *more;

  weakref_block_lock (block);
  more = weakref_block_peek_more_locked (block);
  if (more != NULL && more->slots[slot] != NULL)
    value = dup (more->slots[slot]);
  weakref_block_unlock (block);

  return value;
}

/* Puts @value into the slot if it holds @expected. The slot owns nothing: whoever put something
 * there takes it out before it is freed. */
gboolean
weakref_block_swap_slot (WeakrefBlock *block,
                         WeakrefSlot slot,
                         gconstpointer expected,
                         gpointer value)
{
  gboolean swapped;
  WeakrefMore *more;

  if (value != NULL)
    {
      more = block_lock_more (block);
    }
  else
    {
      weakref_block_lock (block);
      more = weakref_block_peek_more_locked (block);
    }
  swapped = more != NULL ? more->slots[slot] == expected : expected == NULL;
  if (swapped && more != NULL)
    more->slots[slot] = value;
  weakref_block_unlock (block);

  return swapped;
}
