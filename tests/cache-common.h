/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the tests of caches share. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

G_BEGIN_DECLS

static inline WeakrefCache *
cache_new (guint max_idle)
{
  WeakrefCache *cache = weakref_cache_new (G_TYPE_STRING, max_idle);

  /* None of the system's. */
  weakref_cache_set_memory_monitor (cache, NULL);

  return cache;
}

static inline gpointer
create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  return test_probe_new (key);
}

static inline TestProbe *
ensure (WeakrefCache *cache, const char *key)
{
  GError *error = NULL;
  TestProbe *probe =
    weakref_value_table_ensure (WEAKREF_VALUE_TABLE (cache), key, create_cb, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpstr (test_probe_get_name (probe), ==, key);

  return probe;
}

/* Uses the object of @key for a moment. */
static inline void
use (WeakrefCache *cache, const char *key)
{
  g_object_unref (ensure (cache, key));
}

#define assert_counts(cache, idle, in_use)                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_cmpuint (weakref_cache_get_n_idle (cache), ==, idle);                                 \
    g_assert_cmpuint (weakref_cache_get_n_in_use (cache), ==, in_use);                             \
    g_assert_cmpuint (weakref_value_table_get_size (WEAKREF_VALUE_TABLE (cache)), ==,              \
                      (idle) + (in_use));                                                          \
  }                                                                                                \
  G_STMT_END

static inline void
count_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  g_assert_cmpstr (key, ==, test_probe_get_name (object));
  (*(guint *) user_data)++;
}

/* Makes a cache while @context is the default context of the thread. */
static inline WeakrefCache *
cache_new_in (GMainContext *context, guint max_idle)
{
  WeakrefCache *cache;

  g_main_context_push_thread_default (context);
  cache = cache_new (max_idle);
  g_main_context_pop_thread_default (context);

  return cache;
}

static inline void
unref_cache_cb (TestProbe *probe, gpointer cache)
{
  test_log ("drop");
  g_object_unref (cache);
}

G_END_DECLS
