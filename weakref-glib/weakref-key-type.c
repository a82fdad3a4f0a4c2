/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-key-type.h>

#include <weakref-glib/core/key-types.h>

/* Returns whether the user may say how keys of this type are compared. */
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
 * From now on, a [class@Weakref.ValueTable] or a [class@Weakref.Cache] can be made with @type as
 * the type of its keys, from any language. Two keys are the same if @equal says so. Without this
 * call, keys of a class or an interface are compared by identity, and a boxed type can't be the
 * type of keys. Tables that were made before do not change.
 *
 * ```c
 * weakref_key_type_register (GDK_TYPE_RGBA, gdk_rgba_hash, gdk_rgba_equal,
 *                            (WeakrefCopyFunc) gdk_rgba_copy, (GDestroyNotify) gdk_rgba_free);
 *
 * swatches = weakref_value_table_new (GDK_TYPE_RGBA);
 * ```
 *
 * The functions are also used for subtypes of @type, and for classes that implement @type. If more
 * than one registered type fits, those of the type itself are used, otherwise those of its nearest
 * ancestor, otherwise those of an interface. If it implements several, the one that was registered
 * first counts. #GFile, #GIcon and #GDateTime are registered. #GBytes, #GVariant, strings and
 * numbers are always compared by content. In a table with keys of any type, which is
 * `G_TYPE_VALUE`, objects are always compared by identity.
 *
 * While an object is a key, its content must not change, as far as the two functions look at it.
 * @equal runs under the lock of the table. @hash and @equal must not use the table. All functions
 * can be called in any thread. A type stays registered until the process ends. So register types of
 * your own. Register a type of another library only with the functions that this library has for
 * it.
 *
 * Returns: %TRUE if keys of @type are compared with these functions now; %FALSE if other functions
 *   were registered for it before, which stay
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
