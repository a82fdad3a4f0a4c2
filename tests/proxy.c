/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-glib.h>

#include <string.h>

#include "subject.h"

#define assert_dead(proxy) g_assert_false (weakref_proxy_is_alive (proxy))

static void
freed_cb (gpointer user_data)
{
  test_log ("free:%s", (const char *) user_data);
}

static void
closure_freed_cb (gpointer user_data, GClosure *closure)
{
  freed_cb (user_data);
}

static void
log_notify_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  test_log ("%s:%s", (const char *) user_data, pspec->name);
}

static void
log_notify (gpointer object, const char *signal, const char *name)
{
  g_signal_connect_data (object, signal, G_CALLBACK (log_notify_cb), (gpointer) name,
                         closure_freed_cb, 0);
}

static void
said_cb (GObject *object, const char *what, gpointer user_data)
{
  test_log ("%s:%s", (const char *) user_data, what);
}

static void
died_cb (WeakrefProxy *proxy, gpointer user_data)
{
  test_log ("%s%s", (const char *) user_data, weakref_proxy_is_alive (proxy) ? "!alive" : "");
}

/* GObject was milder before 2.76. */
static void
expect_complaint (const char *pattern)
{
  g_test_expect_message (
    "GLib-GObject",
    glib_check_version (2, 76, 0) == NULL ? G_LOG_LEVEL_CRITICAL : G_LOG_LEVEL_WARNING, pattern);
}

static int
get_int (gpointer object, const char *name)
{
  int value;

  g_object_get (object, name, &value, NULL);
  return value;
}

#define assert_string(object, property, expected)                                                  \
  G_STMT_START                                                                                     \
  {                                                                                                \
    char *assert_string_got;                                                                       \
    g_object_get (object, property, &assert_string_got, NULL);                                     \
    g_assert_cmpstr (assert_string_got, ==, expected);                                             \
    g_free (assert_string_got);                                                                    \
  }                                                                                                \
  G_STMT_END

static void
drop (gpointer object, const char *expected)
{
  g_object_unref (object);
  assert_log (expected);
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
  drop (a, "-a ~a");
  drop (b, "-b ~b");
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
  drop (a, "-a ~a");
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
  drop (a, "-a ~a");
}

/* A property of every kind. */
typedef TestProbe TestKinds;
typedef TestProbeClass TestKindsClass;

static GType test_kinds_get_type (void);

G_DEFINE_TYPE (TestKinds, test_kinds, TEST_TYPE_PROBE)

/* Of a kind that the library does not know: an even int. */
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

/* With bounds and defaults that are not those of the kind. */
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

/* Whether both do the same about a value that may not be valid. */
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

  /* The kind that is not known is no exception. */
  expect_complaint ("*out of range*");
  g_object_set (proxy, "even", 3, NULL);
  g_test_assert_expected_messages ();
  log_notify (proxy, "notify::even", "p");
  g_object_set (proxy, "even", 4, NULL);
  g_assert_cmpint (get_int (a, "even"), ==, 4);
  g_assert_cmpint (get_int (proxy, "even"), ==, 4);
  assert_log ("p:even");
  g_value_unset (&kinds_value);

  drop (a, "-a ~a");
  g_assert_cmpint (get_int (proxy, "even"), ==, 0);
  drop (proxy, "free:p");
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
  drop (a, "-a ~a");

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
  drop (b, "-b ~b");
}

/* A type with properties of the names of the proxy's own. */
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
  drop (a, "-a p:alive ~a");
  assert_string (proxy, "alive", "no");
  drop (proxy, "free:p");
}

/* Notification */

static void
test_notify_with_detail (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  log_notify (proxy, "notify::number", "detail");
  log_notify (proxy, "notify", "all");
  g_object_set (a, "text", "x", NULL);
  assert_log ("all:text");
  g_object_set (a, "number", 8, NULL);
  assert_log ("detail:number all:number");
  g_object_set (a, "topic", "x", NULL);
  assert_log ("all:topic");
  g_object_set (a, "quiet", 1, NULL);
  assert_log ("");

  drop (proxy, "free:detail free:all");
  drop (a, "-a ~a");
}

static void
test_notify_once_when_set_through_the_proxy (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  log_notify (proxy, "notify", "p");
  log_notify (a, "notify", "a");
  g_object_set (proxy, "number", 8, NULL);
  assert_log ("a:number p:number");
  g_object_set (proxy, "quiet", 2, NULL);
  assert_log ("");

  drop (proxy, "free:p");
  drop (a, "-a free:a ~a");
}

static void
test_notify_freezes_with_the_target (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  log_notify (proxy, "notify", "p");
  g_object_freeze_notify (G_OBJECT (a));
  g_object_set (a, "number", 8, NULL);
  g_object_set (proxy, "number", 9, NULL);
  assert_log ("");
  g_object_thaw_notify (G_OBJECT (a));
  assert_log ("p:number");

  g_object_freeze_notify (G_OBJECT (proxy));
  g_object_set (a, "number", 8, NULL);
  g_object_set (a, "number", 9, NULL);
  assert_log ("");
  g_object_thaw_notify (G_OBJECT (proxy));
  assert_log ("p:number");

  drop (proxy, "free:p");
  drop (a, "-a ~a");
}

static void
test_notify_nothing_when_dead (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  log_notify (proxy, "notify", "p");
  drop (a, "-a p:alive p:target ~a");
  g_object_set (proxy, "number", 8, NULL);
  assert_log ("");
  drop (proxy, "free:p");
}

static void
test_binds_both_ways (void)
{
  TestSubject *a = test_subject_new ("a");
  TestSubject *b = test_subject_new ("b");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GBinding *binding = g_object_bind_property (proxy, "text", b, "text",
                                              G_BINDING_BIDIRECTIONAL | G_BINDING_SYNC_CREATE);

  g_object_set (a, "text", "from a", NULL);
  assert_string (b, "text", "from a");
  g_object_set (b, "text", "from b", NULL);
  assert_string (a, "text", "from b");

  /* The other way round. */
  g_object_bind_property (b, "number", proxy, "number", G_BINDING_DEFAULT);
  g_object_set (b, "number", 99, NULL);
  g_assert_cmpint (get_int (a, "number"), ==, 99);

  drop (a, "-a ~a");
  g_object_set (b, "number", 98, "text", "x", NULL);
  g_binding_unbind (binding);
  drop (b, "-b ~b");
  g_object_unref (proxy);
}

static void
test_binding_group (void)
{
  TestSubject *a = test_subject_new ("a");
  TestSubject *b = test_subject_new ("b");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GBindingGroup *group = g_binding_group_new ();

  g_binding_group_bind (group, "text", b, "text", G_BINDING_DEFAULT);
  g_binding_group_set_source (group, proxy);
  g_object_set (a, "text", "from a", NULL);
  assert_string (b, "text", "from a");
  g_object_unref (group);

  /* The other way round. */
  group = g_binding_group_new ();
  g_binding_group_bind (group, "text", proxy, "text", G_BINDING_BIDIRECTIONAL);
  g_binding_group_set_source (group, b);
  g_object_set (b, "text", "from b", NULL);
  assert_string (a, "text", "from b");
  g_object_set (a, "text", "back", NULL);
  assert_string (b, "text", "back");

  drop (a, "-a ~a");
  g_object_set (b, "text", "alone", NULL);
  g_object_unref (group);

  group = g_binding_group_new ();
  g_binding_group_bind (group, "text", b, "text", G_BINDING_DEFAULT);
  g_binding_group_set_source (group, proxy);
  g_binding_group_set_source (group, NULL);
  g_object_unref (group);
  g_object_unref (proxy);
  drop (b, "-b ~b");
}

/* Signals */

