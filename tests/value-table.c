/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <string.h>

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

#define CRITICAL(pattern) g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, pattern)

/* Asserts what is under a key: an object, or NULL. */
static void
assert_at (WeakrefValueTable *table, gconstpointer key, gpointer expected)
{
  gpointer got = weakref_value_table_lookup (table, key);

  g_assert_true (got == expected);
  g_assert_true (weakref_value_table_contains (table, key) == (expected != NULL));
  g_clear_object (&got);
}

static void
assert_size (WeakrefValueTable *table, guint expected)
{
  g_assert_cmpuint (weakref_value_table_get_size (table), ==, expected);
}

static void
assert_empty (GPtrArray *array)
{
  g_assert_cmpuint (array->len, ==, 0);
  g_ptr_array_unref (array);
}

static WeakrefValueTable *
string_table (void)
{
  return weakref_value_table_new (G_TYPE_STRING);
}

static void
log_entry_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  test_log ("%s=%s", (const char *) key, test_probe_get_name (object));
}

/* The basics */

static void
test_drops_entry_when_value_dies (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");

  g_assert_true (weakref_value_table_insert (table, "a", a));
  g_assert_true (weakref_value_table_insert (table, "b", b));
  assert_size (table, 2);
  assert_at (table, "a", a);
  assert_at (table, "b", b);
  assert_at (table, "c", NULL);

  g_object_unref (a);
  assert_log ("-a ~a");
  assert_size (table, 1);
  assert_at (table, "a", NULL);
  assert_at (table, "b", b);
  g_assert_false (weakref_value_table_remove (table, "a"));
  g_object_unref (b);
  assert_log ("-b ~b");
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_drops_entry_when_value_is_disposed (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "a", a);
  g_object_run_dispose (G_OBJECT (a));
  assert_at (table, "a", NULL);
  assert_size (table, 0);

  /* It may come back. */
  g_assert_true (weakref_value_table_insert (table, "a", a));
  assert_at (table, "a", a);
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_resurrected_is_out (void)
{
  gboolean chain_up;

  for (chain_up = FALSE; chain_up <= TRUE; chain_up++)
    {
      WeakrefValueTable *table = string_table ();
      TestProbe *a = test_probe_new ("a");
      TestProbe *again = NULL;

      weakref_value_table_insert (table, "a", a);
      test_probe_resurrect (a, &again, chain_up);
      g_object_unref (a);
      assert_log ("-a");
      assert_at (table, "a", NULL);

      /* A new life, a new entry. */
      g_assert_true (weakref_value_table_insert (table, "a", again));
      assert_at (table, "a", again);
      assert_size (table, 1);
      g_object_unref (again);
      assert_log ("~a");
      assert_at (table, "a", NULL);
      assert_size (table, 0);
      g_object_unref (table);
    }
}

static void
test_replace (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");

  g_assert_true (weakref_value_table_insert (table, "x", a));
  g_assert_false (weakref_value_table_insert (table, "x", b));
  assert_at (table, "x", b);
  assert_size (table, 1);

  /* What was replaced takes nothing along. */
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_at (table, "x", b);
  assert_size (table, 1);
  g_object_unref (b);
  assert_log ("-b ~b");
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_same_object_again (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  g_assert_true (weakref_value_table_insert (table, "x", a));
  g_assert_false (weakref_value_table_insert (table, "x", a));
  g_assert_true (weakref_value_table_insert (table, "y", a));
  assert_size (table, 2);
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_size (table, 0);
  assert_at (table, "x", NULL);
  assert_at (table, "y", NULL);
  g_object_unref (table);
}

static void
test_remove (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");

  weakref_value_table_insert (table, "a", a);
  weakref_value_table_insert (table, "b", b);
  g_assert_true (weakref_value_table_remove (table, "a"));
  g_assert_false (weakref_value_table_remove (table, "a"));
  g_assert_false (weakref_value_table_remove (table, "c"));
  assert_at (table, "a", NULL);
  assert_size (table, 1);
  weakref_value_table_insert (table, "a", b);
  weakref_value_table_remove_all (table);
  weakref_value_table_remove_all (table);
  assert_size (table, 0);
  assert_at (table, "b", NULL);

  g_assert_true (weakref_value_table_insert (table, "a", b));
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_at (table, "a", b);
  g_object_unref (b);
  assert_log ("-b ~b");
  g_object_unref (table);
}

static void
test_objects_outlive_the_table (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "a", a);
  g_object_unref (table);
  assert_log ("");
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
test_copies_keys (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  char key[] = "key";

  weakref_value_table_insert (table, key, a);
  key[0] = 'K';
  assert_at (table, "key", a);
  assert_at (table, "Key", NULL);
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (table);
}

static int
compare_cb (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char *const *) a, *(const char *const *) b);
}

static void
test_dup (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  GPtrArray *keys;
  GPtrArray *values;

  weakref_value_table_insert (table, "a", a);
  weakref_value_table_insert (table, "b", b);
  weakref_value_table_insert (table, "c", b);
  keys = weakref_value_table_dup_keys (table);
  values = weakref_value_table_dup_values (table);
  g_object_unref (table);

  g_ptr_array_sort (keys, compare_cb);
  g_assert_cmpuint (keys->len, ==, 3);
  g_assert_cmpstr (g_ptr_array_index (keys, 0), ==, "a");
  g_assert_cmpstr (g_ptr_array_index (keys, 1), ==, "b");
  g_assert_cmpstr (g_ptr_array_index (keys, 2), ==, "c");
  g_assert_cmpuint (values->len, ==, 3);
  g_assert_true (g_ptr_array_find (values, a, NULL));
  g_assert_true (g_ptr_array_find (values, b, NULL));

  g_object_unref (a);
  g_object_unref (b);
  assert_log ("");
  g_ptr_array_remove (values, a);
  assert_log ("-a ~a");
  g_ptr_array_unref (values);
  assert_log ("-b ~b");
  g_ptr_array_unref (keys);
}

static void
test_empty (void)
{
  WeakrefValueTable *table = string_table ();

  assert_size (table, 0);
  assert_empty (weakref_value_table_dup_keys (table));
  assert_empty (weakref_value_table_dup_keys_value (table));
  assert_empty (weakref_value_table_dup_values (table));
  weakref_value_table_foreach (table, log_entry_cb, NULL);
  weakref_value_table_remove_all (table);
  g_object_unref (table);
}

/* Keys of all types */

static gpointer
unexpected_create_cb (const GValue *key, gpointer user_data, GError **error)
{
  g_assert_not_reached ();
}

