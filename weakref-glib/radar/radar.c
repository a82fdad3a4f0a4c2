/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-radar.h>

#include <weakref-glib/radar/radar-private.h>

/* The public functions of the radar. A process has one radar, which is off until it is used.
 *
 * LOCKING. The delay is atomic. All else is in census.c and holders.c, which have their own
 * locks. */

static gint check_delay; /* (atomic): seconds, or 0 */

/**
 * weakref_radar_start:
 *
 * Switches the radar on. From now on, it counts the *targets* for [func@Weakref.radar_dump]. A
 * target is an object to which something of this library refers weakly: a reference, a table, a
 * bond and so on. If an object was a target before, it is counted when something else begins to
 * refer to it.
 *
 * The other functions of the radar switch it on if they need that. While it is off, its cost is one
 * branch when an object becomes a target, and one when the target dies.
 *
 * It may be called from any thread.
 *
 * Since: 1.0
 */
void
weakref_radar_start (void)
{
  weakref_census_start ();
}

/**
 * weakref_radar_stop:
 *
 * Switches the radar off. It forgets the counts, the mark, and which deaths are expected. It keeps
 * the types of [func@Weakref.radar_track_type] and the roots.
 *
 * It may be called from any thread.
 *
 * Since: 1.0
 */
void
weakref_radar_stop (void)
{
  weakref_census_stop ();
}

/**
 * weakref_radar_is_running:
 *
 * Tells whether the radar is on.
 *
 * It may be called from any thread.
 *
 * Returns: %TRUE from [func@Weakref.radar_start] to [func@Weakref.radar_stop]
 *
 * Since: 1.0
 */
gboolean
weakref_radar_is_running (void)
{
  return weakref_census_is_running ();
}

static gboolean
delayed_check_cb (gpointer data)
{
  char *text = weakref_radar_check_text ();

  if (text != NULL)
    g_message ("%s", text);
  g_free (text);

  return G_SOURCE_REMOVE;
}

/**
 * weakref_radar_expect_death:
 * @object: (type GObject.Object): an object
 * @description: (nullable): what the object is, for the reader of a report, or %NULL
 *
 * Says that @object is expected to die soon: a window that was closed, a page that was removed.
 * [func@Weakref.radar_check] reports it until its memory is freed. So it also reports an object
 * that was disposed, but on which somebody still has a reference.
 *
 * The radar does not hold it. It may be called from any thread.
 *
 * Since: 1.0
 */
void
weakref_radar_expect_death (gpointer object, const char *description)
{
  gint delay = g_atomic_int_get (&check_delay);

  g_return_if_fail (G_IS_OBJECT (object));

  weakref_census_start ();
  weakref_census_expect (object, description);
  if (delay > 0)
    g_timeout_add_seconds (delay, delayed_check_cb, NULL);
}

/**
 * weakref_radar_track_type:
 * @type_name: the name of a type; it may be registered later
 *
 * Tracks all objects of a type, and of the types that are derived from it, that are constructed
 * from now on. [func@Weakref.radar_check] starts from the roots, and reports the tracked objects
 * that are alive but that it can't reach.
 *
 * It replaces the `constructed` function of #GObjectClass, and that cannot be undone. After
 * [func@Weakref.radar_stop] the function does nothing. Call it early, when no other thread makes
 * objects. If a class has its own `constructed` function that does not chain up, its objects are
 * not tracked.
 *
 * Since: 1.0
 */
void
weakref_radar_track_type (const char *type_name)
{
  g_return_if_fail (type_name != NULL);

  weakref_census_start ();
  weakref_tracking_add (type_name);
}

/**
 * weakref_radar_add_root:
 * @object: (type GObject.Object): an object
 *
 * Lets the search for holders start from @object too. It always starts from the default
 * #GApplication and the `GtkWindow`s of GTK 4.
 *
 * The radar does not hold it. It may be called from any thread.
 *
 * Since: 1.0
 */
void
weakref_radar_add_root (gpointer object)
{
  g_return_if_fail (G_IS_OBJECT (object));

  weakref_holders_add_root (object);
}

/**
 * weakref_radar_set_check_delay:
 * @seconds: the delay, in seconds, or 0 for no check, which is the default
 *
 * Lets a check run @seconds after each [func@Weakref.radar_expect_death], in the default main
 * context. What it finds is logged with g_message().
 *
 * It may be called from any thread.
 *
 * Since: 1.0
 */
void
weakref_radar_set_check_delay (guint seconds)
{
  g_return_if_fail (seconds <= G_MAXINT);

  g_atomic_int_set (&check_delay, seconds);
}

