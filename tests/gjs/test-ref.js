// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

import Gio from 'gi://Gio';
import GObject from 'gi://GObject';
import System from 'system';
import Weakref from 'gi://Weakref';

import {assert, assertEqual, run, test} from './tap.js';

test('outlives its wrapper', () => {
    const store = new Gio.ListStore({item_type: GObject.TYPE_OBJECT});
    const ref = (() => {
        const object = new GObject.Object();
        store.append(object);
        return Weakref.Ref.new(object);
    })();
    System.gc();
    assert(ref.get() !== null);
    store.remove_all();
    System.gc();
    assertEqual(ref.get(), null);
});

run();
