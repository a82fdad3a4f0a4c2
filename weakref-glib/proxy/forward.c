/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/proxy/proxy-private.h>

/* The signals of the proxy types, and their emission.
 *
 * The target emits. Then weakref_proxy_forward_signal() emits the signal of the proxy type on the
 * proxy.
 *
 * Somebody emits on the proxy. The class closure of the signal runs first. It emits the signal on
 * the target, and then it stops the emission on the proxy. The handlers of the proxy have run once
 * by then, because the forwarder called them, among the handlers of the target. The class closure
 * must not send an emission back to the target that we made on the proxy. It finds those in a list
 * that each thread has. */

/* An emission on a proxy that we made, because the target emits. */
typedef struct _Forwarding Forwarding;
struct _Forwarding
{
  Forwarding *outer;
  gpointer self;
  guint signal_id;
  gconstpointer hint; /* of the emission; NULL before it has begun */
  gboolean completed; /* no handler stopped it */
};

static GPrivate forwardings; /* the innermost of this thread */

/* Whether @self has handlers that an emission with this detail would run. */
gboolean
weakref_proxy_has_handlers (WeakrefProxy *self, guint signal_id, GQuark detail)
{
  /* The first call ignores the detail. It is enough if the proxy has no handler at all. */
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
  /* An emission does not change its parameters. So no copies are made. */
  for (i = 1; i < n_params; i++)
    others[i] = params[i];

  g_signal_emitv (others, signal_id, detail, return_value);
  g_value_unset (&others[0]);
}

/* The class closure of the signals of proxies. It runs twice in an emission: before the handlers,
 * and after them. */
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

  /* We did not make this emission. Somebody emits on the proxy. */
  target = weakref_proxy_dup_living (self);
  if (target != NULL)
    {
      emit_as (target, GPOINTER_TO_UINT (closure->data), hint->detail, return_value, n_params,
               params);
      g_object_unref (target);
    }

  /* GObject stops the newest emission of this signal on this proxy. That one may be of another
   * thread. Then none is stopped: the handlers of this emission run a second time, but the emission
   * of the other thread runs to its end. */
  if (g_signal_handler_find (self, G_SIGNAL_MATCH_ID, hint->signal_id, 0, NULL, NULL, NULL) != 0 &&
      g_signal_get_invocation_hint (self) == hint)
    g_signal_stop_emission (self, hint->signal_id, hint->detail);
}

/* Emits the signal of the target on the proxy. Returns FALSE if a handler of the proxy stopped the
 * emission. */
gboolean
weakref_proxy_forward_signal (WeakrefProxy *self,
                              const WeakrefProxySignal *signal,
                              GQuark detail,
                              GValue *return_value,
                              guint n_params,
                              const GValue *params)
{
  Forwarding forwarding = { g_private_get (&forwardings), self, signal->proxy_id, NULL, FALSE };

  /* Only the signals of the proxy's own type have our class closure, which reads the list. */
  if (signal->kind != WEAKREF_PROXY_SIGNAL_OWN)
    {
      emit_as (self, signal->proxy_id, detail, return_value, n_params, params);
      return TRUE;
    }

  g_private_set (&forwardings, &forwarding);
  emit_as (self, signal->proxy_id, detail, return_value, n_params, params);
  g_private_set (&forwardings, forwarding.outer);

  /* A handler that returns TRUE stops the emission on the proxy. Whether it also stops the emission
   * on the target is decided by the accumulator of the target. */
  return forwarding.completed || (return_value != NULL && G_VALUE_HOLDS_BOOLEAN (return_value) &&
                                  g_value_get_boolean (return_value));
}

/* Gives a proxy type a signal with the name and the parameters of one of its targets. */
guint
weakref_proxy_signal_new (GType type, GSignalQuery *query)
{
  GClosure *closure = g_closure_new_simple (sizeof (GClosure), GUINT_TO_POINTER (query->signal_id));
  GSignalFlags flags = query->signal_flags;
  GType return_type = query->return_type & ~G_SIGNAL_TYPE_STATIC_SCOPE;

  g_closure_set_marshal (closure, proxy_marshal);
  /* G_SIGNAL_NO_RECURSE acts in the emission on the target. It must not act on the proxy: when
   * somebody emits on the proxy, the forwarder emits there a second time inside that emission. */
  flags &= ~(G_SIGNAL_NO_RECURSE | G_SIGNAL_RUN_CLEANUP);
  flags |= G_SIGNAL_RUN_FIRST | G_SIGNAL_RUN_LAST;

  return g_signal_newv (query->signal_name, type, flags, closure,
                        return_type == G_TYPE_BOOLEAN ? g_signal_accumulator_true_handled : NULL,
                        NULL, NULL, return_type, query->n_params, (GType *) query->param_types);
}
