# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Sourced: TAP from a shell script, and a directory $scratch that goes with it.

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' HUP INT TERM
count=0 failures=0

# check CLAIM COMMAND…: one test, by the status of the command; its output only if it fails
check () {
    claim=$1; shift
    count=$((count + 1))
    if "$@" >"$scratch/log" 2>&1; then
        echo "ok $count $claim"
    else
        sed 's/^/# /' "$scratch/log"
        echo "not ok $count $claim"
        failures=$((failures + 1))
        return 1
    fi
}

# skip CLAIM REASON
skip () {
    count=$((count + 1))
    echo "ok $count $1 # SKIP $2"
}

finish () {
    echo "1..$count"
    exit $((failures > 0))
}
