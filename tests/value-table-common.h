/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the tests of value tables share. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

G_BEGIN_DECLS

/* Asserts what is under a key: an object, or NULL. */
static inline void
assert_at (WeakrefValueTable *table, gconstpointer key, gpointer expected)
{
  gpointer got = weakref_value_table_lookup (table, key);

  g_assert_true (got == expected);
  g_assert_true (weakref_value_table_contains (table, key) == (expected != NULL));
  g_clear_object (&got);
}

static inline void
assert_size (WeakrefValueTable *table, guint expected)
{
  g_assert_cmpuint (weakref_value_table_get_size (table), ==, expected);
}

static inline void
assert_empty (GPtrArray *array)
{
  g_assert_cmpuint (array->len, ==, 0);
  g_ptr_array_unref (array);
}

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
