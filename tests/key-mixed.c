/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Keys of all types in one table, and pointers that are no keys. */

#include "key-common.h"

static void
test_mixed_keys_are_equal_by_value (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  GListStore *list = g_list_store_new (G_TYPE_OBJECT);
  WeakrefKeyKind kind = key_kind (G_TYPE_VALUE);
  /* What is between two NULLs is one key. */
  GValue *values[] = {
    V (CHAR, schar, 1),
    V (UCHAR, uchar, 1),
    V (INT, int, 1),
    V (UINT, uint, 1),
    V (LONG, long, 1),
    V (ULONG, ulong, 1),
    V (INT64, int64, 1),
    V (UINT64, uint64, 1),
    V (FLOAT, float, 1),
    V (DOUBLE, double, 1),
    V (BUS_TYPE, enum, 1),
    V (APPLICATION_FLAGS, flags, 1),
    NULL,
    V (INT, int, 0),
    V (UINT64, uint64, 0),
    V (DOUBLE, double, 0.0),
    V (DOUBLE, double, -0.0),
    V (FLOAT, float, -0.0f),
    NULL,
    V (CHAR, schar, -1),
    V (INT, int, -1),
    V (INT64, int64, -1),
    V (DOUBLE, double, -1),
    V (BUS_TYPE, enum, -1),
    NULL,
    V (UINT64, uint64, G_MAXUINT64),
    NULL,
    V (DOUBLE, double, 18446744073709551616.0),
    NULL,
    V (UINT, uint, G_MAXUINT),
    V (INT64, int64, G_MAXUINT),
    V (DOUBLE, double, G_MAXUINT),
    NULL,
    V (INT64, int64, G_MAXINT64),
    V (UINT64, uint64, G_MAXINT64),
    NULL,
    V (UINT64, uint64, G_GUINT64_CONSTANT (1) << 63),
    V (DOUBLE, double, 9223372036854775808.0),
    NULL,
    V (INT64, int64, G_MININT64),
    V (DOUBLE, double, -9223372036854775808.0),
    NULL,
    V (INT64, int64, G_GINT64_CONSTANT (1) << 53),
    V (DOUBLE, double, 9007199254740992.0),
    NULL,
    V (INT64, int64, (G_GINT64_CONSTANT (1) << 53) + 1),
    V (UINT64, uint64, (G_GUINT64_CONSTANT (1) << 53) + 1),
    NULL,
    V (DOUBLE, double, NAN),
    V (DOUBLE, double, -NAN),
    V (FLOAT, float, NAN),
    NULL,
    V (DOUBLE, double, INFINITY),
    V (FLOAT, float, INFINITY),
    NULL,
    V (DOUBLE, double, -INFINITY),
    NULL,
    V (DOUBLE, double, 0.5),
    V (FLOAT, float, 0.5f),
    NULL,
    V (DOUBLE, double, 0.1),
    NULL,
    V (FLOAT, float, 0.1f),
    NULL,
    V (BOOLEAN, boolean, TRUE),
    V (BOOLEAN, boolean, TRUE),
    NULL,
    V (BOOLEAN, boolean, FALSE),
    NULL,
    V (STRING, string, "1"),
    V (STRING, static_string, "1"),
    NULL,
    V (STRING, string, ""),
    NULL,
    boxed_value (G_TYPE_BYTES, g_bytes_new ("1", 1)),
    boxed_value (G_TYPE_BYTES, g_bytes_new ("1", 1)),
    NULL,
    boxed_value (G_TYPE_BYTES, g_bytes_new ("", 0)),
    NULL,
    V (VARIANT, variant, g_variant_new_int32 (1)),
    V (VARIANT, variant, g_variant_new_int32 (1)),
    NULL,
    V (VARIANT, variant, g_variant_new_uint32 (1)),
    NULL,
    V (VARIANT, variant, g_variant_new ("(is)", 1, "1")),
    V (VARIANT, variant, g_variant_new ("(is)", 1, "1")),
    NULL,
    object_value (G_TYPE_OBJECT, a),
    object_value (TEST_TYPE_PROBE, a),
    NULL,
    object_value (TEST_TYPE_PROBE, b),
    NULL,
    object_value (G_TYPE_LIST_STORE, list),
    object_value (G_TYPE_LIST_MODEL, list),
    object_value (G_TYPE_OBJECT, list),
    NULL,
    V (GTYPE, gtype, G_TYPE_INT),
    V (GTYPE, gtype, G_TYPE_INT),
    NULL,
    V (GTYPE, gtype, G_TYPE_STRING),
    NULL,
    V (POINTER, pointer, a),
    V (POINTER, pointer, a),
    NULL,
    V (POINTER, pointer, NULL),
  };
  guint group = 0;
  guint other_group;
  guint i;
  guint j;

  for (i = 0; i < G_N_ELEMENTS (values); i++)
    {
      if (values[i] == NULL)
        {
          group++;
          continue;
        }

      check_key (G_TYPE_VALUE, values[i], values[i],
                 values[group == 0 ? G_N_ELEMENTS (values) - 1 : 0]);

      for (j = 0, other_group = 0; j < G_N_ELEMENTS (values); j++)
        {
          if (values[j] == NULL)
            other_group++;
          else if (group == other_group)
            assert_same (&kind, values[i], values[j]);
          else
            g_assert_false (kind.equal (values[i], values[j]));
        }
    }

  for (i = 0; i < G_N_ELEMENTS (values); i++)
    if (values[i] != NULL)
      value_free (values[i]);
  g_object_unref (list);
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
}

