/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/ensure-async.h>

#include <weakref-glib/core/waiting.h>
#include <weakref-glib/weakref-error.h>

/* There are two kinds of tasks. Each caller has one, which gives the object or an error to that
 * caller. The creation has one, with which the create function returns the object or an error.
 *
 *   caller's task  --data-->  Request  --waits for-->  flight  <--ends--  Creation  <--data--  task
 *
 * A request is answered once, in any thread: by the end of the flight or by its own cancellable,
 * whichever is first. The answer is sent to the context of the caller as a new source. So no
 * callback of a caller runs inside a function of ours, or inside a cancellation.
 *
 * The first request for a key starts the creation. Whoever has a reservation may abandon its
 * flight. Then those who wait ask again, each in its own context. */

/* The create function of a caller. One of the two functions is NULL. */
typedef struct
{
  WeakrefCreateAsyncFunc func;
  WeakrefCreateAsyncValueFunc value_func;
  GValue *value; /* (owned) (nullable): the key for value_func */
  gpointer data; /* (owned) */
  GDestroyNotify destroy;
} Create;

static void
task_set_tag (GTask *task, gpointer tag)
{
  /* The macro of the same name is not used, because it also gives the task a name. GLib makes names
   * for its sources from that, which are a tenth of what a task costs. */
  (g_task_set_source_tag) (task, tag);
}

static void
create_clear (Create *create)
{
  if (create->destroy != NULL)
    create->destroy (create->data);
  if (create->value != NULL)
    g_boxed_free (G_TYPE_VALUE, create->value);
}

/* The creation */

typedef struct
{
  WeakrefFlight *flight; /* (owned) (nullable): until the end, because it has the object */
  Create create;
} Creation;

static G_DEFINE_QUARK (weakref_glib_creation, creation)

/* Ends the creation with @object or @error, and takes over that one. */
static void
creation_end (Creation *creation, gpointer object, GError *error)
{
  WeakrefFlight *flight = g_steal_pointer (&creation->flight);

  weakref_flight_link_cancellable (flight, FALSE);
  if (object != NULL)
    weakref_ensure_end (flight, object);
  else
    weakref_ensure_fail (flight, error);
  weakref_flight_unref (flight);
}

/* The task of the creation is freed. So it can't be returned any more. */
static void
creation_free_cb (gpointer data)
{
  Creation *creation = data;

  if (creation->flight != NULL)
    creation_end (
      creation, NULL,
      g_error_new_literal (WEAKREF_ERROR, WEAKREF_ERROR_CREATE,
                           "The task of the creation was dropped before anything was returned"));
  create_clear (&creation->create);
  g_free (creation);
}

static gpointer
creation_propagate (Creation *creation, GTask *task, GError **error)
{
  GValue value = G_VALUE_INIT;
  gpointer object = NULL;

  if (creation->create.func != NULL)
    return g_task_propagate_pointer (task, error);

  if (g_task_propagate_value (task, &value, error) && G_IS_VALUE (&value))
    {
      if (G_VALUE_HOLDS_OBJECT (&value))
        object = g_value_dup_object (&value);
      g_value_unset (&value);
    }

  return object;
}

static void
created_cb (GObject *table, GAsyncResult *result, gpointer data)
{
  Creation *creation = data;
  GError *error = NULL;
  gpointer object = creation_propagate (creation, G_TASK (result), &error);

  object = weakref_ensure_check (object, &error);
  creation_end (creation, object, error);
}

/* A caller's request */

#define NOT_CONNECTED GSIZE_TO_POINTER (G_MAXSIZE)

