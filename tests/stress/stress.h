/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/weakref-glib.h>

G_BEGIN_DECLS

/* Everything at once, from many threads: a class of ours is one file with a StressClass.
 *
 * A run is a row of rounds. In a round, workers take random steps of random classes on a pool of
 * shared objects, while the thread of the round iterates a context, the view, to which callbacks
 * may be directed. Then the workers end, the view is drained, and what must be true when all is
 * quiet is asserted: first with the objects alive, then with all of them dead. */

typedef struct
{
  const char *name;
  /* Each of these may be NULL. The thread of the round, before the workers start. */
  void (*begin) (void);
  /* One random operation. Any thread; also from inside a callback. */
  void (*step) (void);
  /* The thread of the round, when the workers have ended and the view has nothing to do: with the
   * objects alive, and with all objects dead; the last is also to free what begin() made. */
  void (*settled) (void);
  void (*end) (void);
  /* The state of a worker in this class, for a model that only that worker changes. It is made and
   * freed in its thread. */
  gpointer (*worker_new) (guint index);
  void (*worker_step) (gpointer data);
  void (*worker_free) (gpointer data);
} StressClass;

extern const StressClass stress_async;
extern const StressClass stress_bond;
extern const StressClass stress_cache;
extern const StressClass stress_cache_model;
extern const StressClass stress_finalizer;
extern const StressClass stress_key_table;
extern const StressClass stress_proxy;
extern const StressClass stress_ref;
extern const StressClass stress_set;
extern const StressClass stress_tie;
extern const StressClass stress_value_table;

/* A target, with properties "id" and "value" and a signal "ping". While somebody holds one, neither
 * its id nor its life changes. */
#define STRESS_TYPE_OBJECT (stress_object_get_type ())
G_DECLARE_FINAL_TYPE (StressObject, stress_object, STRESS, OBJECT, GObject)

/* Whoever is not handed on to other threads, dies when its maker drops it, and stays dead. */
StressObject *stress_object_new (void);
/* Never used again: of the object, and of the life that it is in. */
guint64 stress_object_get_id (StressObject *object);
guint64 stress_object_get_life (StressObject *object);
/* FALSE: it may come back from a dispose of which nobody was told. */
gboolean stress_object_dies_noticed (StressObject *object);
/* Until it is told of the end, nobody disposes the object by force. FALSE: that has happened
 * before. It has to be done around what connects to its signals, as a new proxy does: in any
 * version of GLib, g_object_run_dispose() destroys the handlers of an object although an emission
 * in some thread is just at one of them; if somebody connects to the same signal after that, the
 * handlers are a new list, and the emission aborts when it comes back (handler_unref_R() in
 * gsignal.c). */
gboolean stress_object_protect (StressObject *object);
void stress_object_unprotect (StressObject *object);
/* Aborts if @object, which a function of ours returned, is being disposed for good. */
void stress_object_check (gpointer object);

/* A shared object, new reference. */
StressObject *stress_dup_object (void);
/* Makes it one, in the place of another. */
void stress_share_object (StressObject *object);
/* Where to have a callback called: NULL or the view. */
GMainContext *stress_get_context (void);
GMainContext *stress_get_view (void);
/* 0 … n - 1 */
guint stress_random (guint n);
/* For callbacks: a step of any class, unless it would be nested too deep. */
void stress_anything (void);

/* The user data of a callback: it knows what happened to it. The library has one reference, which
 * stress_record_destroy() drops, and whoever made it another. */
typedef struct
{
  gatomicrefcount ref_count;
  gint called;          /* (atomic) */
  gint prevented;       /* (atomic): how often somebody was told that it won't be called */
  gint destroyed;       /* (atomic) */
  gboolean must_settle; /* (const): in the end it was either called or prevented */
} StressRecord;

StressRecord *stress_record_new (gboolean must_settle);
void stress_record_call (StressRecord *record);
void stress_record_prevent (StressRecord *record);
void stress_record_unref (StressRecord *record);
void stress_record_destroy (gpointer record);

/* Creations by weakref_value_table_ensure() and its kin: of each key one at a time, of objects that
 * nobody else has, and that know their key. */
#define STRESS_N_KEYS 24

typedef struct
{
  WeakrefValueTable *table;       /* (unowned) */
  gint n_creating[STRESS_N_KEYS]; /* (atomic) */
  gint n_asked;                   /* (atomic): how often there was an answer */
  gint n_created;                 /* (atomic): of these, how often by a creation that was tried */
} StressCreations;

/* Returns the object, or NULL if the creation failed by chance or went in a circle. */
gpointer stress_ensure (StressCreations *creations, guint key);
/* A new object of that key. */
gpointer stress_ensured_new (guint key);
void stress_ensured_check (gpointer object, guint key);

/* Things that threads share, share and replace; in boxes of g_atomic_rc_box_new(). */
#define STRESS_POOL_SIZE 32

typedef struct
{
  GMutex lock;
  gpointer boxes[STRESS_POOL_SIZE]; /* lock */
  GDestroyNotify clear;
  guint n_hot; /* (const): how many there are, if fewer: threads meet at them more often */
} StressPool;

gpointer stress_pool_dup (StressPool *pool);
/* Empties one position, also in a thread that is no worker. */
void stress_pool_release_at (StressPool *pool, guint position);
void stress_pool_put (StressPool *pool, gpointer box);
void stress_pool_release (StressPool *pool, gpointer box);
void stress_pool_empty (StressPool *pool);

/* A thing of ours in such a box, with the record of its callback. Those that check are for things
 * with one end, by death, by hand or by detach(), and a record that must settle. */
typedef struct
{
  gpointer thing;       /* (owned) */
  StressRecord *record; /* (owned) (nullable) */
  guint64 life;         /* of the target */
  guint64 id;
} StressBox;

StressBox *stress_box_new (gpointer thing, StressRecord *record);
void stress_box_clear (gpointer box);
void stress_box_use (StressPool *pool, void (*use) (StressBox *box));
/* While nobody else uses the pool. */
void stress_box_foreach (StressPool *pool, void (*func) (StressBox *box));
void stress_box_ended_by_hand (StressBox *box, gboolean was_alive, gboolean ended);
void stress_box_detached (StressBox *box, gboolean was_alive, gboolean detached);
void stress_box_check_settled (StressBox *box, gboolean is_alive);
void stress_box_check_ended (StressBox *box, gboolean is_alive);

/* Counts what happened; all places with the same name together. */
typedef struct _StressCounter StressCounter;

struct _StressCounter
{
  const char *name;
  guint64 n;       /* (atomic) */
  gint registered; /* (atomic) */
  StressCounter *next;
};

void stress_counter_add (StressCounter *counter);

#define stress_count(what)                                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    static StressCounter stress_counter = { .name = what };                                        \
    stress_counter_add (&stress_counter);                                                          \
  }                                                                                                \
  G_STMT_END

/* A race that was met: shows that the test tests something. */
#define stress_count_race(what) stress_count ("race: " what)

/* For stress.c */

GPtrArray *stress_get_resurrected (void); /* by the calling thread */
void stress_drain_view (void);
void stress_objects_bring_back (void);
void stress_objects_step (void);
void stress_objects_drop_all (void);
gint stress_objects_count (void);
gint stress_records_count (void);
gboolean stress_may_share_run_dispose (void);
void stress_counters_print (void);
void stress_memory_start (double duration);
gboolean stress_memory_sample (void);
gboolean stress_memory_is_flat (void);

G_END_DECLS
