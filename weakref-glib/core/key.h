/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>
#include <weakref-glib/core/number.h>

G_BEGIN_DECLS

typedef struct _WeakrefKeyKind WeakrefKeyKind;

/* A kind of keys: how the pointer that stands for a key is compared, kept and given to languages.
 * Keys are hashed and compared under the lock of the table. They are never copied or freed under
 * it. */
struct _WeakrefKeyKind
{
  GType type; /* G_TYPE_NONE: the user's own functions */
  GHashFunc hash;
  GEqualFunc equal;
  /* How many bytes there are to keep inside the table's entry; NULL if there are none. */
  gsize (*get_size) (gconstpointer key);
  guint alignment; /* of those bytes: 1, or that of a WeakrefKeyBuffer */
  /* Copies a key, and frees the copy; NULL if the pointer itself is the key. */
  gpointer (*copy) (gconstpointer key);
  GDestroyNotify free;
  /* Says why the pointer is no key, or returns NULL if it is one. NULL if all pointers are keys. */
  const char *(*check) (gconstpointer key);
};

/* The memory of a key that is passed by address, while a GValue of another type stands for it. */
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
