/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* References: the target, the shared reference, properties and arguments. */

#include "ref-common.h"

static void
test_get (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new (a);
  gpointer got = weakref_ref_get (ref);

  g_assert_true (got == a);
  g_assert_true (weakref_ref_is_alive (ref));
  g_object_unref (got);

  g_object_unref (a);
  assert_log ("-a ~a");
  g_assert_null (weakref_ref_get (ref));
  g_assert_false (weakref_ref_is_alive (ref));
  g_object_unref (ref);
}

static void
test_shared (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *one = weakref_ref_new (a);
  WeakrefRef *two = weakref_ref_new (a);
  WeakrefRef *own = weakref_ref_new_full (a, NULL, NULL, NULL, NULL);

  g_assert_true (one == two);
  g_assert_true (own != one);
  g_assert_true (weakref_ref_equal (own, one));
  g_assert_cmpuint (weakref_ref_hash (own), ==, weakref_ref_hash (one));
  g_assert_cmpuint (weakref_count_refs (a), ==, 2);

  g_object_unref (one);
  g_object_unref (two);
  g_assert_cmpuint (weakref_count_refs (a), ==, 1);

  g_object_unref (own);
  g_object_unref (a);
  assert_log ("-a ~a");
}

/* Disposes the object once, when the library drops its reference. Here that happens while the
 * library looks for the reference that is shared. */
static void
toggle_disposes_cb (gpointer done, GObject *object, gboolean is_last_ref)
{
  if (is_last_ref && !*(gboolean *) done)
    {
      *(gboolean *) done = TRUE;
      g_object_run_dispose (object);
    }
}

static void
test_shared_in_the_next_life (void)
{
  gboolean done = TRUE;
  TestProbe *a;
  WeakrefRef *first;
  WeakrefRef *one;
  WeakrefRef *two;

  if (glib_check_version (2, 80, 0) != NULL)
    {
      g_test_skip ("With GLib before 2.80, no reference is taken there");
      return;
    }

  a = test_probe_new ("a");
  first = weakref_ref_new (a);
  g_object_add_toggle_ref (G_OBJECT (a), toggle_disposes_cb, &done);
  g_object_unref (a);
  g_clear_object (&first);
  done = FALSE;

  one = weakref_ref_new (a);
  g_assert_true (done);
  two = weakref_ref_new (a);
  g_assert_true (one == two);
  g_assert_cmpuint (weakref_count_refs (a), ==, 1);
  g_object_unref (one);
  g_object_unref (two);
  g_object_remove_toggle_ref (G_OBJECT (a), toggle_disposes_cb, &done);
  assert_log ("-a ~a");
}

static void
test_newest_first (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *refs[3] = { logging_ref (a, "1"), logging_ref (a, "2"), logging_ref (a, "3") };
  guint i;

  g_object_unref (a);
  assert_log ("-a 3 free:3 2 free:2 1 free:1 ~a");
  for (i = 0; i < 3; i++)
    g_object_unref (refs[i]);
}

static void
test_dropped_ref_is_not_called (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = logging_ref (a, "1");

  g_object_unref (ref);
  assert_log ("free:1");
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
test_alive_can_be_bound (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new (a);
  GSimpleAction *action = g_simple_action_new ("action", NULL);

  g_object_bind_property (ref, "alive", action, "enabled", G_BINDING_SYNC_CREATE);
  g_assert_true (g_action_get_enabled (G_ACTION (action)));
  g_object_unref (a);
  assert_log ("-a ~a");
  g_assert_false (g_action_get_enabled (G_ACTION (action)));
  g_object_unref (ref);
  g_object_unref (action);
}

static void
test_properties (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = g_object_new (WEAKREF_TYPE_REF, "target", a, NULL);
  WeakrefRef *none = g_object_new (WEAKREF_TYPE_REF, NULL);
  gboolean alive = FALSE;
  gpointer target = NULL;

  g_object_get (ref, "target", &target, "alive", &alive, NULL);
  g_assert_true (target == a);
  g_assert_true (alive);
  g_clear_object (&target);
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_get (ref, "target", &target, "alive", &alive, NULL);
  g_assert_null (target);
  g_assert_false (alive);

  /* Without a target it is dead from the start, and equal only to itself. */
  g_assert_null (weakref_ref_get (none));
  g_assert_false (weakref_ref_is_alive (none));
  g_assert_cmpuint (weakref_ref_get_id (none), ==, 0);
  g_assert_true (weakref_ref_equal (none, none));
  g_assert_false (weakref_ref_equal (none, ref));
  g_object_unref (ref);
  g_object_unref (none);
}

static void
test_context_property (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *a = test_probe_new ("a");
  /* The target is set last, in whatever order the properties are given. */
  WeakrefRef *one = g_object_new (WEAKREF_TYPE_REF, "target", a, "context", context, NULL);
  WeakrefRef *two = g_object_new (WEAKREF_TYPE_REF, "context", NULL, "target", a, NULL);

  g_signal_connect (one, "notify::alive", G_CALLBACK (notify_cb), (gpointer) "1");
  g_signal_connect (two, "notify::alive", G_CALLBACK (notify_cb), (gpointer) "2");
  g_object_unref (a);
  assert_log ("-a notify:2 ~a");
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("notify:1");
  g_object_unref (one);
  g_object_unref (two);
  g_main_context_unref (context);
}

static void
assert_set_once (WeakrefRef *ref, const char *name, gpointer value)
{
  char *pattern = g_strdup_printf ("*\"%s\"*once*", name);

  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, pattern);
  g_object_set (ref, name, value, NULL);
  g_test_assert_expected_messages ();
  g_free (pattern);
}

