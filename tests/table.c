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
test_snapshot_keeps_entries (void)
{
  WeakrefTable *table = table_new ();
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  GPtrArray *snapshot;

  put_new (table, "a", a);
  put_new (table, "b", b);
  snapshot = weakref_table_snapshot (table);
  g_assert_cmpuint (snapshot->len, ==, 2);

  drop (a);
  assert_log ("<a !a -a");
  g_assert_cmpuint (snapshot->len, ==, 2);
  weakref_table_close (table);
  assert_log ("<b -b");
  drop (b);
  assert_log ("");
  g_ptr_array_set_size (snapshot, 1);
  g_free (test_log_steal ());
  g_ptr_array_unref (snapshot);
  g_free (test_log_steal ());
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
  test_case (snapshot_keeps_entries);

  return g_test_run ();
}
