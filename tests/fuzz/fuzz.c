/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#ifndef FUZZ_WITH_LIBFUZZER
#include "../probe.h"
#endif

/* Bytes are a program: operations on a few objects, and on all the weak things that there are, with
 * a model beside them which says what each operation has to give. Callbacks go on with the program,
 * so that anything happens inside of anything. One thread: there is one right answer.
 *
 * libFuzzer looks for programs (tests/fuzz.sh). Without it, main() takes some by chance, or replays
 * those in the files that it is given. */

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

#define N_SLOTS 6
#define N_KEYS 16
#define MAX_DEPTH 4

/* The program */

static const guint8 *program;
static gsize program_left;
static guint depth;
static guint quiet; /* nothing is nested now */

static guint
next (guint n)
{
  if (program_left == 0)
    return 0;

  program_left--;
  return *program++ % n;
}

static void run_ops (guint n);

static void
run_nested (void)
{
  if (depth >= MAX_DEPTH || quiet > 0)
    return;

  depth++;
  run_ops (next (4));
  depth--;
}

/* Objects. The dispose itself tells the model of the end of a life: nothing can happen between the
 * moment when GLib clears its GWeakRefs, and the dispose. */

typedef struct _Target
{
  GObject *object; /* (unowned): NULL once it is finalized */
  guint life;      /* a number; each dispose begins another life */
  guint disposing; /* how many disposes it is in */
  gboolean vague;  /* its death may come unnoticed */
  gboolean resurrect;
  gboolean chain_up;
  struct _Record *value; /* in the key table */
  guint value_life;
  guint64 number; /* in the key table of GValues; 0: none */
  guint number_life;
  gboolean was_bonded;
  guint doomed;        /* the life that ended before its dispose, plus 1 */
  struct _Record *tie; /* the bond to its owner, once there was one; see is_tied() */
  guint tie_life;
  struct _Target *owner;
  guint owner_life;
} Target;

/* What a callback is told. All of them stay until the end. */
typedef struct _Record
{
  guint called;
  guint prevented;
  guint destroyed;
  gboolean must_settle; /* in the end: called or prevented */
  gboolean dropped;     /* whose callback it is, is gone: it won't be called */
  Target *target;
  guint life;
} Record;

typedef GObjectClass FuzzObjectClass;

typedef struct
{
  GObject parent_instance;

  Target *target; /* (unowned) */
} FuzzObject;

static guint n_pings; /* how many handlers have run */

static GType fuzz_object_get_type (void);
G_DEFINE_TYPE (FuzzObject, fuzz_object, G_TYPE_OBJECT)

static GPtrArray *targets; /* (owned): all that there ever were */
static GPtrArray *records; /* (owned) */
static GPtrArray *orphans; /* (owned): objects that came back */

static gboolean is_kept (const Target *target);

/* Trees of bonded objects. When nobody has any of a tree, all their lives are over, before the
 * first dispose. Who has them, is seen from the reference counts, of which the library has one. */

static gboolean
is_tied (const Target *target)
{
  const Target *owner = target->owner;

  return target->tie != NULL && target->object != NULL && target->life == target->tie_life &&
         owner->object != NULL && owner->life == target->owner_life &&
         target->doomed != target->life + 1 && owner->doomed != owner->life + 1;
}

static const Target *
root_of (const Target *target)
{
  while (is_tied (target))
    target = target->owner;

  return target;
}

/* Once it is, it stays so. */
static gboolean
is_doomed (const Target *target)
{
  GPtrArray *tree;
  const Target *root;
  gboolean doomed = TRUE;
  guint i;

  if (target->doomed == target->life + 1)
    return TRUE;
  if (!target->was_bonded)
    return FALSE;

  root = root_of (target);
  tree = g_ptr_array_new ();
  for (i = 0; i < targets->len && doomed; i++)
    {
      Target *member = g_ptr_array_index (targets, i);

      if (member->was_bonded && member->object != NULL && root_of (member) == root)
        {
          g_ptr_array_add (tree, member);
          doomed = member->object->ref_count == 1 && !is_kept (member);
        }
    }
  doomed = doomed && tree->len > 1;
  for (i = 0; i < tree->len && doomed; i++)
    {
      Target *member = g_ptr_array_index (tree, i);

      member->doomed = member->life + 1;
    }
  g_ptr_array_unref (tree);

  return doomed;
}

static void
fuzz_object_dispose (GObject *object)
{
  Target *target = ((FuzzObject *) object)->target;
  gboolean chain_up = TRUE;

  /* The first of a tree. */
  is_doomed (target);
  target->life++;
  target->disposing++;
  /* Not in a g_object_run_dispose(): where that ends no life, depends on the GLib. */
  if (target->resurrect && object->ref_count == 1)
    {
      target->resurrect = FALSE;
      chain_up = target->chain_up;
      target->vague |= !chain_up;
      g_ptr_array_add (orphans, g_object_ref (object));
    }
  if (chain_up)
    G_OBJECT_CLASS (fuzz_object_parent_class)->dispose (object);
  target->disposing--;
}

static void
fuzz_object_finalize (GObject *object)
{
  ((FuzzObject *) object)->target->object = NULL;

  G_OBJECT_CLASS (fuzz_object_parent_class)->finalize (object);
}

static void
fuzz_object_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_pointer (value, ((FuzzObject *) object)->target);
}

