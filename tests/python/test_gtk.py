# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Widgets, of which the parents take care, and a program keeps none."""

import gc
import unittest

import gi

try:
    gi.require_version('Gdk', '4.0')
    gi.require_version('Gtk', '4.0')
    from gi.repository import Gdk, Gtk
except (ImportError, ValueError):
    Gtk = None

from gi.repository import Weakref

from support import TestCase

if Gtk is None or Gdk.Display.get_default() is None:
    raise unittest.SkipTest('GTK 4 or a display is missing')


class Label(Gtk.Label):
    __gtype_name__ = 'TestLabel'


class AttributedLabel(Gtk.Label):
    __gtype_name__ = 'TestAttributedLabel'

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.attribute = 'attribute'


KINDS = (Gtk.Label, Label, AttributedLabel)


class GtkTest(TestCase):
    def watch(self, kind, box):
        """Put a label into the box, watch it in all ways, and keep no wrapper."""
        label = self.make(kind, label='label')
        box.append(label)
        self.log = []
        self.ref = Weakref.ref(label, self.log.append)
        self.proxy = Weakref.proxy(label)
        self.things = Weakref.WeakSet([label])
        self.values = Weakref.WeakValueDictionary(label=label)
        self.keys = Weakref.WeakKeyDictionary({label: 'value'})
        self.finalizer = Weakref.finalize(label, self.log.append, 'final')

    def assertAlive(self, label):
        gc.collect()
        self.assertEqual(self.log, [])
        self.assertIs(self.ref(), label)
        self.assertEqual(self.proxy.get_label(), 'label')
        self.assertEqual((list(self.things), self.values['label'], self.keys[label]),
                         ([label], label, 'value'))
        self.assertTrue(self.finalizer.alive)

    def assertDead(self):
        self.assertEqual(self.log, ['final', self.ref])
        self.assertIsNone(self.ref())
        with self.assertRaises(ReferenceError):
            self.proxy.get_label()
        self.assertEqual((len(self.things), len(self.values), len(self.keys)), (0, 0, 0))
        self.assertFalse(self.finalizer.alive)

    def test_alive_in_its_parent(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                box = self.make(Gtk.Box)
                self.watch(kind, box)
                gc.collect()
                self.assertAlive(box.get_first_child())
                self.assertIs(type(box.get_first_child()), kind)
                box.remove(box.get_first_child())
                self.assertDead()

    def test_dead_with_its_parent(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                box = self.make(Gtk.Box)
                self.watch(kind, box)
                del box
                gc.collect()
                self.assertDead()

    def test_dead_with_its_window(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                window = self.make(Gtk.Window, child=Gtk.Box())
                ref = Weakref.ref(window)
                self.watch(kind, window.get_child())
                self.assertAlive(window.get_child().get_first_child())
                # Now only GTK holds the window.
                del window
                gc.collect()
                self.assertAlive(ref().get_child().get_first_child())
                ref().destroy()
                self.assertIsNone(ref())
                gc.collect()
                self.assertDead()


if __name__ == '__main__':
    unittest.main()
