/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

#define N_KEYS 4

/* The hand-rolled table: a raw pointer, a mutex, and g_object_weak_ref() */

static GMutex hand_lock;
static gpointer hand_table[N_KEYS]; /* hand lock */

static void
hand_notify_cb (gpointer key, GObject *where_the_object_was)
{
  g_mutex_lock (&hand_lock);
  if (hand_table[GPOINTER_TO_UINT (key)] == where_the_object_was)
    hand_table[GPOINTER_TO_UINT (key)] = NULL;
  g_mutex_unlock (&hand_lock);
}

static void
hand_insert (guint key, gpointer object)
{
  g_object_weak_ref (object, hand_notify_cb, GUINT_TO_POINTER (key));
  g_mutex_lock (&hand_lock);
  hand_table[key] = object;
  g_mutex_unlock (&hand_lock);
}

static gpointer
hand_lookup (guint key)
{
  gpointer object;

  g_mutex_lock (&hand_lock);
  object = hand_table[key];
  if (object != NULL)
    g_object_ref (object);
  g_mutex_unlock (&hand_lock);

  return object;
}

/* No lookup ever returns an object whose dispose has begun on its last unref */

typedef struct
{
  WeakrefValueTable *table;
  WeakrefRef *refs[N_KEYS]; /* refs lock */
  GMutex refs_lock;
  gint next;     /* (atomic) */
  gint n_rounds; /* (atomic): left */
  gint n_wanted;
  gint hits[3];      /* (atomic): the hand-rolled table, ours, refs */
  gint dying[3];     /* (atomic): of these, how many were dying */
  GAsyncQueue *kept; /* (owned): what the hand-rolled table gave */
} Race;

static gboolean
race_goes_on (Race *race)
{
  return g_atomic_int_get (&race->n_rounds) > 0 &&
         (g_atomic_int_get (&race->dying[0]) < race->n_wanted ||
          g_atomic_int_get (&race->hits[1]) < race->n_wanted ||
          g_atomic_int_get (&race->hits[2]) < race->n_wanted);
}

static void
yield_cb (TestProbe *probe, gpointer data)
{
  g_thread_yield ();
}

static TestProbe *
slow_probe_new (void)
{
  TestProbe *probe = test_probe_new ("slow");

  /* For all alike: on a machine with few processors a dispose is seldom interrupted. */
  test_probe_set_on_dispose (probe, yield_cb, NULL);

  return probe;
}

static void
race_check (Race *race, guint which, gpointer object)
{
  gboolean dying;

  if (object == NULL)
    return;

  /* We hold it; nobody may begin to dispose it before we let go of it either. */
  dying = test_probe_was_disposed (object);
  g_thread_yield ();
  dying |= test_probe_was_disposed (object);

  g_atomic_int_inc (&race->hits[which]);
  if (dying)
    g_atomic_int_inc (&race->dying[which]);

  /* Where the dispose was survived, GLib 2.74 touches the object after its g_object_unref() has let
   * go of it: it must not be freed before that thread is through. */
  if (which == 0)
    g_async_queue_push (race->kept, object);
  else
    g_object_unref (object);
}

static gpointer
race_thread (gpointer data)
{
  Race *race = data;
  guint part = g_atomic_int_add (&race->next, 1);
  guint key;

  while (race_goes_on (race))
    {
      if (part < N_KEYS / 2)
        {
          /* Makes objects, and drops them. */
          for (key = part; key < N_KEYS; key += N_KEYS / 2)
            {
              TestProbe *theirs = slow_probe_new ();
              TestProbe *ours = slow_probe_new ();
              WeakrefRef *ref = weakref_ref_new (ours);
              WeakrefRef *old_ref;

              hand_insert (key, theirs);
              weakref_value_table_insert (race->table, GUINT_TO_POINTER (key), ours);
              g_mutex_lock (&race->refs_lock);
              old_ref = race->refs[key];
              race->refs[key] = ref;
              g_mutex_unlock (&race->refs_lock);
              g_clear_object (&old_ref);
              g_thread_yield ();
              g_object_unref (theirs);
              g_object_unref (ours);
            }
          g_atomic_int_add (&race->n_rounds, -1);
        }
      else
        for (key = 0; key < N_KEYS; key++)
          {
            WeakrefRef *ref;

            race_check (race, 0, hand_lookup (key));
            race_check (race, 1, weakref_value_table_lookup (race->table, GUINT_TO_POINTER (key)));
            g_mutex_lock (&race->refs_lock);
            ref = race->refs[key] != NULL ? g_object_ref (race->refs[key]) : NULL;
            g_mutex_unlock (&race->refs_lock);
            if (ref != NULL)
              race_check (race, 2, weakref_ref_get (ref));
            g_clear_object (&ref);
          }
    }

  return NULL;
}

static void
test_never_returns_the_dying (void)
{
  Race race = {
    .table = weakref_value_table_new (G_TYPE_UINT),
    .n_rounds = test_scale (100000, 2000),
    .n_wanted = test_scale (1000, 10),
    .kept = g_async_queue_new_full (g_object_unref),
  };
  guint i;

  test_log_set_probes (FALSE);
  g_mutex_init (&race.refs_lock);
  test_threads (4, race_thread, &race);
  for (i = 0; i < N_KEYS; i++)
    g_clear_object (&race.refs[i]);
  g_mutex_clear (&race.refs_lock);
  g_async_queue_unref (race.kept);
  g_assert_cmpuint (weakref_value_table_get_size (race.table), ==, 0);
  g_object_unref (race.table);

  g_test_message ("dying ones among the hits: hand-rolled %d of %d, table %d of %d, ref %d of %d",
                  race.dying[0], race.hits[0], race.dying[1], race.hits[1], race.dying[2],
                  race.hits[2]);
  g_assert_cmpint (race.dying[1], ==, 0);
  g_assert_cmpint (race.dying[2], ==, 0);
  if (race.dying[0] == 0 || race.hits[1] == 0 || race.hits[2] == 0)
    g_test_skip ("the threads never raced");
}