static void
fuzz_object_class_init (FuzzObjectClass *klass)
{
  klass->get_property = fuzz_object_get_property;
  klass->dispose = fuzz_object_dispose;
  klass->finalize = fuzz_object_finalize;

  g_object_class_install_property (
    klass, 1,
    g_param_spec_pointer ("model", NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_signal_new ("ping", fuzz_object_get_type (), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
fuzz_object_init (FuzzObject *self)
{
}

static Target *
target_new (void)
{
  Target *target = g_new0 (Target, 1);

  target->object = g_object_new (fuzz_object_get_type (), NULL);
  ((FuzzObject *) target->object)->target = target;
  g_ptr_array_add (targets, target);

  return target;
}

static gboolean
is_alive (const Target *target, guint life)
{
  return target != NULL && target->object != NULL && target->life == life && !is_doomed (target);
}

/* Who has an interest in the target must have been told of the end of that life. */
static gboolean
is_noticed (const Target *target, guint life)
{
  return target->object == NULL || (target->life != life && !target->vague);
}

static gpointer
expect (const Target *target, guint life)
{
  return is_alive (target, life) ? target->object : NULL;
}

/* An interest in the target is taken. In the middle of a g_object_run_dispose(), nobody will say
 * when that life ends. */
static guint
take_interest (Target *target)
{
  if (target->disposing > 0)
    target->vague = TRUE;

  return target->life;
}

static void
assert_is (gpointer got, gconstpointer expected)
{
  g_assert_true (got == expected);
  g_clear_object (&got);
}

static Record *
record_new (Target *target, guint life)
{
  Record *record = g_new0 (Record, 1);

  record->target = target;
  record->life = life;
  g_ptr_array_add (records, record);

  return record;
}

static void
record_destroy_cb (gpointer data)
{
  Record *record = data;

  g_assert_cmpuint (record->destroyed++, ==, 0);
  run_nested ();
}

static void
record_call (Record *record)
{
  g_assert_cmpuint (record->called++, ==, 0);
  g_assert_cmpuint (record->destroyed, ==, 0);
  g_assert_cmpuint (record->prevented, ==, 0);
  g_assert_false (record->dropped);
  run_nested ();
}

/* Everything there is */

typedef struct
{
  Target *target;
  guint life;
  gboolean is_kept; /* in the roomy cache */
} Entry;

/* Those whose keys stand for objects */
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
  guint t;
  guint key;
  gpointer table; /* (unowned): may have been replaced meanwhile */
  gboolean created;
} Creation;

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

static struct
{
  Target *objects[N_SLOTS]; /* of each, a reference on the object is owned */
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
} w;

/* An object with a reference, if there is one in the slot. If it died unnoticed before, then who
 * had an interest in it is told now: everything may be different afterwards. */
static Target *
hold (void)
{
  Target *target = w.objects[next (N_SLOTS)];

  if (target != NULL)
    {
      g_object_ref (target->object);
      if (target->vague)
        g_object_unref (weakref_ref_new (target->object));
    }

  return target;
}

/* Puts an object into a slot, and takes over the reference. */
static void
adopt (gpointer object)
{
  guint i = next (N_SLOTS);
  Target *old = w.objects[i];

  w.objects[i] = ((FuzzObject *) object)->target;
  if (old != NULL)
    g_object_unref (old->object);
}

/* It is what it has to be; then keeps or drops it. */
static void
assert_is_and_adopt (gpointer got, gconstpointer expected)
{
  g_assert_true (got == expected);
  if (got == NULL)
    return;

  if (next (4) == 0)
    adopt (got);
  else
    g_object_unref (got);
}

static void
op_object (void)
{
  guint i = next (N_SLOTS);
  guint what = next (8);
  Target *target = w.objects[i];

  if (target == NULL)
    {
      w.objects[i] = target_new ();
    }
  else if (what == 0)
    {
      target->resurrect = TRUE;
      target->chain_up = next (2);
    }
  else if (what == 1)
    {
      gboolean was_bonded = target->was_bonded;

      /* The others of its tree learn of it in the middle of that dispose. */
      quiet += was_bonded;
      g_object_ref (target->object);
      g_object_run_dispose (target->object);
      quiet -= was_bonded;
      /* Whatever interest was taken in it since the beginning of the dispose, is over too. */
      target->life++;
      g_object_unref (target->object);
    }
  else
    {
      w.objects[i] = NULL;
      g_object_unref (target->object);
    }
}

/* Refs */

static void
ref_cb (WeakrefRef *ref, gpointer user_data)
{
  Record *record = user_data;

  g_assert_false (is_alive (record->target, record->life));
  g_assert_null (weakref_ref_get (ref));
  record_call (record);
}

static void
ref_drop (Ref *slot)
{
  Ref old = *slot;

  *slot = (Ref) { NULL, NULL, 0, NULL, FALSE };
  if (old.record != NULL)
    old.record->dropped = TRUE;
  if (old.ref != NULL)
    g_object_unref (old.ref);
}

static void
ref_make (Ref *slot)
{
  Target *target = hold ();
  Ref new = { NULL, target, 0, NULL, FALSE };
  guint i;

  if (target == NULL)
    return;

  new.life = take_interest (target);
  if (next (2))
    {
      new.ref = weakref_ref_new (target->object);
      for (i = 0; i < N_SLOTS; i++)
        {
          if (w.refs[i].target == target && w.refs[i].life == new.life &&w.refs[i].record == NULL)
            g_assert_true (w.refs[i].ref == new.ref);
        }
    }
  else
    {
      new.in_context = next (2);
      new.record = record_new (target, new.life);
      new.ref =
        weakref_ref_new_full (target->object, new.in_context ? g_main_context_default () : NULL,
                              ref_cb, new.record, record_destroy_cb);
    }

  ref_drop (slot);
  /* What ran meanwhile may have filled it again. */
  ref_drop (slot);
  if (slot->ref == NULL)
    *slot = new;
  else
    ref_drop (&new);
  g_object_unref (target->object);
}

static void
op_ref (void)
{
  Ref *a = &w.refs[next (N_SLOTS)];
  Ref *b = &w.refs[next (N_SLOTS)];
  gboolean equal;

  switch (next (4))
    {
    case 0:
      ref_drop (a);
      break;
    case 1:
      ref_make (a);
      break;
    case 2:
      if (a->ref == NULL || b->ref == NULL)
        break;
      equal = a->target == b->target && a->life == b->life;
      g_assert_true (weakref_ref_equal (a->ref, b->ref) == equal);
      g_assert_true ((weakref_ref_get_id (a->ref) == weakref_ref_get_id (b->ref)) == equal);
      g_assert_true (!equal || weakref_ref_hash (a->ref) == weakref_ref_hash (b->ref));
      break;
    default:
      if (a->ref == NULL)
        break;
      g_assert_true (weakref_ref_is_alive (a->ref) == is_alive (a->target, a->life));
      assert_is_and_adopt (weakref_ref_get (a->ref), expect (a->target, a->life));
    }
}

static void
refs_check (void)
{
  guint i;
  guint j;

  for (i = 0; i < N_SLOTS; i++)
    {
      Ref *ref = &w.refs[i];
      Target *target = w.objects[i];
      GHashTable *distinct;

      if (ref->record != NULL && !ref->in_context && is_noticed (ref->target, ref->life))
        g_assert_cmpuint (ref->record->called + ref->record->destroyed, ==, 2);
      if (ref->record != NULL && is_alive (ref->target, ref->life))
        g_assert_cmpuint (ref->record->called + ref->record->destroyed, ==, 0);

      if (target == NULL)
        continue;
      distinct = g_hash_table_new (NULL, NULL);
      for (j = 0; j < N_SLOTS; j++)
        {
          if (w.refs[j].target == target && w.refs[j].life == target->life)
            g_hash_table_add (distinct, w.refs[j].ref);
        }
      g_assert_cmpuint (weakref_count_refs (target->object), ==, g_hash_table_size (distinct));
      g_hash_table_unref (distinct);
    }
}

/* Proxies */

static void
proxy_cb (WeakrefProxy *proxy, gpointer user_data)
{
  Record *record = user_data;

  g_assert_false (weakref_proxy_is_alive (proxy));
  record_call (record);
}

static void
ping_cb (gpointer proxy, gpointer user_data)
{
  n_pings++;
}

static void
proxy_drop (Proxy *slot)
{
  Proxy old = *slot;

  *slot = (Proxy) { NULL, NULL, 0, NULL };
  if (old.proxy == NULL)
    return;

  /* A death that is being announced right now to somebody else, may hold it. */
  if (old.record != NULL)
    {
      old.record->dropped = depth == 0;
      g_signal_handlers_disconnect_by_func (old.proxy, ping_cb, NULL);
    }
  g_object_unref (old.proxy);
}

static void
proxy_make (Proxy *slot)
{
  Target *target = hold ();
  Proxy new = { NULL, target, 0, NULL };

  if (target == NULL)
    return;

  new.life = take_interest (target);
  if (next (2))
    {
      new.proxy = weakref_proxy_new (target->object);
    }
  else
    {
      new.record = record_new (target, new.life);
      new.proxy =
        weakref_proxy_new_full (target->object, NULL, proxy_cb, new.record, record_destroy_cb);
      g_signal_connect (new.proxy, "ping", G_CALLBACK (ping_cb), NULL);
    }

  proxy_drop (slot);
  /* What ran meanwhile may have filled it again. */
  if (slot->proxy == NULL)
    *slot = new;
  else
    proxy_drop (&new);
  g_object_unref (target->object);
}

static void
op_proxy (void)
{
  Proxy *slot = &w.proxies[next (N_SLOTS)];
  guint what = next (5);
  GError *error = NULL;
  gpointer got = NULL;
  guint before = n_pings;
  guint n = 0;
  guint i;

  if (slot->proxy == NULL || what == 0)
    {
      proxy_make (slot);
      return;
    }

  g_assert_true (weakref_proxy_is_alive (slot->proxy) == is_alive (slot->target, slot->life));
  switch (what)
    {
    case 1:
      proxy_drop (slot);
      break;
    case 2:
      got = weakref_proxy_dup_target (slot->proxy, &error);
      g_assert_true ((got == NULL) == g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_DEAD));
      assert_is (got, expect (slot->target, slot->life));
      g_clear_error (&error);
      break;
    case 3:
      g_object_get (slot->proxy, "model", &got, NULL);
      g_assert_true (got == (is_alive (slot->target, slot->life) ? slot->target : NULL));
      break;
    default:
      for (i = 0; i < N_SLOTS && is_alive (slot->target, slot->life); i++)
        n += w.proxies[i].record != NULL && w.proxies[i].target == slot->target &&
             w.proxies[i].life == slot->life;
      g_signal_emit_by_name (slot->proxy, "ping");
      /* In the middle of a death, some are disconnected already. */
      g_assert_true (n_pings - before == n || depth > 0);
    }
}

static void
proxies_check (void)
{
  guint i;

  for (i = 0; i < N_SLOTS; i++)
    {
      Proxy *slot = &w.proxies[i];

      if (slot->record != NULL && is_noticed (slot->target, slot->life))
        g_assert_cmpuint (slot->record->called + slot->record->destroyed, ==, 2);
      if (slot->record != NULL && is_alive (slot->target, slot->life))
        g_assert_cmpuint (slot->record->called + slot->record->destroyed, ==, 0);
    }
}

/* Finalizers */

static gboolean
finalizer_is_over (const Record *record)
{
  return record->called + record->prevented > 0;
}

static void
finalizer_cb (gpointer user_data)
{
  record_call (user_data);
}

static void
finalizer_drop (Finalizer *slot)
{
  WeakrefFinalizer *old = slot->finalizer;

  slot->finalizer = NULL;
  slot->record = NULL;
  if (old != NULL)
    g_object_unref (old);
}

static void
finalizer_make (Finalizer *slot)
{
  Target *target = hold ();
  Record *record;

  if (target == NULL)
    return;

  finalizer_drop (slot);
  slot->record = record = record_new (target, take_interest (target));
  record->must_settle = TRUE;
  slot->in_context = next (2);
  slot->phase = next (2) ? WEAKREF_PHASE_FINALIZE : WEAKREF_PHASE_DISPOSE;
  slot->finalizer =
    weakref_finalizer_new_full (target->object, slot->in_context ? g_main_context_default () : NULL,
                                slot->phase, finalizer_cb, record, record_destroy_cb);
  if (next (4) == 0)
    weakref_finalizer_set_at_exit (slot->finalizer, FALSE);
  g_object_unref (target->object);
}

static void
op_finalizer (void)
{
  Finalizer *slot = &w.finalizers[next (N_SLOTS)];
  WeakrefFinalizer *finalizer = slot->finalizer;
  Record *record = slot->record;
  guint what = next (5);
  gpointer target;

  if (finalizer == NULL || what == 0)
    {
      finalizer_make (slot);
      return;
    }

  g_object_ref (finalizer);
  g_assert_true (weakref_finalizer_is_alive (finalizer) == !finalizer_is_over (record));
  switch (what)
    {
    case 1:
      finalizer_drop (slot);
      break;
    case 2:
      if (finalizer_is_over (record))
        g_assert_false (weakref_finalizer_run (finalizer));
      else
        g_assert_true (weakref_finalizer_run (finalizer));
      g_assert_cmpuint (record->called + record->prevented, ==, 1);
      break;
    case 3:
      if (finalizer_is_over (record))
        {
          g_assert_false (weakref_finalizer_detach (finalizer));
        }
      else
        {
          record->prevented++;
          g_assert_true (weakref_finalizer_detach (finalizer));
          g_assert_cmpuint (record->destroyed, ==, 1);
        }
      break;
    default:
      target = weakref_finalizer_peek (finalizer);
      /* One of the other phase shares a block that a g_object_run_dispose() may have emptied. */
      if (slot->phase == WEAKREF_PHASE_DISPOSE || target != NULL)
        {
          gpointer expected = slot->phase == WEAKREF_PHASE_FINALIZE
                                ? record->target->object
                                : expect (record->target, record->life);

          g_assert_true (target == (finalizer_is_over (record) ? NULL : expected));
        }
      g_clear_object (&target);
    }
  g_object_unref (finalizer);
}

static void
finalizers_check (void)
{
  guint i;

  for (i = 0; i < N_SLOTS; i++)
    {
      Finalizer *slot = &w.finalizers[i];

      if (slot->finalizer == NULL)
        continue;

      g_assert_true (weakref_finalizer_is_alive (slot->finalizer) ==
                     !finalizer_is_over (slot->record));
      g_assert_cmpuint (slot->record->destroyed, ==, finalizer_is_over (slot->record));
      if (!slot->in_context && (slot->phase == WEAKREF_PHASE_FINALIZE
                                  ? slot->record->target->object == NULL
                                  : is_noticed (slot->record->target, slot->record->life)))
        g_assert_true (finalizer_is_over (slot->record));
    }
}

static void
op_exit (void)
{
  guint i;

  weakref_finalizer_run_at_exit ();

  if (depth > 0)
    return;
  for (i = 0; i < N_SLOTS; i++)
    {
      if (w.finalizers[i].finalizer != NULL &&
          weakref_finalizer_get_at_exit (w.finalizers[i].finalizer))
        g_assert_true (finalizer_is_over (w.finalizers[i].record));
    }
}

/* Value tables */

/* One key in as many disguises as there are. */
static void
key_init (GValue *value, guint key)
{
  static const GType numbers[] = { G_TYPE_INT,  G_TYPE_UINT64, G_TYPE_DOUBLE,
                                   G_TYPE_CHAR, G_TYPE_FLOAT,  G_TYPE_LONG };
  GValue number = G_VALUE_INIT;
  char name[] = { 'k', (char) ('a' + key), 0 };

  switch (key % 4)
    {
    case 0:
    case 1:
      g_value_init (&number, G_TYPE_INT);
      g_value_set_int (&number, (gint) key);
      g_value_init (value, numbers[next (G_N_ELEMENTS (numbers))]);
      g_assert_true (g_value_transform (&number, value));
      break;
    case 2:
      g_value_init (value, G_TYPE_STRING);
      g_value_set_string (value, name);
      break;
    default:
      g_value_init (value, G_TYPE_DOUBLE);
      g_value_set_double (value, key + 0.5);
    }
}

static gboolean
is_kept (const Target *target)
{
  guint i;

  for (i = 0; i < N_KEYS; i++)
    {
      const Entry *entry = &w.entries[ROOMY_CACHE][i];

      if (entry->target == target && entry->life == target->life && entry->is_kept)
        return TRUE;
    }

  return FALSE;
}

static gboolean
is_in_tight_cache (const Target *target)
{
  guint i;

  for (i = 0; i < N_KEYS; i++)
    {
      const Entry *entry = &w.entries[TIGHT_CACHE][i];

      if (entry->target == target && entry->life == target->life)
        return TRUE;
    }

  return FALSE;
}

/* From now on, what the table gives or is given is kept, if it is a cache that keeps. */
static void
entry_use (guint t, Entry *entry)
{
  entry->is_kept |= t == ROOMY_CACHE && weakref_cache_get_max_idle (w.tables[t]) > 0 &&
                    weakref_cache_get_max_tracked (w.tables[t]) > 0;
}

static void
count_found (guint t, gpointer table, gboolean found)
{
  if (table != w.tables[t])
    return;

  if (found)
    w.hits[t]++;
  else
    w.misses[t]++;
}

static void ensure (guint t, guint k, const char *key);

static gpointer
create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  Creation *creation = user_data;
  guint t = creation->t;
  guint k = creation->key;
  Entry *entry = &w.entries[t][k];
  gboolean replaced;
  Target *target;

  creation->created = TRUE;
  run_nested ();
  if (next (8) == 1 && creation->table == w.tables[t])
    ensure (t, k, key);
  replaced = creation->table != w.tables[t];
  if (!replaced)
    w.creating[t][k] = FALSE;
  if (next (4) == 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED, "");
      return NULL;
    }

  target = target_new ();
  if (!replaced && !is_alive (entry->target, entry->life))
    *entry = (Entry) { target, target->life, FALSE };
  /* Else there is one meanwhile. */
  if (!replaced)
    entry_use (t, entry);

  return target->object;
}

