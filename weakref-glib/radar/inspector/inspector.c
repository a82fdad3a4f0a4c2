/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gtk/gtk.h>
#include <weakref-glib/weakref-glib.h>

/* A page for the inspector of GTK 4. It shows the living targets by type, and the objects that
 * should be dead.
 *
 * It is in a module of its own, which GTK loads when the inspector is first opened, so the library
 * itself does not need GTK. All of it runs in the main thread. While the page is on the screen, it
 * asks the radar once a second. */

#define MAX_OBJECTS 5 /* so many of one type are described: each needs a search of the program */

/* One type, a row of the list. */
#define WEAKREF_TYPE_INSPECTOR_ROW (weakref_inspector_row_get_type ())
G_DECLARE_FINAL_TYPE (WeakrefInspectorRow, weakref_inspector_row, WEAKREF, INSPECTOR_ROW, GObject)

struct _WeakrefInspectorRow
{
  GObject parent_instance;

  char *type_name; /* (owned) (const) */
  guint alive;     /* objects */
  gint growth;     /* objects, since the mark */
  gboolean seen;   /* in the refresh that is going on */
};

G_DEFINE_TYPE (WeakrefInspectorRow, weakref_inspector_row, G_TYPE_OBJECT)

enum
{
  ROW_PROP_TYPE_NAME = 1,
  ROW_PROP_ALIVE,
  ROW_PROP_GROWTH,
  N_ROW_PROPS
};

static GParamSpec *row_props[N_ROW_PROPS];

