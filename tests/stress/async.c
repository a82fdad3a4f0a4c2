/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

/* Creation without waiting, beside creation that waits, and reservations; and waiting for deaths.
 *
 * Objects are in three places, and nobody else has them. In the first two, a table and a cache, any
 * thread may block for an object, so whoever makes one must get on without a thread that blocks:
 * reservations end where they were made. In the third one nobody blocks for a reservation, so they
 * may be handed to another thread. */

typedef struct
{
  WeakrefValueTable *table; /* (owned) */
  StressCreations blocking;
  GMutex lock;
  GCancellable *current[STRESS_N_KEYS]; /* lock: (owned) (nullable): of the creation that goes on */
  GPtrArray *superseded;                /* lock: (owned): of those that another one came after */
} Place;

enum
{
  TABLE,
  CACHE,
  NEVER_BLOCKS,
  N_PLACES
};

static Place places[N_PLACES];

/* Threads block here for what others have left somewhere. This one helps if all of them do. */
static GThread *helper;
static gint helper_may_go; /* (atomic) */
static GPtrArray *parties; /* (owned): with the lock of the first place */

/* Who asks in one thread, and in its context. */
typedef struct
{
  guint index;
  GMainContext *context; /* (owned) */
  GCancellable *leave;   /* (owned): of the waiting for deaths */
  gint n_open;           /* (atomic): callbacks to come, and data to be freed */
  gint n_reserved;       /* (atomic): reservations that others may end */
  gboolean is_leaving;
  gboolean is_view;
} Party;

static GPrivate this_party;
static Party *view_party;

static Party *
party_self (void)
{
  return g_private_get (&this_party);
}

static Party *
party_new (guint index, gboolean is_view)
{
  Party *party = g_new0 (Party, 1);

  party->index = index;
  party->context = g_main_context_ref_thread_default ();
  party->leave = g_cancellable_new ();
  party->is_view = is_view;
  g_private_set (&this_party, party);
  g_mutex_lock (&places[TABLE].lock);
  g_ptr_array_add (parties, party);
  g_mutex_unlock (&places[TABLE].lock);

  return party;
}

static void
party_add_open (Party *party, gint n)
{
  g_assert_cmpint (g_atomic_int_add (&party->n_open, n), >=, n < 0 ? 1 : 0);
}

/* What anybody may end: cancellables of requests, and tasks and reservations that somebody has left
 * here. A box has the number of its place and its key. */

static void end_task_cb (gpointer box);
static void end_reservation_cb (gpointer box);

static StressPool cancellables = { .clear = stress_box_clear };
static StressPool tasks = { .clear = end_task_cb };
static StressPool reservations = { .clear = end_reservation_cb };

static void
pool_put (StressPool *pool, gpointer thing, Place *place, guint key)
{
  StressBox *box = stress_box_new (thing, NULL);

  box->id = (guint64) (place - places);
  box->life = key;
  stress_pool_put (pool, box);
}

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
  party_add_open (creation->party, -1);
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

  if (party_self () == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "by the helper");
  else if (stress_random (2) && g_task_return_error_if_cancelled (task))
    stress_count_race ("a creation saw that it was cancelled");
  else if (stress_random (8) == 0)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "by chance");
  else
    g_task_return_pointer (task, stress_ensured_new (key), g_object_unref);
  g_object_unref (task);
}

