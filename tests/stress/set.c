/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#define N_OWN 8

static WeakrefSet *any_set;
static WeakrefSet *other_set;
/* What the view knows of the first from its announcements: the id of each item, as it was when the
 * item was announced; that of a stand-in is 0. */
static GArray *shown;

static guint64
item_id (guint position)
{
  gpointer item = g_list_model_get_item (G_LIST_MODEL (any_set), position);
  guint64 id = 0;

  /* For every position there is an item, which can be read. */
  stress_object_check (item);
  if (g_object_get_data (item, "stand-in") != NULL)
    stress_count_race ("an item of a list was dead already");
  else
    id = stress_object_get_id (item);
  g_object_unref (item);

  return id;
}

static void
items_changed_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  guint i;

  stress_count ("set: items-changed");
  g_assert_true (g_main_context_is_owner (stress_get_view ()));
  g_assert_cmpuint (position + removed, <=, shown->len);

  if (removed > 0)
    g_array_remove_range (shown, position, removed);
  for (i = 0; i < added; i++)
    {
      guint64 id = item_id (position + i);

      g_array_insert_val (shown, position + i, id);
    }
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, shown->len);
  g_assert_null (g_list_model_get_item (model, shown->len));

  stress_anything ();
}

static gpointer
stand_in_cb (GType type, gpointer user_data)
{
  StressObject *object = stress_object_new ();

  g_object_set_data (G_OBJECT (object), "stand-in", object);
  return object;
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer user_data)
{
  guint64 one = stress_object_get_id ((gpointer) a);
  guint64 other = stress_object_get_id ((gpointer) b);

  return one < other ? -1 : one > other;
}

static void
set_begin (void)
{
  any_set = weakref_set_new (STRESS_TYPE_OBJECT);
  other_set = weakref_set_new (G_TYPE_OBJECT);
  shown = g_array_new (FALSE, FALSE, sizeof (guint64));
  weakref_set_set_stand_in_func (any_set, stand_in_cb, NULL, NULL);
  g_signal_connect (any_set, "items-changed", G_CALLBACK (items_changed_cb), NULL);
}

static void
check_item_cb (gpointer item, gpointer user_data)
{
  stress_object_check (item);
  stress_anything ();
}

static void
check_items (WeakrefSet *set)
{
  GPtrArray *items = weakref_set_dup_items (set);
  guint i;

  for (i = 0; i < items->len; i++)
    stress_object_check (g_ptr_array_index (items, i));
  g_ptr_array_unref (items);
}

static void
algebra (void)
{
  WeakrefSet *result;

  stress_count ("set: algebra");
  switch (stress_random (8))
    {
    case 0:
      result = weakref_set_union (any_set, other_set);
      break;
    case 1:
      result = weakref_set_intersection (any_set, other_set);
      break;
    case 2:
      result = weakref_set_difference (any_set, other_set);
      break;
    case 3:
      result = weakref_set_symmetric_difference (any_set, other_set);
      break;
    case 4:
      weakref_set_is_superset (any_set, other_set);
      return;
    case 5:
      weakref_set_is_disjoint (any_set, other_set);
      return;
    case 6:
      weakref_set_equal (any_set, other_set);
      return;
    default:
      weakref_set_is_subset (any_set, other_set);
      return;
    }

  check_items (result);
  g_object_unref (result);
}

static void
set_step (void)
{
  WeakrefSet *set = stress_random (3) ? any_set : other_set;
  StressObject *item = stress_dup_object ();

  switch (stress_random (8))
    {
    case 0:
    case 1:
      stress_count ("set: add");
      weakref_set_add (set, item);
      break;
    case 2:
      stress_count ("set: remove");
      weakref_set_remove (set, item);
      break;
    case 3:
      switch (stress_random (16))
        {
        case 0:
          stress_count ("set: remove_all");
          weakref_set_remove_all (set);
          break;
        case 1:
          stress_count ("set: foreach");
          weakref_set_foreach (set, check_item_cb, NULL);
          break;
        case 2:
          stress_count ("set: dup_items");
          check_items (set);
          break;
        case 3:
          stress_count ("set: sort");
          weakref_set_sort (set, compare_cb, NULL);
          break;
        case 4:
        case 5:
          stress_count ("set: insert");
          weakref_set_insert (set, stress_random (20), item);
          break;
        case 6:
          stress_count ("set: find");
          weakref_set_find (set, item, NULL);
          break;
        default:
          algebra ();
        }
      break;
    default:
      stress_count ("set: contains");
      weakref_set_contains (set, item);
    }

  g_object_unref (item);
}

