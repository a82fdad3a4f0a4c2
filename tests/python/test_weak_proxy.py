# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later

import asyncio
import copy
import gc
import math
import operator
import os
import unittest

from gi.repository import Gio, GLib, GObject, Weakref

from support import KINDS, TestCase, Thing, Valued

DEAD = 'weakly-referenced object no longer exists'


class Number(GObject.Object):
    """Defines every special method, as a float or a list does."""

    __gtype_name__ = 'TestNumber'

    def __init__(self, value=0):
        super().__init__()
        self.value = value
        self.items = [1, 2, 3]

    def __call__(self, *args, **kwargs):
        return args, kwargs

    def __len__(self):
        return len(self.items)

    def __iter__(self):
        return iter(self.items)

    def __next__(self):
        return 'next'

    def __reversed__(self):
        return reversed(self.items)

    def __contains__(self, item):
        return item in self.items

    def __getitem__(self, index):
        return self.items[index]

    def __setitem__(self, index, item):
        self.items[index] = item

    def __delitem__(self, index):
        del self.items[index]

    def __enter__(self):
        return 'entered'

    def __exit__(self, *error):
        self.exited = error[0]
        return True

    def __await__(self):
        yield from ()
        return 'awaited'

    async def __aenter__(self):
        return 'entered'

    async def __aexit__(self, *error):
        self.exited = error[0]

    def __aiter__(self):
        self.turns = 2
        return self

    async def __anext__(self):
        if self.turns == 0:
            raise StopAsyncIteration
        self.turns -= 1
        return self.turns

    def __fspath__(self):
        return '/path'

    def __bytes__(self):
        return b'bytes'

    def __str__(self):
        return 'string'

    def __format__(self, spec):
        return f'formatted {spec}'

    def __round__(self, digits=0):
        return round(self.value, digits)

    for name in ('add', 'sub', 'mul', 'matmul', 'truediv', 'floordiv', 'mod', 'divmod', 'pow',
                 'lshift', 'rshift', 'and', 'xor', 'or'):
        for kind in ('', 'r', 'i'):
            exec(f'def __{kind}{name}__(self, other): return ("{kind}{name}", self, other)')
    for name in ('int', 'float', 'complex', 'index', 'trunc', 'floor', 'ceil'):
        number = {'float': float, 'complex': complex}.get(name, int)
        exec(f'def __{name}__(self): return {number.__name__}(self.value)')
    for name in ('neg', 'pos', 'invert', 'abs'):
        exec(f'def __{name}__(self): return "{name}"')
    for name in ('lt', 'le', 'gt', 'ge', 'ne'):
        exec(f'def __{name}__(self, other): return ("{name}", other)')
    del name, kind, number

    def __pow__(self, other, modulo=None):
        return ('pow', self, other) if modulo is None else ('pow', self, other, modulo)


class Counted(GObject.Object):
    """A sequence of the old kind."""

    __gtype_name__ = 'TestCounted'

    def __getitem__(self, index):
        if index > 2:
            raise IndexError
        return index

    def __length_hint__(self):
        return 5


class Emitter(Thing):
    __gtype_name__ = 'TestEmitter'

    data = GObject.Property(type=object)

    @GObject.Signal(flags=GObject.SignalFlags.RUN_LAST, return_type=str, arg_types=(int,),
                    accumulator=GObject.signal_accumulator_first_wins)
    def asked(self, number):
        return f'default {number}'

    @GObject.Signal
    def told(self):
        pass


