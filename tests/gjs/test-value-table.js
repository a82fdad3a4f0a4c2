// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {
    Thing, assert, assertArray, assertEqual, assertThrows, collect, plain, run, test, thing, track,
} from './tap.js';

const newTable = (...args) => track(new Weakref.ValueTable(...args));

test('is a map', () => {
    const table = newTable();
    const a = thing('a');
    const b = thing('b');
    assertEqual(table.size, 0);
    assertEqual(table.set('a', a), table);
    table.set('b', b).set('c', b);
    assertEqual(table.size, 3);
    assertEqual(table.get('a'), a);
    assertEqual(table.get('c'), b);
    assertEqual(table.get('d'), undefined);
    assert(table.has('a'));
    assert(!table.has('d'));
    assertEqual(table.set('a', b).get('a'), b);
    assertEqual(table.size, 3);
    assert(table.delete('a'));
    assert(!table.delete('a'));
    assert(!table.has('a'));
    table.clear();
    assertEqual(table.size, 0);
    assertEqual(table.get('b'), undefined);
});

test('iterates', () => {
    const table = newTable(String);
    const objects = {a: thing('a'), b: thing('b')};
    table.set('a', objects.a).set('b', objects.b);

    const check = entries => {
        assertArray(entries.map(([key]) => key).sort(), ['a', 'b']);
        entries.forEach(([key, value]) => assertEqual(value, objects[key]));
    };
    check([...table]);
    check([...table.entries()]);
    assertArray([...table.keys()].sort(), ['a', 'b']);
    assertArray([...table.values()].map(value => value.name).sort(), ['a', 'b']);

    const seen = [];
    const self = {};
    table.forEach(function (value, key, map) {
        assertEqual(this, self);
        assertEqual(map, table);
        seen.push([key, value]);
    }, self);
    check(seen);
});

test('iterations and creations inside each other', () => {
    const table = newTable();
    const objects = ['a', 'b', 'c'].map(thing);
    objects.forEach(object => table.set(object.name, object));
    const seen = [];
    table.foreach((key, value) => {
        assertEqual(value.name, key);
        table.forEach((other, otherKey) => {
            table.foreach(() => seen.push(key + otherKey));
        });
    });
    assertArray([seen.length, new Set(seen).size], [27, 9]);

    const other = newTable();
    const made = other.ensure('x', () => table.ensure('y', () => other.ensure('z', thing)));
    assertEqual(made.name, 'z');
    assertEqual(other.get('z'), made);
    assertEqual(other.get('x'), made);
    assertEqual(table.get('y'), made);
});

test('an object inserted during a creation is the result', () => {
    const table = newTable();
    const first = thing('first');
    assertEqual(table.ensure('a', () => {
        table.set('a', first);
        return thing('second');
    }), first);
    assertEqual(table.get('a'), first);
});

test('errors of a forEach callback arrive', () => {
    const table = newTable();
    const a = thing('a');
    table.set('a', a);
    assertThrows(() => table.forEach(() => {
        throw new RangeError('mine');
    }), /^RangeError: mine/);
});

test('entries that die or go while it is iterated are left out', () => {
    const table = newTable(GObject.TYPE_INT);
    const things = [0, 1, 2, 3].map(i => thing(`${i}`));
    things.forEach((object, i) => table.set(i, object));
    const seen = [];
    for (const [key] of table) {
        seen.push(key);
        if (seen.length === 1) {
            const [dies, goes] = [0, 1, 2, 3].filter(i => i !== key);
            things[dies].run_dispose();
            table.delete(goes);
            table.set(4, things[key]);
        }
    }
    assertEqual(seen.length, 2);
    assert(!seen.includes(4));
});

test('an iteration that is over does not hold the objects', () => {
    const table = newTable();
    (() => ['a', 'b', 'c'].map(thing).forEach(object => table.set(object.name, object)))();
    const iterator = table[Symbol.iterator]();
    (() => assertEqual(iterator.next().done, false))();
    collect();
    assert(table.size >= 2);
    iterator.return();
    collect();
    assertEqual(table.size, 0);
});

test('an entry leaves with its object', () => {
    const table = newTable();
    (() => table.set('a', plain()))();
    assertEqual(table.size, 1);
    collect();
    assertEqual(table.size, 0);
    assertArray([...table], []);
});

