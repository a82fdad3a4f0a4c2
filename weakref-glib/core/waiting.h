/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Who waits for whom, over all tables, so that nobody begins to wait for ever. */

typedef struct _WeakrefFlight WeakrefFlight; /* only ever compared here */

/* That the calling thread is in the middle of making something. On its stack. */
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
