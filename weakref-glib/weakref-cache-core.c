/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-cache-private.h>

#include <weakref-glib/core/compat.h>
#include <weakref-glib/core/toggle.h>

/* The objects that a cache keeps: which are in use, which are idle, and which are evicted.
 *
 * An entry that is tracked has a hold on its object, and the hold is in one of two queues. One
 * queue is for the objects in use. The other is for the *spare* ones, which are evicted if there
 * are too many.
 *
 *   state      somebody else has the object    queue    counts as  its place when it becomes idle
 *   IN_USE     yes                             in use   in use     the end of the spare queue
 *   IDLE       no                              spare    idle
 *   LOOKED_AT  only a loop over all objects    spare    in use     the same place
 *   SILENCED   it can't be known, see below    spare    in use     the end of the spare queue
 *
 * In the spare queue, the object that was used last is at the end, and the first one is evicted
 * first. A loop over all objects is not a use: an idle object that only such a loop has keeps its
 * place. If it comes to be evicted during the loop, it counts as in use instead. So a program that
 * shows what is in the cache does not change the order.
 *
 * An object on which a language has a toggle reference of its own is *silenced*: it looks in use
 * for ever. The language may add its toggle reference at any time, and nobody is notified of that.
 * So some objects are examined when an entry is tracked, and when the source is woken: those that
 * have been in use for longest, and only as many as could be more than the cache may keep. An
 * object that turns out to be silenced becomes spare, as if it had been used just now. If it really
 * is in use when it is evicted, nothing is lost: the entry stays in the table, is found there, and
 * is tracked again then.
 *
 * LOCKING. The toggle lock guards the fields that say so. The table's lock is never held at the
 * same time. */

/* When many examined objects were really in use, one after the other, fewer are examined: after n
 * of them, one for each n / 2 objects that are entered. This is the highest n. */
#define MAX_IN_A_ROW 16

typedef enum
{
  KEPT_IN_USE,
  KEPT_IDLE,
  KEPT_LOOKED_AT,
  KEPT_SILENCED
} KeptState;

/* The hold of a cache on an object. */
typedef struct
{
  WeakrefHold base;
  WeakrefValueEntry *entry; /* (owned) */
  GList link;               /* toggle lock: in one of the two queues */
  KeptState state;          /* toggle lock */
  gint64 since; /* toggle lock: when it became spare, or was last used while it was spare */
} Kept;

/* What is kept with each entry. */
typedef struct
{
  Kept *kept;        /* (atomic): written under the toggle lock; NULL if it is not tracked */
  gboolean is_spare; /* (atomic): written under the toggle lock; then a use has work to do */
  gboolean gone;     /* toggle lock: the entry has left, and can't be tracked any more */
} Extra;

static WeakrefCacheCore *
entry_get_core (WeakrefValueEntry *entry)
{
  return (WeakrefCacheCore *) entry->base.table;
}

/* Something has changed that may have to be notified, or the source may have to wait for another
 * time. A source may be woken under the lock, because that runs nothing foreign. */
static void
core_changed_locked (WeakrefCacheCore *core)
{
  if (!core->changed)
    {
      core->changed = TRUE;
      g_source_set_ready_time (core->source, 0);
    }
}

/* Links @kept at the end of its queue, or unlinks it. */
static void
kept_link_locked (Kept *kept, gboolean in)
{
  WeakrefCacheCore *core = entry_get_core (kept->entry);
  GQueue *queue = kept->state == KEPT_IN_USE ? &core->in_use : &core->spare;

  if (in)
    g_queue_push_tail_link (queue, &kept->link);
  else
    g_queue_unlink (queue, &kept->link);
  if (kept->state == KEPT_IDLE)
    core->n_idle += in ? 1 : -1;
}

/* Gives @kept the state @state, and moves it to the end of the queue of that state. */
static void
kept_move_locked (Kept *kept, KeptState state)
{
  Extra *extra = weakref_value_entry_get_extra (kept->entry);

  /* If the state stays, the next eviction is only later than the source expects, and it need not be
   * woken. */
  if (kept->state != state)
    core_changed_locked (entry_get_core (kept->entry));

  kept_link_locked (kept, FALSE);
  kept->state = state;
  kept_link_locked (kept, TRUE);
  if (state != KEPT_IN_USE)
    kept->since = g_get_monotonic_time ();
  g_atomic_int_set (&extra->is_spare, state != KEPT_IN_USE);
}

static void
kept_release_locked (Kept *kept)
{
  WeakrefCacheCore *core = entry_get_core (kept->entry);
  Extra *extra = weakref_value_entry_get_extra (kept->entry);

  kept_link_locked (kept, FALSE);
  g_atomic_int_add (&core->n_tracked, -1);
  g_atomic_int_set (&extra->is_spare, FALSE);
  g_atomic_pointer_set (&extra->kept, NULL);
  core_changed_locked (core);
  weakref_hold_release_locked (&kept->base);
}

