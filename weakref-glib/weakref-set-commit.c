/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-set-private.h>

#include <weakref-glib/core/compat.h>

/* When the list of a set follows its members, and how it announces that: see weakref-set-list.c.
 *
 * LOCKING. The table's lock guards the list. It is not held while a step is announced. It need not
 * be: one thread commits at a time, and what others change meanwhile is not shown yet. Two locks of
 * GLib are taken under it: that of the context, to attach a source or to set its time, and that of
 * signals, to ask whether there are handlers. GLib calls nobody under them. */

/* Before events, layout and drawing, whatever their priorities; with events; and after all of them.
 *
 * While a loop has something to do that comes before events, it does not even look for events. So
 * what has happened in other threads comes with them. Otherwise a frame and an announcement after
 * it would keep the input of the user waiting for both. */
#define URGENT_PRIORITY G_MININT
#define EVENT_PRIORITY G_PRIORITY_DEFAULT
#define RESTING_PRIORITY G_PRIORITY_DEFAULT_IDLE

/* A commit takes at most so many steps for what has waited. Each step costs the consumers
 * something: a sorted model about as much as to sort what is removed and added. So up to this many
 * changes are announced one by one. If there are more, one step announces several of them, together
 * with the items between them that have not changed. It ends only where these items would be a
 * large part of the list. */
#define MAX_STEPS 16u

/* A commit starts again at most so often for what its own thread has changed meanwhile. */
#define MAX_ROUNDS 16u

/* Returns whether somebody is connected to the set. */
static gboolean
is_told (gpointer self)
{
  /* To any of its signals, because that is one search for all of them. */
  return g_signal_handler_find (self, G_SIGNAL_MATCH_UNBLOCKED, 0, 0, NULL, NULL, NULL) != 0;
}

gboolean
weakref_set_list_is_followed_locked (WeakrefSetList *list)
{
  return list->self != NULL && (list->read || is_told (list->self));
}

static void
announce (WeakrefSetList *list, gpointer self, const WeakrefStep *step)
{
  if (!is_told (self))
    return;

  g_list_model_items_changed (self, step->position, step->n_removed, step->n_added);
  if (step->n_removed != step->n_added)
    g_object_notify_by_pspec (self, list->n_items);
}

/* Brings the list up to date. The caller holds the set, and with it the list. Returns whether there
 * is something left to be announced.
 *
 * A handler may change the set again, or run the context. What that changes is announced after the
 * step that is being announced, not inside it. What other threads change meanwhile waits for the
 * next commit. But such a change may get the step of a change that was there before. So a caller
 * whose own changes have to be announced asks for two rounds, and others for one. */
static gboolean
commit (WeakrefSetList *list, gpointer self, guint n_rounds)
{
  gint64 start = g_get_monotonic_time ();
  GPtrArray *removed;
  WeakrefStep step;
  gboolean again;
  guint round;
  gint64 end;

  weakref_lock (&list->table->lock);
  if (list->committing)
    {
      list->changed = TRUE;
      g_mutex_unlock (&list->table->lock);
      return FALSE;
    }
  list->committing = TRUE;

  removed = g_ptr_array_new ();
  for (round = 0; list->positions.n_changed > 0; round++)
    {
      guint max_gap = G_MAXUINT;
      guint n_steps = 1;

      if (round >= n_rounds && (!list->changed || round >= MAX_ROUNDS))
        break;
      list->changed = FALSE;

      /* An item that was moved must not be shown twice between two steps. So there is one step for
       * all changes then, as in each further round. */
      if (round == 0 && !list->moved)
        n_steps = weakref_positions_plan (&list->positions, MAX_STEPS,
                                          list->positions.n_shown / MAX_STEPS, &max_gap);

      for (; n_steps > 0; n_steps--)
        {
          if (!weakref_set_slots_step_locked (list, list->moved ? G_MAXUINT : max_gap, &step,
                                              removed))
            break;
          g_mutex_unlock (&list->table->lock);

          announce (list, self, &step);
          weakref_set_slots_free (removed);

          weakref_lock (&list->table->lock);
        }
    }
  again = list->positions.n_changed > 0;
  if (!again && !is_told (self))
    list->read = FALSE;
  list->committing = FALSE;
  end = g_get_monotonic_time ();
  list->rest_until = end + (end - start);
  if (list->timer != NULL)
    g_source_set_ready_time (list->timer, list->rest_until);
  g_mutex_unlock (&list->table->lock);

  g_ptr_array_unref (removed);

  return again;
}

static gboolean
commit_dispatch (GSource *source, GSourceFunc callback, gpointer user_data)
{
  return callback (user_data);
}

static void
list_unref (gpointer list)
{
  weakref_table_unref (((WeakrefSetList *) list)->table);
}

static gboolean commit_cb (gpointer table_list);

