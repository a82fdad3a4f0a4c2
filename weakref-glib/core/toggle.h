/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/list.h>

G_BEGIN_DECLS

/* A hold keeps an object alive, and knows whether somebody else has a reference to it. All holds on
 * one object share one toggle reference, because with two of them neither is notified. */

typedef struct _WeakrefToggle WeakrefToggle;
typedef struct _WeakrefHold WeakrefHold;

typedef struct
{
  /* The hold has begun. Returns whether it may stay. */
  gboolean (*admit_locked) (WeakrefHold *hold);
  /* The result of weakref_hold_is_used_locked() or of weakref_hold_is_alone_locked() may have
   * changed. This function may release this hold and others. */
  void (*changed_locked) (WeakrefHold *hold);
  /* The hold was released or not admitted, and its object may have died of that. This function
   * frees the hold. It runs outside every lock. */
  void (*released) (WeakrefHold *hold);
} WeakrefHoldFuncs;

/* This is embedded in a structure that keeps an object alive. After weakref_hold_start(),
 * released() runs exactly once. */
struct _WeakrefHold
{
  WeakrefNode node; /* toggle lock: in the list of the toggle, then in that of the released holds */
  const WeakrefHoldFuncs *funcs;
  gconstpointer life;    /* (const): the block of the life in which it began */
  WeakrefToggle *toggle; /* toggle lock; after the release: NULL, or (owned) by the last hold */
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
