// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio';
import Weakref from 'gi://Weakref';

import {assert, assertEqual, assertThrows, collect, plain, run, test, thing, track} from './tap.js';

const action = name => track(new Gio.SimpleAction({name}));

test('owner keeps owned', () => {
    let owner;
    let ref;
    (() => {
        const owned = action('owned');
        owner = action('owner');
        ref = Weakref.Ref.new(owned);
        Weakref.Bond.new(owner, owned);
    })();
    collect();
    assertEqual(ref.get().name, 'owned');
    owner = null;
    collect();
    assertEqual(ref.get(), null);
});

test('owned keeps owner', () => {
    let owned;
    let ref;
    let bond;
    (() => {
        const owner = action('owner');
        owned = action('owned');
        ref = Weakref.Ref.new(owner);
        bond = Weakref.Bond.new(owner, owned);
    })();
    collect();
    assertEqual(ref.get().name, 'owner');
    assertEqual(bond.owner.name, 'owner');
    assert(bond.alive);
    owned = null;
    collect();
    assertEqual(ref.get(), null);
    assertEqual(bond.owner, null);
    assert(!bond.alive);
});

test('break', () => {
    const owner = plain();
    let ref;
    let bond;
    (() => {
        const owned = plain();
        ref = Weakref.Ref.new(owned);
        bond = Weakref.Bond.new(owner, owned);
    })();
    collect();
    assert(ref.get() !== null);
    assert(bond.break());
    assert(!bond.break());
    collect();
    assertEqual(ref.get(), null);
});

test('errors', () => {
    const a = plain();
    const b = plain();
    assertThrows(() => Weakref.Bond.new(a, a), /own itself/);
    Weakref.Bond.new(a, b);
    assertThrows(() => Weakref.Bond.new(b, a), /owns/);
    assertThrows(() => Weakref.Bond.new(plain(), b), /already has an owner/);
});

// The toggle references of GJS and of the bond silence each other: it is late, but nothing is lost.
test('of a JavaScript subclass, stays until it is broken', () => {
    let refs;
    let bond;
    (() => {
        const owner = thing('owner');
        const owned = thing('owned');
        owner.children = [1];
        refs = [Weakref.Ref.new(owner), Weakref.Ref.new(owned)];
        bond = Weakref.Bond.new(owner, owned);
    })();
    collect();
    assertEqual(refs[0].get().children.length, 1);
    assertEqual(refs[1].get().greet('hello'), 'hello owned');
    collect();
    assertEqual(bond.owner.children.length, 1);
    bond.break();
    collect();
    assertEqual(refs[0].get(), null);
    assertEqual(refs[1].get(), null);
});

test('with JavaScript properties set later, stays until it is broken', () => {
    let ref;
    let bond;
    (() => {
        const owner = plain();
        const owned = plain();
        ref = Weakref.Ref.new(owned);
        bond = Weakref.Bond.new(owner, owned);
        owned.parent = 'there';
    })();
    collect();
    assertEqual(ref.get().parent, 'there');
    bond.break();
    collect();
    assertEqual(ref.get(), null);
});

test('of a JavaScript subclass, goes when it is disposed', () => {
    let ref;
    (() => {
        const owner = thing('owner');
        const owned = thing('owned');
        ref = Weakref.Ref.new(owned);
        Weakref.Bond.new(owner, owned);
        owner.run_dispose();
    })();
    collect();
    assertEqual(ref.get(), null);
});

run();
