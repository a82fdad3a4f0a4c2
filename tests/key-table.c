/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

static void
log_free (gpointer value)
{
  test_log ("free:%s", (const char *) value);
}

static void
test_insert_lookup (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefKeyTable *table = weakref_key_table_new (log_free);
  gpointer value = "untouched";

  g_assert_true (weakref_key_table_insert (table, a, "1"));
  g_assert_cmpstr (weakref_key_table_lookup (table, a), ==, "1");
  g_assert_true (weakref_key_table_contains (table, a));
  g_assert_null (weakref_key_table_lookup (table, b));
  g_assert_false (weakref_key_table_contains (table, b));
  g_assert_false (weakref_key_table_lookup_extended (table, b, &value));
  g_assert_cmpstr (value, ==, "untouched");
  g_assert_true (weakref_key_table_lookup_extended (table, a, &value));
  g_assert_cmpstr (value, ==, "1");
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 1);

  /* A NULL is a value too, and is not freed. */
  g_assert_true (weakref_key_table_insert (table, b, NULL));
  g_assert_true (weakref_key_table_lookup_extended (table, b, &value));
  g_assert_null (value);

  g_object_unref (table);
  assert_log ("free:1");
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
}

static void
test_value_is_freed_once (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefKeyTable *table = weakref_key_table_new (log_free);

  weakref_key_table_insert (table, a, "1");
  g_assert_false (weakref_key_table_insert (table, a, "2"));
  assert_log ("free:1");

  g_assert_true (weakref_key_table_remove (table, a));
  assert_log ("free:2");
  g_assert_false (weakref_key_table_remove (table, a));

  weakref_key_table_insert (table, a, "3");
  g_assert_cmpstr (weakref_key_table_steal (table, a), ==, "3");
  g_assert_null (weakref_key_table_steal (table, a));
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 0);
  assert_log ("");

  weakref_key_table_insert (table, a, "4");
  weakref_key_table_insert (table, b, "5");
  g_object_unref (a);
  assert_log ("-a free:4 ~a");
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 1);

  weakref_key_table_remove_all (table);
  assert_log ("free:5");

  weakref_key_table_insert (table, b, "6");
  g_object_unref (table);
  assert_log ("free:6");
  g_object_unref (b);
  assert_log ("-b ~b");
}

/* A value whose end uses the table that it was in. */
typedef struct
{
  WeakrefKeyTable *table; /* (unowned) */
  gpointer key;           /* (unowned) */
  const char *name;
} Busy;

static Busy *
busy_new (WeakrefKeyTable *table, gpointer key, const char *name)
{
  Busy *busy = g_new (Busy, 1);

  *busy = (Busy) { table, key, name };
  return busy;
}

static void
busy_free (gpointer data)
{
  Busy *busy = data;
  Busy *other = weakref_key_table_lookup (busy->table, busy->key);

  test_log ("%s:%u:%s", busy->name, weakref_key_table_get_size (busy->table),
            other != NULL ? other->name : "none");
  if (g_str_equal (busy->name, "insert"))
    weakref_key_table_insert (busy->table, busy->key, busy_new (busy->table, busy->key, "last"));
  g_free (busy);
}

static void
test_value_free_may_use_the_table (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefKeyTable *table = weakref_key_table_new (busy_free);

  weakref_key_table_insert (table, a, busy_new (table, a, "1"));
  weakref_key_table_insert (table, a, busy_new (table, a, "2"));
  assert_log ("1:1:2");
  weakref_key_table_remove (table, a);
  assert_log ("2:0:none");
  weakref_key_table_insert (table, a, busy_new (table, a, "insert"));
  weakref_key_table_remove (table, a);
  assert_log ("insert:0:none");
  weakref_key_table_remove_all (table);
  assert_log ("last:0:none");

  /* The key of the value that dies is not a's: a is in its dispose. */
  weakref_key_table_insert (table, a, busy_new (table, b, "3"));
  weakref_key_table_insert (table, b, busy_new (table, b, "4"));
  g_object_unref (a);
  assert_log ("-a 3:1:4 ~a");

  weakref_key_table_remove (table, b);
  assert_log ("4:0:none");

  /* Nothing gets into a table that is going. */
  weakref_key_table_insert (table, b, busy_new (table, b, "insert"));
  g_object_unref (table);
  assert_log ("insert:0:none last:0:none");
  g_object_unref (b);
  assert_log ("-b ~b");
}