/**
 * weakref_radar_check:
 *
 * Looks for objects that should be dead but are not.
 *
 * The result has a dictionary for each object of [func@Weakref.radar_expect_death] that is still
 * there, and for each object of a tracked type that can't be reached from the roots. These are the
 * keys, as far as they are known:
 *
 * - `type`: s, the name of the type; `id`: t, the number of [method@Weakref.Ref.get_id]; `label`:
 * s, the type and the name of the object
 * - `description`: s, and `age`: d, the seconds since then, if its death is expected
 * - `disposed`: b, whether it was disposed; if so, only the keys above are there
 * - `references`: u, its reference count; `references-since`: d, the seconds since a check first
 * saw this count
 * - `known-by`: a(su), the classes of this library that refer to it, each with the number of
 *   objects or entries
 * - `signals`: a(sb), the signals that have handlers, and whether all of these are blocked
 * - `data`: as, the names of its qdata; `toggle-reference`: b, whether somebody, mostly a language,
 *   has a toggle reference
 * - `holders`: as, paths from the roots to what may hold it, the shortest first, at most five;
 *   `reached`: b, whether it can be reached; `unexplained`: u, how many of its references were not
 *   found
 *
 * The search for holders sees object properties, list models, the children and controllers of
 * widgets, the windows of applications, and signal handlers with the object as their data. It does
 * not see references that C code keeps in other places. Reading properties may have side effects,
 * so use it for debugging, not as a part of a program. Call it in the thread that may use the
 * roots, which for GTK is the main thread.
 *
 * Returns: (transfer full): a #GVariant of type `aa{sv}`; it is empty if nothing was found
 *
 * Since: 1.0
 */