static void
ensure (guint t, guint k, const char *key)
{
  Entry *entry = &w.entries[t][k];
  gboolean there = is_alive (entry->target, entry->life);
  gboolean recursion = !there && w.creating[t][k];
  Creation creation = { t, k, w.tables[t], FALSE };
  GError *error = NULL;
  gpointer object;

  if (there)
    entry_use (t, entry);
  if (!there && !recursion)
    w.creating[t][k] = TRUE;

  if (t == STRING_TABLE)
    object = weakref_value_table_ensure (creation.table, key, create_cb, &creation, &error);
  else
    object = weakref_cache_ensure (creation.table, key, create_cb, &creation, &error);

  g_assert_true (creation.created == (!there && !recursion));
  if (!recursion)
    count_found (t, creation.table, there);
  if (recursion)
    g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_RECURSION);
  else if (there)
    g_assert_true (object == entry->target->object);
  else if (object == NULL)
    g_assert_error (error, G_IO_ERROR, G_IO_ERROR_FAILED);
  else if (creation.table == w.tables[t])
    g_assert_true (object == expect (entry->target, entry->life));

  g_clear_error (&error);
  g_clear_object (&object);
}

static void
counts_changed_cb (void)
{
  run_nested ();
}

static void
table_new (guint t)
{
  gpointer old = w.tables[t];

  memset (w.entries[t], 0, sizeof w.entries[t]);
  memset (w.creating[t], 0, sizeof w.creating[t]);
  if (t < ROOMY_CACHE)
    {
      w.tables[t] = weakref_value_table_new (t == STRING_TABLE ? G_TYPE_STRING : G_TYPE_VALUE);
    }
  else
    {
      w.tables[t] = weakref_cache_new (G_TYPE_STRING, t == ROOMY_CACHE ? 1000 : 2);
      w.hits[t] = w.misses[t] = 0;
      weakref_cache_set_memory_monitor (w.tables[t], NULL);
      g_signal_connect (w.tables[t], "notify::n-idle", G_CALLBACK (counts_changed_cb), NULL);
    }
  g_clear_object (&old);
}

