# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Creation without waiting, with callbacks."""

import unittest

from gi.repository import Gio, GLib, GObject, Weakref


class Thing(GObject.Object):
    pass


class AsyncTest(unittest.TestCase):
    def setUp(self):
        self.table = Weakref.ValueTable(key_type=str)
        self.tasks = []
        self.answers = []

    def create(self, key, task):
        self.tasks.append((key, task))

    def answered(self, table, result, *names):
        self.assertIs(table, self.table)
        try:
            self.answers.append((*names, table.ensure_finish(result)))
        except GLib.Error as error:
            self.answers.append((*names, error))

    def ask(self, name, cancellable=None):
        self.table.ensure_async('a', GLib.PRIORITY_DEFAULT, cancellable, self.create,
                                self.answered, name)

    def iterate(self, n):
        while len(self.answers) < n:
            GLib.MainContext.default().iteration(True)

    def test_creates_once_for_all(self):
        self.ask('one')
        self.ask('two')
        self.assertEqual([key for key, _ in self.tasks], ['a'])
        self.assertEqual(self.answers, [])
        thing = Thing()
        self.tasks.pop()[1].return_value(thing)
        self.iterate(2)
        self.assertEqual(self.answers, [('one', thing), ('two', thing)])
        self.ask('three')
        self.iterate(3)
        self.assertEqual(self.answers[2], ('three', thing))

    def test_a_failure_is_for_all_who_wait(self):
        self.ask('one')
        self.ask('two')
        self.tasks.pop()[1].return_error(
            GLib.Error.new_literal(Gio.io_error_quark(), 'no', Gio.IOErrorEnum.NOT_FOUND))
        self.iterate(2)
        for _, error in self.answers:
            self.assertTrue(error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.NOT_FOUND))
        self.ask('three')
        self.assertEqual(len(self.tasks), 1)
        self.tasks.pop()[1].return_value(Thing())
        self.iterate(3)
        self.assertIsInstance(self.answers[2][1], Thing)

    def test_cancelling_takes_one_out(self):
        cancellable = Gio.Cancellable()
        self.ask('one', cancellable)
        self.ask('two')
        cancellable.cancel()
        self.iterate(1)
        self.assertEqual(self.answers[0][0], 'one')
        self.assertTrue(self.answers[0][1].matches(Gio.io_error_quark(),
                                                   Gio.IOErrorEnum.CANCELLED))
        task = self.tasks.pop()[1]
        self.assertFalse(task.get_cancellable().is_cancelled())
        task.return_value(Thing())
        self.iterate(2)
        self.assertIsInstance(self.answers[1][1], Thing)

    def test_the_last_one_cancels_the_creation(self):
        cancellable = Gio.Cancellable()
        self.ask('one', cancellable)
        cancellable.cancel()
        task = self.tasks.pop()[1]
        self.assertTrue(task.get_cancellable().is_cancelled())
        self.iterate(1)
        self.ask('two')
        self.assertEqual(len(self.tasks), 1)
        task.return_error(
            GLib.Error.new_literal(Gio.io_error_quark(), 'stop', Gio.IOErrorEnum.CANCELLED))
        self.tasks.pop()[1].return_value(Thing())
        self.iterate(2)
        self.assertIsInstance(self.answers[1][1], Thing)

    def test_blocking_would_block(self):
        self.ask('one')
        with self.assertRaises(GLib.Error) as caught:
            self.table.ensure('a', self.fail)
        self.assertTrue(caught.exception.matches(Weakref.error_quark(),
                                                 Weakref.Error.WOULD_BLOCK))
        self.tasks.pop()[1].return_value(Thing())
        self.iterate(1)

    def test_recursion(self):
        def create(key, task):
            self.table.ensure_async(key, 0, task.get_cancellable(), self.create, inner)
            self.tasks.append(task)

        def inner(table, result):
            try:
                table.ensure_finish(result)
            except GLib.Error as error:
                self.tasks.pop().return_error(error)

        self.table.ensure_async('a', GLib.PRIORITY_DEFAULT, None, create, self.answered)
        self.iterate(1)
        self.assertTrue(self.answers[0][0].matches(Weakref.error_quark(),
                                                   Weakref.Error.RECURSION))
