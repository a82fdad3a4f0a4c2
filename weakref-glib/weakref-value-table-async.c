/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-value-table-private.h>

#include <weakref-glib/core/ensure-async.h>

/**
 * weakref_value_table_ensure_async: (skip)
 * @self: a table
 * @key: the key
 * @io_priority: the priority of the request, as `G_PRIORITY_DEFAULT`
 * @cancellable: (nullable): to take back this request, and no other
 * @create: (scope notified) (closure create_data) (destroy create_destroy): starts to create the
 *   object if there is none, and none is being created
 * @create_data: (nullable): data for @create
 * @create_destroy: (nullable): frees @create_data, once, in any thread: when the creation is over
 * if there is one, or else when the request is
 * @callback: (scope async) (closure user_data) (nullable): called when the request is answered
 * @user_data: (nullable): data for @callback
 *
 * Gives the object that @key stands for, and creates it if there is none, without waiting.
 *
 * However many ask for a key at the same time, in whatever threads, with this function, with
 * [method@Weakref.ValueTable.ensure] or with [method@Weakref.ValueTable.reserve], there is one
 * creation, and they all get its object. Each of
 * them is handed a reference of his own before the creation drops its one. If the creation fails,
 * they all get the error; who comes later tries anew. If somebody inserts an object under the key
 * meanwhile, the inserted one is the result.
 *
 * The first one who asks starts the creation: @create runs at once, in his thread, and is given a
 * #GTask to return the object or an error with (see #WeakrefCreateAsyncFunc). It ends in
 * his thread-default main context, which must run until then. The @create of the others is not
 * called.
 *
 * @callback is called in the thread-default main context of the caller, never from inside this
 * function. It calls [method@Weakref.ValueTable.ensure_finish].
 *
 * @cancellable takes this caller out at once, with a `G_IO_ERROR_CANCELLED`; the creation goes on
 * for the others. When the last one has gone, the creation's own cancellable is cancelled, which is
 * that of the task which @create was given. Who asks after that, starts another creation, and what
 * the first one makes in spite of it is dropped.
 *
 * What @create asks for is part of the creation: if it is asked for by @create itself, or in the
 * callback of such a request, or with the creation's cancellable. To ask for a key as part of its
 * own creation, directly or in a circle with other creations, of whatever kind, is a
 * `WEAKREF_ERROR_RECURSION`.
 *
 * The table is kept until @callback has run.
 *
 * Since: 1.0
 */
void
weakref_value_table_ensure_async (WeakrefValueTable *self,
                                  gconstpointer key,
                                  int io_priority,
                                  GCancellable *cancellable,
                                  WeakrefCreateAsyncFunc create,
                                  gpointer create_data,
                                  GDestroyNotify create_destroy,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data)
{
  WeakrefEnsureCall call = {
    .table = self,
    .io_priority = io_priority,
    .cancellable = cancellable,
    .create = create,
    .create_data = create_data,
    .create_destroy = create_destroy,
    .callback = callback,
    .user_data = user_data,
    .tag = weakref_value_table_ensure_async,
  };

  g_return_if_fail (WEAKREF_IS_VALUE_TABLE (self));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  g_return_if_fail (create != NULL);

  if (weakref_key_check (&self->core->kind, key, G_STRFUNC))
    weakref_ensure_async (self->core, key, &call);
}

