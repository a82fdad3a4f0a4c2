# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The radar from Python."""

import unittest

from gi.repository import Gio, GLib, Weakref

from support import Attributed, TestCase, Thing

radar = Weakref.radar


class RadarTest(TestCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(radar.stop)

    def test_reports_what_should_be_dead(self):
        thing = self.make(name='window')
        radar.expect_death(thing, 'it was closed')
        report, = radar.check()
        self.assertEqual(report['description'], 'it was closed')
        self.assertEqual(report['label'], 'TestThing "window"')
        self.assertIn('it was closed', radar.check_text())
        del thing
        self.assertEqual(radar.check(), [])
        self.assertIsNone(radar.check_text())

    def test_runs_the_collector_before_the_verdict(self):
        thing = self.make(Attributed)
        thing.circle = thing
        radar.expect_death(thing)
        del thing
        self.assertEqual(radar.check(), [])

    def test_finds_the_list_that_holds(self):
        store = Gio.ListStore()
        radar.add_root(store)
        thing = self.make()
        store.append(thing)
        self.assertTrue(any('item 0' in way for way in radar.inspect(thing)['holders']))

    def test_counts_and_marks(self):
        radar.start()
        self.assertTrue(radar.is_running())
        things = [self.make() for _ in range(3)]
        refs = [Weakref.Ref.new(thing) for thing in things[:2]]
        radar.mark()
        refs.append(Weakref.Ref.new(things[2]))
        self.assertIn(('TestThing', 3, 1), radar.dump())
        self.assertIn('3 TestThing, 1 more', radar.dump_text())

    def test_tracks_a_class(self):
        radar.track_type(Thing)
        thing = self.make()
        self.assertEqual([report['type'] for report in radar.check()], ['TestThing'])
        self.assertTrue(thing)

    def test_assertion_passes_when_the_object_dies(self):
        thing = self.make()
        GLib.idle_add(lambda thing: False, thing)  # it is dispatched, and then removed
        with radar.assert_dies(thing):
            del thing

    def test_assertion_fails_with_a_report(self):
        thing = self.make(name='survivor')
        with self.assertRaisesRegex(AssertionError, 'is alive: TestThing "survivor"'):
            with radar.assert_dies(thing):
                pass

    def test_assertion_lets_an_error_pass(self):
        thing = self.make()
        with self.assertRaises(KeyError):
            with radar.assert_dies(thing):
                raise KeyError

    def test_order_of_deaths(self):
        a, b = self.make(), self.make()
        with radar.assert_dies_before(a, b):
            del a
            del b
        a, b = self.make(), self.make()
        with self.assertRaisesRegex(AssertionError, 'another order'):
            with radar.assert_dies_before(a, b):
                del b
                del a


if __name__ == '__main__':
    unittest.main()
