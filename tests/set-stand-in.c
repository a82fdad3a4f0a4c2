/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What the list model of a set gives for an object that is dead, until it has announced that. */

#include "set-model-common.h"

/* Classes of many kinds. Each counts how many of its instances were made, and how many are there.
 */

#define TYPE_BASE (base_get_type ())
G_DECLARE_DERIVABLE_TYPE (Base, base, TEST, BASE, GObject)

struct _BaseClass
{
  GObjectClass parent_class;
};

static guint n_made;
static guint n_there;

G_DEFINE_ABSTRACT_TYPE (Base, base, G_TYPE_OBJECT)

static void
base_finalize (GObject *object)
{
  n_there--;
  G_OBJECT_CLASS (base_parent_class)->finalize (object);
}

static void
base_class_init (BaseClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = base_finalize;
}

static void
base_init (Base *self)
{
  n_made++;
  n_there++;
}

#define DEFINE_SIMPLE(Name, name, PARENT)                                                          \
  typedef Base Name;                                                                               \
  typedef BaseClass Name##Class;                                                                   \
  static GType name##_get_type (void);                                                             \
  G_DEFINE_TYPE (Name, name, PARENT)                                                               \
  static void name##_init (Name *self)                                                             \
  {                                                                                                \
  }

/* Holds properties, and does nothing else. */
DEFINE_SIMPLE (Plain, plain, TYPE_BASE)

static void
plain_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  g_object_set_data_full (object, pspec->name, g_value_dup_string (value), g_free);
}

static void
plain_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_string (value, g_object_get_data (object, pspec->name));
}

