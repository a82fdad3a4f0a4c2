/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* How the list model of a set says what has changed: when, in how many emissions, and not at all.
 */

#include "set-model-common.h"

static gboolean
log_cb (gpointer user_data)
{
  test_log ("%s", (const char *) user_data);
  return G_SOURCE_REMOVE;
}

static void
add_source (int priority, GSourceFunc func, gpointer user_data)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, priority);
  g_source_set_callback (source, func, user_data, NULL);
  g_source_attach (source, NULL);
  g_source_unref (source);
}

static gboolean
drop_cb (gpointer user_data)
{
  TestProbe **probes = user_data;

  g_clear_object (&probes[0]);
  return G_SOURCE_REMOVE;
}

static void
test_before_anything_else_is_dispatched (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  add_source (-1000, drop_cb, probes);
  add_source (-999, log_cb, (gpointer) "high");
  add_source (G_PRIORITY_DEFAULT, log_cb, (gpointer) "event");
  add_source (G_PRIORITY_HIGH_IDLE + 20, log_cb, (gpointer) "draw");
  test_iterate ();
  assert_log ("-a ~a 0-1+0 high event draw");

  g_object_unref (set);
  clear_probes (probes);
}

/* Sets of many */

static WeakrefSet *
set_of_many (TestProbe **probes, guint n)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  guint i;

  for (i = 0; i < n; i++)
    {
      probes[i] = test_probe_new ("p");
      weakref_set_add (set, probes[i]);
    }
  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);

  return set;
}

static void
clear_many (WeakrefSet *set, TestProbe **probes, guint n)
{
  guint i;

  g_object_unref (set);
  for (i = 0; i < n; i++)
    g_clear_object (&probes[i]);
}

static void
test_up_to_16_gaps_are_told_one_by_one (void)
{
  TestProbe *probes[100];
  WeakrefSet *set = set_of_many (probes, 100);
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < 16; i++)
    g_clear_object (&probes[2 * i]);
  test_iterate ();
  assert_log ("0-1+0 1-1+0 2-1+0 3-1+0 4-1+0 5-1+0 6-1+0 7-1+0 8-1+0 9-1+0 10-1+0 11-1+0 12-1+0 "
              "13-1+0 14-1+0 15-1+0");
  clear_many (set, probes, 100);
}

static void
test_more_gaps_are_told_at_once (void)
{
  TestProbe *probes[400];
  WeakrefSet *set = set_of_many (probes, 400);
  guint position = 177;
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < 17; i++)
    g_clear_object (&probes[100 + 2 * i]);
  test_iterate ();
  assert_log ("100-33+16");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 383);

  /* Nor is what lies between them only a little told apart. */
  for (i = 0; i < 17; i++)
    {
      g_clear_object (&probes[position]);
      position += i + 2;
    }
  test_iterate ();
  assert_log ("160-153+136");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 366);

  /* But not with a large part of the list in between. */
  for (i = 0; i < 17; i++)
    {
      g_clear_object (&probes[2 * i]);
      g_clear_object (&probes[360 + 2 * i]);
    }
  test_iterate ();
  assert_log ("0-33+16 309-33+16");
  clear_many (set, probes, 400);
}

static guint n_emitted;

static gboolean
count_cb (GSignalInvocationHint *hint, guint n_values, const GValue *values, gpointer user_data)
{
  n_emitted++;
  return TRUE;
}

static gpointer
change_thread (gpointer data)
{
  gpointer *set_and_probes = data;

  weakref_set_add (set_and_probes[0], set_and_probes[1]);
  weakref_set_remove (set_and_probes[0], set_and_probes[2]);
  return NULL;
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return g_strcmp0 (test_probe_get_name ((gpointer) b), test_probe_get_name ((gpointer) a));
}

static gpointer
sort_thread (gpointer set)
{
  weakref_set_sort (set, compare_cb, NULL);
  return NULL;
}

