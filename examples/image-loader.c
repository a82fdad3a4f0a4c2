/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Loads the pictures of a directory for the rows of a list: image-loader [DIRECTORY].
 *
 * Nothing waits, and eight files are read at a time. Rows with the same file share one picture, and
 * one load. When a row goes, its request is cancelled; a load that no row waits for is cancelled
 * too. Pictures that no row shows are kept by the cache for a while. */

#include <glib/gstdio.h>
#include <string.h>
#include <weakref-glib/weakref-glib.h>

#define N_AT_A_TIME 8

/* A picture of one pixel, to have some where no directory is given. */
#define PNG                                                                                        \
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+"                                  \
  "M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

/* The loader. A picture is a GBytesIcon here; with GTK, gdk_texture_new_from_bytes() makes one. */

static WeakrefValueTable *cache; /* GFile → GBytesIcon */
static GQueue queue = G_QUEUE_INIT;
static guint n_running, n_most, n_loads, n_read, n_cancelled, n_never_begun;

static void load_next (void);

static void
read_cb (GObject *file, GAsyncResult *result, gpointer data)
{
  g_autoptr (GTask) task = data;
  GError *error = NULL;
  char *contents;
  gsize size;

  n_running--;
  if (!g_file_load_contents_finish (G_FILE (file), result, &contents, &size, NULL, &error))
    {
      n_cancelled += g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      g_task_return_error (task, error);
    }
  else
    {
      g_autoptr (GBytes) bytes = g_bytes_new_take (contents, size);

      n_read++;
      g_task_return_pointer (task, g_bytes_icon_new (bytes), g_object_unref);
    }
  load_next ();
}

static void
load_next (void)
{
  while (n_running < N_AT_A_TIME && !g_queue_is_empty (&queue))
    {
      g_autoptr (GTask) task = g_queue_pop_head (&queue);

      if (g_task_return_error_if_cancelled (task))
        {
          n_never_begun++;
          continue;
        }
      n_running++;
      n_most = MAX (n_most, n_running);
      g_file_load_contents_async (g_task_get_task_data (task), g_task_get_cancellable (task),
                                  read_cb, g_object_ref (task));
    }
}

/* Called once for a file, however many ask for it. */
static void
load_cb (gconstpointer file, GTask *task, gpointer data)
{
  n_loads++;
  g_task_set_task_data (task, g_object_ref ((GFile *) file), g_object_unref);
  g_queue_push_tail (&queue, g_object_ref (task));
  load_next ();
}

/* The rows: any GObject. The request of a row does not keep it. */

static guint n_waiting, n_shown;

static void
loaded_cb (GObject *table, GAsyncResult *result, gpointer data)
{
  g_autoptr (WeakrefRef) row_ref = data;
  g_autoptr (GObject) row = weakref_ref_get (row_ref);
  g_autoptr (GError) error = NULL;
  gpointer picture = weakref_value_table_ensure_finish (cache, result, &error);

  n_waiting--;
  if (picture != NULL)
    {
      n_shown++;
      g_object_set_data_full (row, "picture", picture, g_object_unref);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_printerr ("%s\n", error->message);
}

static GObject *
new_row (const char *path)
{
  GObject *row = g_object_new (G_TYPE_OBJECT, NULL);
  g_autoptr (GCancellable) cancellable = weakref_cancellable_new (row);
  g_autoptr (GFile) file = g_file_new_for_path (path);

  n_waiting++;
  weakref_value_table_ensure_async (cache, file, G_PRIORITY_DEFAULT, cancellable, load_cb, NULL,
                                    NULL, loaded_cb, weakref_ref_new (row));
  return row;
}

/* A row for each path, and one more for each of the first four. */
static GPtrArray *
new_rows (GPtrArray *paths)
{
  GPtrArray *rows = g_ptr_array_new_with_free_func (g_object_unref);
  guint i;

  for (i = 0; i < paths->len + 4; i++)
    g_ptr_array_add (rows, new_row (g_ptr_array_index (paths, i % paths->len)));
  return rows;
}

static void
wait_for_rows (void)
{
  while (n_waiting > 0 || n_running > 0)
    g_main_context_iteration (NULL, TRUE);
}

int
main (int argc, char **argv)
{
  g_autofree char *dir =
    argc > 1 ? g_strdup (argv[1]) : g_dir_make_tmp ("image-loader-XXXXXX", NULL);
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  GDir *names;
  const char *name;
  GPtrArray *rows;
  gsize size;
  guint i;

  for (i = 0; argc == 1 && i < 20; i++)
    {
      g_autofree char *path = g_strdup_printf ("%s/%02u.png", dir, i);
      g_autofree guchar *png = g_base64_decode (PNG, &size);

      g_file_set_contents (path, (char *) png, (gssize) size, NULL);
    }

  names = g_dir_open (dir, 0, NULL);
  while (names != NULL && (name = g_dir_read_name (names)) != NULL)
    if (g_str_has_suffix (name, ".png"))
      g_ptr_array_add (paths, g_build_filename (dir, name, NULL));
  g_clear_pointer (&names, g_dir_close);
  if (paths->len < 12)
    g_error ("There are not 12 pictures in %s", dir);

  cache = WEAKREF_VALUE_TABLE (weakref_cache_new (G_TYPE_FILE, paths->len));

  rows = new_rows (paths);
  g_print ("%u rows ask for %u pictures: %u loads, %u of them begun\n", rows->len, paths->len,
           n_loads, n_running);

  /* Two whose pictures other rows want too, two that are being loaded, two that wait for it. */
  g_ptr_array_remove_range (rows, paths->len - 2, 2);
  g_ptr_array_remove_range (rows, 6, 2);
  g_ptr_array_remove_range (rows, 0, 2);
  wait_for_rows ();
  g_print ("6 rows go, %u show a picture: %u files were read, at most %u at a time\n", n_shown,
           n_read, n_most);
  g_print ("%u loads were cancelled, %u more before they had begun\n", n_cancelled, n_never_begun);

  g_ptr_array_unref (rows);
  n_loads = n_read = n_shown = 0;
  rows = new_rows (paths);
  wait_for_rows ();
  g_print ("The rows are made anew, and %u show a picture: %u files were read, for %u loads\n",
           n_shown, n_read, n_loads);

  g_ptr_array_unref (rows);
  g_object_unref (cache);
  for (i = 0; argc == 1 && i < paths->len; i++)
    g_unlink (g_ptr_array_index (paths, i));
  return argc == 1 ? g_rmdir (dir) : 0;
}
