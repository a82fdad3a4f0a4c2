# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Objects die in one thread while others use the containers."""

import gc
import random
import sys
import threading
import unittest

from gi.repository import Gio, GObject, Weakref

from support import KINDS, Attributed, TestCase, Thing

N_THREADS = 4
ROUNDS = 150


class ThreadsTest(TestCase):
    def setUp(self):
        super().setUp()
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        self.addCleanup(sys.setswitchinterval, interval)
        self.failures = []

    def run_threads(self, *functions):
        barrier = threading.Barrier(len(functions))

        def run(function):
            barrier.wait()
            try:
                function()
            except BaseException as error:
                self.failures.append(error)

        threads = [threading.Thread(target=run, args=(f,)) for f in functions]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for failure in self.failures:
            raise failure

    def test_one_ref_and_one_proxy_for_all(self):
        for _ in range(ROUNDS):
            thing = self.make()
            refs, proxies = [], []

            def make_ref():
                refs.append(Weakref.ref(thing))
                self.assertIs(refs[-1](), thing)

            def make_proxy():
                proxies.append(Weakref.proxy(thing))
                self.assertEqual(proxies[-1].name, 'thing')

            def list_them():
                for ref in Weakref.getweakrefs(thing):
                    self.assertEqual((ref() if type(ref) is Weakref.ref else ref).name, 'thing')

            self.run_threads(*[make_ref, make_proxy] * N_THREADS, list_them)
            self.assertEqual((len(set(map(id, refs))), len(set(map(id, proxies)))), (1, 1))
            self.assertEqual(Weakref.getweakrefcount(thing), 2)
            del thing
            self.assertIsNone(refs[0]())

    def test_every_callback_once(self):
        for kind in (Thing, Attributed):
            log = []
            things = [kind() for _ in range(ROUNDS)]
            refs = [Weakref.ref(thing, log.append) for thing in things for _ in range(2)]

            def drop():
                while things:
                    try:
                        things.pop()
                    except IndexError:
                        break

            self.run_threads(*[drop] * N_THREADS)
            gc.collect()
            self.assertEqual(sorted(map(id, log)), sorted(map(id, refs)))

    def check_dictionary(self, make, put, look, n_rounds=ROUNDS):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                table = make()
                store = Gio.ListStore.new(GObject.Object)
                shared = [kind() for _ in range(8)]

                def replace():
                    for i in range(n_rounds):
                        made = kind()
                        put(table, i % 8, made)
                        shared[i % 8] = made

                def use():
                    for i in range(n_rounds):
                        thing = shared[i % 8]
                        put(table, i % 8, thing)
                        look(self, table, i % 8, thing)

                self.run_threads(replace, use, replace, use)
                shared.clear()
                store.remove_all()
                gc.collect()
                self.assertEqual((len(table), list(table)), (0, []))

    def test_value_dictionary(self):
        def put(table, key, thing):
            table[key] = thing

        def look(self, table, key, thing):
            found = table.get(key)
            self.assertTrue(found is None or type(found) is type(thing))
            for ref in table.valuerefs():
                ref()
            len(table)

        self.check_dictionary(Weakref.WeakValueDictionary, put, look)

    def test_value_table(self):
        def put(table, key, thing):
            table.insert(key, thing)

        def look(self, table, key, thing):
            for found in (table.lookup(key), *table.dup_values()):
                self.assertTrue(found is None or type(found) is type(thing))
            self.assertIs(type(table.ensure(key, lambda _: thing)), type(thing))
            table.contains(key)

        self.check_dictionary(Weakref.ValueTable, put, look)

    def test_c_gets_what_only_python_holds(self):
        """The deadlock of GLib before 2.80, if nothing prevents it."""
        table = Weakref.ValueTable()
        held = Attributed()
        table.insert('held', held)
        ref = Weakref.Ref.new(held)

        done = threading.Event()

        def get():
            for _ in range(300 * ROUNDS):
                self.assertIs(table.lookup('held'), held)
                self.assertIs(ref.get(), held)
            done.set()

        def drop():
            while not done.is_set():
                table.insert('dropped', Attributed())

        self.run_threads(get, drop)
        self.assertEqual(len(table), 1)

    def test_key_dictionary(self):
        def put(table, key, thing):
            table[thing] = key

        def look(self, table, key, thing):
            self.assertEqual(table[thing], key)
            self.assertIn(thing, table)
            for ref in table.keyrefs():
                ref()

        self.check_dictionary(Weakref.WeakKeyDictionary, put, look)

    def test_set(self):
        def put(table, key, thing):
            table.add(thing)

        def look(self, table, key, thing):
            self.assertIn(thing, table)

        self.check_dictionary(Weakref.WeakSet, put, look)

    def test_iteration_while_objects_die_elsewhere(self):
        for make, view in ((lambda t: Weakref.WeakValueDictionary(enumerate(t)), 'values'),
                           (lambda t: Weakref.WeakKeyDictionary(dict.fromkeys(t)), 'keys'),
                           (Weakref.WeakSet, '__iter__')):
            for kind in (Thing, Attributed):
                # So many meet the deadlock of GLib before 2.80, if it is not avoided.
                things = [kind() for _ in range(10 * ROUNDS)]
                table = make(things)
                random.Random(1).shuffle(things)

                def drop():
                    while things:
                        things.pop()

                def walk():
                    while things:
                        self.assertLessEqual({type(t) for t in getattr(table, view)()}, {kind})

                self.run_threads(drop, walk, walk)
                gc.collect()
                self.assertEqual((len(table), list(table)), (0, []))

    def test_a_death_in_a_thread_of_c(self):
        log = []
        store = self.held(self.make())
        me = threading.get_ident()
        ref = Weakref.ref(store[0], lambda r: log.append(threading.get_ident() != me))
        finalizer = Weakref.finalize(store[0], log.append, 'final')
        pool = threading.Thread(target=store.remove_all)
        pool.start()
        pool.join()
        self.assertEqual(log, ['final', True])
        self.assertFalse(finalizer.alive)
        self.assertIsNone(ref())


if __name__ == '__main__':
    unittest.main()
