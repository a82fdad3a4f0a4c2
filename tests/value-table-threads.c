/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Value tables: several threads at once. */

#include "value-table-common.h"

/* Threads */

#define N_THREADS 64

typedef struct
{
  WeakrefValueTable *table;
  gint n_there;   /* (atomic): who asks, or is about to */
  gint next;      /* (atomic) */
  gint n_created; /* (atomic): calls */
  gpointer objects[N_THREADS];
} Crowd;

static gpointer
crowd_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Crowd *crowd = user_data;
  guint i;

  g_atomic_int_inc (&crowd->n_created);
  /* Lets the other threads come, and begin to wait. */
  while (g_atomic_int_get (&crowd->n_there) < N_THREADS)
    g_thread_yield ();
  for (i = 0; i < N_THREADS; i++)
    g_thread_yield ();
  return test_probe_new ("a");
}

static gpointer
crowd_thread (gpointer data)
{
  Crowd *crowd = data;
  const char key[] = "a"; /* each has one of his own */
  GError *error = NULL;
  gpointer object;

  g_atomic_int_inc (&crowd->n_there);
  object = weakref_value_table_ensure (crowd->table, key, crowd_create_cb, crowd, &error);
  crowd->objects[g_atomic_int_add (&crowd->next, 1)] = object;
  g_assert_no_error (error);

  return NULL;
}

static void
test_crowd_creates_once (void)
{
  guint n_rounds = test_scale (20, 2);
  guint round;
  guint i;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      Crowd crowd = { .table = string_table () };

      test_threads (N_THREADS, crowd_thread, &crowd);
      g_assert_cmpint (crowd.n_created, ==, 1);
      assert_at (crowd.table, "a", crowd.objects[0]);
      for (i = 0; i < N_THREADS; i++)
        {
          g_assert_true (crowd.objects[i] == crowd.objects[0] || i == 0);
          if (i > 0)
            g_object_unref (crowd.objects[i]);
        }
      g_object_unref (crowd.objects[0]);
      assert_size (crowd.table, 0);
      g_object_unref (crowd.table);
    }
}

/* Each thread begins a creation. When all have begun, each asks for what the next one creates. */
typedef struct
{
  WeakrefValueTable *table;
  gint *n_there; /* (atomic) */
  guint n;
  WeakrefValueTable *next_table;
  const char *key;
  const char *next_key;
  gpointer object;
  GError *error;
} Asker;

static gpointer
asker_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Asker *self = user_data;
  gpointer next;

  g_atomic_int_inc (self->n_there);
  while (g_atomic_int_get (self->n_there) < (gint) self->n)
    g_thread_yield ();

  next = weakref_value_table_ensure (self->next_table, self->next_key, crowd_create_cb,
                                     &(Crowd) { .n_there = N_THREADS }, error);
  if (next == NULL)
    return NULL;

  g_object_unref (next);
  return test_probe_new (key);
}

static gpointer
asker_thread (gpointer data)
{
  Asker *self = data;

  self->object =
    weakref_value_table_ensure (self->table, self->key, asker_create_cb, self, &self->error);
  return NULL;
}

static void
check_circle (guint n)
{
  static const char *keys[] = { "0", "1", "2" };
  guint n_rounds = test_scale (100, 5);
  guint round;
  guint i;

  g_assert (n <= G_N_ELEMENTS (keys));
  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      WeakrefValueTable *tables[3] = { string_table (), string_table (), string_table () };
      Asker askers[3];
      GThread *threads[3];
      gint n_there = 0;

      for (i = 0; i < n; i++)
        askers[i] = (Asker) {
          .table = tables[i],
          .n_there = &n_there,
          .n = n,
          .next_table = tables[(i + 1) % n],
          .key = keys[i],
          .next_key = keys[(i + 1) % n],
        };
      for (i = 0; i < n; i++)
        threads[i] = g_thread_new ("asker", asker_thread, &askers[i]);
      for (i = 0; i < n; i++)
        g_thread_join (threads[i]);

      /* One of them would have closed the circle, and got an error. The threads that waited for its
       * creation got the same error. */
      for (i = 0; i < n; i++)
        {
          g_assert_error (askers[i].error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION);
          g_assert_null (askers[i].object);
          g_clear_error (&askers[i].error);
        }
      for (i = 0; i < 3; i++)
        {
          assert_size (tables[i], 0);
          g_object_unref (tables[i]);
        }
    }
}

