/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/chunks.h>

/* The items are in chunks of up to 512 slots, the chunks are in an array in order:
 *
 *   chunks    [ 0 ] [ 1 ] [ 2 ]         in order
 *               |     |     |
 *   slots      a.bc  de..  .f.g         "." is free
 *   current    1.10  11..  .1.1         one bit a slot
 *   shown      1.11  10..  .1.1         so c has been removed, and e is new
 *
 * A slot is used if its item is in at least one of the two versions. To remove an item, its bit is
 * cleared, and nothing moves. Items move only when a full chunk is split, or when two chunks that
 * are nearly empty are joined. That happens once in a few hundred changes. A place is the number of
 * a chunk and a slot in it. The number stays the same when the order of the chunks changes.
 *
 * A Fenwick tree counts the items that each chunk shows: its entry i is the sum over the (i & -i)
 * chunks up to the i-th. With it, the chunk of a position is found in O(log n) steps in a small
 * array, and the slot by counting bits. The tree is computed again whenever the chunks change. That
 * takes little time: 1,000,000 items have about 2,000 chunks. */

#define FIRST_SIZE 8u /* of the first chunk, because many sets have few items */

/* Before the first item, at most this many items are moved by one slot. If there are more, a chunk
 * is made in front of them. */
#define SHIFT_MAX 32u

/* Two neighbours that have no more items than this together are joined. */
#define JOIN_MAX (CHUNK_N_SLOTS / 4)

/* Tree */

void
weakref_chunks_add_shown (WeakrefChunks *self, guint index, guint n)
{
  guint i;

  for (i = index + 1; i <= self->chunks->len; i += i & -i)
    self->tree[i] += n;
}

/* Returns how many items the chunks before @index show. */
guint
weakref_chunks_count_shown (WeakrefChunks *self, guint index)
{
  guint sum = 0;
  guint i;

  for (i = index; i > 0; i -= i & -i)
    sum += self->tree[i];

  return sum;
}

/* Returns the chunk that shows @position. Sets @position to the position within that chunk. */
WeakrefChunk *
weakref_chunks_find (WeakrefChunks *self, guint *position)
{
  guint n = self->chunks->len;
  guint step = 1u << (g_bit_storage (n) - 1);
  guint i = 0;

  for (; step > 0; step /= 2)
    {
      if (i + step <= n && self->tree[i + step] <= *position)
        {
          i += step;
          *position -= self->tree[i];
        }
    }

  return weakref_chunks_get (self, i);
}

/* To be called when the chunks have changed. */
static void
tree_renew (WeakrefChunks *self)
{
  guint n = self->chunks->len;
  guint i;

  if (n >= self->tree_size)
    {
      self->tree_size = MAX (4, 2 * n);
      self->tree = g_renew (guint, self->tree, self->tree_size);
    }

  for (i = 1; i <= n; i++)
    {
      WeakrefChunk *chunk = weakref_chunks_get (self, i - 1);

      chunk->index = i - 1;
      self->tree[i] = chunk->n_shown;
    }
  self->first_changed = 0;
  for (i = 1; i <= n; i++)
    {
      if (i + (i & -i) <= n)
        self->tree[i + (i & -i)] += self->tree[i];
    }
}

/* Chunks */

void
weakref_chunk_free (WeakrefChunk *chunk)
{
  g_free (chunk->items);
  g_free (chunk);
}

static void
chunk_resize (WeakrefChunk *chunk, guint size)
{
  chunk->size = size;
  chunk->items = g_renew (gpointer, chunk->items, size);
}

static WeakrefChunk *
chunk_new (WeakrefChunks *self, guint index, guint size)
{
  WeakrefChunk *chunk = g_new0 (WeakrefChunk, 1);
  guint number = self->free_number;

  while (number < self->by_number->len && g_ptr_array_index (self->by_number, number) != NULL)
    number++;
  if (number == self->by_number->len)
    g_ptr_array_add (self->by_number, NULL);
  g_ptr_array_index (self->by_number, number) = chunk;
  self->free_number = number + 1;

  chunk->number = number;
  chunk_resize (chunk, size);
  g_ptr_array_insert (self->chunks, (gint) index, chunk);
  tree_renew (self);

  return chunk;
}

