/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-life.h>

#include <weakref-glib/core/block.h>

struct _WeakrefLife
{
  WeakrefWatch watch; /* the first: a watch is cast to its life */
  gint ref_count;     /* (atomic) one is the watch's, until the end is announced */
  WeakrefLifeFunc ended;
  gpointer user_data;
};

static void
life_announce_cb (WeakrefWatch *watch)
{
  WeakrefLife *self = (WeakrefLife *) watch;

  self->ended (self, self->user_data);
  weakref_life_unref (self);
}

static const WeakrefWatchFuncs life_funcs = { .name = "binding", .announce = life_announce_cb };

/**
 * weakref_life_new: (skip)
 * @target: (type GObject.Object) (not nullable): an object
 * @phase: the end that is waited for
 * @ended: is called when the life has ended
 * @user_data: data for @ended, which is not freed
 *
 * Takes an interest in the life that @target is in.
 *
 * The interest lasts until the life ends, whether anybody has the result or not: @ended is called
 * once, after all weak references and tables of this library have lost the object. With
 * %WEAKREF_PHASE_FINALIZE that is when the memory goes, and there is one such life only.
 *
 * You must hold a reference on @target during the call, which can be made from any thread.
 *
 * Returns: (transfer full): a new life; free it with weakref_life_unref()
 *
 * Since: 1.0
 */
WeakrefLife *
weakref_life_new (gpointer target, WeakrefPhase phase, WeakrefLifeFunc ended, gpointer user_data)
{
  WeakrefLife *self;

  g_return_val_if_fail (G_IS_OBJECT (target), NULL);
  g_return_val_if_fail (weakref_is_held (target), NULL);
  g_return_val_if_fail (ended != NULL, NULL);

  self = g_new (WeakrefLife, 1);
  *self = (WeakrefLife) { .ref_count = 2, .ended = ended, .user_data = user_data };
  weakref_watch_start (&self->watch, &life_funcs, target, phase);

  return self;
}

/**
 * weakref_life_ref: (skip)
 * @self: a life
 *
 * Takes a reference on @self, not on its object.
 *
 * Returns: (transfer full): @self
 *
 * Since: 1.0
 */
WeakrefLife *
weakref_life_ref (WeakrefLife *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

/**
 * weakref_life_unref: (skip)
 * @self: (transfer full): a life
 *
 * Drops a reference on @self. This does not withdraw the interest.
 *
 * Since: 1.0
 */
void
weakref_life_unref (WeakrefLife *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  weakref_watch_clear (&self->watch);
  g_free (self);
}

/**
 * weakref_life_dup_target: (skip)
 * @self: a life
 *
 * Gives the object, if it is alive. It can be called from any thread.
 *
 * Returns: (transfer full) (type GObject.Object) (nullable): the object, or %NULL if the life has
 *   ended
 *
 * Since: 1.0
 */
gpointer
weakref_life_dup_target (WeakrefLife *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return weakref_block_dup_target (self->watch.block);
}

/**
 * weakref_life_has_ended: (skip)
 * @self: a life
 *
 * Tells whether the end was noticed, without asking for the object, and so at the cost of reading a
 * number.
 *
 * It is exact for who holds a reference on the object: then the life ends by a dispose that was
 * asked for. Who holds none gets %FALSE while the last dispose begins, and should use
 * weakref_life_dup_target().
 *
 * Returns: %TRUE if the life has ended
 *
 * Since: 1.0
 */
gboolean
weakref_life_has_ended (WeakrefLife *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return weakref_block_is_dead (self->watch.block);
}
