// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// What the classes cost in JavaScript, beside what GJS itself needs for a call of the same kind:
//
//   gjs -m tests/performance/bench_gjs.js [--check]
//
// Each line has the time for one, in microseconds, the ratio to its floor, and the ratio that is
// aimed at. Subject and floor take turns, and the best turn of each counts, so that a busy machine
// disturbs both or none. With --check a ratio above the aim is a failure.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import System from 'system';
import Weakref from 'gi://Weakref';

const ROUNDS = 40;
const N = 500;

const store = new Gio.ListStore({item_type: GObject.Object});
const objects = Array.from({length: N}, () => new GObject.Object());
objects.forEach(object => store.append(object));
const [first] = objects;

const set = new Weakref.Set(objects);
const values = new Weakref.ValueTable(String, objects.map((object, i) => [`key ${i}`, object]));
const cache = new Weakref.Cache(String, 64, objects.map((object, i) => [`key ${i}`, object]));
const numbers = new Weakref.KeyTable(objects.map((object, i) => [object, i]));
const notes = new Weakref.KeyTable(objects.map((object, i) => [object, {i}]));
const map = new WeakMap(objects.map((object, i) => [object, {i}]));
const create = () => first;

const repeat = body => new Function('it', `return n => { for (let i = 0; i < n; i++) ${body} }`);
const each = collection => () => {
    let count = 0;
    for (const item of collection)
        count += item ? 1 : 0;
    return count;
};

const floors = {
    'an object from C': repeat('it.get_item(0);')(store),
    'a boolean from C': repeat('it.set.contains(it.first);')({set, first}),
    'lookup()': repeat("it.lookup('key 0');")(values),
    'contains()': repeat("it.contains('key 0');")(values),
    'a new GObject': repeat('new it();')(GObject.Object),
};

// Name, floor, the ratio aimed at, what to run.
const subjects = [
    ['Set, an item of an iteration', 'an object from C', 1.5, each(set)],
    ['ValueTable, an entry of an iteration', 'an object from C', 1.5, each(values)],
    ['Cache, an entry of an iteration', 'an object from C', 1.5, each(cache)],
    ['KeyTable, an entry of an iteration', 'an object from C', 1.5, each(notes)],
    ['KeyTable of numbers, the same', 'an object from C', 1.5, each(numbers)],
    ['ValueTable.ensure(), there', 'an object from C', 1.5,
        repeat("it.values.ensure('key 0', it.create);")({values, create})],
    ['ValueTable.get()', 'lookup()', 1.2, repeat("it.get('key 0');")(values)],
    ['ValueTable.has()', 'contains()', 1.2, repeat("it.has('key 0');")(values)],
    ['ValueTable.delete(), absent', 'contains()', 1.2, repeat("it.delete('none');")(values)],
    ['Set.has()', 'a boolean from C', 1.2, repeat('it.set.has(it.first);')({set, first})],
    ['KeyTable.has()', 'a boolean from C', 1.2, repeat('it.notes.has(it.first);')({notes, first})],
    ['KeyTable.get() of an object', 'an object from C', 0.5,
        repeat('it.notes.get(it.first);')({notes, first})],
    ['KeyTable.get() of a number', 'an object from C', null,
        repeat('it.numbers.get(it.first);')({numbers, first})],
    ['WeakMap.get()', 'an object from C', null, repeat('it.map.get(it.first);')({map, first})],
    // The aim can't be reached: an object of C with an _init() of JavaScript takes 1.5 by itself, and
    // one call that gives C the target takes the time of another half of a GObject or more.
    ['new Ref()', 'a new GObject', 1.5, repeat('new it.Ref(it.first);')({Ref: Weakref.Ref, first})],
];

function measure(run) {
    const start = GLib.get_monotonic_time();
    run(N);
    return (GLib.get_monotonic_time() - start) / N;
}

const best = new Map();
const note = (name, time) => best.set(name, Math.min(best.get(name) ?? Infinity, time));
for (let round = 0; round < ROUNDS; round++) {
    for (const [name, run] of Object.entries(floors))
        note(name, measure(run));
    for (const [name,,, run] of subjects)
        note(name, measure(run));
    // Refs and GObjects are garbage: not on anybody's account.
    System.gc();
}

print(`GJS ${System.version}`);
for (const name of Object.keys(floors))
    print(`${name.padEnd(38)} ${best.get(name).toFixed(2).padStart(7)}`);
let over = 0;
for (const [name, floor, aim] of subjects) {
    const ratio = best.get(name) / best.get(floor);
    const isOver = aim !== null && ratio > aim;
    over += isOver;
    print(`${name.padEnd(38)} ${best.get(name).toFixed(2).padStart(7)} ` +
        `${ratio.toFixed(2).padStart(6)} of ${floor}${aim ? `, aim ${aim}` : ''}` +
        `${isOver ? ': OVER' : ''}`);
}
if (ARGV.includes('--check') && over > 0)
    System.exit(1);
