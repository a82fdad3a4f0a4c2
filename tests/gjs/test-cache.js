// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {
    assert, assertArray, assertEqual, assertThrows, collect, run, test, thing, track,
} from './tap.js';

const newCache = maxIdle => {
    const cache = track(new Weakref.Cache(String, maxIdle));
    cache.memory_monitor = null;
    return cache;
};

const make = key => track(new Gio.SimpleAction({name: key}));

const use = (cache, ...keys) => {
    keys.forEach(key => assertEqual(cache.ensure(key, make).name, key));
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
    assertEqual(cache.get('c'), undefined);
    assertEqual(cache.misses, 3);
    assert(cache.has('a'));
    assertEqual(cache.hits, 1);
});

test('is a map', () => {
    const cache = newCache(1);
    (() => {
        const a = make('a');
        assertEqual(cache.set('a', a).set('b', make('b')), cache);
        assertEqual(cache.get('a'), a);
    })();
    assertEqual(cache.size, 2);
    const held = cache.get('b');
    collect();
    assertArray([...cache.keys()].sort(), ['a', 'b']);
    assertArray([...cache].map(([key, {name}]) => key + name).sort(), ['aa', 'bb']);
    assertArray([...cache.values()].map(({name}) => name).sort(), ['a', 'b']);
    const seen = [];
    cache.forEach((value, key, map) => seen.push(key, value.name, map === cache));
    cache.foreach((key, value) => seen.push(key, value === cache.get(key)));
    assertEqual(seen.length, 10);
    assert(!seen.includes(false));
    assert(cache.delete('b'));
    assert(!cache.delete('b'));
    assert(!cache.has('b'));
    assertEqual(held.name, 'b');
    cache.clear();
    assertEqual(cache.size, 0);
});

test('keeps what is idle although its wrapper went, and the object lives on', () => {
    const cache = newCache(1);
    const store = new Gio.ListStore({item_type: GObject.TYPE_OBJECT});
    const wrappers = new WeakSet();
    (() => {
        const object = cache.ensure('a', make);
        store.append(object);
        wrappers.add(object);
    })();
    collect();
    (() => assert(!wrappers.has(store.get_item(0))))();
    collect();
    assertCounts(cache, 0, 1);
    (() => assertEqual(cache.get('a'), store.get_item(0)))();
    collect();
    store.remove_all();
    assertCounts(cache, 1, 0);
    (() => assertEqual(cache.get('a').name, 'a'))();
    collect();
    cache.trim(0);
    assertEqual(cache.size, 0);
});

test('ensure: errors and recursion', () => {
    const cache = newCache(1);
    assertThrows(() => cache.ensure('a', () => {
        throw new RangeError('mine');
    }), /^RangeError: mine/);
    assertThrows(() => cache.ensure('a', () => null), /^TypeError: .*must be a GObject, not null/);
    assertThrows(() => cache.ensure('a', key => cache.ensure(key, make)), /its own creation/);
    assertEqual(cache.size, 0);
    (() => assertEqual(cache.ensure('a', () => cache.ensure('b', make)), cache.get('a')))();
    cache.clear();
});

test('bad input', () => {
    const cache = newCache(1);
    for (const bad of [undefined, null, 5, 1.5, {}, [], Symbol('a'), new GObject.Object()]) {
        assertArray([cache.get(bad) ?? 'none', cache.has(bad), cache.delete(bad)],
            ['none', false, false]);
        assertThrows(() => cache.set(bad, cache), /^TypeError: (A key|The table has keys)/);
    }
    assertThrows(() => cache.set('a', 5), /^TypeError: A value must be a GObject, not 5/);
    for (const bad of [5, 'gchararray'])
        assertThrows(() => new Weakref.Cache(bad, 1), /^TypeError: .* must be a GType, not/);
    for (const bad of ['a', null, {}, 5n])
        assertThrows(() => new Weakref.Cache(String, bad), /^TypeError: .* be a number, not/);
});

test('constructors', () => {
    assertEqual(new Weakref.Cache().key_type.name, 'GValue');
    assertEqual(new Weakref.Cache().max_idle, 64);
    assertEqual(new Weakref.Cache(null, 3).max_idle, 3);
    assertEqual(Weakref.Cache.new(GObject.TYPE_INT, 3).keyType, GObject.TYPE_INT);
    const cache = new Weakref.Cache({key_type: String, max_idle: 3, max_tracked: 5});
    assertEqual(cache.key_type, GObject.TYPE_STRING);
    assertArray([cache.max_idle, cache.max_tracked], [3, 5]);
});

const Documents = GObject.registerClass({GTypeName: 'WeakrefTestDocuments'},
    class Documents extends Weakref.Cache {
        constructor() {
            super(String, 1);
        }

        document(name) {
            return this.ensure(name, make);
        }
    });

test('subclass', () => {
    const documents = track(new Documents());
    (() => assertEqual(documents.document('a'), documents.document('a')))();
    documents.clear();
});

test('creates once', () => {
    const cache = newCache(2);
    let made = 0;
    const create = name => {
        made++;
        return track(new Gio.SimpleAction({name}));
    };
    (() => {
        const held = cache.ensure('a', create);
        assertEqual(held.name, 'a');
        assertEqual(cache.ensure('a', create), held);
    })();
    collect();
    assertCounts(cache, 1, 0);
    assertEqual(cache.ensure('a', create).name, 'a');
    assertEqual(made, 1);
    assertEqual(cache.misses, 1);
    assertEqual(cache.hits, 2);
    assertThrows(() => cache.ensure('b', () => null), /must be a GObject/);
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

// The toggle references of GJS and of the cache suppress each other's notifications.
test('counts objects of a JavaScript subclass as in use, and trims them', () => {
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
    cache.trim(0);
    collect();
    assertEqual(ref.get(), null);
    assertCounts(cache, 0, 0);
});

test('counts objects given JavaScript properties as in use until removed', () => {
    const cache = newCache(2);
    let ref;
    (() => {
        const object = track(new Gio.SimpleAction({name: 'a'}));
        ref = Weakref.Ref.new(object);
        cache.insert('a', object);
        object.text = 'text';
    })();
    collect();
    assertCounts(cache, 0, 1);
    assertEqual(cache.lookup('a').text, 'text');
    assert(cache.remove('a'));
    collect();
    assertEqual(ref.get(), null);
});

for (const [how, wrap] of Object.entries({
    'with a JavaScript property': object => {
        object.text = 'text';
    },
    'that were connected to': object => object.disconnect(object.connect('activate', () => {})),
})) {
    test(`keeps the last ones of objects ${how}`, () => {
        const cache = newCache(1);
        for (const name of ['a', 'b', 'c', 'd', 'e', 'f']) {
            (() => wrap(cache.ensure(name, make)))();
            collect();
        }
        assertEqual(cache.size, 1);
        assertCounts(cache, 0, 1);
        (() => assertEqual(cache.lookup('f').name, 'f'))();
        cache.trim(0);
        collect();
        assertEqual(cache.size, 0);
    });
}

test('finds what is in use again after its eviction, JavaScript subclasses too', () => {
    const cache = newCache(1);
    const held = thing('held');
    held.text = 'text';
    cache.insert('held', held);
    for (const name of ['a', 'b', 'c']) {
        (() => cache.insert(name, thing(name)))();
        collect();
    }
    assertEqual(cache.lookup('held'), held);
    assertEqual(held.text, 'text');
    cache.trim(0);
    collect();
    assertEqual(cache.lookup('held'), held);
    assertEqual(cache.size, 1);
});

run();
