/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/key.h>

G_BEGIN_DECLS

/* Single flight: of all who want the same thing at the same time, one makes it and the others
 * wait. All functions are called with the lock of the table held. */

typedef struct _WeakrefFlight WeakrefFlight;

WeakrefFlight *weakref_flight_start_locked (WeakrefFlight **flights, gconstpointer key);
WeakrefFlight *
weakref_flight_find_locked (WeakrefFlight *flights, const WeakrefKeyKind *kind, gconstpointer key);
gboolean weakref_flight_wait_locked (WeakrefFlight *flight, GMutex *lock);
void weakref_flight_land_locked (WeakrefFlight **flights, WeakrefFlight *flight, gpointer result);
gpointer weakref_flight_finish (WeakrefFlight *flight);

G_END_DECLS
