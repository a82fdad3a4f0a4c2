// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineKeyTable */

// The table of C has the values that C knows: booleans, numbers, strings and GObjects. All other
// values are in a WeakMap of the table, by the wrapper of the key, and the table of C has a mark in
// their place. So a value may refer to its key, because the garbage collector follows the WeakMap.
// The wrapper has to live as long as the key. A property of the wrapper achieves that.

const {compile} = imports.overrides._weakref.compile;

var {defineKeyTable} = compile(() => {
    const {GObject} = imports.gi;
    const {
        NOT_FOR_C, addEntries, define, isPlain, nameProperties, requireObject, unwrapAlive,
    } = imports.overrides._weakref.arguments;
    const {defineCollection, makeCheck} = imports.overrides._weakref.collection;
    const {isProxy} = imports.overrides._weakref.proxy;

    const initObject = GObject.Object.prototype._init;

    // C has this mark in the place of a value that is in JavaScript.
    const MARK = 'a value of JavaScript';

    // This map leads from a table to a map from its keys to the values that are not in C. Each
    // value is in an object of its own.
    const valuesOf = new WeakMap();

    // This property makes the wrapper of a table or a key last.
    const LASTING = Symbol('of use to a Weakref.KeyTable');

    function makeLast(wrapper) {
        if (!wrapper[LASTING])
            Object.defineProperty(wrapper, LASTING, {value: true});
    }

    // Returns whether a value comes out of C as it went in, and does not keep the key there.
    function isForC(value, key) {
        switch (typeof value) {
        case 'boolean':
            return true;
        case 'number':
            return !Object.is(value, -0);
        case 'string':
            return !NOT_FOR_C.test(value) && value !== MARK;
        case 'object':
            return value instanceof GObject.Object && !isProxy(value) && value !== key;
        default:
            return false;
        }
    }

    function getValues(table) {
        if (!valuesOf.has(table)) {
            makeLast(table);
            valuesOf.set(table, new WeakMap());
        }
        return valuesOf.get(table);
    }

    const requireTableKey = key => requireObject(key, 'A key of a Weakref.KeyTable');

    function defineKeyTable(Weakref) {
        const {KeyTable} = Weakref;
        const {
            contains, dup_keys: dupKeys, dup_value: dupValue, foreach, insert, remove,
            remove_all: removeAll,
        } = KeyTable.prototype;
        const state = {changes: 0};
        const check = makeCheck(KeyTable.prototype, state);

        // Returns the value of a GObject, or undefined if there is none.
        function read(table, key) {
            const found = valuesOf.get(table)?.get(key);
            if (found !== undefined) {
                // C may have dropped the entry, because the key was disposed.
                if (contains.call(table, key))
                    return found.value;
                valuesOf.get(table).delete(key);
                return undefined;
            }
            // GJS before 1.78 leaks what is in a GValue that C fills in, as lookup() of C does.
            return dupValue.call(table, key) ?? undefined;
        }

        // What is no GObject, or is dead, is not in the table.
        function find(table, method, key) {
            key = unwrapAlive(key);
            return key instanceof GObject.Object && method.call(table, key);
        }

        function drop(table, key) {
            state.changes++;
            valuesOf.get(table)?.delete(key);
            return remove.call(table, key);
        }

        defineCollection(KeyTable.prototype);
        define(KeyTable.prototype, {
            _init(entries) {
                let properties = {};
                if (isPlain(entries))
                    [properties, entries] = [nameProperties(this.constructor, entries), undefined];
                const table = initObject.call(this, properties) ?? this;
                addEntries(table, entries);
                return table;
            },

            insert(key, value) {
                key = requireTableKey(key);
                state.changes++;
                if (isForC(value, key)) {
                    const isNew = insert.call(this, key, value);
                    valuesOf.get(this)?.delete(key);
                    return isNew;
                }
                makeLast(key);
                const isNew = insert.call(this, key, MARK);
                getValues(this).set(key, {value});
                return isNew;
            },

            lookup(key) {
                key = requireTableKey(key);
                const value = read(this, key);
                return [value !== undefined || contains.call(this, key), value];
            },

            dup_value(key) {
                return this.get(key) ?? null;
            },

            steal(key) {
                const result = this.lookup(key);
                this.delete(key);
                return result;
            },

            get(key) {
                // The fast way checks nothing, because only keys are in the map.
                const found = valuesOf.get(this)?.get(key);
                if (found !== undefined && contains.call(this, key))
                    return found.value;
                if (found === undefined && key instanceof GObject.Object && !isProxy(key))
                    return dupValue.call(this, key) ?? undefined;
                key = unwrapAlive(key);
                return key instanceof GObject.Object ? read(this, key) : undefined;
            },

            set(key, value) {
                this.insert(key, value);
                return this;
            },

            has(key) {
                try {
                    return contains.call(this, key);
                } catch {
                    return find(this, contains, key);
                }
            },

            remove(key) {
                return drop(this, requireTableKey(key));
            },

            delete(key) {
                key = unwrapAlive(key);
                return key instanceof GObject.Object && drop(this, key);
            },

            remove_all() {
                valuesOf.delete(this);
                state.changes++;
                removeAll.call(this);
            },

            // Yields the keys of the start, each with the value that it has at its turn. If all
            // values are in C, they come from there together, and are right until something
            // changes.
            *entries() {
                const keys = valuesOf.has(this) ? dupKeys.call(this) : [];
                const inC = [];
                if (!valuesOf.has(this)) {
                    foreach.call(this, (key, value) => {
                        keys.push(key);
                        inC.push(value);
                    });
                }

                const isThere = check(this, keys.length);
                const {changes} = state;
                for (let i = 0; i < keys.length; i++) {
                    const key = keys[i];
                    let value = inC[i];
                    keys[i] = inC[i] = null;
                    if (!isThere(key))
                        continue;
                    const found = valuesOf.get(this)?.get(key);
                    if (found !== undefined)
                        value = found.value;
                    else if (value === undefined || changes !== state.changes)
                        value = dupValue.call(this, key) ?? undefined;
                    yield [key, value];
                }
            },
        });
    }

    return {defineKeyTable};
});
