/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Types whose keys are compared by content. */

#include "value-table-common.h"

#include <string.h>

/* A boxed type: a string, whose copies are counted. */

static gint n_copies; /* (atomic) */

static gpointer
name_copy (gconstpointer name)
{
  g_atomic_int_inc (&n_copies);
  return g_strdup (name);
}

static void
name_free (gpointer name)
{
  g_atomic_int_add (&n_copies, -1);
  g_free (name);
}

static GType
name_type_new (const char *name)
{
  return g_boxed_type_register_static (name, (GBoxedCopyFunc) name_copy, name_free);
}

/* A class with a subclass, and an interface, which is a list model with a fixed number of items. */

#define TEST_TYPE_WORD (test_word_get_type ())
G_DECLARE_DERIVABLE_TYPE (TestWord, test_word, TEST, WORD, GObject)

struct _TestWordClass
{
  GObjectClass parent_class;
};

typedef struct
{
  char letter;
} TestWordPrivate;

G_DEFINE_TYPE_WITH_CODE (TestWord,
                         test_word,
                         G_TYPE_OBJECT,
                         G_ADD_PRIVATE (TestWord) G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, NULL)
                           G_IMPLEMENT_INTERFACE (G_TYPE_ASYNC_INITABLE, NULL))

static void
test_word_class_init (TestWordClass *klass)
{
}

static void
test_word_init (TestWord *self)
{
}

typedef TestWord TestLongWord;
typedef TestWordClass TestLongWordClass;
GType test_long_word_get_type (void);
G_DEFINE_TYPE (TestLongWord, test_long_word, TEST_TYPE_WORD)

static void
test_long_word_class_init (TestLongWordClass *klass)
{
}

static void
test_long_word_init (TestLongWord *self)
{
}

static char *
word_letter (gconstpointer word)
{
  return &((TestWordPrivate *) test_word_get_instance_private ((TestWord *) word))->letter;
}

static gpointer
word_new (GType type, char letter)
{
  gpointer word = g_object_new (type, NULL);

  *word_letter (word) = letter;
  return word;
}

static guint
word_hash (gconstpointer word)
{
  return (guint) *word_letter (word);
}

static gboolean
word_equal (gconstpointer a, gconstpointer b)
{
  return *word_letter (a) == *word_letter (b);
}

static guint
same_hash (gconstpointer key)
{
  return 1;
}

static gboolean
all_equal (gconstpointer a, gconstpointer b)
{
  return TRUE;
}

/* Whether a table with keys of @type takes the two for the same. */
static gboolean
are_one_key (GType type, gconstpointer a, gconstpointer b)
{
  WeakrefValueTable *table = weakref_value_table_new (type);
  TestProbe *x = test_probe_new ("x");
  gboolean is_one;

  weakref_value_table_insert (table, a, x);
  assert_at (table, a, x);
  is_one = weakref_value_table_contains (table, b);
  g_object_unref (x);
  assert_log ("-x ~x");
  g_object_unref (table);

  return is_one;
}

