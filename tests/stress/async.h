/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "stress.h"

G_BEGIN_DECLS

/* Creation without waiting, beside creation that waits, and reservations; and waiting for deaths.
 *
 * Objects are in three places, and nobody else has them. In the first two, a table and a cache, any
 * thread may block for an object, so whoever makes one must get on without a thread that blocks:
 * reservations end where they were made. In the third one nobody blocks for a reservation, so they
 * may be handed to another thread. */

typedef struct
{
  WeakrefValueTable *table; /* (owned) */
  StressCreations blocking;
  GMutex lock;
  GCancellable *current[STRESS_N_KEYS]; /* lock: (owned) (nullable): of the creation that goes on */
  GPtrArray *superseded;                /* lock: (owned): of those that another one came after */
} Place;

enum
{
  TABLE,
  CACHE,
  NEVER_BLOCKS,
  N_PLACES
};

extern Place stress_places[N_PLACES];

/* Who asks in one thread, and in its context. */
typedef struct
{
  guint index;
  GMainContext *context; /* (owned) */
  GCancellable *leave;   /* (owned): of the waiting for deaths */
  gint n_open;           /* (atomic): callbacks to come, and data to be freed */
  gint n_reserved;       /* (atomic): reservations that others may end */
  gboolean is_leaving;
  gboolean is_view;
} Party;

/* That of the calling thread; NULL: it is the helper. */
Party *stress_party_self (void);
Party *stress_party_new (guint index, gboolean is_view);
void stress_party_add_open (Party *party, gint n);
/* Until everything that was asked for is answered, and everything that was given is freed. */
void stress_party_leave (Party *party);

/* Frees the parties, when all of them have left. */
void stress_parties_begin (void);
void stress_parties_end (void);

/* Tasks and reservations that somebody has left for others to end. */
extern StressPool stress_tasks;
extern StressPool stress_reservations;

/* Takes over @thing. */
void stress_leave_in (StressPool *pool, gpointer thing, Place *place, guint key);
void stress_end_task_cb (gpointer box);
void stress_end_reservation_cb (gpointer box);

void stress_reserve (Party *party, Place *place);

G_END_DECLS
