/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/flight.h>

G_BEGIN_DECLS

/* Looks up the object of a key, or creates it. If many ask for it, it is created once. */

gpointer weakref_ensure_begin (WeakrefValueCore *core,
                               gconstpointer key,
                               gboolean async,
                               WeakrefFlight **flight,
                               gboolean *leads);
gpointer weakref_ensure_check (gpointer object, GError **error);
gboolean weakref_ensure_end (WeakrefFlight *flight, gpointer object);
void weakref_ensure_fail (WeakrefFlight *flight, GError *error);

gpointer weakref_value_core_reserve (WeakrefValueCore *core,
                                     gconstpointer key,
                                     WeakrefFlight **flight,
                                     GError **error);
gpointer weakref_value_core_ensure (WeakrefValueCore *core,
                                    gconstpointer key,
                                    WeakrefCreateFunc create,
                                    gpointer user_data,
                                    GError **error);
gpointer weakref_value_core_ensure_value (WeakrefValueCore *core,
                                          const GValue *key,
                                          WeakrefCreateValueFunc create,
                                          gpointer user_data,
                                          GError **error);

G_END_DECLS
