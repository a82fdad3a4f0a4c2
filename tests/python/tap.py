# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the unittest cases of a file, and prints TAP."""

import importlib.util
import sys
import traceback
import unittest


class TapResult(unittest.TestResult):
    def report(self, ok, test, comment='', error=None):
        name = test.id().removeprefix('cases.')
        if error is not None:
            # Meson shows what is on stderr.
            traceback.print_exception(*error)
        print('ok' if ok else 'not ok', self.testsRun, name + comment, flush=True)

    def addSuccess(self, test):
        self.report(True, test)

    def addError(self, test, err):
        super().addError(test, err)
        self.report(False, test, error=err)

    addFailure = addError

    def addSkip(self, test, reason):
        self.report(True, test, f' # SKIP {reason}')

    def addExpectedFailure(self, test, err):
        self.report(True, test)

    def addUnexpectedSuccess(self, test):
        super().addUnexpectedSuccess(test)
        self.report(False, test, ' # unexpected success')

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.addError(test, err)


def main():
    spec = importlib.util.spec_from_file_location('cases', sys.argv[1])
    module = importlib.util.module_from_spec(spec)
    sys.modules['cases'] = module
    try:
        spec.loader.exec_module(module)
    except unittest.SkipTest as skip:
        print(f'1..0 # SKIP {skip}')
        return 0
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    print(f'1..{suite.countTestCases()}', flush=True)
    result = TapResult()
    suite.run(result)
    return 0 if result.wasSuccessful() else 1


if __name__ == '__main__':
    sys.exit(main())
