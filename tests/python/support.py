# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests share.

An object made with TestCase.make() must be gone when the test ends, as PyGObject's own weak_ref()
sees it, and a test that leaves an unraisable exception unread fails.
"""

import gc
import os
import pathlib
import subprocess
import sys
import unittest
from xml.etree import ElementTree

from gi.repository import Gio, GObject

CORE = '{http://www.gtk.org/introspection/core/1.0}'


class Speaker(GObject.Object):
    __gtype_name__ = 'TestSpeaker'

    @GObject.Signal(arg_types=(str,))
    def said(self, text):
        pass

    @GObject.Signal(return_type=int)
    def asked(self):
        return 0


class Thing(GObject.Object):
    __gtype_name__ = 'TestThing'

    name = GObject.Property(type=str, default='thing')

    def greet(self, other='you'):
        return f'{self.name} greets {other}'


class Attributed(Thing):
    """With an instance attribute, PyGObject before 3.55 holds a toggle reference."""

    __gtype_name__ = 'TestAttributed'

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.attribute = 'attribute'


class Floating(GObject.InitiallyUnowned):
    __gtype_name__ = 'TestFloating'


class Valued(GObject.Object):
    """Equal by value."""

    __gtype_name__ = 'TestValued'

    def __init__(self, value):
        super().__init__()
        self.value = value

    def __eq__(self, other):
        return self.value == other.value if isinstance(other, Valued) else NotImplemented

    def __hash__(self):
        return hash(self.value)


# A class of Python, one whose objects have a toggle reference, one whose objects are floating at
# first, and a class of C.
KINDS = (Thing, Attributed, Floating, Gio.ListStore)


class TestCase(unittest.TestCase):
    def setUp(self):
        self.made = []
        self.unraisable = []
        hook = sys.unraisablehook
        sys.unraisablehook = lambda args: self.unraisable.append((args.exc_type, args.object))
        self.addCleanup(setattr, sys, 'unraisablehook', hook)

    def tearDown(self):
        gc.collect()
        self.assertEqual([made() for made in self.made if made() is not None], [], 'alive')
        self.assertEqual(self.unraisable, [])

    def make(self, cls=Thing, *args, **kwargs):
        made = cls(*args, **kwargs)
        self.made.append(made.weak_ref())
        return made

    def held(self, made):
        """Return a list model that holds the object, and the object no more."""
        store = Gio.ListStore.new(GObject.Object)
        store.append(made)
        return store


def run_child(code, *, before='', check=True):
    """Run Python code in a process of its own; return its output and its errors."""
    child = subprocess.run(
        [sys.executable, '-c', before + 'from gi.repository import Gio, GObject, Weakref\n' + code],
        capture_output=True, text=True, env={**os.environ, 'PYTHONFAULTHANDLER': '1'})
    if check and child.returncode != 0:
        raise AssertionError(f'exit status {child.returncode}: {child.stderr}')
    return child.stdout.split(), child.stderr


def read_gir():
    """Return the elements of what languages can call, by name, and a list of all others."""
    directory = os.environ['GI_TYPELIB_PATH'].split(os.pathsep)[0]
    root = ElementTree.parse(pathlib.Path(directory, 'Weakref-1.0.gir')).getroot()
    seen, hidden = {}, []
    for parent in root.iter():
        prefix = f"{parent.get('name')}." if parent.tag != f'{CORE}namespace' else ''
        for kind in ('constructor', 'function', 'method'):
            for element in parent.findall(CORE + kind):
                if element.get('introspectable') == '0':
                    hidden.append(element)
                elif parent.tag != f'{CORE}enumeration':  # its functions are there twice
                    seen[prefix + (element.get('shadows') or element.get('name'))] = element
    return seen, hidden