/* All functions over two keys of one type; @same is another pointer for @a where there is one. */
static void
check_keys (GType type, gconstpointer a, gconstpointer same, gconstpointer b)
{
  WeakrefValueTable *table = weakref_value_table_new (type);
  TestProbe *x = test_probe_new ("x");
  TestProbe *y = test_probe_new ("y");
  GError *error = NULL;
  GPtrArray *keys;
  GPtrArray *values;
  gpointer got;
  guint i;

  g_assert_cmpuint (weakref_value_table_get_key_type (table), ==, type);
  g_assert_true (weakref_value_table_insert (table, a, x));
  g_assert_true (weakref_value_table_insert (table, b, y));
  g_assert_false (weakref_value_table_insert (table, same, x));
  assert_size (table, 2);
  assert_at (table, a, x);
  assert_at (table, same, x);
  assert_at (table, b, y);

  keys = weakref_value_table_dup_keys (table);
  g_assert_cmpuint (keys->len, ==, 2);
  for (i = 0; i < keys->len; i++)
    g_assert_true (weakref_value_table_contains (table, g_ptr_array_index (keys, i)));
  g_ptr_array_unref (keys);

  /* As languages have them. */
  values = weakref_value_table_dup_keys_value (table);
  g_assert_cmpuint (values->len, ==, 2);
  weakref_value_table_remove_all (table);
  assert_size (table, 0);
  for (i = 0; i < values->len; i++)
    {
      GValue *value = g_ptr_array_index (values, i);

      g_assert_true (type == G_TYPE_VALUE || G_VALUE_TYPE (value) == type);
      g_assert_false (weakref_value_table_contains_value (table, value, &error));
      g_assert_null (weakref_value_table_lookup_value (table, value, &error));
      g_assert_true (weakref_value_table_insert_value (table, value, x, &error));
      g_assert_false (weakref_value_table_insert_value (table, value, x, &error));
      got = weakref_value_table_lookup_value (table, value, &error);
      g_assert_true (got == x);
      g_object_unref (got);
      got = weakref_value_table_ensure_value (table, value, unexpected_create_cb, NULL, &error);
      g_assert_true (got == x);
      g_object_unref (got);
      g_assert_true (weakref_value_table_contains_value (table, value, &error));
      g_assert_no_error (error);
    }
  assert_at (table, a, x);
  assert_at (table, same, x);
  assert_at (table, b, x);
  g_assert_true (weakref_value_table_remove_value (table, g_ptr_array_index (values, 0), &error));
  g_assert_false (weakref_value_table_remove_value (table, g_ptr_array_index (values, 0), &error));
  g_assert_no_error (error);
  assert_size (table, 1);
  g_assert_true (weakref_value_table_remove (table, same) != weakref_value_table_remove (table, b));
  assert_size (table, 0);
  g_ptr_array_unref (values);

  weakref_value_table_insert (table, a, x);
  weakref_value_table_insert (table, b, y);
  g_object_unref (x);
  assert_log ("-x ~x");
  assert_at (table, same, NULL);
  assert_at (table, b, y);
  assert_size (table, 1);
  g_object_unref (table);
  g_object_unref (y);
  assert_log ("-y ~y");
}

static void
test_keys_in_the_pointer (void)
{
  check_keys (G_TYPE_BOOLEAN, GINT_TO_POINTER (TRUE), GINT_TO_POINTER (TRUE),
              GINT_TO_POINTER (FALSE));
  check_keys (G_TYPE_CHAR, GINT_TO_POINTER (-1), GINT_TO_POINTER (-1), GINT_TO_POINTER (1));
  check_keys (G_TYPE_UCHAR, GUINT_TO_POINTER (255), GUINT_TO_POINTER (255), GUINT_TO_POINTER (1));
  check_keys (G_TYPE_INT, GINT_TO_POINTER (-1), GINT_TO_POINTER (-1), GINT_TO_POINTER (0));
  check_keys (G_TYPE_UINT, GUINT_TO_POINTER (G_MAXUINT), GUINT_TO_POINTER (G_MAXUINT), NULL);
  check_keys (G_TYPE_LONG, GSIZE_TO_POINTER ((gsize) G_MINLONG),
              GSIZE_TO_POINTER ((gsize) G_MINLONG), NULL);
  check_keys (G_TYPE_ULONG, GSIZE_TO_POINTER (G_MAXULONG), GSIZE_TO_POINTER (G_MAXULONG), NULL);
  check_keys (G_TYPE_GTYPE, GSIZE_TO_POINTER (G_TYPE_INT), GSIZE_TO_POINTER (G_TYPE_INT),
              GSIZE_TO_POINTER (TEST_TYPE_PROBE));
  check_keys (G_TYPE_BUS_TYPE, GINT_TO_POINTER (G_BUS_TYPE_STARTER),
              GINT_TO_POINTER (G_BUS_TYPE_STARTER), GINT_TO_POINTER (G_BUS_TYPE_SESSION));
  check_keys (G_TYPE_APPLICATION_FLAGS, GUINT_TO_POINTER (G_APPLICATION_IS_SERVICE),
              GUINT_TO_POINTER (G_APPLICATION_IS_SERVICE), GUINT_TO_POINTER (0));
  check_keys (G_TYPE_POINTER, &check_keys, &check_keys, NULL);
}

static void
test_keys_by_address (void)
{
  static const gint64 ints[] = { G_MININT64, G_MININT64, G_MAXINT64 };
  static const guint64 uints[] = { G_MAXUINT64, G_MAXUINT64, 0 };
  static const gdouble doubles[] = { 0.0, -0.0, 0.5 };
  const char a[] = "a";
  const char same[] = "a";

  check_keys (G_TYPE_INT64, &ints[0], &ints[1], &ints[2]);
  check_keys (G_TYPE_UINT64, &uints[0], &uints[1], &uints[2]);
  check_keys (G_TYPE_DOUBLE, &doubles[0], &doubles[1], &doubles[2]);
  check_keys (G_TYPE_STRING, a, same, "");
}

static void
test_keys_that_are_counted (void)
{
  GBytes *bytes[] = { g_bytes_new ("a", 1), g_bytes_new ("a", 1), g_bytes_new ("b", 1) };
  GVariant *variants[] = { g_variant_new ("(is)", 1, "a"), g_variant_new ("(is)", 1, "a"),
                           g_variant_new ("s", "a") };
  GListStore *one = g_list_store_new (G_TYPE_OBJECT);
  GListStore *two = g_list_store_new (G_TYPE_OBJECT);
  guint i;

  for (i = 0; i < 3; i++)
    g_variant_ref_sink (variants[i]);
  check_keys (G_TYPE_BYTES, bytes[0], bytes[1], bytes[2]);
  check_keys (G_TYPE_VARIANT, variants[0], variants[1], variants[2]);
  check_keys (G_TYPE_OBJECT, one, one, two);
  check_keys (G_TYPE_LIST_STORE, one, one, two);
  check_keys (G_TYPE_LIST_MODEL, one, one, two);
  for (i = 0; i < 3; i++)
    {
      g_bytes_unref (bytes[i]);
      g_variant_unref (variants[i]);
    }
  g_object_unref (one);
  g_object_unref (two);
}

