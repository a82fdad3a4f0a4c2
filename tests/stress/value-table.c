/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#define N_OWN 6

/* Each key of the second table is made by one thread at a time, and no object is ever inserted
 * there by other means. In the third, each worker has keys of its own. */
static WeakrefValueTable *any_table;
static WeakrefValueTable *ensured_table;
static WeakrefValueTable *model_table;

static char *
key_name (guint key)
{
  return g_strdup_printf ("a key %u", key);
}

static StressCreations creations;

static void
value_table_begin (void)
{
  any_table = weakref_value_table_new (G_TYPE_STRING);
  creations.table = ensured_table = weakref_value_table_new (G_TYPE_INT);
  model_table = weakref_value_table_new (G_TYPE_VALUE);
}

static void
ensure (guint key)
{
  gpointer object = stress_ensure (&creations, key);

  if (object == NULL)
    return;

  if (stress_random (2))
    g_thread_yield ();
  g_object_unref (object);
}

static void
check_entry_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  stress_object_check (object);
  stress_anything ();
}

static void
any_step (void)
{
  char *key = key_name (stress_random (STRESS_N_KEYS));
  GPtrArray *array;
  gpointer object;
  guint i;

  switch (stress_random (8))
    {
    case 0:
    case 1:
      stress_count ("value-table: insert");
      object = stress_dup_object ();
      weakref_value_table_insert (any_table, key, object);
      break;
    case 2:
      stress_count ("value-table: remove");
      weakref_value_table_remove (any_table, key);
      object = NULL;
      break;
    case 3:
      object = NULL;
      switch (stress_random (16))
        {
        case 0:
          stress_count ("value-table: remove_all");
          weakref_value_table_remove_all (any_table);
          break;
        case 1:
          stress_count ("value-table: foreach");
          weakref_value_table_foreach (any_table, check_entry_cb, NULL);
          break;
        case 2:
          stress_count ("value-table: dup_keys");
          g_ptr_array_unref (weakref_value_table_dup_keys (any_table));
          break;
        case 3:
          stress_count ("value-table: dup_values");
          array = weakref_value_table_dup_values (any_table);
          for (i = 0; i < array->len; i++)
            stress_object_check (g_ptr_array_index (array, i));
          g_ptr_array_unref (array);
          break;
        default:
          g_assert_cmpuint (weakref_value_table_get_size (any_table), <=, STRESS_N_KEYS);
        }
      break;
    default:
      stress_count ("value-table: lookup");
      object = weakref_value_table_lookup (any_table, key);
      if (object != NULL)
        stress_object_check (object);
    }

  g_clear_object (&object);
  g_free (key);
}

static void
value_table_step (void)
{
  if (stress_random (3))
    {
      any_step ();
    }
  else if (stress_random (8) == 0)
    {
      stress_count ("value-table: remove");
      weakref_value_table_remove (ensured_table, GUINT_TO_POINTER (stress_random (STRESS_N_KEYS)));
    }
  else
    {
      stress_count ("value-table: ensure");
      ensure (stress_random (STRESS_N_KEYS));
    }
}

static void
value_table_settled (void)
{
  GPtrArray *values = weakref_value_table_dup_values (any_table);
  guint i;

  for (i = 0; i < STRESS_N_KEYS; i++)
    g_assert_cmpint (creations.n_creating[i], ==, 0);

  /* An object that came back without having chained its dispose up has entries still. */
  g_assert_cmpuint (weakref_value_table_get_size (any_table), >=, values->len);
  g_ptr_array_unref (values);

  g_assert_cmpuint (weakref_value_table_get_size (ensured_table), ==, 0);
  g_assert_cmpuint (weakref_value_table_get_size (model_table), ==, 0);
}

static void
value_table_end (void)
{
  g_assert_cmpuint (weakref_value_table_get_size (any_table), ==, 0);
  g_object_unref (any_table);
  g_object_unref (ensured_table);
  g_object_unref (model_table);
}

/* The keys of one worker, with objects that nobody else has. */

typedef struct
{
  StressObject *objects[N_OWN]; /* (owned) (nullable): dropped where NULL */
  gboolean inserted[N_OWN];
  GValue keys[N_OWN];
} Model;

