/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Lives, of which a binding makes its references. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

static void
ended_cb (WeakrefLife *life, gpointer user_data)
{
  g_assert_true (weakref_life_has_ended (life));
  g_assert_null (weakref_life_dup_target (life));
  test_log ("ended-%s", (const char *) user_data);
}

static void
test_gives_the_object_until_it_dies (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefLife *life = weakref_life_new (a, WEAKREF_PHASE_DISPOSE, ended_cb, (gpointer) "1");
  gpointer target = weakref_life_dup_target (life);

  g_assert_true (target == a);
  g_object_unref (target);
  g_assert_false (weakref_life_has_ended (life));

  assert_drop (a, "-a ended-1 ~a");
  g_assert_true (weakref_life_has_ended (life));
  g_assert_null (weakref_life_dup_target (life));
  weakref_life_unref (life);
}

static void
test_lasts_without_its_handle (void)
{
  TestProbe *a = test_probe_new ("a");

  weakref_life_unref (weakref_life_new (a, WEAKREF_PHASE_DISPOSE, ended_cb, (gpointer) "1"));
  weakref_life_unref (weakref_life_new (a, WEAKREF_PHASE_DISPOSE, ended_cb, (gpointer) "2"));
  assert_drop (a, "-a ended-2 ended-1 ~a");
}

static void
test_ends_when_disposed_and_another_begins (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefLife *first = weakref_life_new (a, WEAKREF_PHASE_DISPOSE, ended_cb, (gpointer) "1");
  WeakrefLife *second;

  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a ended-1");
  second = weakref_life_new (a, WEAKREF_PHASE_DISPOSE, ended_cb, (gpointer) "2");
  g_assert_true (weakref_life_has_ended (first));
  g_assert_false (weakref_life_has_ended (second));

  assert_drop (a, "ended-2 ~a");
  weakref_life_unref (first);
  weakref_life_unref (weakref_life_ref (second));
  weakref_life_unref (second);
}

static void
test_has_ended_before_anybody_is_told (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefLife *life = weakref_life_new (a, WEAKREF_PHASE_DISPOSE, ended_cb, (gpointer) "1");
  WeakrefRef *ref = weakref_ref_new (a);
  WeakrefKeyTable *table = weakref_key_table_new (NULL);

  weakref_key_table_insert (table, a, table);
  assert_drop (a, "-a ended-1 ~a");
  g_assert_false (weakref_ref_is_alive (ref));
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 0);

  weakref_life_unref (life);
  g_object_unref (ref);
  g_object_unref (table);
}

static void
test_ends_with_the_memory (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefLife *life = weakref_life_new (a, WEAKREF_PHASE_FINALIZE, ended_cb, (gpointer) "1");

  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a");
  g_assert_false (weakref_life_has_ended (life));
  assert_drop (a, "~a ended-1");
  weakref_life_unref (life);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/life");

  test_case (gives_the_object_until_it_dies);
  test_case (lasts_without_its_handle);
  test_case (ends_when_disposed_and_another_begins);
  test_case (ends_with_the_memory);
  test_case (has_ended_before_anybody_is_told);

  return g_test_run ();
}
