# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The classes of the C library: tables and sets with the container protocol, and the proxy."""

import gc
import random
import sys
import threading
import unittest

from gi.repository import Gio, GLib, GObject, Weakref

from support import KINDS, Attributed, TestCase, Thing


class ValueTableTest(TestCase):
    def test_keys_of_all_kinds(self):
        table = Weakref.ValueTable.new(GObject.TYPE_VALUE)
        thing = self.make()
        keys = ['a', 1, 2.5, True, thing, -2 ** 31 - 1, 2 ** 40, 2 ** 63 - 1, 2 ** 64 - 1]
        for key in keys:
            self.assertTrue(table.insert(key, thing))
            self.assertIs(table.lookup(key), thing)
            self.assertIn(key, table)
        self.assertEqual(set(table), set(keys))
        for key in keys:
            del table[key]
        self.assertEqual(len(table), 0)

    def test_big_keys_of_a_typed_table(self):
        thing = self.make()
        for key_type, key in ((GObject.TYPE_INT64, 2 ** 40), (GObject.TYPE_UINT64, 2 ** 64 - 1),
                              (GObject.TYPE_INT64, 1), (GObject.TYPE_UINT, 2 ** 32 - 1)):
            table = Weakref.ValueTable.new(key_type)
            table[key] = thing
            self.assertEqual((list(table), table[key]), ([key], thing))

    def test_a_key_of_a_wrong_type_is_a_type_error(self):
        thing = self.make()
        made = []
        for key_type, bad in ((GObject.TYPE_STRING, 1), (GObject.TYPE_INT, 'a'),
                              (GObject.TYPE_UCHAR, 300), (GObject.TYPE_INT64, 2 ** 63),
                              (GObject.TYPE_VALUE, [1]), (GObject.TYPE_VALUE, {}),
                              (GObject.TYPE_STRING, None), (GObject.TYPE_INT, None)):
            table = Weakref.ValueTable.new(key_type)
            for use in (lambda: table.insert(bad, thing), lambda: table.lookup(bad),
                        lambda: bad in table, lambda: table[bad], lambda: table.remove(bad),
                        lambda: table.get(bad), lambda: table.ensure(bad, made.append)):
                with self.subTest(bad), self.assertRaises(TypeError):
                    use()
            self.assertEqual((len(table), made), (0, []))

    def test_a_value_that_is_no_gobject_is_a_type_error(self):
        table = Weakref.ValueTable.new(GObject.TYPE_STRING)
        for bad in (1, None, 'x', Thing, object()):
            with self.assertRaises(TypeError):
                table['a'] = bad
        self.assertEqual(len(table), 0)

    def test_mapping(self):
        one, two = self.make(), self.make()
        table = Weakref.ValueTable.new(GObject.TYPE_STRING)
        table['one'], table['two'] = one, two
        self.assertEqual((len(table), sorted(table), sorted(table.keys())),
                         (2, ['one', 'two'], ['one', 'two']))
        self.assertEqual(dict(table.items()), {'one': one, 'two': two})
        self.assertEqual(set(table.values()), {one, two})
        self.assertIs(table.get('one'), one)
        self.assertEqual((table.get('x'), table.get('x', 1)), (None, 1))
        for use in (lambda: table['x'], lambda: table.__delitem__('x')):
            with self.assertRaises(KeyError) as caught:
                use()
            self.assertEqual(caught.exception.args, ('x',))

    def test_follows_the_objects(self):
        for kind in KINDS:
            store = self.held(self.make(kind))
            table = Weakref.ValueTable.new(GObject.TYPE_STRING)
            table['a'] = store[0]
            gc.collect()
            self.assertIs(table['a'], store[0])
            store.remove_all()
            self.assertEqual((len(table), 'a' in table), (0, False))

    def test_ensure(self):
        calls = []

        def create(key, *data):
            calls.append((key, data))
            return self.make()

        table = Weakref.ValueTable.new(GObject.TYPE_VALUE)
        thing = table.ensure('a', create, 1, 2)
        self.assertIs(table.ensure('a', create), thing)
        self.assertEqual(calls, [('a', (1, 2))])
        big = table.ensure(2 ** 40, create)
        self.assertEqual(calls[1:], [(2 ** 40, ())])
        del thing, big
        self.assertEqual(len(table), 0)

    def test_exceptions_of_create_are_its_own(self):
        class Mine(Exception):
            pass

        def create(key):
            raise Mine(key)

        def create_badly(key):
            return key

        table = Weakref.ValueTable.new(GObject.TYPE_STRING)
        with self.assertRaises(Mine) as caught:
            table.ensure('a', create)
        self.assertEqual(caught.exception.args, ('a',))
        with self.assertRaisesRegex(TypeError, 'must return a GObject, not str'):
            table.ensure('a', create_badly)
        with self.assertRaisesRegex(TypeError, 'must return a GObject, not NoneType'):
            table.ensure('a', lambda key: None)
        with self.assertRaises(GLib.Error) as caught:
            table.ensure('a', lambda key: table.ensure(key, create))
        self.assertTrue(caught.exception.matches(Weakref.error_quark(), Weakref.Error.RECURSION))
        self.assertIsNotNone(table.ensure('a', lambda key: self.make()))
        self.assertEqual(len(table), 0)

    def test_ensure_creates_once_for_all_threads(self):
        n_threads = 16
        calls, got = [], []
        table = Weakref.ValueTable.new(GObject.TYPE_STRING)
        barrier = threading.Barrier(n_threads)

        def create(key):
            calls.append(key)
            return self.make()

        def run():
            barrier.wait()
            got.append(table.ensure('a', create))

        run_threads([run] * n_threads)
        self.assertEqual((len(calls), len(got), len(set(got))), (1, n_threads, 1))


