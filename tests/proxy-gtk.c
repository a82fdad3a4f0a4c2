/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <gtk/gtk.h>
#include <weakref-glib/weakref-glib.h>

#include "subject.h"

/* Code that was not written for proxies, and gets one. */

static gboolean have_display;

static gboolean
skip_without_display (void)
{
  if (!have_display)
    g_test_skip ("There is no display");

  return !have_display;
}

static void
evaluated_cb (gpointer user_data)
{
  test_log ("%s", (const char *) user_data);
}

static char *
evaluate (GtkExpression *expression, gpointer object)
{
  GValue value = G_VALUE_INIT;
  char *text = NULL;

  if (gtk_expression_evaluate (expression, object, &value))
    {
      text = g_value_dup_string (&value);
      g_value_unset (&value);
    }

  return text;
}

#define assert_evaluates(expression, object, expected)                                             \
  G_STMT_START                                                                                     \
  {                                                                                                \
    char *assert_evaluates_got = evaluate (expression, object);                                    \
    g_assert_cmpstr (assert_evaluates_got, ==, expected);                                          \
    g_free (assert_evaluates_got);                                                                 \
  }                                                                                                \
  G_STMT_END

static void
check_expression (GtkExpression *expression,
                  WeakrefProxy *proxy,
                  gpointer target,
                  const char *before,
                  const char *after,
                  const char *dead)
{
  GtkExpressionWatch *watch =
    gtk_expression_watch (expression, proxy, evaluated_cb, (gpointer) "changed", NULL);

  assert_evaluates (expression, proxy, before);
  g_object_set (target, "text", "new", NULL);
  assert_log ("changed");
  assert_evaluates (expression, proxy, after);

  g_object_unref (target);
  assert_log ("-a ~a");
  assert_evaluates (expression, proxy, dead);
  gtk_expression_watch_unwatch (watch);
  gtk_expression_unref (expression);
  g_object_unref (proxy);
}

static void
test_property_expression (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GtkExpression *expression = gtk_property_expression_new (G_OBJECT_TYPE (proxy), NULL, "text");

  check_expression (expression, proxy, a, "default", "new", "default");
}

static char *
shout_cb (gpointer object, const char *text, gpointer user_data)
{
  return g_strconcat (text, "!", NULL);
}

static void
test_closure_expression (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GtkExpression *params[] = {
    gtk_property_expression_new (G_OBJECT_TYPE (proxy), NULL, "text"),
  };
  GtkExpression *expression =
    gtk_cclosure_expression_new (G_TYPE_STRING, NULL, 1, params, G_CALLBACK (shout_cb), NULL, NULL);

  check_expression (expression, proxy, a, "default!", "new!", "default!");
}

static void
test_builder_binding (void)
{
  const char *ui = "<interface>"
                   "  <object class='GtkStringFilter' id='filter'>"
                   "    <property name='search' bind-source='proxy' bind-property='text'"
                   "              bind-flags='sync-create'/>"
                   "  </object>"
                   "  <object class='GtkStringFilter' id='expressed'>"
                   "    <binding name='search'><lookup name='text'>proxy</lookup></binding>"
                   "  </object>"
                   "</interface>";
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GtkBuilder *builder = gtk_builder_new ();
  GError *error = NULL;
  GtkStringFilter *filter;
  GtkStringFilter *expressed;

  gtk_builder_expose_object (builder, "proxy", G_OBJECT (proxy));
  gtk_builder_add_from_string (builder, ui, -1, &error);
  g_assert_no_error (error);
  filter = g_object_ref (GTK_STRING_FILTER (gtk_builder_get_object (builder, "filter")));
  expressed = g_object_ref (GTK_STRING_FILTER (gtk_builder_get_object (builder, "expressed")));
  g_object_unref (builder);

  g_assert_cmpstr (gtk_string_filter_get_search (filter), ==, "default");
  g_assert_cmpstr (gtk_string_filter_get_search (expressed), ==, "default");
  g_object_set (a, "text", "new", NULL);
  g_assert_cmpstr (gtk_string_filter_get_search (filter), ==, "new");
  g_assert_cmpstr (gtk_string_filter_get_search (expressed), ==, "new");

  g_object_unref (a);
  assert_log ("-a ~a");
  g_assert_cmpstr (gtk_string_filter_get_search (filter), ==, "new");
  g_object_unref (filter);
  g_object_unref (expressed);
  g_object_unref (proxy);
}

