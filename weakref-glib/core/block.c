/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/block.h>

#include <stdatomic.h>

#include <weakref-glib/core/compat.h>
#include <weakref-glib/core/toggle-flag.h>
#include <weakref-glib/core/toggle.h>

/* The control block: what the library knows of one life of one object.
 *
 * It is made when the first weak interest is taken, found through the target's qdata, shared by
 * all who are interested, and outlives the target. The qdata holds a reference on it, the weak
 * notify another, and so does each watch.
 *
 * A life ends in a dispose. Then the block is dead for ever, and an interest that is taken in the
 * same object later starts a new block. GLib announces the end of a life in two ways which do not
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
 * holds the object, takes a GWeakRef that reads NULL for what it is: a life that ended without a
 * notify. It kills the old block on the spot and starts a new one.
 *
 * A group of bonded objects ends the lives of all its members before the first is disposed: see
 * weakref_block_dup_target(). There too, a weak interest that somebody takes after that starts a
 * new block.
 *
 * A block of WEAKREF_PHASE_FINALIZE lives as long as the memory: it ends when the qdata is
 * destroyed. It is a block of its own, under a quark of its own, so that a watch is linked to
 * one block for all its life.
 *
 * LOCKING. The block's lock guards its list of watches, its slots, and the step from living to
 * dead. It is a leaf: nothing is called under it, except the dup function of
 * weakref_block_dup_slot(), which only counts. GLib's own qdata lock is held while
 * weakref_block_get() adds a reference to the block (block_dup_cb()), and that does nothing
 * but count.
 *
 * The block never removes its weak notify (g_object_weak_unref() is O(n), and corrupts the heap
 * inside a weak notify before GLib 2.85), and no weak notify is added per watch. */
struct _WeakrefBlock
{
  gatomicrefcount ref_count;
  gint dead;       /* (atomic): set under the lock, for ever */
  gint fate;       /* (atomic): written under the toggle lock */
  GWeakRef target; /* the truth: the one way to a strong reference */
  GMutex lock;
  WeakrefWatch *watches;           /* lock: newest first */
  gconstpointer address;           /* (const): only block_dup_target_with_python() looks there */
  gpointer slots[WEAKREF_N_SLOTS]; /* lock: (unowned) */
  guint64 id;                      /* (const) */
  GType target_type;               /* (const) */
  WeakrefPhase phase;              /* (const) */
};

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

/* With all the references that it starts with, for the qdata, for the caller of
 * weakref_block_get(), for the weak notify: before it can be found, since nothing else keeps it
 * from going away when another thread disposes the target, and a third replaces the block. */
static WeakrefBlock *
block_new (gpointer target, WeakrefPhase phase)
{
  static _Atomic guint64 last_id;
  /* Not g_new0(): glibc's calloc() is slow. */
  WeakrefBlock *block = g_new (WeakrefBlock, 1);

  *block = (WeakrefBlock) { .phase = phase };
  block->ref_count = phase == WEAKREF_PHASE_DISPOSE ? 3 : 2;
  g_mutex_init (&block->lock);
  g_weak_ref_init (&block->target, target);
  block->id = atomic_fetch_add_explicit (&last_id, 1, memory_order_relaxed) + 1;
  block->target_type = G_OBJECT_TYPE (target);
  block->address = target;

  return block;
}

WeakrefBlock *
weakref_block_ref (WeakrefBlock *block)
{
  g_atomic_ref_count_inc (&block->ref_count);
  return block;
}

static void
block_free (WeakrefBlock *block)
{
  g_assert (block->watches == NULL);
  g_weak_ref_clear (&block->target);
  g_mutex_clear (&block->lock);
  g_free (block);
}

void
weakref_block_unref (WeakrefBlock *block)
{
  if (g_atomic_ref_count_dec (&block->ref_count))
    block_free (block);
}

