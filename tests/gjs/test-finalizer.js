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

function logger() {
    const log = [];
    return [log, (...args) => log.push(args)];
}

test('runs with its arguments although the target died during garbage collection', () => {
    const [log, func] = logger();
    (() => void new Weakref.Finalizer(plain(), func, 1, 'two', {three: 3}))();
    collect();
    assertArray(log, [[1, 'two', {three: 3}]]);
});

child('death-in-collection', () => {
    (() => void new Weakref.Finalizer(plain(), print, 'closed'))();
    collect();
});

test('nothing is dropped or complained about when targets die during garbage collection', () => {
    assertQuiet(runChild('death-in-collection'), 'closed\n');
});

test('outlives the wrappers of its target and its own', () => {
    const store = new Gio.ListStore({item_type: GObject.TYPE_OBJECT});
    const [log, func] = logger();
    (() => {
        const target = plain();
        store.append(target);
        track(new Weakref.Finalizer(target, func, 1));
    })();
    collect();
    assertArray(log, []);
    store.remove_all();
    collect();
    assertArray(log, [[1]]);
});

test('runs when the target is disposed early', () => {
    const [log, func] = logger();
    const target = thing('a');
    const finalizer = new Weakref.Finalizer(target, func);
    target.run_dispose();
    assert(finalizer.alive);
    iterate();
    assert(!finalizer.alive);
    assertArray(log, [[]]);
});

test('the other phase waits for the memory', () => {
    const [log, func] = logger();
    (() => {
        const target = thing('a');
        new Weakref.Finalizer(target, func, 'disposed');
        Weakref.Finalizer.new_full(target, GLib.MainContext.default(), Weakref.Phase.FINALIZE,
            () => func('finalized'));
        target.run_dispose();
        iterate();
        assertArray(log, [['disposed']]);
    })();
    collect();
    assertArray(log, [['disposed'], ['finalized']]);
});

test('run by hand: once, and not again at the death', () => {
    const [log, func] = logger();
    const target = thing('a');
    const finalizer = new Weakref.Finalizer(target, func, 1);
    assertEqual(finalizer.peek(), target);
    assert(finalizer.run());
    assertArray(log, [[1]]);
    assert(!finalizer.run());
    assert(!finalizer.detach());
    assertEqual(finalizer.peek(), null);
    target.run_dispose();
    iterate();
    assertArray(log, [[1]]);
});

test('run by hand between the death and the main context: once', () => {
    const [log, func] = logger();
    const target = thing('a');
    const finalizer = new Weakref.Finalizer(target, func, 1);
    target.run_dispose();
    assert(finalizer.run());
    iterate();
    assertArray(log, [[1]]);
});

test('run by hand throws what the function throws, and has run', () => {
    const target = thing('a');
    const error = new RangeError('mine');
    const fail = () => {
        throw error;
    };
    const context = GLib.MainContext.default();
    for (const finalizer of [new Weakref.Finalizer(target, fail),
        Weakref.Finalizer.new_full(target, context, Weakref.Phase.DISPOSE, fail)]) {
        let caught = null;
        try {
            finalizer.run();
        } catch (e) {
            caught = e;
        }
        assertEqual(caught, error);
        assert(!finalizer.alive && !finalizer.run());
    }

    // One runs inside the other.
    const log = [];
    const inner = new Weakref.Finalizer(target, fail);
    const outer = new Weakref.Finalizer(target, () => {
        try {
            inner.run();
        } catch (e) {
            log.push(e === error);
        }
        throw new TypeError('of the outer');
    });
    assertThrows(() => outer.run(), /^TypeError: of the outer/);
    assertArray(log, [true]);
});

test('detach', () => {
    const [log, func] = logger();
    const target = thing('a');
    const finalizer = new Weakref.Finalizer(target, func);
    assert(finalizer.detach());
    assert(!finalizer.detach());
    assert(!finalizer.run());
    target.run_dispose();
    iterate();
    assertArray(log, []);
});

test('holds its arguments until it has run, and no longer', () => {
    const target = thing('a');
    const ref = (() => {
        const other = plain();
        new Weakref.Finalizer(target, () => {}, other);
        return new Weakref.Ref(other);
    })();
    collect();
    assert(ref.alive);
    target.run_dispose();
    collect();
    assert(!ref.alive);
});

test('run newest first; finalize() keeps no handle', () => {
    const [log, func] = logger();
    const target = thing('a');
    assertEqual(Weakref.finalize(target, func, 1), undefined);
    new Weakref.Finalizer(target, func, 2);
    target.run_dispose();
    iterate();
    assertArray(log, [[2], [1]]);
});

test('runs in the context that was the thread-default one', () => {
    const context = new GLib.MainContext();
    const [log, func] = logger();
    context.push_thread_default();
    const target = thing('a');
    new Weakref.Finalizer(target, func, 1);
    context.pop_thread_default();
    target.run_dispose();
    iterate();
    assertArray(log, []);
    while (context.iteration(false));
    assertArray(log, [[1]]);
});

