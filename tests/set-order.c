/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Positions and the order of a set. */

#include "set-model-common.h"

static void
test_find (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  guint position = 7;

  g_assert_true (weakref_set_find (set, probes[3], &position));
  g_assert_cmpuint (position, ==, 3);
  g_assert_true (weakref_set_find (set, probes[0], NULL));
  g_object_run_dispose (G_OBJECT (probes[0]));
  assert_log ("-a");
  g_assert_false (weakref_set_find (set, probes[0], &position));
  /* The position is that in the list, where the dead one still is. */
  g_assert_true (weakref_set_find (set, probes[3], &position));
  g_assert_cmpuint (position, ==, 3);
  test_iterate ();
  assert_log ("0-1+0");
  g_assert_true (weakref_set_find (set, probes[3], &position));
  g_assert_cmpuint (position, ==, 2);
  weakref_set_remove (set, probes[3]);
  g_assert_false (weakref_set_find (set, probes[3], &position));
  g_assert_cmpuint (position, ==, 2);

  g_object_unref (set);
  clear_probes (probes);
}

/* Where nothing else has been read. */
static void
test_found_position_stays (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  guint position;

  g_signal_handlers_disconnect_by_func (set, changed_cb, NULL);
  g_assert_true (weakref_set_find (set, probes[3], &position));
  g_object_unref (probes[0]);
  probes[0] = NULL;
  assert_log ("-a ~a");
  g_assert_true (weakref_set_find (set, probes[3], &position));
  g_assert_cmpuint (position, ==, 3);
  test_iterate ();
  g_assert_true (weakref_set_find (set, probes[3], &position));
  g_assert_cmpuint (position, ==, 2);

  g_object_unref (set);
  clear_probes (probes);
}

static void
find_nothing_cb (TestProbe *probe, gpointer set)
{
  g_assert_false (weakref_set_find (set, probe, NULL));
  g_assert_false (weakref_set_contains (set, probe));
  test_log ("not found");
}

static gpointer
add_thread (gpointer data)
{
  gpointer *set_and_item = data;

  weakref_set_add (set_and_item[0], set_and_item[1]);
  return NULL;
}

static void
test_finds_only_what_is_alive_and_shown (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  TestProbe *f = test_probe_new ("f");
  gpointer set_and_item[] = { set, f };
  guint position;

  test_probe_set_on_dispose (probes[1], find_nothing_cb, set);
  g_clear_object (&probes[1]);
  assert_log ("-b not found ~b");

  g_thread_join (g_thread_new ("add", add_thread, set_and_item));
  g_assert_true (weakref_set_contains (set, f));
  g_assert_false (weakref_set_find (set, f, &position));
  test_iterate ();
  assert_log ("1-1+0 4-0+1");
  g_assert_true (weakref_set_find (set, f, &position));
  g_assert_cmpuint (position, ==, 4);

  g_object_unref (set);
  g_object_unref (f);
  clear_probes (probes);
}

static void
test_insert_adds_and_moves (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  TestProbe *f = test_probe_new ("f");

  g_assert_true (weakref_set_insert (set, 0, f));
  assert_log ("0-0+1");
  assert_model (set, "f a b c d e");
  /* To the front, where nobody finds it twice meanwhile. */
  g_assert_false (weakref_set_insert (set, 0, probes[3]));
  assert_log ("0-5+5");
  assert_model (set, "d f a b c e");
  g_assert_false (weakref_set_insert (set, 0, probes[3]));
  assert_log ("");
  /* Afterwards it is at that position. */
  g_assert_false (weakref_set_insert (set, 3, f));
  assert_log ("1-3+3");
  assert_model (set, "d a b f c e");
  g_assert_false (weakref_set_insert (set, 100, probes[0]));
  assert_log ("1-5+5");
  assert_model (set, "d b f c e a");
  g_assert_false (weakref_set_insert (set, G_MAXUINT, probes[0]));
  assert_log ("");
  g_assert_false (weakref_set_insert (set, 4, probes[0]));
  assert_log ("4-2+2");
  assert_model (set, "d b f c a e");
  g_assert_cmpuint (weakref_set_get_size (set), ==, 6);

  /* It is a member like any other. */
  g_clear_object (&probes[3]);
  g_clear_object (&f);
  assert_log ("-d ~d -f ~f");
  assert_model (set, "? b ? c a e");
  test_iterate ();
  assert_log ("0-1+0 -? ~? 1-1+0 -? ~?");
  assert_model (set, "b c a e");

  g_object_unref (set);
  clear_probes (probes);
}