static TestProbe *pair[2];

/* The value is the number of the other key. */
static void
drop_other_key (gpointer value)
{
  guint i = GPOINTER_TO_UINT (value) - 1;

  test_log ("free");
  g_clear_object (&pair[i]);
}

static void
test_value_free_may_drop_another_key (void)
{
  WeakrefKeyTable *table = weakref_key_table_new (drop_other_key);
  guint round;
  guint i;

  test_log_set_probes (FALSE);
  for (round = 0; round < 2; round++)
    {
      for (i = 0; i < 2; i++)
        {
          pair[i] = test_probe_new ("p");
          weakref_key_table_insert (table, pair[i], GUINT_TO_POINTER (2 - i));
        }
      /* The second one dies while it has left the table, but still waits for its end. */
      if (round == 0)
        weakref_key_table_remove_all (table);
      else
        g_object_unref (table);
      assert_log ("free free");
      g_assert_null (pair[0]);
      g_assert_null (pair[1]);
    }
}

static void
test_address_reuse (void)
{
  WeakrefKeyTable *table = weakref_key_table_new (NULL);
  gpointer addresses[64];
  guint reused = 0;
  guint round;

  /* GObject frees and allocates the same size: the allocator gives the address again at once. Not
   * in every environment, so count. */
  for (round = 0; round < 64; round++)
    {
      TestProbe *probe = test_probe_new ("a");
      guint i;

      for (i = 0; i < round; i++)
        reused += addresses[i] == (gpointer) probe;
      addresses[round] = probe;

      g_assert_null (weakref_key_table_lookup (table, probe));
      g_assert_true (weakref_key_table_insert (table, probe, GUINT_TO_POINTER (round + 1)));
      g_assert_cmpuint (GPOINTER_TO_UINT (weakref_key_table_lookup (table, probe)), ==, round + 1);
      g_object_unref (probe);
      g_free (test_log_steal ());
    }

  g_object_unref (table);
  if (reused == 0)
    g_test_skip ("The allocator gave no address twice");
}

static void
test_value_holding_its_key_keeps_both (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefKeyTable *table = weakref_key_table_new (g_object_unref);

  weakref_key_table_insert (table, a, g_object_ref (a));
  g_object_unref (a);
  assert_log ("");
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 1);
  /* Its dispose breaks it, */
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a ~a");
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 0);

  /* the removal of the entry, */
  a = test_probe_new ("a");
  weakref_key_table_insert (table, a, a);
  weakref_key_table_remove (table, a);
  assert_log ("-a ~a");

  /* or the end of the table. */
  a = test_probe_new ("a");
  weakref_key_table_insert (table, a, a);
  g_object_unref (table);
  assert_log ("-a ~a");
}

static void
toggle_cb (gpointer user_data, GObject *object, gboolean is_last)
{
  test_log (is_last ? "down" : "up");
}

static void
test_lookup_takes_no_reference (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefKeyTable *table = weakref_key_table_new (NULL);
  gpointer value;

  g_object_add_toggle_ref (G_OBJECT (a), toggle_cb, NULL);
  g_object_unref (a);
  assert_log ("down");
  weakref_key_table_insert (table, a, "1");
  g_free (test_log_steal ());

  g_assert_nonnull (weakref_key_table_lookup (table, a));
  g_assert_true (weakref_key_table_lookup_extended (table, a, &value));
  g_assert_true (weakref_key_table_contains (table, a));
  g_assert_nonnull (weakref_key_table_steal (table, a));
  assert_log ("");

  g_object_unref (table);
  g_object_remove_toggle_ref (G_OBJECT (a), toggle_cb, NULL);
  assert_log ("-a ~a");
}

