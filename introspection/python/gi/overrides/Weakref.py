# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Python's weakref for GObjects: the names of the standard module, and its documented behaviour.

The difference is what they follow. A GObject may outlive the Python object that stands for it, its
wrapper: then the standard module sees it die, and this one does not.

How it is done. Each life of a target has an *anchor*, a plain Python object that dies with it. The
anchor is a value in a Weakref.KeyTable whose key is the target, and the table is its only owner:
when the target dies, the table drops it. All weak references to the target are weak references of
the standard module to the anchor, and so the interpreter itself does the rest: it runs callbacks,
newest first, reports what they raise, lets the garbage collector see their circles, and keeps the
containers of the standard module right, which are used here as they are. Only what is called to get
the target is our own: `ref.__call__`.

No Python function is called when a target dies, it is only the anchor that is dropped. That
matters: PyGObject calls a function with a pending exception if the last reference is dropped while
one is on its way up the stack, and then loses it or crashes.
"""

import atexit
import contextlib
import functools
import gc
import itertools
import math
import operator
import sys
import types
import warnings
import weakref as _weakref
from gi import get_required_version, require_version
from gi.repository import GLib, GObject

from ..module import get_introspection_module

Weakref = get_introspection_module('Weakref')

__all__ = ['CallableProxyType', 'ProxyType', 'ProxyTypes', 'ReferenceType', 'WeakKeyDictionary',
           'WeakMethod', 'WeakSet', 'WeakValueDictionary', 'finalize', 'getweakrefcount',
           'getweakrefs', 'proxy', 'ref']

# Who imports the module gets the one version there is, and no warning: `import weakref` has none.
if get_required_version('Weakref') is None:
    require_version('Weakref', Weakref._version)


# Anchors

class _Anchor:
    """What lives and dies with a target, is equal as the target is, and hashes as it does."""

    __slots__ = ('get', 'shared', '__weakref__')

    def __init__(self, get, shared=None):
        self.get = get  # the target, or None
        # The anchor of the references that are shared, among which one is found at once.
        self.shared = shared

    def __eq__(self, other):
        if not isinstance(other, _Anchor):
            return NotImplemented
        mine = self.get()
        others = mine if other is self else other.get()
        # The target may just be dying: dead references are equal if they are identical.
        if mine is None or others is None:
            return NotImplemented
        return mine == others

    def __hash__(self):
        target = self.get()
        if target is None:
            raise TypeError('weak object has gone away')
        return hash(target)


def _make_way(target, plain):
    """Return a function that gives the target: its wrapper, if it has one, and else from C.

    To ask for the wrapper first is faster. And a wrapper may be no more, but not deallocated yet:
    Python puts off what is nested too deep. PyGObject would give it out nevertheless, and the
    interpreter crash.
    """
    is_alive, get_plain = plain.is_alive, plain.get
    gone = [None]  # the reference whose wrapper was deallocated last
    note_gone = functools.partial(operator.setitem, gone, 0)
    get_wrapper = _weakref.ref(target, note_gone)

    def get():
        nonlocal get_wrapper
        while gone[0] is not (asked := get_wrapper):
            found = asked()
            if found is not None:
                return found if is_alive() else None  # it may be disposed
            if gone[0] is not asked and get_wrapper is asked:
                return None  # to be deallocated; other threads have not found another
        found = get_plain()
        if found is not None:
            get_wrapper = _weakref.ref(found, note_gone)
        return found

    return get


_anchors = Weakref.KeyTable.new()
# A value that holds its key keeps both. If the table went when the interpreter tears down its
# modules, all targets would seem to die.
_anchors.insert(_anchors, _anchors)

_births = {}  # anchors that a thread is about to enter, by the shared Weakref.Ref of the target

_lookup = _anchors.lookup
_get_plain_ref = Weakref.Ref.new


def _find_anchor(target):
    if not issubclass(type(target), GObject.Object):
        return None
    found, anchor = _lookup(target)
    # A target that was resurrected in its dispose may still have the anchor of its former life.
    return anchor if found and anchor.get() is not None else None


def _get_anchor(target):
    """Return the anchor of the life that the target is in, the same to all threads that ask.

    Each thread proposes one, the first is agreed on, and whoever comes first enters it. It stays
    proposed until it is entered, and who proposes looks again: so there is never another.
    """
    if not issubclass(type(target), GObject.Object):
        raise TypeError(f"cannot create weak reference to '{type(target).__name__}' object")
    anchor = _find_anchor(target)
    if anchor is None:
        plain = _get_plain_ref(target)
        way = _make_way(target, plain)
        proposed = _births.setdefault(plain, _Anchor(way, _Anchor(way)))
        anchor = _find_anchor(target)
        if anchor is None:
            anchor = proposed
            _anchors.insert(target, anchor)
            if anchor.get() is None:  # disposed by another thread meanwhile
                _anchors.remove(target)
        _births.pop(plain, None)
    return anchor


# References

def _make_ref(cls, anchor, callback):
    self = _weakref.ref.__new__(cls, anchor, callback)
    ref.__call__.__set__(self, anchor.get)  # a subclass may have a __call__ of its own
    return self


def _list_refs(anchor):
    """List the references to the anchor, newest first.

    The thread that makes one may not have come to its second line: then it is done here.
    """
    refs = [found for found in _weakref.getweakrefs(anchor) if isinstance(found, ref)]
    for found in refs:
        ref.__call__.__set__(found, anchor.get)
    return refs


def _find_shared_ref(anchor):
    for found in reversed(_list_refs(anchor)):
        if type(found) is ref:
            return found
    return None


class ReferenceType(_weakref.ref):
    """A weak reference to a GObject; a subclass of the standard weakref.ref.

    Without a callback all who ask for one to the same object share it, as long as anybody has it.
    """

    # A slot of that name is what is called when an instance is.
    __slots__ = ('__call__',)

    def __new__(cls, object, callback=None, /, *args, **kwargs):
        anchor = _get_anchor(object)
        if cls is not ref or callback is not None:
            return _make_ref(cls, anchor, callback)
        found = _find_shared_ref(anchor.shared)
        if found is None:
            made = _make_ref(ref, anchor.shared, None)
            # Of several threads that come here together all get the oldest; there is one for sure.
            found = _find_shared_ref(anchor.shared)
            del made
        return found

    def __repr__(self):
        return _describe(f'weakref at {id(self):#x}', ref.__call__.__get__(self)())

    def __copy__(self):
        return self

    def __deepcopy__(self, memo):
        return self

    def __reduce_ex__(self, protocol):
        raise TypeError(f"cannot pickle '{type(self).__name__}' object")


ref = ReferenceType


def _describe(what, target):
    if target is None:
        return f'<{what}; dead>'
    kind = type(target)
    return f"<{what}; to '{kind.__module__}.{kind.__qualname__}' at {id(target):#x}>"


class WeakMethod(ref):
    """A weak reference to a bound method, which is there as long as its object and its function."""

    __slots__ = ('_function', '_type', '_alive', '__weakref__')

    def __new__(cls, meth, callback=None):
        try:
            target, function = meth.__self__, meth.__func__
        except AttributeError:
            raise TypeError(f'argument should be a bound method, not {type(meth)}') from None

        def died_cb(_):
            self = get_self()
            if self is not None and self._alive:
                self._alive = False
                if callback is not None:
                    callback(self)

        self = super().__new__(cls, target, died_cb)
        self._function = _weakref.ref(function, died_cb)
        self._type = type(meth)
        self._alive = True
        get_self = _weakref.ref(self)
        return self

    def __call__(self):
        target = super().__call__()
        function = self._function()
        if target is None or function is None:
            return None
        return self._type(function, target)

    def __eq__(self, other):
        if not isinstance(other, WeakMethod):
            return NotImplemented
        if not self._alive or not other._alive:
            return self is other
        return ref.__eq__(self, other) and self._function == other._function

    def __ne__(self, other):
        equal = self.__eq__(other)
        return equal if equal is NotImplemented else not equal

    __hash__ = ref.__hash__


class _KeyedRef(ref):
    """A reference that knows the key under which a WeakValueDictionary has it."""

    __slots__ = ('key',)

    def __new__(cls, object, callback, key):
        self = super().__new__(cls, object, callback)
        self.key = key
        return self

    def __init__(self, object, callback, key):
        super().__init__(object, callback)


# Proxies

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


def _get_target(proxy):
    target = _Proxy._ref.__get__(proxy)()
    if target is None:
        raise ReferenceError('weakly-referenced object no longer exists')
    return target


def _unwrap(value):
    return _get_target(value) if issubclass(type(value), _Proxy) else value


def _call_special(name):
    """Make a method that calls the special method of the target's class, if it has one."""
    def method(self, *args):
        target = _get_target(self)
        special = getattr(type(target), name, None)
        if special is None:
            raise TypeError(f"'{type(target).__name__}' object does not support {name}")
        return special(target, *args)
    return method


