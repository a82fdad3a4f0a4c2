/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/proxy/proxy-private.h>
#include <weakref-glib/core/locks.h>

#include <weakref-glib/core/compat.h>

/* Signals.
 *
 * From the target to the proxy. When a proxy is made, a forwarder is connected to each signal of
 * the target. It emits the signal on the proxy if anybody listens there. It is not connected when
 * the first handler is, which would be better, because there is no way to know: g_signal_connect()
 * and its kin call nothing that a type could supply, neither in the class nor in the signal nor in
 * the object. So a proxy to which nothing is connected costs its target what it takes to look for
 * handlers on the proxy. There are signals for which that won't do:
 *
 * - The accumulator of a signal can't be read, and takes a forwarder that has nobody to ask for a
 *   handler that returned 0: with g_signal_accumulator_first_wins() that is the answer. So the
 *   forwarder of a signal that returns a value is kept blocked, and an emission hook, which runs
 *   before the handlers and is not accumulated, opens and shuts this gate.
 * - A GSimpleAction has defaults that work only if nobody is connected, blocked or not. Its signals
 *   have no forwarder: the hook itself emits on the proxy.
 *
 * A hook is on a signal, not on an object: all emissions of that signal pass it as long as there
 * are proxies. That is why it is not the way of all signals. A gate is set for the emission that
 * was begun last: one on the same target that is not over by then, in a handler outside or in
 * another thread, finds it so. That makes a difference only if there are handlers on the proxy for
 * the detail of one of the two.
 *
 * From the proxy to the target. The class closure of the proxy's signal runs first, emits the
 * signal on the target, and stops the emission that it runs in. The handlers on the proxy run
 * through the forwarder then, once, in the middle of those of the target. The forwarder says by a
 * thread-private note that an emission on the proxy is its own.
 *
 * A forwarder holds the handle: neither the target nor the proxy. It goes with the target's
 * handlers, or with the proxy.
 *
 * LOCKING. The gate lock guards the table of hooks and the state of all gates. Of GObject's
 * functions, those that connect, block and unblock our own closures and hooks are called under it:
 * they run no code of anybody's. */
#define gate_lock weakref_locks[WEAKREF_LOCK_PROXY_SIGNALS]
static GHashTable *hooks; /* (owned) (nullable): gate lock: signal id → Hook */

typedef struct
{
  gulong id;
  guint n_proxies;
} Hook;

typedef struct
{
  GClosure closure; /* its data is the handle (owned) */
  const WeakrefProxySignal *signal;
  gboolean open; /* gate lock */
} Forwarder;

/* An emission on the proxy that a forwarder made. */
typedef struct _Forwarding Forwarding;
struct _Forwarding
{
  Forwarding *outer;
  gpointer self;
  guint signal_id;
  gconstpointer hint; /* of the emission, once it has begun */
  gboolean completed; /* nobody stopped it */
};

static GPrivate forwardings; /* the innermost of this thread */

static gboolean
has_handlers (WeakrefProxy *self, guint signal_id, GQuark detail)
{
  /* One question, whatever the detail, is enough for a proxy to which nothing is connected. */
  return g_signal_handler_find (self, G_SIGNAL_MATCH_ID, signal_id, 0, NULL, NULL, NULL) != 0 &&
         (g_signal_has_handler_pending (self, signal_id, 0, FALSE) ||
          (detail != 0 && g_signal_has_handler_pending (self, signal_id, detail, FALSE)));
}

/* Emits the same signal on another instance. */
static void
emit_as (gpointer instance,
         guint signal_id,
         GQuark detail,
         GValue *return_value,
         guint n_params,
         const GValue *params)
{
  GValue *others = g_newa (GValue, n_params);
  guint i;

  others[0] = (GValue) G_VALUE_INIT;
  g_value_init (&others[0], G_OBJECT_TYPE (instance));
  g_value_set_object (&others[0], instance);
  /* Borrowed: an emission doesn't change them. */
  for (i = 1; i < n_params; i++)
    others[i] = params[i];

  g_signal_emitv (others, signal_id, detail, return_value);
  g_value_unset (&others[0]);
}

