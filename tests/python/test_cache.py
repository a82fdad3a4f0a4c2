# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import gc
import unittest

import gi
from gi.repository import Gio, GLib, GObject, Weakref

# Before version 3.55, PyGObject has a toggle reference on each object with Python attributes. Two
# toggle references silence each other, so a cache does not hear that the object is idle.
SILENCES = gi.version_info < (3, 55)


def create(key, *args):
    return Gio.SimpleAction.new(key, None)


class Document(GObject.Object):
    __gtype_name__ = 'CacheDocument'


class CacheTest(unittest.TestCase):
    def setUp(self):
        self.cache = Weakref.Cache.new(GObject.TYPE_STRING, 2)
        self.cache.set_memory_monitor(None)

    def use(self, *keys):
        for key in keys:
            self.assertEqual(self.cache.ensure(key, create).get_name(), key)
        gc.collect()

    def iterate(self):
        context = GLib.MainContext.default()
        while context.iteration(False):
            pass

    def assertCounts(self, idle, in_use):
        self.assertEqual((self.cache.props.n_idle, self.cache.props.n_in_use), (idle, in_use))

    def test_keeps_idle(self):
        document = self.cache.ensure('a', create)
        ref = Weakref.Ref.new(document)
        self.assertCounts(0, 1)
        del document
        gc.collect()
        self.assertCounts(1, 0)
        self.assertEqual(self.cache.lookup('a').get_name(), 'a')
        self.assertEqual(Weakref.Ref.new(self.cache.lookup('a')), ref)
        self.use('b', 'c')
        self.assertCounts(2, 0)
        self.assertIsNone(ref.get())
        self.assertEqual(self.cache.props.evictions, 1)
        self.assertEqual(sorted(self.cache.dup_keys()), ['b', 'c'])
        self.cache.trim(1)
        self.assertEqual(self.cache.dup_keys(), ['c'])
        self.assertTrue(self.cache.remove('c'))
        self.assertCounts(0, 0)

    def test_hits(self):
        self.use('a', 'b', 'a')
        self.assertIsNone(self.cache.lookup('c'))
        self.assertEqual((self.cache.props.hits, self.cache.props.misses), (1, 3))

    def test_errors(self):
        with self.assertRaises(TypeError):
            self.cache.insert(1, create('a'))
        self.assertCounts(0, 0)

    def test_max_idle_is_a_property(self):
        self.use('a', 'b')
        self.cache.props.max_idle = 1
        self.assertCounts(1, 0)

    def test_notifies(self):
        seen = []
        self.cache.connect('notify::n-idle', lambda cache, pspec: seen.append(cache.props.n_idle))
        self.use('a', 'b')
        self.iterate()
        self.assertEqual(seen, [2])

    def test_with_attributes(self):
        document = Document()
        document.text = 'text'
        ref = Weakref.Ref.new(document)
        self.cache.insert('a', document)
        del document
        gc.collect()
        self.assertEqual(ref.get().text, 'text')
        gc.collect()
        if SILENCES:
            self.assertCounts(0, 1)
        else:
            self.assertCounts(1, 0)
        self.cache.trim(0)
        gc.collect()
        self.assertIsNone(ref.get())
        self.assertCounts(0, 0)

    def test_attributes_given_later(self):
        document = self.cache.ensure('a', create)
        ref = Weakref.Ref.new(document)
        document.text = 'text'
        del document
        gc.collect()
        self.assertEqual(ref.get().get_name(), 'a')
        if SILENCES:
            self.assertEqual(ref.get().text, 'text')
            self.assertCounts(0, 1)
        else:
            self.assertCounts(1, 0)
        self.assertTrue(self.cache.remove('a'))
        gc.collect()
        self.assertIsNone(ref.get())

    def test_attributes_given_later_are_kept_by_recency(self):
        refs = []
        for i in range(6):
            document = self.cache.ensure(str(i), create)
            document.text = i
            refs.append(Weakref.Ref.new(document))
        del document
        self.iterate()
        gc.collect()
        self.assertEqual([ref.get() is not None for ref in refs], [False] * 4 + [True] * 2)

    def test_in_use_is_found_again(self):
        held = Document()
        held.text = 'text'
        self.cache.insert('held', held)
        for i in range(5):
            document = Document()
            document.text = i
            self.cache.insert(str(i), document)
        del document
        self.iterate()
        gc.collect()
        self.assertEqual(len(self.cache), 3)
        self.assertIs(self.cache.lookup('held'), held)
        self.cache.trim(0)
        gc.collect()
        self.assertEqual(self.cache.dup_keys(), ['held'])
        del held
        gc.collect()
        if not SILENCES:
            self.assertCounts(1, 0)
            self.cache.trim(0)
        self.assertCounts(0, 0)

    def test_what_is_silenced_is_bounded(self):
        self.cache.props.max_tracked = 3
        refs = []
        for i in range(5):
            document = Document()
            document.text = i
            refs.append(Weakref.Ref.new(document))
            self.cache.insert(str(i), document)
        del document
        gc.collect()
        self.iterate()
        gc.collect()
        # Whether they look in use or idle, the last ones are kept.
        self.assertEqual([ref.get() is not None for ref in refs], [False] * 3 + [True] * 2)
        self.assertCounts(*((0, 2) if SILENCES else (2, 0)))
        self.cache.trim(0)
        gc.collect()
        self.assertEqual([ref.get() for ref in refs], [None] * 5)
