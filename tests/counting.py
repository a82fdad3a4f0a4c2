# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Tests that count.py counts what meson says of programs, good and bad, and .ci/run adds up."""

import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

COUNT = pathlib.Path(__file__).with_name('count.py')


class CountTest(unittest.TestCase):
    def setUp(self):
        self.dir = pathlib.Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.dir)
        self.lines = ["project('counted')", "sh = find_program('sh')"]

    def add(self, script, protocol='tap', extra=''):
        n = len(self.lines)
        (self.dir / f'{n}.sh').write_text(script)
        self.lines.append(f"test('{n}', sh, args: files('{n}.sh'), protocol: '{protocol}'{extra})")

    def count(self):
        """Return the closing line and, as a string, what comes before it."""
        (self.dir / 'meson.build').write_text('\n'.join(self.lines))
        build = self.dir / 'build'
        subprocess.run(['meson', 'setup', build, self.dir], check=True, stdout=subprocess.DEVNULL)
        subprocess.run(['meson', 'test', '-C', build, '--no-rebuild'],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        run = subprocess.run([sys.executable, COUNT, build / 'meson-logs' / 'testlog.json'],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=True)
        return run.stdout, run.stderr

    def assert_counts(self, expected, *reasons):
        closing, before = self.count()
        self.assertEqual(closing, f'{expected}\n', before)
        for reason in reasons:
            self.assertIn(reason, before)
        self.assertEqual(len(before.splitlines()), len(reasons), before)

    def test_claims_and_programs(self):
        self.add('echo 1..3; echo ok 1 a; echo "ok 2 - b"; echo "# ok 1 nested"; echo ok 3')
        self.add('exit 0', 'exitcode')
        self.assert_counts('4 passed, 0 failed, 0 skipped')

    def test_failures(self):
        self.add('echo 1..2; echo ok 1 good; echo not ok 2 the claim; exit 1')
        self.add('exit 1', 'exitcode')
        self.add('exit 1', 'exitcode', ', should_fail: true')
        self.assert_counts('2 passed, 2 failed, 0 skipped', '2: the claim', 'exit status 1')

    def test_bad_ends(self):
        self.add('echo 1..2; echo ok 1 a; echo ok 2 b; kill -ABRT $$')
        self.add('echo 1..3; echo ok 1 a; kill -SEGV $$')
        self.add('echo 1..3; echo ok 1 a')
        self.add('echo 1..1; echo ok 1 a; exit 3')
        self.add('echo 1..1; echo ok 1 a; sleep 100', extra=', timeout: 1')
        self.assert_counts('6 passed, 5 failed, 0 skipped', '2: ', '3: ', '4: ',
                           'exit status 3', '6: TIMEOUT')

    def test_silence(self):
        self.add('true')
        self.add('echo ok 1 a; echo ok 2 b')
        self.assert_counts('2 passed, 2 failed, 0 skipped', '2: SKIP', '3: OK')

    def test_skips(self):
        self.add('echo 1..2; echo "ok 1 a # SKIP no display"; echo ok 2 b')
        self.add('echo "1..0 # SKIP no lgi"')
        self.add('echo no network >&2; exit 77', 'exitcode')
        self.add('echo 1..2; echo "not ok 1 a # TODO write it"; echo "ok 2 b # TODO it"; exit 1')
        self.assert_counts('1 passed, 1 failed, 4 skipped', '2: a: no display', '3: no lgi',
                           '4: no network', '5: a: to do write it', '5: b: to do it')

    def test_skips_without_a_reason_have_failed(self):
        self.add('echo 1..1; echo "ok 1 a # SKIP"')
        self.add('echo "1..0 # SKIP"')
        self.add('exit 77', 'exitcode')
        self.assert_counts('0 passed, 3 failed, 0 skipped', '2: a: skipped without a',
                           '3: skipped without a', '4: skipped without a')

    def test_no_log_is_an_error(self):
        empty = self.dir / 'empty.json'
        empty.touch()
        for path in empty, self.dir / 'none.json':
            run = subprocess.run([sys.executable, COUNT, path], stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True)
            self.assertEqual((run.returncode, run.stdout), (2, ''))
            self.assertIn(path.name, run.stderr)


class CiTest(unittest.TestCase):
    """What .ci/run makes of two scripts that end in one way or another."""

    def assert_closes(self, suite, matrix, expected):
        with tempfile.TemporaryDirectory() as scratch:
            for name, script in ('run.sh', suite), ('matrix.sh', matrix):
                path = pathlib.Path(scratch, 'tests', name)
                path.parent.mkdir(exist_ok=True)
                path.write_text(script)
            ci = pathlib.Path(scratch, '.ci', 'run')
            ci.parent.mkdir()
            shutil.copy(COUNT.parents[1] / '.ci' / 'run', ci)
            run = subprocess.run([ci], stdout=subprocess.PIPE, text=True)
        self.assertEqual(run.stdout.splitlines()[-1], expected, run.stdout)
        self.assertEqual(run.returncode != 0, ' 0 failed' not in expected)

    def test_adds_up(self):
        self.assert_closes('echo 7 passed, 0 failed, 1 skipped',
                           'echo x: 9 passed, 9 failed, 9 skipped\n'
                           'echo matrix: 30 passed, 0 failed, 2 skipped',
                           '37 passed, 0 failed, 3 skipped')

    def test_fails_with_either(self):
        good, bad = 'echo 7 passed, 0 failed, 1 skipped', 'echo 7 passed, 10 failed, 1 skipped'
        self.assert_closes(f'{bad}; exit 1', f'{good}', '14 passed, 10 failed, 2 skipped')
        self.assert_closes(f'{good}', f'{bad}; exit 1', '14 passed, 10 failed, 2 skipped')

    def test_fails_without_a_closing_line(self):
        good = 'echo 7 passed, 0 failed, 1 skipped'
        self.assert_closes('exit 2', good, '7 passed, 1 failed, 1 skipped')
        self.assert_closes(good, 'exit 0', '7 passed, 1 failed, 1 skipped')

    def test_fails_with_the_exit_status_alone(self):
        good = 'echo 7 passed, 0 failed, 1 skipped'
        self.assert_closes(good, f'{good}; exit 3', '14 passed, 1 failed, 2 skipped')


if __name__ == '__main__':
    unittest.main()
