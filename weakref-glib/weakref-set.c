/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-set.h>

#include <weakref-glib/weakref-set-private.h>

/**
 * WeakrefSet:
 *
 * A set of objects that it does not keep alive, in the order in which they were added.
 *
 * Use it for observers, open windows, clients, everything that is to be known as long as it is
 * there. It shrinks by itself, and its algebra makes new sets. What concerns one item, its death
 * included, takes O(log n) at most, whatever the order in which items go. A #GListStore keeps its
 * items alive, a #GPtrArray with g_object_add_weak_pointer() takes O(n) for each that goes.
 *
 * ```c
 * g_autoptr (WeakrefSet) windows = weakref_set_new (GTK_TYPE_WINDOW);
 *
 * weakref_set_add (windows, window);
 * weakref_set_foreach (windows, (WeakrefSetFunc) gtk_window_present, NULL);
 * ```
 *
 * All methods can be called from any thread at any time. What iterates or makes a new set goes over
 * the members that there were at its start, without those that die before their turn comes.
 *
 * ## The list model
 *
 * The set is a #GListModel too, for the thread of the #GMainContext that was the thread's default
 * when the set was made. There are two views of it: the members, which change at once, for
 * [method@Weakref.Set.get_size], [method@Weakref.Set.contains], [method@Weakref.Set.dup_items] and
 * [method@Weakref.Set.foreach]; and the list, which changes only where its consumers can bear it:
 *
 * - during a call that changes the set in the context's thread, such as [method@Weakref.Set.add].
 * It returns when `items-changed` has been emitted for it and all that happened before. If a
 * handler of `items-changed` calls it, it returns at once, and is announced after that emission.
 * - from an iteration of the context for all else: a death anywhere, a change in another thread.
 *   What happened in the context's thread is announced before anything else is dispatched, events
 *   and drawing included. What happened in other threads is announced among the events, that is,
 *   with %G_PRIORITY_DEFAULT; after an announcement that took long, up to as much later.
 *
 * As long as nobody runs the context, the thread that made the set counts as its thread. So make it
 * where it is to be shown.
 *
 * A death is never announced where it happens, even in the same thread. It happens inside
 * somebody's unref, which may be that of a list view in the middle of an update; a list model must
 * not change there. Those that wait together are announced together: in one emission where they are
 * neighbours, and in no more than 16 if they are not. Some items that stay are removed and added in
 * such an emission too, which views and selections follow by the items. A #GtkTreeListModel forgets
 * which of these were expanded.
 *
 * ## Between death and announcement
 *
 * So a position of the list may belong to an object that is dead already; until its removal is
 * announced, [method@Gio.ListModel.get_item] gives a stand-in there, always the same one, which is
 * of the item type and at no other position. The function that was given to
 * [method@Weakref.Set.set_stand_in_func] makes it; without one, the set makes an object of the dead
 * one's class with the default properties, if that class does nothing but hold properties. For any
 * other class (widgets, what is #GInitable, what acts in its construction or needs another object
 * for it, what is written in Python or JavaScript) the stand-in is the dead object itself:
 * disposed, dead for everything else in this library, and kept in memory by the set until the
 * announcement.
 *
 * Nothing is kept if nobody is connected to the set, or has read the list since it last changed.
 * What is kept is finalized in the thread of the context, by the iteration that announces the
 * death; or with the set, if the context does not run any more. If that is too late for your
 * objects, set a function.
 *
 * A list view holds on to what it shows, as to the items of any list model: an object is not
 * dropped by its last user as long as there is a row for it. To show objects without holding them,
 * show their proxies, through a [class@Gtk.MapListModel] over the set.
 *
 * Since: 1.0
 */
struct _WeakrefSet
{
  GObject parent_instance;

  struct _SetTable *table; /* (owned) */
};

typedef struct _SetTable
{
  WeakrefTable base;
  WeakrefSetList list; /* the members in order, and what the list model shows of them */
} SetTable;

static void weakref_set_list_model_init (GListModelInterface *iface);

G_DEFINE_TYPE_WITH_CODE (WeakrefSet,
                         weakref_set,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, weakref_set_list_model_init))

