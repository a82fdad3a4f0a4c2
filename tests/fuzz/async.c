/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "model.h"

/* Creation without waiting, and reservations. When exactly a creation that was returned comes to
 * its end is up to the main loop. So the model does not foresee each answer. It knows who waits for
 * what, and what may not happen while somebody does. */

/* A creation or a reservation. */
typedef struct
{
  guint key;
  GTask *task;                     /* (owned) (nullable): until it is returned */
  GCancellable *cancellable;       /* (owned) (nullable): of the creation */
  WeakrefReservation *reservation; /* (owned) (nullable): until it ends */
  guint n_waiting;
  gboolean is_over;     /* it was returned, has ended, or nobody waits any more */
  gboolean is_vague;    /* who waits for it is not known */
  gboolean is_given_up; /* those who wait for it ask for another one */
  gpointer answer;      /* (unowned) (nullable): to compare: what the first one got */
} Flight;

typedef struct
{
  guint key;
  Flight *flight;            /* (nullable): NULL: what it asked for was there */
  GCancellable *cancellable; /* (owned) (nullable) */
  gboolean is_asking;        /* is inside of the call */
  guint depth;               /* of that call in callbacks */
  gboolean is_leader;        /* its create function was called */
  guint called;
  guint freed;
} Request;

static WeakrefValueTable *table;
static Flight *current[N_KEYS]; /* (unowned) (nullable) */
static GPtrArray *flights;      /* (owned) */
static GPtrArray *requests;     /* (owned) */

static void
flight_free (gpointer data)
{
  Flight *flight = data;

  g_assert_null (flight->task);
  g_assert_null (flight->reservation);
  g_clear_object (&flight->cancellable);
  g_free (flight);
}

static void
request_free (gpointer data)
{
  Request *request = data;

  g_clear_object (&request->cancellable);
  g_free (request);
}

void
async_new (void)
{
  table = weakref_value_table_new (G_TYPE_UINT);
  memset (current, 0, sizeof current);
  flights = g_ptr_array_new_with_free_func (flight_free);
  requests = g_ptr_array_new_with_free_func (request_free);
}

static Flight *
flight_new (guint key)
{
  Flight *flight = g_new0 (Flight, 1);

  flight->key = key;
  current[key] = flight;
  g_ptr_array_add (flights, flight);

  return flight;
}

static void
flight_over (Flight *flight)
{
  flight->is_over = TRUE;
  if (current[flight->key] == flight)
    current[flight->key] = NULL;
}

static gpointer
object_new (guint key)
{
  GObject *object = target_new ()->object;

  g_object_set_data (object, "key", GUINT_TO_POINTER (key + 1));
  return object;
}

/* Returns the task of a creation. */
static void
flight_return (Flight *flight)
{
  GTask *task = g_steal_pointer (&flight->task);

  if (next (4) == 0)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_FAILED, "by chance");
  else if (next (2) == 0 || !g_task_return_error_if_cancelled (task))
    g_task_return_pointer (task, object_new (flight->key), g_object_unref);
  /* Who asks now may still wait for it, or not. */
  flight_over (flight);
  g_object_unref (task);
}

/* Whether somebody may join without our notice, for what he has waited for was given up. */
static gboolean
others_ask_again (guint key)
{
  guint i;

  for (i = 0; i < requests->len; i++)
    {
      const Request *request = g_ptr_array_index (requests, i);

      if (request->key == key && request->called == 0 && request->flight != NULL &&
          request->flight->is_given_up)
        return TRUE;
    }

  return FALSE;
}

static void
create_cb (gconstpointer key, GTask *task, gpointer data)
{
  Request *request = data;
  Flight *before = current[request->key];
  Flight *flight;

  g_assert_cmpuint (GPOINTER_TO_UINT (key), ==, request->key);
  g_assert_false (request->is_leader || request->freed || request->called);
  /* Nobody makes what somebody else makes for one who waits. */
  g_assert_true (before == NULL || before->is_vague);

  flight = flight_new (request->key);
  flight->task = g_object_ref (task);
  flight->cancellable = g_object_ref (g_task_get_cancellable (task));
  flight->is_vague = !request->is_asking || others_ask_again (request->key);
  flight->n_waiting = 1;
  request->is_leader = TRUE;
  request->flight = flight;
  if (next (3) == 0)
    flight_return (flight);
}

static void
freed_cb (gpointer data)
{
  Request *request = data;

  request->freed++;
  run_nested ();
}

static void
answered_cb (GObject *asked, GAsyncResult *result, gpointer data)
{
  Request *request = data;
  Flight *flight = request->flight;
  GError *error = NULL;
  gpointer object = weakref_value_table_ensure_finish (table, result, &error);
  gboolean cancelled = g_cancellable_is_cancelled (request->cancellable);

  g_assert_true (asked == (GObject *) table);
  /* Unless a callback inside of the call runs the main loop. */
  g_assert_true (!request->is_asking || depth > request->depth);
  g_assert_cmpuint (request->called++, ==, 0);
  if (object != NULL)
    {
      g_assert_no_error (error);
      g_assert_true (((FuzzObject *) object)->target->object == object);
      g_assert_cmpuint (GPOINTER_TO_UINT (g_object_get_data (object, "key")), ==, request->key + 1);
      g_assert_false (cancelled);
      if (flight != NULL && !flight->is_vague && !flight->is_given_up)
        {
          g_assert_true (flight->is_over);
          g_assert_true (flight->answer == NULL || flight->answer == object);
          flight->answer = object;
        }
    }
  else if (cancelled)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  else
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  g_clear_error (&error);

  run_nested ();
  adopt_or_drop (object);
}