static void
test_nothing_if_nobody_listens (void)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  gpointer set_and_probes[] = { set, b, a };
  guint items_changed = g_signal_lookup ("items-changed", G_TYPE_LIST_MODEL);
  gulong hook = g_signal_add_emission_hook (items_changed, 0, count_cb, NULL, NULL);

  n_emitted = 0;
  weakref_set_add (set, a);
  /* Nobody has looked: so it can be there at once, from any thread, with nothing in the context. */
  g_thread_join (g_thread_new ("change", change_thread, set_and_probes));
  weakref_set_add (set, c);
  g_assert_false (g_main_context_pending (NULL));
  assert_model (set, "b c");
  g_assert_cmpuint (n_emitted, ==, 0);

  /* Somebody has looked, and finds things as they were until the context runs. */
  weakref_set_add (set, a);
  assert_model (set, "b c a");
  g_thread_join (g_thread_new ("change", change_thread, set_and_probes));
  assert_model (set, "b c a");
  test_iterate ();
  g_assert_cmpuint (n_emitted, ==, 0);

  /* The order is another one at once, too. */
  g_thread_join (g_thread_new ("sort", sort_thread, set));
  g_assert_false (g_main_context_pending (NULL));
  assert_model (set, "c b");
  g_assert_cmpuint (n_emitted, ==, 0);

  g_signal_remove_emission_hook (items_changed, hook);
  g_object_unref (set);
  g_object_unref (a);
  g_object_unref (b);
  g_object_unref (c);
  g_free (test_log_steal ());
}

static void
notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  test_log ("%s%s", (const char *) user_data, pspec->name);
}

static void
test_who_listens_without_looking_is_told (void)
{
  static const char *const signals[] = { "items-changed", "notify::n-items", "notify" };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (signals); i++)
    {
      WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
      TestProbe *a = test_probe_new ("a");

      weakref_set_add (set, a);
      if (i == 0)
        g_signal_connect (set, signals[i], G_CALLBACK (changed_cb), NULL);
      else
        g_signal_connect (set, signals[i], G_CALLBACK (notify_cb), (gpointer) "");
      g_object_unref (a);
      assert_log ("-a ~a");
      test_iterate ();
      assert_log (i == 0 ? "0-1+0" : "n-items");
      g_object_unref (set);
    }
}

static void
count_items_cb (GObject *set, GParamSpec *pspec, gpointer user_data)
{
  test_log ("n=%u", g_list_model_get_n_items (G_LIST_MODEL (set)));
}

static void
test_number_is_told_afterwards_if_it_is_another (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_signal_connect (set, "notify::n-items", G_CALLBACK (count_items_cb), NULL);
  weakref_set_remove (set, probes[1]);
  assert_log ("1-1+0 n=4");
  weakref_set_insert (set, 0, probes[4]);
  assert_log ("0-4+4");
  g_clear_object (&probes[0]);
  assert_log ("-a ~a");
  weakref_set_insert (set, 1, probes[1]);
  assert_log ("1-1+1");

  g_object_unref (set);
  clear_probes (probes);
}

/* Announcements that take long */

static gboolean
beat_cb (gpointer user_data)
{
  (*(guint *) user_data)++;
  return G_SOURCE_CONTINUE;
}

static void
spin (gint64 us)
{
  gint64 end = g_get_monotonic_time () + us;

  while (g_get_monotonic_time () < end)
    ;
}

static void
drop_next_elsewhere_cb (
  GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  GPtrArray *probes = user_data;

  if (probes->len > 0)
    drop_elsewhere (g_ptr_array_steal_index (probes, 0));
  spin (1000);
}

/* Before the frame that shows it, and with events. */
static void
test_deaths_elsewhere_come_with_events (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_many (probes, N_PROBES);

  test_log_set_probes (FALSE);
  add_source (G_PRIORITY_HIGH, log_cb, (gpointer) "high");
  add_source (G_PRIORITY_DEFAULT, log_cb, (gpointer) "event");
  drop_elsewhere (g_steal_pointer (&probes[4]));
  add_source (G_PRIORITY_DEFAULT, log_cb, (gpointer) "event");
  add_source (G_PRIORITY_HIGH_IDLE + 20, log_cb, (gpointer) "draw");
  test_iterate ();
  assert_log ("high event 4-1+0 event draw");

  clear_many (set, probes, N_PROBES);
}

static gboolean polled;

static int
poll_cb (GPollFD *fds, guint n_fds, int timeout)
{
  polled = TRUE;
  return g_poll (fds, n_fds, timeout);
}

