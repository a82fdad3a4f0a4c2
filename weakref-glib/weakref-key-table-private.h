/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/weakref-key-table.h>

#include <weakref-glib/core/table.h>

G_BEGIN_DECLS

/* The core of a key table. */
typedef struct
{
  WeakrefTable base;
  GDestroyNotify value_free; /* (const) */
  gboolean for_values;       /* (const): the values are counted boxes with a GValue in each */
} WeakrefKeyCore;

struct _WeakrefKeyTable
{
  GObject parent_instance;

  WeakrefKeyCore *core; /* (owned) */
};

gboolean weakref_key_core_insert (WeakrefKeyCore *core, gpointer key, gpointer value);
gboolean weakref_key_core_steal (WeakrefKeyCore *core, gpointer key, gpointer *value);
void weakref_key_core_foreach (WeakrefKeyCore *core, WeakrefKeyTableFunc func, gpointer user_data);

/* Drops a reference on a box with a GValue. */
void weakref_key_value_unref (gpointer box);

G_END_DECLS