class _Proxy:
    """What stands for a GObject without keeping it alive."""

    __slots__ = ('_ref', '__weakref__')

    __hash__ = None

    def __new__(cls, *args, **kwargs):
        raise TypeError(f"cannot create '{cls.__name__}' instances")

    def __getattribute__(self, name):
        return getattr(_get_target(self), name)

    def __setattr__(self, name, value):
        setattr(_get_target(self), name, value)

    def __delattr__(self, name):
        delattr(_get_target(self), name)

    def __repr__(self):
        return _describe(f'weakproxy at {id(self):#x}', _Proxy._ref.__get__(self)())

    def __next__(self):
        target = _get_target(self)
        if not hasattr(type(target), '__next__'):
            raise TypeError('Weakref proxy referenced a non-iterator '
                            f"'{type(target).__name__}' object")
        return next(target)

    def __pow__(self, other, modulo=None):
        return pow(_unwrap(self), _unwrap(other), _unwrap(modulo))

    def __rpow__(self, other, modulo=None):
        return pow(_unwrap(other), _unwrap(self), _unwrap(modulo))


def _complete_proxy():
    def on_target(function):
        return lambda self, *args: function(_get_target(self), *map(_unwrap, args))

    def reflected(function):
        return lambda self, other: function(_unwrap(other), _get_target(self))

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
        return _get_target(self)(*args, **kwargs)


