/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Threads do anything with all classes at the same time. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

#define N_KEYS 4
#define N_SLOTS 8

static GMutex slots_lock;
static GObject *probes[N_SLOTS];     /* slots lock */
static GObject *tables[2];           /* slots lock */
static GObject *refs[N_SLOTS];       /* slots lock */
static GObject *finalizers[N_SLOTS]; /* slots lock */
static gint n_data;                  /* (atomic): user data that is not freed yet */

static gpointer
slot_dup (GObject **slot)
{
  GObject *object;

  g_mutex_lock (&slots_lock);
  object = *slot != NULL ? g_object_ref (*slot) : NULL;
  g_mutex_unlock (&slots_lock);

  return object;
}

/* Takes over the reference on @object, which may be NULL. */
static void
slot_put (GObject **slot, gpointer object)
{
  GObject *old;

  g_mutex_lock (&slots_lock);
  old = *slot;
  *slot = object;
  g_mutex_unlock (&slots_lock);
  g_clear_object (&old);
}

static WeakrefValueTable *
any_table_new (void)
{
  return weakref_value_table_new_full (g_direct_hash, g_direct_equal, NULL, NULL);
}

static void
any_check (gpointer object)
{
  if (object == NULL)
    return;

  g_assert_true (TEST_IS_PROBE (object));
  g_assert_false (test_probe_was_disposed (object));
  g_object_unref (object);
}

static gpointer
data_new (void)
{
  g_atomic_int_inc (&n_data);
  return g_new0 (gint, 1);
}

static void
data_free_cb (gpointer data)
{
  g_atomic_int_add (&n_data, -1);
  g_free (data);
}

static void
data_use_cb (gpointer data)
{
  /* Once. */
  g_assert_cmpint (++*(gint *) data, ==, 1);
}

static void
ref_cb (WeakrefRef *ref, gpointer data)
{
  data_use_cb (data);
  g_assert_null (weakref_ref_get (ref));
  slot_put (&refs[GPOINTER_TO_SIZE (data) / 64 % N_SLOTS], NULL);
}

static gpointer
any_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  if (GPOINTER_TO_UINT (key) % 3 == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "no");
      return NULL;
    }

  return test_probe_new ("created");
}

static void
any_entry_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  g_assert_false (test_probe_was_disposed (object));
}

static void
any_step (GRand *rand)
{
  guint i = g_rand_int_range (rand, 0, N_SLOTS);
  gconstpointer key = GUINT_TO_POINTER (g_rand_int_range (rand, 0, N_KEYS));
  GObject **table_slot = &tables[g_rand_int_range (rand, 0, 2)];
  WeakrefValueTable *table = slot_dup (table_slot);
  TestProbe *probe = slot_dup (&probes[i]);
  WeakrefRef *ref = slot_dup (&refs[i]);
  WeakrefFinalizer *finalizer = slot_dup (&finalizers[i]);
  GPtrArray *array;

  switch (g_rand_int_range (rand, 0, 18))
    {
    case 0:
    case 1:
    case 2:
      slot_put (&probes[i], test_probe_new ("probe"));
      break;
    case 3:
      slot_put (&probes[i], NULL);
      break;
    case 4:
      if (probe != NULL)
        slot_put (&refs[i], weakref_ref_new (probe));
      break;
    case 5:
    case 6:
      if (probe != NULL)
        slot_put (&refs[i], weakref_ref_new_full (probe, NULL, ref_cb, data_new (), data_free_cb));
      break;
    case 7:
      if (probe != NULL)
        slot_put (&refs[i], weakref_ref_new_full (probe, g_main_context_default (), ref_cb,
                                                  data_new (), data_free_cb));
      break;
    case 8:
      slot_put (&refs[i], NULL);
      break;
    case 9:
      if (ref != NULL)
        any_check (weakref_ref_get (ref));
      break;
    case 10:
    case 11:
      if (probe != NULL)
        weakref_value_table_insert (table, key, probe);
      break;
    case 12:
      any_check (weakref_value_table_lookup (table, key));
      break;
    case 13:
      any_check (weakref_value_table_ensure (table, key, any_create_cb, NULL, NULL));
      break;
    case 14:
      weakref_value_table_remove (table, key);
      break;
    case 15:
      if (g_rand_boolean (rand))
        weakref_value_table_remove_all (table);
      else
        slot_put (table_slot, any_table_new ());
      break;
    case 16:
      weakref_value_table_foreach (table, any_entry_cb, NULL);
      array = weakref_value_table_dup_values (table);
      g_ptr_array_unref (array);
      break;
    case 17:
      if (finalizer != NULL)
        {
          any_check (weakref_finalizer_peek (finalizer));
          if (g_rand_boolean (rand))
            weakref_finalizer_run (finalizer);
          else
            weakref_finalizer_detach (finalizer);
        }
      if (probe != NULL)
        slot_put (&finalizers[i],
                  weakref_finalizer_new_full (probe, NULL,
                                              g_rand_boolean (rand) ? WEAKREF_PHASE_DISPOSE
                                                                    : WEAKREF_PHASE_FINALIZE,
                                              data_use_cb, data_new (), data_free_cb));
      break;
    default:
      g_assert_not_reached ();
    }

  g_clear_object (&finalizer);
  g_clear_object (&ref);
  g_clear_object (&probe);
  g_object_unref (table);
}

static gpointer
any_thread (gpointer data)
{
  guint n_steps = test_scale (20000, 500);
  GRand *rand = g_rand_new_with_seed (g_atomic_int_add ((gint *) data, 1));
  guint i;

  for (i = 0; i < n_steps; i++)
    any_step (rand);
  g_rand_free (rand);

  return NULL;
}

static void
test_anybody_does_anything (void)
{
  gint seed = g_test_rand_int_range (0, G_MAXINT / 2);
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < G_N_ELEMENTS (tables); i++)
    tables[i] = G_OBJECT (any_table_new ());

  test_threads (4, any_thread, &seed);

  for (i = 0; i < N_SLOTS; i++)
    {
      slot_put (&probes[i], NULL);
      slot_put (&refs[i], NULL);
      slot_put (&finalizers[i], NULL);
    }
  for (i = 0; i < G_N_ELEMENTS (tables); i++)
    {
      g_assert_cmpuint (weakref_value_table_get_size ((gpointer) tables[i]), ==, 0);
      slot_put (&tables[i], NULL);
    }
  test_iterate ();
  g_assert_cmpint (n_data, ==, 0);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/threads");

  test_case (anybody_does_anything);

  return g_test_run ();
}
