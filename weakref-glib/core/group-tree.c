/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/group-tree.h>

/* Moves @top and what is below it to @group. */
static void
group_take_locked (WeakrefGroup *group, WeakrefMember *top)
{
  WeakrefMember *member;

  for (member = top; member != NULL; member = weakref_tree_next (member, top))
    {
      member->group->n_members--;
      member->group->n_active -= member->active;
      member->group = group;
      group->n_members++;
      group->n_active += member->active;
    }
}

/* Ends the group if nobody has any of its members. */
void
weakref_tree_end_if_unused_locked (WeakrefGroup *group)
{
  WeakrefMember *root = group->root;
  WeakrefMember *member;

  if (group->n_active > 0)
    return;

  for (member = root; member != NULL; member = weakref_tree_next (member, root))
    {
      /* If a thread has taken a reference and waits to notify us, this makes the member active. */
      if (weakref_hold_refresh_locked (&member->hold))
        return;
    }

  for (member = root; member != NULL; member = weakref_tree_next (member, root))
    {
      member->has_ended = TRUE;
      member->group = NULL;
      weakref_block_set_bonds (weakref_watch_get_block (&member->disposed), WEAKREF_BONDS_ENDED);
    }

  g_free (group);
  weakref_hold_release_locked (&root->hold);
}

/* To be called for a member whose tree has changed. Ends the group if it is unused. If the member
 * is the only one, and is not needed, its hold is released. */
void
weakref_tree_check_locked (WeakrefMember *member)
{
  WeakrefGroup *group = member->group;

  if (group == NULL)
    return;

  if (group->n_members > 1)
    weakref_tree_end_if_unused_locked (group);
  else if (member->pins == 0 || member->gone)
    {
      g_clear_pointer (&member->group, g_free);
      weakref_block_set_bonds (weakref_watch_get_block (&member->disposed), WEAKREF_BONDS_NONE);
      weakref_hold_release_locked (&member->hold);
    }
}

void
weakref_tree_unlink_locked (WeakrefMember *member, GArray *parted)
{
  WeakrefParted tie = { g_steal_pointer (&member->tie), member->part };

  weakref_tree_detach (&member->node);
  g_array_append_val (parted, tie);
}

/* Parts a member from its owner. The smaller of the two trees becomes a new group. To find out
 * which is smaller, we go through both at the same time, until one of them is at its end. */
void
weakref_tree_cut_locked (WeakrefMember *member, GArray *parted)
{
  WeakrefGroup *group = member->group;
  WeakrefMember *root = group->root;
  WeakrefMember *a = root;
  WeakrefMember *b = member;
  WeakrefGroup *split = g_new0 (WeakrefGroup, 1);

  weakref_tree_unlink_locked (member, parted);

  while (a != NULL && b != NULL)
    {
      a = weakref_tree_next (a, root);
      b = weakref_tree_next (b, member);
    }

  split->root = a == NULL ? root : member;
  group->root = a == NULL ? member : root;
  group_take_locked (split, split->root);
}

void
weakref_ties_part (GArray *parted)
{
  guint i;

  for (i = 0; i < parted->len; i++)
    {
      WeakrefParted *tie = &g_array_index (parted, WeakrefParted, i);

      tie->part (tie->tie);
    }
  g_array_unref (parted);
}

GArray *
weakref_ties_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (WeakrefParted));
}

/* Parts a member that was disposed from its owner and from all that it owns, and releases its hold.
 */
void
weakref_tree_leave_locked (WeakrefMember *member, GArray *parted)
{
  WeakrefMember *owner = (WeakrefMember *) member->node.owner;
  GPtrArray *children = g_ptr_array_new ();
  guint i;

  if (owner != NULL)
    weakref_tree_cut_locked (member, parted);
  while (member->node.children != NULL)
    {
      WeakrefMember *child = (WeakrefMember *) member->node.children;

      g_ptr_array_add (children, child);
      weakref_tree_cut_locked (child, parted);
    }

  weakref_tree_check_locked (member);
  if (owner != NULL)
    weakref_tree_check_locked (owner);
  for (i = 0; i < children->len; i++)
    weakref_tree_check_locked (g_ptr_array_index (children, i));
  g_ptr_array_unref (children);
}

/* Joins the trees of two members. The members of the smaller tree move. This does not set the tie.
 */
void
weakref_tree_join_locked (WeakrefMember *owned, WeakrefMember *owner)
{
  WeakrefMember *root = owner->group->root;
  WeakrefGroup *small = owned->group;
  WeakrefGroup *large = owner->group;

  if (small->n_members > large->n_members)
    {
      small = owner->group;
      large = owned->group;
    }
  group_take_locked (large, small->root);
  g_free (small);
  large->root = root;

  weakref_tree_attach (&owner->node, &owned->node);
}
