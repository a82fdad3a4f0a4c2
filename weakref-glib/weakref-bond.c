/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-bond.h>

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/dispatch.h>
#include <weakref-glib/core/group.h>
#include <weakref-glib/weakref-error.h>

/**
 * WeakrefBond:
 *
 * Makes two objects, an owner and what it owns, live and die together.
 *
 * Use it for trees whose nodes know their parents. If parent and child hold each other, neither is
 * ever freed. If the child holds its parent weakly, the parent goes away under whoever has only the
 * child. Bonded, neither happens: the owner keeps the owned alive, and whoever else holds the owned
 * keeps the owner alive. When nobody outside holds either, both are finalized, at once, the owner
 * first. Bonds make trees of any depth and width: who holds a single node, holds the tree.
 *
 * The two can then have plain pointers to each other. The library keeps the bond until it is broken
 * or the objects die; the handle that [ctor@Weakref.Bond.new] returns can be dropped at once.
 *
 * ```c
 * self->parent = parent; // not a reference
 * bond = weakref_bond_new (parent, self, &error);
 * g_clear_object (&bond);
 * ```
 *
 * In the dispose and finalize of the owner, what it owns is still there; but all weak references of
 * this library to any of them are dead by then, and so is the bond. What the owner's dispose takes
 * a reference on lives on, without the bond. An owner or owned that is disposed early, by
 * [method@GObject.Object.run_dispose], is no longer bonded. Inside a death that a bond or a
 * [class@Weakref.Cache] caused, the deaths that it causes in turn come after it.
 *
 * All functions can be called from any thread at any time; a tree dies in the thread that drops the
 * last reference on it from outside. A [class@Weakref.Ref] and all else in this library gives
 * either none of the objects of a tree or keeps all; a #GWeakRef of GLib's own that is asked while
 * the tree is being dropped in another thread can give a node that lives on without its owner.
 *
 * The library has one reference on each bonded object. To take the first other one, to drop the
 * last other one, and to get the object from a weak reference takes a lock which all bonds and
 * caches have in common. When the last one on a tree is dropped, it takes time for the whole tree.
 *
 * # Languages
 *
 * A bond holds both objects by a toggle reference, and two toggle references on the same object
 * silence each other. GJS has one on objects of a JavaScript subclass and on those with
 * JavaScript properties, PyGObject before 3.55 on those with Python attributes. Such an object
 * always looks as if somebody held it, and its wrapper is kept: the tree stays until the bonds of
 * that object are broken, or it is disposed, and is then collected as usual. Nothing is lost before
 * that: wrapper and properties stay as they are. So, there, bond objects of C types without
 * properties of the language, or break the bond.
 *
 * Since: 1.0
 */
struct _WeakrefBond
{
  GObject parent_instance;

  WeakrefBlock *owner;   /* (owned) (const) */
  WeakrefBlock *owned;   /* (owned) (const) */
  WeakrefMember *member; /* (owned) (const): the owned, as a member of its group */
  GMainContext *context; /* (owned) (nullable): until the bond ends */
};

G_DEFINE_TYPE (WeakrefBond, weakref_bond, G_TYPE_OBJECT)

enum
{
  PROP_ALIVE = 1,
  PROP_OWNED,
  PROP_OWNER,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static gboolean
bond_notify_cb (gpointer data)
{
  guint i;

  for (i = PROP_ALIVE; i < N_PROPS; i++)
    g_object_notify_by_pspec (data, props[i]);

  return G_SOURCE_REMOVE;
}

/* The group's reference goes to the delivery. */
static void
bond_part_cb (gpointer data)
{
  WeakrefBond *self = data;
  GMainContext *context = g_steal_pointer (&self->context);

  weakref_dispatch (context, bond_notify_cb, self, g_object_unref);
  g_clear_pointer (&context, g_main_context_unref);
}

/* New references to both objects, or %FALSE and neither if the bond has ended. To be joined is not
 * all: if an object was bonded at the end of its g_object_run_dispose(), that life is over, but
 * nobody is told before the next weak interest in it. */
static gboolean
bond_dup (WeakrefBond *self, gpointer *owner, gpointer *owned)
{
  *owner = *owned = NULL;
  if (self->member == NULL || !weakref_member_is_joined (self->member, self))
    return FALSE;

  *owner = weakref_block_dup_target (self->owner);
  *owned = *owner != NULL ? weakref_block_dup_target (self->owned) : NULL;
  if (*owned == NULL)
    g_clear_object (owner);

  return *owned != NULL;
}

static void
weakref_bond_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WeakrefBond *self = WEAKREF_BOND (object);

