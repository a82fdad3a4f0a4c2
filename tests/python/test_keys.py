# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Keys, values and items of the classes of C: whatever Python has."""

import enum
import gc
import os
import pathlib
import unittest

from gi.repository import Gio, GLib, GObject, Weakref

from support import TestCase, Thing

SURROGATE = '\ud800'


class Number(enum.IntEnum):
    ONE = 1


class Text(str):
    pass


class Equal:
    """A key that is equal by its value."""

    def __init__(self, value):
        self.value = value

    def __eq__(self, other):
        return isinstance(other, Equal) and self.value == other.value

    def __hash__(self):
        return hash(self.value)


class StringKeyTest(TestCase):
    def test_a_string_with_a_nul_is_a_value_error(self):
        # A string of C ends at a NUL. So 'dir\0one' and 'dir\0two' would be the same key.
        for table in (Weakref.ValueTable.new(str), Weakref.Cache.new(str, 0)):
            thing = self.make()
            for use in (lambda: table.insert('a\0b', thing), lambda: table.lookup('a\0b'),
                        lambda: 'a\0b' in table, lambda: table['a\0b'], lambda: table.get('a\0b'),
                        lambda: table.remove('a\0b'), lambda: table.ensure('a\0b', self.fail)):
                with self.assertRaisesRegex(ValueError, 'embedded null character'):
                    use()
            for use in (lambda: table.insert(SURROGATE, thing), lambda: SURROGATE in table):
                with self.assertRaises(UnicodeEncodeError):
                    use()
            self.assertEqual(len(table), 0)

    def test_strings_of_all_planes(self):
        table = Weakref.ValueTable.new(str)
        thing = self.make()
        keys = ['', 'ä', '€', '😀', 'a' * 10000]
        for key in keys:
            table[key] = thing
        self.assertEqual(sorted(table), sorted(keys))

    def test_nothing_but_strings_is_a_string(self):
        table = Weakref.ValueTable.new(str)
        for bad in (1, b'a', pathlib.Path('a'), None, (), ['a']):
            with self.assertRaises(TypeError):
                table[bad]


class FittingKeyTest(TestCase):
    def check(self, key_type, key, same):
        thing = self.make()
        table = Weakref.ValueTable.new(key_type)
        table[key] = thing
        self.assertEqual((table.keys(), table[key], table[same]), ([same], thing, thing))
        self.assertEqual(table.ensure(key, self.fail), thing)
        del table[key]
        self.assertNotIn(same, table)

    def test_subclasses_are_what_they_are_of(self):
        for key_type in (int, GObject.TYPE_INT64, GObject.TYPE_UINT, GObject.TYPE_VALUE):
            self.check(key_type, Number.ONE, 1)
        for key_type in (str, GObject.TYPE_VALUE):
            self.check(key_type, Text('a'), 'a')
        self.check(float, Number.ONE, 1.0)

    def test_types(self):
        for key_type in (GObject.TYPE_GTYPE, GObject.TYPE_VALUE):
            self.check(key_type, GObject.TYPE_INT, GObject.TYPE_INT)
        self.check(GObject.TYPE_GTYPE, Thing, Thing.__gtype__)
        with self.assertRaises(TypeError):
            Weakref.ValueTable.new(GObject.TYPE_GTYPE)[1]

    def test_a_proxy_is_its_object(self):
        key, thing = self.make(), self.make()
        for key_type in (GObject.Object, GObject.TYPE_VALUE):
            self.check(key_type, Weakref.proxy(key), key)
        table = Weakref.KeyTable.new()
        table[Weakref.proxy(key)] = 1
        self.assertEqual((table[key], table[Weakref.proxy(key)]), (1, 1))
        things = Weakref.Set.new(Thing)
        self.assertTrue(things.add(Weakref.proxy(thing)))
        self.assertIn(thing, things)
        self.assertTrue(things.remove(Weakref.proxy(thing)))
        proxy = Weakref.proxy(self.make())
        with self.assertRaises(ReferenceError):
            table[proxy]


