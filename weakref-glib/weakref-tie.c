/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-tie.h>

#include <weakref-glib/core/registry.h>
#include <weakref-glib/core/watches.h>

/**
 * WeakrefTie:
 *
 * Several objects and a function that runs once, when the first of them dies.
 *
 * Use it for what exists between objects and has no sense without one of them: a binding, a bridge,
 * a subscription. With g_object_weak_ref() you need one notification for each object, and each one
 * has to remove all the others. If the objects die in several threads, there is a race. A tie ends
 * exactly once: by the first death, by [method@Weakref.Tie.break], by [method@Weakref.Tie.detach],
 * or, if you ask for that, at the exit of the process. The function gets the objects that are still
 * alive, to clean them up.
 *
 * The library keeps a tie until it has ended. So you can drop it as soon as it is made. The tie
 * holds none of the objects. The data must not hold them either, or they never die.
 *
 * ```c
 * static void
 * unlink_cb (WeakrefTie *tie, gpointer user_data)
 * {
 *   g_autoptr (GPtrArray) survivors = weakref_tie_dup_survivors (tie);
 *
 *   g_ptr_array_foreach (survivors, forget_cb, user_data);
 * }
 *
 * gpointer objects[] = { source, target };
 * g_object_unref (weakref_tie_new (objects, 2, unlink_cb, link, link_free));
 * ```
 *
 * All methods can be called from any thread at any time. What it costs to make and to end a tie
 * grows with the number of its objects, and does not depend on what else waits for their deaths.
 *
 * Since: 1.0
 */
struct _WeakrefTie
{
  GObject parent_instance;

  WeakrefWatches *watches;         /* (owned) (const): while active they have a reference on us */
  WeakrefCallback callback;        /* who takes it ends the tie */
  WeakrefDestination *destination; /* (owned) (nullable) (const) */
  WeakrefKept kept;                /* in the registry until the tie has ended */
};

G_DEFINE_TYPE (WeakrefTie, weakref_tie, G_TYPE_OBJECT)

enum
{
  PROP_ALIVE = 1,
  PROP_AT_EXIT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Ends the tie, and runs the function if @run is TRUE. Returns FALSE if it had ended before. */
static gboolean
tie_end (WeakrefTie *self, gboolean run)
{
  GCallback func = weakref_callback_take (&self->callback);

  if (func == NULL)
    return FALSE;

  weakref_registry_take (&self->kept, self);
  weakref_watches_stop (self->watches);

  if (run)
    ((WeakrefTieFunc) func) (self, self->callback.user_data);
  weakref_callback_release (&self->callback);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ALIVE]);

  g_object_unref (self);

  return TRUE;
}

static gboolean
tie_run_kept (gpointer self)
{
  return tie_end (self, TRUE);
}

static gboolean
tie_deliver_cb (gpointer self)
{
  tie_end (self, TRUE);

  return G_SOURCE_REMOVE;
}

static void
tie_died_cb (WeakrefWatches *watches, gpointer data)
{
  WeakrefTie *self = data;

  weakref_destination_send (self->destination, tie_deliver_cb, g_object_ref (self), g_object_unref);
}

static const WeakrefWatchesFuncs tie_funcs = { tie_died_cb, g_object_unref, "WeakrefTie" };