static void
test_insert_at_the_end_passes_what_is_not_announced (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  TestProbe *f = test_probe_new ("f");
  gpointer set_and_item[] = { set, f };

  g_thread_join (g_thread_new ("add", add_thread, set_and_item));
  assert_model (set, "a b c d e");
  g_assert_false (weakref_set_insert (set, G_MAXUINT, probes[4]));
  test_iterate ();
  assert_model (set, "a b c d f e");
  assert_log ("4-1+2");

  g_object_unref (set);
  g_object_unref (f);
  clear_probes (probes);
}

static int
compare_cb (gconstpointer a, gconstpointer b, gpointer user_data)
{
  int difference =
    g_strcmp0 (test_probe_get_name ((gpointer) a), test_probe_get_name ((gpointer) b));

  return user_data != NULL ? -difference : difference;
}

static int
equal_cb (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return 0;
}

static void
test_sort (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  GPtrArray *items;

  weakref_set_sort (set, compare_cb, NULL);
  weakref_set_sort (set, equal_cb, NULL);
  assert_log ("");
  weakref_set_sort (set, compare_cb, set);
  assert_log ("0-5+5");
  assert_model (set, "e d c b a");
  items = weakref_set_dup_items (set);
  g_assert_true (g_ptr_array_index (items, 0) == probes[4]);
  g_ptr_array_unref (items);

  /* With one that is dead and not announced yet. */
  g_clear_object (&probes[3]);
  assert_log ("-d ~d");
  assert_model (set, "e ? c b a");
  weakref_set_sort (set, compare_cb, NULL);
  assert_log ("0-5+4 -? ~?");
  assert_model (set, "a b c e");
  probes[3] = test_probe_new ("aa");
  weakref_set_add (set, probes[3]);
  assert_log ("4-0+1");
  weakref_set_sort (set, compare_cb, NULL);
  assert_model (set, "a aa b c e");
  assert_log ("0-5+5");

  g_object_unref (set);
  clear_probes (probes);
}

static int
removing_cb (gconstpointer a, gconstpointer b, gpointer user_data)
{
  TestProbe ***probes = user_data;

  if (*probes != NULL)
    {
      WeakrefSet *set = g_object_get_data (G_OBJECT ((*probes)[0]), "set");

      weakref_set_remove (set, (*probes)[1]);
      g_object_run_dispose (G_OBJECT ((*probes)[2]));
      *probes = NULL;
    }

  return -compare_cb (a, b, NULL);
}

static void
test_sort_leaves_out_what_is_removed_meanwhile (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  TestProbe **remove = probes;

  g_object_set_data (G_OBJECT (probes[0]), "set", set);
  weakref_set_sort (set, removing_cb, &remove);
  assert_log ("1-1+0 -c 0-4+3");
  assert_model (set, "e d a");
  g_assert_cmpuint (weakref_set_get_size (set), ==, 3);

  g_object_unref (set);
  clear_probes (probes);
}

static void
move_once_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  TestProbe **probe = user_data;

  if (*probe != NULL)
    g_assert_false (weakref_set_insert (WEAKREF_SET (model), 0, g_steal_pointer (probe)));
}

/* It is shown at its new place when it is not shown at the old one any more. */
static void
test_moved_while_something_is_announced (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  TestProbe *moved = probes[4];

  g_signal_connect (set, "items-changed", G_CALLBACK (no_two_are_the_same_cb), NULL);
  g_signal_connect (set, "items-changed", G_CALLBACK (move_once_cb), &moved);
  g_clear_object (&probes[0]);
  g_clear_object (&probes[2]);
  assert_log ("-a ~a -c ~c");
  test_iterate ();
  assert_log ("0-1+0 0-4+3 -? ~?");
  assert_model (set, "e b d");

  g_object_unref (set);
  clear_probes (probes);
}

typedef struct
{
  WeakrefSet *set;
  TestProbe **probes;
} Change;

static gpointer
change_thread (gpointer data)
{
  Change *change = data;

  weakref_set_sort (change->set, compare_cb, change->set);
  weakref_set_insert (change->set, 0, change->probes[2]);
  weakref_set_insert (change->set, 0, change->probes[2]);
  g_assert_false (weakref_set_add (change->set, change->probes[2]));
  return NULL;
}