static void
test_disposed_key_starts_anew (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefKeyTable *table = weakref_key_table_new (log_free);

  weakref_key_table_insert (table, a, "1");
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a free:1");
  g_assert_false (weakref_key_table_contains (table, a));

  g_assert_true (weakref_key_table_insert (table, a, "2"));
  g_assert_cmpstr (weakref_key_table_lookup (table, a), ==, "2");
  g_object_unref (a);
  assert_log ("free:2 ~a");
  g_object_unref (table);
}

/* Iteration */

static void
each_cb (gpointer key, gpointer value, gpointer user_data)
{
  WeakrefKeyTable *table = user_data;

  weakref_key_table_remove_all (table);
  /* It is good during the call. */
  test_log ("%s=%s", test_probe_get_name (key), value != NULL ? (const char *) value : "none");
}

static void
count_cb (gpointer key, gpointer value, gpointer user_data)
{
  weakref_key_table_remove_all (user_data);
  test_log ("%s", (const char *) value);
}

static void
test_foreach_goes_over_a_snapshot (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefKeyTable *table = weakref_key_table_new (log_free);
  GPtrArray *keys;

  weakref_key_table_insert (table, a, "1");
  keys = weakref_key_table_dup_keys (table);
  g_assert_cmpuint (keys->len, ==, 1);
  g_assert_true (g_ptr_array_index (keys, 0) == a);
  g_ptr_array_unref (keys);

  weakref_key_table_foreach (table, each_cb, table);
  assert_log ("a=1 free:1");
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 0);

  /* Whichever is the first, the other is gone when its turn comes, and gets it. */
  weakref_key_table_insert (table, a, "same");
  weakref_key_table_insert (table, b, "same");
  weakref_key_table_foreach (table, count_cb, table);
  assert_log ("same same free:same free:same");

  weakref_key_table_insert (table, a, NULL);
  weakref_key_table_foreach (table, each_cb, table);
  assert_log ("a=none");

  g_object_unref (table);
  g_object_unref (a);
  g_object_unref (b);
  assert_log ("-a ~a -b ~b");
}

/* Acts on the one of the two whose turn it is not, at the first call. */
static gpointer
act_on_other (gpointer key, gpointer (*act) (gpointer))
{
  guint i = key == pair[0];
  gpointer other = pair[i];

  test_log ("call");
  if (other == NULL)
    return NULL;

  pair[i] = NULL;
  return g_thread_join (g_thread_new ("act", act, other));
}

static gpointer
drop (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

static void
drop_other_cb (gpointer key, gpointer value, gpointer user_data)
{
  act_on_other (key, drop);
}

static void
test_key_may_die_in_another_thread_during_iteration (void)
{
  WeakrefKeyTable *table = weakref_key_table_new (NULL);
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < 2; i++)
    {
      pair[i] = test_probe_new ("p");
      weakref_key_table_insert (table, pair[i], "1");
    }
  weakref_key_table_foreach (table, drop_other_cb, NULL);
  assert_log ("call");
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 1);

  g_clear_object (&pair[0]);
  g_clear_object (&pair[1]);
  g_object_unref (table);
}

static WeakrefKeyTable *stolen_from;

static gpointer
steal (gpointer object)
{
  g_assert_cmpstr (weakref_key_table_steal (stolen_from, object), ==, "1");
  g_object_unref (object);
  return NULL;
}

static void
steal_other_cb (gpointer key, gpointer value, gpointer user_data)
{
  /* Not that of the other: it is somebody else's by now. */
  g_assert_cmpstr (value, ==, "1");
  act_on_other (key, steal);
}

