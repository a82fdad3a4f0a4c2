/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/waiting.h>

#include <weakref-glib/core/locks.h>
#include <weakref-glib/weakref-error.h>

/* Threads that make things ask for other things, which other threads make. If each of them waits
 * for what the next one makes, and the last one for the first, all wait for ever. So whoever is
 * about to wait asks first whether what it would wait for waits for something that it makes itself.
 *
 *   flight  --is made by-->  thread  --waits for-->  flight  --is made by-->  …
 *
 * LOCKING. The lock guards what each thread waits for. It is taken with a table's lock held, and
 * nothing is called under it. The frames of a thread are its own, and are read by others only while
 * it waits, when it does not change them. */

typedef struct
{
  WeakrefFrame *frames;     /* innermost first */
  WeakrefFlight *waits_for; /* lock: (unowned): it has a reference as long as it waits */
  GList link;               /* lock: in the list of the threads that wait */
} Thread;

#define lock weakref_locks[WEAKREF_LOCK_FLIGHTS]
static GQueue waiting_threads = G_QUEUE_INIT; /* lock */
static GPrivate this_thread = G_PRIVATE_INIT (g_free);

static Thread *
thread_self (void)
{
  Thread *self = g_private_get (&this_thread);

  if (self == NULL)
    {
      self = g_new0 (Thread, 1);
      self->link.data = self;
      g_private_set (&this_thread, self);
    }

  return self;
}

/* The calling thread begins the creation of @flight. */
void
weakref_frame_enter (WeakrefFrame *frame, WeakrefFlight *flight)
{
  Thread *self = thread_self ();

  frame->flight = flight;
  frame->outer = self->frames;
  self->frames = frame;
}

void
weakref_frame_leave (WeakrefFrame *frame)
{
  thread_self ()->frames = frame->outer;
}

static gboolean
thread_makes (Thread *thread, WeakrefFlight *flight)
{
  WeakrefFrame *frame;

  for (frame = thread->frames; frame != NULL; frame = frame->outer)
    {
      if (frame->flight == flight)
        return TRUE;
    }

  return FALSE;
}

/* Returns the flight that the leader of @flight waits for, or NULL. */
static WeakrefFlight *
flight_get_next_locked (WeakrefFlight *flight)
{
  GList *l;

  for (l = waiting_threads.head; l != NULL; l = l->next)
    {
      Thread *thread = l->data;

      if (thread_makes (thread, flight))
        return thread->waits_for;
    }

  return NULL;
}

/* The calling thread is about to wait for @flight. Returns FALSE if that would be for ever. With
 * the table's lock held. */
gboolean
weakref_waiting_begin (WeakrefFlight *flight, GError **error)
{
  Thread *self = thread_self ();
  gboolean circle = FALSE;

  g_mutex_lock (&lock);
  if (self->frames != NULL)
    {
      WeakrefFlight *f;

      for (f = flight; f != NULL && !circle; f = flight_get_next_locked (f))
        circle = thread_makes (self, f);
    }
  if (!circle)
    {
      self->waits_for = flight;
      g_queue_push_tail_link (&waiting_threads, &self->link);
    }
  g_mutex_unlock (&lock);

  if (circle)
    g_set_error_literal (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION,
                         "The key was asked for from inside its own creation");

  return !circle;
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