static void
plain_class_init (PlainClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = plain_set_property;
  object_class->get_property = plain_get_property;
  g_object_class_install_property (
    object_class, 1,
    g_param_spec_string ("name", NULL, NULL, NULL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
  g_object_class_install_property (
    object_class, 2,
    g_param_spec_string ("colour", NULL, NULL, "red",
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
}

/* Acts when it is made. */
DEFINE_SIMPLE (Acting, acting, TYPE_BASE)

static void
acting_constructed (GObject *object)
{
  G_OBJECT_CLASS (base_parent_class)->constructed (object);
}

static void
acting_class_init (ActingClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = acting_constructed;
}

/* Is not usable before its init. */
static void
initable_iface_init (GInitableIface *iface)
{
}

typedef Base Starting;
typedef BaseClass StartingClass;

static GType starting_get_type (void);
G_DEFINE_TYPE_WITH_CODE (Starting,
                         starting,
                         TYPE_BASE,
                         G_IMPLEMENT_INTERFACE (G_TYPE_INITABLE, initable_iface_init))

static void
starting_init (Starting *self)
{
}

static void
starting_class_init (StartingClass *klass)
{
}

typedef Base StartingSlowly;
typedef BaseClass StartingSlowlyClass;

static void
async_initable_iface_init (GAsyncInitableIface *iface)
{
}

static GType starting_slowly_get_type (void);
G_DEFINE_TYPE_WITH_CODE (StartingSlowly,
                         starting_slowly,
                         TYPE_BASE,
                         G_IMPLEMENT_INTERFACE (G_TYPE_ASYNC_INITABLE, async_initable_iface_init))

static void
starting_slowly_init (StartingSlowly *self)
{
}

static void
starting_slowly_class_init (StartingSlowlyClass *klass)
{
}

/* Acts before it is made. */
DEFINE_SIMPLE (Choosing, choosing, TYPE_BASE)

static GObject *
choosing_constructor (GType type, guint n_properties, GObjectConstructParam *properties)
{
  return G_OBJECT_CLASS (base_parent_class)->constructor (type, n_properties, properties);
}

static void
choosing_class_init (ChoosingClass *klass)
{
  G_OBJECT_CLASS (klass)->constructor = choosing_constructor;
}

/* Needs another object from the start. */
DEFINE_SIMPLE (Needing, needing, TYPE_BASE)

static void
needing_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
}

static void
needing_class_init (NeedingClass *klass)
{
  G_OBJECT_CLASS (klass)->set_property = needing_property;
  g_object_class_install_property (
    G_OBJECT_CLASS (klass), 1,
    g_param_spec_object ("friend", NULL, NULL, G_TYPE_OBJECT,
                         G_PARAM_WRITABLE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS));
}

/* A subclass of what is plain, which acts. */
DEFINE_SIMPLE (ActingPlain, acting_plain, plain_get_type ())

static void
acting_plain_class_init (ActingPlainClass *klass)
{
  G_OBJECT_CLASS (klass)->constructed = acting_constructed;
}

/* Belongs to a container, as a widget. */
typedef GInitiallyUnowned Floating;
typedef GInitiallyUnownedClass FloatingClass;

static GType floating_get_type (void);
G_DEFINE_TYPE (Floating, floating, G_TYPE_INITIALLY_UNOWNED)

static void
floating_finalize (GObject *object)
{
  n_there--;
  G_OBJECT_CLASS (floating_parent_class)->finalize (object);
}

static void
floating_class_init (FloatingClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = floating_finalize;
}

static void
floating_init (Floating *self)
{
  n_made++;
  n_there++;
}

static gpointer
make (GType type)
{
  gpointer object = g_object_new (type, NULL);

  return g_object_is_floating (object) ? g_object_ref_sink (object) : object;
}

#define N 4

/* A set of @type, in which four of @dead_type have died, the last of them by hand. */
static WeakrefSet *
set_of_dead (GType type, GType dead_type, gpointer *disposed)
{
  WeakrefSet *set = weakref_set_new (type);
  gpointer objects[N];
  guint i;

  n_made = n_there = 0;
  for (i = 0; i < N; i++)
    {
      objects[i] = make (dead_type);
      weakref_set_add (set, objects[i]);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, N);
  for (i = 0; i < N - 1; i++)
    g_object_unref (objects[i]);
  g_object_run_dispose (objects[N - 1]);
  *disposed = objects[N - 1];
  g_assert_cmpuint (weakref_set_get_size (set), ==, 0);

  return set;
}

/* All are of the item type and of @stand_in_type, no two are the same, and each stays the same. */
static void
check_stand_ins (WeakrefSet *set, GType item_type, GType stand_in_type)
{
  gpointer first[N];
  guint round;
  guint i;
  guint j;

  for (round = 0; round < 2; round++)
    {
      g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, N);
      for (i = 0; i < N; i++)
        {
          gpointer item = g_list_model_get_item (G_LIST_MODEL (set), i);

          g_assert_true (g_type_is_a (G_OBJECT_TYPE (item), item_type));
          g_assert_cmpstr (G_OBJECT_TYPE_NAME (item), ==, g_type_name (stand_in_type));
          g_assert_false (g_object_is_floating (item));
          g_assert_true (round == 0 || first[i] == item);
          first[i] = item;
          for (j = 0; j < i; j++)
            g_assert_true (first[j] != item);
          g_object_unref (item);
        }
    }
}

/* Whether there is a new one, or the dead itself. */
static void
check (GType item_type, GType dead_type, GType stand_in_type, gboolean is_new)
{
  gpointer disposed;
  WeakrefSet *set = set_of_dead (item_type, dead_type, &disposed);
  gpointer last;

  g_test_message ("a %s in a set of %s", g_type_name (dead_type), g_type_name (item_type));
  g_assert_cmpuint (n_there, ==, is_new ? 1 : N);
  check_stand_ins (set, item_type, stand_in_type);
  last = g_list_model_get_item (G_LIST_MODEL (set), N - 1);
  g_assert_true ((last != disposed) == is_new);
  g_object_unref (last);
  g_assert_cmpuint (n_made, ==, is_new ? 2 * N : N);

  /* They go with the announcement. */
  test_iterate ();
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 0);
  g_assert_cmpuint (n_there, ==, 1);
  g_object_unref (disposed);
  g_assert_cmpuint (n_there, ==, 0);
  g_assert_finalize_object (set);

  /* Or with the set. */
  set = set_of_dead (item_type, dead_type, &disposed);
  check_stand_ins (set, item_type, stand_in_type);
  g_assert_finalize_object (set);
  g_object_unref (disposed);
  g_assert_cmpuint (n_there, ==, 0);
}

static void
test_plain_classes_have_new_objects (void)
{
  gpointer disposed;
  WeakrefSet *set;
  Plain *item;
  char *name;
  char *colour;

  check (plain_get_type (), plain_get_type (), plain_get_type (), TRUE);
  check (TYPE_BASE, plain_get_type (), plain_get_type (), TRUE);
  check (G_TYPE_OBJECT, plain_get_type (), plain_get_type (), TRUE);
  /* As near as it is harmless. */
  check (plain_get_type (), acting_plain_get_type (), plain_get_type (), TRUE);

  /* What a program expects to be a string is one. */
  set = set_of_dead (TYPE_BASE, plain_get_type (), &disposed);
  item = g_list_model_get_item (G_LIST_MODEL (set), 0);
  g_object_get (item, "name", &name, "colour", &colour, NULL);
  g_assert_cmpstr (name, ==, "");
  g_assert_cmpstr (colour, ==, "red");
  g_free (name);
  g_free (colour);
  g_object_unref (item);
  g_object_unref (disposed);
  g_object_unref (set);
}

static void
test_other_classes_keep_the_dead (void)
{
  check (acting_get_type (), acting_get_type (), acting_get_type (), FALSE);
  check (TYPE_BASE, acting_get_type (), acting_get_type (), FALSE);
  check (acting_plain_get_type (), acting_plain_get_type (), acting_plain_get_type (), FALSE);
  check (TYPE_BASE, starting_get_type (), starting_get_type (), FALSE);
  check (G_TYPE_INITABLE, starting_get_type (), starting_get_type (), FALSE);
  check (TYPE_BASE, starting_slowly_get_type (), starting_slowly_get_type (), FALSE);
  check (TYPE_BASE, choosing_get_type (), choosing_get_type (), FALSE);
  check (TYPE_BASE, needing_get_type (), needing_get_type (), FALSE);
  check (G_TYPE_INITIALLY_UNOWNED, floating_get_type (), floating_get_type (), FALSE);
}

/* In one set, each by its class. */
static void
test_classes_are_told_apart (void)
{
  WeakrefSet *set = weakref_set_new (TYPE_BASE);
  GType types[] = { plain_get_type (), acting_get_type (), plain_get_type () };
  gpointer objects[G_N_ELEMENTS (types)];
  guint i;

  n_there = 0;
  for (i = 0; i < G_N_ELEMENTS (types); i++)
    {
      objects[i] = make (types[i]);
      weakref_set_add (set, objects[i]);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, G_N_ELEMENTS (types));
  for (i = 0; i < G_N_ELEMENTS (types); i++)
    g_object_unref (objects[i]);
  g_assert_cmpuint (n_there, ==, 1);
  g_object_unref (set);
  g_assert_cmpuint (n_there, ==, 0);
}

static void
test_interfaces_are_implemented (void)
{
  WeakrefSet *set = weakref_set_new (G_TYPE_LIST_MODEL);
  GListStore *store = g_list_store_new (TEST_TYPE_PROBE);
  gpointer item;

  weakref_set_add (set, store);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 1);
  g_object_unref (store);
  item = g_list_model_get_item (G_LIST_MODEL (set), 0);
  g_assert_true (G_IS_LIST_STORE (item));
  g_assert_cmpuint (g_list_model_get_n_items (item), ==, 0);
  g_object_unref (item);
  test_iterate ();
  g_object_unref (set);
}

