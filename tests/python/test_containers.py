# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import collections.abc
import copy
import gc
import pickle
import types
import unittest
import weakref

from gi.repository import Weakref

from support import KINDS, TestCase, Thing, Valued

CONTAINERS = (Weakref.WeakValueDictionary, Weakref.WeakKeyDictionary, Weakref.WeakSet)


class StandardTest(TestCase):
    def test_every_use_of_a_reference_is_ours(self):
        # No method that is inherited may use a reference class of the standard module.
        def names(code):
            return set(code.co_names).union(*(names(c) for c in code.co_consts
                                              if isinstance(c, types.CodeType)))

        ours = {'ref', 'KeyedRef', 'WeakValueDictionary', 'WeakKeyDictionary'}
        replaced = 0
        for cls in CONTAINERS:
            for name, method in vars(cls.__base__).items():
                code = getattr(method, '__code__', None)
                if name == '__init__' or code is None or not names(code) & ours:
                    continue
                for used in names(code) & ours:
                    expected = (getattr(Weakref, used, None) or
                                vars(cls)[name].__globals__['KeyedRef'])
                    self.assertIs(vars(cls)[name].__globals__[used], expected)
                    self.assertIsNot(expected, getattr(weakref, used))
                    replaced += 1
        self.assertGreater(replaced, 20)

    def test_types(self):
        self.assertTrue(issubclass(Weakref.WeakValueDictionary, weakref.WeakValueDictionary))
        self.assertTrue(issubclass(Weakref.WeakKeyDictionary, collections.abc.MutableMapping))
        self.assertTrue(issubclass(Weakref.WeakSet, collections.abc.MutableSet))
        for cls in CONTAINERS:
            gone = weakref.ref(cls())
            gc.collect()
            self.assertIsNone(gone())

    def test_not_pickled(self):
        thing = self.make()
        for filled in (Weakref.WeakValueDictionary(a=thing), Weakref.WeakKeyDictionary({thing: 1}),
                       Weakref.WeakSet([thing])):
            with self.assertRaises((TypeError, AttributeError, pickle.PicklingError)):
                pickle.dumps(filled)


