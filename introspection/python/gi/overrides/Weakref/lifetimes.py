# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Handlers of signals that last as long as their objects, and the waiting for a death."""

import types
import warnings
from gi.module import get_introspection_module
from gi.repository import GObject

from .kernel import holds, ref, unwrap
from .references import WeakMethod

Weakref = get_introspection_module('Weakref')


class SignalHandler(int):
    """The number that GObject gives a handler. The handler can be disconnected by it."""

    def __new__(cls, number, objects):
        self = super().__new__(cls, number)
        self._refs = tuple(map(ref, objects))  # the instance is the first
        return self

    @property
    def connected(self):
        """Whether nobody has disconnected it, and all its objects are alive."""
        instance = self._refs[0]()
        return instance is not None and GObject.signal_handler_is_connected(instance, self)

    def disconnect(self):
        """Disconnect the handler; return whether it was connected."""
        # While they are held, none of them can die in another thread, which would disconnect it.
        objects = [get() for get in self._refs]
        if None in objects or not GObject.signal_handler_is_connected(objects[0], self):
            return False
        GObject.signal_handler_disconnect(objects[0], self)
        return True


def _pass_self(function, n_objects):
    """Return a function that takes the self of a method after the arguments of the signal."""
    def call(*args):
        first = len(args) - n_objects
        return function(args[first], *args[:first], *args[first + 1:])
    return call


def _call_while_alive(method):
    def call(*args):
        alive = method()
        if alive is not None:
            return alive(*args)
    return call


def _leave_out_last(function):
    return lambda *args: function(*args[:-1])


def connect(instance, detailed_signal, handler, /, *objects, after=False):
    """Connect a handler that is given the objects it needs, and keeps none of them.

    It is called with the instance, the arguments of the signal, and the objects. When one of these
    dies, it is disconnected; it never runs with an object that is dead. The object of a bound
    method is not kept either, and comes as self.
    """
    instance = unwrap(instance)
    objects = list(map(unwrap, objects))
    for each in (instance, *objects):
        if not issubclass(type(each), GObject.Object):
            raise TypeError(f'a GObject is wanted, not {type(each).__name__}')
    if not callable(handler):
        raise TypeError(f'a handler must be callable, not {type(handler).__name__}')
    try:
        GObject.signal_parse_name(detailed_signal, instance, True)
    except ValueError as error:
        raise TypeError(str(error)) from None

    method = connected = None
    if isinstance(handler, types.MethodType):
        if isinstance(handler.__self__, GObject.Object):
            objects.insert(0, handler.__self__)
            handler = _pass_self(handler.__func__, len(objects))
        else:
            method = WeakMethod(handler, lambda _: connected and connected.disconnect())
            handler = _call_while_alive(method)
    if not objects:  # it is connected as long as the instance is there
        objects.append(instance)
        handler = _leave_out_last(handler)
    for each in (instance, *objects):
        if holds(each, handler, (), {}):
            warnings.warn(f"a handler that holds its '{type(each).__name__}' object keeps that "
                          'alive', RuntimeWarning, stacklevel=2)
            break
    flags = GObject.ConnectFlags.AFTER if after else GObject.ConnectFlags(0)
    number = Weakref.signal_connect(instance, detailed_signal, handler, flags, objects)
    connected = SignalHandler(number, (instance, *objects))
    if method is not None and method() is None:  # its object has died meanwhile
        connected.disconnect()
    return connected


def dead(object, /):
    """Return a coroutine that ends when the object is dead. It does not keep the object."""
    # A program that does not await does not pay for the import of asyncio.
    from .asynchronous import wait
    return wait(ref(object))
