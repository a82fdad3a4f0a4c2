/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Which of GTK's models and widgets hold the items of a set, so that these do not die. It prints
 * the table that doc/dead.md has, and asserts what the page promises. */

#include "set-gtk-common.h"

#define N 1000

typedef GListModel *(*Build) (GListModel *model);

/* Models. Each takes over the model below it. */

static GListModel *
none_new (GListModel *model)
{
  return model;
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return g_strcmp0 (test_probe_get_name ((gpointer) a), test_probe_get_name ((gpointer) b));
}

static GtkExpression *
name_new (void)
{
  return gtk_property_expression_new (TEST_TYPE_PROBE, NULL, "name");
}

static GListModel *
sort_new (GListModel *model, GtkSorter *sorter, gboolean incremental)
{
  GtkSortListModel *sorted = gtk_sort_list_model_new (model, sorter);

  gtk_sort_list_model_set_incremental (sorted, incremental);
  return G_LIST_MODEL (sorted);
}

static GListModel *
sort_string_new (GListModel *model)
{
  return sort_new (model, GTK_SORTER (gtk_string_sorter_new (name_new ())), FALSE);
}

static GListModel *
sort_custom_new (GListModel *model)
{
  return sort_new (model, GTK_SORTER (gtk_custom_sorter_new (compare_cb, NULL, NULL)), FALSE);
}

static GListModel *
sort_multi_new (GListModel *model)
{
  GtkMultiSorter *sorter = gtk_multi_sorter_new ();

  gtk_multi_sorter_append (sorter, GTK_SORTER (gtk_string_sorter_new (name_new ())));
  gtk_multi_sorter_append (sorter, GTK_SORTER (gtk_custom_sorter_new (compare_cb, NULL, NULL)));
  return sort_new (model, GTK_SORTER (sorter), FALSE);
}

static gboolean
match_cb (gpointer item, gpointer user_data)
{
  return TRUE;
}

static GListModel *
filter_new (GListModel *model)
{
  return G_LIST_MODEL (
    gtk_filter_list_model_new (model, GTK_FILTER (gtk_custom_filter_new (match_cb, NULL, NULL))));
}

static gpointer
same_cb (gpointer item, gpointer user_data)
{
  return item;
}

static gpointer
proxy_cb (gpointer item, gpointer user_data)
{
  WeakrefProxy *proxy = weakref_proxy_new (item);

  g_object_unref (item);
  return proxy;
}

static GListModel *
map_new (GListModel *model)
{
  return G_LIST_MODEL (gtk_map_list_model_new (model, same_cb, NULL, NULL));
}

static GListModel *
proxies_new (GListModel *model)
{
  return G_LIST_MODEL (gtk_map_list_model_new (model, proxy_cb, NULL, NULL));
}

/* A proxy has the properties of its target, and a custom sorter reads them. */
static int
compare_proxies_cb (gconstpointer a, gconstpointer b, gpointer user_data)
{
  char *one;
  char *other;
  int result;

  g_object_get ((gpointer) a, "name", &one, NULL);
  g_object_get ((gpointer) b, "name", &other, NULL);
  result = g_strcmp0 (one, other);
  g_free (one);
  g_free (other);

  return result;
}

static GListModel *
proxies_sorted_new (GListModel *model)
{
  return sort_new (proxies_new (model),
                   GTK_SORTER (gtk_custom_sorter_new (compare_proxies_cb, NULL, NULL)), FALSE);
}

static GListModel *
slice_new (GListModel *model)
{
  return G_LIST_MODEL (gtk_slice_list_model_new (model, 0, N));
}

static GListModel *
flatten_new (GListModel *model)
{
  GListStore *store = g_list_store_new (G_TYPE_LIST_MODEL);

  g_list_store_append (store, model);
  g_object_unref (model);
  return G_LIST_MODEL (gtk_flatten_list_model_new (G_LIST_MODEL (store)));
}

static GListModel *
no_children_cb (gpointer item, gpointer user_data)
{
  return NULL;
}

static GListModel *
tree_new (GListModel *model)
{
  return G_LIST_MODEL (gtk_tree_list_model_new (model, FALSE, FALSE, no_children_cb, NULL, NULL));
}

static GListModel *
proxies_tree_new (GListModel *model)
{
  return G_LIST_MODEL (
    gtk_tree_list_model_new (proxies_new (model), TRUE, FALSE, no_children_cb, NULL, NULL));
}

static GListModel *
single_new (GListModel *model)
{
  return G_LIST_MODEL (gtk_single_selection_new (model));
}

static GListModel *
proxies_single_new (GListModel *model)
{
  return single_new (proxies_new (model));
}

static GListModel *
multi_new (GListModel *model)
{
  GtkMultiSelection *selection = gtk_multi_selection_new (model);

  gtk_selection_model_select_range (GTK_SELECTION_MODEL (selection), 0, 10, TRUE);
  return G_LIST_MODEL (selection);
}

static GListModel *
selected_new (GListModel *model)
{
  GListModel *selection = multi_new (model);
  GListModel *selected =
    G_LIST_MODEL (gtk_selection_filter_model_new (GTK_SELECTION_MODEL (selection)));

  g_object_unref (selection);
  return selected;
}

/* Widgets */

static GtkWidget *
scrolled_new (GtkWidget *child)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), child);
  return scrolled;
}

static GtkWidget *
list_view_new (GListModel *model)
{
  return scrolled_new (
    gtk_list_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (model)), factory_new ()));
}

