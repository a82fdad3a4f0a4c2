// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineKeyTable */

// Values that C knows are in the table of C, for C to see: booleans, numbers, strings and GObjects.
// All others are in a WeakMap of the table, by the wrapper of the key, and the table of C has a mark
// in their place. So a value may refer to its key: the garbage collector sees through it. The
// wrapper has to live as long as the key does: that is what a property of a wrapper achieves.

const {GObject} = imports.gi;
const {
    NOT_FOR_C, addEntries, define, isPlain, nameProperties, requireObject, unwrapAlive,
} = imports.overrides._weakref.arguments;
const {defineCollection, makeCheck} = imports.overrides._weakref.collection;
const {isProxy} = imports.overrides._weakref.proxy;

const initObject = GObject.Object.prototype._init;

// What C sees of a value that is not there.
const MARK = 'a value of JavaScript';

// The property of a table: its values that are not in C, each in an object of its own.
const VALUES = Symbol('values of a Weakref.KeyTable');

// The property of a wrapper that makes it last.
const LASTING = Symbol('key of a Weakref.KeyTable');

// Whether a value comes out of C as it went in, and does not keep the key there.
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
    return table[VALUES] ?? clearValues(table);
}

function clearValues(table) {
    const values = new WeakMap();
    if (table[VALUES])
        table[VALUES] = values;
    else
        Object.defineProperty(table, VALUES, {value: values, writable: true});
    return values;
}

const requireTableKey = key => requireObject(key, 'A key of a Weakref.KeyTable');

function defineKeyTable(Weakref) {
    const {KeyTable} = Weakref;
    const {
        contains, dup_keys: dupKeys, dup_value: dupValue, insert, remove, remove_all: removeAll,
    } = KeyTable.prototype;
    // For speed: names of a file are looked up each time, those of a function are not.
    const valuesOf = VALUES;
    const GObjectClass = GObject.Object;
    const state = {changes: 0};
    const check = makeCheck(KeyTable.prototype, state);

    // The value of a GObject: undefined if there is none, as most values of that kind are.
    function read(table, key) {
        const values = getValues(table);
        const found = values.get(key);
        if (found !== undefined) {
            // C may have dropped the entry: the key was disposed.
            if (contains.call(table, key))
                return found.value;
            values.delete(key);
            return undefined;
        }
        // Gjs before 1.78 leaks what is in a GValue that C fills in: so not through lookup() of C.
        return dupValue.call(table, key) ?? undefined;
    }

    // What is not a GObject, or was one and is dead, is not in it.
    function find(table, method, key) {
        key = unwrapAlive(key);
        return key instanceof GObject.Object && method.call(table, key);
    }

    function drop(table, key) {
        state.changes++;
        getValues(table).delete(key);
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
            const values = getValues(this);
            state.changes++;
            if (isForC(value, key)) {
                const isNew = insert.call(this, key, value);
                values.delete(key);
                return isNew;
            }
            if (!key[LASTING])
                Object.defineProperty(key, LASTING, {value: true});
            const isNew = insert.call(this, key, MARK);
            values.set(key, {value});
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
            // The fast way: whatever is in the map is a key.
            const found = this[valuesOf]?.get(key);
            if (found !== undefined && contains.call(this, key))
                return found.value;
            if (found === undefined && key instanceof GObjectClass && !isProxy(key))
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
            clearValues(this);
            removeAll.call(this);
        },

        *entries() {
            const keys = dupKeys.call(this);
            const isThere = check(this, keys.length);
            for (let i = 0; i < keys.length; i++) {
                const key = keys[i];
                keys[i] = null;
                if (!isThere(key))
                    continue;
                const found = this[valuesOf]?.get(key);
                yield [key, found !== undefined ? found.value : dupValue.call(this, key) ?? undefined];
            }
        },
    });
}
