/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

#include <pygobject.h>

/* An anchor is a Python object that lives as long as one life of a GObject. It compares and hashes
 * as the GObject does.
 *
 * All references to the GObject in Python are weak references of the interpreter to its anchor. The
 * life has the only lasting reference on the anchor. It drops this reference when it ends. Then the
 * interpreter finds that the anchor is gone, and runs the callbacks. */
typedef struct
{
  PyObject ob_base;
  PyObject *weakrefs;    /* the interpreter's list of them */
  WeakrefLife *life;     /* (owned) */
  gpointer address;      /* where the GObject is, as long as the life has not ended */
  PyObject *wrapper_ref; /* (owned) the interpreter's weak reference to the wrapper */
  gboolean is_listed;    /* it is in anchors */
} Anchor;

static GHashTable *anchors;  /* address → Anchor, borrowed: the life has it */
static gsize n_listings;     /* how often one was put there */
static GQuark wrapper_quark; /* where PyGObject keeps the wrapper of a GObject */

static gboolean
is_finalizing (void)
{
#if PY_VERSION_HEX >= 0x030D0000
  return Py_IsFinalizing ();
#else
  return _Py_IsFinalizing ();
#endif
}

/* Returns the wrapper that was seen last, borrowed, or NULL if it is gone. The wrapper may be in
 * the middle of its deallocation. Then it has 0 references. */
static PyObject *
anchor_peek_wrapper (Anchor *self)
{
  PyObject *wrapper = ((PyWeakReference *) self->wrapper_ref)->wr_object;

  /* A wrapper that the garbage collector has cleared has no GObject any more. */
  if (wrapper == Py_None || ((PyGObject *) wrapper)->obj != self->address)
    return NULL;

  return wrapper;
}

static gboolean
anchor_set_wrapper (Anchor *self, PyObject *wrapper)
{
  PyObject *ref = PyWeakref_NewRef (wrapper, NULL);

  if (ref == NULL)
    return FALSE;

  Py_XSETREF (self->wrapper_ref, ref);
  return TRUE;
}

/* A wrapper that the interpreter is about to deallocate is still with the GObject, and PyGObject
 * would give it out. The interpreter can put that off for a long time, when much is deallocated at
 * once. */
static gboolean
has_dying_wrapper (GObject *object)
{
  PyObject *wrapper = g_object_get_qdata (object, wrapper_quark);

  return wrapper != NULL && Py_REFCNT (wrapper) <= 0;
}

static PyObject *
anchor_dup_new_wrapper (Anchor *self)
{
  PyObject *wrapper = NULL;
  GObject *target = weakref_life_dup_target (self->life);

  if (target == NULL)
    Py_RETURN_NONE;

  if (has_dying_wrapper (target))
    {
      g_object_unref (target);
      Py_RETURN_NONE;
    }

  Py_INCREF (self);
  wrapper = pygobject_new (target);
  g_object_unref (target);
  if (wrapper != NULL && !anchor_set_wrapper (self, wrapper))
    Py_CLEAR (wrapper);
  Py_DECREF (self);

  return wrapper;
}

/* The wrapper of the GObject, or None. New reference. */
PyObject *
native_anchor_dup_target (PyObject *object)
{
  Anchor *self = (Anchor *) object;
  PyObject *wrapper = anchor_peek_wrapper (self);

  if (G_UNLIKELY (wrapper == NULL))
    return anchor_dup_new_wrapper (self);

  /* A wrapper has a reference on its GObject. So only a dispose can end this life meanwhile. */
  if (Py_REFCNT (wrapper) <= 0 || weakref_life_has_ended (self->life))
    Py_RETURN_NONE;

  return Py_NewRef (wrapper);
}

/* Puts the anchor into the list of all anchors. If its life has ended meanwhile, it does nothing,
 * because nobody would remove the anchor again. */
static void
anchor_list (Anchor *self)
{
  if (weakref_life_has_ended (self->life))
    return;

  g_hash_table_insert (anchors, self->address, self);
  self->is_listed = TRUE;
  n_listings++;
}

static void
anchor_unlist (Anchor *self)
{
  if (self->is_listed)
    g_hash_table_remove (anchors, self->address);
  self->is_listed = FALSE;
}

