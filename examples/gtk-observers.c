/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A window onto objects that it does not own.
 *
 * The stations belong to the program. The window knows them through a WeakrefSet: the list shows
 * those that are alive, the counter is bound to the size of the set, and the line at the bottom to
 * a property of the newest station, through a proxy. When the program drops a station, it leaves
 * the list by itself.
 *
 * A GtkListView holds on to the items that it shows. So it is not given the stations but their
 * proxies, which have the same properties: gtk_map_list_model_new (set, weakref_proxy_new).
 *
 * "100,000" has a thread make so many stations, and drop them again a little later, while the list
 * is scrolled. A set may be changed from any thread; its list follows in the main loop, as many at
 * a time as there are. How long the loop was ever busy before it looked for events again is shown
 * at the bottom.
 *
 * With --drive FILE the program presses its own buttons, checks what comes of it, compares the set
 * with a GListStore, saves a picture of the window to FILE and quits. */

#include "gtk-observers.h"

/* A station: an object with a name and a temperature. */

#define STATION_TYPE (station_get_type ())
G_DECLARE_FINAL_TYPE (Station, station, STATION, STATION, GObject)

struct _Station
{
  GObject parent_instance;

  char *name;
  int temperature;
};

G_DEFINE_FINAL_TYPE (Station, station, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1,
  PROP_TEMPERATURE
};

static void
station_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  Station *self = STATION_STATION (object);

  if (prop_id == PROP_NAME)
    g_value_set_string (value, self->name);
  else
    g_value_set_int (value, self->temperature);
}

static void
station_finalize (GObject *object)
{
  g_free (STATION_STATION (object)->name);

  G_OBJECT_CLASS (station_parent_class)->finalize (object);
}

