/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "async.h"

Place stress_places[N_PLACES];

static Party *view_party;

/* Of requests. */
static StressPool cancellables = { .clear = stress_box_clear };

/* A creation. It is the data of the create function. */

typedef struct
{
  Party *party;
  Place *place;
  guint key;
  StressRecord *record; /* (owned) */
  GTask *task;          /* (owned) (nullable): until it is returned */
} Creation;

static void ask (Place *place, guint key, GCancellable *cancellable, Creation *asker);

static void
creation_freed_cb (gpointer data)
{
  Creation *creation = data;

  g_assert_null (creation->task);
  stress_party_add_open (creation->party, -1);
  stress_record_destroy (creation->record);
  stress_record_unref (creation->record);
  g_free (creation);
}

/* One that another comes after has been cancelled, or will be in a moment. */
static void
place_begin_creation (Place *place, guint key, GCancellable *cancellable)
{
  g_mutex_lock (&place->lock);
  if (place->current[key] != NULL)
    {
      stress_count_race ("a creation began before a cancelled one had ended");
      g_ptr_array_add (place->superseded, place->current[key]);
    }
  place->current[key] = g_object_ref (cancellable);
  g_mutex_unlock (&place->lock);
}

/* Returns @task, whose reference it takes over. Any thread. */
static void
end_creation (Place *place, guint key, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_mutex_lock (&place->lock);
  if (place->current[key] == cancellable)
    g_clear_object (&place->current[key]);
  g_mutex_unlock (&place->lock);

  if (stress_party_self () == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "by the helper");
  else if (stress_random (2) && g_task_return_error_if_cancelled (task))
    stress_count_race ("a creation saw that it was cancelled");
  else if (stress_random (8) == 0)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "by chance");
  else
    g_task_return_pointer (task, stress_ensured_new (key), g_object_unref);
  g_object_unref (task);
}

void
stress_end_task_cb (gpointer data)
{
  StressBox *box = data;

  end_creation (&stress_places[box->id], (guint) box->life, box->thing);
}

static gboolean
later_cb (gpointer data)
{
  Creation *creation = data;

  end_creation (creation->place, creation->key, g_steal_pointer (&creation->task));
  return G_SOURCE_REMOVE;
}

static void
create_later (Creation *creation)
{
  GSource *source = g_idle_source_new ();

  g_source_set_callback (source, later_cb, creation, NULL);
  g_source_attach (source, creation->party->context);
  g_source_unref (source);
}

static void
create_cb (gconstpointer key, GTask *task, gpointer data)
{
  Creation *creation = data;
  Place *place = creation->place;
  gpointer other;

  stress_count ("async: create");
  g_assert_cmpuint (GPOINTER_TO_UINT (key), ==, creation->key);
  g_assert_true (creation->party == stress_party_self ());
  stress_record_call (creation->record);
  place_begin_creation (place, creation->key, g_task_get_cancellable (task));
  creation->task = g_object_ref (task);

  switch (creation->party->is_leaving ? 0 : stress_random (5))
    {
    case 0:
      later_cb (creation);
      break;
    case 1:
      create_later (creation);
      break;
    case 2:
      /* The view is not one of those that look for it. */
      if (creation->party->is_view)
        create_later (creation);
      else
        stress_leave_in (&stress_tasks, g_steal_pointer (&creation->task), place, creation->key);
      break;
    case 3:
      ask (place, stress_random (STRESS_N_KEYS),
           stress_random (2) ? g_task_get_cancellable (task) : NULL, creation);
      break;
    default:
      if (place != &stress_places[NEVER_BLOCKS] && !creation->party->is_view)
        {
          other = stress_ensure (&place->blocking, stress_random (STRESS_N_KEYS));
          g_clear_object (&other);
        }
      later_cb (creation);
    }
}

/* A request */

typedef struct
{
  Party *party;
  guint key;
  StressRecord *record;      /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable) */
  Creation *asker;           /* (nullable): the creation that goes on when this is answered */
} Request;

static Request *
request_new (guint key, GCancellable *cancellable, Creation *asker)
{
  Request *request = g_new0 (Request, 1);

  request->party = stress_party_self ();
  request->key = key;
  request->record = stress_record_new (TRUE);
  request->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  request->asker = asker;
  stress_party_add_open (request->party, 1);

  return request;
}

static void
request_answered (Request *request, gpointer object, const GError *error)
{
  g_assert_true (request->party == stress_party_self ());
  stress_record_call (request->record);
  if (object != NULL)
    stress_ensured_check (object, request->key);
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_assert_true (g_cancellable_is_cancelled (request->cancellable));
}

static void
request_free (Request *request)
{
  g_clear_object (&request->cancellable);
  stress_record_destroy (request->record);
  stress_record_unref (request->record);
  stress_party_add_open (request->party, -1);
  g_free (request);
}

static void
answered_cb (GObject *table, GAsyncResult *result, gpointer data)
{
  Request *request = data;
  GError *error = NULL;
  gpointer object;

  stress_count ("async: callback");
  object = weakref_value_table_ensure_finish (WEAKREF_VALUE_TABLE (table), result, &error);
  request_answered (request, object, error);
  g_assert_true ((object == NULL) == (error != NULL));
  if (g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION))
    stress_count_race ("asynchronous creations in a circle");
  else if (g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_WOULD_BLOCK))
    stress_count_race ("an asynchronous creation would have waited for a blocked context");
  else if (error != NULL)
    g_assert_true (error->domain == G_IO_ERROR &&
                   (error->code == G_IO_ERROR_FAILED || error->code == G_IO_ERROR_CANCELLED));

  if (request->asker != NULL)
    later_cb (request->asker);
  else
    stress_anything ();
  g_clear_object (&object);
  g_clear_error (&error);
  request_free (request);
}