/* Drops a reference, in a thread that may not have the GIL, with any exception on its way. */
static void
drop_from_anywhere (PyObject *object)
{
  PyObject *type;
  PyObject *value;
  PyObject *traceback;
  PyGILState_STATE state;

  /* At the end of the interpreter no other thread gets the GIL any more. */
  if (!Py_IsInitialized () || (is_finalizing () && !PyGILState_Check ()))
    return;

  state = PyGILState_Ensure ();
  PyErr_Fetch (&type, &value, &traceback);
  if (Py_IS_TYPE (object, &native_anchor_type))
    anchor_unlist ((Anchor *) object);
  Py_DECREF (object);
  PyErr_Restore (type, value, traceback);
  PyGILState_Release (state);
}

static void
anchor_ended_cb (WeakrefLife *life, gpointer anchor)
{
  drop_from_anywhere (anchor);
}

/* The anchor of the life that the wrapper's GObject is in: borrowed, or NULL if there is none, or
 * with an exception. */
static Anchor *
anchor_find (PyObject *wrapper)
{
  GObject *object = pygobject_get (wrapper);
  Anchor *self = g_hash_table_lookup (anchors, object);
  GObject *target;

  if (self == NULL)
    return NULL;

  if (G_LIKELY (anchor_peek_wrapper (self) == wrapper))
    {
      if (!weakref_life_has_ended (self->life))
        return self;
    }
  else
    {
      /* An object that was resurrected in its dispose may have the anchor of its former life. */
      target = weakref_life_dup_target (self->life);
      if (target != NULL)
        {
          gboolean is_set;

          g_object_unref (target);
          Py_INCREF (self);
          is_set = anchor_set_wrapper (self, wrapper);
          Py_DECREF (self);
          if (!is_set)
            return NULL;
          /* The garbage collector may have run code meanwhile that ended this life. */
          return g_hash_table_lookup (anchors, object) == self ? self : NULL;
        }
    }

  anchor_unlist (self);
  return NULL;
}

static Anchor *
anchor_new (PyObject *wrapper)
{
  Anchor *self = PyObject_New (Anchor, &native_anchor_type);

  if (self == NULL)
    return NULL;

  self->weakrefs = NULL;
  self->life = NULL;
  self->wrapper_ref = NULL;
  self->is_listed = FALSE;
  self->address = pygobject_get (wrapper);
  if (!anchor_set_wrapper (self, wrapper))
    {
      Py_DECREF (self);
      return NULL;
    }

  /* A former life may have ended without a notice. The new life makes up for it, and so this call
   * may run callbacks. */
  self->life =
    weakref_life_new (self->address, WEAKREF_PHASE_DISPOSE, anchor_ended_cb, Py_NewRef (self));

  return self;
}

static Anchor *
anchor_get (PyObject *wrapper)
{
  Anchor *self;
  Anchor *other;
  gsize n_before;

  if (pygobject_get (wrapper) == NULL)
    {
      PyErr_Format (PyExc_RuntimeError, "object at %p of type %s is not initialized", wrapper,
                    Py_TYPE (wrapper)->tp_name);
      return NULL;
    }

  self = anchor_find (wrapper);
  if (self != NULL)
    return (Anchor *) Py_NewRef (self);
  if (PyErr_Occurred ())
    return NULL;

  n_before = n_listings;
  self = anchor_new (wrapper);
  if (self == NULL)
    return NULL;

  /* The garbage collector may have run code that made an anchor for this life, too. */
  other = n_listings != n_before ? anchor_find (wrapper) : NULL;
  if (other != NULL)
    {
      Py_INCREF (other);
      Py_DECREF (self); /* the other reference goes with the life */
      return other;
    }
  if (PyErr_Occurred ())
    {
      Py_DECREF (self);
      return NULL;
    }

  anchor_list (self);
  return self;
}

static void
anchor_dealloc (PyObject *object)
{
  Anchor *self = (Anchor *) object;

  if (self->weakrefs != NULL)
    PyObject_ClearWeakRefs (object);

  Py_XDECREF (self->wrapper_ref);
  g_clear_pointer (&self->life, weakref_life_unref);
  PyObject_Free (object);
}

static Py_hash_t
anchor_hash (PyObject *self)
{
  PyObject *target = native_anchor_dup_target (self);
  Py_hash_t hash = -1;

  if (target == Py_None)
    PyErr_SetString (PyExc_TypeError, "weak object has gone away");
  else if (target != NULL)
    hash = PyObject_Hash (target);
  Py_XDECREF (target);

  return hash;
}

