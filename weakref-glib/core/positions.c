/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/positions.h>

/* Places, positions and steps. How the items are kept is in chunks.c. */

void
weakref_positions_init (WeakrefPositions *self, WeakrefPlaceFunc moved)
{
  *self = (WeakrefPositions) { .moved = moved };
  self->chunks = g_ptr_array_new ();
  self->by_number = g_ptr_array_new ();
}

void
weakref_positions_clear (WeakrefPositions *self)
{
  guint i;

  for (i = 0; i < self->chunks->len; i++)
    weakref_chunk_free (weakref_chunks_get (self, i));
  g_clear_pointer (&self->chunks, g_ptr_array_unref);
  g_clear_pointer (&self->by_number, g_ptr_array_unref);
  g_clear_pointer (&self->tree, g_free);
}

static void
note_change (WeakrefPositions *self, WeakrefChunk *chunk)
{
  self->first_changed =
    self->n_changed > 0 ? MIN (self->first_changed, chunk->index) : chunk->index;
  chunk->n_changed++;
  self->n_changed++;
}

/* Puts @item into the current version, before the item at @before, or at the end if that is
 * WEAKREF_PLACE_END. It is not shown yet. Returns its place. */
WeakrefPlace
weakref_positions_insert (WeakrefPositions *self, WeakrefPlace before, gpointer item)
{
  guint slot;
  WeakrefChunk *chunk = weakref_chunks_make_room (self, before, &slot);

  chunk->items[slot] = item;
  bit_set (chunk->current, slot);
  chunk->end = MAX (chunk->end, slot + 1);
  chunk->n_used++;
  self->n_current++;
  note_change (self, chunk);

  return make_place (chunk, slot);
}

/* Takes the item at @place out of the current version. If @at_once is TRUE, takes it out of the
 * shown version, too, without a step. Returns TRUE if the item is still shown. Then it keeps its
 * place. Otherwise the place is free. */
gboolean
weakref_positions_remove (WeakrefPositions *self, WeakrefPlace place, gboolean at_once)
{
  WeakrefChunk *chunk = place_get_chunk (self, place);
  guint slot = place_get_slot (place);

  bit_clear (chunk->current, slot);
  self->n_current--;
  if (!bit_get (chunk->shown, slot))
    {
      chunk->n_changed--;
      self->n_changed--;
    }
  else if (at_once)
    {
      bit_clear (chunk->shown, slot);
      chunk->n_shown--;
      self->n_shown--;
      weakref_chunks_add_shown (self, chunk->index, G_MAXUINT); /* minus 1 */
    }
  else
    {
      note_change (self, chunk);
      return TRUE;
    }

  chunk->n_used--;
  weakref_chunks_tidy_if_worth (self, chunk);

  return FALSE;
}

/* Shows the new item at @place at once, without a step. */
void
weakref_positions_show (WeakrefPositions *self, WeakrefPlace place)
{
  WeakrefChunk *chunk = place_get_chunk (self, place);

  bit_set (chunk->shown, place_get_slot (place));
  chunk->n_shown++;
  chunk->n_changed--;
  self->n_shown++;
  self->n_changed--;
  weakref_chunks_add_shown (self, chunk->index, 1);
}

gpointer
weakref_positions_get_item (WeakrefPositions *self, WeakrefPlace place)
{
  return place_get_chunk (self, place)->items[place_get_slot (place)];
}

void
weakref_positions_set_item (WeakrefPositions *self, WeakrefPlace place, gpointer item)
{
  place_get_chunk (self, place)->items[place_get_slot (place)] = item;
}

gboolean
weakref_positions_is_shown (WeakrefPositions *self, WeakrefPlace place)
{
  return bit_get (place_get_chunk (self, place)->shown, place_get_slot (place));
}

