/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/handle.h>
#include <weakref-glib/weakref-proxy.h>

G_BEGIN_DECLS

/* How proxies implement an interface of their targets. Properties and signals take care of
 * themselves; what is left is the vtable, and what to say at the death. To support another
 * interface, write a file with one such struct, declare it below, and list it in
 * proxy/type.c.
 *
 * Each proxy has a state of it, filled with zeros when the proxy is made. */
typedef struct
{
  GType (*get_type) (void);
  void (*init) (gpointer iface);
  gsize state_size;
  /* The target is there, held by the caller. May be NULL. */
  void (*start) (gpointer state, gpointer target);
  /* The target emits a signal of the interface, whether anybody listens or not, and is not being
   * disposed. May be NULL. */
  void (*track) (gpointer state, gpointer target, const char *signal, const GValue *params);
  /* The target died: tell so, as the interface has it. */
  void (*die) (WeakrefProxy *self, gpointer state);
  /* Reads a property of a dead proxy; FALSE leaves the default. May be NULL. */
  gboolean (*get_dead) (WeakrefProxy *self, const char *name, GValue *value);
  /* Frees what is in the state. May be NULL. */
  void (*clear) (gpointer state);
} WeakrefProxyInterface;

extern const WeakrefProxyInterface weakref_proxy_list_model;
extern const WeakrefProxyInterface weakref_proxy_action;
extern const WeakrefProxyInterface weakref_proxy_action_group;

/* How emissions on the target reach the proxy: see proxy/signals.c. */
typedef enum
{
  WEAKREF_FORWARD_HANDLER,
  WEAKREF_FORWARD_GATED,
  WEAKREF_FORWARD_HOOK
} WeakrefForward;

/* A signal of the target's type, and what stands for it in the proxy's. */
typedef struct
{
  guint target_id;
  guint proxy_id;
  gboolean notify;
  gboolean own;  /* the proxy's type has a signal of its own for it; else they share one */
  int interface; /* the index of the WeakrefProxyInterface that it belongs to, or -1 */
  WeakrefForward forward;
} WeakrefProxySignal;

/* The class of the dynamic types: those of all the proxies there are. */
typedef struct
{
  WeakrefProxyClass parent_class;

  GType target_type;
  const WeakrefProxyInterface **interfaces; /* (owned) (array length=n_interfaces) */
  guint n_interfaces;
  WeakrefProxySignal *signals; /* (owned) (array length=n_signals) */
  guint n_signals;
} WeakrefProxyTypeClass;

#define WEAKREF_PROXY_GET_TYPE_CLASS(self) ((WeakrefProxyTypeClass *) G_OBJECT_GET_CLASS (self))

struct _WeakrefProxy
{
  GObject parent_instance;

  WeakrefHandle *handle; /* (owned) */
  gpointer *states;      /* (owned) (const): one for each interface of the class */
  GClosure **forwarders; /* (owned) (const): one for each signal of the class */
};

/* proxy/proxy.c */
GList *weakref_proxy_list (gpointer target);
gpointer weakref_proxy_dup_living (WeakrefProxy *self);
gpointer weakref_proxy_get_state (WeakrefProxy *self, const WeakrefProxyInterface *iface);
const GVariantType *weakref_proxy_intern_type (const GVariantType *type);

/* proxy/type.c */
GType weakref_proxy_type_get (GType target_type);

/* proxy/param.c */
GParamSpec *weakref_proxy_param_new (GParamSpec *from);

/* proxy/signals.c */
void weakref_proxy_signals_init (WeakrefProxyTypeClass *klass);
void weakref_proxy_signals_prepare (WeakrefProxy *self);
void weakref_proxy_signals_start (WeakrefProxy *self, gpointer target);
void weakref_proxy_signals_stop (WeakrefProxy *self);
void weakref_proxy_signals_drop (WeakrefProxy *self);
void weakref_proxy_signals_free (WeakrefProxy *self);

G_END_DECLS
