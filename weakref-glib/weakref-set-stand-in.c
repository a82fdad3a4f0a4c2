/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-set-private.h>

/* What a list model gives for an object that is dead, until it has announced that.
 *
 * It must be an object of the item type that can be read, and no other position may give the same.
 * If the program has no function that makes one, the set makes an object of the dead one's class,
 * but only if that is harmless. To make one runs code of the class, which does not know of the set.
 * That code could open a window, connect to a server, or add the new object to this very set.
 * GObject does not tell which classes do such things. It tells this:
 *
 * - An initially unowned object belongs to a container, and a window to the screen.
 * - A GInitable is unusable until its init, which acts.
 * - A class that overrides constructor or constructed does so to act with its properties. All
 *   classes of Vala with a construct block, and all classes of JavaScript do.
 * - Making an object of a class of Python runs its __init__().
 * - A property that can only be set in the construction and holds an object or a boxed value has no
 *   value that we could give it; the methods of the class expect one. A string is given "".
 *
 * If the class is not harmless, the nearest harmless ancestor is used, if it is of the item type.
 * If there is none, the set keeps the dead object itself, disposed: see
 * weakref_set_list_died(). GObject says that an object must answer calls without a memory violation
 * from its dispose to its finalize. Not all do (GListStore crashes), so this is the last resort. It
 * is the one place where the library holds an object that is dead, and gives it to others:
 * doc/internals.md says why nothing else would be better. */

static G_DEFINE_QUARK (weakref_glib_harmless, harmless)

enum
{
  HARMLESS = 1,
  HARMFUL
};

/* Returns whether there is a value for the property if we make the object. */
static gboolean
has_usable_default (GParamSpec *pspec)
{
  GType fundamental = G_TYPE_FUNDAMENTAL (pspec->value_type);

  /* A GType is a pointer to GObject. */
  if ((pspec->flags & G_PARAM_CONSTRUCT_ONLY) == 0 || pspec->value_type == G_TYPE_GTYPE)
    return TRUE;

  return fundamental != G_TYPE_OBJECT && fundamental != G_TYPE_INTERFACE &&
         fundamental != G_TYPE_BOXED && fundamental != G_TYPE_POINTER &&
         fundamental != G_TYPE_VARIANT && fundamental != G_TYPE_PARAM;
}

/* Returns whether an instance of @type can't be made without a call of Python. The key is
 * PyGObject's mark of such types. */
static gboolean
is_of_python (GType type)
{
  GQuark quark = g_quark_try_string ("PyGObject::custom");

  return quark != 0 && g_type_get_qdata (type, quark) != NULL;
}

static gboolean
check_harmless (GType type)
{
  GObjectClass *object_class = g_type_class_peek (G_TYPE_OBJECT);
  GObjectClass *klass;
  GParamSpec **pspecs;
  guint n_pspecs;
  gboolean harmless;
  guint i;

  if (G_TYPE_IS_ABSTRACT (type) || g_type_is_a (type, G_TYPE_INITIALLY_UNOWNED) ||
      g_type_is_a (type, G_TYPE_INITABLE) || g_type_is_a (type, G_TYPE_ASYNC_INITABLE) ||
      is_of_python (type))
    return FALSE;

  klass = g_type_class_ref (type);
  harmless = klass->constructor == object_class->constructor &&
             klass->constructed == object_class->constructed;
  pspecs = g_object_class_list_properties (klass, &n_pspecs);
  for (i = 0; i < n_pspecs && harmless; i++)
    harmless = has_usable_default (pspecs[i]);
  g_free (pspecs);
  g_type_class_unref (klass);

  return harmless;
}

static gboolean
is_harmless (GType type)
{
  guint known = GPOINTER_TO_UINT (g_type_get_qdata (type, harmless_quark ()));

  if (known == 0)
    {
      known = check_harmless (type) ? HARMLESS : HARMFUL;
      g_type_set_qdata (type, harmless_quark (), GUINT_TO_POINTER (known));
    }

  return known == HARMLESS;
}

/* Returns the type of an object that can stand in for one of @type, or G_TYPE_INVALID. */
GType
weakref_set_stand_in_get_type (GType type, GType item_type)
{
  while (type != G_TYPE_INVALID && g_type_is_a (type, item_type))
    {
      if (is_harmless (type))
        return type;
      type = g_type_parent (type);
    }

  return G_TYPE_INVALID;
}

static gpointer
make (GType type)
{
  GObjectClass *klass = g_type_class_ref (type);
  guint n_pspecs;
  GParamSpec **pspecs = g_object_class_list_properties (klass, &n_pspecs);
  const char **names = g_new (const char *, n_pspecs);
  GValue *values = g_new0 (GValue, n_pspecs);
  guint n = 0;
  GObject *object;
  guint i;

  for (i = 0; i < n_pspecs; i++)
    {
      GParamSpec *pspec = pspecs[i];

      if ((pspec->flags & G_PARAM_CONSTRUCT_ONLY) == 0 || !G_IS_PARAM_SPEC_STRING (pspec) ||
          G_PARAM_SPEC_STRING (pspec)->default_value != NULL)
        continue;
      names[n] = pspec->name;
      g_value_init (&values[n], pspec->value_type);
      g_value_set_static_string (&values[n], "");
      n++;
    }

  object = g_object_new_with_properties (type, n, names, values);
  if (g_object_is_floating (object))
    g_object_ref_sink (object);

  for (i = 0; i < n; i++)
    g_value_unset (&values[i]);
  g_free (values);
  g_free (names);
  g_free (pspecs);
  g_type_class_unref (klass);

  return object;
}

/* Returns a new object that stands in for a member that was of @type. This runs foreign code. */
gpointer
weakref_set_stand_in_new (GType type, GType item_type, WeakrefSetMaker *maker)
{
  GType made;

  if (maker != NULL)
    {
      gpointer object = maker->func (type, maker->user_data);

      if (object != NULL && g_type_is_a (G_OBJECT_TYPE (object), item_type))
        {
          if (g_object_is_floating (object))
            g_object_ref_sink (object);
          return object;
        }
      g_critical ("A function for stand-ins gave a %s for a %s in a set of %s",
                  object != NULL ? G_OBJECT_TYPE_NAME (object) : "NULL", g_type_name (type),
                  g_type_name (item_type));
      g_clear_object (&object);
    }

  /* There may be no such type, if another thread is just disposing the object and could not keep it
   * yet. Then its own class is used, harmless or not, because its instances are safe to read. */
  made = weakref_set_stand_in_get_type (type, item_type);
  return make (made != G_TYPE_INVALID ? made : type);
}

WeakrefSetMaker *
weakref_set_maker_ref (WeakrefSetMaker *maker)
{
  return maker != NULL ? g_atomic_rc_box_acquire (maker) : NULL;
}

static void
maker_clear (gpointer data)
{
  WeakrefSetMaker *maker = data;

  if (maker->destroy != NULL)
    maker->destroy (maker->user_data);
}

void
weakref_set_maker_unref (WeakrefSetMaker *maker)
{
  if (maker != NULL)
    g_atomic_rc_box_release_full (maker, maker_clear);
}
