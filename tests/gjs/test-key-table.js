// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {
    Thing, assert, assertArray, assertEqual, assertQuiet, assertThrows, child, collect, plain, run,
    runChild, test, thing, track,
} from './tap.js';

const newTable = () => track(new Weakref.KeyTable());

test('is a map', () => {
    const table = newTable();
    const a = thing('a');
    const b = thing('b');
    assertEqual(table.size, 0);
    assertEqual(table.set(a, 1), table);
    table.set(b, 2);
    assertEqual(table.size, 2);
    assertEqual(table.get(a), 1);
    assert(table.has(b));
    assertEqual(table.set(a, 3).get(a), 3);
    assert(table.delete(a));
    assert(!table.delete(a));
    assert(!table.has(a));
    assertEqual(table.get(a), undefined);
    assertEqual(table.size, 1);
    table.clear();
    assertEqual(table.size, 0);
});

test('iterates', () => {
    const table = newTable();
    const a = thing('a');
    const b = thing('b');
    table.set(a, 'A').set(b, 'B');
    const flat = entries => entries.map(([key, value]) => key.name + value).sort();
    assertArray(flat([...table]), ['aA', 'bB']);
    assertArray(flat([...table.entries()]), ['aA', 'bB']);
    assertArray([...table.keys()].map(key => key.name).sort(), ['a', 'b']);
    assertArray([...table.values()].sort(), ['A', 'B']);
    const seen = [];
    table.forEach((value, key, map) => {
        assertEqual(map, table);
        seen.push([key, value]);
    });
    assertArray(flat(seen), ['aA', 'bB']);
    seen.length = 0;
    table.foreach((key, value) => table.foreach(() => seen.push([key, value])));
    assertArray(flat(seen), ['aA', 'aA', 'bB', 'bB']);
});

test('values of all kinds come back as they are', () => {
    const table = newTable();
    const key = thing('key');
    for (const value of [0, 1, -1, -0, NaN, 2.5, 2 ** 40, 2 ** 31, Infinity, 10n, 2n ** 80n,
        '', 'a', 'ä\u{1f600}', 'a\0b', '\ud800', true, false, null, undefined, Symbol('a'),
        {}, [], [1], () => 1, new Date(), new Map(), /a/, Thing, new GLib.Bytes([1]),
        new GLib.Variant('s', 'a'), GObject.TYPE_INT,
        new GObject.Value(), new Error('a'), thing('value'), Object.create(null)]) {
        table.set(key, value);
        assert(table.has(key));
        assert(Object.is(table.get(key), value), typeof value);
        assertEqual([...table.values()].length, 1);
        assert(Object.is([...table.values()][0], value), typeof value);
        collect();
        assert(Object.is(table.get(key), value), `${typeof value} after a collection`);
    }
    table.clear();
});

test('what C put in can be read, and the other way round', () => {
    const table = newTable();
    const key = thing('key');
    assert(table.insert(key, 5));
    assert(!table.insert(key, {a: 1}));
    const [found, value] = table.lookup(key);
    assert(found);
    assertEqual(value.a, 1);
    assertEqual(table.dup_value(key), value);
    assertEqual(table.steal(key)[1], value);
    assertArray(table.steal(key), [false, undefined]);
    assertArray(table.lookup(key), [false, undefined]);
    assertEqual(table.dup_value(key), null);
});

test('a value goes with its key', () => {
    const table = newTable();
    for (const make of [
        value => value, value => ({value}), value => [value], value => () => value,
    ]) {
        const ref = (() => {
            const value = plain();
            table.set(plain(), make(value));
            return new Weakref.Ref(value);
        })();
        collect();
        assertEqual(table.size, 0);
        assert(!ref.alive);
    }
});

test('a value stays with its key, whose wrapper goes', () => {
    const table = newTable();
    const store = new Gio.ListStore({item_type: GObject.TYPE_OBJECT});
    (() => {
        const key = plain();
        store.append(key);
        table.set(key, {a: 1});
    })();
    collect();
    assertEqual(table.size, 1);
    (() => assertEqual(table.get(store.get_item(0)).a, 1))();
    store.remove_all();
    collect();
    assertEqual(table.size, 0);
});

test('replaced, removed, stolen and cleared values are let go', () => {
    const table = newTable();
    const key = thing('key');
    for (const drop of [() => table.set(key, 1), () => table.delete(key), () => table.clear(),
        () => table.steal(key)]) {
        const ref = (() => {
            const value = plain();
            table.set(key, {value});
            return new Weakref.Ref(value);
        })();
        collect();
        assert(ref.alive);
        drop();
        collect();
        assert(!ref.alive);
    }
});

test('a value may refer to its key, or be its key, and does not keep it', () => {
    const table = newTable();
    for (const make of [thing, plain, () => Object.assign(plain(), {title: 'a'}),
        () => track(new Gio.SimpleAction({name: 'a'}))]) {
        for (const makeValue of [key => ({key}), key => key, key => () => key, key => [key],
            key => new Map([[key, key]]), key => ({deep: {key, table}})]) {
            const ref = (() => {
                const key = make('key');
                table.set(key, makeValue(key));
                return new Weakref.Ref(key);
            })();
            collect();
            assert(!ref.alive, `${makeValue}`);
            assertEqual(table.size, 0);
        }
    }
});

