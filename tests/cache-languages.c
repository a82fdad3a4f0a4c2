/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Caches: objects on which a language has a toggle reference, as for a wrapper that must not be
 * lost. It looks the same to the cache whether the language still uses the object or not. */

#include "cache-common.h"

static void
toggle_cb (gpointer data, GObject *object, gboolean is_last_ref)
{
  test_log ("%s%s", is_last_ref ? "weak:" : "strong:", test_probe_get_name (TEST_PROBE (object)));
}

/* Wraps the object: the language has its only reference, the toggle reference. */
static TestProbe *
wrap (TestProbe *probe)
{
  g_object_add_toggle_ref (G_OBJECT (probe), toggle_cb, NULL);
  g_object_unref (probe);

  return probe;
}

/* The garbage collector has found that nobody has the wrapper. */
static void
collect (TestProbe *probe)
{
  g_object_remove_toggle_ref (G_OBJECT (probe), toggle_cb, NULL);
}

/* An object that is wrapped before the cache has it. */
static TestProbe *
enter_wrapped (WeakrefCache *cache, const char *name)
{
  TestProbe *probe = test_probe_new (name);

  g_object_add_toggle_ref (G_OBJECT (probe), toggle_cb, NULL);
  g_assert_true (weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), name, probe));
  g_object_unref (probe);

  return probe;
}

static gboolean
iterate_cb (gpointer data)
{
  return G_SOURCE_REMOVE;
}

static void
iterate (void)
{
  g_idle_add (iterate_cb, NULL);
  test_iterate ();
}

static void
test_wrapped_before_are_kept_by_recency (void)
{
  WeakrefCache *cache = cache_new (2);
  TestProbe *a = enter_wrapped (cache, "a");
  TestProbe *b = enter_wrapped (cache, "b");
  TestProbe *c;
  TestProbe *d;

  assert_log ("");
  use (cache, "a");
  c = enter_wrapped (cache, "c");
  assert_log ("weak:b");
  d = enter_wrapped (cache, "d");
  assert_log ("weak:a");

  /* As documented: they look in use, and idle ones only are evicted. */
  assert_counts (cache, 0, 4);
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 0);

  collect (b);
  assert_log ("-b ~b");
  collect (a);
  assert_log ("-a ~a");
  assert_counts (cache, 0, 2);
  weakref_cache_trim (cache, 0);
  assert_log ("weak:c weak:d");
  collect (c);
  collect (d);
  assert_log ("-c ~c -d ~d");
  assert_drop (cache, "");
}

/* As JavaScript's connect() or a Python attribute do it. */
static void
test_wrapped_afterwards_are_kept_by_recency (void)
{
  WeakrefCache *cache = cache_new (1);
  TestProbe *probes[6];
  const char *names[] = { "a", "b", "c", "d", "e", "f" };
  guint i;

  for (i = 0; i < 6; i++)
    probes[i] = wrap (ensure (cache, names[i]));
  iterate ();
  assert_log ("weak:a weak:b weak:c weak:d weak:e");
  assert_counts (cache, 0, 6);

  for (i = 0; i < 5; i++)
    collect (probes[i]);
  assert_log ("-a ~a -b ~b -c ~c -d ~d -e ~e");
  assert_counts (cache, 0, 1);
  assert_drop (cache, "weak:f");
  collect (probes[5]);
  assert_log ("-f ~f");
}

static void
test_in_use_survives_and_is_found_again (void)
{
  WeakrefCache *cache = cache_new (1);
  TestProbe *a = enter_wrapped (cache, "a");
  TestProbe *b;
  TestProbe *again;

  /* The language uses it. */
  g_object_ref (a);
  b = enter_wrapped (cache, "b");
  assert_log ("");

  again = weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), "a");
  g_assert_true (again == a);
  g_object_unref (again);
  assert_log ("weak:b");
  g_object_unref (a);
  /* It is tracked again. */
  assert_log ("");
  g_assert_cmpuint (weakref_cache_get_hits (cache), ==, 1);

  collect (b);
  assert_log ("-b ~b");
  assert_counts (cache, 0, 1);
  assert_drop (cache, "weak:a");
  collect (a);
  assert_log ("-a ~a");
}

