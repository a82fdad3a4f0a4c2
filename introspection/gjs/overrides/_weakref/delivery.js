// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported connectDeath, getContext */

// This file says when and how JavaScript is called back.

const {compile} = imports.overrides._weakref.compile;

var {connectDeath, getContext} = compile(() => {
    const {GLib} = imports.gi;

    const defaultContext = GLib.MainContext.default();

    // Returns the main context for the callbacks of what is made now: the thread-default one. GJS
    // runs JavaScript in one thread. There C nearly always answers NULL, which needs no wrapper.
    function getContext() {
        return GLib.MainContext.get_thread_default() ?? defaultContext;
    }

    // A signal handler may refer to the object without keeping it, because the garbage collector
    // follows its references. It does not do that for a callback of C.
    function connectDeath(object, callback) {
        const id = object.connect('notify::alive', () => {
            object.disconnect(id);
            callback(object);
        });
    }

    return {connectDeath, getContext};
});
