/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/flight.h>

/* A thread that makes things or waits for them. */
typedef struct
{
  WeakrefFlight *waits_for; /* graph lock */
} Traveller;

struct _WeakrefFlight
{
  gatomicrefcount ref_count;
  WeakrefFlight *next; /* table lock */
  gconstpointer key;   /* (unowned): the pilot's, good until the landing */
  Traveller *pilot;    /* graph lock: NULL once landed */
  gpointer result;     /* (owned) (nullable): table lock until landed */
  gboolean landed;     /* table lock */
  GCond cond;          /* with the table lock */
};

/* LOCKING. The graph lock guards who waits for whom, over all tables: a circle of threads, each in
 * a creation that the previous one waits for, would wait for ever. It is taken with a table's lock
 * held, is a leaf, and nothing is called under it. */
static GMutex graph_lock;
static GPrivate traveller = G_PRIVATE_INIT (g_free);

static Traveller *
traveller_self (void)
{
  Traveller *self = g_private_get (&traveller);

  if (self == NULL)
    {
      self = g_new0 (Traveller, 1);
      g_private_set (&traveller, self);
    }

  return self;
}

/* The calling thread will make what @key stands for, and land. */
WeakrefFlight *
weakref_flight_start_locked (WeakrefFlight **flights, gconstpointer key)
{
  WeakrefFlight *flight = g_new0 (WeakrefFlight, 1);

  g_atomic_ref_count_init (&flight->ref_count);
  g_cond_init (&flight->cond);
  flight->key = key;
  flight->pilot = traveller_self ();
  flight->next = *flights;
  *flights = flight;

  return flight;
}

/* There are about as many flights as threads: a list will do. */
WeakrefFlight *
weakref_flight_find_locked (WeakrefFlight *flights, const WeakrefKeyKind *kind, gconstpointer key)
{
  while (flights != NULL && !kind->equal (flights->key, key))
    flights = flights->next;

  return flights;
}

/* Waits until it lands; weakref_flight_finish() then gives the result. Returns FALSE at once if
 * that would be for ever. The lock is released meanwhile. */
gboolean
weakref_flight_wait_locked (WeakrefFlight *flight, GMutex *lock)
{
  Traveller *self = traveller_self ();
  WeakrefFlight *f;

  g_mutex_lock (&graph_lock);
  for (f = flight; f != NULL && f->pilot != NULL && f->pilot != self; f = f->pilot->waits_for)
    ;
  if (f != NULL && f->pilot == self)
    {
      g_mutex_unlock (&graph_lock);
      return FALSE;
    }
  self->waits_for = flight;
  g_mutex_unlock (&graph_lock);

  g_atomic_ref_count_inc (&flight->ref_count);
  while (!flight->landed)
    g_cond_wait (&flight->cond, lock);

  g_mutex_lock (&graph_lock);
  self->waits_for = NULL;
  g_mutex_unlock (&graph_lock);

  return TRUE;
}

/* The pilot is done. @result, of which the flight takes the reference, goes to those who wait; NULL
 * makes them try themselves. The pilot finishes too, outside the lock. */
void
weakref_flight_land_locked (WeakrefFlight **flights, WeakrefFlight *flight, gpointer result)
{
  while (*flights != flight)
    flights = &(*flights)->next;
  *flights = flight->next;

  g_mutex_lock (&graph_lock);
  flight->pilot = NULL;
  g_mutex_unlock (&graph_lock);

  flight->result = result;
  flight->landed = TRUE;
  g_cond_broadcast (&flight->cond);
}

/* Outside the lock, once for the pilot and for each who waited. Returns a new reference to the
 * result, or NULL. */
gpointer
weakref_flight_finish (WeakrefFlight *flight)
{
  gpointer result = flight->result != NULL ? g_object_ref (flight->result) : NULL;

  if (g_atomic_ref_count_dec (&flight->ref_count))
    {
      g_clear_object (&flight->result);
      g_cond_clear (&flight->cond);
      g_free (flight);
    }

  return result;
}
