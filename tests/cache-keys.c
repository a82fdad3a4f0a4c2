/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Caches: keys and errors, as in a value table. */

#include "cache-common.h"

static gpointer
fail_cb (gconstpointer key, gpointer user_data, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "none");
  return NULL;
}

static gpointer
recurse_cb (gconstpointer key, gpointer cache, GError **error)
{
  return weakref_value_table_ensure (WEAKREF_VALUE_TABLE (cache), key, recurse_cb, cache, error);
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

  g_assert_null (
    weakref_value_table_ensure (WEAKREF_VALUE_TABLE (cache), "a", fail_cb, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_null (
    weakref_value_table_ensure (WEAKREF_VALUE_TABLE (cache), "a", recurse_cb, cache, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION);
  g_clear_error (&error);
  g_assert_cmpuint (weakref_cache_get_misses (cache), ==, 2);

  g_value_init (&key, G_TYPE_INT);
  g_assert_null (weakref_value_table_lookup_value (WEAKREF_VALUE_TABLE (cache), &key, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);
  g_clear_error (&error);
  g_assert_null (weakref_value_table_ensure_value (WEAKREF_VALUE_TABLE (cache), &key,
                                                   create_value_cb, NULL, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);
  g_clear_error (&error);
  g_assert_cmpuint (weakref_cache_get_misses (cache), ==, 2);
  g_value_unset (&key);

  g_value_init (&key, G_TYPE_STRING);
  g_value_set_static_string (&key, "a");
  g_object_unref (weakref_value_table_ensure_value (WEAKREF_VALUE_TABLE (cache), &key,
                                                    create_value_cb, NULL, NULL));
  g_assert_true (weakref_value_table_contains_value (WEAKREF_VALUE_TABLE (cache), &key, NULL));
  assert_counts (cache, 1, 0);
  g_assert_true (weakref_value_table_remove_value (WEAKREF_VALUE_TABLE (cache), &key, NULL));
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
  g_assert_true (weakref_value_table_insert_value (WEAKREF_VALUE_TABLE (cache), &key, a, NULL));
  g_object_unref (a);
  assert_counts (cache, 1, 0);
  keys = weakref_value_table_dup_keys_value (WEAKREF_VALUE_TABLE (cache));
  g_assert_cmpuint (keys->len, ==, 1);
  g_assert_cmpstr (g_value_get_string (g_ptr_array_index (keys, 0)), ==, "a");
  g_ptr_array_unref (keys);
  weakref_value_table_foreach_value (WEAKREF_VALUE_TABLE (cache), count_value_cb, &n);
  g_assert_cmpuint (n, ==, 1);
  got = weakref_value_table_lookup_value (WEAKREF_VALUE_TABLE (cache), &key, NULL);
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

  g_assert_true (weakref_value_table_get_key_type (WEAKREF_VALUE_TABLE (cache)) == G_TYPE_VALUE);
  g_object_unref (cache);

  cache = weakref_cache_new (G_TYPE_INT64, 1);
  g_assert_true (weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), &number, a));
  g_object_unref (a);
  a = weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), &number);
  g_assert_nonnull (a);
  g_object_unref (cache);

  cache = weakref_cache_new_full (g_str_hash, g_str_equal, (WeakrefCopyFunc) g_strdup, g_free, 1);
  g_assert_true (weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), "a", a));
  g_object_unref (a);
  assert_log ("");
  assert_drop (cache, "-a ~a");
}

/* A function that takes a value table also takes a cache, and the cache behaves as a cache. */
static void
test_is_a_value_table (void)
{
  WeakrefValueTable *table = WEAKREF_VALUE_TABLE (weakref_cache_new (G_TYPE_STRING, 1));
  TestProbe *a;

  g_assert_true (WEAKREF_IS_VALUE_TABLE (table) && WEAKREF_IS_CACHE (table));
  g_assert_true (g_type_parent (WEAKREF_TYPE_CACHE) == WEAKREF_TYPE_VALUE_TABLE);

  a = test_probe_new ("a");
  g_assert_true (weakref_value_table_insert (table, "a", a));
  g_object_unref (a);
  g_assert_cmpuint (weakref_cache_get_n_idle (WEAKREF_CACHE (table)), ==, 1);
  g_assert_true (weakref_value_table_contains (table, "a"));
  weakref_value_table_remove_all (table);
  assert_log ("-a ~a");

  g_object_unref (table);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/cache");

  test_case (errors);
  test_case (values_as_keys);
  test_case (key_types);
  test_case (is_a_value_table);

  return g_test_run ();
}
