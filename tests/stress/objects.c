/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#define N_OBJECTS 32

static gint n_objects; /* (atomic) */

static struct
{
  GMutex lock;
  StressObject *objects[N_OBJECTS]; /* (owned): lock */
} shared;

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
          g_ptr_array_add (stress_get_resurrected (), g_object_ref (self));
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

void
stress_objects_bring_back (void)
{
  GPtrArray *resurrected = stress_get_resurrected ();

  while (resurrected->len > 0)
    {
      StressObject *object = g_ptr_array_steal_index_fast (resurrected, 0);

      g_atomic_int_set (&object->is_dying, FALSE);
      g_clear_object (&(StressObject *) { shared_swap (stress_random (N_OBJECTS), object) });
    }
}

/* One random thing that happens to one of them. */
void
stress_objects_step (void)
{
  StressObject *object;

  if (stress_may_share_run_dispose () && stress_random (8) == 0)
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

/* All of them die, if nobody else holds them. */
void
stress_objects_drop_all (void)
{
  gboolean any = TRUE;
  guint i;

  while (any)
    {
      any = FALSE;
      stress_objects_bring_back ();
      for (i = 0; i < N_OBJECTS; i++)
        {
          StressObject *object = shared_swap (i, NULL);

          any |= object != NULL;
          g_clear_object (&object);
        }
      stress_drain_view ();
    }
}

gint
stress_objects_count (void)
{
  return g_atomic_int_get (&n_objects);
}

/* GLib before 2.80 crashes by itself when an object is used elsewhere meanwhile. */
gboolean
stress_may_share_run_dispose (void)
{
  return glib_check_version (2, 80, 0) == NULL;
}
