/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Proxies: the properties of the target, and the functions that report errors. */

#include "proxy-common.h"

/* Before 2.76, GObject gave a warning where it gives a critical now. */
static void
expect_complaint (const char *pattern)
{
  g_test_expect_message (
    "GLib-GObject",
    glib_check_version (2, 76, 0) == NULL ? G_LOG_LEVEL_CRITICAL : G_LOG_LEVEL_WARNING, pattern);
}

/* Properties */

static void
test_properties_pass_through (void)
{
  TestSubject *a = test_subject_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  const char *words[] = { "one", "two", NULL };
  char **got_words;
  GBindingFlags mode;
  TestProbe *got_friend;

  g_object_set (proxy, "number", 42, "text", "hello", "mode", G_BINDING_SYNC_CREATE, "boxed", words,
                "friend", b, "secret", "s", "topic", "weather", NULL);

  g_assert_cmpint (get_int (a, "number"), ==, 42);
  assert_string (a, "text", "hello");
  assert_string (a, "topic", "weather");

  g_object_get (proxy, "mode", &mode, "boxed", &got_words, "friend", &got_friend, NULL);
  g_assert_cmpint (get_int (proxy, "number"), ==, 42);
  assert_string (proxy, "text", "hello");
  assert_string (proxy, "topic", "weather");
  assert_string (proxy, "name", "a");
  g_assert_cmpint (mode, ==, G_BINDING_SYNC_CREATE);
  g_assert_cmpstrv (got_words, (char **) words);
  g_assert_true (got_friend == b);
  g_strfreev (got_words);
  g_object_unref (got_friend);

  g_object_unref (proxy);
  assert_drop (a, "-a ~a");
  assert_drop (b, "-b ~b");
}

static void
test_construct_only_is_read_only (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_assert_cmpint (get_int (proxy, "birth"), ==, 1970);
  expect_complaint ("*birth*not writable*");
  g_object_set (proxy, "birth", 1999, NULL);
  g_test_assert_expected_messages ();
  g_assert_cmpint (get_int (a, "birth"), ==, 1970);

  g_object_unref (proxy);
  assert_drop (a, "-a ~a");
}

static void
test_ranges_are_those_of_the_target (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (proxy), "number");

  g_assert_cmpint (G_PARAM_SPEC_INT (pspec)->maximum, ==, 100);
  expect_complaint ("*out of range*");
  g_object_set (proxy, "number", 101, NULL);
  g_test_assert_expected_messages ();
  g_assert_cmpint (get_int (a, "number"), ==, 7);

  g_object_unref (proxy);
  assert_drop (a, "-a ~a");
}

/* A property of every kind. */
typedef TestProbe TestKinds;
typedef TestProbeClass TestKindsClass;

static GType test_kinds_get_type (void);

G_DEFINE_TYPE (TestKinds, test_kinds, TEST_TYPE_PROBE)

/* A kind of property that the library does not know: an even int. */
static gboolean
even_validate (GParamSpec *pspec, GValue *value)
{
  gboolean odd = g_value_get_int (value) % 2 != 0;

  if (odd)
    g_value_set_int (value, g_value_get_int (value) + 1);

  return odd;
}

static GParamSpec *
even_param_new (const char *name)
{
  const GParamSpecTypeInfo info = {
    .instance_size = sizeof (GParamSpecInt),
    .value_type = G_TYPE_INT,
    .value_validate = even_validate,
  };
  static GType type;

  if (type == 0)
    type = g_param_type_register_static ("TestParamEven", &info);

  return g_param_spec_internal (type, name, NULL, NULL, G_PARAM_READWRITE);
}

static GParamSpec *
word_param_new (const char *name)
{
  GParamSpec *pspec = g_param_spec_string (name, "Word", "A word", "word", G_PARAM_READWRITE);

  G_PARAM_SPEC_STRING (pspec)->cset_first = g_strdup ("w");
  G_PARAM_SPEC_STRING (pspec)->cset_nth = g_strdup ("ord");
  G_PARAM_SPEC_STRING (pspec)->substitutor = 'o';
  G_PARAM_SPEC_STRING (pspec)->ensure_non_null = TRUE;

  return pspec;
}

static GParamSpec *
folded_param_new (const char *name)
{
  GParamSpec *pspec =
    g_param_spec_string (name, "Folded", "Never empty", "word", G_PARAM_READWRITE);

  G_PARAM_SPEC_STRING (pspec)->null_fold_if_empty = TRUE;

  return pspec;
}

