/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include "probe.h"

G_BEGIN_DECLS

/* A probe with a bit of everything that a proxy has to show.
 *
 * Properties: number (int 1…100, 7 by default), text, mode (GBindingFlags), boxed (GStrv),
 * friend (object), quiet (int, never notified), birth (int, construct-only), secret (string,
 * write-only); topic (string) comes from the interface.
 *
 * Signals: said (string; detailed, logs "default:…" last), again (does not recurse), sum (int →
 * int), first (→ int, the first answer wins; detailed), unhooked (the same, but takes no emission
 * hooks), handled (→ boolean, the first TRUE wins), agreed (→ boolean, the first FALSE wins),
 * topic-seen (of the interface). */

#define TEST_TYPE_TOPICAL (test_topical_get_type ())
G_DECLARE_INTERFACE (TestTopical, test_topical, TEST, TOPICAL, GObject)

struct _TestTopicalInterface
{
  GTypeInterface parent_iface;
};

#define TEST_TYPE_SUBJECT (test_subject_get_type ())
G_DECLARE_DERIVABLE_TYPE (TestSubject, test_subject, TEST, SUBJECT, TestProbe)

struct _TestSubjectClass
{
  TestProbeClass parent_class;
};

TestSubject *test_subject_new (const char *name);

G_END_DECLS
