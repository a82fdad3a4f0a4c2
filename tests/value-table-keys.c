/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Value tables: keys of each type, and arguments that are wrong. */

#include "value-table-common.h"

#define CRITICAL(pattern) g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, pattern)

/* Keys of all types */

static gpointer
unexpected_create_cb (const GValue *key, gpointer user_data, GError **error)
{
  g_assert_not_reached ();
}

/* Calls all functions with two keys of one type. @same is another pointer that is equal to @a, if
 * there is one. */
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

  /* The object is its own key. So it lives until it is removed. */
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

  /* Not a second time, for what is called here. */
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
  test_init (&argc, &argv, "/weakref/value-table");

  test_case_as ("keys/in-the-pointer", keys_in_the_pointer);
  test_case_as ("keys/by-address", keys_by_address);
  test_case_as ("keys/counted", keys_that_are_counted);
  test_case_as ("keys/mixed", keys_mixed);
  test_case_as ("keys/object-is-held", object_key_is_held);
  test_case_as ("keys/type-property", key_type_property);
  test_case_as ("own-keys/functions", own_keys);
  test_case_as ("own-keys/use-the-table", own_keys_use_the_table);
  test_case_as ("own-keys/not-compared-by-a-death", death_compares_no_keys);
  test_case_as ("own-keys/by-pointer", own_keys_by_pointer);
  test_case (bad_objects);
  test_case (bad_keys);

  return g_test_run ();
}
