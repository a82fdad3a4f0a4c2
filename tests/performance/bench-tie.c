/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "bench.h"

/* A tie of three objects beside what is written by hand: a weak notification on each, and whoever
 * ends it removes the others. */

static void
tie_cb (WeakrefTie *tie, gpointer user_data)
{
}

static void
make_objects (gpointer *objects)
{
  guint i;

  for (i = 0; i < 3; i++)
    objects[i] = g_object_new (G_TYPE_OBJECT, NULL);
}

static void
ours_made_and_ended (guint n, gpointer data)
{
  gpointer objects[3];
  WeakrefTie *tie;
  guint i;

  make_objects (objects);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      tie = weakref_tie_new (objects, 3, tie_cb, NULL, NULL);
      weakref_tie_detach (tie);
      g_object_unref (tie);
    }
  bench_stop ();

  for (i = 0; i < 3; i++)
    g_object_unref (objects[i]);
}

typedef struct
{
  GObject *objects[3];
} ByHand;

static void
by_hand_cb (gpointer data, GObject *where_the_object_was)
{
  ByHand *self = data;
  guint i;

  for (i = 0; i < 3; i++)
    {
      if (self->objects[i] != where_the_object_was)
        g_object_weak_unref (self->objects[i], by_hand_cb, self);
    }
  g_free (self);
}

static ByHand *
by_hand_new (gpointer *objects)
{
  ByHand *self = g_new (ByHand, 1);
  guint i;

  for (i = 0; i < 3; i++)
    {
      self->objects[i] = objects[i];
      g_object_weak_ref (objects[i], by_hand_cb, self);
    }

  return self;
}

static void
glib_made_and_ended (guint n, gpointer data)
{
  gpointer objects[3];
  guint i;

  make_objects (objects);
  bench_start ();
  for (i = 0; i < n; i++)
    by_hand_cb (by_hand_new (objects), NULL);
  bench_stop ();

  for (i = 0; i < 3; i++)
    g_object_unref (objects[i]);
}

static void
ours_death (guint n, gpointer data)
{
  gpointer (*objects)[3] = g_malloc_n (n, sizeof *objects);
  guint i;

  for (i = 0; i < n; i++)
    make_objects (objects[i]);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      g_object_unref (weakref_tie_new (objects[i], 3, tie_cb, NULL, NULL));
      g_object_unref (objects[i][1]);
    }
  bench_stop ();

  for (i = 0; i < n; i++)
    {
      g_object_unref (objects[i][0]);
      g_object_unref (objects[i][2]);
    }
  g_free (objects);
}

static void
glib_death (guint n, gpointer data)
{
  gpointer (*objects)[3] = g_malloc_n (n, sizeof *objects);
  guint i;

  for (i = 0; i < n; i++)
    make_objects (objects[i]);
  bench_start ();
  for (i = 0; i < n; i++)
    {
      by_hand_new (objects[i]);
      g_object_unref (objects[i][1]);
    }
  bench_stop ();

  for (i = 0; i < n; i++)
    {
      g_object_unref (objects[i][0]);
      g_object_unref (objects[i][2]);
    }
  g_free (objects);
}

/* From an object to its key, and who else has references on the object does not matter. */

#define N_REFS 16000

static void
look_up_key (guint n, gpointer data)
{
  guint n_refs = GPOINTER_TO_UINT (data);
  WeakrefValueTable *table = weakref_value_table_new (G_TYPE_INT);
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  WeakrefRef **refs = g_new (WeakrefRef *, n_refs);
  gpointer key;
  guint i;

  weakref_value_table_insert (table, GINT_TO_POINTER (1), object);
  for (i = 0; i < n_refs; i++)
    refs[i] = weakref_ref_new_full (object, NULL, NULL, NULL, NULL);
  weakref_value_table_lookup_key (table, object, &key);
  bench_start ();
  for (i = 0; i < n; i++)
    weakref_value_table_lookup_key (table, object, &key);
  bench_stop ();

  for (i = 0; i < n_refs; i++)
    g_object_unref (refs[i]);
  g_free (refs);
  g_object_unref (object);
  g_object_unref (table);
}

static void
look_up_key_many (guint n, gpointer data)
{
  look_up_key (n, GUINT_TO_POINTER (N_REFS));
}

int
main (int argc, char **argv)
{
  bench_init (argc, argv);

  bench_section ("Ties of three objects");
  bench_compare ("a tie, made and detached", 5000, ours_made_and_ended, "3 weak notifies",
                 glib_made_and_ended, NULL, 0);
  bench_compare ("a tie, made and ended by a death", 3000, ours_death, "3 weak notifies",
                 glib_death, NULL, 0);
  bench_section ("From an object to its key");
  bench_compare ("lookup_key(), 16,000 references on the object", 1000, look_up_key_many,
                 "no other reference", look_up_key, NULL, 1.5);

  return 0;
}
