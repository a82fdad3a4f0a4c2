/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "stress.h"

#define N_FAMILY 8
#define N_OWN 6

/* Bonds of shared objects, that come and go. */

typedef struct
{
  WeakrefBond *bond;    /* (owned) */
  StressRecord *record; /* (owned): of the notification of its end */
  guint64 owner_life;
  guint64 owned_life;
  gboolean is_protected; /* both objects are: the bond ends when it is broken, or both die */
} Box;

static void
box_clear (gpointer data)
{
  Box *box = data;

  /* Most of them: the others make the trees larger. */
  if (stress_random (16))
    weakref_bond_break (box->bond);
  g_object_unref (box->bond);
  stress_record_unref (box->record);
}

static StressPool pool = { .clear = box_clear };

/* Trees that stay as they are, from the first to the last: whoever has one object has all. */

typedef struct
{
  WeakrefRef *refs[N_FAMILY]; /* (owned) */
  guint64 lives[N_FAMILY];
  WeakrefBond *bonds[N_FAMILY]; /* (owned): to its owner; the first has none */
  guint owners[N_FAMILY];
} Family;

static void
family_clear (gpointer data)
{
  Family *family = data;
  guint i;

  for (i = 0; i < N_FAMILY; i++)
    {
      g_object_unref (family->refs[i]);
      g_clear_object (&family->bonds[i]);
    }
}

static StressPool families = { .clear = family_clear, .n_hot = 2 };

static void
bond_begin (void)
{
}

static void
ended_cb (WeakrefBond *bond, GParamSpec *pspec, gpointer record)
{
  stress_count ("bond: notify");
  stress_record_call (record);
  g_assert_false (weakref_bond_is_alive (bond));
  g_assert_false (weakref_bond_break (bond));
  stress_anything ();
}

static void
closure_destroy_cb (gpointer record, GClosure *closure)
{
  stress_record_destroy (record);
}

static void
assert_life (gpointer object, guint64 life)
{
  stress_object_check (object);
  g_assert_cmpuint (stress_object_get_life (object), ==, life);
}

static void
make (void)
{
  StressObject *owner = stress_dup_object ();
  StressObject *owned = stress_dup_object ();
  gboolean is_protected = FALSE;
  GError *error = NULL;
  WeakrefBond *bond;
  gpointer got;
  Box *box;

  /* From now on. */
  if (stress_random (2) && stress_object_protect (owner))
    is_protected = stress_object_protect (owned);

  stress_count ("bond: new");
  bond = weakref_bond_new (owner, owned, &error);
  if (bond != NULL)
    {
      g_assert_no_error (error);
      box = g_atomic_rc_box_new0 (Box);
      box->bond = bond;
      box->owner_life = stress_object_get_life (owner);
      box->owned_life = stress_object_get_life (owned);
      box->is_protected = is_protected;
      box->record = stress_record_new (FALSE);
      g_signal_connect_data (bond, "notify::alive", G_CALLBACK (ended_cb), box->record,
                             closure_destroy_cb, G_CONNECT_DEFAULT);
      if (is_protected)
        {
          g_assert_true (weakref_bond_is_alive (bond));
          got = weakref_bond_dup_owner (bond);
          g_assert_true (got == owner);
          g_object_unref (got);
          got = weakref_bond_dup_owned (bond);
          g_assert_true (got == owned);
          g_object_unref (got);
        }
      /* That it is told of its end, is certain only if that has yet to come. */
      box->record->must_settle = weakref_bond_is_alive (bond);
      stress_pool_put (&pool, box);
    }
  else
    {
      g_assert_true (g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_CYCLE) ||
                     g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_OWNED) ||
                     g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_DEAD));
      if (owner == owned || is_protected)
        g_assert_false (g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_DEAD));
      if (g_error_matches (error, WEAKREF_ERROR, WEAKREF_ERROR_DEAD))
        stress_count_race ("an object was disposed while it was bonded");
      g_error_free (error);
    }

  g_object_unref (owner);
  g_object_unref (owned);
}

