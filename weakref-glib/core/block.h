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

/* What the watches of one kind have in common. The structure that a watch is embedded in is called
 * its owner. When a target dies, all its watches sever first. Then all of them announce. Both
 * happen in the thread that drops the last reference on the target. */
typedef struct
{
  /* Makes sure that nobody finds the target through the owner. It runs outside the locks of blocks
   * and calls no foreign code. May be NULL. */
  void (*sever) (WeakrefWatch *watch);
  /* Tells of the death, and takes over the reference that the watch has on its owner. It runs
   * outside every lock and may call any code. @target is where the target is: we are in its
   * dispose, or somebody holds it. It is NULL if the watch is one of WEAKREF_PHASE_FINALIZE. */
  void (*announce) (WeakrefWatch *watch, gpointer target);
  /* The watch was stopped. Drops the reference that the watch has on its owner. It runs outside
   * every lock. NULL if the watch has no such reference. */
  void (*unref) (WeakrefWatch *watch);
  /* The name of the class that takes the interest, which the radar shows to the user. NULL if
   * describe() returns it. */
  const char *name;
  /* Returns that name, where several classes share the functions. It runs under the lock of the
   * block. */
  const char *(*describe) (const WeakrefWatch *watch);
} WeakrefWatchFuncs;

/* What the first bytes of a watch are, see weakref_watch_alloc(). */
typedef enum
{
  WEAKREF_MEMORY_LINK,         /* a link to a block */
  WEAKREF_MEMORY_LINK_FOR_NOW, /* it is not started yet, and may become a block */
  WEAKREF_MEMORY_BLOCK,        /* its own block */
  WEAKREF_MEMORY_BLOCK_IN_SLOT /* the same, and the start has put the owner into a slot */
} WeakrefWatchMemory;

/* One interest in the end of one life. It is embedded in its owner, and has a reference on the
 * owner while it is active. Each watch that was started ends in exactly one of two ways: either
 * weakref_watch_stop() returns TRUE, or the death of the target announces. All fields have to be 0
 * before the start, except those that weakref_watch_alloc() sets.
 *
 * The first watch of a target needs no link to the block: it has the block itself in that place. */
struct _WeakrefWatch
{
  union
  {
    struct
    {
      WeakrefNode node; /* block lock; when the block is dead: only for the thread that killed it */
      WeakrefBlock *block; /* (owned) */
    } link;
    struct
    {
      gpointer pointers[2];
      guint8 bytes[8];
    } room_for_block;
  } place;
  guint8 funcs;  /* (const): the number of the functions, which is shorter than a pointer */
  guint8 memory; /* a WeakrefWatchMemory: (const) from the start on */

  /* These are for the owner. There is room for them here. */
  guint8 state;
  guint8 flags;
  gint ref_count; /* (atomic) */
};

/* Returns the block of the watch. It is NULL if the watch was never started or has been cleared. */
static inline WeakrefBlock *
weakref_watch_get_block (const WeakrefWatch *watch)
{
  return watch->memory >= WEAKREF_MEMORY_BLOCK ? (WeakrefBlock *) watch : watch->place.link.block;
}

/* The kinds of objects that belong to a target. A block has a slot for the one object of each kind
 * that everybody shares. */
typedef enum
{
  WEAKREF_SLOT_REF,
  WEAKREF_SLOT_PROXY,
  WEAKREF_N_SLOTS
} WeakrefSlot;

/* Whether bonds decide when the life ends. */
typedef enum
{
  WEAKREF_BONDS_NONE,  /* the target is not in a group: the last unref ends the life */
  WEAKREF_BONDS_GROUP, /* the target is in a group, which decides */
  WEAKREF_BONDS_ENDED  /* the group has ended the life for ever: nobody gets the target any more */
} WeakrefBonds;

/* Returns whether anybody has a reference on @object. Whoever takes an interest in an object has to
 * hold it. While an object is being finalized nobody holds it. If a GWeakRef were set then, GLib
 * would leave a dangling pointer in it, and would never notify us. */
static inline gboolean
weakref_is_held (gpointer object)
{
  return g_atomic_int_get (&((GObject *) object)->ref_count) > 0;
}

/* Drops @n references, which the caller has. Returns TRUE if there are no others. Then the count is
 * left as it is.
 *
 * Nobody may take a reference without having one, except under a lock and from a place that is
 * emptied under that lock before its reference is dropped. So if the caller has all references,
 * nobody can get another one. To read the count takes a fraction of the time of an atomic
 * subtraction, and in most deaths the caller has all of them. */
static inline gboolean
weakref_count_drop (gint *count, gint n)
{
  return g_atomic_int_get (count) == n || g_atomic_int_add (count, -n) == n;
}

/* Tells the radar that a block of WEAKREF_PHASE_DISPOSE was made for @target, which the caller
 * holds, or that it has died: then @target is NULL. The two calls for a block may come in any
 * order. It runs outside every lock. This is all that the core knows of the radar. */
typedef void (*WeakrefBlockHook) (WeakrefBlock *block, gpointer target);

void weakref_block_set_hook (WeakrefBlockHook hook);
void weakref_block_count_watches (WeakrefBlock *block, GHashTable *counts);

WeakrefBlock *weakref_block_get (gpointer target, WeakrefPhase phase);
WeakrefBlock *weakref_block_peek (gpointer target, WeakrefPhase phase);
WeakrefBlock *weakref_block_lookup (gpointer target, WeakrefPhase phase);
WeakrefBlock *weakref_block_ref (WeakrefBlock *block);
void weakref_block_unref (WeakrefBlock *block);

gboolean weakref_block_is_current (WeakrefBlock *block, gpointer target);
gpointer weakref_block_dup_target (WeakrefBlock *block);
void weakref_block_prefetch_target (WeakrefBlock *block);
gboolean weakref_block_is_alive (WeakrefBlock *block);
gboolean weakref_block_is_dead (WeakrefBlock *block);
guint64 weakref_block_get_id (WeakrefBlock *block);
void weakref_block_keep_address (WeakrefBlock *block, gpointer target);
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
gpointer weakref_watch_alloc_for_slot (WeakrefBlock *block, gsize size);
void weakref_watch_free (WeakrefWatch *watch);
void weakref_watch_start (WeakrefWatch *watch,
                          const WeakrefWatchFuncs *funcs,
                          gpointer target,
                          WeakrefPhase phase);
void weakref_watch_start_in_slot (WeakrefWatch *watch,
                                  const WeakrefWatchFuncs *funcs,
                                  gpointer target,
                                  WeakrefSlot slot);
gboolean weakref_watch_is_in_slot (WeakrefWatch *watch);
gboolean weakref_watch_stop (WeakrefWatch *watch);
void weakref_watch_clear (WeakrefWatch *watch);

G_END_DECLS
