/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/block-private.h>

#include <string.h>

/* The watches of a block. Each active watch is in the list of its block, under the lock of the
 * block. A death takes the whole list: see block.c. */

/* An owner that is larger than this is not put behind a block. The memory of the two is freed when
 * both have ended, so a large owner would waste much of it. */
#define MAX_SIZE_INSIDE 256

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
  WeakrefNode *node;

  weakref_block_lock (block);
  for (node = *weakref_block_get_watches_locked (block); node != NULL; node = node->next)
    {
      if (((WeakrefWatch *) node)->funcs == number)
        func (node, user_data);
    }
  weakref_block_unlock (block);
}

/* Adds the number of watches of each name to @counts, which maps const char * to guint. */
void
weakref_block_count_watches (WeakrefBlock *block, GHashTable *counts)
{
  WeakrefNode *node;

  weakref_block_lock (block);
  for (node = *weakref_block_get_watches_locked (block); node != NULL; node = node->next)
    {
      WeakrefWatch *watch = (WeakrefWatch *) node;
      const WeakrefWatchFuncs *funcs = weakref_watch_get_funcs (watch);
      gpointer name = (gpointer) (funcs->name != NULL ? funcs->name : funcs->describe (watch));

      g_hash_table_insert (
        counts, name, GUINT_TO_POINTER (GPOINTER_TO_UINT (g_hash_table_lookup (counts, name)) + 1));
    }
  weakref_block_unlock (block);
}

/* Returns the block that the watch is behind. This is not always the block of the watch. */
static WeakrefBlock *
watch_get_outer (WeakrefWatch *watch)
{
  return (WeakrefBlock *) watch - 1;
}

/* Returns what is behind the owner of the watch, which has @size bytes. */
static WeakrefMore *
watch_get_more (WeakrefWatch *watch, gsize size)
{
  return (WeakrefMore *) (gpointer) ((guint8 *) watch + size);
}

static gpointer
watch_alloc (WeakrefWatchMemory memory, gsize size)
{
  WeakrefWatch *watch;

  if (memory == WEAKREF_MEMORY_APART)
    watch = g_malloc (size);
  else
    watch = (WeakrefWatch *) ((WeakrefBlock *) g_malloc (sizeof (WeakrefBlock) + size) + 1);
  memset (watch, 0, sizeof (WeakrefWatch));
  watch->memory = memory;

  return watch;
}

/* Allocates an owner, @size bytes that begin with the watch. The watch is filled with 0, except for
 * its block, if that is known already, and its kind of memory. The rest is not initialized. @target
 * is what it is going to watch, or NULL; the caller holds it. If @target has no block yet, the
 * owner is put behind a new block, which weakref_watch_start() initializes. */
gpointer
weakref_watch_alloc (gpointer target, gsize size)
{
  WeakrefBlock *block =
    target != NULL ? weakref_block_lookup (target, WEAKREF_PHASE_DISPOSE) : NULL;
  gboolean is_inside = target != NULL && block == NULL && size <= MAX_SIZE_INSIDE;
  WeakrefWatch *watch =
    watch_alloc (is_inside ? WEAKREF_MEMORY_INSIDE : WEAKREF_MEMORY_APART, size);

  /* The start of the watch does not have to look for it again. */
  if (block != NULL && !weakref_block_is_current (block, target))
    g_clear_pointer (&block, weakref_block_unref);
  watch->block = block;

  return watch;
}

/* Does the same for an owner that is about to be put into a slot. @block is the current block of
 * the target, or NULL if the target has none. @size is that of a structure with pointers. */
gpointer
weakref_watch_alloc_for_slot (WeakrefBlock *block, gsize size)
{
  WeakrefWatch *watch;

  if (block == NULL)
    return watch_alloc (WEAKREF_MEMORY_INSIDE_WITH_SLOTS, size + sizeof (WeakrefMore));

  watch = watch_alloc (WEAKREF_MEMORY_APART, size);
  watch->block = weakref_block_ref (block);

  return watch;
}

