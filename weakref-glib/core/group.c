/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/group.h>

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/group-tree.h>
#include <weakref-glib/core/link.h>
#include <weakref-glib/core/toggle.h>
#include <weakref-glib/weakref-error.h>

/* A group is a tree of objects. We have a hold on each of them. The tree lives as long as anybody
 * else has one of them.
 *
 * A member is active if somebody else has it, by a reference or by another hold. The group counts
 * its active members. So what a toggle notification costs does not depend on the size of the tree.
 * When no member is active, we read the reference count of each member once more, all of them under
 * the lock. A thread that has just taken a reference waits for the lock to notify us, and so it
 * can't have given the reference to anybody. Therefore, if all counts read 1, nobody has any member
 * when the last one is read. (Without the lock, somebody could get the owner from the owned and
 * then drop the owned, after we have read the count of the owner and before we read that of the
 * owned.)
 *
 * Then the group ends. From that moment on, all weak references of this library to its members are
 * dead. So nobody gets a child without its parent, or a parent without its children. The hold on
 * the root is released. When a member is finalized, the holds on its children are released. So
 * parents go first, and a member can use its children in its dispose and finalize.
 *
 * A GWeakRef of GLib itself does not know of that. Between the end of the group and the last unref
 * of a member it can still give that member. The member then lives on with what it owns, but
 * without its owner.
 *
 * If a member is disposed by g_object_run_dispose() while somebody has it, it is parted from its
 * owner and from its children.
 *
 * LOCKING. The toggle lock guards everything here. Ties are parted outside the lock. */

WeakrefMember *
weakref_member_ref (WeakrefMember *member)
{
  g_atomic_ref_count_inc (&member->ref_count);
  return member;
}

void
weakref_member_unref (WeakrefMember *member)
{
  if (!g_atomic_ref_count_dec (&member->ref_count))
    return;

  g_assert (member->node.children == NULL && member->tie == NULL);
  weakref_watch_clear (&member->disposed);
  g_free (member);
}

static void
child_release_unref (WeakrefChildRelease *child_release)
{
  if (!g_atomic_ref_count_dec (&child_release->ref_count))
    return;

  weakref_watch_clear (&child_release->watch);
  weakref_member_unref (child_release->member);
  g_free (child_release);
}

static void
member_disposed_cb (WeakrefWatch *watch, gpointer target)
{
  WeakrefMember *member = WEAKREF_CONTAINER_OF (watch, WeakrefMember, disposed);
  GArray *parted = weakref_ties_new ();

  weakref_toggle_lock ();
  member->gone = TRUE;
  /* The members of a group that has ended keep their children until they are finalized. */
  if (member->group != NULL)
    weakref_tree_leave_locked (member, parted);
  weakref_toggle_unlock ();

  weakref_ties_part (parted);
  weakref_member_unref (member);
}

static void
member_unref_cb (WeakrefWatch *watch)
{
  weakref_member_unref (WEAKREF_CONTAINER_OF (watch, WeakrefMember, disposed));
}

static const WeakrefWatchFuncs disposed_funcs = {
  NULL, member_disposed_cb, member_unref_cb, "WeakrefBond", NULL,
};

static void
child_release_announce_cb (WeakrefWatch *watch, gpointer target)
{
  WeakrefChildRelease *child_release = (WeakrefChildRelease *) watch;
  WeakrefMember *member = child_release->member;
  GArray *parted = weakref_ties_new ();
  WeakrefMember *child;
  WeakrefChildRelease *release;

  weakref_toggle_lock ();
  release = g_steal_pointer (&member->child_release);
  /* The member has left its group, so all its children have: it has ended with them. A member that
   * is in no group never comes into one again, and nobody but its owner releases its hold. So each
   * hold is released once: with the group if its member has no owner, and otherwise here. */
  while ((child = (WeakrefMember *) member->node.children) != NULL)
    {
      weakref_tree_unlink_locked (child, parted);
      weakref_hold_release_locked (&child->hold);
    }
  weakref_toggle_unlock ();

  weakref_ties_part (parted);
  if (release != NULL)
    child_release_unref (release);
  child_release_unref (child_release);
}

static void
child_release_unref_cb (WeakrefWatch *watch)
{
  child_release_unref ((WeakrefChildRelease *) watch);
}

static const WeakrefWatchFuncs child_release_funcs = {
  NULL, child_release_announce_cb, child_release_unref_cb, "WeakrefBond", NULL,
};

static void
child_release_stop (WeakrefChildRelease *child_release)
{
  weakref_watch_stop (&child_release->watch);
  child_release_unref (child_release);
}

/* The caller has a reference on @object, and a pin on @member. */
static void
member_add_child_release (WeakrefMember *member, gpointer object)
{
  WeakrefChildRelease *child_release = g_new0 (WeakrefChildRelease, 1);

  g_atomic_ref_count_init (&child_release->ref_count);
  g_atomic_ref_count_inc (&child_release->ref_count);
  child_release->member = weakref_member_ref (member);
  weakref_watch_start (&child_release->watch, &child_release_funcs, object, WEAKREF_PHASE_FINALIZE);

  weakref_toggle_lock ();
  if (member->child_release == NULL && member->group != NULL)
    member->child_release = g_steal_pointer (&child_release);
  weakref_toggle_unlock ();

  if (child_release != NULL)
    child_release_stop (child_release);
}