/* Also after the construction. A reference that everybody shares has no context. */
static void
test_properties_are_set_once (void)
{
  GMainContext *context = g_main_context_new ();
  GMainContext *other = g_main_context_new ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefRef *one = g_object_new (WEAKREF_TYPE_REF, NULL);
  WeakrefRef *two = weakref_ref_new (a);

  g_object_set (one, "context", context, NULL);
  assert_set_once (one, "context", other);
  g_object_set (one, "target", a, NULL);
  assert_set_once (one, "context", other);
  assert_set_once (one, "target", b);
  assert_set_once (two, "target", a);
  assert_set_once (two, "context", context);
  g_object_set (one, "target", NULL, "context", NULL, NULL);
  g_assert_true (weakref_ref_equal (one, two));
  g_assert_cmpuint (weakref_count_refs (a), ==, 2);
  g_assert_cmpuint (weakref_count_refs (b), ==, 0);

  g_signal_connect (one, "notify::alive", G_CALLBACK (notify_cb), (gpointer) "1");
  g_signal_connect (two, "notify::alive", G_CALLBACK (notify_cb), (gpointer) "2");
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a notify:2 ~a -b ~b");
  while (g_main_context_iteration (context, FALSE))
    ;
  assert_log ("notify:1");
  g_object_unref (one);
  g_object_unref (two);

  /* A context that no target followed is dropped with the reference. */
  g_object_unref (g_object_new (WEAKREF_TYPE_REF, "context", other, NULL));
  g_main_context_unref (context);
  g_main_context_unref (other);
}

static void
test_subclass (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *plain = weakref_ref_new (a);
  GTypeQuery query;
  WeakrefRef *ref;
  GType type;

  /* As languages do it. */
  g_type_query (WEAKREF_TYPE_REF, &query);
  type = g_type_register_static_simple (WEAKREF_TYPE_REF, "TestRefSubclass", query.class_size, NULL,
                                        query.instance_size, NULL, G_TYPE_FLAG_NONE);
  ref = g_object_new (type, "target", a, NULL);
  g_assert_true (ref != plain);
  g_assert_true (weakref_ref_equal (ref, plain));
  g_assert_cmpuint (weakref_count_refs (a), ==, 2);
  g_signal_connect (ref, "notify::alive", G_CALLBACK (notify_cb), (gpointer) "1");
  g_object_unref (plain);
  /* The shared one is never of a subclass. */
  plain = weakref_ref_new (a);
  g_assert_true (ref != plain);

  g_object_unref (a);
  assert_log ("-a notify:1 ~a");
  g_object_unref (plain);
  g_object_unref (ref);
}

static void
test_floating_target_stays_floating (void)
{
  gpointer target = g_object_new (G_TYPE_INITIALLY_UNOWNED, NULL);
  WeakrefRef *ref = weakref_ref_new (target);

  g_assert_true (g_object_is_floating (target));
  g_object_ref_sink (target);
  g_assert_true (weakref_ref_is_alive (ref));
  g_object_unref (target);
  g_assert_false (weakref_ref_is_alive (ref));
  g_object_unref (ref);
}

