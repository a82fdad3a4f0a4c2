#!/bin/sh
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Measures, and prints one table: tests/performance.sh [--update] [SUITE…]. What the library costs,
# beside plain GLib in the same process, and what C++, CPython and Rust (if there is a rustc) ask
# for the like. With suites of Debian (trixie, forky) there too, see tests/matrix.sh. --update
# writes the table, and a drawing, into doc/. On Debian, on a machine that has nothing else to do.

set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh

install_packages gcc g++ libc6-dev meson ninja-build pkg-config libglib2.0-dev \
    libgirepository1.0-dev gobject-introspection python3 python3-gi python3-dev \
    python3-matplotlib valgrind
PATH=/usr/bin:$PATH
export PATH

options='--buildtype=release -Dvapi=disabled -Ddocs=disabled -Dexamples=false'
update=
case ${1-} in
    --update) update=$1; shift ;;
    -*) sed -n '5,9s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac

mkdir -p _build
# shellcheck disable=SC2086
[ -f _build/performance/build.ninja ] ||
    CC=gcc meson setup _build/performance -Dintrospection=enabled $options >_build/log 2>&1 ||
    { cat _build/log; exit 1; }
ninja -C _build/performance >_build/log 2>&1 || { cat _build/log; exit 1; }
results=_build/performance/here.tsv
python3 tests/performance/run.py _build/performance >$results
for suite; do
    sh tests/matrix.sh --shell "$suite" sh -ec '
        { meson setup _build $1 && ninja -C _build; } >&2
        python3 tests/performance/run.py _build' sh "$options" >_build/performance/"$suite".tsv
    results="$results _build/performance/$suite.tsv"
done
# shellcheck disable=SC2086
python3 tests/performance/table.py $update $results
