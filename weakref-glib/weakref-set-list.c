/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-set-private.h>

#include <weakref-glib/core/compat.h>
#include <weakref-glib/core/dispatch.h>

/* What a set shows as a list model, and when it says that this has changed.
 *
 * A list model must not change in response to a call of its consumers, and a death happens inside
 * somebody's unref, which may be such a call. So what the list shows is what was announced last,
 * and the announcement of a death comes from the context, always. In the meantime
 *
 * - a member that goes stays where it is, in the list and among the gone;
 * - a member that comes is hidden behind what the list shows; if it goes, it has never been there.
 *
 * A commit brings the list up to date, in the thread of the context: first the gone are taken out,
 * neighbours together, then the hidden are shown. Each step changes the list and announces that
 * before the next one, so that a consumer always finds what it was told.
 *
 * An entry is found and taken out in O(log n), whatever the order in which members go.
 *
 * LOCKING. The table's lock guards all of it; see core/table.c. It is not held while a step is
 * announced: one thread commits at a time, and what others change meanwhile is not visible. */

void
weakref_set_list_init (WeakrefSetList *list, WeakrefSet *self, GMutex *lock, GParamSpec *n_items)
{
  list->lock = lock;
  list->context = g_main_context_ref_thread_default ();
  list->thread = g_thread_self ();
  list->set = g_atomic_rc_box_new0 (GWeakRef);
  g_weak_ref_init (list->set, self);
  list->n_items = n_items;
  list->entries = g_sequence_new (NULL);
}

static void
set_ref_unref (gpointer set)
{
  g_atomic_rc_box_release_full (set, (GDestroyNotify) g_weak_ref_clear);
}

void
weakref_set_list_clear (WeakrefSetList *list)
{
  g_sequence_free (list->entries);
  set_ref_unref (list->set);
  g_main_context_unref (list->context);
}

/* The entry has become a member. */
void
weakref_set_list_append_locked (WeakrefSetList *list, WeakrefSetEntry *entry)
{
  entry->iter = g_sequence_append (list->entries, entry);
  list->n_hidden++;
}

/* The entry is no member any more. */
void
weakref_set_list_remove_locked (WeakrefSetList *list, WeakrefSetEntry *entry)
{
  if (entry->visible && !list->closed)
    {
      weakref_entry_ref (entry);
      g_queue_push_tail_link (&list->gone, &entry->link);
      return;
    }

  *(entry->visible ? &list->n_visible : &list->n_hidden) -= 1;
  g_sequence_remove (entry->iter);
}

static gboolean
iter_is_gone_locked (GSequenceIter *iter)
{
  return !g_sequence_iter_is_end (iter) &&
         ((WeakrefSetEntry *) g_sequence_get (iter))->base.state == WEAKREF_ENTRY_OUT;
}

/* Takes out one of those that are gone, with all neighbours that are gone too, and adds them to
 * @taken, to be freed outside. Returns how many, and from which position on. */
static guint
take_gone_locked (WeakrefSetList *list, GPtrArray *taken, guint *position)
{
  GSequenceIter *iter = ((WeakrefSetEntry *) list->gone.head->data)->iter;
  guint n = 0;

  while (!g_sequence_iter_is_begin (iter) && iter_is_gone_locked (g_sequence_iter_prev (iter)))
    iter = g_sequence_iter_prev (iter);

  *position = g_sequence_iter_get_position (iter);

  /* None of them is hidden: those leave at once. */
  while (iter_is_gone_locked (iter))
    {
      WeakrefSetEntry *entry = g_sequence_get (iter);

      iter = g_sequence_iter_next (iter);
      g_sequence_remove (entry->iter);
      g_queue_unlink (&list->gone, &entry->link);
      g_ptr_array_add (taken, entry);
      n++;
    }

  list->n_visible -= n;

  return n;
}

/* Shows all that there is. Returns how many were hidden before. */
static guint
show_hidden_locked (WeakrefSetList *list)
{
  GSequenceIter *iter = g_sequence_get_end_iter (list->entries);
  guint n = list->n_hidden;

  for (; list->n_hidden > 0; list->n_hidden--)
    {
      iter = g_sequence_iter_prev (iter);
      ((WeakrefSetEntry *) g_sequence_get (iter))->visible = TRUE;
    }
  list->n_visible += n;

  return n;
}

