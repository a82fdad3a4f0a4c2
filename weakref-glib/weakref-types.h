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

/* The types that do not belong to one class. */

/**
 * WeakrefPhase:
 * @WEAKREF_PHASE_DISPOSE: the object dies: from then on nobody can get it
 * @WEAKREF_PHASE_FINALIZE: the memory of the object is about to be freed; this does not happen as
 *   long as an object lives on after its dispose
 *
 * The two ends of an object's life.
 *
 * Since: 1.0
 */
typedef enum
{
  WEAKREF_PHASE_DISPOSE,
  WEAKREF_PHASE_FINALIZE
} WeakrefPhase;

#define WEAKREF_TYPE_PHASE (weakref_phase_get_type ())

WEAKREF_AVAILABLE_IN_1_0
GType weakref_phase_get_type (void) G_GNUC_CONST;

/**
 * WeakrefCopyFunc:
 * @key: a key
 *
 * A function that makes a copy of a key. The table keeps the copy.
 *
 * Returns: (transfer full): the copy
 *
 * Since: 1.0
 */
typedef gpointer (*WeakrefCopyFunc) (gconstpointer key);

/**
 * WeakrefCreateFunc: (skip)
 * @key: the key that was asked for
 * @user_data: (closure): the data given with the function
 * @error: return location for an error
 *
 * A function that creates the object for a key.
 *
 * It runs in the thread that asks, without any lock held, and may use the table. The object may
 * float: then its reference is sunk.
 *
 * Returns: (transfer full) (type GObject.Object): the object, or %NULL with @error set
 *
 * Since: 1.0
 */
typedef gpointer (*WeakrefCreateFunc) (gconstpointer key, gpointer user_data, GError **error);

/**
 * WeakrefCreateValueFunc:
 * @key: the key that was asked for
 * @user_data: (closure): the data given with the function
 * @error: return location for an error
 *
 * A function that creates the object for a key.
 *
 * It runs in the thread that asks, without any lock held, and may use the table. The object may
 * float: then its reference is sunk.
 *
 * Returns: (transfer full) (type GObject.Object) (nullable): the object, or %NULL with @error set
 *
 * Since: 1.0
 */
typedef gpointer (*WeakrefCreateValueFunc) (const GValue *key, gpointer user_data, GError **error);

/**
 * WeakrefCreateAsyncFunc: (skip)
 * @key: the key that was asked for: a copy, good until @task is returned
 * @task: a task, to be returned with the object by g_task_return_pointer(), or with an error
 * @user_data: (closure): the data given with the function
 *
 * A function that starts to create the object for a key.
 *
 * It runs in the thread of the first one who asks, without any lock held, and may use the table. In
 * the end @task has to be returned, from any thread: with a new reference on the object,
 * `g_task_return_pointer (task, object, g_object_unref)`, or with an error. If the last reference
 * on @task is dropped before, all who wait get a `WEAKREF_ERROR_CREATE`. The object may float: then
 * its reference is sunk.
 *
 * The cancellable of @task belongs to this creation. It is cancelled when nobody waits for the
 * object any more. Pass it to the operations of the creation. If the creation asks for other keys,
 * pass it to that call, too: then the library can find circles.
 *
 * Since: 1.0
 */
typedef void (*WeakrefCreateAsyncFunc) (gconstpointer key, GTask *task, gpointer user_data);

/**
 * WeakrefCreateAsyncValueFunc:
 * @key: the key that was asked for: a copy, good until @task is gone
 * @task: a task, to be returned with the object by g_task_return_value(), or with an error
 * @user_data: (closure): the data given with the function
 *
 * A function that starts to create the object for a key.
 *
 * It runs in the thread of the first one who asks, without any lock held, and may use the table. In
 * the end @task has to be returned, from any thread: with a #GValue that holds the object, by
 * [method@Gio.Task.return_value], or with an error. If the last reference on @task is dropped
 * before, all who wait get a `WEAKREF_ERROR_CREATE`.
 *
 * The cancellable of @task belongs to this creation. It is cancelled when nobody waits for the
 * object any more. Pass it to the operations of the creation. If the creation asks for other keys,
 * pass it to that call, too: then the library can find circles.
 *
 * Since: 1.0
 */
typedef void (*WeakrefCreateAsyncValueFunc) (const GValue *key, GTask *task, gpointer user_data);

/**
 * WeakrefValueTableFunc: (skip)
 * @key: a key
 * @object: (type GObject.Object): the object that it stands for
 * @user_data: (closure): the data given with the function
 *
 * A function that is called with each entry of a table.
 *
 * Since: 1.0
 */
typedef void (*WeakrefValueTableFunc) (gconstpointer key, gpointer object, gpointer user_data);

/**
 * WeakrefValueTableValueFunc:
 * @key: a key
 * @object: (type GObject.Object): the object that it stands for
 * @user_data: (closure): the data given with the function
 *
 * A function that is called with each entry of a table.
 *
 * Since: 1.0
 */
typedef void (*WeakrefValueTableValueFunc) (const GValue *key, gpointer object, gpointer user_data);

typedef struct _WeakrefReservation WeakrefReservation;

G_END_DECLS
