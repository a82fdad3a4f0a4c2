// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineKeyTable */

const {GObject} = imports.gi;
const {
    NOT_FOR_C, addEntries, define, isPlain, nameProperties, requireObject, unwrapAlive,
} = imports.overrides._weakref.arguments;
const {defineCollection} = imports.overrides._weakref.collection;
const {isProxy} = imports.overrides._weakref.proxy;

const initObject = GObject.Object.prototype._init;

// The property of a GObject around a value.
const BOXED = Symbol('boxed');

// A KeyTable has its values in GValues. What does not come out of one as it went in, gets a GObject
// around it: JavaScript can be told of its last unref in any thread and during garbage collection,
// which is not so for what Gjs itself puts around an object (JSObject), and that not around all.
function toValue(value) {
    switch (typeof value) {
    case 'boolean':
        return value;
    case 'number':
        if (!Object.is(value, -0))
            return value;
        break;
    case 'string':
        if (!NOT_FOR_C.test(value))
            return value;
        break;
    case 'object':
        if (value instanceof GObject.Object && !isProxy(value))
            return value;
        break;
    }
    const box = new GObject.Object();
    box[BOXED] = {value};
    return box;
}

function fromValue(value) {
    return value instanceof GObject.Object && value[BOXED] ? value[BOXED].value : value;
}

const requireTableKey = key => requireObject(key, 'A key of a Weakref.KeyTable');

// What is not a GObject, or was one and is dead, is not in it.
function find(table, method, key) {
    key = unwrapAlive(key);
    return key instanceof GObject.Object && method.call(table, key);
}

function defineKeyTable(Weakref) {
    const {KeyTable} = Weakref;
    const {contains, insert, dup_value: dupValue, remove} = KeyTable.prototype;

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
            return insert.call(this, requireTableKey(key), toValue(value));
        },

        // Gjs before 1.78 leaks what is in a GValue that C fills in, so not through lookup() of C.
        lookup(key) {
            const value = dupValue.call(this, requireTableKey(key));
            const found = value !== null || this.contains(key);
            return [found, found ? fromValue(value) : undefined];
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
            return find(this, this.lookup, key)[1];
        },

        set(key, value) {
            this.insert(key, value);
            return this;
        },

        has(key) {
            return find(this, contains, key);
        },

        delete(key) {
            return find(this, remove, key);
        },

        // The keys there are at the start, not held, each with its value when its turn comes.
        *entries() {
            for (const ref of this.dup_keys().map(key => Weakref.Ref.new_full(key, null, null))) {
                const key = ref.get();
                if (key === null)
                    continue;
                const [found, value] = this.lookup(key);
                if (found)
                    yield [key, value];
            }
        },
    });
}
