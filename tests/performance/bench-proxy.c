/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

#include "../subject.h"

/* What a target pays for a proxy to which nothing is connected, and what goes through one. */
typedef struct
{
  const char *signal; /* NULL for a notification */
  gboolean handler;   /* somebody is connected: to the target; or to the proxy, if that is set */
  gboolean to_proxy;
  gboolean on_another; /* the emission is on another object of the same type */
} Case;

static int
handler_cb (gpointer object, gpointer user_data)
{
  return 0;
}

static void
emit (guint n, const Case *with, gboolean proxied)
{
  TestSubject *target = test_subject_new ("target");
  TestSubject *another = test_subject_new ("another");
  WeakrefProxy *proxy = proxied ? weakref_proxy_new (target) : NULL;
  gpointer object = with->on_another ? another : target;
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (target), "quiet");
  guint id = with->signal != NULL ? g_signal_lookup (with->signal, TEST_TYPE_SUBJECT) : 0;
  int answer;
  guint i;

  if (with->handler)
    g_signal_connect (with->to_proxy && proxied ? (gpointer) proxy : object,
                      with->signal != NULL ? with->signal : "notify", G_CALLBACK (handler_cb),
                      NULL);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      if (id == 0)
        g_object_notify_by_pspec (object, pspec);
      else
        g_signal_emit (object, id, 0, &answer);
    }
  bench_stop ();

  g_clear_object (&proxy);
  g_object_unref (target);
  g_object_unref (another);
}

static void
ours_emit (guint n, gpointer data)
{
  emit (n, data, TRUE);
}

static void
glib_emit (guint n, gpointer data)
{
  emit (n, data, FALSE);
}

static void
read_property (guint n, gboolean proxied)
{
  TestSubject *target = test_subject_new ("target");
  WeakrefProxy *proxy = weakref_proxy_new (target);
  int number;
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    g_object_get (proxied ? (gpointer) proxy : target, "number", &number, NULL);
  bench_stop ();

  g_object_unref (proxy);
  g_object_unref (target);
}

static void
ours_read (guint n, gpointer data)
{
  read_property (n, TRUE);
}

static void
glib_read (guint n, gpointer data)
{
  read_property (n, FALSE);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *what;
    Case with;
  } cases[] = {
    { "a signal, nobody listens", { .signal = "topic-seen" } },
    { "a signal, a handler on the target", { .signal = "topic-seen", .handler = TRUE } },
    { "a signal, the handler on the proxy",
      { .signal = "topic-seen", .handler = TRUE, .to_proxy = TRUE } },
    { "a notification, nobody listens", { .signal = NULL } },
    { "a notification, a handler on the target", { .signal = NULL, .handler = TRUE } },
    { "a notification, the handler on the proxy",
      { .signal = NULL, .handler = TRUE, .to_proxy = TRUE } },
    { "a signal with an answer, nobody listens", { .signal = "first" } },
    { "a signal with an answer, a handler on the target", { .signal = "first", .handler = TRUE } },
    { "a signal with an answer, the handler on the proxy",
      { .signal = "first", .handler = TRUE, .to_proxy = TRUE } },
    { "a signal with an answer, of another object",
      { .signal = "first", .handler = TRUE, .on_another = TRUE } },
  };
  guint i;

  bench_init (argc, argv);
  test_log_set_probes (FALSE);

  bench_section ("Emissions of a target that has a proxy");
  for (i = 0; i < G_N_ELEMENTS (cases); i++)
    bench_compare (cases[i].what, 10000, ours_emit, "no proxy", glib_emit,
                   (gpointer) &cases[i].with, 0);
  bench_section ("Proxy");
  bench_compare ("read a property of the target", 10000, ours_read, "g_object_get()", glib_read,
                 NULL, 0);

  return 0;
}
