/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEAKREF_INSIDE) && !defined(WEAKREF_COMPILATION)
#error "Only <weakref-glib/weakref-glib.h> can be included directly."
#endif

#include <glib-object.h>
#include <weakref-glib/weakref-macros.h>

G_BEGIN_DECLS

WEAKREF_AVAILABLE_IN_1_0
void weakref_radar_start (void);
WEAKREF_AVAILABLE_IN_1_0
void weakref_radar_stop (void);
WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_radar_is_running (void);

WEAKREF_AVAILABLE_IN_1_0
void weakref_radar_expect_death (gpointer object, const char *description);
WEAKREF_AVAILABLE_IN_1_0
void weakref_radar_track_type (const char *type_name);
WEAKREF_AVAILABLE_IN_1_0
void weakref_radar_add_root (gpointer object);
WEAKREF_AVAILABLE_IN_1_0
void weakref_radar_set_check_delay (guint seconds);

WEAKREF_AVAILABLE_IN_1_0
GVariant *weakref_radar_check (void);
WEAKREF_AVAILABLE_IN_1_0
char *weakref_radar_check_text (void);
WEAKREF_AVAILABLE_IN_1_0
GVariant *weakref_radar_inspect (gpointer object);
WEAKREF_AVAILABLE_IN_1_0
char *weakref_radar_inspect_text (gpointer object);

WEAKREF_AVAILABLE_IN_1_0
void weakref_radar_mark (void);
WEAKREF_AVAILABLE_IN_1_0
GVariant *weakref_radar_dump (void);
WEAKREF_AVAILABLE_IN_1_0
char *weakref_radar_dump_text (void);
WEAKREF_AVAILABLE_IN_1_0
GPtrArray *weakref_radar_dup_targets (GType type);

/**
 * WeakrefRadarVerdict:
 * @WEAKREF_RADAR_VERDICT_DIES: the first object has died
 * @WEAKREF_RADAR_VERDICT_DIES_BEFORE: both have died, the first one first
 * @WEAKREF_RADAR_VERDICT_DIES_WITH: both have died
 *
 * What `weakref_radar_end_trial()` checks.
 *
 * Since: 1.0
 */
typedef enum
{
  WEAKREF_RADAR_VERDICT_DIES,
  WEAKREF_RADAR_VERDICT_DIES_BEFORE,
  WEAKREF_RADAR_VERDICT_DIES_WITH
} WeakrefRadarVerdict;

#define WEAKREF_TYPE_RADAR_VERDICT (weakref_radar_verdict_get_type ())

WEAKREF_AVAILABLE_IN_1_0
GType weakref_radar_verdict_get_type (void) G_GNUC_CONST;

/**
 * WeakrefRadarTrial: (skip)
 *
 * Objects that have to die between `weakref_radar_begin_trial()` and `weakref_radar_end_trial()`.
 *
 * Since: 1.0
 */
typedef struct _WeakrefRadarTrial WeakrefRadarTrial;

WEAKREF_AVAILABLE_IN_1_0
WeakrefRadarTrial *weakref_radar_begin_trial (gpointer first, gpointer second);
WEAKREF_AVAILABLE_IN_1_0
char *weakref_radar_end_trial (WeakrefRadarTrial *trial, WeakrefRadarVerdict verdict);

/**
 * weakref_radar_assert_dies:
 * @object: (type GObject.Object): an object
 * @...: statements which drop it
 *
 * Runs the statements, then dispatches the ready sources of the thread's main context. If @object
 * is still alive then, it fails like g_assert_true(). The message is that of
 * [func@Weakref.radar_inspect_text], which tells what may hold the object.
 *
 * ```c
 * weakref_radar_assert_dies (page, gtk_stack_remove (stack, page));
 * ```
 *
 * Since: 1.0
 */
#define weakref_radar_assert_dies(object, ...)                                                     \
  WEAKREF_RADAR_ASSERT (object, NULL, WEAKREF_RADAR_VERDICT_DIES, __VA_ARGS__)

/**
 * weakref_radar_assert_dies_before:
 * @a: (type GObject.Object): the object that has to die first
 * @b: (type GObject.Object): the other object
 * @...: statements which drop both
 *
 * Like `weakref_radar_assert_dies()`, for two objects. Both have to be dead, and @a has to die
 * before @b.
 *
 * Since: 1.0
 */
#define weakref_radar_assert_dies_before(a, b, ...)                                                \
  WEAKREF_RADAR_ASSERT (a, b, WEAKREF_RADAR_VERDICT_DIES_BEFORE, __VA_ARGS__)

/**
 * weakref_radar_assert_dies_with:
 * @child: (type GObject.Object): the object that has to die too
 * @parent: (type GObject.Object): the object that is dropped
 * @...: statements which drop @parent
 *
 * Like `weakref_radar_assert_dies()`, for two objects. Both have to be dead, and may die in any
 * order.
 *
 * Since: 1.0
 */
#define weakref_radar_assert_dies_with(child, parent, ...)                                         \
  WEAKREF_RADAR_ASSERT (child, parent, WEAKREF_RADAR_VERDICT_DIES_WITH, __VA_ARGS__)

#ifndef __GI_SCANNER__
#define WEAKREF_RADAR_ASSERT(first, second, verdict, ...)                                          \
  G_STMT_START                                                                                     \
  {                                                                                                \
    WeakrefRadarTrial *weakref_radar_trial = weakref_radar_begin_trial (first, second);            \
    char *weakref_radar_message;                                                                   \
                                                                                                   \
    __VA_ARGS__;                                                                                   \
    weakref_radar_message = weakref_radar_end_trial (weakref_radar_trial, verdict);                \
    if (weakref_radar_message != NULL)                                                             \
      g_assertion_message (G_LOG_DOMAIN, __FILE__, __LINE__, G_STRFUNC, weakref_radar_message);    \
    g_free (weakref_radar_message);                                                                \
  }                                                                                                \
  G_STMT_END
#endif

G_END_DECLS
