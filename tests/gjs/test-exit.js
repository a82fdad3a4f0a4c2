// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// These processes end while something is left. G_DEBUG=fatal-criticals is on.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import System from 'system';
import Weakref from 'gi://Weakref';

import {
    Thing, assert, assertEqual, assertQuiet, child, gjs, iterate, run, runChild, test,
} from './tap.js';

// Makes one of everything for the target.
function leave(target) {
    const table = new Weakref.ValueTable();
    const ref = new Weakref.Ref(target, () => print('called'));
    const other = Weakref.Ref.new(target);
    ref.connect('notify::alive', () => print('called'));
    other.connect('notify::alive', () => print('called'));
    new Weakref.Finalizer(target, print, 'called');
    Weakref.finalize(target, print, 'called');
    table.set('a', target).set(target, target);
    const notes = new Weakref.KeyTable().set(target, {text: 'boxed', target}).set(ref, ref);
    const set = new Weakref.Set().add(target).add(ref);
    set.connect('items-changed', () => {});
    const cache = new Weakref.Cache(String, 1).set('a', target).set('b', new Gio.SimpleAction());
    cache.connect('notify::n-idle', () => {});
    const bond = new Weakref.Bond(table, target);
    bond.connect('notify::alive', () => {});
    const stand = new Weakref.Proxy(target, () => print('called'));
    stand.connect('notify', () => print('called'));
    stand.bind_property('alive', new Gio.SimpleAction(), 'enabled', 0);
    const proxy = Weakref.proxy(target);
    proxy.connect('notify', () => print('called'));
    return [table, ref, other, notes, set, cache, bond, stand, proxy];
}

const scenarios = {
    'targets and all': () => {
        globalThis.left = [new Thing(), new GObject.Object()]
            .map(target => [target, leave(target)]);
    },

    'garbage': () => {
        leave(new Thing());
        leave(new GObject.Object());
    },

    'what only C holds': () => {
        globalThis.store = new Gio.ListStore({item_type: GObject.TYPE_OBJECT});
        [new Thing(), new GObject.Object()].forEach(target => {
            globalThis.store.append(target);
            const objects = leave(target).slice(0, -1);
            objects.forEach(object => globalThis.store.append(object));
        });
        System.gc();
    },

    'callbacks that are due': () => {
        globalThis.left = [new Thing(), new GObject.Object()].map(target => {
            const left = leave(target);
            target.run_dispose();
            return left;
        });
    },

    'a main loop that was left': () => {
        globalThis.left = leave(new GObject.Object());
        const loop = new GLib.MainLoop(null, false);
        GLib.idle_add(GLib.PRIORITY_DEFAULT_IDLE, () => {
            loop.quit();
            return GLib.SOURCE_REMOVE;
        });
        loop.run();
    },
};

// The last process leaves with exit().
for (const [name, func] of Object.entries(scenarios)) {
    for (const how of ['end', 'exit']) {
        child(`${name}, ${how}`, () => {
            func();
            if (how === 'exit')
                System.exit(0);
        });
    }
}

for (const name of Object.keys(scenarios)) {
    test(`the module ends with ${name}`, () => assertQuiet(runChild(`${name}, end`)));
    test(`exit() with ${name}`, () => assertQuiet(runChild(`${name}, exit`)));
}

child('exception', () => {
    globalThis.left = leave(new Thing());
    throw new Error('mine');
});

test('an exception with all of it left', () => {
    // GJS reports this with critical messages of its own.
    const {status, stdout, stderr} = runChild('exception', {G_DEBUG: ''});
    assertEqual(status, 1);
    assertEqual(stdout, '');
    const complaints = stderr.split('\n').filter(line => /CRITICAL|WARNING/.test(line));
    assert(complaints.every(line => /Error: mine|threw an exception/.test(line)), stderr);
});

test('a legacy script', () => {
    const script = GLib.build_filenamev(
        [GLib.path_get_dirname(System.programPath), 'legacy-script.js']);
    assertQuiet(gjs([script]), 'true true\nfinalized 1\ndead true undefined\n0\n');
});

iterate();
run();
