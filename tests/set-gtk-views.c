/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Views and selections over a set, in the time between deaths and their announcement. A warning
 * from GTK is fatal here. */

#include "set-gtk-common.h"

#define N 1000

typedef struct
{
  WeakrefSet *set;
  GPtrArray *probes; /* (nullable) (owned) */
  guint n_emissions;
} Fixture;

static void
emitted_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
fixture_init (Fixture *self)
{
  guint i;

  test_log_set_probes (FALSE);
  self->set = weakref_set_new (TEST_TYPE_PROBE);
  self->probes = g_ptr_array_new ();
  for (i = 0; i < N; i++)
    {
      char *name = g_strdup_printf ("%04u", i * 7919 % N);

      g_ptr_array_add (self->probes, test_probe_new (name));
      weakref_set_add (self->set, g_ptr_array_index (self->probes, i));
      g_free (name);
    }
  self->n_emissions = 0;
  g_signal_connect (self->set, "items-changed", G_CALLBACK (emitted_cb), &self->n_emissions);
}

static void
fixture_kill (Fixture *self, guint i)
{
  g_clear_object (&g_ptr_array_index (self->probes, i));
}

static void
fixture_clear (Fixture *self)
{
  guint i;

  for (i = 0; i < N; i++)
    fixture_kill (self, i);
  test_iterate ();
  g_ptr_array_unref (self->probes);
  g_assert_finalize_object (self->set);
}

static GListModel *
dup_model (Fixture *self)
{
  return G_LIST_MODEL (g_object_ref (self->set));
}

/* Selections */

static void
test_single_selection_selects_what_is_at_the_position (void)
{
  Fixture fixture;
  GtkSingleSelection *selection;
  guint i;

  fixture_init (&fixture);
  selection = gtk_single_selection_new (dup_model (&fixture));
  gtk_single_selection_set_autoselect (selection, FALSE);
  gtk_single_selection_set_can_unselect (selection, TRUE);
  for (i = 0; i < 500; i++)
    fixture_kill (&fixture, i);
  fixture_kill (&fixture, 900);

  gtk_single_selection_set_selected (selection, 700);
  g_assert_true (gtk_single_selection_get_selected_item (selection) ==
                 g_ptr_array_index (fixture.probes, 700));
  /* A dead one is selected: that is none of the others. */
  gtk_single_selection_set_selected (selection, 900);
  g_assert_cmpuint (gtk_single_selection_get_selected (selection), ==, 900);
  g_assert_true (TEST_IS_PROBE (gtk_single_selection_get_selected_item (selection)));
  g_assert_false (
    g_ptr_array_find (fixture.probes, gtk_single_selection_get_selected_item (selection), NULL));
  test_iterate ();
  g_assert_cmpuint (gtk_single_selection_get_selected (selection), ==, GTK_INVALID_LIST_POSITION);

  /* One that lives stays selected, among many that go. */
  gtk_single_selection_set_selected (selection, 201);
  g_assert_true (gtk_single_selection_get_selected_item (selection) ==
                 g_ptr_array_index (fixture.probes, 701));
  fixture.n_emissions = 0;
  for (i = 500; i < N; i += 2)
    fixture_kill (&fixture, i);
  test_iterate ();
  g_assert_cmpuint (fixture.n_emissions, ==, 1);
  g_assert_cmpuint (gtk_single_selection_get_selected (selection), ==, 100);
  g_assert_true (gtk_single_selection_get_selected_item (selection) ==
                 g_ptr_array_index (fixture.probes, 701));

  /* And among those that are sorted. */
  weakref_set_insert (fixture.set, 0, g_ptr_array_index (fixture.probes, 701));
  g_assert_cmpuint (gtk_single_selection_get_selected (selection), ==, 0);

  g_object_unref (selection);
  fixture_clear (&fixture);
}

