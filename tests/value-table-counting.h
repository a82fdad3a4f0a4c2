/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* A table that counts who has found a creation that goes on. */

#include "value-table-common.h"

G_BEGIN_DECLS

static inline gpointer
copy_string (gconstpointer key)
{
  return g_strdup (key);
}

/* A key is compared with that of a creation under the lock under which a thread becomes one of
 * those that the creation is for. In an empty table nothing else is compared. */
static gint n_compared; /* (atomic) */

static inline gboolean
counting_equal (gconstpointer a, gconstpointer b)
{
  g_atomic_int_inc (&n_compared);
  return g_str_equal (a, b);
}

static inline WeakrefValueTable *
counting_table (void)
{
  g_atomic_int_set (&n_compared, 0);
  return weakref_value_table_new_full (g_str_hash, counting_equal, copy_string, g_free);
}

G_END_DECLS
