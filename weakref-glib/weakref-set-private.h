/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/weakref-set.h>
#include <weakref-glib/core/positions.h>
#include <weakref-glib/core/table.h>

G_BEGIN_DECLS

/* A set has two views of its entries. The members, in weakref-set.c, change at once. The list, in
 * weakref-set-list.c, changes when the consumers of the list model can bear it. The list is a part
 * of the set, and knows of the set only that it is a list model. */

typedef struct
{
  WeakrefEntry base; /* its room has the place (lock): as a member; WEAKREF_PLACE_END for none */
  GType type;        /* (const): of its target */
} WeakrefSetEntry;

/* The flags of the watch of such an entry. */
#define WEAKREF_SET_KEEPS_DEAD 2u /* (const): no other object can stand in for its target */
#define WEAKREF_SET_IS_SHOWN 4u   /* lock: it was taken out, and the list still shows it */

/* How stand-ins are made. */
typedef struct
{
  WeakrefSetStandInFunc func; /* (nullable) */
  gpointer user_data;
  GDestroyNotify destroy; /* (nullable) */
} WeakrefSetMaker;

typedef struct
{
  WeakrefTable *table;   /* (unowned) (const): which this is a part of; it has the lock */
  GMainContext *context; /* (owned) (const) */
  GThread *thread;       /* (unowned) (const): only ever compared */
  GWeakRef set;          /* for what waits in the context */
  GParamSpec *n_items;   /* (unowned) (const): the property */
  GType item_type;       /* (const) */
  gsize harmless; /* (atomic): the last type of which it is known that its dead are not kept */

  /* All of these: lock */
  gpointer self;              /* (unowned): the set, NULL when that is gone */
  WeakrefPositions positions; /* of slots; see weakref-set-slots.c */
  WeakrefSetMaker *maker;     /* (owned) (nullable): counted */
  GSource *source;            /* (owned) (nullable): which will commit */
  GSource *timer;             /* (owned) (nullable): which will do so if there are always events */
  gboolean urgent;            /* the source comes before all others */
  gint64 rest_until;          /* what is not urgent waits until then */
  gboolean committing;
  gboolean changed; /* the thread that commits has changed the set meanwhile */
  gboolean moved;   /* an item may be shown where it was, and wait to be shown where it is */
  gboolean read;    /* somebody has read the list, and may not have been told of the last change */
} WeakrefSetList;

/* The tags of slots, see weakref-set-slots.c. The two lowest bits of a GType are never used. */
#define WEAKREF_SET_SLOT_MASK 3u
#define WEAKREF_SET_SLOT_ENTRY 0u
#define WEAKREF_SET_SLOT_DEAD 1u
#define WEAKREF_SET_SLOT_STAND_IN 2u

typedef struct
{
  gpointer object; /* (owned) (const) */
} WeakrefSetStandIn;

static inline guint
weakref_set_slot_get_tag (gpointer slot)
{
  return (guint) ((gsize) slot & WEAKREF_SET_SLOT_MASK);
}

static inline gpointer
weakref_set_slot_get (gpointer slot)
{
  return (gpointer) ((gsize) slot & ~(gsize) WEAKREF_SET_SLOT_MASK);
}

static inline gpointer
weakref_set_slot_new (gpointer pointer, guint tag)
{
  return (gpointer) ((gsize) pointer | tag);
}

/* weakref-set.c */
WeakrefSetList *weakref_set_get_list (WeakrefSet *self);
gboolean weakref_set_put (WeakrefSet *self, gpointer item, WeakrefBlock *life, guint position);
WeakrefSetEntry *weakref_set_list_find_locked (WeakrefSetList *list, gconstpointer item);
WeakrefReading *weakref_set_read (WeakrefSet *self);

/* weakref-set-list.c */
void weakref_set_list_init (WeakrefSetList *list,
                            WeakrefTable *table,
                            gpointer self,
                            GParamSpec *n_items);
void weakref_set_list_close (WeakrefSetList *list);
void weakref_set_list_clear (WeakrefSetList *list);

void weakref_set_list_insert_locked (WeakrefSetList *list, WeakrefSetEntry *entry, guint position);
void weakref_set_list_move_locked (WeakrefSetList *list, WeakrefSetEntry *entry, guint position);
void weakref_set_list_remove_locked (WeakrefSetList *list, WeakrefSetEntry *entry);
WeakrefReading *weakref_set_list_read_locked (WeakrefSetList *list);

void weakref_set_list_died (WeakrefSetList *list, WeakrefSetEntry *entry, gpointer object);
guint weakref_set_list_get_n_items (WeakrefSetList *list);
gpointer weakref_set_list_dup_item (WeakrefSetList *list, guint position);
void weakref_set_list_set_maker (WeakrefSetList *list, WeakrefSetMaker *maker);
gboolean weakref_set_list_keeps_dead (WeakrefSetList *list, gpointer item);

/* weakref-set-slots.c */
WeakrefSetStandIn *weakref_set_slot_stand_in_new (gpointer object);
void weakref_set_slot_stand_in_unref (WeakrefSetStandIn *stand_in);
void weakref_set_slot_moved (gpointer slot, WeakrefPlace old, WeakrefPlace place);
void weakref_set_slots_free (GPtrArray *slots);
gboolean weakref_set_slots_step_locked (WeakrefSetList *list,
                                        guint max_gap,
                                        WeakrefStep *step,
                                        GPtrArray *removed);

/* weakref-set-commit.c */
gboolean weakref_set_list_is_followed_locked (WeakrefSetList *list);
void weakref_set_list_schedule (WeakrefSetList *list);
void weakref_set_list_unschedule (WeakrefSetList *list);
void weakref_set_list_publish (WeakrefSetList *list);

/* weakref-set-stand-in.c */
GType weakref_set_stand_in_get_type (GType type, GType item_type);
gpointer weakref_set_stand_in_new (GType type, GType item_type, WeakrefSetMaker *maker);
WeakrefSetMaker *weakref_set_maker_ref (WeakrefSetMaker *maker);
void weakref_set_maker_unref (WeakrefSetMaker *maker);

G_END_DECLS
