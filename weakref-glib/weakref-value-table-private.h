/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/weakref-value-table.h>

#include <weakref-glib/core/value-core.h>

G_BEGIN_DECLS

struct _WeakrefValueTable
{
  GObject parent_instance;

  /* (owned): a subclass may make its own core in its instance initializer; otherwise it gets a
   * plain one */
  WeakrefValueCore *core;
};

struct _WeakrefValueTableClass
{
  GObjectClass parent_class;
};

G_END_DECLS
