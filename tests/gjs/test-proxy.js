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

const ScriptedInterface = GObject.registerClass({GTypeName: 'WeakrefTestScriptedInterface'},
    class ScriptedInterface extends GObject.Interface {});

const Scripted = GObject.registerClass({
    GTypeName: 'WeakrefTestScripted',
    Implements: [ScriptedInterface],
}, class Scripted extends GObject.Object {
    keep(value) {
        this.kept = value;
    }
});

const DEAD = /^ReferenceError: weakly-referenced object no longer exists$/;

test('the same through object, reference and proxy; after the death an error', () => {
    const [ref, proxy] = (() => {
        const target = thing('a');
        return [new Weakref.Ref(target), Weakref.proxy(target)];
    })();
    (() => assertEqual(ref.deref().name, 'a'))();
    assertEqual(proxy.name, 'a');
    assertEqual(proxy.greet('hello'), 'hello a');
    assert(proxy instanceof Thing);
    collect();
    assertEqual(ref.deref(), undefined);

    assertThrows(() => proxy.name, DEAD);
    assertThrows(() => proxy.greet('hello'), DEAD);
    assertThrows(() => {
        proxy.name = 'b';
    }, DEAD);
    assertThrows(() => 'name' in proxy, DEAD);
    assertThrows(() => delete proxy.name, DEAD);
    assertThrows(() => Object.keys(proxy), DEAD);
    assert(!(proxy instanceof Thing));
    assertThrows(() => Object.defineProperty(proxy, 'a', {value: 1}), DEAD);
    try {
        proxy.name;
        assert(false);
    } catch (e) {
        assert(e instanceof Error);
        assertEqual(e.name, 'ReferenceError');
    }
});

test('disposed early is dead', () => {
    const target = thing('a');
    const proxy = Weakref.proxy(target);
    target.run_dispose();
    assertThrows(() => proxy.name, DEAD);
});

test('outlives the wrapper', () => {
    const store = new Gio.ListStore({item_type: GObject.TYPE_OBJECT});
    const proxy = (() => {
        const target = plain();
        store.append(target);
        return Weakref.proxy(target);
    })();
    collect();
    assert(proxy instanceof GObject.Object);
    collect();
    store.remove_all();
    collect();
    assert(!(proxy instanceof GObject.Object));
});

test('reads and writes properties of all kinds', () => {
    const target = thing('a');
    const proxy = Weakref.proxy(target);
    proxy.name = 'b';
    assertEqual(target.name, 'b');
    proxy.expando = 5;
    assertEqual(target.expando, 5);
    assertEqual(proxy.expando, 5);
    assert('name' in proxy);
    assert('expando' in proxy);
    assert(!('nothing' in proxy));
    assertEqual(proxy.nothing, undefined);
    assertArray(Object.keys(proxy), Object.keys(target));
    assert(Object.keys(proxy).includes('expando'));
    assertEqual(Object.getOwnPropertyDescriptor(proxy, 'expando').value, 5);
    assertEqual(Object.getOwnPropertyDescriptor(proxy, 'nothing'), undefined);
    Object.defineProperty(proxy, 'fixed', {value: 6, configurable: true});
    assertEqual(target.fixed, 6);
    assertThrows(() => Object.defineProperty(proxy, 'rigid', {value: 7, configurable: false}),
        /^TypeError/);
    assertEqual(target.rigid, undefined);
    assertThrows(() => Object.freeze(proxy), /^TypeError/);
    Object.defineProperty(target, 'rigid', {value: 8, configurable: false});
    assertEqual(Object.getOwnPropertyDescriptor(proxy, 'rigid').value, 8);
    assertThrows(() => delete proxy.rigid, /^TypeError/);
    assert(delete proxy.expando);
    assertEqual(target.expando, undefined);
    assertEqual(`${proxy}`, `${target}`);
    assertEqual(Object.getPrototypeOf(proxy), Thing.prototype);
    assertEqual(proxy.constructor, Thing);
    const prototype = Object.create(Thing.prototype);
    Object.setPrototypeOf(proxy, prototype);
    assertEqual(Object.getPrototypeOf(target), prototype);
});

