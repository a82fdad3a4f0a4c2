/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* What the tests of bonds share. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

G_BEGIN_DECLS

/* Bonds the two, and drops the handle. */
static inline void
bond (gpointer owner, gpointer owned)
{
  GError *error = NULL;
  WeakrefBond *self = weakref_bond_new (owner, owned, &error);

  g_assert_no_error (error);
  g_assert_true (weakref_bond_is_alive (self));
  g_object_unref (self);
}

#define assert_refers(ref, target) assert_returns (weakref_ref_get (ref), target)

static inline void
log_notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  gboolean alive;

  g_object_get (object, "alive", &alive, NULL);
  test_log ("%s%s", (const char *) user_data, alive ? "!alive" : "");
}

G_END_DECLS
