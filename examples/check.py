# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs an example, and compares what it prints: check.py EXPECTED COMMAND…"""

import difflib
import pathlib
import subprocess
import sys

expected = pathlib.Path(sys.argv[1]).read_text().splitlines()
run = subprocess.run(sys.argv[2:], stdout=subprocess.PIPE, text=True)
got = run.stdout.splitlines()
print('\n'.join(difflib.unified_diff(expected, got, 'expected', 'got', lineterm='')))
sys.exit(run.returncode != 0 or got != expected)
