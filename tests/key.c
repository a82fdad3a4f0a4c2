/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Keys of one type, and keys with functions of the user. */

#include "key-common.h"

static void
test_keys_in_the_pointer (void)
{
  check_key (G_TYPE_BOOLEAN, GINT_TO_POINTER (TRUE), GINT_TO_POINTER (TRUE),
             GINT_TO_POINTER (FALSE));
  check_key (G_TYPE_BOOLEAN, GINT_TO_POINTER (FALSE), GINT_TO_POINTER (FALSE),
             GINT_TO_POINTER (TRUE));
  check_key (G_TYPE_CHAR, GINT_TO_POINTER (-128), GINT_TO_POINTER (-128), GINT_TO_POINTER (127));
  check_key (G_TYPE_UCHAR, GUINT_TO_POINTER (255), GUINT_TO_POINTER (255), GUINT_TO_POINTER (0));
  check_key (G_TYPE_INT, GINT_TO_POINTER (G_MININT), GINT_TO_POINTER (G_MININT),
             GINT_TO_POINTER (G_MAXINT));
  check_key (G_TYPE_UINT, GUINT_TO_POINTER (G_MAXUINT), GUINT_TO_POINTER (G_MAXUINT),
             GUINT_TO_POINTER (0));
  check_key (G_TYPE_LONG, GSIZE_TO_POINTER ((gsize) G_MINLONG),
             GSIZE_TO_POINTER ((gsize) G_MINLONG), GSIZE_TO_POINTER ((gsize) G_MAXLONG));
  check_key (G_TYPE_ULONG, GSIZE_TO_POINTER (G_MAXULONG), GSIZE_TO_POINTER (G_MAXULONG), NULL);
  check_key (G_TYPE_GTYPE, GSIZE_TO_POINTER (G_TYPE_OBJECT), GSIZE_TO_POINTER (G_TYPE_OBJECT),
             GSIZE_TO_POINTER (TEST_TYPE_PROBE));
  check_key (G_TYPE_BUS_TYPE, GINT_TO_POINTER (G_BUS_TYPE_STARTER),
             GINT_TO_POINTER (G_BUS_TYPE_STARTER), GINT_TO_POINTER (G_BUS_TYPE_SESSION));
  check_key (G_TYPE_APPLICATION_FLAGS, GUINT_TO_POINTER (G_APPLICATION_IS_SERVICE),
             GUINT_TO_POINTER (G_APPLICATION_IS_SERVICE), GUINT_TO_POINTER (0));
  check_key (G_TYPE_POINTER, &value_free, &value_free, &key_kind);
  check_key (G_TYPE_POINTER, NULL, NULL, &key_kind);
}

static void
test_keys_by_address (void)
{
  static const gint64 ints[] = { G_MININT64, G_MININT64, G_MAXINT64 };
  static const guint64 uints[] = { G_MAXUINT64, G_MAXUINT64, 0 };
  static const gdouble doubles[] = { 0.1, 0.1, -0.1 };
  const char a[] = "key";
  const char same[] = "key";

  check_key (G_TYPE_INT64, &ints[0], &ints[1], &ints[2]);
  check_key (G_TYPE_UINT64, &uints[0], &uints[1], &uints[2]);
  check_key (G_TYPE_DOUBLE, &doubles[0], &doubles[1], &doubles[2]);
  check_key (G_TYPE_STRING, a, same, "Key");
  check_key (G_TYPE_STRING, "", "", "Key");
}

static void
test_keys_that_are_counted (void)
{
  GBytes *bytes[] = { g_bytes_new ("a\0b", 3), g_bytes_new ("a\0b", 3), g_bytes_new ("a\0c", 3) };
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  GListStore *one = g_list_store_new (G_TYPE_OBJECT);
  GListStore *two = g_list_store_new (G_TYPE_OBJECT);
  guint i;

  check_key (G_TYPE_BYTES, bytes[0], bytes[1], bytes[2]);
  for (i = 0; i < G_N_ELEMENTS (bytes); i++)
    g_bytes_unref (bytes[i]);

  check_key (G_TYPE_OBJECT, a, a, b);
  check_key (TEST_TYPE_PROBE, a, a, b);
  check_key (G_TYPE_LIST_MODEL, one, one, two);

  g_object_unref (one);
  g_object_unref (two);
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
}

