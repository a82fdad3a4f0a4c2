/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The positions of a list, against a model that is an array. */

#include <weakref-glib/core/positions.h>

#include "probe.h"

typedef struct
{
  WeakrefPlace place; /* in the current version */
  gboolean current;
  gboolean shown;
} Item;

static void
moved_cb (gpointer data, WeakrefPlace old, WeakrefPlace place)
{
  Item *item = data;

  g_assert_cmpuint (item->place, ==, old);
  item->place = place;
}

typedef struct
{
  WeakrefPositions positions;
  GPtrArray *items; /* of Item (owned), in order: those in one of the versions */
  gboolean at_once; /* some changes are shown without a step */
} Fixture;

static void
fixture_init (Fixture *self)
{
  weakref_positions_init (&self->positions, moved_cb);
  self->items = g_ptr_array_new_with_free_func (g_free);
  self->at_once = FALSE;
}

static void
fixture_clear (Fixture *self)
{
  weakref_positions_clear (&self->positions);
  g_ptr_array_unref (self->items);
}

static Item *
fixture_item (Fixture *self, guint i)
{
  return g_ptr_array_index (self->items, i);
}

static Item *
fixture_insert (Fixture *self, guint i)
{
  Item *item = g_new0 (Item, 1);
  WeakrefPlace before = i < self->items->len ? fixture_item (self, i)->place : WEAKREF_PLACE_END;

  item->place = weakref_positions_insert (&self->positions, before, item);
  item->current = TRUE;
  g_ptr_array_insert (self->items, (gint) i, item);
  if (self->at_once && g_test_rand_int_range (0, 8) == 0)
    {
      weakref_positions_show (&self->positions, item->place);
      item->shown = TRUE;
    }

  return item;
}

static void
fixture_remove (Fixture *self, guint i)
{
  Item *item = fixture_item (self, i);
  gboolean at_once = self->at_once && g_test_rand_int_range (0, 8) == 0;

  g_assert_true (item->current);
  item->current = FALSE;
  g_assert_cmpint (weakref_positions_is_shown (&self->positions, item->place), ==, item->shown);
  if (at_once)
    item->shown = FALSE;
  g_assert_cmpint (weakref_positions_remove (&self->positions, item->place, at_once), ==,
                   item->shown);
  if (!item->shown)
    g_ptr_array_remove_index (self->items, i);
}

static void
hidden_cb (gpointer item, gpointer user_data)
{
  g_ptr_array_add (user_data, item);
}

/* Does a step in the model, and expects it. */
static gboolean
fixture_step (Fixture *self, guint max_gap)
{
  GPtrArray *removed = g_ptr_array_new ();
  GPtrArray *expected = g_ptr_array_new ();
  WeakrefStep step;
  guint position = 0;
  guint n_removed = 0;
  guint n_added = 0;
  guint gap = 0;
  gboolean stepped;
  gboolean found = FALSE;
  guint i;

  for (i = 0; i < self->items->len; i++)
    {
      Item *item = fixture_item (self, i);

      if (item->current == item->shown)
        {
          gap++;
          continue;
        }
      if (!found)
        position = gap;
      else if (gap > max_gap)
        break;
      else
        {
          n_removed += gap;
          n_added += gap;
        }
      found = TRUE;
      gap = 0;
      n_removed += item->shown;
      n_added += item->current;
      if (item->shown)
        g_ptr_array_add (expected, item);
      item->shown = item->current;
    }

  stepped = weakref_positions_step (&self->positions, max_gap, &step, hidden_cb, removed);
  g_assert_cmpint (stepped, ==, found);
  if (stepped)
    {
      g_assert_cmpuint (step.position, ==, position);
      g_assert_cmpuint (step.n_removed, ==, n_removed);
      g_assert_cmpuint (step.n_added, ==, n_added);
    }
  g_assert_cmpuint (removed->len, ==, expected->len);
  for (i = 0; i < removed->len; i++)
    {
      g_assert_true (g_ptr_array_index (removed, i) == g_ptr_array_index (expected, i));
      g_ptr_array_remove (self->items, g_ptr_array_index (removed, i));
    }
  g_ptr_array_unref (removed);
  g_ptr_array_unref (expected);

  return stepped;
}

