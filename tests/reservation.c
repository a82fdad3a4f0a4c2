/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Reservations. */

#include "value-table-async.h"
#include "value-table-counting.h"

static WeakrefReservation *
reserve (WeakrefValueTable *table)
{
  GError *error = NULL;
  gpointer object = table;
  WeakrefReservation *reservation = weakref_value_table_reserve (table, "a", &object, &error);

  g_assert_no_error (error);
  g_assert_null (object);
  g_assert_nonnull (reservation);
  return reservation;
}

static void
commit (WeakrefReservation *reservation, const char *name)
{
  TestProbe *probe = test_probe_new (name);

  g_assert_true (weakref_reservation_commit (reservation, probe));
  g_object_unref (probe);
}

static void
test_commit (void)
{
  WeakrefValueTable *table = string_table ();
  WeakrefReservation *reservation = reserve (table);
  Creator creator = { .name = "unused" };
  Caller one = { .name = "one" };
  TestProbe *a = test_probe_new ("a");
  GError *error = NULL;
  gpointer object;

  assert_at (table, "a", NULL);
  ask (table, "a", &creator, &one, NULL);
  test_iterate ();
  assert_log ("");
  g_assert_true (weakref_reservation_commit (reservation, a));
  assert_at (table, "a", a);
  /* Never from inside of it. */
  assert_log ("");
  test_iterate ();
  assert_log ("one=a");
  g_assert_true (one.object == a);

  /* What is there is given. */
  g_assert_null (weakref_value_table_reserve (table, "a", &object, &error));
  g_assert_no_error (error);
  g_assert_true (object == a);
  g_object_unref (object);
  g_assert_null (weakref_value_table_reserve (table, "a", NULL, NULL));
  g_object_unref (reservation);
  caller_clear (&one);
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_size (table, 0);
  g_object_unref (table);
}

static void
test_ends_once (void)
{
  WeakrefValueTable *table = string_table ();
  WeakrefReservation *reservation = reserve (table);
  GError *error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "not found");
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");

  g_assert_true (weakref_reservation_commit (reservation, a));
  g_assert_false (weakref_reservation_commit (reservation, b));
  g_assert_false (weakref_reservation_commit (reservation, a));
  g_assert_false (weakref_reservation_fail (reservation, error));
  g_assert_false (weakref_reservation_abandon (reservation));
  assert_at (table, "a", a);
  g_object_unref (reservation);
  assert_at (table, "a", a);
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");

  reservation = reserve (table);
  g_assert_true (weakref_reservation_abandon (reservation));
  g_assert_false (weakref_reservation_abandon (reservation));
  g_object_unref (reservation);
  reservation = reserve (table);
  g_assert_true (weakref_reservation_fail (reservation, error));
  g_assert_false (weakref_reservation_fail (reservation, error));
  g_object_unref (reservation);
  g_error_free (error);
  g_object_unref (table);
}

static void
test_fails_for_all (void)
{
  WeakrefValueTable *table = string_table ();
  WeakrefReservation *reservation = reserve (table);
  GError *error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "not found");
  Creator creator = { .name = "a" };
  Caller one = { .name = "one" };
  Caller two = { .name = "two" };

  ask (table, "a", &creator, &one, NULL);
  ask (table, "a", &creator, &two, NULL);
  g_assert_true (weakref_reservation_fail (reservation, error));
  test_iterate ();
  assert_log ("one! two!");
  g_assert_error (one.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_error (two.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  caller_clear (&one);
  caller_clear (&two);
  g_object_unref (reservation);
  g_error_free (error);
  g_object_unref (table);
}

static void
check_abandoned (gboolean drops)
{
  WeakrefValueTable *table = string_table ();
  WeakrefReservation *reservation = reserve (table);
  GCancellable *cancellable = g_cancellable_new ();
  Creator creator = { .name = "a" };
  Caller one = { .name = "one" };
  Caller two = { .name = "two" };
  Caller three = { .name = "three" };

  /* The first of those who wait makes it, the others wait for him. */
  ask (table, "a", &creator, &three, cancellable);
  ask (table, "a", &creator, &one, NULL);
  ask (table, "a", &creator, &two, NULL);
  if (!drops)
    g_assert_true (weakref_reservation_abandon (reservation));
  g_object_unref (reservation);
  /* He has gone meanwhile. */
  g_cancellable_cancel (cancellable);
  assert_log ("");
  test_iterate ();
  assert_log ("create:a three!");
  creator_return (&creator);
  test_iterate ();
  assert_log ("one=a two=a");
  assert_at (table, "a", one.object);
  caller_clear (&one);
  caller_clear (&two);
  caller_clear (&three);
  assert_log ("-a ~a");
  g_object_unref (cancellable);
  g_object_unref (table);
}

static void
test_abandoned (void)
{
  check_abandoned (FALSE);
}

static void
test_dropped (void)
{
  check_abandoned (TRUE);
}

static void
test_commit_after_the_table (void)
{
  WeakrefValueTable *table = string_table ();
  WeakrefReservation *reservation = reserve (table);
  WeakrefRef *ref = weakref_ref_new (table);
  TestProbe *a = test_probe_new ("a");

  g_object_unref (table);
  g_assert_false (weakref_ref_is_alive (ref));
  g_assert_false (weakref_reservation_commit (reservation, a));
  g_object_unref (reservation);
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (ref);

  table = string_table ();
  reservation = reserve (table);
  g_object_unref (table);
  g_object_unref (reservation);
}

static void
test_insert_meanwhile (void)
{
  WeakrefValueTable *table = string_table ();
  WeakrefReservation *reservation = reserve (table);
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");

  weakref_value_table_insert (table, "a", b);
  g_assert_false (weakref_reservation_commit (reservation, a));
  assert_at (table, "a", b);
  g_object_unref (reservation);
  weakref_value_table_remove_all (table);

  /* It itself. */
  reservation = reserve (table);
  weakref_value_table_insert (table, "a", a);
  g_assert_true (weakref_reservation_commit (reservation, a));
  assert_at (table, "a", a);
  g_object_unref (reservation);
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
  g_object_unref (table);
}

static void
test_of_a_dead_object (void)
{
  WeakrefValueTable *table = string_table ();
  WeakrefReservation *reservation = reserve (table);
  Creator creator = { .name = "unused" };
  Caller one = { .name = "one", .drops = TRUE };

  /* Nobody else holds it. */
  ask (table, "a", &creator, &one, NULL);
  commit (reservation, "a");
  assert_log ("");
  test_iterate ();
  assert_log ("one=a -a ~a");
  assert_size (table, 0);
  g_object_unref (reservation);
  g_object_unref (table);
}

/* Threads that wait for it, in the two ways that block. */

typedef struct
{
  WeakrefValueTable *table;
  gint n_created;  /* (atomic) */
  gint n_reserved; /* (atomic) */
  gint n_failed;   /* (atomic) */
  gboolean fails;
  gint next; /* (atomic) */
} Waiters;

#define N_WAITERS 8

static gpointer
create_counted_cb (gconstpointer key, gpointer data, GError **error)
{
  g_atomic_int_inc (&((Waiters *) data)->n_created);
  return test_probe_new ("created");
}

static gpointer
waiter_thread (gpointer data)
{
  Waiters *waiters = data;
  WeakrefReservation *reservation = NULL;
  GError *error = NULL;
  gpointer object = NULL;

  if (g_atomic_int_add (&waiters->next, 1) % 2)
    object = weakref_value_table_ensure (waiters->table, "a", create_counted_cb, waiters, &error);
  else
    reservation = weakref_value_table_reserve (waiters->table, "a", &object, &error);
  if (reservation != NULL)
    {
      g_atomic_int_inc (&waiters->n_reserved);
      object = test_probe_new ("reserved");
      g_assert_true (weakref_reservation_commit (reservation, object));
      g_object_unref (reservation);
    }
  if (error != NULL)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
      g_atomic_int_inc (&waiters->n_failed);
      g_error_free (error);
    }
  return object;
}

