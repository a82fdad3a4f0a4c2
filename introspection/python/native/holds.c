/* SPDX-FileCopyrightText: 2026 The weakref-glib authors
 * SPDX-License-Identifier: LGPL-2.1-or-later
 */

#include "native.h"

/* Whether the function or an argument of a finalizer holds its object, which then never dies. The
 * search is the garbage collector's: it runs no code of what it looks at. It is not deep, because
 * every finalizer pays for it. */

#define MAX_DEPTH 5
#define MAX_WIDTH 100

typedef struct
{
  PyObject *things[MAX_WIDTH]; /* not owned: nothing runs that could drop them */
  int n_things;
} Level;

static int
level_add (PyObject *thing, void *arg)
{
  Level *level = arg;

  if (thing == NULL)
    return 0;
  if (level->n_things == MAX_WIDTH)
    return 1;

  level->things[level->n_things++] = thing;
  return 0;
}

static void
level_add_tuple (Level *level, PyObject *tuple)
{
  Py_ssize_t i;

  for (i = 0; tuple != NULL && PyTuple_Check (tuple) && i < PyTuple_GET_SIZE (tuple); i++)
    level_add (PyTuple_GET_ITEM (tuple, i), level);
}

static void
level_add_function (Level *level, PyObject *function)
{
  PyObject *closure = PyFunction_GET_CLOSURE (function);
  PyObject *defaults = PyFunction_GET_KW_DEFAULTS (function);
  PyObject *value;
  Py_ssize_t i;

  /* The globals of the function are left out, because a program has everything in them. */
  for (i = 0; closure != NULL && i < PyTuple_GET_SIZE (closure); i++)
    level_add (PyCell_GET (PyTuple_GET_ITEM (closure, i)), level);
  level_add_tuple (level, PyFunction_GET_DEFAULTS (function));
  i = 0;
  while (defaults != NULL && PyDict_Next (defaults, &i, NULL, &value))
    level_add (value, level);
}

static void
level_add_held (Level *level, PyObject *thing)
{
  if (PyType_Check (thing) || PyModule_Check (thing))
    return;

  if (PyFunction_Check (thing))
    level_add_function (level, thing);
  else if (PyObject_IS_GC (thing) && Py_TYPE (thing)->tp_traverse != NULL)
    Py_TYPE (thing)->tp_traverse (thing, level_add, level);
}

/* Whether one of the things is @target or holds it. */
gboolean
native_holds (PyObject *const *things, Py_ssize_t n_things, PyObject *target)
{
  Level levels[2];
  Py_ssize_t n;
  int depth;

  levels[0].n_things = 0;
  for (n = 0; n < n_things; n++)
    level_add (things[n], &levels[0]);

  for (depth = 0; depth < MAX_DEPTH; depth++)
    {
      Level *level = &levels[depth % 2];
      Level *next = &levels[(depth + 1) % 2];
      int i;

      next->n_things = 0;
      for (i = 0; i < level->n_things; i++)
        {
          if (level->things[i] == target)
            return TRUE;
          if (depth < MAX_DEPTH - 1)
            level_add_held (next, level->things[i]);
        }
    }

  return FALSE;
}