static void
test_signal_arrives_with_arguments_and_detail (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (proxy, "said::loud", G_CALLBACK (said_cb), (gpointer) "loud");
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "any");
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("any:x default:x");
  g_signal_emit_by_name (a, "said::loud", "y");
  assert_log ("loud:y any:y default:y");
  g_signal_emit_by_name (a, "said::low", "z");
  assert_log ("any:z default:z");

  g_object_unref (proxy);
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("default:x");
  drop (a, "-a ~a");
}

static void
log_signal_cb (gpointer object, gpointer user_data)
{
  test_log ("%s", (const char *) user_data);
}

static void
test_interface_signal (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (proxy, "topic-seen", G_CALLBACK (log_signal_cb), (gpointer) "seen");
  g_signal_emit_by_name (a, "topic-seen");
  assert_log ("seen");
  g_signal_emit_by_name (proxy, "topic-seen");
  assert_log ("seen");

  g_object_unref (proxy);
  drop (a, "-a ~a");
}

static void
test_what_a_parent_type_has (void)
{
  GType type =
    g_type_register_static_simple (TEST_TYPE_SUBJECT, "TestSubjectChild", sizeof (TestSubjectClass),
                                   NULL, sizeof (TestSubject), NULL, 0);
  TestSubject *a = g_object_new (type, "name", "a", NULL);
  TestSubject *b = test_subject_new ("b");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  WeakrefProxy *others = weakref_proxy_new (b);

  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");
  g_signal_connect (others, "said", G_CALLBACK (said_cb), (gpointer) "others");
  g_signal_connect (proxy, "topic-seen", G_CALLBACK (log_signal_cb), (gpointer) "seen");
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("p:x default:x");
  g_signal_emit_by_name (others, "said", "y");
  assert_log ("others:y default:y");
  g_signal_emit_by_name (a, "topic-seen");
  assert_log ("seen");
  g_object_set (proxy, "topic", "b", "number", 2, NULL);
  assert_string (a, "topic", "b");
  assert_string (proxy, "topic", "b");
  g_assert_cmpint (get_int (proxy, "number"), ==, 2);

  g_object_unref (proxy);
  g_object_unref (others);
  drop (a, "-a ~a");
  drop (b, "-b ~b");
}

static void
again_cb (gpointer object, gpointer user_data)
{
  static guint n;

  test_log ("again");
  if (n++ == 0)
    g_signal_emit_by_name (object, "again");
}

static void
test_recursion_is_up_to_the_target (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  /* It is emitted without recursion: the emission inside the handler starts it over. */
  g_signal_connect (proxy, "again", G_CALLBACK (again_cb), NULL);
  g_signal_connect (a, "again", G_CALLBACK (log_signal_cb), (gpointer) "a");
  g_signal_emit_by_name (proxy, "again");
  assert_log ("again again a");

  g_object_unref (proxy);
  drop (a, "-a ~a");
}

static void
test_emitting_on_the_proxy_emits_on_the_target (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  WeakrefProxy *other = weakref_proxy_new_full (a, NULL, NULL, NULL, NULL);

  g_signal_emit_by_name (proxy, "said", "x");
  assert_log ("default:x");

  g_signal_connect (a, "said", G_CALLBACK (said_cb), (gpointer) "target");
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "proxy");
  g_signal_connect (other, "said", G_CALLBACK (said_cb), (gpointer) "other");
  g_signal_connect_after (a, "said", G_CALLBACK (said_cb), (gpointer) "after");
  g_signal_emit_by_name (proxy, "said::loud", "x");
  assert_log ("proxy:x other:x target:x default:x after:x");

  g_object_unref (proxy);
  g_object_unref (other);
  drop (a, "-a ~a");
}

static void
test_after_handlers (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect_after (proxy, "said", G_CALLBACK (said_cb), (gpointer) "after");
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "before");
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("before:x after:x default:x");
  g_signal_emit_by_name (proxy, "said", "x");
  assert_log ("before:x after:x default:x");

  g_object_unref (proxy);
  drop (a, "-a ~a");
}

static void
test_blocked_handlers_count_for_none (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  gulong id = g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");

  g_signal_handler_block (proxy, id);
  g_signal_emit_by_name (a, "said", "x");
  g_signal_emit_by_name (proxy, "said", "y");
  assert_log ("default:x default:y");
  g_signal_handler_unblock (proxy, id);
  g_signal_emit_by_name (proxy, "said", "z");
  assert_log ("p:z default:z");

  g_object_unref (proxy);
  drop (a, "-a ~a");
}

static void
connect_more_cb (GObject *object, const char *what, gpointer user_data)
{
  test_log ("connect");
  g_signal_connect (user_data, "said", G_CALLBACK (said_cb), (gpointer) "new");
}

/* As on the target: a handler that is connected in an emission has no part in it. */
static void
test_connecting_during_an_emission (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  gulong id;

  id = g_signal_connect (proxy, "said", G_CALLBACK (connect_more_cb), proxy);
  g_signal_emit_by_name (proxy, "said", "x");
  assert_log ("connect default:x");
  g_signal_handler_disconnect (proxy, id);
  g_signal_emit_by_name (proxy, "said", "y");
  assert_log ("new:y default:y");

  g_object_unref (proxy);
  drop (a, "-a ~a");
}

static void
leave_and_emit_cb (GObject *object, const char *what, gpointer user_data)
{
  g_signal_handlers_disconnect_by_func (object, leave_and_emit_cb, user_data);
  g_signal_emit_by_name (object, "said", "nested");
  g_signal_stop_emission_by_name (object, "said");
}

static void
test_stop_after_an_emission_inside (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  /* The emission inside finds no handlers, and must not be taken for the end of the one outside. */
  g_signal_connect (proxy, "said", G_CALLBACK (leave_and_emit_cb), NULL);
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("default:nested");

  g_object_unref (proxy);
  drop (a, "-a ~a");
}

static void
say_more_cb (GObject *object, const char *what, gpointer user_data)
{
  test_log ("more:%s", what);
  if (strlen (what) < 3)
    {
      char *more = g_strconcat (what, "!", NULL);

      g_signal_emit_by_name (user_data, "said", more);
      g_free (more);
    }
}

static void
test_emissions_nest (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  gulong id;

  id = g_signal_connect (proxy, "said", G_CALLBACK (say_more_cb), proxy);
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("more:x more:x! more:x!! p:x!! default:x!! p:x! default:x! p:x default:x");
  g_signal_handler_disconnect (proxy, id);

  g_signal_connect (proxy, "said", G_CALLBACK (say_more_cb), a);
  g_signal_emit_by_name (proxy, "said", "xx");
  assert_log ("p:xx more:xx p:xx! more:xx! default:xx! default:xx");

  g_object_unref (proxy);
  drop (a, "-a ~a");
}

static int
answer_cb (gpointer object, gpointer user_data)
{
  return GPOINTER_TO_INT (user_data);
}

static int
plus_cb (gpointer object, int n, gpointer user_data)
{
  return n + GPOINTER_TO_INT (user_data);
}

#define assert_emit(object, expected, ...)                                                         \
  G_STMT_START                                                                                     \
  {                                                                                                \
    int assert_emit_got = -1;                                                                      \
    g_signal_emit_by_name (object, __VA_ARGS__, &assert_emit_got);                                 \
    g_assert_cmpint (assert_emit_got, ==, expected);                                               \
  }                                                                                                \
  G_STMT_END

