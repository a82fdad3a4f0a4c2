/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* References: which weak things see a death, and when. */

#include "ref-common.h"

/* Who sees what, when */

typedef struct
{
  TestProbe *probe; /* (unowned) */
  WeakrefRef *refs[4];
  WeakrefValueTable *tables[3];
  WeakrefKeyTable *keys;
  WeakrefSet *set;
  WeakrefFinalizer *finalizer;
} Witnesses;

static void
witness (Witnesses *witnesses, const char *who)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (witnesses->refs); i++)
    {
      g_assert_null (weakref_ref_get (witnesses->refs[i]));
      g_assert_false (weakref_ref_is_alive (witnesses->refs[i]));
    }
  for (i = 0; i < G_N_ELEMENTS (witnesses->tables); i++)
    {
      g_assert_null (weakref_value_table_lookup (witnesses->tables[i], "a"));
      g_assert_false (weakref_value_table_contains (witnesses->tables[i], "a"));
      g_assert_cmpuint (weakref_value_table_get_size (witnesses->tables[i]), ==, 0);
    }
  g_assert_false (weakref_key_table_contains (witnesses->keys, witnesses->probe));
  g_assert_cmpuint (weakref_key_table_get_size (witnesses->keys), ==, 0);
  g_assert_false (weakref_set_contains (witnesses->set, witnesses->probe));
  g_assert_cmpuint (weakref_set_get_size (witnesses->set), ==, 0);
  g_assert_null (weakref_finalizer_peek (witnesses->finalizer));
  test_log ("%ssaw", who);
}

static void
witness_cb (WeakrefRef *ref, gpointer user_data)
{
  witness (user_data, "");
}

static void
finalizer_cb (gpointer user_data)
{
  witness (user_data, "finalizer:");
}

static void
value_freed_cb (gpointer user_data)
{
  witness (user_data, "value:");
}

static void
check_all_see_the_death_first (gboolean run_dispose)
{
  TestProbe *a = test_probe_new ("a");
  Witnesses w = { .probe = a };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (w.tables); i++)
    w.tables[i] = weakref_value_table_new (G_TYPE_STRING);
  w.keys = weakref_key_table_new (value_freed_cb);
  w.set = weakref_set_new (TEST_TYPE_PROBE);

  /* Some are made before and some after the ones whose callbacks run first and last. */
  weakref_value_table_insert (w.tables[0], "a", a);
  w.refs[0] = weakref_ref_new_full (a, NULL, witness_cb, &w, NULL);
  w.refs[1] = weakref_ref_new (a);
  weakref_value_table_insert (w.tables[1], "a", a);
  weakref_set_add (w.set, a);
  w.finalizer = weakref_finalizer_new (a, finalizer_cb, &w, NULL);
  weakref_key_table_insert (w.keys, a, &w);
  w.refs[2] = weakref_ref_new_full (a, NULL, NULL, NULL, NULL);
  w.refs[3] = weakref_ref_new_full (a, NULL, witness_cb, &w, NULL);
  weakref_value_table_insert (w.tables[2], "a", a);

  if (run_dispose)
    {
      g_object_run_dispose (G_OBJECT (a));
      assert_log ("-a saw value:saw finalizer:saw saw");
      g_object_unref (a);
      assert_log ("~a");
    }
  else
    {
      g_object_unref (a);
      assert_log ("-a saw value:saw finalizer:saw saw ~a");
    }

  for (i = 0; i < G_N_ELEMENTS (w.refs); i++)
    g_object_unref (w.refs[i]);
  for (i = 0; i < G_N_ELEMENTS (w.tables); i++)
    g_object_unref (w.tables[i]);
  g_object_unref (w.keys);
  g_object_unref (w.set);
  g_object_unref (w.finalizer);
}

static void
test_all_see_the_death_first (void)
{
  check_all_see_the_death_first (FALSE);
}

static void
test_all_see_the_disposal_first (void)
{
  check_all_see_the_death_first (TRUE);
}

static void
dispose_get_cb (TestProbe *probe, gpointer ref)
{
  gpointer got = weakref_ref_get (ref);

  test_log (got != NULL ? "got" : "gone");
  g_assert_true (weakref_ref_is_alive (ref) == (got != NULL));
  g_clear_object (&got);
}

static void
test_dead_when_the_dispose_begins (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = logging_ref (a, "1");

  test_probe_set_on_dispose (a, dispose_get_cb, ref);
  g_object_unref (a);
  assert_log ("-a gone 1 free:1 ~a");
  g_object_unref (ref);
}

static void
test_disposed_is_dead (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = logging_ref (a, "1");
  WeakrefRef *plain = weakref_ref_new (a);
  WeakrefRef *again;
  guint64 id = weakref_ref_get_id (ref);
  guint hash = weakref_ref_hash (ref);
  gpointer got;

  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a 1 free:1");
  g_assert_null (weakref_ref_get (ref));
  g_assert_null (weakref_ref_get (plain));
  g_assert_cmpuint (weakref_count_refs (a), ==, 0);

  /* The next life is another. */
  again = weakref_ref_new (a);
  g_assert_true (again != plain);
  g_assert_false (weakref_ref_equal (again, plain));
  g_assert_cmpuint (weakref_ref_get_id (again), !=, id);
  got = weakref_ref_get (again);
  g_assert_true (got == a);
  g_object_unref (got);
  g_assert_null (weakref_ref_get (ref));

  /* The old one keeps its identity. */
  g_assert_true (weakref_ref_equal (ref, plain));
  g_assert_cmpuint (weakref_ref_get_id (ref), ==, id);
  g_assert_cmpuint (weakref_ref_hash (ref), ==, hash);

  g_object_unref (a);
  assert_log ("~a");
  g_assert_null (weakref_ref_get (again));
  g_object_unref (ref);
  g_object_unref (plain);
  g_object_unref (again);
}