/* The set is gone. The entries that are still to be announced keep the table, so they go now. */
void
weakref_set_list_close (WeakrefSetList *list)
{
  GPtrArray *taken = g_ptr_array_new_with_free_func (weakref_entry_unref);

  g_mutex_lock (list->lock);
  list->closed = TRUE;
  while (list->gone.length > 0)
    {
      guint position;

      take_gone_locked (list, taken, &position);
    }
  g_mutex_unlock (list->lock);

  g_ptr_array_unref (taken);
}

/* Brings the list up to date. The caller holds the set, and with it the list.
 *
 * A handler may change the set again, or run the context. What that brings is announced after the
 * step that is being announced, not inside it. */
static void
commit (WeakrefSetList *list, WeakrefSet *self)
{
  GPtrArray *taken;

  g_mutex_lock (list->lock);
  if (list->committing)
    {
      g_mutex_unlock (list->lock);
      return;
    }
  list->committing = TRUE;

  taken = g_ptr_array_new_with_free_func (weakref_entry_unref);
  while (list->gone.length > 0 || list->n_hidden > 0)
    {
      guint position = list->n_visible;
      guint removed = 0;
      guint added = 0;

      if (list->gone.length > 0)
        removed = take_gone_locked (list, taken, &position);
      else
        added = show_hidden_locked (list);
      g_mutex_unlock (list->lock);

      g_ptr_array_set_size (taken, 0);
      g_list_model_items_changed (G_LIST_MODEL (self), position, removed, added);
      g_object_notify_by_pspec (G_OBJECT (self), list->n_items);

      g_mutex_lock (list->lock);
    }
  list->committing = FALSE;
  g_mutex_unlock (list->lock);

  g_ptr_array_unref (taken);
}

static gboolean
commit_cb (gpointer set)
{
  WeakrefSet *self = weakref_compat_get (set);
  WeakrefSetList *list;

  if (self == NULL)
    return G_SOURCE_REMOVE;

  list = weakref_set_get_list (self);
  g_mutex_lock (list->lock);
  list->scheduled = FALSE;
  g_mutex_unlock (list->lock);

  commit (list, self);
  g_object_unref (self);

  return G_SOURCE_REMOVE;
}

/* Has the list brought up to date from the context. Takes no reference on the set: this is called
 * where an object dies, and the last reference to the set shall not be dropped there, nor a
 * language's toggle reference notified. What waits in the context does not hold the set either. */
void
weakref_set_list_schedule (WeakrefSetList *list)
{
  gboolean schedule;

  g_mutex_lock (list->lock);
  schedule = !list->scheduled && !list->closed;
  list->scheduled = TRUE;
  g_mutex_unlock (list->lock);

  if (schedule)
    weakref_dispatch (list->context, commit_cb, g_atomic_rc_box_acquire (list->set), set_ref_unref);
}

/* The same, but now if this is the thread for it. In a thread that made the set and does not run
 * the context just now, nobody else may: that is where a program starts. */
void
weakref_set_list_publish (WeakrefSetList *list, WeakrefSet *self)
{
  /* A handler may drop it. */
  g_object_ref (self);

  if (g_main_context_is_owner (list->context))
    {
      commit (list, self);
    }
  else if (list->thread == g_thread_self () && g_main_context_acquire (list->context))
    {
      commit (list, self);
      g_main_context_release (list->context);
    }
  else
    {
      weakref_set_list_schedule (list);
    }

  g_object_unref (self);
}

guint
weakref_set_list_get_n_items (WeakrefSetList *list)
{
  guint n_items;

  g_mutex_lock (list->lock);
  n_items = list->n_visible;
  g_mutex_unlock (list->lock);

  return n_items;
}

/* The entry that is shown at @position, with a reference on it, or NULL. */
WeakrefEntry *
weakref_set_list_dup_entry (WeakrefSetList *list, guint position)
{
  WeakrefEntry *entry = NULL;

  g_mutex_lock (list->lock);
  if (position < list->n_visible)
    entry = g_sequence_get (g_sequence_get_iter_at_pos (list->entries, position));
  if (entry != NULL)
    weakref_entry_ref (entry);
  g_mutex_unlock (list->lock);

  return entry;
}
