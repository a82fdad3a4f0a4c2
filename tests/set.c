/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The members of a set. */

#include "set-common.h"

static void
test_order (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);

  g_assert_true (weakref_set_add (set, b));
  g_assert_true (weakref_set_add (set, a));
  g_assert_true (weakref_set_add (set, c));
  g_assert_false (weakref_set_add (set, a));
  assert_items (set, "b a c");
  g_assert_cmpuint (weakref_set_get_size (set), ==, 3);
  g_assert_true (weakref_set_contains (set, a));

  g_assert_true (weakref_set_remove (set, b));
  g_assert_false (weakref_set_remove (set, b));
  g_assert_false (weakref_set_contains (set, b));
  g_assert_true (weakref_set_add (set, b));
  assert_items (set, "a c b");

  g_object_unref (c);
  assert_log ("-c ~c");
  assert_items (set, "a b");
  g_assert_cmpuint (weakref_set_get_size (set), ==, 2);

  g_object_unref (set);
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
}

static void
test_disposed_item_leaves_and_may_come_again (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);

  weakref_set_add (set, a);
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a");
  g_assert_false (weakref_set_contains (set, a));
  g_assert_true (weakref_set_add (set, a));
  assert_items (set, "a");

  g_object_unref (a);
  assert_log ("~a");
  assert_items (set, "");
  g_object_unref (set);
}

static void
add_cb (WeakrefRef *ref, gpointer user_data)
{
  gpointer *set_and_item = user_data;

  g_assert_true (weakref_set_add (set_and_item[0], set_and_item[1]));
}

static void
test_item_added_by_its_own_dispose_may_be_added_after_it (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  gpointer set_and_item[2] = { set, a };
  WeakrefRef *ref = weakref_ref_new_full (a, NULL, add_cb, set_and_item, NULL);

  /* GLib clears what was taken in there at the end, and tells nobody. */
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a");
  g_assert_false (weakref_set_contains (set, a));
  assert_items (set, "");
  g_assert_true (weakref_set_add (set, a));
  g_assert_true (weakref_set_contains (set, a));
  assert_items (set, "a");
  g_assert_cmpuint (weakref_set_get_size (set), ==, 1);

  g_object_unref (ref);
  g_object_unref (set);
  g_object_unref (a);
  assert_log ("~a");
}

static void
test_set_may_be_its_own_member (void)
{
  WeakrefSet *set = weakref_set_new (WEAKREF_TYPE_SET);
  WeakrefRef *ref = weakref_ref_new (set);

  g_assert_true (weakref_set_add (set, set));
  g_assert_true (weakref_set_contains (set, set));
  g_object_unref (set);
  g_assert_false (weakref_ref_is_alive (ref));
  g_object_unref (ref);
}

/* An interface without prerequisites. */
typedef GTypeInterface TestMarkedInterface;
static GType test_marked_get_type (void);
G_DEFINE_INTERFACE (TestMarked, test_marked, G_TYPE_INVALID)

static void
test_marked_default_init (TestMarkedInterface *iface)
{
}

static void
test_interface_without_prerequisites (void)
{
  const GInterfaceInfo info = { NULL, NULL, NULL };
  GType type = g_type_register_static_simple (
    TEST_TYPE_PROBE, "MarkedProbe", sizeof (TestProbeClass), NULL, sizeof (TestProbe), NULL, 0);
  WeakrefSet *set = weakref_set_new (test_marked_get_type ());
  WeakrefSet *same = g_object_new (WEAKREF_TYPE_SET, "item-type", test_marked_get_type (), NULL);
  WeakrefSet *both;
  TestProbe *a;

  g_type_add_interface_static (type, test_marked_get_type (), &info);
  a = g_object_new (type, "name", "a", NULL);
  g_assert_true (weakref_set_add (set, a));
  both = weakref_set_union (set, same);
  g_assert_true (weakref_set_contains (both, a));
  assert_type (both, test_marked_get_type ());
  assert_type (same, test_marked_get_type ());
  g_object_unref (a);
  assert_log ("-a ~a");
  assert_type (set, test_marked_get_type ());
  test_iterate ();
}