/* Evicts a spare object. It may turn out to be in use: a loop over all objects has it, or a thread
 * has just taken it and waits for the lock to notify us. Then it is not evicted, and is no longer
 * spare. */
static void
kept_evict_locked (Kept *kept)
{
  Extra *extra = weakref_value_entry_get_extra (kept->entry);

  if (kept->state != KEPT_SILENCED)
    {
      gboolean in_use = weakref_hold_refresh_locked (&kept->base);

      /* If that was news, all holds on the object were told. If this cache has the object under
       * another key, too, that entry has become idle, and may have evicted this one, which is the
       * first of the queue. An entry of another cache may have done the same by way of another
       * object. */
      if (extra->kept != kept)
        return;
      if (in_use)
        {
          if (kept->state != KEPT_IN_USE)
            kept_move_locked (kept, KEPT_IN_USE);
          return;
        }
      entry_get_core (kept->entry)->n_evictions++;
    }
  kept_release_locked (kept);
}

/* Evicts until at most @n objects are spare. */
static void
core_shrink_locked (WeakrefCacheCore *core, guint n)
{
  while (core->spare.length > n)
    kept_evict_locked (g_queue_peek_head (&core->spare));
}

static gint64
kept_get_end_locked (Kept *kept)
{
  return kept->since + entry_get_core (kept->entry)->max_idle_seconds * G_TIME_SPAN_SECOND;
}

/* Evicts what has been spare for too long. Returns the time at which the next object will have
 * been, or -1 if there is none. */
gint64
weakref_cache_core_expire_locked (WeakrefCacheCore *core)
{
  gint64 now = g_get_monotonic_time ();

  while (core->max_idle_seconds > 0 && core->spare.length > 0)
    {
      Kept *oldest = g_queue_peek_head (&core->spare);
      gint64 end = kept_get_end_locked (oldest);

      if (end > now)
        return end;
      kept_evict_locked (oldest);
    }

  return -1;
}

/* Releases objects in use until at most @n of them are tracked. */
static void
core_release_in_use_locked (WeakrefCacheCore *core, guint n)
{
  while (core->in_use.length > n)
    kept_release_locked (g_queue_peek_head (&core->in_use));
}

/* Examines the object that has been in use for longest, and moves it to the spare queue if it is
 * silenced. Returns whether it is in use, as far as that can be known. */
static gboolean
core_examine_oldest (WeakrefCacheCore *core)
{
  WeakrefValueEntry *entry = NULL;
  gboolean in_use = TRUE;
  gpointer object;
  Kept *kept;

  weakref_toggle_lock ();
  kept = g_queue_peek_head (&core->in_use);
  if (kept != NULL)
    {
      g_queue_unlink (&core->in_use, &kept->link);
      g_queue_push_tail_link (&core->in_use, &kept->link);
      entry = weakref_entry_ref (kept->entry);
    }
  weakref_toggle_unlock ();

  if (entry == NULL)
    return TRUE;

  object = weakref_block_dup_target (weakref_watch_get_block (&entry->base.watch));
  if (object != NULL)
    {
      Extra *extra = weakref_value_entry_get_extra (entry);

      weakref_toggle_lock ();
      kept = extra->kept;
      if (kept != NULL && kept->state == KEPT_IN_USE &&
          weakref_hold_is_silenced_locked (&kept->base))
        {
          in_use = FALSE;
          kept_move_locked (kept, KEPT_SILENCED);
        }
      core->n_in_use_in_a_row = in_use ? MIN (core->n_in_use_in_a_row + 1, MAX_IN_A_ROW) : 0;
      weakref_toggle_unlock ();
      g_object_unref (object);
    }
  weakref_entry_unref (entry);

  return in_use;
}

/* Examines objects that look in use. Stops when those that may be unused, which are the unexamined
 * and the spare ones, are at most max-idle together; or when @n examined objects were really in
 * use. The @n_sure objects that were entered last are known to be in use. */
void
weakref_cache_core_examine (WeakrefCacheCore *core, guint n, guint n_sure)
{
  while (n > 0)
    {
      gboolean enough;

      weakref_toggle_lock ();
      core_shrink_locked (core, core->max_idle);
      enough = core->in_use.length <= n_sure ||
               (guint64) core->in_use.length - n_sure + core->spare.length <= core->max_idle;
      weakref_toggle_unlock ();
      if (enough)
        return;

      if (core_examine_oldest (core))
        n--;
    }
}

/* To be called when somebody has entered an object, or found one that was not tracked. If several
 * objects in a row were really in use, it is not worth the time to examine one in each call. */
