/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

/* All is measured in one go, a few times: a million objects are not made so often. */

typedef enum
{
  SET_ADD,
  HASH_ADD,
  STORE_ADD,
  SET_CONTAINS,
  HASH_CONTAINS,
  SET_ITERATE,
  HASH_ITERATE,
  STORE_ITERATE,
  SET_ITEM,
  STORE_ITEM,
  SET_DROP,
  HASH_DROP,
  STORE_DROP,
  SET_DROP_DISORDERLY,
  NONE_DROP_DISORDERLY,
  N_LAPS
} Lap;

static double best[N_LAPS];
static guint n;

static void
lap (Lap which)
{
  double ns = bench_stop () / n;

  if (best[which] <= 0 || ns < best[which])
    best[which] = ns;
  bench_start ();
}

static void
count_cb (gpointer item, gpointer user_data)
{
  (*(guint *) user_data)++;
}

static void
add_to_set (WeakrefSet *set, GObject **objects, guint n_objects)
{
  guint i;

  for (i = 0; i < n_objects; i++)
    weakref_set_add (set, objects[i]);
}

static void
drop_disorderly (GObject **objects)
{
  guint i;

  for (i = 0; i < n; i++)
    g_clear_object (&objects[bench_pick (i, n)]);
}

/* The list model of the set is told from the main context. */
static void
let_list_model_hear (WeakrefSet *set)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 0);
}

static void
measure_set (void)
{
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  GObject **objects = bench_objects_new (n);
  guint count = 0;
  guint i;

  bench_start ();
  add_to_set (set, objects, n);
  lap (SET_ADD);
  for (i = 0; i < n; i++)
    count += weakref_set_contains (set, objects[bench_pick (i, n)]);
  lap (SET_CONTAINS);
  weakref_set_foreach (set, count_cb, &count);
  lap (SET_ITERATE);
  g_assert_cmpuint (count, ==, 2 * n);
  for (i = 0; i < n; i++)
    g_object_unref (g_list_model_get_item (G_LIST_MODEL (set), bench_pick (i, n)));
  lap (SET_ITEM);
  for (i = 0; i < n; i++)
    g_clear_object (&objects[i]);
  let_list_model_hear (set);
  lap (SET_DROP);
  g_free (objects);

  objects = bench_objects_new (n);
  add_to_set (set, objects, n);
  bench_start ();
  drop_disorderly (objects);
  let_list_model_hear (set);
  lap (SET_DROP_DISORDERLY);
  g_free (objects);
  g_object_unref (set);

  objects = bench_objects_new (n);
  bench_start ();
  drop_disorderly (objects);
  lap (NONE_DROP_DISORDERLY);
  g_free (objects);
}

static void
measure_hash (void)
{
  GHashTable *hash = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  GObject **objects = bench_objects_new (n);
  GHashTableIter iter;
  gpointer item;
  guint count = 0;
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    g_hash_table_add (hash, objects[i]);
  lap (HASH_ADD);
  for (i = 0; i < n; i++)
    count += g_hash_table_contains (hash, objects[bench_pick (i, n)]);
  lap (HASH_CONTAINS);
  g_hash_table_iter_init (&iter, hash);
  while (g_hash_table_iter_next (&iter, &item, NULL))
    count_cb (item, &count);
  lap (HASH_ITERATE);
  g_assert_cmpuint (count, ==, 2 * n);
  g_hash_table_remove_all (hash);
  lap (HASH_DROP);
  g_hash_table_unref (hash);
  g_free (objects);
}

static void
measure_store (void)
{
  GListStore *store = g_list_store_new (G_TYPE_OBJECT);
  GObject **objects = bench_objects_new (n);
  guint count = 0;
  guint i;

  bench_start ();
  for (i = 0; i < n; i++)
    g_list_store_append (store, objects[i]);
  lap (STORE_ADD);
  for (i = 0; i < n; i++)
    {
      gpointer item = g_list_model_get_item (G_LIST_MODEL (store), i);

      count_cb (item, &count);
      g_object_unref (item);
    }
  lap (STORE_ITERATE);
  for (i = 0; i < n; i++)
    g_object_unref (g_list_model_get_item (G_LIST_MODEL (store), bench_pick (i, n)));
  lap (STORE_ITEM);
  for (i = 0; i < n; i++)
    g_object_unref (objects[i]);
  bench_start ();
  g_list_store_remove_all (store);
  lap (STORE_DROP);
  g_object_unref (store);
  g_free (objects);
}

static void
row (const char *operation, Lap ours, const char *beside, Lap theirs)
{
  bench_row (operation, "ns", best[ours], beside, best[theirs], 0);
}

/* What a program writes by hand: a hash table to find a member by its object, a queue for the
 * order, and for each object a GWeakRef and a weak notify. It is not a list model. */

typedef struct
{
  GMutex lock;
  GHashTable *members;
  GQueue order;
} HandSet;

typedef struct
{
  HandSet *set;
  gpointer address;
  GWeakRef item;
  GList link;
} HandMember;

