/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

/* What CPython's own weak references cost, through its C API, with its lock held throughout. */

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "other.h"

static PyObject *thing_type;
static PyObject *callback;

static PyObject *
ref_cb (PyObject *self, PyObject *ref)
{
  Py_RETURN_NONE;
}

static PyMethodDef ref_cb_def = { "ref_cb", ref_cb, METH_O, NULL };

static PyObject *
thing_new (void)
{
  return PyObject_CallNoArgs (thing_type);
}

static void
measure_one (void)
{
  PyObject *thing = thing_new ();
  PyObject *ref = PyWeakref_NewRef (thing, NULL);
  int n = SCALE (20000);

  FOR_ROUNDS
  {
    start ();
    for (int i = 0; i < n; i++)
      {
        PyObject *got = Py_NewRef (PyWeakref_GetObject (ref));

        KEEP (got);
        Py_DECREF (got);
      }
    stop (n);
  }
  report ("CPython", "get the target, and drop it", "ns", best);

  FOR_ROUNDS
  {
    start ();
    for (int i = 0; i < n; i++)
      Py_DECREF (PyWeakref_NewRef (thing, NULL));
    stop (n);
  }
  report ("CPython", "a second plain ref, and drop it", "ns", best);

  Py_DECREF (ref);
  Py_DECREF (thing);

  FOR_ROUNDS
  {
    start ();
    for (int i = 0; i < n; i++)
      {
        thing = thing_new ();
        ref = PyWeakref_NewRef (thing, NULL);
        Py_DECREF (thing);
        Py_DECREF (ref);
      }
    stop (n);
  }
  report ("CPython", "birth of an object, first ref, death", "ns", best);
}

static void
measure_many (int n, const char *operation)
{
  PyObject **refs = malloc (n * sizeof (PyObject *));
  PyObject *thing = thing_new ();

  for (int i = 0; i < n; i++)
    refs[i] = PyWeakref_NewRef (thing, callback);
  FOR_ROUNDS
  {
    start ();
    for (int i = 0; i < 2000; i++)
      Py_DECREF (PyWeakref_NewRef (thing, callback));
    stop (2000);
  }
  report ("CPython", operation, "ns", best);

  for (int i = 0; i < n; i++)
    Py_DECREF (refs[i]);
  Py_DECREF (thing);
  free (refs);
}

static void
measure_death (int n, const char *operation)
{
  PyObject **refs = malloc (n * sizeof (PyObject *));

  FOR_ROUNDS
  {
    PyObject *thing = thing_new ();

    for (int i = 0; i < n; i++)
      refs[i] = PyWeakref_NewRef (thing, callback);
    start ();
    Py_DECREF (thing);
    stop (n);
    for (int i = 0; i < n; i++)
      Py_DECREF (refs[i]);
  }
  report ("CPython", operation, "ns", best);

  free (refs);
}

int
main (int argc, char **argv)
{
  init (argc, argv);
  Py_InitializeEx (0);
  PyRun_SimpleString ("class Thing: pass");
  thing_type = PyObject_GetAttrString (PyImport_AddModule ("__main__"), "Thing");
  callback = PyCFunction_New (&ref_cb_def, NULL);

  measure_one ();
  measure_many (SCALE (1000), "make and drop a ref, 1,000 others");
  measure_many (SCALE (4000), "make and drop a ref, 4,000 others");
  measure_many (SCALE (16000), "make and drop a ref, 16,000 others");
  measure_many (SCALE (64000), "make and drop a ref, 64,000 others");
  measure_death (SCALE (1000), "death with 1,000 callbacks, for each");
  measure_death (SCALE (16000), "death with 16,000 callbacks, for each");
  /* With what the garbage collector has in front of it. */
  report ("CPython", "one more ref with a callback", "bytes", sizeof (PyWeakReference) + 16);

  Py_DECREF (thing_type);
  Py_DECREF (callback);

  return Py_FinalizeEx () < 0;
}
