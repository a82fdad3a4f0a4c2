/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What GTK builds on list models, on sets. No display is needed. */

#include <gtk/gtk.h>
#include <weakref-glib/weakref-glib.h>

#include "probe.h"

typedef struct
{
  WeakrefSet *sets[2];
  GPtrArray *alive;     /* of probes (owned) */
  GListModel *flat;     /* both sets, one after the other */
  GListModel *filtered; /* those of them whose number is even */
  GListModel *sorted;   /* by name */
  guint n_flat;         /* how many there are by the announcements */
  guint n_filtered;
  guint n_sorted;
} Tower;

static void
count_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  guint *n_announced = user_data;
  guint i;

  g_assert_cmpuint (position + removed, <=, *n_announced);
  *n_announced += added - removed;
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, *n_announced);
  for (i = 0; i < *n_announced; i++)
    {
      gpointer item = g_list_model_get_item (model, i);

      g_assert_nonnull (item);
      g_object_unref (item);
    }
}

/* A stand-in may be asked too. */
static guint
get_number (gpointer item)
{
  return TEST_IS_PROBE (item) ? (guint) g_ascii_strtoull (test_probe_get_name (item), NULL, 10) : 0;
}

static gboolean
is_even (gpointer item, gpointer user_data)
{
  return get_number (item) % 2 == 0;
}

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return g_strcmp0 (test_probe_get_name (*(gpointer *) a), test_probe_get_name (*(gpointer *) b));
}

static void
tower_init (Tower *self)
{
  GListStore *both = g_list_store_new (G_TYPE_LIST_MODEL);
  GtkExpression *name = gtk_property_expression_new (TEST_TYPE_PROBE, NULL, "name");
  guint i;

  for (i = 0; i < 2; i++)
    {
      self->sets[i] = weakref_set_new (TEST_TYPE_PROBE);
      g_list_store_append (both, self->sets[i]);
    }
  self->alive = g_ptr_array_new_with_free_func (g_object_unref);
  self->flat = G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (both)));
  self->filtered = G_LIST_MODEL (gtk_filter_list_model_new (
    g_object_ref (self->flat), GTK_FILTER (gtk_custom_filter_new (is_even, NULL, NULL))));
  self->sorted = G_LIST_MODEL (
    gtk_sort_list_model_new (g_object_ref (self->flat), GTK_SORTER (gtk_string_sorter_new (name))));
  g_signal_connect (self->flat, "items-changed", G_CALLBACK (count_cb), &self->n_flat);
  g_signal_connect (self->filtered, "items-changed", G_CALLBACK (count_cb), &self->n_filtered);
  g_signal_connect (self->sorted, "items-changed", G_CALLBACK (count_cb), &self->n_sorted);
}

static void
tower_clear (Tower *self)
{
  g_object_unref (self->filtered);
  g_object_unref (self->sorted);
  g_object_unref (self->flat);
  g_object_unref (self->sets[0]);
  g_object_unref (self->sets[1]);
  g_ptr_array_unref (self->alive);
}

#define assert_same(model, items)                                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    guint assert_same_i;                                                                           \
    g_assert_cmpuint (g_list_model_get_n_items (model), ==, (items)->len);                         \
    for (assert_same_i = 0; assert_same_i < (items)->len; assert_same_i++)                         \
      assert_returns (g_list_model_get_item (model, assert_same_i),                                \
                      g_ptr_array_index (items, assert_same_i));                                   \
  }                                                                                                \
  G_STMT_END

/* When everything is announced, each model of the tower shows what the members imply. */
static void
tower_settle (Tower *self)
{
  GPtrArray *items;
  GPtrArray *even = g_ptr_array_new ();
  guint i;

  test_iterate ();

  items = weakref_set_dup_items (self->sets[0]);
  g_ptr_array_extend_and_steal (items, weakref_set_dup_items (self->sets[1]));
  assert_same (self->flat, items);
  for (i = 0; i < items->len; i++)
    {
      if (get_number (g_ptr_array_index (items, i)) % 2 == 0)
        g_ptr_array_add (even, g_ptr_array_index (items, i));
    }
  assert_same (self->filtered, even);
  g_ptr_array_sort_with_data (items, compare, NULL);
  assert_same (self->sorted, items);

  g_ptr_array_unref (even);
  g_ptr_array_unref (items);
}

static void
tower_add (Tower *self, guint number)
{
  /* The names of all are different, or the order would be arbitrary. */
  char *name = g_strdup_printf ("%u", number);
  TestProbe *probe = test_probe_new (name);

  g_ptr_array_add (self->alive, probe);
  weakref_set_add (self->sets[g_test_rand_int_range (0, 2)], probe);
  g_free (name);
}

static void
test_tower (void)
{
  Tower tower = { 0 };
  guint n_rounds = test_scale (2000, 100);
  guint round;

  test_log_set_probes (FALSE);
  tower_init (&tower);
  for (round = 0; round < n_rounds; round++)
    {
      guint which = tower.alive->len > 0 ? g_test_rand_int_range (0, tower.alive->len) : 0;
      gpointer probe = tower.alive->len > 0 ? g_ptr_array_index (tower.alive, which) : NULL;

      switch (probe != NULL ? g_test_rand_int_range (0, 12) : 0)
        {
        case 0:
        case 1:
        case 2:
        case 3:
          tower_add (&tower, round);
          break;
        case 4:
          weakref_set_remove (tower.sets[0], probe);
          break;
        case 5:
          weakref_set_remove (tower.sets[1], probe);
          break;
        case 6:
          tower_settle (&tower);
          break;
        case 7:
          if (g_test_rand_int_range (0, 10) == 0)
            weakref_set_remove_all (tower.sets[round % 2]);
          break;
        default:
          g_ptr_array_remove_index_fast (tower.alive, which);
        }
    }
  tower_settle (&tower);

  g_ptr_array_set_size (tower.alive, 0);
  tower_settle (&tower);
  g_assert_cmpuint (tower.n_flat + tower.n_filtered + tower.n_sorted, ==, 0);
  tower_clear (&tower);
}

static gpointer
unref_thread (gpointer items)
{
  g_ptr_array_unref (items);
  return NULL;
}

static void
test_deaths_in_another_thread (void)
{
  Tower tower = { 0 };
  GThread *thread;
  guint i;

  test_log_set_probes (FALSE);
  tower_init (&tower);
  for (i = 0; i < 300; i++)
    tower_add (&tower, i);
  tower_settle (&tower);

  thread = g_thread_new ("drop", unref_thread, g_ptr_array_ref (tower.alive));
  g_ptr_array_unref (g_steal_pointer (&tower.alive));
  while (g_list_model_get_n_items (tower.sorted) > 0)
    {
      for (i = 0; i < g_list_model_get_n_items (tower.sorted); i++)
        {
          gpointer item = g_list_model_get_item (tower.sorted, i);

          g_assert_nonnull (item);
          g_object_unref (item);
        }
      g_main_context_iteration (NULL, FALSE);
    }
  g_thread_join (thread);

  tower.alive = g_ptr_array_new ();
  tower_settle (&tower);
  tower_clear (&tower);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/set/gtk");

  test_case_as ("flatten-filter-and-sort", tower);
  test_case (deaths_in_another_thread);

  return g_test_run ();
}
