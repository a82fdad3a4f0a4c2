// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported connectDeath, getContext */

// When and how JavaScript is called back.

const {compile} = imports.overrides._weakref.compile;

var {connectDeath, getContext} = compile(() => {
    const {GLib} = imports.gi;

    const defaultContext = GLib.MainContext.default();

    // Where callbacks of what is made now are to run: the thread-default main context. Gjs runs
    // JavaScript in one thread; in that, NULL of C is nearly always the answer, and costs no
    // wrapper.
    function getContext() {
        return GLib.MainContext.get_thread_default() ?? defaultContext;
    }

    // Unlike a callback of C a signal handler may refer to the object without keeping it: the
    // garbage collector sees through it.
    function connectDeath(object, callback) {
        const id = object.connect('notify::alive', () => {
            object.disconnect(id);
            callback(object);
        });
    }

    return {connectDeath, getContext};
});