static void
test_keys_mixed (void)
{
  GValue values[3] = { G_VALUE_INIT, G_VALUE_INIT, G_VALUE_INIT };

  g_value_init (&values[0], G_TYPE_INT);
  g_value_set_int (&values[0], 1);
  g_value_init (&values[1], G_TYPE_DOUBLE);
  g_value_set_double (&values[1], 1);
  g_value_init (&values[2], G_TYPE_STRING);
  g_value_set_static_string (&values[2], "1");
  check_keys (G_TYPE_VALUE, &values[0], &values[1], &values[2]);
}

static void
test_object_key_is_held (void)
{
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_OBJECT);
  TestProbe *key = test_probe_new ("key");
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");

  weakref_value_table_insert (table, key, a);
  g_object_unref (key);
  assert_log ("");
  g_object_unref (a);
  assert_log ("-a -key ~key ~a");

  key = test_probe_new ("key");
  weakref_value_table_insert (table, key, b);
  g_object_unref (key);
  g_assert_true (weakref_value_table_remove (table, key));
  assert_log ("-key ~key");

  /* Its own key: for ever, or until it is removed. */
  weakref_value_table_insert (table, b, b);
  g_object_unref (b);
  assert_log ("");
  g_object_unref (table);
  assert_log ("-b ~b");
}

static void
test_key_type_property (void)
{
  WeakrefValueTable *table = g_object_new (WEAKREF_TYPE_VALUE_TABLE, NULL);
  GType type;

  g_object_get (table, "key-type", &type, NULL);
  g_assert_cmpuint (type, ==, G_TYPE_VALUE);
  g_object_unref (table);

  table = g_object_new (WEAKREF_TYPE_VALUE_TABLE, "key-type", G_TYPE_STRING, NULL);
  g_assert_cmpuint (weakref_value_table_get_key_type (table), ==, G_TYPE_STRING);
  g_object_unref (table);

  CRITICAL ("*no keys of type GDate*");
  table = g_object_new (WEAKREF_TYPE_VALUE_TABLE, "key-type", G_TYPE_DATE, NULL);
  g_assert_cmpuint (weakref_value_table_get_key_type (table), ==, G_TYPE_VALUE);
  g_object_unref (table);
  CRITICAL ("*weakref_key_kind_init*");
  g_assert_null (weakref_value_table_new (G_TYPE_DATE));
  CRITICAL ("*weakref_key_kind_init*");
  g_assert_null (weakref_value_table_new (G_TYPE_NONE));
  g_test_assert_expected_messages ();
}

/* Keys of one's own */

static WeakrefValueTable *own; /* (unowned): what the functions of the keys use */
static TestProbe *own_object;
static guint n_own_keys;

static void
count_entry_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  ++*(guint *) user_data;
}

static void
use_own_table (void)
{
  WeakrefValueTable *table = own;
  guint n_entries = 0;

  /* Not again from what happens here. */
  if (table == NULL)
    return;
  own = NULL;

  weakref_value_table_insert (table, "inner", own_object);
  assert_at (table, "inner", own_object);
  weakref_value_table_foreach (table, count_entry_cb, &n_entries);
  g_assert_cmpuint (n_entries, >=, 1);
  g_assert_true (weakref_value_table_remove (table, "inner"));
  own = table;
}

static gpointer
own_copy_cb (gconstpointer key)
{
  n_own_keys++;
  use_own_table ();
  return g_ascii_strdown (key, -1);
}

static void
own_free_cb (gpointer key)
{
  use_own_table ();
  test_log ("free:%s", (const char *) key);
  n_own_keys--;
  g_free (key);
}

static guint
own_hash_cb (gconstpointer key)
{
  return g_ascii_tolower (*(const char *) key);
}

static gboolean
own_equal_cb (gconstpointer a, gconstpointer b)
{
  return g_ascii_strcasecmp (a, b) == 0;
}