static void
test_return_values_count (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  gulong id;

  g_signal_connect (proxy, "sum", G_CALLBACK (plus_cb), GINT_TO_POINTER (5));
  assert_emit (a, 15, "sum", 10);
  assert_emit (proxy, 15, "sum", 10);
  g_signal_connect (a, "sum", G_CALLBACK (plus_cb), GINT_TO_POINTER (1));
  assert_emit (a, 11, "sum", 10);
  assert_emit (proxy, 11, "sum", 10);

  id = g_signal_connect (proxy, "handled", G_CALLBACK (answer_cb), GINT_TO_POINTER (TRUE));
  g_signal_connect (proxy, "handled", G_CALLBACK (answer_cb), GINT_TO_POINTER (FALSE));
  assert_emit (a, TRUE, "handled");
  assert_emit (proxy, TRUE, "handled");
  g_signal_handler_disconnect (proxy, id);
  assert_emit (a, FALSE, "handled");
  assert_emit (proxy, FALSE, "handled");

  g_object_unref (proxy);
  drop (a, "-a ~a");
}

static void
test_accumulator_does_not_ask_a_proxy_without_handlers (void)
{
  TestSubject *a = test_subject_new ("a");
  TestSubject *b = test_subject_new ("b");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  WeakrefProxy *others = weakref_proxy_new (b);
  gulong id;

  /* The proxy's forwarder comes before this handler. */
  g_signal_connect (a, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (1));
  assert_emit (a, 1, "first");
  assert_emit (proxy, 1, "first");

  id = g_signal_connect (proxy, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (2));
  assert_emit (a, 2, "first");
  assert_emit (proxy, 2, "first");
  g_signal_handler_disconnect (proxy, id);
  assert_emit (a, 1, "first");

  g_object_unref (others);
  id = g_signal_connect (proxy, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (3));
  assert_emit (a, 3, "first");

  g_object_unref (proxy);
  assert_emit (a, 1, "first");
  drop (a, "-a ~a");
  drop (b, "-b ~b");
}

static void
test_answer_for_another_detail (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (proxy, "first::dark", G_CALLBACK (answer_cb), GINT_TO_POINTER (2));
  g_signal_connect (a, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (1));
  assert_emit (a, 2, "first::dark");
  assert_emit (a, 1, "first::light");
  assert_emit (a, 1, "first");
  assert_emit (proxy, 2, "first::dark");
  assert_emit (proxy, 1, "first::light");

  g_object_unref (proxy);
  drop (a, "-a ~a");
}

static void
test_accumulator_is_the_targets (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  gulong id;

  assert_emit (a, FALSE, "agreed");
  g_signal_connect (proxy, "agreed", G_CALLBACK (answer_cb), GINT_TO_POINTER (TRUE));
  assert_emit (a, TRUE, "agreed");
  id = g_signal_connect (a, "agreed", G_CALLBACK (answer_cb), GINT_TO_POINTER (FALSE));
  assert_emit (a, FALSE, "agreed");
  assert_emit (proxy, FALSE, "agreed");
  g_signal_handler_disconnect (a, id);
  assert_emit (proxy, TRUE, "agreed");

  g_object_unref (proxy);
  drop (a, "-a ~a");
}

static void
test_signal_without_hooks (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (a, "unhooked", G_CALLBACK (answer_cb), GINT_TO_POINTER (1));
  /* As documented, there is no way to keep the proxy out of it. */
  assert_emit (a, 0, "unhooked");
  g_signal_connect (proxy, "unhooked", G_CALLBACK (answer_cb), GINT_TO_POINTER (2));
  assert_emit (a, 2, "unhooked");
  assert_emit (proxy, 2, "unhooked");

  g_object_unref (proxy);
  assert_emit (a, 1, "unhooked");
  drop (a, "-a ~a");
}

/* A child that implements an interface with a signal of a name that its parent has already, and
 * with a property that it has itself. */
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

  drop (a, "-a ~a");
  assert_string (proxy, "topic", "mine");
  g_object_unref (proxy);
}

static void
stop_cb (gpointer object, const char *what, gpointer user_data)
{
  test_log ("stop");
  g_signal_stop_emission_by_name (object, "said");
}

static void
test_stopping_on_the_proxy_stops_the_target (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (proxy, "said", G_CALLBACK (stop_cb), NULL);
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");
  g_signal_connect (a, "said", G_CALLBACK (said_cb), (gpointer) "a");
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("stop");
  g_signal_emit_by_name (proxy, "said", "x");
  assert_log ("stop");

  g_object_unref (proxy);
  drop (a, "-a ~a");
}

static void
swapped_cb (gpointer user_data, const char *what)
{
  test_log ("%s:%s", test_probe_get_name (user_data), what);
}

static void
test_connect_object (void)
{
  TestSubject *a = test_subject_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect_object (proxy, "said", G_CALLBACK (swapped_cb), b, G_CONNECT_SWAPPED);
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("b:x default:x");
  drop (b, "-b ~b");
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("default:x");

  b = test_probe_new ("b");
  g_signal_connect_object (proxy, "said", G_CALLBACK (swapped_cb), b, G_CONNECT_SWAPPED);
  drop (a, "-a ~a");
  drop (b, "-b ~b");
  g_object_unref (proxy);
}

static void
release_group_cb (GObject *object, GParamSpec *pspec, gpointer user_data)
{
  g_signal_group_set_target (user_data, NULL);
}

static void
test_signal_group (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GSignalGroup *group = g_signal_group_new (G_OBJECT_TYPE (proxy));

  g_signal_group_connect (group, "said", G_CALLBACK (said_cb), (gpointer) "group");
  g_signal_connect (proxy, "notify::alive", G_CALLBACK (release_group_cb), group);
  g_signal_group_set_target (group, proxy);
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("group:x default:x");
  g_signal_group_block (group);
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("default:x");
  g_signal_group_unblock (group);

  drop (a, "-a ~a");
  g_object_unref (group);
  g_object_unref (proxy);
}

static gboolean
is_watched (gpointer object, const char *signal)
{
  guint id = g_signal_lookup (signal, G_OBJECT_TYPE (object));

  return g_signal_has_handler_pending (object, id, 0, TRUE);
}

static void
test_forwarders_go_with_the_proxy (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_assert_cmpuint (G_OBJECT (a)->ref_count, ==, 1);
  g_assert_cmpuint (G_OBJECT (proxy)->ref_count, ==, 1);
  g_assert_true (is_watched (a, "said"));

  g_object_unref (proxy);
  g_assert_false (is_watched (a, "said"));
  g_assert_false (is_watched (a, "first"));
  g_assert_false (is_watched (a, "notify"));
  drop (a, "-a ~a");
}

static void
drop_cb (gpointer object, const char *what, gpointer user_data)
{
  test_log ("drop");
  g_object_unref (user_data);
}

static void
test_last_references_go_inside_a_handler (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (proxy, "said", G_CALLBACK (drop_cb), proxy);
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("drop default:x");

  proxy = weakref_proxy_new (a);
  g_signal_connect (proxy, "said", G_CALLBACK (drop_cb), a);
  g_signal_emit_by_name (proxy, "said", "x");
  assert_log ("drop default:x -a ~a");
  assert_dead (proxy);
  g_object_unref (proxy);
}

static gpointer
drop_thread (gpointer object)
{
  g_object_unref (object);
  return NULL;
}

static void
drop_elsewhere_cb (gpointer object, const char *what, gpointer user_data)
{
  test_log ("drop");
  g_thread_join (g_thread_new ("test", drop_thread, user_data));
}

static int
drop_elsewhere_and_answer_cb (gpointer object, gpointer user_data)
{
  drop_elsewhere_cb (object, NULL, user_data);
  return 0;
}

static void
test_dropped_by_another_thread_in_an_emission (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new_full (a, NULL, NULL, NULL, NULL);
  WeakrefProxy *next = weakref_proxy_new_full (a, NULL, NULL, NULL, NULL);

  /* In the middle of its turn, and before it. */
  g_signal_connect (proxy, "said", G_CALLBACK (drop_elsewhere_cb), proxy);
  g_signal_connect (proxy, "said", G_CALLBACK (drop_elsewhere_cb), next);
  g_signal_connect (next, "said", G_CALLBACK (said_cb), (gpointer) "next");
  g_signal_emit_by_name (a, "said", "x");
  assert_log ("drop drop default:x");

  /* With a gate that is open. */
  proxy = weakref_proxy_new (a);
  g_signal_connect (proxy, "first", G_CALLBACK (drop_elsewhere_and_answer_cb), proxy);
  assert_emit (a, 0, "first");
  assert_log ("drop");
  g_assert_false (is_watched (a, "said"));
  g_assert_false (is_watched (a, "first"));

  drop (a, "-a ~a");
}

