/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/reading.h>

/* Who goes over the entries of a table copies their addresses under the lock, and uses the entries
 * without it. A reference on each would make him touch the memory of all entries once more, and
 * would cost two atomic operations for each. So he takes none. Instead, the table knows its
 * *readings*, and an entry that leaves the table meanwhile is *parked*: it is kept, with one
 * reference more, until all readings that may have its address have ended. As long as nothing
 * leaves, nothing is counted.
 *
 *   newest reading  -> older reading   -> oldest reading
 *   young              young              young             put in after it began
 *   parked             parked             parked            left after it began
 *
 * An entry that leaves is parked with the newest reading. When a reading ends, its parked entries
 * go to the next older one. Those of the oldest reading are dropped. So an entry is dropped when
 * all readings have ended that began before it left. A later reading does not have it, and does not
 * delay that, even if there is always some reading.
 *
 * A reading may last long, because the function that it calls may do anything, and many entries
 * may come and go meanwhile. The reading does not have them, and they must not wait for its end.
 * Therefore an entry that is put in is *young* for the newest reading, which then does not park
 * it, and for all older ones. An entry is young for one reading in the lists; for the older ones
 * that is implied. When a reading ends, what is young for it is so for the next older one. What it
 * has parked is dropped at once if it is young for the next older one. An entry in a list of young
 * ones is in the table, or is parked with a newer reading. So its address can't be that of another
 * entry.
 *
 * A reading is an allocation of its own, and not on the stack of the thread. In the child of a
 * fork(), the readings of all other threads of the parent stay for ever, and so does what is parked
 * with them. But their stacks may be used for other threads.
 *
 * LOCKING. The lock of the table guards all of it: see table.c. */

/* Begins a reading of @n entries, which the caller writes to it before it releases the lock.
 * @newest is the list of the readings, the newest first. */
WeakrefReading *
weakref_reading_begin (WeakrefReading **newest, guint n)
{
  WeakrefReading *reading = g_malloc (sizeof (WeakrefReading) + n * sizeof (gpointer));

  reading->table = NULL;
  reading->older = *newest;
  reading->newer = NULL;
  reading->parked = NULL;
  reading->young = NULL;
  reading->n = n;
  if (reading->older != NULL)
    reading->older->newer = reading;
  *newest = reading;

  return reading;
}

/* To be called when @entry was put into the table, if there is a reading. */
void
weakref_reading_put (WeakrefReading *newest, gpointer entry)
{
  if (newest->young == NULL)
    newest->young = g_hash_table_new (NULL, NULL);
  g_hash_table_add (newest->young, entry);
}

static gboolean
reading_remove_young (WeakrefReading *reading, gpointer entry)
{
  return reading->young != NULL && g_hash_table_remove (reading->young, entry);
}

static void
reading_add_parked (WeakrefReading *reading, gpointer entry)
{
  if (reading->parked == NULL)
    reading->parked = g_ptr_array_new ();
  g_ptr_array_add (reading->parked, entry);
}

/* To be called when @entry has left the table, if there is a reading. Returns whether it was
 * parked. Then the caller gives a reference on it to the reading. */
gboolean
weakref_reading_park (WeakrefReading *newest, gpointer entry)
{
  if (reading_remove_young (newest, entry))
    return FALSE;

  reading_add_parked (newest, entry);
  return TRUE;
}

/* Gives to @older what is parked with @reading, except for entries that @older does not have. */
static void
reading_hand_over_parked (WeakrefReading *reading, WeakrefReading *older)
{
  GPtrArray *parked = reading->parked;
  guint i = 0;

  while (parked != NULL && i < parked->len)
    {
      gpointer entry = g_ptr_array_index (parked, i);

      if (reading_remove_young (older, entry))
        {
          i++;
          continue;
        }
      reading_add_parked (older, entry);
      g_ptr_array_remove_index_fast (parked, i);
    }
}

static void
reading_hand_over_young (WeakrefReading *reading, WeakrefReading *older)
{
  GHashTableIter iter;
  gpointer entry;

  if (reading->young == NULL)
    return;

  if (older->young == NULL)
    {
      older->young = g_steal_pointer (&reading->young);
      return;
    }

  g_hash_table_iter_init (&iter, reading->young);
  while (g_hash_table_iter_next (&iter, &entry, NULL))
    g_hash_table_add (older->young, entry);
}

/* Ends a reading. Returns the entries on which it has a reference that the caller has to drop when
 * it has released the lock, or NULL. The array belongs to the reading. */
GPtrArray *
weakref_reading_end (WeakrefReading **newest, WeakrefReading *reading)
{
  WeakrefReading *older = reading->older;

  if (older != NULL)
    {
      reading_hand_over_parked (reading, older);
      reading_hand_over_young (reading, older);
      older->newer = reading->newer;
    }
  if (reading->newer != NULL)
    reading->newer->older = older;
  else
    *newest = older;

  return reading->parked;
}

/* Frees a reading that has ended. */
void
weakref_reading_free (WeakrefReading *reading)
{
  g_clear_pointer (&reading->parked, g_ptr_array_unref);
  g_clear_pointer (&reading->young, g_hash_table_unref);
  g_free (reading);
}