test('an entry stays when the wrapper goes', () => {
    const table = newTable();
    const store = new Gio.ListStore({item_type: GObject.TYPE_OBJECT});
    (() => {
        const target = plain();
        store.append(target);
        table.set('a', target);
    })();
    collect();
    assert(table.has('a'));
    (() => assertEqual(table.get('a'), store.get_item(0)))();
    store.remove_all();
    collect();
    assert(!table.has('a'));
});

test('disposed early has left', () => {
    const table = newTable();
    const a = thing('a');
    table.set('a', a);
    a.run_dispose();
    assertEqual(table.get('a'), undefined);
    assertEqual(table.size, 0);
});

test('keys of all kinds', () => {
    const table = newTable();
    const value = thing('value');
    const key = thing('key');
    const keys = ['a', '', 1, 2.5, -1, 2 ** 40, NaN, true, key, new GLib.Bytes([1, 2]),
        new GLib.Variant('(si)', ['a', 1]), GObject.TYPE_INT];
    for (const k of keys)
        assertEqual(table.set(k, value).get(k), value);
    assertEqual(table.size, keys.length);
    for (const back of [[...table.keys()], table.dup_keys()]) {
        assertEqual(back.length, keys.length);
        for (const k of ['a', '', 1, 2.5, -1, 2 ** 40, NaN, true, key])
            assert(back.includes(k), `${k}`);
    }

    // Keys compare by content, and numbers as in Map.
    assert(table.has(new GLib.Bytes([1, 2])));
    assert(table.has(new GLib.Variant('(si)', ['a', 1])));
    assertEqual(table.set(-0, value).get(0), value);
    assert(!table.has('1'));
    assert(!table.has(false));
    table.clear();
});

test('keys of one type', () => {
    const value = thing('value');
    for (const [type, good, bad] of [
        [String, 'a', 1],
        [Number, 1.5, 'a'],
        [Boolean, true, 1],
        [GObject.TYPE_INT, 1, 1.5],
        [GObject.TYPE_INT64, 2 ** 40, 'a'],
        [Thing, value, new GObject.Object()],
        [Gio.ListModel, new Gio.ListStore(), value],
        [GLib.Bytes, new GLib.Bytes([1]), 'a'],
        [GLib.Variant, new GLib.Variant('s', 'a'), 'a'],
        [Gio.FileType, Gio.FileType.REGULAR, 'a'],
    ]) {
        const table = new Weakref.ValueTable(type);
        assertEqual(table.key_type, type.$gtype ?? type);
        assertEqual(table.set(good, value).get(good), value);
        assertArray([table.get(bad) ?? 'none', table.has(bad), table.delete(bad)],
            ['none', false, false]);
        assertThrows(() => table.set(bad, value), /^TypeError: The table has keys of type/);
        assertEqual(table.size, 1);
        table.clear();
    }
});

