/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Value tables: weakref_value_table_ensure() in one thread. */

#include "value-table-common.h"

static void
test_ensure (void)
{
  WeakrefValueTable *table = string_table ();
  GValue value = G_VALUE_INIT;
  GError *error = NULL;
  gpointer a;
  gpointer b;

  a = weakref_value_table_ensure (table, "a", create_cb, NULL, &error);
  g_assert_no_error (error);
  assert_log ("create:a");
  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 1);
  assert_at (table, "a", a);
  b = weakref_value_table_ensure (table, "a", create_cb, NULL, &error);
  g_assert_true (a == b);
  g_object_unref (b);
  g_value_init (&value, G_TYPE_STRING);
  g_value_set_static_string (&value, "a");
  b = weakref_value_table_ensure_value (table, &value, create_value_cb, NULL, &error);
  g_assert_true (a == b);
  g_object_unref (b);
  g_object_unref (a);
  assert_log ("-a ~a");

  a = weakref_value_table_ensure_value (table, &value, create_value_cb, NULL, &error);
  g_assert_no_error (error);
  assert_log ("create:a");
  assert_at (table, "a", a);
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_size (table, 0);
  g_object_unref (table);
}

static gpointer
create_null_cb (gconstpointer key, gpointer user_data, GError **error)
{
  return NULL;
}

static gpointer
create_both_cb (gconstpointer key, gpointer user_data, GError **error)
{
  create_fails_cb (key, user_data, error);
  return test_probe_new ("both");
}

static gpointer
create_no_object_cb (gconstpointer key, gpointer user_data, GError **error)
{
  static gpointer no_object[8];

  return no_object;
}

static gpointer
create_no_object_with_error_cb (gconstpointer key, gpointer user_data, GError **error)
{
  create_fails_cb (key, user_data, error);
  return create_no_object_cb (key, user_data, error);
}

static void
test_ensure_that_fails (void)
{
  static const struct
  {
    WeakrefCreateFunc create;
    gboolean own_error;
  } cases[] = {
    { create_fails_cb, TRUE },
    { create_both_cb, TRUE },
    { create_null_cb, FALSE },
    { create_no_object_cb, FALSE },
  };
  WeakrefValueTable *table = string_table ();
  GError *error = NULL;
  gpointer a;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_assert_null (weakref_value_table_ensure (table, "a", cases[i].create, NULL, &error));
      if (cases[i].own_error)
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      else
        g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_CREATE);
      g_clear_error (&error);
      g_assert_null (weakref_value_table_ensure (table, "a", cases[i].create, NULL, NULL));
      assert_at (table, "a", NULL);
      assert_size (table, 0);
      /* An object that came together with an error was dropped. */
      if (cases[i].create == create_both_cb)
        assert_log ("-both ~both -both ~both");
    }

  /* The next creation can succeed. */
  a = weakref_value_table_ensure (table, "a", create_cb, NULL, &error);
  g_assert_no_error (error);
  assert_log ("create:a");
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (table);
}

