// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// These tests are about ensureAsync(). Those of the functions of C are in test-ensure-async-c.js.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {
    Thing, assert, assertArray, assertEqual, assertThrows, collect, iterate, run, test, thing,
    track,
} from './tap.js';

const {CANCELLED, NOT_FOUND} = Gio.IOErrorEnum;

// Returns an object that tells what became of a promise.
function watch(promise) {
    const state = {value: undefined, error: undefined, isSettled: false};
    promise.then(value => Object.assign(state, {value, isSettled: true}),
        error => Object.assign(state, {error, isSettled: true}));
    return state;
}

// Makes a create function whose promises the test settles.
function makeCreator() {
    const calls = [];
    const create = (key, cancellable) => new Promise((resolve, reject) => {
        calls.push({key, cancellable, resolve, reject});
    });
    return {calls, create};
}

function settle(...states) {
    for (let i = 0; i < 1000 && !states.every(state => state.isSettled); i++)
        GLib.MainContext.default().iteration(false);
    assert(states.every(state => state.isSettled), 'a promise was never settled');
}

const isCancelled = error =>
    error instanceof GLib.Error && error.matches(Gio.IOErrorEnum, CANCELLED);

test('one creation is for all who ask', () => {
    const table = new Weakref.ValueTable(String);
    const {calls, create} = makeCreator();
    const states = [1, 2, 3].map(() => watch(table.ensureAsync('a', create)));
    iterate();
    assertEqual(calls.length, 1);
    assertEqual(calls[0].key, 'a');
    assert(calls[0].cancellable instanceof Gio.Cancellable);
    assert(states.every(({isSettled}) => !isSettled));

    const object = thing('a');
    calls[0].resolve(object);
    settle(...states);
    states.forEach(({value}) => assertEqual(value, object));
    assertEqual(table.get('a'), object);
});

test('what is there is given without a creation', () => {
    const object = thing('a');
    const table = new Weakref.ValueTable(String, [['a', object]]);
    const state = watch(table.ensureAsync('a', () => {
        throw new Error('called');
    }));
    settle(state);
    assertEqual(state.value, object);
});

test('the object is not kept afterwards', () => {
    const table = new Weakref.ValueTable(String);
    settle(watch(table.ensureAsync('a', async key => thing(key)).then(() => {})));
    collect();
    assertEqual(table.size, 0);
});

test('an error that is thrown reaches all as it is, and the next one tries anew', () => {
    const table = new Weakref.ValueTable(String);
    for (const error of [
        new RangeError('no'), new GLib.Error(Gio.IOErrorEnum, NOT_FOUND, 'no'),
        new Weakref.Error({code: Weakref.Error.CREATE, message: 'no'}), 'no', undefined, null,
        Symbol('no'), new Error('a\0b\ud800'),
    ]) {
        const {calls, create} = makeCreator();
        const states = [1, 2].map(() => watch(table.ensureAsync('a', create)));
        calls[0].reject(error);
        settle(...states);
        states.forEach(state => assertEqual(state.error, error));
        assertEqual(calls.length, 1);
    }
    const later = watch(table.ensureAsync('a', async key => thing(key)));
    settle(later);
    assert(later.value instanceof Thing);
});

test('a function that throws at once, or gives no object, fails too', () => {
    const table = new Weakref.ValueTable(String);
    const states = [
        table.ensureAsync('a', () => {
            throw new RangeError('no');
        }),
        table.ensureAsync('b', async () => 5),
        table.ensureAsync('c', () => undefined),
    ].map(watch);
    settle(...states);
    assert(states[0].error instanceof RangeError);
    for (const {error} of states.slice(1)) {
        assertThrows(() => {
            throw error;
        }, /^TypeError: What the promise of a create function gives must be a GObject, not/);
    }
});

test('a function that gives an object without a promise will do', () => {
    const table = new Weakref.ValueTable(String);
    const object = thing('a');
    const state = watch(table.ensureAsync('a', () => object));
    settle(state);
    assertEqual(state.value, object);
});

