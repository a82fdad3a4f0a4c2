// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {
    Thing, assert, assertArray, assertEqual, assertThrows, collect, plain, run, test, thing,
} from './tap.js';

test('calls back with what it holds when an object dies', () => {
    const log = [];
    const registry = new Weakref.Registry(held => log.push(held));
    (() => {
        registry.register(plain(), 'a');
        registry.register(thing('b'), 'b');
        registry.register(plain());
    })();
    collect();
    assertArray(log.map(held => held ?? 'nothing').sort(), ['a', 'b', 'nothing']);
});

test('follows the object, not its wrapper', () => {
    const log = [];
    const registry = new Weakref.Registry(held => log.push(held));
    const store = new Gio.ListStore({item_type: GObject.Object});
    (() => {
        const object = plain();
        store.append(object);
        registry.register(object, 'a');
    })();
    collect();
    assertArray(log, []);
    store.remove_all();
    collect();
    assertArray(log, ['a']);
});

test('unregister', () => {
    const log = [];
    const registry = new Weakref.Registry(held => log.push(held));
    const token = {};
    const store = new Gio.ListStore({item_type: GObject.Object});
    (() => {
        const [a, b, c] = [plain(), plain(), plain()];
        store.append(c);
        registry.register(a, 'a', token);
        registry.register(b, 'b', token);
        registry.register(a, 'again');
        // The target is the usual token.
        registry.register(c, 'c', c);
    })();
    assert(registry.unregister(token));
    assert(!registry.unregister(token));
    assert(!registry.unregister({}));
    collect();
    assertArray(log, ['again']);
    (() => assert(registry.unregister(store.get_item(0))))();
    store.remove_all();
    collect();
    assertArray(log, ['again']);
});

test('a token is not kept, and may be the object', () => {
    const registry = new Weakref.Registry(() => {});
    const ref = (() => {
        const object = thing('a');
        registry.register(object, 'a', object);
        return new Weakref.Ref(object);
    })();
    collect();
    assert(!ref.alive);
});

test('bad input', () => {
    const registry = new Weakref.Registry(() => {});
    const object = thing('a');
    for (const bad of [undefined, null, 5, 'a', {}, Symbol('a'), Thing])
        assertThrows(() => registry.register(bad, 'a'), /^TypeError: The target of a .* GObject/);
    for (const bad of [undefined, null, 5, {}])
        assertThrows(() => new Weakref.Registry(bad), /^TypeError: .* must be a function/);
    for (const held of [object, Weakref.proxy(object)])
        assertThrows(() => registry.register(object, held), /^TypeError: The held value .* itself/);
    for (const bad of [null, 5, 'a'])
        assertThrows(() => registry.register(object, 'a', bad), /^TypeError: The token .* object/);
    for (const bad of [undefined, null, 5, 'a'])
        assertThrows(() => registry.unregister(bad), /^TypeError: The token .* object/);
    assertEqual(`${registry}`, '[object Weakref_Registry]');
});

run();
