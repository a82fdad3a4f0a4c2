#!/bin/sh
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Installs the library into a prefix of its own, and uses it from there in every language.
#
#   tests/install.sh MESON-SETUP-ARGUMENTS…

set -u
source=$(cd "$(dirname "$0")/.." && pwd)
. "$source/tests/tap.sh"
prefix=$scratch/prefix
package=weakref-glib-1.0
include=$prefix/include/$package
cc=${CC:-cc}
cxx=${CXX:-g++}
python=${PYTHON:-python3}

has () {
    command -v "$1" >/dev/null
}

# install PREFIX MESON-SETUP-ARGUMENTS…
install () {
    to=$1; shift
    meson setup "$scratch/build" "$source" --prefix "$to" --libdir lib \
        --buildtype plain -Dpython.purelibdir=lib/python -Dtests=false -Dexamples=false "$@" &&
        meson install -C "$scratch/build"
}
check 'installs into a prefix' install "$prefix" "$@" || finish

# Nothing from the build tree, and nothing from the environment of the other tests.
rm -rf "$scratch/build"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
export LD_LIBRARY_PATH="$prefix/lib"
export GI_TYPELIB_PATH="$prefix/lib/girepository-1.0"
export PYTHONPATH="$prefix/lib/python"
export GJS_PATH="$prefix/share/gjs-1.0"
export G_DEBUG=fatal-criticals
cd "$scratch" || exit

# GLib's headers are not ours to warn about.
cflags () {
    pkg-config --cflags "$package" |
        sed "s,-I\(/[^ ]*\),-isystem \1,g; s,-isystem $prefix,-I$prefix,g"
}

# compile COMPILER FLAG… <SOURCE: makes $scratch/a.out
compile () {
    compiler=$1; shift
    # shellcheck disable=SC2046
    $compiler -Wall -Wextra -Wundef -Wpedantic -Werror "$@" $(cflags) - \
        -o a.out $(pkg-config --libs "$package")
}

says_where () {
    test -f "$(pkg-config --variable="$1" "$package")/$2"
}
if [ -d "$GI_TYPELIB_PATH" ]; then
    check 'pkg-config says where the GIR is' says_where girdir Weakref-1.0.gir
    check 'pkg-config says where the typelib is' says_where typelibdir Weakref-1.0.typelib
fi
if [ -d "$prefix/share/vala" ]; then
    check 'pkg-config says where the vapi is' says_where vapidir "$package.vapi"
fi

links_no_library_in_vain () {
    # In our own file: GLib's may name it for itself.
    ! grep -e '-latomic' "$(pkg-config --variable=pcfiledir "$package")/$package.pc"
}
if echo 'static _Atomic long long n; int main (void) { return (int) n++; }' |
        "$cc" -x c - -o a.out 2>/dev/null; then
    check 'links no library of atomics where the compiler needs none' links_no_library_in_vain
fi

installs_the_headers_of_the_umbrella () {
    {
        echo weakref-glib.h
        sed -n 's,^#include <weakref-glib/\(.*\)>$,\1,p' "$include/weakref-glib/weakref-glib.h"
    } | sort >expected
    (cd "$include/weakref-glib" && ls) | sort | diff expected -
}
check 'installs the headers that the umbrella includes, and no other' \
    installs_the_headers_of_the_umbrella

cat >program.c <<'END'
#include <weakref-glib/weakref-glib.h>

#if !WEAKREF_CHECK_VERSION (1, 0, 0) || WEAKREF_CHECK_VERSION (WEAKREF_MAJOR_VERSION + 1, 0, 0) || \
    WEAKREF_CHECK_VERSION (WEAKREF_MAJOR_VERSION, WEAKREF_MINOR_VERSION + 1, 0) || \
    WEAKREF_CHECK_VERSION (WEAKREF_MAJOR_VERSION, WEAKREF_MINOR_VERSION, WEAKREF_MICRO_VERSION + 1)
#error "WEAKREF_CHECK_VERSION() compares wrongly"
#endif

int
main (void)
{
  gpointer object = g_object_new (G_TYPE_OBJECT, NULL);
  WeakrefRef *ref = weakref_ref_new (object);

  g_object_unref (object);
  g_print ("%d.%d.%d %s", WEAKREF_MAJOR_VERSION, WEAKREF_MINOR_VERSION, WEAKREF_MICRO_VERSION,
           weakref_ref_is_alive (ref) ? "alive" : "dead");
  g_object_unref (ref);

  return 0;
}
END

c_program_works () {
    compile "$cc" -x c "$@" <program.c &&
        test "$(./a.out)" = "$(pkg-config --modversion "$package") dead"
}
for standard in c99 gnu11 gnu2x; do
    check "a program in $standard compiles and runs" c_program_works "-std=$standard"
done

if has "$cxx"; then
    for standard in c++11 c++20; do
        check "a program in $standard compiles and runs" c_program_works -x c++ "-std=$standard"
    done
else
    skip 'a program in C++ compiles and runs' "there is no $cxx"
fi

