/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/proxy/proxy-private.h>
#include <weakref-glib/core/locks.h>

/* The proxy types. Each type of target has one proxy type, a subtype of WeakrefProxy. It is
 * registered when the first proxy of a target of exactly that type is made. It exists for ever, as
 * all static types do. It has all properties and all signals of the type of the target.
 *
 * LOCKING. The type lock is held while a type is registered. So each type of target gets only one
 * proxy type. Registering runs no foreign code. The class is initialized later, under a lock of
 * GLib. */
#define type_lock weakref_locks[WEAKREF_LOCK_PROXY_TYPES]

static const WeakrefProxyInterface *const all_interfaces[] = {
  &weakref_proxy_list_model,
  &weakref_proxy_action,
  &weakref_proxy_action_group,
};

static G_DEFINE_QUARK (weakref_glib_proxy_type, proxy_type)

static void
proxy_type_set_property (GObject *object, guint prop_id, const GValue *value, GParamSpec *pspec)
{
  gpointer target = weakref_proxy_dup_living (WEAKREF_PROXY (object));

  if (target == NULL)
    return;

  g_object_set_property (target, pspec->name, value);
  g_object_unref (target);
}

static void
proxy_type_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  WeakrefProxy *self = WEAKREF_PROXY (object);
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  gpointer target = weakref_proxy_dup_living (self);
  guint i;

  if (target != NULL)
    {
      g_object_get_property (target, pspec->name, value);
      g_object_unref (target);
      return;
    }

  for (i = 0; i < klass->n_interfaces; i++)
    {
      if (klass->interfaces[i]->get_dead != NULL &&
          klass->interfaces[i]->get_dead (self, pspec->name, value))
        return;
    }
  g_param_value_set_default (pspec, value);
}

/* This function and proxy_type_finalize() are those of the proxy types, not those of WeakrefProxy.
 * A program may derive a class from WeakrefProxy. The instances of that class are dead from the
 * start, and have neither states nor forwarders. */
static void
proxy_type_constructed (GObject *object)
{
  WeakrefProxy *self = WEAKREF_PROXY (object);
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  guint i;

  G_OBJECT_CLASS (g_type_class_peek (WEAKREF_TYPE_PROXY))->constructed (object);

  self->states = g_new0 (gpointer, klass->n_interfaces);
  for (i = 0; i < klass->n_interfaces; i++)
    self->states[i] = g_malloc0 (klass->interfaces[i]->state_size);
  weakref_proxy_signals_prepare (self);
}

static void
proxy_type_finalize (GObject *object)
{
  WeakrefProxy *self = WEAKREF_PROXY (object);
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  guint i;

  for (i = 0; i < klass->n_interfaces; i++)
    {
      if (klass->interfaces[i]->clear != NULL)
        klass->interfaces[i]->clear (self->states[i]);
      g_free (self->states[i]);
    }
  g_free (self->states);
  weakref_proxy_signals_free (self);

  G_OBJECT_CLASS (g_type_class_peek (WEAKREF_TYPE_PROXY))->finalize (object);
}

static void
proxy_type_install_properties (GObjectClass *object_class, GType target_type)
{
  GObjectClass *target_class = g_type_class_ref (target_type);
  guint n_pspecs;
  GParamSpec **pspecs = g_object_class_list_properties (target_class, &n_pspecs);
  guint i;

  for (i = 0; i < n_pspecs; i++)
    {
      GParamSpec *pspec = weakref_proxy_param_new (pspecs[i]);

      if (pspec->flags & G_PARAM_READWRITE)
        g_object_class_install_property (object_class, i + 1, pspec);
      else
        {
          g_param_spec_ref_sink (pspec);
          g_param_spec_unref (pspec);
        }
    }

  g_free (pspecs);
  g_type_class_unref (target_class);
}

static void
proxy_type_class_init (gpointer klass, gpointer class_data)
{
  WeakrefProxyTypeClass *type_class = klass;
  GObjectClass *object_class = klass;
  guint i;

  object_class->constructed = proxy_type_constructed;
  object_class->set_property = proxy_type_set_property;
  object_class->get_property = proxy_type_get_property;
  object_class->finalize = proxy_type_finalize;

  type_class->target_type = GPOINTER_TO_SIZE (class_data);
  type_class->interfaces = g_new (const WeakrefProxyInterface *, G_N_ELEMENTS (all_interfaces));
  for (i = 0; i < G_N_ELEMENTS (all_interfaces); i++)
    {
      if (g_type_is_a (type_class->target_type, all_interfaces[i]->get_type ()))
        type_class->interfaces[type_class->n_interfaces++] = all_interfaces[i];
    }

  proxy_type_install_properties (object_class, type_class->target_type);
  weakref_proxy_signals_init (type_class);
}

static void
proxy_type_interface_init (gpointer iface, gpointer data)
{
  ((const WeakrefProxyInterface *) data)->init (iface);
}

static GType
proxy_type_register_locked (GType target_type)
{
  const GTypeInfo info = {
    .class_size = sizeof (WeakrefProxyTypeClass),
    .class_init = proxy_type_class_init,
    .class_data = GSIZE_TO_POINTER (target_type),
    .instance_size = sizeof (WeakrefProxy),
  };
  char *name = g_strconcat ("WeakrefProxy+", g_type_name (target_type), NULL);
  GType type;
  guint i;

  /* The program may have registered another type with this name. */
  for (i = 2; g_type_from_name (name) != 0; i++)
    {
      g_free (name);
      name = g_strdup_printf ("WeakrefProxy+%s+%u", g_type_name (target_type), i);
    }

  type = g_type_register_static (WEAKREF_TYPE_PROXY, name, &info, 0);
  g_free (name);

  for (i = 0; i < G_N_ELEMENTS (all_interfaces); i++)
    {
      const GInterfaceInfo iface_info = {
        .interface_init = proxy_type_interface_init,
        .interface_data = (gpointer) all_interfaces[i],
      };

      if (g_type_is_a (target_type, all_interfaces[i]->get_type ()))
        g_type_add_interface_static (type, all_interfaces[i]->get_type (), &iface_info);
    }

  return type;
}

/* Gives the proxy type of targets of @target_type. */
GType
weakref_proxy_type_get (GType target_type)
{
  GType type = GPOINTER_TO_SIZE (g_type_get_qdata (target_type, proxy_type_quark ()));

  if (type != 0)
    return type;

  /* The first use of this type registers it and takes a lock of GLib. That must not happen under
   * the type lock. */
  g_type_ensure (WEAKREF_TYPE_PROXY);

  weakref_lock (&type_lock);
  type = GPOINTER_TO_SIZE (g_type_get_qdata (target_type, proxy_type_quark ()));
  if (type == 0)
    {
      type = proxy_type_register_locked (target_type);
      g_type_set_qdata (target_type, proxy_type_quark (), GSIZE_TO_POINTER (type));
    }
  g_mutex_unlock (&type_lock);

  return type;
}
