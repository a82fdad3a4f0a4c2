// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// These tests commit each fault that a callback can commit, in each callback that there is.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {assert, assertEqual, child, collect, iterate, plain, run, runChild, test} from './tap.js';

const connected = (object, signal, callback) => {
    object.connect(signal, callback);
    return object;
};

// Each of these makes something that calls back when its target dies, and has to be kept.
const sources = {
    'Ref': (target, callback) => new Weakref.Ref(target, callback),
    'Ref, notified': (target, callback) =>
        connected(new Weakref.Ref(target), 'notify::alive', callback),
    'Proxy': (target, callback) =>
        Weakref.Proxy.new_full(target, GLib.MainContext.default(), callback),
    'Finalizer': (target, callback) => new Weakref.Finalizer(target, callback),
    'Set': (target, callback) => {
        const set = Weakref.Set.new(GObject.Object);
        set.add(target);
        return connected(set, 'items-changed', callback);
    },
    // C keeps this bond. The others wait for a garbage collection.
    'Bond': (target, callback) => connected(
        Weakref.Bond.new_full(target, plain(), GLib.MainContext.default()), 'notify::alive',
        callback),
    'Cache': (target, callback) => {
        const cache = Weakref.Cache.new(GObject.TYPE_STRING, 0);
        cache.memory_monitor = null;
        cache.insert('key', target);
        iterate();
        return connected(cache, 'notify::n-in-use', callback);
    },
};

// The store has the targets, whose wrappers are gone. So they do not die in a garbage collection.
function commitOnce(source, act, byForce) {
    const store = new Gio.ListStore({item_type: GObject.Object});
    const others = new Gio.ListStore({item_type: GObject.Object});
    const state = {source, store, others, loop: new GLib.MainLoop(null, false), inVain: false};
    const seen = [];
    let count = 0;
    state.callback = () => {
        if (count++ === 0)
            act(state);
    };

    (() => {
        const target = plain();
        const other = plain();
        store.append(target);
        others.append(other);
        // The same target has an older one and a newer one.
        state.siblings = [source(target, () => seen.push('older'))];
        state.weak = [source(target, state.callback)];
        state.siblings.push(source(target, () => seen.push('newer')),
            source(other, () => seen.push('other')));
    })();
    collect();

    GLib.idle_add(GLib.PRIORITY_DEFAULT_IDLE, () => {
        if (byForce)
            store.get_item(0).run_dispose();
        else
            store.remove_all();
        return GLib.SOURCE_REMOVE;
    });
    const afterAll = GLib.idle_add(GLib.MAXINT32, () => {
        state.inVain = true;
        state.loop.quit();
        return GLib.SOURCE_REMOVE;
    });
    state.loop.run();
    if (!state.inVain)
        GLib.source_remove(afterAll);

    [store, others].forEach(list => {
        collect();
        list.remove_all();
    });
    collect();
    ['older', 'newer', 'other'].forEach(what => assert(seen.includes(what), `no ${what}`));
    return {count, inVain: state.inVain};
}

function commit(act, check = ({count}) => assert(count >= 1, 'not called')) {
    Object.entries(sources).forEach(([name, source]) => [false, true].forEach(byForce => {
        try {
            check(commitOnce(source, act, byForce));
        } catch (e) {
            e.message = `${name}, by force ${byForce}: ${e.message}`;
            throw e;
        }
    }));
}

child('throws', () => commit(() => {
    throw new RangeError('mine');
}));

test('a callback that throws is reported, and the others run', () => {
    // GJS reports this with a warning or a critical message of its own.
    const {status, stdout, stderr} = runChild('throws', {G_DEBUG: ''});
    assertEqual(status, 0);
    assertEqual(stdout, '');
    assertEqual(stderr.match(/RangeError: mine/g)?.length, 2 * Object.keys(sources).length);
    const complaints = stderr.split('\n').filter(line => /CRITICAL|WARNING/.test(line));
    assert(complaints.every(line => /RangeError: mine/.test(line)), stderr);
});

test('a callback may drop its owner', () => commit(state => {
    state.weak.length = 0;
    collect();
}));

test('a callback may drop another target', () => commit(state => state.others.remove_all()));

test('a callback may dispose everything', () => commit(({others, weak}) => {
    others.get_item(0).run_dispose();
    weak[0].run_dispose();
}));

test('a callback may register again', () => commit(state => {
    state.weak.push(state.source(state.others.get_item(0), state.callback));
}, ({count}) => assert(count >= 2, `called ${count} times`)));

test('a callback may quit the main loop', () =>
    commit(({loop}) => loop.quit(), ({inVain}) => assert(!inVain, 'quit in vain')));

iterate();
run();
