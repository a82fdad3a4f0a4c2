/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Documents of a directory, parsed when they come into view, in a list that is scrolled back and
 * forth: how often one has to be parsed again, with caches of different sizes.
 *
 *   documents [DIRECTORY]
 *
 * What is in view is in use: it is in the cache, whatever its size. With a max-idle of 0 a document
 * is gone when it leaves the view, and what comes into view is always parsed. A little more than
 * nothing helps for what has just left; a few screens' worth is as good as keeping everything, for
 * where one has been lately. Over 1000 files of /usr/share/doc:
 *
 *   max-idle     parsed   hit rate
 *          0       4408      0.0 %
 *         16       3262     26.0 %
 *        256       1056     76.0 %
 */

#include <weakref-glib/weakref-glib.h>

#define IN_VIEW 20
#define MAX_FILES 1000

#define DOCUMENT_TYPE (document_get_type ())
G_DECLARE_FINAL_TYPE (Document, document, EXAMPLE, DOCUMENT, GObject)

struct _Document
{
  GObject parent_instance;

  GHashTable *words; /* (owned): each with how often it occurs */
};

G_DEFINE_TYPE (Document, document, G_TYPE_OBJECT)

static void
document_finalize (GObject *object)
{
  g_hash_table_unref (EXAMPLE_DOCUMENT (object)->words);

  G_OBJECT_CLASS (document_parent_class)->finalize (object);
}

static void
document_class_init (DocumentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = document_finalize;
}

static void
document_init (Document *self)
{
  self->words = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* A WeakrefCreateFunc. */
static gpointer
document_parse (gconstpointer path, gpointer user_data, GError **error)
{
  char *text;
  gsize length;
  Document *self;
  gsize start = 0;
  gsize i;

  if (!g_file_get_contents (path, &text, &length, error))
    return NULL;

  self = g_object_new (DOCUMENT_TYPE, NULL);
  for (i = 0; i <= length; i++)
    {
      if (i < length && g_ascii_isalnum (text[i]))
        continue;
      if (i > start)
        {
          char *word = g_strndup (text + start, i - start);
          gsize n = GPOINTER_TO_SIZE (g_hash_table_lookup (self->words, word));

          g_hash_table_replace (self->words, word, GSIZE_TO_POINTER (n + 1));
        }
      start = i + 1;
    }
  g_free (text);

  return self;
}

static void
find_files (const char *directory, GPtrArray *files)
{
  GDir *dir = g_dir_open (directory, 0, NULL);
  const char *name;

  while (dir != NULL && files->len < MAX_FILES && (name = g_dir_read_name (dir)) != NULL)
    {
      char *path = g_build_filename (directory, name, NULL);

      if (g_file_test (path, G_FILE_TEST_IS_SYMLINK))
        g_free (path);
      else if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        g_ptr_array_add (files, path);
      else
        {
          find_files (path, files);
          g_free (path);
        }
    }
  if (dir != NULL)
    g_dir_close (dir);
}

static int
compare_paths (gconstpointer a, gconstpointer b)
{
  return g_strcmp0 (*(const char **) a, *(const char **) b);
}

/* Shows the documents from @top on, where those from @old_top on were shown before. Asks for the
 * documents that come into view, and drops those that leave it. */
static void
scroll (WeakrefValueTable *documents, GPtrArray *files, gpointer *view, guint old_top, guint top)
{
  gpointer next[IN_VIEW];
  guint i;

  for (i = 0; i < IN_VIEW; i++)
    {
      guint row = top + i;

      if (row >= old_top && row < old_top + IN_VIEW && view[row - old_top] != NULL)
        next[i] = g_steal_pointer (&view[row - old_top]);
      else
        next[i] = weakref_value_table_ensure (documents, g_ptr_array_index (files, row),
                                              document_parse, NULL, NULL);
    }
  for (i = 0; i < IN_VIEW; i++)
    {
      g_clear_object (&view[i]);
      view[i] = next[i];
    }
}

/* Returns how many documents were parsed. */
static guint64
browse (GPtrArray *files, guint max_idle)
{
  WeakrefCache *cache = weakref_cache_new (G_TYPE_STRING, max_idle);
  gpointer view[IN_VIEW] = { NULL };
  GRand *rand = g_rand_new_with_seed (1);
  gint64 start = g_get_monotonic_time ();
  guint n_rows = files->len - IN_VIEW;
  guint top = 0;
  guint64 hits;
  guint64 misses;
  guint i;

  /* Scrolls like somebody who looks for something: down a page or two, up again, and sometimes a
   * jump. */
  for (i = 0; i < 300; i++)
    {
      guint n = g_rand_int_range (rand, 1, 2 * IN_VIEW);
      guint old_top = top;

      if (i % 50 == 0)
        top = g_rand_int_range (rand, 0, n_rows + 1);
      else if (g_rand_int_range (rand, 0, 10) < 6)
        top = MIN (top + n, n_rows);
      else
        top -= MIN (top, n);
      scroll (WEAKREF_VALUE_TABLE (cache), files, view, old_top, top);
    }

  hits = weakref_cache_get_hits (cache);
  misses = weakref_cache_get_misses (cache);
  g_print ("%8u %10" G_GUINT64_FORMAT " %8.1f %% %10u %8.2f s\n", max_idle, misses,
           100.0 * (double) hits / (double) (hits + misses), weakref_cache_get_n_idle (cache),
           (double) (g_get_monotonic_time () - start) / G_USEC_PER_SEC);

  g_assert_cmpuint (weakref_cache_get_n_in_use (cache), ==, IN_VIEW);
  g_assert_cmpuint (weakref_cache_get_n_idle (cache), <=, max_idle);

  for (i = 0; i < IN_VIEW; i++)
    g_clear_object (&view[i]);
  g_rand_free (rand);
  g_object_unref (cache);

  return misses;
}

int
main (int argc, char **argv)
{
  const guint max_idle[] = { 0, 16, 256 };
  GPtrArray *files = g_ptr_array_new_with_free_func (g_free);
  guint64 n_parsed = G_MAXUINT64;
  guint i;

  find_files (argc > 1 ? argv[1] : ".", files);
  g_ptr_array_sort (files, compare_paths);
  if (files->len <= IN_VIEW)
    {
      g_printerr ("Too few files\n");
      return 1;
    }

  g_print ("%u files, %u in view\n", files->len, IN_VIEW);
  g_print ("%8s %10s %10s %10s %10s\n", "max-idle", "parsed", "hit rate", "idle", "time");
  for (i = 0; i < G_N_ELEMENTS (max_idle); i++)
    {
      guint64 n = browse (files, max_idle[i]);

      /* The more documents are kept, the fewer are parsed again. */
      g_assert_cmpuint (n, <, n_parsed);
      n_parsed = n;
    }
  g_ptr_array_unref (files);

  return 0;
}
