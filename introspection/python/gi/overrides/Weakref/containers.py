# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Containers: those of the standard module, with our references in them."""

import weakref as _weakref

from .standard import on_our_refs


def _reduce(base):
    """Return a method by which pickle fails at the same thing as with the standard class."""
    return lambda self, protocol: (base, (), self.__dict__)


class _Dict(dict):
    """A dict whose views show the entries that it had when they were made."""

    def values(self):
        return self.copy().values()

    def items(self):
        return self.copy().items()


class _Set(set):
    """A set whose iteration goes over the items that it had at the start."""

    def __iter__(self):
        return set.__iter__(self.copy())

    def __repr__(self):
        return repr(set(self))


@on_our_refs
class WeakValueDictionary(_weakref.WeakValueDictionary):
    """A mapping from any key to weakly held objects; an entry leaves when its object dies."""

    __reduce_ex__ = _reduce(_weakref.WeakValueDictionary)

    def __init__(self, other=(), /, **kw):
        super().__init__()
        self.data = _Dict()
        self.update(other, **kw)


@on_our_refs
class WeakKeyDictionary(_weakref.WeakKeyDictionary):
    """A mapping from weakly held objects to any value; an entry leaves when its object dies."""

    def __init__(self, dict=None):
        super().__init__()
        self.data = _Dict()
        if dict is not None:
            self.update(dict)

    __reduce_ex__ = _reduce(_weakref.WeakKeyDictionary)

    def keys(self):
        for get_key in list(self.data):
            key = get_key()
            if key is not None:
                yield key

    __iter__ = keys


@on_our_refs
class WeakSet(_weakref.WeakSet):
    """A set of weakly held objects; they leave when they die."""

    def __init__(self, data=None):
        super().__init__()
        self.data = _Set()
        if data is not None:
            self.update(data)