static void
use (Box *box)
{
  gboolean was_alive = weakref_bond_is_alive (box->bond);
  gboolean owned_first = stress_random (2);
  gpointer first;
  gpointer second;

  if (stress_random (4) == 0)
    g_thread_yield ();

  if (stress_random (4) == 0)
    {
      stress_count ("bond: break");
      /* Another thread's g_object_run_dispose() may have been at its end when it was made. */
      if (weakref_bond_break (box->bond))
        g_assert_true (was_alive || !box->is_protected);
      else if (was_alive)
        stress_count_race ("a bond ended between is_alive() and break()");
      g_assert_false (weakref_bond_is_alive (box->bond));
      return;
    }

  stress_count ("bond: dup_owner, dup_owned");
  first = owned_first ? weakref_bond_dup_owned (box->bond) : weakref_bond_dup_owner (box->bond);
  if (first == NULL)
    {
      g_assert_true (!box->is_protected || !weakref_bond_is_alive (box->bond));
      if (was_alive)
        stress_count_race ("a bond ended between is_alive() and dup");
      return;
    }
  g_assert_true (was_alive);
  assert_life (first, owned_first ? box->owned_life : box->owner_life);

  if (stress_random (4) == 0)
    g_thread_yield ();
  second = owned_first ? weakref_bond_dup_owner (box->bond) : weakref_bond_dup_owned (box->bond);
  if (second != NULL)
    assert_life (second, owned_first ? box->owner_life : box->owned_life);
  else
    g_assert_true (!box->is_protected || !weakref_bond_is_alive (box->bond));
  g_object_unref (first);

  /* It keeps the other one. */
  if (second != NULL && box->is_protected)
    {
      first = owned_first ? weakref_bond_dup_owned (box->bond) : weakref_bond_dup_owner (box->bond);
      g_assert_true (first != NULL || !weakref_bond_is_alive (box->bond));
      g_clear_object (&first);
    }
  g_clear_object (&second);
}

/* From one object to another, holding one at a time. Takes over the reference. */
static void
family_hop (Family *family, StressObject *held)
{
  guint n_hops;

  for (n_hops = stress_random (8); n_hops > 0; n_hops--)
    {
      guint i = stress_random (N_FAMILY);
      StressObject *next;

      if (i > 0 && stress_random (2))
        {
          g_assert_true (weakref_bond_is_alive (family->bonds[i]));
          next = weakref_bond_dup_owner (family->bonds[i]);
          i = family->owners[i];
        }
      else
        {
          next = weakref_ref_get (family->refs[i]);
        }
      g_assert_nonnull (next);
      assert_life (next, family->lives[i]);
      if (stress_random (8) == 0)
        g_thread_yield ();
      g_object_unref (held);
      held = next;
    }

  /* Others may bond it, and keep it in other ways. */
  if (stress_random (64) == 0)
    stress_share_object (held);
  g_object_unref (held);
}

static void
family_make (void)
{
  Family *family = g_atomic_rc_box_new0 (Family);
  StressObject *objects[N_FAMILY];
  GError *error = NULL;
  guint i;

  stress_count ("bond: new family");
  for (i = 0; i < N_FAMILY; i++)
    {
      objects[i] = stress_object_new ();
      stress_object_protect (objects[i]);
      family->refs[i] = weakref_ref_new (objects[i]);
      family->lives[i] = stress_object_get_life (objects[i]);
      if (i > 0)
        {
          family->owners[i] = stress_random (i);
          family->bonds[i] = weakref_bond_new (objects[family->owners[i]], objects[i], &error);
          g_assert_no_error (error);
        }
    }

  for (i = 1; i < N_FAMILY; i++)
    g_object_unref (objects[i]);
  g_atomic_rc_box_acquire (family);
  stress_pool_put (&families, family);
  family_hop (family, objects[0]);
  stress_pool_release (&families, family);
}