/**
 * weakref_value_table_ensure_value_async: (rename-to weakref_value_table_ensure_async)
 * @self: a table
 * @key: the key
 * @io_priority: the priority of the request, as `G_PRIORITY_DEFAULT`
 * @cancellable: (nullable): to take back this request, and no other
 * @create: (scope notified) (closure create_data) (destroy create_destroy): starts to create the
 *   object if there is none, and none is being created
 * @create_data: (nullable): data for @create
 * @create_destroy: (nullable): frees @create_data, once, in any thread: when the creation is over
 * if there is one, or else when the request is
 * @callback: (scope async) (closure user_data) (nullable): called when the request is answered
 * @user_data: (nullable): data for @callback
 *
 * Gives the object that @key stands for, and creates it if there is none, without waiting.
 *
 * However many ask for a key at the same time, there is one creation, and they all get its object,
 * or its error. The first one who asks starts it: @create runs at once, and is given a #GTask to
 * return the object with, by [method@Gio.Task.return_value], or an error (see
 * [callback@Weakref.CreateAsyncValueFunc]). The @create of the others is not called.
 *
 * @callback is called in the thread-default main context of the caller, never from inside this
 * function. It calls [method@Weakref.ValueTable.ensure_finish], which says also if @key has a type
 * that the table does not take.
 *
 * @cancellable takes this caller out at once, with a `G_IO_ERROR_CANCELLED`; the creation goes on
 * for the others. When the last one has gone, the cancellable of the creation's task is cancelled.
 *
 * To ask for a key as part of its own creation is a `WEAKREF_ERROR_RECURSION`. A request is part of
 * a creation if @create itself makes it, or if it has the cancellable of the creation's task.
 *
 * Since: 1.0
 */
void
weakref_value_table_ensure_value_async (WeakrefValueTable *self,
                                        const GValue *key,
                                        int io_priority,
                                        GCancellable *cancellable,
                                        WeakrefCreateAsyncValueFunc create,
                                        gpointer create_data,
                                        GDestroyNotify create_destroy,
                                        GAsyncReadyCallback callback,
                                        gpointer user_data)
{
  WeakrefEnsureCall call = {
    .table = self,
    .io_priority = io_priority,
    .cancellable = cancellable,
    .create_value = create,
    .value = key,
    .create_data = create_data,
    .create_destroy = create_destroy,
    .callback = callback,
    .user_data = user_data,
    .tag = weakref_value_table_ensure_async,
  };
  WeakrefKeyBuffer buffer;
  gconstpointer pointer;
  GError *error = NULL;

  g_return_if_fail (WEAKREF_IS_VALUE_TABLE (self));
  g_return_if_fail (G_IS_VALUE (key));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));
  g_return_if_fail (create != NULL);

  if (weakref_key_from_value (&self->core->kind, key, &buffer, &pointer, &error))
    weakref_ensure_async (self->core, pointer, &call);
  else
    weakref_ensure_async_refuse (&call, error);
}

/**
 * weakref_value_table_ensure_finish: (skip)
 * @self: a table
 * @result: what the callback of [method@Weakref.ValueTable.ensure_async] was given
 * @error: return location for an error of the creation, for a `G_IO_ERROR_CANCELLED`, a
 *   `WEAKREF_ERROR_KEY_TYPE`, a `WEAKREF_ERROR_CREATE` or a `WEAKREF_ERROR_RECURSION`
 *
 * Gives the object that was asked for.
 *
 * Returns: (transfer full) (type GObject.Object): the object, or %NULL with @error set
 *
 * Since: 1.0
 */
gpointer
weakref_value_table_ensure_finish (WeakrefValueTable *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (WEAKREF_IS_VALUE_TABLE (self), NULL);
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);
  g_return_val_if_fail (g_async_result_is_tagged (result, weakref_value_table_ensure_async), NULL);
  g_return_val_if_fail (error == NULL || *error == NULL, NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

/**
 * weakref_value_table_ensure_value_finish: (rename-to weakref_value_table_ensure_finish)
 * @self: a table
 * @result: what the callback of [method@Weakref.ValueTable.ensure_async] was given
 * @error: return location for an error of the creation, for a `G_IO_ERROR_CANCELLED`, a
 *   `WEAKREF_ERROR_KEY_TYPE`, a `WEAKREF_ERROR_CREATE` or a `WEAKREF_ERROR_RECURSION`
 *
 * Gives the object that was asked for.
 *
 * Returns: (transfer full) (type GObject.Object): the object, or %NULL with @error set
 *
 * Since: 1.0
 */
gpointer
weakref_value_table_ensure_value_finish (WeakrefValueTable *self,
                                         GAsyncResult *result,
                                         GError **error)
{
  return weakref_value_table_ensure_finish (self, result, error);
}
