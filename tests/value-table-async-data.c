/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Value tables: the data of a create function is freed once, whatever becomes of the request and of
 * the creation. In the table, "request" means: when the caller has his answer, or no longer waits;
 * "creation" means: when its task has been returned, and nothing of it is left. Each line has its
 * test below, in the same order, with both forms of the function.
 *
 *   what happens                                       is called   its data is freed
 *   -------------------------------------------------  ----------  ------------------------------
 *   the object is there                                no          before the function returns
 *   the same, asked for inside of a creation           no          with the request
 *   a creation goes on, asynchronous or not            no          with the request
 *   the key is reserved: committed, or failed          no          with the request
 *   the key is reserved: given up                      the first   with the creation; the others'
 *                                                                  with the request
 *   the creation gives an object, at once or later     yes         with the creation
 *   it gives an error, or what is no object            yes         with the creation
 *   it drops its task                                  yes         with the task
 *   another object is inserted meanwhile               yes         with the creation
 *   cancelled before                                   no          before the function returns
 *   cancelled meanwhile, and others wait               yes         with the creation
 *   cancelled meanwhile, the last one                  yes         with the creation, which has to
 *                                                                  return its task
 *   the same, inside of the create function            yes         with the creation
 *   cancelled after the answer                         yes         with the creation
 *   cancelled while a reservation is waited for        no          with the request
 *   a key of the wrong type                            no          before the function returns
 *   it would wait for itself                           no          with the request
 *   a blocking request that would wait for ever        yes         with the creation
 *   the table is emptied, disposed or dropped          yes         with the creation
 *   the caller's context does not run for a while      yes         when it runs
 *   the data is freed by asking again                  no, yes     each as above
 *   there is no callback; or nothing to free           yes         with the creation; never */

#include "value-table-async.h"

/* Which of the two functions is tested. */
static gboolean by_value;

/* As ask(), but by value in the second round, and with functions of one's own. */
static void
ask_with (WeakrefCreateAsyncFunc create,
          WeakrefCreateAsyncValueFunc create_value,
          gpointer data,
          GDestroyNotify destroy,
          Scene *s,
          const char *key,
          Caller *caller,
          GCancellable *cancellable)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, key);
  if (by_value)
    weakref_value_table_ensure_value_async (s->table, &value, G_PRIORITY_DEFAULT, cancellable,
                                            create_value, data, destroy, caller_cb, caller);
  else
    weakref_value_table_ensure_async (s->table, key, G_PRIORITY_DEFAULT, cancellable, create, data,
                                      destroy, caller_cb, caller);
  g_value_unset (&value);
}

static void
ask_for (Scene *s, const char *key, Creator *creator, Caller *caller, GCancellable *cancellable)
{
  creator->by_value = by_value;
  creator->n_asked++;
  ask_with (creator_cb, creator_value_cb, creator, creator_freed_cb, s, key, caller, cancellable);
}

/* The end of a test: each was called, with the answer that is the log, and its data was freed. */
static void
scene_end (Scene *s, Creator *other, const char *answers)
{
  test_iterate ();
  assert_log (answers);
  g_assert_cmpuint (other->n_freed, ==, other->n_asked);
  scene_clear (s, s->one.object != NULL ? "-a ~a" : "");
}

static void
check_hit (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "a" };
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (s.table, "a", a);
  ask_for (&s, "a", &other, &s.one, NULL);
  g_assert_cmpuint (other.n_freed, ==, 1);
  test_iterate ();
  g_object_unref (a);
  scene_end (&s, &other, "one=a");
}

static void
check_hit_inside (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "a" };
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (s.table, "a", a);
  ask_for (&s, "b", &s.creator, &s.two, NULL);
  ask_for (&s, "a", &other, &s.one, s.creator.cancellable);
  test_iterate ();
  g_assert_cmpuint (other.n_freed, ==, 1);
  creator_fail (&s.creator);
  g_object_unref (a);
  scene_end (&s, &other, "create:b one=a two!");
}

static void
check_joins (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };

  ask_for (&s, "a", &s.creator, &s.one, NULL);
  ask_for (&s, "a", &other, &s.two, s.other);
  ask_for (&s, "a", &other, &s.three, NULL);
  g_assert_cmpuint (other.n_freed, ==, 0);
  g_cancellable_cancel (s.other);
  test_iterate ();
  assert_log ("create:a two!");
  g_assert_cmpuint (other.n_freed, ==, 1);
  creator_return (&s.creator);
  scene_end (&s, &other, "one=a three=a");
}

/* The creation is a thread's. */