class CacheTest(TestCase):
    def test_like_a_value_table(self):
        thing = self.make()
        cache = Weakref.Cache.new(GObject.TYPE_VALUE, 0)
        cache[2 ** 40] = thing
        self.assertEqual((len(cache), list(cache), cache[2 ** 40], cache.get('x', 1)),
                         (1, [2 ** 40], thing, 1))
        self.assertIn(2 ** 40, cache)
        with self.assertRaises(TypeError):
            cache[[1, 2]]
        with self.assertRaises(KeyError):
            cache['x']
        with self.assertRaises(ZeroDivisionError):
            cache.ensure('x', lambda key: 1 / 0)
        self.assertIs(cache.ensure(2 ** 40, self.fail), thing)
        del cache[2 ** 40]
        self.assertEqual(cache.items(), [])


class KeyTableTest(TestCase):
    def test_mapping(self):
        one, two, other = self.make(), self.make(), self.make()
        table = Weakref.KeyTable.new()
        table[one], table[two] = 1, (2, 'two')
        self.assertEqual((len(table), table[one], table[two]), (2, 1, (2, 'two')))
        self.assertEqual(dict(table.items()), {one: 1, two: (2, 'two')})
        self.assertEqual((set(table), set(table.keys())), ({one, two}, {one, two}))
        self.assertIn(1, table.values())
        self.assertIn(one, table)
        self.assertNotIn(other, table)
        self.assertEqual((table.get(other), table.get(other, 3)), (None, 3))
        del table[one]
        for use in (lambda: table[one], lambda: table.__delitem__(one)):
            with self.assertRaises(KeyError):
                use()
        with self.assertRaises(TypeError):
            table[1] = 1

    def test_values_of_all_kinds(self):
        thing = self.make()
        table = Weakref.KeyTable.new()
        for value in (None, 1, 2 ** 40, 2 ** 64 - 1, 2 ** 99, 'x', 2.5, True, [1], thing.greet):
            table[thing] = value
            self.assertEqual((table[thing], table.get(thing, 'default')), (value, value))
        table.remove_all()

    def test_entry_and_value_go_with_the_key(self):
        for kind in KINDS:
            store = self.held(self.make(kind))
            value = self.make()
            table = Weakref.KeyTable.new()
            table[store[0]] = [value]
            gone = Weakref.ref(value)
            del value
            gc.collect()
            self.assertIs(table[store[0]][0], gone())
            store.remove_all()
            self.assertEqual((len(table), gone()), (0, None))


    def test_a_value_may_use_the_table_when_it_goes(self):
        log = []

        class Value:
            def __del__(self):
                log.append((len(table), table.get(other)))

        table = Weakref.KeyTable.new()
        thing, other = self.make(), self.make()
        table[other] = 1
        for let_go in (lambda: table.insert(thing, 2), lambda: table.remove(thing),
                       lambda: table.steal(thing), thing.run_dispose, table.remove_all):
            table[thing] = Value()
            gc.collect()
            self.assertEqual(log, [])
            let_go()
            gc.collect()
            self.assertEqual(log, [(len(table), table.get(other))])
            log.clear()

    def test_a_value_that_holds_its_key_keeps_both(self):
        table = Weakref.KeyTable.new()
        thing = self.make()
        gone = Weakref.ref(thing)
        table[thing] = (thing, 1)
        del thing
        gc.collect()
        self.assertEqual((len(table), gone() is None), (1, False))
        gone_thing = gone()
        gone_thing.run_dispose()
        del gone_thing
        self.assertEqual((len(table), gone()), (0, None))

    def test_steal(self):
        table = Weakref.KeyTable.new()
        thing = self.make()
        table[thing] = [1]
        self.assertEqual(tuple(table.steal(thing)), (True, [1]))
        self.assertEqual((table.steal(thing)[0], len(table)), (False, 0))


