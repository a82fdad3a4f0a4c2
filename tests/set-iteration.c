/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What may happen to the members of a set while it goes over them. */

#include "set-common.h"

static void
drop_others_cb (gpointer item, gpointer user_data)
{
  TestProbe **probes = user_data;
  guint i;

  test_log ("%s", test_probe_get_name (item));
  for (i = 0; i < 3; i++)
    {
      if (probes[i] != item)
        g_clear_object (&probes[i]);
    }
}

static void
test_items_may_die_during_iteration (void)
{
  TestProbe *probes[3] = { test_probe_new ("a"), test_probe_new ("b"), test_probe_new ("c") };
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  guint i;

  for (i = 0; i < 3; i++)
    weakref_set_add (set, probes[i]);
  weakref_set_foreach (set, drop_others_cb, probes);
  assert_log ("a -b ~b -c ~c");
  assert_items (set, "a");

  g_object_unref (probes[0]);
  assert_log ("-a ~a");
  g_object_unref (set);
}

static gpointer
unref_thread (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

/* Drops @object in another thread, which has ended when this returns. */
static void
drop_elsewhere (gpointer object)
{
  g_thread_join (g_thread_new ("drop", unref_thread, object));
}

static void
drop_next_elsewhere_cb (gpointer item, gpointer user_data)
{
  TestProbe **next = user_data;

  test_log ("%s", test_probe_get_name (item));
  if (*next != NULL)
    drop_elsewhere (g_steal_pointer (next));
}

static void
test_items_may_die_in_another_thread_during_iteration (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);

  weakref_set_add (set, a);
  weakref_set_add (set, b);
  weakref_set_add (set, c);
  weakref_set_foreach (set, drop_next_elsewhere_cb, &b);
  assert_log ("a -b ~b c");
  assert_items (set, "a c");

  g_object_unref (set);
  g_object_unref (a);
  g_object_unref (c);
  assert_log ("-a ~a -c ~c");
}

static void
change_cb (gpointer item, gpointer user_data)
{
  gpointer *set_and_item = user_data;

  test_log ("%s", test_probe_get_name (item));
  weakref_set_remove_all (set_and_item[0]);
  weakref_set_add (set_and_item[0], set_and_item[1]);
}

static void
test_iteration_is_over_a_snapshot (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  gpointer set_and_item[2] = { set, c };

  weakref_set_add (set, a);
  weakref_set_add (set, b);
  weakref_set_foreach (set, change_cb, set_and_item);
  assert_log ("a b");
  assert_items (set, "c");

  g_object_unref (set);
  g_object_unref (a);
  g_object_unref (b);
  g_object_unref (c);
  assert_log ("-a ~a -b ~b -c ~c");
}

static void
drop_set_cb (gpointer item, gpointer user_data)
{
  test_log ("%s", test_probe_get_name (item));
  g_clear_object ((WeakrefSet **) user_data);
}

static void
test_iteration_may_drop_the_set (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);

  weakref_set_add (set, a);
  weakref_set_add (set, b);
  weakref_set_foreach (set, drop_set_cb, &set);
  assert_log ("a b");

  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
}

/* Goes over all in another thread, which lets one die and removes another. */

typedef struct
{
  WeakrefSet *set;
  TestProbe *dies;    /* (owned) (nullable) */
  TestProbe *removed; /* (nullable) */
} Changes;

static void
inner_cb (gpointer item, gpointer user_data)
{
  Changes *changes = user_data;

  test_log ("(%s)", test_probe_get_name (item));
  g_clear_object (&changes->dies);
  if (changes->removed != NULL)
    g_assert_true (weakref_set_remove (changes->set, g_steal_pointer (&changes->removed)));
}

static gpointer
iterate_inside (gpointer data)
{
  weakref_set_foreach (((Changes *) data)->set, inner_cb, data);
  return NULL;
}

static void
nested_cb (gpointer item, gpointer user_data)
{
  test_log ("%s", test_probe_get_name (item));
  iterate_inside (user_data);
}

static void
nested_elsewhere_cb (gpointer item, gpointer user_data)
{
  test_log ("%s", test_probe_get_name (item));
  g_thread_join (g_thread_new ("inside", iterate_inside, user_data));
}

static void
check_nested (WeakrefSetFunc func)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  Changes changes = { weakref_set_new (G_TYPE_OBJECT), b, c };

  weakref_set_add (changes.set, a);
  weakref_set_add (changes.set, b);
  weakref_set_add (changes.set, c);
  weakref_set_foreach (changes.set, func, &changes);
  /* The removed one was there when both began, and is alive. */
  assert_log ("a (a) -b ~b (c) c (a)");
  assert_items (changes.set, "a");

  g_object_unref (changes.set);
  g_object_unref (a);
  g_object_unref (c);
  assert_log ("-a ~a -c ~c");
}

static void
test_iterations_may_be_nested (void)
{
  check_nested (nested_cb);
  check_nested (nested_elsewhere_cb);
}

/* The set has ended when its iteration goes on. */
static void
drop_all_cb (gpointer item, gpointer user_data)
{
  gpointer *set_and_item = user_data;

  test_log ("%s", test_probe_get_name (item));
  if (set_and_item[0] == NULL)
    return;
  weakref_set_foreach (set_and_item[0], drop_set_cb, &set_and_item[0]);
  g_clear_object ((TestProbe **) &set_and_item[1]);
}

static void
test_nested_iteration_may_drop_the_set (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  gpointer set_and_item[2] = { set, b };

  weakref_set_add (set, a);
  weakref_set_add (set, b);
  weakref_set_add (set, c);
  weakref_set_foreach (set, drop_all_cb, set_and_item);
  assert_log ("a a b c -b ~b c");

  g_object_unref (a);
  g_object_unref (c);
  assert_log ("-a ~a -c ~c");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/set");

  test_case_as ("iteration/items-may-die", items_may_die_during_iteration);
  test_case_as ("iteration/items-may-die-in-another-thread",
                items_may_die_in_another_thread_during_iteration);
  test_case_as ("iteration/is-over-a-snapshot", iteration_is_over_a_snapshot);
  test_case_as ("iteration/may-drop-the-set", iteration_may_drop_the_set);
  test_case_as ("iteration/may-be-nested", iterations_may_be_nested);
  test_case_as ("iteration/nested-may-drop-the-set", nested_iteration_may_drop_the_set);

  return g_test_run ();
}
