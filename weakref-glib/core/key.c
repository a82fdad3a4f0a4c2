/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/core/key.h>

#include <string.h>

#include <weakref-glib/core/hash.h>
#include <weakref-glib/core/key-types.h>
#include <weakref-glib/weakref-error.h>

/* A key is a gconstpointer, as in GHashTable. A number that fits into a pointer on all machines is
 * in the pointer (GINT_TO_POINTER(), GUINT_TO_POINTER(), GSIZE_TO_POINTER()). A 64-bit integer or a
 * double is passed by its address, as to g_int64_hash() and g_double_hash(). All other keys are
 * pointers already. */

static guint
bytes_hash (gconstpointer key)
{
  gsize size;
  gconstpointer data = g_bytes_get_data ((GBytes *) key, &size);

  return weakref_bytes_hash (data, size);
}

/* GVariant. g_variant_hash() works for basic types only. */

static guint
variant_hash (gconstpointer key)
{
  GVariant *variant = (GVariant *) key;
  gchar *text;
  guint hash;

  if (!g_variant_is_container (variant))
    return g_variant_hash (variant);

  text = g_variant_print (variant, TRUE);
  hash = weakref_string_hash (text);
  g_free (text);

  return hash;
}

/* GValue. One table has keys of all these types. Numbers of different types are compared by value,
 * because in a language the program does not choose the type of a number. */

static gboolean
value_is_key (const GValue *value)
{
  GType type = G_VALUE_TYPE (value);
  WeakrefNumber number;

  if (weakref_number_from_value (value, &number) || type == G_TYPE_BOOLEAN ||
      type == G_TYPE_GTYPE || type == G_TYPE_POINTER)
    return TRUE;

  if (type == G_TYPE_STRING || type == G_TYPE_VARIANT || type == G_TYPE_BYTES ||
      g_type_is_a (type, G_TYPE_OBJECT) || G_TYPE_IS_INTERFACE (type))
    return g_value_peek_pointer (value) != NULL;

  return FALSE;
}

static guint
value_hash (gconstpointer key)
{
  const GValue *value = key;
  GType type = G_VALUE_TYPE (value);
  WeakrefNumber number;

  if (weakref_number_from_value (value, &number))
    return number.kind == WEAKREF_NUMBER_DOUBLE ? weakref_double_hash (&number.as.v_double)
                                                : weakref_bits_hash (&number.as);
  if (type == G_TYPE_BOOLEAN)
    return g_value_get_boolean (value) ? 2 : 1;
  if (type == G_TYPE_STRING)
    return weakref_string_hash (g_value_get_string (value));
  if (type == G_TYPE_BYTES)
    return bytes_hash (g_value_get_boxed (value));
  if (type == G_TYPE_VARIANT)
    return variant_hash (g_value_get_variant (value));

  return g_direct_hash (g_value_peek_pointer (value));
}

static gboolean
value_equal (gconstpointer a, gconstpointer b)
{
  const GValue *x = a;
  const GValue *y = b;
  GType type = G_VALUE_TYPE (x);
  WeakrefNumber m;
  WeakrefNumber n;

  if (weakref_number_from_value (x, &m))
    return weakref_number_from_value (y, &n) && m.kind == n.kind &&
           (m.kind == WEAKREF_NUMBER_DOUBLE ? weakref_double_equal (&m.as.v_double, &n.as.v_double)
                                            : m.as.v_int64 == n.as.v_int64);

  /* Two GValues with the same object are the same key, even if the type of one is the class and the
   * type of the other a parent or an interface. */
  if (type != G_VALUE_TYPE (y) && !(g_value_fits_pointer (x) && g_value_fits_pointer (y) &&
                                    G_VALUE_HOLDS_OBJECT (x) && G_VALUE_HOLDS_OBJECT (y)))
    return FALSE;

  if (type == G_TYPE_BOOLEAN)
    return g_value_get_boolean (x) == g_value_get_boolean (y);
  if (type == G_TYPE_STRING)
    return g_str_equal (g_value_get_string (x), g_value_get_string (y));
  if (type == G_TYPE_BYTES)
    return g_bytes_equal (g_value_get_boxed (x), g_value_get_boxed (y));
  if (type == G_TYPE_VARIANT)
    return g_variant_equal (g_value_get_variant (x), g_value_get_variant (y));

  return g_value_peek_pointer (x) == g_value_peek_pointer (y);
}

static gpointer
value_copy (gconstpointer key)
{
  return g_boxed_copy (G_TYPE_VALUE, key);
}

static void
value_free (gpointer key)
{
  g_boxed_free (G_TYPE_VALUE, key);
}

