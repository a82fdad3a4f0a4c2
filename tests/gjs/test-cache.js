// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {assert, assertEqual, assertThrows, collect, run, test, thing, track} from './tap.js';

const newCache = maxIdle => {
    const cache = track(Weakref.Cache.new(GObject.TYPE_STRING, maxIdle));
    cache.memory_monitor = null;
    return cache;
};

const use = (cache, ...keys) => {
    keys.forEach(key => {
        if (cache.lookup(key) === null)
            cache.insert(key, track(new Gio.SimpleAction({name: key})));
    });
    collect();
};

const assertCounts = (cache, idle, inUse) => {
    assertEqual(cache.n_idle, idle);
    assertEqual(cache.n_in_use, inUse);
};

test('keeps what is idle', () => {
    const cache = newCache(2);
    use(cache, 'a');
    assertCounts(cache, 1, 0);
    const held = cache.lookup('a');
    assertEqual(held.name, 'a');
    assertCounts(cache, 0, 1);
    use(cache, 'b', 'c');
    assertCounts(cache, 2, 1);
    use(cache, 'd');
    assertCounts(cache, 2, 1);
    assertEqual(cache.evictions, 1);
    assertEqual(cache.lookup('a'), held);
    cache.trim(0);
    assertCounts(cache, 0, 1);
});

test('counts', () => {
    const cache = newCache(2);
    use(cache, 'a', 'b', 'a');
    assertEqual(cache.hits, 1);
    assertEqual(cache.misses, 2);
    assertThrows(() => cache.insert(1, new GObject.Object()), /./);
});

test('notifies', () => {
    const cache = newCache(2);
    let idle = -1;
    cache.connect('notify::n-idle', () => {
        idle = cache.n_idle;
    });
    use(cache, 'a', 'b');
    assertEqual(idle, 2);
});

// The toggle references of GJS and of the cache silence each other.
test('counts objects of a JavaScript subclass as in use until trimmed', () => {
    const cache = newCache(2);
    let ref;
    (() => {
        const object = thing('a');
        object.text = 'text';
        ref = Weakref.Ref.new(object);
        cache.insert('a', object);
    })();
    collect();
    assertCounts(cache, 0, 1);
    assertEqual(cache.lookup('a').text, 'text');
    collect();
    assert(ref.get() !== null);
    cache.trim(2);
    collect();
    assertEqual(ref.get(), null);
    assertCounts(cache, 0, 0);
});

run();
