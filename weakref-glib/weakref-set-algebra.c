/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-set-private.h>

/* The algebra of sets. Each operation is a reading of the members that there are at its start,
 * because other threads may change the sets meanwhile. */

/* Adds items of @from to the set. If @other is NULL, all are added. Otherwise, if @wanted is TRUE,
 * those are added that are in @other, too; if it is FALSE, those that are not. An item that is
 * disposed at this moment is not added, although we hold it. */
static void
set_add_items (WeakrefSet *self, WeakrefSet *from, WeakrefSet *other, gboolean wanted)
{
  WeakrefReading *reading = weakref_set_read (from);
  guint i;

  for (i = 0; i < reading->n; i++)
    {
      WeakrefEntry *entry = weakref_table_get_read (reading, i);
      gpointer item = weakref_block_dup_target (weakref_watch_get_block (&entry->watch));

      if (item == NULL)
        continue;

      if (other == NULL || weakref_set_contains (other, item) == wanted)
        weakref_set_put (self, item, weakref_watch_get_block (&entry->watch), G_MAXUINT);
      g_object_unref (item);
    }

  weakref_table_end_reading (reading);
}

/* If @wanted is TRUE, returns whether all items of @self are in @other; if it is FALSE, returns
 * whether none of them is. */
static gboolean
set_check_items (WeakrefSet *self, WeakrefSet *other, gboolean wanted)
{
  WeakrefReading *reading = weakref_set_read (self);
  gboolean result = TRUE;
  guint i;

  for (i = 0; i < reading->n && result; i++)
    {
      WeakrefEntry *entry = weakref_table_get_read (reading, i);
      gpointer item = weakref_block_dup_target (weakref_watch_get_block (&entry->watch));

      if (item == NULL)
        continue;

      result = weakref_set_contains (other, item) == wanted ||
               !weakref_block_is_current (weakref_watch_get_block (&entry->watch), item);
      g_object_unref (item);
    }

  weakref_table_end_reading (reading);

  return result;
}

/* Returns the type that the items of both sets have in common. */
static GType
set_common_type (WeakrefSet *self, WeakrefSet *other)
{
  GType type = g_list_model_get_item_type (G_LIST_MODEL (self));
  GType other_type = g_list_model_get_item_type (G_LIST_MODEL (other));

  if (g_type_is_a (other_type, type))
    return type;
  if (g_type_is_a (type, other_type))
    return other_type;

  return G_TYPE_OBJECT;
}

/**
 * weakref_set_union:
 * @self: a set
 * @other: another set
 *
 * Makes a set of the items that are in @self, then those that are in @other.
 *
 * Returns: (transfer full): a new set
 *
 * Since: 1.0
 */
WeakrefSet *
weakref_set_union (WeakrefSet *self, WeakrefSet *other)
{
  WeakrefSet *result;

  g_return_val_if_fail (WEAKREF_IS_SET (self), NULL);
  g_return_val_if_fail (WEAKREF_IS_SET (other), NULL);

  result = weakref_set_new (set_common_type (self, other));
  set_add_items (result, self, NULL, TRUE);
  set_add_items (result, other, NULL, TRUE);
  weakref_set_list_publish (weakref_set_get_list (result));

  return result;
}

/**
 * weakref_set_intersection:
 * @self: a set
 * @other: another set
 *
 * Makes a set of the items that are in both, in the order of @self.
 *
 * Returns: (transfer full): a new set
 *
 * Since: 1.0
 */
WeakrefSet *
weakref_set_intersection (WeakrefSet *self, WeakrefSet *other)
{
  WeakrefSet *result;

  g_return_val_if_fail (WEAKREF_IS_SET (self), NULL);
  g_return_val_if_fail (WEAKREF_IS_SET (other), NULL);

  result = weakref_set_new (g_list_model_get_item_type (G_LIST_MODEL (self)));
  set_add_items (result, self, other, TRUE);
  weakref_set_list_publish (weakref_set_get_list (result));

  return result;
}

/**
 * weakref_set_difference:
 * @self: a set
 * @other: another set
 *
 * Makes a set of the items that are in @self but not in @other.
 *
 * Returns: (transfer full): a new set
 *
 * Since: 1.0
 */
WeakrefSet *
weakref_set_difference (WeakrefSet *self, WeakrefSet *other)
{
  WeakrefSet *result;

  g_return_val_if_fail (WEAKREF_IS_SET (self), NULL);
  g_return_val_if_fail (WEAKREF_IS_SET (other), NULL);

  result = weakref_set_new (g_list_model_get_item_type (G_LIST_MODEL (self)));
  set_add_items (result, self, other, FALSE);
  weakref_set_list_publish (weakref_set_get_list (result));

  return result;
}

/**
 * weakref_set_symmetric_difference:
 * @self: a set
 * @other: another set
 *
 * Makes a set of the items that are in one of the two but not in both, those of @self first.
 *
 * Returns: (transfer full): a new set
 *
 * Since: 1.0
 */
WeakrefSet *
weakref_set_symmetric_difference (WeakrefSet *self, WeakrefSet *other)
{
  WeakrefSet *result;

  g_return_val_if_fail (WEAKREF_IS_SET (self), NULL);
  g_return_val_if_fail (WEAKREF_IS_SET (other), NULL);

  result = weakref_set_new (set_common_type (self, other));
  set_add_items (result, self, other, FALSE);
  set_add_items (result, other, self, FALSE);
  weakref_set_list_publish (weakref_set_get_list (result));

  return result;
}

/**
 * weakref_set_is_subset:
 * @self: a set
 * @other: another set
 *
 * Tells whether all items of @self are in @other.
 *
 * Returns: %TRUE if they are
 *
 * Since: 1.0
 */
gboolean
weakref_set_is_subset (WeakrefSet *self, WeakrefSet *other)
{
  g_return_val_if_fail (WEAKREF_IS_SET (self), FALSE);
  g_return_val_if_fail (WEAKREF_IS_SET (other), FALSE);

  return set_check_items (self, other, TRUE);
}

/**
 * weakref_set_is_superset:
 * @self: a set
 * @other: another set
 *
 * Tells whether all items of @other are in @self.
 *
 * Returns: %TRUE if they are
 *
 * Since: 1.0
 */
gboolean
weakref_set_is_superset (WeakrefSet *self, WeakrefSet *other)
{
  g_return_val_if_fail (WEAKREF_IS_SET (self), FALSE);
  g_return_val_if_fail (WEAKREF_IS_SET (other), FALSE);

  return set_check_items (other, self, TRUE);
}

/**
 * weakref_set_is_disjoint:
 * @self: a set
 * @other: another set
 *
 * Tells whether no item of @self is in @other.
 *
 * Returns: %TRUE if none is
 *
 * Since: 1.0
 */
gboolean
weakref_set_is_disjoint (WeakrefSet *self, WeakrefSet *other)
{
  g_return_val_if_fail (WEAKREF_IS_SET (self), FALSE);
  g_return_val_if_fail (WEAKREF_IS_SET (other), FALSE);

  return set_check_items (self, other, FALSE);
}

/**
 * weakref_set_equal:
 * @self: a set
 * @other: another set
 *
 * Tells whether both sets have the same items, in whatever order.
 *
 * Returns: %TRUE if they have
 *
 * Since: 1.0
 */
gboolean
weakref_set_equal (WeakrefSet *self, WeakrefSet *other)
{
  g_return_val_if_fail (WEAKREF_IS_SET (self), FALSE);
  g_return_val_if_fail (WEAKREF_IS_SET (other), FALSE);

  return set_check_items (self, other, TRUE) && set_check_items (other, self, TRUE);
}
