/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the tests of sets in views of GTK share. */

#include <gtk/gtk.h>

#include "set-model-common.h"

G_BEGIN_DECLS

static inline void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  gtk_list_item_set_child (list_item, gtk_label_new (NULL));
}

/* Of a probe, or of its proxy. */
static inline void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  gpointer item = gtk_list_item_get_item (list_item);
  char *name;

  g_assert_true (TEST_IS_PROBE (item) || WEAKREF_IS_PROXY (item));
  g_object_get (item, "name", &name, NULL);
  gtk_label_set_label (GTK_LABEL (gtk_list_item_get_child (list_item)), name);
  g_free (name);
}

static inline GtkListItemFactory *
factory_new (void)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);

  return factory;
}

static inline void
painted_cb (GdkFrameClock *clock, gpointer user_data)
{
  *(gboolean *) user_data = TRUE;
}

/* Lets the window draw what has changed. */
static inline void
settle (GtkWidget *window)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (window);
  gboolean painted = FALSE;
  gulong handler = g_signal_connect (clock, "after-paint", G_CALLBACK (painted_cb), &painted);

  test_iterate ();
  gtk_widget_queue_draw (window);
  painted = FALSE;
  while (!painted)
    g_main_context_iteration (NULL, TRUE);
  test_iterate ();
  g_signal_handler_disconnect (clock, handler);
}

G_END_DECLS
