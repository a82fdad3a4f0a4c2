/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>
#include <weakref-glib/weakref-types.h>

G_BEGIN_DECLS

typedef struct _WeakrefBlock WeakrefBlock;
typedef struct _WeakrefWatch WeakrefWatch;

/* What a watch does when its target dies. Both run outside the block's lock, in the thread that
 * drops the last reference; first all the watches sever, then all of them announce. */
typedef struct
{
  /* Let nobody find the target here any longer. Must not run foreign code. May be NULL. */
  void (*sever) (WeakrefWatch *watch);
  /* Tell. Any code may run, and the watch may be freed: it is not touched afterwards. */
  void (*announce) (WeakrefWatch *watch);
  /* For a person: the class that takes the interest. NULL if describe() says it. */
  const char *name;
  /* The same, for what several classes share. Called under the block's lock. */
  const char *(*describe) (const WeakrefWatch *watch);
} WeakrefWatchFuncs;

/* To be embedded in whatever takes an interest in a target. From weakref_watch_start() on, either
 * weakref_watch_stop() returns TRUE, or both functions run: exactly one of the two, once. */
struct _WeakrefWatch
{
  WeakrefWatch *next;  /* block lock; once the block is dead, the thread that killed it */
  WeakrefWatch **link; /* block lock: what points at this watch */
  const WeakrefWatchFuncs *funcs;
  WeakrefBlock *block; /* (owned) */
};

/* Things that a target has at most one of. */
typedef enum
{
  WEAKREF_SLOT_REF,
  WEAKREF_SLOT_PROXY,
  WEAKREF_N_SLOTS
} WeakrefSlot;

/* Who decides when the life ends. */
typedef enum
{
  WEAKREF_FATE_OWN,    /* the last unref */
  WEAKREF_FATE_SHARED, /* the group that the target is bonded to */
  WEAKREF_FATE_DOOMED  /* the group has decided: nobody gets the target any more */
} WeakrefFate;

/* For those who take an interest in @object: nobody does in its own finalize any more. GLib would
 * set a GWeakRef there that dangles afterwards, and never notify. */
static inline gboolean
weakref_is_held (gpointer object)
{
  return g_atomic_int_get (&((GObject *) object)->ref_count) > 0;
}

/* What the radar is told of while it runs, with no lock held: a block that was made, of
 * WEAKREF_PHASE_DISPOSE, and its death. The two may come in any order. Core knows nothing else of
 * the radar. */
typedef void (*WeakrefBlockHook) (WeakrefBlock *block, gboolean alive);

void weakref_block_set_hook (WeakrefBlockHook hook);
void weakref_block_count_watches (WeakrefBlock *block, GHashTable *counts);

WeakrefBlock *weakref_block_get (gpointer target, WeakrefPhase phase);
WeakrefBlock *weakref_block_peek (gpointer target, WeakrefPhase phase);
WeakrefBlock *weakref_block_lookup (gpointer target, WeakrefPhase phase);
WeakrefBlock *weakref_block_ref (WeakrefBlock *block);
void weakref_block_unref (WeakrefBlock *block);

gboolean weakref_block_is_current (WeakrefBlock *block, gpointer target);
gpointer weakref_block_dup_target (WeakrefBlock *block);
gboolean weakref_block_is_alive (WeakrefBlock *block);
gboolean weakref_block_is_dead (WeakrefBlock *block);
guint64 weakref_block_get_id (WeakrefBlock *block);
gconstpointer weakref_block_get_address (WeakrefBlock *block);
GType weakref_block_get_target_type (WeakrefBlock *block);
void weakref_block_set_fate (WeakrefBlock *block, WeakrefFate fate);

gpointer weakref_block_dup_slot (WeakrefBlock *block, WeakrefSlot slot, gpointer (*dup) (gpointer));
gboolean weakref_block_swap_slot (WeakrefBlock *block,
                                  WeakrefSlot slot,
                                  gconstpointer expected,
                                  gpointer value);

void weakref_block_collect (WeakrefBlock *block,
                            const WeakrefWatchFuncs *funcs,
                            GFunc func,
                            gpointer user_data);

void weakref_watch_start (WeakrefWatch *watch,
                          const WeakrefWatchFuncs *funcs,
                          gpointer target,
                          WeakrefPhase phase);
gboolean weakref_watch_stop (WeakrefWatch *watch);
void weakref_watch_clear (WeakrefWatch *watch);

G_END_DECLS
