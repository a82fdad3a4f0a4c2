# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What is awaited: ensure_async() and dead(), in each kind of event loop."""

import asyncio
import gc
import threading
import unittest
import warnings

import gi
from gi.repository import Gio, GLib, GObject, Weakref

from support import TestCase, Thing

try:
    from gi.events import GLibEventLoopPolicy
except ImportError:
    GLibEventLoopPolicy = None


class Failure(Exception):
    pass


def is_cancelled(error):
    return error.matches(Gio.io_error_quark(), Gio.IOErrorEnum.CANCELLED)


async def iterate_context():
    """What makes GLib's main context go on in an event loop that knows nothing of it."""
    while True:
        GLib.MainContext.default().iteration(False)
        await asyncio.sleep(0)


class Awaiting(TestCase):
    def setUp(self):
        super().setUp()
        self.table = Weakref.ValueTable(key_type=str)
        self.created = []

    def await_it(self, coroutine):
        """Run the coroutine in an event loop; it has to end."""
        try:
            return self.run_loop(asyncio.wait_for(coroutine, 60))
        finally:
            # There may be answers that nobody waits for any more.
            while GLib.MainContext.default().iteration(False):
                pass

    async def create(self, key):
        self.created.append(key)
        await asyncio.sleep(0)
        return self.make(Thing, name=key)