static void
family_use (Family *family)
{
  StressObject *held = weakref_ref_get (family->refs[stress_random (N_FAMILY)]);
  guint i;

  stress_count ("bond: family");
  if (held != NULL)
    {
      family_hop (family, held);
      return;
    }

  /* All or nothing. */
  for (i = 0; i < N_FAMILY; i++)
    {
      g_assert_null (weakref_ref_get (family->refs[i]));
      g_assert_true (i == 0 || !weakref_bond_is_alive (family->bonds[i]));
    }
  if (stress_random (4) == 0)
    family_make ();
}

static void
bond_step (void)
{
  gpointer box;

  switch (stress_random (8))
    {
    case 0:
      make ();
      break;
    case 1:
      stress_count ("bond: drop");
      stress_pool_put (&pool, NULL);
      break;
    case 2:
    case 3:
      box = stress_pool_dup (&pool);
      if (box != NULL)
        use (box);
      stress_pool_release (&pool, box);
      break;
    default:
      box = stress_pool_dup (&families);
      if (box != NULL)
        family_use (box);
      else
        family_make ();
      stress_pool_release (&families, box);
    }
}

static void
bond_settled (void)
{
  guint i;
  guint j;

  for (i = 0; i < STRESS_POOL_SIZE; i++)
    {
      Box *box = pool.boxes[i];
      Family *family = families.boxes[i];

      if (box != NULL)
        {
          gboolean is_alive = weakref_bond_is_alive (box->bond);
          gpointer owner = weakref_bond_dup_owner (box->bond);
          gpointer owned = weakref_bond_dup_owned (box->bond);

          g_assert_true ((owner != NULL) == is_alive && (owned != NULL) == is_alive);
          g_assert_true (box->record->called == 0 || !is_alive);
          g_clear_object (&owner);
          g_clear_object (&owned);
        }
      if (family != NULL)
        {
          gboolean is_alive = weakref_ref_is_alive (family->refs[0]);

          for (j = 1; j < N_FAMILY; j++)
            {
              g_assert_true (weakref_ref_is_alive (family->refs[j]) == is_alive);
              g_assert_true (weakref_bond_is_alive (family->bonds[j]) == is_alive);
            }
        }
    }
}

static void
bond_end (void)
{
  guint i;

  for (i = 0; i < STRESS_POOL_SIZE; i++)
    {
      Box *box = pool.boxes[i];
      Family *family = families.boxes[i];

      if (box != NULL)
        {
          g_assert_false (weakref_bond_is_alive (box->bond));
          g_assert_null (weakref_bond_dup_owner (box->bond));
          g_assert_null (weakref_bond_dup_owned (box->bond));
          g_assert_true (box->record->called || !box->record->must_settle);
        }
      if (family != NULL)
        g_assert_null (weakref_ref_get (family->refs[i % N_FAMILY]));
    }

  stress_pool_empty (&pool);
  stress_pool_empty (&families);
}

/* A wood that only one worker has */

typedef struct
{
  StressObject *object; /* (unowned): NULL when it is dead; there are @n_held references on it */
  WeakrefRef *ref;      /* (owned) */
  WeakrefBond *bond;    /* (owned) (nullable): the last one to an owner */
  gint owner;           /* -1: none */
  guint n_held;
} Node;

typedef struct
{
  Node nodes[N_OWN];
} Model;

static void
node_start (Node *node)
{
  node->object = stress_object_new ();
  node->ref = weakref_ref_new (node->object);
  node->owner = -1;
  node->n_held = 1;
}

static void
node_stop (Node *node)
{
  g_assert_null (weakref_ref_get (node->ref));
  g_assert_true (node->bond == NULL || !weakref_bond_is_alive (node->bond));
  g_clear_object (&node->ref);
  g_clear_object (&node->bond);
  node->object = NULL;
}

