/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A hash map with open addressing. It knows no keys: an entry is found by its tag, which is the
 * address of an object, or a hash that several entries may share. It is not thread-safe.
 *
 * A slot has the tag, and beside it what a lookup is for, so that a lookup fetches one piece of
 * memory. Where that is not the entry itself, the entries are in an array apart. */

typedef struct
{
  gsize tag; /* 0: the slot is empty */
  gpointer data;
} WeakrefMapSlot;

typedef struct
{
  WeakrefMapSlot *slots; /* (owned), or one for all empty maps: never NULL */
  gpointer *entries;     /* in the allocation of the slots; NULL if the data are the entries */
  gsize mask;            /* the number of slots, less one */
  guint n;               /* how many are in use */
  guint8 shift;          /* how many bits of a hash are not for the index */
  guint8 has_entries;    /* (const) */
} WeakrefMap;

/* The index of what is not there. */
#define WEAKREF_MAP_NONE G_MAXSIZE

void weakref_map_init (WeakrefMap *map, gboolean has_entries);
void weakref_map_clear (WeakrefMap *map);
void weakref_map_add (WeakrefMap *map, gsize tag, gpointer data, gpointer entry);
void weakref_map_remove (WeakrefMap *map, gsize index);
gsize weakref_map_find_entry (const WeakrefMap *map, gsize tag, gconstpointer entry);

/* Where the search for @tag begins: the upper bits of a product with the golden ratio. Addresses of
 * objects that were made in a row differ by a constant, and with some constants
 * the products alone crowd together: a search took up to 50 steps. The upper bits, mixed into the
 * lower ones, undo that. */
static inline gsize
weakref_map_get_home (const WeakrefMap *map, gsize tag)
{
  tag ^= tag >> 15;
#if GLIB_SIZEOF_SIZE_T == 8
  return (tag * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)) >> map->shift;
#else
  return (tag * 0x9e3779b9u) >> map->shift;
#endif
}

/* Searches on from @index, for @tag. */
static inline gsize
weakref_map_find_from (const WeakrefMap *map, gsize index, gsize tag)
{
  while (map->slots[index].tag != tag)
    {
      if (map->slots[index].tag == 0)
        return WEAKREF_MAP_NONE;
      index = (index + 1) & map->mask;
    }

  return index;
}

/* The index of the first entry with @tag, which is not 0. */
static inline gsize
weakref_map_find (const WeakrefMap *map, gsize tag)
{
  return weakref_map_find_from (map, weakref_map_get_home (map, tag), tag);
}

/* The index of the next entry with the tag of the one at @index. */
static inline gsize
weakref_map_find_next (const WeakrefMap *map, gsize index)
{
  return weakref_map_find_from (map, (index + 1) & map->mask, map->slots[index].tag);
}

static inline gpointer
weakref_map_get_data (const WeakrefMap *map, gsize index)
{
  return map->slots[index].data;
}

static inline gpointer
weakref_map_get_entry (const WeakrefMap *map, gsize index)
{
  return map->has_entries ? map->entries[index] : map->slots[index].data;
}

/* Goes over all: @index is the one before, or WEAKREF_MAP_NONE for the first. */
static inline gsize
weakref_map_next (const WeakrefMap *map, gsize index)
{
  for (index++; index <= map->mask; index++)
    {
      if (map->slots[index].tag != 0)
        return index;
    }

  return WEAKREF_MAP_NONE;
}

G_END_DECLS
