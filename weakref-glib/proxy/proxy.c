/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-proxy.h>

#include <weakref-glib/weakref-error.h>
#include <weakref-glib/proxy/proxy-private.h>

/**
 * WeakrefProxy:
 *
 * An object that stands in for another one without keeping it alive.
 *
 * Hand it to code that wants an object with certain properties and signals, and would hold on to
 * it: a binding, an expression, a list view, an action group of a widget. The proxy has the
 * properties and signals of its target, and what is done to it is done to the target; but the
 * target goes when its real owners let go. Plain GLib has nothing like it: a #GWeakRef helps only
 * where you can change the code that holds it.
 *
 * A proxy is an instance of a type that is made at run time for the type of the target. It is not
 * an instance of the target's type, so C functions that check for that won't take it. It does
 * implement [iface@Gio.ListModel], [iface@Gio.Action] and [iface@Gio.ActionGroup] if the target
 * does.
 *
 * *Properties* of the target, those that can only be set at construction included, are read, and
 * written, through to the target; `notify` of the target appears on the proxy, with its detail. If
 * the target has a property `alive` or `target` itself, that is the one which the proxy shows, and
 * the proxy's own answer is had from [method@Weakref.Proxy.is_alive] and
 * [method@Weakref.Proxy.dup_target] only. `notify::alive` at the death comes in any case.
 *
 * *Signals.* A handler that is connected to the proxy runs when the target emits, as if it were
 * connected to the target, and its return value counts there. Emitting on the proxy emits on the
 * target; but `notify`, and the signals of the interfaces above, are the proxy's own. If several
 * handlers of one proxy return something, they count as one: the first %TRUE, or the last value of
 * any other type. One that is connected with `G_CONNECT_AFTER` runs after the others of that proxy,
 * but before the default handler of the target.
 *
 * GObject has no way to find out that somebody connects to an object. So a proxy listens to all the
 * signals of its target from the start, and each emission costs the target a look for handlers on
 * each of its proxies, whether there are any or not: some 0.1 µs, and 0.2 µs or more in a signal
 * that returns a value and in a notification that nobody else listens to. Share one with
 * [ctor@Weakref.Proxy.new] where you can. What else follows from it:
 *
 * - A target that asks g_signal_has_handler_pending() is told that it has handlers.
 *   [class@Gio.SimpleAction] isn't, because it does what it does by default only without. It emits
 *   `activate` and `change-state` only if it has handlers of its own, and then those on the proxy
 *   run, too.
 * - In signals that return a value a proxy without handlers takes no part. There, emissions on all
 *   objects cost some more as long as a proxy of such a type exists. A signal with
 *   `G_SIGNAL_NO_HOOKS` gets a zero from it.
 *
 * *After the death* properties read as their defaults, and nothing can be written or emitted. First
 * `notify::alive` is emitted, then what the interfaces have to say: the list is empty, the action
 * disabled, the group without actions. Then the callback runs, and at last all handlers of the
 * target's signals are disconnected, as in a dispose, and their numbers are void. (A #GSignalGroup
 * wants to be told; set its target to %NULL in `notify::alive`.) The handlers of `notify` stay
 * until the proxy goes, because bindings disconnect theirs by number; so do those of the interfaces
 * that the proxy implements. Signals which the target emits while it is disposed still arrive, but
 * not `notify`, nor those of the interfaces: the proxy has nothing more to show by then.
 *
 * A proxy of a proxy is one of its target. In tables and sets a proxy is itself, not its target.
 *
 * All methods can be called from any thread at any time; whether the target can take it is its own
 * business. Signals are emitted in the thread in which the target emits.
 *
 * ```c
 * g_autoptr (WeakrefProxy) proxy = weakref_proxy_new (document);
 *
 * g_object_bind_property (proxy, "title", label, "label", G_BINDING_SYNC_CREATE);
 * g_signal_connect (proxy, "saved", G_CALLBACK (saved_cb), NULL);
 * ```
 *
 * Since: 1.0
 */

