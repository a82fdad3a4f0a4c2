# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The classes of the C library: what they need to be Python containers."""

from gi.module import get_introspection_module
from gi.repository import GLib, GObject

from .keys import from_key, to_key, to_python_error, to_value
from .protocols import add_to
from . import protocols
from .kernel import unwrap

Weakref = get_introspection_module('Weakref')


def _checked(method):
    """Make a method of a table from the introspected one: it takes any key, or raises."""
    def checked(self, key, *args):
        try:
            return method(self, to_key(self, key), *map(unwrap, args))
        except GLib.Error as error:
            raise to_python_error(error) from None
    checked.__name__ = method.__name__
    checked.__doc__ = method.__doc__
    return checked


def _unwrapped(method):
    """Make a method that takes an object from the introspected one: it takes a proxy as well."""
    def unwrapped(self, thing):
        return method(self, unwrap(thing))
    unwrapped.__name__ = method.__name__
    unwrapped.__doc__ = method.__doc__
    return unwrapped


def _patch_proxy(cls):
    set_value = cls.set_target_property

    def set_target_property(self, name, value):
        """Write a property of the target; fail if it is dead, or has none of that name."""
        pspec = self.find_property(name)
        return set_value(self, name,
                         value if pspec is None else GObject.Value(pspec.value_type, value))

    cls.set_target_property = set_target_property


def _patch_value_table(cls):
    ensure = _checked(cls.ensure)

    def ensure_checked(self, key, create, *user_data):
        """Return the object of the key; if there is none, make it: create(key, *user_data)."""
        failure = None

        def create_cb(key, *_):
            nonlocal failure
            try:
                made = create(from_key(key), *user_data)
                if not issubclass(type(made), GObject.Object):
                    raise TypeError(f'create must return a GObject, not {type(made).__name__}')
                return made
            except BaseException as error:
                failure = error
                return None

        try:
            return ensure(self, key, create_cb)
        except GLib.Error:
            if failure is None:
                raise
            raise failure from None
        finally:
            failure = None  # it refers to this very frame

    dup_keys, foreach = cls.dup_keys, cls.foreach

    def dup_python_keys(self):
        """Return a list of the keys."""
        return list(map(from_key, dup_keys(self)))

    def foreach_python_key(self, func, *user_data):
        """Call func(key, object, *user_data) for each entry that there is now."""
        foreach(self, lambda key, thing, *_: func(from_key(key), thing, *user_data))

    ensure_async = cls.ensure_async

    def ensure_python_async(self, key, io_priority, cancellable, create, callback, *user_data):
        ensure_async(self, key, io_priority, cancellable,
                     lambda key, task, *_: create(from_key(key), task), (),
                     lambda table, result, *_: callback(table, result, *user_data))

    def ensure_async_checked(self, key, create, cancellable=None, *rest):
        """Look up or create without waiting: await ensure_async(key, create, cancellable=None).

        If there is no object, create(key) is awaited. However many ask for a key at the same time,
        there is one creation, and what it returns or raises is for all of them.

        Without coroutines it is ensure_async(key, io_priority, cancellable, create, callback, …):
        create(key, task) returns the task, then or later, and callback(self, result, …) calls
        ensure_finish().
        """
        key = to_key(self, key)
        if callable(create):
            if rest:
                raise TypeError('a coroutine function goes with no other arguments')
            # A program that does not await does not pay for the import of asyncio.
            from .asynchronous import ensure
            return ensure(self, ensure_key_async, key, create, cancellable)
        return ensure_python_async(self, key, create, cancellable, *rest)

    def ensure_key_async(self, key, io_priority, cancellable, create_cb, answered_cb):
        ensure_async(self, key, io_priority, cancellable, create_cb, (), answered_cb)

    cls.dup_keys = dup_python_keys
    cls.ensure_async = ensure_async_checked

    rekey, lookup_key = cls.rekey, cls.lookup_key
    rekey_key = _checked(lambda self, new_key, thing: rekey(self, thing, new_key))

    def rekey_checked(self, thing, new_key):
        """Have the object under the new key alone; return whether it was in the table."""
        return rekey_key(self, new_key, unwrap(thing))

    def lookup_python_key(self, thing):
        """Return whether the object is in the table, and its key."""
        found, key = lookup_key(self, unwrap(thing))
        return found, from_key(key) if found else None

    cls.rekey = rekey_checked
    cls.lookup_key = lookup_python_key
    cls.remove_object = _unwrapped(cls.remove_object)
    cls.foreach = foreach_python_key
    cls.insert = _checked(cls.insert)
    cls.lookup = _checked(cls.lookup)
    cls.contains = _checked(cls.contains)
    cls.remove = _checked(cls.remove)
    cls.replace = _checked(cls.replace)
    cls.steal = _checked(cls.steal)
    cls.reserve = _checked(cls.reserve)
    cls.ensure = ensure_checked
    add_to(cls, protocols.ValueTable)


def _patch_key_table(cls):
    insert = cls.insert

    cls.insert = lambda self, key, value: insert(self, unwrap(key), to_value(value))
    for name in ('lookup', 'contains', 'remove', 'steal'):
        setattr(cls, name, _unwrapped(getattr(cls, name)))
    add_to(cls, protocols.KeyTable)
    cls.dup_value = lambda self, key: self.get(key)  # PyGObject leaks a GValue that is returned


def _patch_set(cls):
    add = cls.add

    def add_checked(self, item):
        """Add the item; return whether it was not there."""
        item = unwrap(item)
        item_type = self.get_item_type()
        if issubclass(type(item), GObject.Object) and not item.__gtype__.is_a(item_type):
            raise TypeError(f'the set has items of type {item_type.name}, '
                            f'not {item.__gtype__.name}')
        return add(self, item)

    cls.add = add_checked
    for name in ('contains', 'remove'):
        setattr(cls, name, _unwrapped(getattr(cls, name)))
    add_to(cls, protocols.Set)


_patch_proxy(Weakref.Proxy)
# A cache is a value table.
_patch_value_table(Weakref.ValueTable)
_patch_key_table(Weakref.KeyTable)
_patch_set(Weakref.Set)
