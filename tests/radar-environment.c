/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include <signal.h>
#include <stdlib.h>

#include "probe.h"

/* Programs of their own, which are started with WEAKREF_RADAR and know nothing of it. */

static void
run_with (const char *options, const char *program)
{
  char *path = g_strconcat ("/weakref/radar-environment/", program, NULL);

  g_setenv ("WEAKREF_RADAR", options, TRUE);
  g_test_trap_subprocess (path, 0, 0);
  g_unsetenv ("WEAKREF_RADAR");
  g_free (path);
}

static void
leaks (void)
{
  test_probe_new ("leaked");
  exit (EXIT_SUCCESS);
}

static void
test_reports_at_exit (void)
{
  run_with ("types=TestProbe", "subprocess/leaks");
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*Weakref radar, at exit*1 object is still there*"
                             "TestProbe \"leaked\"*nothing that was reached*");
  g_test_trap_assert_stderr ("*1 TestProbe*");
}

static void
is_tidy (void)
{
  g_object_unref (test_probe_new ("tidy"));
  exit (EXIT_SUCCESS);
}

static void
test_reports_nothing_where_nothing_leaks (void)
{
  run_with ("types=TestProbe", "subprocess/is-tidy");
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*nothing is overdue*");
  g_test_trap_assert_stderr_unmatched ("*TestProbe*");
}

static void
signals_itself (void)
{
  TestProbe *probe = test_probe_new ("here");

  raise (SIGUSR1);
  while (!g_main_context_iteration (NULL, TRUE))
    ;
  g_printerr ("and on it goes\n");
  g_object_unref (probe);
  exit (EXIT_SUCCESS);
}

static void
test_reports_on_a_signal (void)
{
  run_with ("types=TestProbe", "subprocess/signals-itself");
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*on SIGUSR1*TestProbe \"here\"*and on it goes*at exit*");
}

static void
test_refuses_what_it_does_not_know (void)
{
  run_with ("types=TestProbe:check=often", "subprocess/is-tidy");
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*check takes a number of seconds*");
  run_with ("kinds=TestProbe", "subprocess/is-tidy");
  g_test_trap_assert_passed ();
  g_test_trap_assert_stderr ("*there is no option \"kinds=TestProbe\"*");
}

static void
asserts (void)
{
  TestProbe *probe = test_probe_new ("a");

  weakref_radar_assert_dies (probe, g_object_notify (G_OBJECT (probe), "name"));
}

static void
test_assertion_fails_with_a_report (void)
{
  g_test_trap_subprocess ("/weakref/radar-environment/subprocess/asserts", 0, 0);
  g_test_trap_assert_failed ();
  g_test_trap_assert_stderr ("*should have died, and is alive: TestProbe \"a\"*1 reference*");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/radar-environment");

  g_test_add_func ("/weakref/radar-environment/subprocess/leaks", leaks);
  g_test_add_func ("/weakref/radar-environment/subprocess/is-tidy", is_tidy);
  g_test_add_func ("/weakref/radar-environment/subprocess/signals-itself", signals_itself);
  g_test_add_func ("/weakref/radar-environment/subprocess/asserts", asserts);
  test_case (reports_at_exit);
  test_case (reports_nothing_where_nothing_leaks);
  test_case (reports_on_a_signal);
  test_case (refuses_what_it_does_not_know);
  test_case (assertion_fails_with_a_report);

  return g_test_run ();
}