GVariant *
weakref_radar_check (void)
{
  GPtrArray *known = weakref_census_dup_overdue ();
  GPtrArray *objects = g_ptr_array_new_with_free_func (g_object_unref);
  GVariantBuilder builder;
  GHashTable *holders;
  gboolean complete;
  guint i;

  for (i = 0; i < known->len; i++)
    {
      gpointer object =
        weakref_block_dup_target (((WeakrefKnown *) g_ptr_array_index (known, i))->block);

      if (object != NULL)
        g_ptr_array_add (objects, object);
    }

  holders = weakref_holders_find (objects, &complete);
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (i = 0; i < known->len; i++)
    {
      WeakrefKnown *self = g_ptr_array_index (known, i);
      gpointer object = weakref_block_dup_target (self->block);
      WeakrefHolders *found = object != NULL ? g_hash_table_lookup (holders, object) : NULL;

      /* We have two references on it now. That of the array is dropped first. */
      if (object != NULL)
        g_ptr_array_remove_fast (objects, object);
      if (self->description != NULL || (found != NULL && !found->is_reached && complete))
        g_variant_builder_add_value (&builder, weakref_report_object (self, object, 1, found));
      g_clear_object (&object);
    }

  g_hash_table_unref (holders);
  g_ptr_array_unref (objects);
  g_ptr_array_unref (known);

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * weakref_radar_check_text:
 *
 * Gives the result of [func@Weakref.radar_check] as text, with some lines for each object.
 *
 * Returns: (transfer full) (nullable): the text, or %NULL if nothing was found
 *
 * Since: 1.0
 */
char *
weakref_radar_check_text (void)
{
  GVariant *report = weakref_radar_check ();
  gsize n = g_variant_n_children (report);
  GString *text = NULL;
  gsize i;

  if (n > 0)
    {
      text = g_string_new (NULL);
      g_string_printf (text, "%" G_GSIZE_FORMAT " %s still there:", n,
                       n == 1 ? "object is" : "objects are");
    }
  for (i = 0; i < n; i++)
    {
      GVariant *child = g_variant_get_child_value (report, i);
      char *one = weakref_report_to_text (child);

      g_string_append_printf (text, "\n%s", one);
      g_free (one);
      g_variant_unref (child);
    }
  g_variant_unref (report);

  return text != NULL ? g_string_free (text, FALSE) : NULL;
}

/* @own of the references on @object are there only for the report, which does not count them. */
GVariant *
weakref_radar_inspect_for (gpointer object, guint own)
{
  GPtrArray *objects = g_ptr_array_new ();
  WeakrefKnown known = {
    .block = weakref_block_get (object, WEAKREF_PHASE_DISPOSE),
    .type = G_OBJECT_TYPE (object),
  };
  GHashTable *holders;
  GVariant *report;
  gboolean complete;

  g_ptr_array_add (objects, object);
  holders = weakref_holders_find (objects, &complete);
  report = weakref_report_object (&known, object, own, g_hash_table_lookup (holders, object));
  weakref_block_unref (known.block);
  g_hash_table_unref (holders);
  g_ptr_array_unref (objects);

  return g_variant_ref_sink (report);
}

/**
 * weakref_radar_inspect:
 * @object: (type GObject.Object): an object
 *
 * Gives the report of [func@Weakref.radar_check] on one object, whether or not its death is
 * expected. The caller's own reference is counted in `references` and in `unexplained`.
 *
 * Call it in the thread that may use the roots.
 *
 * Returns: (transfer full): a #GVariant of type `a{sv}`
 *
 * Since: 1.0
 */
GVariant *
weakref_radar_inspect (gpointer object)
{
  g_return_val_if_fail (G_IS_OBJECT (object), NULL);

  return weakref_radar_inspect_for (object, 0);
}

/**
 * weakref_radar_inspect_text:
 * @object: (type GObject.Object): an object
 *
 * Gives the result of [func@Weakref.radar_inspect] as text.
 *
 * Returns: (transfer full): the text
 *
 * Since: 1.0
 */
char *
weakref_radar_inspect_text (gpointer object)
{
  GVariant *report;
  char *text;

  g_return_val_if_fail (G_IS_OBJECT (object), NULL);

  report = weakref_radar_inspect (object);
  text = weakref_report_to_text (report);
  g_variant_unref (report);

  return text;
}

/**
 * weakref_radar_mark:
 *
 * Remembers how many targets of each type are alive now. [func@Weakref.radar_dump] reports the
 * growth since then.
 *
 * It may be called from any thread.
 *
 * Since: 1.0
 */
void
weakref_radar_mark (void)
{
  weakref_census_start ();
  weakref_census_mark ();
}

/**
 * weakref_radar_dump:
 *
 * Counts all living targets by their type. For each type it gives the name of the type, the number
 * of living targets, and the growth of that number since the last [func@Weakref.radar_mark], or
 * since the start if there was none. The type with the most targets is first. For what a target is,
 * see [func@Weakref.radar_start].
 *
 * It may be called from any thread.
 *
 * Returns: (transfer full): a #GVariant of type `a(sui)`
 *
 * Since: 1.0
 */
GVariant *
weakref_radar_dump (void)
{
  GArray *counts;
  GVariantBuilder builder;
  guint i;

  weakref_census_start ();
  counts = weakref_census_dup_counts ();
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sui)"));
  for (i = 0; i < counts->len; i++)
    {
      const WeakrefTypeCount *count = &g_array_index (counts, WeakrefTypeCount, i);

      if (count->n_alive != 0 || count->n_at_mark != 0)
        g_variant_builder_add (&builder, "(sui)", g_type_name (count->type), count->n_alive,
                               (gint) (count->n_alive - count->n_at_mark));
    }
  g_array_unref (counts);

  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * weakref_radar_dump_text:
 *
 * Gives the result of [func@Weakref.radar_dump] as text, with one line for each type.
 *
 * Returns: (transfer full): the text; it is empty if there are no targets
 *
 * Since: 1.0
 */
char *
weakref_radar_dump_text (void)
{
  GVariant *dump = weakref_radar_dump ();
  GString *text = g_string_new (NULL);
  GVariantIter iter;
  const char *type;
  guint32 n;
  gint32 growth;

  g_variant_iter_init (&iter, dump);
  while (g_variant_iter_next (&iter, "(&sui)", &type, &n, &growth))
    {
      g_string_append_printf (text, "%s%u %s", text->len > 0 ? "\n" : "", n, type);
      if (growth != 0 && weakref_census_is_marked ())
        g_string_append_printf (text, ", %d %s than at the mark", ABS (growth),
                                growth > 0 ? "more" : "fewer");
    }
  g_variant_unref (dump);

  return g_string_free (text, FALSE);
}

/**
 * weakref_radar_dup_targets:
 * @type: an object type or an interface
 *
 * Gives the living targets whose type is @type or derived from it, the oldest first.
 *
 * It may be called from any thread.
 *
 * Returns: (transfer container) (element-type GObject.Object): a new array, which owns a reference
 *   on each object; it is empty if there are none, or the radar is off
 *
 * Since: 1.0
 */
GPtrArray *
weakref_radar_dup_targets (GType type)
{
  return weakref_census_dup_objects (type);
}