  switch (prop_id)
    {
    case PROP_ALIVE:
      g_value_set_boolean (value, weakref_bond_is_alive (self));
      break;
    case PROP_OWNED:
      g_value_take_object (value, weakref_bond_dup_owned (self));
      break;
    case PROP_OWNER:
      g_value_take_object (value, weakref_bond_dup_owner (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_bond_finalize (GObject *object)
{
  WeakrefBond *self = WEAKREF_BOND (object);

  g_clear_pointer (&self->owner, weakref_block_unref);
  g_clear_pointer (&self->owned, weakref_block_unref);
  g_clear_pointer (&self->member, weakref_member_unref);
  g_clear_pointer (&self->context, g_main_context_unref);

  G_OBJECT_CLASS (weakref_bond_parent_class)->finalize (object);
}

static void
weakref_bond_class_init (WeakrefBondClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = weakref_bond_get_property;
  object_class->finalize = weakref_bond_finalize;

  /**
   * WeakrefBond:alive: (getter is_alive)
   *
   * Whether the bond holds. All three properties are notified once, when it has ended: in the
   * thread that breaks it, disposes one of the two early, or finalizes the owner; or from the
   * #GMainContext that [ctor@Weakref.Bond.new_full] was given.
   *
   * Since: 1.0
   */
  props[PROP_ALIVE] =
    g_param_spec_boolean ("alive", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefBond:owned: (getter dup_owned)
   *
   * The object that is owned, or %NULL when the bond has ended.
   *
   * Since: 1.0
   */
  props[PROP_OWNED] = g_param_spec_object ("owned", NULL, NULL, G_TYPE_OBJECT,
                                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefBond:owner: (getter dup_owner)
   *
   * The owner, or %NULL when the bond has ended.
   *
   * Since: 1.0
   */
  props[PROP_OWNER] = g_param_spec_object ("owner", NULL, NULL, G_TYPE_OBJECT,
                                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
weakref_bond_init (WeakrefBond *self)
{
}

/**
 * weakref_bond_new: (constructor)
 * @owner: (type GObject.Object) (not nullable): an object
 * @owned: (type GObject.Object) (not nullable): the object that it is to own; a floating reference
 *   is taken
 * @error: return location for a `WEAKREF_ERROR_OWNED`, a `WEAKREF_ERROR_CYCLE` or a
 *   `WEAKREF_ERROR_DEAD`
 *
 * Bonds @owned to @owner.
 *
 * An object has at most one owner: it is a `WEAKREF_ERROR_OWNED` if @owned has one already; break
 * that bond first. It is a `WEAKREF_ERROR_CYCLE` if @owner is @owned itself, or owned by it,
 * through any number of bonds. If another thread disposes one of them during the call, it is a
 * `WEAKREF_ERROR_DEAD`.
 *
 * You must hold a reference on both objects during the call, which can be made from any thread. It
 * takes time for the smaller one of the two trees.
 *
 * Returns: (transfer full): the bond, or %NULL with @error set
 *
 * Since: 1.0
 */
WeakrefBond *
weakref_bond_new (gpointer owner, gpointer owned, GError **error)
{
  return weakref_bond_new_full (owner, owned, NULL, error);
}

/**
 * weakref_bond_new_full: (constructor)
 * @owner: (type GObject.Object) (not nullable): an object
 * @owned: (type GObject.Object) (not nullable): the object that it is to own; a floating reference
 *   is taken
 * @context: (nullable): where the end of the bond is notified, or %NULL for the thread that ends it
 * @error: return location for a `WEAKREF_ERROR_OWNED`, a `WEAKREF_ERROR_CYCLE` or a
 *   `WEAKREF_ERROR_DEAD`
 *
 * Bonds @owned to @owner, as [ctor@Weakref.Bond.new] does, and says where the end is notified.
 *
 * With a @context the notification always comes later, from an iteration of it, even in the same
 * thread, and the bond is kept until then. If the context goes away without iterating again, it
 * does not come.
 *
 * You must hold a reference on both objects during the call, which can be made from any thread.
 *
 * Returns: (transfer full): the bond, or %NULL with @error set
 *
 * Since: 1.0
 */
WeakrefBond *
weakref_bond_new_full (gpointer owner, gpointer owned, GMainContext *context, GError **error)
{
  WeakrefBond *self;
  WeakrefMember *owner_member;
  gboolean floating;
  gboolean joined;

  g_return_val_if_fail (G_IS_OBJECT (owner), NULL);
  g_return_val_if_fail (weakref_is_held (owner), NULL);
  g_return_val_if_fail (G_IS_OBJECT (owned), NULL);
  g_return_val_if_fail (weakref_is_held (owned), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  floating = g_object_is_floating (owned);
  if (floating)
    g_object_ref_sink (owned);

  self = g_object_new (WEAKREF_TYPE_BOND, NULL);
  self->context = context != NULL ? g_main_context_ref (context) : NULL;
  self->owner = weakref_block_get (owner, WEAKREF_PHASE_DISPOSE);
  self->owned = weakref_block_get (owned, WEAKREF_PHASE_DISPOSE);
  self->member = weakref_member_get (owned, FALSE);
  owner_member = weakref_member_get (owner, TRUE);

  joined =
    weakref_member_join (self->member, owner_member, g_object_ref (self), bond_part_cb, error);

  weakref_member_put (owner_member);
  weakref_member_put (self->member);
  weakref_member_unref (owner_member);

  if (floating && joined)
    g_object_unref (owned);
  else if (floating)
    g_object_force_floating (owned);
  if (!joined)
    {
      g_object_unref (self);
      g_clear_object (&self);
    }

  return self;
}

/**
 * weakref_bond_break:
 * @self: a bond
 *
 * Ends the bond. Both objects are on their own again: what nobody else holds is finalized.
 *
 * You need not hold either object.
 *
 * Returns: %TRUE; %FALSE if it had ended before, or both objects are dying
 *
 * Since: 1.0
 */
gboolean
weakref_bond_break (WeakrefBond *self)
{
  g_return_val_if_fail (WEAKREF_IS_BOND (self), FALSE);
  g_return_val_if_fail (self->member != NULL, FALSE);

  return weakref_member_part (self->member, self);
}

/**
 * weakref_bond_is_alive: (get-property alive)
 * @self: a bond
 *
 * Tells whether the bond holds.
 *
 * It holds both objects for a moment: if their last owner lets go just then, they die in this
 * thread.
 *
 * Returns: %TRUE if neither it was broken nor the objects died
 *
 * Since: 1.0
 */
gboolean
weakref_bond_is_alive (WeakrefBond *self)
{
  gpointer owner;
  gpointer owned;

  g_return_val_if_fail (WEAKREF_IS_BOND (self), FALSE);

  if (!bond_dup (self, &owner, &owned))
    return FALSE;

  g_object_unref (owner);
  g_object_unref (owned);
  return TRUE;
}

/**
 * weakref_bond_dup_owner: (get-property owner)
 * @self: a bond
 *
 * Gives the owner.
 *
 * Returns: (transfer full) (type GObject.Object) (nullable): the owner, or %NULL when the bond has
 *   ended
 *
 * Since: 1.0
 */
gpointer
weakref_bond_dup_owner (WeakrefBond *self)
{
  gpointer owner;
  gpointer owned;

  g_return_val_if_fail (WEAKREF_IS_BOND (self), NULL);

  if (bond_dup (self, &owner, &owned))
    g_object_unref (owned);
  return owner;
}

/**
 * weakref_bond_dup_owned: (get-property owned)
 * @self: a bond
 *
 * Gives the object that is owned.
 *
 * Returns: (transfer full) (type GObject.Object) (nullable): the object, or %NULL when the bond has
 *   ended
 *
 * Since: 1.0
 */
gpointer
weakref_bond_dup_owned (WeakrefBond *self)
{
  gpointer owner;
  gpointer owned;

  g_return_val_if_fail (WEAKREF_IS_BOND (self), NULL);

  if (bond_dup (self, &owner, &owned))
    g_object_unref (owner);
  return owned;
}
