// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A script, as opposed to a module: run by test-exit.js.

const {GLib, GObject, Weakref} = imports.gi;

var ref, table;

function print_dead(self) {
    print('dead', self === ref, self.deref());
}

function make() {
    const object = new GObject.Object();
    ref = new Weakref.Ref(object, print_dead);
    table = new Weakref.ValueTable(String).set('a', object);
    new Weakref.Finalizer(object, print, 'finalized', 1);
    print(table.get('a') === object, Weakref.proxy(object) instanceof GObject.Object);
}

make();
imports.system.gc();
while (GLib.MainContext.default().pending())
    GLib.MainContext.default().iteration(false);
print(table.size);
