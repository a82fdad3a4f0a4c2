/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/chunks.h>

G_BEGIN_DECLS

/* A sequence of pointers in two versions: the *current* one, which changes at once, and the *shown*
 * one, which follows in steps that are announced one by one. The caller of each function has the
 * lock. */

typedef WeakrefChunks WeakrefPositions;

/* One step of the shown version. */
typedef struct
{
  guint position; /* in the shown version */
  guint n_removed;
  guint n_added;
} WeakrefStep;

/* The item has left both versions. It may not use the positions. */
typedef void (*WeakrefHiddenFunc) (gpointer item, gpointer user_data);

void weakref_positions_init (WeakrefPositions *self, WeakrefPlaceFunc moved);
void weakref_positions_clear (WeakrefPositions *self);

WeakrefPlace weakref_positions_insert (WeakrefPositions *self, WeakrefPlace before, gpointer item);
gboolean weakref_positions_remove (WeakrefPositions *self, WeakrefPlace place, gboolean at_once);
void weakref_positions_show (WeakrefPositions *self, WeakrefPlace place);

gpointer weakref_positions_get_item (WeakrefPositions *self, WeakrefPlace place);
void weakref_positions_set_item (WeakrefPositions *self, WeakrefPlace place, gpointer item);
gboolean weakref_positions_is_shown (WeakrefPositions *self, WeakrefPlace place);
void weakref_positions_copy_current (WeakrefPositions *self, gpointer *items);

WeakrefPlace weakref_positions_find_place (WeakrefPositions *self, guint position);
guint weakref_positions_find_position (WeakrefPositions *self, WeakrefPlace place);

guint weakref_positions_plan (WeakrefPositions *self, guint max_steps, guint wide, guint *max_gap);
gboolean weakref_positions_step (WeakrefPositions *self,
                                 guint max_gap,
                                 WeakrefStep *step,
                                 WeakrefHiddenFunc hidden,
                                 gpointer user_data);

G_END_DECLS
