/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* Proxies of objects whose type is in a module that is unloaded. The module is in this program:
 * what would be unmapped is overwritten. */

#include <weakref-glib/weakref-glib.h>

#include "probe.h"

typedef struct
{
  GTypeModule parent_instance;

  GType type;
} TestModule;
typedef GTypeModuleClass TestModuleClass;

static GType test_module_get_type (void);

G_DEFINE_TYPE (TestModule, test_module, G_TYPE_TYPE_MODULE)

/* The texts of the module. */
static char nick[64];
static char blurb[64];

static void
plugin_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  g_value_set_int (value, 42);
}

static void
plugin_class_init (gpointer klass, gpointer class_data)
{
  G_OBJECT_CLASS (klass)->get_property = plugin_get_property;
  g_object_class_install_property (
    klass, 1,
    g_param_spec_int ("number", nick, blurb, 0, 100, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

static gboolean
test_module_load (GTypeModule *module)
{
  const GTypeInfo info = {
    .class_size = sizeof (TestProbeClass),
    .class_init = plugin_class_init,
    .instance_size = sizeof (TestProbe),
  };
  char *name = g_strconcat (G_OBJECT_TYPE_NAME (module), "Object", NULL);

  strcpy (nick, "The nick");
  strcpy (blurb, "The blurb");
  ((TestModule *) module)->type =
    g_type_module_register_type (module, TEST_TYPE_PROBE, name, &info, 0);
  g_free (name);

  return TRUE;
}

static void
test_module_unload (GTypeModule *module)
{
  strcpy (nick, "Rubbish");
  strcpy (blurb, "Rubbish");
}

static void
test_module_class_init (TestModuleClass *klass)
{
  klass->load = test_module_load;
  klass->unload = test_module_unload;
}

static void
test_module_init (TestModule *self)
{
}

/* A type of module is one module, which is never freed. */
static TestModule *
module_new (const char *name)
{
  GType type = g_type_register_static_simple (
    test_module_get_type (), name, sizeof (TestModuleClass), NULL, sizeof (TestModule), NULL, 0);
  TestModule *module = g_object_new (type, NULL);

  g_assert_true (g_type_module_use (G_TYPE_MODULE (module)));

  return module;
}

static void
test_texts_outlive_the_module (void)
{
  TestModule *module = module_new ("TestModuleOfTexts");
  TestProbe *a = g_object_new (module->type, "name", "a", NULL);
  WeakrefProxy *proxy = weakref_proxy_new (a);
  GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (proxy), "number");

  g_type_module_unuse (G_TYPE_MODULE (module));
  assert_drop (a, "-a ~a");
  /* GLib does not call it at present: it keeps the modules of types that were used. */
  test_module_unload (G_TYPE_MODULE (module));

  g_assert_cmpstr (g_param_spec_get_nick (pspec), ==, "The nick");
  g_assert_cmpstr (g_param_spec_get_blurb (pspec), ==, "The blurb");
  g_assert_finalize_object (proxy);
}

int
main (int argc, char **argv)
{
  test_init (&argc, &argv, "/weakref/proxy/module");

  test_case (texts_outlive_the_module);

  return g_test_run ();
}
