/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* A callback of the user. Only one caller can take it. That caller runs it or not, and then
 * releases it. */
typedef struct
{
  gint armed; /* (atomic) */
  GCallback func;
  gpointer user_data;
  GDestroyNotify destroy;
} WeakrefCallback;

void weakref_callback_init (WeakrefCallback *callback,
                            GCallback func,
                            gpointer user_data,
                            GDestroyNotify destroy);
gboolean weakref_callback_take (WeakrefCallback *callback);
void weakref_callback_release (WeakrefCallback *callback);
void weakref_callback_cancel (WeakrefCallback *callback);

/* Where callbacks are to run: a main context, which it does not keep. NULL is the thread that
 * calls, at once. */
typedef struct _WeakrefDestination WeakrefDestination;

WeakrefDestination *weakref_destination_get (GMainContext *context);
void weakref_destination_unref (WeakrefDestination *destination);
void weakref_destination_send (WeakrefDestination *destination,
                               GSourceFunc func,
                               gpointer data,
                               GDestroyNotify free_data);

void
weakref_dispatch (GMainContext *context, GSourceFunc func, gpointer data, GDestroyNotify free_data);

G_END_DECLS
