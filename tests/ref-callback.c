/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* References: what a callback may do. */

#include "ref-common.h"

/* What a callback may do */

static void
drop_own_cb (WeakrefRef *ref, gpointer user_data)
{
  WeakrefRef **location = user_data;

  g_assert_true (*location == ref);
  test_log ("drop");
  g_clear_object (location);
  /* It stays there until this returns. */
  g_assert_null (weakref_ref_get (ref));
}

static void
test_callback_drops_its_own_ref (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref;
  WeakrefRef *watched;

  ref = weakref_ref_new_full (a, NULL, drop_own_cb, &ref, logged_freed_cb);
  watched = logging_ref (ref, "ref");
  g_object_unref (a);
  /* The ref goes when its callback has returned, and its data before it. */
  assert_log ("-a drop freed ref free:ref ~a");
  g_assert_null (ref);
  g_object_unref (watched);
}

static void
drop_others_cb (WeakrefRef *ref, gpointer user_data)
{
  WeakrefRef **others = user_data;
  guint i;

  test_log ("drop");
  for (i = 0; others[i] != NULL; i++)
    g_clear_object (&others[i]);
}

static void
test_callback_drops_others (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefRef *others[4] = { NULL };
  WeakrefRef *ref;
  WeakrefRef *newest;

  /* A ref to the same target whose turn has not come, and a ref to another target. */
  others[0] = logging_ref (a, "1");
  others[1] = logging_ref (b, "b");
  others[2] = logging_ref (a, "2");
  ref = weakref_ref_new_full (a, NULL, drop_others_cb, others, NULL);
  newest = logging_ref (a, "3");
  g_object_unref (a);
  assert_log ("-a 3 free:3 drop free:1 free:b free:2 ~a");
  g_object_unref (b);
  assert_log ("-b ~b");
  g_object_unref (ref);
  g_object_unref (newest);
}

static void
make_things_cb (WeakrefRef *ref, gpointer user_data)
{
  TestProbe *b = user_data;
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_OBJECT);
  WeakrefRef *one = weakref_ref_new (b);
  WeakrefRef *two = logging_ref (b, "two");
  TestProbe *c = test_probe_new ("c");

  weakref_value_table_insert (table, ref, b);
  weakref_value_table_insert (table, b, c);
  g_object_unref (one);
  g_object_unref (two);
  g_object_unref (c);
  g_assert_cmpuint (weakref_value_table_get_size (table), ==, 1);
  g_object_unref (table);
  test_log ("made");
}

static void
test_callback_makes_refs_and_tables (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefRef *older = logging_ref (a, "1");
  WeakrefRef *ref = weakref_ref_new_full (a, NULL, make_things_cb, b, NULL);

  g_object_unref (a);
  assert_log ("-a free:two -c ~c made 1 free:1 ~a");
  g_object_unref (b);
  assert_log ("-b ~b");
  g_object_unref (older);
  g_object_unref (ref);
}

static void
unref_cb (WeakrefRef *ref, gpointer object)
{
  g_object_unref (object);
}

static void
test_callback_drops_the_next_target (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  WeakrefRef *one = weakref_ref_new_full (a, NULL, unref_cb, b, NULL);
  WeakrefRef *two = weakref_ref_new_full (b, NULL, unref_cb, c, NULL);

  g_object_unref (a);
  assert_log ("-a -b -c ~c ~b ~a");
  g_object_unref (one);
  g_object_unref (two);
}

static void
test_data_drops_the_next_target (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefRef *ref = weakref_ref_new_full (a, NULL, log_cb, (gpointer) "", NULL);
  WeakrefRef *holder;
  WeakrefRef *watch = logging_ref (b, "b");

  g_object_unref (ref);
  /* The data of a ref that is not called is dropped with it. */
  holder = weakref_ref_new_full (a, NULL, unref_cb, b, g_object_unref);
  g_object_unref (holder);
  assert_log ("-b b free:b ~b");
  g_object_unref (watch);
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
test_ref_to_a_ref (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *one = weakref_ref_new (a);
  WeakrefRef *two = logging_ref (one, "2");
  WeakrefRef *three = logging_ref (two, "3");

  g_object_unref (one);
  assert_log ("2 free:2");
  g_object_unref (two);
  assert_log ("3 free:3");
  g_object_unref (three);
  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
test_disposed_ref_is_not_called (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = logging_ref (a, "1");
  WeakrefRef *plain = weakref_ref_new (a);
  WeakrefRef *other;

  g_object_run_dispose (G_OBJECT (ref));
  assert_log ("free:1");
  g_object_run_dispose (G_OBJECT (ref));
  assert_log ("");

  /* It is not shared any more, so nobody gets a disposed one. */
  g_object_run_dispose (G_OBJECT (plain));
  other = weakref_ref_new (a);
  g_assert_true (other != plain);

  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (plain);
  g_object_unref (other);
  g_object_unref (ref);
}

static void
test_destroy_without_a_callback (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new_full (a, NULL, NULL, (gpointer) "1", freed_cb);

  g_object_unref (ref);
  g_object_unref (a);
  assert_log ("free:1 -a ~a");
}

/* Many */

typedef struct
{
  guint n_called;
  guint n_freed;
  guint next; /* the number of the ref that is called next */
  guint *called;
} Many;

typedef struct
{
  Many *many;
  guint number;
} One;

static void
many_cb (WeakrefRef *ref, gpointer user_data)
{
  One *one = user_data;

  g_assert_cmpuint (one->number, ==, one->many->next);
  one->many->next--;
  one->many->n_called++;
  one->many->called[one->number]++;
}

static void
many_freed_cb (gpointer user_data)
{
  One *one = user_data;

  one->many->n_freed++;
  g_free (one);
}

static void
test_many (void)
{
  guint n = test_scale (200000, 1000);
  TestProbe *a = test_probe_new ("a");
  WeakrefRef **refs = g_new (WeakrefRef *, n);
  Many many = { .next = n - 1, .called = g_new0 (guint, n) };
  guint i;

  /* GLib stops at 65,535. */
  for (i = 0; i < n; i++)
    {
      One *one = g_new (One, 1);

      one->many = &many;
      one->number = i;
      refs[i] = weakref_ref_new_full (a, NULL, many_cb, one, many_freed_cb);
    }
  g_assert_cmpuint (weakref_count_refs (a), ==, n);
  for (i = 0; i < n / 2; i++)
    g_object_unref (refs[i]);
  g_assert_cmpuint (many.n_freed, ==, n / 2);
  g_assert_cmpuint (weakref_count_refs (a), ==, n - n / 2);

  g_object_unref (a);
  assert_log ("-a ~a");
  g_assert_cmpuint (many.n_called, ==, n - n / 2);
  g_assert_cmpuint (many.n_freed, ==, n);
  for (i = 0; i < n; i++)
    g_assert_cmpuint (many.called[i], ==, i >= n / 2);
  for (i = n / 2; i < n; i++)
    g_object_unref (refs[i]);
  g_free (many.called);
  g_free (refs);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/ref");

  test_case_as ("callback/drops-its-own-ref", callback_drops_its_own_ref);
  test_case_as ("callback/drops-others", callback_drops_others);
  test_case_as ("callback/makes-refs-and-tables", callback_makes_refs_and_tables);
  test_case_as ("callback/drops-the-next-target", callback_drops_the_next_target);
  test_case_as ("callback/data-drops-the-next-target", data_drops_the_next_target);
  test_case (ref_to_a_ref);
  test_case (disposed_ref_is_not_called);
  test_case (destroy_without_a_callback);
  test_case (many);

  return g_test_run ();
}
