/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

static gpointer
dup_cb (gpointer value, gpointer user_data)
{
  g_assert_nonnull (value);
  test_log ("%s", (const char *) user_data);

  return g_strdup (value);
}

static void
test_copies_the_value (void)
{
  WeakrefKeyTable *table = weakref_key_table_new (g_free);
  TestProbe *key = test_probe_new ("key");
  TestProbe *other = test_probe_new ("other");
  char *copy;

  weakref_key_table_insert (table, key, g_strdup ("value"));
  copy = weakref_key_table_lookup_dup (table, key, dup_cb, (gpointer) "dup");
  assert_log ("dup");
  weakref_key_table_insert (table, key, g_strdup ("another"));
  g_assert_cmpstr (copy, ==, "value");
  g_free (copy);

  /* Without a function it is the value itself. */
  g_assert_true (weakref_key_table_lookup_dup (table, key, NULL, NULL) ==
                 weakref_key_table_lookup (table, key));
  /* Nothing is copied where there is nothing. */
  g_assert_null (weakref_key_table_lookup_dup (table, other, dup_cb, (gpointer) "dup"));
  weakref_key_table_insert (table, other, NULL);
  g_assert_null (weakref_key_table_lookup_dup (table, other, dup_cb, (gpointer) "dup"));
  assert_log ("");

  g_object_unref (table);
  g_object_unref (other);
  g_object_unref (key);
  assert_log ("-other ~other -key ~key");
}

static void
test_pointers_of_a_table_of_values_are_refused (void)
{
  WeakrefKeyTable *table = weakref_key_table_new_for_values ();
  TestProbe *key = test_probe_new ("key");
  GValue value = G_VALUE_INIT;
  gpointer found = table;

  g_value_init (&value, G_TYPE_INT);
  g_value_set_int (&value, 7);
  weakref_key_table_insert_value (table, key, &value);

  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*for_values*");
  g_assert_null (weakref_key_table_lookup (table, key));
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*for_values*");
  g_assert_false (weakref_key_table_lookup_extended (table, key, &found));
  g_assert_true (found == table);
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*for_values*");
  g_assert_null (weakref_key_table_lookup_dup (table, key, dup_cb, NULL));
  g_test_assert_expected_messages ();

  g_object_unref (table);
  g_object_unref (key);
  assert_log ("-key ~key");
}

typedef struct
{
  WeakrefKeyTable *table;
  TestProbe *key;
  gint n_readers; /* (atomic): how many are still reading */
} Race;

static gpointer
ref_cb (gpointer value, gpointer user_data)
{
  return g_bytes_ref (value);
}

/* The first thread replaces the value as long as one of the others reads. */
static gpointer
race_thread (gpointer data)
{
  static gint n_started; /* (atomic) */
  Race *race = data;
  guint i;

  if (g_atomic_int_add (&n_started, 1) % 3 == 0)
    {
      while (g_atomic_int_get (&race->n_readers) > 0)
        weakref_key_table_insert (race->table, race->key, g_bytes_new ("value", 6));
      return NULL;
    }

  for (i = 0; i < test_scale (20000, 200); i++)
    {
      GBytes *value = weakref_key_table_lookup_dup (race->table, race->key, ref_cb, NULL);

      g_assert_cmpstr (g_bytes_get_data (value, NULL), ==, "value");
      g_bytes_unref (value);
    }
  g_atomic_int_add (&race->n_readers, -1);

  return NULL;
}

static void
test_copy_is_good_while_another_thread_replaces (void)
{
  Race race = { weakref_key_table_new ((GDestroyNotify) g_bytes_unref), test_probe_new ("key"), 2 };

  weakref_key_table_insert (race.table, race.key, g_bytes_new ("value", 6));
  test_threads (3, race_thread, &race);
  g_object_unref (race.table);
  g_object_unref (race.key);
  assert_log ("-key ~key");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/key-table-dup");

  test_case (copies_the_value);
  test_case (pointers_of_a_table_of_values_are_refused);
  test_case (copy_is_good_while_another_thread_replaces);

  return g_test_run ();
}
