/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* The set as a list model: each event is compared with a GListStore and with a model of the items.
 */

#include "set-model-common.h"

typedef struct
{
  TestProbe *probe; /* (owned) (nullable): NULL when dead */
  gboolean is_member;
  guint member_since; /* a number that grows with each addition */
} Item;

typedef struct
{
  guint number;      /* of the item */
  gpointer stand_in; /* (unowned) (nullable): what was there since the item is dead */
} Shown;

typedef struct
{
  WeakrefSet *set;
  GArray *items;    /* of Item */
  GArray *shown;    /* of Shown: what the events have said */
  GListStore *refs; /* the same */
  guint n_additions;
  guint n_events;
  guint n_mixed;
  guint n_stand_ins;
} Witness;

static guint
witness_find (Witness *self, gpointer probe)
{
  return (guint) g_ascii_strtoull (test_probe_get_name (probe), NULL, 10);
}

static Item *
witness_item (Witness *self, guint number)
{
  return &g_array_index (self->items, Item, number);
}

/* Every position shows what was announced there, if that is alive; else a stand-in, which is the
 * same one each time and is nowhere else. */
static void
witness_look (Witness *self)
{
  GHashTable *seen = g_hash_table_new (NULL, NULL);
  guint i;

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->set)), ==, self->shown->len);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->refs)), ==, self->shown->len);
  for (i = 0; i < self->shown->len; i++)
    {
      Shown *shown = &g_array_index (self->shown, Shown, i);
      Item *item = witness_item (self, shown->number);
      gpointer found = g_list_model_get_item (G_LIST_MODEL (self->set), i);
      WeakrefRef *ref = g_list_model_get_item (G_LIST_MODEL (self->refs), i);
      gpointer target = weakref_ref_get (ref);

      g_assert_true (TEST_IS_PROBE (found));
      g_assert_true (g_hash_table_add (seen, found));
      g_assert_true (target == item->probe);
      if (item->probe != NULL)
        {
          g_assert_true (found == item->probe);
        }
      else
        {
          g_assert_cmpstr (test_probe_get_name (found), ==, "?");
          g_assert_true (shown->stand_in == NULL || shown->stand_in == found);
          shown->stand_in = found;
          self->n_stand_ins++;
        }
      g_clear_object (&target);
      g_object_unref (found);
      g_object_unref (ref);
    }
  g_hash_table_unref (seen);
}

static void
witness_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  Witness *self = user_data;
  guint i;

  self->n_events++;
  self->n_mixed += removed > 0 && added > 0;
  g_assert_cmpuint (position + removed, <=, self->shown->len);
  /* It begins and ends with a change, as long as that is not hidden by one that is the opposite. */
  if (removed > 0 && added == 0)
    {
      for (i = 0; i < removed; i++)
        {
          Shown *shown = &g_array_index (self->shown, Shown, position + i);

          g_assert_false (witness_item (self, shown->number)->is_member);
        }
    }

  if (removed > 0)
    g_array_remove_range (self->shown, position, removed);
  g_list_store_splice (self->refs, position, removed, NULL, 0);
  for (i = 0; i < added; i++)
    {
      gpointer probe = g_list_model_get_item (model, position + i);
      WeakrefRef *ref = weakref_ref_new (probe);
      Shown shown = { witness_find (self, probe), NULL };

      g_assert_true (witness_item (self, shown.number)->is_member);
      g_array_insert_val (self->shown, position + i, shown);
      g_list_store_insert (self->refs, position + i, ref);
      g_object_unref (ref);
      g_object_unref (probe);
    }
  witness_look (self);
}

static void
witness_add (Witness *self, guint number)
{
  Item *item = witness_item (self, number);
  gboolean is_new = !item->is_member;

  if (is_new)
    {
      item->is_member = TRUE;
      item->member_since = self->n_additions++;
    }
  g_assert_cmpint (weakref_set_add (self->set, item->probe), ==, is_new);
}

static void
witness_remove (Witness *self, guint number)
{
  Item *item = witness_item (self, number);
  gboolean was_member = item->is_member;

  item->is_member = FALSE;
  g_assert_cmpint (weakref_set_remove (self->set, item->probe), ==, was_member);
}

static void
witness_drop (Witness *self, guint number, gboolean elsewhere)
{
  Item *item = witness_item (self, number);
  TestProbe *probe = g_steal_pointer (&item->probe);

  item->is_member = FALSE;
  if (elsewhere)
    drop_elsewhere (probe);
  else
    g_object_unref (probe);
}

