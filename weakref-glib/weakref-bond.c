/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-bond.h>

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/dispatch.h>
#include <weakref-glib/core/group.h>
#include <weakref-glib/core/link.h>
#include <weakref-glib/core/toggle.h>
#include <weakref-glib/weakref-error.h>

/**
 * WeakrefBond:
 *
 * Makes two objects, an owner and what it owns, live and die together.
 *
 * Use it for trees whose nodes know their parents. If parent and child hold each other, neither is
 * ever freed. If the child holds its parent weakly, and somebody has only the child, the parent is
 * freed while the child still needs it. With a bond, neither happens. The owner keeps the owned
 * alive, and whoever holds the owned keeps the owner alive. When nobody else holds either of them,
 * both are finalized together, the owner first. Bonds make trees of any depth and width. Whoever
 * holds one node of a tree holds the whole tree.
 *
 * The two can have plain pointers to each other. The library keeps the bond until it is broken or
 * the objects die. So you can drop what [ctor@Weakref.Bond.new] returns as soon as it is made.
 *
 * ```c
 * self->parent = parent; // not a reference
 * bond = weakref_bond_new (parent, self, &error);
 * g_clear_object (&bond);
 * ```
 *
 * In the dispose and finalize of the owner, what it owns is still there. But the bond is dead then,
 * and so are all weak references of this library to any object of the tree. If the dispose of the
 * owner takes a reference on an object that it owns, that object lives on without the bond. An
 * object that is disposed by [method@GObject.Object.run_dispose] is no longer bonded. When a bond
 * or a [class@Weakref.Cache] drops an object, and this death makes it drop more objects, those die
 * after the first one, not inside its dispose.
 *
 * All functions can be called from any thread at any time. A tree dies in the thread that drops the
 * last reference on one of its objects from outside. A [class@Weakref.Ref], and everything else in
 * this library, gives either none of the objects of a tree, or one that keeps all of them. A
 * #GWeakRef of GLib itself is different: while another thread drops the tree, it can give an object
 * that lives on without its owner.
 *
 * The library has one reference on each bonded object. Three things take a lock that all bonds and
 * caches share: to take the first other reference, to drop the last other reference, and to get the
 * object from a weak reference. When the last other reference on a tree is dropped, the time that
 * takes grows with the size of the tree.
 *
 * # Languages
 *
 * A bond holds both objects by a toggle reference. If an object has two toggle references, neither
 * of them is notified. GJS has one on objects of a JavaScript class, and on those that have or once
 * had a JavaScript property or handler. PyGObject before 3.55 has one on those with Python
 * attributes. Such an object always looks as if somebody held it. So the tree stays until the bonds
 * of that object are broken, or the object is disposed. Then it is collected as usual. That is a
 * leak, so there is a warning when such a bond is made.
 *
 * In JavaScript, JavaScript itself keeps what `new Weakref.Bond ()` makes: the wrappers hold each
 * other, and its garbage collector sees that. When nobody has any object of the tree, such a bond
 * ends at the next garbage collection, whatever the objects are. If a tree was made in C and then
 * gets such a bond, JavaScript keeps the whole tree. Another binding with toggle references and a
 * garbage collector can do the same with [method@Weakref.Bond.start_for_binding].
 *
 * Since: 1.0
 */
struct _WeakrefBond
{
  GObject parent_instance;