class SetTest(TestCase):
    def fill(self, items):
        made = Weakref.Set.new(GObject.Object)
        for item in items:
            made.add(item)
        return made

    def test_container_in_order(self):
        items = [self.make() for _ in range(3)]
        things = self.fill(items)
        self.assertEqual((len(things), list(things), things[0], things[-1]),
                         (3, items, items[0], items[2]))
        self.assertIn(items[1], things)
        self.assertNotIn(self.make(), things)
        del items[1]
        self.assertEqual(list(things), items)

    def test_iteration_is_over_a_snapshot(self):
        items = [self.make() for _ in range(3)]
        things = self.fill(items)
        seen = 0
        for _ in things:
            items.clear()
            seen += 1
        del _
        self.assertEqual((seen, len(things)), (3, 0))

    def test_operators(self):
        items = [self.make() for _ in range(4)]
        one, other = self.fill(items[:3]), self.fill(items[2:])
        for result, expected in ((one | other, items), (one & other, items[2:3]),
                                 (one - other, items[:2]), (one ^ other, items[:2] + items[3:])):
            self.assertIs(type(result), Weakref.Set)
            self.assertEqual(list(result), expected)
        self.assertTrue(one <= one and one >= one and not one <= other and one <= one | other)
        with self.assertRaises(TypeError):
            one | items


    def iterate(self):
        while GLib.MainContext.default().iteration(False):
            pass

    def test_is_a_list_model(self):
        for kind in KINDS:
            items = [self.make(kind) for _ in range(4)]
            things = self.fill(items)
            log = []
            things.connect('items-changed', lambda _, *change: log.append(change))
            self.assertIsInstance(things, Gio.ListModel)
            things.remove(items[0])
            self.assertEqual(log, [(0, 1, 0)])
            log.clear()

            # A death comes from the main context. Until then there are stand-ins.
            del items[1:3]
            gc.collect()
            self.assertEqual((len(things), things.get_n_items(), log), (1, 3, []))
            found = [things.get_item(i) for i in range(4)]
            self.assertEqual(found[2:], [items[1], None])
            self.assertEqual(len(set(found)), 4)
            self.assertEqual([things.get_item(i) for i in range(4)], found)
            del found
            self.iterate()
            self.assertEqual((things.get_n_items(), log), (1, [(0, 2, 0)]))

    def test_stand_ins_of_a_class_of_python(self):
        made = []

        class Made(GObject.Object):
            name = GObject.Property(type=str)

            def __init__(self, name='?'):
                super().__init__(name=name)
                made.append(name)

        # The set makes no object of a class of Python. The dead object is its own stand-in.
        things = Weakref.Set.new(Made)
        things.connect('items-changed', lambda *_: None)
        thing = Made('a')
        things.add(thing)
        del thing
        gc.collect()
        self.assertEqual((len(things), things.get_n_items()), (0, 1))
        self.assertEqual((type(things.get_item(0)), made), (Made, ['a']))
        self.iterate()
        self.assertEqual(things.get_n_items(), 0)

        things.set_stand_in_func(lambda gtype: Made())
        thing = Made('b')
        things.add(thing)
        del thing
        gc.collect()
        self.assertEqual((things.get_item(0).name, made), ('?', ['a', 'b', '?']))
        self.iterate()
        self.assertEqual(things.get_n_items(), 0)

    def test_other_threads_reach_the_model_in_the_main_context(self):
        me = threading.get_ident()
        items = [self.make() for _ in range(3)]
        things = self.fill(items)
        log = []
        things.connect('items-changed', lambda _, *change: log.append(
            change if threading.get_ident() == me else 'elsewhere'))

        def change():
            items.pop()
            things.remove(items[0])
            things.add(items[0])

        run_threads([change])
        self.assertEqual((log, list(things)), ([], [items[1], items[0]]))
        self.iterate()
        # Two neighbours are removed, and one of them is added again.
        self.assertEqual(log, [(0, 1, 0), (1, 1, 1)])
        self.assertEqual([things.get_item(i) for i in range(2)], [items[1], items[0]])

    def test_membership_while_objects_die_elsewhere(self):
        # Where an object has a toggle reference, GLib before 2.80 must not be asked for a second
        # one under its lock. These are enough objects to meet the deadlock if that is not avoided.
        kept = [Attributed() for _ in range(16)]
        dying = [Attributed() for _ in range(20000)]
        things, others = self.fill(kept), self.fill(dying)
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        self.addCleanup(sys.setswitchinterval, interval)
        random.Random(1).shuffle(dying)
        missing = []

        def drop():
            while dying:
                dying.pop()

        def ask():
            while dying:
                missing.extend(thing for thing in kept if thing not in things)

        run_threads([drop, ask, ask])
        self.assertEqual((missing, len(things), len(others)), ([], 16, 0))


