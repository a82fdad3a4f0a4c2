/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A list whose nodes are embedded in what is listed, so that it allocates nothing. A node has the
 * address of the pointer that points to it, so that it can be taken out without the list. */

typedef struct _WeakrefNode WeakrefNode;

struct _WeakrefNode
{
  WeakrefNode *next;
  WeakrefNode **link; /* the pointer that points to this node; NULL if it is in no list */
};

/* The @Type whose field @member is at @member_pointer. */
#define WEAKREF_CONTAINER_OF(member_pointer, Type, member)                                         \
  ((Type *) (gpointer) ((guint8 *) (member_pointer) -G_STRUCT_OFFSET (Type, member)))

static inline void
weakref_list_push (WeakrefNode **list, WeakrefNode *node)
{
  node->next = *list;
  node->link = list;
  if (node->next != NULL)
    node->next->link = &node->next;
  *list = node;
}

static inline void
weakref_list_take (WeakrefNode *node)
{
  *node->link = node->next;
  if (node->next != NULL)
    node->next->link = node->link;
  node->next = NULL;
  node->link = NULL;
}

/* Moves all nodes of @from into @to, which is empty or not initialized. */
static inline void
weakref_list_move (WeakrefNode **to, WeakrefNode **from)
{
  *to = *from;
  if (*to != NULL)
    (*to)->link = to;
  *from = NULL;
}

G_END_DECLS