/* Moves an item to a slot that is not used. This does not change the counters of the chunks. */
static void
move_item (
  WeakrefChunks *self, WeakrefChunk *from, guint from_slot, WeakrefChunk *to, guint to_slot)
{
  gpointer item = from->items[from_slot];

  to->items[to_slot] = item;
  if (bit_get (from->current, from_slot))
    bit_set (to->current, to_slot);
  if (bit_get (from->shown, from_slot))
    bit_set (to->shown, to_slot);
  bit_clear (from->current, from_slot);
  bit_clear (from->shown, from_slot);

  self->moved (item, make_place (from, from_slot), make_place (to, to_slot));
}

/* Moves the items of a chunk to its first slots. */
static void
chunk_pack (WeakrefChunks *self, WeakrefChunk *chunk)
{
  guint slot;
  guint n = 0;

  for (slot = 0; slot < chunk->end; slot++)
    {
      if (!slot_is_used (chunk, slot))
        continue;
      if (slot != n)
        move_item (self, chunk, slot, chunk, n);
      n++;
    }
  chunk->end = n;
}

/* Moves the items from the slot @first on to the end of @to. */
static void
chunk_move_rest (WeakrefChunks *self, WeakrefChunk *from, guint first, WeakrefChunk *to)
{
  guint slot;

  for (slot = first; slot < from->end; slot++)
    {
      gboolean changed = bit_get (from->current, slot) != bit_get (from->shown, slot);
      gboolean shown = bit_get (from->shown, slot);

      if (!slot_is_used (from, slot))
        continue;
      move_item (self, from, slot, to, to->end++);
      from->n_used--;
      to->n_used++;
      from->n_shown -= shown;
      to->n_shown += shown;
      from->n_changed -= changed;
      to->n_changed += changed;
    }
  from->end = MIN (from->end, first);
}

/* Takes out the empty chunks from @first to @last. If neighbours have few items left, joins them.
 */
void
weakref_chunks_tidy (WeakrefChunks *self, guint first, guint last)
{
  GPtrArray *chunks = self->chunks;
  guint n = first > 0 ? first - 1 : 0;
  guint i;

  for (i = n; i < chunks->len; i++)
    {
      WeakrefChunk *chunk = weakref_chunks_get (self, i);
      WeakrefChunk *before = n > 0 ? weakref_chunks_get (self, n - 1) : NULL;

      if (i <= last + 1 && before != NULL && chunk->n_used > 0 &&
          before->n_used + chunk->n_used <= JOIN_MAX)
        {
          chunk_pack (self, before);
          if (before->size < JOIN_MAX)
            chunk_resize (before, JOIN_MAX);
          chunk_move_rest (self, chunk, 0, before);
        }

      if (i <= last + 1 && chunk->n_used == 0)
        {
          g_ptr_array_index (self->by_number, chunk->number) = NULL;
          self->free_number = MIN (self->free_number, chunk->number);
          weakref_chunk_free (chunk);
          continue;
        }
      g_ptr_array_index (chunks, n++) = chunk;
    }

  /* The chunks behind these have been freed or moved to the front. */
  if (n < chunks->len)
    {
      g_ptr_array_set_size (chunks, (gint) n);
      tree_renew (self);
    }
}

/* To be called when a slot of @chunk is not used any more. */
void
weakref_chunks_tidy_if_worth (WeakrefChunks *self, WeakrefChunk *chunk)
{
  guint i = chunk->index;

  if (chunk->n_used > JOIN_MAX / 2)
    return;
  if (chunk->n_used == 0 || (i > 0 && weakref_chunks_get (self, i - 1)->n_used <= JOIN_MAX / 2) ||
      (i + 1 < self->chunks->len && weakref_chunks_get (self, i + 1)->n_used <= JOIN_MAX / 2))
    weakref_chunks_tidy (self, i, i);
}

