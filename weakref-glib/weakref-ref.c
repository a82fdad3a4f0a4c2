/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-ref.h>

#include <weakref-glib/core/handle.h>

/**
 * WeakrefRef:
 *
 * A reference to an object that does not keep it alive.
 *
 * Use it wherever one object has to know another without owning it: a child its parent, a cache its
 * entries, an observer its subject. In addition to what #GWeakRef does, it has a callback, hash and
 * equality functions, and a property to bind to. It is an object, so containers and languages can
 * keep it. An object can have any number of weak references (GLib stops at 65,535), and what one of
 * them costs does not depend on how many there are.
 *
 * With the last [method@GObject.Object.unref], the target is dead when its dispose begins. With
 * [method@GObject.Object.run_dispose], it is dead when GObject calls its weak notifications. A
 * weak reference to a dead target stays dead, even if the object was resurrected. A weak reference
 * that is made later belongs to the next life of the object, and is not equal to the first one.
 *
 * All methods can be called from any thread at any time. Callbacks and notifications come in the
 * thread that dropped the last reference on the target, or in a #GMainContext if the weak reference
 * was made with one. The newest weak reference comes first. A weak reference that was dropped
 * before is not called.
 *
 * ```c
 * g_autoptr (WeakrefRef) ref = weakref_ref_new (window);
 *
 * // later, on any thread
 * g_autoptr (GtkWindow) window = weakref_ref_get (ref);
 * if (window != NULL)
 *   gtk_window_present (window);
 * ```
 *
 * Since: 1.0
 */
struct _WeakrefRef
{
  GObject parent_instance;

  WeakrefHandle *handle; /* (owned) (nullable) (atomic): set once, when there is a target */
};

G_DEFINE_TYPE (WeakrefRef, weakref_ref, G_TYPE_OBJECT)

enum
{
  PROP_ALIVE = 1,
  PROP_CONTEXT,
  PROP_TARGET,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static G_DEFINE_QUARK (weakref_glib_ref_destination, destination)

static WeakrefRef *
ref_make (void)
{
  return (WeakrefRef *) g_object_new_with_properties (WEAKREF_TYPE_REF, 0, NULL, NULL);
}

static gpointer
ref_create (gpointer target, WeakrefBlock *block, WeakrefHandle **handle)
{
  WeakrefRef *self = ref_make ();

  /* From its start on, other threads may find it. */
  self->handle = weakref_handle_new_shared (self, WEAKREF_SLOT_REF, block);
  weakref_handle_start (self->handle, target);
  *handle = self->handle;

  return self;
}

static inline WeakrefHandle *
ref_get_handle (WeakrefRef *self)
{
  return g_atomic_pointer_get (&self->handle);
}

/* Returns the block of the life that is referred to, or NULL. */
static inline WeakrefBlock *
ref_get_block (gconstpointer self)
{
  WeakrefHandle *handle = ref_get_handle ((WeakrefRef *) self);

  return G_LIKELY (handle != NULL) ? weakref_watch_get_block (&handle->watch) : NULL;
}

/* PROPERTIES. Each of the two that can be written can be set once, in any order. They are no
 * construct properties: GObject would set those of each weak reference to NULL, and that would take
 * a third of the time that it takes to make one. If the context is set before the target, it is
 * kept in the qdata until then. If g_object_new() sets it after the target, nobody can see a
 * difference, because the weak reference has neither a callback nor a handler at that time. */

static void
ref_take_context (WeakrefRef *self)
{
  WeakrefHandle *handle = ref_get_handle (self);
  WeakrefDestination *destination;

  if (handle == NULL)
    return;

  destination = g_object_steal_qdata (G_OBJECT (self), destination_quark ());
  if (!weakref_handle_set_destination (handle, destination))
    g_critical (
      "The property \"context\" of a WeakrefRef can be set once, and not if it is shared");
}

static void
ref_set_context (WeakrefRef *self, GMainContext *context)
{
  WeakrefDestination *destination = weakref_destination_get (context);

  if (destination == NULL)
    return;

  if (!g_object_replace_qdata (G_OBJECT (self), destination_quark (), NULL, destination,
                               (GDestroyNotify) weakref_destination_unref, NULL))
    {
      weakref_destination_unref (destination);
      g_critical ("The property \"context\" of a WeakrefRef can be set once");
    }
  ref_take_context (self);
}

/* Takes over @destination, which may be NULL. */
static void
ref_start (WeakrefRef *self, gpointer target, WeakrefDestination *destination)
{
  WeakrefHandle *handle = weakref_handle_new_private (self, WEAKREF_SLOT_REF, target);

  weakref_handle_set_destination (handle, destination);
  weakref_handle_start (handle, target);
  if (!g_atomic_pointer_compare_and_exchange (&self->handle, NULL, handle))
    {
      weakref_handle_discard (handle);
      g_critical ("The property \"target\" of a WeakrefRef can be set once");
      return;
    }
  ref_take_context (self);
}

static void
ref_deliver_cb (gpointer self, WeakrefCallback *callback)
{
  GCallback func;

  g_object_notify_by_pspec (self, props[PROP_ALIVE]);

  func = callback != NULL ? weakref_callback_take (callback) : NULL;
  if (func != NULL)
    {
      ((WeakrefRefCallback) func) (self, callback->user_data);
      weakref_callback_release (callback);
    }
}

static void
weakref_ref_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  WeakrefRef *self = WEAKREF_REF (object);