static void
check_resurrected (gboolean chain_up, const char *log_before, const char *log_after)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *back = NULL;
  WeakrefRef *ref = logging_ref (a, "1");
  WeakrefRef *again;
  gpointer got;

  test_probe_resurrect (a, &back, chain_up);
  g_object_unref (a);
  assert_log (log_before);
  g_assert_false (weakref_ref_is_alive (ref));
  g_assert_null (weakref_ref_get (ref));
  /* That ref belongs to an earlier life. */
  g_assert_cmpuint (weakref_count_refs (back), ==, 0);
  g_assert_null (weakref_list_refs (back));

  again = weakref_ref_new (back);
  assert_log (log_after);
  got = weakref_ref_get (again);
  g_assert_true (got == back);
  g_object_unref (got);
  g_assert_false (weakref_ref_equal (ref, again));
  g_assert_null (weakref_ref_get (ref));

  g_object_unref (back);
  assert_log ("~a");
  g_assert_null (weakref_ref_get (again));
  g_object_unref (ref);
  g_object_unref (again);
}

static void
test_resurrected_with_chaining_up (void)
{
  check_resurrected (TRUE, "-a 1 free:1", "");
}

static void
test_resurrected_without_chaining_up (void)
{
  /* GLib does not notify of this death. It is noticed when somebody asks next. */
  check_resurrected (FALSE, "-a", "1 free:1");
}

/* An object that runs something in its finalize */

typedef struct
{
  GObject parent_instance;
  GFunc func;
  gpointer user_data;
} TestLast;

typedef GObjectClass TestLastClass;

static GType test_last_get_type (void);
G_DEFINE_TYPE (TestLast, test_last, G_TYPE_OBJECT)

static void
test_last_finalize (GObject *object)
{
  TestLast *self = (TestLast *) object;

  self->func (self, self->user_data);

  G_OBJECT_CLASS (test_last_parent_class)->finalize (object);
}

static void
test_last_class_init (TestLastClass *klass)
{
  klass->finalize = test_last_finalize;
}

static void
test_last_init (TestLast *self)
{
}

static void
last_interest_cb (gpointer target, gpointer user_data)
{
  WeakrefValueTable *values = weakref_value_table_new (G_TYPE_STRING);
  WeakrefKeyTable *keys = weakref_key_table_new (NULL);
  WeakrefCache *cache = weakref_cache_new (G_TYPE_STRING, 1);
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  GObject *other = g_object_new (G_TYPE_OBJECT, NULL);

#define TOO_LATE(call)                                                                             \
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*weakref_is_held*");                    \
  call
  TOO_LATE (g_assert_null (weakref_ref_new (target)));
  TOO_LATE (g_assert_null (weakref_ref_new_full (target, NULL, log_cb, NULL, NULL)));
  TOO_LATE (g_assert_cmpuint (weakref_count_refs (target), ==, 0));
  TOO_LATE (g_assert_null (weakref_list_refs (target)));
  TOO_LATE (g_assert_null (weakref_proxy_new (target)));
  TOO_LATE (g_assert_null (weakref_proxy_new_full (target, NULL, NULL, NULL, NULL)));
  TOO_LATE (g_assert_null (weakref_finalizer_new (target, freed_cb, NULL, NULL)));
  TOO_LATE (weakref_finalize (target, freed_cb, NULL, NULL));
  TOO_LATE (g_assert_false (weakref_value_table_insert (values, "a", target)));
  TOO_LATE (g_assert_false (weakref_key_table_insert (keys, target, NULL)));
  TOO_LATE (g_assert_false (weakref_set_add (set, target)));
  TOO_LATE (g_assert_false (weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), "a", target)));
  TOO_LATE (g_assert_null (weakref_bond_new (target, other, NULL)));
  TOO_LATE (g_assert_null (weakref_bond_new (other, target, NULL)));
#undef TOO_LATE
  g_test_assert_expected_messages ();

  g_assert_cmpuint (weakref_value_table_get_size (values), ==, 0);
  g_assert_cmpuint (weakref_key_table_get_size (keys), ==, 0);
  g_assert_cmpuint (weakref_set_get_size (set), ==, 0);
  g_object_unref (values);
  g_object_unref (keys);
  g_object_unref (cache);
  g_object_unref (set);
  g_object_unref (other);
  test_log ("%s", (const char *) user_data);
}

static void
test_no_interest_in_a_finalize (void)
{
  static const char *names[] = { "never-known", "known-before" };
  guint i;

  for (i = 0; i < 2; i++)
    {
      TestLast *last = g_object_new (test_last_get_type (), NULL);

      last->func = last_interest_cb;
      last->user_data = (gpointer) names[i];
      if (i == 1)
        g_object_unref (weakref_ref_new (last));
      g_object_unref (last);
      assert_log (names[i]);
    }
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/ref");

  test_case (all_see_the_death_first);
  test_case (all_see_the_disposal_first);
  test_case (dead_when_the_dispose_begins);
  test_case (disposed_is_dead);
  test_case_as ("resurrected/with-chaining-up", resurrected_with_chaining_up);
  test_case_as ("resurrected/without-chaining-up", resurrected_without_chaining_up);
  test_case (no_interest_in_a_finalize);

  return g_test_run ();
}
