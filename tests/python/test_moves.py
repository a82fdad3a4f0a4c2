# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Value tables: reservations, and entries that are moved, taken and exchanged in one step."""

import gc
import threading
import unittest

from gi.repository import Gio, GLib, GObject, Weakref

from support import KINDS, TestCase

CANCELLED = GLib.Error.new_literal(Gio.io_error_quark(), 'no', Gio.IOErrorEnum.CANCELLED)


class MovesTest(TestCase):
    def setUp(self):
        super().setUp()
        self.table = Weakref.ValueTable(key_type=str)

    def test_rekey(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                self.table.clear()
                a, b = self.make(kind), self.make(kind)
                self.table.update(a=a, other=a, b=b)
                self.assertTrue(self.table.rekey(a, 'new'))
                self.assertEqual(self.table.items(), [('new', a), ('b', b)]
                                 if self.table.keys()[0] == 'new' else [('b', b), ('new', a)])
                # Another object has that key. It leaves the table.
                self.assertTrue(self.table.rekey(a, 'b'))
                self.assertEqual(self.table.items(), [('b', a)])
                self.assertEqual(self.table.lookup_key(b), (False, None))
                # An object that is not in the table is not moved.
                self.assertFalse(self.table.rekey(b, 'c'))
                self.assertEqual(self.table.items(), [('b', a)])
                del a, b
                gc.collect()
                self.assertEqual(len(self.table), 0)

    def test_rekey_to_the_same_key(self):
        a = self.table['a'] = self.make()
        self.assertTrue(self.table.rekey(a, 'a'))
        self.assertEqual(self.table.items(), [('a', a)])

    def test_rekey_with_a_wrong_key(self):
        a = self.table['a'] = self.make()
        for key in (1, (), None):
            with self.assertRaises(TypeError):
                self.table.rekey(a, key)
        self.assertEqual(self.table.items(), [('a', a)])

    def test_lookup_key(self):
        table = Weakref.ValueTable(key_type=GObject.TYPE_VALUE)
        a = self.make()
        self.assertEqual(table.lookup_key(a), (False, None))
        for key in (1, 2**40, 'x', 1.5, (1, 'a'), b'bytes', frozenset([1])):
            table[key] = a
            self.assertEqual(table.lookup_key(a), (True, key))  # the newest
            self.assertEqual(table.lookup_key(Weakref.proxy(a)), (True, key))
        self.assertTrue(table.rekey(a, ('only', 1)))
        self.assertEqual(table.keys(), [('only', 1)])

    def test_remove_object(self):
        a, b = self.make(), self.make()
        self.table.update(a=a, other=a, b=b)
        self.assertTrue(self.table.remove_object(Weakref.proxy(a)))
        self.assertEqual(self.table.items(), [('b', b)])
        self.assertFalse(self.table.remove_object(a))

    def test_steal(self):
        a = self.table['a'] = self.make()
        self.assertIs(self.table.steal('a'), a)
        self.assertIsNone(self.table.steal('a'))
        self.assertEqual(len(self.table), 0)
        with self.assertRaises(TypeError):
            self.table.steal(1)

    def test_replace(self):
        a, b = self.make(), self.make()
        self.assertFalse(self.table.replace('k', a, b))  # it is not a's
        self.assertEqual(len(self.table), 0)
        self.assertTrue(self.table.replace('k', None, a))
        self.assertFalse(self.table.replace('k', None, b))
        self.assertFalse(self.table.replace('k', b, a))
        self.assertIs(self.table['k'], a)
        self.assertTrue(self.table.replace('k', Weakref.proxy(a), Weakref.proxy(b)))
        self.assertIs(self.table['k'], b)
        self.assertFalse(self.table.replace('k', a, None))
        self.assertTrue(self.table.replace('k', b, None))
        self.assertEqual(len(self.table), 0)

    def test_replace_after_a_death(self):
        a, b = self.make(), self.make()
        self.table['k'] = a
        del a
        gc.collect()
        self.assertTrue(self.table.replace('k', None, b))
        self.assertIs(self.table['k'], b)

    def test_a_proxy_stands_for_its_object(self):
        a = self.make()
        self.table['k'] = Weakref.proxy(a)
        self.assertIs(self.table['k'], a)


class ReservationTest(TestCase):
    def setUp(self):
        super().setUp()
        self.table = Weakref.ValueTable(key_type=str)

    def start(self, function):
        """Call the function in a thread; return a function that waits for what it returns."""
        returned = []

        def run():
            try:
                returned.append((function(), None))
            except GLib.Error as error:
                returned.append((None, error))

        thread = threading.Thread(target=run)
        thread.start()

        def join():
            thread.join()
            return returned.pop()

        return join

    def test_commit(self):
        a = self.make()
        reservation, found = self.table.reserve('k')
        self.assertIsNone(found)
        self.assertNotIn('k', self.table)
        joins = [self.start(lambda: self.table.ensure('k', self.fail)) for _ in range(2)]
        self.assertTrue(reservation.commit(a))
        for join in joins:
            self.assertEqual(join(), (a, None))
        self.assertFalse(reservation.commit(a))
        self.assertFalse(reservation.abandon())
        self.assertEqual(self.table.reserve('k'), (None, a))

    def test_fail(self):
        reservation, _ = self.table.reserve('k')
        self.assertTrue(reservation.fail(CANCELLED))
        self.assertFalse(reservation.fail(CANCELLED))
        # Whoever asks later tries again.
        reservation, found = self.table.reserve('k')
        self.assertIsNone(found)
        self.assertTrue(reservation.abandon())

    def test_a_failure_is_for_all_who_wait(self):
        answers = []

        def answered(table, result):
            with self.assertRaises(GLib.Error) as caught:
                table.ensure_finish(result)
            answers.append(caught.exception)

        reservation, _ = self.table.reserve('k')
        for _ in range(2):
            self.table.ensure_async('k', GLib.PRIORITY_DEFAULT, None, self.fail, answered)
        self.assertTrue(reservation.fail(CANCELLED))
        while len(answers) < 2:
            GLib.MainContext.default().iteration(True)
        for answer in answers:
            self.assertTrue(answer.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED))

    def test_abandon_leaves_it_to_the_next(self):
        for abandon in (lambda reservation: reservation.abandon(), lambda reservation: None):
            a = self.make()
            reservation, _ = self.table.reserve('k')
            join = self.start(lambda: self.table.ensure('k', lambda key: a))
            abandon(reservation)
            del reservation  # whoever drops it abandons it
            self.assertEqual(join(), (a, None))
            self.table.clear()

    def test_who_waits_may_get_the_reservation(self):
        a = self.make()
        reservation, _ = self.table.reserve('k')
        join = self.start(lambda: self.table.reserve('k'))
        reservation.abandon()
        (second, found), error = join()
        self.assertIsNone(found or error)
        self.assertTrue(second.commit(a))
        self.assertIs(self.table['k'], a)

    def test_ended_in_another_thread(self):
        a = self.make()
        reservation, _ = self.table.reserve('k')
        join = self.start(lambda: reservation.commit(a))
        self.assertIs(self.table.ensure('k', self.fail), a)
        self.assertEqual(join(), (True, None))

    def test_inserted_meanwhile(self):
        a, b = self.make(), self.make()
        reservation, _ = self.table.reserve('k')
        self.table['k'] = b
        self.assertFalse(reservation.commit(a))
        self.assertIs(self.table['k'], b)

    def test_does_not_keep_the_table(self):
        a = self.make()
        alive = Weakref.ref(self.table)
        reservation, _ = self.table.reserve('k')
        self.table = None
        gc.collect()
        self.assertIsNone(alive())
        self.assertFalse(reservation.commit(a))

    def test_any_key(self):
        table = Weakref.ValueTable(key_type=GObject.TYPE_VALUE)
        a = self.make()
        reservation, _ = table.reserve(('x', 1))
        self.assertTrue(reservation.commit(a))
        self.assertIs(table['x', 1], a)
        with self.assertRaises(TypeError):
            self.table.reserve(('x', 1))

    def test_in_a_cache(self):
        cache = Weakref.Cache(key_type=str, max_idle=1)
        a = self.make()
        reservation, _ = cache.reserve('k')
        self.assertTrue(reservation.commit(a))
        del a
        gc.collect()
        self.assertEqual((len(cache), cache.reserve('k')[0]), (1, None))
        cache.clear()


if __name__ == '__main__':
    unittest.main()
