#!/bin/sh
# SPDX-FileCopyrightText: 2026 The weakref-glib authors
# SPDX-License-Identifier: LGPL-2.1-or-later
#
# Uses the source tree as a subproject of another, which takes it for the installed library.

set -u
source=$(cd "$(dirname "$0")/.." && pwd)
. "$source/tests/tap.sh"

cd "$scratch" || exit
mkdir -p user/subprojects
ln -s "$source" user/subprojects/weakref-glib

cat >user/meson.build <<'END'
project('user', 'c', default_options: ['warning_level=2', 'werror=true'])
weakref_dep = dependency('weakref-glib-1.0', version: '>= 1.0',
  fallback: 'weakref-glib',
  default_options: ['introspection=disabled'])
test('user', executable('user', 'user.c', dependencies: weakref_dep))
END

cat >user/user.c <<'END'
#include <weakref-glib/weakref-glib.h>

int
main (void)
{
  GObject *object = g_object_new (G_TYPE_OBJECT, NULL);
  WeakrefRef *ref = weakref_ref_new (object);
  gboolean was_alive = weakref_ref_is_alive (ref);

  g_object_unref (object);

  return was_alive && !weakref_ref_is_alive (ref) ? 0 : 1;
}
END

brings_no_tests_or_examples () {
    meson test -C build --list >tests 2>&1 && cat tests && grep -q user tests &&
        ! grep weakref tests &&
        ! ls build/subprojects/weakref-glib/tests build/subprojects/weakref-glib/examples
}
check 'is found as a fallback' meson setup --wrap-mode=forcefallback build user &&
    check 'builds' meson compile -C build &&
    check 'brings no tests or examples' brings_no_tests_or_examples &&
    check 'runs' meson test -C build --print-errorlogs

finish