static void
test_stolen_values_are_passed_over (void)
{
  TestProbe *kept[2];
  guint i;

  test_log_set_probes (FALSE);
  stolen_from = weakref_key_table_new (NULL);
  for (i = 0; i < 2; i++)
    {
      kept[i] = test_probe_new ("p");
      pair[i] = g_object_ref (kept[i]);
      weakref_key_table_insert (stolen_from, pair[i], "1");
    }
  weakref_key_table_foreach (stolen_from, steal_other_cb, NULL);
  assert_log ("call");
  g_assert_cmpuint (weakref_key_table_get_size (stolen_from), ==, 1);

  for (i = 0; i < 2; i++)
    {
      g_clear_object (&pair[i]);
      g_object_unref (kept[i]);
    }
  g_clear_object (&stolen_from);
}

static void
drop_table_cb (gpointer key, gpointer value, gpointer user_data)
{
  WeakrefKeyTable **table = user_data;

  g_clear_object (table);
  test_log ("%s=%s", test_probe_get_name (key), (const char *) value);
}

static void
test_iteration_may_drop_the_table (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefKeyTable *table = weakref_key_table_new (log_free);

  weakref_key_table_insert (table, a, "1");
  weakref_key_table_foreach (table, drop_table_cb, &table);
  assert_log ("a=1 free:1");
  g_object_unref (a);
  assert_log ("-a ~a");
}

/* Values of all kinds */

static void
test_gvalues (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *held = test_probe_new ("held");
  WeakrefKeyTable *table = weakref_key_table_new_for_values ();
  GValue in = G_VALUE_INIT;
  GValue out = G_VALUE_INIT;
  const char *strv[] = { "one", "two", NULL };
  GValue *copy;

  g_assert_false (weakref_key_table_lookup_value (table, a, &out));
  g_assert_null (g_value_get_object (&out));
  g_value_unset (&out);
  g_assert_null (weakref_key_table_dup_value (table, a));

  g_value_init (&in, G_TYPE_STRING);
  g_value_set_string (&in, "text");
  g_assert_true (weakref_key_table_insert_value (table, a, &in));
  g_assert_true (weakref_key_table_lookup_value (table, a, &out));
  g_assert_cmpstr (g_value_get_string (&out), ==, "text");
  g_value_unset (&out);
  g_value_unset (&in);

  g_value_init (&in, G_TYPE_INT);
  g_value_set_int (&in, G_MININT);
  g_assert_false (weakref_key_table_insert_value (table, a, &in));
  g_assert_true (weakref_key_table_lookup_value (table, a, &out));
  g_assert_cmpint (g_value_get_int (&out), ==, G_MININT);
  g_value_unset (&out);
  g_value_unset (&in);

  g_value_init (&in, G_TYPE_STRV);
  g_value_set_boxed (&in, strv);
  g_assert_false (weakref_key_table_insert_value (table, a, &in));
  g_assert_true (weakref_key_table_lookup_value (table, a, &out));
  g_assert_true (g_strv_equal (g_value_get_boxed (&out), strv));
  g_value_unset (&out);
  g_value_unset (&in);

  g_value_init (&in, TEST_TYPE_PROBE);
  g_value_take_object (&in, held);
  g_assert_false (weakref_key_table_insert_value (table, a, &in));
  g_value_unset (&in);
  copy = weakref_key_table_dup_value (table, a);
  g_assert_true (g_value_get_object (copy) == held);
  g_boxed_free (G_TYPE_VALUE, copy);
  assert_log ("");
  g_assert_true (weakref_key_table_steal_value (table, a, &out));
  g_assert_true (g_value_get_object (&out) == held);
  g_assert_cmpuint (weakref_key_table_get_size (table), ==, 0);
  g_value_unset (&out);
  assert_log ("-held ~held");

  g_object_unref (table);
  g_object_unref (a);
  assert_log ("-a ~a");
}

/* A boxed string whose end uses the table that it was in. */