typedef struct
{
  WeakrefValueTable *table;
  TestGate creating;
  TestGate go_on;
} Blocking;

static gpointer
create_at_gate_cb (gconstpointer key, gpointer data, GError **error)
{
  Blocking *blocking = data;

  test_gate_open (&blocking->creating);
  test_gate_wait (&blocking->go_on);
  return test_probe_new (key);
}

static gpointer
blocking_thread (gpointer data)
{
  Blocking *blocking = data;

  return weakref_value_table_ensure (blocking->table, "a", create_at_gate_cb, blocking, NULL);
}

static void
check_joins_a_thread (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };
  Blocking blocking = { .table = s.table };
  GThread *thread;

  test_gate_init (&blocking.creating);
  test_gate_init (&blocking.go_on);
  thread = g_thread_new ("blocking", blocking_thread, &blocking);
  test_gate_wait (&blocking.creating);
  ask_for (&s, "a", &other, &s.one, NULL);
  test_gate_open (&blocking.go_on);
  g_object_unref (g_thread_join (thread));
  scene_end (&s, &other, "one=a");
  test_gate_clear (&blocking.creating);
  test_gate_clear (&blocking.go_on);
}

/* Reservations */

typedef enum
{
  COMMITTED,
  FAILED,
  ABANDONED,
  DROPPED
} ReservationEnd;

static void
check_reservation (ReservationEnd end, const char *answers)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };
  WeakrefReservation *reservation = weakref_value_table_reserve (s.table, "a", NULL, NULL);
  TestProbe *a = test_probe_new ("a");
  GError *error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "not found");

  ask_for (&s, "a", &s.creator, &s.one, NULL);
  ask_for (&s, "a", &other, &s.two, NULL);
  ask_for (&s, "a", &other, &s.three, s.cancellable);
  g_cancellable_cancel (s.cancellable);
  test_iterate ();
  assert_log ("three!");
  g_assert_cmpuint (s.creator.n_freed, ==, 0);
  g_assert_cmpuint (other.n_freed, ==, 1);

  if (end == COMMITTED)
    g_assert_true (weakref_reservation_commit (reservation, a));
  else if (end == FAILED)
    g_assert_true (weakref_reservation_fail (reservation, error));
  else if (end == ABANDONED)
    g_assert_true (weakref_reservation_abandon (reservation));
  g_object_unref (reservation);
  g_object_unref (a);
  g_error_free (error);
  test_iterate ();
  if (s.creator.kept_task != NULL)
    {
      g_assert_cmpuint (s.creator.n_freed, ==, 0);
      creator_return (&s.creator);
    }
  scene_end (&s, &other, answers);
}

static void
check_reservations (void)
{
  check_reservation (COMMITTED, "one=a two=a");
  check_reservation (FAILED, "-a ~a one! two!");
  check_reservation (ABANDONED, "-a ~a create:a one=a two=a");
  check_reservation (DROPPED, "-a ~a create:a one=a two=a");
}

/* Ends of a creation */

static void
return_at_once_cb (gconstpointer key, GTask *task, gpointer data)
{
  creator_cb (key, task, data);
  creator_return (data);
  g_assert_cmpuint (((Creator *) data)->n_freed, ==, 0);
}

static void
return_value_at_once_cb (const GValue *key, GTask *task, gpointer data)
{
  return_at_once_cb (g_value_get_string (key), task, data);
}

static void
check_gives_an_object (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "a", .by_value = by_value, .n_asked = 1 };

  ask_with (return_at_once_cb, return_value_at_once_cb, &other, creator_freed_cb, &s, "a", &s.one,
            NULL);
  g_assert_cmpuint (other.n_freed, ==, 0);
  test_iterate ();
  g_assert_cmpuint (other.n_freed, ==, 1);
  assert_log ("create:a one=a");
  caller_clear (&s.one);
  assert_log ("-a ~a");

  /* Later. */
  ask_for (&s, "a", &s.creator, &s.one, NULL);
  test_iterate ();
  g_assert_cmpuint (s.creator.n_freed, ==, 0);
  creator_return (&s.creator);
  scene_end (&s, &other, "create:a one=a");
}

static void
return_nothing (Creator *creator)
{
  GTask *task = g_steal_pointer (&creator->kept_task);
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_OBJECT);
  if (by_value)
    g_task_return_value (task, &value);
  else
    g_task_return_pointer (task, NULL, NULL);
  g_object_unref (task);
  g_value_unset (&value);
}

