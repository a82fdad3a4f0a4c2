/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "model.h"

static void
bond_ended_cb (GObject *bond, GParamSpec *pspec, gpointer record)
{
  g_assert_false (weakref_bond_is_alive (WEAKREF_BOND (bond)));
  record_call (record);
}

static void
closure_destroy_cb (gpointer record, GClosure *closure)
{
  record_destroy_cb (record);
}

static gboolean
bond_is_alive (const Bond *bond)
{
  return bond->owned->bond == bond->record && is_bonded (bond->owned) && !is_ended (bond->owned);
}

void
bond_drop (Bond *slot)
{
  Bond old = *slot;

  *slot = (Bond) { NULL, NULL, NULL, NULL };
  if (old.bond != NULL)
    g_object_unref (old.bond);
}

static void
bond_make (Bond *slot)
{
  Target *owner = hold ();
  Target *owned = hold ();
  GError *error = NULL;
  Bond new = { NULL, owned, owner, NULL };

  if (owner == NULL || owned == NULL || owner->disposing > 0 || owned->disposing > 0 ||
      is_in_tight_cache (owner) || is_in_tight_cache (owned))
    goto out;

  new.bond = weakref_bond_new (owner->object, owned->object, &error);
  if (owner != owned && is_bonded (owned))
    {
      g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_OWNED);
    }
  else if (root_of (owner) == owned)
    {
      g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_CYCLE);
    }
  else if (owner == owned)
    {
      g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_CYCLE);
    }
  else
    {
      g_assert_no_error (error);
      new.record = record_new (owned, owned->life);
      new.record->must_settle = TRUE;
      g_signal_connect_data (new.bond, "notify::alive", G_CALLBACK (bond_ended_cb), new.record,
                             closure_destroy_cb, G_CONNECT_DEFAULT);
      owned->was_bonded = owner->was_bonded = TRUE;
      owned->bond = new.record;
      owned->bond_life = owned->life;
      owned->owner = owner;
      owned->owner_life = owner->life;

      bond_drop (slot);
      /* A callback may have filled the slot again in the meantime. */
      if (slot->bond == NULL)
        *slot = new;
      else
        bond_drop (&new);
    }
  g_clear_error (&error);

out:
  if (owner != NULL)
    g_object_unref (owner->object);
  if (owned != NULL)
    g_object_unref (owned->object);
}

void
op_bond (void)
{
  Bond *slot = &world.bonds[next (N_SLOTS)];
  guint what = next (6);
  Bond bond = *slot;
  gboolean is_alive_now;

  if (bond.bond == NULL || what <= 1)
    {
      bond_make (slot);
      return;
    }

  g_object_ref (bond.bond);
  is_alive_now = bond_is_alive (&bond);
  g_assert_true (weakref_bond_is_alive (bond.bond) == is_alive_now);
  switch (what)
    {
    case 2:
      bond_drop (slot);
      break;
    case 3:
      if (is_alive_now)
        bond.owned->bond = NULL;
      if (weakref_bond_break (bond.bond))
        g_assert_true (is_alive_now && bond.record->called == 1);
      else
        g_assert_false (is_alive_now);
      break;
    case 4:
      assert_returns_and_adopt (weakref_bond_dup_owner (bond.bond),
                                is_alive_now ? bond.owner->object : NULL);
      break;
    default:
      assert_returns_and_adopt (weakref_bond_dup_owned (bond.bond),
                                is_alive_now ? bond.owned->object : NULL);
    }
  g_object_unref (bond.bond);
}

void
bonds_check (void)
{
  guint i;

  for (i = 0; i < N_SLOTS; i++)
    {
      Bond *slot = &world.bonds[i];

      if (slot->bond == NULL)
        continue;
      g_assert_true (weakref_bond_is_alive (slot->bond) == bond_is_alive (slot));
      if (bond_is_alive (slot))
        g_assert_cmpuint (slot->record->called, ==, 0);
    }
}
