/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/group.h>

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/toggle.h>
#include <weakref-glib/weakref-error.h>

/* A group is a tree of objects, each of which we keep by a hold. It lives as long as anybody else
 * has one of them.
 *
 * Each member knows whether somebody else has it, a reference or another hold: then it is active.
 * The group counts the active ones, so that a toggle notification takes the same time in every
 * tree. When none is left, we look at each member once more, all under the one lock. Somebody who
 * has just taken a reference waits for the lock to notify us of it, and cannot have passed it on;
 * so if the counts read 1, one after the other, nobody has any member when the last is read,
 * although references may have been moving about. (Else somebody could take the owner from the
 * owned and drop the owned just when we have seen the owner and not yet the owned.)
 *
 * Then the group is doomed. All weak references of this library to its members are dead from that
 * moment on, so that nobody gets a child without its parent or a parent without its children. The
 * root is let go of; when a member is finalized, its children are; parents first. A member may
 * do with its children what it likes in its dispose and finalize: they are still there.
 *
 * A GWeakRef of GLib's own can't be told of that: it can still give a member between the doom and
 * the member's own last unref. That member then lives on for whoever has it, without its owner,
 * with what it owns.
 *
 * A member that is disposed while others have it, by g_object_run_dispose(), is parted from all.
 *
 * LOCKING. All is guarded by the toggle lock. What ties members is parted outside. */

typedef struct
{
  WeakrefMember *root;
  guint n_members;
  guint n_active;
} Group;

/* Waits for the finalization of a member that owns something. */
typedef struct
{
  WeakrefWatch watch; /* running, it has a reference on us; the member has another */
  gatomicrefcount ref_count;
  WeakrefMember *member; /* (owned) (const) */
} Heir;

struct _WeakrefMember
{
  WeakrefHold hold;
  WeakrefWatch disposed; /* running, it has a reference on us, and so has the hold */
  gatomicrefcount ref_count;
  guint pins;              /* lock: who uses it, whether it is tied or not */
  gboolean active;         /* lock */
  gboolean doomed;         /* lock */
  gboolean gone;           /* lock: disposed */
  Group *group;            /* lock: NULL before it is admitted, and when doomed or released */
  WeakrefMember *owner;    /* lock */
  gpointer tie;            /* lock: (owned): while there is an owner */
  GDestroyNotify part;     /* lock: notifies the tie that it has ended, and frees it */
  WeakrefMember *children; /* lock: newest first */
  WeakrefMember *sibling;  /* lock: the next of the owner's children */
  WeakrefMember **link;    /* lock: what points at this child */
  Heir *heir;              /* lock: (owned): since it first was to own something */
};

/* Ties that were parted, to be told outside the lock. */
typedef struct
{
  gpointer tie;
  GDestroyNotify part;
} Parted;

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

  g_assert (member->children == NULL && member->tie == NULL);
  weakref_watch_clear (&member->disposed);
  g_free (member);
}

static void
heir_unref (Heir *heir)
{
  if (!g_atomic_ref_count_dec (&heir->ref_count))
    return;

  weakref_watch_clear (&heir->watch);
  weakref_member_unref (heir->member);
  g_free (heir);
}

/* Returns the next member below @top, or NULL after the last. Owners come before the objects that
 * they own. */
static WeakrefMember *
member_next_locked (WeakrefMember *member, WeakrefMember *top)
{
  if (member->children != NULL)
    return member->children;

  while (member != top && member->sibling == NULL)
    member = member->owner;

  return member != top ? member->sibling : NULL;
}

/* Moves what is below @top to @group. */
static void
group_take_locked (Group *group, WeakrefMember *top)
{
  WeakrefMember *member;

  for (member = top; member != NULL; member = member_next_locked (member, top))
    {
      member->group->n_members--;
      member->group->n_active -= member->active;
      member->group = group;
      group->n_members++;
      group->n_active += member->active;
    }
}

/* Ends the group if nobody has any of its members. */
static void
group_check_locked (Group *group)
{
  WeakrefMember *root = group->root;
  WeakrefMember *member;

  if (group->n_active > 0)
    return;

  for (member = root; member != NULL; member = member_next_locked (member, root))
    {
      /* This may well make it active. */
      if (weakref_hold_refresh_locked (&member->hold))
        return;
    }

  for (member = root; member != NULL; member = member_next_locked (member, root))
    {
      member->doomed = TRUE;
      member->group = NULL;
      weakref_block_set_bonds (member->disposed.block, WEAKREF_BONDS_ENDED);
    }

  g_free (group);
  weakref_hold_release_locked (&root->hold);
}

