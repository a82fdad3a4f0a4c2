/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

static char *
items_to_string (WeakrefSet *set)
{
  GString *text = g_string_new (NULL);
  GPtrArray *items = weakref_set_dup_items (set);
  guint i;

  for (i = 0; i < items->len; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                            test_probe_get_name (g_ptr_array_index (items, i)));
  g_ptr_array_unref (items);

  return g_string_free (text, FALSE);
}

#define assert_string(call, expected)                                                              \
  G_STMT_START                                                                                     \
  {                                                                                                \
    char *assert_string_got = (call);                                                              \
    g_assert_cmpstr (assert_string_got, ==, expected);                                             \
    g_free (assert_string_got);                                                                    \
  }                                                                                                \
  G_STMT_END

#define assert_items(set, expected) assert_string (items_to_string (set), expected)

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

/* Iteration */

static void
drop_others_cb (gpointer item, gpointer user_data)
{
  TestProbe **probes = user_data;
  guint i;

  test_log ("%s", test_probe_get_name (item));
  for (i = 0; i < 3; i++)
    {
      if (probes[i] != item)
        g_clear_object (&probes[i]);
    }
}

static void
test_items_may_die_during_iteration (void)
{
  TestProbe *probes[3] = { test_probe_new ("a"), test_probe_new ("b"), test_probe_new ("c") };
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  guint i;

  for (i = 0; i < 3; i++)
    weakref_set_add (set, probes[i]);
  weakref_set_foreach (set, drop_others_cb, probes);
  assert_log ("a -b ~b -c ~c");
  assert_items (set, "a");

  g_object_unref (probes[0]);
  assert_log ("-a ~a");
  g_object_unref (set);
}

static gpointer
unref_thread (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

/* Drops @object in another thread, which has ended when this returns. */
static void
drop_elsewhere (gpointer object)
{
  g_thread_join (g_thread_new ("drop", unref_thread, object));
}

static void
drop_next_elsewhere_cb (gpointer item, gpointer user_data)
{
  TestProbe **next = user_data;

  test_log ("%s", test_probe_get_name (item));
  if (*next != NULL)
    drop_elsewhere (g_steal_pointer (next));
}

static void
test_items_may_die_in_another_thread_during_iteration (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);

  weakref_set_add (set, a);
  weakref_set_add (set, b);
  weakref_set_add (set, c);
  weakref_set_foreach (set, drop_next_elsewhere_cb, &b);
  assert_log ("a -b ~b c");
  assert_items (set, "a c");

  g_object_unref (set);
  g_object_unref (a);
  g_object_unref (c);
  assert_log ("-a ~a -c ~c");
}

static void
change_cb (gpointer item, gpointer user_data)
{
  gpointer *set_and_item = user_data;

  test_log ("%s", test_probe_get_name (item));
  weakref_set_remove_all (set_and_item[0]);
  weakref_set_add (set_and_item[0], set_and_item[1]);
}

static void
test_iteration_is_over_a_snapshot (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  gpointer set_and_item[2] = { set, c };

  weakref_set_add (set, a);
  weakref_set_add (set, b);
  weakref_set_foreach (set, change_cb, set_and_item);
  assert_log ("a b");
  assert_items (set, "c");

  g_object_unref (set);
  g_object_unref (a);
  g_object_unref (b);
  g_object_unref (c);
  assert_log ("-a ~a -b ~b -c ~c");
}

static void
drop_set_cb (gpointer item, gpointer user_data)
{
  test_log ("%s", test_probe_get_name (item));
  g_clear_object ((WeakrefSet **) user_data);
}

static void
test_iteration_may_drop_the_set (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);

  weakref_set_add (set, a);
  weakref_set_add (set, b);
  weakref_set_foreach (set, drop_set_cb, &set);
  assert_log ("a b");

  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
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

/* Algebra, against lists of numbers: the names of the items, in order. */

#define N_ITEMS 12

typedef struct
{
  guint len;
  guint numbers[2 * N_ITEMS];
} Model;

static gboolean
model_has (const Model *model, guint number)
{
  guint i;

  for (i = 0; i < model->len; i++)
    {
      if (model->numbers[i] == number)
        return TRUE;
    }

  return FALSE;
}

static void
model_remove (Model *model, guint number)
{
  guint i;
  guint n = 0;

  for (i = 0; i < model->len; i++)
    {
      if (model->numbers[i] != number)
        model->numbers[n++] = model->numbers[i];
    }
  model->len = n;
}

/* Appends the numbers in @from that are also in @other, if @wanted is TRUE, or those that are not,
 * if it is FALSE. */
static void
model_add (Model *model, const Model *from, const Model *other, gboolean wanted)
{
  guint i;

  for (i = 0; i < from->len; i++)
    {
      if (model_has (other, from->numbers[i]) == wanted)
        model->numbers[model->len++] = from->numbers[i];
    }
}

static gboolean
model_is_subset (const Model *one, const Model *other)
{
  Model rest = { 0 };

  model_add (&rest, one, other, FALSE);
  return rest.len == 0;
}

