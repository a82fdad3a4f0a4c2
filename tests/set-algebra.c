/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Unions, intersections and the like. */

#include "set-common.h"

/* Against lists of numbers: the names of the items, in order. */

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

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/set");

  test_case_as ("algebra/like-a-plain-model", algebra);
  test_case_as ("algebra/item-type", item_type_of_a_result);
  test_case_as ("algebra/item-dies-in-the-middle", item_that_dies_in_the_middle_of_an_operation);
  test_case_as ("algebra/item-is-disposed-in-its-hands",
                item_that_is_disposed_in_an_operations_hands);

  return g_test_run ();
}
