# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Finalizers."""

import atexit
import gc
import itertools
import types
import warnings
import weakref as _weakref
from gi.module import get_introspection_module
from gi.repository import GObject

from .kernel import ref
from .standard import bind

Weakref = get_introspection_module('Weakref')


def _get_held(thing):
    """List what a thing holds, as the garbage collector sees it: no code of the thing runs."""
    kind = type(thing)
    if issubclass(kind, (type, types.ModuleType)):
        return []
    if issubclass(kind, types.FunctionType):  # without its globals
        return [*gc.get_referents(*(thing.__closure__ or ())), *(thing.__defaults__ or ()),
                *(thing.__kwdefaults__ or {}).values()]
    return gc.get_referents(thing)


def _holds(things, target, levels=4, width=100):
    """Tell whether one of the things is the target or holds it, not too deep and not too far."""
    for _ in range(levels):
        if any(thing is target for thing in things):
            return True
        things = list(itertools.islice(
            itertools.chain.from_iterable(map(_get_held, things)), width))
    return False


class finalize(_weakref.finalize):
    """A function that is called with its arguments when a GObject dies, or at exit.

    It stays alive until then, whether anybody has it or not.
    """

    __slots__ = ()

    _initialize = bind(_weakref.finalize.__init__, {**vars(_weakref), 'ref': ref})

    def __init__(self, obj, func, /, *args, **kwargs):
        if (issubclass(type(obj), GObject.Object)
                and _holds((func, *args, *kwargs.values()), obj)):
            warnings.warn('a finalizer whose function or arguments hold its '
                          f"'{type(obj).__name__}' object keeps that alive, and will not run "
                          'before the end of the program', RuntimeWarning, stacklevel=2)
        self._initialize(obj, func, *args, **kwargs)


# Those that are made with Weakref.Finalizer: when C's own exit handlers run, Python is gone.
atexit.register(Weakref.Finalizer.run_at_exit)