static void
core_examine_for_entry (WeakrefCacheCore *core)
{
  gboolean is_due;

  weakref_toggle_lock ();
  is_due = ++core->n_not_examined > core->n_in_use_in_a_row / 2;
  if (is_due)
    core->n_not_examined = 0;
  weakref_toggle_unlock ();

  if (is_due)
    weakref_cache_core_examine (core, 1, 1);
}

/* Evicts until at most @n of the objects that are known to be spare are left. Then examines all
 * objects that look in use, and for each one that is silenced evicts again down to @n. */
void
weakref_cache_core_trim (WeakrefCacheCore *core, guint n)
{
  guint n_in_use;
  guint i;

  weakref_toggle_lock ();
  core_shrink_locked (core, n);
  n_in_use = core->in_use.length;
  weakref_toggle_unlock ();

  for (i = 0; i < n_in_use; i++)
    {
      if (!core_examine_oldest (core))
        {
          weakref_toggle_lock ();
          core_shrink_locked (core, n);
          weakref_toggle_unlock ();
        }
    }
}

static gboolean
kept_admit_locked (WeakrefHold *hold)
{
  Kept *kept = (Kept *) hold;
  WeakrefCacheCore *core = entry_get_core (kept->entry);
  Extra *extra = weakref_value_entry_get_extra (kept->entry);

  if (extra->gone || extra->kept != NULL || core->max_idle == 0 ||
      core->n_tracked >= core->max_tracked)
    return FALSE;

  g_atomic_pointer_set (&extra->kept, kept);
  g_atomic_int_inc (&core->n_tracked);
  kept->link.data = kept;
  kept_link_locked (kept, TRUE);
  core->tracked = TRUE;
  if (weakref_hold_began_silenced_locked (hold))
    kept_move_locked (kept, KEPT_SILENCED);

  return TRUE;
}

static void
kept_changed_locked (WeakrefHold *hold)
{
  Kept *kept = (Kept *) hold;
  WeakrefCacheCore *core = entry_get_core (kept->entry);

  if (weakref_hold_is_used_locked (hold))
    {
      if (kept->state == KEPT_IDLE)
        kept_move_locked (kept, KEPT_IN_USE);
    }
  else if (kept->state == KEPT_LOOKED_AT)
    {
      kept->state = KEPT_IDLE;
      core->n_idle++;
      core_changed_locked (core);
    }
  else if (kept->state != KEPT_IDLE)
    {
      kept_move_locked (kept, KEPT_IDLE);
      weakref_cache_core_expire_locked (core);
      core_shrink_locked (core, core->max_idle);
    }
}

static void
kept_released_cb (WeakrefHold *hold)
{
  Kept *kept = (Kept *) hold;

  weakref_entry_unref (kept->entry);
  g_free (kept);
}

static const WeakrefHoldFuncs kept_funcs = {
  kept_admit_locked,
  kept_changed_locked,
  kept_released_cb,
};

/* Evicts the object if it has been spare for too long. */
static void
entry_expire (WeakrefValueEntry *entry)
{
  Extra *extra = weakref_value_entry_get_extra (entry);

  if (!g_atomic_int_get (&extra->is_spare) ||
      g_atomic_int_get (&entry_get_core (entry)->max_idle_seconds) == 0)
    return;

  weakref_toggle_lock ();
  if (extra->is_spare && entry_get_core (entry)->max_idle_seconds > 0 &&
      kept_get_end_locked (extra->kept) <= g_get_monotonic_time ())
    kept_evict_locked (extra->kept);
  weakref_toggle_unlock ();
}

/* Somebody uses the object and has a reference on it. So it is in use from now on. If it is
 * silenced, it stays so, and was used just now. */
static void
entry_renew (WeakrefValueEntry *entry)
{
  Extra *extra = weakref_value_entry_get_extra (entry);

  weakref_toggle_lock ();
  if (extra->kept != NULL)
    {
      weakref_hold_refresh_locked (&extra->kept->base);
      kept_move_locked (extra->kept,
                        extra->kept->state == KEPT_SILENCED ? KEPT_SILENCED : KEPT_IN_USE);
    }
  weakref_toggle_unlock ();
}

/* Begins to track the object, if the limits allow that. */
static void
entry_track (WeakrefValueEntry *entry, gpointer object)
{
  WeakrefCacheCore *core = entry_get_core (entry);
  Kept *kept;

  if (g_atomic_int_get (&core->max_idle) == 0 ||
      (guint) g_atomic_int_get (&core->n_tracked) >= (guint) g_atomic_int_get (&core->max_tracked))
    return;

  kept = g_new0 (Kept, 1);
  kept->entry = weakref_entry_ref (entry);
  if (weakref_hold_start (&kept->base, &kept_funcs, weakref_watch_get_block (&entry->base.watch),
                          object))
    core_examine_for_entry (core);
}

