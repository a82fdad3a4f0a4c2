#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Count the tests in meson's logs: count.py BUILD/meson-logs/testlog.json…

Prints one line, "N passed, N failed, N skipped", over all the logs together. What counts is
the claim, not the program: every top-level TAP line of a test program is one test. A program
that speaks no TAP is one test, by its exit status. A program that ended badly (crash, timeout,
wrong plan or none, nothing tested, non-zero exit) without a failed test of its own is one
failed test more; a program that meson expects to fail, and which does, is one passed test. A
"# TODO" counts as skipped if the test fails, as failed if it unexpectedly passes.

Exit status: 0 if the logs could be read, whatever they say; 2 if one could not, or is empty.
"""

import collections
import json
import re
import sys

# GLib comments its nested tests out ("# ok 1 …"), TAP 14 indents them: ours start in column 0.
TEST = re.compile(r'(not )?ok\b(?:.*?#\s*(SKIP|TODO))?', re.IGNORECASE)
PLAN = re.compile(r'1\.\.(\d+)\b')
BAD = {'FAIL', 'ERROR', 'TIMEOUT', 'INTERRUPT', 'UNEXPECTEDPASS'}


def count_program(run):
    """Return the Counter of one entry of the log: one run of one test program."""
    if run['result'] == 'EXPECTEDFAIL':
        return collections.Counter(passed=1)
    counts = collections.Counter()
    has_plan = False
    for line in run['stdout'].split('\n'):
        if match := PLAN.match(line):
            has_plan = True
            if int(match[1]) == 0:
                counts['skipped'] += 1
        elif match := TEST.match(line):
            is_bad = match[1] is not None
            directive = (match[2] or '').upper()
            if directive == 'TODO':
                counts['skipped' if is_bad else 'failed'] += 1
            elif is_bad:
                counts['failed'] += 1
            else:
                counts['skipped' if directive == 'SKIP' else 'passed'] += 1
    is_skipped = run['result'] == 'SKIP'
    # meson lets both pass: a program that stops in the middle, and one that says nothing.
    is_cut_off = not has_plan if counts else is_skipped and run['returncode'] == 0
    if run['result'] in BAD or is_cut_off:
        counts['failed'] = counts['failed'] or 1
    elif not counts:
        counts['skipped' if is_skipped else 'passed'] += 1
    return counts


def main(paths):
    counts = collections.Counter()
    for path in paths:
        try:
            with open(path, encoding='utf-8', errors='replace') as log:
                runs = [json.loads(line) for line in log if line.strip()]
        except (OSError, ValueError) as error:
            print(f'count.py: {path}: {error}', file=sys.stderr)
            return 2
        if not runs:
            print(f'count.py: {path}: no test was run', file=sys.stderr)
            return 2
        for run in runs:
            counts += count_program(run)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 0


if __name__ == '__main__':
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