static void
test_refs_are_keys (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  GHashTable *table =
    g_hash_table_new_full (weakref_ref_hash, weakref_ref_equal, g_object_unref, NULL);
  WeakrefRef *other = weakref_ref_new_full (a, NULL, NULL, NULL, NULL);
  WeakrefRef *another;

  g_hash_table_insert (table, weakref_ref_new (a), (gpointer) "a");
  g_hash_table_insert (table, weakref_ref_new_full (b, NULL, NULL, NULL, NULL), (gpointer) "b");
  another = weakref_ref_new (b);
  g_assert_cmpuint (weakref_ref_hash (other), !=, weakref_ref_hash (another));
  g_assert_cmpstr (g_hash_table_lookup (table, another), ==, "b");
  g_object_unref (another);
  g_assert_cmpstr (g_hash_table_lookup (table, other), ==, "a");
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
  g_assert_cmpuint (g_hash_table_size (table), ==, 2);
  g_assert_cmpstr (g_hash_table_lookup (table, other), ==, "a");
  g_object_unref (other);
  g_hash_table_unref (table);
}

static void
test_list (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *one = logging_ref (a, "1");
  WeakrefRef *plain = weakref_ref_new (a);
  WeakrefRef *two = logging_ref (a, "2");
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GList *list;

  /* The other weak things are no refs. */
  weakref_value_table_insert (table, "a", a);
  weakref_finalize (a, freed_cb, (gpointer) "a", NULL);
  g_assert_cmpuint (weakref_count_refs (a), ==, 3);
  list = weakref_list_refs (a);
  g_assert_cmpuint (g_list_length (list), ==, 3);
  g_assert_true (list->data == two);
  g_assert_true (list->next->data == plain);
  g_assert_true (list->next->next->data == one);

  /* It holds them. */
  g_object_unref (two);
  assert_log ("");
  g_list_free_full (list, g_object_unref);
  assert_log ("free:2");
  g_assert_cmpuint (weakref_count_refs (a), ==, 2);
  g_object_unref (plain);
  g_object_unref (one);
  assert_log ("free:1");
  g_assert_null (weakref_list_refs (a));

  g_object_unref (a);
  g_object_unref (proxy);
  g_object_unref (table);
  assert_log ("-a free:a ~a");
}

static void
test_bad_input (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new (a);
  gpointer no_object[4] = { NULL };

#define CRITICAL(pattern) g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, pattern)
  CRITICAL ("*G_IS_OBJECT (target)*");
  g_assert_null (weakref_ref_new (NULL));
  CRITICAL ("*G_IS_OBJECT (target)*");
  g_assert_null (weakref_ref_new (no_object));
  CRITICAL ("*G_IS_OBJECT (target)*");
  g_assert_null (weakref_ref_new_full (NULL, NULL, log_cb, NULL, NULL));
  CRITICAL ("*G_IS_OBJECT (target)*");
  g_assert_null (weakref_ref_new_full (no_object, NULL, log_cb, NULL, NULL));
  CRITICAL ("*WEAKREF_IS_REF*");
  g_assert_null (weakref_ref_get (NULL));
  CRITICAL ("*WEAKREF_IS_REF*");
  g_assert_null (weakref_ref_get ((gpointer) a));
  CRITICAL ("*WEAKREF_IS_REF*");
  g_assert_false (weakref_ref_is_alive (NULL));
  CRITICAL ("*WEAKREF_IS_REF*");
  g_assert_cmpuint (weakref_ref_get_id ((gpointer) a), ==, 0);
  CRITICAL ("*WEAKREF_IS_REF*");
  weakref_ref_hash (NULL);
  CRITICAL ("*WEAKREF_IS_REF*");
  g_assert_false (weakref_ref_equal (ref, a));
  CRITICAL ("*WEAKREF_IS_REF*");
  g_assert_false (weakref_ref_equal (NULL, ref));
  CRITICAL ("*G_IS_OBJECT (target)*");
  g_assert_cmpuint (weakref_count_refs (no_object), ==, 0);
  CRITICAL ("*G_IS_OBJECT (target)*");
  g_assert_null (weakref_list_refs (NULL));
#undef CRITICAL
  g_test_assert_expected_messages ();

  g_object_unref (a);
  g_object_unref (ref);
  assert_log ("-a ~a");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/ref");

  test_case (get);
  test_case (shared);
  test_case (shared_in_the_next_life);
  test_case (newest_first);
  test_case (dropped_ref_is_not_called);
  test_case (alive_can_be_bound);
  test_case (properties);
  test_case_as ("context/property", context_property);
  test_case (properties_are_set_once);
  test_case (subclass);
  test_case (floating_target_stays_floating);
  test_case (refs_are_keys);
  test_case (list);
  test_case (bad_input);

  return g_test_run ();
}
