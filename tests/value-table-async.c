/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Value tables: creation without waiting. */

#include "value-table-async.h"

static void
test_creates_once (void)
{
  Scene s = scene_new (string_table ());

  ask (s.table, "a", &s.creator, &s.one, NULL);
  assert_log ("create:a");
  ask (s.table, "a", &s.creator, &s.two, NULL);
  test_iterate ();
  assert_log ("");
  assert_at (s.table, "a", NULL);

  creator_return (&s.creator);
  assert_log ("");
  test_iterate ();
  assert_log ("one=a two=a");
  g_assert_true (s.one.object == s.two.object);
  assert_at (s.table, "a", s.one.object);
  /* One for each, and none of our own. */
  g_assert_cmpuint (G_OBJECT (s.one.object)->ref_count, ==, 2);

  /* What is there is given; later, too. */
  ask (s.table, "a", &s.creator, &s.three, NULL);
  assert_log ("");
  test_iterate ();
  assert_log ("three=a");
  g_assert_true (s.one.object == s.three.object);

  scene_clear (&s, "-a ~a");
}

static void
test_by_value (void)
{
  Scene s = scene_new (string_table ());
  GValue value = G_VALUE_INIT;

  s.creator.by_value = TRUE;
  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, "a");
  weakref_value_table_ensure_value_async (s.table, &value, G_PRIORITY_DEFAULT, NULL,
                                          creator_value_cb, &s.creator, creator_freed_cb, caller_cb,
                                          &s.one);
  g_value_set_string (&value, "changed");
  assert_log ("create:a");
  g_assert_cmpstr (g_value_get_string (s.creator.value), ==, "a");
  creator_return (&s.creator);
  test_iterate ();
  assert_log ("one=a");
  g_assert_cmpuint (s.creator.n_freed, ==, 1);
  assert_at (s.table, "a", s.one.object);
  g_assert_cmpuint (G_OBJECT (s.one.object)->ref_count, ==, 1);
  caller_clear (&s.one);
  assert_log ("-a ~a");

  /* A key of the wrong type is an error of the request. */
  g_value_unset (&value);
  g_value_init (&value, G_TYPE_INT);
  weakref_value_table_ensure_value_async (s.table, &value, G_PRIORITY_DEFAULT, NULL,
                                          creator_value_cb, &s.creator, creator_freed_cb, caller_cb,
                                          &s.one);
  g_assert_cmpuint (s.creator.n_freed, ==, 2);
  test_iterate ();
  g_assert_error (s.one.error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);
  assert_log ("one!");
  g_value_unset (&value);
  s.creator.n_asked = 2;
  scene_clear (&s, "");
}

static void
test_frees_the_data (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };

  ask (s.table, "a", &s.creator, &s.one, NULL);
  ask (s.table, "a", &other, &s.two, NULL);
  g_assert_cmpuint (s.creator.n_freed, ==, 0);
  creator_return (&s.creator);
  test_iterate ();
  g_assert_cmpuint (s.creator.n_freed, ==, 1);
  g_assert_cmpuint (other.n_freed, ==, 1);
  /* Found at once. */
  ask (s.table, "a", &other, &s.three, NULL);
  g_assert_cmpuint (other.n_freed, ==, 2);
  test_iterate ();
  assert_log ("create:a one=a two=a three=a");
  scene_clear (&s, "-a ~a");
}

/* The callback of a hit is not called by the call itself, whatever runs in that. */

static void
iterate_cb (gpointer data)
{
  test_iterate ();
  test_log ("freed");
}

static gboolean
ask_in_a_source_cb (gpointer data)
{
  Scene *s = data;

  weakref_value_table_ensure_async (s->table, "a", G_PRIORITY_DEFAULT, NULL, creator_cb, NULL,
                                    iterate_cb, caller_cb, &s->one);
  test_log ("asked");
  return G_SOURCE_REMOVE;
}

static void
test_not_called_inside (void)
{
  Scene s = scene_new (string_table ());
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (s.table, "a", a);
  g_idle_add (ask_in_a_source_cb, &s);
  test_iterate ();
  /* By the main loop that runs while the data is freed, and not after it. */
  assert_log ("one=a freed asked");
  caller_clear (&s.one);
  g_object_unref (a);
  scene_clear (&s, "-a ~a");
}

