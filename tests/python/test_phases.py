# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Weakref.finalize.at_phase(): when a GObject is disposed, or when its memory goes."""

import gc
import threading
import unittest

from gi.repository import GObject, Weakref

from support import KINDS, TestCase, Thing, run_child

DISPOSE, FINALIZE = Weakref.Phase.DISPOSE, Weakref.Phase.FINALIZE


class PhaseTest(TestCase):
    def setUp(self):
        super().setUp()
        self.log = []

    def finalize(self, phase, thing, name):
        return Weakref.finalize.at_phase(phase, thing, self.log.append, name)

    def test_a_disposal_runs_one_and_not_the_other(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                self.log.clear()
                thing = self.make(kind)
                finalizers = [self.finalize(DISPOSE, thing, 'disposed'),
                              self.finalize(FINALIZE, thing, 'gone')]
                thing.run_dispose()
                self.assertEqual(self.log, ['disposed'])
                self.assertEqual([each.alive for each in finalizers], [False, True])
                thing.run_dispose()
                self.assertEqual(self.log, ['disposed'])
                del thing
                gc.collect()
                self.assertEqual(self.log, ['disposed', 'gone'])
                self.assertFalse(finalizers[1].alive)

    def test_a_death_runs_both_in_order(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                self.log.clear()
                thing = self.make(kind)
                self.finalize(FINALIZE, thing, 'gone')
                self.finalize(DISPOSE, thing, 'disposed')
                store = self.held(thing)
                del thing
                gc.collect()
                self.assertEqual(self.log, [])
                store.remove_all()
                gc.collect()
                self.assertEqual(self.log, ['disposed', 'gone'])

    def test_the_newest_is_first(self):
        thing = self.make()
        for name in 'abc':
            self.finalize(FINALIZE, thing, name)
        thing.run_dispose()
        del thing
        gc.collect()
        self.assertEqual(self.log, ['c', 'b', 'a'])

    def test_another_object_has_one_end(self):
        class Plain:
            pass

        thing = Plain()
        self.finalize(DISPOSE, thing, 'one')
        self.finalize(FINALIZE, thing, 'two')
        del thing
        gc.collect()
        self.assertEqual(self.log, ['two', 'one'])

    def test_by_hand(self):
        thing = self.make()
        finalizer = self.finalize(FINALIZE, thing, 'x')
        finalizer()
        self.assertEqual(self.log, ['x'])
        self.assertFalse(finalizer.alive)
        self.assertIsNone(finalizer.peek())
        self.assertIsNone(finalizer.detach())
        del thing
        gc.collect()
        self.assertEqual(self.log, ['x'])

    def test_detach(self):
        thing = self.make()
        rest = (self.log.append, ('x',), {})
        finalizers = [self.finalize(FINALIZE, thing, 'x') for _ in range(2)]
        self.assertEqual(finalizers[0].peek(), (thing, *rest))
        self.assertEqual(finalizers[0].detach(), (thing, *rest))
        self.assertFalse(finalizers[0].alive)
        thing.run_dispose()
        self.assertEqual(finalizers[1].peek(), (None, *rest))
        self.assertEqual(finalizers[1].detach(), (None, *rest))
        self.assertIsNone(finalizers[1].detach())
        del thing
        gc.collect()
        self.assertEqual(self.log, [])

    def test_in_another_thread(self):
        things = [self.make()]
        self.finalize(FINALIZE, things[0], 'x')
        things[0].run_dispose()
        thread = threading.Thread(target=things.clear)
        thread.start()
        thread.join()
        self.assertEqual(self.log, ['x'])

    def test_wrong_phase(self):
        thing = self.make()
        for phase in (2, -1, 'x', None):
            with self.assertRaises(ValueError):
                self.finalize(phase, thing, 'x')
        with self.assertRaises(TypeError):
            self.finalize(FINALIZE, 3, 'x')
        del thing
        gc.collect()
        self.assertEqual(self.log, [])

    def test_at_exit(self):
        out, _ = run_child('''
thing = Gio.ListStore()
for phase, name in (Weakref.Phase.FINALIZE, 'gone'), (Weakref.Phase.DISPOSE, 'disposed'):
    Weakref.finalize.at_phase(phase, thing, print, name)
Weakref.finalize.at_phase(Weakref.Phase.FINALIZE, thing, print, 'never').atexit = False
thing.run_dispose()
''')
        self.assertEqual(out, ['disposed', 'gone'])

    def test_resurrected_in_its_dispose(self):
        saved = []

        class Phoenix(Thing):
            __gtype_name__ = 'TestPhoenix'

            def do_dispose(self):
                if not saved:
                    saved.append(self)

        thing = Phoenix()
        self.finalize(DISPOSE, thing, 'disposed')
        self.finalize(FINALIZE, thing, 'gone')
        thing.run_dispose()
        self.assertEqual(self.log, ['disposed'])
        del thing
        saved.clear()
        saved.append(None)
        gc.collect()
        self.assertEqual(self.log, ['disposed', 'gone'])


if __name__ == '__main__':
    unittest.main()
