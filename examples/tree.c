/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A tree whose nodes know their parents, three ways: with strong pointers, which leak; with weak
 * parent pointers, which lose the parent; with bonds, which do neither. */

#include <weakref-glib/weakref-glib.h>

typedef enum
{
  STRONG,
  WEAK,
  BOND
} Way;

#define NODE_TYPE (node_get_type ())
G_DECLARE_FINAL_TYPE (Node, node, EXAMPLE, NODE, GObject)

struct _Node
{
  GObject parent_instance;

  char *name;
  GPtrArray *children; /* references, but for bonds: the bond keeps them */
  Node *parent;        /* a reference for the strong way, and for bonds just a pointer */
  WeakrefRef *weak_parent;
};

G_DEFINE_TYPE (Node, node, G_TYPE_OBJECT)

static int n_nodes;

static void
node_dispose (GObject *object)
{
  Node *self = EXAMPLE_NODE (object);

  g_clear_pointer (&self->children, g_ptr_array_unref);
  g_clear_object (&self->weak_parent);

  G_OBJECT_CLASS (node_parent_class)->dispose (object);
}

static void
node_finalize (GObject *object)
{
  n_nodes--;
  g_free (EXAMPLE_NODE (object)->name);

  G_OBJECT_CLASS (node_parent_class)->finalize (object);
}

static void
node_class_init (NodeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = node_dispose;
  G_OBJECT_CLASS (klass)->finalize = node_finalize;
}

static void
node_init (Node *self)
{
  n_nodes++;
}

static Node *
node_new (const char *name, Way way)
{
  Node *self = g_object_new (NODE_TYPE, NULL);

  self->name = g_strdup (name);
  self->children = g_ptr_array_new_with_free_func (way == BOND ? NULL : g_object_unref);

  return self;
}

/* Takes over the reference on @child. */
static Node *
node_add (Node *self, Node *child, Way way)
{
  g_ptr_array_add (self->children, child);

  switch (way)
    {
    case STRONG:
      child->parent = g_object_ref (self);
      break;
    case WEAK:
      child->weak_parent = weakref_ref_new (self);
      break;
    case BOND:
      child->parent = self;
      g_object_unref (weakref_bond_new (self, child, NULL));
      g_object_unref (child);
      break;
    default:
      g_assert_not_reached ();
    }

  return child;
}

/* A new reference, or NULL. */
static Node *
node_dup_parent (Node *self)
{
  if (self->weak_parent != NULL)
    return weakref_ref_get (self->weak_parent);

  return self->parent != NULL ? g_object_ref (self->parent) : NULL;
}

static char *
node_dup_path (Node *self)
{
  Node *parent = node_dup_parent (self);
  char *above = parent != NULL ? node_dup_path (parent) : NULL;
  char *path = above != NULL ? g_strconcat (above, "/", self->name, NULL) : g_strdup (self->name);

  g_free (above);
  g_clear_object (&parent);

  return path;
}

/* Returns a reference on the leaf, the only one that is left. */
static Node *
make_tree (Way way)
{
  Node *root = node_new ("root", way);
  Node *branch = node_add (root, node_new ("branch", way), way);
  Node *leaf = node_add (branch, node_new ("leaf", way), way);

  node_add (branch, node_new ("other", way), way);
  g_object_ref (leaf);
  g_object_unref (root);

  return leaf;
}

/* The tree with strong pointers has to be taken apart by hand, from a node that is still known. */
static void
take_apart (Node *leaf)
{
  Node *branch = leaf->parent;
  Node *root = g_object_ref (branch->parent);
  guint i;

  for (i = 0; i < branch->children->len; i++)
    g_clear_object (&((Node *) g_ptr_array_index (branch->children, i))->parent);
  g_clear_object (&branch->parent);
  g_object_unref (root);
}

int
main (void)
{
  const char *ways[] = {
    "strong pointers: parent and child hold each other",
    "weak parent pointers: a child does not hold its parent",
    "bonds: who holds one holds all, and they don't hold each other",
  };
  Way way;

  for (way = STRONG; way <= BOND; way++)
    {
      Node *leaf = make_tree (way);
      char *path = node_dup_path (leaf);
      Node *lost = leaf;

      g_print ("%s\n", ways[way]);
      g_print ("  holding only the leaf: it is %s; %d of 4 nodes live%s\n", path, n_nodes,
               way == WEAK ? ", the parent is lost" : "");
      g_assert_cmpstr (path, ==, way == WEAK ? "leaf" : "root/branch/leaf");
      g_free (path);

      g_object_unref (leaf);
      g_print ("  holding nothing: %d of 4 nodes live%s\n", n_nodes,
               n_nodes > 0 ? ", for ever: a leak" : "");
      g_assert_cmpint (n_nodes, ==, way == STRONG ? 4 : 0);
      if (way == STRONG)
        take_apart (lost);
      g_assert_cmpint (n_nodes, ==, 0);
    }

  return 0;
}