static void
fixture_check (Fixture *self)
{
  GPtrArray *current = g_ptr_array_new ();
  gpointer *copy;
  guint n_shown = 0;
  guint n_changed = 0;
  guint i;

  for (i = 0; i < self->items->len; i++)
    {
      Item *item = fixture_item (self, i);

      g_assert_true (weakref_positions_get_item (&self->positions, item->place) == item);
      g_assert_cmpuint (weakref_positions_find_position (&self->positions, item->place), ==,
                        n_shown);
      if (item->shown)
        {
          g_assert_cmpuint (weakref_positions_find_place (&self->positions, n_shown), ==,
                            item->place);
          n_shown++;
        }
      n_changed += item->shown != item->current;
      if (item->current)
        g_ptr_array_add (current, item);
    }
  g_assert_cmpuint (self->positions.n_current, ==, current->len);
  copy = g_new (gpointer, current->len);
  weakref_positions_copy_current (&self->positions, copy);
  for (i = 0; i < current->len; i++)
    g_assert_true (copy[i] == g_ptr_array_index (current, i));
  g_free (copy);
  g_ptr_array_unref (current);
  g_assert_cmpuint (self->positions.n_shown, ==, n_shown);
  g_assert_cmpuint (self->positions.n_changed, ==, n_changed);
  g_assert_cmpuint (weakref_positions_find_place (&self->positions, n_shown), ==,
                    WEAKREF_PLACE_END);
}

static guint
pick_current (Fixture *self)
{
  guint i = g_test_rand_int_range (0, self->items->len);

  while (!fixture_item (self, i)->current)
    i = (i + 1) % self->items->len;
  return i;
}

static gboolean
has_current (Fixture *self)
{
  guint i;

  for (i = 0; i < self->items->len; i++)
    {
      if (fixture_item (self, i)->current)
        return TRUE;
    }
  return FALSE;
}

/* Grows and shrinks between a few items and a few chunks. */
static void
test_follows_the_model (void)
{
  guint n_rounds = test_scale (400, 8);
  Fixture fixture;
  guint round;

  fixture_init (&fixture);
  for (round = 0; round < n_rounds; round++)
    {
      gboolean grow = round % 2 == 0;
      guint n = g_test_rand_int_range (1, round % 8 < 2 ? 3000 : 100);
      guint way = g_test_rand_int_range (0, 4);

      fixture.at_once = g_test_rand_int_range (0, 2) == 0;

      for (; n > 0; n--)
        {
          guint len = fixture.items->len;

          if (g_test_rand_int_range (0, 10) < (grow ? 8 : 2) || !has_current (&fixture))
            fixture_insert (&fixture, way == 0   ? len
                                      : way == 1 ? 0
                                      : way == 2 ? len / 2
                                                 : (guint) g_test_rand_int_range (0, len + 1));
          else
            fixture_remove (&fixture, pick_current (&fixture));
          if (g_test_rand_int_range (0, 200) == 0)
            fixture_step (&fixture, g_test_rand_int_range (0, 5));
        }
      fixture_check (&fixture);
      while (fixture_step (&fixture, g_test_rand_int_range (0, 4) * 10))
        {
          if (g_test_rand_int_range (0, 20) == 0)
            fixture_check (&fixture);
        }
      fixture_check (&fixture);
    }
  fixture_clear (&fixture);
}

static void
assert_plan (Fixture *self, guint max_steps, guint wide, guint n_steps, guint max_gap)
{
  guint got;

  g_assert_cmpuint (weakref_positions_plan (&self->positions, max_steps, wide, &got), ==, n_steps);
  g_assert_cmpuint (got, ==, max_gap);
}

static void
test_steps_end_at_the_widest_gaps (void)
{
  static const guint dead[] = { 2, 3, 10, 11, 14, 100, 900, 902 };
  Fixture fixture;
  guint i;

  fixture_init (&fixture);
  assert_plan (&fixture, 3, 0, 0, 0);
  for (i = 0; i < 1000; i++)
    fixture_insert (&fixture, i);
  fixture_step (&fixture, 0);
  for (i = 0; i < G_N_ELEMENTS (dead); i++)
    fixture_remove (&fixture, dead[i]);

  /* The gaps are 6, 2, 85, 799 and 1. */
  assert_plan (&fixture, 1, 0, 1, 799);
  assert_plan (&fixture, 2, 0, 2, 85);
  assert_plan (&fixture, 3, 0, 3, 6);
  assert_plan (&fixture, 5, 0, 5, 1);
  assert_plan (&fixture, 6, 0, 6, 0);
  assert_plan (&fixture, 16, 0, 6, 0);
  assert_plan (&fixture, 3, 100, 2, 100);
  assert_plan (&fixture, 6, 100, 6, 0);
  for (i = 0; fixture_step (&fixture, 6); i++)
    ;
  g_assert_cmpuint (i, ==, 3);
  fixture_check (&fixture);
  fixture_clear (&fixture);
}

