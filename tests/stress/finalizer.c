/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

typedef struct
{
  WeakrefFinalizer *finalizer; /* (owned) */
  StressRecord *record;        /* (owned) */
  guint64 life;                /* of the target */
} Box;

static void
box_clear (gpointer data)
{
  Box *box = data;

  g_object_unref (box->finalizer);
  stress_record_unref (box->record);
}

static StressPool pool = { .clear = box_clear };

static void
clean_up_cb (gpointer user_data)
{
  stress_count ("finalizer: callback");
  stress_record_call (user_data);
  stress_anything ();
}

static void
finalizer_begin (void)
{
}

static void
make (void)
{
  StressObject *target = stress_dup_object ();
  WeakrefPhase phase = stress_random (2) ? WEAKREF_PHASE_DISPOSE : WEAKREF_PHASE_FINALIZE;
  StressRecord *record = stress_record_new (TRUE);
  Box *box;

  if (stress_random (4) == 0)
    {
      stress_count ("finalizer: weakref_finalize");
      weakref_finalize (target, clean_up_cb, record, stress_record_destroy);
      stress_record_unref (record);
    }
  else
    {
      stress_count ("finalizer: new_full");
      box = g_atomic_rc_box_new0 (Box);
      box->record = record;
      box->life = stress_object_get_life (target);
      box->finalizer = weakref_finalizer_new_full (target, stress_get_context (), phase,
                                                   clean_up_cb, record, stress_record_destroy);
      stress_pool_put (&pool, box);
    }

  g_object_unref (target);
}

static void
use (Box *box)
{
  gboolean was_alive = weakref_finalizer_is_alive (box->finalizer);
  gpointer target;

  if (stress_random (2))
    g_thread_yield ();

  switch (stress_random (4))
    {
    case 0:
      stress_count ("finalizer: run");
      if (weakref_finalizer_run (box->finalizer))
        g_assert_cmpint (g_atomic_int_get (&box->record->called), ==, 1);
      else if (was_alive)
        stress_count_race ("a finalizer ended between is_alive() and run()");
      g_assert_false (weakref_finalizer_is_alive (box->finalizer));
      break;
    case 1:
      stress_count ("finalizer: detach");
      if (weakref_finalizer_detach (box->finalizer))
        stress_record_prevent (box->record);
      else if (was_alive)
        stress_count_race ("a finalizer ended between is_alive() and detach()");
      g_assert_false (weakref_finalizer_is_alive (box->finalizer));
      break;
    case 2:
      stress_count ("finalizer: set_at_exit");
      weakref_finalizer_set_at_exit (box->finalizer, stress_random (2));
      break;
    default:
      stress_count ("finalizer: peek");
      target = weakref_finalizer_peek (box->finalizer);
      if (target != NULL)
        {
          stress_object_check (target);
          g_assert_cmpuint (stress_object_get_life (target) >> 8, ==, box->life >> 8);
          g_object_unref (target);
        }
    }
}

static void
finalizer_step (void)
{
  Box *box;

  switch (stress_random (8))
    {
    case 0:
    case 1:
    case 2:
      make ();
      break;
    case 3:
      stress_count ("finalizer: drop");
      stress_pool_put (&pool, NULL);
      break;
    case 4:
      if (stress_random (64) == 0)
        {
          stress_count ("finalizer: run_at_exit");
          weakref_finalizer_run_at_exit ();
        }
      break;
    default:
      box = stress_pool_dup (&pool);
      if (box != NULL)
        use (box);
      stress_pool_release (&pool, box);
    }
}

static void
finalizer_settled (void)
{
  guint i;

  for (i = 0; i < STRESS_POOL_SIZE; i++)
    {
      Box *box = pool.boxes[i];

      if (box != NULL)
        g_assert_cmpint (box->record->called + box->record->prevented, ==,
                         !weakref_finalizer_is_alive (box->finalizer));
    }
}

/* That each of them, kept or not, had one winner, is in the records. */
static void
finalizer_end (void)
{
  guint i;

  for (i = 0; i < STRESS_POOL_SIZE; i++)
    {
      Box *box = pool.boxes[i];

      if (box == NULL)
        continue;

      g_assert_false (weakref_finalizer_is_alive (box->finalizer));
      g_assert_cmpint (box->record->called + box->record->prevented, ==, 1);
      g_assert_true (box->record->destroyed);
    }

  stress_pool_empty (&pool);
}

const StressClass stress_finalizer = {
  "finalizer", finalizer_begin, finalizer_step, finalizer_settled, finalizer_end, NULL, NULL, NULL
};
