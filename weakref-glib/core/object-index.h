/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/table.h>

G_BEGIN_DECLS

/* Finds the entries of a table by their object. All functions are called under the lock of the
 * table. */

typedef struct _WeakrefObjectIndex WeakrefObjectIndex;

WeakrefObjectIndex *weakref_object_index_new (WeakrefTable *table);
void weakref_object_index_free (WeakrefObjectIndex *index);

void weakref_object_index_add (WeakrefObjectIndex *index, WeakrefEntry *entry);
void weakref_object_index_remove (WeakrefObjectIndex *index, WeakrefEntry *entry);

GList *weakref_object_index_get (WeakrefObjectIndex *index, WeakrefBlock *block);
gboolean weakref_object_index_is_sorted (WeakrefObjectIndex *index, WeakrefBlock *block);
void weakref_object_index_sort (WeakrefObjectIndex *index, WeakrefBlock *block, GPtrArray *entries);

G_END_DECLS
