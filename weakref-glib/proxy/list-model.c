/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/proxy/proxy-private.h>

/* The proxy of a list model. It has the items of the target while that lives, and none after the
 * death. */
typedef struct
{
  GType item_type; /* (const) */
  guint n_items;   /* (atomic): at the last signal, because a dead target can't be asked */
} ListModelState;

static GType
list_model_get_item_type (GListModel *model)
{
  ListModelState *state =
    weakref_proxy_get_state (WEAKREF_PROXY (model), &weakref_proxy_list_model);

  return state->item_type != 0 ? state->item_type : G_TYPE_OBJECT;
}

static guint
list_model_get_n_items (GListModel *model)
{
  gpointer target = weakref_proxy_dup_living (WEAKREF_PROXY (model));
  guint n_items = 0;

  if (target != NULL)
    {
      n_items = g_list_model_get_n_items (target);
      g_object_unref (target);
    }

  return n_items;
}

static gpointer
list_model_get_item (GListModel *model, guint position)
{
  gpointer target = weakref_proxy_dup_living (WEAKREF_PROXY (model));
  gpointer item = NULL;

  if (target != NULL)
    {
      item = g_list_model_get_item (target, position);
      g_object_unref (target);
    }

  return item;
}

static void
list_model_init (gpointer data)
{
  GListModelInterface *iface = data;

  iface->get_item_type = list_model_get_item_type;
  iface->get_n_items = list_model_get_n_items;
  iface->get_item = list_model_get_item;
}

static void
list_model_start (gpointer data, gpointer target)
{
  ListModelState *state = data;

  state->item_type = g_list_model_get_item_type (target);
  g_atomic_int_set (&state->n_items, g_list_model_get_n_items (target));
}

static void
list_model_track (gpointer data, gpointer target, const char *signal, const GValue *params)
{
  ListModelState *state = data;

  g_atomic_int_set (&state->n_items, g_list_model_get_n_items (target));
}

static void
list_model_die (WeakrefProxy *self, gpointer data)
{
  ListModelState *state = data;
  guint n_items = g_atomic_int_get (&state->n_items);

  if (n_items > 0)
    g_list_model_items_changed (G_LIST_MODEL (self), 0, n_items, 0);
}

const WeakrefProxyInterface weakref_proxy_list_model = {
  .get_type = g_list_model_get_type,
  .init = list_model_init,
  .state_size = sizeof (ListModelState),
  .start = list_model_start,
  .track = list_model_track,
  .die = list_model_die,
};
