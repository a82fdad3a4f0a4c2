/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* The types whose keys are compared by content, and the functions for that. */

typedef struct _WeakrefKeyType WeakrefKeyType;

struct _WeakrefKeyType
{
  GType type;
  GHashFunc hash;
  GEqualFunc equal;
  gpointer (*copy) (gconstpointer key); /* NULL for objects */
  GDestroyNotify free;                  /* the same */
  const WeakrefKeyType *next;
};

gboolean weakref_key_type_add (const WeakrefKeyType *key_type);
const WeakrefKeyType *weakref_key_type_find (GType type);

G_END_DECLS