ProxyTypes = (ProxyType, CallableProxyType)


def _make_proxy(target, anchor, callback):
    proxy = object.__new__(CallableProxyType if callable(target) else ProxyType)
    _Proxy._ref.__set__(proxy, _make_ref(_ProxyRef, anchor, _ProxyCallback(proxy, callback)))
    return proxy


def _find_shared_proxy(anchor):
    for found in reversed(_list_refs(anchor)):
        proxy = found.get_proxy() if type(found) is _ProxyRef else None
        if proxy is not None:
            return proxy
    return None


def proxy(object, callback=None, /):
    """Return a proxy of the object: it is used like the object itself, and does not keep it alive.

    Without a callback all who ask for one share it, as long as anybody has it. Once the object is
    dead, every use of the proxy raises ReferenceError.
    """
    anchor = _get_anchor(object)
    if callback is not None:
        return _make_proxy(object, anchor, callback)
    found = _find_shared_proxy(anchor.shared)
    if found is None:
        made = _make_proxy(object, anchor.shared, None)
        found = _find_shared_proxy(anchor.shared)
        del made
    return found


def getweakrefs(object, /):
    """Return a list of all weak references and proxies of the object that Python has."""
    anchor = _find_anchor(object)
    if anchor is None:
        return []
    found = [r.get_proxy() if type(r) is _ProxyRef else r
             for r in _list_refs(anchor.shared) + _list_refs(anchor)]
    return [r for r in found if r is not None]


def getweakrefcount(object, /):
    """Return the number of weak references and proxies of the object that Python has."""
    return len(getweakrefs(object))


# Containers and finalizers: those of the standard module, made to use our references

def _bind(function, namespace):
    """Return the function with another namespace for its globals."""
    bound = types.FunctionType(function.__code__, namespace, function.__name__,
                               function.__defaults__, function.__closure__)
    return functools.update_wrapper(bound, function, updated=())


