/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/dispatch.h>

G_BEGIN_DECLS

/* Owners and owned whom somebody else keeps together: a language whose garbage collector sees that
 * they hold each other. Here is only known who owns whom. */

/* Is told that the two need not be kept together any more; NULL for what is dead. */
typedef void (*WeakrefKeeperFunc) (gpointer owner, gpointer owned, gpointer user_data);

/* Who keeps the two together. */
typedef struct
{
  WeakrefDestination *destination; /* (owned) (nullable) */
  WeakrefCallback callback;        /* a WeakrefKeeperFunc */
  WeakrefBlock *owner;             /* (owned) */
  WeakrefBlock *owned;             /* (owned) */
} WeakrefKeeper;

/* The root of the group that the object of @block is in, or @block itself. Under the toggle lock.
 */
typedef WeakrefBlock *(*WeakrefFindRoot) (WeakrefBlock *block);

/* Ends what joins the object of @owned to its owner in another way, under the toggle lock, and
 * gives its tie. Returns FALSE if nothing does. */
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
