// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

// A file handle that is closed when its owner goes, like file-handle.c.

import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import System from 'system';
import Weakref from 'gi://Weakref';

function ownHandle(owner, stream) {
    return new Weakref.Finalizer(owner, () => {
        print('closed');
        stream.close(null);
    });
}

function openHandle() {
    const [file, stream] = Gio.File.new_tmp('handle-XXXXXX');
    file.delete(null);
    return stream;
}

function state(stream) {
    return stream.is_closed() ? 'closed' : 'open';
}

// JavaScript drops an object when it collects garbage, and callbacks come from the main loop.
function collect() {
    System.gc();
    while (GLib.MainContext.default().iteration(false))
        ;
}

let owner = Gio.SimpleAction.new('save', null);
let stream = openHandle();
ownHandle(owner, stream);
print(`the handle is ${state(stream)}`);

print('the owner goes');
owner = null;
collect();
print(`the handle is ${state(stream)}`);

let other = Gio.SimpleAction.new('print', null);
stream = openHandle();
const finalizer = ownHandle(other, stream);
print(`another handle is ${state(stream)}`);

print(`run by hand: ${finalizer.run() ? 'yes' : 'too late'}`);
print(`and once more: ${finalizer.run() ? 'yes' : 'too late'}`);
print(`another handle is ${state(stream)}`);

print('its owner goes');
other = null;
collect();
