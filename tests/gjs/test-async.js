// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {
    assert, assertArray, assertEqual, assertThrows, collect, iterate, plain, run, test, thing,
} from './tap.js';

test('await ref.dead() waits for the death, and does not hold the object', () => {
    const log = [];
    const store = new Gio.ListStore({item_type: GObject.Object});
    const wait = async (ref, name) => {
        assertEqual(await ref.dead(), undefined);
        log.push(`${name} ${ref.alive}`);
    };
    (() => {
        const [a, b] = [plain(), thing('b')];
        store.append(a);
        wait(new Weakref.Ref(a), 'a');
        wait(new Weakref.Ref(b), 'b');
    })();
    collect();
    assertArray(log, ['b false']);
    store.remove_all();
    collect();
    assertArray(log, ['b false', 'a false']);
});

test('of a dead one it is over at once', () => {
    const log = [];
    const target = thing('a');
    const ref = new Weakref.Ref(target);
    target.run_dispose();
    ref.dead().then(() => log.push('dead'));
    iterate();
    assertArray(log, ['dead']);
});

test('the reference need not be kept', () => {
    const log = [];
    (() => void new Weakref.Ref(plain()).dead().then(() => log.push('dead')))();
    collect();
    assertArray(log, ['dead']);
});

test('cancellableFor() is cancelled when the object dies', () => {
    const [cancellable, held] = (() => {
        const object = thing('a');
        return [Weakref.cancellableFor(plain()), [Weakref.cancellableFor(object), object]];
    })();
    collect();
    assert(cancellable.is_cancelled());
    assert(!held[0].is_cancelled());
    held[1].run_dispose();
    iterate();
    assert(held[0].is_cancelled());
    assertThrows(() => Weakref.cancellableFor({}), /^TypeError: The target must be a GObject/);
});

run();