/* Their bounds and defaults are not the usual ones of the kind. */
static GPtrArray *
kinds_new (void)
{
  GPtrArray *kinds = g_ptr_array_new ();
  const GParamFlags flags = G_PARAM_READWRITE;

#define add_kind(kind, ...)                                                                        \
  g_ptr_array_add (kinds, g_param_spec_##kind ("a-" #kind, "Nick", "Blurb", __VA_ARGS__, flags))
  add_kind (char, -5, 5, 2);
  add_kind (uchar, 1, 5, 2);
  add_kind (int, -5, 5, 2);
  add_kind (uint, 1, 5, 2);
  add_kind (long, -5, 5, 2);
  add_kind (ulong, 1, 5, 2);
  add_kind (int64, -5, 5, 2);
  add_kind (uint64, 1, 5, 2);
  add_kind (float, -5, 5, 2);
  add_kind (double, -5, 5, 2);
  add_kind (boolean, TRUE);
  add_kind (unichar, 0x20ac);
  add_kind (enum, G_TYPE_SOCKET_TYPE, G_SOCKET_TYPE_STREAM);
  add_kind (flags, G_TYPE_APPLICATION_FLAGS, G_APPLICATION_IS_SERVICE);
  add_kind (param, G_TYPE_PARAM_INT);
  add_kind (boxed, G_TYPE_STRV);
  add_kind (object, TEST_TYPE_PROBE);
  add_kind (gtype, TEST_TYPE_PROBE);
  add_kind (variant, G_VARIANT_TYPE_STRING, g_variant_new_string ("variant"));
#undef add_kind
  g_ptr_array_add (kinds, g_param_spec_pointer ("a-pointer", "Nick", "Blurb", flags));
  g_ptr_array_add (kinds, word_param_new ("a-word"));
  g_ptr_array_add (kinds, folded_param_new ("a-folded-string"));
  g_ptr_array_add (kinds, even_param_new ("even"));
  /* This one is only for the constructor, and so not for a proxy. */
  g_ptr_array_add (kinds, g_param_spec_int ("seal", NULL, NULL, 0, 9, 0,
                                            G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY));

  return kinds;
}

static GValue kinds_value = G_VALUE_INIT;

static void
test_kinds_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  if (G_VALUE_TYPE (&kinds_value) != G_TYPE_INVALID)
    g_value_unset (&kinds_value);
  g_value_init (&kinds_value, G_VALUE_TYPE (value));
  g_value_copy (value, &kinds_value);
}

static void
test_kinds_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_value_copy (&kinds_value, value);
}

static void
test_kinds_class_init (TestKindsClass *klass)
{
  GPtrArray *kinds = kinds_new ();
  guint i;

  G_OBJECT_CLASS (klass)->set_property = test_kinds_set_property;
  G_OBJECT_CLASS (klass)->get_property = test_kinds_get_property;
  for (i = 0; i < kinds->len; i++)
    g_object_class_install_property (G_OBJECT_CLASS (klass), i + 1, kinds->pdata[i]);
  g_ptr_array_unref (kinds);
}

static void
test_kinds_init (TestKinds *self)
{
}

/* Asserts that both change a value that may not be valid in the same way. */
static void
check_validation (GParamSpec *pspec, GParamSpec *copy, GType type, const char *text)
{
  GValue from = G_VALUE_INIT;
  GValue value = G_VALUE_INIT;
  GValue same = G_VALUE_INIT;
  gboolean changed;

  g_value_init (&from, type);
  g_value_init (&value, pspec->value_type);
  g_value_init (&same, pspec->value_type);
  if (type == G_TYPE_STRING)
    g_value_set_static_string (&from, text);
  else
    g_value_set_int (&from, 99);

  if (g_value_transform (&from, &value))
    {
      g_value_copy (&value, &same);
      changed = g_param_value_validate (pspec, &value);
      g_assert_cmpint (g_param_value_validate (copy, &same), ==, changed);
      g_assert_cmpint (g_param_values_cmp (pspec, &value, &same), ==, 0);
    }

  g_value_unset (&from);
  g_value_unset (&value);
  g_value_unset (&same);
}

static void
check_kind (WeakrefProxy *proxy, GParamSpec *pspec)
{
  GParamSpec *copy = g_object_class_find_property (G_OBJECT_GET_CLASS (proxy), pspec->name);
  GValue value = G_VALUE_INIT;
  GValue same = G_VALUE_INIT;

  g_assert_true (G_PARAM_SPEC_TYPE (copy) == G_PARAM_SPEC_TYPE (pspec));
  g_assert_true (copy->value_type == pspec->value_type);
  g_assert_cmpstr (g_param_spec_get_nick (copy), ==, g_param_spec_get_nick (pspec));
  g_assert_cmpstr (g_param_spec_get_blurb (copy), ==, g_param_spec_get_blurb (pspec));

  /* The default, */
  g_value_init (&value, pspec->value_type);
  g_value_init (&same, pspec->value_type);
  g_param_value_set_default (pspec, &value);
  g_param_value_set_default (copy, &same);
  g_assert_cmpint (g_param_values_cmp (pspec, &value, &same), ==, 0);
  g_value_reset (&same);
  g_object_set_property (G_OBJECT (proxy), pspec->name, &value);
  g_object_get_property (G_OBJECT (proxy), pspec->name, &same);
  g_assert_cmpint (g_param_values_cmp (pspec, &value, &same), ==, 0);

  /* and the validation. */
  check_validation (pspec, copy, G_TYPE_INT, NULL);
  check_validation (pspec, copy, G_TYPE_STRING, NULL);
  check_validation (pspec, copy, G_TYPE_STRING, "");
  g_value_unset (&value);
  g_value_unset (&same);
}

