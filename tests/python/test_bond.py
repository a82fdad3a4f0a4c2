# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import gc
import unittest

import gi
from gi.repository import Gio, GLib, GObject, Weakref

# Before version 3.55, PyGObject has a toggle reference on each object with Python attributes. Two
# toggle references silence each other, so a bond learns late that nobody uses the object.
SILENCES = gi.version_info < (3, 55)


def thing(name='thing'):
    return Gio.SimpleAction.new(name, None)


class Node(GObject.Object):
    __gtype_name__ = 'BondNode'


class BondTest(unittest.TestCase):
    def assertDies(self, *refs):
        gc.collect()
        self.assertEqual([ref.get() for ref in refs], [None] * len(refs))

    def test_owner_keeps_owned(self):
        owner, owned = thing('owner'), thing('owned')
        refs = Weakref.Ref.new(owner), Weakref.Ref.new(owned)
        Weakref.Bond.new(owner, owned)
        del owned
        gc.collect()
        self.assertEqual(refs[1].get().get_name(), 'owned')
        del owner
        self.assertDies(*refs)

    def test_owned_keeps_owner(self):
        owner, owned = thing('owner'), thing('owned')
        refs = Weakref.Ref.new(owner), Weakref.Ref.new(owned)
        bond = Weakref.Bond.new(owner, owned)
        del owner
        gc.collect()
        self.assertEqual(refs[0].get().get_name(), 'owner')
        self.assertEqual(bond.props.owner.get_name(), 'owner')
        self.assertTrue(bond.props.alive)
        del owned
        self.assertDies(*refs)
        self.assertFalse(bond.props.alive)
        self.assertIsNone(bond.props.owner)

    def test_subclasses_without_attributes(self):
        owner, owned = Node(), Node()
        refs = Weakref.Ref.new(owner), Weakref.Ref.new(owned)
        Weakref.Bond.new(owner, owned)
        del owner
        gc.collect()
        self.assertIsInstance(refs[0].get(), Node)
        del owned
        self.assertDies(*refs)

    def test_break(self):
        owner, owned = thing('owner'), thing('owned')
        ref = Weakref.Ref.new(owned)
        bond = Weakref.Bond.new(owner, owned)
        del owned
        self.assertTrue(bond.break_())
        self.assertFalse(bond.break_())
        self.assertDies(ref)

    def test_errors(self):
        a, b = thing('a'), thing('b')
        with self.assertRaises(GLib.Error) as caught:
            Weakref.Bond.new(a, a)
        self.assertTrue(caught.exception.matches(Weakref.error_quark(), Weakref.Error.CYCLE))
        Weakref.Bond.new(a, b)
        with self.assertRaises(GLib.Error) as caught:
            Weakref.Bond.new(b, a)
        self.assertTrue(caught.exception.matches(Weakref.error_quark(), Weakref.Error.CYCLE))
        with self.assertRaises(GLib.Error) as caught:
            Weakref.Bond.new(thing(), b)
        self.assertTrue(caught.exception.matches(Weakref.error_quark(), Weakref.Error.OWNED))

    def test_with_attributes(self):
        owner, owned = Node(), Node()
        owner.child = 1
        owned.parent = 2
        refs = Weakref.Ref.new(owner), Weakref.Ref.new(owned)
        bond = Weakref.Bond.new(owner, owned)
        del owner, owned
        gc.collect()
        if SILENCES:
            # The objects end late. They are neither lost nor changed, and end with the bond.
            self.assertEqual(refs[0].get().child, 1)
            self.assertEqual(refs[1].get().parent, 2)
            gc.collect()
            self.assertEqual(bond.props.owner.child, 1)
            bond.break_()
        self.assertDies(*refs)
        self.assertFalse(bond.props.alive)

    def test_attributes_given_later(self):
        owner, owned = thing('owner'), thing('owned')
        refs = Weakref.Ref.new(owner), Weakref.Ref.new(owned)
        bond = Weakref.Bond.new(owner, owned)
        owned.parent = 2
        del owner, owned
        gc.collect()
        if SILENCES:
            self.assertEqual(refs[1].get().parent, 2)
            bond.break_()
        self.assertDies(*refs)

    def test_disposed_with_attributes(self):
        owner, owned = Node(), Node()
        owner.child = 1
        owned.parent = 2
        refs = Weakref.Ref.new(owner), Weakref.Ref.new(owned)
        Weakref.Bond.new(owner, owned)
        owner.run_dispose()
        del owner, owned
        self.assertDies(*refs)
