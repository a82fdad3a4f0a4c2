/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

/* Bytes are a program: operations on a few objects, and on all the weak things that there are. A
 * model beside them says what each operation has to return. Callbacks go on with the program, so
 * that anything happens inside of anything. There is one thread, so there is one right answer.
 *
 * libFuzzer looks for programs (tests/fuzz.sh). Without it, main () in fuzz.c makes random ones, or
 * runs those in the files that it is given. */

#include <weakref-glib/weakref-glib.h>

#include "../assertions.h"

G_BEGIN_DECLS

#define N_SLOTS 6
#define N_KEYS 16

/* As assert_returns(), but the program says whether a slot keeps the object. */
#define assert_returns_and_adopt(call, expected)                                                   \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gpointer assert_returns_got = (call);                                                          \
    assert_pointer (assert_returns_got, expected);                                                 \
    adopt_or_drop (assert_returns_got);                                                            \
  }                                                                                                \
  G_STMT_END

/* The program */

extern const guint8 *program;
extern gsize program_left;
extern guint depth; /* how many callbacks are running, one inside the other */
extern guint quiet; /* while it is above 0, callbacks do nothing */

/* The next number of the program, below @n. */
guint next (guint n);
void run_ops (guint n);
void run_nested (void);

/* The objects */

typedef struct _Record Record;
typedef struct _Target Target;

struct _Target
{
  GObject *object; /* (unowned): NULL once it is finalized */
  guint index;     /* among all targets */
  guint life;      /* a number; each dispose begins another life */
  guint disposing; /* how many disposes it is in */
  gboolean vague;  /* its death may come unnoticed */
  gboolean resurrect;
  gboolean chain_up;
  Record *value; /* in the key table */
  guint value_life;
  guint64 number; /* in the key table of GValues; 0: none */
  guint number_life;
  gboolean was_bonded;
  guint ended_life; /* plus 1: the life that ended with its tree, before its own dispose */
  Record *bond;     /* to its owner, once there was one; see is_bonded() */
  guint bond_life;
  Target *owner;
  guint owner_life;
};

/* What a callback is told. All of them stay until the end. */
struct _Record
{
  guint called;
  guint prevented;
  guint destroyed;
  gboolean must_settle; /* in the end: called or prevented */
  gboolean dropped;     /* the owner of the callback is gone: it won't be called */
  Target *target;
  guint life;
};

typedef struct
{
  GObject parent_instance;

  Target *target; /* (unowned) */
} FuzzObject;

extern GPtrArray *targets; /* (owned): all that there ever were */
extern GPtrArray *records; /* (owned) */
extern GPtrArray *orphans; /* (owned): objects that were resurrected */

GType fuzz_object_get_type (void);
Target *target_new (void);
/* Whether the object is still alive, in that life. */
gboolean is_alive (const Target *target, guint life);
/* Whether all that watch the target must have been told of the end of that life. */
gboolean is_noticed (const Target *target, guint life);
/* Whether it is bonded to an owner. */
gboolean is_bonded (const Target *target);
/* Whether its life ended with the tree of bonds that it is in. */
gboolean is_ended (const Target *target);
const Target *root_of (const Target *target);
/* The object if it is in that life still, or NULL. */
gpointer expect (const Target *target, guint life);
/* To be called when a weak thing to the target is made; returns its life. */
guint take_interest (Target *target);

Record *record_new (Target *target, guint life);
void record_destroy_cb (gpointer data);
void record_call (Record *record);

/* Returns a target with a reference to its object, if there is one in the slot. */
Target *hold (void);
/* Puts an object into a slot, and takes over the reference. */
void adopt (gpointer object);
void adopt_or_drop (gpointer object);
void op_object (void);

/* Everything there is */

typedef struct
{
  Target *target;
  guint life;
  gboolean is_kept; /* in the roomy cache */
} Entry;

/* The tables with keys that stand for objects */
enum
{
  STRING_TABLE,
  VALUE_TABLE,
  /* Keeps all that is idle or nothing, so that it is known what it keeps. */
  ROOMY_CACHE,
  /* Keeps little, and nothing that is bonded. */
  TIGHT_CACHE,
  N_TABLES
};

typedef struct
{
  WeakrefBond *bond; /* (owned) */
  Target *owned;
  Target *owner;
  Record *record;
} Bond;

typedef struct
{
  WeakrefRef *ref; /* (owned) */
  Target *target;
  guint life;
  Record *record; /* NULL: no callback */
  gboolean in_context;
} Ref;

typedef struct
{
  WeakrefProxy *proxy; /* (owned) */
  Target *target;
  guint life;
  Record *record; /* NULL: no callback, and no handler */
} Proxy;

typedef struct
{
  WeakrefFinalizer *finalizer; /* (owned) */
  Record *record;
  WeakrefPhase phase;
  gboolean in_context;
} Finalizer;

typedef struct
{
  Target *objects[N_SLOTS]; /* of each, a reference to the object is owned */
  Ref refs[N_SLOTS];
  Proxy proxies[N_SLOTS];
  Finalizer finalizers[N_SLOTS];
  Bond bonds[N_SLOTS];
  gpointer tables[N_TABLES];
  Entry entries[N_TABLES][N_KEYS];
  gboolean creating[N_TABLES][N_KEYS];
  guint64 hits[N_TABLES];
  guint64 misses[N_TABLES];
  WeakrefKeyTable *key_table;
  WeakrefKeyTable *number_table;
  guint64 last_number;
  WeakrefSet *sets[2];
  GArray *members[2]; /* (owned): of Entry */
  guint n_shown;      /* of the first set, as announced */
} World;

extern World world;

/* One file for each class. The op_ functions do one thing that the program chooses; the _check
 * functions compare everything with the model, while no callback is running. */

void ref_drop (Ref *slot);
void op_ref (void);
void refs_check (void);

void proxy_drop (Proxy *slot);
void op_proxy (void);
void proxies_check (void);

gboolean finalizer_is_over (const Record *record);
void finalizer_drop (Finalizer *slot);
void op_finalizer (void);
void op_exit (void);
void finalizers_check (void);

void table_new (guint t);
void ensure (guint t, guint k, const char *key);
void check_value_cb (gconstpointer key, gpointer object, gpointer user_data);
void op_value_table (void);

gboolean is_kept (const Target *target);
gboolean is_in_tight_cache (const Target *target);
void entry_use (guint t, Entry *entry);
void count_found (guint t, gpointer table, gboolean found);
void caches_let_go (guint t);
void op_cache (void);
void caches_check (void);

void bond_drop (Bond *slot);
void op_bond (void);
void bonds_check (void);

void key_tables_new (void);
void op_key_table (void);
void op_number_table (void);
void key_tables_check (void);

void ties_new (void);
void op_tie (void);
void ties_check (void);
void waits_check (void);
void ties_free (void);

void async_new (void);
void op_async (void);
void async_check (void);
void async_end_all (void);
void async_free (void);

void set_new (guint s);
void op_set (void);
void sets_check (void);

G_END_DECLS
