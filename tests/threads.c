/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Threads: what holds at each moment, and what a table made by hand does instead. */

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

  /* We hold it. So nobody may begin to dispose it before we drop it, either. */
  dying = test_probe_was_disposed (object);
  g_thread_yield ();
  dying |= test_probe_was_disposed (object);

  g_atomic_int_inc (&race->hits[which]);
  if (dying)
    g_atomic_int_inc (&race->dying[which]);

  /* If the object has survived its dispose, GLib 2.74 uses it in g_object_unref() after that has
   * dropped its reference. So it must not be freed before that thread has returned. */
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

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/threads");

  test_case (never_returns_the_dying);
  test_case (one_object_per_key);
  test_case (table_goes_while_objects_die);
  test_case (disposed_while_inserted);

  return g_test_run ();
}