/* The class closure of the proxy's signals: first, and again after the handlers. */
static void
proxy_marshal (GClosure *closure,
               GValue *return_value,
               guint n_params,
               const GValue *params,
               gpointer hint_data,
               gpointer marshal_data)
{
  GSignalInvocationHint *hint = hint_data;
  gpointer self = g_value_get_object (&params[0]);
  Forwarding *forwarding = g_private_get (&forwardings);
  gpointer target;

  if (forwarding != NULL && forwarding->hint == NULL && forwarding->self == self &&
      forwarding->signal_id == hint->signal_id)
    {
      forwarding->hint = hint;
      return;
    }
  if (hint->run_type & G_SIGNAL_RUN_LAST)
    {
      if (forwarding != NULL && forwarding->hint == hint)
        forwarding->completed = TRUE;
      return;
    }

  /* Somebody emits on the proxy. */
  target = weakref_proxy_dup_living (self);
  if (target != NULL)
    {
      emit_as (target, GPOINTER_TO_UINT (closure->data), hint->detail, return_value, n_params,
               params);
      g_object_unref (target);
    }

  /* GObject stops the newest such emission, be it another thread's. Then rather none: the handlers
   * here run once more, but that one isn't cut short. */
  if (g_signal_handler_find (self, G_SIGNAL_MATCH_ID, hint->signal_id, 0, NULL, NULL, NULL) != 0 &&
      g_signal_get_invocation_hint (self) == hint)
    g_signal_stop_emission (self, hint->signal_id, hint->detail);
}

/* Emits on the proxy. Returns FALSE if a handler there stopped the emission. */
static gboolean
forward_signal (WeakrefProxy *self,
                const WeakrefProxySignal *signal,
                GQuark detail,
                GValue *return_value,
                guint n_params,
                const GValue *params)
{
  Forwarding forwarding = { g_private_get (&forwardings), self, signal->proxy_id, NULL, FALSE };

  /* What is not the proxy's own has no class closure to read it. */
  if (!signal->own)
    {
      emit_as (self, signal->proxy_id, detail, return_value, n_params, params);
      return TRUE;
    }

  g_private_set (&forwardings, &forwarding);
  emit_as (self, signal->proxy_id, detail, return_value, n_params, params);
  g_private_set (&forwardings, forwarding.outer);

  /* TRUE stops the emission on the proxy, and is for the target's accumulator to judge. */
  return forwarding.completed || (return_value != NULL && G_VALUE_HOLDS_BOOLEAN (return_value) &&
                                  g_value_get_boolean (return_value));
}

static void
forward_notify (WeakrefProxy *self, const char *name)
{
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (self), name);

  if (pspec != NULL)
    g_object_notify_by_pspec (G_OBJECT (self), pspec);
}

/* The target emits. */
static void
proxy_hear (WeakrefProxy *self,
            const WeakrefProxySignal *signal,
            GQuark detail,
            GValue *return_value,
            guint n_params,
            const GValue *params)
{
  gpointer target = g_value_get_object (&params[0]);
  gboolean listening = has_handlers (self, signal->proxy_id, detail);

  if (!listening && signal->interface < 0)
    return;

  /* While it is disposed, a target may tell of changes in what can't be read here any more. */
  if (!signal->own && !weakref_block_is_alive (self->handle->watch.block))
    return;

  if (signal->interface >= 0)
    {
      const WeakrefProxyInterface *iface =
        WEAKREF_PROXY_GET_TYPE_CLASS (self)->interfaces[signal->interface];

      if (iface->track != NULL)
        iface->track (self->states[signal->interface], target, g_signal_name (signal->target_id),
                      params);
    }

  if (!listening)
    return;

  if (signal->notify)
    forward_notify (self, g_value_get_param (&params[1])->name);
  else if (!forward_signal (self, signal, detail, return_value, n_params, params))
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

  /* A target that was disposed without having been asked to, and lives on, has its handlers yet. */
  if (weakref_block_is_dead (handle->watch.block))
    return;

  self = weakref_compat_get (&handle->self);
  if (self == NULL)
    return;

  proxy_hear (self, ((Forwarder *) closure)->signal, hint->detail, return_value, n_params, params);
  g_object_unref (self);
}

