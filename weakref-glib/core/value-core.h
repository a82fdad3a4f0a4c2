/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/key.h>
#include <weakref-glib/core/object-index.h>
#include <weakref-glib/core/table.h>
#include <weakref-glib/weakref-types.h>

G_BEGIN_DECLS

/* The core of a table from keys to objects. WeakrefValueTable and WeakrefCache have it in
 * common. */

typedef struct _WeakrefValueCore WeakrefValueCore;
typedef struct _WeakrefValueEntry WeakrefValueEntry;

/* What a subclass does in addition. None of these functions may be called under a lock. */
typedef struct
{
  /* How many bytes each entry has for the subclass, zero at first; see
   * weakref_value_entry_get_extra(). */
  gsize extra_size;
  /* Somebody asked for the object of a key. @found tells whether it was there. May be NULL. */
  void (*asked) (WeakrefValueCore *core, gboolean found);
  /* These three ask for the object of an entry. use() returns the object to somebody who uses it,
   * look_at() to somebody who goes over all objects, and both return NULL if there is none.
   * is_alive() only tells whether there is one. An object that the table itself drops in this call,
   * and that dies of it, counts as dead already. Each may be NULL. */
  gpointer (*use) (WeakrefValueEntry *entry);
  gpointer (*look_at) (WeakrefValueEntry *entry);
  gboolean (*is_alive) (WeakrefValueEntry *entry);
  /* @object was entered. The caller has a reference on it. May be NULL. */
  void (*entered) (WeakrefValueEntry *entry, gpointer object);
  /* The entry was removed, or its object has died. May be NULL. */
  void (*left) (WeakrefValueEntry *entry);
  /* Frees what the subclass added to the core. May be NULL. */
  void (*free_core) (WeakrefValueCore *core);
} WeakrefValueFuncs;

/* The entry stores the hash of its key, so that nothing has to be computed when its object dies.
 * The key itself is stored in the entry, or a pointer to the key. */
struct _WeakrefValueEntry
{
  WeakrefEntry base; /* its room is the beginning of the data, if that needs no alignment */
  guint8 data[];     /* the extra, then (const) the key; both aligned */
};

/* A key with its hash, to look up an entry. */
typedef struct
{
  WeakrefValueCore *core; /* (unowned) */
  guint32 hash;           /* not 0 */
  gconstpointer key;      /* (unowned) */
} WeakrefValueProbe;

/* The first member of the structure that weakref_value_core_new() makes. */
struct _WeakrefValueCore
{
  WeakrefTable base;
  const WeakrefValueFuncs *funcs; /* (const) */
  WeakrefKeyKind kind;            /* (const) */
  guint key_offset;               /* (const): of the key, or of the pointer to it, in an entry */
  GHashTable *flights;            /* table lock: (owned) (nullable): see core/flight.c */
  WeakrefObjectIndex *index;      /* table lock: (owned) (nullable): see core/value-moves.c */
};

static inline gpointer
weakref_value_entry_get_extra (WeakrefValueEntry *entry)
{
  return entry + 1;
}

static inline gconstpointer
weakref_value_core_get_key (WeakrefValueCore *core, WeakrefValueEntry *entry)
{
  guint8 *where = (guint8 *) entry + core->key_offset;

  return core->kind.get_size != NULL ? where : *(gpointer *) (gpointer) where;
}

static inline gconstpointer
weakref_value_entry_get_key (WeakrefValueEntry *entry)
{
  return weakref_value_core_get_key ((WeakrefValueCore *) entry->base.table, entry);
}

WeakrefValueProbe weakref_value_entry_probe (WeakrefValueCore *core, gconstpointer key);
WeakrefValueProbe weakref_value_entry_get_probe (WeakrefValueEntry *entry);
guint weakref_value_probe_hash (gconstpointer probe);
gboolean weakref_value_probe_equal (gconstpointer a, gconstpointer b);

WeakrefValueEntry *weakref_value_entry_new (const WeakrefValueProbe *probe, gpointer target);
void weakref_value_entry_free (WeakrefValueEntry *entry);
void weakref_value_entry_entered (WeakrefValueEntry *entry, gpointer object);
gpointer weakref_value_entry_dup_object (WeakrefValueEntry *entry);
void weakref_value_entry_retire (WeakrefValueEntry *entry);

gpointer weakref_value_core_new (gsize size, const WeakrefValueFuncs *funcs);
void weakref_value_core_set_key_type (WeakrefValueCore *core, GType key_type);
void weakref_value_core_set_key_funcs (WeakrefValueCore *core,
                                       GHashFunc hash,
                                       GEqualFunc equal,
                                       gpointer (*copy) (gconstpointer key),
                                       GDestroyNotify free);
WeakrefValueEntry *
weakref_value_core_find_locked (WeakrefValueCore *core, const WeakrefValueProbe *probe);
void weakref_value_core_count (WeakrefValueCore *core, gboolean found);
gboolean weakref_value_core_put_locked (WeakrefValueCore *core,
                                        WeakrefValueEntry *entry,
                                        WeakrefEntry **old);
gpointer weakref_value_core_lookup (WeakrefValueCore *core, gconstpointer key);
gpointer
weakref_value_core_dup_living (WeakrefValueCore *core, gconstpointer key, WeakrefValueEntry **dead);
gboolean weakref_value_core_contains (WeakrefValueCore *core, gconstpointer key);
gboolean weakref_value_core_insert (WeakrefValueCore *core, gconstpointer key, gpointer object);
WeakrefEntry *weakref_value_core_take (WeakrefValueCore *core, gconstpointer key);
gboolean weakref_value_core_remove (WeakrefValueCore *core, gconstpointer key);
GPtrArray *weakref_value_core_dup_keys (WeakrefValueCore *core, gboolean as_values);
GPtrArray *weakref_value_core_dup_values (WeakrefValueCore *core);
void
weakref_value_core_foreach (WeakrefValueCore *core, WeakrefValueTableFunc func, gpointer user_data);
void weakref_value_core_foreach_value (WeakrefValueCore *core,
                                       WeakrefValueTableValueFunc func,
                                       gpointer user_data);

G_END_DECLS
