/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A list whose nodes are embedded in what is listed, so that it allocates nothing. A node knows
 * what points at it, so that it can be taken out without knowing the list. */

typedef struct _WeakrefNode WeakrefNode;

struct _WeakrefNode
{
  WeakrefNode *next;
  WeakrefNode **link; /* what points at this node; NULL if it was taken out */
};

/* What @member, of that name in @Type, is embedded in. */
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

/* Moves all of @from into @to, which is empty or not initialized. */
static inline void
weakref_list_move (WeakrefNode **to, WeakrefNode **from)
{
  *to = *from;
  if (*to != NULL)
    (*to)->link = to;
  *from = NULL;
}

G_END_DECLS
