/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#define N_OWN 6

/* The first holds records, of which each is freed once; the second says of each object which life
 * of it the entry was made for; in the third, each worker has objects of its own. */
static WeakrefKeyTable *record_table;
static WeakrefKeyTable *life_table;
static WeakrefKeyTable *model_table;

static void
value_free_cb (gpointer record)
{
  stress_record_destroy (record);
  stress_anything ();
}

static void
key_table_begin (void)
{
  record_table = weakref_key_table_new (value_free_cb);
  life_table = weakref_key_table_new_for_values ();
  model_table = weakref_key_table_new (NULL);
}

static StressRecord *
value_new (void)
{
  StressRecord *record = stress_record_new (FALSE);

  /* Only the table's reference is needed. */
  stress_record_unref (record);

  return record;
}

static void
check_record_cb (gpointer key, gpointer value, gpointer user_data)
{
  stress_object_check (key);
  stress_anything ();
}

static void
record_step (void)
{
  StressObject *key = stress_dup_object ();
  StressRecord *record;
  GPtrArray *keys;
  guint i;

  switch (stress_random (8))
    {
    case 0:
    case 1:
    case 2:
      stress_count ("key-table: insert");
      weakref_key_table_insert (record_table, key, value_new ());
      break;
    case 3:
      stress_count ("key-table: remove");
      weakref_key_table_remove (record_table, key);
      break;
    case 4:
      stress_count ("key-table: steal");
      record = weakref_key_table_steal (record_table, key);
      if (record != NULL)
        {
          g_assert_false (g_atomic_int_get (&record->destroyed));
          value_free_cb (record);
        }
      break;
    case 5:
      switch (stress_random (8))
        {
        case 0:
          stress_count ("key-table: remove_all");
          weakref_key_table_remove_all (record_table);
          break;
        case 1:
          stress_count ("key-table: foreach");
          weakref_key_table_foreach (record_table, check_record_cb, NULL);
          break;
        case 2:
          stress_count ("key-table: dup_keys");
          keys = weakref_key_table_dup_keys (record_table);
          for (i = 0; i < keys->len; i++)
            stress_object_check (g_ptr_array_index (keys, i));
          g_ptr_array_unref (keys);
          break;
        default:
          weakref_key_table_get_size (record_table);
        }
      break;
    default:
      stress_count ("key-table: contains");
      weakref_key_table_contains (record_table, key);
    }

  g_object_unref (key);
}

static void
check_life_cb (gpointer key, const GValue *value, gpointer user_data)
{
  guint64 life = g_value_get_uint64 (value);

  stress_object_check (key);
  g_assert_cmpuint (life >> 8, ==, stress_object_get_id (key));
  /* A lookup does not ask whether the object was dead in between. */
  if (stress_object_dies_noticed (key))
    g_assert_cmpuint (life, ==, stress_object_get_life (key));
}

static void
life_step (void)
{
  StressObject *key = stress_dup_object ();
  GValue value = G_VALUE_INIT;

  switch (stress_random (4))
    {
    case 0:
      stress_count ("key-table: insert_value");
      g_value_init (&value, G_TYPE_UINT64);
      g_value_set_uint64 (&value, stress_object_get_life (key));
      weakref_key_table_insert_value (life_table, key, &value);
      break;
    case 1:
      stress_count ("key-table: steal_value");
      if (weakref_key_table_steal_value (life_table, key, &value))
        check_life_cb (key, &value, NULL);
      break;
    case 2:
      stress_count ("key-table: foreach_value");
      weakref_key_table_foreach_value (life_table, check_life_cb, NULL);
      break;
    default:
      stress_count ("key-table: lookup_value");
      if (weakref_key_table_lookup_value (life_table, key, &value))
        check_life_cb (key, &value, NULL);
    }

  if (G_IS_VALUE (&value))
    g_value_unset (&value);
  g_object_unref (key);
}

static void
key_table_step (void)
{
  if (stress_random (2))
    record_step ();
  else
    life_step ();
}

static void
key_table_settled (void)
{
  g_assert_cmpuint (weakref_key_table_get_size (model_table), ==, 0);
}

static void
key_table_end (void)
{
  g_assert_cmpuint (weakref_key_table_get_size (record_table), ==, 0);
  g_assert_cmpuint (weakref_key_table_get_size (life_table), ==, 0);
  g_object_unref (record_table);
  g_object_unref (life_table);
  g_object_unref (model_table);
}

/* Keys that nobody else has. */

typedef struct
{
  StressObject *keys[N_OWN]; /* (owned) */
  gpointer values[N_OWN];    /* NULL: no entry */
  guint last_value;
} Model;

static gpointer
key_table_worker_new (guint index)
{
  Model *model = g_new0 (Model, 1);
  guint i;

  for (i = 0; i < N_OWN; i++)
    model->keys[i] = stress_object_new ();

  return model;
}

static void
key_table_worker_step (gpointer data)
{
  Model *model = data;
  guint i = stress_random (N_OWN);
  gboolean there = model->values[i] != NULL;
  gpointer value;

  stress_count ("key-table: model");
  switch (stress_random (6))
    {
    case 0:
    case 1:
      value = GUINT_TO_POINTER (++model->last_value);
      g_assert_true (weakref_key_table_insert (model_table, model->keys[i], value) == !there);
      model->values[i] = value;
      break;
    case 2:
      g_assert_true (weakref_key_table_remove (model_table, model->keys[i]) == there);
      model->values[i] = NULL;
      break;
    case 3:
      g_assert_true (weakref_key_table_steal (model_table, model->keys[i]) == model->values[i]);
      model->values[i] = NULL;
      break;
    case 4:
      /* Likely at the same address. */
      g_object_unref (model->keys[i]);
      model->keys[i] = stress_object_new ();
      model->values[i] = NULL;
      break;
    default:
      g_object_run_dispose (G_OBJECT (model->keys[i]));
      model->values[i] = NULL;
    }

  value = NULL;
  there = weakref_key_table_lookup_extended (model_table, model->keys[i], &value);
  g_assert_true (there == (model->values[i] != NULL));
  g_assert_true (value == model->values[i]);
  g_assert_true (weakref_key_table_lookup (model_table, model->keys[i]) == value);
}

static void
key_table_worker_free (gpointer data)
{
  Model *model = data;
  guint i;

  for (i = 0; i < N_OWN; i++)
    g_object_unref (model->keys[i]);
  g_free (model);
}

const StressClass stress_key_table = { "key-table",           key_table_begin,
                                       key_table_step,        key_table_settled,
                                       key_table_end,         key_table_worker_new,
                                       key_table_worker_step, key_table_worker_free };
