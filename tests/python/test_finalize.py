# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import collections
import functools
import gc
import unittest
import warnings
import weakref

import gi
from gi.repository import Weakref

from support import KINDS, TestCase, Thing, run_child


class FinalizeTest(TestCase):
    def test_runs_when_the_object_dies(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                log = []
                store = self.held(self.make(kind))
                Weakref.finalize(store[0], lambda *args, **kwargs: log.append((args, kwargs)),
                                 1, 2, a=3)
                gc.collect()
                self.assertEqual(log, [])
                store.remove_all()
                self.assertEqual(log, [((1, 2), {'a': 3})])

    def test_runs_when_the_object_is_disposed_and_not_again(self):
        log = []
        thing = self.make()
        Weakref.finalize(thing, log.append, 1)
        thing.run_dispose()
        self.assertEqual(log, [1])
        del thing
        self.assertEqual(log, [1])

    def test_newest_first(self):
        log = []
        thing = self.make()
        for i in range(3):
            Weakref.finalize(thing, log.append, i)
        del thing
        self.assertEqual(log, [2, 1, 0])

    def test_by_hand_once(self):
        log = []
        thing = self.make()
        finalizer = Weakref.finalize(thing, lambda a, b: log.append(a) or b, 1, b=2)
        self.assertIsInstance(finalizer, weakref.finalize)
        self.assertTrue(finalizer.alive)
        self.assertEqual(finalizer.peek()[0::2], (thing, (1,)))
        self.assertEqual(finalizer.peek()[3], {'b': 2})
        self.assertEqual(finalizer(), 2)
        self.assertFalse(finalizer.alive)
        self.assertEqual((finalizer(), finalizer.peek(), finalizer.detach()), (None, None, None))
        del thing
        self.assertEqual(log, [1])

    def test_detach(self):
        log = []
        thing = self.make()
        finalizer = Weakref.finalize(thing, log.append, 1)
        self.assertEqual(finalizer.detach(), (thing, log.append, (1,), {}))
        self.assertEqual((finalizer.alive, finalizer.detach(), finalizer()), (False, None, None))
        del thing
        self.assertEqual(log, [])

    def test_atexit_flag(self):
        finalizer = Weakref.finalize(thing := self.make(), print)
        self.assertIs(finalizer.atexit, True)
        finalizer.atexit = 0
        self.assertIs(finalizer.atexit, False)
        finalizer.detach()
        finalizer.atexit = True
        self.assertIs(finalizer.atexit, False)
        del thing

    def test_repr(self):
        thing = self.make()
        finalizer = Weakref.finalize(thing, int)
        self.assertEqual(repr(finalizer), f"<finalize object at {id(finalizer):#x}; for 'Thing' at "
                                          f'{id(thing):#x}>')
        del thing
        self.assertEqual(repr(finalizer), f'<finalize object at {id(finalizer):#x}; dead>')

    def test_an_exception_is_reported(self):
        thing = self.make()
        Weakref.finalize(thing, int, 'x')
        del thing
        self.assertEqual([kind for kind, _ in self.unraisable], [ValueError])
        self.unraisable.clear()

    def test_any_keyword_and_subclass(self):
        log = []

        class Finalizer(Weakref.finalize):
            pass

        thing = self.make()
        finalizer = Finalizer(thing, lambda **kwargs: log.append(kwargs), obj=1, func=2, self=3)
        finalizer.attribute = 1
        del thing
        self.assertEqual(log, [{'obj': 1, 'func': 2, 'self': 3}])

    def test_bad_arguments(self):
        for bad in (1, None, object()):
            with self.assertRaisesRegex(TypeError, 'cannot create weak reference'):
                Weakref.finalize(bad, print)
        with self.assertRaises(TypeError):
            Weakref.finalize(self.make())
        with self.assertRaises(TypeError):
            Weakref.finalize()

    def test_warns_of_what_holds_its_object(self):
        thing = self.make()
        helper = collections.namedtuple('Helper', 'thing')(thing)

        class Plain:
            def __init__(self, thing):
                self.thing = thing

            def method(self):
                pass

        def by_default(a=thing):
            pass

        for func, *args in (
                (thing.greet,), (print, thing), (print, [thing]), (print, {'a': (thing,)}),
                (print, {thing: 1}), (lambda: thing,), (by_default,), (Plain(thing).method,),
                (functools.partial(print, thing),), (functools.partial(print, [thing]),),
                (print, helper), (print, thing.greet), (lambda: helper,), (print, Plain(thing)),
                (thing.connect, 'notify')):
            with self.subTest(func), warnings.catch_warnings(record=True) as caught:
                warnings.simplefilter('always')
                finalizer = Weakref.finalize(thing, func, *args)
                finalizer.detach()
                self.assertEqual([w.category for w in caught], [RuntimeWarning])
                self.assertIn("hold its 'Thing' object", str(caught[0].message))
                self.assertEqual(caught[0].filename, __file__)
                caught.clear()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter('always')
            Weakref.finalize(thing, print, key=thing).detach()
            self.assertEqual(len(caught), 1)
            caught.clear()
            # Older PyGObjects don't tell what an introspected method is bound to.
            Weakref.finalize(thing, thing.notify, 'name').detach()
            self.assertEqual(len(caught), hasattr(thing.notify, '__self__'))
            caught.clear()

    def test_a_warning_is_seen_by_default(self):
        _, errors = run_child('''
thing = GObject.Object()
for _ in range(3):
    Weakref.finalize(thing, print, thing).detach()
''')
        self.assertEqual(errors.count("RuntimeWarning: a finalizer whose function or arguments "
                                      "hold its 'Object' object keeps that alive"), 1)

    def test_no_code_of_its_arguments_runs(self):
        class Hostile(dict):
            def fail(self, *args):
                raise AssertionError

            __getattr__ = __eq__ = __hash__ = __iter__ = __len__ = __getitem__ = fail
            keys = values = items = fail

        thing = self.make()
        dead = weakref.proxy(Hostile())
        for func, *args in ((print, Hostile()), (Hostile().fail,), (print, dead), (print, [dead]),
                            (lambda a=Hostile(): a,)):
            finalizer = Weakref.finalize(thing, func, *args)
            self.assertTrue(finalizer.alive)
            finalizer.detach()

    def test_a_warning_made_an_error_leaves_no_finalizer(self):
        thing = self.make()
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            with self.assertRaises(RuntimeWarning):
                Weakref.finalize(thing, print, thing)
        self.assertEqual(Weakref.getweakrefcount(thing), 0)

    def test_does_not_warn_otherwise(self):
        global held
        held = self.make()
        other = self.make()
        with warnings.catch_warnings():
            warnings.simplefilter('error')
            for func, *args in ((global_user,), (other.greet,), (print, Weakref.ref(held)),
                                (Weakref.WeakMethod(held.greet),), (print, Weakref.proxy(held)),
                                (print, None, 1, 'x', unittest, Thing), (print, [other]),
                                (lambda: other,), (print, Weakref.WeakSet([held]))):
                with self.subTest(func):
                    Weakref.finalize(held, func, *args).detach()
        del held


def global_user():
    return held


class FinalizerTest(TestCase):
    """The class of the C library."""

    def make_finalizer(self, thing, phase, func, *args):
        return Weakref.Finalizer.new_full(thing, None, phase, lambda *_: func(*args))

    def test_phases(self):
        for kind in KINDS:
            log = []
            thing = self.make(kind)
            for phase in Weakref.Phase.DISPOSE, Weakref.Phase.FINALIZE:
                self.make_finalizer(thing, phase, log.append, phase.value_nick)
            thing.run_dispose()
            self.assertEqual(log, ['dispose'])
            del thing
            gc.collect()
            self.assertEqual(log, ['dispose', 'finalize'])

    def test_by_hand_once(self):
        log = []
        thing = self.make()
        run, detached = (self.make_finalizer(thing, Weakref.Phase.DISPOSE, log.append, i)
                         for i in range(2))
        self.assertIs(run.peek(), thing)
        self.assertEqual((run.run(), run.run(), run.detach(), run.peek(), run.is_alive()),
                         (True, False, False, None, False))
        self.assertEqual((detached.detach(), detached.detach(), detached.run()),
                         (True, False, False))
        del thing
        self.assertEqual(log, [0])

    def test_data_is_freed_once_it_is_over(self):
        thing = self.make()
        for end in lambda f: f.run(), lambda f: f.detach(), lambda f: thing.run_dispose():
            data = Thing()
            gone = weakref.ref(data)
            finalizer = self.make_finalizer(thing, Weakref.Phase.DISPOSE, id, data)
            del data
            gc.collect()
            self.assertIsNotNone(gone())
            end(finalizer)
            gc.collect()
            self.assertIsNone(gone())


class AtExitTest(TestCase):
    BEGIN = '''
import sys
keep = Gio.ListStore.new(GObject.Object)
thing = GObject.Object()
keep.append(thing)
def note(text):
    print(text, flush=True)
'''

    def test_newest_first_unless_switched_off(self):
        out, errors = run_child(self.BEGIN + '''
for i in range(4):
    f = Weakref.finalize(thing, note, i)
    f.atexit = i != 2
print('end')
''')
        self.assertEqual((out, errors), (['end', '3', '1', '0'], ''))

    def test_after_sys_exit(self):
        out, _ = run_child(self.BEGIN + '''
Weakref.finalize(thing, note, 'final')
sys.exit(0)
''')
        self.assertEqual(out, ['final'])

    def test_after_an_unhandled_exception(self):
        out, errors = run_child(self.BEGIN + '''
Weakref.finalize(thing, note, 'final')
1 / 0
''', check=False)
        self.assertEqual(out, ['final'])
        self.assertIn('ZeroDivisionError', errors)

    def test_one_that_raises_is_printed_and_the_rest_run(self):
        out, errors = run_child(self.BEGIN + '''
Weakref.finalize(thing, note, 'first')
Weakref.finalize(thing, int, 'not a number')
Weakref.finalize(thing, note, 'last')
''')
        self.assertEqual(out, ['last', 'first'])
        self.assertEqual(errors.count('ValueError: invalid literal'), 1)

    def test_one_that_makes_detaches_and_drops_others(self):
        out, errors = run_child(self.BEGIN + '''
other = GObject.Object()
detached = Weakref.finalize(thing, note, 'detached')
Weakref.finalize(other, note, 'dropped')
Weakref.finalize(thing, note, 'old')
def busy():
    global other
    note('busy')
    detached.detach()
    other = None
    Weakref.finalize(thing, note, 'new')
Weakref.finalize(thing, busy)
''')
        self.assertEqual((out, errors), (['busy', 'dropped', 'new', 'old'], ''))

    def test_finalizers_of_the_c_class(self):
        out, errors = run_child(self.BEGIN + '''
def make(text):
    return Weakref.Finalizer.new_full(thing, None, Weakref.Phase.DISPOSE,
                                      lambda *_: note(text) if text else 1 / 0)
make('first')
make('off').set_at_exit(False)
make(None)
make('last')
print('end')
''')
        self.assertEqual(out, ['end', 'last', 'first'])
        self.assertEqual(errors.count('ZeroDivisionError'), 1)

    def test_one_of_the_c_class_that_raises_is_printed_and_the_rest_run(self):
        out, errors = run_child(self.BEGIN + '''
def make(func, *args):
    Weakref.Finalizer.new_full(thing, None, Weakref.Phase.DISPOSE, lambda *_: func(*args))
make(note, 'first')
make(int, 'not a number')
make(note, 'last')
sys.exit(0)
''')
        self.assertEqual(out, ['last', 'first'])
        self.assertEqual(errors.count('ValueError: invalid literal'), 1)

    def test_those_of_the_c_class_run_after_an_unhandled_exception(self):
        out, errors = run_child(self.BEGIN + '''
Weakref.Finalizer.new_full(thing, None, Weakref.Phase.FINALIZE, lambda *_: note('final'))
1 / 0
''', check=False)
        self.assertEqual(out, ['final'])
        self.assertIn('ZeroDivisionError', errors)

    def test_what_is_made_too_late_is_not_called(self):
        # This is made after the exit function of the override has run. The exit handler of C must
        # not call it.
        out, errors = run_child('''
import atexit
keep = GObject.Object()
atexit._clear()
def late():
    Weakref.Finalizer.new_full(keep, None, Weakref.Phase.DISPOSE, lambda *_: print('called'))
    print('late', flush=True)
atexit.register(late)
''')
        self.assertEqual((out, errors), (['late'], ''))

    def test_not_after_os_exit(self):
        out, errors = run_child(self.BEGIN + '''
import os
Weakref.finalize(thing, note, 'final')
note('end')
os._exit(0)
''')
        self.assertEqual((out, errors), (['end'], ''))

    def test_one_order_with_the_standard_module_and_atexit(self):
        out, errors = run_child(self.BEGIN + '''
import atexit, weakref
class Plain:
    pass
plain = Plain()
atexit.register(note, 'older')
weakref.finalize(plain, note, 1)
Weakref.finalize(thing, note, 2)
weakref.finalize(plain, note, 3)
Weakref.finalize(thing, note, 4)
atexit.register(note, 'newer')
''')
        self.assertEqual((out, errors), (['newer', '4', '3', '2', '1', 'older'], ''))

    def test_from_a_thread_that_ends_after_the_main_one(self):
        out, errors = run_child(self.BEGIN + '''
import threading
def run():
    threading.main_thread().join()
    Weakref.finalize(thing, note, 'final')
    note('thread')
threading.Thread(target=run).start()
note('main')
''')
        self.assertEqual((out, errors), (['main', 'thread', 'final'], ''))

    def test_in_the_main_thread_if_a_daemon_never_ends(self):
        out, errors = run_child(self.BEGIN + '''
import threading
ready = threading.Event()
def run():
    thing = GObject.Object()
    Weakref.finalize(thing, lambda: note(threading.current_thread() is threading.main_thread()))
    ready.set()
    threading.Event().wait()
threading.Thread(target=run, daemon=True).start()
ready.wait()
note('main')
''')
        self.assertEqual((out, errors), (['main', 'True'], ''))

    @unittest.skipIf(gi.version_info < (3, 55), 'PyGObject crashes, without this module too')
    def test_while_daemons_go_on_dropping_objects(self):
        out, errors = run_child(self.BEGIN + '''
import threading
ready = threading.Semaphore(0)
def run():
    while True:
        thing = GObject.Object()
        thing.attribute = 1
        ref = Weakref.ref(thing, lambda _: None)
        Weakref.finalize(thing, int).atexit = False
        del thing
        ready.release()
for _ in range(3):
    threading.Thread(target=run, daemon=True).start()
for _ in range(1000):
    ready.acquire()
Weakref.finalize(thing, note, 'final')
note('main')
''')
        self.assertEqual((out, errors), (['main', 'final'], ''))

    def test_none_runs_once_they_have_all_run(self):
        out, errors = run_child(self.BEGIN + '''
import atexit
@atexit.register
def drop():
    global thing
    keep.remove_all()
    thing = None
    note(off.alive)
off = Weakref.finalize(thing, note, 'off')
off.atexit = False
''')
        self.assertEqual((out, errors), (['False'], ''))

    def test_not_run_again_after_exit(self):
        out, errors = run_child(self.BEGIN + '''
import atexit
atexit.register(lambda: note('exit'))
Weakref.finalize(thing, note, 'final')
''')
        self.assertEqual((out, errors), (['final', 'exit'], ''))


if __name__ == '__main__':
    unittest.main()
