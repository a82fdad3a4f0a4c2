/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the tests of the block share. */

#include <weakref-glib/core/block.h>

#include "probe.h"

G_BEGIN_DECLS

/* A watch that logs: "xNAME" when it severs, "!NAME" when it announces. It frees itself then. */
typedef struct
{
  WeakrefWatch watch;
  const char *name;
  GFunc then; /* called with the watch at the end of the announcement */
  gpointer then_data;
} Watch;

#define assert_dead(block)                                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_true (weakref_block_is_dead (block));                                                 \
    g_assert_false (weakref_block_is_alive (block));                                               \
    g_assert_null (weakref_block_dup_target (block));                                              \
  }                                                                                                \
  G_STMT_END

#define assert_alive(block, target)                                                                \
  G_STMT_START                                                                                     \
  {                                                                                                \
    assert_returns (weakref_block_dup_target (block), target);                                     \
    g_assert_true (weakref_block_is_alive (block));                                                \
    g_assert_false (weakref_block_is_dead (block));                                                \
  }                                                                                                \
  G_STMT_END

static inline void
watch_free (Watch *watch)
{
  weakref_watch_clear (&watch->watch);
  g_free (watch);
}

static inline void
watch_sever_cb (WeakrefWatch *watch)
{
  assert_dead (weakref_watch_get_block (watch));
  test_log ("x%s", ((Watch *) watch)->name);
}

static inline void
watch_announce_cb (WeakrefWatch *data, gpointer target)
{
  Watch *watch = (Watch *) data;

  assert_dead (weakref_watch_get_block (data));
  test_log ("!%s", watch->name);
  if (watch->then != NULL)
    watch->then (watch, watch->then_data);
  watch_free (watch);
}

static const WeakrefWatchFuncs watch_funcs = { watch_sever_cb, watch_announce_cb, NULL, "test",
                                               NULL };
static const WeakrefWatchFuncs mute_funcs = { NULL, watch_announce_cb, NULL, "test", NULL };

static inline Watch *
watch_full (gpointer target, const char *name, WeakrefPhase phase, const WeakrefWatchFuncs *funcs)
{
  Watch *watch = g_new0 (Watch, 1);

  watch->name = name;
  weakref_watch_start (&watch->watch, funcs, target, phase);

  return watch;
}

static inline Watch *
watch_new (gpointer target, const char *name)
{
  return watch_full (target, name, WEAKREF_PHASE_DISPOSE, &watch_funcs);
}

G_END_DECLS
