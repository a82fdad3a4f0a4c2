/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/radar/radar-private.h>

#include <weakref-glib/core/locks.h>

/* The census: all living targets. core/block.c calls a hook for each of them while the radar is on.
 *
 * Each living target has an entry here, which is found by its block. If the death of an object is
 * expected, its entry stays after the death, until the memory of the object is freed. An object
 * that was disposed, but on which somebody has a reference, is a leak too.
 *
 * LOCKING. The census lock guards the two tables and what is in them. No other lock is taken while
 * it is held: entries are taken out under it, and freed after it is unlocked. No lock of the block
 * is held when the hook runs. */

#define census_lock weakref_locks[WEAKREF_LOCK_RADAR_CENSUS]
static GHashTable *known;  /* lock: (owned) (nullable): WeakrefBlock → WeakrefKnown */
static guint64 n_known;    /* lock: how many entries there have been */
static gboolean is_marked; /* lock */
static GHashTable *counts; /* lock: (owned) (nullable): GType → WeakrefTypeCount */

static void
known_free (gpointer data)
{
  WeakrefKnown *self = data;

  weakref_block_unref (self->block);
  g_clear_pointer (&self->memory, weakref_block_unref);
  g_free (self->description);
  g_free (self);
}

static WeakrefKnown *
known_copy (const WeakrefKnown *self)
{
  WeakrefKnown *copy = g_memdup2 (self, sizeof *self);

  weakref_block_ref (copy->block);
  if (copy->memory != NULL)
    weakref_block_ref (copy->memory);
  copy->description = g_strdup (copy->description);

  return copy;
}

static void
count_locked (GType type, gint change)
{
  WeakrefTypeCount *count = g_hash_table_lookup (counts, GSIZE_TO_POINTER (type));

  if (count == NULL)
    {
      count = g_new0 (WeakrefTypeCount, 1);
      count->type = type;
      g_hash_table_insert (counts, GSIZE_TO_POINTER (type), count);
    }
  count->n_alive += change;
}

/* Returns the entry of @block. If there is none, it is made, unless the life is over: then NULL is
 * returned. The caller has a reference on @object, its target. */
static WeakrefKnown *
known_get_locked (WeakrefBlock *block, gpointer object)
{
  WeakrefKnown *self = g_hash_table_lookup (known, block);

  if (self == NULL && !weakref_block_is_dead (block))
    {
      self = g_new0 (WeakrefKnown, 1);
      self->block = weakref_block_ref (block);
      self->number = ++n_known;
      self->type = G_OBJECT_TYPE (object);
      g_hash_table_insert (known, block, self);
      count_locked (self->type, 1);
    }

  return self;
}

/* With two threads, the call for the death may come before the call for the new block. The first
 * call finds no entry then. In the second, known_get_locked() sees that the block is dead, and
 * makes no entry. */
static void
census_hook (WeakrefBlock *block, gpointer object)
{
  WeakrefKnown *dead = NULL;

  /* A block gets its id when somebody first asks for it. Asking for it here gives older targets
   * lower ids. */
  if (object != NULL)
    weakref_block_get_id (block);

  weakref_lock (&census_lock);
  if (known != NULL && object != NULL)
    {
      known_get_locked (block, object);
    }
  else if (known != NULL)
    {
      WeakrefKnown *self = g_hash_table_lookup (known, block);

      if (self != NULL)
        {
          count_locked (self->type, -1);
          if (self->description == NULL || weakref_block_is_dead (self->memory))
            {
              g_hash_table_steal (known, block);
              dead = self;
            }
        }
    }
  g_mutex_unlock (&census_lock);

  g_clear_pointer (&dead, known_free);
}

void
weakref_census_start (void)
{
  weakref_lock (&census_lock);
  if (known == NULL)
    {
      known = g_hash_table_new_full (NULL, NULL, NULL, known_free);
      counts = g_hash_table_new_full (NULL, NULL, NULL, g_free);
      weakref_block_set_hook (census_hook);
    }
  g_mutex_unlock (&census_lock);
}

void
weakref_census_stop (void)
{
  GHashTable *old_known;
  GHashTable *old_counts;

  weakref_lock (&census_lock);
  weakref_block_set_hook (NULL);
  is_marked = FALSE;
  old_known = g_steal_pointer (&known);
  old_counts = g_steal_pointer (&counts);
  g_mutex_unlock (&census_lock);

  g_clear_pointer (&old_known, g_hash_table_unref);
  g_clear_pointer (&old_counts, g_hash_table_unref);
}

gboolean
weakref_census_is_running (void)
{
  gboolean running;

  weakref_lock (&census_lock);
  running = known != NULL;
  g_mutex_unlock (&census_lock);

  return running;
}

/* Makes @object a target, and marks it as tracked. The caller has a reference on it. */
void
weakref_census_track (gpointer object)
{
  WeakrefBlock *block = weakref_block_get (object, WEAKREF_PHASE_DISPOSE);
  WeakrefKnown *self;

  weakref_lock (&census_lock);
  self = known != NULL ? known_get_locked (block, object) : NULL;
  if (self != NULL)
    self->tracked = TRUE;
  g_mutex_unlock (&census_lock);

  weakref_block_unref (block);
}

/* The death of @object is expected from now on. The caller has a reference on it. A second call
 * changes the description, but not the time. */