/* The death */

static void
test_handlers_are_dropped_with_their_data (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new_full (a, NULL, died_cb, (gpointer) "died", freed_cb);

  g_signal_connect_data (proxy, "said", G_CALLBACK (said_cb), (gpointer) "said", closure_freed_cb,
                         0);
  g_signal_connect_data (proxy, "said::loud", G_CALLBACK (said_cb), (gpointer) "loud",
                         closure_freed_cb, 0);
  g_signal_connect_data (proxy, "topic-seen", G_CALLBACK (log_signal_cb), (gpointer) "seen",
                         closure_freed_cb, 0);
  log_notify (proxy, "notify::alive", "p");

  drop (a, "-a p:alive died free:died free:said free:loud free:seen ~a");
  drop (proxy, "free:p");
}

static void
test_nothing_is_emitted_when_dead (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  int answer = -1;

  drop (a, "-a ~a");
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");
  g_signal_emit_by_name (proxy, "said", "x");
  assert_log ("");
  g_signal_emit_by_name (proxy, "sum", 1, &answer);
  g_assert_cmpint (answer, ==, 0);
  g_object_unref (proxy);
}

static void
said_in_dispose_cb (TestProbe *probe, gpointer user_data)
{
  int answer;

  g_object_set (probe, "number", 99, NULL);
  g_signal_emit_by_name (probe, "said", "bye");
  g_signal_emit_by_name (probe, "first", &answer);
  test_log ("%d", answer);
}

static void
test_last_words_arrive (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);

  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");
  g_signal_connect (proxy, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (1));
  log_notify (proxy, "notify", "p");
  test_probe_set_on_dispose (TEST_PROBE (a), said_in_dispose_cb, NULL);
  drop (a, "-a p:bye default:bye 1 p:alive p:target ~a");
  drop (proxy, "free:p");
}

static void
test_last_question_is_not_for_a_proxy_without_handlers (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  gulong id;

  g_signal_connect (a, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (1));
  id = g_signal_connect (proxy, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (2));
  assert_emit (a, 2, "first");
  g_signal_handler_disconnect (proxy, id);
  test_probe_set_on_dispose (TEST_PROBE (a), said_in_dispose_cb, NULL);
  drop (a, "-a default:bye 1 ~a");
  g_object_unref (proxy);
}

static void
test_run_dispose_is_a_death (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new_full (a, NULL, died_cb, (gpointer) "died", freed_cb);
  WeakrefProxy *shared = weakref_proxy_new (a);
  WeakrefProxy *next;

  g_signal_connect (proxy, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (1));
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a died free:died");
  assert_dead (proxy);
  assert_dead (shared);
  assert_emit (a, 0, "first");

  next = weakref_proxy_new (a);
  g_assert_true (next != shared);
  g_assert_true (weakref_proxy_is_alive (next));
  g_object_set (next, "number", 3, NULL);
  g_assert_cmpint (get_int (a, "number"), ==, 3);
  g_assert_cmpint (get_int (shared, "number"), ==, 7);

  drop (a, "~a");
  assert_dead (next);
  g_object_unref (proxy);
  g_object_unref (shared);
  g_object_unref (next);
}

static void
test_resurrected_target_is_not_forwarded (void)
{
  TestSubject *a = test_subject_new ("a");
  TestProbe *again = NULL;
  WeakrefProxy *proxy = weakref_proxy_new (a);
  WeakrefProxy *next;

  log_notify (proxy, "notify", "p");
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");
  test_probe_resurrect (TEST_PROBE (a), &again, FALSE);
  drop (a, "-a");
  assert_dead (proxy);
  g_object_set (again, "number", 8, NULL);
  assert_log ("");

  /* The death is told when somebody notices. */
  next = weakref_proxy_new (again);
  assert_log ("p:alive p:target");
  g_signal_connect (proxy, "said", G_CALLBACK (said_cb), (gpointer) "p");
  g_signal_emit_by_name (again, "said", "x");
  assert_log ("default:x");

  g_object_unref (next);
  drop (proxy, "free:p");
  drop (again, "~a");
}

static void
test_context (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy =
    weakref_proxy_new_full (a, g_main_context_default (), died_cb, (gpointer) "died", freed_cb);

  log_notify (proxy, "notify::alive", "p");
  drop (a, "-a ~a");
  assert_dead (proxy);
  test_iterate ();
  assert_log ("p:alive died free:died");
  drop (proxy, "free:p");
}

static void
test_dropped_proxy_is_not_called (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new_full (a, NULL, died_cb, (gpointer) "died", freed_cb);

  drop (proxy, "free:died");
  drop (a, "-a ~a");

  a = test_subject_new ("a");
  proxy =
    weakref_proxy_new_full (a, g_main_context_default (), died_cb, (gpointer) "died", freed_cb);
  drop (a, "-a ~a");
  drop (proxy, "free:died");
  test_iterate ();
  assert_log ("");
}

/* Identity */

static void
test_shared (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *one = weakref_proxy_new (a);
  WeakrefProxy *two = weakref_proxy_new (a);
  WeakrefProxy *own = weakref_proxy_new_full (a, NULL, NULL, NULL, freed_cb);

  assert_log ("free:(null)");
  g_assert_true (one == two);
  g_assert_true (own != one);
  g_assert_true (G_OBJECT_TYPE (own) == G_OBJECT_TYPE (one));
  g_assert_false (TEST_IS_SUBJECT (one));
  g_assert_cmpuint (weakref_count_refs (a), ==, 0);

  g_object_unref (one);
  g_object_unref (two);
  one = weakref_proxy_new (a);
  g_assert_true (weakref_proxy_is_alive (one));
  g_object_unref (one);
  g_object_unref (own);
  drop (a, "-a ~a");
}

static void
test_collapses (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  WeakrefProxy *same = weakref_proxy_new (proxy);
  WeakrefProxy *own = weakref_proxy_new_full (proxy, NULL, died_cb, (gpointer) "own", freed_cb);
  gpointer target = weakref_proxy_dup_target (own, NULL);

  g_assert_true (same == proxy);
  g_assert_true (target == a);
  g_object_unref (target);
  g_object_unref (same);

  drop (a, "-a own free:own ~a");
  same = weakref_proxy_new (proxy);
  g_assert_true (same == proxy);
  g_object_unref (same);
  g_object_unref (own);
  own = weakref_proxy_new_full (proxy, NULL, died_cb, (gpointer) "own", freed_cb);
  assert_log ("free:own");
  assert_dead (own);
  g_assert_cmpint (get_int (own, "number"), ==, 7);
  g_object_unref (own);
  g_object_unref (proxy);
}

