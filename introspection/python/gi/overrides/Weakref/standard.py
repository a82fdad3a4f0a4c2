# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is borrowed from the standard module: methods that are made to use our references."""

import contextlib
import functools
import sys
import types
import weakref as _weakref

from .references import KeyedRef, ref


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
