/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "probe.h"

typedef struct
{
  char *name;
  gint disposed; /* (atomic) */
  gint logged;   /* (atomic) */
  TestProbeFunc on_dispose;
  gpointer on_dispose_data;
  TestProbe **resurrect_to;
  gboolean chain_up;
} TestProbePrivate;

G_DEFINE_TYPE_WITH_PRIVATE (TestProbe, test_probe, G_TYPE_OBJECT)

enum
{
  PROP_NAME = 1
};

static gint n_alive;
static gint log_probes = TRUE;
static const char *test_directory;
static GMutex log_lock;
static GString *log_text;

void
test_log (const char *format, ...)
{
  va_list args;

  g_mutex_lock (&log_lock);
  if (log_text == NULL)
    log_text = g_string_new (NULL);
  if (log_text->len > 0)
    g_string_append_c (log_text, ' ');
  va_start (args, format);
  g_string_append_vprintf (log_text, format, args);
  va_end (args);
  g_mutex_unlock (&log_lock);
}

char *
test_log_steal (void)
{
  char *text;

  g_mutex_lock (&log_lock);
  text = log_text != NULL ? g_string_free (g_steal_pointer (&log_text), FALSE) : g_strdup ("");
  g_mutex_unlock (&log_lock);

  return text;
}

void
test_log_set_probes (gboolean enabled)
{
  g_atomic_int_set (&log_probes, enabled);
}

static void
test_probe_dispose (GObject *object)
{
  TestProbe *self = TEST_PROBE (object);
  TestProbePrivate *priv = test_probe_get_instance_private (self);
  TestProbe **resurrect_to = g_steal_pointer (&priv->resurrect_to);

  /* Whatever the reference count says: with a broken lookup it is above 1 here. */
  g_atomic_int_set (&priv->disposed, TRUE);

  if (g_atomic_int_compare_and_exchange (&priv->logged, FALSE, TRUE) &&
      g_atomic_int_get (&log_probes))
    test_log ("-%s", priv->name);

  if (priv->on_dispose != NULL)
    {
      TestProbeFunc on_dispose = g_steal_pointer (&priv->on_dispose);

      on_dispose (self, priv->on_dispose_data);
    }

  if (resurrect_to != NULL)
    {
      *resurrect_to = g_object_ref (self);
      g_atomic_int_set (&priv->disposed, FALSE);
      if (!priv->chain_up)
        return;
    }

  G_OBJECT_CLASS (test_probe_parent_class)->dispose (object);
}

static void
test_probe_finalize (GObject *object)
{
  TestProbe *self = TEST_PROBE (object);
  TestProbePrivate *priv = test_probe_get_instance_private (self);

  if (g_atomic_int_get (&log_probes))
    test_log ("~%s", priv->name);
  g_atomic_int_add (&n_alive, -1);
  g_free (priv->name);

  G_OBJECT_CLASS (test_probe_parent_class)->finalize (object);
}

static void
test_probe_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  TestProbePrivate *priv = test_probe_get_instance_private (TEST_PROBE (object));

  g_assert (prop_id == PROP_NAME);
  g_free (priv->name);
  priv->name = g_value_dup_string (value);
}

static void
test_probe_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  TestProbePrivate *priv = test_probe_get_instance_private (TEST_PROBE (object));

  g_assert (prop_id == PROP_NAME);
  g_value_set_string (value, priv->name);
}

static void
test_probe_class_init (TestProbeClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = test_probe_set_property;
  object_class->get_property = test_probe_get_property;
  object_class->dispose = test_probe_dispose;
  object_class->finalize = test_probe_finalize;

  g_object_class_install_property (
    object_class, PROP_NAME,
    g_param_spec_string ("name", NULL, NULL, "unnamed",
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT | G_PARAM_STATIC_STRINGS));
}

static void
test_probe_init (TestProbe *self)
{
  g_atomic_int_inc (&n_alive);
}

