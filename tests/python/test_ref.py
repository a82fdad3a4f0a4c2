# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import copy
import gc
import pickle
import subprocess
import sys
import unittest
import weakref

from gi.repository import GObject, Weakref

from support import KINDS, Attributed, TestCase, Thing, Valued, run_child


class Slotted:
    """Its instances have no room for weak references."""

    __slots__ = ()

    def method(self):
        pass


class RefTest(TestCase):
    def test_gives_the_object_until_it_dies(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                thing = self.make(kind)
                ref = Weakref.ref(thing)
                self.assertIs(ref(), thing)
                del thing
                self.assertIsNone(ref())

    def test_follows_the_object_not_its_wrapper(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                log = []
                store = self.held(self.make(kind))
                ref = Weakref.ref(store[0], log.append)
                gc.collect()
                self.assertIs(ref(), store[0])
                self.assertIs(type(ref()), kind)
                self.assertEqual(log, [])
                store.remove_all()
                self.assertIsNone(ref())
                self.assertEqual(log, [ref])

    def test_takes_no_reference(self):
        thing = self.make()
        refs = [Weakref.ref(thing), Weakref.ref(thing, lambda _: None), Weakref.proxy(thing)]
        self.assertEqual(thing.__grefcount__, 1)
        self.assertEqual(len(refs), 3)

    def test_dead_when_disposed_though_it_lives_on(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                log = []
                thing = self.make(kind)
                old, old_hashed = Weakref.ref(thing, log.append), Weakref.ref(thing)
                code = hash(old_hashed)
                thing.run_dispose()
                self.assertIsNone(old())
                self.assertIsNone(old_hashed())
                self.assertEqual(log, [old])
                new = Weakref.ref(thing)
                self.assertIs(new(), thing)
                self.assertIsNone(old())
                self.assertNotEqual(new, old_hashed)
                self.assertEqual(hash(old_hashed), code)
                del thing
                self.assertIsNone(new())

    def test_dead_before_any_callback_of_whichever_kind(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                log = []
                thing = self.make(kind)

                def look(*_):
                    log.append((older(), newer(), values.get('a'), thing in keys, thing in things))

                older = Weakref.ref(thing, look)
                values = Weakref.WeakValueDictionary(a=thing)
                keys, things = Weakref.WeakKeyDictionary({thing: 1}), Weakref.WeakSet([thing])
                finalizer = Weakref.Finalizer.new_full(thing, None, Weakref.Phase.DISPOSE, look)
                newer = Weakref.ref(thing, look)
                of_c = Weakref.Ref.new_full(thing, None, look)
                thing.run_dispose()
                self.assertEqual(log, [(None, None, None, False, False)] * 4)
                self.assertFalse(finalizer.is_alive() or of_c.is_alive())
                del look, thing

    def test_shared_without_a_callback(self):
        thing = self.make()
        ref = Weakref.ref(thing)
        self.assertIs(Weakref.ref(thing), ref)
        self.assertIs(Weakref.ref(thing, None), ref)
        self.assertIsNot(Weakref.ref(thing, lambda _: None), ref)
        self.assertIs(type(ref), Weakref.ref)
        self.assertIs(Weakref.ReferenceType, Weakref.ref)

    def test_shared_weakly(self):
        thing = self.make()
        token = set()

        class Watched(Weakref.ref):
            def __del__(self):
                token.add('gone')

        ref = Watched(thing)
        del ref
        self.assertEqual(token, {'gone'})
        Weakref.ref(thing)
        self.assertEqual(Weakref.getweakrefcount(thing), 0)

    def test_is_a_reference_to_the_standard_library(self):
        self.assertTrue(issubclass(Weakref.ref, weakref.ReferenceType))

    def test_callback(self):
        log = []
        thing = self.make()
        ref = Weakref.ref(thing, lambda r: log.append((r, r())))
        self.assertTrue(callable(ref.__callback__))
        del thing
        self.assertEqual(log, [(ref, None)])
        self.assertIsNone(ref.__callback__)
        with self.assertRaises(AttributeError):
            ref.__callback__ = print
        self.assertIsNone(Weakref.ref(self.make()).__callback__)

    def test_callbacks_newest_first_when_all_are_dead(self):
        log = []
        thing = self.make()
        refs = [Weakref.ref(thing, lambda _, i=i: log.append((i, [r() for r in refs])))
                for i in range(3)]
        del thing
        self.assertEqual(log, [(i, [None] * 3) for i in (2, 1, 0)])

    def test_callback_of_a_dropped_ref_does_not_run(self):
        log = []
        thing = self.make()
        kept, dropped = Weakref.ref(thing, log.append), Weakref.ref(thing, log.append)
        del dropped
        del thing
        self.assertEqual(log, [kept])

    def test_callback_may_drop_refs_and_make_new_ones(self):
        log, refs = [], []
        thing, other = self.make(), self.make()

        def callback(_):
            refs.clear()
            refs.append(Weakref.ref(other, log.append))

        refs.append(Weakref.ref(thing, lambda _: None))
        refs.append(Weakref.ref(thing, callback))
        del thing
        self.assertEqual(len(refs), 1)
        self.assertIs(refs[0](), other)
        del other
        self.assertEqual(log, refs)

    def test_a_raising_callback_is_reported_and_stops_nobody(self):
        log = []

        def callback(_):
            raise ValueError

        thing = self.make()
        refs = [Weakref.ref(thing, log.append), Weakref.ref(thing, callback),
                Weakref.ref(thing, 'not callable')]
        del thing
        self.assertEqual(log, refs[:1])
        self.assertEqual([kind for kind, _ in self.unraisable], [TypeError, ValueError])
        if sys.version_info < (3, 14):
            self.assertIs(self.unraisable[1][1], callback)
        self.unraisable.clear()

    def test_a_death_while_an_exception_is_on_its_way(self):
        # In 3.42, callbacks of PyGObject's weak_ref() lose the exception and crash the interpreter.
        log = []
        refs = []

        def make():
            thing = self.make()
            refs.append(Weakref.ref(thing, log.append))
            return thing

        with self.assertRaises(ZeroDivisionError):
            print(make(), 1 / 0)
        with self.assertRaises(KeyError):
            for _ in [make(), make()]:
                del _
                raise KeyError
        gc.collect()
        self.assertEqual(len(log), len(refs))

    def test_a_wrapper_whose_deallocation_is_put_off_is_not_given_out(self):
        # Python does that when deallocations are nested too deep, as in a chain of objects.
        out, errors = run_child('''
class Link(GObject.Object):
    def __init__(self, previous):
        super().__init__()
        get_self = Weakref.ref(self)
        self.previous = Weakref.ref(previous, lambda _: seen.append(get_self()))

seen = []
links = Weakref.WeakKeyDictionary()
first = link = Link(GObject.Object())
for _ in range(200):
    links[link] = link = Link(link)
del link
seen.clear()
del first
print(len(links), {type(link) for link in seen} <= {type(None)})
''')
        self.assertEqual((out, errors), (['0', 'True'], ''))

    def test_a_circle_through_the_callback_is_collected(self):
        thing = self.make()

        class Observer:
            def __init__(self):
                self.ref = Weakref.ref(thing, self.gone)

            def gone(self, _):
                raise AssertionError

        observer = weakref.ref(Observer())
        gc.collect()
        self.assertIsNone(observer())
        self.assertEqual(Weakref.getweakrefcount(thing), 0)

    def test_a_ref_is_not_kept_by_its_object(self):
        for kind in KINDS:
            thing = self.make(kind)

            class Ref(Weakref.ref):
                pass

            ref = Ref(thing, print)
            ref.attribute = ref
            gone = weakref.ref(ref)
            del ref
            gc.collect()
            self.assertIsNone(gone())

    def test_hash_is_the_objects_and_stays(self):
        for arguments in ((Thing,), (Valued, 42)):
            thing = self.make(*arguments)
            ref = Weakref.ref(thing)
            code = hash(thing)
            self.assertEqual(hash(ref), code)
            unhashed = Weakref.ref(thing, lambda _: None)
            del thing
            self.assertEqual(hash(ref), code)
            with self.assertRaisesRegex(TypeError, 'weak object has gone away'):
                hash(unhashed)

    def test_equality(self):
        a, b, c = self.make(Valued, 1), self.make(Valued, 1), self.make(Valued, 2)
        refs = [Weakref.ref(x, lambda _: None) for x in (a, b, c)]
        self.assertTrue(refs[0] == refs[1] and not refs[0] != refs[1])
        self.assertTrue(refs[0] != refs[2] and not refs[0] == refs[2])
        self.assertEqual(Weakref.ref(a), refs[0])
        self.assertNotEqual(refs[0], a)
        again = Weakref.ref(a, lambda _: None)
        self.assertEqual(again, refs[0])
        del a
        self.assertNotEqual(refs[0], refs[1])
        self.assertNotEqual(refs[0], again)
        self.assertEqual(refs[0], refs[0])

    def test_no_order(self):
        thing = self.make()
        with self.assertRaises(TypeError):
            Weakref.ref(thing) < Weakref.ref(thing)

    def test_repr(self):
        thing = self.make()
        ref = Weakref.ref(thing)
        self.assertEqual(repr(ref), f"<weakref at {id(ref):#x}; to 'support.Thing' at "
                                    f'{id(thing):#x}>')
        del thing
        self.assertEqual(repr(ref), f'<weakref at {id(ref):#x}; dead>')

    def test_bad_arguments(self):
        thing = self.make()
        for bad in (1, None, object(), (), GObject.TYPE_INT, Weakref.proxy(thing), 'x'):
            with self.assertRaisesRegex(TypeError, 'cannot create weak reference to'):
                Weakref.ref(bad)
            with self.assertRaisesRegex(TypeError, 'cannot create weak reference to'):
                Weakref.proxy(bad)
        for arguments in ((), (thing, None, None)):
            with self.assertRaises(TypeError):
                Weakref.ref(*arguments)
        with self.assertRaisesRegex(TypeError, 'keyword arguments'):
            Weakref.ref(thing, callback=print)
        with self.assertRaises(TypeError):
            Weakref.ref(thing)(1)

    def test_copies_and_pickles(self):
        ref = Weakref.ref(thing := self.make())
        self.assertIs(copy.copy(ref), ref)
        self.assertIs(copy.deepcopy(ref), ref)
        with self.assertRaisesRegex(TypeError, 'cannot pickle'):
            pickle.dumps(ref)
        del thing

    def test_generic_alias(self):
        self.assertIs(Weakref.ref[Thing].__origin__, Weakref.ref)

    def test_subclass_with_attributes_and_keywords(self):
        class MyRef(Weakref.ref):
            def __init__(self, ob, callback=None, value=42):
                super().__init__(ob, callback)
                self.value = value

            def __call__(self):
                return super().__call__(), self.value

        thing = self.make()
        ref = MyRef(thing, value=24)
        self.assertEqual(ref(), (thing, 24))
        self.assertIsNot(MyRef(thing), MyRef(thing))
        self.assertIs(type(Weakref.ref(thing)), Weakref.ref)
        self.assertEqual(ref, Weakref.ref(thing))
        del thing
        self.assertEqual(ref(), (None, 24))

    def test_subclass_with_slots(self):
        class MyRef(Weakref.ref):
            __slots__ = ('one', '__weakref__')

            def __new__(cls, ob, callback, one):
                return Weakref.ref.__new__(cls, ob, callback)

            def __init__(self, ob, callback, one):
                self.one = one

        thing = self.make()
        ref = MyRef(thing, None, 1)
        self.assertEqual((ref(), ref.one), (thing, 1))
        self.assertFalse(hasattr(ref, '__dict__'))

    def test_counts_and_lists(self):
        thing = self.make()
        self.assertEqual(Weakref.getweakrefs(thing), [])
        self.assertEqual(Weakref.getweakrefcount(thing), 0)
        first, second = Weakref.ref(thing, lambda _: None), Weakref.ref(thing, lambda _: None)
        shared, proxy = Weakref.ref(thing), Weakref.proxy(thing)
        refs = Weakref.getweakrefs(thing)
        self.assertEqual({id(r) for r in refs}, {id(r) for r in (first, second, shared, proxy)})
        self.assertEqual(Weakref.getweakrefcount(thing), 4)
        refs.clear()
        del first, proxy
        self.assertEqual(Weakref.getweakrefcount(thing), 2)
        for other in (1, 'x', object(), shared):
            self.assertEqual(Weakref.getweakrefs(other), [])
            self.assertEqual(Weakref.getweakrefcount(other), 0)

    def test_many_refs(self):
        # GLib allows 65,535 GWeakRefs for an object.
        calls = []
        thing = self.make()
        refs = [Weakref.ref(thing, calls.append) for _ in range(70000)]
        self.assertIs(refs[-1](), thing)
        del thing
        self.assertEqual(len(calls), len(refs))

    def test_used_in_its_dispose(self):
        log = []

        class Disposed(GObject.Object):
            __gtype_name__ = 'TestDisposedRef'

            def do_dispose(self):
                log.append(Weakref.ref(self)() is self)

        if not hasattr(GObject.Object, 'do_dispose'):
            self.skipTest('PyGObject has no do_dispose')
        Disposed()
        gc.collect()
        self.assertEqual(log, [True])

    def test_other_anchors_of_gobjects_are_in_use(self):
        # PyGObject's own weak_ref() and signals are not disturbed.
        log = []
        thing = self.make()
        thing.weak_ref(log.append, 'weak_ref')
        thing.connect('notify::name', lambda *_: log.append('notify'))
        ref = Weakref.ref(thing)
        ref().props.name = 'x'
        del thing
        self.assertEqual(log, ['notify', 'weak_ref'])


class WeakMethodTest(TestCase):
    def test_as_long_as_object_and_function(self):
        for kind in (Thing, Attributed):
            store = self.held(self.make(kind))
            method = Weakref.WeakMethod(store[0].greet)
            gc.collect()
            self.assertEqual(method()('me'), 'thing greets me')
            self.assertEqual(method(), store[0].greet)
            store.remove_all()
            self.assertIsNone(method())

    def test_callback_once(self):
        log = []
        thing = self.make()
        method = Weakref.WeakMethod(thing.greet, log.append)
        del thing
        self.assertEqual(log, [method])
        self.assertIsNone(method())

    def test_callback_when_the_function_dies(self):
        log = []

        class Mutable(Thing):
            def method(self):
                pass

        thing = self.make(Mutable)
        method = Weakref.WeakMethod(thing.method, log.append)
        del Mutable.method
        gc.collect()
        self.assertIsNone(method())
        self.assertEqual(log, [method])
        del thing
        self.assertEqual(log, [method])

    def test_equality(self):
        a, b = self.make(Valued, 1), self.make(Valued, 1)
        Valued.method, Valued.other = (lambda self: 1), (lambda self: 2)
        try:
            one, same = Weakref.WeakMethod(a.method), Weakref.WeakMethod(b.method)
            other = Weakref.WeakMethod(a.other)
            self.assertTrue(one == same and not one != same)
            self.assertTrue(one != other and not one == other)
            self.assertEqual(hash(one), hash(a))
            del a
            self.assertNotEqual(one, same)
            self.assertEqual(one, one)
        finally:
            del Valued.method, Valued.other

    def test_bad_arguments(self):
        with self.assertRaisesRegex(TypeError, 'should be a bound method'):
            Weakref.WeakMethod(run_child)
        with self.assertRaisesRegex(TypeError, 'cannot create weak reference'):
            Weakref.WeakMethod(Slotted().method)

    def test_no_circle(self):
        thing = self.make()
        method = Weakref.WeakMethod(thing.greet)
        gone = weakref.ref(method)
        gc.disable()
        try:
            del method
            self.assertIsNone(gone())
        finally:
            gc.enable()



class ImportTest(TestCase):
    def test_no_warning(self):
        _, errors = run_child('')
        self.assertNotIn('PyGIWarning', errors)

    def test_after_require_version(self):
        subprocess.run([sys.executable, '-c', 'import gi; gi.require_version("Weakref", "1.0");'
                        'from gi.repository import Weakref; Weakref.ref'], check=True)

    def test_wrong_version(self):
        child = subprocess.run(
            [sys.executable, '-c', 'import gi; gi.require_version("Weakref", "2.0")'],
            capture_output=True, text=True)
        self.assertIn('not available for version 2.0', child.stderr)

    def test_names_of_the_standard_module(self):
        self.assertEqual([name for name in weakref.__all__ if not hasattr(Weakref, name)], [])

    def test_no_callback_when_the_interpreter_ends(self):
        out, errors = run_child('''
import os
store = Gio.ListStore.new(GObject.Object)
store.append(store)  # a cycle in C, which outlives the interpreter
store.append(GObject.Object())
def callback(_, write=os.write):
    write(1, b"called ")
store.connect('items-changed', callback, Weakref.ref(store[1], callback),
              Weakref.proxy(store[1], callback), Weakref.WeakValueDictionary(a=store[1]))
del store
print("end")
''')
        self.assertEqual((out, errors), (['end'], ''))


if __name__ == '__main__':
    unittest.main()
