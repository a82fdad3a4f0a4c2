/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Keys from GValues of other types. */

#include "key-common.h"

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

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/key");

  test_case (interface_that_requires_nothing);
  test_case_as ("double/from-other-numbers", doubles_from_other_numbers);
  test_case_as ("integer/hash-apart", integers_hash_apart);
  test_case_as ("integer/ranges", integers_and_their_ranges);
  test_case (wrong_types);

  return g_test_run ();
}