/* Ends the life. Idempotent; of several threads exactly one gets the watches. */
static void
block_kill (WeakrefBlock *block)
{
  WeakrefWatch *watches;
  WeakrefWatch *watch;
  WeakrefWatch *next;

  /* The truth first: from here on nobody gets the target, so that whoever sees one watch dead
   * sees all of them dead. */
  g_weak_ref_set (&block->target, NULL);

  g_mutex_lock (&block->lock);
  g_atomic_int_set (&block->dead, TRUE);
  watches = g_steal_pointer (&block->watches);
  g_mutex_unlock (&block->lock);
  block_tell_hook (block, FALSE);

  /* The list is ours now: weakref_watch_stop() leaves it alone once the block is dead. */
  for (watch = watches; watch != NULL; watch = watch->next)
    {
      if (watch->funcs->sever != NULL)
        watch->funcs->sever (watch);
    }

  for (watch = watches; watch != NULL; watch = next)
    {
      next = watch->next;
      watch->funcs->announce (watch);
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

/* What the qdata says: the block of this life, until its death is announced, or of an earlier one,
 * dead or not. New reference. */
WeakrefBlock *
weakref_block_lookup (gpointer target, WeakrefPhase phase)
{
  return g_object_dup_qdata (target, block_get_quark (phase), block_dup_cb, NULL);
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

/* The block of @target, which the caller holds; made if need be. Returns a new reference. */
WeakrefBlock *
weakref_block_get (gpointer target, WeakrefPhase phase)
{
  GQuark quark = block_get_quark (phase);

  while (TRUE)
    {
      WeakrefBlock *old = weakref_block_lookup (target, phase);
      WeakrefBlock *block;
      GDestroyNotify old_destroy;

      if (old != NULL && weakref_block_is_current (old, target))
        return old;

      block = block_new (target, phase);
      if (g_object_replace_qdata (target, quark, old, block, block_qdata_destroy_cb, &old_destroy))
        {
          if (phase == WEAKREF_PHASE_DISPOSE)
            g_object_weak_ref (target, block_notify_cb, block);
          block_tell_hook (block, TRUE);

          if (old != NULL)
            {
              block_kill (old);
              old_destroy (old);
              weakref_block_unref (old);
            }
          return block;
        }

      /* Another thread was first. */
      if (old != NULL)
        weakref_block_unref (old);
      block_free (block);
    }
}

/* Apart, and so is block_settle(): weakref_block_dup_target() is short without them. */
static G_NO_INLINE gpointer
block_dup_target_with_python (WeakrefBlock *block)
{
  gboolean has_toggle_ref;

  /* As long as it is not dead, and we have the lock without which it won't be, the object is there,
   * if maybe in the middle of its last dispose. */
  g_mutex_lock (&block->lock);
  has_toggle_ref = !block->dead && weakref_has_toggle_ref (block->address);
  g_mutex_unlock (&block->lock);

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
  if (g_atomic_int_get (&block->fate) == WEAKREF_FATE_DOOMED)
    g_clear_object (&target);

  return target;
}

/* A new reference to the target, or NULL. The one way there is.
 *
 * Objects that are bonded die together: a group that nobody holds is doomed as a whole, under the
 * toggle lock, and its members are disposed one after the other. From that moment on, nobody
 * shall get any of them. So, with the reference in hand, and before anything else, we ask: either
 * the group, which looks at the reference counts of its members, has seen our reference and goes
 * on, or we see that it is doomed, and have come too late. The lock is there to let the group
 * finish when it is just looking. */
gpointer
weakref_block_dup_target (WeakrefBlock *block)
{
  gpointer target;

  if (g_atomic_int_get (&block->fate) == WEAKREF_FATE_DOOMED)
    return NULL;

  target = G_LIKELY (!weakref_compat_has_python ()) ? g_weak_ref_get (&block->target)
                                                    : block_dup_target_with_python (block);
  if (G_UNLIKELY (g_atomic_int_get (&block->fate) != WEAKREF_FATE_OWN))
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

/* Whether the death was noticed. Cheap, takes no reference, and is late while a dispose runs. */
gboolean
weakref_block_is_dead (WeakrefBlock *block)
{
  return g_atomic_int_get (&block->dead);
}

guint64
weakref_block_get_id (WeakrefBlock *block)
{
  return block->id;
}

/* The address of the target, for lookups by somebody who holds an object at that address: until a
 * block is dead, the object at its address is its target. Never to be dereferenced. */
gconstpointer
weakref_block_get_address (WeakrefBlock *block)
{
  return block->address;
}

GType
weakref_block_get_target_type (WeakrefBlock *block)
{
  return block->target_type;
}

/* Under the toggle lock. WEAKREF_FATE_DOOMED is for ever. */
void
weakref_block_set_fate (WeakrefBlock *block, WeakrefFate fate)
{
  g_atomic_int_set (&block->fate, fate);
}

/* What is in the slot, through @dup, which must do no more than count a reference. */
gpointer
weakref_block_dup_slot (WeakrefBlock *block, WeakrefSlot slot, gpointer (*dup) (gpointer))
{
  gpointer value;

  g_mutex_lock (&block->lock);
  value = block->slots[slot];
  if (value != NULL)
    value = dup (value);
  g_mutex_unlock (&block->lock);

  return value;
}

/* Puts @value into the slot if it holds @expected. The slot owns nothing: who put something there
 * swaps it out again before it goes. */
gboolean
weakref_block_swap_slot (WeakrefBlock *block,
                         WeakrefSlot slot,
                         gconstpointer expected,
                         gpointer value)
{
  gboolean swapped;

  g_mutex_lock (&block->lock);
  swapped = block->slots[slot] == expected;
  if (swapped)
    block->slots[slot] = value;
  g_mutex_unlock (&block->lock);

  return swapped;
}

/* Calls @func with each watch that has @funcs, newest first. Under the lock: @func may only count
 * and collect. */
void
weakref_block_collect (WeakrefBlock *block,
                       const WeakrefWatchFuncs *funcs,
                       GFunc func,
                       gpointer user_data)
{
  WeakrefWatch *watch;

  g_mutex_lock (&block->lock);
  for (watch = block->watches; watch != NULL; watch = watch->next)
    {
      if (watch->funcs == funcs)
        func (watch, user_data);
    }
  g_mutex_unlock (&block->lock);
}

/* Adds up how many watches of each description there are: const char * → guint. */
void
weakref_block_count_watches (WeakrefBlock *block, GHashTable *counts)
{
  WeakrefWatch *watch;

  g_mutex_lock (&block->lock);
  for (watch = block->watches; watch != NULL; watch = watch->next)
    {
      const WeakrefWatchFuncs *funcs = watch->funcs;
      gpointer name = (gpointer) (funcs->name != NULL ? funcs->name : funcs->describe (watch));

      g_hash_table_insert (
        counts, name, GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) + 1));
    }
  g_mutex_unlock (&block->lock);
}

/* Watches @target, which the caller holds. The memory of @watch has to stay until
 * weakref_watch_stop() returned TRUE or the announcement ran. */
void
weakref_watch_start (WeakrefWatch *watch,
                     const WeakrefWatchFuncs *funcs,
                     gpointer target,
                     WeakrefPhase phase)
{
  watch->funcs = funcs;

  while (TRUE)
    {
      WeakrefBlock *block = watch->block = weakref_block_get (target, phase);

      g_mutex_lock (&block->lock);
      if (!block->dead)
        {
          watch->next = block->watches;
          watch->link = &block->watches;
          if (watch->next != NULL)
            watch->next->link = &watch->next;
          block->watches = watch;
          g_mutex_unlock (&block->lock);
          return;
        }
      g_mutex_unlock (&block->lock);

      /* Another thread disposed the target just now; the caller's interest is in what is left. */
      weakref_block_unref (block);
    }
}

/* Returns whether the watch was stopped: FALSE if the death was first, and announces itself. */
gboolean
weakref_watch_stop (WeakrefWatch *watch)
{
  WeakrefBlock *block = watch->block;
  gboolean stopped;

  g_mutex_lock (&block->lock);
  stopped = !block->dead;
  if (stopped)
    {
      *watch->link = watch->next;
      if (watch->next != NULL)
        watch->next->link = watch->link;
    }
  g_mutex_unlock (&block->lock);

  return stopped;
}

/* Frees what the watch holds, when it is stopped or announced. */
void
weakref_watch_clear (WeakrefWatch *watch)
{
  g_clear_pointer (&watch->block, weakref_block_unref);
}