def _on_our_refs(cls):
    """Have the methods that the class inherits from the standard module find our references.

    They are the interpreter's own code, as of its version. What iterates goes over a copy, as it
    does since Python 3.14: before, a guard puts off the removal of the dead, which fails when they
    die in another thread just then.
    """
    base = cls.__base__
    namespace = {**vars(sys.modules[base.__module__]), 'ref': ref, 'KeyedRef': _KeyedRef,
                 '_IterationGuard': contextlib.nullcontext, cls.__name__: cls}
    for name, value in vars(base).items():
        if type(value) is types.FunctionType and name not in vars(cls):
            setattr(cls, name, _bind(value, namespace))
    return cls


class _Dict(dict):
    """A dict whose views are of what it was at the start."""

    def values(self):
        return self.copy().values()

    def items(self):
        return self.copy().items()


class _Set(set):
    """A set that is iterated as it was at the start."""

    def __iter__(self):
        return set.__iter__(self.copy())

    def __repr__(self):
        return repr(set(self))


@_on_our_refs
class WeakValueDictionary(_weakref.WeakValueDictionary):
    """A mapping from any key to GObjects; an entry leaves when its object dies."""

    def __init__(self, other=(), /, **kw):
        super().__init__()
        self.data = _Dict()
        self.update(other, **kw)


@_on_our_refs
class WeakKeyDictionary(_weakref.WeakKeyDictionary):
    """A mapping from GObjects to any value; an entry leaves when its object dies."""

    def __init__(self, dict=None):
        super().__init__()
        self.data = _Dict()
        if dict is not None:
            self.update(dict)

    def keys(self):
        for get_key in list(self.data):
            key = get_key()
            if key is not None:
                yield key

    __iter__ = keys


@_on_our_refs
class WeakSet(_weakref.WeakSet):
    """A set of GObjects; they leave when they die."""

    def __init__(self, data=None):
        super().__init__()
        self.data = _Set()
        if data is not None:
            self.update(data)


def _get_held(thing):
    """List what a thing holds, as the garbage collector sees it: no code of the thing runs."""
    kind = type(thing)
    if issubclass(kind, (type, types.ModuleType)):
        return []
    if issubclass(kind, types.FunctionType):  # without its globals
        return [*gc.get_referents(*(thing.__closure__ or ())), *(thing.__defaults__ or ()),
                *(thing.__kwdefaults__ or {}).values()]
    return gc.get_referents(thing)


def _holds(things, target, levels=4, width=100):
    """Tell whether one of the things is the target or holds it, not too deep and not too far."""
    for _ in range(levels):
        if any(thing is target for thing in things):
            return True
        things = list(itertools.islice(
            itertools.chain.from_iterable(map(_get_held, things)), width))
    return False


class finalize(_weakref.finalize):
    """A function that is called with its arguments when a GObject dies, or at exit.

    It stays alive until then, whether anybody has it or not.
    """

    __slots__ = ()

    _initialize = _bind(_weakref.finalize.__init__, {**vars(_weakref), 'ref': ref})

    def __init__(self, obj, func, /, *args, **kwargs):
        if (issubclass(type(obj), GObject.Object)
                and _holds((func, *args, *kwargs.values()), obj)):
            warnings.warn('a finalizer whose function or arguments hold its '
                          f"'{type(obj).__name__}' object keeps that alive, and will not run "
                          'before the end of the program', RuntimeWarning, stacklevel=2)
        self._initialize(obj, func, *args, **kwargs)


# Those that are made with Weakref.Finalizer: when C's own exit handlers run, Python is gone.
atexit.register(Weakref.Finalizer.run_at_exit)


# The classes of the C library

def _to_value(thing):
    """Return what PyGObject takes for a GValue: for None and big ints it must be told the type."""
    if thing is None:
        return GObject.Value(GObject.TYPE_OBJECT, None)
    if isinstance(thing, int) and not GLib.MININT32 <= thing <= GLib.MAXINT32:
        if GLib.MININT64 <= thing <= GLib.MAXINT64:
            return GObject.Value(GObject.TYPE_INT64, thing)
        if 0 <= thing <= GLib.MAXUINT64:
            return GObject.Value(GObject.TYPE_UINT64, thing)
        return GObject.Value(GObject.TYPE_PYOBJECT, thing)
    return thing