static void
hand_notify_cb (gpointer data, GObject *where_the_object_was)
{
  HandMember *member = data;
  HandSet *set = member->set;

  g_mutex_lock (&set->lock);
  g_hash_table_remove (set->members, where_the_object_was);
  g_queue_unlink (&set->order, &member->link);
  g_mutex_unlock (&set->lock);
  g_weak_ref_clear (&member->item);
  g_free (member);
}

static void
hand_add (HandSet *set, GObject *object)
{
  HandMember *member = g_new0 (HandMember, 1);

  member->set = set;
  member->address = object;
  member->link.data = member;
  g_weak_ref_init (&member->item, object);
  g_object_weak_ref (object, hand_notify_cb, member);
  g_mutex_lock (&set->lock);
  if (!g_hash_table_contains (set->members, object))
    {
      g_hash_table_insert (set->members, object, member);
      g_queue_push_tail_link (&set->order, &member->link);
    }
  g_mutex_unlock (&set->lock);
}

typedef enum
{
  OURS_ADD,
  OURS_CONTAINS,
  OURS_ITERATE,
  OURS_DROP,
  OURS_END,
  HAND_ADD,
  HAND_UPGRADE,
  HAND_ITERATE,
  HAND_DROP,
  HAND_END,
  N_HAND_LAPS
} HandLap;

static double hand_best[N_HAND_LAPS];

static void
hand_lap (HandLap which, guint n_items)
{
  double ns = bench_stop () / n_items;

  if (hand_best[which] <= 0 || ns < hand_best[which])
    hand_best[which] = ns;
  bench_start ();
}

/* When a large piece is asked for, malloc() joins the small pieces that were freed before. A hash
 * table that shrinks while its members are dropped asks for such pieces. */
static void
join_what_is_free (void)
{
  g_free (g_malloc0 (100000));
}

static void
measure_ours (guint n_items, const guint *order)
{
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  GObject **objects = bench_objects_new_in_disorder (n_items);
  guint count = 0;
  guint i;

  bench_start ();
  for (i = 0; i < n_items; i++)
    weakref_set_add (set, objects[i]);
  hand_lap (OURS_ADD, n_items);
  for (i = 0; i < n_items; i++)
    count += weakref_set_contains (set, objects[order[i]]);
  hand_lap (OURS_CONTAINS, n_items);
  weakref_set_foreach (set, count_cb, &count);
  hand_lap (OURS_ITERATE, n_items);
  g_assert_cmpuint (count, ==, 2 * n_items);
  for (i = 0; i < n_items; i++)
    g_object_unref (objects[order[i]]);
  let_list_model_hear (set);
  hand_lap (OURS_DROP, n_items);
  g_object_unref (set);
  join_what_is_free ();
  hand_lap (OURS_END, n_items);
  bench_stop ();
  g_free (objects);
}

static void
measure_hand (guint n_items, const guint *order)
{
  HandSet set = { .members = g_hash_table_new (NULL, NULL) };
  HandMember **members;
  GObject **objects = bench_objects_new_in_disorder (n_items);
  guint count = 0;
  GList *l;
  guint i;

  bench_start ();
  for (i = 0; i < n_items; i++)
    hand_add (&set, objects[i]);
  hand_lap (HAND_ADD, n_items);
  /* What contains is beside: two upgrades of the same. */
  members = g_new (HandMember *, n_items);
  for (l = set.order.head, i = 0; l != NULL; l = l->next)
    members[i++] = l->data;
  bench_start ();
  for (i = 0; i < n_items; i++)
    {
      GWeakRef *item = &members[order[i]]->item;

      g_object_unref (g_weak_ref_get (item));
      g_object_unref (g_weak_ref_get (item));
      count++;
    }
  hand_lap (HAND_UPGRADE, n_items);
  g_free (members);
  bench_start ();
  for (l = set.order.head; l != NULL; l = l->next)
    {
      gpointer item = g_weak_ref_get (&((HandMember *) l->data)->item);

      if (item == NULL)
        continue;
      count_cb (item, &count);
      g_object_unref (item);
    }
  hand_lap (HAND_ITERATE, n_items);
  g_assert_cmpuint (count, ==, 2 * n_items);
  for (i = 0; i < n_items; i++)
    g_object_unref (objects[order[i]]);
  hand_lap (HAND_DROP, n_items);
  g_hash_table_unref (set.members);
  join_what_is_free ();
  hand_lap (HAND_END, n_items);
  bench_stop ();
  g_free (objects);
}

static void
nothing_cb (void)
{
}

