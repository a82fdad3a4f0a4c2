/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#include <string.h>

static gint n_records; /* (atomic) */

/* Records */

StressRecord *
stress_record_new (gboolean must_settle)
{
  StressRecord *record = g_new0 (StressRecord, 1);

  g_atomic_ref_count_init (&record->ref_count);
  g_atomic_ref_count_inc (&record->ref_count);
  record->must_settle = must_settle;
  g_atomic_int_inc (&n_records);

  return record;
}

void
stress_record_call (StressRecord *record)
{
  g_assert_false (g_atomic_int_get (&record->destroyed));
  g_assert_cmpint (g_atomic_int_add (&record->called, 1), ==, 0);
}

void
stress_record_prevent (StressRecord *record)
{
  g_assert_cmpint (g_atomic_int_add (&record->prevented, 1), ==, 0);
}

void
stress_record_unref (StressRecord *record)
{
  if (!g_atomic_ref_count_dec (&record->ref_count))
    return;

  g_assert_true (record->destroyed);
  if (record->must_settle)
    g_assert_cmpint (record->called + record->prevented, ==, 1);
  g_atomic_int_add (&n_records, -1);
  g_free (record);
}

void
stress_record_destroy (gpointer data)
{
  StressRecord *record = data;

  g_assert_cmpint (g_atomic_int_add (&record->destroyed, 1), ==, 0);
  stress_record_unref (record);
}

gint
stress_records_count (void)
{
  return g_atomic_int_get (&n_records);
}

/* Pools */

void
stress_pool_release (StressPool *pool, gpointer box)
{
  if (box != NULL)
    g_atomic_rc_box_release_full (box, pool->clear);
}

static guint
pool_random (StressPool *pool)
{
  return stress_random (pool->n_hot > 0 ? pool->n_hot : STRESS_POOL_SIZE);
}

gpointer
stress_pool_dup (StressPool *pool)
{
  guint position = pool_random (pool);
  gpointer box;

  g_mutex_lock (&pool->lock);
  box = pool->boxes[position] != NULL ? g_atomic_rc_box_acquire (pool->boxes[position]) : NULL;
  g_mutex_unlock (&pool->lock);

  return box;
}

void
stress_pool_release_at (StressPool *pool, guint position)
{
  gpointer box;

  g_mutex_lock (&pool->lock);
  box = g_steal_pointer (&pool->boxes[position]);
  g_mutex_unlock (&pool->lock);

  stress_pool_release (pool, box);
}

/* Takes over @box, which may be NULL. */
void
stress_pool_put (StressPool *pool, gpointer box)
{
  guint position = pool_random (pool);
  gpointer old;

  g_mutex_lock (&pool->lock);
  old = pool->boxes[position];
  pool->boxes[position] = box;
  g_mutex_unlock (&pool->lock);

  stress_pool_release (pool, old);
}

void
stress_pool_empty (StressPool *pool)
{
  guint i;

  for (i = 0; i < STRESS_POOL_SIZE; i++)
    stress_pool_release (pool, g_steal_pointer (&pool->boxes[i]));
}

/* Boxes */

StressBox *
stress_box_new (gpointer thing, StressRecord *record)
{
  StressBox *box = g_atomic_rc_box_new0 (StressBox);

  box->thing = thing;
  box->record = record;

  return box;
}

void
stress_box_clear (gpointer data)
{
  StressBox *box = data;

  g_object_unref (box->thing);
  if (box->record != NULL)
    stress_record_unref (box->record);
}

void
stress_box_use (StressPool *pool, void (*use) (StressBox *box))
{
  StressBox *box = stress_pool_dup (pool);

  if (box != NULL)
    use (box);
  stress_pool_release (pool, box);
}

void
stress_box_foreach (StressPool *pool, void (*func) (StressBox *box))
{
  guint i;

  for (i = 0; i < STRESS_POOL_SIZE; i++)
    {
      if (pool->boxes[i] != NULL)
        func (pool->boxes[i]);
    }
}

void
stress_box_ended_by_hand (StressBox *box, gboolean was_alive, gboolean ended)
{
  if (ended)
    g_assert_cmpint (g_atomic_int_get (&box->record->called), ==, 1);
  else if (was_alive)
    stress_count_race ("a thing ended between is_alive() and its end by hand");
}

void
stress_box_detached (StressBox *box, gboolean was_alive, gboolean detached)
{
  if (detached)
    stress_record_prevent (box->record);
  else if (was_alive)
    stress_count_race ("a thing ended between is_alive() and detach()");
}

void
stress_box_check_settled (StressBox *box, gboolean is_alive)
{
  g_assert_cmpint (box->record->called + box->record->prevented, ==, !is_alive);
}

void
stress_box_check_ended (StressBox *box, gboolean is_alive)
{
  g_assert_false (is_alive);
  stress_box_check_settled (box, is_alive);
  g_assert_true (box->record->destroyed);
}

/* Counters */

static StressCounter *counters; /* (atomic) */

/* Without ordering, because what orders the threads hides their races from ThreadSanitizer. */
void
stress_counter_add (StressCounter *counter)
{
  __atomic_add_fetch (&counter->n, 1, __ATOMIC_RELAXED);

  if (__atomic_load_n (&counter->registered, __ATOMIC_RELAXED) ||
      __atomic_exchange_n (&counter->registered, TRUE, __ATOMIC_RELAXED))
    return;

  do
    counter->next = g_atomic_pointer_get (&counters);
  while (!g_atomic_pointer_compare_and_exchange (&counters, counter->next, counter));
}

void
stress_counters_print (void)
{
  GHashTable *sums = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  StressCounter *counter;
  GList *names;
  GList *l;

  for (counter = counters; counter != NULL; counter = counter->next)
    {
      guint64 *sum = g_hash_table_lookup (sums, counter->name);

      if (sum == NULL)
        g_hash_table_insert (sums, (gpointer) counter->name, sum = g_new0 (guint64, 1));
      *sum += counter->n;
    }

  names = g_list_sort (g_hash_table_get_keys (sums), (GCompareFunc) strcmp);
  for (l = names; l != NULL; l = l->next)
    g_print ("# %14" G_GUINT64_FORMAT "  %s\n", *(guint64 *) g_hash_table_lookup (sums, l->data),
             (char *) l->data);

  g_list_free (names);
  g_hash_table_unref (sums);
}
