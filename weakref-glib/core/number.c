/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/number.h>

#include <math.h>

static WeakrefNumber
number_from_double (gdouble v)
{
  WeakrefNumber number = { WEAKREF_NUMBER_DOUBLE, { .v_double = v } };

  /* The next double above G_MAXINT64 is 2^63, which is out of range. */
  if (v >= (gdouble) G_MININT64 && v < -(gdouble) G_MININT64 && !(floor (v) < v))
    {
      number.kind = WEAKREF_NUMBER_SIGNED;
      number.as.v_int64 = (gint64) v;
    }
  else if (v > 0 && v < -2.0 * (gdouble) G_MININT64 && !(floor (v) < v))
    {
      number.kind = WEAKREF_NUMBER_UNSIGNED;
      number.as.v_uint64 = (guint64) v;
    }

  return number;
}

static WeakrefNumber
number_from_uint64 (guint64 v)
{
  WeakrefNumber number = { v > G_MAXINT64 ? WEAKREF_NUMBER_UNSIGNED : WEAKREF_NUMBER_SIGNED,
                           { .v_uint64 = v } };

  return number;
}

static WeakrefNumber
number_from_int64 (gint64 v)
{
  WeakrefNumber number = { WEAKREF_NUMBER_SIGNED, { .v_int64 = v } };

  return number;
}

gboolean
weakref_number_from_value (const GValue *value, WeakrefNumber *number)
{
  switch (G_TYPE_FUNDAMENTAL (G_VALUE_TYPE (value)))
    {
    case G_TYPE_CHAR:
      *number = number_from_int64 (g_value_get_schar (value));
      return TRUE;
    case G_TYPE_UCHAR:
      *number = number_from_int64 (g_value_get_uchar (value));
      return TRUE;
    case G_TYPE_INT:
      *number = number_from_int64 (g_value_get_int (value));
      return TRUE;
    case G_TYPE_UINT:
      *number = number_from_int64 (g_value_get_uint (value));
      return TRUE;
    case G_TYPE_LONG:
      *number = number_from_int64 (g_value_get_long (value));
      return TRUE;
    case G_TYPE_ULONG:
      *number = number_from_uint64 (g_value_get_ulong (value));
      return TRUE;
    case G_TYPE_INT64:
      *number = number_from_int64 (g_value_get_int64 (value));
      return TRUE;
    case G_TYPE_UINT64:
      *number = number_from_uint64 (g_value_get_uint64 (value));
      return TRUE;
    case G_TYPE_ENUM:
      *number = number_from_int64 (g_value_get_enum (value));
      return TRUE;
    case G_TYPE_FLAGS:
      *number = number_from_int64 (g_value_get_flags (value));
      return TRUE;
    case G_TYPE_FLOAT:
      *number = number_from_double (g_value_get_float (value));
      return TRUE;
    case G_TYPE_DOUBLE:
      *number = number_from_double (g_value_get_double (value));
      return TRUE;
    default:
      return FALSE;
    }
}

gdouble
weakref_number_to_double (const WeakrefNumber *number)
{
  switch (number->kind)
    {
    case WEAKREF_NUMBER_SIGNED:
      return (gdouble) number->as.v_int64;
    case WEAKREF_NUMBER_UNSIGNED:
      return (gdouble) number->as.v_uint64;
    case WEAKREF_NUMBER_DOUBLE:
    default:
      return number->as.v_double;
    }
}

gboolean
weakref_number_in_range (const WeakrefNumber *number, gint64 min, guint64 max)
{
  switch (number->kind)
    {
    case WEAKREF_NUMBER_SIGNED:
      return number->as.v_int64 >= min &&
             (number->as.v_int64 < 0 || (guint64) number->as.v_int64 <= max);
    case WEAKREF_NUMBER_UNSIGNED:
      return number->as.v_uint64 <= max;
    case WEAKREF_NUMBER_DOUBLE:
    default:
      return FALSE;
    }
}

/* These functions use all 64 bits. Before GLib 2.84, g_int64_hash() uses only the lower half, and
 * g_double_hash() ignores the fraction, so that all doubles between -1 and 1 collide. */

guint
weakref_bits_hash (gconstpointer key)
{
  guint64 bits = *(const guint64 *) key;

  return (guint) (bits >> 32) ^ (guint) bits;
}

/* Doubles are compared as in a Map of JavaScript: all NaNs are the same key, and -0 equals 0. So
 * every key can be found again. With g_double_equal() a NaN equals nothing, and with
 * g_double_hash() -0 may have another hash than 0. */

guint
weakref_double_hash (gconstpointer key)
{
  WeakrefNumberBits number = { .v_double = *(const gdouble *) key };

  if (isnan (number.v_double))
    return 0x7ff8;

  number.v_double += 0.0; /* -0 becomes 0 */

  return weakref_bits_hash (&number);
}

gboolean
weakref_double_equal (gconstpointer a, gconstpointer b)
{
  gdouble x = *(const gdouble *) a;
  gdouble y = *(const gdouble *) b;

  return (isnan (x) && isnan (y)) || (x <= y && x >= y);
}
