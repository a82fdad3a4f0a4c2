/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

/* Assertions are macros: a failure names the line of the caller, and prints both values. */

#define assert_pointer(got, expected)                                                              \
  g_assert_cmphex (GPOINTER_TO_SIZE (got), ==, GPOINTER_TO_SIZE (expected))

/* Asserts which object @call returns, or NULL, and drops the reference that it returns. */
#define assert_returns(call, expected)                                                             \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gpointer assert_returns_got = (call);                                                          \
    assert_pointer (assert_returns_got, expected);                                                 \
    g_clear_object (&assert_returns_got);                                                          \
  }                                                                                                \
  G_STMT_END
