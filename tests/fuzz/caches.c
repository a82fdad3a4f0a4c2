/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "model.h"

gboolean
is_kept (const Target *target)
{
  guint i;

  for (i = 0; i < N_KEYS; i++)
    {
      const Entry *entry = &world.entries[ROOMY_CACHE][i];

      if (entry->target == target && entry->life == target->life && entry->is_kept)
        return TRUE;
    }

  return FALSE;
}

gboolean
is_in_tight_cache (const Target *target)
{
  guint i;

  for (i = 0; i < N_KEYS; i++)
    {
      const Entry *entry = &world.entries[TIGHT_CACHE][i];

      if (entry->target == target && entry->life == target->life)
        return TRUE;
    }

  return FALSE;
}

/* From now on, what the table gives or is given is kept, if it is a cache that keeps. */
void
entry_use (guint t, Entry *entry)
{
  entry->is_kept |= t == ROOMY_CACHE && weakref_cache_get_max_idle (world.tables[t]) > 0 &&
                    weakref_cache_get_max_tracked (world.tables[t]) > 0;
}

void
count_found (guint t, gpointer table, gboolean found)
{
  if (table != world.tables[t])
    return;

  if (found)
    world.hits[t]++;
  else
    world.misses[t]++;
}

void
caches_let_go (guint t)
{
  guint i;

  for (i = 0; i < N_KEYS; i++)
    world.entries[t][i].is_kept = FALSE;
}

/* What nobody has is not kept any longer. */
static void
caches_trim (guint t)
{
  guint i;

  for (i = 0; i < N_KEYS; i++)
    {
      Entry *entry = &world.entries[t][i];

      if (is_alive (entry->target, entry->life) && entry->target->object->ref_count == 1)
        entry->is_kept = FALSE;
    }
}

/* Who looks at all values changes nothing, but has them meanwhile. In the middle of a change there
 * may be idle objects that have left the cache. */
static void
look_at_all (guint t)
{
  WeakrefValueTable *cache = world.tables[t];
  guint n_idle = weakref_cache_get_n_idle (world.tables[t]);
  GPtrArray *values = weakref_value_table_dup_values (cache);
  guint n = 0;
  guint i;

  for (i = 0; i < N_KEYS; i++)
    n += is_alive (world.entries[t][i].target, world.entries[t][i].life);
  g_assert_cmpuint (values->len, ==, n);
  if (depth == 0)
    g_assert_cmpuint (weakref_cache_get_n_idle (world.tables[t]), ==, 0);
  g_ptr_array_unref (values);
  if (cache == world.tables[t] && depth == 0 && t == ROOMY_CACHE)
    g_assert_cmpuint (weakref_cache_get_n_idle (world.tables[t]), ==, n_idle);
}

