/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/proxy/proxy-private.h>
#include <weakref-glib/core/locks.h>

/* The proxy of an action group. It has the actions of the target while that lives, and none after
 * the death. At the death it emits `action-removed` for each action that somebody may have learned
 * of through the proxy: from a function of the group, or from a signal. The names are collected as
 * this happens. The proxy does not ask the target for the names when it is made, because a remote
 * group starts to use the bus when it is first asked. */
typedef struct
{
  GHashTable *names; /* (owned) (nullable): names lock: the names that somebody may know */
} ActionGroupState;

/* LOCKING. The names lock guards `names` of all proxies. No other lock is taken under it. */
#define names_lock weakref_locks[WEAKREF_LOCK_PROXY_GROUPS]

/* Notes that somebody learns through the proxy whether the group has the action. */
static void
action_group_see (ActionGroupState *state, const char *name, gboolean there)
{
  weakref_lock (&names_lock);
  if (state->names == NULL)
    state->names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (there)
    g_hash_table_add (state->names, g_strdup (name));
  else
    g_hash_table_remove (state->names, name);
  g_mutex_unlock (&names_lock);
}

static char **
action_group_list_actions (GActionGroup *group)
{
  ActionGroupState *state =
    weakref_proxy_get_state (WEAKREF_PROXY (group), &weakref_proxy_action_group);
  gpointer target = weakref_proxy_dup_living (WEAKREF_PROXY (group));
  char **names;
  guint i;

  if (target == NULL)
    return g_new0 (char *, 1);

  names = g_action_group_list_actions (target);
  g_object_unref (target);
  for (i = 0; names[i] != NULL; i++)
    action_group_see (state, names[i], TRUE);

  return names;
}

static gboolean
action_group_query_action (GActionGroup *group,
                           const char *name,
                           gboolean *enabled,
                           const GVariantType **parameter_type,
                           const GVariantType **state_type,
                           GVariant **state_hint,
                           GVariant **state)
{
  gpointer target = weakref_proxy_dup_living (WEAKREF_PROXY (group));
  gboolean found;

  if (target == NULL)
    return FALSE;

  found = g_action_group_query_action (target, name, enabled, parameter_type, state_type,
                                       state_hint, state);
  if (found)
    {
      action_group_see (
        weakref_proxy_get_state (WEAKREF_PROXY (group), &weakref_proxy_action_group), name, TRUE);
      if (parameter_type != NULL)
        *parameter_type = weakref_proxy_intern_type (*parameter_type);
      if (state_type != NULL)
        *state_type = weakref_proxy_intern_type (*state_type);
    }
  g_object_unref (target);

  return found;
}

/* @value may be floating. The implementation of GActionGroup has to sink it. In GAction the caller
 * of the implementation does that. */
static void
action_group_change_action_state (GActionGroup *group, const char *name, GVariant *value)
{
  gpointer target = weakref_proxy_dup_living (WEAKREF_PROXY (group));

  g_variant_ref_sink (value);
  if (target != NULL)
    {
      g_action_group_change_action_state (target, name, value);
      g_object_unref (target);
    }
  g_variant_unref (value);
}

static void
action_group_activate_action (GActionGroup *group, const char *name, GVariant *parameter)
{
  gpointer target = weakref_proxy_dup_living (WEAKREF_PROXY (group));

  if (parameter != NULL)
    g_variant_ref_sink (parameter);
  if (target != NULL)
    {
      g_action_group_activate_action (target, name, parameter);
      g_object_unref (target);
    }
  g_clear_pointer (&parameter, g_variant_unref);
}

/* GIO implements the other functions of the interface by calling query_action(). */
static void
action_group_init (gpointer data)
{
  GActionGroupInterface *iface = data;

  iface->list_actions = action_group_list_actions;
  iface->query_action = action_group_query_action;
  iface->change_action_state = action_group_change_action_state;
  iface->activate_action = action_group_activate_action;
}

static void
action_group_track (gpointer state, gpointer target, const char *signal, const GValue *params)
{
  if (g_str_equal (signal, "action-added"))
    action_group_see (state, g_value_get_string (&params[1]), TRUE);
  else if (g_str_equal (signal, "action-removed"))
    action_group_see (state, g_value_get_string (&params[1]), FALSE);
}

static void
action_group_die (WeakrefProxy *self, gpointer data)
{
  ActionGroupState *state = data;
  GHashTable *names;
  GHashTableIter iter;
  gpointer name;

  weakref_lock (&names_lock);
  names = g_steal_pointer (&state->names);
  g_mutex_unlock (&names_lock);

  if (names == NULL)
    return;

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_action_group_action_removed (G_ACTION_GROUP (self), name);
  g_hash_table_unref (names);
}

static void
action_group_clear (gpointer data)
{
  ActionGroupState *state = data;

  g_clear_pointer (&state->names, g_hash_table_unref);
}

const WeakrefProxyInterface weakref_proxy_action_group = {
  .get_type = g_action_group_get_type,
  .init = action_group_init,
  .state_size = sizeof (ActionGroupState),
  .track = action_group_track,
  .die = action_group_die,
  .clear = action_group_clear,
};