static void
test_multi_selection_follows_its_items (void)
{
  Fixture fixture;
  GtkMultiSelection *selection;
  guint i;
  guint position = 0;

  fixture_init (&fixture);
  selection = gtk_multi_selection_new (dup_model (&fixture));
  gtk_selection_model_select_range (GTK_SELECTION_MODEL (selection), 100, 200, TRUE);
  for (i = 0; i < N; i++)
    {
      if (i % 3 == 0 && (i < 100 || i >= 300))
        fixture_kill (&fixture, i);
    }
  test_iterate ();
  g_assert_cmpuint (fixture.n_emissions, <=, 3);
  for (i = 0; i < N; i++)
    {
      if (g_ptr_array_index (fixture.probes, i) == NULL)
        continue;
      g_assert_cmpint (gtk_selection_model_is_selected (GTK_SELECTION_MODEL (selection), position),
                       ==, i >= 100 && i < 300);
      position++;
    }

  g_object_unref (selection);
  fixture_clear (&fixture);
}

/* Models */

static gpointer
proxy_cb (gpointer item, gpointer user_data)
{
  WeakrefProxy *proxy;

  g_assert_true (TEST_IS_PROBE (item));
  proxy = weakref_proxy_new (item);
  g_object_unref (item);

  return proxy;
}

static void
test_map_list_model_maps_what_is_there (void)
{
  Fixture fixture;
  GListModel *mapped;
  guint i;

  fixture_init (&fixture);
  mapped = G_LIST_MODEL (gtk_map_list_model_new (dup_model (&fixture), proxy_cb, NULL, NULL));
  for (i = 0; i < N; i += 2)
    fixture_kill (&fixture, i);
  for (i = 0; i < N; i++)
    g_object_unref (g_list_model_get_item (mapped, i));
  test_iterate ();
  g_assert_cmpuint (g_list_model_get_n_items (mapped), ==, N / 2);
  for (i = 0; i < N / 2; i++)
    {
      WeakrefProxy *proxy = g_list_model_get_item (mapped, i);
      gpointer target = weakref_proxy_dup_target (proxy, NULL);

      g_assert_true (target == g_ptr_array_index (fixture.probes, 2 * i + 1));
      g_object_unref (target);
      g_object_unref (proxy);
    }

  g_object_unref (mapped);
  fixture_clear (&fixture);
}

static GListModel *
children_cb (gpointer item, gpointer user_data)
{
  GtkStringList *children;

  if (!TEST_IS_PROBE (item))
    return NULL;

  children = gtk_string_list_new (NULL);
  gtk_string_list_append (children, test_probe_get_name (item));
  return G_LIST_MODEL (children);
}

static void
test_tree_list_model_keeps_rows_expanded (void)
{
  Fixture fixture;
  GtkTreeListModel *tree;
  GtkTreeListRow *row;
  gpointer item;
  guint i;

  fixture_init (&fixture);
  tree = gtk_tree_list_model_new (dup_model (&fixture), FALSE, FALSE, children_cb, NULL, NULL);
  row = gtk_tree_list_model_get_child_row (tree, 5);
  gtk_tree_list_row_set_expanded (row, TRUE);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (tree)), ==, N + 1);
  /* GTK 4.24 holds the items of rows that were asked for, 4.8 does not. So it is asked later. */
  for (i = 0; i < 10; i++)
    {
      if (i != 5)
        fixture_kill (&fixture, i);
    }
  test_iterate ();
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (tree)), ==,
                    weakref_set_get_size (fixture.set) + 1);
  g_assert_true (gtk_tree_list_row_get_expanded (row));
  item = gtk_tree_list_row_get_item (row);
  g_assert_true (item == g_ptr_array_index (fixture.probes, 5));
  g_object_unref (item);

  /* With more gaps than are told one by one, but not near this row. */
  for (i = 100; i < N; i += 2)
    weakref_set_remove (fixture.set, g_ptr_array_index (fixture.probes, i));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (tree)), ==,
                    weakref_set_get_size (fixture.set) + 1);
  for (i = 101; i < N; i += 4)
    fixture_kill (&fixture, i);
  for (i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (tree)); i++)
    g_object_unref (g_list_model_get_item (G_LIST_MODEL (tree), i));
  test_iterate ();
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (tree)), ==,
                    weakref_set_get_size (fixture.set) + 1);
  g_assert_true (gtk_tree_list_row_get_expanded (row));

  g_object_unref (row);
  g_object_unref (tree);
  fixture_clear (&fixture);
}

