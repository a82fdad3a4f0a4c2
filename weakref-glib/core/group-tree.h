/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/toggle.h>
#include <weakref-glib/core/tree.h>

G_BEGIN_DECLS

/* The trees of core/group.c: their form, and what follows from it. All of it is guarded by the
 * toggle lock. */

typedef struct _WeakrefMember WeakrefMember;

typedef struct
{
  WeakrefMember *root;
  guint n_members;
  guint n_active;
} WeakrefGroup;

/* This waits until a member that owns something is finalized. */
typedef struct
{
  WeakrefWatch watch; /* while active it has a reference on us, and the member has another one */
  gatomicrefcount ref_count;
  WeakrefMember *member; /* (owned) (const) */
} WeakrefChildRelease;

struct _WeakrefMember
{
  WeakrefTreeNode node; /* lock */
  WeakrefHold hold;
  WeakrefWatch disposed; /* while active it has a reference on us, and so has the hold */
  gatomicrefcount ref_count;
  guint pins;          /* lock: how many calls keep it in its group, even if it is alone there */
  gboolean active;     /* lock: somebody outside the group has its object */
  gboolean has_ended;  /* lock: its group has ended */
  gboolean gone;       /* lock: its object was disposed */
  WeakrefGroup *group; /* lock: NULL before it is admitted, and when the group has ended or the hold
                          was released */
  gpointer tie;        /* lock: (owned): while there is an owner */
  GDestroyNotify part; /* lock: tells the tie that it was parted, and frees it */
  WeakrefChildRelease
    *child_release; /* lock: (owned): from the first call that makes it an owner */
};

/* A tie that was parted. It is told outside the lock. */
typedef struct
{
  gpointer tie;
  GDestroyNotify part;
} WeakrefParted;

void weakref_tree_check_locked (WeakrefMember *member);
void weakref_tree_end_if_unused_locked (WeakrefGroup *group);
void weakref_tree_unlink_locked (WeakrefMember *member, GArray *parted);
void weakref_tree_join_locked (WeakrefMember *owned, WeakrefMember *owner);
void weakref_tree_cut_locked (WeakrefMember *member, GArray *parted);
void weakref_tree_leave_locked (WeakrefMember *member, GArray *parted);

GArray *weakref_ties_new (void);
void weakref_ties_part (GArray *parted);

G_END_DECLS