/* Room */

/* Finds a free slot behind all items. Returns its chunk. */
static WeakrefChunk *
make_room_at_end (WeakrefChunks *self, guint *slot)
{
  WeakrefChunk *chunk =
    self->chunks->len > 0 ? weakref_chunks_get (self, self->chunks->len - 1) : NULL;

  if (chunk != NULL && chunk->end == CHUNK_N_SLOTS && chunk->n_used <= CHUNK_N_SLOTS / 2)
    chunk_pack (self, chunk);
  if (chunk == NULL || chunk->end == CHUNK_N_SLOTS)
    chunk = chunk_new (self, self->chunks->len, chunk == NULL ? FIRST_SIZE : CHUNK_N_SLOTS);
  if (chunk->end == chunk->size)
    chunk_resize (chunk, MIN (2 * chunk->size, CHUNK_N_SLOTS));

  *slot = chunk->end;
  return chunk;
}

/* Moves the items from @slot on by one slot, up to the next free slot. Returns FALSE if there is no
 * free slot. */
static gboolean
shift_up (WeakrefChunks *self, WeakrefChunk *chunk, guint slot)
{
  guint to = slot;

  while (to < chunk->end && slot_is_used (chunk, to))
    to++;
  if (to == CHUNK_N_SLOTS)
    return FALSE;

  if (to == chunk->size)
    chunk_resize (chunk, MIN (2 * chunk->size, CHUNK_N_SLOTS));
  chunk->end = MAX (chunk->end, to + 1);
  for (; to > slot; to--)
    move_item (self, chunk, to - 1, chunk, to);

  return TRUE;
}

/* Finds a free slot directly before the item in @slot. Returns its chunk. */
static WeakrefChunk *
make_room_before (WeakrefChunks *self, WeakrefChunk *chunk, guint *slot)
{
  WeakrefChunk *other;

  if (*slot > 0 && !slot_is_used (chunk, *slot - 1))
    {
      *slot -= 1;
      return chunk;
    }

  /* This is before all items. If items are put to the front again and again, each of them finds its
   * slot at once in the new chunk. */
  if (chunk->index == 0 && *slot == 0 && chunk->n_used > SHIFT_MAX)
    {
      other = chunk_new (self, 0, CHUNK_N_SLOTS);
      *slot = CHUNK_N_SLOTS - 1;
      return other;
    }

  if (shift_up (self, chunk, *slot))
    return chunk;

  /* All slots behind are used. If there is a free slot before, the items there are moved together.
   */
  if (chunk->n_used < CHUNK_N_SLOTS)
    {
      guint n_before = 0;
      guint i;

      for (i = 0; i < *slot; i++)
        n_before += slot_is_used (chunk, i);
      chunk_pack (self, chunk);
      *slot = n_before;
      shift_up (self, chunk, *slot);
      return chunk;
    }

  other = chunk_new (self, chunk->index + 1, CHUNK_N_SLOTS);
  chunk_move_rest (self, chunk, CHUNK_N_SLOTS / 2, other);
  tree_renew (self);
  if (*slot >= CHUNK_N_SLOTS / 2)
    {
      *slot -= CHUNK_N_SLOTS / 2;
      chunk = other;
    }
  shift_up (self, chunk, *slot);

  return chunk;
}

/* Finds a free slot directly before the item at @before, or at the end. Returns its chunk. */
WeakrefChunk *
weakref_chunks_make_room (WeakrefChunks *self, WeakrefPlace before, guint *slot)
{
  if (before == WEAKREF_PLACE_END)
    return make_room_at_end (self, slot);

  *slot = place_get_slot (before);
  return make_room_before (self, place_get_chunk (self, before), slot);
}
