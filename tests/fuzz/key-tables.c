/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "model.h"

static void
key_tables_forget (void)
{
  guint i;

  for (i = 0; i < targets->len; i++)
    {
      Target *target = g_ptr_array_index (targets, i);

      target->value = NULL;
      target->number = 0;
    }
}

void
key_tables_new (void)
{
  WeakrefKeyTable *old = world.key_table;
  WeakrefKeyTable *old_numbers = world.number_table;

  key_tables_forget ();
  world.key_table = weakref_key_table_new (record_destroy_cb);
  world.number_table = weakref_key_table_new_for_values ();
  g_clear_object (&old);
  g_clear_object (&old_numbers);
}

static void
check_key_cb (gpointer key, gpointer value, gpointer user_data)
{
  g_assert_true (((Record *) value)->target->object == key);
  run_nested ();
}

void
op_key_table (void)
{
  Target *target = hold ();
  guint what = next (6);
  WeakrefKeyTable *table;
  Record *old;
  Record *new;
  gpointer got;

  if (target == NULL)
    return;

  table = g_object_ref (world.key_table);
  old = target->value != NULL && target->value_life == target->life ? target->value : NULL;
  switch (what)
    {
    case 0:
    case 1:
      new = record_new (target, take_interest (target));
      target->value = new;
      target->value_life = new->life;
      if (weakref_key_table_insert (table, target->object, new))
        g_assert_true (old == NULL || target->vague);
      else
        g_assert_true (old != NULL || target->vague);
      /* If this runs inside an iteration, the iteration holds it. */
      g_assert_true (old == NULL || target->vague || old->destroyed || depth > 0);
      break;
    case 2:
      target->value = NULL;
      if (weakref_key_table_remove (table, target->object))
        g_assert_true (target->vague || (old != NULL && (old->destroyed || depth > 0)));
      else
        g_assert_true (target->vague || old == NULL);
      break;
    case 3:
      target->value = NULL;
      got = weakref_key_table_steal (table, target->object);
      g_assert_true (target->vague || got == old);
      if (got != NULL)
        record_destroy_cb (got);
      break;
    case 4:
      switch (next (8))
        {
        case 0:
          key_tables_forget ();
          weakref_key_table_remove_all (world.number_table);
          weakref_key_table_remove_all (table);
          break;
        case 1:
          key_tables_new ();
          break;
        default:
          weakref_key_table_foreach (table, check_key_cb, NULL);
        }
      break;
    default:
      got = NULL;
      g_assert_true (target->vague || weakref_key_table_lookup_extended (table, target->object,
                                                                         &got) == (old != NULL));
      g_assert_true (target->vague || got == old);
    }

  g_object_unref (target->object);
  g_object_unref (table);
}

void
op_number_table (void)
{
  Target *target = hold ();
  GValue value = G_VALUE_INIT;
  guint64 old;
  gboolean got;

  if (target == NULL)
    return;

  old = target->number_life == target->life ? target->number : 0;
  switch (next (3))
    {
    case 0:
      g_value_init (&value, G_TYPE_UINT64);
      g_value_set_uint64 (&value, ++world.last_number);
      target->number = world.last_number;
      target->number_life = take_interest (target);
      got = weakref_key_table_insert_value (world.number_table, target->object, &value);
      g_assert_true (target->vague || got == (old == 0));
      break;
    case 1:
      target->number = 0;
      got = weakref_key_table_steal_value (world.number_table, target->object, &value);
      g_assert_true (target->vague || (got ? g_value_get_uint64 (&value) : 0) == old);
      break;
    default:
      got = weakref_key_table_lookup_value (world.number_table, target->object, &value);
      g_assert_true (target->vague || (got ? g_value_get_uint64 (&value) : 0) == old);
    }

  g_value_unset (&value);
  g_object_unref (target->object);
}

/* Asserts that the values of all dead keys were freed. */
void
key_tables_check (void)
{
  guint n = 0;
  gboolean vague = FALSE;
  guint i;

  for (i = 0; i < targets->len; i++)
    {
      Target *target = g_ptr_array_index (targets, i);

      vague |= target->vague || is_ended (target);
      if (target->value == NULL)
        continue;
      if (is_noticed (target, target->value_life))
        g_assert_cmpuint (target->value->destroyed, ==, 1);
      if (is_alive (target, target->value_life))
        {
          g_assert_cmpuint (target->value->destroyed, ==, 0);
          n++;
        }
    }
  g_assert_true (vague || weakref_key_table_get_size (world.key_table) == n);
}
