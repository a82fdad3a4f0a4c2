#!/bin/sh
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Says which lines of the library the tests run: tests/coverage.sh [GCOVR-ARGUMENT…]. Builds with
# gcc's coverage, runs the C, Python and JavaScript tests, and prints a line for each file; fails
# below 95 %. With --html-details DIR/index.html there are pages to look at. On Debian.
#
# What is left are: the default branches of properties, which GObject does not let anybody come to;
# what only the loser of a race of a few instructions does, if the race was not lost this time; and
# what is for another GLib than this one.

set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh

install_packages gcc gcovr meson ninja-build pkg-config libglib2.0-dev libgirepository1.0-dev \
    gobject-introspection gjs python3 python3-gi
PATH=/usr/bin:$PATH
export PATH

mkdir -p _build
[ -f _build/coverage/build.ninja ] ||
    CC=gcc meson setup _build/coverage -Db_coverage=true -Doptimization=0 \
        -Dintrospection=enabled -Dvapi=disabled -Dexamples=false >_build/log 2>&1 ||
    { cat _build/log; exit 1; }
ninja -C _build/coverage >_build/log 2>&1 || { cat _build/log; exit 1; }

# What an earlier run has counted.
find _build/coverage -name '*.gcda' -delete
meson test -C _build/coverage --no-rebuild --print-errorlogs \
    --suite c --suite python --suite gjs >_build/log 2>&1 || tail -30 _build/log

# The static library has the same objects as the shared one: gcovr adds them up.
gcovr --root . --filter weakref-glib/ --fail-under-line 95 "$@" _build/coverage