static WeakrefKeyTable *box_table; /* (unowned) (nullable) */
static gpointer box_key;           /* (unowned) */
static guint n_boxes;

static gpointer
box_copy (gpointer box)
{
  n_boxes++;
  return g_strdup (box);
}

static void
box_free (gpointer box)
{
  n_boxes--;
  if (box_table != NULL)
    test_log ("free:%s:%s", (char *) box,
              weakref_key_table_contains (box_table, box_key) ? "yes" : "no");
  g_free (box);
}

static void
insert_box (WeakrefKeyTable *table, gpointer key, const char *box)
{
  static GType type;
  GValue value = G_VALUE_INIT;

  if (type == 0)
    type = g_boxed_type_register_static ("TestBox", box_copy, box_free);

  g_value_init (&value, type);
  g_value_set_static_boxed (&value, box);
  weakref_key_table_insert_value (table, key, &value);
  g_value_unset (&value);
}

static void
each_value_cb (gpointer key, const GValue *value, gpointer user_data)
{
  weakref_key_table_remove_all (user_data);
  test_log ("%s=%s", test_probe_get_name (key), (const char *) g_value_get_boxed (value));
}

static void
test_boxed_value_is_freed_once_and_may_use_the_table (void)
{
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefKeyTable *table = weakref_key_table_new_for_values ();
  GValue value = G_VALUE_INIT;

  box_table = table;
  box_key = b;
  insert_box (table, b, "B");
  insert_box (table, a, "1");
  g_assert_cmpuint (n_boxes, ==, 2);

  insert_box (table, a, "2");
  assert_log ("free:1:yes");
  weakref_key_table_remove (table, a);
  assert_log ("free:2:yes");
  g_assert_cmpuint (n_boxes, ==, 1);

  /* It gives a copy. */
  insert_box (table, a, "3");
  g_assert_true (weakref_key_table_steal_value (table, a, &value));
  assert_log ("free:3:yes");
  g_assert_cmpstr (g_value_get_boxed (&value), ==, "3");
  g_value_unset (&value);
  assert_log ("free:3:yes");
  g_assert_cmpuint (n_boxes, ==, 1);

  insert_box (table, a, "4");
  g_object_unref (a);
  assert_log ("-a free:4:yes ~a");
  weakref_key_table_remove_all (table);
  assert_log ("free:B:no");
  g_assert_cmpuint (n_boxes, ==, 0);

  insert_box (table, b, "5");
  weakref_key_table_foreach_value (table, each_value_cb, table);
  assert_log ("b=5 free:5:no");
  g_assert_cmpuint (n_boxes, ==, 0);

  insert_box (table, b, "6");
  box_table = NULL;
  g_object_unref (table);
  g_assert_cmpuint (n_boxes, ==, 0);
  g_object_unref (b);
  assert_log ("-b ~b");
}

static void
test_bad_input (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefKeyTable *pointers = weakref_key_table_new (NULL);
  WeakrefKeyTable *values = weakref_key_table_new_for_values ();
  GValue value = G_VALUE_INIT;
  GValue no_value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT);