static void
look_at_itself_cb (TestProbe *probe, gpointer user_data)
{
  gpointer first = g_list_model_get_item (user_data, 0);
  gpointer again = g_list_model_get_item (user_data, 0);

  g_assert_true (TEST_IS_PROBE (first));
  g_assert_true (first != probe);
  g_assert_true (first == again);
  test_log ("looked");
  g_object_unref (first);
  g_object_unref (again);
}

static void
test_an_object_finds_another_in_its_dispose (void)
{
  TestProbe *a = test_probe_new ("a");
  WeakrefSet *set = weakref_set_new (TEST_TYPE_PROBE);

  weakref_set_set_stand_in_func (set, stand_in_cb, NULL, NULL);
  weakref_set_add (set, a);
  test_probe_set_on_dispose (a, look_at_itself_cb, set);
  g_object_unref (a);
  assert_log ("-a looked ~a");
  test_iterate ();
  assert_log ("-? ~?");
  g_object_unref (set);
}

/* The function */

static gpointer
give_cb (GType type, gpointer user_data)
{
  test_log ("%s", g_type_name (type));
  return g_object_new (*(GType *) user_data, NULL);
}

static void
destroy_cb (gpointer user_data)
{
  test_log ("destroyed");
}

static void
test_function_makes_them (void)
{
  GType type = plain_get_type ();
  gpointer disposed;
  WeakrefSet *set = weakref_set_new (TYPE_BASE);
  gpointer object;
  gpointer item;

  weakref_set_set_stand_in_func (set, give_cb, &type, destroy_cb);
  n_there = 0;
  object = make (acting_get_type ());
  weakref_set_add (set, object);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 1);
  g_object_unref (object);
  /* So nothing needs to be kept. */
  g_assert_cmpuint (n_there, ==, 0);
  item = g_list_model_get_item (G_LIST_MODEL (set), 0);
  assert_log ("Acting");
  g_assert_true (G_OBJECT_TYPE (item) == type);
  object = g_list_model_get_item (G_LIST_MODEL (set), 0);
  g_assert_true (object == item);
  g_object_unref (object);
  g_object_unref (item);

  weakref_set_set_stand_in_func (set, NULL, NULL, NULL);
  assert_log ("destroyed");
  test_iterate ();
  g_assert_cmpuint (n_there, ==, 0);
  g_object_unref (set);

  /* What floats is not left so. */
  type = floating_get_type ();
  set = weakref_set_new (G_TYPE_INITIALLY_UNOWNED);
  weakref_set_set_stand_in_func (set, give_cb, &type, NULL);
  object = make (type);
  weakref_set_add (set, object);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (set)), ==, 1);
  g_object_unref (object);
  item = g_list_model_get_item (G_LIST_MODEL (set), 0);
  assert_log ("Floating");
  g_assert_false (g_object_is_floating (item));
  g_object_unref (item);
  g_object_unref (set);
  g_assert_cmpuint (n_there, ==, 0);

  /* One that gives something else has the default. */
  type = G_TYPE_OBJECT;
  set = set_of_dead (TYPE_BASE, plain_get_type (), &disposed);
  weakref_set_set_stand_in_func (set, give_cb, &type, destroy_cb);
  g_test_expect_message ("Weakref", G_LOG_LEVEL_CRITICAL, "*gave a GObject for a Plain in a set*");
  item = g_list_model_get_item (G_LIST_MODEL (set), 0);
  g_test_assert_expected_messages ();
  g_assert_true (G_OBJECT_TYPE (item) == plain_get_type ());
  g_object_unref (item);
  g_object_unref (disposed);
  g_object_unref (set);
  assert_log ("Plain destroyed");
}