static void
test_properties_say_what_is_there (void)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  WeakrefSet *any = g_object_new (WEAKREF_TYPE_SET, NULL);
  TestProbe *a = test_probe_new ("a");
  GType item_type;
  guint n_items;

  weakref_set_add (set, a);
  g_object_get (set, "item-type", &item_type, "n-items", &n_items, NULL);
  g_assert_true (item_type == TEST_TYPE_PROBE);
  g_assert_cmpuint (n_items, ==, 1);
  g_object_get (any, "item-type", &item_type, "n-items", &n_items, NULL);
  g_assert_true (item_type == G_TYPE_OBJECT);
  g_assert_cmpuint (n_items, ==, 0);

  g_object_unref (a);
  assert_log ("-a ~a");
  g_assert_finalize_object (set);
  g_assert_finalize_object (any);
}

static void
add_toggled_cb (gpointer user_data, GObject *object, gboolean is_last)
{
  WeakrefSet **set = user_data;

  if (*set != NULL && !is_last)
    g_assert_true (weakref_set_add (g_steal_pointer (set), object));
}

static void
test_added_in_the_middle_of_being_added (void)
{
  WeakrefSet *inner = NULL;
  WeakrefSet *set;
  TestProbe *a;
  WeakrefRef *ref;

  if (glib_check_version (2, 80, 0) != NULL)
    {
      g_test_skip ("With GLib before 2.80, no reference is taken there");
      return;
    }

  set = weakref_set_new (TEST_TYPE_PROBE);
  a = test_probe_new ("a");
  ref = weakref_ref_new (a);
  g_object_add_toggle_ref (G_OBJECT (a), add_toggled_cb, &inner);
  g_object_unref (a);
  inner = set;
  /* Another thread could do the same. Exactly one of the two adds the item. */
  g_assert_false (weakref_set_add (set, a));
  g_assert_null (inner);
  assert_items (set, "a");
  g_assert_cmpuint (weakref_set_get_size (set), ==, 1);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 1);

  g_object_unref (set);
  g_object_unref (ref);
  g_object_remove_toggle_ref (G_OBJECT (a), add_toggled_cb, &inner);
  assert_log ("-a ~a");
}

/* Threads */

typedef struct
{
  WeakrefSet *sets[2];
  gint seen; /* (atomic) */
} Storm;

static void
look_cb (gpointer item, gpointer user_data)
{
  g_assert_false (test_probe_was_disposed (item));
  g_atomic_int_inc (&((Storm *) user_data)->seen);
}

static gpointer
storm_thread (gpointer data)
{
  Storm *storm = data;
  TestProbe *probes[4] = { NULL };
  guint n_rounds = test_scale (1000, 50);
  guint round;
  guint i;

  for (round = 0; round < n_rounds; round++)
    {
      WeakrefSet *set = storm->sets[round % 2];
      WeakrefSet *result;

      for (i = 0; i < G_N_ELEMENTS (probes); i++)
        {
          probes[i] = test_probe_new ("p");
          g_assert_true (weakref_set_add (set, probes[i]));
        }
      result = weakref_set_difference (storm->sets[0], storm->sets[1]);
      weakref_set_foreach (result, look_cb, storm);
      g_object_unref (result);
      for (i = 0; i < G_N_ELEMENTS (probes); i++)
        {
          g_assert_true (weakref_set_contains (set, probes[i]));
          if (i % 2 == 0)
            g_assert_true (weakref_set_remove (set, probes[i]));
          g_clear_object (&probes[i]);
        }
    }

  return NULL;
}

static void
test_threads_see_the_living_only (void)
{
  Storm storm = { { weakref_set_new (TEST_TYPE_PROBE), weakref_set_new (TEST_TYPE_PROBE) }, 0 };

  test_log_set_probes (FALSE);
  test_threads (4, storm_thread, &storm);
  g_assert_cmpint (storm.seen, >, 0);
  g_assert_cmpuint (weakref_set_get_size (storm.sets[0]), ==, 0);
  g_assert_cmpuint (weakref_set_get_size (storm.sets[1]), ==, 0);
  g_object_unref (storm.sets[0]);
  g_object_unref (storm.sets[1]);
}