G_DEFINE_ABSTRACT_TYPE (WeakrefProxy, weakref_proxy, G_TYPE_OBJECT)

enum
{
  PROP_ALIVE = 1,
  PROP_TARGET,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
proxy_deliver_cb (gpointer data, WeakrefCallback *callback)
{
  WeakrefProxy *self = data;
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  guint i;

  g_object_notify_by_pspec (data, props[PROP_ALIVE]);
  g_object_notify_by_pspec (data, props[PROP_TARGET]);
  for (i = 0; i < klass->n_interfaces; i++)
    klass->interfaces[i]->die (self, self->states[i]);

  if (weakref_callback_take (callback))
    {
      ((WeakrefProxyCallback) callback->func) (self, callback->user_data);
      weakref_callback_release (callback);
    }

  weakref_proxy_signals_drop (self);
}

/* With an empty target: a proxy that is dead from the start. */
static WeakrefProxy *
proxy_create_full (GType type,
                   gpointer target,
                   GMainContext *context,
                   GCallback callback,
                   gpointer user_data,
                   GDestroyNotify destroy)
{
  WeakrefProxy *self = g_object_new (type, NULL);
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  guint i;

  if (target == NULL)
    return self;

  self->handle->destination = weakref_destination_get (context);
  if (callback != NULL)
    weakref_callback_init (&self->handle->callback, callback, user_data, destroy);

  for (i = 0; i < klass->n_interfaces; i++)
    {
      if (klass->interfaces[i]->start != NULL)
        klass->interfaces[i]->start (self->states[i], target);
    }
  weakref_handle_start (self->handle, target);
  weakref_proxy_signals_start (self, target);

  return self;
}

static gpointer
proxy_create (gpointer target, WeakrefHandle **handle)
{
  WeakrefProxy *self = proxy_create_full (weakref_proxy_type_get (G_OBJECT_TYPE (target)), target,
                                          NULL, NULL, NULL, NULL);

  *handle = self->handle;
  return self;
}

/* While an object is initialized, its type is first that of its base class, and so is the type of a
 * proxy that is taken then. */
static gboolean
proxy_fits (gpointer self, gpointer target)
{
  return WEAKREF_PROXY_GET_TYPE_CLASS (self)->target_type == G_OBJECT_TYPE (target);
}

static void
weakref_proxy_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WeakrefProxy *self = WEAKREF_PROXY (object);

