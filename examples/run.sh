#!/bin/sh
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Installs what is missing (on Debian, as root), builds the library with its examples, and runs the
# examples that print something. Nothing is installed of the library itself.

set -eu
cd "$(dirname "$0")/.."
. tests/packages.sh

install_packages gcc libc6-dev meson ninja-build pkg-config libglib2.0-dev libglib2.0-dev-bin \
    libgirepository1.0-dev gobject-introspection gjs python3 python3-gi

# The Python that has gi, even where another one is first on the PATH.
PATH=/usr/bin:$PATH
dir=_build/examples
mkdir -p _build

echo "Building in $dir"
{
    [ -f "$dir/build.ninja" ] ||
        meson setup "$dir" -Dintrospection=enabled -Dvapi=disabled -Dtests=false
    ninja -C "$dir"
} >_build/log 2>&1 || { cat _build/log; exit 1; }

# Where the library, its typelib and its overrides are as long as they are not installed.
export LD_LIBRARY_PATH="$PWD/$dir/weakref-glib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
export GI_TYPELIB_PATH="$PWD/$dir/introspection${GI_TYPELIB_PATH:+:$GI_TYPELIB_PATH}"
export PYTHONPATH="$PWD/introspection/python${PYTHONPATH:+:$PYTHONPATH}"
export GJS_PATH="$PWD/introspection/gjs${GJS_PATH:+:$GJS_PATH}"

cat <<END

A program asks a cache for an apple, a pear, and the apple again. It gets the same apple: "a is c".
Then it drops the pear, then the rest. The weak table drops by itself what nobody uses any more. The
strong one keeps all of it for ever.

In C, with a WeakrefValueTable and a GHashTable (examples/named-objects.c):

END
"$dir/examples/named-objects"

cat <<END

In Python, with a Weakref.WeakValueDictionary and a dict (examples/named-objects.py). The objects
are the same kind of thing, so is the output; nothing waits for Python's garbage collector:

END
python3 examples/named-objects.py

cat <<END

In JavaScript, with a Weakref.ValueTable and a Map (examples/named-objects.js). Here the program has
its garbage collected before it counts, for that is when JavaScript drops an object:

END
gjs -m examples/named-objects.js

cat <<END

The same with real files and threads (examples/document-cache.c): four of them read all that is in
/usr/share/common-licenses. Each file is loaded once, also if it has several names, and everybody is
given the same document. It leaves the cache with its last reader, and is loaded anew after that:

END
"$dir/examples/document-cache"

cat <<END

The pictures of a directory, without waiting (examples/image-loader.c): eight files are read at a
time. Rows of a list with the same file share one load; the request of a row is cancelled when the
row goes, and a load that no row waits for is cancelled too:

END
"$dir/examples/image-loader"

cat <<END

The same in Python, with callbacks (examples/image-loader.py):

END
python3 examples/image-loader.py

cat <<END

The same in JavaScript, with promises (examples/image-loader.js):

END
gjs -m examples/image-loader.js
