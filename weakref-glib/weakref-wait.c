/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-wait.h>

#include <weakref-glib/core/dispatch.h>
#include <weakref-glib/core/watches.h>

/* The data of the watches is the task, and the task has a reference on the watches. The death or
 * the cancellation ends the watches, and the one that does returns from the task. */

typedef struct
{
  WeakrefWatches *watches; /* (owned) (const) */
  GSource *source;         /* (owned) (nullable) (atomic): waits for the cancellation */
} Wait;

static void
wait_drop_source (Wait *wait)
{
  GSource *source = g_atomic_pointer_exchange (&wait->source, NULL);

  if (source == NULL)
    return;

  g_source_destroy (source);
  g_source_unref (source);
}

static void
wait_free_cb (gpointer data)
{
  Wait *wait = data;

  wait_drop_source (wait);
  weakref_watches_unref (wait->watches);
  g_free (wait);
}

static gboolean
wait_return_cb (gpointer task)
{
  wait_drop_source (g_task_get_task_data (task));
  g_task_return_boolean (task, TRUE);

  return G_SOURCE_REMOVE;
}

static void
wait_died_cb (WeakrefWatches *watches, gpointer task)
{
  /* The task returns later, from its context. In the thread of that context it would return at
   * once, which is in the middle of an unref. That unref may be one of a garbage collector, during
   * which a language can't be called. */
  weakref_dispatch (g_task_get_context (task), wait_return_cb, g_object_ref (task), g_object_unref);
}

static const WeakrefWatchesFuncs wait_funcs = { wait_died_cb, g_object_unref,
                                                "weakref_wait_async()" };

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer task)
{
  Wait *wait = g_task_get_task_data (task);

  if (weakref_watches_stop (wait->watches))
    g_task_return_error_if_cancelled (task);

  return G_SOURCE_REMOVE;
}

/**
 * weakref_wait_async:
 * @object: (type GObject.Object) (not nullable): the object whose death to wait for
 * @cancellable: (nullable): to end the waiting, or %NULL
 * @callback: (scope async): what to call when @object has died
 * @user_data: data for @callback
 *
 * Waits for an object to die.
 *
 * @callback is called in the thread-default #GMainContext of the caller, with %NULL as the source
 * object. The object is not held, and @user_data must not hold it either. Use this function in
 * tests, and where a program goes on when something is gone. In Python and JavaScript, `await` it.
 *
 * Like any asynchronous operation, it holds its context until it has ended. So, if a source of that
 * context holds @object, the two keep each other alive: cancel the operation when you drop the
 * context.
 *
 * You must hold a reference on @object during the call, which can be made from any thread.
 *
 * Since: 1.0
 */
void
weakref_wait_async (gpointer object,
                    GCancellable *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer user_data)
{
  GTask *task;
  Wait *wait;

  g_return_if_fail (weakref_are_objects (&object, 1));
  g_return_if_fail (cancellable == NULL || G_IS_CANCELLABLE (cancellable));

  task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_source_tag (task, weakref_wait_async);
  g_task_set_name (task, "weakref_wait_async()");

  /* If the death comes first, it is the result, even if the task is cancelled before it returns. */
  g_task_set_check_cancellable (task, FALSE);

  if (g_task_return_error_if_cancelled (task))
    {
      g_object_unref (task);
      return;
    }

  wait = g_new0 (Wait, 1);
  wait->watches = weakref_watches_new (&wait_funcs, 1);
  g_task_set_task_data (task, wait, wait_free_cb);
  weakref_watches_start (wait->watches, &object, WEAKREF_PHASE_DISPOSE, g_object_ref (task));

  if (cancellable != NULL)
    {
      GSource *source = g_cancellable_source_new (cancellable);

      g_atomic_pointer_set (&wait->source, g_source_ref (source));
      g_task_attach_source (task, source, (GSourceFunc) (void (*) (void)) cancelled_cb);
      g_source_unref (source);
      /* If the object has died in the meantime, wait_return_cb() may have found no source. */
      if (weakref_watches_have_ended (wait->watches))
        wait_drop_source (wait);
    }
  g_object_unref (task);
}

/**
 * weakref_wait_finish:
 * @result: the result that the callback was given
 * @error: return location for a #GError
 *
 * Finishes waiting for a death. It fails with %G_IO_ERROR_CANCELLED if it was cancelled.
 *
 * Returns: %TRUE if the object has died, %FALSE with @error set
 *
 * Since: 1.0
 */
gboolean
weakref_wait_finish (GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, NULL), FALSE);
  g_return_val_if_fail (g_async_result_is_tagged (result, weakref_wait_async), FALSE);
  g_return_val_if_fail (error == NULL || *error == NULL, FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
