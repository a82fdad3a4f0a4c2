/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/value-core.h>

G_BEGIN_DECLS

/* Changes that depend on what is in the table, and the search for the key of an object. */

gboolean weakref_value_core_replace (WeakrefValueCore *core,
                                     gconstpointer key,
                                     gpointer expected,
                                     gpointer object);
gpointer weakref_value_core_steal (WeakrefValueCore *core, gconstpointer key);
gboolean weakref_value_core_rekey (WeakrefValueCore *core, gpointer object, gconstpointer new_key);
gboolean weakref_value_core_remove_object (WeakrefValueCore *core, gpointer object);
WeakrefValueEntry *weakref_value_core_find_object (WeakrefValueCore *core, gpointer object);

G_END_DECLS