/* When the language has let it go, it is as any other. */
static void
test_idle_when_unwrapped (void)
{
  WeakrefCache *cache = cache_new (1);
  TestProbe *a = wrap (ensure (cache, "a"));

  iterate ();
  assert_counts (cache, 0, 1);
  collect (a);
  use (cache, "a");
  assert_counts (cache, 1, 0);
  use (cache, "b");
  assert_log ("-a ~a");
  g_assert_cmpuint (weakref_cache_get_evictions (cache), ==, 1);
  assert_drop (cache, "-b ~b");
}

static void
test_trim_tells_them_apart (void)
{
  WeakrefCache *cache = cache_new (8);
  TestProbe *a = ensure (cache, "a");
  TestProbe *b = wrap (ensure (cache, "b"));
  TestProbe *c = enter_wrapped (cache, "c");

  use (cache, "d");
  weakref_cache_trim (cache, 0);
  assert_log ("weak:c -d ~d weak:b");
  collect (b);
  collect (c);
  assert_log ("-b ~b -c ~c");

  /* What is in use becomes idle later. */
  g_object_unref (a);
  assert_counts (cache, 1, 0);
  assert_log ("");
  assert_drop (cache, "-a ~a");
}

/* As many as are in use, and max-idle, at most. */
static void
test_bounded_among_many_in_use (void)
{
  WeakrefCache *cache = cache_new (4);
  GPtrArray *in_use = g_ptr_array_new_with_free_func (g_object_unref);
  GPtrArray *wrapped = g_ptr_array_new ();
  guint n_strong = 0;
  char name[8];
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < 20; i++)
    {
      g_snprintf (name, sizeof name, "u%u", i);
      g_ptr_array_add (in_use, ensure (cache, name));
    }
  for (i = 0; i < 200; i++)
    {
      TestProbe *probe;

      g_snprintf (name, sizeof name, "w%u", i);
      probe = ensure (cache, name);
      g_object_add_toggle_ref (G_OBJECT (probe), toggle_cb, NULL);
      g_object_unref (probe);
      g_ptr_array_add (wrapped, probe);
    }
  g_free (test_log_steal ());

  for (i = 0; i < wrapped->len; i++)
    n_strong += G_OBJECT (g_ptr_array_index (wrapped, i))->ref_count > 1;
  g_assert_cmpuint (n_strong, <=, 20 + 4 + 1);
  assert_counts (cache, 0, 220);

  for (i = 0; i < wrapped->len; i++)
    collect (g_ptr_array_index (wrapped, i));
  g_ptr_array_unref (wrapped);
  g_ptr_array_unref (in_use);
  weakref_cache_trim (cache, 0);
  assert_counts (cache, 0, 0);
  g_free (test_log_steal ());
  g_object_unref (cache);
}

static void
test_with_a_bond (void)
{
  WeakrefCache *cache = cache_new (1);
  TestProbe *p = test_probe_new ("p");
  TestProbe *c = test_probe_new ("c");
  WeakrefBond *bond = weakref_bond_new (p, c, NULL);

  weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), "p", p);
  g_object_unref (c);
  g_object_unref (p);
  assert_counts (cache, 1, 0);
  weakref_cache_trim (cache, 0);
  assert_log ("-p ~p -c ~c");
  g_object_unref (bond);
  g_object_unref (cache);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/cache/languages");

  test_case (wrapped_before_are_kept_by_recency);
  test_case (wrapped_afterwards_are_kept_by_recency);
  test_case (in_use_survives_and_is_found_again);
  test_case (idle_when_unwrapped);
  test_case (trim_tells_them_apart);
  test_case (bounded_among_many_in_use);
  test_case (with_a_bond);

  return g_test_run ();
}
