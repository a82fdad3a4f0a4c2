/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#include <stdio.h>

#define MAX_DEPTH 2

static const StressClass *const classes[] = {
  &stress_ref,         &stress_finalizer, &stress_proxy, &stress_value_table,
  &stress_key_table,   &stress_set,       &stress_bond,  &stress_cache,
  &stress_cache_model, &stress_tie,       &stress_async,
};

typedef struct
{
  GRand *rand;
  guint index;
  guint depth;            /* of callbacks in callbacks */
  GPtrArray *resurrected; /* (owned): objects that came back in a dispose in this thread */
  gpointer data[G_N_ELEMENTS (classes)];
} Worker;

static gint seed;
static double seconds = 3;
static gint n_threads = 8;
static gint n_steps = 5000;
static char **only;

static GPrivate current_worker;
static GMainContext *view;
static gint n_running; /* (atomic) */

static Worker *
worker_self (void)
{
  return g_private_get (&current_worker);
}

GPtrArray *
stress_get_resurrected (void)
{
  return worker_self ()->resurrected;
}

guint
stress_random (guint n)
{
  return (guint) g_rand_int_range (worker_self ()->rand, 0, (gint32) n);
}

GMainContext *
stress_get_view (void)
{
  return view;
}

GMainContext *
stress_get_context (void)
{
  return stress_random (2) ? view : NULL;
}

/* Rounds */

static void
take_step (Worker *worker)
{
  guint what = stress_random (3 * G_N_ELEMENTS (classes) + 2);
  guint i = what / 3;

  if (i == G_N_ELEMENTS (classes))
    {
      /* Not from a callback, which may be inside that very dispose: if others had the object before
       * it is over, GLib would finalize it without another one. */
      if (worker->depth == 0)
        stress_objects_bring_back ();
      stress_objects_step ();
    }
  else if (only != NULL && !g_strv_contains ((const char *const *) only, classes[i]->name))
    return;
  else if (classes[i]->step != NULL && what % 3 > 0)
    classes[i]->step ();
  else if (worker->data[i] != NULL && worker->depth == 0)
    classes[i]->worker_step (worker->data[i]);
}

void
stress_anything (void)
{
  Worker *worker = worker_self ();

  if (worker->depth >= MAX_DEPTH || stress_random (2) == 0)
    return;

  if (stress_random (2))
    g_thread_yield ();

  worker->depth++;
  take_step (worker);
  worker->depth--;
}

static Worker *
worker_new (guint index, guint round)
{
  const guint32 seeds[] = { (guint32) seed, index, round };
  Worker *worker = g_new0 (Worker, 1);

  worker->index = index;
  worker->rand = g_rand_new_with_seed_array (seeds, G_N_ELEMENTS (seeds));
  worker->resurrected = g_ptr_array_new ();

  return worker;
}

static gpointer
worker_thread (gpointer data)
{
  Worker *worker = data;
  GMainContext *context = g_main_context_new ();
  guint i;

  g_private_set (&current_worker, worker);
  g_main_context_push_thread_default (context);

  for (i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      if (classes[i]->worker_new != NULL)
        worker->data[i] = classes[i]->worker_new (worker->index);
    }

  /* All are there before any begins. */
  g_atomic_int_inc (&n_running);
  while (g_atomic_int_get (&n_running) < n_threads)
    g_thread_yield ();

  for (i = 0; i < (guint) n_steps; i++)
    take_step (worker);

  for (i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      if (worker->data[i] != NULL)
        classes[i]->worker_free (worker->data[i]);
    }
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  /* The last thing, for all of that may drop objects. */
  stress_objects_bring_back ();

  g_atomic_int_inc (&n_running);
  g_main_context_wakeup (view);

  return NULL;
}

void
stress_drain_view (void)
{
  while (g_main_context_iteration (view, FALSE))
    ;
}

