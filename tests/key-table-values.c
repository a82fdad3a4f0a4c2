/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Key tables whose values are GValues. */

#include "key-table-common.h"

static void
test_gvalues (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *held = test_probe_new ("held");
  WeakrefKeyTable *table = weakref_key_table_new_for_values ();
  GValue in = G_VALUE_INIT;
  GValue out = G_VALUE_INIT;
  const char *strv[] = { "one", "two", NULL };
  GValue *copy;

  g_assert_false (weakref_key_table_lookup_value (table, a, &out));
  g_assert_null (g_value_get_object (&out));
  g_value_unset (&out);
  g_assert_null (weakref_key_table_dup_value (table, a));

  g_value_init (&in, G_TYPE_STRING);
  g_value_set_string (&in, "text");
  g_assert_true (weakref_key_table_insert_value (table, a, &in));
  g_assert_true (weakref_key_table_lookup_value (table, a, &out));
  g_assert_cmpstr (g_value_get_string (&out), ==, "text");
  g_value_unset (&out);
  g_value_unset (&in);

  g_value_init (&in, G_TYPE_INT);
  g_value_set_int (&in, G_MININT);
  g_assert_false (weakref_key_table_insert_value (table, a, &in));
  g_assert_true (weakref_key_table_lookup_value (table, a, &out));
  g_assert_cmpint (g_value_get_int (&out), ==, G_MININT);
  g_value_unset (&out);
  g_value_unset (&in);

  g_value_init (&in, G_TYPE_STRV);
  g_value_set_boxed (&in, strv);
  g_assert_false (weakref_key_table_insert_value (table, a, &in));
  g_assert_true (weakref_key_table_lookup_value (table, a, &out));
  g_assert_true (g_strv_equal (g_value_get_boxed (&out), strv));
  g_value_unset (&out);
  g_value_unset (&in);

  g_value_init (&in, TEST_TYPE_PROBE);
  g_value_take_object (&in, held);
  g_assert_false (weakref_key_table_insert_value (table, a, &in));
  g_value_unset (&in);
  copy = weakref_key_table_dup_value (table, a);
  g_assert_true (g_value_get_object (copy) == held);
  g_boxed_free (G_TYPE_VALUE, copy);
  assert_log ("");
  g_assert_true (weakref_key_table_steal_value (table, a, &out));
  g_assert_true (g_value_get_object (&out) == held);
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 0);
  g_value_unset (&out);
  assert_log ("-held ~held");

  g_object_unref (table);
  g_object_unref (a);
  assert_log ("-a ~a");
}

/* A boxed string whose end uses the table that it was in. */

static WeakrefKeyTable *box_table; /* (unowned) (nullable) */
static gpointer box_key;           /* (unowned) */
static guint n_boxes;

static gpointer
box_copy (gpointer box)
{
  n_boxes++;
  return g_strdup (box);
}

static void
box_free (gpointer box)
{
  n_boxes--;
  if (box_table != NULL)
    test_log ("free:%s:%s", (char *) box,
              weakref_key_table_contains (box_table, box_key) ? "yes" : "no");
  g_free (box);
}

static void
insert_box (WeakrefKeyTable *table, gpointer key, const char *box)
{
  static GType type;
  GValue value = G_VALUE_INIT;

  if (type == 0)
    type = g_boxed_type_register_static ("TestBox", box_copy, box_free);

  g_value_init (&value, type);
  g_value_set_static_boxed (&value, box);
  weakref_key_table_insert_value (table, key, &value);
  g_value_unset (&value);
}

static void
each_value_cb (gpointer key, const GValue *value, gpointer user_data)
{
  weakref_key_table_remove_all (user_data);
  test_log ("%s=%s", test_probe_get_name (key), (const char *) g_value_get_boxed (value));
}

static void
test_boxed_value_is_freed_once_and_may_use_the_table (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefKeyTable *table = weakref_key_table_new_for_values ();
  GValue value = G_VALUE_INIT;

  box_table = table;
  box_key = b;
  insert_box (table, b, "B");
  insert_box (table, a, "1");
  g_assert_cmpuint (n_boxes, ==, 2);

  insert_box (table, a, "2");
  assert_log ("free:1:yes");
  weakref_key_table_remove (table, a);
  assert_log ("free:2:yes");
  g_assert_cmpuint (n_boxes, ==, 1);

  /* It gives a copy. */
  insert_box (table, a, "3");
  g_assert_true (weakref_key_table_steal_value (table, a, &value));
  assert_log ("free:3:yes");
  g_assert_cmpstr (g_value_get_boxed (&value), ==, "3");
  g_value_unset (&value);
  assert_log ("free:3:yes");
  g_assert_cmpuint (n_boxes, ==, 1);

  insert_box (table, a, "4");
  g_object_unref (a);
  assert_log ("-a free:4:yes ~a");
  weakref_key_table_remove_all (table);
  assert_log ("free:B:no");
  g_assert_cmpuint (n_boxes, ==, 0);

  insert_box (table, b, "5");
  weakref_key_table_foreach_value (table, each_value_cb, table);
  assert_log ("b=5 free:5:no");
  g_assert_cmpuint (n_boxes, ==, 0);

  insert_box (table, b, "6");
  box_table = NULL;
  g_object_unref (table);
  g_assert_cmpuint (n_boxes, ==, 0);
  g_object_unref (b);
  assert_log ("-b ~b");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/key-table");

  test_case_as ("gvalues/of-all-kinds", gvalues);
  test_case_as ("gvalues/boxed-is-freed-once-and-may-use-the-table",
                boxed_value_is_freed_once_and_may_use_the_table);

  return g_test_run ();
}