static void
check_value_cb (gconstpointer key, gpointer object, gpointer user_data)
{
  g_assert_true (((FuzzObject *) object)->target->object == object);
  run_nested ();
}

static void
op_value_table (void)
{
  guint t = next (2);
  guint k = next (N_KEYS);
  guint what = next (8);
  Entry *entry = &w.entries[t][k];
  WeakrefValueTable *table = w.tables[t];
  gboolean there = is_alive (entry->target, entry->life);
  char name[] = { 'k', (char) ('a' + k), 0 };
  GValue value = G_VALUE_INIT;
  GError *error = NULL;
  GPtrArray *array;
  Target *target;
  gboolean result;
  guint n = 0;
  guint i;

  key_init (&value, k);
  switch (what)
    {
    case 0:
    case 1:
      target = hold ();
      if (target == NULL)
        break;
      table = w.tables[t];
      there = is_alive (entry->target, entry->life);
      result = t == 0 ? weakref_value_table_insert (table, name, target->object)
                      : weakref_value_table_insert (table, &value, target->object);
      g_assert_true (result == !there);
      *entry = (Entry) { target, take_interest (target), FALSE };
      g_object_unref (target->object);
      break;
    case 2:
      if (t == 0)
        result = weakref_value_table_remove (table, name);
      else
        result = weakref_value_table_remove_value (table, &value, NULL);
      g_assert_true (result == there);
      entry->target = NULL;
      break;
    case 3:
      if (t == 0)
        ensure (t, k, name);
      else if (!G_VALUE_HOLDS_STRING (&value))
        {
          /* Of another type than the table's. */
          g_assert_null (weakref_value_table_lookup_value (w.tables[STRING_TABLE], &value, &error));
          g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);
          g_clear_error (&error);
        }
      break;
    case 4:
      g_object_ref (table);
      switch (next (8))
        {
        case 0:
          weakref_value_table_remove_all (table);
          memset (w.entries[t], 0, sizeof w.entries[t]);
          break;
        case 1:
          table_new (t);
          break;
        default:
          weakref_value_table_foreach (table, check_value_cb, NULL);
        }
      g_object_unref (table);
      break;
    case 5:
      array =
        t == 0 ? weakref_value_table_dup_keys (table) : weakref_value_table_dup_keys_value (table);
      for (i = 0; i < N_KEYS; i++)
        n += is_alive (w.entries[t][i].target, w.entries[t][i].life);
      g_assert_cmpuint (array->len, ==, n);
      g_assert_cmpuint (weakref_value_table_get_size (table), >=, n);
      g_ptr_array_unref (array);
      break;
    default:
      if (t == 0)
        assert_is (weakref_value_table_lookup (table, name), expect (entry->target, entry->life));
      else
        assert_is (weakref_value_table_lookup_value (table, &value, NULL),
                   expect (entry->target, entry->life));
    }
  g_value_unset (&value);
}