static void
run_round (guint round)
{
  Worker *main_worker = worker_new (0, round);
  GThread **threads = g_new (GThread *, n_threads);
  Worker **workers = g_new (Worker *, n_threads);
  gint i;

  g_private_set (&current_worker, main_worker);
  g_atomic_int_set (&n_running, 0);

  for (i = 0; i < (gint) G_N_ELEMENTS (classes); i++)
    {
      if (classes[i]->begin != NULL)
        classes[i]->begin ();
    }

  for (i = 0; i < n_threads; i++)
    {
      workers[i] = worker_new (i + 1, round);
      threads[i] = g_thread_new ("stress", worker_thread, workers[i]);
    }
  while (g_atomic_int_get (&n_running) < 2 * n_threads)
    g_main_context_iteration (view, TRUE);
  for (i = 0; i < n_threads; i++)
    {
      g_thread_join (threads[i]);
      g_assert_cmpuint (workers[i]->resurrected->len, ==, 0);
      g_ptr_array_unref (workers[i]->resurrected);
      g_rand_free (workers[i]->rand);
      g_free (workers[i]);
    }
  g_free (workers);
  g_free (threads);

  stress_drain_view ();
  /* From here on nothing happens by chance. */
  main_worker->depth = MAX_DEPTH;
  /* The asynchronous one comes first, because its helper thread drops objects until then. */
  for (i = (gint) G_N_ELEMENTS (classes) - 1; i >= 0; i--)
    {
      if (classes[i]->settled != NULL)
        classes[i]->settled ();
      stress_drain_view ();
    }

  stress_objects_drop_all ();
  g_assert_cmpint (stress_objects_count (), ==, 0);
  for (i = 0; i < (gint) G_N_ELEMENTS (classes); i++)
    {
      if (classes[i]->end != NULL)
        classes[i]->end ();
    }
  stress_drain_view ();
  g_assert_cmpint (stress_records_count (), ==, 0);

  g_private_set (&current_worker, NULL);
  g_ptr_array_unref (main_worker->resurrected);
  g_rand_free (main_worker->rand);
  g_free (main_worker);
}

/* In a thread of its own: what the allocator keeps for each thread would pass for memory in use. */
static gpointer
round_thread (gpointer round)
{
  g_main_context_push_thread_default (view);
  run_round (GPOINTER_TO_UINT (round));
  g_main_context_pop_thread_default (view);

  return NULL;
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "seconds", 0, 0, G_OPTION_ARG_DOUBLE, &seconds, "How long (3)", "N" },
    { "seed", 0, 0, G_OPTION_ARG_INT, &seed, "Where chance begins", "N" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &n_threads, "How many (8)", "N" },
    { "steps", 0, 0, G_OPTION_ARG_INT, &n_steps, "Of each thread in a round (5000)", "N" },
    { "only", 0, 0, G_OPTION_ARG_STRING_ARRAY, &only, "Only this class; can be repeated", "NAME" },
    G_OPTION_ENTRY_NULL
  };
  GOptionContext *options = g_option_context_new (NULL);
  GError *error = NULL;
  guint round = 0;
  gboolean flat;

  seed = (gint) g_random_int_range (1, G_MAXINT);
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    g_error ("%s", error->message);
  g_option_context_free (options);

  setvbuf (stdout, NULL, _IOLBF, 0);
  g_print ("1..2\n# --seed=%d --seconds=%g --threads=%d --steps=%d\n# GLib %u.%u.%u; "
           "g_object_run_dispose() on shared objects: %s\n",
           seed, seconds, n_threads, n_steps, glib_major_version, glib_minor_version,
           glib_micro_version, stress_may_share_run_dispose () ? "yes" : "no, this GLib crashes");

  view = g_main_context_new ();
  stress_memory_start (seconds);
  do
    g_thread_join (g_thread_new ("round", round_thread, GUINT_TO_POINTER (round++)));
  while (stress_memory_sample ());
  g_main_context_unref (view);

  g_print ("# %u rounds\n", round);
  stress_counters_print ();
  g_print ("ok 1 /weakref/stress/every-invariant-holds\n");
  flat = stress_memory_is_flat ();
  g_print ("%s 2 /weakref/stress/memory-stays-flat\n", flat ? "ok" : "not ok");

  g_strfreev (only);

  return flat ? 0 : 1;
}
