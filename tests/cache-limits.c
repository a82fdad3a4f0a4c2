/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Caches: the limits of time and memory, and of how many are tracked. */

#include "cache-common.h"

static void
test_max_idle_seconds (void)
{
  GMainContext *context = g_main_context_new ();
  WeakrefCache *cache = cache_new_in (context, 8);
  TestProbe *b;

  use (cache, "a");
  b = ensure (cache, "b");
  weakref_cache_set_max_idle_seconds (cache, 1);
  while (weakref_cache_get_n_idle (cache) > 0)
    g_main_context_iteration (context, TRUE);
  assert_log ("-a ~a");
  assert_counts (cache, 0, 1);
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 1);
  g_object_unref (b);
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("");
  assert_drop (cache, "-b ~b");
  g_main_context_unref (context);
}

static void
stop_waiting_cb (gpointer data)
{
  *(gboolean *) data = TRUE;
}

static gboolean
wait_cb (gpointer data)
{
  return G_SOURCE_REMOVE;
}

/* Until more than a second is over, in the default context. */
static void
wait_for_a_second (void)
{
  gboolean waited = FALSE;

  g_timeout_add_full (G_PRIORITY_DEFAULT, 1200, wait_cb, &waited, stop_waiting_cb);
  while (!waited)
    g_main_context_iteration (NULL, TRUE);
}

/* No other context evicts it. */
static void
test_time_limit_works_from_its_context (void)
{
  GMainContext *context = g_main_context_new ();
  WeakrefCache *cache = cache_new_in (context, 8);

  use (cache, "a");
  weakref_cache_set_max_idle_seconds (cache, 1);
  while (g_main_context_iteration (context, FALSE))
    ;
  wait_for_a_second ();
  assert_log ("");
  g_main_context_iteration (context, TRUE);
  assert_log ("-a ~a");
  assert_drop (cache, "");
  g_main_context_unref (context);
}

/* Its context never runs. */
static void
test_expired_is_not_found (void)
{
  GMainContext *context = g_main_context_new ();
  WeakrefCache *cache = cache_new_in (context, 8);
  WeakrefValueTable *table = WEAKREF_VALUE_TABLE (cache);
  GPtrArray *keys;
  GPtrArray *values;
  TestProbe *in_use = ensure (cache, "in use");
  TestProbe *b;

  weakref_cache_set_max_idle_seconds (cache, 1);
  use (cache, "a");
  use (cache, "b");
  use (cache, "c");
  use (cache, "d");
  use (cache, "e");
  use (cache, "f");
  wait_for_a_second ();

  g_assert_null (weakref_value_table_lookup (table, "a"));
  assert_log ("-a ~a");
  b = ensure (cache, "b");
  assert_log ("-b ~b");
  g_assert_false (weakref_value_table_contains (table, "c"));
  assert_log ("-c ~c");
  g_assert_false (weakref_value_table_remove (table, "d"));
  assert_log ("-d ~d");

  /* What becomes idle puts out the others, if nobody has asked for them. */
  g_object_unref (b);
  assert_log ("-e ~e -f ~f");
  assert_counts (cache, 1, 1);
  wait_for_a_second ();
  keys = weakref_value_table_dup_keys (table);
  assert_log ("-b ~b");
  g_assert_cmpuint (keys->len, ==, 1);
  g_ptr_array_unref (keys);
  use (cache, "g");
  wait_for_a_second ();
  values = weakref_value_table_dup_values (table);
  assert_log ("-g ~g");
  g_assert_cmpuint (values->len, ==, 1);
  g_ptr_array_unref (values);
  g_assert_true (weakref_value_table_contains (table, "in use"));
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 8);

  g_object_unref (in_use);
  assert_drop (cache, "-in use ~in use");
  g_main_context_unref (context);
}

/* The last reference to the cache is dropped by its own timeout. */
static void
test_dropped_by_what_has_timed_out (void)
{
  WeakrefCache *cache = cache_new (8);
  gpointer weak = cache;
  TestProbe *a = ensure (cache, "a");

  g_object_add_weak_pointer (G_OBJECT (cache), &weak);
  test_probe_set_on_dispose (a, unref_cache_cb, cache);
  g_object_unref (a);
  use (cache, "b");
  weakref_cache_set_max_idle_seconds (cache, 1);
  while (weak != NULL)
    g_main_context_iteration (NULL, TRUE);
  assert_log ("-a drop ~a -b ~b");
  test_iterate ();
}

