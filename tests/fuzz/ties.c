/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "model.h"

/* Ties, which end with the first of their objects, and waiting for a death. */

typedef struct
{
  WeakrefTie *tie; /* (owned) (nullable) */
  Record *record;
  Target *other; /* the record has the first one */
  guint other_life;
} Tie;

static Tie ties[N_SLOTS];
static GPtrArray *waits; /* (owned): of Record */

static void
tie_cb (WeakrefTie *tie, gpointer record)
{
  GPtrArray *survivors = weakref_tie_dup_survivors (tie);
  guint i;

  g_assert_cmpuint (survivors->len, <=, 2);
  for (i = 0; i < survivors->len; i++)
    g_assert_true (((FuzzObject *) survivors->pdata[i])->target->object == survivors->pdata[i]);
  g_ptr_array_unref (survivors);
  record_call (record);
}

static gboolean
record_is_over (const Record *record)
{
  return record->called + record->prevented > 0;
}

static void
tie_make (Tie *slot, Target *a, Target *b)
{
  gpointer objects[] = { a->object, b->object };
  Record *record = record_new (a, take_interest (a));

  record->must_settle = TRUE;
  g_clear_object (&slot->tie);
  *slot = (Tie) { NULL, record, b, take_interest (b) };
  slot->tie = weakref_tie_new (objects, 2, tie_cb, record, record_destroy_cb);
}

static void
died_cb (GObject *nothing, GAsyncResult *result, gpointer data)
{
  Record *record = data;

  g_assert_true (weakref_wait_finish (result, NULL));
  record_call (record);
  record_destroy_cb (record);
}

static void
wait_make (Target *target)
{
  Record *record = record_new (target, take_interest (target));

  record->must_settle = TRUE;
  g_ptr_array_add (waits, record);
  weakref_wait_async (target->object, NULL, died_cb, record);
}

void
ties_new (void)
{
  memset (ties, 0, sizeof ties);
  waits = g_ptr_array_new ();
}

void
op_tie (void)
{
  Tie *slot = &ties[next (N_SLOTS)];
  guint what = next (6);
  WeakrefTie *tie;
  Record *record;
  Target *a;
  Target *b;

  if (what < 3)
    {
      a = hold ();
      b = a != NULL ? hold () : NULL;
      if (b != NULL && what == 0)
        tie_make (slot, a, b);
      else if (b != NULL)
        wait_make (b);
      if (b != NULL)
        g_object_unref (b->object);
      if (a != NULL)
        g_object_unref (a->object);
      return;
    }

  if (slot->tie == NULL)
    return;

  tie = g_object_ref (slot->tie);
  record = slot->record;
  g_assert_true (weakref_tie_is_alive (tie) == !record_is_over (record));
  if (what == 3)
    {
      gboolean was_over = record_is_over (record);

      g_assert_true (weakref_tie_break (tie) == !was_over);
      g_assert_true (record_is_over (record));
    }
  else if (what == 4 && !record_is_over (record))
    {
      record->prevented++;
      g_assert_true (weakref_tie_detach (tie));
      g_assert_cmpuint (record->destroyed, ==, 1);
    }
  else
    g_clear_object (&slot->tie);
  g_object_unref (tie);
}

/* While no callback is running. */
void
ties_check (void)
{
  guint i;

  for (i = 0; i < N_SLOTS; i++)
    {
      const Tie *slot = &ties[i];

      if (slot->tie == NULL)
        continue;

      g_assert_true (weakref_tie_is_alive (slot->tie) == !record_is_over (slot->record));
      g_assert_cmpuint (slot->record->destroyed, ==, record_is_over (slot->record));
      if (is_noticed (slot->record->target, slot->record->life) ||
          is_noticed (slot->other, slot->other_life))
        g_assert_true (record_is_over (slot->record));
    }
}

/* The same, and the main loop has nothing to do. */
void
waits_check (void)
{
  guint i;

  for (i = 0; i < waits->len; i++)
    {
      const Record *record = g_ptr_array_index (waits, i);

      if (is_noticed (record->target, record->life))
        g_assert_cmpuint (record->called, ==, 1);
    }
}

void
ties_free (void)
{
  guint i;

  for (i = 0; i < N_SLOTS; i++)
    g_clear_object (&ties[i].tie);
  g_ptr_array_unref (waits);
}
