/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "model.h"

static void
proxy_cb (WeakrefProxy *proxy, gpointer user_data)
{
  Record *record = user_data;

  g_assert_false (weakref_proxy_is_alive (proxy));
  record_call (record);
}

static guint n_pings; /* how many handlers have run */

static void
ping_cb (gpointer proxy, gpointer user_data)
{
  n_pings++;
}

void
proxy_drop (Proxy *slot)
{
  Proxy old = *slot;

  *slot = (Proxy) { NULL, NULL, 0, NULL };
  if (old.proxy == NULL)
    return;

  /* A death that is being announced to another proxy may hold this one. */
  if (old.record != NULL)
    {
      old.record->dropped = depth == 0;
      g_signal_handlers_disconnect_by_func (old.proxy, ping_cb, NULL);
    }
  g_object_unref (old.proxy);
}

static void
proxy_make (Proxy *slot)
{
  Target *target = hold ();
  Proxy new = { NULL, target, 0, NULL };

  if (target == NULL)
    return;

  new.life = take_interest (target);
  if (next (2))
    {
      new.proxy = weakref_proxy_new (target->object);
    }
  else
    {
      new.record = record_new (target, new.life);
      new.proxy =
        weakref_proxy_new_full (target->object, NULL, proxy_cb, new.record, record_destroy_cb);
      g_signal_connect (new.proxy, "ping", G_CALLBACK (ping_cb), NULL);
    }

  proxy_drop (slot);
  /* A callback may have filled the slot again in the meantime. */
  if (slot->proxy == NULL)
    *slot = new;
  else
    proxy_drop (&new);
  g_object_unref (target->object);
}

void
op_proxy (void)
{
  Proxy *slot = &world.proxies[next (N_SLOTS)];
  guint what = next (5);
  GError *error = NULL;
  gpointer got = NULL;
  guint before = n_pings;
  guint n = 0;
  guint i;

  if (slot->proxy == NULL || what == 0)
    {
      proxy_make (slot);
      return;
    }

  g_assert_true (weakref_proxy_is_alive (slot->proxy) == is_alive (slot->target, slot->life));
  switch (what)
    {
    case 1:
      proxy_drop (slot);
      break;
    case 2:
      got = weakref_proxy_dup_target (slot->proxy, &error);
      g_assert_true ((got == NULL) == g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_DEAD));
      assert_returns (got, expect (slot->target, slot->life));
      g_clear_error (&error);
      break;
    case 3:
      g_object_get (slot->proxy, "model", &got, NULL);
      g_assert_true (got == (is_alive (slot->target, slot->life) ? slot->target : NULL));
      break;
    default:
      for (i = 0; i < N_SLOTS && is_alive (slot->target, slot->life); i++)
        n += world.proxies[i].record != NULL && world.proxies[i].target == slot->target &&
             world.proxies[i].life == slot->life;
      g_signal_emit_by_name (slot->proxy, "ping");
      /* In the middle of a death, some handlers are disconnected already. */
      g_assert_true (n_pings - before == n || depth > 0);
    }
}

void
proxies_check (void)
{
  guint i;

  for (i = 0; i < N_SLOTS; i++)
    {
      Proxy *slot = &world.proxies[i];

      if (slot->record != NULL && is_noticed (slot->target, slot->life))
        g_assert_cmpuint (slot->record->called + slot->record->destroyed, ==, 2);
      if (slot->record != NULL && is_alive (slot->target, slot->life))
        g_assert_cmpuint (slot->record->called + slot->record->destroyed, ==, 0);
    }
}
