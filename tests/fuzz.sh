#!/bin/sh
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Lets libFuzzer look for programs that break the library: tests/fuzz.sh [SECONDS [ARGUMENT…]], with
# AddressSanitizer, UndefinedBehaviorSanitizer and the model in tests/fuzz/model.h. What it found is
# kept in ~/.cache/weakref-glib/fuzz, and the next run begins there. A crash leaves its program in
# _build/fuzz/crash-…, which `_build/fuzz/fuzz crash-…` replays. On Debian.

set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh

seconds=${1:-600}
[ $# -eq 0 ] || shift
corpus=${XDG_CACHE_HOME:-$HOME/.cache}/weakref-glib/fuzz
install_packages clang libclang-rt-14-dev llvm meson ninja-build pkg-config libglib2.0-dev

mkdir -p "$corpus" _build
# For the version header, which is configured.
[ -f _build/fuzz/build.ninja ] ||
    meson setup _build/fuzz -Dintrospection=disabled -Dvapi=disabled >_build/log 2>&1 ||
    { cat _build/log; exit 1; }

packages='gio-2.0 gmodule-no-export-2.0' # what weakref-glib/meson.build has
# Coverage is counted in the library, not in the model.
# shellcheck disable=SC2046,SC2086
(cd _build/fuzz &&
    rm -rf objects &&
    mkdir objects &&
    for source in ../../weakref-glib/*.c ../../weakref-glib/*/*.c; do
        clang -g -O1 -std=gnu11 -fsanitize=fuzzer-no-link,address,undefined \
            -fno-sanitize-recover=all -fprofile-instr-generate -fcoverage-mapping \
            -I../.. -I. -DWEAKREF_COMPILATION -DG_LOG_DOMAIN='"Weakref"' \
            $(pkg-config --cflags $packages) -c "$source" -o "objects/$(basename "$source" .c).o"
    done
    clang -g -O1 -std=gnu11 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
        -fprofile-instr-generate -DFUZZ_WITH_LIBFUZZER -I../.. -I. \
        $(pkg-config --cflags $packages) ../../tests/fuzz/*.c objects/*.o \
        $(pkg-config --libs $packages) -lm -o fuzz)

cd _build/fuzz
export G_DEBUG=fatal-warnings G_SLICE=always-malloc
export LLVM_PROFILE_FILE=fuzz.profraw
# 500 bytes are about 150 operations. Long ones from the start: most faults need some.
./fuzz -max_total_time="$seconds" -max_len=500 -len_control=0 -timeout=20 \
    -print_final_stats=1 "$@" "$corpus"

echo "== Lines of the library that this run has come to"
llvm-profdata merge fuzz.profraw -o fuzz.profdata
llvm-cov report ./fuzz -instr-profile=fuzz.profdata |
    awk '$1 ~ /\.c$/ { sub(/.*\//, "", $1); printf "%-36s %7s of %d\n", $1, $10, $8 }'