static void
member_changed_locked (WeakrefHold *hold)
{
  WeakrefMember *member = WEAKREF_CONTAINER_OF (hold, WeakrefMember, hold);
  gboolean active;

  if (member->group == NULL)
    return;

  active = weakref_hold_is_used_locked (hold) || !weakref_hold_is_alone_locked (hold);
  if (active == member->active)
    return;

  member->active = active;
  if (active)
    member->group->n_active++;
  else
    {
      member->group->n_active--;
      if (member->group->n_members > 1)
        weakref_tree_end_if_unused_locked (member->group);
    }
}

static void
member_released_cb (WeakrefHold *hold)
{
  WeakrefMember *member = WEAKREF_CONTAINER_OF (hold, WeakrefMember, hold);
  WeakrefChildRelease *child_release = NULL;

  /* A member that has ended and owns something still waits until its object is finalized. */
  weakref_toggle_lock ();
  if (member->node.children == NULL)
    child_release = g_steal_pointer (&member->child_release);
  weakref_toggle_unlock ();

  if (child_release != NULL)
    child_release_stop (child_release);
  weakref_watch_stop (&member->disposed);
  weakref_member_unref (member);
}

static gboolean
member_admit_locked (WeakrefHold *hold)
{
  WeakrefMember *member = WEAKREF_CONTAINER_OF (hold, WeakrefMember, hold);
  WeakrefNode *node = hold->node.next;

  /* Another thread may have made a member for this object first. */
  while (node != NULL && (((WeakrefHold *) node)->funcs != hold->funcs ||
                          ((WeakrefHold *) node)->life != hold->life))
    node = node->next;
  if (member->gone || node != NULL)
    return FALSE;

  member->group = g_new0 (WeakrefGroup, 1);
  member->group->root = member;
  member->group->n_members = 1;
  weakref_block_set_bonds (weakref_watch_get_block (&member->disposed), WEAKREF_BONDS_GROUP);

  return TRUE;
}

static const WeakrefHoldFuncs hold_funcs = {
  member_admit_locked,
  member_changed_locked,
  member_released_cb,
};

static WeakrefMember *
member_find_locked (WeakrefBlock *block)
{
  /* It is NULL if the object has never been a member. */
  gconstpointer address = weakref_block_get_address (block);
  WeakrefHold *hold =
    address != NULL ? weakref_hold_find_locked (address, block, &hold_funcs) : NULL;

  return hold != NULL ? WEAKREF_CONTAINER_OF (hold, WeakrefMember, hold) : NULL;
}

/* Returns the root of the group that the object of @block is in, or @block itself if it is in
 * none. */
WeakrefBlock *
weakref_member_find_root_locked (WeakrefBlock *block)
{
  WeakrefMember *member = member_find_locked (block);

  return member != NULL && member->group != NULL
           ? weakref_watch_get_block (&member->group->root->disposed)
           : block;
}

static void
member_new (gpointer object)
{
  WeakrefMember *member = g_new0 (WeakrefMember, 1);

  g_atomic_ref_count_init (&member->ref_count);
  weakref_watch_start (&weakref_member_ref (member)->disposed, &disposed_funcs, object,
                       WEAKREF_PHASE_DISPOSE);
  weakref_block_keep_address (weakref_watch_get_block (&member->disposed), object);
  weakref_hold_start (&member->hold, &hold_funcs, weakref_watch_get_block (&member->disposed),
                      object);
}

/* Returns the member of @object with a new reference and a pin, and makes it if there is none. The
 * pin keeps it in its group until weakref_member_put(), even if it is the only member. The caller
 * holds @object. */
WeakrefMember *
weakref_member_get (gpointer object, gboolean as_owner)
{
  while (TRUE)
    {
      WeakrefBlock *block = weakref_block_get (object, WEAKREF_PHASE_DISPOSE);
      WeakrefMember *member;
      gboolean child_release = FALSE;

      weakref_toggle_lock ();
      member = member_find_locked (block);
      if (member != NULL)
        {
          weakref_member_ref (member)->pins++;
          child_release = as_owner && member->child_release == NULL;
        }
      weakref_toggle_unlock ();
      weakref_block_unref (block);

      if (child_release)
        member_add_child_release (member, object);
      if (member != NULL)
        return member;

      member_new (object);
    }
}

/* Removes the pin that weakref_member_get() has added. The caller keeps the reference. */
void
weakref_member_put (WeakrefMember *member)
{
  weakref_toggle_lock ();
  member->pins--;
  weakref_tree_check_locked (member);
  weakref_toggle_unlock ();
}