class ProxyTest(TestCase):
    def test_attributes_methods_and_properties(self):
        thing = self.make()
        proxy = Weakref.proxy(thing)
        proxy.attribute = 1
        self.assertEqual(thing.attribute, 1)
        del proxy.attribute
        with self.assertRaises(AttributeError):
            proxy.attribute
        proxy.name = 'a'
        self.assertEqual((thing.name, proxy.props.name, proxy.get_property('name')), ('a',) * 3)
        proxy.props.name = 'b'
        self.assertEqual(proxy.greet('me'), 'b greets me')
        self.assertIs(proxy.greet.__self__, thing)
        self.assertEqual(dir(proxy), dir(thing))

    def test_signals(self):
        log = []
        thing = self.make()
        proxy = Weakref.proxy(thing)
        handler = proxy.connect('notify::name', lambda emitter, _: log.append(emitter is thing))
        proxy.name = 'x'
        proxy.notify('name')
        proxy.disconnect(handler)
        proxy.notify('name')
        self.assertEqual(log, [True, True])

    def test_follows_the_object_not_its_wrapper(self):
        for kind in KINDS:
            with self.subTest(kind.__name__):
                store = self.held(self.make(kind))
                proxy = Weakref.proxy(store[0])
                gc.collect()
                self.assertEqual(proxy, store[0])
                store.remove_all()
                with self.assertRaisesRegex(ReferenceError, DEAD):
                    proxy.props

    def test_after_the_death(self):
        thing = self.make(Number)
        proxy = Weakref.proxy(thing)
        del thing
        uses = [lambda: proxy.name, lambda: setattr(proxy, 'name', 1),
                lambda: delattr(proxy, 'name'), lambda: proxy(), lambda: str(proxy),
                lambda: bool(proxy), lambda: len(proxy), lambda: proxy[0], lambda: proxy + 1,
                lambda: 1 + proxy, lambda: proxy == 1, lambda: iter(proxy), lambda: 1 in proxy,
                lambda: dir(proxy), lambda: proxy.__class__, lambda: int(proxy),
                lambda: next(proxy), lambda: proxy.__enter__]
        for use in uses:
            with self.assertRaisesRegex(ReferenceError, DEAD):
                use()
        self.assertEqual(repr(proxy), f'<weakproxy at {id(proxy):#x}; dead>')

    def test_types(self):
        self.assertIs(type(Weakref.proxy(thing := self.make())), Weakref.ProxyType)
        number = self.make(Number)
        proxy = Weakref.proxy(number)
        self.assertIs(type(proxy), Weakref.CallableProxyType)
        self.assertIsInstance(proxy, Weakref.ProxyTypes)
        self.assertIsInstance(proxy, Number)
        self.assertFalse(callable(Weakref.proxy(thing)))
        self.assertEqual(proxy(1, a=2), ((1,), {'a': 2}))
        with self.assertRaisesRegex(TypeError, 'unhashable'):
            hash(proxy)
        for cls in Weakref.ProxyTypes:
            with self.assertRaisesRegex(TypeError, 'cannot create'):
                cls(thing)
        self.assertEqual(repr(proxy), f"<weakproxy at {id(proxy):#x}; to "
                                      f"'{__name__}.Number' at {id(number):#x}>")

    def test_shared_without_a_callback(self):
        thing = self.make()
        proxy = Weakref.proxy(thing)
        self.assertIs(Weakref.proxy(thing), proxy)
        own = Weakref.proxy(thing, lambda _: None)
        self.assertIsNot(own, proxy)
        self.assertEqual(own, proxy)
        self.assertEqual(Weakref.getweakrefcount(thing), 2)
        del own, proxy
        self.assertEqual(Weakref.getweakrefcount(thing), 0)

    def test_callback(self):
        log = []
        thing = self.make()
        proxy = Weakref.proxy(thing, lambda p: log.append(p is proxy))
        del thing
        self.assertEqual(log, [True])
        thing = self.make()
        Weakref.proxy(thing, log.append)
        del thing
        self.assertEqual(log, [True])

    def test_operators(self):
        number, other = self.make(Number), self.make(Number)
        proxy, proxy_of_other = Weakref.proxy(number), Weakref.proxy(other)
        for name in ('add', 'sub', 'mul', 'matmul', 'truediv', 'floordiv', 'mod', 'pow', 'lshift',
                     'rshift', 'and', 'xor', 'or'):
            with self.subTest(name):
                function = getattr(operator, f'__{name}__')
                self.assertEqual(function(proxy, 2), (name, number, 2))
                self.assertEqual(function(proxy, proxy_of_other), (name, number, other))
                self.assertEqual(function(2, proxy), (f'r{name}', number, 2))
                in_place = getattr(operator, f'__i{name}__')
                self.assertEqual(in_place(proxy, 2), (f'i{name}', number, 2))
        same = proxy
        same += 2
        self.assertEqual(same, ('iadd', number, 2))
        self.assertEqual(divmod(proxy, 2), ('divmod', number, 2))
        self.assertEqual(divmod(2, proxy), ('rdivmod', number, 2))
        self.assertEqual(pow(proxy, proxy_of_other, 3), ('pow', number, other, 3))
        for name in ('neg', 'pos', 'invert', 'abs'):
            self.assertEqual(getattr(operator, name)(proxy), name)
        for name in ('lt', 'le', 'gt', 'ge', 'ne'):
            self.assertEqual(getattr(operator, name)(proxy, proxy_of_other), (name, other))

    def test_conversions(self):
        proxy = Weakref.proxy(number := self.make(Number, 3))
        self.assertEqual([int(proxy), float(proxy), complex(proxy), operator.index(proxy),
                          round(proxy), round(proxy, 1), math.trunc(proxy), math.floor(proxy),
                          math.ceil(proxy)], [3] * 9)
        self.assertEqual((str(proxy), bytes(proxy), f'{proxy:x}'),
                         ('string', b'bytes', 'formatted x'))
        self.assertEqual(os.fspath(proxy), '/path')
        self.assertTrue(bool(proxy))
        number.items.clear()
        self.assertFalse(bool(proxy))

    def test_container(self):
        proxy = Weakref.proxy(number := self.make(Number))
        self.assertEqual((len(proxy), list(proxy), list(reversed(proxy))),
                         (3, [1, 2, 3], [3, 2, 1]))
        proxy[0] = 5
        del proxy[1]
        self.assertEqual((number.items, proxy[0], 5 in proxy), ([5, 3], 5, True))
        self.assertEqual(next(proxy), 'next')
        with self.assertRaisesRegex(TypeError, 'non-iterator'):
            next(Weakref.proxy(thing := self.make()))
        with self.assertRaises(TypeError):
            len(Weakref.proxy(thing))
        proxy = Weakref.proxy(counted := self.make(Counted))
        self.assertEqual((list(proxy), 2 in proxy, operator.length_hint(proxy)),
                         ([0, 1, 2], True, 5))
        store = self.held(self.make())
        self.assertEqual((len(Weakref.proxy(store)), Weakref.proxy(store)[0]), (1, store[0]))

    def test_with_and_await(self):
        proxy = Weakref.proxy(number := self.make(Number))
        with proxy as entered:
            raise ValueError
        self.assertEqual((entered, number.exited), ('entered', ValueError))

        async def wait():
            async with proxy as entered:
                turns = [turn async for turn in proxy]
            return await proxy, entered, turns

        self.assertEqual(asyncio.run(wait()), ('awaited', 'entered', [1, 0]))
        self.assertIsNone(number.exited)
        with self.assertRaises(TypeError):
            with Weakref.proxy(thing := self.make()):
                pass

    def test_equality_is_the_objects(self):
        one, same = self.make(Valued, 1), self.make(Valued, 1)
        self.assertEqual(Weakref.proxy(one), same)
        self.assertEqual(Weakref.proxy(one), Weakref.proxy(same))
        self.assertNotEqual(Weakref.proxy(one), self.make(Valued, 2))

    def test_what_the_object_does_not_define(self):
        proxy = Weakref.proxy(thing := self.make())
        uses = [lambda: proxy + 1, lambda: 1 + proxy, lambda: -proxy, lambda: int(proxy),
                lambda: proxy[0], lambda: iter(proxy), lambda: len(proxy), lambda: reversed(proxy),
                lambda: 1 in proxy, lambda: proxy < 1, lambda: proxy(), lambda: range(proxy),
                lambda: Weakref.proxy(proxy), lambda: Weakref.ref(proxy), lambda: copy.copy(proxy)]
        for use in uses:
            with self.assertRaises(TypeError):
                use()
        with self.assertRaises(AttributeError):
            del proxy.nothing
        self.assertTrue(bool(proxy))
        self.assertEqual(f'{proxy}', str(thing))

    def test_is_no_gobject(self):
        # PyGObject trusts __class__ of the proxy. It must refuse the proxy all the same.
        proxy = Weakref.proxy(thing := self.make())
        with self.assertRaises(TypeError):
            Gio.ListStore.new(GObject.Object).append(proxy)
        with self.assertRaises(TypeError):
            Weakref.Ref.new(proxy)
        self.assertEqual(Weakref.getweakrefs(proxy), [])
        self.assertIs(type(thing), Thing)


