/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-cache-private.h>

#include <weakref-glib/core/compat.h>
#include <weakref-glib/core/toggle.h>

/* The source of a cache, in the main context of the cache. It evicts what has been idle for too
 * long, and notifies of changed counters.
 *
 * It notifies of each counter whose value differs from the one that it notified of last. If no
 * value differs, it takes no reference on the cache. Otherwise a cache that holds itself would wake
 * its source again and again; and so would a handler that looks at the objects. As it is, the
 * source is woken, finds the same values, and does nothing. */

/* Each time that the source is woken, it stops examining objects when so many were really in
 * use. */
#define MAX_EXAMINED 16

/* Returns the values of the counters that are notified of. */
static WeakrefCacheCounts
core_count (WeakrefCacheCore *core)
{
  guint size = weakref_table_get_size (&core->base.base);
  WeakrefCacheCounts counts;

  weakref_toggle_lock ();
  counts.n_idle = core->n_idle;
  counts.n_evictions = core->n_evictions;
  weakref_toggle_unlock ();
  /* Another thread may have changed the table between the two numbers. */
  counts.n_in_use = size > counts.n_idle ? size - counts.n_idle : 0;

  return counts;
}

/* Evicts what has been spare for too long, sets the time for the next eviction, and notifies of the
 * counters that have changed. */
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

      /* The notifications of the cache are not frozen here. If they were, and another thread
       * notified of another property at that moment, that thread might emit the notifications of
       * these. */
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

/* To be called when the cache is finalized. */
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
  /* This drops the objects in the order of eviction. */
  weakref_cache_core_trim (core, 0);
}
