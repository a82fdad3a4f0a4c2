/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include <weakref-glib/proxy/proxy-private.h>

/* From a proxy to its target and its states, and from a target to its proxies. */

/* Returns a list of the proxies of @target, with a reference to each. It is empty from the moment
 * when the death of @target is announced. */
GList *
weakref_proxy_list (gpointer target)
{
  return weakref_handle_list (weakref_block_lookup (target, WEAKREF_PHASE_DISPOSE),
                              WEAKREF_SLOT_PROXY);
}

/* Returns a new reference to the target, or NULL if it is dead. */
gpointer
weakref_proxy_dup_living (WeakrefProxy *self)
{
  WeakrefBlock *block = weakref_watch_get_block (&self->handle->watch);

  return block != NULL ? weakref_block_dup_target (block) : NULL;
}

/* Returns the state of @self for @iface, which its class must have. */
gpointer
weakref_proxy_get_state (WeakrefProxy *self, const WeakrefProxyInterface *iface)
{
  WeakrefProxyTypeClass *klass = WEAKREF_PROXY_GET_TYPE_CLASS (self);
  guint i;

  for (i = 0; klass->interfaces[i] != iface; i++)
    ;

  return self->states[i];
}

/* Returns a copy of @type that is never freed. The functions of the interfaces return types that
 * belong to the target. The caller may read such a type after the death of the target. The program
 * has few different types, so the copies take little memory. */
const GVariantType *
weakref_proxy_intern_type (const GVariantType *type)
{
  const char *interned;
  char *copy;

  if (type == NULL)
    return NULL;

  copy = g_variant_type_dup_string (type);
  interned = g_intern_string (copy);
  g_free (copy);

  return G_VARIANT_TYPE (interned);
}