test('keys beyond what a number holds', () => {
    const value = thing('value');
    const max = 2n ** 64n - 1n;
    for (const [type, key] of [
        [GObject.Value, 2n ** 60n + 1n], [GObject.Value, max], [GObject.TYPE_UINT64, max],
        [GObject.TYPE_INT64, -(2n ** 63n)], [GObject.TYPE_INT64, 2n ** 60n + 1n],
    ]) {
        const table = newTable(type).set(key, value);
        assertEqual(table.get(key), value);
        assert(!table.has(key ^ 1n));
        const entries = [...table];
        assertEqual(entries.length, 1);
        assertEqual(entries[0][0], Number(key));
        assertEqual(entries[0][1], value);
        assertEqual([...table.values()][0], value);
        assert(table.delete(key));
        assertArray([...table], []);
    }
    assertEqual(new Weakref.ValueTable().set(10n, value).get(10), value);
    for (const bad of [2n ** 64n, -(2n ** 63n) - 1n]) {
        assert(!newTable().has(bad));
        assertThrows(() => newTable().set(bad, value), /^TypeError: .* can't be a key/);
    }
});

test('getOrInsert, getOrInsertComputed', () => {
    const table = newTable();
    const [a, b] = [thing('a'), thing('b')];
    assertEqual(table.getOrInsert('a', a), a);
    assertEqual(table.getOrInsert('a', b), a);
    assertEqual(table.getOrInsertComputed('b', key => (assertEqual(key, 'b'), b)), b);
    assertEqual(table.getOrInsertComputed('b', () => assert(false)), b);
    // This is what the one of Map does.
    assertEqual(table.getOrInsertComputed('c', () => (table.set('c', a), b)), b);
    assertEqual(table.getOrInsert('d', Weakref.proxy(a)), a);
    assertThrows(() => table.getOrInsert('e', 5), /^TypeError: A value must be a GObject/);
});

test('ensure creates once', () => {
    const table = newTable();
    let count = 0;
    const create = key => {
        count++;
        return thing(key);
    };
    const a = table.ensure('a', create);
    assertEqual(a.name, 'a');
    assertEqual(table.ensure('a', create), a);
    assertEqual(table.get('a'), a);
    assertEqual(count, 1);
});

test('ensure passes the errors of the creation on, and changes nothing', () => {
    const table = newTable();
    const error = new RangeError('mine');
    let caught;
    try {
        table.ensure('a', () => {
            throw error;
        });
    } catch (e) {
        caught = e;
    }
    assertEqual(caught, error);
    assertThrows(() => table.ensure('a', () => {
        throw new Gio.IOErrorEnum({code: Gio.IOErrorEnum.NOT_FOUND, message: 'no file'});
    }), /no file/);
    for (const bad of [null, undefined, 5, {}])
        assertThrows(() => table.ensure('a', () => bad), /^TypeError: .*must be a GObject, not/);
    assertThrows(() => table.ensure('a', null), /^TypeError: .*must be a function, not null/);
    assertEqual(table.size, 0);
});

test('ensure from inside its own creation', () => {
    const table = newTable();
    let caught;
    try {
        table.ensure('a', key => table.ensure(key, () => new Thing()));
    } catch (e) {
        caught = e;
    }
    assert(caught.matches(Weakref.Error, Weakref.Error.RECURSION));
    assertEqual(table.size, 0);
    assert(table.ensure('b', () => table.ensure('c', () => thing('c'))));
});

test('bad keys', () => {
    const table = newTable();
    const value = new Thing();
    table.set('a', value);
    for (const bad of [undefined, null, {}, [], Symbol('a'), () => 1, new Date(), Thing,
        Object.create(null)]) {
        assertArray([table.get(bad) ?? 'none', table.has(bad), table.delete(bad)],
            ['none', false, false]);
        assertThrows(() => table.set(bad, value), /^TypeError: A key must be/);
        assertThrows(() => table.ensure(bad, () => value), /^TypeError: A key must be/);
    }
    assertArray([...table.keys()], ['a']);
});

test('bad values', () => {
    const table = newTable();
    for (const bad of [undefined, null, 5, 'a', {}, [], Symbol('a'), Thing])
        assertThrows(() => table.set('a', bad), /^TypeError: A value must be a GObject, not/);
    assertThrows(() => table.forEach(5), /^TypeError: .*must be a function, not 5/);
    assertEqual(table.size, 0);
});

test('bad key types', () => {
    for (const bad of [5, 'gchararray', () => 1])
        assertThrows(() => new Weakref.ValueTable(bad), /^TypeError: .* must be a GType, not/);
    for (const bad of [Object, GObject.TYPE_NONE, GObject.TYPE_POINTER, GLib.Date])
        assertThrows(() => new Weakref.ValueTable(bad), /^TypeError: There are no keys of type/);
});

test('key type as a property', () => {
    assertEqual(new Weakref.ValueTable({key_type: String}).key_type, GObject.TYPE_STRING);
    assertEqual(new Weakref.ValueTable({key_type: String}).keyType, GObject.TYPE_STRING);
    assertEqual(new Weakref.ValueTable().key_type.name, 'GValue');
    assertEqual(new Weakref.ValueTable(GObject.Value).key_type.name, 'GValue');
});

const Icons = GObject.registerClass({GTypeName: 'WeakrefTestIcons'},
    class Icons extends Weakref.ValueTable {
        constructor() {
            super(String);
        }

        icon(name) {
            return this.ensure(name, key => thing(key));
        }
    });

test('subclass', () => {
    const icons = track(new Icons());
    const icon = icons.icon('folder');
    assertEqual(icons.icon('folder'), icon);
    assertEqual(icons.constructor.$gtype.name, 'WeakrefTestIcons');
    assertThrows(() => icons.set(1, icon), /^TypeError/);
});

run();
