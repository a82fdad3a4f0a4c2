/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/waiting.h>

#include <weakref-glib/core/locks.h>
#include <weakref-glib/weakref-error.h>

/* A creation may ask for other objects, which other creations make. If the first creation waits for
 * the second, and so on, and the last one waits for the first, all of them wait for ever. So,
 * before a thread or a request waits for something, we search for such a circle.
 *
 * A creation waits for
 *   - what the thread that runs it waits for, because this thread does nothing else at that time;
 *   - what it has asked for in an asynchronous way;
 *   - what a thread waits for that blocks the main context which the creation needs: an
 *     asynchronous creation ends in a callback, and only a main context that runs calls it.
 *
 * Each thread has a stack of frames. It has a frame for each create function that it is inside of,
 * blocking or asynchronous, and for each callback of a request that is part of a creation. A thread
 * is making what is in its frames. An asynchronous request is part of a creation if it has the
 * cancellable of that creation, or if it is made in the innermost frame and that frame belongs to
 * the creation. If a main loop runs inside a frame, what it dispatches is not inside that frame.
 *
 * LOCKING. The lock guards what each thread and each request waits for. It is taken inside the lock
 * of a table. Nothing is called under it except g_main_context_is_owner(), _acquire() and
 * _release(), which take the lock of a GMainContext for a moment. Only the thread itself changes
 * its frames. Other threads read them only while it waits, and then it does not change them. */

typedef struct
{
  GThread *thread;           /* (unowned) (const) */
  WeakrefFrame *frames;      /* innermost first */
  WeakrefMaking *waits_for;  /* lock: (unowned) (nullable) */
  GMainContext *contexts[2]; /* lock: (unowned) (nullable): it blocks them while it waits */
  GList link;                /* lock: in the queue of the threads that wait */
} Thread;

#define lock weakref_locks[WEAKREF_LOCK_FLIGHTS]
static GQueue waiting_threads = G_QUEUE_INIT; /* lock */
static guint64 n_searches;                    /* lock */
static GPrivate this_thread = G_PRIVATE_INIT (g_free);

static Thread *
thread_self (void)
{
  Thread *self = g_private_get (&this_thread);

  if (self == NULL)
    {
      self = g_new0 (Thread, 1);
      self->thread = g_thread_self ();
      self->link.data = self;
      g_private_set (&this_thread, self);
    }

  return self;
}

/* Says that the calling thread begins to make something. */
void
weakref_frame_enter (WeakrefFrame *frame, WeakrefMaking *making)
{
  Thread *self = thread_self ();

  frame->making = making;
  frame->depth = g_main_depth ();
  frame->outer = self->frames;
  self->frames = frame;
}

void
weakref_frame_leave (WeakrefFrame *frame)
{
  thread_self ()->frames = frame->outer;
}

/* Returns what is in the innermost frame of the calling thread, or NULL. */
WeakrefMaking *
weakref_frame_get_making (void)
{
  Thread *self = g_private_get (&this_thread);

  if (self == NULL || self->frames == NULL || self->frames->depth != g_main_depth ())
    return NULL;

  return self->frames->making;
}

static gboolean
thread_makes (Thread *thread, WeakrefMaking *making)
{
  WeakrefFrame *frame;

  for (frame = thread->frames; frame != NULL; frame = frame->outer)
    {
      if (frame->making == making)
        return TRUE;
    }

  return FALSE;
}

/* Returns whether no thread runs the context at this moment. */
static gboolean
context_is_free (GMainContext *context)
{
  if (!g_main_context_acquire (context))
    return FALSE;

  g_main_context_release (context);
  return TRUE;
}

/* Notes which contexts can't run while the calling thread waits. */
static void
thread_note_contexts_locked (Thread *self)
{
  GMainContext *contexts[] = { g_main_context_get_thread_default (), g_main_context_default () };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (contexts); i++)
    {
      gboolean is_owner = contexts[i] != NULL && g_main_context_is_owner (contexts[i]);

      self->contexts[i] = is_owner ? contexts[i] : NULL;
    }
}

/* Returns whether @making needs a context that can't run while @thread waits. If nobody runs the
 * context at this moment, we suppose that the thread which started the creation will run it. */
