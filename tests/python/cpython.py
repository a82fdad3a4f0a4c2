# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs a test file of CPython as it is installed: cpython.py NAME MODULE CLASSES [TEST…]

NAME is test_weakref or test_weakset. MODULE is what `import weakref` gives in it: "standard" or
"ours". CLASSES says what a class without a base is: "plain", or "gobject", a GObject. Prints each
test with its outcome, as JSON; of some tests only, if they are named.
"""

import builtins
import gc
import importlib.util
import json
import sys
import test.support
import unittest

from gi.repository import GObject, Weakref


class Base(GObject.Object):
    """A GObject that is one before its own __init__ runs, as a plain object is."""

    def __new__(cls, *args, **kwargs):
        self = super().__new__(cls)
        GObject.Object.__init__(self)
        return self

    def __init__(self, *args, **kwargs):
        pass


class Outcomes(unittest.TestResult):
    def __init__(self):
        super().__init__()
        self.outcomes = {}

    def startTest(self, test):
        super().startTest(test)
        self.outcomes[test.id()] = 'passed'

    def set_outcome(self, test, outcome):
        self.outcomes[test.id()] = outcome

    def addError(self, test, err):
        self.set_outcome(test, self._exc_info_to_string(err, test))

    addFailure = addError

    def addSkip(self, test, reason):
        self.set_outcome(test, f'skipped: {reason}')

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.addError(test, err)


def make_build_class(file):
    """Make a __build_class__ that gives classes of the file without a base one that is a GObject."""
    build_class = builtins.__build_class__

    def build_gobject_class(function, name, *bases, **kwargs):
        if function.__code__.co_filename == file and not kwargs and bases in ((), (object,)):
            bases = (Base,)
        return build_class(function, name, *bases, **kwargs)

    return build_gobject_class


def load(name, module):
    spec = importlib.util.find_spec(f'test.{name}')
    # It is imported once with the standard module. So whatever it imports has that module.
    importlib.import_module(spec.name)
    del sys.modules[spec.name]
    if module == 'ours':
        sys.modules['weakref'] = Weakref
    loaded = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = loaded
    return spec, loaded


def select(suite, names):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from select(test, names)
        elif not names or test.id() in names:
            yield test


def main(name, module, classes, *names):
    spec, loaded = load(name, module)
    if classes == 'gobject':
        builtins.__build_class__ = make_build_class(spec.origin)
    spec.loader.exec_module(loaded)
    suite = unittest.defaultTestLoader.loadTestsFromModule(loaded)
    result = Outcomes()
    unittest.TestSuite(select(suite, names)).run(result)
    gc.collect()
    print(json.dumps(result.outcomes))


if __name__ == '__main__':
    test.support.verbose = False
    main(*sys.argv[1:])
