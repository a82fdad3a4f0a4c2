/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/block-private.h>

#include <stdatomic.h>

#include <weakref-glib/core/compat.h>
#include <weakref-glib/core/toggle.h>

/* The control block: what the library knows of one life of one object.
 *
 * A block is made when somebody takes the first weak interest in an object. It is found through the
 * qdata of the target. All who are interested in this life share it. It outlives the target. These
 * have a reference on it:
 *
 *   the target's qdata              until the block of the next life replaces it, or it is freed
 *   the target's weak notify        until it has run
 *   each watch                      until it is cleared
 *   a function that works with it   until it returns
 *
 * A life ends in a dispose. Then the block is dead for ever. If somebody takes an interest in the
 * same object later, a new block is made. GLib announces the end of a life in two ways, which do
 * not always agree:
 *
 *                              GWeakRef reads NULL       weak notify runs
 *   last g_object_unref()      before the dispose        in the dispose
 *   g_object_run_dispose()     after the dispose         in the dispose
 *   a dispose that resurrects
 *   without chaining up        before the dispose        not in this life
 *   an interest taken inside
 *   g_object_run_dispose()     after the dispose         not in this life
 *
 * Two rules follow. The notify clears the GWeakRef before it does anything else. And
 * weakref_block_get(), whose caller holds the object, knows that a life has ended without a notify
 * if the GWeakRef reads NULL. Then it kills the old block at once, and makes a new one.
 *
 * A group of bonded objects ends the lives of all its members before the first of them is disposed:
 * see weakref_block_dup_target(). An interest that is taken after that makes a new block, too.
 *
 * A block of WEAKREF_PHASE_FINALIZE lives as long as the memory of the target: it ends when the
 * qdata is destroyed. It is a second block, under another quark. So a watch never moves from one
 * block to another.
 *
 * MEMORY. There may be a million blocks. So the fields that are rarely needed are in a structure of
 * their own, WeakrefMore:
 *
 *   without it:  block.watches -> the newest watch -> the next one -> …
 *   with it:     block.watches -> more.watches -> the newest watch -> the next one -> …
 *                                 more.slots, more.id, more.address
 *
 * WeakrefMore is allocated when one of its fields is first needed, and from then on it has the list
 * of watches. The lowest bit of the pointer in the block is set if the pointer is one to
 * WeakrefMore.
 *
 * The first table entry of an object is in the same allocation as its block, and begins with it. A
 * watch has a link to its block, which is as large as a block. This one has the block instead:
 *
 *   the first one:  | the block          | the rest of the watch | the rest of the entry |
 *   any other one:  | a node and a link  | the rest of the watch | the rest of the entry |
 *
 * That saves an allocation and the link, and a lookup finds in one place what it reads. This watch
 * is in no list. It comes after all others, as the oldest one, and block.own says whether it is
 * active. The memory is freed when both the block and the entry have ended. The handle of the first
 * weak reference of an object is put there in the same way. If this is the weak reference that
 * everybody shares, block.own says that it is in its slot, before others can find the block. So it
 * needs no WeakrefMore.
 *
 * LOCKING. The lock of a block guards its list of watches, the fields of WeakrefMore, and the step
 * from living to dead. All blocks share a few locks. No other lock is taken inside it, and no
 * function is called under it except these: the dup function of weakref_block_dup_slot(), the
 * function of weakref_block_collect(), and describe() of a watch. They only count and collect.
 * weakref_block_lookup() adds a reference to the block under GLib's own lock of the qdata
 * (block_dup_cb()), and does nothing else there.
 *
 * The block never removes its weak notify: g_object_weak_unref() is O(n), and before GLib 2.85 it
 * corrupts the heap inside a weak notify. There is one weak notify for each block, however many
 * watches it has. */

static G_DEFINE_QUARK (weakref_glib_block, block)
static G_DEFINE_QUARK (weakref_glib_finalize_block, finalize_block)

gpointer weakref_watch_funcs[16];

static WeakrefBlockHook block_hook; /* (atomic) (nullable) */

void
weakref_block_set_hook (WeakrefBlockHook hook)
{
  g_atomic_pointer_set (&block_hook, hook);
}

static inline void
block_tell_hook (WeakrefBlock *block, gpointer target)
{
  WeakrefBlockHook hook = g_atomic_pointer_get (&block_hook);

  if (G_UNLIKELY (hook != NULL) && block->phase == WEAKREF_PHASE_DISPOSE)
    hook (block, target);
}

