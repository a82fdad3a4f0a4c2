# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""PyGObject itself: the table of its versions in doc/bindings.md says what is so here."""

import gc
import importlib.util
import pathlib
import types
import unittest
import weakref

import gi
from gi.repository import Gio, GLib, GObject

PAGE = pathlib.Path(__file__).resolve().parents[2] / 'doc/bindings.md'

# The first version of PyGObject for each column.
COLUMNS = {(3, 42): 1, (3, 50): 2, (3, 55): 3}


class Subclass(GObject.Object):
    pass


def make_with_attribute():
    thing = Subclass()
    thing.name = 'thing'
    return thing


def drop_wrapper(make):
    """Return whether the wrapper of an object in a list goes, and the object."""
    store = Gio.ListStore.new(GObject.Object)
    thing = make()
    store.append(thing)
    wrapper = weakref.ref(thing)
    del thing
    gc.collect()
    return wrapper() is None, store[0]


def can_be_referred_to(thing):
    try:
        weakref.ref(thing)
    except TypeError:
        return False
    return True


def sees_disposal():
    thing = Subclass()
    ref = weakref.ref(thing)
    thing.run_dispose()
    return ref() is None


MEASURED = {
    'the wrapper goes before the object': lambda: drop_wrapper(Subclass)[0],
    '… also if it has attributes': lambda: drop_wrapper(make_with_attribute)[0],
    'the attributes come back with the object':
        lambda: drop_wrapper(make_with_attribute)[1].name == 'thing',
    'the standard module sees a disposal': sees_disposal,
    'methods of C are bound methods': lambda: isinstance(
        Gio.ListStore.new(GObject.Object).append, types.MethodType),
    'classes can have `do_dispose()`': lambda: hasattr(GObject.Object, 'do_dispose'),
    'it has an event loop for asyncio': lambda: importlib.util.find_spec('gi.events') is not None,
    'boxed types can be weakly referred to': lambda: can_be_referred_to(GLib.Bytes.new(b'a')),
    'parameter specifications can': lambda: can_be_referred_to(
        Gio.ListStore.find_property('item-type')),
    'GTypes and flags can': lambda: can_be_referred_to(GObject.TYPE_INT) or can_be_referred_to(
        GObject.ParamFlags.READABLE),
}


class TableTest(unittest.TestCase):
    def test_the_table_is_true(self):
        rows = [[cell.strip() for cell in line.strip('| \n').split(' | ')]
                for line in PAGE.read_text().splitlines() if line.startswith('| ')]
        rows = {row[0]: row for row in rows if row[0] in MEASURED}
        self.assertEqual(set(rows), set(MEASURED))
        column = max((since, number) for since, number in COLUMNS.items()
                     if since <= gi.version_info[:2])[1]
        for name, measure in MEASURED.items():
            with self.subTest(name):
                self.assertEqual(rows[name][column], 'yes' if measure() else 'no', name)


if __name__ == '__main__':
    unittest.main()
