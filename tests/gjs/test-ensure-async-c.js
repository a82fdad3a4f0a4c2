// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// These tests call the functions of C for a creation without waiting.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import GObject from 'gi://GObject';
import Weakref from 'gi://Weakref';

import {assert, assertEqual, assertThrows, run, test} from './tap.js';

const Thing = GObject.registerClass(class Thing extends GObject.Object {});

class Asker {
    constructor() {
        this.table = new Weakref.ValueTable({keyType: String});
        this.tasks = [];
        this.answers = [];
    }

    ask(name, cancellable = null) {
        this.table.ensure_async('a', GLib.PRIORITY_DEFAULT, cancellable,
            (key, task) => this.tasks.push(task),
            (table, result) => {
                try {
                    this.answers.push([name, table.ensure_finish(result)]);
                } catch (error) {
                    this.answers.push([name, error]);
                }
            });
    }

    iterate(n) {
        while (this.answers.length < n)
            GLib.MainContext.default().iteration(true);
    }
}

test('creates once for all', () => {
    const asker = new Asker();
    asker.ask('one');
    asker.ask('two');
    assertEqual(asker.tasks.length, 1);
    assertEqual(asker.answers.length, 0);
    const thing = new Thing();
    asker.tasks.pop().return_value(thing);
    asker.iterate(2);
    assertEqual(asker.answers[0][0], 'one');
    assertEqual(asker.answers[0][1], thing);
    assertEqual(asker.answers[1][0], 'two');
    assertEqual(asker.answers[1][1], thing);
});

test('a failure is for all who wait', () => {
    const asker = new Asker();
    asker.ask('one');
    asker.ask('two');
    asker.tasks.pop().return_error(
        new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.NOT_FOUND, 'no'));
    asker.iterate(2);
    for (const [, error] of asker.answers)
        assert(error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.NOT_FOUND));
    asker.ask('three');
    assertEqual(asker.tasks.length, 1);
    asker.tasks.pop().return_value(new Thing());
    asker.iterate(3);
    assert(asker.answers[2][1] instanceof Thing);
});

test('cancelling takes one out, and the last one cancels the creation', () => {
    const asker = new Asker();
    const one = new Gio.Cancellable();
    const two = new Gio.Cancellable();
    asker.ask('one', one);
    asker.ask('two', two);
    const task = asker.tasks.pop();
    one.cancel();
    assert(!task.get_cancellable().is_cancelled());
    two.cancel();
    assert(task.get_cancellable().is_cancelled());
    asker.iterate(2);
    for (const [, error] of asker.answers)
        assert(error.matches(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED));
    task.return_error(new GLib.Error(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED, 'stop'));
});

test('blocking would block', () => {
    const asker = new Asker();
    asker.ask('one');
    assertThrows(() => asker.table.ensure('a', () => new Thing()), /main context/);
    asker.tasks.pop().return_value(new Thing());
    asker.iterate(1);
});

run();
