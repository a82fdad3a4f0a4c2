/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-id.h>

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/locks.h>

/* The table of the numbers that somebody has asked for. Nothing else knows of this table, so a
 * program that asks for no numbers pays nothing. An entry is a watch, and leaves the table when its
 * object dies.
 *
 * LOCKING. The lock guards the table. No other lock is taken inside it, and entries are freed
 * outside it. A block is marked dead before its watches sever. So if an entry is put into the table
 * under the lock while its block is alive, the death finds it there. */
#define ids_lock weakref_locks[WEAKREF_LOCK_IDS]
static GHashTable *ids; /* (owned) (nullable): lock: guint64 → IdEntry (unowned) */

typedef struct
{
  WeakrefWatch watch; /* the first field; while active it has a reference on the entry */
  gint ref_count;     /* (atomic) */
  guint64 id;         /* lock */
} IdEntry;

static void
entry_unref (IdEntry *entry)
{
  if (!g_atomic_int_dec_and_test (&entry->ref_count))
    return;

  weakref_watch_clear (&entry->watch);
  g_free (entry);
}

static void
entry_sever_cb (WeakrefWatch *watch)
{
  guint64 id = weakref_block_get_id (weakref_watch_get_block (watch));

  weakref_lock (&ids_lock);
  if (ids != NULL && g_hash_table_lookup (ids, &id) == watch)
    g_hash_table_remove (ids, &id);
  g_mutex_unlock (&ids_lock);
}

static void
entry_announce_cb (WeakrefWatch *watch, gpointer target)
{
  entry_unref ((IdEntry *) watch);
}

static const WeakrefWatchFuncs entry_funcs = {
  .sever = entry_sever_cb,
  .announce = entry_announce_cb,
  .name = "weakref_get_id()",
};

static gboolean
ids_contain (guint64 id)
{
  gboolean contain;

  weakref_lock (&ids_lock);
  contain = ids != NULL && g_hash_table_contains (ids, &id);
  g_mutex_unlock (&ids_lock);

  return contain;
}

/**
 * weakref_get_id:
 * @object: (type GObject.Object) (not nullable): an object
 *
 * Gives the number of the life that @object is in. From then on [func@Weakref.lookup_id] finds the
 * object by this number.
 *
 * It is the number that [method@Weakref.Ref.get_id] gives. Unlike an address, it is never used
 * again in a process. So it can stand for the object where a reference can't: in a log, in a
 * message to another process that answers later, in the name of a test.
 *
 * You must hold a reference on @object during the call, which can be made from any thread.
 *
 * Returns: the number, which is not 0
 *
 * Since: 1.0
 */
guint64
weakref_get_id (gpointer object)
{
  WeakrefBlock *block;
  IdEntry *entry;
  guint64 id;
  gboolean put;

  g_return_val_if_fail (G_IS_OBJECT (object), 0);
  g_return_val_if_fail (weakref_is_held (object), 0);

  block = weakref_block_get (object, WEAKREF_PHASE_DISPOSE);
  id = weakref_block_get_id (block);
  weakref_block_unref (block);
  if (ids_contain (id))
    return id;

  entry = g_new0 (IdEntry, 1);
  entry->ref_count = 2; /* ours and the watch's */
  weakref_watch_start (&entry->watch, &entry_funcs, object, WEAKREF_PHASE_DISPOSE);
  id = weakref_block_get_id (weakref_watch_get_block (&entry->watch));

  weakref_lock (&ids_lock);
  if (ids == NULL)
    ids = g_hash_table_new (g_int64_hash, g_int64_equal);
  put = !weakref_block_is_dead (weakref_watch_get_block (&entry->watch)) &&
        !g_hash_table_contains (ids, &id);
  if (put)
    {
      entry->id = id;
      g_hash_table_insert (ids, &entry->id, entry);
    }
  g_mutex_unlock (&ids_lock);

  if (!put && weakref_watch_stop (&entry->watch))
    entry_unref (entry);
  entry_unref (entry);

  return id;
}

/**
 * weakref_lookup_id:
 * @id: a number
 *
 * Gives the object whose number was asked for with [func@Weakref.get_id], if it is alive.
 *
 * It can be called from any thread, with any number.
 *
 * Returns: (transfer full) (type GObject.Object) (nullable): the object, or %NULL if it is dead, or
 *   nobody has asked for its number
 *
 * Since: 1.0
 */
gpointer
weakref_lookup_id (guint64 id)
{
  WeakrefBlock *block = NULL;
  IdEntry *entry;
  gpointer object;

  weakref_lock (&ids_lock);
  entry = ids != NULL ? g_hash_table_lookup (ids, &id) : NULL;
  if (entry != NULL)
    block = weakref_block_ref (weakref_watch_get_block (&entry->watch));
  g_mutex_unlock (&ids_lock);

  if (block == NULL)
    return NULL;

  object = weakref_block_dup_target (block);
  weakref_block_unref (block);

  return object;
}
