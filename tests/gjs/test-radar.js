// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// These tests use the radar from JavaScript.

import Gio from 'gi://Gio';
import Weakref from 'gi://Weakref';

import {assert, assertEqual, assertThrows, plain, run, test, thing, Thing} from './tap.js';

const {radar} = Weakref;

test('reports what should be dead', () => {
    let object = plain();
    radar.expectDeath(object, 'it was closed');
    const [report] = radar.check();
    assertEqual(report.description, 'it was closed');
    assert(radar.checkText().includes('it was closed'));
    object = null;
    assertEqual(radar.check().length, 0);
    assertEqual(radar.checkText(), null);
    radar.stop();
    assert(!radar.isRunning());
});

test('runs the collector before the verdict', () => {
    (() => {
        const object = thing('circle');
        object.circle = object;
        radar.expectDeath(object);
    })();
    assertEqual(radar.check().length, 0);
    radar.stop();
});

test('finds the list that holds', () => {
    const store = new Gio.ListStore();
    radar.addRoot(store);
    const object = plain();
    store.append(object);
    assert(radar.inspect(object).holders.some(way => way.includes('item 0')));
    assert(radar.inspectText(object).includes('item 0'));
});

test('counts, and tracks a class', () => {
    radar.trackType(Thing);
    radar.mark();
    const object = thing('tracked');
    assert(radar.dump().some(([type, n, growth]) =>
        type === Thing.$gtype.name && n === 1 && growth === 1));
    assert(radar.dumpText().includes('1 more'));
    assert(object);
    radar.stop();
});

test('asserts that an object dies', () => {
    let object = plain();
    radar.assertDies(() => object, () => {
        object = null;
    });
    object = plain();
    assertThrows(() => radar.assertDies(() => object, () => {}), /should have died, and is alive/);
});

run();
