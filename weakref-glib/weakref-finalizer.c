/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/weakref-finalizer.h>

#include <weakref-glib/core/block.h>
#include <weakref-glib/core/dispatch.h>
#include <weakref-glib/core/locks.h>
#include <weakref-glib/core/registry.h>

/**
 * WeakrefFinalizer:
 *
 * A function that runs once when an object dies.
 *
 * Use it to release what belongs to an object but is not part of it: a file, a handle of a foreign
 * library, an entry somewhere else. In addition to what g_object_weak_ref() does, you can run or
 * detach it from any thread, and exactly one of these calls has an effect. What that costs does not
 * depend on how many finalizers there are. It can wait until the memory is freed
 * ([enum@Weakref.Phase]), it can run in a #GMainContext, and it runs at the exit of the process if
 * it has not run before. It follows Python's `weakref.finalize`.
 *
 * The library keeps a finalizer until it has run or was detached. So you can drop it as soon as it
 * is made. The data must not hold the object, or the object never dies.
 *
 * ```c
 * static void
 * close_cb (gpointer fd)
 * {
 *   g_close (GPOINTER_TO_INT (fd), NULL);
 * }
 *
 * weakref_finalize (document, close_cb, GINT_TO_POINTER (fd), NULL);
 * ```
 *
 * All methods can be called from any thread at any time. Four things can end a finalizer: the
 * death, [method@Weakref.Finalizer.run], [method@Weakref.Finalizer.detach] and the exit of the
 * process. The first of them does; the others have no effect.
 *
 * Since: 1.0
 */
struct _WeakrefFinalizer
{
  GObject parent_instance;

  WeakrefWatch watch;       /* while it is active it has a reference on us */
  WeakrefBlock *life;       /* (owned) (nullable) (const): if we wait until it is finalized */
  WeakrefCallback callback; /* who takes it ends the finalizer */
  WeakrefDestination *destination; /* (owned) (nullable) (const) */
  WeakrefKept kept;                /* in the registry until the finalizer has ended */
};

G_DEFINE_TYPE (WeakrefFinalizer, weakref_finalizer, G_TYPE_OBJECT)

enum
{
  PROP_ALIVE = 1,
  PROP_AT_EXIT,
  N_PROPS
};

static GParamSpec *props[N_PROPS];

/* Ends the finalizer, and runs the function if @run is TRUE. Returns FALSE if it had ended before.
 */
static gboolean
finalizer_end (WeakrefFinalizer *self, gboolean run)
{
  GCallback func = weakref_callback_take (&self->callback);

  if (func == NULL)
    return FALSE;

  weakref_registry_take (&self->kept, self);
  weakref_watch_stop (&self->watch);

  if (run)
    ((WeakrefFinalizerFunc) func) (self->callback.user_data);
  weakref_callback_release (&self->callback);
  g_object_notify_by_pspec (G_OBJECT (self), props[PROP_ALIVE]);

  g_object_unref (self);

  return TRUE;
}

static gboolean
finalizer_run_kept (gpointer self)
{
  return finalizer_end (self, TRUE);
}

static gboolean
finalizer_deliver_cb (gpointer user_data)
{
  finalizer_end (user_data, TRUE);

  return G_SOURCE_REMOVE;
}

static void
finalizer_announce_cb (WeakrefWatch *watch, gpointer target)
{
  WeakrefFinalizer *self = WEAKREF_CONTAINER_OF (watch, WeakrefFinalizer, watch);

  weakref_destination_send (self->destination, finalizer_deliver_cb, self, g_object_unref);
}

static void
finalizer_unref_cb (WeakrefWatch *watch)
{
  g_object_unref (WEAKREF_CONTAINER_OF (watch, WeakrefFinalizer, watch));
}

static const WeakrefWatchFuncs finalizer_funcs = {
  NULL, finalizer_announce_cb, finalizer_unref_cb, "WeakrefFinalizer", NULL,
};

