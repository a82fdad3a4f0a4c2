/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/key-types.h>

/* This list only grows, and its elements never change. So it needs no lock. */
static const WeakrefKeyType *key_types; /* (atomic): newest first */

static gpointer
copy_date_time (gconstpointer key)
{
  return g_date_time_ref ((GDateTime *) key);
}

static const WeakrefKeyType *
find_exactly (const WeakrefKeyType *first, GType type)
{
  const WeakrefKeyType *key_type;

  for (key_type = first; key_type != NULL; key_type = key_type->next)
    {
      if (key_type->type == type)
        return key_type;
    }

  return NULL;
}

static gboolean
add (const WeakrefKeyType *key_type)
{
  WeakrefKeyType *element = g_memdup2 (key_type, sizeof *key_type);
  const WeakrefKeyType *known;

  do
    {
      element->next = g_atomic_pointer_get (&key_types);
      known = find_exactly (element->next, key_type->type);
    }
  while (known == NULL &&
         !g_atomic_pointer_compare_and_exchange (&key_types, element->next, element));

  if (known == NULL)
    return TRUE;

  g_free (element);

  return known->hash == key_type->hash && known->equal == key_type->equal &&
         known->copy == key_type->copy && known->free == key_type->free;
}

static void
add_types_of_glib (void)
{
  static gsize initialized;
  guint i;

  if (g_once_init_enter (&initialized))
    {
      const WeakrefKeyType types[] = {
        { G_TYPE_FILE, g_file_hash, (GEqualFunc) g_file_equal, NULL, NULL, NULL },
        { G_TYPE_ICON, g_icon_hash, (GEqualFunc) g_icon_equal, NULL, NULL, NULL },
        { G_TYPE_DATE_TIME, g_date_time_hash, g_date_time_equal, copy_date_time,
          (GDestroyNotify) g_date_time_unref, NULL },
      };

      for (i = 0; i < G_N_ELEMENTS (types); i++)
        add (&types[i]);
      g_once_init_leave (&initialized, 1);
    }
}

/* From now on, keys of this type and of its subtypes are compared with these functions. Returns
 * FALSE if other functions were added for this type before. */
gboolean
weakref_key_type_add (const WeakrefKeyType *key_type)
{
  add_types_of_glib ();

  return add (key_type);
}

/* Returns the functions for keys of @type, or NULL if there are none. Those of @type or its nearest
 * ancestor come first, then those of an interface. If it has several interfaces with functions, the
 * one that was added first counts. */
const WeakrefKeyType *
weakref_key_type_find (GType type)
{
  const WeakrefKeyType *found = NULL;
  const WeakrefKeyType *key_type;
  const WeakrefKeyType *first;
  GType ancestor;

  add_types_of_glib ();

  first = g_atomic_pointer_get (&key_types);
  for (ancestor = type; ancestor != 0 && found == NULL; ancestor = g_type_parent (ancestor))
    found = find_exactly (first, ancestor);
  if (found != NULL)
    return found;

  for (key_type = first; key_type != NULL; key_type = key_type->next)
    {
      if (g_type_is_a (type, key_type->type))
        found = key_type;
    }

  return found;
}
