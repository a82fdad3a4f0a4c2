/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "model.h"

#define MAX_DEPTH 4

const guint8 *program;
gsize program_left;
guint depth;
guint quiet;
GPtrArray *targets;
GPtrArray *records;
GPtrArray *orphans;
World world;

guint
next (guint n)
{
  if (program_left == 0)
    return 0;

  program_left--;
  return *program++ % n;
}

void
run_nested (void)
{
  if (depth >= MAX_DEPTH || quiet > 0)
    return;

  depth++;
  run_ops (next (4));
  depth--;
}

/* Trees of bonded objects. When nobody has any of a tree, all their lives are over, before the
 * first dispose. The reference counts tell who has them; the library has one of each. */

gboolean
is_bonded (const Target *target)
{
  const Target *owner = target->owner;

  return target->bond != NULL && target->object != NULL && target->life == target->bond_life &&
         owner->object != NULL && owner->life == target->owner_life &&
         target->ended_life != target->life + 1 && owner->ended_life != owner->life + 1;
}

const Target *
root_of (const Target *target)
{
  while (is_bonded (target))
    target = target->owner;

  return target;
}

/* Once it is, it stays so. */
gboolean
is_ended (const Target *target)
{
  GPtrArray *tree;
  const Target *root;
  gboolean doomed = TRUE;
  guint i;

  if (target->ended_life == target->life + 1)
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

      member->ended_life = member->life + 1;
    }
  g_ptr_array_unref (tree);

  return doomed;
}

/* Objects. The dispose itself tells the model of the end of a life: nothing can happen between the
 * moment when GLib clears its GWeakRefs, and the dispose. */

typedef GObjectClass FuzzObjectClass;

G_DEFINE_TYPE (FuzzObject, fuzz_object, G_TYPE_OBJECT)

static void
fuzz_object_dispose (GObject *object)
{
  Target *target = ((FuzzObject *) object)->target;
  gboolean chain_up = TRUE;

  /* A set has made this object, as a stand-in for one of ours. */
  if (target == NULL)
    {
      G_OBJECT_CLASS (fuzz_object_parent_class)->dispose (object);
      return;
    }

  /* The first of a tree. */
  is_ended (target);
  target->life++;
  target->disposing++;
  /* Not in a g_object_run_dispose(): it depends on the version of GLib where that ends a life. */
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
  if (((FuzzObject *) object)->target != NULL)
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

Target *
target_new (void)
{
  Target *target = g_new0 (Target, 1);

  target->object = g_object_new (fuzz_object_get_type (), NULL);
  ((FuzzObject *) target->object)->target = target;
  target->index = targets->len;
  g_ptr_array_add (targets, target);

  return target;
}

gboolean
is_alive (const Target *target, guint life)
{
  return target != NULL && target->object != NULL && target->life == life && !is_ended (target);
}

/* Whether everybody who watches the target must have been told of the end of that life. */
gboolean
is_noticed (const Target *target, guint life)
{
  return target->object == NULL || (target->life != life && !target->vague);
}

gpointer
expect (const Target *target, guint life)
{
  return is_alive (target, life) ? target->object : NULL;
}

/* An interest in the target is taken. In the middle of a g_object_run_dispose(), nobody will say
 * when that life ends. */
guint
take_interest (Target *target)
{
  if (target->disposing > 0)
    target->vague = TRUE;

  return target->life;
}

Record *
record_new (Target *target, guint life)
{
  Record *record = g_new0 (Record, 1);

  record->target = target;
  record->life = life;
  g_ptr_array_add (records, record);

  return record;
}

void
record_destroy_cb (gpointer data)
{
  Record *record = data;

  g_assert_cmpuint (record->destroyed++, ==, 0);
  run_nested ();
}

void
record_call (Record *record)
{
  g_assert_cmpuint (record->called++, ==, 0);
  g_assert_cmpuint (record->destroyed, ==, 0);
  g_assert_cmpuint (record->prevented, ==, 0);
  g_assert_false (record->dropped);
  run_nested ();
}

/* An object with a reference, if there is one in the slot. If it died unnoticed before, then who
 * had an interest in it is told now: everything may be different afterwards. */
Target *
hold (void)
{
  Target *target = world.objects[next (N_SLOTS)];

  if (target != NULL)
    {
      g_object_ref (target->object);
      if (target->vague)
        g_object_unref (weakref_ref_new (target->object));
    }

  return target;
}

/* Puts an object into a slot, and takes over the reference. */
void
adopt (gpointer object)
{
  guint i = next (N_SLOTS);
  Target *old = world.objects[i];

  world.objects[i] = ((FuzzObject *) object)->target;
  if (old != NULL)
    g_object_unref (old->object);
}

void
adopt_or_drop (gpointer object)
{
  if (object == NULL)
    return;

  if (next (4) == 0)
    adopt (object);
  else
    g_object_unref (object);
}

void
op_object (void)
{
  guint i = next (N_SLOTS);
  guint what = next (8);
  Target *target = world.objects[i];

  if (target == NULL)
    {
      world.objects[i] = target_new ();
    }
  else if (what == 0)
    {
      target->resurrect = TRUE;
      target->chain_up = next (2);
    }
  else if (what == 1)
    {
      gboolean was_bonded = target->was_bonded;

      /* The other objects of its tree are notified in the middle of that dispose. */
      quiet += was_bonded;
      g_object_ref (target->object);
      g_object_run_dispose (target->object);
      quiet -= was_bonded;
      /* All watches that were started since the beginning of the dispose are over, too. */
      target->life++;
      g_object_unref (target->object);
    }
  else
    {
      world.objects[i] = NULL;
      g_object_unref (target->object);
    }
}
