# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Proxies, and the lists of references. This is in Python what the native module is in C."""

import itertools
import math
import operator
import weakref as _weakref

from .pure import (find_referents, get_referent, get_shared_referent, make_ref, ref,
                   refuse)
from .text import describe


class _ProxyRef(ref):
    """The reference of a proxy."""

    __slots__ = ()

    def get_proxy(self):
        callback = self.__callback__
        proxy = callback.get_proxy() if callback is not None else None
        if proxy is not None:
            # The thread that makes it may not have come that far.
            _Proxy._ref.__set__(proxy, self)
        return proxy


class _ProxyCallback:
    """The callback of that reference, which leads to the proxy."""

    __slots__ = ('get_proxy', 'callback')

    def __init__(self, proxy, callback):
        self.get_proxy = _weakref.ref(proxy)
        self.callback = callback

    def __call__(self, _):
        proxy = self.get_proxy()
        if proxy is not None and self.callback is not None:
            self.callback(proxy)


def get_target(proxy):
    target = _Proxy._ref.__get__(proxy)()
    if target is None:
        raise ReferenceError('weakly-referenced object no longer exists')
    return target


def unwrap(value):
    return get_target(value) if issubclass(type(value), _Proxy) else value


def _call_special(name):
    """Make a method that calls the special method of the target's class, if it has one."""
    def method(self, *args):
        target = get_target(self)
        special = getattr(type(target), name, None)
        if special is None:
            raise TypeError(f"'{type(target).__name__}' object does not support {name}")
        return special(target, *args)
    return method


class _Proxy:
    """An object that stands for another one and does not keep it alive."""

    __slots__ = ('_ref', '__weakref__')

    __hash__ = None

    def __new__(cls, *args, **kwargs):
        raise TypeError(f"cannot create '{cls.__name__}' instances")

    def __getattribute__(self, name):
        return getattr(get_target(self), name)

    def __setattr__(self, name, value):
        setattr(get_target(self), name, value)

    def __delattr__(self, name):
        delattr(get_target(self), name)

    def __repr__(self):
        return describe(f'weakproxy at {id(self):#x}', _Proxy._ref.__get__(self)())

    def __next__(self):
        target = get_target(self)
        if not hasattr(type(target), '__next__'):
            raise TypeError('Weakref proxy referenced a non-iterator '
                            f"'{type(target).__name__}' object")
        return next(target)

    def __pow__(self, other, modulo=None):
        return pow(unwrap(self), unwrap(other), unwrap(modulo))

    def __rpow__(self, other, modulo=None):
        return pow(unwrap(other), unwrap(self), unwrap(modulo))


def _complete_proxy():
    def on_target(function):
        return lambda self, *args: function(get_target(self), *map(unwrap, args))

    def reflected(function):
        return lambda self, other: function(unwrap(other), get_target(self))

    methods = {f'__{function.__name__}__': on_target(function)
               for function in (str, bytes, format, dir, bool, len, iter, reversed, int, float,
                                complex, round, abs, math.trunc, math.floor, math.ceil, divmod)}
    for name in ('index', 'neg', 'pos', 'invert', 'contains', 'getitem', 'setitem', 'delitem',
                 'lt', 'le', 'eq', 'ne', 'gt', 'ge', 'ipow'):
        methods[f'__{name}__'] = on_target(getattr(operator, f'__{name}__'))
    for name in ('add', 'sub', 'mul', 'matmul', 'truediv', 'floordiv', 'mod', 'lshift', 'rshift',
                 'and', 'xor', 'or'):
        function = getattr(operator, f'__{name}__')
        methods[f'__{name}__'] = on_target(function)
        methods[f'__r{name}__'] = reflected(function)
        methods[f'__i{name}__'] = on_target(getattr(operator, f'__i{name}__'))
    methods['__rdivmod__'] = reflected(divmod)
    for name in ('__enter__', '__exit__', '__aenter__', '__aexit__', '__aiter__', '__anext__',
                 '__await__', '__fspath__', '__length_hint__'):
        methods[name] = _call_special(name)

    for name, method in methods.items():
        method.__name__ = name
        method.__qualname__ = f'_Proxy.{name}'
        setattr(_Proxy, name, method)


_complete_proxy()


class ProxyType(_Proxy):
    """The type of a proxy whose object can't be called."""

    __slots__ = ()


class CallableProxyType(_Proxy):
    """The type of a proxy whose object can be called."""

    __slots__ = ()

    def __call__(self, /, *args, **kwargs):
        return get_target(self)(*args, **kwargs)


ProxyTypes = (ProxyType, CallableProxyType)
refuse(ProxyTypes)


def _make_proxy(thing, referent, callback):
    proxy = object.__new__(CallableProxyType if callable(thing) else ProxyType)
    made = make_ref(_ProxyRef, referent, _ProxyCallback(proxy, callback))
    _Proxy._ref.__set__(proxy, made)
    return proxy


def _find_shared_proxy(referent):
    for found in reversed(_weakref.getweakrefs(referent)):
        if type(found) is _ProxyRef:
            proxy = found.get_proxy()
            if proxy is not None and found.__callback__.callback is None:
                return proxy
    return None


def proxy(object, callback=None, /):
    """Return a proxy of the object: it is used like the object itself, and does not keep it alive.

    Without a callback all who ask for one share it, as long as anybody has it. Once the object is
    dead, every use of the proxy raises ReferenceError.
    """
    if callback is not None:
        return _make_proxy(object, get_referent(object), callback)
    referent = get_shared_referent(object)
    found = _find_shared_proxy(referent)
    if found is None:
        made = _make_proxy(object, referent, None)
        found = _find_shared_proxy(referent)
        del made
    return found


def getweakrefs(object, /):
    """Return a list of all weak references and proxies of the object that Python has."""
    found = itertools.chain.from_iterable(map(_weakref.getweakrefs, find_referents(object)))
    found = [r.get_proxy() if type(r) is _ProxyRef else r for r in found]
    return sorted((r for r in found if r is not None), key=_get_rank)


def _get_rank(reference):
    """Order them as the interpreter does: what is shared comes first."""
    if type(reference) is ref and reference.__callback__ is None:
        return 0
    if issubclass(type(reference), _Proxy):
        made = _Proxy._ref.__get__(reference)
        if made.__callback__ is not None and made.__callback__.callback is None:
            return 1
    return 2


def getweakrefcount(object, /):
    """Return the number of weak references and proxies of the object that Python has."""
    return sum(map(_weakref.getweakrefcount, find_referents(object)))
