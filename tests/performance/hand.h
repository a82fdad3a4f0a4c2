/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* What a program writes by hand, if it takes care: a mutex and a hash table, and for each object a
 * weak notify that removes the entry. */
typedef struct
{
  GMutex lock;
  GHashTable *entries;
} Hand;

/* From strings to objects, each with a GWeakRef. */
void hand_values_init (Hand *hand);
void hand_values_insert (Hand *hand, const char *key, GObject *object);
gpointer hand_values_lookup (Hand *hand, const char *key);

/* From objects to values, which are freed with g_free(). */
void hand_keys_init (Hand *hand);
void hand_keys_insert (Hand *hand, GObject *key, gpointer value);
gpointer hand_keys_lookup (Hand *hand, GObject *key);

void hand_clear (Hand *hand);

G_END_DECLS