static void
check_gives_none (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };

  ask_for (&s, "a", &s.creator, &s.one, NULL);
  ask_for (&s, "b", &other, &s.two, NULL);
  creator_fail (&s.creator);
  return_nothing (&other);
  g_assert_cmpuint (s.creator.n_freed + other.n_freed, ==, 0);
  scene_end (&s, &other, "create:a create:b one! two!");
}

static void
check_drops_its_task (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };

  ask_for (&s, "a", &s.creator, &s.one, NULL);
  ask_for (&s, "b", &other, &s.two, s.cancellable);
  g_cancellable_cancel (s.cancellable);
  test_iterate ();
  creator_drop_task (&s.creator);
  g_assert_cmpuint (s.creator.n_freed, ==, 1);
  creator_drop_task (&other);
  g_assert_cmpuint (other.n_freed, ==, 1);
  scene_end (&s, &other, "create:a create:b two! one!");
}

static void
check_inserted_meanwhile (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };
  TestProbe *a = test_probe_new ("a");

  s.creator.name = "late";
  ask_for (&s, "a", &s.creator, &s.one, NULL);
  weakref_value_table_insert (s.table, "a", a);
  ask_for (&s, "a", &other, &s.two, NULL);
  g_assert_cmpuint (other.n_freed, ==, 1);
  g_assert_cmpuint (s.creator.n_freed, ==, 0);
  creator_return (&s.creator);
  test_iterate ();
  g_object_unref (a);
  scene_end (&s, &other, "create:a two=a -late ~late one=a");
}

/* Cancelling */

static void
check_cancelled_before (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };

  g_cancellable_cancel (s.cancellable);
  ask_for (&s, "a", &other, &s.one, s.cancellable);
  g_assert_cmpuint (other.n_freed, ==, 1);
  scene_end (&s, &other, "one!");
}

static void
check_cancelled_and_others_wait (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };

  ask_for (&s, "a", &s.creator, &s.two, s.cancellable);
  ask_for (&s, "a", &other, &s.one, NULL);
  g_cancellable_cancel (s.cancellable);
  test_iterate ();
  g_assert_cmpuint (s.creator.n_freed + other.n_freed, ==, 0);
  creator_return (&s.creator);
  scene_end (&s, &other, "create:a two! one=a");
}

static void
check_cancelled_the_last (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "a" };

  ask_for (&s, "a", &s.creator, &s.two, s.cancellable);
  g_cancellable_cancel (s.cancellable);
  test_iterate ();
  g_assert_cmpuint (s.creator.n_freed, ==, 0);
  /* Another creation of the same key, and then the end of both. */
  ask_for (&s, "a", &other, &s.one, NULL);
  creator_return (&other);
  test_iterate ();
  g_assert_cmpuint (other.n_freed, ==, 1);
  g_assert_cmpuint (s.creator.n_freed, ==, 0);
  assert_log ("create:a two! create:a one=a");
  g_assert_true (g_task_return_error_if_cancelled (s.creator.kept_task));
  g_clear_object (&s.creator.kept_task);
  scene_end (&s, &other, "");
}

static void
cancel_inside_cb (gconstpointer key, GTask *task, gpointer data)
{
  Scene *s = data;

  creator_cb (key, task, &s->creator);
  g_cancellable_cancel (s->cancellable);
  g_assert_true (g_cancellable_is_cancelled (s->creator.cancellable));
}

static void
cancel_inside_value_cb (const GValue *key, GTask *task, gpointer data)
{
  cancel_inside_cb (g_value_get_string (key), task, data);
}

static void
scene_data_freed_cb (gpointer data)
{
  ((Scene *) data)->creator.n_freed++;
}

static void
check_cancelled_inside (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };

  s.creator.n_asked++;
  ask_with (cancel_inside_cb, cancel_inside_value_cb, &s, scene_data_freed_cb, &s, "a", &s.one,
            s.cancellable);
  test_iterate ();
  g_assert_cmpuint (s.creator.n_freed, ==, 0);
  g_assert_true (g_task_return_error_if_cancelled (s.creator.kept_task));
  g_clear_object (&s.creator.kept_task);
  scene_end (&s, &other, "create:a one!");
}

static void
check_cancelled_after (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };

  ask_for (&s, "a", &s.creator, &s.one, s.cancellable);
  ask_for (&s, "a", &other, &s.two, s.other);
  creator_return (&s.creator);
  while (s.creator.n_freed == 0)
    g_main_context_iteration (NULL, FALSE);
  g_cancellable_cancel (s.other);
  test_iterate ();
  g_cancellable_cancel (s.cancellable);
  scene_end (&s, &other, "create:a one=a two!");
}

/* Requests that are refused */