static guint
model_get_root (Model *model, guint i)
{
  while (model->nodes[i].owner >= 0)
    i = (guint) model->nodes[i].owner;

  return i;
}

static gpointer
bond_worker_new (guint index)
{
  Model *model = g_new0 (Model, 1);
  guint i;

  for (i = 0; i < N_OWN; i++)
    node_start (&model->nodes[i]);

  return model;
}

/* A tree that nobody holds is dead, and the others are as they were. */
static void
model_check (Model *model)
{
  gboolean is_held[N_OWN] = { FALSE };
  gboolean is_alive[N_OWN];
  guint i;

  for (i = 0; i < N_OWN; i++)
    is_held[model_get_root (model, i)] |= model->nodes[i].n_held > 0;
  for (i = 0; i < N_OWN; i++)
    is_alive[i] = is_held[model_get_root (model, i)];

  for (i = 0; i < N_OWN; i++)
    {
      Node *node = &model->nodes[i];
      gpointer got;

      if (is_alive[i])
        {
          got = weakref_ref_get (node->ref);
          g_assert_true (got == node->object);
          g_object_unref (got);
          g_assert_true (node->bond == NULL ||
                         weakref_bond_is_alive (node->bond) == (node->owner >= 0));
        }
      else
        {
          node_stop (node);
          node_start (node);
        }
    }
}

static void
model_bond (Model *model, gint a, gint b)
{
  Node *owner = &model->nodes[a];
  Node *owned = &model->nodes[b];
  GError *error = NULL;
  WeakrefBond *bond;

  if (owner->n_held == 0 || owned->n_held == 0)
    return;

  bond = weakref_bond_new (owner->object, owned->object, &error);
  if (a != b && owned->owner >= 0)
    {
      g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_OWNED);
      g_error_free (error);
    }
  else if (model_get_root (model, (guint) a) == (guint) b || a == b)
    {
      g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_CYCLE);
      g_error_free (error);
    }
  else
    {
      g_assert_no_error (error);
      g_clear_object (&owned->bond);
      owned->bond = bond;
      owned->owner = a;
    }
}

static void
bond_worker_step (gpointer data)
{
  Model *model = data;
  gint a = (gint) stress_random (N_OWN);
  Node *node = &model->nodes[a];
  guint i;

  stress_count ("bond: model");
  switch (stress_random (8))
    {
    case 0:
      g_assert_true (weakref_ref_get (node->ref) == node->object);
      node->n_held++;
      break;
    case 1:
      if (node->bond != NULL)
        {
          g_assert_true (weakref_bond_break (node->bond) == (node->owner >= 0));
          node->owner = -1;
        }
      break;
    case 2:
      if (node->n_held == 0)
        break;
      g_object_run_dispose (G_OBJECT (node->object));
      g_assert_null (weakref_ref_get (node->ref));
      g_object_unref (node->ref);
      node->ref = weakref_ref_new (node->object);
      node->owner = -1;
      for (i = 0; i < N_OWN; i++)
        {
          if (model->nodes[i].owner == a)
            model->nodes[i].owner = -1;
        }
      break;
    case 3:
    case 4:
      model_bond (model, a, (gint) stress_random (N_OWN));
      break;
    default:
      if (node->n_held > 0)
        {
          node->n_held--;
          g_object_unref (node->object);
        }
    }

  model_check (model);
}

static void
bond_worker_free (gpointer data)
{
  Model *model = data;
  guint i;

  for (i = 0; i < N_OWN; i++)
    {
      for (; model->nodes[i].n_held > 0; model->nodes[i].n_held--)
        g_object_unref (model->nodes[i].object);
    }
  for (i = 0; i < N_OWN; i++)
    node_stop (&model->nodes[i]);
  g_free (model);
}

const StressClass stress_bond = { "bond",   bond_begin,      bond_step,        bond_settled,
                                  bond_end, bond_worker_new, bond_worker_step, bond_worker_free };