static void
test_every_kind_of_property (void)
{
  TestProbe *a = g_object_new (test_kinds_get_type (), "name", "a", NULL);
  WeakrefProxy *proxy = weakref_proxy_new (a);
  guint n_pspecs;
  GParamSpec **pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (a), &n_pspecs);
  guint n_checked = 0;
  guint i;

  for (i = 0; i < n_pspecs; i++)
    {
      if (pspecs[i]->owner_type == test_kinds_get_type () && pspecs[i]->flags & G_PARAM_READABLE)
        {
          check_kind (proxy, pspecs[i]);
          n_checked++;
        }
    }
  g_assert_cmpuint (n_checked, ==, 23);
  g_assert_null (g_object_class_find_property (G_OBJECT_GET_CLASS (proxy), "seal"));
  g_value_unset (&kinds_value);
  g_free (pspecs);

  /* The unknown kind is no exception. */
  expect_complaint ("*out of range*");
  g_object_set (proxy, "even", 3, NULL);
  g_test_assert_expected_messages ();
  log_notify (proxy, "notify::even", "p");
  g_object_set (proxy, "even", 4, NULL);
  g_assert_cmpint (get_int (a, "even"), ==, 4);
  g_assert_cmpint (get_int (proxy, "even"), ==, 4);
  assert_log ("p:even");
  g_value_unset (&kinds_value);

  assert_drop (a, "-a ~a");
  g_assert_cmpint (get_int (proxy, "even"), ==, 0);
  assert_drop (proxy, "free:p");
}

static void
test_defaults_after_the_death (void)
{
  TestSubject *a = test_subject_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  TestProbe *friend;
  char **words;
  GBindingFlags mode;

  g_object_set (a, "number", 42, "friend", b, "text", "x", "topic", "y", NULL);
  assert_drop (a, "-a ~a");

  g_object_set (proxy, "number", 43, "text", "z", "friend", b, "secret", "s", NULL);
  g_object_get (proxy, "mode", &mode, "friend", &friend, "boxed", &words, NULL);
  g_assert_cmpint (get_int (proxy, "number"), ==, 7);
  g_assert_cmpint (get_int (proxy, "birth"), ==, 2000);
  assert_string (proxy, "text", "default");
  assert_string (proxy, "topic", "none");
  g_assert_null (friend);
  g_assert_null (words);
  g_assert_cmpint (mode, ==, G_BINDING_BIDIRECTIONAL);

  g_object_unref (proxy);
  assert_drop (b, "-b ~b");
}

/* A type whose properties have the names of the proxy's own properties. */
typedef TestProbe TestNamesake;
typedef TestProbeClass TestNamesakeClass;

static GType test_namesake_get_type (void);

G_DEFINE_TYPE (TestNamesake, test_namesake, TEST_TYPE_PROBE)

static void
test_namesake_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, "theirs");
}

static void
test_namesake_class_init (TestNamesakeClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = test_namesake_get_property;
  g_object_class_install_property (
    G_OBJECT_CLASS (klass), 1, g_param_spec_string ("alive", NULL, NULL, "no", G_PARAM_READABLE));
  g_object_class_install_property (
    G_OBJECT_CLASS (klass), 2,
    g_param_spec_string ("target", NULL, NULL, "none", G_PARAM_READABLE));
}

static void
test_namesake_init (TestNamesake *self)
{
}

static void
test_names_of_the_target_win (void)
{
  TestProbe *a = g_object_new (test_namesake_get_type (), "name", "a", NULL);
  WeakrefProxy *proxy = weakref_proxy_new (a);

  assert_string (proxy, "alive", "theirs");
  assert_string (proxy, "target", "theirs");
  g_assert_true (weakref_proxy_is_alive (proxy));

  log_notify (proxy, "notify::alive", "p");
  assert_drop (a, "-a p:alive ~a");
  assert_string (proxy, "alive", "no");
  assert_drop (proxy, "free:p");
}

/* A subclass that implements an interface. The interface has a signal with the name of a signal of
 * the parent class, and a property with the name of a property of the subclass. */
typedef TestProbe TestForerunner;
typedef TestProbeClass TestForerunnerClass;

