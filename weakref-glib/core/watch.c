/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/block-private.h>

#include <string.h>

#include <weakref-glib/core/compat.h>

/* The watches of a block. Each active watch is in the list of its block, under the lock of the
 * block, except the one that has the block in its memory. A death takes them all: see block.c. */

/* An owner that is larger than this is not put into the memory of a block. That is freed when both
 * have ended, so a large owner would waste much of it. */
#define MAX_SIZE_WITH_BLOCK 256

static guint8
funcs_get_number (const WeakrefWatchFuncs *funcs)
{
  guint8 i;

  for (i = 0; i < G_N_ELEMENTS (weakref_watch_funcs); i++)
    {
      if (g_atomic_pointer_get (&weakref_watch_funcs[i]) == funcs)
        return i;
      if (g_atomic_pointer_compare_and_exchange (&weakref_watch_funcs[i], NULL, (gpointer) funcs) ||
          g_atomic_pointer_get (&weakref_watch_funcs[i]) == funcs)
        return i;
    }

  g_assert_not_reached ();
}

/* Calls @func with each watch that has @funcs, newest first. @func runs under the lock, and may
 * only count and collect. */
void
weakref_block_collect (WeakrefBlock *block,
                       const WeakrefWatchFuncs *funcs,
                       GFunc func,
                       gpointer user_data)
{
  guint8 number = funcs_get_number (funcs);
  WeakrefWatch *watch;
  WeakrefWatch *own;

  weakref_block_lock (block);
  own = weakref_block_get_own_locked (block);
  for (watch = weakref_watch_get_first (*weakref_block_get_watches_locked (block), own);
       watch != NULL; watch = weakref_watch_get_next (watch, own))
    {
      if (watch->funcs == number)
        func (watch, user_data);
    }
  weakref_block_unlock (block);
}

/* Adds the number of watches of each name to @counts, which maps const char * to guint. */
void
weakref_block_count_watches (WeakrefBlock *block, GHashTable *counts)
{
  WeakrefWatch *watch;
  WeakrefWatch *own;

  weakref_block_lock (block);
  own = weakref_block_get_own_locked (block);
  for (watch = weakref_watch_get_first (*weakref_block_get_watches_locked (block), own);
       watch != NULL; watch = weakref_watch_get_next (watch, own))
    {
      const WeakrefWatchFuncs *funcs = weakref_watch_get_funcs (watch);
      gpointer name = (gpointer) (funcs->name != NULL ? funcs->name : funcs->describe (watch));

      g_hash_table_insert (
        counts, name, GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) + 1));
    }
  weakref_block_unlock (block);
}

static gpointer
watch_alloc (WeakrefWatchMemory memory, gsize size)
{
  WeakrefWatch *watch = g_malloc (size);

  memset (watch, 0, sizeof (WeakrefWatch));
  watch->memory = memory;

  return watch;
}

/* Allocates an owner, @size bytes that begin with the watch. The watch is filled with 0, except for
 * its block, if that is known already, and its kind of memory. The rest is not initialized. @target
 * is what it is going to watch, or NULL; the caller holds it. If @target has no block yet, the
 * start of the watch makes the block in the memory of the watch.
 *
 * The start also adds to the qdata of the target. When there is no more room, GLib moves the qdata
 * to a larger piece of memory, and frees the old piece. The next malloc() of the same size gets the
 * piece that was freed last. If that were the next owner, each owner would lie between what belongs
 * to another object. At a death, free() could not join the pieces at once, and would have to do so
 * later, when they have left the cache. So we take that piece before the owner is allocated, and
 * free it afterwards. Then GLib gets it again. This helps only if both sizes are equal. With GLib
 * 2.84 and 2.90 the death of one of 100,000 objects takes a tenth less time. With GLib before 2.80
 * it made no difference, and is not done. */
gpointer
weakref_watch_alloc (gpointer target, gsize size)
{
  WeakrefBlock *block =
    target != NULL ? weakref_block_lookup (target, WEAKREF_PHASE_DISPOSE) : NULL;
  gboolean may_become_block = target != NULL && block == NULL && size <= MAX_SIZE_WITH_BLOCK;
  gpointer freed_last = may_become_block && !weakref_compat_is_needed () ? g_malloc (size) : NULL;
  WeakrefWatch *watch =
    watch_alloc (may_become_block ? WEAKREF_MEMORY_LINK_FOR_NOW : WEAKREF_MEMORY_LINK, size);

  g_free (freed_last);

  /* The start of the watch does not have to look for it again. */
  if (block != NULL && !weakref_block_is_current (block, target))
    g_clear_pointer (&block, weakref_block_unref);
  watch->place.link.block = block;

  return watch;
}

/* Does the same for an owner that is about to be put into a slot. @block is the current block of
 * the target, or NULL if the target has none. */
gpointer
weakref_watch_alloc_for_slot (WeakrefBlock *block, gsize size)
{
  WeakrefWatch *watch;

  if (block == NULL)
    return watch_alloc (WEAKREF_MEMORY_LINK_FOR_NOW, size);

  watch = watch_alloc (WEAKREF_MEMORY_LINK, size);
  watch->place.link.block = weakref_block_ref (block);

  return watch;
}