/* Caches */

static void
caches_let_go (guint t)
{
  guint i;

  for (i = 0; i < N_KEYS; i++)
    w.entries[t][i].is_kept = FALSE;
}

static void
op_cache (void)
{
  guint t = next (2) ? ROOMY_CACHE : TIGHT_CACHE;
  guint k = next (N_KEYS);
  guint what = next (10);
  Entry *entry = &w.entries[t][k];
  WeakrefCache *cache = w.tables[t];
  gboolean there = is_alive (entry->target, entry->life);
  char name[] = { 'k', (char) ('a' + k), 0 };
  gpointer expected;
  GPtrArray *array;
  Target *target;
  guint n = 0;
  guint i;

  switch (what)
    {
    case 0:
    case 1:
      target = hold ();
      if (target == NULL)
        break;
      /* In the middle of a g_object_run_dispose(), it would be kept without being found. */
      if (target->disposing == 0 && (t == ROOMY_CACHE || !target->was_bonded))
        {
          cache = w.tables[t];
          there = is_alive (entry->target, entry->life);
          /* Before the call: the one that is replaced may die in it. */
          *entry = (Entry) { target, take_interest (target), FALSE };
          entry_use (t, entry);
          g_assert_true (weakref_cache_insert (cache, name, target->object) == !there);
        }
      g_object_unref (target->object);
      break;
    case 2:
      entry->target = NULL;
      g_assert_true (weakref_cache_remove (cache, name) == there);
      break;
    case 3:
    case 4:
      ensure (t, k, name);
      break;
    case 5:
      switch (next (8))
        {
        case 0:
          /* It lets go of one after the other: which are kept, when one dies, is not known. */
          quiet += t == ROOMY_CACHE;
          memset (w.entries[t], 0, sizeof w.entries[t]);
          weakref_cache_remove_all (cache);
          quiet -= t == ROOMY_CACHE;
          break;
        case 1:
          /* It lets go of its objects when nobody has it. */
          if (depth == 0)
            table_new (t);
          break;
        case 2:
          n = t == ROOMY_CACHE ? 1000 * next (2) : next (4);
          if (n == 0)
            caches_let_go (t);
          weakref_cache_set_max_idle (cache, n);
          break;
        case 3:
          n = t == ROOMY_CACHE ? 1000 * next (2) : next (8);
          if (n == 0)
            caches_let_go (t);
          weakref_cache_set_max_tracked (cache, n);
          break;
        default:
          n = t == ROOMY_CACHE ? 0 : next (3);
          caches_let_go (t);
          weakref_cache_trim (cache, n);
        }
      break;
    case 6:
      g_object_ref (cache);
      weakref_cache_foreach (cache, check_value_cb, NULL);
      g_object_unref (cache);
      break;
    case 7:
      array = weakref_cache_dup_keys (cache);
      for (i = 0; i < N_KEYS; i++)
        n += is_alive (w.entries[t][i].target, w.entries[t][i].life);
      g_assert_cmpuint (array->len, ==, n);
      g_assert_cmpuint (weakref_cache_get_size (cache), >=, n);
      g_ptr_array_unref (array);
      g_assert_true (weakref_cache_contains (cache, name) == there);
      break;
    default:
      if (there)
        entry_use (t, entry);
      count_found (t, cache, there);
      expected = expect (entry->target, entry->life);
      assert_is_and_adopt (weakref_cache_lookup (cache, name), expected);
    }
}

/* With nothing nested. */
static void
caches_check (void)
{
  guint t;
  guint i;

  for (t = ROOMY_CACHE; t <= TIGHT_CACHE; t++)
    {
      WeakrefCache *cache = w.tables[t];
      guint n_idle = weakref_cache_get_n_idle (cache);
      guint n_unused = 0;
      guint n_kept = 0;

      for (i = 0; i < N_KEYS; i++)
        {
          const Entry *entry = &w.entries[t][i];

          if (is_alive (entry->target, entry->life) && entry->target->object->ref_count == 1)
            {
              n_unused++;
              n_kept += entry->is_kept;
            }
        }

      g_assert_cmpuint (n_idle, <=, weakref_cache_get_max_idle (cache));
      g_assert_cmpuint (n_idle, <=, weakref_cache_get_max_tracked (cache));
      if (t == ROOMY_CACHE)
        g_assert_cmpuint (n_idle, ==, n_kept);
      else
        g_assert_cmpuint (n_idle, <=, n_unused);
      g_assert_cmpuint (weakref_cache_get_hits (cache), ==, w.hits[t]);
      g_assert_cmpuint (weakref_cache_get_misses (cache), ==, w.misses[t]);
    }
}

/* Bonds */

static void
bond_ended_cb (GObject *bond, GParamSpec *pspec, gpointer record)
{
  g_assert_false (weakref_bond_is_alive (WEAKREF_BOND (bond)));
  record_call (record);
}