static void
test_own_keys (void)
{
  WeakrefValueTable *table =
    weakref_value_table_new_full (own_hash_cb, own_equal_cb, own_copy_cb, own_free_cb);
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  GValue value = G_VALUE_INIT;
  GError *error = NULL;
  GPtrArray *keys;

  g_assert_cmpuint (weakref_value_table_get_key_type (table), ==, G_TYPE_NONE);
  g_assert_true (weakref_value_table_insert (table, "Key", a));
  g_assert_false (weakref_value_table_insert (table, "KEY", b));
  assert_log ("free:key");
  assert_at (table, "kEY", b);
  keys = weakref_value_table_dup_keys (table);
  g_assert_cmpuint (keys->len, ==, 1);
  g_assert_cmpstr (g_ptr_array_index (keys, 0), ==, "key");
  g_ptr_array_unref (keys);
  assert_log ("free:key");

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_static_string (&value, "key");
  g_assert_null (weakref_value_table_lookup_value (table, &value, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);
  g_clear_error (&error);

  g_object_unref (b);
  assert_log ("-b free:key ~b");
  weakref_value_table_insert (table, "x", a);
  g_object_unref (table);
  assert_log ("free:x");
  g_assert_cmpuint (n_own_keys, ==, 0);
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
test_own_keys_use_the_table (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefValueTable *table;

  own = table = weakref_value_table_new_full (own_hash_cb, own_equal_cb, own_copy_cb, own_free_cb);
  own_object = test_probe_new ("own");

  weakref_value_table_insert (table, "1", a);
  weakref_value_table_insert (table, "2", b);
  weakref_value_table_insert (table, "3", b);
  g_free (test_log_steal ());
  weakref_value_table_insert (table, "1", b);
  g_free (test_log_steal ());
  weakref_value_table_remove (table, "2");
  g_free (test_log_steal ());
  g_object_unref (a);
  assert_log ("-a ~a");
  weakref_value_table_remove_all (table);
  g_free (test_log_steal ());
  assert_size (table, 0);
  weakref_value_table_insert (table, "4", b);
  g_ptr_array_unref (weakref_value_table_dup_keys (table));
  g_free (test_log_steal ());
  g_object_unref (b);
  assert_log ("-b free:inner free:4 ~b");
  assert_size (table, 0);

  own = NULL;
  g_object_unref (own_object);
  g_object_unref (table);
  assert_log ("-own ~own");
  g_assert_cmpuint (n_own_keys, ==, 0);
}

static gboolean
log_equal_cb (gconstpointer a, gconstpointer b)
{
  test_log ("%s?%s", (const char *) a, (const char *) b);
  return g_str_equal (a, b);
}

static void
test_death_compares_no_keys (void)
{
  WeakrefValueTable *table =
    weakref_value_table_new_full (g_str_hash, log_equal_cb, (WeakrefCopyFunc) g_strdup, g_free);
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "x", a);
  assert_log ("");
  assert_at (table, "x", a);
  assert_log ("x?x x?x");
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_own_keys_by_pointer (void)
{
  WeakrefValueTable *table = weakref_value_table_new_full (NULL, NULL, NULL, NULL);
  TestProbe *a = test_probe_new ("a");
  GPtrArray *keys;

  weakref_value_table_insert (table, &own, a);
  weakref_value_table_insert (table, NULL, a);
  assert_at (table, &own, a);
  assert_at (table, NULL, a);
  assert_at (table, &own_object, NULL);
  keys = weakref_value_table_dup_keys (table);
  g_assert_cmpuint (keys->len, ==, 2);
  g_ptr_array_unref (keys);
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_size (table, 0);
  g_object_unref (table);

  CRITICAL ("*key_copy*");
  g_assert_null (weakref_value_table_new_full (g_str_hash, g_str_equal, NULL, g_free));
  g_test_assert_expected_messages ();
}

/* Dying entries */

static gpointer
create_named_cb (gconstpointer key, gpointer user_data, GError **error)
{
  test_log ("create:%s", (const char *) key);
  return test_probe_new (user_data);
}

static TestProbe *successor;

static void
dispose_looks_up_cb (TestProbe *probe, gpointer table)
{
  assert_at (table, "x", NULL);
  assert_empty (weakref_value_table_dup_keys (table));
  assert_empty (weakref_value_table_dup_keys_value (table));
  assert_empty (weakref_value_table_dup_values (table));
  weakref_value_table_foreach (table, log_entry_cb, NULL);
}

static void
dispose_ensures_cb (TestProbe *probe, gpointer table)
{
  successor = weakref_value_table_ensure (table, "x", create_named_cb, (gpointer) "b", NULL);
}

static void
dispose_inserts_cb (TestProbe *probe, gpointer table)
{
  successor = test_probe_new ("b");
  /* There was nothing any more. */
  g_assert_true (weakref_value_table_insert (table, "x", successor));
}

static void
test_dying_is_not_found (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "x", a);
  test_probe_set_on_dispose (a, dispose_looks_up_cb, table);
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (table);
}

static void
check_dying_is_replaced (TestProbeFunc func, const char *log)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "x", a);
  test_probe_set_on_dispose (a, func, table);
  g_object_unref (a);
  assert_log (log);
  /* The death of the old one has left the new one alone. */
  assert_at (table, "x", successor);
  assert_size (table, 1);
  g_object_unref (successor);
  assert_log ("-b ~b");
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_dying_is_replaced_by_ensure (void)
{
  check_dying_is_replaced (dispose_ensures_cb, "-a create:x ~a");
}

static void
test_dying_is_replaced_by_insert (void)
{
  check_dying_is_replaced (dispose_inserts_cb, "-a ~a");
}

static void
dispose_removes_cb (TestProbe *probe, gpointer table)
{
  g_assert_false (weakref_value_table_remove (table, "x"));
  assert_size (table, 0);
}

static void
dispose_removes_all_cb (TestProbe *probe, gpointer table)
{
  weakref_value_table_remove_all (table);
  assert_size (table, 0);
}

static void
dispose_drops_cb (TestProbe *probe, gpointer table)
{
  g_object_unref (table);
}

static void
test_dying_is_removed (void)
{
  static const TestProbeFunc funcs[] = { dispose_removes_cb, dispose_removes_all_cb };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (funcs); i++)
    {
      WeakrefValueTable *table = string_table ();
      TestProbe *a = test_probe_new ("a");

      weakref_value_table_insert (table, "x", a);
      test_probe_set_on_dispose (a, funcs[i], table);
      g_object_unref (a);
      assert_log ("-a ~a");
      assert_size (table, 0);
      g_object_unref (table);
    }
}

static void
test_dying_drops_the_table (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "x", a);
  test_probe_set_on_dispose (a, dispose_drops_cb, table);
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
unref_callback (WeakrefRef *ref, gpointer object)
{
  g_object_unref (object);
}

static void
test_callback_of_the_death_drops_the_table (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref;

  /* Its entry has to tell after the ref whose callback drops the table. */
  weakref_value_table_insert (table, "x", a);
  ref = weakref_ref_new_full (a, NULL, unref_callback, table, NULL);
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (ref);
}

/* foreach */

static void
test_foreach (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (table, "x", a);
  weakref_value_table_foreach (table, log_entry_cb, NULL);
  assert_log ("x=a");
  g_object_unref (a);
  weakref_value_table_foreach (table, log_entry_cb, NULL);
  assert_log ("-a ~a");
  g_object_unref (table);
}

typedef struct
{
  WeakrefValueTable *table;
  TestProbe *probes[4];
  guint n_calls;
} Walk;

static void
walk_changes_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  Walk *walk = user_data;
  guint i;

  /* The first call drops all other objects and fills the table with others. */
  if (walk->n_calls++ == 0)
    {
      for (i = 0; i < G_N_ELEMENTS (walk->probes); i++)
        if (walk->probes[i] != object)
          g_clear_object (&walk->probes[i]);
      assert_size (walk->table, 1);
      for (i = 0; i < 100; i++)
        {
          char *name = g_strdup_printf ("new%u", i);

          weakref_value_table_insert (walk->table, name, object);
          g_free (name);
        }
      assert_size (walk->table, 101);
      g_assert_true (weakref_value_table_remove (walk->table, key));
      /* The key is ours until we return. */
      g_assert_cmpuint (strlen (key), ==, 1);
    }
}

static void
walk_drops_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  Walk *walk = user_data;
  guint i;

  /* Everything: the table, and all objects. */
  walk->n_calls++;
  g_clear_object (&walk->table);
  for (i = 0; i < G_N_ELEMENTS (walk->probes); i++)
    g_clear_object (&walk->probes[i]);
  g_assert_true (G_IS_OBJECT (object));
  g_assert_cmpuint (strlen (key), ==, 1);
}

