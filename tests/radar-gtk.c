/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gtk/gtk.h>
#include <weakref-glib/weakref-glib.h>

#include "probe.h"

/* GTK finds the module of the inspector's page by GTK_PATH. */

static void
iterate_until (gboolean (*done) (gpointer data), gpointer data)
{
  while (!done (data))
    g_main_context_iteration (NULL, TRUE);
}

static GtkWidget *
find_by_type (GtkWidget *widget, const char *type_name)
{
  GtkWidget *child;
  GtkWidget *found = g_str_equal (G_OBJECT_TYPE_NAME (widget), type_name) ? widget : NULL;

  for (child = gtk_widget_get_first_child (widget); child != NULL && found == NULL;
       child = gtk_widget_get_next_sibling (child))
    found = find_by_type (child, type_name);

  return found;
}

static GtkWidget *
find_toplevel (const char *type_name)
{
  GListModel *toplevels = gtk_window_get_toplevels ();
  guint i;

  for (i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      GtkWidget *window = g_list_model_get_item (toplevels, i);

      g_object_unref (window);
      if (g_str_equal (G_OBJECT_TYPE_NAME (window), type_name))
        return window;
    }

  return NULL;
}

static gboolean
is_mapped (gpointer widget)
{
  return gtk_widget_get_mapped (widget);
}

static gboolean
has_holder (gpointer object, const char *text)
{
  char *report = weakref_radar_inspect_text (object);
  gboolean found = strstr (report, text) != NULL;

  if (!found)
    g_test_message ("%s", report);
  g_free (report);

  return found;
}

static void
test_finds_widgets_from_their_window (void)
{
  GtkWidget *window = gtk_window_new ();
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *label = gtk_label_new ("hello");
  GtkGesture *gesture = gtk_gesture_click_new ();

  gtk_window_set_title (GTK_WINDOW (window), "Main");
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_box_append (GTK_BOX (box), label);
  gtk_widget_add_controller (box, GTK_EVENT_CONTROLLER (gesture));

  g_assert_true (has_holder (label, "GtkWindow \"Main\" -> property child: GtkBox -> child"));
  g_assert_true (has_holder (gesture, "GtkBox -> controller 0"));
  /* Its parent is not held by it. */
  g_assert_false (has_holder (box, "GtkLabel \"hello\" -> property parent"));

  gtk_window_destroy (GTK_WINDOW (window));
}

static void
test_inspector_has_a_page (void)
{
  WeakrefSet *set = weakref_set_new (GTK_TYPE_WIDGET);
  GtkWidget *window = gtk_window_new ();
  GtkWidget *inspector;
  GtkWidget *page;
  GtkWidget *view;
  GListModel *model;
  GObject *row;
  char *string;
  guint alive;

  weakref_radar_start ();
  weakref_set_add (set, window);
  gtk_window_present (GTK_WINDOW (window));
  gtk_window_set_interactive_debugging (TRUE);
  inspector = find_toplevel ("GtkInspectorWindow");
  g_assert_nonnull (inspector);
  page = find_by_type (inspector, "WeakrefInspectorPage");
  g_assert_nonnull (page);
  g_object_get (page, "title", &string, NULL);
  g_assert_cmpstr (string, ==, "Weak references");
  g_free (string);

  gtk_stack_set_visible_child (GTK_STACK (gtk_widget_get_parent (page)), page);
  iterate_until (is_mapped, page);
  view = find_by_type (page, "GtkColumnView");
  model = G_LIST_MODEL (gtk_column_view_get_model (GTK_COLUMN_VIEW (view)));
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 1);
  row = g_list_model_get_item (model, 0);
  g_object_get (row, "type-name", &string, "alive", &alive, NULL);
  g_assert_cmpstr (string, ==, "GtkWindow");
  g_assert_cmpuint (alive, ==, 1);
  g_free (string);
  g_object_unref (row);
  gtk_selection_model_select_item (GTK_SELECTION_MODEL (model), 0, TRUE);

  gtk_window_set_interactive_debugging (FALSE);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (set);
  weakref_radar_stop ();
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/radar-gtk");

  if (!gtk_init_check ())
    {
      g_print ("1..0 # SKIP there is no display\n");
      return 0;
    }

  test_case (finds_widgets_from_their_window);
  test_case (inspector_has_a_page);

  return g_test_run ();
}