static void
test_ensure_that_fails_twice_over (void)
{
  WeakrefValueTable *table = string_table ();
  GError *error = NULL;

  /* There is no warning that an error is set over an error, and no crash. */
  g_assert_null (
    weakref_value_table_ensure (table, "a", create_no_object_with_error_cb, NULL, &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  g_object_unref (table);
}

static gpointer
create_recursively_cb (gconstpointer key, gpointer table, GError **error)
{
  return weakref_value_table_ensure (table, key, create_recursively_cb, table, error);
}

static gpointer
create_through_another_cb (gconstpointer key, gpointer table, GError **error)
{
  gpointer b = weakref_value_table_ensure (table, "b", create_recursively_cb, table, error);

  g_assert_null (b);
  g_clear_error (error);
  b = weakref_value_table_ensure (table, "b", create_cb, NULL, error);
  g_object_unref (b);
  return weakref_value_table_ensure (table, "a", create_cb, NULL, error);
}

static gpointer
create_in_spite_cb (gconstpointer key, gpointer table, GError **error)
{
  g_assert_null (weakref_value_table_ensure (table, key, create_cb, NULL, NULL));
  return create_cb (key, NULL, error);
}

static void
test_ensure_recursion (void)
{
  WeakrefValueTable *table = string_table ();
  GError *error = NULL;
  gpointer a;

  g_assert_null (weakref_value_table_ensure (table, "a", create_recursively_cb, table, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION);
  g_clear_error (&error);
  g_assert_null (weakref_value_table_ensure (table, "a", create_through_another_cb, table, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION);
  g_clear_error (&error);
  assert_log ("create:b -b ~b");
  assert_size (table, 0);

  /* The caller that got the error can go on. */
  a = weakref_value_table_ensure (table, "a", create_in_spite_cb, table, &error);
  g_assert_no_error (error);
  assert_log ("create:a");
  assert_at (table, "a", a);
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (table);
}

static gpointer
create_uses_the_table_cb (gconstpointer key, gpointer table, GError **error)
{
  gpointer b = weakref_value_table_ensure (table, "b", create_cb, NULL, error);

  assert_at (table, key, NULL);
  assert_at (table, "b", b);
  g_object_unref (b);
  weakref_value_table_foreach (table, log_entry_cb, NULL);
  weakref_value_table_remove_all (table);
  return test_probe_new (key);
}

static void
test_ensure_uses_the_table (void)
{
  WeakrefValueTable *table = string_table ();
  gpointer a = weakref_value_table_ensure (table, "a", create_uses_the_table_cb, table, NULL);

  assert_log ("create:b -b ~b");
  assert_at (table, "a", a);
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (table);
}

static TestProbe *inserted;

static gpointer
create_inserts_another_cb (gconstpointer key, gpointer table, GError **error)
{
  inserted = test_probe_new ("inserted");
  weakref_value_table_insert (table, key, inserted);
  return test_probe_new ("created");
}

static gpointer
create_inserts_it_cb (gconstpointer key, gpointer table, GError **error)
{
  gpointer object = test_probe_new ("created");

  weakref_value_table_insert (table, key, object);
  return object;
}

static gpointer
create_inserts_a_mayfly_cb (gconstpointer key, gpointer table, GError **error)
{
  g_object_unref (create_inserts_it_cb (key, table, error));
  return test_probe_new ("second");
}

static gpointer
create_inserts_and_fails_cb (gconstpointer key, gpointer table, GError **error)
{
  inserted = test_probe_new ("inserted");
  weakref_value_table_insert (table, key, inserted);
  return create_fails_cb (key, table, error);
}

static void
test_insert_during_the_creation (void)
{
  WeakrefValueTable *table = string_table ();
  GError *error = NULL;
  gpointer a;

  a = weakref_value_table_ensure (table, "a", create_inserts_another_cb, table, NULL);
  g_assert_true (a == inserted);
  assert_at (table, "a", inserted);
  assert_log ("-created ~created");
  g_object_unref (a);
  g_object_unref (inserted);
  assert_log ("-inserted ~inserted");

  a = weakref_value_table_ensure (table, "a", create_inserts_it_cb, table, NULL);
  assert_at (table, "a", a);
  assert_size (table, 1);
  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 1);
  g_object_unref (a);
  assert_log ("-created ~created");

  a = weakref_value_table_ensure (table, "a", create_inserts_a_mayfly_cb, table, NULL);
  assert_at (table, "a", a);
  assert_log ("-created ~created");
  g_object_unref (a);
  assert_log ("-second ~second");

  g_assert_null (
    weakref_value_table_ensure (table, "a", create_inserts_and_fails_cb, table, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
  assert_at (table, "a", inserted);
  g_object_unref (inserted);
  assert_log ("-inserted ~inserted");
  assert_size (table, 0);
  g_object_unref (table);
}

static gpointer
create_drops_the_table_cb (gconstpointer key, gpointer table, GError **error)
{
  g_object_unref (table);
  return test_probe_new ("a");
}

static gpointer
create_drops_the_table_and_fails_cb (gconstpointer key, gpointer table, GError **error)
{
  g_object_unref (table);
  return create_fails_cb (key, NULL, error);
}

static void
test_creation_drops_the_table (void)
{
  WeakrefValueTable *table = string_table ();
  GError *error = NULL;
  gpointer a = weakref_value_table_ensure (table, "a", create_drops_the_table_cb, table, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 1);
  g_object_unref (a);
  assert_log ("-a ~a");

  table = string_table ();
  g_assert_null (
    weakref_value_table_ensure (table, "a", create_drops_the_table_and_fails_cb, table, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

static gpointer
create_disposed_cb (gconstpointer key, gpointer user_data, GError **error)
{
  gpointer object = test_probe_new ("a");

  g_object_run_dispose (object);
  return object;
}

static void
test_creation_of_a_disposed_object (void)
{
  WeakrefValueTable *table = string_table ();
  gpointer a = weakref_value_table_ensure (table, "a", create_disposed_cb, NULL, NULL);

  /* It lives on. */
  assert_at (table, "a", a);
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_size (table, 0);
  g_object_unref (table);
}

static gpointer
create_floating_cb (gconstpointer key, gpointer user_data, GError **error)
{
  return g_object_new (G_TYPE_INITIALLY_UNOWNED, NULL);
}

static void
test_creation_of_a_floating_object (void)
{
  WeakrefValueTable *table = string_table ();
  gpointer a = weakref_value_table_ensure (table, "a", create_floating_cb, NULL, NULL);

  /* The reference is the caller's, as any other reference; nobody else may sink it. */
  g_assert_false (g_object_is_floating (a));
  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 1);
  assert_at (table, "a", a);
  g_object_unref (a);
  assert_size (table, 0);
  g_object_unref (table);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/value-table");

  test_case_as ("ensure/creates-once", ensure);
  test_case_as ("ensure/that-fails", ensure_that_fails);
  test_case_as ("ensure/that-fails-twice-over", ensure_that_fails_twice_over);
  test_case_as ("ensure/recursion", ensure_recursion);
  test_case_as ("ensure/uses-the-table", ensure_uses_the_table);
  test_case_as ("ensure/insert-during-the-creation", insert_during_the_creation);
  test_case_as ("ensure/drops-the-table", creation_drops_the_table);
  test_case_as ("ensure/creates-a-disposed-object", creation_of_a_disposed_object);
  test_case_as ("ensure/creates-a-floating-object", creation_of_a_floating_object);

  return g_test_run ();
}