static void
forwarder_finalize_cb (gpointer data, GClosure *closure)
{
  weakref_handle_unref (data);
}

static GClosure *
forwarder_new (WeakrefProxy *self, const WeakrefProxySignal *signal)
{
  GClosure *closure = g_closure_new_simple (sizeof (Forwarder), weakref_handle_ref (self->handle));

  g_closure_add_finalize_notifier (closure, closure->data, forwarder_finalize_cb);
  g_closure_set_marshal (closure, forwarder_marshal);
  g_closure_ref (closure);
  g_closure_sink (closure);
  ((Forwarder *) closure)->signal = signal;

  return closure;
}

static void
gate_set (Forwarder *forwarder, gpointer target, gboolean open)
{
  const GSignalMatchType match = G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_CLOSURE;
  guint signal_id = forwarder->signal->target_id;

  /* Not by the number of the handler, which may be gone: another thread drops the proxy, or
   * disposes the target. */
  g_mutex_lock (&gate_lock);
  if (forwarder->open != open)
    {
      forwarder->open = open;
      if (open)
        g_signal_handlers_unblock_matched (target, match, signal_id, 0, &forwarder->closure, NULL,
                                           NULL);
      else
        g_signal_handlers_block_matched (target, match, signal_id, 0, &forwarder->closure, NULL,
                                         NULL);
    }
  g_mutex_unlock (&gate_lock);
}

/* Before the handlers of an emission on any instance. */
static gboolean
hook_cb (GSignalInvocationHint *hint, guint n_params, const GValue *params, gpointer data)
{
  gpointer target = g_value_get_object (&params[0]);
  GList *proxies = weakref_proxy_list (target);
  GList *l;
  guint i;
  gboolean listening;

  for (l = proxies; l != NULL; l = l->next)
    {
      WeakrefProxy *self = l->data;
      WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);

      for (i = 0; i < klass->n_signals; i++)
        {
          const WeakrefProxySignal *signal = &klass->signals[i];

          if (signal->target_id != hint->signal_id)
            continue;

          listening = has_handlers (self, signal->proxy_id, hint->detail);
          if (signal->forward == WEAKREF_FORWARD_GATED)
            gate_set ((Forwarder *) self->forwarders[i], target, listening);
          else if (listening)
            forward_signal (self, signal, hint->detail, NULL, n_params, params);
        }
    }
  g_list_free_full (proxies, g_object_unref);

  return TRUE;
}

static void
hook_ref (guint signal_id)
{
  Hook *hook;

  g_mutex_lock (&gate_lock);
  if (hooks == NULL)
    hooks = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  hook = g_hash_table_lookup (hooks, GUINT_TO_POINTER (signal_id));
  if (hook == NULL)
    {
      hook = g_new0 (Hook, 1);
      hook->id = g_signal_add_emission_hook (signal_id, 0, hook_cb, NULL, NULL);
      g_hash_table_insert (hooks, GUINT_TO_POINTER (signal_id), hook);
    }
  hook->n_proxies++;
  g_mutex_unlock (&gate_lock);
}

static void
hook_unref (guint signal_id)
{
  Hook *hook;

  g_mutex_lock (&gate_lock);
  hook = g_hash_table_lookup (hooks, GUINT_TO_POINTER (signal_id));
  if (--hook->n_proxies == 0)
    {
      g_signal_remove_emission_hook (signal_id, hook->id);
      g_hash_table_remove (hooks, GUINT_TO_POINTER (signal_id));
    }
  g_mutex_unlock (&gate_lock);
}

