/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Caches: what is kept, the counters, the properties, and other users of the object. */

#include "cache-common.h"

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

  again = weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), "a");
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

  g_assert_true (weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), "a", a));
  g_object_unref (a);
  assert_counts (cache, 1, 0);
  a = test_probe_new ("a2");
  g_assert_false (weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), "a", a));
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
  g_assert_true (weakref_value_table_contains (WEAKREF_VALUE_TABLE (cache), "a"));
  g_assert_false (weakref_value_table_contains (WEAKREF_VALUE_TABLE (cache), "x"));
  keys = weakref_value_table_dup_keys (WEAKREF_VALUE_TABLE (cache));
  g_assert_cmpuint (keys->len, ==, 2);
  g_ptr_array_unref (keys);
  weakref_cache_trim (cache, 1);
  assert_log ("-a ~a");
  g_assert_cmpuint (weakref_cache_get_hits (cache), ==, 0);
  g_assert_cmpuint (weakref_cache_get_misses (cache), ==, 2);
  assert_drop (cache, "-b ~b");
}

static void
test_values (void)
{
  WeakrefCache *cache = cache_new (3);
  TestProbe *b = ensure (cache, "b");
  GPtrArray *values;
  guint n = 0;

  use (cache, "a");
  weakref_value_table_foreach (WEAKREF_VALUE_TABLE (cache), count_cb, &n);
  g_assert_cmpuint (n, ==, 2);
  values = weakref_value_table_dup_values (WEAKREF_VALUE_TABLE (cache));
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

  g_assert_null (weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), "a"));
  use (cache, "a");
  use (cache, "a");
  g_object_unref (weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), "a"));
  use (cache, "b");
  assert_log ("-a ~a");
  use (cache, "a");
  assert_log ("-b ~b");
  g_object_get (cache, "hits", &hits, "misses", &misses, "evictions", &evictions, NULL);
  g_assert_cmpuint (hits, ==, 2);
  g_assert_cmpuint (misses, ==, 4);
  g_assert_cmpuint (evictions, ==, 2);

  /* Not an eviction. */
  g_assert_true (weakref_value_table_remove (WEAKREF_VALUE_TABLE (cache), "a"));
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
  g_assert_true (weakref_value_table_remove (WEAKREF_VALUE_TABLE (cache), "b"));
  assert_log ("-b ~b");
  g_assert_false (weakref_value_table_remove (WEAKREF_VALUE_TABLE (cache), "b"));
  g_assert_true (weakref_value_table_remove (WEAKREF_VALUE_TABLE (cache), "a"));
  g_object_unref (a);
  assert_log ("-a ~a");
  weakref_value_table_remove_all (WEAKREF_VALUE_TABLE (cache));
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
  g_assert_false (weakref_value_table_contains (WEAKREF_VALUE_TABLE (cache), "a"));
  g_object_unref (a);
  assert_log ("-a ~a");

  /* And an idle one. */
  use (cache, "b");
  a = weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), "b");
  g_object_unref (a);
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-b ~b");
  assert_counts (cache, 0, 0);
  g_object_unref (cache);
}

static void
test_trim_keeps_track_of_what_is_in_use (void)
{
  WeakrefCache *cache = cache_new (4);
  TestProbe *a = ensure (cache, "a");
  TestProbe *b = ensure (cache, "b");

  use (cache, "c");
  use (cache, "d");
  weakref_cache_trim (cache, 1);
  assert_log ("-c ~c");
  assert_counts (cache, 1, 2);
  weakref_cache_trim (cache, 0);
  assert_log ("-d ~d");

  g_object_unref (a);
  assert_counts (cache, 1, 1);
  g_object_unref (b);
  assert_log ("");
  assert_counts (cache, 2, 0);
  assert_drop (cache, "-a ~a -b ~b");
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
  assert_log ("n-idle=1 evictions=1");
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("");

  weakref_cache_set_max_idle (cache, 5);
  assert_log ("max-idle=5");
  weakref_cache_set_max_idle (cache, 5);
  assert_log ("");
  weakref_value_table_remove_all (WEAKREF_VALUE_TABLE (cache));
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
  gpointer a = weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), "a");
  gpointer b = weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), "b");

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

  weakref_value_table_insert (WEAKREF_VALUE_TABLE (one), "a", a);
  weakref_value_table_insert (WEAKREF_VALUE_TABLE (one), "b", a);
  weakref_value_table_insert (WEAKREF_VALUE_TABLE (two), "c", a);
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

  /* The object under one key may evict the one under the other. */
  weakref_cache_set_max_idle (one, 1);
  a = test_probe_new ("a");
  weakref_value_table_insert (WEAKREF_VALUE_TABLE (one), "a", a);
  weakref_value_table_insert (WEAKREF_VALUE_TABLE (one), "b", a);
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
  weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), "c", c);
  g_assert_cmpuint (G_OBJECT (c)->ref_count, ==, 2);
  g_object_unref (p);
  g_object_unref (c);
  assert_log ("");
  assert_counts (cache, 1, 0);
  g_assert_true (weakref_bond_is_alive (bond));

  p = weakref_bond_dup_owner (bond);
  weakref_cache_trim (cache, 0);
  assert_log ("");
  g_assert_true (weakref_value_table_contains (WEAKREF_VALUE_TABLE (cache), "c"));
  g_object_unref (p);
  assert_log ("-p ~p -c ~c");
  g_object_unref (bond);

  /* The other way round: when the cache evicts an object, its whole tree goes. */
  p = test_probe_new ("p");
  c = test_probe_new ("c");
  weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), "c", c);
  bond = weakref_bond_new (p, c, NULL);
  g_object_unref (p);
  g_object_unref (c);
  use (cache, "a");
  assert_log ("-p ~p -c ~c");
  g_object_unref (bond);
  assert_drop (cache, "-a ~a");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/cache");

  test_case (keeps_idle);
  test_case (insert_is_kept);
  test_case (without_idle_is_value_table);
  test_case (oldest_first);
  test_case (looking_is_no_use);
  test_case (values);
  test_case (counters);
  test_case (remove_lets_go);
  test_case (disposed_leaves);
  test_case (trim_keeps_track_of_what_is_in_use);
  test_case (max_idle);
  test_case (no_limit);
  test_case (properties_say_what_was_set);
  test_case (max_tracked);
  test_case (notifies_in_its_context);
  test_case (dropped_in_its_notification);
  test_case (outlives_its_context);
  test_case (object_of_two_keys_and_caches);
  test_case (keeps_bonded);

  return g_test_run ();
}
