/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the tests of references share. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

G_BEGIN_DECLS

static inline void
log_cb (WeakrefRef *ref, gpointer user_data)
{
  gpointer target = weakref_ref_get (ref);

  test_log ("%s%s", (const char *) user_data, target == NULL ? "" : "!alive");
  g_clear_object (&target);
}

static inline void
freed_cb (gpointer user_data)
{
  test_log ("free:%s", (const char *) user_data);
}

static inline WeakrefRef *
logging_ref (gpointer target, const char *name)
{
  return weakref_ref_new_full (target, NULL, log_cb, (gpointer) name, freed_cb);
}

static inline void
logged_freed_cb (gpointer user_data)
{
  test_log ("freed");
}

static inline void
notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  test_log ("notify:%s%s", (const char *) user_data,
            weakref_ref_is_alive (WEAKREF_REF (object)) ? "!alive" : "");
}

G_END_DECLS