static void
check_waiters (gint how)
{
  Waiters waiters = { .table = counting_table () };
  WeakrefReservation *reservation = reserve (waiters.table);
  GError *error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "not found");
  TestProbe *a = test_probe_new ("a");
  GThread *threads[N_WAITERS];
  gpointer objects[N_WAITERS];
  guint i;

  for (i = 0; i < N_WAITERS; i++)
    threads[i] = g_thread_new ("waiter", waiter_thread, &waiters);
  while (g_atomic_int_get (&n_compared) < N_WAITERS)
    g_thread_yield ();
  if (how == 0)
    g_assert_true (weakref_reservation_commit (reservation, a));
  else if (how == 1)
    g_assert_true (weakref_reservation_fail (reservation, error));
  g_object_unref (reservation);
  for (i = 0; i < N_WAITERS; i++)
    objects[i] = g_thread_join (threads[i]);

  g_assert_cmpint (waiters.n_failed, ==, how == 1 ? N_WAITERS : 0);
  if (how == 0)
    g_assert_true (objects[0] == a);
  if (how < 2)
    g_assert_cmpint (waiters.n_created + waiters.n_reserved, ==, 0);
  else
    /* One after the other, until somebody's is seen by all: nobody drops his before. */
    g_assert_cmpint (waiters.n_created + waiters.n_reserved, ==, 1);
  for (i = 0; i < N_WAITERS; i++)
    g_assert_true (objects[i] == objects[0]);
  for (i = 0; i < N_WAITERS; i++)
    g_clear_object (&objects[i]);
  g_object_unref (a);
  g_error_free (error);
  assert_size (waiters.table, 0);
  g_object_unref (waiters.table);
}

static void
test_threads_wait (void)
{
  guint n_rounds = test_scale (20, 2);
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < 3 * n_rounds; i++)
    check_waiters (i % 3);
}

static void
test_by_value (void)
{
  WeakrefValueTable *table = string_table ();
  WeakrefReservation *reservation;
  GValue value = G_VALUE_INIT;
  GError *error = NULL;
  gpointer object;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, "a");
  reservation = weakref_value_table_reserve_value (table, &value, &object, &error);
  g_assert_no_error (error);
  g_assert_null (object);
  commit (reservation, "a");
  assert_log ("-a ~a");
  g_object_unref (reservation);
  g_value_unset (&value);
  g_value_init (&value, G_TYPE_INT);
  g_assert_null (weakref_value_table_reserve_value (table, &value, &object, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);
  g_error_free (error);
  g_value_unset (&value);
  g_object_unref (table);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/reservation");

  test_case_as ("commit", commit);
  test_case_as ("by-value", by_value);
  test_case_as ("ends-once", ends_once);
  test_case_as ("fails-for-all", fails_for_all);
  test_case_as ("abandoned", abandoned);
  test_case_as ("dropped", dropped);
  test_case_as ("commit/after-the-table", commit_after_the_table);
  test_case_as ("commit/insert-meanwhile", insert_meanwhile);
  test_case_as ("commit/of-what-nobody-holds", of_a_dead_object);
  test_case_as ("threads-wait", threads_wait);

  return g_test_run ();
}