static void
weakref_finalizer_set_property (GObject *object,
                                guint prop_id,
                                const GValue *value,
                                GParamSpec *pspec)
{
  WeakrefFinalizer *self = WEAKREF_FINALIZER (object);

  switch (prop_id)
    {
    case PROP_AT_EXIT:
      weakref_finalizer_set_at_exit (self, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_finalizer_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WeakrefFinalizer *self = WEAKREF_FINALIZER (object);

  switch (prop_id)
    {
    case PROP_ALIVE:
      g_value_set_boolean (value, weakref_finalizer_is_alive (self));
      break;
    case PROP_AT_EXIT:
      g_value_set_boolean (value, weakref_finalizer_get_at_exit (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
weakref_finalizer_finalize (GObject *object)
{
  WeakrefFinalizer *self = WEAKREF_FINALIZER (object);

  weakref_watch_clear (&self->watch);
  g_clear_pointer (&self->life, weakref_block_unref);
  g_clear_pointer (&self->destination, weakref_destination_unref);

  G_OBJECT_CLASS (weakref_finalizer_parent_class)->finalize (object);
}

static void
weakref_finalizer_class_init (WeakrefFinalizerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->set_property = weakref_finalizer_set_property;
  object_class->get_property = weakref_finalizer_get_property;
  object_class->finalize = weakref_finalizer_finalize;

  /**
   * WeakrefFinalizer:alive: (getter is_alive)
   *
   * Whether the function has not run yet and was not detached. It is notified once, when it becomes
   * %FALSE, in the thread that ran the function or detached it.
   *
   * Since: 1.0
   */
  props[PROP_ALIVE] =
    g_param_spec_boolean ("alive", NULL, NULL, FALSE, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);

  /**
   * WeakrefFinalizer:at-exit: (getter get_at_exit) (setter set_at_exit)
   *
   * Whether the function runs at the exit of this process if the target is alive then.
   *
   * Since: 1.0
   */
  props[PROP_AT_EXIT] =
    g_param_spec_boolean ("at-exit", NULL, NULL, TRUE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);

  g_object_class_install_properties (object_class, N_PROPS, props);
}

static void
weakref_finalizer_init (WeakrefFinalizer *self)
{
  self->kept.exits_with = weakref_process_get_id ();
}

static void
finalizer_start (WeakrefFinalizer *self,
                 gpointer target,
                 GMainContext *context,
                 WeakrefPhase phase,
                 gboolean for_binding,
                 WeakrefFinalizerFunc func,
                 gpointer user_data,
                 GDestroyNotify destroy)
{
  self->destination = weakref_destination_get (context);
  self->kept.for_binding = for_binding;
  weakref_callback_init (&self->callback, G_CALLBACK (func), user_data, destroy);
  if (phase == WEAKREF_PHASE_FINALIZE)
    self->life = weakref_block_get (target, WEAKREF_PHASE_DISPOSE);
  g_object_ref (self);
  weakref_watch_start (&self->watch, &finalizer_funcs, target, phase);
  weakref_registry_add (&self->kept, self, finalizer_run_kept, &self->callback);
}

static WeakrefFinalizer *
finalizer_new (gpointer target,
               GMainContext *context,
               WeakrefPhase phase,
               gboolean for_binding,
               WeakrefFinalizerFunc func,
               gpointer user_data,
               GDestroyNotify destroy)
{
  WeakrefFinalizer *self;

  g_return_val_if_fail (G_IS_OBJECT (target), NULL);
  g_return_val_if_fail (weakref_is_held (target), NULL);
  g_return_val_if_fail (func != NULL, NULL);
  g_return_val_if_fail (phase == WEAKREF_PHASE_DISPOSE || phase == WEAKREF_PHASE_FINALIZE, NULL);

  self = g_object_new (WEAKREF_TYPE_FINALIZER, NULL);
  finalizer_start (self, target, context, phase, for_binding, func, user_data, destroy);

  return self;
}

/**
 * weakref_finalizer_new: (skip)
 * @target: (type GObject.Object) (not nullable): the object to clean up after
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call
 * @user_data: (nullable): data for @func; it must not hold @target
 * @destroy: (nullable): frees @user_data
 *
 * Makes a finalizer that runs when @target dies, in the thread that drops the last reference.
 *
 * @destroy runs once in any case, after @func or instead of it, in any thread.
 *
 * You must hold a reference on @target during the call, which can be made from any thread.
 *
 * Returns: (transfer full): a new finalizer; the library has a reference of its own on it
 *
 * Since: 1.0
 */
WeakrefFinalizer *
weakref_finalizer_new (gpointer target,
                       WeakrefFinalizerFunc func,
                       gpointer user_data,
                       GDestroyNotify destroy)
{
  return finalizer_new (target, NULL, WEAKREF_PHASE_DISPOSE, FALSE, func, user_data, destroy);
}

/**
 * weakref_finalizer_new_full: (skip)
 * @target: (type GObject.Object) (not nullable): the object to clean up after
 * @context: (nullable): where to run, or %NULL for the thread that drops the last reference
 * @phase: which end of the object's life to wait for
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call
 * @user_data: (nullable): data for @func; it must not hold @target
 * @destroy: (nullable): frees @user_data
 *
 * Makes a finalizer, with all options.
 *
 * @destroy runs once in any case, after @func or instead of it, in any thread. If @context goes
 * away before it has run the function, the finalizer stays alive. It then runs at the exit of the
 * process, or when [method@Weakref.Finalizer.run] is called.
 *
 * You must hold a reference on @target during the call, which can be made from any thread.
 *
 * Returns: (transfer full): a new finalizer; the library has a reference of its own on it
 *
 * Since: 1.0
 */
WeakrefFinalizer *
weakref_finalizer_new_full (gpointer target,
                            GMainContext *context,
                            WeakrefPhase phase,
                            WeakrefFinalizerFunc func,
                            gpointer user_data,
                            GDestroyNotify destroy)
{
  return finalizer_new (target, context, phase, FALSE, func, user_data, destroy);
}

/**
 * weakref_finalizer_new_for_binding: (constructor) (rename-to weakref_finalizer_new_full)
 * @target: (type GObject.Object) (not nullable): the object to clean up after
 * @context: (nullable): where to run, or %NULL for the thread that drops the last reference
 * @phase: which end of the object's life to wait for
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call
 * @user_data: (nullable): data for @func; it must not hold @target
 * @destroy: (nullable): frees @user_data
 *
 * Makes a finalizer whose function belongs to a language with an interpreter.
 *
 * It differs from [ctor@Weakref.Finalizer.new_full] only at the exit of the process. When C calls
 * its exit handlers, the interpreter is gone. So this finalizer does not run by itself then. The
 * language calls [func@Weakref.Finalizer.run_at_exit] before its interpreter ends.
 *
 * You must hold a reference on @target during the call, which can be made from any thread.
 *
 * Returns: (transfer full): a new finalizer; the library has a reference of its own on it
 *
 * Since: 1.0
 */
WeakrefFinalizer *
weakref_finalizer_new_for_binding (gpointer target,
                                   GMainContext *context,
                                   WeakrefPhase phase,
                                   WeakrefFinalizerFunc func,
                                   gpointer user_data,
                                   GDestroyNotify destroy)
{
  return finalizer_new (target, context, phase, TRUE, func, user_data, destroy);
}

/**
 * weakref_finalize: (skip)
 * @target: (type GObject.Object) (not nullable): the object to clean up after
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call
 * @user_data: (nullable): data for @func; it must not hold @target
 * @destroy: (nullable): frees @user_data
 *
 * Has @func called when @target dies, or at process exit.
 *
 * It is [ctor@Weakref.Finalizer.new] for callers who don't keep the finalizer.
 *
 * Since: 1.0
 */
void
weakref_finalize (gpointer target,
                  WeakrefFinalizerFunc func,
                  gpointer user_data,
                  GDestroyNotify destroy)
{
  WeakrefFinalizer *self = weakref_finalizer_new (target, func, user_data, destroy);

  if (self != NULL)
    g_object_unref (self);
}

/**
 * weakref_finalizer_start_for_binding:
 * @self: a finalizer that was made by g_object_new() alone
 * @target: (type GObject.Object) (not nullable): the object to clean up after
 * @context: (nullable): where to run, or %NULL for the thread that drops the last reference
 * @phase: which end of the object's life to wait for
 * @func: (scope notified) (closure user_data) (destroy destroy): what to call
 * @user_data: (nullable): data for @func; it must not hold @target
 * @destroy: (nullable): frees @user_data
 *
 * Starts a finalizer that was made with g_object_new(). Then it is what
 * [ctor@Weakref.Finalizer.new_for_binding] makes.
 *
 * It is for the constructors of classes that a language derives from this one. It can be called
 * once for each object.
 *
 * You must hold a reference on @target during the call, which can be made from any thread.
 *
 * Since: 1.0
 */
void
weakref_finalizer_start_for_binding (WeakrefFinalizer *self,
                                     gpointer target,
                                     GMainContext *context,
                                     WeakrefPhase phase,
                                     WeakrefFinalizerFunc func,
                                     gpointer user_data,
                                     GDestroyNotify destroy)
{
  g_return_if_fail (WEAKREF_IS_FINALIZER (self));
  g_return_if_fail (weakref_watch_get_block (&self->watch) == NULL);
  g_return_if_fail (G_IS_OBJECT (target));
  g_return_if_fail (weakref_is_held (target));
  g_return_if_fail (func != NULL);
  g_return_if_fail (phase == WEAKREF_PHASE_DISPOSE || phase == WEAKREF_PHASE_FINALIZE);

  finalizer_start (self, target, context, phase, TRUE, func, user_data, destroy);
}

/**
 * weakref_finalizer_run:
 * @self: a finalizer
 *
 * Runs the function now, in this thread, unless it ran or was detached before.
 *
 * Returns: %TRUE if this call ran it, %FALSE if it had run or was detached before
 *
 * Since: 1.0
 */
gboolean
weakref_finalizer_run (WeakrefFinalizer *self)
{
  g_return_val_if_fail (WEAKREF_IS_FINALIZER (self), FALSE);

  return finalizer_end (self, TRUE);
}

/**
 * weakref_finalizer_detach:
 * @self: a finalizer
 *
 * Makes sure that the function never runs, unless it ran or was detached before.
 *
 * Returns: %TRUE if this call detached it, %FALSE if it had run or was detached before
 *
 * Since: 1.0
 */
gboolean
weakref_finalizer_detach (WeakrefFinalizer *self)
{
  g_return_val_if_fail (WEAKREF_IS_FINALIZER (self), FALSE);

  return finalizer_end (self, FALSE);
}

/**
 * weakref_finalizer_peek:
 * @self: a finalizer
 *
 * Gives the target, if it is alive and the function has neither run nor been detached.
 *
 * Returns: (transfer full) (type GObject.Object) (nullable): the target, or %NULL
 *
 * Since: 1.0
 */
gpointer
weakref_finalizer_peek (WeakrefFinalizer *self)
{
  g_return_val_if_fail (WEAKREF_IS_FINALIZER (self), NULL);

  if (!weakref_finalizer_is_alive (self))
    return NULL;

  return weakref_block_dup_target (self->life != NULL ? self->life
                                                      : weakref_watch_get_block (&self->watch));
}

/**
 * weakref_finalizer_is_alive: (get-property alive)
 * @self: a finalizer
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
weakref_finalizer_is_alive (WeakrefFinalizer *self)
{
  g_return_val_if_fail (WEAKREF_IS_FINALIZER (self), FALSE);

  return weakref_callback_is_there (&self->callback);
}

/**
 * weakref_finalizer_get_at_exit: (get-property at-exit)
 * @self: a finalizer
 *
 * Tells whether the function runs at process exit if the target is still alive then.
 *
 * Returns: %TRUE if it does
 *
 * Since: 1.0
 */
gboolean
weakref_finalizer_get_at_exit (WeakrefFinalizer *self)
{
  g_return_val_if_fail (WEAKREF_IS_FINALIZER (self), FALSE);

  return weakref_registry_get_at_exit (&self->kept);
}

/**
 * weakref_finalizer_set_at_exit: (set-property at-exit)
 * @self: a finalizer
 * @at_exit: whether the function is to run at process exit
 *
 * Sets whether the function runs at process exit if the target is still alive then.
 *
 * The default is %TRUE in the process that made the finalizer, and %FALSE in its forks.
 *
 * Since: 1.0
 */
void
weakref_finalizer_set_at_exit (WeakrefFinalizer *self, gboolean at_exit)
{
  g_return_if_fail (WEAKREF_IS_FINALIZER (self));

  if (weakref_registry_set_at_exit (&self->kept, at_exit))
    g_object_notify_by_pspec (G_OBJECT (self), props[PROP_AT_EXIT]);
}

/**
 * weakref_finalizer_run_at_exit:
 *
 * Runs all finalizers that are alive and have [property@Weakref.Finalizer:at-exit] set, newest
 * first. Those that a parent process made before a fork() are not among them.
 *
 * When the process ends with `exit()` or the return of `main()`, the finalizers that were made in C
 * run by themselves. The interpreter of a language is gone at that moment. So a language calls this
 * function before: Python in its `atexit`, a JavaScript program at its end.
 *
 * The function of a finalizer may make further finalizers, which run next, or detach others. All of
 * them run in this thread, whatever their #GMainContext.
 *
 * Since: 1.0
 */
void
weakref_finalizer_run_at_exit (void)
{
  weakref_registry_run (TRUE);
}
