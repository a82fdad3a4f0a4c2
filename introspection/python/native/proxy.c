/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

/* Proxies: whatever is done to one is done to its object.
 *
 * A proxy has a reference of a type of its own, which knows the proxy, so that the callback is
 * given the proxy, and the proxy that all share is found among the references of the object. */
typedef struct
{
  PyObject ob_base;
  PyObject *ref; /* (owned) a ProxyRef */
} Proxy;

typedef struct
{
  PyWeakReference base;
  PyObject *proxy; /* not owned; NULL when it is gone */
} ProxyRef;

static PyTypeObject proxy_ref_type = {
  PyVarObject_HEAD_INIT (NULL, 0) /**/
    .tp_name = "weakref.ProxyReference",
  .tp_doc = "The reference of a proxy.",
  .tp_basicsize = sizeof (ProxyRef),
  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
};

static gboolean
is_proxy (PyObject *thing)
{
  return Py_IS_TYPE (thing, &native_proxy_type) || Py_IS_TYPE (thing, &native_callable_proxy_type);
}

/* The object of a proxy, and all else as it is. New reference. */
PyObject *
native_unwrap (PyObject *thing)
{
  PyObject *target;

  if (!is_proxy (thing))
    return Py_NewRef (thing);

  target = native_ref_get (((Proxy *) thing)->ref);
  if (target == Py_None)
    {
      Py_DECREF (target);
      PyErr_SetString (PyExc_ReferenceError, "weakly-referenced object no longer exists");
      return NULL;
    }

  return target;
}

static PyObject *
apply_unary (PyObject *self, unaryfunc function)
{
  PyObject *target = native_unwrap (self);
  PyObject *result = target != NULL ? function (target) : NULL;

  Py_XDECREF (target);

  return result;
}

/* Either may be the proxy, or both. */
static PyObject *
apply_binary (PyObject *one, PyObject *other, binaryfunc function)
{
  PyObject *first = native_unwrap (one);
  PyObject *second = first != NULL ? native_unwrap (other) : NULL;
  PyObject *result = second != NULL ? function (first, second) : NULL;

  Py_XDECREF (first);
  Py_XDECREF (second);

  return result;
}

static PyObject *
apply_ternary (PyObject *one, PyObject *other, PyObject *third, ternaryfunc function)
{
  PyObject *first = native_unwrap (one);
  PyObject *second = first != NULL ? native_unwrap (other) : NULL;
  PyObject *last = second != NULL ? native_unwrap (third) : NULL;
  PyObject *result = last != NULL ? function (first, second, last) : NULL;

  Py_XDECREF (first);
  Py_XDECREF (second);
  Py_XDECREF (last);

  return result;
}

#define UNARY(name, function)                                                                      \
  static PyObject *proxy_##name (PyObject *self)                                                   \
  {                                                                                                \
    return apply_unary (self, function);                                                           \
  }

#define BINARY(name, function)                                                                     \
  static PyObject *proxy_##name (PyObject *one, PyObject *other)                                   \
  {                                                                                                \
    return apply_binary (one, other, function);                                                    \
  }