typedef struct
{
  WeakrefWaiter base;
  gatomicrefcount ref_count;
  WeakrefValueCore *core; /* (owned) (const) */
  GObject *table;         /* (owned) (const) */
  GMainContext *context;  /* (owned) (const): of the caller */
  gint io_priority;       /* (const) */
  gpointer tag;           /* (const) */
  GAsyncReadyCallback callback;
  gpointer user_data;
  gpointer cancelled_id; /* (atomic): the number of the handler; NULL before it is connected, and
                            NOT_CONNECTED when it has been or shall be disconnected */
  Create create;         /* whose request starts the creation */

  gboolean leads;           /* it has started the creation */
  gint answered;            /* (atomic) */
  GTask *task;              /* (owned) (nullable): that of the caller; NULL when answered */
  gpointer object;          /* (owned) (nullable): the answer */
  GError *error;            /* (owned) (nullable): the same */
  WeakrefFlight *abandoned; /* (owned) (nullable): has the key, to ask for it again */
} Request;

static Request *
request_ref (Request *request)
{
  g_atomic_ref_count_inc (&request->ref_count);
  return request;
}

static void
request_unref (gpointer data)
{
  Request *request = data;

  if (!g_atomic_ref_count_dec (&request->ref_count))
    return;

  create_clear (&request->create);
  g_clear_object (&request->object);
  g_clear_error (&request->error);
  g_clear_pointer (&request->abandoned, weakref_flight_unref);
  g_clear_pointer (&request->base.asker, weakref_flight_unref);
  g_main_context_unref (request->context);
  g_object_unref (request->table);
  weakref_table_unref (request->core);
  g_free (request);
}

static void
request_closure_unref_cb (gpointer request, GClosure *closure)
{
  request_unref (request);
}

static GSource *
request_create_source (Request *request)
{
  GSource *source = g_idle_source_new ();

  g_source_set_priority (source, request->io_priority);
  g_source_set_static_name (source, "weakref-glib ensure_async");

  return source;
}

/* If a creation has made the request, what the caller does in this callback is part of that
 * creation, too. */
static void
request_callback_cb (GObject *table, GAsyncResult *result, gpointer data)
{
  Request *request = data;
  WeakrefFrame frame;

  if (request->callback == NULL)
    return;

  if (request->base.asker != NULL)
    weakref_frame_enter (&frame, &request->base.asker->making);
  request->callback (table, result, request->user_data);
  if (request->base.asker != NULL)
    weakref_frame_leave (&frame);
}

/* Runs in the context of the caller. */
static gboolean
request_return_cb (gpointer data)
{
  GTask *task = data;
  Request *request = g_task_get_task_data (task);
  gpointer cancelled_id = g_atomic_pointer_exchange (&request->cancelled_id, NOT_CONNECTED);

  /* If the request was cancelled while it was being made, the number of the handler may not be set
   * yet. Then request_connect() disconnects it. */
  if (cancelled_id != NULL)
    g_signal_handler_disconnect (g_task_get_cancellable (task), GPOINTER_TO_SIZE (cancelled_id));

  if (request->error != NULL)
    g_task_return_error (task, g_steal_pointer (&request->error));
  else
    g_task_return_pointer (task, g_steal_pointer (&request->object), g_object_unref);

  return G_SOURCE_REMOVE;
}

/* Answers the request, if it was not answered before. Takes over @object and @error, one of which
 * is NULL. It can be called in any thread. */
static void
request_answer (Request *request, gpointer object, GError *error)
{
  GTask *task;
  GSource *source;

  if (!g_atomic_int_compare_and_exchange (&request->answered, FALSE, TRUE))
    {
      g_clear_object (&object);
      g_clear_error (&error);
      return;
    }

  request->object = object;
  request->error = error;
  task = g_steal_pointer (&request->task);
  source = request_create_source (request);
  g_task_attach_source (task, source, request_return_cb);
  g_source_unref (source);
  g_object_unref (task);
}

static void
request_answer_by (Request *request, WeakrefFlight *flight)
{
  GError *error = NULL;
  gpointer object = weakref_flight_dup_object (flight, &error);

  if (object != NULL && !request->leads)
    weakref_value_core_count (request->core, TRUE);
  request_answer (request, object, error);
}

