#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints what Python's side costs, beside a plain introspected call: rows for run.py.

The environment must lead to the library, as that of the tests does.
"""

import gc
import sys
import time
import timeit
import weakref

import gi
from gi.repository import GObject, Gio, Weakref

QUICK = sys.argv[1:] == ['--quick']
BESIDE = 'store.get_item(0)'


class Plain(GObject.Object):
    pass


class Attributed(GObject.Object):
    def __init__(self):
        super().__init__()
        self.attribute = 1


def measure(names, statement, number=10000):
    """Return the ns of the statement, and of the plain call, by turns: the machine may be busy."""
    timers = [timeit.Timer(s, timer=time.thread_time, globals=names) for s in (statement, BESIDE)]
    number = 10 if QUICK else number
    rounds = [[timer.timeit(number) / number * 1e9 for timer in timers]
              for _ in range(1 if QUICK else 15)]
    return [min(times) for times in zip(*rounds)]


def row(names, operation, statement, target=0, **kwargs):
    ours, theirs = measure(names, statement, **kwargs)
    print('row', operation, 'ns', f'{ours:.2f}', BESIDE, f'{theirs:.2f}', target, sep='\t')


class Ordinary:
    """What the standard module has its references to."""


def make_standard_names(module, kind):
    thing = kind()
    return {
        'kind': kind, 'thing': thing, 'ref': module.ref, 'plain': module.ref(thing),
        'finalize': module.finalize, 'callback': lambda dead: None,
        'values': module.WeakValueDictionary(a=thing), 'proxy': module.proxy(thing),
        'keys': module.WeakKeyDictionary({thing: 1}), 'things': module.WeakSet([thing]),
    }


def standard_rows(what, kind, targets):
    """Print what this module costs beside the standard one with objects of a plain class."""
    ours, theirs = make_standard_names(Weakref, kind), make_standard_names(weakref, Ordinary)
    for statement, target in targets.items():
        timers = [timeit.Timer(statement, timer=time.thread_time, globals=names)
                  for names in (ours, theirs)]
        number = 10 if QUICK else 5000
        rounds = [[timer.timeit(number) / number * 1e9 for timer in timers]
                  for _ in range(1 if QUICK else 15)]
        times = [min(column) for column in zip(*rounds)]
        print('row', f'{statement.split(";")[-1].strip()}, {what}', 'ns', f'{times[0]:.2f}',
              'the standard module', f'{times[1]:.2f}', target, sep='\t')


def make_names(kind):
    thing = kind()
    store = Gio.ListStore.new(GObject.Object)
    store.append(thing)
    return {
        'Weakref': Weakref, 'kind': kind, 'thing': thing, 'store': store,
        'ref': Weakref.ref(thing), 'proxy': Weakref.proxy(thing), 'standard': weakref.ref(thing),
        'values': Weakref.WeakValueDictionary(a=thing),
        'keys': Weakref.WeakKeyDictionary({thing: 1}), 'things': Weakref.WeakSet([thing]),
        'callback': lambda dead: None,
    }


def main():
    print('section', f'Python, PyGObject {gi.__version__}', sep='\t')
    for kind, what in ((Gio.ListStore, 'an object of C'), (Plain, 'an object of Python'),
                       (Attributed, 'the same with an attribute')):
        names = make_names(kind)
        row(names, f'ref(), {what}', 'ref()', 1.5)
        row(names, f"values['a'], {what}", "values['a']", 1.3)
        names.clear()
        gc.collect()

    names = make_names(Plain)
    row(names, 'WeakKeyDictionary: keys[thing]', 'keys[thing]')
    row(names, 'WeakSet: thing in things', 'thing in things')
    row(names, 'Weakref.ref(thing)', 'Weakref.ref(thing)')
    row(names, 'Weakref.ref(thing, callback)', 'Weakref.ref(thing, callback)')
    row(names, 'proxy.props', 'proxy.props')
    row(names, 'thing = Thing(), and its end', 'kind()')
    row(names, '… with a ref with a callback', 'thing = kind(); r = Weakref.ref(thing, callback); '
        'del thing', number=1000)
    row(names, "the standard module's ref()", 'standard()')

    statements = ('plain()', 'ref(thing)', 'ref(thing, callback)', 'keys[thing]', 'thing in things',
                  "values['a']", 'finalize(thing, callback).detach()', 'proxy.__class__')
    print('section', 'Python, beside the standard module', sep='\t')
    standard_rows('a GObject', Plain, dict(zip(statements, (4, 3, 3, 3, 3, 3, 2, 3))))
    standard_rows('a plain object', Ordinary, dict.fromkeys(statements, 1.3))


if __name__ == '__main__':
    main()
