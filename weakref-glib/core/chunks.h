/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The memory of a sequence in two versions, for core/positions.c. */

/* Where an item is. A WeakrefPlaceFunc tells when it changes. */
typedef guint WeakrefPlace;

#define WEAKREF_PLACE_END G_MAXUINT /* behind the last item */

/* Tells that the item at @old has got another place. It must not use the chunks. */
typedef void (*WeakrefPlaceFunc) (gpointer item, WeakrefPlace old, WeakrefPlace place);

typedef struct
{
  WeakrefPlaceFunc moved; /* (const) */
  GPtrArray *chunks;      /* (owned): of chunks (owned), in order */
  GPtrArray *by_number;   /* (owned): the same by their numbers, NULL where a number is not used */
  guint *tree;            /* (owned): a Fenwick tree of how many items each chunk shows */
  guint tree_size;
  guint free_number; /* no number below is free */
  guint n_current;
  guint n_shown;
  guint n_changed;     /* how many items are in one version only */
  guint first_changed; /* no chunk before this one has any of them */
} WeakrefChunks;

#define SLOT_BITS 9
#define CHUNK_N_SLOTS (1u << SLOT_BITS)
#define WORD_BITS 64u
#define CHUNK_N_WORDS (CHUNK_N_SLOTS / WORD_BITS)

typedef struct
{
  guint number;
  guint index; /* in the order */
  guint size;  /* how many slots it has memory for */
  guint end;   /* no slot from here on is used */
  guint n_used;
  guint n_shown;
  guint n_changed;
  guint64 current[CHUNK_N_WORDS];
  guint64 shown[CHUNK_N_WORDS];
  gpointer *items; /* (owned) */
} WeakrefChunk;

/* Counts the bits that are set. Each byte of the result has the sum for the same byte of @word and
 * all lower ones, so that the highest byte has the sum for the whole word. Where the processor has
 * no instruction for that, a builtin of the compiler would be a call of a function. */
static inline guint64
sum_bits (guint64 word)
{
  word -= (word >> 1) & G_GUINT64_CONSTANT (0x5555555555555555);
  word = (word & G_GUINT64_CONSTANT (0x3333333333333333)) +
         ((word >> 2) & G_GUINT64_CONSTANT (0x3333333333333333));
  word = (word + (word >> 4)) & G_GUINT64_CONSTANT (0x0f0f0f0f0f0f0f0f);

  return word * G_GUINT64_CONSTANT (0x0101010101010101);
}

static inline guint
count_bits (guint64 word)
{
  return (guint) (sum_bits (word) >> 56);
}

static inline guint
lowest_bit (guint64 word)
{
  return (guint) __builtin_ctzll (word);
}

/* Returns which bit is set and has @n set bits below it. More than @n bits are set. */
static inline guint
nth_bit (guint64 word, guint n)
{
  guint64 sums = sum_bits (word);
  guint shift = 0;

  for (; (sums & 0xff) <= n; sums >>= 8)
    shift += 8;
  if (shift > 0)
    n -= (guint) (sum_bits (word) >> (shift - 8)) & 0xff;
  for (word >>= shift; n > 0; n--)
    word &= word - 1;

  return shift + lowest_bit (word);
}

static inline gboolean
bit_get (const guint64 *words, guint i)
{
  return (words[i / WORD_BITS] >> (i % WORD_BITS)) & 1;
}

static inline void
bit_set (guint64 *words, guint i)
{
  words[i / WORD_BITS] |= G_GUINT64_CONSTANT (1) << (i % WORD_BITS);
}

static inline void
bit_clear (guint64 *words, guint i)
{
  words[i / WORD_BITS] &= ~(G_GUINT64_CONSTANT (1) << (i % WORD_BITS));
}

/* Returns a word in which the @n lowest bits are set. */
static inline guint64
bits_below (guint n)
{
  return (G_GUINT64_CONSTANT (1) << n) - 1;
}

static inline gboolean
slot_is_used (const WeakrefChunk *chunk, guint slot)
{
  return bit_get (chunk->current, slot) || bit_get (chunk->shown, slot);
}

static inline WeakrefChunk *
weakref_chunks_get (WeakrefChunks *self, guint index)
{
  return g_ptr_array_index (self->chunks, index);
}

static inline WeakrefChunk *
place_get_chunk (WeakrefChunks *self, WeakrefPlace place)
{
  return g_ptr_array_index (self->by_number, place >> SLOT_BITS);
}

static inline guint
place_get_slot (WeakrefPlace place)
{
  return place & (CHUNK_N_SLOTS - 1);
}

static inline WeakrefPlace
make_place (const WeakrefChunk *chunk, guint slot)
{
  return chunk->number << SLOT_BITS | slot;
}

void weakref_chunk_free (WeakrefChunk *chunk);

void weakref_chunks_add_shown (WeakrefChunks *self, guint index, guint n);
guint weakref_chunks_count_shown (WeakrefChunks *self, guint index);
WeakrefChunk *weakref_chunks_find (WeakrefChunks *self, guint *position);

WeakrefChunk *weakref_chunks_make_room (WeakrefChunks *self, WeakrefPlace before, guint *slot);
void weakref_chunks_tidy (WeakrefChunks *self, guint first, guint last);
void weakref_chunks_tidy_if_worth (WeakrefChunks *self, WeakrefChunk *chunk);

G_END_DECLS