/* To be called for a member whose tree has changed: drops it if it is alone and not needed. */
static void
member_check_locked (WeakrefMember *member)
{
  Group *group = member->group;

  if (group == NULL)
    return;

  if (group->n_members > 1)
    group_check_locked (group);
  else if (member->pins == 0 || member->gone)
    {
      g_clear_pointer (&member->group, g_free);
      weakref_block_set_bonds (member->disposed.block, WEAKREF_BONDS_NONE);
      weakref_hold_release_locked (&member->hold);
    }
}

static void
member_unlink_locked (WeakrefMember *member, GArray *parted)
{
  Parted tie = { g_steal_pointer (&member->tie), member->part };

  *member->link = member->sibling;
  if (member->sibling != NULL)
    member->sibling->link = member->link;
  member->sibling = NULL;
  member->owner = NULL;
  g_array_append_val (parted, tie);
}

/* Parts a member from its owner. The smaller of the two trees becomes a group of its own: we go
 * through both in step until one is at its end. */
static void
member_cut_locked (WeakrefMember *member, GArray *parted)
{
  Group *group = member->group;
  WeakrefMember *root = group->root;
  WeakrefMember *a = root;
  WeakrefMember *b = member;
  Group *split = g_new0 (Group, 1);

  member_unlink_locked (member, parted);

  while (a != NULL && b != NULL)
    {
      a = member_next_locked (a, root);
      b = member_next_locked (b, member);
    }

  split->root = a == NULL ? root : member;
  group->root = a == NULL ? member : root;
  group_take_locked (split, split->root);
}

static void
ties_part (GArray *parted)
{
  guint i;

  for (i = 0; i < parted->len; i++)
    {
      Parted *tie = &g_array_index (parted, Parted, i);

      tie->part (tie->tie);
    }
  g_array_unref (parted);
}

static GArray *
ties_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (Parted));
}

/* Parts a member from its owner and from all it owns, and lets go of it: it was disposed. */
static void
member_leave_locked (WeakrefMember *member, GArray *parted)
{
  WeakrefMember *owner = member->owner;
  GPtrArray *children = g_ptr_array_new ();
  guint i;

  if (owner != NULL)
    member_cut_locked (member, parted);
  while (member->children != NULL)
    {
      g_ptr_array_add (children, member->children);
      member_cut_locked (member->children, parted);
    }

  member_check_locked (member);
  if (owner != NULL)
    member_check_locked (owner);
  for (i = 0; i < children->len; i++)
    member_check_locked (g_ptr_array_index (children, i));
  g_ptr_array_unref (children);
}

static void
member_disposed_cb (WeakrefWatch *watch)
{
  WeakrefMember *member = WEAKREF_CONTAINER_OF (watch, WeakrefMember, disposed);
  GArray *parted = ties_new ();

  weakref_toggle_lock ();
  member->gone = TRUE;
  /* The members of a group that has ended keep their children until they are finalized. */
  if (member->group != NULL)
    member_leave_locked (member, parted);
  weakref_toggle_unlock ();

  ties_part (parted);
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
heir_announce_cb (WeakrefWatch *watch)
{
  Heir *heir = (Heir *) watch;
  WeakrefMember *member = heir->member;
  GArray *parted = ties_new ();
  WeakrefMember *child;
  Heir *appointed;

  weakref_toggle_lock ();
  appointed = g_steal_pointer (&member->heir);
  while ((child = member->children) != NULL)
    {
      member_unlink_locked (child, parted);
      weakref_hold_release_locked (&child->hold);
    }
  weakref_toggle_unlock ();

  ties_part (parted);
  if (appointed != NULL)
    heir_unref (appointed);
  heir_unref (heir);
}

static void
heir_unref_cb (WeakrefWatch *watch)
{
  heir_unref ((Heir *) watch);
}

static const WeakrefWatchFuncs heir_funcs = {
  NULL, heir_announce_cb, heir_unref_cb, "WeakrefBond", NULL,
};

static void
heir_dismiss (Heir *heir)
{
  weakref_watch_stop (&heir->watch);
  heir_unref (heir);
}

/* The caller has @object and a pin. */
static void
member_appoint_heir (WeakrefMember *member, gpointer object)
{
  Heir *heir = g_new0 (Heir, 1);

  g_atomic_ref_count_init (&heir->ref_count);
  g_atomic_ref_count_inc (&heir->ref_count);
  heir->member = weakref_member_ref (member);
  weakref_watch_start (&heir->watch, &heir_funcs, object, WEAKREF_PHASE_FINALIZE);

  weakref_toggle_lock ();
  if (member->heir == NULL && member->group != NULL)
    member->heir = g_steal_pointer (&heir);
  weakref_toggle_unlock ();

  if (heir != NULL)
    heir_dismiss (heir);
}

static void
member_changed_locked (WeakrefHold *hold)
{
  WeakrefMember *member = (WeakrefMember *) hold;
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
        group_check_locked (member->group);
    }
}