static void
test_is_itself_in_a_table (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  WeakrefSet *set = weakref_set_new (G_TYPE_OBJECT);
  WeakrefKeyTable *keys = weakref_key_table_new (freed_cb);
  WeakrefValueTable *values = weakref_value_table_new (G_TYPE_STRING);
  WeakrefRef *ref = weakref_ref_new (proxy);
  gpointer value;

  weakref_key_table_insert (keys, proxy, (gpointer) "value");
  g_assert_false (weakref_key_table_contains (keys, a));
  weakref_value_table_insert (values, "key", proxy);
  value = weakref_value_table_lookup (values, "key");
  g_assert_true (value == proxy);
  g_object_unref (value);
  weakref_set_add (set, proxy);
  g_assert_true (weakref_set_contains (set, proxy));
  g_assert_false (weakref_set_contains (set, a));
  drop (a, "-a ~a");
  g_assert_true (weakref_set_contains (set, proxy));
  g_assert_true (weakref_ref_is_alive (ref));
  g_assert_true (weakref_key_table_contains (keys, proxy));
  g_assert_true (weakref_value_table_contains (values, "key"));
  drop (proxy, "free:value");
  g_assert_cmpuint (weakref_set_get_size (set), ==, 0);
  g_assert_cmpuint (weakref_key_table_get_size (keys), ==, 0);
  g_assert_false (weakref_value_table_contains (values, "key"));
  g_object_unref (ref);
  g_object_unref (set);
  g_object_unref (keys);
  g_object_unref (values);
}

static void
test_own_properties (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  gpointer target;

  g_object_get (proxy, "target", &target, NULL);
  g_assert_true (target == a);
  g_object_unref (target);
  g_assert_true (get_int (proxy, "alive"));

  drop (a, "-a ~a");
  g_object_get (proxy, "target", &target, NULL);
  g_assert_null (target);
  g_assert_false (get_int (proxy, "alive"));
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

  drop (a, "-a ~a");
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

/* Types */

static guint
count_proxy_types (void)
{
  guint n;

  g_free (g_type_children (WEAKREF_TYPE_PROXY, &n));
  return n;
}

static GType
register_probe (const char *name)
{
  return g_type_register_static_simple (TEST_TYPE_PROBE, name, sizeof (TestProbeClass), NULL,
                                        sizeof (TestProbe), NULL, 0);
}

static void
test_one_type_for_a_type (void)
{
  GType types[3];
  guint before;
  guint i;
  guint j;

  for (i = 0; i < G_N_ELEMENTS (types); i++)
    {
      char *name = g_strdup_printf ("Counted%u", i);

      types[i] = register_probe (name);
      g_free (name);
    }

  before = count_proxy_types ();
  for (j = 0; j < 20; j++)
    {
      for (i = 0; i < G_N_ELEMENTS (types); i++)
        {
          TestProbe *a = g_object_new (types[i], "name", "a", NULL);
          WeakrefProxy *one = weakref_proxy_new (a);
          WeakrefProxy *two = weakref_proxy_new_full (a, NULL, NULL, NULL, NULL);

          g_object_unref (one);
          g_object_unref (two);
          drop (a, "-a ~a");
        }
    }
  g_assert_cmpuint (count_proxy_types (), ==, before + G_N_ELEMENTS (types));
}

static gpointer
first_proxy_thread (gpointer probe)
{
  WeakrefProxy *proxy = weakref_proxy_new_full (probe, NULL, NULL, NULL, NULL);

  g_assert_true (weakref_proxy_is_alive (proxy));
  assert_string (proxy, "name", "a");
  g_object_unref (proxy);

  return NULL;
}

typedef struct
{
  GPtrArray *probes;
  gint n_arrived; /* (atomic) */
} TypeRace;

/* All take the next probe at the same moment. */
static gpointer
race_for_types_thread (gpointer data)
{
  TypeRace *race = data;
  guint i;

  for (i = 0; i < race->probes->len; i++)
    {
      g_atomic_int_inc (&race->n_arrived);
      while ((guint) g_atomic_int_get (&race->n_arrived) < 2 * (i + 1))
        g_thread_yield ();
      first_proxy_thread (race->probes->pdata[i]);
    }

  return NULL;
}

static void
test_threads_race_for_the_type (void)
{
  TypeRace race = { g_ptr_array_new_with_free_func (g_object_unref), 0 };
  /* Few enough not to run into what GLib leaks when it has 2,048 quarks. */
  const guint n = 300;
  guint before;
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < n; i++)
    {
      char *name = g_strdup_printf ("Raced%u", i);

      g_ptr_array_add (race.probes, g_object_new (register_probe (name), "name", "a", NULL));
      g_free (name);
    }

  before = count_proxy_types ();
  test_threads (2, race_for_types_thread, &race);
  g_assert_cmpuint (count_proxy_types (), ==, before + n);
  g_ptr_array_unref (race.probes);
}

static void
test_any_type_name (void)
{
  char *long_name = g_strnfill (500, 'x');
  const char *names[] = { "__main__+Thing", "_a-b+c_", "Gjs_Thing", "Taken", "Taken+2", long_name };
  guint i;

  register_probe ("WeakrefProxy+Taken");
  for (i = 0; i < G_N_ELEMENTS (names); i++)
    {
      TestProbe *probe = g_object_new (register_probe (names[i]), "name", "a", NULL);

      first_proxy_thread (probe);
      drop (probe, "-a ~a");
    }
  g_free (long_name);
}

static void
test_derived_from_by_somebody (void)
{
  GTypeQuery query;
  GType type;
  WeakrefProxy *proxy;

  g_type_query (WEAKREF_TYPE_PROXY, &query);
  type = g_type_register_static_simple (WEAKREF_TYPE_PROXY, "TestProxyChild", query.class_size,
                                        NULL, query.instance_size, NULL, 0);
  proxy = g_object_new (type, NULL);
  assert_dead (proxy);
  g_assert_null (weakref_proxy_dup_target (proxy, NULL));
  g_object_unref (proxy);
}

static void
test_made_from_outside_is_dead (void)
{
  TestSubject *a = test_subject_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new (a);
  WeakrefProxy *other = g_object_new (G_OBJECT_TYPE (proxy), "number", 42, NULL);

  assert_dead (other);
  g_assert_cmpint (get_int (other, "number"), ==, 7);
  g_signal_emit_by_name (other, "said", "x");
  g_object_run_dispose (G_OBJECT (other));
  g_object_unref (other);
  g_object_unref (proxy);
  drop (a, "-a ~a");
}

/* Interfaces */

static void
log_items_changed_cb (
  GListModel *model, guint position, guint removed, guint added, gpointer user_data)
{
  test_log ("%u-%u+%u=%u", position, removed, added, g_list_model_get_n_items (model));
}

static void
test_list_model (void)
{
  GListStore *store = g_list_store_new (TEST_TYPE_PROBE);
  TestProbe *a = test_probe_new ("a");
  TestProbe *b = test_probe_new ("b");
  WeakrefProxy *proxy = weakref_proxy_new (store);
  GListModel *model = G_LIST_MODEL (proxy);
  gpointer item;

  g_signal_connect_data (model, "items-changed", G_CALLBACK (log_items_changed_cb),
                         (gpointer) "items", closure_freed_cb, 0);
  g_assert_true (g_list_model_get_item_type (model) == TEST_TYPE_PROBE);
  g_assert_cmpuint (g_list_model_get_n_items (model), ==, 0);
  g_list_store_append (store, a);
  g_list_store_append (store, b);
  assert_log ("0-0+1=1 1-0+1=2");
  g_list_store_remove (store, 0);
  assert_log ("0-1+0=1");
  item = g_list_model_get_item (model, 0);
  g_assert_true (item == b);
  g_object_unref (item);
  g_assert_null (g_list_model_get_item (model, 1));

  drop (a, "-a ~a");
  g_object_unref (b);
  drop (store, "-b ~b 0-1+0=0");
  g_assert_null (g_list_model_get_item (model, 0));
  g_assert_true (g_list_model_get_item_type (model) == TEST_TYPE_PROBE);
  drop (proxy, "free:items");
}

