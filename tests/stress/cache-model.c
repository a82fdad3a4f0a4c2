/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#define N_OWN 8

/* A cache that only one worker has, in its own context, with objects that nobody else has: which
 * ones are idle, and in what order they became so, is certain. */

typedef struct
{
  StressObject *object; /* (unowned): there are @n_held references on it */
  guint n_held;
  gboolean is_entered;
  gboolean is_tracked;
  guint idle_since; /* a number; 0: in use, or not tracked */
} Slot;

typedef struct
{
  WeakrefCache *cache;
  Slot slots[N_OWN];
  guint n_ever_idle;
  guint hits;
  guint misses;
  guint evictions;
  guint max_idle;
  guint max_tracked;
} Model;

static gpointer
cache_worker_new (guint index)
{
  Model *model = g_new0 (Model, 1);

  model->max_idle = 3;
  model->max_tracked = G_MAXUINT;
  model->cache = weakref_cache_new (G_TYPE_UINT, model->max_idle);
  weakref_cache_set_memory_monitor (model->cache, NULL);
  weakref_cache_set_max_tracked (model->cache, model->max_tracked);

  return model;
}

static void
model_shrink (Model *model, guint n)
{
  while (TRUE)
    {
      Slot *oldest = NULL;
      guint n_idle = 0;
      guint i;

      for (i = 0; i < N_OWN; i++)
        {
          Slot *slot = &model->slots[i];

          if (slot->idle_since == 0)
            continue;
          n_idle++;
          if (oldest == NULL || slot->idle_since < oldest->idle_since)
            oldest = slot;
        }
      if (n_idle <= n)
        return;

      *oldest = (Slot) { NULL, 0, FALSE, FALSE, 0 };
      model->evictions++;
    }
}

static void
model_untrack (Model *model)
{
  guint i;

  for (i = 0; i < N_OWN; i++)
    {
      if (model->slots[i].idle_since == 0)
        model->slots[i].is_tracked = FALSE;
    }
}

static guint
model_count_tracked (Model *model, gboolean also_idle)
{
  guint n = 0;
  guint i;

  for (i = 0; i < N_OWN; i++)
    n += model->slots[i].is_tracked && (also_idle || model->slots[i].idle_since == 0);

  return n;
}

static gboolean
model_may_track (Model *model)
{
  return model->max_idle > 0 && model_count_tracked (model, TRUE) < model->max_tracked;
}

/* The cache gave the object, or was given it. */
static void
model_use (Model *model, Slot *slot)
{
  slot->n_held++;
  slot->idle_since = 0;
  slot->is_tracked = slot->is_tracked || model_may_track (model);
}

/* Has all values for a moment, which is no use. */
static void
model_look_at_all (Model *model)
{
  GPtrArray *values = weakref_value_table_dup_values (WEAKREF_VALUE_TABLE (model->cache));
  guint size = 0;
  guint i;

  for (i = 0; i < N_OWN; i++)
    size += model->slots[i].is_entered;
  g_assert_cmpuint (values->len, ==, size);
  g_assert_cmpuint (weakref_cache_get_n_idle (model->cache), ==, 0);
  g_ptr_array_unref (values);
}

static void
model_unref (Model *model, Slot *slot)
{
  g_object_unref (slot->object);
  if (--slot->n_held > 0)
    return;

  if (slot->is_tracked)
    {
      slot->idle_since = ++model->n_ever_idle;
      model_shrink (model, model->max_idle);
    }
  else
    *slot = (Slot) { NULL, 0, FALSE, FALSE, 0 };
}

static gpointer
model_create_cb (gconstpointer key, gpointer slot, GError **error)
{
  g_assert_false (((Slot *) slot)->is_entered);

  return stress_object_new ();
}

/* The object that is in the slot leaves the cache. */
static void
model_leave (Slot *slot)
{
  slot->is_entered = FALSE;
  slot->is_tracked = FALSE;
  slot->idle_since = 0;
  if (slot->n_held == 0)
    slot->object = NULL;
}

