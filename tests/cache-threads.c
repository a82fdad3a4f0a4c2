/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Caches: several threads at once. */

#include "cache-common.h"

#define N_THREADS 4
#define N_KEYS 16

typedef struct
{
  WeakrefCache *cache;
  gint n_asked;   /* (atomic) */
  gint n_created; /* (atomic) */
  gint n_found;   /* (atomic) */
  gint n_done;    /* (atomic): threads */
} Storm;

static gpointer
storm_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Storm *storm = user_data;

  g_atomic_int_inc (&storm->n_created);

  return test_probe_new (NULL);
}

static gpointer
storm_thread (gpointer data)
{
  Storm *storm = data;
  GRand *rand = g_rand_new ();
  TestProbe *held[3] = { NULL };
  guint n;

  for (n = 0; n < test_scale (50000, 1000); n++)
    {
      gconstpointer key = GINT_TO_POINTER (g_rand_int_range (rand, 0, N_KEYS));
      TestProbe **slot = &held[n % G_N_ELEMENTS (held)];
      int what = g_rand_int_range (rand, 0, 200);

      if (*slot != NULL)
        g_assert_false (test_probe_was_disposed (*slot));
      g_clear_object (slot);

      if (what == 0)
        weakref_value_table_remove (WEAKREF_VALUE_TABLE (storm->cache), key);
      else if (what == 1)
        weakref_cache_trim (storm->cache, 2);
      else if (what < 100)
        {
          g_atomic_int_inc (&storm->n_asked);
          *slot = weakref_value_table_lookup (WEAKREF_VALUE_TABLE (storm->cache), key);
          if (*slot != NULL)
            g_atomic_int_inc (&storm->n_found);
        }
      else
        {
          g_atomic_int_inc (&storm->n_asked);
          *slot = weakref_value_table_ensure (WEAKREF_VALUE_TABLE (storm->cache), key,
                                              storm_create_cb, storm, NULL);
          g_assert_nonnull (*slot);
        }
      if (*slot != NULL)
        g_assert_false (test_probe_was_disposed (*slot));
    }

  for (n = 0; n < G_N_ELEMENTS (held); n++)
    g_clear_object (&held[n]);
  g_rand_free (rand);

  return NULL;
}

static void
test_storm (void)
{
  Storm storm = { .cache = weakref_cache_new (G_TYPE_INT, N_KEYS / 2) };
  guint64 hits;
  guint64 misses;
  guint size;

  test_log_set_probes (FALSE);
  weakref_cache_set_memory_monitor (storm.cache, NULL);
  test_threads (N_THREADS, storm_thread, &storm);

  hits = weakref_cache_get_hits (storm.cache);
  misses = weakref_cache_get_misses (storm.cache);
  size = weakref_value_table_get_size (WEAKREF_VALUE_TABLE (storm.cache));
  g_test_message ("%d asked: %" G_GUINT64_FORMAT " hits, %" G_GUINT64_FORMAT " evictions, %u left",
                  storm.n_asked, hits, weakref_cache_get_evictions (storm.cache), size);
  g_assert_cmpuint (hits + misses, ==, storm.n_asked);
  g_assert_cmpuint (misses, >=, storm.n_created);
  g_assert_cmpuint (hits, >=, storm.n_found);

  /* All entries are idle, and no other object is alive. */
  assert_counts (storm.cache, size, 0);
  g_assert_cmpuint (size, <=, N_KEYS / 2);
  g_assert_cmpuint (test_probe_count_alive (), ==, size);
  weakref_cache_trim (storm.cache, 0);
  assert_counts (storm.cache, 0, 0);
  g_assert_finalize_object (storm.cache);
}

/* Without removals and trims, each death is an eviction: idle ones are all that die. */
static gpointer
exact_thread (gpointer data)
{
  Storm *storm = data;
  GRand *rand = g_rand_new ();
  guint n;

  for (n = 0; n < test_scale (50000, 1000); n++)
    {
      int key = g_rand_int_range (rand, 0, N_KEYS);

      g_object_unref (weakref_value_table_ensure (
        WEAKREF_VALUE_TABLE (storm->cache), GINT_TO_POINTER (key), storm_create_cb, storm, NULL));
    }
  g_rand_free (rand);

  return NULL;
}

static void
test_exact_counts (void)
{
  Storm storm = { .cache = weakref_cache_new (G_TYPE_INT, N_KEYS / 2) };
  guint n = test_scale (50000, 1000);

  test_log_set_probes (FALSE);
  test_threads (N_THREADS, exact_thread, &storm);
  g_assert_cmpuint (weakref_cache_get_misses (storm.cache), ==, storm.n_created);
  g_assert_cmpuint (weakref_cache_get_hits (storm.cache), ==, N_THREADS * n - storm.n_created);
  g_assert_cmpuint (weakref_cache_get_evictions (storm.cache), >=, storm.n_created - N_KEYS / 2);
  assert_counts (storm.cache, N_KEYS / 2, 0);
  g_assert_cmpuint (test_probe_count_alive (), ==, N_KEYS / 2);
  g_object_unref (storm.cache);
}