static gpointer
entry_use_cb (WeakrefValueEntry *entry)
{
  Extra *extra = weakref_value_entry_get_extra (entry);
  gpointer object;

  entry_expire (entry);
  object = weakref_block_dup_target (weakref_watch_get_block (&entry->base.watch));
  if (object == NULL)
    return NULL;

  if (g_atomic_pointer_get (&extra->kept) == NULL)
    entry_track (entry, object);
  else if (g_atomic_int_get (&extra->is_spare))
    entry_renew (entry);

  return object;
}

static gpointer
entry_look_at_cb (WeakrefValueEntry *entry)
{
  Extra *extra = weakref_value_entry_get_extra (entry);

  entry_expire (entry);
  if (g_atomic_int_get (&extra->is_spare))
    {
      weakref_toggle_lock ();
      if (extra->kept != NULL && extra->kept->state == KEPT_IDLE)
        {
          extra->kept->state = KEPT_LOOKED_AT;
          entry_get_core (entry)->n_idle--;
          core_changed_locked (entry_get_core (entry));
        }
      weakref_toggle_unlock ();
    }

  return weakref_block_dup_target (weakref_watch_get_block (&entry->base.watch));
}

static gboolean
entry_is_alive_cb (WeakrefValueEntry *entry)
{
  Extra *extra = weakref_value_entry_get_extra (entry);

  entry_expire (entry);

  /* An object that is tracked has its memory, so it is enough to ask whether its life is over. */
  return g_atomic_pointer_get (&extra->kept) != NULL
           ? !weakref_block_is_dead (weakref_watch_get_block (&entry->base.watch))
           : weakref_block_is_alive (weakref_watch_get_block (&entry->base.watch));
}

static void
entry_entered_cb (WeakrefValueEntry *entry, gpointer object)
{
  WeakrefCacheCore *core = entry_get_core (entry);

  entry_track (entry, object);
  weakref_toggle_lock ();
  core_changed_locked (core);
  weakref_toggle_unlock ();
}

static void
entry_left_cb (WeakrefValueEntry *entry)
{
  Extra *extra = weakref_value_entry_get_extra (entry);

  weakref_toggle_lock ();
  extra->gone = TRUE;
  if (extra->kept != NULL)
    kept_release_locked (extra->kept);
  core_changed_locked (entry_get_core (entry));
  weakref_toggle_unlock ();
}

/* Counts how often an object was found, and how often not. */
static void
core_asked_cb (WeakrefValueCore *base, gboolean found)
{
  WeakrefCacheCore *core = (WeakrefCacheCore *) base;

  atomic_fetch_add_explicit (found ? &core->n_hits : &core->n_misses, 1, memory_order_relaxed);
}

static void
core_free_cb (WeakrefValueCore *base)
{
  WeakrefCacheCore *core = (WeakrefCacheCore *) base;

  g_weak_ref_clear (&core->cache);
  g_source_unref (core->source);
  g_main_context_unref (core->context);
}

const WeakrefValueFuncs weakref_cache_core_funcs = {
  .extra_size = sizeof (Extra),
  .asked = core_asked_cb,
  .use = entry_use_cb,
  .look_at = entry_look_at_cb,
  .is_alive = entry_is_alive_cb,
  .entered = entry_entered_cb,
  .left = entry_left_cb,
  .free_core = core_free_cb,
};

/* The functions that set a limit. Each returns whether the limit has changed. */

gboolean
weakref_cache_core_set_max_idle (WeakrefCacheCore *core, guint max_idle)
{
  gboolean changed;

  weakref_toggle_lock ();
  changed = core->max_idle != max_idle;
  g_atomic_int_set (&core->max_idle, max_idle);
  core_shrink_locked (core, max_idle);
  if (max_idle == 0)
    core_release_in_use_locked (core, 0);
  weakref_toggle_unlock ();

  return changed;
}

gboolean
weakref_cache_core_set_max_idle_seconds (WeakrefCacheCore *core, guint max_idle_seconds)
{
  gboolean changed;

  weakref_toggle_lock ();
  changed = core->max_idle_seconds != max_idle_seconds;
  g_atomic_int_set (&core->max_idle_seconds, max_idle_seconds);
  core_changed_locked (core);
  weakref_toggle_unlock ();

  return changed;
}

gboolean
weakref_cache_core_set_max_tracked (WeakrefCacheCore *core, guint max_tracked)
{
  gboolean changed;

  weakref_toggle_lock ();
  changed = core->max_tracked != max_tracked;
  g_atomic_int_set (&core->max_tracked, max_tracked);
  core_shrink_locked (core, max_tracked - MIN (max_tracked, core->in_use.length));
  /* What turned out to be in use, and was not evicted, is in use now. */
  core_release_in_use_locked (core, max_tracked - MIN (max_tracked, core->spare.length));
  weakref_toggle_unlock ();

  return changed;
}
