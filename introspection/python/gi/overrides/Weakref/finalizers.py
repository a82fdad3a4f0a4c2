# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Finalizers."""

import atexit
import os
import warnings
import weakref as _weakref
from gi.module import get_introspection_module
from gi.repository import GObject

from .kernel import holds, make_end, ref

Weakref = get_introspection_module('Weakref')


class finalize(_weakref.finalize):
    """A function that is called with its arguments when an object dies, or at exit.

    It stays alive until then, whether anybody has it or not.
    """

    __slots__ = ()

    # This does in one call what the standard one does in several: every finalizer pays for it.
    def __init__(self, obj, func, /, *args, **kwargs):
        if holds(obj, func, args, kwargs):
            warnings.warn('a finalizer whose function or arguments hold its '
                          f"'{type(obj).__name__}' object keeps that alive, and will not run "
                          'before the end of the program', RuntimeWarning, stacklevel=2)
        if not self._registered_with_atexit:
            atexit.register(self._exitfunc)
            _weakref.finalize._registered_with_atexit = True
        info = self._Info()
        info.weakref = ref(obj, self)
        info.func = func
        info.args = args
        info.kwargs = kwargs or None
        info.atexit = True
        info.index = next(self._index_iter)
        self._registry[self] = info
        # To set it is slow: the interpreter drops what it has cached of the class.
        if not self._dirty:
            _weakref.finalize._dirty = True

    @classmethod
    def at_phase(cls, phase, obj, func, /, *args, **kwargs):
        """Make a finalizer that runs at a phase of the end: see Weakref.Phase.

        At Weakref.Phase.DISPOSE it is like any other. At Weakref.Phase.FINALIZE it runs when the
        memory of a GObject goes: a disposal, which others may ask for while the program still has
        the object, does not run it. Between the two, peek() and detach() have None for the object.
        """
        if phase not in (Weakref.Phase.DISPOSE, Weakref.Phase.FINALIZE):
            raise ValueError(f'{phase!r} is not a phase')
        self = cls(obj, func, *args, **kwargs)
        if phase == Weakref.Phase.FINALIZE and isinstance(obj, GObject.Object):
            self._registry[self].weakref = _LateRef(obj, self)
        return self

    def _get_late(self):
        """Return what peek() gives if it waits for the end of the memory, and else None."""
        info = self._registry.get(self)
        if info is None or type(info.weakref) is not _LateRef:
            return None
        return info.weakref(), info.func, info.args, info.kwargs or {}

    def peek(self):
        """If alive, return (obj, func, args, kwargs), and else None."""
        return self._get_late() or super().peek()

    def detach(self):
        """If alive, mark as dead and return (obj, func, args, kwargs), and else None."""
        late = self._get_late()
        if late is None:
            return super().detach()
        return late if self._registry.pop(self, None) is not None else None


class _LateRef:
    """It takes the place of the reference in a finalizer that waits for the end of the memory."""

    __slots__ = ('_ref', '_end')

    def __init__(self, thing, callback):
        self._ref = ref(thing)
        self._end = _weakref.ref(make_end(thing), callback)

    def __call__(self):
        return self._ref()


def _leave_to_parent():
    """Take the finalizers of the parent from what runs at the exit of this process, its child."""
    for finalizer, info in list(_weakref.finalize._registry.items()):
        if isinstance(finalizer, finalize):
            info.atexit = False


os.register_at_fork(after_in_child=_leave_to_parent)

# Finalizers that are made with Weakref.Finalizer run from here: Python is gone when the exit
# handlers of C run.
atexit.register(Weakref.Finalizer.run_at_exit)
