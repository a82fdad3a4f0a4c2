// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// This program runs all kinds of load, and looks whether they leave objects or memory behind.
//
//   gjs -m tests/gjs/leaks.js [ROUNDS [LOAD…]]
//
// The test has a few rounds, which find what leaks in each turn. Thousands of rounds, by hand, find
// what is rare.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import System from 'system';
import Weakref from 'gi://Weakref';

import {listProxies} from './list-proxies.js';
import {Thing, collect, iterate} from './tap.js';

const TURNS = 200;
const WARM_UP = 2;
// More bytes than that are a leak. Allocators take less than that in one piece, and use it later.
const MAX_BYTES = 2 ** 20;
const MAX_BYTES_A_TURN = 300;

let alive = 0;

function track(object) {
    alive++;
    Weakref.Finalizer.new_full(object, GLib.MainContext.default(), Weakref.Phase.FINALIZE,
        () => alive--);
    return object;
}

// GJS has a toggle reference on some of these kinds of objects.
const kinds = [
    i => new Gio.SimpleAction({name: `${i}`}),
    i => new Thing({name: `${i}`}),
    i => Object.assign(new Gio.SimpleAction({name: `${i}`}), {title: i}),
    i => {
        const action = new Gio.SimpleAction({name: `${i}`});
        action.connect('activate', () => action.name);
        return action;
    },
    i => {
        const action = new Gio.SimpleAction({name: `${i}`});
        action.disconnect(action.connect('activate', () => {}));
        return action;
    },
];

const make = i => track(kinds[i % kinds.length](i));

const shared = {
    store: new Gio.ListStore({item_type: GObject.Object}),
    values: new Weakref.ValueTable(String),
    notes: new Weakref.KeyTable(),
    set: new Weakref.Set(),
    cache: new Weakref.Cache(String, 8),
    registry: new Weakref.Registry(() => {}),
};
shared.cache.memory_monitor = null;

