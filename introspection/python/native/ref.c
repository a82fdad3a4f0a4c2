/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

/* The type of references: a subclass of the interpreter's that gives the GObject and not its
 * anchor. Everything else is inherited. */

static PyTypeObject *const standard_type = &_PyWeakref_RefType;

static gboolean
is_shared_by_interpreter (PyWeakReference *ref)
{
  return ref->wr_callback == NULL &&
         (Py_IS_TYPE (ref, standard_type) || PyWeakref_CheckProxy (ref));
}

static gboolean
is_shared (PyWeakReference *ref, PyTypeObject *type)
{
  return ref->wr_callback == NULL && Py_IS_TYPE (ref, type) && Py_REFCNT (ref) > 0;
}

/* The interpreter's list of the weak references to an object that has room for one. Newer ones come
 * first, but for what the interpreter shares itself: that is passed over. */
static PyWeakReference *
get_list (PyObject *referent, PyWeakReference ***head, PyWeakReference **before)
{
  PyWeakReference *first;

  *head = (PyWeakReference **) PyObject_GET_WEAKREFS_LISTPTR (referent);
  *before = NULL;
  for (first = **head; first != NULL && is_shared_by_interpreter (first); first = first->wr_next)
    *before = first;

  return first;
}

/* The reference of the type that all share who ask for one without a callback: borrowed. Also
 * says what was the first in the list.
 *
 * When it is found it is moved to the front, where the interpreter has the one that it shares
 * itself: so a search is short, however many there are. */
PyObject *
native_find_shared (PyObject *referent, PyTypeObject *type, PyWeakReference **first)
{
  PyWeakReference **head;
  PyWeakReference *before;
  PyWeakReference *ref;

  *first = NULL;
  if (Py_TYPE (referent)->tp_weaklistoffset == 0)
    return NULL;

  *first = get_list (referent, &head, &before);
  for (ref = *first; ref != NULL && !is_shared (ref, type); ref = ref->wr_next)
    ;

  if (ref != NULL && ref != *first)
    {
      ref->wr_prev->wr_next = ref->wr_next;
      if (ref->wr_next != NULL)
        ref->wr_next->wr_prev = ref->wr_prev;
      ref->wr_prev = before;
      ref->wr_next = *first;
      (*first)->wr_prev = ref;
      *(before != NULL ? &before->wr_next : head) = ref;
    }

  return (PyObject *) ref;
}

PyObject *
native_ref_get (PyObject *self)
{
  PyObject *referent = ((PyWeakReference *) self)->wr_object;

  /* What is about to be deallocated may have weak references for a while. */
  if (referent == Py_None || Py_REFCNT (referent) <= 0)
    Py_RETURN_NONE;

  if (Py_IS_TYPE (referent, &native_anchor_type))
    return native_anchor_dup_target (referent);

  return Py_NewRef (referent);
}

static PyObject *
ref_vectorcall (PyObject *self, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
  if (kwnames != NULL && PyTuple_GET_SIZE (kwnames) > 0)
    return PyErr_Format (PyExc_TypeError, "weakref() takes no keyword arguments");
  if (PyVectorcall_NARGS (nargsf) > 0)
    return PyErr_Format (PyExc_TypeError, "weakref expected 0 arguments, got %zd",
                         PyVectorcall_NARGS (nargsf));

  return native_ref_get (self);
}

static PyObject *
ref_call (PyObject *self, PyObject *args, PyObject *kwargs)
{
  if (kwargs != NULL && PyDict_GET_SIZE (kwargs) > 0)
    return PyErr_Format (PyExc_TypeError, "weakref() takes no keyword arguments");
  if (PyTuple_GET_SIZE (args) > 0)
    return PyErr_Format (PyExc_TypeError, "weakref expected 0 arguments, got %zd",
                         PyTuple_GET_SIZE (args));

  return native_ref_get (self);
}

/* Since @first was found, the garbage collector may have run code that made another reference to
 * share. Then the older one is shared. */
PyObject *
native_agree_on_shared (PyObject *made, PyWeakReference *first)
{
  PyWeakReference *ref = (PyWeakReference *) made;

  while (ref != first && (ref = ref->wr_next) != NULL)
    {
      if (is_shared (ref, Py_TYPE (made)))
        {
          Py_INCREF (ref);
          Py_DECREF (made);
          return (PyObject *) ref;
        }
    }

  return made;
}

/* A new reference of the type to the anchor of an object, or to what is no GObject. */
PyObject *
native_make_ref (PyTypeObject *type, PyObject *referent, PyObject *callback)
{
  PyObject *args = PyTuple_Pack (2, referent, callback);
  PyObject *made = NULL;

  if (args != NULL)
    made = standard_type->tp_new (type, args, NULL);
  Py_XDECREF (args);
  if (made != NULL)
    ((PyWeakReference *) made)->vectorcall = ref_vectorcall;

  return made;
}

