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

static char *
model_to_string (gpointer model)
{
  GString *text = g_string_new (NULL);
  guint i;

  for (i = 0; i < g_list_model_get_n_items (model); i++)
    {
      gpointer item = g_list_model_get_item (model, i);

      g_assert_nonnull (item);
      g_string_append_printf (text, "%s%s", i > 0 ? " " : "",
                              TEST_IS_PROBE (item) ? test_probe_get_name (item) : "nothing");
      g_object_unref (item);
    }

  return g_string_free (text, FALSE);
}

#define assert_string(call, expected) \
  G_STMT_START { \
    char *assert_string_got = (call); \
    g_assert_cmpstr (assert_string_got, ==, expected); \
    g_free (assert_string_got); \
  } G_STMT_END

#define assert_items(set, expected) assert_string (items_to_string (set), expected)
#define assert_model(model, expected) assert_string (model_to_string (model), expected)

static void
changed_cb (GListModel *model,
            guint       position,
            guint       removed,
            guint       added,
            gpointer    user_data)
{
  test_log ("%u-%u+%u", position, removed, added);
}

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
add_cb (WeakrefRef *ref,
        gpointer    user_data)
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
test_waiting_announcement_keeps_neither_set_nor_context (void)
{
  GMainContext *context = g_main_context_new ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *on_source = test_probe_new ("context");
  GSource *source = g_idle_source_new ();
  WeakrefSet *set;

  /* It tells when the context goes. */
  g_source_set_callback (source, NULL, on_source, g_object_unref);
  g_source_attach (source, context);
  g_source_unref (source);

  g_main_context_push_thread_default (context);
  set = weakref_set_new (G_TYPE_OBJECT);
  weakref_set_add (set, a);
  g_main_context_pop_thread_default (context);

  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (set);
  g_main_context_unref (context);
  assert_log ("-context ~context");
}

static void
drop_all_cb (gpointer item,
             gpointer user_data)
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
  weakref_set_foreach (set, drop_all_cb, probes);
  assert_log ("a -b ~b -c ~c");
  assert_items (set, "a");

  g_object_unref (probes[0]);
  assert_log ("-a ~a");
  g_object_unref (set);
}

static void
test_model_follows_calls_at_once (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);

  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (set)) == TEST_TYPE_PROBE);
  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);
  weakref_set_add (set, a);
  weakref_set_add (set, b);
  weakref_set_add (set, c);
  assert_log ("0-0+1 1-0+1 2-0+1");
  weakref_set_remove (set, b);
  assert_log ("1-1+0");
  assert_model (set, "a c");
  weakref_set_remove_all (set);
  assert_log ("0-2+0");
  assert_model (set, "");

  g_object_unref (set);
  g_object_unref (a);
  g_object_unref (b);
  g_object_unref (c);
  assert_log ("-a ~a -b ~b -c ~c");
}

static void
test_model_announces_deaths_from_the_context (void)
{
  TestProbe *probes[5];
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  guint i;

  for (i = 0; i < 5; i++)
    {
      char name[2] = { 'a' + i, 0 };

      probes[i] = test_probe_new (name);
      weakref_set_add (set, probes[i]);
    }
  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);

  g_object_unref (probes[1]);
  g_object_unref (probes[2]);
  g_object_unref (probes[4]);
  assert_log ("-b ~b -c ~c -e ~e");
  assert_items (set, "a d");
  g_assert_cmpuint (weakref_set_get_size (set), ==, 2);
  /* Until then there are stand-ins, of the right type. */
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 5);
  assert_model (set, "a a a d a");

  /* Neighbours together. */
  test_iterate ();
  assert_log ("1-2+0 2-1+0");
  assert_model (set, "a d");

  /* A call brings what waits before it. */
  g_object_unref (probes[0]);
  assert_log ("-a ~a");
  probes[0] = test_probe_new ("f");
  weakref_set_add (set, probes[0]);
  assert_log ("0-1+0 1-0+1");
  assert_model (set, "d f");
  test_iterate ();
  assert_log ("");

  g_object_unref (probes[0]);
  g_object_unref (probes[3]);
  assert_log ("-f ~f -d ~d");
  assert_model (set, "nothing nothing");
  test_iterate ();
  assert_log ("0-2+0");
  assert_model (set, "");
  g_object_unref (set);
}

static void
test_n_items_is_notified (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  TestProbe *mirror = test_probe_new ("0");
  GBinding *binding = g_object_bind_property (set, "n-items", mirror, "name",
                                              G_BINDING_SYNC_CREATE);

  g_assert_nonnull (binding);
  g_assert_cmpstr (test_probe_get_name (mirror), ==, "0");
  weakref_set_add (set, a);
  g_assert_cmpstr (test_probe_get_name (mirror), ==, "1");
  g_object_unref (a);
  test_iterate ();
  g_assert_cmpstr (test_probe_get_name (mirror), ==, "0");

  g_object_unref (set);
  g_object_unref (mirror);
  assert_log ("-a ~a -0 ~0");
}

