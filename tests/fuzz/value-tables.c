/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "model.h"

/* Sets @value to one of the many values that are equal to the key. */
static void
key_init (GValue *value, guint key)
{
  static const GType numbers[] = { G_TYPE_INT,  G_TYPE_UINT64, G_TYPE_DOUBLE,
                                   G_TYPE_CHAR, G_TYPE_FLOAT,  G_TYPE_LONG };
  GValue number = G_VALUE_INIT;
  char name[] = { 'k', (char) ('a' + key), 0 };

  switch (key % 4)
    {
    case 0:
    case 1:
      g_value_init (&number, G_TYPE_INT);
      g_value_set_int (&number, (gint) key);
      g_value_init (value, numbers[next (G_N_ELEMENTS (numbers))]);
      g_assert_true (g_value_transform (&number, value));
      break;
    case 2:
      g_value_init (value, G_TYPE_STRING);
      g_value_set_string (value, name);
      break;
    default:
      g_value_init (value, G_TYPE_DOUBLE);
      g_value_set_double (value, key + 0.5);
    }
}

typedef struct
{
  guint t;
  guint key;
  gpointer table; /* (unowned): may have been replaced meanwhile */
  gboolean created;
} Creation;

static gpointer
create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Creation *creation = user_data;
  guint t = creation->t;
  guint k = creation->key;
  Entry *entry = &world.entries[t][k];
  gboolean replaced;
  Target *target;

  creation->created = TRUE;
  run_nested ();
  if (next (8) == 1 && creation->table == world.tables[t])
    ensure (t, k, key);
  replaced = creation->table != world.tables[t];
  if (!replaced)
    world.creating[t][k] = FALSE;
  if (next (4) == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "");
      return NULL;
    }

  target = target_new ();
  if (!replaced && !is_alive (entry->target, entry->life))
    *entry = (Entry) { target, target->life, FALSE };
  /* Otherwise another object was inserted in the meantime. */
  if (!replaced)
    entry_use (t, entry);

  return target->object;
}

void
ensure (guint t, guint k, const char *key)
{
  Entry *entry = &world.entries[t][k];
  gboolean there = is_alive (entry->target, entry->life);
  gboolean recursion = !there && world.creating[t][k];
  Creation creation = { t, k, world.tables[t], FALSE };
  GError *error = NULL;
  gpointer object;

  if (there)
    entry_use (t, entry);
  if (!there && !recursion)
    world.creating[t][k] = TRUE;

  if (t == STRING_TABLE)
    object = weakref_value_table_ensure (creation.table, key, create_cb, &creation, &error);
  else
    object = weakref_value_table_ensure (WEAKREF_VALUE_TABLE (creation.table), key, create_cb,
                                         &creation, &error);

  g_assert_true (creation.created == (!there && !recursion));
  if (!recursion)
    count_found (t, creation.table, there);
  if (recursion)
    g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION);
  else if (there)
    assert_pointer (object, entry->target->object);
  else if (object == NULL)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  else if (creation.table == world.tables[t])
    assert_pointer (object, expect (entry->target, entry->life));

  g_clear_error (&error);
  g_clear_object (&object);
}

static void
counts_changed_cb (void)
{
  run_nested ();
}

void
table_new (guint t)
{
  gpointer old = world.tables[t];

  memset (world.entries[t], 0, sizeof world.entries[t]);
  memset (world.creating[t], 0, sizeof world.creating[t]);
  if (t < ROOMY_CACHE)
    {
      world.tables[t] = weakref_value_table_new (t == STRING_TABLE ? G_TYPE_STRING : G_TYPE_VALUE);
    }
  else
    {
      world.tables[t] = weakref_cache_new (G_TYPE_STRING, t == ROOMY_CACHE ? 1000 : 2);
      world.hits[t] = world.misses[t] = 0;
      weakref_cache_set_memory_monitor (world.tables[t], NULL);
      g_signal_connect (world.tables[t], "notify::n-idle", G_CALLBACK (counts_changed_cb), NULL);
    }
  g_clear_object (&old);
}

void
check_value_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  g_assert_true (((FuzzObject *) object)->target->object == object);
  run_nested ();
}

/* Whether the table has entries of @target; forgets them if @forget. */
static gboolean
has_entries_of (guint t, const Target *target, gboolean forget)
{
  gboolean any = FALSE;
  guint k;

  for (k = 0; k < N_KEYS; k++)
    {
      Entry *entry = &world.entries[t][k];

      if (entry->target != target || !is_alive (target, entry->life))
        continue;
      any = TRUE;
      if (forget)
        entry->target = NULL;
    }

  return any;
}

