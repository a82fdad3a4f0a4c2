/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the tests of proxies share. */

#include <weakref-glib/weakref-glib.h>

#include "subject.h"

G_BEGIN_DECLS

#define assert_dead(proxy) g_assert_false (weakref_proxy_is_alive (proxy))

static inline void
freed_cb (gpointer user_data)
{
  test_log ("free:%s", (const char *) user_data);
}

static inline void
closure_freed_cb (gpointer user_data, GClosure *closure)
{
  freed_cb (user_data);
}

static inline void
log_notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  test_log ("%s:%s", (const char *) user_data, pspec->name);
}

static inline void
log_notify (gpointer object, const char *signal, const char *name)
{
  g_signal_connect_data (object, signal, G_CALLBACK (log_notify_cb), (gpointer) name,
                         closure_freed_cb, 0);
}

static inline void
said_cb (GObject *object, const char *what, gpointer user_data)
{
  test_log ("%s:%s", (const char *) user_data, what);
}

static inline void
died_cb (WeakrefProxy *proxy, gpointer user_data)
{
  test_log ("%s%s", (const char *) user_data, weakref_proxy_is_alive (proxy) ? "!alive" : "");
}

static inline int
get_int (gpointer object, const char *name)
{
  int value;

  g_object_get (object, name, &value, NULL);
  return value;
}

#define assert_string(object, property, expected)                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    char *assert_string_got;                                                                       \
    g_object_get (object, property, &assert_string_got, NULL);                                     \
    g_assert_cmpstr (assert_string_got, ==, expected);                                             \
    g_free (assert_string_got);                                                                    \
  }                                                                                                \
  G_STMT_END

static inline void
log_signal_cb (gpointer object, gpointer user_data)
{
  test_log ("%s", (const char *) user_data);
}

static inline int
answer_cb (gpointer object, gpointer user_data)
{
  return GPOINTER_TO_INT (user_data);
}

#define assert_emit(object, expected, ...)                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    int assert_emit_got = -1;                                                                      \
    g_signal_emit_by_name (object, __VA_ARGS__, &assert_emit_got);                                 \
    g_assert_cmpint (assert_emit_got, ==, expected);                                               \
  }                                                                                                \
  G_STMT_END

G_END_DECLS
