// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineCollection, defineSetCollection, defineTypeProperty, makeCheck */

const {compile} = imports.overrides._weakref.compile;

var {defineCollection, defineSetCollection, defineTypeProperty, makeCheck} = compile(() => {
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

        // As those of Map: unlike by ensure(), what comes in during a creation is replaced.
        getOrInsert(key, value) {
            return this.getOrInsertComputed(key, () => value);
        },

        getOrInsertComputed(key, create) {
            requireFunction(create, 'The create function');
            if (!this.has(key))
                this.set(key, create(key));
            return this.get(key);
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

    // Tells whether an object that was in a collection when an iteration began is there at its
    // turn. To ask for each would take half as long as to get it. So as long as their number has
    // not changed, and nobody has changed anything from here, that is all that is asked for.
    function makeCheck({contains, get_size: getSize}, state) {
        return function (collection, size) {
            const {changes} = state;
            let isSame = true;
            return object => {
                isSame = isSame && changes === state.changes && size === getSize.call(collection);
                // Gjs complains when a disposed object is passed to C, and has no other way to ask.
                return isSame || !object.toString().startsWith('[object (DISPOSED') &&
                    contains.call(collection, object);
            };
        };
    }

    function defineCollection(prototype) {
        define(prototype, collectionMembers);
    }

    // A Set has none of a Map's.
    function defineSetCollection(prototype) {
        const {getOrInsert, getOrInsertComputed, ...members} =
            Object.getOwnPropertyDescriptors(collectionMembers);
        define(prototype, Object.defineProperties({}, members));
    }

    // Gjs 1.90 reads a property of type GType as a number.
    function defineTypeProperty(prototype, name, getter) {
        const get = function () {
            return this[getter]();
        };
        for (const spelling of [name, name.replace('_', '-'), name.replace('_t', 'T')])
            define(prototype, Object.defineProperty({}, spelling, {get}));
    }

    return {defineCollection, defineSetCollection, defineTypeProperty, makeCheck};
});
