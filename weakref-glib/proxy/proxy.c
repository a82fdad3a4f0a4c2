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
 * Give it to code that needs an object with certain properties and signals, and that would keep a
 * reference to it: a binding, an expression, a list view, an action group of a widget. The proxy
 * has the properties and signals of its target, and what is done to the proxy is done to the
 * target. But the target dies when its real owners drop it. Plain GLib has nothing like it: a
 * #GWeakRef helps only where you can change the code that has the reference.
 *
 * A proxy is an instance of a type that is made at run time for the type of the target. It is not
 * an instance of the target's type, so C functions that check for that type refuse it. It does
 * implement [iface@Gio.ListModel], [iface@Gio.Action] and [iface@Gio.ActionGroup] if the target
 * does.
 *
 * *Properties.* To read or write a property of the proxy is to read or write that of the target.
 * Construct-only properties can be read. `notify` of the target is emitted on the proxy too, with
 * its detail. If the target itself has a property `alive` or `target`, the proxy shows that one,
 * and only [method@Weakref.Proxy.is_alive] and [method@Weakref.Proxy.dup_target] tell about the
 * proxy. `notify::alive` is emitted at the death in any case.
 *
 * *Signals.* A handler that is connected to the proxy runs when the target emits, as if it were
 * connected to the target, and its return value counts there. To emit a signal on the proxy is to
 * emit it on the target. Exceptions are `notify` and the signals of the interfaces above: if they
 * are emitted on the proxy, only its own handlers run. If several handlers of one proxy return a
 * value, the target gets one value of them: the first %TRUE, or the last value of any other type. A
 * handler that is connected with `G_CONNECT_AFTER` runs after the other handlers of that proxy, but
 * before the default handler of the target.
 *
 * GObject does not tell when somebody connects to an object. So a proxy has a handler for each
 * signal of its target from the start. Each emission on the target looks for handlers on each of
 * its proxies, even if there are none. That takes some 0.1 µs for each proxy. It takes 0.2 µs or
 * more in a signal that returns a value, and in a notification for which the target has no other
 * handler. Share a proxy with [ctor@Weakref.Proxy.new] where you can. There are two more
 * consequences:
 *
 * - If the target calls g_signal_has_handler_pending(), the answer is that it has handlers.
 *   [class@Gio.SimpleAction] is an exception, because it has a default behaviour only without
 *   handlers. It emits `activate` and `change-state` only if it has handlers of its own, and then
 *   those of the proxy run too.
 * - In a signal that returns a value, a proxy without handlers returns nothing. For that, emissions
 *   of that signal take a little longer on all objects, as long as there is a proxy of such a type.
 *   If the signal has the flag `G_SIGNAL_NO_HOOKS`, a proxy without handlers returns zero.
 *
 * *After the death* properties have their default values. Writing them does nothing, and emitting a
 * signal of the target's type on the proxy does nothing. What happens at the death: first
 * `notify::alive` is emitted. Then the signals of the interfaces tell that the list is empty, that
 * the action is disabled, or that the group has no actions. Then the callback runs. At last all
 * handlers of the target's signals are disconnected, as in a dispose, and their numbers are no
 * longer valid. (A #GSignalGroup does not notice that. Set its target to %NULL in a handler of
 * `notify::alive`.) The handlers of `notify` stay as long as the proxy, because bindings disconnect
 * theirs by number. The handlers of the interfaces that the proxy implements stay too. What the
 * target emits while it is disposed is still forwarded, but not `notify` and not the signals of the
 * interfaces, because the proxy no longer shows the target by then.
 *
 * A proxy of a proxy is a proxy of the first one's target. In tables and sets a proxy stands for
 * itself, not for its target.
 *
 * All methods can be called from any thread at any time. They call the target in that thread, so
 * the target must allow that. Signals are emitted in the thread in which the target emits.
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
  GCallback func;
  guint i;

  g_object_notify_by_pspec (data, props[PROP_ALIVE]);
  g_object_notify_by_pspec (data, props[PROP_TARGET]);
  for (i = 0; i < klass->n_interfaces; i++)
    klass->interfaces[i]->die (self, self->states[i]);

  func = weakref_callback_take (callback);
  if (func != NULL)
    {
      ((WeakrefProxyCallback) func) (self, callback->user_data);
      weakref_callback_release (callback);
    }

  weakref_proxy_signals_drop (self);
}

/* If @target is NULL, the proxy is dead from the start. */
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

  weakref_handle_set_destination (self->handle, weakref_destination_get (context));
  if (callback != NULL)
    weakref_callback_init (weakref_handle_get_callback (self->handle), callback, user_data,
                           destroy);

  for (i = 0; i < klass->n_interfaces; i++)
    {
      if (klass->interfaces[i]->start != NULL)
        klass->interfaces[i]->start (self->states[i], target);
    }
  g_atomic_int_set (&self->forwards, TRUE);
  weakref_handle_start (weakref_handle_ref (self->handle), target);
  weakref_proxy_signals_start (self, target);

  return self;
}

static gpointer
proxy_create (gpointer target, WeakrefBlock *block, WeakrefHandle **handle)
{
  WeakrefProxy *self = proxy_create_full (weakref_proxy_type_get (G_OBJECT_TYPE (target)), target,
                                          NULL, NULL, NULL, NULL);

  *handle = self->handle;
  return self;
}

/* While an object is initialized, its type is first that of its base class. A proxy that was made
 * at that time has the proxy type of the base class. It is not shared with later callers. */
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

  weakref_handle_stop (self->handle);
  if (g_atomic_int_compare_and_exchange (&self->forwards, TRUE, FALSE))
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

  weakref_handle_set_deliver (WEAKREF_SLOT_PROXY, proxy_deliver_cb);

  /**
   * WeakrefProxy:alive: (getter is_alive)
   *
   * Whether the target is alive. It is notified once, when it becomes %FALSE, before all other
   * signals of the death. If the target has a property of that name, it hides this one.
   *
   * Since: 1.0
   */
  props[PROP_ALIVE] =
    g_param_spec_boolean ("alive", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefProxy:target:
   *
   * The target, or %NULL when it is dead. It is notified when it becomes %NULL. If the target has a
   * property of that name, it hides this one.
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
  self->handle = weakref_handle_new (self, WEAKREF_SLOT_PROXY);
}

/**
 * weakref_proxy_new: (constructor)
 * @target: (type GObject.Object) (not nullable): the object to stand in for
 *
 * Gives the shared proxy of @target. All callers get the same one, as long as somebody has a
 * reference to it.
 *
 * If @target is a proxy, you get the proxy of its target. If that target is dead, you get @target.
 *
 * In the instance init function of a class, an object is of the type of that class, not yet of a
 * subclass. A proxy that is made there has the properties and signals of that type for ever. Later
 * callers share another proxy.
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
 * With a @context, all that happens on the proxy at the death happens later, in an iteration of
 * that context. Use one if code that stays in one thread, such as GTK, has the proxy, and the
 * target may die in another thread. The signals of the target do not go to the context: they are
 * emitted in the thread in which the target emits them. The proxy does not keep the context. If the
 * context is freed without another iteration, nothing happens on the proxy at the death.
 *
 * If @target is a proxy, you get a proxy of its target. If that target is dead, the new proxy is
 * dead too, and its callback does not run.
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
 * If other threads use the target, it may be dead by the time you get %TRUE. After %FALSE, the
 * answer is always %FALSE.
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

  block = weakref_watch_get_block (&self->handle->watch);

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

/* Returns the property if it has at least one of @flags, and none of @not. */
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