static const char *
value_check (gconstpointer key)
{
  if (key == NULL)
    return "is NULL";

  return value_is_key (key) ? NULL : "is a GValue of a type that can't be compared, or holds NULL";
}

/* The rest */

static gsize
string_get_size (gconstpointer key)
{
  return strlen (key) + 1;
}

static gsize
number_get_size (gconstpointer key)
{
  return sizeof (WeakrefKeyBuffer);
}

static gpointer
object_copy (gconstpointer key)
{
  return g_object_ref ((gpointer) key);
}

static gpointer
bytes_copy (gconstpointer key)
{
  return g_bytes_ref ((GBytes *) key);
}

static gpointer
variant_copy (gconstpointer key)
{
  return g_variant_ref_sink ((GVariant *) key);
}

static const char *
pointer_check (gconstpointer key)
{
  return key != NULL ? NULL : "is NULL";
}

static const char *
object_check (gconstpointer key)
{
  return G_IS_OBJECT ((gpointer) key) ? NULL : "is not a GObject";
}

/* Sets @kind to the kind of keys of @type. Returns FALSE if there are no keys of this type. */
gboolean
weakref_key_kind_init (WeakrefKeyKind *kind, GType type)
{
  const WeakrefKeyType *key_type;

  *kind = (WeakrefKeyKind) { .type = type, .hash = g_direct_hash, .equal = g_direct_equal };

  if (type == G_TYPE_VALUE)
    {
      kind->hash = value_hash;
      kind->equal = value_equal;
      kind->copy = value_copy;
      kind->free = value_free;
      kind->check = value_check;
      return TRUE;
    }

  if (type == G_TYPE_BYTES)
    {
      kind->hash = bytes_hash;
      kind->equal = g_bytes_equal;
      kind->copy = bytes_copy;
      kind->free = (GDestroyNotify) g_bytes_unref;
      kind->check = pointer_check;
      return TRUE;
    }

  if (type == G_TYPE_GTYPE)
    return TRUE;

  switch (G_TYPE_FUNDAMENTAL (type))
    {
    case G_TYPE_BOOLEAN:
    case G_TYPE_CHAR:
    case G_TYPE_UCHAR:
    case G_TYPE_INT:
    case G_TYPE_UINT:
    case G_TYPE_LONG:
    case G_TYPE_ULONG:
    case G_TYPE_ENUM:
    case G_TYPE_FLAGS:
    case G_TYPE_POINTER:
      return TRUE;
    case G_TYPE_INT64:
    case G_TYPE_UINT64:
      kind->hash = weakref_bits_hash;
      kind->equal = g_int64_equal;
      kind->get_size = number_get_size;
      kind->alignment = G_ALIGNOF (WeakrefKeyBuffer);
      kind->check = pointer_check;
      return TRUE;
    case G_TYPE_DOUBLE:
      kind->hash = weakref_double_hash;
      kind->equal = weakref_double_equal;
      kind->get_size = number_get_size;
      kind->alignment = G_ALIGNOF (WeakrefKeyBuffer);
      kind->check = pointer_check;
      return TRUE;
    case G_TYPE_STRING:
      kind->hash = weakref_string_hash;
      kind->equal = g_str_equal;
      kind->get_size = string_get_size;
      kind->alignment = 1;
      kind->check = pointer_check;
      return TRUE;
    case G_TYPE_OBJECT:
    case G_TYPE_INTERFACE:
      if (type == G_TYPE_INTERFACE)
        return FALSE;
      key_type = weakref_key_type_find (type);
      if (key_type != NULL)
        {
          kind->hash = key_type->hash;
          kind->equal = key_type->equal;
        }
      kind->copy = object_copy;
      kind->free = g_object_unref;
      kind->check = object_check;
      return TRUE;
    case G_TYPE_VARIANT:
      kind->hash = variant_hash;
      kind->equal = g_variant_equal;
      kind->copy = variant_copy;
      kind->free = (GDestroyNotify) g_variant_unref;
      kind->check = pointer_check;
      return TRUE;
    case G_TYPE_BOXED:
      key_type = weakref_key_type_find (type);
      if (key_type == NULL)
        return FALSE;
      kind->hash = key_type->hash;
      kind->equal = key_type->equal;
      kind->copy = key_type->copy;
      kind->free = key_type->free;
      kind->check = pointer_check;
      return TRUE;
    default:
      return FALSE;
    }
}