  switch (prop_id)
    {
    case PROP_ALIVE:
      g_value_set_boolean (value, weakref_proxy_is_alive (self));
      break;
    case PROP_TARGET:
      g_value_take_object (value, weakref_proxy_dup_living (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_proxy_dispose (GObject *object)
{
  WeakrefProxy *self = WEAKREF_PROXY (object);

  if (weakref_handle_stop (self->handle))
    weakref_proxy_signals_stop (self);

  G_OBJECT_CLASS (weakref_proxy_parent_class)->dispose (object);
}

static void
weakref_proxy_finalize (GObject *object)
{
  weakref_handle_unref (WEAKREF_PROXY (object)->handle);

  G_OBJECT_CLASS (weakref_proxy_parent_class)->finalize (object);
}

static void
weakref_proxy_class_init (WeakrefProxyClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = weakref_proxy_get_property;
  object_class->dispose = weakref_proxy_dispose;
  object_class->finalize = weakref_proxy_finalize;

  /**
   * WeakrefProxy:alive: (getter is_alive)
   *
   * Whether the target is alive. It is notified once, when it turns %FALSE, before everything
   * else that is told of the death. A property of that name of the target's hides it.
   *
   * Since: 1.0
   */
  props[PROP_ALIVE] =
    g_param_spec_boolean ("alive", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefProxy:target:
   *
   * The object that is stood in for, or %NULL when it is dead, which is notified. A property of
   * that name of the target's hides it.
   *
   * Since: 1.0
   */
  props[PROP_TARGET] = g_param_spec_object ("target", NULL, NULL, G_TYPE_OBJECT,
                                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
weakref_proxy_init (WeakrefProxy *self)
{
  self->handle = weakref_handle_new (self, WEAKREF_SLOT_PROXY, proxy_deliver_cb);
}

/* The proxies of @target, until its death is announced, with a reference on each. */
GList *
weakref_proxy_list (gpointer target)
{
  return weakref_handle_list (weakref_block_lookup (target, WEAKREF_PHASE_DISPOSE),
                              WEAKREF_SLOT_PROXY);
}

/* A new reference to the target, or NULL. */
gpointer
weakref_proxy_dup_living (WeakrefProxy *self)
{
  WeakrefBlock *block = self->handle->watch.block;

  return block != NULL ? weakref_block_dup_target (block) : NULL;
}

/* The proxy's state of an interface that its target has. */
gpointer
weakref_proxy_get_state (WeakrefProxy *self, const WeakrefProxyInterface *iface)
{
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  guint i;

  for (i = 0; klass->interfaces[i] != iface; i++)
    ;

  return self->states[i];
}

/* The same type, in memory that is never freed. Interfaces hand out types that are the object's; a
 * target may be gone when somebody reads what it handed out. There are few different ones. */
const GVariantType *
weakref_proxy_intern_type (const GVariantType *type)
{
  const char *interned;
  char *copy;

  if (type == NULL)
    return NULL;

  copy = g_variant_type_dup_string (type);
  interned = g_intern_string (copy);
  g_free (copy);

  return G_VARIANT_TYPE (interned);
}

/**
 * weakref_proxy_new: (constructor)
 * @target: (type GObject.Object) (not nullable): the object to stand in for
 *
 * Gives the plain proxy of @target: all who ask share one, as long as somebody holds it.
 *
 * If @target is a proxy, you get the one of its target; if that is dead, @target itself.
 *
 * In the instance init function of a class, an object is of the type of that class, not yet of a
 * subclass. A proxy that is taken there has the properties and signals of that type for ever; who
 * asks later shares another one.
 *
 * You must hold a reference on @target during the call, which can be made from any thread.
 *
 * Returns: (transfer full): the proxy
 *
 * Since: 1.0
 */
WeakrefProxy *
weakref_proxy_new (gpointer target)
{
  WeakrefProxy *self;

  g_return_val_if_fail (G_IS_OBJECT (target), NULL);
  g_return_val_if_fail (weakref_is_held (target), NULL);

  if (!WEAKREF_IS_PROXY (target))
    return weakref_handle_share (target, WEAKREF_SLOT_PROXY, proxy_fits, proxy_create);

  self = target;
  target = weakref_proxy_dup_living (self);
  if (target == NULL)
    return g_object_ref (self);

  self = weakref_handle_share (target, WEAKREF_SLOT_PROXY, proxy_fits, proxy_create);
  g_object_unref (target);

  return self;
}

/**
 * weakref_proxy_new_full: (constructor)
 * @target: (type GObject.Object) (not nullable): the object to stand in for
 * @context: (nullable): where the death is told, or %NULL for the thread that drops the last
 *   reference
 * @callback: (nullable) (scope notified) (closure user_data) (destroy destroy): what to call when
 *   @target has died, or %NULL
 * @user_data: (nullable): data for @callback
 * @destroy: (nullable): frees @user_data
 *
 * Makes a proxy of your own of @target, with a callback.
 *
 * The callback runs once, after the death, if the proxy is still there by then. @destroy runs once
 * in any case: after the callback, or when the proxy is dropped, in any thread.
 *
 * With a @context, all that happens on the proxy at the death comes from an iteration of it, later.
 * Use one where the proxy is seen by code that stays in one thread, such as GTK's, and the target
 * may die in another. The signals of the target are not moved: they are emitted where the target
 * emits them. The context is not kept by the proxy; if it goes away without iterating again,
 * nothing of that happens.
 *
 * If @target is a proxy, you get one of its target; if that is dead, one that is dead too, whose
 * callback doesn't run.
 *
 * You must hold a reference on @target during the call, which can be made from any thread.
 *
 * Returns: (transfer full): a new proxy
 *
 * Since: 1.0
 */
WeakrefProxy *
weakref_proxy_new_full (gpointer target,
                        GMainContext *context,
                        WeakrefProxyCallback callback,
                        gpointer user_data,
                        GDestroyNotify destroy)
{
  GObject *real;
  WeakrefProxy *self;
  GType type;

  g_return_val_if_fail (G_IS_OBJECT (target), NULL);
  g_return_val_if_fail (weakref_is_held (target), NULL);

  real = WEAKREF_IS_PROXY (target) ? weakref_proxy_dup_living (target) : g_object_ref (target);
  type = real != NULL ? weakref_proxy_type_get (G_OBJECT_TYPE (real)) : G_OBJECT_TYPE (target);
  self = proxy_create_full (type, real, context, G_CALLBACK (callback), user_data, destroy);

  if (destroy != NULL && (callback == NULL || real == NULL))
    destroy (user_data);
  g_clear_object (&real);

  return self;
}

/**
 * weakref_proxy_is_alive: (get-property alive)
 * @self: a proxy
 *
 * Tells whether the target is alive.
 *
 * With other threads about, %TRUE may be out of date when it arrives; %FALSE is for ever.
 *
 * Returns: %TRUE if the target is alive
 *
 * Since: 1.0
 */
gboolean
weakref_proxy_is_alive (WeakrefProxy *self)
{
  WeakrefBlock *block;

  g_return_val_if_fail (WEAKREF_IS_PROXY (self), FALSE);

  block = self->handle->watch.block;

  return block != NULL && weakref_block_is_alive (block);
}

/**
 * weakref_proxy_dup_target:
 * @self: a proxy
 * @error: return location for a #GError
 *
 * Gives the target, if it is alive; if not, it fails with %WEAKREF_ERROR_DEAD.
 *
 * It can be called from any thread.
 *
 * Returns: (transfer full) (type GObject.Object): the target, or %NULL with @error set
 *
 * Since: 1.0
 */
gpointer
weakref_proxy_dup_target (WeakrefProxy *self, GError **error)
{
  gpointer target;

  g_return_val_if_fail (WEAKREF_IS_PROXY (self), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  target = weakref_proxy_dup_living (self);
  if (target == NULL)
    g_set_error_literal (error, WEAKREF_ERROR, WEAKREF_ERROR_DEAD,
                         "weakly-referenced object no longer exists");

  return target;
}

/* The property, if it has one of the flags in @flags and none of those in @not. */
static GParamSpec *
target_find_property (
  gpointer target, const char *name, GParamFlags flags, GParamFlags not, GError **error)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (target), name);

  if (pspec == NULL)
    g_set_error (error, WEAKREF_ERROR, WEAKREF_ERROR_PROPERTY, "%s has no property '%s'",
                 G_OBJECT_TYPE_NAME (target), name);
  else if ((pspec->flags & flags) == 0 || (pspec->flags & not ) != 0)
    {
      g_set_error (error, WEAKREF_ERROR, WEAKREF_ERROR_PROPERTY, "Property '%s' of %s can't be %s",
                   pspec->name, G_OBJECT_TYPE_NAME (target),
                   flags == G_PARAM_READABLE ? "read" : "written");
      pspec = NULL;
    }

  return pspec;
}

/**
 * weakref_proxy_get_target_property:
 * @self: a proxy
 * @name: the name of a property of the target
 * @value: (out caller-allocates): where to put the value: either unset, and then it is initialized
 *   to the type of the property, or initialized to a type that this can be converted to
 * @error: return location for a #GError
 *
 * Reads a property of the target, and tells if that can't be done.
 *
 * Reading it from the proxy with [method@GObject.Object.get_property] gives the default if the
 * target is dead; this fails with %WEAKREF_ERROR_DEAD. If there is no such property, or it can't be
 * read, or not as the type of @value, it fails with %WEAKREF_ERROR_PROPERTY.
 *
 * Returns: %TRUE if @value was set, %FALSE with @error set
 *
 * Since: 1.0
 */
gboolean
weakref_proxy_get_target_property (WeakrefProxy *self,
                                   const char *name,
                                   GValue *value,
                                   GError **error)
{
  gpointer target;
  GParamSpec *pspec;
  gboolean got = FALSE;

  g_return_val_if_fail (WEAKREF_IS_PROXY (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (value != NULL, FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  target = weakref_proxy_dup_target (self, error);
  if (target == NULL)
    return FALSE;

  pspec = target_find_property (target, name, G_PARAM_READABLE, 0, error);
  if (pspec != NULL)
    {
      if (G_VALUE_TYPE (value) == G_TYPE_INVALID)
        g_value_init (value, pspec->value_type);

      got = g_value_type_transformable (pspec->value_type, G_VALUE_TYPE (value));
      if (got)
        g_object_get_property (target, pspec->name, value);
      else
        g_set_error (error, WEAKREF_ERROR, WEAKREF_ERROR_PROPERTY,
                     "Property '%s' of %s is a %s and can't be read as a %s", pspec->name,
                     G_OBJECT_TYPE_NAME (target), g_type_name (pspec->value_type),
                     G_VALUE_TYPE_NAME (value));
    }
  g_object_unref (target);

  return got;
}

/**
 * weakref_proxy_set_target_property:
 * @self: a proxy
 * @name: the name of a property of the target
 * @value: the value
 * @error: return location for a #GError
 *
 * Writes a property of the target, and tells if that can't be done.
 *
 * Writing it on the proxy with [method@GObject.Object.set_property] does nothing if the target is
 * dead; this fails with %WEAKREF_ERROR_DEAD. If there is no such property, or it can't be written,
 * or @value can't be converted to its type or is not valid, it fails with %WEAKREF_ERROR_PROPERTY.
 *
 * Returns: %TRUE if the property was set, %FALSE with @error set
 *
 * Since: 1.0
 */
gboolean
weakref_proxy_set_target_property (WeakrefProxy *self,
                                   const char *name,
                                   const GValue *value,
                                   GError **error)
{
  gpointer target;
  GParamSpec *pspec;
  gboolean set = FALSE;

  g_return_val_if_fail (WEAKREF_IS_PROXY (self), FALSE);
  g_return_val_if_fail (name != NULL, FALSE);
  g_return_val_if_fail (G_IS_VALUE (value), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  target = weakref_proxy_dup_target (self, error);
  if (target == NULL)
    return FALSE;

  pspec = target_find_property (target, name, G_PARAM_WRITABLE, G_PARAM_CONSTRUCT_ONLY, error);
  if (pspec != NULL)
    {
      GValue converted = G_VALUE_INIT;

      g_value_init (&converted, pspec->value_type);
      set = g_value_transform (value, &converted) && (!g_param_value_validate (pspec, &converted) ||
                                                      (pspec->flags & G_PARAM_LAX_VALIDATION) != 0);
      if (set)
        g_object_set_property (target, pspec->name, &converted);
      else
        {
          char *contents = g_strdup_value_contents (value);

          g_set_error (error, WEAKREF_ERROR, WEAKREF_ERROR_PROPERTY,
                       "%s is not a valid value for property '%s' of %s", contents, pspec->name,
                       G_OBJECT_TYPE_NAME (target));
          g_free (contents);
        }
      g_value_unset (&converted);
    }
  g_object_unref (target);

  return set;
}
