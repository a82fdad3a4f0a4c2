/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/watches.h>

/* There is no lock here. The thread that sets `ended` ends the watches: that of a death, or that of
 * weakref_watches_stop(). It stops the watches that have not announced a death. The others drop
 * their own references.
 *
 * Another thread may dispose one of the objects while the watches are being started. It sees that
 * `started` is not set, and does nothing. The thread that starts the watches ends them then. */

typedef struct
{
  WeakrefWatch watch;    /* the first field; while active it has a reference on the whole */
  WeakrefWatches *whole; /* (unowned) (const) */
  WeakrefBlock *life;    /* (owned) (nullable) (const): if the watch waits until it is finalized */
} OneWatch;

struct _WeakrefWatches
{
  gatomicrefcount ref_count;
  gint started; /* (atomic): all watches are active */
  gint ended;   /* (atomic) */
  const WeakrefWatchesFuncs *funcs;
  gpointer data;   /* (owned): until the end */
  gsize n_targets; /* (const) */
  OneWatch watches[];
};

static WeakrefWatches *
watches_ref (WeakrefWatches *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
weakref_watches_unref (WeakrefWatches *self)
{
  gsize i;

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  for (i = 0; i < self->n_targets; i++)
    {
      weakref_watch_clear (&self->watches[i].watch);
      g_clear_pointer (&self->watches[i].life, weakref_block_unref);
    }
  g_free (self);
}

/* Ends the watches. Returns TRUE to exactly one caller, which then has to free the data. */
static gboolean
watches_end (WeakrefWatches *self)
{
  gsize i;

  if (!g_atomic_int_compare_and_exchange (&self->ended, FALSE, TRUE))
    return FALSE;

  for (i = 0; i < self->n_targets; i++)
    {
      if (weakref_watch_stop (&self->watches[i].watch))
        weakref_watches_unref (self);
    }

  return TRUE;
}

/* The caller has a reference. */
static void
watches_free_data (WeakrefWatches *self)
{
  gpointer data = g_steal_pointer (&self->data);

  if (self->funcs->free_data != NULL)
    self->funcs->free_data (data);
}

static void
watches_die (WeakrefWatches *self)
{
  if (!watches_end (self))
    return;

  self->funcs->died (self, self->data);
  watches_free_data (self);
}

static void
one_announce_cb (WeakrefWatch *watch, gpointer target)
{
  WeakrefWatches *self = ((OneWatch *) watch)->whole;

  if (g_atomic_int_get (&self->started))
    watches_die (self);
  weakref_watches_unref (self);
}

static const char *
one_describe (const WeakrefWatch *watch)
{
  return ((const OneWatch *) watch)->whole->funcs->name;
}

static const WeakrefWatchFuncs one_funcs = {
  .announce = one_announce_cb,
  .describe = one_describe,
};

WeakrefWatches *
weakref_watches_new (const WeakrefWatchesFuncs *funcs, gsize n_targets)
{
  WeakrefWatches *self = g_malloc0 (sizeof *self + n_targets * sizeof (OneWatch));

  g_atomic_ref_count_init (&self->ref_count);
  self->funcs = funcs;
  self->n_targets = n_targets;

  return self;
}

/* To be called once. The caller holds the objects. Takes over @data. An object may be disposed in
 * the meantime: then died() is called and @data is freed before this returns. */
void
weakref_watches_start (WeakrefWatches *self,
                       gpointer const *targets,
                       WeakrefPhase phase,
                       gpointer data)
{
  gboolean dead = FALSE;
  gsize i;

  self->data = data;
  for (i = 0; i < self->n_targets; i++)
    {
      OneWatch *one = &self->watches[i];

      one->whole = watches_ref (self);
      if (phase == WEAKREF_PHASE_FINALIZE)
        one->life = weakref_block_get (targets[i], WEAKREF_PHASE_DISPOSE);
      weakref_watch_start (&one->watch, &one_funcs, targets[i], phase);
    }

  /* A block is marked dead before its watches announce. So either the announcement sees that we
   * have started, or we see the death here. */
  g_atomic_int_set (&self->started, TRUE);
  for (i = 0; i < self->n_targets && !dead; i++)
    dead = weakref_block_is_dead (weakref_watch_get_block (&self->watches[i].watch));
  if (dead)
    watches_die (self);
}

/* Ends the watches, and frees the data. Returns FALSE if a death or another call was first. */
gboolean
weakref_watches_stop (WeakrefWatches *self)
{
  if (!watches_end (self))
    return FALSE;

  watches_free_data (self);

  return TRUE;
}

gboolean
weakref_watches_have_ended (WeakrefWatches *self)
{
  return g_atomic_int_get (&self->ended);
}

gsize
weakref_watches_get_n_targets (WeakrefWatches *self)
{
  return self->n_targets;
}

/* Returns a new reference to one of the objects, or NULL if it is dead. It can be called after the
 * end, too. */
gpointer
weakref_watches_dup_target (WeakrefWatches *self, gsize i)
{
  OneWatch *one = &self->watches[i];

  return weakref_block_dup_target (one->life != NULL ? one->life
                                                     : weakref_watch_get_block (&one->watch));
}

/* Returns whether the arguments of a function are good: there is at least one object, and somebody
 * holds each of them. */
gboolean
weakref_are_objects (gpointer const *targets, gsize n_targets)
{
  gsize i;

  for (i = 0; i < n_targets; i++)
    {
      if (!G_IS_OBJECT (targets[i]) || !weakref_is_held (targets[i]))
        return FALSE;
    }

  return n_targets > 0;
}
