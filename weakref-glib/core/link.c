/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/link.h>

#include <weakref-glib/core/compat.h>
#include <weakref-glib/core/toggle.h>
#include <weakref-glib/core/tree.h>
#include <weakref-glib/weakref-error.h>

/* An object has a node here while it owns another object, or is owned, in this way. A node has no
 * reference on its object.
 *
 * The nodes form trees, and so do the members of groups (core/group.c). An object can be in a tree
 * of nodes and in a group, but it has at most one owner. The root of a group may be owned by a
 * node. So who goes up through the owners has to look at both kinds: a WeakrefFindRoot does that
 * for the groups.
 *
 * The language has a reference on each object of a tree until its collector has found that nobody
 * uses any of them. So when the last reference on one is dropped, the collector has decided that
 * all of them die, and drops them one after the other. The lives of all are ended at once, as in a
 * group: nobody gets one of them without the others. An object that is disposed by
 * g_object_run_dispose() only leaves the tree.
 *
 * A GWeakRef tells which of the two it is: GLib clears it before the dispose of the last unref, but
 * after that of g_object_run_dispose(). The reference count does not tell it: a dispose may take a
 * reference, and others may drop theirs in it.
 *
 * LOCKING. The toggle lock guards everything here. Ties are parted outside the lock. */

typedef struct _Node Node;

struct _Node
{
  WeakrefTreeNode node;  /* lock */
  WeakrefWatch disposed; /* while active it has a reference on us */
  GWeakRef target;       /* (const): NULL when its object has lost its last reference */
  gatomicrefcount ref_count;
  guint pins;            /* lock: how many calls keep it in the hash table */
  gboolean is_listed;    /* lock: it is in the hash table, which has a reference */
  gboolean is_gone;      /* lock: its object was disposed */
  gboolean has_ended;    /* lock: the lives of its tree have ended */
  gpointer tie;          /* lock: (owned): while there is an owner */
  GDestroyNotify part;   /* lock: tells the tie that it was parted, and frees it */
  WeakrefKeeper *keeper; /* lock: (owned): while there is an owner */
};

/* What has to be done when the lock is released. */
typedef struct
{
  GArray *parted;     /* of Parted */
  GPtrArray *dropped; /* nodes that are no longer listed */
} Pending;

typedef struct
{
  gpointer tie;
  GDestroyNotify part;
  WeakrefKeeper *keeper;
} Parted;

static GHashTable *nodes; /* lock: by block */

static Node *
node_from_watch (WeakrefWatch *watch)
{
  return WEAKREF_CONTAINER_OF (watch, Node, disposed);
}

static Node *
node_ref (Node *node)
{
  g_atomic_ref_count_inc (&node->ref_count);
  return node;
}

static void
node_unref (Node *node)
{
  if (!g_atomic_ref_count_dec (&node->ref_count))
    return;

  g_assert (node->node.children == NULL && node->tie == NULL);
  g_weak_ref_clear (&node->target);
  weakref_watch_clear (&node->disposed);
  g_free (node);
}

WeakrefKeeper *
weakref_keeper_new (GMainContext *context,
                    WeakrefKeeperFunc func,
                    gpointer user_data,
                    GDestroyNotify destroy)
{
  WeakrefKeeper *keeper = g_new0 (WeakrefKeeper, 1);

  keeper->destination = weakref_destination_get (context);
  weakref_callback_init (&keeper->callback, G_CALLBACK (func), user_data, destroy);

  return keeper;
}

static void
keeper_free_cb (gpointer data)
{
  WeakrefKeeper *keeper = data;

  weakref_callback_cancel (&keeper->callback);
  g_clear_pointer (&keeper->destination, weakref_destination_unref);
  g_clear_pointer (&keeper->owner, weakref_block_unref);
  g_clear_pointer (&keeper->owned, weakref_block_unref);
  g_free (keeper);
}

static gboolean
keeper_tell_cb (gpointer data)
{
  WeakrefKeeper *keeper = data;
  gpointer owner = weakref_block_dup_target (keeper->owner);
  gpointer owned = weakref_block_dup_target (keeper->owned);

  ((WeakrefKeeperFunc) keeper->callback.func) (owner, owned, keeper->callback.user_data);
  g_clear_object (&owner);
  g_clear_object (&owned);

  return G_SOURCE_REMOVE;
}

static void
pending_init (Pending *pending)
{
  pending->parted = g_array_new (FALSE, FALSE, sizeof (Parted));
  pending->dropped = g_ptr_array_new ();
}

/* To be called outside the lock. */
static void
pending_run (Pending *pending)
{
  guint i;

  for (i = 0; i < pending->dropped->len; i++)
    {
      Node *node = g_ptr_array_index (pending->dropped, i);

      weakref_watch_stop (&node->disposed);
      node_unref (node);
    }
  g_ptr_array_unref (pending->dropped);

  for (i = 0; i < pending->parted->len; i++)
    {
      Parted *parted = &g_array_index (pending->parted, Parted, i);

      parted->part (parted->tie);
      weakref_destination_send (parted->keeper->destination, keeper_tell_cb, parted->keeper,
                                keeper_free_cb);
    }
  g_array_unref (pending->parted);
}