enum
{
  PROP_ITEM_TYPE = 1,
  PROP_N_ITEMS,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

static void
entry_free (WeakrefEntry *entry)
{
  weakref_watch_free (&entry->watch);
}

static void
set_table_free (WeakrefTable *data)
{
  SetTable *table = (SetTable *) data;

  weakref_set_list_clear (&table->list);
  g_free (table);
}

static void
entry_left_locked (WeakrefTable *table, WeakrefEntry *entry)
{
  weakref_set_list_remove_locked (&((SetTable *) table)->list, (WeakrefSetEntry *) entry);
}

static void
entry_died (WeakrefTable *table, WeakrefEntry *entry, gpointer object)
{
  weakref_set_list_died (&((SetTable *) table)->list, (WeakrefSetEntry *) entry, object);
}

static const WeakrefTableFuncs table_funcs = {
  .name = "WeakrefSet",
  .left_locked = entry_left_locked,
  .died = entry_died,
  .free_entry = entry_free,
  .free_table = set_table_free,
};

WeakrefSetEntry *
weakref_set_list_find_locked (WeakrefSetList *list, gconstpointer item)
{
  gsize index = weakref_table_find_locked (list->table, item);

  return (WeakrefSetEntry *) weakref_table_get_entry_locked (list->table, index);
}

/* Returns whether @item is a member, in the life that it is in now. */
static gboolean
set_table_contains (SetTable *table, gpointer item)
{
  WeakrefSetEntry *entry;
  gboolean current;

  weakref_lock (&table->base.lock);
  entry = weakref_set_list_find_locked (&table->list, item);
  if (entry != NULL)
    weakref_entry_ref (entry);
  g_mutex_unlock (&table->base.lock);

  if (entry == NULL)
    return FALSE;

  current = weakref_block_is_current (weakref_watch_get_block (&entry->base.watch), item);
  weakref_entry_unref (entry);

  return current;
}

/* Adds @item before the one that is shown at @position, without publishing it. If there is a @life,
 * this is done only if @item is still in that life. Returns FALSE if it is a member already. */
gboolean
weakref_set_put (WeakrefSet *self, gpointer item, WeakrefBlock *life, guint position)
{
  SetTable *table = self->table;
  WeakrefEntry *old;
  WeakrefSetEntry *entry;
  gboolean put = FALSE;

  if (set_table_contains (table, item))
    return FALSE;

  entry = weakref_watch_alloc (item, sizeof (WeakrefSetEntry));
  entry->base.room.place = WEAKREF_PLACE_END;
  entry->type = G_OBJECT_TYPE (item);
  if (weakref_set_list_keeps_dead (&table->list, item))
    entry->base.watch.flags |= WEAKREF_SET_KEEPS_DEAD;
  weakref_entry_init (&entry->base, &table->base, item);

  weakref_lock (&table->base.lock);
  if ((life == NULL || life == weakref_watch_get_block (&entry->base.watch)) &&
      weakref_set_list_find_locked (&table->list, item) == NULL)
    put = weakref_table_put_locked (&table->base, &entry->base, WEAKREF_MAP_NONE, (gsize) item,
                                    entry, &old);
  if (put)
    weakref_set_list_insert_locked (&table->list, entry, position);
  g_mutex_unlock (&table->base.lock);

  if (!put)
    weakref_entry_drop (&entry->base);

  return put;
}

/* Begins a reading of the members, in order. */
WeakrefReading *
weakref_set_read (WeakrefSet *self)
{
  SetTable *table = self->table;
  WeakrefReading *reading;

  weakref_lock (&table->base.lock);
  reading = weakref_set_list_read_locked (&table->list);
  g_mutex_unlock (&table->base.lock);

  return reading;
}

static GType
weakref_set_get_item_type (GListModel *model)
{
  return ((WeakrefSet *) model)->table->list.item_type;
}

static guint
weakref_set_get_n_items (GListModel *model)
{
  return weakref_set_list_get_n_items (&((WeakrefSet *) model)->table->list);
}

static gpointer
weakref_set_get_item (GListModel *model, guint position)
{
  return weakref_set_list_dup_item (&((WeakrefSet *) model)->table->list, position);
}

static void
weakref_set_list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = weakref_set_get_item_type;
  iface->get_n_items = weakref_set_get_n_items;
  iface->get_item = weakref_set_get_item;
}