/* Gives the other threads time to do something. */
static void
rest (GRand *rand, guint max)
{
  volatile guint n = g_rand_int_range (rand, 0, max);

  while (n > 0)
    n--;
}

/* Takes so long that all threads have come. */
static gpointer
slow_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Storm *storm = user_data;

  while (g_atomic_int_get (&storm->n_asked) < N_THREADS)
    g_thread_yield ();

  return storm_create_cb (key, user_data, error);
}

static gpointer
flight_thread (gpointer data)
{
  Storm *storm = data;
  gpointer object;

  g_atomic_int_inc (&storm->n_asked);
  object = weakref_value_table_ensure (WEAKREF_VALUE_TABLE (storm->cache), NULL, slow_create_cb,
                                       storm, NULL);
  g_assert_nonnull (object);
  g_object_unref (object);

  return NULL;
}

static void
test_creates_once (void)
{
  Storm storm = { .cache = weakref_cache_new (G_TYPE_INT, 1) };

  test_log_set_probes (FALSE);
  test_threads (N_THREADS, flight_thread, &storm);
  g_assert_cmpint (storm.n_created, ==, 1);
  g_assert_cmpuint (weakref_cache_get_misses (storm.cache), ==, 1);
  g_assert_cmpuint (weakref_cache_get_hits (storm.cache), ==, N_THREADS - 1);
  assert_counts (storm.cache, 1, 0);
  g_object_unref (storm.cache);
}

/* Children in the cache; their parents, and GLib's own weak references, come and go. */
static gpointer
family_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  TestProbe *parent = test_probe_new (NULL);
  TestProbe *child = storm_create_cb (key, user_data, error);

  g_object_unref (weakref_bond_new (parent, child, NULL));
  g_object_set_data (G_OBJECT (child), "parent", parent);
  g_object_unref (parent);

  return child;
}

static gpointer
family_thread (gpointer data)
{
  Storm *storm = data;
  GRand *rand = g_rand_new ();
  GWeakRef plain;
  guint n;

  g_weak_ref_init (&plain, NULL);
  for (n = 0; n < test_scale (20000, 500); n++)
    {
      int key = g_rand_int_range (rand, 0, N_KEYS);
      TestProbe *child = weakref_value_table_ensure (
        WEAKREF_VALUE_TABLE (storm->cache), GINT_TO_POINTER (key), family_create_cb, storm, NULL);
      TestProbe *parent = g_object_ref (g_object_get_data (G_OBJECT (child), "parent"));
      TestProbe *old = g_weak_ref_get (&plain);

      g_assert_false (test_probe_was_disposed (child));
      g_weak_ref_set (&plain, child);
      g_object_unref (child);
      g_assert_false (test_probe_was_disposed (parent));
      g_object_unref (parent);
      if (old != NULL)
        {
          g_assert_false (test_probe_was_disposed (old));
          g_object_unref (old);
        }
    }
  g_weak_ref_clear (&plain);
  g_rand_free (rand);

  return NULL;
}

static void
test_threads_keep_bonded (void)
{
  Storm storm = { .cache = weakref_cache_new (G_TYPE_INT, N_KEYS / 2) };

  test_log_set_probes (FALSE);
  weakref_cache_set_memory_monitor (storm.cache, NULL);
  test_threads (N_THREADS, family_thread, &storm);
  assert_counts (storm.cache, N_KEYS / 2, 0);
  g_assert_cmpuint (test_probe_count_alive (), ==, N_KEYS);
  g_object_unref (storm.cache);
}

/* Objects are tracked and released while other threads take and drop them. So a thread is often in
 * the middle of a notification when a toggle reference is removed. */
static gboolean
haste_is_over (Storm *storm)
{
  return g_atomic_int_get (&storm->n_done) == N_THREADS;
}

static gpointer
hasty_thread (gpointer data)
{
  Storm *storm = data;
  GRand *rand = g_rand_new ();
  guint n;

  for (n = 0; n < test_scale (50000, 500); n++)
    {
      TestProbe *probe = weakref_value_table_ensure (WEAKREF_VALUE_TABLE (storm->cache), NULL,
                                                     storm_create_cb, storm, NULL);

      rest (rand, 50);
      g_assert_false (test_probe_was_disposed (probe));
      g_object_unref (probe);
      if (g_rand_int_range (rand, 0, 100) == 0)
        g_thread_yield ();
    }
  g_rand_free (rand);
  g_atomic_int_inc (&storm->n_done);

  return NULL;
}

static gpointer
trim_thread (gpointer data)
{
  Storm *storm = data;

  while (!haste_is_over (storm))
    weakref_cache_trim (storm->cache, 0);

  return NULL;
}