/* While somebody holds the object of a key, all who ask get it */

typedef struct
{
  WeakrefValueTable *table;
  gint n_created; /* (atomic) */
} Churn;

static gpointer
churn_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  g_atomic_int_inc (&((Churn *) user_data)->n_created);
  return slow_probe_new ();
}

static gpointer
churn_thread (gpointer data)
{
  Churn *churn = data;
  guint n_rounds = test_scale (3000, 100);
  guint i;

  for (i = 0; i < n_rounds; i++)
    {
      gconstpointer key = GUINT_TO_POINTER (i % N_KEYS);
      gpointer one = weakref_value_table_ensure (churn->table, key, churn_create_cb, churn, NULL);
      gpointer two = weakref_value_table_ensure (churn->table, key, churn_create_cb, churn, NULL);
      gpointer three = weakref_value_table_lookup (churn->table, key);

      g_assert_true (TEST_IS_PROBE (one));
      g_assert_true (one == two);
      g_assert_true (one == three);
      g_assert_false (test_probe_was_disposed (one));
      g_object_unref (one);
      g_object_unref (two);
      g_object_unref (three);
    }

  return NULL;
}

static void
test_one_object_per_key (void)
{
  Churn churn = { weakref_value_table_new (G_TYPE_UINT), 0 };

  test_log_set_probes (FALSE);
  test_threads (4, churn_thread, &churn);
  g_assert_cmpuint (weakref_value_table_get_size (churn.table), ==, 0);
  g_object_unref (churn.table);
  g_test_message ("created %d times", churn.n_created);
}

/* Objects die while the table goes, or is cleared: each copy of a key is freed once */

#define N_OBJECTS 32

static gint n_keys; /* (atomic) */

static gpointer
key_copy_cb (gconstpointer key)
{
  g_atomic_int_inc (&n_keys);
  return g_strdup (key);
}

static void
key_free_cb (gpointer key)
{
  g_atomic_int_add (&n_keys, -1);
  g_free (key);
}

typedef struct
{
  WeakrefValueTable *table;
  gint next; /* (atomic) */
  guint round;
  TestProbe *probes[N_OBJECTS];
} Fall;

static gpointer
fall_thread (gpointer data)
{
  Fall *fall = data;
  guint part = (guint) g_atomic_int_add (&fall->next, 1) % 3;
  guint i;

  if (part == 0)
    {
      if (fall->round % 2)
        weakref_value_table_remove_all (fall->table);
      g_object_unref (fall->table);
    }
  else
    for (i = part - 1; i < N_OBJECTS; i += 2)
      g_object_unref (fall->probes[i]);

  return NULL;
}

static void
test_table_goes_while_objects_die (void)
{
  guint n_rounds = test_scale (500, 20);
  guint round;
  guint i;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      Fall fall = {
        .table = weakref_value_table_new_full (g_str_hash, g_str_equal, key_copy_cb, key_free_cb),
        .next = round,
        .round = round,
      };

      for (i = 0; i < N_OBJECTS; i++)
        {
          char key[] = { 'a' + i, 0 };

          fall.probes[i] = test_probe_new (key);
          weakref_value_table_insert (fall.table, key, fall.probes[i]);
        }
      g_assert_cmpint (n_keys, ==, N_OBJECTS);
      test_threads (3, fall_thread, &fall);
      g_assert_cmpint (n_keys, ==, 0);
      g_assert_cmpuint (test_probe_count_alive (), ==, 0);
    }
}

/* Objects are disposed while they are inserted */

typedef struct
{
  WeakrefValueTable *table;
  gint next; /* (atomic) */
  TestProbe *probe;
} Disposal;

static gpointer
disposal_thread (gpointer data)
{
  Disposal *disposal = data;
  gint part = g_atomic_int_add (&disposal->next, 1);
  guint i;

  for (i = 0; i < 50; i++)
    {
      if (part == 0)
        g_object_run_dispose (G_OBJECT (disposal->probe));
      else
        weakref_value_table_insert (disposal->table, GUINT_TO_POINTER (i * 4 + part),
                                    disposal->probe);
    }

  return NULL;
}

static void
test_disposed_while_inserted (void)
{
  guint n_rounds = test_scale (300, 20);
  guint round;

  if (glib_check_version (2, 80, 0) != NULL)
    {
      g_test_skip ("GLib before 2.80 crashes on its own");
      return;
    }

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      Disposal disposal = {
        .table = weakref_value_table_new (G_TYPE_UINT),
        .probe = test_probe_new ("a"),
      };

      test_threads (3, disposal_thread, &disposal);
      g_object_unref (disposal.probe);
      g_assert_cmpuint (weakref_value_table_get_size (disposal.table), ==, 0);
      g_object_unref (disposal.table);
    }
}

/* Everybody does anything with everything */

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
  g_test_init (&argc, &argv, NULL);

  test_add ("/weakref/threads/never-returns-the-dying", test_never_returns_the_dying);
  test_add ("/weakref/threads/one-object-per-key", test_one_object_per_key);
  test_add ("/weakref/threads/table-goes-while-objects-die", test_table_goes_while_objects_die);
  test_add ("/weakref/threads/disposed-while-inserted", test_disposed_while_inserted);
  test_add ("/weakref/threads/anybody-does-anything", test_anybody_does_anything);

  return g_test_run ();
}