static void
test_list_model_in_a_context (void)
{
  GListStore *store = g_list_store_new (TEST_TYPE_PROBE);
  TestProbe *a = test_probe_new ("a");
  WeakrefProxy *proxy = weakref_proxy_new_full (store, g_main_context_default (), NULL, NULL, NULL);

  /* What nobody was told of is taken leave of, too. */
  g_list_store_append (store, a);
  g_signal_connect (proxy, "items-changed", G_CALLBACK (log_items_changed_cb), NULL);
  g_list_store_append (store, a);
  assert_log ("1-0+1=2");
  g_object_unref (a);
  drop (store, "-a ~a");
  test_iterate ();
  assert_log ("0-2+0=0");
  g_object_unref (proxy);
}

/* A list that empties itself in its dispose, one by one. */
typedef TestProbe TestList;
typedef TestProbeClass TestListClass;

static guint test_list_size;

static GType test_list_get_type (void);

static GType
test_list_get_item_type (GListModel *model)
{
  return TEST_TYPE_PROBE;
}

static guint
test_list_get_n_items (GListModel *model)
{
  return test_list_size;
}

static gpointer
test_list_get_item (GListModel *model, guint position)
{
  return position < test_list_size ? g_object_ref (model) : NULL;
}

static void
test_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = test_list_get_item_type;
  iface->get_n_items = test_list_get_n_items;
  iface->get_item = test_list_get_item;
}

G_DEFINE_TYPE_WITH_CODE (TestList,
                         test_list,
                         TEST_TYPE_PROBE,
                         G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, test_list_model_init))

static void
test_list_class_init (TestListClass *klass)
{
}

static void
test_list_init (TestList *self)
{
  test_list_size = 2;
}

static void
empty_list_cb (TestProbe *list, gpointer user_data)
{
  while (test_list_size > 0)
    {
      test_list_size--;
      g_list_model_items_changed (G_LIST_MODEL (list), 0, 1, 0);
    }
}

static void
test_dying_list_is_empty_at_once (void)
{
  TestProbe *a = g_object_new (test_list_get_type (), "name", "a", NULL);
  WeakrefProxy *proxy = weakref_proxy_new (a);

  /* Nobody is told that one is left when there are none to be had. */
  g_signal_connect (proxy, "items-changed", G_CALLBACK (log_items_changed_cb), NULL);
  test_probe_set_on_dispose (a, empty_list_cb, NULL);
  drop (a, "-a 0-2+0=0 ~a");
  g_object_unref (proxy);

  /* In a g_object_run_dispose() there are. */
  a = g_object_new (test_list_get_type (), "name", "a", NULL);
  proxy = weakref_proxy_new (a);
  g_signal_connect (proxy, "items-changed", G_CALLBACK (log_items_changed_cb), NULL);
  test_probe_set_on_dispose (a, empty_list_cb, NULL);
  g_object_run_dispose (G_OBJECT (a));
  assert_log ("-a 0-1+0=1 0-1+0=0");
  drop (a, "~a");
  g_object_unref (proxy);
}

static void
log_activate_cb (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  test_log ("activate:%s", g_variant_get_string (parameter, NULL));
}

static void
test_action (void)
{
  GSimpleAction *simple =
    g_simple_action_new_stateful ("paint", G_VARIANT_TYPE_STRING, g_variant_new_string ("red"));
  WeakrefProxy *proxy = weakref_proxy_new (simple);
  GAction *action = G_ACTION (proxy);
  GVariant *state;
  GVariantType *type;

  g_signal_connect (simple, "activate", G_CALLBACK (log_activate_cb), NULL);
  log_notify (proxy, "notify::enabled", "p");
  log_notify (proxy, "notify::state", "p");
  g_assert_cmpstr (g_action_get_name (action), ==, "paint");
  g_assert_true (g_variant_type_equal (g_action_get_parameter_type (action), "s"));
  g_assert_true (g_variant_type_equal (g_action_get_state_type (action), "s"));
  g_assert_null (g_action_get_state_hint (action));
  g_assert_true (g_action_get_enabled (action));

  g_action_activate (action, g_variant_new_string ("x"));
  assert_log ("activate:x");
  g_simple_action_set_enabled (simple, FALSE);
  assert_log ("p:enabled");
  g_assert_false (g_action_get_enabled (action));
  g_simple_action_set_enabled (simple, TRUE);
  assert_log ("p:enabled");
  g_action_change_state (action, g_variant_new_string ("blue"));
  assert_log ("p:state");
  state = g_action_get_state (action);
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "blue");
  g_variant_unref (state);

  drop (simple, "p:enabled");
  g_assert_false (g_action_get_enabled (action));
  g_assert_cmpint (get_int (action, "enabled"), ==, FALSE);
  g_assert_cmpstr (g_action_get_name (action), ==, "paint");
  assert_string (action, "name", "paint");
  g_object_get (action, "state", &state, "parameter-type", &type, NULL);
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "blue");
  g_assert_true (g_variant_type_equal (type, "s"));
  g_variant_unref (state);
  g_variant_type_free (type);
  g_object_get (action, "state-type", &type, NULL);
  g_assert_true (g_variant_type_equal (type, "s"));
  g_variant_type_free (type);
  state = g_action_get_state (action);
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "blue");
  g_variant_unref (state);
  g_action_activate (action, g_variant_new_string ("y"));
  g_action_change_state (action, g_variant_new_string ("green"));
  assert_log ("");
  drop (proxy, "free:p free:p");
}

static void
log_word_cb (gpointer user_data)
{
  test_log ("%s", (const char *) user_data);
}

static void
test_simple_action_keeps_its_defaults (void)
{
  GSimpleAction *simple = g_simple_action_new_stateful ("on", NULL, g_variant_new_boolean (FALSE));
  WeakrefProxy *proxy = weakref_proxy_new (simple);
  GVariant *state;

  /* It toggles its state if nobody is connected; who is connected to the proxy does not count. */
  g_action_activate (G_ACTION (proxy), NULL);
  state = g_action_get_state (G_ACTION (simple));
  g_assert_true (g_variant_get_boolean (state));
  g_variant_unref (state);
  g_signal_connect_swapped (proxy, "activate", G_CALLBACK (log_word_cb), (gpointer) "proxy");
  g_action_activate (G_ACTION (simple), NULL);
  state = g_action_get_state (G_ACTION (simple));
  g_assert_false (g_variant_get_boolean (state));
  g_variant_unref (state);

  g_signal_connect_swapped (simple, "activate", G_CALLBACK (log_word_cb), (gpointer) "target");
  g_action_activate (G_ACTION (simple), NULL);
  assert_log ("proxy target");
  g_action_activate (G_ACTION (proxy), NULL);
  assert_log ("proxy target");

  g_object_unref (proxy);
  g_action_activate (G_ACTION (simple), NULL);
  assert_log ("target");
  g_object_unref (simple);
}

static void
log_action_cb (GActionGroup *group, const char *name, gpointer user_data)
{
  test_log ("%s:%s", (const char *) user_data, name);
}

static void
log_action_enabled_cb (GActionGroup *group, const char *name, gboolean enabled, gpointer user_data)
{
  test_log ("%s:%d", name, enabled);
}