static GSource *
attach_locked (WeakrefSetList *list, int priority, gint64 ready_time)
{
  static GSourceFuncs funcs = { .dispatch = commit_dispatch };
  GSource *source = g_source_new (&funcs, sizeof (GSource));

  weakref_table_ref (list->table);
  g_source_set_static_name (source, "weakref-glib set");
  g_source_set_priority (source, priority);
  g_source_set_ready_time (source, ready_time);
  g_source_set_callback (source, commit_cb, list, list_unref);
  g_source_attach (source, list->context);

  return source;
}

/* Has the list brought up to date by the context. What is @urgent has happened in the thread of the
 * context.
 *
 * What is urgent comes before anything else that is dispatched, and all else before the next frame.
 * But other threads, or handlers, could change the set again and again, and nothing else would ever
 * be dispatched. So, after a commit, what is not urgent waits behind events and drawing. It waits
 * no longer than the commit took. */
static void
schedule (WeakrefSetList *list, gboolean urgent)
{
  weakref_lock (&list->table->lock);
  if (list->self == NULL || list->positions.n_changed == 0 ||
      (list->source != NULL && list->urgent))
    {
      /* There is nothing to do, or it will be done already. */
    }
  else if (urgent && list->committing)
    {
      list->changed = TRUE;
    }
  else if (list->source == NULL)
    {
      gboolean rests = list->committing || g_get_monotonic_time () < list->rest_until;

      list->urgent = urgent;
      if (urgent)
        {
          list->source = attach_locked (list, URGENT_PRIORITY, 0);
        }
      else if (!rests)
        {
          list->source = attach_locked (list, EVENT_PRIORITY, 0);
        }
      else
        {
          list->source = attach_locked (list, RESTING_PRIORITY, 0);
          /* The end of a commit sets the time. */
          list->timer =
            attach_locked (list, EVENT_PRIORITY, list->committing ? -1 : list->rest_until);
        }
    }
  else if (urgent)
    {
      g_source_set_priority (list->source, URGENT_PRIORITY);
      list->urgent = TRUE;
    }
  g_mutex_unlock (&list->table->lock);
}

/* Takes out of the context what waits there. */
void
weakref_set_list_unschedule (WeakrefSetList *list)
{
  GSource *sources[2];
  guint i;

  weakref_lock (&list->table->lock);
  sources[0] = g_steal_pointer (&list->source);
  sources[1] = g_steal_pointer (&list->timer);
  g_mutex_unlock (&list->table->lock);

  for (i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      if (sources[i] == NULL)
        continue;
      g_source_destroy (sources[i]);
      g_source_unref (sources[i]);
    }
}

static gboolean
commit_cb (gpointer table_list)
{
  WeakrefSetList *list = table_list;
  gpointer self = weakref_compat_get (&list->set);

  weakref_set_list_unschedule (list);
  if (self == NULL)
    return G_SOURCE_REMOVE;

  if (commit (list, self, 1))
    schedule (list, FALSE);
  g_object_unref (self);

  return G_SOURCE_REMOVE;
}

/* Has the list brought up to date by the context, after a change in this thread. This is called
 * where an object dies. So it takes no reference on the set: the last one must not be dropped
 * there, and the toggle reference of a language must not be notified. What waits in the context
 * does not hold the set either. */
void
weakref_set_list_schedule (WeakrefSetList *list)
{
  schedule (list, g_main_context_is_owner (list->context));
}

/* Has the list follow after a call has changed the set: at once if this is the thread for that, and
 * by the context otherwise. As long as no thread runs the context, the thread that made the set is
 * the one, because programs fill a set before they start their loop. The caller holds the set. */
void
weakref_set_list_publish (WeakrefSetList *list)
{
  gpointer self;
  gboolean followed;
  gboolean again = FALSE;

  weakref_lock (&list->table->lock);
  if (list->positions.n_changed == 0)
    {
      g_mutex_unlock (&list->table->lock);
      return;
    }

  self = list->self;
  followed = weakref_set_list_is_followed_locked (list);
  if (!followed)
    {
      GPtrArray *removed = g_ptr_array_new ();
      WeakrefStep step;

      weakref_set_slots_step_locked (list, G_MAXUINT, &step, removed);
      g_mutex_unlock (&list->table->lock);
      weakref_set_slots_free (removed);
      g_ptr_array_unref (removed);
      return;
    }
  g_mutex_unlock (&list->table->lock);

  /* A handler may drop it. */
  g_object_ref (self);
  if (g_main_context_is_owner (list->context))
    {
      again = commit (list, self, 2);
    }
  else if (list->thread == g_thread_self () && g_main_context_acquire (list->context))
    {
      again = commit (list, self, 2);
      g_main_context_release (list->context);
    }
  else
    {
      again = TRUE;
    }
  if (again)
    schedule (list, FALSE);
  g_object_unref (self);
}