static void
changed_adds_cb (GListModel *model,
                 guint       position,
                 guint       removed,
                 guint       added,
                 gpointer    user_data)
{
  TestProbe **b = user_data;

  test_log ("(%u-%u+%u", position, removed, added);
  if (*b != NULL)
    {
      TestProbe *probe = g_steal_pointer (b);

      weakref_set_add (WEAKREF_SET (model), probe);
    }
  test_log (")");
}

static void
test_change_in_a_handler_comes_after_it (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *to_add = b;
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);

  g_signal_connect (set, "items-changed", G_CALLBACK (changed_adds_cb), &to_add);
  g_signal_connect (set, "items-changed", G_CALLBACK (changed_cb), NULL);
  weakref_set_add (set, a);
  /* Both handlers see the events in their order. */
  assert_log ("(0-0+1 ) 0-0+1 (1-0+1 ) 1-0+1");

  g_object_unref (set);
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
}

static void
changed_drops_cb (GListModel *model,
                  guint       position,
                  guint       removed,
                  guint       added,
                  gpointer    user_data)
{
  g_clear_object ((WeakrefSet **) user_data);
}

static void
test_handler_may_drop_the_set (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);

  g_signal_connect (set, "items-changed", G_CALLBACK (changed_drops_cb), &set);
  weakref_set_add (set, a);
  g_assert_null (set);

  g_object_unref (a);
  assert_log ("-a ~a");
}

static void
test_set_dropped_with_deaths_waiting (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);

  weakref_set_add (set, a);
  weakref_set_add (set, b);
  g_object_unref (a);
  assert_log ("-a ~a");
  g_object_unref (set);
  g_object_unref (b);
  assert_log ("-b ~b");
  test_iterate ();
}

/* A list that does what it is told, beside the set, and compares after each event. */
static void
mirror_cb (GListModel *model,
           guint       position,
           guint       removed,
           guint       added,
           gpointer    user_data)
{
  GListStore *mirror = user_data;
  gpointer *additions = g_new (gpointer, added);
  guint i;

  for (i = 0; i < added; i++)
    additions[i] = g_list_model_get_item (model, position + i);
  g_list_store_splice (mirror, position, removed, additions, added);
  for (i = 0; i < added; i++)
    g_object_unref (additions[i]);
  g_free (additions);

  g_assert_cmpuint (g_list_model_get_n_items (model), ==,
                    g_list_model_get_n_items (G_LIST_MODEL (mirror)));
}

/* What keeps a probe alive in the random tests; the mirror must not. So the mirror has the refs. */
static void
ref_mirror_cb (GListModel *model,
               guint       position,
               guint       removed,
               guint       added,
               gpointer    user_data)
{
  GListStore *mirror = user_data;
  guint i;

  g_list_store_splice (mirror, position, removed, NULL, 0);
  for (i = 0; i < added; i++)
    {
      gpointer item = g_list_model_get_item (model, position + i);
      WeakrefRef *ref = weakref_ref_new (item);

      g_list_store_insert (mirror, position + i, ref);
      g_object_unref (ref);
      g_object_unref (item);
    }
  g_assert_cmpuint (g_list_model_get_n_items (model), ==,
                    g_list_model_get_n_items (G_LIST_MODEL (mirror)));
}

static void
assert_mirror (WeakrefSet *set,
               GListStore *mirror)
{
  guint i;

  for (i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (set)); i++)
    {
      gpointer item = g_list_model_get_item (G_LIST_MODEL (set), i);
      WeakrefRef *ref = g_list_model_get_item (G_LIST_MODEL (mirror), i);
      gpointer target = weakref_ref_get (ref);

      g_assert_nonnull (item);
      if (target != NULL)
        g_assert_true (target == item);
      g_clear_object (&target);
      g_object_unref (ref);
      g_object_unref (item);
    }
}

