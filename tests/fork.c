/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Processes that fork. What happens in the child is told through a pipe. */

#include <weakref-glib/weakref-glib.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "probe.h"

static int told[2];

static void
tell (char c)
{
  g_assert_cmpint (write (told[1], &c, 1), ==, 1);
}

static void
tell_cb (gpointer data)
{
  tell (GPOINTER_TO_INT (data));
}

/* What the child did with @func, and then exit () or _exit (): "x" if it got there. */
static char *
in_child (void (*func) (gpointer data), gpointer data, gboolean exits)
{
  GString *text = g_string_new (NULL);
  int status;
  pid_t child;
  char c;

  g_assert_cmpint (pipe (told), ==, 0);
  fflush (NULL);
  child = fork ();
  if (child == 0)
    {
      /* One that waits for ever is ended by the alarm. */
      alarm (20);
      if (func != NULL)
        func (data);
      if (exits)
        exit (0);
      tell ('x');
      _exit (0);
    }

  close (told[1]);
  while (read (told[0], &c, 1) == 1)
    g_string_append_c (text, c);
  close (told[0]);
  g_assert_cmpint (waitpid (child, &status, 0), ==, child);
  g_assert_true (WIFEXITED (status));
  g_assert_cmpint (WEXITSTATUS (status), ==, 0);

  return g_string_free (text, FALSE);
}

#define assert_in_child(func, data, exits, expected)                                               \
  G_STMT_START                                                                                     \
  {                                                                                                \
    char *told_text = in_child (func, data, exits);                                                \
    g_assert_cmpstr (told_text, ==, expected);                                                     \
    g_free (told_text);                                                                            \
  }                                                                                                \
  G_STMT_END

static void
log_cb (gpointer data)
{
  test_log ("run");
}

static gboolean is_parent = TRUE;

/* Tells in a child, logs in the parent. */
static void
report_cb (gpointer data)
{
  if (is_parent)
    log_cb (data);
  else
    tell_cb (data);
}

static void
be_child (gpointer data)
{
  is_parent = FALSE;
}

static void
test_finalizer_does_not_run_at_the_exit_of_a_child (void)
{
  TestProbe *a = test_probe_new ("a");

  weakref_finalize (a, report_cb, GINT_TO_POINTER ('f'), NULL);
  assert_in_child (be_child, NULL, TRUE, "");
  assert_drop (a, "-a run ~a");
}

static void
run_at_exit (gpointer data)
{
  is_parent = FALSE;
  weakref_finalizer_run_at_exit ();
}

static void
test_finalizer_does_not_run_when_a_child_asks_for_all (void)
{
  TestProbe *a = test_probe_new ("a");

  /* As a language does that is shut down. */
  g_object_unref (weakref_finalizer_new_for_binding (a, NULL, WEAKREF_PHASE_DISPOSE, report_cb,
                                                     GINT_TO_POINTER ('f'), NULL));
  assert_in_child (run_at_exit, NULL, FALSE, "x");
  assert_drop (a, "-a run ~a");
}

static void
finalize_in_child (gpointer target)
{
  is_parent = FALSE;
  weakref_finalize (target, tell_cb, GINT_TO_POINTER ('c'), NULL);
}

static void
test_finalizer_of_the_child_runs_at_its_exit (void)
{
  TestProbe *a = test_probe_new ("a");

  weakref_finalize (a, report_cb, GINT_TO_POINTER ('f'), NULL);
  assert_in_child (finalize_in_child, a, TRUE, "c");
  assert_drop (a, "-a run ~a");
}

static void
notify_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
  tell ('n');
}

static void
adopt (gpointer finalizer)
{
  is_parent = FALSE;
  g_signal_connect (finalizer, "notify::at-exit", G_CALLBACK (notify_cb), NULL);
  tell (weakref_finalizer_get_at_exit (finalizer) ? '1' : '0');
  weakref_finalizer_set_at_exit (finalizer, TRUE);
  tell (weakref_finalizer_get_at_exit (finalizer) ? '1' : '0');
}

static void
test_child_that_sets_at_exit_takes_a_finalizer_over (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefFinalizer *self = weakref_finalizer_new (a, report_cb, GINT_TO_POINTER ('f'), NULL);

  assert_in_child (adopt, self, TRUE, "0n1f");
  g_assert_true (weakref_finalizer_get_at_exit (self));
  assert_drop (a, "-a run ~a");
  g_object_unref (self);
}

