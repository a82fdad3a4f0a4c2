/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "model.h"

gboolean
finalizer_is_over (const Record *record)
{
  return record->called + record->prevented > 0;
}

static void
finalizer_cb (gpointer user_data)
{
  record_call (user_data);
}

void
finalizer_drop (Finalizer *slot)
{
  WeakrefFinalizer *old = slot->finalizer;

  slot->finalizer = NULL;
  slot->record = NULL;
  if (old != NULL)
    g_object_unref (old);
}

static void
finalizer_make (Finalizer *slot)
{
  Target *target = hold ();
  Record *record;

  if (target == NULL)
    return;

  finalizer_drop (slot);
  slot->record = record = record_new (target, take_interest (target));
  record->must_settle = TRUE;
  slot->in_context = next (2);
  slot->phase = next (2) ? WEAKREF_PHASE_FINALIZE : WEAKREF_PHASE_DISPOSE;
  slot->finalizer =
    weakref_finalizer_new_full (target->object, slot->in_context ? g_main_context_default () : NULL,
                                slot->phase, finalizer_cb, record, record_destroy_cb);
  if (next (4) == 0)
    weakref_finalizer_set_at_exit (slot->finalizer, FALSE);
  g_object_unref (target->object);
}

void
op_finalizer (void)
{
  Finalizer *slot = &world.finalizers[next (N_SLOTS)];
  WeakrefFinalizer *finalizer = slot->finalizer;
  Record *record = slot->record;
  guint what = next (5);
  gpointer target;

  if (finalizer == NULL || what == 0)
    {
      finalizer_make (slot);
      return;
    }

  g_object_ref (finalizer);
  g_assert_true (weakref_finalizer_is_alive (finalizer) == !finalizer_is_over (record));
  switch (what)
    {
    case 1:
      finalizer_drop (slot);
      break;
    case 2:
      if (finalizer_is_over (record))
        g_assert_false (weakref_finalizer_run (finalizer));
      else
        g_assert_true (weakref_finalizer_run (finalizer));
      g_assert_cmpuint (record->called + record->prevented, ==, 1);
      break;
    case 3:
      if (finalizer_is_over (record))
        {
          g_assert_false (weakref_finalizer_detach (finalizer));
        }
      else
        {
          record->prevented++;
          g_assert_true (weakref_finalizer_detach (finalizer));
          g_assert_cmpuint (record->destroyed, ==, 1);
        }
      break;
    default:
      target = weakref_finalizer_peek (finalizer);
      /* The block of the other phase may have lost its target in a g_object_run_dispose(). */
      if (slot->phase == WEAKREF_PHASE_DISPOSE || target != NULL)
        {
          gpointer expected = slot->phase == WEAKREF_PHASE_FINALIZE
                                ? record->target->object
                                : expect (record->target, record->life);

          g_assert_true (target == (finalizer_is_over (record) ? NULL : expected));
        }
      g_clear_object (&target);
    }
  g_object_unref (finalizer);
}

void
finalizers_check (void)
{
  guint i;

  for (i = 0; i < N_SLOTS; i++)
    {
      Finalizer *slot = &world.finalizers[i];

      if (slot->finalizer == NULL)
        continue;

      g_assert_true (weakref_finalizer_is_alive (slot->finalizer) ==
                     !finalizer_is_over (slot->record));
      g_assert_cmpuint (slot->record->destroyed, ==, finalizer_is_over (slot->record));
      if (!slot->in_context && (slot->phase == WEAKREF_PHASE_FINALIZE
                                  ? slot->record->target->object == NULL
                                  : is_noticed (slot->record->target, slot->record->life)))
        g_assert_true (finalizer_is_over (slot->record));
    }
}

void
op_exit (void)
{
  guint i;

  weakref_finalizer_run_at_exit ();

  if (depth > 0)
    return;
  for (i = 0; i < N_SLOTS; i++)
    {
      if (world.finalizers[i].finalizer != NULL &&
          weakref_finalizer_get_at_exit (world.finalizers[i].finalizer))
        g_assert_true (finalizer_is_over (world.finalizers[i].record));
    }
}
