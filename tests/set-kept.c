/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* An object that a set keeps although it is dead, because its list model has nothing else to give:
 * for how long, and that it is dead for everybody else. */

#include "set-model-common.h"

/* A probe of a class that acts in its construction. So the set makes none by itself. */

typedef TestProbe Acting;
typedef TestProbeClass ActingClass;

static GType acting_get_type (void);
G_DEFINE_TYPE (Acting, acting, TEST_TYPE_PROBE)

static void
acting_constructed (GObject *object)
{
  G_OBJECT_CLASS (acting_parent_class)->constructed (object);
}

static void
acting_class_init (ActingClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = acting_constructed;
}

static void
acting_init (Acting *self)
{
}

static gpointer
acting_new (const char *name)
{
  return g_object_new (acting_get_type (), "name", name, NULL);
}

static void
read_list (WeakrefSet *set, guint expected)
{
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, expected);
}

static void
add_and_drop (WeakrefSet *set, const char *name)
{
  gpointer object = acting_new (name);

  weakref_set_add (set, object);
  g_object_unref (object);
}

static void
add_and_read_and_drop (WeakrefSet *set, const char *name)
{
  gpointer object = acting_new (name);

  weakref_set_add (set, object);
  read_list (set, 1);
  g_object_unref (object);
}

static void
test_only_if_somebody_has_read_the_list (void)
{
  WeakrefSet *set = weakref_set_new (acting_get_type ());
  gulong handler;

  add_and_drop (set, "a");
  assert_log ("-a ~a");

  add_and_read_and_drop (set, "b");
  assert_log ("-b");
  test_iterate ();
  assert_log ("~b");

  /* That was announced, and nobody has read the list since. */
  add_and_drop (set, "c");
  assert_log ("-c ~c");
  g_assert_false (g_main_context_pending (NULL));

  /* Who is connected is told, and may read the list then. */
  handler = g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);
  add_and_drop (set, "d");
  assert_log ("0-0+1 -d");
  test_iterate ();
  assert_log ("0-1+0 ~d");
  g_signal_handler_disconnect (set, handler);
  add_and_drop (set, "e");
  assert_log ("-e ~e");

  g_object_unref (set);
}

static void
test_until_the_announcement (void)
{
  WeakrefSet *set = weakref_set_new (acting_get_type ());
  gpointer a = acting_new ("a");
  gpointer b = acting_new ("b");
  gpointer item;

  weakref_set_add (set, a);
  read_list (set, 1);
  g_object_unref (a);
  assert_log ("-a");
  item = g_list_model_get_item (G_LIST_MODEL (set), 0);
  g_assert_true (item == a);
  g_object_unref (item);
  assert_log ("");
  test_iterate ();
  assert_log ("~a");

  /* In a program that does not run the context, by the next change. */
  add_and_read_and_drop (set, "c");
  assert_log ("-c");
  weakref_set_add (set, b);
  assert_log ("~c");
  g_object_unref (b);
  assert_log ("-b ~b");

  g_object_unref (set);
}

static void
test_until_the_set_dies (void)
{
  WeakrefSet *set = weakref_set_new (acting_get_type ());

  add_and_read_and_drop (set, "a");
  assert_log ("-a");
  g_object_unref (set);
  assert_log ("~a");
  g_assert_false (g_main_context_pending (NULL));
}

static void
test_until_the_set_dies_in_a_context_that_never_runs (void)
{
  GMainContext *context = push_context ();
  WeakrefSet *set = weakref_set_new (acting_get_type ());

  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);
  add_and_drop (set, "a");
  add_and_drop (set, "b");
  assert_log ("0-0+1 -a 0-1+1 ~a -b");
  drop_elsewhere (set);
  assert_log ("~b");
  pop_context (context);
}

static void
finalized_cb (gpointer user_data)
{
  test_log ("%s", (const char *) user_data);
}

static void
ref_cb (WeakrefRef *ref, gpointer user_data)
{
  test_log ("ref");
}

