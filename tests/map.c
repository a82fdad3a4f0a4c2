/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/map.h>

#include "probe.h"

/* The map beside a model, an array that is searched from its start. */

typedef struct
{
  gsize tag;
  gpointer data;
  gpointer entry;
} Item;

typedef struct
{
  WeakrefMap map;
  GArray *items;
  guintptr n_made;
} Fixture;

static void
fixture_init (Fixture *f, gboolean has_entries)
{
  weakref_map_init (&f->map, has_entries);
  f->items = g_array_new (FALSE, FALSE, sizeof (Item));
  f->n_made = 0;
}

static void
fixture_clear (Fixture *f)
{
  weakref_map_clear (&f->map);
  g_array_unref (f->items);
}

static void
add (Fixture *f, gsize tag)
{
  Item item = { tag, GSIZE_TO_POINTER (++f->n_made * 16), GSIZE_TO_POINTER (f->n_made * 16 + 8) };

  if (!f->map.has_entries)
    item.entry = item.data;
  weakref_map_add (&f->map, item.tag, item.data, item.entry);
  g_array_append_val (f->items, item);
}

static void
remove_at (Fixture *f, guint i)
{
  Item item = g_array_index (f->items, Item, i);
  gsize index = weakref_map_find_entry (&f->map, weakref_map_get_hash (item.tag), item.entry);

  g_assert_cmpuint (index, !=, WEAKREF_MAP_NONE);
  weakref_map_remove (&f->map, index);
  g_array_remove_index_fast (f->items, i);
}

static guint
count_tag (Fixture *f, gsize tag)
{
  guint n = 0;
  guint i;

  for (i = 0; i < f->items->len; i++)
    n += g_array_index (f->items, Item, i).tag == tag;

  return n;
}

/* Each item is there once, under its tag, with its data; and nothing else is. */
static void
assert_like_model (Fixture *f)
{
  gsize index;
  guint n = 0;
  guint i;

  g_assert_cmpuint (f->map.n, ==, f->items->len);
  for (i = 0; i < f->items->len; i++)
    {
      Item *item = &g_array_index (f->items, Item, i);

      index = weakref_map_find_entry (&f->map, weakref_map_get_hash (item->tag), item->entry);
      g_assert_cmpuint (index, !=, WEAKREF_MAP_NONE);
      g_assert_true (weakref_map_get_data (&f->map, index) == item->data);

      n = 0;
      for (index = weakref_map_find (&f->map, item->tag); index != WEAKREF_MAP_NONE;
           index = weakref_map_find_next (&f->map, index))
        n++;
      g_assert_cmpuint (n, ==, count_tag (f, item->tag));
    }

  n = 0;
  for (index = weakref_map_next (&f->map, WEAKREF_MAP_NONE); index != WEAKREF_MAP_NONE;
       index = weakref_map_next (&f->map, index))
    {
      g_assert_nonnull (weakref_map_get_entry (&f->map, index));
      n++;
    }
  g_assert_cmpuint (n, ==, f->items->len);
}

static void
test_empty (void)
{
  Fixture f;

  fixture_init (&f, FALSE);
  g_assert_cmpuint (weakref_map_find (&f.map, 1), ==, WEAKREF_MAP_NONE);
  g_assert_cmpuint (weakref_map_find (&f.map, G_MAXSIZE), ==, WEAKREF_MAP_NONE);
  g_assert_cmpuint (weakref_map_next (&f.map, WEAKREF_MAP_NONE), ==, WEAKREF_MAP_NONE);
  fixture_clear (&f);
}

/* All tags from a few; so that many entries have the same, and their runs overlap. */
static void
run_randomly (gboolean has_entries, guint n_tags, guint n_most, guint n_steps)
{
  Fixture f;
  guint i;

  fixture_init (&f, has_entries);
  for (i = 0; i < n_steps; i++)
    {
      /* By turns rather more, and rather fewer. */
      gboolean grow = i / (2 * n_most) % 2 == 0;

      if (f.items->len > 0 &&
          (f.items->len >= n_most || g_test_rand_int_range (0, 10) < (grow ? 3 : 7)))
        remove_at (&f, g_test_rand_int_range (0, f.items->len));
      else
        add (&f, 1 + g_test_rand_int_range (0, n_tags));

      if (i % 16 == 0)
        assert_like_model (&f);
    }

  while (f.items->len > 0)
    {
      remove_at (&f, g_test_rand_int_range (0, f.items->len));
      if (f.items->len % 16 == 0)
        assert_like_model (&f);
    }
  fixture_clear (&f);
}

