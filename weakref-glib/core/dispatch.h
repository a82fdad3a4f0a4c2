/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* A callback of the user. Only one caller can take it. That caller may run it, and has to release
 * it afterwards. */
typedef struct
{
  GCallback func; /* (nullable) (atomic): NULL if there is none, or it was taken */
  gpointer user_data;
  GDestroyNotify destroy;
} WeakrefCallback;

void weakref_callback_init (WeakrefCallback *callback,
                            GCallback func,
                            gpointer user_data,
                            GDestroyNotify destroy);
GCallback weakref_callback_take (WeakrefCallback *callback);
gboolean weakref_callback_is_there (WeakrefCallback *callback);
void weakref_callback_release (WeakrefCallback *callback);
void weakref_callback_cancel (WeakrefCallback *callback);

/* A main context where callbacks are to run, on which it has no reference. NULL means that they run
 * at once, in the thread that sends them. */
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