test('who asks in C is told of the error of JavaScript', () => {
    const table = new Weakref.ValueTable(String);
    const {calls, create} = makeCreator();
    const state = watch(table.ensureAsync('a', create));
    let error = null;
    table.ensure_async('a', GLib.PRIORITY_DEFAULT, null, () => {}, (_, result) => {
        try {
            table.ensure_finish(result);
        } catch (e) {
            error = e;
        }
    });
    calls[0].reject(new RangeError('no'));
    settle(state);
    iterate();
    assert(error.matches(Weakref.Error, Weakref.Error.CREATE));
    assertEqual(error.message, 'RangeError: no');
});

test('a cancellable takes one caller out, and the last one ends the creation', () => {
    const table = new Weakref.ValueTable(String);
    const {calls, create} = makeCreator();
    const [one, two] = [new Gio.Cancellable(), new Gio.Cancellable()];
    const states = [one, two].map(cancellable =>
        watch(table.ensureAsync('a', create, cancellable)));
    one.cancel();
    settle(states[0]);
    assert(isCancelled(states[0].error));
    assert(!states[1].isSettled && !calls[0].cancellable.is_cancelled());
    two.cancel();
    assert(calls[0].cancellable.is_cancelled());
    settle(states[1]);
    assert(isCancelled(states[1].error));

    // The next request starts another creation. Nobody waits for the first one any more.
    const third = watch(table.ensureAsync('a', create));
    assertEqual(calls.length, 2);
    calls[0].resolve(thing('late'));
    iterate();
    assert(!third.isSettled && !table.has('a'));
    calls[1].resolve(thing('a'));
    settle(third);
    assertEqual(third.value.name, 'a');
});

test('a creation that was given up fails for nobody', () => {
    const table = new Weakref.ValueTable(String);
    const {calls, create} = makeCreator();
    const cancellable = new Gio.Cancellable();
    const first = watch(table.ensureAsync('a', create, cancellable));
    cancellable.cancel();
    const second = watch(table.ensureAsync('a', create));
    calls[0].reject(new RangeError('first'));
    settle(first);
    assert(isCancelled(first.error));
    calls[1].reject(new TypeError('second'));
    settle(second);
    assertEqual(second.error.message, 'second');
});

test('a cancelled cancellable asks for nothing', () => {
    const table = new Weakref.ValueTable(String);
    const {calls, create} = makeCreator();
    const cancellable = new Gio.Cancellable();
    cancellable.cancel();
    const state = watch(table.ensureAsync('a', create, cancellable));
    settle(state);
    assert(isCancelled(state.error));
    assertEqual(calls.length, 0);

    const object = thing('a');
    table.set('a', object);
    const other = watch(table.ensureAsync('a', create, cancellable));
    settle(other);
    assert(isCancelled(other.error));
});

test('a creation asks for others, and a circle is an error', () => {
    const table = new Weakref.ValueTable(String);
    const state = watch(table.ensureAsync('a', async (_, cancellable) => {
        const b = await table.ensureAsync('b', async () => thing('b'));
        const c = await table.ensureAsync('c', async () => thing('c'), cancellable);
        return thing(`a ${b.name} ${c.name}`);
    }));
    settle(state);
    assertEqual(state.value.name, 'a b c');

    const circles = [
        // Before its first await, a function does not have to pass the cancellable on.
        table.ensureAsync('d', () => table.ensureAsync('e', () =>
            table.ensureAsync('d', async () => thing('d')))),
        table.ensureAsync('f', async (_, cancellable) => {
            await null;
            return table.ensureAsync('f', async () => thing('f'), cancellable);
        }),
    ].map(watch);
    settle(...circles);
    circles.forEach(({error}) => assert(error.matches(Weakref.Error, Weakref.Error.RECURSION)));
});

test('many creations inside creations come to their end', () => {
    const table = new Weakref.ValueTable(String);
    const make = (key, depth) => table.ensureAsync(key, async () => {
        const parts = [0, 1, 2].slice(0, depth).map(i => make(`${key}${i}`, depth - 1));
        collect();
        return thing((await Promise.all(parts)).map(({name}) => name).join('') || 'x');
    });
    const state = watch(make('k', 3));
    settle(state);
    assertEqual(state.value.name, 'x'.repeat(6));
});

