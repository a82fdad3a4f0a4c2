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

from support import CORE, read_gir

HERE = pathlib.Path(__file__).resolve().parent
STUB = HERE.parents[1] / 'introspection/python/gi-stubs/repository/Weakref.pyi'

# What the sample needs of the other modules, for where PyGObject-stubs is not installed.
OTHERS = {
    'GLib': 'class Error(Exception): ...\nclass MainContext: ...\nclass Variant: ...',
    'GObject': 'class Object:\n    def __init__(self, **kwargs: object) -> None: ...\n'
               'class GEnum(int): ...\nclass ConnectFlags(int): ...\nTYPE_STRING: int',
    'Gio': ''.join(f'class {name}: ...\n' for name in (
        'AsyncResult', 'Cancellable', 'ListModel', 'MemoryMonitor', 'Task')),
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
        self.names = get_nodes(ast.parse(STUB.read_text()))
        self.members = {}
        for name, node in self.names.items():
            if isinstance(node, ast.ClassDef):
                self.members[name] = get_nodes(node)
                for base in node.bases:
                    if isinstance(base, ast.Subscript) and isinstance(base.value, ast.Name):
                        inherited = self.members.get(base.value.id, {})
                        self.members[name] = {**inherited, **self.members[name]}

    def test_what_the_stubs_declare_exists(self):
        missing = [name for name in self.names
                   if not name.startswith('_') and not hasattr(Weakref, name)]
        for name, members in self.members.items():
            if not name.startswith('_'):
                missing += [f'{name}.{member}' for member in members.keys() - {'__getattr__'}
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

    def test_functions_of_c_take_as_many_arguments(self):
        for name, element in read_gir()[0].items():
            cls, _, name = name.rpartition('.')
            node = (self.members[cls] if cls else self.names)[name.replace('break', 'break_')]
            is_static = not cls or any(getattr(decorator, 'id', None) == 'staticmethod'
                                       for decorator in node.decorator_list)
            parameters = element.findall(f'{CORE}parameters/{CORE}parameter')
            # User data is any number of arguments more, after all the others.
            data = {parameter.get(index) for parameter in parameters
                    for index in ('closure', 'destroy')} - {None}
            # A list brings its length along.
            lengths = {array.get('length') for parameter in parameters
                       for array in parameter.findall(f'{CORE}array')} - {None}
            expected = [parameter for i, parameter in enumerate(parameters)
                        if parameter.get('direction') != 'out' and str(i) not in data | lengths]
            with self.subTest(cls=cls, name=name):
                self.assertEqual(len(node.args.args) - (not is_static), len(expected))
                self.assertEqual(node.args.vararg is not None, bool(data))


def get_nodes(parent):
    nodes = {}
    for node in parent.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            nodes[node.name] = node
        elif isinstance(node, ast.AnnAssign):
            nodes[node.target.id] = node
        elif isinstance(node, ast.Assign):
            nodes[node.targets[0].id] = node
    return nodes


def is_public(thing):
    """Whether it is more than the structure of a class, or the type of a callback."""
    return not (isinstance(thing, type) and thing.__name__.endswith('Class'))


if __name__ == '__main__':
    unittest.main()