static void
test_model_event_by_event (void)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  GListStore *mirror = g_list_store_new (WEAKREF_TYPE_REF);
  GPtrArray *alive = g_ptr_array_new_with_free_func (g_object_unref);
  guint round;

  test_log_set_probes (FALSE);
  g_signal_connect (set, "items-changed", G_CALLBACK (ref_mirror_cb), mirror);
  for (round = 0; round < 4000; round++)
    {
      guint which = alive->len > 0 ? g_test_rand_int_range (0, alive->len) : 0;

      switch (alive->len > 0 ? g_test_rand_int_range (0, 6) : 0)
        {
        case 0:
        case 1:
        case 2:
          g_ptr_array_add (alive, test_probe_new ("p"));
          weakref_set_add (set, g_ptr_array_index (alive, alive->len - 1));
          break;
        case 3:
          weakref_set_remove (set, g_ptr_array_index (alive, which));
          break;
        case 4:
          g_ptr_array_remove_index (alive, which);
          break;
        default:
          test_iterate ();
          g_assert_cmpuint (weakref_set_get_size (set), ==,
                            g_list_model_get_n_items (G_LIST_MODEL (set)));
        }
      if (round % 16 == 0)
        assert_mirror (set, mirror);
    }

  test_iterate ();
  assert_mirror (set, mirror);
  g_ptr_array_unref (alive);
  test_iterate ();
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (mirror)), ==, 0);

  g_object_unref (mirror);
  g_object_unref (set);
}

static void
test_mirror_that_holds_its_items (void)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  GListStore *mirror = g_list_store_new (TEST_TYPE_PROBE);
  TestProbe *a = test_probe_new ("a");

  g_signal_connect (set, "items-changed", G_CALLBACK (mirror_cb), mirror);
  weakref_set_add (set, a);
  g_object_unref (a);
  test_iterate ();
  assert_items (set, "a");

  g_list_store_remove_all (mirror);
  assert_log ("-a ~a");
  /* The mirror is empty already: it must not hear of it. */
  g_signal_handlers_disconnect_by_func (set, mirror_cb, mirror);
  test_iterate ();
  assert_model (set, "");
  g_object_unref (mirror);
  g_object_unref (set);
}

/* Algebra against bits: item i is in a set if bit i of its mask is. */

#define N_BITS 12

static WeakrefSet *
set_from_mask (TestProbe **probes,
               guint       mask)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  guint i;

  for (i = 0; i < N_BITS; i++)
    {
      if (mask & (1 << i))
        weakref_set_add (set, probes[i]);
    }

  return set;
}

static guint
mask_from_set (WeakrefSet *set)
{
  GPtrArray *items = weakref_set_dup_items (set);
  guint mask = 0;
  guint i;

  for (i = 0; i < items->len; i++)
    {
      guint bit = g_ascii_strtoull (test_probe_get_name (g_ptr_array_index (items, i)), NULL, 10);

      g_assert_cmpuint (mask & (1 << bit), ==, 0);
      mask |= 1 << bit;
    }
  g_ptr_array_unref (items);
  g_object_unref (set);

  return mask;
}

static void
test_algebra (void)
{
  guint round;

  test_log_set_probes (FALSE);
  for (round = 0; round < 300; round++)
    {
      TestProbe *probes[N_BITS];
      guint a = g_test_rand_int_range (0, 1 << N_BITS);
      guint b = g_test_rand_int_range (0, 1 << N_BITS);
      guint dead = g_test_rand_int_range (0, 1 << N_BITS) & g_test_rand_int_range (0, 1 << N_BITS);
      WeakrefSet *x;
      WeakrefSet *y;
      guint i;

      if (round % 4 == 0)
        b &= a;
      for (i = 0; i < N_BITS; i++)
        {
          char *name = g_strdup_printf ("%u", i);

          probes[i] = test_probe_new (name);
          g_free (name);
        }
      x = set_from_mask (probes, a);
      y = set_from_mask (probes, b);
      for (i = 0; i < N_BITS; i++)
        {
          if (dead & (1 << i))
            g_clear_object (&probes[i]);
        }
      a &= ~dead;
      b &= ~dead;

      g_assert_cmphex (mask_from_set (weakref_set_union (x, y)), ==, a | b);
      g_assert_cmphex (mask_from_set (weakref_set_intersection (x, y)), ==, a & b);
      g_assert_cmphex (mask_from_set (weakref_set_difference (x, y)), ==, a & ~b);
      g_assert_cmphex (mask_from_set (weakref_set_symmetric_difference (x, y)), ==, a ^ b);
      g_assert_cmpint (weakref_set_is_subset (x, y), ==, (a & ~b) == 0);
      g_assert_cmpint (weakref_set_is_superset (x, y), ==, (b & ~a) == 0);
      g_assert_cmpint (weakref_set_is_disjoint (x, y), ==, (a & b) == 0);
      g_assert_cmpint (weakref_set_equal (x, y), ==, a == b);
      g_assert_true (weakref_set_equal (x, x));

      g_object_unref (x);
      g_object_unref (y);
      for (i = 0; i < N_BITS; i++)
        g_clear_object (&probes[i]);
    }
  test_iterate ();
}