#define TEST_TYPE_MONITOR (test_monitor_get_type ())
G_DECLARE_FINAL_TYPE (TestMonitor, test_monitor, TEST, MONITOR, GObject)

struct _TestMonitor
{
  GObject parent_instance;
};

/* This happens while the default monitor is made. */
static WeakrefCache *unset_meanwhile;
static guint n_monitors;

static gboolean
test_monitor_init_sync (GInitable *initable, GCancellable *cancellable, GError **error)
{
  n_monitors++;
  if (unset_meanwhile != NULL)
    weakref_cache_set_memory_monitor (unset_meanwhile, NULL);

  return TRUE;
}

static void
test_monitor_initable_init (GInitableIface *iface)
{
  iface->init = test_monitor_init_sync;
}

static void
test_monitor_iface_init (GMemoryMonitorInterface *iface)
{
}

G_DEFINE_TYPE_WITH_CODE (TestMonitor,
                         test_monitor,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, test_monitor_initable_init)
                           G_IMPLEMENT_INTERFACE (G_TYPE_MEMORY_MONITOR, test_monitor_iface_init))

static void
test_monitor_class_init (TestMonitorClass *klass)
{
}

static void
test_monitor_init (TestMonitor *self)
{
}

static void
test_low_memory (void)
{
  WeakrefCache *cache = cache_new (8);
  GMemoryMonitor *monitor = g_object_new (TEST_TYPE_MONITOR, NULL);
  GMemoryMonitor *got;
  TestProbe *c;

  g_object_set (cache, "memory-monitor", monitor, NULL);
  g_object_get (cache, "memory-monitor", &got, NULL);
  g_assert_true (got == monitor);
  g_object_unref (got);

  use (cache, "a");
  use (cache, "b");
  c = ensure (cache, "c");
  g_signal_emit_by_name (monitor, "low-memory-warning", G_MEMORY_MONITOR_WARNING_LEVEL_LOW);
  assert_log ("-a ~a -b ~b");
  assert_counts (cache, 0, 1);
  g_object_unref (c);
  assert_counts (cache, 1, 0);
  g_signal_emit_by_name (monitor, "low-memory-warning", G_MEMORY_MONITOR_WARNING_LEVEL_LOW);
  assert_log ("-c ~c");

  /* Neither a monitor that was replaced nor one whose cache is gone does anything. */
  weakref_cache_set_memory_monitor (cache, NULL);
  use (cache, "a");
  g_signal_emit_by_name (monitor, "low-memory-warning", G_MEMORY_MONITOR_WARNING_LEVEL_CRITICAL);
  assert_log ("");
  weakref_cache_set_memory_monitor (cache, monitor);
  assert_drop (cache, "-a ~a");
  g_signal_emit_by_name (monitor, "low-memory-warning", G_MEMORY_MONITOR_WARNING_LEVEL_CRITICAL);
  g_assert_finalize_object (monitor);
}

/* A monitor that is disposed early disconnects its handlers itself. */
static void
test_disposed_monitor (void)
{
  WeakrefCache *cache = cache_new (8);
  GMemoryMonitor *monitor = g_object_new (TEST_TYPE_MONITOR, NULL);

  weakref_cache_set_memory_monitor (cache, monitor);
  g_object_run_dispose (G_OBJECT (monitor));
  weakref_cache_set_memory_monitor (cache, NULL);
  g_assert_finalize_object (monitor);
  g_object_unref (cache);
}

/* There is one for the whole process, made when it is first asked for: see main(). It is asked for
 * in the default context, wherever the cache is. */
static void
test_default_monitor (void)
{
  GMainContext *context = g_main_context_new ();
  WeakrefCache *cache;
  WeakrefCache *other;
  GMemoryMonitor *monitor;

  g_main_context_push_thread_default (context);
  cache = weakref_cache_new (G_TYPE_STRING, 2);
  other = weakref_cache_new (G_TYPE_STRING, 2);
  g_main_context_pop_thread_default (context);

  use (cache, "a");
  use (other, "b");
  g_assert_null (weakref_cache_dup_memory_monitor (cache));
  while (g_main_context_iteration (context, FALSE))
    ;
  g_assert_cmpuint (n_monitors, ==, 0);

  /* One cache does not want the monitor, and says so at the last moment. */
  unset_meanwhile = other;
  test_iterate ();
  unset_meanwhile = NULL;
  g_assert_cmpuint (n_monitors, ==, 1);
  g_assert_null (weakref_cache_dup_memory_monitor (other));
  monitor = weakref_cache_dup_memory_monitor (cache);
  g_assert_true (TEST_IS_MONITOR (monitor));

  g_signal_emit_by_name (monitor, "low-memory-warning", G_MEMORY_MONITOR_WARNING_LEVEL_LOW);
  assert_log ("-a ~a");
  g_object_unref (monitor);
  assert_drop (cache, "");
  assert_drop (other, "-b ~b");
  g_main_context_unref (context);
}

