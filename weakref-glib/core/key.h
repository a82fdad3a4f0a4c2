/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <weakref-glib/core/number.h>

G_BEGIN_DECLS

typedef struct _WeakrefKeyKind WeakrefKeyKind;

/* A kind of keys: how a key is compared, copied and given to languages. A pointer stands for the
 * key. Keys are hashed outside the lock of the table, and compared under it. They are never copied
 * or freed under it. */
struct _WeakrefKeyKind
{
  GType type; /* G_TYPE_NONE if the functions are those of the user */
  GHashFunc hash;
  GEqualFunc equal;
  /* Returns how many bytes the key has, if the entry stores these bytes. NULL if the entry stores
   * the pointer. */
  gsize (*get_size) (gconstpointer key);
  guint alignment; /* of these bytes: 1, or that of a WeakrefKeyBuffer */
  /* Copies a key, and frees the copy; NULL if the pointer itself is the key. */
  gpointer (*copy) (gconstpointer key);
  GDestroyNotify free;
  /* Says why the pointer is no key, or returns NULL if it is one. NULL if all pointers are keys. */
  const char *(*check) (gconstpointer key);
};

/* Memory for a key that is passed by its address, when a GValue is converted to it. */
typedef WeakrefNumberBits WeakrefKeyBuffer;

gboolean weakref_key_kind_init (WeakrefKeyKind *kind, GType type);
void weakref_key_kind_init_full (WeakrefKeyKind *kind,
                                 GHashFunc hash,
                                 GEqualFunc equal,
                                 gpointer (*copy) (gconstpointer key),
                                 GDestroyNotify free);

gpointer weakref_key_copy (const WeakrefKeyKind *kind, gconstpointer key);
GDestroyNotify weakref_key_get_free (const WeakrefKeyKind *kind);

gboolean weakref_key_check (const WeakrefKeyKind *kind, gconstpointer key, const char *where);
gboolean weakref_key_from_value (const WeakrefKeyKind *kind,
                                 const GValue *value,
                                 WeakrefKeyBuffer *buffer,
                                 gconstpointer *key,
                                 GError **error);
GValue *weakref_key_to_value (const WeakrefKeyKind *kind, gconstpointer key);

G_END_DECLS
