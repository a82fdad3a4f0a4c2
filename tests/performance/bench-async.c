/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

/* Asking without waiting, beside a GTask that returns what is there already: from the making of the
 * task to the end of its callback in the same context. */

static guint n_called;

static void
iterate_until (guint n)
{
  while (n_called < n)
    g_main_context_iteration (NULL, TRUE);
}

static void
never_cb (gconstpointer key, GTask *task, gpointer data)
{
  g_assert_not_reached ();
}

static void
answered_cb (GObject *table, GAsyncResult *result, gpointer data)
{
  g_object_unref (weakref_value_table_ensure_finish (WEAKREF_VALUE_TABLE (table), result, NULL));
  n_called++;
}

static void
task_cb (GObject *table, GAsyncResult *result, gpointer data)
{
  g_object_unref (g_task_propagate_pointer (G_TASK (result), NULL));
  n_called++;
}

static void
ours_hit (guint n, gpointer data)
{
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  guint i;

  weakref_value_table_insert (table, "key", object);
  n_called = 0;
  bench_start ();
  for (i = 1; i <= n; i++)
    {
      weakref_value_table_ensure_async (table, "key", G_PRIORITY_DEFAULT, NULL, never_cb, NULL,
                                        NULL, answered_cb, NULL);
      iterate_until (i);
    }
  bench_stop ();
  g_object_unref (object);
  g_object_unref (table);
}

static void
return_task (GTask *task, GObject *object)
{
  g_task_return_pointer (task, g_object_ref (object), g_object_unref);
  g_object_unref (task);
}

static void
glib_hit (guint n, gpointer data)
{
  GObject *table = g_object_new (G_TYPE_OBJECT, NULL);
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  guint i;

  n_called = 0;
  bench_start ();
  for (i = 1; i <= n; i++)
    {
      return_task (g_task_new (table, NULL, task_cb, NULL), object);
      iterate_until (i);
    }
  bench_stop ();
  g_object_unref (object);
  g_object_unref (table);
}

/* Many who wait for the same creation; what the creation costs is not in it. */

static void
create_cb (gconstpointer key, GTask *task, gpointer creation)
{
  *(GTask **) creation = g_object_ref (task);
}

static void
ours_wait (guint n, gpointer data)
{
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_STRING);
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  GTask *creation;
  guint i;

  n_called = 0;
  weakref_value_table_ensure_async (table, "key", G_PRIORITY_DEFAULT, NULL, create_cb, &creation,
                                    NULL, answered_cb, NULL);
  bench_start ();
  for (i = 0; i < n; i++)
    weakref_value_table_ensure_async (table, "key", G_PRIORITY_DEFAULT, NULL, never_cb, NULL, NULL,
                                      answered_cb, NULL);
  return_task (creation, object);
  iterate_until (n + 1);
  bench_stop ();
  g_object_unref (object);
  g_object_unref (table);
}

static void
glib_wait (guint n, gpointer data)
{
  GObject *table = g_object_new (G_TYPE_OBJECT, NULL);
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  GTask **tasks = g_new (GTask *, n);
  guint i;

  n_called = 0;
  bench_start ();
  for (i = 0; i < n; i++)
    tasks[i] = g_task_new (table, NULL, task_cb, NULL);
  for (i = 0; i < n; i++)
    return_task (tasks[i], object);
  iterate_until (n);
  bench_stop ();
  g_free (tasks);
  g_object_unref (object);
  g_object_unref (table);
}

int
main (int argc, char **argv)
{
  const char *task = "a GTask, returned";
  double ours;

  bench_init (argc, argv);

  bench_section ("Asking without waiting");
  bench_compare ("an asynchronous hit", 1000, ours_hit, task, glib_hit, NULL, 1);
  ours =
    bench_compare ("a wait for a creation of others", 1000, ours_wait, task, glib_wait, NULL, 0);
  bench_row ("the same, without the GTask", "ns", ours - bench_measure (glib_wait, 1000, NULL),
             NULL, 0, 0);

  return 0;
}
