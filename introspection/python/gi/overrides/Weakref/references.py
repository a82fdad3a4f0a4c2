# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""References: ref, and WeakMethod and KeyedRef, which are made of it."""

import weakref as _weakref

from .anchors import get_anchor


def make_ref(cls, anchor, callback):
    self = _weakref.ref.__new__(cls, anchor, callback)
    ref.__call__.__set__(self, anchor.get)  # a subclass may have a __call__ of its own
    return self


def list_refs(anchor):
    """List the references to the anchor, newest first.

    The thread that makes one may not have come to its second line: then it is done here.
    """
    refs = [found for found in _weakref.getweakrefs(anchor) if isinstance(found, ref)]
    for found in refs:
        ref.__call__.__set__(found, anchor.get)
    return refs


def _find_shared_ref(anchor):
    for found in reversed(list_refs(anchor)):
        if type(found) is ref:
            return found
    return None


class ReferenceType(_weakref.ref):
    """A weak reference to a GObject; a subclass of the standard weakref.ref.

    Without a callback all who ask for one to the same object share it, as long as anybody has it.
    """

    # A slot of that name is what is called when an instance is.
    __slots__ = ('__call__',)

    def __new__(cls, object, callback=None, /, *args, **kwargs):
        anchor = get_anchor(object)
        if cls is not ref or callback is not None:
            return make_ref(cls, anchor, callback)
        found = _find_shared_ref(anchor.shared)
        if found is None:
            made = make_ref(ref, anchor.shared, None)
            # Of several threads that come here together all get the oldest; there is one for sure.
            found = _find_shared_ref(anchor.shared)
            del made
        return found

    def __repr__(self):
        return describe(f'weakref at {id(self):#x}', ref.__call__.__get__(self)())

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce_ex__(self, protocol):
        raise TypeError(f"cannot pickle '{type(self).__name__}' object")


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
