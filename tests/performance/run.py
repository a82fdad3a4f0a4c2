#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Run all benchmarks of a build, each in processes of its own: run.py BUILD [--quick]

Prints what they print, which is for table.py to read. --quick takes as little time as it takes to
see that they run; its figures mean nothing.

What 100,000 objects take depends on where malloc and the kernel put them in that one process. So
those in C run in several processes. Of the rows that these print, the one with the median of the
ratios is printed, with the lowest and the highest of them.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

# Those in C, beside plain GLib.
NAMES = 'floor', 'ref', 'values', 'keys', 'threads', 'proxy', 'set', 'tie', 'async', 'cache'
N_PROCESSES = 5  # an odd number, so that the median is one of them
HERE = pathlib.Path(__file__).resolve().parent
# What other languages have is compiled here: for the build, they are no part of the project.
OTHERS = [
    ('C++', 'other-cplusplus.cc', ['c++', '-O2', '-pthread']),
    ('CPython', 'other-cpython.c', ['cc', '-O2']),
    ('Rust', 'other-rust.rs', ['rustc', '-O']),
]


def log(*words):
    print('performance:', *words, file=sys.stderr, flush=True)


def run(program, *args, **env):
    log('running', pathlib.Path(program).name)
    subprocess.run([program, *args], env={**os.environ, **env}, check=True)


def get_figure(fields):
    """Return what a row is compared by, or a point: the ratio if there is one."""
    if fields[0] == 'point':
        return float(fields[3])
    ours, theirs = float(fields[3]), float(fields[5])
    return ours / theirs if theirs > 0 else ours


def choose(lines):
    """Return the line of all processes that is to be printed."""
    rows = [line.split('\t') for line in lines]
    kind = rows[0][0]
    figures = {'row': (3, 5), 'point': (3,)}.get(kind, ())
    if len({tuple(field for i, field in enumerate(fields) if i not in figures)
            for fields in rows}) != 1:
        raise SystemExit(f'The processes do not agree: {lines}')
    if not figures:
        return lines[0]
    rows.sort(key=get_figure)
    spread = [f'{get_figure(rows[i]):.4f}' for i in (0, -1)] if kind == 'row' else []
    return '\t'.join([*rows[len(rows) // 2], *spread])


def run_several(directory, args, cpus):
    """Run all programs several times, and not one after the other, as a disturbance may last."""
    outputs = {name: [] for name in NAMES}
    for i in range(N_PROCESSES):
        log(f'running the programs in C, {i + 1} of {N_PROCESSES}')
        for name in NAMES:
            # The caches of one CPU, whatever the scheduler thinks; but two threads have two.
            os.sched_setaffinity(0, cpus if name == 'threads' or '--quick' in args
                                 else {max(cpus)})
            outputs[name].append(subprocess.run(
                [directory / f'bench-{name}', *args], check=True, stdout=subprocess.PIPE,
                text=True).stdout.splitlines())
    for several in outputs.values():
        for lines in zip(*several, strict=True):
            print(choose(lines), flush=True)


def count_instructions(program, name):
    """Print how many instructions each thing takes that the program measures, by callgrind."""
    log('counting the instructions of', name)
    with tempfile.TemporaryDirectory() as directory:
        result = subprocess.run(
            ['valgrind', '-q', '--tool=callgrind', '--instr-atstart=no',
             '--callgrind-out-file=out.%p', program, '--instructions'],
            cwd=directory, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if result.returncode != 0:
            raise SystemExit(f'{name} under callgrind: {result.stderr}')
        counts = {}
        for path in pathlib.Path(directory).glob('out.*.*'):
            text = path.read_text()
            what = re.search('^desc: Trigger: Client Request: (.*)$', text, re.M)
            if what:
                *row, whose, n = what[1].split('\t')
                total = int(re.search('^totals: ([0-9]+)', text, re.M)[1])
                counts.setdefault(tuple(row), {})[whose] = total / int(n)
    for row, values in counts.items():
        print('instructions', *row, f"{values['ours']:.0f}", f"{values.get('theirs', 0):.0f}",
              sep='\t', flush=True)


def get_python_flags():
    """Return what a C program with Python in it is compiled with, or None."""
    config = pathlib.Path(sys.executable).with_name('python3-config')
    if not config.exists():
        return None
    return subprocess.run([config, '--includes', '--ldflags', '--embed'], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.split()


def compile_other(language, source, compiler, directory):
    """Return the program, or None if there is nothing to compile it with."""
    flags = get_python_flags() if language == 'CPython' else []
    if not shutil.which(compiler[0]) or flags is None:
        log(f'{language} is skipped: there is no', compiler[0] if flags is not None
            else 'python3-config')
        return None
    program = directory / pathlib.Path(source).stem
    subprocess.run([*compiler, HERE / source, '-o', program, *flags], check=True)
    return program


def main(build, *args):
    build = pathlib.Path(build).resolve()
    directory = build / 'tests' / 'performance'
    run_several(directory, args, os.sched_getaffinity(0))
    if shutil.which('valgrind'):
        for name in NAMES[:1] if '--quick' in args else NAMES:
            count_instructions(directory / f'bench-{name}', name)
    else:
        log('no instructions are counted: there is no valgrind')
    if list(build.glob('introspection/*.typelib')):
        # With the native module, if it was built.
        overrides = HERE.parents[1] / 'introspection', build / 'introspection'
        run(sys.executable, HERE / 'bench_python.py', *args,
            GI_TYPELIB_PATH=str(build / 'introspection'),
            LD_LIBRARY_PATH=str(build / 'weakref-glib'),
            PYTHONPATH=':'.join(str(path / 'python') for path in overrides))
    else:
        log('Python is skipped: the build has no typelib')
    for other in OTHERS:
        program = compile_other(*other, directory)
        if program is not None:
            run(program, *args)


if __name__ == '__main__':
    main(*sys.argv[1:])
