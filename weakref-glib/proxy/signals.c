/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/proxy/proxy-private.h>

#include <weakref-glib/core/compat.h>

/* The signals of a proxy.
 *
 * From the target to the proxy. A forwarder is a closure of ours. When a proxy is made, one
 * forwarder is connected to each signal of the target. If the proxy has handlers for the signal,
 * the forwarder emits the signal on the proxy. It would be better to connect a forwarder only when
 * the first handler is connected to the proxy. But GObject does not tell that: g_signal_connect()
 * calls no function of the class, of the signal or of the object. So also a proxy without handlers
 * costs its target something: each emission looks for handlers on the proxy. Some signals need
 * more than a forwarder. See proxy/emission-hooks.c.
 *
 * From the proxy to the target: see proxy/forward.c.
 *
 * A forwarder has a reference to the handle, but none to the target or the proxy. It is
 * disconnected when the target drops its handlers, or when the proxy is disposed. */

static void
forward_notify (WeakrefProxy *self, const char *name)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (self), name);

  if (pspec != NULL)
    g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

/* The target emits @signal. */
static void
proxy_receive (WeakrefProxy *self,
               const WeakrefProxySignal *signal,
               GQuark detail,
               GValue *return_value,
               guint n_params,
               const GValue *params)
{
  gpointer target = g_value_get_object (&params[0]);
  gboolean has_handlers = weakref_proxy_has_handlers (self, signal->proxy_id, detail);

  if (!has_handlers && signal->kind != WEAKREF_PROXY_SIGNAL_INTERFACE)
    return;

  /* A target may emit while it is disposed. The proxy is dead by then: its properties and its
   * interfaces do not show the target any more, so their changes are not forwarded. */
  if (signal->kind != WEAKREF_PROXY_SIGNAL_OWN &&
      !weakref_block_is_alive (weakref_watch_get_block (&self->handle->watch)))
    return;

  if (signal->kind == WEAKREF_PROXY_SIGNAL_INTERFACE)
    {
      const WeakrefProxyInterface *iface =
        WEAKREF_PROXY_GET_TYPE_CLASS (self)->interfaces[signal->interface];

      if (iface->track != NULL)
        iface->track (self->states[signal->interface], target, g_signal_name (signal->target_id),
                      params);
    }

  if (!has_handlers)
    return;

  if (signal->kind == WEAKREF_PROXY_SIGNAL_NOTIFY)
    forward_notify (self, g_value_get_param (&params[1])->name);
  else if (!weakref_proxy_forward_signal (self, signal, detail, return_value, n_params, params))
    g_signal_stop_emission (target, signal->target_id, detail);
}

static void
forwarder_marshal (GClosure *closure,
                   GValue *return_value,
                   guint n_params,
                   const GValue *params,
                   gpointer hint_data,
                   gpointer marshal_data)
{
  WeakrefHandle *handle = closure->data;
  GSignalInvocationHint *hint = hint_data;
  WeakrefProxy *self;

  /* The target may live on after its dispose, and may still have its handlers then. The proxy is of
   * its earlier life. */
  if (weakref_block_is_dead (weakref_watch_get_block (&handle->watch)))
    return;

  self = weakref_compat_get (&handle->self);
  if (self == NULL)
    return;

  proxy_receive (self, ((WeakrefForwarder *) closure)->signal, hint->detail, return_value, n_params,
                 params);
  g_object_unref (self);
}

static void
forwarder_finalize_cb (gpointer data, GClosure *closure)
{
  weakref_handle_unref (data);
}

static WeakrefForwarder *
forwarder_new (WeakrefProxy *self, const WeakrefProxySignal *signal)
{
  GClosure *closure =
    g_closure_new_simple (sizeof (WeakrefForwarder), weakref_handle_ref (self->handle));

  g_closure_add_finalize_notifier (closure, closure->data, forwarder_finalize_cb);
  g_closure_set_marshal (closure, forwarder_marshal);
  g_closure_ref (closure);
  g_closure_sink (closure);
  ((WeakrefForwarder *) closure)->signal = signal;

  return (WeakrefForwarder *) closure;
}

/* Sets the kind. @type is the one that has the signal. */
static void
proxy_signal_init_kind (WeakrefProxySignal *signal, WeakrefProxyTypeClass *klass, GType type)
{
  guint i;

  signal->kind = type == G_TYPE_OBJECT ? WEAKREF_PROXY_SIGNAL_NOTIFY : WEAKREF_PROXY_SIGNAL_OWN;
  for (i = 0; i < klass->n_interfaces; i++)
    {
      if (klass->interfaces[i]->get_type () == type)
        {
          signal->kind = WEAKREF_PROXY_SIGNAL_INTERFACE;
          signal->interface = i;
        }
    }
}

