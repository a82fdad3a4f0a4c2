# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The stubs say what the module is."""

import ast
import pathlib
import shutil
import subprocess
import tempfile
import unittest

from gi.repository import GObject, Weakref

HERE = pathlib.Path(__file__).resolve().parent
STUB = HERE.parents[1] / 'introspection/python/gi-stubs/repository/Weakref.pyi'

# What the sample needs of the other modules, for where PyGObject-stubs is not installed.
OTHERS = {
    'GLib': 'class MainContext: ...',
    'GObject': 'class Object:\n    def __init__(self, **kwargs: object) -> None: ...\n'
               'class GEnum(int): ...\nTYPE_STRING: int',
    'Gio': 'class ListModel: ...\nclass MemoryMonitor: ...',
}


class MypyTest(unittest.TestCase):
    def test_sample(self):
        mypy = shutil.which('mypy')
        if mypy is None:
            self.skipTest('mypy is not installed')
        sample = HERE / 'typed.py'
        with tempfile.TemporaryDirectory() as directory:
            path = pathlib.Path(directory, 'stubs', 'gi', 'repository')
            path.mkdir(parents=True)
            for package in (path, path.parent):
                (package / '__init__.pyi').touch()
            for name, text in OTHERS.items():
                (path / f'{name}.pyi').write_text(text)
            shutil.copy(STUB, path)
            checked = subprocess.run(
                [mypy, '--strict', '--allow-any-generics', '--no-incremental', '--no-error-summary',
                 '--no-color-output', '--hide-error-context', sample],
                cwd=directory, env={'MYPYPATH': str(path.parents[1]), 'PATH': '/usr/bin:/bin'},
                capture_output=True, text=True)
        found = {line for line in checked.stdout.splitlines() if ': error:' in line}
        self.assertEqual(checked.stderr, '')
        lines = {int(line.split(':')[1]) for line in found if line.startswith(str(sample))}
        expected = {number for number, line in enumerate(sample.read_text().splitlines(), 1)
                    if '# wrong' in line}
        self.assertEqual(lines, expected, checked.stdout)
        self.assertEqual([line for line in found if not line.startswith(str(sample))], [])


class ConsistencyTest(unittest.TestCase):
    def setUp(self):
        nodes = ast.parse(STUB.read_text()).body
        self.names = set(get_names(nodes))
        self.members = {}
        for node in nodes:
            if isinstance(node, ast.ClassDef):
                bases = {base.value.id for base in node.bases if isinstance(base, ast.Subscript)
                         and isinstance(base.value, ast.Name)}
                self.members[node.name] = set(get_names(node.body)).union(
                    *(self.members.get(base, ()) for base in bases if base.startswith('_')))

    def test_what_the_stubs_declare_exists(self):
        missing = [name for name in self.names
                   if not name.startswith('_') and not hasattr(Weakref, name)]
        for name, members in self.members.items():
            if not name.startswith('_'):
                missing += [f'{name}.{member}' for member in members - {'__getattr__'}
                            if not hasattr(getattr(Weakref, name), member)]
        self.assertEqual(sorted(missing), [])

    def test_the_stubs_declare_what_exists(self):
        missing = [name for name in Weakref.__dir__()
                   if not name.startswith('_') and name not in self.names
                   and is_public(getattr(Weakref, name))]
        for name, members in self.members.items():
            cls = getattr(Weakref, name, object)
            if issubclass(cls, GObject.Object):
                missing += [f'{name}.{member}' for member in vars(cls)
                            if not member.startswith('_') and member not in members
                            and callable(getattr(cls, member))]
        self.assertEqual(sorted(missing), [])


def get_names(nodes):
    for node in nodes:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.AnnAssign):
            yield node.target.id
        elif isinstance(node, ast.Assign):
            yield node.targets[0].id


def is_public(thing):
    """Whether it is more than the structure of a class, or the type of a callback."""
    return not (isinstance(thing, type) and thing.__name__.endswith('Class'))


if __name__ == '__main__':
    unittest.main()
