/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the tests of keys share. */

#include <weakref-glib/core/key.h>

#include <math.h>

#include <weakref-glib/weakref-error.h>

#include "probe.h"

G_BEGIN_DECLS

/* A GValue on the heap, for weakref_key_from_value() and friends: V (INT, int, 5). */
#define V(TYPE, set, v)                                                                            \
  G_GNUC_EXTENSION ({                                                                              \
    GValue *v_value = g_new0 (GValue, 1);                                                          \
    g_value_init (v_value, G_TYPE_##TYPE);                                                         \
    g_value_set_##set (v_value, v);                                                                \
    v_value;                                                                                       \
  })

static inline GValue *
boxed_value (GType type, gpointer boxed)
{
  GValue *value = g_new0 (GValue, 1);

  g_value_init (value, type);
  g_value_take_boxed (value, boxed);

  return value;
}

static inline GValue *
object_value (GType type, gpointer object)
{
  GValue *value = g_new0 (GValue, 1);

  g_value_init (value, type);
  g_value_set_object (value, object);

  return value;
}

static inline void
value_free (gpointer value)
{
  g_boxed_free (G_TYPE_VALUE, value);
}

static inline WeakrefKeyKind
key_kind (GType type)
{
  WeakrefKeyKind kind;

  g_assert_true (weakref_key_kind_init (&kind, type));
  g_assert_cmpuint (kind.type, ==, type);

  return kind;
}

#define assert_same(kind, a, b)                                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_true ((kind)->equal (a, b));                                                          \
    g_assert_true ((kind)->equal (b, a));                                                          \
    g_assert_cmpuint ((kind)->hash (a), ==, (kind)->hash (b));                                     \
  }                                                                                                \
  G_STMT_END

static inline void
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

static inline void
assert_no_fit (GType type, GValue *value)
{
  WeakrefKeyKind kind = key_kind (type);

  assert_no_fit_for (&kind, value);
}

/* @same is another pointer for the same key where that is possible, @other another key. */
static inline void
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

G_END_DECLS