static void
test_list_models_chain (void)
{
  GListStore *store = g_list_store_new (TEST_TYPE_SUBJECT);
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (store);
  GtkSliceListModel *slice = gtk_slice_list_model_new (G_LIST_MODEL (proxy), 0, 5);

  g_list_store_append (store, a);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (slice)), ==, 1);
  g_object_unref (store);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (slice)), ==, 0);
  g_object_unref (slice);
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  gtk_list_item_set_child (item, gtk_label_new (NULL));
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item, gpointer user_data)
{
  test_log ("bind:%s", gtk_string_object_get_string (gtk_list_item_get_item (item)));
}

static void
test_list_view (void)
{
  GtkStringList *strings;
  WeakrefProxy *proxy;
  GtkListItemFactory *factory;
  GtkWidget *view;
  GtkWidget *window;
  GListModel *selection;

  if (skip_without_display ())
    return;

  strings = gtk_string_list_new (NULL);
  gtk_string_list_append (strings, "one");
  proxy = weakref_proxy_new (strings);
  factory = gtk_signal_list_item_factory_new ();
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  selection = G_LIST_MODEL (gtk_no_selection_new (g_object_ref (G_LIST_MODEL (proxy))));
  view = gtk_list_view_new (GTK_SELECTION_MODEL (selection), factory);
  window = gtk_window_new ();
  gtk_window_set_child (GTK_WINDOW (window), view);
  gtk_widget_show (window);
  test_iterate ();
  assert_log ("bind:one");
  gtk_string_list_append (strings, "two");
  test_iterate ();
  assert_log ("bind:two");

  g_object_unref (strings);
  g_assert_cmpuint (g_list_model_get_n_items (selection), ==, 0);
  test_iterate ();
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (proxy);
}

static void
activate_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  test_log ("activate");
}

static void
test_actionable (void)
{
  const GActionEntry entries[] = { { .name = "paint", .activate = activate_cb } };
  GSimpleActionGroup *group;
  WeakrefProxy *proxy;
  GtkWidget *window;
  GtkWidget *button;

  if (skip_without_display ())
    return;

  group = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (group), entries, 1, NULL);
  proxy = weakref_proxy_new (group);
  window = gtk_window_new ();
  button = gtk_button_new ();
  gtk_window_set_child (GTK_WINDOW (window), button);
  gtk_widget_insert_action_group (window, "app", G_ACTION_GROUP (proxy));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "app.paint");
  gtk_widget_show (window);
  g_assert_true (gtk_widget_get_sensitive (button));

  g_signal_emit_by_name (button, "clicked");
  assert_log ("activate");
  g_simple_action_set_enabled (
    G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (group), "paint")), FALSE);
  g_assert_false (gtk_widget_get_sensitive (button));
  g_simple_action_set_enabled (
    G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (group), "paint")), TRUE);
  g_assert_true (gtk_widget_get_sensitive (button));

  g_object_unref (group);
  g_assert_false (gtk_widget_get_sensitive (button));
  gtk_widget_insert_action_group (window, "app", NULL);
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (proxy);
}

static void
test_widget (void)
{
  GtkWidget *window;
  WeakrefProxy *proxy;
  char *title;

  if (skip_without_display ())
    return;

  window = gtk_window_new ();
  proxy = weakref_proxy_new (window);
  g_object_set (proxy, "title", "Hello", NULL);
  g_assert_cmpstr (gtk_window_get_title (GTK_WINDOW (window)), ==, "Hello");
  g_signal_connect_swapped (proxy, "destroy", G_CALLBACK (evaluated_cb), (gpointer) "destroy");
  gtk_widget_show (window);
  test_iterate ();

  gtk_window_destroy (GTK_WINDOW (window));
  assert_log ("destroy");
  g_assert_false (weakref_proxy_is_alive (proxy));
  g_object_get (proxy, "title", &title, NULL);
  g_assert_null (title);
  g_object_unref (proxy);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/proxy-gtk");
  have_display = gtk_init_check ();

  test_case (property_expression);
  test_case (closure_expression);
  test_case (builder_binding);
  test_case (list_models_chain);
  test_case (list_view);
  test_case (actionable);
  test_case (widget);

  return g_test_run ();
}