static void
test_recursion_in_a_circle_of_two (void)
{
  check_circle (2);
}

static void
test_recursion_in_a_circle_of_three (void)
{
  check_circle (3);
}

/* One thread creates "x", and the other one waits for it while it creates "y". When the first has
 * created "x", it asks for "y" before the other one has woken up. That is no circle. */

typedef struct
{
  WeakrefValueTable *table;
  gint making_y; /* (atomic) */
} Relay;

static gpointer
relay_create_x_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Relay *relay = user_data;
  guint i;

  while (!g_atomic_int_get (&relay->making_y))
    g_thread_yield ();
  /* Lets the other thread begin to wait. */
  for (i = 0; i < 100; i++)
    g_thread_yield ();
  return test_probe_new ("x");
}

static gpointer
relay_create_y_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Relay *relay = user_data;
  gpointer x;

  g_atomic_int_set (&relay->making_y, TRUE);
  x = weakref_value_table_ensure (relay->table, "x", relay_create_x_cb, relay, error);
  g_assert_nonnull (x);
  g_object_unref (x);
  return test_probe_new ("y");
}

static gpointer
relay_thread (gpointer data)
{
  Relay *relay = data;

  return weakref_value_table_ensure (relay->table, "y", relay_create_y_cb, relay, NULL);
}

static void
test_no_recursion_once_made (void)
{
  guint n_rounds = test_scale (100, 5);
  guint round;

  test_log_set_probes (FALSE);
  for (round = 0; round < n_rounds; round++)
    {
      Relay relay = { string_table (), FALSE };
      GError *error = NULL;
      GThread *thread = g_thread_new ("relay", relay_thread, &relay);
      gpointer x = weakref_value_table_ensure (relay.table, "x", relay_create_x_cb, &relay, &error);
      gpointer y;

      g_assert_no_error (error);
      y = weakref_value_table_ensure (relay.table, "y", relay_create_y_cb, &relay, &error);
      g_assert_no_error (error);
      g_object_unref (g_thread_join (thread));
      g_object_unref (x);
      g_object_unref (y);
      assert_size (relay.table, 0);
      g_object_unref (relay.table);
    }
}

/* One thread is in the middle of a call, and the other one calls something else. */
typedef struct
{
  WeakrefValueTable *table;
  TestGate there;
  TestGate go_on;
  gpointer object;
} Meeting;

static void
meeting_init (Meeting *meeting)
{
  meeting->table = string_table ();
  meeting->object = NULL;
  test_gate_init (&meeting->there);
  test_gate_init (&meeting->go_on);
}

static void
meeting_clear (Meeting *meeting)
{
  g_object_unref (meeting->table);
  test_gate_clear (&meeting->there);
  test_gate_clear (&meeting->go_on);
}

static gpointer
meeting_create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Meeting *meeting = user_data;

  test_gate_open (&meeting->there);
  test_gate_wait (&meeting->go_on);
  return test_probe_new ("created");
}

static gpointer
meeting_thread (gpointer data)
{
  Meeting *meeting = data;

  meeting->object =
    weakref_value_table_ensure (meeting->table, "a", meeting_create_cb, meeting, NULL);
  return NULL;
}

static void
test_others_work_during_a_creation (void)
{
  Meeting meeting;
  GThread *thread;
  gpointer b;

  meeting_init (&meeting);
  thread = g_thread_new ("create", meeting_thread, &meeting);
  test_gate_wait (&meeting.there);

  assert_at (meeting.table, "a", NULL);
  g_assert_false (weakref_value_table_remove (meeting.table, "a"));
  b = weakref_value_table_ensure (meeting.table, "b", create_cb, NULL, NULL);
  assert_log ("create:b");
  assert_size (meeting.table, 1);
  weakref_value_table_remove_all (meeting.table);
  g_object_unref (b);
  assert_log ("-b ~b");

  test_gate_open (&meeting.go_on);
  g_thread_join (thread);
  assert_at (meeting.table, "a", meeting.object);
  g_object_unref (meeting.object);
  assert_log ("-created ~created");
  meeting_clear (&meeting);
}