static void
test_boxed (void)
{
  GType type = name_type_new ("TestName");
  const char a[] = "a";
  const char same[] = "a";
  GValue value = G_VALUE_INIT;
  TestProbe *x = test_probe_new ("x");
  WeakrefValueTable *table;
  GError *error = NULL;
  GPtrArray *keys;
  char *key;

  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*weakref_key_kind_init*");
  g_assert_null (weakref_value_table_new (type));
  g_test_assert_expected_messages ();
  g_assert_true (weakref_key_type_register (type, g_str_hash, g_str_equal, name_copy, name_free));

  table = weakref_value_table_new (type);
  g_assert_true (weakref_value_table_insert (table, a, x));
  g_assert_false (weakref_value_table_insert (table, same, x));
  assert_at (table, same, x);
  assert_at (table, "b", NULL);
  g_assert_true (weakref_value_table_lookup_key (table, x, (gpointer *) &key));
  g_assert_cmpstr (key, ==, "a");
  g_assert_true (key != a && key != same);
  name_free (key);
  keys = weakref_value_table_dup_keys (table);
  g_assert_cmpuint (keys->len, ==, 1);
  g_assert_cmpstr (keys->pdata[0], ==, "a");
  g_ptr_array_unref (keys);

  /* As languages have them. */
  g_assert_true (weakref_value_table_lookup_key_value (table, x, &value));
  g_assert_true (G_VALUE_HOLDS (&value, type));
  assert_returns (weakref_value_table_lookup_value (table, &value, &error), x);
  g_assert_no_error (error);
  g_value_unset (&value);
  g_value_init (&value, G_TYPE_DATE_TIME);
  g_assert_null (weakref_value_table_lookup_value (table, &value, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);
  g_clear_error (&error);
  g_value_unset (&value);
  g_value_init (&value, type);
  g_assert_null (weakref_value_table_lookup_value (table, &value, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE);
  g_clear_error (&error);
  g_value_unset (&value);

  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*lookup: the key is NULL*TestName*");
  g_assert_null (weakref_value_table_lookup (table, NULL));
  g_test_assert_expected_messages ();

  g_object_unref (x);
  assert_log ("-x ~x");
  assert_size (table, 0);
  g_assert_cmpint (n_copies, ==, 0);
  g_object_unref (table);
}

static void
test_date_times (void)
{
  GDateTime *a = g_date_time_new_utc (2026, 1, 1, 12, 0, 0);
  GDateTime *same = g_date_time_new_from_iso8601 ("2026-01-01T13:00:00+01", NULL);
  GDateTime *b = g_date_time_new_utc (2026, 1, 1, 13, 0, 0);

  g_assert_true (are_one_key (G_TYPE_DATE_TIME, a, same));
  g_assert_false (are_one_key (G_TYPE_DATE_TIME, a, b));
  g_date_time_unref (a);
  g_date_time_unref (same);
  g_date_time_unref (b);
}

static void
test_files_and_icons (void)
{
  GFile *file = g_file_new_for_path ("/usr/share");
  GFile *same_file = g_file_new_for_uri ("file:///usr/share/");
  GIcon *icon = g_themed_icon_new ("folder");
  GIcon *same_icon = g_themed_icon_new ("folder");
  GIcon *other = g_themed_icon_new ("file");

  g_assert_true (are_one_key (G_TYPE_FILE, file, same_file));
  g_assert_true (are_one_key (G_OBJECT_TYPE (file), file, same_file));
  g_assert_true (are_one_key (G_TYPE_ICON, icon, same_icon));
  g_assert_true (are_one_key (G_TYPE_THEMED_ICON, icon, same_icon));
  g_assert_false (are_one_key (G_TYPE_ICON, icon, other));
  g_object_unref (file);
  g_object_unref (same_file);
  g_object_unref (icon);
  g_object_unref (same_icon);
  g_object_unref (other);
}

/* One test: what is registered stays. */
static void
test_classes_and_interfaces (void)
{
  TestWord *a = word_new (TEST_TYPE_WORD, 'a');
  TestWord *b = word_new (TEST_TYPE_WORD, 'b');
  TestWord *long_a = word_new (test_long_word_get_type (), 'a');
  TestWord *same = word_new (test_long_word_get_type (), 'a');
  WeakrefValueTable *before = weakref_value_table_new (TEST_TYPE_WORD);
  TestProbe *x = test_probe_new ("x");
  GValue value = G_VALUE_INIT;

  g_assert_false (are_one_key (TEST_TYPE_WORD, a, long_a));
  g_assert_false (are_one_key (G_TYPE_INITABLE, a, b));

  /* An interface, and all that have it; but the first one counts. */
  g_assert_true (weakref_key_type_register (G_TYPE_INITABLE, same_hash, all_equal, NULL, NULL));
  g_assert_true (
    weakref_key_type_register (G_TYPE_ASYNC_INITABLE, word_hash, word_equal, NULL, NULL));
  g_assert_true (are_one_key (G_TYPE_INITABLE, a, b));
  g_assert_false (are_one_key (G_TYPE_ASYNC_INITABLE, a, b));
  g_assert_true (are_one_key (TEST_TYPE_WORD, a, b));
  g_assert_true (are_one_key (test_long_word_get_type (), long_a, same));

  /* A class comes before them, and holds for its subclass. */
  g_assert_true (weakref_key_type_register (TEST_TYPE_WORD, word_hash, word_equal, NULL, NULL));
  g_assert_true (are_one_key (TEST_TYPE_WORD, a, long_a));
  g_assert_false (are_one_key (TEST_TYPE_WORD, a, b));
  g_assert_true (are_one_key (test_long_word_get_type (), long_a, same));

  /* But not if that has its own. */
  g_assert_true (weakref_key_type_register (test_long_word_get_type (), g_direct_hash,
                                            g_direct_equal, NULL, NULL));
  g_assert_false (are_one_key (test_long_word_get_type (), long_a, same));
  g_assert_true (are_one_key (TEST_TYPE_WORD, long_a, same));

  /* Not what was made before; nor where all types are keys. */
  weakref_value_table_insert (before, a, x);
  assert_at (before, long_a, NULL);
  g_object_unref (before);
  before = weakref_value_table_new (G_TYPE_VALUE);
  g_value_init (&value, TEST_TYPE_WORD);
  g_value_set_object (&value, a);
  weakref_value_table_insert (before, &value, x);
  assert_at (before, &value, x);
  g_value_set_object (&value, long_a);
  assert_at (before, &value, NULL);
  g_value_unset (&value);
  g_object_unref (before);

  /* The table holds its key. */
  before = weakref_value_table_new (TEST_TYPE_WORD);
  weakref_value_table_insert (before, a, x);
  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 2);
  g_object_unref (x);
  assert_log ("-x ~x");
  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 1);
  g_object_unref (before);

  g_object_unref (a);
  g_object_unref (b);
  g_object_unref (long_a);
  g_object_unref (same);
}

