#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the library promises to those who were built with it.

  abi.py [--gir GIR] [--update] BASELINE LIBRARY HEADER…

The headers must declare what the library exports, and both must be what the baseline has: one
line for each function, callback, type, enumerator, property, signal and macro. g-ir-scanner does
not notice a function that is declared and not exported, nor one that has lost its availability
macro. Properties and signals are known where there is a GIR. Speaks TAP.

--update writes the baseline instead: ninja -C _build update-abi.
"""

import argparse
import pathlib
import re
import subprocess
import sys
import xml.etree.ElementTree

COMMENT = re.compile(r'/\*.*?\*/', re.DOTALL)
MACRO = re.compile(r'^[ \t]*#[ \t]*define[ \t]+(WEAKREF_\w+)', re.MULTILINE)
DIRECTIVE = re.compile(r'^[ \t]*#(?:.*\\\n)*.*$', re.MULTILINE)
DECLARE = re.compile(r'\b(?:G|WEAKREF)_DECLARE_(\w+)_TYPE\s*'
                     r'\(\s*(\w+)\s*,\s*(\w+)\s*,.*?(\w+)\s*\)', re.DOTALL)
ENUM = re.compile(r'^typedef\s+enum\s*\w*\s*\{(.*)\}\s*(\w+)$', re.DOTALL)
CALLBACK = re.compile(r'^typedef\s+(.*?)\(\s*\*\s*(\w+)\s*\)\s*(\(.*\))$', re.DOTALL)
STRUCT = re.compile(r'^(?:typedef\s+)?(struct|union)\s+(\w+)\s*(.*)$', re.DOTALL)
PROTOTYPE = re.compile(r'^(.*?)\b(weakref_\w+)\s*(\(.*\))', re.DOTALL)
AVAILABLE = re.compile(r'^(?:WEAKREF_(?:AVAILABLE|DEPRECATED)_IN_\w+\s+)+')
# Of these macros only the effect is of use to others.
INTERNAL = re.compile(r'WEAKREF_(INSIDE|EXTERN|DECLARE_INTERNAL_TYPE|(AVAILABLE|DEPRECATED)_IN_\w+)$')
FROM_GIR = 'property ', 'signal '
CORE, GLIB = '{http://www.gtk.org/introspection/core/1.0}', \
    '{http://www.gtk.org/introspection/glib/1.0}'


def plain(text):
    """Return C text on one line, with one space where there is any."""
    return re.sub(r'(?<=[(*]) | (?=[,)])', '', ' '.join(text.split()))


def statements(text):
    """Yield the declarations of a header, without the braces of extern "C"."""
    text = DIRECTIVE.sub('', text)
    # A G_DECLARE_… ends without a semicolon.
    text = re.sub(r'^((?:G|WEAKREF)_DECLARE_\w+_TYPE\s*\([^)]*\))', r'\1;', text,
                  flags=re.MULTILINE)
    text = re.sub(r'\bG_(BEGIN|END)_DECLS\b', '', text)
    start = depth = 0
    for match in re.finditer(r'[{};]', text):
        depth += {'{': 1, '}': -1, ';': 0}[match[0]]
        if match[0] == ';' and depth == 0:
            yield text[start:match.start()].strip()
            start = match.end()


def enumerators(body):
    value = -1
    for member in body.split(','):
        if not member.strip():
            continue
        name, _, given = (part.strip() for part in member.partition('='))
        # A number, or a shift of numbers.
        value = eval(given, {'__builtins__': {}}) if given else value + 1
        yield name, value


def declarations(path):
    """Yield (line of the baseline, exported symbol or None, whether it has an availability
    macro) for all that a header declares."""
    text = COMMENT.sub('', pathlib.Path(path).read_text(encoding='utf-8'))
    for match in MACRO.finditer(text):
        if not INTERNAL.match(match[1]):
            yield f'macro {match[1]}', None, True
    for statement in statements(text):
        available = AVAILABLE.match(statement) is not None
        statement = AVAILABLE.sub('', statement)
        if match := DECLARE.search(statement):
            kind, name, prefix, parent = match.groups()
            yield f'type {name}: {kind.lower()}, {parent}', None, True
            yield f'function {prefix}_get_type: GType (void)', f'{prefix}_get_type', available
        elif match := ENUM.match(statement):
            yield f'type {match[2]}: enum', None, True
            for name, value in enumerators(match[1]):
                yield f'enumerator {name}: {match[2]} {value}', None, True
        elif match := CALLBACK.match(statement):
            yield f'callback {match[2]}: {plain(match[1])} {plain(match[3])}', None, True
        elif match := STRUCT.match(statement):
            yield f'type {match[2]}: {match[1]} {plain(match[3])}', None, True
        elif 'static inline' not in statement and (match := PROTOTYPE.match(statement)):
            yield (f'function {match[2]}: {plain(match[1])} {plain(match[3])}', match[2],
                   available)


def introspected(gir):
    """Yield the lines of the baseline that are in the GIR alone."""
    for kind in 'class', 'interface':
        for owner in xml.etree.ElementTree.parse(gir).getroot().iter(CORE + kind):
            name = owner.get(GLIB + 'type-name')
            for prop in owner.iter(CORE + 'property'):
                flags = [flag for flag, default in (('readable', '1'), ('writable', '0'),
                                                    ('construct-only', '0'))
                         if prop.get(flag, default) == '1']
                value = prop.find(CORE + 'type')
                value = 'array' if value is None else value.get('name')
                yield f"property {name}:{prop.get('name')}: {value} {' '.join(flags)}"
            for signal in owner.iter(GLIB + 'signal'):
                types = [value.get('name') for value in signal.iter(CORE + 'type')]
                yield f"signal {name}::{signal.get('name')}: {' '.join(types)}"


def exports(library):
    """Return the names of all that a library exports, other libraries' helpers excepted."""
    nm = subprocess.run(['nm', '--dynamic', '--defined-only', '--format=posix', library],
                        check=True, capture_output=True, text=True)
    names = {line.split()[0] for line in nm.stdout.splitlines()}
    return {name for name in names
            if not name.startswith(('_init', '_fini', '__odr_asan', '__asan', '__ubsan', '__gcov'))}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--gir')
    parser.add_argument('--update', action='store_true')
    parser.add_argument('baseline', type=pathlib.Path)
    parser.add_argument('library')
    parser.add_argument('headers', nargs='+')
    args = parser.parse_args()

    declared = [declaration for header in args.headers for declaration in declarations(header)]
    names = {name for line, name, available in declared if name is not None}
    exported = exports(args.library)
    lines = {line for line, name, available in declared}
    baseline = set()
    if args.baseline.exists():
        baseline.update(args.baseline.read_text(encoding='utf-8').splitlines())
    if args.gir:
        lines.update(introspected(args.gir))
    else:
        lines.update(line for line in baseline if line.startswith(FROM_GIR))
    if args.update:
        args.baseline.write_text(''.join(f'{line}\n' for line in sorted(lines)), encoding='utf-8')
        return 0

    checks = [
        ('finds-declarations', set() if len(names) > 20 else {'hardly any declaration'}),
        ('declared-symbols-have-an-availability-macro',
         {name for line, name, available in declared if not available}),
        ('declared-symbols-are-exported', names - exported),
        ('exported-symbols-are-declared', exported - names),
        ('baseline-has-everything', {f'{line} (ninja update-abi adds it)'
                                     for line in lines - baseline}),
        ('everything-of-the-baseline-is-there', {f'{line} (ninja update-abi takes it out)'
                                                 for line in baseline - lines}),
    ]
    print(f'1..{len(checks)}')
    for number, (claim, culprits) in enumerate(checks, 1):
        for culprit in sorted(culprits):
            print(f'# {culprit}')
        print(f"{'not ' if culprits else ''}ok {number} /weakref/abi/{claim}")
    return any(culprits for claim, culprits in checks)


if __name__ == '__main__':
    sys.exit(main())
