/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <gtk/gtk.h>
#include <weakref-glib/weakref-glib.h>

G_BEGIN_DECLS

#define N_CROWD 100000

/* The program. It owns the stations, the window does not. */
typedef struct
{
  GQueue stations; /* of Station (owned), oldest first */
  guint n_made;
  WeakrefSet *set; /* of those that are alive */
  GListModel *rows;

  GtkWindow *window;
  GtkAdjustment *scroll;
  GtkLabel *counter;
  GtkLabel *turn;
  GtkWidget *crowd_button;
  GtkLabel *newest;
  WeakrefProxy *proxy;     /* (owned) (nullable): of the newest */
  GBindingGroup *bindings; /* of that */

  GPtrArray *crowd;    /* (nullable): of Station (owned): the thread's, as long as that runs */
  int n_frames;        /* (atomic): that the crowd was scrolled, from 1 when it has come */
  gint64 longest_turn; /* µs: of the main loop, with the last crowd */
  GListStore *store;   /* (owned) (nullable): what shows a crowd in place of the set */
} App;

void app_create (App *app);
void app_drop_oldest (App *app);
void app_drop_all (App *app);
void app_show_crowd (App *app);

void drive (App *app, const char *picture);

G_END_DECLS