static void
weakref_inspector_row_get_property (GObject *object,
                                    guint prop_id,
                                    GValue *value,
                                    GParamSpec *pspec)
{
  WeakrefInspectorRow *self = WEAKREF_INSPECTOR_ROW (object);

  switch (prop_id)
    {
    case ROW_PROP_TYPE_NAME:
      g_value_set_string (value, self->type_name);
      break;

    case ROW_PROP_ALIVE:
      g_value_set_uint (value, self->alive);
      break;

    case ROW_PROP_GROWTH:
      g_value_set_int (value, self->growth);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_inspector_row_finalize (GObject *object)
{
  g_free (WEAKREF_INSPECTOR_ROW (object)->type_name);

  G_OBJECT_CLASS (weakref_inspector_row_parent_class)->finalize (object);
}

static void
weakref_inspector_row_class_init (WeakrefInspectorRowClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = weakref_inspector_row_get_property;
  object_class->finalize = weakref_inspector_row_finalize;

  row_props[ROW_PROP_TYPE_NAME] =
    g_param_spec_string ("type-name", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  row_props[ROW_PROP_ALIVE] = g_param_spec_uint ("alive", NULL, NULL, 0, G_MAXUINT, 0,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  row_props[ROW_PROP_GROWTH] = g_param_spec_int ("growth", NULL, NULL, G_MININT, G_MAXINT, 0,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_ROW_PROPS, row_props);
}

static void
weakref_inspector_row_init (WeakrefInspectorRow *self)
{
}

static void
row_set (WeakrefInspectorRow *self, guint alive, gint growth)
{
  self->seen = TRUE;
  if (self->alive != alive)
    {
      self->alive = alive;
      g_object_notify_by_pspec (G_OBJECT (self), row_props[ROW_PROP_ALIVE]);
    }
  if (self->growth != growth)
    {
      self->growth = growth;
      g_object_notify_by_pspec (G_OBJECT (self), row_props[ROW_PROP_GROWTH]);
    }
}

/* The page. */
#define WEAKREF_TYPE_INSPECTOR_PAGE (weakref_inspector_page_get_type ())
G_DECLARE_FINAL_TYPE (WeakrefInspectorPage, weakref_inspector_page, WEAKREF, INSPECTOR_PAGE, GtkBox)

struct _WeakrefInspectorPage
{
  GtkBox parent_instance;

  GListStore *rows;             /* (owned) */
  GtkSingleSelection *selected; /* (owned) */
  GtkTextBuffer *details;       /* (unowned): the view's */
  guint tick;                   /* source, or 0 */
};

G_DEFINE_FINAL_TYPE (WeakrefInspectorPage, weakref_inspector_page, GTK_TYPE_BOX)

enum
{
  PAGE_PROP_TITLE = 1,
  PAGE_PROP_OBJECT,
  N_PAGE_PROPS
};

static WeakrefInspectorRow *
page_find_row (WeakrefInspectorPage *self, const char *type_name)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->rows));
  guint i;

  for (i = 0; i < n; i++)
    {
      WeakrefInspectorRow *row = g_list_model_get_item (G_LIST_MODEL (self->rows), i);

      /* The list keeps it. */
      g_object_unref (row);
      if (g_str_equal (row->type_name, type_name))
        return row;
    }

  return NULL;
}

/* The rows are changed and not replaced, so that the selection and the scroll position stay. */
static void
page_refresh (WeakrefInspectorPage *self)
{
  GVariant *dump = weakref_radar_dump ();
  GVariantIter iter;
  const char *type_name;
  guint32 alive;
  gint32 growth;
  guint i;

  g_variant_iter_init (&iter, dump);
  while (g_variant_iter_next (&iter, "(&sui)", &type_name, &alive, &growth))
    {
      WeakrefInspectorRow *row = page_find_row (self, type_name);

      if (row == NULL)
        {
          row = g_object_new (WEAKREF_TYPE_INSPECTOR_ROW, NULL);
          row->type_name = g_strdup (type_name);
          g_list_store_append (self->rows, row);
          g_object_unref (row);
        }
      row_set (row, alive, growth);
    }
  g_variant_unref (dump);

  for (i = g_list_model_get_n_items (G_LIST_MODEL (self->rows)); i > 0; i--)
    {
      WeakrefInspectorRow *row = g_list_model_get_item (G_LIST_MODEL (self->rows), i - 1);

      if (row->seen)
        row->seen = FALSE;
      else
        g_list_store_remove (self->rows, i - 1);
      g_object_unref (row);
    }
}

static gboolean
tick_cb (gpointer self)
{
  page_refresh (self);

  return G_SOURCE_CONTINUE;
}

static void
mark_cb (WeakrefInspectorPage *self)
{
  weakref_radar_mark ();
  page_refresh (self);
}

static void
check_cb (WeakrefInspectorPage *self)
{
  char *text = weakref_radar_check_text ();

  gtk_text_buffer_set_text (self->details,
                            text != NULL ? text : "Nothing that is expected to die is alive.", -1);
  g_free (text);
}

static void
selected_cb (WeakrefInspectorPage *self)
{
  WeakrefInspectorRow *row = gtk_single_selection_get_selected_item (self->selected);
  GType type = row != NULL ? g_type_from_name (row->type_name) : G_TYPE_INVALID;
  GPtrArray *objects;
  GString *text;
  guint i;

  if (type == G_TYPE_INVALID)
    return;

  objects = weakref_radar_dup_targets (type);
  text = g_string_new (NULL);
  for (i = 0; i < MIN (objects->len, MAX_OBJECTS); i++)
    {
      char *one = weakref_radar_inspect_text (g_ptr_array_index (objects, i));

      g_string_append_printf (text, "%s\n\n", one);
      g_free (one);
    }
  if (objects->len > MAX_OBJECTS)
    g_string_append_printf (text, "… and %u more", objects->len - MAX_OBJECTS);
  gtk_text_buffer_set_text (self->details, text->str, -1);
  g_string_free (text, TRUE);
  g_ptr_array_unref (objects);
}

static void
weakref_inspector_page_map (GtkWidget *widget)
{
  WeakrefInspectorPage *self = WEAKREF_INSPECTOR_PAGE (widget);

  GTK_WIDGET_CLASS (weakref_inspector_page_parent_class)->map (widget);
  page_refresh (self);
  self->tick = g_timeout_add_seconds (1, tick_cb, self);
}

static void
weakref_inspector_page_unmap (GtkWidget *widget)
{
  WeakrefInspectorPage *self = WEAKREF_INSPECTOR_PAGE (widget);

  g_clear_handle_id (&self->tick, g_source_remove);
  GTK_WIDGET_CLASS (weakref_inspector_page_parent_class)->unmap (widget);
}

static void
weakref_inspector_page_get_property (GObject *object,
                                     guint prop_id,
                                     GValue *value,
                                     GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PAGE_PROP_TITLE:
      g_value_set_static_string (value, "Weak references");
      break;

    case PAGE_PROP_OBJECT:
      break; /* what is selected elsewhere does not matter here */

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_inspector_page_set_property (GObject *object,
                                     guint prop_id,
                                     const GValue *value,
                                     GParamSpec *pspec)
{
}

static void
weakref_inspector_page_dispose (GObject *object)
{
  WeakrefInspectorPage *self = WEAKREF_INSPECTOR_PAGE (object);

  g_clear_handle_id (&self->tick, g_source_remove);
  g_clear_object (&self->selected);
  g_clear_object (&self->rows);

  G_OBJECT_CLASS (weakref_inspector_page_parent_class)->dispose (object);
}

static void
weakref_inspector_page_class_init (WeakrefInspectorPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = weakref_inspector_page_get_property;
  object_class->set_property = weakref_inspector_page_set_property;
  object_class->dispose = weakref_inspector_page_dispose;
  widget_class->map = weakref_inspector_page_map;
  widget_class->unmap = weakref_inspector_page_unmap;

  /* The inspector reads these properties of a page. */
  g_object_class_install_property (
    object_class, PAGE_PROP_TITLE,
    g_param_spec_string ("title", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
    object_class, PAGE_PROP_OBJECT,
    g_param_spec_object ("object", NULL, NULL, G_TYPE_OBJECT,
                         G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
}

static void
setup_label_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer property)
{
  GtkWidget *label = gtk_label_new (NULL);
  gboolean is_text = g_str_equal (property, "type-name");

  gtk_label_set_xalign (GTK_LABEL (label), is_text ? 0 : 1);
  gtk_list_item_set_child (item, label);
}

static void
bind_label_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer property)
{
  GtkExpression *row = gtk_constant_expression_new (GTK_TYPE_LIST_ITEM, item);
  GtkExpression *item_of_it = gtk_property_expression_new (GTK_TYPE_LIST_ITEM, row, "item");
  GtkExpression *text =
    gtk_property_expression_new (WEAKREF_TYPE_INSPECTOR_ROW, item_of_it, property);

  gtk_expression_bind (text, gtk_list_item_get_child (item), "label", NULL);
}

static void
add_column (GtkColumnView *view, const char *title, const char *property, gboolean expand)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  GtkColumnViewColumn *column;
  GtkExpression *expression =
    gtk_property_expression_new (WEAKREF_TYPE_INSPECTOR_ROW, NULL, property);
  GtkSorter *sorter = g_str_equal (property, "type-name")
                        ? GTK_SORTER (gtk_string_sorter_new (expression))
                        : GTK_SORTER (gtk_numeric_sorter_new (expression));

  g_signal_connect (factory, "setup", G_CALLBACK (setup_label_cb), (gpointer) property);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_label_cb), (gpointer) property);
  column = gtk_column_view_column_new (title, factory);
  gtk_column_view_column_set_sorter (column, sorter);
  gtk_column_view_column_set_expand (column, expand);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_append_column (view, column);
  g_object_unref (sorter);
  g_object_unref (column);
}

