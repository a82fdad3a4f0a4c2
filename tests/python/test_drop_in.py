# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What programs do with the standard module, with the changed import."""

import copy
import functools
import gc
import inspect
import sys
import threading
import types
import typing
import unittest
import unittest.mock
import weakref
from collections import UserString

from gi.repository import Gio, GLib, GObject, Weakref

from support import TestCase, Thing


NATIVE = sys.modules['gi.overrides.Weakref.kernel'].IS_NATIVE


class Plain:
    def method(self):
        return self


class Slotted:
    __slots__ = ('__weakref__',)


def make_generator():
    yield 1


def function():
    pass


class AnyObjectTest(TestCase):
    def make_all(self):
        return [Plain(), Slotted(), function, lambda: None, Plain, int, Thing, types, UserString('a'),
                make_generator(), unittest.mock.Mock(), threading.local(), set(), frozenset([1]),
                Weakref.ref, self.make()]

    def test_references_of_one_class(self):
        for thing in self.make_all():
            with self.subTest(thing):
                ref = Weakref.ref(thing)
                self.assertIs(type(ref), Weakref.ref)
                self.assertIs(ref(), thing)
                self.assertIs(Weakref.ref(thing), ref)
                self.assertIn(ref, Weakref.getweakrefs(thing))
                self.assertIs(Weakref.ref(thing, print)(), thing)
                self.assertIs(type(Weakref.finalize(thing, id, 1)), Weakref.finalize)
                self.assertIs(Weakref.proxy(thing).__class__, type(thing))

    def test_mixed_containers(self):
        things = self.make_all()
        hashable = [thing for thing in things if not isinstance(thing, set)]
        values = Weakref.WeakValueDictionary(enumerate(things))
        self.assertEqual([values[i] for i in range(len(things))], things)
        keys = Weakref.WeakKeyDictionary((thing, i) for i, thing in enumerate(hashable))
        self.assertEqual([keys[thing] for thing in hashable], list(range(len(hashable))))
        members = Weakref.WeakSet(hashable)
        self.assertEqual(set(members), set(hashable))
        del hashable
        kept = things[2:3]
        things.clear()
        gc.collect()
        self.assertIn(kept[0], members)
        self.assertEqual(len([m for m in members if isinstance(m, (GObject.Object, Slotted))]), 0)

    def test_what_cannot_be_referred_to(self):
        for bad in (1, 'a', None, object(), (), [], Weakref.proxy(plain := Plain())):
            for use in (Weakref.ref, Weakref.proxy, Weakref.WeakSet().add,
                        lambda bad: Weakref.finalize(bad, id)):
                with self.subTest(bad), self.assertRaises(TypeError) as caught:
                    use(bad)
                self.assertIn('cannot create weak reference to', str(caught.exception))

    def test_types_of_glib_that_are_no_objects(self):
        """Boxed types are followed as the standard module does it, by what Python has of them."""
        makers = (lambda: GLib.Variant('i', 1), lambda: GLib.Bytes.new(b'a'), GLib.MainContext.new,
                  lambda: GObject.Value(int, 1), GLib.DateTime.new_now_utc, GLib.MainLoop,
                  lambda: GLib.VariantType.new('i'), lambda: Gio.FileAttributeMatcher.new('*'),
                  lambda: GObject.TYPE_INT, lambda: Weakref.Phase.DISPOSE,
                  lambda: GObject.ParamFlags.READABLE, lambda: Weakref.Ref.new,
                  lambda: Gio.ListStore.find_property('item-type'))
        for make in makers:
            thing = make()
            with self.subTest(type(thing)):
                try:
                    weakref.ref(thing)
                except TypeError as error:
                    for function in (Weakref.ref, Weakref.proxy, lambda x: Weakref.WeakSet([x]),
                                     lambda x: Weakref.finalize(x, print),
                                     lambda x: Weakref.WeakValueDictionary(x=x)):
                        with self.assertRaises(TypeError) as caught:
                            function(thing)
                        self.assertEqual(str(caught.exception), str(error))
                    continue
                log = []
                ref, things = Weakref.ref(thing, log.append), Weakref.WeakSet()
                Weakref.finalize(thing, log.append, 'final')
                self.assertIs(ref(), thing)
                try:
                    hash(thing)
                except TypeError:
                    pass
                else:
                    things.add(thing)
                    self.assertEqual(list(things), [thing])
                standard = weakref.ref(thing)
                del thing
                gc.collect()
                self.assertEqual(ref() is None, standard() is None)
                if standard() is None:
                    self.assertEqual((log, len(things)), (['final', ref], 0))

    def test_lookups_of_anything_answer(self):
        thing = self.make()
        keys, members = Weakref.WeakKeyDictionary({thing: 1}), Weakref.WeakSet([thing])
        for foreign in (3, 'a', None, (), Plain(), function):
            self.assertNotIn(foreign, keys)
            self.assertNotIn(foreign, members)
            self.assertNotIn(foreign, Weakref.WeakValueDictionary(b=thing))
        for standard, ours in ((weakref.WeakKeyDictionary(), keys),):
            for use in (lambda d: d.get(3, 'default'), lambda d: d.pop(3, 'default')):
                outcomes = []
                for table in (standard, ours):
                    try:
                        outcomes.append(use(table))
                    except TypeError as error:
                        outcomes.append(str(error))
                self.assertEqual(*outcomes)

    def test_of_a_method_and_of_a_class(self):
        plain = Plain()
        method = Weakref.WeakMethod(plain.method)
        self.assertIs(method()(), plain)
        del plain
        self.assertIsNone(method())