static void
walk_value_drops_cb (const GValue *key, gpointer object, gpointer user_data)
{
  walk_drops_cb (g_value_get_string (key), object, user_data);
}

static void
walk_init (Walk *walk)
{
  static const char *names[] = { "0", "1", "2", "3" };
  guint i;

  test_log_set_probes (FALSE);
  walk->n_calls = 0;
  walk->table = string_table ();
  for (i = 0; i < G_N_ELEMENTS (walk->probes); i++)
    {
      walk->probes[i] = test_probe_new (names[i]);
      weakref_value_table_insert (walk->table, names[i], walk->probes[i]);
    }
}

static void
test_foreach_changes_the_table (void)
{
  Walk walk;
  guint i;

  walk_init (&walk);
  weakref_value_table_foreach (walk.table, walk_changes_cb, &walk);
  g_assert_cmpuint (walk.n_calls, ==, 1);
  assert_size (walk.table, 100);
  for (i = 0; i < G_N_ELEMENTS (walk.probes); i++)
    g_clear_object (&walk.probes[i]);
  assert_size (walk.table, 0);
  g_object_unref (walk.table);
}

static void
test_foreach_drops_the_table (void)
{
  Walk walk;

  walk_init (&walk);
  weakref_value_table_foreach (walk.table, walk_drops_cb, &walk);
  g_assert_cmpuint (walk.n_calls, ==, 1);

  walk_init (&walk);
  weakref_value_table_foreach_value (walk.table, walk_value_drops_cb, &walk);
  g_assert_cmpuint (walk.n_calls, ==, 1);
}

/* ensure */

static gpointer
create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  test_log ("create:%s", (const char *) key);
  return test_probe_new (key);
}

static gpointer
create_value_cb (const GValue *key, gpointer user_data, GError **error)
{
  return create_cb (g_value_get_string (key), user_data, error);
}

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
create_fails_cb (gconstpointer key, gpointer user_data, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "not found");
  return NULL;
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
      /* What came with an error was dropped. */
      if (cases[i].create == create_both_cb)
        assert_log ("-both ~both -both ~both");
    }

  /* The next one may be luckier. */
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

  /* Neither a warning that an error is set over an error, nor a crash. */
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

  /* Who asked wrongly can go on. */
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

  /* The reference is the caller's, as any other; nobody may sink it from under him. */
  g_assert_false (g_object_is_floating (a));
  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 1);
  assert_at (table, "a", a);
  g_object_unref (a);
  assert_size (table, 0);
  g_object_unref (table);
}

/* Threads */

#define N_THREADS 64

typedef struct
{
  WeakrefValueTable *table;
  gint n_there;   /* (atomic): who asks, or is about to */
  gint next;      /* (atomic) */
  gint n_created; /* (atomic): calls */
  gint n_fail;    /* (atomic): how many more calls fail */
  gint n_errors;  /* (atomic) */
  gpointer objects[N_THREADS];
} Crowd;

static gpointer
crowd_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Crowd *crowd = user_data;
  guint i;

  g_atomic_int_inc (&crowd->n_created);
  /* Let the others come, and begin to wait. */
  while (g_atomic_int_get (&crowd->n_there) < N_THREADS)
    g_thread_yield ();
  for (i = 0; i < N_THREADS; i++)
    g_thread_yield ();
  if (g_atomic_int_add (&crowd->n_fail, -1) > 0)
    return create_fails_cb (key, NULL, error);
  return test_probe_new ("a");
}

static gpointer
crowd_thread (gpointer data)
{
  Crowd *crowd = data;
  const char key[] = "a"; /* each has one of his own */
  GError *error = NULL;
  gpointer object;

  g_atomic_int_inc (&crowd->n_there);
  object = weakref_value_table_ensure (crowd->table, key, crowd_create_cb, crowd, &error);
  crowd->objects[g_atomic_int_add (&crowd->next, 1)] = object;
  if (object == NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      g_clear_error (&error);
      g_atomic_int_inc (&crowd->n_errors);
    }
  else
    g_assert_no_error (error);

  return NULL;
}

static void
check_crowd (gint n_fail)
{
  guint n_rounds = test_scale (20, 2);
  guint round;
  guint i;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      Crowd crowd = { .table = string_table (), .n_fail = n_fail };
      gpointer object = NULL;

      test_threads (N_THREADS, crowd_thread, &crowd);
      g_assert_cmpint (crowd.n_errors, ==, n_fail);
      g_assert_cmpint (crowd.n_created, ==, n_fail + 1);
      for (i = 0; i < N_THREADS; i++)
        {
          if (object == NULL)
            object = crowd.objects[i];
          g_assert_true (crowd.objects[i] == NULL || crowd.objects[i] == object);
        }
      assert_at (crowd.table, "a", object);
      for (i = 0; i < N_THREADS; i++)
        g_clear_object (&crowd.objects[i]);
      assert_size (crowd.table, 0);
      g_object_unref (crowd.table);
    }
}

static void
test_crowd_creates_once (void)
{
  check_crowd (0);
}

static void
test_creation_fails_for_one (void)
{
  check_crowd (1);
}

static void
test_creation_fails_for_some (void)
{
  check_crowd (5);
}

/* Threads that meet in their creations, and then each ask for what the next one makes. */
typedef struct
{
  WeakrefValueTable *table;
  gint *n_there; /* (atomic) */
  guint n;
  WeakrefValueTable *next_table;
  const char *key;
  const char *next_key;
  gpointer object;
  GError *error;
} Traveller;

static gpointer
traveller_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Traveller *self = user_data;
  gpointer next;

  g_atomic_int_inc (self->n_there);
  while (g_atomic_int_get (self->n_there) < (gint) self->n)
    g_thread_yield ();

  next = weakref_value_table_ensure (self->next_table, self->next_key, crowd_create_cb,
                                     &(Crowd) { .n_there = N_THREADS }, error);
  if (next == NULL)
    return NULL;

  g_object_unref (next);
  return test_probe_new (key);
}

static gpointer
traveller_thread (gpointer data)
{
  Traveller *self = data;

  self->object =
    weakref_value_table_ensure (self->table, self->key, traveller_create_cb, self, &self->error);
  return NULL;
}

