/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/value-core.h>
#include <weakref-glib/core/waiting.h>

G_BEGIN_DECLS

/* Single flight: if several threads want the object of one key at the same time, one thread creates
 * it, and the others wait for it. A flight is one creation, from its start to its end. */

typedef struct _WeakrefFlight WeakrefFlight;
typedef struct _WeakrefWaiter WeakrefWaiter;

/* How a flight has ended. */
typedef enum
{
  WEAKREF_FLIGHT_GOES_ON,
  WEAKREF_FLIGHT_GAVE_OBJECT,
  WEAKREF_FLIGHT_FAILED,
  WEAKREF_FLIGHT_ABANDONED /* those who wait try again */
} WeakrefFlightState;

struct _WeakrefFlight
{
  WeakrefMaking making;
  gatomicrefcount ref_count;
  WeakrefValueCore *core;   /* (owned) (const) */
  WeakrefValueProbe probe;  /* (const): has the same key, and finds the flight */
  gconstpointer key;        /* (const): in the entry */
  WeakrefValueEntry *entry; /* (owned) (const): will be put into the table with the object */
  gboolean bound;           /* only used by the leader: the entry watches an object */

  GCancellable *cancellable; /* (owned) (nullable) (const): of an asynchronous creation */

  WeakrefFlightState state; /* table lock; (const) once it has ended */
  gpointer object;          /* (owned) (nullable): the same */
  GError *error;            /* (owned) (nullable): the same */
  GCond cond;               /* with the table lock: signalled when it has ended */
  guint n_callers;          /* table lock: for how many callers it is */
  GQueue waiters;           /* table lock: who is told when it has ended */
};

/* Somebody who waits without blocking a thread. This is embedded in a request. */
struct _WeakrefWaiter
{
  WeakrefAsking asking;
  WeakrefFlight *asker;  /* (owned) (nullable) (const): the creation that the request is part of */
  WeakrefFlight *flight; /* (owned) (nullable): table lock: what it waits for */
  GList link;            /* table lock: in the queue of the flight */
  /* The flight has ended. Runs outside every lock. */
  void (*ended) (WeakrefWaiter *waiter, WeakrefFlight *flight);
};

WeakrefFlight *weakref_flight_new (const WeakrefValueProbe *probe);
WeakrefValueEntry *weakref_flight_bind (WeakrefFlight *flight, gpointer object);
void weakref_flight_make_async (WeakrefFlight *flight);
WeakrefFlight *weakref_flight_ref (WeakrefFlight *flight);
void weakref_flight_unref (gpointer flight);

void weakref_flight_start_locked (WeakrefFlight *flight);
WeakrefFlight *weakref_flight_find_locked (WeakrefValueCore *core, const WeakrefValueProbe *probe);
gboolean weakref_flight_wait_locked (WeakrefFlight *flight, GError **error);
gboolean weakref_flight_join_locked (WeakrefFlight *flight, WeakrefWaiter *waiter, GError **error);
WeakrefFlight *weakref_flight_forget_locked (WeakrefWaiter *waiter);
void weakref_flight_leave (WeakrefFlight *flight);
GQueue weakref_flight_end_locked (WeakrefFlight *flight,
                                  WeakrefFlightState state,
                                  gpointer object,
                                  GError *error);
void weakref_flight_tell (WeakrefFlight *flight, GQueue *waiters);
gpointer weakref_flight_dup_object (WeakrefFlight *flight, GError **error);

void weakref_flight_link_cancellable (WeakrefFlight *flight, gboolean link);
WeakrefFlight *weakref_flight_dup_asker (GCancellable *cancellable);

G_END_DECLS