class WeakValueDictionaryTest(TestCase):
    def test_follows_the_objects_not_their_wrappers(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                table = Weakref.WeakValueDictionary()
                store = self.held(self.make(kind))
                table['key'] = store[0]
                gc.collect()
                self.assertIs(table['key'], store[0])
                store.remove_all()
                self.assertEqual(len(table), 0)
                with self.assertRaises(KeyError):
                    table['key']

    def test_entry_of_a_disposed_object_leaves(self):
        thing = self.make()
        table = Weakref.WeakValueDictionary(a=thing)
        thing.run_dispose()
        self.assertEqual(len(table), 0)
        table['a'] = thing
        self.assertIs(table['a'], thing)

    def test_any_key(self):
        thing = self.make()
        keys = [1, 'a', (1, 2), 2 ** 70, None, frozenset([1]), thing.__class__, b'x']
        table = Weakref.WeakValueDictionary((key, thing) for key in keys)
        self.assertEqual(list(table), keys)
        self.assertTrue(all(table[key] is thing for key in keys))

    def test_mapping(self):
        one, two, three = self.make(), self.make(), self.make()
        table = Weakref.WeakValueDictionary({'one': one}, two=two)
        self.assertEqual(sorted(table), ['one', 'two'])
        self.assertEqual(dict(table.items()), {'one': one, 'two': two})
        self.assertEqual(set(table.values()), {one, two})
        self.assertIn('one', table)
        self.assertNotIn('three', table)
        self.assertIs(table.get('three'), None)
        self.assertEqual(table.get('three', 3), 3)
        self.assertIs(table.setdefault('one', three), one)
        self.assertIs(table.setdefault('three', three), three)
        self.assertIs(table.pop('three'), three)
        self.assertEqual(table.pop('three', 3), 3)
        with self.assertRaises(KeyError):
            table.pop('three')
        del table['one']
        self.assertEqual(table.popitem(), ('two', two))
        with self.assertRaises(KeyError):
            table.popitem()
        table.update({'one': one}, two=two)
        table.clear()
        self.assertEqual(len(table), 0)
        self.assertIn('WeakValueDictionary at', repr(table))

    def test_operators(self):
        one, two = self.make(), self.make()
        table, other = Weakref.WeakValueDictionary(a=one, b=one), {'b': two}
        for result, expected in (((table | other), {'a': one, 'b': two}),
                                 ((other | table), {'a': one, 'b': one})):
            self.assertIs(type(result), Weakref.WeakValueDictionary)
            self.assertEqual(dict(result), expected)
        table |= other
        self.assertEqual(dict(table), {'a': one, 'b': two})
        with self.assertRaises(TypeError):
            table | [1]

    def test_copies_are_weak(self):
        thing = self.make()
        table = Weakref.WeakValueDictionary(a=thing)
        copies = [table.copy(), copy.copy(table), copy.deepcopy(table)]
        for made in copies:
            self.assertIs(type(made), Weakref.WeakValueDictionary)
            self.assertIs(made['a'], thing)
        del thing
        self.assertEqual([len(made) for made in copies], [0, 0, 0])

    def test_valuerefs(self):
        thing = self.make()
        table = Weakref.WeakValueDictionary(a=thing)
        refs = table.valuerefs() + list(table.itervaluerefs())
        self.assertTrue(all(isinstance(r, Weakref.ref) and r() is thing for r in refs))
        del thing
        self.assertEqual([r() for r in refs], [None, None])

    def test_replaced_value_leaves_alone(self):
        old, new = self.make(), self.make()
        table = Weakref.WeakValueDictionary(a=old)
        table['a'] = new
        del old
        self.assertIs(table['a'], new)

    def test_deaths_while_iterating(self):
        for view in ('keys', 'values', 'items', 'valuerefs', 'itervaluerefs'):
            with self.subTest(view):
                things = [self.make() for _ in range(10)]
                table = Weakref.WeakValueDictionary(enumerate(things))
                seen = 0
                for _ in getattr(table, view)():
                    things.clear()
                    seen += 1
                del _
                gc.collect()
                self.assertGreaterEqual(seen, 1)
                self.assertEqual((len(table), list(table)), (0, []))

    def test_bad_values(self):
        table = Weakref.WeakValueDictionary()
        for bad in (1, None, object(), ()):
            with self.assertRaisesRegex(TypeError, 'cannot create weak reference'):
                table['a'] = bad
            with self.assertRaisesRegex(TypeError, 'cannot create weak reference'):
                Weakref.WeakValueDictionary(a=bad)
        self.assertEqual(len(table), 0)

    def test_subclass(self):
        class Registry(Weakref.WeakValueDictionary):
            pass

        thing = self.make()
        registry = Registry(a=thing)
        registry.attribute = 1
        self.assertIs(registry['a'], thing)


class WeakKeyDictionaryTest(TestCase):
    def test_follows_the_objects_not_their_wrappers(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                table = Weakref.WeakKeyDictionary()
                store = self.held(self.make(kind))
                table[store[0]] = 'value'
                gc.collect()
                self.assertEqual(table[store[0]], 'value')
                self.assertEqual(list(table), [store[0]])
                store.remove_all()
                self.assertEqual(len(table), 0)

    def test_mapping(self):
        one, two, three = self.make(), self.make(), self.make()
        table = Weakref.WeakKeyDictionary({one: 1, two: 2})
        self.assertEqual(dict(table), {one: 1, two: 2})
        self.assertEqual(set(table.keys()), {one, two})
        self.assertEqual(sorted(table.values()), [1, 2])
        self.assertEqual(dict(table.items()), {one: 1, two: 2})
        self.assertIn(one, table)
        self.assertNotIn(three, table)
        self.assertNotIn(5, table)
        self.assertEqual(table.get(three, 3), 3)
        self.assertEqual(table.setdefault(one, 5), 1)
        self.assertEqual(table.setdefault(three, 3), 3)
        self.assertEqual(table.pop(three), 3)
        self.assertEqual(table.pop(three, 4), 4)
        del table[one]
        with self.assertRaises(KeyError):
            table[one]
        self.assertEqual(table.popitem(), (two, 2))
        table.update({one: 1})
        self.assertTrue(all(r() is one and isinstance(r, Weakref.ref) for r in table.keyrefs()))
        self.assertEqual(dict(table | {two: 2}), {one: 1, two: 2})
        self.assertEqual(dict({two: 2} | table), {one: 1, two: 2})
        table |= {two: 2}
        self.assertEqual(len(table), 2)

    def test_equal_keys(self):
        one, same = self.make(Valued, 1), self.make(Valued, 1)
        table = Weakref.WeakKeyDictionary({one: 'one'})
        self.assertEqual(table[same], 'one')
        table[same] = 'same'
        self.assertEqual(len(table), 1)
        del one
        self.assertEqual(len(table), 0)

    def test_copies(self):
        thing = self.make()
        table = Weakref.WeakKeyDictionary({thing: [1]})
        shallow, deep = copy.copy(table), copy.deepcopy(table)
        self.assertIs(type(shallow), Weakref.WeakKeyDictionary)
        self.assertIs(shallow[thing], table[thing])
        self.assertEqual(deep[thing], [1])
        self.assertIsNot(deep[thing], table[thing])
        del thing
        self.assertEqual((len(shallow), len(deep)), (0, 0))

    def test_deaths_while_iterating(self):
        for view in ('keys', 'values', 'items', 'keyrefs'):
            things = [self.make() for _ in range(10)]
            table = Weakref.WeakKeyDictionary((thing, i) for i, thing in enumerate(things))
            for _ in getattr(table, view)():
                things.clear()
                self.assertLessEqual(len(table.keyrefs()), 1)
            del _
            gc.collect()
            self.assertEqual((len(table), list(table)), (0, []))

    def test_the_value_goes_with_its_key(self):
        thing, value = self.make(), self.make()
        table = Weakref.WeakKeyDictionary({thing: value})
        gone = Weakref.ref(value)
        del value
        self.assertIsNotNone(gone())
        del thing
        self.assertIsNone(gone())
        self.assertEqual(len(table), 0)

    def test_bad_keys(self):
        table = Weakref.WeakKeyDictionary()
        for bad in (1, 'x', None, object()):
            with self.assertRaisesRegex(TypeError, 'cannot create weak reference'):
                table[bad] = 1


class WeakSetTest(TestCase):
    def test_follows_the_objects_not_their_wrappers(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                store = self.held(self.make(kind))
                things = Weakref.WeakSet(store)
                gc.collect()
                self.assertEqual(list(things), [store[0]])
                self.assertIn(store[0], things)
                store.remove_all()
                self.assertEqual((len(things), list(things)), (0, []))

    def test_like_a_set(self):
        items = [self.make() for _ in range(5)]
        a, b = items[:3], items[2:]
        for operation in ('union', 'intersection', 'difference', 'symmetric_difference', 'issubset',
                          'issuperset', 'isdisjoint', '__or__', '__and__', '__sub__', '__xor__',
                          '__le__', '__lt__', '__ge__', '__gt__', '__eq__', '__ne__'):
            for one, other in ((a, b), (b, a), (a, a), (a, a[:2]), (a, [])):
                with self.subTest(operation):
                    expected = getattr(set(one), operation)(set(other))
                    result = getattr(Weakref.WeakSet(one), operation)(Weakref.WeakSet(other))
                    if isinstance(expected, set):
                        self.assertIs(type(result), Weakref.WeakSet)
                        result = set(result)
                    self.assertEqual(result, expected)
        for operation in ('update', 'intersection_update', 'difference_update',
                          'symmetric_difference_update'):
            expected, result = set(a), Weakref.WeakSet(a)
            getattr(expected, operation)(set(b))
            getattr(result, operation)(Weakref.WeakSet(b))
            self.assertEqual(set(result), expected)

    def test_one_by_one(self):
        one, two = self.make(), self.make()
        things = Weakref.WeakSet()
        things.add(one)
        things.add(one)
        self.assertEqual(len(things), 1)
        self.assertNotIn(5, things)
        things.discard(two)
        with self.assertRaises(KeyError):
            things.remove(two)
        things.remove(one)
        things |= {one, two}
        self.assertIn(things.pop(), (one, two))
        self.assertEqual(len(things.copy()), 1)
        things.clear()
        with self.assertRaisesRegex(KeyError, 'pop from empty WeakSet'):
            things.pop()
        with self.assertRaisesRegex(TypeError, 'cannot create weak reference'):
            things.add(1)

    def test_deaths_while_iterating(self):
        items = [self.make() for _ in range(10)]
        things = Weakref.WeakSet(items)
        for _ in things:
            items.clear()
        del _
        gc.collect()
        self.assertEqual((len(things), list(things)), (0, []))


if __name__ == '__main__':
    unittest.main()
