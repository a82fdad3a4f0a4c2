#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Run all benchmarks of a build, each in a process of its own: run.py BUILD [--quick]

Prints what they print, which is for table.py to read. --quick takes as little time as it takes to
see that they run; its figures mean nothing.
"""

import os
import pathlib
import shutil
import subprocess
import sys

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
    if '--quick' not in args:
        # The caches of one CPU, whatever the scheduler thinks.
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    for name in 'bench-ref', 'bench-proxy', 'bench-tables', 'bench-set', 'bench-cache':
        run(directory / name, *args)
    if list(build.glob('introspection/*.typelib')):
        run(sys.executable, HERE / 'bench_python.py', *args,
            GI_TYPELIB_PATH=str(build / 'introspection'),
            LD_LIBRARY_PATH=str(build / 'weakref-glib'),
            PYTHONPATH=str(HERE.parents[1] / 'introspection' / 'python'))
    else:
        log('Python is skipped: the build has no typelib')
    for other in OTHERS:
        program = compile_other(*other, directory)
        if program is not None:
            run(program, *args)


if __name__ == '__main__':
    main(*sys.argv[1:])
