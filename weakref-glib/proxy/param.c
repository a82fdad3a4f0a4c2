/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/proxy/proxy-private.h>

/* A proxy type has a copy of each property of the type of its targets. The copy has the same type
 * of GParamSpec, the same range and the same default.
 *
 * g_param_spec_override() would be shorter. But then g_object_class_find_property() gives the
 * GParamSpec of the target, and two callers of it would do the wrong thing:
 *
 * - PyGObject looks at the class that the GParamSpec belongs to. If that is a class in Python, it
 *   calls that class to read the property, and not the proxy.
 * - GObject emits `notify` when a property is set, unless the GParamSpec has
 *   G_PARAM_EXPLICIT_NOTIFY. All properties of a proxy must have it, because the proxy forwards the
 *   `notify` of the target. */

static GParamSpec *
param_copy_string (GParamSpecString *from, GParamFlags flags)
{
  GParamSpec *pspec =
    g_param_spec_string (G_PARAM_SPEC (from)->name, g_param_spec_get_nick (G_PARAM_SPEC (from)),
                         g_param_spec_get_blurb (G_PARAM_SPEC (from)), from->default_value, flags);
  GParamSpecString *copy = G_PARAM_SPEC_STRING (pspec);

  copy->cset_first = g_strdup (from->cset_first);
  copy->cset_nth = g_strdup (from->cset_nth);
  copy->substitutor = from->substitutor;
  copy->null_fold_if_empty = from->null_fold_if_empty;
  copy->ensure_non_null = from->ensure_non_null;

  return pspec;
}

/* Makes the copy of @from. The reference that it returns is floating. */
GParamSpec *
weakref_proxy_param_new (GParamSpec *from)
{
  const char *name = from->name;
  const char *nick = g_param_spec_get_nick (from);
  const char *blurb = g_param_spec_get_blurb (from);
  GParamFlags flags = from->flags | G_PARAM_EXPLICIT_NOTIFY;
  GParamSpec *pspec;

  /* The texts may be static in the module that has the type of the target. A proxy type exists for
   * ever, so it needs copies of them. (Today GLib does not unload a module whose type was used. But
   * its documentation does not promise that.) */
  flags &= ~G_PARAM_STATIC_STRINGS;

  /* The target has been constructed, so its construct-only properties can't be written any more. */
  if (flags & G_PARAM_CONSTRUCT_ONLY)
    flags &= ~G_PARAM_WRITABLE;
  flags &= ~(G_PARAM_CONSTRUCT | G_PARAM_CONSTRUCT_ONLY);

#define RETURN_NUMBER(Type, TYPE, type)                                                            \
  if (G_PARAM_SPEC_TYPE (from) == G_TYPE_PARAM_##TYPE)                                             \
    {                                                                                              \
      GParamSpec##Type *number = G_PARAM_SPEC_##TYPE (from);                                       \
      return g_param_spec_##type (name, nick, blurb, number->minimum, number->maximum,             \
                                  number->default_value, flags);                                   \
    }
  RETURN_NUMBER (Char, CHAR, char)
  RETURN_NUMBER (UChar, UCHAR, uchar)
  RETURN_NUMBER (Int, INT, int)
  RETURN_NUMBER (UInt, UINT, uint)
  RETURN_NUMBER (Long, LONG, long)
  RETURN_NUMBER (ULong, ULONG, ulong)
  RETURN_NUMBER (Int64, INT64, int64)
  RETURN_NUMBER (UInt64, UINT64, uint64)
  RETURN_NUMBER (Float, FLOAT, float)
  RETURN_NUMBER (Double, DOUBLE, double)
#undef RETURN_NUMBER

  if (G_PARAM_SPEC_TYPE (from) == G_TYPE_PARAM_BOOLEAN)
    return g_param_spec_boolean (name, nick, blurb, G_PARAM_SPEC_BOOLEAN (from)->default_value,
                                 flags);
  if (G_PARAM_SPEC_TYPE (from) == G_TYPE_PARAM_UNICHAR)
    return g_param_spec_unichar (name, nick, blurb, G_PARAM_SPEC_UNICHAR (from)->default_value,
                                 flags);
  if (G_PARAM_SPEC_TYPE (from) == G_TYPE_PARAM_ENUM)
    return g_param_spec_enum (name, nick, blurb, from->value_type,
                              G_PARAM_SPEC_ENUM (from)->default_value, flags);
  if (G_PARAM_SPEC_TYPE (from) == G_TYPE_PARAM_FLAGS)
    return g_param_spec_flags (name, nick, blurb, from->value_type,
                               G_PARAM_SPEC_FLAGS (from)->default_value, flags);
  if (G_PARAM_SPEC_TYPE (from) == G_TYPE_PARAM_STRING)
    return param_copy_string (G_PARAM_SPEC_STRING (from), flags);
  if (G_PARAM_SPEC_TYPE (from) == G_TYPE_PARAM_PARAM)
    return g_param_spec_param (name, nick, blurb, from->value_type, flags);
  if (G_PARAM_SPEC_TYPE (from) == G_TYPE_PARAM_BOXED)
    return g_param_spec_boxed (name, nick, blurb, from->value_type, flags);
  if (G_PARAM_SPEC_TYPE (from) == G_TYPE_PARAM_POINTER)
    return g_param_spec_pointer (name, nick, blurb, flags);
  if (G_PARAM_SPEC_TYPE (from) == G_TYPE_PARAM_OBJECT)
    return g_param_spec_object (name, nick, blurb, from->value_type, flags);
  if (G_PARAM_SPEC_TYPE (from) == G_TYPE_PARAM_GTYPE)
    return g_param_spec_gtype (name, nick, blurb, G_PARAM_SPEC_GTYPE (from)->is_a_type, flags);
  if (G_PARAM_SPEC_TYPE (from) == G_TYPE_PARAM_VARIANT)
    return g_param_spec_variant (name, nick, blurb, G_PARAM_SPEC_VARIANT (from)->type,
                                 G_PARAM_SPEC_VARIANT (from)->default_value, flags);

  /* Another library defined this type of GParamSpec, and it can't be copied. So it is overridden.
   * GObject then emits `notify` on the proxy whenever the property is set there. Handlers still see
   * one `notify` for a change, but they also see one if the target refused the value. */
  pspec = g_param_spec_override (name, from);
  pspec->flags = flags;

  return pspec;
}