static PyObject *
anchor_richcompare (PyObject *self, PyObject *other, int op)
{
  PyObject *mine = native_anchor_dup_target (self);
  PyObject *others = NULL;
  PyObject *result = NULL;

  if (mine != NULL)
    others = Py_IS_TYPE (other, &native_anchor_type) ? native_anchor_dup_target (other)
                                                     : Py_NewRef (other);

  /* The target may just be dying: dead references are equal if they are identical. */
  if (others != NULL && (mine == Py_None || others == Py_None))
    result = Py_NewRef (Py_NotImplemented);
  else if (others != NULL)
    result = PyObject_RichCompare (mine, others, op == Py_NE ? Py_EQ : op);
  Py_XDECREF (mine);
  Py_XDECREF (others);

  /* GObjects have a != of their own, which a class with an == of its own inherits. */
  if (op == Py_NE && result != NULL && result != Py_NotImplemented)
    {
      int is_equal = PyObject_IsTrue (result);

      Py_DECREF (result);
      result = is_equal < 0 ? NULL : PyBool_FromLong (!is_equal);
    }

  return result;
}

PyTypeObject native_anchor_type = {
  PyVarObject_HEAD_INIT (NULL, 0) /**/
    .tp_name = "weakref.Anchor",
  .tp_doc = "What lives and dies with a GObject.",
  .tp_basicsize = sizeof (Anchor),
  .tp_weaklistoffset = offsetof (Anchor, weakrefs),
  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
  .tp_dealloc = anchor_dealloc,
  .tp_hash = anchor_hash,
  .tp_richcompare = anchor_richcompare,
};

/* What references to the thing refer to: its anchor, or itself if it is no GObject. New
 * reference. */
PyObject *
native_get_referent (PyObject *thing)
{
  if (PyObject_TypeCheck (thing, &PyGObject_Type))
    return (PyObject *) anchor_get (thing);

  return Py_NewRef (thing);
}

/* The same if it is there. New reference; NULL if not, or with an exception. */
PyObject *
native_find_referent (PyObject *thing)
{
  if (PyObject_TypeCheck (thing, &PyGObject_Type))
    return Py_XNewRef (pygobject_get (thing) != NULL ? (PyObject *) anchor_find (thing) : NULL);

  return Py_NewRef (thing);
}

gboolean
native_is_gobject (PyObject *thing)
{
  return PyObject_TypeCheck (thing, &PyGObject_Type);
}

/* A Python object that lives as long as the memory of a GObject. */
typedef struct
{
  PyObject ob_base;
  PyObject *weakrefs;
} End;

static void
end_dealloc (PyObject *self)
{
  if (((End *) self)->weakrefs != NULL)
    PyObject_ClearWeakRefs (self);
  PyObject_Free (self);
}

static PyTypeObject end_type = {
  PyVarObject_HEAD_INIT (NULL, 0) /**/
    .tp_name = "weakref.End",
  .tp_doc = "What dies with the memory of a GObject.",
  .tp_basicsize = sizeof (End),
  .tp_weaklistoffset = offsetof (End, weakrefs),
  .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_DISALLOW_INSTANTIATION,
  .tp_dealloc = end_dealloc,
};

static void
memory_ended_cb (WeakrefLife *life, gpointer end)
{
  drop_from_anywhere (end);
}

/* Returns a new reference on an object that dies when the memory of the GObject is freed, and not
 * before. */
PyObject *
native_make_end (PyObject *thing)
{
  End *end;

  if (!native_is_gobject (thing) || pygobject_get (thing) == NULL)
    return PyErr_Format (PyExc_TypeError, "a GObject is wanted");

  end = PyObject_New (End, &end_type);
  if (end != NULL)
    {
      end->weakrefs = NULL;
      weakref_life_unref (weakref_life_new (pygobject_get (thing), WEAKREF_PHASE_FINALIZE,
                                            memory_ended_cb, Py_NewRef (end)));
    }

  return (PyObject *) end;
}

gboolean
native_anchor_init (void)
{
  PyObject *gobject = pygobject_init (3, 42, 0);

  if (gobject == NULL)
    return FALSE;
  Py_DECREF (gobject);

  /* The PyGObject that is here may be another than the one that this was built with. */
  if (PyGObject_Type.tp_basicsize != sizeof (PyGObject) ||
      PyGObject_Type.tp_weaklistoffset != offsetof (PyGObject, weakreflist))
    {
      PyErr_SetString (PyExc_ImportError, "built for another version of PyGObject");
      return FALSE;
    }

  wrapper_quark = g_quark_from_static_string ("PyGObject::wrapper");
  anchors = g_hash_table_new (NULL, NULL);

  return PyType_Ready (&native_anchor_type) == 0 && PyType_Ready (&end_type) == 0;
}