#define BAD(pattern, call)                                                                         \
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, pattern);                                \
  call
  BAD ("*insert*G_IS_OBJECT (key)*",
       g_assert_false (weakref_key_table_insert (pointers, NULL, "")));
  BAD ("*insert*KEY_TABLE (self)*", g_assert_false (weakref_key_table_insert (NULL, a, "")));
  BAD ("*lookup*G_IS_OBJECT (key)*", g_assert_null (weakref_key_table_lookup (pointers, NULL)));
  BAD ("*G_IS_OBJECT (key)*", g_assert_false (weakref_key_table_contains (pointers, NULL)));
  BAD ("*remove*G_IS_OBJECT (key)*", g_assert_false (weakref_key_table_remove (pointers, NULL)));
  BAD ("*steal*G_IS_OBJECT (key)*", g_assert_null (weakref_key_table_steal (pointers, NULL)));
  BAD ("*foreach*func*", weakref_key_table_foreach (pointers, NULL, NULL));
  BAD ("*remove_all*KEY_TABLE (self)*", weakref_key_table_remove_all (NULL));
  BAD ("*get_size*KEY_TABLE (self)*", g_assert_cmpuint (weakref_key_table_get_size (NULL), ==, 0));
  BAD ("*dup_keys*KEY_TABLE (self)*", g_assert_null (weakref_key_table_dup_keys (NULL)));

  /* Values and tables of pointers, and the other way round. */
  BAD ("*insert_value*for_values*",
       g_assert_false (weakref_key_table_insert_value (pointers, a, &value)));
  BAD ("*lookup_value*for_values*",
       g_assert_false (weakref_key_table_lookup_value (pointers, a, &no_value)));
  BAD ("*dup_value*for_values*", g_assert_null (weakref_key_table_dup_value (pointers, a)));
  BAD ("*steal_value*for_values*",
       g_assert_false (weakref_key_table_steal_value (pointers, a, &no_value)));
  BAD ("*foreach_value*for_values*", weakref_key_table_foreach_value (pointers, NULL, NULL));
  BAD ("*insert*for_values*", g_assert_false (weakref_key_table_insert (values, a, "")));
  BAD ("*steal*for_values*", g_assert_null (weakref_key_table_steal (values, a)));
  BAD ("*insert_value*G_IS_VALUE (value)*",
       g_assert_false (weakref_key_table_insert_value (values, a, &no_value)));
#undef BAD
  g_test_assert_expected_messages ();
  g_assert_cmpuint (weakref_key_table_get_size (pointers), ==, 0);
  g_assert_cmpuint (weakref_key_table_get_size (values), ==, 0);

  g_object_unref (pointers);
  g_object_unref (values);
  g_object_unref (a);
  assert_log ("-a ~a");
}

/* Threads: keys die in one while others insert, look up, steal and remove. Each value is freed or
 * stolen exactly once. */

typedef struct
{
  WeakrefKeyTable *table;
  WeakrefRef *refs[16]; /* lock */
  GMutex lock;
  gint made;  /* (atomic) */
  gint freed; /* (atomic) */
} Storm;

static Storm storm;

static void
storm_free (gpointer value)
{
  g_atomic_int_inc (&storm.freed);
  g_free (value);
}

static gpointer
storm_thread (gpointer data)
{
  guint round;

  for (round = 0; round < 2000; round++)
    {
      guint slot = round % G_N_ELEMENTS (storm.refs);
      WeakrefRef *ref;
      TestProbe *probe = NULL;

      g_mutex_lock (&storm.lock);
      ref = storm.refs[slot] != NULL ? g_object_ref (storm.refs[slot]) : NULL;
      g_mutex_unlock (&storm.lock);

      if (ref != NULL)
        probe = weakref_ref_get (ref);
      g_clear_object (&ref);

      if (probe == NULL)
        {
          WeakrefRef *old;

          probe = test_probe_new ("p");
          ref = weakref_ref_new (probe);
          g_mutex_lock (&storm.lock);
          old = storm.refs[slot];
          storm.refs[slot] = ref;
          g_mutex_unlock (&storm.lock);
          g_clear_object (&old);
        }

      switch (g_random_int_range (0, 4))
        {
        case 0:
        case 1:
          g_atomic_int_inc (&storm.made);
          weakref_key_table_insert (storm.table, probe, g_new (int, 1));
          break;
        case 2:
          {
            gpointer stolen = weakref_key_table_steal (storm.table, probe);

            if (stolen != NULL)
              storm_free (stolen);
          }
          break;
        default:
          weakref_key_table_remove (storm.table, probe);
        }

      g_object_unref (probe);
    }

  return NULL;
}

