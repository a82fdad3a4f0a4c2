/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include <pthread.h>

#include "probe.h"

static WeakrefCache *
cache_new (guint max_idle)
{
  WeakrefCache *cache = weakref_cache_new (G_TYPE_STRING, max_idle);

  /* None of the system's. */
  weakref_cache_set_memory_monitor (cache, NULL);

  return cache;
}

static gpointer
create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  return test_probe_new (key);
}

static TestProbe *
ensure (WeakrefCache *cache, const char *key)
{
  GError *error = NULL;
  TestProbe *probe = weakref_cache_ensure (cache, key, create_cb, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (test_probe_get_name (probe), ==, key);

  return probe;
}

/* Uses the object of @key for a moment. */
static void
use (WeakrefCache *cache, const char *key)
{
  g_object_unref (ensure (cache, key));
}

static void
assert_counts (WeakrefCache *cache, guint n_idle, guint n_in_use)
{
  g_assert_cmpuint (weakref_cache_get_n_idle (cache), ==, n_idle);
  g_assert_cmpuint (weakref_cache_get_n_in_use (cache), ==, n_in_use);
  g_assert_cmpuint (weakref_cache_get_size (cache), ==, n_idle + n_in_use);
}

/* Drops the cache, and asserts what dies of it. */
#define assert_drop(cache, expected)                                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_finalize_object (cache);                                                              \
    assert_log (expected);                                                                         \
  }                                                                                                \
  G_STMT_END

static void
test_keeps_idle (void)
{
  WeakrefCache *cache = cache_new (2);
  TestProbe *a = ensure (cache, "a");
  TestProbe *again;

  assert_counts (cache, 0, 1);
  g_object_unref (a);
  assert_counts (cache, 1, 0);
  assert_log ("");

  again = weakref_cache_lookup (cache, "a");
  g_assert_true (again == a);
  assert_counts (cache, 0, 1);
  g_object_unref (again);
  assert_counts (cache, 1, 0);

  again = ensure (cache, "a");
  g_assert_true (again == a);
  g_object_unref (again);
  assert_drop (cache, "-a ~a");
}

static void
test_insert_is_kept (void)
{
  WeakrefCache *cache = cache_new (2);
  TestProbe *a = test_probe_new ("a");

  g_assert_true (weakref_cache_insert (cache, "a", a));
  g_object_unref (a);
  assert_counts (cache, 1, 0);
  a = test_probe_new ("a2");
  g_assert_false (weakref_cache_insert (cache, "a", a));
  assert_log ("-a ~a");
  g_object_unref (a);
  assert_counts (cache, 1, 0);
  assert_drop (cache, "-a2 ~a2");
}

static void
test_without_idle_is_value_table (void)
{
  WeakrefCache *cache = cache_new (0);
  TestProbe *a = ensure (cache, "a");
  TestProbe *again = ensure (cache, "a");

  g_assert_true (a == again);
  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 2);
  g_object_unref (again);
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_counts (cache, 0, 0);
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 0);
  g_object_unref (cache);
}

static void
test_oldest_first (void)
{
  WeakrefCache *cache = cache_new (2);
  TestProbe *c;

  use (cache, "a");
  use (cache, "b");
  assert_log ("");
  /* Now b is the oldest. */
  use (cache, "a");
  c = ensure (cache, "c");
  assert_log ("");
  g_object_unref (c);
  assert_log ("-b ~b");
  use (cache, "d");
  assert_log ("-a ~a");
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 2);
  assert_counts (cache, 2, 0);
  weakref_cache_trim (cache, 0);
  assert_drop (cache, "-c ~c -d ~d");
}

static void
test_looking_is_no_use (void)
{
  WeakrefCache *cache = cache_new (3);
  GPtrArray *keys;

  use (cache, "a");
  use (cache, "b");
  g_assert_true (weakref_cache_contains (cache, "a"));
  g_assert_false (weakref_cache_contains (cache, "x"));
  keys = weakref_cache_dup_keys (cache);
  g_assert_cmpuint (keys->len, ==, 2);
  g_ptr_array_unref (keys);
  weakref_cache_trim (cache, 1);
  assert_log ("-a ~a");
  g_assert_cmpuint (weakref_cache_get_hits (cache), ==, 0);
  g_assert_cmpuint (weakref_cache_get_misses (cache), ==, 2);
  assert_drop (cache, "-b ~b");
}

static void
count_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  g_assert_cmpstr (key, ==, test_probe_get_name (object));
  (*(guint *) user_data)++;
}

static void
test_values (void)
{
  WeakrefCache *cache = cache_new (3);
  TestProbe *b = ensure (cache, "b");
  GPtrArray *values;
  guint n = 0;

  use (cache, "a");
  weakref_cache_foreach (cache, count_cb, &n);
  g_assert_cmpuint (n, ==, 2);
  values = weakref_cache_dup_values (cache);
  g_assert_cmpuint (values->len, ==, 2);
  assert_counts (cache, 0, 2);
  g_ptr_array_unref (values);
  assert_counts (cache, 1, 1);
  g_object_unref (b);
  weakref_cache_trim (cache, 0);
  assert_drop (cache, "-a ~a -b ~b");
}

static void
test_counters (void)
{
  WeakrefCache *cache = cache_new (1);
  guint64 hits;
  guint64 misses;
  guint64 evictions;

  g_assert_null (weakref_cache_lookup (cache, "a"));
  use (cache, "a");
  use (cache, "a");
  g_object_unref (weakref_cache_lookup (cache, "a"));
  use (cache, "b");
  assert_log ("-a ~a");
  use (cache, "a");
  assert_log ("-b ~b");
  g_object_get (cache, "hits", &hits, "misses", &misses, "evictions", &evictions, NULL);
  g_assert_cmpuint (hits, ==, 2);
  g_assert_cmpuint (misses, ==, 4);
  g_assert_cmpuint (evictions, ==, 2);

  /* Not an eviction. */
  g_assert_true (weakref_cache_remove (cache, "a"));
  assert_log ("-a ~a");
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 2);
  g_object_unref (cache);
}