/* A limit that is set while somebody looks at all objects holds for them, too. */
static void
test_max_tracked_while_looked_at (void)
{
  WeakrefCache *cache = cache_new (8);
  GPtrArray *values;

  use (cache, "a");
  use (cache, "b");
  assert_counts (cache, 2, 0);
  values = weakref_value_table_dup_values (WEAKREF_VALUE_TABLE (cache));
  weakref_cache_set_max_tracked (cache, 1);
  g_ptr_array_unref (values);
  g_assert_cmpuint (weakref_cache_get_n_idle (cache), ==, 1);
  g_assert_cmpuint (test_probe_count_alive (), ==, 1);
  g_free (test_log_steal ());
  g_object_unref (cache);
  g_free (test_log_steal ());
}

/* Drops a reference like a thread that has not notified of it yet. */
static void
drop_silently (gpointer object)
{
  g_assert_false (g_atomic_int_dec_and_test ((gint *) &G_OBJECT (object)->ref_count));
}

/* One entry has only been looked at, and counts as in use. The other was told of the reference.
 * While the one is evicted, the other becomes idle, and evicts the one. */
static void
test_evicted_by_its_other_entry (void)
{
  WeakrefCache *cache = cache_new (2);
  TestProbe *probe = test_probe_new ("a");
  GPtrArray *values;

  weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), "first", probe);
  weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), "second", probe);
  g_object_unref (probe);
  assert_counts (cache, 2, 0);

  values = weakref_value_table_dup_values (WEAKREF_VALUE_TABLE (cache));
  g_object_ref (probe);
  g_ptr_array_unref (values);
  assert_counts (cache, 0, 2);
  drop_silently (probe);

  weakref_cache_set_max_idle (cache, 0);
  assert_log ("-a ~a");
  assert_counts (cache, 0, 0);
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 2);
  g_assert_finalize_object (cache);
}

/* The same by way of another cache, and of another object that both have. */
static void
test_evicted_by_way_of_another_cache (void)
{
  WeakrefCache *cache = cache_new (2);
  WeakrefCache *other = cache_new (2);
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  GPtrArray *values;

  weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), "a", a);
  weakref_value_table_insert (WEAKREF_VALUE_TABLE (other), "a", a);
  weakref_value_table_insert (WEAKREF_VALUE_TABLE (other), "b", b);
  g_object_unref (a);
  g_object_unref (b);

  /* In the cache, "a" has only been looked at; in the other one, "b". */
  values = weakref_value_table_dup_values (WEAKREF_VALUE_TABLE (cache));
  g_object_ref (a);
  g_ptr_array_unref (values);
  values = weakref_value_table_dup_values (WEAKREF_VALUE_TABLE (other));
  g_object_ref (b);
  g_ptr_array_unref (values);
  weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), "b", b);
  weakref_cache_set_max_idle (other, 1);
  assert_counts (cache, 0, 2);
  assert_counts (other, 0, 2);
  drop_silently (a);
  drop_silently (b);

  weakref_cache_set_max_idle (cache, 0);
  assert_log ("-b ~b");
  /* The cache still finds "a", which the other one keeps. */
  assert_counts (cache, 0, 1);
  assert_counts (other, 1, 0);
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 2);
  g_assert_cmpuint (weakref_cache_get_evictions (other), ==, 1);
  g_assert_finalize_object (cache);
  assert_drop (other, "-a ~a");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/cache");
  g_setenv ("GIO_USE_MEMORY_MONITOR", "test", TRUE);
  g_io_extension_point_register (G_MEMORY_MONITOR_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_MEMORY_MONITOR_EXTENSION_POINT_NAME, TEST_TYPE_MONITOR, "test",
                                  100);

  test_case (max_idle_seconds);
  test_case (time_limit_works_from_its_context);
  test_case (expired_is_not_found);
  test_case (dropped_by_what_has_timed_out);
  test_case (max_tracked_while_looked_at);
  test_case (evicted_by_its_other_entry);
  test_case (evicted_by_way_of_another_cache);
  test_case (low_memory);
  test_case (disposed_monitor);
  test_case (default_monitor);

  return g_test_run ();
}
