/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

static StressPool pool = { .clear = stress_box_clear };

static void
dead_cb (WeakrefRef *ref, gpointer user_data)
{
  stress_count ("ref: callback");
  stress_record_call (user_data);
  g_assert_false (weakref_ref_is_alive (ref));
  g_assert_null (weakref_ref_get (ref));
  stress_anything ();
}

static void
make (void)
{
  StressObject *target = stress_dup_object ();
  StressBox *box = stress_box_new (NULL, NULL);

  box->life = stress_object_get_life (target);
  if (stress_random (2))
    {
      stress_count ("ref: new");
      box->thing = weakref_ref_new (target);
    }
  else
    {
      stress_count ("ref: new_full");
      box->record = stress_record_new (FALSE);
      box->thing = weakref_ref_new_full (target, stress_get_context (), dead_cb, box->record,
                                         stress_record_destroy);
    }
  box->id = weakref_ref_get_id (box->thing);
  g_assert_cmpuint (box->id, !=, 0);

  stress_pool_put (&pool, box);
  g_object_unref (target);
}

static void
use (StressBox *box)
{
  gboolean was_alive = weakref_ref_is_alive (box->thing);
  gpointer target;

  stress_count ("ref: get");
  if (stress_random (4) == 0)
    g_thread_yield ();
  if (stress_random (8) == 0)
    g_object_get (box->thing, "target", &target, NULL);
  else
    target = weakref_ref_get (box->thing);

  g_assert_cmpuint (weakref_ref_get_id (box->thing), ==, box->id);
  if (target == NULL)
    {
      if (was_alive)
        stress_count_race ("target died between is_alive() and get()");
      return;
    }

  /* Dead is dead: no ref gives what has died since it was made, even if it came back. */
  g_assert_true (was_alive);
  stress_object_check (target);
  g_assert_cmpuint (stress_object_get_life (target), ==, box->life);

  g_object_unref (target);
}

static void
list (void)
{
  StressObject *target = stress_dup_object ();
  GList *refs = weakref_list_refs (target);
  GList *l;

  stress_count ("ref: list");
  weakref_count_refs (target);
  for (l = refs; l != NULL; l = l->next)
    {
      gpointer other = weakref_ref_get (l->data);

      g_assert_true (other == NULL || other == target);
      g_clear_object (&other);
    }

  g_list_free_full (refs, g_object_unref);
  g_object_unref (target);
}

static void
compare (void)
{
  StressBox *a = stress_pool_dup (&pool);
  StressBox *b = stress_pool_dup (&pool);

  stress_count ("ref: equal");
  if (a != NULL && b != NULL)
    {
      g_assert_true (weakref_ref_equal (a->thing, b->thing) == (a->id == b->id));
      if (a->id == b->id)
        {
          g_assert_cmpuint (weakref_ref_hash (a->thing), ==, weakref_ref_hash (b->thing));
          g_assert_cmpuint (a->life >> 8, ==, b->life >> 8);
        }
    }

  stress_pool_release (&pool, a);
  stress_pool_release (&pool, b);
}

static void
ref_step (void)
{
  switch (stress_random (8))
    {
    case 0:
    case 1:
      make ();
      break;
    case 2:
      list ();
      break;
    case 3:
      compare ();
      break;
    case 4:
      stress_count ("ref: drop");
      stress_pool_put (&pool, NULL);
      break;
    default:
      stress_box_use (&pool, use);
    }
}

static void
check_settled (StressBox *box)
{
  use (box);
  if (box->record != NULL && weakref_ref_is_alive (box->thing))
    g_assert_cmpint (box->record->called, ==, 0);
}

static void
ref_settled (void)
{
  stress_box_foreach (&pool, check_settled);
}

static void
check_ended (StressBox *box)
{
  g_assert_null (weakref_ref_get (box->thing));
  /* The ref lived: its callback ran. */
  if (box->record != NULL)
    g_assert_cmpint (box->record->called + box->record->destroyed, ==, 2);
}

static void
ref_end (void)
{
  stress_box_foreach (&pool, check_ended);
  stress_pool_empty (&pool);
}

/* A target that only one worker has: what happens to it, and when, is certain. */

typedef struct
{
  StressObject *target;
  WeakrefRef *ref;
  StressRecord *record;
  gboolean is_alive;
} Model;

static void
model_start (Model *model)
{
  model->target = stress_object_new ();
  model->record = stress_record_new (FALSE);
  model->ref =
    weakref_ref_new_full (model->target, NULL, dead_cb, model->record, stress_record_destroy);
  model->is_alive = TRUE;
}

static void
model_stop (Model *model)
{
  g_object_unref (model->ref);
  g_assert_cmpint (model->record->called, ==, !model->is_alive);
  g_assert_cmpint (model->record->destroyed, ==, TRUE);
  stress_record_unref (model->record);
  g_clear_object (&model->target);
}

static gpointer
ref_worker_new (guint index)
{
  Model *model = g_new0 (Model, 1);

  model_start (model);

  return model;
}

static void
ref_worker_step (gpointer data)
{
  Model *model = data;
  gpointer target;

  stress_count ("ref: model");
  switch (stress_random (4))
    {
    case 0:
      g_clear_object (&model->target);
      model->is_alive = FALSE;
      break;
    case 1:
      if (model->target != NULL)
        g_object_run_dispose (G_OBJECT (model->target));
      model->is_alive = FALSE;
      break;
    case 2:
      model_stop (model);
      model_start (model);
      break;
    default:
      break;
    }

  target = weakref_ref_get (model->ref);
  g_assert_true (target == (model->is_alive ? model->target : NULL));
  g_assert_cmpint (model->record->called, ==, !model->is_alive);
  g_clear_object (&target);
}

static void
ref_worker_free (gpointer data)
{
  model_stop (data);
  g_free (data);
}

const StressClass stress_ref = {
  .name = "ref",
  .step = ref_step,
  .settled = ref_settled,
  .end = ref_end,
  .worker_new = ref_worker_new,
  .worker_step = ref_worker_step,
  .worker_free = ref_worker_free,
};