child('exceptions', () => {
    const target = new Thing();
    new Weakref.Finalizer(target, print, 'the other ran');
    const finalizer = new Weakref.Finalizer(target, () => {
        throw new RangeError('mine');
    });
    target.run_dispose();
    iterate();
    print('still here', finalizer.alive);
});

test('an exception is reported, and does not stop the others', () => {
    // GJS reports this with a critical message.
    const {status, stdout, stderr} = runChild('exceptions', {G_DEBUG: ''});
    assertEqual(stdout, 'the other ran\nstill here false\n');
    assertEqual(stderr.match(/RangeError: mine/g).length, 1);
    assertEqual(status, 0);
});

child('holds-itself', () => {
    const target = new Thing();
    const cycle = {};
    cycle.self = cycle;
    for (const args of [[1, target], [[{deep: target}]], [new Map([['a', target]])],
        [new Set([target])], [target, target]])
        new Weakref.Finalizer(target, () => {}, ...args).detach();
    const proxy = Weakref.proxy(target);
    new Weakref.Finalizer(target, () => {}, cycle, [null, new Thing()], proxy).detach();
    const much = new Array(1000000).fill(1).map((_, i) => i);
    new Weakref.Finalizer(target, () => {}, much, new Set(much)).detach();
});

test('warns once when the arguments hold the target', () => {
    const {status, stderr} = runChild('holds-itself');
    assertEqual(status, 0);
    assertEqual(stderr.match(/WARNING/g).length, 5);
    assertEqual(stderr.match(/the arguments hold the target itself, which/g).length, 5);
});

child('run-at-exit', () => {
    globalThis.targets = [new Thing(), new GObject.Object(), new Thing()];
    const [a, b, c] = globalThis.targets;
    new Weakref.Finalizer(a, print, 'first');
    new Weakref.Finalizer(b, print, 'never').at_exit = false;
    const detached = new Weakref.Finalizer(b, print, 'detached');
    new Weakref.Finalizer(b, () => new Weakref.Finalizer(c, print, 'made meanwhile'));
    new Weakref.Finalizer(c, () => {
        print('last');
        detached.detach();
    });
    Weakref.Finalizer.run_at_exit();
});

test('run_at_exit runs what is left, newest first', () => {
    assertQuiet(runChild('run-at-exit'), 'last\nmade meanwhile\nfirst\n');
});

child('raises', () => {
    globalThis.targets = [new Thing()];
    const [target] = globalThis.targets;
    new Weakref.Finalizer(target, print, 'first');
    new Weakref.Finalizer(target, () => {
        throw new Error('mine');
    });
    new Weakref.Finalizer(target, print, 'last');
    Weakref.Finalizer.run_at_exit();
});

test('one that throws is reported, and the rest run', () => {
    // GJS reports this with a critical message of its own.
    const {status, stdout, stderr} = runChild('raises', {G_DEBUG: ''});
    assertEqual(status, 0);
    assertEqual(stdout, 'last\nfirst\n');
    assertEqual(stderr.match(/Error: mine/g).length, 1);
});

child('after-run-at-exit', () => {
    globalThis.targets = [new Thing()];
    Weakref.Finalizer.run_at_exit();
    new Weakref.Finalizer(globalThis.targets[0], print, 'late');
});

test('what is made after run_at_exit is left alone', () => {
    assertQuiet(runChild('after-run-at-exit'));
});

const Closer = GObject.registerClass({GTypeName: 'WeakrefTestFinalizer'},
    class Closer extends Weakref.Finalizer {
        constructor(target, what, func) {
            super(target, func, 'close', what);
            this.what = what;
        }
    });

test('a subclass', () => {
    const [log, func] = logger();
    (() => {
        const closer = new Closer(plain(), 'a', func);
        assertEqual(closer.what, 'a');
        assert(closer instanceof Closer && closer instanceof Weakref.Finalizer);
        assert(closer.alive);
        new Closer(plain(), 'detached', func).detach();
    })();
    collect();
    assertArray(log, [['close', 'a']]);

    const target = thing('a');
    const closer = new Closer(target, 'b', func);
    assertEqual(closer.peek(), target);
    assert(closer.run());
    assert(!closer.run());
    assertArray(log, [['close', 'a'], ['close', 'b']]);
    const failing = new Closer(target, 'c', () => {
        throw new RangeError('mine');
    });
    assertThrows(() => failing.run(), /^RangeError: mine/);
    new Closer(target, 'd', func);
    target.run_dispose();
    iterate();
    assertArray(log.slice(2), [['close', 'd']]);
});

test('bad input', () => {
    const NOT_AN_OBJECT = /^TypeError: The target .* must be a GObject, not/;
    for (const bad of [undefined, null, 5, 'a', {}, [], Symbol('a'), () => 1, Thing])
        assertThrows(() => new Weakref.Finalizer(bad, () => {}), NOT_AN_OBJECT);
    const target = new Thing();
    for (const bad of [undefined, null, 5, 'a', {}])
        assertThrows(() => new Weakref.Finalizer(target, bad), /^TypeError: .* a function, not/);
});

run();