is_rejected_by_itself () {
    # shellcheck disable=SC2046
    ! echo "#include <weakref-glib/$1>" | "$cc" -E $(cflags) - >/dev/null 2>errors &&
        cat errors && grep -q 'Only <weakref-glib/weakref-glib.h> can be included' errors
}
for header in "$include"/weakref-glib/*; do
    header=$(basename "$header")
    if [ "$header" != weakref-glib.h ]; then
        check "$header can't be included directly" is_rejected_by_itself "$header"
    fi
done

warns_of_what_is_newer () {
    c_program_works '-DWEAKREF_VERSION_MAX_ALLOWED=WEAKREF_VERSION_1_0' &&
        ! compile "$cc" -x c '-DWEAKREF_VERSION_MAX_ALLOWED=G_ENCODE_VERSION (0, 9)' \
            <program.c >errors 2>&1 &&
        cat errors && grep -q 'weakref_ref_new.*Not available before 1.0' errors
}
check 'WEAKREF_VERSION_MAX_ALLOWED warns of what is newer' warns_of_what_is_newer

if [ -d "$GI_TYPELIB_PATH" ]; then
    cat >program.py <<'END'
import sys
import gi
gi.require_version('Weakref', '1.0')
from gi.repository import Gio, Weakref

object = Gio.SimpleAction.new('a')
ref = Weakref.Ref.new(object)
assert ref.get() is object
del object
assert ref.get() is None
print(sys.modules['gi.overrides.Weakref'].__file__)
END
    python_works () {
        test "$("$python" -B program.py)" = "$PYTHONPATH/gi/overrides/Weakref/__init__.py"
    }
    if "$python" -c 'from gi.repository import GLib' 2>/dev/null; then
        check 'a program in Python runs' python_works
    else
        skip 'a program in Python runs' "$python has no gi"
    fi

    cat >program.js <<'END'
import Gio from 'gi://Gio';
import Weakref from 'gi://Weakref?version=1.0';

const store = new Gio.ListStore();
store.append(new Gio.SimpleAction({name: 'a'}));
const ref = new Weakref.Ref(store.get_item(0));
if (ref.deref() !== store.get_item(0))
    throw new Error('not the same');
print(imports.overrides.Weakref.__file__);
END
    gjs_works () {
        test "$(gjs -m program.js)" = "$GJS_PATH/overrides/Weakref.js"
    }
    if has gjs; then
        check 'a program in JavaScript runs' gjs_works
    else
        skip 'a program in JavaScript runs' 'there is no gjs'
    fi
fi

if [ -d "$prefix/share/vala" ] && has valac; then
    cat >program.vala <<'END'
int main () {
	var object = new Object ();
	var self = new Weakref.Ref (object);

	object = null;
	return self.alive ? 1 : 0;
}
END
    vala_works () {
        valac --vapidir="$prefix/share/vala/vapi" --pkg "$package" program.vala && ./program
    }
    check 'a program in Vala compiles and runs' vala_works
else
    skip 'a program in Vala compiles and runs' 'there is no valac'
fi

# The static library alone.
rm -rf "$scratch/build"
static=$scratch/static
check 'installs the static library alone' install "$static" -Ddefault_library=static \
    -Dintrospection=auto || finish
has_no_typelib () {
    test -f "$static/lib/lib$package.a" &&
        ! find "$static" -name '*.typelib' -o -name '*.gir' -o -name '*.vapi' | grep .
}
check 'installs no typelib, which would name no library' has_no_typelib
static_program_works () {
    PKG_CONFIG_PATH=$static/lib/pkgconfig
    LD_LIBRARY_PATH=
    # shellcheck disable=SC2046
    "$cc" program.c -o a.out $(pkg-config --cflags --libs "$package") &&
        test "$(./a.out)" = "$(pkg-config --modversion "$package") dead" &&
        test -z "$(pkg-config --variable=typelibdir "$package")"
}
check 'a program with the static library compiles and runs' static_program_works
rm -rf "$scratch/build"
says_that_it_needs_the_shared_library () {
    ! install "$static" -Ddefault_library=static -Dintrospection=enabled >refusal 2>&1 &&
        cat refusal && grep -q "needs the shared library" refusal
}
if [ -d "$GI_TYPELIB_PATH" ]; then
    check 'refuses introspection without the shared library' says_that_it_needs_the_shared_library
fi

install_tests () {
    rm -rf "$scratch/build"
    meson setup "$scratch/build" "$source" --prefix "$scratch/with-tests" --libdir lib \
        --buildtype plain -Dinstalled-tests=true -Dintrospection=disabled -Dexamples=false &&
        meson install -C "$scratch/build" --tags runtime,tests
}

# As gnome-desktop-testing-runner does.
installed_tests_pass () {
    rm -rf "$scratch/build"
    LD_LIBRARY_PATH=$scratch/with-tests/lib
    WEAKREF_TEST_SCALE=0.05
    export WEAKREF_TEST_SCALE
    n=0
    for file in "$scratch/with-tests/share/installed-tests/$package"/*.test; do
        grep -qx 'Type=session' "$file" && grep -qx 'Output=TAP' "$file" || return
        $(sed -n 's/^Exec=//p' "$file") >"$scratch/tap" || { cat "$scratch/tap"; return 1; }
        grep -q '^ok 1 ' "$scratch/tap" || return
        n=$((n + 1))
    done
    test "$n" -gt 10
}

# Without the option there is none of it.
has_no_tests () {
    ! find "$prefix" | grep installed-tests
}
check 'installs no tests by default' has_no_tests
check 'installs tests with -Dinstalled-tests=true' install_tests &&
    check 'the tests that are installed pass' installed_tests_pass

finish
