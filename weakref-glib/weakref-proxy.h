/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEAKREF_INSIDE) && !defined(WEAKREF_COMPILATION)
#error "Only <weakref-glib/weakref-glib.h> can be included directly."
#endif

#include <gio/gio.h>
#include <weakref-glib/weakref-macros.h>

G_BEGIN_DECLS

#define WEAKREF_TYPE_PROXY (weakref_proxy_get_type ())

WEAKREF_AVAILABLE_IN_1_0
G_DECLARE_FINAL_TYPE (WeakrefProxy, weakref_proxy, WEAKREF, PROXY, GObject)

/**
 * WeakrefProxyCallback:
 * @proxy: the proxy, whose target is dead
 * @user_data: (closure): the data given with the callback
 *
 * A function that is called once when the target of a [class@Weakref.Proxy] has died.
 *
 * Nothing gives the target any more. The function may do anything. It may also drop the last
 * reference on @proxy.
 *
 * Since: 1.0
 */
typedef void (*WeakrefProxyCallback) (WeakrefProxy *proxy, gpointer user_data);

WEAKREF_AVAILABLE_IN_1_0
WeakrefProxy *weakref_proxy_new (gpointer target);

WEAKREF_AVAILABLE_IN_1_0
WeakrefProxy *weakref_proxy_new_full (gpointer target,
                                      GMainContext *context,
                                      WeakrefProxyCallback callback,
                                      gpointer user_data,
                                      GDestroyNotify destroy);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_proxy_is_alive (WeakrefProxy *self);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_proxy_dup_target (WeakrefProxy *self, GError **error);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_proxy_get_target_property (WeakrefProxy *self,
                                            const char *name,
                                            GValue *value,
                                            GError **error);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_proxy_set_target_property (WeakrefProxy *self,
                                            const char *name,
                                            const GValue *value,
                                            GError **error);

G_END_DECLS
