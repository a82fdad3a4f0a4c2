/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/waiting.h>

#include <weakref-glib/core/locks.h>
#include <weakref-glib/weakref-error.h>

/* Who makes a thing asks for other things, which others make. If each of them waits for what the
 * next one makes, and the last one for the first, all wait for ever. So whoever is about to wait
 * looks first whether what it would wait for waits for something that it makes itself.
 *
 *   a making waits for …                          because
 *   --------------------------------------------  ----------------------------------------------
 *   what the thread waits for that is making it   that thread does nothing else meanwhile
 *   what it has asked for, in an asynchronous     it has asked
 *   way
 *   what the thread waits for that blocks the     an asynchronous creation ends in a callback that
 *   main context which it needs                   such a context runs
 *
 * A thread is making what is in its frames: those of the create functions, blocking or not,
 * and of the callbacks of asynchronous creations, that it is inside of. An asynchronous request is
 * part of a creation if it has the creation's own cancellable, or is made inside of its innermost
 * frame. What a main loop dispatches that runs inside of a frame, is not inside of that frame.
 *
 * LOCKING. The lock guards what each thread and each waiter waits for. It is taken with a table's
 * lock held. Nothing is called under it except g_main_context_is_owner(), _acquire() and
 * _release(), which take the lock of a GMainContext, for a moment. The frames of a thread are its
 * own, and are read by others only while it waits, when it does not change them. */

typedef struct
{
  GThread *thread;           /* (unowned) (const) */
  WeakrefFrame *frames;      /* innermost first */
  WeakrefMaking *waits_for;  /* lock: (unowned) (nullable) */
  GMainContext *contexts[2]; /* lock: (unowned) (nullable): that it blocks as long as it waits */
  GList link;                /* lock: in the list of those who wait */
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

/* The calling thread begins to make something. */
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

/* What the calling thread is making, innermost, or NULL. */
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

/* Nobody runs it just now. */
static gboolean
context_is_free (GMainContext *context)
{
  if (!g_main_context_acquire (context))
    return FALSE;

  g_main_context_release (context);
  return TRUE;
}

/* Which contexts the calling thread keeps from running while it waits. */
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

/* Whether @making needs a context that does not run while @thread waits. A context that nobody runs
 * is taken for that of the thread that has started the creation in it. */
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

/* Whether whoever makes @what waits, by others, for @asker or for what the thread @self makes; one
 * of the two is NULL. If @contexts, also for a main context that is blocked. */
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

/* The calling thread is about to wait for @what. Returns FALSE if that would be for ever. With the
 * table's lock held. */
gboolean
weakref_waiting_begin (WeakrefMaking *what, GError **error)
{
  Thread *self = thread_self ();
  gboolean possible;

  g_mutex_lock (&lock);
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

  g_mutex_lock (&lock);
  self->waits_for = NULL;
  g_queue_unlink (&waiting_threads, &self->link);
  g_mutex_unlock (&lock);
}

/* @what is asked for. Returns FALSE if whoever asks would wait for ever. With the table's lock
 * held. */
gboolean
weakref_asking_begin (WeakrefAsking *asking, WeakrefMaking *what, GError **error)
{
  gboolean possible;

  g_mutex_lock (&lock);
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

/* It is answered, or was taken back. */
void
weakref_asking_end (WeakrefAsking *asking)
{
  g_mutex_lock (&lock);
  asking->what = NULL;
  if (asking->asker != NULL)
    g_queue_unlink (&asking->asker->asked, &asking->link);
  g_mutex_unlock (&lock);
}

/* What it has asked for stands in nobody's way any more. */
void
weakref_making_end (WeakrefMaking *making)
{
  g_mutex_lock (&lock);
  making->over = TRUE;
  g_mutex_unlock (&lock);
}
