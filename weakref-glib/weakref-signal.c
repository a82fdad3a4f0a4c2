/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-signal.h>

#include <weakref-glib/core/watches.h>

/* The closure that is connected is one of ours. It has watches on the objects. At each call it gets
 * references on the objects, and calls the closure of the user with them. When the handler is
 * disconnected, our closure is freed, and stops the watches. If one of the objects dies first, the
 * watches disconnect the handler. They find it by its data, which is the address of the watches. So
 * they do not use the closure, which another thread may be freeing. */

typedef struct
{
  GClosure closure; /* its data is the watches (owned) */
  GClosure *inner;  /* (owned) (const): the closure of the user */
} SignalClosure;

/* One of the objects has died. The data of the watches is the block of the instance. */
static void
signal_died_cb (WeakrefWatches *watches, gpointer data)
{
  gpointer instance = weakref_block_dup_target (data);

  /* If the instance is dead, its handlers are disconnected without us. */
  if (instance == NULL)
    return;

  g_signal_handlers_disconnect_matched (instance, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, watches);
  g_object_unref (instance);
}

static void
life_unref_cb (gpointer data)
{
  weakref_block_unref (data);
}

static const WeakrefWatchesFuncs signal_funcs = { signal_died_cb, life_unref_cb,
                                                  "weakref_signal_connect()" };

static void
signal_marshal (GClosure *closure,
                GValue *return_value,
                guint n_params,
                const GValue *params,
                gpointer hint,
                gpointer marshal_data)
{
  WeakrefWatches *watches = closure->data;
  gsize n_objects = weakref_watches_get_n_targets (watches);
  GValue *all = g_new0 (GValue, n_params + n_objects);
  gboolean alive = TRUE;
  gsize i;

  /* The objects are held to the end of the call. So only g_object_run_dispose() can dispose one in
   * it. */
  for (i = 0; i < n_objects && alive; i++)
    {
      gpointer object = weakref_watches_dup_target (watches, i);

      alive = object != NULL;
      if (alive)
        {
          g_value_init (&all[n_params + i], G_OBJECT_TYPE (object));
          g_value_take_object (&all[n_params + i], object);
        }
    }

  if (alive)
    {
      /* These copies are not freed. A call does not change its parameters. */
      for (i = 0; i < n_params; i++)
        all[i] = params[i];
      /* The hint is not passed on. With a hint, the bindings of some languages look at the signal,
       * and refuse more arguments than it has. */
      g_closure_invoke (((SignalClosure *) closure)->inner, return_value, n_params + n_objects, all,
                        NULL);
    }

  for (i = 0; i < n_objects; i++)
    {
      if (G_IS_VALUE (&all[n_params + i]))
        g_value_unset (&all[n_params + i]);
    }
  g_free (all);
}

static void
signal_finalize_cb (gpointer data, GClosure *closure)
{
  WeakrefWatches *watches = data;

  weakref_watches_stop (watches);
  weakref_watches_unref (watches);
  g_closure_unref (((SignalClosure *) closure)->inner);
}

/* Takes over @inner. */
static gulong
signal_connect (gpointer instance,
                const char *detailed_signal,
                GClosure *inner,
                GConnectFlags flags,
                gpointer const *objects,
                gsize n_objects)
{
  WeakrefWatches *watches = weakref_watches_new (&signal_funcs, n_objects);
  GClosure *closure = g_closure_new_simple (sizeof (SignalClosure), watches);
  gulong id;

  ((SignalClosure *) closure)->inner = inner;
  g_closure_set_marshal (closure, signal_marshal);
  g_closure_add_finalize_notifier (closure, watches, signal_finalize_cb);
  g_closure_ref (closure);
  g_closure_sink (closure);

  /* The watches are started first, because the handler may be called as soon as it is connected. */
  weakref_watches_start (watches, objects, WEAKREF_PHASE_DISPOSE,
                         weakref_block_get (instance, WEAKREF_PHASE_DISPOSE));
  id =
    g_signal_connect_closure (instance, detailed_signal, closure, (flags & G_CONNECT_AFTER) != 0);
  /* A death between these two calls has found no handler to disconnect. */
  if (id != 0 && weakref_watches_have_ended (watches))
    g_signal_handlers_disconnect_matched (instance, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, watches);
  g_closure_unref (closure);

  return id;
}

