/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#include <weakref-glib/core/handle.h>
#include <weakref-glib/weakref-proxy.h>

G_BEGIN_DECLS

/* How a proxy implements an interface of its target. The properties and signals of the interface
 * are handled with those of the type. What is left are the functions of the interface, and what the
 * proxy emits when the target has died. To support another interface, write a file with one such
 * struct, declare it below, and list it in proxy/type.c.
 *
 * Each proxy has a state for each of its interfaces. It is filled with zeros when the proxy is
 * made. */
typedef struct
{
  GType (*get_type) (void);
  void (*init) (gpointer iface);
  gsize state_size;
  /* Reads what is needed of the target. The caller has a reference to it. May be NULL. */
  void (*start) (gpointer state, gpointer target);
  /* The target emits a signal of the interface. It is alive. This is called also if the proxy has
   * no handlers for the signal. May be NULL. */
  void (*track) (gpointer state, gpointer target, const char *signal, const GValue *params);
  /* The target has died. Emits the signals with which this interface tells that. */
  void (*die) (WeakrefProxy *self, gpointer state);
  /* Reads a property of a dead proxy. Returns FALSE if the default is to be given. May be NULL. */
  gboolean (*get_dead) (WeakrefProxy *self, const char *name, GValue *value);
  /* Frees what is in the state. May be NULL. */
  void (*clear) (gpointer state);
} WeakrefProxyInterface;

extern const WeakrefProxyInterface weakref_proxy_list_model;
extern const WeakrefProxyInterface weakref_proxy_action;
extern const WeakrefProxyInterface weakref_proxy_action_group;

/* How an emission on the target reaches the proxy. See proxy/signals.c and, for those that are not
 * plain handlers, proxy/emission-hooks.c. */
typedef enum
{
  WEAKREF_FORWARD_HANDLER,
  WEAKREF_FORWARD_BLOCKED_HANDLER,
  WEAKREF_FORWARD_HOOK
} WeakrefForward;

typedef enum
{
  WEAKREF_PROXY_SIGNAL_OWN,      /* the proxy type has a signal of its own with the same name */
  WEAKREF_PROXY_SIGNAL_NOTIFY,   /* `notify`, which each GObject has */
  WEAKREF_PROXY_SIGNAL_INTERFACE /* of an interface that target and proxy implement */
} WeakrefProxySignalKind;

/* A signal of the type of the target, and the signal of the proxy type that it is forwarded to. */
typedef struct
{
  guint target_id;
  guint proxy_id; /* the same as target_id, unless the kind is OWN */
  WeakrefProxySignalKind kind;
  guint interface; /* the index in `interfaces` of the class, if the kind is INTERFACE */
  WeakrefForward forward;
} WeakrefProxySignal;

/* The closure that forwards a signal of one target to one proxy. */
typedef struct
{
  GClosure closure; /* its data is the handle (owned) */
  const WeakrefProxySignal *signal;
  gboolean is_blocked; /* hook lock */
} WeakrefForwarder;

/* The class of the proxy types. Each type of target has one proxy type. */
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

  WeakrefHandle *handle;         /* (owned) */
  gpointer *states;              /* (owned) (const): one for each interface of the class */
  WeakrefForwarder **forwarders; /* (owned) (const): one for each signal of the class */
  gint forwards;                 /* (atomic): the forwarders have to be disconnected */
};

/* proxy/target.c */
GList *weakref_proxy_list (gpointer target);
gpointer weakref_proxy_dup_living (WeakrefProxy *self);
gpointer weakref_proxy_get_state (WeakrefProxy *self, const WeakrefProxyInterface *iface);
const GVariantType *weakref_proxy_intern_type (const GVariantType *type);

/* proxy/type.c */
GType weakref_proxy_type_get (GType target_type);

/* proxy/param.c */
GParamSpec *weakref_proxy_param_new (GParamSpec *from);

/* proxy/forward.c */
gboolean weakref_proxy_has_handlers (WeakrefProxy *self, guint signal_id, GQuark detail);
gboolean weakref_proxy_forward_signal (WeakrefProxy *self,
                                       const WeakrefProxySignal *signal,
                                       GQuark detail,
                                       GValue *return_value,
                                       guint n_params,
                                       const GValue *params);
guint weakref_proxy_signal_new (GType type, GSignalQuery *query);

/* proxy/signals.c */
void weakref_proxy_signals_init (WeakrefProxyTypeClass *klass);
void weakref_proxy_signals_prepare (WeakrefProxy *self);
void weakref_proxy_signals_start (WeakrefProxy *self, gpointer target);
void weakref_proxy_signals_stop (WeakrefProxy *self);
void weakref_proxy_signals_drop (WeakrefProxy *self);
void weakref_proxy_signals_free (WeakrefProxy *self);

/* proxy/emission-hooks.c */
void weakref_emission_hook_start (WeakrefForwarder *forwarder, gpointer target);
void weakref_emission_hook_stop (const WeakrefProxySignal *signal);

G_END_DECLS