static const char *
member_find_obstacle_locked (WeakrefMember *owned, WeakrefMember *owner, int *code)
{
  if (owned->group == NULL || owner->group == NULL)
    {
      *code = WEAKREF_ERROR_DEAD;
      return "The object was disposed meanwhile";
    }
  if (owned == owner)
    {
      *code = WEAKREF_ERROR_CYCLE;
      return "The object can't own itself";
    }
  if (owned->node.owner != NULL ||
      weakref_link_has_owner_locked (weakref_watch_get_block (&owned->disposed)))
    {
      *code = WEAKREF_ERROR_OWNED;
      return "The object already has an owner";
    }
  /* Nobody owns @owned, so it is at the top of its tree. If it is at the top of the tree of @owner,
   * too, it owns @owner. */
  if (weakref_link_find_top_locked (weakref_watch_get_block (&owner->disposed),
                                    weakref_member_find_root_locked) ==
      weakref_watch_get_block (&owned->disposed))
    {
      *code = WEAKREF_ERROR_CYCLE;
      return "The object owns the one that was to own it";
    }

  return NULL;
}

/* Makes @owner the owner of @owned. Takes over @tie if it succeeds. When the two are parted, @part
 * is called with @tie outside the lock, and frees it. */
gboolean
weakref_member_join (
  WeakrefMember *owned, WeakrefMember *owner, gpointer tie, GDestroyNotify part, GError **error)
{
  const char *obstacle;
  int code;

  weakref_toggle_lock ();
  obstacle = member_find_obstacle_locked (owned, owner, &code);
  if (obstacle == NULL)
    {
      weakref_tree_join_locked (owned, owner);
      owned->tie = tie;
      owned->part = part;
    }
  weakref_toggle_unlock ();

  if (obstacle != NULL)
    g_set_error_literal (error, WEAKREF_ERROR, code, obstacle);

  return obstacle == NULL;
}

static gboolean
member_is_joined_locked (WeakrefMember *owned, gconstpointer tie)
{
  return owned->tie == tie && !owned->has_ended;
}

/* Parts @owned from its owner. Returns FALSE if @tie was parted before, or if the group has ended:
 * then it is parted soon. */
gboolean
weakref_member_part (WeakrefMember *owned, gconstpointer tie)
{
  GArray *parted = weakref_ties_new ();
  gboolean joined;

  weakref_toggle_lock ();
  joined = member_is_joined_locked (owned, tie);
  if (joined)
    {
      WeakrefMember *owner = (WeakrefMember *) owned->node.owner;

      weakref_tree_cut_locked (owned, parted);
      weakref_tree_check_locked (owner);
      weakref_tree_check_locked (owned);
    }
  weakref_toggle_unlock ();

  weakref_ties_part (parted);

  return joined;
}

gboolean
weakref_member_is_joined (WeakrefMember *owned, gconstpointer tie)
{
  gboolean joined;

  weakref_toggle_lock ();
  joined = member_is_joined_locked (owned, tie);
  weakref_toggle_unlock ();

  return joined;
}

/* Parts the object of @owned from its owner, and gives the tie to the caller instead of calling its
 * function. Returns FALSE if @owner is not the owner. */
gboolean
weakref_member_leave_locked (WeakrefBlock *owner,
                             WeakrefBlock *owned,
                             gpointer *tie,
                             GDestroyNotify *part)
{
  WeakrefMember *member = member_find_locked (owned);
  WeakrefMember *owner_member = member != NULL ? (WeakrefMember *) member->node.owner : NULL;
  GArray *parted;

  if (owner_member == NULL || weakref_watch_get_block (&owner_member->disposed) != owner ||
      member->has_ended)
    return FALSE;

  parted = weakref_ties_new ();
  weakref_tree_cut_locked (member, parted);
  *tie = g_array_index (parted, WeakrefParted, 0).tie;
  *part = g_array_index (parted, WeakrefParted, 0).part;
  g_array_unref (parted);
  weakref_tree_check_locked (owner_member);
  weakref_tree_check_locked (member);

  return TRUE;
}

/* Returns the pairs of owner and owned in the group that the object of @block is in, with a
 * reference on each. The array is empty if it is in no group. */
GPtrArray *
weakref_member_list_blocks (WeakrefBlock *block)
{
  GPtrArray *blocks = g_ptr_array_new_with_free_func ((GDestroyNotify) weakref_block_unref);
  WeakrefMember *member;
  WeakrefMember *root;

  weakref_toggle_lock ();
  member = member_find_locked (block);
  root = member != NULL && member->group != NULL ? member->group->root : NULL;
  for (member = root; member != NULL; member = weakref_tree_next (member, root))
    {
      WeakrefMember *owner = (WeakrefMember *) member->node.owner;

      if (owner != NULL)
        {
          g_ptr_array_add (blocks, weakref_block_ref (weakref_watch_get_block (&owner->disposed)));
          g_ptr_array_add (blocks, weakref_block_ref (weakref_watch_get_block (&member->disposed)));
        }
    }
  weakref_toggle_unlock ();

  return blocks;
}
