/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "async.h"

static void
end_reservation (WeakrefReservation *reservation, guint key)
{
  GError *error = NULL;
  gpointer object;

  switch (stress_party_self () != NULL ? stress_random (4) : 3)
    {
    case 0:
      stress_count ("async: commit");
      object = stress_ensured_new (key);
      weakref_reservation_commit (reservation, object);
      g_object_unref (object);
      break;
    case 1:
      stress_count ("async: fail");
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "by chance");
      g_assert_true (weakref_reservation_fail (reservation, error));
      g_error_free (error);
      break;
    case 2:
      stress_count ("async: abandon");
      g_assert_true (weakref_reservation_abandon (reservation));
      break;
    default:
      stress_count ("async: drop");
      g_object_unref (reservation);
      return;
    }
  g_assert_false (weakref_reservation_abandon (reservation));
  g_object_unref (reservation);
}

/* Its key is the number of its party. */
void
stress_end_reservation_cb (gpointer data)
{
  StressBox *box = data;
  Party *party = g_object_get_data (box->thing, "party");

  end_reservation (box->thing, (guint) box->life);
  g_atomic_int_add (&party->n_reserved, -1);
}

void
stress_reserve (Party *party, Place *place)
{
  gboolean hand_over = place == &stress_places[NEVER_BLOCKS];
  guint key = hand_over ? party->index % STRESS_N_KEYS : stress_random (STRESS_N_KEYS);
  WeakrefReservation *reservation;
  GError *error = NULL;
  gpointer object;

  /* One at a time, so that nobody blocks for one that waits for somebody to end it. */
  if (hand_over && (party->is_leaving || party->is_view || party->index >= STRESS_N_KEYS ||
                    g_atomic_int_get (&party->n_reserved) > 0))
    return;

  stress_count ("async: reserve");
  reservation = weakref_value_table_reserve (place->table, GUINT_TO_POINTER (key), &object, &error);
  if (object != NULL)
    stress_ensured_check (object, key);
  else if (reservation == NULL)
    g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FAILED) ||
                   g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION) ||
                   g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_WOULD_BLOCK));
  g_clear_object (&object);
  g_clear_error (&error);
  if (reservation == NULL)
    return;

  if (hand_over)
    {
      g_atomic_int_inc (&party->n_reserved);
      g_object_set_data (G_OBJECT (reservation), "party", party);
      stress_leave_in (&stress_reservations, reservation, place, key);
      return;
    }

  if (stress_random (2))
    g_thread_yield ();
  end_reservation (reservation, key);
}