static GtkWidget *
grid_view_new (GListModel *model)
{
  return scrolled_new (
    gtk_grid_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (model)), factory_new ()));
}

static GtkWidget *
column_view_new (GListModel *model)
{
  GtkWidget *view = gtk_column_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (model)));
  GtkColumnViewColumn *column = gtk_column_view_column_new ("Name", factory_new ());

  gtk_column_view_append_column (GTK_COLUMN_VIEW (view), column);
  g_object_unref (column);
  return scrolled_new (view);
}

static GtkWidget *
drop_down_new (GListModel *model)
{
  return gtk_drop_down_new (model, name_new ());
}

static GtkWidget *
row_cb (gpointer item, gpointer user_data)
{
  return gtk_label_new (NULL);
}

static GtkWidget *
list_box_new (GListModel *model)
{
  GtkWidget *box = gtk_list_box_new ();

  gtk_list_box_bind_model (GTK_LIST_BOX (box), model, row_cb, NULL, NULL);
  g_object_unref (model);
  return scrolled_new (box);
}

/* How many of 1,000 items live on when nobody else has them: when the models have looked at all of
 * them, or a window shows the first. */
static guint
count_held (const char *name, Build build, GtkWidget *(*show) (GListModel *model))
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  GPtrArray *probes = g_ptr_array_new_with_free_func (g_object_unref);
  GListModel *model;
  GtkWidget *window = NULL;
  guint n_held;
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < N; i++)
    {
      char *text = g_strdup_printf ("%04u", i * 7919 % N);

      g_ptr_array_add (probes, test_probe_new (text));
      weakref_set_add (set, g_ptr_array_index (probes, i));
      g_free (text);
    }
  model = build (G_LIST_MODEL (g_object_ref (set)));
  if (show != NULL)
    {
      window = gtk_window_new ();
      gtk_window_set_default_size (GTK_WINDOW (window), 300, 300);
      gtk_window_set_child (GTK_WINDOW (window), show (g_object_ref (model)));
      gtk_window_present (GTK_WINDOW (window));
      settle (window);
    }
  else
    {
      for (i = 0; i < g_list_model_get_n_items (model); i++)
        g_object_unref (g_list_model_get_item (model, i));
    }

  g_ptr_array_unref (probes);
  test_iterate ();
  n_held = weakref_set_get_size (set);
  g_test_message ("GTK %u.%u: %s: %u", gtk_get_major_version (), gtk_get_minor_version (), name,
                  n_held);

  if (window != NULL)
    gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (model);
  test_iterate ();
  g_object_unref (set);

  return n_held;
}

static void
test_models_that_hold_nothing (void)
{
  g_assert_cmpuint (count_held ("nothing", none_new, NULL), ==, 0);
  g_assert_cmpuint (count_held ("GtkSliceListModel", slice_new, NULL), ==, 0);
  g_assert_cmpuint (count_held ("GtkFlattenListModel", flatten_new, NULL), ==, 0);
  g_assert_cmpuint (count_held ("GtkFilterListModel", filter_new, NULL), ==, 0);
  g_assert_cmpuint (count_held ("GtkMapListModel", map_new, NULL), ==, 0);
  g_assert_cmpuint (count_held ("GtkSortListModel, string", sort_string_new, NULL), ==, 0);
  g_assert_cmpuint (count_held ("GtkListBox", none_new, list_box_new), ==, 0);
}

/* What they hold may change with GTK: it is printed. */
static void
test_models_that_hold (void)
{
  count_held ("GtkSortListModel, custom", sort_custom_new, NULL);
  count_held ("GtkSortListModel, multi", sort_multi_new, NULL);
  count_held ("GtkTreeListModel", tree_new, NULL);
  g_assert_cmpuint (count_held ("GtkSingleSelection", single_new, NULL), ==, 1);
  g_assert_cmpuint (count_held ("GtkMultiSelection", multi_new, NULL), ==, 10);
  count_held ("GtkSelectionFilterModel", selected_new, NULL);
}

static void
test_views_hold_what_they_show (void)
{
  g_assert_cmpuint (count_held ("GtkListView", none_new, list_view_new), <, N / 2);
  g_assert_cmpuint (count_held ("GtkGridView", none_new, grid_view_new), <, N / 2);
  g_assert_cmpuint (count_held ("GtkColumnView", none_new, column_view_new), <, N / 2);
  g_assert_cmpuint (count_held ("GtkDropDown", none_new, drop_down_new), <, N / 2);
}

/* The recipe: a GtkMapListModel of proxies, below all the others. */
static void
test_proxies_hold_nothing (void)
{
  g_assert_cmpuint (count_held ("proxies", proxies_new, NULL), ==, 0);
  g_assert_cmpuint (count_held ("proxies, sorted", proxies_sorted_new, NULL), ==, 0);
  g_assert_cmpuint (count_held ("proxies, sorted, shown", proxies_sorted_new, list_view_new), ==,
                    0);
  g_assert_cmpuint (count_held ("proxies, in a tree, shown", proxies_tree_new, list_view_new), ==,
                    0);
  g_assert_cmpuint (count_held ("proxies, selected, shown", proxies_single_new, list_view_new), ==,
                    0);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/set/gtk");

  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 0;
    }

  test_case (models_that_hold_nothing);
  test_case (models_that_hold);
  test_case (views_hold_what_they_show);
  test_case (proxies_hold_nothing);

  return g_test_run ();
}
