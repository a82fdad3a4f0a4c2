/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/locks.h>

G_BEGIN_DECLS

/* What the tables and the set have in common: a hash table of entries, each of which watches one
 * object and leaves when it dies. The table objects are thin; what lasts is the core, which is
 * kept by the entries and by whoever works on it, so that the table object can go at any time. */

typedef struct _WeakrefTable WeakrefTable;
typedef struct _WeakrefEntry WeakrefEntry;

typedef struct
{
  /* The class, as the radar shows it to a person. */
  const char *name;
  /* What the entry is found by in the hash table. */
  gconstpointer (*get_hash_key) (WeakrefEntry *entry);
  /* The entry is no longer in the table. Under the lock. May be NULL. */
  void (*left_locked) (WeakrefTable *table, WeakrefEntry *entry);
  /* The dead entry may tell now. Outside every lock. May be NULL. */
  void (*died) (WeakrefTable *table, WeakrefEntry *entry);
  /* The entry, which had been in the table or not, was dropped, or has died. Outside every lock.
   * May be NULL. */
  void (*let_go) (WeakrefEntry *entry);
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

/* What a lookup reads, the block and the key that follows, is together at the end. */
struct _WeakrefEntry
{
  WeakrefTable *table; /* (owned) */
  gint ref_count;      /* (atomic): not a gatomicrefcount, which is a call each time */
  guint8 state;        /* table lock */
  guint8 severed;      /* table lock: the death has taken over the table's reference */
  WeakrefWatch watch;  /* running, it has a reference on the entry */
};

struct _WeakrefTable
{
  gatomicrefcount ref_count;
  const WeakrefTableFuncs *funcs; /* (const) */
  GMutex lock;
  GHashTable *entries;     /* lock */
  WeakrefEntry *displaced; /* lock: what the last insertion or removal has put out */
  WeakrefListedLock listed;
  gboolean closed; /* lock: the table object is gone, nothing is put in any more */
};

void weakref_table_init (WeakrefTable *table,
                         const WeakrefTableFuncs *funcs,
                         GHashFunc hash,
                         GEqualFunc equal);
gpointer weakref_table_ref (gpointer table);
void weakref_table_unref (gpointer table);

gboolean weakref_table_put_locked (WeakrefTable *table, WeakrefEntry *entry, WeakrefEntry **old);
WeakrefEntry *weakref_table_take_locked (WeakrefTable *table, gconstpointer hash_key);
void weakref_table_clear (WeakrefTable *table);
void weakref_table_close (WeakrefTable *table);
guint weakref_table_get_size (WeakrefTable *table);
GPtrArray *weakref_table_snapshot (WeakrefTable *table);

void weakref_entry_init (WeakrefEntry *entry, WeakrefTable *table, gpointer target);
gpointer weakref_entry_ref (gpointer entry);
void weakref_entry_unref (gpointer entry);
void weakref_entry_drop (WeakrefEntry *entry);

G_END_DECLS