class RefTest(TestCase):
    def test_call_is_a_method(self):
        plain, thing = Plain(), self.make()
        refs = [Weakref.ref(plain), Weakref.ref(thing)]
        self.assertEqual(list(map(Weakref.ref.__call__, refs)), [plain, thing])
        self.assertIs(Weakref.ref.__call__(refs[1]), thing)

        class Mine(Weakref.ref):
            def __call__(self):
                return 'mine', Weakref.ref.__call__(self), super().__call__()

        self.assertEqual(Mine(thing)(), ('mine', thing, thing))
        self.assertEqual(Mine(plain)(), ('mine', plain, plain))

    def test_looked_at(self):
        self.assertTrue(unittest.mock.create_autospec(Weakref.ref))
        self.assertTrue(inspect.isclass(Weakref.ref))
        self.assertEqual(Weakref.ref.__module__, 'weakref')
        self.assertTrue(callable(Weakref.ref.__call__))
        self.assertIn('self', inspect.signature(Weakref.ref.__call__).parameters)

    def test_what_cannot_be_described_is_an_exception(self):
        class Meta(type(GObject.Object)):
            broken = None

            def __getattribute__(cls, name):
                if name == Meta.broken:
                    raise LookupError(name)
                return super().__getattribute__(name)

        class Broken(GObject.Object, metaclass=Meta):
            pass

        thing = self.make(Broken)
        for Meta.broken in ('__module__', '__qualname__'):
            for made in (Weakref.ref(thing), Weakref.proxy(thing)):
                with self.assertRaises(LookupError):
                    repr(made)
        Meta.broken = None

    def test_generic_at_run_time(self):
        for cls in (Weakref.ref, Weakref.WeakSet, Weakref.KeyedRef, Weakref.WeakMethod,
                    Weakref.ReferenceType):
            self.assertIs(typing.get_origin(cls[Thing]), cls)

        def annotated(a: Weakref.ref[Thing], b: 'Weakref.WeakSet[Thing]'):
            pass

        hints = typing.get_type_hints(annotated, {'Weakref': Weakref, 'Thing': Thing})
        self.assertEqual(typing.get_args(hints['a']), (Thing,))
        self.assertEqual(typing.get_args(hints['b']), (Thing,))

    def test_dispatched_and_matched(self):
        @functools.singledispatch
        def dispatch(thing):
            return 'other'

        dispatch.register(Weakref.ref)(lambda r: 'ref')
        dispatch.register(Weakref.WeakSet)(lambda r: 'set')
        thing = self.make()
        self.assertEqual([dispatch(Weakref.ref(thing)), dispatch(Weakref.WeakSet()), dispatch(1)],
                         ['ref', 'set', 'other'])
        match Weakref.ref(thing):
            case Weakref.WeakSet():
                matched = 'set'
            case Weakref.ref():
                matched = 'ref'
        self.assertEqual(matched, 'ref')

    def test_copied(self):
        thing, plain = self.make(), Plain()
        for ref in (Weakref.ref(thing), Weakref.ref(plain)):
            self.assertIs(copy.copy(ref), ref)
            self.assertIs(copy.deepcopy(ref), ref)


