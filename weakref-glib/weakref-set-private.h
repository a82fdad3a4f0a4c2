/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/weakref-set.h>
#include <weakref-glib/core/table.h>

G_BEGIN_DECLS

/* A set has two views of its entries: the members, in weakref-set.c, which change at once; and the
 * list, here, which changes when the consumers of the list model can bear it. */

typedef struct
{
  WeakrefEntry base;
  GList link;          /* lock: in the set's members; when it has left them, in the list's gone */
  GSequenceIter *iter; /* lock: (unowned): where it is in the list */
  gboolean visible;    /* lock: whether the list shows it */
} WeakrefSetEntry;

typedef struct
{
  GMutex *lock;          /* (unowned) (const): that of the table which this is a part of */
  GMainContext *context; /* (owned) (const) */
  GThread *thread;       /* (unowned) (const): only ever compared */
  GWeakRef *set;         /* (owned) (const): counted, for what waits in the context */
  GParamSpec *n_items;   /* (unowned) (const): the property */

  /* All of these: lock */
  GSequence *entries; /* (owned): what the list shows, and after it what it will */
  guint n_visible;    /* how many entries it shows */
  guint n_hidden;     /* how many come after those */
  GQueue gone;        /* of entries (owned) that it still shows, members no more */
  gboolean scheduled; /* a commit will come from the context */
  gboolean committing;
  gboolean closed; /* the set is gone, nobody will look any more */
} WeakrefSetList;

/* weakref-set.c */
WeakrefSetList *weakref_set_get_list (WeakrefSet *self);
gboolean weakref_set_add_hidden (WeakrefSet *self, gpointer item, WeakrefBlock *life);
GPtrArray *weakref_set_snapshot (WeakrefSet *self);

/* weakref-set-list.c */
void
weakref_set_list_init (WeakrefSetList *list, WeakrefSet *self, GMutex *lock, GParamSpec *n_items);
void weakref_set_list_close (WeakrefSetList *list);
void weakref_set_list_clear (WeakrefSetList *list);

void weakref_set_list_append_locked (WeakrefSetList *list, WeakrefSetEntry *entry);
void weakref_set_list_remove_locked (WeakrefSetList *list, WeakrefSetEntry *entry);

void weakref_set_list_publish (WeakrefSetList *list, WeakrefSet *self);
void weakref_set_list_schedule (WeakrefSetList *list);

guint weakref_set_list_get_n_items (WeakrefSetList *list);
WeakrefEntry *weakref_set_list_dup_entry (WeakrefSetList *list, guint position);

G_END_DECLS
