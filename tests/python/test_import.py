# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The module, as it is imported."""

import importlib
import sys
import unittest
import weakref

from gi.repository import Weakref

from support import run_child


class ImportTest(unittest.TestCase):
    def test_has_the_names_of_the_standard_module(self):
        self.assertEqual(set(Weakref.__all__) - {'radar'}, set(weakref.__all__))
        for name in (*weakref.__all__, 'KeyedRef'):
            self.assertTrue(hasattr(Weakref, name), name)

    def test_a_standard_module_that_is_another_is_refused_at_once(self):
        for place, names in (('WeakSet.add', 'data, _remove, ref'), ('finalize.__init__', 'ref')):
            code = f'import weakref\nweakref.{place} = lambda *args: None\n'
            _, errors = run_child('', before=code, check=False)
            self.assertIn('weakref-glib does not know this version', errors)

    def test_reloaded_it_is_the_same(self):
        names = {name: getattr(Weakref, name) for name in Weakref.__all__}
        importlib.reload(sys.modules['gi.overrides.Weakref'])
        for name, thing in names.items():
            self.assertIs(getattr(sys.modules['gi.overrides.Weakref'], name), thing)
        self.assertIs(type(Weakref.ref(self)), Weakref.ref)


if __name__ == '__main__':
    unittest.main()
