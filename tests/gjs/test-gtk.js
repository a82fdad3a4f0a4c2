// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// These tests show lists of objects that the lists do not keep. They need a display.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import System from 'system';
import Weakref from 'gi://Weakref';

import {listProxies} from './list-proxies.js';
import {assert, assertArray, assertEqual, collect, iterate, run, test, track} from './tap.js';

let Gtk = null;
try {
    ({default: Gtk} = await import('gi://Gtk?version=4.0'));
    if (!Gtk.init_check())
        Gtk = null;
} catch {
    // There is no GTK 4.
}

const skip = 'there is no GTK 4, or no display';

const action = name => track(new Gio.SimpleAction({name}));

function makeView(model, bind) {
    const factory = new Gtk.SignalListItemFactory();
    factory.connect('setup', (_, item) => item.set_child(new Gtk.Label()));
    factory.connect('bind', (_, item) => bind(item.get_item(), item.get_child()));
    const view = new Gtk.ListView({model: new Gtk.NoSelection({model}), factory});
    const window = new Gtk.Window({child: view, default_width: 200, default_height: 200});
    window.present();
    return window;
}

function countRows(window) {
    let rows = 0;
    const count = widget => {
        rows += widget instanceof Gtk.Label;
        for (let child = widget.get_first_child(); child; child = child.get_next_sibling())
            count(child);
    };
    count(window);
    return rows;
}

// Runs the main loop until something has happened, because a frame takes its time.
function settle(isDone) {
    for (let i = 0; i < 1000 && !isDone(); i++) {
        collect();
        GLib.timeout_add(GLib.PRIORITY_DEFAULT, 1, () => GLib.SOURCE_REMOVE);
        GLib.MainContext.default().iteration(true);
    }
    assert(isDone(), 'never settled');
}

test('a list view of the proxies of a set keeps none of its members', () => {
    if (!Gtk)
        return skip;
    const set = track(new Weakref.Set(Gio.SimpleAction));
    let kept = ['a', 'b', 'c'].map(name => {
        const object = action(name);
        set.add(object);
        return object;
    });
    const names = [];
    const proxies = listProxies(set);
    const window = makeView(proxies, (proxy, label) => {
        names.push(proxy.name);
        proxy.bind_property('name', label, 'label', GObject.BindingFlags.SYNC_CREATE);
    });
    settle(() => names.length >= 3);
    assertArray(names.slice(0, 3), ['a', 'b', 'c']);
    assertEqual(countRows(window), 3);

    kept.splice(1, 1);
    settle(() => set.size === 2);
    settle(() => proxies.get_n_items() === 2);
    assertArray([0, 1].map(i => proxies.get_item(i).name), ['a', 'c']);
    kept = null;
    settle(() => set.size === 0 && proxies.get_n_items() === 0);
    window.destroy();
    iterate();
    return undefined;
});

// This is what doc/bindings.md says of GJS, and the reason for the recipe there.
test('a map with a function of JavaScript holds what it was given', () => {
    if (!Gtk)
        return skip;
    const store = new Gio.ListStore({item_type: Gio.SimpleAction});
    const label = new Gtk.StringObject();
    let map = Gtk.MapListModel.new(store, () => label);
    const ref = (() => {
        const object = new Gio.SimpleAction({name: 'a'});
        store.append(object);
        assertEqual(map.get_item(0), label);
        return new Weakref.Ref(object);
    })();
    store.remove_all();
    collect();
    assert(ref.alive, 'GJS drops it at once: the guide can be simpler');
    map = null;
    collect();
    assertEqual(ref.alive, System.version < 17800);
    return undefined;
});

run();