static Node *
node_find_locked (WeakrefBlock *block)
{
  return nodes != NULL ? g_hash_table_lookup (nodes, block) : NULL;
}

/* Takes the node out of the hash table if it is not needed there. */
static void
node_check_locked (Node *node, Pending *pending)
{
  if (!node->is_listed || node->pins > 0 || node->node.owner != NULL || node->node.children != NULL)
    return;

  node->is_listed = FALSE;
  g_hash_table_remove (nodes, weakref_watch_get_block (&node->disposed));
  g_ptr_array_add (pending->dropped, node);
}

/* Takes over @tie and @keeper. */
static void
node_attach_locked (
  Node *owner, Node *owned, gpointer tie, GDestroyNotify part, WeakrefKeeper *keeper)
{
  owned->tie = tie;
  owned->part = part;
  owned->keeper = keeper;
  weakref_tree_attach (&owner->node, &owned->node);
}

static void
node_detach_locked (Node *node, Pending *pending)
{
  Node *owner = (Node *) node->node.owner;
  Parted parted = { g_steal_pointer (&node->tie), node->part, g_steal_pointer (&node->keeper) };

  parted.keeper->owner = weakref_block_ref (weakref_watch_get_block (&owner->disposed));
  parted.keeper->owned = weakref_block_ref (weakref_watch_get_block (&node->disposed));
  weakref_tree_detach (&node->node);
  g_array_append_val (pending->parted, parted);

  node_check_locked (node, pending);
  node_check_locked (owner, pending);
}

static void
disposed_sever_cb (WeakrefWatch *watch)
{
  Node *node = node_from_watch (watch);
  GObject *object = weakref_compat_get (&node->target);
  Node *top = node;

  weakref_toggle_lock ();
  while (top->node.owner != NULL)
    top = (Node *) top->node.owner;

  if (node->is_listed && object == NULL)
    {
      for (node = top; node != NULL; node = weakref_tree_next (node, top))
        {
          node->has_ended = TRUE;
          weakref_block_set_bonds (weakref_watch_get_block (&node->disposed), WEAKREF_BONDS_ENDED);
        }
    }
  weakref_toggle_unlock ();

  g_clear_object (&object);
}

static void
disposed_announce_cb (WeakrefWatch *watch, gpointer target)
{
  Node *node = node_from_watch (watch);
  Pending pending;

  pending_init (&pending);
  weakref_toggle_lock ();
  node->is_gone = TRUE;
  node->pins++;
  if (node->node.owner != NULL)
    node_detach_locked (node, &pending);
  while (node->node.children != NULL)
    node_detach_locked ((Node *) node->node.children, &pending);
  node->pins--;
  node_check_locked (node, &pending);
  weakref_toggle_unlock ();

  pending_run (&pending);
  node_unref (node);
}

static void
disposed_unref_cb (WeakrefWatch *watch)
{
  node_unref (node_from_watch (watch));
}

static const WeakrefWatchFuncs disposed_funcs = {
  disposed_sever_cb, disposed_announce_cb, disposed_unref_cb, "WeakrefBond", NULL,
};

/* Returns the node of @object with a new reference and a pin, and makes it if there is none. The
 * pin keeps it in the hash table until node_put(). The caller holds @object. */
static Node *
node_get (gpointer object)
{
  Node *made = g_new0 (Node, 1);
  Node *node;

  g_atomic_ref_count_init (&made->ref_count);
  g_weak_ref_init (&made->target, object);
  weakref_watch_start (&node_ref (made)->disposed, &disposed_funcs, object, WEAKREF_PHASE_DISPOSE);

  weakref_toggle_lock ();
  node = node_find_locked (weakref_watch_get_block (&made->disposed));
  if (node != NULL)
    node_ref (node);
  else
    {
      node = g_steal_pointer (&made);
      /* Its object may have been disposed in the meantime. */
      if (!node->is_gone)
        {
          if (nodes == NULL)
            nodes = g_hash_table_new (NULL, NULL);
          g_hash_table_insert (nodes, weakref_watch_get_block (&node->disposed), node_ref (node));
          node->is_listed = TRUE;
        }
    }
  node->pins++;
  weakref_toggle_unlock ();

  if (made != NULL)
    {
      weakref_watch_stop (&made->disposed);
      node_unref (made);
    }

  return node;
}

/* Removes the pin and drops the reference that node_get() has added. */
static void
node_put (Node *node)
{
  Pending pending;

  pending_init (&pending);
  weakref_toggle_lock ();
  node->pins--;
  node_check_locked (node, &pending);
  weakref_toggle_unlock ();

  pending_run (&pending);
  node_unref (node);
}