/* Locks the block, and makes its WeakrefMore if there is none. */
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
  /* Not NULL if another thread was first. */
  g_free (made);

  return more;
}

/* Gives the block all the references that it needs at first: those of the qdata, of the weak
 * notify, and of the caller. They have to be there before another thread can find the block. From
 * then on a second thread may dispose the target, and a third one may replace the block. */
void
weakref_block_init (WeakrefBlock *block, gpointer target, WeakrefPhase phase)
{
  block->watches.first = NULL;
  block->ref_count = phase == WEAKREF_PHASE_DISPOSE ? 3 : 2;
  atomic_init (&block->dead, FALSE);
  atomic_init (&block->bonds, WEAKREF_BONDS_NONE);
  block->phase = phase;
  block->own = 0;
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
  g_assert ((block->own & WEAKREF_OWN_WATCH) == 0);
  /* The GWeakRef of a dead block is clear already. */
  if (!block->dead)
    g_weak_ref_clear (&block->target);
  g_free (weakref_block_peek_more_locked (block));
  g_free (block);
}

void
weakref_block_unref (WeakrefBlock *block)
{
  if (weakref_count_drop (&block->ref_count, 1))
    block_free (block);
}

/* Ends the life. It may be called more than once: only the first call finds watches. @target is
 * where the target is, or NULL if that is not known any more. */
static void
block_kill (WeakrefBlock *block, gpointer target)
{
  WeakrefNode *first;
  WeakrefWatch *own;
  WeakrefWatch *watch;
  WeakrefWatch *next;

  /* The GWeakRef is cleared first. From here on nobody gets the target. So, when a thread has seen
   * the death through one watch, it sees it through all of them. After the last unref it is clear
   * already. */
  if (!weakref_compat_is_needed () || weakref_compat_peek (&block->target) != NULL)
    g_weak_ref_set (&block->target, NULL);

  weakref_block_lock (block);
  atomic_store_explicit (&block->dead, TRUE, memory_order_release);
  first = g_steal_pointer (weakref_block_get_watches_locked (block));
  own = weakref_block_get_own_locked (block);
  block->own &= (guint8) ~WEAKREF_OWN_WATCH;
  weakref_block_unlock (block);
  block_tell_hook (block, NULL);

  /* The list belongs to this thread now: weakref_watch_stop() does not touch it when the block is
   * dead. */
  for (watch = weakref_watch_get_first (first, own); watch != NULL;
       watch = weakref_watch_get_next (watch, own))
    {
      if (weakref_watch_get_funcs (watch)->sever != NULL)
        weakref_watch_get_funcs (watch)->sever (watch);
    }

  for (watch = weakref_watch_get_first (first, own); watch != NULL; watch = next)
    {
      next = weakref_watch_get_next (watch, own);
      weakref_watch_get_funcs (watch)->announce (watch, target);
    }
}

static void
block_notify_cb (gpointer data, GObject *where_the_object_was)
{
  WeakrefBlock *block = data;

  block_kill (block, where_the_object_was);
  weakref_block_unref (block);
}

static void
block_qdata_destroy_cb (gpointer data)
{
  WeakrefBlock *block = data;

  if (block->phase == WEAKREF_PHASE_FINALIZE)
    block_kill (block, NULL);
  weakref_block_unref (block);
}

/* Runs under GLib's lock of the qdata. */
static gpointer
block_dup_cb (gpointer data, gpointer user_data)
{
  return data != NULL ? weakref_block_ref (data) : NULL;
}

/* Returns whether this is the block of the life that @target is in now. The caller holds @target.
 */
gboolean
weakref_block_is_current (WeakrefBlock *block, gpointer target)
{
  gpointer current;

  if (block->phase == WEAKREF_PHASE_FINALIZE)
    return TRUE;
  if (block->dead || block->bonds == WEAKREF_BONDS_ENDED)
    return FALSE;
  if (weakref_compat_is_needed ())
    return weakref_compat_peek (&block->target) != NULL;

  current = g_weak_ref_get (&block->target);
  if (current == NULL)
    return FALSE;

  g_object_unref (current);
  return TRUE;
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

/* Returns the block of @target with a new reference, or NULL if nobody has taken an interest in
 * this life of it. The caller holds @target. */
WeakrefBlock *
weakref_block_peek (gpointer target, WeakrefPhase phase)
{
  WeakrefBlock *block = weakref_block_lookup (target, phase);

  if (block != NULL && !weakref_block_is_current (block, target))
    g_clear_pointer (&block, weakref_block_unref);

  return block;
}

/* Puts @block into the qdata of @target instead of @old, and kills @old. @old is NULL, or the block
 * of a life that has ended. Returns FALSE if another thread was first. Takes over the reference on
 * @old. */
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
  block_tell_hook (block, target);

  if (old != NULL)
    {
      block_kill (old, block->phase == WEAKREF_PHASE_DISPOSE ? target : NULL);
      old_destroy (old);
      weakref_block_unref (old);
    }

  return TRUE;
}

