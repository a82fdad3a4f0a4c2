/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#include <malloc.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define N_OBJECTS 32
#define N_SAMPLES 100
#define MAX_DEPTH 2

static const StressClass *const classes[] = {
  &stress_ref, &stress_finalizer, &stress_proxy, &stress_value_table, &stress_key_table,
  &stress_set, &stress_bond,      &stress_cache, &stress_tie,
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
static gboolean share_run_dispose;
static gint n_objects; /* (atomic) */
static gint n_records; /* (atomic) */
static gint n_running; /* (atomic) */

static struct
{
  GMutex lock;
  StressObject *objects[N_OBJECTS]; /* (owned): lock */
} shared;

static Worker *
worker_self (void)
{
  return g_private_get (&current_worker);
}

guint
stress_random (guint n)
{
  return (guint) g_rand_int_range (worker_self ()->rand, 0, (gint32) n);
}

/* Objects */

struct _StressObject
{
  GObject parent_instance;

  guint64 id;        /* (const) */
  guint n_deaths;    /* changes only while nobody holds the object */
  gint is_dying;     /* (atomic) */
  gint value;        /* (atomic) */
  gint n_protecting; /* (atomic): who does not bear a forced dispose now; -1: there was one */
  guint n_resurrections;
  gboolean chain_up; /* (const): even when it comes back */
};

G_DEFINE_TYPE (StressObject, stress_object, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_VALUE
};

static void
stress_object_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  StressObject *self = STRESS_OBJECT (object);

  if (prop_id == PROP_ID)
    g_value_set_uint64 (value, self->id);
  else
    g_value_set_int (value, g_atomic_int_get (&self->value));
}

static void
stress_object_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  g_atomic_int_set (&STRESS_OBJECT (object)->value, g_value_get_int (value));
}

static void
stress_object_dispose (GObject *object)
{
  StressObject *self = STRESS_OBJECT (object);
  gboolean last_unref = g_atomic_int_get (&object->ref_count) == 1;

  /* Where the races are: let others run while this object is neither there nor gone. */
  if (stress_random (2))
    g_thread_yield ();

  if (last_unref)
    {
      g_atomic_int_set (&self->is_dying, TRUE);
      self->n_deaths++;
      if (self->n_resurrections > 0)
        {
          self->n_resurrections--;
          stress_count ("object: resurrect");
          g_ptr_array_add (worker_self ()->resurrected, g_object_ref (self));
          if (!self->chain_up)
            return;
        }
    }

  G_OBJECT_CLASS (stress_object_parent_class)->dispose (object);
}

static void
stress_object_finalize (GObject *object)
{
  g_assert_true (STRESS_OBJECT (object)->is_dying);
  g_atomic_int_add (&n_objects, -1);

  G_OBJECT_CLASS (stress_object_parent_class)->finalize (object);
}