/* Asserts that the list shows the members, in order. */
static void
witness_settle (Witness *self)
{
  guint n_members = 0;
  guint since = 0;
  guint i;

  test_iterate ();
  witness_look (self);
  for (i = 0; i < self->items->len; i++)
    n_members += witness_item (self, i)->is_member;
  g_assert_cmpuint (self->shown->len, ==, n_members);
  g_assert_cmpuint (weakref_set_get_size (self->set), ==, n_members);
  for (i = 0; i < self->shown->len; i++)
    {
      Item *item = witness_item (self, g_array_index (self->shown, Shown, i).number);

      g_assert_true (item->is_member);
      g_assert_true (i == 0 || item->member_since > since);
      since = item->member_since;
    }
}

static void
test_event_by_event (void)
{
  Witness witness = {
    .set = weakref_set_new (TEST_TYPE_PROBE),
    .items = g_array_new (FALSE, FALSE, sizeof (Item)),
    .shown = g_array_new (FALSE, FALSE, sizeof (Shown)),
    .refs = g_list_store_new (WEAKREF_TYPE_REF),
  };
  guint n_rounds = test_scale (3000, 300);
  GArray *alive = g_array_new (FALSE, FALSE, sizeof (guint));
  guint round;
  guint i;

  test_log_set_probes (FALSE);
  weakref_set_set_stand_in_func (witness.set, stand_in_cb, NULL, NULL);
  g_signal_connect (witness.set, "items-changed", G_CALLBACK (witness_cb), &witness);
  for (round = 0; round < n_rounds; round++)
    {
      guint which = alive->len > 0 ? g_test_rand_int_range (0, alive->len) : 0;
      guint number = alive->len > 0 ? g_array_index (alive, guint, which) : 0;
      Item item = { .probe = NULL };
      char *name;

      switch (alive->len > 0 ? g_test_rand_int_range (0, 20) : 0)
        {
        case 0:
        case 1:
        case 2:
        case 3:
        case 4:
        case 5:
          number = witness.items->len;
          name = g_strdup_printf ("%u", number);
          item.probe = test_probe_new (name);
          g_free (name);
          g_array_append_val (witness.items, item);
          g_array_append_val (alive, number);
          witness_add (&witness, number);
          break;
        case 6:
        case 7:
          witness_add (&witness, number);
          break;
        case 8:
        case 9:
          witness_remove (&witness, number);
          break;
        case 10:
          witness_settle (&witness);
          break;
        case 11:
          if (g_test_rand_int_range (0, 20) > 0)
            break;
          for (i = 0; i < witness.items->len; i++)
            witness_item (&witness, i)->is_member = FALSE;
          weakref_set_remove_all (witness.set);
          break;
        default:
          witness_drop (&witness, number, g_test_rand_int_range (0, 30) == 0);
          g_array_remove_index_fast (alive, which);
        }
      witness_look (&witness);
    }

  witness_settle (&witness);
  for (i = 0; i < alive->len; i++)
    witness_drop (&witness, g_array_index (alive, guint, i), FALSE);
  witness_settle (&witness);
  g_assert_cmpuint (witness.shown->len, ==, 0);
  g_assert_cmpuint (witness.n_events, >, n_rounds / 20);
  g_assert_cmpuint (witness.n_mixed, >, 0);
  g_assert_cmpuint (witness.n_stand_ins, >, n_rounds / 20);

  g_object_unref (witness.set);
  g_object_unref (witness.refs);
  g_array_unref (witness.shown);
  g_array_unref (witness.items);
  g_array_unref (alive);
}

static void
hold_cb (GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  GListStore *view = user_data;
  guint i;

  g_list_store_splice (view, position, removed, NULL, 0);
  for (i = 0; i < added; i++)
    {
      gpointer item = g_list_model_get_item (model, position + i);

      g_list_store_insert (view, position + i, item);
      g_object_unref (item);
    }
}

static void
test_view_that_holds_its_items_keeps_them (void)
{
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);
  GListStore *view = g_list_store_new (TEST_TYPE_PROBE);
  TestProbe *a = test_probe_new ("a");

  g_signal_connect (set, "items-changed", G_CALLBACK (hold_cb), view);
  weakref_set_add (set, a);
  g_object_unref (a);
  test_iterate ();
  assert_model (set, "a");

  /* The view drops it when it learns that it was removed. */
  weakref_set_remove (set, a);
  assert_log ("-a ~a");
  assert_model (set, "");
  assert_model (view, "");

  g_object_unref (view);
  g_object_unref (set);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/set/model");

  test_case (event_by_event);
  test_case (view_that_holds_its_items_keeps_them);

  return g_test_run ();
}
