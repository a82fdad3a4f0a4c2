/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#pragma once

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#ifdef Py_GIL_DISABLED
#error "A Python without a GIL is not supported: the GIL is the lock of this module."
#endif

#include <weakref-glib/weakref-glib.h>

/* Everything here is called with the GIL, which is the one lock: no state is ever seen half made.
 * No function of the library that is called here waits for a thread that wants the GIL. */

extern PyTypeObject native_anchor_type;
extern PyTypeObject native_ref_type;

extern PyTypeObject native_proxy_type;
extern PyTypeObject native_callable_proxy_type;

/* anchor.c */
gboolean native_anchor_init (void);
PyObject *native_anchor_dup_target (PyObject *self);
PyObject *native_get_referent (PyObject *thing);
PyObject *native_find_referent (PyObject *thing);
PyObject *native_make_end (PyObject *thing);
gboolean native_is_gobject (PyObject *thing);

/* ref.c */
PyObject *native_make_ref (PyTypeObject *type, PyObject *referent, PyObject *callback);
PyObject *native_find_shared (PyObject *referent, PyTypeObject *type, PyWeakReference **first);
PyObject *native_agree_on_shared (PyObject *made, PyWeakReference *first);
PyObject *native_ref_get (PyObject *self);
PyObject *native_describe (const char *what, PyObject *self, PyObject *target);
gboolean native_ref_init (void);

/* proxy.c */
PyObject *native_unwrap (PyObject *thing);
PyObject *native_proxy (PyObject *thing, PyObject *callback);
PyObject *native_ref_as_listed (PyObject *ref);
gboolean native_proxy_init (void);

/* proxy-methods.c */
extern PyMethodDef native_proxy_methods[];
extern PyAsyncMethods native_proxy_as_async;

/* holds.c */
gboolean native_holds (PyObject *const *things, Py_ssize_t n_things, PyObject *target);
