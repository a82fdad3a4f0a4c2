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

/* Allocates an owner, @size bytes that begin with the watch. The watch is filled with 0, and the
 * rest is not initialized. @target is what it is going to watch, or NULL; the caller holds it. If
 * @target has no block yet, the owner is put behind a new block, which weakref_watch_start()
 * initializes. */
gpointer
weakref_watch_alloc (gpointer target, gsize size)
{
  WeakrefWatch *watch;
  gboolean is_inside = target != NULL && size <= MAX_SIZE_INSIDE && !weakref_block_exists (target);

  if (is_inside)
    watch = (WeakrefWatch *) ((WeakrefBlock *) g_malloc (sizeof (WeakrefBlock) + size) + 1);
  else
    watch = g_malloc (size);
  memset (watch, 0, sizeof (WeakrefWatch));
  watch->is_inside = is_inside;

  return watch;
}

/* Returns the block that the watch is behind. This is not always the block of the watch. */
static WeakrefBlock *
watch_get_outer (WeakrefWatch *watch)
{
  return (WeakrefBlock *) watch - 1;
}

/* Frees an owner that weakref_watch_alloc() has allocated, and clears its watch. */
void
weakref_watch_free (WeakrefWatch *watch)
{
  WeakrefBlock *block = watch->block;

  /* If the watch has another block than the outer one, the outer one was never used: it is only
   * memory. If it is the watch's own, the last unref frees it. */
  if (!watch->is_inside)
    g_free (watch);
  else if (block != watch_get_outer (watch))
    g_free (watch_get_outer (watch));

  if (block != NULL)
    weakref_block_unref (block);
}

/* Starts a watch with the outer block. Returns FALSE if another thread has made a block for @target
 * in the meantime. Then the outer block is only memory. */
static gboolean
watch_start_inside (WeakrefWatch *watch, gpointer target)
{
  WeakrefBlock *block = watch_get_outer (watch);

  /* The reference of the caller, see weakref_block_init(), is given to the watch. */
  weakref_block_init (block, target, WEAKREF_PHASE_DISPOSE);
  watch->block = block;
  weakref_list_push (&block->watches.first, &watch->node);
  if (weakref_block_publish (block, NULL, target))
    return TRUE;

  g_weak_ref_clear (&block->target);
  return FALSE;
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

  if (watch->is_inside && watch_start_inside (watch, target))
    return;

  while (TRUE)
    {
      WeakrefBlock *block = watch->block = weakref_block_get (target, phase);

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
      weakref_block_unref (block);
    }
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
