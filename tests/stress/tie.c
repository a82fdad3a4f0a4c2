/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

/* Ties, and what else has one end for several objects: handlers and cancellables; and numbers. */

#define MAX_OBJECTS 4

static StressPool pool = { .clear = stress_box_clear };

static void
ended_cb (WeakrefTie *tie, gpointer record)
{
  GPtrArray *survivors = weakref_tie_dup_survivors (tie);

  stress_count ("tie: callback");
  g_ptr_array_foreach (survivors, (GFunc) (void (*) (void)) stress_object_check, NULL);
  g_ptr_array_unref (survivors);
  stress_record_call (record);
  stress_anything ();
}

static guint
dup_objects (gpointer *objects)
{
  guint n = 1 + stress_random (MAX_OBJECTS);
  guint i;

  for (i = 0; i < n; i++)
    objects[i] = stress_dup_object ();

  return n;
}

static void
unref_objects (gpointer *objects, guint n)
{
  while (n > 0)
    g_object_unref (objects[--n]);
}

static void
make (void)
{
  gpointer objects[MAX_OBJECTS];
  guint n = dup_objects (objects);
  WeakrefPhase phase = stress_random (2) ? WEAKREF_PHASE_DISPOSE : WEAKREF_PHASE_FINALIZE;
  StressRecord *record = stress_record_new (TRUE);
  WeakrefTie *tie = weakref_tie_new_full (objects, n, stress_get_context (), phase, ended_cb,
                                          record, stress_record_destroy);

  stress_count ("tie: new");
  weakref_tie_set_at_exit (tie, TRUE);
  stress_pool_put (&pool, stress_box_new (tie, record));
  unref_objects (objects, n);
}

static void
cancelled_cb (GCancellable *cancellable, gpointer data)
{
  stress_count ("tie: cancelled");
  stress_anything ();
}

static void
make_cancellable (void)
{
  gpointer objects[MAX_OBJECTS];
  guint n = dup_objects (objects);
  GCancellable *cancellable = weakref_cancellable_new_any (objects, n);

  stress_count ("tie: cancellable");
  g_signal_connect (cancellable, "cancelled", G_CALLBACK (cancelled_cb), NULL);
  unref_objects (objects, n);
  g_object_unref (cancellable);
}

static void
ping_cb (GObject *instance, GObject *object, gpointer data)
{
  stress_object_check (object);
}

static void
make_handler (void)
{
  StressObject *instance = stress_dup_object ();
  gpointer object = stress_dup_object ();

  if (stress_object_protect (instance))
    {
      gulong id;

      stress_count ("tie: handler");
      id = weakref_signal_connect (instance, "ping", G_CALLBACK (ping_cb), NULL, NULL, 0, object,
                                   NULL);
      g_signal_emit_by_name (instance, "ping");
      if (stress_random (2) && g_signal_handler_is_connected (instance, id))
        g_signal_handlers_disconnect_by_func (instance, (gpointer) ping_cb, NULL);
      stress_object_unprotect (instance);
    }

  g_object_unref (object);
  g_object_unref (instance);
}

static void
ask_for_number (void)
{
  StressObject *object = stress_dup_object ();
  guint64 id = weakref_get_id (object);
  gpointer found = weakref_lookup_id (id);

  stress_count ("tie: number");
  if (found == NULL)
    stress_count_race ("an object was disposed between get_id() and lookup_id()");
  else
    {
      g_assert_true (found == object);
      g_object_unref (found);
    }
  g_object_unref (object);
}

static void
use (StressBox *box)
{
  gboolean was_alive = weakref_tie_is_alive (box->thing);
  GPtrArray *survivors;

  if (stress_random (2))
    g_thread_yield ();

  switch (stress_random (3))
    {
    case 0:
      stress_count ("tie: break");
      stress_box_ended_by_hand (box, was_alive, weakref_tie_break (box->thing));
      g_assert_false (weakref_tie_is_alive (box->thing));
      break;
    case 1:
      stress_count ("tie: detach");
      stress_box_detached (box, was_alive, weakref_tie_detach (box->thing));
      g_assert_false (weakref_tie_is_alive (box->thing));
      break;
    default:
      stress_count ("tie: dup_survivors");
      survivors = weakref_tie_dup_survivors (box->thing);
      g_ptr_array_foreach (survivors, (GFunc) (void (*) (void)) stress_object_check, NULL);
      g_ptr_array_unref (survivors);
    }
}

static void
tie_step (void)
{
  switch (stress_random (8))
    {
    case 0:
    case 1:
      make ();
      break;
    case 2:
      make_cancellable ();
      break;
    case 3:
      make_handler ();
      break;
    case 4:
      ask_for_number ();
      break;
    case 5:
      stress_count ("tie: drop");
      stress_pool_put (&pool, NULL);
      break;
    default:
      stress_box_use (&pool, use);
    }
}

static void
check_settled (StressBox *box)
{
  stress_box_check_settled (box, weakref_tie_is_alive (box->thing));
}

static void
tie_settled (void)
{
  stress_box_foreach (&pool, check_settled);
}

static void
check_ended (StressBox *box)
{
  stress_box_check_ended (box, weakref_tie_is_alive (box->thing));
}

/* That each of them, kept or not, had one end, is in the records. */
static void
tie_end (void)
{
  stress_box_foreach (&pool, check_ended);
  stress_pool_empty (&pool);
}

const StressClass stress_tie = {
  .name = "tie",
  .step = tie_step,
  .settled = tie_settled,
  .end = tie_end,
};
