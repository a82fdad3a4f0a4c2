/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/radar/radar-private.h>

/* The report on one object, as a GVariant of type a{sv} and as text. */

/* Returns the type of the object, and its name if it has one: GtkWindow "Main". */
char *
weakref_report_label (gpointer object)
{
  static const char *const names[] = { "title", "name", "label" };
  const char *type_name = G_OBJECT_TYPE_NAME (object);
  char *label = NULL;
  guint i;

  for (i = 0; i < G_N_ELEMENTS (names) && label == NULL; i++)
    {
      GParamSpec *pspec = g_object_class_find_property (G_OBJECT_GET_CLASS (object), names[i]);
      char *name = NULL;

      if (pspec == NULL || pspec->value_type != G_TYPE_STRING || !(pspec->flags & G_PARAM_READABLE))
        continue;

      g_object_get (object, names[i], &name, NULL);
      /* A widget that was given no name has the name of its type. */
      if (name != NULL && *name != '\0' && !g_str_equal (name, type_name))
        label = g_strdup_printf ("%s \"%s\"", type_name, name);
      g_free (name);
    }

  return label != NULL ? label : g_strdup (type_name);
}

static void
add_signals (GVariantBuilder *builder, gpointer object, GType type)
{
  guint n_ids;
  guint *ids = g_signal_list_ids (type, &n_ids);
  guint i;

  for (i = 0; i < n_ids; i++)
    {
      if (g_signal_has_handler_pending (object, ids[i], 0, TRUE))
        g_variant_builder_add (builder, "(sb)", g_signal_name (ids[i]),
                               !g_signal_has_handler_pending (object, ids[i], 0, FALSE));
    }
  g_free (ids);
}

/* Returns the signals that have handlers, each with a boolean that tells whether all of these are
 * blocked. */
static GVariant *
report_signals (gpointer object)
{
  GVariantBuilder builder;
  GType *interfaces;
  guint n_interfaces;
  GType type;
  guint i;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sb)"));
  for (type = G_OBJECT_TYPE (object); type != G_TYPE_INVALID; type = g_type_parent (type))
    add_signals (&builder, object, type);
  interfaces = g_type_interfaces (G_OBJECT_TYPE (object), &n_interfaces);
  for (i = 0; i < n_interfaces; i++)
    add_signals (&builder, object, interfaces[i]);
  g_free (interfaces);

  return g_variant_builder_end (&builder);
}

static void
collect_quark_cb (GQuark key, gpointer data, gpointer user_data)
{
  const char *name = g_quark_to_string (key);

  /* The library itself has set these. */
  if (!g_str_has_prefix (name, "weakref_glib_") && !g_str_has_prefix (name, "GObject-weak-"))
    g_ptr_array_add (user_data, (gpointer) name);
}

static void
add_count_cb (gpointer name, gpointer count, gpointer user_data)
{
  g_variant_builder_add (user_data, "(su)", name, GPOINTER_TO_UINT (count));
}

static GVariant *
report_known_by (WeakrefBlock *block)
{
  GHashTable *watches = g_hash_table_new (g_str_hash, g_str_equal);
  GVariantBuilder builder;

  weakref_block_count_watches (block, watches);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(su)"));
  g_hash_table_foreach (watches, add_count_cb, &builder);
  g_hash_table_unref (watches);

  return g_variant_builder_end (&builder);
}

static gdouble
seconds_since (gint64 time)
{
  return (g_get_monotonic_time () - time) / (gdouble) G_USEC_PER_SEC;
}

/* Makes the report. The caller has a reference on @object, which is NULL if it was disposed. @own
 * of its references are not counted: the radar itself has them, for the report. @holders is NULL if
 * nobody looked for holders. The result is floating. */
