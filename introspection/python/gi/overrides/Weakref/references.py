# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""References: ref, and WeakMethod and KeyedRef, which are made of it."""

import weakref as _weakref

from .anchors import Anchor, get_referent, get_shared_referent


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
            return _make_ref(cls, get_referent(object), callback)
        referent = get_shared_referent(object)
        found = _find_shared_ref(referent)
        if found is None:
            made = _make_ref(ref, referent)
            # Of several threads that come here together all get the oldest; there is one for sure.
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


_make_ref = _weakref.ref.__new__
_get_referent = _weakref.ref.__call__
ref = ReferenceType


def describe(what, target):
    if target is None:
        return f'<{what}; dead>'
    kind = type(target)
    return f"<{what}; to '{kind.__module__}.{kind.__qualname__}' at {id(target):#x}>"


class WeakMethod(ref):
    """A weak reference to a bound method, which is there as long as its object and its function."""

    __slots__ = ('_function', '_type', '_alive', '__weakref__')

    def __new__(cls, meth, callback=None):
        try:
            target, function = meth.__self__, meth.__func__
        except AttributeError:
            raise TypeError(f'argument should be a bound method, not {type(meth)}') from None

        def died_cb(_):
            self = get_self()
            if self is not None and self._alive:
                self._alive = False
                if callback is not None:
                    callback(self)

        self = super().__new__(cls, target, died_cb)
        self._function = _weakref.ref(function, died_cb)
        self._type = type(meth)
        self._alive = True
        get_self = _weakref.ref(self)
        return self

    def __call__(self):
        target = super().__call__()
        function = self._function()
        if target is None or function is None:
            return None
        return self._type(function, target)

    def __eq__(self, other):
        if not isinstance(other, WeakMethod):
            return NotImplemented
        if not self._alive or not other._alive:
            return self is other
        return ref.__eq__(self, other) and self._function == other._function

    def __ne__(self, other):
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = ref.__hash__


class KeyedRef(ref):
    """A reference that knows the key under which a WeakValueDictionary has it."""

    __slots__ = ('key',)

    def __new__(cls, object, callback, key):
        self = super().__new__(cls, object, callback)
        self.key = key
        return self

    def __init__(self, object, callback, key):
        super().__init__(object, callback)