static void
test_object_is_held_by_its_copy (void)
{
  WeakrefKeyKind kind = key_kind (G_TYPE_OBJECT);
  TestProbe *a = test_probe_new ("a");
  gpointer copy = weakref_key_copy (&kind, a);

  g_object_unref (a);
  assert_log ("");
  weakref_key_get_free (&kind) (copy);
  assert_log ("-a ~a");
}

static void
test_no_keys_of_such_a_type (void)
{
  static const GType fundamentals[] = { G_TYPE_INVALID, G_TYPE_NONE,  G_TYPE_INTERFACE,
                                        G_TYPE_FLOAT,   G_TYPE_PARAM, G_TYPE_BOXED };
  WeakrefKeyKind kind;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (fundamentals); i++)
    g_assert_false (weakref_key_kind_init (&kind, fundamentals[i]));
  g_assert_false (weakref_key_kind_init (&kind, G_TYPE_STRV));
  g_assert_false (weakref_key_kind_init (&kind, G_TYPE_DATE));
}

/* GVariant */

static void
check_variant (const char *text, const char *other_text)
{
  GVariant *a = g_variant_ref_sink (g_variant_new_parsed (text));
  GVariant *same = g_variant_ref_sink (g_variant_new_parsed (text));
  GVariant *other = g_variant_ref_sink (g_variant_new_parsed (other_text));
  GBytes *bytes = g_variant_get_data_as_bytes (a);
  GVariant *untrusted =
    g_variant_ref_sink (g_variant_new_from_bytes (g_variant_get_type (a), bytes, FALSE));

  check_key (G_TYPE_VARIANT, a, same, other);
  check_key (G_TYPE_VARIANT, a, untrusted, other);
  check_key (G_TYPE_VARIANT, untrusted, a, other);

  g_bytes_unref (bytes);
  g_variant_unref (untrusted);
  g_variant_unref (a);
  g_variant_unref (same);
  g_variant_unref (other);
}

static void
test_variants (void)
{
  check_variant ("true", "false");
  check_variant ("byte 255", "byte 0");
  check_variant ("int16 -1", "uint16 65535");
  check_variant ("int32 1", "uint32 1");
  check_variant ("int64 1", "uint64 1");
  check_variant ("handle 1", "int32 1");
  check_variant ("0.1", "0.2");
  check_variant ("'a'", "'b'");
  check_variant ("'/a'", "objectpath '/a'");
  check_variant ("signature 'ai'", "'ai'");
}

static void
test_variant_containers (void)
{
  check_variant ("[1, 2, 3]", "[1, 2]");
  check_variant ("@ai []", "@au []");
  check_variant ("(1, 'a', true)", "(1, 'a', false)");
  check_variant ("{'a': <1>, 'b': <'c'>}", "{'a': <1>, 'b': <'d'>}");
  check_variant ("@a{sv} {}", "@a{su} {}");
  check_variant ("<1>", "<uint32 1>");
  check_variant ("<<1>>", "<1>");
  check_variant ("@ms nothing", "@ms 'a'");
  check_variant ("just 1", "1");
  check_variant ("b'bytes'", "'bytes'");
  check_variant ("[(1.5, [<'x'>])]", "[(1.5, [<'y'>])]");
}

static void
test_floating_variant_stays_the_callers (void)
{
  WeakrefKeyKind kind = key_kind (G_TYPE_VARIANT);
  GVariant *variant = g_variant_new_string ("a");

  /* As a lookup does. */
  g_assert_true (weakref_key_check (&kind, variant, G_STRFUNC));
  kind.hash (variant);
  g_assert_true (kind.equal (variant, variant));
  g_assert_true (g_variant_is_floating (variant));

  /* Until it becomes a key. */
  g_assert_true (weakref_key_copy (&kind, variant) == variant);
  g_assert_false (g_variant_is_floating (variant));
  weakref_key_get_free (&kind) (variant);
}

