/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#define WEAKREF_INSIDE

#include <weakref-glib/weakref-macros.h>
#include <weakref-glib/weakref-version.h>
#include <weakref-glib/weakref-error.h>
#include <weakref-glib/weakref-types.h>

/* Knowing an object without owning it */
#include <weakref-glib/weakref-ref.h>

/* What references of a language are made of */
#include <weakref-glib/weakref-life.h>

/* Standing in for an object without owning it */
#include <weakref-glib/weakref-proxy.h>

/* Cleaning up after an object */
#include <weakref-glib/weakref-finalizer.h>

/* Several objects with one end */
#include <weakref-glib/weakref-tie.h>

/* What lasts as long as objects do: handlers, operations; and their deaths to wait for */
#include <weakref-glib/weakref-signal.h>
#include <weakref-glib/weakref-cancellable.h>
#include <weakref-glib/weakref-wait.h>

/* Objects by number */
#include <weakref-glib/weakref-id.h>

/* Collections that don't own their objects */
#include <weakref-glib/weakref-key-type.h>
#include <weakref-glib/weakref-value-table.h>
#include <weakref-glib/weakref-reservation.h>
#include <weakref-glib/weakref-key-table.h>
#include <weakref-glib/weakref-set.h>

/* Keeping for a while what nobody uses */
#include <weakref-glib/weakref-cache.h>

/* Sharing a life */
#include <weakref-glib/weakref-bond.h>

/* Seeing what lives, and finding what leaks */
#include <weakref-glib/weakref-radar.h>

#undef WEAKREF_INSIDE
