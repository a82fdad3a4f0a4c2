/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/list.h>

G_BEGIN_DECLS

/* The locks of which the process has one each. The file that uses a lock says under "LOCKING" what
 * it guards. All of them are here because fork() needs them: see core/locks.c. */
typedef enum
{
  WEAKREF_LOCK_FLIGHTS,        /* core/waiting.c */
  WEAKREF_LOCK_TOGGLES,        /* core/toggle.c */
  WEAKREF_LOCK_REGISTRY,       /* core/registry.c */
  WEAKREF_LOCK_PROXY_TYPES,    /* proxy/type.c */
  WEAKREF_LOCK_PROXY_HOOKS,    /* proxy/emission-hooks.c */
  WEAKREF_LOCK_PROXY_ACTIONS,  /* proxy/action.c */
  WEAKREF_LOCK_PROXY_GROUPS,   /* proxy/action-group.c */
  WEAKREF_LOCK_DESTINATIONS,   /* core/dispatch.c */
  WEAKREF_LOCK_COMPAT,         /* core/compat.c */
  WEAKREF_LOCK_RADAR_TRACKING, /* radar/tracking.c */
  WEAKREF_LOCK_RADAR_CENSUS,   /* radar/census.c */
  WEAKREF_LOCK_RADAR_ROOTS,    /* radar/holders.c */
  WEAKREF_LOCK_IDS,            /* weakref-id.c */
  WEAKREF_N_LOCKS
} WeakrefLock;

extern GMutex weakref_locks[WEAKREF_N_LOCKS];

/* The locks that all blocks share, each in a cache line of its own. See core/block.c. */
#define WEAKREF_N_BLOCK_LOCK_BITS 6
typedef struct
{
  _Alignas(64) GMutex mutex;
} WeakrefBlockLock;

extern WeakrefBlockLock weakref_block_locks[1 << WEAKREF_N_BLOCK_LOCK_BITS];

/* An element of the list of locks: the lock of one table. */
typedef struct
{
  WeakrefNode node; /* list lock */
  GMutex *lock;     /* (unowned) (const) */
} WeakrefListedLock;

void weakref_lock_contended (GMutex *mutex);

/* Locks one of our locks. What is done under it is short, mostly: see core/locks.c. */
static inline void
weakref_lock (GMutex *mutex)
{
  if (G_UNLIKELY (!g_mutex_trylock (mutex)))
    weakref_lock_contended (mutex);
}

void weakref_locks_add (WeakrefListedLock *listed, GMutex *lock);
void weakref_locks_remove (WeakrefListedLock *listed);

gint weakref_process_get_id (void);

G_END_DECLS
