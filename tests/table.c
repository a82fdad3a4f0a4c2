/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/table.h>

#include "probe.h"

/* A table whose entries are found by name, and log: "<NAME" when they leave it, "!NAME" when their
 * object has died, "-NAME" when they are dropped, "~NAME" when they are freed. */
typedef struct
{
  WeakrefEntry base;
  const char *name;
} Entry;

static guint32
name_get_hash (const char *name)
{
  return g_str_hash (name) + 1;
}

static void
entry_left_locked (WeakrefTable *table, WeakrefEntry *entry)
{
  g_assert_true (entry->table == table);
  g_assert_false (g_mutex_trylock (&table->lock));
  test_log ("<%s", ((Entry *) entry)->name);
}

/* What may do anything must not find the table locked. */
#define assert_unlocked(entry)                                                                     \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_true (g_mutex_trylock (&(entry)->table->lock));                                       \
    g_mutex_unlock (&(entry)->table->lock);                                                        \
  }                                                                                                \
  G_STMT_END

static void
entry_died (WeakrefTable *table, WeakrefEntry *entry, gpointer object)
{
  assert_unlocked (entry);
  test_log ("!%s", ((Entry *) entry)->name);
}

static void
entry_released (WeakrefEntry *entry)
{
  assert_unlocked (entry);
  test_log ("-%s", ((Entry *) entry)->name);
}

static void
entry_free (WeakrefEntry *entry)
{
  assert_unlocked (entry);
  test_log ("~%s", ((Entry *) entry)->name);
  weakref_watch_free (&entry->watch);
}

static void
table_free (WeakrefTable *table)
{
  test_log ("~table");
  g_free (table);
}

static const WeakrefTableFuncs funcs = {
  .has_hashes = TRUE,
  .left_locked = entry_left_locked,
  .died = entry_died,
  .released = entry_released,
  .free_entry = entry_free,
  .free_table = table_free,
};

static WeakrefTable *
table_new (void)
{
  WeakrefTable *table = g_new0 (WeakrefTable, 1);

  weakref_table_init (table, &funcs);

  return table;
}

static WeakrefEntry *
entry_new (WeakrefTable *table, const char *name, TestProbe *probe)
{
  Entry *entry = weakref_watch_alloc (probe, sizeof (Entry));

  entry->name = name;
  entry->base.hash = name_get_hash (name);
  weakref_entry_init (&entry->base, table, probe);

  return &entry->base;
}

static gboolean
put (WeakrefTable *table, WeakrefEntry *entry, WeakrefEntry **old)
{
  gboolean is_in;

  g_mutex_lock (&table->lock);
  is_in = weakref_table_put_locked (table, entry, weakref_map_find (&table->map, entry->hash),
                                    entry->hash, entry, old);
  g_mutex_unlock (&table->lock);

  return is_in;
}

static WeakrefEntry *
take (WeakrefTable *table, const char *name)
{
  WeakrefEntry *entry;

  g_mutex_lock (&table->lock);
  entry = weakref_table_take_locked (table, weakref_map_find (&table->map, name_get_hash (name)));
  g_mutex_unlock (&table->lock);

  return entry;
}

static void
put_new (WeakrefTable *table, const char *name, TestProbe *probe)
{
  WeakrefEntry *old;

  g_assert_true (put (table, entry_new (table, name, probe), &old));
  g_assert_null (old);
}

/* Drops the last reference; the log is of the entries alone. */
static void
drop (TestProbe *probe)
{
  test_log_set_probes (FALSE);
  g_object_unref (probe);
  test_log_set_probes (TRUE);
}

static void
test_entry_leaves_with_its_object (void)
{
  WeakrefTable *table = table_new ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");

  put_new (table, "a", a);
  put_new (table, "b", b);
  drop (a);
  assert_log ("<a !a -a ~a");
  g_assert_cmpuint (weakref_table_get_size (table), ==, 1);
  g_assert_null (take (table, "a"));
  drop (b);
  assert_log ("<b !b -b ~b");
  weakref_table_close (table);
  assert_log ("~table");
}

static void
test_taken_entry_is_the_takers (void)
{
  WeakrefTable *table = table_new ();
  TestProbe *a = test_probe_new ("a");
  WeakrefEntry *entry;

  put_new (table, "a", a);
  entry = take (table, "a");
  assert_log ("<a");
  g_assert_cmpuint (weakref_table_get_size (table), ==, 0);
  weakref_entry_drop (entry);
  assert_log ("-a ~a");
  drop (a);
  assert_log ("");
  weakref_table_close (table);
  assert_log ("~table");
}

