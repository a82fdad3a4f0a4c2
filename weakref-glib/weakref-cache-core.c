/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-cache-private.h>

#include <weakref-glib/core/compat.h>
#include <weakref-glib/core/toggle.h>

/* What is in use and what is idle, and what is put out.
 *
 * An entry that is tracked has a hold on its object, with which it is in one of two queues. The
 * source waits for the time limit, and for the context, to notify.
 *
 * LOCKING. The toggle lock guards what is said so. The table's lock is never held with it. */

/* What we keep an object by. */
typedef struct
{
  WeakrefHold base;
  WeakrefValueEntry *entry; /* (owned) */
  GList link;               /* toggle lock: in one of the two queues */
  gboolean is_idle;         /* toggle lock: in which one */
  gint64 idle_since;        /* toggle lock */
} Kept;

/* What is kept with each entry. */
typedef struct
{
  Kept *kept;    /* (atomic): written under the toggle lock; NULL if it is not tracked */
  gboolean gone; /* toggle lock: the entry has left, and can't be tracked any more */
} Extra;

static WeakrefCacheCore *
kept_get_core (Kept *kept)
{
  return (WeakrefCacheCore *) kept->entry->base.table;
}

/* Something has changed that is notified, or that the source has to wait for. To wake a source is
 * all right under the lock: it runs nothing. */
static void
core_changed_locked (WeakrefCacheCore *core)
{
  if (!core->changed)
    {
      core->changed = TRUE;
      g_source_set_ready_time (core->source, 0);
    }
}

static void
core_release_locked (WeakrefCacheCore *core, Kept *kept)
{
  Extra *extra = weakref_value_entry_get_extra (kept->entry);

  g_queue_unlink (kept->is_idle ? &core->idle : &core->busy, &kept->link);
  g_atomic_int_add (&core->n_tracked, -1);
  g_atomic_pointer_set (&extra->kept, NULL);
  weakref_hold_release_locked (&kept->base);
}

/* Lets at most @n stay idle. */
static void
core_shrink_locked (WeakrefCacheCore *core, guint n)
{
  while (core->idle.length > n)
    {
      Kept *oldest = g_queue_peek_head (&core->idle);

      /* Somebody may just have taken it, and wait for the lock to say so. */
      if (weakref_hold_refresh_locked (&oldest->base))
        continue;

      core->n_evictions++;
      core_changed_locked (core);
      core_release_locked (core, oldest);
    }
}

/* Keeps at most @n of what is in use. */
static void
core_release_busy_locked (WeakrefCacheCore *core, guint n)
{
  while (core->busy.length > n)
    core_release_locked (core, g_queue_peek_head (&core->busy));
}

/* Lets at most @n stay idle, and keeps nothing of what is in use now, or looks so. */
void
weakref_cache_core_trim (WeakrefCacheCore *core, guint n)
{
  weakref_toggle_lock ();
  core_shrink_locked (core, n);
  core_release_busy_locked (core, 0);
  weakref_toggle_unlock ();
}

static gboolean
kept_admit_locked (WeakrefHold *hold)
{
  Kept *kept = (Kept *) hold;
  WeakrefCacheCore *core = kept_get_core (kept);
  Extra *extra = weakref_value_entry_get_extra (kept->entry);

  if (extra->gone || extra->kept != NULL || core->max_idle == 0 ||
      core->n_tracked >= core->max_tracked)
    return FALSE;

  g_atomic_pointer_set (&extra->kept, kept);
  g_atomic_int_inc (&core->n_tracked);
  kept->link.data = kept;
  g_queue_push_tail_link (&core->busy, &kept->link);

  return TRUE;
}

static void
kept_changed_locked (WeakrefHold *hold)
{
  Kept *kept = (Kept *) hold;
  WeakrefCacheCore *core = kept_get_core (kept);
  gboolean is_idle = !weakref_hold_is_used_locked (hold);

  if (is_idle == kept->is_idle)
    return;

  kept->is_idle = is_idle;
  g_queue_unlink (is_idle ? &core->busy : &core->idle, &kept->link);
  g_queue_push_tail_link (is_idle ? &core->idle : &core->busy, &kept->link);
  core_changed_locked (core);

  if (is_idle)
    {
      kept->idle_since = g_get_monotonic_time ();
      core_shrink_locked (core, core->max_idle);
    }
}

static void
kept_released_cb (WeakrefHold *hold)
{
  Kept *kept = (Kept *) hold;

  weakref_entry_unref (kept->entry);
  g_free (kept);
}

static const WeakrefHoldFuncs kept_funcs = {
  kept_admit_locked,
  kept_changed_locked,
  kept_released_cb,
};

/* Tracks the object, unless it is already, or must not be. */
static void
entry_used_cb (WeakrefValueEntry *entry, gpointer object)
{
  WeakrefCacheCore *core = (WeakrefCacheCore *) entry->base.table;
  Extra *extra = weakref_value_entry_get_extra (entry);
  Kept *kept;

  if (g_atomic_pointer_get (&extra->kept) != NULL || g_atomic_int_get (&core->max_idle) == 0 ||
      (guint) g_atomic_int_get (&core->n_tracked) >= (guint) g_atomic_int_get (&core->max_tracked))
    return;

  kept = g_new0 (Kept, 1);
  kept->entry = weakref_entry_ref (entry);
  weakref_hold_start (&kept->base, &kept_funcs, entry->base.watch.block, object);
}

static void
entry_entered_cb (WeakrefValueEntry *entry, gpointer object)
{
  WeakrefCacheCore *core = (WeakrefCacheCore *) entry->base.table;

  entry_used_cb (entry, object);
  weakref_toggle_lock ();
  core_changed_locked (core);
  weakref_toggle_unlock ();
}