static void
ask (Place *place, guint key, GCancellable *cancellable, Creation *asker)
{
  Request *request = request_new (key, cancellable, asker);
  Creation *creation = g_new0 (Creation, 1);

  stress_count ("async: ask");
  stress_party_add_open (request->party, 1);
  creation->party = request->party;
  creation->place = place;
  creation->key = key;
  creation->record = stress_record_new (FALSE);
  weakref_value_table_ensure_async (place->table, GUINT_TO_POINTER (key), G_PRIORITY_DEFAULT,
                                    cancellable, create_cb, creation, creation_freed_cb,
                                    answered_cb, request);
}

static void
ask_any (void)
{
  Place *place = &stress_places[stress_random (N_PLACES)];
  guint key = stress_random (STRESS_N_KEYS);
  GCancellable *cancellable;

  if (stress_random (2))
    {
      ask (place, key, NULL, NULL);
      return;
    }

  cancellable = g_cancellable_new ();
  if (stress_random (16) == 0)
    g_cancellable_cancel (cancellable);
  ask (place, key, cancellable, NULL);
  stress_leave_in (&cancellables, cancellable, place, key);
}

static void
cancel (StressBox *box)
{
  stress_count ("async: cancel");
  g_cancellable_cancel (box->thing);
}

/* Waiting for a death */

static void
died_cb (GObject *nothing, GAsyncResult *result, gpointer request)
{
  GError *error = NULL;

  stress_count ("async: death");
  if (!weakref_wait_finish (result, &error))
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  request_answered (request, NULL, error);
  g_clear_error (&error);
  request_free (request);
}

static void
wait_for_death (Party *party)
{
  StressObject *object = stress_dup_object ();

  stress_count ("async: wait");
  weakref_wait_async (object, party->leave, died_cb, request_new (0, party->leave, NULL));
  g_object_unref (object);
}

/* All of it */

static void
async_begin (void)
{
  guint i;

  stress_parties_begin ();
  for (i = 0; i < N_PLACES; i++)
    {
      Place *place = &stress_places[i];

      if (i == CACHE)
        {
          WeakrefCache *cache = weakref_cache_new (G_TYPE_UINT, STRESS_N_KEYS / 2);

          weakref_cache_set_memory_monitor (cache, NULL);
          place->table = WEAKREF_VALUE_TABLE (cache);
        }
      else
        place->table = weakref_value_table_new (G_TYPE_UINT);
      place->blocking = (StressCreations) { .table = place->table };
      place->superseded = g_ptr_array_new_with_free_func (g_object_unref);
    }
  view_party = stress_party_new (0, TRUE);
}

static void
async_step (void)
{
  Party *party = stress_party_self ();
  Place *place = &stress_places[stress_random (NEVER_BLOCKS)];
  gpointer key = GUINT_TO_POINTER (stress_random (STRESS_N_KEYS));
  gpointer object = NULL;

  switch (stress_random (16))
    {
    case 0:
    case 1:
      stress_box_use (&cancellables, cancel);
      break;
    case 2:
    case 3:
      stress_pool_put (&stress_tasks, NULL);
      break;
    case 4:
      stress_pool_put (&stress_reservations, NULL);
      break;
    case 5:
    case 6:
      if (!party->is_view)
        object = stress_ensure (&place->blocking, GPOINTER_TO_UINT (key));
      break;
    case 7:
      if (party->is_view)
        break;
      stress_reserve (party, &stress_places[stress_random (N_PLACES)]);
      break;
    case 8:
      stress_count ("async: steal");
      object = weakref_value_table_steal (stress_places[stress_random (N_PLACES)].table, key);
      if (object != NULL)
        stress_ensured_check (object, GPOINTER_TO_UINT (key));
      break;
    case 9:
      if (!party->is_leaving)
        wait_for_death (party);
      break;
    default:
      if (!party->is_leaving)
        ask_any ();
    }
  g_clear_object (&object);
}

static void
async_settled (void)
{
  guint i, k;

  stress_party_leave (view_party);
  stress_parties_end ();
  stress_pool_empty (&cancellables);
  weakref_cache_trim (WEAKREF_CACHE (stress_places[CACHE].table), 0);
  for (i = 0; i < N_PLACES; i++)
    {
      Place *place = &stress_places[i];

      for (k = 0; k < STRESS_N_KEYS; k++)
        {
          g_assert_null (place->current[k]);
          g_assert_cmpint (place->blocking.n_creating[k], ==, 0);
        }
      /* Of two creations that went on at a time, one was cancelled. */
      for (k = 0; k < place->superseded->len; k++)
        g_assert_true (g_cancellable_is_cancelled (place->superseded->pdata[k]));
      g_ptr_array_unref (place->superseded);
      /* Nobody has what is made here. */
      g_assert_cmpuint (weakref_value_table_get_size (place->table), ==, 0);
      g_assert_finalize_object (place->table);
    }
}

static gpointer
async_worker_new (guint index)
{
  return stress_party_new (index, FALSE);
}

static void
async_worker_step (gpointer data)
{
  Party *party = data;
  guint n = stress_random (8);

  while (n-- > 0 && g_main_context_iteration (party->context, FALSE))
    ;
}

static void
async_worker_free (gpointer data)
{
  stress_party_leave (data);
}

const StressClass stress_async = {
  .name = "async",
  .begin = async_begin,
  .step = async_step,
  .settled = async_settled,
  .worker_new = async_worker_new,
  .worker_step = async_worker_step,
  .worker_free = async_worker_free,
};
