/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/proxy/proxy-private.h>
#include <weakref-glib/core/locks.h>

/* The proxy of an action. Its name and its types stay the same after the death, because an action
 * is removed from a group by its name. After the death the proxy is disabled, and has the last
 * state that it has read from the target. */
typedef struct
{
  char *name;                         /* (owned) (const) */
  const GVariantType *parameter_type; /* (const): interned */
  const GVariantType *state_type;     /* (const): interned */
  GVariant *state;                    /* (owned) (nullable): state lock: as read last */
} ActionState;

/* LOCKING. The state lock guards `state` of all proxies. No other lock is taken under it. */
#define state_lock weakref_locks[WEAKREF_LOCK_PROXY_ACTIONS]

static ActionState *
action_get_own_state (GAction *action)
{
  return weakref_proxy_get_state (WEAKREF_PROXY (action), &weakref_proxy_action);
}

static const char *
action_get_name (GAction *action)
{
  const char *name = action_get_own_state (action)->name;

  return name != NULL ? name : "";
}

static const GVariantType *
action_get_parameter_type (GAction *action)
{
  return action_get_own_state (action)->parameter_type;
}

static const GVariantType *
action_get_state_type (GAction *action)
{
  return action_get_own_state (action)->state_type;
}

static GVariant *
action_get_state_hint (GAction *action)
{
  gpointer target = weakref_proxy_dup_living (WEAKREF_PROXY (action));
  GVariant *hint = NULL;

  if (target != NULL)
    {
      hint = g_action_get_state_hint (target);
      g_object_unref (target);
    }

  return hint;
}

static gboolean
action_get_enabled (GAction *action)
{
  gpointer target = weakref_proxy_dup_living (WEAKREF_PROXY (action));
  gboolean enabled = FALSE;

  if (target != NULL)
    {
      enabled = g_action_get_enabled (target);
      g_object_unref (target);
    }

  return enabled;
}

static GVariant *
action_get_state (GAction *action)
{
  ActionState *state = action_get_own_state (action);
  gpointer target = weakref_proxy_dup_living (WEAKREF_PROXY (action));
  GVariant *value;
  GVariant *old = NULL;

  if (target != NULL)
    {
      value = g_action_get_state (target);
      g_object_unref (target);

      weakref_lock (&state_lock);
      old = state->state;
      state->state = value != NULL ? g_variant_ref (value) : NULL;
      g_mutex_unlock (&state_lock);
    }
  else
    {
      weakref_lock (&state_lock);
      value = state->state != NULL ? g_variant_ref (state->state) : NULL;
      g_mutex_unlock (&state_lock);
    }
  g_clear_pointer (&old, g_variant_unref);

  return value;
}

static void
action_change_state (GAction *action, GVariant *value)
{
  gpointer target = weakref_proxy_dup_living (WEAKREF_PROXY (action));

  if (target != NULL)
    {
      g_action_change_state (target, value);
      g_object_unref (target);
    }
}

static void
action_activate (GAction *action, GVariant *parameter)
{
  gpointer target = weakref_proxy_dup_living (WEAKREF_PROXY (action));

  if (target != NULL)
    {
      g_action_activate (target, parameter);
      g_object_unref (target);
    }
}

static void
action_init (gpointer data)
{
  GActionInterface *iface = data;

  iface->get_name = action_get_name;
  iface->get_parameter_type = action_get_parameter_type;
  iface->get_state_type = action_get_state_type;
  iface->get_state_hint = action_get_state_hint;
  iface->get_enabled = action_get_enabled;
  iface->get_state = action_get_state;
  iface->change_state = action_change_state;
  iface->activate = action_activate;
}

static void
action_start (gpointer data, gpointer target)
{
  ActionState *state = data;

  state->name = g_strdup (g_action_get_name (target));
  state->parameter_type = weakref_proxy_intern_type (g_action_get_parameter_type (target));
  state->state_type = weakref_proxy_intern_type (g_action_get_state_type (target));
  state->state = g_action_get_state (target);
}

static void
action_die (WeakrefProxy *self, gpointer state)
{
  g_object_notify (G_OBJECT (self), "enabled");
}

static gboolean
action_get_dead (WeakrefProxy *self, const char *name, GValue *value)
{
  GAction *action = G_ACTION (self);

  if (g_str_equal (name, "enabled"))
    g_value_set_boolean (value, FALSE);
  else if (g_str_equal (name, "name"))
    g_value_set_string (value, action_get_name (action));
  else if (g_str_equal (name, "parameter-type"))
    g_value_set_boxed (value, action_get_parameter_type (action));
  else if (g_str_equal (name, "state-type"))
    g_value_set_boxed (value, action_get_state_type (action));
  else if (g_str_equal (name, "state"))
    g_value_take_variant (value, action_get_state (action));
  else
    return FALSE;

  return TRUE;
}

static void
action_clear (gpointer data)
{
  ActionState *state = data;

  g_free (state->name);
  g_clear_pointer (&state->state, g_variant_unref);
}

const WeakrefProxyInterface weakref_proxy_action = {
  .get_type = g_action_get_type,
  .init = action_init,
  .state_size = sizeof (ActionState),
  .start = action_start,
  .die = action_die,
  .get_dead = action_get_dead,
  .clear = action_clear,
};