static void
assert_model (WeakrefSet *set, const Model *model)
{
  GString *expected = g_string_new (NULL);
  guint i;

  for (i = 0; i < model->len; i++)
    g_string_append_printf (expected, "%s%u", i > 0 ? " " : "", model->numbers[i]);
  assert_items (set, expected->str);
  g_string_free (expected, TRUE);
}

static void
assert_result (WeakrefSet *set, Model model)
{
  assert_model (set, &model);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, model.len);
  g_object_unref (set);
}

static void
fill_at_random (WeakrefSet *set, Model *model, TestProbe **probes)
{
  guint n = g_test_rand_int_range (0, 2 * N_ITEMS);

  while (n-- > 0)
    {
      guint i = g_test_rand_int_range (0, N_ITEMS);

      if (g_test_rand_int_range (0, 4) == 0)
        {
          g_assert_cmpint (weakref_set_remove (set, probes[i]), ==, model_has (model, i));
          model_remove (model, i);
        }
      else
        {
          g_assert_cmpint (weakref_set_add (set, probes[i]), ==, !model_has (model, i));
          if (!model_has (model, i))
            model->numbers[model->len++] = i;
        }
    }
  assert_model (set, model);
}

static void
test_algebra (void)
{
  guint n_rounds = test_scale (500, 50);
  guint round;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      TestProbe *probes[N_ITEMS];
      WeakrefSet *x = weakref_set_new (TEST_TYPE_PROBE);
      WeakrefSet *y = weakref_set_new (TEST_TYPE_PROBE);
      Model a = { 0 };
      Model b = { 0 };
      Model none = { 0 };
      Model expected;
      guint i;

      for (i = 0; i < N_ITEMS; i++)
        {
          char *name = g_strdup_printf ("%u", i);

          probes[i] = test_probe_new (name);
          g_free (name);
        }
      fill_at_random (x, &a, probes);
      fill_at_random (y, &b, probes);
      /* Makes one set a part of the other, in many of the rounds. */
      if (round % 4 == 0)
        {
          for (i = 0; i < N_ITEMS; i++)
            {
              if (!model_has (&a, i))
                {
                  weakref_set_remove (y, probes[i]);
                  model_remove (&b, i);
                }
            }
        }
      for (i = 0; i < N_ITEMS; i++)
        {
          if (g_test_rand_int_range (0, 4) > 0)
            continue;
          g_clear_object (&probes[i]);
          model_remove (&a, i);
          model_remove (&b, i);
        }

      expected = a;
      model_add (&expected, &b, &a, FALSE);
      assert_result (weakref_set_union (x, y), expected);
      expected = none;
      model_add (&expected, &a, &b, TRUE);
      assert_result (weakref_set_intersection (x, y), expected);
      g_assert_cmpint (weakref_set_is_disjoint (x, y), ==, expected.len == 0);
      expected = none;
      model_add (&expected, &a, &b, FALSE);
      assert_result (weakref_set_difference (x, y), expected);
      model_add (&expected, &b, &a, FALSE);
      assert_result (weakref_set_symmetric_difference (x, y), expected);
      g_assert_cmpint (weakref_set_is_subset (x, y), ==, model_is_subset (&a, &b));
      g_assert_cmpint (weakref_set_is_superset (x, y), ==, model_is_subset (&b, &a));
      g_assert_cmpint (weakref_set_equal (x, y), ==,
                       model_is_subset (&a, &b) && model_is_subset (&b, &a));

      /* Operations on a set and itself. Afterwards both sets are what they were. */
      assert_result (weakref_set_union (x, x), a);
      assert_result (weakref_set_intersection (x, x), a);
      assert_result (weakref_set_difference (x, x), none);
      assert_result (weakref_set_symmetric_difference (x, x), none);
      g_assert_true (weakref_set_equal (x, x));
      assert_model (x, &a);
      assert_model (y, &b);

      g_object_unref (x);
      g_object_unref (y);
      for (i = 0; i < N_ITEMS; i++)
        g_clear_object (&probes[i]);
    }
  test_iterate ();
}

