#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Count the tests in meson's logs: count.py BUILD/meson-logs/testlog.json…

Prints one line, "N passed, N failed, N skipped", over all the logs together; and before it, to
stderr, a line for each test that failed or was skipped, with the reason. What counts is the claim,
not the program: every top-level TAP line of a test program is one test. A program that speaks no
TAP is one test, by its exit status. A program that ended badly (crash, timeout, wrong plan or
none, nothing tested, non-zero exit) without a failed test of its own is one failed test more; a
program that meson expects to fail, and which does, is one passed test. A "# TODO" counts as
skipped if the test fails, as failed if it unexpectedly passes. A test that is skipped without a
reason has failed.

Exit status: 0 if the logs could be read, whatever they say; 2 if one could not, or is empty.
"""

import collections
import json
import re
import sys

# GLib comments its nested tests out ("# ok 1 …"), TAP 14 indents them: ours start in column 0.
TEST = re.compile(r'(not )?ok\b\s*\d*(?:\s*-)?(.*?)(?:#\s*(SKIP|TODO)\S*(.*))?$', re.IGNORECASE)
PLAN = re.compile(r'1\.\.(\d+)\b(?:.*?#\s*SKIP\S*(.*))?', re.IGNORECASE)
BAD = {'FAIL', 'ERROR', 'TIMEOUT', 'INTERRUPT', 'UNEXPECTEDPASS'}


def read_program(run):
    """Yield (outcome, claim, reason) for each test of one run of one test program."""
    if run['result'] == 'EXPECTEDFAIL':
        yield 'passed', '', ''
        return

    tests = []
    has_plan = False
    for line in run['stdout'].split('\n'):
        if match := PLAN.match(line):
            has_plan = True
            if int(match[1]) == 0:
                tests.append(('skipped', '', match[2] or ''))
        elif match := TEST.match(line):
            bad, claim, directive, reason = (group or '' for group in match.groups())
            outcome = 'failed' if bad else 'passed'
            if directive.upper() == 'TODO':
                outcome = 'skipped' if bad else 'failed'
                reason = f'to do{reason}'
            elif directive and not bad:
                outcome = 'skipped'
            tests.append((outcome, claim, reason))

    is_skipped = run['result'] == 'SKIP'
    # meson lets both pass: a program that stops in the middle, and one that says nothing.
    is_cut_off = not has_plan if tests else is_skipped and run['returncode'] == 0
    if run['result'] in BAD or is_cut_off:
        if not any(outcome == 'failed' for outcome, _, _ in tests):
            tests.append(('failed', '', f"{run['result']}, exit status {run['returncode']}"))
    elif not tests:
        output = run['stdout'] or run.get('stderr') or ''
        tests.append(('skipped' if is_skipped else 'passed', '', output))

    for outcome, claim, reason in tests:
        if outcome == 'skipped' and not reason.strip():
            outcome, reason = 'failed', 'skipped without a reason'
        yield outcome, claim.strip(), reason.strip()


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
            for outcome, claim, reason in read_program(run):
                counts[outcome] += 1
                if outcome != 'passed':
                    print(': '.join(filter(None, (outcome, run['name'], claim, reason))),
                          file=sys.stderr)
    print(f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped")
    return 0


if __name__ == '__main__':
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        sys.exit(2)
    sys.exit(main(sys.argv[1:]))
