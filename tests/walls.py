# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which file of the library may include and call which, and how long a file may be."""

import os
import re
import shutil
import subprocess
import unittest
from pathlib import Path

ROOT = Path(os.environ['SOURCE_ROOT'])
INCLUDE = re.compile(r'^#include <(weakref-glib/[^>]+)>', re.MULTILINE)
SHARED = {f'weakref-glib/weakref-{name}' for name in ('error', 'macros', 'types', 'version')}
UMBRELLA = 'weakref-glib/weakref-glib.h'
# A subclass knows its parent, a reservation its table.
PARENTS = {'cache': 'value-table', 'reservation': 'value-table'}
MAX_LINES = 600


def sources(*suffixes, top='weakref-glib'):
    return sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / top).rglob('*')
                  if path.suffix in suffixes and '__pycache__' not in path.parts)


def module(path):
    """A file and its headers are one."""
    return path.rsplit('.', 1)[0].removesuffix('-private')


def includes(path):
    return [name for name in INCLUDE.findall((ROOT / path).read_text(encoding='utf-8'))
            if name != UMBRELLA]


def circle(graph):
    """Return a list of modules that include each other in a circle, or None."""
    done = set()

    def visit(node, path):
        if node in path:
            return path[path.index(node):] + [node]
        if node not in done:
            for other in sorted(graph.get(node, ())):
                if found := visit(other, path + [node]):
                    return found
            done.add(node)
        return None

    for node in sorted(graph):
        if found := visit(node, []):
            return found
    return None


def calls(directory):
    """Return the graph of the object files: whose functions and variables each one uses.

    The functions that return a type do not count, because every file checks its arguments."""
    owner, used = {}, {}
    for path in sorted(Path(directory).rglob('*.c.o')):
        name = path.name.removesuffix('.c.o')
        used[name] = set()
        symbols = subprocess.run(['nm', path], check=True, capture_output=True, text=True).stdout
        for line in symbols.splitlines():
            kind, symbol = line.split()[-2:]
            if symbol.endswith('_get_type'):
                continue
            if kind == 'U':
                used[name].add(symbol)
            elif kind in 'TDBRVWC':
                owner[symbol] = name
    return {name: {owner[symbol] for symbol in symbols if owner.get(symbol, name) != name}
            for name, symbols in used.items()}


def map_of_files():
    """Return the number of the row of each file in the table of doc/internals.md."""
    page = (ROOT / 'doc/internals.md').read_text(encoding='utf-8')
    rows = page[page.index('## The files'):page.index('## Words')].splitlines()
    return {name: number for number, row in enumerate(rows) if row.startswith('|')
            for name in re.findall(r'`((?:core|proxy)/[\w-]+|weakref-[\w-]+)`', row.split('|')[1])}


class WallsTest(unittest.TestCase):
    def setUp(self):
        self.files = [path for path in sources('.c', '.h') if path != UMBRELLA]
        self.assertGreater(len(self.files), 40)

    def class_of(self, path):
        """The class that a file belongs to: it is named after the class, or begins so."""
        name = path.removeprefix('weakref-glib/weakref-').rsplit('.', 1)[0]
        return max((c for c in self.classes if name == c or name.startswith(c + '-')), key=len)

    @property
    def classes(self):
        return [path.removeprefix('weakref-glib/weakref-').removesuffix('.h')
                for path in self.files
                if path.startswith('weakref-glib/weakref-') and path.endswith('.h')
                and not path.endswith('-private.h') and module(path) not in SHARED]

    def test_the_core_includes_no_class(self):
        for path in self.files:
            for name in includes(path) if '/core/' in path else ():
                with self.subTest(path, includes=name):
                    self.assertTrue(name.startswith('weakref-glib/core/')
                                    or module(name) in SHARED)

    def test_no_circle_of_includes(self):
        graph = {}
        for path in self.files:
            graph.setdefault(module(path), set()).update(
                module(name) for name in includes(path) if module(name) != module(path))
        self.assertIsNone(circle(graph))
        self.assertEqual(circle({'a': {'b'}, 'b': {'c'}, 'c': {'b'}}), ['b', 'c', 'b'])

    @unittest.skipIf(shutil.which('nm') is None, 'nm is not there')
    def test_no_circle_of_calls(self):
        """Two files can call each other through a third one's header."""
        graph = calls(os.environ['LIBRARY_OBJECTS'])
        if not any(graph.values()):
            self.skipTest('the object files have no symbols, as with link-time optimization')
        self.assertIn('core_block', graph['core_watch'])
        self.assertIsNone(circle(graph))

    @unittest.skipIf(shutil.which('nm') is None, 'nm is not there')
    def test_a_file_uses_only_what_is_above_it_in_the_map(self):
        rows = map_of_files()
        for path, others in calls(os.environ['LIBRARY_OBJECTS']).items():
            for other in others:
                a, b = (re.sub('^(core|proxy)_', r'\1/', name) for name in (path, other))
                if a in rows and b in rows:
                    with self.subTest(a, uses=b):
                        self.assertLessEqual(rows[b], rows[a])

    def test_classes_include_no_other_class_but_their_parent(self):
        for path in self.files:
            if not path.startswith('weakref-glib/weakref-') or module(path) in SHARED:
                continue
            own = self.class_of(path)
            for name in includes(path):
                if name.startswith('weakref-glib/weakref-') and module(name) not in SHARED:
                    with self.subTest(path, includes=name):
                        self.assertIn(self.class_of(name), (own, PARENTS.get(own)))

    def test_locks_are_where_fork_finds_them(self):
        """All are in core/locks.c, but for those that there are many of, which tell it."""
        for path in self.files:
            text = (ROOT / path).read_text(encoding='utf-8')
            with self.subTest(path):
                if path != 'weakref-glib/core/locks.c':
                    self.assertNotRegex(text, r'(?m)^ *static (GMutex|GRecMutex|GRWLock)\b|G_LOCK')
                if 'g_mutex_init' in text:
                    self.assertIn('weakref_locks_add', text)

    def test_internals_have_a_map_of_the_files(self):
        named = set(map_of_files())
        there = {path.removeprefix('weakref-glib/').rsplit('.', 1)[0]
                 for path in sources('.c') if '/radar/' not in path}
        there |= {module(path).removeprefix('weakref-glib/')
                  for path in sources('.h') if '/core/' in path}
        there |= {module(name).removeprefix('weakref-glib/') for name in SHARED}
        self.assertEqual(named, there, 'the table in "The files" of doc/internals.md')

    def test_no_test_is_too_long(self):
        for path in sources('.c', '.h', top='tests'):
            n_lines = len((ROOT / path).read_text(encoding='utf-8').splitlines())
            with self.subTest(path, lines=n_lines):
                self.assertLessEqual(n_lines, MAX_LINES)

    def test_no_file_is_too_long(self):
        for path in sources('.c', '.h') + sources('.py', '.js', '.c', '.h', top='introspection'):
            n_lines = len((ROOT / path).read_text(encoding='utf-8').splitlines())
            with self.subTest(path, lines=n_lines):
                self.assertLessEqual(n_lines, MAX_LINES)


if __name__ == '__main__':
    unittest.main()