static void
check_circle (guint n)
{
  static const char *keys[] = { "0", "1", "2" };
  guint n_rounds = test_scale (100, 5);
  guint round;
  guint i;

  g_assert (n <= G_N_ELEMENTS (keys));
  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      WeakrefValueTable *tables[3] = { string_table (), string_table (), string_table () };
      Traveller travellers[3];
      GThread *threads[3];
      gint n_there = 0;
      guint n_errors = 0;

      for (i = 0; i < n; i++)
        travellers[i] = (Traveller) {
          .table = tables[i],
          .n_there = &n_there,
          .n = n,
          .next_table = tables[(i + 1) % n],
          .key = keys[i],
          .next_key = keys[(i + 1) % n],
        };
      for (i = 0; i < n; i++)
        threads[i] = g_thread_new ("traveller", traveller_thread, &travellers[i]);
      for (i = 0; i < n; i++)
        g_thread_join (threads[i]);

      /* One of them closed the circle; the others went on. */
      for (i = 0; i < n; i++)
        {
          if (travellers[i].error != NULL)
            {
              g_assert_error (travellers[i].error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION);
              g_assert_null (travellers[i].object);
              g_clear_error (&travellers[i].error);
              n_errors++;
            }
          else
            {
              assert_at (tables[i], keys[i], travellers[i].object);
              g_object_unref (travellers[i].object);
            }
        }
      g_assert_cmpuint (n_errors, ==, 1);
      for (i = 0; i < 3; i++)
        {
          assert_size (tables[i], 0);
          g_object_unref (tables[i]);
        }
    }
}

static void
test_recursion_in_a_circle_of_two (void)
{
  check_circle (2);
}

static void
test_recursion_in_a_circle_of_three (void)
{
  check_circle (3);
}

/* One makes "x"; the other one waits for it to make "y". Then the first, done with "x" before the
 * other one has so much as woken up, asks for "y": that is no circle. */

typedef struct
{
  WeakrefValueTable *table;
  gint making_y; /* (atomic) */
} Relay;

static gpointer
relay_create_x_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Relay *relay = user_data;
  guint i;

  while (!g_atomic_int_get (&relay->making_y))
    g_thread_yield ();
  /* Let the other one begin to wait. */
  for (i = 0; i < 100; i++)
    g_thread_yield ();
  return test_probe_new ("x");
}

static gpointer
relay_create_y_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Relay *relay = user_data;
  gpointer x;

  g_atomic_int_set (&relay->making_y, TRUE);
  x = weakref_value_table_ensure (relay->table, "x", relay_create_x_cb, relay, error);
  g_assert_nonnull (x);
  g_object_unref (x);
  return test_probe_new ("y");
}

static gpointer
relay_thread (gpointer data)
{
  Relay *relay = data;

  return weakref_value_table_ensure (relay->table, "y", relay_create_y_cb, relay, NULL);
}

static void
test_no_recursion_once_landed (void)
{
  guint n_rounds = test_scale (100, 5);
  guint round;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      Relay relay = { string_table (), FALSE };
      GError *error = NULL;
      GThread *thread = g_thread_new ("relay", relay_thread, &relay);
      gpointer x = weakref_value_table_ensure (relay.table, "x", relay_create_x_cb, &relay, &error);
      gpointer y;

      g_assert_no_error (error);
      y = weakref_value_table_ensure (relay.table, "y", relay_create_y_cb, &relay, &error);
      g_assert_no_error (error);
      g_object_unref (g_thread_join (thread));
      g_object_unref (x);
      g_object_unref (y);
      assert_size (relay.table, 0);
      g_object_unref (relay.table);
    }
}

/* One thread is in the middle of something, the other one looks. */
typedef struct
{
  WeakrefValueTable *table;
  TestGate there;
  TestGate go_on;
  gpointer object;
} Meeting;

static void
meeting_init (Meeting *meeting)
{
  meeting->table = string_table ();
  meeting->object = NULL;
  test_gate_init (&meeting->there);
  test_gate_init (&meeting->go_on);
}

static void
meeting_clear (Meeting *meeting)
{
  g_object_unref (meeting->table);
  test_gate_clear (&meeting->there);
  test_gate_clear (&meeting->go_on);
}

static gpointer
meeting_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Meeting *meeting = user_data;

  test_gate_open (&meeting->there);
  test_gate_wait (&meeting->go_on);
  return test_probe_new ("created");
}

static gpointer
meeting_thread (gpointer data)
{
  Meeting *meeting = data;

  meeting->object =
    weakref_value_table_ensure (meeting->table, "a", meeting_create_cb, meeting, NULL);
  return NULL;
}

static void
test_others_work_during_a_creation (void)
{
  Meeting meeting;
  GThread *thread;
  gpointer b;

  meeting_init (&meeting);
  thread = g_thread_new ("create", meeting_thread, &meeting);
  test_gate_wait (&meeting.there);

  assert_at (meeting.table, "a", NULL);
  g_assert_false (weakref_value_table_remove (meeting.table, "a"));
  b = weakref_value_table_ensure (meeting.table, "b", create_cb, NULL, NULL);
  assert_log ("create:b");
  assert_size (meeting.table, 1);
  weakref_value_table_remove_all (meeting.table);
  g_object_unref (b);
  assert_log ("-b ~b");

  test_gate_open (&meeting.go_on);
  g_thread_join (thread);
  assert_at (meeting.table, "a", meeting.object);
  g_object_unref (meeting.object);
  assert_log ("-created ~created");
  meeting_clear (&meeting);
}

static void
test_insert_during_a_creation_elsewhere (void)
{
  TestProbe *a = test_probe_new ("a");
  Meeting meeting;
  GThread *thread;
  gpointer got;

  meeting_init (&meeting);
  thread = g_thread_new ("create", meeting_thread, &meeting);
  test_gate_wait (&meeting.there);

  g_assert_true (weakref_value_table_insert (meeting.table, "a", a));
  assert_at (meeting.table, "a", a);
  /* It need not wait for the creation. */
  got = weakref_value_table_ensure (meeting.table, "a", create_cb, NULL, NULL);
  g_assert_true (got == a);
  g_object_unref (got);

  test_gate_open (&meeting.go_on);
  g_thread_join (thread);
  assert_log ("-created ~created");
  g_assert_true (meeting.object == a);
  g_object_unref (meeting.object);
  g_object_unref (a);
  assert_log ("-a ~a");
  meeting_clear (&meeting);
}

static void
meeting_dispose_cb (TestProbe *probe, gpointer user_data)
{
  Meeting *meeting = user_data;

  test_gate_open (&meeting->there);
  test_gate_wait (&meeting->go_on);
}

