# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tables and the set of C are dicts and sets, as far as they can be."""

import gc
import unittest

from gi.repository import Gio, GObject, Weakref

from support import TestCase, Thing


class ConstructorTest(TestCase):
    def test_by_keyword(self):
        self.assertEqual(Weakref.ValueTable(key_type=str).get_key_type(), GObject.TYPE_STRING)
        self.assertEqual(Weakref.ValueTable().get_key_type(), GObject.TYPE_VALUE)
        self.assertEqual(Weakref.Set(item_type=Thing).get_item_type(), Thing.__gtype__)
        cache = Weakref.Cache(key_type=int, max_idle=3)
        self.assertEqual((cache.get_key_type(), cache.get_max_idle()), (GObject.TYPE_INT, 3))
        table, thing = Weakref.KeyTable(), self.make()
        table[thing] = [1]
        self.assertEqual(table[thing], [1])


class TableTest(TestCase):
    def fill(self):
        """Return each kind of table with two entries, and what a dict with the same would be."""
        one, two = self.make(), self.make()
        for made in (Weakref.ValueTable(key_type=str), Weakref.Cache(key_type=str)):
            made.update(a=one, b=two)
            yield made, {'a': one, 'b': two}, ('c', one)
        made = Weakref.KeyTable()
        made.update({one: 1, two: 2})
        yield made, {one: 1, two: 2}, (self.make(), 3)

    def test_like_a_dict(self):
        for table, same, (key, value) in self.fill():
            name = type(table).__name__
            with self.subTest(name):
                self.assertEqual(repr(Weakref.ValueTable()), 'ValueTable({})')
                self.assertTrue(repr(table).startswith(f'{name}({{'))
                for item in same.items():
                    self.assertIn(f'{item[0]!r}: {item[1]!r}', repr(table))
                self.assertEqual(table.setdefault(key, value), same.setdefault(key, value))
                self.assertEqual(table.setdefault(key, value), value)
                self.assertEqual(dict(table), same)
                self.assertEqual(table.pop(key), same.pop(key))
                self.assertEqual(table.pop(key, 5), 5)
                self.assertIsNone(table.pop(key, None))
                with self.assertRaises(KeyError):
                    table.pop(key)
                copied = table.copy()
                self.assertIs(type(copied), type(table))
                self.assertEqual(dict(copied), same)
                joined = table | {key: value}
                self.assertEqual(dict(joined), same | {key: value})
                self.assertEqual(dict(table), same)
                before = table
                table |= {key: value}
                self.assertIs(table, before)
                self.assertEqual(dict(table), same | {key: value})
                table.update([(key, value)])
                self.assertIn(table.popitem()[0], same | {key: value})
                self.assertEqual(len(table), 2)
                table.clear()
                with self.assertRaises(KeyError):
                    table.popitem()
                for bad in (1, [1]):
                    with self.assertRaises(TypeError):
                        table | bad

    def test_a_copy_of_a_cache_has_its_limits(self):
        cache = Weakref.Cache(key_type=str, max_idle=3)
        cache.set_max_idle_seconds(5)
        self.assertEqual((cache.copy().get_max_idle(), cache.copy().get_max_idle_seconds()), (3, 5))

    def test_one_that_is_in_itself_is_shown(self):
        table = Weakref.KeyTable()
        table[table] = table
        self.assertIn('...', repr(table))
        table.clear()

    def test_iteration_may_stop_anywhere_and_holds_nothing(self):
        for table, same, _ in self.fill():
            gone = [Weakref.ref(thing) for thing in table.values() if isinstance(thing, Thing)]
            for _ in table:
                break
            iterator = iter(table)
            next(iterator)
            same.clear()
            del iterator, _
            del table
            gc.collect()
        self.assertTrue(gone == [] or gone[-1] is not None)


class SetTest(TestCase):
    def fill(self, items):
        made = Weakref.Set(item_type=Thing)
        made.update(items)
        return made

    def test_like_a_set(self):
        items = [self.make() for _ in range(4)]
        one, other = self.fill(items[:3]), self.fill(items[2:])
        for operation in ('__ior__', '__iand__', '__isub__', '__ixor__'):
            expected, got = set(items[:3]), one.copy()
            getattr(expected, operation)(set(items[2:]))
            self.assertIs(getattr(got, operation)(other), got)
            self.assertEqual(set(got), expected)
        for operation in ('__lt__', '__le__', '__gt__', '__ge__'):
            for a, b in ((one, other), (one, one), (one, one | other), (one | other, one)):
                self.assertEqual(getattr(a, operation)(b), getattr(set(a), operation)(set(b)))
        self.assertEqual(repr(one), f'Set({items[:3]!r})')
        one.discard(items[3])
        one.discard(1)
        self.assertIs(one.pop(), items[2])
        one.clear()
        with self.assertRaises(KeyError):
            one.pop()
        for use in (lambda: one | items, lambda: one.__ior__(1) + 1, lambda: one < 1):
            with self.assertRaises(TypeError):
                use()


if __name__ == '__main__':
    unittest.main()
