/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

/* The native module: references, proxies, and what they refer to. The modules pure and
 * pure_proxies are the same in Python. */

static PyObject *
module_get_referent (PyObject *module, PyObject *thing)
{
  return native_get_referent (thing);
}

static int
get_rank (PyWeakReference *ref, PyObject *listed)
{
  if (ref->wr_callback != NULL)
    return 2;
  if (Py_IS_TYPE (listed, &_PyWeakref_RefType) || Py_IS_TYPE (listed, &native_ref_type))
    return 0;

  return PyObject_TypeCheck (listed, &_PyWeakref_RefType) ? 2 : 1;
}

static PyObject *
module_proxy (PyObject *module, PyObject *args)
{
  PyObject *thing;
  PyObject *callback = Py_None;

  if (!PyArg_UnpackTuple (args, "proxy", 1, 2, &thing, &callback))
    return NULL;

  return native_proxy (thing, callback);
}

static PyObject *
module_unwrap (PyObject *module, PyObject *thing)
{
  return native_unwrap (thing);
}

/* The list of the interpreter, with what is shared first, as the interpreter has it. */
static PyObject *
module_getweakrefs (PyObject *module, PyObject *thing)
{
  PyObject *referent = native_find_referent (thing);
  PyObject *list = PyErr_Occurred () ? NULL : PyList_New (0);
  PyWeakReference *ref;
  int rank;

  for (rank = 0; list != NULL && referent != NULL && rank < 3; rank++)
    {
      if (Py_TYPE (referent)->tp_weaklistoffset == 0)
        break;

      ref = *(PyWeakReference **) PyObject_GET_WEAKREFS_LISTPTR (referent);
      for (; ref != NULL; ref = ref->wr_next)
        {
          PyObject *found = native_ref_as_listed ((PyObject *) ref);

          if (found != NULL && get_rank (ref, found) == rank && PyList_Append (list, found) < 0)
            {
              Py_CLEAR (list);
              break;
            }
        }
    }
  Py_XDECREF (referent);

  return list;
}

static PyObject *
module_getweakrefcount (PyObject *module, PyObject *thing)
{
  PyObject *referent = native_find_referent (thing);
  PyWeakReference *ref = NULL;
  Py_ssize_t count = 0;

  if (referent == NULL && PyErr_Occurred ())
    return NULL;

  if (referent != NULL && Py_TYPE (referent)->tp_weaklistoffset != 0)
    ref = *(PyWeakReference **) PyObject_GET_WEAKREFS_LISTPTR (referent);
  for (; ref != NULL; ref = ref->wr_next)
    {
      if (native_ref_as_listed ((PyObject *) ref) != NULL)
        count++;
    }
  Py_XDECREF (referent);

  return PyLong_FromSsize_t (count);
}

/* holds (target, function, args, kwargs) */
static PyObject *
module_holds (PyObject *module, PyObject *const *args, Py_ssize_t n_args)
{
  PyObject *things[3];

  if (n_args != 4)
    return PyErr_Format (PyExc_TypeError, "four arguments are wanted");
  if (!native_is_gobject (args[0]))
    Py_RETURN_FALSE;

  memcpy (things, args + 1, sizeof things);
  return PyBool_FromLong (native_holds (things, G_N_ELEMENTS (things), args[0]));
}

static PyObject *
module_make_end (PyObject *module, PyObject *thing)
{
  return native_make_end (thing);
}

static PyMethodDef module_methods[] = {
  { "get_referent", module_get_referent, METH_O,
    "Return what references to the thing refer to: its anchor, or itself if it is no GObject." },
  { "proxy", module_proxy, METH_VARARGS,
    "proxy(object, callback=None, /)\n--\n\n"
    "Return a proxy of the object: it is used like the object itself, and does not keep it alive.\n"
    "\n"
    "Without a callback all who ask for one share it, as long as anybody has it. Once the object "
    "is\ndead, every use of the proxy raises ReferenceError." },
  { "unwrap", module_unwrap, METH_O, "Return the object of a proxy, and all else as it is." },
  { "getweakrefs", module_getweakrefs, METH_O,
    "getweakrefs($module, object, /)\n--\n\n"
    "Return a list of all weak references and proxies of the object that Python has." },
  { "getweakrefcount", module_getweakrefcount, METH_O,
    "getweakrefcount($module, object, /)\n--\n\n"
    "Return the number of weak references and proxies of the object that Python has." },
  { "holds", (PyCFunction) (void *) module_holds, METH_FASTCALL,
    "Tell whether a function or its arguments are or hold a GObject." },
  { "make_end", module_make_end, METH_O,
    "Make an object that dies when the memory of the GObject goes, and not before." },
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

  if (!native_anchor_init () || !native_ref_init () || !native_proxy_init ())
    return NULL;

  module = PyModule_Create (&module_def);
  if (module == NULL || PyModule_AddType (module, &native_anchor_type) < 0 ||
      PyModule_AddType (module, &native_ref_type) < 0 ||
      PyModule_AddType (module, &native_proxy_type) < 0 ||
      PyModule_AddType (module, &native_callable_proxy_type) < 0)
    Py_CLEAR (module);

  return module;
}
