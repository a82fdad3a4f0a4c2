/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-signal.h>

#include <weakref-glib/core/watches.h>

/* What is connected is a closure of ours. It has watches on the objects, gets them for each call,
 * and calls the user's closure with them. It goes with the handler, and stops the watches; if one
 * of the objects dies first, the watches disconnect the handler. They find it by its data, which is
 * they themselves, so that it does not matter in which thread the closure is freed meanwhile. */

typedef struct
{
  GClosure closure; /* its data is the watches (owned) */
  GClosure *inner;  /* (owned) (const) */
} SignalClosure;

/* The data of the watches is the life of the instance. */
static void
signal_died_cb (WeakrefWatches *watches, gpointer data)
{
  gpointer instance = weakref_block_dup_target (data);

  /* Without an instance its handlers go, or have gone. */
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

  /* They are held to the end of the call: nobody is disposed in it but by force. */
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
      /* Borrowed: a call does not change them. */
      for (i = 0; i < n_params; i++)
        all[i] = params[i];
      /* Without the hint: a language would take it for a call with too many arguments. */
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

/* Takes @inner over. */
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

  /* Before it is connected, for it may be called at once. */
  weakref_watches_start (watches, objects, WEAKREF_PHASE_DISPOSE,
                         weakref_block_get (instance, WEAKREF_PHASE_DISPOSE));
  id =
    g_signal_connect_closure (instance, detailed_signal, closure, (flags & G_CONNECT_AFTER) != 0);
  /* A death meanwhile has found nothing to disconnect. */
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
 * Connects a handler that is given the objects it needs, and holds none of them.
 *
 * They come after the arguments of the signal, and before @user_data:
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
 * When the first of them dies, the handler is disconnected, and @user_data freed. The handler is
 * never called with an object whose dispose has begun, and holds all of them while it runs. That is
 * what g_signal_connect_object() does for one object, which may be in its dispose, however.
 *
 * If a handler of a signal that returns something is not called because an object is just dying, it
 * is as if it had returned 0.
 *
 * You must hold a reference on @instance and on the objects during the call, which can be made from
 * any thread. A death in another thread does not wait for a handler that runs.
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

  /* The free function of a closure is called with one argument more. */
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
 * Connects a handler that is given the objects it needs, and holds none of them.
 *
 * The handler is called with the arguments of the signal, the instance first, and then with
 * @objects. When the first of those dies, it is disconnected. It is never called with an object
 * whose dispose has begun, and holds all of them while it runs.
 *
 * If a handler of a signal that returns something is not called because an object is just dying, it
 * is as if it had returned 0.
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