TestProbe *
test_probe_new (const char *name)
{
  return g_object_new (TEST_TYPE_PROBE, "name", name, NULL);
}

const char *
test_probe_get_name (TestProbe *probe)
{
  return ((TestProbePrivate *) test_probe_get_instance_private (probe))->name;
}

gboolean
test_probe_was_disposed (TestProbe *probe)
{
  TestProbePrivate *priv = test_probe_get_instance_private (probe);

  return g_atomic_int_get (&priv->disposed);
}

void
test_probe_set_on_dispose (TestProbe *probe, TestProbeFunc func, gpointer user_data)
{
  TestProbePrivate *priv = test_probe_get_instance_private (probe);

  priv->on_dispose = func;
  priv->on_dispose_data = user_data;
}

void
test_probe_resurrect (TestProbe *probe, TestProbe **location, gboolean chain_up)
{
  TestProbePrivate *priv = test_probe_get_instance_private (probe);

  priv->resurrect_to = location;
  priv->chain_up = chain_up;
}

guint
test_probe_count_alive (void)
{
  return g_atomic_int_get (&n_alive);
}

static void
test_run (gconstpointer data)
{
  void (*func) (void) = data;

  g_assert_cmpuint (test_probe_count_alive (), ==, 0);
  test_log_set_probes (TRUE);

  func ();

  assert_log ("");
  g_assert_cmpuint (test_probe_count_alive (), ==, 0);
}

void
test_add (const char *path, void (*func) (void))
{
  g_test_add_data_func (path, func, test_run);
}

void
test_init (int *argc, char ***argv, const char *directory)
{
  g_test_init (argc, argv, NULL);
  test_directory = directory;
}

void
test_add_in_directory (const char *name, void (*func) (void))
{
  char *path = g_strconcat (test_directory, "/", name, NULL);

  test_add (g_strdelimit (path, "_", '-'), func);
  g_free (path);
}

void
test_iterate (void)
{
  while (g_main_context_iteration (NULL, FALSE))
    ;
}

guint
test_scale (guint n, guint min)
{
  const char *scale = g_getenv ("WEAKREF_TEST_SCALE");

  return MAX (min, scale != NULL ? (guint) (n * g_ascii_strtod (scale, NULL)) : n);
}

void
test_gate_init (TestGate *gate)
{
  g_mutex_init (&gate->lock);
  g_cond_init (&gate->cond);
  gate->is_open = FALSE;
}

void
test_gate_open (TestGate *gate)
{
  g_mutex_lock (&gate->lock);
  gate->is_open = TRUE;
  g_cond_broadcast (&gate->cond);
  g_mutex_unlock (&gate->lock);
}

void
test_gate_wait (TestGate *gate)
{
  g_mutex_lock (&gate->lock);
  while (!gate->is_open)
    g_cond_wait (&gate->cond, &gate->lock);
  g_mutex_unlock (&gate->lock);
}

void
test_gate_clear (TestGate *gate)
{
  g_cond_clear (&gate->cond);
  g_mutex_clear (&gate->lock);
}

typedef struct
{
  GThreadFunc func;
  gpointer data;
  gint waiting; /* (atomic) */
} Start;

static gpointer
test_thread (gpointer data)
{
  Start *start = data;

  /* All are there before any begins. */
  g_atomic_int_add (&start->waiting, -1);
  while (g_atomic_int_get (&start->waiting) > 0)
    g_thread_yield ();

  return start->func (start->data);
}

void
test_threads (guint n_threads, GThreadFunc func, gpointer data)
{
  Start start = { func, data, n_threads };
  GThread **threads = g_new (GThread *, n_threads);
  guint i;

  for (i = 0; i < n_threads; i++)
    threads[i] = g_thread_new ("test", test_thread, &start);
  for (i = 0; i < n_threads; i++)
    g_thread_join (threads[i]);
  g_free (threads);
}
