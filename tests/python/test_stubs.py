# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The stubs say what the module is."""

import ast
import atexit
import functools
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import venv

from gi.repository import GObject, Weakref

from support import CORE, read_gir

HERE = pathlib.Path(__file__).resolve().parent
STUB = HERE.parents[1] / 'introspection/python/gi-stubs/repository/Weakref.pyi'

# This replaces PyGObject-stubs. It has what the sample needs.
OTHERS = {
    'GLib': 'class Error(Exception): ...\nclass MainContext: ...\nclass Variant: ...',
    'GObject': 'class Object:\n    def __init__(self, **kwargs: object) -> None: ...\n'
               'class GEnum(int): ...\nclass ConnectFlags(int): ...\nTYPE_STRING: int',
    'Gio': ''.join(f'class {name}: ...\n' for name in (
        'AsyncResult', 'Cancellable', 'ListModel', 'MemoryMonitor', 'Task')),
}

# A program that has no other stubs than ours.
ALONE = """from gi.repository import Gio, Gtk, Weakref
file = Gio.File.new_for_path('/')
Gtk.init()
Weakref.getweakrefcount(file) + 1
Weakref.getweakrefcount(file) + ''  # wrong
Weakref.nothing  # wrong
"""


def run_mypy(python, sample):
    """Return the numbers of the lines that are wrong, and what was printed."""
    mypy = shutil.which('mypy')
    if mypy is None:
        raise unittest.SkipTest('mypy is not installed')
    checked = subprocess.run(
        [mypy, '--strict', '--allow-any-generics', '--allow-subclassing-any', '--no-incremental',
         '--no-error-summary', '--no-color-output', '--hide-error-context', '--python-executable',
         python, sample],
        cwd=sample.parent, env={'PATH': '/usr/bin:/bin'}, capture_output=True, text=True)
    if checked.stderr:
        raise AssertionError(checked.stderr)
    found = [line.split(':') for line in checked.stdout.splitlines() if ': error:' in line]
    return ({int(line) if file == sample.name else file for file, line, *_ in found},
            checked.stdout)


@functools.cache
def get_pyright():
    """Return the command pyright, installed from npm if it is not here, or why there is none."""
    found = shutil.which('pyright')
    if found is not None:
        return found
    npm = shutil.which('npm')
    if npm is None or shutil.which('node') is None:
        return unittest.SkipTest('neither pyright nor npm is installed')
    directory = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, directory)
    try:
        subprocess.run([npm, 'install', '--no-audit', '--no-fund', '--prefix', directory, 'pyright'],
                       capture_output=True, check=True, timeout=60)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
        return unittest.SkipTest('npm can not install pyright: no network?')
    return f'{directory}/node_modules/.bin/pyright'


def run_pyright(python, sample):
    """Return the numbers of the lines that are wrong, and what was printed."""
    checked = subprocess.run([get_pyright(), '--outputjson', '--pythonpath', python, sample],
                             cwd=sample.parent, capture_output=True, text=True)
    return ({each['range']['start']['line'] + 1 if pathlib.Path(each['file']).name == sample.name
             else each['file'] for each in json.loads(checked.stdout)['generalDiagnostics']
             if each['severity'] == 'error'}, checked.stdout + checked.stderr)


class Checkers:
    """The stubs installed as they are, for a type checker."""

    def install(self, *, others, apart=False):
        """Make an interpreter with our stubs, beside those of PyGObject or in another directory."""
        directory = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, directory)
        venv.create(directory / 'venv', symlinks=True)
        site = next((directory / 'venv').glob('lib/python*/site-packages'))
        # This replaces PyGObject itself, which has no types.
        (site / 'gi/repository').mkdir(parents=True)
        for package in ('gi', 'gi/repository'):
            (site / package / '__init__.py').touch()
        if others:
            path = site / 'gi-stubs/repository'
            path.mkdir(parents=True)
            for package in (path, path.parent):
                (package / '__init__.pyi').touch()
            for name, text in OTHERS.items():
                (path / f'{name}.pyi').write_text(text)
        if apart:
            (site / 'apart.pth').write_text(f'{directory}/apart')
        shutil.copytree(STUB.parents[1], (directory / 'apart' if apart else site) / 'gi-stubs',
                        dirs_exist_ok=True)
        return directory

    def check(self, directory, text):
        sample = directory / 'sample.py'
        sample.write_text(text)
        found, output = self.run_checker(str(directory / 'venv/bin/python'), sample)
        expected = {number for number, line in enumerate(text.splitlines(), 1) if '# wrong' in line}
        self.assertEqual(found, expected, output)

    def test_alone(self):
        self.check(self.install(others=False), ALONE)

    def test_with_stubs_of_pygobject(self):
        self.check(self.install(others=True), (HERE / 'typed.py').read_text())


class MypyTest(Checkers, unittest.TestCase):
    run_checker = staticmethod(run_mypy)

    def test_with_stubs_of_pygobject_elsewhere(self):
        self.check(self.install(others=True, apart=True), (HERE / 'typed.py').read_text())


class PyrightTest(Checkers, unittest.TestCase):
    run_checker = staticmethod(run_pyright)

    def setUp(self):
        if isinstance(get_pyright(), unittest.SkipTest):
            raise get_pyright()


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
            # Any number of arguments at the end take the place of the user data.
            data = {parameter.get(index) for parameter in parameters
                    for index in ('closure', 'destroy')} - {None}
            # A list knows its length, so there is no parameter for it.
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
