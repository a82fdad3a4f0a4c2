/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

/* The special methods that have no slot in a type. Python looks them up in the type of the proxy,
 * and here they are called as those of the target's type. */
static PyObject *
call_special (PyObject *self, const char *name, PyObject *args)
{
  PyObject *target = native_unwrap (self);
  PyObject *result = NULL;
  PyObject *method;

  if (target == NULL)
    return NULL;

  method = PyObject_GetAttrString ((PyObject *) Py_TYPE (target), name);
  if (method == NULL && PyErr_ExceptionMatches (PyExc_AttributeError))
    {
      PyErr_Clear ();
      PyErr_Format (PyExc_TypeError, "'%.200s' object does not support %s",
                    Py_TYPE (target)->tp_name, name);
    }
  else if (method != NULL)
    {
      Py_ssize_t n_args = PyTuple_GET_SIZE (args);
      PyObject *all = PyTuple_New (n_args + 1);
      Py_ssize_t i;

      if (all != NULL)
        {
          PyTuple_SET_ITEM (all, 0, Py_NewRef (target));
          for (i = 0; i < n_args; i++)
            PyTuple_SET_ITEM (all, i + 1, Py_NewRef (PyTuple_GET_ITEM (args, i)));
          result = PyObject_Call (method, all, NULL);
          Py_DECREF (all);
        }
    }
  Py_XDECREF (method);
  Py_DECREF (target);

  return result;
}

#define SPECIAL(name)                                                                              \
  static PyObject *proxy_special_##name (PyObject *self, PyObject *args)                           \
  {                                                                                                \
    return call_special (self, "__" #name "__", args);                                             \
  }

#define SPECIAL_METHOD(name)                                                                       \
  {                                                                                                \
    "__" #name "__", proxy_special_##name, METH_VARARGS, NULL                                      \
  }

SPECIAL (aenter)
SPECIAL (aexit)
SPECIAL (ceil)
SPECIAL (enter)
SPECIAL (exit)
SPECIAL (floor)
SPECIAL (fspath)
SPECIAL (length_hint)
SPECIAL (round)
SPECIAL (trunc)
SPECIAL (await)
SPECIAL (aiter)
SPECIAL (anext)

static PyObject *
apply (PyObject *self, unaryfunc function)
{
  PyObject *target = native_unwrap (self);
  PyObject *result = target != NULL ? function (target) : NULL;

  Py_XDECREF (target);

  return result;
}

static PyObject *
proxy_bytes (PyObject *self, PyObject *args)
{
  return apply (self, PyObject_Bytes);
}

static PyObject *
proxy_dir (PyObject *self, PyObject *args)
{
  return apply (self, PyObject_Dir);
}

static PyObject *
proxy_reversed (PyObject *self, PyObject *args)
{
  PyObject *target = native_unwrap (self);
  PyObject *result =
    target != NULL ? PyObject_CallOneArg ((PyObject *) &PyReversed_Type, target) : NULL;

  Py_XDECREF (target);

  return result;
}

static PyObject *
proxy_complex (PyObject *self, PyObject *args)
{
  PyObject *target = native_unwrap (self);
  PyObject *result =
    target != NULL ? PyObject_CallOneArg ((PyObject *) &PyComplex_Type, target) : NULL;

  Py_XDECREF (target);

  return result;
}

static PyObject *
proxy_format (PyObject *self, PyObject *spec)
{
  PyObject *target = native_unwrap (self);
  PyObject *result = target != NULL ? PyObject_Format (target, spec) : NULL;

  Py_XDECREF (target);

  return result;
}

PyMethodDef native_proxy_methods[] = {
  { "__bytes__", proxy_bytes, METH_NOARGS, NULL },
  { "__complex__", proxy_complex, METH_NOARGS, NULL },
  { "__dir__", proxy_dir, METH_NOARGS, NULL },
  { "__format__", proxy_format, METH_O, NULL },
  { "__reversed__", proxy_reversed, METH_NOARGS, NULL },
  SPECIAL_METHOD (aenter),
  SPECIAL_METHOD (aexit),
  SPECIAL_METHOD (ceil),
  SPECIAL_METHOD (enter),
  SPECIAL_METHOD (exit),
  SPECIAL_METHOD (floor),
  SPECIAL_METHOD (fspath),
  SPECIAL_METHOD (length_hint),
  SPECIAL_METHOD (round),
  SPECIAL_METHOD (trunc),
  { NULL },
};

static PyObject *
call_special_unary (PyObject *self, PyObject *(*function) (PyObject *, PyObject *) )
{
  PyObject *args = PyTuple_New (0);
  PyObject *result = args != NULL ? function (self, args) : NULL;

  Py_XDECREF (args);

  return result;
}

static PyObject *
proxy_await (PyObject *self)
{
  return call_special_unary (self, proxy_special_await);
}

static PyObject *
proxy_aiter (PyObject *self)
{
  return call_special_unary (self, proxy_special_aiter);
}

static PyObject *
proxy_anext (PyObject *self)
{
  return call_special_unary (self, proxy_special_anext);
}

PyAsyncMethods native_proxy_as_async = {
  .am_await = proxy_await,
  .am_aiter = proxy_aiter,
  .am_anext = proxy_anext,
};