class EnsureTests:
    def test_creates_once_for_all(self):
        async def main():
            one, two = await asyncio.gather(self.table.ensure_async('a', self.create),
                                            self.table.ensure_async('a', self.create))
            self.assertIs(one, two)
            self.assertIs(await self.table.ensure_async('a', self.create), one)
            self.assertIs(self.table['a'], one)

        self.await_it(main())
        self.assertEqual(self.created, ['a'])
        gc.collect()
        self.assertEqual(len(self.table), 0)

    def test_an_exception_is_for_all_who_wait(self):
        failure = Failure('no')

        async def fail(key):
            self.created.append(key)
            await asyncio.sleep(0)
            raise failure

        async def main():
            found = await asyncio.gather(*(self.table.ensure_async('a', fail) for _ in range(3)),
                                         return_exceptions=True)
            self.assertEqual([each is failure for each in found], [True] * 3)
            self.assertEqual((await self.table.ensure_async('a', self.create)).name, 'a')

        self.await_it(main())
        self.assertEqual(self.created, ['a', 'a'])

    def test_an_exception_is_an_error_to_callbacks(self):
        async def fail(key):
            await asyncio.sleep(0)
            raise Failure('no')

        async def main():
            answer = asyncio.get_running_loop().create_future()
            waiting = asyncio.ensure_future(self.table.ensure_async('a', fail))
            await asyncio.sleep(0)

            def answered(table, result):
                with self.assertRaises(GLib.Error) as caught:
                    table.ensure_finish(result)
                answer.set_result(caught.exception)

            self.table.ensure_async('a', GLib.PRIORITY_DEFAULT, None, self.fail, answered)
            with self.assertRaises(Failure):
                await waiting
            error = await answer
            self.assertTrue(error.matches(Weakref.error_quark(), Weakref.Error.CREATE))
            self.assertEqual(error.message, 'Failure: no')

        self.await_it(main())

    def test_an_error_of_glib_stays_as_it_is(self):
        error = GLib.Error.new_literal(Gio.io_error_quark(), 'no', Gio.IOErrorEnum.NOT_FOUND)

        async def fail(key):
            raise error

        async def main():
            with self.assertRaises(GLib.Error) as caught:
                await self.table.ensure_async('a', fail)
            self.assertIs(caught.exception, error)

        self.await_it(main())

    def test_nothing_but_an_object_is_returned(self):
        async def create(key):
            return key

        async def main():
            with self.assertRaisesRegex(TypeError, 'must return a GObject, not str'):
                await self.table.ensure_async('a', create)
            for key in (), 1, None:
                with self.assertRaisesRegex(TypeError, 'has keys of type gchararray'):
                    await self.table.ensure_async(key, self.create)
            with self.assertRaises(TypeError):
                await self.table.ensure_async('a', lambda key: None)

        self.await_it(main())
        self.assertEqual(self.created, [])

    def test_any_key(self):
        table = Weakref.ValueTable(key_type=GObject.TYPE_VALUE)
        keys = [(1, 'a'), frozenset([1]), 2**40, 1.5, 'a', 'a\0', Gio.ListStore(), b'a', True]

        async def create(key):
            self.created.append(key)
            await asyncio.sleep(0)
            raise Failure(str(key))

        async def main():
            for key in keys:
                found = await asyncio.gather(table.ensure_async(key, create),
                                             table.ensure_async(key, create),
                                             return_exceptions=True)
                self.assertIsInstance(found[0], Failure, key)
                self.assertIs(found[0], found[1], key)

        self.await_it(main())
        self.assertEqual(self.created, keys)

    def test_cancelling_a_task_takes_one_out(self):
        async def main():
            going = asyncio.Event()

            async def create(key):
                await going.wait()
                return await self.create(key)

            one = asyncio.ensure_future(self.table.ensure_async('a', create))
            two = asyncio.ensure_future(self.table.ensure_async('a', create))
            await asyncio.sleep(0)
            one.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await one
            going.set()
            self.assertEqual((await two).name, 'a')

        self.await_it(main())

    def test_the_last_one_cancels_the_creation(self):
        async def main():
            stopped = asyncio.get_running_loop().create_future()
            begun = asyncio.Event()

            async def create(key):
                begun.set()
                try:
                    await asyncio.get_running_loop().create_future()
                except asyncio.CancelledError:
                    stopped.set_result(key)
                    raise

            tasks = [asyncio.ensure_future(self.table.ensure_async('a', create)) for _ in range(2)]
            await begun.wait()
            tasks[0].cancel()
            for _ in range(10):
                await asyncio.sleep(0)
            self.assertFalse(stopped.done())
            tasks[1].cancel()
            self.assertEqual(await stopped, 'a')
            self.assertEqual((await self.table.ensure_async('a', self.create)).name, 'a')

        self.await_it(main())

    def test_a_loop_that_is_closed_leaves_no_key_behind(self):
        """Whoever waits gets an error, and whoever asks later makes the object."""
        async def never(key):
            self.created.append(key)
            await asyncio.get_running_loop().create_future()

        def turn():
            """Go on with what the loop and GLib have to do now."""
            for _ in range(10):
                loop.run_until_complete(asyncio.sleep(0))
                GLib.MainContext.default().iteration(False)

        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda *_: None)  # of tasks that are pending
        asking = loop.create_task(self.table.ensure_async('a', never))
        turn()
        self.assertEqual(self.created, ['a'])
        errors = []

        def answered(table, result):
            try:
                table.ensure_finish(result)
            except GLib.Error as error:
                errors.append(error)

        self.table.ensure_async('a', GLib.PRIORITY_DEFAULT, None, self.fail, answered)
        loop.close()
        del asking
        gc.collect()
        while not errors:
            GLib.MainContext.default().iteration(True)
        self.assertTrue(errors[0].matches(Weakref.error_quark(), Weakref.Error.CREATE))
        self.assertEqual(self.table.ensure('a', lambda key: self.make(Thing, name=key)).name, 'a')

    def test_a_loop_that_is_closed_before_the_creation(self):
        async def ask():
            answer = asyncio.ensure_future(self.table.ensure_async('a', self.create))
            await asyncio.sleep(0)  # the request is on its way
            asking.append(answer)

        asking = []
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda *_: None)
        loop.run_until_complete(ask())
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')  # a coroutine was never awaited
            loop.close()
            asking.clear()
            gc.collect()
        while GLib.MainContext.default().iteration(False):
            pass
        self.assertEqual(self.created, [])
        self.assertEqual(self.table.ensure('a', lambda key: self.make(Thing, name=key)).name, 'a')

    def test_a_cancellable_takes_one_out(self):
        async def main():
            cancellable = Gio.Cancellable()
            one = asyncio.ensure_future(self.table.ensure_async('a', self.create, cancellable))
            two = asyncio.ensure_future(self.table.ensure_async('a', self.create))
            await asyncio.sleep(0)
            cancellable.cancel()
            with self.assertRaises(GLib.Error) as caught:
                await one
            self.assertTrue(is_cancelled(caught.exception))
            self.assertEqual((await two).name, 'a')
            with self.assertRaises(GLib.Error) as caught:
                await self.table.ensure_async('b', self.create, cancellable)
            self.assertTrue(is_cancelled(caught.exception))

        self.await_it(main())

    def test_a_circle_is_found(self):
        async def ask(key):
            return await self.table.ensure_async('b' if key == 'a' else 'a', ask)

        async def main():
            with self.assertRaises(GLib.Error) as caught:
                await self.table.ensure_async('a', ask)
            self.assertTrue(caught.exception.matches(Weakref.error_quark(),
                                                     Weakref.Error.RECURSION))

        self.await_it(main())

    def test_a_part_of_a_creation_can_be_cancelled(self):
        async def main():
            cancellable = Gio.Cancellable()
            going = asyncio.Event()

            async def inner(key):
                await going.wait()
                return await self.create(key)

            async def outer(key):
                for options in ({}, {'cancellable': cancellable}):
                    part = asyncio.ensure_future(self.table.ensure_async('b', inner, **options))
                    await asyncio.sleep(0)
                    part.cancel() if not options else cancellable.cancel()
                    with self.assertRaises((asyncio.CancelledError, GLib.Error)):
                        await part
                going.set()
                return await self.create(key)

            self.assertEqual((await self.table.ensure_async('a', outer)).name, 'a')

        self.await_it(main())

    def test_what_a_creation_leaves_behind_is_no_part_of_it(self):
        async def main():
            left = []

            async def later(over):
                await over.wait()
                return await self.table.ensure_async('b', self.create)

            async def create(key):
                left.append(asyncio.ensure_future(later(over)))
                await asyncio.get_running_loop().create_future()

            over = asyncio.Event()
            asking = asyncio.ensure_future(self.table.ensure_async('a', create))
            while not left:
                await asyncio.sleep(0)
            asking.cancel()
            while len(left) < 2:
                await asyncio.sleep(0)
                if asking.done():
                    left.append(None)
            for _ in range(10):
                await asyncio.sleep(0)
            over.set()
            self.assertEqual((await left[0]).name, 'b')

        self.await_it(main())

    def test_a_cache(self):
        cache = Weakref.Cache(key_type=str, max_idle=1)

        async def main():
            return (await cache.ensure_async('a', self.create)).name

        self.assertEqual([self.await_it(main()) for _ in range(2)], ['a', 'a'])
        self.assertEqual(self.created, ['a'])


