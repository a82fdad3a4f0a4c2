/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Attached metadata: what a program notes of objects that are not its own, here the stars that a
 * user gives to files. A note goes with its file, and the table can be counted and walked. */

#include <weakref-glib/weakref-glib.h>

static void
print_cb (gpointer file, gpointer value, gpointer user_data)
{
  g_autofree char *name = g_file_get_basename (file);

  g_print ("  %s: %s\n", name, (char *) value);
}

static void
print_all (const char *title, WeakrefKeyTable *stars)
{
  g_print ("%s: %u\n", title, weakref_key_table_get_size (stars));
  weakref_key_table_foreach (stars, print_cb, NULL);
}

int
main (void)
{
  g_autoptr (WeakrefKeyTable) stars = weakref_key_table_new (g_free);
  g_autoptr (GFile) song = g_file_new_for_path ("/music/song");
  g_autoptr (GFile) draft = g_file_new_for_path ("/music/draft");

  weakref_key_table_insert (stars, song, g_strdup ("****"));
  weakref_key_table_insert (stars, draft, g_strdup ("*"));
  g_print ("the draft has %s\n", (char *) weakref_key_table_lookup (stars, draft));

  g_clear_object (&draft);
  print_all ("the draft was dropped", stars);

  weakref_key_table_insert (stars, song, g_strdup ("*****"));
  print_all ("the song was heard again", stars);

  g_clear_object (&song);
  print_all ("the song was dropped", stars);

  return 0;
}