static void
test_object_dies_before_its_taken_entry_is_dropped (void)
{
  WeakrefTable *table = table_new ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefEntry *entry;

  /* It does not leave again, does not take along what has its key now, and is freed once. */
  put_new (table, "x", a);
  entry = take (table, "x");
  put_new (table, "x", b);
  drop (a);
  assert_log ("<x");
  g_assert_cmpuint (weakref_table_get_size (table), ==, 1);
  weakref_entry_drop (entry);
  assert_log ("-x ~x");
  g_assert_cmpuint (weakref_table_get_size (table), ==, 1);

  drop (b);
  assert_log ("<x !x -x ~x");
  weakref_table_close (table);
  assert_log ("~table");
}

static void
test_object_dies_before_its_replaced_entry_is_dropped (void)
{
  WeakrefTable *table = table_new ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefEntry *first;
  WeakrefEntry *second;
  WeakrefEntry *old;

  first = entry_new (table, "x", a);
  second = entry_new (table, "x", b);
  g_assert_true (put (table, first, &old));
  g_assert_null (old);
  g_assert_true (put (table, second, &old));
  g_assert_true (old == first);
  assert_log ("<x");

  drop (a);
  assert_log ("");
  g_assert_cmpuint (weakref_table_get_size (table), ==, 1);
  weakref_entry_drop (old);
  assert_log ("-x ~x");

  g_assert_true (take (table, "x") == second);
  weakref_entry_drop (second);
  assert_log ("<x -x ~x");
  drop (b);
  assert_log ("");
  weakref_table_close (table);
  assert_log ("~table");
}

static void
test_object_dies_before_its_entry_is_put (void)
{
  WeakrefTable *table = table_new ();
  TestProbe *a = test_probe_new ("a");
  WeakrefEntry *entry = entry_new (table, "a", a);
  WeakrefEntry *old = entry;

  drop (a);
  assert_log ("");
  g_assert_false (put (table, entry, &old));
  g_assert_null (old);
  g_assert_cmpuint (weakref_table_get_size (table), ==, 0);
  weakref_entry_drop (entry);
  assert_log ("-a ~a");
  weakref_table_close (table);
  assert_log ("~table");
}

static void
test_closed_table_takes_nothing (void)
{
  WeakrefTable *table = weakref_table_ref (table_new ());
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefEntry *entry = entry_new (table, "b", b);
  WeakrefEntry *old;

  put_new (table, "a", a);
  weakref_table_close (table);
  assert_log ("<a -a ~a");
  g_assert_false (put (table, entry, &old));
  g_assert_cmpuint (weakref_table_get_size (table), ==, 0);

  /* The last of its entries keeps it. */
  weakref_table_unref (table);
  assert_log ("");
  weakref_entry_drop (entry);
  assert_log ("-b ~b ~table");
  drop (a);
  drop (b);
  assert_log ("");
}

static void
put_named (WeakrefTable *table, TestProbe *probe)
{
  put_new (table, g_intern_string (test_probe_get_name (probe)), probe);
}

/* A reading with its end in the log: "end" and what is freed of it. */
static void
end (WeakrefReading *reading)
{
  test_log ("end");
  weakref_table_end_reading (reading);
}

static void
test_reading_keeps_entries_that_leave (void)
{
  WeakrefTable *table = table_new ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  TestProbe *d = test_probe_new ("d");
  WeakrefReading *reading;
  WeakrefEntry *old;

  put_named (table, a);
  put_named (table, b);
  put_named (table, c);
  reading = weakref_table_read (table);
  g_assert_cmpuint (reading->n, ==, 3);

  drop (a);
  assert_log ("<a !a -a");
  weakref_entry_drop (take (table, "b"));
  assert_log ("<b -b");
  g_assert_true (put (table, entry_new (table, "c", d), &old));
  weakref_entry_drop (old);
  assert_log ("<c -c");
  end (reading);
  assert_log ("end ~a ~b ~c");

  /* Nothing has left. */
  reading = weakref_table_read (table);
  g_assert_cmpuint (reading->n, ==, 1);
  end (reading);
  assert_log ("end");

  /* It keeps the table, too. */
  reading = weakref_table_read (table);
  weakref_table_close (table);
  assert_log ("<c -c");
  end (reading);
  assert_log ("end ~c ~table");
  drop (b);
  drop (c);
  drop (d);
  assert_log ("");
}

static void
test_reading_has_only_what_is_in_the_table (void)
{
  WeakrefTable *table = table_new ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefEntry *made = entry_new (table, "a", a);
  WeakrefEntry *taken;
  WeakrefReading *reading;

  put_named (table, b);
  taken = take (table, "b");
  reading = weakref_table_read (table);
  g_assert_cmpuint (reading->n, ==, 0);

  weakref_entry_drop (taken);
  assert_log ("<b -b ~b");
  weakref_entry_drop (made);
  assert_log ("-a ~a");
  end (reading);
  assert_log ("end");
  weakref_table_close (table);
  assert_log ("~table");
  drop (a);
  drop (b);
}