test('signals of the target', () => {
    const target = thing('a');
    const proxy = Weakref.proxy(target);
    const log = [];
    const id = proxy.connect('poked', (emitter, n) => {
        log.push(n);
        return 'ouch';
    });
    proxy.connect('notify::name', emitter => log.push(emitter === target));
    assertEqual(target.emit('poked', 1), 'ouch');
    assertEqual(proxy.emit('poked', 2), 'ouch');
    proxy.name = 'b';
    proxy.disconnect(id);
    target.emit('poked', 3);
    assertArray(log, [1, 2, true]);
});

test('a method holds the target no more than the proxy', () => {
    const proxy = (() => Weakref.proxy(thing('a')))();
    const {greet} = proxy;
    assertEqual(proxy.greet, greet);
    assertEqual(greet('hello'), 'hello a');
    assertEqual(greet.call({name: 'other'}, 'hello'), 'hello other');
    assertEqual(greet.length, 1);
    collect();
    assertThrows(() => greet('hello'), DEAD);
});

test('stands for the target in this module, and in proxies', () => {
    const target = thing('a');
    const proxy = Weakref.proxy(target);
    assertEqual(Weakref.proxy(proxy), proxy);
    assertEqual(new Weakref.Ref(proxy).deref(), target);
    const table = new Weakref.ValueTable();
    table.set(proxy, proxy);
    assertEqual(table.get(target), target);
    assertEqual(table.ensure('b', () => proxy), target);
    table.clear();
    target.run_dispose();
    iterate();
    assertThrows(() => new Weakref.Ref(proxy), DEAD);
    assertThrows(() => table.set(proxy, thing('b')), DEAD);
    assertEqual(table.get(proxy), undefined);
    assertEqual(new Weakref.Set().has(proxy), false);
    assertEqual(new Weakref.KeyTable().delete(proxy), false);
});

test('is an instance of the interfaces of its target', () => {
    const file = Gio.File.new_for_path('/');
    const proxy = Weakref.proxy(file);
    assert(proxy instanceof Gio.File);
    assert(!(proxy instanceof Gio.ListModel));
    assert(Weakref.proxy(new Gio.ListStore()) instanceof Gio.ListModel);
    assert(file instanceof Gio.File);
    assert(!(proxy instanceof Gio.Icon) && !({} instanceof Gio.File) && !(null instanceof Gio.File));
    assert(Weakref.proxy(new Scripted()) instanceof ScriptedInterface);
    file.run_dispose();
    assert(!(proxy instanceof Gio.File));
});

test('functions of C that are called through a proxy take proxies', () => {
    const [file, child] = ['/a', '/a/b'].map(path => Gio.File.new_for_path(path));
    const [proxy, childProxy] = [file, child].map(Weakref.proxy);
    assert(proxy.equal(proxy));
    assert(!proxy.equal(childProxy));
    assert(childProxy.has_parent(proxy));
    const {equal} = proxy;
    assert(equal(proxy));

    // A function of JavaScript may keep it.
    const scripted = new Scripted();
    Weakref.proxy(scripted).keep(proxy);
    assertEqual(scripted.kept, proxy);
    scripted.kept = null;
    child.run_dispose();
    assertThrows(() => proxy.equal(childProxy), DEAD);
});

child('describe', () => {
    const target = new Thing({name: 'a'});
    const proxy = Weakref.proxy(target);
    console.log(proxy);
    target.run_dispose();
    for (const value of [proxy, {proxy}, [proxy]])
        console.log(value);
    console.log('%s %o %O', proxy, proxy, proxy);
    console.warn(`${proxy}`);
    print(proxy, `${proxy}`, JSON.stringify([proxy]), Object.prototype.toString.call(proxy));
    log(proxy);
    Promise.resolve(proxy).then(value => print(value === proxy));
    iterate();
});

test('a dead one is described by console, strings and await, and throws in none', () => {
    const {status, stdout, stderr} = runChild('describe', {G_DEBUG: ''});
    const name = '[object of a Weakref.proxy(), dead]';
    assertEqual(stdout,
        `${name} ${name} ["${name}"] [object Weakref.proxy(), dead]\ntrue\n`);
    assert(!/ERROR|CRITICAL|no longer exists/.test(stderr), stderr);
    assert(stderr.split(name).length - 1 >= 7, stderr);
    assertEqual(status, 0);
});