void
op_cache (void)
{
  guint t = next (2) ? ROOMY_CACHE : TIGHT_CACHE;
  guint k = next (N_KEYS);
  guint what = next (11);
  Entry *entry = &world.entries[t][k];
  WeakrefCache *cache = world.tables[t];
  gboolean there = is_alive (entry->target, entry->life);
  char name[] = { 'k', (char) ('a' + k), 0 };
  gpointer expected;
  GPtrArray *array;
  Target *target;
  guint n = 0;
  guint i;

  switch (what)
    {
    case 0:
    case 1:
      target = hold ();
      if (target == NULL)
        break;
      /* In the middle of a g_object_run_dispose(), the cache would keep it, although no lookup
       * finds it. */
      if (target->disposing == 0 && (t == ROOMY_CACHE || !target->was_bonded))
        {
          cache = world.tables[t];
          there = is_alive (entry->target, entry->life);
          /* This comes before the call, because the replaced object may die in the call. */
          *entry = (Entry) { target, take_interest (target), FALSE };
          entry_use (t, entry);
          g_assert_true (weakref_value_table_insert (WEAKREF_VALUE_TABLE (cache), name,
                                                     target->object) == !there);
        }
      g_object_unref (target->object);
      break;
    case 2:
      entry->target = NULL;
      g_assert_true (weakref_value_table_remove (WEAKREF_VALUE_TABLE (cache), name) == there);
      break;
    case 3:
    case 4:
      ensure (t, k, name);
      break;
    case 5:
      switch (next (8))
        {
        case 0:
          /* It drops one object after the other. When one of them dies, it is not known which
           * others are still kept. */
          quiet += t == ROOMY_CACHE;
          memset (world.entries[t], 0, sizeof world.entries[t]);
          weakref_value_table_remove_all (WEAKREF_VALUE_TABLE (cache));
          quiet -= t == ROOMY_CACHE;
          break;
        case 1:
          /* The cache drops its objects when nobody has the cache, one after the other, too. */
          quiet += t == ROOMY_CACHE;
          if (depth == 0)
            table_new (t);
          quiet -= t == ROOMY_CACHE;
          break;
        case 2:
          n = t == ROOMY_CACHE ? 1000 * next (2) : next (4);
          if (n == 0)
            caches_let_go (t);
          weakref_cache_set_max_idle (cache, n);
          break;
        case 3:
          n = t == ROOMY_CACHE ? 1000 * next (2) : next (8);
          if (n == 0)
            caches_let_go (t);
          weakref_cache_set_max_tracked (cache, n);
          break;
        default:
          n = t == ROOMY_CACHE ? 0 : next (3);
          caches_trim (t);
          weakref_cache_trim (cache, n);
        }
      break;
    case 6:
      g_object_ref (cache);
      weakref_value_table_foreach (WEAKREF_VALUE_TABLE (cache), check_value_cb, NULL);
      g_object_unref (cache);
      break;
    case 7:
      look_at_all (t);
      break;
    case 8:
      array = weakref_value_table_dup_keys (WEAKREF_VALUE_TABLE (cache));
      for (i = 0; i < N_KEYS; i++)
        n += is_alive (world.entries[t][i].target, world.entries[t][i].life);
      g_assert_cmpuint (array->len, ==, n);
      g_assert_cmpuint (weakref_value_table_get_size (WEAKREF_VALUE_TABLE (cache)), >=, n);
      g_ptr_array_unref (array);
      g_assert_true (weakref_value_table_contains (WEAKREF_VALUE_TABLE (cache), name) == there);
      break;
    default:
      if (there)
        entry_use (t, entry);
      count_found (t, cache, there);
      expected = expect (entry->target, entry->life);
      assert_returns_and_adopt (weakref_value_table_lookup (WEAKREF_VALUE_TABLE (cache), name),
                                expected);
    }
}

/* With nothing nested. */
void
caches_check (void)
{
  guint t;
  guint i;

  for (t = ROOMY_CACHE; t <= TIGHT_CACHE; t++)
    {
      WeakrefCache *cache = world.tables[t];
      guint n_idle = weakref_cache_get_n_idle (cache);
      guint n_unused = 0;
      guint n_kept = 0;

      for (i = 0; i < N_KEYS; i++)
        {
          const Entry *entry = &world.entries[t][i];

          if (is_alive (entry->target, entry->life) && entry->target->object->ref_count == 1)
            {
              n_unused++;
              n_kept += entry->is_kept;
            }
        }

      g_assert_cmpuint (n_idle, <=, weakref_cache_get_max_idle (cache));
      g_assert_cmpuint (n_idle, <=, weakref_cache_get_max_tracked (cache));
      if (t == ROOMY_CACHE)
        g_assert_cmpuint (n_idle, ==, n_kept);
      else
        g_assert_cmpuint (n_idle, <=, n_unused);
      g_assert_cmpuint (weakref_cache_get_hits (cache), ==, world.hits[t]);
      g_assert_cmpuint (weakref_cache_get_misses (cache), ==, world.misses[t]);
    }
}
