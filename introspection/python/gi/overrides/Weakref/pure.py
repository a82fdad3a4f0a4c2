# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""References, and what they refer to. This is in Python what the native module is in C."""

import functools
import gc
import itertools
import operator
import types
import weakref as _weakref
from gi.module import get_introspection_module
from gi.repository import GObject

from .text import describe

Weakref = get_introspection_module('Weakref')


def _refuse_other_interpreters():
    """Fail in an interpreter that is not the first: PyGObject has one wrapper for a GObject."""
    try:
        import _interpreters as interpreters
    except ImportError:
        try:
            import _xxsubinterpreters as interpreters
        except ImportError:
            return
    if interpreters.get_current() != interpreters.get_main():
        raise ImportError('only the main interpreter has GObjects')


_refuse_other_interpreters()


class Anchor:
    """What lives and dies with a target, is equal as the target is, and hashes as it does."""

    __slots__ = ('get', 'shared', '__weakref__')

    def __init__(self, get, shared=None):
        self.get = get  # the target, or None
        # The anchor of the shared references: among these one is found at once.
        self.shared = shared

    def __eq__(self, other):
        mine = self.get()
        if other is self:
            other = mine
        elif isinstance(other, Anchor):
            other = other.get()
        # The target may just be dying: dead references are equal if they are identical.
        if mine is None or other is None:
            return NotImplemented
        return mine == other

    def __hash__(self):
        target = self.get()
        if target is None:
            raise TypeError('weak object has gone away')
        return hash(target)


def _make_way(target, plain):
    """Return a function that gives the target: its wrapper, if it has one, and else from C.

    To ask for the wrapper first is faster. And a wrapper may be no more, but not deallocated yet:
    Python puts off what is nested too deep. PyGObject would give it out nevertheless, and the
    interpreter crash.
    """
    is_alive, get_plain = plain.is_alive, plain.get
    gone = [None]  # the reference whose wrapper was deallocated last
    note_gone = functools.partial(operator.setitem, gone, 0)
    get_wrapper = _weakref.ref(target, note_gone)

    def get():
        nonlocal get_wrapper
        while gone[0] is not (asked := get_wrapper):
            found = asked()
            if found is not None:
                return found if is_alive() else None  # it may be disposed
            if gone[0] is not asked and get_wrapper is asked:
                return None  # to be deallocated; other threads have not found another
        found = get_plain()
        if found is not None:
            get_wrapper = _weakref.ref(found, note_gone)
        return found

    return get


_refused_types = ()


def refuse(types):
    """Let there be no references to objects of the types."""
    global _refused_types
    _refused_types = types


_anchors = Weakref.KeyTable.new()
# A value that holds its key keeps both. If the table went when the interpreter tears down its
# modules, all targets would seem to die.
_anchors.insert(_anchors, _anchors)

# The anchors that a thread is about to enter, by the shared Weakref.Ref of the target.
_births = {}

_lookup = _anchors.lookup
_get_plain_ref = Weakref.Ref.new


def _find_anchor(target):
    found, anchor = _lookup(target)
    # A target that was resurrected in its dispose may still have the anchor of its former life.
    return anchor if found and anchor.get() is not None else None


def _get_anchor(target):
    """Return the anchor of the life that the target is in, the same to all threads that ask.

    Each thread proposes one, the first is agreed on, and whoever comes first enters it. It stays
    proposed until it is entered, and who proposes looks again: so there is never another.
    """
    anchor = _find_anchor(target)
    if anchor is None:
        plain = _get_plain_ref(target)
        way = _make_way(target, plain)
        proposed = _births.setdefault(plain, Anchor(way, Anchor(way)))
        anchor = _find_anchor(target)
        if anchor is None:
            anchor = proposed
            _anchors.insert(target, anchor)
            if anchor.get() is None:  # disposed by another thread meanwhile
                _anchors.remove(target)
        _births.pop(plain, None)
    return anchor


def get_referent(thing):
    """Return what references to the thing refer to: its anchor, or itself if it is no GObject."""
    if issubclass(type(thing), GObject.Object):
        return _get_anchor(thing)
    if type(thing) in _refused_types:
        raise TypeError(f"cannot create weak reference to '{type(thing).__name__}' object")
    return thing


def get_shared_referent(thing):
    """Return what the shared references to the thing refer to."""
    referent = get_referent(thing)
    return referent.shared if type(referent) is Anchor else referent


def find_referents(thing):
    """Return a tuple of all that references to the thing refer to."""
    if not issubclass(type(thing), GObject.Object):
        return () if type(thing) in _refused_types else (thing,)
    anchor = _find_anchor(thing)
    return () if anchor is None else (anchor.shared, anchor)


def _find_shared_ref(referent):
    for found in reversed(_weakref.getweakrefs(referent)):
        if type(found) is ref and found.__callback__ is None:
            return found
    return None


class ReferenceType(_weakref.ref):
    """A weak reference; a subclass of the standard weakref.ref, which follows a GObject itself.

    Without a callback all who ask for one to the same object share it, as long as anybody has it.
    """

    __slots__ = ()

    def __new__(cls, object, callback=None, /, *args, **kwargs):
        if cls is not ref or callback is not None:
            return make_ref(cls, get_referent(object), callback)
        referent = get_shared_referent(object)
        found = _find_shared_ref(referent)
        if found is None:
            made = make_ref(ref, referent)
            # If several threads come here together, all get the oldest one. There is one for sure.
            found = _find_shared_ref(referent)
            del made
        return found

    def __call__(self, /):
        found = _get_referent(self)
        return found.get() if type(found) is Anchor else found

    def __repr__(self):
        if type(_get_referent(self)) is not Anchor:
            return super().__repr__()
        return describe(f'weakref at {id(self):#x}', ref.__call__(self))

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce_ex__(self, protocol):
        raise TypeError(f"cannot pickle '{type(self).__name__}' object")


make_ref = _weakref.ref.__new__
_get_referent = _weakref.ref.__call__
ref = ReferenceType

# Finalizers

def _get_held(thing):
    """List what a thing holds, as the garbage collector sees it: no code of the thing runs."""
    kind = type(thing)
    if issubclass(kind, (type, types.ModuleType)):
        return []
    if issubclass(kind, types.FunctionType):  # without its globals
        return [*gc.get_referents(*(thing.__closure__ or ())), *(thing.__defaults__ or ()),
                *(thing.__kwdefaults__ or {}).values()]
    return gc.get_referents(thing)


def holds(target, function, args, kwargs, levels=4, width=100):
    """Tell whether a function or its arguments are or hold a GObject, not too deep and not too far.

    If the target is another object, it is not asked.
    """
    if not issubclass(type(target), GObject.Object):
        return False
    things = (function, *args, *kwargs.values())
    for _ in range(levels):
        if any(thing is target for thing in things):
            return True
        things = list(itertools.islice(
            itertools.chain.from_iterable(map(_get_held, things)), width))
    return False


class End:
    """What dies with the memory of a GObject."""

    __slots__ = ('__weakref__',)


def make_end(target):
    """Make an object that dies when the memory of the GObject goes, and not before."""
    end = End()
    waiting = Weakref.Finalizer.new_full(target, None, Weakref.Phase.FINALIZE, _do_nothing, end)
    waiting.set_at_exit(False)
    return end


def _do_nothing(*args):
    pass
