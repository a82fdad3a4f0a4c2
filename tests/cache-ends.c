/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Caches: code that runs because the cache drops an object. */

#include <pthread.h>

#include "cache-common.h"

static void
use_cache_cb (TestProbe *probe, gpointer cache)
{
  TestProbe *b = weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), "b");

  g_assert_null (
    weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), test_probe_get_name (probe)));
  if (b != NULL)
    {
      weakref_value_table_remove (WEAKREF_VALUE_TABLE (cache), "b");
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

/* In each function that evicts something. */
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
          weakref_value_table_remove (WEAKREF_VALUE_TABLE (cache), "a");
          break;
        case 4:
          weakref_value_table_remove_all (WEAKREF_VALUE_TABLE (cache));
          break;
        default:
          weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), "a", b);
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
  TestProbe *a =
    weakref_value_table_ensure (WEAKREF_VALUE_TABLE (cache), "a", create_and_drop_cb, cache, NULL);

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

/* Each idle object that goes makes another one idle, and that evicts the next one. */
static gpointer
cascade_thread (gpointer data)
{
  WeakrefCache *cache = weakref_cache_new (G_TYPE_INT, 1);
  TestProbe *ends[2] = { NULL, NULL };
  int i;

  for (i = 0; i < CHAIN; i++)
    {
      TestProbe *probe = test_probe_new (NULL);

      weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), GINT_TO_POINTER (i), probe);
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

      /* The cache has released it, and would drop it when this returns. */
      weakref_cache_trim (cache, 0);
      b = weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), "b");
      test_log ("again-%s", test_probe_get_name (b));
      g_assert_cmpuint (G_OBJECT (b)->ref_count, ==, 2);
      g_object_unref (b);
      assert_counts (cache, 1, 0);
    }
  weakref_cache_trim (cache, 0);
}

/* There are never two toggle references of ours on an object, because GLib before 2.80 would abort.
 */
static void
test_keeps_again_what_it_let_go_of (void)
{
  WeakrefCache *cache = cache_new (2);
  TestProbe *a = ensure (cache, "a");

  test_probe_set_on_dispose (a, use_again_cb, cache);
  use (cache, "b");
  g_object_unref (a);
  weakref_value_table_remove (WEAKREF_VALUE_TABLE (cache), "a");
  assert_log ("-a again-b again-b again-b ~a -b ~b");
  assert_counts (cache, 0, 0);
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 4);
  assert_drop (cache, "");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/cache");

  test_case (finalizer_uses_cache);
  test_case (finalizer_drops_cache);
  test_case (dropped_by_what_it_puts_out);
  test_case (dropped_by_creation);
  test_case (dies_in_thread_that_puts_it_out);
  test_case (cascade);
  test_case (keeps_again_what_it_let_go_of);

  return g_test_run ();
}
