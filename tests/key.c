/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/key.h>

#include <math.h>

#include <weakref-glib/weakref-error.h>

#include "probe.h"

/* A GValue on the heap, for weakref_key_from_value() and friends: V (INT, int, 5). */
#define V(TYPE, set, v)                                                                            \
  G_GNUC_EXTENSION ({                                                                              \
    GValue *v_value = g_new0 (GValue, 1);                                                          \
    g_value_init (v_value, G_TYPE_##TYPE);                                                         \
    g_value_set_##set (v_value, v);                                                                \
    v_value;                                                                                       \
  })

static GValue *
boxed_value (GType type, gpointer boxed)
{
  GValue *value = g_new0 (GValue, 1);

  g_value_init (value, type);
  g_value_take_boxed (value, boxed);

  return value;
}

static GValue *
object_value (GType type, gpointer object)
{
  GValue *value = g_new0 (GValue, 1);

  g_value_init (value, type);
  g_value_set_object (value, object);

  return value;
}

static void
value_free (gpointer value)
{
  g_boxed_free (G_TYPE_VALUE, value);
}

static WeakrefKeyKind
key_kind (GType type)
{
  WeakrefKeyKind kind;

  g_assert_true (weakref_key_kind_init (&kind, type));
  g_assert_cmpuint (kind.type, ==, type);

  return kind;
}

/* One key */

#define assert_same(kind, a, b)                                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_true ((kind)->equal (a, b));                                                          \
    g_assert_true ((kind)->equal (b, a));                                                          \
    g_assert_cmpuint ((kind)->hash (a), ==, (kind)->hash (b));                                     \
  }                                                                                                \
  G_STMT_END

/* @same is another pointer for the same key where that is possible, @other another key. */
static void
check_key (GType type, gconstpointer a, gconstpointer same, gconstpointer other)
{
  WeakrefKeyKind kind = key_kind (type);
  WeakrefKeyBuffer buffer;
  GError *error = NULL;
  gconstpointer back;
  gpointer copy;
  GValue *value;

  g_assert_true (weakref_key_check (&kind, a, G_STRFUNC));
  assert_same (&kind, a, a);
  assert_same (&kind, a, same);
  g_assert_false (kind.equal (a, other));
  g_assert_false (kind.equal (other, a));

  copy = weakref_key_copy (&kind, a);
  assert_same (&kind, a, copy);
  if (kind.get_size != NULL)
    g_assert_true (copy != a);

  value = weakref_key_to_value (&kind, copy);
  if (weakref_key_get_free (&kind) != NULL)
    weakref_key_get_free (&kind) (copy);
  g_assert_true (type == G_TYPE_VALUE || G_VALUE_TYPE (value) == type);
  g_assert_true (weakref_key_from_value (&kind, value, &buffer, &back, &error));
  g_assert_no_error (error);
  assert_same (&kind, a, back);
  g_assert_false (kind.equal (back, other));
  value_free (value);
}

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

/* GValues of other types */

static void
assert_fits (GType type, GValue *value, gconstpointer expected)
{
  WeakrefKeyKind kind = key_kind (type);
  WeakrefKeyBuffer buffer;
  GError *error = NULL;
  gconstpointer key;

  g_assert_true (weakref_key_from_value (&kind, value, &buffer, &key, &error));
  g_assert_no_error (error);
  assert_same (&kind, key, expected);
  value_free (value);
}