static void
test_remove_lets_go (void)
{
  WeakrefCache *cache = cache_new (4);
  TestProbe *a = ensure (cache, "a");

  use (cache, "b");
  use (cache, "c");
  g_assert_true (weakref_cache_remove (cache, "b"));
  assert_log ("-b ~b");
  g_assert_false (weakref_cache_remove (cache, "b"));
  g_assert_true (weakref_cache_remove (cache, "a"));
  g_object_unref (a);
  assert_log ("-a ~a");
  weakref_cache_remove_all (cache);
  assert_log ("-c ~c");
  assert_counts (cache, 0, 0);
  g_object_unref (cache);
}

static void
test_disposed_leaves (void)
{
  WeakrefCache *cache = cache_new (4);
  TestProbe *a = ensure (cache, "a");

  g_object_run_dispose (G_OBJECT (a));
  assert_counts (cache, 0, 0);
  g_assert_false (weakref_cache_contains (cache, "a"));
  g_object_unref (a);
  assert_log ("-a ~a");

  /* And an idle one. */
  use (cache, "b");
  a = weakref_cache_lookup (cache, "b");
  g_object_unref (a);
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-b ~b");
  assert_counts (cache, 0, 0);
  g_object_unref (cache);
}

static void
test_trim_lets_go_of_what_is_in_use (void)
{
  WeakrefCache *cache = cache_new (4);
  TestProbe *a = ensure (cache, "a");
  TestProbe *b = ensure (cache, "b");

  use (cache, "c");
  use (cache, "d");
  weakref_cache_trim (cache, 1);
  assert_log ("-c ~c");
  assert_counts (cache, 1, 2);
  g_object_unref (a);
  assert_log ("-a ~a");

  /* Looked up again, it is kept again. */
  use (cache, "b");
  g_object_unref (b);
  assert_log ("");
  assert_counts (cache, 2, 0);
  assert_drop (cache, "-d ~d -b ~b");
}

static void
test_max_idle (void)
{
  WeakrefCache *cache = cache_new (3);
  TestProbe *d;
  guint max_idle;

  use (cache, "a");
  use (cache, "b");
  use (cache, "c");
  g_object_set (cache, "max-idle", 2, NULL);
  assert_log ("-a ~a");
  g_object_get (cache, "max-idle", &max_idle, NULL);
  g_assert_cmpuint (max_idle, ==, 2);

  d = ensure (cache, "d");
  weakref_cache_set_max_idle (cache, 0);
  assert_log ("-b ~b -c ~c");
  g_assert_cmpuint (G_OBJECT (d)->ref_count, ==, 1);
  weakref_cache_set_max_idle (cache, 1);
  use (cache, "d");
  g_object_unref (d);
  assert_counts (cache, 1, 0);
  assert_drop (cache, "-d ~d");
}

static void
test_no_limit (void)
{
  WeakrefCache *cache = cache_new (G_MAXUINT);
  guint max_idle;

  g_object_set (cache, "max-tracked", G_MAXUINT, NULL);
  g_object_get (cache, "max-idle", &max_idle, NULL);
  g_assert_cmpuint (max_idle, ==, G_MAXUINT);
  use (cache, "a");
  use (cache, "b");
  assert_counts (cache, 2, 0);
  weakref_cache_set_max_idle (cache, 1);
  assert_log ("-a ~a");
  assert_drop (cache, "-b ~b");
}

static void
test_properties_say_what_was_set (void)
{
  WeakrefCache *cache = g_object_new (WEAKREF_TYPE_CACHE, "key-type", G_TYPE_STRING, "max-idle", 3,
                                      "max-idle-seconds", 5, "max-tracked", 7, NULL);
  GType key_type;
  guint max_idle;
  guint max_idle_seconds;
  guint max_tracked;
  guint n_idle;
  guint n_in_use;
  TestProbe *b;

  use (cache, "a");
  b = ensure (cache, "b");
  g_object_get (cache, "key-type", &key_type, "max-idle", &max_idle, "max-idle-seconds",
                &max_idle_seconds, "max-tracked", &max_tracked, "n-idle", &n_idle, "n-in-use",
                &n_in_use, NULL);
  g_assert_true (key_type == G_TYPE_STRING);
  g_assert_cmpuint (max_idle, ==, 3);
  g_assert_cmpuint (max_idle_seconds, ==, 5);
  g_assert_cmpuint (max_tracked, ==, 7);
  g_assert_cmpuint (n_idle, ==, 1);
  g_assert_cmpuint (n_in_use, ==, 1);

  g_object_unref (b);
  assert_drop (cache, "-a ~a -b ~b");
}

static void
test_max_tracked (void)
{
  WeakrefCache *cache = cache_new (8);
  TestProbe *a;
  TestProbe *b;
  TestProbe *c;

  g_object_set (cache, "max-tracked", 2, NULL);
  a = ensure (cache, "a");
  b = ensure (cache, "b");
  c = ensure (cache, "c");
  g_assert_cmpuint (G_OBJECT (b)->ref_count, ==, 2);
  g_assert_cmpuint (G_OBJECT (c)->ref_count, ==, 1);
  g_object_unref (c);
  assert_log ("-c ~c");
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("");

  weakref_cache_set_max_tracked (cache, 1);
  assert_log ("-a ~a");
  b = ensure (cache, "b");
  weakref_cache_set_max_tracked (cache, 0);
  g_object_unref (b);
  assert_log ("-b ~b");
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 1);
  g_object_unref (cache);
}

/* Made while @context was the thread-default one. */
static WeakrefCache *
cache_new_in (GMainContext *context, guint max_idle)
{
  WeakrefCache *cache;

  g_main_context_push_thread_default (context);
  cache = cache_new (max_idle);
  g_main_context_pop_thread_default (context);

  return cache;
}

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

