/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Handlers that are given the objects they need. */

#include <weakref-glib/weakref-glib.h>

#include "subject.h"

static void
said_cb (TestSubject *subject, const char *text, TestProbe *a, TestProbe *b, gpointer name)
{
  test_log ("%s:%s:%s:%s", (const char *) name, text, test_probe_get_name (a),
            test_probe_get_name (b));
}

static void
freed_cb (gpointer name)
{
  test_log ("free:%s", (const char *) name);
}

typedef struct
{
  TestSubject *subject; /* (owned) (nullable) */
  TestProbe *a, *b;     /* (owned) (nullable) */
  gulong id;
} Case;

static Case
case_new (void)
{
  Case c = { test_subject_new ("s"), test_probe_new ("a"), test_probe_new ("b"), 0 };

  c.id = weakref_signal_connect (c.subject, "said", G_CALLBACK (said_cb), (gpointer) "h", freed_cb,
                                 0, c.a, c.b, NULL);
  g_assert_cmpuint (c.id, >, 0);
  g_assert_cmpuint (G_OBJECT (c.a)->ref_count, ==, 1);
  g_assert_cmpuint (G_OBJECT (c.subject)->ref_count, ==, 1);

  return c;
}

static void
say (Case *c)
{
  g_signal_emit_by_name (c->subject, "said", "x");
}

static void
test_handler_gets_the_objects (void)
{
  Case c = case_new ();

  say (&c);
  assert_log ("h:x:a:b default:x");
  assert_drop (c.subject, "-s free:h ~s");
  assert_drop (c.a, "-a ~a");
  assert_drop (c.b, "-b ~b");
}

static void
test_disconnected_by_the_first_death (void)
{
  Case c = case_new ();

  g_clear_object (&c.b);
  assert_log ("-b free:h ~b");
  g_assert_false (g_signal_handler_is_connected (c.subject, c.id));
  say (&c);
  assert_log ("default:x");
  assert_drop (c.a, "-a ~a");
  assert_drop (c.subject, "-s ~s");
}

static void
test_disconnected_by_hand (void)
{
  Case c = case_new ();

  g_signal_handler_disconnect (c.subject, c.id);
  assert_log ("free:h");
  assert_drop (c.a, "-a ~a");
  assert_drop (c.b, "-b ~b");
  assert_drop (c.subject, "-s ~s");
}

static void
test_disconnected_by_a_disposal (void)
{
  Case c = case_new ();

  g_object_run_dispose (G_OBJECT (c.a));
  assert_log ("-a free:h");
  say (&c);
  assert_log ("default:x");
  assert_drop (c.subject, "-s ~s");
  assert_drop (c.a, "~a");
  assert_drop (c.b, "-b ~b");
}

static void
say_in_dispose_cb (TestProbe *probe, gpointer data)
{
  say (data);
}

/* g_signal_connect_object() calls it: it disconnects in the dispose of GObject, not before. */
static void
test_not_called_in_the_dispose_of_an_object (void)
{
  Case c = case_new ();

  test_probe_set_on_dispose (c.a, say_in_dispose_cb, &c);
  g_object_unref (c.a);
  assert_log ("-a default:x free:h ~a");
  assert_drop (c.b, "-b ~b");
  assert_drop (c.subject, "-s ~s");
}

static void
drop_cb (TestSubject *subject, const char *text, TestProbe *a, gpointer data)
{
  Case *c = data;

  g_clear_object (&c->a);
  test_log ("in:%s", test_probe_get_name (a));
}

static void
test_objects_are_held_during_the_call (void)
{
  Case c = { test_subject_new ("s"), test_probe_new ("a"), NULL, 0 };

  weakref_signal_connect (c.subject, "said", G_CALLBACK (drop_cb), &c, NULL, 0, c.a, NULL);
  say (&c);
  assert_log ("in:a -a ~a default:x");
  say (&c);
  assert_log ("default:x");
  assert_drop (c.subject, "-s ~s");
}

static int
sum_cb (TestSubject *subject, int number, TestProbe *a, gpointer data)
{
  return number * 2;
}

static void
test_return_value (void)
{
  Case c = { test_subject_new ("s"), test_probe_new ("a"), NULL, 0 };
  int result;

  weakref_signal_connect (c.subject, "sum", G_CALLBACK (sum_cb), NULL, NULL, 0, c.a, NULL);
  g_signal_emit_by_name (c.subject, "sum", 21, &result);
  g_assert_cmpint (result, ==, 42);
  assert_drop (c.subject, "-s ~s");
  assert_drop (c.a, "-a ~a");
}

static void
plain_cb (TestSubject *subject, const char *text, gpointer name)
{
  test_log ("%s", (const char *) name);
}

