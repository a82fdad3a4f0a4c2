/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>
#include <weakref-glib/core/list.h>
#include <weakref-glib/weakref-types.h>

G_BEGIN_DECLS

typedef struct _WeakrefBlock WeakrefBlock;
typedef struct _WeakrefWatch WeakrefWatch;

/* What a watch does when its target dies, and how it lets go of what it is embedded in, its owner.
 * None runs under a lock. When the target dies, all its watches sever, then all of them announce,
 * in the thread that drops the last reference. */
typedef struct
{
  /* Makes the target unreachable here. Must not run foreign code. May be NULL. */
  void (*sever) (WeakrefWatch *watch);
  /* Tell. Any code may run. The reference that the watch has on its owner is taken over. */
  void (*announce) (WeakrefWatch *watch);
  /* Drop the reference that the watch has on its owner: it was stopped. NULL if it has none. */
  void (*unref) (WeakrefWatch *watch);
  /* For a person: the class that takes the interest. NULL if describe() says it. */
  const char *name;
  /* The same, for what several classes share. Called under the block's lock. */
  const char *(*describe) (const WeakrefWatch *watch);
} WeakrefWatchFuncs;

/* To be embedded in whatever takes an interest in a target, its owner. While it runs it has a
 * reference on the owner. From weakref_watch_start() on, either weakref_watch_stop() returns TRUE,
 * or the death announces: exactly one of the two, once. Before it is started it is all 0. */
struct _WeakrefWatch
{
  WeakrefNode node;    /* block lock; once the block is dead, the thread that killed it */
  WeakrefBlock *block; /* (owned) */
  guint8 funcs;        /* (const): a number for the functions, which is shorter than a pointer */
  guint8 is_inside;    /* (const): it is in the allocation of a block, see weakref_watch_alloc() */

  /* For the owner: it fits in here. */
  guint8 state;
  guint8 flags;
  gint ref_count; /* (atomic) */
};

/* Things that a target has at most one of. */
typedef enum
{
  WEAKREF_SLOT_REF,
  WEAKREF_SLOT_PROXY,
  WEAKREF_N_SLOTS
} WeakrefSlot;

/* Whether bonds have a say in when the life ends. */
typedef enum
{
  WEAKREF_BONDS_NONE,  /* no: the last unref ends it */
  WEAKREF_BONDS_GROUP, /* the group decides that the target is bonded to */
  WEAKREF_BONDS_ENDED  /* the group has ended it, for ever: nobody gets the target any more */
} WeakrefBonds;

/* For those who take an interest in @object: nobody does in its own finalize any more. GLib would
 * set a GWeakRef there that dangles afterwards, and never notify. */
static inline gboolean
weakref_is_held (gpointer object)
{
  return g_atomic_int_get (&((GObject *) object)->ref_count) > 0;
}

/* What the radar is told of while it runs, with no lock held: a block that was made, of
 * WEAKREF_PHASE_DISPOSE, by somebody who holds the target; and its death. The two may come in any
 * order. Core knows nothing else of the radar. */
typedef void (*WeakrefBlockHook) (WeakrefBlock *block, gboolean alive);

void weakref_block_set_hook (WeakrefBlockHook hook);
void weakref_block_count_watches (WeakrefBlock *block, GHashTable *counts);

WeakrefBlock *weakref_block_get (gpointer target, WeakrefPhase phase);
WeakrefBlock *weakref_block_peek (gpointer target, WeakrefPhase phase);
WeakrefBlock *weakref_block_lookup (gpointer target, WeakrefPhase phase);
gboolean weakref_block_exists (gpointer target);
WeakrefBlock *weakref_block_ref (WeakrefBlock *block);
void weakref_block_unref (WeakrefBlock *block);

gboolean weakref_block_is_current (WeakrefBlock *block, gpointer target);
gpointer weakref_block_dup_target (WeakrefBlock *block);
gboolean weakref_block_is_alive (WeakrefBlock *block);
gboolean weakref_block_is_dead (WeakrefBlock *block);
guint64 weakref_block_get_id (WeakrefBlock *block);
gconstpointer weakref_block_get_address (WeakrefBlock *block);
void weakref_block_set_bonds (WeakrefBlock *block, WeakrefBonds bonds);

gpointer weakref_block_dup_slot (WeakrefBlock *block, WeakrefSlot slot, gpointer (*dup) (gpointer));
gboolean weakref_block_swap_slot (WeakrefBlock *block,
                                  WeakrefSlot slot,
                                  gconstpointer expected,
                                  gpointer value);

void weakref_block_collect (WeakrefBlock *block,
                            const WeakrefWatchFuncs *funcs,
                            GFunc func,
                            gpointer user_data);

gpointer weakref_watch_alloc (gpointer target, gsize size);
void weakref_watch_free (WeakrefWatch *watch);
void weakref_watch_start (WeakrefWatch *watch,
                          const WeakrefWatchFuncs *funcs,
                          gpointer target,
                          WeakrefPhase phase);
gboolean weakref_watch_stop (WeakrefWatch *watch);
void weakref_watch_clear (WeakrefWatch *watch);

G_END_DECLS
