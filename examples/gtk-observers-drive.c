/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the program does with --drive: it presses its own buttons, and checks what comes of it. Then
 * it compares the longest turns of the main loop with those that a GListStore makes, which is shown
 * by the same rows. */

#include "gtk-observers.h"

static void
painted_cb (GdkFrameClock *clock, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* Lets the window draw what has changed. */
static void
settle (App *app)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (app->window));
  gboolean painted = FALSE;
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (painted_cb), &painted);

  while (g_main_context_iteration (NULL, FALSE))
    ;
  painted = FALSE;
  gtk_widget_queue_draw (GTK_WIDGET (app->window));
  while (!painted)
    g_main_context_iteration (NULL, TRUE);
  g_signal_handler_disconnect (clock, handler);
}

static char *
rows_to_string (GListModel *rows)
{
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < g_list_model_get_n_items (rows); i++)
    {
      GObject *item = g_list_model_get_item (rows, i);
      char *name;

      g_object_get (item, "name", &name, NULL);
      g_string_append_printf (text, "%s%s", i > 0 ? ", " : "", name);
      g_free (name);
      g_object_unref (item);
    }

  return g_string_free (text, FALSE);
}

static void
expect (App *app, const char *counter, const char *rows, const char *newest)
{
  char *got = rows_to_string (app->rows);

  g_assert_cmpstr (gtk_label_get_label (app->counter), ==, counter);
  g_assert_cmpstr (got, ==, rows);
  if (newest != NULL)
    g_assert_cmpstr (gtk_label_get_label (app->newest), ==, newest);
  g_assert_cmpint (gtk_widget_get_visible (GTK_WIDGET (app->newest)), ==, newest != NULL);
  g_free (got);
}

static void
save_picture (GtkWindow *window, const char *path)
{
  GtkWidget *widget = GTK_WIDGET (window);
  GdkPaintable *paintable = gtk_widget_paintable_new (widget);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  GskRenderNode *node;
  GdkTexture *texture;

  gdk_paintable_snapshot (paintable, snapshot, gtk_widget_get_width (widget),
                          gtk_widget_get_height (widget));
  node = gtk_snapshot_free_to_node (snapshot);
  g_assert_nonnull (node);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
  g_assert_true (gdk_texture_save_to_png (texture, path));

  g_object_unref (texture);
  gsk_render_node_unref (node);
  g_object_unref (paintable);
}

/* Has many stations come and go. Returns the longest turn. */
static int
drive_crowd (App *app)
{
  guint n_most = 0;

  app_show_crowd (app);
  while (!gtk_widget_get_sensitive (app->crowd_button))
    {
      n_most = MAX (n_most, g_list_model_get_n_items (app->rows));
      g_main_context_iteration (NULL, TRUE);
    }
  g_assert_cmpuint (n_most, ==, N_CROWD + app->stations.length);
  settle (app);

  return (int) (app->longest_turn / 1000);
}

/* The same with a GListStore behind the rows. */
static int
drive_crowd_of_store (App *app)
{
  GtkMapListModel *rows = GTK_MAP_LIST_MODEL (app->rows);
  GList *link;
  int turn;

  app->store = g_list_store_new (g_list_model_get_item_type (G_LIST_MODEL (app->set)));
  for (link = app->stations.head; link != NULL; link = link->next)
    g_list_store_append (app->store, link->data);
  gtk_map_list_model_set_model (rows, G_LIST_MODEL (app->store));
  turn = drive_crowd (app);
  gtk_map_list_model_set_model (rows, G_LIST_MODEL (app->set));
  g_clear_object (&app->store);

  return turn;
}

#define N_CROWDS 3

static void
print_turns (const char *name, const int *turns)
{
  g_print ("%s: longest turn of the main loop: median %d of %d, %d, %d ms\n", name,
           MAX (MIN (turns[0], turns[1]), MIN (MAX (turns[0], turns[1]), turns[2])), turns[0],
           turns[1], turns[2]);
}

static void
drive_crowds (App *app)
{
  int of_store[N_CROWDS];
  int of_set[N_CROWDS];
  guint i;

  for (i = 0; i < N_CROWDS; i++)
    {
      of_store[i] = drive_crowd_of_store (app);
      of_set[i] = drive_crowd (app);
    }
  print_turns ("WeakrefSet", of_set);
  print_turns ("GListStore", of_store);
}

void
drive (App *app, const char *picture)
{
  static const char *const eight = "Lighthouse 2, Airfield 3, Ridge 4, Meadow 5, Harbour 6, "
                                   "Lighthouse 7, Airfield 8, Ridge 9";
  guint i;

  expect (app, "0 alive", "", NULL);
  for (i = 0; i < 9; i++)
    app_create (app);
  settle (app);

  /* The list view has drawn them all, and yet they go. */
  app_drop_oldest (app);
  settle (app);
  expect (app, "8 alive", eight, "Ridge 9");

  /* These stay. */
  drive_crowds (app);
  expect (app, "8 alive", eight, "Ridge 9");
  gtk_adjustment_set_value (app->scroll, 0);
  settle (app);
  save_picture (app->window, picture);

  app_drop_all (app);
  settle (app);
  expect (app, "0 alive", "", NULL);

  gtk_window_destroy (app->window);
}