/* Returns the block of @target with a new reference, and makes it if there is none. The caller
 * holds @target. */
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

/* This and block_settle() are functions of their own, because weakref_block_dup_target() is faster
 * when it is short. */
static G_NO_INLINE gpointer
block_dup_target_with_python (WeakrefBlock *block)
{
  gboolean has_toggle_ref;

  /* A block becomes dead only under its lock, which we have. As long as it is not dead, the object
   * exists, although it may be in the middle of its last dispose. */
  weakref_block_lock (block);
  has_toggle_ref = !block->dead && weakref_compat_has_toggle_ref (&block->target);
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

/* Returns a new reference to the target, or NULL. The library gets a target in no other way.
 *
 * Bonded objects die together. If nobody outside the library has a member of a group, the group is
 * ended as a whole, under the toggle lock. Then its members are disposed one after the other. From
 * the end of the group on, nobody may get any of them. Therefore we check a second time when we
 * have a reference. The group looks at the reference counts of its members. Either it has seen our
 * reference, and goes on, or we see that it has ended, and drop the reference. We take the lock and
 * release it again, so that a group that is just looking has finished when we check. */
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

/* Begins to fetch the target into the caches of the processor, for a call of
 * weakref_block_dup_target() a little later. GLib promises neither what is in a GWeakRef nor that
 * it can be read here. That does not matter: a prefetch of any address is harmless. */
void
weakref_block_prefetch_target (WeakrefBlock *block)
{
  __builtin_prefetch (__atomic_load_n (&block->target.priv.p, __ATOMIC_RELAXED));
}

/* Returns whether weakref_block_dup_target() would return the target. This is what users are told.
 */
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

/* Returns whether the death was noticed. This is fast and takes no reference. But while a dispose
 * runs, it may still say FALSE when the target is dead. */
gboolean
weakref_block_is_dead (WeakrefBlock *block)
{
  return block->dead;
}

/* Returns the number of this life. No other life has the same number, before or after it. */
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

/* Has weakref_block_get_address() return the address of @target, which the caller holds. */
void
weakref_block_keep_address (WeakrefBlock *block, gpointer target)
{
  block_lock_more (block)->address = target;
  weakref_block_unlock (block);
}

/* Returns the address of the target, or NULL if nobody has had it kept. It must not be
 * dereferenced. It may be called under the toggle lock. */
gconstpointer
weakref_block_get_address (WeakrefBlock *block)
{
  gconstpointer address = NULL;
  WeakrefMore *more;

  weakref_block_lock (block);
  more = weakref_block_peek_more_locked (block);
  if (more != NULL)
    address = more->address;
  weakref_block_unlock (block);

  return address;
}

/* To be called under the toggle lock. */
void
weakref_block_set_bonds (WeakrefBlock *block, WeakrefBonds bonds)
{
  block->bonds = bonds;
}

static gpointer
block_get_slot_locked (WeakrefBlock *block, WeakrefSlot slot)
{
  WeakrefMore *more = weakref_block_peek_more_locked (block);

  if ((block->own & WEAKREF_OWN_SLOT (slot)) != 0)
    return block;

  return more != NULL ? more->slots[slot] : NULL;
}

/* Returns what @dup returns for the object in the slot, or NULL if the slot is empty. @dup runs
 * under the lock, and may only add a reference. */
gpointer
weakref_block_dup_slot (WeakrefBlock *block, WeakrefSlot slot, gpointer (*dup) (gpointer))
{
  gpointer value;

  weakref_block_lock (block);
  value = block_get_slot_locked (block, slot);
  if (value != NULL)
    value = dup (value);
  weakref_block_unlock (block);

  return value;
}

/* Puts @value into the slot if @expected is in it, and returns whether it was. The slot has no
 * reference on what is in it. Whoever puts something there has to take it out before freeing it. */
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
  swapped = block_get_slot_locked (block, slot) == expected;
  if (swapped)
    {
      block->own &= (guint8) ~WEAKREF_OWN_SLOT (slot);
      if (more != NULL)
        more->slots[slot] = value;
    }
  weakref_block_unlock (block);

  return swapped;
}
