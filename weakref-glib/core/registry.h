/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/dispatch.h>
#include <weakref-glib/core/list.h>

G_BEGIN_DECLS

/* A part of a finalizer or a tie. The library keeps such an object until it has ended, which is
 * when its callback is taken. */
typedef struct _WeakrefKept WeakrefKept;

/* Ends @object and runs its callback, at the exit of the process. Returns FALSE if the object had
 * ended before. */
typedef gboolean (*WeakrefRunKept) (gpointer object);

struct _WeakrefKept
{
  WeakrefNode node;          /* registry lock: its link is NULL if it is not in the list */
  gpointer object;           /* (const): (owned) while it is in the list */
  WeakrefRunKept run;        /* (const) */
  WeakrefCallback *callback; /* (unowned) (const) */
  gint exits_with;           /* registry lock: the process at whose exit it runs, or 0 */
  gboolean for_binding;      /* (const): it does not run when C calls its exit handlers */
};

void weakref_registry_add (WeakrefKept *kept,
                           gpointer object,
                           WeakrefRunKept run,
                           WeakrefCallback *callback);
void weakref_registry_take (WeakrefKept *kept, gpointer object);
void weakref_registry_run (gboolean with_bindings);

gboolean weakref_registry_get_at_exit (WeakrefKept *kept);
gboolean weakref_registry_set_at_exit (WeakrefKept *kept, gboolean at_exit);

G_END_DECLS
