/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-life.h>

#include <weakref-glib/core/block.h>

struct _WeakrefLife
{
  WeakrefWatch watch; /* the first field, because a watch is cast to its life */
  gint ref_count;     /* (atomic): the watch has a reference until it has announced */
  WeakrefLifeFunc ended;
  gpointer user_data;
};

static void
life_announce_cb (WeakrefWatch *watch, gpointer target)
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
 * The interest lasts until the life ends, even if nobody keeps the result. Then @ended is called
 * once. At that moment no weak reference and no table of this library gives the object any more.
 * With %WEAKREF_PHASE_FINALIZE the life ends when the memory is freed. An object has only one such
 * life.
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
 * Drops a reference on @self. The function is called at the end of the life all the same.
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

  return weakref_block_dup_target (weakref_watch_get_block (&self->watch));
}

/**
 * weakref_life_has_ended: (skip)
 * @self: a life
 *
 * Tells whether the library has noticed the end of the life. It only reads a number, and does not
 * ask for the object.
 *
 * The answer is right if you hold a reference on the object: then only
 * [method@GObject.Object.run_dispose] can end the life. Without a reference, you still get %FALSE
 * when the last dispose has just begun. Use weakref_life_dup_target() then.
 *
 * Returns: %TRUE if the life has ended
 *
 * Since: 1.0
 */
gboolean
weakref_life_has_ended (WeakrefLife *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return weakref_block_is_dead (weakref_watch_get_block (&self->watch));
}