/**
 * weakref_signal_connect: (skip)
 * @instance: (type GObject.Object) (not nullable): the object to connect to
 * @detailed_signal: the signal, with its detail
 * @callback: the handler
 * @user_data: (nullable): data for @callback; it must not hold @instance or any of the objects
 * @destroy: (nullable): frees @user_data when the handler is disconnected
 * @flags: `G_CONNECT_DEFAULT`, which is 0, or `G_CONNECT_AFTER`
 * @...: the objects that the handler needs, at least one, then %NULL
 *
 * Connects a handler that is called with the objects that it needs, and holds none of them.
 *
 * The objects come after the arguments of the signal, and before @user_data:
 *
 * ```c
 * static void
 * clicked_cb (GtkButton *button, GtkWindow *window, Document *document, gpointer user_data)
 * {
 *   gtk_window_set_title (window, document_get_title (document));
 * }
 *
 * weakref_signal_connect (button, "clicked", G_CALLBACK (clicked_cb), NULL, NULL, 0, window,
 *                         document, NULL);
 * ```
 *
 * When the first of the objects dies, the handler is disconnected, and @user_data is freed. The
 * handler is never called with an object whose dispose has begun. The objects are held while it
 * runs. g_signal_connect_object() does this for one object, but may call the handler while that
 * object is in its dispose.
 *
 * If the signal returns a value, and the handler is not called because an object is just dying, the
 * result is as if it had returned 0.
 *
 * You must hold a reference on @instance and on the objects during the call, which can be made from
 * any thread. When an object dies in another thread, that thread does not wait for a handler that
 * is just running.
 *
 * Returns: the number of the handler, for [func@GObject.signal_handler_disconnect]; 0 if there is
 * no such signal
 *
 * Since: 1.0
 */
gulong
weakref_signal_connect (gpointer instance,
                        const char *detailed_signal,
                        GCallback callback,
                        gpointer user_data,
                        GDestroyNotify destroy,
                        GConnectFlags flags,
                        ...)
{
  GPtrArray *objects = g_ptr_array_new ();
  GClosure *closure;
  gpointer object;
  va_list args;
  gulong id = 0;

  va_start (args, flags);
  while ((object = va_arg (args, gpointer)) != NULL)
    g_ptr_array_add (objects, object);
  va_end (args);

  /* A closure calls its free function with a second argument, which @destroy ignores. */
  closure = g_cclosure_new (callback, user_data, (GClosureNotify) (void (*) (void)) destroy);
  g_closure_set_marshal (closure, g_cclosure_marshal_generic);
  id = weakref_signal_connect_closure (instance, detailed_signal, closure, flags, objects->pdata,
                                       objects->len);
  g_ptr_array_unref (objects);

  return id;
}

/**
 * weakref_signal_connect_closure: (rename-to weakref_signal_connect)
 * @instance: (type GObject.Object) (not nullable): the object to connect to
 * @detailed_signal: the signal, with its detail
 * @closure: the handler; it must not hold @instance or any of @objects
 * @flags: `G_CONNECT_DEFAULT`, which is 0, or `G_CONNECT_AFTER`
 * @objects: (array length=n_objects) (element-type GObject.Object): the objects that the handler
 *   needs
 * @n_objects: how many there are, at least one
 *
 * Connects a handler that is called with the objects that it needs, and holds none of them.
 *
 * The handler is called with the arguments of the signal, the instance first, and then with
 * @objects. When the first of the objects dies, the handler is disconnected. It is never called
 * with an object whose dispose has begun. The objects are held while it runs.
 *
 * If the signal returns a value, and the handler is not called because an object is just dying, the
 * result is as if it had returned 0.
 *
 * You must hold a reference on @instance and on @objects during the call, which can be made from
 * any thread.
 *
 * Returns: the number of the handler, for [func@GObject.signal_handler_disconnect]; 0 if there is
 * no such signal
 *
 * Since: 1.0
 */
gulong
weakref_signal_connect_closure (gpointer instance,
                                const char *detailed_signal,
                                GClosure *closure,
                                GConnectFlags flags,
                                gpointer const *objects,
                                gsize n_objects)
{
  g_return_val_if_fail (closure != NULL, 0);

  g_closure_ref (closure);
  g_closure_sink (closure);
  if (G_IS_OBJECT (instance) && weakref_is_held (instance) && detailed_signal != NULL &&
      (flags & ~G_CONNECT_AFTER) == 0 && weakref_are_objects (objects, n_objects))
    return signal_connect (instance, detailed_signal, closure, flags, objects, n_objects);

  g_closure_unref (closure);
  g_return_val_if_fail (G_IS_OBJECT (instance), 0);
  g_return_val_if_fail (weakref_is_held (instance), 0);
  g_return_val_if_fail (detailed_signal != NULL, 0);
  g_return_val_if_fail ((flags & ~G_CONNECT_AFTER) == 0, 0);
  g_return_val_if_fail (weakref_are_objects (objects, n_objects), 0);

  return 0;
}