static void
test_threads_free_each_value_once (void)
{
  guint i;

  test_log_set_probes (FALSE);
  storm.table = weakref_key_table_new (storm_free);
  test_threads (4, storm_thread, NULL);
  g_assert_cmpuint (weakref_key_table_get_size (storm.table), ==, 0);
  g_object_unref (storm.table);
  for (i = 0; i < G_N_ELEMENTS (storm.refs); i++)
    g_clear_object (&storm.refs[i]);
  g_assert_cmpint (storm.made, >, 0);
  g_assert_cmpint (storm.made, ==, storm.freed);
}

/* An insertion waits for its turn at a table that others read, and the key dies meanwhile. */

typedef struct
{
  gint next; /* (atomic) */
  WeakrefKeyTable *table;
  TestProbe *key;
  gboolean met;  /* it was gone at once */
  gint inserted; /* (atomic) */
} Disposal;

static gpointer
disposal_thread (gpointer data)
{
  Disposal *disposal = data;
  gint part = g_atomic_int_add (&disposal->next, 1);

  if (part == 0)
    {
      g_ptr_array_unref (weakref_key_table_dup_keys (disposal->table));
    }
  else if (part == 1)
    {
      weakref_key_table_insert (disposal->table, disposal->key, "1");
      disposal->met = !weakref_key_table_contains (disposal->table, disposal->key);
      g_atomic_int_set (&disposal->inserted, TRUE);
    }
  else
    {
      while (!g_atomic_int_get (&disposal->inserted))
        g_object_run_dispose (G_OBJECT (disposal->key));
    }

  return NULL;
}

static void
test_key_disposed_while_it_is_inserted (void)
{
  WeakrefKeyTable *table = weakref_key_table_new (NULL);
  guint n_rounds = test_scale (10000, 5);
  TestProbe *others[2000];
  guint n_met = 0;
  guint round;
  guint i;

  if (glib_check_version (2, 80, 0) != NULL)
    {
      g_object_unref (table);
      g_test_skip ("GLib before 2.80 crashes on its own");
      return;
    }

  test_log_set_probes (FALSE);
  for (i = 0; i < G_N_ELEMENTS (others); i++)
    {
      others[i] = test_probe_new ("b");
      weakref_key_table_insert (table, others[i], NULL);
    }

  for (round = 0; round < n_rounds && n_met < 100; round++)
    {
      Disposal disposal = { .table = table, .key = test_probe_new ("a") };

      test_threads (3, disposal_thread, &disposal);
      g_object_unref (disposal.key);
      g_assert_cmpuint (weakref_key_table_get_size (table), ==, G_N_ELEMENTS (others));
      n_met += disposal.met;
    }
  g_test_message ("they met %u times in %u rounds", n_met, round);

  for (i = 0; i < G_N_ELEMENTS (others); i++)
    g_object_unref (others[i]);
  g_object_unref (table);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/key-table");

  test_case (insert_lookup);
  test_case (value_is_freed_once);
  test_case (value_free_may_use_the_table);
  test_case (value_free_may_drop_another_key);
  test_case (address_reuse);
  test_case (value_holding_its_key_keeps_both);
  test_case (lookup_takes_no_reference);
  test_case (disposed_key_starts_anew);
  test_case_as ("iteration/is-over-a-snapshot", foreach_goes_over_a_snapshot);
  test_case_as ("iteration/key-may-die-in-another-thread",
                key_may_die_in_another_thread_during_iteration);
  test_case_as ("iteration/stolen-values-are-passed-over", stolen_values_are_passed_over);
  test_case_as ("iteration/may-drop-the-table", iteration_may_drop_the_table);
  test_case_as ("gvalues/of-all-kinds", gvalues);
  test_case_as ("gvalues/boxed-is-freed-once-and-may-use-the-table",
                boxed_value_is_freed_once_and_may_use_the_table);
  test_case (bad_input);
  test_case_as ("threads/free-each-value-once", threads_free_each_value_once);
  test_case_as ("threads/key-disposed-while-it-is-inserted", key_disposed_while_it_is_inserted);

  return g_test_run ();
}