static void
slow_and_polled_cb (
  GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  g_assert_true (polled);
  spin (20 * 1000);
}

/* Otherwise the input would wait for what was dispatched last, and for the announcement too. This
 * is true of the deaths that are announced at once, and of those that wait until the set has
 * rested, here in a loop that is never idle. */
static void
test_input_is_looked_for_before_deaths_elsewhere_are_announced (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_many (probes, N_PROBES);
  GSource *beat = g_idle_source_new ();
  guint n_beats = 0;
  guint i;

  test_log_set_probes (FALSE);
  g_signal_connect (set, "items-changed", G_CALLBACK (slow_and_polled_cb), NULL);
  g_main_context_set_poll_func (NULL, poll_cb);
  g_source_set_priority (beat, G_PRIORITY_DEFAULT);
  g_source_set_callback (beat, beat_cb, &n_beats, NULL);
  g_source_attach (beat, NULL);
  for (i = 0; i < N_PROBES; i++)
    {
      drop_elsewhere (g_steal_pointer (&probes[i]));
      while (g_list_model_get_n_items (G_LIST_MODEL (set)) == N_PROBES - i)
        {
          polled = FALSE;
          g_main_context_iteration (NULL, FALSE);
        }
    }
  assert_log ("0-1+0 0-1+0 0-1+0 0-1+0 0-1+0");

  g_main_context_set_poll_func (NULL, NULL);
  g_source_destroy (beat);
  g_source_unref (beat);
  clear_many (set, probes, N_PROBES);
}

/* As long as other threads kill, the list always has something to say. The loop goes on, and so
 * does the list, although the loop is never idle. */
static void
test_deaths_elsewhere_leave_time_for_others (void)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  GPtrArray *probes = g_ptr_array_new ();
  GSource *beat = g_idle_source_new ();
  guint n_beats = 0;
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < 50; i++)
    {
      g_ptr_array_add (probes, test_probe_new ("p"));
      weakref_set_add (set, g_ptr_array_index (probes, i));
    }
  g_signal_connect (set, "items-changed", G_CALLBACK (drop_next_elsewhere_cb), probes);
  g_source_set_priority (beat, G_PRIORITY_DEFAULT);
  g_source_set_callback (beat, beat_cb, &n_beats, NULL);
  g_source_attach (beat, NULL);

  drop_elsewhere (g_ptr_array_steal_index (probes, 0));
  while (weakref_set_get_size (set) > 0)
    g_main_context_iteration (NULL, FALSE);
  g_assert_cmpuint (n_beats, >, 0);
  g_source_destroy (beat);
  g_source_unref (beat);
  test_iterate ();
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 0);
  g_object_unref (set);
  g_ptr_array_unref (probes);
}

static void
slow_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  spin (50 * 1000);
}

/* What has died in the thread of the context comes first all the same, and takes the others along.
 */
static void
test_deaths_here_are_never_put_off (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);

  g_signal_connect (set, "items-changed", G_CALLBACK (slow_cb), NULL);
  drop_elsewhere (g_steal_pointer (&probes[4]));
  test_iterate ();
  assert_log ("-e ~e 4-1+0");

  add_source (-1000, drop_cb, probes);
  add_source (-999, log_cb, (gpointer) "high");
  test_iterate ();
  assert_log ("-a ~a 0-1+0 high");

  drop_elsewhere (g_steal_pointer (&probes[3]));
  add_source (-1000, drop_cb, &probes[1]);
  add_source (-999, log_cb, (gpointer) "high");
  test_iterate ();
  assert_log ("-d ~d -b ~b 0-1+0 1-1+0 high");

  g_object_unref (set);
  clear_probes (probes);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/set/publish");

  test_case (before_anything_else_is_dispatched);
  test_case (up_to_16_gaps_are_told_one_by_one);
  test_case (more_gaps_are_told_at_once);
  test_case (nothing_if_nobody_listens);
  test_case (who_listens_without_looking_is_told);
  test_case (number_is_told_afterwards_if_it_is_another);
  test_case (deaths_elsewhere_come_with_events);
  test_case (input_is_looked_for_before_deaths_elsewhere_are_announced);
  test_case (deaths_elsewhere_leave_time_for_others);
  test_case (deaths_here_are_never_put_off);

  return g_test_run ();
}