gboolean
weakref_link_has_owner_locked (WeakrefBlock *block)
{
  Node *node = node_find_locked (block);

  return node != NULL && node->node.owner != NULL;
}

/* Returns the topmost owner of the object of @block, through groups and nodes, or @block itself. */
WeakrefBlock *
weakref_link_find_top_locked (WeakrefBlock *block, WeakrefFindRoot find_root)
{
  while (TRUE)
    {
      WeakrefBlock *root = find_root (block);
      Node *node = node_find_locked (root);

      if (node == NULL || node->node.owner == NULL)
        return root;
      block = weakref_watch_get_block (&((Node *) node->node.owner)->disposed);
    }
}

static const char *
node_find_obstacle_locked (Node *owner, Node *owned, WeakrefFindRoot find_root, int *code)
{
  WeakrefBlock *block = weakref_watch_get_block (&owned->disposed);

  if (!owner->is_listed || !owned->is_listed || owner->has_ended || owned->has_ended)
    {
      *code = WEAKREF_ERROR_DEAD;
      return "The object was disposed meanwhile";
    }
  if (owned == owner)
    {
      *code = WEAKREF_ERROR_CYCLE;
      return "The object can't own itself";
    }
  if (owned->node.owner != NULL || find_root (block) != block)
    {
      *code = WEAKREF_ERROR_OWNED;
      return "The object already has an owner";
    }
  if (weakref_link_find_top_locked (weakref_watch_get_block (&owner->disposed), find_root) == block)
    {
      *code = WEAKREF_ERROR_CYCLE;
      return "The object owns the one that was to own it";
    }

  return NULL;
}

/* Makes @owner the owner of @owned. Takes over @keeper in any case, and @tie if it succeeds. When
 * the two are parted, @part is called with @tie outside the lock, and frees it. The caller holds
 * both objects. */
gboolean
weakref_link_join (gpointer owner,
                   gpointer owned,
                   WeakrefFindRoot find_root,
                   WeakrefKeeper *keeper,
                   gpointer tie,
                   GDestroyNotify part,
                   GError **error)
{
  Node *owner_node = node_get (owner);
  Node *owned_node = node_get (owned);
  const char *obstacle;
  int code;

  weakref_toggle_lock ();
  obstacle = node_find_obstacle_locked (owner_node, owned_node, find_root, &code);
  if (obstacle == NULL)
    node_attach_locked (owner_node, owned_node, tie, part, keeper);
  weakref_toggle_unlock ();

  node_put (owner_node);
  node_put (owned_node);

  if (obstacle != NULL)
    {
      keeper_free_cb (keeper);
      g_set_error_literal (error, WEAKREF_ERROR, code, obstacle);
    }

  return obstacle == NULL;
}

/* Moves the tie of the two from their group to here. Takes over @keeper. Returns FALSE if there is
 * no such tie. The caller holds both objects. */
gboolean
weakref_link_take_over (gpointer owner, gpointer owned, WeakrefLeave leave, WeakrefKeeper *keeper)
{
  Node *owner_node = node_get (owner);
  Node *owned_node = node_get (owned);
  GDestroyNotify part;
  gpointer tie;
  gboolean taken;

  weakref_toggle_lock ();
  taken = owner_node->is_listed && owned_node->is_listed && owned_node->node.owner == NULL &&
          leave (weakref_watch_get_block (&owner_node->disposed),
                 weakref_watch_get_block (&owned_node->disposed), &tie, &part);
  if (taken)
    node_attach_locked (owner_node, owned_node, tie, part, keeper);
  weakref_toggle_unlock ();

  node_put (owner_node);
  node_put (owned_node);
  if (!taken)
    keeper_free_cb (keeper);

  return taken;
}

static Node *
node_find_joined_locked (WeakrefBlock *owned, gconstpointer tie)
{
  Node *node = node_find_locked (owned);

  return node != NULL && node->tie == tie && !node->has_ended ? node : NULL;
}

/* Parts @owned from its owner. Returns FALSE if @tie was parted before, or if the lives of its tree
 * have ended: then it is parted soon. */
gboolean
weakref_link_part (WeakrefBlock *owned, gconstpointer tie)
{
  Pending pending;
  gboolean joined;
  Node *node;

  pending_init (&pending);
  weakref_toggle_lock ();
  node = node_find_joined_locked (owned, tie);
  joined = node != NULL;
  if (joined)
    node_detach_locked (node, &pending);
  weakref_toggle_unlock ();

  pending_run (&pending);

  return joined;
}

gboolean
weakref_link_is_joined (WeakrefBlock *owned, gconstpointer tie)
{
  gboolean joined;

  weakref_toggle_lock ();
  joined = node_find_joined_locked (owned, tie) != NULL;
  weakref_toggle_unlock ();

  return joined;
}
