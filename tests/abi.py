#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the headers declare is what the library exports: abi.py LIBRARY HEADER…

g-ir-scanner does not notice a function that is declared and not exported, nor one that has
lost its availability macro. Speaks TAP.
"""

import re
import subprocess
import sys

COMMENT = re.compile(r'/\*.*?\*/', re.DOTALL)
# Type names, function types and macros have no lower-case name before the parenthesis.
PROTOTYPE = re.compile(r'\b(weakref_[a-z0-9_]+)\s*\(')
TYPE = re.compile(r'\bG_DECLARE_\w+_TYPE\s*\(\s*\w+\s*,\s*(weakref_\w+)\s*,')
AVAILABLE = re.compile(r'^WEAKREF_(AVAILABLE|DEPRECATED)_IN_\w+\s')


def declarations(path):
    """Yield (symbol, whether it has an availability macro) for all that a header declares."""
    with open(path, encoding='utf-8') as header:
        text = COMMENT.sub('', header.read())
    text = re.sub(r'^[ \t]*#.*(?:\\\n.*)*$', '', text, flags=re.MULTILINE)
    # A G_DECLARE_… ends without a semicolon.
    text = re.sub(r'^(G_DECLARE_\w+_TYPE\s*\([^)]*\))', r'\1;', text, flags=re.MULTILINE)
    for statement in text.split(';'):
        statement = statement.replace('G_BEGIN_DECLS', '').replace('G_END_DECLS', '').strip()
        available = AVAILABLE.match(statement) is not None
        if match := TYPE.search(statement):
            yield match[1] + '_get_type', available
        elif not statement.startswith('typedef') and 'static inline' not in statement:
            if match := PROTOTYPE.search(statement):
                yield match[1], available


def exports(library):
    """Return the names of all that a library exports, other libraries' helpers excepted."""
    nm = subprocess.run(['nm', '--dynamic', '--defined-only', '--format=posix', library],
                        check=True, capture_output=True, text=True)
    names = {line.split()[0] for line in nm.stdout.splitlines()}
    return {name for name in names
            if not name.startswith(('_init', '_fini', '__odr_asan', '__asan', '__ubsan', '__gcov'))}


def main(library, *headers):
    declared = [declaration for header in headers for declaration in declarations(header)]
    names = {name for name, available in declared}
    exported = exports(library)
    checks = [
        ('finds-declarations', set() if len(names) > 20 else {'hardly any declaration'}),
        ('declared-symbols-have-an-availability-macro',
         {name for name, available in declared if not available}),
        ('declared-symbols-are-exported', names - exported),
        ('exported-symbols-are-declared', exported - names),
    ]
    print(f'1..{len(checks)}')
    for number, (claim, culprits) in enumerate(checks, 1):
        for culprit in sorted(culprits):
            print(f'# {culprit}')
        print(f"{'not ' if culprits else ''}ok {number} /weakref/abi/{claim}")
    return any(culprits for claim, culprits in checks)


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