static void
closure_destroy_cb (gpointer record, GClosure *closure)
{
  record_destroy_cb (record);
}

static gboolean
bond_is_alive (const Bond *bond)
{
  return bond->owned->tie == bond->record && is_tied (bond->owned) && !is_doomed (bond->owned);
}

static void
bond_drop (Bond *slot)
{
  Bond old = *slot;

  *slot = (Bond) { NULL, NULL, NULL, NULL };
  if (old.bond != NULL)
    g_object_unref (old.bond);
}

static void
bond_make (Bond *slot)
{
  Target *owner = hold ();
  Target *owned = hold ();
  GError *error = NULL;
  Bond new = { NULL, owned, owner, NULL };

  if (owner == NULL || owned == NULL || owner->disposing > 0 || owned->disposing > 0 ||
      is_in_tight_cache (owner) || is_in_tight_cache (owned))
    goto out;

  new.bond = weakref_bond_new (owner->object, owned->object, &error);
  if (owner != owned && is_tied (owned))
    {
      g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_OWNED);
    }
  else if (root_of (owner) == owned)
    {
      g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_CYCLE);
    }
  else if (owner == owned)
    {
      g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_CYCLE);
    }
  else
    {
      g_assert_no_error (error);
      new.record = record_new (owned, owned->life);
      new.record->must_settle = TRUE;
      g_signal_connect_data (new.bond, "notify::alive", G_CALLBACK (bond_ended_cb), new.record,
                             closure_destroy_cb, G_CONNECT_DEFAULT);
      owned->was_bonded = owner->was_bonded = TRUE;
      owned->tie = new.record;
      owned->tie_life = owned->life;
      owned->owner = owner;
      owned->owner_life = owner->life;

      bond_drop (slot);
      /* What ran meanwhile may have filled it again. */
      if (slot->bond == NULL)
        *slot = new;
      else
        bond_drop (&new);
    }
  g_clear_error (&error);

out:
  if (owner != NULL)
    g_object_unref (owner->object);
  if (owned != NULL)
    g_object_unref (owned->object);
}

static void
op_bond (void)
{
  Bond *slot = &w.bonds[next (N_SLOTS)];
  guint what = next (6);
  Bond bond = *slot;
  gboolean is_alive_now;

  if (bond.bond == NULL || what <= 1)
    {
      bond_make (slot);
      return;
    }

  g_object_ref (bond.bond);
  is_alive_now = bond_is_alive (&bond);
  g_assert_true (weakref_bond_is_alive (bond.bond) == is_alive_now);
  switch (what)
    {
    case 2:
      bond_drop (slot);
      break;
    case 3:
      if (is_alive_now)
        bond.owned->tie = NULL;
      if (weakref_bond_break (bond.bond))
        g_assert_true (is_alive_now && bond.record->called == 1);
      else
        g_assert_false (is_alive_now);
      break;
    case 4:
      assert_is_and_adopt (weakref_bond_dup_owner (bond.bond),
                           is_alive_now ? bond.owner->object : NULL);
      break;
    default:
      assert_is_and_adopt (weakref_bond_dup_owned (bond.bond),
                           is_alive_now ? bond.owned->object : NULL);
    }
  g_object_unref (bond.bond);
}

static void
bonds_check (void)
{
  guint i;

  for (i = 0; i < N_SLOTS; i++)
    {
      Bond *slot = &w.bonds[i];

      if (slot->bond == NULL)
        continue;
      g_assert_true (weakref_bond_is_alive (slot->bond) == bond_is_alive (slot));
      if (bond_is_alive (slot))
        g_assert_cmpuint (slot->record->called, ==, 0);
    }
}

/* Key tables */

static void
key_tables_forget (void)
{
  guint i;

  for (i = 0; i < targets->len; i++)
    {
      Target *target = g_ptr_array_index (targets, i);

      target->value = NULL;
      target->number = 0;
    }
}

static void
key_tables_new (void)
{
  WeakrefKeyTable *old = w.key_table;
  WeakrefKeyTable *old_numbers = w.number_table;

  key_tables_forget ();
  w.key_table = weakref_key_table_new (record_destroy_cb);
  w.number_table = weakref_key_table_new_for_values ();
  g_clear_object (&old);
  g_clear_object (&old_numbers);
}

static void
check_key_cb (gpointer key, gpointer value, gpointer user_data)
{
  g_assert_true (((Record *) value)->target->object == key);
  run_nested ();
}

static void
op_key_table (void)
{
  Target *target = hold ();
  guint what = next (6);
  WeakrefKeyTable *table;
  Record *old;
  Record *new;
  gpointer got;

  if (target == NULL)
    return;

  table = g_object_ref (w.key_table);
  old = target->value != NULL && target->value_life == target->life ? target->value : NULL;
  switch (what)
    {
    case 0:
    case 1:
      new = record_new (target, take_interest (target));
      target->value = new;
      target->value_life = new->life;
      if (weakref_key_table_insert (table, target->object, new))
        g_assert_true (old == NULL || target->vague);
      else
        g_assert_true (old != NULL || target->vague);
      /* An iteration around this would keep it. */
      g_assert_true (old == NULL || target->vague || old->destroyed || depth > 0);
      break;
    case 2:
      target->value = NULL;
      if (weakref_key_table_remove (table, target->object))
        g_assert_true (target->vague || (old != NULL && (old->destroyed || depth > 0)));
      else
        g_assert_true (target->vague || old == NULL);
      break;
    case 3:
      target->value = NULL;
      got = weakref_key_table_steal (table, target->object);
      g_assert_true (target->vague || got == old);
      if (got != NULL)
        record_destroy_cb (got);
      break;
    case 4:
      switch (next (8))
        {
        case 0:
          key_tables_forget ();
          weakref_key_table_remove_all (w.number_table);
          weakref_key_table_remove_all (table);
          break;
        case 1:
          key_tables_new ();
          break;
        default:
          weakref_key_table_foreach (table, check_key_cb, NULL);
        }
      break;
    default:
      got = NULL;
      g_assert_true (target->vague || weakref_key_table_lookup_extended (table, target->object,
                                                                         &got) == (old != NULL));
      g_assert_true (target->vague || got == old);
    }

  g_object_unref (target->object);
  g_object_unref (table);
}

