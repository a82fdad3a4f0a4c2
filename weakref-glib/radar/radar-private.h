/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>
#include <weakref-glib/core/block.h>

G_BEGIN_DECLS

/* What the radar knows of one life of one object. Outside the census, this is a copy of its
 * entry. */
typedef struct
{
  WeakrefBlock *block; /* (owned): the life */
  WeakrefBlock
    *memory;          /* (owned) (nullable): of WEAKREF_PHASE_FINALIZE, if its death is expected */
  char *description;  /* (owned) (nullable): set if its death is expected */
  guint64 number;     /* (const): counts the lives in the order in which they became known */
  gint64 expected_at; /* microseconds, monotonic: since when the death is expected */
  gint64 count_at;    /* microseconds, monotonic: when a check first saw this count */
  GType type;
  guint count;      /* the reference count at the last check, or 0 */
  gboolean tracked; /* the type is tracked */
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

/* holders.c: what may hold an object */
typedef struct
{
  GPtrArray *paths;    /* of char *: the shortest paths from a root, as text */
  guint n_explained;   /* how many of the references were found */
  gboolean is_reached; /* it is a root, or an object that is reached may hold it */
} WeakrefHolders;

void weakref_holders_add_root (gpointer object);
GHashTable *weakref_holders_find (GPtrArray *objects, gboolean *complete);

/* report.c: the report on an object */
char *weakref_report_label (gpointer object);
GVariant *weakref_report_object (WeakrefKnown *known,
                                 gpointer object,
                                 guint own,
                                 const WeakrefHolders *holders);
char *weakref_report_to_text (GVariant *report);

/* radar.c */
GVariant *weakref_radar_inspect_for (gpointer object, guint own);

/* tracking.c: makes all objects of a type known, from their construction on */
void weakref_tracking_add (const char *type_name);

G_END_DECLS
