/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-cache-private.h>

#include <weakref-glib/core/compat.h>
#include <weakref-glib/core/toggle.h>

/* The source of a cache waits for the time limit, and for the main context, to notify.
 *
 * It notifies what differs from what it told last, and does not take the cache if nothing does. So
 * a handler that looks at the objects, or a cache that holds itself, does not wake it for ever: the
 * source is woken, finds the same numbers, and that is all. */

/* How many are examined at most, of those that do turn out to be in use, when it is woken. */
#define MAX_EXAMINED 16

/* What can be notified of. */
static WeakrefCacheCounts
core_count (WeakrefCacheCore *core)
{
  guint size = weakref_table_get_size (&core->base.base);
  WeakrefCacheCounts counts;

  weakref_toggle_lock ();
  counts.n_idle = core->n_idle;
  counts.n_evictions = core->n_evictions;
  weakref_toggle_unlock ();
  /* Other threads may be in between. */
  counts.n_in_use = size > counts.n_idle ? size - counts.n_idle : 0;

  return counts;
}

/* Puts out what has been spare for too long, waits for the next, and notifies what differs from
 * what was told last. */
static gboolean
core_wake_cb (gpointer data)
{
  WeakrefCacheCore *core = data;
  WeakrefCacheCounts told = core->told;
  WeakrefCacheCounts now;
  gboolean await_monitor;
  gboolean tracked;
  gint64 next;
  GObject *cache;

  weakref_toggle_lock ();
  next = weakref_cache_core_expire_locked (core);
  await_monitor = core->changed && !core->monitor_is_set && !core->monitor_comes;
  core->monitor_comes |= await_monitor;
  tracked = core->tracked;
  core->tracked = FALSE;
  core->changed = FALSE;
  g_source_set_ready_time (core->source, next);
  weakref_toggle_unlock ();

  if (tracked)
    weakref_cache_core_examine (core, MAX_EXAMINED, 0);

  now = core_count (core);
  if (!await_monitor && now.n_idle == told.n_idle && now.n_in_use == told.n_in_use &&
      now.n_evictions == told.n_evictions)
    return G_SOURCE_CONTINUE;

  core->told = now;
  cache = weakref_compat_get (&core->cache);
  if (cache != NULL)
    {
      if (await_monitor)
        weakref_cache_core_await_monitor (core);

      /* Not frozen meanwhile: another thread that notifies one of the other properties at that
       * moment would notify these too, from there. */
      if (now.n_idle != told.n_idle)
        g_object_notify (cache, "n-idle");
      if (now.n_in_use != told.n_in_use)
        g_object_notify (cache, "n-in-use");
      if (now.n_evictions != told.n_evictions)
        g_object_notify (cache, "evictions");
      g_object_unref (cache);
    }

  return G_SOURCE_CONTINUE;
}

static gboolean
wake_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static GSourceFuncs wake_funcs = { NULL, NULL, wake_dispatch, NULL, NULL, NULL };

WeakrefCacheCore *
weakref_cache_core_new (WeakrefCache *cache, guint max_idle, guint max_tracked)
{
  WeakrefCacheCore *core =
    weakref_value_core_new (sizeof (WeakrefCacheCore), &weakref_cache_core_funcs);

  core->max_idle = max_idle;
  core->max_tracked = max_tracked;
  g_weak_ref_init (&core->cache, cache);
  core->context = g_main_context_ref_thread_default ();
  core->source = g_source_new (&wake_funcs, sizeof (GSource));
  g_source_set_static_name (core->source, "weakref-glib cache");
  g_source_set_callback (core->source, core_wake_cb, weakref_table_ref (core), weakref_table_unref);
  g_source_attach (core->source, core->context);

  return core;
}

void
weakref_cache_core_free (WeakrefValueCore *base)
{
  WeakrefCacheCore *core = (WeakrefCacheCore *) base;

  g_weak_ref_clear (&core->cache);
  g_source_unref (core->source);
  g_main_context_unref (core->context);
}

/* For the end of the cache. */
void
weakref_cache_core_close (WeakrefCacheCore *core)
{
  if (core->monitor_source != NULL)
    {
      g_source_destroy (core->monitor_source);
      g_source_unref (core->monitor_source);
    }
  weakref_cache_core_set_monitor (core, NULL, FALSE);
  g_source_destroy (core->source);
  /* Oldest first, here too. */
  weakref_cache_core_trim (core, 0);
}