static void
assert_type (WeakrefSet *set, GType type)
{
  g_assert_cmpstr (g_type_name (g_list_model_get_item_type (G_LIST_MODEL (set))), ==,
                   g_type_name (type));
  g_object_unref (set);
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
test_item_type_of_a_result (void)
{
  WeakrefSet *probes = weakref_set_new (TEST_TYPE_PROBE);
  WeakrefSet *objects = weakref_set_new (G_TYPE_OBJECT);
  WeakrefSet *models = weakref_set_new (G_TYPE_LIST_MODEL);

  assert_type (weakref_set_union (probes, objects), G_TYPE_OBJECT);
  assert_type (weakref_set_union (objects, probes), G_TYPE_OBJECT);
  assert_type (weakref_set_union (probes, models), G_TYPE_OBJECT);
  assert_type (weakref_set_union (models, models), G_TYPE_LIST_MODEL);
  assert_type (weakref_set_symmetric_difference (models, probes), G_TYPE_OBJECT);
  assert_type (weakref_set_intersection (probes, objects), TEST_TYPE_PROBE);
  assert_type (weakref_set_difference (objects, models), G_TYPE_OBJECT);

  g_object_unref (probes);
  g_object_unref (objects);
  g_object_unref (models);
}

/* An operation takes and drops references on the items, and the toggle reference of a language is
 * notified of it. The tests act in that notification. */

static TestProbe *victim; /* (owned), unless it is "a" itself */
static gboolean early;    /* when "a" is taken; else when it is dropped */

static void
toggle_cb (gpointer user_data, GObject *object, gboolean is_last)
{
  GObject *dies = (GObject *) victim;

  if (dies == NULL || is_last == early)
    return;

  victim = NULL;
  test_log ("[");
  g_object_run_dispose (dies);
  if (dies != object)
    g_object_unref (dies);
  test_log ("]");
}

/* A set of "a", which has a toggle reference only. */
static WeakrefSet *
set_of_toggled (TestProbe **a)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);

  *a = test_probe_new ("a");
  g_object_add_toggle_ref (G_OBJECT (*a), toggle_cb, NULL);
  g_object_unref (*a);
  weakref_set_add (set, *a);

  return set;
}

static void
test_item_that_dies_in_the_middle_of_an_operation (void)
{
  WeakrefSet *none = weakref_set_new (TEST_TYPE_PROBE);
  TestProbe *a;
  WeakrefSet *set;
  WeakrefSet *result;

  early = FALSE;

  /* It is the next item after "a". */
#define BETWEEN(call)                                                                              \
  set = set_of_toggled (&a);                                                                       \
  victim = test_probe_new ("b");                                                                   \
  weakref_set_add (set, victim);                                                                   \
  result = (call);                                                                                 \
  assert_log ("[ -b ~b ]");                                                                        \
  assert_items (result, "a");                                                                      \
  g_object_unref (result);                                                                         \
  g_object_unref (set);                                                                            \
  g_object_remove_toggle_ref (G_OBJECT (a), toggle_cb, NULL);                                      \
  assert_log ("-a ~a")

  BETWEEN (weakref_set_union (set, none));
  BETWEEN (weakref_set_union (none, set));
  BETWEEN (weakref_set_intersection (set, set));
  BETWEEN (weakref_set_difference (set, none));
  BETWEEN (weakref_set_symmetric_difference (set, none));
#undef BETWEEN

  g_object_unref (none);
}

static void
test_item_that_is_disposed_in_an_operations_hands (void)
{
  WeakrefSet *none = weakref_set_new (TEST_TYPE_PROBE);
  TestProbe *a;
  WeakrefSet *set;
  WeakrefSet *result;

  if (glib_check_version (2, 80, 0) != NULL)
    {
      g_object_unref (none);
      g_test_skip ("GLib before 2.80 has its lock there");
      return;
    }

  early = TRUE;

#define IN_HANDS(call)                                                                             \
  set = set_of_toggled (&a);                                                                       \
  victim = a;                                                                                      \
  call;                                                                                            \
  assert_log ("[ -a ]");                                                                           \
  g_object_unref (set);                                                                            \
  g_object_remove_toggle_ref (G_OBJECT (a), toggle_cb, NULL);                                      \
  assert_log ("~a")

#define ASSERT_EMPTY(call)                                                                         \
  result = (call);                                                                                 \
  assert_items (result, "");                                                                       \
  g_object_unref (result)

  IN_HANDS (ASSERT_EMPTY (weakref_set_union (set, none)));
  IN_HANDS (ASSERT_EMPTY (weakref_set_difference (set, none)));
  IN_HANDS (g_assert_true (weakref_set_is_subset (set, none)));
#undef ASSERT_EMPTY
#undef IN_HANDS

  g_object_unref (none);
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
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  WeakrefSet *inner = NULL;
  TestProbe *a = test_probe_new ("a");
  WeakrefRef *ref = weakref_ref_new (a);

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
  test_case_as ("iteration/items-may-die", items_may_die_during_iteration);
  test_case_as ("iteration/items-may-die-in-another-thread",
                items_may_die_in_another_thread_during_iteration);
  test_case_as ("iteration/is-over-a-snapshot", iteration_is_over_a_snapshot);
  test_case_as ("iteration/may-drop-the-set", iteration_may_drop_the_set);
  test_case (added_in_the_middle_of_being_added);
  test_case_as ("algebra/like-a-plain-model", algebra);
  test_case (properties_say_what_is_there);
  test_case (interface_without_prerequisites);
  test_case_as ("algebra/item-type", item_type_of_a_result);
  test_case_as ("algebra/item-dies-in-the-middle", item_that_dies_in_the_middle_of_an_operation);
  test_case_as ("algebra/item-is-disposed-in-its-hands",
                item_that_is_disposed_in_an_operations_hands);
  test_case (threads_see_the_living_only);
  test_case (many);
  test_case (bad_input);

  return g_test_run ();
}
