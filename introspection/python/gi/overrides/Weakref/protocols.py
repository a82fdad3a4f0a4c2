# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The methods of a dict for the tables of C, and of a set for Weakref.Set.

They are all built on the methods that come from C.
"""

import reprlib
from gi.module import get_introspection_module
from gi.repository import GObject

from .kernel import ProxyTypes

Weakref = get_introspection_module('Weakref')

_nothing = object()


class Table:
    """The methods of a dict that both tables have."""

    def __len__(self):
        return self.get_size()

    def __iter__(self):
        return iter(self.dup_keys())

    def __getitem__(self, key):
        found = self.get(key, _nothing)
        if found is _nothing:
            raise KeyError(key)
        return found

    def __setitem__(self, key, value):
        self.insert(key, value)

    def __delitem__(self, key):
        if not self.remove(key):
            raise KeyError(key)

    def __contains__(self, key):
        return self.contains(key)

    @reprlib.recursive_repr()
    def __repr__(self):
        return f'{type(self).__name__}({dict(self.items())!r})'

    def __or__(self, other):
        made = self.copy()
        return NotImplemented if made.__ior__(other) is NotImplemented else made

    def __ior__(self, other):
        if not hasattr(other, 'keys'):
            return NotImplemented
        self.update(other)
        return self

    def items(self):
        """Return a list of the pairs of key and value."""
        pairs = []
        self.foreach(lambda key, value, *_: pairs.append((key, value)))
        return pairs

    def keys(self):
        """Return a list of the keys."""
        return self.dup_keys()

    def clear(self):
        """Remove all entries."""
        self.remove_all()

    def copy(self):
        """Return a new table of the same kind with the same entries."""
        made = self._make_alike()
        made.update(self)
        return made

    def popitem(self):
        """Remove an entry and return its key and value, or raise KeyError if there is none."""
        for key, value in self.items():
            if self.remove(key):
                return key, value
        raise KeyError('the table is empty')

    def update(self, other=(), /, **entries):
        """Insert all entries of a mapping or of pairs, and those given by keyword."""
        pairs = ((key, other[key]) for key in other.keys()) if hasattr(other, 'keys') else other
        for key, value in pairs:
            self.insert(key, value)
        for key, value in entries.items():
            self.insert(key, value)


class ValueTable(Table):
    def get(self, key, default=None):
        """Return the object of the key, or the default if there is none."""
        found = self.lookup(key)
        return default if found is None else found

    def values(self):
        """Return a list of the objects."""
        return self.dup_values()

    def pop(self, key, default=_nothing):
        """Remove the entry of the key and return its object, or else the default."""
        found = self.lookup(key)
        if found is not None and self.remove(key):
            return found
        if default is _nothing:
            raise KeyError(key)
        return default

    def setdefault(self, key, default):
        """Return the object of the key; if there is none, it is the default from now on."""
        return self.ensure(key, lambda key: default)

    def _make_alike(self):
        made = type(self)(key_type=self.get_key_type())
        if isinstance(self, Weakref.Cache):
            made.set_max_idle(self.get_max_idle())
            made.set_max_idle_seconds(self.get_max_idle_seconds())
            made.set_max_tracked(self.get_max_tracked())
        return made


class KeyTable(Table):
    def get(self, key, default=None):
        """Return the value of the key, or the default if there is none."""
        found, value = self.lookup(key)
        return value if found else default

    def values(self):
        """Return a list of the values."""
        return [value for _, value in self.items()]

    def pop(self, key, default=_nothing):
        """Remove the entry of the key and return its value, or else the default."""
        found, value = self.steal(key)
        if found:
            return value
        if default is _nothing:
            raise KeyError(key)
        return default

    def setdefault(self, key, default=None):
        """Return the value of the key; if there is none, it is the default from now on."""
        found, value = self.lookup(key)
        if not found:
            self.insert(key, default)
            value = default
        return value

    def _make_alike(self):
        return type(self)()


def _between_sets(name):
    def method(self, other):
        if not isinstance(other, Weakref.Set):
            return NotImplemented
        return getattr(self, name)(other)
    return method


def _in_place(name):
    def method(self, other):
        if not isinstance(other, Weakref.Set):
            return NotImplemented
        wanted = getattr(self, name)(other)
        for item in self.dup_items():
            if not wanted.contains(item):
                self.remove(item)
        self.update(wanted)
        return self
    return method


class Set:
    def __len__(self):
        return self.get_size()

    def __iter__(self):
        return iter(self.dup_items())

    def __contains__(self, item):
        return issubclass(type(item), (GObject.Object, *ProxyTypes)) and self.contains(item)

    @reprlib.recursive_repr()
    def __repr__(self):
        return f'{type(self).__name__}({self.dup_items()!r})'

    __or__ = _between_sets('union')
    __and__ = _between_sets('intersection')
    __sub__ = _between_sets('difference')
    __xor__ = _between_sets('symmetric_difference')
    __le__ = _between_sets('is_subset')
    __ge__ = _between_sets('is_superset')
    __ior__ = _in_place('union')
    __iand__ = _in_place('intersection')
    __isub__ = _in_place('difference')
    __ixor__ = _in_place('symmetric_difference')

    def __lt__(self, other):
        return self.__le__(other) and len(self) < len(other)

    def __gt__(self, other):
        return self.__ge__(other) and len(self) > len(other)

    def clear(self):
        """Remove all items."""
        self.remove_all()

    def copy(self):
        """Return a new set with the same items."""
        made = type(self)(item_type=self.get_item_type())
        made.update(self)
        return made

    def discard(self, item):
        """Remove the item if it is there."""
        if item in self:
            self.remove(item)

    def pop(self):
        """Remove the item that was added last and return it, or raise KeyError if there is none."""
        for item in reversed(self.dup_items()):
            if self.remove(item):
                return item
        raise KeyError('pop from an empty set')

    def update(self, *others):
        """Add all items of the others."""
        for other in others:
            for item in other:
                self.add(item)


def add_to(cls, protocol):
    """Give the class of C the methods of a protocol."""
    for base in reversed(protocol.__mro__[:-1]):
        for name, member in vars(base).items():
            if callable(member):
                setattr(cls, name, member)
