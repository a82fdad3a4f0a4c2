/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/value-core.h>

G_BEGIN_DECLS

/* Single flight: if several threads want the object of one key at the same time, one thread creates
 * it, and the others wait for it. A flight is one creation, from its start to its end. */

typedef struct _WeakrefFlight WeakrefFlight;

/* How it has ended. */
typedef enum
{
  WEAKREF_FLIGHT_GOES_ON,
  WEAKREF_FLIGHT_GAVE_OBJECT,
  WEAKREF_FLIGHT_FAILED,
  WEAKREF_FLIGHT_ABANDONED /* those who wait try anew */
} WeakrefFlightState;

struct _WeakrefFlight
{
  gatomicrefcount ref_count;
  WeakrefValueCore *core;  /* (owned) (const) */
  WeakrefValueProbe probe; /* (const): with the same key; what it is found by */
  gconstpointer key;       /* (const): in the entry; good until the end */
  WeakrefValueEntry
    *entry; /* (owned) (nullable): the leader's; what the object will be entered by */

  WeakrefFlightState state; /* table lock; (const) once it has ended */
  gpointer object;          /* (owned) (nullable): the same */
  GError *error;            /* (owned) (nullable): the same */
  GCond cond;               /* with the table lock: it has ended */
};

WeakrefFlight *weakref_flight_new (const WeakrefValueProbe *probe);
WeakrefFlight *weakref_flight_ref (WeakrefFlight *flight);
void weakref_flight_unref (gpointer flight);

void weakref_flight_start_locked (WeakrefFlight *flight);
WeakrefFlight *weakref_flight_find_locked (WeakrefValueCore *core, const WeakrefValueProbe *probe);
gboolean weakref_flight_wait_locked (WeakrefFlight *flight, GError **error);
void weakref_flight_end_locked (WeakrefFlight *flight,
                                WeakrefFlightState state,
                                gpointer object,
                                GError *error);
gpointer weakref_flight_dup_object (WeakrefFlight *flight, GError **error);

G_END_DECLS