static void
test_action_group (void)
{
  GSimpleActionGroup *simple = g_simple_action_group_new ();
  GSimpleAction *paint = g_simple_action_new ("paint", G_VARIANT_TYPE_STRING);
  GSimpleAction *move = g_simple_action_new ("move", NULL);
  WeakrefProxy *proxy;
  GActionGroup *group;
  const GVariantType *type;
  gulong id;
  char **names;

  g_action_map_add_action (G_ACTION_MAP (simple), G_ACTION (paint));
  proxy = weakref_proxy_new (simple);
  group = G_ACTION_GROUP (proxy);
  g_signal_connect (group, "action-added", G_CALLBACK (log_action_cb), (gpointer) "added");
  id = g_signal_connect (group, "action-removed", G_CALLBACK (log_action_cb), (gpointer) "removed");
  g_signal_connect (group, "action-enabled-changed", G_CALLBACK (log_action_enabled_cb), NULL);

  names = g_action_group_list_actions (group);
  g_assert_cmpuint (g_strv_length (names), ==, 1);
  g_assert_cmpstr (names[0], ==, "paint");
  g_strfreev (names);
  g_assert_true (g_action_group_has_action (group, "paint"));
  g_assert_false (g_action_group_has_action (group, "move"));
  /* Whoever is given the type may read it when the target is gone. */
  type = g_action_group_get_action_parameter_type (group, "paint");
  g_assert_true ((const char *) type == g_intern_string ("s"));
  g_signal_connect (paint, "activate", G_CALLBACK (log_activate_cb), NULL);
  g_action_group_activate_action (group, "paint", g_variant_new_string ("x"));
  assert_log ("activate:x");
  g_simple_action_set_enabled (paint, FALSE);
  assert_log ("paint:0");
  g_assert_false (g_action_group_get_action_enabled (group, "paint"));

  g_action_map_add_action (G_ACTION_MAP (simple), G_ACTION (move));
  assert_log ("added:move");
  g_action_map_remove_action (G_ACTION_MAP (simple), "paint");
  assert_log ("removed:paint");

  drop (simple, "removed:move");
  names = g_action_group_list_actions (group);
  g_assert_cmpuint (g_strv_length (names), ==, 0);
  g_strfreev (names);
  g_assert_false (g_action_group_has_action (group, "move"));
  g_action_group_activate_action (group, "move", NULL);
  /* Its handlers are there yet: widgets disconnect theirs by number. */
  g_signal_handler_disconnect (group, id);

  g_object_unref (proxy);
  g_object_unref (paint);
  g_object_unref (move);
}

static void
test_action_in_a_group (void)
{
  GSimpleAction *simple = g_simple_action_new ("paint", G_VARIANT_TYPE_STRING);
  WeakrefProxy *proxy = weakref_proxy_new (simple);
  GSimpleActionGroup *group = g_simple_action_group_new ();

  g_signal_connect (simple, "activate", G_CALLBACK (log_activate_cb), NULL);
  g_signal_connect (group, "action-enabled-changed", G_CALLBACK (log_action_enabled_cb), NULL);
  g_action_map_add_action (G_ACTION_MAP (group), G_ACTION (proxy));
  g_action_group_activate_action (G_ACTION_GROUP (group), "paint", g_variant_new_string ("x"));
  assert_log ("activate:x");

  drop (simple, "paint:0");
  g_assert_false (g_action_group_get_action_enabled (G_ACTION_GROUP (group), "paint"));
  g_action_map_remove_action (G_ACTION_MAP (group), "paint");
  g_assert_false (g_action_group_has_action (G_ACTION_GROUP (group), "paint"));
  g_object_unref (group);
  g_assert_cmpuint (G_OBJECT (proxy)->ref_count, ==, 1);
  g_object_unref (proxy);
}

static void
test_action_group_takes_leave_of_what_was_seen (void)
{
  GSimpleActionGroup *simple = g_simple_action_group_new ();
  const GActionEntry entries[] = { { .name = "a" }, { .name = "b" }, { .name = "c" } };
  WeakrefProxy *listed;
  WeakrefProxy *asked;

  g_action_map_add_action_entries (G_ACTION_MAP (simple), entries, 3, NULL);
  listed = weakref_proxy_new (simple);
  asked = weakref_proxy_new_full (simple, NULL, NULL, NULL, NULL);
  g_signal_connect (listed, "action-removed::a", G_CALLBACK (log_action_cb), (gpointer) "listed");
  g_signal_connect (listed, "action-removed::c", G_CALLBACK (log_action_cb), (gpointer) "listed");
  g_signal_connect (asked, "action-removed", G_CALLBACK (log_action_cb), (gpointer) "asked");
  g_strfreev (g_action_group_list_actions (G_ACTION_GROUP (listed)));
  g_assert_true (g_action_group_has_action (G_ACTION_GROUP (asked), "b"));
  g_action_map_remove_action (G_ACTION_MAP (simple), "c");
  assert_log ("listed:c asked:c");

  /* Newest first. */
  drop (simple, "asked:b listed:a");
  g_object_unref (listed);
  g_object_unref (asked);
}

static void
test_action_group_with_state (void)
{
  GSimpleActionGroup *simple = g_simple_action_group_new ();
  const GActionEntry entries[] = { { .name = "mode", .parameter_type = "s", .state = "'red'" } };
  WeakrefProxy *proxy;
  GActionGroup *group;
  GVariant *state;

  g_action_map_add_action_entries (G_ACTION_MAP (simple), entries, 1, NULL);
  proxy = weakref_proxy_new (simple);
  group = G_ACTION_GROUP (proxy);
  g_assert_true ((const char *) g_action_group_get_action_state_type (group, "mode") ==
                 g_intern_string ("s"));
  g_action_group_change_action_state (group, "mode", g_variant_new_string ("blue"));
  state = g_action_group_get_action_state (group, "mode");
  g_assert_cmpstr (g_variant_get_string (state, NULL), ==, "blue");
  g_variant_unref (state);

  /* What floats does not leak. */
  g_object_unref (simple);
  g_action_group_change_action_state (group, "mode", g_variant_new_string ("green"));
  g_action_group_activate_action (group, "mode", g_variant_new_string ("green"));
  g_assert_null (g_action_group_get_action_state (group, "mode"));
  g_object_unref (proxy);

  /* Of what nobody asked for there is no leave to take. */
  simple = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (simple), entries, 1, NULL);
  proxy = weakref_proxy_new (simple);
  g_signal_connect (proxy, "action-removed", G_CALLBACK (log_action_cb), (gpointer) "removed");
  drop (simple, "");
  g_object_unref (proxy);
}

/* Threads */

typedef struct
{
  TestSubject *target; /* (owned) (atomic) */
  WeakrefProxy *proxy;
  gint n_seen_alive; /* (atomic) */
  gint n_seen_dead;  /* (atomic) */
} Race;

static gpointer
read_while_dropping_thread (gpointer data)
{
  Race *race = data;
  guint i;

  for (i = 0; i < 100; i++)
    {
      int number = get_int (race->proxy, "number");

      g_assert_true (number == 42 || number == 7);
      g_atomic_int_inc (number == 42 ? &race->n_seen_alive : &race->n_seen_dead);
      g_object_set (race->proxy, "text", "x", NULL);
      if (i == 20)
        {
          TestSubject *target = g_atomic_pointer_exchange (&race->target, NULL);

          g_clear_object (&target);
        }
    }

  return NULL;
}

static void
test_read_while_another_thread_drops (void)
{
  Race race = {
    0,
  };

  test_log_set_probes (FALSE);
  while (race.n_seen_alive < 200 || race.n_seen_dead < 200)
    {
      race.target = test_subject_new ("a");
      g_object_set (race.target, "number", 42, NULL);
      race.proxy = weakref_proxy_new (race.target);
      test_threads (3, read_while_dropping_thread, &race);
      g_assert_null (race.target);
      g_object_unref (race.proxy);
    }
}

/* Two threads emit the same signal at the same time. */
typedef struct
{
  WeakrefProxy *proxy;
  TestSubject *target;
  GThread *first;
  TestGate first_is_in;
  TestGate second_is_in;
  TestGate first_is_done;
} Meeting;

static void
meet_cb (GObject *object, const char *what, gpointer user_data)
{
  Meeting *meeting = user_data;

  if (g_thread_self () == meeting->first)
    {
      test_gate_open (&meeting->first_is_in);
      test_gate_wait (&meeting->second_is_in);
    }
  else
    {
      test_gate_open (&meeting->second_is_in);
      test_gate_wait (&meeting->first_is_done);
    }
}

static gpointer
emit_on_the_proxy_thread (gpointer data)
{
  Meeting *meeting = data;

  meeting->first = g_thread_self ();
  g_signal_emit_by_name (meeting->proxy, "said", "first");
  test_gate_open (&meeting->first_is_done);

  return NULL;
}

