/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/hash.h>

#include <string.h>

#include "probe.h"

/* Wherever it is in memory, and whatever comes after it. */
static void
test_same (void)
{
  char text[64];
  gsize size;
  gsize offset;

  for (size = 0; size < 40; size++)
    {
      guint hash = 0;

      for (offset = 0; offset < 9; offset++)
        {
          memset (text, 'a' + (gint) offset, sizeof text);
          memset (text + offset, 'x', size);
          text[offset + size] = 0;
          if (offset == 0)
            hash = weakref_string_hash (text);
          g_assert_cmpuint (weakref_string_hash (text + offset), ==, hash);
          g_assert_cmpuint (weakref_bytes_hash (text + offset, size), ==, hash);
        }
    }
}

/* Of any length and at any place, one byte makes another hash. */
static void
test_each_byte_counts (void)
{
  guint8 data[40] = { 0 };
  gsize size;
  gsize i;

  for (size = 1; size <= sizeof data; size++)
    {
      guint hash = weakref_bytes_hash (data, size);

      g_assert_cmpuint (weakref_bytes_hash (data, size - 1), !=, hash);
      for (i = 0; i < size; i++)
        {
          data[i] = 1;
          g_assert_cmpuint (weakref_bytes_hash (data, size), !=, hash);
          data[i] = 0;
        }
    }
}

/* Names that are alike do not collide more often than chance has it. */
static void
test_few_collide (void)
{
  GHashTable *hashes = g_hash_table_new (NULL, NULL);
  guint n = 0;
  guint i;

  for (i = 0; i < 50000; i++)
    {
      char name[64];

      g_snprintf (name, sizeof name, "some/name/of/a/thing-%u", i);
      n += !g_hash_table_add (hashes, GUINT_TO_POINTER (weakref_string_hash (name)));
    }
  /* 0.3 are to be expected. */
  g_assert_cmpuint (n, <, 10);
  g_hash_table_unref (hashes);
}

/* The secret is another one in each process, or whoever knows it can choose names that collide. */
static void
test_secret (void)
{
  const char *name = "the name";

  if (g_test_subprocess ())
    {
      g_print ("hash %u\n", weakref_string_hash (name));
      return;
    }

  g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  g_test_trap_assert_stdout ("*hash *");
  {
    char *mine = g_strdup_printf ("*hash %u\n*", weakref_string_hash (name));

    g_test_trap_assert_stdout_unmatched (mine);
    g_free (mine);
  }
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/hash");

  test_case_as ("is-that-of-the-bytes", same);
  test_case (each_byte_counts);
  test_case_as ("few-names-collide", few_collide);
  test_case_as ("another-in-each-process", secret);

  return g_test_run ();
}
