/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who waits for whom, over all tables, so that nobody begins to wait for ever. */

typedef struct _WeakrefMaking WeakrefMaking;
typedef struct _WeakrefAsking WeakrefAsking;
typedef struct _WeakrefFrame WeakrefFrame;

/* That something is made. To be embedded in what keeps the account of it. */
struct _WeakrefMaking
{
  GMainContext *context;  /* (owned) (nullable) (const): without which it does not end */
  GThread *thread;        /* (unowned) (nullable) (const): who started it in that context */
  GQueue asked;           /* waiting lock: what it has asked for, and not been given yet */
  gboolean over;          /* waiting lock */
  guint64 seen;           /* waiting lock */
  WeakrefMaking *to_look; /* waiting lock */
};

/* That somebody waits for something, without blocking a thread. To be embedded. */
struct _WeakrefAsking
{
  WeakrefMaking *what;  /* waiting lock: (unowned) (nullable) */
  WeakrefMaking *asker; /* (unowned) (nullable) (const): what it is asked for */
  GList link;           /* waiting lock: among what the asker has asked for */
};

/* That the calling thread is in the middle of making something. On its stack. */
struct _WeakrefFrame
{
  WeakrefFrame *outer;
  WeakrefMaking *making; /* (unowned) */
  gint depth;            /* of the main loop's dispatches */
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
