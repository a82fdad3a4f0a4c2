# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The module in a process: forks, its end, its threads, its interpreters."""

import os
import subprocess
import sys
import unittest

import gi
from gi.repository import Weakref  # noqa: F401

from support import run_child

THING = '''
import os, signal, sys, threading, weakref

class Thing(GObject.Object):
    pass

class Plain:
    pass

def fork(function):
    """Run the function in a child that ends as a program does; return how it ended."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    signal.alarm(20)
    function()
    sys.exit(0)
'''


class ForkTest(unittest.TestCase):
    def test_a_finalizer_runs_at_the_exit_of_the_process_that_made_it(self):
        for kind in ('Thing', 'Plain'):
            output, errors = run_child(THING + f'''
kept, dropped = {kind}(), [{kind}()]
Weakref.finalize(kept, print, 'parent-exit')
Weakref.finalize(dropped[0], print, 'parent-death')
taken_over = Weakref.finalize(kept, print, 'taken-over')
def in_child():
    dropped.clear()
    own = {kind}()
    Weakref.finalize(own, print, 'child-death')
    Weakref.finalize(kept, print, 'child-exit')
    del own
    taken_over.atexit = True
print(fork(in_child), 'ended')
taken_over.detach()
dropped.clear()
''')
            self.assertEqual(output, ['parent-death', 'child-death', 'child-exit', 'taken-over', '0',
                                      'ended', 'parent-death', 'parent-exit'], errors)

    def test_multiprocessing(self):
        output, errors = run_child(THING + '''
import multiprocessing
kept = Thing()
Weakref.finalize(kept, print, 'parent')
process = multiprocessing.get_context('fork').Process(target=print, args=('child',))
process.start()
process.join()
print(process.exitcode)
''')
        self.assertEqual(output, ['child', '0', 'parent'], errors)

    def test_references_go_on_in_the_child(self):
        output, errors = run_child(THING + '''
thing = Thing()
ref, things = Weakref.ref(thing, lambda r: print('gone')), Weakref.WeakSet([thing])
def in_child():
    global thing
    assert ref() is thing and thing in things
    del thing
    assert ref() is None and not things
print(fork(in_child))
assert ref() is thing
del thing
''')
        self.assertEqual(output, ['gone', '0', 'gone'], errors)


class EndTest(unittest.TestCase):
    def test_with_everything_alive(self):
        output, errors = run_child(THING + '''
things = [Thing() for _ in range(10)] + [Plain()]
refs = [Weakref.ref(thing, print) for thing in things]
proxies = [Weakref.proxy(thing) for thing in things]
held = Weakref.WeakSet(things), Weakref.WeakValueDictionary(enumerate(things))
tables = Weakref.ValueTable(), Weakref.KeyTable(), Weakref.Set(), Weakref.Cache()
for i, thing in enumerate(things[:10]):
    tables[0][i] = tables[3][(i,)] = thing
    tables[1][thing] = [thing]
    tables[2].add(thing)
things[0].itself = things
finalizers = [Weakref.finalize(thing, print, i) for i, thing in enumerate(things)]
print('end')
''')
        self.assertEqual(output[:12], ['end', *map(str, range(10, -1, -1))], errors)
        self.assertEqual(errors, '')

    def test_callbacks_of_what_is_alive_at_the_end(self):
        # Modules are cleared at the end, and the callbacks of what dies then are called, as with
        # the standard module.
        code = THING + '''
thing = {kind}()
thing.attribute = {module}.ref(thing, lambda r, write=os.write: write(1, b'called'))
keep = [{module}.ref(thing, lambda r, write=os.write: write(1, b'called'))]
sys.keep = keep
'''
        standard, _ = run_child(code.format(kind='Plain', module='weakref'))
        for kind in ('Plain', 'Thing'):
            output, errors = run_child(code.format(kind=kind, module='Weakref'))
            self.assertEqual(output, standard, errors)

    def test_without_warnings(self):
        code = THING + '''
thing, plain = Thing(), Plain()
things = Weakref.WeakSet([thing, plain])
Weakref.finalize(thing, print, 'end')
proxy = Weakref.proxy(thing)
table = Weakref.ValueTable(key_type=str)
table['a'] = thing
'''
        child = subprocess.run(
            [sys.executable, '-X', 'dev', '-W', 'error', '-W', 'ignore::ImportWarning',
             '-W', 'ignore::DeprecationWarning:gi',
             '-c', 'from gi.repository import GObject, Weakref\n' + code],
            capture_output=True, text=True)
        self.assertEqual((child.returncode, child.stdout, child.stderr), (0, 'end\n', ''))


class InterpreterTest(unittest.TestCase):
    def test_another_interpreter_is_refused(self):
        if gi.version_info < (3, 58):
            self.skipTest('this PyGObject itself hangs or crashes in another interpreter')
        output, errors = run_child('''
try:
    import _interpreters as interpreters
except ImportError:
    try:
        import _xxsubinterpreters as interpreters
    except ImportError:
        interpreters = None
if interpreters is None:
    print('none')
else:
    other = interpreters.create('legacy') if hasattr(interpreters, 'new_config') else (
        interpreters.create(isolated=False))
    code = """
try:
    from gi.repository import Weakref
except (ImportError, TypeError) as error:  # TypeError comes from PyGObject 3.58
    print('refused', type(error).__name__, flush=True)
"""
    (interpreters.exec if hasattr(interpreters, 'exec') else interpreters.run_string)(other, code)
''', check=False)
        if output == ['none']:
            self.skipTest('this Python has no interpreters')
        self.assertEqual(output[:1], ['refused'], errors)


class ThreadTest(unittest.TestCase):
    @unittest.skipUnless(os.environ.get('WEAKREF_TEST_FORKS'),
                         'the child can hang on a lock of GLib; WEAKREF_TEST_FORKS=1 runs it')
    def test_a_child_of_a_process_that_is_busy_with_references(self):
        """Our locks are free in the child, but those of GLib may not be.

        A child of a program whose other thread does nothing but `Thing()` hangs about once in 20
        times, without this module as well. Here a child waits for ever in g_weak_ref_get() if the
        other thread had the lock of that GWeakRef (GLib 2.90, seen in a debugger). That our own
        locks are free is tested in C, in tests/fork.c.
        """
        output, errors = run_child(THING + '''
stop = threading.Event()
things = [Thing() for _ in range(20)]
held, table = Weakref.WeakSet(things), Weakref.ValueTable()
for i, thing in enumerate(things):
    table[i] = thing

def use():
    for i, thing in enumerate(things):
        ref = Weakref.ref(thing, lambda r: None)
        assert ref() is thing and thing in held and table[i] is thing
        Weakref.proxy(thing).props
        Weakref.finalize(thing, print).detach()
    assert len(list(held)) == 20

def work():
    while not stop.is_set():
        use()

thread = threading.Thread(target=work)
thread.start()
try:
    print({fork(use) for _ in range(20)})
finally:
    stop.set()
    thread.join()
''')
        self.assertEqual(output, ['{0}'], errors)


if __name__ == '__main__':
    unittest.main()