static void
test_model (void)
{
  run_randomly (FALSE, 1000, 200, 10000);
  run_randomly (TRUE, 1000, 200, 10000);
}

static void
test_model_colliding (void)
{
  run_randomly (FALSE, 3, 60, 5000);
  run_randomly (TRUE, 3, 60, 5000);
  run_randomly (TRUE, 1, 20, 2000);
}

/* Tags whose homes are the last slots: their runs go over the end to the first ones. */
static void
test_wraps_around (void)
{
  Fixture f;
  gsize tag;
  guint i;

  fixture_init (&f, TRUE);
  add (&f, 1);
  for (tag = 2; f.items->len < 5; tag++)
    {
      if (weakref_map_get_home (&f.map, tag) >= f.map.mask - 1)
        add (&f, tag);
    }
  remove_at (&f, 0);
  g_assert_cmpuint (f.map.mask, ==, 7);
  g_assert_cmpuint (f.map.slots[0].tag, !=, 0);
  assert_like_model (&f);

  for (i = 0; i < 4; i++)
    {
      remove_at (&f, 0);
      assert_like_model (&f);
    }
  fixture_clear (&f);
}

/* A removal in the middle of a run must not cut off what comes after, of another home too. */
static void
test_removes_while_probing (void)
{
  guint round;

  for (round = 0; round < 200; round++)
    {
      Fixture f;
      guint i;

      fixture_init (&f, FALSE);
      for (i = 0; i < 6; i++)
        add (&f, 1 + g_test_rand_int_range (0, 20));
      for (i = 0; i < 6; i++)
        {
          remove_at (&f, g_test_rand_int_range (0, f.items->len));
          assert_like_model (&f);
        }
      fixture_clear (&f);
    }
}

/* Before 13 of 16 slots are exceeded. */
static void
test_grows_before_it_is_full (void)
{
  Fixture f;
  guint i;

  fixture_init (&f, TRUE);
  for (i = 1; i <= 10000; i++)
    {
      add (&f, i * 16);
      g_assert_cmpuint ((f.map.n - 1) * 16, <, (f.map.mask + 1) * 13);
      g_assert_cmpuint (f.map.n, <=, f.map.mask);
    }
  g_assert_cmpuint (f.map.mask, ==, 16383);
  assert_like_model (&f);
  fixture_clear (&f);
}

static void
fixture_remove_until (Fixture *f, guint n)
{
  while (f->items->len > n)
    remove_at (f, f->items->len - 1);
}

static void
fixture_init_full (Fixture *f)
{
  guint i;

  fixture_init (f, TRUE);
  for (i = 1; i <= 10000; i++)
    add (f, i * 16);
}

static void
test_does_not_shrink_by_removals (void)
{
  Fixture f;
  WeakrefMapSlot *slots;

  fixture_init_full (&f);
  slots = f.map.slots;
  fixture_remove_until (&f, 5000);
  assert_like_model (&f);
  fixture_remove_until (&f, 100);
  assert_like_model (&f);
  fixture_remove_until (&f, 0);
  g_assert_true (f.map.slots == slots);
  g_assert_cmpuint (f.map.mask, ==, 16383);
  assert_like_model (&f);
  fixture_clear (&f);
}

/* An eighth of 16384 is 2048. Afterwards between a fifth and two fifths of the slots are used. */
static void
test_shrinks_by_additions (void)
{
  Fixture f;

  fixture_init_full (&f);
  fixture_remove_until (&f, 2048);
  add (&f, 1);
  g_assert_cmpuint (f.map.mask, ==, 16383);
  fixture_remove_until (&f, 2047);
  add (&f, 2);
  g_assert_cmpuint (f.map.mask, ==, 8191);
  assert_like_model (&f);

  fixture_remove_until (&f, 0);
  add (&f, 3);
  g_assert_cmpuint (f.map.mask, ==, 7);
  assert_like_model (&f);
  fixture_clear (&f);
}