static gpointer
unref_thread (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

static void
test_ensure_while_it_dies_elsewhere (void)
{
  TestProbe *a = test_probe_new ("a");
  Meeting meeting;
  GThread *thread;
  gpointer b;

  meeting_init (&meeting);
  weakref_value_table_insert (meeting.table, "x", a);
  test_probe_set_on_dispose (a, meeting_dispose_cb, &meeting);
  thread = g_thread_new ("unref", unref_thread, a);
  test_gate_wait (&meeting.there);

  /* The dying one is in nobody's way. */
  assert_log ("-a");
  assert_at (meeting.table, "x", NULL);
  b = weakref_value_table_ensure (meeting.table, "x", create_named_cb, (gpointer) "b", NULL);
  assert_log ("create:x");
  assert_at (meeting.table, "x", b);

  test_gate_open (&meeting.go_on);
  g_thread_join (thread);
  assert_log ("~a");
  assert_at (meeting.table, "x", b);
  assert_size (meeting.table, 1);
  g_object_unref (b);
  assert_log ("-b ~b");
  meeting_clear (&meeting);
}

static void
test_table_dropped_while_a_value_dies_elsewhere (void)
{
  TestProbe *a = test_probe_new ("a");
  Meeting meeting;
  GThread *thread;

  meeting_init (&meeting);
  weakref_value_table_insert (meeting.table, "x", a);
  test_probe_set_on_dispose (a, meeting_dispose_cb, &meeting);
  thread = g_thread_new ("unref", unref_thread, a);
  test_gate_wait (&meeting.there);
  g_object_unref (meeting.table);
  test_gate_open (&meeting.go_on);
  g_thread_join (thread);
  assert_log ("-a ~a");

  meeting.table = string_table ();
  meeting_clear (&meeting);
}

/* Against a model */

#define N_KEYS 16

static void
test_random (void)
{
  guint n_steps = test_scale (20000, 500);
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_INT);
  TestProbe *model[N_KEYS] = { NULL }; /* (unowned) */
  TestProbe *probes[N_KEYS] = { NULL };
  guint step;
  guint i;

  test_log_set_probes (FALSE);
  for (step = 0; step < n_steps; step++)
    {
      guint key = g_test_rand_int_range (0, N_KEYS);
      guint which = g_test_rand_int_range (0, N_KEYS);
      guint size = 0;

      switch (g_test_rand_int_range (0, 5))
        {
        case 0:
        case 1:
          if (probes[which] == NULL)
            probes[which] = test_probe_new ("probe");
          g_assert_true (weakref_value_table_insert (table, GUINT_TO_POINTER (key),
                                                     probes[which]) == (model[key] == NULL));
          model[key] = probes[which];
          break;
        case 2:
          g_assert_true (weakref_value_table_remove (table, GUINT_TO_POINTER (key)) ==
                         (model[key] != NULL));
          model[key] = NULL;
          break;
        default:
          for (i = 0; i < N_KEYS; i++)
            if (model[i] == probes[which])
              model[i] = NULL;
          if (probes[which] != NULL && step % 2)
            g_object_run_dispose (G_OBJECT (probes[which]));
          g_clear_object (&probes[which]);
          break;
        }

      for (i = 0; i < N_KEYS; i++)
        {
          assert_at (table, GUINT_TO_POINTER (i), model[i]);
          size += model[i] != NULL;
        }
      assert_size (table, size);
    }

  for (i = 0; i < N_KEYS; i++)
    g_clear_object (&probes[i]);
  assert_size (table, 0);
  g_object_unref (table);
}

/* Bad input */

static void
test_bad_objects (void)
{
  WeakrefValueTable *table = string_table ();
  TestProbe *a = test_probe_new ("a");
  gpointer no_object[4] = { NULL };
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_static_string (&value, "a");

  CRITICAL ("*G_IS_OBJECT (object)*");
  g_assert_false (weakref_value_table_insert (table, "a", NULL));
  CRITICAL ("*G_IS_OBJECT (object)*");
  g_assert_false (weakref_value_table_insert (table, "a", no_object));
  CRITICAL ("*G_IS_OBJECT (object)*");
  g_assert_false (weakref_value_table_insert_value (table, &value, NULL, NULL));
  CRITICAL ("*create != NULL*");
  g_assert_null (weakref_value_table_ensure (table, "a", NULL, NULL, NULL));
  CRITICAL ("*create != NULL*");
  g_assert_null (weakref_value_table_ensure_value (table, &value, NULL, NULL, NULL));
  CRITICAL ("*func != NULL*");
  weakref_value_table_foreach (table, NULL, NULL);
  CRITICAL ("*func != NULL*");
  weakref_value_table_foreach_value (table, NULL, NULL);
  assert_size (table, 0);

#define BAD(call)                                                                                  \
  CRITICAL ("*WEAKREF_IS_VALUE_TABLE (self)*");                                                    \
  call
  BAD (g_assert_false (weakref_value_table_insert (NULL, "a", a)));
  BAD (g_assert_null (weakref_value_table_lookup ((gpointer) a, "a")));
  BAD (g_assert_null (weakref_value_table_ensure (NULL, "a", create_cb, NULL, NULL)));
  BAD (g_assert_false (weakref_value_table_contains (NULL, "a")));
  BAD (g_assert_false (weakref_value_table_remove (NULL, "a")));
  BAD (weakref_value_table_remove_all (NULL));
  BAD (g_assert_cmpuint (weakref_value_table_get_size (NULL), ==, 0));
  BAD (g_assert_cmpuint (weakref_value_table_get_key_type (NULL), ==, G_TYPE_INVALID));
  BAD (g_assert_null (weakref_value_table_dup_keys (NULL)));
  BAD (g_assert_null (weakref_value_table_dup_keys_value (NULL)));
  BAD (g_assert_null (weakref_value_table_dup_values (NULL)));
  BAD (weakref_value_table_foreach (NULL, log_entry_cb, NULL));
  BAD (g_assert_false (weakref_value_table_insert_value (NULL, &value, a, NULL)));
  BAD (g_assert_null (weakref_value_table_lookup_value (NULL, &value, NULL)));
  BAD (
    g_assert_null (weakref_value_table_ensure_value (NULL, &value, create_value_cb, NULL, NULL)));
  BAD (g_assert_false (weakref_value_table_contains_value (NULL, &value, NULL)));
  BAD (g_assert_false (weakref_value_table_remove_value (NULL, &value, NULL)));
#undef BAD
  g_test_assert_expected_messages ();

  g_object_unref (a);
  g_object_unref (table);
  assert_log ("-a ~a");
}

