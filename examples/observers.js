// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// Observers that vanish, like observers.c.

import Gio from 'gi://Gio';
import System from 'system';
import Weakref from 'gi://Weakref';

const observers = new Weakref.Set();

function tell(news) {
    print(`told to ${observers.size}`);
    for (const observer of observers)
        print(`  ${observer.get_name()} hears: ${news}`);
}

let saveAction = Gio.SimpleAction.new('save', null);
let printAction = Gio.SimpleAction.new('print', null);

observers.add(saveAction);
observers.add(printAction);
observers.add(saveAction);
tell('document opened');

// JavaScript drops an object when it collects garbage.
printAction = null;
System.gc();
tell('document changed');

saveAction = null;
System.gc();
tell('document closed');