static void
test_trims_what_is_nearly_empty (void)
{
  Fixture f;
  WeakrefMapSlot *slots;

  fixture_init_full (&f);
  fixture_remove_until (&f, 2048);
  weakref_map_trim (&f.map);
  g_assert_cmpuint (f.map.mask, ==, 16383);
  fixture_remove_until (&f, 300);
  weakref_map_trim (&f.map);
  g_assert_cmpuint (f.map.mask, ==, 1023);
  assert_like_model (&f);
  fixture_remove_until (&f, 0);
  weakref_map_trim (&f.map);
  g_assert_cmpuint (f.map.mask, ==, 7);
  assert_like_model (&f);
  fixture_clear (&f);

  fixture_init (&f, TRUE);
  slots = f.map.slots;
  weakref_map_trim (&f.map);
  g_assert_true (f.map.slots == slots);
  fixture_clear (&f);
}

/* What has 16 slots or fewer is not trimmed. */
static void
test_keeps_small_pieces (void)
{
  Fixture f;
  WeakrefMapSlot *slots;
  guint i;

  fixture_init (&f, FALSE);
  for (i = 1; i <= 10; i++)
    add (&f, i);
  g_assert_cmpuint (f.map.mask, ==, 15);
  slots = f.map.slots;
  fixture_remove_until (&f, 0);
  weakref_map_trim (&f.map);
  add (&f, 1);
  g_assert_true (f.map.slots == slots);

  for (i = 2; i <= 20; i++)
    add (&f, i);
  g_assert_cmpuint (f.map.mask, ==, 31);
  fixture_remove_until (&f, 4);
  weakref_map_trim (&f.map);
  g_assert_cmpuint (f.map.mask, ==, 31);
  fixture_remove_until (&f, 3);
  weakref_map_trim (&f.map);
  g_assert_cmpuint (f.map.mask, ==, 7);
  assert_like_model (&f);
  fixture_clear (&f);
}

/* However many come and go: nothing is left of those that are gone, for searches to pass by. */
static void
test_leaves_no_marks (void)
{
  Fixture f;
  gsize index;
  guint n_used = 0;
  guint i;

  fixture_init (&f, FALSE);
  for (i = 1; i <= 10; i++)
    add (&f, i);
  for (i = 11; i <= 100000; i++)
    {
      remove_at (&f, 0);
      add (&f, i);
    }
  g_assert_cmpuint (f.map.mask, ==, 15);
  for (index = 0; index <= f.map.mask; index++)
    n_used += f.map.slots[index].tag != 0;
  g_assert_cmpuint (n_used, ==, 10);
  assert_like_model (&f);
  fixture_clear (&f);
}

/* Addresses of objects that are made in a row, of all sizes. */
static void
test_spreads_addresses (void)
{
  gsize size;
  guint n;

  for (size = 16; size <= 512; size += 16)
    {
      for (n = 1000; n < 20000; n = n * 17 / 10)
        {
          Fixture f;
          gsize index;
          gsize n_steps = 0;
          guint i;

          fixture_init (&f, FALSE);
          for (i = 0; i < n; i++)
            add (&f, 0x55550010 + i * size);
          for (index = weakref_map_next (&f.map, WEAKREF_MAP_NONE); index != WEAKREF_MAP_NONE;
               index = weakref_map_next (&f.map, index))
            n_steps += (index - weakref_map_get_home (&f.map, f.map.slots[index].tag)) & f.map.mask;
          /* In the mean there are two to go at the utmost load, if the homes are random. */
          g_assert_cmpuint (n_steps, <, 4 * n);
          fixture_clear (&f);
        }
    }
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/map");

  test_case_as ("empty-finds-nothing", empty);
  test_case_as ("is-like-a-model", model);
  test_case_as ("is-like-a-model-when-tags-collide", model_colliding);
  test_case_as ("wraps-around-the-end", wraps_around);
  test_case_as ("removes-from-the-middle-of-a-run", removes_while_probing);
  test_case_as ("grows-before-it-is-full", grows_before_it_is_full);
  test_case_as ("does-not-shrink-by-removals", does_not_shrink_by_removals);
  test_case_as ("shrinks-by-additions", shrinks_by_additions);
  test_case_as ("trims-what-is-nearly-empty", trims_what_is_nearly_empty);
  test_case_as ("keeps-small-pieces", keeps_small_pieces);
  test_case (leaves_no_marks);
  test_case (spreads_addresses);

  return g_test_run ();
}
