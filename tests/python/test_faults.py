# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What callbacks had better not do: each fault, in each callback that there is."""

import sys
import unittest

from gi.repository import GLib, GObject, Weakref

from support import TestCase


def connected(source, signal, callback):
    source.connect(signal, callback)
    return source


def make_set(target, callback):
    made = Weakref.Set.new(GObject.Object)
    made.add(target)
    return connected(made, 'items-changed', callback)


def make_bond(target, callback):
    bond = Weakref.Bond.new(target, GObject.Object())
    return connected(bond, 'notify::alive', callback)


def make_cache(target, callback):
    cache = Weakref.Cache.new(str, 0)
    cache.set_memory_monitor(None)
    cache.insert('key', target)
    while GLib.MainContext.default().iteration(False):
        pass
    return connected(cache, 'notify::n-in-use', callback)


# All that calls back when a target dies. The caller keeps what each of these returns.
SOURCES = {
    'ref': Weakref.ref,
    'proxy': Weakref.proxy,
    'finalize': Weakref.finalize,
    'Ref': lambda target, callback: Weakref.Ref.new_full(target, None, callback),
    'Ref, later': lambda target, callback: Weakref.Ref.new_full(
        target, GLib.MainContext.default(), callback),
    'Ref, notified': lambda target, callback: connected(
        Weakref.Ref.new_full(target, None, None), 'notify::alive', callback),
    'Proxy': lambda target, callback: Weakref.Proxy.new_full(target, None, callback),
    'Finalizer': lambda target, callback: Weakref.Finalizer.new_full(
        target, None, Weakref.Phase.DISPOSE, callback),
    'Finalizer, later': lambda target, callback: Weakref.Finalizer.new_full(
        target, GLib.MainContext.default(), Weakref.Phase.DISPOSE, callback),
    'Set': make_set,
    'Bond': make_bond,
    'Cache': make_cache,
}


# The callbacks find their objects here. If the callback of a finalizer referred to its target,
# there would be a warning.
state = {}


class FaultTest(TestCase):
    def setUp(self):
        super().setUp()
        self.raised = []
        hook = sys.excepthook
        sys.excepthook = lambda kind, *_: self.raised.append(kind)
        self.addCleanup(setattr, sys, 'excepthook', hook)

    def tearDown(self):
        self.assertEqual(self.raised, [])
        super().tearDown()

    def commit(self, act, at_least=1, reported=(), quits=False):
        """Have the first callback of each source do something, and see that all goes on."""
        for name, source in SOURCES.items():
            for by_force in False, True:
                with self.subTest(name, by_force=by_force):
                    self.commit_once(source, act, by_force, at_least, quits)
                    kinds = self.raised + [kind for kind, _ in self.unraisable]
                    self.raised.clear()
                    self.unraisable.clear()
                    self.assertEqual(kinds, list(reported))

    def commit_once(self, source, act, by_force, at_least, quits):
        called = []
        in_vain = []
        seen = []

        def callback(*_):
            called.append(1)
            if len(called) == 1:
                act()

        def quit_in_vain():
            in_vain.append(1)
            state['loop'].quit()

        def kill():
            if by_force:
                state['target'].run_dispose()
            else:
                del state['target']

        state.update(target=self.make(), other=self.make(), loop=GLib.MainLoop(), source=source,
                     callback=callback)
        # The same target also has an older callback and a newer one.
        older = source(state['target'], lambda *_: seen.append('older'))
        state['weak'] = source(state['target'], callback)
        newer = source(state['target'], lambda *_: seen.append('newer'))
        state['others'] = source(state['other'], lambda *_: seen.append('other'))

        GLib.idle_add(kill)
        after_all = GLib.idle_add(quit_in_vain, priority=GLib.MAXINT32)
        state['loop'].run()
        if not in_vain:
            GLib.source_remove(after_all)
        self.assertTrue(in_vain if not quits else not in_vain)
        state.pop('target', None)
        state.pop('other', None)
        while GLib.MainContext.default().iteration(False):
            pass
        self.assertGreaterEqual(len(called), at_least)
        self.assertIn('older', seen)
        self.assertIn('newer', seen)
        self.assertIn('other', seen)
        state.clear()
        del older, newer

    def test_raises(self):
        def act():
            raise ZeroDivisionError

        self.commit(act, reported=[ZeroDivisionError])

    def test_drops_its_owner(self):
        def act():
            del state['weak']

        self.commit(act)

    def test_drops_another_target(self):
        def act():
            del state['other']

        self.commit(act)

    def test_disposes_everything(self):
        def act():
            state['other'].run_dispose()
            if 'target' in state:
                state['target'].run_dispose()
            if issubclass(type(state['weak']), GObject.Object):
                state['weak'].run_dispose()

        self.commit(act)

    def test_registers_again(self):
        def act():
            target = state.get('target', state['other'])
            state['again'] = state['source'](target, state['callback'])

        self.commit(act, at_least=2)

    def test_quits_the_main_loop(self):
        def act():
            state['loop'].quit()

        self.commit(act, quits=True)


if __name__ == '__main__':
    unittest.main()
