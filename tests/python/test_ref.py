# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import gc
import unittest

from gi.repository import Gio, GObject, Weakref


class Thing(GObject.Object):
    __gtype_name__ = 'RefThing'


class RefTest(unittest.TestCase):
    def test_get(self):
        thing = Thing()
        ref = Weakref.Ref.new(thing)
        self.assertIs(ref.get(), thing)
        del thing
        gc.collect()
        self.assertIsNone(ref.get())

    def test_outlives_its_wrapper(self):
        store = Gio.ListStore.new(GObject.Object)
        thing = Thing()
        store.append(thing)
        ref = Weakref.Ref.new(thing)
        del thing
        gc.collect()
        self.assertIsNotNone(ref.get())
        self.assertTrue(ref.is_alive())
        store.remove_all()
        gc.collect()
        self.assertIsNone(ref.get())


class ValueTableTest(unittest.TestCase):
    def test_keys_of_all_kinds(self):
        table = Weakref.ValueTable.new(GObject.TYPE_VALUE)
        thing = Thing()
        for key in ['a', 1, 2.5, True, thing]:
            self.assertTrue(table.insert(key, thing))
            self.assertIs(table.lookup(key), thing)
        self.assertEqual(len(table.dup_keys()), 5)
        self.assertEqual(set(table.dup_keys()), {'a', 1, 2.5, True, thing})
        table.remove_all()
        self.assertEqual(table.get_size(), 0)
