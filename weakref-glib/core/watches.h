/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/block.h>

G_BEGIN_DECLS

/* Watches on several objects, which end together: at the first death, or when they are stopped.
 * The owner has a reference on them, and each running watch another. */
typedef struct _WeakrefWatches WeakrefWatches;

typedef struct
{
  /* The first of the objects has died: called once, in the thread of that death, unless
   * weakref_watches_stop() was first. Any code may run. */
  void (*died) (WeakrefWatches *watches, gpointer data);
  /* Frees the data, once, when the watches have ended. */
  GDestroyNotify free_data;
  /* For a person: who takes the interest. */
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