/* Nobody else's context puts it out. */
static void
test_time_limit_works_from_its_context (void)
{
  GMainContext *context = g_main_context_new ();
  WeakrefCache *cache = cache_new_in (context, 8);
  gboolean waited = FALSE;

  use (cache, "a");
  weakref_cache_set_max_idle_seconds (cache, 1);
  while (g_main_context_iteration (context, FALSE))
    ;
  g_timeout_add_full (G_PRIORITY_DEFAULT, 1200, wait_cb, &waited, stop_waiting_cb);
  while (!waited)
    g_main_context_iteration (NULL, TRUE);
  assert_log ("");
  g_main_context_iteration (context, TRUE);
  assert_log ("-a ~a");
  assert_drop (cache, "");
  g_main_context_unref (context);
}

static void
unref_cache_cb (TestProbe *probe, gpointer cache)
{
  test_log ("drop");
  g_object_unref (cache);
}

/* The last reference goes in the cache's own timeout. */
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

/* A memory monitor of our own */

#define TEST_TYPE_MONITOR (test_monitor_get_type ())
G_DECLARE_FINAL_TYPE (TestMonitor, test_monitor, TEST, MONITOR, GObject)

struct _TestMonitor
{
  GObject parent_instance;
};

/* What happens while the default one is made. */
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
  assert_log ("-c ~c");

  /* Neither one that was replaced, nor one that has no cache any more. */
  weakref_cache_set_memory_monitor (cache, NULL);
  use (cache, "a");
  g_signal_emit_by_name (monitor, "low-memory-warning", G_MEMORY_MONITOR_WARNING_LEVEL_CRITICAL);
  assert_log ("");
  weakref_cache_set_memory_monitor (cache, monitor);
  assert_drop (cache, "-a ~a");
  g_signal_emit_by_name (monitor, "low-memory-warning", G_MEMORY_MONITOR_WARNING_LEVEL_CRITICAL);
  g_assert_finalize_object (monitor);
}

/* A monitor that is disposed early has disconnected us by itself. */
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

  /* One does not want it, but says so when it is nearly too late. */
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

/* Finalizers that use the cache */

static void
use_cache_cb (TestProbe *probe, gpointer cache)
{
  TestProbe *b = weakref_cache_lookup (cache, "b");

  g_assert_null (weakref_cache_lookup (cache, test_probe_get_name (probe)));
  if (b != NULL)
    {
      weakref_cache_remove (cache, "b");
      g_object_unref (b);
    }
  use (cache, "new");
  use (cache, "newer");
  weakref_cache_trim (cache, 1);
}

static void
test_finalizer_uses_cache (void)
{
  WeakrefCache *cache = cache_new (2);
  TestProbe *a = ensure (cache, "a");

  test_probe_set_on_dispose (a, use_cache_cb, cache);
  g_object_unref (a);
  use (cache, "b");
  assert_log ("");
  use (cache, "c");
  assert_log ("-a ~a -b ~b -c ~c -new ~new");
  assert_counts (cache, 1, 0);
  assert_drop (cache, "-newer ~newer");
}

static void
test_finalizer_drops_cache (void)
{
  WeakrefCache *cache = cache_new (2);
  TestProbe *a = ensure (cache, "a");

  test_probe_set_on_dispose (a, unref_cache_cb, cache);
  g_object_unref (a);
  use (cache, "b");
  use (cache, "c");
  assert_log ("-a drop ~a -b ~b -c ~c");
}

#define CHAIN ((int) test_scale (20000, 400))

static void
unref_next_cb (TestProbe *probe, gpointer next)
{
  g_object_unref (next);
}

/* In each function that puts something out. */
static void
test_dropped_by_what_it_puts_out (void)
{
  guint what;

  for (what = 0; what < 6; what++)
    {
      WeakrefCache *cache = cache_new (2);
      TestProbe *a = ensure (cache, "a");
      TestProbe *b = test_probe_new ("b");

      test_probe_set_on_dispose (a, unref_cache_cb, cache);
      g_object_unref (a);
      switch (what)
        {
        case 0:
          weakref_cache_trim (cache, 0);
          break;
        case 1:
          weakref_cache_set_max_idle (cache, 0);
          break;
        case 2:
          weakref_cache_set_max_tracked (cache, 0);
          break;
        case 3:
          weakref_cache_remove (cache, "a");
          break;
        case 4:
          weakref_cache_remove_all (cache);
          break;
        default:
          weakref_cache_insert (cache, "a", b);
          break;
        }
      assert_log ("-a drop ~a");
      g_object_unref (b);
      assert_log ("-b ~b");
    }
}

static gpointer
create_and_drop_cb (gconstpointer key, gpointer cache, GError **error)
{
  g_object_unref (cache);

  return test_probe_new (key);
}

static void
test_dropped_by_creation (void)
{
  WeakrefCache *cache = cache_new (2);
  TestProbe *a = weakref_cache_ensure (cache, "a", create_and_drop_cb, cache, NULL);

  g_assert_nonnull (a);
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
log_thread_cb (TestProbe *probe, gpointer main_thread)
{
  test_log (g_thread_self () == main_thread ? "here" : "there");
}

static gpointer
trim_in_thread (gpointer cache)
{
  weakref_cache_trim (cache, 0);

  return NULL;
}

static void
test_dies_in_thread_that_puts_it_out (void)
{
  WeakrefCache *cache = cache_new (1);
  TestProbe *a = ensure (cache, "a");
  TestProbe *b = ensure (cache, "b");

  test_probe_set_on_dispose (a, log_thread_cb, g_thread_self ());
  test_probe_set_on_dispose (b, log_thread_cb, g_thread_self ());
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a here ~a");
  g_thread_join (g_thread_new ("trim", trim_in_thread, cache));
  assert_log ("-b there ~b");
  g_object_unref (cache);
}

/* Each idle object that goes makes another one idle, which puts the next one out. */
static gpointer
cascade_thread (gpointer data)
{
  WeakrefCache *cache = weakref_cache_new (G_TYPE_INT, 1);
  TestProbe *ends[2] = { NULL, NULL };
  int i;

  for (i = 0; i < CHAIN; i++)
    {
      TestProbe *probe = test_probe_new (NULL);

      weakref_cache_insert (cache, GINT_TO_POINTER (i), probe);
      if (ends[i % 2] != NULL)
        test_probe_set_on_dispose (probe, unref_next_cb, ends[i % 2]);
      ends[i % 2] = probe;
    }
  assert_counts (cache, 0, CHAIN);
  g_object_unref (ends[0]);
  assert_counts (cache, 1, CHAIN - 1);
  g_object_unref (ends[1]);
  assert_counts (cache, 1, 0);
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, CHAIN - 1);
  g_object_unref (cache);

  return NULL;
}

