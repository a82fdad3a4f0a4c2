/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/radar/radar-private.h>

#include <gio/gio.h>
#include <gmodule.h>

#include <weakref-glib/core/locks.h>

/* Finds what may hold an object. A breadth-first search starts at the roots. It asks each object
 * that it reaches for the objects to which that refers:
 *
 *   asked                              what is found
 *   its properties of an object type   the value
 *   a GListModel                       its items
 *   a GtkWidget                        its children, its controllers
 *   a GtkApplication                   its windows
 *   its signal handlers                whether one has the wanted object as its data
 *
 * The functions of GTK are looked up by name in the process, so the library does not load GTK or
 * link with it. References that C code keeps in its own structs cannot be seen. A property may also
 * give an object that is not held. Those of GLib and GTK that are known to be weak are left out.
 *
 * The search runs in the thread that calls it, and that thread has to be one that may use the
 * roots. Until its end, the search has a reference on each object that it has reached. */

#define MAX_STEPS 100000 /* objects */
#define MAX_ITEMS 10000  /* objects of one list */
#define MAX_PATHS 5

typedef struct
{
  GObject *object; /* (owned) */
  guint from;      /* the index of the step from which this was reached; its own index for a root */
  char *how;       /* (owned) (nullable): NULL for a root */
} Step;

typedef struct
{
  GArray *steps;       /* of Step: the objects that were reached, in that order */
  GHashTable *met;     /* a set of GObject: those in the steps */
  GHashTable *wanted;  /* GObject -> WeakrefHolders */
  gboolean incomplete; /* a limit was reached */
} Walk;

#define roots_lock weakref_locks[WEAKREF_LOCK_RADAR_ROOTS]
static GPtrArray *roots; /* lock: (owned) (nullable): of GWeakRef */

/* Properties whose value is not held by the object. */
static const struct
{
  const char *type;
  const char *property;
} weak_properties[] = {
  { "GBinding", "source" },           { "GBinding", "target" },
  { "GtkEventController", "widget" }, { "GtkLayoutChild", "child-widget" },
  { "GtkWidget", "parent" },          { "GtkWidget", "root" },
  { "GtkWindow", "application" },     { "GtkWindow", "transient-for" },
  { "WeakrefBond", "owned" },         { "WeakrefBond", "owner" },
  { "WeakrefFinalizer", "target" },   { "WeakrefRef", "target" },
};

static gpointer
find_symbol (const char *name)
{
  GModule *process = g_module_open (NULL, 0);
  gpointer symbol = NULL;

  if (process != NULL && !g_module_symbol (process, name, &symbol))
    symbol = NULL;
  g_clear_pointer (&process, g_module_close);

  return symbol;
}

static gboolean
is_a (gpointer object, const char *type_name)
{
  GType type = g_type_from_name (type_name);

  return type != G_TYPE_INVALID && g_type_is_a (G_OBJECT_TYPE (object), type);
}

static void
step_clear (gpointer data)
{
  Step *step = data;

  g_object_unref (step->object);
  g_free (step->how);
}

static void
holders_free (gpointer data)
{
  WeakrefHolders *holders = data;

  g_ptr_array_unref (holders->paths);
  g_free (holders);
}

/* "GtkWindow "Main" -> child GtkStack -> property visible-child". */
static char *
walk_describe (Walk *walk, guint from, const char *how)
{
  GString *text = g_string_new (how);

  while (TRUE)
    {
      Step *step = &g_array_index (walk->steps, Step, from);
      char *label = weakref_report_label (step->object);

      if (text->len > 0)
        g_string_prepend (text, " -> ");
      g_string_prepend (text, label);
      g_free (label);
      if (step->how == NULL)
        break;
      g_string_prepend (text, ": ");
      g_string_prepend (text, step->how);
      from = step->from;
    }

  return g_string_free (text, FALSE);
}

/* From the step @from, @object is reached. @how says in which way, and is NULL for a root. This
 * function frees it. */
