/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "model.h"

static void
ref_cb (WeakrefRef *ref, gpointer user_data)
{
  Record *record = user_data;

  g_assert_false (is_alive (record->target, record->life));
  g_assert_null (weakref_ref_get (ref));
  record_call (record);
}

void
ref_drop (Ref *slot)
{
  Ref old = *slot;

  *slot = (Ref) { NULL, NULL, 0, NULL, FALSE };
  if (old.record != NULL)
    old.record->dropped = TRUE;
  if (old.ref != NULL)
    g_object_unref (old.ref);
}

static void
ref_make (Ref *slot)
{
  Target *target = hold ();
  Ref new = { NULL, target, 0, NULL, FALSE };
  guint i;

  if (target == NULL)
    return;

  new.life = take_interest (target);
  if (next (2))
    {
      new.ref = weakref_ref_new (target->object);
      for (i = 0; i < N_SLOTS; i++)
        {
          if (world.refs[i].target == target &&
              world.refs[i].life == new.life &&world.refs[i].record == NULL)
            g_assert_true (world.refs[i].ref == new.ref);
        }
    }
  else
    {
      new.in_context = next (2);
      new.record = record_new (target, new.life);
      new.ref =
        weakref_ref_new_full (target->object, new.in_context ? g_main_context_default () : NULL,
                              ref_cb, new.record, record_destroy_cb);
    }

  ref_drop (slot);
  /* A callback may have filled the slot again in the meantime. */
  ref_drop (slot);
  if (slot->ref == NULL)
    *slot = new;
  else
    ref_drop (&new);
  g_object_unref (target->object);
}

void
op_ref (void)
{
  Ref *a = &world.refs[next (N_SLOTS)];
  Ref *b = &world.refs[next (N_SLOTS)];
  gboolean equal;

  switch (next (4))
    {
    case 0:
      ref_drop (a);
      break;
    case 1:
      ref_make (a);
      break;
    case 2:
      if (a->ref == NULL || b->ref == NULL)
        break;
      equal = a->target == b->target && a->life == b->life;
      g_assert_true (weakref_ref_equal (a->ref, b->ref) == equal);
      g_assert_true ((weakref_ref_get_id (a->ref) == weakref_ref_get_id (b->ref)) == equal);
      g_assert_true (!equal || weakref_ref_hash (a->ref) == weakref_ref_hash (b->ref));
      break;
    default:
      if (a->ref == NULL)
        break;
      g_assert_true (weakref_ref_is_alive (a->ref) == is_alive (a->target, a->life));
      assert_returns_and_adopt (weakref_ref_get (a->ref), expect (a->target, a->life));
    }
}

void
refs_check (void)
{
  guint i;
  guint j;

  for (i = 0; i < N_SLOTS; i++)
    {
      Ref *ref = &world.refs[i];
      Target *target = world.objects[i];
      GHashTable *distinct;

      if (ref->record != NULL && !ref->in_context && is_noticed (ref->target, ref->life))
        g_assert_cmpuint (ref->record->called + ref->record->destroyed, ==, 2);
      if (ref->record != NULL && is_alive (ref->target, ref->life))
        g_assert_cmpuint (ref->record->called + ref->record->destroyed, ==, 0);

      if (target == NULL)
        continue;
      distinct = g_hash_table_new (NULL, NULL);
      for (j = 0; j < N_SLOTS; j++)
        {
          if (world.refs[j].target == target && world.refs[j].life == target->life)
            g_hash_table_add (distinct, world.refs[j].ref);
        }
      g_assert_cmpuint (weakref_count_refs (target->object), ==, g_hash_table_size (distinct));
      g_hash_table_unref (distinct);
    }
}