/* Frees an owner that one of these two has allocated, and clears its watch. */
void
weakref_watch_free (WeakrefWatch *watch)
{
  WeakrefBlock *block = weakref_watch_get_block (watch);

  /* If it is the same memory, the last unref frees it. */
  if (block != (gpointer) watch)
    g_free (watch);
  if (block != NULL)
    weakref_block_unref (block);
}

/* Starts a watch with a block in its own memory, if that is possible. Returns FALSE if another
 * thread has made a block for @target in the meantime. Then the watch needs a link to that one. */
static gboolean
watch_start_with_block (WeakrefWatch *watch, gpointer target, WeakrefWatchMemory memory, guint8 own)
{
  WeakrefBlock *block = (WeakrefBlock *) watch;

  if (watch->memory != WEAKREF_MEMORY_LINK_FOR_NOW)
    return FALSE;

  /* The reference of the caller, see weakref_block_init(), is given to the watch. */
  weakref_block_init (block, target, WEAKREF_PHASE_DISPOSE);
  block->own = own;
  watch->memory = memory;
  if (weakref_block_publish (block, NULL, target))
    return TRUE;

  g_weak_ref_clear (&block->target);
  memset (&watch->place, 0, sizeof watch->place);
  watch->memory = WEAKREF_MEMORY_LINK;

  return FALSE;
}

static void
watch_start_in_block (WeakrefWatch *watch, gpointer target, WeakrefPhase phase)
{
  while (TRUE)
    {
      WeakrefBlock *block = watch->place.link.block;

      if (block == NULL)
        block = watch->place.link.block = weakref_block_get (target, phase);

      weakref_block_lock (block);
      if (!block->dead)
        {
          weakref_list_push (weakref_block_get_watches_locked (block), &watch->place.link.node);
          weakref_block_unlock (block);
          return;
        }
      weakref_block_unlock (block);

      /* Another thread has just disposed the target. The caller still holds it, so that it has a
       * next life. That one is watched. */
      watch->place.link.block = NULL;
      weakref_block_unref (block);
    }
}

/* Starts to watch @target, which the caller holds. The caller gives a reference on the owner to the
 * watch. */
void
weakref_watch_start (WeakrefWatch *watch,
                     const WeakrefWatchFuncs *funcs,
                     gpointer target,
                     WeakrefPhase phase)
{
  watch->funcs = funcs_get_number (funcs);

  if (!watch_start_with_block (watch, target, WEAKREF_MEMORY_BLOCK, WEAKREF_OWN_WATCH))
    watch_start_in_block (watch, target, phase);
}

/* Does the same for an owner that weakref_watch_alloc_for_slot() has allocated. If this makes a
 * block, the owner is in @slot before others can find the block. */
void
weakref_watch_start_in_slot (WeakrefWatch *watch,
                             const WeakrefWatchFuncs *funcs,
                             gpointer target,
                             WeakrefSlot slot)
{
  watch->funcs = funcs_get_number (funcs);

  if (!watch_start_with_block (watch, target, WEAKREF_MEMORY_BLOCK_IN_SLOT,
                               WEAKREF_OWN_WATCH | WEAKREF_OWN_SLOT (slot)))
    watch_start_in_block (watch, target, WEAKREF_PHASE_DISPOSE);
}

/* Returns whether the start of the watch has put its owner into the slot. */
gboolean
weakref_watch_is_in_slot (WeakrefWatch *watch)
{
  return watch->memory == WEAKREF_MEMORY_BLOCK_IN_SLOT;
}

/* Stops the watch, and drops its reference on the owner. Returns FALSE if the death was first: then
 * the watch announces, or has announced already. Also returns FALSE if the watch was stopped
 * before, or not started yet. The caller has another reference on the owner. */
gboolean
weakref_watch_stop (WeakrefWatch *watch)
{
  WeakrefBlock *block = weakref_watch_get_block (watch);
  gboolean stopped;

  weakref_block_lock (block);
  if (G_LIKELY (watch->memory < WEAKREF_MEMORY_BLOCK))
    {
      stopped = !block->dead && watch->place.link.node.link != NULL;
      if (stopped)
        weakref_list_take (&watch->place.link.node);
    }
  else
    {
      stopped = !block->dead && (block->own & WEAKREF_OWN_WATCH) != 0;
      if (stopped)
        block->own &= (guint8) ~WEAKREF_OWN_WATCH;
    }
  weakref_block_unlock (block);

  if (stopped && weakref_watch_get_funcs (watch)->unref != NULL)
    weakref_watch_get_funcs (watch)->unref (watch);

  return stopped;
}

/* Drops the block of a watch that was stopped or has announced, and was not allocated here. */
void
weakref_watch_clear (WeakrefWatch *watch)
{
  g_clear_pointer (&watch->place.link.block, weakref_block_unref);
}