static void
op_number_table (void)
{
  Target *target = hold ();
  GValue value = G_VALUE_INIT;
  guint64 old;
  gboolean got;

  if (target == NULL)
    return;

  old = target->number_life == target->life ? target->number : 0;
  switch (next (3))
    {
    case 0:
      g_value_init (&value, G_TYPE_UINT64);
      g_value_set_uint64 (&value, ++w.last_number);
      target->number = w.last_number;
      target->number_life = take_interest (target);
      got = weakref_key_table_insert_value (w.number_table, target->object, &value);
      g_assert_true (target->vague || got == (old == 0));
      break;
    case 1:
      target->number = 0;
      got = weakref_key_table_steal_value (w.number_table, target->object, &value);
      g_assert_true (target->vague || (got ? g_value_get_uint64 (&value) : 0) == old);
      break;
    default:
      got = weakref_key_table_lookup_value (w.number_table, target->object, &value);
      g_assert_true (target->vague || (got ? g_value_get_uint64 (&value) : 0) == old);
    }

  g_value_unset (&value);
  g_object_unref (target->object);
}

/* What was in the table and died, was freed. */
static void
key_tables_check (void)
{
  guint n = 0;
  gboolean vague = FALSE;
  guint i;

  for (i = 0; i < targets->len; i++)
    {
      Target *target = g_ptr_array_index (targets, i);

      vague |= target->vague || is_doomed (target);
      if (target->value == NULL)
        continue;
      if (is_noticed (target, target->value_life))
        g_assert_cmpuint (target->value->destroyed, ==, 1);
      if (is_alive (target, target->value_life))
        {
          g_assert_cmpuint (target->value->destroyed, ==, 0);
          n++;
        }
    }
  g_assert_true (vague || weakref_key_table_get_size (w.key_table) == n);
}

/* Sets */

static void
items_changed_cb (GListModel *list, guint position, guint removed, guint added, gpointer user_data)
{
  guint i;

  if (list != G_LIST_MODEL (w.sets[0]))
    return;

  g_assert_cmpuint (position + removed, <=, w.n_shown);
  w.n_shown += added - removed;
  g_assert_cmpuint (g_list_model_get_n_items (list), ==, w.n_shown);
  for (i = 0; i < w.n_shown; i++)
    {
      gpointer item = g_list_model_get_item (list, i);

      g_assert_nonnull (item);
      g_object_unref (item);
    }
  run_nested ();
}

static void
set_new (guint s)
{
  WeakrefSet *old = w.sets[s];

  g_array_set_size (w.members[s], 0);
  w.sets[s] = weakref_set_new (fuzz_object_get_type ());
  if (s == 0)
    {
      w.n_shown = 0;
      g_signal_connect (w.sets[0], "items-changed", G_CALLBACK (items_changed_cb), NULL);
    }
  g_clear_object (&old);
}

/* The place of @target among the living members, or -1. */
static gint
set_find (guint s, const Target *target)
{
  guint i;

  for (i = 0; i < w.members[s]->len; i++)
    {
      Entry *entry = &g_array_index (w.members[s], Entry, i);

      if (entry->target == target && is_alive (target, entry->life))
        return (gint) i;
    }

  return -1;
}

static gboolean
set_forget (guint s, Target *target)
{
  gint i = set_find (s, target);

  if (i >= 0)
    g_array_remove_index (w.members[s], (guint) i);

  return i >= 0;
}

/* Adds to @expected those of the first set which are, or are not, in the second. */
static void
set_select (GPtrArray *expected, guint s, gboolean all, gboolean in_other)
{
  guint i;

  for (i = 0; i < w.members[s]->len; i++)
    {
      Entry *entry = &g_array_index (w.members[s], Entry, i);

      if (is_alive (entry->target, entry->life) &&
          (all || (set_find (!s, entry->target) >= 0) == in_other))
        g_ptr_array_add (expected, entry->target->object);
    }
}

static void
assert_items (WeakrefSet *set, GPtrArray *expected)
{
  GPtrArray *items = weakref_set_dup_items (set);
  guint i;

  g_assert_cmpuint (items->len, ==, expected->len);
  for (i = 0; i < items->len; i++)
    g_assert_true (g_ptr_array_index (items, i) == g_ptr_array_index (expected, i));
  g_ptr_array_unref (items);
}

static void
op_algebra (guint s)
{
  GPtrArray *expected = g_ptr_array_new ();
  WeakrefSet *a = w.sets[s];
  WeakrefSet *b = w.sets[!s];
  WeakrefSet *result = NULL;
  guint what = next (6);

  switch (what)
    {
    case 0:
      result = weakref_set_union (a, b);
      set_select (expected, s, TRUE, TRUE);
      set_select (expected, !s, FALSE, FALSE);
      break;
    case 1:
      result = weakref_set_intersection (a, b);
      set_select (expected, s, FALSE, TRUE);
      break;
    case 2:
      result = weakref_set_difference (a, b);
      set_select (expected, s, FALSE, FALSE);
      break;
    case 3:
      result = weakref_set_symmetric_difference (a, b);
      set_select (expected, s, FALSE, FALSE);
      set_select (expected, !s, FALSE, FALSE);
      break;
    case 4:
      set_select (expected, s, FALSE, FALSE);
      g_assert_true (weakref_set_is_subset (a, b) == (expected->len == 0));
      g_assert_true (weakref_set_is_superset (b, a) == (expected->len == 0));
      set_select (expected, !s, FALSE, FALSE);
      g_assert_true (weakref_set_equal (a, b) == (expected->len == 0));
      break;
    default:
      set_select (expected, s, FALSE, TRUE);
      g_assert_true (weakref_set_is_disjoint (a, b) == (expected->len == 0));
    }

  if (result != NULL)
    {
      assert_items (result, expected);
      g_object_unref (result);
    }
  g_ptr_array_unref (expected);
}

static void
check_item_cb (gpointer item, gpointer user_data)
{
  g_assert_true (((FuzzObject *) item)->target->object == item);
  run_nested ();
}

static void
op_set (void)
{
  guint s = next (2);
  Target *target = hold ();
  Entry entry = { target, 0, FALSE };
  GPtrArray *expected;
  WeakrefSet *set;
  gboolean was_there;

  if (target == NULL)
    return;

  set = g_object_ref (w.sets[s]);
  switch (next (8))
    {
    case 0:
    case 1:
      was_there = set_find (s, target) >= 0;
      entry.life = take_interest (target);
      if (!was_there)
        g_array_append_val (w.members[s], entry);
      if (weakref_set_add (set, target->object))
        g_assert_false (was_there);
      else
        g_assert_true (was_there);
      break;
    case 2:
      /* An entry whose death nobody noticed is there still. */
      was_there = set_forget (s, target);
      if (weakref_set_remove (set, target->object))
        g_assert_true (was_there || target->vague);
      else
        g_assert_false (was_there);
      break;
    case 3:
      g_assert_true (weakref_set_contains (set, target->object) == (set_find (s, target) >= 0));
      break;
    case 4:
      switch (next (8))
        {
        case 0:
          g_array_set_size (w.members[s], 0);
          weakref_set_remove_all (set);
          break;
        case 1:
          set_new (s);
          break;
        default:
          weakref_set_foreach (set, check_item_cb, NULL);
        }
      break;
    case 5:
      expected = g_ptr_array_new ();
      set_select (expected, s, TRUE, TRUE);
      assert_items (set, expected);
      g_assert_cmpuint (weakref_set_get_size (set), >=, expected->len);
      g_ptr_array_unref (expected);
      break;
    default:
      op_algebra (s);
    }

  g_object_unref (target->object);
  g_object_unref (set);
}

