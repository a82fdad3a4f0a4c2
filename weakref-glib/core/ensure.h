/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/value-core.h>

G_BEGIN_DECLS

/* Looks an object up or creates it, once, however many threads ask. */

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
