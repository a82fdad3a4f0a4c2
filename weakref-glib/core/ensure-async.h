/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/ensure.h>

G_BEGIN_DECLS

/* Looks up the object of a key, or creates it, without waiting. */

/* What one caller asks for, apart from the key. */
typedef struct
{
  gpointer table; /* the source object of the tasks */
  gint io_priority;
  GCancellable *cancellable;
  WeakrefCreateAsyncFunc create;
  WeakrefCreateAsyncValueFunc create_value; /* instead of create */
  const GValue *value;                      /* the key for create_value */
  gpointer create_data;
  GDestroyNotify create_destroy;
  GAsyncReadyCallback callback;
  gpointer user_data;
  gpointer tag;
} WeakrefEnsureCall;

void
weakref_ensure_async (WeakrefValueCore *core, gconstpointer key, const WeakrefEnsureCall *call);
void weakref_ensure_async_refuse (const WeakrefEnsureCall *call, GError *error);

G_END_DECLS