static void
end_task_cb (gpointer data)
{
  StressBox *box = data;

  end_creation (&places[box->id], (guint) box->life, box->thing);
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
  g_assert_true (creation->party == party_self ());
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
        pool_put (&tasks, g_steal_pointer (&creation->task), place, creation->key);
      break;
    case 3:
      ask (place, stress_random (STRESS_N_KEYS),
           stress_random (2) ? g_task_get_cancellable (task) : NULL, creation);
      break;
    default:
      if (place != &places[NEVER_BLOCKS] && !creation->party->is_view)
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

static void
answered_cb (GObject *table, GAsyncResult *result, gpointer data)
{
  Request *request = data;
  Party *party = request->party;
  GError *error = NULL;
  gpointer object;

  stress_count ("async: callback");
  g_assert_true (party == party_self ());
  stress_record_call (request->record);
  object = weakref_value_table_ensure_finish (WEAKREF_VALUE_TABLE (table), result, &error);
  if (object != NULL)
    {
      g_assert_no_error (error);
      stress_ensured_check (object, request->key);
    }
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_assert_true (g_cancellable_is_cancelled (request->cancellable));
  else if (g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION))
    stress_count_race ("asynchronous creations in a circle");
  else if (g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_WOULD_BLOCK))
    stress_count_race ("an asynchronous creation would have waited for a blocked context");
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);

  if (request->asker != NULL)
    later_cb (request->asker);
  else
    stress_anything ();
  g_clear_object (&object);
  g_clear_error (&error);
  g_clear_object (&request->cancellable);
  stress_record_destroy (request->record);
  stress_record_unref (request->record);
  g_free (request);
  party_add_open (party, -1);
}

static void
ask (Place *place, guint key, GCancellable *cancellable, Creation *asker)
{
  Party *party = party_self ();
  Request *request = g_new0 (Request, 1);
  Creation *creation = g_new0 (Creation, 1);

  stress_count ("async: ask");
  party_add_open (party, 2);
  request->party = creation->party = party;
  request->key = creation->key = key;
  request->asker = asker;
  request->record = stress_record_new (TRUE);
  creation->record = stress_record_new (FALSE);
  creation->place = place;
  if (cancellable != NULL)
    request->cancellable = g_object_ref (cancellable);
  weakref_value_table_ensure_async (place->table, GUINT_TO_POINTER (key), G_PRIORITY_DEFAULT,
                                    cancellable, create_cb, creation, creation_freed_cb,
                                    answered_cb, request);
}

static void
ask_any (void)
{
  Place *place = &places[stress_random (N_PLACES)];
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
  pool_put (&cancellables, cancellable, place, key);
}

static void
cancel (StressBox *box)
{
  stress_count ("async: cancel");
  g_cancellable_cancel (box->thing);
}

/* Reservations */

static void
end_reservation (WeakrefReservation *reservation, guint key)
{
  GError *error = NULL;
  gpointer object;

  switch (party_self () != NULL ? stress_random (4) : 3)
    {
    case 0:
      stress_count ("async: commit");
      object = stress_ensured_new (key);
      weakref_reservation_commit (reservation, object);
      g_object_unref (object);
      break;
    case 1:
      stress_count ("async: fail");
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "by chance");
      g_assert_true (weakref_reservation_fail (reservation, error));
      g_error_free (error);
      break;
    case 2:
      stress_count ("async: abandon");
      g_assert_true (weakref_reservation_abandon (reservation));
      break;
    default:
      stress_count ("async: drop");
      g_object_unref (reservation);
      return;
    }
  g_assert_false (weakref_reservation_abandon (reservation));
  g_object_unref (reservation);
}

/* Its key is the number of its party. */
static void
end_reservation_cb (gpointer data)
{
  StressBox *box = data;
  Party *party = g_object_get_data (box->thing, "party");

  end_reservation (box->thing, (guint) box->life);
  g_atomic_int_add (&party->n_reserved, -1);
}

static void
reserve (Party *party, Place *place)
{
  gboolean hand_over = place == &places[NEVER_BLOCKS];
  guint key = hand_over ? party->index % STRESS_N_KEYS : stress_random (STRESS_N_KEYS);
  WeakrefReservation *reservation;
  GError *error = NULL;
  gpointer object;

  /* One at a time, so that nobody blocks for one that waits for somebody to end it. */
  if (hand_over && (party->is_leaving || party->is_view || party->index >= STRESS_N_KEYS ||
                    g_atomic_int_get (&party->n_reserved) > 0))
    return;

  stress_count ("async: reserve");
  reservation = weakref_value_table_reserve (place->table, GUINT_TO_POINTER (key), &object, &error);
  if (object != NULL)
    stress_ensured_check (object, key);
  else if (reservation == NULL)
    g_assert_true (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_FAILED) ||
                   g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION) ||
                   g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_WOULD_BLOCK));
  g_clear_object (&object);
  g_clear_error (&error);
  if (reservation == NULL)
    return;

  if (hand_over)
    {
      g_atomic_int_inc (&party->n_reserved);
      g_object_set_data (G_OBJECT (reservation), "party", party);
      pool_put (&reservations, reservation, place, key);
      return;
    }

  if (stress_random (2))
    g_thread_yield ();
  end_reservation (reservation, key);
}