  switch (prop_id)
    {
    case PROP_CONTEXT:
      ref_set_context (self, g_value_get_boxed (value));
      break;
    case PROP_TARGET:
      if (g_value_get_object (value) != NULL)
        ref_start (self, g_value_get_object (value), NULL);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_ref_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WeakrefRef *self = WEAKREF_REF (object);

  switch (prop_id)
    {
    case PROP_ALIVE:
      g_value_set_boolean (value, weakref_ref_is_alive (self));
      break;
    case PROP_TARGET:
      g_value_take_object (value, weakref_ref_get (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_ref_dispose (GObject *object)
{
  WeakrefHandle *handle = ref_get_handle ((WeakrefRef *) object);

  if (handle != NULL)
    weakref_handle_stop (handle);

  G_OBJECT_CLASS (weakref_ref_parent_class)->dispose (object);
}

static void
weakref_ref_finalize (GObject *object)
{
  WeakrefRef *self = (WeakrefRef *) object;

  g_clear_pointer (&self->handle, weakref_handle_unref);

  G_OBJECT_CLASS (weakref_ref_parent_class)->finalize (object);
}

static void
weakref_ref_class_init (WeakrefRefClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = weakref_ref_set_property;
  object_class->get_property = weakref_ref_get_property;
  object_class->dispose = weakref_ref_dispose;
  object_class->finalize = weakref_ref_finalize;

  /**
   * WeakrefRef:alive: (getter is_alive)
   *
   * Whether the target is alive. It is notified once, when it turns %FALSE: before the callback,
   * and in the same thread or context.
   *
   * Since: 1.0
   */
  props[PROP_ALIVE] =
    g_param_spec_boolean ("alive", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefRef:context:
   *
   * Where the callback runs and notifications are emitted, or %NULL for the thread that drops the
   * last reference on the target.
   *
   * The property is for those who make a weak reference with g_object_new(), as subclasses in a
   * language do, and can be set once. One that everybody shares has no context, and can't be given
   * one. The weak reference does not keep the context: see [ctor@Weakref.Ref.new_full].
   *
   * Since: 1.0
   */
  /* It can't be read, because the context may be gone. */
  props[PROP_CONTEXT] = g_param_spec_boxed ("context", NULL, NULL, G_TYPE_MAIN_CONTEXT,
                                            G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefRef:target: (getter get)
   *
   * The object that is referred to, or %NULL when it is dead. It can be set once, if the weak
   * reference was made with g_object_new() and has no target yet.
   *
   * Since: 1.0
   */
  props[PROP_TARGET] = g_param_spec_object ("target", NULL, NULL, G_TYPE_OBJECT,
                                            G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
  weakref_handle_set_deliver (WEAKREF_SLOT_REF, ref_deliver_cb);
}

static void
weakref_ref_init (WeakrefRef *self)
{
}

/**
 * weakref_ref_new: (constructor)
 * @target: (type GObject.Object) (not nullable): the object to refer to
 *
 * Gives the plain weak reference to @target. All callers get the same one, as long as somebody
 * holds it. (Python does that too: `weakref.ref(x)` is the same object for the same `x`.)
 *
 * You must hold a reference on @target during the call, which can be made from any thread.
 *
 * Returns: (transfer full): the weak reference
 *
 * Since: 1.0
 */
WeakrefRef *
weakref_ref_new (gpointer target)
{
  g_return_val_if_fail (G_IS_OBJECT (target), NULL);
  g_return_val_if_fail (weakref_is_held (target), NULL);

  return weakref_handle_share (target, WEAKREF_SLOT_REF, NULL, ref_create);
}

/**
 * weakref_ref_new_full: (constructor)
 * @target: (type GObject.Object) (not nullable): the object to refer to
 * @context: (nullable): where the callback runs and notifications are emitted, or %NULL for the
 *   thread that drops the last reference
 * @callback: (nullable) (scope notified) (closure user_data) (destroy destroy): what to call when
 *   @target has died, or %NULL
 * @user_data: (nullable): data for @callback
 * @destroy: (nullable): frees @user_data
 *
 * Makes a weak reference of your own to @target, with a callback.
 *
 * The callback runs once, after the death, if the weak reference is still there. @destroy runs once
 * in any case, in any thread: after the callback, when the weak reference is dropped, or at once if
 * there is no callback.
 *
 * With a @context the callback always runs later, in an iteration of the context, even if that is
 * the context of this thread. The weak reference does not keep the context, because the sources of
 * a context may own @target. If the context goes away without another iteration, the callback does
 * not run.
 *
 * You must hold a reference on @target during the call, which can be made from any thread.
 *
 * Returns: (transfer full): a new weak reference
 *
 * Since: 1.0
 */
WeakrefRef *
weakref_ref_new_full (gpointer target,
                      GMainContext *context,
                      WeakrefRefCallback callback,
                      gpointer user_data,
                      GDestroyNotify destroy)
{
  WeakrefHandle *handle;
  WeakrefRef *self;

  g_return_val_if_fail (G_IS_OBJECT (target), NULL);
  g_return_val_if_fail (weakref_is_held (target), NULL);

  /* The target is not given as a property, because the watch must not start before the rest is
   * set. */
  self = ref_make ();
  self->handle = handle = weakref_handle_new_private (self, WEAKREF_SLOT_REF, target);
  weakref_handle_set_destination (handle, weakref_destination_get (context));
  if (callback != NULL)
    weakref_callback_init (weakref_handle_get_callback (handle), G_CALLBACK (callback), user_data,
                           destroy);
  weakref_handle_start (handle, target);

  if (callback == NULL && destroy != NULL)
    destroy (user_data);

  return self;
}

/**
 * weakref_ref_start_for_binding:
 * @self: a weak reference that was made by g_object_new() alone
 * @target: (type GObject.Object) (not nullable): the object to refer to
 *
 * Starts a weak reference that was made with g_object_new().
 *
 * Notifications are emitted in the thread-default main context of the caller. As with
 * [ctor@Weakref.Ref.new_full], the weak reference does not keep the context.
 *
 * It is for the constructors of a language, which it spares two properties and the look for the
 * context. It can be called once for each weak reference, and not after one of the properties was
 * set.
 *
 * You must hold a reference on @target during the call, which can be made from any thread.
 *
 * Since: 1.0
 */
void
weakref_ref_start_for_binding (WeakrefRef *self, gpointer target)
{
  GMainContext *context = g_main_context_get_thread_default ();

  g_return_if_fail (WEAKREF_IS_REF (self));
  g_return_if_fail (ref_get_handle (self) == NULL);
  g_return_if_fail (G_IS_OBJECT (target));
  g_return_if_fail (weakref_is_held (target));

  ref_start (self, target,
             weakref_destination_get (context != NULL ? context : g_main_context_default ()));
}

/**
 * weakref_ref_get:
 * @self: a weak reference
 *
 * Gives the target, if it is alive.
 *
 * As with g_weak_ref_get(), the reference that is returned is yours. It can be called from any
 * thread. It never gives an object that is in the dispose of its last unref, unless the weak
 * reference was made during that dispose.
 *
 * Returns: (transfer full) (type GObject.Object) (nullable): the target, or %NULL when it is dead
 *
 * Since: 1.0
 */
gpointer
weakref_ref_get (WeakrefRef *self)
{
  WeakrefBlock *block;

  g_return_val_if_fail (WEAKREF_IS_REF (self), NULL);

  block = ref_get_block (self);

  return block != NULL ? weakref_block_dup_target (block) : NULL;
}

/**
 * weakref_ref_is_alive: (get-property alive)
 * @self: a weak reference
 *
 * Tells whether the target is alive.
 *
 * If other threads use the target, %TRUE may already be wrong when the function returns. %FALSE
 * stays right for ever. The call holds the target for a moment. If its last owner drops it in this
 * moment, it is disposed in this thread.
 *
 * Returns: %TRUE if the target is alive
 *
 * Since: 1.0
 */
gboolean
weakref_ref_is_alive (WeakrefRef *self)
{
  WeakrefBlock *block;

  g_return_val_if_fail (WEAKREF_IS_REF (self), FALSE);

  block = ref_get_block (self);

  return block != NULL && weakref_block_is_alive (block);
}

/**
 * weakref_ref_get_id:
 * @self: a weak reference
 *
 * Gives the number of the target's life.
 *
 * All weak references to the same object in the same life have the same number, before and after
 * its death. In a process, a number is never used again. (An address can be.)
 *
 * Returns: the number; 0 if the weak reference was made without a target
 *
 * Since: 1.0
 */
guint64
weakref_ref_get_id (WeakrefRef *self)
{
  WeakrefBlock *block;

  g_return_val_if_fail (WEAKREF_IS_REF (self), 0);

  block = ref_get_block (self);

  return block != NULL ? weakref_block_get_id (block) : 0;
}

/**
 * weakref_ref_hash:
 * @self: (type Weakref.Ref) (not nullable): a weak reference
 *
 * Hashes the identity of the target. The hash stays the same after the death.
 *
 * It is a #GHashFunc, for tables whose keys are weak references.
 *
 * Returns: the hash
 *
 * Since: 1.0
 */
guint
weakref_ref_hash (gconstpointer self)
{
  guint64 id = weakref_ref_get_id ((WeakrefRef *) self);

  return g_int64_hash (&id);
}

/**
 * weakref_ref_equal:
 * @self: (type Weakref.Ref) (not nullable): a weak reference
 * @other: (type Weakref.Ref) (not nullable): another weak reference
 *
 * Tells whether two weak references are to the same object in the same life. The answer stays the
 * same after the death.
 *
 * It is a #GEqualFunc, for tables whose keys are weak references.
 *
 * Returns: %TRUE if they are
 *
 * Since: 1.0
 */
gboolean
weakref_ref_equal (gconstpointer self, gconstpointer other)
{
  g_return_val_if_fail (WEAKREF_IS_REF ((gpointer) self), FALSE);
  g_return_val_if_fail (WEAKREF_IS_REF ((gpointer) other), FALSE);

  return self == other ||
         (ref_get_block (self) != NULL && ref_get_block (self) == ref_get_block (other));
}

/**
 * weakref_count_refs:
 * @target: (type GObject.Object) (not nullable): an object
 *
 * Counts the weak references to @target: the objects of [class@Weakref.Ref], the shared one and all
 * others.
 *
 * It visits each of them, and is meant for debugging. (Python calls it `getweakrefcount`.)
 *
 * Returns: the number of weak references
 *
 * Since: 1.0
 */
guint
weakref_count_refs (gpointer target)
{
  g_return_val_if_fail (G_IS_OBJECT (target), 0);
  g_return_val_if_fail (weakref_is_held (target), 0);

  return weakref_handle_count (weakref_block_peek (target, WEAKREF_PHASE_DISPOSE),
                               WEAKREF_SLOT_REF);
}

/**
 * weakref_list_refs:
 * @target: (type GObject.Object) (not nullable): an object
 *
 * Lists the weak references to @target, newest first. (Python calls it `getweakrefs`.)
 *
 * Returns: (transfer full) (element-type Weakref.Ref) (nullable): the weak references; free it with
 *   g_list_free_full() and g_object_unref()
 *
 * Since: 1.0
 */
GList *
weakref_list_refs (gpointer target)
{
  g_return_val_if_fail (G_IS_OBJECT (target), NULL);
  g_return_val_if_fail (weakref_is_held (target), NULL);

  return weakref_handle_list (weakref_block_peek (target, WEAKREF_PHASE_DISPOSE), WEAKREF_SLOT_REF);
}
