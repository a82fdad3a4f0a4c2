/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/key.h>
#include <weakref-glib/core/table.h>
#include <weakref-glib/weakref-types.h>

G_BEGIN_DECLS

/* A table from keys to objects: what WeakrefValueTable and WeakrefCache have in common. */

typedef struct _WeakrefValueCore WeakrefValueCore;
typedef struct _WeakrefValueEntry WeakrefValueEntry;

/* What a table does with its entries besides. None may be called under a lock. */
typedef struct
{
  /* How much is kept with each entry, zeroed; see weakref_value_entry_get_extra(). */
  gsize extra_size;
  /* Somebody asked for the object of a key, and it was there, or was not. May be NULL. */
  void (*asked) (WeakrefValueCore *core, gboolean found);
  /* Gives the object, or NULL if it is dead or as good as dead: to somebody who uses it, who only
   * looks at all of them, or who asks whether there is one. May be NULL. */
  gpointer (*use) (WeakrefValueEntry *entry);
  gpointer (*look_at) (WeakrefValueEntry *entry);
  gboolean (*is_alive) (WeakrefValueEntry *entry);
  /* @object, which the caller holds, was entered. May be NULL. */
  void (*entered) (WeakrefValueEntry *entry, gpointer object);
  /* The entry was removed, or has died. May be NULL. */
  void (*left) (WeakrefValueEntry *entry);
  /* Frees what the core holds besides. May be NULL. */
  void (*free_core) (WeakrefValueCore *core);
} WeakrefValueFuncs;

/* It is its own key in the hash table, so that the hash is computed once, and a death compares
 * pointers (a user's own equal function is asked only about another key with the same hash). To
 * look one up, an entry on the stack will do, of which nothing but this is set: table, hash and
 * key. */
struct _WeakrefValueEntry
{
  WeakrefEntry base;
  guint hash;              /* (const) */
  gconstpointer key;       /* (owned) (const): a copy, or in the data */
  WeakrefKeyBuffer data[]; /* the extra; then (const) a key that is kept inside the entry */
};

/* To be embedded as the first thing in what weakref_value_core_new() makes. */
struct _WeakrefValueCore
{
  WeakrefTable base;
  const WeakrefValueFuncs *funcs; /* (const) */
  WeakrefKeyKind kind;            /* (const) */
  GHashTable *flights;            /* table lock: (owned) (nullable): see core/flight.c */
};

static inline gpointer
weakref_value_entry_get_extra (WeakrefValueEntry *entry)
{
  return entry->data;
}

WeakrefValueEntry weakref_value_entry_probe (WeakrefValueCore *core, gconstpointer key);
guint weakref_value_entry_hash (gconstpointer data);
gboolean weakref_value_entry_equal (gconstpointer a, gconstpointer b);
WeakrefValueEntry *weakref_value_entry_new (const WeakrefValueEntry *probe);
void weakref_value_entry_free (WeakrefValueEntry *entry);
void weakref_value_entry_entered (WeakrefValueEntry *entry, gpointer object);
gpointer weakref_value_entry_dup_object (WeakrefValueEntry *entry);
void weakref_value_entry_retire (WeakrefValueEntry *entry);

gpointer weakref_value_core_new (gsize size, const WeakrefValueFuncs *funcs);
void weakref_value_core_set_key_type (WeakrefValueCore *core, GType key_type);
WeakrefValueEntry *
weakref_value_core_find_locked (WeakrefValueCore *core, const WeakrefValueEntry *probe);
void weakref_value_core_count (WeakrefValueCore *core, gboolean found);
gpointer weakref_value_core_lookup (WeakrefValueCore *core, gconstpointer key);
gboolean weakref_value_core_contains (WeakrefValueCore *core, gconstpointer key);
gboolean weakref_value_core_insert (WeakrefValueCore *core, gconstpointer key, gpointer object);
gboolean weakref_value_core_remove (WeakrefValueCore *core, gconstpointer key);
GPtrArray *weakref_value_core_dup_keys (WeakrefValueCore *core, gboolean as_values);
GPtrArray *weakref_value_core_dup_values (WeakrefValueCore *core);
void
weakref_value_core_foreach (WeakrefValueCore *core, WeakrefValueTableFunc func, gpointer user_data);
void weakref_value_core_foreach_value (WeakrefValueCore *core,
                                       WeakrefValueTableValueFunc func,
                                       gpointer user_data);

G_END_DECLS
