/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/locks.h>
#include <weakref-glib/core/map.h>
#include <weakref-glib/core/reading.h>

G_BEGIN_DECLS

/* What the tables and the set have in common: a map of entries. Each entry watches one object, and
 * leaves the map when that object dies. This is the core of a table. The entries have references on
 * the core, and so has whoever works on it. So the table object can be finalized at any time. */

typedef struct _WeakrefTable WeakrefTable;
typedef struct _WeakrefEntry WeakrefEntry;

typedef struct
{
  /* The name of the class, which the radar shows to the user. */
  const char *name;
  /* The tags of the entries in the map are their hashes, which are not 0. Otherwise they are the
   * addresses of their objects. */
  gboolean has_hashes;
  /* The entry is about to leave, and @data is what the map had beside its tag. The entry gets it
   * back. Runs under the lock. NULL if the map has the entry itself there. */
  void (*take_data) (WeakrefEntry *entry, gpointer data);
  /* The entry is no longer in the table. Runs under the lock. May be NULL. */
  void (*left_locked) (WeakrefTable *table, WeakrefEntry *entry);
  /* Announces the death of @object, that of the entry, which is in its dispose, or held by
   * somebody. Runs outside every lock. May be NULL. */
  void (*died) (WeakrefTable *table, WeakrefEntry *entry, gpointer object);
  /* The entry was dropped, or its object has died. The entry may never have been in the table. Runs
   * outside every lock. May be NULL. */
  void (*released) (WeakrefEntry *entry);
  /* Frees the entry and what it holds. Runs outside every lock. */
  void (*free_entry) (WeakrefEntry *entry);
  /* Frees the table and what it holds. Runs outside every lock. */
  void (*free_table) (WeakrefTable *table);
} WeakrefTableFuncs;

typedef enum
{
  WEAKREF_ENTRY_NEW, /* not yet in the table */
  WEAKREF_ENTRY_IN,  /* in the table, which has a reference on it */
  WEAKREF_ENTRY_OUT  /* it was removed, or its object has died */
} WeakrefEntryState;

/* An entry is allocated by weakref_watch_alloc(). Its watch has what else belongs to it. The
 * reference count of the watch is that of the entry, and the watch itself has one of the references
 * while it is active. The state of the watch is a WeakrefEntryState (table lock). The lowest flag
 * of the watch tells whether the death has taken over the table's reference (table lock). The other
 * flags are for those who build on this. */
#define WEAKREF_ENTRY_TAKEN_BY_DEATH 1u

struct _WeakrefEntry
{
  WeakrefWatch watch;
  WeakrefTable *table; /* (owned) */
  guint32 hash;        /* (const): if the tag is an address, weakref_map_get_hash() of it */

  /* For those who build on this there is room here: for the place of the entry if it is in a
   * sequence, too, or for what needs no alignment. */
  union
  {
    guint32 place;
    guint8 bytes[4];
  } room;
};

struct _WeakrefTable
{
  gint ref_count;  /* (atomic) */
  gboolean closed; /* lock: the table object is gone, and no entry can be put in */
  GMutex lock;
  WeakrefMap map;                 /* lock */
  WeakrefReading *readings;       /* lock: (unowned) (nullable): the newest one */
  const WeakrefTableFuncs *funcs; /* (const) */
  WeakrefListedLock listed;
};

/* How many turns ahead the target of an entry is fetched. The entry is fetched twice as early. */
#define WEAKREF_READ_AHEAD 4

void weakref_table_init (WeakrefTable *table, const WeakrefTableFuncs *funcs);
gpointer weakref_table_ref (gpointer table);
void weakref_table_unref (gpointer table);

gboolean weakref_table_put_locked (WeakrefTable *table,
                                   WeakrefEntry *entry,
                                   gsize index,
                                   gsize tag,
                                   gpointer data,
                                   WeakrefEntry **old);
WeakrefEntry *weakref_table_take_locked (WeakrefTable *table, gsize index);
gsize weakref_table_find_entry_locked (WeakrefTable *table, WeakrefEntry *entry);
WeakrefEntry *weakref_table_take_entry_locked (WeakrefTable *table, WeakrefEntry *entry);
void weakref_table_clear (WeakrefTable *table);
void weakref_table_close (WeakrefTable *table);
guint weakref_table_get_size (WeakrefTable *table);
WeakrefReading *weakref_table_read_locked (WeakrefTable *table, guint n);
WeakrefReading *weakref_table_read (WeakrefTable *table);
void weakref_table_end_reading (WeakrefReading *reading);
GPtrArray *weakref_table_find_object (WeakrefTable *table, gpointer object);

void weakref_entry_init (WeakrefEntry *entry, WeakrefTable *table, gpointer target);
gpointer weakref_entry_ref (gpointer entry);
void weakref_entry_unref (gpointer entry);
void weakref_entry_drop (WeakrefEntry *entry);

/* For tables whose tags are addresses. Returns the index of the entry of the object at @address, or
 * WEAKREF_MAP_NONE. */
static inline gsize
weakref_table_find_locked (WeakrefTable *table, gconstpointer address)
{
  return G_LIKELY (address != NULL) ? weakref_map_find (&table->map, (gsize) address)
                                    : WEAKREF_MAP_NONE;
}

/* Returns the entry at @index, or NULL if that is WEAKREF_MAP_NONE. */
static inline WeakrefEntry *
weakref_table_get_entry_locked (WeakrefTable *table, gsize index)
{
  return index != WEAKREF_MAP_NONE ? weakref_map_get_entry (&table->map, index) : NULL;
}

/* Returns an entry of the reading. Begins to fetch others, whose turn comes later, into the caches
 * of the processor: first an entry, which may have its block inside, and later its target. */
static inline gpointer
weakref_table_get_read (const WeakrefReading *reading, guint i)
{
  if (G_LIKELY (i + 2 * WEAKREF_READ_AHEAD < reading->n))
    {
      const WeakrefEntry *later = reading->entries[i + 2 * WEAKREF_READ_AHEAD];
      const WeakrefEntry *sooner = reading->entries[i + WEAKREF_READ_AHEAD];

      __builtin_prefetch (later);
      __builtin_prefetch (&later->watch.funcs);
      weakref_block_prefetch_target (weakref_watch_get_block (&sooner->watch));
    }

  return reading->entries[i];
}

G_END_DECLS