class Rich(GObject.Object):
    __gtype_name__ = 'TestRich'
    __gsignals__ = {'greeted': (GObject.SignalFlags.RUN_LAST, None, (str,))}

    big = GObject.Property(type=GObject.TYPE_INT64)
    bigger = GObject.Property(type=GObject.TYPE_UINT64)
    text = GObject.Property(type=str)
    texts = GObject.Property(type=GObject.TYPE_STRV)
    action = GObject.Property(type=Gio.SimpleAction)
    anything = GObject.Property(type=object)


class ProxyTest(TestCase):
    def test_like_its_target(self):
        log = []
        store = self.held(self.make(Rich))
        proxy = Weakref.Proxy.new(store[0])
        gc.collect()
        proxy.connect('greeted', lambda emitter, text: log.append((emitter is proxy, text)))
        proxy.connect('notify::text', lambda *_: log.append('notify'))
        other = self.make(Rich)
        binding = proxy.bind_property('text', other, 'text', GObject.BindingFlags.SYNC_CREATE)
        proxy.props.text = 'a'
        store[0].emit('greeted', 'b')
        self.assertEqual(log, ['notify', (True, 'b')])
        self.assertEqual((store[0].text, other.text, proxy.dup_target()), ('a', 'a', store[0]))
        binding.unbind()
        store.remove_all()
        self.assertEqual((proxy.props.text, proxy.props.alive), ('', False))

    def test_values_of_all_kinds(self):
        thing, action = self.make(Rich), self.make(Gio.SimpleAction, name='a')
        proxy = Weakref.Proxy.new(thing)
        for name, value in (('big', 1), ('big', -2 ** 63), ('bigger', 2 ** 64 - 1), ('text', 'x'),
                            ('text', None), ('texts', ['a', 'b']), ('action', action),
                            ('action', None), ('anything', (1, 2)), ('anything', None)):
            with self.subTest(name, value=value):
                self.assertTrue(proxy.set_target_property(name, value))
                self.assertEqual(thing.get_property(name), value)
                self.assertEqual(tuple(proxy.get_target_property(name)), (True, value))
        with self.assertRaises(TypeError):
            proxy.set_target_property('action', 1)

    def test_errors(self):
        thing = self.make(Rich)
        proxy = Weakref.Proxy.new(thing)

        def check(error, *uses):
            for use in uses:
                with self.assertRaises(GLib.Error) as caught:
                    use()
                self.assertTrue(caught.exception.matches(Weakref.error_quark(), error))

        check(Weakref.Error.PROPERTY, lambda: proxy.get_target_property('none'),
              lambda: proxy.set_target_property('none', 1))
        del thing
        check(Weakref.Error.DEAD, proxy.dup_target, lambda: proxy.get_target_property('text'),
              lambda: proxy.set_target_property('text', 'x'))


def run_threads(functions):
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == '__main__':
    unittest.main()