class SharingTest(TestCase):
    def test_found_among_many(self):
        for thing in (self.make(), Plain()):
            shared = Weakref.ref(thing)
            others = [Weakref.ref(thing, lambda dead: None) for _ in range(1000)]
            self.assertIs(Weakref.ref(thing), shared)
            self.assertIs(Weakref.getweakrefs(thing)[0], shared)
            self.assertIs(Weakref.getweakrefs(thing)[1], others[-1])
            self.assertEqual(Weakref.getweakrefcount(thing), 1001)

    def test_beside_the_standard_ones(self):
        plain = Plain()
        ours, standard = Weakref.ref(plain), weakref.ref(plain)
        self.assertIsNot(ours, standard)
        self.assertEqual(ours, standard)
        self.assertEqual(hash(ours), hash(standard))
        self.assertIs(Weakref.ref(plain), ours)
        self.assertIs(weakref.ref(plain), standard)
        proxy = weakref.proxy(plain)
        self.assertIs(weakref.proxy(plain), proxy)
        self.assertIs(Weakref.ref(plain), ours)
        self.assertEqual(weakref.getweakrefs(plain)[:2], [standard, proxy])


class StandardContainersTest(TestCase):
    def test_equal_members_make_equal_sets(self):
        for items in ([Plain(), Plain()], [self.make(), self.make()], [self.make(), Plain()]):
            ours, standard = Weakref.WeakSet(items), weakref.WeakSet(items)
            self.assertEqual(ours, standard)
            self.assertEqual(standard, ours)
            self.assertNotEqual(ours, weakref.WeakSet(items[:1]))
            for one, other in ((ours, standard), (standard, ours)):
                self.assertEqual(set(one | other), set(items))
                self.assertEqual(set(one & other), set(items))
                self.assertEqual(set(one - other), set())
                self.assertEqual(set(one ^ other), set())
                self.assertTrue(one <= other and one >= other)
                self.assertFalse(one < other or one > other or one.isdisjoint(other))
            values = weakref.WeakValueDictionary(enumerate(items))
            self.assertEqual(dict(Weakref.WeakValueDictionary(values)), dict(values))
            keys = Weakref.WeakKeyDictionary(dict.fromkeys(items, 1))
            self.assertEqual(dict(weakref.WeakKeyDictionary(keys)), dict(keys))


class OrderTest(TestCase):
    def test_a_long_chain_ends_in_order(self):
        # An object dies before what it holds, as with the standard module.
        for base in (Plain, Thing):
            log = []

            class Link(base):
                pass

            first = last = Link()
            for i in range(20000):
                Weakref.finalize(last, log.append, i)
                last.next = Link()
                last = last.next
            del last
            del first
            gc.collect()
            if NATIVE:
                self.assertEqual(log, list(range(20000)))
            else:  # the interpreter ends what is nested too deep later, some at a time
                self.assertEqual(sorted(log), list(range(20000)))
                self.assertEqual(log[:40], list(range(40)))


if __name__ == '__main__':
    unittest.main()
