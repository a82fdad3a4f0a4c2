/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

static void
log_cb (WeakrefRef *ref,
        gpointer    user_data)
{
  gpointer target = weakref_ref_get (ref);

  test_log ("%s%s", (const char *) user_data, target == NULL ? "" : "!alive");
  g_clear_object (&target);
}

static void
freed_cb (gpointer user_data)
{
  test_log ("free:%s", (const char *) user_data);
}

static WeakrefRef *
logging_ref (gpointer    target,
             const char *name)
{
  return weakref_ref_new_full (target, NULL, log_cb, (gpointer) name, freed_cb);
}

static void
test_get (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new (a);
  gpointer got = weakref_ref_get (ref);

  g_assert_true (got == a);
  g_assert_true (weakref_ref_is_alive (ref));
  g_object_unref (got);

  g_object_unref (a);
  assert_log ("-a ~a");
  g_assert_null (weakref_ref_get (ref));
  g_assert_false (weakref_ref_is_alive (ref));
  g_object_unref (ref);
}

static void
test_shared (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *one = weakref_ref_new (a);
  WeakrefRef *two = weakref_ref_new (a);
  WeakrefRef *own = weakref_ref_new_full (a, NULL, NULL, NULL, NULL);

  g_assert_true (one == two);
  g_assert_true (own != one);
  g_assert_true (weakref_ref_equal (own, one));
  g_assert_cmpuint (weakref_ref_hash (own), ==, weakref_ref_hash (one));
  g_assert_cmpuint (weakref_count_refs (a), ==, 2);

  g_object_unref (one);
  g_object_unref (two);
  g_assert_cmpuint (weakref_count_refs (a), ==, 1);

  g_object_unref (own);
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
test_newest_first (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *refs[3] = { logging_ref (a, "1"), logging_ref (a, "2"), logging_ref (a, "3") };
  guint i;

  g_object_unref (a);
  assert_log ("-a 3 free:3 2 free:2 1 free:1 ~a");
  for (i = 0; i < 3; i++)
    g_object_unref (refs[i]);
}

static void
test_dropped_ref_is_not_called (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = logging_ref (a, "1");

  g_object_unref (ref);
  assert_log ("free:1");
  g_object_unref (a);
  assert_log ("-a ~a");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  test_add ("/weakref/ref/get", test_get);
  test_add ("/weakref/ref/shared", test_shared);
  test_add ("/weakref/ref/newest-first", test_newest_first);
  test_add ("/weakref/ref/dropped-ref-is-not-called", test_dropped_ref_is_not_called);

  return g_test_run ();
}
