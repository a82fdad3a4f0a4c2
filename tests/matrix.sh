#!/bin/sh
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Builds the tree and runs its tests on other Debian releases, that is, with other generations
# of GLib, PyGObject and GJS.
#
#   tests/matrix.sh [SUITE…]              default: trixie forky
#   tests/matrix.sh --shell SUITE [CMD…]  runs CMD, or a shell, in a throw-away copy of the tree
#
# Prints one line per suite and, last, "matrix: N passed, N failed, N skipped"; all else goes to
# stderr. Fails if a test fails, or the build. A root that cannot be made is skipped, loudly.
#
# Needs to be root, and a network the first time. The roots are made with debootstrap (minutes
# and over 1 GB each) and kept in $WEAKREF_MATRIX_CACHE, by default ~/.cache/weakref-glib/roots, as
# they are: remove one to have it made anew, from newer packages.

set -eu

packages='gcc libc6-dev meson ninja-build pkgconf libglib2.0-dev libglib2.0-bin
    gobject-introspection libgirepository1.0-dev gjs python3-gi'
# Not every suite has them. Of the testsuites that one counts that is of the suite's own Python.
optional='valac lua-lgi lua5.3 mypy node-typescript python3-dev python-gi-dev
    libpython3.13-testsuite libpython3.14-testsuite libgtk-4-dev gir1.2-gtk-4.0 xvfb xauth'

tree=$(cd "$(dirname "$0")/.." && pwd)
HOME=${HOME:-/root}
cache=${WEAKREF_MATRIX_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/weakref-glib/roots}
marker=etc/weakref-glib-packages # the packages of a complete root
PATH=$PATH:/usr/sbin:/sbin

# The host's mirror and proxy.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
    sed -n '/^ *#/d; s,.*\(http://[^ ]*/debian\)/*\( .*\)*$,\1,p' | head -n 1) || :
