# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Weakref.connect(): handlers that keep none of the objects that they use."""

import gc
import threading
import unittest

from gi.repository import Gio, GObject, Weakref

from support import KINDS, Speaker, TestCase, Thing


class Listener(Thing):
    __gtype_name__ = 'ConnectListener'

    def __init__(self):
        super().__init__()
        self.heard = []

    def on_said(self, *args):
        self.heard.append(args)

    @classmethod
    def on_said_to_all(cls, *args):
        cls.all_heard = args


class ConnectTest(TestCase):
    def setUp(self):
        super().setUp()
        self.speaker = self.make(Speaker)
        self.log = []

    def note(self, *args):
        self.log.append(args)

    def tearDown(self):
        self.speaker = None
        self.log.clear()
        super().tearDown()

    def test_handler_gets_its_objects(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                self.log.clear()
                a, b = self.make(kind), self.make(kind)
                handler = Weakref.connect(self.speaker, 'said', self.note, a, b)
                self.speaker.emit('said', 'x')
                self.assertEqual(self.log, [(self.speaker, 'x', a, b)])
                self.log.clear()
                self.assertTrue(handler.connected)
                del b
                gc.collect()
                self.assertFalse(handler.connected)
                self.assertFalse(handler.disconnect())
                self.speaker.emit('said', 'y')
                self.assertEqual(self.log, [])

    def test_method_of_an_object_is_not_kept(self):
        listener, a = self.make(Listener), self.make()
        alive = Weakref.ref(listener)
        handler = Weakref.connect(self.speaker, 'said', listener.on_said, a)
        self.speaker.emit('said', 'x')
        self.assertEqual(listener.heard.pop(), (self.speaker, 'x', a))
        del listener
        gc.collect()
        self.assertIsNone(alive())
        self.assertFalse(handler.connected)
        self.speaker.emit('said', 'y')

    def test_object_of_a_method_is_not_kept_whatever_it_is(self):
        class Controller:
            def __init__(self, speaker):
                self.speaker = speaker

            def on_said(self, *args):
                heard.append(args)

        heard, a = [], self.make()
        controller = Controller(self.speaker)
        alive = Weakref.ref(controller)
        handler = Weakref.connect(self.speaker, 'said', controller.on_said, a)
        self.speaker.emit('said', 'x')
        self.assertEqual(heard.pop(), (self.speaker, 'x', a))
        del controller
        self.assertIsNone(alive())
        self.assertFalse(handler.connected)
        self.speaker.emit('said', 'y')
        self.assertEqual(heard, [])
        Weakref.connect(self.speaker, 'said', Controller(self.speaker).on_said, a)
        self.speaker.emit('said', 'z')
        self.assertEqual(heard, [])

    def test_method_without_other_objects(self):
        listener = self.make(Listener)
        Weakref.connect(self.speaker, 'said', listener.on_said)
        self.speaker.emit('said', 'x')
        self.assertEqual(listener.heard.pop(), (self.speaker, 'x'))

    def test_method_of_the_instance(self):
        listener = self.make(Listener)
        Weakref.connect(listener, 'notify::name', listener.on_said)
        listener.name = 'other'
        self.assertEqual(listener.heard.pop()[0], listener)

    def test_method_of_a_class(self):
        a = self.make()
        Weakref.connect(self.speaker, 'said', Listener.on_said_to_all, a)
        self.speaker.emit('said', 'x')
        self.assertEqual(Listener.all_heard, (self.speaker, 'x', a))
        del Listener.all_heard

    def test_without_objects(self):
        handler = Weakref.connect(self.speaker, 'said', self.note)
        self.speaker.emit('said', 'x')
        self.assertEqual(self.log, [(self.speaker, 'x')])
        self.assertTrue(handler.disconnect())

    def test_disconnect(self):
        a = self.make()
        handler = Weakref.connect(self.speaker, 'said', self.note, a)
        self.assertTrue(handler.disconnect())
        self.assertFalse(handler.disconnect())
        self.assertFalse(handler.connected)
        # It is also a number, like the one that connect() of GObject returns.
        handler = Weakref.connect(self.speaker, 'said', self.note, a)
        with self.speaker.handler_block(handler):
            self.speaker.emit('said', 'x')
        self.speaker.disconnect(handler)
        self.speaker.emit('said', 'y')
        self.assertEqual(self.log, [])
        self.assertFalse(handler.connected)

    def test_after(self):
        a, log = self.make(), self.log
        Weakref.connect(self.speaker, 'said', lambda *_: log.append('after'), a, after=True)
        Weakref.connect(self.speaker, 'said', lambda *_: log.append('first'), a)
        self.speaker.emit('said', 'x')
        self.assertEqual(log, ['first', 'after'])

    def test_a_value_is_returned(self):
        a = self.make(Thing, name='7')
        Weakref.connect(self.speaker, 'asked', lambda speaker, thing: int(thing.name), a)
        self.assertEqual(self.speaker.emit('asked'), 7)

    def test_never_runs_with_an_object_that_is_disposed(self):
        a, b = self.make(), self.make()
        Weakref.connect(self.speaker, 'said', self.note, a, b)
        self.speaker.connect('said', lambda *_: a.run_dispose())
        Weakref.connect(self.speaker, 'said', self.note, b, a)
        self.speaker.emit('said', 'x')
        self.assertEqual(self.log, [(self.speaker, 'x', a, b)])

    def test_object_is_held_while_the_handler_runs(self):
        things, log = [self.make()], self.log

        def use(speaker, text, thing):
            things.clear()
            gc.collect()
            log.append(thing.name)

        thing = Weakref.proxy(things[0])
        with self.assertWarns(RuntimeWarning):
            handler = Weakref.connect(self.speaker, 'said', use, thing)
        self.speaker.emit('said', 'x')
        gc.collect()
        self.assertEqual(log, ['thing'])
        self.assertFalse(handler.connected)

    def test_objects_may_be_proxies(self):
        a = self.make()
        Weakref.connect(Weakref.proxy(self.speaker), 'said', self.note, Weakref.proxy(a))
        self.speaker.emit('said', 'x')
        self.assertEqual(self.log, [(self.speaker, 'x', a)])

    def test_dies_in_another_thread(self):
        things = [self.make()]
        handler = Weakref.connect(self.speaker, 'said', self.note, things[0])
        thread = threading.Thread(target=things.clear)
        thread.start()
        thread.join()
        self.speaker.emit('said', 'x')
        self.assertEqual((self.log, handler.connected), ([], False))

    def test_the_instance_goes(self):
        a = self.make()
        handler = Weakref.connect(self.speaker, 'said', self.note, a)
        self.speaker = None
        gc.collect()
        self.assertFalse(handler.connected)
        self.assertFalse(handler.disconnect())

    def test_what_is_wrong(self):
        a = self.make()
        for args, message in (((self.speaker, 'nothing', print, a), 'unknown signal name: nothing'),
                              ((self.speaker, 'said', 3, a), 'must be callable, not int'),
                              ((self.speaker, 'said', print, 'x'), 'a GObject is wanted, not str'),
                              ((3, 'said', print, a), 'a GObject is wanted, not int')):
            with self.assertRaisesRegex(TypeError, message):
                Weakref.connect(*args)
        with self.assertRaises(TypeError):
            Weakref.connect(self.speaker, 'said')

    def test_a_handler_that_holds_its_object_is_warned_of(self):
        a = Gio.ListStore()
        with self.assertWarnsRegex(RuntimeWarning, "'ListStore' object") as caught:
            handler = Weakref.connect(self.speaker, 'said', lambda *_: a, a)
        self.assertEqual(caught.filename, __file__)
        handler.disconnect()
        speaker = self.speaker
        with self.assertWarnsRegex(RuntimeWarning, "'Speaker' object"):
            handler = Weakref.connect(speaker, 'said', lambda *_: speaker)
        handler.disconnect()


if __name__ == '__main__':
    unittest.main()