/* Sets @kind to a kind of keys with functions of the user. */
void
weakref_key_kind_init_full (WeakrefKeyKind *kind,
                            GHashFunc hash,
                            GEqualFunc equal,
                            gpointer (*copy) (gconstpointer key),
                            GDestroyNotify free)
{
  *kind = (WeakrefKeyKind) {
    .type = G_TYPE_NONE,
    .hash = hash != NULL ? hash : g_direct_hash,
    .equal = equal != NULL ? equal : g_direct_equal,
    .copy = copy,
    .free = free,
  };
}

/* Returns whether the functions of @kind can read @key. If they can't, logs a critical. */
gboolean
weakref_key_check (const WeakrefKeyKind *kind, gconstpointer key, const char *where)
{
  const char *problem = kind->check != NULL ? kind->check (key) : NULL;

  if (problem == NULL && G_UNLIKELY (kind->type != G_TYPE_OBJECT) && kind->check == object_check &&
      !g_type_is_a (G_OBJECT_TYPE ((gpointer) key), kind->type))
    problem = "is a GObject of another type";

  if (G_LIKELY (problem == NULL))
    return TRUE;

  g_critical ("%s: the key %s; the table has keys of type %s", where, problem,
              g_type_name (kind->type));
  return FALSE;
}

/* Returns a copy of @key, to be freed with the function that weakref_key_get_free() returns. */
gpointer
weakref_key_copy (const WeakrefKeyKind *kind, gconstpointer key)
{
  if (kind->get_size != NULL)
    return g_memdup2 (key, kind->get_size (key));

  return kind->copy != NULL ? kind->copy (key) : (gpointer) key;
}

GDestroyNotify
weakref_key_get_free (const WeakrefKeyKind *kind)
{
  return kind->get_size != NULL ? g_free : kind->free;
}

static gconstpointer
signed_to_pointer (gint64 v)
{
  return GSIZE_TO_POINTER ((gsize) (gssize) v);
}

/* Sets @key to the key of @kind that @value stands for. It can be used as long as @value and
 * @buffer both exist. */
gboolean
weakref_key_from_value (const WeakrefKeyKind *kind,
                        const GValue *value,
                        WeakrefKeyBuffer *buffer,
                        gconstpointer *key,
                        GError **error)
{
  gboolean is_number;
  gboolean fits = FALSE;
  WeakrefNumber number;

  is_number = weakref_number_from_value (value, &number);
  *key = NULL;

  if (kind->type == G_TYPE_VALUE)
    {
      fits = value_is_key (value);
      *key = value;
    }
  else if (kind->type == G_TYPE_GTYPE || G_TYPE_IS_BOXED (kind->type))
    {
      fits = G_VALUE_HOLDS (value, kind->type);
      if (fits)
        *key = g_value_peek_pointer (value);
    }
  else
    {
      switch (G_TYPE_FUNDAMENTAL (kind->type))
        {
        case G_TYPE_BOOLEAN:
          fits = G_VALUE_HOLDS_BOOLEAN (value);
          if (fits)
            *key = GINT_TO_POINTER (g_value_get_boolean (value));
          break;
        case G_TYPE_CHAR:
          fits = is_number && weakref_number_in_range (&number, G_MININT8, G_MAXINT8);
          *key = fits ? GINT_TO_POINTER ((gint) number.as.v_int64) : NULL;
          break;
        case G_TYPE_UCHAR:
          fits = is_number && weakref_number_in_range (&number, 0, G_MAXUINT8);
          *key = fits ? GUINT_TO_POINTER ((guint) number.as.v_uint64) : NULL;
          break;
        case G_TYPE_INT:
        case G_TYPE_ENUM:
          fits = is_number && weakref_number_in_range (&number, G_MININT, G_MAXINT);
          *key = fits ? GINT_TO_POINTER ((gint) number.as.v_int64) : NULL;
          break;
        case G_TYPE_UINT:
        case G_TYPE_FLAGS:
          fits = is_number && weakref_number_in_range (&number, 0, G_MAXUINT);
          *key = fits ? GUINT_TO_POINTER ((guint) number.as.v_uint64) : NULL;
          break;
        case G_TYPE_LONG:
          fits = is_number && weakref_number_in_range (&number, G_MINLONG, G_MAXLONG);
          *key = fits ? signed_to_pointer (number.as.v_int64) : NULL;
          break;
        case G_TYPE_ULONG:
          fits = is_number && weakref_number_in_range (&number, 0, G_MAXULONG);
          *key = fits ? GSIZE_TO_POINTER ((gsize) number.as.v_uint64) : NULL;
          break;
        case G_TYPE_INT64:
          fits = is_number && weakref_number_in_range (&number, G_MININT64, G_MAXINT64);
          *buffer = number.as;
          *key = buffer;
          break;
        case G_TYPE_UINT64:
          fits = is_number && weakref_number_in_range (&number, 0, G_MAXUINT64);
          *buffer = number.as;
          *key = buffer;
          break;
        case G_TYPE_DOUBLE:
          fits = is_number;
          if (fits)
            buffer->v_double = weakref_number_to_double (&number);
          *key = buffer;
          break;
        case G_TYPE_STRING:
        case G_TYPE_VARIANT:
        case G_TYPE_POINTER:
          fits = G_VALUE_HOLDS (value, G_TYPE_FUNDAMENTAL (kind->type));
          if (fits)
            *key = g_value_peek_pointer (value);
          break;
        case G_TYPE_OBJECT:
        case G_TYPE_INTERFACE:
          fits = G_VALUE_HOLDS_OBJECT (value) && g_value_get_object (value) != NULL &&
                 g_type_is_a (G_OBJECT_TYPE (g_value_get_object (value)), kind->type);
          if (fits)
            *key = g_value_get_object (value);
          break;
        default:
          break;
        }
    }

  if (fits && kind->check != NULL && kind->check (*key) != NULL)
    fits = FALSE;

  if (!fits)
    {
      gchar *text = g_strdup_value_contents (value);

      if (kind->type == G_TYPE_NONE)
        g_set_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE,
                     "The keys of this table are C pointers with hash functions of their own; "
                     "%s of type %s can't be one",
                     text, G_VALUE_TYPE_NAME (value));
      else
        g_set_error (error, WEAKREF_ERROR, WEAKREF_ERROR_KEY_TYPE,
                     "The table has keys of type %s; %s of type %s can't be one",
                     g_type_name (kind->type), text, G_VALUE_TYPE_NAME (value));
      g_free (text);
    }

  return fits;
}

