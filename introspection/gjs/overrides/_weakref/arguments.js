// SPDX-FileCopyrightText: 2026 The weakref-glib authors
// SPDX-License-Identifier: LGPL-2.1-or-later

/* exported addEntries, define, describe, isIterable, isPlain, isType, nameProperties, requireCount,
   requireFunction, requireKey, requireKeyType, requireObject, requireType, toKey, unwrap,
   unwrapAlive, NOT_FOR_C */

// This file checks what users pass to the classes, and tells them in the words of JavaScript.

const {compile} = imports.overrides._weakref.compile;

var {
    addEntries, define, describe, isIterable, isPlain, isType, nameProperties, NOT_FOR_C,
    requireCount, requireFunction, requireKey, requireKeyType, requireObject, requireType, toKey,
    unwrap, unwrapAlive,
} = compile(() => {
    const {GLib, GObject} = imports.gi;
    const {derefProxy, isProxy} = imports.overrides._weakref.proxy;

    // These are the names of the fundamental types that a C table can hash and compare.
    const KEY_TYPES = [
        'gboolean', 'gchar', 'guchar', 'gint', 'guint', 'glong', 'gulong', 'gint64', 'guint64',
        'gdouble', 'gchararray', 'GEnum', 'GFlags', 'GObject', 'GInterface', 'GVariant',
    ];
    const SPECIAL_KEY_TYPES = ['GBytes', 'GType', 'GValue'];

    // A string of C ends at a NUL, and UTF-8 has no halves of a surrogate pair.
    const NOT_FOR_C = /[\0\ud800-\udfff]/u;

    const MAX_COUNT = 2 ** 32 - 1;

    const gtypePrototype = Object.getPrototypeOf(GObject.TYPE_OBJECT);

    function isPlain(value) {
        return value !== null && typeof value === 'object' && !isProxy(value) &&
            Object.getPrototypeOf(value) === Object.prototype;
    }

    function describe(value) {
        if (isProxy(value))
            return 'a Weakref.proxy()';
        if (value === null || typeof value !== 'object' && typeof value !== 'function')
            return typeof value === 'string' ? JSON.stringify(value) : String(value);
        if (typeof value === 'function')
            return `function ${value.name}`;
        if (isPlain(value)) {
            const keys = Object.keys(value);
            return keys.length > 0 ? `an object with '${keys.join("', '")}'` : 'an empty object';
        }
        return value.constructor?.name ? `an instance of ${value.constructor.name}` : 'an object';
    }

    // Returns the object that a Weakref.proxy() stands for, and any other value as it is.
    function unwrap(value) {
        return isProxy(value) ? derefProxy(value) : value;
    }

    // Does the same, but returns undefined for a proxy whose object is dead.
    function unwrapAlive(value) {
        try {
            return unwrap(value);
        } catch {
            return undefined;
        }
    }

    function requireObject(value, what) {
        const object = unwrap(value);
        if (!(object instanceof GObject.Object))
            throw new TypeError(`${what} must be a GObject, not ${describe(value)}`);
        return object;
    }

    function requireFunction(value, what) {
        if (typeof value !== 'function')
            throw new TypeError(`${what} must be a function, not ${describe(value)}`);
    }

    function isGType(value) {
        return value !== null && typeof value === 'object' && !isProxy(value) &&
            Object.getPrototypeOf(value) === gtypePrototype;
    }

    function isType(value) {
        return typeof value === 'function' || isGType(value) ||
            isPlain(value) && isGType(value.$gtype);
    }

    function requireType(value, what) {
        const gtype = value?.$gtype ?? value;
        if (!isGType(gtype))
            throw new TypeError(`${what} must be a GType, not ${describe(value)}`);
        return gtype;
    }

    function requireKeyType(value) {
        const gtype = requireType(value, 'The key type');
        if (!KEY_TYPES.includes(GObject.type_fundamental(gtype)?.name) &&
            !SPECIAL_KEY_TYPES.includes(gtype.name))
            throw new TypeError(`There are no keys of type ${gtype.name}`);
        return gtype;
    }

    // The count becomes a guint of C, in which any other number would silently be changed.
    function requireCount(value, what) {
        if (typeof value !== 'number')
            throw new TypeError(`${what} must be a number, not ${describe(value)}`);
        if (!Number.isInteger(value) || value < 0 || value > MAX_COUNT)
            throw new RangeError(`${what} must be a whole number up to ${MAX_COUNT}, not ${value}`);
        return value;
    }

    // The constructors of GObjects take one object with properties, whose names can be spelled in
    // three ways. This function returns the same properties in one spelling.
    function nameProperties(klass, values) {
        const properties = {};
        for (const [name, value] of Object.entries(values)) {
            const pspec = klass.find_property(
                name.replace(/_/g, '-').replace(/[A-Z]/g, c => `-${c.toLowerCase()}`));
            if (!pspec)
                throw new TypeError(`${klass.name} has no property '${name}'`);
            properties[pspec.get_name().replace(/-/g, '_')] = value;
        }
        return properties;
    }

    // Returns the value that stands for a key in C, or undefined if there is none. GJS finds the
    // type of a GValue by itself, except for a GType. The caller has unwrapped a Weakref.proxy().
    function toKey(key) {
        switch (typeof key) {
        case 'string':
            return NOT_FOR_C.test(key) ? undefined : key;
        case 'bigint':
            return [BigInt.asIntN(64, key), BigInt.asUintN(64, key)].includes(key)
                ? key : undefined;
        case 'number':
        case 'boolean':
            return key;
        case 'object':
            if (key instanceof GObject.Object || key instanceof GLib.Bytes ||
                key instanceof GLib.Variant || key instanceof GObject.Value)
                return key;
            if (isGType(key)) {
                const gvalue = new GObject.Value();
                gvalue.init(GObject.TYPE_GTYPE);
                gvalue.set_gtype(key);
                return gvalue;
            }
        }
        return undefined;
    }

    function requireKey(key) {
        const value = toKey(unwrap(key));
        if (value !== undefined)
            return value;
        if (typeof key === 'string')
            throw new TypeError(`${JSON.stringify(key)} can't be a key: it is not for C`);
        if (typeof key === 'bigint')
            throw new TypeError(`${key}n can't be a key: it has more than 64 bits`);
        throw new TypeError('A key must be a string, a number, a boolean, a GObject, a ' +
            `GLib.Bytes, a GLib.Variant or a GType, not ${describe(key)}`);
    }

    function isIterable(value) {
        return value !== null && typeof value === 'object' &&
            typeof value[Symbol.iterator] === 'function';
    }

    // Adds entries as the constructor of Map does.
    function addEntries(table, entries) {
        if (entries === undefined || entries === null)
            return;
        if (!isIterable(entries))
            throw new TypeError(`The entries must be iterable, not ${describe(entries)}`);
        for (const entry of entries) {
            if (entry === null || typeof entry !== 'object')
                throw new TypeError(`An entry must be a pair [key, value], not ${describe(entry)}`);
            table.set(entry[0], entry[1]);
        }
    }

    function define(prototype, members) {
        for (const name of Reflect.ownKeys(members)) {
            // A method of C can be replaced, but its property can't be configured.
            const {configurable = true, enumerable = false} =
                Object.getOwnPropertyDescriptor(prototype, name) ?? {};
            Object.defineProperty(prototype, name, {
                ...Object.getOwnPropertyDescriptor(members, name),
                configurable,
                enumerable,
            });
        }
    }

    return {
        addEntries, define, describe, isIterable, isPlain, isType, nameProperties, NOT_FOR_C,
        requireCount, requireFunction, requireKey, requireKeyType, requireObject, requireType,
        toKey, unwrap, unwrapAlive,
    };
});
