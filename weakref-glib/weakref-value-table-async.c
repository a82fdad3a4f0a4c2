/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-value-table-private.h>

#include <weakref-glib/core/ensure-async.h>

/**
 * weakref_value_table_ensure_async: (skip)
 * @self: a table
 * @key: the key
 * @io_priority: the priority of the request, such as `G_PRIORITY_DEFAULT`
 * @cancellable: (nullable): cancels this request, and no other
 * @create: (scope notified) (closure create_data) (destroy create_destroy): starts to create the
 *   object if there is none, and none is being created
 * @create_data: (nullable): data for @create
 * @create_destroy: (nullable): frees @create_data, once, in any thread: after the creation if this
 *   request has started it, otherwise after the request
 * @callback: (scope async) (closure user_data) (nullable): called when the request is answered
 * @user_data: (nullable): data for @callback
 *
 * Gives the object that @key stands for, and creates it if there is none, without waiting.
 *
 * Many threads may ask for a key at the same time, with this function, with
 * [method@Weakref.ValueTable.ensure] or with [method@Weakref.ValueTable.reserve]. There is only one
 * creation, and all of them get its object. Each one gets a reference before the creation drops its
 * own. If the creation fails, all of them get the error. Whoever asks later starts a new creation.
 * If somebody inserts an object for the key during the creation, the inserted object is the result.
 *
 * The first one who asks starts the creation: @create runs at once, in that thread. It gets a
 * #GTask with which it returns the object or an error (see #WeakrefCreateAsyncFunc). The creation
 * ends in the thread-default main context of that thread, which must run until then. The @create of
 * all others is not called.
 *
 * @callback is called in the thread-default main context of the caller, never from inside this
 * function. It calls [method@Weakref.ValueTable.ensure_finish].
 *
 * When @cancellable is cancelled, this request ends with a `G_IO_ERROR_CANCELLED`, and the creation
 * goes on for the others. When the last request for it has been cancelled, the cancellable of the
 * task of @create is cancelled. Whoever asks after that starts another creation. If the first one
 * makes an object all the same, that object is dropped.
 *
 * A request is part of a creation if @create makes it, if the callback of such a request makes it,
 * or if it has the cancellable of the creation. If a creation asks for its own key, directly or in
 * a circle with other creations, the result is a `WEAKREF_ERROR_RECURSION`.
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
 * @io_priority: the priority of the request, such as `G_PRIORITY_DEFAULT`
 * @cancellable: (nullable): cancels this request, and no other
 * @create: (scope notified) (closure create_data) (destroy create_destroy): starts to create the
 *   object if there is none, and none is being created
 * @create_data: (nullable): data for @create
 * @create_destroy: (nullable): frees @create_data, once, in any thread: after the creation if this
 *   request has started it, otherwise after the request
 * @callback: (scope async) (closure user_data) (nullable): called when the request is answered
 * @user_data: (nullable): data for @callback
 *
 * Gives the object that @key stands for, and creates it if there is none, without waiting.
 *
 * If many ask for a key at the same time, there is only one creation, and all of them get its
 * object or its error. The first one who asks starts it: @create runs at once. It gets a #GTask
 * with which it returns the object, by [method@Gio.Task.return_value], or an error (see
 * [callback@Weakref.CreateAsyncValueFunc]). The @create of all others is not called.
 *
 * @callback is called in the thread-default main context of the caller, never from inside this
 * function. It calls [method@Weakref.ValueTable.ensure_finish]. That also fails if @key has a type
 * that the table does not take.
 *
 * When @cancellable is cancelled, this request ends with a `G_IO_ERROR_CANCELLED`, and the creation
 * goes on for the others. When the last request for it has been cancelled, the cancellable of the
 * task of @create is cancelled.
 *
 * A request is part of a creation if @create makes it, if the callback of such a request makes it,
 * or if it has the cancellable of the creation. If a creation asks for its own key, directly or in
 * a circle with other creations, the result is a `WEAKREF_ERROR_RECURSION`.
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
 * @result: what the callback of [method@Weakref.ValueTable.ensure_async] got
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
 * @result: what the callback of [method@Weakref.ValueTable.ensure_async] got
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