/* Waiting for a death */

typedef struct
{
  Party *party;
  StressRecord *record; /* (owned) */
} Wait;

static void
died_cb (GObject *nothing, GAsyncResult *result, gpointer data)
{
  Wait *wait = data;
  GError *error = NULL;

  stress_count ("async: death");
  g_assert_true (wait->party == party_self ());
  stress_record_call (wait->record);
  if (!weakref_wait_finish (result, &error))
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_assert_true (g_cancellable_is_cancelled (wait->party->leave));
      g_error_free (error);
    }
  stress_record_destroy (wait->record);
  stress_record_unref (wait->record);
  party_add_open (wait->party, -1);
  g_free (wait);
}

static void
wait_for_death (Party *party)
{
  StressObject *object = stress_dup_object ();
  Wait *wait = g_new0 (Wait, 1);

  stress_count ("async: wait");
  wait->party = party;
  wait->record = stress_record_new (TRUE);
  party_add_open (party, 1);
  weakref_wait_async (object, party->leave, died_cb, wait);
  g_object_unref (object);
}

/* All of it */

static gpointer
helper_thread (gpointer nothing)
{
  guint i;

  while (!g_atomic_int_get (&helper_may_go))
    {
      for (i = 0; i < STRESS_POOL_SIZE; i++)
        {
          stress_pool_release_at (&tasks, i);
          stress_pool_release_at (&reservations, i);
        }
      g_usleep (1000);
    }

  return NULL;
}

static void
async_begin (void)
{
  guint i;

  parties = g_ptr_array_new_with_free_func (g_free);
  for (i = 0; i < N_PLACES; i++)
    {
      Place *place = &places[i];

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
  view_party = party_new (0, TRUE);
  g_atomic_int_set (&helper_may_go, FALSE);
  helper = g_thread_new ("helper", helper_thread, NULL);
}

static void
async_step (void)
{
  Party *party = party_self ();
  Place *place = &places[stress_random (NEVER_BLOCKS)];
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
      stress_pool_put (&tasks, NULL);
      break;
    case 4:
      stress_pool_put (&reservations, NULL);
      break;
    case 5:
    case 6:
      if (!party->is_view)
        object = stress_ensure (&place->blocking, GPOINTER_TO_UINT (key));
      break;
    case 7:
      if (party->is_view)
        break;
      reserve (party, &places[stress_random (N_PLACES)]);
      break;
    case 8:
      stress_count ("async: steal");
      object = weakref_value_table_steal (places[stress_random (N_PLACES)].table, key);
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

/* Until everything that was asked for is answered, and everything that was given is freed. */
static void
party_leave (Party *party)
{
  party->is_leaving = TRUE;
  g_cancellable_cancel (party->leave);
  while (g_atomic_int_get (&party->n_open) + g_atomic_int_get (&party->n_reserved) > 0)
    {
      stress_pool_put (&tasks, NULL);
      stress_pool_put (&reservations, NULL);
      if (!g_main_context_iteration (party->context, FALSE))
        g_thread_yield ();
    }
  g_main_context_unref (party->context);
  g_object_unref (party->leave);
}

static void
async_settled (void)
{
  guint i, k;

  party_leave (view_party);
  g_atomic_int_set (&helper_may_go, TRUE);
  g_thread_join (helper);
  stress_pool_empty (&cancellables);
  weakref_cache_trim (WEAKREF_CACHE (places[CACHE].table), 0);
  for (i = 0; i < N_PLACES; i++)
    {
      Place *place = &places[i];

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
  for (i = 0; i < STRESS_POOL_SIZE; i++)
    g_assert_true (tasks.boxes[i] == NULL && reservations.boxes[i] == NULL);
  g_private_set (&this_party, NULL);
  g_ptr_array_unref (parties);
}

static gpointer
async_worker_new (guint index)
{
  return party_new (index, FALSE);
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
  party_leave (data);
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