static GtkWidget *
page_make_bar (WeakrefInspectorPage *self, GtkStringFilter *filter)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *search = gtk_search_entry_new ();
  GtkWidget *mark = gtk_button_new_with_label ("Mark");
  GtkWidget *check = gtk_button_new_with_label ("Check");

  gtk_widget_set_hexpand (search, TRUE);
  g_object_bind_property (search, "text", filter, "search", G_BINDING_SYNC_CREATE);
  gtk_widget_set_tooltip_text (mark, "Count the growth from now on");
  gtk_widget_set_tooltip_text (check, "Look for what is expected to die and is alive");
  g_signal_connect_swapped (mark, "clicked", G_CALLBACK (mark_cb), self);
  g_signal_connect_swapped (check, "clicked", G_CALLBACK (check_cb), self);
  gtk_box_append (GTK_BOX (bar), search);
  gtk_box_append (GTK_BOX (bar), mark);
  gtk_box_append (GTK_BOX (bar), check);
  gtk_widget_set_margin_top (bar, 6);
  gtk_widget_set_margin_bottom (bar, 6);
  gtk_widget_set_margin_start (bar, 6);
  gtk_widget_set_margin_end (bar, 6);

  return bar;
}

static GtkWidget *
page_make_list (WeakrefInspectorPage *self, GtkStringFilter *filter)
{
  GtkWidget *view = gtk_column_view_new (NULL);
  GtkWidget *window = gtk_scrolled_window_new ();
  GListModel *filtered;
  GListModel *sorted;

  filtered = G_LIST_MODEL (gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (self->rows)),
                                                      GTK_FILTER (g_object_ref (filter))));
  sorted = G_LIST_MODEL (gtk_sort_list_model_new (
    filtered, g_object_ref (gtk_column_view_get_sorter (GTK_COLUMN_VIEW (view)))));
  self->selected = gtk_single_selection_new (sorted);
  gtk_single_selection_set_autoselect (self->selected, FALSE);
  gtk_single_selection_set_can_unselect (self->selected, TRUE);
  g_signal_connect_swapped (self->selected, "notify::selected-item", G_CALLBACK (selected_cb),
                            self);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (view), GTK_SELECTION_MODEL (self->selected));
  gtk_column_view_set_show_row_separators (GTK_COLUMN_VIEW (view), TRUE);

  add_column (GTK_COLUMN_VIEW (view), "Type", "type-name", TRUE);
  add_column (GTK_COLUMN_VIEW (view), "Alive", "alive", FALSE);
  add_column (GTK_COLUMN_VIEW (view), "Since the mark", "growth", FALSE);

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), view);
  gtk_widget_set_vexpand (window, TRUE);

  return window;
}