/* Counts what was found and what was not. */
static void
core_asked_cb (WeakrefValueCore *base, gboolean found)
{
  WeakrefCacheCore *core = (WeakrefCacheCore *) base;

  atomic_fetch_add_explicit (found ? &core->n_hits : &core->n_misses, 1, memory_order_relaxed);
}

static gboolean
entry_keeps_cb (WeakrefValueEntry *entry)
{
  Extra *extra = weakref_value_entry_get_extra (entry);

  return g_atomic_pointer_get (&extra->kept) != NULL;
}

static void
entry_let_go_cb (WeakrefValueEntry *entry)
{
  WeakrefCacheCore *core = (WeakrefCacheCore *) entry->base.table;
  Extra *extra = weakref_value_entry_get_extra (entry);

  weakref_toggle_lock ();
  extra->gone = TRUE;
  if (extra->kept != NULL)
    core_release_locked (core, extra->kept);
  core_changed_locked (core);
  weakref_toggle_unlock ();
}

static void
core_free_cb (WeakrefValueCore *base)
{
  WeakrefCacheCore *core = (WeakrefCacheCore *) base;

  g_weak_ref_clear (&core->cache);
  g_source_unref (core->source);
  g_main_context_unref (core->context);
}

static const WeakrefValueFuncs core_funcs = {
  .extra_size = sizeof (Extra),
  .asked = core_asked_cb,
  .used = entry_used_cb,
  .entered = entry_entered_cb,
  .keeps = entry_keeps_cb,
  .let_go = entry_let_go_cb,
  .free_core = core_free_cb,
};

/* The memory monitor */

/* It is counted, so that references to what is in it are taken and dropped outside the lock. */
struct _WeakrefCacheMonitor
{
  GMemoryMonitor *object; /* (owned) */
  GClosure *closure;      /* (owned): connected */
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

/* Not if it comes too late @by_default. */
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
      /* Which disconnects it, if it is still connected. */
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

/* The first one to ask for the default monitor makes it for the whole process, and it tells in the
 * context of that moment. So it is made where it is of use to everybody. Once, by somebody who
 * holds the cache. */
static void
core_await_default_monitor (WeakrefCacheCore *core)
{
  core->monitor_source = g_idle_source_new ();
  g_source_set_static_name (core->monitor_source, "weakref-glib memory monitor");
  g_source_set_callback (core->monitor_source, set_default_monitor_cb, weakref_table_ref (core),
                         weakref_table_unref);
  g_source_attach (core->monitor_source, NULL);
}

/* The source */

/* Puts out what has been idle for too long, waits for the next, and notifies. */
static gboolean
core_wake_cb (gpointer data)
{
  WeakrefCacheCore *core = data;
  gint64 next = -1;
  GObject *cache;
  gboolean await_monitor;
  gboolean changed;

  weakref_toggle_lock ();
  while (core->max_idle_seconds > 0 && core->idle.length > 0 && next < 0)
    {
      Kept *oldest = g_queue_peek_head (&core->idle);
      gint64 end = oldest->idle_since + core->max_idle_seconds * G_TIME_SPAN_SECOND;

      if (end <= g_source_get_time (core->source))
        core_shrink_locked (core, core->idle.length - 1);
      else
        next = end;
    }
  changed = core->changed;
  core->changed = FALSE;
  await_monitor = changed && !core->monitor_is_set && !core->monitor_comes;
  core->monitor_comes |= await_monitor;
  g_source_set_ready_time (core->source, next);
  weakref_toggle_unlock ();

  cache = changed ? weakref_compat_get (&core->cache) : NULL;
  if (cache != NULL)
    {
      if (await_monitor)
        core_await_default_monitor (core);

      /* Not frozen meanwhile: another thread that notifies one of the other properties at that
       * moment would notify these too, from there. */
      g_object_notify (cache, "n-idle");
      g_object_notify (cache, "n-in-use");
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

/* The limits. Each returns whether it is another one. */

gboolean
weakref_cache_core_set_max_idle (WeakrefCacheCore *core, guint max_idle)
{
  gboolean changed;

  weakref_toggle_lock ();
  changed = core->max_idle != max_idle;
  g_atomic_int_set (&core->max_idle, max_idle);
  core_shrink_locked (core, max_idle);
  if (max_idle == 0)
    core_release_busy_locked (core, 0);
  weakref_toggle_unlock ();

  return changed;
}

gboolean
weakref_cache_core_set_max_idle_seconds (WeakrefCacheCore *core, guint max_idle_seconds)
{
  gboolean changed;

  weakref_toggle_lock ();
  changed = core->max_idle_seconds != max_idle_seconds;
  core->max_idle_seconds = max_idle_seconds;
  core_changed_locked (core);
  weakref_toggle_unlock ();

  return changed;
}

gboolean
weakref_cache_core_set_max_tracked (WeakrefCacheCore *core, guint max_tracked)
{
  gboolean changed;

  weakref_toggle_lock ();
  changed = core->max_tracked != max_tracked;
  g_atomic_int_set (&core->max_tracked, max_tracked);
  core_shrink_locked (core, max_tracked - MIN (max_tracked, core->busy.length));
  core_release_busy_locked (core, max_tracked);
  weakref_toggle_unlock ();

  return changed;
}

WeakrefCacheCore *
weakref_cache_core_new (WeakrefCache *cache, guint max_idle, guint max_tracked)
{
  WeakrefCacheCore *core = weakref_value_core_new (sizeof (WeakrefCacheCore), &core_funcs);

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
