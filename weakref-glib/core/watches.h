/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/block.h>

G_BEGIN_DECLS

/* Watches on several objects, which end together: at the first death, or when they are stopped.
 * The owner has a reference on them, and each active watch has another one. */
typedef struct _WeakrefWatches WeakrefWatches;

typedef struct
{
  /* One of the objects has died. It runs once, outside every lock, in the thread of that death or
   * in weakref_watches_start(). It does not run if weakref_watches_stop() was first. It may call
   * any code. */
  void (*died) (WeakrefWatches *watches, gpointer data);
  /* Frees the data. It runs once, when the watches have ended. May be NULL. */
  GDestroyNotify free_data;
  /* The name of what takes the interest, which the radar shows to the user. */
  const char *name;
} WeakrefWatchesFuncs;

WeakrefWatches *weakref_watches_new (const WeakrefWatchesFuncs *funcs, gsize n_targets);
void weakref_watches_start (WeakrefWatches *watches,
                            gpointer const *targets,
                            WeakrefPhase phase,
                            gpointer data);
gboolean weakref_watches_stop (WeakrefWatches *watches);
void weakref_watches_unref (WeakrefWatches *watches);

gboolean weakref_watches_have_ended (WeakrefWatches *watches);
gsize weakref_watches_get_n_targets (WeakrefWatches *watches);
gpointer weakref_watches_dup_target (WeakrefWatches *watches, gsize i);

gboolean weakref_are_objects (gpointer const *targets, gsize n_targets);

G_END_DECLS
