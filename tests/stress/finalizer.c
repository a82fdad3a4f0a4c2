/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

static StressPool pool = { .clear = stress_box_clear };

static void
clean_up_cb (gpointer user_data)
{
  stress_count ("finalizer: callback");
  stress_record_call (user_data);
  stress_anything ();
}

static void
make (void)
{
  StressObject *target = stress_dup_object ();
  WeakrefPhase phase = stress_random (2) ? WEAKREF_PHASE_DISPOSE : WEAKREF_PHASE_FINALIZE;
  StressRecord *record = stress_record_new (TRUE);
  StressBox *box;

  if (stress_random (4) == 0)
    {
      stress_count ("finalizer: weakref_finalize");
      weakref_finalize (target, clean_up_cb, record, stress_record_destroy);
      stress_record_unref (record);
    }
  else
    {
      stress_count ("finalizer: new_full");
      box = stress_box_new (weakref_finalizer_new_full (target, stress_get_context (), phase,
                                                        clean_up_cb, record, stress_record_destroy),
                            record);
      box->life = stress_object_get_life (target);
      stress_pool_put (&pool, box);
    }

  g_object_unref (target);
}

static void
use (StressBox *box)
{
  gboolean was_alive = weakref_finalizer_is_alive (box->thing);
  gpointer target;

  if (stress_random (2))
    g_thread_yield ();

  switch (stress_random (4))
    {
    case 0:
      stress_count ("finalizer: run");
      stress_box_ended_by_hand (box, was_alive, weakref_finalizer_run (box->thing));
      g_assert_false (weakref_finalizer_is_alive (box->thing));
      break;
    case 1:
      stress_count ("finalizer: detach");
      stress_box_detached (box, was_alive, weakref_finalizer_detach (box->thing));
      g_assert_false (weakref_finalizer_is_alive (box->thing));
      break;
    case 2:
      stress_count ("finalizer: set_at_exit");
      weakref_finalizer_set_at_exit (box->thing, stress_random (2));
      break;
    default:
      stress_count ("finalizer: peek");
      target = weakref_finalizer_peek (box->thing);
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
      stress_box_use (&pool, use);
    }
}

static void
check_settled (StressBox *box)
{
  stress_box_check_settled (box, weakref_finalizer_is_alive (box->thing));
}

static void
finalizer_settled (void)
{
  stress_box_foreach (&pool, check_settled);
}

static void
check_ended (StressBox *box)
{
  stress_box_check_ended (box, weakref_finalizer_is_alive (box->thing));
}

/* That each of them, kept or not, had one winner, is in the records. */
static void
finalizer_end (void)
{
  stress_box_foreach (&pool, check_ended);
  stress_pool_empty (&pool);
}

const StressClass stress_finalizer = {
  .name = "finalizer",
  .step = finalizer_step,
  .settled = finalizer_settled,
  .end = finalizer_end,
};
