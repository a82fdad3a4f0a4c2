/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/locks.h>
#include <weakref-glib/core/map.h>

G_BEGIN_DECLS

/* What the tables and the set have in common: a map of entries, each of which watches one object
 * and leaves when it dies. The table objects are thin; what lasts is the core, which is kept by the
 * entries and by whoever works on it, so that the table object can go at any time. */

typedef struct _WeakrefTable WeakrefTable;
typedef struct _WeakrefEntry WeakrefEntry;

typedef struct
{
  /* The class, as the radar shows it to a person. */
  const char *name;
  /* The tag of the entry in the map: the address of its object, or a hash that is not 0. */
  gsize (*get_tag) (WeakrefEntry *entry);
  /* What the map had beside the tag is the entry's again, which is about to leave. Under the lock.
   * NULL if that is the entry itself. */
  void (*take_data) (WeakrefEntry *entry, gpointer data);
  /* The entry is no longer in the table. Under the lock. May be NULL. */
  void (*left_locked) (WeakrefTable *table, WeakrefEntry *entry);
  /* Announces the death of the entry. Outside every lock. May be NULL. */
  void (*died) (WeakrefTable *table, WeakrefEntry *entry);
  /* The entry, which had been in the table or not, was dropped, or has died. Outside every lock.
   * May be NULL. */
  void (*released) (WeakrefEntry *entry);
  /* Frees the entry and what it holds. Outside every lock. */
  void (*free_entry) (WeakrefEntry *entry);
  /* Frees the table and what it holds. Outside every lock. */
  void (*free_table) (WeakrefTable *table);
} WeakrefTableFuncs;

typedef enum
{
  WEAKREF_ENTRY_NEW, /* not yet in the table */
  WEAKREF_ENTRY_IN,  /* in the table, which has a reference on it */
  WEAKREF_ENTRY_OUT  /* removed, or dead */
} WeakrefEntryState;

/* Its watch has what else belongs to it: the count of references, of which it has one while it
 * runs; the state, a WeakrefEntryState (table lock); and, as the flags (table lock), whether the
 * death has taken over the table's reference. It is allocated by weakref_watch_alloc(). */
struct _WeakrefEntry
{
  WeakrefWatch watch;
  WeakrefTable *table; /* (owned) */
};

struct _WeakrefTable
{
  gint ref_count;  /* (atomic) */
  gboolean closed; /* lock: the table object is gone, and no entry is put in any more */
  GMutex lock;
  WeakrefMap map;                 /* lock */
  const WeakrefTableFuncs *funcs; /* (const) */
  WeakrefListedLock listed;
};

void weakref_table_init (WeakrefTable *table, const WeakrefTableFuncs *funcs);
gpointer weakref_table_ref (gpointer table);
void weakref_table_unref (gpointer table);

gboolean weakref_table_put_locked (
  WeakrefTable *table, WeakrefEntry *entry, gsize index, gpointer data, WeakrefEntry **old);
WeakrefEntry *weakref_table_take_locked (WeakrefTable *table, gsize index);
WeakrefEntry *weakref_table_take_entry_locked (WeakrefTable *table, WeakrefEntry *entry);
void weakref_table_clear (WeakrefTable *table);
void weakref_table_close (WeakrefTable *table);
guint weakref_table_get_size (WeakrefTable *table);
GPtrArray *weakref_table_snapshot (WeakrefTable *table);

void weakref_entry_init (WeakrefEntry *entry, WeakrefTable *table, gpointer target);
gpointer weakref_entry_ref (gpointer entry);
void weakref_entry_unref (gpointer entry);
void weakref_entry_drop (WeakrefEntry *entry);

/* For tables whose tags are addresses: the index of the entry of the object at @address. */
static inline gsize
weakref_table_find_locked (WeakrefTable *table, gconstpointer address)
{
  return G_LIKELY (address != NULL) ? weakref_map_find (&table->map, (gsize) address)
                                    : WEAKREF_MAP_NONE;
}

/* The entry at @index, or NULL if that is WEAKREF_MAP_NONE. */
static inline WeakrefEntry *
weakref_table_get_entry_locked (WeakrefTable *table, gsize index)
{
  return index != WEAKREF_MAP_NONE ? weakref_map_get_entry (&table->map, index) : NULL;
}

G_END_DECLS
