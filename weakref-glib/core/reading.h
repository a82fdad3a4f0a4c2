/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* What a table does for those who go over its entries without its lock. The caller of each function
 * has the lock. */

typedef struct _WeakrefReading WeakrefReading;

/* One who goes over the entries that there were when he began. */
struct _WeakrefReading
{
  gpointer table;        /* (owned) (const): by table.c */
  WeakrefReading *older; /* lock: (unowned) (nullable): the reading that began before this one */
  WeakrefReading *newer; /* lock: (unowned) (nullable): the one that began after it */
  GPtrArray *parked;     /* lock: (owned) (nullable): entries that have left */
  GHashTable *young;     /* lock: (owned) (nullable): entries that were put in, as a set */
  guint n;               /* (const) */
  gpointer entries[];    /* (const) (unowned) */
};

WeakrefReading *weakref_reading_begin (WeakrefReading **newest, guint n);
GPtrArray *weakref_reading_end (WeakrefReading **newest, WeakrefReading *reading);
void weakref_reading_free (WeakrefReading *reading);

void weakref_reading_put (WeakrefReading *newest, gpointer entry);
gboolean weakref_reading_park (WeakrefReading *newest, gpointer entry);

G_END_DECLS