static void
test_the_first_stays (void)
{
  GType type = name_type_new ("TestFirst");

  g_assert_true (weakref_key_type_register (type, g_str_hash, g_str_equal, name_copy, name_free));
  g_assert_true (weakref_key_type_register (type, g_str_hash, g_str_equal, name_copy, name_free));
  g_assert_false (weakref_key_type_register (type, same_hash, g_str_equal, name_copy, name_free));
  g_assert_false (weakref_key_type_register (type, g_str_hash, all_equal, name_copy, name_free));
  g_assert_false (weakref_key_type_register (type, g_str_hash, g_str_equal,
                                             (WeakrefCopyFunc) (void (*) (void)) g_strdup, g_free));
  g_assert_false (are_one_key (type, "a", "b"));

  /* Those of GLib are there first. */
  g_assert_true (
    weakref_key_type_register (G_TYPE_FILE, g_file_hash, (GEqualFunc) g_file_equal, NULL, NULL));
  g_assert_false (weakref_key_type_register (G_TYPE_FILE, same_hash, all_equal, NULL, NULL));
}

static void
test_bad_arguments (void)
{
  GType type = name_type_new ("TestBad");

#define BAD(pattern, ...)                                                                          \
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, pattern);                                \
  g_assert_false (weakref_key_type_register (__VA_ARGS__))
  BAD ("*may_be_registered*", G_TYPE_OBJECT, same_hash, all_equal, NULL, NULL);
  BAD ("*may_be_registered*", G_TYPE_INTERFACE, same_hash, all_equal, NULL, NULL);
  BAD ("*may_be_registered*", G_TYPE_BOXED, same_hash, all_equal, name_copy, name_free);
  BAD ("*may_be_registered*", G_TYPE_STRING, same_hash, all_equal, name_copy, name_free);
  BAD ("*may_be_registered*", G_TYPE_VARIANT, same_hash, all_equal, name_copy, name_free);
  BAD ("*may_be_registered*", G_TYPE_BYTES, same_hash, all_equal, name_copy, name_free);
  BAD ("*may_be_registered*", G_TYPE_VALUE, same_hash, all_equal, name_copy, name_free);
  BAD ("*may_be_registered*", G_TYPE_GTYPE, same_hash, all_equal, NULL, NULL);
  BAD ("*may_be_registered*", G_TYPE_INVALID, same_hash, all_equal, NULL, NULL);
  BAD ("*hash != NULL*", type, NULL, all_equal, name_copy, name_free);
  BAD ("*equal != NULL*", type, same_hash, NULL, name_copy, name_free);
  BAD ("*copy != NULL*", type, same_hash, all_equal, NULL, name_free);
  BAD ("*free != NULL*", type, same_hash, all_equal, name_copy, NULL);
  BAD ("*copy != NULL*", G_TYPE_LIST_STORE, same_hash, all_equal, name_copy, NULL);
  BAD ("*free != NULL*", G_TYPE_LIST_STORE, same_hash, all_equal, NULL, g_object_unref);
#undef BAD
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*weakref_key_kind_init*");
  g_assert_null (weakref_value_table_new (type));
  g_test_assert_expected_messages ();
}

/* Each type has one winner, however many threads would like to be it. */

#define N_THREADS 4
#define N_TYPES 50

typedef struct
{
  GType types[N_TYPES];
  gint n_entered; /* (atomic) */
  gint n_won;     /* (atomic) */
} Contest;

static gpointer
contest_thread (gpointer data)
{
  const GHashFunc functions[N_THREADS] = { same_hash, g_str_hash, g_direct_hash, g_int_hash };
  Contest *contest = data;
  GHashFunc mine = functions[g_atomic_int_add (&contest->n_entered, 1)];
  guint i;

  for (i = 0; i < N_TYPES; i++)
    {
      WeakrefValueTable *table;

      if (weakref_key_type_register (contest->types[i], mine, all_equal, name_copy, name_free))
        g_atomic_int_inc (&contest->n_won);
      table = weakref_value_table_new (contest->types[i]);
      g_assert_nonnull (table);
      g_object_unref (table);
    }

  return NULL;
}

static void
test_threads_register (void)
{
  Contest contest = { .n_entered = 0 };
  guint i;

  for (i = 0; i < N_TYPES; i++)
    {
      char *name = g_strdup_printf ("TestContest%u", i);

      contest.types[i] = name_type_new (name);
      g_free (name);
    }
  test_threads (N_THREADS, contest_thread, &contest);
  g_assert_cmpint (contest.n_won, ==, N_TYPES);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/key-type");

  test_case (boxed);
  test_case (date_times);
  test_case (files_and_icons);
  test_case (classes_and_interfaces);
  test_case (the_first_stays);
  test_case (bad_arguments);
  test_case (threads_register);

  return g_test_run ();
}
