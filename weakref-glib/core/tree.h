/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/list.h>

G_BEGIN_DECLS

/* A tree of owners and what they own. Its nodes are embedded in its members, so that it allocates
 * nothing. */

typedef struct _WeakrefTreeNode WeakrefTreeNode;

struct _WeakrefTreeNode
{
  WeakrefNode sibling;    /* in the list of the owner's children */
  WeakrefTreeNode *owner; /* NULL at the top */
  WeakrefNode *children;  /* newest first */
};

static inline void
weakref_tree_attach (WeakrefTreeNode *owner, WeakrefTreeNode *owned)
{
  owned->owner = owner;
  weakref_list_push (&owner->children, &owned->sibling);
}

/* The node has an owner. */
static inline void
weakref_tree_detach (WeakrefTreeNode *node)
{
  node->owner = NULL;
  weakref_list_take (&node->sibling);
}

/* Returns the next node below @top, or NULL after the last. Owners come before what they own. */
static inline gpointer
weakref_tree_next (gpointer tree_node, gpointer top)
{
  WeakrefTreeNode *node = tree_node;

  if (node->children != NULL)
    return node->children;

  while (node != top && node->sibling.next == NULL)
    node = node->owner;

  return node != top ? node->sibling.next : NULL;
}

G_END_DECLS