static void
test_every_second_of_many_is_one_step (void)
{
  WeakrefPositions positions;
  GPtrArray *removed = g_ptr_array_new ();
  guint n = test_scale (1000000, 10000);
  Item *items = g_new0 (Item, n);
  WeakrefStep step;
  guint max_gap;
  guint i;

  weakref_positions_init (&positions, moved_cb);
  for (i = 0; i < n; i++)
    items[i].place = weakref_positions_insert (&positions, WEAKREF_PLACE_END, &items[i]);
  g_assert_true (weakref_positions_step (&positions, 0, &step, hidden_cb, removed));
  g_assert_cmpuint (step.position, ==, 0);
  g_assert_cmpuint (step.n_removed, ==, 0);
  g_assert_cmpuint (step.n_added, ==, n);

  for (i = 1; i < n; i += 2)
    g_assert_true (weakref_positions_remove (&positions, items[i].place, FALSE));
  g_assert_cmpuint (weakref_positions_plan (&positions, 16, 0, &max_gap), ==, 1);
  g_assert_true (weakref_positions_step (&positions, max_gap, &step, hidden_cb, removed));
  g_assert_cmpuint (removed->len, ==, n / 2);
  g_assert_cmpuint (step.position, ==, 1);
  g_assert_cmpuint (step.n_removed - step.n_added, ==, n / 2);
  g_assert_false (weakref_positions_step (&positions, 0, &step, hidden_cb, removed));
  for (i = 0; i < n / 2; i++)
    {
      g_assert_cmpuint (weakref_positions_find_position (&positions, items[2 * i].place), ==, i);
      g_assert_cmpuint (weakref_positions_find_place (&positions, i), ==, items[2 * i].place);
    }

  g_ptr_array_unref (removed);
  weakref_positions_clear (&positions);
  g_free (items);
}

static void
test_memory_goes_with_the_items (void)
{
  Fixture fixture;
  guint i;

  fixture_init (&fixture);
  for (i = 0; i < 20000; i++)
    fixture_insert (&fixture, i);
  fixture_step (&fixture, 0);
  g_assert_cmpuint (fixture.positions.chunks->len, <, 50);
  for (i = 20000; i-- > 0;)
    {
      if (i % 100 > 0)
        fixture_remove (&fixture, i);
    }
  fixture_step (&fixture, 1);
  fixture_check (&fixture);
  g_assert_cmpuint (fixture.items->len, ==, 200);
  g_assert_cmpuint (fixture.positions.chunks->len, <, 8);
  for (i = 200; i-- > 0;)
    fixture_remove (&fixture, i);
  fixture_step (&fixture, 0);
  g_assert_cmpuint (fixture.positions.chunks->len, ==, 0);
  fixture_insert (&fixture, 0);
  fixture_check (&fixture);
  fixture_clear (&fixture);
}

/* A chunk goes with its last item, and leaves its number to another one. */
static void
test_memory_of_a_chunk_goes_with_its_items (void)
{
  Fixture fixture;
  guint round;
  guint i;

  fixture_init (&fixture);
  for (round = 0; round < 8; round++)
    {
      for (i = 0; i < 1500; i++)
        fixture_insert (&fixture, i);
      fixture_step (&fixture, 0);
      g_assert_cmpuint (fixture.positions.chunks->len, >, 2);
      g_assert_cmpuint (fixture.positions.by_number->len, <, 8);
      while (fixture.items->len > 0)
        {
          fixture_remove (&fixture, fixture.items->len - 1);
          fixture_step (&fixture, 0);
          g_assert_cmpuint (fixture.positions.chunks->len, <=, fixture.items->len / 512 + 1);
        }
      g_assert_cmpuint (fixture.positions.chunks->len, ==, 0);
    }
  fixture_clear (&fixture);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/positions");

  test_case (follows_the_model);
  test_case (steps_end_at_the_widest_gaps);
  test_case (every_second_of_many_is_one_step);
  test_case (memory_goes_with_the_items);
  test_case (memory_of_a_chunk_goes_with_its_items);

  return g_test_run ();
}
