// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What JavaScript's own WeakRef, WeakMap and FinalizationRegistry lose: objects that live on in a
// list, but whose wrapper was dropped. See lost.py.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import System from 'system';
import Weakref from 'gi://Weakref';

const Subclass = GObject.registerClass(class LostSubclass extends GObject.Object {});

const makers = {
    'an object': () => new GObject.Object(),
    'an object of a JavaScript class': () => new Subclass(),
};

const attempts = {
    'a weak reference': [
        thing => {
            const ref = new WeakRef(thing);
            return () => ref.deref() !== undefined;
        },
        thing => {
            const ref = new Weakref.Ref(thing);
            return () => ref.deref() !== undefined;
        },
    ],
    'a value by object': [
        thing => {
            const map = new WeakMap([[thing, 'value']]);
            return same => same !== null && map.has(same);
        },
        thing => {
            const table = new Weakref.KeyTable();
            table.set(thing, 'value');
            return same => same ? table.has(same) : table.size > 0;
        },
    ],
    'a callback at its end': [
        thing => {
            let called = false;
            const registry = new FinalizationRegistry(() => {
                called = true;
            });
            registry.register(thing);
            return () => registry && !called;
        },
        thing => {
            let called = false;
            const finalizer = new Weakref.Finalizer(thing, () => {
                called = true;
            });
            return () => finalizer && !called;
        },
    ],
};

const store = new Gio.ListStore({item_type: GObject.TYPE_OBJECT});

// In functions of their own, so that nothing is left on the stack.
function startAll(make) {
    return Object.entries(attempts).map(([name, starts]) => [name, starts.map(start => {
        const thing = make();
        store.append(thing);
        return {position: store.get_n_items() - 1, isKnown: start(thing)};
    })]);
}

function overwriteStack(depth) {
    const filler = [depth, depth, depth, depth];
    return depth === 0 ? filler.length : overwriteStack(depth - 1) + filler.length;
}

// WeakRef keeps its object until the running job is done, and callbacks come from the main loop.
async function collect() {
    for (let i = 0; i < 5; i++) {
        overwriteStack(500);
        System.gc();
        // eslint-disable-next-line no-await-in-loop
        await new Promise(resolve => GLib.timeout_add(GLib.PRIORITY_LOW, 1, resolve));
    }
}

const started = Object.entries(makers).map(([kind, make]) => [kind, startAll(make)]);
const trials = started.flatMap(([, rows]) => rows.flatMap(([, pair]) => pair));

await collect();
for (const trial of trials)
    trial.result = trial.isKnown(store.get_item(trial.position)) ? 'right' : 'lost';

store.remove_all();
await collect();
for (const trial of trials) {
    if (trial.result === 'right' && trial.isKnown(null))
        trial.result = 'never';
}

print(`GJS ${System.version}, ` +
    `GLib ${GLib.MAJOR_VERSION}.${GLib.MINOR_VERSION}.${GLib.MICRO_VERSION}`);
for (const [kind, rows] of started) {
    for (const [name, pair] of rows)
        print(`| ${kind} | ${name} | ${pair.map(({result}) => result).join(' | ')} |`);
}
