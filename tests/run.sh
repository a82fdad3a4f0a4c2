#!/bin/sh
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Installs what is missing (on Debian, as root), builds, and runs the whole suite: plain, with
# clang, under AddressSanitizer and UndefinedBehaviorSanitizer, and under valgrind. Ends with one
# line, "N passed, N failed, N skipped", and fails if a test failed.

set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh

install_packages gcc clang libc6-dev meson ninja-build pkg-config \
    libglib2.0-dev libglib2.0-dev-bin libgirepository1.0-dev gobject-introspection \
    gjs python3 python3-gi gir1.2-gtk-4.0 libgtk-4-dev xvfb xauth \
    valac lua5.3 lua-lgi gi-docgen valgrind mypy binutils python3-dev python-gi-dev \
    clang-format abigail-tools git
# The interpreter's own tests.
install_packages "lib$(/usr/bin/python3 -c \
    'import sys; print("python%d.%d" % sys.version_info[:2])')-testsuite"

# The Python that has gi, even where another one is first on the PATH.
PATH=/usr/bin:$PATH
export PATH

# build NAME COMPILER MESON-ARGUMENTS…
build () {
    dir=_build/$1; compiler=$2; shift 2
    echo "== Building in $dir with $compiler"
    [ -f "$dir/build.ninja" ] ||
        CC=$compiler meson setup "$dir" -Dwerror=true "$@" >_build/log 2>&1 ||
        { cat _build/log; exit 1; }
    ninja -C "$dir" >_build/log 2>&1 || { cat _build/log; exit 1; }
}

# run NAME LOG MESON-TEST-ARGUMENTS…
logs=
run () {
    dir=_build/$1; log=$dir/meson-logs/$2.json; shift 2
    echo "== Testing in $dir $*"
    rm -f "$log"
    meson test -C "$dir" --no-rebuild --print-errorlogs "$@" || echo "== Some failed in $dir $*"
    logs="$logs $log"
}

mkdir -p _build
build plain gcc -Dintrospection=enabled -Dvapi=enabled -Ddocs=enabled
run plain testlog
run plain testlog-valgrind --setup valgrind --suite c --suite vala

build clang clang -Dintrospection=disabled -Dvapi=disabled
run clang testlog --suite c

build sanitizers gcc -Dintrospection=disabled -Dvapi=disabled -Db_sanitize=address,undefined
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
# The slices of GLib before 2.76 hide what leaks, GObjects and hash tables, and what is used after.
export G_SLICE=always-malloc
WEAKREF_TEST_SCALE=0.3 run sanitizers testlog --suite c
run sanitizers stress --suite stress --logbase stress --test-args=--seconds=60

# shellcheck disable=SC2086
python3 tests/count.py $logs >_build/count
cat _build/count
grep -q ' 0 failed' _build/count