static void
test_goes_by_a_copy_of_the_key (void)
{
  Scene s = scene_new (string_table ());
  Creator second = { .name = "b" };
  char buffer[] = "a";

  ask (s.table, buffer, &s.creator, &s.one, NULL);
  buffer[0] = 'b';
  ask (s.table, buffer, &second, &s.two, NULL);
  assert_log ("create:a create:b");
  buffer[0] = 'a';
  ask (s.table, buffer, &s.creator, &s.three, NULL);
  assert_log ("");
  g_assert_cmpstr (s.creator.key, ==, "a");
  creator_return (&s.creator);
  creator_return (&second);
  test_iterate ();
  assert_log ("one=a three=a two=b");
  assert_at (s.table, "a", s.one.object);
  assert_at (s.table, "b", s.two.object);
  scene_clear (&s, "-b ~b -a ~a");
}

static void
test_in_a_cache (void)
{
  WeakrefCache *cache = weakref_cache_new (G_TYPE_STRING, 1);
  WeakrefValueTable *table = WEAKREF_VALUE_TABLE (cache);
  Creator creator = { .name = "a" };
  Caller one = { .name = "one", .drops = TRUE };
  Caller two = { .name = "two", .drops = TRUE };

  ask (table, "a", &creator, &one, NULL);
  ask (table, "a", &creator, &two, NULL);
  creator_return (&creator);
  test_iterate ();
  assert_log ("create:a one=a two=a");
  /* It is idle, and kept. */
  g_assert_cmpuint (weakref_cache_get_n_idle (cache), ==, 1);
  g_assert_cmpuint (weakref_cache_get_misses (cache), ==, 1);
  g_assert_cmpuint (weakref_cache_get_hits (cache), ==, 1);
  two.called = FALSE;
  ask (table, "a", &creator, &two, NULL);
  test_iterate ();
  assert_log ("two=a");
  g_assert_cmpuint (weakref_cache_get_hits (cache), ==, 2);
  g_object_unref (cache);
  assert_log ("-a ~a");
}

/* Ends */

