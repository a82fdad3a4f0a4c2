/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/dispatch.h>

G_BEGIN_DECLS

typedef struct _WeakrefHandle WeakrefHandle;

/* Announces the death: notifies the properties of @self, and runs the callback if it can take it.
 */
typedef void (*WeakrefDeliver) (gpointer self, WeakrefCallback *callback);

/* Whether @self, which hangs on @target, is what somebody gets who asks now. */
typedef gboolean (*WeakrefFits) (gpointer self, gpointer target);

/* Makes an object that belongs to @target, and returns its handle, too. */
typedef gpointer (*WeakrefCreate) (gpointer target, WeakrefHandle **handle);

/* The part of a WeakrefRef or a WeakrefProxy that may outlive it. The death finds the handle even
 * if that object is being finalized in another thread. The object has a reference to the handle,
 * and the running watch has another one. */
struct _WeakrefHandle
{
  WeakrefWatch watch;              /* its block is NULL until there is a target; counted there */
  gint watching;                   /* (atomic) */
  GWeakRef self;                   /* the object: the one way to a strong reference on it */
  WeakrefSlot kind;                /* (const): what the object is */
  WeakrefDeliver deliver;          /* (const) */
  WeakrefDestination *destination; /* (owned) (nullable): set before the start */
  WeakrefCallback callback;
};

WeakrefHandle *weakref_handle_new (gpointer self, WeakrefSlot kind, WeakrefDeliver deliver);
void weakref_handle_start (WeakrefHandle *handle, gpointer target);
gboolean weakref_handle_stop (WeakrefHandle *handle);
WeakrefHandle *weakref_handle_ref (WeakrefHandle *handle);
void weakref_handle_unref (WeakrefHandle *handle);

gpointer
weakref_handle_share (gpointer target, WeakrefSlot kind, WeakrefFits fits, WeakrefCreate create);

GList *weakref_handle_list (WeakrefBlock *block, WeakrefSlot kind);
guint weakref_handle_count (WeakrefBlock *block, WeakrefSlot kind);

G_END_DECLS
