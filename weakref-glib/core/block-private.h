/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/locks.h>

G_BEGIN_DECLS

/* What block.c and watch.c share. */

/* The fields that most blocks do not need. */
typedef struct
{
  WeakrefNode *watches;            /* block lock: newest first */
  gpointer slots[WEAKREF_N_SLOTS]; /* block lock: (unowned) */
  guint64 id;                      /* block lock: 0 before it is asked for */
  gconstpointer address;           /* block lock: NULL if nobody has kept it */
} WeakrefMore;

struct _WeakrefBlock
{
  union
  {
    WeakrefNode *first; /* lock: newest first */
    gsize more;         /* lock: (owned): a pointer to WeakrefMore, and the lowest bit */
  } watches;
  GWeakRef target;      /* all strong references that we give out come from here */
  gint ref_count;       /* (atomic) */
  _Atomic guint8 dead;  /* set under the lock, for ever */
  _Atomic guint8 bonds; /* WeakrefBonds; written under the toggle lock */
  guint8 phase;         /* (const): WeakrefPhase */
  guint8 own;           /* lock: what there is of the owner in the allocation of the block */
};

G_STATIC_ASSERT (sizeof (WeakrefBlock) <= G_STRUCT_OFFSET (WeakrefWatch, funcs));

/* What there is of that owner. */
#define WEAKREF_OWN_WATCH 1u                             /* its watch is active */
#define WEAKREF_OWN_SLOT(slot) ((guint8) (2u << (slot))) /* it is in the slot */

/* The functions of all watches, by number. There is one for each kind of owner. */
extern gpointer weakref_watch_funcs[16]; /* (atomic): of WeakrefWatchFuncs */

static inline GMutex *
weakref_block_get_lock (WeakrefBlock *block)
{
  guint32 n = (guint32) ((gsize) block >> 4) * 0x9e3779b9u;

  return &weakref_block_locks[n >> (32 - WEAKREF_N_BLOCK_LOCK_BITS)].mutex;
}

static inline void
weakref_block_lock (WeakrefBlock *block)
{
  weakref_lock (weakref_block_get_lock (block));
}

static inline void
weakref_block_unlock (WeakrefBlock *block)
{
  g_mutex_unlock (weakref_block_get_lock (block));
}

static inline WeakrefMore *
weakref_block_peek_more_locked (WeakrefBlock *block)
{
  gsize more = block->watches.more;

  return (more & 1) != 0 ? (WeakrefMore *) (more - 1) : NULL;
}

static inline WeakrefNode **
weakref_block_get_watches_locked (WeakrefBlock *block)
{
  WeakrefMore *more = weakref_block_peek_more_locked (block);

  return more != NULL ? &more->watches : &block->watches.first;
}

/* Returns the watch in the allocation of the block, or NULL if that is not active. It is older than
 * all others. */
static inline WeakrefWatch *
weakref_block_get_own_locked (WeakrefBlock *block)
{
  return (block->own & WEAKREF_OWN_WATCH) != 0 ? (WeakrefWatch *) block : NULL;
}

/* These two are to go over the list that begins with @first, and then to @own, which may be NULL.
 */
static inline WeakrefWatch *
weakref_watch_get_first (WeakrefNode *first, WeakrefWatch *own)
{
  return first != NULL ? (WeakrefWatch *) first : own;
}

static inline WeakrefWatch *
weakref_watch_get_next (WeakrefWatch *watch, WeakrefWatch *own)
{
  return watch != own ? weakref_watch_get_first (watch->place.link.node.next, own) : NULL;
}

static inline const WeakrefWatchFuncs *
weakref_watch_get_funcs (WeakrefWatch *watch)
{
  return g_atomic_pointer_get (&weakref_watch_funcs[watch->funcs]);
}

void weakref_block_init (WeakrefBlock *block, gpointer target, WeakrefPhase phase);
gboolean weakref_block_publish (WeakrefBlock *block, WeakrefBlock *old, gpointer target);

G_END_DECLS
