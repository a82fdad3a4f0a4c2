/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-types.h>

G_DEFINE_ENUM_TYPE (WeakrefPhase,
                    weakref_phase,
                    G_DEFINE_ENUM_VALUE (WEAKREF_PHASE_DISPOSE, "dispose"),
                    G_DEFINE_ENUM_VALUE (WEAKREF_PHASE_FINALIZE, "finalize"))