test('is not for functions of C', () => {
    const target = thing('a');
    const proxy = Weakref.proxy(target);
    const store = new Gio.ListStore({item_type: GObject.TYPE_OBJECT});
    assertThrows(() => store.append(proxy), /Error/);
    assertThrows(() => GObject.Object.prototype.connect.call(proxy, 'poked', () => 'a'), /Error/);
    assertEqual(store.get_n_items(), 0);
});

// The following tests are about the class, which is a GObject.
test('a Proxy has the properties and signals of its target', () => {
    const target = thing('a');
    const other = thing('other');
    const proxy = track(new Weakref.Proxy(target));
    const log = [];
    assert(proxy instanceof Weakref.Proxy);
    assertEqual(proxy.target, target);
    assertEqual(proxy.dup_target(), target);
    assertEqual(proxy.name, 'a');
    proxy.name = 'b';
    assertEqual(target.name, 'b');
    proxy.bind_property('name', other, 'name', GObject.BindingFlags.SYNC_CREATE);
    proxy.connect('notify::name', emitter => log.push(emitter === proxy));
    proxy.connect('poked', (emitter, n) => `ouch ${n}`);
    target.name = 'c';
    assertEqual(other.name, 'c');
    assertArray(log, [true]);
    assertEqual(target.emit('poked', 1), 'ouch 1');
    assertArray(proxy.get_target_property('name'), [true, 'c']);
    assert(proxy.set_target_property('name', 'd'));
    assertEqual(target.name, 'd');
    assertThrows(() => proxy.get_target_property('colour'), /colour/);
});

test('a Proxy outlives the wrapper of its target, and tells of the death', () => {
    const store = new Gio.ListStore({item_type: GObject.TYPE_OBJECT});
    const log = [];
    const callback = self => log.push(self === proxy, self.alive, self.target);
    const proxy = (() => {
        const target = plain();
        store.append(target);
        return new Weakref.Proxy(target, callback);
    })();
    collect();
    (() => assertEqual(proxy.target, store.get_item(0)))();
    collect();
    assertArray(log, []);
    store.remove_all();
    collect();
    assertArray(log, [true, false, null]);
    assertThrows(() => proxy.dup_target(), /weakly-referenced object no longer exists/);
    try {
        proxy.get_target_property('name');
        assert(false);
    } catch (e) {
        assert(e.matches(Weakref.Error, Weakref.Error.DEAD), e);
    }
});

test('a Proxy is not kept by a callback that refers to it', () => {
    const target = thing('a');
    (() => {
        const proxy = track(new Weakref.Proxy(target, () => proxy.alive));
        track(Weakref.Proxy.new(target));
    })();
    collect();
    target.run_dispose();
});

child('death-in-collection', () => {
    const log = [];
    const proxies = (() => {
        const target = new Thing({name: 'a'});
        return [new Weakref.Proxy(target, () => log.push('callback')), Weakref.Proxy.new(target)];
    })();
    proxies.forEach(proxy => proxy.connect('notify::alive', () => log.push('notify')));
    collect();
    print(log.sort());
});

test('nothing is dropped or complained about when targets die during garbage collection', () => {
    assertQuiet(runChild('death-in-collection'), 'callback,notify,notify\n');
});

test('a Proxy comes in the context that was the thread-default one', () => {
    const context = new GLib.MainContext();
    const log = [];
    context.push_thread_default();
    const target = thing('a');
    const proxy = new Weakref.Proxy(target, () => log.push(proxy.alive));
    context.pop_thread_default();
    target.run_dispose();
    iterate();
    assertArray(log, []);
    while (context.iteration(false));
    assertArray(log, [false]);
});

const Sub = GObject.registerClass({GTypeName: 'WeakrefTestProxy'},
    class Sub extends Weakref.Proxy {});

test('bad input', () => {
    for (const bad of [undefined, null, 5, 'a', {}, [], Symbol('a'), () => 1, Thing]) {
        for (const make of [Weakref.proxy, Weakref.Proxy.new, value => new Weakref.Proxy(value)])
            assertThrows(() => make(bad), /^TypeError: The target .* a GObject, not/);
    }
    const target = thing('a');
    for (const bad of [5, 'a', {}]) {
        assertThrows(() => new Weakref.Proxy(target, bad),
            /^TypeError: The callback of .* must be a function, not/);
    }
    assertThrows(() => new Sub(target), /^TypeError: Weakref.Proxy has no subclasses/);
});

run();
