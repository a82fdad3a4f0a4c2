/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/object-index.h>

/* A table has an index from the first time that somebody asks for the key of an object. Most tables
 * never have one. After that, each entry that is put into the table or leaves it is added here or
 * removed. So it takes constant time to find the entries of an object, however many other tables
 * and references watch the object.
 *
 * Entries that were in the table before the index was made are added in the order of the map, which
 * has no meaning. If an object has several of them, they are sorted when somebody asks for the
 * newest one. */

struct _WeakrefObjectIndex
{
  GHashTable *objects;  /* (owned): from WeakrefBlock to (owned) GList of WeakrefEntry */
  GHashTable *links;    /* (owned): from WeakrefEntry to its link in such a list */
  GHashTable *unsorted; /* (owned): the WeakrefBlocks whose list is not sorted, newest first */
};

void
weakref_object_index_add (WeakrefObjectIndex *index, WeakrefEntry *entry)
{
  WeakrefBlock *block = weakref_watch_get_block (&entry->watch);
  GList *list = g_list_prepend (g_hash_table_lookup (index->objects, block), entry);

  g_hash_table_insert (index->objects, block, list);
  g_hash_table_insert (index->links, entry, list);
}

void
weakref_object_index_remove (WeakrefObjectIndex *index, WeakrefEntry *entry)
{
  WeakrefBlock *block = weakref_watch_get_block (&entry->watch);
  GList *list = g_hash_table_lookup (index->objects, block);

  list = g_list_delete_link (list, g_hash_table_lookup (index->links, entry));
  g_hash_table_remove (index->links, entry);
  if (list != NULL)
    {
      g_hash_table_insert (index->objects, block, list);
      return;
    }

  g_hash_table_remove (index->objects, block);
  g_hash_table_remove (index->unsorted, block);
}

/* Makes the index of all entries that are in the table. */
WeakrefObjectIndex *
weakref_object_index_new (WeakrefTable *table)
{
  WeakrefObjectIndex *index = g_new (WeakrefObjectIndex, 1);
  gsize i;

  index->objects = g_hash_table_new (NULL, NULL);
  index->links = g_hash_table_new (NULL, NULL);
  index->unsorted = g_hash_table_new (NULL, NULL);
  for (i = weakref_map_next (&table->map, WEAKREF_MAP_NONE); i != WEAKREF_MAP_NONE;
       i = weakref_map_next (&table->map, i))
    {
      WeakrefEntry *entry = weakref_map_get_entry (&table->map, i);

      if (g_hash_table_contains (index->objects, weakref_watch_get_block (&entry->watch)))
        g_hash_table_add (index->unsorted, weakref_watch_get_block (&entry->watch));
      weakref_object_index_add (index, entry);
    }

  return index;
}

/* To be called when the table is empty. */
void
weakref_object_index_free (WeakrefObjectIndex *index)
{
  g_assert (g_hash_table_size (index->objects) == 0);
  g_hash_table_unref (index->objects);
  g_hash_table_unref (index->links);
  g_hash_table_unref (index->unsorted);
  g_free (index);
}

/* Returns the entries of an object. @block is its current block. The index owns the list. It can be
 * used until the index is changed. */
GList *
weakref_object_index_get (WeakrefObjectIndex *index, WeakrefBlock *block)
{
  return g_hash_table_lookup (index->objects, block);
}

/* Returns whether the entries of an object are sorted, so that the newest one comes first. */
gboolean
weakref_object_index_is_sorted (WeakrefObjectIndex *index, WeakrefBlock *block)
{
  return !g_hash_table_contains (index->unsorted, block);
}

/* Sorts the entries of an object. @entries are those that it had a moment ago, newest first.
 * Entries that were added since then are newer, and come before these already. */
void
weakref_object_index_sort (WeakrefObjectIndex *index, WeakrefBlock *block, GPtrArray *entries)
{
  GList *list = g_hash_table_lookup (index->objects, block);
  GList *sorted = NULL;
  guint i;

  for (i = entries->len; i > 0; i--)
    {
      GList *link = g_hash_table_lookup (index->links, g_ptr_array_index (entries, i - 1));

      if (link != NULL)
        {
          list = g_list_remove_link (list, link);
          sorted = g_list_concat (link, sorted);
        }
    }
  list = g_list_concat (list, sorted);
  if (list != NULL)
    g_hash_table_insert (index->objects, block, list);
  g_hash_table_remove (index->unsorted, block);
}
