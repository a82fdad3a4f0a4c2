/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-cache-private.h>

#include <weakref-glib/core/compat.h>
#include <weakref-glib/core/toggle.h>

/* The memory monitor of a cache, which tells it that memory is low. */

/* The structure is counted. So the references on the objects in it are taken and dropped outside
 * the lock. */
struct _WeakrefCacheMonitor
{
  GMemoryMonitor *object; /* (owned) */
  GClosure *closure;      /* (owned): connected to the monitor */
};

static void
low_memory_cb (GMemoryMonitor *object, GMemoryMonitorWarningLevel level, gpointer core)
{
  weakref_cache_core_trim (core, 0);
}

static void
closure_unref_core_cb (gpointer core, GClosure *closure)
{
  weakref_table_unref (core);
}

static void
monitor_clear_cb (gpointer data)
{
  WeakrefCacheMonitor *monitor = data;

  g_object_unref (monitor->object);
  g_closure_unref (monitor->closure);
}

static void
monitor_unref (WeakrefCacheMonitor *monitor)
{
  g_atomic_rc_box_release_full (monitor, monitor_clear_cb);
}

/* Sets the monitor. With @by_default it is not set if another one, or none, has been set already.
 * Returns whether it was set. */
gboolean
weakref_cache_core_set_monitor (WeakrefCacheCore *core, GMemoryMonitor *object, gboolean by_default)
{
  WeakrefCacheMonitor *monitor = NULL;
  WeakrefCacheMonitor *old;
  gboolean set;

  if (object != NULL)
    {
      monitor = g_atomic_rc_box_new (WeakrefCacheMonitor);
      monitor->object = g_object_ref (object);
      monitor->closure = g_cclosure_new (G_CALLBACK (low_memory_cb), weakref_table_ref (core),
                                         closure_unref_core_cb);
      g_closure_ref (monitor->closure);
      g_closure_sink (monitor->closure);
      g_signal_connect_closure (object, "low-memory-warning", monitor->closure, FALSE);
    }

  weakref_toggle_lock ();
  set = !by_default || !core->monitor_is_set;
  old = set ? core->monitor : monitor;
  if (set)
    {
      core->monitor = monitor;
      core->monitor_is_set = TRUE;
    }
  weakref_toggle_unlock ();

  if (old != NULL)
    {
      /* This disconnects it, if it is still connected. */
      g_closure_invalidate (old->closure);
      monitor_unref (old);
    }

  return set;
}

GMemoryMonitor *
weakref_cache_core_dup_monitor (WeakrefCacheCore *core)
{
  WeakrefCacheMonitor *monitor;
  GMemoryMonitor *object;

  weakref_toggle_lock ();
  monitor = core->monitor;
  if (monitor != NULL)
    g_atomic_rc_box_acquire (monitor);
  weakref_toggle_unlock ();

  if (monitor == NULL)
    return NULL;

  object = g_object_ref (monitor->object);
  monitor_unref (monitor);

  return object;
}

static gboolean
set_default_monitor_cb (gpointer data)
{
  WeakrefCacheCore *core = data;
  GMemoryMonitor *object = g_memory_monitor_dup_default ();
  GObject *cache;

  if (weakref_cache_core_set_monitor (core, object, TRUE))
    {
      cache = weakref_compat_get (&core->cache);
      if (cache != NULL)
        {
          g_object_notify (cache, "memory-monitor");
          g_object_unref (cache);
        }
    }
  g_object_unref (object);

  return G_SOURCE_REMOVE;
}

/* Sets the default monitor later, from the default main context. GLib makes that monitor when
 * somebody first asks for it, for the whole process, and emits its signal in the context that is
 * the thread-default one at that moment. The default context is of use to everybody. To be called
 * once, by somebody who has a reference on the cache. */
void
weakref_cache_core_await_monitor (WeakrefCacheCore *core)
{
  core->monitor_source = g_idle_source_new ();
  g_source_set_static_name (core->monitor_source, "weakref-glib memory monitor");
  g_source_set_callback (core->monitor_source, set_default_monitor_cb, weakref_table_ref (core),
                         weakref_table_unref);
  g_source_attach (core->monitor_source, NULL);
}
