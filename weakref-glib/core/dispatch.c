/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/dispatch.h>

void
weakref_callback_init (WeakrefCallback *callback,
                       GCallback func,
                       gpointer user_data,
                       GDestroyNotify destroy)
{
  callback->func = func;
  callback->user_data = user_data;
  callback->destroy = destroy;
  g_atomic_int_set (&callback->armed, TRUE);
}

/* Returns TRUE to exactly one caller, who then owns the user data and has to release it. */
gboolean
weakref_callback_take (WeakrefCallback *callback)
{
  return g_atomic_int_compare_and_exchange (&callback->armed, TRUE, FALSE);
}

/* Frees the user data of a callback that was taken. */
void
weakref_callback_release (WeakrefCallback *callback)
{
  GDestroyNotify destroy = g_steal_pointer (&callback->destroy);
  gpointer user_data = g_steal_pointer (&callback->user_data);

  if (destroy != NULL)
    destroy (user_data);
}

/* The callback won't run any more, unless it has been taken already. */
void
weakref_callback_cancel (WeakrefCallback *callback)
{
  if (weakref_callback_take (callback))
    weakref_callback_release (callback);
}

/* Calls @func once with @data: now without a context, else later in the context, in the order of
 * the calls. Then, or when the context goes without having run it, frees @data. */
void
weakref_dispatch (GMainContext *context, GSourceFunc func, gpointer data, GDestroyNotify free_data)
{
  GSource *source;

  if (context == NULL)
    {
      func (data);
      free_data (data);
      return;
    }

  /* Not g_main_context_invoke(), which may run it here and now. */
  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "weakref-glib callback");
  g_source_set_callback (source, func, data, free_data);
  g_source_attach (source, context);
  g_source_unref (source);
}