GVariant *
weakref_report_object (WeakrefKnown *known,
                       gpointer object,
                       guint own,
                       const WeakrefHolders *holders)
{
  GVariantDict dict;
  guint count;

  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "type", "s", g_type_name (known->type));
  g_variant_dict_insert (&dict, "id", "t", weakref_block_get_id (known->block));
  g_variant_dict_insert (&dict, "disposed", "b", object == NULL);
  if (known->description != NULL)
    {
      g_variant_dict_insert (&dict, "description", "s", known->description);
      g_variant_dict_insert (&dict, "age", "d", seconds_since (known->expected_at));
    }

  if (object != NULL)
    {
      GPtrArray *quarks = g_ptr_array_new ();
      char *label = weakref_report_label (object);
      guint i;

      count = (guint) g_atomic_int_get (&((GObject *) object)->ref_count) - own;
      weakref_census_see_count (known, count);
      g_datalist_foreach (&((GObject *) object)->qdata, collect_quark_cb, quarks);

      g_variant_dict_insert (&dict, "label", "s", label);
      g_variant_dict_insert (&dict, "references", "u", count);
      g_variant_dict_insert (&dict, "references-since", "d",
                             known->count_at != 0 ? seconds_since (known->count_at) : 0.0);
      g_variant_dict_insert_value (&dict, "known-by", report_known_by (known->block));
      g_variant_dict_insert_value (&dict, "signals", report_signals (object));
      g_variant_dict_insert_value (
        &dict, "data", g_variant_new_strv ((const char *const *) quarks->pdata, quarks->len));
      for (i = 0; i < quarks->len; i++)
        {
          if (g_str_equal (g_ptr_array_index (quarks, i), "GObject-toggle-references"))
            g_variant_dict_insert (&dict, "toggle-reference", "b", TRUE);
        }
      if (holders != NULL)
        {
          g_variant_dict_insert (&dict, "reached", "b", holders->is_reached);
          g_variant_dict_insert_value (
            &dict, "holders",
            g_variant_new_strv ((const char *const *) holders->paths->pdata, holders->paths->len));
          g_variant_dict_insert (&dict, "unexplained", "u",
                                 count - MIN (count, holders->n_explained));
        }
      g_free (label);
      g_ptr_array_unref (quarks);
    }

  return g_variant_dict_end (&dict);
}

static void
print_strv (GString *text, GVariant *report, const char *key, const char *format)
{
  const char **strings;
  gsize i;

  if (!g_variant_lookup (report, key, "^a&s", &strings))
    return;

  for (i = 0; strings[i] != NULL; i++)
    {
      g_string_append (text, format);
      g_string_append (text, strings[i]);
    }
  g_free (strings);
}

/* Returns a report as text, without a line break at its end. */
char *
weakref_report_to_text (GVariant *report)
{
  GString *text = g_string_new (NULL);
  GVariantIter *iter;
  const char *string;
  gboolean yes;
  gdouble seconds;
  guint64 id;
  guint32 n;

  if (!g_variant_lookup (report, "label", "&s", &string))
    g_variant_lookup (report, "type", "&s", &string);
  g_variant_lookup (report, "id", "t", &id);
  g_string_append_printf (text, "%s, id %" G_GUINT64_FORMAT, string, id);
  if (g_variant_lookup (report, "description", "&s", &string) && *string != '\0')
    g_string_append_printf (text, ": %s", string);
  if (g_variant_lookup (report, "age", "d", &seconds))
    g_string_append_printf (text, "\n  expected to die %.1f s ago", seconds);
  if (g_variant_lookup (report, "disposed", "b", &yes) && yes)
    g_string_append (text, "\n  it was disposed, but its memory is still held");
  if (g_variant_lookup (report, "references", "u", &n))
    {
      g_string_append_printf (text, "\n  %u %s", n, n == 1 ? "reference" : "references");
      if (g_variant_lookup (report, "references-since", "d", &seconds) && seconds >= 1)
        g_string_append_printf (text, ", as many for %.0f s", seconds);
    }
  if (g_variant_lookup (report, "toggle-reference", "b", &yes) && yes)
    g_string_append (text, "\n  one of them is a toggle reference, of a language or of ours");
  if (g_variant_lookup (report, "known-by", "a(su)", &iter))
    {
      while (g_variant_iter_next (iter, "(&su)", &string, &n))
        g_string_append_printf (text, "\n  known by: %u %s", n, string);
      g_variant_iter_free (iter);
    }
  if (g_variant_lookup (report, "signals", "a(sb)", &iter))
    {
      while (g_variant_iter_next (iter, "(&sb)", &string, &yes))
        g_string_append_printf (text, "\n  has handlers: %s%s", string, yes ? " (blocked)" : "");
      g_variant_iter_free (iter);
    }
  print_strv (text, report, "data", "\n  has data: ");
  print_strv (text, report, "holders", "\n  may be held by: ");
  if (g_variant_lookup (report, "reached", "b", &yes) && !yes)
    g_string_append (text, "\n  nothing that was reached from the roots holds it");
  if (g_variant_lookup (report, "unexplained", "u", &n) && n > 0)
    g_string_append_printf (text, "\n  %u %s of unknown holders", n,
                            n == 1 ? "reference" : "references");

  return g_string_free (text, FALSE);
}
