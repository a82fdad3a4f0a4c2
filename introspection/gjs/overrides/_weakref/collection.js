// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineCollection, defineSetCollection, defineTypeProperty, makeCheck */

const {compile} = imports.overrides._weakref.compile;

var {defineCollection, defineSetCollection, defineTypeProperty, makeCheck} = compile(() => {
    const {define, requireFunction} = imports.overrides._weakref.arguments;

    // All tables and sets have these members, in addition to `entries` and the C methods.
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

        // This is foreach() of C, except that an error of the callback ends it.
        foreach(func) {
            requireFunction(func, 'The callback');
            for (const [key, value] of this.entries())
                func(key, value);
        },

        // These two are as those of Map. Unlike ensure(), they replace what comes in during a
        // creation.
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

    // Returns a function that tells whether an object that was in the collection at the start of an
    // iteration is there at its turn. To ask C for each object would take half as long as to get
    // it. So the function asks only for the size, as long as that has not changed and JavaScript
    // has changed nothing.
    function makeCheck({contains, get_size: getSize}, state) {
        return function (collection, size) {
            const {changes} = state;
            let isSame = true;
            return object => {
                isSame = isSame && changes === state.changes && size === getSize.call(collection);
                // GJS warns when a disposed object is passed to C. Its text is the only way to ask.
                return isSame || !object.toString().startsWith('[object (DISPOSED') &&
                    contains.call(collection, object);
            };
        };
    }

    function defineCollection(prototype) {
        define(prototype, collectionMembers);
    }

    // A Set has no values, and so it has no methods that insert one.
    function defineSetCollection(prototype) {
        const {getOrInsert, getOrInsertComputed, ...members} =
            Object.getOwnPropertyDescriptors(collectionMembers);
        define(prototype, Object.defineProperties({}, members));
    }

    // GJS 1.90 reads a property of type GType as a number.
    function defineTypeProperty(prototype, name, getter) {
        const get = function () {
            return this[getter]();
        };
        for (const spelling of [name, name.replace('_', '-'), name.replace('_t', 'T')])
            define(prototype, Object.defineProperty({}, spelling, {get}));
    }

    return {defineCollection, defineSetCollection, defineTypeProperty, makeCheck};
});
