/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/map.h>

#include <string.h>

/* INVARIANT. Between the home of an entry and its slot there is no empty slot. So a search ends at
 * the first empty slot, and there is always one. A removal does not leave a mark in the slot: it
 * moves back the entries that come after it. So a map in which many entries were added and removed
 * is as fast as a new one.
 *
 * A map grows when 13 of 16 slots are used. It does not shrink when something is removed. Most
 * removals are deaths of objects, in somebody's unref. An unref should not have to wait until a
 * million entries have been moved, and should not allocate memory. Also, when a large piece of
 * memory is allocated or freed, glibc joins all small pieces that were freed before with their
 * neighbours. That took a fifth of the time of 100,000 deaths in a table that shrank meanwhile. So
 * a map shrinks later: when something is added to it, or before all entries of the table are read.
 * Until then it keeps at most 60 bytes for each entry that it had when it was fullest. */

#define MIN_BITS 3
#define N_BITS (8 * sizeof (gsize))

/* The slots of all empty maps. They are never written. */
static WeakrefMapSlot nothing[2];

static void
map_set_nothing (WeakrefMap *map)
{
  map->slots = nothing;
  map->entries = NULL;
  map->mask = G_N_ELEMENTS (nothing) - 1;
  map->shift = N_BITS - 1;
  map->n = 0;
}

/* If @has_entries is TRUE, the data in the slots is not the entry, and the entries are in a second
 * array. */
void
weakref_map_init (WeakrefMap *map, gboolean has_entries)
{
  map->has_entries = has_entries;
  map_set_nothing (map);
}

/* Makes the map empty. This frees the slots, but not the data or the entries. */
void
weakref_map_clear (WeakrefMap *map)
{
  if (map->slots != nothing)
    g_free (map->slots);
  map_set_nothing (map);
}

static inline void
map_move (WeakrefMap *to, gsize to_index, const WeakrefMap *from, gsize from_index)
{
  to->slots[to_index] = from->slots[from_index];
  if (to->has_entries)
    to->entries[to_index] = from->entries[from_index];
}

/* Returns the index of the first empty slot from the home of @tag on. */
static inline gsize
map_find_place (const WeakrefMap *map, gsize tag)
{
  gsize index = weakref_map_get_home (map, tag);

  while (map->slots[index].tag != 0)
    index = (index + 1) & map->mask;

  return index;
}

static G_NO_INLINE void
map_resize (WeakrefMap *map, guint bits)
{
  WeakrefMap old = *map;
  gsize n_slots = (gsize) 1 << bits;
  gsize index;

  map->slots =
    g_malloc_n (n_slots, sizeof (WeakrefMapSlot) + (map->has_entries ? sizeof (gpointer) : 0));
  memset (map->slots, 0, n_slots * sizeof (WeakrefMapSlot));
  map->entries = map->has_entries ? (gpointer *) (map->slots + n_slots) : NULL;
  map->mask = n_slots - 1;
  map->shift = N_BITS - bits;

  for (index = weakref_map_next (&old, WEAKREF_MAP_NONE); index != WEAKREF_MAP_NONE;
       index = weakref_map_next (&old, index))
    map_move (map, map_find_place (map, old.slots[index].tag), &old, index);

  if (old.slots != nothing)
    g_free (old.slots);
}

/* Gives memory back if less than an eighth of the slots is used. Afterwards between a fifth and two
 * fifths of them are used, unless the map has the smallest size. So it takes many changes until the
 * map grows or shrinks again. Indexes that were found before can't be used any more. */
void
weakref_map_trim (WeakrefMap *map)
{
  guint bits = MIN_BITS;

  if (G_LIKELY ((gsize) map->n * 8 > map->mask || map->mask >> (MIN_BITS + 1) == 0))
    return;

  while (((gsize) 13 << bits) < (gsize) map->n * 32)
    bits++;
  map_resize (map, bits);
}

/* Adds an entry, even if there is one with the same tag. @tag is not 0. Indexes that were found
 * before can't be used any more. */
void
weakref_map_add (WeakrefMap *map, gsize tag, gpointer data, gpointer entry)
{
  gsize index;

  if (G_UNLIKELY (map->slots == nothing))
    map_resize (map, MIN_BITS);
  else if (G_UNLIKELY ((gsize) map->n * 16 >= (map->mask + 1) * 13))
    map_resize (map, N_BITS - map->shift + 1);
  else
    weakref_map_trim (map);

  index = map_find_place (map, tag);
  map->slots[index].tag = tag;
  map->slots[index].data = data;
  if (map->has_entries)
    map->entries[index] = entry;
  map->n++;
}

/* Removes the entry at @index. Indexes that were found before can't be used any more. */
void
weakref_map_remove (WeakrefMap *map, gsize index)
{
  gsize next = index;

  while (TRUE)
    {
      gsize home;

      next = (next + 1) & map->mask;
      if (map->slots[next].tag == 0)
        break;

      /* The next entry moves to the free slot, unless that is before its home. */
      home = weakref_map_get_home (map, map->slots[next].tag);
      if (((next - home) & map->mask) >= ((next - index) & map->mask))
        {
          map_move (map, index, map, next);
          index = next;
        }
    }

  map->slots[index].tag = 0;
  map->n--;
}

/* Returns the index of @entry, which is in the map. @hash is that of its tag. So an entry that
 * leaves has to remember 32 bits only, and neither its tag nor its object. */
gsize
weakref_map_find_entry (const WeakrefMap *map, guint32 hash, gconstpointer entry)
{
  gsize index = ((gsize) hash << (N_BITS - 32)) >> map->shift;

  while (map->slots[index].tag == 0 || weakref_map_get_entry (map, index) != entry)
    index = (index + 1) & map->mask;

  return index;
}