class PythonKeyTest(TestCase):
    """A table of any keys has those of Python, by their own equality."""

    KEYS = [('a', 1), b'a', pathlib.Path('/etc'), frozenset([1]), None, 2 ** 64, 'a\0b', SURROGATE,
            Equal(1), int, Thing, len, GLib.Variant, ...]

    def test_found_by_what_is_equal(self):
        for table in (Weakref.ValueTable.new(GObject.TYPE_VALUE),
                      Weakref.Cache.new(GObject.TYPE_VALUE, 0)):
            things = [self.make() for _ in self.KEYS]
            for key, thing in zip(self.KEYS, things):
                self.assertTrue(table.insert(key, thing))
            self.assertEqual([table[key] for key in self.KEYS], things)
            self.assertEqual(set(table), set(self.KEYS))
            self.assertEqual(dict(table.items()), dict(zip(self.KEYS, things)))
            self.assertIs(table['a', 1], things[0])
            self.assertIs(table[os.fsencode('a')], things[1])
            self.assertIs(table[pathlib.Path('/', 'etc')], things[2])
            self.assertIs(table[Equal(1)], things[8])
            self.assertNotIn(Equal(2), table)
            self.assertFalse(table.insert(('a', 1), things[0]))
            seen = []
            table.foreach(lambda key, thing, data: seen.append((key, thing, data)), 'data')
            self.assertCountEqual(seen, [(k, t, 'data') for k, t in zip(self.KEYS, things)])
            self.assertIs(table.ensure(('new',), lambda key: things[0] if key == ('new',) else 1),
                          things[0])
            things.clear()
            del thing, seen
            gc.collect()
            self.assertEqual((len(table), list(table)), (0, []))

    def test_a_key_goes_with_its_entry(self):
        class Part:
            pass

        gone = []
        table = Weakref.ValueTable.new(GObject.TYPE_VALUE)
        for leave in (lambda: things.clear(), lambda: table.remove(key), lambda: table.remove_all()):
            key, things = (Part(),), [self.make()]
            Weakref.finalize(thing := self.make(), gone.append, 1)
            table[key] = things[0]
            key[0].thing = thing
            del thing
            leave()
            del key
            gc.collect()
            self.assertEqual(gone, [1])
            gone.clear()

    def test_what_cannot_be_hashed_is_a_type_error(self):
        table = Weakref.ValueTable.new(GObject.TYPE_VALUE)
        for use in (lambda: table[[]], lambda: [] in table, lambda: table.insert({}, self.make())):
            with self.assertRaisesRegex(TypeError, 'unhashable type'):
                use()


class ValueTest(TestCase):
    def test_values_come_back_whole(self):
        thing = self.make()
        table = Weakref.KeyTable.new()
        for value in ('x\0y', SURROGATE, Number.ONE, Text('a'), b'\0', (1, 'x\0y'), None, 2 ** 64,
                      True, pathlib.Path('/')):
            table[thing] = value
            for found in (table[thing], table.lookup(thing)[1], table.values()[0],
                          table.items()[0][1], table.steal(thing)[1]):
                self.assertEqual((type(found), found), (type(value), value))


class ItemTest(TestCase):
    def test_an_item_of_a_wrong_type_is_a_type_error(self):
        things = Weakref.Set.new(Thing)
        for bad in (self.make(Gio.ListStore), 1, None, Thing):
            with self.assertRaises(TypeError):
                things.add(bad)
        with self.assertRaisesRegex(TypeError, 'items of type TestThing, not GListStore'):
            things.add(self.make(Gio.ListStore))
        self.assertEqual(len(things), 0)

    def test_what_cannot_be_an_item_is_in_no_set(self):
        things = Weakref.Set.new(Thing)
        for other in (1, None, 'a', Thing, self.make(Gio.ListStore)):
            self.assertNotIn(other, things)


if __name__ == '__main__':
    unittest.main()