static void
test_bad_input (void)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);

  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*add*G_IS_OBJECT (item)*");
  g_assert_false (weakref_set_add (set, NULL));
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*add*item_type*");
  g_assert_false (weakref_set_add (set, object));
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*new*item_type*");
  g_assert_null (weakref_set_new (G_TYPE_STRING));
  g_test_assert_expected_messages ();
  g_assert_cmpuint (weakref_set_get_size (set), ==, 0);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (set), 0));

  g_object_unref (set);
  g_object_unref (object);
}

/* Threads: items come and go in others; the model is looked at all the while in its own. */

typedef struct
{
  WeakrefSet *set;
  gint running; /* (atomic) */
} Storm;

static gpointer
storm_thread (gpointer data)
{
  Storm *storm = data;
  guint round;

  for (round = 0; round < 3000; round++)
    {
      TestProbe *one = test_probe_new ("p");
      TestProbe *two = test_probe_new ("q");

      weakref_set_add (storm->set, one);
      weakref_set_add (storm->set, two);
      if (round % 3 == 0)
        g_assert_true (weakref_set_remove (storm->set, two));
      g_object_unref (one);
      g_object_unref (two);
    }
  g_atomic_int_add (&storm->running, -1);

  return NULL;
}

static void
thread_cb (GListModel *model,
           guint       position,
           guint       removed,
           guint       added,
           gpointer    user_data)
{
  g_assert_true (g_thread_self () == user_data);
}

static void
test_threads_reach_the_model_in_its_context (void)
{
  Storm storm = { weakref_set_new (TEST_TYPE_PROBE), 3 };
  GListStore *mirror = g_list_store_new (WEAKREF_TYPE_REF);
  GThread *threads[3];
  guint stand_ins = 0;
  guint seen = 0;
  guint i;

  test_log_set_probes (FALSE);
  g_signal_connect (storm.set, "items-changed", G_CALLBACK (thread_cb), g_thread_self ());
  g_signal_connect (storm.set, "items-changed", G_CALLBACK (ref_mirror_cb), mirror);
  for (i = 0; i < 3; i++)
    threads[i] = g_thread_new ("storm", storm_thread, &storm);

  while (g_atomic_int_get (&storm.running) > 0)
    {
      guint n = g_list_model_get_n_items (G_LIST_MODEL (storm.set));

      for (i = 0; i < n; i++)
        {
          gpointer item = g_list_model_get_item (G_LIST_MODEL (storm.set), i);

          g_assert_nonnull (item);
          seen++;
          stand_ins += !TEST_IS_PROBE (item);
          g_object_unref (item);
        }
      g_main_context_iteration (NULL, FALSE);
    }

  for (i = 0; i < 3; i++)
    g_thread_join (threads[i]);
  test_iterate ();
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (storm.set)), ==, 0);
  g_assert_cmpuint (weakref_set_get_size (storm.set), ==, 0);
  g_test_message ("%u positions read, %u of them with nothing alive", seen, stand_ins);

  g_object_unref (mirror);
  g_object_unref (storm.set);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  test_add ("/weakref/set/order", test_order);
  test_add ("/weakref/set/disposed-item-leaves-and-may-come-again",
            test_disposed_item_leaves_and_may_come_again);
  test_add ("/weakref/set/item-added-by-its-own-dispose-may-be-added-after-it",
            test_item_added_by_its_own_dispose_may_be_added_after_it);
  test_add ("/weakref/set/waiting-announcement-keeps-neither-set-nor-context",
            test_waiting_announcement_keeps_neither_set_nor_context);
  test_add ("/weakref/set/items-may-die-during-iteration", test_items_may_die_during_iteration);
  test_add ("/weakref/set/algebra", test_algebra);
  test_add ("/weakref/set/bad-input", test_bad_input);
  test_add ("/weakref/set/model/follows-calls-at-once", test_model_follows_calls_at_once);
  test_add ("/weakref/set/model/announces-deaths-from-the-context",
            test_model_announces_deaths_from_the_context);
  test_add ("/weakref/set/model/n-items-is-notified", test_n_items_is_notified);
  test_add ("/weakref/set/model/change-in-a-handler-comes-after-it",
            test_change_in_a_handler_comes_after_it);
  test_add ("/weakref/set/model/handler-may-drop-the-set", test_handler_may_drop_the_set);
  test_add ("/weakref/set/model/set-dropped-with-deaths-waiting",
            test_set_dropped_with_deaths_waiting);
  test_add ("/weakref/set/model/event-by-event", test_model_event_by_event);
  test_add ("/weakref/set/model/mirror-that-holds-its-items", test_mirror_that_holds_its_items);
  test_add ("/weakref/set/model/threads-reach-it-in-its-context",
            test_threads_reach_the_model_in_its_context);

  return g_test_run ();
}
