// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineCollection, defineTypeProperty */

const {define, requireFunction} = imports.overrides._weakref.arguments;

// What all tables and sets have, on top of `entries` and the C methods.
const collectionMembers = {
    get size() {
        return this.get_size();
    },

    clear() {
        this.remove_all();
    },

    forEach(func, self) {
        requireFunction(func, 'The callback');
        for (const [key, value] of this.entries())
            func.call(self, value, key, this);
    },

    // As in C, except that an error in the callback ends it.
    foreach(func) {
        requireFunction(func, 'The callback');
        for (const [key, value] of this.entries())
            func(key, value);
    },

    *keys() {
        for (const [key] of this.entries())
            yield key;
    },

    *values() {
        for (const [, value] of this.entries())
            yield value;
    },

    [Symbol.iterator]() {
        return this.entries();
    },
};

function defineCollection(prototype) {
    define(prototype, collectionMembers);
}

// Gjs 1.90 reads a property of type GType as a number.
function defineTypeProperty(prototype, name, getter) {
    const get = function () {
        return this[getter]();
    };
    for (const spelling of [name, name.replace('_', '-'), name.replace('_t', 'T')])
        define(prototype, Object.defineProperty({}, spelling, {get}));
}