static void
weakref_tie_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  WeakrefTie *self = WEAKREF_TIE (object);

  switch (prop_id)
    {
    case PROP_AT_EXIT:
      weakref_tie_set_at_exit (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_tie_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WeakrefTie *self = WEAKREF_TIE (object);

  switch (prop_id)
    {
    case PROP_ALIVE:
      g_value_set_boolean (value, weakref_tie_is_alive (self));
      break;
    case PROP_AT_EXIT:
      g_value_set_boolean (value, weakref_tie_get_at_exit (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_tie_finalize (GObject *object)
{
  WeakrefTie *self = WEAKREF_TIE (object);

  g_clear_pointer (&self->watches, weakref_watches_unref);
  g_clear_pointer (&self->destination, weakref_destination_unref);

  G_OBJECT_CLASS (weakref_tie_parent_class)->finalize (object);
}

static void
weakref_tie_class_init (WeakrefTieClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = weakref_tie_set_property;
  object_class->get_property = weakref_tie_get_property;
  object_class->finalize = weakref_tie_finalize;

  /**
   * WeakrefTie:alive: (getter is_alive)
   *
   * Whether the function has not run yet and was not detached. It is notified once, when it becomes
   * %FALSE, in the thread that ran the function or detached it.
   *
   * Since: 1.0
   */
  props[PROP_ALIVE] =
    g_param_spec_boolean ("alive", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefTie:at-exit: (getter get_at_exit) (setter set_at_exit)
   *
   * Whether the function runs at the exit of this process if all the objects are alive then.
   *
   * Since: 1.0
   */
  props[PROP_AT_EXIT] =
    g_param_spec_boolean ("at-exit", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
weakref_tie_init (WeakrefTie *self)
{
}

static WeakrefTie *
tie_new (gpointer const *objects,
         gsize n_objects,
         GMainContext *context,
         WeakrefPhase phase,
         gboolean for_binding,
         WeakrefTieFunc func,
         gpointer user_data,
         GDestroyNotify destroy)
{
  WeakrefTie *self;

  g_return_val_if_fail (weakref_are_objects (objects, n_objects), NULL);
  g_return_val_if_fail (func != NULL, NULL);
  g_return_val_if_fail (phase == WEAKREF_PHASE_DISPOSE || phase == WEAKREF_PHASE_FINALIZE, NULL);

  self = g_object_new (WEAKREF_TYPE_TIE, NULL);
  self->destination = weakref_destination_get (context);
  self->kept.for_binding = for_binding;
  self->watches = weakref_watches_new (&tie_funcs, n_objects);
  weakref_callback_init (&self->callback, G_CALLBACK (func), user_data, destroy);
  weakref_registry_add (&self->kept, self, tie_run_kept, &self->callback);
  weakref_watches_start (self->watches, objects, phase, g_object_ref (self));

  return self;
}

/**
 * weakref_tie_new: (skip)
 * @objects: (array length=n_objects) (element-type GObject.Object): the objects
 * @n_objects: how many there are, at least one; the same one may be there several times
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call
 * @user_data: (nullable): data for @func; it must not hold any of @objects
 * @destroy: (nullable): frees @user_data
 *
 * Makes a tie whose function runs when the first of @objects dies, in the thread that drops the
 * last reference.
 *
 * @destroy runs once in any case, after @func or instead of it, in any thread.
 *
 * You must hold a reference on each of @objects during the call, which can be made from any thread.
 * If another thread disposes one of them at the same time, @func may run before this returns.
 *
 * Returns: (transfer full): a new tie; the library has a reference of its own on it
 *
 * Since: 1.0
 */
WeakrefTie *
weakref_tie_new (gpointer const *objects,
                 gsize n_objects,
                 WeakrefTieFunc func,
                 gpointer user_data,
                 GDestroyNotify destroy)
{
  return tie_new (objects, n_objects, NULL, WEAKREF_PHASE_DISPOSE, FALSE, func, user_data, destroy);
}

/**
 * weakref_tie_new_full: (skip)
 * @objects: (array length=n_objects) (element-type GObject.Object): the objects
 * @n_objects: how many there are, at least one; the same one may be there several times
 * @context: (nullable): where to run, or %NULL for the thread that drops the last reference
 * @phase: which end of the first object's life to wait for
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call
 * @user_data: (nullable): data for @func; it must not hold any of @objects
 * @destroy: (nullable): frees @user_data
 *
 * Makes a tie, with all options.
 *
 * @destroy runs once in any case, after @func or instead of it, in any thread. The tie does not
 * keep its context. If the context goes away before it has run the function, the tie stays alive
 * until [method@Weakref.Tie.break] or [method@Weakref.Tie.detach] is called, or runs at the exit of
 * the process if [property@Weakref.Tie:at-exit] is set.
 *
 * You must hold a reference on each of @objects during the call, which can be made from any thread.
 *
 * Returns: (transfer full): a new tie; the library has a reference of its own on it
 *
 * Since: 1.0
 */
WeakrefTie *
weakref_tie_new_full (gpointer const *objects,
                      gsize n_objects,
                      GMainContext *context,
                      WeakrefPhase phase,
                      WeakrefTieFunc func,
                      gpointer user_data,
                      GDestroyNotify destroy)
{
  return tie_new (objects, n_objects, context, phase, FALSE, func, user_data, destroy);
}

/**
 * weakref_tie_new_for_binding: (constructor) (rename-to weakref_tie_new_full)
 * @objects: (array length=n_objects) (element-type GObject.Object): the objects
 * @n_objects: how many there are, at least one; the same one may be there several times
 * @context: (nullable): where to run, or %NULL for the thread that drops the last reference
 * @phase: which end of the first object's life to wait for
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call
 * @user_data: (nullable): data for @func; it must not hold any of @objects
 * @destroy: (nullable): frees @user_data
 *
 * Makes a tie whose function belongs to a language with an interpreter.
 *
 * It differs from [ctor@Weakref.Tie.new_full] only at the exit of the process, if
 * [property@Weakref.Tie:at-exit] is set. When C calls its exit handlers, the interpreter is gone.
 * So this tie does not run by itself then. The language calls [func@Weakref.Finalizer.run_at_exit]
 * before its interpreter ends.
 *
 * You must hold a reference on each of @objects during the call, which can be made from any thread.
 *
 * Returns: (transfer full): a new tie; the library has a reference of its own on it
 *
 * Since: 1.0
 */
WeakrefTie *
weakref_tie_new_for_binding (gpointer const *objects,
                             gsize n_objects,
                             GMainContext *context,
                             WeakrefPhase phase,
                             WeakrefTieFunc func,
                             gpointer user_data,
                             GDestroyNotify destroy)
{
  return tie_new (objects, n_objects, context, phase, TRUE, func, user_data, destroy);
}

/**
 * weakref_tie_break:
 * @self: a tie
 *
 * Runs the function now, in this thread, unless the tie has ended before.
 *
 * Returns: %TRUE if this call ran it, %FALSE if the tie had ended before
 *
 * Since: 1.0
 */
gboolean
weakref_tie_break (WeakrefTie *self)
{
  g_return_val_if_fail (WEAKREF_IS_TIE (self), FALSE);

  return tie_end (self, TRUE);
}

/**
 * weakref_tie_detach:
 * @self: a tie
 *
 * Makes sure that the function never runs, unless the tie has ended before.
 *
 * Returns: %TRUE if this call detached it, %FALSE if the tie had ended before
 *
 * Since: 1.0
 */
gboolean
weakref_tie_detach (WeakrefTie *self)
{
  g_return_val_if_fail (WEAKREF_IS_TIE (self), FALSE);

  return tie_end (self, FALSE);
}

/**
 * weakref_tie_dup_survivors:
 * @self: a tie
 *
 * Gives those of the objects that are alive, in the order in which they were given.
 *
 * Before the first death these are all of them. If an object was disposed by
 * [method@GObject.Object.run_dispose] and is still used, it is not among them: the tie is to its
 * earlier life.
 *
 * Returns: (transfer container) (element-type GObject.Object): the objects; the array has
 * references on them
 *
 * Since: 1.0
 */
GPtrArray *
weakref_tie_dup_survivors (WeakrefTie *self)
{
  GPtrArray *survivors;
  gsize n;
  gsize i;

  g_return_val_if_fail (WEAKREF_IS_TIE (self), NULL);

  n = weakref_watches_get_n_targets (self->watches);
  survivors = g_ptr_array_new_full (n, g_object_unref);
  for (i = 0; i < n; i++)
    {
      gpointer object = weakref_watches_dup_target (self->watches, i);

      if (object != NULL)
        g_ptr_array_add (survivors, object);
    }

  return survivors;
}

/**
 * weakref_tie_is_alive: (get-property alive)
 * @self: a tie
 *
 * Tells whether the function can still run.
 *
 * It is %FALSE as soon as the function begins.
 *
 * Returns: %TRUE if the function has neither run nor been detached
 *
 * Since: 1.0
 */
gboolean
weakref_tie_is_alive (WeakrefTie *self)
{
  g_return_val_if_fail (WEAKREF_IS_TIE (self), FALSE);

  return weakref_callback_is_there (&self->callback);
}

/**
 * weakref_tie_get_at_exit: (get-property at-exit)
 * @self: a tie
 *
 * Tells whether the function runs at process exit if all the objects are alive then.
 *
 * Returns: %TRUE if it does
 *
 * Since: 1.0
 */
gboolean
weakref_tie_get_at_exit (WeakrefTie *self)
{
  g_return_val_if_fail (WEAKREF_IS_TIE (self), FALSE);

  return weakref_registry_get_at_exit (&self->kept);
}

/**
 * weakref_tie_set_at_exit: (set-property at-exit)
 * @self: a tie
 * @at_exit: whether the function is to run at process exit
 *
 * Sets whether the function runs at process exit if all the objects are alive then.
 *
 * The default is %FALSE. The setting is for this process, and not for its forks. Ties and
 * finalizers run in one order, the newest first.
 *
 * Since: 1.0
 */
void
weakref_tie_set_at_exit (WeakrefTie *self, gboolean at_exit)
{
  g_return_if_fail (WEAKREF_IS_TIE (self));

  if (weakref_registry_set_at_exit (&self->kept, at_exit))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_AT_EXIT]);
}
