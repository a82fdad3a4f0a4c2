/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-key-type.h>

#include <weakref-glib/core/key-types.h>

/* Whether it is for the user to say how its keys are compared. */
static gboolean
may_be_registered (GType type)
{
  if (type == G_TYPE_OBJECT || type == G_TYPE_INTERFACE || type == G_TYPE_BOXED ||
      type == G_TYPE_BYTES || type == G_TYPE_VALUE)
    return FALSE;

  return G_TYPE_IS_OBJECT (type) || G_TYPE_IS_INTERFACE (type) || G_TYPE_IS_BOXED (type);
}

/**
 * weakref_key_type_register: (skip)
 * @type: a class, an interface, or a boxed type
 * @hash: (scope forever): hashes a key
 * @equal: (scope forever): compares two keys
 * @copy: (scope forever) (nullable): copies a key that is boxed, or takes a reference; %NULL for a
 *   class or an interface, of which references are taken
 * @free: (nullable): frees a copy; %NULL where @copy is
 *
 * Says how keys of a type are compared by their content.
 *
 * From now on, [class@Weakref.ValueTable] and [class@Weakref.Cache] can be made with @type as the
 * type of their keys, from any language, and two keys are the same if @equal says so. Without
 * that, keys of a class or interface are compared by identity, and those of a boxed type do not
 * exist. Tables that were made before do not change.
 *
 * ```c
 * weakref_key_type_register (GDK_TYPE_RGBA, gdk_rgba_hash, gdk_rgba_equal,
 *                            (WeakrefCopyFunc) gdk_rgba_copy, (GDestroyNotify) gdk_rgba_free);
 *
 * swatches = weakref_value_table_new (GDK_TYPE_RGBA);
 * ```
 *
 * It holds for the subtypes of @type, too, and for the classes of an interface, unless there is
 * something nearer: the type itself before its ancestors, these before interfaces, and of several
 * interfaces the one that was registered first. #GFile, #GIcon and #GDateTime are registered.
 * #GBytes, #GVariant, strings and numbers are compared by content without that. Where keys may be
 * of any type, which is `G_TYPE_VALUE`, objects are always compared by identity.
 *
 * As long as it is a key, the content of an object must not change, as far as the two functions see
 * it. They run under the lock of the table, and must not use the table. All functions can be called
 * in any thread. A type that is registered stays so until the process ends. So do it for types of
 * your own, or for those of others with the functions that they have for it.
 *
 * Returns: %TRUE if keys of @type are compared so; %FALSE if others have registered other functions
 *   for it, which stay
 *
 * Since: 1.0
 */
gboolean
weakref_key_type_register (
  GType type, GHashFunc hash, GEqualFunc equal, WeakrefCopyFunc copy, GDestroyNotify free)
{
  const WeakrefKeyType key_type = { type, hash, equal, copy, free, NULL };

  g_return_val_if_fail (may_be_registered (type), FALSE);
  g_return_val_if_fail (hash != NULL && equal != NULL, FALSE);
  g_return_val_if_fail ((copy != NULL) == G_TYPE_IS_BOXED (type), FALSE);
  g_return_val_if_fail ((free != NULL) == G_TYPE_IS_BOXED (type), FALSE);

  return weakref_key_type_add (&key_type);
}