static void
assert_no_fit_for (const WeakrefKeyKind *kind, GValue *value)
{
  WeakrefKeyBuffer buffer;
  GError *error = NULL;
  gconstpointer key;

  g_assert_false (weakref_key_from_value (kind, value, &buffer, &key, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);
  g_clear_error (&error);
  /* Who does not want to know is not told. */
  g_assert_false (weakref_key_from_value (kind, value, &buffer, &key, NULL));
  value_free (value);
}

static void
assert_no_fit (GType type, GValue *value)
{
  WeakrefKeyKind kind = key_kind (type);

  assert_no_fit_for (&kind, value);
}

/* An interface that has no prerequisite, and what implements it */

typedef struct _TestAny TestAny;
typedef GTypeInterface TestAnyInterface;

static GType test_any_get_type (void);
G_DEFINE_INTERFACE (TestAny, test_any, G_TYPE_INVALID)

static void
test_any_default_init (TestAnyInterface *iface)
{
}

typedef GObject TestSome;
typedef GObjectClass TestSomeClass;

static GType test_some_get_type (void);
G_DEFINE_TYPE_WITH_CODE (TestSome,
                         test_some,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (test_any_get_type (), NULL))

static void
test_some_class_init (TestSomeClass *klass)
{
}

static void
test_some_init (TestSome *self)
{
}

static void
test_interface_that_requires_nothing (void)
{
  WeakrefKeyKind kind = key_kind (test_any_get_type ());
  GObject *some = g_object_new (test_some_get_type (), NULL);
  GValue *value = weakref_key_to_value (&kind, some);

  /* There are no GValues of such an interface. */
  g_assert_true (g_value_get_object (value) == some);
  assert_fits (kind.type, value, some);
  assert_no_fit (kind.type, V (OBJECT, object, NULL));
  g_object_unref (some);
}

static gconstpointer
int_key (GType type, gint64 v)
{
  static gint64 address[2];
  static guint which;

  switch (type)
    {
    case G_TYPE_INT64:
    case G_TYPE_UINT64:
      which = !which;
      address[which] = v;
      return &address[which];
    case G_TYPE_LONG:
    case G_TYPE_ULONG:
      return GSIZE_TO_POINTER ((gsize) v);
    case G_TYPE_UINT:
    case G_TYPE_UCHAR:
      return GUINT_TO_POINTER ((guint) v);
    default:
      return GINT_TO_POINTER ((gint) v);
    }
}

static void
test_integers_and_their_ranges (void)
{
  static const struct
  {
    GType type;
    gint64 min;
    guint64 max;
  } types[] = {
    { G_TYPE_CHAR, G_MININT8, G_MAXINT8 },    { G_TYPE_UCHAR, 0, G_MAXUINT8 },
    { G_TYPE_INT, G_MININT, G_MAXINT },       { G_TYPE_UINT, 0, G_MAXUINT },
    { G_TYPE_LONG, G_MINLONG, G_MAXLONG },    { G_TYPE_ULONG, 0, G_MAXULONG },
    { G_TYPE_INT64, G_MININT64, G_MAXINT64 }, { G_TYPE_UINT64, 0, G_MAXUINT64 },
  };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (types); i++)
    {
      GType type = types[i].type;
      gint64 min = types[i].min;
      guint64 max = types[i].max;

      /* Any numeric type will do … */
      assert_fits (type, V (CHAR, schar, 5), int_key (type, 5));
      assert_fits (type, V (UCHAR, uchar, 5), int_key (type, 5));
      assert_fits (type, V (INT, int, 5), int_key (type, 5));
      assert_fits (type, V (UINT, uint, 5), int_key (type, 5));
      assert_fits (type, V (LONG, long, 5), int_key (type, 5));
      assert_fits (type, V (ULONG, ulong, 5), int_key (type, 5));
      assert_fits (type, V (INT64, int64, 5), int_key (type, 5));
      assert_fits (type, V (UINT64, uint64, 5), int_key (type, 5));
      assert_fits (type, V (FLOAT, float, 5), int_key (type, 5));
      assert_fits (type, V (DOUBLE, double, 5), int_key (type, 5));
      assert_fits (type, V (DOUBLE, double, -0.0), int_key (type, 0));

      /* … if the value is in range. */
      assert_fits (type, V (INT64, int64, min), int_key (type, min));
      assert_fits (type, V (UINT64, uint64, max), int_key (type, (gint64) max));
      if (min > G_MININT64)
        assert_no_fit (type, V (INT64, int64, min - 1));
      if (max < G_MAXUINT64)
        assert_no_fit (type, V (UINT64, uint64, max + 1));
      if (max < G_MAXUINT32)
        assert_no_fit (type, V (DOUBLE, double, (gdouble) max + 1));
      if (min == 0)
        {
          assert_no_fit (type, V (INT, int, -1));
          assert_no_fit (type, V (DOUBLE, double, -1));
        }

      assert_no_fit (type, V (DOUBLE, double, 0.5));
      assert_no_fit (type, V (FLOAT, float, 0.5f));
      assert_no_fit (type, V (DOUBLE, double, NAN));
      assert_no_fit (type, V (DOUBLE, double, INFINITY));
      assert_no_fit (type, V (DOUBLE, double, -INFINITY));
      assert_no_fit (type, V (DOUBLE, double, 1e30));
      assert_no_fit (type, V (BOOLEAN, boolean, TRUE));
      assert_no_fit (type, V (STRING, string, "5"));
      assert_no_fit (type, V (STRING, string, NULL));
      assert_no_fit (type, V (POINTER, pointer, GINT_TO_POINTER (5)));
    }

  /* At the edges doubles are coarse. */
  assert_no_fit (G_TYPE_INT64, V (DOUBLE, double, 9223372036854775808.0));
  assert_fits (G_TYPE_INT64, V (DOUBLE, double, -9223372036854775808.0),
               int_key (G_TYPE_INT64, G_MININT64));
  assert_fits (G_TYPE_UINT64, V (DOUBLE, double, 9223372036854775808.0),
               int_key (G_TYPE_UINT64, G_MININT64));
  assert_no_fit (G_TYPE_UINT64, V (DOUBLE, double, 18446744073709551616.0));
}