static gpointer
value_table_worker_new (guint index)
{
  Model *model = g_new0 (Model, 1);
  guint i;

  for (i = 0; i < N_OWN; i++)
    {
      if (i % 2)
        {
          g_value_init (&model->keys[i], G_TYPE_STRING);
          g_value_take_string (&model->keys[i], key_name (index * N_OWN + i));
        }
      else
        {
          g_value_init (&model->keys[i], G_TYPE_UINT64);
          g_value_set_uint64 (&model->keys[i], index * N_OWN + i);
        }
    }

  return model;
}

/* Changes that depend on what is there. */
static void
model_move (Model *model, guint i)
{
  guint j = stress_random (N_OWN);
  gboolean there = model->inserted[i] && model->objects[i] != NULL;
  gboolean other_there = model->inserted[j] && model->objects[j] != NULL;
  StressObject *object = model->objects[i];
  GValue key = G_VALUE_INIT;

  if (object == NULL)
    return;

  stress_count ("value-table: move");
  g_assert_true (weakref_value_table_lookup_key_value (model_table, object, &key) == there);
  g_assert_true (!there || G_VALUE_TYPE (&key) == G_VALUE_TYPE (&model->keys[i]));
  g_value_unset (&key);
  switch (stress_random (4))
    {
    case 0:
      g_assert_true (weakref_value_table_rekey (model_table, object, &model->keys[j]) == there);
      if (!there || i == j)
        break;
      g_clear_object (&model->objects[j]);
      model->objects[j] = g_steal_pointer (&model->objects[i]);
      model->inserted[j] = TRUE;
      model->inserted[i] = FALSE;
      break;
    case 1:
      object = weakref_value_table_steal (model_table, &model->keys[i]);
      g_assert_true (object == (there ? model->objects[i] : NULL));
      g_clear_object (&object);
      model->inserted[i] = FALSE;
      break;
    case 2:
      g_assert_true (weakref_value_table_remove_object (model_table, object) == there);
      model->inserted[i] = FALSE;
      break;
    default:
      /* From one key to the other, if the one expected is there. */
      if (i == j)
        break;
      g_assert_true (weakref_value_table_replace (model_table, &model->keys[j], object, object) ==
                     FALSE);
      g_assert_true (
        weakref_value_table_replace (model_table, &model->keys[i], there ? object : NULL, NULL));
      model->inserted[i] = FALSE;
      g_assert_true (weakref_value_table_replace (model_table, &model->keys[j],
                                                  other_there ? model->objects[j] : NULL, object));
      g_clear_object (&model->objects[j]);
      model->objects[j] = g_steal_pointer (&model->objects[i]);
      model->inserted[j] = TRUE;
    }
}

static void
value_table_worker_step (gpointer data)
{
  Model *model = data;
  guint i = stress_random (N_OWN);
  gboolean there = model->inserted[i] && model->objects[i] != NULL;
  StressObject *object;

  stress_count ("value-table: model");
  switch (stress_random (8))
    {
    case 0:
      object = stress_object_new ();
      g_assert_true (weakref_value_table_insert (model_table, &model->keys[i], object) == !there);
      g_clear_object (&model->objects[i]);
      model->objects[i] = object;
      model->inserted[i] = TRUE;
      break;
    case 1:
      g_assert_true (weakref_value_table_remove (model_table, &model->keys[i]) == there);
      model->inserted[i] = FALSE;
      break;
    case 2:
      g_clear_object (&model->objects[i]);
      break;
    case 3:
      if (there)
        g_object_run_dispose (G_OBJECT (model->objects[i]));
      model->inserted[i] = FALSE;
      break;
    case 4:
    case 5:
    case 6:
      model_move (model, i);
      break;
    default:
      break;
    }

  there = model->inserted[i] && model->objects[i] != NULL;
  g_assert_true (weakref_value_table_contains (model_table, &model->keys[i]) == there);
  object = weakref_value_table_lookup (model_table, &model->keys[i]);
  g_assert_true (object == (there ? model->objects[i] : NULL));
  g_clear_object (&object);
}

static void
value_table_worker_free (gpointer data)
{
  Model *model = data;
  guint i;

  for (i = 0; i < N_OWN; i++)
    {
      g_clear_object (&model->objects[i]);
      g_value_unset (&model->keys[i]);
    }
  g_free (model);
}

const StressClass stress_value_table = { "value-table",           value_table_begin,
                                         value_table_step,        value_table_settled,
                                         value_table_end,         value_table_worker_new,
                                         value_table_worker_step, value_table_worker_free };
