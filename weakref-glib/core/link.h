/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/dispatch.h>

G_BEGIN_DECLS

/* Owners and owned that a language keeps together: its garbage collector sees that they hold each
 * other. The library only knows who owns whom. */

/* Tells that the two need not be kept together any more. What is dead is NULL. */
typedef void (*WeakrefKeeperFunc) (gpointer owner, gpointer owned, gpointer user_data);

/* What keeps the two together: the callback of a language, and where it runs. */
typedef struct
{
  WeakrefDestination *destination; /* (owned) (nullable) */
  WeakrefCallback callback;        /* a WeakrefKeeperFunc */
  WeakrefBlock *owner;             /* (owned) */
  WeakrefBlock *owned;             /* (owned) */
} WeakrefKeeper;

/* Returns the root of the group that the object of @block is in, or @block itself if it is in none.
 * Runs under the toggle lock. */
typedef WeakrefBlock *(*WeakrefFindRoot) (WeakrefBlock *block);

/* Parts the object of @owned from @owner in the group that they are in, and gives the tie to the
 * caller. Returns FALSE if no group joins them. Runs under the toggle lock. */
typedef gboolean (*WeakrefLeave) (WeakrefBlock *owner,
                                  WeakrefBlock *owned,
                                  gpointer *tie,
                                  GDestroyNotify *part);

WeakrefKeeper *weakref_keeper_new (GMainContext *context,
                                   WeakrefKeeperFunc func,
                                   gpointer user_data,
                                   GDestroyNotify destroy);

gboolean weakref_link_join (gpointer owner,
                            gpointer owned,
                            WeakrefFindRoot find_root,
                            WeakrefKeeper *keeper,
                            gpointer tie,
                            GDestroyNotify part,
                            GError **error);
gboolean
weakref_link_take_over (gpointer owner, gpointer owned, WeakrefLeave leave, WeakrefKeeper *keeper);
gboolean weakref_link_part (WeakrefBlock *owned, gconstpointer tie);
gboolean weakref_link_is_joined (WeakrefBlock *owned, gconstpointer tie);

gboolean weakref_link_has_owner_locked (WeakrefBlock *block);
WeakrefBlock *weakref_link_find_top_locked (WeakrefBlock *block, WeakrefFindRoot find_root);

G_END_DECLS