/* Runs in any thread. */
static void
request_cancelled_cb (GCancellable *cancellable, gpointer data)
{
  Request *request = data;
  GMutex *lock = &request->core->base.lock;
  WeakrefFlight *flight;

  request_answer (request, NULL,
                  g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED,
                                       "The request for the object was cancelled"));

  weakref_lock (lock);
  flight = weakref_flight_forget_locked (&request->base);
  g_mutex_unlock (lock);
  if (flight == NULL)
    return;

  weakref_flight_leave (flight);
  weakref_flight_unref (flight);
  request_unref (request);
}

static void
request_start_creation (Request *request, WeakrefFlight *flight)
{
  Creation *creation = g_new0 (Creation, 1);
  WeakrefFrame frame;
  GTask *task;

  weakref_value_core_count (request->core, FALSE);
  creation->flight = weakref_flight_ref (flight);
  creation->create = request->create;
  request->create = (Create) { .value_func = NULL };

  task = g_task_new (request->table, flight->cancellable, created_cb, creation);
  g_task_set_priority (task, request->io_priority);
  task_set_tag (task, request->tag);
  g_object_set_qdata_full (G_OBJECT (task), creation_quark (), creation, creation_free_cb);
  weakref_flight_link_cancellable (flight, TRUE);

  weakref_frame_enter (&frame, &flight->making);
  if (creation->create.func != NULL)
    creation->create.func (flight->key, task, creation->create.data);
  else
    creation->create.value_func (creation->create.value, task, creation->create.data);
  weakref_frame_leave (&frame);
  g_object_unref (task);
}

/* Takes over the reference on @flight. */
static void
request_join (Request *request, WeakrefFlight *flight, gboolean leads)
{
  while (flight != NULL)
    {
      GMutex *lock = &request->core->base.lock;
      WeakrefFlight *next = NULL;
      GError *error = NULL;
      gboolean answered;
      gboolean joined;
      gpointer object;

      weakref_lock (lock);
      answered = g_atomic_int_get (&request->answered);
      joined = !answered && weakref_flight_join_locked (flight, &request->base, &error);
      if (joined)
        {
          request_ref (request);
          request->leads = leads;
        }
      g_mutex_unlock (lock);

      if (joined && leads)
        request_start_creation (request, flight);
      else if (joined)
        ;
      else if (answered && leads)
        weakref_ensure_fail (flight, NULL);
      else if (answered)
        weakref_flight_leave (flight);
      else if (error != NULL)
        {
          weakref_flight_leave (flight);
          request_answer (request, NULL, error);
        }
      else if (flight->state != WEAKREF_FLIGHT_ABANDONED)
        request_answer_by (request, flight);
      else
        {
          object = weakref_ensure_begin (request->core, flight->key, TRUE, &next, &leads);
          if (object != NULL)
            {
              weakref_value_core_count (request->core, TRUE);
              request_answer (request, object, NULL);
            }
        }
      weakref_flight_unref (flight);
      flight = next;
    }
}

static gboolean
request_ask_again_cb (gpointer data)
{
  Request *request = data;

  request_join (request, g_steal_pointer (&request->abandoned), FALSE);

  return G_SOURCE_REMOVE;
}

/* Takes over the reference that the flight had on the request. */
static void
request_ended_cb (WeakrefWaiter *waiter, WeakrefFlight *flight)
{
  Request *request = (Request *) waiter;
  GSource *source;

  if (flight->state != WEAKREF_FLIGHT_ABANDONED)
    {
      request_answer_by (request, flight);
      request_unref (request);
      return;
    }

  request->abandoned = weakref_flight_ref (flight);
  source = request_create_source (request);
  g_source_set_callback (source, request_ask_again_cb, request, request_unref);
  g_source_attach (source, request->context);
  g_source_unref (source);
}

/* g_cancellable_connect() is not used, because g_cancellable_disconnect(), which belongs to it,
 * waits for a handler that is running. */
