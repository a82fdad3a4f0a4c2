// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {
    Thing, assert, assertArray, assertEqual, assertQuiet, assertThrows, child, collect, iterate,
    plain, run, runChild, test, thing, track,
} from './tap.js';

const newSet = (...args) => track(new Weakref.Set(...args));
const names = items => [...items].map(item => item.name);

test('is a set', () => {
    const set = newSet();
    const a = thing('a');
    const b = thing('b');
    assertEqual(set.size, 0);
    assertEqual(set.add(a), set);
    set.add(b).add(a);
    assertEqual(set.size, 2);
    assert(set.has(a));
    assert(set.delete(a));
    assert(!set.delete(a));
    assert(!set.has(a));
    set.add(a);
    assertArray(names(set), ['b', 'a']);
    set.clear();
    assertEqual(set.size, 0);
});

test('iterates in insertion order', () => {
    const set = newSet(Thing);
    const things = ['c', 'a', 'b'].map(thing);
    things.forEach(object => set.add(object));
    assertArray(names(set), ['c', 'a', 'b']);
    assertArray(names(set.values()), ['c', 'a', 'b']);
    assertArray(names(set.keys()), ['c', 'a', 'b']);
    assertArray([...set.entries()].map(([x, y]) => x === y && x.name), ['c', 'a', 'b']);
    const seen = [];
    const self = {};
    set.forEach(function (value, key, other) {
        assertEqual(this, self);
        assertEqual(value, key);
        assertEqual(other, set);
        seen.push(value.name);
    }, self);
    set.foreach(item => set.foreach(other => seen.push(item.name + other.name)));
    assertArray(seen, ['c', 'a', 'b', 'cc', 'ca', 'cb', 'ac', 'aa', 'ab', 'bc', 'ba', 'bb']);
});

test('members leave when they die, not with their wrappers', () => {
    const set = newSet();
    const store = new Gio.ListStore({item_type: GObject.TYPE_OBJECT});
    (() => {
        set.add(plain());
        const target = plain();
        store.append(target);
        set.add(target);
    })();
    collect();
    assertEqual(set.size, 1);
    (() => assert(set.has(store.get_item(0))))();
    store.remove_all();
    collect();
    assertEqual(set.size, 0);
});

test('disposed early has left', () => {
    const set = newSet();
    const a = thing('a');
    set.add(a);
    a.run_dispose();
    assertEqual(set.size, 0);
    assertArray([...set], []);
});

test('members that die or go while it is iterated are left out', () => {
    const set = newSet();
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map(thing);
    [a, b, c, d].forEach(object => set.add(object));
    const seen = [];
    for (const item of set) {
        seen.push(item.name);
        if (item === a) {
            b.run_dispose();
            set.delete(c);
            set.add(thing('e'));
        }
    }
    assertArray(seen, ['a', 'd']);
});

test('an iteration that is over does not hold the members', () => {
    const set = newSet();
    (() => ['a', 'b', 'c'].map(thing).forEach(object => set.add(object)))();
    const iterator = set[Symbol.iterator]();
    (() => assertEqual(iterator.next().done, false))();
    collect();
    assert(set.size >= 2);
    iterator.return();
    collect();
    assertEqual(set.size, 0);
});

test('has an order', () => {
    const set = newSet(Thing);
    const [a, b, c] = ['a', 'b', 'c'].map(thing);
    set.add(b).add(c);
    assert(set.insert(0, a));
    assertArray(names(set), ['a', 'b', 'c']);
    assert(!set.insert(0, c));
    assertArray(names(set), ['c', 'a', 'b']);
    set.sort((one, other) => one.name.localeCompare(other.name));
    assertArray(names(set), ['a', 'b', 'c']);
    assertArray(set.find(c), [true, 2]);
});

test('stand-ins are of the item type', () => {
    const set = newSet(Thing);
    set.connect('items-changed', () => {});
    const a = thing('a');
    set.add(a);
    // No JavaScript runs for it. The dead object stands for itself.
    a.run_dispose();
    assertEqual(set.size, 0);
    assertEqual(set.get_n_items(), 1);
    assert(set.get_item(0) instanceof Thing);
    iterate();
    assertEqual(set.get_n_items(), 0);

    set.set_stand_in_func(() => thing('?'));
    const b = thing('b');
    set.add(b);
    b.run_dispose();
    assertEqual(set.get_item(0).name, '?');
    iterate();
    assertEqual(set.get_n_items(), 0);
    set.set_stand_in_func(null);
});

test('algebra', () => {
    const [a, b, c] = ['a', 'b', 'c'].map(thing);
    const one = newSet(Thing).add(a).add(b);
    const other = newSet(Thing).add(b).add(c);
    assertArray(names(one.union(other)), ['a', 'b', 'c']);
    assertArray(names(one.intersection(other)), ['b']);
    assertArray(names(one.difference(other)), ['a']);
    assertArray(names(one.symmetricDifference(other)), ['a', 'c']);
    assertArray(names(one.symmetric_difference(other)), ['a', 'c']);
    assert(one.intersection(other).isSubsetOf(one));
    assert(one.isSupersetOf(one.intersection(other)));
    assert(!one.isSubsetOf(other));
    assert(one.difference(other).isDisjointFrom(other));
    assert(!one.isDisjointFrom(other));
    assert(one.union(other).equal(other.union(one)));
    assert(!one.equal(other));
    for (const method of ['union', 'intersection', 'difference', 'symmetricDifference',
        'isSubsetOf', 'isSupersetOf', 'isDisjointFrom', 'equal']) {
        for (const bad of [undefined, null, 5, {}, [], new GObject.Object()])
            assertThrows(() => one[method](bad), /^TypeError: The other must be a set, not/);
        assertThrows(() => one[method](new Set([5])), /^TypeError: A member .* a GObject, not 5/);
    }
});