/* Views */

static void
test_view_scrolls_between_deaths_and_announcement (void)
{
  GtkExpression *name = gtk_property_expression_new (TEST_TYPE_PROBE, NULL, "name");
  GtkSorter *sorter = GTK_SORTER (gtk_string_sorter_new (name));
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkWidget *window = gtk_window_new ();
  GtkAdjustment *adjustment;
  Fixture fixture;
  GListModel *sorted;
  guint i;

  fixture_init (&fixture);
  sorted = G_LIST_MODEL (gtk_sort_list_model_new (dup_model (&fixture), sorter));
  gtk_scrolled_window_set_child (
    GTK_SCROLLED_WINDOW (scrolled),
    gtk_list_view_new (GTK_SELECTION_MODEL (gtk_single_selection_new (sorted)), factory_new ()));
  gtk_window_set_default_size (GTK_WINDOW (window), 300, 500);
  gtk_window_set_child (GTK_WINDOW (window), scrolled);
  gtk_window_present (GTK_WINDOW (window));
  settle (window);
  gtk_adjustment_set_value (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled)),
                            1000);
  settle (window);

  /* Half of them go, and the same handler scrolls to where the others had no rows yet. */
  adjustment = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));
  for (i = 0; i < N / 2; i++)
    fixture_kill (&fixture, i);
  gtk_adjustment_set_value (adjustment, gtk_adjustment_get_upper (adjustment) / 2);
  test_iterate ();
  g_assert_cmpuint (fixture.n_emissions, ==, 1);
  settle (window);
  /* The view holds what it had rows for. */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (fixture.set)), ==,
                    weakref_set_get_size (fixture.set));

  gtk_window_destroy (GTK_WINDOW (window));
  test_iterate ();
  fixture_clear (&fixture);
}

static void
count_cb (gpointer n_finalized)
{
  (*(guint *) n_finalized)++;
}

static void
test_windows_are_not_made_for_dead_ones (void)
{
  WeakrefSet *set = weakref_set_new (GTK_TYPE_WINDOW);
  GListModel *toplevels = gtk_window_get_toplevels ();
  guint n_toplevels = g_list_model_get_n_items (toplevels);
  GtkWidget *windows[3];
  gpointer items[3];
  guint n_finalized = 0;
  guint i;

  for (i = 0; i < 3; i++)
    {
      windows[i] = gtk_window_new ();
      weakref_set_add (set, windows[i]);
      g_object_set_data_full (G_OBJECT (windows[i]), "finalized", &n_finalized, count_cb);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 3);
  for (i = 0; i < 3; i++)
    {
      gtk_window_destroy (GTK_WINDOW (windows[i]));
      g_assert_cmpuint (weakref_set_get_size (set), ==, 2 - i);
    }
  for (i = 0; i < 3; i++)
    {
      items[i] = g_list_model_get_item (G_LIST_MODEL (set), i);
      g_assert_true (GTK_IS_WINDOW (items[i]));
      g_assert_null (gtk_window_get_title (items[i]));
      g_assert_true (items[i] == windows[i]);
    }
  g_assert_cmpuint (g_list_model_get_n_items (toplevels), ==, n_toplevels);
  for (i = 0; i < 3; i++)
    g_object_unref (items[i]);
  g_assert_cmpuint (n_finalized, ==, 0);
  test_iterate ();
  g_assert_cmpuint (n_finalized, ==, 3);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 0);
  g_object_unref (set);
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

  test_case (single_selection_selects_what_is_at_the_position);
  test_case (multi_selection_follows_its_items);
  test_case (map_list_model_maps_what_is_there);
  test_case (tree_list_model_keeps_rows_expanded);
  test_case (view_scrolls_between_deaths_and_announcement);
  test_case (windows_are_not_made_for_dead_ones);

  return g_test_run ();
}