test('keys are those of ensure()', () => {
    const any = new Weakref.ValueTable();
    const key = thing('key');
    const keys = [
        'a', 5, 1.5, 2n ** 60n, true, key, Weakref.proxy(key), GObject.TYPE_INT,
        new GLib.Bytes([1]), new GLib.Variant('s', 'a'),
    ];
    const made = [];
    for (const each of keys) {
        const states = [1, 2].map(() => watch(any.ensureAsync(each, async () => {
            await null;
            made.push(thing('made'));
            return made.at(-1);
        })));
        settle(...states);
        assertEqual(states[0].value, states[1].value);
        assertEqual(any.get(each), states[0].value);
    }
    // The proxy and its object are one key.
    assertEqual(made.length, keys.length - 1);

    // Two keys of the same content are one key.
    const {calls, create} = makeCreator();
    const bytes = [1, 2].map(() => watch(any.ensureAsync(new GLib.Bytes([2]), create)));
    calls[0].resolve(thing('bytes'));
    settle(...bytes);
    assertEqual(bytes[0].value, bytes[1].value);
});

test('what is wrong is a TypeError of the promise', () => {
    const table = new Weakref.ValueTable(String);
    const create = async () => thing('a');
    for (const [args, pattern] of [
        [[5, create], /^TypeError: The table has keys of type gchararray/],
        [[{}, create], /^TypeError: A key must be/],
        [['a\0', create], /^TypeError: .* can't be a key/],
        [['a'], /^TypeError: The create function must be a function/],
        [['a', create, 5], /^TypeError: The cancellable must be a Gio.Cancellable, not 5/],
    ]) {
        const state = watch(table.ensureAsync(...args));
        settle(state);
        assertThrows(() => {
            throw state.error;
        }, pattern);
    }
    assertEqual(table.size, 0);
});

test('who waits for a reservation that is given up creates it himself', () => {
    const table = new Weakref.ValueTable(String);
    const [reservation] = table.reserve('a');
    const {calls, create} = makeCreator();
    const states = [1, 2].map(() => watch(table.ensureAsync('a', create)));
    iterate();
    assertEqual(calls.length, 0);
    reservation.abandon();
    iterate();
    assertEqual(calls.length, 1);
    const error = new RangeError('no');
    calls[0].reject(error);
    settle(...states);
    assertEqual(states[0].error, error);
});

test('who blocks, would block', () => {
    const table = new Weakref.ValueTable(String);
    const {calls, create} = makeCreator();
    const state = watch(table.ensureAsync('a', create));
    assertThrows(() => table.ensure('a', () => new Thing()), /main context/);
    calls[0].resolve(thing('a'));
    settle(state);
});

test('a cache has it, and counts', () => {
    const cache = new Weakref.Cache(String, 4);
    cache.memory_monitor = null;
    const {calls, create} = makeCreator();
    const states = [1, 2].map(() => watch(cache.ensureAsync('a', create)));
    calls[0].resolve(track(new Gio.SimpleAction({name: 'a'})));
    settle(...states);
    const name = states[0].value.name;
    assertEqual(name, 'a');
    states.splice(0);
    calls.splice(0);
    collect();
    // The cache keeps what nobody uses.
    const again = watch(cache.ensureAsync('a', create).then(found => found.name));
    settle(again);
    assertEqual(again.value, 'a');
    assertArray([cache.hits, cache.misses, calls.length], [2, 1, 0]);
});

test('a promise that nobody waits for holds nothing', () => {
    const {calls, create} = makeCreator();
    (() => {
        const table = track(new Weakref.ValueTable(String));
        table.ensureAsync('a', create);
        calls.pop().resolve(thing('a'));
        table.ensureAsync('c', async () => {
            throw new RangeError(table.toString());
        }).catch(() => {});
    })();
});

run();