/* The list has become what the members are. */
static void
set_settled (void)
{
  GPtrArray *items = weakref_set_dup_items (any_set);
  guint i;
  guint j = 0;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (any_set)), ==, shown->len);
  g_assert_cmpuint (weakref_set_get_size (any_set), ==, shown->len);

  /* In between there may be objects that came back without having chained their dispose up: their
   * entries are dead, which nobody has noticed. */
  for (i = 0; i < shown->len; i++)
    {
      if (j < items->len &&
          stress_object_get_id (g_ptr_array_index (items, j)) == g_array_index (shown, guint64, i))
        j++;
    }
  g_assert_cmpuint (j, ==, items->len);

  g_ptr_array_unref (items);
}

static void
set_end (void)
{
  g_assert_cmpuint (weakref_set_get_size (any_set), ==, 0);
  g_assert_cmpuint (weakref_set_get_size (other_set), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (any_set)), ==, 0);
  g_assert_cmpuint (shown->len, ==, 0);

  g_object_unref (any_set);
  g_object_unref (other_set);
  g_array_unref (shown);
}

/* A set that only one worker has, in its own context, with items that nobody else has. */

typedef struct
{
  WeakrefSet *set;
  GPtrArray *items;  /* of StressObjects (owned): members and others */
  GPtrArray *order;  /* of items (unowned): the members */
  guint n_announced; /* how many the list has, by its announcements */
} Model;

static void
model_items_changed_cb (
  GListModel *list, guint position, guint removed, guint added, gpointer user_data)
{
  Model *model = user_data;

  model->n_announced += added - removed;
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, model->n_announced);
}

static gpointer
set_worker_new (guint index)
{
  Model *model = g_new0 (Model, 1);

  model->set = weakref_set_new (STRESS_TYPE_OBJECT);
  model->items = g_ptr_array_new_with_free_func (g_object_unref);
  model->order = g_ptr_array_new ();
  g_signal_connect (model->set, "items-changed", G_CALLBACK (model_items_changed_cb), model);

  return model;
}

static void
model_check (Model *model)
{
  GPtrArray *items = weakref_set_dup_items (model->set);
  guint i;

  g_assert_cmpuint (items->len, ==, model->order->len);
  g_assert_cmpuint (weakref_set_get_size (model->set), ==, model->order->len);
  for (i = 0; i < items->len; i++)
    g_assert_true (g_ptr_array_index (items, i) == g_ptr_array_index (model->order, i));
  g_ptr_array_unref (items);
}

static void
set_worker_step (gpointer data)
{
  Model *model = data;
  GMainContext *context = g_main_context_get_thread_default ();
  StressObject *item;
  gboolean is_member;
  guint i;

  if (model->items->len < N_OWN)
    g_ptr_array_add (model->items, stress_object_new ());
  i = stress_random (model->items->len);
  item = g_ptr_array_index (model->items, i);
  is_member = g_ptr_array_find (model->order, item, NULL);

  stress_count ("set: model");
  g_assert_true (weakref_set_contains (model->set, item) == is_member);
  switch (stress_random (6))
    {
    case 0:
    case 1:
      g_assert_true (weakref_set_add (model->set, item) == !is_member);
      if (!is_member)
        g_ptr_array_add (model->order, item);
      /* What happens in the thread of the list is announced at once. */
      g_assert_true (is_member || model->n_announced == model->order->len);
      break;
    case 2:
      g_assert_true (weakref_set_remove (model->set, item) == is_member);
      g_ptr_array_remove (model->order, item);
      break;
    case 3:
      g_ptr_array_remove (model->order, item);
      g_ptr_array_remove_index (model->items, i);
      break;
    case 4:
      g_ptr_array_remove (model->order, item);
      g_object_run_dispose (G_OBJECT (item));
      break;
    default:
      while (g_main_context_iteration (context, FALSE))
        ;
      g_assert_cmpuint (model->n_announced, ==, model->order->len);
      for (i = 0; i < model->order->len; i++)
        {
          gpointer got = g_list_model_get_item (G_LIST_MODEL (model->set), i);

          g_assert_true (got == g_ptr_array_index (model->order, i));
          g_object_unref (got);
        }
    }

  model_check (model);
}

static void
set_worker_free (gpointer data)
{
  Model *model = data;

  g_ptr_array_unref (model->items);
  g_assert_cmpuint (weakref_set_get_size (model->set), ==, 0);
  g_object_unref (model->set);
  g_ptr_array_unref (model->order);
  g_free (model);
}

const StressClass stress_set = { "set",   set_begin,      set_step,        set_settled,
                                 set_end, set_worker_new, set_worker_step, set_worker_free };
