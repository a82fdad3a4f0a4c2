// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import System from 'system';
import Weakref from 'gi://Weakref';

import {
    Thing, assert, assertArray, assertEqual, assertQuiet, assertThrows, child, collect, iterate,
    plain, run, runChild, test, thing, track,
} from './tap.js';

// Makes a target that nobody else knows, and hands it over.
const orphan = (func, make = plain) => func(make());

test('deref', () => {
    const ref = orphan(target => {
        const weak = new Weakref.Ref(target);
        assertEqual(weak.deref(), target);
        assertEqual(weak.target, target);
        assert(weak.alive);
        return weak;
    });
    collect();
    assertEqual(ref.deref(), undefined);
    assertEqual(ref.get(), null);
    assert(!ref.alive);
});

test('what there is of an object', () => {
    const target = thing('a');
    assertEqual(Weakref.count_refs(target), 0);
    const one = new Weakref.Ref(target);
    const other = new Weakref.Ref(Weakref.proxy(target));
    // The reference of the proxy is one of them.
    assertEqual(Weakref.count_refs(Weakref.proxy(target)), Weakref.list_refs(target).length);
    assertEqual(Weakref.list_refs(target).filter(ref => ref === one || ref === other).length, 2);
    for (const bad of [undefined, null, 5, {}]) {
        assertThrows(() => Weakref.count_refs(bad), /^TypeError: The target must be a GObject/);
        assertThrows(() => Weakref.list_refs(bad), /^TypeError: The target must be a GObject/);
    }
});

test('each has its own', () => {
    orphan(target => {
        const one = new Weakref.Ref(target);
        const other = Weakref.Ref.new(target);
        assert(one !== other);
        assert(one.equal(other));
        assertEqual(one.hash(), other.hash());
        assertEqual(Weakref.count_refs(target), 2);
    });
});

test('callback arrives although the target died during garbage collection', () => {
    const log = [];
    const ref = orphan(target => new Weakref.Ref(target, r => log.push(r, r.deref())));
    collect();
    assertEqual(log.length, 2);
    assertEqual(log[0], ref);
    assertEqual(log[1], undefined);
});

child('death-in-collection', () => {
    const log = [];
    const ref = orphan(target => new Weakref.Ref(target, r => log.push(r === ref)));
    ref.connect('notify::alive', () => log.push('notify'));
    const other = orphan(target => Weakref.Ref.new(target));
    other.connect('notify::alive', () => log.push('other'));
    collect();
    print(log.sort());
});

child('main-loop', () => {
    const loop = new GLib.MainLoop(null, false);
    const ref = orphan(target => new Weakref.Ref(target, () => {
        print('dead');
        loop.quit();
    }), () => new GObject.Object());
    // This is not done while the callback of a source runs, whose frame may have the target.
    GLib.idle_add(GLib.PRIORITY_DEFAULT_IDLE, () => {
        System.gc();
        return ref.alive;
    });
    loop.run();
    print('quit');
});

test('callback comes from a running main loop, and may quit it', () => {
    assertQuiet(runChild('main-loop'), 'dead\nquit\n');
});

child('no-main-loop', () => {
    globalThis.ref = orphan(target => new Weakref.Ref(target, () => print('dead')),
        () => new GObject.Object());
    System.gc();
    System.gc();
    print(globalThis.ref.alive);
});

test('callback does not come, and nothing is complained about, without a main loop', () => {
    assertQuiet(runChild('no-main-loop'), 'false\n');
});

child('death-in-collection-raw', () => {
    globalThis.ref = orphan(target => Weakref.Ref.new_full(target, null, () => print('called')));
    collect();
});

test('nothing is dropped or complained about when targets die during garbage collection', () => {
    assertQuiet(runChild('death-in-collection'), 'notify,other,true\n');
});

test('without a context the callback is dropped: it was during garbage collection', () => {
    const {stdout, stderr} = runChild('death-in-collection-raw');
    assertEqual(stdout, '');
    assert(/garbage collection|during sweeping|attempting to run/i.test(stderr), stderr);
});

test('outlives its wrapper', () => {
    const store = new Gio.ListStore({item_type: GObject.TYPE_OBJECT});
    const wrappers = new WeakSet();
    const log = [];
    const callback = () => log.push('dead');
    const ref = orphan(target => {
        store.append(target);
        wrappers.add(target);
        return new Weakref.Ref(target, callback);
    });
    collect();
    orphan(() => {
        assert(ref.deref() instanceof GObject.Object);
        assert(!wrappers.has(ref.deref()));
    });
    collect();
    assertArray(log, []);
    store.remove_all();
    collect();
    assertEqual(ref.deref(), undefined);
    assertArray(log, ['dead']);
});

test('disposed early is dead', () => {
    const target = thing('a');
    const log = [];
    const ref = new Weakref.Ref(target, () => log.push('dead'));
    const other = Weakref.Ref.new(target);
    target.run_dispose();
    assertEqual(ref.deref(), undefined);
    assertArray(log, []);
    iterate();
    assertArray(log, ['dead']);
    assert(ref.equal(other));
});

test('callbacks come newest first, when all references are dead', () => {
    const log = [];
    const callbacks = [1, 2, 3].map(
        i => () => log.push(i, refs.every(ref => ref.deref() === undefined)));
    const refs = orphan(target => callbacks.map(callback => new Weakref.Ref(target, callback)));
    collect();
    assertArray(log, [3, true, 2, true, 1, true]);
});

test('callback runs once', () => {
    let count = 0;
    const target = thing('a');
    const ref = new Weakref.Ref(target, () => count++);
    target.run_dispose();
    iterate();
    ref.notify('alive');
    iterate();
    assertEqual(count, 1);
});

