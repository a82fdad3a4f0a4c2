/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

static StressPool pool = { .clear = stress_box_clear };

static void
dead_cb (WeakrefProxy *proxy, gpointer user_data)
{
  stress_count ("proxy: callback");
  stress_record_call (user_data);
  g_assert_false (weakref_proxy_is_alive (proxy));
  stress_anything ();
}

static void
ping_cb (gpointer proxy, gpointer user_data)
{
  stress_count ("proxy: signal");
  stress_anything ();
}

static void
closure_destroy_cb (gpointer record, GClosure *closure)
{
  stress_record_destroy (record);
}

static void
make (void)
{
  StressObject *target = stress_dup_object ();
  StressRecord *record;
  StressBox *box;

  if (!stress_object_protect (target))
    {
      g_object_unref (target);
      return;
    }

  box = stress_box_new (NULL, NULL);
  box->life = stress_object_get_life (target);
  if (stress_random (2))
    {
      stress_count ("proxy: new");
      box->thing = weakref_proxy_new (target);
    }
  else
    {
      stress_count ("proxy: new_full");
      box->record = stress_record_new (FALSE);
      box->thing = weakref_proxy_new_full (target, stress_get_context (), dead_cb, box->record,
                                           stress_record_destroy);
      record = stress_record_new (FALSE);
      g_signal_connect_data (box->thing, "ping", G_CALLBACK (ping_cb), record, closure_destroy_cb,
                             G_CONNECT_DEFAULT);
      stress_record_unref (record);
    }
  stress_object_unprotect (target);

  stress_pool_put (&pool, box);
  g_object_unref (target);
}

static void
use (StressBox *box)
{
  gboolean was_alive = weakref_proxy_is_alive (box->thing);
  GError *error = NULL;
  GValue value = G_VALUE_INIT;
  guint64 id;
  gpointer target;

  if (stress_random (4) == 0)
    g_thread_yield ();

  switch (stress_random (5))
    {
    case 0:
      stress_count ("proxy: dup_target");
      target = weakref_proxy_dup_target (box->thing, &error);
      if (target != NULL)
        {
          g_assert_no_error (error);
          g_assert_true (was_alive);
          stress_object_check (target);
          g_assert_cmpuint (stress_object_get_life (target), ==, box->life);
          g_object_unref (target);
        }
      break;
    case 1:
      stress_count ("proxy: get");
      g_object_get (box->thing, "id", &id, NULL);
      g_assert_true (id == 0 || id == box->life >> 8);
      g_assert_true (id == 0 || was_alive);
      if (id == 0 && was_alive)
        stress_count_race ("target died between is_alive() and get()");
      break;
    case 2:
      stress_count ("proxy: set");
      g_object_set (box->thing, "value", stress_random (100), NULL);
      break;
    case 3:
      stress_count ("proxy: get_target_property");
      if (weakref_proxy_get_target_property (box->thing, "id", &value, &error))
        {
          g_assert_cmpuint (g_value_get_uint64 (&value), ==, box->life >> 8);
          g_value_unset (&value);
        }
      break;
    default:
      stress_count ("proxy: emit");
      g_signal_emit_by_name (box->thing, "ping");
    }

  if (error != NULL)
    g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_DEAD);
  g_clear_error (&error);
}

static void
proxy_step (void)
{
  StressObject *target;

  switch (stress_random (8))
    {
    case 0:
    case 1:
      make ();
      break;
    case 2:
      stress_count ("proxy: drop");
      stress_pool_put (&pool, NULL);
      break;
    case 3:
      stress_count ("proxy: the target emits");
      target = stress_dup_object ();
      g_signal_emit_by_name (target, "ping");
      g_object_unref (target);
      break;
    default:
      stress_box_use (&pool, use);
    }
}

static void
check_settled (StressBox *box)
{
  use (box);
  if (box->record != NULL && weakref_proxy_is_alive (box->thing))
    g_assert_cmpint (box->record->called, ==, 0);
}

static void
proxy_settled (void)
{
  stress_box_foreach (&pool, check_settled);
}

static void
check_ended (StressBox *box)
{
  GError *error = NULL;

  g_assert_null (weakref_proxy_dup_target (box->thing, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_DEAD);
  g_error_free (error);
  if (box->record != NULL)
    g_assert_cmpint (box->record->called + box->record->destroyed, ==, 2);
}

static void
proxy_end (void)
{
  stress_box_foreach (&pool, check_ended);
  stress_pool_empty (&pool);
}

/* A target that only one worker has. It gets new proxies after it was disposed, too. */

typedef struct
{
  StressObject *target; /* (owned) (nullable) */
  WeakrefProxy *proxy;  /* (owned) */
  gboolean is_alive;    /* the life that the proxy is for */
  guint n_pings;
} Model;

static void
model_ping_cb (gpointer proxy, gpointer model)
{
  ((Model *) model)->n_pings++;
}

static void
model_start (Model *model)
{
  if (model->target == NULL)
    model->target = stress_object_new ();
  model->proxy = weakref_proxy_new (model->target);
  model->is_alive = TRUE;
  g_signal_connect (model->proxy, "ping", G_CALLBACK (model_ping_cb), model);
}

static gpointer
proxy_worker_new (guint index)
{
  Model *model = g_new0 (Model, 1);

  model_start (model);

  return model;
}

static void
proxy_worker_step (gpointer data)
{
  Model *model = data;
  guint n_pings = model->n_pings;
  gint value = (gint) stress_random (100);
  gint got = 0;
  guint64 id;

  stress_count ("proxy: model");
  switch (stress_random (6))
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
      g_object_unref (model->proxy);
      model_start (model);
      break;
    case 3:
      g_object_set (model->proxy, "value", value, NULL);
      if (model->target != NULL && model->is_alive)
        g_object_get (model->target, "value", &got, NULL);
      g_assert_cmpint (got, ==, model->is_alive ? value : 0);
      break;
    default:
      if (stress_random (2))
        g_signal_emit_by_name (model->proxy, "ping");
      else if (model->target != NULL)
        g_signal_emit_by_name (model->target, "ping");
      else
        break;
      g_assert_cmpuint (model->n_pings - n_pings, ==, model->is_alive);
    }

  g_object_get (model->proxy, "id", &id, NULL);
  g_assert_cmpuint (id, ==, model->is_alive ? stress_object_get_id (model->target) : 0);
  g_assert_true (weakref_proxy_is_alive (model->proxy) == model->is_alive);
}

static void
proxy_worker_free (gpointer data)
{
  Model *model = data;

  g_clear_object (&model->target);
  g_assert_finalize_object (model->proxy);
  g_free (model);
}

const StressClass stress_proxy = {
  .name = "proxy",
  .step = proxy_step,
  .settled = proxy_settled,
  .end = proxy_end,
  .worker_new = proxy_worker_new,
  .worker_step = proxy_worker_step,
  .worker_free = proxy_worker_free,
};
