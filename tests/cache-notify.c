/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Caches: what is notified, and that looking at the objects changes nothing. */

#include "cache-common.h"

/* Runs what is due, and asserts that there is an end of it. */
static void
iterate_to_the_end (void)
{
  guint n;

  for (n = 0; n < 100 && g_main_context_iteration (NULL, FALSE); n++)
    ;
  g_assert_cmpuint (n, <, 100);
}

static void
look_cb (WeakrefCache *cache, GParamSpec *pspec, gpointer user_data)
{
  GPtrArray *values;
  guint n = 0;

  test_log ("%s=%u", pspec->name, weakref_cache_get_n_idle (cache));
  values = weakref_value_table_dup_values (WEAKREF_VALUE_TABLE (cache));
  g_assert_cmpuint (values->len, ==, 2);
  g_ptr_array_unref (values);
  weakref_value_table_foreach (WEAKREF_VALUE_TABLE (cache), count_cb, &n);
  g_assert_cmpuint (n, ==, 2);
  g_object_unref (weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), "a"));
}

/* Which makes them in use, and idle again. */
static void
test_handler_takes_the_objects (void)
{
  WeakrefCache *cache = cache_new (4);

  g_signal_connect (cache, "notify::n-idle", G_CALLBACK (look_cb), NULL);
  use (cache, "a");
  use (cache, "b");
  iterate_to_the_end ();
  assert_log ("n-idle=2");
  g_signal_handlers_disconnect_by_func (cache, look_cb, NULL);
  assert_drop (cache, "-b ~b -a ~a");
}

static void
ask_cb (WeakrefCache *cache, GParamSpec *pspec, gpointer ref)
{
  GPtrArray *keys;

  test_log ("%s=%u", pspec->name, weakref_cache_get_n_idle (cache));
  /* Which takes it for a moment. */
  g_assert_true (weakref_ref_is_alive (ref));
  g_assert_true (weakref_value_table_contains (WEAKREF_VALUE_TABLE (cache), "a"));
  keys = weakref_value_table_dup_keys (WEAKREF_VALUE_TABLE (cache));
  g_assert_cmpuint (keys->len, ==, 1);
  g_ptr_array_unref (keys);
}

/* The library takes the object itself, to answer. */
static void
test_handler_asks_about_the_object (void)
{
  WeakrefCache *cache = cache_new (4);
  TestProbe *a = ensure (cache, "a");
  WeakrefRef *ref = weakref_ref_new (a);

  g_signal_connect (cache, "notify::n-idle", G_CALLBACK (ask_cb), ref);
  g_object_unref (a);
  iterate_to_the_end ();
  assert_log ("n-idle=1");
  assert_drop (cache, "-a ~a");
  g_object_unref (ref);
}

static void
hold_cb (WeakrefCache *cache, GParamSpec *pspec, gpointer values)
{
  GPtrArray **held = values;

  test_log ("n-idle=%u", weakref_cache_get_n_idle (cache));
  g_clear_pointer (held, g_ptr_array_unref);
  *held = weakref_value_table_dup_values (WEAKREF_VALUE_TABLE (cache));
}

/* A view that shows the objects, and holds them until the next change: it is told of what it
 * changes itself, once. */
static void
test_handler_keeps_the_objects (void)
{
  WeakrefCache *cache = cache_new (4);
  GPtrArray *held = NULL;

  g_signal_connect (cache, "notify::n-idle", G_CALLBACK (hold_cb), &held);
  use (cache, "a");
  use (cache, "b");
  iterate_to_the_end ();
  assert_log ("n-idle=2 n-idle=0");
  use (cache, "c");
  iterate_to_the_end ();
  assert_log ("n-idle=1 n-idle=0");
  g_signal_handlers_disconnect_by_func (cache, hold_cb, &held);
  g_ptr_array_unref (held);
  weakref_cache_trim (cache, 0);
  assert_drop (cache, "-a ~a -b ~b -c ~c");
}

/* To notify, it has to be taken, and then it is in use. */
static void
test_holds_itself (void)
{
  WeakrefCache *cache = cache_new (4);

  weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), "self", cache);
  iterate_to_the_end ();
  g_assert_cmpuint (weakref_cache_get_n_in_use (cache), ==, 1);
  g_object_unref (cache);
  iterate_to_the_end ();
  g_assert_cmpuint (weakref_cache_get_n_idle (cache), ==, 1);
  weakref_cache_trim (cache, 0);
}

static void
log_value_cb (WeakrefCache *cache, GParamSpec *pspec, gpointer user_data)
{
  test_log ("%s", pspec->name);
}

/* Only what differs from what was told last. */
static void
test_only_what_differs (void)
{
  WeakrefCache *cache = cache_new (1);

  iterate_to_the_end ();
  g_signal_connect (cache, "notify", G_CALLBACK (log_value_cb), NULL);
  use (cache, "a");
  iterate_to_the_end ();
  assert_log ("n-idle");
  use (cache, "a");
  iterate_to_the_end ();
  assert_log ("");
  use (cache, "b");
  assert_log ("-a ~a");
  iterate_to_the_end ();
  assert_log ("evictions");
  assert_drop (cache, "-b ~b");
}

/* Neither the order nor the time: whoever shows the objects does not keep them. */
static void
test_looking_at_values_is_no_use (void)
{
  WeakrefCache *cache = cache_new (4);
  GPtrArray *values;
  guint n = 0;

  use (cache, "a");
  use (cache, "b");
  use (cache, "c");
  values = weakref_value_table_dup_values (WEAKREF_VALUE_TABLE (cache));
  assert_counts (cache, 0, 3);
  /* The one that is used is used, looked at or not. */
  use (cache, "a");
  while (values->len > 0)
    g_ptr_array_remove_index (values, 0);
  g_ptr_array_unref (values);
  assert_counts (cache, 3, 0);
  weakref_value_table_foreach (WEAKREF_VALUE_TABLE (cache), count_cb, &n);
  g_assert_cmpuint (n, ==, 3);
  assert_counts (cache, 3, 0);
  g_assert_cmpuint (weakref_cache_get_hits (cache), ==, 1);

  weakref_cache_trim (cache, 2);
  assert_log ("-b ~b");
  weakref_cache_trim (cache, 1);
  assert_log ("-c ~c");
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 2);
  assert_drop (cache, "-a ~a");
}

/* Then it is in use, and idle afterwards as anything else. */
static void
test_trimmed_while_looked_at (void)
{
  WeakrefCache *cache = cache_new (4);
  GPtrArray *values;

  use (cache, "a");
  use (cache, "b");
  values = weakref_value_table_dup_values (WEAKREF_VALUE_TABLE (cache));
  weakref_cache_trim (cache, 1);
  assert_counts (cache, 0, 2);
  g_ptr_array_unref (values);
  assert_log ("");
  assert_counts (cache, 2, 0);
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 0);
  weakref_cache_trim (cache, 1);
  assert_log ("-b ~b");
  assert_drop (cache, "-a ~a");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/cache/notify");

  test_case (handler_takes_the_objects);
  test_case (handler_asks_about_the_object);
  test_case (handler_keeps_the_objects);
  test_case (holds_itself);
  test_case (only_what_differs);
  test_case (looking_at_values_is_no_use);
  test_case (trimmed_while_looked_at);

  return g_test_run ();
}
