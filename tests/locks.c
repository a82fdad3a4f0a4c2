/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How the library locks. */

#include <weakref-glib/core/locks.h>

#define N_THREADS 3
#define ENOUGH 200

static GMutex mutex;
static gboolean is_inside; /* mutex */
static guint n_contended;  /* mutex */

/* One at a time. */
static void
stay_inside (void)
{
  g_assert_false (is_inside);
  is_inside = TRUE;
  /* The others find the mutex locked. */
  g_thread_yield ();
  is_inside = FALSE;
}

static gpointer
lock_thread (gpointer data)
{
  gboolean again = TRUE;

  while (again)
    {
      gboolean contended = !g_mutex_trylock (&mutex);

      if (contended)
        weakref_lock_contended (&mutex);
      n_contended += contended;
      stay_inside ();
      again = n_contended < ENOUGH;
      g_mutex_unlock (&mutex);

      weakref_lock (&mutex);
      stay_inside ();
      g_mutex_unlock (&mutex);
    }

  return NULL;
}

static void
test_one_at_a_time (void)
{
  GThread *threads[N_THREADS];
  guint i;

  for (i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("lock", lock_thread, NULL);
  for (i = 0; i < N_THREADS; i++)
    g_thread_join (threads[i]);

  g_test_message ("%u times another thread had the lock", n_contended);
  g_assert_true (g_mutex_trylock (&mutex));
  g_mutex_unlock (&mutex);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/weakref/locks/one-at-a-time", test_one_at_a_time);

  return g_test_run ();
}