static void
test_fails_for_all_who_wait (void)
{
  Scene s = scene_new (string_table ());

  ask (s.table, "a", &s.creator, &s.one, NULL);
  ask (s.table, "a", &s.creator, &s.two, NULL);
  assert_log ("create:a");
  creator_fail (&s.creator);
  test_iterate ();
  assert_log ("one! two!");
  g_assert_error (s.one.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_error (s.two.error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  caller_clear (&s.one);
  caller_clear (&s.two);
  assert_size (s.table, 0);

  /* Who comes later tries anew. */
  ask (s.table, "a", &s.creator, &s.one, NULL);
  assert_log ("create:a");
  creator_return (&s.creator);
  test_iterate ();
  assert_log ("one=a");
  scene_clear (&s, "-a ~a");
}

static void
test_bad_creations (void)
{
  Scene s = scene_new (string_table ());
  static gpointer no_object[8];

  ask (s.table, "a", &s.creator, &s.one, NULL);
  g_task_return_pointer (g_steal_pointer (&s.creator.task), NULL, NULL);
  g_clear_object (&s.creator.kept_task);
  test_iterate ();
  g_assert_error (s.one.error, WEAKREF_ERROR, WEAKREF_ERROR_CREATE);
  caller_clear (&s.one);

  ask (s.table, "a", &s.creator, &s.one, NULL);
  g_task_return_pointer (g_steal_pointer (&s.creator.task), no_object, NULL);
  g_clear_object (&s.creator.kept_task);
  test_iterate ();
  g_assert_error (s.one.error, WEAKREF_ERROR, WEAKREF_ERROR_CREATE);
  caller_clear (&s.one);
  assert_log ("create:a one! create:a one!");
  assert_size (s.table, 0);

  ask (s.table, "a", &s.creator, &s.one, NULL);
  g_task_return_pointer (g_steal_pointer (&s.creator.task),
                         g_object_new (G_TYPE_INITIALLY_UNOWNED, NULL), g_object_unref);
  g_clear_object (&s.creator.kept_task);
  test_iterate ();
  g_assert_no_error (s.one.error);
  g_assert_false (g_object_is_floating (s.one.object));
  g_assert_cmpuint (G_OBJECT (s.one.object)->ref_count, ==, 1);
  assert_at (s.table, "a", s.one.object);
  scene_clear (&s, "create:a one=");
}

static void
test_task_that_is_dropped (void)
{
  Scene s = scene_new (string_table ());

  ask (s.table, "a", &s.creator, &s.one, NULL);
  ask (s.table, "a", &s.creator, &s.two, NULL);
  creator_drop_task (&s.creator);
  g_assert_cmpuint (s.creator.n_freed, ==, 1);
  test_iterate ();
  g_assert_error (s.one.error, WEAKREF_ERROR, WEAKREF_ERROR_CREATE);
  g_assert_error (s.two.error, WEAKREF_ERROR, WEAKREF_ERROR_CREATE);
  assert_log ("create:a one! two!");
  scene_clear (&s, "");
}

static void
test_dies_at_once (void)
{
  Scene s = scene_new (string_table ());

  s.one.drops = s.two.drops = s.three.drops = TRUE;
  ask (s.table, "a", &s.creator, &s.one, NULL);
  ask (s.table, "a", &s.creator, &s.two, NULL);
  ask (s.table, "a", &s.creator, &s.three, NULL);
  creator_return (&s.creator);
  test_iterate ();
  /* Each was handed a living object, whatever the others did with theirs. */
  assert_log ("create:a one=a two=a three=a -a ~a");
  assert_at (s.table, "a", NULL);
  scene_clear (&s, "");
}

static void
test_insert_during_a_creation (void)
{
  Scene s = scene_new (string_table ());
  TestProbe *b = test_probe_new ("b");

  ask (s.table, "a", &s.creator, &s.one, NULL);
  weakref_value_table_insert (s.table, "a", b);
  /* It need not wait for the creation. */
  ask (s.table, "a", &s.creator, &s.two, NULL);
  test_iterate ();
  assert_log ("create:a two=b");
  creator_return (&s.creator);
  test_iterate ();
  assert_log ("-a ~a one=b");
  assert_at (s.table, "a", b);
  g_object_unref (b);
  scene_clear (&s, "-b ~b");
}

static void
test_table_is_kept (void)
{
  Scene s = scene_new (string_table ());
  WeakrefRef *ref = weakref_ref_new (s.table);

  ask (s.table, "a", &s.creator, &s.one, NULL);
  g_object_unref (s.table);
  g_assert_true (weakref_ref_is_alive (ref));
  creator_return (&s.creator);
  test_iterate ();
  assert_log ("create:a one=a");
  g_assert_false (weakref_ref_is_alive (ref));
  g_object_unref (ref);
  s.table = string_table ();
  scene_clear (&s, "-a ~a");
}

static void
test_table_is_disposed (void)
{
  Scene s = scene_new (string_table ());

  ask (s.table, "a", &s.creator, &s.one, NULL);
  g_object_run_dispose (G_OBJECT (s.table));
  creator_return (&s.creator);
  test_iterate ();
  assert_log ("create:a one=a");
  scene_clear (&s, "-a ~a");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/value-table/async");

  test_case_as ("creates-once", creates_once);
  test_case_as ("by-value", by_value);
  test_case_as ("frees-the-data", frees_the_data);
  test_case_as ("goes-by-a-copy-of-the-key", goes_by_a_copy_of_the_key);
  test_case_as ("not-called-inside", not_called_inside);
  test_case_as ("in-a-cache", in_a_cache);
  test_case_as ("end/failure-is-for-all-who-wait", fails_for_all_who_wait);
  test_case_as ("end/bad-creations", bad_creations);
  test_case_as ("end/task-that-is-dropped", task_that_is_dropped);
  test_case_as ("end/object-dies-at-once", dies_at_once);
  test_case_as ("end/insert-during-a-creation", insert_during_a_creation);
  test_case_as ("end/table-is-kept", table_is_kept);
  test_case_as ("end/table-is-disposed", table_is_disposed);

  return g_test_run ();
}
