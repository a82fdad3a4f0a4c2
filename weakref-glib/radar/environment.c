/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-radar.h>

#include <signal.h>
#include <stdlib.h>

#include <glib-unix.h>

#include <weakref-glib/radar/radar-private.h>

/* Switches the radar on in a program that does not call it:
 *
 *   WEAKREF_RADAR=types=MyPage,MyWindow:check=10s program
 *
 * Options are separated by colons. The types in "types" are tracked. "check" is the interval at
 * which a report is printed, from the default main context. A report is also printed when the
 * process gets SIGUSR1, and when it ends. If the program is not linked with this library,
 * LD_PRELOAD can load it. */

static void
report (const char *when)
{
  char *overdue = weakref_radar_check_text ();
  char *dump = weakref_radar_dump_text ();

  g_printerr ("Weakref radar, %s\n%s\n%s%s", when, overdue != NULL ? overdue : "nothing is overdue",
              dump, *dump != '\0' ? "\n" : "");
  g_free (overdue);
  g_free (dump);
}

static gboolean
report_cb (gpointer when)
{
  report (when);

  return G_SOURCE_CONTINUE;
}

static void
report_at_exit (void)
{
  report ("at exit");
}

static void
set_option (const char *option)
{
  if (g_str_has_prefix (option, "types="))
    {
      char **types = g_strsplit (option + strlen ("types="), ",", -1);
      guint i;

      for (i = 0; types[i] != NULL; i++)
        weakref_radar_track_type (types[i]);
      g_strfreev (types);
    }
  else if (g_str_has_prefix (option, "check="))
    {
      char *end;
      guint64 seconds = g_ascii_strtoull (option + strlen ("check="), &end, 10);

      if (seconds > 0 && seconds <= G_MAXUINT && (*end == '\0' || g_str_equal (end, "s")))
        g_timeout_add_seconds (seconds, report_cb, (gpointer) "by the clock");
      else
        g_printerr ("WEAKREF_RADAR: check takes a number of seconds, such as check=10s\n");
    }
  else if (*option != '\0' && !g_str_equal (option, "1"))
    {
      g_printerr ("WEAKREF_RADAR: there is no option \"%s\"; there are types= and check=\n",
                  option);
    }
}

/* This runs before main(). So no class has been initialised yet, and there is no other thread. */
__attribute__ ((constructor)) static void
radar_environment_init (void)
{
  const char *options = g_getenv ("WEAKREF_RADAR");
  char **split;
  guint i;

  if (options == NULL)
    return;

  weakref_radar_start ();
  split = g_strsplit (options, ":", -1);
  for (i = 0; split[i] != NULL; i++)
    set_option (split[i]);
  g_strfreev (split);

  g_unix_signal_add (SIGUSR1, report_cb, (gpointer) "on SIGUSR1");
  atexit (report_at_exit);
}
