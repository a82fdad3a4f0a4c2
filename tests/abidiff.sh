#!/bin/sh
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# A program that was built with the last release runs with this library: abidiff compares the two.
#
#   tests/abidiff.sh LIBRARY [REVISION]     the newest tag by default

set -u
library=$(realpath "$1")
revision=${2-}
cd "$(dirname "$0")/.." || exit
. tests/tap.sh
compatible='what was built with the last release runs with this library'

[ -n "$revision" ] || revision=$(git describe --tags --abbrev=0 2>/dev/null)

build_revision () {
    mkdir "$scratch/source" &&
        git archive "$revision" | tar -C "$scratch/source" -x &&
        meson setup "$scratch/build" "$scratch/source" --libdir lib --prefix "$scratch/prefix" \
            -Dintrospection=disabled -Dvapi=disabled -Dtests=false -Dexamples=false &&
        meson install -C "$scratch/build"
}

# What is new does not matter, and nobody outside knows what is in an instance.
is_compatible () {
    cat >"$scratch/suppressions" <<'END'
[suppress_type]
  type_kind = struct
  name_regexp = ^_Weakref
  name_not_regexp = Class$
END
    abidiff --no-added-syms --suppressions "$scratch/suppressions" \
        "$scratch/prefix/lib/$(basename "$library")" "$library"
}

if ! command -v abidiff >/dev/null; then
    skip "$compatible" 'there is no abidiff'
elif [ -z "$revision" ]; then
    skip "$compatible" 'there is no release in the history'
else
    check "builds $revision" build_revision && check "$compatible" is_compatible
fi

finish
