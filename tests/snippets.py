# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Compiles and runs what README.md and the guides show, as it stands there.

In a guide, the Python of a whole page is one program, and so is its JavaScript; each piece of C is
compiled by itself. Needs SOURCE_ROOT and BUILD_ROOT in the environment.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(os.environ['SOURCE_ROOT'])
BUILD = pathlib.Path(os.environ['BUILD_ROOT'])


def run(*command, **kwargs):
    """Run a command, and return what it prints; fail with it if the command fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          **kwargs)
    if done.returncode != 0:
        raise AssertionError(f'{command} returned {done.returncode}:\n{done.stdout}')
    return done.stdout


def get_snippets(path, language):
    return re.findall(rf'^```{language}\n(.*?)^```$', path.read_text(), re.MULTILINE | re.DOTALL)


class TestCase(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.dir)

    def write(self, name, text):
        path = self.dir / name
        path.write_text(text)
        return str(path)


class Readme(TestCase):
    path = SOURCE / 'README.md'

    def get_only(self, language, start=''):
        found = [s for s in get_snippets(self.path, language) if s.startswith(start)]
        self.assertEqual(len(found), 1)
        return found[0]

    def test_c_and_pkg_config_line(self):
        # The tree as if it were installed; tests/install.sh really installs it.
        env = {**os.environ, 'PKG_CONFIG_PATH': str(BUILD / 'meson-uninstalled')}
        self.write('app.c', self.get_only('c'))
        run('sh', '-ec', self.get_only('sh', 'cc '), cwd=self.dir, env=env)
        run('./app', cwd=self.dir, env=env)

    def test_meson_subproject(self):
        self.write('app.c', self.get_only('c'))
        self.write('meson.build', "project('app', 'c')\n" + self.get_only('meson'))
        (self.dir / 'subprojects').mkdir()
        (self.dir / 'subprojects' / 'weakref-glib').symlink_to(SOURCE)
        options = [f'-Dweakref-glib:{o}' for o in (
            'tests=false', 'examples=false', 'introspection=disabled', 'vapi=disabled')]
        run('meson', 'setup', 'build', '--wrap-mode=forcefallback', *options, cwd=self.dir)
        run('ninja', '-C', 'build', cwd=self.dir)
        run('build/app', cwd=self.dir)

    def test_python(self):
        printed = run(sys.executable, self.write('app.py', self.get_only('python')))
        self.assertEqual(printed, 'clean up after it\nthe icon is gone\n')

    def test_javascript(self):
        program = self.get_only('js') + '''
if (ref.deref() !== undefined || icons.size !== 0)
    throw new Error('not gone');
imports.gi.GLib.MainContext.default().iteration(false);
'''
        printed = run('gjs', '-m', self.write('app.js', program))
        self.assertEqual(printed, 'the icon is gone\n')

    def test_two_commands_are_there(self):
        for line in self.get_only('sh', 'sh ').splitlines():
            run('sh', '-n', str(SOURCE / line.split()[1]))

    def test_links_lead_somewhere(self):
        for target in re.findall(r'\]\(([^)]+)\)', self.path.read_text()):
            self.assertTrue((SOURCE / target).exists(), target)

    def test_fits_a_screen(self):
        self.assertLess(len(self.path.read_text().splitlines()), 120)


class Guides(TestCase):
    """What is in doc/*.md, with what a reader takes for granted."""

    paths = sorted((SOURCE / 'doc').glob('*.md'))
    prelude = '#include <weakref-glib/weakref-glib.h>\n#include <glib/gstdio.h>\n'

    def test_there_are_some(self):
        self.assertGreater(len(self.paths), 4)

    def test_c(self):
        flags = run('pkg-config', '--cflags', 'gio-2.0').split()
        for path in self.paths:
            for snippet in get_snippets(path, 'c'):
                run('cc', '-c', '-o', '/dev/null', '-Wall', '-Werror', '-Wno-unused-function',
                    '-Wno-unused-variable', f'-I{SOURCE}', f'-I{BUILD}', *flags,
                    self.write('snippet.c', self.prelude + snippet))

    def test_python(self):
        for path in self.paths:
            run(sys.executable, self.write('page.py', '\n'.join(get_snippets(path, 'python'))))

    def test_javascript(self):
        for path in self.paths:
            run('gjs', '-m', self.write('page.js', '\n'.join(get_snippets(path, 'js'))))

    def test_links_lead_somewhere(self):
        for path in self.paths:
            for target in re.findall(r'\]\(([^)#]+)', path.read_text()):
                self.assertTrue((path.parent / target.replace('.html', '.md')).exists(),
                                f'{path.name}: {target}')


class Lost(TestCase):
    """What examples/lost.py and lost.js measure, and the table of that in README.md."""

    # The rows of README.md, by what those print of them.
    rows = {
        'Python `weakref.ref`': 'an object | `',
        '… and `x` has': 'an object with a Python attribute |',
        'JavaScript `WeakRef`': 'an object | a weak reference |',
        'JavaScript `WeakMap`': 'an object | a value by object |',
        'JavaScript `FinalizationRegistry`': 'an object | a callback at its end |',
    }
    columns = {'PyGObject 3.42': 1, 'PyGObject 3.58': 2, 'GJS 174': 1, 'GJS 190': 2}

    def check(self, *command):
        first, *lines = run(*command).splitlines()
        self.assertGreater(len(lines), 5)
        for line in lines:
            self.assertTrue(line.endswith(' | right |'), line)

        column = next((c for name, c in self.columns.items() if name in first), None)
        readme = Readme.path.read_text().splitlines()
        for name, start in self.rows.items():
            measured = {line.split(' | ')[2] for line in lines if line.startswith(f'| {start}')}
            row, = [line.split(' | ') for line in readme if line.startswith(f'| {name}')]
            self.assertEqual(row[3], 'right |')
            if column is not None and measured:
                self.assertEqual(measured, {row[column]}, name)

    def test_python(self):
        self.check(sys.executable, str(SOURCE / 'examples' / 'lost.py'))

    def test_javascript(self):
        self.check('gjs', '-m', str(SOURCE / 'examples' / 'lost.js'))


if __name__ == '__main__':
    unittest.main()
