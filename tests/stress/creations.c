/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

static G_DEFINE_QUARK (stress_key, key)

typedef struct
{
  StressCreations *creations;
  gboolean created;
} Creation;

gpointer
stress_ensured_new (guint key)
{
  gpointer object = stress_object_new ();

  g_object_set_qdata (object, key_quark (), GUINT_TO_POINTER (key + 1));
  return object;
}

static gpointer
create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  guint k = GPOINTER_TO_UINT (key);
  Creation *creation = user_data;
  StressCreations *creations = creation->creations;
  gpointer object = NULL;

  stress_count ("ensure: create");
  creation->created = TRUE;
  g_atomic_int_inc (&creations->n_created);
  g_assert_cmpint (g_atomic_int_add (&creations->n_creating[k], 1), ==, 0);

  /* One key needs another: in any order, so that circles come about. */
  if (stress_random (4) == 0)
    {
      gpointer other = stress_ensure (creations, stress_random (STRESS_N_KEYS));

      g_clear_object (&other);
    }
  g_thread_yield ();

  if (stress_random (8) == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "by chance");
    }
  else
    {
      object = stress_ensured_new (k);
    }
  g_assert_cmpint (g_atomic_int_add (&creations->n_creating[k], -1), ==, 1);

  return object;
}

gpointer
stress_ensure (StressCreations *creations, guint key)
{
  Creation creation = { creations, FALSE };
  gboolean in_flight = g_atomic_int_get (&creations->n_creating[key]) > 0;
  GError *error = NULL;
  gpointer object;

  object = weakref_value_table_ensure (creations->table, GUINT_TO_POINTER (key), create_cb,
                                       &creation, &error);
  if (object != NULL || creation.created)
    g_atomic_int_inc (&creations->n_asked);
  if (object == NULL)
    {
      if (g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION))
        stress_count_race ("creations in a circle");
      else if (g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_WOULD_BLOCK))
        stress_count_race ("a creation needs a context that would be blocked");
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      g_error_free (error);
      return NULL;
    }

  g_assert_no_error (error);
  stress_ensured_check (object, key);
  if (in_flight && !creation.created)
    stress_count_race ("somebody else's creation was waited for");
  if (g_atomic_int_get (&creations->n_creating[key]) > 0)
    stress_count_race ("an object was removed and made again");

  return object;
}

void
stress_ensured_check (gpointer object, guint key)
{
  stress_object_check (object);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_object_get_qdata (object, key_quark ())), ==, key + 1);
}
