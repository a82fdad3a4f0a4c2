/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

/* The first object of a report. */
static GVariant *
steal_first (GVariant *report)
{
  GVariant *first = g_variant_get_child_value (report, 0);

  g_variant_unref (report);

  return first;
}

static gboolean
has_holder (GVariant *one, const char *text)
{
  const char **holders;
  gboolean found = FALSE;
  guint i;

  g_assert_true (g_variant_lookup (one, "holders", "^a&s", &holders));
  for (i = 0; holders[i] != NULL; i++)
    found = found || strstr (holders[i], text) != NULL;
  g_free (holders);

  return found;
}

static gsize
count_overdue (void)
{
  GVariant *report = weakref_radar_check ();
  gsize n = g_variant_n_children (report);

  g_variant_unref (report);

  return n;
}

static void
dump_alive (const char *type, guint *n, gint *growth)
{
  GVariant *dump = weakref_radar_dump ();
  GVariantIter iter;
  const char *name;
  guint32 alive;
  gint32 more;

  *n = 0;
  *growth = 0;
  g_variant_iter_init (&iter, dump);
  while (g_variant_iter_next (&iter, "(&sui)", &name, &alive, &more))
    {
      if (g_str_equal (name, type))
        {
          *n = alive;
          *growth = more;
        }
    }
  g_variant_unref (dump);
}

static void
test_off_until_asked_for (void)
{
  g_assert_false (weakref_radar_is_running ());
  weakref_radar_start ();
  g_assert_true (weakref_radar_is_running ());
  weakref_radar_stop ();
  g_assert_false (weakref_radar_is_running ());
}

static void
test_reports_what_should_be_dead (void)
{
  TestProbe *a = test_probe_new ("a");
  GVariant *one;
  const char *string;
  guint32 n;
  gdouble age;

  weakref_radar_expect_death (a, "the page that was closed");
  g_object_ref (a);
  one = steal_first (weakref_radar_check ());
  g_assert_true (g_variant_lookup (one, "type", "&s", &string));
  g_assert_cmpstr (string, ==, "TestProbe");
  g_assert_true (g_variant_lookup (one, "label", "&s", &string));
  g_assert_cmpstr (string, ==, "TestProbe \"a\"");
  g_assert_true (g_variant_lookup (one, "description", "&s", &string));
  g_assert_cmpstr (string, ==, "the page that was closed");
  g_assert_true (g_variant_lookup (one, "references", "u", &n));
  g_assert_cmpuint (n, ==, 2);
  g_assert_true (g_variant_lookup (one, "unexplained", "u", &n));
  g_assert_cmpuint (n, ==, 2);
  g_assert_true (g_variant_lookup (one, "age", "d", &age));
  g_assert_cmpfloat (age, >=, 0);
  g_variant_unref (one);

  g_object_unref (a);
  g_assert_cmpuint (count_overdue (), ==, 1);
  g_object_unref (a);
  g_assert_cmpuint (count_overdue (), ==, 0);
  assert_log ("-a ~a");
  weakref_radar_stop ();
}

static void
test_reports_what_was_disposed_and_is_held (void)
{
  TestProbe *a = test_probe_new ("a");
  GVariant *one;
  gboolean disposed;

  weakref_radar_expect_death (a, NULL);
  g_object_run_dispose (G_OBJECT (a));
  one = steal_first (weakref_radar_check ());
  g_assert_true (g_variant_lookup (one, "disposed", "b", &disposed));
  g_assert_true (disposed);
  g_variant_unref (one);
  g_object_unref (a);
  g_assert_cmpuint (count_overdue (), ==, 0);
  assert_log ("-a ~a");
  weakref_radar_stop ();
}

static void
test_finds_a_list_model_that_holds (void)
{
  GListStore *store = g_list_store_new (G_TYPE_OBJECT);
  TestProbe *a = test_probe_new ("a");
  GVariant *one;
  guint32 n;

  weakref_radar_add_root (store);
  weakref_radar_expect_death (a, NULL);
  g_list_store_append (store, a);
  one = steal_first (weakref_radar_check ());
  g_assert_true (has_holder (one, "GListStore -> item 0"));
  g_assert_true (g_variant_lookup (one, "unexplained", "u", &n));
  g_assert_cmpuint (n, ==, 1);
  g_variant_unref (one);
  g_object_unref (a);
  one = steal_first (weakref_radar_check ());
  g_assert_true (g_variant_lookup (one, "unexplained", "u", &n));
  g_assert_cmpuint (n, ==, 0);
  g_variant_unref (one);
  g_object_unref (store);
  assert_log ("-a ~a");
  weakref_radar_stop ();
}