static void
stress_object_class_init (StressObjectClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = stress_object_get_property;
  object_class->set_property = stress_object_set_property;
  object_class->dispose = stress_object_dispose;
  object_class->finalize = stress_object_finalize;

  g_object_class_install_property (object_class, PROP_ID,
                                   g_param_spec_uint64 ("id", NULL, NULL, 0, G_MAXUINT64, 0,
                                                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (object_class, PROP_VALUE,
                                   g_param_spec_int ("value", NULL, NULL, 0, G_MAXINT, 0,
                                                     G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS));
  g_signal_new ("ping", STRESS_TYPE_OBJECT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
stress_object_init (StressObject *self)
{
  static guint64 last_id;

  self->chain_up = TRUE;
  self->id = __atomic_add_fetch (&last_id, 1, __ATOMIC_RELAXED);
  g_atomic_int_inc (&n_objects);
}

StressObject *
stress_object_new (void)
{
  stress_count ("object: new");

  return g_object_new (STRESS_TYPE_OBJECT, NULL);
}

guint64
stress_object_get_id (StressObject *self)
{
  return self->id;
}

guint64
stress_object_get_life (StressObject *self)
{
  return self->id << 8 | self->n_deaths;
}

gboolean
stress_object_dies_noticed (StressObject *self)
{
  return self->chain_up;
}

void
stress_object_check (gpointer object)
{
  g_assert_true (STRESS_IS_OBJECT (object));
  g_assert_false (g_atomic_int_get (&STRESS_OBJECT (object)->is_dying));
}

/* Keeps the object from being disposed by force. Without ordering, as the counters below. */
gboolean
stress_object_protect (StressObject *self)
{
  gint n = __atomic_load_n (&self->n_protecting, __ATOMIC_RELAXED);

  while (n >= 0)
    {
      if (__atomic_compare_exchange_n (&self->n_protecting, &n, n + 1, FALSE, __ATOMIC_RELAXED,
                                       __ATOMIC_RELAXED))
        return TRUE;
    }

  return FALSE;
}

void
stress_object_unprotect (StressObject *self)
{
  __atomic_sub_fetch (&self->n_protecting, 1, __ATOMIC_RELAXED);
}

static gboolean
stress_object_dispose_by_force (StressObject *self)
{
  gint n = 0;

  if (!__atomic_compare_exchange_n (&self->n_protecting, &n, -1, FALSE, __ATOMIC_RELAXED,
                                    __ATOMIC_RELAXED) &&
      n > 0)
    return FALSE;

  stress_count ("object: run_dispose");
  g_object_run_dispose (G_OBJECT (self));

  return TRUE;
}

static StressObject *
shared_swap (guint position, StressObject *object)
{
  StressObject *old;

  g_mutex_lock (&shared.lock);
  old = shared.objects[position];
  shared.objects[position] = object;
  g_mutex_unlock (&shared.lock);

  return old;
}

StressObject *
stress_dup_object (void)
{
  guint position = stress_random (N_OBJECTS);
  StressObject *object;

  g_mutex_lock (&shared.lock);
  object = shared.objects[position] != NULL ? g_object_ref (shared.objects[position]) : NULL;
  g_mutex_unlock (&shared.lock);

  if (object == NULL)
    {
      object = stress_object_new ();
      if (stress_random (16) == 0)
        {
          object->n_resurrections = 1 + stress_random (2);
          object->chain_up = stress_random (2);
        }
      g_object_ref (object);
      g_clear_object (&(StressObject *) { shared_swap (position, object) });
    }

  return object;
}

/* Gives it to all threads. */
void
stress_share_object (StressObject *object)
{
  g_clear_object (
    &(StressObject *) { shared_swap (stress_random (N_OBJECTS), g_object_ref (object)) });
}

static void
bring_resurrected_back (Worker *worker)
{
  while (worker->resurrected->len > 0)
    {
      StressObject *object = g_ptr_array_steal_index_fast (worker->resurrected, 0);

      g_atomic_int_set (&object->is_dying, FALSE);
      g_clear_object (&(StressObject *) { shared_swap (stress_random (N_OBJECTS), object) });
    }
}

static void
objects_step (Worker *worker)
{
  StressObject *object;

  /* Not from a callback, which may be inside that very dispose: if others had the object before it
   * is over, GLib would finalize it without another one. */
  if (worker->depth == 0)
    bring_resurrected_back (worker);

  /* GLib before 2.80 crashes by itself when an object is used elsewhere meanwhile. */
  if (share_run_dispose && stress_random (8) == 0)
    {
      object = stress_dup_object ();
      if (!stress_object_dispose_by_force (object))
        stress_count_race ("an object was protected from being disposed");
    }
  else
    {
      stress_count ("object: drop");
      object = shared_swap (stress_random (N_OBJECTS), NULL);
    }

  if (object != NULL)
    g_object_unref (object);
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

/* Records */

StressRecord *
stress_record_new (gboolean must_settle)
{
  StressRecord *record = g_new0 (StressRecord, 1);

  g_atomic_ref_count_init (&record->ref_count);
  g_atomic_ref_count_inc (&record->ref_count);
  record->must_settle = must_settle;
  g_atomic_int_inc (&n_records);

  return record;
}

void
stress_record_call (StressRecord *record)
{
  g_assert_false (g_atomic_int_get (&record->destroyed));
  g_assert_cmpint (g_atomic_int_add (&record->called, 1), ==, 0);
}

void
stress_record_prevent (StressRecord *record)
{
  g_assert_cmpint (g_atomic_int_add (&record->prevented, 1), ==, 0);
}

void
stress_record_unref (StressRecord *record)
{
  if (!g_atomic_ref_count_dec (&record->ref_count))
    return;

  g_assert_true (record->destroyed);
  if (record->must_settle)
    g_assert_cmpint (record->called + record->prevented, ==, 1);
  g_atomic_int_add (&n_records, -1);
  g_free (record);
}

void
stress_record_destroy (gpointer data)
{
  StressRecord *record = data;

  g_assert_cmpint (g_atomic_int_add (&record->destroyed, 1), ==, 0);
  stress_record_unref (record);
}

/* Pools */

void
stress_pool_release (StressPool *pool, gpointer box)
{
  if (box != NULL)
    g_atomic_rc_box_release_full (box, pool->clear);
}

static guint
pool_random (StressPool *pool)
{
  return stress_random (pool->n_hot > 0 ? pool->n_hot : STRESS_POOL_SIZE);
}

gpointer
stress_pool_dup (StressPool *pool)
{
  guint position = pool_random (pool);
  gpointer box;

  g_mutex_lock (&pool->lock);
  box = pool->boxes[position] != NULL ? g_atomic_rc_box_acquire (pool->boxes[position]) : NULL;
  g_mutex_unlock (&pool->lock);

  return box;
}

/* Takes over @box, which may be NULL. */
void
stress_pool_put (StressPool *pool, gpointer box)
{
  guint position = pool_random (pool);
  gpointer old;

  g_mutex_lock (&pool->lock);
  old = pool->boxes[position];
  pool->boxes[position] = box;
  g_mutex_unlock (&pool->lock);

  stress_pool_release (pool, old);
}

void
stress_pool_empty (StressPool *pool)
{
  guint i;

  for (i = 0; i < STRESS_POOL_SIZE; i++)
    stress_pool_release (pool, g_steal_pointer (&pool->boxes[i]));
}

/* Creations */

static G_DEFINE_QUARK (stress_key, key)

typedef struct
{
  StressCreations *creations;
  gboolean created;
} Creation;

static gpointer
create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  guint k = GPOINTER_TO_UINT (key);
  Creation *creation = user_data;
  StressCreations *creations = creation->creations;
  StressObject *object = NULL;

  stress_count ("ensure: create");
  creation->created = TRUE;
  g_atomic_int_inc (&creations->n_created);
  g_assert_cmpint (g_atomic_int_add (&creations->n_creating[k], 1), ==, 0);

  /* One key needs another: in any order, so that circles come about. */
  if (stress_random (4) == 0)
    {
      gpointer other = stress_ensure (creations, stress_random (STRESS_N_KEYS));

      g_clear_object (&other);
    }
  g_thread_yield ();

  if (stress_random (8) == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "by chance");
    }
  else
    {
      object = stress_object_new ();
      g_object_set_qdata (G_OBJECT (object), key_quark (), GUINT_TO_POINTER (k + 1));
    }
  g_assert_cmpint (g_atomic_int_add (&creations->n_creating[k], -1), ==, 1);

  return object;
}

gpointer
stress_ensure (StressCreations *creations, guint key)
{
  Creation creation = { creations, FALSE };
  gboolean in_flight = g_atomic_int_get (&creations->n_creating[key]) > 0;
  GError *error = NULL;
  gpointer object;

  object = creations->ensure (GUINT_TO_POINTER (key), create_cb, &creation, &error);
  if (object != NULL || creation.created)
    g_atomic_int_inc (&creations->n_asked);
  if (object == NULL)
    {
      if (g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION))
        stress_count_race ("creations in a circle");
      else
        g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
      g_error_free (error);
      return NULL;
    }

  g_assert_no_error (error);
  stress_ensured_check (object, key);
  if (in_flight && !creation.created)
    stress_count_race ("somebody else's creation was waited for");
  if (g_atomic_int_get (&creations->n_creating[key]) > 0)
    stress_count_race ("an object was removed and made again");

  return object;
}

void
stress_ensured_check (gpointer object, guint key)
{
  stress_object_check (object);
  g_assert_cmpuint (GPOINTER_TO_UINT (g_object_get_qdata (object, key_quark ())), ==, key + 1);
}

/* Counters */

static StressCounter *counters; /* (atomic) */

/* Without ordering, because what orders the threads hides their races from ThreadSanitizer. */
void
stress_counter_add (StressCounter *counter)
{
  __atomic_add_fetch (&counter->n, 1, __ATOMIC_RELAXED);

  if (__atomic_load_n (&counter->registered, __ATOMIC_RELAXED) ||
      __atomic_exchange_n (&counter->registered, TRUE, __ATOMIC_RELAXED))
    return;

  do
    counter->next = g_atomic_pointer_get (&counters);
  while (!g_atomic_pointer_compare_and_exchange (&counters, counter->next, counter));
}

static void
counters_print (void)
{
  GHashTable *sums = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);
  StressCounter *counter;
  GList *names;
  GList *l;

  for (counter = counters; counter != NULL; counter = counter->next)
    {
      guint64 *sum = g_hash_table_lookup (sums, counter->name);

      if (sum == NULL)
        g_hash_table_insert (sums, (gpointer) counter->name, sum = g_new0 (guint64, 1));
      *sum += counter->n;
    }

  names = g_list_sort (g_hash_table_get_keys (sums), (GCompareFunc) strcmp);
  for (l = names; l != NULL; l = l->next)
    g_print ("# %14" G_GUINT64_FORMAT "  %s\n", *(guint64 *) g_hash_table_lookup (sums, l->data),
             (char *) l->data);

  g_list_free (names);
  g_hash_table_unref (sums);
}

/* Rounds */

static void
take_step (Worker *worker)
{
  guint what = stress_random (3 * G_N_ELEMENTS (classes) + 2);
  guint i = what / 3;

  if (i == G_N_ELEMENTS (classes))
    objects_step (worker);
  else if (only != NULL && !g_strv_contains ((const char *const *) only, classes[i]->name))
    return;
  else if (what % 3 > 0)
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
  bring_resurrected_back (worker);

  for (i = 0; i < G_N_ELEMENTS (classes); i++)
    {
      if (worker->data[i] != NULL)
        classes[i]->worker_free (worker->data[i]);
    }

  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);

  g_atomic_int_inc (&n_running);
  g_main_context_wakeup (view);

  return NULL;
}