static void
test_cascade (void)
{
  pthread_attr_t attr;
  pthread_t thread;

  test_log_set_probes (FALSE);
  pthread_attr_init (&attr);
  g_assert_cmpint (pthread_attr_setstacksize (&attr, 1024 * 1024), ==, 0);
  g_assert_cmpint (pthread_create (&thread, &attr, cascade_thread, NULL), ==, 0);
  g_assert_cmpint (pthread_join (thread, NULL), ==, 0);
  pthread_attr_destroy (&attr);
}

static void
use_again_cb (TestProbe *probe, gpointer cache)
{
  guint i;

  for (i = 0; i < 3; i++)
    {
      TestProbe *b;

      /* It is let go of, and would be dropped when this is over. */
      weakref_cache_trim (cache, 0);
      b = weakref_cache_lookup (cache, "b");
      test_log ("again-%s", test_probe_get_name (b));
      g_assert_cmpuint (G_OBJECT (b)->ref_count, ==, 2);
      g_object_unref (b);
      assert_counts (cache, 1, 0);
    }
  weakref_cache_trim (cache, 0);
}

/* There never are two toggle references of ours: not even GLib before 2.80 would bear that. */
static void
test_keeps_again_what_it_let_go_of (void)
{
  WeakrefCache *cache = cache_new (2);
  TestProbe *a = ensure (cache, "a");

  test_probe_set_on_dispose (a, use_again_cb, cache);
  use (cache, "b");
  g_object_unref (a);
  weakref_cache_remove (cache, "a");
  assert_log ("-a again-b again-b again-b ~a -b ~b");
  assert_counts (cache, 0, 0);
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 4);
  assert_drop (cache, "");
}

/* Notifications */

static void
log_notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  guint64 n;
  guint count;

  if (pspec->value_type == G_TYPE_UINT64)
    g_object_get (object, pspec->name, &n, NULL);
  else
    {
      g_object_get (object, pspec->name, &count, NULL);
      n = count;
    }
  test_log ("%s=%d", pspec->name, (int) n);
}

static void
test_notifies_in_its_context (void)
{
  GMainContext *context = g_main_context_new ();
  WeakrefCache *cache = cache_new_in (context, 1);

  while (g_main_context_iteration (context, FALSE))
    ;
  g_signal_connect (cache, "notify", G_CALLBACK (log_notify_cb), NULL);

  test_log_set_probes (FALSE);
  use (cache, "a");
  use (cache, "b");
  test_iterate ();
  assert_log ("");
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("n-idle=1 n-in-use=0 evictions=1");
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("");

  weakref_cache_set_max_idle (cache, 5);
  assert_log ("max-idle=5");
  weakref_cache_set_max_idle (cache, 5);
  assert_log ("");
  weakref_cache_remove_all (cache);
  /* The cache may go first. */
  g_assert_finalize_object (cache);
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("");
  g_main_context_unref (context);
}

static void
drop_in_notify_cb (GObject *cache, GParamSpec *pspec, gpointer user_data)
{
  g_signal_handlers_disconnect_by_func (cache, drop_in_notify_cb, NULL);
  g_object_unref (cache);
}

static void
test_dropped_in_its_notification (void)
{
  WeakrefCache *cache = cache_new (1);

  g_signal_connect (cache, "notify::n-idle", G_CALLBACK (drop_in_notify_cb), NULL);
  use (cache, "a");
  assert_log ("");
  test_iterate ();
  assert_log ("-a ~a");
}

static void
test_outlives_its_context (void)
{
  GMainContext *context = g_main_context_new ();
  WeakrefCache *cache = cache_new_in (context, 1);

  g_main_context_unref (context);
  use (cache, "a");
  use (cache, "b");
  assert_log ("-a ~a");
  weakref_cache_set_max_idle_seconds (cache, 1);
  assert_drop (cache, "-b ~b");
}

/* Others who hold the object */

static void
use_both (WeakrefCache *cache)
{
  gpointer a = weakref_cache_lookup (cache, "a");
  gpointer b = weakref_cache_lookup (cache, "b");

  g_assert_true (a == b);
  g_object_unref (a);
  g_object_unref (b);
}

static void
test_object_of_two_keys_and_caches (void)
{
  WeakrefCache *one = cache_new (8);
  WeakrefCache *two = cache_new (8);
  TestProbe *a = test_probe_new ("a");

  weakref_cache_insert (one, "a", a);
  weakref_cache_insert (one, "b", a);
  weakref_cache_insert (two, "c", a);
  /* One toggle reference for all. */
  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 2);
  assert_counts (one, 0, 2);
  g_object_unref (a);
  assert_counts (one, 2, 0);
  assert_counts (two, 1, 0);

  weakref_cache_trim (one, 1);
  assert_log ("");
  use_both (one);
  assert_counts (one, 2, 0);
  weakref_cache_trim (one, 0);
  assert_counts (two, 1, 0);
  assert_log ("");
  weakref_cache_trim (two, 0);
  assert_log ("-a ~a");
  assert_counts (one, 0, 0);

  /* One key may put out the other. */
  weakref_cache_set_max_idle (one, 1);
  a = test_probe_new ("a");
  weakref_cache_insert (one, "a", a);
  weakref_cache_insert (one, "b", a);
  g_object_unref (a);
  assert_counts (one, 1, 1);
  g_object_unref (two);
  assert_drop (one, "-a ~a");
}