static void
test_reading_gives_memory_back (void)
{
  WeakrefTable *table = table_new ();
  TestProbe *probes[100];
  WeakrefReading *reading;
  guint seen = 0;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (probes); i++)
    {
      char name[4];

      g_snprintf (name, sizeof name, "%u", i);
      probes[i] = test_probe_new (name);
      put_new (table, g_intern_string (name), probes[i]);
    }
  g_assert_cmpuint (table->map.mask, ==, 127);

  for (i = 2; i < G_N_ELEMENTS (probes); i++)
    drop (probes[i]);
  g_assert_cmpuint (table->map.mask, ==, 127);
  g_free (test_log_steal ());

  reading = weakref_table_read (table);
  g_assert_cmpuint (table->map.mask, ==, 7);
  g_assert_cmpuint (reading->n, ==, 2);
  for (i = 0; i < reading->n; i++)
    seen |= 1u << (((Entry *) weakref_table_get_read (reading, i))->name[0] - '0');
  g_assert_cmpuint (seen, ==, 3);
  end (reading);
  drop (probes[0]);
  drop (probes[1]);
  assert_log ("end <0 !0 -0 ~0 <1 !1 -1 ~1");
  weakref_table_close (table);
  assert_log ("~table");
}

static void
test_entries_wait_for_readings_that_have_them (void)
{
  WeakrefTable *table = table_new ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  TestProbe *d = test_probe_new ("d");
  WeakrefReading *first;
  WeakrefReading *second;
  WeakrefReading *third;

  put_named (table, a);
  put_named (table, b);
  put_named (table, c);
  put_named (table, d);

  /* The one that begins first ends first, and so on: there is always one. */
  first = weakref_table_read (table);
  drop (a);
  assert_log ("<a !a -a");
  second = weakref_table_read (table);
  g_assert_cmpuint (second->n, ==, 3);
  drop (b);
  assert_log ("<b !b -b");
  end (first);
  assert_log ("end ~a");
  third = weakref_table_read (table);
  end (second);
  assert_log ("end ~b");
  end (third);
  assert_log ("end");

  /* One inside the other. */
  first = weakref_table_read (table);
  second = weakref_table_read (table);
  drop (c);
  assert_log ("<c !c -c");
  end (second);
  assert_log ("end");
  end (first);
  assert_log ("end ~c");

  /* The one in the middle ends first. */
  first = weakref_table_read (table);
  second = weakref_table_read (table);
  third = weakref_table_read (table);
  drop (d);
  assert_log ("<d !d -d");
  end (second);
  end (third);
  assert_log ("end end");
  end (first);
  assert_log ("end ~d");

  weakref_table_close (table);
  assert_log ("~table");
}

static void
test_entries_do_not_wait_for_readings_that_do_not_have_them (void)
{
  WeakrefTable *table = table_new ();
  WeakrefReading *first = weakref_table_read (table);
  WeakrefReading *second;
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  TestProbe *c = test_probe_new ("c");
  TestProbe *d = test_probe_new ("d");

  put_named (table, a);
  drop (a);
  assert_log ("<a !a -a ~a");

  /* The second one has it. */
  put_named (table, b);
  second = weakref_table_read (table);
  drop (b);
  assert_log ("<b !b -b");
  end (second);
  assert_log ("end ~b");

  /* The first one learns from the second one what it does not have. */
  second = weakref_table_read (table);
  put_named (table, c);
  end (second);
  assert_log ("end");
  second = weakref_table_read (table);
  put_named (table, d);
  end (second);
  assert_log ("end");
  drop (c);
  assert_log ("<c !c -c ~c");
  drop (d);
  assert_log ("<d !d -d ~d");

  end (first);
  weakref_table_close (table);
  assert_log ("end ~table");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/table");

  test_case (entry_leaves_with_its_object);
  test_case (taken_entry_is_the_takers);
  test_case_as ("object-dies-before-drop/taken", object_dies_before_its_taken_entry_is_dropped);
  test_case_as ("object-dies-before-drop/replaced",
                object_dies_before_its_replaced_entry_is_dropped);
  test_case_as ("object-dies-before-put", object_dies_before_its_entry_is_put);
  test_case_as ("closed-takes-nothing", closed_table_takes_nothing);
  test_case_as ("reading/keeps-what-leaves", reading_keeps_entries_that_leave);
  test_case_as ("reading/has-what-is-in-the-table", reading_has_only_what_is_in_the_table);
  test_case_as ("reading/gives-memory-back", reading_gives_memory_back);
  test_case_as ("reading/entries-wait-if-it-has-them", entries_wait_for_readings_that_have_them);
  test_case_as ("reading/entries-do-not-wait-if-it-has-not",
                entries_do_not_wait_for_readings_that_do_not_have_them);

  return g_test_run ();
}
