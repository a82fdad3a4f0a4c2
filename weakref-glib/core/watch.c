/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/block-private.h>

#include <string.h>

/* The watches of a block. Each is in the list of the block, under its lock, until the death has
 * taken the list: see block.c. */

/* An owner that is larger is allocated by itself, as it may outlive the block, or the other way
 * round, and then keeps the memory of both. */
#define MAX_SIZE_INSIDE 256

gpointer weakref_watch_funcs[16];

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

/* Calls @func with each watch that has @funcs, newest first. Under the lock: @func may only count
 * and collect. */
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

/* Adds up how many watches of each description there are: const char * → guint. */
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

/* Memory for an owner that begins with its watch, which is to watch @target: if that has no block
 * yet, behind that of a new one, which the start of the watch initializes. The watch is all 0, as
 * it has to be; the rest is not initialized. The caller holds @target, which may be NULL. */
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

/* The block that the watch is behind. */
static WeakrefBlock *
watch_get_outer (WeakrefWatch *watch)
{
  return (WeakrefBlock *) watch - 1;
}

/* Frees an owner that was allocated so, and clears its watch. */
void
weakref_watch_free (WeakrefWatch *watch)
{
  WeakrefBlock *block = watch->block;

  /* The outer block is memory alone, if it is not the watch's own; that frees itself. */
  if (!watch->is_inside)
    g_free (watch);
  else if (block != watch_get_outer (watch))
    g_free (watch_get_outer (watch));

  if (block != NULL)
    weakref_block_unref (block);
}

/* Returns FALSE if another thread was first: then the outer block is nothing but memory. */
static gboolean
watch_start_inside (WeakrefWatch *watch, gpointer target)
{
  WeakrefBlock *block = watch_get_outer (watch);

  /* Of the references that it starts with, one is the watch's. */
  weakref_block_init (block, target, WEAKREF_PHASE_DISPOSE);
  watch->block = block;
  weakref_list_push (&block->watches.first, &watch->node);
  if (weakref_block_publish (block, NULL, target))
    return TRUE;

  g_weak_ref_clear (&block->target);
  return FALSE;
}

/* Watches @target, which the caller holds, as well as a reference on the owner, for the watch. */
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

      /* Another thread has just disposed the target. The caller watches the life that follows. */
      weakref_block_unref (block);
    }
}

/* Returns whether the watch was stopped, which drops its reference on the owner: FALSE if the death
 * was first, and announces itself. The caller has another reference. */
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

/* Frees what the watch holds, when it is stopped or announced. */
void
weakref_watch_clear (WeakrefWatch *watch)
{
  g_clear_pointer (&watch->block, weakref_block_unref);
}
