/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEAKREF_INSIDE) && !defined(WEAKREF_COMPILATION)
#error "Only <weakref-glib/weakref-glib.h> can be included directly."
#endif

#include <gio/gio.h>
#include <weakref-glib/weakref-macros.h>
#include <weakref-glib/weakref-types.h>

G_BEGIN_DECLS

#define WEAKREF_TYPE_RESERVATION (weakref_reservation_get_type ())

WEAKREF_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WeakrefReservation, weakref_reservation, WEAKREF, RESERVATION, GObject)

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_reservation_commit (WeakrefReservation *self, gpointer object);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_reservation_fail (WeakrefReservation *self, const GError *error);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_reservation_abandon (WeakrefReservation *self);

G_END_DECLS
