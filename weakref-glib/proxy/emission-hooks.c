/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/proxy/proxy-private.h>

#include <weakref-glib/core/locks.h>

/* Emission hooks: how the signals are forwarded for which a forwarder is not enough. An emission
 * hook runs before the handlers of an emission, and returns nothing to the emission. There are two
 * such kinds of signals.
 *
 * - WEAKREF_FORWARD_BLOCKED_HANDLER: signals that return a value. A forwarder whose proxy has no
 *   handlers returns 0. With some accumulators that 0 is the result of the emission, for instance
 *   with g_signal_accumulator_first_wins(). The library can't read which accumulator a signal
 *   has. So the forwarder of such a signal is blocked while its proxy has no handlers. The hook
 *   looks for handlers at the beginning of each emission, and blocks or unblocks the forwarder. A
 *   signal with G_SIGNAL_NO_HOOKS can have no hook: its forwarder is never blocked.
 *
 * - WEAKREF_FORWARD_HOOK: signals of GSimpleAction. It has a default behaviour only while no
 *   handler is connected, and a blocked handler is connected too. So these signals have no
 *   connected forwarder. The hook itself emits the signal on the proxy.
 *
 * GObject adds a hook to a signal, not to an object. So while there is a proxy for a signal, the
 * hook runs in the emissions of that signal on all objects. That is why the other signals have no
 * hook.
 *
 * A forwarder is blocked or unblocked for the emission that began last. An earlier emission on the
 * same target may still run: in a handler that emits again, or in another thread. It then finds the
 * forwarder as the later emission needs it. This makes a difference only if the proxy has handlers
 * for the detail of one of the two emissions, and not for the detail of the other.
 *
 * LOCKING. The hook lock guards the table of hooks and `is_blocked` of all forwarders. Functions of
 * GObject are called under it, but only to connect, block and unblock our own closures and to add
 * and remove our own hooks. Those functions run no foreign code. */
#define hook_lock weakref_locks[WEAKREF_LOCK_PROXY_HOOKS]
static GHashTable *hooks; /* (owned) (nullable): hook lock: signal id → Hook */

/* One for each signal that needs it. */
typedef struct
{
  gulong id;
  guint n_proxies; /* how many proxies need it */
} Hook;

static void
forwarder_set_blocked_locked (WeakrefForwarder *self, gpointer target, gboolean is_blocked)
{
  const GSignalMatchType match = G_SIGNAL_MATCH_ID | G_SIGNAL_MATCH_CLOSURE;
  guint signal_id = self->signal->target_id;

  if (self->is_blocked == is_blocked)
    return;

  /* Another thread may have disconnected the handler: it dropped the proxy, or disposed the target.
   * GObject warns then if it is given the number of the handler, but not if it is given the
   * closure. */
  self->is_blocked = is_blocked;
  if (is_blocked)
    g_signal_handlers_block_matched (target, match, signal_id, 0, &self->closure, NULL, NULL);
  else
    g_signal_handlers_unblock_matched (target, match, signal_id, 0, &self->closure, NULL, NULL);
}

/* An emission of a signal begins, on any object. */
static gboolean
hook_cb (GSignalInvocationHint *hint, guint n_params, const GValue *params, gpointer data)
{
  gpointer target = g_value_get_object (&params[0]);
  GList *proxies = weakref_proxy_list (target);
  GList *l;
  guint i;
  gboolean has_handlers;

  for (l = proxies; l != NULL; l = l->next)
    {
      WeakrefProxy *self = l->data;
      WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);

      for (i = 0; i < klass->n_signals; i++)
        {
          const WeakrefProxySignal *signal = &klass->signals[i];

          if (signal->target_id != hint->signal_id)
            continue;

          has_handlers = weakref_proxy_has_handlers (self, signal->proxy_id, hint->detail);
          if (signal->forward == WEAKREF_FORWARD_BLOCKED_HANDLER)
            {
              weakref_lock (&hook_lock);
              forwarder_set_blocked_locked (self->forwarders[i], target, !has_handlers);
              g_mutex_unlock (&hook_lock);
            }
          else if (has_handlers)
            weakref_proxy_forward_signal (self, signal, hint->detail, NULL, n_params, params);
        }
    }
  g_list_free_full (proxies, g_object_unref);

  return TRUE;
}

/* Adds the hook of the signal if this is the first proxy that needs it. */
static void
hook_ref_locked (guint signal_id)
{
  Hook *hook;

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
}

/* Begins to forward a signal that needs a hook. The caller has a reference to @target. */
void
weakref_emission_hook_start (WeakrefForwarder *forwarder, gpointer target)
{
  const WeakrefProxySignal *signal = forwarder->signal;

  weakref_lock (&hook_lock);
  hook_ref_locked (signal->target_id);
  if (signal->forward == WEAKREF_FORWARD_BLOCKED_HANDLER)
    {
      g_signal_connect_closure_by_id (target, signal->target_id, 0, &forwarder->closure, FALSE);
      /* An emission in another thread may have found the proxy before, and set this when there was
       * no handler yet that could be blocked. */
      forwarder->is_blocked = FALSE;
      forwarder_set_blocked_locked (forwarder, target, TRUE);
    }
  g_mutex_unlock (&hook_lock);
}

/* Undoes weakref_emission_hook_start(), but for the handler, which the caller disconnects. */
void
weakref_emission_hook_stop (const WeakrefProxySignal *signal)
{
  Hook *hook;

  weakref_lock (&hook_lock);
  hook = g_hash_table_lookup (hooks, GUINT_TO_POINTER (signal->target_id));
  if (--hook->n_proxies == 0)
    {
      g_signal_remove_emission_hook (signal->target_id, hook->id);
      g_hash_table_remove (hooks, GUINT_TO_POINTER (signal->target_id));
    }
  g_mutex_unlock (&hook_lock);
}