static void
test_bad_keys (void)
{
  WeakrefValueTable *strings = string_table ();
  WeakrefValueTable *lists = weakref_value_table_new (G_TYPE_LIST_MODEL);
  TestProbe *a = test_probe_new ("a");
  GValue unset = G_VALUE_INIT;
  GValue value = G_VALUE_INIT;
  GError *error = NULL;

  weakref_value_table_insert (strings, "a", a);

#define BAD(pattern, call)                                                                         \
  CRITICAL (pattern);                                                                              \
  call
  BAD ("*insert: the key is NULL*", g_assert_false (weakref_value_table_insert (strings, NULL, a)));
  BAD ("*lookup: the key is NULL*", g_assert_null (weakref_value_table_lookup (strings, NULL)));
  BAD ("*the key is NULL*", g_assert_false (weakref_value_table_contains (strings, NULL)));
  BAD ("*the key is NULL*", g_assert_false (weakref_value_table_remove (strings, NULL)));
  BAD ("*the key is NULL*",
       g_assert_null (weakref_value_table_ensure (strings, NULL, create_cb, NULL, NULL)));
  BAD ("*not a GObject*", g_assert_false (weakref_value_table_insert (lists, NULL, a)));
  BAD ("*another type*", g_assert_false (weakref_value_table_insert (lists, a, a)));
  BAD ("*another type*", g_assert_null (weakref_value_table_lookup (lists, a)));
  BAD ("*G_IS_VALUE*", g_assert_false (weakref_value_table_insert_value (strings, NULL, a, NULL)));
  BAD ("*G_IS_VALUE*",
       g_assert_false (weakref_value_table_insert_value (strings, &unset, a, NULL)));
  BAD ("*G_IS_VALUE*", g_assert_null (weakref_value_table_lookup_value (strings, &unset, NULL)));
  BAD ("*G_IS_VALUE*", g_assert_false (weakref_value_table_contains_value (strings, &unset, NULL)));
  BAD ("*G_IS_VALUE*", g_assert_false (weakref_value_table_remove_value (strings, &unset, NULL)));
  BAD ("*G_IS_VALUE*", g_assert_null (weakref_value_table_ensure_value (
                         strings, &unset, create_value_cb, NULL, NULL)));
#undef BAD
  g_test_assert_expected_messages ();

  g_value_init (&value, G_TYPE_INT);
#define WRONG(call)                                                                                \
  call;                                                                                            \
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);                                   \
  g_clear_error (&error)
  WRONG (g_assert_false (weakref_value_table_insert_value (strings, &value, a, &error)));
  WRONG (g_assert_null (weakref_value_table_lookup_value (strings, &value, &error)));
  WRONG (g_assert_false (weakref_value_table_contains_value (strings, &value, &error)));
  WRONG (g_assert_false (weakref_value_table_remove_value (strings, &value, &error)));
  WRONG (g_assert_null (
    weakref_value_table_ensure_value (strings, &value, create_value_cb, NULL, &error)));
#undef WRONG

  assert_size (strings, 1);
  assert_size (lists, 0);
  assert_at (strings, "a", a);
  g_object_unref (strings);
  g_object_unref (lists);
  g_object_unref (a);
  assert_log ("-a ~a");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(path, func) test_add ("/weakref/value-table/" path, func)
  ADD ("drops-entry-when-value-dies", test_drops_entry_when_value_dies);
  ADD ("drops-entry-when-value-is-disposed", test_drops_entry_when_value_is_disposed);
  ADD ("resurrected-is-out", test_resurrected_is_out);
  ADD ("replace", test_replace);
  ADD ("same-object-again", test_same_object_again);
  ADD ("remove", test_remove);
  ADD ("objects-outlive-the-table", test_objects_outlive_the_table);
  ADD ("copies-keys", test_copies_keys);
  ADD ("dup", test_dup);
  ADD ("empty", test_empty);
  ADD ("keys/in-the-pointer", test_keys_in_the_pointer);
  ADD ("keys/by-address", test_keys_by_address);
  ADD ("keys/counted", test_keys_that_are_counted);
  ADD ("keys/mixed", test_keys_mixed);
  ADD ("keys/object-is-held", test_object_key_is_held);
  ADD ("keys/type-property", test_key_type_property);
  ADD ("own-keys/functions", test_own_keys);
  ADD ("own-keys/use-the-table", test_own_keys_use_the_table);
  ADD ("own-keys/not-compared-by-a-death", test_death_compares_no_keys);
  ADD ("own-keys/by-pointer", test_own_keys_by_pointer);
  ADD ("dying/is-not-found", test_dying_is_not_found);
  ADD ("dying/is-replaced-by-ensure", test_dying_is_replaced_by_ensure);
  ADD ("dying/is-replaced-by-insert", test_dying_is_replaced_by_insert);
  ADD ("dying/is-removed", test_dying_is_removed);
  ADD ("dying/drops-the-table", test_dying_drops_the_table);
  ADD ("dying/callback-drops-the-table", test_callback_of_the_death_drops_the_table);
  ADD ("foreach/entries", test_foreach);
  ADD ("foreach/changes-the-table", test_foreach_changes_the_table);
  ADD ("foreach/drops-the-table", test_foreach_drops_the_table);
  ADD ("ensure/creates-once", test_ensure);
  ADD ("ensure/that-fails", test_ensure_that_fails);
  ADD ("ensure/that-fails-twice-over", test_ensure_that_fails_twice_over);
  ADD ("ensure/recursion", test_ensure_recursion);
  ADD ("ensure/uses-the-table", test_ensure_uses_the_table);
  ADD ("ensure/insert-during-the-creation", test_insert_during_the_creation);
  ADD ("ensure/drops-the-table", test_creation_drops_the_table);
  ADD ("ensure/creates-a-disposed-object", test_creation_of_a_disposed_object);
  ADD ("ensure/creates-a-floating-object", test_creation_of_a_floating_object);
  ADD ("threads/create-once", test_crowd_creates_once);
  ADD ("threads/creation-fails-for-one", test_creation_fails_for_one);
  ADD ("threads/creation-fails-for-some", test_creation_fails_for_some);
  ADD ("threads/recursion-in-a-circle-of-two", test_recursion_in_a_circle_of_two);
  ADD ("threads/recursion-in-a-circle-of-three", test_recursion_in_a_circle_of_three);
  ADD ("threads/no-recursion-once-landed", test_no_recursion_once_landed);
  ADD ("threads/others-work-during-a-creation", test_others_work_during_a_creation);
  ADD ("threads/insert-during-a-creation", test_insert_during_a_creation_elsewhere);
  ADD ("threads/ensure-while-it-dies", test_ensure_while_it_dies_elsewhere);
  ADD ("threads/table-dropped-while-a-value-dies", test_table_dropped_while_a_value_dies_elsewhere);
  ADD ("random", test_random);
  ADD ("bad-objects", test_bad_objects);
  ADD ("bad-keys", test_bad_keys);
#undef ADD

  return g_test_run ();
}