static void
check_wrong_type (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other", .n_asked = 1 };
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_INT);
  weakref_value_table_ensure_value_async (s.table, &value, G_PRIORITY_DEFAULT, NULL,
                                          creator_value_cb, &other, creator_freed_cb, caller_cb,
                                          &s.one);
  g_assert_cmpuint (other.n_freed, ==, 1);
  scene_end (&s, &other, "one!");
}

static void
check_waits_for_itself (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };
  GError *error = NULL;

  ask_for (&s, "a", &s.creator, &s.one, NULL);
  ask_for (&s, "a", &other, &s.two, s.creator.cancellable);
  test_iterate ();
  g_assert_error (s.two.error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION);
  g_assert_cmpuint (other.n_freed, ==, 1);
  /* And who blocks the context: his data, which has no function to free it, is not touched. */
  g_assert_null (weakref_value_table_ensure (s.table, "a", create_cb, NULL, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_WOULD_BLOCK);
  g_error_free (error);
  g_assert_cmpuint (s.creator.n_freed, ==, 0);
  creator_return (&s.creator);
  scene_end (&s, &other, "create:a two! one=a");
}

/* What becomes of the table */

static void
check_table_goes (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };

  ask_for (&s, "a", &s.creator, &s.one, NULL);
  ask_for (&s, "a", &other, &s.two, NULL);
  weakref_value_table_remove_all (s.table);
  g_object_run_dispose (G_OBJECT (s.table));
  g_object_unref (s.table);
  g_assert_cmpuint (s.creator.n_freed + other.n_freed, ==, 0);
  creator_return (&s.creator);
  test_iterate ();
  assert_log ("create:a one=a two=a");
  s.table = string_table ();
  scene_end (&s, &other, "");
}

static void
check_context_does_not_run (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };
  GMainContext *context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  ask_for (&s, "a", &s.creator, &s.one, NULL);
  ask_for (&s, "a", &other, &s.two, NULL);
  g_main_context_pop_thread_default (context);
  creator_return (&s.creator);
  test_iterate ();
  g_assert_cmpuint (s.creator.n_freed + other.n_freed, ==, 0);
  assert_log ("create:a");
  while (g_main_context_iteration (context, FALSE))
    ;
  g_main_context_unref (context);
  assert_log ("one=a two=a");
  scene_end (&s, &other, "");
}

/* What frees the data uses the table */

static void
ask_again_cb (gpointer data)
{
  Scene *s = data;

  ask_for (s, "b", &s->creator, &s->two, NULL);
}

static void
check_asks_again (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "other" };
  TestProbe *a = test_probe_new ("a");

  weakref_value_table_insert (s.table, "a", a);
  ask_with (return_at_once_cb, return_value_at_once_cb, &s, ask_again_cb, &s, "a", &s.one, NULL);
  assert_log ("create:b");
  test_iterate ();
  creator_fail (&s.creator);
  g_object_unref (a);
  scene_end (&s, &other, "one=a two!");
}

static void
check_nothing_to_call (void)
{
  Scene s = scene_new (string_table ());
  Creator other = { .name = "b" };

  s.creator.n_asked = 1;
  weakref_value_table_ensure_async (s.table, "a", G_PRIORITY_DEFAULT, NULL, creator_cb, &s.creator,
                                    creator_freed_cb, NULL, NULL);
  weakref_value_table_ensure_async (s.table, "b", G_PRIORITY_DEFAULT, NULL, creator_cb, &other,
                                    NULL, NULL, NULL);
  assert_log ("create:a create:b");
  creator_return (&s.creator);
  creator_return (&other);
  test_iterate ();
  scene_end (&s, &other, "-a ~a -b ~b");
}

/* clang-format off */
#define ALL(with)                                                                                  \
  with (hit) with (hit_inside) with (joins) with (joins_a_thread) with (reservations)              \
  with (gives_an_object) with (gives_none) with (drops_its_task) with (inserted_meanwhile)         \
  with (cancelled_before) with (cancelled_and_others_wait) with (cancelled_the_last)               \
  with (cancelled_inside) with (cancelled_after) with (wrong_type) with (waits_for_itself)         \
  with (table_goes) with (context_does_not_run) with (asks_again) with (nothing_to_call)

#define IN_BOTH_FORMS(name)                                                                        \
  static void test_##name (void)                                                                   \
  {                                                                                                \
    for (by_value = FALSE; by_value <= TRUE; by_value++)                                           \
      check_##name ();                                                                             \
  }

#define ADD(name) test_case (name);

ALL (IN_BOTH_FORMS)
/* clang-format on */

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/value-table/async/data");

  ALL (ADD)

  return g_test_run ();
}
