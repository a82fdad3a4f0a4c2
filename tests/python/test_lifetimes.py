# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What lasts as long as objects do, as the introspection presents it."""

import gc
import unittest

from gi.repository import Gio, GLib, GObject, Weakref

from support import Speaker


def action(name):
    return Gio.SimpleAction.new(name, None)


def iterate(until=lambda: False):
    context = GLib.MainContext.default()
    while not until() and context.iteration(True):
        pass


class LifetimesTest(unittest.TestCase):
    def test_tie_runs_once_with_the_survivors(self):
        a, b, c = map(action, 'abc')
        seen = []
        tie = Weakref.Tie.new_full(
            [a, b, c], None, Weakref.Phase.DISPOSE,
            lambda tie, data: seen.append(([x.props.name for x in tie.dup_survivors()], data)), 1)
        del b
        gc.collect()
        self.assertEqual(seen, [(['a', 'c'], 1)])
        self.assertFalse(tie.props.alive)
        del a
        gc.collect()
        self.assertEqual(len(seen), 1)
        self.assertFalse(tie.break_())

    def test_tie_is_kept_by_the_library(self):
        a, b = map(action, 'ab')
        seen = []
        Weakref.Tie.new_full([a, b], None, Weakref.Phase.DISPOSE, lambda *_: seen.append(1))
        gc.collect()
        del a
        gc.collect()
        self.assertEqual(seen, [1])

    def test_handler_gets_the_objects_and_holds_none(self):
        speaker, a, b = Speaker(), action('a'), action('b')
        seen = []
        number = Weakref.signal_connect(speaker, 'said', lambda *args: seen.append(args), 0, [a, b])
        speaker.emit('said', 'x')
        self.assertEqual(seen, [(speaker, 'x', a, b)])
        seen.clear()
        ref = Weakref.Ref.new(a)
        del a
        gc.collect()
        self.assertIsNone(ref.get())
        self.assertFalse(GObject.signal_handler_is_connected(speaker, number))
        speaker.emit('said', 'y')
        self.assertEqual(seen, [])

    def test_handler_returns_a_value(self):
        speaker, a = Speaker(), action('a')
        Weakref.signal_connect(speaker, 'asked', lambda *args: 7 if args[-1] is a else 0, 0, [a])
        self.assertEqual(speaker.emit('asked'), 7)

    def test_cancellable_is_cancelled_by_the_death(self):
        a, b = action('a'), action('b')
        one, any_of_both = Weakref.cancellable_new(a), Weakref.cancellable_new_any([a, b])
        del b
        gc.collect()
        self.assertEqual((one.is_cancelled(), any_of_both.is_cancelled()), (False, True))
        del a
        gc.collect()
        self.assertTrue(one.is_cancelled())

    def test_wait_ends_with_the_death(self):
        a = action('a')
        seen = []
        Weakref.wait_async(a, None, lambda _, result: seen.append(Weakref.wait_finish(result)))
        del a
        gc.collect()
        self.assertEqual(seen, [])
        iterate(lambda: seen)
        self.assertEqual(seen, [True])

    def test_wait_is_cancelled(self):
        a, cancellable, seen = action('a'), Gio.Cancellable.new(), []

        def ready(_, result):
            with self.assertRaises(GLib.Error) as caught:
                Weakref.wait_finish(result)
            seen.append(caught.exception.code)

        Weakref.wait_async(a, cancellable, ready)
        cancellable.cancel()
        iterate(lambda: seen)
        self.assertEqual(seen, [Gio.IOErrorEnum.CANCELLED])

    def test_id_resolves(self):
        a = action('a')
        number = Weakref.get_id(a)
        self.assertIs(Weakref.lookup_id(number), a)
        del a
        gc.collect()
        self.assertIsNone(Weakref.lookup_id(number))


if __name__ == '__main__':
    unittest.main()
