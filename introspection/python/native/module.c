/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

/* The native module: references, and what they refer to. The Python module pure is the same in
 * Python. */

static PyObject *
module_get_referent (PyObject *module, PyObject *thing)
{
  return native_get_referent (thing);
}

static PyObject *
module_find_referents (PyObject *module, PyObject *thing)
{
  PyObject *referent = native_find_referent (thing);
  PyObject *referents;

  if (referent == NULL)
    return PyErr_Occurred () ? NULL : PyTuple_New (0);

  referents = PyTuple_Pack (1, referent);
  Py_DECREF (referent);

  return referents;
}

static PyObject *
module_make_ref (PyObject *module, PyObject *args)
{
  PyTypeObject *type;
  PyObject *referent;
  PyObject *callback;

  if (!PyArg_ParseTuple (args, "O!OO", &PyType_Type, &type, &referent, &callback))
    return NULL;
  if (!PyType_IsSubtype (type, &native_ref_type))
    return PyErr_Format (PyExc_TypeError, "a subclass of ref is wanted");

  return native_make_ref (type, referent, callback);
}

static PyObject *
module_refuse (PyObject *module, PyObject *types)
{
  if (!native_refuse (types))
    return NULL;

  Py_RETURN_NONE;
}

static PyMethodDef module_methods[] = {
  { "get_referent", module_get_referent, METH_O,
    "Return what references to the thing refer to: its anchor, or itself if it is no GObject." },
  { "get_shared_referent", module_get_referent, METH_O,
    "Return what those references to the thing refer to that are shared." },
  { "find_referents", module_find_referents, METH_O,
    "Return a tuple of all that references to the thing refer to." },
  { "make_ref", module_make_ref, METH_VARARGS,
    "Make a reference of the type to a referent, with a callback." },
  { "refuse", module_refuse, METH_O, "Let there be no references to objects of the types." },
  { NULL },
};

static struct PyModuleDef module_def = {
  PyModuleDef_HEAD_INIT,
  .m_name = "gi.overrides.Weakref._native",
  .m_size = -1,
  .m_methods = module_methods,
};

PyMODINIT_FUNC PyInit__native (void);

PyMODINIT_FUNC
PyInit__native (void)
{
  PyObject *module;

  if (PyInterpreterState_Get () != PyInterpreterState_Main ())
    {
      PyErr_SetString (PyExc_ImportError, "only the main interpreter has GObjects");
      return NULL;
    }

  if (!native_anchor_init () || !native_ref_init ())
    return NULL;

  module = PyModule_Create (&module_def);
  if (module == NULL || PyModule_AddType (module, &native_anchor_type) < 0 ||
      PyModule_AddType (module, &native_ref_type) < 0)
    Py_CLEAR (module);

  return module;
}