static void
test_integers_hash_apart (void)
{
  static const GType types[] = { G_TYPE_INT64, G_TYPE_UINT64 };
  static const gint64 ints[] = { 0, 1, G_GINT64_CONSTANT (0x200000000),
                                 G_GINT64_CONSTANT (0x400000000) };
  guint i;
  guint j;
  guint k;

  /* Also by their upper halves. */
  for (i = 0; i < G_N_ELEMENTS (types); i++)
    for (j = 1; j < G_N_ELEMENTS (ints); j++)
      for (k = 0; k < j; k++)
        g_assert_cmpuint (key_kind (types[i]).hash (&ints[j]), !=,
                          key_kind (types[i]).hash (&ints[k]));
}

static void
test_doubles_from_other_numbers (void)
{
  const gdouble five = 5;
  const gdouble half = 0.5;
  const gdouble big = 18446744073709551616.0;
  const gdouble exact = 9007199254740992.0;
  const gdouble nan_ = NAN;

  assert_fits (G_TYPE_DOUBLE, V (INT, int, 5), &five);
  assert_fits (G_TYPE_DOUBLE, V (UINT64, uint64, 5), &five);
  assert_fits (G_TYPE_DOUBLE, V (FLOAT, float, 0.5f), &half);
  assert_fits (G_TYPE_DOUBLE, V (FLOAT, float, NAN), &nan_);
  assert_fits (G_TYPE_DOUBLE, V (DOUBLE, double, big), &big);
  assert_fits (G_TYPE_DOUBLE, V (INT64, int64, G_GINT64_CONSTANT (9007199254740992)), &exact);
  assert_no_fit (G_TYPE_DOUBLE, V (STRING, string, "0.5"));
  assert_no_fit (G_TYPE_DOUBLE, V (BOOLEAN, boolean, TRUE));
}

static void
test_wrong_types (void)
{
  TestProbe *a = test_probe_new ("a");
  GType type;

  assert_no_fit (G_TYPE_BOOLEAN, V (INT, int, 1));
  assert_no_fit (G_TYPE_STRING, V (INT, int, 1));
  assert_no_fit (G_TYPE_STRING, V (STRING, string, NULL));
  assert_no_fit (G_TYPE_STRING, object_value (G_TYPE_OBJECT, a));
  assert_no_fit (G_TYPE_OBJECT, V (STRING, string, "a"));
  assert_no_fit (G_TYPE_OBJECT, object_value (G_TYPE_OBJECT, NULL));
  assert_no_fit (G_TYPE_LIST_MODEL, object_value (G_TYPE_OBJECT, a));
  assert_no_fit (G_TYPE_LIST_STORE, object_value (G_TYPE_OBJECT, a));
  assert_no_fit (G_TYPE_BYTES, boxed_value (G_TYPE_BYTES, NULL));
  assert_no_fit (G_TYPE_BYTES, boxed_value (G_TYPE_STRV, g_strsplit ("a", ",", 0)));
  assert_no_fit (G_TYPE_BYTES, V (STRING, string, "a"));
  assert_no_fit (G_TYPE_VARIANT, V (VARIANT, variant, NULL));
  assert_no_fit (G_TYPE_VARIANT, V (STRING, string, "a"));
  assert_no_fit (G_TYPE_POINTER, V (STRING, string, "a"));
  assert_no_fit (G_TYPE_POINTER, object_value (G_TYPE_OBJECT, a));
  assert_no_fit (G_TYPE_POINTER, V (ULONG, ulong, 1));
  assert_no_fit (G_TYPE_GTYPE, V (ULONG, ulong, G_TYPE_OBJECT));
  assert_no_fit (G_TYPE_GTYPE, V (POINTER, pointer, GSIZE_TO_POINTER (G_TYPE_OBJECT)));

  /* A value of a general type is good for what it holds. */
  for (type = TEST_TYPE_PROBE; type != 0; type = g_type_parent (type))
    assert_fits (TEST_TYPE_PROBE, object_value (type, a), a);

  g_object_unref (a);
  assert_log ("-a ~a");
}

/* All sorts of keys side by side */

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
  test_case (interface_that_requires_nothing);
  test_case (object_is_held_by_its_copy);
  test_case (no_keys_of_such_a_type);
  test_case_as ("variant/basic", variants);
  test_case_as ("variant/containers", variant_containers);
  test_case_as ("variant/floating-stays-the-callers", floating_variant_stays_the_callers);
  test_case_as ("double/as-in-a-map", doubles_as_in_a_map);
  test_case_as ("double/hash-apart", doubles_hash_apart);
  test_case_as ("double/from-other-numbers", doubles_from_other_numbers);
  test_case_as ("integer/hash-apart", integers_hash_apart);
  test_case_as ("integer/ranges", integers_and_their_ranges);
  test_case (wrong_types);
  test_case_as ("mixed/equal-by-value", mixed_keys_are_equal_by_value);
  test_case_as ("mixed/no-keys", mixed_keys_that_are_none);
  test_case (pointers_that_are_no_keys);
  test_case_as ("own/functions", own_functions);
  test_case_as ("own/default-to-the-pointer", own_functions_default_to_the_pointer);

  return g_test_run ();
}