/* Writes the items of the current version to @items, in order. There must be room for n_current. */
void
weakref_positions_copy_current (WeakrefPositions *self, gpointer *items)
{
  guint index;

  for (index = 0; index < self->chunks->len; index++)
    {
      WeakrefChunk *chunk = weakref_chunks_get (self, index);
      guint i;

      for (i = 0; i * WORD_BITS < chunk->end; i++)
        {
          gpointer *word_items = chunk->items + i * WORD_BITS;
          guint64 word;

          for (word = chunk->current[i]; word != 0; word &= word - 1)
            *items++ = word_items[lowest_bit (word)];
        }
    }
}

/* Returns the place of what is shown at @position, or WEAKREF_PLACE_END if nothing is. */
WeakrefPlace
weakref_positions_find_place (WeakrefPositions *self, guint position)
{
  WeakrefChunk *chunk;
  guint i = 0;
  guint n;

  if (position >= self->n_shown)
    return WEAKREF_PLACE_END;

  chunk = weakref_chunks_find (self, &position);
  while ((n = count_bits (chunk->shown[i])) <= position)
    {
      position -= n;
      i++;
    }

  return make_place (chunk, i * WORD_BITS + nth_bit (chunk->shown[i], position));
}

/* Returns how many items are shown before @place. */
guint
weakref_positions_find_position (WeakrefPositions *self, WeakrefPlace place)
{
  WeakrefChunk *chunk = place_get_chunk (self, place);
  guint slot = place_get_slot (place);
  guint position = weakref_chunks_count_shown (self, chunk->index);
  guint i;

  for (i = 0; i < slot / WORD_BITS; i++)
    position += count_bits (chunk->shown[i]);

  return position + count_bits (chunk->shown[i] & bits_below (slot % WORD_BITS));
}

/* Steps */

/* Goes over the changed items in order. Between them are gaps of unchanged ones. The item that the
 * cursor is on may be changed. The items after it must not be changed while there is a cursor. */
typedef struct
{
  WeakrefPositions *positions;
  WeakrefChunk *chunk;
  guint slot;
  guint gap; /* how many unchanged items are between this changed item and the one before it */
  guint word;
  guint64 changed; /* those of the word behind the cursor that are in one version only */
  guint64 both;    /* those of the word behind the cursor that are in both */
} Cursor;

static inline void
cursor_set_word (Cursor *self, guint word)
{
  guint64 current = self->chunk->current[word];
  guint64 shown = self->chunk->shown[word];

  self->word = word;
  self->changed = current ^ shown;
  self->both = current & shown;
}

/* Goes to the next word that has changed items. */
static gboolean
cursor_next_word (Cursor *self)
{
  GPtrArray *chunks = self->positions->chunks;
  guint word = self->word + 1;

  while (TRUE)
    {
      guint index = self->chunk->index + 1;

      for (; word < CHUNK_N_WORDS; word++)
        {
          cursor_set_word (self, word);
          if (self->changed != 0)
            return TRUE;
          self->gap += count_bits (self->both);
        }

      for (; index < chunks->len; index++)
        {
          self->chunk = weakref_chunks_get (self->positions, index);
          if (self->chunk->n_changed > 0)
            break;
          self->gap += self->chunk->n_shown;
        }
      if (index == chunks->len)
        return FALSE;
      word = 0;
    }
}

static inline gboolean
cursor_next (Cursor *self)
{
  guint64 between;
  guint bit;

  self->gap = 0;
  if (self->changed == 0)
    {
      self->gap = count_bits (self->both);
      self->both = 0;
      if (!cursor_next_word (self))
        return FALSE;
    }

  bit = lowest_bit (self->changed);
  between = self->both & bits_below (bit);
  self->slot = self->word * WORD_BITS + bit;
  self->changed &= self->changed - 1;
  self->both ^= between;
  /* Mostly there is no item between, or one. These two cases need no counting. */
  self->gap += (between & (between - 1)) == 0 ? between != 0 : count_bits (between);

  return TRUE;
}

