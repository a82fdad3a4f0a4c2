/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-cancellable.h>

#include <weakref-glib/core/compat.h>
#include <weakref-glib/core/watches.h>

/* The cancellable owns the watches, as its qdata. The data of the watches is a GWeakRef on the
 * cancellable. So the watches do not keep it alive. */

static G_DEFINE_QUARK (weakref_glib_cancellable, cancellable)

static void
cancellable_died_cb (WeakrefWatches *watches, gpointer data)
{
  GCancellable *cancellable = weakref_compat_get (data);

  if (cancellable == NULL)
    return;

  g_cancellable_cancel (cancellable);
  g_object_unref (cancellable);
}

static void
weak_ref_free_cb (gpointer data)
{
  g_weak_ref_clear (data);
  g_free (data);
}

static const WeakrefWatchesFuncs cancellable_funcs = { cancellable_died_cb, weak_ref_free_cb,
                                                       "weakref_cancellable_new()" };

static void
watches_stop_cb (gpointer watches)
{
  weakref_watches_stop (watches);
  weakref_watches_unref (watches);
}

/**
 * weakref_cancellable_new:
 * @object: (type GObject.Object) (not nullable): the object
 *
 * Makes a cancellable that is cancelled when @object dies.
 *
 * Give it to the operations that an object starts for itself: a widget that loads its picture, a
 * client that waits for an answer. Then the object need not cancel them in its dispose. The
 * cancellable holds nothing, and is used like any other. You can also cancel it yourself.
 *
 * ```c
 * g_autoptr (GCancellable) cancellable = weakref_cancellable_new (row);
 *
 * g_file_load_contents_async (file, cancellable, loaded_cb, NULL);
 * ```
 *
 * It is cancelled in the thread that drops the last reference on @object. At that moment nothing in
 * this library gives @object any more, and no lock of this library is held. The handlers of
 * #GCancellable::cancelled run in that thread. A [class@Gio.Task] returns in its own context.
 *
 * You must hold a reference on @object during the call, which can be made from any thread.
 *
 * Returns: (transfer full): a new cancellable
 *
 * Since: 1.0
 */
GCancellable *
weakref_cancellable_new (gpointer object)
{
  g_return_val_if_fail (weakref_are_objects (&object, 1), NULL);

  return weakref_cancellable_new_any (&object, 1);
}

/**
 * weakref_cancellable_new_any:
 * @objects: (array length=n_objects) (element-type GObject.Object): the objects
 * @n_objects: how many there are, at least one
 *
 * Makes a cancellable that is cancelled when the first of @objects dies. Apart from that, it is
 * what [func@Weakref.cancellable_new] makes.
 *
 * You must hold a reference on each of @objects during the call, which can be made from any thread.
 *
 * Returns: (transfer full): a new cancellable
 *
 * Since: 1.0
 */
GCancellable *
weakref_cancellable_new_any (gpointer const *objects, gsize n_objects)
{
  GCancellable *cancellable;
  WeakrefWatches *watches;
  GWeakRef *weak_ref;

  g_return_val_if_fail (weakref_are_objects (objects, n_objects), NULL);

  cancellable = g_cancellable_new ();
  weak_ref = g_new (GWeakRef, 1);
  g_weak_ref_init (weak_ref, cancellable);
  watches = weakref_watches_new (&cancellable_funcs, n_objects);
  weakref_watches_start (watches, objects, WEAKREF_PHASE_DISPOSE, weak_ref);
  g_object_set_qdata_full (G_OBJECT (cancellable), cancellable_quark (), watches, watches_stop_cb);

  return cancellable;
}
