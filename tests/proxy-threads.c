/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Proxies: several threads at once. */

#include "proxy-common.h"

typedef struct
{
  TestSubject *target; /* (owned) (atomic) */
  WeakrefProxy *proxy;
  gint n_seen_alive; /* (atomic) */
  gint n_seen_dead;  /* (atomic) */
} Race;

static gpointer
read_while_dropping_thread (gpointer data)
{
  Race *race = data;
  guint i;

  for (i = 0; i < 100; i++)
    {
      int number = get_int (race->proxy, "number");

      g_assert_true (number == 42 || number == 7);
      g_atomic_int_inc (number == 42 ? &race->n_seen_alive : &race->n_seen_dead);
      g_object_set (race->proxy, "text", "x", NULL);
      if (i == 20)
        {
          TestSubject *target = g_atomic_pointer_exchange (&race->target, NULL);

          g_clear_object (&target);
        }
    }

  return NULL;
}

static void
test_read_while_another_thread_drops (void)
{
  Race race = {
    0,
  };

  test_log_set_probes (FALSE);
  while (race.n_seen_alive < 200 || race.n_seen_dead < 200)
    {
      race.target = test_subject_new ("a");
      g_object_set (race.target, "number", 42, NULL);
      race.proxy = weakref_proxy_new (race.target);
      test_threads (3, read_while_dropping_thread, &race);
      g_assert_null (race.target);
      g_object_unref (race.proxy);
    }
}

/* Two threads emit the same signal at the same time. */
typedef struct
{
  WeakrefProxy *proxy;
  TestSubject *target;
  GThread *first;
  TestGate first_is_in;
  TestGate second_is_in;
  TestGate first_is_done;
} Meeting;

static void
meet_cb (GObject *object, const char *what, gpointer user_data)
{
  Meeting *meeting = user_data;

  if (g_thread_self () == meeting->first)
    {
      test_gate_open (&meeting->first_is_in);
      test_gate_wait (&meeting->second_is_in);
    }
  else
    {
      test_gate_open (&meeting->second_is_in);
      test_gate_wait (&meeting->first_is_done);
    }
}

static gpointer
emit_on_the_proxy_thread (gpointer data)
{
  Meeting *meeting = data;

  meeting->first = g_thread_self ();
  g_signal_emit_by_name (meeting->proxy, "said", "first");
  test_gate_open (&meeting->first_is_done);

  return NULL;
}

static void
start_meeting (Meeting *meeting)
{
  test_gate_init (&meeting->first_is_in);
  test_gate_init (&meeting->second_is_in);
  test_gate_init (&meeting->first_is_done);
  meeting->target = test_subject_new ("a");
  meeting->proxy = weakref_proxy_new (meeting->target);
}

static void
end_meeting (Meeting *meeting)
{
  test_gate_clear (&meeting->first_is_in);
  test_gate_clear (&meeting->second_is_in);
  test_gate_clear (&meeting->first_is_done);
  g_object_unref (meeting->proxy);
  assert_drop (meeting->target, "-a ~a");
}

static void
test_emissions_in_two_threads (void)
{
  Meeting meeting;
  GThread *thread;

  /* Without handlers on the proxy, each emission reaches the target once. */
  start_meeting (&meeting);
  g_signal_connect (meeting.target, "said", G_CALLBACK (meet_cb), &meeting);
  thread = g_thread_new ("test", emit_on_the_proxy_thread, &meeting);
  test_gate_wait (&meeting.first_is_in);
  g_signal_emit_by_name (meeting.proxy, "said", "second");
  g_thread_join (thread);
  assert_log ("default:first default:second");
  end_meeting (&meeting);

  /* With handlers, the one on the proxy must not stop the one on the target. */
  start_meeting (&meeting);
  g_signal_connect (meeting.proxy, "said", G_CALLBACK (meet_cb), &meeting);
  g_signal_connect (meeting.target, "said", G_CALLBACK (said_cb), (gpointer) "target");
  thread = g_thread_new ("test", emit_on_the_proxy_thread, &meeting);
  test_gate_wait (&meeting.first_is_in);
  g_signal_emit_by_name (meeting.target, "said", "second");
  g_thread_join (thread);
  assert_log ("target:first default:first target:second default:second");
  end_meeting (&meeting);
}

static gpointer
make_and_drop_thread (gpointer data)
{
  Race *race = data;
  guint i;

  for (i = 0; i < 50; i++)
    {
      WeakrefProxy *proxy = i % 2 ? weakref_proxy_new (race->target)
                                  : weakref_proxy_new_full (race->target, NULL, NULL, NULL, NULL);
      int answer;

      g_signal_connect (proxy, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (1));
      g_signal_emit_by_name (race->target, "first", &answer);
      g_assert_true (answer == 1 || answer == 0);
      g_signal_emit_by_name (race->target, "topic-seen");
      g_object_set (race->target, "number", i + 1, NULL);
      g_object_unref (proxy);
    }
  g_object_unref (race->target);

  return NULL;
}

static void
test_proxies_come_and_go_in_threads (void)
{
  Race race = {
    0,
  };
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < 10; i++)
    {
      race.target = test_subject_new ("a");
      g_object_ref (race.target);
      g_object_ref (race.target);
      test_threads (3, make_and_drop_thread, &race);
    }
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/proxy");

  test_case (read_while_another_thread_drops);
  test_case (emissions_in_two_threads);
  test_case (proxies_come_and_go_in_threads);

  return g_test_run ();
}
