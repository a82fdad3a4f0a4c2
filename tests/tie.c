/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

/* Logs the survivors: "tie(b,c)". */
static void
tie_cb (WeakrefTie *tie, gpointer name)
{
  GPtrArray *survivors = weakref_tie_dup_survivors (tie);
  GString *text = g_string_new (name);
  guint i;

  g_string_append_c (text, '(');
  for (i = 0; i < survivors->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "",
                            test_probe_get_name (g_ptr_array_index (survivors, i)));
  g_string_append_c (text, ')');
  test_log ("%s", text->str);
  g_string_free (text, TRUE);
  g_ptr_array_unref (survivors);
}

static void
freed_cb (gpointer name)
{
  test_log ("free:%s", (const char *) name);
}

typedef struct
{
  TestProbe *a, *b, *c; /* (owned) (nullable) */
  WeakrefTie *tie;      /* (owned) */
} Three;

static Three
three_new (GMainContext *context, WeakrefPhase phase)
{
  Three three = { test_probe_new ("a"), test_probe_new ("b"), test_probe_new ("c"), NULL };
  gpointer objects[] = { three.a, three.b, three.c };

  three.tie = weakref_tie_new_full (objects, 3, context, phase, tie_cb, (gpointer) "tie", freed_cb);

  return three;
}

/* The deaths of all that are left do nothing more. */
static void
three_end (Three *three)
{
  char *log;

  g_assert_false (weakref_tie_is_alive (three->tie));
  g_assert_false (weakref_tie_break (three->tie));
  g_assert_false (weakref_tie_detach (three->tie));
  g_clear_object (&three->a);
  g_clear_object (&three->b);
  g_clear_object (&three->c);
  log = test_log_steal ();
  g_assert_null (strstr (log, "tie"));
  g_free (log);
  g_assert_finalize_object (three->tie);
}

static void
test_runs_at_the_first_death (void)
{
  Three three = three_new (NULL, WEAKREF_PHASE_DISPOSE);

  g_assert_true (weakref_tie_is_alive (three.tie));
  g_clear_object (&three.b);
  assert_log ("-b tie(a,c) free:tie ~b");
  three_end (&three);
}

static void
test_each_of_them_can_be_the_first (void)
{
  Three one = three_new (NULL, WEAKREF_PHASE_DISPOSE);
  Three two = three_new (NULL, WEAKREF_PHASE_DISPOSE);

  g_clear_object (&one.a);
  assert_log ("-a tie(b,c) free:tie ~a");
  g_clear_object (&two.c);
  assert_log ("-c tie(a,b) free:tie ~c");
  three_end (&one);
  three_end (&two);
}

static void
test_broken_by_hand (void)
{
  Three three = three_new (NULL, WEAKREF_PHASE_DISPOSE);

  g_assert_true (weakref_tie_break (three.tie));
  assert_log ("tie(a,b,c) free:tie");
  three_end (&three);
}

static void
test_detached (void)
{
  Three three = three_new (NULL, WEAKREF_PHASE_DISPOSE);

  g_assert_true (weakref_tie_detach (three.tie));
  assert_log ("free:tie");
  three_end (&three);
}

/* The radar counts the watches on an object. */
static gboolean
is_watched (gpointer object)
{
  char *text = weakref_radar_inspect_text (object);
  gboolean found = strstr (text, "WeakrefTie") != NULL;

  g_free (text);

  return found;
}

static void
test_first_death_stops_watching_the_others (void)
{
  Three three = three_new (NULL, WEAKREF_PHASE_DISPOSE);

  g_assert_true (is_watched (three.a));
  g_assert_true (is_watched (three.c));
  g_clear_object (&three.b);
  assert_log ("-b tie(a,c) free:tie ~b");
  g_assert_false (is_watched (three.a));
  g_assert_false (is_watched (three.c));
  three_end (&three);
}

static void
test_end_by_hand_stops_watching (void)
{
  Three broken = three_new (NULL, WEAKREF_PHASE_DISPOSE);
  Three detached = three_new (NULL, WEAKREF_PHASE_DISPOSE);

  g_assert_true (weakref_tie_break (broken.tie));
  g_assert_true (weakref_tie_detach (detached.tie));
  assert_log ("tie(a,b,c) free:tie free:tie");
  g_assert_false (is_watched (broken.a));
  g_assert_false (is_watched (detached.a));
  three_end (&broken);
  three_end (&detached);
}

static void
test_kept_by_the_library (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  gpointer objects[] = { a, b };

  g_object_unref (weakref_tie_new (objects, 2, tie_cb, (gpointer) "tie", freed_cb));
  assert_drop (b, "-b tie(a) free:tie ~b");
  assert_drop (a, "-a ~a");
}