/* Returns a new GValue that holds a copy of @key, to be freed with g_boxed_free(). */
GValue *
weakref_key_to_value (const WeakrefKeyKind *kind, gconstpointer key)
{
  GType type = kind->type;
  GValue *value;

  if (type == G_TYPE_VALUE)
    return g_boxed_copy (G_TYPE_VALUE, key);

  if (type == G_TYPE_NONE)
    type = G_TYPE_POINTER;
  else if (!G_TYPE_IS_VALUE (type))
    type = G_TYPE_OBJECT; /* an interface that requires nothing has no values of its own */

  value = g_new0 (GValue, 1);
  g_value_init (value, type);

  switch (G_TYPE_FUNDAMENTAL (type))
    {
    case G_TYPE_BOOLEAN:
      g_value_set_boolean (value, GPOINTER_TO_INT (key));
      break;
    case G_TYPE_CHAR:
      g_value_set_schar (value, (gint8) GPOINTER_TO_INT (key));
      break;
    case G_TYPE_UCHAR:
      g_value_set_uchar (value, (guchar) GPOINTER_TO_UINT (key));
      break;
    case G_TYPE_INT:
      g_value_set_int (value, GPOINTER_TO_INT (key));
      break;
    case G_TYPE_UINT:
      g_value_set_uint (value, GPOINTER_TO_UINT (key));
      break;
    case G_TYPE_ENUM:
      g_value_set_enum (value, GPOINTER_TO_INT (key));
      break;
    case G_TYPE_FLAGS:
      g_value_set_flags (value, GPOINTER_TO_UINT (key));
      break;
    case G_TYPE_LONG:
      g_value_set_long (value, (glong) (gssize) GPOINTER_TO_SIZE (key));
      break;
    case G_TYPE_ULONG:
      g_value_set_ulong (value, (gulong) GPOINTER_TO_SIZE (key));
      break;
    case G_TYPE_INT64:
      g_value_set_int64 (value, *(const gint64 *) key);
      break;
    case G_TYPE_UINT64:
      g_value_set_uint64 (value, *(const guint64 *) key);
      break;
    case G_TYPE_DOUBLE:
      g_value_set_double (value, *(const gdouble *) key);
      break;
    case G_TYPE_STRING:
      g_value_set_string (value, key);
      break;
    case G_TYPE_VARIANT:
      g_value_set_variant (value, (GVariant *) key);
      break;
    case G_TYPE_BOXED:
      g_value_set_boxed (value, key);
      break;
    case G_TYPE_OBJECT:
    case G_TYPE_INTERFACE:
      g_value_set_object (value, (gpointer) key);
      break;
    default:
      /* A GType is a pointer here, so it needs no case of its own. */
      if (kind->type == G_TYPE_GTYPE)
        g_value_set_gtype (value, GPOINTER_TO_SIZE (key));
      else
        g_value_set_pointer (value, (gpointer) key);
    }

  return value;
}