static void
test_mixed_keys_that_are_none (void)
{
  WeakrefKeyKind kind = key_kind (G_TYPE_VALUE);
  GValue unset = G_VALUE_INIT;
  GValue *inner = V (INT, int, 1);

  assert_no_fit (G_TYPE_VALUE, V (STRING, string, NULL));
  assert_no_fit (G_TYPE_VALUE, V (VARIANT, variant, NULL));
  assert_no_fit (G_TYPE_VALUE, object_value (G_TYPE_OBJECT, NULL));
  assert_no_fit (G_TYPE_VALUE, boxed_value (G_TYPE_BYTES, NULL));
  assert_no_fit (G_TYPE_VALUE, boxed_value (G_TYPE_STRV, g_strsplit ("a,b", ",", 0)));
  assert_no_fit (G_TYPE_VALUE, boxed_value (G_TYPE_DATE, g_date_new ()));
  assert_no_fit (G_TYPE_VALUE, boxed_value (G_TYPE_VALUE, g_boxed_copy (G_TYPE_VALUE, inner)));
  assert_no_fit (G_TYPE_VALUE, V (PARAM, param, NULL));
  value_free (inner);

  /* A critical, and no crash, in C. */
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*NULL*");
  g_assert_false (weakref_key_check (&kind, NULL, "here"));
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*compared*");
  g_assert_false (weakref_key_check (&kind, &unset, "here"));
  g_test_assert_expected_messages ();
}

static void
test_pointers_that_are_no_keys (void)
{
  static const GType by_address[] = { G_TYPE_INT64,  G_TYPE_UINT64,  G_TYPE_DOUBLE,
                                      G_TYPE_STRING, G_TYPE_VARIANT, G_TYPE_OBJECT };
  TestProbe *a = test_probe_new ("a");
  gpointer no_object[4] = { NULL };
  WeakrefKeyKind kind;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (by_address); i++)
    {
      kind = key_kind (by_address[i]);
      g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "here: the key is *");
      g_assert_false (weakref_key_check (&kind, NULL, "here"));
    }

  kind = key_kind (G_TYPE_BYTES);
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "here: *NULL*");
  g_assert_false (weakref_key_check (&kind, NULL, "here"));

  kind = key_kind (G_TYPE_OBJECT);
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "here: *not a GObject*");
  g_assert_false (weakref_key_check (&kind, no_object, "here"));

  kind = key_kind (G_TYPE_LIST_MODEL);
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "here: *another type*");
  g_assert_false (weakref_key_check (&kind, a, "here"));
  g_test_assert_expected_messages ();

  g_object_unref (a);
  assert_log ("-a ~a");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/key");

  test_case_as ("mixed/equal-by-value", mixed_keys_are_equal_by_value);
  test_case_as ("mixed/no-keys", mixed_keys_that_are_none);
  test_case (pointers_that_are_no_keys);

  return g_test_run ();
}
