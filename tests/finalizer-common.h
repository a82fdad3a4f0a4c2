/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the tests of finalizers share. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

G_BEGIN_DECLS

#define CRITICAL(pattern) g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, pattern)

static inline void
run_cb (gpointer user_data)
{
  test_log ("run:%s", (const char *) user_data);
}

static inline void
freed_cb (gpointer user_data)
{
  test_log ("free:%s", (const char *) user_data);
}

static inline WeakrefFinalizer *
finalizer (gpointer target, const char *name)
{
  return weakref_finalizer_new (target, run_cb, (gpointer) name, freed_cb);
}

static inline WeakrefFinalizer *
finalizer_full (gpointer target, GMainContext *context, WeakrefPhase phase, const char *name)
{
  return weakref_finalizer_new_full (target, context, phase, run_cb, (gpointer) name, freed_cb);
}

#define assert_over(self)                                                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_false (weakref_finalizer_is_alive (self));                                            \
    g_assert_false (weakref_finalizer_run (self));                                                 \
    g_assert_false (weakref_finalizer_detach (self));                                              \
    g_assert_null (weakref_finalizer_peek (self));                                                 \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