test('algebra with what is like a set', () => {
    const [a, b, c] = ['a', 'b', 'c'].map(thing);
    const one = newSet(Thing).add(a).add(b);
    const table = new Weakref.KeyTable().set(b, 1).set(c, 2);
    for (const other of [new Set([b, c]), new Map([[b, 1], [c, 2]]), table]) {
        assertArray(names(one.union(other)).sort(), ['a', 'b', 'c']);
        assertArray(names(one.intersection(other)), ['b']);
        assertArray(names(one.difference(other)), ['a']);
        assertArray(names(one.symmetricDifference(other)).sort(), ['a', 'c']);
        assert(!one.isSubsetOf(other));
        assert(!one.isSupersetOf(other));
        assert(!one.isDisjointFrom(other));
        assert(!one.equal(other));
    }
    assert(one.equal(new Set([b, a])));
    assertEqual(one.intersection(new Set([b])).item_type, Thing.$gtype);
    assertEqual(one.union(new Set([plain()])).item_type, GObject.TYPE_OBJECT);

    // Newer versions of JavaScript have these methods too, and take our sets.
    if (Set.prototype.union) {
        assertArray(names(new Set([b, c]).union(one)).sort(), ['a', 'b', 'c']);
        assert(new Set([a]).isSubsetOf(one));
    }
});

test('is a list model', () => {
    const set = newSet(Thing);
    const log = [];
    set.connect('items-changed', (_, ...change) => log.push(change));
    assert(set instanceof Gio.ListModel);
    assertEqual(set.item_type, Thing.$gtype);
    assertEqual(set.get_item_type(), Thing.$gtype);
    const a = thing('a');
    (() => set.add(a).add(thing('b')))();
    assertArray(log.splice(0), [[0, 0, 1], [1, 0, 1]]);
    assertEqual(set.get_n_items(), 2);
    assertEqual(set.get_item(0), a);
    collect();
    assertArray(log.splice(0), [[1, 1, 0]]);
    assertEqual(set.get_n_items(), 1);
    set.delete(a);
    assertArray(log, [[0, 1, 0]]);
});

// GJS has a toggle reference on an object of a JavaScript class, which it can't change during a
// garbage collection.
const Listed = GObject.registerClass({GTypeName: 'WeakrefTestListed'},
    class Listed extends Weakref.Set {});

child('death-in-collection, of a class', () => {
    globalThis.set = new Listed();
    globalThis.set.connect('items-changed', () => {});
    // This set goes with its members.
    (() => {
        const garbage = new Listed();
        for (let i = 0; i < 1000; i++) {
            const member = new GObject.Object();
            garbage.add(member);
            globalThis.set.add(member);
        }
    })();
    collect();
    print(globalThis.set.size, globalThis.set.get_n_items());
});

test('nor if the set is of a class of JavaScript', () => {
    assertQuiet(runChild('death-in-collection, of a class'), '0 0\n');
});

child('death-in-collection', () => {
    globalThis.set = new Weakref.Set();
    globalThis.set.connect('items-changed', () => {});
    for (let i = 0; i < 1000; i++)
        globalThis.set.add(new GObject.Object());
    collect();
    print(globalThis.set.size, globalThis.set.get_n_items());
});

test('nothing is complained about when members die during garbage collection', () => {
    assertQuiet(runChild('death-in-collection'), '0 0\n');
});

test('proxies stand for their targets', () => {
    const set = newSet();
    const a = thing('a');
    const proxy = Weakref.proxy(a);
    assert(set.add(proxy).has(a));
    assert(set.has(proxy));
    assert(set.delete(proxy));
});

test('bad input', () => {
    const set = newSet(Gio.ListModel);
    for (const bad of [undefined, null, 5, 'a', {}, [], Symbol('a'), () => 1, Thing]) {
        assertThrows(() => set.add(bad), /^TypeError: A member .* a GObject, not/);
        assertArray([set.has(bad), set.delete(bad)], [false, false]);
    }
    const a = thing('a');
    assertThrows(() => set.add(a), /^TypeError: .* a GListModel, not an instance of /);
    assert(!set.has(a));
    assertEqual(set.size, 0);
    const store = track(new Gio.ListStore());
    assertEqual(set.add(store).size, 1);
    for (const method of ['forEach', 'foreach']) {
        assertThrows(() => set[method](5), /^TypeError: .*must be a function, not 5/);
        assertThrows(() => newSet()[method](), /^TypeError: .*must be a function, not undefined/);
    }

    for (const bad of [5, 'GObject', () => 1])
        assertThrows(() => new Weakref.Set(bad), /^TypeError: The item type must be a GType, not/);
    for (const bad of [String, Object, GObject.TYPE_NONE])
        assertThrows(() => new Weakref.Set(bad), /^TypeError: .* is no type of a GObject/);
    assertEqual(new Weakref.Set({item_type: Thing}).item_type, Thing.$gtype);
    assertEqual(new Weakref.Set().itemType, GObject.TYPE_OBJECT);
    iterate();
});

const Things = GObject.registerClass({GTypeName: 'WeakrefTestThings'},
    class Things extends Weakref.Set {
        constructor() {
            super(Thing);
        }
    });

test('subclass', () => {
    const things = track(new Things());
    const a = thing('a');
    assertArray(names(things.add(a)), ['a']);
    assertThrows(() => things.add(new GObject.Object()), /^TypeError/);
});

run();
