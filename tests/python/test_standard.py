# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The same expressions give the same with the standard module, of whichever version, and with ours.

There the objects are of a plain class, here of the same and of one that is a GObject and otherwise
the same.
"""

import copy
import gc
import inspect
import operator
import pickle
import re
import unittest
import warnings
import weakref

from gi.repository import GObject, Weakref


class Methods:
    def __repr__(self):
        return f'Thing({self.value})'

    def __eq__(self, other):
        return self.value == other.value if hasattr(other, 'value') else NotImplemented

    def __ne__(self, other):  # GObject.Object has one
        return not self == other

    def __hash__(self):
        return hash(self.value)

    def greet(self):
        return f'{self.value} greets'


class Plain(Methods):
    def __init__(self, value=0):
        self.value = value


class Thing(Methods, GObject.Object):
    def __init__(self, value=0):
        super().__init__()
        self.value = value


Plain.__name__ = Plain.__qualname__ = 'Thing'


def make_names(module, cls):
    x, y = cls(1), cls(2)
    return {
        **{name: getattr(module, name) for name in weakref.__all__},
        'cls': cls, 'x': x, 'y': y, 'copy': copy, 'operator': operator, 'pickle': pickle,
        'values': module.WeakValueDictionary(a=x, b=y),
        'keys': module.WeakKeyDictionary({x: 1, y: 2}),
        'things': module.WeakSet([x, y]),
    }


def evaluate(expression, module, cls):
    """Return the representation of the value, or of the exception, without addresses."""
    names = make_names(module, cls)
    try:
        text = repr(eval(expression, names))
    except Exception as error:
        # The messages for functions in C and in Python differ.
        is_call = isinstance(error, TypeError) and 'argument' in str(error)
        text = f'{type(error).__name__}: {"" if is_call else error}'
    text = re.sub(rf'\b(_?weakref|_weakrefset|{__name__})\.', '', text)
    return re.sub(r'0x[0-9a-f]+', '0x', text)


class ExpressionsTest(unittest.TestCase):
    def check(self, expressions):
        for expression in expressions.strip().splitlines():
            with self.subTest(expression), warnings.catch_warnings():
                warnings.simplefilter('ignore', RuntimeWarning)  # of finalizers
                expected = evaluate(expression, weakref, Plain)
                self.assertEqual(evaluate(expression, Weakref, Thing), expected)
                self.assertEqual(evaluate(expression, Weakref, Plain), expected)
        gc.collect()

    def test_ref(self):
        self.check('''
            ref()
            ref(1)
            ref(None)
            ref('x')
            ref(object())
            ref(x, None, None)
            ref(x, callback=None)
            ref(object=x)
            ref(x)()
            ref(x)(1)
            ref(x)(a=1)
            ref(cls())()
            ref(x) is ref(x), ref(x, None) is ref(x), ref(x, id) is ref(x, id)
            ref(x, len).__callback__
            ref(x, 1).__callback__
            ref(x).__callback__
            ref(cls(), id).__callback__
            ref(x) == ref(x), ref(x) != ref(x), ref(x) == ref(y), ref(x) != ref(y)
            ref(x) == ref(cls(1)), ref(cls(1)) == ref(cls(1)), ref(x, id) == ref(cls(1), id)
            ref(x) == x, ref(x) == 1, ref(x) != 1
            ref(x) < ref(x)
            ref(x) >= 1
            hash(ref(x)) == hash(x)
            hash(ref(cls()))
            ref(x) in {ref(x)}, ref(y) in {ref(x): 1}
            bool(ref(x)), bool(ref(cls()))
            ref(x).__init__()
            ref(x).__init__(1, 2, 3, 4)
            setattr(ref(x), '__callback__', 1)
            setattr(ref(x), 'attribute', 1)
            ref(x).attribute
            hasattr(ref(x), '__dict__')
            repr(ref(cls()))
            ref[int]
            ref.__name__, ref.__qualname__
            ref is ReferenceType, type(ref(x)) is ref
            copy.copy(ref(x)) is ref(x), copy.deepcopy(ref(x)) is ref(x)
            pickle.dumps(ref(x))
            type('Sub', (ref,), {})(x)()
            type('Sub', (ref,), {})(x) is ref(x)
            type('Sub', (ref,), {'__init__': lambda *args, **kwargs: None})(x, a=1)()
            type('Sub', (ref,), {'__slots__': ()})(x).attribute
            getweakrefcount()
            getweakrefcount(x, x)
            getweakrefcount(object=x)
            getweakrefcount(1)
            getweakrefcount(cls())
            getweakrefs()
            getweakrefs(object=x)
            getweakrefs(1)
            getweakrefs(cls())
            (lambda z: getweakrefcount(z))(cls())
            (lambda z, r: (getweakrefcount(z), getweakrefs(z) == [r]))(z := cls(), ref(z))
        ''')

    def test_proxy(self):
        self.check('''
            proxy()
            proxy(1)
            proxy(None)
            proxy(x, None, None)
            proxy(object=x)
            proxy(x, callback=None)
            proxy(x) is proxy(x), proxy(x, id) is proxy(x, id)
            proxy(x).value
            proxy(x).attribute
            proxy(x).greet()
            setattr(proxy(x), 'value', 3), x
            delattr(proxy(x), 'attribute')
            proxy(cls()).value
            setattr(proxy(cls()), 'value', 1)
            delattr(proxy(cls()), 'value')
            str(proxy(x))
            str(proxy(cls()))
            hash(proxy(x))
            proxy(x) == x, x == proxy(x), proxy(x) == proxy(x), proxy(x) == proxy(y)
            proxy(x) != x, x != proxy(x), proxy(x) != proxy(y)
            proxy(x) == 1, 1 == proxy(x)
            proxy(x) + 1
            1 + proxy(x)
            proxy(x) @ 1
            proxy(x) ** 2
            pow(proxy(x), 2, 3)
            divmod(proxy(x), 2)
            -proxy(x)
            ~proxy(x)
            abs(proxy(x))
            int(proxy(x))
            float(proxy(x))
            operator.index(proxy(x))
            operator.iadd(proxy(x), 1)
            bool(proxy(x))
            proxy(x)()
            proxy(x)[0]
            operator.setitem(proxy(x), 0, 1)
            operator.delitem(proxy(x), 0)
            len(proxy(x))
            iter(proxy(x))
            next(proxy(x))
            1 in proxy(x)
            isinstance(proxy(x), cls), proxy(x).__class__ is cls
            type(proxy(x)).__name__, type(proxy(x)) is ProxyType
            type(proxy(type('C', (cls,), {'__call__': lambda *a: a[1:]})())).__name__
            proxy((c := type('C', (cls,), {'__call__': lambda *a: a[1:]})()))(1, 2)
            ProxyType()
            ProxyType(x)
            CallableProxyType(x)
            ProxyType.__name__, CallableProxyType.__name__
            ProxyTypes == (ProxyType, CallableProxyType)
        ''')

    def test_weak_method(self):
        self.check('''
            WeakMethod()
            WeakMethod(1)
            WeakMethod(len)
            WeakMethod(x.greet, None, None)
            WeakMethod(x.greet)()
            WeakMethod(x.greet)()()
            WeakMethod(meth=x.greet, callback=None)()()
            WeakMethod(cls().greet)()
            WeakMethod(x.greet)(1)
            WeakMethod(x.greet) == WeakMethod(x.greet), WeakMethod(x.greet) != WeakMethod(x.greet)
            WeakMethod(x.greet) == WeakMethod(y.greet), WeakMethod(x.greet) != WeakMethod(y.greet)
            WeakMethod(x.greet) == WeakMethod(cls(1).greet)
            (dead := WeakMethod(cls(1).greet)) == dead, dead != dead, dead == WeakMethod(x.greet)
            WeakMethod(x.greet) == ref(x), ref(x) == WeakMethod(x.greet)
            WeakMethod(x.greet) == 1
            WeakMethod(x.greet) < WeakMethod(x.greet)
            WeakMethod(x.greet) is WeakMethod(x.greet)
            WeakMethod(x.greet) in {WeakMethod(x.greet)}
            hash(WeakMethod(x.greet)) == hash(x)
            repr(WeakMethod(cls().greet))
            pickle.dumps(WeakMethod(x.greet))
            WeakMethod.__name__, WeakMethod.__qualname__
        ''')

    def test_weak_value_dictionary(self):
        self.check('''
            WeakValueDictionary(1)
            WeakValueDictionary([1])
            WeakValueDictionary([(1, 2)])
            WeakValueDictionary({}, {})
            len(WeakValueDictionary(None)), len(WeakValueDictionary(()))
            WeakValueDictionary([('a', x)])['a'], WeakValueDictionary(values)['b']
            WeakValueDictionary(other=x)['other'], WeakValueDictionary(self=x)['self']
            WeakValueDictionary.__name__
            values['a']
            values['c']
            values[1]
            values[[]]
            values.get('a'), values.get('c'), values.get('c', 5), values.get('c', default=5)
            values.get(key='a')
            values.get([])
            values.get()
            'a' in values, 'c' in values
            [] in values
            values.__setitem__('a', 1)
            values.__setitem__([], x)
            values.__setitem__('a', y), values['a'], len(values)
            operator.delitem(values, 'a'), list(values)
            operator.delitem(values, 'c')
            values.pop('a'), list(values)
            values.pop('c')
            values.pop('c', 1)
            values.pop('c', 1, 2)
            values.popitem(), len(values)
            WeakValueDictionary().popitem()
            values.setdefault('a', 1), values.setdefault('a'), values.setdefault('c', x)
            values.setdefault('c')
            values.setdefault('c', 1)
            values.update(1)
            values.update([(1,)])
            values.update({'c': 1})
            values.update(None), values.update(), values.update([('c', x)], d=y), dict(values)
            values.update(other=x, self=y), dict(values)
            values.clear(), len(values), bool(values), bool(WeakValueDictionary(a=x))
            len(values), list(values), dict(values)
            list(values.keys()), list(values.values()), list(values.items())
            next(values.keys()), next(values.values()), next(values.items())
            type(values.keys()), type(values.values()), type(values.items())
            values.valuerefs() == [ref(x), ref(y)], list(values.itervaluerefs()) == [ref(x), ref(y)]
            type(values.itervaluerefs())
            reversed(values)
            repr(values)
            values == values.copy(), values == {'a': x, 'b': y}, values != {}, values == 1
            hash(values)
            dict(values | {'a': y}), dict({'a': y} | values), type({} | values).__name__
            dict(values | values)
            values | 1
            1 | values
            values | [('c', x)]
            [('c', x)] | values
            dict(operator.ior(values, {'c': x})), dict(operator.ior(values, [('d', x)]))
            operator.ior(values, 1)
            dict(values.copy()), dict(copy.copy(values)), dict(values.__copy__())
            type(copy.copy(values)).__name__, values.copy() is values
            pickle.dumps(values)
            WeakValueDictionary.fromkeys
            WeakValueDictionary[str, int]
            len(WeakValueDictionary(a=cls())), 'a' in WeakValueDictionary(a=cls())
            WeakValueDictionary(a=cls())['a']
        ''')

    def test_weak_key_dictionary(self):
        self.check('''
            WeakKeyDictionary(1)
            WeakKeyDictionary([1])
            WeakKeyDictionary([(1, 2)])
            WeakKeyDictionary({}, {})
            WeakKeyDictionary(a=1)
            len(WeakKeyDictionary(None)), WeakKeyDictionary(dict={x: 1})[x]
            WeakKeyDictionary([(x, 5)])[x], WeakKeyDictionary(keys)[y]
            WeakKeyDictionary.__name__
            keys[x], keys[cls(1)]
            keys[1]
            keys.get(x), keys.get(cls(9)), keys.get(cls(9), 5), keys.get(cls(9), default=5)
            keys.get(1)
            keys.get()
            x in keys, cls(1) in keys, cls(9) in keys, 1 in keys, [] in keys, None in keys
            keys.__setitem__(1, 1)
            keys.__setitem__(x, 7), keys[x], len(keys)
            keys.__setitem__(cls(1), 7), keys[x], len(keys)
            operator.delitem(keys, x), list(keys)
            operator.delitem(keys, 1)
            keys.pop(x), list(keys)
            keys.pop(1)
            keys.pop(1, 2)
            keys.pop(cls(9), 1)
            keys.pop(x, 1, 2)
            keys.popitem(), len(keys)
            WeakKeyDictionary().popitem()
            keys.setdefault(x, 5), keys.setdefault(x), keys.setdefault(cls(9))
            keys.setdefault(1)
            keys.update(1)
            keys.update({1: 2})
            keys.update(a=1)
            keys.update(None), keys.update({x: 5}), keys[x]
            keys.clear(), len(keys), bool(keys), bool(WeakKeyDictionary({x: 1}))
            len(keys), list(keys), dict(keys)
            list(keys.keys()), list(keys.values()), list(keys.items())
            type(keys.keys()), type(keys.values()), type(keys.items())
            keys.keyrefs() == [ref(x), ref(y)]
            reversed(keys)
            repr(keys)
            keys == keys.copy(), keys == {x: 1, y: 2}, keys != {}, keys == 1
            hash(keys)
            dict(keys | {y: 5}), dict({y: 5} | keys), type({} | keys).__name__
            keys | 1
            1 | keys
            keys | [(x, 1)]
            dict(operator.ior(keys, {y: 5})), dict(operator.ior(keys, [(y, 6)]))
            operator.ior(keys, 1)
            dict(keys.copy()), dict(copy.copy(keys)), dict(copy.deepcopy(keys))
            type(copy.copy(keys)).__name__, type(copy.deepcopy(keys)).__name__
            pickle.dumps(keys)
            WeakKeyDictionary[str, int]
            len(WeakKeyDictionary({cls(): 1}))
        ''')

    def test_weak_set(self):
        self.check('''
            WeakSet(1)
            WeakSet([1])
            WeakSet([x], [y])
            len(WeakSet(None)), len(WeakSet()), list(WeakSet(data=[x]))
            WeakSet.__name__
            things.add()
            things.add(1)
            things.add(x), len(things), things.add(cls(1)), len(things)
            things.remove(1)
            things.remove(x), list(things)
            things.discard(1)
            things.discard(cls(9)), things.discard(x), list(things)
            x in things, cls(1) in things, cls(9) in things, 1 in things, [] in things
            things.pop() in (x, y), len(things)
            WeakSet().pop()
            things.clear(), len(things), bool(things), bool(WeakSet([x]))
            things.copy() == things, things.copy() is things, type(things.copy()).__name__
            copy.copy(things) == things, type(copy.copy(things)).__name__
            things | [x]
            things | 1
            things | {1}
            things & 1
            things - 1
            things ^ 1
            things & [x] == WeakSet([x]), things - [x] == WeakSet([y]), things ^ [x] == WeakSet([y])
            [x] | things
            {x} | things
            {x} & things
            [x] - things
            things <= things, things < things, things >= things, things > things
            things == things, things != things, things == WeakSet([y, x])
            things <= {x, y}, things < {x, y}, things >= {x}, things > {x}
            things <= [x, y], things >= [x]
            things < 1
            things == {x, y}, things == [x, y], things == 1, things != 1
            things.issubset([x, y]), things.issuperset([x]), things.isdisjoint([cls(8)])
            things.issubset(1)
            things.isdisjoint(1)
            things.union([x], [y])
            things.union()
            len(things.union([x])), len(things.intersection([x])), len(things.difference([x]))
            len(things.symmetric_difference([x]))
            things.update([x], [y])
            things.update(1)
            things.update(things), len(things)
            operator.ior(things, things) is things, len(things)
            operator.iand(things, things) is things, len(things)
            operator.isub(things, things) is things, len(things)
            operator.ixor(things, things) is things, len(things)
            operator.ior(things, [x]) is things
            operator.ior(things, 1)
            operator.iand(things, 1)
            things.update([x]), len(things)
            things.intersection_update([x]), list(things)
            things.difference_update([x]), list(things)
            things.symmetric_difference_update([x]), list(things)
            things.intersection_update(things), things.difference_update(things), len(things)
            things.symmetric_difference_update(things), len(things)
            hash(things)
            repr(WeakSet()), repr(WeakSet([cls()]))
            repr(things) == repr({ref(x), ref(y)})
            type(iter(things)), len(list(things))
            things.__reduce__()[0].__name__
            WeakSet[int]
            len(WeakSet([cls()])), cls(1) in WeakSet([cls(1)])
        ''')

    def test_finalize(self):
        self.check('''
            finalize()
            finalize(x)
            finalize(obj=x, func=print)
            finalize(x, func=print)
            finalize(1, print)
            finalize(None, print)
            finalize(x, 1).detach()
            finalize(x, dict, func=1, obj=2, self=3).peek()
            finalize(x, dict, (), func=1, obj=2, self=3)()
            finalize(x, int)(), finalize(x, int, '7')()
            finalize(x, int, 'a')()
            finalize(x, int)(1)
            (f := finalize(x, int))(), f(), f.peek(), f.detach(), f.alive, f.atexit
            finalize(x, int).alive, finalize(x, int).atexit, finalize(cls(), int).alive
            setattr(finalize(x, int), 'alive', 1)
            setattr(finalize(x, int), 'attribute', 1)
            repr(finalize(cls(), int))
            finalize(x, int) == finalize(x, int)
            finalize.__name__
        ''')


class SignatureTest(unittest.TestCase):
    def test_signatures(self):
        for name in weakref.__all__:
            ours, theirs = getattr(Weakref, name), getattr(weakref, name)
            members = () if name in ('ProxyTypes', 'ProxyType', 'CallableProxyType') else (
                '', *(vars(theirs) if isinstance(theirs, type) else ()))
            for member in members:
                # The tests above call the special methods.
                if member.startswith('_') and member != '__init__':
                    continue
                with self.subTest(name=name, member=member):
                    signatures = [get_signature(getattr(thing, member) if member else thing)
                                  for thing in (ours, theirs)]
                    if signatures[1] is not None:
                        self.assertEqual(*signatures)

    def test_docstrings(self):
        for name in weakref.__all__:
            if name != 'ProxyTypes':
                self.assertTrue(getattr(Weakref, name).__doc__, name)


def get_signature(thing):
    try:
        return str(inspect.signature(thing))
    except (TypeError, ValueError):  # written in C
        return None


if __name__ == '__main__':
    unittest.main()