static void
ask (guint key)
{
  Request *request = g_new0 (Request, 1);
  Flight *before = current[key];
  gboolean there = weakref_value_table_contains (table, GUINT_TO_POINTER (key));
  gboolean refused = FALSE;

  g_ptr_array_add (requests, request);
  request->key = key;
  if (next (2))
    request->cancellable = g_cancellable_new ();
  if (request->cancellable != NULL && next (8) == 0)
    {
      refused = TRUE;
      g_cancellable_cancel (request->cancellable);
    }
  else if (before != NULL && !there)
    {
      request->flight = before;
      before->n_waiting++;
    }

  request->is_asking = TRUE;
  request->depth = depth;
  weakref_value_table_ensure_async (table, GUINT_TO_POINTER (key), G_PRIORITY_DEFAULT,
                                    request->cancellable, create_cb, request, freed_cb, answered_cb,
                                    request);
  request->is_asking = FALSE;
  if (there || refused)
    g_assert_false (request->is_leader);
}

static void
cancel (Request *request)
{
  Flight *flight = request->flight;

  if (request->cancellable == NULL || g_cancellable_is_cancelled (request->cancellable))
    return;

  if (request->called == 0 && flight != NULL && !flight->is_over && !flight->is_vague)
    {
      g_assert_false (flight->cancellable != NULL &&
                      g_cancellable_is_cancelled (flight->cancellable));
      if (--flight->n_waiting == 0 && flight->cancellable != NULL)
        {
          flight_over (flight);
          g_cancellable_cancel (request->cancellable);
          g_assert_true (g_cancellable_is_cancelled (flight->cancellable));
          return;
        }
    }
  g_cancellable_cancel (request->cancellable);
}

static void
reserve (guint key)
{
  Flight *before = current[key];
  WeakrefReservation *reservation;
  GError *error = NULL;
  gpointer object;

  /* That would wait for ever. */
  if (before != NULL && before->reservation != NULL)
    return;

  reservation = weakref_value_table_reserve (table, GUINT_TO_POINTER (key), &object, &error);
  if (before != NULL && !before->is_vague && object == NULL)
    g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_WOULD_BLOCK);
  g_assert_cmpuint ((reservation != NULL) + (object != NULL) + (error != NULL), ==, 1);
  if (reservation != NULL)
    flight_new (key)->reservation = reservation;
  g_clear_error (&error);
  adopt_or_drop (object);
}

static void
reservation_end (Flight *flight)
{
  WeakrefReservation *reservation = g_steal_pointer (&flight->reservation);
  gpointer object = NULL;
  GError *error;

  flight_over (flight);
  switch (next (4))
    {
    case 0:
      object = object_new (flight->key);
      flight->answer = object;
      g_assert_true (weakref_reservation_commit (reservation, object));
      assert_returns (weakref_value_table_lookup (table, GUINT_TO_POINTER (flight->key)), object);
      break;
    case 1:
      error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "by chance");
      g_assert_true (weakref_reservation_fail (reservation, error));
      g_error_free (error);
      break;
    case 2:
      flight->is_given_up = TRUE;
      g_assert_true (weakref_reservation_abandon (reservation));
      break;
    default:
      flight->is_given_up = TRUE;
    }
  g_object_unref (reservation);
  adopt_or_drop (object);
}

void
op_async (void)
{
  guint key = next (N_KEYS);
  Flight *flight = current[key];

  switch (next (6))
    {
    case 0:
    case 1:
      ask (key);
      break;
    case 2:
      if (requests->len > 0)
        cancel (g_ptr_array_index (requests, requests->len - 1 - next (MIN (requests->len, 16))));
      break;
    case 3:
      if (flight != NULL && flight->task != NULL)
        flight_return (flight);
      else if (flight != NULL && flight->reservation != NULL)
        reservation_end (flight);
      break;
    case 4:
      reserve (key);
      break;
    default:
      weakref_value_table_remove (table, GUINT_TO_POINTER (key));
    }
}

/* When the main loop has nothing to do. */
void
async_check (void)
{
  guint i;

  for (i = 0; i < requests->len; i++)
    {
      const Request *request = g_ptr_array_index (requests, i);
      const Flight *flight = request->flight;

      if (flight == NULL || g_cancellable_is_cancelled (request->cancellable) ||
          (flight->is_over && !flight->is_given_up))
        g_assert_cmpuint (request->called, ==, 1);
      /* Of a creation that nobody waits for, the data lives until its task is returned. */
      if (request->called && !(request->is_leader && flight->task != NULL))
        g_assert_cmpuint (request->freed, ==, 1);
    }
}

/* Ends all that goes on. Whoever is told of it may begin something else. */
void
async_end_all (void)
{
  guint i = 0;

  do
    {
      for (; i < flights->len; i++)
        {
          Flight *flight = g_ptr_array_index (flights, i);

          if (flight->task != NULL)
            flight_return (flight);
          else if (flight->reservation != NULL)
            reservation_end (flight);
        }
      while (g_main_context_iteration (NULL, FALSE))
        ;
    }
  while (i < flights->len);
}

void
async_free (void)
{
  guint i;

  for (i = 0; i < requests->len; i++)
    {
      const Request *request = g_ptr_array_index (requests, i);

      g_assert_cmpuint (request->called, ==, 1);
      g_assert_cmpuint (request->freed, ==, 1);
    }
  g_assert_cmpuint (weakref_value_table_get_size (table), ==, 0);
  g_clear_object (&table);
  g_ptr_array_unref (requests);
  g_ptr_array_unref (flights);
}