static GType test_forerunner_get_type (void);

G_DEFINE_TYPE (TestForerunner, test_forerunner, TEST_TYPE_PROBE)

static void
test_forerunner_class_init (TestForerunnerClass *klass)
{
  g_signal_new ("topic-seen", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
test_forerunner_init (TestForerunner *self)
{
}

typedef TestProbe TestFollower;
typedef TestProbeClass TestFollowerClass;

static GType test_follower_get_type (void);

G_DEFINE_TYPE_WITH_CODE (TestFollower,
                         test_follower,
                         test_forerunner_get_type (),
                         G_IMPLEMENT_INTERFACE (TEST_TYPE_TOPICAL, NULL))

static void
test_follower_class_init (TestFollowerClass *klass)
{
  G_OBJECT_CLASS (klass)->set_property = test_kinds_set_property;
  G_OBJECT_CLASS (klass)->get_property = test_kinds_get_property;
  /* With a default of its own. */
  g_object_class_install_property (
    G_OBJECT_CLASS (klass), 1,
    g_param_spec_string ("topic", NULL, NULL, "mine", G_PARAM_READWRITE));
}

static void
test_follower_init (TestFollower *self)
{
}

static void
test_two_of_a_name (void)
{
  TestProbe *a = g_object_new (test_follower_get_type (), "name", "a", NULL);
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (proxy, "topic-seen", G_CALLBACK (log_signal_cb), (gpointer) "seen");
  g_signal_emit_by_name (a, "topic-seen");
  assert_log ("seen");

  assert_drop (a, "-a ~a");
  assert_string (proxy, "topic", "mine");
  g_object_unref (proxy);
}

/* Checked access */

static void
test_checked_access (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GError *error = NULL;
  GValue value = G_VALUE_INIT;
  gpointer target = weakref_proxy_dup_target (proxy, &error);

  g_assert_no_error (error);
  g_assert_true (target == a);
  g_object_unref (target);

  g_assert_true (weakref_proxy_get_target_property (proxy, "number", &value, &error));
  g_assert_cmpint (g_value_get_int (&value), ==, 7);
  g_value_set_int (&value, 8);
  g_assert_true (weakref_proxy_set_target_property (proxy, "number", &value, &error));
  g_assert_cmpint (get_int (a, "number"), ==, 8);
  g_value_unset (&value);
  g_value_init (&value, G_TYPE_STRING);
  g_assert_true (weakref_proxy_get_target_property (proxy, "number", &value, &error));
  g_assert_cmpstr (g_value_get_string (&value), ==, "8");
  g_assert_no_error (error);

#define assert_refused(func, property, code)                                                       \
  G_STMT_START                                                                                     \
  {                                                                                                \
    g_assert_false (weakref_proxy_##func##_target_property (proxy, property, &value, &error));     \
    g_assert_error (error, WEAKREF_ERROR, code);                                                   \
    g_clear_error (&error);                                                                        \
  }                                                                                                \
  G_STMT_END

  assert_refused (set, "number", WEAKREF_ERROR_PROPERTY); /* not from a string */
  assert_refused (set, "nothing", WEAKREF_ERROR_PROPERTY);
  assert_refused (get, "nothing", WEAKREF_ERROR_PROPERTY);
  assert_refused (get, "secret", WEAKREF_ERROR_PROPERTY);
  assert_refused (get, "friend", WEAKREF_ERROR_PROPERTY); /* not as a string */
  g_value_unset (&value);
  g_value_init (&value, G_TYPE_INT);
  g_value_set_int (&value, 101);
  assert_refused (set, "number", WEAKREF_ERROR_PROPERTY);
  assert_refused (set, "birth", WEAKREF_ERROR_PROPERTY);
  g_assert_cmpint (get_int (a, "number"), ==, 8);

  assert_drop (a, "-a ~a");
  assert_refused (get, "number", WEAKREF_ERROR_DEAD);
  assert_refused (set, "number", WEAKREF_ERROR_DEAD);
  assert_refused (set, "nothing", WEAKREF_ERROR_DEAD);
  g_assert_null (weakref_proxy_dup_target (proxy, &error));
  g_assert_error (error, WEAKREF_ERROR, WEAKREF_ERROR_DEAD);
  g_assert_cmpstr (error->message, ==, "weakly-referenced object no longer exists");
  g_clear_error (&error);
  g_value_unset (&value);
  g_object_unref (proxy);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/proxy");

  test_case (properties_pass_through);
  test_case (construct_only_is_read_only);
  test_case (ranges_are_those_of_the_target);
  test_case (every_kind_of_property);
  test_case (defaults_after_the_death);
  test_case (names_of_the_target_win);
  test_case (two_of_a_name);
  test_case (checked_access);

  return g_test_run ();
}
