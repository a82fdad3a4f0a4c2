/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Hashes of keys that may come from somebody who wants to slow the program down. */

guint weakref_bytes_hash (gconstpointer data, gsize size);
guint weakref_string_hash (gconstpointer string);

G_END_DECLS
