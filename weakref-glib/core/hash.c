/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/hash.h>

#include <string.h>

/* These functions read eight bytes at a time (g_str_hash() reads one). They start from a secret
 * number, which differs from process to process. The keys of a table may come from outside the
 * program. If somebody knew how keys are hashed, he could choose keys that collide, so that a
 * lookup would have to compare all of them.
 *
 * The method is that of wyhash, by Wang Yi, which is in the public domain: two words are
 * multiplied, and the two halves of the product, which is twice as long, are combined. */

#define A G_GUINT64_CONSTANT (0xa0761d6478bd642f)
#define B G_GUINT64_CONSTANT (0xe7037ed1a0b428db)

static guint64
get_secret (void)
{
  static gsize initialized;
  static guint64 secret;

  if (g_once_init_enter (&initialized))
    {
      /* g_random_int() is not used, because a program can set where its numbers begin. */
      GRand *rand = g_rand_new ();

      secret = (guint64) g_rand_int (rand) << 32 | g_rand_int (rand);
      g_rand_free (rand);
      g_once_init_leave (&initialized, 1);
    }

  return secret;
}

static inline guint64
mix (guint64 a, guint64 b)
{
#ifdef __SIZEOF_INT128__
  __extension__ unsigned __int128 product = (unsigned __int128) a * b;

  return (guint64) product ^ (guint64) (product >> 64);
#else
  guint64 high = (a >> 32) * (b >> 32);
  guint64 middle = (a >> 32) * (guint32) b;
  guint64 other = (guint32) a * (b >> 32);
  guint64 low = (guint64) (guint32) a * (guint32) b;

  return (low + (middle << 32) + (other << 32)) ^ (high + (middle >> 32) + (other >> 32));
#endif
}

static inline guint64
read_8 (const guint8 *data)
{
  guint64 word;

  memcpy (&word, data, sizeof word);
  return word;
}

static inline guint64
read_4 (const guint8 *data)
{
  guint32 word;

  memcpy (&word, data, sizeof word);
  return word;
}

guint
weakref_bytes_hash (gconstpointer data, gsize size)
{
  const guint8 *p = data;
  guint64 state = get_secret ();
  gsize left = size;
  guint64 a = 0;
  guint64 b = 0;

  for (; left > 16; left -= 16, p += 16)
    state = mix (read_8 (p) ^ A, read_8 (p + 8) ^ state);

  /* The two words at the end may overlap. */
  if (left >= 8)
    {
      a = read_8 (p);
      b = read_8 (p + left - 8);
    }
  else if (left >= 4)
    {
      a = read_4 (p);
      b = read_4 (p + left - 4);
    }
  else if (left > 0)
    {
      a = (guint) p[0] << 16 | (guint) p[left / 2] << 8 | p[left - 1];
    }

  state = mix (a ^ A, b ^ state);
  state = mix (state ^ B, size ^ A);

  return (guint) state;
}

guint
weakref_string_hash (gconstpointer string)
{
  return weakref_bytes_hash (string, strlen (string));
}