static gpointer
remove_thread (gpointer data)
{
  Storm *storm = data;

  while (!haste_is_over (storm))
    weakref_value_table_remove (WEAKREF_VALUE_TABLE (storm->cache), NULL);

  return NULL;
}

static void
test_threads_trim_while_others_drop (void)
{
  Storm storm = { .cache = weakref_cache_new (G_TYPE_INT, 2) };
  GThread *trimmer;
  GThread *remover;

  test_log_set_probes (FALSE);
  weakref_cache_set_memory_monitor (storm.cache, NULL);
  trimmer = g_thread_new ("trim", trim_thread, &storm);
  remover = g_thread_new ("remove", remove_thread, &storm);
  test_threads (N_THREADS, hasty_thread, &storm);
  g_thread_join (trimmer);
  g_thread_join (remover);

  weakref_cache_trim (storm.cache, 0);
  assert_counts (storm.cache, 0, 0);
  g_assert_cmpuint (test_probe_count_alive (), ==, 0);
  g_assert_finalize_object (storm.cache);
}

static void
remove_in_toggle_cb (gpointer cache, GObject *object, gboolean is_last_ref)
{
  if (!is_last_ref)
    test_log (weakref_value_table_remove (WEAKREF_VALUE_TABLE (cache), "a") ? "removed"
                                                                            : "!removed");
}

/* The object is found, but leaves the cache before it is tracked, in the toggle notification of a
 * binding. */
static void
test_removed_while_it_is_looked_up (void)
{
  WeakrefCache *cache = cache_new (8);
  TestProbe *a = ensure (cache, "a");
  TestProbe *again;

  /* From here on it is not tracked, until it is looked up. */
  weakref_cache_set_max_idle (cache, 0);
  weakref_cache_set_max_idle (cache, 8);
  g_object_add_toggle_ref (G_OBJECT (a), remove_in_toggle_cb, cache);
  g_object_unref (a);
  again = weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), "a");
  assert_log ("removed");
  g_assert_true (again == a);
  assert_counts (cache, 0, 0);
  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 2);
  g_object_remove_toggle_ref (G_OBJECT (a), remove_in_toggle_cb, cache);
  g_object_unref (again);
  assert_log ("-a ~a");
  g_assert_finalize_object (cache);
}

/* A binding has a toggle reference on an object. The object enters and leaves a cache, while other
 * threads take and drop it. */
typedef struct
{
  WeakrefCache *cache;
  GWeakRef object;
  gint n_done; /* (atomic) */
} Bound;

static gboolean
bound_is_done (Bound *bound)
{
  return g_atomic_int_get (&bound->n_done) >= (gint) test_scale (300000, 500);
}

static gpointer
bound_use_thread (gpointer data)
{
  Bound *bound = data;

  while (!bound_is_done (bound))
    g_object_unref (g_weak_ref_get (&bound->object));

  return NULL;
}

static gpointer
bound_cache_thread (gpointer data)
{
  Bound *bound = data;

  while (!bound_is_done (bound))
    {
      GObject *object = g_weak_ref_get (&bound->object);

      weakref_value_table_insert (WEAKREF_VALUE_TABLE (bound->cache), NULL, object);
      g_object_unref (object);
      weakref_cache_trim (bound->cache, 0);
      g_atomic_int_inc (&bound->n_done);
    }

  return NULL;
}

static void
ignore_toggle_cb (gpointer data, GObject *object, gboolean is_last_ref)
{
}

static void
test_threads_with_toggle_of_a_binding (void)
{
  Bound bound = { .cache = weakref_cache_new (G_TYPE_INT, 2) };
  TestProbe *probe = test_probe_new ("a");
  GThread *users[2];
  guint i;

  weakref_cache_set_memory_monitor (bound.cache, NULL);
  g_weak_ref_init (&bound.object, probe);
  g_object_add_toggle_ref (G_OBJECT (probe), ignore_toggle_cb, NULL);
  g_object_unref (probe);
  for (i = 0; i < G_N_ELEMENTS (users); i++)
    users[i] = g_thread_new ("use", bound_use_thread, &bound);
  test_threads (2, bound_cache_thread, &bound);
  for (i = 0; i < G_N_ELEMENTS (users); i++)
    g_thread_join (users[i]);

  weakref_cache_trim (bound.cache, 0);
  g_assert_cmpuint (G_OBJECT (probe)->ref_count, ==, 1);
  assert_log ("");
  g_object_remove_toggle_ref (G_OBJECT (probe), ignore_toggle_cb, NULL);
  assert_log ("-a ~a");
  g_weak_ref_clear (&bound.object);
  g_assert_finalize_object (bound.cache);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/cache");

  test_case (removed_while_it_is_looked_up);
  test_case (storm);
  test_case (exact_counts);
  test_case (creates_once);
  test_case (threads_keep_bonded);
  test_case (threads_trim_while_others_drop);
  test_case (threads_with_toggle_of_a_binding);

  return g_test_run ();
}
