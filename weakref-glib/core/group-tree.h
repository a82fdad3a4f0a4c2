/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/toggle.h>

G_BEGIN_DECLS

/* The trees of core/group.c: their shape, and what follows from it. All under the toggle lock. */

typedef struct _WeakrefMember WeakrefMember;

typedef struct
{
  WeakrefMember *root;
  guint n_members;
  guint n_active;
} WeakrefGroup;

/* Waits for the finalization of a member that owns something. */
typedef struct
{
  WeakrefWatch watch; /* running, it has a reference on us; the member has another */
  gatomicrefcount ref_count;
  WeakrefMember *member; /* (owned) (const) */
} WeakrefChildRelease;

struct _WeakrefMember
{
  WeakrefHold hold;
  WeakrefWatch disposed; /* running, it has a reference on us, and so has the hold */
  gatomicrefcount ref_count;
  guint pins;          /* lock: who uses it, whether it is tied or not */
  gboolean active;     /* lock */
  gboolean has_ended;  /* lock: with its group */
  gboolean gone;       /* lock: disposed */
  WeakrefGroup *group; /* lock: NULL before it is admitted, and when the group has ended or the hold
                          was released */
  WeakrefMember *owner;               /* lock */
  gpointer tie;                       /* lock: (owned): while there is an owner */
  GDestroyNotify part;                /* lock: notifies the tie that it has ended, and frees it */
  WeakrefMember *children;            /* lock: newest first */
  WeakrefMember *sibling;             /* lock: the next of the owner's children */
  WeakrefMember **link;               /* lock: what points at this child */
  WeakrefChildRelease *child_release; /* lock: (owned): since it first was to own something */
};

/* Ties that were parted, to be told outside the lock. */
typedef struct
{
  gpointer tie;
  GDestroyNotify part;
} WeakrefParted;

WeakrefMember *weakref_tree_next_locked (WeakrefMember *member, WeakrefMember *top);
void weakref_tree_check_locked (WeakrefMember *member);
void weakref_tree_end_if_unused_locked (WeakrefGroup *group);
void weakref_tree_unlink_locked (WeakrefMember *member, GArray *parted);
void weakref_tree_join_locked (WeakrefMember *owned, WeakrefMember *owner);
void weakref_tree_cut_locked (WeakrefMember *member, GArray *parted);
void weakref_tree_leave_locked (WeakrefMember *member, GArray *parted);

GArray *weakref_ties_new (void);
void weakref_ties_part (GArray *parted);

G_END_DECLS
