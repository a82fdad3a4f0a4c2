/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#define MAX_IDLE 8

/* The first has shared objects, and everything is done to it. The second has objects that nobody
 * else has: when all is quiet, all of them are idle. */
static WeakrefCache *any_cache;
static WeakrefCache *ensured_cache;
static gint n_any_asked; /* (atomic) */

/* A memory monitor of our own */

#define STRESS_TYPE_MONITOR (stress_monitor_get_type ())
G_DECLARE_FINAL_TYPE (StressMonitor, stress_monitor, STRESS, MONITOR, GObject)

struct _StressMonitor
{
  GObject parent_instance;
};

static void
stress_monitor_initable_init (GInitableIface *iface)
{
}

static void
stress_monitor_iface_init (GMemoryMonitorInterface *iface)
{
}

G_DEFINE_TYPE_WITH_CODE (StressMonitor,
                         stress_monitor,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, stress_monitor_initable_init)
                           G_IMPLEMENT_INTERFACE (G_TYPE_MEMORY_MONITOR, stress_monitor_iface_init))

static void
stress_monitor_class_init (StressMonitorClass *klass)
{
}

static void
stress_monitor_init (StressMonitor *self)
{
}

static GMemoryMonitor *monitor;

static StressCreations creations;

static void
counts_changed_cb (WeakrefCache *cache, GParamSpec *pspec, gpointer user_data)
{
  stress_count ("cache: notify");
  g_assert_true (g_main_context_is_owner (stress_get_view ()));
  stress_anything ();
}

static void
cache_begin (void)
{
  monitor = g_object_new (STRESS_TYPE_MONITOR, NULL);

  any_cache = weakref_cache_new (G_TYPE_STRING, MAX_IDLE);
  weakref_cache_set_memory_monitor (any_cache, monitor);
  g_signal_connect (any_cache, "notify::n-idle", G_CALLBACK (counts_changed_cb), NULL);
  n_any_asked = 0;

  ensured_cache = weakref_cache_new (G_TYPE_INT, MAX_IDLE);
  weakref_cache_set_memory_monitor (ensured_cache, NULL);
  creations.table = WEAKREF_VALUE_TABLE (ensured_cache);
  creations.n_asked = 0;
  creations.n_created = 0;
}

static gpointer
create_cb (gconstpointer key, gpointer created, GError **error)
{
  *(gboolean *) created = TRUE;
  stress_anything ();
  if (stress_random (8) == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "by chance");
      return NULL;
    }

  return stress_dup_object ();
}

static void
check_entry_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  stress_object_check (object);
  stress_anything ();
}

/* Sets and gets, and looks at all. */
static void
any_rare_step (void)
{
  GMemoryMonitor *got;
  GPtrArray *array;
  guint i;

  switch (stress_random (10))
    {
    case 0:
      stress_count ("cache: remove_all");
      weakref_value_table_remove_all (WEAKREF_VALUE_TABLE (any_cache));
      break;
    case 1:
      stress_count ("cache: trim");
      weakref_cache_trim (any_cache, stress_random (MAX_IDLE));
      break;
    case 2:
      stress_count ("cache: set_max_idle");
      weakref_cache_set_max_idle (any_cache, stress_random (MAX_IDLE + 1));
      break;
    case 3:
      stress_count ("cache: set_max_tracked");
      weakref_cache_set_max_tracked (any_cache, stress_random (2 * STRESS_N_KEYS));
      break;
    case 4:
      weakref_cache_set_max_idle_seconds (any_cache, stress_random (2));
      break;
    case 5:
      stress_count ("cache: set_memory_monitor");
      weakref_cache_set_memory_monitor (any_cache, stress_random (2) ? monitor : NULL);
      got = weakref_cache_dup_memory_monitor (any_cache);
      g_assert_true (got == NULL || got == monitor);
      g_clear_object (&got);
      break;
    case 6:
      stress_count ("cache: low memory");
      g_signal_emit_by_name (monitor, "low-memory-warning", G_MEMORY_MONITOR_WARNING_LEVEL_LOW);
      break;
    case 7:
      stress_count ("cache: foreach");
      weakref_value_table_foreach (WEAKREF_VALUE_TABLE (any_cache), check_entry_cb, NULL);
      break;
    case 8:
      stress_count ("cache: dup_keys");
      array = weakref_value_table_dup_keys (WEAKREF_VALUE_TABLE (any_cache));
      g_assert_cmpuint (array->len, <=, STRESS_N_KEYS);
      g_ptr_array_unref (array);
      break;
    default:
      stress_count ("cache: dup_values");
      array = weakref_value_table_dup_values (WEAKREF_VALUE_TABLE (any_cache));
      for (i = 0; i < array->len; i++)
        stress_object_check (g_ptr_array_index (array, i));
      g_ptr_array_unref (array);
    }

  g_assert_cmpuint (weakref_cache_get_n_idle (any_cache), <=, MAX_IDLE);
  g_assert_cmpuint (weakref_cache_get_n_in_use (any_cache), <=, STRESS_N_KEYS);
}