static void
handler_cb (GObject *object, GParamSpec *pspec, gpointer data)
{
}

static void
test_finds_properties_and_handlers_on_the_way (void)
{
  GListStore *store = g_list_store_new (G_TYPE_OBJECT);
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  GObject *action =
    g_object_new (G_TYPE_PROPERTY_ACTION, "name", "it", "object", a, "property-name", "name", NULL);
  GVariant *one;

  weakref_radar_add_root (store);
  g_list_store_append (store, b);
  g_signal_connect (b, "notify::name", G_CALLBACK (handler_cb), a);
  weakref_radar_expect_death (a, NULL);
  one = steal_first (weakref_radar_check ());
  g_assert_true (has_holder (one, "GListStore -> item 0: TestProbe \"b\" -> a signal handler"));
  g_variant_unref (one);

  g_object_unref (b);
  g_object_unref (store);
  g_object_unref (action);
  g_object_unref (a);
  assert_log ("-b ~b -a ~a");
  weakref_radar_stop ();
}

static void
test_says_what_knows_it (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  char *text;

  weakref_set_add (set, a);
  weakref_value_table_insert (table, "one", a);
  weakref_value_table_insert (table, "two", a);
  weakref_finalize (a, (WeakrefFinalizerFunc) g_free, NULL, NULL);
  g_signal_connect (a, "notify", G_CALLBACK (handler_cb), NULL);
  g_object_set_data (G_OBJECT (a), "my-data", a);
  text = weakref_radar_inspect_text (a);
  g_assert_nonnull (strstr (text, "known by: 1 WeakrefSet"));
  g_assert_nonnull (strstr (text, "known by: 2 WeakrefValueTable"));
  g_assert_nonnull (strstr (text, "known by: 1 WeakrefFinalizer"));
  g_assert_nonnull (strstr (text, "has handlers: notify"));
  g_assert_null (strstr (text, "(blocked)"));
  g_assert_nonnull (strstr (text, "has data: my-data"));
  g_free (text);

  g_signal_handlers_block_by_func (a, handler_cb, NULL);
  text = weakref_radar_inspect_text (a);
  g_assert_nonnull (strstr (text, "has handlers: notify (blocked)"));
  g_free (text);

  g_object_unref (set);
  g_object_unref (table);
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
toggle_cb (gpointer data, GObject *object, gboolean is_last)
{
}

static void
test_says_that_there_is_a_toggle_reference (void)
{
  TestProbe *a = test_probe_new ("a");
  GVariant *report;
  gboolean yes = FALSE;

  g_object_add_toggle_ref (G_OBJECT (a), toggle_cb, NULL);
  report = weakref_radar_inspect (a);
  g_assert_true (g_variant_lookup (report, "toggle-reference", "b", &yes));
  g_assert_true (yes);
  g_variant_unref (report);
  g_object_remove_toggle_ref (G_OBJECT (a), toggle_cb, NULL);
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
test_counts_targets_and_their_growth (void)
{
  TestProbe *probes[5];
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  GPtrArray *targets;
  guint n;
  gint growth;
  char *text;
  guint i;

  weakref_radar_start ();
  for (i = 0; i < 5; i++)
    {
      probes[i] = test_probe_new ("p");
      weakref_set_add (set, probes[i]);
      if (i == 1)
        weakref_radar_mark ();
    }
  dump_alive ("TestProbe", &n, &growth);
  g_assert_cmpuint (n, ==, 5);
  g_assert_cmpint (growth, ==, 3);
  text = weakref_radar_dump_text ();
  g_assert_nonnull (strstr (text, "5 TestProbe, 3 more than at the mark"));
  g_free (text);
  targets = weakref_radar_dup_targets (TEST_TYPE_PROBE);
  g_assert_cmpuint (targets->len, ==, 5);
  g_assert_true (g_ptr_array_index (targets, 0) == probes[0]);
  g_ptr_array_unref (targets);

  for (i = 0; i < 5; i++)
    g_object_unref (probes[i]);
  dump_alive ("TestProbe", &n, &growth);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpint (growth, ==, -2);
  g_object_unref (set);
  g_free (test_log_steal ());
  weakref_radar_stop ();
}

static void
test_tracks_a_type_from_construction (void)
{
  GListStore *store = g_list_store_new (G_TYPE_OBJECT);
  TestProbe *leaked;
  TestProbe *held;
  GVariant *report;
  const char *label;

  weakref_radar_track_type ("TestProbe");
  weakref_radar_add_root (store);
  leaked = test_probe_new ("leaked");
  held = test_probe_new ("held");
  g_list_store_append (store, held);
  g_object_unref (held);

  report = weakref_radar_check ();
  g_assert_cmpuint (g_variant_n_children (report), ==, 1);
  report = steal_first (report);
  g_assert_true (g_variant_lookup (report, "label", "&s", &label));
  g_assert_cmpstr (label, ==, "TestProbe \"leaked\"");
  g_variant_unref (report);

  g_object_unref (leaked);
  g_assert_cmpuint (count_overdue (), ==, 0);
  g_object_unref (store);
  g_free (test_log_steal ());
  weakref_radar_stop ();
}

static void
test_assertions_pass (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");

  weakref_radar_assert_dies (a, g_object_unref (a));
  a = test_probe_new ("a");
  weakref_radar_assert_dies_before (a, b, g_object_unref (a), g_object_unref (b));
  a = test_probe_new ("a");
  b = test_probe_new ("b");
  weakref_radar_assert_dies_with (a, b, g_object_unref (b); g_object_unref (a));
  assert_log ("-a ~a -a ~a -b ~b -b ~b -a ~a");
}

static gboolean
unref_cb (gpointer object)
{
  g_object_unref (object);

  return G_SOURCE_REMOVE;
}

static void
test_assertions_run_the_context (void)
{
  TestProbe *a = test_probe_new ("a");

  weakref_radar_assert_dies (a, g_idle_add (unref_cb, a));
  assert_log ("-a ~a");
}

static void
test_trial_says_what_is_alive (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefRadarTrial *trial = weakref_radar_begin_trial (a, NULL);
  char *message = weakref_radar_end_trial (trial, WEAKREF_RADAR_VERDICT_DIES);

  g_assert_nonnull (strstr (message, "should have died, and is alive: TestProbe \"a\""));
  g_free (message);

  trial = weakref_radar_begin_trial (a, b);
  g_object_unref (b);
  g_object_unref (a);
  message = weakref_radar_end_trial (trial, WEAKREF_RADAR_VERDICT_DIES_BEFORE);
  g_assert_cmpstr (message, ==, "should have died before the other object, and died after it");
  g_free (message);
  assert_log ("-b ~b -a ~a");
}

typedef struct
{
  gint n_done; /* (atomic) */
} Race;

static gpointer
race_thread (gpointer data)
{
  guint n = test_scale (2000, 50);
  guint i;

  for (i = 0; i < n; i++)
    {
      TestProbe *probe = test_probe_new ("r");
      WeakrefRef *ref = weakref_ref_new (probe);

      if (i % 7 == 0)
        weakref_radar_expect_death (probe, "race");
      if (i % 50 == 0)
        weakref_radar_mark ();
      if (i % 100 == 0)
        g_variant_unref (weakref_radar_dump ());
      g_object_unref (probe);
      g_object_unref (ref);
    }

  return NULL;
}

static void
test_counts_right_from_many_threads (void)
{
  guint n;
  gint growth;

  test_log_set_probes (FALSE);
  weakref_radar_start ();
  test_threads (4, race_thread, NULL);
  dump_alive ("TestProbe", &n, &growth);
  g_assert_cmpuint (n, ==, 0);
  g_assert_cmpuint (count_overdue (), ==, 0);
  weakref_radar_stop ();
  test_log_set_probes (TRUE);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/radar");

  test_case_as ("is-off-until-asked-for", off_until_asked_for);
  test_case (reports_what_should_be_dead);
  test_case (reports_what_was_disposed_and_is_held);
  test_case (finds_a_list_model_that_holds);
  test_case_as ("finds-handlers-on-the-way", finds_properties_and_handlers_on_the_way);
  test_case_as ("says-what-knows-an-object", says_what_knows_it);
  test_case (says_that_there_is_a_toggle_reference);
  test_case (counts_targets_and_their_growth);
  test_case (tracks_a_type_from_construction);
  test_case (assertions_pass);
  test_case (assertions_run_the_context);
  test_case (trial_says_what_is_alive);
  test_case (counts_right_from_many_threads);

  return g_test_run ();
}
