/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A document cache over real files: document-cache [FILE OR DIRECTORY…].
 *
 * Four threads read all the files, all at the same time. Each file is loaded once, by the thread
 * that is first, as long as anybody holds the document; the others get the same object, and wait
 * for it if it is being loaded just now. When the last reader is done, the document goes. */

#include <stdlib.h>

#include <weakref-glib/weakref-glib.h>

#define N_THREADS 4

/* A document: the text of a file. */

#define DEMO_TYPE_DOCUMENT (demo_document_get_type ())
G_DECLARE_FINAL_TYPE (DemoDocument, demo_document, DEMO, DOCUMENT, GObject)

struct _DemoDocument
{
  GObject parent_instance;

  char *text; /* (owned) */
  gsize length;
};

G_DEFINE_TYPE (DemoDocument, demo_document, G_TYPE_OBJECT)

static void
demo_document_finalize (GObject *object)
{
  g_free (DEMO_DOCUMENT (object)->text);

  G_OBJECT_CLASS (demo_document_parent_class)->finalize (object);
}

static void
demo_document_class_init (DemoDocumentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = demo_document_finalize;
}

static void
demo_document_init (DemoDocument *self)
{
}

static DemoDocument *
demo_document_load (const char *path, GError **error)
{
  g_autoptr (DemoDocument) self = g_object_new (DEMO_TYPE_DOCUMENT, NULL);

  if (!g_file_get_contents (path, &self->text, &self->length, error))
    return NULL;

  return g_steal_pointer (&self);
}

/* The cache. */

static WeakrefValueTable *cache;
static gint n_loads; /* (atomic) */
static gint n_asked; /* (atomic) */

static gpointer
load_cb (gconstpointer path, gpointer user_data, GError **error)
{
  g_atomic_int_inc (&n_loads);
  return demo_document_load (path, error);
}

static DemoDocument *
get_document (const char *path)
{
  /* A symbolic link to a file counts as that file. */
  g_autofree char *real_path = realpath (path, NULL);
  g_autoptr (GError) error = NULL;
  DemoDocument *document;

  g_atomic_int_inc (&n_asked);
  document =
    weakref_value_table_ensure (cache, real_path != NULL ? real_path : path, load_cb, NULL, &error);
  if (document == NULL)
    g_error ("%s", error->message);

  return document;
}

static void
report (const char *when)
{
  g_print ("%s: %d loads, %d hits, %u in the cache\n", when, n_loads, n_asked - n_loads,
           weakref_value_table_get_size (cache));
}

/* Reads all the files at @data, and returns the documents. */
static gpointer
reader (gpointer data)
{
  GPtrArray *paths = data;
  GPtrArray *documents = g_ptr_array_new_with_free_func (g_object_unref);
  guint i;

  for (i = 0; i < paths->len; i++)
    g_ptr_array_add (documents, get_document (g_ptr_array_index (paths, i)));

  return documents;
}

/* Whether all readers got the same objects. */
static gboolean
are_the_same (GPtrArray *readers[N_THREADS])
{
  guint i, j;

  for (i = 1; i < N_THREADS; i++)
    {
      for (j = 0; j < readers[0]->len; j++)
        {
          if (readers[i]->pdata[j] != readers[0]->pdata[j])
            return FALSE;
        }
    }

  return TRUE;
}

static void
add_paths (GPtrArray *paths, const char *path)
{
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    g_ptr_array_add (paths, g_strdup (path));

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      char *child = g_build_filename (path, name, NULL);

      if (g_file_test (child, G_FILE_TEST_IS_REGULAR))
        g_ptr_array_add (paths, child);
      else
        g_free (child);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (GPtrArray) paths = g_ptr_array_new_with_free_func (g_free);
  GThread *threads[N_THREADS];
  GPtrArray *readers[N_THREADS];
  DemoDocument *last;
  int i;

  if (argc == 1)
    add_paths (paths, "/usr/share/common-licenses");
  for (i = 1; i < argc; i++)
    add_paths (paths, argv[i]);
  if (paths->len == 0)
    {
      g_printerr ("No files: give some, or a directory\n");
      return 1;
    }

  cache = weakref_value_table_new (G_TYPE_STRING);

  for (i = 0; i < N_THREADS; i++)
    threads[i] = g_thread_new ("reader", reader, paths);
  for (i = 0; i < N_THREADS; i++)
    readers[i] = g_thread_join (threads[i]);

  g_print ("%u files, %d readers\n", paths->len, N_THREADS);
  report ("all have read all");
  g_print ("all were given the same objects: %s\n", are_the_same (readers) ? "yes" : "no");

  last = g_object_ref (g_ptr_array_index (readers[0], 0));
  for (i = 0; i < N_THREADS; i++)
    g_ptr_array_unref (readers[i]);
  report ("one document is still read");

  g_object_unref (last);
  report ("the readers are gone");

  g_object_unref (get_document (g_ptr_array_index (paths, 0)));
  report ("one came back");

  g_object_unref (cache);
  return 0;
}