/* Doubles */

static void
test_doubles_as_in_a_map (void)
{
  WeakrefKeyKind kind = key_kind (G_TYPE_DOUBLE);
  const gdouble nan_ = NAN;
  const gdouble other_nan = -NAN;
  const gdouble zero = 0.0;
  const gdouble minus_zero = -0.0;
  const gdouble inf = INFINITY;
  const gdouble minus_inf = -INFINITY;
  const gdouble tiny = G_MINDOUBLE;

  check_key (G_TYPE_DOUBLE, &nan_, &other_nan, &zero);
  check_key (G_TYPE_DOUBLE, &zero, &minus_zero, &nan_);
  check_key (G_TYPE_DOUBLE, &minus_zero, &zero, &tiny);
  check_key (G_TYPE_DOUBLE, &inf, &inf, &minus_inf);
  check_key (G_TYPE_DOUBLE, &minus_inf, &minus_inf, &nan_);
  assert_same (&kind, &nan_, &nan_);
}

static void
test_doubles_hash_apart (void)
{
  WeakrefKeyKind kind = key_kind (G_TYPE_DOUBLE);
  GHashTable *hashes = g_hash_table_new (NULL, NULL);
  guint i;

  /* Fractions with many bits, and with few. */
  for (i = 1; i < 512; i++)
    {
      gdouble many = 1.0 / i;
      gdouble few = i / 1024.0;

      g_hash_table_add (hashes, GUINT_TO_POINTER (kind.hash (&many)));
      g_hash_table_add (hashes, GUINT_TO_POINTER (kind.hash (&few)));
    }
  g_assert_cmpuint (g_hash_table_size (hashes), >, 900);
  g_hash_table_unref (hashes);
}

/* The user's own functions */

static gpointer
copy_cb (gconstpointer key)
{
  test_log ("copy");
  return g_strdup (key);
}

static void
free_cb (gpointer key)
{
  test_log ("free");
  g_free (key);
}

static void
test_own_functions (void)
{
  WeakrefKeyKind kind;
  GValue *value;
  gpointer copy;

  weakref_key_kind_init_full (&kind, g_str_hash, g_str_equal, copy_cb, free_cb);
  g_assert_cmpuint (kind.type, ==, G_TYPE_NONE);
  copy = weakref_key_copy (&kind, "a");
  assert_same (&kind, copy, "a");
  weakref_key_get_free (&kind) (copy);
  assert_log ("copy free");

  value = weakref_key_to_value (&kind, "a");
  g_assert_true (G_VALUE_HOLDS_POINTER (value));
  value_free (value);
  assert_no_fit_for (&kind, V (STRING, string, "a"));
  assert_no_fit_for (&kind, V (POINTER, pointer, NULL));
}

static void
test_own_functions_default_to_the_pointer (void)
{
  WeakrefKeyKind kind;

  weakref_key_kind_init_full (&kind, NULL, NULL, NULL, NULL);
  assert_same (&kind, &kind, &kind);
  assert_same (&kind, NULL, NULL);
  g_assert_false (kind.equal (&kind, NULL));
  g_assert_true (weakref_key_check (&kind, NULL, "here"));
  g_assert_true (weakref_key_copy (&kind, &kind) == &kind);
  g_assert_null (weakref_key_get_free (&kind));
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/key");

  test_case_as ("in-the-pointer", keys_in_the_pointer);
  test_case_as ("by-address", keys_by_address);
  test_case_as ("counted", keys_that_are_counted);
  test_case (object_is_held_by_its_copy);
  test_case (no_keys_of_such_a_type);
  test_case_as ("variant/basic", variants);
  test_case_as ("variant/containers", variant_containers);
  test_case_as ("variant/floating-stays-the-callers", floating_variant_stays_the_callers);
  test_case_as ("double/as-in-a-map", doubles_as_in_a_map);
  test_case_as ("double/hash-apart", doubles_hash_apart);
  test_case_as ("own/functions", own_functions);
  test_case_as ("own/default-to-the-pointer", own_functions_default_to_the_pointer);

  return g_test_run ();
}