static void
proxy_signals_add (WeakrefProxyTypeClass *klass, GArray *signals, GType declaring_type)
{
  GType type = G_TYPE_FROM_CLASS (klass);
  guint n_ids;
  guint *ids = g_signal_list_ids (declaring_type, &n_ids);
  guint i;

  for (i = 0; i < n_ids; i++)
    {
      WeakrefProxySignal signal = { .target_id = ids[i] };
      GSignalQuery query;

      g_signal_query (ids[i], &query);
      /* Two types of the target may have a signal of the same name. The proxy gets the one that a
       * connection to the target by name uses. */
      if (g_signal_lookup (query.signal_name, klass->target_type) != ids[i])
        continue;

      proxy_signal_init_kind (&signal, klass, declaring_type);
      signal.proxy_id =
        signal.kind == WEAKREF_PROXY_SIGNAL_OWN ? weakref_proxy_signal_new (type, &query) : ids[i];
      if (declaring_type == G_TYPE_SIMPLE_ACTION)
        signal.forward = WEAKREF_FORWARD_HOOK;
      else if ((query.return_type & ~G_SIGNAL_TYPE_STATIC_SCOPE) != G_TYPE_NONE &&
               !(query.signal_flags & G_SIGNAL_NO_HOOKS))
        signal.forward = WEAKREF_FORWARD_BLOCKED_HANDLER;
      g_array_append_val (signals, signal);
    }

  g_free (ids);
}

/* Gives the class of a proxy type the signals of the type of its targets. */
void
weakref_proxy_signals_init (WeakrefProxyTypeClass *klass)
{
  GArray *signals = g_array_new (FALSE, FALSE, sizeof (WeakrefProxySignal));
  GType *interfaces = g_type_interfaces (klass->target_type, NULL);
  GType type;
  guint i;

  proxy_signals_add (klass, signals, G_TYPE_OBJECT);
  for (type = klass->target_type; type != G_TYPE_OBJECT; type = g_type_parent (type))
    proxy_signals_add (klass, signals, type);
  for (i = 0; interfaces[i] != 0; i++)
    proxy_signals_add (klass, signals, interfaces[i]);
  g_free (interfaces);

  klass->n_signals = signals->len;
  klass->signals = (WeakrefProxySignal *) g_array_free (signals, FALSE);
}

/* Makes the forwarders. This happens before another thread can find the proxy, so `forwarders`
 * needs no lock. */
void
weakref_proxy_signals_prepare (WeakrefProxy *self)
{
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  guint i;

  self->forwarders = g_new (WeakrefForwarder *, klass->n_signals);
  for (i = 0; i < klass->n_signals; i++)
    self->forwarders[i] = forwarder_new (self, &klass->signals[i]);
}

/* Connects the forwarders. It is called once. The caller has a reference to @target. */
void
weakref_proxy_signals_start (WeakrefProxy *self, gpointer target)
{
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  guint i;

  for (i = 0; i < klass->n_signals; i++)
    {
      WeakrefForwarder *forwarder = self->forwarders[i];

      if (forwarder->signal->forward == WEAKREF_FORWARD_HANDLER)
        g_signal_connect_closure_by_id (target, forwarder->signal->target_id, 0,
                                        &forwarder->closure, FALSE);
      else
        weakref_emission_hook_start (forwarder, target);
    }
}

/* Disconnects the forwarders that weakref_proxy_signals_start() connected. It is called once. */
void
weakref_proxy_signals_stop (WeakrefProxy *self)
{
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  gpointer target = weakref_proxy_dup_living (self);
  guint i;

  for (i = 0; i < klass->n_signals; i++)
    {
      if (target != NULL)
        g_signal_handlers_disconnect_matched (target, G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_CLOSURE,
                                              klass->signals[i].target_id, 0,
                                              &self->forwarders[i]->closure, NULL, NULL);
      if (klass->signals[i].forward != WEAKREF_FORWARD_HANDLER)
        weakref_emission_hook_stop (&klass->signals[i]);
    }

  g_clear_object (&target);
}

/* The target died. This disconnects the handlers of the proxy, and so frees their data. The
 * handlers of `notify` stay, because a GBinding disconnects its handler by its number. The handlers
 * of interface signals stay, because the proxy still implements the interface. */
void
weakref_proxy_signals_drop (WeakrefProxy *self)
{
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  guint i;

  for (i = 0; i < klass->n_signals; i++)
    {
      guint signal_id = klass->signals[i].proxy_id;
      gulong id;

      if (klass->signals[i].kind != WEAKREF_PROXY_SIGNAL_OWN)
        continue;

      /* g_signal_handlers_disconnect_matched() would do it at once. But before GLib 2.78 it does
       * nothing if only the signal is given. */
      while (
        (id = g_signal_handler_find (self, G_SIGNAL_MATCH_ID, signal_id, 0, NULL, NULL, NULL)) != 0)
        g_signal_handler_disconnect (self, id);
    }
}

void
weakref_proxy_signals_free (WeakrefProxy *self)
{
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  guint i;

  for (i = 0; i < klass->n_signals; i++)
    g_closure_unref (&self->forwarders[i]->closure);
  g_free (self->forwarders);
}