static void
member_released_cb (WeakrefHold *hold)
{
  WeakrefMember *member = (WeakrefMember *) hold;
  Heir *heir = NULL;

  /* In a group that has ended, a member that owns something waits for its finalization. */
  weakref_toggle_lock ();
  if (member->children == NULL)
    heir = g_steal_pointer (&member->heir);
  weakref_toggle_unlock ();

  if (heir != NULL)
    heir_dismiss (heir);
  weakref_watch_stop (&member->disposed);
  weakref_member_unref (member);
}

static gboolean
member_admit_locked (WeakrefHold *hold)
{
  WeakrefMember *member = (WeakrefMember *) hold;
  WeakrefHold *other = hold->next;

  /* Another thread may have been faster. */
  while (other != NULL && (other->funcs != hold->funcs || other->life != hold->life))
    other = other->next;
  if (member->gone || other != NULL)
    return FALSE;

  member->group = g_new0 (Group, 1);
  member->group->root = member;
  member->group->n_members = 1;
  weakref_block_set_bonds (member->disposed.block, WEAKREF_BONDS_GROUP);

  return TRUE;
}

static const WeakrefHoldFuncs hold_funcs = {
  member_admit_locked,
  member_changed_locked,
  member_released_cb,
};

static void
member_new (gpointer object)
{
  WeakrefMember *member = g_new0 (WeakrefMember, 1);

  g_atomic_ref_count_init (&member->ref_count);
  weakref_watch_start (&weakref_member_ref (member)->disposed, &disposed_funcs, object,
                       WEAKREF_PHASE_DISPOSE);
  weakref_hold_start (&member->hold, &hold_funcs, member->disposed.block, object);
}

/* What @object, which the caller holds, is as a member of a group; made if need be. It stays as it
 * is until weakref_member_put(). Returns a new reference. */
WeakrefMember *
weakref_member_get (gpointer object, gboolean as_owner)
{
  while (TRUE)
    {
      WeakrefBlock *block = weakref_block_get (object, WEAKREF_PHASE_DISPOSE);
      WeakrefMember *member;
      gboolean heir = FALSE;

      weakref_toggle_lock ();
      member = (WeakrefMember *) weakref_hold_find_locked (object, block, &hold_funcs);
      if (member != NULL)
        {
          weakref_member_ref (member)->pins++;
          heir = as_owner && member->heir == NULL;
        }
      weakref_toggle_unlock ();
      weakref_block_unref (block);

      if (heir)
        member_appoint_heir (member, object);
      if (member != NULL)
        return member;

      member_new (object);
    }
}

/* The end of weakref_member_get(). The reference stays. */
void
weakref_member_put (WeakrefMember *member)
{
  weakref_toggle_lock ();
  member->pins--;
  member_check_locked (member);
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
  if (owned->owner != NULL)
    {
      *code = WEAKREF_ERROR_OWNED;
      return "The object already has an owner";
    }
  /* It is the root of its group. */
  if (owned->group == owner->group)
    {
      *code = WEAKREF_ERROR_CYCLE;
      return "The object owns the one that was to own it";
    }

  return NULL;
}

/* Takes over @tie, until it is parted by @part, outside the lock. */
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
      WeakrefMember *root = owner->group->root;
      Group *small = owned->group;
      Group *large = owner->group;

      if (small->n_members > large->n_members)
        {
          small = owner->group;
          large = owned->group;
        }
      group_take_locked (large, small->root);
      g_free (small);
      large->root = root;

      owned->owner = owner;
      owned->tie = tie;
      owned->part = part;
      owned->sibling = owner->children;
      owned->link = &owner->children;
      if (owned->sibling != NULL)
        owned->sibling->link = &owned->sibling;
      owner->children = owned;
    }
  weakref_toggle_unlock ();

  if (obstacle != NULL)
    g_set_error_literal (error, WEAKREF_ERROR, code, obstacle);

  return obstacle == NULL;
}

static gboolean
member_is_joined_locked (WeakrefMember *owned, gconstpointer tie)
{
  return owned->tie == tie && !owned->doomed;
}

/* Returns FALSE if the tie was parted already, or is about to be because both ends die. */
gboolean
weakref_member_part (WeakrefMember *owned, gconstpointer tie)
{
  GArray *parted = ties_new ();
  gboolean joined;

  weakref_toggle_lock ();
  joined = member_is_joined_locked (owned, tie);
  if (joined)
    {
      WeakrefMember *owner = owned->owner;

      member_cut_locked (owned, parted);
      member_check_locked (owner);
      member_check_locked (owned);
    }
  weakref_toggle_unlock ();

  ties_part (parted);

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