/* The benchmark says how long this takes. */
static void
test_many (void)
{
  guint n = test_scale (30000, 1000);
  GObject **objects = g_new (GObject *, n);
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  GPtrArray *items;
  guint n_left = 0;
  guint i;

  for (i = 0; i < n; i++)
    {
      objects[i] = g_object_new (G_TYPE_OBJECT, NULL);
      g_assert_true (weakref_set_add (set, objects[i]));
    }
  g_assert_cmpuint (weakref_set_get_size (set), ==, n);
  /* In random order. */
  for (i = 0; i < n; i++)
    {
      guint which = (guint64) i * 7919 % n;

      if (which % 3 == 0)
        g_clear_object (&objects[which]);
      else if (which % 3 == 1)
        g_assert_true (weakref_set_remove (set, objects[which]));
    }

  items = weakref_set_dup_items (set);
  for (i = 0; i < n; i++)
    {
      if (i % 3 == 2)
        g_assert_true (g_ptr_array_index (items, n_left++) == objects[i]);
    }
  g_assert_cmpuint (items->len, ==, n_left);
  g_assert_cmpuint (weakref_set_get_size (set), ==, n_left);
  test_iterate ();
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, n_left);
  for (i = 0; i < n_left; i++)
    {
      gpointer item = g_list_model_get_item (G_LIST_MODEL (set), i);

      g_assert_true (item == g_ptr_array_index (items, i));
      g_object_unref (item);
    }

  g_ptr_array_unref (items);
  for (i = 0; i < n; i++)
    g_clear_object (&objects[i]);
  g_assert_cmpuint (weakref_set_get_size (set), ==, 0);
  test_iterate ();
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 0);
  g_object_unref (set);
  g_free (objects);
}

static void
test_bad_input (void)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);

#define BAD(pattern, call)                                                                         \
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, pattern);                                \
  call
  BAD ("*add*G_IS_OBJECT (item)*", g_assert_false (weakref_set_add (set, NULL)));
  BAD ("*add*item_type*", g_assert_false (weakref_set_add (set, object)));
  BAD ("*add*WEAKREF_IS_SET (self)*", g_assert_false (weakref_set_add ((gpointer) object, set)));
  BAD ("*remove*G_IS_OBJECT (item)*", g_assert_false (weakref_set_remove (set, NULL)));
  BAD ("*contains*G_IS_OBJECT (item)*", g_assert_false (weakref_set_contains (set, NULL)));
  BAD ("*remove_all*WEAKREF_IS_SET (self)*", weakref_set_remove_all (NULL));
  BAD ("*get_size*WEAKREF_IS_SET (self)*", g_assert_cmpuint (weakref_set_get_size (NULL), ==, 0));
  BAD ("*dup_items*WEAKREF_IS_SET (self)*", g_assert_null (weakref_set_dup_items (NULL)));
  BAD ("*foreach*func*", weakref_set_foreach (set, NULL, NULL));
  BAD ("*union*WEAKREF_IS_SET (other)*", g_assert_null (weakref_set_union (set, NULL)));
  BAD ("*difference*WEAKREF_IS_SET (self)*", g_assert_null (weakref_set_difference (NULL, set)));
  BAD ("*intersection*WEAKREF_IS_SET (other)*",
       g_assert_null (weakref_set_intersection (set, (gpointer) object)));
  BAD ("*symmetric*WEAKREF_IS_SET (other)*",
       g_assert_null (weakref_set_symmetric_difference (set, NULL)));
  BAD ("*is_subset*WEAKREF_IS_SET (other)*", g_assert_false (weakref_set_is_subset (set, NULL)));
  BAD ("*is_superset*WEAKREF_IS_SET (other)*",
       g_assert_false (weakref_set_is_superset (set, NULL)));
  BAD ("*is_disjoint*WEAKREF_IS_SET (other)*",
       g_assert_false (weakref_set_is_disjoint (set, NULL)));
  BAD ("*equal*WEAKREF_IS_SET (other)*", g_assert_false (weakref_set_equal (set, NULL)));
  BAD ("*new*item_type*", g_assert_null (weakref_set_new (G_TYPE_STRING)));
#undef BAD
  g_test_assert_expected_messages ();
  g_assert_cmpuint (weakref_set_get_size (set), ==, 0);

  g_object_unref (set);
  g_object_unref (object);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/set");

  test_case (order);
  test_case (disposed_item_leaves_and_may_come_again);
  test_case (item_added_by_its_own_dispose_may_be_added_after_it);
  test_case_as ("may-be-its-own-member", set_may_be_its_own_member);
  test_case (added_in_the_middle_of_being_added);
  test_case (properties_say_what_is_there);
  test_case (interface_without_prerequisites);
  test_case (threads_see_the_living_only);
  test_case (many);
  test_case (bad_input);

  return g_test_run ();
}
