#!/bin/sh
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# What `meson dist` packs is the whole tree, and it builds and works without the repository.

set -u
source=$(cd "$(dirname "$0")/.." && pwd)
. "$source/tests/tap.sh"
cd "$scratch" || exit

if ! git -C "$source" rev-parse HEAD >/dev/null 2>&1; then
    skip 'a tarball can be made' 'this is no git repository'
    finish
fi

make_tarball () {
    meson setup make "$source" -Dintrospection=disabled -Dvapi=disabled &&
        meson dist -C make --allow-dirty --no-tests --formats xztar &&
        tar -xf make/meson-dist/*.tar.xz &&
        mv weakref-glib-* source
}

has_every_file () {
    git -C "$source" ls-tree -r --name-only HEAD | sort >expected &&
        (cd source && find . -type f | sed 's,^\./,,' | sort) | diff expected -
}

build () {
    meson setup build source -Dwerror=true -Dtests=false -Dintrospection=disabled \
        -Dvapi=disabled &&
        meson compile -C build
}

works () {
    build/examples/tree | diff source/examples/tree.txt -
}

check 'a tarball can be made' make_tarball &&
    check 'it has every file of the repository' has_every_file &&
    check 'it builds' build &&
    check 'it works' works

finish