void
weakref_census_expect (gpointer object, const char *description)
{
  WeakrefBlock *block = weakref_block_get (object, WEAKREF_PHASE_DISPOSE);
  WeakrefBlock *memory = weakref_block_get (object, WEAKREF_PHASE_FINALIZE);
  WeakrefKnown *self;

  weakref_lock (&census_lock);
  self = known != NULL ? known_get_locked (block, object) : NULL;
  if (self != NULL)
    {
      if (self->description == NULL)
        {
          self->expected_at = g_get_monotonic_time ();
          self->memory = g_steal_pointer (&memory);
        }
      g_free (self->description);
      self->description = g_strdup (description != NULL ? description : "");
    }
  g_mutex_unlock (&census_lock);

  g_clear_pointer (&memory, weakref_block_unref);
  weakref_block_unref (block);
}

void
weakref_census_mark (void)
{
  GHashTableIter iter;
  gpointer value;

  weakref_lock (&census_lock);
  is_marked = counts != NULL;
  if (counts != NULL)
    {
      g_hash_table_iter_init (&iter, counts);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        ((WeakrefTypeCount *) value)->n_at_mark = ((WeakrefTypeCount *) value)->n_alive;
    }
  g_mutex_unlock (&census_lock);
}

gboolean
weakref_census_is_marked (void)
{
  gboolean marked;

  weakref_lock (&census_lock);
  marked = is_marked;
  g_mutex_unlock (&census_lock);

  return marked;
}

static gint
compare_counts (gconstpointer a, gconstpointer b)
{
  const WeakrefTypeCount *x = a;
  const WeakrefTypeCount *y = b;

  if (x->n_alive != y->n_alive)
    return x->n_alive < y->n_alive ? 1 : -1;

  return g_strcmp0 (g_type_name (x->type), g_type_name (y->type));
}

/* Returns an array of WeakrefTypeCount, the largest number first. */
GArray *
weakref_census_dup_counts (void)
{
  GArray *result = g_array_new (FALSE, FALSE, sizeof (WeakrefTypeCount));
  GHashTableIter iter;
  gpointer value;

  weakref_lock (&census_lock);
  if (counts != NULL)
    {
      g_hash_table_iter_init (&iter, counts);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        g_array_append_vals (result, value, 1);
    }
  g_mutex_unlock (&census_lock);

  g_array_sort (result, compare_counts);

  return result;
}

static gint
compare_known (gconstpointer a, gconstpointer b)
{
  guint64 x = (*(WeakrefKnown *const *) a)->number;
  guint64 y = (*(WeakrefKnown *const *) b)->number;

  return x < y ? -1 : x > y;
}

/* Returns copies of the entries of objects that are tracked, or whose death is expected and whose
 * memory is not freed; the oldest first. */
GPtrArray *
weakref_census_dup_overdue (void)
{
  GPtrArray *result = g_ptr_array_new_with_free_func (known_free);
  GPtrArray *gone = g_ptr_array_new_with_free_func (known_free);
  GHashTableIter iter;
  gpointer value;

  weakref_lock (&census_lock);
  if (known != NULL)
    {
      g_hash_table_iter_init (&iter, known);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        {
          WeakrefKnown *self = value;

          if (self->description != NULL && weakref_block_is_dead (self->memory))
            {
              g_hash_table_iter_steal (&iter);
              g_ptr_array_add (gone, self);
            }
          else if (self->description != NULL || self->tracked)
            {
              g_ptr_array_add (result, known_copy (self));
            }
        }
    }
  g_mutex_unlock (&census_lock);

  g_ptr_array_unref (gone);
  g_ptr_array_sort (result, compare_known);

  return result;
}

/* Returns the living targets whose type is @type or derived from it, the oldest first. The array
 * owns a reference on each. */
GPtrArray *
weakref_census_dup_objects (GType type)
{
  GPtrArray *copies = g_ptr_array_new_with_free_func (known_free);
  GPtrArray *objects = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;
  guint i;

  weakref_lock (&census_lock);
  if (known != NULL)
    {
      g_hash_table_iter_init (&iter, known);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        {
          if (g_type_is_a (((WeakrefKnown *) value)->type, type))
            g_ptr_array_add (copies, known_copy (value));
        }
    }
  g_mutex_unlock (&census_lock);

  g_ptr_array_sort (copies, compare_known);
  for (i = 0; i < copies->len; i++)
    {
      gpointer object =
        weakref_block_dup_target (((WeakrefKnown *) g_ptr_array_index (copies, i))->block);

      if (object != NULL)
        g_ptr_array_add (objects, object);
    }
  g_ptr_array_unref (copies);

  return objects;
}

/* Remembers the reference count that a check has seen, in the census and in the copy. */
void
weakref_census_see_count (WeakrefKnown *copy, guint count)
{
  WeakrefKnown *self;

  weakref_lock (&census_lock);
  self = known != NULL ? g_hash_table_lookup (known, copy->block) : NULL;
  if (self != NULL && self->count != count)
    {
      self->count = count;
      self->count_at = g_get_monotonic_time ();
    }
  if (self != NULL)
    {
      copy->count = self->count;
      copy->count_at = self->count_at;
    }
  g_mutex_unlock (&census_lock);
}
