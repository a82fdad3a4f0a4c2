/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the tests of the members of a set share. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

G_BEGIN_DECLS

static inline char *
items_to_string (WeakrefSet *set)
{
  GString *text = g_string_new (NULL);
  GPtrArray *items = weakref_set_dup_items (set);
  guint i;

  for (i = 0; i < items->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            test_probe_get_name (g_ptr_array_index (items, i)));
  g_ptr_array_unref (items);

  return g_string_free (text, FALSE);
}

#define assert_string(call, expected)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    char *assert_string_got = (call);                                                              \
    g_assert_cmpstr (assert_string_got, ==, expected);                                             \
    g_free (assert_string_got);                                                                    \
  }                                                                                                \
  G_STMT_END

#define assert_items(set, expected) assert_string (items_to_string (set), expected)

/* Takes over @set. */
static inline void
assert_type (WeakrefSet *set, GType type)
{
  g_assert_cmpstr (g_type_name (g_list_model_get_item_type (G_LIST_MODEL (set))), ==,
                   g_type_name (type));
  g_object_unref (set);
}

G_END_DECLS