static void
walk_meet (Walk *walk, guint from, gpointer object, char *how)
{
  WeakrefHolders *holders = g_hash_table_lookup (walk->wanted, object);

  /* The inspector of GTK is a debugging tool, and not a part of the program. */
  if (g_str_has_prefix (G_OBJECT_TYPE_NAME (object), "GtkInspector"))
    {
      g_free (how);
      return;
    }

  if (holders != NULL)
    {
      holders->is_reached = TRUE;
      if (how != NULL)
        {
          holders->n_explained++;
          if (holders->paths->len < MAX_PATHS)
            g_ptr_array_add (holders->paths, walk_describe (walk, from, how));
        }
    }

  if (g_hash_table_contains (walk->met, object))
    {
      g_free (how);
    }
  else if (walk->steps->len >= MAX_STEPS)
    {
      walk->incomplete = TRUE;
      g_free (how);
    }
  else
    {
      Step step = { g_object_ref (object), how != NULL ? from : walk->steps->len, how };

      g_array_append_val (walk->steps, step);
      g_hash_table_add (walk->met, object);
    }
}

static gboolean
is_weak_property (gpointer object, GParamSpec *pspec)
{
  guint i;

  for (i = 0; i < G_N_ELEMENTS (weak_properties); i++)
    {
      if (g_str_equal (pspec->name, weak_properties[i].property) &&
          is_a (object, weak_properties[i].type))
        return TRUE;
    }

  return FALSE;
}

static void
walk_properties (Walk *walk, guint index, GObject *object)
{
  GParamSpec **pspecs;
  guint n_pspecs;
  guint i;

  pspecs = g_object_class_list_properties (G_OBJECT_GET_CLASS (object), &n_pspecs);
  for (i = 0; i < n_pspecs; i++)
    {
      GParamSpec *pspec = pspecs[i];
      GValue value = G_VALUE_INIT;
      gpointer found;

      if (!(pspec->flags & G_PARAM_READABLE) || (pspec->flags & G_PARAM_DEPRECATED) ||
          !g_type_is_a (pspec->value_type, G_TYPE_OBJECT) || is_weak_property (object, pspec))
        continue;

      g_value_init (&value, pspec->value_type);
      g_object_get_property (object, pspec->name, &value);
      found = g_value_get_object (&value);
      if (found != NULL && found != (gpointer) object)
        walk_meet (walk, index, found, g_strdup_printf ("property %s", pspec->name));
      g_value_unset (&value);
    }
  g_free (pspecs);
}

/* Each item is described as @what, with its position. */
static void
walk_list (Walk *walk, guint index, GListModel *list, const char *what)
{
  guint n_items = g_list_model_get_n_items (list);
  guint i;

  if (n_items > MAX_ITEMS)
    walk->incomplete = TRUE;

  for (i = 0; i < MIN (n_items, MAX_ITEMS); i++)
    {
      gpointer item = g_list_model_get_item (list, i);

      if (item != NULL && G_IS_OBJECT (item))
        walk_meet (walk, index, item, g_strdup_printf ("%s %u", what, i));
      g_clear_object (&item);
    }
}

static void
walk_widget (Walk *walk, guint index, gpointer widget)
{
  static gpointer (*get_first_child) (gpointer);
  static gpointer (*get_next_sibling) (gpointer);
  static GListModel *(*observe_controllers) (gpointer);
  static gsize found;

  if (g_once_init_enter (&found))
    {
      get_first_child = find_symbol ("gtk_widget_get_first_child");
      get_next_sibling = find_symbol ("gtk_widget_get_next_sibling");
      observe_controllers = find_symbol ("gtk_widget_observe_controllers");
      g_once_init_leave (&found, TRUE);
    }

  if (get_first_child != NULL && get_next_sibling != NULL)
    {
      gpointer child;

      for (child = get_first_child (widget); child != NULL; child = get_next_sibling (child))
        walk_meet (walk, index, child, g_strdup ("child"));
    }
  if (observe_controllers != NULL)
    {
      GListModel *controllers = observe_controllers (widget);

      walk_list (walk, index, controllers, "controller");
      g_object_unref (controllers);
    }
}

static void
walk_application (Walk *walk, guint index, gpointer application)
{
  GList *(*get_windows) (gpointer) = find_symbol ("gtk_application_get_windows");
  GList *windows = get_windows != NULL ? get_windows (application) : NULL;

  for (; windows != NULL; windows = windows->next)
    walk_meet (walk, index, windows->data, g_strdup ("window"));
}

