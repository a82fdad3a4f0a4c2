#!/bin/sh
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Looks for data races: tests/tsan.sh [SECONDS]. Runs the stress test under ThreadSanitizer with a
# GLib that was built under it too: GLib's own mutexes are futexes, and in the distribution's GLib
# ThreadSanitizer sees neither them nor the reference counts, and reports races that are none. That
# GLib is made from Debian's source package and kept in ~/.cache/weakref-glib/tsan. On Debian; needs
# root to install what is missing. Not a part of CI: the first run builds GLib, some minutes.

set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh

seconds=${1:-60}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/weakref-glib/tsan
install_packages clang libclang-rt-14-dev dpkg-dev meson ninja-build pkg-config util-linux \
    libffi-dev libpcre2-dev zlib1g-dev gettext

# ThreadSanitizer wants the addresses where they were before kernels randomized them more.
exec_fixed () {
    setarch "$(uname -m)" -R "$@"
}

# apt-get, with lists and sources of its own: those of the machine stay as they are.
private_apt_get () {
    apt-get -qq -o Dir::Etc::sourcelist="$cache/apt/sources.list" -o Dir::Etc::sourceparts=- \
        -o Dir::State::lists="$cache/apt/lists" -o Dir::Cache="$cache/apt/cache" \
        -o APT::Sandbox::User=root "$@"
}

if [ ! -f "$cache/prefix/lib/pkgconfig/glib-2.0.pc" ]; then
    echo "== Building GLib in $cache"
    rm -rf "$cache"
    mkdir -p "$cache/apt/lists/partial" "$cache/apt/cache/archives/partial"
    # shellcheck source=/dev/null
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    echo "deb-src [signed-by=$keyring] http://deb.debian.org/debian $codename main" \
        >"$cache/apt/sources.list"
    private_apt_get update
    (cd "$cache" && private_apt_get source glib2.0 >/dev/null)
    # No optimisation of ours: stacks in reports are to be whole.
    CC=clang CFLAGS='-fno-omit-frame-pointer -Wno-error' exec_fixed \
        meson setup "$cache/build" "$cache"/glib2.0-*/ --prefix="$cache/prefix" --libdir=lib \
        -Dbuildtype=debugoptimized -Db_sanitize=thread -Db_lundef=false -Dtests=false \
        -Dnls=disabled -Dselinux=disabled -Dlibmount=disabled -Dlibelf=disabled -Dxattr=false \
        >"$cache/log" 2>&1 || { tail -30 "$cache/log"; exit 1; }
    exec_fixed ninja -C "$cache/build" install >>"$cache/log" 2>&1 ||
        { tail -30 "$cache/log"; exit 1; }
fi

export PKG_CONFIG_PATH="$cache/prefix/lib/pkgconfig"
export LD_LIBRARY_PATH="$cache/prefix/lib"
mkdir -p _build
[ -f _build/tsan/build.ninja ] ||
    CC=clang exec_fixed meson setup _build/tsan -Db_sanitize=thread -Db_lundef=false \
        -Dintrospection=disabled -Dvapi=disabled >_build/log 2>&1 || { cat _build/log; exit 1; }
exec_fixed ninja -C _build/tsan tests/stress/test-stress >_build/log 2>&1 ||
    { cat _build/log; exit 1; }

# Each allocation its own, so that a use after free is one.
export G_SLICE=always-malloc
export TSAN_OPTIONS="suppressions=$PWD/tests/tsan.supp history_size=7 print_suppressions=1"
exec_fixed _build/tsan/tests/stress/test-stress --seconds="$seconds"