static gpointer
look_while_making_cb (GType type, gpointer user_data)
{
  test_log ("making");
  g_assert_cmpuint (weakref_set_get_size (user_data), ==, 0);
  g_assert_cmpuint (g_list_model_get_n_items (user_data), ==, N);
  weakref_set_remove_all (user_data);
  return make (plain_get_type ());
}

static void
test_function_may_use_the_set (void)
{
  gpointer disposed;
  WeakrefSet *set = set_of_dead (TYPE_BASE, plain_get_type (), &disposed);
  gpointer item;

  weakref_set_set_stand_in_func (set, look_while_making_cb, set, NULL);
  /* It is announced meanwhile, so the position is behind the end. */
  item = g_list_model_get_item (G_LIST_MODEL (set), 0);
  g_assert_null (item);
  assert_log ("making");

  g_object_unref (disposed);
  g_object_unref (set);
}

/* Removed in another thread, the item is still there. */

typedef struct
{
  WeakrefSet *set;
  gpointer item;
} Removal;

static gpointer
remove_thread (gpointer data)
{
  Removal *removal = data;

  g_assert_true (weakref_set_remove (removal->set, removal->item));
  return NULL;
}

static void
test_removed_item_is_shown_as_long_as_it_lives (void)
{
  TestProbe *probes[N_PROBES];
  WeakrefSet *set = set_of_five (probes);
  Removal removal = { set, probes[2] };

  g_thread_join (g_thread_new ("remove", remove_thread, &removal));
  assert_model (set, "a b c d e");
  g_assert_cmpuint (weakref_set_get_size (set), ==, 4);
  g_clear_object (&probes[2]);
  assert_log ("-c ~c");
  assert_model (set, "a b ? d e");
  test_iterate ();
  assert_log ("2-1+0 -? ~?");

  g_object_unref (set);
  clear_probes (probes);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/set/stand-in");

  test_case (plain_classes_have_new_objects);
  test_case (other_classes_keep_the_dead);
  test_case (classes_are_told_apart);
  test_case (interfaces_are_implemented);
  test_case (an_object_finds_another_in_its_dispose);
  test_case (function_makes_them);
  test_case (function_may_use_the_set);
  test_case (removed_item_is_shown_as_long_as_it_lives);

  return g_test_run ();
}