/* What the set itself does to tell of many deaths: every second member has died. */
static void
measure_announcement (void)
{
  guint n_items = bench_scale (100000);
  double ms = 0;
  guint round;
  guint i;

  for (round = 0; round < bench_rounds (); round++)
    {
      WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
      GObject **objects = bench_objects_new (n_items);
      double took;

      add_to_set (set, objects, n_items);
      g_signal_connect (set, "items-changed", G_CALLBACK (nothing_cb), NULL);
      for (i = 0; i < n_items; i += 2)
        g_clear_object (&objects[i]);
      bench_start ();
      g_main_context_iteration (NULL, FALSE);
      took = bench_stop () / 1e6;
      if (ms <= 0 || took < ms)
        ms = took;
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, n_items / 2);
      for (i = 1; i < n_items; i += 2)
        g_clear_object (&objects[i]);
      g_free (objects);
      g_object_unref (set);
    }

  bench_row ("own work of an announcement, 100,000 members, half dead", "ms", ms, NULL, 0, 0);
}

/* Drops the objects, and measures each drop. Sets @shortest to the time of the longest one, in ms,
 * if that is less than @shortest. */
static void
drop_one_by_one (GObject **objects, const guint *order, guint n_items, double *shortest)
{
  double longest = 0;
  guint i;

  for (i = 0; i < n_items; i++)
    {
      double ms;

      bench_start ();
      g_object_unref (objects[order[i]]);
      ms = bench_stop () / 1e6;
      longest = MAX (longest, ms);
    }
  g_free (objects);

  *shortest = MIN (*shortest, longest);
}

static void
measure_longest (guint n_items, const guint *order)
{
  double longest = G_MAXDOUBLE;
  double hand_longest = G_MAXDOUBLE;
  guint round;

  for (round = 0; round < bench_rounds (); round++)
    {
      HandSet hand = { .members = g_hash_table_new (NULL, NULL) };
      WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
      GObject **objects = bench_objects_new_in_disorder (n_items);
      guint i;

      for (i = 0; i < n_items; i++)
        hand_add (&hand, objects[i]);
      drop_one_by_one (objects, order, n_items, &hand_longest);
      g_hash_table_unref (hand.members);

      objects = bench_objects_new_in_disorder (n_items);
      add_to_set (set, objects, n_items);
      drop_one_by_one (objects, order, n_items, &longest);
      g_object_unref (set);
    }

  bench_row ("the longest of these drops", "ms", longest, "by hand", hand_longest, 0);
}

static void
measure_by_hand (void)
{
  guint n_items = bench_scale (100000);
  guint *order = bench_disorder (n_items);
  guint round;

  for (round = 0; round < bench_rounds (); round++)
    {
      measure_hand (n_items, order);
      measure_ours (n_items, order);
    }

  bench_section ("Set of 100,000 objects in disorder");
  bench_row ("add", "ns", hand_best[OURS_ADD], "by hand", hand_best[HAND_ADD], 1.6);
  bench_row ("iterate", "ns", hand_best[OURS_ITERATE], "by hand", hand_best[HAND_ITERATE], 1.1);
  bench_row ("contains", "ns", hand_best[OURS_CONTAINS], "two g_weak_ref_get()",
             hand_best[HAND_UPGRADE], 1);
  bench_row ("drop", "ns", hand_best[OURS_DROP], "by hand", hand_best[HAND_DROP], 1.1);
  measure_longest (n_items, order);
  bench_row ("drop, the end of the set, and what malloc() has left to do", "ns",
             hand_best[OURS_DROP] + hand_best[OURS_END], "by hand",
             hand_best[HAND_DROP] + hand_best[HAND_END], 0);
  measure_announcement ();
  g_free (order);
}

static void
measure_bytes (void)
{
  guint n_items = bench_scale (100000);
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  GObject **objects = bench_objects_new (n_items);
  double before = bench_heap ();
  guint i;

  for (i = 0; i < n_items; i++)
    weakref_set_add (set, objects[i]);
  bench_bytes ("entry, the first of its object", (bench_heap () - before) / n_items, NULL, 0, 310);

  bench_objects_free (objects, n_items);
  g_object_unref (set);
}

int
main (int argc, char **argv)
{
  guint round;

  bench_init (argc, argv);
  if (bench_counts_instructions ())
    return 0;

  n = bench_scale (1000000);
  for (round = 0; round < (n < 1000000 ? 1 : 2); round++)
    {
      measure_hash ();
      measure_store ();
      measure_set ();
    }

  bench_section ("Set of 1,000,000 objects, for each");
  row ("add", SET_ADD, "GHashTable", HASH_ADD);
  row ("add, once more", SET_ADD, "GListStore", STORE_ADD);
  row ("contains", SET_CONTAINS, "GHashTable", HASH_CONTAINS);
  row ("iterate", SET_ITERATE, "GHashTable", HASH_ITERATE);
  row ("iterate, once more", SET_ITERATE, "GListStore", STORE_ITERATE);
  row ("get item at a position", SET_ITEM, "GListStore", STORE_ITEM);
  row ("drop all objects", SET_DROP, "GHashTable", HASH_DROP);
  row ("drop all objects, once more", SET_DROP, "GListStore", STORE_DROP);
  row ("drop all objects, in disorder", SET_DROP_DISORDERLY, "in no collection",
       NONE_DROP_DISORDERLY);
  measure_bytes ();
  measure_by_hand ();

  return 0;
}
