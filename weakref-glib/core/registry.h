/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/dispatch.h>
#include <weakref-glib/core/list.h>

G_BEGIN_DECLS

/* The part of an object of ours that the library keeps until it has ended: of a finalizer or a tie.
 * It ends when its callback is taken. */
typedef struct _WeakrefKept WeakrefKept;

/* Ends @object with its callback, for the end of the process. Returns FALSE if it came too late. */
typedef gboolean (*WeakrefRunKept) (gpointer object);

struct _WeakrefKept
{
  WeakrefNode node;          /* registry lock: its link is NULL when not registered */
  gpointer object;           /* (const): (owned) while it is registered */
  WeakrefRunKept run;        /* (const) */
  WeakrefCallback *callback; /* (unowned) (const) */
  gint exits_with;           /* registry lock: the process at whose exit it runs, or 0 */
  gboolean for_binding;      /* (const) */
};

void weakref_registry_add (WeakrefKept *kept,
                           gpointer object,
                           WeakrefRunKept run,
                           WeakrefCallback *callback);
void weakref_registry_remove (WeakrefKept *kept);
void weakref_registry_run (gboolean with_bindings);

gboolean weakref_registry_get_at_exit (WeakrefKept *kept);
gboolean weakref_registry_set_at_exit (WeakrefKept *kept, gboolean at_exit);

G_END_DECLS