class DeadTests:
    def test_dead(self):
        class Plain:
            pass

        async def main():
            for make in (self.make, Plain):
                things = [make()]
                waits = [asyncio.ensure_future(Weakref.dead(things[0])) for _ in range(2)]
                await asyncio.sleep(0)
                waits[1].cancel()
                for _ in range(3):
                    await asyncio.sleep(0)
                self.assertFalse(waits[0].done())
                things.clear()
                gc.collect()
                self.assertIsNone(await waits[0])

        self.await_it(main())

    def test_dead_before(self):
        made = self.make()
        coroutine = Weakref.dead(made)
        del made
        gc.collect()
        self.assertIsNone(self.await_it(coroutine))

    def test_dead_in_another_thread(self):
        async def main():
            things = [self.make()]
            waiting = asyncio.ensure_future(Weakref.dead(things[0]))
            await asyncio.sleep(0)
            thread = threading.Thread(target=things.clear)
            thread.start()
            await waiting
            thread.join()

        self.await_it(main())

    def test_disposed(self):
        async def main():
            made = self.make()
            waiting = asyncio.ensure_future(Weakref.dead(made))
            await asyncio.sleep(0)
            made.run_dispose()
            await waiting

        self.await_it(main())


@unittest.skipIf(GLibEventLoopPolicy is None, f'PyGObject {gi.__version__} has no event loop')
class GLibLoopTest(EnsureTests, DeadTests, Awaiting):
    """In the event loop of PyGObject."""

    @classmethod
    def setUpClass(cls):
        cls.loop = GLibEventLoopPolicy().get_event_loop()
        # PyGObject 3.50 warns if a loop is still open when the program ends.
        cls.addClassCleanup(cls.loop.close)

    def run_loop(self, coroutine):
        return self.loop.run_until_complete(coroutine)


class IteratingLoopTest(EnsureTests, DeadTests, Awaiting):
    """In Python's own event loop, with a task that iterates the main context."""

    def run_loop(self, coroutine):
        async def main():
            iterating = asyncio.ensure_future(iterate_context())
            try:
                return await coroutine
            finally:
                iterating.cancel()

        return asyncio.run(main())


class OtherThreadTest(EnsureTests, DeadTests, Awaiting):
    """In Python's own event loop, while another thread iterates the main context."""

    def run_loop(self, coroutine):
        main_loop = GLib.MainLoop()
        thread = threading.Thread(target=main_loop.run)
        thread.start()
        try:
            return asyncio.run(coroutine)
        finally:
            GLib.idle_add(main_loop.quit)
            thread.join()


class LoopAloneTest(DeadTests, Awaiting):
    """In Python's own event loop: no main context is needed to wait for a death."""

    def run_loop(self, coroutine):
        return asyncio.run(coroutine)


if __name__ == '__main__':
    unittest.main()