static gboolean
thread_blocks (Thread *thread, WeakrefMaking *making)
{
  GMainContext *context = making->context;

  if (context == NULL)
    return FALSE;

  return context == thread->contexts[0] || context == thread->contexts[1] ||
         (thread->thread == g_thread_self () && g_main_context_is_owner (context)) ||
         (thread->thread == making->thread && context_is_free (context));
}

static void
look_at_locked (WeakrefMaking **to_look, WeakrefMaking *making)
{
  if (making->over || making->seen == n_searches)
    return;

  making->seen = n_searches;
  making->to_look = *to_look;
  *to_look = making;
}

/* Returns whether @what waits, directly or through others, for @asker or for something that the
 * thread @self is making. One of these two is NULL. If @contexts is TRUE, blocked main contexts
 * count, too. */
static gboolean
leads_back_locked (WeakrefMaking *what, WeakrefMaking *asker, Thread *self, gboolean contexts)
{
  WeakrefMaking *to_look = NULL;
  GList *l;

  n_searches++;
  look_at_locked (&to_look, what);
  while (to_look != NULL)
    {
      WeakrefMaking *making = to_look;

      to_look = making->to_look;
      if (making == asker || (self != NULL && thread_makes (self, making)) ||
          (self != NULL && contexts && thread_blocks (self, making)))
        return TRUE;

      for (l = making->asked.head; l != NULL; l = l->next)
        look_at_locked (&to_look, ((WeakrefAsking *) l->data)->what);
      for (l = waiting_threads.head; l != NULL; l = l->next)
        {
          Thread *thread = l->data;

          if (thread_makes (thread, making) || (contexts && thread_blocks (thread, making)))
            look_at_locked (&to_look, thread->waits_for);
        }
    }

  return FALSE;
}

static gboolean
waiting_is_possible_locked (WeakrefMaking *what, WeakrefMaking *asker, Thread *self, GError **error)
{
  if (leads_back_locked (what, asker, self, FALSE))
    {
      g_set_error_literal (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION,
                           "The key was asked for from inside its own creation");
      return FALSE;
    }

  if (leads_back_locked (what, asker, self, TRUE))
    {
      g_set_error_literal (error, WEAKREF_ERROR, WEAKREF_ERROR_WOULD_BLOCK,
                           "Waiting for the creation would block the main context that it needs");
      return FALSE;
    }

  return TRUE;
}

/* Says that the calling thread is about to wait for @what. Returns FALSE if it would wait for ever.
 * To be called with the lock of the table held. */
gboolean
weakref_waiting_begin (WeakrefMaking *what, GError **error)
{
  Thread *self = thread_self ();
  gboolean possible;

  weakref_lock (&lock);
  thread_note_contexts_locked (self);
  possible = waiting_is_possible_locked (what, NULL, self, error);
  if (possible)
    {
      self->waits_for = what;
      g_queue_push_tail_link (&waiting_threads, &self->link);
    }
  g_mutex_unlock (&lock);

  return possible;
}

void
weakref_waiting_end (void)
{
  Thread *self = thread_self ();

  weakref_lock (&lock);
  self->waits_for = NULL;
  g_queue_unlink (&waiting_threads, &self->link);
  g_mutex_unlock (&lock);
}

/* Says that a request begins to wait for @what. Returns FALSE if it would wait for ever. To be
 * called with the lock of the table held. */
gboolean
weakref_asking_begin (WeakrefAsking *asking, WeakrefMaking *what, GError **error)
{
  gboolean possible;

  weakref_lock (&lock);
  possible = asking->asker == NULL || waiting_is_possible_locked (what, asking->asker, NULL, error);
  if (possible)
    {
      asking->what = what;
      asking->link.data = asking;
      if (asking->asker != NULL)
        g_queue_push_tail_link (&asking->asker->asked, &asking->link);
    }
  g_mutex_unlock (&lock);

  return possible;
}

/* Says that the request was answered or withdrawn. */
void
weakref_asking_end (WeakrefAsking *asking)
{
  weakref_lock (&lock);
  asking->what = NULL;
  if (asking->asker != NULL)
    g_queue_unlink (&asking->asker->asked, &asking->link);
  g_mutex_unlock (&lock);
}

/* Says that @making has ended. From now on nobody waits for what it has asked for. */
void
weakref_making_end (WeakrefMaking *making)
{
  weakref_lock (&lock);
  making->over = TRUE;
  g_mutex_unlock (&lock);
}
