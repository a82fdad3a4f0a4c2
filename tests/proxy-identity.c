/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Proxies: which proxy a target has, and what the proxy has of its own. */

#include "proxy-common.h"

static void
test_shared (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *one = weakref_proxy_new (a);
  WeakrefProxy *two = weakref_proxy_new (a);
  WeakrefProxy *own = weakref_proxy_new_full (a, NULL, NULL, NULL, freed_cb);

  assert_log ("free:(null)");
  g_assert_true (one == two);
  g_assert_true (own != one);
  g_assert_true (G_OBJECT_TYPE (own) == G_OBJECT_TYPE (one));
  g_assert_false (TEST_IS_SUBJECT (one));
  g_assert_cmpuint (weakref_count_refs (a), ==, 0);

  g_object_unref (one);
  g_object_unref (two);
  one = weakref_proxy_new (a);
  g_assert_true (weakref_proxy_is_alive (one));
  g_object_unref (one);
  g_object_unref (own);
  assert_drop (a, "-a ~a");
}

static void
test_collapses (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  WeakrefProxy *same = weakref_proxy_new (proxy);
  WeakrefProxy *own = weakref_proxy_new_full (proxy, NULL, died_cb, (gpointer) "own", freed_cb);
  gpointer target = weakref_proxy_dup_target (own, NULL);

  g_assert_true (same == proxy);
  g_assert_true (target == a);
  g_object_unref (target);
  g_object_unref (same);

  assert_drop (a, "-a own free:own ~a");
  same = weakref_proxy_new (proxy);
  g_assert_true (same == proxy);
  g_object_unref (same);
  g_object_unref (own);
  own = weakref_proxy_new_full (proxy, NULL, died_cb, (gpointer) "own", freed_cb);
  assert_log ("free:own");
  assert_dead (own);
  g_assert_cmpint (get_int (own, "number"), ==, 7);
  g_object_unref (own);
  g_object_unref (proxy);
}

static void
test_is_itself_in_a_table (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  WeakrefKeyTable *keys = weakref_key_table_new (freed_cb);
  WeakrefValueTable *values = weakref_value_table_new (G_TYPE_STRING);
  WeakrefRef *ref = weakref_ref_new (proxy);
  gpointer value;

  weakref_key_table_insert (keys, proxy, (gpointer) "value");
  g_assert_false (weakref_key_table_contains (keys, a));
  weakref_value_table_insert (values, "key", proxy);
  value = weakref_value_table_lookup (values, "key");
  g_assert_true (value == proxy);
  g_object_unref (value);
  weakref_set_add (set, proxy);
  g_assert_true (weakref_set_contains (set, proxy));
  g_assert_false (weakref_set_contains (set, a));
  assert_drop (a, "-a ~a");
  g_assert_true (weakref_set_contains (set, proxy));
  g_assert_true (weakref_ref_is_alive (ref));
  g_assert_true (weakref_key_table_contains (keys, proxy));
  g_assert_true (weakref_value_table_contains (values, "key"));
  assert_drop (proxy, "free:value");
  g_assert_cmpuint (weakref_set_get_size (set), ==, 0);
  g_assert_cmpuint (weakref_key_table_get_size (keys), ==, 0);
  g_assert_false (weakref_value_table_contains (values, "key"));
  g_object_unref (ref);
  g_object_unref (set);
  g_object_unref (keys);
  g_object_unref (values);
}

static void
test_own_properties (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  gpointer target;

  g_object_get (proxy, "target", &target, NULL);
  g_assert_true (target == a);
  g_object_unref (target);
  g_assert_true (get_int (proxy, "alive"));

  assert_drop (a, "-a ~a");
  g_object_get (proxy, "target", &target, NULL);
  g_assert_null (target);
  g_assert_false (get_int (proxy, "alive"));
  g_object_unref (proxy);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/proxy");

  test_case (shared);
  test_case (collapses);
  test_case (is_itself_in_a_table);
  test_case (own_properties);

  return g_test_run ();
}