static void
test_keeps_bonded (void)
{
  WeakrefCache *cache = cache_new (1);
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *bond = weakref_bond_new (p, c, NULL);

  /* The cache keeps the child, and the child its parent. */
  weakref_cache_insert (cache, "c", c);
  g_assert_cmpuint (G_OBJECT (c)->ref_count, ==, 2);
  g_object_unref (p);
  g_object_unref (c);
  assert_log ("");
  assert_counts (cache, 1, 0);
  g_assert_true (weakref_bond_is_alive (bond));

  p = weakref_bond_dup_owner (bond);
  weakref_cache_trim (cache, 0);
  assert_log ("");
  g_assert_true (weakref_cache_contains (cache, "c"));
  g_object_unref (p);
  assert_log ("-p ~p -c ~c");
  g_object_unref (bond);

  /* The other way round: what the cache puts out takes its tree along. */
  p = test_probe_new ("p");
  c = test_probe_new ("c");
  weakref_cache_insert (cache, "c", c);
  bond = weakref_bond_new (p, c, NULL);
  g_object_unref (p);
  g_object_unref (c);
  use (cache, "a");
  assert_log ("-p ~p -c ~c");
  g_object_unref (bond);
  assert_drop (cache, "-a ~a");
}

static void
binding_toggle_cb (gpointer data, GObject *object, gboolean is_last_ref)
{
  test_log ("binding:%s", is_last_ref ? "weak" : "strong");
}

static void
test_with_toggle_of_a_binding (void)
{
  WeakrefCache *cache = cache_new (8);
  TestProbe *a = ensure (cache, "a");
  guint i;

  g_object_add_toggle_ref (G_OBJECT (a), binding_toggle_cb, NULL);
  g_object_unref (a);
  /* In use for ever, as far as can be seen. */
  for (i = 0; i < 3; i++)
    {
      use (cache, "a");
      assert_counts (cache, 0, 1);
    }
  weakref_cache_set_max_idle (cache, 1);
  use (cache, "b");
  use (cache, "c");
  assert_log ("-b ~b");

  weakref_cache_trim (cache, 1);
  assert_log ("binding:weak");
  g_object_remove_toggle_ref (G_OBJECT (a), binding_toggle_cb, NULL);
  assert_log ("-a ~a");
  assert_drop (cache, "-c ~c");
}

/* Keys and errors, as in the value table */

static gpointer
fail_cb (gconstpointer key, gpointer user_data, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "none");
  return NULL;
}

static gpointer
recurse_cb (gconstpointer key, gpointer cache, GError **error)
{
  return weakref_cache_ensure (cache, key, recurse_cb, cache, error);
}

static gpointer
create_value_cb (const GValue *key, gpointer user_data, GError **error)
{
  return test_probe_new (g_value_get_string (key));
}

