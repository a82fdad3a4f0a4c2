/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "model.h"

static void
items_changed_cb (GListModel *list, guint position, guint removed, guint added, gpointer user_data)
{
  GHashTable *seen;
  guint i;

  if (list != G_LIST_MODEL (world.sets[0]))
    return;

  seen = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  g_assert_cmpuint (position + removed, <=, world.n_shown);
  world.n_shown += added - removed;
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, world.n_shown);
  for (i = 0; i < world.n_shown; i++)
    {
      gpointer item = g_list_model_get_item (list, i);

      g_assert_true (G_TYPE_CHECK_INSTANCE_TYPE (item, fuzz_object_get_type ()));
      g_assert_true (g_hash_table_add (seen, item));
    }
  g_hash_table_unref (seen);
  run_nested ();
}

static gpointer
stand_in_cb (GType type, gpointer user_data)
{
  return g_object_new (type, NULL);
}

void
set_new (guint s)
{
  WeakrefSet *old = world.sets[s];

  g_array_set_size (world.members[s], 0);
  world.sets[s] = weakref_set_new (fuzz_object_get_type ());
  if (next (2))
    weakref_set_set_stand_in_func (world.sets[s], stand_in_cb, NULL, NULL);
  if (s == 0)
    {
      world.n_shown = 0;
      g_signal_connect (world.sets[0], "items-changed", G_CALLBACK (items_changed_cb), NULL);
    }
  g_clear_object (&old);
}

/* The place of @target among the living members, or -1. */
static gint
set_find (guint s, const Target *target)
{
  guint i;

  for (i = 0; i < world.members[s]->len; i++)
    {
      Entry *entry = &g_array_index (world.members[s], Entry, i);

      if (entry->target == target && is_alive (target, entry->life))
        return (gint) i;
    }

  return -1;
}

static gboolean
set_forget (guint s, Target *target)
{
  gint i = set_find (s, target);

  if (i >= 0)
    g_array_remove_index (world.members[s], (guint) i);

  return i >= 0;
}

/* Adds to @expected those of the first set which are, or are not, in the second. */
static void
set_select (GPtrArray *expected, guint s, gboolean all, gboolean in_other)
{
  guint i;

  for (i = 0; i < world.members[s]->len; i++)
    {
      Entry *entry = &g_array_index (world.members[s], Entry, i);

      if (is_alive (entry->target, entry->life) &&
          (all || (set_find (!s, entry->target) >= 0) == in_other))
        g_ptr_array_add (expected, entry->target->object);
    }
}

#define assert_items(set, expected)                                                                \
  G_STMT_START                                                                                     \
  {                                                                                                \
    GPtrArray *assert_items_got = weakref_set_dup_items (set);                                     \
    guint assert_items_i;                                                                          \
    g_assert_cmpuint (assert_items_got->len, ==, (expected)->len);                                 \
    for (assert_items_i = 0; assert_items_i < (expected)->len; assert_items_i++)                   \
      assert_pointer (g_ptr_array_index (assert_items_got, assert_items_i),                        \
                      g_ptr_array_index (expected, assert_items_i));                               \
    g_ptr_array_unref (assert_items_got);                                                          \
  }                                                                                                \
  G_STMT_END

static void
op_algebra (guint s)
{
  GPtrArray *expected = g_ptr_array_new ();
  WeakrefSet *a = world.sets[s];
  WeakrefSet *b = world.sets[!s];
  WeakrefSet *result = NULL;
  guint what = next (6);

  switch (what)
    {
    case 0:
      result = weakref_set_union (a, b);
      set_select (expected, s, TRUE, TRUE);
      set_select (expected, !s, FALSE, FALSE);
      break;
    case 1:
      result = weakref_set_intersection (a, b);
      set_select (expected, s, FALSE, TRUE);
      break;
    case 2:
      result = weakref_set_difference (a, b);
      set_select (expected, s, FALSE, FALSE);
      break;
    case 3:
      result = weakref_set_symmetric_difference (a, b);
      set_select (expected, s, FALSE, FALSE);
      set_select (expected, !s, FALSE, FALSE);
      break;
    case 4:
      set_select (expected, s, FALSE, FALSE);
      g_assert_true (weakref_set_is_subset (a, b) == (expected->len == 0));
      g_assert_true (weakref_set_is_superset (b, a) == (expected->len == 0));
      set_select (expected, !s, FALSE, FALSE);
      g_assert_true (weakref_set_equal (a, b) == (expected->len == 0));
      break;
    default:
      set_select (expected, s, FALSE, TRUE);
      g_assert_true (weakref_set_is_disjoint (a, b) == (expected->len == 0));
    }

  if (result != NULL)
    {
      assert_items (result, expected);
      g_object_unref (result);
    }
  g_ptr_array_unref (expected);
}

