// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// These tests give constructors and methods of all classes good and bad arguments.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {
    Thing, assert, assertArray, assertEqual, assertThrows, plain, run, test, thing,
} from './tap.js';

const SPELLINGS = ['key_type', 'keyType', 'key-type'];

test('every spelling of a property name is that property', () => {
    for (const Table of [Weakref.ValueTable, Weakref.Cache]) {
        for (const name of SPELLINGS) {
            // GJS crashes over a property of this value.
            assertEqual(new Table({[name]: GObject.Value}).key_type.name, 'GValue');
            assertEqual(new Table({[name]: String}).key_type, GObject.TYPE_STRING);
            assertThrows(() => new Table({[name]: 5}), /^TypeError: .* must be a GType, not 5/);
            assertThrows(() => new Table({[name]: GLib.Date}), /^TypeError: There are no keys of/);
        }
    }
    for (const name of ['item_type', 'itemType', 'item-type']) {
        assertEqual(new Weakref.Set({[name]: Thing}).item_type, Thing.$gtype);
        assertThrows(() => new Weakref.Set({[name]: String}), /^TypeError: .* of a GObject/);
    }
    for (const name of ['max_idle', 'maxIdle', 'max-idle']) {
        assertEqual(new Weakref.Cache({[name]: 3}).max_idle, 3);
        assertThrows(() => new Weakref.Cache({[name]: -1}), /^RangeError: .*max_idle.*, not -1/);
    }
    const target = thing('a');
    const context = new GLib.MainContext();
    let called = 0;
    const ref = new Weakref.Ref({target, context}, () => called++);
    target.run_dispose();
    while (context.iteration(false));
    assertEqual(called, 1);
    assert(!ref.alive);
});

const Named = GObject.registerClass({
    GTypeName: 'WeakrefTestNamedTable',
    Properties: {
        'given-name': GObject.ParamSpec.string('given-name', '', '',
            GObject.ParamFlags.READWRITE, ''),
    },
}, class Named extends Weakref.ValueTable {});

test('a subclass has its own properties too', () => {
    const table = new Named({givenName: 'a', keyType: String});
    assertEqual(table.given_name, 'a');
    assertEqual(table.key_type, GObject.TYPE_STRING);
    assertThrows(() => new Named({family_name: 'a'}), /no property 'family_name'/);
});

test('what is not a property is named', () => {
    for (const [Class, given] of [
        [Weakref.ValueTable, {}], [Weakref.Cache, {}], [Weakref.Set, {}], [Weakref.KeyTable, {}],
        [Weakref.Ref, {target: thing('a')}],
    ]) {
        assertThrows(() => new Class({...given, colour: 'red'}),
            /^TypeError: Weakref_\w+ has no property 'colour'/);
    }
});

test('numbers that C would change are refused', () => {
    const cache = new Weakref.Cache(String, 3);
    for (const bad of [-1, 2 ** 32, 2 ** 40, 1.5, NaN, Infinity]) {
        const error = new RegExp(`^RangeError: .* whole number up to 4294967295, not ${bad}`);
        assertThrows(() => new Weakref.Cache(String, bad), error);
        for (const name of ['max_idle', 'max_idle_seconds', 'max_tracked']) {
            assertThrows(() => new Weakref.Cache({[name]: bad}), error);
            assertThrows(() => cache[`set_${name}`](bad), error);
            for (const spelling of [name, name.replace(/_/g, '-'),
                name.replace(/_(.)/g, (_, c) => c.toUpperCase())]) {
                assertThrows(() => {
                    cache[spelling] = bad;
                }, error);
            }
        }
        assertThrows(() => cache.trim(bad), error);
    }
    for (const bad of ['3', null, undefined, 3n, {}])
        assertThrows(() => cache.trim(bad), /^TypeError: .* must be a number, not/);
    assertEqual(cache.max_idle, 3);
    cache.maxIdle = 2 ** 32 - 1;
    cache.max_idle_seconds = 5;
    assertArray([cache.max_idle, cache['max-idle'], cache.maxIdleSeconds],
        [2 ** 32 - 1, 2 ** 32 - 1, 5]);
});

test('messages name what was given and what is wanted', () => {
    const [a, b] = [thing('a'), plain()];
    for (const [func, message] of [
        [() => new Weakref.Ref({}),
            'The target of a Weakref.Ref must be a GObject, not an empty object'],
        [() => new Weakref.Ref({context: null}),
            "A Weakref.Ref must have a property 'target', not only 'context'"],
        [() => new Weakref.Ref({target: 5}),
            'The target of a Weakref.Ref must be a GObject, not 5'],
        [() => new Weakref.Bond({a, b}, b),
            "The owner of a Weakref.Bond must be a GObject, not an object with 'a', 'b'"],
        [() => new Weakref.KeyTable(5), 'The entries must be iterable, not 5'],
        [() => new Weakref.KeyTable([5]), 'An entry must be a pair [key, value], not 5'],
        [() => new Weakref.KeyTable([[5, 1]]),
            'A key of a Weakref.KeyTable must be a GObject, not 5'],
        [() => new Weakref.ValueTable([['a', 1]]), 'A value must be a GObject, not 1'],
        [() => new Weakref.ValueTable(String, 'a'), 'The entries must be iterable, not "a"'],
        [() => new Weakref.Set(Thing, 5), 'The members must be iterable, not 5'],
        [() => new Weakref.Set([5]), 'A member of a Weakref.Set must be a GObject, not 5'],
        [() => new Weakref.ValueTable().set({b: 1}, a), 'A key must be a string, a number, a ' +
            'boolean, a GObject, a GLib.Bytes, a GLib.Variant or a GType, ' +
            "not an object with 'b'"],
    ]) {
        let caught = null;
        try {
            func();
        } catch (e) {
            caught = e;
        }
        assert(caught instanceof TypeError, `${func} threw ${caught}`);
        assertEqual(caught.message, message);
    }
});

test('constructors take what they are to begin with', () => {
    const [a, b] = [thing('a'), thing('b')];
    const entries = new Map([['a', a], ['b', b]]);
    for (const table of [new Weakref.ValueTable(entries), new Weakref.ValueTable(String, entries),
        new Weakref.Cache(entries), new Weakref.Cache(String, 3, entries)]) {
        assertEqual(table.size, 2);
        assertEqual(table.get('b'), b);
        table.clear();
    }
    assertEqual(new Weakref.KeyTable([[a, 1], [b, 2]]).get(b), 2);
    const store = new Gio.ListStore({item_type: GObject.Object});
    store.append(a);
    for (const set of [new Weakref.Set([a, b]), new Weakref.Set(Thing, new Set([a, b])),
        new Weakref.Set(store)])
        assert(set.has(a));
    assertEqual(new Weakref.Set([a, b, a]).size, 2);
    store.remove_all();
});

run();
