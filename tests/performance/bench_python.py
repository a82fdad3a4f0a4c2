#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Prints what Python's references cost: ns, and the ratio to Gio.ListStore.get_item(0).

The environment must lead to the library, as that of the tests does.
"""

import gc
import timeit
import weakref

import gi
from gi.repository import GLib, GObject, Gio, Weakref


class Plain(GObject.Object):
    pass


class Attributed(GObject.Object):
    def __init__(self):
        super().__init__()
        self.attribute = 1


def measure(statement, names, number=10000):
    """Return the ns of the statement, and of the plain call, by turns: the machine may be busy."""
    timers = [timeit.Timer(s, globals=names) for s in (statement, 'store.get_item(0)')]
    rounds = [[timer.timeit(number) / number * 1e9 for timer in timers] for _ in range(15)]
    return [min(times) for times in zip(*rounds)]


def make_names(kind):
    thing = kind()
    store = Gio.ListStore.new(GObject.Object)
    store.append(thing)
    refs, keys = Weakref.WeakValueDictionary(a=thing), Weakref.WeakKeyDictionary({thing: 1})
    return {
        'Weakref': Weakref, 'weakref': weakref, 'thing': thing, 'store': store, 'kind': kind,
        'ref': Weakref.ref(thing), 'values': refs, 'keys': keys, 'proxy': Weakref.proxy(thing),
        'standard': weakref.ref(thing), 'things': Weakref.WeakSet([thing]),
        'callback': lambda dead: None,
    }


def main():
    version = '.'.join(map(str, (GLib.MAJOR_VERSION, GLib.MINOR_VERSION, GLib.MICRO_VERSION)))
    print(f'GLib {version}, PyGObject {gi.__version__}')
    for kind in (Gio.ListStore, Plain, Attributed):
        names = make_names(kind)
        print(f'{kind.__name__:<44} {"ns":>7} ratio')
        for statement in ('store.get_item(0)', 'ref()', "values['a']", "values.get('a')",
                          'keys[thing]', 'thing in things', 'Weakref.ref(thing)',
                          'Weakref.ref(thing, callback)', 'proxy.props', 'standard()', 'kind()'):
            ns, base = measure(statement, names)
            print(f'  {statement:<42} {ns:7.0f} {ns / base:5.2f}')
        ns, base = measure('made = kind(); ref = Weakref.ref(made, callback); del made', names, 1000)
        print(f'  {"birth, first ref with a callback, death":<42} {ns:7.0f} {ns / base:5.2f}')
        names.clear()
        gc.collect()


if __name__ == '__main__':
    main()
