# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program as it is, and with each `import weakref` in it changed: the small editor beside this."""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

import gi

try:
    gi.require_version('Gtk', '4.0')
    from gi.repository import Gtk
except (ImportError, ValueError) as error:
    raise unittest.SkipTest(f'no GTK 4: {error}') from None

if not Gtk.init_check():
    raise unittest.SkipTest('no display')

EDITOR = pathlib.Path(__file__).resolve().parent / 'editor'
RIGHT = {
    'files': 0, 'plugin': True, 'shown': 2, 'tracked': 2, 'widths': [321, 321],
    'notes': 'two objects', 'closed early': [], 'error': None, 'left': 1, 'notes after': 0,
    'listeners after': 0, 'closed': ['page'],
}


class EditorTest(unittest.TestCase):
    def run_editor(self, replacement, *files):
        """Run the editor with the import replaced in the files; return what it saw."""
        directory = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, directory)
        for path in EDITOR.glob('*.py'):
            text = path.read_text()
            if path.name in files:
                self.assertIn('\nimport weakref\n', text)
                text = text.replace('\nimport weakref\n', f'\n{replacement}\n')
            pathlib.Path(directory, path.name).write_text(text)
        ran = subprocess.run([sys.executable, f'{directory}/main.py'], capture_output=True,
                             text=True, env={**os.environ, 'PYTHONFAULTHANDLER': '1'})
        self.assertEqual(ran.returncode, 0, ran.stderr)
        return json.loads(ran.stdout)

    def test_all_imports_changed(self):
        users = [path.name for path in EDITOR.glob('*.py') if '\nimport weakref\n' in
                 path.read_text()]
        self.assertEqual(sorted(users), ['plugins.py', 'settings.py', 'view.py'])
        seen = self.run_editor('from gi.repository import Weakref as weakref', *users)
        self.assertEqual(seen, RIGHT)

    def test_one_import_changed(self):
        seen = self.run_editor('from gi.repository import Weakref as weakref', 'view.py')
        self.assertEqual({name: seen[name] for name in ('shown', 'tracked', 'widths', 'error')},
                         {name: RIGHT[name] for name in ('shown', 'tracked', 'widths', 'error')})

    def test_unchanged(self):
        """The standard module sees the wrapper of a widget die as soon as the program drops it."""
        seen = self.run_editor('')
        print('# PyGObject', gi.__version__, 'with the standard module:', seen)
        self.assertEqual(seen['shown'], 2)
        if gi.version_info < (3, 55):
            # A wrapper without attributes is lost here, too: that of the label.
            self.assertLess(seen['tracked'], 2)
        else:
            self.assertEqual((seen['tracked'], seen['error']), (0, 'KeyError'),
                             'the standard module is right again')
            self.assertEqual(seen['closed early'], ['page'])


if __name__ == '__main__':
    unittest.main()
