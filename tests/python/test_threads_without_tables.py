# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""C uses the library in a process with Python that has neither our override nor a table.

With GLib before 2.80, a thread that gets an object which Python holds by a toggle reference waits
for Python's lock, with GLib's lock held; another thread that has Python's lock and drops an object
waits for GLib's. The library has to find out by itself that there is Python.
"""

import ctypes
import subprocess
import sys
import threading
import unittest

N = 20000


class Library:
    """What C calls, by ctypes: it releases Python's lock during a call, as another thread of C."""

    def __init__(self):
        library = ctypes.CDLL('libweakref-glib-1.0.so.0')
        self.unref = ctypes.CDLL('libgobject-2.0.so.0').g_object_unref
        self.unref.argtypes = [ctypes.c_void_p]
        for name, n_parameters in (('ref_new', 1), ('ref_get', 1), ('ref_is_alive', 1),
                                   ('finalizer_new', 4), ('finalizer_peek', 1)):
            function = getattr(library, 'weakref_' + name)
            function.argtypes = [ctypes.c_void_p] * n_parameters
            function.restype = ctypes.c_void_p
            setattr(self, name, function)


def use_ref(library, target):
    ref = library.ref_new(target)

    def get():
        library.unref(library.ref_get(ref))
        assert library.ref_is_alive(ref)

    return get


def use_finalizer(library, target):
    function = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(lambda data: None)
    finalizer = library.finalizer_new(target, ctypes.cast(function, ctypes.c_void_p), None, None)

    def get():
        assert function
        library.unref(library.finalizer_peek(finalizer))

    return get


USES = {'ref': use_ref, 'finalizer': use_finalizer}


def child(name):
    """Get one object again and again, while another thread drops others."""
    from gi.repository import GObject

    def make():
        thing = GObject.Object()
        # With an attribute, PyGObject before 3.55 holds a toggle reference.
        thing.attribute = True
        return thing

    sys.setswitchinterval(1e-5)
    library = Library()
    held = make()
    # The hash of a wrapper of PyGObject is the address of the object.
    get = USES[name](library, hash(held))
    done = threading.Event()

    def drop():
        while not done.is_set():
            thing = make()
            ref = library.ref_new(hash(thing))
            del thing
            library.unref(ref)

    thread = threading.Thread(target=drop)
    thread.start()
    for _ in range(N):
        get()
    done.set()
    thread.join()


class WithoutTablesTest(unittest.TestCase):
    def check(self, name):
        subprocess.run([sys.executable, __file__, name], check=True, timeout=100)

    def test_ref(self):
        self.check('ref')

    def test_finalizer(self):
        self.check('finalizer')


if __name__ == '__main__':
    child(sys.argv[1])