static guint
proxy_signal_new (GType type, GSignalQuery *query)
{
  GClosure *closure = g_closure_new_simple (sizeof (GClosure), GUINT_TO_POINTER (query->signal_id));
  GSignalFlags flags = query->signal_flags;
  GType return_type = query->return_type & ~G_SIGNAL_TYPE_STATIC_SCOPE;

  g_closure_set_marshal (closure, proxy_marshal);
  /* The target minds its recursion itself; here it would take an emission that the forwarder makes
   * inside one on the proxy for a second one. */
  flags &= ~(G_SIGNAL_NO_RECURSE | G_SIGNAL_RUN_CLEANUP);
  flags |= G_SIGNAL_RUN_FIRST | G_SIGNAL_RUN_LAST;

  return g_signal_newv (query->signal_name, type, flags, closure,
                        return_type == G_TYPE_BOOLEAN ? g_signal_accumulator_true_handled : NULL,
                        NULL, NULL, return_type, query->n_params, (GType *) query->param_types);
}

static int
proxy_signal_get_interface (WeakrefProxyTypeClass *klass, GType type)
{
  guint i;

  for (i = 0; i < klass->n_interfaces; i++)
    {
      if (klass->interfaces[i]->get_type () == type)
        return i;
    }

  return -1;
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
      /* Who connects to the target by name gets the other one. */
      if (g_signal_lookup (query.signal_name, klass->target_type) != ids[i])
        continue;

      signal.notify = declaring_type == G_TYPE_OBJECT;
      signal.interface = proxy_signal_get_interface (klass, declaring_type);
      signal.own = !signal.notify && signal.interface < 0;
      signal.proxy_id = signal.own ? proxy_signal_new (type, &query) : ids[i];
      if (declaring_type == G_TYPE_SIMPLE_ACTION)
        signal.forward = WEAKREF_FORWARD_HOOK;
      else if ((query.return_type & ~G_SIGNAL_TYPE_STATIC_SCOPE) != G_TYPE_NONE &&
               !(query.signal_flags & G_SIGNAL_NO_HOOKS))
        signal.forward = WEAKREF_FORWARD_GATED;
      g_array_append_val (signals, signal);
    }

  g_free (ids);
}

/* Gives the class the signals of its target's type. */
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

/* Makes the forwarders, before anybody can find the proxy. */
void
weakref_proxy_signals_prepare (WeakrefProxy *self)
{
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  guint i;

  self->forwarders = g_new (GClosure *, klass->n_signals);
  for (i = 0; i < klass->n_signals; i++)
    self->forwarders[i] = forwarder_new (self, &klass->signals[i]);
}

/* Connects the forwarders, once. The caller holds @target. */
void
weakref_proxy_signals_start (WeakrefProxy *self, gpointer target)
{
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  guint i;

  for (i = 0; i < klass->n_signals; i++)
    {
      const WeakrefProxySignal *signal = &klass->signals[i];
      Forwarder *forwarder = (Forwarder *) self->forwarders[i];

      if (signal->forward != WEAKREF_FORWARD_HANDLER)
        hook_ref (signal->target_id);
      if (signal->forward == WEAKREF_FORWARD_HOOK)
        continue;

      g_mutex_lock (&gate_lock);
      g_signal_connect_closure_by_id (target, signal->target_id, 0, &forwarder->closure, FALSE);
      forwarder->open = TRUE;
      g_mutex_unlock (&gate_lock);

      if (signal->forward == WEAKREF_FORWARD_GATED)
        gate_set (forwarder, target, FALSE);
    }
}

/* Disconnects the forwarders that were started, once. */
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
                                              klass->signals[i].target_id, 0, self->forwarders[i],
                                              NULL, NULL);
      if (klass->signals[i].forward != WEAKREF_FORWARD_HANDLER)
        hook_unref (klass->signals[i].target_id);
    }

  g_clear_object (&target);
}

/* The target died: lets the handlers on the proxy go, with their data. Those of `notify` stay,
 * because bindings disconnect theirs by number; and those of the interfaces that the proxy itself
 * implements, and goes on to implement. */
void
weakref_proxy_signals_drop (WeakrefProxy *self)
{
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  guint i;

  for (i = 0; i < klass->n_signals; i++)
    {
      guint signal_id = klass->signals[i].proxy_id;
      gulong id;

      if (!klass->signals[i].own)
        continue;

      /* Before 2.78, g_signal_handlers_disconnect_matched() wants more to go by than the signal. */
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
    g_closure_unref (self->forwarders[i]);
  g_free (self->forwarders);
}