static void
weak_cb (TestSubject *subject, const char *text, TestProbe *a, gpointer name)
{
  test_log ("%s", (const char *) name);
}

static void
test_detail_and_after (void)
{
  TestSubject *s = test_subject_new ("s");

  weakref_signal_connect (s, "said::loud", G_CALLBACK (weak_cb), (gpointer) "detail", NULL, 0, s,
                          NULL);
  weakref_signal_connect (s, "said", G_CALLBACK (weak_cb), (gpointer) "after", NULL,
                          G_CONNECT_AFTER, s, NULL);
  g_signal_connect (s, "said", G_CALLBACK (plain_cb), (gpointer) "plain");
  g_signal_emit_by_name (s, "said::loud", "x");
  assert_log ("detail plain default:x after");
  g_signal_emit_by_name (s, "said", "x");
  assert_log ("plain default:x after");
  /* The instance can be one of the objects. */
  assert_drop (s, "-s ~s");
}

static void
test_closure_gets_the_objects (void)
{
  Case c = { test_subject_new ("s"), test_probe_new ("a"), test_probe_new ("b"), 0 };
  gpointer objects[] = { c.a, c.b };
  GClosure *closure = g_cclosure_new (G_CALLBACK (said_cb), (gpointer) "h", NULL);

  g_closure_set_marshal (closure, g_cclosure_marshal_generic);
  c.id = weakref_signal_connect_closure (c.subject, "said", closure, 0, objects, 2);
  say (&c);
  assert_log ("h:x:a:b default:x");
  assert_drop (c.a, "-a ~a");
  g_assert_false (g_signal_handler_is_connected (c.subject, c.id));
  assert_drop (c.b, "-b ~b");
  assert_drop (c.subject, "-s ~s");
}

static void
test_wrong_arguments (void)
{
  TestSubject *s = test_subject_new ("s");

#define BAD(pattern, ...)                                                                          \
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, pattern);                                \
  g_assert_cmpuint (weakref_signal_connect (s, __VA_ARGS__), ==, 0);                               \
  g_test_assert_expected_messages ()
  BAD ("*weakref_are_objects*", "said", G_CALLBACK (weak_cb), (gpointer) "1", freed_cb, 0, NULL);
  assert_log ("free:1");
  BAD ("*flags*", "said", G_CALLBACK (weak_cb), (gpointer) "1", freed_cb, G_CONNECT_SWAPPED, s,
       NULL);
  assert_log ("free:1");
#undef BAD
  assert_drop (s, "-s ~s");
}

/* Threads: one emits, one drops an object. */

typedef struct
{
  TestSubject *subject;
  TestProbe *a;
  gint next;    /* (atomic) */
  gint n_freed; /* (atomic) */
} Race;

static void
race_cb (TestSubject *subject, const char *text, TestProbe *a, gpointer data)
{
  g_assert_false (test_probe_was_disposed (a));
}

static void
race_free_cb (gpointer race)
{
  g_atomic_int_inc (&((Race *) race)->n_freed);
}

static gpointer
race_thread (gpointer data)
{
  Race *race = data;
  guint i;

  if (g_atomic_int_add (&race->next, 1) == 0)
    {
      for (i = 0; i < 20; i++)
        g_signal_emit_by_name (race->subject, "topic-seen");
    }
  else
    g_object_unref (race->a);

  return NULL;
}

static void
seen_cb (TestSubject *subject, TestProbe *a, gpointer data)
{
  race_cb (subject, NULL, a, data);
}

static void
test_never_called_with_a_disposed_object (void)
{
  guint n_rounds = test_scale (1000, 20);
  guint round;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      Race race = { test_subject_new ("s"), test_probe_new ("a"), 0, 0 };

      weakref_signal_connect (race.subject, "topic-seen", G_CALLBACK (seen_cb), &race, race_free_cb,
                              0, race.a, NULL);
      test_threads (2, race_thread, &race);
      g_assert_cmpint (race.n_freed, ==, 1);
      g_object_unref (race.subject);
      g_assert_cmpuint (test_probe_count_alive (), ==, 0);
    }
  test_log_set_probes (TRUE);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/signal");

  test_case (handler_gets_the_objects);
  test_case (disconnected_by_the_first_death);
  test_case (disconnected_by_hand);
  test_case (disconnected_by_a_disposal);
  test_case (not_called_in_the_dispose_of_an_object);
  test_case (objects_are_held_during_the_call);
  test_case (return_value);
  test_case (detail_and_after);
  test_case (closure_gets_the_objects);
  test_case (wrong_arguments);
  test_case (never_called_with_a_disposed_object);

  return g_test_run ();
}