test('a value that refers to its key lives as long as the key, wherever that is', () => {
    const table = newTable();
    const store = new Gio.ListStore({item_type: GObject.TYPE_OBJECT});
    (() => {
        const key = plain();
        store.append(key);
        table.set(key, {key});
    })();
    collect();
    (() => assertEqual(table.get(store.get_item(0)).key, store.get_item(0)))();
    store.remove_all();
    collect();
    assertEqual(table.size, 0);
});

test('a value goes with its table, although it refers to it', () => {
    const key = thing('key');
    const ref = (() => {
        const table = newTable();
        const value = plain();
        table.set(key, {value, table});
        return new Weakref.Ref(value);
    })();
    collect();
    assert(!ref.alive);
});

test('a key that was disposed early has left', () => {
    const table = newTable();
    const key = thing('key');
    table.set(key, {a: 1});
    key.run_dispose();
    assertEqual(table.size, 0);
    assertArray([...table], []);
});

test('a value replaces one of the other kind', () => {
    const table = newTable();
    const key = thing('key');
    table.set(key, {a: 1}).set(key, 7);
    assertEqual(table.get(key), 7);
    assert(!table.insert(key, {a: 2}));
    assertEqual(table.get(key).a, 2);
    assert(table.remove(key));
    assertEqual(table.get(key), undefined);
    table.set(key, 'a value of JavaScript');
    assertEqual(table.get(key), 'a value of JavaScript');
    table.remove_all();
    assertEqual(table.get(key), undefined);
    assert(table.insert(key, null));
    assertEqual(table.get(key), null);
});

test('getOrInsert, getOrInsertComputed', () => {
    const table = newTable();
    const [a, b] = [thing('a'), thing('b')];
    assertEqual(table.getOrInsert(a, 1), 1);
    assertEqual(table.getOrInsert(a, 2), 1);
    assertEqual(table.getOrInsertComputed(b, key => key.name), 'b');
    assertEqual(table.getOrInsertComputed(b, () => assert(false)), 'b');
    table.set(a, undefined);
    assertEqual(table.getOrInsert(a, 3), undefined);
    assertThrows(() => table.getOrInsertComputed(a, 5), /^TypeError: .*must be a function/);
    assertThrows(() => table.getOrInsert(5, 5), /^TypeError: A key /);
});

test('entries that die or go while it is iterated are left out', () => {
    const table = newTable();
    const things = ['a', 'b', 'c', 'd'].map(thing);
    things.forEach((object, i) => table.set(object, i));
    const seen = [];
    for (const [key] of table) {
        seen.push(key);
        if (seen.length === 1) {
            const [dies, goes] = things.filter(object => object !== key);
            dies.run_dispose();
            table.delete(goes);
            table.set(thing('e'), 4);
        }
    }
    assertEqual(seen.length, 2);
});

test('an iteration that is over does not hold the keys', () => {
    const table = newTable();
    (() => ['a', 'b', 'c'].map(thing).forEach((object, i) => table.set(object, i)))();
    const iterator = table[Symbol.iterator]();
    (() => assertEqual(iterator.next().done, false))();
    collect();
    assert(table.size >= 2);
    iterator.return();
    collect();
    assertEqual(table.size, 0);
});

child('death-in-collection', () => {
    globalThis.table = new Weakref.KeyTable();
    for (let i = 0; i < 1000; i++)
        globalThis.table.set(new GObject.Object(), {value: new GObject.Object(), i});
    collect();
    print(globalThis.table.size);
});

test('nothing is complained about when values go during garbage collection', () => {
    assertQuiet(runChild('death-in-collection'), '0\n');
});

test('proxies stand for their targets', () => {
    const table = newTable();
    const key = thing('key');
    const proxy = Weakref.proxy(key);
    table.set(proxy, proxy);
    assertEqual(table.get(key), proxy);
    assert(table.has(proxy));
    assertEqual([...table.keys()][0], key);
});

test('bad keys', () => {
    const table = newTable();
    for (const bad of [undefined, null, 5, 'a', {}, [], Symbol('a'), () => 1, Thing]) {
        assertArray([table.get(bad) ?? 'none', table.has(bad), table.delete(bad)],
            ['none', false, false]);
        for (const method of ['set', 'insert', 'lookup', 'steal'])
            assertThrows(() => table[method](bad, 1), /^TypeError: A key .* a GObject, not/);
    }
    assertEqual(table.size, 0);
});

const Notes = GObject.registerClass({GTypeName: 'WeakrefTestNotes'},
    class Notes extends Weakref.KeyTable {
        note(object) {
            return this.get(object) ?? 'nothing';
        }
    });

test('subclass', () => {
    const notes = track(new Notes());
    const a = thing('a');
    assertEqual(notes.note(a), 'nothing');
    assertEqual(notes.set(a, 'left of the door').note(a), 'left of the door');
});

run();