/* Frees an owner that one of these two has allocated, and clears its watch. */
void
weakref_watch_free (WeakrefWatch *watch)
{
  WeakrefBlock *block = watch->block;

  /* If the watch has another block than the outer one, the outer one was never used: it is only
   * memory. If it is the watch's own, the last unref frees it. */
  if (watch->memory == WEAKREF_MEMORY_APART)
    g_free (watch);
  else if (block != watch_get_outer (watch))
    g_free (watch_get_outer (watch));

  if (block != NULL)
    weakref_block_unref (block);
}

/* Starts a watch with the outer block. Returns FALSE if another thread has made a block for @target
 * in the meantime. Then the outer block is only memory. */
static gboolean
watch_start_inside (WeakrefWatch *watch, gpointer target, WeakrefMore *more)
{
  WeakrefBlock *block = watch_get_outer (watch);

  /* The reference of the caller, see weakref_block_init(), is given to the watch. */
  weakref_block_init (block, target, WEAKREF_PHASE_DISPOSE);
  watch->block = block;
  if (more != NULL)
    {
      block->more_is_inside = TRUE;
      block->watches.more = (gsize) more + 1;
    }
  weakref_list_push (weakref_block_get_watches_locked (block), &watch->node);
  if (weakref_block_publish (block, NULL, target))
    return TRUE;

  g_weak_ref_clear (&block->target);
  watch->block = NULL;
  return FALSE;
}

static void
watch_start_in_block (WeakrefWatch *watch, gpointer target, WeakrefPhase phase)
{
  while (TRUE)
    {
      WeakrefBlock *block = watch->block;

      if (block == NULL)
        block = watch->block = weakref_block_get (target, phase);

      weakref_block_lock (block);
      if (!block->dead)
        {
          weakref_list_push (weakref_block_get_watches_locked (block), &watch->node);
          weakref_block_unlock (block);
          return;
        }
      weakref_block_unlock (block);

      /* Another thread has just disposed the target. The caller still holds it, so that it has a
       * next life. That one is watched. */
      watch->block = NULL;
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

  if (watch->memory != WEAKREF_MEMORY_INSIDE || !watch_start_inside (watch, target, NULL))
    watch_start_in_block (watch, target, phase);
}

/* Does the same for an owner of @size bytes that weakref_watch_alloc_for_slot() has allocated. If
 * this makes a block, the owner is in @slot before others can find the block. */
void
weakref_watch_start_in_slot (WeakrefWatch *watch,
                             const WeakrefWatchFuncs *funcs,
                             gpointer target,
                             gsize size,
                             WeakrefSlot slot)
{
  watch->funcs = funcs_get_number (funcs);

  if (watch->memory == WEAKREF_MEMORY_INSIDE_WITH_SLOTS)
    {
      WeakrefMore *more = watch_get_more (watch, size);

      memset (more, 0, sizeof *more);
      more->slots[slot] = watch;
      if (watch_start_inside (watch, target, more))
        return;
    }
  watch_start_in_block (watch, target, WEAKREF_PHASE_DISPOSE);
}

/* Returns whether the start of the watch has put its owner into the slot. */
gboolean
weakref_watch_is_in_slot (WeakrefWatch *watch)
{
  return watch->memory == WEAKREF_MEMORY_INSIDE_WITH_SLOTS &&
         watch->block == watch_get_outer (watch);
}

/* Stops the watch, and drops its reference on the owner. Returns FALSE if the death was first. Then
 * the watch announces, or has announced already. The caller has another reference on the owner. */
gboolean
weakref_watch_stop (WeakrefWatch *watch)
{
  WeakrefBlock *block = watch->block;
  gboolean stopped;

  weakref_block_lock (block);
  stopped = !block->dead;
  if (stopped)
    weakref_list_take (&watch->node);
  weakref_block_unlock (block);

  if (stopped && weakref_watch_get_funcs (watch)->unref != NULL)
    weakref_watch_get_funcs (watch)->unref (watch);

  return stopped;
}

/* Drops the block of a watch that was stopped or has announced. */
void
weakref_watch_clear (WeakrefWatch *watch)
{
  g_clear_pointer (&watch->block, weakref_block_unref);
}
