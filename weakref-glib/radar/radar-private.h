/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>
#include <weakref-glib/core/block.h>

G_BEGIN_DECLS

/* What the radar knows of one life of one object. A copy of what the census has. */
typedef struct
{
  WeakrefBlock *block; /* (owned): the life */
  WeakrefBlock
    *memory;          /* (owned) (nullable): of WEAKREF_PHASE_FINALIZE, if its death is expected */
  char *description;  /* (owned) (nullable): set if its death is expected */
  guint64 number;     /* (const): in the order in which the radar met them */
  gint64 expected_at; /* microseconds, monotonic: when the death was asked for */
  gint64 count_at; /* microseconds, monotonic: when the reference count was first seen as it is */
  GType type;
  guint count;      /* the reference count at the last check, or 0 */
  gboolean tracked; /* it is of a type that is tracked */
} WeakrefKnown;

/* census.c: the living targets */
typedef struct
{
  GType type;
  guint n_alive;
  guint n_at_mark;
} WeakrefTypeCount;

void weakref_census_start (void);
void weakref_census_stop (void);
gboolean weakref_census_is_running (void);
void weakref_census_expect (gpointer object, const char *description);
void weakref_census_track (gpointer object);
void weakref_census_mark (void);
gboolean weakref_census_is_marked (void);
GArray *weakref_census_dup_counts (void);
GPtrArray *weakref_census_dup_overdue (void);
GPtrArray *weakref_census_dup_objects (GType type);
void weakref_census_see_count (WeakrefKnown *known, guint count);

/* holders.c: who may hold an object */
typedef struct
{
  GPtrArray *paths;    /* of char *: the shortest ways from a root, as text */
  guint n_explained;   /* the references that were found */
  gboolean is_reached; /* it is a root, or something that is reached may hold it */
} WeakrefHolders;

void weakref_holders_add_root (gpointer object);
GHashTable *weakref_holders_find (GPtrArray *objects, gboolean *complete);

/* report.c: what is said of an object */
char *weakref_report_label (gpointer object);
GVariant *weakref_report_object (WeakrefKnown *known,
                                 gpointer object,
                                 guint own,
                                 const WeakrefHolders *holders);
char *weakref_report_to_text (GVariant *report);

/* radar.c */
GVariant *weakref_radar_inspect_for (gpointer object, guint own);

/* tracking.c: all objects of a type, from their construction */
void weakref_tracking_add (const char *type_name);

G_END_DECLS