class CProxyTest(TestCase):
    """The proxy of C, which is a GObject, and has what Python gives a class."""

    def test_properties(self):
        target = self.make(Emitter)
        proxy = Weakref.Proxy.new(target)
        proxy.props.name = 'a'
        proxy.props.data = [1]
        self.assertEqual((target.name, target.data), ('a', [1]))
        target.name = 'b'
        self.assertEqual((proxy.props.name, proxy.get_property('data')), ('b', [1]))
        other = self.make(Thing)
        proxy.bind_property('name', other, 'name', GObject.BindingFlags.BIDIRECTIONAL)
        target.name = 'c'
        self.assertEqual(other.name, 'c')
        other.name = 'd'
        self.assertEqual(target.name, 'd')
        del target
        self.assertEqual((proxy.props.name, proxy.props.data, proxy.is_alive()),
                         ('thing', None, False))
        self.assertEqual(Weakref.Proxy.new(proxy), proxy)

    def test_signals(self):
        log = []
        target = self.make(Emitter)
        proxy = Weakref.Proxy.new(target)
        proxy.connect('notify::name', lambda emitter, pspec: log.append((emitter, pspec.name)))
        proxy.connect('told', lambda emitter: log.append(emitter))
        target.name = 'a'
        target.emit('told')
        proxy.emit('told')
        self.assertEqual(log, [(proxy, 'name'), proxy, proxy])
        log.clear()
        self.assertEqual(proxy.emit('asked', 1), 'default 1')
        proxy.connect('asked', lambda emitter, number: f'handled {number}')
        self.assertEqual((target.emit('asked', 2), proxy.emit('asked', 3)),
                         ('handled 2', 'handled 3'))

    def test_death(self):
        log = []
        target = self.make(Emitter)
        proxy = Weakref.Proxy.new_full(target, None, lambda *args: log.append(args), 'data')
        self.assertIs(proxy.dup_target(), target)
        self.assertEqual(proxy.get_target_property('name'), (True, 'thing'))
        self.assertTrue(proxy.set_target_property('name', 'a'))
        with self.assertRaisesRegex(GLib.Error, "has no property 'nothing'"):
            proxy.get_target_property('nothing')
        del target
        self.assertEqual(log, [(proxy, 'data')])
        for use in (proxy.dup_target, lambda: proxy.get_target_property('name'),
                    lambda: proxy.set_target_property('name', 'b')):
            with self.assertRaises(GLib.Error) as raised:
                use()
            self.assertEqual(raised.exception.code, Weakref.Error.DEAD)
            self.assertEqual(raised.exception.message, DEAD)

    def test_list_model(self):
        store = self.held(self.make())
        proxy = Weakref.Proxy.new(store)
        self.assertEqual(list(proxy), list(store))
        self.assertEqual((len(proxy), proxy[0]), (1, store[0]))
        del store
        self.assertEqual(len(proxy), 0)

    def test_subclass_is_dead(self):
        class Mine(Weakref.Proxy):
            __gtype_name__ = 'TestMyProxy'

        self.assertFalse(Mine().is_alive())


if __name__ == '__main__':
    unittest.main()
