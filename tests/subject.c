/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "subject.h"

typedef struct
{
  GValue values[10]; /* by property id */
  GMutex lock;
} TestSubjectPrivate;

enum
{
  PROP_NUMBER = 1,
  PROP_TEXT,
  PROP_MODE,
  PROP_BOXED,
  PROP_FRIEND,
  PROP_QUIET,
  PROP_BIRTH,
  PROP_SECRET,
  PROP_TOPIC
};

G_DEFINE_INTERFACE (TestTopical, test_topical, G_TYPE_OBJECT)

static void
test_topical_default_init (TestTopicalInterface *iface)
{
  g_object_interface_install_property (
    iface, g_param_spec_string ("topic", NULL, NULL, "none", G_PARAM_READWRITE));
  g_signal_new ("topic-seen", TEST_TYPE_TOPICAL, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static void
test_topical_init (TestTopicalInterface *iface)
{
}

G_DEFINE_TYPE_WITH_CODE (TestSubject,
                         test_subject,
                         TEST_TYPE_PROBE,
                         G_ADD_PRIVATE (TestSubject)
                           G_IMPLEMENT_INTERFACE (TEST_TYPE_TOPICAL, test_topical_init))

static void
test_subject_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  TestSubjectPrivate *priv = test_subject_get_instance_private (TEST_SUBJECT (object));
  GValue copy = G_VALUE_INIT;
  GValue old;

  g_value_init (&copy, pspec->value_type);
  g_value_copy (value, &copy);

  g_mutex_lock (&priv->lock);
  old = priv->values[prop_id];
  priv->values[prop_id] = copy;
  g_mutex_unlock (&priv->lock);

  if (G_VALUE_TYPE (&old) != G_TYPE_INVALID)
    g_value_unset (&old);
}

static void
test_subject_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  TestSubjectPrivate *priv = test_subject_get_instance_private (TEST_SUBJECT (object));

  g_mutex_lock (&priv->lock);
  if (G_VALUE_TYPE (&priv->values[prop_id]) != G_TYPE_INVALID)
    g_value_copy (&priv->values[prop_id], value);
  else
    g_param_value_set_default (pspec, value);
  g_mutex_unlock (&priv->lock);
}

static void
test_subject_finalize (GObject *object)
{
  TestSubjectPrivate *priv = test_subject_get_instance_private (TEST_SUBJECT (object));
  guint i;

  for (i = 0; i < G_N_ELEMENTS (priv->values); i++)
    {
      if (G_VALUE_TYPE (&priv->values[i]) != G_TYPE_INVALID)
        g_value_unset (&priv->values[i]);
    }
  g_mutex_clear (&priv->lock);

  G_OBJECT_CLASS (test_subject_parent_class)->finalize (object);
}

static void
test_subject_said (TestSubject *self, const char *what)
{
  test_log ("default:%s", what);
}

static gboolean
all_agree_cb (GSignalInvocationHint *hint, GValue *total, const GValue *answer, gpointer user_data)
{
  g_value_copy (answer, total);
  return g_value_get_boolean (answer);
}

static void
test_subject_class_init (TestSubjectClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->set_property = test_subject_set_property;
  object_class->get_property = test_subject_get_property;
  object_class->finalize = test_subject_finalize;

  g_object_class_install_property (
    object_class, PROP_NUMBER,
    g_param_spec_int ("number", NULL, NULL, 1, 100, 7, G_PARAM_READWRITE));
  g_object_class_install_property (
    object_class, PROP_TEXT,
    g_param_spec_string ("text", NULL, NULL, "default", G_PARAM_READWRITE | G_PARAM_CONSTRUCT));
  g_object_class_install_property (object_class, PROP_MODE,
                                   g_param_spec_flags ("mode", NULL, NULL, G_TYPE_BINDING_FLAGS,
                                                       G_BINDING_BIDIRECTIONAL, G_PARAM_READWRITE));
  g_object_class_install_property (
    object_class, PROP_BOXED,
    g_param_spec_boxed ("boxed", NULL, NULL, G_TYPE_STRV, G_PARAM_READWRITE));
  g_object_class_install_property (
    object_class, PROP_FRIEND,
    g_param_spec_object ("friend", NULL, NULL, TEST_TYPE_PROBE, G_PARAM_READWRITE));
  g_object_class_install_property (
    object_class, PROP_QUIET,
    g_param_spec_int ("quiet", NULL, NULL, 0, 9, 0, G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY));
  g_object_class_install_property (object_class, PROP_BIRTH,
                                   g_param_spec_int ("birth", NULL, NULL, 0, 3000, 2000,
                                                     G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY));
  g_object_class_install_property (
    object_class, PROP_SECRET, g_param_spec_string ("secret", NULL, NULL, NULL, G_PARAM_WRITABLE));
  g_object_class_override_property (object_class, PROP_TOPIC, "topic");

  g_signal_new_class_handler ("said", type, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED,
                              G_CALLBACK (test_subject_said), NULL, NULL, NULL, G_TYPE_NONE, 1,
                              G_TYPE_STRING);
  g_signal_new ("again", type, G_SIGNAL_RUN_LAST | G_SIGNAL_NO_RECURSE, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
  g_signal_new ("sum", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_INT, 1, G_TYPE_INT);
  g_signal_new ("first", type, G_SIGNAL_RUN_LAST | G_SIGNAL_DETAILED, 0,
                g_signal_accumulator_first_wins, NULL, NULL, G_TYPE_INT, 0);
  g_signal_new ("unhooked", type, G_SIGNAL_RUN_LAST | G_SIGNAL_NO_HOOKS, 0,
                g_signal_accumulator_first_wins, NULL, NULL, G_TYPE_INT, 0);
  g_signal_new ("handled", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, NULL,
                NULL, G_TYPE_BOOLEAN, 0);
  g_signal_new ("agreed", type, G_SIGNAL_RUN_LAST, 0, all_agree_cb, NULL, NULL, G_TYPE_BOOLEAN, 0);
}

static void
test_subject_init (TestSubject *self)
{
  TestSubjectPrivate *priv = test_subject_get_instance_private (self);

  g_mutex_init (&priv->lock);
}

TestSubject *
test_subject_new (const char *name)
{
  return g_object_new (TEST_TYPE_SUBJECT, "name", name, "birth", 1970, NULL);
}