static void
model_check (Model *model)
{
  guint size = 0;
  guint n_idle = 0;
  guint i;

  for (i = 0; i < N_OWN; i++)
    {
      g_assert_true (
        weakref_value_table_contains (WEAKREF_VALUE_TABLE (model->cache), GUINT_TO_POINTER (i)) ==
        model->slots[i].is_entered);
      size += model->slots[i].is_entered;
      n_idle += model->slots[i].idle_since > 0;
    }
  g_assert_cmpuint (weakref_value_table_get_size (WEAKREF_VALUE_TABLE (model->cache)), ==, size);
  g_assert_cmpuint (weakref_cache_get_n_idle (model->cache), ==, n_idle);
  g_assert_cmpuint (weakref_cache_get_n_in_use (model->cache), ==, size - n_idle);
  g_assert_cmpuint (weakref_cache_get_hits (model->cache), ==, model->hits);
  g_assert_cmpuint (weakref_cache_get_misses (model->cache), ==, model->misses);
  g_assert_cmpuint (weakref_cache_get_evictions (model->cache), ==, model->evictions);
}

static void
cache_worker_step (gpointer data)
{
  Model *model = data;
  guint k = stress_random (N_OWN);
  gconstpointer key = GUINT_TO_POINTER (k);
  Slot *slot = &model->slots[k];
  StressObject *object;
  guint n;

  stress_count ("cache: model");
  switch (stress_random (20))
    {
    case 0:
    case 1:
    case 2:
      object = weakref_value_table_lookup (WEAKREF_VALUE_TABLE (model->cache), key);
      g_assert_true (object == (slot->is_entered ? slot->object : NULL));
      if (object != NULL)
        {
          model->hits++;
          model_use (model, slot);
        }
      else
        model->misses++;
      break;
    case 3:
    case 4:
    case 5:
      /* One object of a key at a time. */
      if (!slot->is_entered && slot->n_held > 0)
        break;
      object = weakref_value_table_ensure (WEAKREF_VALUE_TABLE (model->cache), key, model_create_cb,
                                           slot, NULL);
      g_assert_true (!slot->is_entered || object == slot->object);
      if (slot->is_entered)
        model->hits++;
      else
        model->misses++;
      slot->object = object;
      slot->is_entered = TRUE;
      model_use (model, slot);
      break;
    case 6:
      for (; slot->n_held > 1; slot->n_held--)
        g_object_unref (slot->object);
      if (slot->n_held == 1)
        {
          /* What it is replaced by, is inserted first. */
          object = slot->object;
          slot->n_held = 0;
        }
      else
        object = NULL;
      n = slot->is_entered;
      /* The new one comes before the old one leaves. */
      slot->is_tracked = model_may_track (model);
      slot->idle_since = 0;
      slot->n_held = 1;
      slot->object = stress_object_new ();
      g_assert_true (
        weakref_value_table_insert (WEAKREF_VALUE_TABLE (model->cache), key, slot->object) == !n);
      g_clear_object (&object);
      slot->is_entered = TRUE;
      break;
    case 7:
      g_assert_true (weakref_value_table_remove (WEAKREF_VALUE_TABLE (model->cache), key) ==
                     slot->is_entered);
      model_leave (slot);
      break;
    case 8:
      n = stress_random (4);
      weakref_cache_trim (model->cache, n);
      /* What is in use is kept later all the same. */
      model_shrink (model, n);
      break;
    case 9:
      n = stress_random (5);
      weakref_cache_set_max_idle (model->cache, n);
      model->max_idle = n;
      model_shrink (model, n);
      if (n == 0)
        model_untrack (model);
      break;
    case 16:
      /* Not so few that it matters which of those in use are the oldest. */
      n = stress_random (2) ? G_MAXUINT : stress_random (3);
      if (n > 0 && n < G_MAXUINT)
        n += model_count_tracked (model, FALSE);
      weakref_cache_set_max_tracked (model->cache, n);
      model->max_tracked = n;
      model_shrink (model, n - MIN (n, model_count_tracked (model, FALSE)));
      if (n == 0)
        model_untrack (model);
      break;
    case 17:
      model_look_at_all (model);
      break;
    case 10:
      if (slot->n_held > 0)
        {
          g_object_run_dispose (G_OBJECT (slot->object));
          model_leave (slot);
        }
      break;
    case 11:
      while (g_main_context_iteration (g_main_context_get_thread_default (), FALSE))
        ;
      break;
    default:
      if (slot->n_held > 0)
        model_unref (model, slot);
    }

  model_check (model);
}

static void
cache_worker_free (gpointer data)
{
  Model *model = data;
  guint i;

  for (i = 0; i < N_OWN; i++)
    {
      while (model->slots[i].n_held > 0)
        model_unref (model, &model->slots[i]);
    }
  model_check (model);
  g_assert_finalize_object (model->cache);
  g_free (model);
}

const StressClass stress_cache_model = { .name = "cache-model",
                                         .worker_new = cache_worker_new,
                                         .worker_step = cache_worker_step,
                                         .worker_free = cache_worker_free };