static void
drop_in_child (gpointer target)
{
  is_parent = FALSE;
  test_log_set_probes (FALSE);
  g_object_unref (target);
}

static void
test_death_in_the_child_is_one_of_the_child (void)
{
  TestProbe *a = test_probe_new ("a");

  weakref_finalize (a, report_cb, GINT_TO_POINTER ('f'), NULL);
  assert_in_child (drop_in_child, a, FALSE, "fx");
  assert_drop (a, "-a run ~a");
}

/* Another thread is in the middle of a lookup, with the lock of the table, when the process forks.
 */

static TestGate in_equal;
static gint slow;    /* (atomic): the comparison takes its time */
static gint forking; /* (atomic) */

static void
fork_prepare_cb (void)
{
  g_atomic_int_set (&forking, TRUE);
}

static gboolean
slow_equal (gconstpointer a, gconstpointer b)
{
  guint i;

  if (g_atomic_int_get (&slow))
    {
      test_gate_open (&in_equal);
      while (!g_atomic_int_get (&forking))
        g_thread_yield ();
      /* Until it has forked, unless somebody sees to it that this is over before. */
      for (i = 0; i < 100000; i++)
        g_thread_yield ();
    }

  return g_str_equal (a, b);
}

static gpointer
copy_key (gconstpointer key)
{
  return g_strdup (key);
}

static gpointer
lookup_thread (gpointer table)
{
  gpointer found = weakref_value_table_lookup (table, "a");

  g_object_unref (found);
  return NULL;
}

static void
lookup_in_child (gpointer table)
{
  gpointer found;

  g_atomic_int_set (&slow, FALSE);
  found = weakref_value_table_lookup (table, "a");
  tell (found != NULL ? 'a' : '-');
}

static void
test_child_finds_no_lock_taken (void)
{
  WeakrefValueTable *table =
    weakref_value_table_new_full (g_str_hash, slow_equal, copy_key, g_free);
  TestProbe *a = test_probe_new ("a");
  GThread *thread;

  /* Such handlers run in the reverse order of their registration: this one before the library's. */
  g_assert_cmpint (pthread_atfork (fork_prepare_cb, NULL, NULL), ==, 0);
  test_gate_init (&in_equal);
  weakref_value_table_insert (table, "a", a);
  g_atomic_int_set (&slow, TRUE);
  thread = g_thread_new ("lookup", lookup_thread, table);
  test_gate_wait (&in_equal);
  assert_in_child (lookup_in_child, table, FALSE, "ax");
  g_thread_join (thread);
  g_atomic_int_set (&slow, FALSE);
  test_gate_clear (&in_equal);

  g_assert_finalize_object (table);
  assert_drop (a, "-a ~a");
}

static void
use_everything (gpointer data)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  WeakrefCache *cache = weakref_cache_new (G_TYPE_STRING, 4);
  WeakrefProxy *proxy = weakref_proxy_new (a);
  WeakrefRef *ref = weakref_ref_new_full (a, g_main_context_default (), NULL, NULL, NULL);
  GSimpleAction *action = g_simple_action_new ("action", NULL);
  WeakrefProxy *of_action = weakref_proxy_new (action);

  weakref_finalize (a, tell_cb, GINT_TO_POINTER ('f'), NULL);
  weakref_set_add (set, a);
  weakref_value_table_insert (data, "b", a);
  g_object_unref (a);
  g_assert_false (weakref_ref_is_alive (ref));
  g_object_unref (proxy);
  g_object_unref (ref);
  g_object_unref (of_action);
  g_object_unref (action);
  g_object_unref (cache);
  g_object_unref (set);
}

static void
test_everything_works_in_a_child (void)
{
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);

  assert_in_child (use_everything, table, FALSE, "fx");
  /* And in the parent. */
  g_assert_cmpint (pipe (told), ==, 0);
  use_everything (table);
  close (told[0]);
  close (told[1]);
  test_iterate ();
  assert_log ("-a ~a");
  g_assert_finalize_object (table);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/fork");

  test_case (finalizer_does_not_run_at_the_exit_of_a_child);
  test_case (finalizer_does_not_run_when_a_child_asks_for_all);
  test_case (finalizer_of_the_child_runs_at_its_exit);
  test_case (child_that_sets_at_exit_takes_a_finalizer_over);
  test_case (death_in_the_child_is_one_of_the_child);
  test_case (child_finds_no_lock_taken);
  test_case (everything_works_in_a_child);

  return g_test_run ();
}