static GtkWidget *
page_make_details (WeakrefInspectorPage *self)
{
  GtkWidget *view = gtk_text_view_new ();
  GtkWidget *window = gtk_scrolled_window_new ();

  gtk_text_view_set_editable (GTK_TEXT_VIEW (view), FALSE);
  gtk_text_view_set_monospace (GTK_TEXT_VIEW (view), TRUE);
  gtk_text_view_set_wrap_mode (GTK_TEXT_VIEW (view), GTK_WRAP_WORD_CHAR);
  gtk_text_view_set_left_margin (GTK_TEXT_VIEW (view), 6);
  gtk_text_view_set_top_margin (GTK_TEXT_VIEW (view), 6);
  self->details = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  gtk_text_buffer_set_text (self->details,
                            "Select a type to see its objects, and who may hold them.", -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (window), view);
  gtk_widget_set_vexpand (window, TRUE);

  return window;
}

static void
weakref_inspector_page_init (WeakrefInspectorPage *self)
{
  GtkExpression *type_name =
    gtk_property_expression_new (WEAKREF_TYPE_INSPECTOR_ROW, NULL, "type-name");
  GtkStringFilter *filter = gtk_string_filter_new (type_name);
  GtkWidget *paned = gtk_paned_new (GTK_ORIENTATION_VERTICAL);

  weakref_radar_start ();
  gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
  self->rows = g_list_store_new (WEAKREF_TYPE_INSPECTOR_ROW);
  gtk_box_append (GTK_BOX (self), page_make_bar (self, filter));
  gtk_paned_set_start_child (GTK_PANED (paned), page_make_list (self, filter));
  gtk_paned_set_end_child (GTK_PANED (paned), page_make_details (self));
  gtk_widget_set_vexpand (paned, TRUE);
  gtk_box_append (GTK_BOX (self), paned);
  g_object_unref (filter);
}

/* The functions that GIO calls in a module. Their names are made from the name of the file. */
G_MODULE_EXPORT void g_io_weakref_inspector_load (GIOModule *module);
G_MODULE_EXPORT void g_io_weakref_inspector_unload (GIOModule *module);
G_MODULE_EXPORT char **g_io_weakref_inspector_query (void);

void
g_io_weakref_inspector_load (GIOModule *module)
{
  /* The types are static, so the module has to stay loaded. */
  g_type_module_use (G_TYPE_MODULE (module));
  g_io_extension_point_implement ("gtk-inspector-page", WEAKREF_TYPE_INSPECTOR_PAGE, "weakref", 20);
}

void
g_io_weakref_inspector_unload (GIOModule *module)
{
}

char **
g_io_weakref_inspector_query (void)
{
  char *extension_points[] = { (char *) "gtk-inspector-page", NULL };

  return g_strdupv (extension_points);
}
