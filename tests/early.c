/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Interest that an object's base class takes in its instance init function: the object is not of
 * its own type yet. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

typedef struct
{
  TestProbe parent_instance;

  WeakrefProxy *proxy; /* (owned) */
} Base;
typedef TestProbeClass BaseClass;

typedef struct
{
  Base parent_instance;

  int number;
} Derived;
typedef BaseClass DerivedClass;

static GType base_get_type (void);
static GType derived_get_type (void);

G_DEFINE_TYPE (Base, base, TEST_TYPE_PROBE)
G_DEFINE_TYPE (Derived, derived, base_get_type ())

static WeakrefSet *all;
static WeakrefValueTable *by_number;
static WeakrefKeyTable *marks;
static WeakrefRef *early_ref;
static gboolean take_proxy;

static void
ended_cb (gpointer data)
{
  test_log ("ended");
}

static void
base_init (Base *self)
{
  if (take_proxy)
    self->proxy = weakref_proxy_new (self);
  early_ref = weakref_ref_new (self);
  weakref_finalize (self, ended_cb, NULL, NULL);
  weakref_set_add (all, self);
  weakref_value_table_insert (by_number, GINT_TO_POINTER (1), self);
  weakref_key_table_insert (marks, self, (gpointer) "mark");
}

static void
base_dispose (GObject *object)
{
  g_clear_object (&((Base *) object)->proxy);

  G_OBJECT_CLASS (base_parent_class)->dispose (object);
}

static void
base_class_init (BaseClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = base_dispose;
}

static void
derived_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_int (value, ((Derived *) object)->number);
}

static void
derived_init (Derived *self)
{
  self->number = 5;
}

static void
derived_class_init (DerivedClass *klass)
{
  G_OBJECT_CLASS (klass)->get_property = derived_get_property;
  g_object_class_install_property (
    G_OBJECT_CLASS (klass), 1,
    g_param_spec_int ("number", NULL, NULL, 0, 100, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
  g_signal_new ("happened", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                G_TYPE_NONE, 0);
}

static Derived *
derived_new (gboolean with_proxy)
{
  all = weakref_set_new (base_get_type ());
  by_number = weakref_value_table_new (G_TYPE_INT);
  marks = weakref_key_table_new (NULL);
  take_proxy = with_proxy;

  return g_object_new (derived_get_type (), "name", "a", NULL);
}

static void
assert_ended (Derived *self)
{
  assert_drop (self, "-a ended ~a");
  g_assert_false (weakref_ref_is_alive (early_ref));
  g_clear_object (&early_ref);
  g_assert_cmpuint (weakref_set_get_size (all), ==, 0);
  g_assert_cmpuint (weakref_value_table_get_size (by_number), ==, 0);
  g_assert_cmpuint (weakref_key_table_get_size (marks), ==, 0);
  test_iterate ();
  g_assert_finalize_object (all);
  g_assert_finalize_object (by_number);
  g_assert_finalize_object (marks);
}

static void
test_interest_is_in_the_whole_object (void)
{
  Derived *a = derived_new (FALSE);
  WeakrefRef *ref = weakref_ref_new (a);
  gpointer found = weakref_value_table_lookup (by_number, GINT_TO_POINTER (1));

  g_assert_true (ref == early_ref);
  g_assert_true (found == a);
  g_object_unref (found);
  g_assert_true (weakref_set_contains (all, a));
  g_assert_cmpstr (weakref_key_table_lookup (marks, a), ==, "mark");
  g_object_unref (ref);
  assert_ended (a);
}

static void
happened_cb (GObject *object, const char *name)
{
  test_log ("%s", name);
}

static void
test_proxy_taken_later_has_the_whole_type (void)
{
  Derived *a = derived_new (TRUE);
  WeakrefProxy *early = g_object_ref (((Base *) a)->proxy);
  WeakrefProxy *late = weakref_proxy_new (a);
  WeakrefProxy *again = weakref_proxy_new (a);
  WeakrefProxy *own = weakref_proxy_new_full (a, NULL, NULL, NULL, NULL);
  WeakrefProxy *of_early = weakref_proxy_new (early);
  int number;

  g_assert_true (late != early);
  g_assert_true (again == late);
  g_assert_true (of_early == late);
  g_assert_true (G_OBJECT_TYPE (own) == G_OBJECT_TYPE (late));
  g_object_get (late, "number", &number, NULL);
  g_assert_cmpint (number, ==, 5);
  g_signal_connect (late, "happened", G_CALLBACK (happened_cb), (gpointer) "late");
  g_signal_emit_by_name (a, "happened");
  assert_log ("late");

  /* The early one goes on as it is. */
  g_assert_null (g_object_class_find_property (G_OBJECT_GET_CLASS (early), "number"));
  g_assert_true (weakref_proxy_is_alive (early));

  g_object_unref (again);
  g_object_unref (of_early);
  g_object_unref (own);
  assert_ended (a);
  g_assert_false (weakref_proxy_is_alive (early));
  g_assert_false (weakref_proxy_is_alive (late));
  g_assert_finalize_object (early);
  g_assert_finalize_object (late);
}

static void
test_early_proxy_goes_before_the_late_one (void)
{
  Derived *a = derived_new (TRUE);
  WeakrefProxy *late = weakref_proxy_new (a);
  WeakrefProxy *again;

  /* It takes itself out of the place only where it is there. */
  g_clear_object (&((Base *) a)->proxy);
  again = weakref_proxy_new (a);
  g_assert_true (again == late);
  g_object_unref (again);
  g_assert_finalize_object (late);
  assert_ended (a);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/early");

  test_case (interest_is_in_the_whole_object);
  test_case (proxy_taken_later_has_the_whole_type);
  test_case (early_proxy_goes_before_the_late_one);

  return g_test_run ();
}
