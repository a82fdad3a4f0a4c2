/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/dispatch.h>

G_BEGIN_DECLS

typedef struct _WeakrefHandle WeakrefHandle;

/* Announces the death: notifies the properties of @self, and runs @callback if that is not NULL and
 * has not been taken. */
typedef void (*WeakrefDeliver) (gpointer self, WeakrefCallback *callback);

/* Returns whether @self, which belongs to @target, can still be given to those who ask for it. */
typedef gboolean (*WeakrefFits) (gpointer self, gpointer target);

/* Makes an object that belongs to @target. @block is the block of @target, or NULL if it has none.
 * Sets @handle to the handle of that object. */
typedef gpointer (*WeakrefCreate) (gpointer target, WeakrefBlock *block, WeakrefHandle **handle);

/* The part of a WeakrefRef or a WeakrefProxy that may outlive it. A death finds the handle even
 * while that object is being finalized in another thread. The object has a reference to the handle,
 * and the active watch has another one. The reference count is that of the watch. */
struct _WeakrefHandle
{
  WeakrefWatch watch; /* its block is NULL until there is a target; its state is a WeakrefSlot: what
                         the object is (const) */
  GWeakRef self;      /* the object; strong references on it come from here */
  /* What is not for all handles may come after it. */
};

void weakref_handle_set_deliver (WeakrefSlot kind, WeakrefDeliver deliver);

WeakrefHandle *weakref_handle_new (gpointer self, WeakrefSlot kind);
WeakrefHandle *weakref_handle_new_private (gpointer self, WeakrefSlot kind, gpointer target);
WeakrefHandle *weakref_handle_new_shared (gpointer self, WeakrefSlot kind, WeakrefBlock *block);
WeakrefCallback *weakref_handle_get_callback (WeakrefHandle *handle);
gboolean weakref_handle_set_destination (WeakrefHandle *handle, WeakrefDestination *destination);
void weakref_handle_start (WeakrefHandle *handle, gpointer target);
void weakref_handle_stop (WeakrefHandle *handle);
void weakref_handle_discard (WeakrefHandle *handle);
WeakrefHandle *weakref_handle_ref (WeakrefHandle *handle);
void weakref_handle_unref (WeakrefHandle *handle);

gpointer
weakref_handle_share (gpointer target, WeakrefSlot kind, WeakrefFits fits, WeakrefCreate create);

GList *weakref_handle_list (WeakrefBlock *block, WeakrefSlot kind);
guint weakref_handle_count (WeakrefBlock *block, WeakrefSlot kind);

G_END_DECLS