mirror=${mirror:-http://deb.debian.org/debian}
http_proxy=${http_proxy-}
[ -n "$http_proxy" ] || eval "$(apt-config shell http_proxy Acquire::http::Proxy 2>/dev/null)"
export http_proxy

child='' copy=''
cleanup () {
    if [ -n "$child" ]; then
        kill -9 "$child" || :
        wait "$child" || sleep 1 # until those it started are gone, and their mounts
    fi
    [ -z "$copy" ] || rm -rf --one-file-system "$copy"
    copy=''
}
trap cleanup EXIT
trap 'exit 130' HUP INT TERM

say () {
    printf 'matrix: %s\n' "$*" >&2
}

# Becomes a command with mount and pid namespaces of its own. What is mounted there is seen by
# nobody else and ends with the command, however that ends: no clean-up to forget or get wrong.
apart () {
    exec unshare --mount --propagation private --pid --fork --kill-child "$@"
}

# Becomes a command in a directory of a root: inside ROOT DIR CMD…
# The last "exit" keeps the shell as process 1, which would be immune to its own abort().
inside () {
    # shellcheck disable=SC2016
    apart sh -ec '
        root=$1; shift
        mount -t proc proc "$root/proc"
        mount --rbind /sys "$root/sys"
        mount --rbind /dev "$root/dev"
        exec chroot "$root" env -i --default-signal PATH=/usr/sbin:/usr/bin:/sbin:/bin \
            HOME="$1" LC_ALL=C.UTF-8 TERM="${TERM-dumb}" http_proxy="$http_proxy" \
            DEBIAN_FRONTEND=noninteractive sh -c "cd \"\$0\" && \"\$@\"; exit \$?" "$@"' sh "$@"
}

# Runs one of the above, output to stderr, in such a way that a signal does not have to wait.
run () {
    "$@" >&2 &
    child=$!
    status=0
    wait "$child" || status=$?
    child=''
    return "$status"
}

install_packages () { # SUITE ROOT: those that are missing
    printf 'Acquire::%s;\n' 'Check-Valid-Until "false"' 'Check-Date "false"' 'Retries "3"' \
        >"$2/etc/apt/apt.conf.d/90matrix"
    printf 'deb %s %s main\n' "$mirror" "$1" >"$2/etc/apt/sources.list"
    cp -L /etc/resolv.conf "$2/etc/resolv.conf"
    # shellcheck disable=SC2016
    run inside "$2" / sh -ec '
        packages=$1
        apt-get update
        for package in $2; do
            ! apt-cache show "$package" >/dev/null 2>&1 || packages="$packages $package"
        done
        dpkg --configure -a
        apt-get install -y --no-upgrade --no-install-recommends $packages
        apt-get clean' sh "$packages" "$optional"
}

make_root () { # SUITE, unless it is there and complete
    root=$cache/$1
    run apart true && mkdir -p "$cache" || return
    exec 9>"$root.lock" # one at a time
    flock 9
    if [ "$(cat "$root/$marker" 2>/dev/null)" != "$packages $optional" ]; then
        command -v debootstrap >/dev/null || {
            apt-get update && apt-get install -y --no-install-recommends debootstrap
        } >&2 || return
        if [ ! -e "$root/$marker" ]; then
            say "making a root for $1 in $root"
            rm -rf --one-file-system "$root" # half-made
            script=/usr/share/debootstrap/scripts/$1
            [ -e "$script" ] || script=${script%/*}/sid
            # Its downloads have no end of their own where the network swallows everything.
            LC_ALL=C run apart timeout 30m debootstrap --variant=minbase --no-check-gpg \
                "$1" "$root" "$mirror" "$script" || return
        fi
        install_packages "$1" "$root" || return
        printf '%s\n' "$packages $optional" >"$root/$marker"
    fi
}

copy_tree () { # into a fresh directory of the root
    copy=$(mktemp -d "$root/tmp/weakref-glib.XXXXXX")
    tar -C "$tree" --exclude-vcs --exclude-tag-all=build.ninja --exclude='./_build*' -c . |
        tar -C "$copy" --no-same-owner -x
    dir=${copy#"$root"}
}

# Sets $versions and $counts. Whatever is optional in the build is required here: a library
# that is not found must not make its tests disappear.
test_suite () {
    say "testing on $suite"
    copy_tree
    # shellcheck disable=SC2016
    versions=$(inside "$root" / sh -c 'printf "GLib %s, PyGObject %s, GJS %s" \
        "$(pkg-config --modversion glib-2.0)" \
        "$(python3 -c "import gi; print(gi.__version__)")" "$(gjs --version | cut -d " " -f 2)"') ||
        versions='no versions'
    counts='0 passed, 1 failed, 0 skipped'
    if ! run inside "$root" "$dir" sh -c '
        meson setup -Dwerror=false -Dauto_features=enabled _build >_build.log 2>&1 &&
            meson compile -C _build >>_build.log 2>&1 || { cat _build.log; exit 1; }
        grep -i warning: _build.log | sort -u'; then
        versions="$versions: does not build"
    else
        run inside "$root" "$dir" meson test -C _build --no-rebuild --print-errorlogs || :
        log=_build/meson-logs/testlog.json
        counted=$(inside "$root" "$dir" python3 tests/count.py "$log") && counts=$counted
        case "$status:$counts" in [!0]*', 0 failed, '*)
            counts="${counts%%,*}, 1 failed, ${counts##*, }" ;;
        esac
    fi
}

case ${1-} in
    --shell)
        suite=${2:?needs a suite} && shift 2
        make_root "$suite" && exec 9>&- || exit
        copy_tree
        [ $# -gt 0 ] || set -- bash
        (inside "$root" "$dir" "$@")
        exit
        ;;
    -*) sed -n '5,17s/^# \{0,1\}//p' "$0" >&2 && exit 2 ;;
esac

passed=0 failed=0 skipped=0
[ $# -gt 0 ] || set -- trixie forky
for suite; do
    if make_root "$suite"; then
        exec 9>&-
        test_suite
        cleanup
    else
        say "SKIPPED $suite: ITS ROOT COULD NOT BE MADE, NOTHING WAS TESTED THERE"
        versions='no root' counts='0 passed, 0 failed, 1 skipped'
    fi
    printf '%s: %s: %s\n' "$suite" "$versions" "$counts"
    read -r p _ f _ s _ <<EOF
$counts
EOF
    passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + s))
done
printf 'matrix: %d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
[ "$failed" -eq 0 ]