  WeakrefBlock *owner;   /* (owned) (const): NULL before the bond begins */
  WeakrefBlock *owned;   /* (owned) (const): the same */
  WeakrefMember *member; /* (owned) (const) (nullable): that of the owned, if a group keeps it */
  WeakrefDestination *destination; /* (owned) (const) (nullable) */
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

/* Takes over the reference on the bond. */
static void
bond_part_cb (gpointer data)
{
  WeakrefBond *self = data;

  weakref_destination_send (self->destination, bond_notify_cb, self, g_object_unref);
}

/* Returns whether a group or a language keeps the bond. A language may take it over from a group.
 */
static gboolean
bond_is_joined (WeakrefBond *self)
{
  if (self->owner == NULL)
    return FALSE;

  return (self->member != NULL && weakref_member_is_joined (self->member, self)) ||
         weakref_link_is_joined (self->owned, self);
}

/* Gives new references to both objects. If the bond has ended, returns FALSE and gives neither. It
 * is not enough that they are joined: if an object was bonded at the end of its
 * g_object_run_dispose(), that life has ended, but nobody is told before somebody takes the next
 * interest in the object. */
static gboolean
bond_dup (WeakrefBond *self, gpointer *owner, gpointer *owned)
{
  *owner = *owned = NULL;
  if (!bond_is_joined (self))
    return FALSE;

  *owner = weakref_block_dup_target (self->owner);
  *owned = *owner != NULL ? weakref_block_dup_target (self->owned) : NULL;
  if (*owned == NULL)
    g_clear_object (owner);

  return *owned != NULL;
}

/* Warns if a language has a toggle reference on @object. Then we are never notified that its tree
 * is unused, and without a warning nobody would notice the leak. */
static void
warn_if_foreign (gpointer object)
{
  if (weakref_toggle_is_foreign (object))
    g_warning ("A bond holds a %s on which a language has a toggle reference: it does not end "
               "before it is broken, or the object disposed",
               G_OBJECT_TYPE_NAME (object));
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
  g_clear_pointer (&self->destination, weakref_destination_unref);

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
   * Whether the bond has not ended. All three properties are notified once, when it has ended. That
   * happens in the thread that breaks the bond, disposes one of the two objects early, or finalizes
   * the owner, or in the #GMainContext that [ctor@Weakref.Bond.new_full] was given.
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
 * An object has at most one owner. If @owned has one already, it is a `WEAKREF_ERROR_OWNED`; break
 * the other bond first. If @owner is @owned itself, or is owned by it through any number of bonds,
 * it is a `WEAKREF_ERROR_CYCLE`. If another thread disposes one of them during the call, it is a
 * `WEAKREF_ERROR_DEAD`.
 *
 * You must hold a reference on both objects during the call, which can be made from any thread. The
 * time that it takes grows with the size of the smaller one of the two trees.
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
 * With a @context the notification always comes later, in an iteration of the context, even if that
 * is the context of this thread. The bond is kept until then. If the context goes away without
 * another iteration, the notification does not come.
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

  warn_if_foreign (owner);
  warn_if_foreign (owned);
  floating = g_object_is_floating (owned);
  if (floating)
    g_object_ref_sink (owned);

  self = g_object_new (WEAKREF_TYPE_BOND, NULL);
  self->destination = weakref_destination_get (context);
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
 * weakref_bond_start_for_binding:
 * @self: a bond that was made by g_object_new() alone
 * @owner: (type GObject.Object) (not nullable): an object
 * @owned: (type GObject.Object) (not nullable): the object that it is to own
 * @context: (nullable): where the end of the bond is notified and @ended runs, or %NULL for the
 *   thread that ends it
 * @ended: (scope notified) (closure user_data) (destroy destroy): what to call when the bond has
 *   ended
 * @user_data: (nullable): data for @ended
 * @destroy: (nullable): frees @user_data
 * @error: return location for a `WEAKREF_ERROR_OWNED`, a `WEAKREF_ERROR_CYCLE` or a
 *   `WEAKREF_ERROR_DEAD`
 *
 * Begins a bond between two objects that a language keeps together.
 *
 * It is for a language that has toggle references on objects with wrappers, and a garbage collector
 * that traces. There each wrapper holds the other until @ended is called. So the objects live as
 * long as anybody has one of them, in C or in the language, and die together when its collector
 * finds that nobody has. The library holds neither of them. It only knows of the bond: there is one
 * owner, there are no cycles, the bond has its properties, and [method@Weakref.Bond.break] or an
 * early dispose ends it. If the bond can't begin, @ended does not run.
 *
 * The library must not keep the objects by other bonds at the same time: see
 * [func@Weakref.Bond.list_for_binding].
 *
 * You must hold a reference on both objects during the call, which can be made from any thread.
 *
 * Returns: %TRUE, or %FALSE with @error set
 *
 * Since: 1.0
 */
gboolean
weakref_bond_start_for_binding (WeakrefBond *self,
                                gpointer owner,
                                gpointer owned,
                                GMainContext *context,
                                WeakrefBondFunc ended,
                                gpointer user_data,
                                GDestroyNotify destroy,
                                GError **error)
{
  WeakrefKeeper *keeper;
  gboolean joined;

  g_return_val_if_fail (WEAKREF_IS_BOND (self), FALSE);
  g_return_val_if_fail (self->owner == NULL, FALSE);
  g_return_val_if_fail (G_IS_OBJECT (owner), FALSE);
  g_return_val_if_fail (weakref_is_held (owner), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (owned), FALSE);
  g_return_val_if_fail (weakref_is_held (owned), FALSE);
  g_return_val_if_fail (ended != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  self->destination = weakref_destination_get (context);
  self->owner = weakref_block_get (owner, WEAKREF_PHASE_DISPOSE);
  self->owned = weakref_block_get (owned, WEAKREF_PHASE_DISPOSE);
  keeper = weakref_keeper_new (context, (WeakrefKeeperFunc) ended, user_data, destroy);
  joined = weakref_link_join (owner, owned, weakref_member_find_root_locked, keeper,
                              g_object_ref (self), bond_part_cb, error);
  if (!joined)
    g_object_unref (self);

  return joined;
}

/**
 * weakref_bond_list_for_binding:
 * @object: (type GObject.Object) (not nullable): an object
 *
 * Lists the bonds with which the library itself keeps the tree that @object is in. The result has
 * the owner and the owned of each bond, one after the other.
 *
 * Before a language keeps one of these objects with [method@Weakref.Bond.start_for_binding], it
 * takes over each pair with [func@Weakref.Bond.take_over_for_binding].
 *
 * You must hold a reference on @object during the call, which can be made from any thread.
 *
 * Returns: (transfer container) (element-type GObject.Object): the objects
 *
 * Since: 1.0
 */
GPtrArray *
weakref_bond_list_for_binding (gpointer object)
{
  GPtrArray *objects;
  GPtrArray *blocks;
  WeakrefBlock *block;
  guint i;

  g_return_val_if_fail (G_IS_OBJECT (object), NULL);
  g_return_val_if_fail (weakref_is_held (object), NULL);

  objects = g_ptr_array_new_with_free_func (g_object_unref);
  block = weakref_block_peek (object, WEAKREF_PHASE_DISPOSE);
  if (block == NULL)
    return objects;

  blocks = weakref_member_list_blocks (block);
  for (i = 0; i < blocks->len; i += 2)
    {
      gpointer owner = weakref_block_dup_target (g_ptr_array_index (blocks, i));
      gpointer owned = weakref_block_dup_target (g_ptr_array_index (blocks, i + 1));

      if (owner != NULL && owned != NULL)
        {
          g_ptr_array_add (objects, g_steal_pointer (&owner));
          g_ptr_array_add (objects, g_steal_pointer (&owned));
        }
      g_clear_object (&owner);
      g_clear_object (&owned);
    }
  g_ptr_array_unref (blocks);
  weakref_block_unref (block);

  return objects;
}

/**
 * weakref_bond_take_over_for_binding:
 * @owner: (type GObject.Object) (not nullable): an object
 * @owned: (type GObject.Object) (not nullable): the object that it owns
 * @context: (nullable): where @ended runs, or %NULL for the thread that ends the bond
 * @ended: (scope notified) (closure user_data) (destroy destroy): what to call when the bond has
 *   ended
 * @user_data: (nullable): data for @ended
 * @destroy: (nullable): frees @user_data
 *
 * Has a language keep a bond that the library has kept until now. Then the bond is as if
 * [method@Weakref.Bond.start_for_binding] had begun it. Whoever has the bond sees no difference.
 *
 * You must hold a reference on both objects during the call, which can be made from any thread.
 *
 * Returns: %TRUE; %FALSE if the library does not keep such a bond, and then @ended does not run
 *
 * Since: 1.0
 */
gboolean
weakref_bond_take_over_for_binding (gpointer owner,
                                    gpointer owned,
                                    GMainContext *context,
                                    WeakrefBondFunc ended,
                                    gpointer user_data,
                                    GDestroyNotify destroy)
{
  g_return_val_if_fail (G_IS_OBJECT (owner), FALSE);
  g_return_val_if_fail (weakref_is_held (owner), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (owned), FALSE);
  g_return_val_if_fail (weakref_is_held (owned), FALSE);
  g_return_val_if_fail (ended != NULL, FALSE);

  return weakref_link_take_over (
    owner, owned, weakref_member_leave_locked,
    weakref_keeper_new (context, (WeakrefKeeperFunc) ended, user_data, destroy));
}

/**
 * weakref_bond_break:
 * @self: a bond
 *
 * Ends the bond. If nobody else holds one of the objects, that one is finalized.
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

  if (self->owner == NULL)
    return FALSE;

  return (self->member != NULL && weakref_member_part (self->member, self)) ||
         weakref_link_part (self->owned, self);
}

/**
 * weakref_bond_is_alive: (get-property alive)
 * @self: a bond
 *
 * Tells whether the bond has not ended.
 *
 * The call holds both objects for a moment. If their last owner drops them in this moment, they die
 * in this thread.
 *
 * Returns: %TRUE if the bond was not broken and neither object has died
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
