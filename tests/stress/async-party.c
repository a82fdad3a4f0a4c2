/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "async.h"

/* Threads block for what others have left somewhere. The helper ends that if all of them do. */
static GThread *helper;
static gint helper_may_go; /* (atomic) */

static struct
{
  GMutex lock;
  GPtrArray *all; /* (owned): lock */
} parties;

static GPrivate this_party;

Party *
stress_party_self (void)
{
  return g_private_get (&this_party);
}

Party *
stress_party_new (guint index, gboolean is_view)
{
  Party *party = g_new0 (Party, 1);

  party->index = index;
  party->context = g_main_context_ref_thread_default ();
  party->leave = g_cancellable_new ();
  party->is_view = is_view;
  g_private_set (&this_party, party);
  g_mutex_lock (&parties.lock);
  g_ptr_array_add (parties.all, party);
  g_mutex_unlock (&parties.lock);

  return party;
}

void
stress_party_add_open (Party *party, gint n)
{
  g_assert_cmpint (g_atomic_int_add (&party->n_open, n), >=, n < 0 ? 1 : 0);
}

StressPool stress_tasks = { .clear = stress_end_task_cb };
StressPool stress_reservations = { .clear = stress_end_reservation_cb };

void
stress_leave_in (StressPool *pool, gpointer thing, Place *place, guint key)
{
  StressBox *box = stress_box_new (thing, NULL);

  box->id = (guint64) (place - stress_places);
  box->life = key;
  stress_pool_put (pool, box);
}

void
stress_party_leave (Party *party)
{
  party->is_leaving = TRUE;
  g_cancellable_cancel (party->leave);
  while (g_atomic_int_get (&party->n_open) + g_atomic_int_get (&party->n_reserved) > 0)
    {
      stress_pool_put (&stress_tasks, NULL);
      stress_pool_put (&stress_reservations, NULL);
      if (!g_main_context_iteration (party->context, FALSE))
        g_thread_yield ();
    }
  g_main_context_unref (party->context);
  g_object_unref (party->leave);
}

static gpointer
helper_thread (gpointer nothing)
{
  guint i;

  while (!g_atomic_int_get (&helper_may_go))
    {
      for (i = 0; i < STRESS_POOL_SIZE; i++)
        {
          stress_pool_release_at (&stress_tasks, i);
          stress_pool_release_at (&stress_reservations, i);
        }
      g_usleep (1000);
    }

  return NULL;
}

void
stress_parties_begin (void)
{
  parties.all = g_ptr_array_new_with_free_func (g_free);
  g_atomic_int_set (&helper_may_go, FALSE);
  helper = g_thread_new ("helper", helper_thread, NULL);
}

void
stress_parties_end (void)
{
  guint i;

  g_atomic_int_set (&helper_may_go, TRUE);
  g_thread_join (helper);
  for (i = 0; i < STRESS_POOL_SIZE; i++)
    g_assert_true (stress_tasks.boxes[i] == NULL && stress_reservations.boxes[i] == NULL);
  g_private_set (&this_party, NULL);
  g_ptr_array_unref (parties.all);
}
