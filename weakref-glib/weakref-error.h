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

/**
 * WeakrefError:
 * @WEAKREF_ERROR_DEAD: the target is dead: it was finalized or disposed
 * @WEAKREF_ERROR_KEY_TYPE: a key has a type or a value that the table does not take
 * @WEAKREF_ERROR_RECURSION: a creation asked for its own key, either itself or through other
 *   creations, so that they would wait for each other in a circle
 * @WEAKREF_ERROR_CREATE: a create function returned %NULL without an error, or something that is
 *   not a #GObject
 * @WEAKREF_ERROR_OWNED: the object already has an owner
 * @WEAKREF_ERROR_CYCLE: the owner is the object itself, or one that it owns
 * @WEAKREF_ERROR_PROPERTY: there is no such property, or it can't be read or written, or the
 *   value does not fit
 * @WEAKREF_ERROR_WOULD_BLOCK: the thread would wait for the creation of an object, and so block the
 *   main context that this creation needs
 *
 * What can go wrong.
 *
 * Since: 1.0
 */
typedef enum
{
  WEAKREF_ERROR_DEAD,
  WEAKREF_ERROR_KEY_TYPE,
  WEAKREF_ERROR_RECURSION,
  WEAKREF_ERROR_CREATE,
  WEAKREF_ERROR_OWNED,
  WEAKREF_ERROR_CYCLE,
  WEAKREF_ERROR_PROPERTY,
  WEAKREF_ERROR_WOULD_BLOCK
} WeakrefError;

/**
 * WEAKREF_ERROR:
 *
 * The error domain of the library; its codes are #WeakrefError.
 *
 * Since: 1.0
 */
#define WEAKREF_ERROR (weakref_error_quark ())

WEAKREF_AVAILABLE_IN_1_0
GQuark weakref_error_quark (void);

#define WEAKREF_TYPE_ERROR (weakref_error_get_type ())

WEAKREF_AVAILABLE_IN_1_0
GType weakref_error_get_type (void) G_GNUC_CONST;

G_END_DECLS
