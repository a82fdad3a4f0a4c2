/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* Trees of objects that live and die together. The tree keeps what ties two of its objects, such as
 * a WeakrefBond. */

typedef struct _WeakrefMember WeakrefMember;

WeakrefMember *weakref_member_get (gpointer object, gboolean as_owner);
void weakref_member_put (WeakrefMember *member);
WeakrefMember *weakref_member_ref (WeakrefMember *member);
void weakref_member_unref (WeakrefMember *member);

gboolean weakref_member_join (
  WeakrefMember *owned, WeakrefMember *owner, gpointer tie, GDestroyNotify part, GError **error);
gboolean weakref_member_part (WeakrefMember *owned, gconstpointer tie);
gboolean weakref_member_is_joined (WeakrefMember *owned, gconstpointer tie);

G_END_DECLS
