/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the tests of value tables share. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

G_BEGIN_DECLS

/* Asserts what is under a key: an object, or NULL. */
#define assert_at(table, key, expected)                                                            \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gconstpointer assert_at_key = (key);                                                           \
    gpointer assert_at_expected = (expected);                                                      \
    assert_returns (weakref_value_table_lookup (table, assert_at_key), assert_at_expected);        \
    g_assert_cmpint (weakref_value_table_contains (table, assert_at_key), ==,                      \
                     assert_at_expected != NULL);                                                  \
  }                                                                                                \
  G_STMT_END

#define assert_size(table, expected)                                                               \
  g_assert_cmpuint (weakref_value_table_get_size (table), ==, expected)

/* Takes over @array. */
#define assert_empty(array)                                                                        \
  G_STMT_START                                                                                     \
  {                                                                                                \
    GPtrArray *assert_empty_array = (array);                                                       \
    g_assert_cmpuint (assert_empty_array->len, ==, 0);                                             \
    g_ptr_array_unref (assert_empty_array);                                                        \
  }                                                                                                \
  G_STMT_END

static inline WeakrefValueTable *
string_table (void)
{
  return weakref_value_table_new (G_TYPE_STRING);
}

static inline void
log_entry_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  test_log ("%s=%s", (const char *) key, test_probe_get_name (object));
}

static inline gpointer
create_named_cb (gconstpointer key, gpointer user_data, GError **error)
{
  test_log ("create:%s", (const char *) key);
  return test_probe_new (user_data);
}

static inline gpointer
create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  test_log ("create:%s", (const char *) key);
  return test_probe_new (key);
}

static inline gpointer
create_value_cb (const GValue *key, gpointer user_data, GError **error)
{
  return create_cb (g_value_get_string (key), user_data, error);
}

static inline gpointer
create_fails_cb (gconstpointer key, gpointer user_data, GError **error)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "not found");
  return NULL;
}

G_END_DECLS
