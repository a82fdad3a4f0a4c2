/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

void     weakref_gil_find      (void);
gboolean weakref_gil_is_needed (void);
gboolean weakref_gil_take      (gint *state);
void     weakref_gil_give_back (gint  state);

G_END_DECLS
