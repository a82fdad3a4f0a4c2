# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Everything at once, in threads: objects are made, dropped, disposed and looked for.

WEAKREF_TEST_SECONDS=60 goes on for as long; without it a thread does a few hundred rounds.
"""

import gc
import itertools
import os
import random
import sys
import threading
import time
import unittest

from gi.repository import Gio, GLib, GObject, Weakref

from support import KINDS, TestCase

ROUNDS = 300
SECONDS = float(os.environ.get('WEAKREF_TEST_SECONDS', 0))


class Plain:
    pass


class World:
    """What the threads share: places that hold objects, and what follows them weakly."""

    def __init__(self):
        self.places = [None] * 64
        # These hold objects that have no wrapper. Each thread has its own, because a GListStore is
        # not thread-safe.
        self.stores = [Gio.ListStore.new(GObject.Object) for _ in range(8)]
        self.things = Weakref.WeakSet()
        self.notes = Weakref.WeakKeyDictionary()
        self.names = Weakref.WeakValueDictionary()
        self.refs = [None] * 64
        self.proxies = [None] * 64
        # count() and append() are functions in C, so that no thread loses what another one does.
        self.made = itertools.count()
        self.finalized = []
        self.died = []


class StressTest(TestCase):
    def setUp(self):
        super().setUp()
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)
        self.addCleanup(sys.setswitchinterval, interval)

    def make_one(self, world, rand):
        thing = rand.choice((*KINDS, Plain))()
        number = next(world.made)
        place = rand.randrange(64)
        world.things.add(thing)
        world.notes[thing] = number
        world.names[place] = thing
        world.refs[place] = Weakref.ref(thing)
        world.proxies[place] = Weakref.proxy(thing)
        Weakref.finalize(thing, world.finalized.append, number)
        # The list keeps the reference, so that its callback is called.
        thing_ref = Weakref.ref(thing, lambda dead: world.died.append(number))
        self.kept.append(thing_ref)
        world.places[place] = thing
        if not isinstance(thing, Plain) and rand.random() < .3:
            store = world.stores[self.local.seed]
            store.append(thing)
            if store.get_n_items() > 20:
                store.remove_all()

    def drop_one(self, world, rand):
        place = rand.randrange(64)
        thing = world.places[place]
        world.places[place] = None
        if isinstance(thing, GObject.Object) and rand.random() < .2 and self.may_dispose:
            thing.run_dispose()

    def look(self, world, rand):
        place = rand.randrange(64)
        ref = world.refs[place]
        found = ref() if ref is not None else None
        if found is not None:
            self.assertIsInstance(found, (*KINDS, Plain))
            try:
                self.assertIs(type(world.notes.get(found, 0)), int)
            except TypeError as error:  # disposed in another thread, in the middle of this
                self.assertTrue(self.may_dispose and 'gone away' in str(error))
            self.assertGreaterEqual(Weakref.getweakrefcount(found), 0)
        proxy = world.proxies[place]
        if proxy is not None:
            try:
                proxy.__class__
            except ReferenceError:
                pass

    def walk(self, world, rand):
        for each in world.things:
            self.assertIsInstance(each, (*KINDS, Plain))
        for each, note in world.notes.items():
            self.assertIs(type(note), int)
        for place, each in world.names.items():
            self.assertIsInstance(each, (*KINDS, Plain))

    def collect(self, world, rand):
        gc.collect(0)

    def test_all_at_once(self):
        world = World()
        self.kept = []
        self.local = threading.local()
        # GLib before 2.80 crashes if run_dispose() is called on an object that other threads use.
        self.may_dispose = GLib.check_version(2, 80, 0) is None
        failures = []
        end = time.monotonic() + SECONDS
        steps = (self.make_one, self.make_one, self.drop_one, self.drop_one, self.look, self.look,
                 self.walk, self.collect)

        def run(seed, step):
            rand = random.Random(seed)
            self.local.seed = seed
            try:
                for i in itertools.count():
                    if (time.monotonic() >= end if SECONDS else i == ROUNDS) or failures:
                        break
                    step(world, rand)
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for failure in failures:
            raise failure

        n_made = next(world.made)
        print(f'# {n_made} objects, {len(world.died)} died meanwhile')
        self.assertGreaterEqual(n_made, 2 * ROUNDS)
        world.places.clear()
        world.stores.clear()
        gc.collect()
        self.assertEqual(sorted(world.finalized), list(range(n_made)))
        self.assertEqual(sorted(world.died), list(range(n_made)))
        self.assertEqual((len(world.things), len(world.notes), len(world.names)), (0, 0, 0))
        self.assertEqual({ref() for ref in world.refs if ref is not None}, {None})
        self.kept.clear()


if __name__ == '__main__':
    unittest.main()
