# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Python's weakref loses: objects that live on in a list, but whose wrapper was dropped.

Prints rows of a table: what was tried, what the standard module made of it, and Weakref. "lost"
is what gave up an object that was alive, "never" what did not notice the end when it came.
"""

import gc
import sys
import weakref

import gi
from gi.repository import Gio, GLib, GObject, Weakref


class Subclass(GObject.Object):
    pass


def make_plain():
    return GObject.Object()


def make_with_attribute():
    thing = Subclass()
    thing.name = 'thing'
    return thing


def try_ref(module, thing):
    ref = module.ref(thing)
    return lambda: ref() is not None


def try_set(module, thing):
    things = module.WeakSet([thing])
    return lambda: len(things) == 1


def try_dictionary(module, thing):
    things = module.WeakValueDictionary({'thing': thing})
    return lambda: 'thing' in things


def try_finalize(module, thing):
    finalizer = module.finalize(thing, lambda: None)
    return lambda: finalizer.alive


def judge(module, make, start):
    """Tell what becomes of an object of which first the wrapper goes, then the rest."""
    store = Gio.ListStore.new(GObject.Object)
    thing = make()
    store.append(thing)
    is_known = start(module, thing)
    del thing
    gc.collect()
    if not is_known():
        return 'lost'
    store.remove_all()
    gc.collect()
    return 'never' if is_known() else 'right'


ATTEMPTS = {
    '`ref(x)()`': try_ref,
    '`WeakSet([x])`': try_set,
    '`WeakValueDictionary(k=x)`': try_dictionary,
    '`finalize(x, …)`': try_finalize,
}

print(f'Python {sys.version.split()[0]}, PyGObject {gi.__version__}, '
      f'GLib {GLib.MAJOR_VERSION}.{GLib.MINOR_VERSION}.{GLib.MICRO_VERSION}')
for kind, make in {'an object': make_plain,
                   'an object with a Python attribute': make_with_attribute}.items():
    for name, start in ATTEMPTS.items():
        results = [judge(module, make, start) for module in (weakref, Weakref)]
        print('|', kind, '|', name, '|', ' | '.join(results), '|')