child('exceptions', () => {
    const target = new Thing();
    globalThis.refs = [1, 2, 3].map(i => new Weakref.Ref(target, () => {
        print('called', i);
        if (i > 1)
            throw new RangeError(`mine ${i}`);
    }));
    target.run_dispose();
    iterate();
    print('still here');
});

test('an exception in a callback is reported, and does not stop the others', () => {
    // GJS reports this with a critical message.
    const {status, stdout, stderr} = runChild('exceptions', {G_DEBUG: ''});
    assertEqual(stdout, 'called 3\ncalled 2\ncalled 1\nstill here\n');
    assertArray(stderr.match(/RangeError: mine \d/g), ['RangeError: mine 3', 'RangeError: mine 2']);
    assertEqual(status, 0);
});

test('callback may drop its own reference', () => {
    const holder = {};
    const callback = ref => {
        assertEqual(ref, holder.ref);
        delete holder.ref;
        ref = null;
        collect();
        holder.done = true;
    };
    orphan(target => {
        holder.ref = track(new Weakref.Ref(target, callback));
    });
    collect();
    assert(holder.done);
});

test('callback may make references', () => {
    const log = [];
    const other = thing('b');
    const refs = [];
    const callback = () => refs.push(new Weakref.Ref(other, () => log.push('other')));
    orphan(target => refs.push(new Weakref.Ref(target, callback)));
    collect();
    assertEqual(refs.length, 2);
    other.run_dispose();
    iterate();
    assertArray(log, ['other']);
});

test('callback of a reference that is gone does not run', () => {
    const log = [];
    const target = thing('a');
    orphan(() => {
        track(new Weakref.Ref(target, () => log.push('called')));
    });
    collect();
    assertEqual(Weakref.count_refs(target), 0);
    target.run_dispose();
    iterate();
    assertArray(log, []);
});

test('callback may refer to its reference without keeping it', () => {
    const target = thing('a');
    orphan(() => {
        const ref = track(new Weakref.Ref(target, () => ref.deref()));
    });
    collect();
    assertEqual(Weakref.count_refs(target), 0);
    target.run_dispose();
});

test('callback comes in the context that was the thread-default one', () => {
    const context = new GLib.MainContext();
    const log = [];
    context.push_thread_default();
    const target = thing('a');
    const ref = new Weakref.Ref(target, () => log.push('dead'));
    context.pop_thread_default();
    target.run_dispose();
    iterate();
    assertArray(log, []);
    while (context.iteration(false));
    assertArray(log, ['dead']);
    assertEqual(ref.deref(), undefined);
});

const NamedRef = GObject.registerClass({
    GTypeName: 'WeakrefTestNamedRef',
    Properties: {
        label: GObject.ParamSpec.string('label', '', '', GObject.ParamFlags.READWRITE, 'none'),
    },
    Signals: {lost: {}},
}, class NamedRef extends Weakref.Ref {
    constructor(target, label) {
        super(target, ref => ref.lose());
        this.label = label;
    }

    lose() {
        this.lost = true;
        this.emit('lost');
    }
});

const BareRef = GObject.registerClass({
    GTypeName: 'WeakrefTestBareRef',
    Properties: {
        label: GObject.ParamSpec.string('label', '', '', GObject.ParamFlags.READWRITE, 'none'),
    },
}, class BareRef extends Weakref.Ref {
});

test('subclass has a type, properties, signals and the callback', () => {
    const log = [];
    const ref = orphan(target => {
        const weak = track(new NamedRef(target, 'window'));
        assertEqual(weak.deref(), target);
        assertEqual(Weakref.count_refs(target), 1);
        return weak;
    });
    assert(ref instanceof NamedRef);
    assert(ref instanceof Weakref.Ref);
    assertEqual(ref.constructor.$gtype.name, 'WeakrefTestNamedRef');
    assertEqual(ref.label, 'window');
    const store = new Gio.ListStore({item_type: NamedRef.$gtype});
    store.append(ref);
    assertEqual(store.get_item(0), ref);
    ref.connect('lost', () => log.push('lost'));
    collect();
    assert(ref.lost);
    assertArray(log, ['lost']);
});

test('constructors take properties as well', () => {
    orphan(target => {
        assertEqual(new Weakref.Ref({target}).deref(), target);
        assertEqual(GObject.Object.new(Weakref.Ref, {target}).deref(), target);
        const ref = new BareRef({target, label: 'bare'});
        assertEqual(ref.deref(), target);
        assertEqual(ref.label, 'bare');
        assertEqual(new BareRef(target).label, 'none');
    });
});

test('classes have tags', () => {
    assertEqual(Object.prototype.toString.call(new Weakref.Ref(plain())), '[object Weakref_Ref]');
    for (const name of ['Set', 'KeyTable', 'ValueTable', 'Cache'])
        assertEqual(new Weakref[name]()[Symbol.toStringTag], `Weakref_${name}`);
});

test('subclass that was not registered says so', () => {
    class Unregistered extends Weakref.Ref {}
    assertThrows(() => new Unregistered(new GObject.Object()), /GType/);
});

test('bad input', () => {
    for (const bad of [undefined, null, 5, 'a', {}, [], Symbol('a'), () => 1, Thing,
        Object.create(null), GObject.TYPE_OBJECT])
        assertThrows(() => new Weakref.Ref(bad), /^TypeError: The target .* a GObject, not/);
    assertThrows(() => new Weakref.Ref({target: null}), /^TypeError: .*not null/);
    const target = new Thing();
    for (const bad of [5, 'a', {}])
        assertThrows(() => new Weakref.Ref(target, bad), /^TypeError: .* must be a function, not/);
    assertEqual(Weakref.count_refs(target), 0);
});

run();