static void
station_class_init (StationClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = station_get_property;
  object_class->finalize = station_finalize;
  g_object_class_install_property (
    object_class, PROP_NAME,
    g_param_spec_string ("name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_TEMPERATURE,
                                   g_param_spec_int ("temperature", NULL, NULL, -100, 100, 0,
                                                     G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static void
station_init (Station *self)
{
}

static const char *const names[] = { "Harbour", "Lighthouse", "Airfield", "Ridge", "Meadow" };

static Station *
station_new (guint number)
{
  Station *station = g_object_new (STATION_TYPE, NULL);

  station->name = g_strdup_printf ("%s %u", names[number % G_N_ELEMENTS (names)], number + 1);
  station->temperature = 24 - (int) (number * 8 % 37);

  return station;
}

/* Rows */

#define COLDEST -15
#define WARMEST 30

static GtkLabel *
add_label (GtkWidget *box, const char *text, const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (box), label);

  return GTK_LABEL (label);
}

typedef struct
{
  GtkLabel *name;
  GtkLevelBar *bar;
  GtkLabel *temperature;
} Row;

static void
setup_cb (GtkListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *bar = gtk_level_bar_new_for_interval (0, WARMEST - COLDEST);
  Row *row = g_new (Row, 1);

  row->name = add_label (box, NULL, NULL);
  g_object_set (row->name, "hexpand", TRUE, "xalign", 0.0, NULL);
  row->bar = GTK_LEVEL_BAR (bar);
  gtk_level_bar_add_offset_value (row->bar, GTK_LEVEL_BAR_OFFSET_LOW, 16);
  gtk_level_bar_add_offset_value (row->bar, GTK_LEVEL_BAR_OFFSET_HIGH, 32);
  gtk_level_bar_add_offset_value (row->bar, GTK_LEVEL_BAR_OFFSET_FULL, 45);
  g_object_set (bar, "valign", GTK_ALIGN_CENTER, "width-request", 150, NULL);
  gtk_box_append (GTK_BOX (box), bar);
  row->temperature = add_label (box, NULL, "numeric");
  g_object_set (row->temperature, "width-chars", 6, "xalign", 1.0, NULL);
  gtk_list_item_set_child (list_item, box);
  g_object_set_data_full (G_OBJECT (list_item), "row", row, g_free);
}

/* A station never changes. So its properties are read, and not bound. A list view has 200 rows, and
 * each time it is scrolled far, it would make three bindings for each of them. */
static void
bind_cb (GtkListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  Row *row = g_object_get_data (G_OBJECT (list_item), "row");
  char *degrees;
  int temperature;
  char *name;

  /* The item is a proxy: it has the properties of a station. */
  g_object_get (gtk_list_item_get_item (list_item), "name", &name, "temperature", &temperature,
                NULL);
  degrees = g_strdup_printf ("%d °C", temperature);
  gtk_label_set_label (row->name, name);
  gtk_level_bar_set_value (row->bar, CLAMP (temperature, COLDEST, WARMEST) - COLDEST);
  gtk_label_set_label (row->temperature, degrees);
  g_free (degrees);
  g_free (name);
}

static gpointer
proxy_cb (gpointer item, gpointer user_data)
{
  WeakrefProxy *proxy = weakref_proxy_new (item);

  g_object_unref (item);

  return proxy;
}

/* Buttons */

void
app_create (App *app)
{
  Station *station = station_new (app->n_made++);

  g_queue_push_tail (&app->stations, station);
  weakref_set_add (app->set, station);
  g_clear_object (&app->proxy);
  app->proxy = weakref_proxy_new (station);
  g_binding_group_set_source (app->bindings, app->proxy);
}

void
app_drop_oldest (App *app)
{
  Station *station = g_queue_pop_head (&app->stations);

  g_clear_object (&station);
}

void
app_drop_all (App *app)
{
  g_queue_clear_full (&app->stations, g_object_unref);
}

/* The crowd */

#define N_CROWD_FRAMES 60

static gint64 last_poll;    /* when the loop was last woken */
static gint64 longest_turn; /* µs */

static int
poll_cb (GPollFD *fds, guint n_fds, int timeout)
{
  int result;

  longest_turn = MAX (longest_turn, g_get_monotonic_time () - last_poll);
  result = g_poll (fds, n_fds, timeout);
  last_poll = g_get_monotonic_time ();

  return result;
}

/* Only the main loop may change a GListStore. */
static gboolean
fill_store_cb (gpointer user_data)
{
  App *app = user_data;

  g_list_store_splice (app->store, app->stations.length, 0, app->crowd->pdata, N_CROWD);
  g_atomic_int_set (&app->n_frames, 1);

  return G_SOURCE_REMOVE;
}

static gpointer
make_crowd_thread (gpointer user_data)
{
  App *app = user_data;
  guint i;

  for (i = 0; i < N_CROWD; i++)
    {
      Station *station = station_new (i);

      g_ptr_array_add (app->crowd, station);
      if (app->store == NULL)
        weakref_set_add (app->set, station);
    }
  if (app->store != NULL)
    g_idle_add (fill_store_cb, app);
  else
    g_atomic_int_set (&app->n_frames, 1);

  return NULL;
}

static gboolean
empty_store_cb (gpointer user_data)
{
  App *app = user_data;

  g_list_store_splice (app->store, app->stations.length, N_CROWD, NULL, 0);

  return G_SOURCE_REMOVE;
}

static gpointer
drop_crowd_thread (gpointer user_data)
{
  App *app = user_data;

  g_clear_pointer (&app->crowd, g_ptr_array_unref);
  if (app->store != NULL)
    g_idle_add (empty_store_cb, app);

  return NULL;
}

/* The turn that drew the last frame has ended. */
static gboolean
crowd_gone_cb (gpointer user_data)
{
  App *app = user_data;
  char *text = g_strdup_printf ("Longest turn of the main loop: %.0f ms", longest_turn / 1000.0);

  app->longest_turn = longest_turn;
  gtk_label_set_label (app->turn, text);
  gtk_widget_set_sensitive (app->crowd_button, TRUE);
  g_free (text);

  return G_SOURCE_REMOVE;
}

/* After a frame, the adjustment is up to date with the rows. */
static void
scroll_cb (GdkFrameClock *clock, gpointer user_data)
{
  App *app = user_data;
  int n_frames = g_atomic_int_get (&app->n_frames);
  double range =
    gtk_adjustment_get_upper (app->scroll) - gtk_adjustment_get_page_size (app->scroll);

  if (n_frames > N_CROWD_FRAMES && g_list_model_get_n_items (app->rows) == app->stations.length)
    {
      g_signal_handlers_disconnect_by_func (clock, scroll_cb, app);
      g_idle_add (crowd_gone_cb, app);
      return;
    }

  gtk_adjustment_set_value (app->scroll, range * (n_frames * 37 % 100) / 100);
  gtk_widget_queue_draw (GTK_WIDGET (app->window));
  if (n_frames > 0 && g_atomic_int_add (&app->n_frames, 1) == N_CROWD_FRAMES)
    g_thread_unref (g_thread_new ("drop", drop_crowd_thread, app));
}

void
app_show_crowd (App *app)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (app->window));

  gtk_widget_set_sensitive (app->crowd_button, FALSE);
  app->crowd = g_ptr_array_new_with_free_func (g_object_unref);
  app->n_frames = 0;
  longest_turn = 0;
  g_signal_connect (clock, "after-paint", G_CALLBACK (scroll_cb), app);
  gtk_widget_queue_draw (GTK_WIDGET (app->window));
  g_thread_unref (g_thread_new ("make", make_crowd_thread, app));
}

/* The window */

static const char *const css =
  "listview row { padding: 8px 14px; border-bottom: 1px solid alpha(currentColor, 0.08); }"
  "listview row label:first-child { font-weight: 600; }"
  ".numeric { font-feature-settings: 'tnum'; }"
  "levelbar block { min-height: 8px; border-radius: 4px; border: none; }"
  "levelbar trough { padding: 0; border: none; background: alpha(currentColor, 0.08); "
  "border-radius: 4px; }"
  "levelbar block.empty { background: none; }"
  "levelbar block.filled.low { background: linear-gradient(to right, #62a0ea, #3584e4); }"
  "levelbar block.filled.high { background: linear-gradient(to right, #62a0ea, #57e389); }"
  "levelbar block.filled.full { background: linear-gradient(to right, #62a0ea, #57e389 60%, "
  "#ff7800); }"
  ".bottom { padding: 8px 14px; border-top: 1px solid alpha(currentColor, 0.12); }"
  ".bottom label { font-size: 90%; }"
  ".counter { padding: 2px 10px; border-radius: 99px; font-weight: 600; "
  "color: white; background: #26a269; }";

static GtkWidget *
add_button (GtkHeaderBar *bar, const char *label, GCallback clicked, App *app)
{
  GtkWidget *button = gtk_button_new_with_label (label);

  g_signal_connect_swapped (button, "clicked", clicked, app);
  gtk_header_bar_pack_start (bar, button);

  return button;
}

static gboolean
count_cb (GBinding *binding, const GValue *from, GValue *to, gpointer user_data)
{
  g_value_take_string (to, g_strdup_printf ("%u alive", g_value_get_uint (from)));

  return TRUE;
}

static void
open_window (App *app)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *bar = gtk_header_bar_new ();
  GtkWidget *bottom = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *scrolled = gtk_scrolled_window_new ();
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkCssProvider *provider = gtk_css_provider_new ();

  gtk_css_provider_load_from_data (provider, css, -1);
  gtk_style_context_add_provider_for_display (gdk_display_get_default (),
                                              GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
  g_object_unref (provider);

  app->set = weakref_set_new (STATION_TYPE);
  app->rows = G_LIST_MODEL (
    gtk_map_list_model_new (G_LIST_MODEL (g_object_ref (app->set)), proxy_cb, NULL, NULL));
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  gtk_scrolled_window_set_child (
    GTK_SCROLLED_WINDOW (scrolled),
    gtk_list_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (g_object_ref (app->rows))),
                       factory));
  gtk_widget_set_vexpand (scrolled, TRUE);
  app->scroll = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scrolled));

  add_button (GTK_HEADER_BAR (bar), "Create", G_CALLBACK (app_create), app);
  add_button (GTK_HEADER_BAR (bar), "Drop the oldest", G_CALLBACK (app_drop_oldest), app);
  add_button (GTK_HEADER_BAR (bar), "Drop all", G_CALLBACK (app_drop_all), app);
  app->crowd_button =
    add_button (GTK_HEADER_BAR (bar), "100,000", G_CALLBACK (app_show_crowd), app);
  gtk_header_bar_set_title_widget (GTK_HEADER_BAR (bar), gtk_label_new (NULL));
  app->counter = GTK_LABEL (gtk_label_new (NULL));
  gtk_widget_add_css_class (GTK_WIDGET (app->counter), "counter");
  gtk_widget_set_valign (GTK_WIDGET (app->counter), GTK_ALIGN_CENTER);
  gtk_header_bar_pack_end (GTK_HEADER_BAR (bar), GTK_WIDGET (app->counter));
  gtk_header_bar_set_show_title_buttons (GTK_HEADER_BAR (bar), FALSE);
  g_object_bind_property_full (app->set, "n-items", app->counter, "label", G_BINDING_SYNC_CREATE,
                               count_cb, NULL, NULL, NULL);

  gtk_widget_add_css_class (bottom, "bottom");
  add_label (bottom, "The newest, through its proxy:", "dim-label");
  app->newest = add_label (bottom, NULL, NULL);
  app->bindings = g_binding_group_new ();
  g_binding_group_bind (app->bindings, "name", app->newest, "label", G_BINDING_SYNC_CREATE);
  /* The station does not have this property, but every proxy has it. */
  g_binding_group_bind (app->bindings, "alive", app->newest, "visible", G_BINDING_SYNC_CREATE);
  gtk_widget_set_visible (GTK_WIDGET (app->newest), FALSE);
  app->turn = add_label (bottom, NULL, "dim-label");
  g_object_set (app->turn, "hexpand", TRUE, "xalign", 1.0, NULL);

  gtk_box_append (GTK_BOX (box), scrolled);
  gtk_box_append (GTK_BOX (box), bottom);

  app->window = GTK_WINDOW (gtk_window_new ());
  gtk_window_set_title (app->window, "Stations");
  gtk_window_set_titlebar (app->window, bar);
  gtk_window_set_default_size (app->window, 640, 420);
  gtk_window_set_child (app->window, box);
  gtk_window_present (app->window);
}

int
main (int argc, char **argv)
{
  App app = { .stations = G_QUEUE_INIT };
  GMainLoop *loop = g_main_loop_new (NULL, FALSE);

  if (!gtk_init_check ())
    {
      g_printerr ("There is no display\n");
      return 77;
    }

  g_main_context_set_poll_func (NULL, poll_cb);
  open_window (&app);
  g_signal_connect_swapped (app.window, "destroy", G_CALLBACK (g_main_loop_quit), loop);
  if (argc == 3 && g_str_equal (argv[1], "--drive"))
    drive (&app, argv[2]);
  else
    g_main_loop_run (loop);

  app_drop_all (&app);
  g_object_unref (app.bindings);
  g_clear_object (&app.proxy);
  g_object_unref (app.rows);
  g_object_unref (app.set);
  g_main_loop_unref (loop);

  return 0;
}
