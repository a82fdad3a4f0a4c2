/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the tests of key tables share. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

G_BEGIN_DECLS

static inline void
log_free (gpointer value)
{
  test_log ("free:%s", (const char *) value);
}

G_END_DECLS
