/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Knows who waits for whom, in all tables together. So it can refuse to wait where the wait would
 * never end. */

typedef struct _WeakrefMaking WeakrefMaking;
typedef struct _WeakrefAsking WeakrefAsking;
typedef struct _WeakrefFrame WeakrefFrame;

/* Something that is being made. This is embedded in a flight. */
struct _WeakrefMaking
{
  GMainContext *context; /* (owned) (nullable) (const): it has to run, or the making never ends */
  GThread *thread;       /* (unowned) (nullable) (const): the one that started it in that context */
  GQueue asked;          /* waiting lock: what it has asked for and has not got yet */
  gboolean over;         /* waiting lock: it has ended */
  guint64 seen;          /* waiting lock: the number of the last search that has found it */
  WeakrefMaking *to_look; /* waiting lock: the next one that this search has to look at */
};

/* A request for something that is being made, which does not block a thread. This is embedded in a
 * waiter. */
struct _WeakrefAsking
{
  WeakrefMaking *what;  /* waiting lock: (unowned) (nullable): what it waits for */
  WeakrefMaking *asker; /* (unowned) (nullable) (const): the making that the request is part of */
  GList link;           /* waiting lock: in the queue of the asker */
};

/* It is on the stack of a thread while that thread is making something. */
struct _WeakrefFrame
{
  WeakrefFrame *outer;
  WeakrefMaking *making; /* (unowned) */
  gint depth;            /* the value of g_main_depth() */
};

void weakref_frame_enter (WeakrefFrame *frame, WeakrefMaking *making);
void weakref_frame_leave (WeakrefFrame *frame);
WeakrefMaking *weakref_frame_get_making (void);

gboolean weakref_waiting_begin (WeakrefMaking *what, GError **error);
void weakref_waiting_end (void);

gboolean weakref_asking_begin (WeakrefAsking *asking, WeakrefMaking *what, GError **error);
void weakref_asking_end (WeakrefAsking *asking);
void weakref_making_end (WeakrefMaking *making);

G_END_DECLS
