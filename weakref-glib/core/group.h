/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/block.h>

G_BEGIN_DECLS

/* Trees of objects that live and die together. A tie is what stands for the connection of two
 * objects, such as a WeakrefBond. The tree has a reference on it. */

typedef struct _WeakrefMember WeakrefMember;

WeakrefMember *weakref_member_get (gpointer object, gboolean as_owner);
void weakref_member_put (WeakrefMember *member);
WeakrefMember *weakref_member_ref (WeakrefMember *member);
void weakref_member_unref (WeakrefMember *member);

gboolean weakref_member_join (
  WeakrefMember *owned, WeakrefMember *owner, gpointer tie, GDestroyNotify part, GError **error);
gboolean weakref_member_part (WeakrefMember *owned, gconstpointer tie);
gboolean weakref_member_is_joined (WeakrefMember *owned, gconstpointer tie);

WeakrefBlock *weakref_member_find_root_locked (WeakrefBlock *block);
gboolean weakref_member_leave_locked (WeakrefBlock *owner,
                                      WeakrefBlock *owned,
                                      gpointer *tie,
                                      GDestroyNotify *part);
GPtrArray *weakref_member_list_blocks (WeakrefBlock *block);

G_END_DECLS