static void
test_holds_nobody (void)
{
  Three three = three_new (NULL, WEAKREF_PHASE_DISPOSE);

  g_assert_cmpuint (G_OBJECT (three.a)->ref_count, ==, 1);
  g_assert_true (weakref_tie_break (three.tie));
  g_assert_cmpuint (G_OBJECT (three.a)->ref_count, ==, 1);
  assert_log ("tie(a,b,c) free:tie");
  three_end (&three);
}

static void
test_same_object_several_times (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  gpointer objects[] = { a, b, a, a };
  WeakrefTie *tie = weakref_tie_new (objects, 4, tie_cb, (gpointer) "tie", freed_cb);

  assert_drop (a, "-a tie(b) free:tie ~a");
  assert_drop (b, "-b ~b");
  g_assert_finalize_object (tie);
}

static void
test_disposal_by_force_is_a_death (void)
{
  Three three = three_new (NULL, WEAKREF_PHASE_DISPOSE);

  g_object_run_dispose (G_OBJECT (three.a));
  assert_log ("-a tie(b,c) free:tie");
  three_end (&three);
}

static void
test_waits_for_the_memory (void)
{
  Three three = three_new (NULL, WEAKREF_PHASE_FINALIZE);

  g_object_run_dispose (G_OBJECT (three.a));
  assert_log ("-a");
  g_assert_true (weakref_tie_is_alive (three.tie));
  g_clear_object (&three.a);
  assert_log ("~a tie(b,c) free:tie");
  three_end (&three);
}

static void
test_runs_in_the_context (void)
{
  GMainContext *context = g_main_context_new ();
  Three three = three_new (context, WEAKREF_PHASE_DISPOSE);

  g_clear_object (&three.a);
  g_clear_object (&three.c);
  assert_log ("-a ~a -c ~c");
  g_assert_true (weakref_tie_is_alive (three.tie));
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("tie(b) free:tie");
  three_end (&three);
  g_main_context_unref (context);
}

static void
test_does_not_keep_the_context (void)
{
  GMainContext *context = g_main_context_new ();
  Three three = three_new (context, WEAKREF_PHASE_DISPOSE);

  g_main_context_unref (context);
  g_clear_object (&three.a);
  assert_log ("-a ~a");
  g_assert_true (weakref_tie_break (three.tie));
  assert_log ("tie(b,c) free:tie");
  three_end (&three);
}

static void
drop_all_cb (WeakrefTie *tie, gpointer data)
{
  Three *three = data;

  test_log ("drop");
  g_assert_false (weakref_tie_is_alive (tie));
  g_assert_false (weakref_tie_break (tie));
  g_assert_false (weakref_tie_detach (tie));
  g_clear_object (&three->b);
  g_clear_object (&three->c);
  g_clear_object (&three->tie);
}

static void
test_function_may_drop_everything (void)
{
  Three three = { test_probe_new ("a"), test_probe_new ("b"), test_probe_new ("c"), NULL };
  gpointer objects[] = { three.a, three.b, three.c };

  three.tie = weakref_tie_new (objects, 3, drop_all_cb, &three, NULL);
  g_clear_object (&three.a);
  assert_log ("-a drop -b ~b -c ~c ~a");
  g_assert_null (three.tie);
}

static void
again_cb (WeakrefTie *tie, gpointer name)
{
  GPtrArray *survivors = weakref_tie_dup_survivors (tie);

  tie_cb (tie, name);
  if (survivors->len > 0)
    g_object_unref (weakref_tie_new (survivors->pdata, survivors->len, again_cb, name, NULL));
  g_ptr_array_unref (survivors);
}

static void
test_survivors_tied_again (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  gpointer objects[] = { a, b, c };

  g_object_unref (weakref_tie_new (objects, 3, again_cb, (gpointer) "tie", NULL));
  assert_drop (a, "-a tie(b,c) ~a");
  assert_drop (b, "-b tie(c) ~b");
  assert_drop (c, "-c tie() ~c");
}

static void
notify_cb (GObject *tie, GParamSpec *pspec, gpointer data)
{
  test_log ("notify:%s", pspec->name);
}

static void
test_at_exit_is_off_by_default (void)
{
  Three three = three_new (NULL, WEAKREF_PHASE_DISPOSE);
  gboolean at_exit;
  gboolean alive;

  g_signal_connect (three.tie, "notify", G_CALLBACK (notify_cb), NULL);
  g_object_get (three.tie, "at-exit", &at_exit, "alive", &alive, NULL);
  g_assert_false (at_exit);
  g_assert_true (alive);
  weakref_finalizer_run_at_exit ();
  assert_log ("");

  g_object_set (three.tie, "at-exit", TRUE, NULL);
  assert_log ("notify:at-exit");
  g_assert_true (weakref_tie_get_at_exit (three.tie));
  weakref_tie_set_at_exit (three.tie, TRUE);
  assert_log ("");
  weakref_finalizer_run_at_exit ();
  assert_log ("tie(a,b,c) free:tie notify:alive");
  three_end (&three);
}