/* Puts the cursor on the first changed item, if there is one. */
static gboolean
cursor_init (Cursor *self, WeakrefPositions *positions)
{
  if (positions->n_changed == 0)
    return FALSE;

  self->positions = positions;
  self->chunk = weakref_chunks_get (positions, positions->first_changed);
  cursor_set_word (self, 0);
  if (!cursor_next (self))
    return FALSE;

  self->gap += weakref_chunks_count_shown (positions, positions->first_changed);
  positions->first_changed = self->chunk->index;

  return TRUE;
}

/* Computes @max_gap for weakref_positions_step(), so that there are at most @max_steps steps, and
 * returns how many there will be. @max_steps has to be from 1 to 64. If there are no more runs of
 * changes than that, each run is a step. Otherwise the steps end at the widest gaps between runs,
 * and only at gaps that are wider than @wide. So they contain few items that have not changed. */
guint
weakref_positions_plan (WeakrefPositions *self, guint max_steps, guint wide, guint *max_gap)
{
  guint widest[64] = { 0 }; /* in descending order */
  Cursor cursor;
  guint n = 0;

  *max_gap = 0;
  if (!cursor_init (&cursor, self))
    return 0;

  while (cursor_next (&cursor))
    {
      guint i;

      if (cursor.gap <= widest[max_steps - 1])
        continue;
      for (i = max_steps - 1; i > 0 && widest[i - 1] < cursor.gap; i--)
        widest[i] = widest[i - 1];
      widest[i] = cursor.gap;
    }

  if (widest[max_steps - 1] > 0)
    *max_gap = MAX (widest[max_steps - 1], wide);
  while (n < max_steps - 1 && widest[n] > *max_gap)
    n++;

  return n + 1;
}

/* Makes the shown version follow the current one, from the first change to the next gap of more
 * than
 * @max_gap items that have not changed. The items in smaller gaps count as removed and added in
 * @step. Calls @hidden with each item that is in neither version any more, in order. Returns FALSE
 * if there was no change. */
gboolean
weakref_positions_step (WeakrefPositions *self,
                        guint max_gap,
                        WeakrefStep *step,
                        WeakrefHiddenFunc hidden,
                        gpointer user_data)
{
  Cursor cursor;
  guint first;
  guint last;
  gboolean freed = FALSE;
  guint n_shown_before = 0; /* in this chunk, before the step */
  WeakrefChunk *chunk;

  if (!cursor_init (&cursor, self))
    return FALSE;

  *step = (WeakrefStep) { .position = cursor.gap };
  chunk = cursor.chunk;
  first = chunk->index;
  n_shown_before = chunk->n_shown;

  do
    {
      WeakrefChunk *at = cursor.chunk;
      guint slot = cursor.slot;

      if (at != chunk)
        {
          weakref_chunks_add_shown (self, chunk->index, chunk->n_shown - n_shown_before);
          chunk = at;
          n_shown_before = chunk->n_shown;
        }
      if (step->n_removed + step->n_added > 0)
        {
          step->n_removed += cursor.gap;
          step->n_added += cursor.gap;
        }

      if (bit_get (at->shown, slot))
        {
          bit_clear (at->shown, slot);
          hidden (at->items[slot], user_data);
          at->n_used--;
          at->n_shown--;
          self->n_shown--;
          step->n_removed++;
          freed = TRUE;
        }
      else
        {
          bit_set (at->shown, slot);
          at->n_shown++;
          self->n_shown++;
          step->n_added++;
        }
      at->n_changed--;
      self->n_changed--;
    }
  while (self->n_changed > 0 && cursor_next (&cursor) && cursor.gap <= max_gap);

  weakref_chunks_add_shown (self, chunk->index, chunk->n_shown - n_shown_before);
  last = chunk->index;
  if (freed)
    {
      if (first == last)
        weakref_chunks_tidy_if_worth (self, chunk);
      else
        weakref_chunks_tidy (self, first, last);
    }

  return TRUE;
}
