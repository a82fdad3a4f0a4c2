/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Which thread waits for which, over all tables, so that no thread begins to wait for ever. */

typedef struct _WeakrefFlight WeakrefFlight; /* only ever compared here */

/* One creation that the calling thread is in the middle of. It is on the stack of the thread. */
typedef struct _WeakrefFrame WeakrefFrame;

struct _WeakrefFrame
{
  WeakrefFrame *outer;
  WeakrefFlight *flight; /* (unowned) */
};

void weakref_frame_enter (WeakrefFrame *frame, WeakrefFlight *flight);
void weakref_frame_leave (WeakrefFrame *frame);

gboolean weakref_waiting_begin (WeakrefFlight *flight, GError **error);
void weakref_waiting_end (void);

G_END_DECLS