static void
test_insert_during_a_creation_elsewhere (void)
{
  TestProbe *a = test_probe_new ("a");
  Meeting meeting;
  GThread *thread;
  gpointer got;

  meeting_init (&meeting);
  thread = g_thread_new ("create", meeting_thread, &meeting);
  test_gate_wait (&meeting.there);

  g_assert_true (weakref_value_table_insert (meeting.table, "a", a));
  assert_at (meeting.table, "a", a);
  /* It need not wait for the creation. */
  got = weakref_value_table_ensure (meeting.table, "a", create_cb, NULL, NULL);
  g_assert_true (got == a);
  g_object_unref (got);

  test_gate_open (&meeting.go_on);
  g_thread_join (thread);
  assert_log ("-created ~created");
  g_assert_true (meeting.object == a);
  g_object_unref (meeting.object);
  g_object_unref (a);
  assert_log ("-a ~a");
  meeting_clear (&meeting);
}

static void
meeting_dispose_cb (TestProbe *probe, gpointer user_data)
{
  Meeting *meeting = user_data;

  test_gate_open (&meeting->there);
  test_gate_wait (&meeting->go_on);
}

static gpointer
unref_thread (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

static void
test_ensure_while_it_dies_elsewhere (void)
{
  TestProbe *a = test_probe_new ("a");
  Meeting meeting;
  GThread *thread;
  gpointer b;

  meeting_init (&meeting);
  weakref_value_table_insert (meeting.table, "x", a);
  test_probe_set_on_dispose (a, meeting_dispose_cb, &meeting);
  thread = g_thread_new ("unref", unref_thread, a);
  test_gate_wait (&meeting.there);

  /* The entry of the dying object disturbs nobody. */
  assert_log ("-a");
  assert_at (meeting.table, "x", NULL);
  b = weakref_value_table_ensure (meeting.table, "x", create_named_cb, (gpointer) "b", NULL);
  assert_log ("create:x");
  assert_at (meeting.table, "x", b);

  test_gate_open (&meeting.go_on);
  g_thread_join (thread);
  assert_log ("~a");
  assert_at (meeting.table, "x", b);
  assert_size (meeting.table, 1);
  g_object_unref (b);
  assert_log ("-b ~b");
  meeting_clear (&meeting);
}

static void
test_table_dropped_while_a_value_dies_elsewhere (void)
{
  TestProbe *a = test_probe_new ("a");
  Meeting meeting;
  GThread *thread;

  meeting_init (&meeting);
  weakref_value_table_insert (meeting.table, "x", a);
  test_probe_set_on_dispose (a, meeting_dispose_cb, &meeting);
  thread = g_thread_new ("unref", unref_thread, a);
  test_gate_wait (&meeting.there);
  g_object_unref (meeting.table);
  test_gate_open (&meeting.go_on);
  g_thread_join (thread);
  assert_log ("-a ~a");

  meeting.table = string_table ();
  meeting_clear (&meeting);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/value-table");

  test_case_as ("threads/create-once", crowd_creates_once);
  test_case_as ("threads/recursion-in-a-circle-of-two", recursion_in_a_circle_of_two);
  test_case_as ("threads/recursion-in-a-circle-of-three", recursion_in_a_circle_of_three);
  test_case_as ("threads/no-recursion-once-made", no_recursion_once_made);
  test_case_as ("threads/others-work-during-a-creation", others_work_during_a_creation);
  test_case_as ("threads/insert-during-a-creation", insert_during_a_creation_elsewhere);
  test_case_as ("threads/ensure-while-it-dies", ensure_while_it_dies_elsewhere);
  test_case_as ("threads/table-dropped-while-a-value-dies",
                table_dropped_while_a_value_dies_elsewhere);

  return g_test_run ();
}
