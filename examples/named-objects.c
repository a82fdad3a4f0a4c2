/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* A cache of named objects: two of the same name are one object. First the cache is a
 * WeakrefValueTable, which drops what nobody uses. Then, to compare, it is a GHashTable, which
 * keeps everything. The same program is there in Python and JavaScript: named-objects.py,
 * named-objects.js. */

#include <weakref-glib/weakref-glib.h>

/* Something worth a cache. */

#define NAMED_TYPE_OBJECT (named_object_get_type ())
G_DECLARE_FINAL_TYPE (NamedObject, named_object, NAMED, OBJECT, GObject)

struct _NamedObject
{
  GObject parent_instance;

  char *name; /* (owned) */
};

G_DEFINE_TYPE (NamedObject, named_object, G_TYPE_OBJECT)

static void
named_object_finalize (GObject *object)
{
  g_free (NAMED_OBJECT (object)->name);

  G_OBJECT_CLASS (named_object_parent_class)->finalize (object);
}

static void
named_object_class_init (NamedObjectClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = named_object_finalize;
}

static void
named_object_init (NamedObject *self)
{
}

static NamedObject *
named_object_new (const char *name)
{
  NamedObject *self = g_object_new (NAMED_TYPE_OBJECT, NULL);

  self->name = g_strdup (name);
  g_print ("  made %s\n", name);

  return self;
}

/* The two caches. */

static gpointer
create_cb (gconstpointer key, gpointer user_data, GError **error)
{
  return named_object_new (key);
}

static NamedObject *
get_from_weak (gpointer cache, const char *name)
{
  return weakref_value_table_ensure (cache, name, create_cb, NULL, NULL);
}

static NamedObject *
get_from_strong (gpointer cache, const char *name)
{
  NamedObject *object = g_hash_table_lookup (cache, name);

  if (object == NULL)
    {
      object = named_object_new (name);
      g_hash_table_insert (cache, g_strdup (name), object);
    }

  return g_object_ref (object);
}

/* Uses one of them. */
static void
demonstrate (const char *title,
             gpointer cache,
             NamedObject *(*get) (gpointer cache, const char *name),
             guint (*get_size) (gpointer cache))
{
  NamedObject *a, *b, *c;

  g_print ("%s:\n", title);

  a = get (cache, "apple");
  b = get (cache, "pear");
  c = get (cache, "apple");
  g_print ("  a is c: %s\n", a == c ? "yes" : "no");
  g_print ("  all in use: %u in the cache\n", get_size (cache));

  g_object_unref (b);
  g_print ("  b dropped: %u in the cache\n", get_size (cache));

  g_object_unref (a);
  g_object_unref (c);
  g_print ("  all dropped: %u in the cache\n", get_size (cache));
}

int
main (void)
{
  g_autoptr (WeakrefValueTable) weak = weakref_value_table_new (G_TYPE_STRING);
  g_autoptr (GHashTable) strong =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);

  demonstrate ("A weak table", weak, get_from_weak,
               (guint (*) (gpointer)) weakref_value_table_get_size);
  demonstrate ("A strong table", strong, get_from_strong, (guint (*) (gpointer)) g_hash_table_size);

  return 0;
}