const loads = {
    'references'(i) {
        const object = make(i);
        const ref = new Weakref.Ref(object, () => ref.alive);
        new Weakref.Ref(object).connect('notify::alive', () => i);
        Weakref.Ref.new(object).deref();
        Weakref.proxy(object).name;
    },

    'proxies'(i) {
        const object = make(i);
        const proxy = new Weakref.Proxy(object, () => proxy.alive);
        proxy.connect('notify::name', () => i);
        shared.store.append(proxy);
        shared.store.get_item(0).alive;
        shared.store.remove_all();
    },

    'lists of proxies'(i) {
        const [a, b] = [make(i), make(i + 1)];
        const set = track(new Weakref.Set([a]));
        const proxies = track(listProxies(set));
        set.add(b);
        proxies.get_item(0).name;
        if (i % 2)
            set.delete(a);
    },

    'finalizers'(i) {
        const object = make(i);
        new Weakref.Finalizer(object, () => {}, {i});
        const finalizer = new Weakref.Finalizer(object, () => {});
        if (i % 3 === 0)
            finalizer.run();
        else if (i % 3 === 1)
            finalizer.detach();
        shared.registry.register(object, i, object);
        if (i % 2)
            shared.registry.unregister(object);
    },

    'early disposes'(i) {
        const object = make(i);
        new Weakref.Ref(object, () => i);
        shared.notes.set(object, {i});
        shared.set.add(object);
        new Weakref.Bond(object, make(i + 1));
        object.run_dispose();
    },

    'value tables'(i) {
        shared.values.ensure(`${i % 7}`, () => make(i));
        shared.values.set(`${i}`, make(i));
        for (const [key, value] of shared.values)
            shared.values.get(key) === value;
    },

    'key tables'(i) {
        shared.notes.set(make(i), [i, `${i}`, {i}, Symbol('i'), null][i % 5]);
        for (const [key, value] of shared.notes)
            shared.notes.get(key) === value;
    },

    'key tables whose values refer to their keys'(i) {
        const key = make(i);
        shared.notes.set(key, [{key}, key, () => key, new Map([[key, key]])][i % 4]);
        shared.notes.get(key);
    },

    'tables and sets that come and go'(i) {
        const object = make(i);
        const table = track(new Weakref.KeyTable([[object, {object}]]));
        table.set(object, {table});
        track(new Weakref.Set([object])).connect('items-changed', set => set.size);
        track(new Weakref.ValueTable(String, [['a', object]])).note = object;
        track(new Weakref.Cache(String, 2, [['a', object]])).memory_monitor = null;
    },

    'sets'(i) {
        const [a, b] = [make(i), make(i + 1)];
        shared.set.add(a).add(b);
        shared.set.union(new Set([a])).difference(shared.set);
        for (const item of shared.set)
            shared.set.has(item);
        if (i % 2)
            shared.set.delete(a);
    },

    'caches'(i) {
        shared.cache.ensure(`${i % 20}`, () => make(i));
        shared.cache.get(`${(i * 7) % 20}`);
    },

    'bonds'(i) {
        const [a, b, c] = [make(i), make(Math.floor(i / kinds.length)), make(i + 1)];
        new Weakref.Bond(a, b);
        track(new Weakref.Bond(b, c)).connect('notify::alive', bond => bond.owner);
        if (i % 3 === 0)
            shared.store.append(c);
        else if (i % 3 === 1)
            shared.store.remove_all();
    },

    'ties'(i) {
        const objects = [make(i), make(i + 1), make(i)];
        const tie = new Weakref.Tie(objects, self => self.dup_survivors());
        if (i % 3 === 0)
            tie.break();
        else if (i % 3 === 1)
            tie.detach();
    },

    'handlers with objects'(i) {
        const [subject, object, other] = [make(i), make(Math.floor(i / kinds.length)), make(i)];
        const connection = Weakref.connect(subject, 'notify', () => [subject, object], object);
        Weakref.connect(subject, 'notify', (_, __, given) => given.toString(), other);
        subject.notify('name');
        if (i % 3 === 0)
            connection.disconnect();
        else if (i % 3 === 1)
            object.run_dispose();
    },

    'asynchronous creations'(i) {
        const cancellable = new Gio.Cancellable();
        for (const table of [shared.values, shared.cache]) {
            for (const each of [cancellable, null]) {
                table.ensureAsync(`${i}`, async (key, creating) => {
                    await (creating.is_cancelled() ? undefined : null);
                    if (i % 3 === 0)
                        throw new Error(key, {cause: make(i)});
                    return make(i);
                }, each).catch(error => `${error}`);
            }
        }
        if (i % 2)
            cancellable.cancel();
    },

    'references whose callback uses what holds them'(i) {
        const object = make(i);
        const holder = {object: i % 2 ? null : object.toString()};
        holder.ref = new Weakref.Ref(object, (target => () => target.ref.alive)(holder));
        holder.dead = holder.ref.dead();
    },

    'bonds of C that JavaScript takes over'(i) {
        const [a, b] = [0, 1].map(j => track(new Gio.SimpleAction({name: `${i + j}`})));
        Weakref.Bond.new_full(a, b, null);
        new Weakref.Bond(b, make(i));
    },
};

function readMemory() {
    const [, bytes] = GLib.file_get_contents('/proc/self/statm');
    return Number(new TextDecoder().decode(bytes).split(' ')[1]) * 4096;
}

function drain() {
    // What waits for the main loop comes first.
    iterate();
    shared.store.remove_all();
    shared.cache.clear();
    collect();
}

// Returns how many objects and bytes are left. What the first rounds leave does not count, because
// the engine's inline caches may keep the first closure that was called from some place, with all
// that it refers to.
function run(load, rounds) {
    let memory = 0;
    let objects = 0;
    for (let round = 0; round < WARM_UP + rounds; round++) {
        if (round === WARM_UP)
            [memory, objects] = [readMemory(), alive];
        for (let i = 0; i < TURNS; i++)
            load(i);
        drain();
    }
    return [alive - objects, readMemory() - memory];
}

const rounds = Number(ARGV[0] ?? 4);
const names = ARGV.length > 1 ? ARGV.slice(1) : Object.keys(loads);
let failed = 0;
print(`1..${names.length}`);
names.forEach((name, i) => {
    const [objects, bytes] = run(loads[name], rounds);
    const turns = rounds * TURNS;
    const isGood = objects <= 0 && bytes < MAX_BYTES + MAX_BYTES_A_TURN * turns;
    failed += !isGood;
    print(`${isGood ? 'ok' : 'not ok'} ${i + 1} ${name} leave nothing`);
    print(`# ${objects} objects, ${Math.round(bytes / turns)} bytes a turn`);
});
if (failed > 0)
    System.exit(1);
