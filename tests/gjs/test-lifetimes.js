// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// These tests call the functions of C about what lasts as long as objects do.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {assert, assertArray, assertEqual, assertThrows, collect, run, test} from './tap.js';

const Speaker = GObject.registerClass({
    GTypeName: 'LifetimesSpeaker',
    Signals: {said: {param_types: [GObject.TYPE_STRING]}},
}, class Speaker extends GObject.Object {});

const action = name => new Gio.SimpleAction({name});

function iterate(until) {
    while (!until())
        GLib.MainContext.default().iteration(true);
}

test('a tie runs once, with the survivors', () => {
    const [a, b, c] = ['a', 'b', 'c'].map(action);
    const seen = [];
    const tie = Weakref.Tie.new_full([a, b, c], GLib.MainContext.default(), Weakref.Phase.DISPOSE,
        ended => seen.push(ended.dup_survivors().map(object => object.name).join()));
    b.run_dispose();
    c.run_dispose();
    assertEqual(seen.length, 0);
    iterate(() => seen.length);
    assertArray(seen, ['a']);
    assert(!tie.alive && !tie.break() && !tie.detach());
});

test('a tie is made by new, of whatever can be iterated', () => {
    const [a, b] = ['a', 'b'].map(action);
    const seen = [];
    const tie = new Weakref.Tie(new Set([a, Weakref.proxy(b)]), self => seen.push(self));
    assert(tie instanceof Weakref.Tie && tie.alive);
    assertEqual(`${tie[Symbol.toStringTag]}`, 'Weakref_Tie');
    a.run_dispose();
    iterate(() => seen.length);
    assertEqual(seen[0], tie);
    assertEqual(tie.dup_survivors().length, 1);
    assert(Weakref.Tie.new([b], () => seen.push(0)).break());
    assertArray(seen.slice(1), [0]);
    for (const [args, pattern] of [
        [[], /^TypeError: What a Weakref.Tie ties must be iterable, not undefined/],
        [[[], () => {}], /^TypeError: A Weakref.Tie needs an object/],
        [[[b, 5], () => {}], /^TypeError: What a Weakref.Tie ties must be a GObject, not 5/],
        [[[b]], /^TypeError: The function of a Weakref.Tie must be a function/],
    ])
        assertThrows(() => new Weakref.Tie(...args), pattern);
});

test('a tie is kept by the library, and told of a death in the collection', () => {
    const seen = [];
    const b = action('b');
    (() => {
        Weakref.Tie.new_full([action('a'), b], GLib.MainContext.default(), Weakref.Phase.DISPOSE,
            ended => seen.push(ended.dup_survivors().length));
    })();
    collect();
    iterate(() => seen.length);
    assertArray(seen, [1]);
});

test('a handler gets the objects, and holds none', () => {
    const speaker = new Speaker();
    const [a, b] = ['a', 'b'].map(action);
    const seen = [];
    const id = Weakref.signal_connect(speaker, 'said', (...args) => seen.push(args), 0, [a, b]);
    speaker.emit('said', 'x');
    assertEqual(seen.length, 1);
    assertArray(seen[0], [speaker, 'x', a, b]);
    a.run_dispose();
    assert(!GObject.signal_handler_is_connected(speaker, id));
    speaker.emit('said', 'y');
    assertEqual(seen.length, 1);
});

test('a cancellable is cancelled by the death', () => {
    const [a, b] = ['a', 'b'].map(action);
    const one = Weakref.cancellable_new(a);
    const any = Weakref.cancellable_new_any([a, b]);
    b.run_dispose();
    assert(!one.is_cancelled() && any.is_cancelled());
    a.run_dispose();
    assert(one.is_cancelled());
});

test('a death can be waited for', () => {
    const a = action('a');
    const cancellable = new Gio.Cancellable();
    const seen = [];
    Weakref.wait_async(a, null, (_, result) => seen.push(Weakref.wait_finish(result)));
    Weakref.wait_async(a, cancellable, (_, result) => {
        try {
            Weakref.wait_finish(result);
        } catch (e) {
            seen.push(e.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED));
        }
    });
    cancellable.cancel();
    iterate(() => seen.length === 1);
    a.run_dispose();
    assertEqual(seen.length, 1);
    iterate(() => seen.length === 2);
    assertArray(seen, [true, true]);
});

test('an id resolves', () => {
    const a = action('a');
    const id = Weakref.get_id(a);
    assertEqual(Weakref.lookup_id(id), a);
    a.run_dispose();
    assertEqual(Weakref.lookup_id(id), null);
});

run();