static PyObject *
ref_make (PyTypeObject *type, PyObject *thing, PyObject *callback)
{
  gboolean for_all = type == &native_ref_type && callback == Py_None;
  PyObject *referent = native_get_referent (thing);
  PyObject *made = NULL;
  PyWeakReference *first = NULL;

  if (referent == NULL)
    return NULL;

  if (for_all)
    {
      made = native_find_shared (referent, type, &first);
      if (made != NULL)
        {
          Py_INCREF (made);
          Py_DECREF (referent);
          return made;
        }
    }

  made = native_make_ref (type, referent, callback);
  if (made != NULL && for_all)
    made = native_agree_on_shared (made, first);
  Py_DECREF (referent);

  return made;
}

static PyObject *
ref_new (PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
  PyObject *thing;
  PyObject *callback = Py_None;

  if (!PyArg_UnpackTuple (args, "__new__", 1, 2, &thing, &callback))
    return NULL;

  return ref_make (type, thing, callback);
}

/* For ref (x), which is the way to a key in a container. Subclasses go by ref_new(). */
static PyObject *
ref_type_vectorcall (PyObject *type, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
  Py_ssize_t n_args = PyVectorcall_NARGS (nargsf);

  if (kwnames != NULL && PyTuple_GET_SIZE (kwnames) > 0)
    return PyErr_Format (PyExc_TypeError, "ref() takes no keyword arguments");
  if (n_args < 1 || n_args > 2)
    return PyErr_Format (PyExc_TypeError, "__new__ expected at %s argument%s, got %zd",
                         n_args < 1 ? "least 1" : "most 2", n_args < 1 ? "" : "s", n_args);

  return ref_make ((PyTypeObject *) type, args[0], n_args == 2 ? args[1] : Py_None);
}

/* What the interpreter prints of a reference to a plain object, since 3.13. */
PyObject *
native_describe (const char *what, PyObject *self, PyObject *target)
{
  PyObject *module;
  PyObject *type_name = NULL;
  PyObject *name = NULL;
  PyObject *repr = NULL;

  if (target == Py_None)
    return PyUnicode_FromFormat ("<%s at %p; dead>", what, self);

  module = PyObject_GetAttrString ((PyObject *) Py_TYPE (target), "__module__");
  if (module != NULL)
    type_name = PyObject_GetAttrString ((PyObject *) Py_TYPE (target), "__qualname__");
  if (type_name != NULL)
    {
      name = PyObject_GetAttrString (target, "__name__");
      if (name == NULL)
        PyErr_Clear ();
    }

  if (name != NULL && PyUnicode_Check (name))
    repr = PyUnicode_FromFormat ("<%s at %p; to '%S.%S' at %p (%U)>", what, self, module, type_name,
                                 target, name);
  else if (type_name != NULL)
    repr =
      PyUnicode_FromFormat ("<%s at %p; to '%S.%S' at %p>", what, self, module, type_name, target);
  Py_XDECREF (module);
  Py_XDECREF (type_name);
  Py_XDECREF (name);

  return repr;
}

static PyObject *
ref_repr (PyObject *self)
{
  PyObject *target;
  PyObject *repr;

  if (!Py_IS_TYPE (((PyWeakReference *) self)->wr_object, &native_anchor_type))
    return standard_type->tp_repr (self);

  target = native_ref_get (self);
  repr = target != NULL ? native_describe ("weakref", self, target) : NULL;
  Py_XDECREF (target);

  return repr;
}

static PyObject *
ref_copy (PyObject *self, PyObject *arg)
{
  return Py_NewRef (self);
}

static PyObject *
ref_reduce (PyObject *self, PyObject *protocol)
{
  PyObject *name = PyObject_GetAttrString ((PyObject *) Py_TYPE (self), "__name__");

  if (name != NULL)
    PyErr_Format (PyExc_TypeError, "cannot pickle '%U' object", name);
  Py_XDECREF (name);

  return NULL;
}

static PyMethodDef ref_methods[] = {
  { "__copy__", ref_copy, METH_NOARGS, NULL },
  { "__deepcopy__", ref_copy, METH_O, NULL },
  { "__reduce_ex__", ref_reduce, METH_O, NULL },
  { NULL },
};

PyTypeObject native_ref_type = {
  PyVarObject_HEAD_INIT (NULL, 0) /**/
    .tp_name = "weakref.ReferenceType",
  .tp_doc =
    "A weak reference; a subclass of the standard weakref.ref, which follows a GObject itself.",
  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL,
  .tp_new = ref_new,
  .tp_vectorcall = ref_type_vectorcall,
  .tp_vectorcall_offset = offsetof (PyWeakReference, vectorcall),
  .tp_call = ref_call,
  .tp_repr = ref_repr,
  .tp_methods = ref_methods,
};

gboolean
native_ref_init (void)
{
  native_ref_type.tp_base = standard_type;
  native_ref_type.tp_basicsize = standard_type->tp_basicsize;

  return PyType_Ready (&native_ref_type) == 0;
}