static void
request_connect (Request *request, GCancellable *cancellable)
{
  gulong id =
    g_signal_connect_data (cancellable, "cancelled", G_CALLBACK (request_cancelled_cb),
                           request_ref (request), request_closure_unref_cb, G_CONNECT_DEFAULT);

  /* Another thread may have cancelled, and the answer may have been returned in a third one. */
  if (!g_atomic_pointer_compare_and_exchange (&request->cancelled_id, NULL, GSIZE_TO_POINTER (id)))
    g_signal_handler_disconnect (cancellable, id);

  if (g_cancellable_is_cancelled (cancellable))
    request_cancelled_cb (cancellable, request);
}

/* Returns the request with a reference for the caller, because it may be answered at once. */
static Request *
request_new (WeakrefValueCore *core, const WeakrefEnsureCall *call, WeakrefFlight *asker)
{
  Request *request = g_new0 (Request, 1);

  g_atomic_ref_count_init (&request->ref_count);
  request->base.asker = asker;
  request->base.ended = request_ended_cb;
  request->core = weakref_table_ref (core);
  request->table = g_object_ref (call->table);
  request->context = g_main_context_ref_thread_default ();
  request->io_priority = call->io_priority;
  request->tag = call->tag;
  request->callback = call->callback;
  request->user_data = call->user_data;
  request->create = (Create) {
    .func = call->create,
    .value_func = call->create_value,
    .value = call->value != NULL ? g_boxed_copy (G_TYPE_VALUE, call->value) : NULL,
    .data = call->create_data,
    .destroy = call->create_destroy,
  };

  /* The task owns the first reference on the request. */
  request->task = g_task_new (call->table, call->cancellable, request_callback_cb, request);
  g_task_set_priority (request->task, call->io_priority);
  task_set_tag (request->task, call->tag);
  g_task_set_task_data (request->task, request, request_unref);

  request_ref (request);
  if (call->cancellable != NULL)
    request_connect (request, call->cancellable);

  return request;
}

/* Makes a task for a caller whose request can be answered at once. */
static GTask *
call_create_task (const WeakrefEnsureCall *call)
{
  GTask *task = g_task_new (call->table, call->cancellable, call->callback, call->user_data);

  g_task_set_priority (task, call->io_priority);
  task_set_tag (task, call->tag);

  return task;
}

/* Ends a request that was answered at once. Takes over the reference on @task, which has been
 * returned. The data of the create function is freed after that, because the function that frees it
 * may run the main loop: then a task that was made before, but returned after that, would call back
 * at once. */
static void
call_end (const WeakrefEnsureCall *call, GTask *task)
{
  g_object_unref (task);
  if (call->create_destroy != NULL)
    call->create_destroy (call->create_data);
}

/* Answers a request at once with @error, and takes over @error. */
void
weakref_ensure_async_refuse (const WeakrefEnsureCall *call, GError *error)
{
  GTask *task = call_create_task (call);

  g_task_return_error (task, error);
  call_end (call, task);
}

void
weakref_ensure_async (WeakrefValueCore *core, gconstpointer key, const WeakrefEnsureCall *call)
{
  WeakrefFlight *asker;
  WeakrefFlight *flight;
  Request *request;
  GError *error = NULL;
  gboolean leads;
  gpointer object;
  GTask *task;

  if (g_cancellable_set_error_if_cancelled (call->cancellable, &error))
    {
      weakref_ensure_async_refuse (call, error);
      return;
    }

  asker = weakref_flight_dup_asker (call->cancellable);
  object = weakref_ensure_begin (core, key, TRUE, &flight, &leads);
  if (object != NULL)
    weakref_value_core_count (core, TRUE);
  if (object != NULL && asker == NULL)
    {
      task = call_create_task (call);
      g_task_return_pointer (task, object, g_object_unref);
      call_end (call, task);
      return;
    }

  request = request_new (core, call, asker);
  if (object != NULL)
    request_answer (request, object, NULL);
  else
    request_join (request, flight, leads);
  request_unref (request);
}
