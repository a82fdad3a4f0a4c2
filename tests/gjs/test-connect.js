// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// These tests are about handlers that are given the objects they need.

import Gio from 'gi://Gio';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {
    Thing, assert, assertArray, assertEqual, assertThrows, collect, plain, run, test, thing, track,
} from './tap.js';

const action = name => track(new Gio.SimpleAction({name}));

test('a handler gets the arguments of the signal, and the objects', () => {
    const speaker = thing('speaker');
    const [a, b] = [action('a'), thing('b')];
    const seen = [];
    const connection = Weakref.connect(speaker, 'poked', (...args) => {
        seen.push(args);
        return 'answer';
    }, a, b);
    assert(connection instanceof Weakref.Connection && connection.connected);
    assertEqual(speaker.emit('poked', 5), 'answer');
    assertEqual(seen.length, 1);
    [speaker, 5, a, b].forEach((value, i) => assertEqual(seen[0][i], value));
    assertEqual(seen[0].length, 4);
});

test('a signal has a detail', () => {
    const subject = action('subject');
    const seen = [];
    Weakref.connect(subject, 'notify::enabled', (_, pspec) => seen.push(pspec.name), action('a'));
    const kept = action('kept');
    Weakref.connect(subject, 'notify::enabled', (_, pspec) => seen.push(pspec.name), kept);
    Weakref.connect(subject, 'notify::state', (_, pspec) => seen.push(pspec.name), kept);
    collect();
    subject.enabled = false;
    assertArray(seen, ['enabled']);
});

test('the first death disconnects it at once', () => {
    const speaker = thing('speaker');
    const [a, b] = [action('a'), action('b')];
    let calls = 0;
    const connection = Weakref.connect(speaker, 'poked', () => {
        calls++;
        return '';
    }, a, b);
    b.run_dispose();
    assert(!connection.connected && !connection.disconnect());
    speaker.emit('poked', 1);
    assertEqual(calls, 0);
});

test('a handler never gets an object that another one has disposed', () => {
    const speaker = thing('speaker');
    const a = action('a');
    const seen = [];
    const handler = name => (_, __, object) => {
        seen.push(name);
        object.run_dispose();
        return '';
    };
    Weakref.connect(speaker, 'poked', handler('first'), a);
    Weakref.connect(speaker, 'poked', handler('second'), a);
    speaker.emit('poked', 1);
    assertArray(seen, ['first']);
});

test('it can be disconnected by hand, once', () => {
    const speaker = thing('speaker');
    let calls = 0;
    const connection = Weakref.connect(speaker, 'poked', () => {
        calls++;
        return '';
    }, speaker);
    assert(connection.disconnect());
    assert(!connection.disconnect() && !connection.connected);
    speaker.emit('poked', 1);
    assertEqual(calls, 0);
});

test('a connection outlives its instance, and does not keep it', () => {
    const connection = (() => Weakref.connect(plain(), 'notify', () => {}, action('a')))();
    collect();
    assert(!connection.connected && !connection.disconnect());
});

test('a handler lasts as long as its instance, wherever that is used', () => {
    const store = new Gio.ListStore({item_type: GObject.Object});
    const seen = [];
    const a = action('a');
    (() => {
        const subject = action('subject');
        store.append(subject);
        Weakref.connect(subject, 'notify::enabled', (_, __, object) => seen.push(object.name), a);
    })();
    collect();
    (() => {
        store.get_item(0).enabled = false;
    })();
    assertArray(seen, ['a']);
    store.remove_all();
});

class View {
    constructor(subject, object) {
        this.subject = subject;
        this.object = object;
        this.calls = 0;
        this.connection = Weakref.connect(subject, 'notify::enabled', () => this.calls++, object);
    }
}

test('a handler that uses what it is connected to keeps nothing', () => {
    (() => {
        const view = new View(action('subject'), action('object'));
        view.subject.enabled = false;
        assertEqual(view.calls, 1);
    })();
    (() => {
        const subject = thing('subject');
        Weakref.connect(subject, 'poked', () => subject.name, subject);
        assertEqual(subject.emit('poked', 1), 'subject');
    })();
});

test('a handler that uses its object keeps that as long as the instance', () => {
    const subject = action('subject');
    const ref = (() => new Weakref.Ref(new View(subject, action('object')).object))();
    collect();
    assert(ref.alive);
    const free = (() => {
        const object = action('free');
        Weakref.connect(subject, 'notify::enabled', (_, __, given) => given.name, object);
        return new Weakref.Ref(object);
    })();
    collect();
    assert(!free.alive);
});

test('what a disconnected handler refers to is free', () => {
    const speaker = thing('speaker');
    const makeHandler = object => () => object.name;
    const end = [connection => connection.disconnect(), (_, object) => object.run_dispose()];
    const refs = end.map(how => {
        const [held, object] = [thing('held'), action('object')];
        how(Weakref.connect(speaker, 'poked', makeHandler(held), object), object);
        return new Weakref.Ref(held);
    });
    collect();
    refs.forEach(ref => assert(!ref.alive));
});

test('it works without objects, too', () => {
    (() => {
        const speaker = thing('speaker');
        const connection = Weakref.connect(speaker, 'poked', self => self.name);
        assert(connection.connected);
        assertEqual(speaker.emit('poked', 1), 'speaker');
        assert(connection.disconnect() && !connection.connected);
        Weakref.connect(speaker, 'poked', () => speaker.name);
    })();
    // The class has a connect() of its own.
    const client = new Gio.SocketClient();
    assert(Weakref.connect(client, 'notify', () => {}).disconnect());
});

test('a proxy is its object', () => {
    const [speaker, a] = [thing('speaker'), action('a')];
    const seen = [];
    Weakref.connect(Weakref.proxy(speaker), 'poked', (instance, _, object) => {
        seen.push(instance === speaker, object === a);
        return '';
    }, Weakref.proxy(a));
    speaker.emit('poked', 1);
    assertArray(seen, [true, true]);
});

test('what is wrong is a TypeError, and connects nothing', () => {
    const speaker = new Thing();
    const a = new Thing();
    for (const [args, pattern] of [
        [[{}, 'poked', () => '', a], /^TypeError: The instance must be a GObject/],
        [[speaker, 5, () => '', a], /^TypeError: The signal must be a string, not 5/],
        [[speaker, 'none', () => '', a], /^TypeError: No signal 'none' on WeakrefTestThing/],
        [[speaker, 'poked', null, a], /^TypeError: The handler must be a function, not null/],
        [[speaker, 'poked', () => '', 5], /^TypeError: What a handler is given must be a GObject/],
    ])
        assertThrows(() => Weakref.connect(...args), pattern);
    assert(!GObject.signal_has_handler_pending(speaker,
        GObject.signal_lookup('poked', Thing.$gtype), 0, true));
});

run();