/* Forgets the dead, which have no place. */
static void
set_clean (guint s)
{
  guint i = 0;

  while (i < world.members[s]->len)
    {
      const Entry *entry = &g_array_index (world.members[s], Entry, i);

      if (is_alive (entry->target, entry->life))
        i++;
      else
        g_array_remove_index (world.members[s], i);
    }
}

/* Whether the list shows what the model has; the dead were forgotten. */
static gboolean
list_is_current (guint s)
{
  GListModel *list = G_LIST_MODEL (world.sets[s]);
  gboolean current = g_list_model_get_n_items (list) == world.members[s]->len;
  guint i;

  for (i = 0; i < world.members[s]->len && current; i++)
    {
      gpointer item = g_list_model_get_item (list, i);

      current = item == g_array_index (world.members[s], Entry, i).target->object;
      g_object_unref (item);
    }

  return current;
}

/* Adds it to the model, or moves it there. */
static void
set_place (guint s, Target *target, guint position)
{
  Entry entry = { target, target->life, FALSE };

  set_forget (s, target);
  g_array_insert_val (world.members[s], MIN (position, world.members[s]->len), entry);
}

/* Many are equal, and have to stay in order. */
static gint
get_rank (const Target *target)
{
  return (gint) (target->index % 4);
}

static gint
compare_items (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return get_rank (((const FuzzObject *) a)->target) - get_rank (((const FuzzObject *) b)->target);
}

static gint
compare_entries (gconstpointer a, gconstpointer b)
{
  return get_rank (((const Entry *) a)->target) - get_rank (((const Entry *) b)->target);
}

static void
set_check_find (WeakrefSet *set, const Target *target, gboolean is_member)
{
  guint position = G_MAXUINT;
  gpointer item;

  if (!weakref_set_find (set, target->object, &position))
    {
      g_assert_cmpuint (position, ==, G_MAXUINT);
      return;
    }

  g_assert_true (is_member);
  item = g_list_model_get_item (G_LIST_MODEL (set), position);
  assert_pointer (item, target->object);
  g_object_unref (item);
}

static void
check_item_cb (gpointer item, gpointer user_data)
{
  g_assert_true (((FuzzObject *) item)->target->object == item);
  run_nested ();
}

void
op_set (void)
{
  guint s = next (2);
  Target *target = hold ();
  Entry entry = { target, 0, FALSE };
  GPtrArray *expected;
  WeakrefSet *set;
  gboolean was_there;
  guint position;

  if (target == NULL)
    return;

  set = g_object_ref (world.sets[s]);
  switch (next (11))
    {
    case 0:
    case 1:
      was_there = set_find (s, target) >= 0;
      entry.life = take_interest (target);
      if (!was_there)
        g_array_append_val (world.members[s], entry);
      if (weakref_set_add (set, target->object))
        g_assert_false (was_there);
      else
        g_assert_true (was_there);
      break;
    case 2:
      /* An entry is still there if nobody noticed the death of its object. */
      was_there = set_forget (s, target);
      if (weakref_set_remove (set, target->object))
        g_assert_true (was_there || target->vague);
      else
        g_assert_false (was_there);
      break;
    case 3:
      g_assert_true (weakref_set_contains (set, target->object) == (set_find (s, target) >= 0));
      break;
    case 4:
      switch (next (8))
        {
        case 0:
          g_array_set_size (world.members[s], 0);
          weakref_set_remove_all (set);
          break;
        case 1:
          set_new (s);
          break;
        default:
          weakref_set_foreach (set, check_item_cb, NULL);
        }
      break;
    case 5:
      expected = g_ptr_array_new ();
      set_select (expected, s, TRUE, TRUE);
      assert_items (set, expected);
      g_assert_cmpuint (weakref_set_get_size (set), >=, expected->len);
      g_ptr_array_unref (expected);
      break;
    case 6:
      was_there = set_find (s, target) >= 0;
      take_interest (target);
      set_clean (s);
      /* What is not announced yet, or died unnoticed, has a place still. */
      position = list_is_current (s) ? next (10) : G_MAXUINT;
      set_place (s, target, position);
      g_assert_true (weakref_set_insert (set, position, target->object) == !was_there);
      break;
    case 7:
      set_clean (s);
      g_array_sort (world.members[s], compare_entries);
      weakref_set_sort (set, compare_items, NULL);
      break;
    case 8:
      set_check_find (set, target, set_find (s, target) >= 0);
      break;
    default:
      op_algebra (s);
    }

  g_object_unref (target->object);
  g_object_unref (set);
}

/* When everything was announced, the lists are as the model is. */
void
sets_check (void)
{
  guint s;

  g_assert_cmpuint (world.n_shown, ==, weakref_set_get_size (world.sets[0]));
  for (s = 0; s < 2; s++)
    {
      guint size = weakref_set_get_size (world.sets[s]);

      set_clean (s);
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (world.sets[s])), ==, size);
      g_assert_true (list_is_current (s) || size > world.members[s]->len);
    }
}
