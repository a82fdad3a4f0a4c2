// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported defineCache, defineValueTable */

const {compile} = imports.overrides._weakref.compile;

var {defineCache, defineValueTable} = compile(() => {
    const {GLib, GObject} = imports.gi;
    const {
        NOT_FOR_C, addEntries, define, isIterable, isPlain, isType, nameProperties, requireCount,
        requireFunction, requireKey, requireKeyType, requireObject, toKey, unwrapAlive,
    } = imports.overrides._weakref.arguments;
    const {defineCollection, defineTypeProperty} = imports.overrides._weakref.collection;

    const initObject = GObject.Object.prototype._init;

    const COUNTS = ['max_idle', 'max_idle_seconds', 'max_tracked'];

    // This map leads from a table to a table of the keys that are being created.
    const creations = new WeakMap();

    // Returns the properties that the arguments of a constructor stand for.
    function readArguments(table, keyType) {
        let properties = {key_type: keyType};
        if (isPlain(keyType) && !isType(keyType))
            properties = nameProperties(table.constructor, keyType);

        properties.key_type = requireKeyType(properties.key_type ?? GObject.Value);
        // This is the default. GJS crashes over a property of that value.
        if (properties.key_type.name === 'GValue')
            delete properties.key_type;
        for (const name of COUNTS) {
            if (name in properties)
                requireCount(properties[name], `The property '${name}'`);
        }
        return properties;
    }

    // Returns the members that a table has in addition to the C methods, which are unchanged here.
    function makeMembers(Weakref,
        {contains, ensure, foreach, insert, lookup, remove, dup_keys: dupKeys, get_size: getSize}) {
        // The number of the changes that JavaScript has made, in all tables.
        const state = {changes: 0};

        const isKeyError = e =>
            e instanceof GLib.Error && e.matches(Weakref.Error, Weakref.Error.KEY_TYPE);

        // Calls a method of C. Its error about the type of a key becomes a TypeError.
        function withKey(table, method, key, ...args) {
            try {
                return method.call(table, requireKey(key), ...args);
            } catch (e) {
                throw isKeyError(e) ? new TypeError(e.message) : e;
            }
        }

        // What can't be a key of this table is not in it.
        function find(table, method, key, absent) {
            const value = toKey(unwrapAlive(key));
            if (value === undefined)
                return absent;
            try {
                return method.call(table, value) ?? absent;
            } catch (e) {
                if (isKeyError(e))
                    return absent;
                throw e;
            }
        }

        // Some methods have a short way for strings.
        return {
            get(key) {
                if (typeof key === 'string' && !NOT_FOR_C.test(key)) {
                    try {
                        return lookup.call(this, key) ?? undefined;
                    } catch {
                        // The table has keys of another type: see below.
                    }
                }
                return find(this, lookup, key, undefined);
            },

            set(key, value) {
                state.changes++;
                withKey(this, insert, key, requireObject(value, 'A value'));
                return this;
            },

            has(key) {
                if (typeof key === 'string' && !NOT_FOR_C.test(key)) {
                    try {
                        return contains.call(this, key);
                    } catch {
                        // The table has keys of another type: see below.
                    }
                }
                return find(this, contains, key, false);
            },

            delete(key) {
                state.changes++;
                if (typeof key === 'string' && !NOT_FOR_C.test(key)) {
                    try {
                        return remove.call(this, key);
                    } catch {
                        // The table has keys of another type: see below.
                    }
                }
                return find(this, remove, key, false);
            },

            // If another thread inserts an object meanwhile, that object is the result.
            ensure(key, create) {
                requireFunction(create, 'The create function');
                // A cache should count a missing key only once: see below.
                if (!(this instanceof Weakref.Cache) || withKey(this, contains, key)) {
                    const existing = typeof key === 'string' ? this.get(key)
                        : withKey(this, lookup, key);
                    if (existing)
                        return existing;
                }

                if (!creations.has(this))
                    creations.set(this, new Weakref.ValueTable(this.key_type));
                const creating = creations.get(this);
                if (creating.has(key)) {
                    throw new Weakref.Error({
                        code: Weakref.Error.RECURSION,
                        message: 'The key was asked for from inside its own creation',
                    });
                }

                // The value can be any object that lives as long as this call.
                creating.set(key, this);
                let value;
                try {
                    value = requireObject(create(key), 'What a create function returns');
                } finally {
                    creating.delete(key);
                }
                return withKey(this, ensure, key, () => value);
            },

            // GJS before 1.78 can't read an array of GValues.
            dup_keys() {
                if (imports.system.version >= 17800)
                    return dupKeys.call(this);
                const keys = [];
                foreach.call(this, key => keys.push(key));
                return keys;
            },

            // Yields the keys of the start, each with the value that it has at its turn. Until
            // something changes, this is the value of the start. A large integer of 64 bits comes
            // out of C rounded, and so it can't be looked up. It keeps the value of the start.
            *entries() {
                const keys = [];
                const values = [];
                foreach.call(this, (key, value) => {
                    keys.push(key);
                    values.push(value);
                });

                const size = keys.length;
                const {changes} = state;
                let isSame = true;
                for (let i = 0; i < size; i++) {
                    const key = keys[i];
                    let value = values[i];
                    values[i] = null;
                    isSame = isSame && changes === state.changes && size === getSize.call(this);
                    if (!isSame && (!Number.isInteger(key) || Number.isSafeInteger(key)))
                        value = this.get(key);
                    if (value)
                        yield [key, value];
                }
            },
        };
    }

    // A cache inherits all of it.
    function defineValueTable(Weakref) {
        const {prototype} = Weakref.ValueTable;

        define(prototype, makeMembers(Weakref, prototype));
        defineCollection(prototype);
        defineTypeProperty(prototype, 'key_type', 'get_key_type');
        define(prototype, {
            _init(keyType, entries) {
                if (isIterable(keyType) && !isType(keyType))
                    [keyType, entries] = [undefined, keyType];
                const table = initObject.call(this, readArguments(this, keyType)) ?? this;
                addEntries(table, entries);
                return table;
            },
        });
    }

    function defineCache(Weakref) {
        const {Cache} = Weakref;

        define(Cache.prototype, {
            _init(keyType, maxIdle, entries) {
                if (isIterable(keyType) && !isType(keyType))
                    [keyType, entries] = [undefined, keyType];
                const properties = readArguments(this, keyType);
                if (maxIdle !== undefined)
                    properties.max_idle = requireCount(maxIdle, 'The number of objects to keep');
                const cache = initObject.call(this, properties) ?? this;
                addEntries(cache, entries);
                return cache;
            },
        });

        for (const name of [...COUNTS.map(count => `set_${count}`), 'trim']) {
            const method = Cache.prototype[name];
            define(Cache.prototype, {
                [name](count) {
                    return method.call(this, requireCount(count, `The argument of ${name}()`));
                },
            });
        }
        for (const name of COUNTS) {
            const getter = `get_${name}`;
            const setter = `set_${name}`;
            for (const spelling of [name, name.replace(/_/g, '-'),
                name.replace(/_(.)/g, (_, letter) => letter.toUpperCase())]) {
                define(Cache.prototype, Object.defineProperty({}, spelling, {
                    get() {
                        return this[getter]();
                    },
                    set(count) {
                        this[setter](count);
                    },
                }));
            }
        }
    }

    return {defineCache, defineValueTable};
});
