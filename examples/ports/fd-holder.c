/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Holds directories open, as the file manager does so that an automounted one stays mounted while
 * it is shown. Each tab has a holder, with one location at a time; those with the same location
 * share one open directory, which is closed with the last of them. To open may take long, so nobody
 * waits for it; and who goes elsewhere meanwhile cancels it, if no other tab wants it.
 *
 * All of that is one table: from the location, by its content, to the open directory. */

#include <weakref-glib/weakref-glib.h>

typedef struct
{
  GFile *location;           /* (owned) (nullable) */
  GFileEnumerator *open;     /* (owned) (nullable): what holds it */
  GCancellable *cancellable; /* (owned) (nullable): while it is being opened */
} Holder;

static WeakrefValueTable *open_directories;
static guint n_opened;

static void
opened_cb (GObject *location, GAsyncResult *result, gpointer data)
{
  GTask *task = data;
  GError *error = NULL;
  GFileEnumerator *open = g_file_enumerate_children_finish (G_FILE (location), result, &error);

  if (open != NULL)
    g_task_return_pointer (task, open, g_object_unref);
  else
    g_task_return_error (task, error);
  g_object_unref (task);
}

static void
open_cb (gconstpointer location, GTask *task, gpointer data)
{
  n_opened++;
  g_file_enumerate_children_async ((GFile *) location, G_FILE_ATTRIBUTE_STANDARD_NAME,
                                   G_FILE_QUERY_INFO_NONE, g_task_get_priority (task),
                                   g_task_get_cancellable (task), opened_cb, g_object_ref (task));
}

static void
holder_opened_cb (GObject *table, GAsyncResult *result, gpointer data)
{
  Holder *holder = data;
  GError *error = NULL;
  GFileEnumerator *open =
    weakref_value_table_ensure_finish (WEAKREF_VALUE_TABLE (table), result, &error);

  /* Who was cancelled may be gone. */
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_error_free (error);
      return;
    }

  if (error != NULL)
    g_printerr ("%s\n", error->message);
  g_clear_error (&error);
  g_clear_object (&holder->cancellable);
  holder->open = open;
}

static void
holder_set_location (Holder *holder, GFile *location)
{
  if (holder->cancellable != NULL)
    g_cancellable_cancel (holder->cancellable);
  g_clear_object (&holder->cancellable);
  g_clear_object (&holder->open);
  g_set_object (&holder->location, location);
  if (location == NULL)
    return;

  holder->cancellable = g_cancellable_new ();
  weakref_value_table_ensure_async (open_directories, location, G_PRIORITY_LOW, holder->cancellable,
                                    open_cb, NULL, NULL, holder_opened_cb, holder);
}

/* To be called before @root is unmounted: drops everything that is in it. */
static void
holders_release (Holder *holders, guint n_holders, GFile *root)
{
  guint i;

  for (i = 0; i < n_holders; i++)
    {
      GFile *location = holders[i].location;

      if (location != NULL && (g_file_equal (location, root) || g_file_has_prefix (location, root)))
        holder_set_location (&holders[i], NULL);
    }
}

static void
wait_for (Holder *holders, guint n_holders)
{
  guint i;

  for (i = 0; i < n_holders; i++)
    {
      while (holders[i].cancellable != NULL)
        g_main_context_iteration (NULL, TRUE);
    }
}

/* What follows shows that it keeps its promises. */

int
main (void)
{
  Holder tabs[3] = { { NULL, NULL, NULL } };
  GFile *slash = g_file_new_for_path ("/");
  GFile *usr = g_file_new_for_path ("/usr");
  GFile *usr_again = g_file_new_for_uri ("file:///usr/");

  open_directories = weakref_value_table_new (G_TYPE_FILE);

  holder_set_location (&tabs[0], usr);
  holder_set_location (&tabs[1], usr_again);
  holder_set_location (&tabs[2], slash);
  wait_for (tabs, 3);
  g_assert_true (tabs[0].open != NULL && tabs[0].open == tabs[1].open &&
                 tabs[0].open != tabs[2].open);
  g_print ("Three tabs, two of them in /usr: %u directories are opened\n", n_opened);

  holder_set_location (&tabs[0], NULL);
  g_assert_true (weakref_value_table_contains (open_directories, usr));
  g_print ("One of the two goes: /usr is still open\n");
  holders_release (tabs, 3, usr);
  g_assert_true (!weakref_value_table_contains (open_directories, usr));
  g_assert_true (weakref_value_table_contains (open_directories, slash));
  g_print ("/usr is to be unmounted: it is closed, / is not\n");

  n_opened = 0;
  holder_set_location (&tabs[0], usr);
  holder_set_location (&tabs[1], usr);
  holder_set_location (&tabs[0], slash);
  wait_for (tabs, 3);
  g_assert_true (tabs[1].open != NULL && tabs[0].open == tabs[2].open && n_opened == 1);
  g_print ("One who waits goes elsewhere: the other one gets what was being opened\n");

  holders_release (tabs, 3, slash);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  g_assert_true (weakref_value_table_get_size (open_directories) == 0);
  g_print ("All go: nothing is open\n");

  g_object_unref (open_directories);
  g_object_unref (slash);
  g_object_unref (usr);
  g_object_unref (usr_again);

  return 0;
}