def _checked(method):
    """Make a method of a table from the introspected one: big keys, and TypeError for bad ones."""
    def checked(self, key, *args):
        try:
            return method(self, _to_value(key), *args)
        except GLib.Error as error:
            if error.matches(Weakref.error_quark(), Weakref.Error.KEY_TYPE):
                raise TypeError(error.message) from None
            raise
    checked.__name__ = method.__name__
    checked.__doc__ = method.__doc__
    return checked


def _patch_proxy(cls):
    set_value = cls.set_target_property

    def set_target_property(self, name, value):
        """Write a property of the target; fail if it is dead, or has none of that name."""
        pspec = self.find_property(name)
        return set_value(self, name,
                         value if pspec is None else GObject.Value(pspec.value_type, value))

    cls.set_target_property = set_target_property


def _patch_value_table(cls):
    ensure = _checked(cls.ensure)

    def ensure_checked(self, key, create, *user_data):
        """Return the object of the key; if there is none, make it: create(key, *user_data)."""
        failure = None

        def create_cb(key, *_):
            nonlocal failure
            try:
                made = create(key, *user_data)
                if not issubclass(type(made), GObject.Object):
                    raise TypeError(f'create must return a GObject, not {type(made).__name__}')
                return made
            except BaseException as error:
                failure = error
                return None

        try:
            return ensure(self, key, create_cb)
        except GLib.Error:
            if failure is None:
                raise
            raise failure from None
        finally:
            failure = None  # it refers to this very frame

    cls.insert = _checked(cls.insert)
    cls.lookup = _checked(cls.lookup)
    cls.contains = _checked(cls.contains)
    cls.remove = _checked(cls.remove)
    cls.ensure = ensure_checked
    cls.__setitem__ = cls.insert
    cls.__contains__ = cls.contains
    cls.__iter__ = lambda self: iter(self.dup_keys())
    cls.keys = cls.dup_keys
    cls.values = cls.dup_values

    def get(self, key, default=None):
        """Return the object of the key, or the default if there is none."""
        found = self.lookup(key)
        return default if found is None else found

    cls.get = get


def _patch_key_table(cls):
    insert = cls.insert

    def get(self, key, default=None):
        """Return the value of the key, or the default if there is none."""
        found, value = self.lookup(key)
        return value if found else default

    cls.insert = lambda self, key, value: insert(self, key, _to_value(value))
    cls.__setitem__ = cls.insert
    cls.__contains__ = cls.contains
    cls.__iter__ = lambda self: iter(self.dup_keys())
    cls.keys = cls.dup_keys
    cls.values = lambda self: [value for _, value in self.items()]
    cls.get = get
    cls.dup_value = lambda self, key: self.get(key)  # PyGObject leaks a GValue that is returned


def _patch_table(cls):
    """Add what the tables have in common: the container protocol."""
    def __getitem__(self, key):
        found = self.get(key, _nothing)
        if found is _nothing:
            raise KeyError(key)
        return found

    def __delitem__(self, key):
        if not self.remove(key):
            raise KeyError(key)

    def items(self):
        """Return a list of the pairs of key and value."""
        pairs = []
        self.foreach(lambda key, value, *_: pairs.append((key, value)))
        return pairs

    cls.__len__ = cls.get_size
    cls.__getitem__ = __getitem__
    cls.__delitem__ = __delitem__
    cls.items = items


def _patch_set(cls):
    cls.__len__ = cls.get_size
    cls.__contains__ = cls.contains
    cls.__iter__ = lambda self: iter(self.dup_items())
    cls.__or__ = cls.union
    cls.__and__ = cls.intersection
    cls.__sub__ = cls.difference
    cls.__xor__ = cls.symmetric_difference
    cls.__le__ = cls.is_subset
    cls.__ge__ = cls.is_superset


_nothing = object()
_patch_proxy(Weakref.Proxy)
for _table in (Weakref.ValueTable, Weakref.Cache):
    _patch_value_table(_table)
    _patch_table(_table)
_patch_key_table(Weakref.KeyTable)
_patch_table(Weakref.KeyTable)
_patch_set(Weakref.Set)
