// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {
    Thing, assert, assertArray, assertEqual, assertQuiet, assertThrows, child, collect, iterate,
    plain, run, runChild, test, thing, track,
} from './tap.js';

const action = name => track(new Gio.SimpleAction({name}));

test('owner keeps owned', () => {
    let owner;
    let ref;
    (() => {
        const owned = action('owned');
        owner = action('owner');
        ref = Weakref.Ref.new(owned);
        new Weakref.Bond(owner, owned);
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
        bond = new Weakref.Bond(owner, owned);
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
        bond = new Weakref.Bond(owner, owned);
    })();
    collect();
    assert(ref.get() !== null);
    assert(bond.break());
    assert(!bond.break());
    collect();
    assertEqual(ref.get(), null);
});

test('keeps the wrappers', () => {
    const store = new Gio.ListStore({item_type: GObject.TYPE_OBJECT});
    const wrappers = new WeakSet();
    const [bond, refs] = (() => {
        const owner = plain();
        const owned = plain();
        store.append(owned);
        wrappers.add(owner).add(owned);
        return [new Weakref.Bond(owner, owned), [owner, owned].map(o => new Weakref.Ref(o))];
    })();
    collect();
    (() => {
        assertEqual(bond.owned, store.get_item(0));
        assert(wrappers.has(bond.owned) && wrappers.has(bond.owner));
    })();
    collect();
    store.remove_all();
    collect();
    assertArray(refs.map(ref => ref.alive), [false, false]);
    assert(!bond.alive);
});

test('both are dead before the first callback', () => {
    const log = [];
    (() => {
        const owner = plain();
        const owned = plain();
        const refs = [owner, owned].map(o => new Weakref.Ref(o));
        new Weakref.Bond(owner, owned);
        new Weakref.Finalizer(owner, () => log.push(refs.some(ref => ref.alive)));
        new Weakref.Finalizer(owned, () => log.push(refs.some(ref => ref.alive)));
    })();
    collect();
    assertArray(log, [false, false]);
});

child('death-in-collection', () => {
    let bond = (() => new Weakref.Bond(new GObject.Object(), new GObject.Object()))();
    bond.connect('notify::alive', () => print('ended', bond.alive, bond.owner));
    collect();
    bond = null;
});

test('tells of its end during garbage collection', () => {
    assertQuiet(runChild('death-in-collection'), 'ended false null\n');
});

test('tells in the context that was the thread-default one', () => {
    const context = new GLib.MainContext();
    const log = [];
    context.push_thread_default();
    const bond = new Weakref.Bond(plain(), plain());
    context.pop_thread_default();
    bond.connect('notify::alive', () => log.push('alive'));
    bond.connect('notify::owned', () => log.push('owned'));
    assert(bond.break());
    iterate();
    assertArray(log, []);
    while (context.iteration(false));
    assertArray(log, ['alive', 'owned']);
});

test('errors', () => {
    const a = plain();
    const b = plain();
    const {CYCLE, OWNED} = Weakref.Error;
    const assertError = (func, code) => {
        try {
            func();
        } catch (e) {
            assert(e instanceof Weakref.Error && e.matches(Weakref.Error, code), e);
            return;
        }
        throw new Error('did not throw');
    };
    assertError(() => new Weakref.Bond(a, a), CYCLE);
    Weakref.Bond.new(a, b);
    assertError(() => new Weakref.Bond(b, a), CYCLE);
    assertError(() => Weakref.Bond.new(plain(), b), OWNED);
});

test('bad input', () => {
    const good = plain();
    for (const bad of [undefined, null, 5, 'a', {}, [], Symbol('a'), () => 1, Thing]) {
        for (const make of [(...args) => new Weakref.Bond(...args), Weakref.Bond.new]) {
            assertThrows(() => make(bad, good), /^TypeError: The owner .* a GObject, not/);
            assertThrows(() => make(good, bad), /^TypeError: What .* owned must be a GObject, not/);
        }
    }
});

test('proxies stand for their targets', () => {
    const [a, b] = [plain(), plain()];
    const bond = new Weakref.Bond(Weakref.proxy(a), Weakref.proxy(b));
    assertEqual(bond.owner, a);
    assertEqual(bond.dup_owned(), b);
    bond.break();
    a.run_dispose();
    iterate();
});

run();