/* What waited in the context, runs. */
static void
op_iterate (void)
{
  guint i;

  while (g_main_context_iteration (NULL, FALSE))
    ;

  if (depth > 0)
    return;

  g_assert_cmpuint (w.n_shown, ==, weakref_set_get_size (w.sets[0]));
  for (i = 0; i < N_SLOTS; i++)
    {
      Ref *ref = &w.refs[i];
      Finalizer *slot = &w.finalizers[i];

      if (ref->record != NULL && is_noticed (ref->target, ref->life))
        g_assert_cmpuint (ref->record->called, ==, 1);
      if (slot->finalizer != NULL && slot->record->target->object == NULL)
        g_assert_true (finalizer_is_over (slot->record));
    }
}

static void
run_ops (guint n)
{
  while (n-- > 0 && program_left > 0)
    {
      switch (next (22))
        {
        case 0:
        case 1:
        case 2:
        case 3:
          op_object ();
          break;
        case 4:
        case 5:
        case 6:
          op_ref ();
          break;
        case 7:
        case 8:
          op_finalizer ();
          break;
        case 9:
        case 10:
          op_value_table ();
          break;
        case 11:
          op_key_table ();
          break;
        case 12:
          op_number_table ();
          break;
        case 13:
          op_set ();
          break;
        case 14:
          op_set ();
          break;
        case 15:
          op_iterate ();
          break;
        case 16:
        case 17:
        case 18:
          op_bond ();
          break;
        case 19:
        case 20:
          op_cache ();
          break;
        default:
          if (next (8) == 0)
            op_exit ();
          else
            op_proxy ();
        }

      if (depth > 0)
        continue;

      while (orphans->len > 0)
        adopt (g_ptr_array_steal_index (orphans, 0));
      refs_check ();
      proxies_check ();
      finalizers_check ();
      bonds_check ();
      caches_check ();
      key_tables_check ();
    }
}

static void
drop_everything (void)
{
  guint i;

  do
    {
      while (orphans->len > 0)
        adopt (g_ptr_array_steal_index (orphans, 0));
      for (i = 0; i < N_SLOTS; i++)
        {
          Target *target = g_steal_pointer (&w.objects[i]);

          if (target != NULL)
            g_object_unref (target->object);
        }
      for (i = ROOMY_CACHE; i <= TIGHT_CACHE; i++)
        {
          caches_let_go (i);
          weakref_cache_trim (w.tables[i], 0);
        }
    }
  while (orphans->len > 0);

  op_iterate ();
  g_assert_cmpuint (weakref_value_table_get_size (w.tables[STRING_TABLE]), ==, 0);
  g_assert_cmpuint (weakref_value_table_get_size (w.tables[VALUE_TABLE]), ==, 0);
  g_assert_cmpuint (weakref_cache_get_size (w.tables[ROOMY_CACHE]), ==, 0);
  g_assert_cmpuint (weakref_cache_get_size (w.tables[TIGHT_CACHE]), ==, 0);
  g_assert_cmpuint (weakref_key_table_get_size (w.key_table), ==, 0);
  g_assert_cmpuint (weakref_key_table_get_size (w.number_table), ==, 0);
  g_assert_cmpuint (weakref_set_get_size (w.sets[0]), ==, 0);
  g_assert_cmpuint (weakref_set_get_size (w.sets[1]), ==, 0);

  for (i = 0; i < N_SLOTS; i++)
    {
      ref_drop (&w.refs[i]);
      proxy_drop (&w.proxies[i]);
      finalizer_drop (&w.finalizers[i]);
      bond_drop (&w.bonds[i]);
    }
  for (i = 0; i < N_TABLES; i++)
    g_clear_object (&w.tables[i]);
  for (i = 0; i < 2; i++)
    {
      g_clear_object (&w.sets[i]);
      g_array_unref (w.members[i]);
    }
  g_clear_object (&w.key_table);
  g_clear_object (&w.number_table);
  while (g_main_context_iteration (NULL, FALSE))
    ;

  for (i = 0; i < targets->len; i++)
    g_assert_null (((Target *) g_ptr_array_index (targets, i))->object);
  for (i = 0; i < records->len; i++)
    {
      const Record *record = g_ptr_array_index (records, i);

      g_assert_cmpuint (record->destroyed, ==, 1);
      if (record->must_settle)
        g_assert_cmpuint (record->called + record->prevented, ==, 1);
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  guint i;

  memset (&w, 0, sizeof w);
  program = data;
  program_left = size;
  targets = g_ptr_array_new_with_free_func (g_free);
  records = g_ptr_array_new_with_free_func (g_free);
  orphans = g_ptr_array_new ();
  for (i = 0; i < N_TABLES; i++)
    table_new (i);
  for (i = 0; i < 2; i++)
    {
      w.members[i] = g_array_new (FALSE, FALSE, sizeof (Entry));
      set_new (i);
    }
  key_tables_new ();

  run_ops (G_MAXUINT);
  drop_everything ();

  g_ptr_array_unref (orphans);
  g_ptr_array_unref (records);
  g_ptr_array_unref (targets);

  return 0;
}

#ifndef FUZZ_WITH_LIBFUZZER

#define N_PROGRAMS 500
#define PROGRAM_SIZE 2000

static void
test_chance (void)
{
  guint8 data[PROGRAM_SIZE];
  guint i;
  guint j;

  for (i = 0; i < test_scale (N_PROGRAMS, 10); i++)
    {
      for (j = 0; j < PROGRAM_SIZE; j++)
        data[j] = (guint8) g_test_rand_int ();
      LLVMFuzzerTestOneInput (data, sizeof data);
    }
}

static void
test_file (gconstpointer path)
{
  GError *error = NULL;
  char *data;
  gsize size;

  g_file_get_contents (path, &data, &size, &error);
  g_assert_no_error (error);
  LLVMFuzzerTestOneInput ((const guint8 *) data, size);
  g_free (data);
}

int
main (int argc, char **argv)
{
  gint i;

  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/weakref/fuzz/programs-by-chance-do-as-the-model-says", test_chance);
  for (i = 1; i < argc; i++)
    {
      char *path = g_strdup_printf ("/weakref/fuzz/%s", argv[i]);

      g_test_add_data_func (path, argv[i], test_file);
      g_free (path);
    }

  return g_test_run ();
}

#endif
