/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#if !defined(WEAKREF_INSIDE) && !defined(WEAKREF_COMPILATION)
#error "Only <weakref-glib/weakref-glib.h> can be included directly."
#endif

#include <glib-object.h>
#include <weakref-glib/weakref-macros.h>
#include <weakref-glib/weakref-types.h>

G_BEGIN_DECLS

/**
 * WeakrefLife: (skip)
 *
 * An interest in one life of an object, for those who write a binding.
 *
 * It is the part of a [class@Weakref.Ref] that waits for the end of the life, without a #GObject
 * around it. A language has objects of its own, and needs only to know when a life ends. Use
 * [class@Weakref.Ref] for everything else.
 *
 * Since: 1.0
 */
typedef struct _WeakrefLife WeakrefLife;

/**
 * WeakrefLifeFunc: (skip)
 * @life: the life that has ended
 * @user_data: the data that was given with the function
 *
 * A function that is called once when a life has ended, in the thread that ended it.
 *
 * The memory of the object is still there, but nothing gives the object any more.
 *
 * Since: 1.0
 */
typedef void (*WeakrefLifeFunc) (WeakrefLife *life, gpointer user_data);

WEAKREF_AVAILABLE_IN_1_0
WeakrefLife *
weakref_life_new (gpointer target, WeakrefPhase phase, WeakrefLifeFunc ended, gpointer user_data);

WEAKREF_AVAILABLE_IN_1_0
WeakrefLife *weakref_life_ref (WeakrefLife *self);

WEAKREF_AVAILABLE_IN_1_0
void weakref_life_unref (WeakrefLife *self);

WEAKREF_AVAILABLE_IN_1_0
gpointer weakref_life_dup_target (WeakrefLife *self);

WEAKREF_AVAILABLE_IN_1_0
gboolean weakref_life_has_ended (WeakrefLife *self);

G_END_DECLS