static void
test_errors (void)
{
  WeakrefCache *cache = cache_new (8);
  GValue key = G_VALUE_INIT;
  GError *error = NULL;

  g_assert_null (weakref_cache_ensure (cache, "a", fail_cb, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (weakref_cache_ensure (cache, "a", recurse_cb, cache, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION);
  g_clear_error (&error);
  g_assert_cmpuint (weakref_cache_get_misses (cache), ==, 2);

  g_value_init (&key, G_TYPE_INT);
  g_assert_null (weakref_cache_lookup_value (cache, &key, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);
  g_clear_error (&error);
  g_assert_null (weakref_cache_ensure_value (cache, &key, create_value_cb, NULL, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);
  g_clear_error (&error);
  g_assert_cmpuint (weakref_cache_get_misses (cache), ==, 2);
  g_value_unset (&key);

  g_value_init (&key, G_TYPE_STRING);
  g_value_set_static_string (&key, "a");
  g_object_unref (weakref_cache_ensure_value (cache, &key, create_value_cb, NULL, NULL));
  g_assert_true (weakref_cache_contains_value (cache, &key, NULL));
  assert_counts (cache, 1, 0);
  g_assert_true (weakref_cache_remove_value (cache, &key, NULL));
  assert_log ("-a ~a");
  g_value_unset (&key);
  g_object_unref (cache);
}

static void
count_value_cb (const GValue *key, gpointer object, gpointer user_data)
{
  count_cb (g_value_get_string (key), object, user_data);
}

static void
test_values_as_keys (void)
{
  WeakrefCache *cache = cache_new (8);
  TestProbe *a = test_probe_new ("a");
  GValue key = G_VALUE_INIT;
  GPtrArray *keys;
  gpointer got;
  guint n = 0;

  g_value_init (&key, G_TYPE_STRING);
  g_value_set_static_string (&key, "a");
  g_assert_true (weakref_cache_insert_value (cache, &key, a, NULL));
  g_object_unref (a);
  assert_counts (cache, 1, 0);
  keys = weakref_cache_dup_keys_value (cache);
  g_assert_cmpuint (keys->len, ==, 1);
  g_assert_cmpstr (g_value_get_string (g_ptr_array_index (keys, 0)), ==, "a");
  g_ptr_array_unref (keys);
  weakref_cache_foreach_value (cache, count_value_cb, &n);
  g_assert_cmpuint (n, ==, 1);
  got = weakref_cache_lookup_value (cache, &key, NULL);
  g_assert_true (got == a);
  g_object_unref (got);
  g_assert_cmpuint (weakref_cache_get_hits (cache), ==, 1);
  assert_drop (cache, "-a ~a");
  g_value_unset (&key);
}

static void
test_key_types (void)
{
  WeakrefCache *cache = g_object_new (WEAKREF_TYPE_CACHE, NULL);
  TestProbe *a = test_probe_new ("a");
  gint64 number = 7;

  g_assert_true (weakref_cache_get_key_type (cache) == G_TYPE_VALUE);
  g_object_unref (cache);

  cache = weakref_cache_new (G_TYPE_INT64, 1);
  g_assert_true (weakref_cache_insert (cache, &number, a));
  g_object_unref (a);
  a = weakref_cache_lookup (cache, &number);
  g_assert_nonnull (a);
  g_object_unref (cache);

  cache = weakref_cache_new_full (g_str_hash, g_str_equal, (WeakrefCopyFunc) g_strdup, g_free, 1);
  g_assert_true (weakref_cache_insert (cache, "a", a));
  g_object_unref (a);
  assert_log ("");
  assert_drop (cache, "-a ~a");
}

/* Threads */

#define N_THREADS 4
#define N_KEYS 16

typedef struct
{
  WeakrefCache *cache;
  gint n_asked;   /* (atomic) */
  gint n_created; /* (atomic) */
  gint n_found;   /* (atomic) */
  gint n_done;    /* (atomic): threads */
} Storm;

static gpointer
storm_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Storm *storm = user_data;

  g_atomic_int_inc (&storm->n_created);

  return test_probe_new (NULL);
}

static gpointer
storm_thread (gpointer data)
{
  Storm *storm = data;
  GRand *rand = g_rand_new ();
  TestProbe *held[3] = { NULL };
  guint n;

  for (n = 0; n < test_scale (50000, 1000); n++)
    {
      gconstpointer key = GINT_TO_POINTER (g_rand_int_range (rand, 0, N_KEYS));
      TestProbe **slot = &held[n % G_N_ELEMENTS (held)];
      int what = g_rand_int_range (rand, 0, 200);

      if (*slot != NULL)
        g_assert_false (test_probe_was_disposed (*slot));
      g_clear_object (slot);

      if (what == 0)
        weakref_cache_remove (storm->cache, key);
      else if (what == 1)
        weakref_cache_trim (storm->cache, 2);
      else if (what < 100)
        {
          g_atomic_int_inc (&storm->n_asked);
          *slot = weakref_cache_lookup (storm->cache, key);
          if (*slot != NULL)
            g_atomic_int_inc (&storm->n_found);
        }
      else
        {
          g_atomic_int_inc (&storm->n_asked);
          *slot = weakref_cache_ensure (storm->cache, key, storm_create_cb, storm, NULL);
          g_assert_nonnull (*slot);
        }
      if (*slot != NULL)
        g_assert_false (test_probe_was_disposed (*slot));
    }

  for (n = 0; n < G_N_ELEMENTS (held); n++)
    g_clear_object (&held[n]);
  g_rand_free (rand);

  return NULL;
}

static void
test_storm (void)
{
  Storm storm = { .cache = weakref_cache_new (G_TYPE_INT, N_KEYS / 2) };
  guint64 hits;
  guint64 misses;
  guint size;

  test_log_set_probes (FALSE);
  weakref_cache_set_memory_monitor (storm.cache, NULL);
  test_threads (N_THREADS, storm_thread, &storm);

  hits = weakref_cache_get_hits (storm.cache);
  misses = weakref_cache_get_misses (storm.cache);
  size = weakref_cache_get_size (storm.cache);
  g_test_message ("%d asked: %" G_GUINT64_FORMAT " hits, %" G_GUINT64_FORMAT " evictions, %u left",
                  storm.n_asked, hits, weakref_cache_get_evictions (storm.cache), size);
  g_assert_cmpuint (hits + misses, ==, storm.n_asked);
  g_assert_cmpuint (misses, >=, storm.n_created);
  g_assert_cmpuint (hits, >=, storm.n_found);

  /* All that is there is idle, and nothing else lives. */
  assert_counts (storm.cache, size, 0);
  g_assert_cmpuint (size, <=, N_KEYS / 2);
  g_assert_cmpuint (test_probe_count_alive (), ==, size);
  weakref_cache_trim (storm.cache, 0);
  assert_counts (storm.cache, 0, 0);
  g_assert_finalize_object (storm.cache);
}

/* Without removals and trims, each death is an eviction: idle ones are all that die. */
static gpointer
exact_thread (gpointer data)
{
  Storm *storm = data;
  GRand *rand = g_rand_new ();
  guint n;

  for (n = 0; n < test_scale (50000, 1000); n++)
    {
      int key = g_rand_int_range (rand, 0, N_KEYS);

      g_object_unref (
        weakref_cache_ensure (storm->cache, GINT_TO_POINTER (key), storm_create_cb, storm, NULL));
    }
  g_rand_free (rand);

  return NULL;
}

static void
test_exact_counts (void)
{
  Storm storm = { .cache = weakref_cache_new (G_TYPE_INT, N_KEYS / 2) };
  guint n = test_scale (50000, 1000);

  test_log_set_probes (FALSE);
  test_threads (N_THREADS, exact_thread, &storm);
  g_assert_cmpuint (weakref_cache_get_misses (storm.cache), ==, storm.n_created);
  g_assert_cmpuint (weakref_cache_get_hits (storm.cache), ==, N_THREADS * n - storm.n_created);
  g_assert_cmpuint (weakref_cache_get_evictions (storm.cache), >=, storm.n_created - N_KEYS / 2);
  assert_counts (storm.cache, N_KEYS / 2, 0);
  g_assert_cmpuint (test_probe_count_alive (), ==, N_KEYS / 2);
  g_object_unref (storm.cache);
}

/* Long enough for the others to do something. */
static void
rest (GRand *rand, guint max)
{
  volatile guint n = g_rand_int_range (rand, 0, max);

  while (n > 0)
    n--;
}

/* Slow enough for all to come. */
static gpointer
slow_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Storm *storm = user_data;

  while (g_atomic_int_get (&storm->n_asked) < N_THREADS)
    g_thread_yield ();

  return storm_create_cb (key, user_data, error);
}

static gpointer
flight_thread (gpointer data)
{
  Storm *storm = data;
  gpointer object;

  g_atomic_int_inc (&storm->n_asked);
  object = weakref_cache_ensure (storm->cache, NULL, slow_create_cb, storm, NULL);
  g_assert_nonnull (object);
  g_object_unref (object);

  return NULL;
}

static void
test_creates_once (void)
{
  Storm storm = { .cache = weakref_cache_new (G_TYPE_INT, 1) };

  test_log_set_probes (FALSE);
  test_threads (N_THREADS, flight_thread, &storm);
  g_assert_cmpint (storm.n_created, ==, 1);
  g_assert_cmpuint (weakref_cache_get_misses (storm.cache), ==, 1);
  g_assert_cmpuint (weakref_cache_get_hits (storm.cache), ==, N_THREADS - 1);
  assert_counts (storm.cache, 1, 0);
  g_object_unref (storm.cache);
}

/* Children in the cache; their parents, and GLib's own weak references, come and go. */
static gpointer
family_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  TestProbe *parent = test_probe_new (NULL);
  TestProbe *child = storm_create_cb (key, user_data, error);

  g_object_unref (weakref_bond_new (parent, child, NULL));
  g_object_set_data (G_OBJECT (child), "parent", parent);
  g_object_unref (parent);

  return child;
}

static gpointer
family_thread (gpointer data)
{
  Storm *storm = data;
  GRand *rand = g_rand_new ();
  GWeakRef plain;
  guint n;

  g_weak_ref_init (&plain, NULL);
  for (n = 0; n < test_scale (20000, 500); n++)
    {
      int key = g_rand_int_range (rand, 0, N_KEYS);
      TestProbe *child =
        weakref_cache_ensure (storm->cache, GINT_TO_POINTER (key), family_create_cb, storm, NULL);
      TestProbe *parent = g_object_ref (g_object_get_data (G_OBJECT (child), "parent"));
      TestProbe *old = g_weak_ref_get (&plain);

      g_assert_false (test_probe_was_disposed (child));
      g_weak_ref_set (&plain, child);
      g_object_unref (child);
      g_assert_false (test_probe_was_disposed (parent));
      g_object_unref (parent);
      if (old != NULL)
        {
          g_assert_false (test_probe_was_disposed (old));
          g_object_unref (old);
        }
    }
  g_weak_ref_clear (&plain);
  g_rand_free (rand);

  return NULL;
}

static void
test_threads_keep_bonded (void)
{
  Storm storm = { .cache = weakref_cache_new (G_TYPE_INT, N_KEYS / 2) };

  test_log_set_probes (FALSE);
  weakref_cache_set_memory_monitor (storm.cache, NULL);
  test_threads (N_THREADS, family_thread, &storm);
  assert_counts (storm.cache, N_KEYS / 2, 0);
  g_assert_cmpuint (test_probe_count_alive (), ==, N_KEYS);
  g_object_unref (storm.cache);
}

/* What is tracked comes and goes while others take and drop it: somebody is always in the middle of
 * a notification when a toggle reference goes. */
static gboolean
haste_is_over (Storm *storm)
{
  return g_atomic_int_get (&storm->n_done) == N_THREADS;
}

static gpointer
hasty_thread (gpointer data)
{
  Storm *storm = data;
  GRand *rand = g_rand_new ();
  guint n;

  for (n = 0; n < test_scale (50000, 500); n++)
    {
      TestProbe *probe = weakref_cache_ensure (storm->cache, NULL, storm_create_cb, storm, NULL);

      rest (rand, 50);
      g_assert_false (test_probe_was_disposed (probe));
      g_object_unref (probe);
      if (g_rand_int_range (rand, 0, 100) == 0)
        g_thread_yield ();
    }
  g_rand_free (rand);
  g_atomic_int_inc (&storm->n_done);

  return NULL;
}

static gpointer
trim_thread (gpointer data)
{
  Storm *storm = data;

  while (!haste_is_over (storm))
    weakref_cache_trim (storm->cache, 0);

  return NULL;
}

static gpointer
remove_thread (gpointer data)
{
  Storm *storm = data;

  while (!haste_is_over (storm))
    weakref_cache_remove (storm->cache, NULL);

  return NULL;
}

static void
test_threads_trim_while_others_drop (void)
{
  Storm storm = { .cache = weakref_cache_new (G_TYPE_INT, 2) };
  GThread *trimmer;
  GThread *remover;

  test_log_set_probes (FALSE);
  weakref_cache_set_memory_monitor (storm.cache, NULL);
  trimmer = g_thread_new ("trim", trim_thread, &storm);
  remover = g_thread_new ("remove", remove_thread, &storm);
  test_threads (N_THREADS, hasty_thread, &storm);
  g_thread_join (trimmer);
  g_thread_join (remover);

  weakref_cache_trim (storm.cache, 0);
  assert_counts (storm.cache, 0, 0);
  g_assert_cmpuint (test_probe_count_alive (), ==, 0);
  g_assert_finalize_object (storm.cache);
}

static void
remove_in_toggle_cb (gpointer cache, GObject *object, gboolean is_last_ref)
{
  if (!is_last_ref)
    test_log (weakref_cache_remove (cache, "a") ? "removed" : "!removed");
}

/* Found, and gone before it is tracked: the toggle reference of a binding is in between. */
static void
test_removed_while_it_is_looked_up (void)
{
  WeakrefCache *cache = cache_new (8);
  TestProbe *a = ensure (cache, "a");
  TestProbe *again;

  weakref_cache_trim (cache, 0);
  g_object_add_toggle_ref (G_OBJECT (a), remove_in_toggle_cb, cache);
  g_object_unref (a);
  again = weakref_cache_lookup (cache, "a");
  assert_log ("removed");
  g_assert_true (again == a);
  assert_counts (cache, 0, 0);
  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 2);
  g_object_remove_toggle_ref (G_OBJECT (a), remove_in_toggle_cb, cache);
  g_object_unref (again);
  assert_log ("-a ~a");
  g_assert_finalize_object (cache);
}

/* An object that a binding has by its own toggle reference, and that comes and goes in a cache,
 * while others take and drop it. */
typedef struct
{
  WeakrefCache *cache;
  GWeakRef object;
  gint n_done; /* (atomic) */
} Bound;

static gboolean
bound_is_done (Bound *bound)
{
  return g_atomic_int_get (&bound->n_done) >= (gint) test_scale (300000, 500);
}

static gpointer
bound_use_thread (gpointer data)
{
  Bound *bound = data;

  while (!bound_is_done (bound))
    g_object_unref (g_weak_ref_get (&bound->object));

  return NULL;
}

static gpointer
bound_cache_thread (gpointer data)
{
  Bound *bound = data;

  while (!bound_is_done (bound))
    {
      GObject *object = g_weak_ref_get (&bound->object);

      weakref_cache_insert (bound->cache, NULL, object);
      g_object_unref (object);
      weakref_cache_trim (bound->cache, 0);
      g_atomic_int_inc (&bound->n_done);
    }

  return NULL;
}

static void
ignore_toggle_cb (gpointer data, GObject *object, gboolean is_last_ref)
{
}

static void
test_threads_with_toggle_of_a_binding (void)
{
  Bound bound = { .cache = weakref_cache_new (G_TYPE_INT, 2) };
  TestProbe *probe = test_probe_new ("a");
  GThread *users[2];
  guint i;

  weakref_cache_set_memory_monitor (bound.cache, NULL);
  g_weak_ref_init (&bound.object, probe);
  g_object_add_toggle_ref (G_OBJECT (probe), ignore_toggle_cb, NULL);
  g_object_unref (probe);
  for (i = 0; i < G_N_ELEMENTS (users); i++)
    users[i] = g_thread_new ("use", bound_use_thread, &bound);
  test_threads (2, bound_cache_thread, &bound);
  for (i = 0; i < G_N_ELEMENTS (users); i++)
    g_thread_join (users[i]);

  weakref_cache_trim (bound.cache, 0);
  g_assert_cmpuint (G_OBJECT (probe)->ref_count, ==, 1);
  assert_log ("");
  g_object_remove_toggle_ref (G_OBJECT (probe), ignore_toggle_cb, NULL);
  assert_log ("-a ~a");
  g_weak_ref_clear (&bound.object);
  g_assert_finalize_object (bound.cache);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("GIO_USE_MEMORY_MONITOR", "test", TRUE);
  g_io_extension_point_register (G_MEMORY_MONITOR_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_MEMORY_MONITOR_EXTENSION_POINT_NAME, TEST_TYPE_MONITOR, "test",
                                  100);

  test_add ("/weakref/cache/keeps-idle", test_keeps_idle);
  test_add ("/weakref/cache/insert-is-kept", test_insert_is_kept);
  test_add ("/weakref/cache/without-idle-is-value-table", test_without_idle_is_value_table);
  test_add ("/weakref/cache/oldest-first", test_oldest_first);
  test_add ("/weakref/cache/looking-is-no-use", test_looking_is_no_use);
  test_add ("/weakref/cache/values", test_values);
  test_add ("/weakref/cache/counters", test_counters);
  test_add ("/weakref/cache/remove-lets-go", test_remove_lets_go);
  test_add ("/weakref/cache/disposed-leaves", test_disposed_leaves);
  test_add ("/weakref/cache/trim-lets-go-of-what-is-in-use", test_trim_lets_go_of_what_is_in_use);
  test_add ("/weakref/cache/max-idle", test_max_idle);
  test_add ("/weakref/cache/no-limit", test_no_limit);
  test_add ("/weakref/cache/properties-say-what-was-set", test_properties_say_what_was_set);
  test_add ("/weakref/cache/max-tracked", test_max_tracked);
  test_add ("/weakref/cache/max-idle-seconds", test_max_idle_seconds);
  test_add ("/weakref/cache/time-limit-works-from-its-context",
            test_time_limit_works_from_its_context);
  test_add ("/weakref/cache/dropped-by-what-has-timed-out", test_dropped_by_what_has_timed_out);
  test_add ("/weakref/cache/low-memory", test_low_memory);
  test_add ("/weakref/cache/disposed-monitor", test_disposed_monitor);
  test_add ("/weakref/cache/default-monitor", test_default_monitor);
  test_add ("/weakref/cache/finalizer-uses-cache", test_finalizer_uses_cache);
  test_add ("/weakref/cache/finalizer-drops-cache", test_finalizer_drops_cache);
  test_add ("/weakref/cache/dropped-by-what-it-puts-out", test_dropped_by_what_it_puts_out);
  test_add ("/weakref/cache/dropped-by-creation", test_dropped_by_creation);
  test_add ("/weakref/cache/dies-in-thread-that-puts-it-out", test_dies_in_thread_that_puts_it_out);
  test_add ("/weakref/cache/cascade", test_cascade);
  test_add ("/weakref/cache/keeps-again-what-it-let-go-of", test_keeps_again_what_it_let_go_of);
  test_add ("/weakref/cache/notifies-in-its-context", test_notifies_in_its_context);
  test_add ("/weakref/cache/dropped-in-its-notification", test_dropped_in_its_notification);
  test_add ("/weakref/cache/outlives-its-context", test_outlives_its_context);
  test_add ("/weakref/cache/object-of-two-keys-and-caches", test_object_of_two_keys_and_caches);
  test_add ("/weakref/cache/keeps-bonded", test_keeps_bonded);
  test_add ("/weakref/cache/with-toggle-of-a-binding", test_with_toggle_of_a_binding);
  test_add ("/weakref/cache/removed-while-it-is-looked-up", test_removed_while_it_is_looked_up);
  test_add ("/weakref/cache/errors", test_errors);
  test_add ("/weakref/cache/values-as-keys", test_values_as_keys);
  test_add ("/weakref/cache/key-types", test_key_types);
  test_add ("/weakref/cache/storm", test_storm);
  test_add ("/weakref/cache/exact-counts", test_exact_counts);
  test_add ("/weakref/cache/creates-once", test_creates_once);
  test_add ("/weakref/cache/threads-keep-bonded", test_threads_keep_bonded);
  test_add ("/weakref/cache/threads-trim-while-others-drop", test_threads_trim_while_others_drop);
  test_add ("/weakref/cache/threads-with-toggle-of-a-binding",
            test_threads_with_toggle_of_a_binding);

  return g_test_run ();
}