static void
drain_view (void)
{
  while (g_main_context_iteration (view, FALSE))
    ;
}

static void
drop_all_objects (Worker *worker)
{
  gboolean any = TRUE;
  guint i;

  while (any)
    {
      any = FALSE;
      bring_resurrected_back (worker);
      for (i = 0; i < N_OBJECTS; i++)
        {
          StressObject *object = shared_swap (i, NULL);

          any |= object != NULL;
          g_clear_object (&object);
        }
      drain_view ();
    }
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
    classes[i]->begin ();

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

  drain_view ();
  /* From here on nothing happens by chance. */
  main_worker->depth = MAX_DEPTH;
  for (i = 0; i < (gint) G_N_ELEMENTS (classes); i++)
    classes[i]->settled ();

  drop_all_objects (main_worker);
  g_assert_cmpint (g_atomic_int_get (&n_objects), ==, 0);
  for (i = 0; i < (gint) G_N_ELEMENTS (classes); i++)
    classes[i]->end ();
  drain_view ();
  g_assert_cmpint (g_atomic_int_get (&n_records), ==, 0);

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

/* Memory */

typedef struct
{
  double time;
  gsize heap; /* in use; 0 under AddressSanitizer */
  gsize rss;
} Sample;

static Sample
take_sample (gint64 start)
{
  Sample sample = { (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC,
                    mallinfo2 ().uordblks + mallinfo2 ().hblkhd, 0 };
  FILE *statm = fopen ("/proc/self/statm", "r");
  unsigned long total;
  unsigned long resident;

  if (statm != NULL)
    {
      if (fscanf (statm, "%lu %lu", &total, &resident) == 2)
        sample.rss = resident * (gsize) sysconf (_SC_PAGESIZE);
      fclose (statm);
    }

  return sample;
}

/* Between rounds there is nothing of ours in the heap: what is left over must not become more. The
 * process as a whole keeps what it likes; only what never stops to grow fails. */
static gboolean
samples_check (GArray *samples)
{
  const Sample *early = &g_array_index (samples, Sample, samples->len / 4);
  const Sample *late = &g_array_index (samples, Sample, samples->len - 1);
  struct rusage usage;
  guint i;

  for (i = 1; i <= 10; i++)
    {
      const Sample *sample = &g_array_index (samples, Sample, i * (samples->len - 1) / 10);

      g_print ("# after %7.1f s: heap %8.1f kB, resident %8.1f MB\n", sample->time,
               (double) sample->heap / 1024, (double) sample->rss / 1048576);
    }
  getrusage (RUSAGE_SELF, &usage);
  g_print ("# peak resident %.1f MB\n", (double) usage.ru_maxrss / 1024);

  return samples->len < 8 || (late->heap < early->heap + early->heap / 4 + 1048576 &&
                              late->rss < 2 * early->rss + 512 * 1048576u);
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
  /* Of a fixed size, lest the heap grow by it. */
  GArray *samples = g_array_sized_new (FALSE, FALSE, sizeof (Sample), 2 * N_SAMPLES);
  gint64 start = g_get_monotonic_time ();
  Sample sample;
  guint round = 0;
  gboolean flat;

  seed = (gint) g_random_int_range (1, G_MAXINT);
  g_option_context_add_main_entries (options, entries, NULL);
  if (!g_option_context_parse (options, &argc, &argv, &error))
    g_error ("%s", error->message);
  g_option_context_free (options);

  share_run_dispose = glib_check_version (2, 80, 0) == NULL;
  setvbuf (stdout, NULL, _IOLBF, 0);
  g_print ("1..2\n# --seed=%d --seconds=%g --threads=%d --steps=%d\n# GLib %u.%u.%u; "
           "g_object_run_dispose() on shared objects: %s\n",
           seed, seconds, n_threads, n_steps, glib_major_version, glib_minor_version,
           glib_micro_version, share_run_dispose ? "yes" : "no, this GLib crashes");

  view = g_main_context_new ();
  do
    {
      g_thread_join (g_thread_new ("round", round_thread, GUINT_TO_POINTER (round++)));
      sample = take_sample (start);
      if (sample.time >= samples->len * seconds / N_SAMPLES)
        g_array_append_val (samples, sample);
    }
  while (sample.time < seconds);
  g_main_context_unref (view);

  g_print ("# %u rounds\n", round);
  counters_print ();
  g_print ("ok 1 /weakref/stress/every-invariant-holds\n");
  flat = samples_check (samples);
  g_print ("%s 2 /weakref/stress/memory-stays-flat\n", flat ? "ok" : "not ok");

  g_array_unref (samples);
  g_strfreev (only);

  return flat ? 0 : 1;
}
