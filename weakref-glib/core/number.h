/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* The number in a GValue of any numeric type. Two numbers can be compared by value. */

typedef union
{
  gint64 v_int64;
  guint64 v_uint64;
  gdouble v_double;
} WeakrefNumberBits;

typedef struct
{
  enum
  {
    WEAKREF_NUMBER_SIGNED,
    WEAKREF_NUMBER_UNSIGNED,
    WEAKREF_NUMBER_DOUBLE
  } kind; /* UNSIGNED is used only above G_MAXINT64 */
  WeakrefNumberBits as;
} WeakrefNumber;

gboolean weakref_number_from_value (const GValue *value, WeakrefNumber *number);
gdouble weakref_number_to_double (const WeakrefNumber *number);
gboolean weakref_number_in_range (const WeakrefNumber *number, gint64 min, guint64 max);

guint weakref_bits_hash (gconstpointer bits);
guint weakref_double_hash (gconstpointer number);
gboolean weakref_double_equal (gconstpointer a, gconstpointer b);

G_END_DECLS
