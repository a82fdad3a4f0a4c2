#!/bin/sh
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# The C files of the tree are as clang-format would write them. Other versions than 14, which Debian
# 12 has, write some lines in another way. To format what you changed: clang-format -i FILE…

set -u
cd "$(dirname "$0")/.." || exit
. tests/tap.sh
formatted='the C files are as clang-format 14 writes them'

is_14 () {
    "$1" --version 2>/dev/null | grep -q 'version 14\.'
}

sources () {
    {
        git ls-files '*.c' '*.h' 2>/dev/null | grep . ||
            find examples introspection tests weakref-glib -name '*.[ch]'
    } | while read -r file; do
        [ ! -f "$file" ] || echo "$file"
    done
}

clang_format=
for name in clang-format-14 clang-format; do
    if is_14 "$name"; then
        clang_format=$name
        break
    fi
done

are_formatted () {
    sources | xargs "$clang_format" --dry-run -Werror
}

if [ -n "$clang_format" ]; then
    check "$formatted" are_formatted
else
    skip "$formatted" 'there is no clang-format 14'
fi

finish
