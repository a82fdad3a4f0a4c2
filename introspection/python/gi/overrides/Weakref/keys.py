# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Keys and values of the tables of C: what Python has, and what PyGObject takes for a GValue."""

import os
import threading
from gi.module import get_introspection_module
from gi.repository import GLib, GObject

from .containers import WeakValueDictionary
from .kernel import unwrap

Weakref = get_introspection_module('Weakref')

_PLAIN = (str, int, float, bool)


class Key(GObject.Object):
    """Stands for a key that C has no type for.

    Equal keys have the same one as long as a table has it: so C, which compares objects by their
    identity, finds what is equal in Python.
    """

    __gtype_name__ = 'WeakrefPythonKey'

    def __init__(self, key):
        super().__init__()
        self.key = key


# The Key that stands for each such key.
_keys = WeakValueDictionary()

# Two threads must not make a Key for the same key. It is recursive since the __eq__() of a key,
# which is called under it, may use a table.
_lock = threading.RLock()


def _renew_lock():
    global _lock
    _lock = threading.RLock()


os.register_at_fork(after_in_child=_renew_lock)


def _get_key(key):
    with _lock:
        found = _keys.get(key)  # a TypeError if it is not hashable
        if found is None:
            found = _keys[key] = Key(key)
    return found


def is_text(thing):
    """Tell whether C can have the whole string: it has no NUL in it, and no lone surrogates."""
    if '\0' in thing:
        return False
    try:
        thing.encode()
    except UnicodeEncodeError:
        return False
    return True


def _int_to_value(number):
    if GLib.MININT32 <= number <= GLib.MAXINT32:
        return number
    if GLib.MININT64 <= number <= GLib.MAXINT64:
        return GObject.Value(GObject.TYPE_INT64, number)
    if 0 <= number <= GLib.MAXUINT64:
        return GObject.Value(GObject.TYPE_UINT64, number)
    return None


def to_key(table, key):
    """Return what PyGObject takes for the key of a ValueTable."""
    kind = type(key)
    if kind is str:
        if '\0' not in key and key.isascii():
            return key
    elif kind is int:
        if GLib.MININT32 <= key <= GLib.MAXINT32:
            return key
    elif kind is bool or kind is float or issubclass(kind, GObject.Object):
        return key
    return _fit(table.get_key_type(), unwrap(key))


def _fit(key_type, key):
    if isinstance(key, GObject.GType):
        return GObject.Value(GObject.TYPE_GTYPE, key)
    if key_type == GObject.TYPE_GTYPE and isinstance(key, type) and hasattr(key, '__gtype__'):
        return GObject.Value(GObject.TYPE_GTYPE, key.__gtype__)
    if isinstance(key, str):
        if is_text(key):
            return str.__str__(key)
        if key_type == GObject.TYPE_STRING:
            key.encode()
            raise ValueError('embedded null character')
    elif isinstance(key, int):
        value = bool(key) if type(key) is bool else _int_to_value(int(key))
        if value is not None:
            return value
    elif isinstance(key, float):
        return float(key)
    elif isinstance(key, (GObject.Object, GLib.Bytes, GLib.Variant)):
        return key
    if key_type == GObject.TYPE_VALUE:
        return _get_key(key)
    raise TypeError(f'the table has keys of type {key_type.name}, not {type(key).__name__}')


def from_key(key):
    """Return the key as Python had it."""
    return key.key if type(key) is Key else key


def to_python_error(error):
    """Return the error as it is, or a TypeError if it says that a key has the wrong type."""
    if error.matches(Weakref.error_quark(), Weakref.Error.KEY_TYPE):
        return TypeError(error.message)
    return error


def to_plain_key(key):
    """Return something that can be hashed, and is equal where the keys are equal to C."""
    if type(key) is GObject.Value:
        key = key.get_value()
    if isinstance(key, GLib.Bytes):
        key = key.get_data()
    return type(key), from_key(key)


def to_value(thing):
    """Return what PyGObject takes for the value of a KeyTable, such that it comes back as it is."""
    kind = type(thing)
    if kind is str:
        if is_text(thing):
            return thing
    elif kind is int:
        value = _int_to_value(thing)
        if value is not None:
            return value
    elif thing is None:
        return GObject.Value(GObject.TYPE_OBJECT, None)
    elif kind in _PLAIN or not issubclass(kind, _PLAIN):
        return thing
    return GObject.Value(GObject.TYPE_PYOBJECT, thing)