/* What depends on what is there. @key is as the table has it. */
static void
op_move (guint t, guint k, gconstpointer key)
{
  Target *target = hold ();
  WeakrefValueTable *table = world.tables[t];
  Entry *entry = &world.entries[t][k];
  gpointer expected = expect (entry->target, entry->life);
  gboolean any;

  if (target == NULL)
    return;

  /* An object whose end is not noticed, or not over, is still found by itself. */
  if (target->vague || target->disposing > 0 || is_ended (target))
    {
      g_object_unref (target->object);
      return;
    }

  g_object_ref (table);
  any = has_entries_of (t, target, FALSE);
  switch (next (5))
    {
    case 0:
      g_assert_true (weakref_value_table_rekey (table, target->object, key) == any);
      if (has_entries_of (t, target, TRUE))
        *entry = (Entry) { target, take_interest (target), FALSE };
      break;
    case 1:
      has_entries_of (t, target, TRUE);
      g_assert_true (weakref_value_table_remove_object (table, target->object) == any);
      break;
    case 2:
      g_assert_true (weakref_value_table_replace (table, key, target->object, target->object) ==
                     (expected == target->object));
      break;
    case 3:
      *entry = (Entry) { target, take_interest (target), FALSE };
      g_assert_true (weakref_value_table_replace (table, key, expected, target->object));
      break;
    default:
      g_assert_true (weakref_value_table_lookup_key (table, target->object, NULL) == any);
      entry->target = NULL;
      assert_returns_and_adopt (weakref_value_table_steal (table, key), expected);
    }
  g_object_unref (table);
  g_object_unref (target->object);
}

void
op_value_table (void)
{
  guint t = next (2);
  guint k = next (N_KEYS);
  guint what = next (11);
  Entry *entry = &world.entries[t][k];
  WeakrefValueTable *table = world.tables[t];
  gboolean there = is_alive (entry->target, entry->life);
  char name[] = { 'k', (char) ('a' + k), 0 };
  GValue value = G_VALUE_INIT;
  GError *error = NULL;
  GPtrArray *array;
  Target *target;
  gboolean result;
  guint n = 0;
  guint i;

  key_init (&value, k);
  switch (what)
    {
    case 0:
    case 1:
      target = hold ();
      if (target == NULL)
        break;
      table = world.tables[t];
      there = is_alive (entry->target, entry->life);
      result = t == 0 ? weakref_value_table_insert (table, name, target->object)
                      : weakref_value_table_insert (table, &value, target->object);
      g_assert_true (result == !there);
      *entry = (Entry) { target, take_interest (target), FALSE };
      g_object_unref (target->object);
      break;
    case 2:
      if (t == 0)
        result = weakref_value_table_remove (table, name);
      else
        result = weakref_value_table_remove_value (table, &value, NULL);
      g_assert_true (result == there);
      entry->target = NULL;
      break;
    case 3:
      if (t == 0)
        ensure (t, k, name);
      else if (!G_VALUE_HOLDS_STRING (&value))
        {
          /* The key is of another type than the keys of the table. */
          g_assert_null (
            weakref_value_table_lookup_value (world.tables[STRING_TABLE], &value, &error));
          g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);
          g_clear_error (&error);
        }
      break;
    case 4:
      g_object_ref (table);
      switch (next (8))
        {
        case 0:
          weakref_value_table_remove_all (table);
          memset (world.entries[t], 0, sizeof world.entries[t]);
          break;
        case 1:
          table_new (t);
          break;
        default:
          weakref_value_table_foreach (table, check_value_cb, NULL);
        }
      g_object_unref (table);
      break;
    case 5:
      array = weakref_value_table_dup_values (table);
      for (i = 0; i < N_KEYS; i++)
        n += is_alive (world.entries[t][i].target, world.entries[t][i].life);
      g_assert_cmpuint (array->len, ==, n);
      g_ptr_array_unref (array);
      break;
    case 6:
      array =
        t == 0 ? weakref_value_table_dup_keys (table) : weakref_value_table_dup_keys_value (table);
      for (i = 0; i < N_KEYS; i++)
        n += is_alive (world.entries[t][i].target, world.entries[t][i].life);
      g_assert_cmpuint (array->len, ==, n);
      g_assert_cmpuint (weakref_value_table_get_size (table), >=, n);
      g_ptr_array_unref (array);
      break;
    case 7:
    case 8:
      op_move (t, k, t == 0 ? (gconstpointer) name : &value);
      break;
    default:
      if (t == 0)
        assert_returns (weakref_value_table_lookup (table, name),
                        expect (entry->target, entry->life));
      else
        assert_returns (weakref_value_table_lookup_value (table, &value, NULL),
                        expect (entry->target, entry->life));
    }
  g_value_unset (&value);
}
