/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Proxies: the types that the library makes for them. */

#include "proxy-common.h"

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
          assert_drop (a, "-a ~a");
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

/* All threads take the next probe at the same moment. */
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
  /* With more types, GLib would have 2,048 quarks, and then leaks memory. */
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
      assert_drop (probe, "-a ~a");
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
  assert_drop (a, "-a ~a");
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/proxy");

  test_case (one_type_for_a_type);
  test_case (threads_race_for_the_type);
  test_case (any_type_name);
  test_case (derived_from_by_somebody);
  test_case (made_from_outside_is_dead);

  return g_test_run ();
}