/* Whatever else refers to it has ended, with the usual announcements. */
static void
test_is_dead_for_everybody_else (void)
{
  WeakrefSet *set = weakref_set_new (acting_get_type ());
  WeakrefSet *other = weakref_set_new (acting_get_type ());
  WeakrefValueTable *values = weakref_value_table_new (G_TYPE_STRING);
  WeakrefKeyTable *keys = weakref_key_table_new (NULL);
  gpointer a = acting_new ("a");
  WeakrefRef *ref = weakref_ref_new_full (a, NULL, ref_cb, NULL, NULL);
  WeakrefRef *again;
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GWeakRef weak_ref;
  GPtrArray *items;
  gpointer item;

  g_weak_ref_init (&weak_ref, a);
  weakref_finalize (a, finalized_cb, "disposed", NULL);
  g_object_unref (
    weakref_finalizer_new_full (a, NULL, WEAKREF_PHASE_FINALIZE, finalized_cb, "finalized", NULL));
  weakref_set_add (set, a);
  weakref_set_add (other, a);
  weakref_value_table_insert (values, "a", a);
  weakref_key_table_insert (keys, a, a);
  read_list (set, 1);
  g_object_unref (a);
  assert_log ("-a disposed ref");

  item = g_list_model_get_item (G_LIST_MODEL (set), 0);
  g_assert_true (item == a);
  g_assert_cmpuint (weakref_set_get_size (set), ==, 0);
  g_assert_false (weakref_set_contains (set, item));
  g_assert_false (weakref_set_find (set, item, NULL));
  g_assert_false (weakref_set_remove (set, item));
  items = weakref_set_dup_items (set);
  g_assert_cmpuint (items->len, ==, 0);
  g_ptr_array_unref (items);
  read_list (other, 0);
  g_assert_false (weakref_ref_is_alive (ref));
  g_assert_null (weakref_ref_get (ref));
  g_assert_null (weakref_proxy_dup_target (proxy, NULL));
  g_assert_null (weakref_value_table_lookup (values, "a"));
  g_assert_false (weakref_key_table_contains (keys, item));
  g_assert_cmpuint (weakref_count_refs (item), ==, 0);
  g_assert_null (g_weak_ref_get (&weak_ref));

  /* Who takes an interest in it now does so in its next life, as in any disposed object. */
  again = weakref_ref_new (item);
  g_assert_false (weakref_ref_equal (again, ref));
  g_object_unref (item);
  assert_log ("");
  test_iterate ();
  assert_log ("~a finalized");
  g_assert_false (weakref_ref_is_alive (again));

  g_weak_ref_clear (&weak_ref);
  g_object_unref (again);
  g_object_unref (ref);
  g_object_unref (proxy);
  g_object_unref (values);
  g_object_unref (keys);
  g_object_unref (other);
  g_object_unref (set);
}

static gpointer
act_cb (GType type, gpointer user_data)
{
  g_assert_true (type == acting_get_type ());
  return acting_new ("?");
}

static void
test_nothing_with_a_function (void)
{
  WeakrefSet *set = weakref_set_new (acting_get_type ());
  gpointer item;

  weakref_set_set_stand_in_func (set, act_cb, NULL, NULL);
  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);
  read_list (set, 0);
  add_and_drop (set, "a");
  assert_log ("0-0+1 -a ~a");
  /* And nothing is made if nobody asks. */
  test_iterate ();
  assert_log ("0-1+0");

  add_and_drop (set, "b");
  assert_log ("0-0+1 -b ~b");
  item = g_list_model_get_item (G_LIST_MODEL (set), 0);
  g_assert_cmpstr (test_probe_get_name (item), ==, "?");
  g_object_unref (item);
  test_iterate ();
  assert_log ("0-1+0 -? ~?");

  g_object_unref (set);
}

static void
add_cb (WeakrefRef *ref, gpointer user_data)
{
  gpointer *set_and_item = user_data;

  weakref_set_add (set_and_item[0], set_and_item[1]);
}

/* The reference is newer, so that its callback runs first. */
static void
test_not_if_it_was_announced_before_that (void)
{
  WeakrefSet *set = weakref_set_new (acting_get_type ());
  gpointer a = acting_new ("a");
  gpointer b = acting_new ("b");
  gpointer set_and_item[] = { set, b };
  WeakrefRef *ref;

  weakref_set_add (set, a);
  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);
  ref = weakref_ref_new_full (a, NULL, add_cb, set_and_item, NULL);
  g_object_unref (a);
  assert_log ("-a 0-1+1 ~a");

  g_object_unref (ref);
  g_object_unref (set);
  g_object_unref (b);
  assert_log ("-b ~b");
}

/* Its old place is not shown any more when the new one is. */
static void
test_may_be_added_again (void)
{
  WeakrefSet *set = weakref_set_new (acting_get_type ());
  gpointer a = acting_new ("a");
  gpointer b = acting_new ("b");

  weakref_set_add (set, a);
  weakref_set_add (set, b);
  g_signal_connect (set, "items-changed", G_CALLBACK (no_two_are_the_same_cb), NULL);
  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);

  g_object_run_dispose (b);
  g_assert_true (weakref_set_insert (set, 0, b));
  assert_log ("-b 0-2+2");
  assert_model (set, "b a");
  g_object_run_dispose (b);
  g_assert_true (weakref_set_add (set, b));
  assert_log ("0-1+0 1-0+1");
  assert_model (set, "a b");

  g_object_unref (set);
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a ~b");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/set/kept");

  test_case (only_if_somebody_has_read_the_list);
  test_case (until_the_announcement);
  test_case (until_the_set_dies);
  test_case (until_the_set_dies_in_a_context_that_never_runs);
  test_case (is_dead_for_everybody_else);
  test_case (nothing_with_a_function);
  test_case (not_if_it_was_announced_before_that);
  test_case (may_be_added_again);

  return g_test_run ();
}
