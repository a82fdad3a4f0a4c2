# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The methods that are borrowed from the standard module, and made to use our references."""

import contextlib
import functools
import sys
import types
import weakref as _weakref

from .kernel import ref
from .references import KeyedRef


# What this package relies on beyond the documentation: the names that a function uses.
_BORROWED = (
    (_weakref.WeakValueDictionary.__init__, {'data', '_remove'}),
    (_weakref.WeakValueDictionary.__setitem__, {'data', '_remove', 'KeyedRef'}),
    (_weakref.WeakKeyDictionary.__init__, {'data', '_remove'}),
    (_weakref.WeakKeyDictionary.__setitem__, {'data', '_remove', 'ref'}),
    (_weakref.WeakSet.__init__, {'data', '_remove'}),
    (_weakref.WeakSet.add, {'data', '_remove', 'ref'}),
    (_weakref.finalize.__init__, {'_Info', '_dirty', '_index_iter', '_registered_with_atexit',
                                  '_registry', 'args', 'atexit', 'func', 'index', 'kwargs', 'ref',
                                  'weakref'}),
)


def _check():
    """Fail at once if the standard module is not as this package takes it to be."""
    for function, names in _BORROWED:
        if missing := names.difference(function.__code__.co_names):
            raise ImportError(f'weakref.{function.__qualname__}() of Python '
                              f'{sys.version.split()[0]} does not use {", ".join(missing)}: '
                              'weakref-glib does not know this version')


_check()


def bind(function, namespace):
    """Return the function with another namespace for its globals."""
    bound = types.FunctionType(function.__code__, namespace, function.__name__,
                               function.__defaults__, function.__closure__)
    return functools.update_wrapper(bound, function, updated=())


def on_our_refs(cls):
    """Have the methods that the class inherits from the standard module find our references.

    They are the interpreter's own code, as of its version. What iterates goes over a copy, as it
    does since Python 3.14: before, a guard puts off the removal of the dead, which fails when they
    die in another thread just then.
    """
    base = cls.__base__
    namespace = {**vars(sys.modules[base.__module__]), 'ref': ref, 'KeyedRef': KeyedRef,
                 '_IterationGuard': contextlib.nullcontext, cls.__name__: cls}
    for name, value in vars(base).items():
        if type(value) is types.FunctionType and name not in vars(cls):
            setattr(cls, name, bind(value, namespace))
    return cls
