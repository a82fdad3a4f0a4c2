/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Key tables in several threads. */

#include "key-table-common.h"

/* Threads: keys die in one while others insert, look up, steal and remove. Each value is freed or
 * stolen exactly once. */

typedef struct
{
  WeakrefKeyTable *table;
  WeakrefRef *refs[16]; /* lock */
  GMutex lock;
  gint made;  /* (atomic) */
  gint freed; /* (atomic) */
} Storm;

static Storm storm;

static void
storm_free (gpointer value)
{
  g_atomic_int_inc (&storm.freed);
  g_free (value);
}

static gpointer
storm_thread (gpointer data)
{
  guint round;

  for (round = 0; round < 2000; round++)
    {
      guint slot = round % G_N_ELEMENTS (storm.refs);
      WeakrefRef *ref;
      TestProbe *probe = NULL;

      g_mutex_lock (&storm.lock);
      ref = storm.refs[slot] != NULL ? g_object_ref (storm.refs[slot]) : NULL;
      g_mutex_unlock (&storm.lock);

      if (ref != NULL)
        probe = weakref_ref_get (ref);
      g_clear_object (&ref);

      if (probe == NULL)
        {
          WeakrefRef *old;

          probe = test_probe_new ("p");
          ref = weakref_ref_new (probe);
          g_mutex_lock (&storm.lock);
          old = storm.refs[slot];
          storm.refs[slot] = ref;
          g_mutex_unlock (&storm.lock);
          g_clear_object (&old);
        }

      switch (g_random_int_range (0, 4))
        {
        case 0:
        case 1:
          g_atomic_int_inc (&storm.made);
          weakref_key_table_insert (storm.table, probe, g_new (int, 1));
          break;
        case 2:
          {
            gpointer stolen = weakref_key_table_steal (storm.table, probe);

            if (stolen != NULL)
              storm_free (stolen);
          }
          break;
        default:
          weakref_key_table_remove (storm.table, probe);
        }

      g_object_unref (probe);
    }

  return NULL;
}

static void
test_threads_free_each_value_once (void)
{
  guint i;

  test_log_set_probes (FALSE);
  storm.table = weakref_key_table_new (storm_free);
  test_threads (4, storm_thread, NULL);
  g_assert_cmpuint (weakref_key_table_get_size (storm.table), ==, 0);
  g_object_unref (storm.table);
  for (i = 0; i < G_N_ELEMENTS (storm.refs); i++)
    g_clear_object (&storm.refs[i]);
  g_assert_cmpint (storm.made, >, 0);
  g_assert_cmpint (storm.made, ==, storm.freed);
}

/* An insertion waits for its turn at a table that others read, and the key dies meanwhile. */

typedef struct
{
  gint next; /* (atomic) */
  WeakrefKeyTable *table;
  TestProbe *key;
  gboolean met;  /* it was gone at once */
  gint inserted; /* (atomic) */
} Disposal;

static gpointer
disposal_thread (gpointer data)
{
  Disposal *disposal = data;
  gint part = g_atomic_int_add (&disposal->next, 1);

  if (part == 0)
    {
      g_ptr_array_unref (weakref_key_table_dup_keys (disposal->table));
    }
  else if (part == 1)
    {
      weakref_key_table_insert (disposal->table, disposal->key, "1");
      disposal->met = !weakref_key_table_contains (disposal->table, disposal->key);
      g_atomic_int_set (&disposal->inserted, TRUE);
    }
  else
    {
      while (!g_atomic_int_get (&disposal->inserted))
        g_object_run_dispose (G_OBJECT (disposal->key));
    }

  return NULL;
}

static void
test_key_disposed_while_it_is_inserted (void)
{
  WeakrefKeyTable *table = weakref_key_table_new (NULL);
  guint n_rounds = test_scale (10000, 5);
  TestProbe *others[2000];
  guint n_met = 0;
  guint round;
  guint i;

  if (glib_check_version (2, 80, 0) != NULL)
    {
      g_object_unref (table);
      g_test_skip ("GLib before 2.80 crashes on its own");
      return;
    }

  test_log_set_probes (FALSE);
  for (i = 0; i < G_N_ELEMENTS (others); i++)
    {
      others[i] = test_probe_new ("b");
      weakref_key_table_insert (table, others[i], NULL);
    }

  for (round = 0; round < n_rounds && n_met < 100; round++)
    {
      Disposal disposal = { .table = table, .key = test_probe_new ("a") };

      test_threads (3, disposal_thread, &disposal);
      g_object_unref (disposal.key);
      g_assert_cmpuint (weakref_key_table_get_size (table), ==, G_N_ELEMENTS (others));
      n_met += disposal.met;
    }
  g_test_message ("they met %u times in %u rounds", n_met, round);

  for (i = 0; i < G_N_ELEMENTS (others); i++)
    g_object_unref (others[i]);
  g_object_unref (table);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/key-table");

  test_case_as ("threads/free-each-value-once", threads_free_each_value_once);
  test_case_as ("threads/key-disposed-while-it-is-inserted", key_disposed_while_it_is_inserted);

  return g_test_run ();
}