#define BOTH(name, function)                                                                       \
  BINARY (name, PyNumber_##function)                                                               \
  BINARY (inplace_##name, PyNumber_InPlace##function)

#define TERNARY(name, function)                                                                    \
  static PyObject *proxy_##name (PyObject *one, PyObject *other, PyObject *third)                  \
  {                                                                                                \
    return apply_ternary (one, other, third, function);                                            \
  }

UNARY (negative, PyNumber_Negative)
UNARY (positive, PyNumber_Positive)
UNARY (absolute, PyNumber_Absolute)
UNARY (invert, PyNumber_Invert)
UNARY (int, PyNumber_Long)
UNARY (float, PyNumber_Float)
UNARY (index, PyNumber_Index)
UNARY (str, PyObject_Str)
UNARY (iter, PyObject_GetIter)
BOTH (add, Add)
BOTH (subtract, Subtract)
BOTH (multiply, Multiply)
BOTH (matrix_multiply, MatrixMultiply)
BOTH (true_divide, TrueDivide)
BOTH (floor_divide, FloorDivide)
BOTH (remainder, Remainder)
BOTH (lshift, Lshift)
BOTH (rshift, Rshift)
BOTH (and, And)
BOTH (xor, Xor)
BOTH (or, Or)
BINARY (divmod, PyNumber_Divmod)
BINARY (subscript, PyObject_GetItem)
TERNARY (power, PyNumber_Power)
TERNARY (inplace_power, PyNumber_InPlacePower)

static PyObject *
proxy_iternext (PyObject *self)
{
  PyObject *target = native_unwrap (self);
  PyObject *next = NULL;

  if (target != NULL && PyIter_Check (target))
    next = PyIter_Next (target);
  else if (target != NULL)
    PyErr_Format (PyExc_TypeError, "Weakref proxy referenced a non-iterator '%.200s' object",
                  Py_TYPE (target)->tp_name);
  Py_XDECREF (target);

  return next;
}

static int
proxy_bool (PyObject *self)
{
  PyObject *target = native_unwrap (self);
  int result = target != NULL ? PyObject_IsTrue (target) : -1;

  Py_XDECREF (target);

  return result;
}

static Py_ssize_t
proxy_length (PyObject *self)
{
  PyObject *target = native_unwrap (self);
  Py_ssize_t length = target != NULL ? PyObject_Length (target) : -1;

  Py_XDECREF (target);

  return length;
}

static int
proxy_contains (PyObject *self, PyObject *item)
{
  PyObject *target = native_unwrap (self);
  PyObject *plain = target != NULL ? native_unwrap (item) : NULL;
  int result = plain != NULL ? PySequence_Contains (target, plain) : -1;

  Py_XDECREF (target);
  Py_XDECREF (plain);

  return result;
}

static int
proxy_ass_subscript (PyObject *self, PyObject *key, PyObject *value)
{
  PyObject *target = native_unwrap (self);
  PyObject *plain = target != NULL ? native_unwrap (key) : NULL;
  int result = -1;

  if (plain != NULL)
    result =
      value != NULL ? PyObject_SetItem (target, plain, value) : PyObject_DelItem (target, plain);
  Py_XDECREF (target);
  Py_XDECREF (plain);

  return result;
}

static PyObject *
proxy_getattro (PyObject *self, PyObject *name)
{
  PyObject *target = native_unwrap (self);
  PyObject *value = target != NULL ? PyObject_GetAttr (target, name) : NULL;

  Py_XDECREF (target);

  return value;
}

static int
proxy_setattro (PyObject *self, PyObject *name, PyObject *value)
{
  PyObject *target = native_unwrap (self);
  int result = target != NULL ? PyObject_SetAttr (target, name, value) : -1;

  Py_XDECREF (target);

  return result;
}

static PyObject *
proxy_richcompare (PyObject *one, PyObject *other, int op)
{
  PyObject *first = native_unwrap (one);
  PyObject *second = first != NULL ? native_unwrap (other) : NULL;
  PyObject *result = second != NULL ? PyObject_RichCompare (first, second, op) : NULL;

  Py_XDECREF (first);
  Py_XDECREF (second);

  return result;
}

static PyObject *
proxy_call (PyObject *self, PyObject *args, PyObject *kwargs)
{
  PyObject *target = native_unwrap (self);
  PyObject *result = target != NULL ? PyObject_Call (target, args, kwargs) : NULL;

  Py_XDECREF (target);

  return result;
}

static PyObject *
proxy_repr (PyObject *self)
{
  PyObject *target = native_ref_get (((Proxy *) self)->ref);
  PyObject *repr = target != NULL ? native_describe ("weakproxy", self, target) : NULL;

  Py_XDECREF (target);

  return repr;
}

static PyNumberMethods proxy_as_number = {
  .nb_add = proxy_add,
  .nb_subtract = proxy_subtract,
  .nb_multiply = proxy_multiply,
  .nb_remainder = proxy_remainder,
  .nb_divmod = proxy_divmod,
  .nb_power = proxy_power,
  .nb_negative = proxy_negative,
  .nb_positive = proxy_positive,
  .nb_absolute = proxy_absolute,
  .nb_bool = proxy_bool,
  .nb_invert = proxy_invert,
  .nb_lshift = proxy_lshift,
  .nb_rshift = proxy_rshift,
  .nb_and = proxy_and,
  .nb_xor = proxy_xor,
  .nb_or = proxy_or,
  .nb_int = proxy_int,
  .nb_float = proxy_float,
  .nb_inplace_add = proxy_inplace_add,
  .nb_inplace_subtract = proxy_inplace_subtract,
  .nb_inplace_multiply = proxy_inplace_multiply,
  .nb_inplace_remainder = proxy_inplace_remainder,
  .nb_inplace_power = proxy_inplace_power,
  .nb_inplace_lshift = proxy_inplace_lshift,
  .nb_inplace_rshift = proxy_inplace_rshift,
  .nb_inplace_and = proxy_inplace_and,
  .nb_inplace_xor = proxy_inplace_xor,
  .nb_inplace_or = proxy_inplace_or,
  .nb_floor_divide = proxy_floor_divide,
  .nb_true_divide = proxy_true_divide,
  .nb_inplace_floor_divide = proxy_inplace_floor_divide,
  .nb_inplace_true_divide = proxy_inplace_true_divide,
  .nb_index = proxy_index,
  .nb_matrix_multiply = proxy_matrix_multiply,
  .nb_inplace_matrix_multiply = proxy_inplace_matrix_multiply,
};

static PySequenceMethods proxy_as_sequence = {
  .sq_length = proxy_length,
  .sq_contains = proxy_contains,
};

static PyMappingMethods proxy_as_mapping = {
  .mp_length = proxy_length,
  .mp_subscript = proxy_subscript,
  .mp_ass_subscript = proxy_ass_subscript,
};

static int
proxy_traverse (PyObject *self, visitproc visit, void *arg)
{
  Py_VISIT (((Proxy *) self)->ref);
  return 0;
}

static void
proxy_dealloc (PyObject *self)
{
  PyObject *ref = ((Proxy *) self)->ref;

  PyObject_GC_UnTrack (self);
  if (ref != NULL)
    ((ProxyRef *) ref)->proxy = NULL;
  Py_XDECREF (ref);
  PyObject_GC_Del (self);
}

/* There is no tp_clear: the circle goes through the reference, which the interpreter clears. */
#define PROXY_TYPE(name, doc, call)                                                                \
  {                                                                                                \
    PyVarObject_HEAD_INIT (NULL, 0) /**/                                                           \
      .tp_name = name,                                                                             \
  .tp_doc = doc, .tp_basicsize = sizeof (Proxy),                                                   \
  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_DISALLOW_INSTANTIATION,         \
  .tp_dealloc = proxy_dealloc, .tp_traverse = proxy_traverse, .tp_repr = proxy_repr,               \
  .tp_str = proxy_str, .tp_hash = PyObject_HashNotImplemented, .tp_call = call,                    \
  .tp_getattro = proxy_getattro, .tp_setattro = proxy_setattro,                                    \
  .tp_richcompare = proxy_richcompare, .tp_iter = proxy_iter, .tp_iternext = proxy_iternext,       \
  .tp_methods = native_proxy_methods, .tp_as_async = &native_proxy_as_async,                       \
  .tp_as_number = &proxy_as_number, .tp_as_sequence = &proxy_as_sequence,                          \
  .tp_as_mapping = &proxy_as_mapping,                                                              \
  }

PyTypeObject native_proxy_type =
  PROXY_TYPE ("weakref.ProxyType", "The type of a proxy whose object can't be called.", NULL);
PyTypeObject native_callable_proxy_type = PROXY_TYPE (
  "weakref.CallableProxyType", "The type of a proxy whose object can be called.", proxy_call);

/* The callback of the reference. Its self is that of the proxy. */
static PyObject *
call_back (PyObject *callback, PyObject *ref)
{
  PyObject *proxy = ((ProxyRef *) ref)->proxy;
  PyObject *result;

  if (proxy == NULL || Py_REFCNT (proxy) <= 0)
    Py_RETURN_NONE;

  Py_INCREF (proxy);
  result = PyObject_CallOneArg (callback, proxy);
  Py_DECREF (proxy);

  return result;
}

static PyMethodDef call_back_def = { "callback", call_back, METH_O, NULL };

/* What a reference in the list of an object is to a program: the proxy that it is of, or itself.
 * Borrowed; NULL if it is the reference of a proxy that is going. */
PyObject *
native_ref_as_listed (PyObject *ref)
{
  PyObject *proxy;

  if (!Py_IS_TYPE (ref, &proxy_ref_type))
    return Py_REFCNT (ref) > 0 ? ref : NULL;

  proxy = ((ProxyRef *) ref)->proxy;
  return proxy != NULL && Py_REFCNT (proxy) > 0 ? proxy : NULL;
}

static PyObject *
make_proxy (PyObject *thing, PyObject *referent, PyObject *callback)
{
  PyTypeObject *type = PyCallable_Check (thing) ? &native_callable_proxy_type : &native_proxy_type;
  PyObject *function =
    callback != Py_None ? PyCFunction_New (&call_back_def, callback) : Py_NewRef (Py_None);
  Proxy *self = function != NULL ? PyObject_GC_New (Proxy, type) : NULL;

  if (self != NULL)
    {
      self->ref = native_make_ref (&proxy_ref_type, referent, function);
      if (self->ref == NULL)
        {
          PyObject_GC_Del (self);
          self = NULL;
        }
      else
        {
          ((ProxyRef *) self->ref)->proxy = (PyObject *) self;
          PyObject_GC_Track (self);
        }
    }
  Py_XDECREF (function);

  return (PyObject *) self;
}

static PyObject *
agree_on_proxy (PyObject *made, PyWeakReference *first)
{
  PyObject *ref = native_agree_on_shared (Py_NewRef (((Proxy *) made)->ref), first);
  PyObject *agreed = native_ref_as_listed (ref);

  if (agreed != NULL && agreed != made)
    {
      Py_INCREF (agreed);
      Py_DECREF (made);
      made = agreed;
    }
  Py_DECREF (ref);

  return made;
}

PyObject *
native_proxy (PyObject *thing, PyObject *callback)
{
  PyObject *referent = native_get_referent (thing);
  PyObject *proxy = NULL;
  PyWeakReference *first = NULL;

  if (referent == NULL)
    return NULL;

  if (callback == Py_None)
    {
      PyObject *ref = native_find_shared (referent, &proxy_ref_type, &first);

      proxy = ref != NULL ? native_ref_as_listed (ref) : NULL;
      Py_XINCREF (proxy);
    }
  if (proxy == NULL)
    {
      proxy = make_proxy (thing, referent, callback);
      if (proxy != NULL && callback == Py_None)
        proxy = agree_on_proxy (proxy, first);
    }
  Py_DECREF (referent);

  return proxy;
}

gboolean
native_proxy_init (void)
{
  proxy_ref_type.tp_base = &_PyWeakref_RefType;

  return PyType_Ready (&proxy_ref_type) == 0 && PyType_Ready (&native_proxy_type) == 0 &&
         PyType_Ready (&native_callable_proxy_type) == 0;
}
