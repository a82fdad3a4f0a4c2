/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/radar/radar-private.h>

#include <weakref-glib/core/locks.h>

/* Makes all objects of some types known to the radar, from their construction on.
 *
 * GObject calls the constructed function of the class at the end of each construction. It does not
 * call that of GObjectClass itself, which does nothing. A class copies the functions of its parent
 * when it is initialised. If it has its own constructed function, that one has to chain up. So, if
 * we replace the function in GObjectClass, ours is called for each object of each class that is
 * initialised afterwards. The classes that have been initialised before, and have no function of
 * their own, are changed one by one.
 *
 * LOCKING. The tracking lock guards the names. No other lock is taken while it is held. The
 * function that is installed is never removed, because other classes may have copied it. */

#define tracking_lock weakref_locks[WEAKREF_LOCK_RADAR_TRACKING]
static GPtrArray *names;                      /* lock: (owned) (nullable): of char * */
static void (*constructed) (GObject *object); /* (const) after it was set */

static gboolean
is_tracked (GType type)
{
  gboolean tracked = FALSE;
  guint i;

  weakref_lock (&tracking_lock);
  for (; !tracked && type != G_TYPE_INVALID; type = g_type_parent (type))
    {
      for (i = 0; !tracked && i < names->len; i++)
        tracked = g_str_equal (g_type_name (type), g_ptr_array_index (names, i));
    }
  g_mutex_unlock (&tracking_lock);

  return tracked;
}

static void
tracking_constructed (GObject *object)
{
  constructed (object);
  if (weakref_census_is_running () && is_tracked (G_OBJECT_TYPE (object)))
    weakref_census_track (object);
}

/* Changes the class of @type, and those of its subtypes. The class of a static type is never
 * unloaded. So g_type_class_peek() finds all classes that have been initialised. */
static void
install (GType type)
{
  GObjectClass *klass = g_type_class_peek (type);
  GType *children;
  guint n_children;
  guint i;

  if (klass == NULL)
    return;

  if (klass->constructed == constructed)
    klass->constructed = tracking_constructed;

  children = g_type_children (type, &n_children);
  for (i = 0; i < n_children; i++)
    install (children[i]);
  g_free (children);
}

/* Begins to track a type. It may be registered later. */
void
weakref_tracking_add (const char *type_name)
{
  gboolean first;

  weakref_lock (&tracking_lock);
  first = names == NULL;
  if (first)
    names = g_ptr_array_new ();
  g_ptr_array_add (names, g_strdup (type_name));
  g_mutex_unlock (&tracking_lock);

  if (first)
    {
      GObjectClass *klass = g_type_class_ref (G_TYPE_OBJECT);

      constructed = klass->constructed;
      install (G_TYPE_OBJECT);
    }
}