static void
any_step (void)
{
  char *key = g_strdup_printf ("key %u", stress_random (STRESS_N_KEYS));
  gpointer object = NULL;
  gboolean created = FALSE;
  GError *error = NULL;

  switch (stress_random (8))
    {
    case 0:
      stress_count ("cache: insert");
      object = stress_dup_object ();
      weakref_value_table_insert (WEAKREF_VALUE_TABLE (any_cache), key, object);
      break;
    case 1:
      if (stress_random (2))
        {
          any_rare_step ();
          break;
        }
      stress_count ("cache: remove");
      weakref_value_table_remove (WEAKREF_VALUE_TABLE (any_cache), key);
      break;
    case 2:
      stress_count ("cache: contains");
      weakref_value_table_contains (WEAKREF_VALUE_TABLE (any_cache), key);
      break;
    case 3:
    case 4:
      stress_count ("cache: ensure");
      object = weakref_value_table_ensure (WEAKREF_VALUE_TABLE (any_cache), key, create_cb,
                                           &created, &error);
      if (object != NULL || created)
        g_atomic_int_inc (&n_any_asked);
      if (object != NULL)
        g_assert_no_error (error);
      else if (g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_WOULD_BLOCK))
        stress_count_race ("cache: a creation needs a context that would be blocked");
      else if (!g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION))
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      g_clear_error (&error);
      break;
    default:
      stress_count ("cache: lookup");
      object = weakref_value_table_lookup (WEAKREF_VALUE_TABLE (any_cache), key);
      g_atomic_int_inc (&n_any_asked);
    }

  if (object != NULL)
    {
      stress_object_check (object);
      /* Also into the cache alone, and into its next owner. */
      if (stress_random (8) == 0)
        stress_share_object (object);
      g_object_unref (object);
    }
  g_free (key);
}

static void
ensured_step (void)
{
  guint key = stress_random (STRESS_N_KEYS);
  gpointer object = NULL;

  switch (stress_random (16))
    {
    case 0:
      stress_count ("cache: remove");
      weakref_value_table_remove (WEAKREF_VALUE_TABLE (ensured_cache), GUINT_TO_POINTER (key));
      break;
    case 1:
      stress_count ("cache: trim");
      weakref_cache_trim (ensured_cache, stress_random (MAX_IDLE));
      break;
    case 2:
    case 3:
    case 4:
    case 5:
      stress_count ("cache: lookup");
      object =
        weakref_value_table_lookup (WEAKREF_VALUE_TABLE (ensured_cache), GUINT_TO_POINTER (key));
      g_atomic_int_inc (&creations.n_asked);
      if (object != NULL)
        stress_ensured_check (object, key);
      break;
    default:
      stress_count ("cache: ensure");
      object = stress_ensure (&creations, key);
    }

  if (object != NULL)
    {
      if (stress_random (2))
        g_thread_yield ();
      stress_ensured_check (object, key);
      g_object_unref (object);
    }
}

static void
cache_step (void)
{
  if (stress_random (2))
    any_step ();
  else
    ensured_step ();
}

static void
assert_sums (WeakrefCache *cache, gint n_asked)
{
  g_assert_cmpuint (weakref_cache_get_hits (cache) + weakref_cache_get_misses (cache), ==, n_asked);
  g_assert_cmpuint (weakref_cache_get_n_idle (cache), <=, weakref_cache_get_max_idle (cache));
  g_assert_cmpuint (weakref_cache_get_n_idle (cache) + weakref_cache_get_n_in_use (cache), ==,
                    weakref_value_table_get_size (WEAKREF_VALUE_TABLE (cache)));
}

static void
cache_settled (void)
{
  guint size = weakref_value_table_get_size (WEAKREF_VALUE_TABLE (ensured_cache));
  GPtrArray *values = weakref_value_table_dup_values (WEAKREF_VALUE_TABLE (ensured_cache));
  guint i;

  for (i = 0; i < STRESS_N_KEYS; i++)
    g_assert_cmpint (creations.n_creating[i], ==, 0);

  g_assert_cmpuint (values->len, ==, size);
  g_assert_cmpuint (weakref_cache_get_n_in_use (ensured_cache), ==, size);
  g_ptr_array_unref (values);
  g_assert_cmpuint (weakref_cache_get_n_in_use (ensured_cache), ==, 0);
  assert_sums (ensured_cache, creations.n_asked);
  g_assert_cmpuint (weakref_cache_get_misses (ensured_cache), >=, creations.n_created);
  g_assert_cmpuint (weakref_cache_get_evictions (ensured_cache), <=, creations.n_created);

  assert_sums (any_cache, n_any_asked);

  /* Nobody has what is in the one; what is in the other is kept no longer than it is in use. */
  weakref_cache_trim (ensured_cache, 0);
  g_assert_cmpuint (weakref_value_table_get_size (WEAKREF_VALUE_TABLE (ensured_cache)), ==, 0);
  weakref_cache_set_max_idle (any_cache, 0);
  g_assert_cmpuint (weakref_cache_get_n_idle (any_cache), ==, 0);
}

static void
cache_end (void)
{
  g_assert_cmpuint (weakref_value_table_get_size (WEAKREF_VALUE_TABLE (any_cache)), ==, 0);
  g_assert_cmpuint (weakref_cache_get_n_idle (any_cache), ==, 0);
  g_assert_cmpuint (weakref_value_table_get_size (WEAKREF_VALUE_TABLE (ensured_cache)), ==, 0);
  g_assert_finalize_object (any_cache);
  g_assert_finalize_object (ensured_cache);
  g_assert_finalize_object (monitor);
}

const StressClass stress_cache = {
  .name = "cache",
  .begin = cache_begin,
  .step = cache_step,
  .settled = cache_settled,
  .end = cache_end,
};
