/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* A hash map with open addressing. It has no keys. An entry is found by its tag, which is the
 * address of an object, or a hash that several entries may share. It is not thread-safe.
 *
 * A slot has the tag, and next to it the data that a lookup wants. So a lookup reads one piece of
 * memory. If the data is not the entry itself, the entries are in a second array. */

typedef struct
{
  gsize tag; /* 0: the slot is empty */
  gpointer data;
} WeakrefMapSlot;

typedef struct
{
  WeakrefMapSlot *slots; /* (owned), or shared by all empty maps; never NULL */
  gpointer *entries;     /* in the allocation of the slots; NULL if the data is the entry */
  gsize mask;            /* the number of slots minus 1 */
  guint n;               /* how many slots are used */
  guint8 shift;          /* how many bits of a hash are not used for the index */
  guint8 has_entries;    /* (const): the entries are in a second array */
} WeakrefMap;

/* The index that means that there is no such entry. */
#define WEAKREF_MAP_NONE G_MAXSIZE

void weakref_map_init (WeakrefMap *map, gboolean has_entries);
void weakref_map_clear (WeakrefMap *map);
void weakref_map_trim (WeakrefMap *map);
void weakref_map_add (WeakrefMap *map, gsize tag, gpointer data, gpointer entry);
void weakref_map_remove (WeakrefMap *map, gsize index);
gsize weakref_map_find_entry (const WeakrefMap *map, guint32 hash, gconstpointer entry);

/* Mixes the bits of @tag. The tag is multiplied by the golden ratio, and the upper bits of the
 * product are the index. The addresses of objects that were made one after the other differ by a
 * constant. With some constants the products alone lie close together, and a search took up to 50
 * steps. So the upper bits of the tag are mixed into its lower ones first. */
static inline gsize
weakref_map_mix (gsize tag)
{
  tag ^= tag >> 15;
#if GLIB_SIZEOF_SIZE_T == 8
  return tag * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
#else
  return tag * 0x9e3779b9u;
#endif
}

/* Returns the home of @tag: the index where the search for it begins. */
static inline gsize
weakref_map_get_home (const WeakrefMap *map, gsize tag)
{
  return weakref_map_mix (tag) >> map->shift;
}

/* Returns the hash of @tag, for weakref_map_find_entry(). */
static inline guint32
weakref_map_get_hash (gsize tag)
{
  return (guint32) (weakref_map_mix (tag) >> (8 * (sizeof tag - sizeof (guint32))));
}

/* Searches for @tag, beginning at @index. */
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

/* Returns the index of the first entry with @tag, or WEAKREF_MAP_NONE. @tag is not 0. */
static inline gsize
weakref_map_find (const WeakrefMap *map, gsize tag)
{
  return weakref_map_find_from (map, weakref_map_get_home (map, tag), tag);
}

/* Returns the index of the next entry with the same tag as the one at @index, or
 * WEAKREF_MAP_NONE. */
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

/* Returns the index of the entry after the one at @index, or of the first one if @index is
 * WEAKREF_MAP_NONE. Returns WEAKREF_MAP_NONE after the last one. */
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