static void
test_wrong_arguments (void)
{
  TestProbe *a = test_probe_new ("a");
  gpointer objects[] = { a, NULL };

#define BAD(pattern, call)                                                                         \
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, pattern);                                \
  call;                                                                                            \
  g_test_assert_expected_messages ()
  BAD ("*tie_new*weakref_are_objects*",
       g_assert_null (weakref_tie_new (objects, 2, tie_cb, NULL, NULL)));
  BAD ("*tie_new*weakref_are_objects*",
       g_assert_null (weakref_tie_new (objects, 0, tie_cb, NULL, NULL)));
  BAD ("*tie_new*func*", g_assert_null (weakref_tie_new (objects, 1, NULL, NULL, NULL)));
#undef BAD
  assert_drop (a, "-a ~a");
}

/* Threads */

typedef struct
{
  TestProbe *probes[3];
  WeakrefTie *tie;
  gint next;    /* (atomic) */
  gint n_runs;  /* (atomic) */
  gint n_freed; /* (atomic) */
} Race;

static void
race_cb (WeakrefTie *tie, gpointer race)
{
  g_atomic_int_inc (&((Race *) race)->n_runs);
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
  gint n = g_atomic_int_add (&race->next, 1);

  if (n < 3)
    g_object_unref (race->probes[n]);
  else
    weakref_tie_break (race->tie);

  return NULL;
}

static void
test_threads_race_for_the_end (void)
{
  guint n_rounds = test_scale (1000, 20);
  guint round;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      Race race = { 0 };
      guint i;

      for (i = 0; i < 3; i++)
        race.probes[i] = test_probe_new ("a");
      race.tie = weakref_tie_new ((gpointer *) race.probes, 3, race_cb, &race, race_free_cb);
      test_threads (4, race_thread, &race);
      g_assert_cmpint (race.n_runs, ==, 1);
      g_assert_cmpint (race.n_freed, ==, 1);
      g_assert_finalize_object (race.tie);
      g_assert_cmpuint (test_probe_count_alive (), ==, 0);
    }
  test_log_set_probes (TRUE);
}

static gpointer
dispose_thread (gpointer data)
{
  Race *race = data;

  if (g_atomic_int_add (&race->next, 1) == 0)
    {
      WeakrefTie *tie = weakref_tie_new ((gpointer *) race->probes, 3, race_cb, race, race_free_cb);

      g_object_unref (tie);
    }
  else
    g_object_run_dispose (G_OBJECT (race->probes[1]));

  return NULL;
}

/* The tie is to what is left, or has ended: but the data is freed once. */
static void
test_object_disposed_while_the_tie_is_made (void)
{
  guint n_rounds = test_scale (1000, 20);
  guint round;

  if (glib_check_version (2, 80, 0) != NULL)
    {
      g_test_skip ("GLib before 2.80 has no lock there");
      return;
    }

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      Race race = { 0 };
      guint i;

      for (i = 0; i < 3; i++)
        race.probes[i] = test_probe_new ("a");
      test_threads (2, dispose_thread, &race);
      for (i = 0; i < 3; i++)
        g_object_unref (race.probes[i]);
      g_assert_cmpint (race.n_runs, ==, 1);
      g_assert_cmpint (race.n_freed, ==, 1);
      g_assert_cmpuint (test_probe_count_alive (), ==, 0);
    }
  test_log_set_probes (TRUE);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/tie");

  test_case (runs_at_the_first_death);
  test_case (each_of_them_can_be_the_first);
  test_case (broken_by_hand);
  test_case (detached);
  test_case (first_death_stops_watching_the_others);
  test_case (end_by_hand_stops_watching);
  test_case (kept_by_the_library);
  test_case (holds_nobody);
  test_case (same_object_several_times);
  test_case (disposal_by_force_is_a_death);
  test_case (waits_for_the_memory);
  test_case (runs_in_the_context);
  test_case (does_not_keep_the_context);
  test_case (function_may_drop_everything);
  test_case (survivors_tied_again);
  test_case (at_exit_is_off_by_default);
  test_case (wrong_arguments);
  test_case (threads_race_for_the_end);
  test_case (object_disposed_while_the_tie_is_made);

  return g_test_run ();
}