/* Any interface is valid, also one without GObject as a prerequisite: items are objects anyway. */
static gboolean
item_type_is_valid (GType item_type)
{
  return G_TYPE_IS_INTERFACE (item_type) || g_type_is_a (item_type, G_TYPE_OBJECT);
}

static void
weakref_set_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  WeakrefSet *self = WEAKREF_SET (object);

  switch (prop_id)
    {
    case PROP_ITEM_TYPE:
      /* G_TYPE_NONE is the default of the property. */
      self->table->list.item_type =
        item_type_is_valid (g_value_get_gtype (value)) ? g_value_get_gtype (value) : G_TYPE_OBJECT;
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_set_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WeakrefSet *self = WEAKREF_SET (object);

  switch (prop_id)
    {
    case PROP_ITEM_TYPE:
      g_value_set_gtype (value, self->table->list.item_type);
      break;
    case PROP_N_ITEMS:
      g_value_set_uint (value, weakref_set_get_n_items (G_LIST_MODEL (self)));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_set_finalize (GObject *object)
{
  SetTable *table = WEAKREF_SET (object)->table;

  weakref_set_list_close (&table->list);
  weakref_table_close (&table->base);

  G_OBJECT_CLASS (weakref_set_parent_class)->finalize (object);
}

static void
weakref_set_class_init (WeakrefSetClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = weakref_set_set_property;
  object_class->get_property = weakref_set_get_property;
  object_class->finalize = weakref_set_finalize;

  /**
   * WeakrefSet:item-type:
   *
   * The type of the items.
   *
   * Since: 1.0
   */
  props[PROP_ITEM_TYPE] =
    g_param_spec_gtype ("item-type", NULL, NULL, G_TYPE_NONE,
                        G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefSet:n-items:
   *
   * How many items the list model has. It is notified after `items-changed`, in the same thread.
   *
   * Since: 1.0
   */
  props[PROP_N_ITEMS] = g_param_spec_uint ("n-items", NULL, NULL, 0, G_MAXUINT, 0,
                                           G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
weakref_set_init (WeakrefSet *self)
{
  SetTable *table = self->table = g_new0 (SetTable, 1);

  weakref_table_init (&table->base, &table_funcs);
  weakref_set_list_init (&table->list, &table->base, self, props[PROP_N_ITEMS]);
}

WeakrefSetList *
weakref_set_get_list (WeakrefSet *self)
{
  return &self->table->list;
}

/**
 * weakref_set_new: (constructor)
 * @item_type: the type of the items: that of an object or of any interface
 *
 * Makes an empty set.
 *
 * Its list model belongs to the thread-default #GMainContext, which the set keeps.
 *
 * Returns: (transfer full): a new set
 *
 * Since: 1.0
 */
WeakrefSet *
weakref_set_new (GType item_type)
{
  g_return_val_if_fail (item_type_is_valid (item_type), NULL);

  return g_object_new (WEAKREF_TYPE_SET, "item-type", item_type, NULL);
}

/**
 * weakref_set_add:
 * @self: a set
 * @item: (type GObject.Object) (transfer none) (not nullable): an object of the set's item type
 *
 * Adds @item at the end, unless it is there already.
 *
 * You must hold a reference on @item during the call.
 *
 * Returns: %TRUE if the item is new
 *
 * Since: 1.0
 */
gboolean
weakref_set_add (WeakrefSet *self, gpointer item)
{
  gboolean added;

  g_return_val_if_fail (WEAKREF_IS_SET (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (item), FALSE);
  g_return_val_if_fail (weakref_is_held (item), FALSE);
  g_return_val_if_fail (g_type_is_a (G_OBJECT_TYPE (item), self->table->list.item_type), FALSE);

  added = weakref_set_put (self, item, NULL, G_MAXUINT);
  if (added)
    weakref_set_list_publish (&self->table->list);

  return added;
}

/**
 * weakref_set_remove:
 * @self: a set
 * @item: (type GObject.Object) (transfer none) (not nullable): an object
 *
 * Removes @item.
 *
 * You must hold a reference on @item during the call.
 *
 * Returns: %TRUE if it was there
 *
 * Since: 1.0
 */
gboolean
weakref_set_remove (WeakrefSet *self, gpointer item)
{
  SetTable *table;
  WeakrefEntry *entry;

  g_return_val_if_fail (WEAKREF_IS_SET (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (item), FALSE);

  table = self->table;
  weakref_lock (&table->base.lock);
  entry = weakref_table_take_locked (&table->base, weakref_table_find_locked (&table->base, item));
  g_mutex_unlock (&table->base.lock);

  if (entry == NULL)
    return FALSE;

  weakref_entry_drop (entry);
  weakref_set_list_publish (&self->table->list);

  return TRUE;
}

/**
 * weakref_set_remove_all:
 * @self: a set
 *
 * Removes all items.
 *
 * Since: 1.0
 */
void
weakref_set_remove_all (WeakrefSet *self)
{
  g_return_if_fail (WEAKREF_IS_SET (self));

  weakref_table_clear (&self->table->base);
  weakref_set_list_publish (&self->table->list);
}

/**
 * weakref_set_contains:
 * @self: a set
 * @item: (type GObject.Object) (transfer none) (not nullable): an object
 *
 * Tells whether @item is in the set.
 *
 * You must hold a reference on @item during the call.
 *
 * Returns: %TRUE if it is
 *
 * Since: 1.0
 */
gboolean
weakref_set_contains (WeakrefSet *self, gpointer item)
{
  g_return_val_if_fail (WEAKREF_IS_SET (self), FALSE);
  g_return_val_if_fail (G_IS_OBJECT (item), FALSE);

  return set_table_contains (self->table, item);
}

/**
 * weakref_set_get_size:
 * @self: a set
 *
 * Counts the members.
 *
 * It is up to date at once, while the list model changes only in its context. An object that is in
 * the middle of its dispose may still be counted.
 *
 * Returns: the number of members
 *
 * Since: 1.0
 */
guint
weakref_set_get_size (WeakrefSet *self)
{
  g_return_val_if_fail (WEAKREF_IS_SET (self), 0);

  return weakref_table_get_size (&self->table->base);
}

/**
 * weakref_set_dup_items:
 * @self: a set
 *
 * Gives the members that are alive.
 *
 * Returns: (transfer container) (element-type GObject.Object) (not nullable): the members, in the
 *   order in which they were added; the array owns a reference on each
 *
 * Since: 1.0
 */
GPtrArray *
weakref_set_dup_items (WeakrefSet *self)
{
  WeakrefReading *reading;
  GPtrArray *items;
  guint i;

  g_return_val_if_fail (WEAKREF_IS_SET (self), NULL);

  reading = weakref_set_read (self);
  items = g_ptr_array_new_full (reading->n, g_object_unref);
  for (i = 0; i < reading->n; i++)
    {
      WeakrefEntry *entry = weakref_table_get_read (reading, i);
      gpointer item = weakref_block_dup_target (weakref_watch_get_block (&entry->watch));

      if (item != NULL)
        g_ptr_array_add (items, item);
    }
  weakref_table_end_reading (reading);

  return items;
}

/**
 * weakref_set_foreach:
 * @self: a set
 * @func: (scope call) (closure user_data): called for each member
 * @user_data: (nullable): data for @func
 *
 * Calls @func with each member that is alive, in the order in which they were added.
 *
 * It goes over a snapshot of the members, so @func may change the set. @func is called for the
 * members that were there at the start, if they are still alive when they come up.
 *
 * Since: 1.0
 */
void
weakref_set_foreach (WeakrefSet *self, WeakrefSetFunc func, gpointer user_data)
{
  WeakrefReading *reading;
  guint i;

  g_return_if_fail (WEAKREF_IS_SET (self));
  g_return_if_fail (func != NULL);

  reading = weakref_set_read (self);
  for (i = 0; i < reading->n; i++)
    {
      WeakrefEntry *entry = weakref_table_get_read (reading, i);
      gpointer item = weakref_block_dup_target (weakref_watch_get_block (&entry->watch));

      if (item != NULL)
        {
          func (item, user_data);
          g_object_unref (item);
        }
    }

  weakref_table_end_reading (reading);
}