/* Looks for signal handlers of @object that have one of the wanted objects as their data. A handler
 * that was connected with g_signal_connect_object() does not hold its data. That can't be seen
 * here, and the reader of the report has to know it. */
static void
walk_handlers (Walk *walk, guint index, GObject *object)
{
  GHashTableIter iter;
  gpointer wanted;

  g_hash_table_iter_init (&iter, walk->wanted);
  while (g_hash_table_iter_next (&iter, &wanted, NULL))
    {
      WeakrefHolders *holders = g_hash_table_lookup (walk->wanted, wanted);

      if (wanted != (gpointer) object && holders->paths->len < MAX_PATHS &&
          g_signal_handler_find (object, G_SIGNAL_MATCH_DATA, 0, 0, NULL, NULL, wanted) != 0)
        g_ptr_array_add (holders->paths,
                         walk_describe (walk, index, "a signal handler with it as its data"));
    }
}

static void
walk_step (Walk *walk, guint index)
{
  GObject *object = g_array_index (walk->steps, Step, index).object;

  walk_properties (walk, index, object);
  walk_handlers (walk, index, object);
  if (G_IS_LIST_MODEL (object))
    walk_list (walk, index, G_LIST_MODEL (object), "item");
  if (is_a (object, "GtkWidget"))
    walk_widget (walk, index, object);
  if (is_a (object, "GtkApplication"))
    walk_application (walk, index, object);
}

static void
walk_roots (Walk *walk)
{
  GListModel *(*get_toplevels) (void) = find_symbol ("gtk_window_get_toplevels");
  gboolean (*is_initialized) (void) = find_symbol ("gtk_is_initialized");
  GApplication *application = g_application_get_default ();
  GPtrArray *given = g_ptr_array_new ();
  guint i;

  weakref_lock (&roots_lock);
  for (i = 0; roots != NULL && i < roots->len; i++)
    g_ptr_array_add (given, g_ptr_array_index (roots, i));
  g_mutex_unlock (&roots_lock);

  /* A root is never removed, so its GWeakRef can be read without the lock. */
  for (i = 0; i < given->len; i++)
    {
      gpointer root = g_weak_ref_get (g_ptr_array_index (given, i));

      if (root != NULL)
        walk_meet (walk, 0, root, NULL);
      g_clear_object (&root);
    }
  g_ptr_array_unref (given);

  if (application != NULL)
    walk_meet (walk, 0, application, NULL);

  if (get_toplevels != NULL && (is_initialized == NULL || is_initialized ()))
    {
      GListModel *toplevels = get_toplevels ();

      for (i = 0; i < g_list_model_get_n_items (toplevels); i++)
        {
          gpointer window = g_list_model_get_item (toplevels, i);

          walk_meet (walk, 0, window, NULL);
          g_object_unref (window);
        }
    }
}

/* Lets the search start from @object too. It is not held. */
void
weakref_holders_add_root (gpointer object)
{
  GWeakRef *root = g_new0 (GWeakRef, 1);

  g_weak_ref_init (root, object);
  weakref_lock (&roots_lock);
  if (roots == NULL)
    roots = g_ptr_array_new ();
  g_ptr_array_add (roots, root);
  g_mutex_unlock (&roots_lock);
}

/* Returns a table that has a WeakrefHolders for each of @objects, on which the caller has
 * references. @complete is set to FALSE if the search stopped at a limit. */
GHashTable *
weakref_holders_find (GPtrArray *objects, gboolean *complete)
{
  Walk walk = {
    .steps = g_array_new (FALSE, FALSE, sizeof (Step)),
    .met = g_hash_table_new (NULL, NULL),
    .wanted = g_hash_table_new_full (NULL, NULL, NULL, holders_free),
  };
  guint i;

  g_array_set_clear_func (walk.steps, step_clear);
  for (i = 0; i < objects->len; i++)
    {
      WeakrefHolders *holders = g_new0 (WeakrefHolders, 1);

      holders->paths = g_ptr_array_new_with_free_func (g_free);
      g_hash_table_insert (walk.wanted, g_ptr_array_index (objects, i), holders);
    }

  walk_roots (&walk);
  for (i = 0; i < walk.steps->len; i++)
    walk_step (&walk, i);

  *complete = !walk.incomplete;
  g_array_unref (walk.steps);
  g_hash_table_unref (walk.met);

  return walk.wanted;
}