static void
test_order_changes_in_the_context (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  Change change = { set, probes };

  g_thread_join (g_thread_new ("change", change_thread, &change));
  assert_log ("");
  assert_model (set, "a b c d e");
  /* It dies where it is shown, and where it would be. */
  g_clear_object (&probes[0]);
  assert_log ("-a ~a");
  assert_model (set, "? b c d e");
  weakref_set_remove (set, probes[1]);
  assert_log ("0-5+3 -? ~?");
  assert_model (set, "c e d");

  g_object_unref (set);
  clear_probes (probes);
}

/* Against a GListStore. */
static void
test_as_a_list_store (void)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  GListStore *store = g_list_store_new (TEST_TYPE_PROBE);
  guint n_rounds = test_scale (2000, 100);
  guint round;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      guint n = g_list_model_get_n_items (G_LIST_MODEL (store));
      guint i = g_test_rand_int_range (0, n + 1);
      TestProbe *probe = g_list_model_get_item (G_LIST_MODEL (store), i);
      char *name;
      guint to;

      switch (probe == NULL ? 0 : g_test_rand_int_range (0, 10))
        {
        case 0:
        case 1:
        case 2:
          g_clear_object (&probe);
          name = g_strdup_printf ("%u", g_test_rand_int_range (0, 100));
          probe = test_probe_new (name);
          g_free (name);
          g_list_store_insert (store, i, probe);
          g_assert_true (weakref_set_insert (set, i, probe));
          break;
        case 3:
        case 4:
        case 5:
          to = g_test_rand_int_range (0, n);
          g_list_store_remove (store, i);
          g_list_store_insert (store, to, probe);
          g_assert_false (weakref_set_insert (set, to, probe));
          break;
        case 6:
          g_list_store_sort (store, compare_cb, NULL);
          weakref_set_sort (set, compare_cb, NULL);
          break;
        case 7:
          g_list_store_remove (store, i);
          weakref_set_remove (set, probe);
          break;
        default:
          g_list_store_remove (store, i);
        }
      g_clear_object (&probe);

      test_iterate ();
      n = g_list_model_get_n_items (G_LIST_MODEL (store));
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, n);
      for (i = 0; i < n; i++)
        {
          gpointer item = g_list_model_get_item (G_LIST_MODEL (store), i);
          gpointer found = g_list_model_get_item (G_LIST_MODEL (set), i);
          guint position;

          g_assert_true (item == found);
          g_assert_true (weakref_set_find (set, item, &position));
          g_assert_cmpuint (position, ==, i);
          g_object_unref (found);
          g_object_unref (item);
        }
    }

  g_object_unref (store);
  g_object_unref (set);
}

static void
test_bad_input (void)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  guint position = 7;

#define BAD(pattern, call)                                                                         \
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, pattern);                                \
  call
  BAD ("*find*WEAKREF_IS_SET (self)*", g_assert_false (weakref_set_find (NULL, object, &position)));
  BAD ("*find*G_IS_OBJECT (item)*", g_assert_false (weakref_set_find (set, NULL, &position)));
  BAD ("*insert*WEAKREF_IS_SET (self)*", g_assert_false (weakref_set_insert (NULL, 0, object)));
  BAD ("*insert*G_IS_OBJECT (item)*", g_assert_false (weakref_set_insert (set, 0, NULL)));
  BAD ("*insert*item_type*", g_assert_false (weakref_set_insert (set, 0, object)));
  BAD ("*sort*WEAKREF_IS_SET (self)*", weakref_set_sort (NULL, equal_cb, NULL));
  BAD ("*sort*compare*", weakref_set_sort (set, NULL, NULL));
  BAD ("*stand_in_func*WEAKREF_IS_SET (self)*",
       weakref_set_set_stand_in_func (NULL, stand_in_cb, NULL, NULL));
#undef BAD
  g_test_assert_expected_messages ();
  g_assert_cmpuint (position, ==, 7);
  g_assert_cmpuint (weakref_set_get_size (set), ==, 0);

  g_object_unref (set);
  g_object_unref (object);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/set/order");

  test_case (find);
  test_case (found_position_stays);
  test_case (finds_only_what_is_alive_and_shown);
  test_case (insert_adds_and_moves);
  test_case (insert_at_the_end_passes_what_is_not_announced);
  test_case (sort);
  test_case (sort_leaves_out_what_is_removed_meanwhile);
  test_case (moved_while_something_is_announced);
  test_case_as ("changes-in-the-context", order_changes_in_the_context);
  test_case (as_a_list_store);
  test_case (bad_input);

  return g_test_run ();
}