static void
start_meeting (Meeting *meeting)
{
  test_gate_init (&meeting->first_is_in);
  test_gate_init (&meeting->second_is_in);
  test_gate_init (&meeting->first_is_done);
  meeting->target = test_subject_new ("a");
  meeting->proxy = weakref_proxy_new (meeting->target);
}

static void
end_meeting (Meeting *meeting)
{
  test_gate_clear (&meeting->first_is_in);
  test_gate_clear (&meeting->second_is_in);
  test_gate_clear (&meeting->first_is_done);
  g_object_unref (meeting->proxy);
  drop (meeting->target, "-a ~a");
}

static void
test_emissions_in_two_threads (void)
{
  Meeting meeting;
  GThread *thread;

  /* Without handlers on the proxy each comes to the target once. */
  start_meeting (&meeting);
  g_signal_connect (meeting.target, "said", G_CALLBACK (meet_cb), &meeting);
  thread = g_thread_new ("test", emit_on_the_proxy_thread, &meeting);
  test_gate_wait (&meeting.first_is_in);
  g_signal_emit_by_name (meeting.proxy, "said", "second");
  g_thread_join (thread);
  assert_log ("default:first default:second");
  end_meeting (&meeting);

  /* With handlers, the one on the proxy must not stop the one on the target. */
  start_meeting (&meeting);
  g_signal_connect (meeting.proxy, "said", G_CALLBACK (meet_cb), &meeting);
  g_signal_connect (meeting.target, "said", G_CALLBACK (said_cb), (gpointer) "target");
  thread = g_thread_new ("test", emit_on_the_proxy_thread, &meeting);
  test_gate_wait (&meeting.first_is_in);
  g_signal_emit_by_name (meeting.target, "said", "second");
  g_thread_join (thread);
  assert_log ("target:first default:first target:second default:second");
  end_meeting (&meeting);
}

static gpointer
make_and_drop_thread (gpointer data)
{
  Race *race = data;
  guint i;

  for (i = 0; i < 50; i++)
    {
      WeakrefProxy *proxy = i % 2 ? weakref_proxy_new (race->target)
                                  : weakref_proxy_new_full (race->target, NULL, NULL, NULL, NULL);
      int answer;

      g_signal_connect (proxy, "first", G_CALLBACK (answer_cb), GINT_TO_POINTER (1));
      g_signal_emit_by_name (race->target, "first", &answer);
      g_assert_true (answer == 1 || answer == 0);
      g_signal_emit_by_name (race->target, "topic-seen");
      g_object_set (race->target, "number", i + 1, NULL);
      g_object_unref (proxy);
    }
  g_object_unref (race->target);

  return NULL;
}

static void
test_proxies_come_and_go_in_threads (void)
{
  Race race = {
    0,
  };
  guint i;

  test_log_set_probes (FALSE);
  for (i = 0; i < 10; i++)
    {
      race.target = test_subject_new ("a");
      g_object_ref (race.target);
      g_object_ref (race.target);
      test_threads (3, make_and_drop_thread, &race);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define add(path, func) test_add ("/weakref/proxy/" path, func)
  add ("properties-pass-through", test_properties_pass_through);
  add ("construct-only-is-read-only", test_construct_only_is_read_only);
  add ("ranges-are-those-of-the-target", test_ranges_are_those_of_the_target);
  add ("every-kind-of-property", test_every_kind_of_property);
  add ("defaults-after-the-death", test_defaults_after_the_death);
  add ("names-of-the-target-win", test_names_of_the_target_win);

  add ("notify-with-detail", test_notify_with_detail);
  add ("notify-once-when-set-through-the-proxy", test_notify_once_when_set_through_the_proxy);
  add ("notify-freezes-with-the-target", test_notify_freezes_with_the_target);
  add ("notify-nothing-when-dead", test_notify_nothing_when_dead);
  add ("binds-both-ways", test_binds_both_ways);
  add ("binding-group", test_binding_group);

  add ("signal-arrives-with-arguments-and-detail", test_signal_arrives_with_arguments_and_detail);
  add ("interface-signal", test_interface_signal);
  add ("what-a-parent-type-has", test_what_a_parent_type_has);
  add ("recursion-is-up-to-the-target", test_recursion_is_up_to_the_target);
  add ("emitting-on-the-proxy-emits-on-the-target", test_emitting_on_the_proxy_emits_on_the_target);
  add ("after-handlers", test_after_handlers);
  add ("blocked-handlers-count-for-none", test_blocked_handlers_count_for_none);
  add ("connecting-during-an-emission", test_connecting_during_an_emission);
  add ("stop-after-an-emission-inside", test_stop_after_an_emission_inside);
  add ("emissions-nest", test_emissions_nest);
  add ("return-values-count", test_return_values_count);
  add ("accumulator-does-not-ask-a-proxy-without-handlers",
       test_accumulator_does_not_ask_a_proxy_without_handlers);
  add ("answer-for-another-detail", test_answer_for_another_detail);
  add ("accumulator-is-the-targets", test_accumulator_is_the_targets);
  add ("signal-without-hooks", test_signal_without_hooks);
  add ("two-of-a-name", test_two_of_a_name);
  add ("stopping-on-the-proxy-stops-the-target", test_stopping_on_the_proxy_stops_the_target);
  add ("connect-object", test_connect_object);
  add ("signal-group", test_signal_group);
  add ("forwarders-go-with-the-proxy", test_forwarders_go_with_the_proxy);
  add ("last-references-go-inside-a-handler", test_last_references_go_inside_a_handler);
  add ("dropped-by-another-thread-in-an-emission", test_dropped_by_another_thread_in_an_emission);

  add ("handlers-are-dropped-with-their-data", test_handlers_are_dropped_with_their_data);
  add ("nothing-is-emitted-when-dead", test_nothing_is_emitted_when_dead);
  add ("last-words-arrive", test_last_words_arrive);
  add ("last-question-is-not-for-a-proxy-without-handlers",
       test_last_question_is_not_for_a_proxy_without_handlers);
  add ("run-dispose-is-a-death", test_run_dispose_is_a_death);
  add ("resurrected-target-is-not-forwarded", test_resurrected_target_is_not_forwarded);
  add ("context", test_context);
  add ("dropped-proxy-is-not-called", test_dropped_proxy_is_not_called);

  add ("shared", test_shared);
  add ("collapses", test_collapses);
  add ("is-itself-in-a-table", test_is_itself_in_a_table);
  add ("own-properties", test_own_properties);
  add ("checked-access", test_checked_access);

  add ("one-type-for-a-type", test_one_type_for_a_type);
  add ("threads-race-for-the-type", test_threads_race_for_the_type);
  add ("any-type-name", test_any_type_name);

  add ("derived-from-by-somebody", test_derived_from_by_somebody);
  add ("made-from-outside-is-dead", test_made_from_outside_is_dead);

  add ("list-model", test_list_model);
  add ("list-model-in-a-context", test_list_model_in_a_context);
  add ("dying-list-is-empty-at-once", test_dying_list_is_empty_at_once);
  add ("action", test_action);
  add ("simple-action-keeps-its-defaults", test_simple_action_keeps_its_defaults);
  add ("action-group", test_action_group);

  add ("action-group-with-state", test_action_group_with_state);
  add ("action-in-a-group", test_action_in_a_group);
  add ("action-group-takes-leave-of-what-was-seen", test_action_group_takes_leave_of_what_was_seen);

  add ("read-while-another-thread-drops", test_read_while_another_thread_drops);
  add ("emissions-in-two-threads", test_emissions_in_two_threads);
  add ("proxies-come-and-go-in-threads", test_proxies_come_and_go_in_threads);

  return g_test_run ();
}
