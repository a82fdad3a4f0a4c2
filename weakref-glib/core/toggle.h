/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

/* A hold keeps an object alive, and knows whether somebody else has a reference to it. All holds on
 * one object share one toggle reference, because with two of them neither is notified. */

typedef struct _WeakrefToggle WeakrefToggle;
typedef struct _WeakrefHold WeakrefHold;

typedef struct
{
  /* The hold is there; whether it is to stay. */
  gboolean (*admit_locked) (WeakrefHold *hold);
  /* Something changed: look at weakref_hold_is_used_locked() and weakref_hold_is_alone_locked()
   * again. It may release this hold and others. */
  void (*changed_locked) (WeakrefHold *hold);
  /* The hold was released or not admitted, and the object may have died because of that. Frees the
   * hold. Outside every lock. */
  void (*released) (WeakrefHold *hold);
} WeakrefHoldFuncs;

/* This is embedded in a structure that keeps an object alive. After weakref_hold_start(),
 * released() runs exactly once. */
struct _WeakrefHold
{
  const WeakrefHoldFuncs *funcs;
  gconstpointer life;    /* (const): the block of the life in which it began */
  WeakrefToggle *toggle; /* toggle lock; when released, (owned) if it was the last hold */
  WeakrefHold *next;     /* toggle lock: of the same toggle; or released after this one */
  WeakrefHold **link;    /* toggle lock: what points at this hold */
};

void weakref_toggle_lock (void);
void weakref_toggle_unlock (void);

gboolean weakref_toggle_is_foreign (gpointer object);

gboolean weakref_hold_start (WeakrefHold *hold,
                             const WeakrefHoldFuncs *funcs,
                             gconstpointer life,
                             gpointer object);
void weakref_hold_release_locked (WeakrefHold *hold);
WeakrefHold *
weakref_hold_find_locked (gconstpointer object, gconstpointer life, const WeakrefHoldFuncs *funcs);
gboolean weakref_hold_refresh_locked (WeakrefHold *hold);
gboolean weakref_hold_is_used_locked (WeakrefHold *hold);
gboolean weakref_hold_is_alone_locked (WeakrefHold *hold);
gboolean weakref_hold_began_silenced_locked (WeakrefHold *hold);
gboolean weakref_hold_is_silenced_locked (WeakrefHold *hold);

G_END_DECLS
